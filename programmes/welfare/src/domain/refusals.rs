//! Why an order is refused: reason, article and remedy, in both languages.

use jiff::civil::Date;

use super::{month::Month, proposal::Status, study_refusals::StudyRefusal};

/// Longest text that a person writes, in characters.
pub const LONGEST_WORDS: usize = 4_000;

/// Why an order is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.explain().reason_en)]
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
    /// The calendar does not reach so far.
    Calendar {
        /// What it says.
        reason: String,
    },
}

/// A refusal as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The name in data.
    pub code: &'static str,
    /// Why, in Korean.
    pub reason_ko: String,
    /// Why, in English.
    pub reason_en: String,
    /// The article that it rests on; empty where it rests on none.
    pub article: &'static str,
    /// What to do now, in Korean.
    pub remedy_ko: &'static str,
    /// What to do now, in English.
    pub remedy_en: &'static str,
}

/// Refuses a text that is empty or too long.
pub(crate) fn check_words(text: &str, (ko, en): (&'static str, &'static str)) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty { ko, en });
    }
    if text.chars().count() > LONGEST_WORDS { Err(Refusal::TooLong) } else { Ok(()) }
}

const BENEFITS_ACT: &str = "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률";

pub(super) fn explained(
    code: &'static str,
    (reason_ko, reason_en): (impl Into<String>, impl Into<String>),
    article: &'static str,
    (remedy_ko, remedy_en): (&'static str, &'static str),
) -> Explained {
    Explained { code, reason_ko: reason_ko.into(), reason_en: reason_en.into(), article, remedy_ko, remedy_en }
}

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
            | Self::Amount => self.explain_form(),
            Self::RunNotNow
            | Self::EmptyRun
            | Self::FourEyes
            | Self::OtherFile
            | Self::CutOff { .. }
            | Self::PaidAlready { .. }
            | Self::NothingDue { .. } => self.explain_payment(),
            Self::RecoveryTooSoon { .. } | Self::RecoveryDone | Self::Instalments { .. } | Self::NoWaiver => {
                self.explain_recovery()
            }
            Self::Duplicate { .. } | Self::NotNow { .. } => self.explain_standing(),
            Self::Study(refusal) => refusal.explain(),
            _ => self.explain_review(),
        }
    }

    fn explain_form(&self) -> Explained {
        match self {
            Self::Exists => explained(
                "exists",
                ("이미 있습니다.", "It exists already."),
                "",
                ("다른 이름으로 만들어 주십시오.", "Give it another name."),
            ),
            Self::Empty { ko, en } => explained(
                "empty",
                (format!("{ko}을(를) 적지 않았습니다."), format!("The {en} is missing.")),
                "",
                ("적은 뒤 다시 보내 주십시오.", "Write it and send again."),
            ),
            Self::TooLong => explained(
                "too-long",
                (
                    format!("글이 {LONGEST_WORDS}자보다 깁니다."),
                    format!("The text is longer than {LONGEST_WORDS} characters."),
                ),
                "",
                ("줄인 뒤 다시 보내 주십시오.", "Shorten it and send again."),
            ),
            Self::UnknownBenefit { id } => explained(
                "unknown-benefit",
                (format!("«{id}»(이)라는 급여가 없습니다."), format!("No benefit is called “{id}”.")),
                "",
                ("급여 이름을 확인해 주십시오.", "Check the name of the benefit."),
            ),
            Self::MemberCount { most } => explained(
                "member-count",
                (
                    format!("가구원은 1명에서 {most}명까지 적을 수 있습니다."),
                    format!("A household has 1 to {most} people."),
                ),
                "",
                ("가구원 수를 확인해 주십시오.", "Check the people of the household."),
            ),
            Self::MemberName => explained(
                "member-name",
                (
                    "가구원의 번호가 비었거나 겹치거나, 부부에 없는 사람이 있습니다.",
                    "A member's number is empty or stands twice, or a couple names somebody who is not there.",
                ),
                "",
                ("가구원 번호를 확인해 주십시오.", "Check the numbers of the members."),
            ),
            Self::Future { day } => explained(
                "wrong-side-of-today",
                (format!("{day}은(는) 쓸 수 없는 날짜입니다."), format!("{day} cannot be used here.")),
                "",
                ("날짜를 확인해 주십시오.", "Check the date."),
            ),
            Self::Backwards => explained(
                "backwards",
                ("끝나는 날이 시작하는 날보다 빠릅니다.", "The end lies before the beginning."),
                "",
                ("두 날짜를 확인해 주십시오.", "Check both dates."),
            ),
            Self::Amount => explained(
                "amount",
                ("금액이나 기간이 맞지 않습니다.", "The amount or its months cannot be so."),
                "",
                ("금액을 확인해 주십시오.", "Check the amount."),
            ),
            _ => explained(
                "unknown",
                ("찾는 것이 없습니다.", "There is no such thing."),
                "",
                ("번호를 확인해 주십시오.", "Check the number."),
            ),
        }
    }

    fn explain_standing(&self) -> Explained {
        match self {
            Self::Duplicate { agency } => explained(
                "duplicate",
                (
                    format!("같은 급여를 이미 {agency}에서 받고 있습니다."),
                    format!("The same benefit is received from {agency} already."),
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제9조제1항",
                (
                    "그 기관의 급여가 끝났으면 가구 정보를 새로 불러온 뒤 다시 확인해 주십시오.",
                    "If that award has ended, bring the household's record up to date and confirm again.",
                ),
            ),
            _ => explained(
                "not-now",
                (
                    "지금 단계에서는 할 수 없습니다. 그 사이에 다른 처리가 있었을 수 있습니다.",
                    "This cannot be done where the proposal stands now. Somebody may have acted meanwhile.",
                ),
                "",
                ("화면을 새로 열어 지금 상태를 확인해 주십시오.", "Open the page again and look where it stands."),
            ),
        }
    }

    fn explain_review(&self) -> Explained {
        match self {
            Self::DisputedAlready => explained(
                "disputed-already",
                ("이 항목은 이미 바로잡아 달라고 요청하셨습니다.", "You asked to correct this item already."),
                "개인정보 보호법 제36조",
                ("답을 기다려 주십시오.", "Wait for the answer."),
            ),
            Self::AnsweredAlready => explained(
                "answered-already",
                ("이미 답했습니다.", "It was answered already."),
                "",
                ("답을 확인해 주십시오.", "Read the answer."),
            ),
            Self::PeriodPassed { due } => explained(
                "period-passed",
                (format!("이의신청 기간이 {due}에 끝났습니다."), format!("The period to object ended on {due}.")),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제1항",
                (
                    "정당한 사유로 늦었다면 사유가 끝난 날부터 60일 안에 창구에 알려 주십시오. 행정심판과 행정소송도 할 수 있습니다.",
                    "If you were late for a good reason, tell the counter within 60 days of its end. Administrative appeal and litigation stay open.",
                ),
            ),
            Self::ObjectionOpen => explained(
                "objection-open",
                ("이의신청을 이미 심사하고 있습니다.", "An objection is being decided already."),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제2항",
                ("결정을 기다려 주십시오.", "Wait for the decision."),
            ),
            Self::ReviewOpen => explained(
                "review-open",
                ("담당자가 이미 다시 살펴보고 있습니다.", "A person is looking at it already."),
                "개인정보 보호법 시행령 제44조의3제5항",
                ("답을 기다려 주십시오.", "Wait for the answer."),
            ),
            Self::NoMoreTime => explained(
                "no-more-time",
                (
                    "답을 두 번 미뤘으므로 더 미룰 수 없습니다.",
                    "The answer was put off twice and cannot be put off again.",
                ),
                "개인정보 보호법 시행령 제44조의3제5항",
                ("지금 답해 주십시오.", "Answer now."),
            ),
            Self::SamePerson => explained(
                "same-person",
                (
                    "처음 결정한 담당자는 다시 살펴볼 수 없습니다.",
                    "Who decided first cannot be the one who looks again.",
                ),
                "",
                ("다른 담당자가 처리해 주십시오.", "Let another official do it."),
            ),
            Self::Calendar { reason } => explained(
                "calendar",
                (
                    "그 날짜까지의 공휴일이 정해지지 않았습니다.",
                    format!("The table of holidays does not reach so far: {reason}"),
                ),
                "",
                ("공휴일 표를 새로 받아 주십시오.", "Bring the table of holidays up to date."),
            ),
            _ => explained(
                "nothing-open",
                ("답을 기다리는 요청이 없습니다.", "Nothing waits for an answer."),
                "",
                ("화면을 새로 열어 확인해 주십시오.", "Open the page again."),
            ),
        }
    }

    fn explain_payment(&self) -> Explained {
        match self {
            Self::EmptyRun => explained(
                "empty-run",
                ("이 지급에는 지급할 건이 없습니다.", "The run holds no payments."),
                "",
                ("지급할 달을 확인해 주십시오.", "Check the month."),
            ),
            Self::FourEyes => explained(
                "four-eyes",
                ("지급을 만든 사람은 승인할 수 없습니다.", "Who prepared a payment run cannot release it."),
                "지방회계법 제32조, 국고금 관리법 제27조",
                ("다른 담당자가 승인해 주십시오.", "Let somebody else release it."),
            ),
            Self::OtherFile => explained(
                "other-file",
                ("살펴본 파일과 지금 파일이 다릅니다.", "The file is not the one that was looked at."),
                "",
                ("합계와 파일을 다시 확인해 주십시오.", "Look at the totals and the file again."),
            ),
            Self::CutOff { execution } => explained(
                "cut-off",
                (
                    format!("{execution} 지급분의 은행 마감 시각이 지났습니다."),
                    format!("The bank takes nothing more for {execution}."),
                ),
                "",
                ("다음 은행 영업일로 지급일을 정해 주십시오.", "Choose the next banking day."),
            ),
            Self::PaidAlready { month, run } => explained(
                "paid-already",
                (
                    format!("{month} 지급분은 이미 지급 {run}에 들어 있습니다."),
                    format!("The payment for {month} stands in the run {run} already."),
                ),
                "",
                ("그 지급을 확인해 주십시오.", "Look at that run."),
            ),
            Self::NothingDue { month } => explained(
                "nothing-due",
                (format!("{month}에 지급할 금액이 없습니다."), format!("Nothing is due for {month}.")),
                "",
                ("지급할 달을 확인해 주십시오.", "Check the month."),
            ),
            _ => explained(
                "run-not-now",
                ("지금 단계에서는 할 수 없는 지급 처리입니다.", "The run has come further, or not so far."),
                "",
                ("화면을 새로 열어 확인해 주십시오.", "Open the page again."),
            ),
        }
    }

    fn explain_recovery(&self) -> Explained {
        match self {
            Self::RecoveryTooSoon { days } => explained(
                "too-soon",
                (
                    format!("납부기한은 알린 날부터 {days}일 이상이어야 합니다."),
                    format!("There must be at least {days} days to pay."),
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 시행령 제11조제2항·제3항",
                ("더 늦은 날을 적어 주십시오.", "Choose a later day."),
            ),
            Self::Instalments { most } => explained(
                "instalments",
                (format!("1회에서 {most}회까지 나눌 수 있습니다."), format!("Choose 1 to {most} instalments.")),
                "",
                ("횟수를 확인해 주십시오.", "Check the number."),
            ),
            Self::NoWaiver => explained(
                "no-waiver",
                ("부정한 방법으로 받은 급여는 면제할 수 없습니다.", "What was got by fraud cannot be waived."),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제22조제1항·제2항",
                ("나누어 내는 방법을 정해 주십시오.", "Agree on instalments."),
            ),
            _ => explained(
                "recovery-done",
                ("더 돌려받을 금액이 없습니다.", "Nothing is left to be paid back."),
                "",
                ("기록을 확인해 주십시오.", "Look at the record."),
            ),
        }
    }
}

/// The act on which the programme rests, by its full name.
pub fn benefits_act() -> &'static str {
    BENEFITS_ACT
}
