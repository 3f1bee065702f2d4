//! NumPy's functions, on columns and on plain values; and the tax scales.

mod scale;

pub(crate) use scale::add_scale;
pub(crate) use scale::average_scale;
pub(crate) use scale::empty_scale;
pub(crate) use scale::inverse_scale;

use super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, Kind, Operand, Shape, TextTest, Unary, fold_unary};
use crate::number::{Number, Rational};
use crate::syntax::{Arithmetic, Comparison, Name};
use crate::value::{Outcome, Value, lock};
use std::sync::Arc;

/// What `from numpy import *` brings, as far as packages use it.
pub(crate) const COMMON: &[&str] = &[
    "where",
    "select",
    "maximum",
    "minimum",
    "clip",
    "floor",
    "ceil",
    "trunc",
    "round",
    "around",
    "absolute",
    "sign",
    "exp",
    "log",
    "sqrt",
    "power",
    "logical_and",
    "logical_or",
    "logical_not",
    "logical_xor",
    "isin",
    "isnan",
    "zeros_like",
    "ones_like",
    "full_like",
    "datetime64",
    "timedelta64",
    "array",
    "fmax",
    "fmin",
    "int32",
    "int64",
    "float32",
    "float64",
];

/// The type that a `dtype` argument names.
pub(crate) fn kind_of(value: &Value) -> Outcome<Kind> {
    let name: Name = match value {
        Value::Kind(kind) => return Ok(*kind),
        Value::Builtin(name) => Arc::from(name.rsplit('.').next().unwrap_or(name)),
        Value::Text(text) => Arc::clone(text),
        Value::EnumType(enumeration) => return Ok(Kind::Enum(enumeration.id)),
        other => {
            return Err(Diagnostic::raised(
                "TypeError",
                format!("Cannot interpret '{}' as a data type", other.display()),
            ));
        }
    };
    let name = name.trim_start_matches(['<', '>', '=']);
    let name = name
        .strip_prefix("M8")
        .map(|unit| format!("datetime64{unit}"))
        .or_else(|| name.strip_prefix("m8").map(|unit| format!("timedelta64{unit}")))
        .unwrap_or_else(|| name.to_owned());
    Ok(match name.as_str() {
        "bool" | "bool_" | "?" => Kind::Bool,
        "int32" | "i4" | "int16" | "int8" | "uint8" | "i" | "intc" => Kind::Int32,
        "int" | "int64" | "i8" | "int_" | "intp" | "uint32" | "integer" => Kind::Int64,
        "float32" | "f4" | "single" | "f" => Kind::Float32,
        "float" | "float64" | "f8" | "double" | "float_" | "d" => Kind::Float64,
        "datetime64[D]" | "datetime64" | "date" => Kind::Date,
        "datetime64[M]" => Kind::Month,
        "datetime64[Y]" => Kind::Year,
        "timedelta64[D]" | "timedelta64" => Kind::Days,
        "timedelta64[M]" => Kind::Months,
        "timedelta64[Y]" => Kind::Years,
        "str" | "str_" | "object" | "O" | "U" | "S" => Kind::Text,
        name if name.starts_with("|S") || name.starts_with('U') || name.starts_with('S') => Kind::Text,
        other => {
            return Err(Diagnostic::unsupported(
                format!("the data type «{other}»"),
                "use bool, int, float, datetime64[D], datetime64[M] or datetime64[Y]",
            ));
        }
    })
}

impl Evaluator {
    /// Calls a function of NumPy; with `where=`, rows for which it does not hold keep what `out=` has there.
    pub(crate) fn call_numpy(&mut self, function: &str, arguments: &Arguments) -> Outcome<Value> {
        let result = self.numpy_function(function, arguments)?;
        match (arguments.named("where"), arguments.named("out")) {
            (Some(rows), Some(out)) => self.choose(&rows, &result, &out),
            (Some(_), None) => Err(Diagnostic::unsupported(
                format!("{function}(…, where=…) leaves the other rows open"),
                "say what they are: out=zeros_like(…)",
            )),
            _ => Ok(result),
        }
    }

