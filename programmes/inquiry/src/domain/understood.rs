//! What was understood of an inquiry: each part with a confidence and its grounds, so that a person can judge and correct it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::values::{DepartmentId, Kind, TextLanguage, Urgency};

/// Why a part was understood as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "ground", rename_all = "kebab-case")]
pub enum Ground {
    /// Words of the text that decided, with their weight in the classifier.
    Words {
        /// The words.
        words: Vec<String>,
    },
    /// An article of law that the text is about.
    Law {
        /// The law.
        law: String,
        /// The article.
        article: String,
        /// The ministry in charge of it.
        ministry: Vec<String>,
    },
    /// A duty of the department that the text names.
    Duty {
        /// The duty.
        duty: String,
    },
    /// A rule of the program.
    Rule {
        /// What it saw, in Korean.
        ko: String,
        /// What it saw, in English.
        en: String,
    },
    /// The category leads to the department.
    Category {
        /// The category.
        category: String,
    },
    /// The citizen said so.
    Citizen,
    /// Nothing was sure enough: the department that receives what nobody else does.
    Fallback,
}

impl Ground {
    /// The ground in a sentence, in Korean.
    pub fn korean(&self) -> String {
        match self {
            Self::Words { words } => format!("글에 나온 말: {}", words.join(", ")),
            Self::Law { law, article, .. } => format!("관련 조문: 「{law}」 {article}"),
            Self::Duty { duty } => format!("부서의 업무: {duty}"),
            Self::Rule { ko, .. } => ko.clone(),
            Self::Category { .. } => "분야를 맡은 부서입니다.".into(),
            Self::Citizen => "글쓴이가 고른 값입니다.".into(),
            Self::Fallback => "확실하지 않아 접수 부서가 먼저 봅니다.".into(),
        }
    }

    /// The ground in a sentence, in English.
    pub fn english(&self) -> String {
        match self {
            Self::Words { words } => format!("Words in the text: {}", words.join(", ")),
            Self::Law { law, article, .. } => format!("Related article: {law}, {article}"),
            Self::Duty { duty } => format!("Duty of the department: {duty}"),
            Self::Rule { en, .. } => en.clone(),
            Self::Category { .. } => "The department in charge of this category.".into(),
            Self::Citizen => "Chosen by the writer.".into(),
            Self::Fallback => "Not certain: the reception department looks first.".into(),
        }
    }
}

/// One part of what was understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Judged<T> {
    /// The value; where the program is unsure it abstains, and `certain` is false.
    pub value: T,
    /// How sure the program is, from 0 to 1, in thousandths.
    pub confidence: f64,
    /// Whether it is sure enough to be used without a person.
    pub certain: bool,
    /// Why.
    pub grounds: Vec<Ground>,
    /// What else it might be, best first, with the confidence of each.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub alternatives: Vec<(T, f64)>,
}

impl<T> Judged<T> {
    /// A value with its confidence (rounded to thousandths, so that it is the same after storage).
    pub fn new(value: T, confidence: f64, certain: bool, grounds: Vec<Ground>) -> Self {
        Self { value, confidence: thousandths(confidence), certain, grounds, alternatives: Vec::new() }
    }

    /// What a person said: certain.
    pub fn stated(value: T) -> Self {
        Self::new(value, 1.0, true, vec![Ground::Citizen])
    }
}

/// `confidence` within 0 to 1, in thousandths.
pub fn thousandths(confidence: f64) -> f64 {
    (confidence.clamp(0.0, 1.0) * 1000.0).round() / 1000.0
}

/// An earlier case that says nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NearDuplicate {
    /// The other case's identifier: a receipt number, or what a bulk file calls it.
    pub id: String,
    /// How alike the texts are, from 0 to 1.
    pub similarity: f64,
}

/// An article of law that retrieval found for the inquiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FoundArticle {
    /// The law.
    pub law: String,
    /// The article.
    pub article: String,
    /// The score of the search; larger is better.
    pub score: f64,
}

/// What was understood of an inquiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Understood {
    /// The language.
    pub language: Judged<TextLanguage>,
    /// The kind under the Act.
    pub kind: Judged<Kind>,
    /// The category; none where no category is known to the deployment.
    pub category: Option<Judged<String>>,
    /// The department: the reception department where nothing is sure.
    pub department: Judged<DepartmentId>,
    /// How urgent it is.
    pub urgency: Judged<Urgency>,
    /// Earlier cases that say nearly the same, most alike first.
    pub near_duplicates: Vec<NearDuplicate>,
    /// Articles that may bear on it, best first.
    pub articles: Vec<FoundArticle>,
    /// Which model said so: its revision, 0 where none was trained.
    pub model: u64,
}

/// What a person puts right. Empty parts stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    /// The kind under the Act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The period of an application in the table of petitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub period: Option<maru_calendar::Period>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The urgency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// The language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<TextLanguage>,
}

impl Correction {
    /// Whether nothing is put right.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
