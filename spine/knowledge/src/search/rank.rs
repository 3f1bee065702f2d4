//! Which passages answer: candidates by their scores and by what answers to like questions cite, weighed by a linear model.

use std::{
    cell::RefCell,
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap, HashSet},
};

use super::{
    query::Query,
    scores::{Score, Scores},
    terms::Question,
    weights::{ARTICLE, ARTICLE_ALONE, ARTICLE_FEATURES, NOTE, NOTE_FEATURES},
};
use crate::{
    error::KnowledgeError,
    index::{KIND_ANSWER, KIND_BRIDGE, KIND_SERVICE, KIND_STATUTE},
    library::{Library, NO_ACT, Place, SCORED, day_number, origin_number},
    source::SourceKind,
};

/// Articles weighed for each question, by their own words.
const ARTICLE_CANDIDATES: usize = 100;
/// Answers and services weighed for each question.
const NOTE_CANDIDATES: usize = 30;
/// Answers to like questions whose citations count as votes.
const VOTING_ANSWERS: usize = 20;
/// Places in answers, near a citation, that vote.
const VOTING_BRIDGES: usize = 60;
/// How much a title's score counts beside a text's when candidates are chosen.
const HEADING_SHARE: f32 = 1.0;
const LAW_SHARE: f32 = 0.5;
const NOTE_TITLE_SHARE: f32 = 2.0;
/// Votes fall with this power of the likeness.
const ANSWER_POWER: i32 = 4;
const BRIDGE_POWER: i32 = 6;
/// A title that holds this share of a question begins to be the question.
const SURE_TITLE: f32 = 0.8;

/// A place and its estimated probability to be what was looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranked {
    pub(crate) place: u32,
    pub(crate) probability: f64,
}

/// What is known about an article for a question, in the order of the weights.
pub(crate) type ArticleFeatures = [f32; ARTICLE_FEATURES];
/// What is known about an answer or service for a question, in the order of the weights.
pub(crate) type NoteFeatures = [f32; NOTE_FEATURES];

/// All that was weighed for a question.
#[derive(Default)]
pub(crate) struct Weighed {
    pub(crate) articles: Vec<(u32, ArticleFeatures)>,
    pub(crate) notes: Vec<(u32, NoteFeatures)>,
    /// Whether any answer votes for any article.
    pub(crate) has_votes: bool,
}

thread_local! {
    /// The arrays of scores are large; each thread keeps its own.
    static SCORES: RefCell<Scores> = RefCell::new(Scores::default());
}

/// A place with its score, ordered by score.
#[derive(Clone, Copy, PartialEq)]
struct Scored {
    score: f32,
    place: u32,
}

impl Eq for Scored {}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of two alike the earlier place is the better: results do not depend on chance.
        self.score.total_cmp(&other.score).then_with(|| other.place.cmp(&self.place))
    }
}

/// Keeps the best of many.
struct Best {
    size: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

impl Best {
    fn new(size: usize) -> Self {
        Self { size, heap: BinaryHeap::with_capacity(size + 1) }
    }

    fn offer(&mut self, place: u32, score: f32) {
        if self.heap.len() == self.size && self.heap.peek().is_some_and(|worst| worst.0.score >= score) {
            return;
        }
        self.heap.push(Reverse(Scored { score, place }));
        if self.heap.len() > self.size {
            self.heap.pop();
        }
    }

    /// Best first.
    fn into_sorted(self) -> Vec<Scored> {
        self.heap.into_sorted_vec().into_iter().map(|reverse| reverse.0).collect()
    }
}

impl Weighed {
    /// The best of all, best first.
    pub(crate) fn ranked(&self) -> Vec<Ranked> {
        let model = if self.has_votes { &ARTICLE } else { &ARTICLE_ALONE };
        let articles = self
            .articles
            .iter()
            .map(|(place, features)| Ranked { place: *place, probability: model.probability(features) });
        let notes = self
            .notes
            .iter()
            .map(|(place, features)| Ranked { place: *place, probability: NOTE.probability(features) });
        let mut ranked: Vec<Ranked> = articles.chain(notes).collect();
        ranked.sort_by(|one, other| {
            other.probability.total_cmp(&one.probability).then_with(|| one.place.cmp(&other.place))
        });
        ranked
    }
}

/// Weighs candidates of the kinds that are asked for.
pub(crate) fn weigh(library: &Library, question: &Question, query: &Query) -> Result<Weighed, KnowledgeError> {
    if question.terms.is_empty() {
        return Ok(Weighed::default());
    }
    let wants = |kind| query.kinds.is_empty() || query.kinds.contains(&kind);
    let articles = wants(SourceKind::Statute);
    // Answers are looked at for articles too: what they cite votes.
    let wanted: [bool; SCORED] = [articles, articles, true, true, articles];
    SCORES.with_borrow_mut(|scores| {
        scores.fill(library, question, wanted).map_err(|error| KnowledgeError::Index {
            directory: "the search index".to_owned(),
            reason: error.to_string(),
        })?;
        let sweep = Sweep { library, question, query, scores };
        Ok(sweep.run(wants))
    })
}

/// One pass over the scores of all places.
struct Sweep<'a> {
    library: &'a Library,
    question: &'a Question,
    query: &'a Query,
    scores: &'a Scores,
}

