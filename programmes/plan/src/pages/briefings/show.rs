//! The pages of briefings: the list, one of them, and what those of a consultation came to.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, DefinitionList, EmptyState, ErrorSummary, KeyFigure, KeyFigures, Notice as Told, NoticeKind, Table,
        Tag, Tone,
    },
};

use super::{Written, forms};
use crate::{
    domain::{
        Briefing,
        briefing::{Figures, Notice, Question},
    },
    pages::{meetings::moment, words},
    store::Named,
};

pub(super) fn frame(visitor: &Visitor, title: &str) -> Page {
    let language = visitor.language;
    Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("설명회", "Briefings"), "/plan/briefings")
}

fn state_tag(visitor: &Visitor, briefing: &Briefing, notice: &Notice) -> Tag {
    let language = visitor.language;
    if !briefing.cancelled.is_empty() {
        Tag::new(Tone::Neutral, language.say("취소", "Called off"))
    } else if !briefing.summary.is_empty() {
        Tag::new(Tone::Good, language.say("마침", "Held"))
    } else if notice.at > maru_web::in_korea(visitor.now) {
        Tag::new(Tone::Active, language.say("예정", "To come"))
    } else {
        Tag::new(Tone::Neutral, language.say("결과 정리 중", "Being written down"))
    }
}

pub(super) fn list(visitor: &Visitor, known: &[Named<Briefing>], runs: bool) -> Page {
    let language = visitor.language;
    let mut page = Page::new(visitor, language.say("설명회", "Briefings"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "단체와 기업, 기관에 계획을 설명하고 묻는 말에 모두 답합니다.",
            "Organisations hear what is planned, and every question is answered.",
        ));
    if runs {
        let button =
            Button::secondary(language.say("설명회 알리기", "Announce a briefing")).link("/plan/briefings/new");
        page = page.actions(Html::empty().and(button));
    }
    if known.is_empty() {
        let empty = EmptyState::new(
            language.say("알린 설명회가 없습니다", "No briefing was announced"),
            language.say("위원회가 알리면 여기에 나옵니다.", "What the committee announces stands here."),
        );
        return page.body(Html::empty().and(empty));
    }
    let cards = known.iter().rev().filter_map(|named| {
        let notice = named.state.notice.as_ref()?;
        let card = words::card(&notice.title)
            .link(format!("/plan/briefings/{}", named.id))
            .mark(Html::empty().and(state_tag(visitor, &named.state, notice)))
            .body(
                Html::text(&format!("{} · ", moment(language, notice.at))).and(words::korean(language, &notice.place)),
            );
        Some(card)
    });
    page.body(cards.collect())
}

pub(super) fn page(
    visitor: &Visitor,
    named: &Named<Briefing>,
    runs: bool,
    (written, errors): (&Written, &[FieldError]),
) -> Option<Page> {
    let language = visitor.language;
    let briefing = &named.state;
    let notice = briefing.notice.as_ref()?;
    let mut page =
        frame(visitor, &notice.title).titled_in(Language::Korean).lead_in(Language::Korean, notice.text.clone());
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<p>"))
        .and(state_tag(visitor, briefing, notice))
        .and(Html::trusted("</p>"));
    if !briefing.cancelled.is_empty() {
        let told = Told::new(language, NoticeKind::Warning, "")
            .title(language.say("취소했습니다", "It was called off"))
            .markup(words::korean_paragraphs(language, &briefing.cancelled));
        return Some(page.body(body.and(told).and(facts(language, briefing, notice))));
    }
    body = body.and(facts(language, briefing, notice));
    if !briefing.summary.is_empty() {
        body = body
            .and(figures(language, briefing.figures()))
            .and(Html::trusted(format!("<h2>{}</h2>", language.say("오간 말", "What was said"))))
            .and(words::korean_paragraphs(language, &briefing.summary))
            .and(attendance(language, briefing));
    }
    body = body.and(questions(visitor, &named.id, briefing, runs));
    body = body.and(if runs {
        forms::desk(visitor, named, notice, (written, errors))
    } else {
        forms::take_part(visitor, named, notice, (written, errors))
    });
    Some(page.body(body))
}

fn facts(language: Language, briefing: &Briefing, notice: &Notice) -> DefinitionList {
    let mut facts = DefinitionList::new()
        .text(language.say("언제", "When"), &moment(language, notice.at))
        .markup(language.say("어디", "Where"), words::korean(language, &notice.place))
        .text(
            language.say("남은 자리", "Free seats"),
            &format!("{} / {}", words::count(language, briefing.free()), words::count(language, notice.seats)),
        );
    if let Some(consultation) = &notice.consultation {
        let link =
            words::link(&format!("/plan/consultations/{consultation}"), language.say("계획안 보기", "The draft"));
        facts = facts.markup(language.say("의견수렴", "Consultation"), link);
    }
    facts
}

