//! The queue by due time.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, Choice, EmptyState, Field, Form, Shortcuts, SplitView, Tabs, Tag, Tone, WorkItem},
};
use serde::Deserialize;

use crate::{
    agency::Agency,
    domain::{Receipt, State},
    pages::{citizen::ask::encode, words},
    store::{Queue, QueueRow},
};

/// What the address says about the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct QueueAddress {
    /// A state, `overdue`, `mine`, or empty for all that are open.
    pub view: String,
    /// A department, for those who see several.
    pub department: String,
    /// Words or a receipt number.
    pub search: String,
    /// Where this page of the list begins.
    pub after: String,
}

impl QueueAddress {
    /// As a query, for links that come back here.
    pub(in crate::pages) fn query(&self) -> String {
        let pairs =
            [("view", &self.view), ("department", &self.department), ("search", &self.search), ("after", &self.after)];
        let pairs: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    fn with_view(&self, view: &str) -> String {
        let other = Self { view: view.to_owned(), after: String::new(), ..self.clone() };
        format!("/work{}", other.query())
    }
}

/// States that have a tab of their own.
const TABS: [State; 5] =
    [State::Received, State::Understood, State::Drafted, State::CompletionRequested, State::Objected];

/// The list, with what is chosen beside it.
pub(in crate::pages) struct Desk<'a> {
    /// What the address says.
    pub address: &'a QueueAddress,
    /// The list.
    pub queue: &'a Queue,
    /// The agency.
    pub agency: &'a Agency,
    /// Whether the person may see several departments.
    pub sees_all: bool,
    /// The case that is open.
    pub open: Option<&'a Receipt>,
}

pub(in crate::pages) fn page(visitor: &Visitor, desk: &Desk<'_>) -> Page {
    let language = visitor.language;
    let empty_detail = EmptyState::new(
        language.say("문의를 고르세요", "Choose an inquiry"),
        language.say(
            "왼쪽 목록에서 고르면 질문, 초안과 근거, 비슷한 문의가 나란히 나옵니다. j와 k로 옮겨 다닐 수 있습니다.",
            "Its question, draft with sources and similar cases open here side by side. Move with j and k.",
        ),
    );
    let view = list(visitor, desk).detail(language.say("고른 문의", "Chosen inquiry"), Html::empty().and(empty_detail));
    Page::new(visitor, language.say("처리할 문의", "Inquiries to handle"), PageKind::Official)
        .lead(counts(visitor, desk.queue))
        .actions(register(visitor))
        .personal()
        .body(tabs(visitor, desk).and(view).and(keys(visitor)))
}

/// The way to register what was said at the counter or on the telephone, for who may.
fn register(visitor: &Visitor) -> Html {
    let decides = visitor.principal.as_ref().is_some_and(|principal| principal.role.needs_department());
    if !decides {
        return Html::empty();
    }
    let label = visitor.say("창구·전화 민원 접수", "Register a petition");
    Html::empty().and(Button::secondary(label).small().link("/work/new"))
}

/// The list alone, to stand beside a case.
pub(in crate::pages) fn list(visitor: &Visitor, desk: &Desk<'_>) -> SplitView {
    let language = visitor.language;
    let query = desk.address.query();
    let items = desk.queue.page.rows.iter().map(|row| item(visitor, desk, row, &query));
    let empty = EmptyState::new(
        language.say("여기에는 문의가 없습니다", "No inquiries here"),
        language.say(
            "접수되어 이 부서에 배정된 문의가 기한이 가까운 순서로 나옵니다.",
            "Inquiries assigned to this department appear here, those due first at the top.",
        ),
    );
    SplitView::new(language.say("기한순 목록", "By due time"), items).list_head(head(visitor, desk)).empty(empty)
}

