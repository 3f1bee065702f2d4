//! `/design`: every component in every state, in both languages. Tests look at it, and so do people who write pages.

use std::ops::Range;

use askama::Template;
use axum::{Router, routing::get};
use jiff::{SignedDuration, Timestamp};

use crate::{
    components::{
        BarChart, Button, Card, Choice, CitationMark, ClockBadge, DefinitionList, Disclosure, EmptyState, ErrorSummary,
        Field, Form, Icon, KeyFigure, KeyFigures, MachineLabel, Moment, Notice, NoticeKind, Pagination, Shortcuts,
        Sources, SplitView, Steps, Table, Tabs, Tag, TimeChart, Timeline, Tone, UndoBar, WorkItem, highlighted,
    },
    form::Query,
    html::Html,
    language::Language,
    page::{Page, PageKind},
    problem::{FieldError, Problem},
    visitor::{Place, Visitor},
};

/// A part of the gallery.
struct Part {
    title: &'static str,
    body: Html,
}

#[derive(Template)]
#[template(path = "gallery.html")]
struct GalleryBody {
    parts: Vec<Part>,
}

/// Text, hours from the gallery's moment: for clocks that always show the same.
fn hours(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(now)
}

fn joined<T: askama::filters::HtmlSafe>(parts: impl IntoIterator<Item = T>) -> Html {
    let row = parts
        .into_iter()
        .fold(Html::trusted("<p class=\"button-row\">"), |row, part| row.and(part).and(Html::text(" ")));
    row.and(Html::trusted("</p>"))
}

fn buttons(language: Language) -> Html {
    let kinds = || {
        [
            Button::primary(language.say("보내기", "Send")),
            Button::secondary(language.say("고쳐 쓰기", "Edit")),
            Button::tertiary(language.say("이전으로", "Back")).icon(Icon::Back),
            Button::danger(language.say("취하하기", "Withdraw")),
        ]
    };
    let waiting = Html::trusted("<p id=\"design-waiting\">")
        .and(Html::text(language.say("초안을 읽고 나면 승인할 수 있어요.", "You can approve after reading the draft.")))
        .and(Html::trusted("</p>"));
    joined(kinds().map(Button::large))
        .and(joined(kinds()))
        .and(joined(kinds().map(Button::small)))
        .and(joined([
            Button::primary(language.say("승인", "Approve")).disabled("design-waiting"),
            Button::tertiary(language.say("승인", "Approve")).shortcut("a"),
            Button::tertiary(language.say("목록", "List")).link("/design"),
            Button::tertiary(language.say("접수번호 복사", "Copy the number")).icon(Icon::Copy).copies("design-number"),
        ]))
        .and(waiting)
        .and(Html::trusted("<p>").and(Html::text(language.say("접수번호 ", "Receipt number "))))
        .and(Html::trusted("<code id=\"design-number\">2026-000123</code></p>"))
}

fn choices(language: Language) -> [Choice; 3] {
    [
        Choice::new("mail", language.say("전자우편", "E-mail")),
        Choice::new("letter", language.say("우편", "Letter"))
            .hint(language.say("사흘쯤 걸려요.", "Takes about three days.")),
        Choice::new("page", language.say("이 누리집", "This site")),
    ]
}

