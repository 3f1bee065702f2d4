//! The projection `plan`: the state of everything in the plan, one row each, and the list of what changed.

use maru_ledger::{Aggregate, DatabaseError, Projection, RecordedEvent, Sql};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use crate::domain::{Advice, Comment, Consultation, Number, Recommendation, book::Book};

/// The projection `plan`.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanTables;

impl Projection for PlanTables {
    fn name(&self) -> &'static str {
        "plan"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE plan_states (kind TEXT NOT NULL, id TEXT NOT NULL, place BIGINT NOT NULL, owner TEXT NOT NULL, \
             answered BIGINT NOT NULL, state TEXT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (kind, id))",
            "CREATE INDEX plan_states_by_place ON plan_states (kind, owner, place)",
            "CREATE TABLE plan_changes (position BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, \
             what TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, facts TEXT NOT NULL)",
            "CREATE INDEX plan_changes_by_time ON plan_changes (at)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["plan_states", "plan_changes"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let kind = event.stream.kind();
        match kind {
            Recommendation::KIND => keep::<Recommendation>(sql, event)?,
            Advice::KIND => keep::<Advice>(sql, event)?,
            Consultation::KIND => keep::<Consultation>(sql, event)?,
            Comment::KIND => keep::<Comment>(sql, event)?,
            Book::KIND => keep::<Book>(sql, event)?,
            _ => return Ok(()),
        }
        note_change(sql, event)
    }
}

/// Folds the event into the state that is kept of its stream.
fn keep<A: Aggregate + Serialize + DeserializeOwned>(
    sql: &mut dyn Sql,
    recorded: &RecordedEvent,
) -> Result<(), DatabaseError> {
    let id = recorded.stream.identifier();
    let damaged = |error: serde_json::Error| DatabaseError::Work {
        reason: format!("event {} cannot be read: {error}", recorded.position),
    };
    let event: A::Event = serde_json::from_value(recorded.payload.clone()).map_err(damaged)?;
    let rows = sql.query("SELECT state FROM plan_states WHERE kind = $1 AND id = $2", &[A::KIND.into(), id.into()])?;
    let mut state: A = match rows.first() {
        Some(row) => serde_json::from_str(&row.text(0)?).map_err(damaged)?,
        None => A::default(),
    };
    state.evolve(&event);
    let text = serde_json::to_string(&state).map_err(damaged)?;
    let answered = i64::from(recorded.kind == "comment-answered");
    if rows.is_empty() {
        let owner = recorded.payload["filed"]["consultation"].as_str().unwrap_or_default();
        sql.execute(
            "INSERT INTO plan_states (kind, id, place, owner, answered, state, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                A::KIND.into(),
                id.into(),
                place_of(A::KIND, id, recorded.position).into(),
                owner.into(),
                answered.into(),
                text.into(),
                recorded.at.into(),
            ],
        )?;
    } else {
        let update = "UPDATE plan_states SET state = $3, changed_at = $4, \
                      answered = CASE WHEN $5 = 1 THEN 1 ELSE answered END WHERE kind = $1 AND id = $2";
        sql.execute(update, &[A::KIND.into(), id.into(), text.into(), recorded.at.into(), answered.into()])?;
    }
    Ok(())
}

/// Recommendations stand in the order of their numbers, all else as it came.
fn place_of(kind: &str, id: &str, position: u64) -> i64 {
    let number: Option<Number> = Some(id).filter(|_| kind == Recommendation::KIND).and_then(|id| id.parse().ok());
    match number {
        Some(number) => i64::from(number.task) * 100_000 + i64::from(number.place),
        None => i64::try_from(position).unwrap_or(i64::MAX),
    }
}

/// Everything but the first entry of a recommendation and single comments is a change that people want to hear of.
fn note_change(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    if matches!(event.kind.as_str(), "entered" | "comment-filed" | "comment-answered") {
        return Ok(());
    }
    let mut facts = event.payload.clone();
    if let Json::Object(fields) = &mut facts {
        // What the plan says now is read from its state; a list of all standings is long.
        fields.remove("entry");
        fields.remove("standing");
    }
    sql.execute(
        "INSERT INTO plan_changes (position, at, kind, id, what, actor, role, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            event.position.into(),
            event.at.into(),
            event.stream.kind().into(),
            event.stream.identifier().into(),
            event.kind.as_str().into(),
            event.actor.id.as_str().into(),
            event.actor.role.as_str().into(),
            facts.to_string().into(),
        ],
    )?;
    Ok(())
}
