//! Laws written at random: formulas of persons and families that read inputs, parameters, each other and the other kind.

use crate::chance::Chance;
use crate::nation::{SMALL, agree};
use crate::package::package;
use maru_rules::period::Instant;
use std::collections::HashSet;
use std::fmt::Write as _;

const FORMULAS: usize = 24;
/// Whole numbers below this are exact in single precision.
const EXACT: f64 = 8_388_608.0;

const HEAD: &str = "
class Status(Enum):
    single = 'single'
    couple = 'couple'
    widowed = 'widowed'

def years(born, at):
    month = born.astype('datetime64[M]').astype(int) % 12 + 1
    day = (born - born.astype('datetime64[M]') + 1).astype(int)
    past = (month < at.month) + (month == at.month) * (day <= at.day)
    return at.year - (born.astype('datetime64[Y]').astype(int) + 1970) - where(past, 0, 1)
";

/// Name, type, whose.
const INPUTS: [(&str, &str, &str); 7] = [
    ("income", "float", "Person"),
    ("whole", "int", "Person"),
    ("other", "int", "Person"),
    ("flag", "bool", "Person"),
    ("born", "date", "Person"),
    ("status", "Enum", "Person"),
    ("rent", "float", "Family"),
];

const PARAMETERS: [(&str, &str); 4] = [
    (
        "charge",
        "brackets:\n- threshold: {2000-01-01: 0}\n  rate: {2000-01-01: 0.06}\n- threshold: {2000-01-01: 14.5}\n  rate: {2000-01-01: 0.15}\n- threshold: {2000-01-01: 5000}\n  rate: {2000-01-01: 0.245}\n",
    ),
    (
        "steps",
        "metadata:\n  type: single_amount\nbrackets:\n- threshold: {2000-01-01: 0}\n  amount: {2000-01-01: 10}\n- threshold: {2000-01-01: 14.5}\n  amount: {2000-01-01: 20.25}\n- threshold: {2000-01-01: 5000}\n  amount: {2000-01-01: 0}\n",
    ),
    (
        "sums",
        "metadata:\n  type: marginal_amount\nbrackets:\n- threshold: {2000-01-01: 6}\n  amount: {2000-01-01: 3}\n- threshold: {2000-01-01: 90}\n  amount: {2000-01-01: 1.5}\n",
    ),
    (
        "by_status",
        "single:\n  values: {2000-01-01: 1.5}\ncouple:\n  values: {2000-01-01: 2}\nwidowed:\n  values: {2000-01-01: -3}\n",
    ),
];

/// Whose rows an expression has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Person,
    /// Persons, in a formula of a family.
    Members,
    Family,
}

/// An expression, and the greatest size of its whole numbers; infinite where they may be no whole numbers, or differ between the modes.
struct Written {
    python: String,
    most: f64,
}

fn written(python: String, most: f64) -> Written {
    Written { python, most: if most < EXACT { most } else { f64::INFINITY } }
}

fn wild(python: String) -> Written {
    Written { python, most: f64::INFINITY }
}

struct Author<'chance> {
    chance: &'chance mut Chance,
    /// Whether inputs are small whole numbers.
    small: bool,
    /// Variables written so far: name, whether a person's, greatest size.
    known: Vec<(String, bool, f64)>,
}

