//! The calculator without sign-in: a few questions, every benefit, nothing stored.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form, KeyFigure, KeyFigures, Notice, NoticeKind},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::words;
use crate::{
    domain::{
        Household, Member,
        benefit::Rhythm,
        household::{Couple, Facts},
    },
    evaluation::LawBook,
    service::Situation,
};

/// What somebody wrote.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    province: String,
    municipality_kind: String,
    tenure: String,
    monthly_rent: String,
    birth: String,
    earned_income: String,
    national_pension: String,
    disability: String,
    has_spouse: String,
    spouse_birth: String,
    spouse_earned_income: String,
    spouse_national_pension: String,
    child_1: String,
    child_2: String,
    child_3: String,
    child_4: String,
    single_parent: String,
    home_value: String,
    lease_deposit: String,
    financial_property: String,
    debt: String,
}

/// An amount as people write it: with marks between thousands, with «원».
fn won(field: &'static str, text: &str, errors: &mut Vec<FieldError>) -> Option<i64> {
    let digits: String = text.chars().filter(|letter| !matches!(letter, ',' | ' ' | '원')).collect();
    if digits.is_empty() {
        return None;
    }
    match digits.parse::<i64>() {
        Ok(won) if (0..=100_000_000_000).contains(&won) => Some(won),
        _ => {
            errors.push(FieldError::new(
                field,
                "금액을 숫자로 적어 주세요. 예: 350000",
                "Write the amount in figures, such as 350000.",
            ));
            None
        }
    }
}

fn day(field: &'static str, text: &str, errors: &mut Vec<FieldError>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.parse::<jiff::civil::Date>().is_ok_and(|day| (1900..=2100).contains(&day.year())) {
        return Some(text.to_owned());
    }
    errors.push(FieldError::new(
        field,
        "생년월일을 1960-05-31처럼 적어 주세요.",
        "Write the date of birth as 1960-05-31.",
    ));
    None
}

fn put(facts: &mut Facts, name: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        facts.insert(name.to_owned(), value.into());
    }
}

