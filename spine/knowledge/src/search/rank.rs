//! Which passages answer: candidates by their scores and by what answers to like questions cite, weighed by a linear model.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap, HashSet},
};

use super::{
    finer,
    query::Query,
    scores::{OF_ARTICLES, OF_NOTES, OF_NOTES_AND_BRIDGES, Score, each_stretch},
    terms::Question,
    weights::{ARTICLE, ARTICLE_ALONE, ARTICLE_FEATURES, NOTE, NOTE_FEATURES, NOTE_LIKE},
};
use crate::{
    error::KnowledgeError,
    gists::Expected,
    index::{KIND_ANSWER, KIND_BRIDGE, KIND_SERVICE, KIND_STATUTE},
    library::{Library, NO_ACT, day_number, origin_number},
    source::SourceKind,
};

/// Articles weighed for each question, by their own words.
const ARTICLE_CANDIDATES: usize = 100;
/// Answers and services weighed for each question.
const NOTE_CANDIDATES: usize = 50;
/// Answers to like questions whose citations count as votes.
const VOTING_ANSWERS: usize = 20;
/// Places in answers, near a citation, that vote.
const VOTING_BRIDGES: usize = 60;
/// The place of titles of answers among the scored fields.
const NOTE_TITLE: usize = 3;
/// How much a title's score counts beside a text's when candidates are chosen.
const HEADING_SHARE: f32 = 1.0;
const LAW_SHARE: f32 = 0.5;
const NOTE_TITLE_SHARE: f32 = 2.0;
/// Answers whose titles are like the question, by which what an answer says is expected.
const LIKE_TITLES: usize = 10;
/// What they say falls with this power of the likeness.
const TITLE_POWER: i32 = 2;
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
    /// What is left of it after all answers before it. One answer is looked for, so that each that may be it leaves less to the next; articles
    /// are cited several at a time and leave nothing out. By this they stand among each other.
    remaining: f64,
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
    /// Whether some answers bear titles that are like the question.
    pub(crate) has_like_titles: bool,
}

/// A place with its score, ordered by score.
#[derive(Clone, Copy, PartialEq)]
struct Scored {
    score: f32,
    place: u32,
    /// What the score was made of.
    said: Score,
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
    /// What is not better than this is not kept.
    bar: f32,
}

impl Best {
    fn new(size: usize) -> Self {
        Self { size, heap: BinaryHeap::with_capacity(size + 1), bar: f32::NEG_INFINITY }
    }

    fn offer(&mut self, place: u32, score: f32, said: Score) {
        if score <= self.bar {
            return;
        }
        self.heap.push(Reverse(Scored { score, place, said }));
        if self.heap.len() > self.size {
            self.heap.pop();
        }
        if self.heap.len() == self.size {
            self.bar = self.heap.peek().map_or(self.bar, |worst| worst.0.score);
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
        let mut ranked = self.ranked_notes();
        ranked.extend(self.articles.iter().map(|(place, features)| {
            let probability = model.probability(features);
            Ranked { place: *place, probability, remaining: probability }
        }));
        ranked
            .sort_by(|one, other| other.remaining.total_cmp(&one.remaining).then_with(|| one.place.cmp(&other.place)));
        ranked
    }

    /// Answers and services, the most probable first, each with what those before it leave.
    fn ranked_notes(&self) -> Vec<Ranked> {
        let model = if self.has_like_titles { &NOTE_LIKE } else { &NOTE };
        let mut notes: Vec<(Ranked, f64)> = self
            .notes
            .iter()
            .map(|(place, features)| {
                let probability = model.estimate.probability(features);
                (Ranked { place: *place, probability, remaining: probability }, model.trust(features))
            })
            .collect();
        notes.sort_by(|(one, _), (other, _)| other.probability.total_cmp(&one.probability));
        let mut left = 1.0;
        for (note, trust) in &mut notes {
            let believed = note.probability * *trust;
            note.remaining = left * believed;
            left *= 1.0 - believed;
        }
        notes.into_iter().map(|(note, _)| note).collect()
    }
}

/// Weighs candidates of the kinds that are asked for.
pub(crate) fn weigh(library: &Library, question: &Question, query: &Query) -> Result<Weighed, KnowledgeError> {
    if question.terms.is_empty() {
        return Ok(Weighed::default());
    }
    let wants = |kind| query.kinds.is_empty() || query.kinds.contains(&kind);
    let sweep = Sweep { library, question, query };
    sweep
        .run(wants)
        .map_err(|error| KnowledgeError::Index { directory: "the search index".to_owned(), reason: error.to_string() })
}

/// One pass over the scores of all places.
struct Sweep<'a> {
    library: &'a Library,
    question: &'a Question,
    query: &'a Query,
}

/// Answers, services and places in answers that fit best.
struct Told {
    notes: Vec<Scored>,
    /// Those whose titles are most like the question.
    titles: Vec<Scored>,
    bridges: Vec<Scored>,
}

