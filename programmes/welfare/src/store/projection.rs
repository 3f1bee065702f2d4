//! The projection `welfare`: households, proposals, payments, runs, recoveries, looks and switches, as pages ask for them.
//!
//! What is personal stays sealed: the household's facts are stored as they were sealed, and states are kept without the
//! sealed words, which are read from the stream by who may see them.

use jiff::civil::Date;
use maru_ledger::{Aggregate, DatabaseError, Projection, RecordedEvent, Sql, Value};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::{Standing, ages, lots};
use crate::domain::{
    AgeClock, CrisisCase, Proposal, ProposalRules, Record, RecordEvent, Recovery, ReformStudy, Run, ScreeningRun,
    lot::{ProposalLot, ProposalShard},
    proposal::{PaymentState, ProposalEvent},
    supervision::Supervision,
    switch::Switches,
};

/// The projection `welfare`.
#[derive(Debug, Clone, Copy, Default)]
pub struct WelfareTables;

impl Projection for WelfareTables {
    fn name(&self) -> &'static str {
        "welfare"
    }

    fn version(&self) -> u32 {
        6
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE welfare_households (id TEXT PRIMARY KEY, account TEXT NOT NULL, household TEXT NOT NULL, \
             disputes BIGINT NOT NULL, changed_at BIGINT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL)",
            "CREATE INDEX welfare_households_by_account ON welfare_households (account)",
            "CREATE TABLE welfare_people (person TEXT NOT NULL, household TEXT NOT NULL, PRIMARY KEY (person, household))",
            "CREATE INDEX welfare_people_by_household ON welfare_people (household)",
            "CREATE TABLE welfare_representatives (household TEXT NOT NULL, place BIGINT NOT NULL, account TEXT NOT NULL, \
             invitation TEXT NOT NULL, PRIMARY KEY (household, place))",
            "CREATE INDEX welfare_representatives_by_account ON welfare_representatives (account)",
            "CREATE INDEX welfare_representatives_by_invitation ON welfare_representatives (invitation)",
            "CREATE TABLE welfare_proposals (id TEXT PRIMARY KEY, household TEXT NOT NULL, account TEXT NOT NULL, \
             benefit TEXT NOT NULL, status TEXT NOT NULL, waits BIGINT NOT NULL, due BIGINT NOT NULL, \
             found_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL)",
            "CREATE INDEX welfare_proposals_by_household ON welfare_proposals (household)",
            "CREATE INDEX welfare_proposals_by_status ON welfare_proposals (status, benefit, found_at)",
            "CREATE INDEX welfare_proposals_by_waiting ON welfare_proposals (waits, due)",
            "CREATE TABLE welfare_payments (award TEXT NOT NULL, month TEXT NOT NULL, attempt BIGINT NOT NULL, \
             run TEXT NOT NULL, amount BIGINT NOT NULL, state TEXT NOT NULL, pay_to TEXT NOT NULL, \
             PRIMARY KEY (award, month, attempt))",
            "CREATE INDEX welfare_payments_by_run ON welfare_payments (run, award)",
            "CREATE TABLE welfare_things (kind TEXT NOT NULL, id TEXT NOT NULL, changed_at BIGINT NOT NULL, \
             state TEXT NOT NULL, PRIMARY KEY (kind, id))",
            "CREATE TABLE welfare_looks (position BIGINT PRIMARY KEY, household TEXT NOT NULL, at BIGINT NOT NULL, \
             reader TEXT NOT NULL, purpose TEXT NOT NULL)",
            "CREATE INDEX welfare_looks_by_household ON welfare_looks (household, position)",
            "CREATE TABLE welfare_objections (position BIGINT PRIMARY KEY, household TEXT NOT NULL, \
             benefit TEXT NOT NULL, upheld BIGINT NOT NULL, at BIGINT NOT NULL)",
            "CREATE TABLE welfare_crisis (id TEXT PRIMARY KEY, points BIGINT NOT NULL, stands TEXT NOT NULL, \
             known BIGINT NOT NULL, changed_at BIGINT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL)",
            "CREATE INDEX welfare_crisis_by_standing ON welfare_crisis (stands, points)",
            "CREATE INDEX welfare_crisis_by_known ON welfare_crisis (known)",
            "CREATE TABLE welfare_lots (lot TEXT PRIMARY KEY, shard BIGINT NOT NULL, screening TEXT NOT NULL, \
             at BIGINT NOT NULL, entries BIGINT NOT NULL, sealed TEXT NOT NULL, forgotten BIGINT NOT NULL)",
            "CREATE INDEX welfare_lots_by_screening ON welfare_lots (screening, shard)",
            "CREATE TABLE welfare_shards (shard BIGINT PRIMARY KEY, lot TEXT NOT NULL, screening TEXT NOT NULL, \
             version BIGINT NOT NULL)",
            "CREATE TABLE welfare_lot_counts (shard BIGINT NOT NULL, benefit TEXT NOT NULL, status TEXT NOT NULL, \
             entries BIGINT NOT NULL, PRIMARY KEY (shard, benefit, status))",
            "CREATE TABLE welfare_blocks (shard BIGINT NOT NULL, number BIGINT NOT NULL, oldest BIGINT NOT NULL, \
             found BIGINT NOT NULL, withdrawn BIGINT NOT NULL, remaining BIGINT NOT NULL, PRIMARY KEY (shard, number))",
            "CREATE INDEX welfare_blocks_by_age ON welfare_blocks (oldest, shard, number) WHERE remaining > 0",
            "CREATE TABLE welfare_taken (household TEXT PRIMARY KEY, shard BIGINT NOT NULL, block BIGINT NOT NULL)",
            "CREATE INDEX welfare_taken_by_block ON welfare_taken (shard, block)",
            "CREATE TABLE welfare_ages (month TEXT PRIMARY KEY, households BIGINT NOT NULL, opened BIGINT NOT NULL, \
             changed BIGINT NOT NULL, closed BIGINT NOT NULL)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &[
            "welfare_households",
            "welfare_people",
            "welfare_representatives",
            "welfare_proposals",
            "welfare_payments",
            "welfare_things",
            "welfare_looks",
            "welfare_objections",
            "welfare_crisis",
            "welfare_lots",
            "welfare_shards",
            "welfare_lot_counts",
            "welfare_blocks",
            "welfare_taken",
            "welfare_ages",
        ]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        match event.stream.kind() {
            Record::KIND => household(sql, event),
            Proposal::KIND => proposal(sql, event),
            CrisisCase::KIND => crisis(sql, event),
            ProposalLot::KIND => lots::sealed(sql, event),
            ProposalShard::KIND => lots::shard(sql, event),
            Run::KIND => thing::<Run>(sql, event),
            Recovery::KIND => thing::<Recovery>(sql, event),
            Switches::KIND => thing::<Switches>(sql, event),
            Supervision::KIND => thing::<Supervision>(sql, event),
            ReformStudy::KIND => thing::<ReformStudy>(sql, event),
            ProposalRules::KIND => thing::<ProposalRules>(sql, event),
            ScreeningRun::KIND => thing::<ScreeningRun>(sql, event),
            AgeClock::KIND => thing::<AgeClock>(sql, event),
            _ => Ok(()),
        }
    }
}

