//! A member's own page in a meeting: each item with the member's vote, as long as it is open.

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Page, PageKind, Path, Problem, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind, Tag, Tone},
    routing::{get, post},
};

use super::{Here, Pages, field, meeting, words};
use crate::{
    ServiceError,
    domain::{
        Meeting,
        council::Seat,
        meeting::{Ballot, Item},
        recommendation::LONGEST_NOTE,
    },
    store::Named,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/meetings/{id}/ballot", get(show))
        .route("/plan/meetings/{id}/items/{item}/ballot", post(cast))
        .route("/plan/meetings/{id}/items/{item}/withdrawal", post(withdraw))
}

async fn shown(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    let named = here.pages.service.meeting(&here.caller, id).await?;
    let council = named.state.convened.as_ref().map(|convened| convened.council.clone()).unwrap_or_default();
    match here.pages.service.own_seat(&here.caller, &council).await? {
        Some(seat) => Ok(page(&here.visitor, &named, &seat, errors)),
        None => Ok(no_seat(&here.visitor, &council)),
    }
}

async fn show(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &[]).await
}

async fn done(
    here: &Here,
    result: Result<Meeting, ServiceError>,
    (id, item): (&str, usize),
    field: &str,
) -> Result<Response, Problem> {
    match result {
        Ok(_) => Ok(Redirect::to(&format!("/plan/meetings/{id}/ballot#item-{item}")).into_response()),
        Err(error) => {
            let errors = words::in_form(error, field)?;
            Ok(shown(here, id, &errors).await?.with_errors().into_response())
        }
    }
}

async fn cast(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let name = format!("ballot-{item}");
    let result = match Ballot::from_identifier(field::value(&fields, &name)) {
        Some(ballot) => here.pages.service.cast_ballot(&here.caller, &id, item, ballot).await,
        None => Err(ServiceError::field(
            &name,
            "찬성, 반대, 기권 가운데 하나를 골라 주십시오.",
            "Choose for, against or abstain.",
        )),
    };
    done(&here, result, (&id, item), &name).await
}

async fn withdraw(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let name = format!("reason-{item}");
    let reason = field::value(&fields, &name).trim().to_owned();
    let result = here.pages.service.withdraw_from_item(&here.caller, &id, item, reason).await;
    done(&here, result, (&id, item), &name).await
}

fn frame(visitor: &Visitor, title: String) -> Page {
    let language = visitor.language;
    Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("위원회 회의", "Meetings"), "/plan/meetings")
        .personal()
}

/// Who has no seat is told how one gets it.
fn no_seat(visitor: &Visitor, council: &str) -> Page {
    let language = visitor.language;
    let text = language.say(
        "이 계정에 연결된 자리가 없습니다. 위원이면 지원단에서 받은 코드로 자리를 연결해 주십시오.",
        "No seat is linked to this account. If you are a member, link yours with the code that the secretariat gave you.",
    );
    let link =
        Button::primary(language.say("자리 연결하기", "Link your seat")).link(format!("/plan/councils/{council}/seat"));
    frame(visitor, language.say("표결", "Vote").to_owned())
        .body(Html::empty().and(Notice::new(language, NoticeKind::Information, text)).and(link))
}

fn page(visitor: &Visitor, named: &Named<Meeting>, seat: &Seat, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let state = &named.state;
    let title = state.convened.as_ref().map(|convened| convened.title.clone()).unwrap_or_default();
    let office = meeting::title(language, seat);
    let mut body = Html::empty().and(ErrorSummary::new(language, errors)).and(where_it_stands(visitor, state, seat));
    for (item, number) in state.items.iter().zip(1..) {
        body = body.and(item_section(visitor, named, (item, number), seat, errors));
    }
    let again =
        Button::tertiary(language.say("새로 고침", "Look again")).link(format!("/plan/meetings/{}/ballot", named.id));
    frame(visitor, language.pick(format!("{office} 표결"), format!("Vote as {office}")))
        .breadcrumb(title, format!("/plan/meetings/{}", named.id))
        .lead(language.say(
            "지원단이 표결을 기록할 때까지 바꿀 수 있습니다. 누가 어떻게 표결했는지는 직위로 공개됩니다.",
            "You may change your vote until the secretariat records the result. Votes are public, under offices.",
        ))
        .body(body.and(again))
}

/// Whether the member may vote at all now.
fn where_it_stands(visitor: &Visitor, state: &Meeting, seat: &Seat) -> Html {
    let language = visitor.language;
    let text = if !state.members().iter().any(|member| member.id == seat.id) {
        language.say("이 회의를 소집할 때 위원이 아니었습니다.", "You were no member when this meeting was convened.")
    } else if state.closed {
        language.say("회의가 끝났습니다.", "The meeting was closed.")
    } else if !state.opened {
        language.say("아직 개의하지 않았습니다.", "The meeting has not been opened.")
    } else if !state.present.contains(&seat.id) {
        language.say(
            "아직 출석으로 적혀 있지 않습니다. 지원단에 알려 주십시오.",
            "You are not among those present. Tell the secretariat.",
        )
    } else {
        return Html::empty();
    };
    Html::empty().and(Notice::new(language, NoticeKind::Information, text))
}

