//! A reform as the file that `maru rules reform` reads.

use super::Reform;
use crate::parameter::ParameterValue;
use std::fmt::Write;

/// A text that YAML reads as the same text whatever stands in it: a JSON string is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn written(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Null => "null".to_owned(),
        ParameterValue::Bool(value) => value.to_string(),
        ParameterValue::Int(value) => value.to_string(),
        // A number with decimals stays one.
        ParameterValue::Float(number) if number.float.fract() == 0.0 => format!("{:.1}", number.float),
        ParameterValue::Float(number) => number.float.to_string(),
        ParameterValue::Text(text) => quoted(text),
        ParameterValue::List(values) => {
            format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", "))
        }
    }
}

impl Reform {
    /// The file from which the same reform is read again.
    pub fn to_yaml(&self) -> String {
        let mut text = format!("name: {}\n", quoted(&self.name));
        let mut list = |key: &str, names: &[String]| {
            if !names.is_empty() {
                let _ = writeln!(text, "{key}: [{}]", names.join(", "));
            }
        };
        list("reforms", &self.reforms);
        list("cost", &self.look.cost);
        list("income", &self.look.income);
        list("groups", &self.look.groups);
        list("once_a_year", &self.look.once_a_year);
        if let Some(unit) = &self.look.unit {
            let _ = writeln!(text, "unit: {unit}");
        }
        if !self.formulas.is_empty() {
            let _ = writeln!(text, "formulas: {}", quoted(&self.formulas));
        }
        if !self.look.take_up.is_empty() {
            text.push_str("take_up:\n");
            for (name, [before, after]) in &self.look.take_up {
                let _ = writeln!(text, "  {name}: [{before}, {after}]");
            }
        }
        if !self.figures.is_empty() {
            text.push_str("parameters:\n");
        }
        let mut paths: Vec<&str> = Vec::new();
        for change in &self.figures {
            if !paths.contains(&change.name.as_str()) {
                paths.push(&change.name);
            }
        }
        for path in paths {
            let _ = writeln!(text, "  {path}:");
            for change in self.figures.iter().filter(|change| change.name == path) {
                let until = change.until.as_ref().map_or_else(String::new, |until| format!("..{until}"));
                let _ = writeln!(text, "    {}{until}: {}", change.from, written(&change.value));
            }
        }
        text
    }
}
