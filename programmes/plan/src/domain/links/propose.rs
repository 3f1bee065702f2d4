//! Dependencies that a plan's texts speak of. A text says that it rests on something («연구 결과를 토대로», «표준에 따라»); another
//! text orders that very thing («표준을 마련하고»). Where the words agree, a dependency is proposed; a person decides.
//!
//! 1. Every text is parted into what it orders (words before a verb of making) and what it rests on (words before a word of
//!    resting).
//! 2. Words that many texts share tell nothing: each counts as rarely as it occurs. A name in quotation marks that both texts
//!    hold counts most.
//! 3. What one text makes under a name in quotation marks («‘국가데이터 통합플랫폼’을 구축») and another calls by the same name, with or without
//!    the marks, the other waits for; unless it only gives an example («…와 같이») or adds something to it («…에 반영»).
//! 4. «이를 토대로» and «위의 …» at the beginning of a text speak of the recommendation before it in the same task.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use regex::Regex;

use crate::domain::{bodies, entry::Entry, entry::Number};

/// A dependency that a program found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What waits.
    pub dependent: Number,
    /// For what.
    pub prerequisite: Number,
    /// The words that say so.
    pub words: String,
}

/// What follows the thing that a text rests on.
static RESTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:[을를]\s?(?:바탕|토대|기반|근거)[으]?로|[와과]\s?연계(?:하여|해)|[을를]\s?(?:활용하여|활용해|반영하여|반영해|고려하여)|에\s?(?:따라|맞춰)|상황에 맞춰)",
    )
    .ok()
});

/// What follows the thing that a text orders.
static MAKES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"[을를]\s?(?:[’'‘`]?\d\d년[^,.]{0,12}?\s?)?(?:조기에 |우선 |공동으로 |함께 |단계적으로 )?(?:수립|마련|구축|개발|제정|개정|구성|설립|지정|조성|발의|제출|완료|도입|설계|확충|운영|시행|실시)",
    )
    .ok()
});