pub(super) fn damaged(event: &RecordedEvent, error: &serde_json::Error) -> DatabaseError {
    DatabaseError::Work { reason: format!("event {} cannot be read: {error}", event.position) }
}

/// The payload with every sealed fact as if it were erased: its subject stays, its value goes.
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

/// The state after the event, from the state before it as it was stored.
fn folded<A>(event: &RecordedEvent, before: Option<&str>) -> Result<(A, A::Event), DatabaseError>
where
    A: Aggregate + Serialize + DeserializeOwned,
{
    let happened: A::Event = serde_json::from_value(masked(&event.payload)).map_err(|error| damaged(event, &error))?;
    let mut state: A = match before {
        Some(text) => serde_json::from_str(text).map_err(|error| damaged(event, &error))?,
        None => A::default(),
    };
    state.evolve(&happened);
    Ok((state, happened))
}

fn text_of<T: Serialize>(event: &RecordedEvent, state: &T) -> Result<String, DatabaseError> {
    serde_json::to_string(state).map_err(|error| damaged(event, &error))
}

fn household(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let id = event.stream.identifier();
    let rows = sql.query("SELECT state FROM welfare_households WHERE id = $1", &[id.into()])?;
    let before = rows.first().map(|row| row.text(0)).transpose()?;
    let (state, happened) = folded::<Record>(event, before.as_deref())?;
    if let RecordEvent::HouseholdLookedAt { purpose, reader } = &happened {
        let insert = "INSERT INTO welfare_looks (position, household, at, reader, purpose) VALUES ($1, $2, $3, $4, $5)";
        let values =
            [event.position.into(), id.into(), event.at.into(), reader.as_str().into(), purpose.as_str().into()];
        sql.execute(insert, &values)?;
        let update = "UPDATE welfare_households SET version = $2 WHERE id = $1";
        sql.execute(update, &[id.into(), event.version.into()])?;
        return Ok(());
    }
    ages::household(sql, event.at, &happened)?;
    representative(sql, id, &state, &happened)?;
    people(sql, id, &happened)?;
    let account = state.account.clone().unwrap_or_default();
    let open = state.disputes.iter().filter(|dispute| dispute.answered.is_none()).count();
    let open = i64::try_from(open).unwrap_or(i64::MAX);
    let text = text_of(event, &state)?;
    let sealed = event.payload.get("household").map(ToString::to_string);
    if before.is_none() {
        let insert = "INSERT INTO welfare_households (id, account, disputes, changed_at, version, state, household) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let household = sealed.unwrap_or_default();
        let version = event.version.into();
        let values = [id.into(), account.into(), open.into(), event.at.into(), version, text.into(), household.into()];
        sql.execute(insert, &values)?;
        return Ok(());
    }
    let mut values: Vec<Value> =
        vec![id.into(), account.into(), open.into(), event.at.into(), event.version.into(), text.into()];
    let update = "UPDATE welfare_households SET account = $2, disputes = $3, changed_at = $4, version = $5, state = $6";
    let Some(sealed) = sealed else {
        return sql.execute(&format!("{update} WHERE id = $1"), &values).map(drop);
    };
    values.push(sealed.into());
    sql.execute(&format!("{update}, household = $7 WHERE id = $1"), &values).map(drop)
}

