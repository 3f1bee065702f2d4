//! Records of access: who signed in, who looked at personal originals and why, who was refused.
//!
//! What is recorded is an event of the stream `access-<account>`: sign-ins and sign-outs of staff and every look at a
//! personal original, each once; refusals of staff, of which many alike in a short time are one. Strangers and citizens
//! cannot write to the log by being refused.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use crate::session::later;

/// Something about access that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AccessEvent {
    /// Somebody of the staff signed in.
    SignedIn {
        /// How.
        method: crate::account::SignInMethod,
        /// What the session is called.
        session: String,
        /// From where. Personal.
        source: Option<Personal>,
    },
    /// Somebody of the staff signed out, or was signed out.
    SignedOut {
        /// What the session was called; nothing if all of them ended.
        session: Option<String>,
    },
    /// Somebody looked at a personal original.
    PersonalOriginalRead {
        /// The kind of resource.
        resource_kind: String,
        /// Which one.
        resource: String,
        /// Whose data it is: an account, a pseudonym.
        subject: Option<String>,
        /// Why, in the reader's words. They may name people: personal.
        reason: Option<Personal>,
        /// From where. Personal.
        source: Option<Personal>,
    },
    /// Somebody of the staff was refused something.
    AccessRefused {
        /// What they wanted to do.
        action: String,
        /// With what kind of resource.
        resource_kind: String,
        /// Which one.
        resource: String,
        /// How often alike since the last record of it, this one included.
        times: u64,
    },
}

/// A look at a personal original, to be recorded before it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonalRead {
    /// The kind of resource.
    pub resource_kind: String,
    /// Which one.
    pub resource: String,
    /// Whose data it is: an account or another pseudonym, if it is known.
    pub subject: Option<String>,
    /// Why, in the reader's words.
    pub reason: Option<String>,
    /// From where.
    pub source: Option<IpAddr>,
}

/// A record of access, as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessRecord {
    /// Its position in the log.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// Who: an account.
    pub account: String,
    /// In what role.
    pub role: String,
    /// What happened: `signed-in`, `signed-out`, `personal-original-read`, `access-refused`.
    pub kind: String,
    /// What was refused.
    pub action: Option<String>,
    /// The kind of resource.
    pub resource_kind: Option<String>,
    /// Which one.
    pub resource: Option<String>,
    /// Whose data it was.
    pub subject: Option<String>,
    /// The stated reason.
    pub reason: Option<String>,
    /// From where.
    pub source: Option<String>,
    /// How often.
    pub times: u64,
}

/// Which records of access are wanted. Everything that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessQuery {
    /// Those of this account.
    pub account: Option<String>,
    /// Those of this kind of event.
    pub kind: Option<String>,
    /// Those of this resource: kind and identifier.
    pub resource: Option<(String, String)>,
    /// Those about the data of this person.
    pub subject: Option<String>,
    /// Those before this position, for the next page.
    pub before: Option<u64>,
    /// At most so many, the newest first; 100 if 0, never more than 1,000.
    pub limit: u32,
}

/// Refusals alike within this time are one record.
const ALIKE: Duration = Duration::from_mins(10);

/// At most so many different refusals are remembered.
const REMEMBERED: usize = 4_096;

/// Tells the first refusal of its like from the flood that follows.
#[derive(Debug, Default)]
pub(crate) struct RefusalGate {
    seen: Mutex<HashMap<Like, Since>>,
}

/// What makes refusals alike: account, action, kind of resource.
type Like = (String, String, String);

/// When one was recorded last, and how many were not since.
type Since = (Timestamp, u64);

impl RefusalGate {
    /// How many refusals this record is to stand for; nothing if it is to wait.
    pub(crate) fn admit(&self, account: &str, action: &str, kind: &str, now: Timestamp) -> Option<u64> {
        let key = (account.to_owned(), action.to_owned(), kind.to_owned());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, waiting)) = seen.get_mut(&key) {
            *waiting = waiting.saturating_add(1);
            if now < later(*since, ALIKE) {
                return None;
            }
            let times = *waiting;
            (*since, *waiting) = (now, 0);
            return Some(times);
        }
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (since, _)| now < later(*since, ALIKE));
        }
        // Staff who are refused thousands of different things within minutes are on record often enough.
        if seen.len() >= REMEMBERED {
            return None;
        }
        seen.insert(key, (now, 0));
        Some(1)
    }
}
