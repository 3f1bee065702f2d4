//! Questions that ask the same in other words, and how much alike they are.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    time::Instant,
};

use super::{Asked, Gist};
use crate::embedded::embed;

/// The embedded model's numbers for a text.
const DIMENSIONS: usize = 512;
/// So many questions of one gist are kept, the newest.
const MOST_NEIGHBOURS: usize = 16;
/// What the places of a neighbour in tables take, in bytes.
const PLACES: usize = 160;

/// How much alike two texts are, in hundredths: the cosine of their vectors, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Likeness(pub(crate) u8);

impl fmt::Display for Likeness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// A question that may be answered by the answer to another one.
pub(crate) struct Question {
    /// All that must be the same: who asks whom for what, everything beside the question, the words of its gist.
    same: Asked,
    gist: Gist,
    vector: Vec<f32>,
    least: Likeness,
}

impl Question {
    /// `same` is all that must be the same, `text` is what may be like another, by `least` or more.
    pub(crate) fn new(same: Asked, gist: Gist, text: &str, least: Likeness) -> Self {
        Self { same, gist, vector: embed(text, DIMENSIONS), least }
    }
}

/// A question that was answered.
struct Neighbour {
    asked: Asked,
    at: Instant,
    gist: Gist,
    vector: Vec<f32>,
}

impl Neighbour {
    /// What it takes, in bytes.
    fn size(&self) -> usize {
        self.vector.len() * size_of::<f32>() + self.gist.size() + PLACES
    }
}

/// Questions that were answered, the newest last, under what they have in common.
#[derive(Default)]
pub(super) struct Neighbours {
    all: HashMap<Asked, VecDeque<Neighbour>>,
    bytes: usize,
}

impl Neighbours {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The question most like this one, of those whose time is right; of several the newest.
    pub(super) fn nearest(&self, question: &Question, is_young: impl Fn(Instant) -> bool) -> Option<(Asked, Likeness)> {
        let near =
            self.all.get(&question.same)?.iter().filter(|near| is_young(near.at) && near.gist.fits(&question.gist));
        let alike = near.map(|near| (near.asked, likeness(&near.vector, &question.vector)));
        alike.filter(|(_, likeness)| *likeness >= question.least).max_by_key(|(_, likeness)| *likeness)
    }

    /// Puts a question in; says under what.
    pub(super) fn put(&mut self, question: Question, asked: Asked, at: Instant) -> Asked {
        let Question { same, gist, vector, .. } = question;
        let neighbours = self.all.entry(same).or_default();
        let neighbour = Neighbour { asked, at, gist, vector };
        self.bytes += neighbour.size();
        neighbours.push_back(neighbour);
        if neighbours.len() > MOST_NEIGHBOURS
            && let Some(gone) = neighbours.pop_front()
        {
            self.bytes -= gone.size();
        }
        same
    }

    pub(super) fn forget(&mut self, same: Asked, asked: Asked) {
        let Some(neighbours) = self.all.get_mut(&same) else { return };
        if let Some(gone) =
            neighbours.iter().position(|near| near.asked == asked).and_then(|place| neighbours.remove(place))
        {
            self.bytes -= gone.size();
        }
        if neighbours.is_empty() {
            self.all.remove(&same);
        }
    }
}

/// The cosine of two vectors of length 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 100")]
fn likeness(left: &[f32], right: &[f32]) -> Likeness {
    let cosine: f32 = left.iter().zip(right).map(|(left, right)| left * right).sum();
    // Sums of rounded numbers: the same text is wholly alike.
    Likeness((cosine.clamp(0.0, 1.0) * 100.0 + 0.01) as u8)
}
