//! Why something cannot be done with a deliberation.

use maru_web::Explained;

use super::{FEWEST_STATEMENTS, MOST_STATEMENTS};
use crate::domain::refusals::Refusal;

/// Why something cannot be done with a deliberation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliberationRefusal {
    /// It ends before it begins, or lasts more than half a year.
    Period,
    /// Too few statements to begin with, or too many.
    FewStatements,
    /// There are as many statements as can be read.
    ManyStatements,
    /// The same was said already.
    SaidAlready,
    /// It is not over.
    StillOpen,
    /// Nothing was voted on.
    NoVotes,
    /// A vote on a statement that is not shown.
    NotShown,
}

impl From<DeliberationRefusal> for Refusal {
    fn from(refusal: DeliberationRefusal) -> Self {
        Self::Deliberation(refusal)
    }
}

impl DeliberationRefusal {
    /// The refusal as people read it.
    pub fn explain(self) -> Explained {
        match self {
            Self::Period => Explained::new(
                "deliberation-period",
                (
                    "끝나는 날이 시작하는 날보다 앞이거나 180일을 넘습니다.",
                    "It ends before it begins, or lasts longer than 180 days.",
                ),
                "",
                ("두 날짜를 확인해 주십시오.", "Check both days."),
            ),
            Self::FewStatements => Explained::new(
                "few-statements",
                (
                    format!("처음 말은 {FEWEST_STATEMENTS}개에서 {MOST_STATEMENTS}개까지입니다."),
                    format!("It begins with {FEWEST_STATEMENTS} to {MOST_STATEMENTS} statements."),
                ),
                "",
                ("한 줄에 하나씩 적어 주십시오.", "Write one on each line."),
            ),
            Self::ManyStatements => Explained::new(
                "many-statements",
                (
                    format!("말이 {MOST_STATEMENTS}개가 되어 더 받지 않습니다."),
                    format!("There are {MOST_STATEMENTS} statements; no more are taken."),
                ),
                "",
                ("이미 있는 말에 찬반을 골라 주십시오.", "Agree or disagree with those that there are."),
            ),
            Self::SaidAlready => Explained::new(
                "said-already",
                ("같은 말이 이미 있습니다.", "The same was said already."),
                "",
                ("그 말에 찬반을 골라 주십시오.", "Agree or disagree with it."),
            ),
            Self::StillOpen => Explained::new(
                "still-open",
                ("아직 끝나지 않은 공론장입니다.", "The deliberation is not over."),
                "",
                ("마지막 날이 지난 뒤에 적어 주십시오.", "Write it after the last day."),
            ),
            Self::NoVotes => Explained::new(
                "no-votes",
                ("고른 것이 없습니다.", "Nothing was chosen."),
                "",
                ("한 가지 말에라도 찬성, 반대, 넘어가기를 골라 주십시오.", "Choose for at least one statement."),
            ),
            Self::NotShown => Explained::new(
                "not-shown",
                ("보이지 않는 말에는 찬반을 고를 수 없습니다.", "Only statements that are shown can be voted on."),
                "",
                ("쪽을 다시 열어 주십시오.", "Open the page again."),
            ),
        }
    }
}
