//! The projection `inquiry-cases`: one row per case, for lists, counts and learning. What one case looks like in full is
//! read from its own events.

use maru_ledger::{Aggregate as _, DatabaseError, Projection, RecordedEvent, Sql, Value};
use serde_json::Value as Json;

use crate::domain::{Inquiry, State};

/// The projection `inquiry-cases`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cases;

/// Where cases that have no due time stand in the queue: at its end.
pub(super) const NO_DUE_TIME: i64 = i64::MAX;

impl Projection for Cases {
    fn name(&self) -> &'static str {
        "inquiry-cases"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE inquiry_cases (receipt TEXT PRIMARY KEY, position BIGINT NOT NULL, received_at BIGINT NOT NULL, \
             state TEXT NOT NULL, open BIGINT NOT NULL, channel TEXT NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL, \
             category TEXT, department TEXT NOT NULL, involved TEXT NOT NULL, official TEXT, urgency TEXT NOT NULL, \
             account TEXT, code_digest TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, repeats TEXT, due_at BIGINT, \
             queue_at BIGINT NOT NULL, calendar BIGINT NOT NULL, extensions BIGINT NOT NULL, duplicates BIGINT NOT NULL, \
             corrected BIGINT NOT NULL, answer TEXT, served_at BIGINT, closed_at BIGINT, in_time BIGINT, stars BIGINT, \
             erased BIGINT NOT NULL)",
            "CREATE INDEX inquiry_cases_by_position ON inquiry_cases (position)",
            "CREATE INDEX inquiry_cases_by_received ON inquiry_cases (received_at)",
            "CREATE INDEX inquiry_cases_queue ON inquiry_cases (queue_at, receipt) WHERE open = 1",
            "CREATE INDEX inquiry_cases_department ON inquiry_cases (department, queue_at, receipt) WHERE open = 1",
            "CREATE INDEX inquiry_cases_closed ON inquiry_cases (closed_at) WHERE open = 0",
            "CREATE INDEX inquiry_cases_account ON inquiry_cases (account, received_at) WHERE account IS NOT NULL",
            "CREATE INDEX inquiry_cases_labels ON inquiry_cases (position) WHERE corrected = 1 OR served_at IS NOT NULL",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["inquiry_cases"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.stream.kind() != Inquiry::KIND {
            return Ok(());
        }
        let case = Row { receipt: event.stream.identifier(), event };
        case.apply(sql)
    }
}

/// One event on its way into the row of its case.
struct Row<'a> {
    receipt: &'a str,
    event: &'a RecordedEvent,
}

