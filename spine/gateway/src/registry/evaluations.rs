//! Evaluations stand in the registry, and no model is approved without one that speaks for it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Change, ChangeRefusal, ModelState, Registry};
use crate::evaluate::Interval;

/// An evaluation speaks for a model for so long.
const SPEAKS: SignedDuration = SignedDuration::from_hours(180 * 24);

/// What came out when a model was asked a suite of questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationResult {
    /// The model.
    pub model: String,
    /// The suite's name.
    pub suite: String,
    /// SHA-256 of the suite's bytes, in hexadecimal: the same suite can be asked again.
    pub suite_sha256: String,
    /// Share of right answers, with its interval at 95 %.
    pub all: Interval,
    /// The same by measure.
    pub by_measure: BTreeMap<String, Interval>,
    /// The model that it is to replace; empty where it was asked alone.
    #[serde(default)]
    pub compared_with: String,
    /// By how much its share is larger than that model's, with the interval of the difference.
    #[serde(default)]
    pub difference: Option<Interval>,
    /// It is surely worse than that model.
    #[serde(default)]
    pub is_regression: bool,
}

/// An evaluation on the record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvaluation {
    /// What came out.
    pub result: EvaluationResult,
    /// Who had it made: an account.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Whether the newest evaluation of a model lets it be approved, where a change would approve it.
pub(super) fn let_approve(
    registry: &Registry,
    evaluations: &BTreeMap<String, Vec<RecordedEvaluation>>,
    change: &Change,
    now: Timestamp,
) -> Result<(), ChangeRefusal> {
    let Change::PutModel(model) = change else { return Ok(()) };
    let is_approved = registry.model(&model.id).is_some_and(|known| known.state == ModelState::Approved);
    if model.state != ModelState::Approved || is_approved {
        return Ok(());
    }
    let newest = evaluations.get(&model.id).and_then(|made| made.last());
    match newest.filter(|made| now.duration_since(made.at) <= SPEAKS) {
        None => Err(ChangeRefusal::NotEvaluated(model.id.clone())),
        Some(RecordedEvaluation { result, .. }) if result.is_regression => {
            Err(ChangeRefusal::Regressed { model: model.id.clone(), before: result.compared_with.clone() })
        }
        Some(_) => Ok(()),
    }
}
