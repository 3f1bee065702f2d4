//! Numbers of accounts at banks (계좌번호).

use regex::Captures;

use super::{Accepted, figures, groups, is_counted, is_star};
use crate::{
    Kind,
    accept::{figure_follows, standing_alone},
    context::View,
    cues::{ACCOUNTS, BANKS, NOT_BANKS, THINGS, Word, heads_list, word},
};

pub(super) fn bank_account(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = one_account(view, standing_alone(view, captures)?);
    let end = end + last_figure(view, start, end);
    let text = &view.text[start..end];
    let digits = figures(text);
    let against = [&THINGS, &NOT_BANKS];
    if !(10..=16).contains(&digits.len()) {
        return None;
    }
    let said = word(view, (start, end), 28, &BANKS, &against);
    let unsaid = || said == Word::Nothing && (heads_list(view, start, &ACCOUNTS) || !says_number(view, start));
    let looks_like_it = || has_groups_of_bank(text) && unsaid();
    // «1000-4827-6135 만이천원»: sums have no dashes.
    let is_sum = !text.contains('-') && is_counted(view, end);
    // «1005-937-204816(우리) 통장»
    let is_followed = || has_groups_of_bank(text) && view.following(end, 12).contains("통장");
    if !(said == Word::For || looks_like_it() || is_followed()) || is_sum {
        return None;
    }
    if belongs_to_longer(view, start, end) {
        return None;
    }
    // 2026-02-13 14:30 and periods such as 2026.1.1~2026.12.31 are dates.
    let begins_as_year = digits[0] * 10 + digits[1] == 20 || digits[0] * 10 + digits[1] == 19;
    if begins_as_year && looks_like_date(text) {
        return None;
    }
    Some((Kind::BankAccount, start, end))
}

/// 110-***-567890, where something says that it is one.
pub(super) fn half_hidden_account(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let stars = text.chars().filter(|one| is_star(*one)).count();
    let is_long = (9..=16).contains(&(stars + figures(text).len()));
    let against = [&THINGS, &NOT_BANKS];
    let is_account =
        stars >= 2 && figures(text).len() >= 3 && is_long && word(view, place, 28, &BANKS, &against) == Word::For;
    is_account.then_some((Kind::BankAccount, start, end))
}

/// Groups that banks use, with dashes: of 신한 and 케이뱅크, 우리, 국민, 농협 and 부산, 카카오뱅크, 기업, 하나, 새마을금고 …
fn has_groups_of_bank(text: &str) -> bool {
    const GROUPS: [&[usize]; 13] = [
        &[3, 3, 6],
        &[4, 3, 6],
        &[6, 2, 6],
        &[3, 4, 4, 2],
        &[3, 4, 4, 1],
        &[4, 2, 7],
        &[4, 2, 6],
        &[4, 2, 6, 1],
        &[3, 6, 2, 3],
        &[3, 6, 5],
        &[3, 2, 6],
        &[3, 2, 6, 1],
        &[4, 4, 4, 1],
    ];
    let is_year = text.starts_with("20") && groups(text).first() == Some(&4);
    let dashes = text.chars().all(|one| one.is_ascii_digit() || matches!(one, '-' | '–' | '—' | '−' | '‐' | '‑'));
    dashes && !is_year && GROUPS.contains(&groups(text).as_slice())
}

/// Whether «…번호», «No.», «코드» stand right before: then it is the number of something else.
fn says_number(view: &View, start: usize) -> bool {
    let before = view.preceding(start, 8).to_ascii_lowercase();
    ["번호", "no.", "no ", "코드", "code", "호기", "id"].iter().any(|cue| before.contains(cue))
}

/// The length of « 5» behind «9003 2847 1926»: accounts of 새마을금고 end with one figure.
fn last_figure(view: &View, start: usize, end: usize) -> usize {
    const COUNTS: &str = "원만명개건월일시층호번년회차위천백";
    let is_account = matches!(groups(&view.text[start..end])[..], [4, 4, 4] | [4, 2, 6]);
    let mut rest = view.text[end..].chars();
    let is_figure = rest.next() == Some(' ') && rest.next().is_some_and(|one| one.is_ascii_digit());
    let counts = rest.next().is_some_and(|one| one.is_ascii_alphanumeric() || COUNTS.contains(one));
    if is_account && is_figure && !counts { " 5".len() } else { 0 }
}

/// ISO 13616: the country and the check behind the rest, letters as 10 to 35, leave 1 when divided by 97.
pub(super) fn iban(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let signs: Vec<char> = view.text[start..end].chars().filter(|one| *one != ' ').collect();
    let values = signs.iter().cycle().skip(4).take(signs.len()).filter_map(|one| one.to_digit(36));
    let rest = values.fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
    (rest == 1).then_some((Kind::BankAccount, start, end))
}

/// «302-1234-5678-91 010-…»: what stands behind a space is another number if the first part has dashes and is long enough.
fn one_account(view: &View, (start, end): (usize, usize)) -> (usize, usize) {
    let text = &view.text[start..end];
    match text.split_once(' ') {
        Some((first, rest)) if !rest.starts_with('-') && groups(first).len() >= 2 && figures(first).len() >= 10 => {
            (start, start + first.len())
        }
        _ => (start, end),
    }
}

/// «1AA-1707-231958» is the number of a petition: letters before the dash belong to it. «26350-1-10-25-6-0381742-4» goes on.
fn belongs_to_longer(view: &View, start: usize, end: usize) -> bool {
    const DASHES: [char; 4] = ['-', '–', '—', '−'];
    let before = view.preceding(start, 6).trim_end();
    let dashed = before.strip_suffix(DASHES).map(str::trim_end);
    let goes_on = view.after(end).is_some_and(|one| DASHES.contains(&one)) && figure_follows(&view.text[end..]);
    let mut last = view.text[..start].chars().rev();
    let goes_before =
        matches!(last.next(), Some('.' | '/' | '~')) && last.next().is_some_and(|one| one.is_ascii_digit());
    goes_on
        || goes_before
        || dashed.is_some_and(|text| text.ends_with(|character: char| character.is_ascii_alphanumeric()))
}

fn looks_like_date(text: &str) -> bool {
    let groups = groups(text);
    groups.len() >= 3 && groups[0] == 4 && groups[1] <= 2 && groups[2] <= 2
}
