//! The table of worked examples: `examples/periods.csv`, which a lawyer can read and extend.

use jiff::civil::DateTime;
use maru_calendar::{Clock, Exclusion, ExclusionReason, Period, PetitionKind, WorkingCalendar};

const TABLE: &str = include_str!("../../examples/periods.csv");

fn clock(kind: &str, received: DateTime) -> Clock {
    if let Some(kind) = PetitionKind::from_identifier(kind) {
        return Clock::new(kind.period(), kind.article(), received);
    }
    let (amount, unit) = kind.split_once(' ').expect("a kind, or a number and a unit");
    let amount = amount.parse().unwrap();
    let period = match unit.trim_end_matches('s') {
        "hour" => Period::Hours(amount),
        "day" => Period::Days(amount),
        "week" => Period::Weeks(amount),
        "month" => Period::Months(amount),
        "year" => Period::Years(amount),
        other => panic!("unit {other}"),
    };
    Clock::new(period, "처리기준표", received)
}

fn apply(clock: &mut Clock, event: &str) {
    if event == "extended" {
        clock.extensions += 1;
        return;
    }
    let (reason, interval) = event.split_once(' ').expect("a reason and an interval");
    let (from, until) = interval.split_once('/').expect("from/until");
    let reason: ExclusionReason = serde_json::from_value(reason.into()).unwrap();
    clock.exclusions.push(Exclusion { reason, from: from.parse().unwrap(), until: Some(until.parse().unwrap()) });
}

#[test]
fn every_worked_example_comes_out() {
    let calendar = WorkingCalendar::korea().unwrap();
    let rows = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
    let (mut count, mut wrong) = (0, Vec::new());
    for row in rows {
        let [kind, received, events, due, ..] = row.split(',').collect::<Vec<_>>()[..] else { panic!("row {row}") };
        let mut clock = clock(kind, received.parse().unwrap());
        events.split(';').map(str::trim).filter(|event| !event.is_empty()).for_each(|event| apply(&mut clock, event));
        let reckoned = clock.reckon(&calendar).unwrap().due.unwrap();
        if reckoned != due.parse().unwrap() {
            wrong.push(format!("{row}\n    reckoned {reckoned}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count} examples differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "only {count} examples");
}