/// By whose pseudonym the household is found when somebody signs in.
fn people(sql: &mut dyn Sql, id: &str, happened: &RecordEvent) -> Result<(), DatabaseError> {
    let (RecordEvent::HouseholdRegistered { people: Some(people), .. }
    | RecordEvent::HouseholdChanged { people: Some(people), .. }) = happened
    else {
        return Ok(());
    };
    sql.execute("DELETE FROM welfare_people WHERE household = $1", &[id.into()])?;
    for person in people {
        let insert = "INSERT INTO welfare_people (person, household) VALUES ($1, $2)";
        sql.execute(insert, &[person.as_str().into(), id.into()])?;
    }
    Ok(())
}

/// Whose account acts for somebody of the household, and which code links one: for finding the household by either.
fn representative(sql: &mut dyn Sql, id: &str, state: &Record, happened: &RecordEvent) -> Result<(), DatabaseError> {
    let (RecordEvent::RepresentativeInvited { place, .. } | RecordEvent::RepresentativeLinked { place, .. }) = happened
    else {
        return Ok(());
    };
    let Some(known) = state.representatives.get(*place) else { return Ok(()) };
    let at = i64::try_from(*place).unwrap_or(i64::MAX);
    let delete = "DELETE FROM welfare_representatives WHERE household = $1 AND place = $2";
    sql.execute(delete, &[id.into(), at.into()])?;
    let insert = "INSERT INTO welfare_representatives (household, place, account, invitation) VALUES ($1, $2, $3, $4)";
    let account = known.account.clone().unwrap_or_default();
    let invitation = known.invitation.as_ref().map(|one| one.digest.clone()).unwrap_or_default();
    sql.execute(insert, &[id.into(), at.into(), account.into(), invitation.into()]).map(drop)
}

/// A day as a number that sorts: days since 1970; the far future where nothing is due.
pub(super) fn due_number(due: Option<Date>) -> i64 {
    let first = Date::constant(1970, 1, 1);
    due.and_then(|day| day.since(first).ok()).map_or(i64::MAX, |span| i64::from(span.get_days()))
}

fn proposal(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let id = event.stream.identifier();
    let rows = sql.query("SELECT state FROM welfare_proposals WHERE id = $1", &[id.into()])?;
    let before = rows.first().map(|row| row.text(0)).transpose()?;
    let (state, happened) = folded::<Proposal>(event, before.as_deref())?;
    ages::proposal(sql, event.at, &happened)?;
    let text = text_of(event, &state)?;
    let waits = i64::from(state.waits_for_official());
    let due = due_number(state.due());
    if before.is_none() {
        let Some(finding) = &state.finding else { return Ok(()) };
        let insert = "INSERT INTO welfare_proposals (id, household, account, benefit, status, waits, due, found_at, \
                      changed_at, version, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        // What stood in a lot was found then, not when it became a case of its own.
        let found_at = finding.lot.as_ref().map_or(event.at, |lot| lot.found_at);
        let values = [
            id.into(),
            finding.household.as_str().into(),
            finding.account.clone().unwrap_or_default().into(),
            finding.benefit.as_str().into(),
            state.status.identifier().into(),
            waits.into(),
            due.into(),
            found_at.into(),
            event.at.into(),
            event.version.into(),
            text.into(),
        ];
        sql.execute(insert, &values)?;
        return Ok(());
    }
    let account = state.finding.as_ref().and_then(|finding| finding.account.clone()).unwrap_or_default();
    let update = "UPDATE welfare_proposals SET account = $2, status = $3, waits = $4, due = $5, changed_at = $6, \
                  version = $7, state = $8 WHERE id = $1";
    let values = [
        id.into(),
        account.into(),
        state.status.identifier().into(),
        waits.into(),
        due.into(),
        event.at.into(),
        event.version.into(),
        text.into(),
    ];
    sql.execute(update, &values)?;
    if let (ProposalEvent::ObjectionDecided { upheld, .. }, Some(finding)) = (&happened, &state.finding) {
        objection(sql, event, (&finding.household, &finding.benefit), *upheld)?;
    }
    payment(sql, id, &happened, &event.payload)
}

