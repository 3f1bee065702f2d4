//! How texts are forgotten: the key of an agency's month is destroyed when the agency's rules keep it no longer.

use jiff::{Timestamp, tz::Offset};
use maru_ledger::{Actor, AppendError, Ledger};

/// Destroys the keys of months that are over for longer than `months_of` their agency; says how many.
pub(crate) async fn forget_expired(
    ledger: &Ledger,
    months_of: impl Fn(&str) -> Option<u32>,
    now: Timestamp,
) -> Result<usize, AppendError> {
    let select = "SELECT subject, agency, month FROM gateway_contents ORDER BY month, subject";
    let rows = ledger.read(move |sql| sql.query(select, &[])).await?;
    let mut forgotten = 0;
    for row in rows {
        let (subject, agency, month) = (row.text(0)?, row.text(1)?, row.text(2)?);
        let Some(kept_for) = months_of(&agency) else { continue };
        if is_over(&month, kept_for, now) {
            ledger.erase_subject(&subject, Actor::system(), now).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

/// Whether more than so many whole months have passed since the end of `month` (`2026-11`).
fn is_over(month: &str, kept_for: u32, now: Timestamp) -> bool {
    let date = Offset::UTC.to_datetime(now).date();
    let number = |year: i64, month: i64| year * 12 + month;
    let Some((year, month)) =
        month.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)))
    else {
        return false;
    };
    number(date.year().into(), date.month().into()) - number(year, month) > i64::from(kept_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_over_when_the_months_after_it_are() {
        let now = "2026-11-26T00:00:00Z".parse().unwrap();
        assert!(!is_over("2026-11", 0, now) && is_over("2026-10", 0, now));
        assert!(!is_over("2025-11", 12, now) && is_over("2025-10", 12, now));
        assert!(!is_over("nonsense", 0, now));
    }
}
