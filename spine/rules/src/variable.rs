//! A variable of the law, with every attribute that OpenFisca knows.

use crate::entity::{EntityIndex, EnumType};
use crate::graph::{Constant, Kind};
use crate::period::{Instant, Period, Unit};
use crate::value::Function;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What values a variable has.
#[derive(Clone, Debug)]
pub enum ValueType {
    /// Truth values.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers; exact fractions here, `float32` in parity mode.
    Float,
    /// Texts.
    Text,
    /// Dates.
    Date,
    /// One of several names.
    Enum(Arc<EnumType>),
}

impl ValueType {
    /// The type of its columns, as OpenFisca has them.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool => Kind::Bool,
            Self::Int => Kind::Int32,
            Self::Float => Kind::Float32,
            Self::Text => Kind::Text,
            Self::Date => Kind::Date,
            Self::Enum(enumeration) => Kind::Enum(enumeration.id),
        }
    }

    /// What the Web API calls it.
    pub const fn web_name(&self) -> &'static str {
        match self {
            Self::Bool => "Boolean",
            Self::Int => "Int",
            Self::Float => "Float",
            Self::Text | Self::Enum(_) => "String",
            Self::Date => "Date",
        }
    }

    /// The JSON type, for messages and schemas.
    pub const fn json_name(&self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int => "integer",
            Self::Float => "number",
            Self::Text | Self::Enum(_) | Self::Date => "string",
        }
    }
}

/// What to do with an input for a longer period than the variable's.
#[derive(Clone, Debug)]
pub enum SetInput {
    /// The same value in every sub-period.
    Dispatch,
    /// Equal parts, less what is known already.
    Divide,
    /// What a function of the package says.
    Own(OwnInput),
}

/// A function of holder, period and values that sets a variable's inputs.
#[derive(Clone, Debug)]
pub struct OwnInput(pub(crate) Arc<Function>);

/// What to do when a longer or shorter period is asked for at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalculateOutput {
    /// The sum over sub-periods.
    Add,
    /// An equal part of the longer period.
    Divide,
}

/// Months after January repeat January's value (`annualize_variable`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Annualised {
    /// Within this period only; always where none.
    pub(crate) within: Option<Period>,
}

/// A formula, from a date on.
#[derive(Clone, Debug)]
pub struct Formula {
    pub(crate) function: Arc<Function>,
    pub(crate) annualised: Option<Annualised>,
}

impl Formula {
    /// The lines of the formula as written.
    pub fn source(&self) -> &str {
        self.function.source.slice(self.function.definition.span)
    }

    /// The text in its first line, if any.
    pub fn documentation(&self) -> Option<&str> {
        self.function.definition.documentation.as_deref()
    }

    /// The file and its first line.
    pub fn place(&self) -> (PathBuf, usize) {
        let location = self.function.source.location(self.function.definition.span.0);
        (location.file, location.line)
    }

    /// The function's name, such as `formula_2016_12`.
    pub fn name(&self) -> &str {
        &self.function.definition.name
    }
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name.
    pub name: Arc<str>,
    /// What values it has.
    pub value_type: ValueType,
    /// Whose it is.
    pub entity: EntityIndex,
    /// The period it is defined for.
    pub definition_period: Unit,
    /// The value without input and formula.
    pub default: Constant,
    /// A few words.
    pub label: Option<String>,
    /// Where the law says so.
    pub references: Vec<String>,
    /// More words.
    pub documentation: Option<String>,
    /// What it is measured in.
    pub unit: Option<String>,
    /// The last day it exists.
    pub end: Option<Instant>,
    /// The longest text.
    pub max_length: Option<usize>,
    /// Inputs for longer periods.
    pub set_input: Option<SetInput>,
    /// Outputs for other periods.
    pub calculate_output: Option<CalculateOutput>,
    /// Whether the value does not grow with the period.
    pub is_period_size_independent: bool,
    /// Formulas by first day, `YYYY-MM-DD`.
    pub formulas: BTreeMap<String, Formula>,
    /// Whether a reform switched it off.
    pub is_neutralized: bool,
    /// Where it is written: file, first line, text.
    pub source: Option<(PathBuf, usize, String)>,
}

impl Variable {
    /// The formula in force at the start of a period.
    pub fn formula(&self, period: Period) -> Option<(&str, &Formula)> {
        if period.unit == Unit::Eternity {
            // Eternity has no date: the oldest formula stands for it.
            return self.formulas.iter().next().map(|(date, formula)| (date.as_str(), formula));
        }
        if self.end.is_some_and(|end| period.start > end) {
            return None;
        }
        let instant = period.start.to_string();
        self.formulas.range(..=instant).next_back().map(|(date, formula)| (date.as_str(), formula))
    }

    /// The type of its columns.
    pub fn kind(&self) -> Kind {
        self.value_type.kind()
    }

    /// The periods of its own length that a longer one begins with each day in.
    pub(crate) fn parts(&self, period: Period) -> Vec<Period> {
        let Some(after) = period.start.offset(period.size, period.unit) else { return Vec::new() };
        let mut parts = Vec::new();
        let mut part = Period::one(self.definition_period, period.start);
        while part.start < after && parts.len() < 100_000 {
            parts.push(part);
            match part.offset(1, None) {
                Some(next) => part = next,
                None => break,
            }
        }
        parts
    }
}
