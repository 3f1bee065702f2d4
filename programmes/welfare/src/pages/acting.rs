//! For whom somebody acts by an account of their own: the list, the person's page, and what is done for them there.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Visitor,
    components::{
        Button, Card, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, Notice, NoticeKind, Table,
    },
    routing::{get, post},
};
use serde::Deserialize;

use super::{Pages, caller_of, words};
use crate::{
    Caller, ServiceError, WelfareService,
    domain::{Proposal, Representative, Status, representation::Power},
    evaluation::{Entitlement, LawBook},
    service::{ActsFor, Represented},
    store::Named,
};

const LIST: &str = "/welfare/for";

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route(LIST, get(list).merge(post(accept)))
        .route("/welfare/for/{household}/{place}", get(person))
        .route("/welfare/for/{household}/{place}/{proposal}", post(act))
}

fn title(language: Language) -> &'static str {
    language.say("내가 대신하는 사람", "Whom you act for")
}

/// Until when, as people read it.
fn until(language: Language, representative: &Representative) -> String {
    match representative.until {
        Some(until) => language.date(until),
        None => language.say("정해지지 않음", "no end is set").to_owned(),
    }
}

/// What somebody may do, in one line.
pub(super) fn powers(language: Language, representative: &Representative) -> String {
    let names = representative.powers().map(|power| language.say(power.words().0, power.words().1));
    names.collect::<Vec<_>>().join(", ")
}

fn facts(language: Language, acting: &ActsFor) -> DefinitionList {
    let representative = &acting.representative;
    let (ko, en) = representative.ground.words();
    let ground = format!("{} ({})", language.say(ko, en), language.law(representative.ground.article()));
    DefinitionList::new()
        .text(language.say("근거", "Ground"), &ground)
        .text(language.say("할 수 있는 일", "What you may do"), &powers(language, representative))
        .text(language.say("언제까지", "Until"), &until(language, representative))
}

async fn list_page(pages: &Pages, visitor: &Visitor, errors: &[FieldError]) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let language = visitor.language;
    let all = pages.service.acting_for(&caller_of(visitor)).await?;
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if all.is_empty() {
        body = body.and(EmptyState::new(
            language.say("아직 연결된 사람이 없습니다", "Nobody is linked yet"),
            language.say(
                "법정대리인이나 후견인이면 담당 부서에서 연결 번호를 받아 아래에 적어 주세요.",
                "If you are a representative or guardian, ask the department for a code and enter it below.",
            ),
        ));
    }
    for acting in &all {
        body = body.and(
            Card::new(acting.name.clone())
                .link(format!("{LIST}/{}/{}", acting.household, acting.place))
                .body(Html::empty().and(facts(language, acting))),
        );
    }
    let field = Field::text(language, "code", language.say("연결 번호", "Code"))
        .hint(language.say("예: 12AB-34CD-56EF-78AB-90CD", "For example: 12AB-34CD-56EF-78AB-90CD"))
        .longest(40)
        .errors(errors);
    let form =
        Form::post(visitor, LIST).body(Html::empty().and(field).and(Button::primary(language.say("연결하기", "Link"))));
    body = body.and(words::heading(language.say("연결 번호 넣기", "Enter a code"))).and(form);
    let page = Page::new(visitor, title(language), PageKind::Citizen)
        .lead(language.say(
            "법정대리인과 후견인은 확인된 범위와 기간 안에서 본인의 급여를 보고 대신 신청하거나 동의할 수 있습니다.",
            "Representatives and guardians see a person's benefits and apply or agree for them, within the powers and the time that were looked at.",
        ))
        .personal()
        .body(body);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    list_page(&pages, &visitor, &[]).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    code: String,
}

