//! A class of the package as a variable of the law.

use super::super::Evaluator;
use crate::diagnostic::Diagnostic;
use crate::graph::{Constant, convert_constant};
use crate::period::{Instant, Unit};
use crate::syntax::Name;
use crate::system::System;
use crate::value::{Class, Function, Outcome, Value, lock};
use crate::variable::{CalculateOutput, Formula, OwnInput, SetInput, ValueType, Variable};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Evaluator {
    /// A variable from its class; attributes that are missing are the baseline's.
    pub(super) fn variable(
        &mut self,
        system: &System,
        class: &Arc<Class>,
        baseline: Option<&Variable>,
    ) -> Outcome<Variable> {
        let attributes = lock(&class.attributes).clone();
        let get = |name: &str| attributes.get(name).filter(|value| !value.is_none()).cloned();
        let poisoned = attributes.values().find_map(|value| match value {
            Value::Poison(diagnostic) => Some((**diagnostic).clone()),
            _ => None,
        });
        if let Some(fault) = poisoned {
            return Err(fault);
        }
        let name = &class.name;
        let missing = |attribute: &str| {
            Diagnostic::raised(
                "ValueError",
                format!("Missing attribute '{attribute}' in definition of variable '{name}'."),
            )
        };
        let value_type = match get("value_type") {
            Some(value) => value_type(&value, get("possible_values"), name)?,
            None => baseline.map(|base| base.value_type.clone()).ok_or_else(|| missing("value_type"))?,
        };
        let entity = match get("entity") {
            Some(Value::Entity(entity)) => system.entity(&entity.key)?,
            Some(other) => {
                return Err(Diagnostic::raised(
                    "ValueError",
                    format!("Invalid value '{}' for attribute 'entity' in variable '{name}'.", other.display()),
                ));
            }
            None => baseline.map(|base| base.entity).ok_or_else(|| missing("entity"))?,
        };
        let definition_period = match get("definition_period") {
            Some(Value::Unit(unit)) => unit,
            Some(other) => Unit::parse(&other.display()).ok_or_else(|| {
                Diagnostic::raised(
                    "ValueError",
                    format!(
                        "Invalid value '{}' for attribute 'definition_period' in variable '{name}'.",
                        other.display()
                    ),
                )
            })?,
            None => baseline.map(|base| base.definition_period).ok_or_else(|| missing("definition_period"))?,
        };
        let default = match get("default_value") {
            Some(value) => default_value(&value, &value_type, name)?,
            None => match (baseline, &value_type) {
                (Some(base), _) => base.default.clone(),
                (None, ValueType::Enum(_)) => return Err(missing("default_value")),
                (None, ValueType::Bool) => Constant::Bool(false),
                (None, ValueType::Text) => Constant::Text(Arc::from("")),
                (None, ValueType::Float) => convert_constant(&Constant::Int(0), crate::graph::Kind::Float32)?,
                (None, _) => Constant::Int(0),
            },
        };
        let text = |attribute: &str| get(attribute).map(|value| value.display());
        let end = match get("end") {
            Some(value) => Some(Instant::parse(&value.display()).map(|(instant, _)| instant).ok_or_else(|| {
                Diagnostic::raised(
                    "ValueError",
                    format!(
                        "Incorrect 'end' attribute format in '{name}'. 'YYYY-MM-DD' expected. Found: {}",
                        value.display()
                    ),
                )
            })?),
            None => baseline.and_then(|base| base.end),
        };
        let references = match get("reference") {
            Some(Value::Text(text)) => vec![text.to_string()],
            Some(other) => self.iterate(&other)?.iter().map(Value::display).collect(),
            None => baseline.map(|base| base.references.clone()).unwrap_or_default(),
        };
        let independent = match get("is_period_size_independent") {
            Some(value) => self.truth(&value)?,
            None => baseline.map_or(!matches!(value_type, ValueType::Int | ValueType::Float), |base| {
                base.is_period_size_independent
            }),
        };
        let formulas = formulas(&attributes, name, end, baseline)?;
        if let Some(unexpected) = attributes.keys().find(|key| {
            !key.starts_with("__") && !key.starts_with("formula") && !VARIABLE_ATTRIBUTES.contains(&&***key)
        }) {
            self.diagnostics.push(
                Diagnostic::raised(
                    "ValueError",
                    format!("Unexpected attributes in definition of variable \"{name}\": '{unexpected}'"),
                )
                .at(|| class.source.location(class.span.0)),
            );
        }
        let location = class.source.location(class.span.0);
        Ok(Variable {
            name: Arc::clone(name),
            value_type,
            entity,
            definition_period,
            default,
            label: text("label")
                .filter(|label| !label.is_empty())
                .or_else(|| baseline.and_then(|base| base.label.clone())),
            references,
            documentation: text("documentation")
                .map(|text| dedent(&text))
                .or_else(|| baseline.and_then(|base| base.documentation.clone())),
            unit: text("unit").or_else(|| baseline.and_then(|base| base.unit.clone())),
            end,
            max_length: get("max_length")
                .and_then(|value| value.as_int())
                .and_then(|length| usize::try_from(length).ok())
                .or_else(|| baseline.and_then(|base| base.max_length)),
            set_input: self.set_input(get("set_input"), baseline, class)?,
            calculate_output: match get("calculate_output") {
                Some(Value::Builtin(function)) if function.ends_with("calculate_output_add") => {
                    Some(CalculateOutput::Add)
                }
                Some(Value::Builtin(function)) if function.ends_with("calculate_output_divide") => {
                    Some(CalculateOutput::Divide)
                }
                _ => baseline.and_then(|base| base.calculate_output),
            },
            is_period_size_independent: independent,
            formulas,
            is_neutralized: false,
            source: Some((location.file, location.line, class.source.slice(class.span).to_owned())),
        })
    }

    fn set_input(
        &mut self,
        value: Option<Value>,
        baseline: Option<&Variable>,
        class: &Class,
    ) -> Outcome<Option<SetInput>> {
        Ok(match value {
            None | Some(Value::Bool(false)) => baseline.and_then(|base| base.set_input.clone()),
            Some(Value::Builtin(function)) if function.ends_with("set_input_dispatch_by_period") => {
                Some(SetInput::Dispatch)
            }
            Some(Value::Builtin(function)) if function.ends_with("set_input_divide_by_period") => {
                Some(SetInput::Divide)
            }
            Some(Value::Function(function)) => Some(SetInput::Own(OwnInput(function))),
            Some(_) => {
                self.diagnostics.push(
                    Diagnostic::unsupported(
                        format!("the set_input of the variable '{}' is no function", class.name),
                        "use set_input_dispatch_by_period, set_input_divide_by_period, or a function of holder, period and array; inputs for other periods are refused",
                    )
                    .at(|| class.source.location(class.span.0)),
                );
                None
            }
        })
    }
}

