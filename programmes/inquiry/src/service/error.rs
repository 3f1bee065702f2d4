//! Why the service did not do what it was asked.

use maru_ledger::{AppendError, DatabaseError, ExecuteError, LedgerError, SealError};

use super::official::DoubtfulCitation;
use crate::domain::{Explained, HolidayRefusal, Refusal};

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field.
    pub field: &'static str,
    /// What is wrong and how to put it right, in Korean.
    pub ko: String,
    /// What is wrong and how to put it right, in English.
    pub en: String,
}

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody signed in, and no code was presented.
    #[error("sign in, or give receipt number and code")]
    SignInRequired,
    /// There is no such case for this caller.
    #[error("there is no such inquiry, or the code does not fit")]
    NotFound,
    /// The caller may not do this.
    #[error("{en}")]
    Forbidden {
        /// Why, in Korean.
        ko: String,
        /// Why, in English.
        en: String,
    },
    /// The field refuses: reason, article, remedy.
    #[error("{}", .0.reason_en)]
    Refused(Box<Explained>),
    /// Fields that cannot be taken as they are.
    #[error("some fields cannot be taken as they are")]
    Invalid(Vec<FieldFault>),
    /// The idempotency key was used for something else.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The answer cites law that does not exist or is not in force.
    #[error("the answer cites law that does not exist or is not in force")]
    DoubtfulCitations(Vec<DoubtfulCitation>),
    /// The database cannot be used now.
    #[error("the database cannot be used now: {0}")]
    Unavailable(DatabaseError),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// One field that cannot be taken as it is.
    pub fn field(field: &'static str, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault { field, ko: ko.into(), en: en.into() }])
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unknown {
            return Self::NotFound;
        }
        Self::Refused(Box::new(refusal.explain()))
    }
}

impl From<HolidayRefusal> for ServiceError {
    fn from(refusal: HolidayRefusal) -> Self {
        let ko = match &refusal {
            HolidayRefusal::Known { date } => format!("{date}은(는) 이미 넣은 공휴일입니다."),
            HolidayRefusal::Incomplete => {
                "공휴일의 한국어·영어 이름과 근거가 있어야 하고, 각각 200자까지입니다.".to_owned()
            }
            HolidayRefusal::Past { date } => format!("{date}은(는) 지난 날입니다."),
        };
        Self::field("date", ko, refusal.to_string())
    }
}

impl From<DatabaseError> for ServiceError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Unavailable { .. } | DatabaseError::Busy { .. } | DatabaseError::Full { .. } => {
                Self::Unavailable(error)
            }
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<LedgerError> for ServiceError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Database(error) | LedgerError::Seal(SealError::Database(error)) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<SealError> for ServiceError {
    fn from(error: SealError) -> Self {
        LedgerError::from(error).into()
    }
}

impl From<AppendError> for ServiceError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Database(error) | AppendError::Seal(SealError::Database(error)) => error.into(),
            AppendError::KeyReused { .. } => Self::KeyReused,
            AppendError::Seal(SealError::Erased { .. }) => Refusal::Erased.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl<R> From<ExecuteError<R>> for ServiceError
where
    R: std::error::Error + 'static,
    Self: From<R>,
{
    fn from(error: ExecuteError<R>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Ledger(error) => error.into(),
        }
    }
}