impl Author<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.chance.below(from.len())]
    }

    /// A variable written before, of persons or of families.
    fn earlier(&mut self, person: bool) -> Option<(String, f64)> {
        let fitting: Vec<_> = self.known.iter().filter(|known| known.1 == person).collect();
        let place = self.chance.below(fitting.len());
        fitting.get(place).map(|(name, _, most)| (name.clone(), *most))
    }

    fn constant(&mut self) -> Written {
        if self.chance.below(4) == 0 {
            return wild(self.pick(&["0.5", "-0.25", "1.05", "0.0353", "12.5", "1e6", "3000000000"]).to_owned());
        }
        let value = self.chance.below(40) as i64 - 8;
        written(format!("({value})"), value.abs() as f64)
    }

    fn leaf(&mut self, whose: Whose) -> Written {
        let most = if self.small { SMALL as f64 } else { f64::INFINITY };
        match (whose, self.chance.below(9)) {
            (_, 0) => self.constant(),
            (Whose::Family, 1) => written("family.nb_persons()".into(), 8.0),
            (Whose::Family, 2) => written("family.nb_persons(Family.CHILD)".into(), 8.0),
            (Whose::Family, 3 | 4) => match self.earlier(false) {
                Some((name, most)) => written(format!("family('{name}', period)"), most),
                None => written("rent".into(), most),
            },
            (Whose::Family, _) => written("rent".into(), most),
            (Whose::Person, 1) => written("person.family('rent', period)".into(), most),
            (Whose::Person, 2) => match self.earlier(false) {
                Some((name, most)) => written(format!("person.family('{name}', period)"), most),
                None => written("person.family.nb_persons()".into(), 8.0),
            },
            (_, 3 | 4) => match self.earlier(true) {
                Some((name, most)) => written(format!("me('{name}', period)"), most),
                None => written("income".into(), most),
            },
            (_, 5) => written("years(born, period.start)".into(), 500.0),
            (_, 6) => written("other".into(), most),
            (_, 7) => written("whole".into(), most),
            _ => written("income".into(), most),
        }
    }

    fn number(&mut self, whose: Whose, depth: usize) -> Written {
        if depth == 0 || self.chance.below(7) == 0 {
            return self.leaf(whose);
        }
        let depth = depth - 1;
        let operation = self.chance.below(26);
        if operation >= 22 {
            return self.across(whose, depth);
        }
        let a = self.number(whose, depth);
        let size = 1 + self.chance.below(9);
        match operation {
            0..=5 => {
                let b = self.number(whose, depth);
                let (x, y) = (a.python, b.python);
                match operation {
                    0 => written(format!("({x} + {y})"), a.most + b.most),
                    1 => written(format!("({x} - {y})"), a.most + b.most),
                    2 => written(format!("({x} * {y})"), a.most * b.most),
                    3 => written(format!("{}({x}, {y})", self.pick(&["max_", "np.maximum"])), a.most.max(b.most)),
                    4 => written(format!("{}({x}, {y})", self.pick(&["min_", "np.minimum"])), a.most.max(b.most)),
                    _ => {
                        let c = self.number(whose, depth);
                        wild(format!("where({y} > 0, {x} / {y}, {})", c.python))
                    }
                }
            }
            6 | 7 => {
                let (condition, b) = (self.truth(whose, depth), self.number(whose, depth));
                let most = a.most.max(b.most).max(condition.most);
                written(format!("where({}, {}, {})", condition.python, a.python, b.python), most)
            }
            8 => {
                let (first, second) = (self.truth(whose, depth), self.truth(whose, depth));
                let (b, c) = (self.number(whose, depth), self.constant());
                let most = [a.most, b.most, c.most, first.most, second.most].into_iter().fold(0.0, f64::max);
                let (first, second) = (first.python, second.python);
                written(
                    format!("select([{first}, {second}], [{}, {}], default={})", a.python, b.python, c.python),
                    most,
                )
            }
            9 => {
                written(format!("{}({})", self.pick(&["np.floor", "np.ceil", "np.trunc", "round_"]), a.python), a.most)
            }
            10 => wild(format!("round_({}, {})", a.python, self.chance.below(3))),
            11 => written(format!("({} // {size})", a.python), a.most + 1.0),
            12 => written(format!("({} % {size})", a.python), if a.most < EXACT { size as f64 } else { a.most }),
            13 => wild(format!("({} / {size})", a.python)),
            14 => {
                let truth = self.truth(whose, depth);
                written(format!("({} * {})", truth.python, a.python), a.most.max(truth.most))
            }
            15 => written(format!("{}({})", self.pick(&["abs", "-", "np.sign"]), a.python), a.most.max(1.0)),
            16 => written(format!("np.clip({}, {}, {})", a.python, -(size as i64), size * 9), a.most.max(81.0)),
            17 => wild(format!("parameters(period).{}.calc({})", self.pick(&["charge", "steps", "sums"]), a.python)),
            18 => {
                let truth = self.truth(whose, depth);
                wild(format!("where({}, np.nan, {})", truth.python, a.python))
            }
            19 => written(format!("where({0} < 1000000, {0}, 7).astype(int)", a.python), a.most),
            20 => {
                written(format!("apply_thresholds({}, [{size}, {}], [1, 2, 3])", a.python, size + 9), a.most.max(3.0))
            }
            _ => {
                let b = self.number(whose, depth);
                wild(format!("({} / {})", a.python, b.python))
            }
        }
    }

    /// What reaches from persons to families, and back.
    fn across(&mut self, whose: Whose, depth: usize) -> Written {
        if whose == Whose::Family {
            let of = self.number(Whose::Members, depth);
            let role = self.pick(&["", "", ", role=Family.CHILD", ", role=Family.PARENT"]);
            return match self.chance.below(6) {
                0..=2 => written(format!("family.sum({}{role})", of.python), of.most * 6.0),
                3 => written(format!("family.value_from_first_person({})", of.python), of.most),
                4 => written(
                    "family.first_parent('whole', period)".into(),
                    if self.small { SMALL as f64 } else { f64::INFINITY },
                ),
                // A family may have nobody in a role: then it is infinite.
                _ => {
                    let name = self.pick(&["max", "min"]);
                    let most = if role.is_empty() { of.most } else { f64::INFINITY };
                    written(format!("family.{name}({}{role})", of.python), most)
                }
            };
        }
        match self.chance.below(4) {
            0 if whose == Whose::Person => {
                let key = self.number(whose, depth);
                written(format!("person.get_rank(person.family, {})", key.python), key.most.max(8.0))
            }
            1 if whose == Whose::Person => {
                let name = self.pick(&["income", "whole", "other"]);
                let most = if self.small { SMALL as f64 * 6.0 } else { f64::INFINITY };
                written(format!("person.family.sum(person.family.members('{name}', period))"), most)
            }
            2 => wild("parameters(period).by_status[me('status', period)]".into()),
            _ => written("(born.astype('datetime64[M]').astype(int) % 12 + 1)".into(), 12.0),
        }
    }

    fn truth(&mut self, whose: Whose, depth: usize) -> Written {
        let depth = depth.saturating_sub(1);
        match self.chance.below(9) {
            0 if whose != Whose::Family => written("flag".into(), 1.0),
            1 if whose != Whose::Family => {
                let name = self.pick(&["CHILD", "PARENT", "FIRST_PARENT", "SECOND_PARENT"]);
                written(format!("me.has_role(Family.{name})"), 1.0)
            }
            0 | 1 => {
                let of = self.truth(Whose::Members, depth);
                let name = self.pick(&["any", "all"]);
                let role = self.pick(&["", "", ", role=Family.CHILD"]);
                written(format!("family.{name}({}{role})", of.python), of.most)
            }
            2 if depth > 0 => {
                let (a, b) = (self.truth(whose, depth), self.truth(whose, depth));
                let sign = self.pick(&["*", "+", "&", "|", "^"]);
                written(format!("(({}) {sign} ({}))", a.python, b.python), a.most.max(b.most))
            }
            3 if depth > 0 => {
                let a = self.truth(whose, depth);
                written(format!("not_({})", a.python), a.most)
            }
            4 => {
                let a = self.number(whose, depth);
                wild(format!("np.isnan({})", a.python))
            }
            5 if whose != Whose::Family => written("(me('status', period) == Status.couple)".into(), 1.0),
            _ => {
                let (a, b) = (self.number(whose, depth), self.number(whose, depth));
                let sign = self.pick(&["<", "<=", ">", ">=", "==", "!="]);
                written(format!("({} {sign} {})", a.python, b.python), a.most.max(b.most))
            }
        }
    }

    /// All variables, as Python, and those whose numbers are whole and small.
    fn law(&mut self) -> (String, HashSet<String>) {
        let mut text = HEAD.to_owned();
        for (name, kind, entity) in INPUTS {
            let values =
                if kind == "Enum" { "\n    possible_values = Status\n    default_value = Status.single" } else { "" };
            let period = if kind == "date" { "ETERNITY" } else { "MONTH" };
            write!(text, "\nclass {name}(Variable):\n    value_type = {kind}{values}\n    entity = {entity}\n    definition_period = {period}\n").unwrap();
        }
        for place in 0..FORMULAS {
            let person = self.chance.below(5) < 3;
            let depth = 1 + self.chance.below(4);
            let whose = if person { Whose::Person } else { Whose::Family };
            let truth = self.chance.below(5) == 0;
            let result = if truth { self.truth(whose, depth) } else { self.number(whose, depth) };
            let kind = if truth { "bool" } else { self.pick(&["float", "float", "int"]) };
            let (entity, of, me) =
                if person { ("Person", "person", "person") } else { ("Family", "family", "family.members") };
            write!(
                text,
                "
class v{place}(Variable):
    value_type = {kind}
    entity = {entity}
    definition_period = MONTH
    def formula({of}, period, parameters):
        me = {me}
        income = me('income', period)
        whole = me('whole', period)
        other = me('other', period)
        flag = me('flag', period)
        born = me('born', period)
        rent = {of}{}('rent', period)
        return {}
",
                if person { ".family" } else { "" },
                result.python
            )
            .unwrap();
            // What is cut to a whole number is whole afterwards; how it is cut may differ.
            self.known.push((format!("v{place}"), person, result.most));
        }
        let small = self.known.iter().filter(|known| known.2 < EXACT).map(|known| known.0.clone()).collect();
        (text, small)
    }
}

/// A law and a nation, asked in every way.
pub(crate) fn one(seed: u64) {
    let mut chance = Chance(seed ^ 0x6c61_7773);
    let small = chance.below(3) == 0;
    let (text, is_small) = Author { chance: &mut chance, small, known: Vec::new() }.law();
    // A failure names a variable and a seed; with this the law that the seed draws can be read.
    if let Some(file) = std::env::var_os("MARU_FUZZ_LAW") {
        std::fs::write(file, &text).unwrap();
    }
    let (_folder, package) = package(&text, &PARAMETERS);
    let coverage = maru_rules::command::check(&package, Instant::new(2026, 1, 1).unwrap()).unwrap();
    assert!(coverage.unsupported.is_empty(), "{}\n{text}", coverage.unsupported[0].diagnostic);
    agree(&package, &mut chance, small, &|name| is_small.contains(name));
}
