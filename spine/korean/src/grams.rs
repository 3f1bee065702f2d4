//! Words and character n-grams.

/// The words of a text: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The character bigrams of one word; a word of one character is its own.
pub fn bigrams(word: &str) -> Vec<&str> {
    character_grams(word, 2)
}

/// The character n-grams of one word, as slices of it; a word shorter than `n` is its own.
pub fn character_grams(word: &str, n: usize) -> Vec<&str> {
    let bounds: Vec<usize> = word.char_indices().map(|(offset, _)| offset).chain([word.len()]).collect();
    let length = bounds.len() - 1;
    if length == 0 || n == 0 {
        return Vec::new();
    }
    if length <= n {
        return vec![word];
    }
    (0..=length - n).map(|start| &word[bounds[start]..bounds[start + n]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_of_short_and_long_words() {
        assert_eq!(bigrams("대형폐기물"), ["대형", "형폐", "폐기", "기물"]);
        assert_eq!(bigrams("물"), ["물"]);
        assert!(bigrams("").is_empty());
        assert_eq!(words("「민법」 제3조·제5조").collect::<Vec<_>>(), ["민법", "제3조", "제5조"]);
    }
}
