//! Tools that act: the question is put to a person, and what was approved is done once.

use jiff::tz::Offset;
use maru_ledger::{ExecuteError, Personal, hexadecimal};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    Draft, header_text,
    tools::{Exchange, REFUSED, Refused, refused},
};
use crate::{
    actions::{ActionCommand, ActionRefusal, Unasked, WantedAction},
    error::Refusal,
    policy::Action,
    record,
    registry::canonical,
};

/// The error of JSON-RPC where a person must approve first; `data.approval` is the number under which one does.
const NEEDS_APPROVAL: i64 = -32_001;
/// The header with the number of the approval with which a tool that acts is called.
const APPROVAL: &str = "x-maru-approval";

/// A tool that acts is called once, as a person approved it; without an approval the question is put.
pub(super) async fn may_act(
    exchange: &Exchange<'_>,
    name: &str,
    message: &Value,
    draft: &mut Draft,
) -> Result<Result<(), Refused>, Refusal> {
    let arguments = canonical(message.pointer("/params/arguments").unwrap_or(&Value::Null));
    let arguments_sha256 = hexadecimal(&Sha256::digest(arguments.as_bytes())[..]);
    let (server, tool, key) = (exchange.served.entry.id.clone(), name.to_owned(), &exchange.key.scope.id);
    let approval = header_text(exchange.headers, APPROVAL);
    if !approval.is_empty() {
        let (key, call) = (key.clone(), draft.record.id.clone());
        let command = ActionCommand::Use { key, tool: (server, tool), arguments_sha256, call };
        let taken_up = exchange.inner.take_up_action(approval, command, &exchange.key.scope.id).await;
        return match taken_up {
            Ok(_) => {
                draft.note("tool-approved", Action::Observe);
                Ok(Ok(()))
            }
            Err(ExecuteError::Refused(refusal)) => Ok(unapproved(approval, &refusal)),
            Err(error) => Err(unrecorded(&error.to_string())),
        };
    }
    let month = record::month_of(Offset::UTC.to_datetime(exchange.inner.clock.now()).date());
    let scope = &exchange.key.scope;
    let action = WantedAction {
        id: draft.record.id.clone(),
        server,
        description: exchange.served.description(&tool),
        tool,
        arguments: Personal::new(record::subject(&scope.agency, &month), arguments),
        arguments_sha256,
        key: scope.id.clone(),
        agency: scope.agency.clone(),
        system: scope.system.clone(),
        purpose: scope.purpose.clone(),
        month,
    };
    match exchange.inner.ask_for_action(action).await {
        Ok(id) => Ok(unapproved(&id, &ActionRefusal::Waiting)),
        Err(Unasked::TooMany) => {
            Ok(refused(REFUSED, "tool-needs-approval", "too many questions of this key wait for a person already"))
        }
        Err(Unasked::Ledger(reason)) => Err(unrecorded(&reason)),
    }
}

/// The answer to whoever calls a tool that acts without an approval that holds.
fn unapproved(id: &str, refusal: &ActionRefusal) -> Result<(), Refused> {
    let message = format!("this tool changes something: {refusal}");
    let page = format!("/models/actions/{id}");
    let data = json!({ "approval": id, "page": page, "header": APPROVAL });
    Err(Refused { code: NEEDS_APPROVAL, rule: "tool-needs-approval", message, data })
}

fn unrecorded(reason: &str) -> Refusal {
    tracing::error!(%reason, "an action could not be put on the record");
    Refusal::unavailable(
        "approval_unavailable",
        "승인을 기록할 수 없어 지금은 실행하지 않습니다. 잠시 뒤 다시 보내세요.",
        "Approvals cannot be put on the record now, so nothing is done. Try again in a moment.",
    )
}
