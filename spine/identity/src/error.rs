//! What can go wrong when people sign in, and what they are told.

use maru_ledger::{AppendError, DatabaseError, ExecuteError, LedgerError, SealError, StreamIdError};
use thiserror::Error;

use crate::{account::AccountRefusal, oidc::OidcError};

/// Why somebody could not be signed in, or an account not be changed.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The demonstration's sign-in is not enabled.
    #[error("sign-in by demonstration is not enabled on this server")]
    DemonstrationOff,
    /// There is no such person in the demonstration.
    #[error("the demonstration knows no such person")]
    DemonstrationUnknown,
    /// No identity provider is configured.
    #[error("no identity provider is configured on this server")]
    OidcOff,
    /// The sign-in was not begun in this browser, took too long, or was finished before.
    #[error("this sign-in is not under way: it was begun in another browser, took over ten minutes, or is done")]
    AttemptUnknown,
    /// So many sign-ins are under way that no more are begun.
    #[error("too many sign-ins are under way; try again in a few minutes")]
    AttemptsFull,
    /// The provider or its answer is not as it must be.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// The account does not allow it.
    #[error(transparent)]
    Account(#[from] AccountRefusal),
    /// The account's identifier cannot be used.
    #[error(transparent)]
    AccountName(#[from] StreamIdError),
    /// The ledger could not record it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A personal fact could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<ExecuteError<AccountRefusal>> for IdentityError {
    fn from(error: ExecuteError<AccountRefusal>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => Self::Account(refusal),
            ExecuteError::Append(error) => Self::Append(error),
            ExecuteError::Ledger(error) => Self::Ledger(error),
        }
    }
}

/// Whose doing it is that something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The person's request: it cannot be done as asked (4xx).
    Request,
    /// The identity provider's, or the way to it (502).
    Provider,
    /// This server's (500, or 503 if it may pass).
    Server,
}

impl IdentityError {
    /// Whose doing it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Oidc(error) if error.is_by_request() => Fault::Request,
            Self::Oidc(_) => Fault::Provider,
            Self::DemonstrationOff
            | Self::DemonstrationUnknown
            | Self::OidcOff
            | Self::AttemptUnknown
            | Self::AttemptsFull
            | Self::Account(_)
            | Self::AccountName(_) => Fault::Request,
            Self::Append(_) | Self::Ledger(_) | Self::Seal(_) | Self::Database(_) => Fault::Server,
        }
    }

    /// What the person is told: in Korean and in English, what happened and what to do, nothing about the inside.
    pub fn for_people(&self) -> (&'static str, &'static str) {
        match self {
            Self::DemonstrationOff => (
                "이 서버에서는 시연용 로그인을 쓸 수 없어요.",
                "Demonstration sign-in is not available on this server.",
            ),
            Self::DemonstrationUnknown => (
                "시연용 명단에 없는 사람이에요. 로그인 화면에서 다시 골라 주세요.",
                "The demonstration has no such person. Choose one on the sign-in page.",
            ),
            Self::OidcOff => (
                "이 서버에는 로그인 기관이 연결되어 있지 않아요. 시스템 관리자에게 문의해 주세요.",
                "No identity provider is connected to this server. Ask the administrator of the system.",
            ),
            Self::AttemptUnknown => (
                "로그인이 10분 안에 끝나지 않았거나 이미 끝났어요. 처음부터 다시 로그인해 주세요.",
                "The sign-in took longer than ten minutes or was already finished. Start signing in again.",
            ),
            Self::AttemptsFull => (
                "지금 로그인하는 사람이 많아요. 잠시 뒤에 다시 해 주세요.",
                "Many people are signing in. Try again in a few minutes.",
            ),
            Self::Account(AccountRefusal::Suspended) => (
                "이 계정은 정지되었어요. 시스템 관리자에게 문의해 주세요.",
                "This account is suspended. Ask the administrator of the system.",
            ),
            Self::Account(AccountRefusal::Closed | AccountRefusal::Erased) => {
                ("이 계정은 닫혀서 다시 쓸 수 없어요.", "This account was closed and cannot be used again.")
            }
            Self::Account(AccountRefusal::DepartmentMissing { .. } | AccountRefusal::DepartmentUnfit { .. }) => (
                "계정의 역할과 부서가 맞지 않아요. 시스템 관리자에게 문의해 주세요.",
                "The role and department of this account do not fit. Ask the administrator of the system.",
            ),
            Self::Account(AccountRefusal::Absent) | Self::AccountName(_) => {
                ("그런 계정이 없어요.", "There is no such account.")
            }
            Self::Oidc(error) => error.for_people(),
            Self::Append(_) | Self::Ledger(_) | Self::Seal(_) | Self::Database(_) => (
                "서버의 문제로 처리하지 못했어요. 잠시 뒤에 다시 해 주세요.",
                "Something went wrong on this server. Try again in a few minutes.",
            ),
        }
    }
}
