//! Recording access and reading the records.

use jiff::Timestamp;
use maru_ledger::{
    Actor, Append, CommandContext, DatabaseError, ExpectedVersion, NewEvent, Personal, Row, StreamId, Value,
};

use super::{Identity, accounts::subject_of};
use crate::{
    access::{AccessEvent, AccessQuery, AccessRecord, PersonalRead},
    error::IdentityError,
    resource::Resource,
    role::Principal,
};

impl Identity {
    /// Records a look at a personal original. Show it only after this succeeded.
    pub async fn record_personal_read(
        &self,
        reader: &Principal,
        read: PersonalRead,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        let personal = |value: String| Personal::new(subject_of(&reader.account), value);
        let event = AccessEvent::PersonalOriginalRead {
            resource_kind: read.resource_kind,
            resource: read.resource,
            subject: read.subject,
            reason: read.reason.map(personal),
            source: read.source.map(|source| personal(source.to_string())),
        };
        self.record(&reader.account, reader.actor(), &event, now).await
    }

    /// Takes note that somebody was refused. Of staff the first refusal of its like within ten minutes is recorded, and
    /// later ones are counted with the next; of strangers and citizens nothing, since anybody could fill the log so.
    pub async fn record_refusal(
        &self,
        principal: Option<&Principal>,
        action: &str,
        resource: &Resource,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        let Some(principal) = principal.filter(|principal| principal.role.is_staff()) else { return Ok(()) };
        let Some(times) = self.inner.refusals.admit(&principal.account, action, resource.kind, now) else {
            return Ok(());
        };
        let event = AccessEvent::AccessRefused {
            action: action.to_owned(),
            resource_kind: resource.kind.to_owned(),
            resource: resource.id.clone(),
            times,
        };
        self.record(&principal.account, principal.actor(), &event, now).await
    }

    pub(super) async fn record(
        &self,
        account: &str,
        actor: Actor,
        event: &AccessEvent,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        let mut payload = serde_json::to_value(event).map_err(|error| DatabaseError::work(error.to_string()))?;
        let kind = payload.as_object_mut().and_then(|fields| fields.remove("type"));
        let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
        let append = Append {
            stream: StreamId::new("access", account)?,
            expected: ExpectedVersion::Any,
            events: vec![NewEvent { kind, payload }],
            jobs: Vec::new(),
            context: CommandContext::new(actor, now),
        };
        self.inner.ledger.append(append).await?;
        Ok(())
    }

    /// Records of access, the newest first. For auditors; and for a person, those about their own data.
    pub async fn access_records(&self, query: AccessQuery) -> Result<Vec<AccessRecord>, IdentityError> {
        let limit = if query.limit == 0 { 100 } else { query.limit.min(1_000) };
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut parameters: Vec<Value> = Vec::new();
        let mut must = |column: &str, comparison: &str, value: Value| {
            parameters.push(value);
            conditions.push(format!("{column} {comparison} ${}", parameters.len()));
        };
        if let Some(account) = query.account {
            must("account", "=", account.into());
        }
        if let Some(kind) = query.kind {
            must("kind", "=", kind.into());
        }
        if let Some((kind, resource)) = query.resource {
            must("resource_kind", "=", kind.into());
            must("resource", "=", resource.into());
        }
        if let Some(subject) = query.subject {
            must("subject", "=", subject.into());
        }
        if let Some(before) = query.before {
            must("position", "<", before.into());
        }
        let statement = format!(
            "SELECT position, at, account, role, kind, action, resource_kind, resource, subject, reason, source, times \
             FROM identity_access WHERE {} ORDER BY position DESC LIMIT {limit}",
            conditions.join(" AND ")
        );
        let rows = self.inner.ledger.read(move |sql| sql.query(&statement, &parameters)).await?;
        rows.iter().map(|row| self.access_record(row)).collect()
    }

    fn access_record(&self, row: &Row) -> Result<AccessRecord, IdentityError> {
        let opened = |column: usize| -> Result<Option<String>, IdentityError> {
            let Some(sealed) = row.optional_text(column)? else { return Ok(None) };
            Ok(self.inner.ledger.unseal(&sealed)?.value)
        };
        Ok(AccessRecord {
            position: row.unsigned(0)?,
            at: row.timestamp(1)?,
            account: row.text(2)?,
            role: row.text(3)?,
            kind: row.text(4)?,
            action: row.optional_text(5)?,
            resource_kind: row.optional_text(6)?,
            resource: row.optional_text(7)?,
            subject: row.optional_text(8)?,
            reason: opened(9)?,
            source: opened(10)?,
            times: row.unsigned(11)?,
        })
    }
}
