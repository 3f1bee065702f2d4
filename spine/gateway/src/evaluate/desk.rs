//! Where evaluations are begun, made and looked at.

use std::sync::Arc;

use jiff::Timestamp;
use maru_ledger::{
    Actor, CommandContext, DatabaseError, ExecuteError, Projection, RecordedEvent, Sql, StreamId, Value,
};

use super::{
    EvaluationCommand, EvaluationRefusal, EvaluationRun, EvaluationState, WantedEvaluation, for_registry, is_right,
    runs::KIND,
};
use crate::{
    Client, KeyScope,
    gateway::{Gateway, GatewayError},
    registry::RegistryCommand,
};

/// Questions of one event: as many are asked again at most after a server stopped.
const TOGETHER: usize = 10;
/// Lines of the list at most.
const MOST_LISTED: u32 = 100;

const TABLE: &str = "CREATE TABLE gateway_evaluations (id TEXT PRIMARY KEY, at BIGINT NOT NULL, suite TEXT NOT NULL, \
     models TEXT NOT NULL, by_account TEXT NOT NULL, has_ended BIGINT NOT NULL)";

/// The table of evaluations.
pub(crate) struct Evaluations;

impl Projection for Evaluations {
    fn name(&self) -> &'static str {
        "gateway-evaluations"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[TABLE]
    }

    fn tables(&self) -> &[&str] {
        &["gateway_evaluations"]
    }

    fn concerns(&self, kind: &str) -> bool {
        matches!(kind, "gateway-evaluation-begun" | "gateway-evaluation-ended")
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let text = |pointer: &str| {
            Value::from(event.payload.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default())
        };
        match event.kind.as_str() {
            "gateway-evaluation-begun" => {
                let models = event.payload.pointer("/wanted/models").map(ToString::to_string).unwrap_or_default();
                let insert = "INSERT INTO gateway_evaluations (id, at, suite, models, by_account, has_ended) \
                     VALUES ($1, $2, $3, $4, $5, 0)";
                let at: Value = event.at.as_microsecond().into();
                sql.execute(insert, &[text("/id"), at, text("/wanted/suite"), models.into(), text("/by")]).map(drop)
            }
            "gateway-evaluation-ended" => {
                sql.execute("UPDATE gateway_evaluations SET has_ended = 1 WHERE id = $1", &[text("/id")]).map(drop)
            }
            _ => Ok(()),
        }
    }
}

/// A line of the list of evaluations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationRow {
    /// Its number.
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// The suite's name.
    pub suite: String,
    /// Models, the one that is there first.
    pub models: Vec<String>,
    /// Who had it made: an account.
    pub by: String,
    /// Whether every question was answered.
    pub has_ended: bool,
}

fn stream(id: &str) -> Option<StreamId> {
    StreamId::new(KIND, id).ok()
}

impl Gateway {
    /// Begins an evaluation of number `id`, as `by`; it goes on by itself, and what comes out stands in the registry.
    ///
    /// # Errors
    /// [`GatewayError::Evaluation`] where the suite or the models cannot be used.
    pub async fn begin_evaluation(&self, id: &str, wanted: WantedEvaluation, by: &str) -> Result<(), GatewayError> {
        let registry = self.registry().await?.registry;
        if wanted.models.iter().any(|model| registry.model(model).is_none()) {
            return Err(ExecuteError::Refused(EvaluationRefusal::Models).into());
        }
        let begin = EvaluationCommand::Begin { id: id.to_owned(), wanted: Box::new(wanted), by: by.to_owned() };
        self.command_evaluation(id, begin, by).await?;
        self.make(id);
        Ok(())
    }

    /// Sets an evaluation going again that stands still.
    ///
    /// # Errors
    /// [`GatewayError::Evaluation`] where it runs or has ended.
    pub async fn resume_evaluation(&self, id: &str, by: &str) -> Result<(), GatewayError> {
        self.command_evaluation(id, EvaluationCommand::Resume { by: by.to_owned() }, by).await?;
        self.make(id);
        Ok(())
    }

    /// An evaluation as it stands.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where it cannot be read.
    pub async fn evaluation(&self, id: &str) -> Result<Option<EvaluationRun>, GatewayError> {
        let Some(stream) = stream(id) else { return Ok(None) };
        Ok(self.inner.ledger.state::<EvaluationRun>(&stream).await?.map(|(run, _)| run))
    }