fn chosen(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl Written {
    /// The household that was described; or what is wrong.
    pub(super) fn household(&self, this_year: i16) -> Result<Household, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut head = Member { id: "p1".to_owned(), role: "head".to_owned(), ..Member::default() };
        let birth = day("birth", &self.birth, &mut errors);
        if birth.is_none() && errors.is_empty() {
            errors.push(FieldError::new("birth", "생년월일을 적어 주세요.", "Write your date of birth."));
        }
        put(&mut head.facts, "birth", birth);
        put(&mut head.facts, "earned_income", won("earned_income", &self.earned_income, &mut errors));
        put(&mut head.facts, "national_pension_old_age", won("national_pension", &self.national_pension, &mut errors));
        if self.disability != "none" {
            put(&mut head.facts, "disability_degree", chosen(&self.disability));
        }
        for (name, field, text) in [
            ("home_value", "home_value", &self.home_value),
            ("lease_deposit", "lease_deposit", &self.lease_deposit),
            ("financial_property", "financial_property", &self.financial_property),
            ("debt", "debt", &self.debt),
        ] {
            put(&mut head.facts, name, won(field, text, &mut errors));
        }
        let mut household = Household { members: vec![head], ..Household::default() };
        if self.has_spouse == "yes" {
            household.members.push(self.spouse(&mut errors));
            household.couples.push(Couple { partners: vec!["p1".to_owned(), "p2".to_owned()], facts: Facts::new() });
        }
        for (place, (field, text)) in self.children().into_iter().enumerate() {
            let Some(birth) = day(field, text, &mut errors) else { continue };
            household.members.push(child(place, &birth, this_year));
        }
        put(&mut household.facts, "province", chosen(&self.province));
        put(&mut household.facts, "municipality_kind", chosen(&self.municipality_kind));
        put(&mut household.facts, "tenure", chosen(&self.tenure));
        put(&mut household.facts, "monthly_rent", won("monthly_rent", &self.monthly_rent, &mut errors));
        if self.single_parent == "yes" && self.has_spouse != "yes" {
            put(&mut household.facts, "single_parent_kind", Some("single"));
        }
        if errors.is_empty() { Ok(household) } else { Err(errors) }
    }

    fn children(&self) -> [(&'static str, &str); 4] {
        [("child_1", &self.child_1), ("child_2", &self.child_2), ("child_3", &self.child_3), ("child_4", &self.child_4)]
    }

    fn spouse(&self, errors: &mut Vec<FieldError>) -> Member {
        let mut spouse = Member { id: "p2".to_owned(), role: "spouse".to_owned(), ..Member::default() };
        let birth = day("spouse_birth", &self.spouse_birth, errors);
        if birth.is_none() && errors.is_empty() {
            errors.push(FieldError::new(
                "spouse_birth",
                "배우자의 생년월일을 적어 주세요.",
                "Write your spouse's date of birth.",
            ));
        }
        put(&mut spouse.facts, "birth", birth);
        put(&mut spouse.facts, "earned_income", won("spouse_earned_income", &self.spouse_earned_income, errors));
        let pension = won("spouse_national_pension", &self.spouse_national_pension, errors);
        put(&mut spouse.facts, "national_pension_old_age", pension);
        spouse
    }
}

/// A child, at the school of its age (초·중등교육법: from the March after the sixth birthday).
fn child(place: usize, birth: &str, this_year: i16) -> Member {
    let year: i16 = birth.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
    let mut facts = Facts::from([("birth".to_owned(), json!(birth)), ("birth_order".to_owned(), json!(place + 1))]);
    let school = match this_year.saturating_sub(year) {
        7..=12 => Some("elementary"),
        13..=15 => Some("middle"),
        16..=18 => Some("high"),
        _ => None,
    };
    put(&mut facts, "school_level", school);
    Member { id: format!("c{}", place + 1), role: "child".to_owned(), name: String::new(), facts }
}

pub(super) fn page(visitor: &Visitor, law: &LawBook, written: &Written, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let title = language.say("무엇을 받을 수 있나요?", "What are you entitled to?");
    let lead = language.say(
        "급여 이름을 몰라도 됩니다. 아는 것만 적으면 1분 안에 모두 계산해 드려요. 적은 내용은 어디에도 남지 않습니다.",
        "You need not know the name of any benefit. Write what you know; all of them are calculated within a minute. Nothing is stored.",
    );
    let page = Page::new(visitor, title, PageKind::Citizen).lead(lead);
    let page = if errors.is_empty() { page } else { page.with_errors() };
    page.body(
        Html::empty()
            .and(ErrorSummary::new(language, errors))
            .and(form(visitor, law, written, errors))
            .and(about_link(visitor)),
    )
}

fn about_link(visitor: &Visitor) -> Html {
    let text = visitor
        .say("어떻게 계산하나요? 사람이 어떻게 살펴보나요?", "How is it calculated, and how do people look at it?");
    Html::trusted("<p><a href=\"/welfare/about\">").and(Html::text(text)).and(Html::trusted("</a></p>"))
}

/// What the fields of the calculator are made with.
struct Fields<'a> {
    visitor: &'a Visitor,
    law: &'a LawBook,
    written: &'a Written,
    errors: &'a [FieldError],
}

fn form(visitor: &Visitor, law: &LawBook, written: &Written, errors: &[FieldError]) -> Form {
    let fields = Fields { visitor, law, written, errors };
    let button = Button::primary(visitor.say("계산하기", "Calculate")).large();
    Form::post(visitor, "/welfare/calculator").body(fields.you().and(fields.family()).and(fields.home()).and(button))
}