/// Names in quotation marks.
static NAMES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[‘“「｢'']([^‘’“”「」｢｣'\n]{3,40})[’”」｣'']").ok());

/// What follows a name whose thing a text makes.
static MADE_BY_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:프로젝트를통해|(?:프로젝트|플랫폼|체계)?[을를](?:[’'‘`]?\d\d년[^,.]{0,14})?(?:조기에|우선|공동으로|함께|단계적으로|순차적으로)?(?:수립|마련|구축|개발|제정|설립|조성|도입|설계|지정|확보|추진))",
    )
    .ok()
});
/// Shorter names, in characters without blanks, are words that anybody uses.
const SHORTEST_NAME: usize = 5;
/// What follows a name that a text only gives as an example, or to which it adds something.
const NO_USE: [&str; 3] = ["와같이", "과같이", "에반영하"];

/// What at the beginning of a text speaks of the one before it.
const OF_THE_ONE_BEFORE: [&str; 7] = ["위의 ", "앞의 ", "상기 ", "는 동 ", "는 해당 ", "는 이 ", "는 이를 "];
/// How far from the beginning, in characters.
const BEGINNING: usize = 40;
/// How much of a text before such a word belongs to the thing, in characters.
const THING: usize = 45;
/// How much of the weight of what a text rests on must be found in what another orders.
const AGREEMENT: f64 = 0.55;
/// Fewer shared words than these are chance.
const LEAST_SHARED: usize = 2;
/// Words that more texts hold than this share tell nothing.
const COMMON: f64 = 0.06;

/// The dependencies that the texts speak of, in the order of numbers.
pub fn propose(entries: &[Entry]) -> Vec<Proposed> {
    let read: Vec<Read> = entries.iter().map(Read::of).collect();
    let weights = Weights::of(&read);
    let mut found: BTreeMap<(Number, Number), String> = BTreeMap::new();
    for (at, read_one) in read.iter().enumerate() {
        let number = entries[at].number;
        if let Some(before) = read_one.speaks_of.as_ref().and_then(|noun| before_in_task(entries, &read, at, noun)) {
            found.entry((number, before)).or_insert_with(|| beginning(&entries[at].text));
        }
        for thing in &read_one.rests_on {
            if let Some(best) = weights.best(&read, at, thing) {
                found.entry((number, entries[best].number)).or_insert_with(|| thing.words.clone());
            }
        }
    }
    for (dependent, prerequisite, name) in by_name(entries) {
        found.entry((dependent, prerequisite)).or_insert(name);
    }
    without_circles(found)
}

/// A text without blanks and without what says that a name is not final.
fn flat(text: &str) -> String {
    let joined: String = text.chars().filter(|one| !one.is_whitespace()).collect();
    joined.replace("(가칭)", "")
}

/// Texts that call something by the name under which another makes it. Of several that make it, the first does.
fn by_name(entries: &[Entry]) -> Vec<(Number, Number, String)> {
    let texts: Vec<String> = entries.iter().map(|entry| flat(&entry.text)).collect();
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for (at, text) in texts.iter().enumerate() {
        for name in made_in(text) {
            made.entry(name).or_insert(at);
        }
    }
    let mut found = Vec::new();
    for (name, first) in made {
        let users = texts.iter().enumerate().filter(|(at, text)| *at != first && uses(text, &name));
        found.extend(users.map(|(at, _)| (entries[at].number, entries[first].number, name.clone())));
    }
    found
}

/// The names of what a text without blanks makes.
fn made_in(text: &str) -> Vec<String> {
    let (Some(names), Some(made)) = (NAMES.as_ref(), MADE_BY_NAME.as_ref()) else { return Vec::new() };
    let called = names.captures_iter(text).filter_map(|captures| Some((captures.get(0)?, captures.get(1)?.as_str())));
    let kept = called.filter(|(whole, name)| {
        let is_name = name.chars().count() >= SHORTEST_NAME && !name.ends_with('법') && !name.contains('년');
        is_name && text.get(whole.end()..).is_some_and(|rest| made.is_match(rest))
    });
    kept.map(|(_, name)| name.to_owned()).collect()
}

fn uses(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let rest = text.get(at.saturating_add(name.len())..).unwrap_or_default();
        let rest = rest.trim_start_matches(['’', '”', '」', '｣', '\'']);
        !NO_USE.iter().any(|words| rest.starts_with(words))
    })
}

/// The nearest recommendation before it in the same task that orders what the noun names; the one just before where none does.
fn before_in_task(entries: &[Entry], read: &[Read], at: usize, noun: &str) -> Option<Number> {
    let task = entries.get(at)?.number.task;
    let mut earlier = (0..at).rev().take_while(|place| entries[*place].number.task == task);
    let orders = |place: &usize| read[*place].orders.iter().any(|thing| !noun.is_empty() && thing.words.contains(noun));
    let named = earlier.clone().find(orders);
    named.or_else(|| earlier.next()).map(|place| entries[place].number)
}

fn beginning(text: &str) -> String {
    text.chars().take(BEGINNING).collect()
}

/// Of two that would wait for each other, the one that was found first stays.
fn without_circles(found: BTreeMap<(Number, Number), String>) -> Vec<Proposed> {
    let taken: BTreeSet<(Number, Number)> = found.keys().copied().collect();
    let kept = found.into_iter().filter(|((dependent, prerequisite), _)| {
        // The later recommendation waits for the earlier one, where the texts say both.
        !taken.contains(&(*prerequisite, *dependent)) || dependent > prerequisite
    });
    kept.map(|((dependent, prerequisite), words)| Proposed { dependent, prerequisite, words }).collect()
}

