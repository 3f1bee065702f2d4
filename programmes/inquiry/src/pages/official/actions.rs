//! What an official can do with a case beside answering it: each folded until it is wanted, each with its article.

use maru_web::{
    Html, Visitor,
    components::{Button, Choice, Disclosure, Field, Form},
};

use super::case::OnDesk;
use crate::{
    domain::{GivenGround, Kind, State, Urgency},
    pages::{citizen::ask::section, limits, words},
    store::OfficialAction,
};

pub(super) fn all(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let parts = [
        objection(visitor, case),
        transfer(visitor, case),
        extension(visitor, case),
        completion(visitor, case),
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

fn reason(visitor: &Visitor, case: &OnDesk<'_>, name: &str) -> Field {
    Field::area(visitor.language, name, visitor.say("이유 (민원인에게 보입니다)", "Reason (the petitioner reads it)"))
        .rows(3)
        .counted(limits::REASON)
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
            .errors(case.errors),
        )
        .and(
            Field::text(language, "agency", language.say("보낼 기관", "Agency"))
                .optional()
                .longest(100)
                .errors(case.errors),
        )
        .and(reason(visitor, case, "transfer_reason"));
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
        .and(Field::radios(language, "ground", language.say("연장 사유", "Ground"), grounds).errors(case.errors))
        .and(reason(visitor, case, "extension_reason"));
    if case.view.extensions > 0 {
        let consent = Choice::new(
            "yes",
            language.say("민원인이 두 번째 연장에 동의했습니다.", "The petitioner consented to a second extension."),
        );
        fields = fields.and(
            Field::checkboxes(language, "consent", language.say("동의", "Consent"), [consent]).errors(case.errors),
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
            .errors(case.errors),
        )
        .and(
            Field::text(language, "days", language.say("며칠 안에", "Within how many days"))
                .value("7")
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
        Html::empty().and(reason(visitor, case, "return_reason")),
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
    let urgencies =
        Urgency::ALL.iter().map(|one| Choice::new(one.identifier(), language.say(one.korean(), one.english())));
    let fields = Html::empty()
        .and(Field::select(language, "kind", language.say("종류", "Kind"), kinds).value(case.view.kind.identifier()))
        .and(
            Field::select(language, "category", language.say("분야", "Category"), categories)
                .value(case.view.category.clone().unwrap_or_default()),
        )
        .and(
            Field::select(language, "urgency", language.say("급한 정도", "Urgency"), urgencies)
                .value(case.view.urgency.identifier()),
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
        .and(Field::area(language, "refusal_text", language.say("통지 전체 글", "The whole notice")).rows(8).counted(limits::ANSWER).errors(case.errors))
        .and(reason(visitor, case, "refusal_reason"))
        .and(Field::text(language, "article", language.say("근거 조문", "Article")).longest(200).errors(case.errors))
        .and(
            Field::area(language, "remedy", language.say("다투는 방법과 기한", "Remedy and its time limit"))
                .rows(3)
                .value(language.say(
                    "이 통지를 받은 날부터 60일 안에 문서로 이의신청을 할 수 있습니다. 이와 관계없이 90일 안에 행정심판이나 행정소송을 낼 수 있습니다.",
                    "You can object in writing within 60 days of this notice. Independently of that you can go to administrative appeal or court within 90 days.",
                ))
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

fn repeated(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::CloseAsRepeated) {
        return Html::empty();
    }
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::text(
                language,
                "earlier",
                language.say("앞서 답변한 접수번호 (쉼표로 나누어)", "Receipts answered before, separated by commas"),
            )
            .longest(400)
            .errors(case.errors),
        )
        .and(reason(visitor, case, "close_reason"));
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
            .and(Field::radios(language, "upheld", language.say("결정", "Decision"), outcomes).errors(case.errors))
            .and(
                Field::area(language, "decision", language.say("결정과 이유", "Decision and reasons"))
                    .rows(6)
                    .counted(limits::ANSWER)
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
        let fields = Html::empty().and(reason(visitor, case, "objection_reason"));
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
