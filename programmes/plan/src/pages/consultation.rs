//! Consultation: the draft with its comments, and the form.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Card, Choice, EmptyState, ErrorSummary, Field, Form, Tag, Tone},
};

use super::{drafting, words};
use crate::{
    domain::Consultation,
    service::ConsultationReport,
    store::{CommentCounts, Named},
};

pub(super) fn list(visitor: &Visitor, consultations: &[(Named<Consultation>, CommentCounts)]) -> Page {
    let language = visitor.language;
    let page = Page::new(visitor, language.say("의견수렴", "Consultations"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "계획안의 어느 문단에나 의견을 낼 수 있고, 모든 의견에 답합니다.",
            "Comment on any paragraph of a draft. Every comment is answered.",
        ));
    if consultations.is_empty() {
        let empty = EmptyState::new(
            language.say("열린 의견수렴이 없습니다", "There is no consultation"),
            language.say(
                "위원회가 계획안을 예고하면 여기에 나옵니다.",
                "When the committee announces a draft, it stands here.",
            ),
        );
        return page.body(Html::empty().and(empty));
    }
    let today = maru_web::in_korea(visitor.now).date();
    let cards = consultations.iter().rev().filter_map(|(named, counts)| {
        let draft = named.state.draft.as_ref()?;
        let mark = if draft.is_open(today) {
            Tag::new(Tone::Active, language.say("의견 받는 중", "Open"))
        } else {
            Tag::new(Tone::Neutral, language.say("마감", "Closed"))
        };
        let body = Html::text(&language.pick(
            format!(
                "{} ~ {}. 의견 {}건, 답변 {}건.",
                language.date(draft.from),
                language.date(draft.until),
                counts.all,
                counts.answered
            ),
            format!(
                "{} to {}. {} comments, {} answered.",
                language.date(draft.from),
                language.date(draft.until),
                counts.all,
                counts.answered
            ),
        ));
        Some(
            words::card(&draft.title)
                .link(format!("/plan/consultations/{}", named.id))
                .mark(Html::empty().and(mark))
                .body(body),
        )
    });
    page.body(cards.collect())
}

/// What somebody wrote, to be shown again with its errors.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) paragraph: String,
    pub(super) text: String,
    pub(super) voice: String,
    pub(super) organisation: String,
}

