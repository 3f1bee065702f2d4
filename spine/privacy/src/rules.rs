//! One rule for each kind: a pattern that is quick to search, and a check of what it found.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::{Kind, accept, context::View, numbers};

/// Whether a match is what it looks like, and which part of it (a range of bytes) is the datum.
pub(crate) type Accept = fn(&View, &Captures<'_>) -> Option<(Kind, usize, usize)>;

pub(crate) struct Rule {
    pattern: Regex,
    /// A match may begin inside a refused one that begins with a figure: search goes on behind its first group.
    accept: Accept,
    /// One of these stands in every match; so a text without them need not be searched.
    needs: &'static [&'static str],
}

impl Rule {
    pub(crate) fn find(&self, view: &View, mut report: impl FnMut(Kind, usize, usize)) {
        if !self.needs.is_empty() && !self.needs.iter().any(|need| view.text.contains(need)) {
            return;
        }
        let mut place = 0;
        while let Some(captures) = self.pattern.captures_at(&view.text, place) {
            let Some(whole) = captures.get(0) else { return };
            place = match (self.accept)(view, &captures) {
                Some((kind, start, end)) => {
                    report(kind, start, end);
                    end.max(whole.start() + 1)
                }
                None => whole.start() + first_word(whole.as_str()),
            };
            while place < view.text.len() && !view.text.is_char_boundary(place) {
                place += 1;
            }
            if place > view.text.len() {
                return;
            }
        }
    }
}

/// How much of a refused match is passed over.
fn first_word(whole: &str) -> usize {
    if !whole.starts_with(|one: char| one.is_ascii_digit()) {
        return whole.len();
    }
    whole.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(whole.len())
}

/// All rules, the strictest first.
pub(crate) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = Vec::new();
        let mut add_if = |pattern: String, accept: Accept, needs: &'static [&'static str]| {
            // The patterns are constants; a test compiles them all.
            if let Ok(pattern) = Regex::new(&pattern) {
                rules.push(Rule { pattern, accept, needs });
            }
        };
        for (pattern, accept, needs) in numbers::rules() {
            add_if(pattern, accept, needs);
        }
        let mut add = |pattern: String, accept: Accept| add_if(pattern, accept, &[]);
        add(
            r"[가-힣]{1,6}(?:시|군|구|읍|면)[ ,]{1,2}(?:[가-힣]{1,6}(?:구|읍|면)[ ,]{1,2})?[가-힣0-9·.]{1,15}?(?:로|길)(?: ?[0-9]{1,4}번?(?:길|가길|나길|다길))?,? ?((?:지하 ?)?[0-9]{1,5}(?:-[0-9]{1,4})?)".into(),
            accept::address,
        );
        add(
            r"[가-힣]{1,6}(?:시|군|구|읍|면)[ ,]{1,2}(?:[가-힣]{1,6}(?:구|읍|면)[ ,]{1,2})?[가-힣]{1,8}[0-9]{0,2}(?:동|리|가) ?((?:산 ?)?[0-9]{1,5}(?:-[0-9]{1,4})?)(?:번지)?".into(),
            accept::address,
        );
        add(r"([0-9]{1,4}(?:-[0-9]{1,4})?)번지".into(), accept::address);
        add(r"(?:제)?([0-9]{1,4}동 ?[0-9]{1,5}호)".into(), accept::apartment);
        add(
            r"(?:성 ?명|이 ?름|신청인|민원인|신고인|고소인|청구인|예금주|대표자|보호자|세대주|진정인|제보자|작성자)(?:의 이름)?(?: ?[:：=] ?|[은는이가] | )([가-힣]{2,4})".into(),
            accept::cued_name,
        );
        add(
            r"(?:저는|나는|제 이름은|본인은) ([가-힣]{2,4}?)(?:입니다|이라고|라고|이고|예요|이에요|이며|인데)".into(),
            accept::introduced_name,
        );
        add(r"([가-힣]{3,4}) ?(?:씨|님)".into(), accept::addressed_name);
        add(
            r"([가-힣]{3}|[가-힣] [가-힣] [가-힣])[ ,:(/]{1,3}(?:☎ ?|[Hh]\.?[Pp]\.?[ :]*|휴대폰[ :]*|연락처[ :]*|전화[ :]*)?01[016789][ \-.)]?[0-9]".into(),
            accept::name_before_mobile,
        );
        add(
            r"\b(?i:my name is |name ?[:=] ?|i am called |signed,? |mr\.? |mrs\.? |ms\.? )([A-Z][A-Za-z'\-]{1,20}(?: [A-Z][A-Za-z'\-]{1,20}){0,2})".into(),
            accept::english_name,
        );
        rules
    });
    &RULES
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert_eq!(super::rules().len(), 33);
    }
}
