//! The checklist of a visit, for a phone. Without a script it is an ordinary form; with it, it works without a network.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, Choice, ErrorSummary, Field, Form},
};

use super::{visits, words};
use crate::{
    domain::{
        Visit,
        visit::{Question, Verdict},
    },
    store::Named,
};

/// Rows for findings without a script.
pub(super) const FINDINGS: usize = 3;

/// What was written, to be shown again with its errors.
pub(super) type Written = Vec<(String, String)>;

pub(super) fn value<'w>(written: &'w Written, name: &str) -> &'w str {
    written.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

/// The page. `record` names what will be recorded.
pub(super) fn page(
    visitor: &Visitor,
    named: &Named<Visit>,
    record: &str,
    written: &Written,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let planned = named.state.planned.as_ref()?;
    let title = language.pick(
        format!("권고 {} 점검표", planned.recommendation),
        format!("Checklist: recommendation {}", planned.recommendation),
    );
    let mut page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("현장점검", "Field visits"), "/plan/visits")
        .lead(format!("{} · {}", planned.place, words::body_name(language, &planned.body)));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let offline = language.say(
        "이 점검표는 이 기기에 저장되어 인터넷이 없어도 열립니다.",
        "This checklist is kept on this device: it opens without a network.",
    );
    let head = Html::trusted(format!(
        "<div id=\"field-state\" class=\"field-state\" role=\"status\" tabindex=\"-1\"></div><p id=\"field-offline\" hidden>{offline}</p>"
    ));
    let mut fields = Html::empty();
    for question in &planned.questions {
        fields = fields.and(question_fields(visitor, question, written));
    }
    fields = fields
        .and(
            Field::area(
                language,
                "summary",
                language.say("전체적으로 무엇을 보았나요?", "What did you see on the whole?"),
            )
            .hint(
                language.say("공개됩니다. 사람 이름은 적지 않습니다.", "It becomes public. Write no names of persons."),
            )
            .rows(5)
            .counted(4_000)
            .value(value(written, "summary"))
            .errors(errors),
        )
        .and(finding_fields(visitor, written, errors))
        .and(photo_part(visitor))
        .and(Button::primary(language.say("기록 보내기", "Send the record")).large());
    let form = Form::post(visitor, format!("/plan/visits/{}/record", named.id))
        .hidden("record", record)
        .identifier("field")
        .body(fields);
    let marked = form.to_string().replacen("<form ", &format!("<form data-field=\"{}\" ", Html::text(&named.id)), 1);
    let script = Html::trusted("<script src=\"/plan/visits/field.js\" defer></script>");
    Some(
        page.body(
            Html::empty().and(ErrorSummary::new(language, errors)).and(head).and(Html::trusted(marked)).and(script),
        ),
    )
}

fn question_fields(visitor: &Visitor, question: &Question, written: &Written) -> Html {
    let language = visitor.language;
    let choices = Verdict::ALL.map(|one| Choice::new(one.identifier(), visits::verdict(language, one)));
    let answer = format!("answer-{}", question.id);
    let note = format!("note-{}", question.id);
    Html::empty()
        .and(
            Field::radios(language, answer.clone(), language.say(&question.korean, &question.english), choices)
                .value(value(written, &answer))
                .inline(),
        )
        .and(
            Field::text(language, note.clone(), language.say("덧붙일 말", "Note"))
                .optional()
                .longest(2_000)
                .value(value(written, &note)),
        )
}

fn finding_fields(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut html = Html::trusted(format!("<h2>{}</h2>", language.say("고쳐야 할 것", "What must be put right")));
    for row in 1..=FINDINGS {
        let (finding, due) = (format!("finding-{row}"), format!("due-{row}"));
        let label = language.pick(format!("지적사항 {row}"), format!("Finding {row}"));
        let until = language.pick(format!("지적사항 {row} 조치 기한"), format!("Finding {row}: until"));
        html = html
            .and(
                Field::area(language, finding.clone(), label)
                    .rows(2)
                    .optional()
                    .value(value(written, &finding))
                    .errors(errors),
            )
            .and(Field::date(language, due.clone(), until).optional().value(value(written, &due)).errors(errors));
    }
    html
}

/// Photos need a script, which makes them small and keeps them until there is a network.
fn photo_part(visitor: &Visitor) -> Html {
    let language = visitor.language;
    Html::trusted(format!(
        "<div id=\"photo-part\" hidden><h2>{}</h2><div class=\"field\"><label class=\"label\" for=\"photo-caption\">{}</label><input class=\"input\" type=\"text\" id=\"photo-caption\" maxlength=\"200\"></div><div class=\"field\"><label class=\"label\" for=\"photo\">{}</label><p class=\"field-hint\" id=\"photo-hint\">{}</p><input class=\"input\" type=\"file\" id=\"photo\" accept=\"image/*\" capture=\"environment\" multiple aria-describedby=\"photo-hint\"></div><ul id=\"field-photos\" class=\"photos\"></ul></div>",
        language.say("사진", "Photos"),
        language.say("무엇을 찍나요?", "What does it show?"),
        language.say("사진 찍기", "Take a photo"),
        language.say(
            "위원회와 점검받은 기관만 봅니다. 위치 정보는 지웁니다.",
            "Only the committee and the visited body see them. Places are removed."
        ),
    ))
}
