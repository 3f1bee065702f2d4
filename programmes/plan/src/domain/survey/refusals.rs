//! Why something is not done with a survey.

use jiff::civil::Date;
use maru_korean::{Josa, with_josa};
use maru_web::Explained;

use super::{LONGEST_DAYS, MOST_OPTIONS, MOST_QUESTIONS, MOST_SAMPLE, SHORTEST_DAYS};
use crate::domain::refusals::Refusal;

/// Why something is not done with a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurveyRefusal {
    /// No questions, or too many.
    Questions,
    /// A question without options, or with too many.
    Options {
        /// Its number, from 1.
        question: usize,
    },
    /// The days on which answers are taken do not follow the seed, or are too few or too many.
    Period,
    /// People whose traits are so rare that they could be recognised.
    SmallStratum {
        /// Their traits.
        name: String,
        /// How many there are.
        people: usize,
        /// At least so many.
        least: usize,
    },
    /// A sample that is too small or too large for the frame.
    SampleSize {
        /// At least so many.
        least: usize,
        /// At most so many.
        most: usize,
    },
    /// The sample is drawn and stays.
    DrawnAlready,
    /// No sample was drawn.
    NotDrawn,
    /// Letters went out, and answers are taken already.
    InvitedAlready,
    /// Nobody was invited.
    NotInvited,
    /// No letter has this number.
    UnknownToken,
    /// Who has this number answered already.
    AnsweredAlready,
    /// Not one question was answered.
    NoAnswer,
    /// An option that there is not.
    NoSuchOption {
        /// The question, from 1.
        question: usize,
    },
    /// Answers are still taken.
    NotOver {
        /// The last day.
        until: Date,
    },
    /// It was closed.
    Closed,
}

impl From<SurveyRefusal> for Refusal {
    fn from(refusal: SurveyRefusal) -> Self {
        Self::Survey(Box::new(refusal))
    }
}

