//! What was said before: the responses from which one goes on. It is put before the new input ahead of every rule, so that screening and
//! masking see the whole.

use maru_ledger::Ledger;
use serde_json::{Value, json};

use super::store_unavailable;
use crate::{
    error::Refusal,
    objects::{self, FoundObject, ObjectKind, Owner},
    policy::DataClass,
};

/// Responses that one conversation may go back.
const LONGEST_CONVERSATION: usize = 200;

/// What was said before.
#[derive(Debug, Default)]
pub(in crate::service) struct Earlier {
    /// Items in their order.
    pub(in crate::service) items: Vec<Value>,
    /// The highest class that any of it had.
    pub(in crate::service) class: DataClass,
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(
        "previous_response_not_found",
        format!(
            "previous_response_id: 「{id}」 답변이 없습니다. 보관하지 않았거나 지웠거나 다른 키로 보관한 것입니다. 앞선 대화를 input에 함께 보내세요."
        ),
        format!(
            "previous_response_id: there is no response {id:?}: it was not stored, was deleted, or was stored with another key. Send the earlier conversation in input."
        ),
    )
    .at("previous_response_id")
}

fn too_long() -> Refusal {
    Refusal::bad(
        "conversation_too_long",
        format!("previous_response_id: 대화가 답변 {LONGEST_CONVERSATION}개를 넘었습니다. responses/compact로 줄여 이어 가세요."),
        format!(
            "previous_response_id: the conversation goes back more than {LONGEST_CONVERSATION} responses. Go on from what responses/compact makes of it."
        ),
    )
    .at("previous_response_id")
}

/// The conversation up to and with the response `id`, of at most so many bytes.
pub(in crate::service) async fn go_on(
    ledger: &Ledger,
    owner: &Owner,
    id: &str,
    most_bytes: usize,
) -> Result<Earlier, Refusal> {
    let mut turns: Vec<FoundObject> = Vec::new();
    let mut next = id.to_owned();
    let mut bytes = 0;
    while !next.is_empty() {
        let found = objects::find(ledger, owner, ObjectKind::Response, &next).await;
        let Some(turn) = found.map_err(|error| store_unavailable(&error))? else { return Err(unknown(&next)) };
        bytes += json!(turn.content.input).to_string().len() + turn.content.object["output"].to_string().len();
        if bytes > most_bytes {
            return Err(Refusal::too_large(most_bytes));
        }
        next.clone_from(&turn.previous);
        turns.push(turn);
        if turns.len() > LONGEST_CONVERSATION {
            return Err(too_long());
        }
    }
    let mut earlier = Earlier::default();
    for turn in turns.into_iter().rev() {
        earlier.class = earlier.class.max(turn.class);
        earlier.items.extend(turn.content.input);
        if let Value::Array(output) = turn.content.object["output"].clone() {
            earlier.items.extend(output);
        }
    }
    Ok(earlier)
}

/// The input of a request as items.
pub(in crate::service) fn items_of(input: Option<&Value>) -> Vec<Value> {
    match input {
        Some(Value::String(text)) => vec![json!({ "type": "message", "role": "user", "content": text })],
        Some(Value::Array(items)) => items.clone(),
        _ => Vec::new(),
    }
}

/// Items as they are listed later: each with a name, and their texts as parts.
pub(super) fn named_items(items: Vec<Value>, call: &str) -> Vec<Value> {
    let named = |(place, mut item): (usize, Value)| {
        let Some(fields) = item.as_object_mut() else { return item };
        let kind = fields.entry("type").or_insert_with(|| json!("message")).clone();
        let is_answer = fields.get("role").is_some_and(|role| role == "assistant");
        if let Some(Value::String(text)) = fields.get("content").cloned() {
            let part = if is_answer {
                json!({ "type": "output_text", "text": text, "annotations": [] })
            } else {
                json!({ "type": "input_text", "text": text })
            };
            fields.insert("content".into(), json!([part]));
        }
        let short = match kind.as_str() {
            Some("message") => "msg",
            Some("function_call") => "fc",
            Some("function_call_output") => "fco",
            _ => "item",
        };
        fields.entry("id").or_insert_with(|| format!("{short}_in_{call}_{place}").into());
        fields.entry("status").or_insert_with(|| json!("completed"));
        item
    };
    items.into_iter().enumerate().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_becomes_items_with_names_and_parts() {
        let items = named_items(items_of(Some(&json!("안녕"))), "c");
        assert_eq!(
            items,
            [json!({ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "안녕" }],
                "id": "msg_in_c_0", "status": "completed" })]
        );
        let call = json!({ "type": "function_call", "id": "fc_1", "call_id": "1", "name": "f", "arguments": "{}", "status": "completed" });
        assert_eq!(named_items(vec![call.clone()], "c"), [call]);
        assert!(items_of(None).is_empty());
    }
}
