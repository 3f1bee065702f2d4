//! The secretariat's side of a meeting: one step at a time, from the agenda to the approved minutes.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Choice, DefinitionList, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind},
};

use super::{meeting, meetings, sent_meetings::ItemPart, words};
use crate::{
    domain::{
        Meeting, bodies,
        book::LONGEST_LABEL,
        council::Seat,
        meeting::{Ballot, Item, RecusalGround},
    },
    store::Named,
};

/// What the page needs to know beside the meeting.
pub(super) struct Around {
    /// Requests for more time that wait for a decision: identifier and title.
    pub(super) requests: Vec<(String, String)>,
    /// The item whose controls are shown, from 1.
    pub(super) chosen: usize,
    /// The item that was written and not taken: it is shown again with its errors.
    pub(super) written: ItemPart,
}

/// The page.
pub(super) fn page(visitor: &Visitor, named: &Named<Meeting>, around: &Around, errors: &[FieldError]) -> Option<Page> {
    let language = visitor.language;
    let state = &named.state;
    let convened = state.convened.as_ref()?;
    let title = language.pick(format!("{} 진행", convened.title), format!("Run: {}", convened.title));
    let mut page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("위원회 회의", "Meetings"), "/plan/meetings")
        .breadcrumb(convened.title.clone(), format!("/plan/meetings/{}", named.id))
        .actions(Html::empty().and(meetings::state_tag(language, state)));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let body = Html::empty().and(ErrorSummary::new(language, errors));
    let step = if state.invited.is_none() {
        preparing(visitor, named, around, errors)
    } else if state.closed {
        closing(visitor, named)
    } else {
        in_session(visitor, named, around, errors)
    };
    Some(page.body(body.and(step)))
}

fn heading(text: &str) -> Html {
    Html::trusted(format!("<h2>{}</h2>", Html::text(text)))
}

fn preparing(visitor: &Visitor, named: &Named<Meeting>, around: &Around, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut html = heading(language.say("1. 안건", "1. Agenda"));
    if named.state.items.is_empty() {
        html = html.and(Html::paragraphs(language.say("아직 안건이 없습니다.", "There is nothing on it yet.")));
    }
    for (item, number) in named.state.items.iter().zip(1..) {
        let remove = language.pick(format!("제{number}호 빼기"), format!("Take item {number} off"));
        let form = Form::post(visitor, format!("/plan/meetings/{}/items/{number}/remove", named.id))
            .body(Html::empty().and(Button::tertiary(remove).small()));
        html = html
            .and(Html::trusted(format!("<p><strong>{number}. ")))
            .and(words::korean(language, &item.agenda.title))
            .and(Html::trusted("</strong><br>"))
            .and(meeting::proposal(language, &item.agenda.proposal))
            .and(Html::trusted("</p>"))
            .and(form);
    }
    let invite = Form::post(visitor, format!("/plan/meetings/{}/invitation", named.id))
        .body(Html::empty().and(Button::primary(language.say("개최 알리기", "Send the invitation"))));
    html.and(item_form(visitor, &named.id, around, errors))
        .and(heading(language.say("2. 개최 알리기", "2. Invitation")))
        .and(Html::paragraphs(language.say(
            "알린 뒤에는 안건을 바꿀 수 없습니다. 안건과 자료가 공개됩니다.",
            "The agenda stands from then on; agenda and papers become public.",
        )))
        .and(invite)
}

