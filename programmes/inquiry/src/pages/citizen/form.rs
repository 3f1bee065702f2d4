//! What citizens' forms send.

use serde::Deserialize;

/// Everything that citizens' forms send; after a refusal it is shown again, so that nothing written is lost.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct Sent {
    pub title: String,
    pub text: String,
    pub kind: String,
    pub period_days: String,
    pub category: String,
    pub urgency: String,
    pub text_language: String,
    pub name: String,
    pub contact: String,
    pub repeats: String,
    pub key: String,
    pub receipt: String,
    pub code: String,
    pub completion: String,
    pub days: String,
    pub reason: String,
    pub objection: String,
    pub stars: String,
    pub comment: String,
}
