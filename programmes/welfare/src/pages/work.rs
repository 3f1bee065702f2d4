//! The desk: the queue of what was found, and one proposal with its explanation and grounds beside the decision.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Choice, ClockBadge, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, MachineLabel,
        Notice, NoticeKind, SplitView, Tabs, Tag, Tone, WorkItem,
    },
};

use super::{account, applications, asked, easy, grounds, proofs, recoveries, words};
use crate::{
    domain::{BENEFITS, Proposal, Status},
    service::Prepared,
    store::{LISTED, Named, Wanted},
};

/// The list as its address says.
pub(super) struct Desk<'a> {
    pub(super) wanted: &'a Wanted,
    pub(super) found: &'a [Named<Proposal>],
    pub(super) open: Option<&'a str>,
    /// What was just decided; nothing where nothing was.
    pub(super) done: Option<&'a str>,
}

impl Desk<'_> {
    fn query(&self) -> String {
        let status = self.wanted.status.map(Status::identifier).unwrap_or_default();
        let benefit = self.wanted.benefit.as_deref().unwrap_or_default();
        let view = if self.is_reviews() { format!("&view={REVIEWS}") } else { String::new() };
        format!("?status={status}&benefit={benefit}{view}")
    }

    /// Where a decision about a proposal is sent, with the list to which one comes back.
    fn to(&self, prepared: &Prepared, what: &str) -> String {
        format!("{}{}", to(prepared, what), self.query())
    }

    /// Whether it lists awards that are to be looked at again.
    fn is_reviews(&self) -> bool {
        self.wanted.due_by.is_some()
    }
}

/// The view of awards that are to be looked at again.
pub(super) const REVIEWS: &str = "reviews";

const KEYS: &str = "/welfare/work";

pub(super) fn page(visitor: &Visitor, desk: &Desk<'_>) -> Page {
    let language = visitor.language;
    let empty = EmptyState::new(
        language.say("제안을 고르세요", "Choose a proposal"),
        language.say(
            "왼쪽에서 고르면 까닭과 근거, 확인 단추가 나란히 나옵니다.",
            "Its reason, its grounds and the decision open here side by side.",
        ),
    );
    let view = list(visitor, desk).detail(language.say("고른 제안", "Chosen proposal"), Html::empty().and(empty));
    let page = Page::new(visitor, language.say("찾은 급여", "Benefits that were found"), PageKind::Official)
        .lead(language.pick(format!("{}건", desk.found.len()), format!("{} proposals", desk.found.len())))
        .personal()
        .body(tabs(visitor, desk).and(view));
    match desk.done {
        Some(done) => page.message(next(language, desk, done)),
        None => page,
    }
}

/// After a decision: how many are left in the list, and the way to the next. It is not opened by itself: whoever opens a proposal looks at
/// a household, which its people read, and an official who stops for today looked at nobody.
fn next(language: Language, desk: &Desk<'_>, done: &str) -> Notice {
    let mut left = desk.found.iter().filter(|one| one.id != done).peekable();
    let Some(first) = left.peek().map(|one| one.id.clone()) else {
        let text = language.say("처리했습니다. 이 목록에 남은 것이 없습니다.", "Done. Nothing is left in this list.");
        return Notice::new(language, NoticeKind::Success, text).announced();
    };
    let number = left.count();
    let is_more = desk.found.len() >= usize::try_from(LISTED).unwrap_or(usize::MAX);
    let text = if is_more {
        language.pick(
            format!("처리했습니다. 이 목록에 {number}건이 넘게 남아 있습니다."),
            format!("Done. More than {number} are left in this list."),
        )
    } else {
        language.pick(
            format!("처리했습니다. 이 목록에 {number}건이 남아 있습니다."),
            format!("Done. Left in this list: {number}."),
        )
    };
    let open = Button::primary(language.say("다음 제안 열기", "Open the next"))
        .link(format!("{KEYS}/{first}{}", desk.query()));
    Notice::new(language, NoticeKind::Success, &text).actions(Html::empty().and(open)).announced()
}

