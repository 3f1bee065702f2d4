//! What differs between two texts, word by word: the longest common sequence of words stays, the rest went or came.

/// A piece of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// It stands in both.
    Same(String),
    /// It stands in the first alone.
    Gone(String),
    /// It stands in the second alone.
    New(String),
}

/// Most words of a text that are compared; longer texts are shown one after the other.
const MOST_WORDS: usize = 3_000;

fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// Puts a word to the pieces, into the last one where it is of the same kind.
fn put(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (Some(Piece::Same(text)), Piece::Same(word))
        | (Some(Piece::Gone(text)), Piece::Gone(word))
        | (Some(Piece::New(text)), Piece::New(word)) => text.push_str(&word),
        (_, piece) => pieces.push(piece),
    }
}

/// The pieces of two texts, in order; what went stands before what came in its place.
pub fn compare(before: &str, after: &str) -> Vec<Piece> {
    let (old, new) = (words(before), words(after));
    if old.len() > MOST_WORDS || new.len() > MOST_WORDS {
        return vec![Piece::Gone(before.to_owned()), Piece::New(after.to_owned())];
    }
    // lengths[a][b]: how many words the ends of both texts from a and b on have in common.
    let mut lengths = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for (a, one) in old.iter().enumerate().rev() {
        for (b, other) in new.iter().enumerate().rev() {
            lengths[a][b] = if one.trim_end() == other.trim_end() {
                lengths[a + 1][b + 1].saturating_add(1)
            } else {
                lengths[a + 1][b].max(lengths[a][b + 1])
            };
        }
    }
    let (mut a, mut b, mut pieces) = (0, 0, Vec::new());
    while a < old.len() || b < new.len() {
        let (one, other) = (old.get(a), new.get(b));
        match (one, other) {
            (Some(one), Some(other)) if one.trim_end() == other.trim_end() => {
                put(&mut pieces, Piece::Same((*other).to_owned()));
                (a, b) = (a + 1, b + 1);
            }
            (Some(one), other) if other.is_none() || lengths[a + 1][b] >= lengths[a][b + 1] => {
                put(&mut pieces, Piece::Gone((*one).to_owned()));
                a += 1;
            }
            (_, Some(other)) => {
                put(&mut pieces, Piece::New((*other).to_owned()));
                b += 1;
            }
            _ => break,
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rebuilt(pieces: &[Piece]) -> (String, String) {
        let (mut before, mut after) = (String::new(), String::new());
        for piece in pieces {
            match piece {
                Piece::Same(text) => {
                    before.push_str(text);
                    after.push_str(text);
                }
                Piece::Gone(text) => before.push_str(text),
                Piece::New(text) => after.push_str(text),
            }
        }
        (before, after)
    }

    #[test]
    fn what_stays_goes_and_comes() {
        let (before, after) =
            ("과기정통부는 지침을 ’26년 2분기까지 만든다.", "과기정통부는 새 지침을 ’26년 4분기까지 만든다.");
        let pieces = compare(before, after);
        assert_eq!(
            pieces,
            [
                Piece::Same("과기정통부는 ".to_owned()),
                Piece::New("새 ".to_owned()),
                Piece::Same("지침을 ’26년 ".to_owned()),
                Piece::Gone("2분기까지 ".to_owned()),
                Piece::New("4분기까지 ".to_owned()),
                Piece::Same("만든다.".to_owned()),
            ]
        );
        assert_eq!(rebuilt(&pieces), (before.to_owned(), after.to_owned()));
        assert_eq!(compare("", ""), []);
        assert_eq!(compare("", "새 글"), [Piece::New("새 글".to_owned())]);
    }
}
