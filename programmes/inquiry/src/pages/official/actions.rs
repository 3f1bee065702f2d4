//! What an official can do with a case beside answering it: each folded until it is wanted, each with its article.

use maru_calendar::ExclusionReason;
use maru_web::{
    Html, Visitor,
    components::{Button, Choice, Disclosure, Field, Form},
};

use super::{case::OnDesk, form::or};
use crate::{
    domain::{GivenGround, Kind, State, TextLanguage, Urgency},
    pages::{citizen::ask::section, limits, words},
    store::OfficialAction,
};

pub(super) fn all(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let parts = [
        objection(visitor, case),
        transfer(visitor, case),
        extension(visitor, case),
        completion(visitor, case),
        excluded_time(visitor, case),
        send_back(visitor, case),
        correction(visitor, case),
        refusal(visitor, case),
        repeated(visitor, case),
    ];
    let body: Html = parts.into_iter().collect();
    if body.is_empty() {
        return body;
    }
    section(visitor.say("다른 처리", "Other steps"), &body)
}

fn reason(visitor: &Visitor, case: &OnDesk<'_>, name: &str, written: &str) -> Field {
    Field::area(visitor.language, name, visitor.say("이유 (민원인에게 보입니다)", "Reason (the petitioner reads it)"))
        .rows(3)
        .counted(limits::REASON)
        .value(written)
        .errors(case.errors)
}

fn folded(
    visitor: &Visitor,
    case: &OnDesk<'_>,
    title: &str,
    path: &str,
    key: &str,
    fields: Html,
    button: &str,
) -> Html {
    let form = Form::post(visitor, case.to(path)).guarded().body(fields.and(Button::secondary(button).small()));
    let disclosure = Disclosure::new(title, Html::empty().and(form));
    // What was refused stays open, with what was written in it.
    let disclosure = if case.step == path { disclosure.open() } else { disclosure };
    Html::empty().and(if key.is_empty() { disclosure } else { disclosure.shortcut(key) })
}

fn transfer(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::Pass) {
        return Html::empty();
    }
    let language = visitor.language;
    let elsewhere = Choice::new("", language.say("다른 기관 (아래에 이름)", "Another agency (name it below)"));
    let departments = case
        .desk
        .agency
        .departments
        .iter()
        .filter(|one| one.id != case.view.department)
        .map(|one| Choice::new(&one.id, language.say(&one.name, &one.name_en)));
    let fields = Html::empty()
        .and(
            Field::select(
                language,
                "department",
                language.say("보낼 부서", "Department"),
                departments.chain([elsewhere]),
            )
            .value(&case.sent.department)
            .errors(case.errors),
        )
        .and(
            Field::text(language, "agency", language.say("보낼 기관", "Agency"))
                .optional()
                .longest(100)
                .value(&case.sent.agency)
                .errors(case.errors),
        )
        .and(reason(visitor, case, "transfer_reason", &case.sent.transfer_reason));
    folded(
        visitor,
        case,
        language.say("다른 부서나 기관으로 보내기 (시행령 제13조)", "Transfer (decree art. 13)"),
        "transfer",
        "t",
        fields,
        language.say("보내기", "Transfer"),
    )
}

fn extension(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::Extend) {
        return Html::empty();
    }
    let language = visitor.language;
    let grounds = GivenGround::ALL.iter().map(|ground| {
        let choice = Choice::new(ground.identifier(), language.say(ground.korean(), ground.english()));
        if ground.lawful().is_some() {
            choice
        } else {
            choice.hint(language.say(
                "시행령 제21조제2항에 따라 연장 사유가 될 수 없습니다.",
                "Not a lawful ground (decree art. 21(2)).",
            ))
        }
    });
    let mut fields = Html::empty()
        .and(
            Field::radios(language, "ground", language.say("연장 사유", "Ground"), grounds)
                .value(&case.sent.ground)
                .errors(case.errors),
        )
        .and(reason(visitor, case, "extension_reason", &case.sent.extension_reason));
    if case.view.extensions > 0 {
        let consent = Choice::new(
            "yes",
            language.say("민원인이 두 번째 연장에 동의했습니다.", "The petitioner consented to a second extension."),
        );
        fields = fields.and(
            Field::checkboxes(language, "consent", language.say("동의", "Consent"), [consent])
                .value(&case.sent.consent)
                .errors(case.errors),
        );
    }
    folded(
        visitor,
        case,
        language.say("기한 연장 (시행령 제21조)", "Extend the period (decree art. 21)"),
        "extension",
        "x",
        fields,
        language.say("연장하기", "Extend"),
    )
}

