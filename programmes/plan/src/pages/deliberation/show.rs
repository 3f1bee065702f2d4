//! The list of deliberations, one of them with its statements, and the committee's forms.

use std::collections::BTreeMap;

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Card, Choice, Disclosure, EmptyState, ErrorSummary, Field, Form, Notice, NoticeKind, Tag, Tone,
    },
};

use super::Opening;
use crate::{
    domain::{
        Deliberation,
        deliberation::{LONGEST_STATEMENT, Question, Showing, Stance, Statement},
    },
    pages::words,
    store::Named,
};

/// What the visitor may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rights {
    /// Vote and propose.
    pub(super) takes_part: bool,
    /// Look at statements, conclude.
    pub(super) runs: bool,
}

/// What a stance is called.
pub(super) fn stance_name(language: Language, stance: Stance) -> &'static str {
    match stance {
        Stance::Agree => language.say("찬성", "Agree"),
        Stance::Disagree => language.say("반대", "Disagree"),
        Stance::Pass => language.say("넘어가기", "Pass"),
    }
}

fn state_tag(visitor: &Visitor, deliberation: &Deliberation, question: &Question) -> Tag {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    if deliberation.conclusion.is_some() {
        Tag::new(Tone::Good, language.say("결과 반영", "Concluded"))
    } else if question.is_open(today) {
        Tag::new(Tone::Active, language.say("참여하는 중", "Open"))
    } else if today < question.from {
        Tag::new(Tone::Neutral, language.say("예정", "Ahead"))
    } else {
        Tag::new(Tone::Neutral, language.say("마감", "Closed"))
    }
}

pub(super) fn frame(visitor: &Visitor, title: &str) -> Page {
    let language = visitor.language;
    Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("공론장", "Deliberations"), "/plan/deliberations")
}

pub(super) fn list(
    visitor: &Visitor,
    known: &[Named<Deliberation>],
    people: &BTreeMap<String, u64>,
    runs: bool,
) -> Page {
    let language = visitor.language;
    let mut page = Page::new(visitor, language.say("공론장", "Deliberations"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "짧은 말에 찬성하거나 반대하고 내 말을 더하세요. 생각이 갈리는 곳과 모두가 동의하는 곳이 보여요.",
            "Agree or disagree with short statements and add your own. You see where people part and what all of them share.",
        ));
    if runs {
        let open =
            Button::secondary(language.say("공론장 열기", "Open a deliberation")).link("/plan/deliberations/new");
        page = page.actions(Html::empty().and(open));
    }
    if known.is_empty() {
        let empty = EmptyState::new(
            language.say("열린 공론장이 없습니다", "There is no deliberation"),
            language.say("위원회가 공론장을 열면 여기에 나옵니다.", "When the committee opens one, it stands here."),
        );
        return page.body(Html::empty().and(empty));
    }
    let cards = known.iter().rev().filter_map(|named| {
        let question = named.state.question.as_ref()?;
        let count = people.get(&named.id).copied().unwrap_or_default();
        let text = language.pick(
            format!(
                "{} ~ {} · 참여 {count}명 · 말 {}개",
                language.date(question.from),
                language.date(question.until),
                named.state.shown().len()
            ),
            format!(
                "{} to {} · {count} took part · {} statements",
                language.date(question.from),
                language.date(question.until),
                named.state.shown().len()
            ),
        );
        let card = words::card(&question.title)
            .link(format!("/plan/deliberations/{}", named.id))
            .mark(Html::empty().and(state_tag(visitor, &named.state, question)))
            .body(Html::text(&text));
        Some(card)
    });
    page.body(cards.collect())
}

pub(super) fn page(
    visitor: &Visitor,
    named: &Named<Deliberation>,
    (own, me): (&BTreeMap<usize, Stance>, &str),
    rights: Rights,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let deliberation = &named.state;
    let Some(question) = &deliberation.question else { return frame(visitor, "") };
    let mut page =
        frame(visitor, &question.title).titled_in(Language::Korean).lead_in(Language::Korean, question.text.clone());
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors)).and(Html::trusted("<p>"));
    body = body.and(state_tag(visitor, deliberation, question)).and(Html::text(&format!(
        " {} – {}",
        language.date(question.from),
        language.date(question.until)
    )));
    body = body.and(Html::trusted("</p>"));
    if let Some(conclusion) = &deliberation.conclusion {
        body = body
            .and(Html::trusted(format!("<h2>{}</h2>", language.say("무엇에 반영했나", "What was made of it"))))
            .and(words::korean_paragraphs(language, conclusion));
    }
    let open = question.is_open(maru_web::in_korea(visitor.now).date());
    if rights.takes_part && open {
        body = body
            .and(vote_form(visitor, &named.id, deliberation, own, me))
            .and(propose_form(visitor, &named.id, me, errors));
    } else {
        if open && visitor.principal.is_none() {
            let text = language.say(
                "로그인한 사람이 한 번씩 참여하는 공론장입니다.",
                "This one is for people who signed in, once each.",
            );
            let sign_in = Button::primary(language.say("로그인", "Sign in")).link("/sign-in");
            let notice = Notice::new(language, NoticeKind::Information, text).actions(Html::empty().and(sign_in));
            body = body.and(notice);
        }
        body = body.and(statements(language, deliberation));
    }
    let groups = Button::secondary(language.say("생각의 갈래 보기", "See how people part"))
        .link(with_me(&format!("/plan/deliberations/{}/groups", named.id), me));
    body = body.and(groups);
    if rights.runs {
        body = body.and(desk(visitor, named, open, errors));
    }
    page.body(body)
}

