//! Why an order is refused: reason, article and remedy, in both languages.

use jiff::civil::Date;
use maru_web::Explained;

use super::{month::Month, proposal::Status, study_refusals::StudyRefusal};
use crate::payment::AccountFault;

/// Longest text that a person writes, in characters.
pub const LONGEST_WORDS: usize = 4_000;

/// Why an order is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.explain().reason.english)]
pub enum Refusal {
    /// There is no such thing.
    Unknown,
    /// A study of a reform, or a screening, cannot be done so.
    Study(StudyRefusal),
    /// It exists already.
    Exists,
    /// A text is empty that must not be.
    Empty {
        /// Which, in Korean.
        ko: &'static str,
        /// Which, in English.
        en: &'static str,
    },
    /// A text is too long.
    TooLong,
    /// No benefit is called so.
    UnknownBenefit {
        /// The name.
        id: String,
    },
    /// A household has nobody or too many people in it.
    MemberCount {
        /// At most so many.
        most: usize,
    },
    /// Members are not named apart, or a couple names somebody else.
    MemberName,
    /// A day lies on the wrong side of today.
    Future {
        /// The day.
        day: Date,
    },
    /// An end lies before its beginning.
    Backwards,
    /// An amount cannot be so.
    Amount,
    /// The item was said to be wrong already.
    DisputedAlready,
    /// It was answered already.
    AnsweredAlready,
    /// Not where the proposal stands.
    NotNow {
        /// Where it stands.
        status: Status,
    },
    /// Another agency gives the same benefit.
    Duplicate {
        /// Which.
        agency: String,
    },
    /// The period has passed.
    PeriodPassed {
        /// Its last day.
        due: Date,
    },
    /// An objection is being decided.
    ObjectionOpen,
    /// No objection waits for a decision.
    NoObjection,
    /// A review by a person is being made.
    ReviewOpen,
    /// No review waits for an answer.
    NoReview,
    /// The answer was put off twice already.
    NoMoreTime,
    /// Who decided before cannot be the one who looks again.
    SamePerson,
    /// The month was put into another run.
    PaidAlready {
        /// The month.
        month: Month,
        /// The run.
        run: String,
    },
    /// Nothing is due for the month.
    NothingDue {
        /// The month.
        month: Month,
    },
    /// The run has come further, or not so far.
    RunNotNow,
    /// A run without payments.
    EmptyRun,
    /// Who prepared a run does not release it.
    FourEyes,
    /// The file is not the one that was looked at.
    OtherFile,
    /// No money can go to an account.
    Account {
        /// What is wrong with it.
        fault: AccountFault,
    },
    /// The bank takes nothing more for that day.
    CutOff {
        /// The day of execution.
        execution: Date,
    },
    /// A last day to pay back is too near.
    RecoveryTooSoon {
        /// At least so many days.
        days: i64,
    },
    /// Nothing is left to be paid back.
    RecoveryDone,
    /// Too many instalments.
    Instalments {
        /// At most so many.
        most: u32,
    },
    /// What was got by fraud is not waived.
    NoWaiver,
    /// It was applied for already.
    AppliedAlready,
    /// Nothing was applied for.
    NoApplication,
    /// The decision was put off once already.
    ApplicationExtended,
    /// More time to decide the objection was taken already.
    ObjectionExtended,
    /// Evidence is kept for five years.
    EvidenceKept {
        /// The last day.
        until: Date,
    },
    /// No report waits to be read.
    NoReport,
    /// Who is named does not act for the person, or may not consent.
    NotRepresenting,
    /// An offer to apply is made to a household in need.
    OfferWithoutNeed,
    /// The calendar does not reach so far.
    Calendar {
        /// What it says.
        reason: String,
    },
}

/// Refuses a text that is empty or too long.
pub(crate) fn check_words(text: &str, (ko, en): (&'static str, &'static str)) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty { ko, en });
    }
    if text.chars().count() > LONGEST_WORDS { Err(Refusal::TooLong) } else { Ok(()) }
}

const BENEFITS_ACT: &str = "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률";

impl Refusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::Unknown
            | Self::Exists
            | Self::Empty { .. }
            | Self::TooLong
            | Self::UnknownBenefit { .. }
            | Self::MemberCount { .. }
            | Self::MemberName
            | Self::Future { .. }
            | Self::Backwards
            | Self::OfferWithoutNeed
            | Self::Amount => self.explain_form(),
            Self::RunNotNow
            | Self::EmptyRun
            | Self::FourEyes
            | Self::OtherFile
            | Self::Account { .. }
            | Self::CutOff { .. }
            | Self::PaidAlready { .. }
            | Self::NothingDue { .. } => self.explain_payment(),
            Self::RecoveryTooSoon { .. } | Self::RecoveryDone | Self::Instalments { .. } | Self::NoWaiver => {
                self.explain_recovery()
            }
            Self::Duplicate { .. } | Self::NotNow { .. } => self.explain_standing(),
            Self::AppliedAlready
            | Self::NoApplication
            | Self::ApplicationExtended
            | Self::NoReport
            | Self::NotRepresenting => self.explain_application(),
            Self::Study(refusal) => refusal.explain(),
            _ => self.explain_review(),
        }
    }
}

/// The act on which the programme rests, by its full name.
pub fn benefits_act() -> &'static str {
    BENEFITS_ACT
}
