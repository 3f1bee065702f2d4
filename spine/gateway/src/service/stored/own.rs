//! Calls about what the gateway itself has stored: found by whose it is alone.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, Request, Response, header},
};
use serde_json::{Value, json};

use super::{About, Act, conversation, models_are_registered, nothing_there, owner_of, store_unavailable};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    objects::{self, FoundObject, Listing, ObjectKind, Owner},
    policy::DataClass,
    service::{Draft, call::read_body, json_response},
};

/// Objects of one page, where the caller names no number, and at most.
const USUAL_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;
/// Objects that are opened for one list at most: those that a filter by metadata passes over count too.
const MOST_OPENED: usize = 1_000;
/// What metadata may hold: as many pairs, with names and values of so many characters.
const MOST_METADATA: usize = 16;
const LONGEST_METADATA: (usize, usize) = (64, 512);
/// The largest body of a call about an object.
const LARGEST_BODY: usize = 64 << 10;

/// What stands behind the question mark of an address.
pub(super) struct Question(BTreeMap<String, String>);

impl Question {
    pub(super) fn of(request: &Request<Body>) -> Self {
        let question = request.uri().query().unwrap_or_default();
        Self(form_urlencoded::parse(question.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn says_yes(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "1")
    }

    fn page(&self) -> Result<usize, Refusal> {
        match self.get("limit") {
            "" => Ok(USUAL_PAGE),
            limit => limit.parse().ok().filter(|limit| (1..=LARGEST_PAGE).contains(limit)).ok_or_else(|| {
                Refusal::bad(
                    "invalid_value",
                    format!("limit: 1부터 {LARGEST_PAGE}까지의 정수여야 합니다."),
                    format!("limit: it must be a whole number from 1 to {LARGEST_PAGE}."),
                )
                .at("limit")
            }),
        }
    }

    /// Whether the newest come first; `usual` where the caller does not say.
    fn newest_first(&self, usual: bool) -> Result<bool, Refusal> {
        match self.get("order") {
            "" => Ok(usual),
            "asc" => Ok(false),
            "desc" => Ok(true),
            _ => {
                Err(Refusal::bad("invalid_value", "order: asc 또는 desc여야 합니다.", "order: it must be asc or desc.")
                    .at("order"))
            }
        }
    }

    /// What metadata are asked for: `metadata[NAME]=VALUE`.
    fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("metadata[")?.strip_suffix(']')?, value.as_str())))
    }
}

/// Whoever asks.
struct Asking<'a> {
    inner: &'a Inner,
    owner: Owner,
    highest_class: DataClass,
    most_bytes: usize,
}

pub(super) async fn run(
    inner: &Inner,
    snapshot: &Snapshot,
    key: &Arc<Key>,
    about: &About,
    request: Request<Body>,
    draft: &mut Draft,
) -> Result<Response<Body>, Refusal> {
    let most_bytes = snapshot.policy_of(&key.scope.agency).largest_request;
    let asking = Asking { inner, owner: owner_of(key), highest_class: key.scope.highest_class, most_bytes };
    let question = Question::of(&request);
    let id = about.id.as_str();
    match about.act {
        Act::ListCompletions => asking.list(&question).await,
        Act::GetCompletion => Ok(json_response(&asking.find(ObjectKind::Completion, id, draft).await?.content.object)),
        Act::UpdateCompletion => asking.update(id, request, draft).await,
        Act::DeleteCompletion => asking.delete(ObjectKind::Completion, id, "chat.completion.deleted", draft).await,
        Act::ListMessages => {
            let found = asking.find(ObjectKind::Completion, id, draft).await?;
            page(&question, named_messages(found.content.input, id), false)
        }
        Act::GetResponse => asking.response(id, &question, draft).await,
        Act::DeleteResponse => asking.delete(ObjectKind::Response, id, "response", draft).await,
        Act::CancelResponse => {
            asking.find(ObjectKind::Response, id, draft).await?;
            Err(is_complete())
        }
        Act::ListInputItems => asking.input_items(id, &question, draft).await,
        Act::DeleteModel => Err(models_are_registered()),
    }
}

/// Nothing is computed behind the caller's back: what is stored is complete.
fn is_complete() -> Refusal {
    Refusal::bad(
        "response_is_complete",
        "이미 끝난 답변이라 취소할 수 없습니다. 지우려면 DELETE를 보내세요.",
        "This response is complete and cannot be cancelled. Send DELETE to delete it.",
    )
}

