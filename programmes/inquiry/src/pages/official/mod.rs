//! What officials see: a list and what is chosen side by side, the clock of each case visible without reading.

pub(super) mod actions;
pub(super) mod case;
pub(super) mod form;
pub(super) mod holidays;
pub(super) mod intake;
pub(super) mod learning;
pub(super) mod pairs;
pub(super) mod queue;
pub(super) mod statistics;
