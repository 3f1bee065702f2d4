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
    /// An audit without a single result.
    NothingLookedAt,
    /// A number that no criterion has.
    NoSuchCriterion {
        /// The number.
        number: String,
    },
    /// What failed is not described.
    NoFinding {
        /// The criterion.
        number: String,
    },
    /// The criterion did not fail, or is right by now.
    NothingFailed,
    /// The body did not put it right since it was looked at.
    NotRepaired,
}

impl From<ForAllRefusal> for Refusal {
    fn from(refusal: ForAllRefusal) -> Self {
        Self::ForAll(Box::new(refusal))
    }
}

impl ForAllRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        self.explain_audit().unwrap_or_else(|| self.explain_more())
    }

    /// Where it is of an audit.
    fn explain_audit(&self) -> Option<Explained> {
        Some(match self {
            Self::NothingLookedAt => Explained::new(
                "nothing-looked-at",
                ("점검한 항목이 없습니다.", "No criterion was looked at."),
                "",
                ("한 항목이라도 결과를 골라 주십시오.", "Choose a result for one criterion at least."),
            ),
            Self::NoSuchCriterion { number } => Explained::new(
                "no-such-criterion",
                (format!("검사항목 {number}은 없습니다."), format!("There is no criterion {number}.")),
                "",
                ("한국형 웹 콘텐츠 접근성 지침 2.2의 번호를 적어 주십시오.", "Use the numbers of KWCAG 2.2."),
            ),
            Self::NoFinding { number } => Explained::new(
                "no-finding",
                (
                    format!("검사항목 {number}을 지키지 않았다면 무엇을 보았는지 적어야 합니다."),
                    format!("Criterion {number} failed: what was seen is missing."),
                ),
                "",
                ("고치는 사람이 알 수 있게 적어 주십시오.", "Write it so that who puts it right understands."),
            ),
            Self::NothingFailed => Explained::new(
                "nothing-failed",
                ("지키지 않은 항목이 아니거나 이미 바로잡혔습니다.", "It did not fail, or is right by now."),
                "",
                ("남아 있는 항목을 골라 주십시오.", "Choose one that is open."),
            ),
            Self::NotRepaired => Explained::new(
                "not-repaired",
                ("운영 기관이 아직 조치하지 않았습니다.", "The body has not put it right yet."),
                "",
                ("조치한 뒤 다시 점검해 주십시오.", "Look again once it did."),
            ),
            _ => return None,
        })
    }

    fn explain_more(&self) -> Explained {
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
                    format!("{} {LEAST_PEOPLE}명보다 적습니다.", with_josa(&format!("‘{group}’"), Josa::Subject)),
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
                    format!("‘{group}’에서 닿은 사람이 모두보다 많습니다."),
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
            _ => Explained::new(
                "decided-already",
                ("이미 정했습니다.", "It was decided already."),
                "",
                ("새로 적어 주십시오.", "Enter it anew."),
            ),
        }
    }
}
