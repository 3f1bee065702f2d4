//! The projection `plan`: the state of everything in the plan, one row each, and the list of what changed.

use maru_ledger::{Aggregate, DatabaseError, Projection, RecordedEvent, Sql};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::messages;
use crate::domain::{
    Advice, Briefing, Comment, Consultation, Council, Deliberation, Felt, Links, Meeting, Number, Overlaps, Panel,
    Particulars, Photo, Recommendation, Stances, Survey, SurveyReply, Visit,
    book::Book,
    for_all::{Assist, Audit, Labs, Problem, Reach},
};

/// The projection `plan`.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanTables;

impl Projection for PlanTables {
    fn name(&self) -> &'static str {
        "plan"
    }

    fn version(&self) -> u32 {
        6
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE plan_states (kind TEXT NOT NULL, id TEXT NOT NULL, place BIGINT NOT NULL, owner TEXT NOT NULL, \
             mark TEXT NOT NULL, answered BIGINT NOT NULL, waits BIGINT NOT NULL, state TEXT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (kind, id))",
            "CREATE INDEX plan_states_by_place ON plan_states (kind, owner, place)",
            "CREATE INDEX plan_states_by_mark ON plan_states (kind, mark)",
            "CREATE INDEX plan_states_waiting ON plan_states (kind, owner, waits, place)",
            "CREATE INDEX plan_states_of_kind_waiting ON plan_states (kind, waits, place)",
            "CREATE TABLE plan_changes (position BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, \
             what TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, facts TEXT NOT NULL)",
            "CREATE INDEX plan_changes_by_time ON plan_changes (at)",
            messages::SCHEMA[0],
            messages::SCHEMA[1],
            messages::SCHEMA[2],
            messages::SCHEMA[3],
        ]
    }

    fn tables(&self) -> &[&str] {
        &["plan_states", "plan_changes", "plan_messages", "plan_watches"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let kind = event.stream.kind();
        match kind {
            Recommendation::KIND => keep::<Recommendation>(sql, event)?,
            Advice::KIND => keep::<Advice>(sql, event)?,
            Consultation::KIND => keep::<Consultation>(sql, event)?,
            Comment::KIND => keep::<Comment>(sql, event)?,
            Briefing::KIND => keep::<Briefing>(sql, event)?,
            Book::KIND => keep::<Book>(sql, event)?,
            Council::KIND => keep::<Council>(sql, event)?,
            Meeting::KIND => keep::<Meeting>(sql, event)?,
            Visit::KIND => keep::<Visit>(sql, event)?,
            Photo::KIND => keep::<Photo>(sql, event)?,
            Felt::KIND => keep::<Felt>(sql, event)?,
            Links::KIND => keep::<Links>(sql, event)?,
            Overlaps::KIND => keep::<Overlaps>(sql, event)?,
            Particulars::KIND => keep::<Particulars>(sql, event)?,
            Deliberation::KIND => keep::<Deliberation>(sql, event)?,
            Stances::KIND => keep::<Stances>(sql, event)?,
            Panel::KIND => keep::<Panel>(sql, event)?,
            Survey::KIND => keep::<Survey>(sql, event)?,
            SurveyReply::KIND => keep::<SurveyReply>(sql, event)?,
            Reach::KIND => keep::<Reach>(sql, event)?,
            Labs::KIND => keep::<Labs>(sql, event)?,
            Problem::KIND => keep::<Problem>(sql, event)?,
            Assist::KIND => keep::<Assist>(sql, event)?,
            Audit::KIND => keep::<Audit>(sql, event)?,
            _ => return Ok(()),
        }
        messages::note(sql, event)?;
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
    let event: A::Event = serde_json::from_value(masked(&recorded.payload)).map_err(damaged)?;
    let rows = sql.query("SELECT state FROM plan_states WHERE kind = $1 AND id = $2", &[A::KIND.into(), id.into()])?;
    let mut state: A = match rows.first() {
        Some(row) => serde_json::from_str(&row.text(0)?).map_err(damaged)?,
        None => A::default(),
    };
    state.evolve(&event);
    let text = serde_json::to_string(&state).map_err(damaged)?;
    let answered = i64::from(recorded.kind == "comment-answered");
    let mark = mark_of(recorded);
    if rows.is_empty() {
        sql.execute(
            "INSERT INTO plan_states (kind, id, place, owner, mark, answered, waits, state, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                A::KIND.into(),
                id.into(),
                place_of(A::KIND, id, recorded.position).into(),
                owner_of(&recorded.payload).into(),
                mark.into(),
                answered.into(),
                waits_of(recorded).unwrap_or_default().into(),
                text.into(),
                recorded.at.into(),
            ],
        )?;
    } else {
        let update = "UPDATE plan_states SET state = $3, changed_at = $4, \
                      answered = CASE WHEN $5 = 1 THEN 1 ELSE answered END, \
                      mark = CASE WHEN $6 = '' THEN mark ELSE $6 END, \
                      waits = CASE WHEN $7 < 0 THEN waits ELSE $7 END WHERE kind = $1 AND id = $2";
        let parameters = [
            A::KIND.into(),
            id.into(),
            text.into(),
            recorded.at.into(),
            answered.into(),
            mark.into(),
            waits_of(recorded).unwrap_or(-1).into(),
        ];
        sql.execute(update, &parameters)?;
    }
    Ok(())
}

