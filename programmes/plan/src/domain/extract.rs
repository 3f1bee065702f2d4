//! What a recommendation's text says of deadlines and of who does it with whom. Proposals: a person checks them.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{
    bodies::{Body, Mention, mentions},
    quarter::Quarter,
};

/// How a deadline is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Done by the end of the quarter (까지, 이내).
    By,
    /// Done in the quarter (에).
    In,
    /// Begun in the quarter (부터).
    From,
}

/// How exactly a text names the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// A quarter.
    Quarter,
    /// A half of a year.
    Half,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// A deadline that a text sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Deadline {
    /// The quarter at whose end it is due.
    #[schema(value_type = String, example = "26Q4")]
    pub quarter: Quarter,
    /// How it is meant.
    pub bound: Bound,
    /// How exactly the text says it.
    pub precision: Precision,
    /// Where the words stand, in characters.
    pub start: usize,
    /// Where the words end, in characters.
    pub end: usize,
}

/// The bodies that a text orders to do something, and those with which it orders co-operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Involved {
    /// Ordered.
    pub responsible: Vec<&'static str>,
    /// With whom.
    pub cooperating: Vec<&'static str>,
}

const APOSTROPHES: &str = "['’‘´`′]";

static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = format!(
        r"(?:{APOSTROPHES}\s?(?<short>\d\d)|(?<long>20\d\d))\s?(?<unit>년도|년)\s?(?:(?<quarter>[1-4])\s?분기|(?<half>상반기|하반기)|(?<month>1?[0-9])월)?(?<rest>\s?(?:중|말|초)?\s?(?:까지|이내|내에|내|부터|에는|에|동안)?)"
    );
    Regex::new(&pattern).ok()
});

/// The deadlines of a text, in its order.
pub fn deadlines(text: &str) -> Vec<Deadline> {
    let Some(pattern) = TIME.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for captures in pattern.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        let group = |name: &str| captures.name(name).map(|group| group.as_str());
        let year = match (group("short"), group("long")) {
            (Some(short), _) => short.parse::<i16>().map(|year| year + 2000),
            (None, long) => long.unwrap_or_default().parse(),
        };
        let Ok(year) = year else { continue };
        let words = group("rest").unwrap_or_default().trim();
        let bound = bound_of(words);
        let after = text.get(whole.end()..).unwrap_or_default();
        let Some((quarter, precision)) = time_of(year, &group, bound, after) else { continue };
        if matches!(bound, None | Some(Bound::In)) && tells_of_the_past(after) {
            continue;
        }
        let start = text.get(..whole.start()).unwrap_or_default().chars().count();
        let end = start + whole.as_str().trim_end().chars().count();
        found.push(Deadline { quarter, bound: bound.unwrap_or(Bound::In), precision, start, end });
    }
    found
}

fn bound_of(words: &str) -> Option<Bound> {
    if words.ends_with("부터") {
        Some(Bound::From)
    } else if words.ends_with("까지") || words.ends_with('내') || words.ends_with("내에") {
        Some(Bound::By)
    } else if words.ends_with('에') || words.ends_with("에는") {
        Some(Bound::In)
    } else {
        None
    }
}

/// «’25년 4분기에 수립된 전략» is a name for something that is there already.
fn tells_of_the_past(after: &str) -> bool {
    const DONE: [&str; 8] = ["수립된", "수립한", "발표된", "발표한", "마련된", "마련한", "제정된", "시행된"];
    let after = after.trim_start();
    DONE.iter().any(|word| after.starts_with(word))
}

fn time_of<'t>(
    year: i16,
    group: &impl Fn(&str) -> Option<&'t str>,
    bound: Option<Bound>,
    after: &str,
) -> Option<(Quarter, Precision)> {
    if let Some(quarter) = group("quarter") {
        return Some((Quarter::new(year, quarter.parse().ok()?)?, Precision::Quarter));
    }
    if let Some(half) = group("half") {
        // A half is due, or begun, by its end.
        return Some((Quarter::new(year, if half == "상반기" { 2 } else { 4 })?, Precision::Half));
    }
    if let Some(month) = group("month") {
        let month: i8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        return Some((Quarter::new(year, (month - 1) / 3 + 1)?, Precision::Month));
    }
    // A year alone is a deadline only with a word that makes it one: «2030 계획» and «’26년 예산» are names.
    let of_a_name = after.starts_with('의') || after.trim_start().starts_with("수립한");
    match bound? {
        _ if of_a_name => None,
        // The plan's own table reads «’27년부터» as the year's beginning, and «’27년도부터», of a budget year, as its course.
        Bound::From if group("unit") == Some("년") => Some((Quarter::new(year, 1)?, Precision::Year)),
        Bound::From | Bound::By | Bound::In => Some((Quarter::new(year, 4)?, Precision::Year)),
    }
}

/// Words by which a text orders co-operation.
const TOGETHER: [&str; 10] =
    ["협력", "협의", "협조", "함께", "공동으로", "공동 ", "연계하여", "연계해", "심의를", "논의"];
/// How far behind a list of bodies such a word may stand, in characters.
const REACH: usize = 34;

/// Who a text orders to do something, and with whom. `lead` is the body that the plan names as responsible.
pub fn involved(text: &str, lead: Option<&'static Body>) -> Involved {
    let mut involved = Involved { responsible: lead.iter().map(|body| body.id).collect(), cooperating: Vec::new() };
    let found = mentions(text);
    for group in groups(text, &found) {
        let Some(last) = group.last() else { continue };
        let tail = text.get(last.end..).unwrap_or_default();
        let named = match role_of(tail) {
            Some(Role::Ordered) => &mut involved.responsible,
            Some(Role::With) => &mut involved.cooperating,
            None => continue,
        };
        for mention in group {
            if !named.contains(&mention.body.id) {
                named.push(mention.body.id);
            }
        }
    }
    involved.cooperating.retain(|id| !involved.responsible.contains(id));
    involved
}

