//! Accounts, sign-in, sessions, and who may do what.
//!
//! - [`Policies`] decide whether a [`Principal`] (or a stranger) may do an action with a [`Resource`]. They are Cedar
//!   texts in `policies/`, each with its reason and its article of law.
//! - [`Identity`] knows accounts, signs people in and out, and tells from a session's token who is asking.
//! - [`oidc`] speaks with OpenID Connect providers.
//! - [`RateLimiter`] says how often something may be done.
//!
//! It knows no web framework: time, randomness and addresses are arguments, and what belongs into cookies is given back
//! as text. The only crate that knows the policy engine.

mod access;
mod account;
mod demonstration;
mod error;
mod identity;
pub mod oidc;
mod policy;
mod projections;
mod rate_limit;
mod recognition;
mod resource;
mod role;
mod session;
mod token;

pub use access::{AccessEvent, AccessQuery, AccessRecord, PersonalRead};
pub use account::{Account, AccountCommand, AccountEvent, AccountRefusal, AccountStatus, Profile, SignInMethod};
pub use demonstration::DemonstrationAccount;
pub use error::{Fault, IdentityError};
pub use identity::{AccountQuery, AccountView, Identity, IdentityConfig, OidcStart, Visit};
pub use policy::{
    BUILT_IN_POLICIES, Decision, ModelUse, Policies, PolicyError, PolicySource, Reason, USE_POLICIES, UsePolicies,
    policy_table,
};
pub use rate_limit::{RateLimit, RateLimiter, TooMany, network};
pub use recognition::Recognition;
pub use resource::{ActionKind, BUILT_IN_KINDS, Resource, ResourceKind};
pub use role::{Principal, Role};
pub use session::{Session, SessionRules, SessionView, SignedIn};
pub use token::{csrf_fits, csrf_token, is_local_path, new_token};
