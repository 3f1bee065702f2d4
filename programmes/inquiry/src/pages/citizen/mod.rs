//! What citizens see: one thing at a time.

pub(super) mod ask;
pub(super) mod case;
pub(super) mod check;
pub(super) mod erased;
pub(super) mod find;
pub(super) mod form;
pub(super) mod mine;
pub(super) mod received;