/// Attributes that a variable may have beside its formulas.
const VARIABLE_ATTRIBUTES: &[&str] = &[
    "value_type",
    "entity",
    "definition_period",
    "default_value",
    "label",
    "reference",
    "documentation",
    "unit",
    "end",
    "max_length",
    "set_input",
    "calculate_output",
    "is_period_size_independent",
    "possible_values",
    "cerfa_field",
    "introspection_data",
    "name",
    "baseline_variable",
    "column",
];

fn value_type(value: &Value, possible: Option<Value>, name: &str) -> Outcome<ValueType> {
    let invalid = || {
        Diagnostic::raised(
            "ValueError",
            format!("Invalid value '{}' for attribute 'value_type' in variable '{name}'.", value.display()),
        )
    };
    let Value::Builtin(builtin) = value else { return Err(invalid()) };
    Ok(match &**builtin {
        "bool" => ValueType::Bool,
        "int" => ValueType::Int,
        "float" => ValueType::Float,
        "str" => ValueType::Text,
        "datetime.date" => ValueType::Date,
        "openfisca.Enum" => match possible {
            Some(Value::EnumType(enumeration)) => ValueType::Enum(enumeration),
            _ => {
                return Err(Diagnostic::raised(
                    "ValueError",
                    format!("Missing attribute 'possible_values' in definition of variable '{name}'."),
                ));
            }
        },
        _ => return Err(invalid()),
    })
}

