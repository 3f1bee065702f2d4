//! Dates, times, durations, numbers and money, as each language writes them. Times are those of Korea.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::Offset,
};

use crate::language::Language;

/// What a Korean clock and calendar show at the instant: nine hours ahead of UTC all year.
pub fn in_korea(instant: Timestamp) -> DateTime {
    Offset::constant(9).to_datetime(instant)
}

/// Words as they begin a title or a sentence: English ones with a capital.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(date: Date) -> &'static str {
    usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month.saturating_sub(1))).copied().unwrap_or("")
}

fn weekday_syllable(weekday: Weekday) -> char {
    match weekday {
        Weekday::Monday => '월',
        Weekday::Tuesday => '화',
        Weekday::Wednesday => '수',
        Weekday::Thursday => '목',
        Weekday::Friday => '금',
        Weekday::Saturday => '토',
        Weekday::Sunday => '일',
    }
}

/// How long it still is, or how long it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// Whole minutes until then; negative when it is past.
    pub minutes: i64,
}

impl Remaining {
    /// From `now` to `due`.
    pub fn between(now: Timestamp, due: Timestamp) -> Self {
        Self { minutes: due.as_second().saturating_sub(now.as_second()).div_euclid(60) }
    }

    /// It is past.
    pub fn is_over(self) -> bool {
        self.minutes < 0
    }
}

impl Language {
    /// `2026년 2월 13일(금)`, `13 February 2026`.
    pub fn date(self, date: Date) -> String {
        match self {
            Self::Korean => {
                format!("{}년 {}월 {}일({})", date.year(), date.month(), date.day(), weekday_syllable(date.weekday()))
            }
            Self::English => format!("{} {} {}", date.day(), month_name(date), date.year()),
        }
    }

    /// The month of a day: `2026년 2월`, `February 2026`.
    pub fn month(self, date: Date) -> String {
        self.pick(format!("{}년 {}월", date.year(), date.month()), format!("{} {}", month_name(date), date.year()))
    }

    /// `오후 4시 30분`, `4:30 pm`, on a Korean clock.
    pub fn time(self, instant: Timestamp) -> String {
        let local = in_korea(instant);
        let (hour, minute) = (local.hour(), local.minute());
        let morning = hour < 12;
        let shown = if hour % 12 == 0 { 12 } else { hour % 12 };
        match self {
            Self::Korean => {
                let half = if morning { "오전" } else { "오후" };
                if minute == 0 { format!("{half} {shown}시") } else { format!("{half} {shown}시 {minute}분") }
            }
            Self::English => {
                let half = if morning { "am" } else { "pm" };
                if minute == 0 { format!("{shown} {half}") } else { format!("{shown}:{minute:02} {half}") }
            }
        }
    }

    /// `2026년 2월 13일(금) 오후 4시 30분`, `13 February 2026, 4:30 pm`.
    pub fn date_time(self, instant: Timestamp) -> String {
        let date = self.date(in_korea(instant).date());
        let time = self.time(instant);
        self.pick(format!("{date} {time}"), format!("{date}, {time}"))
    }

