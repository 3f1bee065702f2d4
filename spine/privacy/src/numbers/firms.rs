//! Numbers of firms (사업자등록번호).

use regex::Captures;

use super::{Accepted, figures, groups, is_bare, is_counted};
use crate::{
    Kind,
    accept::standing_alone,
    context::View,
    cues::{BUSINESS, NOT_BUSINESS, SURELY_BUSINESS, THINGS, Word, word},
};

pub(super) fn business_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let against = [&THINGS, &NOT_BUSINESS];
    let said = word(view, place, 30, &BUSINESS, &against);
    let surely = || word(view, place, 16, &SURELY_BUSINESS, &against) == Word::For;
    let in_groups = groups(text) == [3, 2, 5];
    let dashes = text.chars().filter(|one| matches!(one, '-' | '–' | '—' | '−' | '‐' | '‑')).count() == 2;
    let is_right = business_checksum(&figures(text));
    let beside = || word(view, place, 12, &BUSINESS, &against);
    // Seconds since 1970 have ten figures, too.
    let is_time = is_bare(text) && matches!(figures(text)[..2], [1, 5..=8]);
    let is_accepted = match said {
        Word::For => is_right || in_groups || surely(),
        Word::Against if beside() != Word::Against => is_right || (in_groups && dashes),
        // Nothing else is written in groups of three, two and five.
        Word::Nothing => in_groups && (is_right || dashes) || (is_right && !is_time),
        Word::Against => is_right && in_groups,
    };
    (is_accepted && !is_counted(view, end)).then_some((Kind::BusinessNumber, start, end))
}

/// 220-81-*****.
pub(super) fn half_hidden_business_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    (word(view, place, 30, &BUSINESS, &[&THINGS]) == Word::For).then_some((Kind::BusinessNumber, start, end))
}

/// The checksum of a business registration number.
fn business_checksum(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];
    if digits.len() != 10 || digits[0] == 0 {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum::<u32>() + digits[8] * 5 / 10;
    digits[9] == (10 - sum % 10) % 10
}
