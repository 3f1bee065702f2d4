//! The form of a reform: figures found by name, new values by date, who is calculated.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind, Table},
};

use super::{
    draft::{Draft, DraftFigure},
    words::{population_note, reference_links, unit, value},
};
use crate::{
    laboratory::{design, figures::Figure, households::EXAMPLES},
    pages::words,
    population::sample::About,
};

/// Most figures that a search shows.
const SHOWN: usize = 30;

/// What the form shows beside what is written.
pub(super) struct Shown<'a> {
    pub(super) draft: &'a Draft,
    /// What the search found; nothing where nothing was sought.
    pub(super) found: Option<&'a [Figure]>,
    /// The chosen figures as the law has them, in the order of the draft.
    pub(super) chosen: &'a [Option<Figure>],
    pub(super) population: Option<&'a About>,
    pub(super) has_nation: bool,
    pub(super) errors: &'a [FieldError],
}

pub(super) fn page(visitor: &Visitor, shown: &Shown<'_>) -> Page {
    let language = visitor.language;
    let fields = Html::empty()
        .and(search(language, shown))
        .and(chosen(language, shown))
        .and(question(language, shown))
        .and(take_up(language, shown))
        .and(formulas(language, shown))
        .and(Button::primary(language.say("계산하기", "Calculate")).large().named("action", "study"));
    let form = Form::post(visitor, "/welfare/lab/new").guarded().body(fields);
    let mut body = Html::empty().and(ErrorSummary::new(language, shown.errors));
    if !shown.has_nation {
        let text = language.say(
            "이 서버에는 계산할 인구 자료가 없습니다. 설정 파일의 [nation] folder에 Parquet 폴더를 적어 주세요.",
            "This deployment has no population to calculate. Name a folder of Parquet files as [nation] folder in the configuration.",
        );
        body = body.and(Notice::new(language, NoticeKind::Warning, text));
    }
    let page = Page::new(visitor, language.say("새 개정안", "A new reform"), PageKind::Official)
        .breadcrumb(language.say("개정안 모의계산", "Reform laboratory"), "/welfare/lab")
        .lead(language.say(
            "법의 값을 찾아 새 값을 적으면 비용과 가구의 소득이 어떻게 달라지는지 계산합니다. 지금의 법과 급여는 바뀌지 않습니다.",
            "Find figures of the law and write new values: cost and incomes are calculated under both. Nothing in force changes.",
        ))
        .body(body.and(form).and(population_note(language, shown.population)));
    if shown.errors.is_empty() { page } else { page.with_errors() }
}

fn search(language: Language, shown: &Shown<'_>) -> Html {
    let field = Field::search(language, "search", language.say("법의 값 찾기", "Find a figure of the law"))
        .hint(language.say(
            "급여 이름이나 조문으로 찾으세요. 예: 기초연금 금액, 선정기준, 아동수당",
            "By benefit or article: basic pension amount, threshold, child allowance",
        ))
        .value(shown.draft.search.clone());
    let button = Button::secondary(language.say("찾기", "Find")).named("action", "search");
    let html = words::heading(language.say("1. 바꿀 값을 고르세요", "1. Choose what changes")).and(field).and(button);
    let Some(found) = shown.found else { return html };
    if found.is_empty() {
        let text =
            language.say("그런 값이 없습니다. 다른 말로 찾아 보세요.", "There is no such figure. Try other words.");
        return html.and(Html::paragraphs(text));
    }
    let count = language.number(i64::try_from(found.len()).unwrap_or(i64::MAX));
    let caption = language.pick(format!("찾은 값 {count}개"), format!("{count} figures"));
    let mut table = Table::new(caption)
        .column(language.say("값", "Figure"))
        .figures(language.say("지금", "In force"))
        .column(language.say("근거", "Basis"))
        .column(language.say("고르기", "Choose"));
    for figure in found.iter().take(SHOWN) {
        let name = figure.words.in_language(language == Language::Korean);
        let label = language.pick(format!("고르기: {name}"), format!("Choose {name}"));
        let choose = Button::secondary(label).small().named("action", format!("add:{}", figure.path));
        table = table.row([
            Html::text(name),
            Html::text(&value(language, figure.value.as_deref(), &figure.unit)),
            reference_links(&figure.references),
            Html::empty().and(choose),
        ]);
    }
    let mut html = html.and(table);
    if found.len() > SHOWN {
        html = html.and(Html::paragraphs(&language.pick(
            format!("처음 {SHOWN}개만 보입니다. 말을 더해 좁혀 주세요."),
            format!("The first {SHOWN} are shown. Add words to narrow it."),
        )));
    }
    html
}

