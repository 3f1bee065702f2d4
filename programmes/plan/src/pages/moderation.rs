//! Comments that break the rules: named by readers, looked at in batches, appealed against; and the closing of a consultation. What shows
//! that serves other words of citizens too.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem,
    components::{
        Button, Card, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, Notice, NoticeKind,
    },
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, answer, own, words};
use crate::{
    ServiceError,
    domain::{
        Comment,
        moderation::{Appeal, Breach, Decided, Moderated, Moderation, Showing, Suspicion},
    },
    service::{BATCH, moderation_of},
    store::Named,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/consultations/{id}/moderation", get(show).merge(post(moderate)))
        .route("/plan/consultations/{id}/close", post(close))
        .route("/plan/comments/{id}/flags", post(flag))
        .route("/plan/comments/{id}/appeal", post(appeal))
        .route("/plan/comments/{id}/decision", post(decide))
}

/// How a comment breaks the rules.
pub(super) fn breach(language: Language, breach: Breach) -> &'static str {
    match breach {
        Breach::Insult => language.say("욕설이나 혐오", "Insult or hatred"),
        Breach::Advertising => language.say("광고", "Advertising"),
        Breach::PersonalData => language.say("남의 개인정보", "Somebody's personal data"),
        Breach::Unlawful => language.say("퍼뜨리면 안 되는 불법 정보", "What the law forbids to spread"),
    }
}

fn suspicion(language: Language, suspicion: Suspicion) -> &'static str {
    match suspicion {
        Suspicion::Addresses => language.say("웹 주소가 여럿임", "Several addresses of the web"),
        Suspicion::NoWords => language.say("글자가 거의 없음", "Hardly any letters"),
        Suspicion::HiddenBefore => language.say("가린 뒤에 다시 씀", "Written anew after it was hidden"),
    }
}

/// What stands in place of a comment that is not shown.
pub(super) fn in_place(language: Language, showing: Showing, hidden: Option<(Breach, &str)>) -> Html {
    match (showing, hidden) {
        (_, Some((ground, reason))) => Html::text(language.say("가린 글: ", "Hidden: "))
            .and(Html::text(breach(language, ground)))
            .and(Html::text(". "))
            .and(words::korean(language, reason)),
        (Showing::Held, None) => {
            Html::text(language.say("사람이 살펴본 뒤에 보입니다.", "It is shown after a person has looked at it."))
        }
        _ => Html::empty(),
    }
}

fn breaches(language: Language) -> [Choice; 4] {
    Breach::ALL.map(|one| Choice::new(one.identifier(), breach(language, one)))
}

async fn shown(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    let language = here.visitor.language;
    let (waiting, all) = here.pages.service.moderation_queue(&here.caller, id).await?;
    let mut page =
        Page::new(&here.visitor, language.say("살펴볼 의견", "Comments to be looked at"), PageKind::Official)
            .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
            .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
            .breadcrumb(language.say("의견과 답변", "Comments and answers"), format!("/plan/consultations/{id}/report"))
            .lead(language.pick(
                format!("{all}건이 기다립니다. 이의가 먼저, 그다음은 오래된 것부터 {BATCH}건씩 나옵니다."),
                format!("{all} wait. Appeals come first, then the oldest, {BATCH} at a time."),
            ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let summary = Html::empty().and(ErrorSummary::new(language, errors));
    if waiting.is_empty() {
        let empty = EmptyState::new(
            language.say("살펴볼 의견이 없습니다", "No comment waits"),
            language.say(
                "규칙에 걸리거나 신고된 의견이 여기에 나옵니다.",
                "What a rule holds back and what readers name stands here.",
            ),
        );
        return Ok(page.body(summary.and(empty)));
    }
    let looked: Vec<Looked<'_>> = waiting.iter().map(of_comment).collect();
    let on = format!("/plan/consultations/{id}/moderation");
    Ok(page.body(summary.and(queue(here, &looked, (&on, id), errors))))
}

/// What somebody wrote, as a person looks at it.
pub(super) struct Looked<'w> {
    /// Its name in the form that decides of several.
    pub(super) name: String,
    /// The path of its page.
    pub(super) path: String,
    /// What it is about; empty where the page says so.
    pub(super) about: String,
    pub(super) text: &'w str,
    pub(super) moderated: &'w Moderated,
}

fn of_comment(named: &Named<Comment>) -> Looked<'_> {
    Looked {
        name: named.id.clone(),
        path: format!("/plan/comments/{}", named.id),
        about: String::new(),
        text: named.state.text(),
        moderated: &named.state.moderated,
    }
}

