//! What was understood, shown back before anything is sent.

use maru_knowledge::{Hit, SourceKind};
use maru_privacy::{Found, Kind as PersonalKind};
use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, Choice, DefinitionList, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind},
};

use super::ask::{DRAFT, section};
use crate::{
    agency::Agency,
    domain::{Kind, Understood, Urgency},
    pages::{limits, words},
};

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Written {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The kind that the citizen chose; empty leaves it to the program.
    pub kind: String,
    /// The category that the citizen chose; empty leaves it to the program.
    pub category: String,
    /// The name, where it was given.
    pub name: String,
    /// How to be reached, where it was given.
    pub contact: String,
    /// The earlier inquiry that this one repeats, where it was named.
    pub repeats: String,
    /// Recognises the second click.
    pub key: String,
}

/// What the page shows.
pub(in crate::pages) struct Check<'a> {
    /// What stands in the form.
    pub written: &'a Written,
    /// What was understood.
    pub understood: &'a Understood,
    /// Until when an answer would come, in a sentence.
    pub due: (String, String),
    /// Published answers that may already help.
    pub answers: &'a [Hit],
    /// Personal data in the text, which is masked before anybody or any program works with it.
    pub found: &'a [Found],
    /// The agency.
    pub agency: &'a Agency,
    /// What is wrong with what was written.
    pub errors: &'a [FieldError],
}

pub(in crate::pages) fn page(visitor: &Visitor, check: &Check<'_>) -> Page {
    let language = visitor.language;
    let body = Html::empty()
        .and(ErrorSummary::new(language, check.errors))
        .and(danger(visitor, check.understood))
        .and(understood(visitor, check))
        .and(answers(visitor, check.answers))
        .and(form(visitor, check));
    let page = Page::new(visitor, language.say("이렇게 이해했어요", "This is what we understood"), PageKind::Citizen)
        .breadcrumb(language.say("처음", "Home"), "/")
        .lead(language.say(
            "맞는지 보고 접수해 주세요. 다르면 아래에서 고칠 수 있어요.",
            "Check it and send it. You can correct it below.",
        ))
        .personal()
        .body(body);
    if check.errors.is_empty() { page } else { page.with_errors() }
}

/// Somebody may be in danger: the telephone is faster than we are.
fn danger(visitor: &Visitor, understood: &Understood) -> Html {
    if understood.urgency.value != Urgency::Danger {
        return Html::empty();
    }
    let notice = Notice::new(
        visitor.language,
        NoticeKind::Danger,
        visitor.say(
            "생명이나 안전이 위험하면 접수를 기다리지 말고 119(화재·구조·구급)나 112(경찰)로 먼저 전화하세요.",
            "If life or safety is at risk, do not wait for us: call 119 (fire, rescue, ambulance) or 112 (police) first.",
        ),
    )
    .title(visitor.say("급한 일인가요?", "Is it an emergency?"));
    Html::empty().and(notice)
}

fn understood(visitor: &Visitor, check: &Check<'_>) -> Html {
    let language = visitor.language;
    let understood = check.understood;
    let ground = |grounds: &[crate::domain::Ground]| {
        grounds.first().map(|ground| language.pick(ground.korean(), ground.english())).unwrap_or_default()
    };
    let row = |value: &str, why: &str| {
        let markup = Html::text(value);
        if why.is_empty() {
            return markup;
        }
        markup.and(Html::trusted("<span class=\"why\">")).and(Html::text(why)).and(Html::trusted("</span>"))
    };
    let category = understood.category.as_ref();
    let category_name = words::category(language, check.agency, category.map(|judged| judged.value.as_str()));
    let list = DefinitionList::new()
        .markup(
            language.say("종류", "Kind"),
            row(words::kind_for_citizens(language, understood.kind.value), &ground(&understood.kind.grounds)),
        )
        .markup(
            language.say("분야", "Category"),
            row(&category_name, &category.map(|judged| ground(&judged.grounds)).unwrap_or_default()),
        )
        .markup(
            language.say("맡을 부서", "Department"),
            row(
                &words::department(language, check.agency, &understood.department.value),
                &ground(&understood.department.grounds),
            ),
        )
        .text(language.say("답변 예정", "Answer"), language.say(&check.due.0, &check.due.1));
    Html::empty().and(list).and(masked(visitor, check.found))
}

