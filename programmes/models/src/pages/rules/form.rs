//! The form with which other rules are proposed, or tried on past calls.

use std::fmt::Write as _;

use maru_gateway::{Action, DryRun, Registry, injection_rules, unsafe_categories};
use maru_web::{
    FieldError, Html, Language, Page, Visitor,
    components::{Button, Choice, Disclosure, Field, Form},
};

use super::{action_words, tried, written::Written};
use crate::pages::parts::{self, Part};

pub(super) fn page(
    visitor: &Visitor,
    registry: &Registry,
    written: &Written,
    report: Option<&DryRun>,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let is_new = !written.new.is_empty();
    let title = if is_new {
        language.say("한 기관의 규칙 제안", "Propose rules of one agency").to_owned()
    } else if written.agency.is_empty() {
        language.say("모든 기관의 규칙 변경 제안", "Propose other rules for all agencies").to_owned()
    } else {
        language.pick(
            format!("「{}」의 규칙 변경 제안", written.agency),
            format!("Propose other rules of {}", written.agency),
        )
    };
    let mut form = Form::post(visitor, "/models/rules/change");
    let mut fields = Html::empty();
    if is_new {
        form = form.hidden("new", "yes");
        let field = Field::text(language, "agency", language.say("기관", "Agency"))
            .hint(language.say("키에 쓴 이름 그대로 씁니다.", "As its keys write it."));
        fields = fields.and(field.longest(120).value(&written.agency).errors(errors));
    } else {
        form = form.hidden("agency", &written.agency);
    }
    let fields = fields
        .and(actions(language, written))
        .and(lists(language, written, errors))
        .and(keeping(language, written, errors))
        .and(limits(language, written, errors));
    let try_it = Button::secondary(language.say("지난 호출에 대어 보기", "Try them on past calls"))
        .sends_to("/models/rules/try");
    let fields = fields.and(parts::reason(language, &written.reason, errors)).and(Html::text(" ")).and(try_it);
    let mut body = Html::empty();
    if let Some(report) = report {
        body = body.and(tried::report(language, report));
    }
    body = body.and(parts::with_summary(language, errors, form.body(fields)));
    if !is_new && registry.agency_policies.contains_key(&written.agency) {
        body = body.and(parts::withdrawal(
            visitor,
            ("/models/rules/withdraw".to_owned(), &[("of", written.agency.as_str())]),
            (
                language.say("따로 두지 않기", "Give them up"),
                language.say(
                    "모든 기관의 규칙을 다시 따릅니다. 더 느슨해질 수 있으므로 다른 사람이 승인해야 합니다.",
                    "The rules of all agencies hold again. They may be looser, so that another person must approve it.",
                ),
                language.say("제안하기", "Propose it"),
            ),
        ));
    }
    parts::under(visitor, Part::Rules, title).lead(parts::by_two(language)).body(body)
}

fn actions(language: Language, written: &Written) -> Html {
    let select = |name: &'static str, label: &str, value: &str| {
        let choices = [Action::Observe, Action::Mask, Action::Ask, Action::Block]
            .map(|action| Choice::new(action.as_str(), action_words(language, action)));
        Field::select(language, name, label, choices).value(value)
    };
    // What comes back cannot be confirmed by whoever asked.
    let select_after = |name: &'static str, label: &str, value: &str| {
        let choices = [Action::Observe, Action::Mask, Action::Block]
            .map(|action| Choice::new(action.as_str(), action_words(language, action)));
        Field::select(language, name, label, choices).value(value)
    };
    let judged = |name: &'static str, label: &str, value: &str| {
        let choices =
            [Action::Observe, Action::Block].map(|action| Choice::new(action.as_str(), action_words(language, action)));
        Field::select(language, name, label, choices).value(value)
    };
    Html::empty()
        .and(select(
            "personal_data",
            language.say("요청의 개인정보", "Personal data in requests"),
            &written.personal_data,
        ))
        .and(select(
            "secrets",
            language.say("요청의 비밀값(키·비밀번호)", "Secrets in requests (keys, passwords)"),
            &written.secrets,
        ))
        .and(select_after(
            "leaked_personal_data",
            language.say("답변에 나온 개인정보", "Personal data in answers"),
            &written.leaked_personal_data,
        ))
        .and(select_after(
            "leaked_secrets",
            language.say("답변에 나온 비밀값", "Secrets in answers"),
            &written.leaked_secrets,
        ))
        .and(judged("ungrounded", language.say("근거 없는 답변", "Answers without grounds"), &written.ungrounded))
        .and(judged(
            "broken_schema",
            language.say("형식에 맞지 않는 답변", "Answers that break their schema"),
            &written.broken_schema,
        ))
}

