//! What rules of several kinds ask of a match.

use regex::Captures;

use crate::context::View;

/// The whole match, if no figure or Latin letter touches it.
pub(crate) fn standing_alone(view: &View, captures: &Captures<'_>) -> Option<(usize, usize)> {
    let whole = captures.get(0)?;
    let touches = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    if touches(view.before(whole.start())) || touches(view.after(whole.end())) {
        return None;
    }
    Some((whole.start(), whole.end()))
}

/// Whether a figure stands right after the first character.
pub(crate) fn figure_follows(rest: &str) -> bool {
    rest.chars().nth(1).is_some_and(|character| character.is_ascii_digit())
}
