//! A design as the reform that the engine reads: the new figures, and the question that every study asks.

use std::{fmt::Write as _, path::Path};

use maru_rules::{diagnostic::Diagnostic, reform::Reform};

use crate::domain::{
    BENEFITS, Benefit,
    benefit::{Form, Rhythm},
    reform::Design,
};

/// What people have beside benefits, in won a month.
pub const INCOMES: [&str; 11] = [
    "earned_income",
    "business_income",
    "rental_income",
    "interest_income",
    "private_pension_income",
    "counted_private_transfers",
    "unemployment_benefit",
    "national_pension_old_age",
    "national_pension_other",
    "other_public_transfers",
    "veteran_compensation",
];

/// By what results are shown beside size and composition of the household: province, and the age of its first member.
const TRAITS: &str = "province, age/10";

/// The benefits that a study counts: what is worth money. A status is not.
pub fn benefits() -> impl Iterator<Item = &'static Benefit> {
    BENEFITS.iter().filter(|benefit| benefit.form != Form::Status)
}

/// Paid once in a year though the law reckons it for any month of it.
fn once_a_year() -> Vec<&'static str> {
    let once = benefits().filter(|benefit| benefit.rhythm == Rhythm::Once && benefit.id == "energy_voucher");
    once.map(|benefit| benefit.id).collect()
}

/// The design as the file of a reform.
pub fn yaml(design: &Design) -> String {
    let paid: Vec<&str> = benefits().map(|benefit| benefit.id).collect();
    // A JSON text is a YAML text that means the same whatever stands in it.
    let mut text = format!("name: {}\n", serde_json::Value::from(design.name.as_str()));
    let _ = writeln!(text, "cost: [{}]", paid.join(", "));
    let _ = writeln!(text, "income: [{}, {}]", INCOMES.join(", "), paid.join(", "));
    let _ = writeln!(text, "groups: [{TRAITS}]");
    let _ = writeln!(text, "once_a_year: [{}]", once_a_year().join(", "));
    if !design.formulas.trim().is_empty() {
        let _ = writeln!(text, "formulas: {}", serde_json::Value::from(design.formulas.as_str()));
    }
    if !design.take_up.is_empty() {
        text.push_str("take_up:\n");
    }
    for one in &design.take_up {
        let (before, after) = (f64::from(one.in_force) / 100.0, f64::from(one.reform) / 100.0);
        let _ = writeln!(text, "  {}: [{before}, {after}]", one.benefit);
    }
    if !design.changes.is_empty() {
        text.push_str("parameters:\n");
    }
    let mut paths: Vec<&str> = Vec::new();
    for change in &design.changes {
        if !paths.contains(&change.path.as_str()) {
            paths.push(&change.path);
        }
    }
    for path in paths {
        let _ = writeln!(text, "  {path}:");
        for change in design.changes.iter().filter(|change| change.path == path) {
            let until = change.until.map_or_else(String::new, |until| format!("..{until}"));
            let _ = writeln!(text, "    {}{until}: {}", change.from, change.value);
        }
    }
    text
}

/// The design as a reform.
///
/// # Errors
/// What is wrong with it.
pub fn reform(design: &Design) -> Result<Reform, Diagnostic> {
    Reform::parse(&yaml(design), Path::new("reform.yaml"))
}