fn item_section(
    visitor: &Visitor,
    named: &Named<Meeting>,
    (item, number): (&Item, usize),
    seat: &Seat,
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    let heading = language.pick(format!("제{number}호 안건"), format!("Item {number}"));
    let head = format!(
        "<section class=\"card\" id=\"item-{number}\" aria-labelledby=\"item-title-{number}\"><h2 class=\"card-title\" id=\"item-title-{number}\">{heading}. "
    );
    Html::trusted(head)
        .and(words::korean(language, &item.agenda.title))
        .and(Html::trusted("</h2><p>"))
        .and(meeting::outcome_tag(language, item))
        .and(Html::trusted("</p>"))
        .and(words::korean_paragraphs(language, &item.agenda.text))
        .and(Html::trusted("<p>"))
        .and(meeting::proposal(language, &item.agenda.proposal))
        .and(Html::trusted("</p>"))
        .and(own_part(visitor, named, (item, number), seat, errors))
        .and(Html::trusted("</section>"))
}

/// What the member can do with an item, or did.
fn own_part(
    visitor: &Visitor,
    named: &Named<Meeting>,
    (item, number): (&Item, usize),
    seat: &Seat,
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    if item.recusals.contains_key(&seat.id) {
        let text = language.say("이 안건에서 빠져 표결하지 않습니다.", "You take no part in this item.");
        return Html::paragraphs(text);
    }
    let votes = named.state.opened && !named.state.closed && named.state.present.contains(&seat.id);
    if !votes || !item.is_open() {
        return recorded(visitor, item, seat);
    }
    let mut html = Html::empty();
    if item.voting {
        html = html.and(ballot_form(visitor, named, (item, number), seat, errors));
    } else {
        html = html.and(Html::paragraphs(
            language.say("표결을 시작하면 여기에서 표결합니다.", "You vote here once the vote begins."),
        ));
    }
    html.and(withdrawal_form(visitor, &named.id, number, errors))
}

/// How the member's vote was recorded.
fn recorded(visitor: &Visitor, item: &Item, seat: &Seat) -> Html {
    let language = visitor.language;
    let ballot = item.vote.as_ref().and_then(|vote| vote.ballots.get(&seat.id));
    let Some(ballot) = ballot else { return Html::empty() };
    let name = meeting::ballot_name(language, *ballot);
    Html::paragraphs(&language.pick(format!("내 표: {name}"), format!("Your vote: {name}")))
}

fn ballot_form(
    visitor: &Visitor,
    named: &Named<Meeting>,
    (item, number): (&Item, usize),
    seat: &Seat,
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    let choices = Ballot::ALL.map(|ballot| Choice::new(ballot.identifier(), meeting::ballot_name(language, ballot)));
    let mut question = Field::radios(
        language,
        format!("ballot-{number}"),
        language.say("어떻게 표결하시겠습니까?", "How do you vote?"),
        choices,
    )
    .inline()
    .errors(errors);
    let mut mark = Html::empty();
    let mut send = Button::primary(language.say("표결하기", "Vote"));
    if let Some(ballot) = item.cast.get(&seat.id) {
        question = question.value(ballot.identifier());
        let name = meeting::ballot_name(language, *ballot);
        let said = language.pick(format!("표결했습니다: {name}"), format!("You voted: {name}"));
        mark = Html::trusted("<p>").and(Tag::new(Tone::Good, said)).and(Html::trusted("</p>"));
        send = Button::secondary(language.say("표결 바꾸기", "Change your vote"));
    }
    let form = Form::post(visitor, format!("/plan/meetings/{}/items/{number}/ballot", named.id))
        .body(Html::empty().and(question).and(send));
    mark.and(form)
}

fn withdrawal_form(visitor: &Visitor, meeting: &str, number: usize, errors: &[FieldError]) -> Disclosure {
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::area(language, format!("reason-{number}"), language.say("사유", "Reason"))
                .hint(language.say(
                    "나나 내가 속한 단체, 가족이 이해관계가 있으면 빠져야 합니다. 사유는 회의록에 공개됩니다.",
                    "Who is concerned, or whose organisation or family is, must withdraw. The reason is public in the minutes.",
                ))
                .rows(2)
                .counted(LONGEST_NOTE)
                .errors(errors),
        )
        .and(Button::secondary(language.say("이 안건에서 빠지기", "Withdraw from this item")));
    let form = Form::post(visitor, format!("/plan/meetings/{meeting}/items/{number}/withdrawal")).body(fields);
    let title = language.say("회피 (인공지능기본법 제9조제3항)", "Withdraw (AI Basic Act, article 9(3))");
    Disclosure::new(title, Html::empty().and(form))
}
