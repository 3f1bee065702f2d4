//! One rule for each kind: a pattern that is quick to search, and a check of what it found.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::{Kind, accept, addresses, context::View};

/// What may stand between groups of figures: nothing, or a few separators that people use.
const GAP: &str = r"[ \-.~_/·ㆍ•∙‐‑‒–—−ー]{0,3}";
/// As [`GAP`], but at least one.
const BREAK: &str = r"[ \-.~_/·ㆍ•∙‐‑‒–—−ー]{1,3}";

/// Whether a match is what it looks like, and which part of it (a range of bytes) is the datum.
pub(crate) type Accept = fn(&View, &Captures<'_>) -> Option<(Kind, usize, usize)>;

pub(crate) struct Rule {
    pattern: Regex,
    /// A match may begin inside a refused one: search goes on after its first character.
    accept: Accept,
}

impl Rule {
    pub(crate) fn find(&self, view: &View, mut report: impl FnMut(Kind, usize, usize)) {
        let mut place = 0;
        while let Some(captures) = self.pattern.captures_at(&view.text, place) {
            let Some(whole) = captures.get(0) else { return };
            place = match (self.accept)(view, &captures) {
                Some((kind, start, end)) => {
                    report(kind, start, end);
                    end.max(whole.start() + 1)
                }
                None => whole.end(),
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

/// All rules, the strictest first.
pub(crate) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = Vec::new();
        let mut add = |pattern: String, accept: Accept| {
            // The patterns are constants; a test compiles them all.
            if let Ok(pattern) = Regex::new(&pattern) {
                rules.push(Rule { pattern, accept });
            }
        };
        add(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}".into(), accept::email);
        add(format!(r"[0-9]{{6}}{GAP}[1-8](?:[0-9]{{6}}|[*xX●○]{{6}})"), accept::resident_number);
        add(format!(r"[0-9]{{4}}{GAP}[0-9]{{4,6}}{GAP}[0-9]{{4,5}}(?:{GAP}[0-9]{{1,4}})?"), accept::card);
        add(
            format!(
                r"(?:[0-9]{{2}}|서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산){GAP}[0-9]{{2}}{GAP}[0-9]{{6}}{GAP}[0-9]{{2}}"
            ),
            accept::driving_licence,
        );
        add(r"[MSRODGTmsrodgt](?:[0-9]{8}|[0-9]{3}[A-Za-z][0-9]{4})".into(), accept::passport);
        add(
            format!(
                r"(?:\+ ?82{GAP}|\(?0)(?:\(0\))?(?:1[016789]|2|[3-6][1-5]|70|50[0-9]?|80)\)?{GAP}[0-9]{{3,4}}{GAP}[0-9]{{4}}"
            ),
            accept::phone,
        );
        add(format!(r"[0-9]{{3}}{GAP}[0-9]{{2}}{GAP}[0-9]{{5}}"), accept::business_number);
        add(format!(r"[0-9]{{2,6}}(?:{BREAK}[0-9]{{2,8}}){{1,4}}|[0-9]{{10,14}}"), accept::bank_account);
        add(
            r"[0-9]{2,3} ?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자배하허호] ?[0-9]{4}"
                .into(),
            accept::number_plate,
        );
        for (pattern, accept) in addresses::rules() {
            add(pattern, accept);
        }
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
        assert_eq!(super::rules().len(), 46);
    }
}