fn chosen(language: Language, shown: &Shown<'_>) -> Html {
    let mut html = words::heading(language.say("2. 새 값을 적으세요", "2. Write the new values"));
    if shown.draft.figures.is_empty() {
        return html.and(Html::paragraphs(language.say("아직 고른 값이 없습니다.", "Nothing is chosen yet.")));
    }
    for (place, figure) in shown.draft.figures.iter().enumerate() {
        let law = shown.chosen.get(place).and_then(Option::as_ref);
        html = html.and(one(language, place, figure, law, shown.errors));
    }
    html
}

fn one(language: Language, place: usize, figure: &DraftFigure, law: Option<&Figure>, errors: &[FieldError]) -> Html {
    let name = law.map_or(figure.path.as_str(), |law| law.words.in_language(language == Language::Korean));
    let field = |what: &str| format!("figure.{place}.{what}");
    let now = law.map_or_else(String::new, |law| {
        let shown = value(language, law.value.as_deref(), &law.unit);
        let since = law.since.as_deref().unwrap_or_default();
        language.pick(format!("지금: {shown} ({since}부터)"), format!("In force: {shown} (since {since})"))
    });
    let unit = law.map(|law| unit(language, &law.unit)).filter(|unit| !unit.is_empty());
    let label = |text: &str| unit.map_or_else(|| text.to_owned(), |unit| format!("{text} ({unit})"));
    let fields = Html::empty()
        .and(
            Field::text(language, field("value"), label(language.say("새 값", "New value")))
                .hint(now)
                .longest(20)
                .value(figure.value.clone())
                .errors(errors),
        )
        .and(
            Field::date(language, field("from"), language.say("언제부터", "From"))
                .value(figure.from.clone())
                .errors(errors),
        )
        .and(
            Field::date(language, field("until"), language.say("언제 전까지", "Until before"))
                .optional()
                .value(figure.until.clone())
                .errors(errors),
        );
    let references = law.map_or_else(Html::empty, |law| reference_links(&law.references));
    let remove = Button::tertiary(language.pick(format!("빼기: {name}"), format!("Leave out {name}")))
        .small()
        .named("action", format!("remove:{}", figure.path));
    Html::trusted("<fieldset class=\"lab-figure\"><legend>")
        .and(Html::text(name))
        .and(Html::trusted(format!("</legend><input type=\"hidden\" name=\"{}\" value=\"", field("path"))))
        .and(Html::text(&figure.path))
        .and(Html::trusted("\"><p class=\"lab-basis\">"))
        .and(references)
        .and(Html::trusted("</p><div class=\"lab-fields\">"))
        .and(fields)
        .and(Html::trusted("</div>"))
        .and(remove)
        .and(Html::trusted("</fieldset>"))
}

fn question(language: Language, shown: &Shown<'_>) -> Html {
    let households = EXAMPLES.iter().map(|example| Choice::new(example.id, language.say(example.ko, example.en)));
    words::heading(language.say("3. 이름과 달을 정하세요", "3. Name it and choose a month"))
        .and(
            Field::text(language, "name", language.say("개정안의 이름", "Name of the reform"))
                .hint(language.say("예: 기준연금액 40만 원", "For example: basic pension of 400,000 won"))
                .longest(crate::domain::reform::LONGEST_NAME)
                .value(shown.draft.name.clone())
                .errors(shown.errors),
        )
        .and(
            Field::text(language, "month", language.say("계산할 달", "Month to calculate"))
                .longest(7)
                .value(shown.draft.month.clone())
                .errors(shown.errors),
        )
        .and(
            Field::select(
                language,
                "household",
                language.say("근로 유인을 볼 가구", "Household whose work incentive is drawn"),
                households,
            )
            .value(shown.draft.household.clone()),
        )
}

