//! A meeting as anyone sees it: invitation, agenda and papers, then who was present and how the votes fell: the minutes.

use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, DefinitionList, KeyFigure, KeyFigures, Notice, NoticeKind, Table, Tag, Tone},
};

use super::{meetings, task, words};
use crate::{
    domain::{
        Meeting,
        council::Seat,
        meeting::{Ballot, Item, Proposal, RecusalGround, Tally, is_quorum},
    },
    store::Named,
};

/// The page.
pub(super) fn page(visitor: &Visitor, named: &Named<Meeting>, runs: bool, votes: bool) -> Option<Page> {
    let language = visitor.language;
    let meeting = &named.state;
    let convened = meeting.convened.as_ref()?;
    let council = language.say(&convened.council_name, &convened.council_name_en);
    let mut page = Page::new(visitor, convened.title.clone(), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("위원회 회의", "Meetings"), "/plan/meetings")
        .titled_in(Language::Korean)
        .lead(format!("{council} · {} · {}", meetings::moment(language, convened.at), convened.place));
    if runs && meeting.approved.is_none() {
        let run = Button::primary(language.say("회의 진행하기", "Run the meeting"))
            .link(format!("/plan/meetings/{}/run", named.id));
        page = page.actions(Html::empty().and(run));
    } else if votes && meeting.opened && !meeting.closed {
        let vote =
            Button::primary(language.say("표결하기", "Vote")).link(format!("/plan/meetings/{}/ballot", named.id));
        page = page.actions(Html::empty().and(vote));
    }
    let mut body = Html::trusted("<p>")
        .and(meetings::state_tag(language, meeting))
        .and(Html::trusted("</p>"))
        .and(invitation(language, meeting));
    if meeting.opened {
        body = body.and(attendance(visitor, meeting));
    }
    body = body.and(Html::trusted(format!("<h2>{}</h2>", language.say("안건", "Agenda"))));
    for (item, number) in meeting.items.iter().zip(1..) {
        body = body.and(item_section(visitor, meeting, item, number));
    }
    Some(page.body(body.and(footer(language, meeting))))
}

fn invitation(language: Language, meeting: &Meeting) -> Html {
    let Some(convened) = meeting.convened.as_ref().filter(|_| !meeting.opened) else { return Html::empty() };
    let members = convened.members.len();
    let least = members / 2 + 1;
    let text = language.pick(
        format!(
            "위원 {members}명을 모십니다. {least}명 이상 출석하면 개의하고, 출석위원 과반수의 찬성으로 의결합니다 (인공지능기본법 제7조제11항). 안건과 이해관계가 있는 위원은 그 안건에서 빠집니다 (제9조)."
        ),
        format!(
            "{members} members are invited. It opens with {least} of them and decides by more than half of those present (AI Basic Act, article 7(11)). Who is concerned takes no part in that item (article 9)."
        ),
    );
    Html::paragraphs(&text)
}

fn attendance(visitor: &Visitor, meeting: &Meeting) -> Html {
    let language = visitor.language;
    let (present, members) = (meeting.present.len(), meeting.members().len());
    let figure = |label: &str, value: usize, note: String| KeyFigure {
        label: label.to_owned(),
        value: words::count(language, value),
        note,
    };
    let quorum = if is_quorum(present, members) {
        language.say("의사정족수를 채움", "Quorum reached")
    } else {
        language.say("의사정족수가 모자람", "No quorum")
    };
    let figures = KeyFigures::new([
        figure(language.say("재적위원", "Members"), members, String::new()),
        figure(language.say("출석위원", "Present"), present, quorum.to_owned()),
    ]);
    let named = |wanted: bool| {
        let seats = meeting.members().iter().filter(|seat| meeting.present.contains(&seat.id) == wanted);
        seats.map(|seat| title(language, seat)).collect::<Vec<_>>().join(", ")
    };
    let mut list = DefinitionList::new().text(language.say("출석", "Present"), &named(true));
    if present < members {
        list = list.text(language.say("불참", "Absent"), &named(false));
    }
    Html::trusted(format!("<h2>{}</h2>", language.say("출석", "Attendance"))).and(figures).and(list)
}

/// The office of a seat.
pub(super) fn title(language: Language, seat: &Seat) -> String {
    language.say(&seat.title, &seat.title_en).to_owned()
}

fn seat_title(language: Language, meeting: &Meeting, id: &str) -> String {
    meeting.members().iter().find(|seat| seat.id == id).map_or_else(|| id.to_owned(), |seat| title(language, seat))
}

