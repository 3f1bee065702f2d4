//! Why something is not done with a briefing.

use jiff::civil::Date;
use maru_web::Explained;

use crate::domain::refusals::Refusal;

/// Why something is not done with a briefing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BriefingRefusal {
    /// It begins in the past.
    NotAhead,
    /// No room, or more than there is anywhere.
    Seats,
    /// It was called off.
    Cancelled,
    /// Too many organisations or questions.
    TooMany {
        /// At most so many.
        most: usize,
    },
    /// More people of one organisation than it may bring.
    People {
        /// At most so many.
        most: u32,
    },
    /// Too few seats are free.
    Full {
        /// So many are.
        free: u32,
    },
    /// It said how many come already.
    RegisteredAlready,
    /// It has begun.
    Begun,
    /// It has not begun.
    NotBegun {
        /// On this day it does.
        on: Date,
    },
    /// Questions are taken no more.
    QuestionsOver {
        /// The last day.
        until: Date,
    },
}

impl From<BriefingRefusal> for Refusal {
    fn from(refusal: BriefingRefusal) -> Self {
        Self::Briefing(refusal)
    }
}

impl BriefingRefusal {
    /// The refusal as people read it.
    pub fn explain(self) -> Explained {
        let plain = |code, reason: (&str, &str), remedy| Explained::new(code, reason, "", remedy);
        match self {
            Self::TooMany { most } => Explained::new(
                "briefing-too-many",
                (format!("{most}개까지 넣을 수 있습니다."), format!("At most {most} are taken.")),
                "",
                ("설명회를 나누어 열어 주십시오.", "Hold several briefings."),
            ),
            Self::People { most } => Explained::new(
                "briefing-people",
                (
                    format!("한 단체에서 {most}명까지 올 수 있습니다."),
                    format!("One organisation brings {most} at most."),
                ),
                "",
                ("사람 수를 줄여 주십시오.", "Bring fewer people."),
            ),
            Self::Full { free } => Explained::new(
                "briefing-full",
                (format!("남은 자리가 {free}개입니다."), format!("{free} seats are free.")),
                "",
                ("사람 수를 줄이거나 위원회에 물어보십시오.", "Bring fewer people, or ask the committee."),
            ),
            Self::NotBegun { on } => Explained::new(
                "briefing-not-begun",
                (format!("설명회는 {on}에 엽니다."), format!("The briefing is on {on}.")),
                "",
                ("마친 뒤에 적어 주십시오.", "Write it down afterwards."),
            ),
            Self::QuestionsOver { until } => Explained::new(
                "briefing-questions-over",
                (format!("질문은 {until}까지 받았습니다."), format!("Questions were taken until {until}.")),
                "",
                ("민원으로 물어보실 수 있습니다.", "You can ask as an inquiry."),
            ),
            Self::NotAhead => plain(
                "briefing-not-ahead",
                ("이미 지난 때입니다.", "That time has passed."),
                ("앞으로 올 날짜와 시각을 골라 주십시오.", "Choose a day and time to come."),
            ),
            Self::Seats => plain(
                "briefing-seats",
                ("자리는 1개에서 100,000개까지입니다.", "There are 1 to 100,000 seats."),
                ("자리 수를 적어 주십시오.", "Give the number of seats."),
            ),
            Self::Cancelled => plain(
                "briefing-cancelled",
                ("취소한 설명회입니다.", "The briefing was called off."),
                ("다른 설명회를 찾아보십시오.", "Look for another one."),
            ),
            Self::RegisteredAlready => plain(
                "registered-already",
                ("이 단체는 이미 신청했습니다.", "This organisation said already how many come."),
                ("사람 수가 바뀌었으면 위원회에 알려 주십시오.", "Tell the committee if that changed."),
            ),
            Self::Begun => plain(
                "briefing-begun",
                ("이미 시작한 설명회입니다.", "The briefing has begun."),
                ("다음 설명회에 와 주십시오.", "Come to the next one."),
            ),
        }
    }
}
