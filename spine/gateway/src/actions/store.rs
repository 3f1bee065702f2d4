//! Which actions wait, and what became of the others: a table derived from events.

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Ledger, RecordedEvent, Sql, Value};
use serde::Deserialize as _;

use super::ActionEvent;

/// How the table is made.
pub(crate) const TABLE: &str = "CREATE TABLE gateway_actions (id TEXT PRIMARY KEY, at BIGINT NOT NULL, server TEXT NOT NULL, tool TEXT NOT NULL, \
     agency TEXT NOT NULL, system TEXT NOT NULL, key_id TEXT NOT NULL, arguments_sha256 TEXT NOT NULL, state TEXT NOT NULL, \
     decided_by TEXT NOT NULL)";

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionState {
    /// Nobody has decided.
    Waiting,
    /// A person allowed it, and it did not happen yet.
    Approved,
    /// A person did not allow it.
    Refused,
    /// It happened.
    Used,
    /// Nobody decided, or it did not happen, in time.
    Expired,
}

impl ActionState {
    fn from_name(name: &str) -> Self {
        match name {
            "approved" => Self::Approved,
            "refused" => Self::Refused,
            "used" => Self::Used,
            _ => Self::Waiting,
        }
    }
}

/// A line of the list of actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRow {
    /// Its number.
    pub id: String,
    /// When it was asked.
    pub at: Timestamp,
    /// The server of tools.
    pub server: String,
    /// The tool.
    pub tool: String,
    /// The agency that answers for the key that asked.
    pub agency: String,
    /// The system that asked.
    pub system: String,
    /// What was decided last; that time ran out is seen on the action itself alone.
    pub state: ActionState,
    /// Who decided; empty where nobody did.
    pub decided_by: String,
}

/// Takes an event into the table.
pub(crate) fn apply(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    // What projections see is sealed: the action is read without its arguments.
    if event.kind == "gateway-action-asked" {
        return asked(sql, event);
    }
    if !event.kind.starts_with("gateway-action-") {
        return Ok(());
    }
    let decide = "UPDATE gateway_actions SET state = $2, decided_by = $3 WHERE id = $1";
    match ActionEvent::deserialize(&event.payload) {
        Ok(ActionEvent::GatewayActionApproved { id, by, .. }) => {
            sql.execute(decide, &[id.into(), "approved".into(), by.into()]).map(drop)
        }
        Ok(ActionEvent::GatewayActionRefused { id, by, .. }) => {
            sql.execute(decide, &[id.into(), "refused".into(), by.into()]).map(drop)
        }
        Ok(ActionEvent::GatewayActionUsed { id, .. }) => {
            sql.execute("UPDATE gateway_actions SET state = 'used' WHERE id = $1", &[id.into()]).map(drop)
        }
        Ok(ActionEvent::GatewayActionAsked { .. }) | Err(_) => Ok(()),
    }
}

fn asked(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let action = &event.payload["action"];
    let text = |name: &str| Value::from(action[name].as_str().unwrap_or_default());
    let at = event.payload["at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).unwrap_or_default();
    let agency = action["agency"].as_str().unwrap_or_default();
    let month = action["month"].as_str().unwrap_or_default();
    // The arguments are forgotten with the texts of that month's calls.
    let keep =
        "INSERT INTO gateway_contents (subject, agency, month) VALUES ($1, $2, $3) ON CONFLICT (subject) DO NOTHING";
    sql.execute(keep, &[crate::record::subject(agency, month).into(), agency.into(), month.into()])?;
    let insert = "INSERT INTO gateway_actions (id, at, server, tool, agency, system, key_id, arguments_sha256, state, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '')";
    let values = [
        text("id"),
        at.as_microsecond().into(),
        text("server"),
        text("tool"),
        text("agency"),
        text("system"),
        text("key"),
        text("arguments_sha256"),
    ];
    sql.execute(insert, &values).map(drop)
}

/// The newest actions, at most so many; those that wait alone where that is asked.
pub(crate) async fn listed(ledger: &Ledger, waiting: bool, most: u32) -> Result<Vec<ActionRow>, DatabaseError> {
    let state = if waiting { "WHERE state = 'waiting'" } else { "WHERE state <> 'waiting'" };
    let select = format!(
        "SELECT id, at, server, tool, agency, system, state, decided_by FROM gateway_actions {state} ORDER BY at DESC LIMIT $1"
    );
    let rows = ledger.read(move |sql| sql.query(&select, &[most.into()])).await?;
    let row = |row: &maru_ledger::Row| {
        Ok(ActionRow {
            id: row.text(0)?,
            at: Timestamp::from_microsecond(row.integer(1)?).unwrap_or_default(),
            server: row.text(2)?,
            tool: row.text(3)?,
            agency: row.text(4)?,
            system: row.text(5)?,
            state: ActionState::from_name(&row.text(6)?),
            decided_by: row.text(7)?,
        })
    };
    rows.iter().map(row).collect()
}

/// What of a key waits since then: the number of the same question, and how many there are.
pub(crate) async fn waiting_of(
    ledger: &Ledger,
    key: &str,
    tool: (&str, &str),
    arguments_sha256: &str,
    since: Timestamp,
) -> Result<(Option<String>, u64), DatabaseError> {
    let values: [Value; 5] =
        [key.into(), since.as_microsecond().into(), tool.0.into(), tool.1.into(), arguments_sha256.into()];
    let rows = ledger
        .read(move |sql| {
            let [key, since, ..] = &values;
            let count = "SELECT COUNT(*) FROM gateway_actions WHERE state = 'waiting' AND key_id = $1 AND at >= $2";
            let count = sql.query(count, &[key.clone(), since.clone()])?;
            let same = "SELECT id FROM gateway_actions WHERE state = 'waiting' AND key_id = $1 AND at >= $2 AND server = $3 \
                 AND tool = $4 AND arguments_sha256 = $5 ORDER BY at DESC LIMIT 1";
            Ok((sql.query(same, &values)?, count))
        })
        .await?;
    let same = rows.0.first().map(|row| row.text(0)).transpose()?;
    let count = rows.1.first().map(|row| row.unsigned(0)).transpose()?.unwrap_or_default();
    Ok((same, count))
}