/// The page of a draft. `asked` is what somebody wrote so far, and whether the visitor may prolong the consultation.
pub(super) fn draft(
    visitor: &Visitor,
    report: &ConsultationReport,
    (asked, may_prolong): (&Written, bool),
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let draft = &report.draft;
    let today = maru_web::in_korea(visitor.now).date();
    let mut page = Page::new(visitor, draft.title.clone(), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
        .titled_in(Language::Korean)
        .lead_in(Language::Korean, draft.summary.clone());
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let period = language.pick(
        format!(
            "{}부터 {}까지 의견을 받습니다. 이름은 적지 않아도 됩니다.",
            language.date(draft.from),
            language.date(draft.until)
        ),
        format!(
            "Comments are taken from {} to {}. You need not give your name.",
            language.date(draft.from),
            language.date(draft.until)
        ),
    );
    let mut body = Html::empty().and(ErrorSummary::new(language, errors)).and(Html::paragraphs(&period));
    for (at, paragraph) in draft.paragraphs.iter().enumerate() {
        let counts = report.paragraphs.get(at).copied().unwrap_or_default();
        let title = if paragraph.heading.is_empty() {
            language.pick(format!("문단 {}", at + 1), format!("Paragraph {}", at + 1))
        } else {
            paragraph.heading.clone()
        };
        let note = language.pick(
            format!("의견 {}건, 답변 {}건", counts.all, counts.answered),
            format!("{} comments, {} answered", counts.all, counts.answered),
        );
        let of =
            paragraph.recommendation.map(|number| words::recommendation_link(language, number)).unwrap_or_default();
        let mut card = Card::new(title)
            .body(words::korean(language, &paragraph.text).and(of).and(Html::trusted(format!("<p>{note}</p>"))));
        if draft.is_open(today) {
            let label =
                language.pick(format!("문단 {}에 의견 내기", at + 1), format!("Comment on paragraph {}", at + 1));
            let link = Button::tertiary(label)
                .small()
                .link(format!("/plan/consultations/{}?paragraph={at}#comment", report.id));
            card = card.actions(Html::empty().and(link));
        }
        body = body.and(card);
    }
    if draft.is_open(today) {
        body = body.and(form(visitor, report, asked, errors));
    }
    let result = Button::secondary(language.say("의견과 답변 보기", "See comments and answers"))
        .link(format!("/plan/consultations/{}/report", report.id));
    if may_prolong && draft.closed.is_none() {
        body = body.and(drafting::prolong_form(visitor, report, errors));
    }
    page.body(body.and(result))
}

fn form(visitor: &Visitor, report: &ConsultationReport, asked: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let whole = Choice::new("", language.say("계획안 전체", "The draft as a whole"));
    let paragraphs = report.draft.paragraphs.iter().enumerate().map(|(at, paragraph)| {
        let name = if paragraph.heading.is_empty() { String::new() } else { format!(" {}", paragraph.heading) };
        Choice::new(
            at.to_string(),
            language.pick(format!("문단 {}{name}", at + 1), format!("Paragraph {}{name}", at + 1)),
        )
    });
    let voices = if visitor.is_staff() {
        vec![Choice::new(
            "on-paper",
            language.say("종이나 회의로 받은 의견을 옮깁니다", "I put in what came on paper or in a meeting"),
        )]
    } else {
        vec![
            Choice::new("person", language.say("개인", "A person")),
            Choice::new("organisation", language.say("단체·기업·기관", "An organisation")),
        ]
    };
    let voice =
        if asked.voice.is_empty() { if visitor.is_staff() { "on-paper" } else { "person" } } else { &asked.voice };
    let fields = Html::empty()
        .and(
            Field::select(
                language,
                "paragraph",
                language.say("어디에 대한 의견인가요?", "On what?"),
                std::iter::once(whole).chain(paragraphs),
            )
            .value(asked.paragraph.clone()),
        )
        .and(
            Field::area(language, "text", language.say("의견", "Your comment"))
                .hint(language.say(
                    "의견은 공개됩니다. 이름, 전화번호 같은 개인정보는 자동으로 가립니다.",
                    "Comments are public. Names, telephone numbers and other personal data are masked.",
                ))
                .rows(6)
                .counted(10_000)
                .value(asked.text.clone())
                .errors(errors),
        )
        .and(
            Field::radios(language, "voice", language.say("누구의 의견인가요?", "Whose comment is it?"), voices)
                .value(voice),
        )
        .and(
            Field::text(language, "organisation", language.say("단체 이름", "Name of the organisation"))
                .optional()
                .value(asked.organisation.clone())
                .errors(errors),
        )
        .and(Button::primary(language.say("의견 내기", "Send the comment")));
    let form = Form::post(visitor, format!("/plan/consultations/{}/comments", report.id))
        .identifier("comment")
        .guarded()
        .body(fields);
    Html::trusted(format!("<h2>{}</h2>", language.say("의견 내기", "Comment"))).and(form)
}

pub(super) fn received(visitor: &Visitor, id: &str, comment: &str) -> Page {
    let language = visitor.language;
    let own = Button::primary(language.say("이 의견의 답변을 볼 주소", "The address of its answer"))
        .link(format!("/plan/comments/{comment}"));
    let all = Button::tertiary(language.say("의견과 답변 모두 보기", "All comments and answers"))
        .link(format!("/plan/consultations/{id}/report"));
    let buttons = Html::trusted("<div class=\"button-row\">").and(own).and(all).and(Html::trusted("</div>"));
    Page::new(visitor, language.say("의견을 받았습니다", "Your comment was received"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
        .lead(language.say(
            "모든 의견에 이유를 적어 답합니다. 아래 주소를 적어 두면 답변과 그 뒤의 변화를 볼 수 있습니다.",
            "Every comment is answered, with reasons. Keep the address below: the answer and what moves afterwards stand there.",
        ))
        .body(buttons)
}