impl Row<'_> {
    fn apply(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        match self.event.kind.as_str() {
            "received" => self.insert(sql)?,
            "understood" => self.understand(sql)?,
            "corrected" => self.correct(sql)?,
            "pair-judged" => self.set(sql, "duplicates = $2", &[self.number("duplicates")])?,
            "assigned" => self.set(sql, "official = $2", &[self.text("official")])?,
            "passed" => self.pass_on(sql)?,
            "drafted" | "draft-edited" => self.set(
                sql,
                "state = CASE WHEN state IN ('received', 'understood') THEN 'drafted' ELSE state END",
                &[],
            )?,
            "completion-requested" => self.set_state(sql, State::CompletionRequested)?,
            "completion-supplied" | "completion-lapsed" | "approval-undone" => {
                self.set(sql, "state = $2", &[self.text("state")])?;
            }
            "extended" => self.set(sql, "extensions = $2", &[self.number("number")])?,
            "approved" => self.approve(sql)?,
            "answered" => self.serve(sql, State::Answered)?,
            "refused" => self.serve(sql, State::Refused)?,
            "returned" => self.close(sql, State::Returned)?,
            "withdrawn" => self.close(sql, State::Withdrawn)?,
            "closed" => self.close(sql, State::Closed)?,
            "objected" => {
                self.set(sql, "state = 'objected', open = 1, closed_at = NULL", &[])?;
            }
            "objection-decided" => {
                let upheld = self.event.payload["upheld"].as_bool().unwrap_or_default();
                self.close(sql, if upheld { State::Answered } else { State::Refused })?;
            }
            "rated" => self.set(sql, "stars = $2", &[self.number("stars")])?,
            "person-erased" => self.set(sql, "erased = 1, account = NULL", &[])?,
            _ => {}
        }
        self.set_deadline(sql)
    }

    fn insert(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let payload = &self.event.payload;
        let due = self.due();
        sql.execute(
            "INSERT INTO inquiry_cases (receipt, position, received_at, state, open, channel, language, kind, category, \
             department, involved, urgency, account, code_digest, title, text, repeats, due_at, queue_at, calendar, \
             extensions, duplicates, corrected, erased) VALUES ($1, $2, $3, 'received', 1, $4, $5, $6, $7, $8, '[]', \
             'normal', $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, $17, 0)",
            &[
                self.receipt.into(),
                self.event.position.into(),
                self.event.at.into(),
                self.text("channel"),
                self.text("language"),
                self.text("kind"),
                self.text("category"),
                self.text("department"),
                self.text("account"),
                self.text("code_digest"),
                text_of(&payload["title"]["masked"]),
                text_of(&payload["text"]["masked"]),
                self.text("repeats"),
                due.into(),
                due.unwrap_or(NO_DUE_TIME).into(),
                Value::from(payload["deadline"]["calendar"].as_i64().unwrap_or_default()),
                payload["category"].is_string().into(),
            ],
        )?;
        Ok(())
    }

    fn understand(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let understood = &self.event.payload["understood"];
        let duplicates = understood["near_duplicates"].as_array().map_or(0, Vec::len);
        self.set(
            sql,
            "state = CASE WHEN state = 'received' THEN 'understood' ELSE state END, kind = $2, category = $3, \
             department = $4, urgency = $5, language = $6, duplicates = $7",
            &[
                self.text("kind"),
                self.text("category"),
                self.text("department"),
                text_of(&understood["urgency"]["value"]),
                text_of(&understood["language"]["value"]),
                duplicates.into(),
            ],
        )
    }

    fn correct(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let correction = &self.event.payload["correction"];
        let labelled = correction["category"].is_string() || correction["department"].is_string();
        self.set(
            sql,
            "kind = COALESCE($2, kind), category = COALESCE($3, category), department = COALESCE($4, department), \
             urgency = COALESCE($5, urgency), language = COALESCE($6, language), \
             corrected = CASE WHEN $7 = 1 THEN 1 ELSE corrected END",
            &[
                text_of(&correction["kind"]),
                text_of(&correction["category"]),
                text_of(&correction["department"]),
                text_of(&correction["urgency"]),
                text_of(&correction["language"]),
                labelled.into(),
            ],
        )
    }

    fn pass_on(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let involved = sql.query("SELECT involved FROM inquiry_cases WHERE receipt = $1", &[self.receipt.into()])?;
        let involved = involved.first().map(|row| row.text(0)).transpose()?.unwrap_or_default();
        let mut departments: Vec<String> = serde_json::from_str(&involved).unwrap_or_default();
        departments.extend(self.event.payload["from"].as_str().map(str::to_owned));
        departments.sort_unstable();
        departments.dedup();
        let involved = Json::from(departments).to_string();
        let to = &self.event.payload["to"];
        if to["department"].is_string() {
            let assignments = "department = $2, involved = $3, official = NULL, corrected = 1";
            return self.set(sql, assignments, &[text_of(&to["department"]), involved.into()]);
        }
        self.set(sql, "involved = $2", &[involved.into()])?;
        self.close(sql, State::Transferred)
    }

    fn approve(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let answer = text_of(&self.event.payload["text"]["masked"]);
        self.set(sql, "state = 'approved', answer = $2", &[answer])
    }

    fn serve(&self, sql: &mut dyn Sql, state: State) -> Result<(), DatabaseError> {
        let in_time = self.event.payload["in_time"].as_bool().unwrap_or_default();
        self.set(sql, "served_at = $2, in_time = $3", &[self.event.at.into(), in_time.into()])?;
        self.close(sql, state)
    }

    fn close(&self, sql: &mut dyn Sql, state: State) -> Result<(), DatabaseError> {
        self.set(sql, "state = $2, open = 0, closed_at = $3", &[state.identifier().into(), self.event.at.into()])
    }

    fn set_state(&self, sql: &mut dyn Sql, state: State) -> Result<(), DatabaseError> {
        self.set(sql, "state = $2", &[state.identifier().into()])
    }

    /// Every event that sets a deadline carries it under the same name.
    fn set_deadline(&self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let deadline = &self.event.payload["deadline"];
        if !deadline.is_object() || self.event.kind == "received" {
            return Ok(());
        }
        let due = self.due();
        let calendar = deadline["calendar"].as_i64().unwrap_or_default();
        let values = [due.into(), due.unwrap_or(NO_DUE_TIME).into(), calendar.into()];
        self.set(sql, "due_at = $2, queue_at = $3, calendar = $4", &values)
    }

    fn due(&self) -> Option<i64> {
        let due = self.event.payload["deadline"]["due"].as_str()?;
        due.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
    }

    fn set(&self, sql: &mut dyn Sql, assignments: &str, values: &[Value]) -> Result<(), DatabaseError> {
        let statement = format!("UPDATE inquiry_cases SET {assignments} WHERE receipt = $1");
        let parameters: Vec<Value> = [Value::from(self.receipt)].into_iter().chain(values.iter().cloned()).collect();
        sql.execute(&statement, &parameters).map(drop)
    }

    fn text(&self, name: &str) -> Value {
        text_of(&self.event.payload[name])
    }

    fn number(&self, name: &str) -> Value {
        self.event.payload[name].as_i64().into()
    }
}

fn text_of(json: &Json) -> Value {
    json.as_str().into()
}