fn item_section(visitor: &Visitor, meeting: &Meeting, item: &Item, number: usize) -> Html {
    let language = visitor.language;
    let heading = language.pick(format!("제{number}호 안건"), format!("Item {number}"));
    let mut html = Html::trusted(format!(
        "<section class=\"card\" id=\"item-{number}\" aria-labelledby=\"item-title-{number}\"><h3 class=\"card-title\" id=\"item-title-{number}\">{heading}. "
    ))
    .and(words::korean(language, &item.agenda.title))
    .and(Html::trusted("</h3><p>"))
    .and(outcome_tag(language, item))
    .and(Html::trusted("</p>"))
    .and(words::korean_paragraphs(language, &item.agenda.text))
    .and(facts(visitor, meeting, item));
    if let Some(vote) = &item.vote {
        html = html.and(votes(visitor, meeting, item, &vote.tally));
    }
    if meeting.approved.is_some() && !item.remarks.is_empty() {
        html = html
            .and(Html::trusted(format!("<h4>{}</h4>", language.say("발언 요지", "What was said"))))
            .and(words::korean_paragraphs(language, &item.remarks));
    }
    html.and(Html::trusted("</section>"))
}

/// What became of an item.
pub(super) fn outcome_tag(language: Language, item: &Item) -> Tag {
    if !item.agenda.proposal.needs_vote() {
        return Tag::new(Tone::Neutral, language.say("보고 안건", "To be heard"));
    }
    if !item.deferred.is_empty() {
        return Tag::new(Tone::Attention, language.say("다음 회의로 미룸", "Put off"));
    }
    match &item.vote {
        Some(vote) if vote.tally.passed => Tag::new(Tone::Good, language.say("의결", "Passed")),
        Some(_) => Tag::new(Tone::Bad, language.say("부결", "Not passed")),
        None => Tag::new(Tone::Neutral, language.say("의결 안건", "To be voted on")),
    }
}

fn facts(visitor: &Visitor, meeting: &Meeting, item: &Item) -> DefinitionList {
    let language = visitor.language;
    let mut list = DefinitionList::new()
        .markup(language.say("의결하면", "If it passes"), proposal(language, &item.agenda.proposal));
    if !item.agenda.papers.is_empty() {
        list = list.markup(language.say("자료", "Papers"), task::evidence(visitor, &item.agenda.papers));
    }
    if !item.agenda.parties.is_empty() {
        list = list.text(language.say("당사자", "Parties"), &item.agenda.parties.join(", "));
    }
    if !item.deferred.is_empty() {
        list = list.markup(language.say("미룬 이유", "Why put off"), words::korean(language, &item.deferred));
    }
    for recusal in item.recusals.values() {
        let text = format!(
            "{}: {} ({}). {}",
            seat_title(language, meeting, &recusal.seat),
            ground(language, recusal.ground),
            language.law(recusal.ground.article()),
            recusal.reason
        );
        list = list.text(language.say("빠진 위원", "Takes no part"), &text);
    }
    if let Some(became) = item.became.as_ref().filter(|became| !became.is_empty()) {
        list = list.markup(language.say("그 뒤", "What it became"), followed(language, &item.agenda.proposal, became));
    }
    if let Some(report) = &item.assignment.report {
        let told = words::korean(language, &report.text)
            .and(Html::trusted("<br>"))
            .and(task::evidence(visitor, &report.evidence));
        list = list.markup(
            language.pick(
                format!("이행 보고 ({})", language.date(report.on)),
                format!("Reported ({})", language.date(report.on)),
            ),
            told,
        );
    }
    if let Some(note) = &item.assignment.closed {
        list = list.markup(language.say("이행 확인", "Closed"), words::korean(language, note));
    }
    list
}

/// What follows from an item when it passes.
pub(super) fn proposal(language: Language, proposal: &Proposal) -> Html {
    match proposal {
        Proposal::Report => Html::text(language.say("표결하지 않습니다.", "There is no vote.")),
        Proposal::Resolve => Html::text(language.say("의결로 끝납니다.", "It ends with the resolution.")),
        Proposal::Assign { body, due } => words::body_link(language, body).and(Html::text(&language.pick(
            format!(": {}까지 이행하고 보고합니다.", language.date(*due)),
            format!(": does it and reports by {}.", language.date(*due)),
        ))),
        Proposal::Advise { body } => words::body_link(language, body).and(Html::text(language.say(
            "에 권고합니다. 받은 날부터 3개월 안에 개선방안과 실천방안을 보고합니다 (인공지능기본법 제8조제3항, 시행령 제7조제1항).",
            ": it is recommended to it, and it reports within three months (AI Basic Act, article 8(3); its decree, article 7(1)).",
        ))),
        Proposal::Amend { number, text, deadlines } => {
            let mut html = Html::text(language.say("행동계획의 권고 ", "Recommendation "))
                .and(words::number_link(language, *number))
                .and(Html::text(language.say("의 내용을 바꿉니다 (인공지능기본법 제6조제1항).", " of the plan is changed (AI Basic Act, article 6(1)).")));
            if !text.is_empty() {
                html = html.and(Html::trusted("<br>")).and(words::korean(language, text));
            }
            if !deadlines.is_empty() {
                let due = deadlines.iter().map(|one| words::deadline(language, one.quarter, one.bound));
                html = html.and(Html::trusted("<br>")).and(Html::text(&due.collect::<Vec<_>>().join(", ")));
            }
            html
        }
        Proposal::Version { label, leaves_out } => {
            let mut html = Html::text(&language.pick(
                format!("행동계획의 새 판 «{label}»이 다음 권고를 뺍니다 (인공지능기본법 제6조제1항): "),
                format!("A new version of the plan, “{label}”, leaves out (AI Basic Act, article 6(1)): "),
            ));
            for (at, number) in leaves_out.iter().enumerate() {
                if at > 0 {
                    html = html.and(Html::text(", "));
                }
                html = html.and(words::number_link(language, *number));
            }
            html.and(Html::text(language.say(". 나머지는 그대로입니다.", ". The rest stays as it stands.")))
        }
        Proposal::Extend { .. } => Html::text(language.say(
            "기관이 요청한 보고기간 연장을 받아들입니다. 부결되면 받아들이지 않습니다 (시행령 제7조제2항).",
            "The agency's request for more time is granted; if it does not pass, refused (decree, article 7(2)).",
        )),
    }
}

