//! Calls about what is stored: chat completions, responses, models that an agency trained. They are answered from the gateway's own store, or
//! by the server that works for the caller's agency alone.

mod assemble;
mod conversation;
mod derived;
mod keep;
mod own;
mod passed;

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, Response},
};

use maru_korean::{Josa, with_josa};

pub(super) use conversation::{Earlier, go_on, items_of};
pub(super) use derived::{Derived, open as open_compacted, run as run_derived};
pub(super) use keep::{Storing, keep};
pub(super) use own::check_metadata;

use super::Draft;
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    objects::Owner,
    upstream::Upstream,
};

/// What is asked of something that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    ListCompletions,
    GetCompletion,
    UpdateCompletion,
    DeleteCompletion,
    ListMessages,
    GetResponse,
    DeleteResponse,
    CancelResponse,
    ListInputItems,
    DeleteModel,
}

/// A call about something that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    act: Act,
    /// Its name; empty where all are listed.
    id: String,
}

impl About {
    /// Whether a call is about something that is stored, and about what.
    pub(super) fn of(method: &Method, path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (act, id) = match (method.as_str(), parts.as_slice()) {
            ("GET", ["chat", "completions"]) => (Act::ListCompletions, ""),
            ("GET", ["chat", "completions", id]) => (Act::GetCompletion, *id),
            ("POST", ["chat", "completions", id]) => (Act::UpdateCompletion, *id),
            ("DELETE", ["chat", "completions", id]) => (Act::DeleteCompletion, *id),
            ("GET", ["chat", "completions", id, "messages"]) => (Act::ListMessages, *id),
            ("GET", ["responses", id]) => (Act::GetResponse, *id),
            ("DELETE", ["responses", id]) => (Act::DeleteResponse, *id),
            ("POST", ["responses", id, "cancel"]) => (Act::CancelResponse, *id),
            ("GET", ["responses", id, "input_items"]) => (Act::ListInputItems, *id),
            ("DELETE", ["models", id]) => (Act::DeleteModel, *id),
            _ => return None,
        };
        Some(Self { act, id: id.to_owned() })
    }

    /// A name that goes into the address of another server as it is. Whatever else it holds, it names nothing.
    fn names_something(&self) -> bool {
        let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        let is_name = self.id.bytes().all(belongs) && self.id.len() <= LONGEST_NAME;
        self.act == Act::ListCompletions || (is_name && !self.id.trim_matches('.').is_empty())
    }
}

/// What the names of objects begin with that this gateway stored: such a one is looked for here, whatever server the agency has.
const OWN_NAMES: [&str; 2] = ["chatcmpl-maru-", "resp_maru-"];
/// The longest name of an object, in bytes.
const LONGEST_NAME: usize = 150;

/// The server that works for the key's agency alone, where there is one.
fn server_of<'a>(snapshot: &'a Snapshot, key: &Key) -> Option<&'a Arc<Upstream>> {
    let own = snapshot.upstreams.values().filter(|(backend, _)| backend.tenant == key.scope.agency);
    own.min_by_key(|(backend, _)| backend.id.as_str()).map(|(_, upstream)| upstream)
}

pub(super) fn owner_of(key: &Key) -> Owner {
    Owner { agency: key.scope.agency.clone(), key: key.scope.id.clone() }
}

fn nothing_there(id: &str) -> Refusal {
    Refusal::not_found(
        "object_not_found",
        format!(
            "{} 찾을 수 없습니다. 보관하지 않았거나 지웠거나 다른 키로 보관한 것입니다.",
            with_josa(&format!("「{id}」"), Josa::Object)
        ),
        format!("There is no {id:?}: it was not stored, was deleted, or was stored with another key."),
    )
}

fn store_unavailable(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "what is stored could not be reached");
    Refusal::unavailable(
        "store_unavailable",
        "보관한 내용을 지금 읽거나 쓸 수 없습니다. 잠시 뒤 다시 보내세요.",
        "What is stored cannot be read or written now. Try again in a moment.",
    )
}

/// Answers a call about something that is stored. Each stands on the record, with the name that it is about.
pub(super) async fn run(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Arc<Key>,
    about: About,
    request: Request<Body>,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let mut draft = Draft::new(inner, key, "objects", began);
    draft.record.object.clone_from(&about.id);
    let call = draft.record.id.clone();
    let answered = answer(inner, snapshot, key, &about, request, draft).await;
    answered.map(|mut response| {
        if let Ok(value) = HeaderValue::try_from(call) {
            response.headers_mut().insert("x-maru-call", value);
        }
        response
    })
}

async fn answer(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Arc<Key>,
    about: &About,
    request: Request<Body>,
    mut draft: Draft,
) -> Result<Response<Body>, Refusal> {
    let may = super::call::may_begin(inner, key).await.and_then(|()| may_be_asked(snapshot, about));
    let is_own = OWN_NAMES.iter().any(|beginning| about.id.starts_with(beginning));
    let outcome = match (may, server_of(snapshot, key).filter(|_| !is_own)) {
        (Err(refusal), _) => Err(refusal),
        (Ok(()), Some(server)) => passed::run(snapshot, key, server, about, request, &mut draft).await,
        (Ok(()), None) => own::run(inner, snapshot, key, about, request, &mut draft).await.map(passed::Outcome::Whole),
    };
    match outcome {
        Ok(passed::Outcome::Whole(response)) => {
            draft.first_byte();
            draft.ended(response.status().as_u16(), "");
            Ok(response)
        }
        Ok(passed::Outcome::Stream(stream)) => Ok(stream.response(draft)),
        Err(refusal) => {
            draft.refused(&refusal);
            Err(refusal)
        }
    }
}

/// Models of the registry come and go by people's decisions alone.
fn may_be_asked(snapshot: &Snapshot, about: &About) -> Result<(), Refusal> {
    if !about.names_something() {
        return Err(nothing_there(&about.id));
    }
    if about.act == Act::DeleteModel && snapshot.models.contains_key(&about.id) {
        return Err(models_are_registered());
    }
    Ok(())
}

fn models_are_registered() -> Refusal {
    Refusal::forbidden(
        "models_are_registered",
        "등록된 모델은 키로 지울 수 없습니다. AI 담당자가 등록부에서 사용 중지를 제안하고 다른 사람이 승인해야 합니다.",
        "A registered model cannot be deleted with a key. An AI officer proposes its suspension in the registry, and another person approves.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_about_what_is_stored_are_told_from_others() {
        let of = |method: Method, path: &str| About::of(&method, path).map(|about| (about.act, about.id));
        assert_eq!(of(Method::GET, "/chat/completions"), Some((Act::ListCompletions, String::new())));
        assert_eq!(of(Method::POST, "/chat/completions"), None);
        assert_eq!(of(Method::POST, "/chat/completions/x"), Some((Act::UpdateCompletion, "x".into())));
        assert_eq!(of(Method::GET, "/responses/r/input_items"), Some((Act::ListInputItems, "r".into())));
        assert_eq!(of(Method::GET, "/models/m"), None);
        assert_eq!(of(Method::DELETE, "/models/ft:m:a::b"), Some((Act::DeleteModel, "ft:m:a::b".into())));
    }

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        let names = |id: &str| About { act: Act::GetResponse, id: id.into() }.names_something();
        assert!(names("resp_1") && names("ft:gpt:acme::x") && names("a.b"));
        for id in ["%2e%2e", "", ".", "..", "a b", "a?b", "a\r\nb", &"x".repeat(200)] {
            assert!(!names(id), "{id}");
        }
    }
}
