//! A case as its petitioner sees it: where it stands, until when, the answer with its sources, what can be done.

use jiff::Timestamp;
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Choice, CitationMark, DefinitionList, Disclosure, ErrorSummary, Field, Form, Icon, MachineLabel,
        Moment, Notice, NoticeKind, Sources, Timeline,
    },
};

use super::{
    ask::{section, section_on_screen},
    form::Sent,
};
use crate::{
    agency::Agency,
    domain::{Kind, Source, TextLanguage, Urgency},
    pages::{limits, sources, words},
    store::{AnswerView, CitizenAction, CitizenView, CompletionView, TimelineEntry},
};

pub(in crate::pages) fn page(
    visitor: &Visitor,
    view: &CitizenView,
    agency: &Agency,
    sent: &Sent,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(completion(visitor, view, sent, errors))
        .and(answer(visitor, view))
        .and(question(visitor, view, agency))
        .and(section(
            language.say("지금까지 있었던 일", "What has happened"),
            &timeline(visitor, &view.timeline, view.state.is_open(), view.deadline.due),
        ))
        .and(actions(visitor, view, agency, sent, errors))
        .and(downloads(visitor, view));
    let page = Page::new(visitor, view.title.clone(), PageKind::Citizen)
        .breadcrumb(language.say("내 문의", "Your inquiries"), "/inquiries");
    let page = match lead(visitor, view) {
        Some(sentence) => page.lead(sentence),
        None => page,
    };
    let page = page.actions(Html::empty().and(words::state_tag(language, view.state))).personal().body(body);
    if errors.is_empty() { page } else { page.with_errors() }
}

/// Until when there will be an answer, or when it was given. Where the state says it all, nothing.
fn lead(visitor: &Visitor, view: &CitizenView) -> Option<String> {
    if view.erased {
        let sentence = visitor.say(
            "개인정보를 파기하여 글의 원문은 남아 있지 않아요.",
            "Your personal data were erased; the original words no longer exist.",
        );
        return Some(sentence.to_owned());
    }
    if view.state.is_open() {
        return Some(visitor.say(&view.deadline.ko, &view.deadline.en).to_owned());
    }
    let answer = view.answer.as_ref()?;
    let day = visitor.language.date(maru_web::in_korea(answer.serve_at).date());
    Some(visitor.language.pick(format!("{day}에 답변을 보내 드렸어요."), format!("The answer was sent on {day}.")))
}

/// What we ask for stands before everything else: nothing goes on without it.
fn completion(visitor: &Visitor, view: &CitizenView, sent: &Sent, errors: &[FieldError]) -> Html {
    let Some(completion) = &view.completion else { return Html::empty() };
    let language = visitor.language;
    let until = language.date(completion.until);
    let title = language.pick(format!("{until}까지 보내 주세요"), format!("Please send this by {until}"));
    let notice = Notice::new(language, NoticeKind::Warning, &completion.what).title(title);
    let form = Form::post(visitor, format!("/inquiries/{}/completion", view.receipt)).guarded().body(
        Html::empty()
            .and(
                Field::area(language, "completion", language.say("보완할 내용", "What was missing"))
                    .rows(5)
                    .counted(limits::TEXT)
                    .value(&sent.completion)
                    .errors(errors),
            )
            .and(Button::primary(language.say("보완 내용 보내기", "Send it")).large()),
    );
    Html::empty().and(notice).and(form).and(prolong(visitor, view, completion, sent, errors))
}

fn prolong(
    visitor: &Visitor,
    view: &CitizenView,
    completion: &CompletionView,
    sent: &Sent,
    errors: &[FieldError],
) -> Html {
    if !view.can.contains(&CitizenAction::ProlongCompletion) {
        return Html::empty();
    }
    let language = visitor.language;
    let left = 2_u8.saturating_sub(completion.prolonged);
    let hint = language.pick(
        format!("기한은 두 번까지 늘릴 수 있어요. {left}번 남았어요."),
        format!("You can ask for more time twice; {left} left."),
    );
    let form = Form::post(visitor, format!("/inquiries/{}/more-time", view.receipt)).body(
        Html::empty()
            .and(
                Field::text(language, "days", language.say("며칠 더 필요한가요?", "How many more days?"))
                    .hint(hint)
                    .input_mode("numeric")
                    .value(if sent.days.is_empty() { "7" } else { sent.days.as_str() })
                    .longest(3)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("기한 늘리기", "Ask for more time"))),
    );
    let title = language.say("시간이 더 필요한가요?", "Do you need more time?");
    Html::empty().and(unfolded(Disclosure::new(title, Html::empty().and(form)), "days", errors))
}