impl Sweep<'_> {
    fn run(&self, wants: impl Fn(SourceKind) -> bool) -> tantivy::Result<Weighed> {
        let articles = wants(SourceKind::Statute);
        let without = self.without();
        // Answers are looked at for articles too: what they cite votes.
        let told = self.told(if articles { OF_NOTES_AND_BRIDGES } else { OF_NOTES }, &without)?;
        let mut weighed = Weighed::default();
        self.weigh_notes(&told, &wants, &mut weighed)?;
        if articles {
            let votes = Votes {
                answers: self.votes(&told.notes[..told.notes.len().min(VOTING_ANSWERS)], ANSWER_POWER),
                bridges: self.votes(&told.bridges, BRIDGE_POWER),
            };
            weighed.has_votes = !votes.answers.is_empty() || !votes.bridges.is_empty();
            weighed.articles = self.articles(&votes, &without)?;
        }
        Ok(weighed)
    }

    fn told(&self, fields: &[usize], without: &HashSet<u64>) -> tantivy::Result<Told> {
        let mut notes = Best::new(NOTE_CANDIDATES.max(VOTING_ANSWERS));
        let mut titles = Best::new(LIKE_TITLES);
        let mut bridges = Best::new(VOTING_BRIDGES);
        each_stretch(self.library, self.question, fields, |first, scores| {
            for (place, said) in (first..).zip(scores).filter(|(_, said)| said.is_something()) {
                match self.library.places[place as usize].kind() {
                    KIND_ANSWER | KIND_SERVICE if !self.is_without(without, place) => {
                        if said.title > 0.0 {
                            titles.offer(place, said.title, *said);
                        }
                        let said = if self.query.by_text_alone { said.by_text() } else { *said };
                        if said.is_something() {
                            notes.offer(place, said.text + NOTE_TITLE_SHARE * said.title, said);
                        }
                    }
                    KIND_BRIDGE if !self.is_without(without, place) => bridges.offer(place, said.text, *said),
                    _ => {}
                }
            }
        })?;
        Ok(Told { notes: notes.into_sorted(), titles: titles.into_sorted(), bridges: bridges.into_sorted() })
    }

    /// The articles that fit best by their own words, and all for which answers vote.
    fn articles(&self, votes: &Votes, without: &HashSet<u64>) -> tantivy::Result<Vec<(u32, ArticleFeatures)>> {
        let library = self.library;
        let law_scores =
            library.titles.scores(self.question.terms.iter().map(|term| (term.text.as_str(), term.weight)));
        let best_law = law_scores.iter().copied().fold(0.0_f32, f32::max);
        let allowed = self.allowed_acts();
        let days = self.query.in_force_on.map(|date| u32::try_from(day_number(date)).unwrap_or(u32::MAX));
        let passes = |place: u32| {
            let place = library.places[place as usize];
            let of_ministry = |allowed: &Vec<bool>| allowed.get(place.act as usize).copied().unwrap_or(false);
            place.kind() == KIND_STATUTE && place.applies(days) && allowed.as_ref().is_none_or(of_ministry)
        };
        let mut best = Best::new(ARTICLE_CANDIDATES);
        let mut cited: Vec<(u32, Score)> = votes.places().map(|place| (place, Score::default())).collect();
        cited.sort_unstable_by_key(|(place, _)| *place);
        cited.dedup_by_key(|(place, _)| *place);
        let mut next = 0;
        each_stretch(library, self.question, OF_ARTICLES, |first, scores| {
            for (place, said) in (first..).zip(scores) {
                let words = said.text + HEADING_SHARE * said.title;
                // Most places are no better than what is kept, whichever act they belong to.
                if words + LAW_SHARE * best_law <= best.bar || !said.is_something() || !passes(place) {
                    continue;
                }
                let act = library.places[place as usize].act;
                let law_score = law_scores.get(act as usize).copied().unwrap_or(0.0);
                best.offer(place, words + LAW_SHARE * law_score, *said);
            }
            while let Some((place, said)) = cited.get_mut(next) {
                let Some(offset) = place.checked_sub(first) else {
                    next += 1;
                    continue;
                };
                let Some(score) = scores.get(offset as usize) else { break };
                *said = *score;
                next += 1;
            }
        })?;
        let by_words = best.into_sorted();
        let words = Words { law_scores: &law_scores, best_law, best: by_words.first().map_or(0.0, |one| one.score) };
        let mut candidates: Vec<(u32, Score)> = by_words.iter().map(|one| (one.place, one.said)).collect();
        let known: HashSet<u32> = by_words.iter().map(|one| one.place).collect();
        candidates.extend(cited.into_iter().filter(|(place, _)| !known.contains(place) && passes(*place)));
        Ok(self.weigh_articles(&candidates, &words, votes, without))
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

    fn weigh_notes(
        &self,
        told: &Told,
        wants: &impl Fn(SourceKind) -> bool,
        weighed: &mut Weighed,
    ) -> tantivy::Result<()> {
        let best = told.notes.first().map_or(1.0, |one| one.score).max(f32::MIN_POSITIVE);
        let text_mass = self.mass(2).max(f32::MIN_POSITIVE);
        let kind_of = |place: u32| match self.library.places[place as usize].kind() {
            KIND_SERVICE => SourceKind::Service,
            _ => SourceKind::Answer,
        };
        let wanted: Vec<&Scored> =
            told.notes.iter().filter(|note| wants(kind_of(note.place))).take(NOTE_CANDIDATES).collect();
        let expected = self.expected(&told.titles);
        let places: Vec<u32> = wanted.iter().map(|note| note.place).collect();
        let finer = finer::scores(self.library, self.question, &places)?.map(beside_best);
        let by_own_title = !self.query.by_text_alone;
        let likeness = |place: &u32| expected.likeness(&self.library.gists, *place, by_own_title);
        let likeness = beside_best(places.iter().map(likeness).collect());
        let strength = self.title_strength(&told.titles);
        weighed.has_like_titles = likeness.iter().any(|likeness| *likeness > 0.0);
        let features = wanted.into_iter().enumerate().map(|(number, note)| {
            let Score { text, text_terms, title_terms, .. } = note.said;
            let features = [
                note.score / best,
                self.covered(text_terms, 2),
                text / text_mass,
                // Only a title that is nearly the question itself is a sign of its own: like titles are many.
                (self.covered(title_terms, 2) - SURE_TITLE).max(0.0) / (1.0 - SURE_TITLE),
                finer[0][number],
                finer[1][number],
                finer[2][number],
                likeness[number] * strength,
            ];
            (note.place, features)
        });
        weighed.notes = features.collect();
        Ok(())
    }

    /// How much of the question the title that is most like it is: by weak likeness little is to be expected.
    fn title_strength(&self, titles: &[Scored]) -> f32 {
        let best = titles.first().map_or(0.0, |one| one.score);
        (best / self.mass(NOTE_TITLE).max(f32::MIN_POSITIVE)).min(1.0)
    }

    /// What an answer to the question says, going by those whose titles are most like it.
    fn expected(&self, titles: &[Scored]) -> Expected {
        let best = titles.first().map_or(0.0, |one| one.score);
        let mut expected = Expected::default();
        for one in titles {
            expected.add(&self.library.gists, one.place, (one.score / best).powi(TITLE_POWER));
        }
        expected
    }

    fn weigh_articles(
        &self,
        places: &[(u32, Score)],
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
            .map(|(number, said)| {
                let act = library.places[*number as usize].act;
                let law = words.law_scores.get(act as usize).copied().unwrap_or(0.0);
                let Score { text, title: heading, text_terms, title_terms } = *said;
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

/// Scores as shares of the best.
fn beside_best(mut scores: Vec<f32>) -> Vec<f32> {
    let best = scores.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    for score in &mut scores {
        *score /= best;
    }
    scores
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
    /// All places for which somebody votes.
    fn places(&self) -> impl Iterator<Item = u32> {
        self.answers.keys().chain(self.bridges.keys()).copied()
    }

    fn by_law(&self, library: &Library) -> HashMap<u32, f32> {
        let mut laws = HashMap::new();
        for (place, votes) in self.answers.iter().chain(&self.bridges) {
            *laws.entry(library.places[*place as usize].act).or_insert(0.0) += votes;
        }
        laws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer that is like the question in every respect but this: how much of the title is the question.
    fn like(very_title: f32) -> NoteFeatures {
        [1.0, 1.0, 1.0, very_title, 1.0, 1.0, 1.0, 1.0]
    }

    fn places(notes: &[NoteFeatures]) -> Vec<u32> {
        let notes = (1..).zip(notes.iter().copied()).collect();
        let article = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        let weighed = Weighed { articles: vec![(0, article)], notes, has_votes: true, has_like_titles: true };
        weighed.ranked().iter().map(|one| one.place).collect()
    }

    #[test]
    fn answers_that_are_alike_leave_room_for_articles() {
        assert_eq!(
            places(&[like(0.0)]),
            [0, 1],
            "an article that is as sure, beside an answer that may be a neighbour"
        );
        assert_eq!(
            places(&[like(1.0), like(1.0), like(0.0)]),
            [1, 0, 2, 3],
            "the very answer, then the law, then the rest"
        );
    }

    #[test]
    fn what_stands_later_is_no_less_probable_by_itself() {
        let notes = vec![(1, like(1.0)), (2, like(1.0))];
        let weighed = Weighed { notes, has_like_titles: true, ..Weighed::default() };
        let ranked = weighed.ranked();
        assert!((ranked[0].probability - ranked[1].probability).abs() < f64::EPSILON);
        assert!(ranked[1].remaining < ranked[0].remaining);
    }
}
