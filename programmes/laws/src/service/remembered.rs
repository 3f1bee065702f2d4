//! The last answers about situations that everybody can look at.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Answer, Question};

/// How many answers are remembered.
const MOST: usize = 64;

/// What was asked: the law's name, the question, and the fact along which the result is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) law: String,
    pub(super) question: Question,
    pub(super) fact: Option<(String, String)>,
}

/// Answers with what was asked, the newest last. There are few, so that comparing costs less than any digest of a situation.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<VecDeque<(Asked, Arc<Answer>)>>);

impl Remembered {
    pub(super) fn answer(&self, asked: &Asked) -> Option<Arc<Answer>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(one, _)| one == asked).map(|(_, answer)| Arc::clone(answer))
    }

    pub(super) fn remember(&self, asked: Asked, answer: &Arc<Answer>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.iter().any(|(one, _)| *one == asked) {
            return;
        }
        if known.len() == MOST {
            known.pop_front();
        }
        known.push_back((asked, Arc::clone(answer)));
    }
}