fn lists(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let named = |known: Vec<(&str, Action)>| {
        let mut said = String::new();
        for (name, action) in known {
            let _ = write!(said, "{}{name} ({})", if said.is_empty() { "" } else { ", " }, action.as_str());
        }
        said
    };
    let (rules, categories) = (named(injection_rules()), named(unsafe_categories()));
    Html::empty()
        .and(
            Field::area(
                language,
                "injection",
                language.say("명령 주입 규칙 가운데 달리 정할 것", "Rules of injection that are to act otherwise"),
            )
            .hint(language.pick(
                format!("한 줄에 하나씩, 이름과 할 일(observe, ask, block). all은 모두입니다. 규칙: {rules}"),
                format!("One a line: a name and what happens (observe, ask, block); all names all. Rules: {rules}"),
            ))
            .optional()
            .rows(3)
            .value(&written.injection)
            .errors(errors),
        )
        .and(
            Field::area(
                language,
                "unsafe_content",
                language.say("유해한 답변 가운데 달리 정할 것", "Unsafe answers that are to be treated otherwise"),
            )
            .hint(language.pick(
                format!("한 줄에 하나씩, 이름과 할 일(observe, mask, block). 갈래: {categories}"),
                format!("One a line: a name and what happens (observe, mask, block). Categories: {categories}"),
            ))
            .optional()
            .rows(3)
            .value(&written.unsafe_content)
            .errors(errors),
        )
        .and(
            Field::area(language, "topics", language.say("금지한 주제", "Forbidden topics"))
                .hint(language.say(
                    "한 줄에 하나씩, 이름, 할 일, 모두 나와야 하는 낱말. 예: elections ask 선거, 전망",
                    "One a line: a name, what happens, words that must all occur, such as: elections ask 선거, 전망",
                ))
                .optional()
                .rows(3)
                .value(&written.topics)
                .errors(errors),
        )
}

fn yes_or_no(language: Language, name: &'static str, label: &str, value: &str) -> Field {
    let choices = [Choice::new("yes", language.say("예", "Yes")), Choice::new("", language.say("아니요", "No"))];
    Field::radios(language, name, label, choices).inline().value(value)
}

fn keeping(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let stores = [
        Choice::new("never", language.say("보관하지 않음", "Never")),
        Choice::new("asked", language.say("부르는 쪽이 원할 때만", "Where the caller asks for it")),
        Choice::new("usual", language.say("원하지 않는다고 하지 않으면 보관", "Unless the caller asks that it is not")),
    ];
    Html::empty()
        .and(yes_or_no(
            language,
            "keep",
            language.say("가린 내용을 봉인해 보관하나요?", "Are masked texts kept, sealed?"),
            &written.keep,
        ))
        .and(
            Field::text(
                language,
                "months",
                language.say("그달 뒤 보관하는 달수", "Months for which they are kept after the month"),
            )
            .hint(language.say("비우면 끝을 정하지 않습니다.", "Empty for no end."))
            .optional()
            .input_mode("numeric")
            .longest(4)
            .value(&written.months)
            .errors(errors),
        )
        .and(
            Field::select(
                language,
                "stores",
                language.say("응답과 대화의 보관(store)", "Stored responses (store)"),
                stores,
            )
            .value(&written.stores),
        )
        .and(
            yes_or_no(
                language,
                "purposes_only",
                language
                    .say("등록된 용도에만 모델을 쓸 수 있나요?", "May models be used for registered purposes alone?"),
                &written.purposes_only,
            )
            .hint(language.say(
                "켜면 용도가 등록되지 않은 키의 호출은 거절됩니다.",
                "Then calls of keys are refused whose purpose is not registered.",
            )),
        )
        .and(yes_or_no(
            language,
            "record_first",
            language.say(
                "기록이 끝난 뒤에만 답을 내보내나요?",
                "Does an answer leave only once its call is on the record?",
            ),
            &written.record_first,
        ))
        .and(
            yes_or_no(
                language,
                "masked_open",
                language.say(
                    "개인정보를 모두 가린 내용을 공개(O) 등급으로 보나요?",
                    "Does a text whose personal data are all masked count as open (O)?",
                ),
                &written.masked_open,
            )
            .hint(language.say(
                "가려도 누구인지 짐작할 수 있어 처음에는 꺼 둡니다.",
                "Off at first: who is meant can still be guessed.",
            )),
        )
}

fn limits(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let number = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).input_mode("numeric").longest(12).value(value).errors(errors)
    };
    let fields = Html::empty()
        .and(number(
            "largest_request",
            language.say("가장 큰 요청 (바이트)", "Largest request (bytes)"),
            &written.largest_request,
        ))
        .and(number(
            "screened_bytes",
            language.say("앞뒤로 살피는 길이 (바이트)", "Screened at the beginning and the end (bytes)"),
            &written.screened_bytes,
        ))
        .and(number(
            "hold_back",
            language.say("스트림에서 붙잡아 두는 글자 수", "Characters of a stream that are held back"),
            &written.hold_back,
        ))
        .and(number(
            "hold_millis",
            language.say("붙잡아 두는 시간 (밀리초)", "Milliseconds for which they are"),
            &written.hold_millis,
        ));
    let names = ["largest_request", "screened_bytes", "hold_back", "hold_millis"];
    let disclosure = Disclosure::new(language.say("크기와 시간", "Sizes and times"), fields);
    let is_open = errors.iter().any(|error| names.contains(&error.field.as_str()));
    Html::empty().and(if is_open { disclosure.open() } else { disclosure })
}
