//! The forms with which a key is proposed, changed, replaced and withdrawn.

use maru_gateway::{DataClass, KeyScope, LEAST_ALIKE, Registry};
use maru_web::{
    FieldError, Html, Language, Page, Visitor,
    components::{Button, Choice, Disclosure, Field, Form, Notice, NoticeKind},
};

use super::written::{BUDGETS, Replacement, USUAL_DAYS, Written};
use crate::pages::{
    parts::{self, Part},
    words,
};

pub(super) fn new_page(visitor: &Visitor, written: &Written, registry: &Registry, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let id = Field::text(language, "id", language.say("이름", "Name"))
        .hint(language.say(
            "기록에 남는 이름입니다. 키 자체가 아닙니다. 예: portal-2027",
            "It stands on records, and is not the key itself: portal-2027.",
        ))
        .longest(80)
        .value(&written.id)
        .errors(errors);
    let fields = Html::empty().and(id).and(fields(language, written, registry, errors));
    let form = Form::post(visitor, "/models/keys/new").body(fields);
    parts::under(visitor, Part::Keys, language.say("키 발급 제안", "Propose a key"))
        .lead(language.say(
            "제안하면 키를 한 번 보여 드립니다. 다른 사람이 승인한 뒤부터 쓸 수 있습니다.",
            "The key is shown once when you propose it. It works as soon as another person approves it.",
        ))
        .body(parts::with_summary(language, errors, form))
}

pub(super) fn one_page(
    visitor: &Visitor,
    key: &KeyScope,
    (written, replaced): (&Written, &Replacement),
    registry: &Registry,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let form =
        Form::post(visitor, format!("/models/keys/{}", key.id)).body(fields(language, written, registry, errors));
    let body = Html::empty()
        .and(former(language, key))
        .and(parts::with_summary(language, errors, form))
        .and(replacement(visitor, key, replaced, errors))
        .and(parts::withdrawal(
            visitor,
            (format!("/models/keys/{}/withdraw", key.id), &[]),
            (
                language.say("회수", "Withdraw"),
                language.say(
                    "혼자서도 바로 회수할 수 있습니다. 이 키를 쓰는 시스템은 곧바로 모델을 부를 수 없습니다.",
                    "One person is enough, and it holds at once: the system that holds it can call no model any more.",
                ),
                language.say("지금 회수하기", "Withdraw it now"),
            ),
        ));
    parts::under(visitor, Part::Keys, &key.id).lead(parts::by_two(language)).body(body)
}

/// The key that was replaced, while it holds.
fn former(language: Language, key: &KeyScope) -> Html {
    let Some(former) = &key.former else { return Html::empty() };
    let until = language.date_time(former.until);
    let text = language.pick(
        format!("바꾸기 전의 키도 {until}까지 쓸 수 있습니다."),
        format!("The key that this one replaced holds beside it until {until}."),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Information, &text))
}

fn replacement(visitor: &Visitor, key: &KeyScope, written: &Replacement, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let days = Field::text(
        language,
        "days",
        language.say("앞의 키를 함께 쓰는 날수", "Days for which the present key holds on"),
    )
    .hint(language.pick(
        format!("시스템이 바꿔 끼울 시간입니다. 비우면 {USUAL_DAYS}일, 새어 나갔다면 0을 쓰세요."),
        format!("Time to change over: {USUAL_DAYS} where it is empty. Write 0 where the key went astray."),
    ))
    .optional()
    .input_mode("numeric")
    .longest(3)
    .value(&written.days)
    .errors(errors);
    let reason = Field::text(language, "why_replaced", language.say("바꾸는 까닭", "Why it is replaced"))
        .longest(500)
        .value(&written.why_replaced)
        .errors(errors);
    let form = Form::post(visitor, format!("/models/keys/{}/replace", key.id)).identifier("replace-key").body(
        Html::empty().and(days).and(reason).and(Button::secondary(language.say("새 키 제안하기", "Propose a new key"))),
    );
    let text = language.say(
        "같은 이름과 한도로 새 키를 만듭니다. 승인된 뒤 앞의 키는 정한 날까지만 쓸 수 있습니다.",
        "A new key of the same name and limits. Once it is approved the present one holds for the days that you set.",
    );
    let disclosure = Disclosure::new(language.say("키 바꾸기", "Replace the key"), Html::paragraphs(text).and(form));
    let is_open = errors.iter().any(|error| matches!(error.field.as_str(), "days" | "why_replaced"));
    Html::empty().and(if is_open { disclosure.open() } else { disclosure })
}

fn fields(language: Language, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    whose(language, written, errors)
        .and(which(language, written, registry, errors))
        .and(limits(language, written, errors))
        .and(parts::reason(language, &written.reason, errors))
}