/// To what it belongs: the consultation of a comment, the recommendation of a citizen's word, the visit of a photo, the deliberation of
/// votes, the survey of an answer, the
/// consultation of a briefing.
fn owner_of(payload: &Json) -> &str {
    let owners = [
        &payload["filed"]["consultation"],
        &payload["said"]["recommendation"],
        &payload["taken"]["visit"],
        &payload["stances"]["deliberation"],
        &payload["reply"]["survey"],
        &payload["briefing"]["consultation"],
    ];
    owners.into_iter().find_map(Json::as_str).unwrap_or_default()
}

/// The mark of a recommendation that a version left out.
pub(super) const LEFT_OUT: &str = "left-out";

/// By what it is counted or found: what a citizen says, who made a comment, when help was given, whether it is in the plan.
fn mark_of(event: &RecordedEvent) -> &str {
    match event.kind.as_str() {
        "left-out" => return LEFT_OUT,
        "taken-in-again" => return "in-plan",
        _ => {}
    }
    let payload = &event.payload;
    let marks = [&payload["said"]["verdict"], &payload["filed"]["account"], &payload["assisted"]["on"]];
    marks.into_iter().find_map(Json::as_str).unwrap_or_default()
}

/// Whether what somebody wrote waits for a person after the event: 2 with an appeal, 1 otherwise, 0 no more; nothing where that stays as
/// it is.
fn waits_of(event: &RecordedEvent) -> Option<i64> {
    match event.kind.as_str() {
        "felt-said" if event.payload["same_words"] == true => None,
        "comment-filed" | "felt-said" | "problem-posed" => Some(i64::from(!event.payload["held"].is_null())),
        "comment-flagged" | "words-flagged" => (event.payload["queued"] == true).then_some(1),
        "comment-appealed" | "words-appealed" => Some(2),
        "comment-moderated" | "comment-appeal-decided" | "words-moderated" | "words-appeal-decided" => Some(0),
        _ => None,
    }
}

/// The payload with every sealed fact as if it were erased: states are kept without names and pictures, which are read from the
/// stream by who may see them.
fn masked(payload: &Json) -> Json {
    match payload {
        Json::Object(fields) => match fields.get("$sealed") {
            Some(sealed) if fields.len() == 1 => {
                let subject = sealed["subject"].as_str().unwrap_or_default();
                json!({ "$personal": { "subject": subject, "value": null } })
            }
            _ => fields.iter().map(|(name, value)| (name.clone(), masked(value))).collect(),
        },
        Json::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

/// Recommendations stand in the order of their numbers, all else as it came.
fn place_of(kind: &str, id: &str, position: u64) -> i64 {
    let number: Option<Number> = Some(id).filter(|_| is_of_number(kind)).and_then(|id| id.parse().ok());
    match number {
        Some(number) => i64::from(number.task) * 100_000 + i64::from(number.place),
        None => i64::try_from(position).unwrap_or(i64::MAX),
    }
}

/// Whether streams of the kind are called by the number of a recommendation.
fn is_of_number(kind: &str) -> bool {
    [Recommendation::KIND, Particulars::KIND].contains(&kind)
}

/// What is no change that people want to hear of: single comments and voices, photos, what is still being prepared.
const UNTOLD: [&str; 32] = [
    "checked",
    "vote-opened",
    "ballot-cast",
    "seat-code-made",
    "seat-linked",
    "words-flagged",
    "words-moderated",
    "words-appealed",
    "words-appeal-decided",
    "organisation-registered",
    "briefing-asked",
    "comment-flagged",
    "comment-moderated",
    "comment-appealed",
    "comment-appeal-decided",
    "survey-answered",
    "entered",
    "comment-filed",
    "comment-answered",
    "felt-said",
    "stances-taken",
    "help-logged",
    "problem-posed",
    "statement-proposed",
    "photo-taken",
    "links-proposed",
    "member-seated",
    "meeting-convened",
    "item-added",
    "item-removed",
    "attendance-changed",
    "visit-planned",
];

fn note_change(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    if UNTOLD.contains(&event.kind.as_str()) {
        return Ok(());
    }
    let mut facts = event.payload.clone();
    if let Json::Object(fields) = &mut facts {
        // What the plan says now is read from its state; a list of all standings is long, and so are a pool, a frame and a sample.
        // The digests of letters' numbers are nobody's to see.
        for field in ["entry", "standing", "pool", "frame", "strata", "invited", "tally"] {
            fields.remove(field);
        }
        if let Some(Json::Object(audit)) = fields.get_mut("audit") {
            audit.remove("results");
        }
        // What a file is called is sealed, and may be what was wrong with it.
        let files = fields.get_mut("report").and_then(|report| report.get_mut("files")).and_then(Json::as_array_mut);
        for file in files.into_iter().flatten().filter_map(Json::as_object_mut) {
            file.remove("name");
        }
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