fn tabs(visitor: &Visitor, desk: &Desk<'_>) -> Html {
    let language = visitor.language;
    let benefit = desk.wanted.benefit.as_deref().unwrap_or_default();
    let all = desk.wanted.status.is_none() && desk.wanted.waiting;
    let mut tabs = Tabs::new(language.say("보기", "Views")).tab(
        language.say("내가 할 일", "To do"),
        format!("{KEYS}?benefit={benefit}"),
        all,
    );
    let reviews = format!("{KEYS}?view={REVIEWS}&benefit={benefit}");
    tabs = tabs.tab(language.say("확인조사할 것", "To look at again"), reviews, desk.is_reviews());
    for status in Status::ALL {
        let current = desk.wanted.status == Some(status) && !desk.is_reviews();
        tabs = tabs.tab(
            words::status(language, status),
            format!("{KEYS}?status={}&benefit={benefit}", status.identifier()),
            current,
        );
    }
    Html::empty().and(tabs).and(Html::trusted(format!(
        "<p><a href=\"/welfare/work/screenings\">{}</a> · <a href=\"/welfare/work/payments\">{}</a> · <a href=\"/welfare/work/disputes\">{}</a> · <a href=\"/welfare/work/crisis\">{}</a> · <a href=\"/welfare/work/watch\">{}</a> · <a href=\"/welfare/work/statutes\">{}</a> · <a href=\"/welfare/lab\">{}</a></p>",
        language.say("가구 점검", "Screenings"),
        language.say("지급", "Payments"),
        language.say("정정 요구", "Corrections"),
        language.say("위기가구", "Households in crisis"),
        language.say("스스로 살피기", "How well it works"),
        language.say("자동 지급 법률", "Statutes"),
        language.say("개정안 모의계산", "Reform laboratory")
    )))
}

fn list(visitor: &Visitor, desk: &Desk<'_>) -> SplitView {
    let language = visitor.language;
    let items = desk.found.iter().filter_map(|one| item(visitor, desk, one));
    let empty = EmptyState::new(
        language.say("여기에는 제안이 없습니다", "Nothing here"),
        language.say(
            "가구를 살펴 받을 수 있는데 받지 않는 급여를 찾으면 여기에 나옵니다.",
            "When a household is found to miss a benefit, it stands here.",
        ),
    );
    SplitView::new(language.say("찾은 차례", "As found"), items).list_head(filter(visitor, desk)).empty(empty)
}

fn item(visitor: &Visitor, desk: &Desk<'_>, one: &Named<Proposal>) -> Option<WorkItem> {
    let language = visitor.language;
    let finding = one.state.finding.as_ref()?;
    let benefit = one.state.benefit()?;
    let mut marks = words::status_tag(language, one.state.status);
    if one.state.objection.as_ref().is_some_and(|objection| objection.upheld.is_none()) {
        marks = marks.and(Tag::new(Tone::Attention, language.say("이의신청", "Objection")));
    }
    if one.state.review.as_ref().is_some_and(|review| review.answer.is_none()) {
        marks = marks.and(Tag::new(Tone::Attention, language.say("사람이 답할 것", "Asks a person")));
    }
    if one.state.open_application().is_some() {
        marks = marks.and(Tag::new(Tone::Attention, language.say("신청", "Applied")));
    }
    if one.state.ex_officio.as_ref().is_some_and(|applied| applied.seen_by.is_none()) {
        marks = marks.and(Tag::new(Tone::Attention, language.say("직권 신청 보고", "Report")));
    }
    if let Some(due) = one.state.due().filter(|_| one.state.waits_for_official() || desk.is_reviews()) {
        let end = maru_calendar::instant(maru_calendar::WorkingCalendar::closing(due));
        marks = marks.and(ClockBadge::counting(language, visitor.now, end));
    }
    let short: String = finding.household.chars().take(12).collect();
    let title = format!("{} · {}", words::benefit(language, benefit), words::amount(language, benefit, finding.amount));
    Some(
        WorkItem::new(title, format!("{KEYS}/{}{}", one.id, desk.query()))
            .marks(marks)
            .note(language.pick(format!("가구 {short}"), format!("Household {short}")))
            .selected(desk.open == Some(one.id.as_str())),
    )
}