fn answer(visitor: &Visitor, view: &CitizenView) -> Html {
    let Some(answer) = &view.answer else { return Html::empty() };
    let language = visitor.language;
    let heading = if answer.refusal.is_some() {
        language.say("받아들이지 못하는 이유와 다툴 방법", "Why it was refused, and your remedies")
    } else {
        language.say("답변", "Answer")
    };
    let mut body = Html::empty();
    if answer.drafted_by_machine {
        body = body.and(MachineLabel::approved(language));
    }
    body = body
        .and(letter(language, &answer.text, answer.sources.len()))
        .and(refusal(visitor, answer))
        .and(signature(visitor, answer));
    body = body.and(source_list(visitor, &answer.sources));
    section(heading, &Html::trusted("<article class=\"letter\">").and(body).and(Html::trusted("</article>")))
}

/// The letter, with its citation marks `[1]` as links to the sources below.
pub(in crate::pages) fn letter(language: Language, text: &str, sources: usize) -> Html {
    let mut markup = Html::paragraphs(text).into_string();
    for number in 1..=sources {
        markup = markup.replace(&format!("[{number}]"), &CitationMark::new(language, number).to_string());
    }
    Html::trusted(markup)
}

fn refusal(visitor: &Visitor, answer: &AnswerView) -> Html {
    let Some(refusal) = &answer.refusal else { return Html::empty() };
    let language = visitor.language;
    let mut list = DefinitionList::new()
        .markup(language.say("이유", "Reason"), letter(language, &refusal.reason, answer.sources.len()))
        .text(language.say("근거", "Article"), &language.law(&refusal.article))
        .markup(language.say("다투는 방법", "Remedy"), letter(language, &refusal.remedy, answer.sources.len()));
    if let Some(until) = refusal.object_until {
        list = list.text(language.say("이의신청 기한", "Object until"), &language.date(until));
    }
    Html::empty().and(list)
}

fn signature(visitor: &Visitor, answer: &AnswerView) -> Html {
    let by = &answer.by;
    let date = visitor.language.date_time(answer.serve_at);
    let line = visitor.language.pick(
        format!("{} {} ({}) · {date}", by.department_name, by.name, by.telephone),
        format!("{}, {} ({}) · {date}", by.name, by.department_name, by.telephone),
    );
    Html::trusted("<p class=\"signature\">").and(Html::text(&line)).and(Html::trusted("</p>"))
}

/// The sources in the order of their numbers; each leads to the whole passage.
pub(in crate::pages) fn source_list(visitor: &Visitor, sources: &[Source]) -> Html {
    if sources.is_empty() {
        return Html::empty();
    }
    let language = visitor.language;
    let list = sources.iter().fold(Sources::new(language), |list, source| {
        let since = source.effective.as_deref().and_then(|date| date.parse().ok()).map(|date| language.date(date));
        let since = since.map(|date| language.pick(format!("시행 {date}"), format!("In force since {date}")));
        let passage = Html::paragraphs(&source.excerpt);
        list.source(source.title.clone(), Some(sources::address(&source.id)), since.unwrap_or_default(), passage)
    });
    Html::trusted("<h3>").and(Html::text(language.say("근거", "Sources"))).and(Html::trusted("</h3>")).and(list)
}

fn question(visitor: &Visitor, view: &CitizenView, agency: &Agency) -> Html {
    let language = visitor.language;
    let list = DefinitionList::new()
        .text(language.say("접수번호", "Receipt number"), view.receipt.as_str())
        .text(language.say("접수", "Received"), &language.date_time(view.received_at))
        .text(language.say("종류", "Kind"), words::kind_for_citizens(language, view.kind))
        .text(language.say("분야", "Category"), &words::category(language, agency, view.category.as_deref()))
        .text(
            language.say("맡은 부서", "Department"),
            &format!(
                "{} ({})",
                words::department(language, agency, &view.department),
                agency.telephone_of(&view.department)
            ),
        );
    let body = Html::trusted("<div class=\"own-words\">")
        .and(Html::paragraphs(&view.text))
        .and(Html::trusted("</div>"))
        .and(list)
        .and(reasoning(visitor, view));
    section(language.say("보내신 글", "Your text"), &body)
}

/// How the due time arises, for those who want to know.
fn reasoning(visitor: &Visitor, view: &CitizenView) -> Html {
    if view.deadline.steps.is_empty() {
        return Html::empty();
    }
    let language = visitor.language;
    let steps: Html = view
        .deadline
        .steps
        .iter()
        .map(|step| {
            Html::trusted("<li>")
                .and(Html::text(language.say(&step.ko, &step.en)))
                .and(Html::trusted(" <span class=\"article\">"))
                .and(Html::text(&language.law(&step.article)))
                .and(Html::trusted("</span></li>"))
        })
        .collect();
    let body = Html::trusted("<ol class=\"steps-plain\">").and(steps).and(Html::trusted("</ol>"));
    Html::empty().and(Disclosure::new(language.say("기한은 이렇게 정해졌어요", "How this date was worked out"), body))
}