fn default_value(value: &Value, value_type: &ValueType, name: &str) -> Outcome<Constant> {
    let invalid = || {
        Diagnostic::raised(
            "ValueError",
            format!("Invalid value '{}' for attribute 'default_value' in variable '{name}'.", value.display()),
        )
    };
    match (value, value_type) {
        (Value::Bool(value), ValueType::Bool) => Ok(Constant::Bool(*value)),
        (Value::Int(value), ValueType::Int) => Ok(Constant::Int(*value)),
        (Value::Bool(value), ValueType::Int) => Ok(Constant::Int(i64::from(*value))),
        (Value::Int(_) | Value::Float(_), ValueType::Float) => {
            value.as_number().map(Constant::Float).ok_or_else(invalid)
        }
        (Value::Text(text), ValueType::Text) => Ok(Constant::Text(Arc::clone(text))),
        (Value::Date(days), ValueType::Date) => Ok(Constant::Int(i64::from(*days))),
        (Value::EnumMember(_, index), ValueType::Enum(_)) => Ok(Constant::Int(*index as i64)),
        _ => Err(invalid()),
    }
}

/// The formulas by first day; the baseline's before the first of a reform stay.
pub(super) fn formulas(
    attributes: &IndexMap<Name, Value>,
    name: &str,
    end: Option<Instant>,
    baseline: Option<&Variable>,
) -> Outcome<BTreeMap<String, Formula>> {
    let mut formulas = BTreeMap::new();
    for (attribute, value) in attributes.iter().filter(|(attribute, _)| attribute.starts_with("formula")) {
        let wrong = || {
            Diagnostic::raised(
                "ValueError",
                format!(
                    "Unrecognized formula name in variable \"{name}\". Expecting \"formula_YYYY\" or \"formula_YYYY_MM\" or \"formula_YYYY_MM_DD where YYYY, MM and DD are year, month and day. Found: \"{attribute}\"."
                ),
            )
        };
        let date = match attribute.strip_prefix("formula").unwrap_or_default() {
            "" => "0001-01-01".to_owned(),
            rest => {
                let text = rest.strip_prefix('_').ok_or_else(wrong)?.replace('_', "-");
                Instant::parse(&text).ok_or_else(wrong)?.0.to_string()
            }
        };
        if end.is_some_and(|end| date > end.to_string()) {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "You declared that \"{name}\" ends on \"{}\", but you wrote a formula to calculate it from \"{date}\" ({attribute}). The \"end\" attribute of a variable must be posterior to the start dates of all its formulas.",
                    end.map(|end| end.to_string()).unwrap_or_default()
                ),
            ));
        }
        let function: Arc<Function> = match value {
            Value::Function(function) => Arc::clone(function),
            Value::Bound(bound) => match &bound.0 {
                Value::Function(function) => Arc::clone(function),
                _ => return Err(wrong()),
            },
            other => {
                return Err(Diagnostic::unsupported(
                    format!("the formula {attribute} is a '{}'", other.type_name()),
                    "write it as a function: def formula(population, period, parameters)",
                ));
            }
        };
        formulas.insert(date, Formula { function, annualised: None });
    }
    if let Some(base) = baseline {
        let first = formulas.keys().next().cloned();
        for (date, formula) in &base.formulas {
            if first.as_ref().is_none_or(|first| date < first) {
                formulas.insert(date.clone(), formula.clone());
            }
        }
    }
    Ok(formulas)
}

/// Takes off the indentation that all lines share.
pub(crate) fn dedent(text: &str) -> String {
    let indent = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| if line.trim().is_empty() { "" } else { line.get(indent..).unwrap_or(line) })
        .collect();
    lines.join("\n")
}