impl Sweep<'_> {
    fn run(&self, wants: impl Fn(SourceKind) -> bool) -> Weighed {
        let library = self.library;
        let law_scores =
            library.titles.scores(self.question.terms.iter().map(|term| (term.text.as_str(), term.weight)));
        let best_law = law_scores.iter().copied().fold(0.0_f32, f32::max);
        let allowed = self.allowed_acts();
        let days = self.query.in_force_on.map(|date| u32::try_from(day_number(date)).unwrap_or(u32::MAX));
        let without: HashSet<u64> = self.without();
        let mut best_articles = Best::new(ARTICLE_CANDIDATES);
        let mut best_notes = Best::new(NOTE_CANDIDATES.max(VOTING_ANSWERS));
        let mut best_bridges = Best::new(VOTING_BRIDGES);
        let passes = |place: Place| {
            let of_ministry = |allowed: &Vec<bool>| allowed.get(place.act as usize).copied().unwrap_or(false);
            place.applies(days) && allowed.as_ref().is_none_or(of_ministry)
        };
        for &number in self.scores.touched() {
            let Score { text, title, .. } = self.scores.of(number);
            let place = library.places[number as usize];
            match place.kind() {
                KIND_STATUTE if passes(place) => {
                    let law_score = law_scores.get(place.act as usize).copied().unwrap_or(0.0);
                    best_articles.offer(number, text + HEADING_SHARE * title + LAW_SHARE * law_score);
                }
                KIND_ANSWER | KIND_SERVICE if !self.is_without(&without, number) => {
                    best_notes.offer(number, text + NOTE_TITLE_SHARE * title);
                }
                KIND_BRIDGE if !self.is_without(&without, number) => best_bridges.offer(number, text),
                _ => {}
            }
        }
        let notes = best_notes.into_sorted();
        let mut weighed = Weighed { notes: self.weigh_notes(&notes, &wants), ..Weighed::default() };
        if wants(SourceKind::Statute) {
            let by_words = best_articles.into_sorted();
            let votes = Votes {
                answers: self.votes(&notes[..notes.len().min(VOTING_ANSWERS)], ANSWER_POWER),
                bridges: self.votes(&best_bridges.into_sorted(), BRIDGE_POWER),
            };
            let words =
                Words { law_scores: &law_scores, best_law, best: by_words.first().map_or(0.0, |one| one.score) };
            let mut places: Vec<u32> = by_words.iter().map(|one| one.place).collect();
            let known: HashSet<u32> = places.iter().copied().collect();
            let mut by_votes: Vec<u32> = votes.answers.keys().chain(votes.bridges.keys()).copied().collect();
            by_votes.sort_unstable();
            by_votes.dedup();
            places.extend(by_votes.into_iter().filter(|place| !known.contains(place) && passes(library.places[*place as usize])));
            weighed.has_votes = !votes.answers.is_empty() || !votes.bridges.is_empty();
            weighed.articles = self.weigh_articles(&places, &words, &votes, &without);
        }
        weighed
    }

    fn allowed_acts(&self) -> Option<Vec<bool>> {
        let ministry = self.query.ministry.as_deref()?;
        Some(self.library.acts.iter().map(|act| act.ministry.iter().any(|one| one == ministry)).collect())
    }

    fn without(&self) -> HashSet<u64> {
        let number = |id: &String| {
            let (kind, name) = id.split_once(':')?;
            Some(origin_number(SourceKind::from_name(kind)?, name))
        };
        self.query.without.iter().filter_map(number).collect()
    }

    fn is_without(&self, without: &HashSet<u64>, place: u32) -> bool {
        !without.is_empty() && self.library.origins.get(&place).is_some_and(|origin| without.contains(origin))
    }

    /// What those who answered like questions cite. An answer that cites much says less about each article.
    fn votes(&self, citing: &[Scored], power: i32) -> HashMap<u32, f32> {
        let mut votes = HashMap::new();
        let best = citing.first().map_or(0.0, |best| best.score);
        if best <= 0.0 {
            return votes;
        }
        for one in citing {
            let Some(cited) = self.library.cites.get(&one.place) else { continue };
            let weight = (one.score / best).powi(power) / (cited.len() as f32).sqrt();
            for place in cited {
                *votes.entry(*place).or_insert(0.0) += weight;
            }
        }
        votes
    }

    fn weigh_notes(&self, notes: &[Scored], wants: &impl Fn(SourceKind) -> bool) -> Vec<(u32, NoteFeatures)> {
        let best = notes.first().map_or(1.0, |one| one.score).max(f32::MIN_POSITIVE);
        let text_mass = self.mass(2).max(f32::MIN_POSITIVE);
        let kind_of = |place: u32| match self.library.places[place as usize].kind() {
            KIND_SERVICE => SourceKind::Service,
            _ => SourceKind::Answer,
        };
        let wanted = notes.iter().filter(|note| wants(kind_of(note.place))).take(NOTE_CANDIDATES);
        wanted
            .map(|note| {
                let Score { text, text_terms, title_terms, .. } = self.scores.of(note.place);
                let features = [
                    note.score / best,
                    self.covered(text_terms, 2),
                    text / text_mass,
                    // Only a title that is nearly the question itself is a sign of its own: like titles are many.
                    (self.covered(title_terms, 2) - SURE_TITLE).max(0.0) / (1.0 - SURE_TITLE),
                ];
                (note.place, features)
            })
            .collect()
    }

    fn weigh_articles(
        &self,
        places: &[u32],
        words: &Words<'_>,
        votes: &Votes,
        without: &HashSet<u64>,
    ) -> Vec<(u32, ArticleFeatures)> {
        let library = self.library;
        let mass = self.mass(0).max(f32::MIN_POSITIVE);
        let most = |votes: &HashMap<u32, f32>| votes.values().copied().fold(f32::MIN_POSITIVE, f32::max);
        let (most_answers, most_bridges) = (most(&votes.answers), most(&votes.bridges));
        let by_law = votes.by_law(library);
        let all_votes = by_law.values().sum::<f32>().max(f32::MIN_POSITIVE);
        let own_cites: HashSet<u32> = if without.is_empty() { HashSet::new() } else { self.cited_by(without) };
        places
            .iter()
            .map(|number| {
                let act = library.places[*number as usize].act;
                let law = words.law_scores.get(act as usize).copied().unwrap_or(0.0);
                let Score { text, title: heading, text_terms, title_terms } = self.scores.of(*number);
                let score = text + HEADING_SHARE * heading + LAW_SHARE * law;
                let answers = votes.answers.get(number).copied().unwrap_or(0.0);
                let bridges = votes.bridges.get(number).copied().unwrap_or(0.0);
                let law_votes = if act == NO_ACT { 0.0 } else { by_law.get(&act).copied().unwrap_or(0.0) };
                let cited = library.cited.get(number).copied().unwrap_or(0) - u32::from(own_cites.contains(number));
                let features = [
                    score / words.best.max(f32::MIN_POSITIVE),
                    score / mass,
                    self.covered(title_terms, 0),
                    law / words.best_law.max(f32::MIN_POSITIVE),
                    self.covered(text_terms | title_terms, 0),
                    (4.0 * answers).ln_1p(),
                    (4.0 * bridges).ln_1p(),
                    answers / most_answers,
                    bridges / most_bridges,
                    law_votes / all_votes,
                    (cited as f32).ln_1p(),
                ];
                (*number, features)
            })
            .collect()
    }

    /// What answers under test cite themselves.
    fn cited_by(&self, origins: &HashSet<u64>) -> HashSet<u32> {
        let library = self.library;
        let own = library.origins.iter().filter(|(place, origin)| {
            origins.contains(origin) && library.places[**place as usize].kind() != KIND_BRIDGE
        });
        own.filter_map(|(place, _)| library.cites.get(place)).flatten().copied().collect()
    }

    /// All that finding every term in a field would say.
    fn mass(&self, field: usize) -> f32 {
        self.question.terms.iter().map(|term| term.mass(field)).sum()
    }

    /// The share of the question, by what its terms say, that stands there.
    fn covered(&self, terms: u32, field: usize) -> f32 {
        let all = self.mass(field);
        if all <= 0.0 || terms == 0 {
            return 0.0;
        }
        let found = self.question.terms.iter().enumerate().filter(|(bit, _)| terms & (1 << bit) != 0);
        found.map(|(_, term)| term.mass(field)).sum::<f32>() / all
    }
}

/// How articles fit by their own words.
struct Words<'a> {
    law_scores: &'a [f32],
    best_law: f32,
    best: f32,
}

/// What answers cite, by place.
struct Votes {
    answers: HashMap<u32, f32>,
    bridges: HashMap<u32, f32>,
}

impl Votes {
    fn by_law(&self, library: &Library) -> HashMap<u32, f32> {
        let mut laws = HashMap::new();
        for (place, votes) in self.answers.iter().chain(&self.bridges) {
            *laws.entry(library.places[*place as usize].act).or_insert(0.0) += votes;
        }
        laws
    }
}