fn filter(visitor: &Visitor, desk: &Desk<'_>) -> Html {
    let language = visitor.language;
    let all = Choice::new("", language.say("모든 급여", "All benefits"));
    let choices = BENEFITS.iter().map(|benefit| Choice::new(benefit.id, words::benefit(language, benefit)));
    let mut form = Form::get(KEYS).search().class("list-search").body(
        Html::empty()
            .and(
                Field::select(
                    language,
                    "benefit",
                    language.say("급여", "Benefit"),
                    std::iter::once(all).chain(choices),
                )
                .value(desk.wanted.benefit.clone().unwrap_or_default()),
            )
            .and(Button::secondary(language.say("찾기", "Find")).small()),
    );
    if desk.is_reviews() {
        form = form.hidden("view", REVIEWS);
    } else if let Some(status) = desk.wanted.status {
        form = form.hidden("status", status.identifier());
    }
    Html::empty().and(form)
}

/// What the visitor may do with the proposal.
#[derive(Debug, Clone, Copy)]
pub(super) struct May {
    pub(super) decide_objection: bool,
}

pub(super) fn one(
    visitor: &Visitor,
    desk: &Desk<'_>,
    prepared: &Prepared,
    may: May,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    let finding = state.finding.as_ref()?;
    let benefit = state.benefit()?;
    let title = format!("{} · {}", words::benefit(language, benefit), words::amount(language, benefit, finding.amount));
    let heading = Html::trusted("<div class=\"case-title\"><h2>")
        .and(Html::text(&title))
        .and(Html::trusted("</h2><div class=\"work-item-marks\">"))
        .and(words::status_tag(language, state.status))
        .and(Html::trusted("</div></div>"));
    let columns = Html::trusted("<div class=\"case-columns\"><section class=\"case-question\">")
        .and(left(visitor, prepared))
        .and(Html::trusted("</section><section class=\"case-answer\">"))
        .and(decision(visitor, desk, prepared, may, errors))
        .and(Html::trusted("</section></div>"));
    let detail = heading.and(ErrorSummary::new(language, errors)).and(columns);
    let split = list(visitor, desk).detail(language.say("고른 제안", "Chosen proposal"), detail);
    let page = Page::new(visitor, title.clone(), PageKind::Official).without_heading().personal().body(
        Html::trusted("<h1 class=\"visually-hidden\">")
            .and(Html::text(&title))
            .and(Html::trusted("</h1>"))
            .and(tabs(visitor, desk))
            .and(split),
    );
    Some(if errors.is_empty() { page } else { page.with_errors() })
}

fn left(visitor: &Visitor, prepared: &Prepared) -> Html {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    let household = &prepared.household;
    let (Some(finding), Some(benefit)) = (&state.finding, state.benefit()) else { return Html::empty() };
    let list = DefinitionList::new()
        .text(language.say("누구", "Whose"), &words::whose(language, household, finding.member.as_deref()))
        .text(language.say("달", "Month"), &words::month(language, finding.month))
        .text(language.say("찾은 경로", "Found by"), &words::origin(language, &finding.origin))
        .text(language.say("적용한 법", "Rules"), &finding.rules)
        .text(language.say("급여의 근거", "Article"), language.say(benefit.article, benefit.article_en));
    Html::trusted("<h3>")
        .and(Html::text(language.say("까닭", "Reason")))
        .and(Html::trusted("</h3>"))
        .and(grounds::reason(language, &prepared.grounds))
        .and(MachineLabel::new(
            language,
            language.say(
                "등록된 자료와 법으로 프로그램이 계산했습니다. 확인과 결정은 사람이 합니다.",
                "A program calculated this from the registers and the law. A person confirms and decides.",
            ),
        ))
        .and(list)
        .and(Html::trusted(format!(
            "<p><a href=\"/welfare/work/households/{}\">{}</a></p>",
            Html::text(&finding.household),
            language.say("가구에 일어난 일 적기", "Write down what happened in the household")
        )))
        .and(grounds::facts(visitor, household, &prepared.grounds))
        .and(grounds::figures(visitor, &prepared.grounds))
}

