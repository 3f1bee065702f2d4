//! Sessions: who is asking, told from the secret in a cookie.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{account::SignInMethod, role::Principal, token::Digest};

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// After what time without a request the session of staff ends (systems that hold personal data cut off who is
    /// away: Enforcement Decree of the Personal Information Protection Act, article 30(1)3).
    pub staff_idle: Duration,
    /// After what time without a request the session of a citizen ends.
    pub citizen_idle: Duration,
    /// After what time every session ends.
    pub longest: Duration,
    /// How many sessions one account may have; the oldest give way.
    pub per_account: u32,
    /// How long a session may be told from memory. Another server that ended it is heard after this time at the latest.
    pub kept: Duration,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self {
            staff_idle: Duration::from_mins(30),
            citizen_idle: Duration::from_hours(1),
            longest: Duration::from_hours(12),
            per_account: 20,
            kept: Duration::from_secs(5),
        }
    }
}

/// Somebody who is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub principal: Principal,
    /// What the session is called where it is listed or ended; no secret.
    pub handle: String,
    /// How they signed in.
    pub method: SignInMethod,
    /// Since when.
    pub signed_in_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// After what time without a request it ends.
    pub idle: Duration,
    /// What goes into forms against forged requests.
    pub csrf_token: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("principal", &self.principal)
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

/// A session in a list: where else somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// What it is called.
    pub handle: String,
    /// How they signed in.
    pub method: SignInMethod,
    /// Since when.
    pub signed_in_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
}

/// Somebody just signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// The secret for the cookie. It is nowhere else.
    pub token: String,
    /// The session.
    pub session: Arc<Session>,
    /// Where to go now: a path of this site.
    pub return_to: String,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SignedIn").field("session", &self.session).finish_non_exhaustive()
    }
}

/// `instant` and `duration` later.
pub(crate) fn later(instant: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    instant.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// `instant` and `duration` before.
pub(crate) fn before(instant: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    instant.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

struct Kept {
    session: Arc<Session>,
    since: Timestamp,
    last_seen: Timestamp,
}

/// At most so many sessions in memory.
const CAPACITY: usize = 50_000;

/// Sessions that were used a moment ago, so that not every request asks the database.
#[derive(Default)]
pub(crate) struct SessionCache {
    state: Mutex<CacheState>,
}

#[derive(Default)]
struct CacheState {
    kept: HashMap<Digest, Kept>,
    /// Counts what was forgotten on purpose: what was read before must not be kept after.
    forgotten: u64,
}

impl SessionCache {
    fn state(&self) -> MutexGuard<'_, CacheState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, if it was read less than `kept` ago and has not ended; it is seen now.
    pub(crate) fn get(&self, digest: &Digest, now: Timestamp, kept: Duration) -> Option<Arc<Session>> {
        let mut state = self.state();
        let found = state.kept.get_mut(digest)?;
        let fresh = found.since <= now && now < later(found.since, kept);
        let alive = now < found.session.expires_at && now < later(found.last_seen, found.session.idle);
        if !fresh || !alive {
            return None;
        }
        found.last_seen = found.last_seen.max(now);
        Some(Arc::clone(&found.session))
    }

    /// When this server saw the session last, if it remembers.
    pub(crate) fn last_seen(&self, digest: &Digest) -> Option<Timestamp> {
        self.state().kept.get(digest).map(|kept| kept.last_seen)
    }

    /// To be taken before the database is asked, and given to [`SessionCache::put`].
    pub(crate) fn moment(&self) -> u64 {
        self.state().forgotten
    }

    /// Keeps a session, unless something was forgotten since `moment`.
    pub(crate) fn put(&self, digest: Digest, session: Arc<Session>, now: Timestamp, moment: u64) {
        let mut state = self.state();
        if state.forgotten != moment {
            return;
        }
        if state.kept.len() >= CAPACITY {
            state.kept.clear();
        }
        state.kept.insert(digest, Kept { session, since: now, last_seen: now });
    }

    pub(crate) fn forget(&self, digest: &Digest) {
        let mut state = self.state();
        state.forgotten = state.forgotten.wrapping_add(1);
        state.kept.remove(digest);
    }

    pub(crate) fn forget_account(&self, account: &str) {
        let mut state = self.state();
        state.forgotten = state.forgotten.wrapping_add(1);
        state.kept.retain(|_, kept| kept.session.principal.account != account);
    }
}
