//! Personal data and secrets behind placeholders, and back again.
//!
//! The same datum gets the same placeholder throughout a request, so that a model can still tell two people apart. Placeholders never
//! leave this request: the table lives as long as the call.

use std::{collections::HashMap, ops::Range};

use maru_privacy::{Found, Kind};

/// What stands in place of a secret in an answer.
pub(crate) const SECRET: &str = "[비밀값]";

/// What every placeholder ends with is `#` and a number before the bracket: `[전화번호#1]`. The longest, in bytes.
pub(crate) const LONGEST_PLACEHOLDER: usize = 40;

/// Placeholders of one request.
#[derive(Debug, Default)]
pub(crate) struct Masker {
    by_datum: HashMap<String, String>,
    by_placeholder: HashMap<String, String>,
    next: u32,
}

impl Masker {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_placeholder.is_empty()
    }

    /// How many data were masked.
    pub(crate) fn len(&self) -> usize {
        self.by_placeholder.len()
    }

    /// Replaces what was found by placeholders.
    pub(crate) fn mask(&mut self, text: &str, personal: &[Found], secrets: &[Range<usize>]) -> String {
        let mut places: Vec<(Range<usize>, &'static str)> =
            secrets.iter().map(|range| (range.clone(), SECRET)).collect();
        for (range, kind) in byte_ranges(text, personal) {
            if places.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start) {
                places.push((range, kind.replacement()));
            }
        }
        places.sort_by_key(|(range, _)| range.start);
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for (range, replacement) in places {
            if range.start < done {
                continue;
            }
            masked.push_str(&text[done..range.start]);
            masked.push_str(&self.placeholder(&text[range.clone()], replacement, text));
            done = range.end;
        }
        masked.push_str(&text[done..]);
        masked
    }

    fn placeholder(&mut self, datum: &str, replacement: &str, text: &str) -> String {
        if let Some(known) = self.by_datum.get(datum) {
            return known.clone();
        }
        let name = replacement.trim_end_matches(']');
        let placeholder = loop {
            self.next += 1;
            let candidate = format!("{name}#{}]", self.next);
            // Where the caller wrote such a thing herself, it stays hers.
            if !text.contains(&candidate) {
                break candidate;
            }
        };
        self.by_datum.insert(datum.to_owned(), placeholder.clone());
        self.by_placeholder.insert(placeholder.clone(), datum.to_owned());
        placeholder
    }

    /// The datum behind a placeholder.
    pub(crate) fn datum(&self, placeholder: &str) -> Option<&str> {
        self.by_placeholder.get(placeholder).map(String::as_str)
    }

    /// Puts the data back; `None` where there is nothing to put back.
    pub(crate) fn restore(&self, text: &str) -> Option<String> {
        if self.is_empty() || !text.contains('[') {
            return None;
        }
        let mut restored = String::new();
        restore_into(self, text, &mut restored).then_some(restored)
    }
}

/// Copies a text with placeholders replaced by their data; says whether there was any.
pub(crate) fn restore_into(masker: &Masker, text: &str, restored: &mut String) -> bool {
    let mut any = false;
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        restored.push_str(&rest[..start]);
        rest = &rest[start..];
        let datum = rest
            .find(']')
            .filter(|end| *end <= LONGEST_PLACEHOLDER)
            .and_then(|end| masker.datum(&rest[..=end]).map(|datum| (end, datum)));
        if let Some((end, datum)) = datum {
            restored.push_str(datum);
            rest = &rest[end + 1..];
            any = true;
        } else {
            restored.push('[');
            rest = &rest[1..];
        }
    }
    restored.push_str(rest);
    any
}

/// Places counted in characters as ranges of bytes, in order.
pub(crate) fn byte_ranges(text: &str, found: &[Found]) -> Vec<(Range<usize>, Kind)> {
    let mut ranges = Vec::with_capacity(found.len());
    let mut characters = text.char_indices().enumerate().peekable();
    let mut offset_of = |place: usize| {
        while let Some(&(index, (offset, _))) = characters.peek() {
            if index == place {
                return offset;
            }
            characters.next();
        }
        text.len()
    };
    for datum in found {
        let start = offset_of(datum.start);
        let end = offset_of(datum.end);
        ranges.push((start..end, datum.kind));
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(masker: &mut Masker, text: &str) -> String {
        masker.mask(text, &maru_privacy::find(text), &[])
    }

    #[test]
    fn the_same_datum_has_the_same_placeholder_and_comes_back() {
        let mut masker = Masker::default();
        let text = "저는 010-1234-5678, 아내는 010-9999-8888입니다. 010-1234-5678로 전화 주세요.";
        let hidden = mask(&mut masker, text);
        assert_eq!(hidden, "저는 [전화번호#1], 아내는 [전화번호#2]입니다. [전화번호#1]로 전화 주세요.");
        assert_eq!(masker.restore(&hidden).unwrap(), text);
        assert_eq!(masker.restore("[전화번호#3] [이름"), None);
    }

    #[test]
    fn a_placeholder_that_the_caller_wrote_stays_hers() {
        let mut masker = Masker::default();
        let hidden = mask(&mut masker, "[전화번호#1] 말고 010-1234-5678");
        assert_eq!(hidden, "[전화번호#1] 말고 [전화번호#2]");
    }

    proptest! {
        #[test]
        fn what_was_masked_comes_back(pieces in prop::collection::vec(prop_oneof![
            "[가-힣 ]{0,8}", "\\PC{0,6}", Just("010-1234-5678".to_owned()), Just("900101-1234568".to_owned()),
            Just("hong@example.kr".to_owned()), Just("[".to_owned()),
        ], 0..10)) {
            let text = pieces.concat();
            let mut masker = Masker::default();
            let hidden = mask(&mut masker, &text);
            let restored = masker.restore(&hidden).unwrap_or(hidden);
            prop_assert_eq!(restored, text);
        }
    }
}
