//! How long the fields of forms may be, in characters.

pub(super) const TITLE: usize = 200;
pub(super) const TEXT: usize = 10_000;
pub(super) const NAME: usize = 60;
pub(super) const CONTACT: usize = 120;
pub(super) const REASON: usize = 2_000;
pub(super) const ANSWER: usize = 20_000;
pub(super) const HOLIDAY: usize = 200;
