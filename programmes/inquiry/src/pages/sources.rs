//! Searching what the state has said, and reading a passage that an answer rests on.

use maru_knowledge::{Counts, Hit, Passage, SourceKind};
use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{
        Button, Card, Choice, DefinitionList, Disclosure, EmptyState, Field, Form, Icon, Tag, Tone, highlighted,
    },
};

use super::citizen::ask::encode;

/// The page of a passage.
pub(super) fn address(id: &str) -> String {
    format!("/sources?id={}", encode(id))
}

/// What is searched for.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Search {
    /// The words.
    pub q: String,
    /// `statute`, `answer`, `service`, or empty for all.
    pub kind: String,
    /// A ministry in charge of acts, or empty for all.
    pub ministry: String,
    /// The law as in force on this day; empty is today.
    pub on: String,
}

pub(super) fn search_page(visitor: &Visitor, search: &Search, hits: &[Hit], counts: Counts) -> Page {
    let language = visitor.language;
    let kinds = [
        Choice::new("", language.say("모두", "Everything")),
        Choice::new("answer", language.say("안내", "Answers")),
        Choice::new("service", language.say("서비스", "Services")),
        Choice::new("statute", language.say("법령", "Law")),
    ];
    let form = Form::get("/search").search().body(
        Html::empty()
            .and(
                Field::search(language, "q", language.say("찾을 말", "Search for"))
                    .value(&search.q)
                    .longest(400)
                    .shortcut("/"),
            )
            .and(Field::radios(language, "kind", language.say("어디에서", "Where"), kinds).value(&search.kind).inline())
            .and(more(visitor, search))
            .and(Button::primary(language.say("찾기", "Search"))),
    );
    let body = Html::empty().and(form).and(results(visitor, search, hits));
    let number = |count: u64| language.number(i64::try_from(count).unwrap_or(i64::MAX));
    let lead = language.pick(
        format!(
            "법령 조문 {}개, 안내 {}개, 서비스 {}개에서 찾아요.",
            number(counts.articles),
            number(counts.answers),
            number(counts.services)
        ),
        format!(
            "Searches {} articles of law, {} answers and {} services.",
            number(counts.articles),
            number(counts.answers),
            number(counts.services)
        ),
    );
    Page::new(visitor, language.say("법령과 안내 찾기", "Search the law and our answers"), PageKind::Citizen)
        .lead(lead)
        .body(body)
}

/// What narrows a search to acts of one ministry, or to the law of another day.
fn more(visitor: &Visitor, search: &Search) -> Disclosure {
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::text(language, "ministry", language.say("소관 부처", "Ministry in charge"))
                .hint(
                    language.say("예: 국토교통부. 법령에만 적용해요.", "In Korean, such as 국토교통부; for law only."),
                )
                .longest(60)
                .optional()
                .value(&search.ministry),
        )
        .and(
            Field::date(language, "on", language.say("시행 중인 날", "In force on"))
                .hint(language.say("비워 두면 오늘이에요.", "Today where it is empty."))
                .optional()
                .value(&search.on),
        );
    let disclosure = Disclosure::new(language.say("소관 부처와 시행일로 좁히기", "Narrow by ministry and day"), fields);
    if search.ministry.is_empty() && search.on.is_empty() { disclosure } else { disclosure.open() }
}

fn results(visitor: &Visitor, search: &Search, hits: &[Hit]) -> Html {
    let language = visitor.language;
    if search.q.trim().is_empty() {
        return Html::empty();
    }
    if hits.is_empty() {
        let empty = EmptyState::new(
            language.say("찾지 못했어요", "Nothing found"),
            language.say(
                "다른 말로 찾아보거나, 그대로 문의로 접수해 주세요.",
                "Try other words, or send it to us as an inquiry.",
            ),
        )
        .action(
            Html::empty().and(
                Button::secondary(language.say("문의로 접수하기", "Send as an inquiry"))
                    .link(format!("/?text={}", encode(&search.q))),
            ),
        );
        return Html::empty().and(empty);
    }
    let cards: Html = hits.iter().map(|hit| card(visitor, hit)).collect();
    Html::trusted("<div class=\"cards\">").and(cards).and(Html::trusted("</div>"))
}