fn decision(visitor: &Visitor, desk: &Desk<'_>, prepared: &Prepared, may: May, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    let mut html = Html::empty();
    if let Some(agency) = &prepared.received_from {
        let text = language.pick(
            format!("같은 급여를 {agency}에서 이미 받고 있어 확인할 수 없습니다 (제9조제1항)."),
            format!("The same benefit is received from {agency} already; it cannot be confirmed (article 9(1))."),
        );
        html = html.and(Notice::new(language, NoticeKind::Warning, &text));
    }
    if let Some(automatic) = &prepared.automatic {
        let text = language.pick(
            format!("법률에 따라 동의 없이 지급됩니다: {}", automatic.article),
            format!("By statute it is given without consent: {}", automatic.article),
        );
        html = html.and(Notice::new(language, NoticeKind::Information, &text));
    }
    match state.status {
        Status::Found | Status::Asked => {
            html = html
                .and(applications::application(visitor, prepared, errors))
                .and(told_form(visitor, prepared, errors))
                .and(open_forms(visitor, desk, prepared, errors));
        }
        Status::Confirmed => html = html.and(consent_form(visitor, desk, prepared)),
        Status::Awarded => html = html.and(award_forms(visitor, desk, prepared, errors)),
        _ => {}
    }
    html = html
        .and(recoveries::desk(visitor, prepared, errors))
        .and(applications::ex_officio(visitor, prepared, may, errors))
        .and(applications::representatives(visitor, prepared, errors))
        .and(account::desk(visitor, prepared, errors))
        .and(easy::ways(visitor, &prepared.proposal.id))
        .and(proofs::links(visitor, &prepared.proposal));
    html.and(review_form(visitor, state, &prepared.proposal.id, errors)).and(objection_form(
        visitor,
        state,
        &prepared.proposal.id,
        may,
        errors,
    ))
}

fn to(prepared: &Prepared, what: &str) -> String {
    format!("/welfare/work/{}/{what}", prepared.proposal.id)
}

fn means(language: Language) -> Field {
    let choices = [
        Choice::new("letter", language.say("우편", "Letter")),
        Choice::new("message", language.say("문자·전자문서", "Message")),
        Choice::new("counter", language.say("창구·방문", "Counter or visit")),
    ];
    Field::radios(language, "means", language.say("어떻게 알릴까요?", "How is the citizen told?"), choices)
        .inline()
        .value("message")
}

/// What was asked for, to be taken down where the citizen tells it at the counter.
fn told_form(visitor: &Visitor, prepared: &Prepared, errors: &[FieldError]) -> Html {
    if prepared.questions.is_empty() {
        return Html::empty();
    }
    let language = visitor.language;
    let told = (prepared.questions.as_slice(), &prepared.household);
    let button = language.say("들은 답 적기", "Take down what was told");
    Html::trusted("<h3>")
        .and(Html::text(language.say("국민에게 물은 사실", "Facts that were asked for")))
        .and(Html::trusted("</h3>"))
        .and(asked::form(visitor, to(prepared, "facts"), told, (button, false), errors))
}