fn item_form(visitor: &Visitor, id: &str, around: &Around, errors: &[FieldError]) -> Html {
    let (language, written) = (visitor.language, &around.written);
    let kinds = [
        Choice::new("resolve", language.say("의결", "Resolve")),
        Choice::new("report", language.say("보고 (표결하지 않음)", "Hear (no vote)")),
        Choice::new("assign", language.say("기관에 할 일을 정함", "Tell a body to do something")),
        Choice::new(
            "advise",
            language.say("기관에 권고 (3개월 안에 답)", "Recommend to an agency (answer in three months)"),
        ),
        Choice::new("amend", language.say("행동계획의 권고를 바꿈", "Change a recommendation of the plan")),
        Choice::new("version", language.say("권고를 빼는 새 판을 정함", "A new version leaves recommendations out")),
        Choice::new("extend", language.say("보고기간 연장 요청을 결정", "Decide a request for more time")),
    ];
    let none = || Choice::new("", language.say("없음", "None"));
    let bodies = bodies::bodies()
        .iter()
        .filter(|body| body.id != bodies::ALL_CONCERNED && body.id != bodies::COMMITTEE)
        .map(|body| Choice::new(body.id, language.say(body.name, body.name_en)));
    let requests = around.requests.iter().map(|(id, title)| Choice::new(id.clone(), title.clone()));
    let fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("안건 이름", "Title"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "text", language.say("안건 내용", "What is to be decided or heard"))
                .rows(5)
                .value(written.text.clone())
                .errors(errors),
        )
        .and(
            Field::radios(language, "kind", language.say("의결하면 무엇이 되나요?", "What does it become?"), kinds)
                .value(if written.kind.is_empty() { "resolve" } else { &written.kind }),
        )
        .and(
            Field::select(
                language,
                "body",
                language.say("기관 (할 일, 권고)", "Body (told or recommended to)"),
                std::iter::once(none()).chain(bodies),
            )
            .value(written.body.clone()),
        )
        .and(
            Field::date(language, "due", language.say("언제까지 (할 일)", "Until (told to do)"))
                .optional()
                .value(written.due.clone())
                .errors(errors),
        )
        .and(
            Field::text(language, "number", language.say("바꿀 권고 번호", "Recommendation to be changed"))
                .hint(language.say("예: 58-1", "For example: 58-1"))
                .optional()
                .value(written.number.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "new_text", language.say("바꾼 뒤의 글", "Its new text"))
                .rows(3)
                .optional()
                .value(written.new_text.clone()),
        )
        .and(
            Field::text(language, "deadlines", language.say("바꾼 뒤의 기한", "Its new deadlines"))
                .hint(language.say("예: by26Q4 from27Q1 (까지 by, 에 in, 부터 from)", "For example: by26Q4 from27Q1"))
                .optional()
                .value(written.deadlines.clone())
                .errors(errors),
        )
        .and(version_fields(language, written, errors))
        .and(
            Field::select(
                language,
                "advice",
                language.say("연장을 요청한 권고", "Request for more time"),
                std::iter::once(none()).chain(requests),
            )
            .value(written.advice.clone()),
        )
        .and(around_fields(language, written, errors))
        .and(Button::secondary(language.say("안건 올리기", "Put it on the agenda")));
    let form = Form::post(visitor, format!("/plan/meetings/{id}/items")).guarded().body(fields);
    let disclosure =
        Disclosure::new(language.say("안건 올리기", "Put something on the agenda"), Html::empty().and(form));
    Html::empty().and(if errors.is_empty() { disclosure } else { disclosure.open() })
}

/// Who is party to an item, and its papers.
fn around_fields(language: Language, written: &ItemPart, errors: &[FieldError]) -> Html {
    Html::empty()
        .and(
            Field::text(language, "parties", language.say("당사자", "Parties"))
                .hint(language.say(
                    "기업·단체·기관을 쉼표로 나누어 적습니다. 여기에 속한 위원은 그 안건에서 빠집니다.",
                    "Companies, associations, bodies, parted by commas. Members who belong to one take no part.",
                ))
                .optional()
                .value(written.parties.clone()),
        )
        .and(
            Field::area(language, "evidence_address", language.say("자료", "Papers"))
                .hint(language.say(
                    "한 줄에 하나씩, 이름 뒤에 주소를 적습니다. 예: 검토 보고 https://example.go.kr/1",
                    "One a line, the name and then the address, such as: Review https://example.go.kr/1",
                ))
                .rows(3)
                .optional()
                .value(written.evidence_address.clone())
                .errors(errors),
        )
}

