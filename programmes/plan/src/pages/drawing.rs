//! What panels and surveys have in common: people are drawn with a seed that becomes public after the list is fixed, and anybody can draw again.

use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use maru_korean::{Josa, with_josa};
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Problem, Visitor,
    components::{Button, Card, DefinitionList, EmptyState, ErrorSummary, Field, Form, Icon},
};

use super::{words, words::in_form};
use crate::{
    ServiceError,
    domain::{Number, panel::digest},
};

/// Tables as they are downloaded.
pub(super) const TABLE: &str = "text/tab-separated-values; charset=utf-8";

/// The room of panels, or of surveys: its name, its address, what is announced in it, each in Korean and English.
pub(super) struct Room {
    pub(super) name: (&'static str, &'static str),
    pub(super) address: &'static str,
    pub(super) announces: (&'static str, &'static str),
}

fn in_the_plan(visitor: &Visitor, title: &str) -> Page {
    let language = visitor.language;
    Page::new(visitor, title, PageKind::Citizen).breadcrumb(language.say("행동계획", "Action plan"), "/plan")
}

impl Room {
    fn announce(&self, language: Language) -> String {
        let (ko, en) = self.announces;
        language.pick(format!("{ko} 알리기"), format!("Announce a {en}"))
    }

    /// A page of the room.
    pub(super) fn frame(&self, visitor: &Visitor, title: &str) -> Page {
        let name = visitor.language.say(self.name.0, self.name.1);
        in_the_plan(visitor, title).breadcrumb(name, self.address)
    }

    /// What was announced, as cards; the way to announce more for who may.
    pub(super) fn list(&self, visitor: &Visitor, lead: &str, runs: bool, cards: Vec<Card>) -> Page {
        let language = visitor.language;
        let mut page = in_the_plan(visitor, language.say(self.name.0, self.name.1)).lead(lead);
        if runs {
            let button = Button::secondary(self.announce(language)).link(format!("{}/new", self.address));
            page = page.actions(Html::empty().and(button));
        }
        if !cards.is_empty() {
            return page.body(cards.into_iter().collect());
        }
        let (ko, en) = self.announces;
        let empty = EmptyState::new(
            language.pick(format!("알린 {} 없습니다", with_josa(ko, Josa::Subject)), format!("No {en} was announced")),
            language.pick(
                format!("위원회가 {} 알리면 여기에 나옵니다.", with_josa(ko, Josa::Object)),
                "What the committee announces stands here.".to_owned(),
            ),
        );
        page.body(Html::empty().and(empty))
    }

    /// The page on which something is announced.
    pub(super) fn announcing(&self, visitor: &Visitor, fields: Html, errors: &[FieldError]) -> Page {
        let language = visitor.language;
        let (ko, en) = self.announces;
        let send = Button::primary(language.pick(format!("{ko} 알리기"), format!("Announce the {en}")));
        let form = Form::post(visitor, self.address).guarded().body(fields.and(send));
        let page = self.frame(visitor, &self.announce(language));
        let page = if errors.is_empty() { page } else { page.with_errors() };
        page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(form))
    }

    /// After the form was sent: the page of what was announced, or the form again with its errors, those of the whole at `field`.
    pub(super) fn sent(
        &self,
        result: Result<String, ServiceError>,
        field: &str,
        again: impl FnOnce(&[FieldError]) -> Page,
    ) -> Result<Response, Problem> {
        match result {
            Ok(id) => Ok(Redirect::to(&format!("{}/{id}", self.address)).into_response()),
            Err(error) => Ok(again(&in_form(error, field)?).into_response()),
        }
    }
}

/// Where `size` holds no number.
pub(super) fn no_size() -> ServiceError {
    ServiceError::field("size", "몇 명을 뽑는지 숫자로 적어 주십시오.", "Give the number of people to be drawn.")
}

/// A day as a form sends it.
pub(super) fn day_written(field: &str, text: &str) -> Result<Date, ServiceError> {
    text.trim().parse().map_err(|_| ServiceError::field(field, "날짜를 골라 주십시오.", "Choose the day."))
}

/// Where the seed comes from, when an announcement is written.
pub(super) fn source_field(language: Language, value: &str, errors: &[FieldError]) -> Field {
    Field::text(language, "source", language.say("추첨수를 어디에서 얻나요?", "Where does the seed come from?"))
        .hint(language.say(
            "누구나 볼 수 있고 아무도 정할 수 없는 것. 예: 2026년 12월 5일 로또 6/45 당첨번호를 작은 수부터 빈칸으로 이은 것",
            "Something public that nobody chooses, such as the numbers of a lottery on a day to come.",
        ))
        .longest(500)
        .value(value)
        .errors(errors)
}

/// When the seed becomes public.
pub(super) fn seed_day_field(language: Language, value: &str, errors: &[FieldError]) -> Field {
    Field::date(language, "seed_on", language.say("추첨수가 공개되는 날", "The day on which it becomes public"))
        .value(value)
        .errors(errors)
}

/// The seed, once it is published.
pub(super) fn seed_field(language: Language, errors: &[FieldError]) -> Field {
    Field::text(language, "seed", language.say("공개된 추첨수", "The seed as it was published")).errors(errors)
}

/// Where the seed comes from and when, and the recommendation that it is about.
pub(super) fn announced(
    facts: DefinitionList,
    language: Language,
    (source, seed_on): (&str, Date),
    recommendation: Option<Number>,
) -> DefinitionList {
    let facts = facts
        .markup(language.say("추첨수를 얻는 곳", "Source of the seed"), words::korean(language, source))
        .text(language.say("추첨수가 공개되는 날", "The seed becomes public on"), &language.date(seed_on));
    match recommendation {
        Some(number) => facts.markup(language.say("권고", "Recommendation"), words::number_link(language, number)),
        None => facts,
    }
}

/// The digest of a list of people, which nobody can change unseen once it is fixed.
pub(super) fn fingerprint(list: &str) -> Html {
    Html::trusted(format!("<code>{}</code>", digest(list)))
}

/// How anybody draws again: the command with the seed behind it, and the files that it reads, at the address `at`.
pub(super) fn again(
    language: Language,
    text: &str,
    command: &str,
    seed: Option<&str>,
    (at, files): (&str, &[&str]),
) -> Html {
    let seed = seed.unwrap_or_else(|| language.say("추첨수", "SEED")).replace('\'', "'\\''");
    let command = Html::text(&format!("{command} --seed '{seed}'"));
    let link = |name: &&str| Button::tertiary(*name).small().icon(Icon::Download).link(format!("{at}/{name}"));
    let links = files.iter().map(link).fold(Html::trusted("<div class=\"button-row\">"), Html::and);
    Html::trusted(format!("<h2>{}</h2>", language.say("추첨 다시 해 보기", "Draw again yourself")))
        .and(Html::paragraphs(text))
        .and(Html::trusted(format!("<pre tabindex=\"0\"><code>{command}</code></pre>")))
        .and(links)
        .and(Html::trusted("</div>"))
}
