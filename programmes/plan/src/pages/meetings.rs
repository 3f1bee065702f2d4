//! The councils, their members and their meetings.

use std::collections::BTreeMap;

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, Notice, NoticeKind, Table,
        Tag, Tone,
    },
};

use super::words;
use crate::{
    domain::{
        Council, Meeting, bodies,
        council::{CODE_DAYS, CouncilKind, Seat},
    },
    store::Named,
};

/// A council's name.
pub(super) fn council_name(language: Language, council: &Council) -> String {
    language.say(&council.name, &council.name_en).to_owned()
}

/// Where a meeting stands.
pub(super) fn state_tag(language: Language, meeting: &Meeting) -> Tag {
    if meeting.approved.is_some() {
        Tag::new(Tone::Good, language.say("회의록 확정", "Minutes approved"))
    } else if meeting.closed {
        Tag::new(Tone::Attention, language.say("회의록 확인 중", "Minutes being checked"))
    } else if meeting.opened {
        Tag::new(Tone::Active, language.say("회의 중", "In session"))
    } else if meeting.invited.is_some() {
        Tag::new(Tone::Neutral, language.say("개최 예정", "Announced"))
    } else {
        Tag::new(Tone::Neutral, language.say("준비 중", "In preparation"))
    }
}

/// When a meeting is.
pub(super) fn moment(language: Language, at: jiff::civil::DateTime) -> String {
    language.date_time(maru_calendar::instant(at))
}

