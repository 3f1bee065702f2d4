//! Questions about surveys and their answers.

use maru_ledger::{Aggregate, DatabaseError, Value};

use super::{Named, Store};
use crate::domain::{Survey, SurveyReply};

/// By what it is seen whether a survey changed: how many there are, the newest change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SurveysMarker {
    all: u64,
    newest: i64,
}

impl Store {
    /// By what it is seen whether a survey changed.
    pub(crate) async fn surveys_marker(&self) -> Result<SurveysMarker, DatabaseError> {
        let select = "SELECT COUNT(*), COALESCE(MAX(changed_at), 0) FROM plan_states WHERE kind = $1";
        let parameters = [Value::from(Survey::KIND)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let Some(row) = rows.first() else { return Ok(SurveysMarker::default()) };
        Ok(SurveysMarker { all: row.unsigned(0)?, newest: row.integer(1)? })
    }

    /// The surveys, the oldest first.
    pub async fn surveys(&self) -> Result<Vec<Named<Survey>>, DatabaseError> {
        self.all(Survey::KIND, "").await
    }

    /// One of them.
    pub async fn survey(&self, id: &str) -> Result<Option<Named<Survey>>, DatabaseError> {
        self.one(Survey::KIND, id).await
    }

    /// The answers to a survey, by the digests of the letters' numbers.
    pub(crate) async fn survey_replies(&self, survey: &str) -> Result<Vec<Named<SurveyReply>>, DatabaseError> {
        self.all(SurveyReply::KIND, survey).await
    }

    /// How many answered a survey.
    pub async fn survey_answers(&self, survey: &str) -> Result<u64, DatabaseError> {
        let select = "SELECT COUNT(*) FROM plan_states WHERE kind = $1 AND owner = $2";
        let parameters = [Value::from(SurveyReply::KIND), Value::from(survey)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// Whether somebody answered with the number of this digest.
    pub(crate) async fn survey_reply(&self, digest: &str) -> Result<Option<Named<SurveyReply>>, DatabaseError> {
        self.one(SurveyReply::KIND, digest).await
    }
}