    /// Evaluations, the newest first.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where they cannot be read.
    pub async fn evaluations(&self) -> Result<Vec<EvaluationRow>, GatewayError> {
        let select = "SELECT id, at, suite, models, by_account, has_ended FROM gateway_evaluations ORDER BY at DESC, id LIMIT $1";
        let rows = self.inner.ledger.read(move |sql| sql.query(select, &[MOST_LISTED.into()])).await?;
        let row = |row: &maru_ledger::Row| {
            Ok(EvaluationRow {
                id: row.text(0)?,
                at: Timestamp::from_microsecond(row.integer(1)?).unwrap_or_default(),
                suite: row.text(2)?,
                models: serde_json::from_str(&row.text(3)?).unwrap_or_default(),
                by: row.text(4)?,
                has_ended: row.integer(5)? != 0,
            })
        };
        Ok(rows.iter().map(row).collect::<Result<_, DatabaseError>>()?)
    }

    async fn command_evaluation(
        &self,
        id: &str,
        command: EvaluationCommand,
        by: &str,
    ) -> Result<EvaluationRun, GatewayError> {
        let unknown = || GatewayError::from(ExecuteError::Refused(EvaluationRefusal::Unknown));
        let stream = stream(id).ok_or_else(unknown)?;
        let context = CommandContext::new(Actor::new(by, "gateway-administrator"), self.inner.clock.now());
        Ok(self.inner.ledger.execute::<EvaluationRun>(&stream, command, context).await?.state)
    }

    /// Asks the questions that are left, beside whatever else is done.
    fn make(&self, id: &str) {
        let (gateway, id) = (self.clone(), id.to_owned());
        tokio::spawn(async move {
            if let Err(error) = gateway.asked_all(&id).await {
                tracing::error!(%error, evaluation = id, "an evaluation stopped");
            }
        });
    }

    async fn asked_all(&self, id: &str) -> Result<(), GatewayError> {
        let Some(mut run) = self.evaluation(id).await? else { return Ok(()) };
        let Some((_, by, _)) = run.begun.clone() else { return Ok(()) };
        let client = self.client(scope(run.models()));
        while let Some((model, from)) = run.next() {
            let model = model.to_owned();
            let right = asked(&client, &model, &run, from).await;
            let command = EvaluationCommand::GoOn { model, from, right };
            run = match self.command_evaluation(id, command, &by).await {
                Ok(run) => run,
                // Another server makes it, or a second click set it going twice: that one goes on.
                Err(GatewayError::Evaluation(ExecuteError::Refused(EvaluationRefusal::Before))) => return Ok(()),
                Err(error) => return Err(error),
            };
        }
        if run.state(self.inner.clock.now()) == EvaluationState::Ended {
            self.put_on_record(&run, &by).await?;
        }
        Ok(())
    }

    /// What came out stands in the registry: the first model alone, the others beside it.
    async fn put_on_record(&self, run: &EvaluationRun, by: &str) -> Result<(), GatewayError> {
        let Some((wanted, ..)) = &run.begun else { return Ok(()) };
        let comparisons = run.comparisons();
        let against = std::iter::once(None).chain(comparisons.iter().map(Some));
        for (result, against) in run.results().iter().zip(against) {
            let result = for_registry(result, (&wanted.suite, &wanted.text), against);
            let command = RegistryCommand::RecordEvaluation { result: Box::new(result), by: by.to_owned() };
            self.change(command, by).await?;
        }
        Ok(())
    }
}

async fn asked(client: &Client, model: &str, run: &EvaluationRun, from: usize) -> Vec<bool> {
    let questions = run.questions().iter().skip(from).take(TOGETHER);
    let mut right = Vec::with_capacity(TOGETHER);
    for question in questions {
        right.push(is_right(client, model, question).await);
    }
    right
}

/// Who asks: a key that names its models may use those under trial too.
fn scope(models: &[String]) -> KeyScope {
    let mut scope = KeyScope::new("evaluation", "", "evaluation");
    scope.system = "maru".into();
    scope.purpose = "evaluation".into();
    scope.models = models.to_vec();
    scope
}

/// The projections of evaluations.
pub(crate) fn projection() -> Arc<dyn Projection> {
    Arc::new(Evaluations)
}