fn fields(language: Language, with_errors: bool) -> Html {
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let errors = [
        FieldError::new("title", "제목을 써 주세요.", "Enter a title."),
        FieldError::new("text", "5자 이상 써 주세요.", "Write at least 5 characters."),
        FieldError::new("answer", "답변 받을 방법을 골라 주세요.", "Choose how to be answered."),
    ];
    let errors = if with_errors { errors.as_slice() } else { &[] };
    let prefix = |name: &str| name.to_owned();
    Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(
            Field::text(language, prefix("title"), say("제목", "Title"))
                .hint(say("무엇에 관한 일인지 짧게 써 주세요.", "In a few words, what it is about."))
                .longest(100)
                .errors(errors),
        )
        .and(
            Field::area(language, "text", say("무엇을 도와드릴까요?", "How can we help?"))
                .large_label()
                .counted(5000)
                .value(if with_errors { "가로" } else { "" })
                .errors(errors),
        )
        .and(
            Field::select(
                language,
                "department",
                say("담당 부서", "Department"),
                [
                    Choice::new("roads", say("도로관리과", "Roads Division")),
                    Choice::new("water", say("상하수도과", "Water and Sewerage Division")),
                ],
            )
            .value("water"),
        )
        .and(
            Field::radios(language, "answer", say("답변 받을 방법", "How to be answered"), choices(language))
                .errors(errors),
        )
        .and(
            Field::checkboxes(language, "also", say("함께 알려 드릴 것", "Also tell me about"), choices(language))
                .optional()
                .inline()
                .value("mail")
                .value("page"),
        )
        .and(Field::date(language, "day", say("일이 있었던 날", "When it happened")).optional().value("2026-02-13"))
        .and(Field::email(language, "email", say("전자우편 주소", "E-mail address")).optional())
        .and(
            Field::file(language, "file", say("첨부할 파일", "File"), ".pdf,.txt")
                .hint(say("PDF나 글 파일 하나, 1MB까지.", "One PDF or text file of up to 1 MB."))
                .optional(),
        )
        .and(Field::text(language, "receipt", say("접수번호", "Receipt number")).value("2026-000123").disabled())
}

fn forms(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let send = Button::primary(language.say("보내기", "Send")).large();
    let form = Form::post(visitor, "/design").keep_draft("design").guarded();
    Html::empty().and(form.body(fields(language, false).and(send)))
}

fn marks(visitor: &Visitor) -> Html {
    let (language, now) = (visitor.language, visitor.now);
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let tags = [
        Tag::new(Tone::Neutral, say("접수 전", "Not received")),
        Tag::new(Tone::Active, say("처리 중", "In progress")),
        Tag::new(Tone::Good, say("답변 완료", "Answered")),
        Tag::new(Tone::Attention, say("보완 요청", "Completion requested")),
        Tag::new(Tone::Bad, say("거부", "Refused")),
    ];
    let clocks = [
        ClockBadge::counting(language, now, hours(now, 76)),
        ClockBadge::counting(language, now, hours(now, 3)),
        ClockBadge::counting(language, now, hours(now, -5)),
        ClockBadge::counting(language, now, hours(now, 20)).label(say("근무시간 3시간 남음", "3 working hours left")),
        ClockBadge::paused(language, say("보완 대기", "Waiting for completion")),
        ClockBadge::stopped(language, say("기한 안에 처리", "Done in time")),
    ];
    joined(tags).and(joined(clocks)).and(MachineLabel::draft(language)).and(MachineLabel::approved(language))
}

fn notices(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let notice = |kind, korean, english| Notice::new(language, kind, language.say(korean, english));
    let undo = UndoBar::new(
        visitor,
        language.say("도로관리과로 이송했습니다.", "Transferred to the Roads Division."),
        Form::post(visitor, "/design"),
    );
    Html::empty()
        .and(notice(
            NoticeKind::Information,
            "2월 20일(금)까지 답변해 드려요.",
            "You will have an answer by 20 February.",
        ))
        .and(
            notice(NoticeKind::Success, "접수번호는 2026-000123이에요.", "Your receipt number is 2026-000123.")
                .title(language.say("접수했습니다", "Received")),
        )
        .and(
            notice(
                NoticeKind::Warning,
                "3일 안에 보완해 주세요. 그동안은 처리 기간이 멈춰요.",
                "Complete it within 3 days. Until then the clock stands still.",
            )
            .title(language.say("보완이 필요합니다", "Something is missing")),
        )
        .and(notice(NoticeKind::Danger, "처리 기한이 지났습니다.", "The period is over."))
        .and(undo)
}