    fn numpy_function(&mut self, function: &str, arguments: &Arguments) -> Outcome<Value> {
        let first = || arguments.require(0, "a", function);
        let second = || arguments.require(1, "b", function);
        let binary = |evaluator: &mut Self, operator: Arithmetic| {
            let (a, b) = (first()?, second()?);
            evaluator.arithmetic(operator, &a, &b)
        };
        let compare = |evaluator: &mut Self, comparison: Comparison| {
            let (a, b) = (first()?, second()?);
            evaluator.compare(comparison, &a, &b)
        };
        match function {
            "where" => {
                let condition = arguments.require(0, "condition", function)?;
                match (arguments.take(1, "x"), arguments.take(2, "y")) {
                    (Some(then), Some(otherwise)) => self.choose(&condition, &then, &otherwise),
                    _ => Err(Diagnostic::unsupported(
                        "where(…) with one argument",
                        "give both values: where(condition, value_if_true, value_if_false)",
                    )),
                }
            }
            "select" => {
                let conditions = self.iterate(&arguments.require(0, "condlist", function)?)?;
                let choices = self.iterate(&arguments.require(1, "choicelist", function)?)?;
                let default = arguments.take(2, "default").unwrap_or(Value::Int(0));
                self.select(&conditions, &choices, &default)
            }
            "maximum" | "fmax" => {
                let (a, b) = (first()?, second()?);
                self.extreme(Binary::Maximum, &a, &b)
            }
            "minimum" | "fmin" => {
                let (a, b) = (first()?, second()?);
                self.extreme(Binary::Minimum, &a, &b)
            }
            "max" | "amax" | "min" | "amin" | "sum" | "any" | "all" | "maximum.reduce" | "minimum.reduce"
            | "add.reduce" | "logical_or.reduce" | "logical_and.reduce" | "multiply.reduce" | "prod" | "mean" => {
                self.reduce_list(function, arguments)
            }
            "clip" => {
                let low = arguments.take(1, "a_min").or_else(|| arguments.named("min")).unwrap_or(Value::None);
                let high = arguments.take(2, "a_max").or_else(|| arguments.named("max")).unwrap_or(Value::None);
                self.clip(&first()?, &low, &high)
            }
            "floor" => self.unary(Unary::Floor, &first()?),
            "ceil" => self.unary(Unary::Ceiling, &first()?),
            "trunc" | "fix" => self.unary(Unary::Truncate, &first()?),
            "rint" => self.unary(Unary::Round(0), &first()?),
            "round" | "around" | "round_" => {
                let digits = arguments
                    .take(1, "decimals")
                    .map_or(Some(0), |digits| digits.as_int())
                    .and_then(|digits| i32::try_from(digits).ok());
                let digits = digits.ok_or_else(|| {
                    Diagnostic::unsupported(
                        "rounding to decimals that are not known while compiling",
                        "use a whole number",
                    )
                })?;
                self.unary(Unary::Round(digits), &first()?)
            }
            "absolute" | "abs" | "fabs" => self.unary(Unary::Absolute, &first()?),
            "sign" => self.unary(Unary::Sign, &first()?),
            "exp" => self.unary(Unary::Exponential, &first()?),
            "log" => self.unary(Unary::Logarithm, &first()?),
            "log10" => {
                let logarithm = self.unary(Unary::Logarithm, &first()?)?;
                self.arithmetic(Arithmetic::Divide, &logarithm, &Value::Float(Number::inexact(std::f64::consts::LN_10)))
            }
            "sqrt" => self.unary(Unary::SquareRoot, &first()?),
            "isnan" => self.unary(Unary::IsNotANumber, &first()?),
            "isinf" => self.unary(Unary::IsInfinite, &first()?),
            "negative" => self.negate(&first()?),
            "positive" => first(),
            "square" => {
                let value = first()?;
                self.arithmetic(Arithmetic::Multiply, &value, &value)
            }
            "add" => binary(self, Arithmetic::Add),
            "subtract" => binary(self, Arithmetic::Subtract),
            "multiply" => binary(self, Arithmetic::Multiply),
            "divide" | "true_divide" => binary(self, Arithmetic::Divide),
            "floor_divide" => binary(self, Arithmetic::FloorDivide),
            "mod" | "remainder" => binary(self, Arithmetic::Modulo),
            "power" | "pow" | "float_power" => binary(self, Arithmetic::Power),
            "equal" => compare(self, Comparison::Equal),
            "not_equal" => compare(self, Comparison::NotEqual),
            "less" => compare(self, Comparison::Less),
            "less_equal" => compare(self, Comparison::LessOrEqual),
            "greater" => compare(self, Comparison::Greater),
            "greater_equal" => compare(self, Comparison::GreaterOrEqual),
            "logical_and" => self.logical(Binary::And, &first()?, &second()?),
            "logical_or" => self.logical(Binary::Or, &first()?, &second()?),
            "logical_xor" => self.logical(Binary::Xor, &first()?, &second()?),
            "bitwise_and" => binary(self, Arithmetic::And),
            "bitwise_or" => binary(self, Arithmetic::Or),
            "bitwise_xor" => binary(self, Arithmetic::Xor),
            "logical_not" | "invert" | "bitwise_not" => self.unary(Unary::Not, &first()?),
            "isin" | "in1d" => {
                let (element, values) = (first()?, arguments.require(1, "test_elements", function)?);
                let found = self.is_in(&element, &values)?;
                match arguments.named("invert") {
                    Some(Value::Bool(true)) => self.unary(Unary::Not, &found),
                    _ => Ok(found),
                }
            }
            "zeros_like" => self.like(&first()?, &Value::Int(0), arguments.named("dtype")),
            "ones_like" => self.like(&first()?, &Value::Int(1), arguments.named("dtype")),
            "full_like" => {
                self.like(&first()?, &arguments.require(1, "fill_value", function)?, arguments.named("dtype"))
            }
            "empty_like" => self.like(&first()?, &Value::Int(0), arguments.named("dtype")),
            "zeros" | "empty" => self.filled_count(&first()?, &Value::float(0.0), arguments.take(1, "dtype")),
            "ones" => self.filled_count(&first()?, &Value::float(1.0), arguments.take(1, "dtype")),
            "full" | "repeat" => {
                let (count, value) = if function == "full" {
                    (first()?, arguments.require(1, "fill_value", function)?)
                } else {
                    (second()?, first()?)
                };
                self.filled_count(&count, &value, arguments.named("dtype"))
            }
            "genfromtxt" | "loadtxt" => self.table_of_file(arguments),
            "stack" => Ok(Value::list(self.iterate(&arguments.require(0, "arrays", function)?)?)),
            "array" | "asarray" | "fromiter" | "atleast_1d" | "ascontiguousarray" => {
                let value = match first()? {
                    value @ (Value::Column(_) | Value::List(_)) => value,
                    value @ (Value::Tuple(_) | Value::Set(_) | Value::Dict(_) | Value::EnumType(_)) => {
                        Value::list(self.iterate(&value)?)
                    }
                    value => value,
                };
                match arguments.take(1, "dtype").filter(|dtype| !dtype.is_none()) {
                    Some(dtype) => self.convert_value(&value, kind_of(&dtype)?),
                    None => Ok(value),
                }
            }
            "arange" => self.call_builtin("range", arguments),
            "datetime64" => self.moment(arguments),
            "timedelta64" => {
                let amount = first()?
                    .as_int()
                    .ok_or_else(|| Diagnostic::raised("TypeError", "timedelta64 needs a whole number"))?;
                let kind = match arguments.take(1, "unit").map(|unit| unit.display()).as_deref() {
                    None | Some("D") => return Ok(Value::Days(amount)),
                    Some("W") => return Ok(Value::Days(amount.saturating_mul(7))),
                    Some("M") => Kind::Months,
                    Some("Y") => Kind::Years,
                    Some(other) => {
                        return Err(Diagnostic::unsupported(format!("a duration in «{other}»"), "use D, W, M or Y"));
                    }
                };
                self.session()?.graph.fill(Constant::Int(amount), kind, Shape::Scalar).map(Value::Column)
            }
            "busday_count" => self.working_days(arguments),
            "startswith" => {
                let (value, pattern) = (first()?, second()?);
                self.text_test(TextTest::StartsWith, &value, &pattern)
            }
            "endswith" => {
                let (value, pattern) = (first()?, second()?);
                self.text_test(TextTest::EndsWith, &value, &pattern)
            }
            "digitize" => {
                let value = first()?;
                let right = matches!(arguments.take(2, "right"), Some(Value::Bool(true)));
                let mut total = Value::Int(0);
                for bin in self.iterate(&arguments.require(1, "bins", function)?)? {
                    let reached = self.compare(
                        if right { Comparison::Greater } else { Comparison::GreaterOrEqual },
                        &value,
                        &bin,
                    )?;
                    total = self.arithmetic(Arithmetic::Add, &total, &reached)?;
                }
                Ok(total)
            }
            "nan_to_num" => {
                let value = first()?;
                let missing = self.unary(Unary::IsNotANumber, &value)?;
                self.choose(&missing, &Value::Int(0), &value)
            }
            "copy" | "squeeze" | "ravel" => first(),
            "errstate" | "seterr" | "set_printoptions" => Ok(Value::None),
            "iinfo" | "finfo" => {
                let kind = match kind_of(&arguments.require(0, "type", function)?)? {
                    Kind::Int64 => "int64",
                    Kind::Float32 => "float32",
                    Kind::Float64 => "float64",
                    _ => "int32",
                };
                Ok(Value::builtin(&format!("numpy.info.{kind}")))
            }
            "bool_" | "bool" | "int32" | "int64" | "int" | "float32" | "float64" | "float" | "int16" | "int8"
            | "uint8" | "str_" => {
                let kind = kind_of(&Value::text(function))?;
                self.convert_value(&first()?, kind)
            }
            "dtype" => first(),
            "issubdtype" => Ok(Value::Bool(false)),
            "size" => self.call_builtin("len", arguments),
            _ => Err(Diagnostic::unsupported(
                format!("numpy.{function} is not compiled"),
                "use where, select, maximum, minimum, clip, floor, ceil, round, isin and the logical functions",
            )),
        }
    }

