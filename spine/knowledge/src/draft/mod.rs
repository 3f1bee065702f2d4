//! Grounded drafts: every sentence of the answer rests on a passage.

mod types;

pub use types::{Composer, Draft, DraftRequest, Language, Letter, Paragraph, ParagraphRole, Remedy, Sentence};

use maru_gateway::Model;

use crate::{Knowledge, KnowledgeError};

/// Writes a draft from the passages that answer, sentence by sentence; nothing where nothing answers.
pub fn compose(_knowledge: &Knowledge, _request: &DraftRequest) -> Result<Option<Draft>, KnowledgeError> {
    Ok(None)
}

/// Lets a model write a draft from the passages that answer, and strikes what they do not support; nothing where nothing answers. Where
/// the model cannot be asked, the error says so and [`compose`] still works.
pub async fn generate(
    _model: &dyn Model,
    _knowledge: &Knowledge,
    _request: &DraftRequest,
) -> Result<Option<Draft>, GenerateError> {
    Ok(None)
}

/// Why a model wrote no draft.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The passages could not be searched.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// The model could not be asked.
    #[error(transparent)]
    Model(#[from] maru_gateway::ModelError),
}

impl Draft {
    /// The draft as plain text: paragraphs apart, citations as «[1]», struck sentences left out, the sources as a list at the end.
    pub fn text(&self) -> String {
        String::new()
    }
}
