//! Times in words that citizens read.

use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::{CalendarError, Clock, Reckoning, WorkingCalendar};

fn weekday_ko(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "월",
        Weekday::Tuesday => "화",
        Weekday::Wednesday => "수",
        Weekday::Thursday => "목",
        Weekday::Friday => "금",
        Weekday::Saturday => "토",
        Weekday::Sunday => "일",
    }
}

/// «2026년 2월 26일(목)».
pub fn date_ko(date: Date) -> String {
    format!("{}년 {}월 {}일({})", date.year(), date.month(), date.day(), weekday_ko(date))
}

/// «Thursday 26 February 2026».
pub fn date_en(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

pub(crate) fn day_ko(date: Date) -> String {
    date_ko(date)
}

pub(crate) fn day_en(date: Date) -> String {
    date_en(date)
}

/// «18시», «16시 30분».
pub(crate) fn time_ko(time: Time) -> String {
    if time.minute() == 0 { format!("{}시", time.hour()) } else { format!("{}시 {}분", time.hour(), time.minute()) }
}

/// «18:00».
pub(crate) fn time_en(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// What a citizen is told: until when the answer comes, in Korean and English.
pub fn citizen_sentence(reckoning: &Reckoning) -> (String, String) {
    if let Some(due) = reckoning.due {
        return (
            format!("{} {}까지 답변해 드려요.", date_ko(due.date()), time_ko(due.time())),
            format!("You will have an answer by {} on {}.", time_en(due.time()), date_en(due.date())),
        );
    }
    (
        "보완해 주시면 남은 처리기간이 다시 시작돼요.".into(),
        "The clock goes on as soon as we have what is missing.".into(),
    )
}

/// The whole reasoning as text, for the command line.
///
/// # Errors
/// As [`Clock::reckon`].
pub fn explanation(clock: &Clock, calendar: &WorkingCalendar, korean: bool) -> Result<String, CalendarError> {
    let reckoning = clock.reckon(calendar)?;
    let mut lines = Vec::with_capacity(reckoning.steps.len() * 2);
    for (number, step) in reckoning.steps.iter().enumerate() {
        let text = if korean { &step.ko } else { &step.en };
        lines.push(format!("{}. {text}", number + 1));
        lines.push(format!("   [{}]", step.article));
    }
    Ok(lines.join("\n"))
}

/// Which of these clocks another table of holidays moves: their places with the old and the new due time. A deployment
/// calls it when a holiday is announced, and sends notices.
///
/// # Errors
/// As [`Clock::reckon`].
pub fn moved<'a>(
    clocks: impl IntoIterator<Item = &'a Clock>,
    before: &WorkingCalendar,
    after: &WorkingCalendar,
) -> Result<Vec<(usize, DateTime, DateTime)>, CalendarError> {
    let mut moves = Vec::new();
    for (place, clock) in clocks.into_iter().enumerate() {
        if let (Some(old), Some(new)) = (clock.reckon(before)?.due, clock.reckon(after)?.due)
            && old != new
        {
            moves.push((place, old, new));
        }
    }
    Ok(moves)
}
