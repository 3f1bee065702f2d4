//! Tables derived from events: accounts, and the records of access.

use maru_ledger::{DatabaseError, Projection, RecordedEvent, Sql, Value};

/// `identity_accounts`: who there is. Names and addresses stand in it sealed.
pub(crate) struct Accounts;

/// `identity_access`: sign-ins of staff, looks at personal originals, refusals (records of access, Personal
/// Information Protection Act, article 29).
pub(crate) struct AccessRecords;

fn text(event: &RecordedEvent, field: &str) -> Value {
    event.payload[field].as_str().map_or(Value::Null, Value::from)
}

/// A sealed fact as it is stored.
fn sealed(event: &RecordedEvent, field: &str) -> Value {
    let value = &event.payload[field];
    if value.is_null() { Value::Null } else { value.to_string().into() }
}

impl Projection for Accounts {
    fn name(&self) -> &'static str {
        "identity-accounts"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE identity_accounts (account TEXT PRIMARY KEY, status TEXT NOT NULL, role TEXT NOT NULL, \
             department TEXT, method TEXT NOT NULL, name TEXT NOT NULL, email TEXT, opened_at BIGINT NOT NULL, \
             changed_at BIGINT NOT NULL)",
            "CREATE INDEX identity_accounts_by_role ON identity_accounts (role, department, account)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["identity_accounts"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.stream.kind() != "account" {
            return Ok(());
        }
        let account = event.stream.identifier();
        let mut change = |assignments: &str, values: &[Value]| {
            let statement = format!("UPDATE identity_accounts SET {assignments}, changed_at = $2 WHERE account = $1");
            let mut parameters = vec![account.into(), event.at.into()];
            parameters.extend_from_slice(values);
            sql.execute(&statement, &parameters).map(|_| ())
        };
        match event.kind.as_str() {
            "account-opened" => {
                sql.execute(
                    "INSERT INTO identity_accounts \
                     (account, status, role, department, method, name, email, opened_at, changed_at) \
                     VALUES ($1, 'active', $2, $3, $4, $5, $6, $7, $7)",
                    &[
                        account.into(),
                        text(event, "role"),
                        text(event, "department"),
                        text(event, "method"),
                        sealed(event, "name"),
                        sealed(event, "email"),
                        event.at.into(),
                    ],
                )?;
                Ok(())
            }
            "account-renamed" => change("name = $3, email = $4", &[sealed(event, "name"), sealed(event, "email")]),
            "account-assigned" => {
                change("role = $3, department = $4", &[text(event, "role"), text(event, "department")])
            }
            "account-suspended" => change("status = 'suspended'", &[]),
            "account-resumed" => change("status = 'active'", &[]),
            "account-closed" => change("status = 'closed'", &[]),
            _ => Ok(()),
        }
    }
}

impl Projection for AccessRecords {
    fn name(&self) -> &'static str {
        "identity-access"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE identity_access (position BIGINT PRIMARY KEY, at BIGINT NOT NULL, account TEXT NOT NULL, \
             role TEXT NOT NULL, kind TEXT NOT NULL, action TEXT, resource_kind TEXT, resource TEXT, subject TEXT, \
             reason TEXT, source TEXT, times BIGINT NOT NULL)",
            "CREATE INDEX identity_access_by_account ON identity_access (account, position)",
            "CREATE INDEX identity_access_by_resource ON identity_access (resource_kind, resource, position)",
            "CREATE INDEX identity_access_by_subject ON identity_access (subject, position)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["identity_access"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.stream.kind() != "access" {
            return Ok(());
        }
        let times = event.payload["times"].as_u64().unwrap_or(1);
        sql.execute(
            "INSERT INTO identity_access \
             (position, at, account, role, kind, action, resource_kind, resource, subject, reason, source, times) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &[
                event.position.into(),
                event.at.into(),
                event.stream.identifier().into(),
                event.actor.role.as_str().into(),
                event.kind.as_str().into(),
                text(event, "action"),
                text(event, "resource_kind"),
                text(event, "resource"),
                text(event, "subject"),
                sealed(event, "reason"),
                sealed(event, "source"),
                times.into(),
            ],
        )?;
        Ok(())
    }
}
