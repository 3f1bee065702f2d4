//! What can go wrong between here and a provider.

use thiserror::Error;

/// Why a provider could not vouch for somebody.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum OidcError {
    /// What was configured cannot work.
    #[error("the configuration of the identity provider cannot be used: {reason}")]
    Settings {
        /// What is wrong and what to do.
        reason: String,
    },
    /// The provider did not answer.
    #[error("the identity provider cannot be reached at {address}: {reason}")]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// The provider answered with something else than it should.
    #[error("the identity provider's answer from {address} cannot be used: {reason}")]
    Answer {
        /// Where the answer came from.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The provider refused, or the person did.
    #[error("the identity provider refused the sign-in: {reason}")]
    Refused {
        /// The error code of the provider, such as `access_denied`.
        reason: String,
    },
    /// The ID token does not prove anything.
    #[error("the identity provider's ID token cannot be trusted: {reason}")]
    Token {
        /// What is wrong with it.
        reason: String,
    },
    /// The person is known to the provider, but has no role or department here.
    #[error("the identity provider vouches for a person who has no place here: {reason}")]
    Unmapped {
        /// Which claim fits no rule.
        reason: String,
    },
}

impl OidcError {
    /// Whether the person's sign-in is at fault, and neither the provider nor this server.
    pub(crate) fn is_by_request(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unmapped { .. })
    }

    /// What the person is told, in Korean and in English.
    pub(crate) fn for_people(&self) -> (&'static str, &'static str) {
        match self {
            Self::Refused { .. } => (
                "로그인 기관이 로그인을 마치지 않았어요. 다시 로그인하거나 로그인 기관에 문의해 주세요.",
                "The identity provider did not complete the sign-in. Sign in again, or ask the provider.",
            ),
            Self::Unmapped { .. } => (
                "로그인은 되었지만 이 시스템에서 맡은 역할이나 부서가 없어요. 시스템 관리자에게 문의해 주세요.",
                "You are signed in with the provider, but have no role or department here. Ask the administrator of the system.",
            ),
            Self::Unreachable { .. } => (
                "로그인 기관에 연결하지 못했어요. 잠시 뒤에 다시 해 주세요.",
                "The identity provider cannot be reached. Try again in a few minutes.",
            ),
            Self::Settings { .. } | Self::Answer { .. } | Self::Token { .. } => (
                "로그인 기관의 응답을 확인하지 못해 로그인하지 않았어요. 계속되면 시스템 관리자에게 문의해 주세요.",
                "The identity provider's answer could not be verified, so you were not signed in. If it goes on, ask the administrator of the system.",
            ),
        }
    }
}