/// A new version of the plan that leaves recommendations out.
fn version_fields(language: Language, written: &ItemPart, errors: &[FieldError]) -> Html {
    Html::empty()
        .and(
            Field::text(language, "label", language.say("새 판의 이름", "Name of the new version"))
                .hint(language.say("예: 2027년 1월 변경", "For example: January 2027"))
                .longest(LONGEST_LABEL)
                .optional()
                .value(written.label.clone())
                .errors(errors),
        )
        .and(
            Field::text(
                language,
                "leaves_out",
                language.say("새 판에서 뺄 권고 번호", "What the new version leaves out"),
            )
            .hint(language.say("예: 58-1 58-2", "For example: 58-1 58-2"))
            .optional()
            .value(written.leaves_out.clone())
            .errors(errors),
        )
}

fn in_session(visitor: &Visitor, named: &Named<Meeting>, around: &Around, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut html = heading(language.say("1. 출석", "1. Attendance")).and(attendance_form(visitor, named));
    if !named.state.opened {
        return html;
    }
    html = html.and(heading(language.say("2. 안건", "2. Items"))).and(item_links(language, named, around.chosen));
    if let Some(item) = named.state.item(around.chosen) {
        html = html.and(item_controls(visitor, named, item, around.chosen, errors));
    }
    html.and(heading(language.say("3. 회의 마치기", "3. Close"))).and(close_form(visitor, named))
}

fn attendance_form(visitor: &Visitor, named: &Named<Meeting>) -> Form {
    let language = visitor.language;
    let members = named.state.members();
    let choices = members.iter().map(|seat| Choice::new(seat.id.clone(), meeting::title(language, seat)));
    let label = language.pick(
        format!("출석한 위원 ({}명 가운데 {}명부터 개의)", members.len(), members.len() / 2 + 1),
        format!("Who is present ({} of {} open it)", members.len() / 2 + 1, members.len()),
    );
    let mut field = Field::checkboxes(language, "present", label, choices).inline();
    for seat in &named.state.present {
        field = field.value(seat.clone());
    }
    let send = if named.state.opened {
        Button::secondary(language.say("출석 고치기", "Correct attendance"))
    } else {
        Button::primary(language.say("개의하기", "Open the meeting"))
    };
    Form::post(visitor, format!("/plan/meetings/{}/attendance", named.id)).body(Html::empty().and(field).and(send))
}

fn item_links(language: Language, named: &Named<Meeting>, chosen: usize) -> Html {
    let items = named.state.items.iter().zip(1..).map(|(item, number)| {
        let current = if number == chosen { " aria-current=\"true\"" } else { "" };
        format!(
            "<li><a href=\"/plan/meetings/{}/run?item={number}#item\"{current}>{number}. {}</a> {}</li>",
            named.id,
            words::korean(language, &item.agenda.title),
            Html::empty().and(meeting::outcome_tag(language, item))
        )
    });
    Html::trusted(format!("<ul class=\"plain-list\">{}</ul>", items.collect::<String>()))
}

fn item_controls(visitor: &Visitor, named: &Named<Meeting>, item: &Item, number: usize, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut html = Html::trusted("<section class=\"card\" id=\"item\" aria-labelledby=\"item-heading\"><h3 class=\"card-title\" id=\"item-heading\">")
        .and(Html::text(&language.pick(format!("제{number}호 안건. "), format!("Item {number}. "))))
        .and(words::korean(language, &item.agenda.title))
        .and(Html::trusted("</h3><p>"))
        .and(meeting::proposal(language, &item.agenda.proposal))
        .and(Html::trusted("</p>"));
    if item.is_open() {
        html = html
            .and(parties_notice(language, item))
            .and(ballot_form(visitor, named, item, number))
            .and(recusal_form(visitor, named, item, number, errors))
            .and(defer_form(visitor, named, number, errors));
    } else if item.waits_to_be_carried_out() {
        let text = language.say(
            "의결했지만 아직 시행하지 못했습니다. 다시 시행해 주십시오.",
            "It passed, and what follows from it was not done yet. Do it again.",
        );
        let form = Form::post(visitor, format!("/plan/meetings/{}/items/{number}/carry-out", named.id))
            .body(Html::empty().and(Button::primary(language.say("시행하기", "Carry it out"))));
        html = html.and(Notice::new(language, NoticeKind::Warning, text)).and(form);
    }
    html.and(Html::trusted("</section>"))
}