fn whose(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let text = |name: &'static str, label: &str, hint: &str, value: &str| {
        Field::text(language, name, label).hint(hint).longest(120).value(value).errors(errors)
    };
    Html::empty()
        .and(text(
            "agency",
            language.say("기관", "Agency"),
            language.say(
                "이 키를 책임지는 기관입니다. 보안 규칙과 보관 기간이 기관을 따릅니다.",
                "It answers for the key; its rules and retention hold.",
            ),
            &written.agency,
        ))
        .and(text(
            "system",
            language.say("시스템", "System"),
            language.say("이 키를 쓰는 시스템입니다.", "The system that holds the key."),
            &written.system,
        ))
        .and(text(
            "purpose",
            language.say("용도", "Purpose"),
            language.say(
                "무엇에 쓰는지 적습니다. 모든 호출의 기록에 남습니다.",
                "What it is for; it stands on the record of every call.",
            ),
            &written.purpose,
        ))
}

fn which(language: Language, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    let classes = || {
        [DataClass::Open, DataClass::Sensitive, DataClass::Classified]
            .map(|class| Choice::new(class.letter(), words::class(language, class)))
    };
    let names: Vec<&str> = registry.models.iter().map(|model| model.id.as_str()).collect();
    Html::empty()
        .and(
            Field::area(language, "models", language.say("쓸 수 있는 모델", "Models that it may use"))
                .hint(language.pick(
                    format!("한 줄에 하나씩. 끝에 *를 쓰면 그것으로 시작하는 모델 모두입니다. 비우면 승인된 모델 모두입니다. 등록된 모델: {}", names.join(", ")),
                    format!("One a line; * at the end for all that begin so. Empty for all approved ones. Registered: {}", names.join(", ")),
                ))
                .optional()
                .rows(3)
                .value(&written.models)
                .errors(errors),
        )
        .and(
            Field::text(language, "default_model", language.say("모델을 말하지 않은 호출의 모델", "Model of calls that name none"))
                .optional()
                .longest(80)
                .value(&written.default_model),
        )
        .and(
            Field::select(language, "class", language.say("내용의 가장 낮은 등급", "Class that its requests have at least"), classes())
                .hint(language.say(
                    "이 시스템의 내용이 늘 민감하다면 높여 둡니다.",
                    "Raise it where what this system sends is always sensitive.",
                ))
                .value(&written.class),
        )
        .and(
            Field::select(language, "highest_class", language.say("보낼 수 있는 가장 높은 등급", "Highest class that it may send"), classes())
                .value(&written.highest_class),
        )
        .and(
            Field::radios(language, "restore", language.say("가린 개인정보를 답변에 되돌려 주나요?", "Are masked data put back into answers?"), [
                Choice::new("yes", language.say("예", "Yes")),
                Choice::new("", language.say("아니요", "No")),
            ])
            .inline()
            .value(&written.restore),
        )
}

fn limits(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let number = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).optional().input_mode("numeric").longest(20).value(value).errors(errors)
    };
    let label = |name: &str| match name {
        "tokens_day" => language.say("하루 토큰 한도", "Tokens a day"),
        "tokens_month" => language.say("한 달 토큰 한도", "Tokens a month"),
        "won_day" => language.say("하루 비용 한도 (원)", "Won a day"),
        _ => language.say("한 달 비용 한도 (원)", "Won a month"),
    };
    let budgets = BUDGETS
        .iter()
        .fold(Html::empty(), |html, (name, ..)| html.and(number(name, label(name), written.budget(name))));
    let priorities = [
        Choice::new("high", language.say("급함: 사람이 기다림", "High: people wait, and it is urgent")),
        Choice::new("normal", language.say("보통: 사람이 기다림", "Normal: people wait")),
        Choice::new("low", language.say("낮음: 밤에 하는 일", "Low: work of the night")),
    ];
    let priority = if written.priority.is_empty() { "normal" } else { &written.priority };
    Html::empty()
        .and(
            Field::date(language, "expires", language.say("마지막으로 쓸 수 있는 날", "Last day on which it holds"))
                .optional()
                .value(&written.expires)
                .errors(errors),
        )
        .and(budgets)
        .and(number("per_second", language.say("초당 호출 한도", "Calls a second"), &written.per_second))
        .and(
            Field::select(
                language,
                "priority",
                language.say("모델이 붐빌 때의 순서", "Where calls must wait"),
                priorities,
            )
            .value(priority),
        )
        .and(number(
            "cache",
            language.say(
                "같은 질문에 앞의 답을 다시 주는 시간 (초)",
                "Seconds for which the answer to the same request is given again",
            ),
            &written.cache,
        ))
        .and(alike(language, written, errors))
}

fn alike(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let label = language.say(
        "말만 다른 같은 질문에도 앞의 답을 주는 닮은 정도 (%)",
        "Likeness from which a question in other words gets the answer too (percent)",
    );
    let field = Field::text(language, "alike", label)
        .hint(language.pick(
            format!("{LEAST_ALIKE}부터 100까지. 비우면 똑같은 질문에만 다시 줍니다. 조사·띄어쓰기·인사말과 묻는 말투만 다를 때 같은 질문으로 봅니다. 누구에게나 같은 안내를 하는 용도에만 쓰세요."),
            format!("From {LEAST_ALIKE} to 100; empty for the same request alone. Questions are the same where only particles, spaces, greetings and ways to ask differ. For purposes alone in which everybody gets the same information."),
        ))
        .optional()
        .input_mode("numeric")
        .longest(4)
        .value(&written.alike)
        .errors(errors);
    Html::empty().and(field)
}
