//! One text of a stream (the content of a choice, the arguments of a tool call) as it comes in pieces.

use std::ops::Range;

use maru_privacy::Suspicion;

use crate::policy::{LONGEST_PLACEHOLDER, Masker, PolicySettings, Screened, leaks, restore_into};

/// Bytes of what was sent already that are looked at together with what follows: a cue («성명:») may stand there.
const CONTEXT: usize = 48;
/// A number, an address or a key that is not finished: longer ones are cut.
const LONGEST_RUN: usize = 96;
/// Bytes behind a label in which a name stands: sixteen syllables.
const NAME: usize = 48;
/// What may stand before the @ of an address.
const LONGEST_WORD: usize = 64;

/// What a stream's text asks for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Nothing in it can be part of anything: it may go.
    Nothing,
    /// Its last piece may go on to be an address; what stood before may go.
    Last,
    /// It can be looked at as a whole now.
    Check,
    /// It may go on: hold it.
    More,
}

/// A text in pieces.
#[derive(Debug)]
pub(super) struct Channel {
    /// Choice, and 0 for its content, 1 for its reasoning, from 2 on its tool calls.
    pub(super) key: (u32, u32),
    text: String,
    sent: usize,
    /// Where the last piece begins.
    piece: usize,
}

/// What may go out of a channel now.
pub(super) struct Release {
    pub(super) text: String,
    /// As it was before data were put back: for the record.
    pub(super) recorded: String,
    pub(super) changed: bool,
    pub(super) remains: bool,
}

impl Channel {
    pub(super) fn new(key: (u32, u32)) -> Self {
        Self { key, text: String::new(), sent: 0, piece: 0 }
    }

    pub(super) fn push(&mut self, piece: &str) {
        if self.sent > 4 * CONTEXT {
            let mut cut = self.sent - CONTEXT;
            while !self.text.is_char_boundary(cut) {
                cut -= 1;
            }
            self.text.drain(..cut);
            self.sent -= cut;
        }
        self.piece = self.text.len();
        self.text.push_str(piece);
    }

    /// What was pushed last is several pieces, of which the last begins so many bytes in.
    pub(super) fn last_begins(&mut self, bytes: usize) {
        self.piece += bytes;
    }

    /// So many bytes that were pushed last are to come again, piece by piece.
    pub(super) fn take_back(&mut self, bytes: usize) {
        self.text.truncate(self.text.len().saturating_sub(bytes));
        self.piece = self.text.len();
    }

    fn unsent(&self) -> &str {
        &self.text[self.sent..]
    }

    pub(super) fn has_unsent(&self) -> bool {
        self.sent < self.text.len()
    }

    /// Whether all that is held is a number or a word that may go on: it waits for its end however long that takes.
    pub(super) fn may_go_on(&self) -> bool {
        let unsent = self.unsent();
        unsent.len() <= LONGEST_RUN && unsent.chars().all(belongs_to_run)
    }

    pub(super) fn need(&self, masks: bool, hold_back: usize) -> Need {
        let unsent = self.unsent();
        if unsent.is_empty() {
            return Need::Nothing;
        }
        let mut placeholder = false;
        if masks && let Some(start) = unsent.rfind('[') {
            placeholder = true;
            if !unsent[start..].contains(']') && unsent.len() - start <= LONGEST_PLACEHOLDER {
                return Need::More;
            }
        }
        let mut from = self.sent.saturating_sub(CONTEXT / 2);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let suspicion = suspicion(&self.text[from..]);
        if suspicion == Suspicion::Nothing {
            return match (placeholder, open_word(unsent)) {
                (true, _) => Need::Check,
                (false, None) => Need::Nothing,
                (false, Some(start)) if self.sent + start >= self.piece => Need::Last,
                (false, Some(_)) => Need::More,
            };
        }
        // Behind a word that names stand beside there has been room for one.
        let is_past = matches!(suspicion, Suspicion::Name(end) if self.text.len() - from - end > NAME);
        let may_be_seen = is_past || ends_a_sentence(unsent) || unsent.chars().count() >= hold_back;
        if may_be_seen { Need::Check } else { Need::More }
    }