/// What happened, oldest first; while an answer is owed, what comes next stands at its end.
pub(in crate::pages) fn timeline(
    visitor: &Visitor,
    entries: &[TimelineEntry],
    open: bool,
    due: Option<Timestamp>,
) -> Html {
    let language = visitor.language;
    let last = entries.len().saturating_sub(1);
    let mut line = Timeline::new(language);
    for (place, entry) in entries.iter().enumerate() {
        let mut body = Html::empty();
        if let Some(words) = &entry.words {
            body = body
                .and(Html::trusted("<blockquote>"))
                .and(Html::paragraphs(words))
                .and(Html::trusted("</blockquote>"));
        }
        let article = entry.article.as_deref().map(|article| language.law(article));
        let small: Vec<&str> = [entry.by.as_deref(), article.as_deref()].into_iter().flatten().collect();
        if !small.is_empty() {
            body = body
                .and(Html::trusted("<p class=\"why\">"))
                .and(Html::text(&small.join(" · ")))
                .and(Html::trusted("</p>"));
        }
        let moment = if open && place == last { Moment::Present } else { Moment::Past };
        line = line.entry(moment, language.say(&entry.ko, &entry.en), Some(entry.at), body);
    }
    if open {
        line = line.entry(Moment::Ahead, language.say("답변을 받아요", "You get the answer"), due, Html::empty());
    }
    Html::empty().and(line)
}

/// Open where one of its fields is at fault, so that the error is seen without looking for it.
fn unfolded(disclosure: Disclosure, field: &str, errors: &[FieldError]) -> Disclosure {
    if errors.iter().any(|error| error.field == field) { disclosure.open() } else { disclosure }
}

fn actions(visitor: &Visitor, view: &CitizenView, agency: &Agency, sent: &Sent, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let can = |action| view.can.contains(&action);
    let to = |what: &str| format!("/inquiries/{}/{what}", view.receipt);
    let mut body = Html::empty();
    if can(CitizenAction::Rate) {
        body = body.and(
            Disclosure::new(
                language.say("답변 평가하기", "Rate the answer"),
                rating(visitor, &to("rating"), sent, errors),
            )
            .open(),
        );
    }
    if can(CitizenAction::Object) {
        let hint = language.say(
            "받아들이지 못한다는 통지를 받은 날부터 60일 안에 할 수 있어요. 10일 안에(한 번 10일 미룰 수 있어요) 결정해 알려 드려요.",
            "Within 60 days of the refusal. It is decided within 10 days, which can be put off once by 10.",
        );
        let form = reason_form(
            visitor,
            &to("objection"),
            "objection",
            language.say("이의가 있는 이유", "Why you object"),
            hint,
            (sent.objection.as_str(), errors),
            false,
        );
        body = body.and(unfolded(Disclosure::new(language.say("이의신청하기", "Object"), form), "objection", errors));
    }
    if can(CitizenAction::Correct) {
        let title = language.say("이해한 내용 고치기", "Correct what we understood");
        let form = correction(visitor, view, agency, &to("correction"), errors);
        body = body.and(unfolded(Disclosure::new(title, form), "kind", errors));
    }
    if can(CitizenAction::Withdraw) {
        let hint = language.say(
            "취하하면 더 처리하지 않아요. 필요하면 다시 접수할 수 있어요.",
            "We stop working on it. You can send it again later.",
        );
        let form = reason_form(
            visitor,
            &to("withdrawal"),
            "reason",
            language.say("취하하는 이유", "Why you withdraw it"),
            hint,
            (sent.reason.as_str(), errors),
            true,
        );
        body = body.and(unfolded(Disclosure::new(language.say("취하하기", "Withdraw"), form), "reason", errors));
    }
    if can(CitizenAction::Erase) {
        let form = Form::post(visitor, to("erasure")).body(
            Html::paragraphs(language.say(
                "이름, 연락처, 글의 원문을 읽을 수 없게 만들어요. 처리한 사실과 가린 글은 기록으로 남고, 되돌릴 수 없어요.",
                "Your name, contact and original words become unreadable for ever. The record that the case was handled stays, with masked text. This cannot be undone.",
            ))
            .and(Button::danger(language.say("개인정보 파기하기", "Erase my personal data"))),
        );
        body = body
            .and(Disclosure::new(language.say("개인정보 파기하기", "Erase my personal data"), Html::empty().and(form)));
    }
    if body.is_empty() {
        return body;
    }
    section_on_screen(language.say("할 수 있는 일", "What you can do"), &body)
}