impl Fields<'_> {
    fn choices(&self, id: &str) -> Vec<Choice> {
        let korean = self.visitor.language == maru_web::Language::Korean;
        let all = self.law.choices(id).into_iter();
        all.map(|(name, words)| Choice::new(name, words.in_language(korean).to_owned())).collect()
    }

    fn money(&self, name: &str, (ko, en): (&str, &str), value: &str) -> Field {
        let language = self.visitor.language;
        Field::text(language, name, language.say(ko, en))
            .input_mode("numeric")
            .optional()
            .value(value)
            .longest(20)
            .errors(self.errors)
    }

    fn yes_no(&self, name: &str, (ko, en): (&str, &str), value: &str) -> Field {
        let language = self.visitor.language;
        let choices = [Choice::new("no", language.say("아니요", "No")), Choice::new("yes", language.say("예", "Yes"))];
        Field::radios(language, name, language.say(ko, en), choices).inline().value(or(value, "no"))
    }

    fn select(&self, name: &str, (ko, en): (&str, &str), value: String) -> Field {
        let language = self.visitor.language;
        Field::select(language, name, language.say(ko, en), self.choices(name)).value(value)
    }

    fn you(&self) -> Html {
        let (language, written) = (self.visitor.language, self.written);
        let birth = Field::date(language, "birth", language.say("생년월일", "Date of birth"));
        let degrees = self.choices("disability_degree");
        Html::empty()
            .and(words::heading(language.say("나", "You")))
            .and(birth.value(&written.birth).errors(self.errors))
            .and(self.money("earned_income", ("한 달 근로소득(원)", "Earnings a month (won)"), &written.earned_income))
            .and(self.money(
                "national_pension",
                ("한 달 국민연금(원)", "National pension a month (won)"),
                &written.national_pension,
            ))
            .and(
                Field::select(language, "disability", language.say("등록장애", "Registered disability"), degrees)
                    .value(or(&written.disability, "none")),
            )
    }

    fn family(&self) -> Html {
        let (language, written) = (self.visitor.language, self.written);
        let birth = Field::date(language, "spouse_birth", language.say("배우자 생년월일", "Spouse's date of birth"));
        Html::empty()
            .and(words::heading(language.say("함께 사는 가족", "Your family")))
            .and(Html::trusted("<div class=\"asked-if\">"))
            .and(self.yes_no("has_spouse", ("배우자가 있나요?", "Do you have a spouse?"), &written.has_spouse))
            .and(birth.optional().value(&written.spouse_birth).errors(self.errors))
            .and(self.money(
                "spouse_earned_income",
                ("배우자 한 달 근로소득(원)", "Spouse's earnings a month (won)"),
                &written.spouse_earned_income,
            ))
            .and(self.money(
                "spouse_national_pension",
                ("배우자 한 달 국민연금(원)", "Spouse's national pension a month (won)"),
                &written.spouse_national_pension,
            ))
            .and(Html::trusted("</div>"))
            .and(self.children())
    }

    /// Folded until somebody has children to tell of.
    fn children(&self) -> Disclosure {
        let (language, children) = (self.visitor.language, self.written.children());
        let told = children
            .iter()
            .any(|(name, value)| !value.is_empty() || self.errors.iter().any(|error| error.field == *name));
        let mut fields = Html::empty();
        for (place, (name, value)) in children.into_iter().enumerate() {
            let label =
                language.pick(format!("자녀 {} 생년월일", place + 1), format!("Date of birth of child {}", place + 1));
            fields = fields.and(Field::date(language, name, label).optional().value(value).errors(self.errors));
        }
        let alone = self.yes_no(
            "single_parent",
            ("혼자 아이를 키우나요?", "Do you bring up a child alone?"),
            &self.written.single_parent,
        );
        let title = language.say("자녀가 있으면 적어 주세요", "If you have children");
        let folded = Disclosure::new(title, fields.and(alone));
        if told { folded.open() } else { folded }
    }

    fn home(&self) -> Html {
        let written = self.written;
        Html::empty()
            .and(words::heading(self.visitor.say("사는 곳과 재산", "Home and property")))
            .and(self.select("province", ("시·도", "Province"), or(&written.province, "seoul")))
            .and(self.select(
                "municipality_kind",
                ("시·군·구", "Kind of municipality"),
                or(&written.municipality_kind, "district"),
            ))
            .and(self.select("tenure", ("집", "Your home"), or(&written.tenure, "tenant")))
            .and(self.money("monthly_rent", ("월세(원)", "Rent a month (won)"), &written.monthly_rent))
            .and(self.money("lease_deposit", ("보증금(원)", "Deposit (won)"), &written.lease_deposit))
            .and(self.money("home_value", ("내 집의 값(원)", "Value of your own home (won)"), &written.home_value))
            .and(self.money(
                "financial_property",
                ("예금 등 금융재산(원)", "Savings (won)"),
                &written.financial_property,
            ))
            .and(self.money("debt", ("빚(원)", "Debts (won)"), &written.debt))
    }
}

