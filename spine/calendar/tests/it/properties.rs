//! What must always hold.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{SignedDuration, ToSpan};
use maru_calendar::{
    Clock, Exclusion, ExclusionReason, Period, PetitionKind, ShortPeriod, WorkingCalendar, extend, transfer,
};
use proptest::prelude::*;

fn calendar() -> WorkingCalendar {
    WorkingCalendar::korea().unwrap()
}

fn receipt() -> impl Strategy<Value = DateTime> {
    // From 2020 to 2028, so that no period runs out of the table of holidays.
    (0_i64..3_200, 0_i64..86_400).prop_map(|(day, second)| {
        date(2020, 1, 1).saturating_add(day.days()).to_datetime(Time::midnight()).saturating_add(second.seconds())
    })
}

fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1_u32..40).prop_map(Period::Hours),
        (1_u32..40).prop_map(Period::Days),
        (1_u32..8).prop_map(Period::Weeks),
        (1_u32..6).prop_map(Period::Months)
    ]
}

fn due(calendar: &WorkingCalendar, clock: &Clock) -> DateTime {
    clock.reckon(calendar).unwrap().due.unwrap()
}

proptest! {
    #[test]
    fn a_later_receipt_is_never_due_earlier(received in receipt(), later in 0_i64..1_000_000, period in period()) {
        let calendar = calendar();
        let first = due(&calendar, &Clock::new(period, "", received));
        let second = due(&calendar, &Clock::new(period, "", received.saturating_add(later.seconds())));
        prop_assert!(first <= second, "{first} > {second}");
    }

    #[test]
    fn a_due_time_lies_in_working_time_after_receipt(received in receipt(), period in period()) {
        let calendar = calendar();
        let due = due(&calendar, &Clock::new(period, "", received));
        prop_assert!(calendar.is_working_day(due.date()).unwrap());
        prop_assert!(due.time() > Time::constant(9, 0, 0, 0) && due.time() <= Time::constant(18, 0, 0, 0));
        prop_assert!(due.date() >= received.date());
    }

    #[test]
    fn hours_are_exactly_the_hours_of_the_period(received in receipt(), hours in 1_u32..60) {
        let calendar = calendar();
        let due = due(&calendar, &Clock::new(Period::Hours(hours), "", received));
        // Seconds of the receipt may be lost in whole minutes.
        let counted = calendar.minutes_between(received, due, &[]).unwrap();
        prop_assert!(counted == hours * 60 || counted + 1 == hours * 60, "{counted}");
    }

    #[test]
    fn another_holiday_never_brings_a_due_time_forward(received in receipt(), ahead in 0_i64..40, period in period()) {
        let before = calendar();
        let day = received.date().saturating_add(ahead.days());
        let after = WorkingCalendar::new(before.holidays().with_announced(day, "임시공휴일", "Temporary holiday", ""));
        let clock = Clock::new(period, "", received);
        prop_assert!(due(&before, &clock) <= due(&after, &clock));
    }

    #[test]
    fn an_outage_adds_just_its_working_time_to_hours(received in receipt(), start in 0_i64..200_000, length in 0_i64..200_000) {
        let calendar = calendar();
        let mut clock = Clock::new(Period::Hours(24), "", received);
        let before = due(&calendar, &clock);
        let from = received.saturating_add(start.seconds());
        let until = from.saturating_add(length.seconds());
        clock.exclusions.push(Exclusion { reason: ExclusionReason::Outage, from, until: Some(until) });
        let after = due(&calendar, &clock);
        let worked = calendar.minutes_between(received, after, &[(from, until)]).unwrap();
        prop_assert!(worked == 24 * 60 || worked + 2 >= 24 * 60, "{worked}");
        prop_assert!(after >= before);
    }

    #[test]
    fn an_open_completion_stops_the_clock(received in receipt(), after in 0_i64..500_000, period in period()) {
        let mut clock = Clock::new(period, "", received);
        let from = received.saturating_add(after.seconds());
        clock.exclusions.push(Exclusion { reason: ExclusionReason::Completion, from, until: None });
        let reckoning = clock.reckon(&calendar()).unwrap();
        prop_assert_eq!(reckoning.due, None);
        prop_assert_eq!(reckoning.paused, Some((ExclusionReason::Completion, from)));
    }

    #[test]
    fn every_step_names_an_article(received in receipt(), kind in 0_usize..5) {
        let kind = PetitionKind::ALL[kind];
        let reckoning = Clock::new(kind.period(), kind.article(), received).reckon(&calendar()).unwrap();
        prop_assert!(reckoning.steps.iter().all(|step| step.article.contains('제') && !step.ko.is_empty() && !step.en.is_empty()));
    }
}