fn rating(visitor: &Visitor, action: &str, sent: &Sent, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let stars = [
        ("5", language.say("5점, 매우 만족", "5, very satisfied")),
        ("4", language.say("4점, 만족", "4, satisfied")),
        ("3", language.say("3점, 보통", "3, neither")),
        ("2", language.say("2점, 불만", "2, dissatisfied")),
        ("1", language.say("1점, 매우 불만", "1, very dissatisfied")),
    ];
    let choices = stars.map(|(value, label)| Choice::new(value, label));
    let form = Form::post(visitor, action).body(
        Html::empty()
            .and(
                Field::radios(
                    language,
                    "stars",
                    language.say("답변이 도움이 되었나요?", "Did the answer help?"),
                    choices,
                )
                .value(&sent.stars)
                .errors(errors),
            )
            .and(
                Field::area(language, "comment", language.say("더 하실 말씀", "Anything to add"))
                    .optional()
                    .rows(3)
                    .counted(limits::REASON)
                    .value(&sent.comment)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("평가 보내기", "Send rating"))),
    );
    Html::empty().and(form)
}

fn reason_form(
    visitor: &Visitor,
    action: &str,
    name: &str,
    label: &str,
    hint: &str,
    (written, errors): (&str, &[FieldError]),
    optional: bool,
) -> Html {
    let field = Field::area(visitor.language, name, label).hint(hint).rows(4).counted(limits::REASON);
    let field = field.value(written).errors(errors);
    let field = if optional { field.optional() } else { field };
    let form = Form::post(visitor, action)
        .guarded()
        .body(Html::empty().and(field).and(Button::secondary(visitor.say("보내기", "Send"))));
    Html::empty().and(form)
}

fn correction(visitor: &Visitor, view: &CitizenView, agency: &Agency, action: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.identifier(), words::kind_for_citizens(language, *kind)));
    let categories =
        agency.categories.iter().map(|one| Choice::new(&one.id, words::category(language, agency, Some(&one.id))));
    let undecided = view.category.is_none().then(|| Choice::new("", words::category(language, agency, None)));
    let categories = undecided.into_iter().chain(categories);
    let urgencies =
        Urgency::ALL.iter().map(|one| Choice::new(one.identifier(), words::urgency_for_citizens(language, *one)));
    let languages =
        TextLanguage::ALL.iter().map(|one| Choice::new(one.identifier(), words::text_language(language, *one)));
    let form = Form::post(visitor, action).body(
        Html::empty()
            .and(
                Field::select(language, "kind", language.say("종류", "Kind"), kinds)
                    .value(view.kind.identifier())
                    .errors(errors),
            )
            .and(
                Field::select(language, "category", language.say("분야", "Category"), categories)
                    .value(view.category.clone().unwrap_or_default()),
            )
            .and(
                Field::select(language, "urgency", language.say("얼마나 급한가요?", "How urgent is it?"), urgencies)
                    .value(view.urgency.identifier()),
            )
            .and(
                Field::select(language, "text_language", language.say("글의 언어", "Language of your text"), languages)
                    .value(view.language.identifier()),
            )
            .and(Button::secondary(language.say("고치기", "Correct"))),
    );
    Html::empty().and(form)
}

fn downloads(visitor: &Visitor, view: &CitizenView) -> Html {
    let language = visitor.language;
    let links = [
        (
            format!("/inquiries/{}/proof", view.receipt),
            language.say(
                "증명서 (JSON): 이 문의에 있었던 모든 일과 그것이 기록에 있다는 증명",
                "Proof (JSON): everything that happened, and the proof that it is in the log",
            ),
        ),
        (
            format!("/inquiries/{}/everything", view.receipt),
            language.say("이 문의의 모든 내용 (JSON)", "Everything of this case (JSON)"),
        ),
    ];
    let how = language.say("증명서는 저희 없이도 누구나 확인할 수 있어요: ", "Anyone can check the proof without us: ");
    download_list(visitor, &links, how)
}

/// Links to what can be taken away, with the words `how` before the command that checks a proof.
pub(in crate::pages) fn download_list(visitor: &Visitor, links: &[(String, &str)], how: &str) -> Html {
    let items: Html = links
        .iter()
        .map(|(address, label)| {
            Html::trusted("<li>")
                .and(Icon::Download)
                .and(Html::trusted("<a download href=\""))
                .and(Html::text(address))
                .and(Html::trusted("\">"))
                .and(Html::text(label))
                .and(Html::trusted("</a></li>"))
        })
        .collect();
    let how = Html::trusted("<p>")
        .and(Html::text(how))
        .and(Html::trusted("<code>maru ledger proof FILE --key KEY</code></p>"));
    section_on_screen(
        visitor.say("내려받기", "Download"),
        &Html::trusted("<ul class=\"links\">").and(items).and(Html::trusted("</ul>")).and(how),
    )
}