    /// `genfromtxt(file, delimiter=…, skip_header=…, dtype=…)`: the numbers of a file of the package, row by row. What is no
    /// number is -1 in a table of whole numbers and not a number in others, as NumPy has it.
    fn table_of_file(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let file = arguments.require(0, "fname", "genfromtxt")?;
        let path = self.readable(&file.display())?;
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Diagnostic::raised("OSError", format!("{}: {error}", path.display())))?;
        let delimiter = arguments.take(3, "delimiter").map_or_else(|| " ".to_owned(), |value| value.display());
        let skipped = arguments.named("skip_header").or_else(|| arguments.named("skiprows"));
        let skipped = skipped.and_then(|value| value.as_int()).and_then(|count| usize::try_from(count).ok());
        let whole = match arguments.take(1, "dtype") {
            Some(dtype) => matches!(kind_of(&dtype)?, Kind::Int32 | Kind::Int64 | Kind::Bool),
            None => false,
        };
        let rows = super::table::read(&text, delimiter.chars().next().unwrap_or(','))?;
        let cell = |cell: &String| match (cell.trim().parse::<f64>(), whole) {
            (Ok(number), true) => Value::Int(number as i64),
            (Ok(number), false) => {
                let exact = Rational::parse(cell.trim());
                Value::Float(exact.map_or_else(|| Number::inexact(number), Number::from_exact))
            }
            (Err(_), true) => Value::Int(-1),
            (Err(_), false) => Value::Float(Number { float: f64::NAN, exact: Some(Rational::NOT_A_NUMBER) }),
        };
        let mut rows: Vec<Value> =
            rows.iter().skip(skipped.unwrap_or(0)).map(|row| Value::list(row.iter().map(cell).collect())).collect();
        // One row alone is a list of its numbers.
        Ok(if rows.len() == 1 { rows.remove(0) } else { Value::list(rows) })
    }

    /// `busday_count(begin, end, weekmask)`: days of the week that count, from one date to the day before another.
    fn working_days(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let mask = arguments.take(2, "weekmask").map_or_else(|| "1111100".to_owned(), |mask| mask.display());
        let counts: Vec<i64> = mask.bytes().map(|day| i64::from(day == b'1')).collect();
        if counts.len() != 7 || arguments.take(3, "holidays").is_some_and(|days| !days.is_none()) {
            return Err(Diagnostic::unsupported(
                "busday_count with holidays or with names of days",
                "give weekmask as seven digits, such as '1111100'",
            ));
        }
        let mut day = |place: usize, name: &str| -> Outcome<Value> {
            let value = arguments.require(place, name, "busday_count")?;
            let value = match value {
                Value::Text(_) | Value::Instant(_) => Value::Date(super::builtin::instant(&value)?.days()),
                other => other,
            };
            let id = self.node(&value)?;
            let graph = &mut self.session()?.graph;
            let id = graph.convert(id, Kind::Date)?;
            graph.convert(id, Kind::Int64).map(Value::Column)
        };
        let (begin, end) = (day(0, "begindates")?, day(1, "enddates")?);
        let straight = self.days_between(&counts, &begin, &end)?;
        // The other way round, NumPy counts from the day after.
        let one = Value::Int(1);
        let later = self.arithmetic(Arithmetic::Add, &begin, &one)?;
        let earlier = self.arithmetic(Arithmetic::Add, &end, &one)?;
        let back = self.days_between(&counts, &later, &earlier)?;
        let reversed = self.compare(Comparison::Less, &end, &begin)?;
        self.choose(&reversed, &back, &straight)
    }

    /// How many days that count lie between two days, given in days since 1970.
    fn days_between(&mut self, counts: &[i64], begin: &Value, end: &Value) -> Outcome<Value> {
        let mut before = vec![0_i64];
        for count in counts {
            before.push(before.last().copied().unwrap_or(0) + count);
        }
        let week = before.pop().unwrap_or(0);
        let table = Value::list(before.into_iter().map(Value::Int).collect());
        let mut until = |day: &Value| -> Outcome<Value> {
            // 1970 began on a Thursday.
            let shifted = self.arithmetic(Arithmetic::Add, day, &Value::Int(3))?;
            let weeks = self.arithmetic(Arithmetic::FloorDivide, &shifted, &Value::Int(7))?;
            let weekday = self.arithmetic(Arithmetic::Modulo, &shifted, &Value::Int(7))?;
            let whole = self.arithmetic(Arithmetic::Multiply, &weeks, &Value::Int(week))?;
            let rest = self.subscript(&table, &weekday)?;
            self.arithmetic(Arithmetic::Add, &whole, &rest)
        };
        let (begin, end) = (until(begin)?, until(end)?);
        self.arithmetic(Arithmetic::Subtract, &end, &begin)
    }

    /// An operation on one value.
    pub(crate) fn unary(&mut self, operation: Unary, value: &Value) -> Outcome<Value> {
        if let Value::List(items) = value {
            let items = lock(items).clone();
            return items.iter().map(|item| self.unary(operation, item)).collect::<Outcome<Vec<_>>>().map(Value::list);
        }
        if Self::is_columnar(value) {
            let id = self.node(value)?;
            return self.session()?.graph.unary(operation, id).map(Value::Column);
        }
        if operation == Unary::Not {
            return self.truth(value).map(|truth| Value::Bool(!truth));
        }
        let constant = match value {
            Value::Int(number)
                if !matches!(
                    operation,
                    Unary::Exponential | Unary::Logarithm | Unary::SquareRoot | Unary::IsNotANumber | Unary::IsInfinite
                ) =>
            {
                Constant::Int(*number)
            }
            other => Constant::Float(other.as_number().ok_or_else(|| {
                Diagnostic::raised("TypeError", format!("this function is not for '{}'", other.type_name()))
            })?),
        };
        if let (Constant::Int(_), Unary::Floor | Unary::Ceiling | Unary::Truncate) = (&constant, operation) {
            return Ok(value.clone());
        }
        Ok(match fold_unary(operation, &constant) {
            Some(Constant::Bool(value)) => Value::Bool(value),
            Some(Constant::Int(value)) => Value::Int(value),
            Some(Constant::Float(number)) => match (value, number.exact) {
                (Value::Int(_), Some(exact)) if exact.denominator() == 1 => {
                    i64::try_from(exact.numerator()).map_or(Value::Float(number), Value::Int)
                }
                _ => Value::Float(number),
            },
            _ => return Err(Diagnostic::raised("OverflowError", "the number is too large")),
        })
    }

    /// `logical_and` and its like: first each side's truth, then the operation.
    pub(crate) fn logical(&mut self, operation: Binary, left: &Value, right: &Value) -> Outcome<Value> {
        if !Self::is_columnar(left) && !Self::is_columnar(right) {
            let (a, b) = (self.truth(left)?, self.truth(right)?);
            return Ok(Value::Bool(match operation {
                Binary::And => a && b,
                Binary::Or => a || b,
                _ => a != b,
            }));
        }
        let mut side = |value: &Value| -> Outcome<Operand> {
            if !Self::is_columnar(value) {
                return self.truth(value).map(|truth| Operand::Weak(Constant::Bool(truth)));
            }
            let id = self.node(value)?;
            self.session()?.graph.truth(id).map(Operand::Node)
        };
        let (left, right) = (side(left)?, side(right)?);
        self.session()?.graph.binary(operation, &left, &right).map(Value::Column)
    }

    /// `sum([a, b, c])` and the like over a list of columns.
    fn reduce_list(&mut self, function: &str, arguments: &Arguments) -> Outcome<Value> {
        let value = arguments.require(0, "a", function)?;
        if Self::is_columnar(&value) {
            let rest = Arguments {
                positional: arguments.positional.iter().skip(1).cloned().collect(),
                named: arguments.named.iter().filter(|(name, _)| &**name != "a").cloned().collect(),
            };
            return self.numpy_of_everybody(function, &value, &rest);
        }
        let items = self.iterate(&value)?;
        match function {
            "sum" | "add.reduce" => {
                let mut total = Value::Int(0);
                for item in &items {
                    total = self.arithmetic(Arithmetic::Add, &total, item)?;
                }
                Ok(total)
            }
            "prod" | "multiply.reduce" => {
                let mut total = Value::Int(1);
                for item in &items {
                    total = self.arithmetic(Arithmetic::Multiply, &total, item)?;
                }
                Ok(total)
            }
            "mean" => {
                let total = self.call_numpy("sum", &Arguments::positional(vec![value.clone()]))?;
                self.arithmetic(Arithmetic::Divide, &total, &Value::Int(items.len() as i64))
            }
            "any" | "logical_or.reduce" => self.fold(Binary::Or, &items),
            "all" | "logical_and.reduce" => self.fold(Binary::And, &items),
            _ => {
                let operation =
                    if function.starts_with("max") || function == "amax" { Binary::Maximum } else { Binary::Minimum };
                let mut items = items.iter();
                let mut best = items
                    .next()
                    .cloned()
                    .ok_or_else(|| Diagnostic::raised("ValueError", "zero-size array to reduction operation"))?;
                for item in items {
                    best = self.extreme(operation, &best, item)?;
                }
                Ok(best)
            }
        }
    }

    fn like(&mut self, column: &Value, value: &Value, dtype: Option<Value>) -> Outcome<Value> {
        if !Self::is_columnar(column) {
            return Ok(value.clone());
        }
        let id = self.node(column)?;
        let (shape, own) = (self.session()?.graph.shape(id), self.session()?.graph.kind(id));
        let kind = dtype.filter(|dtype| !dtype.is_none()).map(|dtype| kind_of(&dtype)).transpose()?.unwrap_or(own);
        let value = self.node(value)?;
        let graph = &mut self.session()?.graph;
        match graph.constant(value).cloned() {
            Some(constant) => graph.fill(constant, kind, shape).map(Value::Column),
            None => graph.convert(value, kind).map(Value::Column),
        }
    }

    pub(crate) fn filled_count(&mut self, count: &Value, value: &Value, dtype: Option<Value>) -> Outcome<Value> {
        let count = match count {
            Value::Tuple(parts) if parts.len() == 1 => parts[0].clone(),
            other => other.clone(),
        };
        let kind = dtype.filter(|dtype| !dtype.is_none()).map(|dtype| kind_of(&dtype)).transpose()?;
        match count {
            Value::Count(entity) => {
                let value = self.node(value)?;
                let graph = &mut self.session()?.graph;
                let kind = kind.unwrap_or_else(|| graph.kind(value));
                match graph.constant(value).cloned() {
                    Some(constant) => graph.fill(constant, kind, Shape::Entity(entity)).map(Value::Column),
                    None => graph.convert(value, kind).map(Value::Column),
                }
            }
            Value::Int(1) => Ok(value.clone()),
            Value::Int(count) if (0..=100_000).contains(&count) => {
                Ok(Value::list(vec![value.clone(); usize::try_from(count).unwrap_or(0)]))
            }
            other => Err(Diagnostic::raised("TypeError", format!("'{}' is no length", other.type_name()))),
        }
    }

    /// `datetime64(value, unit)`
    fn moment(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let value = arguments.require(0, "value", "datetime64")?;
        let unit = arguments.take(1, "unit").map(|unit| unit.display());
        if Self::is_columnar(&value) {
            return Ok(value);
        }
        let instant = super::builtin::instant(&value)?;
        let kind = match unit.as_deref() {
            None | Some("D") => return Ok(Value::Date(instant.days())),
            Some("M") => Kind::Month,
            Some("Y") => Kind::Year,
            Some(other) => return Err(Diagnostic::unsupported(format!("dates in «{other}»"), "use D, M or Y")),
        };
        let days = crate::graph::convert_moment(i64::from(instant.days()), Kind::Date, kind);
        self.session()?.graph.fill(Constant::Int(days), kind, Shape::Scalar).map(Value::Column)
    }
}