#[test]
fn extensions_are_the_decrees() {
    assert_eq!(extend(0, false), Ok(1));
    assert!(extend(1, false).unwrap_err().to_string().contains("consent"));
    assert_eq!(extend(1, true), Ok(2));
    assert!(extend(2, true).unwrap_err().to_string().contains("no third"));
}

#[test]
fn the_short_clocks() {
    let calendar = calendar();
    let ends = |period: ShortPeriod, from: &str| period.ends(&calendar, from.parse().unwrap()).unwrap().to_string();
    assert_eq!(ends(ShortPeriod::ReceiptAtWindow, "2026-02-13T16:30"), "2026-02-19T16:30:00");
    assert_eq!(ends(ShortPeriod::ToDepartment, "2026-11-20T17:30"), "2026-11-23T09:30:00");
    assert_eq!(ends(ShortPeriod::ToOtherAgency, "2026-11-21T03:00"), "2026-11-23T18:00:00");
    assert_eq!(ends(ShortPeriod::WithinAgency, "2026-11-23T11:30"), "2026-11-23T15:30:00");
    assert_eq!(ends(ShortPeriod::ToDistantDepartment, "2026-11-23T09:00"), "2026-11-23T12:00:00");
}

#[test]
fn progress_and_objection() {
    let calendar = calendar();
    assert_eq!(transfer::progress_notice(date(2026, 11, 2), 1), date(2026, 12, 2));
    // 2026-02-25 + 60 days = 2026-04-26, a Sunday.
    assert_eq!(transfer::objection_until(&calendar, date(2026, 2, 25)).unwrap(), date(2026, 4, 27));
    let decided =
        |extended| transfer::objection_decision(&calendar, "2026-11-02T10:00".parse().unwrap(), extended).unwrap();
    assert_eq!(decided(false).date(), date(2026, 11, 13));
    assert_eq!(decided(true).date(), date(2026, 11, 27));
}

#[test]
fn a_newly_announced_holiday_moves_the_clocks_that_run_over_it() {
    let before = calendar();
    let after = WorkingCalendar::new(before.holidays().with_announced(
        date(2026, 11, 27),
        "임시공휴일",
        "Temporary holiday",
        "",
    ));
    let clocks: Vec<Clock> = ["2026-11-02T10:00", "2026-11-23T10:00"]
        .iter()
        .map(|received| Clock::new(PetitionKind::Question.period(), "", received.parse().unwrap()))
        .collect();
    let moves = maru_calendar::explain::moved(&clocks, &before, &after).unwrap();
    assert_eq!(moves.len(), 1);
    let (place, old, new) = moves[0];
    assert_eq!((place, old.date(), new.date()), (1, date(2026, 12, 1), date(2026, 12, 2)));
}

#[test]
fn korean_time_is_nine_hours_ahead() {
    let civil: DateTime = "2026-02-13T16:30".parse().unwrap();
    let instant = maru_calendar::instant(civil);
    assert_eq!(instant.to_string(), "2026-02-13T07:30:00Z");
    assert_eq!(maru_calendar::seoul(instant), civil);
    assert_eq!(maru_calendar::seoul(instant + SignedDuration::from_hours(24)).date(), Date::constant(2026, 2, 14));
}
