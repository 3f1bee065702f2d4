//! A request as a back end is to see it: what was said before put before it, what is between caller and gateway taken out of it.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    Draft, Kind, responses,
    stored::{Earlier, Storing, check_metadata, go_on, items_of, open_compacted, owner_of},
};
use crate::{
    error::Refusal,
    gateway::{Inner, Key},
    objects::ObjectKind,
    policy::{DataClass, PolicySettings, Stores},
};

/// Bytes of a request whose answer can still be stored.
const LARGEST_STORED: usize = 1 << 20;

/// A request that was read.
pub(super) struct Request {
    pub(super) body: Value,
    /// What a caller of the Responses API sent: parts of it are repeated in the answer.
    pub(super) original: Option<Value>,
    /// The highest class of what was said before.
    pub(super) class: DataClass,
    pub(super) storing: Option<Storing>,
}

impl Request {
    /// Reads a request; `is_stored_there` where the server stores by itself, for its one agency.
    pub(super) async fn read(
        inner: &Inner,
        key: &Key,
        policy: &PolicySettings,
        (kind, is_stored_there): (Kind, bool),
        mut body: Value,
        draft: &mut Draft,
    ) -> Result<Self, Refusal> {
        let class = DataClass::default();
        if is_stored_there || !matches!(kind, Kind::Chat | Kind::Responses) {
            // A server that works for the agency alone stores by itself.
            return Ok(Self { body, original: None, class, storing: None });
        }
        let storing = storing(key, policy, kind, &body, draft)?;
        if let Some(storing) = &storing {
            draft.record.object = storing.id();
        }
        if kind == Kind::Responses {
            let (body, original, class) = conversation(inner, key, policy, body, storing.is_some()).await?;
            return Ok(Self { body, original: Some(original), class, storing });
        }
        if let Some(fields) = body.as_object_mut() {
            fields.shift_remove("store");
            fields.shift_remove("metadata");
        }
        Ok(Self { body, original: None, class, storing })
    }
}

/// A request of the Responses API with all that was said before, as a chat completion; as it is repeated in the answer; the class of what
/// was said before.
async fn conversation(
    inner: &Inner,
    key: &Key,
    policy: &PolicySettings,
    mut original: Value,
    stores: bool,
) -> Result<(Value, Value, DataClass), Refusal> {
    original["store"] = stores.into();
    let earlier = match original.get("previous_response_id") {
        None | Some(Value::Null) => Earlier::default(),
        Some(Value::String(id)) => go_on(&inner.ledger, &owner_of(key), id, policy.largest_request).await?,
        Some(_) => {
            return Err(super::shape::wrong("previous_response_id", "글이어야 합니다.", "it must be text."));
        }
    };
    let is_list = original["input"].is_array();
    if earlier.items.is_empty() && !is_list {
        return Ok((responses::to_chat(&original)?, original, earlier.class));
    }
    let mut items = earlier.items;
    items.extend(items_of(original.get("input")));
    outputs_belong_to_calls(&items)?;
    let class = earlier.class.max(open_compacted(inner, key, &mut items)?);
    let mut whole = original.clone();
    whole["input"] = items.into();
    Ok((responses::to_chat(&whole)?, original, class))
}

/// What a tool gave back stands behind the call that asked for it: a model knows nothing to do with another. A conversation that was compacted may
/// have had its call there.
fn outputs_belong_to_calls(items: &[Value]) -> Result<(), Refusal> {
    let mut calls = HashSet::new();
    for item in items {
        match item["type"].as_str() {
            Some("function_call") => drop(calls.insert(item["call_id"].as_str())),
            Some("compaction") => return Ok(()),
            Some("function_call_output") if !calls.contains(&item["call_id"].as_str()) => {
                return Err(super::shape::wrong(
                    "input",
                    "function_call_output에 앞선 function_call이 없습니다. 같은 call_id의 호출을 함께 보내세요.",
                    "a function_call_output has no function_call before it. Send the call of the same call_id too.",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether and how the answer is to be stored.
fn storing(
    key: &Key,
    policy: &PolicySettings,
    kind: Kind,
    body: &Value,
    draft: &Draft,
) -> Result<Option<Storing>, Refusal> {
    let asked = match body.get("store") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(asked)) => Some(*asked),
        Some(_) => return Err(super::shape::wrong("store", "참 또는 거짓이어야 합니다.", "it must be true or false.")),
    };
    let usual = kind == Kind::Responses && policy.stores == Stores::Usual;
    if !asked.unwrap_or(usual) || !policy.may_store() {
        return Ok(None);
    }
    let (kind, input) = if kind == Kind::Responses {
        (ObjectKind::Response, items_of(body.get("input")))
    } else {
        (ObjectKind::Completion, body["messages"].as_array().cloned().unwrap_or_default())
    };
    if json!(input).to_string().len() > LARGEST_STORED {
        return if asked == Some(true) { Err(too_large()) } else { Ok(None) };
    }
    let metadata = body.get("metadata").filter(|metadata| !metadata.is_null()).cloned();
    metadata.as_ref().map(check_metadata).transpose()?;
    Ok(Some(Storing {
        kind,
        owner: owner_of(key),
        model: draft.record.model.clone(),
        class: DataClass::default(),
        previous: body["previous_response_id"].as_str().unwrap_or_default().to_owned(),
        input,
        metadata: metadata.unwrap_or_default(),
        call: draft.record.id.clone(),
    }))
}

fn too_large() -> Refusal {
    Refusal::bad(
        "too_large_to_store",
        format!("store: 보관할 수 있는 요청은 {LARGEST_STORED}바이트까지입니다. store 없이 보내거나 나누어 보내세요."),
        format!("store: requests of at most {LARGEST_STORED} bytes can be stored. Send it without store, or in parts."),
    )
    .at("store")
}