impl Asking<'_> {
    /// The object, where the caller may see its class.
    async fn find(&self, kind: ObjectKind, id: &str, draft: &mut Draft) -> Result<FoundObject, Refusal> {
        let found = objects::find(&self.inner.ledger, &self.owner, kind, id).await;
        let found = found.map_err(|error| store_unavailable(&error))?.ok_or_else(|| nothing_there(id))?;
        found.class.letter().clone_into(&mut draft.record.class);
        if found.class > self.highest_class {
            let letter = found.class.letter();
            return Err(Refusal::forbidden(
                "class_not_allowed_for_key",
                format!("이 키로는 {letter} 등급 내용을 볼 수 없습니다(N2SF)."),
                format!("This key may not see class {letter} (N2SF)."),
            ));
        }
        Ok(found)
    }

    async fn list(&self, question: &Question) -> Result<Response<Body>, Refusal> {
        let most = question.page()?;
        let newest_first = question.newest_first(false)?;
        let wanted: Vec<(&str, &str)> = question.metadata().collect();
        let mut after = question.get("after").to_owned();
        let mut data: Vec<Value> = Vec::new();
        let mut opened = 0;
        // One more than is shown tells whether there are more.
        while data.len() <= most && opened < MOST_OPENED {
            let model = question.get("model").to_owned();
            let listing = Listing {
                kind: ObjectKind::Completion,
                model,
                after: after.clone(),
                newest_first,
                most: u32::try_from(LARGEST_PAGE).unwrap_or(u32::MAX),
            };
            let ids = objects::listed(&self.inner.ledger, &self.owner, listing).await;
            let ids = ids.map_err(|error| store_unavailable(&error))?;
            let Some(last) = ids.last() else { break };
            after.clone_from(last);
            for id in &ids {
                opened += 1;
                let found = objects::find(&self.inner.ledger, &self.owner, ObjectKind::Completion, id).await;
                let Some(found) = found.map_err(|error| store_unavailable(&error))? else { continue };
                let object = found.content.object;
                let fits = wanted.iter().all(|(name, value)| object["metadata"][*name] == **value);
                if fits && found.class <= self.highest_class {
                    data.push(object);
                }
                if data.len() > most {
                    break;
                }
            }
        }
        let has_more = data.len() > most;
        data.truncate(most);
        Ok(list_of(&data, has_more))
    }

    async fn update(&self, id: &str, request: Request<Body>, draft: &mut Draft) -> Result<Response<Body>, Refusal> {
        let mut found = self.find(ObjectKind::Completion, id, draft).await?;
        let bytes = read_body(request.into_body(), LARGEST_BODY).await?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let metadata = body.get("metadata").cloned().unwrap_or_default();
        check_metadata(&metadata)?;
        let now = self.inner.clock.now();
        let set = objects::set_metadata(&self.inner.ledger, &self.owner, id, &metadata, now).await;
        set.map_err(|error| store_unavailable(&error))?;
        found.content.object["metadata"] = metadata;
        Ok(json_response(&found.content.object))
    }

    async fn delete(
        &self,
        kind: ObjectKind,
        id: &str,
        object: &str,
        draft: &mut Draft,
    ) -> Result<Response<Body>, Refusal> {
        self.find(kind, id, draft).await?;
        let deleted = objects::delete(&self.inner.ledger, &self.owner, id, self.inner.clock.now()).await;
        deleted.map_err(|error| store_unavailable(&error))?;
        Ok(json_response(&json!({ "id": id, "object": object, "deleted": true })))
    }

    async fn response(&self, id: &str, question: &Question, draft: &mut Draft) -> Result<Response<Body>, Refusal> {
        let object = self.find(ObjectKind::Response, id, draft).await?.content.object;
        if !question.says_yes("stream") {
            return Ok(json_response(&object));
        }
        let behind: i64 = question.get("starting_after").parse().unwrap_or(-1);
        let mut response = Response::new(Body::from(events_again(&object, behind)));
        let kind = HeaderValue::from_static("text/event-stream; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    async fn input_items(&self, id: &str, question: &Question, draft: &mut Draft) -> Result<Response<Body>, Refusal> {
        let found = self.find(ObjectKind::Response, id, draft).await?;
        let mut items = if found.previous.is_empty() {
            Vec::new()
        } else {
            conversation::go_on(&self.inner.ledger, &self.owner, &found.previous, self.most_bytes).await?.items
        };
        items.extend(found.content.input);
        page(question, items, true)
    }
}

pub(in crate::service) fn check_metadata(metadata: &Value) -> Result<(), Refusal> {
    let fits = |fields: &serde_json::Map<String, Value>| {
        fields.len() <= MOST_METADATA
            && fields.iter().all(|(name, value)| {
                let length = value.as_str().map(|value| value.chars().count());
                name.chars().count() <= LONGEST_METADATA.0 && length.is_some_and(|length| length <= LONGEST_METADATA.1)
            })
    };
    if metadata.as_object().is_some_and(fits) {
        return Ok(());
    }
    let (name, value) = LONGEST_METADATA;
    Err(Refusal::bad(
        "invalid_value",
        format!("metadata: 글로 된 값 {MOST_METADATA}개까지입니다(이름 {name}자, 값 {value}자 이내)."),
        format!("metadata: at most {MOST_METADATA} texts, with names of up to {name} and values of up to {value} characters."),
    )
    .at("metadata"))
}