fn followed(language: Language, proposal: &Proposal, became: &str) -> Html {
    match proposal {
        Proposal::Amend { number, .. } => words::number_link(language, *number)
            .and(Html::text(language.say(" 권고를 바꾸었습니다.", " was changed."))),
        Proposal::Advise { body } => words::body_link(language, body).and(Html::text(
            language.say("에 권고했습니다. 3개월을 세고 있습니다.", ": recommended; its three months run."),
        )),
        Proposal::Version { label, .. } => {
            let text = language.pick(
                format!("새 판 «{label}»을 받아들였습니다. 바뀐 점 보기"),
                format!("The version “{label}” was taken in: what differs"),
            );
            words::link("/plan/versions", &text)
        }
        Proposal::Extend { .. } => {
            Html::text(language.say("연장 요청을 결정했습니다.", "The request for more time was decided."))
        }
        _ => Html::text(became),
    }
}

/// The name of a ground.
pub(super) fn ground(language: Language, ground: RecusalGround) -> &'static str {
    match ground {
        RecusalGround::Interest => {
            language.say("제척: 본인이나 속한 단체의 이해관계", "excluded: own or organisation's interest")
        }
        RecusalGround::Family => language.say("제척: 가족의 이해관계", "excluded: interest of the family"),
        RecusalGround::Challenge => {
            language.say("기피: 당사자가 신청하고 위원회가 의결", "challenged by a party, found justified by a vote")
        }
        RecusalGround::Withdrawal => language.say("회피: 스스로 빠짐", "withdrew"),
    }
}

/// What a ballot is called.
pub(super) fn ballot_name(language: Language, ballot: Ballot) -> &'static str {
    match ballot {
        Ballot::For => language.say("찬성", "For"),
        Ballot::Against => language.say("반대", "Against"),
        Ballot::Abstain => language.say("기권", "Abstained"),
    }
}

fn votes(visitor: &Visitor, meeting: &Meeting, item: &Item, tally: &Tally) -> Html {
    let language = visitor.language;
    let attending = tally.present.saturating_sub(tally.recused);
    let sentence = language.pick(
        format!(
            "재적 {}명, 출석 {}명, 빠진 위원 {}명. 표결에 참여한 {attending}명 가운데 찬성 {}명, 반대 {}명, 기권 {}명으로 {}.",
            tally.members,
            tally.present,
            tally.recused,
            tally.in_favour,
            tally.against,
            tally.abstained,
            if tally.passed { "의결했습니다" } else { "부결했습니다" }
        ),
        format!(
            "{} members, {} present, {} took no part. Of the {attending} who voted, {} for, {} against, {} abstained: {}.",
            tally.members,
            tally.present,
            tally.recused,
            tally.in_favour,
            tally.against,
            tally.abstained,
            if tally.passed { "passed" } else { "not passed" }
        ),
    );
    let mut table = Table::new(language.say("누가 어떻게 표결했나", "Who voted how"))
        .column(language.say("위원", "Member"))
        .column(language.say("표결", "Vote"));
    let Some(vote) = &item.vote else { return Html::paragraphs(&sentence) };
    // Where nobody voted alone there is nothing to tell apart.
    if !vote.own.is_empty() {
        table = table.column(language.say("표를 넣은 사람", "Put in by"));
    }
    for (seat, ballot) in &vote.ballots {
        let by = if vote.own.contains(seat) {
            language.say("위원 본인", "the member")
        } else {
            language.say("지원단", "the secretariat")
        };
        table = table.row([
            Html::text(&seat_title(language, meeting, seat)),
            Html::text(ballot_name(language, *ballot)),
            Html::text(by),
        ]);
    }
    Html::paragraphs(&sentence).and(maru_web::components::Disclosure::new(
        language.say("위원별 표결", "Votes by member"),
        Html::empty().and(table),
    ))
}

fn footer(language: Language, meeting: &Meeting) -> Html {
    let Some(on) = meeting.approved else { return Html::empty() };
    let text = language.pick(
        format!("이 회의록은 {}에 확정되었고, 누구나 검증할 수 있는 기록에 남아 바뀌지 않습니다.", language.date(on)),
        format!("These minutes were approved on {} and stand in a log that anyone can verify.", language.date(on)),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Information, &text))
}