fn figures(language: Language, figures: Figures) -> KeyFigures {
    let figure = |label: &str, value: String, note: String| KeyFigure { label: label.to_owned(), value, note };
    KeyFigures::new([
        figure(
            language.say("온 단체", "Organisations that came"),
            words::count(language, figures.came),
            language.pick(format!("초대 {}곳", figures.invited), format!("{} invited", figures.invited)),
        ),
        figure(language.say("온 사람", "People who came"), words::count(language, figures.people), String::new()),
        figure(
            language.say("질문과 답변", "Questions answered"),
            format!("{} / {}", figures.answered, figures.questions),
            String::new(),
        ),
    ])
}

fn attendance(language: Language, briefing: &Briefing) -> Html {
    let title = language.say("온 단체", "Organisations that came");
    let mut table = Table::new(title)
        .column(language.say("단체", "Organisation"))
        .figures(language.say("오겠다고 한 사람", "Announced"))
        .figures(language.say("온 사람", "Came"));
    let number = |number: Option<u32>| Html::text(&number.map_or_else(|| "–".to_owned(), |number| number.to_string()));
    for (name, guest) in briefing.guests.iter().filter(|(_, guest)| guest.came.is_some()) {
        table = table.row([words::korean(language, name), number(guest.announced), number(guest.came)]);
    }
    Html::empty().and(table)
}

/// Questions with their answers; those without one are seen by the committee alone, and counted for all.
fn questions(visitor: &Visitor, id: &str, briefing: &Briefing, runs: bool) -> Html {
    let language = visitor.language;
    let heading = Html::trusted(format!("<h2>{}</h2>", language.say("질문과 답변", "Questions and answers")));
    if briefing.questions.is_empty() {
        return heading.and(Html::paragraphs(language.say("아직 질문이 없습니다.", "Nothing was asked yet.")));
    }
    let (open, answered): (Vec<&Question>, Vec<&Question>) =
        briefing.questions.iter().partition(|question| question.answer.is_empty());
    let mut html = heading;
    for question in answered {
        let list = DefinitionList::new()
            .markup(language.say("질문", "Question"), asked(language, question))
            .markup(language.say("답변", "Answer"), words::korean_paragraphs(language, &question.answer));
        html = html.and(list);
    }
    if !open.is_empty() {
        let text = language.pick(
            format!("답을 준비하는 질문이 {}개 있습니다. 답하면 공개합니다.", open.len()),
            format!("{} questions wait for an answer; they are public once answered.", open.len()),
        );
        html = html.and(Html::paragraphs(&text));
    }
    if runs {
        html = open
            .into_iter()
            .fold(html, |html, question| html.and(asked(language, question)).and(forms::answer(visitor, id, question)));
    }
    html
}

fn asked(language: Language, question: &Question) -> Html {
    let who = match (question.organisation.as_str(), question.spoken) {
        ("", false) => String::new(),
        ("", true) => language.say("현장에서", "in the room").to_owned(),
        (organisation, _) => organisation.to_owned(),
    };
    let mut html = words::korean_paragraphs(language, &question.text);
    if !who.is_empty() {
        html = html.and(Html::trusted("<p>")).and(words::korean(language, &who)).and(Html::trusted("</p>"));
    }
    html
}

/// What the briefings of a consultation came to; nothing where there are none.
pub(in crate::pages) fn summary(visitor: &Visitor, known: &[Named<Briefing>]) -> Html {
    let language = visitor.language;
    let title = language.say("설명회", "Briefings");
    let mut table = Table::new(title)
        .hidden_caption()
        .column(language.say("설명회", "Briefing"))
        .figures(language.say("초대한 단체", "Invited"))
        .figures(language.say("온 단체", "Came"))
        .figures(language.say("온 사람", "People"))
        .figures(language.say("질문", "Questions"))
        .figures(language.say("답변", "Answered"));
    let held: Vec<(&Named<Briefing>, &Notice)> =
        known.iter().filter_map(|named| Some((named, named.state.notice.as_ref()?))).collect();
    if held.is_empty() {
        return Html::empty();
    }
    for (named, notice) in held {
        let Figures { invited, came, people, questions, answered, .. } = named.state.figures();
        let number = |number: usize| Html::text(&words::count(language, number));
        table = table.row([
            words::korean_link(language, &format!("/plan/briefings/{}", named.id), &notice.title),
            number(invited),
            number(came),
            Html::text(&words::count(language, people)),
            number(questions),
            number(answered),
        ]);
    }
    Html::trusted(format!("<h2>{title}</h2>")).and(table)
}