fn parties_notice(language: Language, item: &Item) -> Html {
    if item.agenda.parties.is_empty() {
        return Html::empty();
    }
    let parties = item.agenda.parties.join(", ");
    let text = language.pick(
        format!("당사자: {parties}. 여기에 속하거나 가족이 관련된 위원이 있으면 표결 전에 빠진 위원으로 적어 주십시오."),
        format!("Parties: {parties}. If a member belongs to one, or the member's family is concerned, record that before the vote."),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Information, &text))
}

fn ballot_form(visitor: &Visitor, named: &Named<Meeting>, item: &Item, number: usize) -> Html {
    let language = visitor.language;
    let own = named.state.own_ballots(item);
    let mut fields = Html::empty();
    for seat in named.state.voters(item).into_iter().filter(|seat| !own.contains_key(&seat.id)) {
        let choices =
            Ballot::ALL.map(|ballot| Choice::new(ballot.identifier(), meeting::ballot_name(language, ballot)));
        let name = format!("ballot-{}", seat.id);
        fields = fields.and(Field::radios(language, name, meeting::title(language, seat), choices).inline());
    }
    let unanimous = language.say("이의 없음 (모두 찬성)", "Nobody objects (all for)");
    let mut buttons = Html::trusted("<div class=\"button-row\">")
        .and(Button::primary(language.say("표결 기록하기", "Record the votes")));
    // Where members vote by themselves, nobody is taken to agree.
    if !item.voting {
        buttons = buttons.and(Button::secondary(unanimous).named("unanimous", "yes"));
    }
    let form = Form::post(visitor, format!("/plan/meetings/{}/items/{number}/vote", named.id))
        .body(fields.and(buttons.and(Html::trusted("</div>"))));
    own_voting(visitor, named, item, number).and(form)
}

/// Members vote by themselves once the vote is opened; who did is seen, not how.
fn own_voting(visitor: &Visitor, named: &Named<Meeting>, item: &Item, number: usize) -> Html {
    let language = visitor.language;
    if !item.voting {
        let open = Button::secondary(language.say("위원이 스스로 표결하게 하기", "Let members vote by themselves"));
        return Html::empty().and(
            Form::post(visitor, format!("/plan/meetings/{}/items/{number}/opening", named.id))
                .body(Html::empty().and(open)),
        );
    }
    let own = named.state.own_ballots(item);
    let voters = named.state.voters(item);
    let who: Vec<String> =
        voters.iter().filter(|seat| own.contains_key(&seat.id)).map(|seat| meeting::title(language, seat)).collect();
    let text = language.pick(
        format!(
            "표결 중입니다. 표결할 위원 {}명 가운데 {}명이 스스로 표결했습니다. 나머지 위원의 표를 적고 기록하면 표결이 끝납니다.",
            voters.len(),
            own.len()
        ),
        format!(
            "The vote is open. {} of {} members have voted by themselves. Put in the others' votes and record them: then it is over.",
            own.len(),
            voters.len()
        ),
    );
    let mut html = Html::empty().and(Notice::new(language, NoticeKind::Information, &text));
    if !who.is_empty() {
        html = html.and(
            DefinitionList::new().text(language.say("스스로 표결한 위원", "Voted by themselves"), &who.join(", ")),
        );
    }
    // Without a fragment: to the same address with one, browsers only scroll.
    let again = Button::tertiary(language.say("새로 고침", "Look again"))
        .small()
        .link(format!("/plan/meetings/{}/run?item={number}", named.id));
    html.and(Html::trusted("<p>")).and(again).and(Html::trusted("</p>"))
}

