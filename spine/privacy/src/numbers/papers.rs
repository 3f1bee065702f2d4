//! Numbers of papers: driving licences (운전면허번호) and passports (여권번호).

use regex::Captures;

use super::{Accepted, figures, is_counted};
use crate::{
    Kind,
    accept::standing_alone,
    context::View,
    cues::{BANKS, LICENCE, NONE, NOT_PASSPORT, PASSPORT, THINGS, Word, heads_list, word},
};

pub(super) fn driving_licence(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let names_region = !text.starts_with(|c: char| c.is_ascii_digit());
    // Figures of the region: 11 (Seoul) to 28.
    if !names_region && !(11..=28).contains(&(digits[0] * 10 + digits[1])) {
        return None;
    }
    let breaks = text.chars().filter(|character| !character.is_alphanumeric()).count();
    // Twelve figures in a row may be anything: something must say that they are a licence.
    let against = [&THINGS, &BANKS];
    let said = word(view, place, 70, &LICENCE, &against);
    let is_written = breaks + usize::from(names_region) >= 3 || (view.was_apart(end - 1) && said == Word::Nothing);
    (is_written || said == Word::For).then_some((Kind::DrivingLicence, start, end))
}

pub(super) fn passport(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    // «주문번호 S30274918», but «여권 분실 접수: S30274918».
    let is_named = word(view, place, 40, &PASSPORT, &[]) == Word::For;
    (is_named || word(view, place, 20, &NONE, &[&THINGS]) != Word::Against).then_some((Kind::Passport, start, end))
}

/// Passports of other countries have a letter or two, or none, and six to nine figures: the word must stand beside them, or over the column.
pub(super) fn cued_passport(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let against = [&THINGS, &NOT_PASSPORT];
    let said = word(view, place, 40, &PASSPORT, &against);
    let has_letters = view.text[start..end].starts_with(|one: char| one.is_ascii_uppercase());
    let is_usual = has_letters && end - start >= 8 && !view.text[start..end].contains([' ', '-']);
    let in_list = || is_usual && said == Word::Nothing && heads_list(view, start, &PASSPORT);
    // «여권 발급 수수료 100000000» is a sum.
    let is_sum = !has_letters && is_counted(view, end);
    (!is_sum && (said == Word::For || in_list())).then_some((Kind::Passport, start, end))
}