/// The meetings.
pub(super) fn list(
    visitor: &Visitor,
    councils: &[Named<Council>],
    meetings: &[Named<Meeting>],
    runs: bool,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let mut page = Page::new(visitor, language.say("위원회 회의", "Meetings of the committee"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "안건과 자료는 개최를 알릴 때, 의결과 회의록은 확정할 때 공개합니다.",
            "Agenda and papers are public from the invitation on, minutes once they are approved.",
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if meetings.is_empty() {
        body = body.and(EmptyState::new(
            language.say("알린 회의가 없습니다", "No meeting was announced"),
            language.say(
                "위원회가 개최를 알리면 안건과 자료가 여기에 나옵니다.",
                "When the committee sends an invitation, agenda and papers stand here.",
            ),
        ));
    }
    for named in meetings {
        let Some(convened) = &named.state.convened else { continue };
        let name = language.say(&convened.council_name, &convened.council_name_en);
        let items = named.state.items.len();
        let text = language.pick(
            format!("{name} · {} · {} · 안건 {items}건", moment(language, convened.at), convened.place),
            format!("{name} · {} · {} · items: {items}", moment(language, convened.at), convened.place),
        );
        body = body.and(
            words::card(&convened.title)
                .link(format!("/plan/meetings/{}", named.id))
                .mark(Html::empty().and(state_tag(language, &named.state)))
                .body(Html::text(&text)),
        );
    }
    body = body.and(council_list(visitor, councils));
    if runs {
        body = body.and(convene_form(visitor, councils, errors)).and(found_form(visitor));
    }
    page.body(body)
}

fn council_list(visitor: &Visitor, councils: &[Named<Council>]) -> Html {
    let language = visitor.language;
    if councils.is_empty() {
        return Html::empty();
    }
    let items = councils.iter().map(|named| {
        let seats = named.state.seats.len();
        let count = language.pick(format!("위원 {seats}명"), format!("{seats} members"));
        format!(
            "<li><a href=\"/plan/councils/{}\">{}</a> <span>{count}</span></li>",
            Html::text(&named.id),
            Html::text(&council_name(language, &named.state))
        )
    });
    Html::trusted(format!(
        "<h2>{}</h2><ul>{}</ul>",
        language.say("위원회와 분과위원회", "The committee and its subcommittees"),
        items.collect::<String>()
    ))
}

fn convene_form(visitor: &Visitor, councils: &[Named<Council>], errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let choices = councils.iter().map(|named| Choice::new(named.id.clone(), council_name(language, &named.state)));
    let fields = Html::empty()
        .and(Field::select(language, "council", language.say("어느 위원회인가요?", "Which council?"), choices))
        .and(
            Field::text(language, "title", language.say("회의 이름", "Title of the meeting"))
                .hint(language.say("예: 제9차 전체회의", "For example: 9th plenary meeting"))
                .longest(100)
                .errors(errors),
        )
        .and(Field::date(language, "date", language.say("날짜", "Date")).errors(errors))
        .and(
            Field::text(language, "time", language.say("시각", "Time"))
                .hint(language.say("24시간으로 적어 주세요. 예: 14:00", "24-hour clock, such as 14:00"))
                .input_mode("numeric")
                .errors(errors),
        )
        .and(Field::text(language, "place", language.say("장소", "Place")).longest(200))
        .and(Button::primary(language.say("회의 소집하기", "Convene a meeting")));
    let form = Form::post(visitor, "/plan/meetings").body(fields);
    let disclosure = Disclosure::new(language.say("회의 소집하기", "Convene a meeting"), Html::empty().and(form));
    Html::empty().and(if errors.is_empty() { disclosure } else { disclosure.open() })
}

fn found_form(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let kinds = [
        Choice::new("subcommittee", language.say("분과위원회 (법 제10조제1항)", "Subcommittee (Act, article 10(1))")),
        Choice::new("special", language.say("특별위원회 (법 제10조제2항)", "Special committee (Act, article 10(2))")),
        Choice::new("plenary", language.say("전체 위원회 (법 제7조)", "The committee as a whole (Act, article 7)")),
    ];
    let fields = Html::empty()
        .and(Field::select(language, "kind", language.say("종류", "Kind"), kinds))
        .and(
            Field::text(language, "id", language.say("주소에 쓸 이름", "Name in the address"))
                .hint(
                    language.say("영문 소문자와 붙임표. 예: public-ax", "Small letters and dashes, such as public-ax"),
                )
                .longest(40),
        )
        .and(Field::text(language, "name", language.say("이름", "Name in Korean")).longest(100))
        .and(Field::text(language, "name_en", language.say("영문 이름", "Name in English")).longest(100))
        .and(Button::secondary(language.say("위원회 만들기", "Found a council")));
    let form = Form::post(visitor, "/plan/councils").body(fields);
    Html::empty().and(Disclosure::new(language.say("위원회 만들기", "Found a council"), Html::empty().and(form)))
}

/// A council and who sits in it. Names are there for the secretariat alone.
pub(super) fn council(
    visitor: &Visitor,
    named: &Named<Council>,
    holders: &BTreeMap<String, String>,
    runs: bool,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let state = &named.state;
    let seats = state.seats.len();
    let least = seats / 2 + 1;
    let mut page = Page::new(visitor, council_name(language, state), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("위원회 회의", "Meetings"), "/plan/meetings")
        .lead(language.pick(
            format!("위원 {seats}명. {least}명부터 회의를 열 수 있습니다 (인공지능기본법 제7조제11항)."),
            format!("{seats} members. It can meet with {least} of them (AI Basic Act, article 7(11))."),
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if state.kind == Some(CouncilKind::Plenary) && seats > 0 && !state.experts_are_the_majority() {
        let text = language.say(
            "위촉위원이 전체 위원의 과반수가 되어야 합니다 (인공지능기본법 제7조제2항).",
            "Commissioned experts must be more than half of the members (AI Basic Act, article 7(2)).",
        );
        body = body.and(Notice::new(language, NoticeKind::Warning, text));
    }
    body = body.and(seats_table(visitor, named, holders, runs));
    if runs {
        body = body.and(seat_form(visitor, &named.id, errors));
    }
    page.body(body)
}

fn seats_table(visitor: &Visitor, named: &Named<Council>, holders: &BTreeMap<String, String>, runs: bool) -> Table {
    let language = visitor.language;
    let mut table = Table::new(language.say("위원", "Members"))
        .column(language.say("자리", "Seat"))
        .column(language.say("직위", "Office"))
        .column(language.say("구분", "Kind"));
    if runs {
        table = table
            .column(language.say("이름 (공개하지 않음)", "Name (not public)"))
            .column(language.say("스스로 표결", "Votes alone"))
            .column(language.say("비우기", "Vacate"));
    }
    for seat in named.state.seats.values() {
        let kind = if seat.is_commissioned() {
            language.say("위촉", "Commissioned")
        } else {
            language.say("당연직", "By office")
        };
        let mut row =
            vec![Html::text(&seat.id), Html::text(language.say(&seat.title, &seat.title_en)), Html::text(kind)];
        if runs {
            let vacate = language.pick(format!("{} 자리 비우기", seat.id), format!("Vacate seat {}", seat.id));
            let form = Form::post(visitor, format!("/plan/councils/{}/vacate", named.id))
                .hidden("seat", seat.id.clone())
                .body(Html::empty().and(Button::tertiary(vacate).small()));
            row.push(Html::text(holders.get(&seat.id).map_or("", String::as_str)));
            row.push(account_of(visitor, named, &seat.id));
            row.push(Html::empty().and(form));
        }
        table = table.row(row);
    }
    table
}

/// Whether an account is linked to a seat; where none is, the way to make a code.
fn account_of(visitor: &Visitor, named: &Named<Council>, seat: &str) -> Html {
    let language = visitor.language;
    if named.state.accounts.contains_key(seat) {
        return Html::empty().and(Tag::new(Tone::Good, language.say("계정 연결됨", "Linked")));
    }
    let label = language.pick(format!("{seat} 자리 코드 만들기"), format!("Make a code for seat {seat}"));
    let form = Form::post(visitor, format!("/plan/councils/{}/codes", named.id))
        .hidden("seat", seat.to_owned())
        .body(Html::empty().and(Button::tertiary(label).small()));
    Html::empty().and(form)
}

/// The code by which a member links an account. It is shown this once.
pub(super) fn code(visitor: &Visitor, council: &str, seat: &str, code: &str) -> Page {
    let language = visitor.language;
    let text = language.pick(
        format!("{seat} 자리의 위원에게 직접 전해 주십시오. 다시 볼 수 없고, {CODE_DAYS}일 동안 한 번 쓸 수 있습니다. 위원은 로그인한 뒤 아래 주소에서 입력합니다."),
        format!("Hand it to the member of seat {seat}. It cannot be shown again, holds for {CODE_DAYS} days and for one use. The member signs in and enters it at the address below."),
    );
    let list = DefinitionList::new()
        .text(language.say("코드", "Code"), code)
        .text(language.say("주소", "Address"), &format!("/plan/councils/{council}/seat"));
    Page::new(visitor, language.say("자리 연결 코드", "Code for a seat"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("위원회", "The council"), format!("/plan/councils/{council}"))
        .personal()
        .body(Html::paragraphs(&text).and(list))
}

/// Where a member links an account to a seat.
pub(super) fn link_form(visitor: &Visitor, named: &Named<Council>, own: Option<&Seat>, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let name = council_name(language, &named.state);
    let page = Page::new(visitor, language.say("위원 자리 연결", "Link your seat"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(name, format!("/plan/councils/{}", named.id))
        .personal();
    if let Some(seat) = own {
        let office = language.say(&seat.title, &seat.title_en);
        let text = language.pick(
            format!("이 계정은 ‘{office}’ 자리에 연결되어 있습니다. 출석한 회의에서 스스로 표결할 수 있습니다."),
            format!("This account is linked to the seat “{office}”: you vote by yourself in meetings that you attend."),
        );
        let meetings = Button::secondary(language.say("회의 보기", "Meetings")).link("/plan/meetings");
        return page.body(Html::empty().and(Notice::new(language, NoticeKind::Success, &text)).and(meetings));
    }
    let fields = Html::empty()
        .and(
            Field::text(
                language,
                "code",
                language.say("지원단에서 받은 코드", "The code that the secretariat gave you"),
            )
            .hint(language.say("네 자리씩 네 묶음입니다.", "Four groups of four."))
            .longest(40)
            .errors(errors),
        )
        .and(Button::primary(language.say("연결하기", "Link")));
    let form = Form::post(visitor, format!("/plan/councils/{}/seat", named.id)).body(fields);
    page.lead(language.say(
        "자리를 연결하면 출석한 회의에서 이 계정으로 스스로 표결합니다.",
        "Once linked, you vote with this account in meetings that you attend.",
    ))
    .body(Html::empty().and(ErrorSummary::new(language, errors)).and(form))
}

fn seat_form(visitor: &Visitor, council: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let none = Choice::new("", language.say("위촉위원 (전문가)", "A commissioned expert"));
    let offices = bodies::bodies()
        .iter()
        .filter(|body| body.id != bodies::ALL_CONCERNED)
        .map(|body| Choice::new(body.id, language.say(body.name, body.name_en)));
    let fields = Html::empty()
        .and(Field::text(language, "seat", language.say("자리 번호", "Number of the seat")).longest(20).errors(errors))
        .and(Field::text(language, "title", language.say("직위", "Office in Korean")).longest(100))
        .and(Field::text(language, "title_en", language.say("영문 직위", "Office in English")).longest(100))
        .and(Field::select(
            language,
            "office",
            language.say("어느 기관의 장인가요?", "Head of which body?"),
            std::iter::once(none).chain(offices),
        ))
        .and(
            Field::text(language, "name", language.say("이름", "Name"))
                .hint(language.say(
                    "이름은 봉인해 보관하고 지원단만 봅니다.",
                    "The name is sealed; only the secretariat sees it.",
                ))
                .longest(100),
        )
        .and(Button::secondary(language.say("위원 올리기", "Seat the member")));
    let form = Form::post(visitor, format!("/plan/councils/{council}/seats")).body(fields);
    let disclosure = Disclosure::new(language.say("위원 올리기", "Seat a member"), Html::empty().and(form));
    Html::empty().and(if errors.is_empty() { disclosure } else { disclosure.open() })
}