/// The confirmation, with like cases; nothing while an answer is awaited.
fn confirm_form(visitor: &Visitor, desk: &Desk<'_>, prepared: &Prepared, errors: &[FieldError]) -> Html {
    if prepared.proposal.state.status != Status::Found {
        return Html::empty();
    }
    let language = visitor.language;
    let note = Field::area(language, "note", language.say("무엇을 확인했나요?", "What did you look at?"))
        .rows(3)
        .errors(errors);
    let mut fields = Html::empty().and(note).and(means(language));
    if !prepared.alike.is_empty() {
        let label = language.pick(
            format!("급여와 금액이 같은 {}건도 함께 확인합니다", prepared.alike.len()),
            format!("Confirm {} more with the same benefit and amount", prepared.alike.len()),
        );
        let choice = Choice::new("yes", label);
        fields = fields
            .and(Field::checkboxes(language, "together", language.say("같은 사안", "Like cases"), [choice]).optional());
    }
    let button = Button::primary(language.say("확인하고 알리기", "Confirm and tell the citizen")).shortcut("a");
    Html::empty().and(Form::post(visitor, desk.to(prepared, "confirm")).guarded().body(fields.and(button)))
}

fn open_forms(visitor: &Visitor, desk: &Desk<'_>, prepared: &Prepared, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut html = confirm_form(visitor, desk, prepared, errors);
    if !prepared.open.is_empty() {
        let choices = prepared.open.iter().map(|fact| Choice::new(&fact.id, language.say(&fact.ko, &fact.en)));
        let mut asked = Field::checkboxes(language, "facts", language.say("물어볼 사실", "Facts to ask for"), choices);
        for fact in prepared.open.iter().take(3) {
            asked = asked.value(&fact.id);
        }
        let form = Form::post(visitor, desk.to(prepared, "ask"))
            .body(Html::empty().and(asked).and(Button::secondary(language.say("국민에게 묻기", "Ask the citizen"))));
        let title = language.pick(
            format!("등록된 자료로는 알 수 없고 결과를 바꿀 수 있는 사실 {}가지", prepared.open.len()),
            format!("Facts that no register holds and that could change it: {}", prepared.open.len()),
        );
        html = html.and(Disclosure::new(title, Html::empty().and(form)));
    }
    let deny = Form::post(visitor, desk.to(prepared, "deny")).body(
        Html::empty()
            .and(Field::area(language, "reason", language.say("까닭", "Reason")).rows(3).errors(errors))
            .and(
                Field::text(
                    language,
                    "article",
                    language.say("근거 조문 (법률 이름 전부)", "Article, with the act's full name"),
                )
                .longest(300)
                .errors(errors),
            )
            .and(Button::danger(language.say("거부하기", "Refuse"))),
    );
    html.and(Disclosure::new(language.say("드릴 수 없다면", "If it cannot be given"), Html::empty().and(deny)))
}

fn consent_form(visitor: &Visitor, desk: &Desk<'_>, prepared: &Prepared) -> Html {
    let language = visitor.language;
    let form = Form::post(visitor, desk.to(prepared, "consent")).body(
        applications::by_whom(language, prepared, true)
            .and(means(language))
            .and(Button::secondary(language.say("받은 동의 적기", "Take down consent"))),
    );
    Html::paragraphs(language.say(
        "국민에게 알렸고 동의를 기다립니다. 창구나 전화로 동의를 받았으면 적어 주세요.",
        "The citizen was told, and consent is awaited. If it was given at the counter or by telephone, take it down.",
    ))
    .and(form)
}

fn award_forms(visitor: &Visitor, desk: &Desk<'_>, prepared: &Prepared, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    let mut html = Html::empty();
    if let Some(award) = &state.award {
        let on = language.date(award.review_on);
        let text = language.pick(format!("다시 살펴보는 날: {on}"), format!("To be looked at again on {on}"));
        html = html.and(Html::paragraphs(&text));
    }
    if !state.review_because.is_empty() {
        let because = words::origin(language, &state.review_because);
        let text = language.pick(
            format!("지금 확인조사가 필요합니다: {because}. 계속 지급할지, 끝낼지 정해 주세요."),
            format!("It is to be looked at now: {because}. Decide whether it goes on or ends."),
        );
        html = html.and(Notice::new(language, NoticeKind::Warning, &text));
    }
    let renew = Form::post(visitor, desk.to(prepared, "renew"))
        .body(Html::empty().and(Button::secondary(language.say("살펴보았고 계속 지급", "Looked at; goes on")).small()));
    let end = Form::post(visitor, desk.to(prepared, "end")).body(
        Html::empty()
            .and(
                Field::text(language, "until", language.say("마지막 달 (예: 2026-12)", "Last month, such as 2026-12"))
                    .longest(7)
                    .errors(errors),
            )
            .and(Field::area(language, "reason", language.say("까닭", "Reason")).rows(2).errors(errors))
            .and(Button::danger(language.say("끝내기", "End it"))),
    );
    html.and(renew).and(Disclosure::new(language.say("급여를 끝내려면", "To end it"), Html::empty().and(end)))
}

