//! Constructs of Python, NumPy and OpenFisca that real packages use, each with the value that Core gives.

use crate::package::{package, package_with, value};
use maru_rules::run::Mode;
use serde_json::{Value as Json, json};

fn given(variables: &str, inputs: &Json, variable: &str, period: &str) -> Json {
    let (_folder, package) = package(variables, &[]);
    assert!(package.diagnostics.is_empty(), "{:?}", package.diagnostics);
    value(&package, Mode::Exact, inputs, &json!({}), variable, period)
}

const HEAD: &str = "
class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class code(Variable):
    value_type = str
    entity = Person
    definition_period = MONTH

class birth(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY

";

fn formula(body: &str) -> String {
    let body: Vec<String> = body.lines().map(|line| format!("        {line}\n")).collect();
    let body = body.concat();
    format!(
        "{HEAD}class asked(Variable):\n    value_type = float\n    entity = Person\n    definition_period = MONTH\n    def formula(person, period):\n{body}"
    )
}

#[test]
fn generators_are_gathered() {
    let text = formula(
        "def parts():\n    for rate in (0.1, 0.2):\n        yield person('income', period) * rate\n    yield from [1, 2]\nreturn sum(parts())",
    );
    assert_eq!(given(&text, &json!({ "income": { "2026-01": 100 } }), "asked", "2026-01"), json!(33.0));
}

#[test]
fn rows_are_looked_up_in_a_table_of_tables() {
    let text = formula(
        "table = {'11': {'a': {'2020-01-01': '1.5', '2026-01-01': '2.5'}}, '22': {'b': {}}}
def rate(code):
    known = table.get(code, None)
    if known is None:
        return 0.25
    rates = known.get('a', None)
    if rates is None:
        return 8
    for day in sorted(rates, reverse=True):
        if str(period.start) >= day:
            return float(rates[day])
    return 9
return np.fromiter((rate(code) for code in person('code', period)), dtype='float')",
    );
    for (code, period, expected) in [
        ("11", "2026-01", 2.5),
        ("11", "2025-12", 1.5),
        ("11", "2019-01", 9.0),
        ("22", "2026-01", 8.0),
        ("33", "2026-01", 0.25),
    ] {
        assert_eq!(
            given(&text, &json!({ "code": { period: code } }), "asked", period),
            json!(expected),
            "{code} {period}"
        );
    }
}

#[test]
fn a_row_may_be_a_key_or_not() {
    let text = formula(
        "table = {'11': 1, '22': 2}\nreturn np.fromiter((table[code] if code in table else 5 for code in person('code', period)), dtype='float')",
    );
    for (code, expected) in [("11", 1.0), ("22", 2.0), ("33", 5.0)] {
        assert_eq!(
            given(&text, &json!({ "code": { "2026-01": code } }), "asked", "2026-01"),
            json!(expected),
            "{code}"
        );
    }
}

#[test]
fn a_moment_known_while_compiling_becomes_months_and_numbers() {
    let text = formula(
        "this_month = np.datetime64(period.start).astype('datetime64[M]')\nbirth = person('birth', period).astype('datetime64[M]')\nreturn (this_month.astype(int) - birth.astype(int)) + (np.datetime64(period.start) - np.datetime64('2025-12-31')).astype(int) * 1000 + np.float64(3.7).astype(int) * 10000",
    );
    let inputs = json!({ "birth": { "ETERNITY": "2025-10-31" } });
    assert_eq!(given(&text, &inputs, "asked", "2026-01"), json!(31_003.0));
}

#[test]
fn match_chooses_among_values_known_while_compiling() {
    let text = formula(
        "match period.start.year:\n    case 2024 | 2025:\n        return 1\n    case year if year > 2026:\n        return year\n    case _:\n        return 3",
    );
    for (period, expected) in [("2025-01", 1.0), ("2026-01", 3.0), ("2027-01", 2027.0)] {
        assert_eq!(given(&text, &json!({}), "asked", period), json!(expected));
    }
}

#[test]
fn super_goes_on_after_the_class_that_calls_it() {
    let classes = "
class Low:
    def rate(self):
        return 1

class Middle(Low):
    def rate(self):
        return super().rate() + 10

class High(Middle):
    def rate(self):
        return super().rate() + 100

";
    let text = format!("{classes}{}", formula("return High().rate()"));
    assert_eq!(given(&text, &json!({}), "asked", "2026-01"), json!(111.0));
}

#[test]
fn a_dictionary_is_indexed_by_a_column() {
    let text = formula(
        "rates = {'11': 2, '26': 3}\nreturn np.fromiter((rates.get(cell, 7) for cell in person('code', period)), dtype=float)",
    );
    for (code, expected) in [("11", 2.0), ("26", 3.0), ("99", 7.0)] {
        assert_eq!(given(&text, &json!({ "code": { "2026-01": code } }), "asked", "2026-01"), json!(expected));
    }
}

#[test]
fn what_is_known_of_a_variable_is_read() {
    let text = formula(
        "holder = person.get_holder('income')\nif not holder.get_known_periods():\n    return -1\nlast = holder.get_known_periods()[-1]\nreturn holder.get_array(last) + (0 if holder.get_array('2020-01') is None else 1000)",
    );
    assert_eq!(given(&text, &json!({}), "asked", "2026-01"), json!(-1.0));
    assert_eq!(given(&text, &json!({ "income": { "2025-01": 5, "2025-12": 8 } }), "asked", "2026-01"), json!(8.0));
}

#[test]
fn working_days_are_counted_as_numpy_counts_them() {
    let text = formula("end = np.datetime64('2026-02-01')\nreturn np.busday_count(person('birth', period), end)");
    for (birth, expected) in [("2026-01-01", 22.0), ("2026-01-31", 0.0), ("2026-02-05", -4.0)] {
        assert_eq!(
            given(&text, &json!({ "birth": { "ETERNITY": birth } }), "asked", "2026-01"),
            json!(expected),
            "{birth}"
        );
    }
}

#[test]
fn a_check_that_only_logs_does_not_stop_a_formula() {
    let text = format!(
        "import logging\nlog = logging.getLogger(__name__)\n{}",
        formula(
            "income = person('income', period)\nif (income < 0).any():\n    log.warning('negative')\nreturn income * 2"
        )
    );
    assert_eq!(given(&text, &json!({ "income": { "2026-01": 4 } }), "asked", "2026-01"), json!(8.0));
}

#[test]
fn partial_keeps_arguments_by_name() {
    let text = format!(
        "from functools import partial\n\ndef scaled(value, factor, more=0):\n    return value * factor + more\n\n{}",
        formula("tripled = partial(scaled, factor=3, more=1)\nreturn tripled(person('income', period))")
    );
    assert_eq!(given(&text, &json!({ "income": { "2026-01": 4 } }), "asked", "2026-01"), json!(13.0));
}

#[test]
fn tables_in_csv_are_read_while_compiling() {
    let variables = format!(
        "import csv\nimport os\n\nwith open(os.path.join(os.path.dirname(__file__), 'zones.csv')) as table:\n    ZONES = {{row['code']: float(row['rate']) for row in csv.DictReader(table, delimiter=';')}}\n\n{}",
        formula("return person('income', period) * sum(ZONES.values()) + ZONES['서울']")
    );
    let (_folder, package) =
        package_with(&variables, &[("variables/zones.csv", "code;rate\n서울;0.5\n\"부산;1\";1.5\n")]);
    assert!(package.diagnostics.is_empty(), "{:?}", package.diagnostics);
    let inputs = json!({ "income": { "2026-01": 10 } });
    assert_eq!(value(&package, Mode::Exact, &inputs, &json!({}), "asked", "2026-01"), json!(20.5));
}

#[test]
fn tables_of_numbers_are_indexed_by_columns_in_every_dimension() {
    let variables = format!(
        "import os\n\ndef table():\n    return np.genfromtxt(os.path.dirname(__file__) + '/table.csv', delimiter=',', skip_header=1, dtype='int64')[:, 1:]\n\n{}",
        formula(
            "row = (person('income', period) >= 10).astype(int) + (person('income', period) >= 20)\nboth = np.stack([table(), table()])\nreturn table()[row, 1] + table()[2, row] * 1000 + both[1, row, 0] * 1000000 + table()[np.newaxis, 0, 1][0]",
        )
    );
    let (_folder, package) =
        package_with(&variables, &[("variables/table.csv", "a,b,c,d\n~9,1,2,3\n~19,4,5,6\n~29,7,8,9\n")]);
    assert!(package.diagnostics.is_empty(), "{:?}", package.diagnostics);
    for (income, expected) in [(0, 1_007_004.0), (10, 4_008_007.0), (25, 7_009_010.0)] {
        let inputs = json!({ "income": { "2026-01": income } });
        assert_eq!(value(&package, Mode::Exact, &inputs, &json!({}), "asked", "2026-01"), json!(expected), "{income}");
    }
}

#[test]
fn members_of_an_enumeration_may_stand_for_numbers() {
    let text = format!(
        "class Year(Enum):\n    first = 10\n    last = 12\n\n{}",
        formula(
            "year = person('income', period)\nreturn (year >= Year.first.value) * (year <= Year.last.value) * Year.last.value"
        )
    );
    for (income, expected) in [(9, 0.0), (11, 12.0), (13, 0.0)] {
        assert_eq!(given(&text, &json!({ "income": { "2026-01": income } }), "asked", "2026-01"), json!(expected));
    }
}

#[test]
fn a_group_is_asked_who_has_a_role_and_who_comes_first() {
    let text = format!(
        "{HEAD}class asked(Variable):\n    value_type = float\n    entity = Family\n    definition_period = MONTH\n    def formula(family, period):\n        income = family.members('income', period)\n        return family.sum(family.has_role(Family.PARENT) * income) + family.sum(family.get_rank(family, income) == 0) * 100\n"
    );
    assert_eq!(given(&text, &json!({ "income": { "2026-01": 7 } }), "asked", "2026-01"), json!(107.0));
}

#[test]
fn a_reform_moves_parameters_among_the_children_of_a_node() {
    let reform = "
from openfisca_core.model_api import *

def move(parameters):
    help = parameters.help
    help.children['moved'] = help.children.pop('old')
    help.children.update(parameters.more.children)
    help.metadata['order'] += ['moved']
    return parameters

class moved(Reform):
    def apply(self):
        self.modify_parameters(move)
";
    let variables = formula("return 0").replace("def formula(person, period):\n        return 0", "def formula(person, period, parameters):\n        help = parameters(period).help\n        return sum(help[name] for name in help)");
    let files = [
        ("reforms/__init__.py", ""),
        ("reforms/moves.py", reform),
        ("parameters/help.yaml", "metadata: {order: [old]}\nold: {values: {2000-01-01: 5}}\n"),
        ("parameters/more.yaml", "extra: {values: {2000-01-01: 2}}\n"),
    ];
    let (_folder, package) = package_with(&variables, &files);
    let system = package.reformed(&["nation.reforms.moves.moved".to_owned()], &[]).unwrap();
    let simulation = package.situation(&system, &json!({ "persons": { "a": {} } }), None).unwrap();
    let period = maru_rules::period::Period::parse("2026-01").unwrap();
    assert_eq!(simulation.calculate("asked", period).unwrap().float(0), Some(7.0));
    assert!(system.parameters.find("help.old").is_none() && system.parameters.find("help.moved").is_some());
}

const PERIODS: &str = "
class steps(Variable):
    value_type = int
    entity = Person
    definition_period = DAY

class weekly(Variable):
    value_type = int
    entity = Person
    definition_period = WEEK
    def formula(person, period):
        return person('steps', period, options=[ADD])

class monthly(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person('steps', period, options=[ADD]) + period.size_in_days

class 하루평균(Variable):
    value_type = float
    entity = Person
    definition_period = DAY
    def formula(person, period):
        return person('monthly', period.first_month) / 2
";

#[test]
fn days_and_weeks_add_up() {
    let inputs = json!({ "steps": { "2026-01-05": 3, "2026-01-11": 4, "2026-01-12": 100 } });
    assert_eq!(given(PERIODS, &inputs, "weekly", "2026-W02"), json!(7));
    assert_eq!(given(PERIODS, &inputs, "monthly", "2026-01"), json!(138));
    assert_eq!(given(PERIODS, &inputs, "하루평균", "2026-01-20"), json!(69.0));
}

const DATES: &str = "
class birth(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY

class youngest(Variable):
    value_type = date
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return family.reduce(family.members('birth', period), np.maximum, np.datetime64('1900-01-01'))
";

#[test]
fn the_latest_date_of_a_family_is_a_date() {
    let inputs = json!({ "birth": { "ETERNITY": "2020-02-29" } });
    assert_eq!(given(DATES, &inputs, "youngest", "2026-01"), json!("2020-02-29"));
}

#[test]
fn what_grows_without_end_is_refused() {
    for body in [
        "text = 'a'\nfor _ in range(100):\n    text = text + text\nreturn len(text)",
        "text = 'a'\nfor _ in range(100):\n    text = f'{text}{text}'\nreturn len(text)",
        "items = [1]\nfor _ in range(100):\n    items += items\nreturn len(items)",
        "while True:\n    pass\nreturn 1",
        "def again(n):\n    return again(n + 1)\nreturn again(0)",
    ] {
        let (_folder, package) = package(&formula(body), &[]);
        let situation = json!({ "persons": { "a": { "asked": { "2026-01": null } } } });
        let error = maru_rules::command::calculate(&package, &situation, maru_rules::simulation::Options::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("grows") || error.contains("steps") || error.contains("nest"), "{error}");
    }
}

const READING: &str =
    "import os\n\ndef table():\n    return np.genfromtxt(os.path.dirname(__file__) + '/table.csv', delimiter=',')\n\n";

#[test]
fn formulas_that_come_with_a_question_read_no_files() {
    let variables = format!("{READING}{}", formula("return person('income', period) * table()[0]"));
    let (folder, mut package) = package_with(&variables, &[("variables/table.csv", "3,4\n")]);
    let file = folder.path().join("nation/variables/table.csv");
    let path = file.canonicalize().unwrap().display().to_string();
    for text in [
        format!("x = open('{path}')\n"),
        format!("import numpy as np\nx = np.genfromtxt('{path}', delimiter=',')\n"),
        format!("import numpy as np\nx = getattr(np, 'gen' + 'fromtxt')('{path}', delimiter=',')\n"),
        format!("import numpy as np\nx = (lambda path: np.loadtxt(path, delimiter=','))('{path}')\n"),
        "import os\nx = os.listdir('variables')\n".to_owned(),
        "from nation.variables.all import table\nx = table()\n".to_owned(),
    ] {
        let refused = package.reformed_by(&package.system, &text).unwrap_err();
        assert!(refused.to_string().contains("reads files"), "{text}: {refused}");
    }
    // What the package's own formulas read they read, whoever asks for them; what a given formula reads is refused when it runs.
    let given = |body: &str| {
        let head = "from openfisca_core.model_api import *\nfrom nation.entities import Person\nimport numpy as np\n\n";
        let class =
            "class more(Variable):\n    value_type = float\n    entity = Person\n    definition_period = MONTH\n";
        let formula = format!("    def formula(person, period, parameters):\n        return {body}\n\n");
        format!("{head}{class}{formula}class adds(Reform):\n    def apply(self):\n        self.add_variable(more)\n")
    };
    let before = package.system.clone();
    let inputs = json!({ "income": { "2026-01": 10 } });
    package.system = package.reformed_by(&before, &given("person('asked', period) + 1")).unwrap();
    assert_eq!(value(&package, Mode::Exact, &inputs, &json!({}), "more", "2026-01"), json!(31.0));
    package.system =
        package.reformed_by(&before, &given(&format!("np.genfromtxt('{path}', delimiter=',')[0]"))).unwrap();
    let question =
        json!({ "persons": { "a": { "more": { "2026-01": null } } }, "families": { "f": { "parents": ["a"] } } });
    let refused = maru_rules::command::calculate(&package, &question, maru_rules::simulation::Options::default());
    assert!(refused.unwrap_err().to_string().contains("reads files"));
}
