//! What citizens write beside comments (on what reached them, problems that they pose): each at an address of its own, looked at by a person
//! where it breaks the rules.

use axum::{Router, response::Response};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Query,
    components::{Card, DefinitionList, EmptyState, ErrorSummary},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Here, Pages, answer,
    moderation::{self, Looked, Written},
    words,
};
use crate::{
    domain::moderation::Showing,
    service::BATCH,
    store::{Words, WordsAddress},
};

const QUEUE: &str = "/plan/words";

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route(QUEUE, get(list).merge(post(moderate)))
        .route("/plan/words/{kind}/{key}", get(show))
        .route("/plan/words/{kind}/{key}/flags", post(flag))
        .route("/plan/words/{kind}/{key}/appeal", post(appeal))
        .route("/plan/words/{kind}/{key}/decision", post(decide))
}

/// Where words stand, as an address says it.
fn address_of((kind, key): &(String, String)) -> Result<WordsAddress, Problem> {
    format!("{kind}/{key}").parse().map_err(|_| Problem::not_found())
}

/// The path of the page of words.
pub(super) fn path(words: &Words) -> String {
    format!("{QUEUE}/{}", words.address)
}

/// What words are about, in a few words.
fn about(language: Language, words: &Words) -> String {
    match words.recommendation {
        Some(number) => language.pick(
            format!("권고 {number}에 대해 국민이 한 말"),
            format!("What a citizen said of recommendation {number}"),
        ),
        None => language
            .pick(format!("국민이 낸 문제: {}", words.title), format!("A problem that was posed: {}", words.title)),
    }
}

/// Words where everybody may read them, what stands in their place where not.
pub(super) fn shown_or_in_place(language: Language, words: &Words) -> Html {
    let hidden = words.moderated.hidden.as_ref().map(|hidden| (hidden.breach, hidden.reason.as_str()));
    match words.showing() {
        Showing::Shown => words::korean_paragraphs(language, &words.text),
        other => moderation::in_place(language, other, hidden),
    }
}

async fn queue_page(here: &Here, errors: &[FieldError]) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    let language = here.visitor.language;
    let (waiting, all) = here.pages.service.words_queue(&here.caller).await?;
    let page = Page::new(&here.visitor, language.say("살펴볼 글", "Words to be looked at"), PageKind::Official)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("업무", "Work"), "/plan/work")
        .lead(language.pick(
            format!("국민이 느낀 점과 낸 문제 가운데 {all}건이 기다립니다. 이의가 먼저, 그다음은 오래된 것부터 {BATCH}건씩 나옵니다."),
            format!("{all} wait: what citizens said reached them, and problems that they pose. Appeals come first, then the oldest, {BATCH} at a time."),
        ));
    let summary = Html::empty().and(ErrorSummary::new(language, errors));
    if waiting.is_empty() {
        let empty = EmptyState::new(
            language.say("살펴볼 글이 없습니다", "Nothing waits"),
            language.say(
                "규칙에 걸리거나 신고된 글이 여기에 나옵니다.",
                "What a rule holds back and what readers name stands here.",
            ),
        );
        return Ok(page.body(summary.and(empty)));
    }
    let looked: Vec<Looked<'_>> = waiting
        .iter()
        .map(|words| Looked {
            name: words.address.to_string(),
            path: path(words),
            about: about(language, words),
            text: &words.text,
            moderated: &words.moderated,
        })
        .collect();
    Ok(page.body(summary.and(moderation::queue(here, &looked, (QUEUE, ""), errors))))
}

async fn list(here: Here) -> Result<Page, Problem> {
    queue_page(&here, &[]).await
}

async fn moderate(here: Here, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, Problem> {
    let result = match moderation::decided_of(&fields) {
        (chosen, Ok(moderation)) => {
            let chosen = chosen.iter().map(|one| one.parse().map_err(|_| Problem::not_found()));
            let chosen = chosen.collect::<Result<Vec<WordsAddress>, Problem>>()?;
            here.pages.service.moderate_words(&here.caller, &chosen, &moderation).await
        }
        (_, Err(error)) => Err(error),
    };
    answer(result, ("reason", QUEUE), async |errors| queue_page(&here, &errors).await).await
}

async fn page(here: &Here, address: &WordsAddress, flagged: bool, errors: &[FieldError]) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let written = here.pages.service.words(address).await?;
    let list = DefinitionList::new().markup(language.say("글", "Words"), shown_or_in_place(language, &written));
    let list = moderation::appeal_facts(language, list, written.moderated.appeal.as_ref());
    let to = match written.recommendation {
        Some(number) => format!("/plan/tasks/{}#r{number}", number.task),
        None => "/plan/ai-for-all/problems".to_owned(),
    };
    // The title of a problem is hidden with it.
    let title = match written.recommendation {
        None if written.showing() != Showing::Shown => {
            language.say("국민이 낸 문제", "A problem that was posed").to_owned()
        }
        _ => about(language, &written),
    };
    let may_appeal = written.moderated.hidden.is_some() && written.moderated.appeal.is_none();
    let body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Card::new(title).link(to).body(Html::empty().and(list)))
        .and(moderation::forms(here, &path(&written), (written.showing(), may_appeal), errors));
    let mut page = Page::new(&here.visitor, language.say("국민이 쓴 글", "What a citizen wrote"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "규칙에 어긋나면 사람이 살펴 이유를 밝히고 가립니다. 생각이 다르다고 가리지 않습니다.",
            "What breaks the rules is hidden by a person, with the reason. That somebody thinks otherwise is none.",
        ))
        .body(body);
    if flagged {
        page = page.message(moderation::flagged(language));
    }
    Ok(page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    flagged: String,
}

async fn show(here: Here, Path(at): Path<(String, String)>, Query(told): Query<Told>) -> Result<Page, Problem> {
    page(&here, &address_of(&at)?, told.flagged == "yes", &[]).await
}

async fn flag(here: Here, Path(at): Path<(String, String)>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let address = address_of(&at)?;
    let result = here.pages.service.flag_words(&here.caller, &address, written.breach()?, &written.note).await;
    let on = format!("{QUEUE}/{address}?flagged=yes");
    answer(result, ("note", &on), async |errors| page(&here, &address, false, &errors).await).await
}

async fn appeal(
    here: Here,
    Path(at): Path<(String, String)>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let address = address_of(&at)?;
    let result = here.pages.service.appeal_words(&here.caller, &address, &written.appeal).await;
    let on = format!("{QUEUE}/{address}");
    answer(result, ("appeal", &on), async |errors| page(&here, &address, false, &errors).await).await
}

async fn decide(
    here: Here,
    Path(at): Path<(String, String)>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let address = address_of(&at)?;
    let result = here.pages.service.decide_words_appeal(&here.caller, &address, written.decided()).await;
    answer(result, ("main", QUEUE), async |errors| queue_page(&here, &errors).await).await
}