fn objection(
    sql: &mut dyn Sql,
    event: &RecordedEvent,
    (household, benefit): (&str, &str),
    upheld: bool,
) -> Result<(), DatabaseError> {
    let insert =
        "INSERT INTO welfare_objections (position, household, benefit, upheld, at) VALUES ($1, $2, $3, $4, $5)";
    let values = [event.position.into(), household.into(), benefit.into(), i64::from(upheld).into(), event.at.into()];
    sql.execute(insert, &values)?;
    Ok(())
}

fn payment(sql: &mut dyn Sql, award: &str, event: &ProposalEvent, event_payload: &Json) -> Result<(), DatabaseError> {
    let (month, attempt, state) = match event {
        ProposalEvent::PaymentInstructed { month, run, attempt, amount, .. } => {
            let insert = "INSERT INTO welfare_payments (award, month, attempt, run, amount, state, pay_to) \
                          VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let values = [
                award.into(),
                month.to_string().into(),
                i64::from(*attempt).into(),
                run.as_str().into(),
                (*amount).into(),
                name(PaymentState::Instructed).into(),
                event_payload["pay_to"].to_string().into(),
            ];
            sql.execute(insert, &values)?;
            return Ok(());
        }
        ProposalEvent::PaymentBooked { month, attempt } => (month, attempt, PaymentState::Booked),
        ProposalEvent::PaymentReturned { month, attempt, .. } => (month, attempt, PaymentState::Returned),
        _ => return Ok(()),
    };
    let update = "UPDATE welfare_payments SET state = $4 WHERE award = $1 AND month = $2 AND attempt = $3";
    let values = [award.into(), month.to_string().into(), i64::from(*attempt).into(), name(state).into()];
    sql.execute(update, &values)?;
    Ok(())
}

/// The name of a payment's state in the table.
pub(super) fn name(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Instructed => "instructed",
        PaymentState::Booked => "booked",
        PaymentState::Returned => "returned",
    }
}

fn crisis(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let id = event.stream.identifier();
    let rows = sql.query("SELECT state FROM welfare_crisis WHERE id = $1", &[id.into()])?;
    let before = rows.first().map(|row| row.text(0)).transpose()?;
    let (state, _) = folded::<CrisisCase>(event, before.as_deref())?;
    let text = text_of(event, &state)?;
    let statement = if before.is_none() {
        "INSERT INTO welfare_crisis (id, points, stands, known, changed_at, version, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    } else {
        "UPDATE welfare_crisis SET points = $2, stands = $3, known = $4, changed_at = $5, version = $6, state = $7 \
         WHERE id = $1"
    };
    let known = i64::from(state.known_need().is_some());
    let values = [
        id.into(),
        i64::from(state.points).into(),
        Standing::of(&state).identifier().into(),
        known.into(),
        event.at.into(),
        event.version.into(),
        text.into(),
    ];
    sql.execute(statement, &values)?;
    Ok(())
}

fn thing<A: Aggregate + Serialize + DeserializeOwned>(
    sql: &mut dyn Sql,
    event: &RecordedEvent,
) -> Result<(), DatabaseError> {
    let id = event.stream.identifier();
    let rows =
        sql.query("SELECT state FROM welfare_things WHERE kind = $1 AND id = $2", &[A::KIND.into(), id.into()])?;
    let before = rows.first().map(|row| row.text(0)).transpose()?;
    let (state, _) = folded::<A>(event, before.as_deref())?;
    let text = text_of(event, &state)?;
    let statement = if before.is_none() {
        "INSERT INTO welfare_things (kind, id, changed_at, state) VALUES ($1, $2, $3, $4)"
    } else {
        "UPDATE welfare_things SET changed_at = $3, state = $4 WHERE kind = $1 AND id = $2"
    };
    sql.execute(statement, &[A::KIND.into(), id.into(), event.at.into(), text.into()])?;
    Ok(())
}
