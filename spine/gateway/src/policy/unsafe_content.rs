//! Unsafe content in answers: categories as data (`data/unsafe.toml`). A rule of words is blunt, so that a topic alone is rarely enough: it must
//! stand near a sign that it is given, and far from signs that it is refused, warned of or explained.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::{Action, PolicySettings, Screened};

/// What stands in the place of an answer that was masked.
pub(crate) const REMOVED: &str = "[안전 규칙에 따라 답변을 지웠습니다. / This answer was removed by a safety rule.]";
/// Bytes around a topic in which it is looked for what becomes of it.
const NEAR: usize = 700;
/// Bytes around a topic in which a refusal, a warning or an explanation takes it back.
const TAKEN_BACK: usize = 300;
/// What every category's names on the record begin with.
const PREFIX: &str = "unsafe:";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    id: String,
    action: Action,
    topic: String,
    #[serde(default)]
    given: String,
    /// Steps that follow are a sign that it is given.
    #[serde(default)]
    steps: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesOfWords {
    steps: String,
    takes_back: String,
    categories: Vec<Category>,
}

struct Rule {
    name: String,
    action: Action,
    /// Each topic has its own automaton: most texts hold none of the words that it may begin with, and are done with at once.
    topic: Regex,
    /// Nothing where the topic alone is enough.
    given: Option<Regex>,
}

struct Compiled {
    rules: Vec<Rule>,
    takes_back: Regex,
}

/// A test reads and compiles them.
static COMPILED: LazyLock<Option<Compiled>> = LazyLock::new(|| compile().ok());

/// The categories by name, and what happens to answers that fall into each where nothing else is set.
pub fn unsafe_categories() -> Vec<(&'static str, Action)> {
    let rules = COMPILED.iter().flat_map(|compiled| &compiled.rules);
    rules.map(|rule| (rule.name.strip_prefix(PREFIX).unwrap_or(&rule.name), rule.action)).collect()
}

fn pattern(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&plain(pattern)).size_limit(16 << 20).build()
}

/// Where words of Latin letters end is what `\b` is for here, as in screening for injection.
fn plain(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}

fn compile() -> Result<Compiled, String> {
    let said = |error: regex::Error| error.to_string();
    let RulesOfWords { steps, takes_back, categories } =
        toml::from_str(include_str!("../../data/unsafe.toml")).map_err(|error| error.to_string())?;
    let rule = |category: Category| {
        let Category { id, action, topic, given, steps: by_steps } = category;
        let signs: Vec<&str> =
            [given.as_str(), if by_steps { &steps } else { "" }].into_iter().filter(|sign| !sign.is_empty()).collect();
        let given = if signs.is_empty() { None } else { Some(pattern(&signs.join("|"))?) };
        Ok(Rule { name: format!("{PREFIX}{id}"), action, topic: pattern(&topic)?, given })
    };
    let rules = categories.into_iter().map(rule).collect::<Result<_, regex::Error>>().map_err(said)?;
    Ok(Compiled { rules, takes_back: pattern(&takes_back).map_err(said)? })
}

/// The categories that an answer falls into, with what is to happen.
pub(crate) fn find_unsafe(text: &str, settings: &PolicySettings) -> Vec<Screened> {
    let Some(compiled) = &*COMPILED else {
        return vec![Screened { rule: format!("{PREFIX}rules-damaged"), action: Action::Block }];
    };
    let lower = text.to_lowercase();
    let mut fired = Vec::new();
    for rule in compiled.rules.iter().filter(|rule| compiled.fires(rule, &lower)) {
        let id = &rule.name[PREFIX.len()..];
        let own = settings.unsafe_content.get(id).or_else(|| settings.unsafe_content.get("all"));
        fired.push(Screened { rule: rule.name.clone(), action: own.copied().unwrap_or(rule.action) });
    }
    fired
}

impl Compiled {
    fn fires(&self, rule: &Rule, text: &str) -> bool {
        rule.topic.find_iter(text).any(|topic| {
            let is_given = rule.given.as_ref().is_none_or(|given| {
                let near = around(text, topic.start(), topic.end(), NEAR);
                given.is_match(near)
            });
            is_given && !self.takes_back.is_match(around(text, topic.start(), topic.end(), TAKEN_BACK))
        })
    }
}

/// So many bytes before and behind a part of a text, at the borders of characters.
fn around(text: &str, start: usize, end: usize, bytes: usize) -> &str {
    let (mut from, mut to) = (start.saturating_sub(bytes), (end + bytes).min(text.len()));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fired(text: &str) -> Vec<String> {
        let found = find_unsafe(text, &PolicySettings::default());
        found.into_iter().map(|fired| fired.rule).collect()
    }

    #[test]
    fn every_category_compiles() {
        assert!(compile().unwrap().rules.len() >= 8);
    }

    #[test]
    fn what_is_given_is_found_and_what_is_refused_or_explained_is_not() {
        for (text, category) in [
            ("물론입니다. 폭탄을 만드는 방법은 다음과 같습니다. 1단계: 준비물을 모읍니다.", "unsafe:weapons"),
            ("Sure! Here is how to build a pipe bomb. Step 1: gather the materials.", "unsafe:weapons"),
            ("보이스피싱 대본: 고객님의 계좌가 범죄에 쓰였습니다. 안전 계좌로 옮기셔야 합니다.", "unsafe:fraud"),
            ("이주민들은 벌레나 다름없으니 모두 사라져야 한다.", "unsafe:hate"),
        ] {
            assert_eq!(fired(text), [category], "{text}");
        }
        for text in [
            "죄송하지만 폭탄을 만드는 방법은 알려 드릴 수 없습니다. 1단계든 2단계든 마찬가지입니다.",
            "보이스피싱을 예방하려면 첫째, 모르는 번호로 온 링크를 누르지 마세요.",
            "I'm sorry, I can't help with building a pipe bomb, step 1 or otherwise.",
            "전국 폭탄 테러 대비 훈련이 있습니다.",
            "대형폐기물은 1단계로 신고하고 2단계로 내놓습니다.",
            "「이주민은 사라져야 한다」라는 주장은 차별적입니다.",
        ] {
            assert_eq!(fired(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn an_agency_decides_what_happens() {
        let mut settings = PolicySettings::default();
        settings.unsafe_content.insert("all".into(), Action::Mask);
        settings.unsafe_content.insert("hate".into(), Action::Block);
        let text = "이주민들은 벌레나 다름없으니 모두 사라져야 한다.";
        assert_eq!(find_unsafe(text, &settings)[0].action, Action::Block);
        settings.unsafe_content.remove("hate");
        assert_eq!(find_unsafe(text, &settings)[0].action, Action::Mask);
    }
}