/// What stands in the box as an example: it changes nothing until it is written.
const EXAMPLE: &str = "\
from openfisca_core.model_api import *
from openfisca_korea.entities import Person

class child_allowance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        return where(person('age', period) < 18, 100_000, 0)

class to_eighteen(Reform):
    def apply(self):
        self.update_variable(child_allowance)";

/// Other rules, not only figures: a box for formulas in the language of the package.
fn formulas(language: Language, shown: &Shown<'_>) -> Html {
    let field = Field::area(language, "formulas", language.say("바꿀 규칙", "Other rules"))
        .rows(12)
        .longest(crate::domain::reform::LONGEST_FORMULAS)
        .optional()
        .value(shown.draft.formulas.clone())
        .errors(shown.errors);
    let body = Html::paragraphs(language.say(
        "값만이 아니라 계산 방법을 바꾸려면 OpenFisca의 개정(Reform)을 적으세요. 적은 글은 실행되지 않고 이 법과 같은 방법으로 컴파일되며, 파일을 읽을 수 없습니다. 틀린 곳은 줄과 함께 알려 드립니다.",
        "To change how something is calculated, write a reform as OpenFisca has it. The text is not executed: it is compiled as the law itself is, and reads no files. What is wrong is told with its line.",
    ))
    .and(field)
    .and(Html::trusted("<p>"))
    .and(Html::text(language.say("예: 아동수당을 18세 미만까지", "For example: the child allowance until 18")))
    .and(Html::trusted("</p><pre class=\"lab-command\" tabindex=\"0\">"))
    .and(Html::text(EXAMPLE))
    .and(Html::trusted("</pre>"));
    let disclosure = Disclosure::new(language.say("규칙을 달리해 보기 (선택)", "Other rules (optional)"), body);
    let is_used = !shown.draft.formulas.is_empty();
    Html::empty().and(if is_used { disclosure.open() } else { disclosure })
}

fn take_up(language: Language, shown: &Shown<'_>) -> Html {
    let mut fields = Html::paragraphs(language.say(
        "받을 수 있는 사람 가운데 실제로 받는 사람의 비율(%)입니다. 비워 두면 모두 받습니다. 누가 받는지는 번호로 정해 늘 같습니다.",
        "Of those entitled, how many receive it, in per cent. Left empty, everybody does. Who they are is drawn by number, always alike.",
    ));
    for benefit in design::benefits() {
        let name = words::benefit(language, benefit);
        let known = shown.draft.take_up.get(benefit.id);
        let of = |side: usize| known.and_then(|sides| sides.get(side)).cloned().unwrap_or_default();
        let field = |id: &str, label: &str, text: String| {
            Field::text(language, format!("take-up.{}.{id}", benefit.id), format!("{name}, {label}"))
                .optional()
                .longest(3)
                .value(text)
                .errors(shown.errors)
        };
        fields = fields
            .and(Html::trusted("<div class=\"lab-fields\">"))
            .and(field("now", language.say("지금", "in force"), of(0)))
            .and(field("reform", language.say("개정안", "reform"), of(1)))
            .and(Html::trusted("</div>"));
    }
    let title = language.say("받는 비율을 달리해 보기 (선택)", "Other take-up (optional)");
    let is_used = shown.draft.take_up.values().flatten().any(|text| !text.is_empty());
    let disclosure = Disclosure::new(title, fields);
    Html::empty().and(if is_used { disclosure.open() } else { disclosure })
}
