//! Numbers of telephones (전화번호).

use regex::Captures;

use super::{Accepted, figures, is_bare, is_counted};
use crate::{
    Kind,
    accept::standing_alone,
    context::View,
    cues::{NOT_PHONE, PHONE, THINGS, TOLL_FREE, Word, word, word_or_noun},
};

pub(super) fn phone(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let digits = digits.strip_prefix(&[0, 0]).unwrap_or(&digits);
    let has_country = digits.starts_with(&[8, 2]);
    let national = if has_country { digits.len() - 1 } else { digits.len() };
    // 02-345-6789 is the shortest, 0505-1234-5678 the longest.
    if !(9..=13).contains(&national) || is_hot_line(digits) || is_toll_free(view, place, digits) {
        return None;
    }
    // 82-10-3340-7795 without its plus.
    if has_country && !text.starts_with(['+', '0']) && view.before(start) != Some('+') {
        let said = word(view, place, 20, &PHONE, &[&THINGS]);
        let is_mobile = digits.starts_with(&[8, 2, 1, 0]) && digits.len() == 12;
        if said == Word::Against || (said == Word::Nothing && !is_mobile) {
            return None;
        }
    }
    let is_mobile = digits.starts_with(&[0, 1]) && !is_bare(text);
    if continues_figures(view, place) || (!is_mobile && says_thing(view, place)) {
        return None;
    }
    // «(02) 345-6789» has its bracket; that of «(010-1234-5678)» belongs to the sentence.
    let opened = text.starts_with('(') && !text.contains(')');
    Some((Kind::Phone, start + usize::from(opened), end))
}

/// «일련번호 02-…», «송장 031…»; but «예약 02-…», «주문 접수 031-…» are telephones.
fn says_thing(view: &View, place: (usize, usize)) -> bool {
    word_or_noun(view, place, 14, (&PHONE, &[&THINGS]), &NOT_PHONE) == Word::Against
}

/// The call centre of the foreign office answers everybody (02-3210-0404); 010-0000-0000 stands in forms.
fn is_hot_line(digits: &[u32]) -> bool {
    digits.ends_with(&[3, 2, 1, 0, 0, 4, 0, 4]) || digits.ends_with(&[0; 8])
}

/// «무료수신거부 080-…» belongs to nobody.
fn is_toll_free(view: &View, place: (usize, usize), digits: &[u32]) -> bool {
    digits.starts_with(&[0, 8, 0]) && word(view, place, 16, &TOLL_FREE, &[]) == Word::For
}

/// A decimal fraction or a sum with thousands separators is no telephone number; in a row of values a mobile number may follow a comma.
fn continues_figures(view: &View, (start, end): (usize, usize)) -> bool {
    let text = &view.text[start..end];
    let thousands = view.after(end) == Some(',') && is_group_of_three(&view.text[end + 1..]);
    let mut before = view.text[..start].chars().rev();
    let is_behind = |sign: char, one: Option<char>, next: Option<char>| {
        one == Some(sign) && next.is_some_and(|next| next.is_ascii_digit())
    };
    let (last, next) = (before.next(), before.next());
    let is_mobile = text.starts_with("01") && matches!(figures(text).len(), 10 | 11);
    let fraction = is_behind('.', last, next) && (!is_mobile || is_bare(text));
    let after_comma = is_behind(',', last, next) && !is_mobile;
    fraction || after_comma || (thousands && !is_mobile) || matches!(view.after(end), Some('%' | '원'))
}

fn is_group_of_three(rest: &str) -> bool {
    rest.chars().take_while(char::is_ascii_digit).count() == 3
}

/// «010,1234,5678», «010-****-5678».
pub(super) fn odd_mobile(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    Some((Kind::Phone, start, end))
}

/// «+84 90 123 4567».
pub(super) fn foreign_phone(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let is_phone = (9..=17).contains(&digits.len()) && !is_counted(view, end) && !is_hot_line(&digits);
    let is_said = view.text[start..].starts_with('+') || word(view, (start, end), 20, &PHONE, &[&THINGS]) == Word::For;
    (is_phone && is_said).then_some((Kind::Phone, start, end))
}
