//! The form of a milestone, an indicator, a budget or a bill.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, Choice, ErrorSummary, Field, Form},
};

use super::{
    show::{end_name, kind_name, stage_name},
    written::Written,
};
use crate::domain::{
    Number,
    particulars::{BillEnd, BillStage, Kept},
};

/// The page with the form of one kind; nothing for a kind that there is not.
pub(super) fn page(
    visitor: &Visitor,
    number: Number,
    kept: Option<&Kept>,
    written: &Written,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let name = kind_name(language, &written.kind)?;
    let fields = match written.kind.as_str() {
        "milestone" => milestone_fields(visitor, written, errors),
        "indicator" => indicator_fields(visitor, written, errors),
        "budget" => budget_fields(visitor, written, errors),
        _ => bill_fields(visitor, written, errors),
    };
    let title = match kept {
        Some(_) => language.pick(format!("권고 {number} {name} 고치기"), format!("Recommendation {number}: {name}")),
        None => language.pick(format!("권고 {number} {name} 넣기"), format!("Recommendation {number}: new {name}")),
    };
    let address = match kept {
        Some(kept) => format!("/plan/particulars/{number}/{}", kept.id),
        None => format!("/plan/particulars/{number}"),
    };
    let form = Form::post(visitor, address)
        .hidden("kind", written.kind.clone())
        .guarded()
        .body(fields.and(Button::primary(language.say("저장하기", "Save"))));
    let mut page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(
            language.pick(format!("권고 {number}"), format!("Recommendation {number}")),
            format!("/plan/particulars/{number}"),
        )
        .lead(language.say(
            "저장하면 공개되고, 위원회가 확인할 때까지 ‘확인 전’으로 보입니다.",
            "It is public once saved, and marked as not confirmed until the committee confirms it.",
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    Some(page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(form)))
}

fn quarter_field(visitor: &Visitor, name: &'static str, label: &str, value: &str, errors: &[FieldError]) -> Field {
    let hint = visitor.say("예: 26Q4", "For example: 26Q4");
    Field::text(visitor.language, name, label).hint(hint).value(value).longest(4).errors(errors)
}

fn milestone_fields(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    Html::empty()
        .and(
            Field::text(language, "title", language.say("무엇을 이루나요?", "What is to be reached?"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(quarter_field(
            visitor,
            "quarter",
            language.say("어느 분기까지인가요?", "By the end of which quarter?"),
            &written.quarter,
            errors,
        ))
        .and(
            Field::date(language, "reached", language.say("이룬 날", "Reached on"))
                .optional()
                .value(written.reached.clone())
                .errors(errors),
        )
        .and(
            Field::text(language, "evidence_title", language.say("증빙 이름", "Name of the evidence"))
                .hint(language.say("이루었다면 증빙이 있어야 합니다.", "What was reached needs evidence."))
                .optional()
                .value(written.evidence_title.clone()),
        )
        .and(
            Field::text(
                language,
                "evidence_address",
                language.say("증빙 주소 (https://)", "Address of the evidence (https://)"),
            )
            .optional()
            .input_mode("url")
            .value(written.evidence_address.clone())
            .errors(errors),
        )
}

fn indicator_fields(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let line =
        |name: &'static str, label: &str, value: &str| Field::text(language, name, label).value(value).errors(errors);
    Html::empty()
        .and(line("title", language.say("무엇을 재나요?", "What is measured?"), &written.title).longest(200))
        .and(line("unit", language.say("단위 (%, 명, 일)", "Unit (%, persons, days)"), &written.unit).longest(30))
        .and(quarter_field(
            visitor,
            "baseline_quarter",
            language.say("기준 분기", "Quarter of the baseline"),
            &written.baseline_quarter,
            errors,
        ))
        .and(line("baseline", language.say("기준값", "Baseline"), &written.baseline).input_mode("decimal"))
        .and(quarter_field(
            visitor,
            "target_quarter",
            language.say("목표 분기", "Quarter of the target"),
            &written.target_quarter,
            errors,
        ))
        .and(line("target", language.say("목표값", "Target"), &written.target).input_mode("decimal"))
        .and(line("source", language.say("자료 출처", "Source of the values"), &written.source).longest(300))
        .and(
            line("figure", language.say("이어 둘 마루의 수치", "Live figure of Maru"), &written.figure)
                .hint(language.say(
                    "‘살아 있는 수치’ 쪽에 있는 이름입니다. 없으면 비워 둡니다.",
                    "A name from the page of live figures; empty where there is none.",
                ))
                .optional(),
        )
}

fn budget_fields(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let line = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).value(value).errors(errors).input_mode("numeric")
    };
    Html::empty()
        .and(
            Field::text(language, "title", language.say("세부사업 이름", "Programme in the budget"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(line("year", language.say("예산 연도", "Year"), &written.year).longest(4))
        .and(line("granted", language.say("편성액 (원)", "Granted (won)"), &written.granted))
        .and(line("spent", language.say("집행액 (원)", "Spent by now (won)"), &written.spent).optional())
}

fn bill_fields(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("법률 이름", "Law"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(
            Field::text(language, "bill_number", language.say("의안번호", "Number of the bill"))
                .hint(language.say("숫자 일곱 자리", "Seven digits"))
                .optional()
                .longest(7)
                .input_mode("numeric")
                .value(written.bill_number.clone())
                .errors(errors),
        )
        .and(
            quarter_field(
                visitor,
                "quarter",
                language.say("어느 분기까지 제출하나요?", "To be brought in by the end of which quarter?"),
                &written.quarter,
                errors,
            )
            .optional(),
        );
    for stage in BillStage::ALL {
        let label = language
            .pick(format!("{} 날짜", stage_name(language, stage)), format!("{}: day", stage_name(language, stage)));
        fields = fields.and(
            Field::date(language, format!("stage_{}", stage.identifier()), label)
                .hint(language.law(stage.article()))
                .optional()
                .value(written.stage(stage))
                .errors(errors),
        );
    }
    let ends = std::iter::once(Choice::new("", language.say("끝나지 않음", "It has not ended")))
        .chain(BillEnd::ALL.map(|end| Choice::new(end.identifier(), end_name(language, end))));
    fields
        .and(
            Field::select(language, "ended", language.say("법률이 되지 않고 끝남", "Ended without becoming law"), ends)
                .value(written.ended.clone()),
        )
        .and(
            Field::date(language, "ended_on", language.say("끝난 날짜", "Ended on"))
                .optional()
                .value(written.ended_on.clone())
                .errors(errors),
        )
        .and(
            Field::text(
                language,
                "address",
                language.say("의안정보시스템 주소 (https://)", "Address at the Assembly (https://)"),
            )
            .optional()
            .longest(1_000)
            .input_mode("url")
            .value(written.address.clone())
            .errors(errors),
        )
}
