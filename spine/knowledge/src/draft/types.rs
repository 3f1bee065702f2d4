//! What a draft is made of.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::source::Passage;

/// The language of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 한국어
    #[serde(rename = "ko")]
    Korean,
    /// English
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// One of two texts, by the language.
    pub fn say<'a>(self, korean: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }
}

/// Who answers, as the notice must name them (민원 처리에 관한 법률 시행령 제31조).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// The agency, in the draft's language: «마루시», "Maru City".
    pub agency: String,
    /// The department, in the draft's language.
    pub department: String,
    /// The department's telephone number.
    pub telephone: String,
    /// The official in charge, where one is assigned.
    pub official: Option<String>,
    /// The petitioner's name, where it may stand in the draft; drafts made in bulk have none.
    pub addressee: Option<String>,
}

/// What the petitioner can do about the answer. The Act wants a remedy in every refusal (제27조제3항).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Remedy {
    /// An answer that refuses nothing: ask again, or turn to the ombudsman.
    #[default]
    Question,
    /// A refused application: objection within 60 days (제35조), administrative appeal within 90 days (행정심판법 제27조).
    RefusedApplication,
}

/// What a draft is asked to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRequest {
    /// Title of the inquiry, masked.
    pub question_title: String,
    /// The inquiry, masked.
    pub question: String,
    /// Language of the answer.
    pub language: Language,
    /// The day on which the law must stand.
    pub on: Date,
    /// Who answers.
    pub letter: Letter,
    /// What the petitioner can do about it.
    pub remedy: Remedy,
    /// Departments that the inquiry probably belongs to, as the deployment names them; answers of theirs are preferred.
    pub departments: Vec<String>,
    /// Passages that must not be used: measurements leave the answer under test out.
    pub without: Vec<String>,
}

/// A draft for an official. Nothing of it is sent before a person approves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its language.
    pub language: Language,
    /// Its paragraphs in order.
    pub paragraphs: Vec<Paragraph>,
    /// What it rests on: citation 1 is the first of them.
    pub sources: Vec<Passage>,
    /// Who wrote it.
    pub composer: Composer,
    /// Whether every sentence of the answer that is not struck rests on a source, and every law it names exists. Only then may it be
    /// shown as grounded.
    pub grounded: bool,
    /// Estimated probability that the first source answers the question, in thousandths.
    pub confidence: u16,
}

/// Who wrote a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Composer {
    /// Sentences of the sources, put together by rule.
    Extractive,
    /// A model of this name.
    Model(String),
}

/// A paragraph of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// What it is for.
    pub role: ParagraphRole,
    /// Its sentences.
    pub sentences: Vec<Sentence>,
}

/// What a paragraph is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParagraphRole {
    /// Addressing the petitioner.
    Greeting,
    /// The question in short.
    Question,
    /// The answer, with citations.
    Answer,
    /// What the petitioner can do about it.
    Remedy,
    /// Whom to ask.
    Contact,
    /// That AI drafted it (인공지능기본법 제31조).
    Label,
}

/// A sentence of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// What it says, without the numbers of its citations.
    pub text: String,
    /// The sources that it rests on, numbered from 1.
    pub citations: Vec<usize>,
    /// Why it was struck, in the draft's language; nothing if it stands.
    pub struck: Option<String>,
}