    /// Digits in groups of three: `204,873`.
    pub fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if number < 0 {
            grouped.push('−');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// An exact amount: `3,500,000원`, `3,500,000 won`.
    pub fn won(self, amount: i64) -> String {
        let number = self.number(amount);
        self.pick(format!("{number}원"), format!("{number} won"))
    }

    /// An amount for reading: `350만 원`, `1억 2,000만 원`, `3.5 million won`. What is below 10,000 won stays exact, and
    /// so does what these units would round.
    pub fn won_read(self, amount: i64) -> String {
        match self {
            Self::Korean => won_in_korean_units(amount).unwrap_or_else(|| self.won(amount)),
            Self::English => won_in_millions(amount).unwrap_or_else(|| self.won(amount)),
        }
    }

    /// A share of one as a percentage with one decimal at most: `83.4 %` is written `83.4%` in both languages.
    pub fn percentage(self, share: f64) -> String {
        let percent = (share * 1000.0).round() / 10.0;
        if percent.fract() == 0.0 { format!("{percent:.0}%") } else { format!("{percent:.1}%") }
    }

    /// How long it still is, in the two largest units: `2일 4시간 남음`, `2 days 4 hours left`, `3시간 지남`, `3 hours over`.
    pub fn remaining(self, remaining: Remaining) -> String {
        let length = self.length_of_time(remaining.minutes.saturating_abs());
        if remaining.is_over() {
            self.pick(format!("{length} 지남"), format!("{length} over"))
        } else {
            self.pick(format!("{length} 남음"), format!("{length} left"))
        }
    }

    /// A length of time in its two largest units: `2일 4시간`, `2 days 4 hours`.
    pub fn length_of_time(self, minutes: i64) -> String {
        let minutes = minutes.max(0);
        let parts =
            [(minutes / 1440, "일", "day"), (minutes % 1440 / 60, "시간", "hour"), (minutes % 60, "분", "minute")];
        let Some(first) = parts.iter().position(|(amount, ..)| *amount > 0) else {
            return self.pick("1분 미만".to_owned(), "less than a minute".to_owned());
        };
        let words: Vec<String> = parts
            .iter()
            .skip(first)
            .take(2)
            .filter(|(amount, ..)| *amount > 0)
            .map(|(amount, korean, english)| match self {
                Self::Korean => format!("{amount}{korean}"),
                Self::English => format!("{amount} {english}{}", if *amount == 1 { "" } else { "s" }),
            })
            .collect();
        words.join(" ")
    }
}

/// `1억 2,000만 원`; nothing where ten thousands do not divide it or it is small.
fn won_in_korean_units(amount: i64) -> Option<String> {
    let size = amount.unsigned_abs();
    if size < 10_000 || !size.is_multiple_of(10_000) {
        return None;
    }
    let sign = if amount < 0 { "−" } else { "" };
    let group = |number: u64| Language::Korean.number(i64::try_from(number).unwrap_or(i64::MAX));
    let units = [(size / 1_000_000_000_000, "조"), (size / 100_000_000 % 10_000, "억"), (size / 10_000 % 10_000, "만")];
    let words: Vec<String> =
        units.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{}{unit}", group(*count))).collect();
    Some(format!("{sign}{} 원", words.join(" ")))
}

/// `3.5 million won`; nothing where a hundred thousand does not divide it or it is below a million.
fn won_in_millions(amount: i64) -> Option<String> {
    let size = amount.unsigned_abs();
    if size < 1_000_000 || !size.is_multiple_of(100_000) {
        return None;
    }
    let sign = if amount < 0 { "−" } else { "" };
    let whole = Language::English.number(i64::try_from(size / 1_000_000).unwrap_or(i64::MAX));
    match size / 100_000 % 10 {
        0 => Some(format!("{sign}{whole} million won")),
        tenth => Some(format!("{sign}{whole}.{tenth} million won")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn dates_and_times_are_written_as_each_language_does() {
        let at = instant("2026-02-13T16:30:00+09:00");
        assert_eq!(Language::Korean.date_time(at), "2026년 2월 13일(금) 오후 4시 30분");
        assert_eq!(Language::English.date_time(at), "13 February 2026, 4:30 pm");
        let day = jiff::civil::date(2026, 2, 13);
        assert_eq!([Language::Korean, Language::English].map(|it| it.month(day)), ["2026년 2월", "February 2026"]);
        assert_eq!(Language::Korean.time(instant("2026-02-13T00:00:00+09:00")), "오전 12시");
        assert_eq!(Language::English.time(instant("2026-02-13T12:05:00+09:00")), "12:05 pm");
    }

    #[test]
    fn amounts_are_written_for_reading_without_losing_a_won() {
        assert_eq!(Language::Korean.won_read(3_500_000), "350만 원");
        assert_eq!(Language::Korean.won_read(120_000_000), "1억 2,000만 원");
        assert_eq!(Language::Korean.won_read(3_500_100), "3,500,100원");
        assert_eq!(Language::English.won_read(3_500_000), "3.5 million won");
        assert_eq!(Language::English.won_read(350_000), "350,000 won");
        assert_eq!(Language::Korean.number(-1_234_567), "−1,234,567");
        assert_eq!(Language::Korean.number(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn what_remains_is_told_in_two_units() {
        let now = instant("2026-02-13T16:30:00+09:00");
        let left = Remaining::between(now, instant("2026-02-15T20:45:30+09:00"));
        assert_eq!(Language::Korean.remaining(left), "2일 4시간 남음");
        assert_eq!(Language::English.remaining(left), "2 days 4 hours left");
        let over = Remaining::between(now, instant("2026-02-13T15:30:00+09:00"));
        assert_eq!(Language::English.remaining(over), "1 hour over");
        assert_eq!(Language::Korean.length_of_time(0), "1분 미만");
        assert_eq!(Language::English.length_of_time(1440), "1 day");
    }

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!(Language::Korean.percentage(0.8337), "83.4%");
        assert_eq!(Language::English.percentage(1.0), "100%");
    }
}
