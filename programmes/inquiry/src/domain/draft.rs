//! The draft of an answer: what the machine proposes, with the source of every sentence.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a paragraph of a draft is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ParagraphRole {
    /// The greeting.
    Greeting,
    /// The question in short.
    Question,
    /// The answer.
    Answer,
    /// How the result can be contested.
    Remedy,
    /// Whom to ask.
    Contact,
    /// That artificial intelligence drafted it.
    Label,
}

/// A sentence of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftSentence {
    /// The words.
    pub text: String,
    /// Which sources it rests on, numbered from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<usize>,
    /// Why it was struck; struck sentences are shown as such and never sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub struck: Option<String>,
}

/// A paragraph of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftParagraph {
    /// What it is for.
    pub role: ParagraphRole,
    /// Its sentences.
    pub sentences: Vec<DraftSentence>,
}

/// A source as it stood when the draft was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The passage in the knowledge base: `statute:<law>/<article>`, `answer:<id>`, `service:<id>`.
    pub id: String,
    /// What is shown as its name: law and article, or the title.
    pub title: String,
    /// The law, where it is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub law: String,
    /// The article, where it is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub article: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// In force since, where it is a law (ISO date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// Its public address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// What the machine proposes as an answer. It is made from the masked text alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The language that it is written in: `ko` or `en`.
    pub language: String,
    /// Who wrote it: `extractive`, or the model's name.
    pub composer: String,
    /// Its paragraphs.
    pub paragraphs: Vec<DraftParagraph>,
    /// Its sources, in the order of their numbers.
    pub sources: Vec<Source>,
    /// Whether every sentence of the answer rests on a source that exists; only then is it shown as grounded.
    pub grounded: bool,
    /// How likely the first source answers the question, in thousandths.
    pub confidence: u16,
    /// The whole text as it would be sent, without struck sentences, with numbered citations.
    pub text: String,
}
