//! The national AI action plan (인공지능행동계획): tasks and recommendations, in the open until they are felt.
//!
//! | room | holds |
//! |---|---|
//! | [`domain`] | recommendations and where they stand, recommendations to agencies, consultation; what a text says |
//! | [`import`] | a plan as a table |

pub mod domain;
pub mod import;
