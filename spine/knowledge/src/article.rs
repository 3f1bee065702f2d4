//! Numbers of articles: «제3조의2».

/// Number and branch of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ArticleNumber {
    /// 3 in «제3조의2».
    pub(crate) number: u32,
    /// 2 in «제3조의2», 0 in «제3조».
    pub(crate) branch: u32,
}

/// Branches above this are not numbers of articles.
const BRANCHES: u32 = 1 << 7;

/// Articles above this do not exist: the longest act has some 1,200.
const NUMBERS: u32 = 1 << 13;

impl ArticleNumber {
    pub(crate) fn new(number: u32, branch: u32) -> Option<Self> {
        (number < NUMBERS && branch < BRANCHES).then_some(Self { number, branch })
    }

    /// As a text has it, whether or not there can be such an article: «도로법 제9999조» names one that does not exist.
    pub(crate) fn written(number: u32, branch: u32) -> Self {
        Self { number, branch }
    }

    /// Reads «제3조의2» and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().strip_prefix('제')?;
        let (number, rest) = text.split_once('조')?;
        let branch = match rest.strip_prefix('의') {
            Some(branch) => branch.parse().ok()?,
            None if rest.is_empty() => 0,
            None => return None,
        };
        Self::new(number.parse().ok()?, branch)
    }

    /// The article of a code.
    pub(crate) fn of_code(code: u32) -> Self {
        Self { number: code / BRANCHES, branch: code % BRANCHES }
    }

    /// A number that tells articles of an act apart; it fits in 20 bits. What no act can have is told from every article.
    pub(crate) fn code(self) -> u32 {
        if self.number < NUMBERS && self.branch < BRANCHES { self.number * BRANCHES + self.branch } else { u32::MAX }
    }
}

impl std::fmt::Display for ArticleNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "제{}조", self.number)?;
        if self.branch > 0 { write!(formatter, "의{}", self.branch) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written() {
        for (text, number, branch) in
            [("제3조", 3, 0), ("제3조의2", 3, 2), ("제1118조", 1118, 0), ("제103조의65", 103, 65)]
        {
            let article = ArticleNumber::parse(text).unwrap();
            assert_eq!((article.number, article.branch, article.to_string()), (number, branch, text.to_owned()));
            assert_eq!(ArticleNumber::of_code(article.code()), article);
        }
        for text in ["3조", "제3조의", "제3조제1항", "제99999조", "부칙 제1조", ""] {
            assert_eq!(ArticleNumber::parse(text), None);
        }
    }
}
