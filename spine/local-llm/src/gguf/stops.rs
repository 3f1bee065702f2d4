//! Where an answer ends because of what it says.

/// Watches an answer for texts before which it ends. What may be the beginning of one is held until it is clear.
#[derive(Debug)]
pub(super) struct Stops<'a> {
    stops: &'a [String],
    held: String,
}

/// What may be handed out of an answer, and whether it ended with that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Free {
    pub(super) text: String,
    pub(super) ended: bool,
}

impl<'a> Stops<'a> {
    pub(super) fn new(stops: &'a [String]) -> Self {
        Self { stops, held: String::new() }
    }

    /// Takes the next piece in.
    pub(super) fn push(&mut self, piece: &str) -> Free {
        self.held.push_str(piece);
        let first = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min();
        if let Some(at) = first {
            self.held.truncate(at);
            return Free { text: std::mem::take(&mut self.held), ended: true };
        }
        let keep = self.stops.iter().map(|stop| begun(&self.held, stop)).max().unwrap_or(0);
        let kept = self.held.split_off(self.held.len() - keep);
        Free { text: std::mem::replace(&mut self.held, kept), ended: false }
    }

    /// What was held for a text that did not come.
    pub(super) fn rest(self) -> String {
        self.held
    }
}

/// Bytes at the end of `text` with which `stop` may begin.
fn begun(text: &str, stop: &str) -> usize {
    let longest = text.len().min(stop.len() - 1);
    let ends = |length: &usize| stop.is_char_boundary(*length) && text.ends_with(&stop[..*length]);
    (1..=longest).rev().find(ends).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(|stop| (*stop).to_owned()).collect();
        let mut watched = Stops::new(&stops);
        let mut text = String::new();
        for piece in pieces {
            let free = watched.push(piece);
            text += &free.text;
            if free.ended {
                return (text, true);
            }
        }
        (text + &watched.rest(), false)
    }

    #[test]
    fn an_answer_ends_before_the_first_of_them_wherever_the_pieces_are_cut() {
        assert_eq!(written(&["끝.", "END"], &["처음", "과 끝", ".", "뒤"]), ("처음과 ".to_owned(), true));
        assert_eq!(written(&["END"], &["a E", "N", "D b"]), ("a ".to_owned(), true));
        assert_eq!(written(&["b", "ab"], &["xab"]), ("x".to_owned(), true));
    }

    #[test]
    fn what_only_looked_like_one_is_said() {
        assert_eq!(written(&["END"], &["a E", "N", " b"]), ("a EN b".to_owned(), false));
        assert_eq!(written(&["END"], &["a EN"]), ("a EN".to_owned(), false));
        assert_eq!(written(&[], &["a", "b"]), ("ab".to_owned(), false));
        // The second syllable begins with the bytes of the first.
        assert_eq!(written(&["각각"], &["가", "각", "나"]), ("가각나".to_owned(), false));
    }
}