/// Appeals, then what waits, with the forms that decide. `on` is where the form for several goes, `consultation` what a decision on an
/// appeal goes back to.
pub(super) fn queue(
    here: &Here,
    waiting: &[Looked<'_>],
    (on, consultation): (&str, &str),
    errors: &[FieldError],
) -> Html {
    let (appeals, rest): (Vec<&Looked<'_>>, Vec<&Looked<'_>>) =
        waiting.iter().partition(|one| one.moderated.is_appealed() && one.moderated.hidden.is_some());
    let appeals: Html = appeals.into_iter().map(|one| appealed(here, consultation, one)).collect();
    if rest.is_empty() { appeals } else { appeals.and(batch(here, on, &rest, errors)) }
}

async fn show(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &[]).await
}

/// Words to be chosen, and what is decided of those that are.
fn batch(here: &Here, on: &str, waiting: &[&Looked<'_>], errors: &[FieldError]) -> Html {
    let language = here.visitor.language;
    let mut list = String::new();
    for one in waiting {
        let text = words::korean(language, &words::shortened(one.text, 600));
        let _ = write!(
            list,
            "<div class=\"choice\"><input type=\"checkbox\" id=\"c{0}\" name=\"comment\" value=\"{0}\" aria-describedby=\"w{0}\">\
             <label for=\"c{0}\">{text}</label><p class=\"choice-hint\" id=\"w{0}\">{1}{2}</p></div>",
            Html::text(&one.name),
            about(one),
            why(language, one.moderated)
        );
    }
    let legend = language.say("글 고르기", "Choose what was written");
    let fields = Html::trusted(format!("<fieldset class=\"field\"><legend>{legend}</legend>{list}</fieldset>"))
        .and(
            Field::select(
                language,
                "breach",
                language.say("무엇을 어겼나요? (가릴 때)", "How do they break the rules? (to hide them)"),
                std::iter::once(Choice::new("", language.say("고르기", "Choose"))).chain(breaches(language)),
            )
            .errors(errors),
        )
        .and(
            Field::area(language, "reason", language.say("이유 (가릴 때, 공개됨)", "Why (to hide them; it is public)"))
                .hint(language.say(
                    "생각이 다르거나 주제가 다르거나 같은 말을 여럿이 하는 것은 가릴 까닭이 아닙니다.",
                    "That somebody thinks otherwise, speaks of something else, or says what many say is no ground.",
                ))
                .rows(2)
                .optional()
                .errors(errors),
        )
        .and(Html::trusted("<div class=\"button-row\">"))
        .and(Button::primary(language.say("고른 글 보이기", "Show those chosen")).named("do", "show"))
        .and(Button::secondary(language.say("고른 글 가리기", "Hide those chosen")).named("do", "hide"))
        .and(Html::trusted("</div>"));
    let form = Form::post(&here.visitor, on).body(fields);
    Html::trusted(format!("<h2>{}</h2>", language.say("보일지 가릴지 정하기", "Show or hide"))).and(form)
}

fn about(one: &Looked<'_>) -> Html {
    if one.about.is_empty() { Html::empty() } else { Html::text(&one.about).and(Html::text(". ")) }
}

/// Why words wait: what a rule says, what readers say.
fn why(language: Language, moderated: &Moderated) -> Html {
    let mut html = Html::empty();
    if let Some(held) = moderated.held {
        html = html.and(Html::text(suspicion(language, held))).and(Html::text(". "));
    }
    let mut counts: BTreeMap<Breach, usize> = BTreeMap::new();
    for flag in &moderated.flags {
        *counts.entry(flag.breach).or_default() += 1;
    }
    for (ground, count) in counts {
        let said = language.pick(
            format!("신고 {count}건: {}. ", breach(language, ground)),
            format!("Named by {count}: {}. ", breach(language, ground)),
        );
        html = html.and(Html::text(&said));
    }
    let notes = moderated.flags.iter().filter(|flag| !flag.note.is_empty());
    notes.fold(html, |html, flag| html.and(words::korean(language, &format!("“{}” ", flag.note))))
}

/// Hidden words whose author appealed, with the form that decides.
fn appealed(here: &Here, consultation: &str, one: &Looked<'_>) -> Html {
    let language = here.visitor.language;
    let (Some(hidden), Some(appeal)) = (&one.moderated.hidden, &one.moderated.appeal) else { return Html::empty() };
    let field = words::one_of_several("reason", &one.name, |name| {
        Field::area(language, name, language.say("이유", "Why")).rows(2)
    });
    let buttons = Html::trusted("<div class=\"button-row\">")
        .and(Button::primary(language.say("다시 보이기", "Show it again")).named("do", "restore"))
        .and(Button::secondary(language.say("그대로 가리기", "Leave it hidden")).named("do", "keep"))
        .and(Html::trusted("</div>"));
    let form = Form::post(&here.visitor, format!("{}/decision", one.path))
        .hidden("consultation", consultation)
        .body(field.and(buttons));
    let quoted = |label: &str, text: &str| {
        Html::trusted(format!("<p><strong>{label}</strong> {}</p>", words::korean(language, text)))
    };
    let body = Html::trusted("<p>")
        .and(about(one))
        .and(Html::trusted("</p>"))
        .and(quoted(language.say("쓴 글", "What was written"), one.text))
        .and(quoted(breach(language, hidden.breach), &hidden.reason))
        .and(quoted(language.say("이의", "Appeal"), &appeal.text))
        .and(form);
    Html::empty().and(Card::new(language.say("이의", "Appeal")).body(body))
}

/// What the form that decides of several sent: which, and what.
pub(super) fn decided_of(fields: &[(String, String)]) -> (Vec<String>, Result<Moderation, ServiceError>) {
    let of = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let chosen = fields.iter().filter(|(name, _)| name == "comment").map(|(_, value)| value.clone()).collect();
    (chosen, moderation_of(of("do") == "show", of("breach"), of("reason")))
}

async fn moderate(
    here: Here,
    Path(id): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let on = format!("/plan/consultations/{id}/moderation");
    let result = match decided_of(&fields) {
        (chosen, Ok(moderation)) => here.pages.service.moderate_comments(&here.caller, &chosen, &moderation).await,
        (_, Err(error)) => Err(error),
    };
    answer(result, ("reason", &on), async |errors| shown(&here, &id, &errors).await).await
}

async fn close(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    here.pages.service.close_consultation(&here.caller, &id).await?;
    Ok(Redirect::to(&format!("/plan/consultations/{id}/report")).into_response())
}

/// What the forms on the page of a comment or other words send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    breach: String,
    pub(super) note: String,
    pub(super) appeal: String,
    reason: String,
    consultation: String,
    r#do: String,
}