async fn accept(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    match pages.service.accept_representation(&caller_of(&visitor), &written.code).await {
        Ok(()) => Ok(Redirect::to(LIST).into_response()),
        Err(ServiceError::Refused(_)) => {
            let error = FieldError::new(
                "code",
                "쓸 수 있는 번호가 아닙니다. 받은 날부터 14일 안에 한 번 쓸 수 있습니다. 다시 받아 주세요.",
                "This code cannot be used: it serves once, within 14 days. Ask for another.",
            );
            Ok(list_page(&pages, &visitor, &[error]).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn person_page(
    pages: &Pages,
    visitor: &Visitor,
    (household, place): (&str, usize),
    errors: &[FieldError],
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let represented = pages.service.represented(&caller_of(visitor), household, place).await?;
    Ok(page(visitor, pages.service.law(), &represented, errors))
}

async fn person(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path((household, place)): Path<(String, usize)>,
) -> Result<Page, Problem> {
    person_page(&pages, &visitor, (&household, place), &[]).await
}

fn page(visitor: &Visitor, law: &LawBook, represented: &Represented, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let acting = &represented.acting;
    let name = &acting.name;
    let notice = language.say(
        "볼 때마다 기록되고, 본인이 그 기록을 볼 수 있습니다. 가족의 다른 사람 정보는 나오지 않습니다.",
        "Every look is recorded, and the person sees the record. Nothing of others in the household is shown.",
    );
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(facts(language, acting))
        .and(Notice::new(language, NoticeKind::Information, notice))
        .and(words::heading(language.say("받을 수 있는 급여", "What is due")))
        .and(due(language, represented))
        .and(words::heading(language.say("찾은 급여와 결정", "What was found and decided")));
    if represented.proposals.is_empty() {
        body = body.and(Html::paragraphs(language.say("아직 없습니다.", "Nothing yet.")));
    }
    for proposal in &represented.proposals {
        body = body.and(card(visitor, acting, proposal, errors));
    }
    body = body.and(words::heading(language.say("국가가 보는 본인의 정보", "What the state knows of the person")));
    body = body.and(known(language, law, represented));
    let title = language.pick(format!("{name}님의 급여"), format!("Benefits of {name}"));
    let page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(self::title(language), LIST)
        .lead(words::month(language, represented.month))
        .personal()
        .body(body);
    if errors.is_empty() { page } else { page.with_errors() }
}

fn due(language: Language, represented: &Represented) -> Html {
    if represented.entitlements.is_empty() {
        return Html::paragraphs(language.say("지금은 받을 수 있는 급여가 없습니다.", "Nothing is due now."));
    }
    let mut table = Table::new(language.say("받을 수 있는 급여", "What is due"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .figures(language.say("금액", "Amount"));
    for Entitlement { benefit, amount, .. } in &represented.entitlements {
        table = table.row([
            Html::text(words::benefit(language, benefit)),
            Html::text(&words::amount(language, benefit, amount.unwrap_or(0))),
        ]);
    }
    Html::empty().and(table)
}

/// The person's own facts, and those of the home that they live in.
fn known(language: Language, law: &LawBook, represented: &Represented) -> Html {
    let own = represented.household.members.iter().flat_map(|member| &member.facts);
    let mut table = Table::new(language.say("본인의 정보", "What is known"))
        .hidden_caption()
        .column(language.say("항목", "Item"))
        .column(language.say("값", "Value"));
    for (id, value) in own.chain(&represented.household.facts) {
        let label = law.label(id);
        table = table.row([
            Html::text(label.in_language(language == Language::Korean)),
            Html::text(&words::fact(language, law, id, value)),
        ]);
    }
    Html::empty().and(table)
}

fn card(visitor: &Visitor, acting: &ActsFor, proposal: &Named<Proposal>, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &proposal.state;
    let (Some(finding), Some(benefit)) = (&state.finding, state.benefit()) else { return Html::empty() };
    let title = format!("{}: {}", words::benefit(language, benefit), words::amount(language, benefit, finding.amount));
    let mut list = DefinitionList::new();
    if let Some(application) = &state.application {
        list = list.text(language.say("신청한 날", "Applied for on"), &language.date(application.on));
    }
    if let Some(award) = &state.award {
        list = list.text(language.say("언제부터", "From"), &words::month(language, award.from));
    }
    if let Some(denial) = &state.denial {
        list = list
            .text(language.say("드릴 수 없는 까닭", "Why it was refused"), &denial.reason)
            .text(language.say("근거 조문", "Article"), &denial.article);
    }
    if let Some(until) = state.objection_until {
        list = list.text(language.say("이의신청할 수 있는 마지막 날", "Last day to object"), &language.date(until));
    }
    if let Some(objection) = state.objection.as_ref().filter(|one| one.upheld.is_none()) {
        list = list.text(language.say("이의신청을 결정할 날", "Objection decided by"), &language.date(objection.due));
    }
    if let Some(answer) = state.review.as_ref().and_then(|review| review.answer.as_ref()) {
        list = list.text(language.say("담당자의 설명", "The official's explanation"), answer);
    }
    let body = Html::empty().and(list).and(forms(visitor, acting, proposal, errors));
    Html::empty().and(Card::new(title).mark(words::status_tag(language, state.status)).body(body))
}

/// What may be done now, by powers and by where the proposal stands.
fn forms(visitor: &Visitor, acting: &ActsFor, proposal: &Named<Proposal>, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &proposal.state;
    let has = |power: Power| acting.representative.has(power);
    let form = |what: &str, words: Option<&str>, button: Button| {
        let fields = words.map_or_else(Html::empty, |label| {
            Html::empty().and(Field::area(language, field_of(what, &proposal.id), label).rows(3).errors(errors))
        });
        Form::post(visitor, format!("{LIST}/{}/{}/{}", acting.household, acting.place, proposal.id))
            .hidden("do", what.to_owned())
            .body(fields.and(button))
    };
    let mut html = Html::empty();
    if state.status == Status::Found && state.application.is_none() && has(Power::Apply) {
        html = html.and(form("apply", None, Button::secondary(language.say("대신 신청하기", "Apply for them"))));
    }
    if state.status == Status::Confirmed && has(Power::Consent) {
        let no =
            form("decline", Some(language.say("까닭", "Why")), Button::secondary(language.say("받지 않기", "Decline")));
        html = html
            .and(form("consent", None, Button::primary(language.say("대신 동의하고 받기", "Agree for them"))))
            .and(Disclosure::new(language.say("받지 않으려면", "If it is not wanted"), Html::empty().and(no)));
    }
    if !has(Power::Contest) {
        return html;
    }
    if state.review.as_ref().is_none_or(|review| review.answer.is_some()) {
        let ask = form(
            "review",
            Some(language.say("묻고 싶은 것", "What you want to know")),
            Button::secondary(language.say("사람에게 물어보기", "Ask a person")),
        );
        let title =
            language.say("사람이 다시 살펴보고 설명해 주기를 원해요", "A person should look at it and explain it");
        html = html.and(Disclosure::new(title, Html::empty().and(ask)));
    }
    let decided = matches!(state.status, Status::Denied | Status::Awarded | Status::Ended);
    if decided && state.objection.as_ref().is_none_or(|objection| objection.upheld.is_some()) {
        let object = form(
            "objection",
            Some(language.say("무엇이 잘못되었나요?", "What is wrong?")),
            Button::secondary(language.say("대신 이의신청", "Object for them")),
        );
        let title = language.say("결정에 이의를 신청해요", "Object to the decision");
        html = html.and(Disclosure::new(title, Html::empty().and(object)));
    }
    html
}

/// Several of these forms stand on a page: their fields are told apart.
fn field_of(what: &str, proposal: &str) -> String {
    format!("words-{what}-{proposal}")
}

async fn act(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path((household, place, proposal)): Path<(String, usize, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let of = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let what = of("do");
    let field = field_of(what, &proposal);
    let at = (household.as_str(), place);
    match acted(&pages.service, &caller_of(&visitor), at, &proposal, (what, of(&field))).await {
        Ok(_) => Ok(Redirect::to(&format!("{LIST}/{household}/{place}")).into_response()),
        Err(error) => {
            let errors = error.in_form(&field)?;
            Ok(person_page(&pages, &visitor, at, &errors).await?.into_response())
        }
    }
}

async fn acted(
    service: &WelfareService,
    caller: &Caller,
    at: (&str, usize),
    proposal: &str,
    (what, words): (&str, &str),
) -> Result<Proposal, ServiceError> {
    match what {
        "apply" => service.apply_for(caller, at, proposal).await,
        "consent" => service.consent_for(caller, at, proposal).await,
        "decline" => service.decline_for(caller, at, proposal, words.to_owned()).await,
        "objection" => service.object_for(caller, at, proposal, words).await,
        "review" => service.ask_review_for(caller, at, proposal, words).await,
        _ => Err(ServiceError::NotFound),
    }
}
