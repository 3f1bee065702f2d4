//! What is asked, and what is found.

use std::ops::Range;

use jiff::civil::Date;

use crate::source::{Passage, SourceKind};

/// A question to the index. The text has been masked by `maru-privacy` before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The question in anyone's own words, Korean or English; a long letter will do.
    pub text: String,
    /// At most so many hits.
    pub limit: usize,
    /// Only passages of these kinds; empty means all.
    pub kinds: Vec<SourceKind>,
    /// Only acts that this ministry is in charge of.
    pub ministry: Option<String>,
    /// Only versions of acts that have come into force by this day and were not replaced by then. Without it the newest version of every
    /// act is searched, also where its latest amendment comes into force later.
    pub in_force_on: Option<Date>,
    /// Identifiers of passages that neither appear nor help to find others. Measurements leave the answer under test out.
    pub without: Vec<String>,
    /// Answers and services are held beside the question by their texts alone; their titles only show what answers to like questions say.
    /// Measurements ask so where the answer under test bears no title: it would stand behind all that bear one.
    pub by_text_alone: bool,
}

impl Query {
    /// A question to everything.
    pub fn new(text: impl Into<String>, limit: usize) -> Self {
        Self { text: text.into(), limit, ..Self::default() }
    }

    /// The same question, only to passages of these kinds.
    #[must_use]
    pub fn of(mut self, kinds: &[SourceKind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
    /// Estimated probability that the passage is what was looked for, from 0 to 1: comparable between queries and kinds.
    pub score: f64,
    /// Where words of the question stand in `passage.text`, in bytes, in order, not overlapping, at character boundaries.
    pub highlights: Vec<Range<usize>>,
    /// The part of the text that answers best.
    pub excerpt: Excerpt,
}

/// A part of a passage's text, to be shown with its highlights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Where it stands in `passage.text`, in bytes.
    pub place: Range<usize>,
    /// The text itself.
    pub text: String,
    /// Where words of the question stand in the excerpt's text, in bytes.
    pub highlights: Vec<Range<usize>>,
}