fn lists(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let row = |name: &str, count: i64, share: f64| {
        [Html::text(name), Html::text(&language.number(count)), Html::text(&language.percentage(share))]
    };
    let table = Table::new(say("부서별 민원", "Inquiries by department"))
        .column(say("부서", "Department"))
        .figures(say("건수", "Inquiries"))
        .figures(say("기한 안 처리", "In time"))
        .row(row(say("도로관리과", "Roads Division"), 1204, 0.983))
        .row(row(say("교통행정과", "Transport Division"), 987, 1.0))
        .row(row(say("세무과", "Tax Division"), 86, 0.914));
    let change = Button::tertiary(say("바꾸기", "Change")).small().link("/design");
    let definitions = DefinitionList::new()
        .text(say("접수번호", "Receipt number"), "2026-000123")
        .markup(say("상태", "State"), Html::empty().and(Tag::new(Tone::Active, say("처리 중", "In progress"))))
        .with_action(say("종류", "Kind"), Html::text(say("질의민원", "Question")), Html::empty().and(change));
    let card = |title, mark: Tag| {
        Card::new(title)
            .third_level()
            .link("/design")
            .mark(Html::empty().and(mark))
            .body(Html::paragraphs(say("밤이 되어도 가로등이 켜지지 않아요.", "The street lamp stays dark at night.")))
    };
    let cards = Html::trusted("<div class=\"cards\">")
        .and(card(
            say("가로등이 꺼져 있어요", "A street lamp is out"),
            Tag::new(Tone::Active, say("처리 중", "In progress")),
        ))
        .and(card(say("보도블록이 깨졌어요", "Broken paving"), Tag::new(Tone::Good, say("답변 완료", "Answered"))))
        .and(Html::trusted("</div>"));
    let empty = EmptyState::new(
        say("아직 신청한 민원이 없어요", "You have not asked anything yet"),
        say(
            "궁금한 것을 물어보면 처리 과정과 답변이 이 자리에 나와요.",
            "Ask something, and its progress and answer will be here.",
        ),
    );
    Html::empty()
        .and(table)
        .and(definitions)
        .and(cards)
        .and(Html::trusted("<hr>"))
        .and(empty.action(Html::empty().and(Button::secondary(say("물어보기", "Ask")).link("/"))))
}

fn ways(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let place = Place::new("/design", "");
    let tabs = Tabs::new(say("처리 상태", "State"))
        .counted(say("처리할 것", "To do"), "/design?tab=open", "12", true)
        .counted(say("보완 대기", "Waiting"), "/design?tab=waiting", "3", false)
        .tab(say("끝난 것", "Done"), "/design?tab=done", false);
    let steps = [say("쓰기", "Write"), say("확인", "Check"), say("접수", "Receipt")];
    Html::empty()
        .and(tabs)
        .and(Steps::new(language, steps, 2))
        .and(Disclosure::new(
            say("처리 기한은 어떻게 정하나요?", "How is the period counted?"),
            Html::paragraphs(say(
                "5일 이하는 근무시간으로, 6일 이상은 날로 셉니다.",
                "Up to 5 days in working hours, from 6 days in days.",
            )),
        ))
        .and(
            Disclosure::new(
                say("펼친 모습", "Unfolded"),
                Html::paragraphs(say("처음부터 펼쳐져 있어요.", "Open from the beginning.")),
            )
            .open(),
        )
        .and(Pagination::new(language, &place, 4, 12))
}

fn timeline(visitor: &Visitor) -> Html {
    let (language, now) = (visitor.language, visitor.now);
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let timeline = Timeline::new(language)
        .entry(Moment::Past, say("접수했습니다", "Received"), Some(hours(now, -30)), Html::empty())
        .entry(
            Moment::Past,
            say("도로관리과에서 맡았습니다", "The Roads Division took it"),
            Some(hours(now, -28)),
            Html::paragraphs(say("담당 이도윤, 02-0000-1351", "Lee Do-yun, 02-0000-1351")),
        )
        .entry(Moment::Present, say("답변을 쓰고 있습니다", "The answer is being written"), None, Html::empty())
        .entry(Moment::Ahead, say("답변해 드립니다", "You will be answered"), Some(hours(now, 76)), Html::empty());
    Html::empty().and(timeline)
}

