//! What the forms on the desk send.

use serde::Deserialize;

/// Everything that the forms on the desk send; after a refusal it is shown again, so that nothing written is lost.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct FromDesk {
    pub answer: String,
    pub confirm_citations: String,
    pub official: String,
    pub department: String,
    pub agency: String,
    pub transfer_reason: String,
    pub ground: String,
    pub extension_reason: String,
    pub consent: String,
    pub missing: String,
    pub days: String,
    pub excluded_reason: String,
    pub excluded_from: String,
    pub excluded_until: String,
    pub return_reason: String,
    pub kind: String,
    pub period_days: String,
    pub category: String,
    pub urgency: String,
    pub text_language: String,
    pub refusal_text: String,
    pub refusal_reason: String,
    pub article: String,
    pub remedy: String,
    pub earlier: Vec<String>,
    pub other: String,
    pub same: String,
    pub close_reason: String,
    pub upheld: String,
    pub decision: String,
    pub objection_reason: String,
    pub note: String,
    pub purpose: String,
    pub seen: Option<u32>,
}

/// What was written, or what stands there before anything is.
pub(super) fn or<'a>(written: &'a str, otherwise: &'a str) -> &'a str {
    if written.is_empty() { otherwise } else { written }
}
