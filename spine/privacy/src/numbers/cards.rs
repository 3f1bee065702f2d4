//! Numbers of cards (카드번호).

use regex::Captures;

use super::{Accepted, figures, groups, is_bare, is_star};
use crate::{
    Kind,
    accept::standing_alone,
    context::View,
    cues::{CARD, SURELY_CARD, THINGS, Word, word},
};

pub(super) fn card(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let in_address_of_page = matches!(view.before(start), Some('/' | '=')) && view.preceding(start, 60).contains("//");
    if !is_issued(&digits) || (in_address_of_page && is_bare(text)) {
        return None;
    }
    let said = word(view, place, 40, &CARD, &[&THINGS]);
    // Whoever mistypes a number of a card has still written one: what stands in four groups behind «카드» is one.
    let in_fours = groups(text) == [4, 4, 4, 4] || groups(text) == [4, 6, 5] || view.was_apart(start);
    let named = || word(view, place, 16, &SURELY_CARD, &[&THINGS]) == Word::For;
    let is_card = if luhn(&digits) {
        said != Word::Against || !is_bare(text)
    } else {
        said == Word::For && (in_fours || named())
    };
    is_card.then_some((Kind::Card, start, end))
}

/// «4111, 1111, 1111, 1111»: without the word it is a row of values.
pub(super) fn card_with_commas(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let is_card = is_issued(&digits) && luhn(&digits) && word(view, place, 24, &CARD, &[&THINGS]) == Word::For;
    is_card.then_some((Kind::Card, start, end))
}

/// ISO/IEC 7812: 2 to 6 are banks and travel, 9 is for national use, as domestic Korean cards have it; of fifteen figures has American Express,
/// of fourteen Diners Club, of more than sixteen UnionPay.
fn is_issued(digits: &[u32]) -> bool {
    match digits.len() {
        17..=19 => digits.starts_with(&[6, 2]),
        16 => matches!(digits[0], 2..=6 | 9),
        15 => matches!(digits[..2], [3, 4 | 7]),
        14 => matches!(digits[..2], [3, 0 | 6 | 8 | 9]),
        _ => false,
    }
}

/// 4111-11**-****-1111.
pub(super) fn half_hidden_card(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let hidden = text.chars().filter(|one| is_star(*one)).count();
    let begins =
        text.starts_with(|one: char| one.is_ascii_digit()) || word(view, (start, end), 24, &CARD, &[]) == Word::For;
    (begins && hidden >= HIDDEN && figures(text).len() >= HIDDEN).then_some((Kind::Card, start, end))
}

/// So many stars hide a part of a number, and so many figures say which it is.
const HIDDEN: usize = 4;

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}
