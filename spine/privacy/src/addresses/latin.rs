//! Addresses in Latin letters.

use regex::Captures;

use super::{
    Accepted, address,
    details::{details, goes_on},
    is_year, touches_figure,
    words::has,
};
use crate::context::View;

/// «Wongok-dong 812-3, Room 402», «Noksapyeong-daero 40-gil 23, 3F».
pub(super) fn latin_road_first(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    let rest = &view.text[number.end()..];
    let length = details(rest);
    if touches_figure(view, captures.get(0)?.start()) || (length == 0 && (goes_on(rest) || counts_in_english(rest))) {
        return None;
    }
    (length > 0 || !is_year(number.as_str())).then_some(())?;
    Some(address(number.start(), number.end() + length))
}

/// «Room 402, 812-3 Wongok-dong», «23, Noksapyeong-daero 40-gil».
pub(super) fn latin_number_first(view: &View, captures: &Captures<'_>) -> Accepted {
    const OTHERS: &str = "\
        exit|line|bus|no.|number|article|stop|january|february|march|april|may|june|july|august|september|october|\
        november|december|jan|feb|aug|sep|dec";
    let number = captures.get(1)?;
    let before = view.preceding(number.start(), 12).trim_end().to_ascii_lowercase();
    let word = before.rsplit(' ').next().unwrap_or(&before);
    let begins = !touches_figure(view, number.start()) || view.before(number.start()) == Some('.');
    if !begins || has(OTHERS, word) || is_year(number.as_str()) {
        return None;
    }
    Some(address(number.start(), number.end()))
}

/// «Itaewon-ro 3 times», «2 km».
pub(super) fn counts_in_english(rest: &str) -> bool {
    const LONGEST: usize = 12;
    const COUNTED: &str = "\
        time|day|minute|hour|people|person|car|lane|km|m |meter|metre|year|week|month|o'clock|am|pm|station|exit|\
        won|percent|million|thousand|m2";
    let word: String = rest.trim_start_matches(' ').chars().take(LONGEST).collect::<String>().to_ascii_lowercase();
    COUNTED.split('|').any(|counted| word.starts_with(counted))
}