impl SurveyRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::Questions
            | Self::Options { .. }
            | Self::Period
            | Self::SmallStratum { .. }
            | Self::SampleSize { .. } => self.explain_plan(),
            Self::UnknownToken | Self::AnsweredAlready | Self::NoAnswer | Self::NoSuchOption { .. } => {
                self.explain_answer()
            }
            _ => self.explain_order(),
        }
    }

    fn explain_plan(&self) -> Explained {
        match self {
            Self::Options { question } => Explained::new(
                "survey-options",
                (
                    format!("{question}번 질문의 보기는 둘에서 {MOST_OPTIONS}개까지이고 서로 달라야 합니다."),
                    format!("Question {question} needs two to {MOST_OPTIONS} options, none of them twice."),
                ),
                "",
                (
                    "한 줄에 질문과 보기를 | 로 나누어 적어 주십시오.",
                    "On each line write the question and its options, parted by |.",
                ),
            ),
            Self::Period => Explained::new(
                "survey-period",
                (
                    format!(
                        "답을 받는 기간은 추첨수가 공개된 다음 날부터 시작하고 {SHORTEST_DAYS}일에서 {LONGEST_DAYS}일까지입니다."
                    ),
                    format!(
                        "Answers are taken from the day after the seed at the earliest, for {SHORTEST_DAYS} to {LONGEST_DAYS} days."
                    ),
                ),
                "",
                ("날짜를 다시 골라 주십시오.", "Choose the days again."),
            ),
            Self::SmallStratum { name, people, least } => Explained::new(
                "small-stratum",
                (
                    format!(
                        "{} {people}명뿐입니다. {least}명은 되어야 합니다.",
                        with_josa(&format!("‘{name}’"), Josa::Topic)
                    ),
                    format!("There are only {people} people with “{name}”; it takes {least}."),
                ),
                "",
                (
                    "누구인지 드러나지 않도록 특성의 값을 더 크게 묶어 주십시오.",
                    "Join values of the traits, so that nobody is recognised.",
                ),
            ),
            Self::SampleSize { least, most } => Explained::new(
                "sample-size",
                (
                    format!("표본은 {least}명에서 {}명까지입니다.", most.min(&MOST_SAMPLE)),
                    format!("A sample has {least} to {} people.", most.min(&MOST_SAMPLE)),
                ),
                "",
                (
                    "집단마다 두 명은 뽑습니다. 표본의 크기나 집단의 수를 고쳐 주십시오.",
                    "Two are drawn of each stratum. Change the size of the sample, or join strata.",
                ),
            ),
            _ => Explained::new(
                "survey-questions",
                (
                    format!("질문은 하나에서 {MOST_QUESTIONS}개까지입니다."),
                    format!("A survey has one to {MOST_QUESTIONS} questions."),
                ),
                "",
                ("질문을 적거나 줄여 주십시오.", "Write a question, or fewer of them."),
            ),
        }
    }

    fn explain_answer(&self) -> Explained {
        match self {
            Self::AnsweredAlready => Explained::new(
                "survey-answered",
                ("이 번호로는 이미 답하셨습니다.", "This number was used to answer already."),
                "",
                (
                    "한 번만 답할 수 있습니다. 참여해 주셔서 고맙습니다.",
                    "It can be used once. Thank you for taking part.",
                ),
            ),
            Self::NoAnswer => Explained::new(
                "no-answer",
                ("고른 답이 하나도 없습니다.", "No answer was chosen."),
                "",
                (
                    "한 가지라도 골라 주십시오. 나머지는 비워 두어도 됩니다.",
                    "Choose one at least; others may stay empty.",
                ),
            ),
            Self::NoSuchOption { question } => Explained::new(
                "no-such-option",
                (format!("{question}번 질문에 없는 답입니다."), format!("Question {question} has no such option.")),
                "",
                ("보기에서 골라 주십시오.", "Choose one of its options."),
            ),
            _ => Explained::new(
                "unknown-token",
                ("편지에 적힌 번호가 아닙니다.", "No letter has this number."),
                "",
                (
                    "편지의 번호를 다시 보고 적어 주십시오. 편지를 받은 분만 답할 수 있습니다.",
                    "Look at the number in your letter again. Only who was drawn and got a letter can answer.",
                ),
            ),
        }
    }

    fn explain_order(&self) -> Explained {
        match self {
            Self::DrawnAlready => Explained::new(
                "drawn-already",
                ("표본은 이미 뽑았고 바꿀 수 없습니다.", "The sample is drawn and stays as it is."),
                "",
                ("새 조사를 알려 주십시오.", "Announce another survey."),
            ),
            Self::NotDrawn => Explained::new(
                "not-drawn",
                ("아직 표본을 뽑지 않았습니다.", "No sample was drawn yet."),
                "",
                ("추첨수가 공개되면 표본을 뽑아 주십시오.", "Draw it once the seed is public."),
            ),
            Self::InvitedAlready => Explained::new(
                "invited-already",
                ("편지를 보냈고 이미 답을 받고 있습니다.", "The letters are out, and answers are taken."),
                "",
                (
                    "한 번만 초대합니다. 다시 보내면 두 번 답할 수 있게 됩니다.",
                    "People are invited once: new letters would let them answer twice.",
                ),
            ),
            Self::NotInvited => Explained::new(
                "not-invited",
                ("아직 아무도 초대하지 않았습니다.", "Nobody was invited yet."),
                "",
                ("편지를 만들어 보내 주십시오.", "Make the letters and send them."),
            ),
            Self::NotOver { until } => Explained::new(
                "survey-not-over",
                (format!("{until}까지 답을 받습니다."), format!("Answers are taken until {until}.")),
                "",
                ("그다음 날부터 마칠 수 있습니다.", "It can be closed from the day after."),
            ),
            _ => Explained::new(
                "survey-closed",
                ("조사를 마쳤습니다.", "The survey is closed."),
                "",
                ("결과를 보실 수 있습니다.", "You can read what came of it."),
            ),
        }
    }
}