/// Something that a text orders or rests on.
struct Thing {
    words: String,
    tokens: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Thing {
    fn before(text: &str, end: usize) -> Option<Self> {
        let before = text.get(..end)?;
        let start = before.char_indices().rev().nth(THING).map_or(0, |(at, _)| at);
        let near = before.get(start..)?;
        // What stands before the last end of a clause belongs to something else.
        let clause = near
            .rfind([',', '.', ';', '▴', '①', '②', '③', '④', '⑤'])
            .map_or(0, |at| at + near.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        let words = near.get(clause..)?.trim();
        (!words.is_empty()).then(|| Self { words: words.to_owned(), tokens: tokens(words), names: names(words) })
    }
}

/// What a text orders and what it rests on.
struct Read {
    orders: Vec<Thing>,
    rests_on: Vec<Thing>,
    /// The noun behind «동 …», «위의 …», where the text begins so.
    speaks_of: Option<String>,
    bodies: BTreeSet<&'static str>,
    task: u16,
}

impl Read {
    fn of(entry: &Entry) -> Self {
        let things = |pattern: &LazyLock<Option<Regex>>| -> Vec<Thing> {
            let Some(pattern) = pattern.as_ref() else { return Vec::new() };
            pattern.find_iter(&entry.text).filter_map(|found| Thing::before(&entry.text, found.start())).collect()
        };
        let start = beginning(&entry.text);
        Self {
            orders: things(&MAKES),
            rests_on: things(&RESTS),
            speaks_of: spoken_of(&start),
            bodies: entry.responsible.iter().filter_map(|id| bodies::body(id)).map(|body| body.id).collect(),
            task: entry.number.task,
        }
    }
}

/// The noun of what a text's beginning speaks of; empty where it speaks of all that was said before.
fn spoken_of(start: &str) -> Option<String> {
    let behind = OF_THE_ONE_BEFORE.iter().find_map(|words| start.split_once(words).map(|(_, rest)| rest))?;
    let word = maru_korean::words(behind).next().map(maru_korean::strip_particle).unwrap_or_default();
    Some(word.to_owned())
}

fn tokens(words: &str) -> BTreeSet<String> {
    let words = maru_korean::words(words).map(maru_korean::strip_particle);
    let told = words.filter(|word| word.chars().count() >= 2 && !word.chars().all(|one| one.is_ascii_digit()));
    told.filter(|word| bodies::body_called(word).is_none()).map(str::to_owned).collect()
}

/// The names in quotation marks, without spaces and without laws.
pub(in crate::domain) fn names(words: &str) -> BTreeSet<String> {
    let Some(pattern) = NAMES.as_ref() else { return BTreeSet::new() };
    let found = pattern.captures_iter(words).filter_map(|captures| captures.get(1));
    found.map(|name| name.as_str().replace(' ', "")).filter(|name| !name.ends_with("법")).collect()
}

/// In how many texts a word stands.
struct Weights {
    spread: BTreeMap<String, usize>,
    texts: usize,
}

impl Weights {
    fn of(read: &[Read]) -> Self {
        let mut spread: BTreeMap<String, usize> = BTreeMap::new();
        for one in read {
            let all: BTreeSet<&String> =
                one.orders.iter().chain(&one.rests_on).flat_map(|thing| thing.tokens.iter()).collect();
            for word in all {
                *spread.entry(word.clone()).or_default() += 1;
            }
        }
        Self { spread, texts: read.len() }
    }

    fn of_word(&self, word: &str) -> f64 {
        let spread = self.spread.get(word).copied().unwrap_or(1) as f64;
        let texts = self.texts.max(1) as f64;
        if spread / texts > COMMON { 0.15 } else { (texts / spread).ln().max(0.1) }
    }

    /// The text that orders what `thing` speaks of; nothing where none agrees enough.
    fn best(&self, read: &[Read], asking: usize, thing: &Thing) -> Option<usize> {
        let whole: f64 = thing.tokens.iter().map(|word| self.of_word(word)).sum();
        // Who speaks is no hint at whose work it rests on.
        let mut named = bodies_in(&thing.words);
        named.retain(|body| !read[asking].bodies.contains(body));
        let mut best: Option<(f64, usize)> = None;
        for (at, other) in read.iter().enumerate().filter(|(at, _)| *at != asking) {
            if !named.is_empty() && !named.iter().any(|body| other.bodies.contains(body)) {
                continue;
            }
            // Where the text names the body and its task is the same, one telling word is enough.
            let near = !named.is_empty() && read[asking].task == other.task;
            let (least, enough) = if near { (1, AGREEMENT / 3.0) } else { (LEAST_SHARED, AGREEMENT) };
            let agreements = other.orders.iter().map(|ordered| self.agreement(thing, ordered, whole, least));
            let score = agreements.fold(0.0, f64::max);
            if score >= enough && best.is_none_or(|(known, _)| score > known) {
                best = Some((score, at));
            }
        }
        best.map(|(_, at)| at)
    }

    fn agreement(&self, thing: &Thing, ordered: &Thing, whole: f64, least: usize) -> f64 {
        if thing.names.intersection(&ordered.names).next().is_some() {
            return 2.0;
        }
        let shared: Vec<&String> = thing.tokens.intersection(&ordered.tokens).collect();
        let telling = shared.iter().filter(|word| self.of_word(word) > 1.0).count();
        if shared.len() < least || telling == 0 || whole <= 0.0 {
            return 0.0;
        }
        shared.iter().map(|word| self.of_word(word)).sum::<f64>() / whole
    }
}

fn bodies_in(words: &str) -> BTreeSet<&'static str> {
    bodies::mentions(words).into_iter().map(|mention| mention.body.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import;

    fn found(texts: &[(&str, &str, &str)]) -> Vec<String> {
        let head = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent\n";
        let rows: Vec<String> = texts
            .iter()
            .map(|(number, body, text)| {
                let (task, place) = number.split_once('-').unwrap();
                format!("{task}\t축\t1\t영역\t과제\t{place}\t{body}\t{text}")
            })
            .collect();
        let plan = import::read(&format!("{head}{}", rows.join("\n")));
        assert_eq!(plan.bad, []);
        propose(&plan.entries).iter().map(|one| format!("{}<{}", one.dependent, one.prerequisite)).collect()
    }

    #[test]
    fn what_rests_on_what_another_orders() {
        let texts = [
            ("1-1", "행안부", "행안부는 ‘마루데이터 통합플랫폼’을 ’26년 4분기까지 구축한다."),
            ("1-2", "교육부", "교육부는 ‘마루데이터 통합플랫폼’의 표준에 따라 학교 시스템을 연결한다."),
            ("2-1", "국교위", "국교위는 교육과정 개편 구조 연구를 ’26년 2분기까지 완료한다."),
            ("2-2", "교육부", "교육부는 국교위의 교육과정 개편 구조 연구 결과를 토대로 교과서를 정비한다."),
            ("3-1", "문체부", "문체부는 관광 지도를 만든다."),
        ];
        assert_eq!(found(&texts), ["1-2<1-1", "2-2<2-1"]);
    }

    #[test]
    fn what_is_called_by_its_name() {
        let texts = [
            ("1-1", "과기정통부", "과기정통부는 「마루 기본사회 추진계획(가칭)」을 ’26년 4분기까지 수립한다."),
            ("1-2", "과기정통부", "「마루 기본사회 추진 계획」은 격차 해소를 목표로 한다."),
            ("1-3", "복지부", "복지부는 마루 기본사회 추진계획과 같이 넓은 분야의 뜻을 모은다."),
            ("1-4", "복지부", "복지부는 돌봄의 방안을 마련하여 「마루 기본사회 추진계획」에 반영하며 널리 알린다."),
            ("2-1", "교육부", "교육부는 「교육법」을 제정한다."),
            ("2-2", "교육부", "교육부는 「교육법」에 관한 뜻을 모은다."),
        ];
        assert_eq!(found(&texts), ["1-2<1-1"]);
    }

    #[test]
    fn the_one_before_in_the_same_task() {
        let texts = [
            ("1-1", "행안부", "행안부는 종합평가체계를 마련한다."),
            ("1-2", "기획예산처", "위의 종합평가체계를 활용한 결과를 예산에 쓴다."),
            ("2-1", "교육부", "위의 일을 이어서 한다."),
        ];
        assert_eq!(found(&texts), ["1-2<1-1"], "the first of a task speaks of none before it");
    }
}
