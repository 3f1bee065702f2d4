//! The public bodies that the plan speaks of, and where a text names them.

use std::sync::LazyLock;

use serde::Serialize;

/// A public body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Body {
    /// Identifier, also that of the department in accounts and policies.
    pub id: &'static str,
    /// The name as the plan writes it.
    pub name: &'static str,
    /// The full Korean name.
    pub full_name: &'static str,
    /// The English name.
    pub name_en: &'static str,
    #[serde(skip)]
    others: Vec<&'static str>,
}

/// The identifier of the committee that decides the plan.
pub const COMMITTEE: &str = "aistrategy";
/// The identifier that stands for «the ministries concerned».
pub const ALL_CONCERNED: &str = "all";

const DATA: &str = include_str!("../../data/bodies.tsv");

static BODIES: LazyLock<Vec<Body>> = LazyLock::new(|| {
    let lines = DATA.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (id, name, full_name, name_en) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let others = cells.next().unwrap_or_default().split('|').filter(|other| !other.is_empty());
            Some(Body { id, name, full_name, name_en, others: others.collect() })
        })
        .collect()
});

/// Every form of every name, the longest first, with its body's place.
static FORMS: LazyLock<Vec<(&'static str, &'static Body)>> = LazyLock::new(|| {
    let mut forms: Vec<_> = BODIES
        .iter()
        .filter(|body| body.id != ALL_CONCERNED)
        .flat_map(|body| {
            let names = [body.name, body.full_name].into_iter().chain(body.others.iter().copied());
            names.map(move |name| (name, body))
        })
        .collect();
    forms.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    forms.dedup_by_key(|(name, _)| *name);
    forms
});

/// All bodies.
pub fn bodies() -> &'static [Body] {
    &BODIES
}

/// The body of that identifier.
pub fn body(id: &str) -> Option<&'static Body> {
    BODIES.iter().find(|body| body.id == id)
}

/// The body that is called so in any of its forms.
pub fn body_called(name: &str) -> Option<&'static Body> {
    let name = name.trim();
    let called = |body: &&Body| body.name == name || body.full_name == name || body.others.contains(&name);
    BODIES.iter().find(called)
}

/// The body of that name or identifier.
pub fn named(name: &str) -> Option<&'static Body> {
    body_called(name).or_else(|| body(name))
}

/// A place in a text that names a body, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) body: &'static Body,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What may follow a name within the same word.
const PARTICLES: [&str; 16] =
    ["는", "은", "이", "가", "와", "과", "의", "를", "을", "에", "도", "로", "등", "및", "장관", "에서"];

/// Where `text` names bodies, in order. «교육부터» names none, «교육부와» does.
pub(super) fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before: Option<char> = None;
    while let Some(rest) = text.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        let begins_word = before.is_none_or(|character| !character.is_alphanumeric());
        let form = FORMS.iter().find(|(name, _)| begins_word && rest.starts_with(name) && ends_name(rest, name));
        let step = form.map_or(first.len_utf8(), |(name, _)| name.len());
        if let Some((name, body)) = form {
            found.push(Mention { body, start: at, end: at + name.len() });
        }
        before = text.get(at..at + step).and_then(|passed| passed.chars().next_back());
        at += step;
    }
    found
}

fn ends_name(rest: &str, name: &str) -> bool {
    let after = rest.get(name.len()..).unwrap_or_default();
    let Some(next) = after.chars().next() else { return true };
    if !next.is_alphanumeric() {
        return true;
    }
    let word: String = after.chars().take_while(|character| character.is_alphanumeric()).collect();
    // Footnote marks stand at the end of a word in the plan's text: «위원회73)».
    word.chars().all(|character| character.is_ascii_digit())
        || PARTICLES.iter().any(|particle| word.strip_prefix(particle).is_some_and(ends_particle))
}

fn ends_particle(rest: &str) -> bool {
    rest.is_empty() || PARTICLES.contains(&rest) || rest == "는" || rest == "은"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read() {
        let lines = DATA.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
        assert_eq!(bodies().len(), lines);
        assert_eq!(body_called("국가인공지능전략위원회").unwrap().id, COMMITTEE);
        let mut ids: Vec<_> = bodies().iter().map(|body| body.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), bodies().len());
    }

    #[test]
    fn names_are_found_in_words() {
        let names = |text| mentions(text).into_iter().map(|mention| mention.body.name).collect::<Vec<_>>();
        assert_eq!(names("초등 교육부터 대학 교육까지"), Vec::<&str>::new());
        assert_eq!(names("교육부와 행안부·인사처는"), ["교육부", "행안부", "인사처"]);
        assert_eq!(names("국가AI전략위원회와 협력하며"), ["국가AI전략위"]);
        assert_eq!(names("국방부(방사청)는"), ["국방부", "방사청"]);
        assert_eq!(names(""), Vec::<&str>::new());
    }
}
