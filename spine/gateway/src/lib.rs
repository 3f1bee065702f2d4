//! The one way to every model.