fn passage_ranges(text: &str, needle: &str) -> Vec<Range<usize>> {
    text.match_indices(needle).map(|(at, found)| at..at + found.len()).collect()
}

fn sources(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let passage =
        "도로관리청은 도로의 구조를 보전하고 교통의 안전을 위하여 도로의 유지ㆍ관리에 필요한 조치를 하여야 한다.";
    let marked = highlighted(passage, &passage_ranges(passage, "유지ㆍ관리"));
    let text = Html::trusted("<p>")
        .and(Html::text(say("가로등은 도로관리청이 관리합니다", "Street lamps are kept by the road authority")))
        .and(CitationMark::new(language, 1))
        .and(Html::text(say(". 신고하신 곳은 오늘 살펴봅니다", ". The place will be inspected today")))
        .and(CitationMark::new(language, 2))
        .and(Html::text(". "))
        .and(Html::trusted("<span class=\"struck\">"))
        .and(Html::text(say("내일이면 고쳐집니다.", "It will be mended tomorrow.")))
        .and(Html::trusted("</span></p>"));
    let sources = Sources::new(language)
        .source(
            say("도로법 제50조 (표본)", "Road Act, article 50 (sample)"),
            Some("https://www.law.go.kr/법령/도로법".to_owned()),
            say("국토교통부 · 2026. 1. 2. 시행", "Ministry of Land · in force since 2 January 2026"),
            marked,
        )
        .source(
            say("가로등 고장 신고 안내 (표본)", "Reporting a street lamp (sample)"),
            None,
            say("마루시 도로관리과", "Maru City, Roads Division"),
            Html::empty(),
        );
    text.and(sources)
}

fn pictures(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let figure = |korean: &'static str, english: &'static str, value: String, note: &'static str| KeyFigure {
        label: say(korean, english).to_owned(),
        value,
        note: note.to_owned(),
    };
    let figures = KeyFigures::new([
        figure(
            "이번 달 접수",
            "Received this month",
            language.number(2277),
            say("지난달보다 4% 늘었어요", "4% more than last month"),
        ),
        figure(
            "기한 안 처리",
            "In time",
            language.percentage(0.978),
            say("2026년 2월 13일까지", "Until 13 February 2026"),
        ),
        figure("지원 금액", "Amount", language.won_read(3_500_000), say("3,500,000원", "3,500,000 won")),
    ]);
    let bar = |chart: BarChart, name: &str, count: i32, tone| {
        chart.bar(name, f64::from(count), language.number(i64::from(count)), tone)
    };
    let chart = BarChart::new(
        language,
        "design-chart",
        say("도로 민원이 가장 많아요", "Most inquiries are about roads"),
        say("분야", "Category"),
        say("건수", "Inquiries"),
    )
    .description(say("도로 1,204건, 교통 987건, 세금 86건.", "Roads 1,204, transport 987, tax 86."))
    .source(say("마루시 민원, 2026년 2월 1일–13일", "Maru City inquiries, 1–13 February 2026"))
    .download("/design");
    let chart = bar(chart, say("도로", "Roads"), 1204, Tone::Active);
    let chart = bar(chart, say("교통", "Transport"), 987, Tone::Neutral);
    let chart = bar(chart, say("세금", "Tax"), 86, Tone::Attention);
    Html::empty().and(figures).and(chart).and(over_time(language))
}

