//! Reading a text once for references to law.

use super::{
    resolver::{Named, Resolver},
    titles::{SUBORDINATE, is_passed_over},
};
use crate::article::ArticleNumber;

/// A reference, before it is judged.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) named: Named,
    pub(super) written: String,
    pub(super) article: Option<ArticleNumber>,
    pub(super) part: String,
}

/// Titles in quotation marks are not longer than this.
const LONGEST_TITLE: usize = 120;
/// What stands in parentheses between an act and its article is not longer than this.
const LONGEST_ASIDE: usize = 120;
/// What the titles of Korean law end in.
const LAW_ENDINGS: [&str; 22] = [
    "법", "법률", "령", "규칙", "규정", "조례", "헌법", "훈령", "예규", "고시", "지침", "준칙", "기준", "요령", "요강",
    "세칙", "협약", "협정", "조약", "약관", "강령", "정관",
];
/// Those of them that say «law» also without quotation marks.
const PLAIN_ENDINGS: [&str; 7] = ["법", "법률", "시행령", "시행규칙", "규칙", "규정", "조례"];
/// What may follow a title without a space.
const FOLLOWS_TITLE: [&str; 22] = [
    "에서", "에는", "에도", "에", "의", "은", "는", "이", "가", "을", "를", "과", "와", "상", "도", "으로", "로", "및",
    "제", "등", "이나", "인",
];
/// References to the act named last, in the form without spaces; what is meant beside the act itself.
const SAME_ACT: [(&str, Same); 20] = [
    ("같은법시행령", Same::Decree),
    ("같은법시행규칙", Same::Rule),
    ("같은법률", Same::Act),
    ("같은법", Same::Act),
    ("같은시행령", Same::Decree),
    ("같은시행규칙", Same::Rule),
    ("같은영", Same::Decree),
    ("같은령", Same::Decree),
    ("같은규칙", Same::Rule),
    ("같은규정", Same::Itself),
    ("같은조례", Same::Itself),
    ("같은고시", Same::Itself),
    ("동법시행령", Same::Decree),
    ("동법시행규칙", Same::Rule),
    ("동법률", Same::Act),
    ("동법", Same::Act),
    ("동시행령", Same::Decree),
    ("동시행규칙", Same::Rule),
    ("동규칙", Same::Rule),
    ("동령", Same::Decree),
];
/// Short forms that mean the act named last where an article follows directly.
const SHORT_FORMS: [(&str, Same); 7] = [
    ("법시행령", Same::Decree),
    ("법시행규칙", Same::Rule),
    ("시행령", Same::Decree),
    ("시행규칙", Same::Rule),
    ("법", Same::Act),
    ("영", Same::Decree),
    ("규칙", Same::Rule),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Act,
    Decree,
    Rule,
    Itself,
}

/// An act that was named.
#[derive(Debug, Clone)]
struct Law {
    named: Named,
    written: String,
}

/// Every reference in a text, in order.
pub(super) fn scan(resolver: &Resolver, text: &str) -> Vec<Mention> {
    // Most texts without any sign of law are passed over at once.
    if !text.contains(['조', '법', '령', '규', '례', '「']) {
        return Vec::new();
    }
    let normal = maru_korean::normalise(text);
    let mut scanner = Scanner {
        resolver,
        characters: &normal.characters,
        origin: &normal.origin,
        place: 0,
        law: None,
        article: None,
        aliases: Vec::new(),
        found: Vec::new(),
    };
    scanner.run();
    scanner.found
}

