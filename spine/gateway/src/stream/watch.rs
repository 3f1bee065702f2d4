//! Looks at a streamed answer for unsafe content while it grows. What has gone out cannot be taken back: a rule that acts ends the stream.

use crate::policy::{Action, PolicySettings, Screened, find_unsafe};

/// So many bytes are new before the answer is looked at again.
const AGAIN: usize = 240;
/// So many bytes of what was looked at are looked at once more with what follows.
const BEFORE: usize = 1_200;

/// What was looked at so far.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seen: usize,
    stopped: Option<String>,
}

impl Watch {
    /// Looks at an answer where enough of it is new, or where it is whole.
    pub(super) fn look(&mut self, answer: &str, is_whole: bool, settings: &PolicySettings, fired: &mut Vec<Screened>) {
        let new = answer.len() - self.seen.min(answer.len());
        if self.stopped.is_some() || new == 0 || (new < AGAIN && !is_whole) {
            return;
        }
        let mut from = self.seen.saturating_sub(BEFORE);
        while !answer.is_char_boundary(from) {
            from += 1;
        }
        self.seen = answer.len();
        for found in find_unsafe(&answer[from..], settings) {
            if found.action != Action::Observe {
                self.stopped = Some(found.rule.clone());
            }
            if !fired.contains(&found) {
                fired.push(found);
            }
        }
    }

    /// The rule that ends the stream.
    pub(super) fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }
}
