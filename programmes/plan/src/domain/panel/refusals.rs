//! Why a panel is not drawn.

use maru_korean::{Josa, with_josa};
use maru_web::Explained;

use crate::domain::refusals::Refusal;

/// Why a panel is not drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelRefusal {
    /// Fewer people than places.
    SmallPool {
        /// So many people.
        people: usize,
        /// So many places.
        size: usize,
    },
    /// Fewer people with a value than are to be drawn.
    TooFew {
        /// The trait.
        name: String,
        /// The value.
        value: String,
        /// So many people.
        people: usize,
        /// At least so many are to be drawn.
        least: usize,
    },
    /// The quotas of a trait do not come to the size.
    DoesNotAddUp {
        /// The trait.
        name: String,
        /// The least of all its values together.
        least: usize,
        /// The most of them.
        most: usize,
        /// The size.
        size: usize,
    },
    /// No attempt kept all quotas.
    NotFound,
    /// The seed becomes public on a day that has passed or is today.
    SeedNotAhead,
    /// The pool is fixed on the day of the seed or later.
    PoolTooLate,
    /// The pool is not fixed.
    NoPool,
    /// The pool is fixed and stays.
    PoolFixed,
    /// The seed is not public yet.
    SeedAhead {
        /// On this day it is.
        on: jiff::civil::Date,
    },
    /// Everybody was drawn.
    Complete,
    /// Not a member.
    NoMember,
    /// A table that cannot be read.
    Table {
        /// Where and what, in Korean.
        korean: String,
        /// The same in English.
        english: String,
    },
}

impl From<PanelRefusal> for Refusal {
    fn from(refusal: PanelRefusal) -> Self {
        Self::Panel(Box::new(refusal))
    }
}

impl From<super::TableError> for PanelRefusal {
    fn from(error: super::TableError) -> Self {
        Self::Table {
            korean: format!("{}째 줄: {}", error.line, error.what_ko),
            english: format!("Line {}: {}", error.line, error.what),
        }
    }
}

impl PanelRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::SmallPool { .. }
            | Self::TooFew { .. }
            | Self::DoesNotAddUp { .. }
            | Self::NotFound
            | Self::Table { .. } => self.explain_quotas(),
            _ => self.explain_order(),
        }
    }

    fn explain_quotas(&self) -> Explained {
        let again = ("사람이나 할당을 고친 뒤 다시 넣어 주십시오.", "Change the people or the quotas, then try again.");
        match self {
            Self::SmallPool { people, size } => Explained::new(
                "small-pool",
                (
                    format!("{size}명을 뽑는데 사람이 {people}명입니다."),
                    format!("There are {people} people for {size} places."),
                ),
                "",
                again,
            ),
            Self::TooFew { name, value, people, least } => Explained::new(
                "too-few-with-value",
                (
                    format!(
                        "{} {value}인 사람이 {people}명인데 적어도 {least}명을 뽑아야 합니다.",
                        with_josa(name, Josa::Subject)
                    ),
                    format!("{people} people have {name} {value}, and at least {least} are to be drawn."),
                ),
                "",
                again,
            ),
            Self::DoesNotAddUp { name, least, most, size } => Explained::new(
                "quotas-do-not-add-up",
                (
                    format!("{name}의 할당은 모두 {least}~{most}명인데 {size}명을 뽑습니다."),
                    format!("The quotas of {name} come to {least} to {most}, and {size} are drawn."),
                ),
                "",
                again,
            ),
            Self::Table { korean, english } => {
                Explained::new("bad-table", (korean.clone(), english.clone()), "", again)
            }
            _ => Explained::new(
                "no-draw",
                ("할당을 모두 지키는 추첨을 찾지 못했습니다.", "No draw kept all quotas."),
                "",
                ("할당의 폭을 넓혀 주십시오.", "Leave the quotas more room."),
            ),
        }
    }

    fn explain_order(&self) -> Explained {
        match self {
            Self::SeedNotAhead => Explained::new(
                "seed-not-ahead",
                ("추첨수를 정할 날이 내일보다 앞입니다.", "The seed becomes public too early."),
                "",
                (
                    "아무도 미리 알 수 없도록 내일이나 그 뒤에 공개될 값을 골라 주십시오.",
                    "Choose something that becomes public tomorrow or later, so that nobody knows it now.",
                ),
            ),
            Self::PoolTooLate => Explained::new(
                "pool-too-late",
                (
                    "추첨수가 공개되는 날이 되어 명단을 넣을 수 없습니다.",
                    "The seed is public from today on; the pool can no longer be fixed.",
                ),
                "",
                ("새 추첨을 알려 주십시오.", "Announce another draw."),
            ),
            Self::PoolFixed => Explained::new(
                "pool-fixed",
                ("명단은 이미 정해졌고 바꿀 수 없습니다.", "The pool is fixed and stays as it is."),
                "",
                ("새 추첨을 알려 주십시오.", "Announce another draw."),
            ),
            Self::NoPool => Explained::new(
                "no-pool",
                ("명단이 아직 없습니다.", "There is no pool yet."),
                "",
                ("추첨수가 공개되기 전에 명단을 넣어 주십시오.", "Fix the pool before the seed becomes public."),
            ),
            Self::SeedAhead { on } => Explained::new(
                "seed-ahead",
                (format!("추첨수는 {on}에 공개됩니다."), format!("The seed becomes public on {on}.")),
                "",
                ("그날이 되면 공개된 값을 적어 주십시오.", "Give what was published on that day."),
            ),
            Self::Complete => Explained::new(
                "panel-complete",
                ("자리가 모두 찼습니다.", "All places are filled."),
                "",
                ("그만둔 사람이 있으면 먼저 적어 주십시오.", "Enter who withdrew first."),
            ),
            _ => Explained::new(
                "no-member",
                ("뽑힌 사람의 코드가 아닙니다.", "That is not the code of a member."),
                "",
                ("코드를 확인해 주십시오.", "Check the code."),
            ),
        }
    }
}