/// What was written, else the usual choice.
fn or(text: &str, usual: &str) -> String {
    if text.is_empty() { usual.to_owned() } else { text.to_owned() }
}

pub(super) fn result(visitor: &Visitor, situation: &Situation) -> Page {
    let language = visitor.language;
    let due: Vec<_> = situation.assessment.due().collect();
    let monthly = situation.assessment.monthly();
    let title = if due.is_empty() {
        language.say("지금 적은 내용으로는 받을 수 있는 급여가 없습니다", "Nothing is due on what you wrote").to_owned()
    } else {
        language.pick(
            format!("매달 {}을 받을 수 있어요", language.won(monthly)),
            format!("{} a month", language.won(monthly)),
        )
    };
    let lead = language.pick(
        format!(
            "{} 기준, 적은 내용대로일 때의 계산입니다. 저장하지 않았습니다.",
            words::month(language, situation.month)
        ),
        format!("For {}, if things are as you wrote. Nothing was stored.", words::month(language, situation.month)),
    );
    let open: Vec<&str> = situation
        .assessment
        .entitlements
        .iter()
        .filter(|one| one.amount.is_none())
        .map(|one| words::benefit(language, one.benefit))
        .collect();
    let figures = due.iter().map(|one| KeyFigure {
        label: format!(
            "{} · {}",
            words::benefit(language, one.benefit),
            words::whose(language, &situation.household, one.member.as_deref())
        ),
        value: words::amount(language, one.benefit, one.amount.unwrap_or(0)),
        note: language.say(one.benefit.plain_ko, one.benefit.plain_en).to_owned(),
    });
    let mut body = Html::empty().and(KeyFigures::new(figures));
    if due.iter().any(|one| one.benefit.rhythm != Rhythm::Monthly) {
        body = body.and(Html::paragraphs(language.say(
            "한 해에 한 번이나 한 번만 받는 급여는 위 합계에 들어 있지 않습니다.",
            "What comes once or once a year is not in the sum above.",
        )));
    }
    if !open.is_empty() {
        let mut names = open;
        names.dedup();
        let text = language.pick(
            format!("확인되지 않은 기준이 있어 계산할 수 없는 급여: {}. 창구에서 확인해 드립니다.", names.join(", ")),
            format!(
                "Cannot be calculated because a figure of the law is not verified: {}. Ask at the counter.",
                names.join(", ")
            ),
        );
        body = body.and(Notice::new(language, NoticeKind::Information, &text));
    }
    let again = Button::secondary(language.say("다시 계산하기", "Calculate again")).link("/welfare");
    let mine =
        Button::primary(language.say("로그인하고 내 급여 보기", "Sign in and see your benefits")).link("/welfare/mine");
    Page::new(visitor, title, PageKind::Citizen)
        .lead(lead)
        .breadcrumb(language.say("복지", "Welfare"), "/welfare")
        .body(body.and(Html::trusted("<p class=\"button-row\">")).and(mine).and(again).and(Html::trusted("</p>")))
}