fn review_form(visitor: &Visitor, state: &Proposal, id: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let Some(review) = state.review.as_ref().filter(|review| review.answer.is_none()) else { return Html::empty() };
    let end = maru_calendar::instant(maru_calendar::WorkingCalendar::closing(review.due));
    let answer = Form::post(visitor, format!("/welfare/work/{id}/review")).body(
        Html::empty()
            .and(Field::area(language, "answer", language.say("답", "Answer")).rows(4).errors(errors))
            .and(Button::primary(language.say("답하기", "Answer"))),
    );
    let longer = Form::post(visitor, format!("/welfare/work/{id}/review/extension")).body(
        Html::empty()
            .and(
                Field::area(language, "extension", language.say("늦어지는 까닭", "Why it takes longer"))
                    .rows(2)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("30일 늘리기", "Take thirty days more"))),
    );
    Html::trusted("<h3>")
        .and(Html::text(language.say("국민이 사람의 설명을 원합니다", "The citizen asks a person")))
        .and(Html::trusted("</h3>"))
        .and(ClockBadge::counting(language, visitor.now, end))
        .and(Html::paragraphs(review.words.value_or("")))
        .and(answer)
        .and(Disclosure::new(
            language.say("30일 안에 답할 수 없다면 (두 번까지)", "If it cannot be answered in time (twice at most)"),
            Html::empty().and(longer),
        ))
}

fn objection_form(visitor: &Visitor, state: &Proposal, id: &str, may: May, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let Some(objection) = state.objection.as_ref().filter(|one| one.upheld.is_none()) else { return Html::empty() };
    let end = maru_calendar::instant(maru_calendar::WorkingCalendar::closing(objection.due));
    let html = Html::trusted("<h3>")
        .and(Html::text(language.say("이의신청", "Objection")))
        .and(Html::trusted("</h3>"))
        .and(ClockBadge::counting(language, visitor.now, end))
        .and(Html::paragraphs(objection.words.value_or("")));
    if !may.decide_objection {
        return html.and(Html::paragraphs(language.say("책임자가 결정합니다.", "A supervisor decides.")));
    }
    let form = Form::post(visitor, format!("/welfare/work/{id}/objection")).body(
        Html::empty()
            .and(Field::area(language, "decision", language.say("결정 이유", "Reason")).rows(3).errors(errors))
            .and(Button::primary(language.say("받아들이기", "Uphold")).named("upheld", "yes"))
            .and(Button::secondary(language.say("받아들이지 않기", "Do not uphold")).named("upheld", "no")),
    );
    let html = html.and(form);
    if !objection.extended.is_empty() {
        return html.and(Html::paragraphs(&language.pick(
            format!("늦어지는 까닭: {}", objection.extended),
            format!("Why it takes longer: {}", objection.extended),
        )));
    }
    let longer = Form::post(visitor, format!("/welfare/work/{id}/objection/extension")).body(
        Html::empty()
            .and(
                Field::area(language, "extension", language.say("늦어지는 까닭", "Why it takes longer"))
                    .hint(language.say("신청한 분에게 알려집니다.", "The citizen is told."))
                    .rows(2)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("10일 늘리기", "Take ten days more"))),
    );
    html.and(Disclosure::new(
        language.say("부득이하게 기간 안에 결정할 수 없다면", "If it cannot be decided in time"),
        Html::empty().and(longer),
    ))
}