fn recusal_form(
    visitor: &Visitor,
    named: &Named<Meeting>,
    item: &Item,
    number: usize,
    errors: &[FieldError],
) -> Disclosure {
    let language = visitor.language;
    let seats = named.state.members().iter().filter(|seat| !item.recusals.contains_key(&seat.id));
    let choice = |seat: &Seat| Choice::new(seat.id.clone(), meeting::title(language, seat));
    let grounds = RecusalGround::ALL.map(|ground| Choice::new(ground.identifier(), meeting::ground(language, ground)));
    let fields = Html::empty()
        .and(Field::select(language, "seat", language.say("위원", "Member"), seats.map(choice)))
        .and(Field::select(language, "ground", language.say("근거", "Ground"), grounds))
        .and(
            Field::text(
                language,
                "in_favour",
                language.say("기피에 찬성한 위원 수", "Votes that the challenge is justified"),
            )
            .hint(language.say("기피일 때만 적습니다.", "Only for a challenge."))
            .input_mode("numeric")
            .optional(),
        )
        .and(Field::area(language, "recusal_reason", language.say("사유", "Reason")).rows(2).errors(errors))
        .and(Button::secondary(language.say("빠진 위원으로 적기", "Record that the member takes no part")));
    let form = Form::post(visitor, format!("/plan/meetings/{}/items/{number}/recusals", named.id)).body(fields);
    Disclosure::new(
        language.say("제척·기피·회피 (인공지능기본법 제9조)", "Recusal (AI Basic Act, article 9)"),
        Html::empty().and(form),
    )
}

fn defer_form(visitor: &Visitor, named: &Named<Meeting>, number: usize, errors: &[FieldError]) -> Disclosure {
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::area(language, "defer_reason", language.say("미루는 이유", "Why it is put off"))
                .rows(2)
                .errors(errors),
        )
        .and(Button::secondary(language.say("다음 회의로 미루기", "Put it off")));
    let form = Form::post(visitor, format!("/plan/meetings/{}/items/{number}/defer", named.id)).body(fields);
    Disclosure::new(language.say("다음 회의로 미루기", "Put it off"), Html::empty().and(form))
}

fn close_form(visitor: &Visitor, named: &Named<Meeting>) -> Form {
    let language = visitor.language;
    let mut fields = Html::paragraphs(language.say(
        "일시, 장소, 출석, 표결은 기록에서 회의록으로 옮겨집니다. 발언 요지만 적어 주십시오.",
        "Time, place, attendance and votes come into the minutes from the records. Add what was said.",
    ));
    for number in 1..=named.state.items.len() {
        let label = language.pick(format!("제{number}호 안건 발언 요지"), format!("What was said on item {number}"));
        fields = fields.and(Field::area(language, format!("remark-{number}"), label).rows(3).optional());
    }
    fields = fields.and(Button::primary(language.say("회의 마치기", "Close the meeting")));
    Form::post(visitor, format!("/plan/meetings/{}/close", named.id)).guarded().body(fields)
}

fn closing(visitor: &Visitor, named: &Named<Meeting>) -> Html {
    let language = visitor.language;
    let waiting = named.state.items.iter().zip(1..).filter(|(item, _)| item.waits_to_be_carried_out());
    let again =
        waiting.fold(Html::empty(), |html, (item, number)| html.and(item_controls(visitor, named, item, number, &[])));
    if named.state.approved.is_some() {
        return again.and(Html::paragraphs(language.say("회의록을 확정했습니다.", "The minutes were approved.")));
    }
    let form = Form::post(visitor, format!("/plan/meetings/{}/approval", named.id))
        .body(Html::empty().and(Button::primary(language.say("회의록 확정하기", "Approve the minutes"))));
    again
        .and(heading(language.say("회의록 확정", "Approve the minutes")))
        .and(Html::paragraphs(language.say(
            "확정하면 회의록이 공개되고 더 바뀌지 않습니다.",
            "Then they become public and nothing of them changes any more.",
        )))
        .and(form)
}
