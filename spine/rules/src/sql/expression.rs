//! One operation as an expression of SQL.

use super::form::{Form, MANNER, exact_constant, meet, multiplied};
use super::{Dialect, SqlOptions};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, Graph, Kind, NodeId, Operation, TextTest, Unary};
use crate::number::{Number, Rational, greatest_common_divisor, power_of_ten};
use crate::parameter::{Scale, ScaleKind};
use std::fmt::Write as _;

/// Writes expressions for a dialect.
pub(super) struct Writer<'sql> {
    pub(super) graph: &'sql Graph,
    pub(super) options: &'sql SqlOptions,
    pub(super) forms: Vec<Form>,
}

impl Writer<'_> {
    /// A text as a literal.
    pub(super) fn quoted(&self, text: &str) -> String {
        match self.options.dialect {
            Dialect::Spark => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Dialect::DuckDb => format!("'{}'", text.replace('\'', "''")),
        }
    }

    pub(super) fn integer_divide(&self, a: &str, b: &str) -> String {
        match self.options.dialect {
            Dialect::Spark => format!("({a} div {b})"),
            Dialect::DuckDb => format!("({a} // {b})"),
        }
    }

    pub(super) fn text_type(&self) -> &'static str {
        match self.options.dialect {
            Dialect::Spark => "STRING",
            Dialect::DuckDb => "VARCHAR",
        }
    }

    /// Days since 1970 of a date.
    pub(super) fn days(&self, date: &str) -> String {
        match self.options.dialect {
            Dialect::Spark => format!("CAST(datediff({date}, DATE '1970-01-01') AS BIGINT)"),
            Dialect::DuckDb => format!("CAST(date_diff('day', DATE '1970-01-01', {date}) AS BIGINT)"),
        }
    }

    /// The date of days since 1970.
    pub(super) fn date(&self, days: &str) -> String {
        match self.options.dialect {
            Dialect::Spark => format!("date_add(DATE '1970-01-01', CAST({days} AS INT))"),
            Dialect::DuckDb => format!("(DATE '1970-01-01' + CAST({days} AS INTEGER))"),
        }
    }

    /// A constant brought from its own form into another.
    pub(super) fn constant_as(&self, constant: &Constant, form: Form) -> String {
        let own = MANNER.of_constant(constant);
        Self::reform(&self.constant(constant, own), own, form)
    }

    pub(super) fn constant(&self, constant: &Constant, form: Form) -> String {
        match (constant, form) {
            (Constant::Text(text), _) => self.quoted(text),
            (value, Form::Bool) => {
                if value.number().is_some_and(|number| number.float != 0.0) { "TRUE" } else { "FALSE" }.to_owned()
            }
            (value, Form::Scaled(denominator)) => value
                .number()
                .and_then(|number| number.exact)
                .and_then(|exact| exact.numerator().checked_mul(denominator / exact.denominator().max(1)))
                .map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |numerator| format!("CAST({numerator} AS BIGINT)")),
            (value, _) => double(value.number().map_or(f64::NAN, |number| number.float)),
        }
    }

    /// An expression in another form.
    pub(super) fn reform(expression: &str, from: Form, to: Form) -> String {
        match (from, to) {
            (from, to) if from == to => expression.to_owned(),
            (Form::Bool, Form::Scaled(denominator)) => {
                format!("(CASE WHEN {expression} THEN CAST({denominator} AS BIGINT) ELSE CAST(0 AS BIGINT) END)")
            }
            (Form::Bool, Form::Float) => {
                format!("(CASE WHEN {expression} THEN CAST(1 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END)")
            }
            (Form::Scaled(own), Form::Scaled(denominator)) => format!("({expression} * {})", denominator / own),
            (Form::Scaled(1), Form::Float) => format!("CAST({expression} AS DOUBLE)"),
            (Form::Scaled(own), Form::Float) => format!("(CAST({expression} AS DOUBLE) / CAST({own} AS DOUBLE))"),
            (Form::Scaled(_) | Form::Float, Form::Bool) => format!("({expression} <> 0)"),
            _ => expression.to_owned(),
        }
    }

    pub(super) fn exact(&self, id: NodeId) -> Option<Rational> {
        exact_constant(self.graph, id)
    }

    /// Whether an operation names an argument more than once, so that the argument should be a column.
    pub(super) fn repeats(&self, operation: &Operation) -> bool {
        match operation {
            Operation::Unary(operation, _) => matches!(
                operation,
                Unary::Floor | Unary::Ceiling | Unary::Truncate | Unary::Round(_) | Unary::Sign | Unary::Absolute
            ),
            Operation::Binary(operation, a, b) => {
                matches!(operation, Binary::FloorDivide | Binary::Modulo)
                    || (*operation == Binary::Divide && self.exact(*b).is_none())
                    || (looks_for_numbers(*operation) && (self.may_be_no_number(*a) || self.may_be_no_number(*b)))
            }
            Operation::Scale { .. } | Operation::Convert(_) => true,
            _ => false,
        }
    }

    /// Whether a column may hold what is not a number (NaN): where the law names a figure that is not known, or zero divides zero.
    fn may_be_no_number(&self, id: NodeId) -> bool {
        self.forms[id as usize] == Form::Float
            && self.graph.constant(id).and_then(Constant::number).is_none_or(|number| number.float.is_nan())
    }

    /// An expression; `of` gives those of the arguments.
    pub(super) fn expression(&self, id: NodeId, of: &dyn Fn(NodeId) -> String) -> Result<String, Diagnostic> {
        let node = self.graph.node(id);
        let form = self.forms[id as usize];
        let own = |id: NodeId| self.forms[id as usize];
        let to = |id: NodeId, form: Form| Self::reform(&of(id), own(id), form);
        Ok(match &node.operation {
            Operation::Constant(constant) | Operation::Fill(constant) => self.constant(constant, form),
            Operation::Unary(operation, a) => self.unary(*operation, &of(*a), own(*a), form),
            Operation::Binary(operation, a, b) => self.binary(*operation, (*a, *b), of, form),
            Operation::Choose(condition, a, b) => {
                format!("(CASE WHEN {} THEN {} ELSE {} END)", to(*condition, Form::Bool), to(*a, form), to(*b, form))
            }
            Operation::Convert(a) => self.convert(&of(*a), own(*a), self.graph.kind(*a), node.kind),
            Operation::Test(test, a, pattern) => {
                let (text, pattern, length) = (of(*a), self.quoted(pattern), pattern.chars().count());
                match test {
                    TextTest::StartsWith => format!("(LEFT({text}, {length}) = {pattern})"),
                    TextTest::EndsWith => format!("(RIGHT({text}, {length}) = {pattern})"),
                    TextTest::Contains => format!("(POSITION({pattern} IN {text}) > 0)"),
                }
            }
            Operation::Scale { scale, base, right } => self.scale(scale, &of(*base), own(*base), *right, form),
            Operation::Lookup(table, key) => {
                let mut cases = String::new();
                for (entry, value) in &table.entries {
                    if let Some(value) = value {
                        let entry = match entry {
                            Constant::Text(text) => self.quoted(text),
                            other => self.constant(other, Form::Scaled(1)),
                        };
                        let _ = write!(cases, " WHEN {entry} THEN {}", self.constant_as(value, form));
                    }
                }
                format!("(CASE {}{cases} END)", of(*key))
            }
            Operation::MemberName(names, a) => {
                let cases: String = names
                    .iter()
                    .enumerate()
                    .map(|(index, name)| format!(" WHEN {index} THEN {}", self.quoted(name)))
                    .collect::<Vec<_>>()
                    .concat();
                format!("(CASE {}{cases} END)", of(*a))
            }
            _ => return Err(Diagnostic::limit("a step of the SQL is missing", "report this with the package")),
        })
    }

    /// The floor of a whole number over a denominator.
    pub(super) fn floored(&self, expression: &str, denominator: i128) -> String {
        if denominator == 1 {
            return expression.to_owned();
        }
        let rest = format!("((({expression} % {denominator}) + {denominator}) % {denominator})");
        self.integer_divide(&format!("({expression} - {rest})"), &denominator.to_string())
    }

    fn unary(&self, operation: Unary, a: &str, own: Form, form: Form) -> String {
        match (operation, own) {
            (Unary::Not, own) => format!("(NOT {})", Self::reform(a, own, Form::Bool)),
            (Unary::IsNotANumber, Form::Float) => format!("isnan({a})"),
            (Unary::IsInfinite, Form::Float) => {
                format!("(abs({a}) = CAST('Infinity' AS DOUBLE))")
            }
            (Unary::IsNotANumber | Unary::IsInfinite, _) => "FALSE".to_owned(),
            (Unary::Negate, own) => format!("(- {})", Self::reform(a, own, form)),
            (Unary::Absolute, own) => format!("abs({})", Self::reform(a, own, form)),
            (Unary::Floor, Form::Scaled(denominator)) => self.floored(a, denominator),
            (Unary::Ceiling, Form::Scaled(denominator)) => {
                format!("(- {})", self.floored(&format!("(- {a})"), denominator))
            }
            (Unary::Truncate, Form::Scaled(denominator)) => {
                self.integer_divide(&format!("({a} - ({a} % {denominator}))"), &denominator.to_string())
            }
            (Unary::Round(digits), Form::Scaled(denominator)) => self.rounded(a, denominator, digits, form),
            (Unary::Sign, Form::Scaled(_)) => {
                format!(
                    "(CASE WHEN {a} > 0 THEN CAST(1 AS BIGINT) WHEN {a} < 0 THEN CAST(-1 AS BIGINT) ELSE CAST(0 AS BIGINT) END)"
                )
            }
            (operation, own) => {
                let a = Self::reform(a, own, Form::Float);
                match operation {
                    Unary::Floor => self.whole("floor", &a),
                    Unary::Ceiling => self.whole("ceil", &a),
                    Unary::Truncate => format!("(sign({a}) * {})", self.whole("floor", &format!("abs({a})"))),
                    Unary::Round(digits) => {
                        let power = double(10_f64.powi(digits));
                        format!(
                            "(CASE WHEN abs({a} * {power} - floor({a} * {power})) = 0.5 THEN 2 * round({a} * {power} / 2) ELSE round({a} * {power}) END / {power})"
                        )
                    }
                    Unary::Exponential => format!("exp({a})"),
                    Unary::Logarithm => format!("ln({a})"),
                    Unary::SquareRoot => format!("sqrt({a})"),
                    _ => format!("sign({a})"),
                }
            }
        }
    }

    /// The floor or ceiling of a double: Spark's is a whole number, nothing for what is none.
    fn whole(&self, function: &str, a: &str) -> String {
        match self.options.dialect {
            Dialect::DuckDb => format!("{function}({a})"),
            Dialect::Spark => format!("(CASE WHEN abs({a}) < 9e15 THEN CAST({function}({a}) AS DOUBLE) ELSE {a} END)"),
        }
    }

    /// Halves to the even neighbour.
    fn rounded(&self, a: &str, denominator: i128, digits: i32, form: Form) -> String {
        let Form::Scaled(target) = form else { return a.to_owned() };
        let power = power_of_ten(digits.unsigned_abs()).unwrap_or(1);
        if digits >= 0 && power % denominator == 0 {
            return Self::reform(a, Form::Scaled(denominator), form);
        }
        let (up, down) = if digits >= 0 { (power, denominator) } else { (1, denominator * power) };
        let divisor = greatest_common_divisor(up, down).max(1);
        let (up, down) = (up / divisor, down / divisor);
        let raised = format!("({a} * {up})");
        let floor = self.floored(&raised, down);
        let rest = format!("((({raised} % {down}) + {down}) % {down})");
        let back = if digits >= 0 { target / power } else { power };
        format!(
            "((CASE WHEN 2 * {rest} < {down} THEN {floor} WHEN 2 * {rest} > {down} THEN {floor} + 1 ELSE {floor} + abs({floor} % 2) END) * {back})"
        )
    }

    fn binary(&self, operation: Binary, (a, b): (NodeId, NodeId), of: &dyn Fn(NodeId) -> String, form: Form) -> String {
        let own = |id: NodeId| self.forms[id as usize];
        let to = |id: NodeId, form: Form| Self::reform(&of(id), own(id), form);
        let both = |sign: &str, form: Form| format!("({} {sign} {})", to(a, form), to(b, form));
        match operation {
            Binary::And if form == Form::Bool => both("AND", form),
            Binary::Or if form == Form::Bool => both("OR", form),
            Binary::Xor if form == Form::Bool => both("<>", form),
            Binary::And => both("&", form),
            Binary::Or => both("|", form),
            Binary::Xor => match self.options.dialect {
                Dialect::Spark => both("^", form),
                Dialect::DuckDb => format!("xor({}, {})", to(a, form), to(b, form)),
            },
            Binary::Equal => self.compared(&both("=", meet(own(a), own(b))), &of(b), b),
            Binary::NotEqual if self.may_be_no_number(b) => {
                format!("({} OR isnan({}))", both("<>", meet(own(a), own(b))), of(b))
            }
            Binary::NotEqual => both("<>", meet(own(a), own(b))),
            Binary::Less => self.compared(&both("<", meet(own(a), own(b))), &of(b), b),
            Binary::LessOrEqual => self.compared(&both("<=", meet(own(a), own(b))), &of(b), b),
            Binary::Add if form == Form::Text => format!("concat({}, {})", of(a), of(b)),
            Binary::Add => both("+", form),
            Binary::Subtract => both("-", form),
            Binary::Maximum => format!("greatest({}, {})", to(a, form), to(b, form)),
            Binary::Minimum => {
                let least = format!("least({}, {})", to(a, form), to(b, form));
                let guards = [a, b].map(|id| {
                    if self.may_be_no_number(id) { format!(" WHEN isnan({0}) THEN {0}", of(id)) } else { String::new() }
                });
                let guards = guards.concat();
                if guards.is_empty() { least } else { format!("(CASE{guards} ELSE {least} END)") }
            }
            Binary::Multiply => {
                if form == Form::Float {
                    return both("*", form);
                }
                let times = |id: NodeId, factor: Rational| {
                    let own = own(id).number();
                    let denominator = if let Form::Scaled(denominator) = own { denominator } else { 1 };
                    let factor = multiplied(denominator, factor).map_or(1, |(factor, _)| factor);
                    format!("({} * {factor})", to(id, own))
                };
                if let Some(factor) = self.exact(b) {
                    return times(a, factor);
                }
                if let Some(factor) = self.exact(a) {
                    return times(b, factor);
                }
                if own(a) == Form::Bool {
                    return format!("(CASE WHEN {} THEN {} ELSE CAST(0 AS BIGINT) END)", of(a), to(b, form));
                }
                if own(b) == Form::Bool {
                    return format!("(CASE WHEN {} THEN {} ELSE CAST(0 AS BIGINT) END)", of(b), to(a, form));
                }
                format!("({} * {})", of(a), of(b))
            }
            Binary::Divide => {
                if let (Form::Scaled(_), Some(divisor)) = (form, self.exact(b)) {
                    let own = own(a).number();
                    let denominator = if let Form::Scaled(denominator) = own { denominator } else { 1 };
                    let factor = Rational::ONE
                        .divide(divisor)
                        .and_then(|inverse| multiplied(denominator, inverse))
                        .map_or(1, |(factor, _)| factor);
                    return format!("({} * {factor})", to(a, own));
                }
                let (x, y) = (to(a, Form::Float), to(b, Form::Float));
                format!(
                    "(CASE WHEN {y} <> 0 THEN {x} / {y} WHEN isnan({x}) THEN {x} WHEN {x} > 0 THEN CAST('Infinity' AS DOUBLE) WHEN {x} < 0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END)"
                )
            }
            Binary::FloorDivide | Binary::Modulo => self.floor_divided(operation, (a, b), of, form),
            Binary::Power => format!("power({}, {})", to(a, Form::Float), to(b, Form::Float)),
        }
    }

    /// A comparison with `b` as numbers are compared (IEEE 754): databases hold what is not a number for equal to itself and greater than all.
    fn compared(&self, comparison: &str, of_b: &str, b: NodeId) -> String {
        if self.may_be_no_number(b) { format!("({comparison} AND NOT isnan({of_b}))") } else { comparison.to_owned() }
    }

    fn floor_divided(
        &self,
        operation: Binary,
        (a, b): (NodeId, NodeId),
        of: &dyn Fn(NodeId) -> String,
        form: Form,
    ) -> String {
        let shared = meet(self.forms[a as usize].number(), self.forms[b as usize].number());
        let (x, y) = (
            Self::reform(&of(a), self.forms[a as usize], shared),
            Self::reform(&of(b), self.forms[b as usize], shared),
        );
        if shared == Form::Float || form == Form::Float {
            let (x, y) = (Self::reform(&x, shared, Form::Float), Self::reform(&y, shared, Form::Float));
            let quotient = format!(
                "(CASE WHEN {y} = 0 THEN CAST('NaN' AS DOUBLE) ELSE {} END)",
                self.whole("floor", &format!("({x} / {y})"))
            );
            return if operation == Binary::FloorDivide { quotient } else { format!("({x} - {y} * {quotient})") };
        }
        let quotient = format!(
            "(CASE WHEN {y} = 0 THEN CAST(0 AS BIGINT) ELSE {} - (CASE WHEN ({x} % {y}) <> 0 AND ({x} < 0) <> ({y} < 0) THEN 1 ELSE 0 END) END)",
            self.integer_divide(&x, &y)
        );
        if operation == Binary::FloorDivide {
            quotient
        } else {
            format!("(CASE WHEN {y} = 0 THEN CAST(0 AS BIGINT) ELSE {x} - {y} * {quotient} END)")
        }
    }

    fn convert(&self, a: &str, own: Form, from: Kind, to: Kind) -> String {
        let of_day = |part: &str| format!("CAST({part}({}) AS BIGINT)", self.date(a));
        match (from, to) {
            (_, Kind::Bool) => Self::reform(a, own, Form::Bool),
            (_, Kind::Text) => format!("CAST({a} AS {})", self.text_type()),
            (Kind::Text, to) if to.is_float() => format!("CAST({a} AS DOUBLE)"),
            (Kind::Text, _) => format!("CAST({a} AS BIGINT)"),
            (Kind::Date, Kind::Month) => format!("(({} - 1970) * 12 + {} - 1)", of_day("year"), of_day("month")),
            (Kind::Date, Kind::Year) => format!("({} - 1970)", of_day("year")),
            (Kind::Month, Kind::Year) => self.floored(a, 12),
            (Kind::Year, Kind::Month) | (Kind::Years, Kind::Months) => format!("({a} * 12)"),
            (Kind::Month | Kind::Year, Kind::Date) => {
                let months = if from == Kind::Year { format!("({a} * 12)") } else { a.to_owned() };
                match self.options.dialect {
                    Dialect::Spark => self.days(&format!("add_months(DATE '1970-01-01', CAST({months} AS INT))")),
                    Dialect::DuckDb => {
                        self.days(&format!("CAST(DATE '1970-01-01' + to_months(CAST({months} AS INTEGER)) AS DATE)"))
                    }
                }
            }
            (Kind::Days, Kind::Months) => self.integer_divide(&format!("({a} * 4800)"), "146097"),
            (Kind::Days, Kind::Years) => self.integer_divide(&format!("({a} * 400)"), "146097"),
            (Kind::Months, Kind::Years) => self.integer_divide(a, "12"),
            (Kind::Months, Kind::Days) => self.integer_divide(&format!("({a} * 146097)"), "4800"),
            (Kind::Years, Kind::Days) => self.integer_divide(&format!("({a} * 146097)"), "400"),
            (_, to) if to.is_float() => Self::reform(a, own, own.number()),
            _ => match own {
                Form::Bool => Self::reform(a, own, Form::Scaled(1)),
                Form::Float => format!("CAST(sign({a}) * floor(abs({a})) AS BIGINT)"),
                Form::Scaled(denominator) if denominator > 1 => {
                    self.integer_divide(&format!("({a} - ({a} % {denominator}))"), &denominator.to_string())
                }
                _ => a.to_owned(),
            },
        }
    }

    fn scale(&self, scale: &Scale, base: &str, own: Form, right: bool, form: Form) -> String {
        let thresholds = MANNER.of_numbers(&scale.thresholds);
        let shared = meet(own.number(), thresholds);
        let base = Self::reform(base, own, shared);
        let cut = |number: &Number| self.constant(&Constant::Float(*number), shared);
        if scale.kind == ScaleKind::MarginalRate {
            let slices: Vec<String> = scale
                .thresholds
                .iter()
                .zip(&scale.values)
                .enumerate()
                .map(|(place, (threshold, rate))| {
                    let upper = match scale.thresholds.get(place + 1) {
                        Some(next) => format!("least({base}, {})", cut(next)),
                        None => base.clone(),
                    };
                    let slice =
                        format!("greatest({upper} - {}, {})", cut(threshold), self.constant(&Constant::Int(0), shared));
                    let rate = match (form, shared) {
                        (Form::Scaled(result), Form::Scaled(unit)) => {
                            let exact = rate.exact.unwrap_or(Rational::ZERO);
                            (exact.numerator() * (result / unit / exact.denominator().max(1))).to_string()
                        }
                        _ => double(rate.float),
                    };
                    let slice = if form == Form::Float { Self::reform(&slice, shared, Form::Float) } else { slice };
                    format!("{slice} * {rate}")
                })
                .collect();
            let sum = format!("({})", slices.join(" + "));
            return match (slices.is_empty(), shared) {
                (true, _) => self.constant(&Constant::Int(0), form),
                (false, Form::Float) => format!("(CASE WHEN isnan({base}) THEN {base} ELSE {sum} END)"),
                (false, _) => sum,
            };
        }
        let sign = if right || scale.kind == ScaleKind::MarginalAmount { ">" } else { ">=" };
        let mut sum = Number::from_integer(0);
        let mut cases = Vec::new();
        for (threshold, value) in scale.thresholds.iter().zip(&scale.values) {
            sum = if scale.kind == ScaleKind::MarginalAmount {
                sum.combine(*value, |a, b| a + b, Rational::plus)
            } else {
                *value
            };
            cases.push(format!(
                " WHEN {base} {sign} {} THEN {}",
                cut(threshold),
                self.constant(&Constant::Float(sum), form)
            ));
        }
        cases.reverse();
        format!("(CASE{} ELSE {} END)", cases.concat(), self.constant(&Constant::Int(0), form))
    }
}

/// Operations that databases do otherwise where something is not a number.
fn looks_for_numbers(operation: Binary) -> bool {
    matches!(operation, Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual | Binary::Minimum)
}

fn double(value: f64) -> String {
    if value.is_nan() {
        "CAST('NaN' AS DOUBLE)".to_owned()
    } else if value.is_infinite() {
        format!("CAST('{}Infinity' AS DOUBLE)", if value < 0.0 { "-" } else { "" })
    } else {
        format!("CAST({value:e} AS DOUBLE)")
    }
}