/// An address that carries the name of a stranger's votes, where there is one.
pub(super) fn with_me(address: &str, me: &str) -> String {
    let known = me.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if me.is_empty() || !known { address.to_owned() } else { format!("{address}?me={me}") }
}

fn statements(language: Language, deliberation: &Deliberation) -> Html {
    let shown = deliberation.statements.iter().filter(|statement| statement.showing == Showing::Shown);
    let items = shown.map(|one| format!("<li>{}</li>", words::korean(language, &one.text)));
    let title = language.say("나온 말", "Statements");
    Html::trusted(format!("<h2>{title}</h2><ol>{}</ol>", items.collect::<String>()))
}

fn vote_form(
    visitor: &Visitor,
    id: &str,
    deliberation: &Deliberation,
    own: &BTreeMap<usize, Stance>,
    me: &str,
) -> Html {
    let language = visitor.language;
    let choices = || Stance::ALL.map(|stance| Choice::new(stance.identifier(), stance_name(language, stance)));
    let shown = deliberation.statements.iter().filter(|statement| statement.showing == Showing::Shown);
    let fields: Html = shown
        .map(|one| {
            let field = Field::radios(language, format!("vote-{}", one.number), one.text.clone(), choices()).inline();
            match own.get(&one.number) {
                Some(stance) => field.value(stance.identifier()),
                None => field,
            }
        })
        .collect();
    let note = language.say(
        "모두 고르지 않아도 됩니다. 일곱 개쯤 고르면 어느 갈래에 가까운지 셈에 들어갑니다. 나중에 바꿀 수 있습니다.",
        "You need not choose for all. From about seven on you are placed in a group. You can change it later.",
    );
    let title = language.say("나는 이렇게 생각해요", "What do you think?");
    let form = Form::post(visitor, format!("/plan/deliberations/{id}/votes"))
        .hidden("me", me)
        .body(fields.and(Button::primary(language.say("내 생각 보내기", "Send what you think"))));
    Html::trusted(format!("<h2>{title}</h2><p>{note}</p>")).and(form)
}

fn propose_form(visitor: &Visitor, id: &str, me: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let field = Field::text(language, "statement", language.say("내 말", "Your statement"))
        .hint(language.say(
            "한 가지 생각을 140자 안에 적어 주세요. 위원회가 본 뒤 모두에게 보입니다. 개인정보는 가립니다.",
            "One thought in 140 characters. It is shown to all after the committee looked at it; personal data are masked.",
        ))
        .longest(LONGEST_STATEMENT)
        .errors(errors);
    let form = Form::post(visitor, format!("/plan/deliberations/{id}/statements"))
        .hidden("me", me)
        .body(Html::empty().and(field).and(Button::secondary(language.say("내 말 더하기", "Add it"))));
    Html::trusted(format!("<h2>{}</h2>", language.say("빠진 말이 있나요?", "Is something missing?"))).and(form)
}

pub(super) fn received(visitor: &Visitor, id: &str, me: &str) -> Page {
    let language = visitor.language;
    let back =
        Button::primary(language.say("공론장으로", "Back")).link(with_me(&format!("/plan/deliberations/{id}"), me));
    frame(visitor, language.say("말을 받았습니다", "Your statement was received"))
        .lead(language.say(
            "위원회가 본 뒤 모두에게 보입니다. 보이지 않기로 하면 이유를 적습니다.",
            "It is shown to all after the committee looked at it. Where it is not shown, the reason is.",
        ))
        .body(Html::empty().and(back))
}