fn over_time(language: Language) -> Html {
    let say = |korean, english| language.say(korean, english);
    let days = ["1", "2", "3", "4", "5", "6", "7"];
    let read = |value: f64| format!("{value:.0}");
    let columns =
        TimeChart::columns(language, "design-columns", say("한 주의 문의", "A week's inquiries"), say("날", "Day"));
    let columns = days
        .into_iter()
        .fold(columns, |chart, day| chart.slot(day, day == "1" || day == "7"))
        .series(say("답변", "Answered"), Tone::Active, [30, 42, 38, 51, 47, 12, 9].map(|value| Some(f64::from(value))))
        .series(say("반려", "Refused"), Tone::Attention, [3, 1, 4, 0, 6, 2, 0].map(|value| Some(f64::from(value))))
        .read_as(read);
    let lines = TimeChart::lines(language, "design-lines", say("걸린 날", "Days taken"), say("날", "Day"));
    let lines = days
        .into_iter()
        .fold(lines, |chart, day| chart.slot(day, true))
        .series(say("절반", "Half within"), Tone::Active, [3, 3, 4, 2, 3, 3, 2].map(|value| Some(f64::from(value))))
        .series(
            say("100건 중 95건", "95 of 100 within"),
            Tone::Attention,
            [Some(7.0), Some(9.0), None, Some(6.0), Some(8.0), Some(7.0), Some(6.0)],
        )
        .read_as(read);
    Html::empty().and(columns).and(lines)
}

/// Which page of the gallery is asked for.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Asked {
    view: String,
}