impl Written {
    /// How it breaks the rules.
    pub(super) fn breach(&self) -> Result<Breach, Problem> {
        Breach::from_identifier(&self.breach).ok_or_else(Problem::bad_request)
    }

    /// What was decided on an appeal.
    pub(super) fn decided(&self) -> Decided {
        Decided { restored: self.r#do == "restore", reason: self.reason.trim().to_owned() }
    }
}

async fn flag(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.flag_comment(&here.caller, &id, written.breach()?, &written.note).await;
    let on = format!("/plan/comments/{id}?flagged=yes");
    answer(result, ("note", &on), async |errors| own::page(&here, &id, false, &errors).await).await
}

async fn appeal(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.appeal_comment(&here.caller, &id, &written.appeal).await;
    let on = format!("/plan/comments/{id}");
    answer(result, ("appeal", &on), async |errors| own::page(&here, &id, false, &errors).await).await
}

async fn decide(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.decide_appeal(&here.caller, &id, written.decided()).await;
    let on = format!("/plan/consultations/{}/moderation", written.consultation);
    answer(result, ("main", &on), async |errors| shown(&here, &written.consultation, &errors).await).await
}

/// What its author says against hiding, and what was decided on that, beside other facts.
pub(super) fn appeal_facts(language: Language, list: DefinitionList, appeal: Option<&Appeal>) -> DefinitionList {
    let Some(appeal) = appeal else { return list };
    let decided = match &appeal.decided {
        None => Html::text(language.say("다른 사람이 살펴보고 있습니다.", "Somebody else is looking at it.")),
        Some(decided) => {
            let what = if decided.restored {
                language.say("다시 보입니다. ", "It is shown again. ")
            } else {
                language.say("그대로 가립니다. ", "It stays hidden. ")
            };
            Html::text(what).and(words::korean(language, &decided.reason))
        }
    };
    list.markup(language.say("이의", "Appeal"), words::korean_paragraphs(language, &appeal.text))
        .markup(language.say("이의에 대한 결정", "Decision on the appeal"), decided)
}

/// On the page of a comment or other words at `path`: to say that it breaks the rules, or why it should not be hidden.
pub(super) fn forms(here: &Here, path: &str, (showing, may_appeal): (Showing, bool), errors: &[FieldError]) -> Html {
    let language = here.visitor.language;
    if here.visitor.is_staff() {
        return Html::empty();
    }
    if may_appeal {
        let field =
            Field::area(language, "appeal", language.say("가리지 말아야 하는 까닭", "Why it should not be hidden"))
                .rows(4)
                .errors(errors);
        let note = language.say(
            "쓰신 분은 한 번 이의를 낼 수 있습니다. 가린 사람이 아닌 다른 사람이 정합니다.",
            "Who wrote it can appeal once. Somebody else than who hid it decides.",
        );
        let form = Form::post(&here.visitor, format!("{path}/appeal"))
            .body(Html::empty().and(field).and(Button::primary(language.say("이의 내기", "Appeal"))));
        return Html::trusted(format!("<h2>{}</h2><p>{note}</p>", language.say("이의 내기", "Appeal"))).and(form);
    }
    if showing != Showing::Shown {
        return Html::empty();
    }
    let fields = Html::empty()
        .and(Field::radios(
            language,
            "breach",
            language.say("무엇을 어겼나요?", "How does it break the rules?"),
            breaches(language),
        ))
        .and(Field::text(language, "note", language.say("설명", "In words")).optional().longest(500).errors(errors))
        .and(Button::secondary(language.say("신고하기", "Report it")));
    let form = Form::post(&here.visitor, format!("{path}/flags")).body(fields);
    let title = language.say("규칙에 어긋나는 글인가요?", "Does it break the rules?");
    Html::empty().and(Disclosure::new(title, Html::empty().and(form)))
}

/// That what a reader said was received.
pub(super) fn flagged(language: Language) -> Notice {
    let text = language.say(
        "알려 주셔서 고맙습니다. 사람이 살펴봅니다. 그때까지 글은 그대로 보입니다.",
        "Thank you. A person looks at it; it is shown until then.",
    );
    Notice::new(language, NoticeKind::Success, text)
}
