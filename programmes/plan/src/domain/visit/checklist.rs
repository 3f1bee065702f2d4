//! What every visit asks, and how it is answered.

use serde::{Deserialize, Serialize};

/// A question of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Question {
    /// Its name in data.
    pub id: String,
    /// In Korean.
    pub korean: String,
    /// In English.
    pub english: String,
}

/// The questions that every visit asks: name, Korean, English, and whether a «no» contradicts a report that says done.
pub const QUESTIONS: [(&str, &str, &str, bool); 6] = [
    ("exists", "보고한 결과물이 실제로 있습니까?", "Is what was reported there?", true),
    ("used", "국민이나 현장에서 실제로 쓰고 있습니까?", "Do people use it?", true),
    ("evidence", "낸 증빙이 현장에서 본 것과 같습니까?", "Does the evidence match what you see?", true),
    ("everyone", "장애인과 고령자도 쓸 수 있습니까?", "Can people with disabilities and older people use it?", false),
    ("partners", "함께하기로 한 기관이 함께하고 있습니까?", "Do the bodies that were to take part do so?", false),
    ("in-time", "남은 일을 기한까지 마칠 수 있어 보입니까?", "Does what remains look as if it will be in time?", false),
];

/// The checklist as it is planned today.
pub fn checklist() -> Vec<Question> {
    let question = |(id, korean, english, _): (&str, &str, &str, bool)| Question {
        id: id.to_owned(),
        korean: korean.to_owned(),
        english: english.to_owned(),
    };
    QUESTIONS.into_iter().map(question).collect()
}

/// What somebody saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Yes.
    Yes,
    /// In part.
    Partly,
    /// No.
    No,
    /// It could not be seen.
    NotSeen,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Yes, Self::Partly, Self::No, Self::NotSeen];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
            Self::NotSeen => "not-seen",
        }
    }

    /// The verdict of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.identifier() == name)
    }
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = VisitAnswer)]
pub struct Answer {
    /// What was seen.
    pub verdict: Verdict,
    /// In words; may be empty.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
}
