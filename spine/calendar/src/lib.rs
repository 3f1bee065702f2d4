//! Working time and statutory periods of the Korean civil service.