fn kind_tag(visitor: &Visitor, kind: SourceKind) -> Tag {
    let label = match kind {
        SourceKind::Statute => visitor.say("법령", "Law"),
        SourceKind::Answer => visitor.say("안내", "Answer"),
        SourceKind::Service => visitor.say("서비스", "Service"),
    };
    Tag::new(Tone::Neutral, label).icon(Icon::Document)
}

fn card(visitor: &Visitor, hit: &Hit) -> Card {
    let english = !hit.passage.title_en.is_empty() && visitor.language == maru_web::Language::English;
    let title = if english { hit.passage.title_en.clone() } else { hit.passage.reference() };
    let body = if english {
        Html::paragraphs(&hit.passage.text_en)
    } else {
        Html::trusted("<p>").and(highlighted(&hit.excerpt.text, &hit.excerpt.highlights)).and(Html::trusted("</p>"))
    };
    let note = [hit.passage.ministry.join(", "), in_force(visitor, &hit.passage)];
    let note: Vec<&str> = note.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    Card::new(title).link(address(&hit.passage.id)).mark(Html::empty().and(kind_tag(visitor, hit.passage.source))).body(
        body.and(Html::trusted("<p class=\"why\">")).and(Html::text(&note.join(" · "))).and(Html::trusted("</p>")),
    )
}

fn in_force(visitor: &Visitor, passage: &Passage) -> String {
    let Some(effective) = passage.effective else { return String::new() };
    let date = visitor.language.date(effective);
    visitor.language.pick(format!("시행 {date}"), format!("in force since {date}"))
}

pub(super) fn passage_page(visitor: &Visitor, passage: &Passage) -> Page {
    let language = visitor.language;
    let english = language == maru_web::Language::English;
    let title = if english && !passage.title_en.is_empty() { passage.title_en.clone() } else { passage.reference() };
    let text = if english && !passage.text_en.is_empty() { &passage.text_en } else { &passage.text };
    let mut facts = DefinitionList::new();
    if !passage.ministry.is_empty() {
        facts = facts.text(language.say("소관", "Ministry"), &passage.ministry.join(", "));
    }
    if passage.effective.is_some() {
        facts = facts.text(language.say("시행", "In force"), &in_force(visitor, passage));
    }
    if passage.url.starts_with("https://") {
        let link = Html::trusted("<a rel=\"external\" href=\"")
            .and(Html::text(&passage.url))
            .and(Html::trusted("\">"))
            .and(Html::text(language.say("원문이 있는 곳", "Where it is published")))
            .and(Html::trusted("</a>"));
        facts = facts.markup(language.say("출처", "Source"), link);
    }
    let mut body = Html::trusted("<div class=\"passage\">")
        .and(Html::paragraphs(&text.replace('\n', "\n\n")))
        .and(Html::trusted("</div>"))
        .and(facts);
    if english && passage.text_en.is_empty() {
        body = Html::paragraphs("The official text is in Korean.").and(body);
    }
    let cites: Html = passage
        .cites
        .iter()
        .map(|id| {
            let name = id.strip_prefix("statute:").unwrap_or(id).replace('/', " ");
            Html::trusted("<li><a href=\"")
                .and(Html::text(&address(id)))
                .and(Html::trusted("\">"))
                .and(Html::text(&name))
                .and(Html::trusted("</a></li>"))
        })
        .collect();
    if !cites.is_empty() {
        body = body.and(super::citizen::ask::section(
            language.say("근거 조문", "Articles it rests on"),
            &Html::trusted("<ul class=\"links\">").and(cites).and(Html::trusted("</ul>")),
        ));
    }
    Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("법령과 안내 찾기", "Search"), "/search")
        .actions(Html::empty().and(kind_tag(visitor, passage.source)))
        .body(body)
}