fn masked(visitor: &Visitor, found: &[Found]) -> Html {
    if found.is_empty() {
        return Html::empty();
    }
    let mut kinds: Vec<&str> = found.iter().map(|found| personal_kind(visitor, found.kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let list = kinds.join(", ");
    let sentence = visitor.language.pick(
        format!("글에 개인정보가 있어요: {list}. 인공지능과 검색에는 가려서 쓰고, 담당자가 꼭 필요할 때만 기록을 남기고 봐요."),
        format!(
            "Your text contains personal data: {list}. It is masked before AI or search sees it; the official sees it only where needed, and that is recorded."
        ),
    );
    Html::empty().and(Notice::new(visitor.language, NoticeKind::Information, &sentence))
}

fn personal_kind(visitor: &Visitor, kind: PersonalKind) -> &'static str {
    let (korean, english) = match kind {
        PersonalKind::ResidentNumber => ("주민등록번호", "resident registration number"),
        PersonalKind::ForeignerNumber => ("외국인등록번호", "foreigner registration number"),
        PersonalKind::Passport => ("여권번호", "passport number"),
        PersonalKind::DrivingLicence => ("운전면허번호", "driving licence number"),
        PersonalKind::BusinessNumber => ("사업자등록번호", "business registration number"),
        PersonalKind::Card => ("카드번호", "card number"),
        PersonalKind::BankAccount => ("계좌번호", "bank account"),
        PersonalKind::Phone => ("전화번호", "telephone number"),
        PersonalKind::Email => ("전자우편", "e-mail address"),
        PersonalKind::Address => ("상세주소", "address"),
        PersonalKind::NumberPlate => ("차량번호", "number plate"),
        PersonalKind::Name => ("이름", "name"),
    };
    visitor.language.pick(korean, english)
}

fn answers(visitor: &Visitor, hits: &[Hit]) -> Html {
    if hits.is_empty() {
        return Html::empty();
    }
    let items: Html = hits
        .iter()
        .map(|hit| {
            let passage = &hit.passage;
            let english = !passage.title_en.is_empty();
            let title = if english { visitor.say(&passage.title, &passage.title_en) } else { &passage.title };
            let text = if english { visitor.say(&hit.excerpt.text, &passage.text_en) } else { &hit.excerpt.text };
            let body = Html::paragraphs(text)
                .and(Html::trusted("<p><a href=\""))
                .and(Html::text(&crate::pages::sources::address(&passage.id)))
                .and(Html::trusted("\">"))
                .and(Html::text(match passage.source {
                    SourceKind::Service => visitor.say("서비스 안내 보기", "Read about this service"),
                    SourceKind::Answer | SourceKind::Statute => visitor.say("안내 전체 보기", "Read the whole answer"),
                }))
                .and(Html::trusted("</a></p>"));
            Html::empty().and(Disclosure::new(title, body))
        })
        .collect();
    section(visitor.say("먼저 확인해 보세요", "This may already help"), &items)
}

fn form(visitor: &Visitor, check: &Check<'_>) -> Html {
    let language = visitor.language;
    let written = check.written;
    let form = Form::post(visitor, "/inquiries").keep_draft(DRAFT).hidden("key", &written.key).body(
        Html::empty()
            .and(
                Field::text(language, "title", language.say("제목", "Title"))
                    .value(&written.title)
                    .longest(limits::TITLE)
                    .errors(check.errors),
            )
            .and(
                Field::area(language, "text", language.say("내용", "Your text"))
                    .value(&written.text)
                    .rows(8)
                    .counted(limits::TEXT)
                    .errors(check.errors),
            )
            .and(Disclosure::new(
                language.say("종류나 분야가 다르면 고치기", "Correct the kind or the category"),
                corrections(visitor, check),
            ))
            .and(unfolded(
                "repeats",
                check.errors,
                Disclosure::new(
                    language.say("전에 물어본 것과 같은 내용이면 (선택)", "If you asked the same before (optional)"),
                    repeats(visitor, check),
                ),
            ))
            .and(Disclosure::new(
                language.say("이름과 연락처 남기기 (선택)", "Leave your name and contact (optional)"),
                person(visitor, check),
            ))
            .and(Button::primary(language.say("접수하기", "Send")).large()),
    );
    section(language.say("보내기 전에", "Before you send it"), &Html::empty().and(form))
}

/// Open where its field is at fault.
fn unfolded(field: &str, errors: &[FieldError], disclosure: Disclosure) -> Disclosure {
    if errors.iter().any(|error| error.field == field) { disclosure.open() } else { disclosure }
}

fn repeats(visitor: &Visitor, check: &Check<'_>) -> Html {
    let language = visitor.language;
    let field = Field::text(
        language,
        "repeats",
        language.say("전에 낸 문의의 접수번호", "Receipt number of the earlier inquiry"),
    )
    .hint(language.say(
        "답변이 잘못되었다고 생각해 다시 내는 고충민원은 감사 부서에서 살펴봐요.",
        "A grievance that you send again because the answer seems wrong is examined by the office of audit.",
    ))
    .longest(40)
    .optional()
    .value(&check.written.repeats)
    .errors(check.errors);
    Html::empty().and(field)
}

fn corrections(visitor: &Visitor, check: &Check<'_>) -> Html {
    let language = visitor.language;
    let as_understood = || Choice::new("", language.say("이해한 대로", "As understood"));
    let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.identifier(), words::kind_for_citizens(language, *kind)));
    let categories = check
        .agency
        .categories
        .iter()
        .map(|one| Choice::new(&one.id, words::category(language, check.agency, Some(&one.id))));
    Html::empty()
        .and(
            Field::select(
                language,
                "kind",
                language.say("종류", "Kind"),
                std::iter::once(as_understood()).chain(kinds),
            )
            .value(&check.written.kind)
            .errors(check.errors),
        )
        .and(
            Field::select(
                language,
                "category",
                language.say("분야", "Category"),
                std::iter::once(as_understood()).chain(categories),
            )
            .value(&check.written.category)
            .errors(check.errors),
        )
}

fn person(visitor: &Visitor, check: &Check<'_>) -> Html {
    let language = visitor.language;
    Html::empty()
        .and(
            Field::text(language, "name", language.say("이름", "Name"))
                .optional()
                .autocomplete("name")
                .longest(limits::NAME)
                .value(&check.written.name)
                .errors(check.errors),
        )
        .and(
            Field::text(language, "contact", language.say("전화번호나 전자우편", "Telephone or e-mail"))
                .optional()
                .hint(language.say(
                    "남기지 않아도 접수번호와 확인코드로 답변을 볼 수 있어요.",
                    "Without it you can still read the answer with your receipt number and code.",
                ))
                .longest(limits::CONTACT)
                .value(&check.written.contact)
                .errors(check.errors),
        )
}
