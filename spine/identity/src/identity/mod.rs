//! The service: accounts and sessions over the ledger.

mod accounts;
mod records;
mod sessions;
mod sign_in;

use std::{fmt, net::IpAddr, sync::Arc};

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Entropy, Ledger, Personal, Projection, SystemEntropy};
use ring::hmac;

pub use accounts::{AccountQuery, AccountView};
pub use sign_in::OidcStart;

use crate::{
    access::RefusalGate,
    demonstration::DemonstrationAccount,
    error::IdentityError,
    oidc::{HttpClient, OidcClient, OidcSettings, PlatformClient},
    projections::{AccessRecords, Accounts},
    recognition::Recognition,
    session::{SessionCache, SessionRules},
    token,
};

/// How people sign in and for how long.
#[derive(Clone)]
pub struct IdentityConfig {
    /// How long sessions last.
    pub sessions: SessionRules,
    /// The people of the demonstration; nothing disables it: no such account can sign in then, and sessions that one
    /// had are worth nothing.
    pub demonstration: Option<Vec<DemonstrationAccount>>,
    /// The OpenID Connect provider, if there is one.
    pub oidc: Option<OidcSettings>,
    /// The way to the provider; nothing is the usual one.
    pub http: Option<Arc<dyn HttpClient>>,
    /// Who is told the provider's own number of citizens who sign in, where a claim is configured for it.
    pub recognition: Option<Arc<dyn Recognition>>,
    /// Where secrets come from.
    pub entropy: Arc<dyn Entropy>,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        Self {
            sessions: SessionRules::default(),
            demonstration: None,
            oidc: None,
            http: None,
            recognition: None,
            entropy: Arc::new(SystemEntropy),
        }
    }
}

impl fmt::Debug for IdentityConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IdentityConfig")
            .field("sessions", &self.sessions)
            .field("demonstration", &self.demonstration.as_ref().map(Vec::len))
            .field("oidc", &self.oidc)
            .finish_non_exhaustive()
    }
}

/// The circumstances of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visit {
    /// The secret of the session that the browser had before: it ends, so that nobody who knew it is signed in too.
    pub former_token: Option<String>,
    /// The address that the request came from; sealed where it is recorded.
    pub source: Option<IpAddr>,
}

/// Accounts, sessions and sign-in: clone it freely, use it from any task.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    config: IdentityConfig,
    cache: SessionCache,
    refusals: RefusalGate,
    oidc: Option<OidcClient>,
    /// Turns what a provider calls a person into the name of their account.
    pseudonyms: hmac::Key,
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

/// Tables that are not derived from events. The list only ever grows at its end.
const TABLES: &[&str] = &[
    "CREATE TABLE identity_sessions (digest BYTES PRIMARY KEY, account TEXT NOT NULL, handle TEXT NOT NULL, \
     method TEXT NOT NULL, signed_in_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, \
     idle_microseconds BIGINT NOT NULL)",
    "CREATE INDEX identity_sessions_by_account ON identity_sessions (account, signed_in_at)",
    "CREATE INDEX identity_sessions_by_end ON identity_sessions (expires_at)",
    "CREATE TABLE identity_attempts (digest BYTES PRIMARY KEY, started_at BIGINT NOT NULL, return_to TEXT NOT NULL, \
     finished_at BIGINT, outcome TEXT NOT NULL, account TEXT)",
    "CREATE INDEX identity_attempts_by_start ON identity_attempts (started_at)",
    "CREATE TABLE identity_secrets (name TEXT PRIMARY KEY, sealed TEXT NOT NULL)",
];

impl Identity {
    /// The projections that the ledger must be opened with.
    pub fn projections() -> Vec<Arc<dyn Projection>> {
        vec![Arc::new(Accounts), Arc::new(AccessRecords)]
    }

    /// Makes the tables that are missing and the accounts of the demonstration, if it is enabled.
    pub async fn open(ledger: Ledger, config: IdentityConfig, now: Timestamp) -> Result<Self, IdentityError> {
        ledger.define("identity", TABLES).await?;
        let pseudonyms = pseudonym_key(&ledger, &*config.entropy, now).await?;
        let oidc = config.oidc.clone().map(|settings| oidc_client(settings, config.http.clone())).transpose()?;
        let (cache, refusals) = (SessionCache::default(), RefusalGate::default());
        let inner = Inner { ledger, config, cache, refusals, oidc, pseudonyms };
        let identity = Self { inner: Arc::new(inner) };
        identity.open_demonstration(now).await?;
        Ok(identity)
    }
}

fn oidc_client(settings: OidcSettings, http: Option<Arc<dyn HttpClient>>) -> Result<OidcClient, IdentityError> {
    let http = match http {
        Some(http) => http,
        None => Arc::new(PlatformClient::new()),
    };
    Ok(OidcClient::new(settings, http)?)
}

const PSEUDONYM_KEY: &str = "pseudonyms";

/// The key of the accounts' names, made at the first start and kept sealed, so that whoever reads the database cannot
/// try out which employee number an account belongs to.
async fn pseudonym_key(ledger: &Ledger, entropy: &dyn Entropy, now: Timestamp) -> Result<hmac::Key, IdentityError> {
    let secret = Personal::new("identity-secrets", token::new_token(entropy));
    let offered = ledger.seal(&secret, now).await?;
    let kept = ledger
        .write(move |sql| {
            sql.execute(
                "INSERT INTO identity_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                &[PSEUDONYM_KEY.into(), offered.into()],
            )?;
            let rows = sql.query("SELECT sealed FROM identity_secrets WHERE name = $1", &[PSEUDONYM_KEY.into()])?;
            rows.first().map(|row| row.text(0)).transpose()
        })
        .await?;
    let kept = kept.ok_or_else(|| DatabaseError::work("the key of the accounts' names could not be stored"))?;
    let secret = ledger.unseal(&kept)?.value;
    let secret = secret.ok_or_else(|| DatabaseError::work("the key of the accounts' names was erased"))?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
}