async fn gallery(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Page, Problem> {
    match asked.view.as_str() {
        "work" => Ok(work(&visitor)),
        "errors" => Ok(errors(&visitor)),
        _ => components(&visitor),
    }
}

fn views(visitor: &Visitor, current: &str) -> Tabs {
    let tab = |tabs: Tabs, korean, english, view: &str| {
        tabs.tab(visitor.say(korean, english), format!("/design?view={view}"), current == view)
    };
    let tabs = Tabs::new(visitor.say("모음", "Views"));
    let tabs = tab(tabs, "부품", "Components", "components");
    let tabs = tab(tabs, "고쳐야 할 양식", "A form with errors", "errors");
    tab(tabs, "업무 화면", "The view of officials", "work")
}

/// The gallery's page with all components.
pub(crate) fn components(visitor: &Visitor) -> Result<Page, Problem> {
    let part = |korean, english, body| Part { title: visitor.say(korean, english), body };
    let parts = vec![
        part("단추", "Buttons", buttons(visitor.language)),
        part("알림", "Notices", notices(visitor)),
        part("표시", "Marks", marks(visitor)),
        part("길", "Ways", ways(visitor)),
        part("목록과 표", "Lists and tables", lists(visitor)),
        part("진행 과정", "Timeline", timeline(visitor)),
        part("근거", "Sources", sources(visitor)),
        part("그림", "Pictures", pictures(visitor)),
        part("양식", "Forms", forms(visitor)),
    ];
    let body = Html::empty().and(views(visitor, "components")).and(Html::render(&GalleryBody { parts })?);
    Ok(Page::new(visitor, visitor.say("화면 부품", "Components"), PageKind::Citizen)
        .lead(visitor.say(
            "모든 화면은 이 부품으로 만듭니다. 내용은 지어낸 것입니다.",
            "All pages are made of these. What they say is invented.",
        ))
        .breadcrumb(visitor.say("처음", "Home"), "/")
        .body(body))
}

/// The gallery's page with a form that was sent with errors.
pub(crate) fn errors(visitor: &Visitor) -> Page {
    let send = Button::primary(visitor.say("보내기", "Send")).large();
    let form = Form::post(visitor, "/design").body(fields(visitor.language, true).and(send));
    let title = visitor.say("고쳐야 할 양식", "A form with errors");
    Page::new(visitor, title, PageKind::Citizen)
        .with_errors()
        .status(axum::http::StatusCode::OK)
        .body(Html::empty().and(views(visitor, "errors")).and(form))
}

/// The gallery's page for officials.
pub(crate) fn work(visitor: &Visitor) -> Page {
    let (language, now) = (visitor.language, visitor.now);
    let say = |korean: &'static str, english: &'static str| language.say(korean, english);
    let item = |title, due, tag: Tag, chosen| {
        let marks = Html::empty().and(ClockBadge::counting(language, now, hours(now, due))).and(tag);
        WorkItem::new(title, "/design?view=work")
            .marks(marks)
            .note(say("도로 · 질의민원", "Roads · Question"))
            .selected(chosen)
    };
    let items = [
        item(
            say("맨홀 뚜껑이 덜컹거려요", "A manhole cover rattles"),
            -2,
            Tag::new(Tone::Active, say("처리 중", "In progress")),
            false,
        ),
        item(
            say("가로등이 꺼져 있어요", "A street lamp is out"),
            3,
            Tag::new(Tone::Active, say("처리 중", "In progress")),
            true,
        ),
        item(
            say("자전거도로 표시를 다시 그려 주세요", "Repaint the cycle lane"),
            120,
            Tag::new(Tone::Neutral, say("접수", "Received")),
            false,
        ),
    ];
    let search = Form::get("/design").search().class("search-row").hidden("view", "work").body(
        Html::empty()
            .and(Field::search(language, "q", say("찾기", "Search")).shortcut("/"))
            .and(Button::tertiary(say("찾기", "Search")).icon(Icon::Search)),
    );
    let actions = Html::empty()
        .and(Button::primary(say("승인하고 보내기", "Approve and send")).shortcut("a"))
        .and(Button::secondary(say("고쳐 쓰기", "Edit")).shortcut("e"))
        .and(Button::tertiary(say("이송", "Transfer")).shortcut("t"));
    let detail = Html::trusted("<h2>")
        .and(Html::text(say("가로등이 꺼져 있어요", "A street lamp is out")))
        .and(Html::trusted("</h2>"))
        .and(Html::paragraphs(say(
            "마루광장 앞 가로등이 일주일째 꺼져 있어 밤길이 어둡습니다.",
            "The lamp in front of Maru Square has been out for a week.",
        )))
        .and(MachineLabel::draft(language))
        .and(sources(visitor))
        .and(
            Form::post(visitor, "/design")
                .body(Html::trusted("<div class=\"button-row\">").and(actions).and(Html::trusted("</div>"))),
        );
    let aside = Html::trusted("<h2>")
        .and(Html::text(say("비슷한 민원", "Similar cases")))
        .and(Html::trusted("</h2>"))
        .and(timeline(visitor));
    let split = SplitView::new(say("처리할 민원", "To do"), items)
        .list_head(Html::empty().and(search))
        .detail(say("고른 민원", "The chosen case"), detail)
        .aside(say("참고", "Beside it"), aside);
    let keys = [
        ("a", say("승인", "Approve")),
        ("e", say("고쳐 쓰기", "Edit")),
        ("t", say("이송", "Transfer")),
        ("/", say("찾기", "Search")),
    ];
    let body = Html::empty().and(views(visitor, "work")).and(split).and(Shortcuts::new(language, keys));
    Page::new(visitor, say("업무 화면", "The view of officials"), PageKind::Official)
        .actions(Html::empty().and(Button::tertiary(say("단축키", "Keys")).small().opens_dialog("shortcuts")))
        .body(body)
}

/// After the gallery's form was sent: the gallery again.
async fn sent(visitor: Visitor) -> Result<Page, Problem> {
    let message = visitor.say("보낸 것은 남기지 않았습니다.", "Nothing that was sent is kept.");
    let notice = Notice::new(visitor.language, NoticeKind::Success, message).announced();
    Ok(components(&visitor)?.message(notice).forget_draft("design"))
}

/// The route of the gallery.
pub(crate) fn routes() -> Router {
    Router::new().route("/design", get(gallery).post(sent))
}
