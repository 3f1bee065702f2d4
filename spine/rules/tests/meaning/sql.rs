//! The rules as SQL: that it is written at all; that it gives the same numbers is the referee's affair (`benches/rules`).

use crate::unknown::korea;
use maru_rules::period::Period;
use maru_rules::sql::{Dialect, SqlOptions, sql, to_text};

#[test]
fn every_korean_benefit_is_written_for_both() {
    let package = korea();
    let month = Period::parse("2026-03").unwrap();
    let names: Vec<String> =
        ["basic_pension", "child_allowance", "livelihood_benefit", "monthly_benefits"].map(str::to_owned).to_vec();
    for dialect in [Dialect::Spark, Dialect::DuckDb] {
        let statements = sql(&package, &names, month, &SqlOptions { dialect, ..SqlOptions::default() }).unwrap();
        assert_eq!(statements.len(), 2, "one for persons, one for households");
        let text = to_text(&statements);
        assert!(text.contains("persons.birth") && text.contains("AS monthly_benefits"));
        assert_eq!(text.matches('(').count(), text.matches(')').count());
    }
}
