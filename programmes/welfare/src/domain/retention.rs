//! How long evidence of what the programme found is kept: five years, no shorter and no longer (인공지능 발전과 신뢰 기반 조성 등에 관한
//! 기본법 제34조, 같은 법 시행령 제27조).

use jiff::{Timestamp, ToSpan, civil::Date};
use maru_calendar::{instant, seoul};

/// Years for which evidence is kept.
pub const EVIDENCE_YEARS: i64 = 5;

/// The last day on which evidence is kept that served until `last_used`.
pub fn kept_until(last_used: Timestamp) -> Date {
    seoul(last_used).date().saturating_add(EVIDENCE_YEARS.years())
}

/// Whether evidence that served until `last_used` may be forgotten at `now`, and has to be.
pub fn is_over(last_used: Timestamp, now: Timestamp) -> bool {
    seoul(now).date() > kept_until(last_used)
}

/// What served last before this instant may be forgotten at `now`: the morning of the day five years ago.
pub fn cut_off(now: Timestamp) -> Timestamp {
    instant(seoul(now).date().saturating_sub(EVIDENCE_YEARS.years()).to_datetime(jiff::civil::Time::midnight()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(civil: &str) -> Timestamp {
        instant(civil.parse().unwrap())
    }

    #[test]
    fn five_years_are_kept_to_their_last_day() {
        let used = at("2026-03-15T10:00");
        assert_eq!(kept_until(used).to_string(), "2031-03-15");
        for (now, over) in [("2031-03-15T23:59", false), ("2031-03-16T00:00", true)] {
            assert_eq!(is_over(used, at(now)), over, "{now}");
            assert_eq!(used < cut_off(at(now)), over, "asked of a table it is the same: {now}");
        }
        assert!(!is_over(at("2028-02-29T10:00"), at("2033-02-28T10:00")));
    }
}
