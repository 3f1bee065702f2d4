//! What became of a comment: for its author, with or without an account.

use axum::Router;
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Path, Problem, Query, Visitor,
    components::{Card, DefinitionList, EmptyState, ErrorSummary, Tag, Tone},
    routing::get,
};
use serde::Deserialize;

use super::{Here, Pages, moderation, words};
use crate::{
    domain::moderation::Showing,
    service::{Followed, Seen},
    store::{Message, messages::words_of},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/comments", get(mine)).route("/plan/comments/{id}", get(one))
}

async fn mine(here: Here) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    let followed = here.pages.service.own_comments(&here.caller).await?;
    let language = here.visitor.language;
    let page = Page::new(&here.visitor, language.say("내가 낸 의견", "Your comments"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
        .lead(language.say(
            "답변이 오고 그 뒤에 무엇이 움직였는지 여기에서 볼 수 있습니다.",
            "The answers, and what has moved since, stand here.",
        ));
    let news = here.pages.service.own_messages(&here.caller).await?;
    if followed.is_empty() && news.is_empty() {
        let empty = EmptyState::new(
            language.say("로그인하고 낸 의견이 없습니다", "You made no comment while signed in"),
            language.say(
                "로그인하지 않고 낸 의견은 그때 받은 주소에서 볼 수 있습니다.",
                "Comments made without signing in are found at the address you were given then.",
            ),
        );
        return Ok(page.body(Html::empty().and(empty)));
    }
    let list = news_of(language, &news);
    Ok(page.personal().body(list.and(followed.iter().map(|one| card(&here.visitor, one)).collect::<Html>())))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    flagged: String,
}

async fn one(here: Here, Path(id): Path<String>, Query(told): Query<Told>) -> Result<Page, Problem> {
    page(&here, &id, told.flagged == "yes", &[]).await
}

/// The page of one comment.
pub(super) async fn page(here: &Here, id: &str, flagged: bool, errors: &[FieldError]) -> Result<Page, Problem> {
    let followed = here.pages.service.followed(&here.caller, id).await?;
    let language = here.visitor.language;
    let mut page = Page::new(
        &here.visitor,
        language.say("이 의견은 어떻게 되었나요?", "What became of this comment"),
        PageKind::Citizen,
    );
    if flagged {
        page = page.message(moderation::flagged(language));
    }
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let body = Html::empty().and(ErrorSummary::new(language, errors)).and(card(&here.visitor, &followed)).and(
        moderation::forms(
            here,
            &format!("/plan/comments/{}", followed.id),
            (followed.showing, followed.hidden.is_some() && followed.appeal.is_none()),
            errors,
        ),
    );
    Ok(page
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
        .lead(language.say(
            "이 주소를 적어 두면 언제든 답변과 그 뒤의 변화를 볼 수 있습니다.",
            "Keep this address: the answer and what moves afterwards stand here.",
        ))
        .body(body))
}

/// What moved, the newest first.
fn news_of(language: Language, news: &[Message]) -> Html {
    if news.is_empty() {
        return Html::empty();
    }
    let items = news.iter().map(|message| {
        let [korean, english] = words_of(message);
        let (subject, _) = language.pick(korean, english);
        let when = language.date_time(message.at);
        format!("<li>{when}: {}</li>", words::link(&message.path(), &subject))
    });
    let title = language.say("새 소식", "News");
    Html::trusted(format!("<h2>{title}</h2><ul>{}</ul>", items.collect::<String>()))
}

fn card(visitor: &Visitor, followed: &Followed) -> Card {
    let language = visitor.language;
    let mark = match &followed.answer {
        Some(answer) => Tag::new(words::outcome_tone(answer.outcome), words::outcome(language, answer.outcome)),
        None => Tag::new(Tone::Neutral, language.say("답변 준비 중", "Not answered yet")),
    };
    let hidden = followed.hidden.as_ref().map(|(breach, reason)| (*breach, reason.as_str()));
    let text = match followed.showing {
        Showing::Shown => words::korean_paragraphs(language, &followed.text),
        other => moderation::in_place(language, other, hidden),
    };
    let mut list = DefinitionList::new().markup(language.say("의견", "Comment"), text);
    list = moderation::appeal_facts(language, list, followed.appeal.as_ref());
    if let Some(answer) = &followed.answer {
        list = list.markup(language.say("이유", "Why"), words::korean_paragraphs(language, &answer.reason));
        if !answer.change.is_empty() {
            let known = followed.moves.iter().map(Seen::number).collect();
            list =
                list.markup(language.say("바꾼 것", "What changed"), words::linked(language, &answer.change, &known));
        }
    }
    for seen in &followed.moves {
        let state = words::number_link(language, seen.number())
            .and(Html::text(" "))
            .and(words::status_tag(language, seen.standing.status))
            .and(Html::text(&format!(" {}", words::ground(language, &seen.standing))));
        list = list.markup(language.say("지금 그 권고는", "Where it stands now"), state);
    }
    words::card(&followed.title)
        .link(format!("/plan/consultations/{}", followed.consultation))
        .mark(Html::empty().and(mark))
        .body(Html::empty().and(list))
}