struct Scanner<'a> {
    resolver: &'a Resolver,
    characters: &'a [char],
    origin: &'a [usize],
    place: usize,
    /// The act named last.
    law: Option<Law>,
    /// The article of it cited last.
    article: Option<ArticleNumber>,
    /// «(이하 "법"이라 한다)»
    aliases: Vec<(Vec<char>, Law)>,
    found: Vec<Mention>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while self.place < self.characters.len() {
            let start = self.place;
            let read = self.read_quoted()
                || (self.begins_word(start)
                    && (self.read_same_article()
                        || self.read_same_act()
                        || self.read_alias()
                        || self.read_title()
                        || self.read_short()))
                || self.read_bare_article();
            if !read || self.place == start {
                self.step();
            }
        }
    }

    fn step(&mut self) {
        if self.characters[self.place] == '\n' {
            // A new paragraph: what was said before does not carry over to articles without an act.
            self.article = None;
        }
        self.place += 1;
    }

    fn at(&self, place: usize) -> Option<char> {
        self.characters.get(place).copied()
    }

    fn begins_word(&self, place: usize) -> bool {
        let before = place.checked_sub(1).and_then(|before| self.at(before));
        self.at(place).is_some_and(char::is_alphanumeric)
            && before.is_none_or(|before| !before.is_alphanumeric() || is_passed_over(before))
    }

    /// Where spaces end.
    fn after_spaces(&self, place: usize) -> usize {
        let spaces =
            self.characters[place.min(self.characters.len())..].iter().take_while(|character| **character == ' ');
        place + spaces.count()
    }

    /// Where a word ends that begins here, spaces within it passed over; nothing if it does not stand here.
    fn matches(&self, place: usize, word: &str) -> Option<usize> {
        let mut place = place;
        for (number, expected) in word.chars().enumerate() {
            if number > 0 {
                place = self.after_spaces(place);
            }
            if self.at(place) != Some(expected) {
                return None;
            }
            place += 1;
        }
        Some(place)
    }

    /// 「민법」, also with other marks where the title is known.
    fn read_quoted(&mut self) -> bool {
        let start = self.place;
        let (close, sure) = match self.at(start) {
            Some('「' | '｢') => (&['」', '｣'][..], true),
            Some('『') => (&['』'][..], true),
            Some('<' | '〈') => (&['>', '〉'][..], false),
            Some('《') => (&['》'][..], false),
            Some('"' | '“' | '”') => (&['"', '“', '”'][..], false),
            Some('\'' | '‘' | '’') => (&['\'', '‘', '’'][..], false),
            _ => return false,
        };
        let inside =
            self.characters[start + 1..].iter().take(LONGEST_TITLE).position(|character| close.contains(character));
        let Some(length) = inside else { return false };
        let inner = &self.characters[start + 1..start + 1 + length];
        // «「가」 … 「나»: the mark before belongs to a title that was not closed.
        if inner.contains(&'「') || inner.contains(&'\n') {
            return false;
        }
        let title: String = inner.iter().collect::<String>().trim().to_owned();
        let named = if sure { self.resolver.named(&title) } else { self.resolver.exactly(&title) };
        let named = match named {
            Some(named) => named,
            None if !sure => return false,
            None if LAW_ENDINGS.iter().any(|ending| title.ends_with(ending)) => Named::Unknown(title.clone()),
            None if self.read_title_within(start, length, &title) => return true,
            // Whatever has articles is law, or is said to be.
            None if self.article_after_law(start + length + 2).is_some() => Named::Unknown(title.clone()),
            None => return false,
        };
        self.take_law(start, start + length + 2, Law { named, written: title });
        true
    }

    /// 「민법 제3조」 and 「민법」 with something else in the same marks.
    fn read_title_within(&mut self, start: usize, length: usize, title: &str) -> bool {
        let end = start + 1 + length;
        let first = self.after_spaces(start + 1);
        let Some((after, meaning)) = self.resolver.titles.longest(&self.characters[..end], first) else { return false };
        let next = self.after_spaces(after);
        if self.article_at(next).is_none() {
            return false;
        }
        let written: String = title.chars().take(after - first).collect();
        let law = Law { named: Named::of(meaning, &written), written };
        self.take_law(start, after, law);
        true
    }

    /// An act without quotation marks.
    fn read_title(&mut self) -> bool {
        let start = self.place;
        let Some((end, meaning)) = self.resolver.titles.longest(self.characters, start) else { return false };
        if !self.title_ends(end) {
            return false;
        }
        let written: String = self.characters[start..end].iter().collect();
        let law = Law { named: Named::of(meaning, &written), written };
        // A title of few letters is also an ordinary word now and then: an article must follow, or it must be the name of an act.
        let is_short = end - start <= 3 && !matches!(self.at(end - 1), Some('법'));
        if is_short && self.article_after_law(end).is_none() {
            return false;
        }
        self.take_law(start, end, law);
        true
    }

    /// Whether a title may end here: «민법», «민법에», not «민법전».
    fn title_ends(&self, end: usize) -> bool {
        let rest = &self.characters[end..];
        if rest.first().is_none_or(|next| !maru_korean::is_syllable(*next)) {
            return true;
        }
        let follows = |word: &str| {
            let length = word.chars().count();
            rest.iter().zip(word.chars()).filter(|(one, other)| **one == *other).count() == length
        };
        FOLLOWS_TITLE.iter().any(|word| follows(word))
    }

    /// «같은 법 시행령»
    fn read_same_act(&mut self) -> bool {
        let start = self.place;
        let Some((end, same)) = SAME_ACT.iter().find_map(|(word, same)| Some((self.matches(start, word)?, *same)))
        else {
            return false;
        };
        let Some(law) = self.same(same) else { return false };
        if !self.title_ends(end) {
            return false;
        }
        let written: String = self.characters[start..end].iter().collect();
        self.take_law(start, end, Law { written, ..law });
        true
    }

    /// «법 제3조», «영 제3조» after an act was named.
    fn read_short(&mut self) -> bool {
        let start = self.place;
        for (word, same) in SHORT_FORMS {
            let Some(end) = self.matches(start, word) else { continue };
            if self.article_at(self.after_spaces(end)).is_none() {
                continue;
            }
            let Some(law) = self.same(same) else { return false };
            let written: String = self.characters[start..end].iter().collect();
            self.take_law(start, end, Law { written, ..law });
            return true;
        }
        false
    }

    /// A name that the text itself gave to an act.
    fn read_alias(&mut self) -> bool {
        let start = self.place;
        let stands_here = |alias: &Vec<char>| self.characters[start..].starts_with(alias);
        let known = self.aliases.iter().rev().find(|(alias, _)| stands_here(alias));
        let Some((length, law)) = known.map(|(alias, law)| (alias.len(), law.clone())) else { return false };
        let end = start + length;
        if !self.title_ends(end) || self.article_after_law(end).is_none() {
            return false;
        }
        let written: String = self.characters[start..end].iter().collect();
        self.take_law(start, end, Law { written, ..law });
        true
    }

    /// The act named last, or its decree or rule.
    fn same(&self, same: Same) -> Option<Law> {
        let law = self.law.as_ref()?;
        let title = self.resolver.title(&law.named);
        let base =
            SUBORDINATE.iter().find_map(|suffix| title.strip_suffix(suffix)).map_or(title.as_str(), str::trim_end);
        let wanted = match same {
            Same::Itself => return Some(law.clone()),
            Same::Act => base.to_owned(),
            // «같은 규칙» of a rule that belongs to no act is that rule; so with decrees.
            Same::Rule if title.ends_with("규칙") => return Some(law.clone()),
            Same::Decree if title.ends_with('령') => return Some(law.clone()),
            Same::Decree => format!("{base} {}", SUBORDINATE[0]),
            Same::Rule => format!("{base} {}", SUBORDINATE[1]),
        };
        if wanted == title {
            return Some(law.clone());
        }
        let named = self.resolver.exactly(&wanted).unwrap_or(Named::Unknown(wanted));
        Some(Law { named, written: String::new() })
    }

    /// «같은 조 제2항»
    fn read_same_article(&mut self) -> bool {
        let start = self.place;
        let Some(end) = self.matches(start, "같은조").or_else(|| self.matches(start, "동조")) else {
            return false;
        };
        let (Some(law), Some(article)) = (self.law.clone(), self.article) else { return false };
        let next = self.at(self.after_spaces(end));
        if next.is_some_and(maru_korean::is_syllable) && next != Some('제') && !self.title_ends(end) {
            return false;
        }
        let (part, end) = self.part(end);
        let written = law.written.clone();
        self.push(start, end, &Law { written, ..law }, Some(article), part);
        self.place = end;
        true
    }

    /// Notes the act and reads the articles that follow it.
    fn take_law(&mut self, start: usize, end: usize, law: Law) {
        let (law, end) = self.with_subordinate(law, end);
        self.law = Some(law.clone());
        self.article = None;
        let Some((article_place, _)) = self.article_after_law(end) else {
            self.note_alias(end, &law);
            self.push(start, end, &law, None, String::new());
            self.place = end;
            return;
        };
        if article_place > self.after_spaces(end) {
            self.note_alias(end, &law);
        }
        self.read_articles(start, article_place, &law);
    }

    /// «「민법」 시행령»
    fn with_subordinate(&self, law: Law, end: usize) -> (Law, usize) {
        let next = self.after_spaces(end);
        for suffix in SUBORDINATE {
            let Some(after) = self.matches(next, suffix) else { continue };
            let title = format!("{} {suffix}", self.resolver.title(&law.named));
            if self.title_ends(after) && !law.written.ends_with(suffix) {
                let named = self.resolver.exactly(&title).unwrap_or(Named::Unknown(title));
                let written = format!("{} {suffix}", law.written);
                return (Law { named, written }, after);
            }
        }
        (law, end)
    }

    /// The article that follows an act, with an aside in parentheses passed over: where it begins, and the article.
    fn article_after_law(&self, end: usize) -> Option<(usize, ArticleNumber)> {
        let mut place = self.after_spaces(end);
        for mark in ['」', '｣', '』', '"', '”', '’'] {
            if self.at(place) == Some(mark) {
                place = self.after_spaces(place + 1);
            }
        }
        if let Some((article, _)) = self.article_at(place).or_else(|| self.article_without_sign(place)) {
            return Some((place, article));
        }
        let place = self.after_spaces(self.aside(place)?);
        self.article_at(place).map(|(article, _)| (place, article))
    }

    /// Where parentheses that begin here end.
    fn aside(&self, place: usize) -> Option<usize> {
        let (open, close) = match self.at(place)? {
            '(' => ('(', ')'),
            '[' => ('[', ']'),
            _ => return None,
        };
        let mut depth = 0;
        for (offset, character) in self.characters[place..].iter().take(LONGEST_ASIDE).enumerate() {
            if *character == open {
                depth += 1;
            } else if *character == close {
                depth -= 1;
                if depth == 0 {
                    return Some(place + offset + 1);
                }
            }
        }
        None
    }

    /// «(이하 "법"이라 한다)»
    fn note_alias(&mut self, end: usize, law: &Law) {
        let place = self.after_spaces(end);
        let Some(close) = self.aside(place) else { return };
        let inside = &self.characters[place + 1..close - 1];
        let is_quote = |character: &char| matches!(character, '"' | '“' | '”' | '\'' | '‘' | '’' | '「' | '」');
        let says_so = inside.iter().collect::<String>().trim_start().starts_with("이하");
        let Some(first) = inside.iter().position(is_quote).filter(|_| says_so) else { return };
        let Some(length) = inside[first + 1..].iter().position(is_quote).filter(|length| (1..=30).contains(length))
        else {
            return;
        };
        let alias = inside[first + 1..first + 1 + length].to_vec();
        self.aliases.push((alias, law.clone()));
    }

    /// Articles of an act, one after another: «제3조, 제5조의2제1항 및 제7조부터 제9조까지».
    fn read_articles(&mut self, start: usize, first: usize, law: &Law) {
        let mut start = start;
        let mut place = first;
        while let Some((article, after)) = self.article_at(place).or_else(|| self.article_without_sign(place)) {
            let (part, end) = self.part(after);
            self.push(start, end, law, Some(article), part);
            self.article = Some(article);
            self.place = end;
            place = self.after_connectors(end);
            start = place;
            if place == end || self.at(place) != Some('제') {
                return;
            }
        }
    }

    /// Where what joins articles ends: «, », « 및 », «부터 », «ㆍ», also paragraphs that belong to the article before.
    fn after_connectors(&self, place: usize) -> usize {
        let mut place = place;
        loop {
            let before = place;
            place = self.after_spaces(place);
            if self
                .at(place)
                .is_some_and(|character| is_passed_over(character) || matches!(character, '~' | '-' | '∼' | '/'))
            {
                place += 1;
            }
            for word in ["까지의", "까지", "부터", "내지", "및", "또는", "이나", "나", "과", "와", "그리고", "의"]
            {
                if let Some(end) = self.matches(place, word) {
                    place = end;
                    break;
                }
            }
            if self.article_at(place).is_none() {
                let (part, end) = self.part(place);
                if !part.is_empty() {
                    place = end;
                }
            }
            if place == before {
                return place;
            }
        }
    }

    /// An article without an act before it: of the act named in the same paragraph, or of one that nobody knows.
    fn read_bare_article(&mut self) -> bool {
        let start = self.place;
        if self.at(start) != Some('제')
            || (start > 0 && maru_korean::is_syllable(self.characters[start - 1])) && !self.follows_particle(start)
        {
            return false;
        }
        if self.article_at(start).is_none() {
            return false;
        }
        if let Some((law_start, title)) = self.unknown_law_before(start) {
            let law = Law { named: Named::Unknown(title.clone()), written: title };
            self.law = Some(law.clone());
            self.read_articles(law_start, start, &law);
            return true;
        }
        let Some(law) = self.law.clone().filter(|_| self.is_same_sentence(start)) else {
            return false;
        };
        self.read_articles(start, start, &law);
        true
    }

    /// «부터제5조», «및제5조»: particles that are written without a space.
    fn follows_particle(&self, start: usize) -> bool {
        let before: String = self.characters[start.saturating_sub(2)..start].iter().collect();
        before.ends_with("부터") || before.ends_with('및') || before.ends_with("또는")
    }

    /// Whether the act named last was named in the sentence of this place.
    fn is_same_sentence(&self, place: usize) -> bool {
        let Some(last) = self.found.last() else { return false };
        let end = self.origin.partition_point(|origin| *origin < last.end);
        let Some(between) = self.characters.get(end..place) else { return false };
        let ends = |pair: &[char]| matches!(pair, ['.' | '?' | '!' | '※', ' '] | ['다', '.']);
        !between.contains(&'\n') && !between.windows(2).any(ends) && between.len() < 200
    }

    /// «재난기본소득조례 제3조»: a word that says that it is law, and that no title is.
    fn unknown_law_before(&self, article: usize) -> Option<(usize, String)> {
        let mut end = article;
        while end > 0 && self.characters[end - 1] == ' ' {
            end -= 1;
        }
        let letters = self.characters[..end].iter().rev().take(LONGEST_TITLE);
        let length = letters
            .take_while(|character| character.is_alphanumeric() || is_passed_over(**character) && **character != ' ')
            .count();
        let word: String = self.characters[end - length..end].iter().collect();
        let is_law = PLAIN_ENDINGS
            .iter()
            .any(|ending| word.ends_with(ending) && word.chars().count() > ending.chars().count() + 1);
        // What another reference has used is no longer free.
        let used = self.found.last().map_or(0, |last| last.end);
        let start = end - length;
        let is_free = self.origin.get(start).is_some_and(|origin| *origin >= used);
        (is_law && is_free).then_some((start, word))
    }

    /// «제3조의2», spaces within it passed over: the article and where it ends.
    fn article_at(&self, place: usize) -> Option<(ArticleNumber, usize)> {
        if self.at(place) != Some('제') {
            return None;
        }
        self.article_number(self.after_spaces(place + 1))
    }

    /// «3조의2», directly after an act.
    fn article_without_sign(&self, place: usize) -> Option<(ArticleNumber, usize)> {
        self.article_number(place)
    }

    fn article_number(&self, place: usize) -> Option<(ArticleNumber, usize)> {
        let (number, end) = self.number(place)?;
        let end = self.after_spaces(end);
        if self.at(end) != Some('조') {
            return None;
        }
        let end = end + 1;
        let branch_place = self.after_spaces(end);
        let branch =
            (self.at(branch_place) == Some('의')).then(|| self.number(self.after_spaces(branch_place + 1))).flatten();
        match branch {
            // «제3조의 2항»: what is counted there is not the branch of an article.
            Some((branch, after)) if !matches!(self.at(after), Some('항' | '호' | '개' | '년' | '월' | '일')) => {
                Some((ArticleNumber::written(number, branch), after))
            }
            _ => Some((ArticleNumber::written(number, 0), end)),
        }
    }

    fn number(&self, place: usize) -> Option<(u32, usize)> {
        let digits = self.characters.get(place..)?.iter().take(6).take_while(|character| character.is_ascii_digit());
        let digits: String = digits.collect();
        Some((digits.parse().ok()?, place + digits.len()))
    }

    /// What follows an article: «제1항제2호가목 단서», and where it ends.
    fn part(&self, place: usize) -> (String, usize) {
        let mut end = place;
        let mut part = String::new();
        loop {
            let next = self.after_spaces(end);
            let Some((piece, after)) = self.part_piece(next) else { return (part, end) };
            if !part.is_empty() && piece.chars().count() == 2 && !piece.starts_with('제') && !piece.ends_with('목') {
                part.push(' ');
            }
            part.push_str(&piece);
            end = after;
        }
    }

    fn part_piece(&self, place: usize) -> Option<(String, usize)> {
        for word in ["단서", "본문", "전단", "후단", "각호"] {
            if let Some(end) = self.matches(place, word).filter(|end| self.title_ends(*end)) {
                return Some((word.to_owned(), end));
            }
        }
        match self.at(place)? {
            '제' => {
                let (number, end) = self.number(self.after_spaces(place + 1))?;
                let end = self.after_spaces(end);
                let unit = self.at(end).filter(|unit| matches!(unit, '항' | '호' | '목'))?;
                let branch_place = end + 1;
                if self.at(branch_place) == Some('의')
                    && let Some((branch, after)) = self.number(branch_place + 1)
                {
                    return Some((format!("제{number}{unit}의{branch}"), after));
                }
                Some((format!("제{number}{unit}"), branch_place))
            }
            letter @ ('가' | '나' | '다' | '라' | '마' | '바' | '사' | '아' | '자' | '차' | '카' | '타' | '파'
            | '하') => (self.at(place + 1) == Some('목')).then(|| (format!("{letter}목"), place + 2)),
            _ => None,
        }
    }

    fn push(&mut self, start: usize, end: usize, law: &Law, article: Option<ArticleNumber>, part: String) {
        let (Some(first), Some(last)) =
            (self.origin.get(start), end.checked_sub(1).and_then(|last| self.origin.get(last)))
        else {
            return;
        };
        self.found.push(Mention {
            start: *first,
            end: last + 1,
            named: law.named.clone(),
            written: law.written.trim().to_owned(),
            article,
            part,
        });
    }
}