fn completion(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::RequestCompletion) {
        return Html::empty();
    }
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::area(
                language,
                "missing",
                language.say("무엇이 더 필요한지 (민원인에게 보입니다)", "What is missing (the petitioner reads it)"),
            )
            .rows(4)
            .counted(limits::REASON)
            .value(&case.sent.missing)
            .errors(case.errors),
        )
        .and(
            Field::text(language, "days", language.say("며칠 안에", "Within how many days"))
                .value(or(&case.sent.days, "7"))
                .input_mode("numeric")
                .longest(3)
                .errors(case.errors),
        );
    folded(
        visitor,
        case,
        language.say("보완 요청: 처리기간이 멈춥니다 (법 제22조)", "Ask for completion: the clock stops (art. 22)"),
        "completion",
        "m",
        fields,
        language.say("요청하기", "Ask"),
    )
}

fn excluded_time(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::ExcludeTime) {
        return Html::empty();
    }
    let language = visitor.language;
    // Only a grievance has a field survey of its own (decree 제17조④).
    let reasons = ExclusionReason::NOTED
        .into_iter()
        .filter(|reason| *reason != ExclusionReason::FieldSurvey || case.view.kind == Kind::Grievance)
        .map(|reason| {
            let name = language.say(reason.korean(), reason.english());
            Choice::new(reason.identifier(), maru_web::capital(name)).hint(language.law(reason.article()))
        });
    let moment = |name: &'static str, label: &str, written: &str| {
        Field::date_time(language, name, label).value(written).errors(case.errors)
    };
    let fields = Html::empty()
        .and(
            Field::radios(language, "excluded_reason", language.say("이유", "Reason"), reasons)
                .value(&case.sent.excluded_reason)
                .errors(case.errors),
        )
        .and(moment("excluded_from", language.say("언제부터", "From"), &case.sent.excluded_from))
        .and(moment("excluded_until", language.say("언제까지", "Until"), &case.sent.excluded_until));
    folded(
        visitor,
        case,
        language.say("처리기간에 넣지 않는 시간 (시행령 제20조)", "Time that does not count (decree art. 20)"),
        "excluded-time",
        "",
        fields,
        language.say("적기", "Note it"),
    )
}

fn send_back(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::Return) {
        return Html::empty();
    }
    let title = visitor.say("반려 (시행령 제25조제1항)", "Send back (decree art. 25(1))");
    folded(
        visitor,
        case,
        title,
        "return",
        "",
        Html::empty().and(reason(visitor, case, "return_reason", &case.sent.return_reason)),
        visitor.say("반려하기", "Send back"),
    )
}

fn correction(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::Correct) {
        return Html::empty();
    }
    let language = visitor.language;
    let agency = case.desk.agency;
    let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.identifier(), words::kind(language, *kind)));
    let categories =
        agency.categories.iter().map(|one| Choice::new(&one.id, words::category(language, agency, Some(&one.id))));
    let undecided = case.view.category.is_none().then(|| Choice::new("", words::category(language, agency, None)));
    let categories = undecided.into_iter().chain(categories);
    let urgencies =
        Urgency::ALL.iter().map(|one| Choice::new(one.identifier(), language.say(one.korean(), one.english())));
    let languages =
        TextLanguage::ALL.iter().map(|one| Choice::new(one.identifier(), words::text_language(language, *one)));
    let sent = case.sent;
    let fields = Html::empty()
        .and(
            Field::select(language, "kind", language.say("종류", "Kind"), kinds)
                .value(or(&sent.kind, case.view.kind.identifier()))
                .errors(case.errors),
        )
        .and(
            Field::text(
                language,
                "period_days",
                language.say("법정민원의 처리기간 (일)", "Period of an application, in days"),
            )
            .hint(language.say(
                "민원처리기준표에 있는 기간입니다. 다른 종류에는 쓰지 않습니다.",
                "As the table of petitions has it. Other kinds do not use it.",
            ))
            .input_mode("numeric")
            .longest(3)
            .optional()
            .value(&sent.period_days)
            .errors(case.errors),
        )
        .and(
            Field::select(language, "category", language.say("분야", "Category"), categories)
                .value(or(&sent.category, case.view.category.as_deref().unwrap_or_default()))
                .errors(case.errors),
        )
        .and(
            Field::select(language, "urgency", language.say("급한 정도", "Urgency"), urgencies)
                .value(or(&sent.urgency, case.view.urgency.identifier())),
        )
        .and(
            Field::select(language, "text_language", language.say("글의 언어", "Language of the text"), languages)
                .hint(language.say(
                    "부서가 다르면 ‘다른 부서나 기관으로 보내기’를 쓰십시오.",
                    "Where the department is wrong, transfer the case.",
                ))
                .value(or(&sent.text_language, case.view.language.identifier())),
        );
    folded(
        visitor,
        case,
        language.say("이해한 내용 고치기", "Correct what was understood"),
        "correction",
        "",
        fields,
        language.say("고치기", "Correct"),
    )
}