/// Messages as they are listed: each with a name.
fn named_messages(messages: Vec<Value>, id: &str) -> Vec<Value> {
    let named = |(place, mut message): (usize, Value)| {
        message["id"] = format!("{id}-{place}").into();
        // Parts of a text stand beside it, as the API has them.
        if message["content"].is_array() {
            let parts = message["content"].take();
            let texts = parts.as_array().into_iter().flatten().filter_map(|part| part["text"].as_str());
            message["content"] = texts.collect::<Vec<_>>().join("\n").into();
            message["content_parts"] = parts;
        }
        message
    };
    messages.into_iter().enumerate().map(named).collect()
}

/// The part of a list that is asked for.
fn page(question: &Question, mut items: Vec<Value>, newest_first: bool) -> Result<Response<Body>, Refusal> {
    let most = question.page()?;
    if question.newest_first(newest_first)? {
        items.reverse();
    }
    let after = question.get("after");
    if !after.is_empty() {
        let place = items.iter().position(|item| item["id"] == after);
        items = place.map(|place| items.split_off(place + 1)).unwrap_or_default();
    }
    let has_more = items.len() > most;
    items.truncate(most);
    Ok(list_of(&items, has_more))
}

fn list_of(data: &[Value], has_more: bool) -> Response<Body> {
    let id = |item: Option<&Value>| item.map(|item| item["id"].clone()).unwrap_or_default();
    let (first, last) = (id(data.first()), id(data.last()));
    json_response(&json!({ "object": "list", "data": data, "first_id": first, "last_id": last, "has_more": has_more }))
}

/// A stored response as the events of a stream: what is behind the event of that number.
fn events_again(response: &Value, behind: i64) -> String {
    let mut begun = response.clone();
    begun["status"] = "in_progress".into();
    begun["output"] = json!([]);
    begun["usage"] = Value::Null;
    let mut events = vec![json!({ "type": "response.created", "response": begun })];
    for (place, item) in response["output"].as_array().into_iter().flatten().enumerate() {
        events.push(json!({ "type": "response.output_item.added", "output_index": place, "item": item }));
        events.push(json!({ "type": "response.output_item.done", "output_index": place, "item": item }));
    }
    let status = response["status"].as_str().unwrap_or("completed");
    events.push(json!({ "type": format!("response.{status}"), "response": response }));
    let mut text = String::new();
    for (number, mut event) in (0_i64..).zip(events).filter(|(number, _)| *number > behind) {
        event["sequence_number"] = number.into();
        let kind = event["type"].as_str().unwrap_or_default();
        let _ = write!(text, "event: {kind}\ndata: {event}\n\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_as_it_was_meant() {
        let request = Request::get("/v1/x?limit=3&order=desc&metadata%5Bfoo%5D=a%20b+c&after=&odd%zz=%EB");
        let question = Question::of(&request.body(Body::empty()).unwrap());
        assert_eq!((question.page().unwrap(), question.newest_first(false).unwrap()), (3, true));
        assert_eq!(question.metadata().collect::<Vec<_>>(), [("foo", "a b c")]);
        for wrong in ["limit=0", "limit=101", "limit=x"] {
            let request = Request::get(format!("/?{wrong}")).body(Body::empty()).unwrap();
            assert!(Question::of(&request).page().is_err(), "{wrong}");
        }
        let request = Request::get("/?order=up").body(Body::empty()).unwrap();
        assert!(Question::of(&request).newest_first(true).is_err());
    }

    #[test]
    fn metadata_are_few_short_texts() {
        assert!(check_metadata(&json!({ "a": "b" })).is_ok() && check_metadata(&json!({})).is_ok());
        for wrong in [json!(null), json!({ "a": 1 }), json!({ "a": "x".repeat(513) }), json!({ "x".repeat(65): "" })] {
            assert!(check_metadata(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_stored_response_streams_again_from_any_event_on() {
        let response = json!({ "object": "response", "status": "completed", "output": [{ "id": "msg_1" }] });
        let all = events_again(&response, -1);
        assert_eq!(all.matches("data: ").count(), 4);
        assert!(all.starts_with("event: response.created") && all.contains("\"sequence_number\":3"), "{all}");
        assert!(events_again(&response, 2).starts_with("event: response.completed"));
    }
}