fn item(visitor: &Visitor, desk: &Desk<'_>, row: &QueueRow, query: &str) -> WorkItem {
    let language = visitor.language;
    let mut marks = Html::empty()
        .and(words::row_clock(language, row, visitor.now))
        .and(words::state_tag(language, row.state))
        .and(words::urgency_tag(language, row.urgency));
    if row.duplicates > 0 {
        let label = language.pick(format!("비슷한 문의 {}", row.duplicates), format!("{} similar", row.duplicates));
        marks = marks.and(Tag::new(Tone::Neutral, label));
    }
    let category = words::category(language, desk.agency, row.category.as_deref());
    let mut note = format!("{} · {category}", words::kind(language, row.kind));
    // In the queue of one department its name says nothing.
    if desk.sees_all {
        note = format!("{note} · {}", words::department(language, desk.agency, &row.department));
    }
    WorkItem::new(row.title.clone(), format!("/work/{}{query}", row.receipt))
        .marks(marks)
        .note(note)
        .selected(desk.open == Some(&row.receipt))
}

fn head(visitor: &Visitor, desk: &Desk<'_>) -> Html {
    let language = visitor.language;
    let mut body = Html::empty().and(
        Field::search(language, "search", language.say("접수번호나 낱말", "Receipt number or words"))
            .value(&desk.address.search)
            .longest(100)
            .shortcut("/"),
    );
    if desk.sees_all {
        let all = Choice::new("", language.say("모든 부서", "All departments"));
        let departments =
            desk.agency.departments.iter().map(|one| Choice::new(&one.id, language.say(&one.name, &one.name_en)));
        body = body.and(
            Field::select(
                language,
                "department",
                language.say("부서", "Department"),
                std::iter::once(all).chain(departments),
            )
            .value(&desk.address.department),
        );
    }
    body = body.and(Button::secondary(language.say("찾기", "Find")).small());
    let mut form = Form::get("/work").search().class("list-search").body(body);
    if !desk.address.view.is_empty() {
        form = form.hidden("view", desk.address.view.clone());
    }
    let more = match &desk.queue.page.next {
        Some(next) => {
            let address = QueueAddress { after: next.to_string(), ..desk.address.clone() };
            Html::empty().and(
                Button::tertiary(language.say("다음 50건", "Next 50"))
                    .small()
                    .link(format!("/work{}", address.query())),
            )
        }
        None => Html::empty(),
    };
    Html::empty().and(form).and(more)
}

pub(in crate::pages) fn tabs(visitor: &Visitor, desk: &Desk<'_>) -> Html {
    let language = visitor.language;
    let counts = &desk.queue.counts;
    let number = |count: u64| language.number(i64::try_from(count).unwrap_or(i64::MAX));
    let current = desk.address.view.as_str();
    let mut tabs = Tabs::new(language.say("보기", "Views"))
        .counted(
            language.say("처리 중 모두", "All open"),
            desk.address.with_view(""),
            number(counts.open),
            current.is_empty(),
        )
        .counted(
            language.say("기한 지남", "Overdue"),
            desk.address.with_view("overdue"),
            number(counts.overdue),
            current == "overdue",
        )
        .tab(language.say("내가 맡은 것", "Mine"), desk.address.with_view("mine"), current == "mine");
    for state in TABS {
        let count = counts.by_state.iter().find(|(other, _)| *other == state).map_or(0, |(_, count)| *count);
        let name = state.identifier();
        tabs =
            tabs.counted(words::state(language, state), desk.address.with_view(name), number(count), current == name);
    }
    Html::empty().and(tabs.tab(
        language.say("끝난 것", "Finished"),
        desk.address.with_view("finished"),
        current == "finished",
    ))
}

fn counts(visitor: &Visitor, queue: &Queue) -> String {
    let counts = &queue.counts;
    visitor.language.pick(
        format!(
            "처리 중 {}건, 하루 안에 기한 {}건, 기한 지남 {}건",
            counts.open, counts.due_within_a_day, counts.overdue
        ),
        format!("{} open, {} due within a day, {} overdue", counts.open, counts.due_within_a_day, counts.overdue),
    )
}

/// The keys of the desk.
pub(in crate::pages) fn keys(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let keys = [
        ("/", language.say("찾기", "Search")),
        ("g", language.say("내가 맡기", "Take the case")),
        ("e", language.say("답변 쓰기", "Edit the answer")),
        ("a", language.say("승인", "Approve")),
        ("u", language.say("되돌리기", "Undo")),
        ("t", language.say("다른 부서로 보내기", "Transfer")),
        ("x", language.say("기한 연장", "Extend")),
        ("m", language.say("보완 요청", "Ask for completion")),
    ];
    Html::empty().and(Shortcuts::new(language, keys))
}