enum Role {
    Ordered,
    With,
}

/// What the words behind a list say of the bodies in it.
fn role_of(tail: &str) -> Option<Role> {
    let tail = tail.trim_start_matches(|character: char| character == ')' || character.is_ascii_digit());
    let tail = tail.trim_start_matches(')');
    let topic = ["는 ", "은 ", "는,", "은,", "는 "].iter().any(|topic| tail.starts_with(topic));
    if topic || tail.strip_prefix(" 등은").or_else(|| tail.strip_prefix(" 등 관계부처는")).is_some() {
        return Some(Role::Ordered);
    }
    let reach = tail.char_indices().nth(REACH).map_or(tail.len(), |(at, _)| at);
    let near = tail.get(..reach).unwrap_or(tail);
    let together = TOGETHER.iter().filter_map(|word| near.find(word)).min()?;
    let between = near.get(..together).unwrap_or_default();
    joins(between).then_some(Role::With)
}

/// Whether nothing but «와», «등 관계 부처와», «및 시도교육청과 긴밀히» stands between a list and the word of co-operation.
fn joins(between: &str) -> bool {
    const LINKS: [&str; 7] = ["와", "과", "및", "등", "간", "의", "에"];
    if between.contains(['.', ';']) || between.contains("는 ") || between.contains("가 ") {
        return false;
    }
    let link = between.trim_start();
    let linked =
        LINKS.iter().any(|particle| link.starts_with(particle)) || link.is_empty() || link.starts_with([',', '·']);
    let companion = between.contains('와') || between.contains('과') || link.is_empty() || link == "의" || link == "간";
    linked && companion
}

/// Mentions that stand in one list: «행안부·인사처», «산업부와 과기정통부, 중기부».
fn groups<'m>(text: &str, found: &'m [Mention]) -> Vec<&'m [Mention]> {
    let mut groups = Vec::new();
    let mut first = 0;
    for at in 1..=found.len() {
        let joined = match (found.get(at - 1), found.get(at)) {
            (Some(one), Some(next)) => text.get(one.end..next.start).is_some_and(is_separator),
            _ => false,
        };
        if !joined {
            groups.extend(found.get(first..at).filter(|group| !group.is_empty()));
            first = at;
        }
    }
    groups
}

fn is_separator(between: &str) -> bool {
    let words = between.trim();
    let words = words.strip_prefix(['와', '과']).unwrap_or(words).trim();
    let words = words.trim_matches(|character: char| {
        matches!(character, ',' | '·' | 'ㆍ' | '･' | '・' | '∙' | '/' | '(' | ')' | '‧' | '•')
            || character.is_whitespace()
    });
    words.is_empty() || words == "및" || words == "그리고"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bodies::body_called;

    fn said(text: &str) -> Vec<String> {
        let word = |bound| match bound {
            Bound::By => "by",
            Bound::In => "in",
            Bound::From => "from",
        };
        deadlines(text).iter().map(|deadline| format!("{}{}", word(deadline.bound), deadline.quarter)).collect()
    }

    #[test]
    fn every_deadline_of_a_text_is_found() {
        assert_eq!(said("’28년 4분기까지 확충하며, 계획을 ’26년 1분기까지 수립한다."), ["by28Q4", "by26Q1"]);
        assert_eq!(said("‘27년 2분기부터 도입하고 2026년 3분기에는"), ["from27Q2", "in26Q3"]);
        assert_eq!(said("’26년 하반기까지 마련하고, ‘27년 상반기부터 추진"), ["by26Q4", "from27Q2"]);
        assert_eq!(said("’27년부터 시범 사업에, ’30년까지 총 1천 개"), ["from27Q1", "by30Q4"]);
        assert_eq!(said("’26년 9월까지"), ["by26Q3"]);
        assert_eq!(said("’25년 6월 발표한 기준, ’25년 4분기에 수립된 전략"), Vec::<String>::new());
        assert_eq!(said("1위 달성(~’30년)을 위한 ‘2030 도약 계획’과 ’26년 예산"), Vec::<String>::new());
        assert_eq!(said("’26년 9분기까지 ’99년 13월까지"), Vec::<String>::new());
    }

    #[test]
    fn a_deadline_says_where_it_stands() {
        let text = "계획을 ’26년 1분기까지 수립";
        let found = deadlines(text).remove(0);
        let words: String = text.chars().skip(found.start).take(found.end - found.start).collect();
        assert_eq!(words, "’26년 1분기까지");
    }

    #[test]
    fn who_does_it_with_whom() {
        let lead = body_called("과기정통부");
        let found = involved("과기정통부는 산업부와 협의하여 방안을 마련한다. 또한 중기부는 사업을 시행한다.", lead);
        assert_eq!(found.responsible, ["msit", "mss"]);
        assert_eq!(found.cooperating, ["motir"]);
        let found = involved("산업부와 과기정통부, 중기부는 ’27년부터 시도교육청 등 관계 기관과 긴밀히 협력하여", None);
        assert_eq!(found.responsible, ["motir", "msit", "mss"]);
        assert_eq!(found.cooperating, ["offices-education"]);
        let found = involved("국방부는 과기정통부가 추진 중인 모델을 쓴다.", body_called("국방부"));
        assert_eq!(found.cooperating, Vec::<&str>::new());
    }
}
