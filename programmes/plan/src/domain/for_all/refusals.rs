//! Why something of AI for all is not taken.

use maru_korean::{Josa, with_josa};
use maru_web::Explained;

use super::reach::LEAST_PEOPLE;
use crate::domain::refusals::Refusal;

/// Why something of AI for all is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForAllRefusal {
    /// Fewer than two parts, or too many.
    Parts {
        /// At most so many.
        most: usize,
    },
    /// A field has so many figures that it takes no more.
    TooMany {
        /// At most so many.
        most: usize,
    },
    /// A part with so few people that they could be recognised.
    SmallPart {
        /// The part.
        group: String,
    },
    /// More are reached than there are.
    MoreThanAll {
        /// The part.
        group: String,
    },
    /// The committee decided already.
    Decided,
    /// A day that has not come.
    DayAhead,
    /// No help, or one that lasts longer than a working day.
    Minutes {
        /// At most so many.
        most: u32,
    },
    /// No laboratory works on it.
    NotChosen,
}

impl From<ForAllRefusal> for Refusal {
    fn from(refusal: ForAllRefusal) -> Self {
        Self::ForAll(Box::new(refusal))
    }
}

impl ForAllRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        let look = ("숫자를 확인해 주십시오.", "Check the figures.");
        match self {
            Self::Parts { most } => Explained::new(
                "reach-parts",
                (format!("집단은 둘에서 {most}개까지입니다."), format!("There are two to {most} groups.")),
                "",
                (
                    "한 줄에 집단, 사람 수, 닿은 사람 수를 적어 주십시오.",
                    "On each line write group, people, people reached.",
                ),
            ),
            Self::TooMany { most } => Explained::new(
                "too-many-figures",
                (
                    format!("한 분야에는 지표를 {most}개까지 넣을 수 있습니다."),
                    format!("A field takes at most {most} figures."),
                ),
                "",
                ("더 넣어야 하면 위원회에 알려 주십시오.", "Tell the committee if more are needed."),
            ),
            Self::SmallPart { group } => Explained::new(
                "small-part",
                (
                    format!("{} {LEAST_PEOPLE}명보다 적습니다.", with_josa(&format!("«{group}»"), Josa::Subject)),
                    format!("“{group}” has fewer than {LEAST_PEOPLE} people."),
                ),
                "",
                (
                    "누구인지 드러나지 않도록 다른 집단과 합쳐 주십시오.",
                    "Join it with another group, so that nobody is recognised.",
                ),
            ),
            Self::MoreThanAll { group } => Explained::new(
                "more-than-all",
                (
                    format!("«{group}»에서 닿은 사람이 모두보다 많습니다."),
                    format!("In “{group}” more are reached than there are."),
                ),
                "",
                look,
            ),
            Self::DayAhead => Explained::new(
                "day-ahead",
                ("아직 오지 않은 날짜입니다.", "That day has not come."),
                "",
                ("오늘이나 지난 날짜를 적어 주십시오.", "Give today or an earlier day."),
            ),
            Self::Minutes { most } => Explained::new(
                "minutes",
                (format!("도운 시간은 1분에서 {most}분까지입니다."), format!("Help takes 1 to {most} minutes.")),
                "",
                look,
            ),
            Self::NotChosen => Explained::new(
                "problem-not-chosen",
                ("이 문제를 맡은 실험실이 없습니다.", "No laboratory works on this problem."),
                "",
                ("먼저 실험실을 정해 주십시오.", "Choose a laboratory first."),
            ),
            Self::Decided => Explained::new(
                "decided-already",
                ("이미 정했습니다.", "It was decided already."),
                "",
                ("새로 적어 주십시오.", "Enter it anew."),
            ),
        }
    }
}
