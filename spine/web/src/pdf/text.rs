//! Texts in runs of one font each, how wide they are, where their lines break.

use std::fmt::Write as _;

/// Widths of Helvetica for the letters from the blank to the tilde, in thousandths of the size (Adobe Font Metrics).
const LATIN: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
/// Width of everything else: the square of Korean type.
const KOREAN: f64 = 1000.0;

/// A letter as it is set: marks that Korean fonts of the standard do not have are set as those of the typewriter.
fn set(letter: char) -> char {
    match letter {
        '–' | '—' | '−' | '‑' => '-',
        '\u{a0}' | '\t' | '\n' | '\r' => ' ',
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        other => other,
    }
}

fn is_latin(letter: char) -> bool {
    (' '..='~').contains(&letter)
}

fn width_of(letter: char) -> f64 {
    let place = u32::from(letter).checked_sub(u32::from(' ')).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| LATIN.get(place)).map_or(KOREAN, |width| f64::from(*width))
}

/// How wide a text is at a size, in points.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| width_of(set(letter))).sum::<f64>() * size / 1000.0
}

/// The lines of a text that are no wider than that; words stay whole where they fit into a line.
pub(super) fn lines(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&longer, size) <= most {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            // A word that is wider than a line is broken where it must be.
            for letter in word.chars() {
                if !line.is_empty() && width(&line, size) + width_of(set(letter)) * size / 1000.0 > most {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
    }
    lines
}

/// UTF-16 with the greater half first, in hexadecimal.
pub(super) fn utf16(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut hex, unit| {
        let _ = write!(hex, "{unit:04X}");
        hex
    })
}

/// The operators that show a text: Latin letters in the font F2, everything else in F1.
pub(super) fn shown(text: &str, size: f64) -> String {
    let letters: Vec<char> = text.chars().map(set).collect();
    let mut operators = String::new();
    for run in letters.chunk_by(|one, other| is_latin(*one) == is_latin(*other)) {
        let text: String = run.iter().collect();
        if run.first().copied().is_some_and(is_latin) {
            let written = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            let _ = write!(operators, "/F2 {size} Tf ({written}) Tj ");
        } else {
            let _ = write!(operators, "/F1 {size} Tf <{}> Tj ", utf16(&text));
        }
    }
    operators
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_within_those_that_do_not_fit() {
        assert!((width("AV", 10.0) - 13.34).abs() < 1e-9);
        assert!((width("가A", 10.0) - 16.67).abs() < 1e-9);
        assert_eq!(lines("하나 둘 셋", 10.0, 35.0), ["하나 둘", "셋"]);
        assert_eq!(lines("가나다라마", 10.0, 25.0), ["가나", "다라", "마"]);
        assert_eq!(lines("a\nb", 10.0, 100.0), ["a", "b"]);
        for line in lines(&"국민기초생활 보장법 제8조 ".repeat(9), 9.0, 200.0) {
            assert!(width(&line, 9.0) <= 200.0);
        }
    }
}
