//! Proofs of a proposal to take along: of everything that happened, and that it stood in a lot when it was found.

use axum::{
    extract::State as Of,
    http::header,
    response::{IntoResponse, Response},
};
use maru_web::{Html, Path, Problem, Query, Visitor, components::Disclosure};
use serde::Deserialize;

use super::{Pages, caller_of, words};
use crate::{domain::Proposal, service::ProofOf, store::Named};

/// Which proof is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    of: String,
}

/// The links to the proofs of a proposal, and how they are checked.
pub(super) fn links(visitor: &Visitor, proposal: &Named<Proposal>) -> Html {
    let language = visitor.language;
    let link = |of: &str, text: &str| {
        Html::trusted(format!("<a download href=\"/welfare/proposals/{}/proof?of={of}\">", Html::text(&proposal.id)))
            .and(Html::text(text))
            .and(Html::trusted("</a>"))
    };
    let mut items = vec![link(
        "case",
        language.say(
            "처리 기록의 증명서 (JSON): 이 급여에 있었던 모든 일",
            "Proof of everything that happened to this benefit (JSON)",
        ),
    )];
    let mut commands = "maru ledger proof FILE --key KEY".to_owned();
    if proposal.state.finding.as_ref().is_some_and(|finding| finding.lot.is_some()) {
        items.push(link(
            "lot",
            language.say(
                "찾은 때의 증명서 (JSON): 모든 가구를 점검한 그날 봉인된 묶음에 있었다는 증명",
                "Proof that it stood in the lot that was sealed when all households were screened (JSON)",
            ),
        ));
        commands.push_str("\nmaru welfare lots check FILE --key KEY");
    }
    let how = Html::paragraphs(language.say(
        "아무도 뒤에 고치지 않았다는 것을 저희 없이도 누구나 확인할 수 있습니다.",
        "Anybody can check without us that nobody changed it afterwards.",
    ))
    .and(Html::trusted("<pre class=\"lab-command\" tabindex=\"0\"><code>"))
    .and(Html::text(&commands))
    .and(Html::trusted("</code></pre>"));
    let title = language.say("증명서 내려받기", "Download a proof");
    Html::empty().and(Disclosure::new(title, words::list(items).and(how)))
}

/// Gives the proof as a file.
pub(super) async fn download(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(address): Query<Address>,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let of = ProofOf::from_identifier(&address.of).ok_or_else(Problem::not_found)?;
    let document = pages.service.proposal_proof(&caller_of(&visitor), &id, of).await?;
    Ok(file(&id, of, document))
}

/// The document as a file that is downloaded.
pub(crate) fn file(id: &str, of: ProofOf, document: String) -> Response {
    let of = if of == ProofOf::Lot { "lot" } else { "case" };
    let name: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || "._-".contains(*letter)).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{of}.proof.json\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, document).into_response()
}
