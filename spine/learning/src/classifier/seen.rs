//! A document as the members of the ensemble see it.

use crate::Document;
use crate::features::{Analysis, Block, Sparse, Vocabulary};
use crate::linear::Dense;
use crate::matters::{Outlook, matters};

/// What of a document is looked at: all of it, or the title alone, which a long text would drown.
pub(super) const BLOCKS: [Block; 2] = [Block::Everything, Block::Title];

/// What a member looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// The character n-grams of a block.
    Letters(Block),
    /// How a block looks to the lexicon of public matters.
    Matters(Block),
}

/// How many views there are. Likenesses count them in this order: letters of everything and of the title, then matters.
pub(super) const VIEWS: usize = 4;

/// A document taken apart: all of it, and its title.
pub(super) struct Parts {
    pub(super) everything: Analysis,
    pub(super) title: Analysis,
}

impl Parts {
    pub(super) fn of(document: Document<'_>) -> Self {
        Self { everything: Analysis::of(document), title: Analysis::of(Document { text: "", ..document }) }
    }

    pub(super) fn of_block(&self, block: Block) -> &Analysis {
        if block == Block::Title { &self.title } else { &self.everything }
    }
}

/// The features of a document that are known: its own, and in each block those of the matters.
pub(super) struct Known {
    pub(super) own: Sparse,
    pub(super) of_matters: [Sparse; 2],
}

impl Known {
    pub(super) fn of(parts: &Parts, vocabulary: &Vocabulary) -> Self {
        let of_matters = |block: Block| matters().vocabulary().vector(parts.of_block(block));
        Self { own: vocabulary.vector(&parts.everything), of_matters: BLOCKS.map(of_matters) }
    }
}

/// What is seen of a document, in each block.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) letters: [Sparse; 2],
    pub(super) matters: [Dense; 2],
    /// By what the nearness to matters was multiplied.
    pub(super) scales: [f32; 2],
}

impl Seen {
    pub(super) fn of(known: &Known, vocabulary: &Vocabulary, outlooks: &[Outlook; 2]) -> Self {
        let look = |block: Block| outlooks[block as usize].see(&known.of_matters[block as usize]);
        let [(everything, of_everything), (title, of_title)] = BLOCKS.map(look);
        Self {
            letters: BLOCKS.map(|block| vocabulary.of_block(&known.own, block)),
            matters: [everything, title],
            scales: [of_everything, of_title],
        }
    }

    /// Whether not one feature of it is known.
    pub(super) fn is_unknown(&self) -> bool {
        self.letters.iter().all(Vec::is_empty)
    }
}