/// For the committee: statements to be looked at, what is not shown and why, and the conclusion.
fn desk(visitor: &Visitor, named: &Named<Deliberation>, open: bool, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let deliberation = &named.state;
    let mut html = Html::trusted(format!("<h2>{}</h2>", language.say("위원회가 할 일", "For the committee")));
    let waiting: Vec<&Statement> =
        deliberation.statements.iter().filter(|one| one.showing == Showing::Waiting).collect();
    if waiting.is_empty() {
        html = html.and(Html::paragraphs(language.say("볼 말이 없습니다.", "No statement waits.")));
    }
    html = waiting.into_iter().fold(html, |html, one| html.and(moderation(visitor, &named.id, one)));
    let refused: Html = deliberation.statements.iter().filter_map(|one| refused(language, one)).collect();
    if !refused.is_empty() {
        let list = Html::trusted("<ul>").and(refused).and(Html::trusted("</ul>"));
        html = html.and(Disclosure::new(language.say("보이지 않는 말", "Not shown"), list));
    }
    if !open {
        let field =
            Field::area(language, "conclusion", language.say("무엇에 어떻게 반영했나요?", "What was made of it?"))
                .rows(4)
                .value(deliberation.conclusion.clone().unwrap_or_default())
                .errors(errors);
        let form = Form::post(visitor, format!("/plan/deliberations/{}/conclusion", named.id))
            .body(Html::empty().and(field).and(Button::primary(language.say("결과 알리기", "Publish it"))));
        html = html.and(form);
    }
    html
}

fn refused(language: Language, statement: &Statement) -> Option<Html> {
    let Showing::Refused { reason } = &statement.showing else { return None };
    let item = format!("<li>{}: {}</li>", words::korean(language, &statement.text), words::korean(language, reason));
    Some(Html::trusted(item))
}

fn moderation(visitor: &Visitor, id: &str, statement: &Statement) -> Card {
    let language = visitor.language;
    let buttons = Html::trusted("<div class=\"button-row\">")
        .and(Button::primary(language.say("보이기", "Show it")).named("show", "yes"))
        .and(Button::secondary(language.say("보이지 않기", "Do not show it")).named("show", "no"))
        .and(Html::trusted("</div>"));
    let label = language.say("보이지 않는다면 그 이유", "Why, if it is not shown");
    let reason = words::one_of_several("reason", &statement.number.to_string(), |name| {
        Field::text(language, name, label).optional().longest(500)
    });
    let form = Form::post(visitor, format!("/plan/deliberations/{id}/statements/{}", statement.number));
    let title = language.pick(format!("말 {}", statement.number), format!("Statement {}", statement.number));
    let body = words::korean_paragraphs(language, &statement.text).and(form.body(reason.and(buttons)));
    Card::new(title).third_level().body(body)
}

pub(super) fn open_form(visitor: &Visitor, opening: &Opening, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    let or = |text: &str, day: jiff::civil::Date| if text.is_empty() { day.to_string() } else { text.to_owned() };
    let until = today.saturating_add(jiff::Span::new().days(20));
    let who = [
        Choice::new("yes", language.say("로그인한 사람이 한 번씩", "People who signed in, once each")),
        Choice::new("no", language.say("누구나", "Anyone")),
    ];
    let fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("질문", "Question"))
                .longest(200)
                .value(opening.title.clone())
                .errors(errors),
        )
        .and(
            Field::area(
                language,
                "text",
                language.say("알아 둘 것 (쉬운 말로)", "What one should know, in plain words"),
            )
            .rows(4)
            .value(opening.text.clone())
            .errors(errors),
        )
        .and(
            Field::area(
                language,
                "statements",
                language.say("처음 말 (한 줄에 하나)", "First statements, one on each line"),
            )
            .hint(language.say(
                "서로 다른 생각을 고루 담아 주십시오. 하나에 140자까지입니다.",
                "Let different views be there. 140 characters each.",
            ))
            .rows(10)
            .value(opening.statements.clone())
            .errors(errors),
        )
        .and(Field::date(language, "from", language.say("시작일", "From")).value(or(&opening.from, today)))
        .and(Field::date(language, "until", language.say("마감일", "Until")).value(or(&opening.until, until)))
        .and(
            Field::radios(language, "signed_in", language.say("누가 참여하나요?", "Who takes part?"), who)
                .value(if opening.signed_in.is_empty() { "yes" } else { opening.signed_in.as_str() }),
        )
        .and(
            Field::text(language, "recommendation", language.say("어느 권고의 일인가요?", "Of which recommendation?"))
                .hint(language.say("예: 84-1", "For example: 84-1"))
                .optional()
                .value(opening.recommendation.clone())
                .errors(errors),
        )
        .and(Button::primary(language.say("공론장 열기", "Open the deliberation")));
    let mut page = frame(visitor, language.say("공론장 열기", "Open a deliberation"));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let form = Form::post(visitor, "/plan/deliberations").guarded().body(fields);
    page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(form))
}