fn refusal(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::Approve) {
        return Html::empty();
    }
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::area(language, "refusal_text", language.say("통지 전체 글", "The whole notice"))
                .rows(8)
                .counted(limits::ANSWER)
                .value(&case.sent.refusal_text)
                .errors(case.errors),
        )
        .and(reason(visitor, case, "refusal_reason", &case.sent.refusal_reason))
        .and(
            Field::text(language, "article", language.say("근거 조문", "Article"))
                .longest(200)
                .value(&case.sent.article)
                .errors(case.errors),
        )
        .and(
            Field::area(language, "remedy", language.say("다투는 방법과 기한", "Remedy and its time limit"))
                .rows(3)
                .value(or(&case.sent.remedy, usual_remedy(visitor, case.view.kind)))
                .counted(limits::REASON)
                .errors(case.errors),
        );
    folded(
        visitor,
        case,
        language.say("거부 통지 (법 제27조제3항)", "Refuse (art. 27(3))"),
        "refusal",
        "",
        fields,
        language.say("승인하고 통지하기", "Approve and notify"),
    )
}

/// Only the refusal of an application can be objected to under the Act (제35조①).
fn usual_remedy(visitor: &Visitor, kind: Kind) -> &'static str {
    let language = visitor.language;
    if kind == Kind::Application {
        return language.pick(
            "이 통지를 받은 날부터 60일 안에 문서로 이의신청을 할 수 있습니다. 이와 관계없이 90일 안에 행정심판이나 행정소송을 낼 수 있습니다.",
            "You can object in writing within 60 days of this notice. Independently of that you can go to administrative appeal or court within 90 days.",
        );
    }
    language.pick(
        "이 통지가 처분에 해당하면 받은 날부터 90일 안에 행정심판이나 행정소송을 낼 수 있습니다. 국민권익위원회에 고충민원을 신청할 수도 있습니다.",
        "Where this notice is a disposition, you can go to administrative appeal or court within 90 days. You can also complain to the Anti-Corruption and Civil Rights Commission.",
    )
}

fn repeated(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::CloseAsRepeated) {
        return Html::empty();
    }
    let language = visitor.language;
    let answered = case.view.earlier.iter().filter(|other| matches!(other.state, State::Answered | State::Refused));
    let choices = answered.map(|other| {
        let day = language.date(maru_web::in_korea(other.received_at).date());
        Choice::new(&other.receipt, format!("{} · {day} · {}", other.receipt, other.title))
    });
    let label = language.say(
        "같은 내용으로 이미 답변한 문의 (둘 이상)",
        "Inquiries of the same content that were answered (two or more)",
    );
    let field = Field::checkboxes(language, "earlier", label, choices).errors(case.errors);
    let fields = Html::empty().and(case.sent.earlier.iter().fold(field, Field::value)).and(reason(
        visitor,
        case,
        "close_reason",
        &case.sent.close_reason,
    ));
    folded(
        visitor,
        case,
        language.say("반복민원 종결 (법 제23조)", "Close as repeated (art. 23)"),
        "closure",
        "",
        fields,
        language.say("종결하기", "Close"),
    )
}

fn objection(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let mut html = Html::empty();
    if case.view.state != State::Objected {
        return html;
    }
    if case.can(OfficialAction::DecideObjection) {
        let outcomes = [
            Choice::new("yes", language.say("받아들임", "Upheld")),
            Choice::new("no", language.say("받아들이지 않음", "Not upheld")),
        ];
        let fields = Html::empty()
            .and(
                Field::radios(language, "upheld", language.say("결정", "Decision"), outcomes)
                    .value(&case.sent.upheld)
                    .errors(case.errors),
            )
            .and(
                Field::area(language, "decision", language.say("결정과 이유", "Decision and reasons"))
                    .rows(6)
                    .counted(limits::ANSWER)
                    .value(&case.sent.decision)
                    .errors(case.errors),
            );
        html = html.and(folded(
            visitor,
            case,
            language.say("이의신청 결정 (법 제35조제2항)", "Decide the objection (art. 35(2))"),
            "objection-decision",
            "",
            fields,
            language.say("결정하고 통지하기", "Decide and notify"),
        ));
    }
    if case.can(OfficialAction::ExtendObjection) {
        let fields = Html::empty().and(reason(visitor, case, "objection_reason", &case.sent.objection_reason));
        html = html.and(folded(
            visitor,
            case,
            language
                .say("결정 미루기: 한 번, 10일 (법 제35조제2항)", "Put the decision off once, by 10 days (art. 35(2))"),
            "objection-extension",
            "",
            fields,
            language.say("미루기", "Put off"),
        ));
    }
    html
}