    /// Everything may go as it is.
    pub(super) fn release_as_it_is(&mut self) -> &str {
        let from = std::mem::replace(&mut self.sent, self.text.len());
        &self.text[from..]
    }

    /// Everything before the last piece may go as it is.
    pub(super) fn release_before_last(&mut self) -> &str {
        let from = self.sent;
        self.sent = self.piece.max(from);
        &self.text[from..self.sent]
    }

    /// Looks at what is held, and gives it; unless it is the end, a number that may go on is held back.
    pub(super) fn release(
        &mut self,
        masker: Option<&Masker>,
        settings: &PolicySettings,
        fired: &mut Vec<Screened>,
        is_end: bool,
    ) -> Release {
        let unsent = self.unsent();
        let end = if is_end || ends_a_sentence(unsent) {
            self.text.len()
        } else {
            self.sent + open_run(unsent).min(open_placeholder(unsent, masker))
        };
        let found: Vec<(Range<usize>, String)> =
            leaks(&self.text[..end], settings, fired).into_iter().filter(|(range, _)| range.end > self.sent).collect();
        let mut recorded = String::with_capacity(end - self.sent);
        let mut done = self.sent;
        for (range, instead) in &found {
            recorded.push_str(&self.text[done..range.start.max(done)]);
            recorded.push_str(instead);
            done = range.end;
        }
        recorded.push_str(&self.text[done..end]);
        let mut text = String::with_capacity(recorded.len());
        let restored = masker.is_some_and(|masker| restore_into(masker, &recorded, &mut text));
        if !restored {
            text.clone_from(&recorded);
        }
        self.sent = end;
        Release { text, recorded, changed: restored || !found.is_empty(), remains: end < self.text.len() }
    }
}

/// Where a placeholder begins that a text ends in the middle of; the text's end where it does not.
fn open_placeholder(text: &str, masker: Option<&Masker>) -> usize {
    let may_be_there = masker.is_some_and(|masker| !masker.is_empty());
    let start = text.rfind('[').filter(|start| may_be_there && !text[*start..].contains(']'));
    start.filter(|start| text.len() - start <= LONGEST_PLACEHOLDER).unwrap_or(text.len())
}

/// What of all that the policy looks for may stand in a text. Quick: most pieces of an answer are done with here.
fn suspicion(text: &str) -> Suspicion {
    let may_hold_secret =
        ["sk-", "eyJ", "-----", "AKIA", "gh", "ass", "비밀번호", "ecret"].iter().any(|sign| text.contains(sign));
    if may_hold_secret { Suspicion::Anything } else { maru_privacy::suspicion(text) }
}

fn ends_a_sentence(text: &str) -> bool {
    if text.ends_with('\n') {
        return true;
    }
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        (Some(' '), Some('.' | '?' | '!' | '。')) => true,
        (Some('.' | '?' | '!'), Some(before)) => maru_korean::is_syllable(before),
        _ => false,
    }
}

/// Where the word begins that a text ends with and that may be the beginning of an address of e-mail.
fn open_word(text: &str) -> Option<usize> {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let length = text.bytes().rev().take_while(|byte| belongs(byte)).count();
    (1..=LONGEST_WORD).contains(&length).then(|| text.len() - length)
}

/// Where the run of figures, letters and signs begins that a text ends with.
fn open_run(text: &str) -> usize {
    let start = text.char_indices().rev().take_while(|(_, character)| belongs_to_run(*character)).last();
    match start {
        Some((place, _)) if place > 0 && text.len() - place <= LONGEST_RUN => place,
        _ => text.len(),
    }
}

fn belongs_to_run(character: char) -> bool {
    character.is_ascii_alphanumeric() || character.is_numeric() || "-._@+/=~ :[#(".contains(character)
}
