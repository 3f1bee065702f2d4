//! Answers and services as they were read: taken apart once, and kept as long as inquiries come back to them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use crate::{
    error::KnowledgeError,
    ground::{Ground, Told},
    library::Library,
    source::Passage,
};

/// Articles that an answer brings along at most.
const ARTICLES: usize = 3;
/// Characters at the beginning of an article by which it is compared with the answer that names it.
const FIRST_PART: usize = 300;
/// Readings kept of each generation.
const KEPT: usize = 1_000;

/// An answer or a service, taken apart.
pub(crate) struct Reading {
    place: u32,
    pub(crate) passage: Passage,
    korean: Words,
    english: OnceLock<Words>,
    articles: OnceLock<Arc<[Article]>>,
}

/// What a passage tells.
pub(crate) struct Words {
    pub(crate) title: Told,
    pub(crate) text: Told,
    /// Title and text together.
    pub(crate) ground: Ground,
}

/// An article that an answer names.
pub(crate) struct Article {
    pub(crate) passage: Passage,
    /// Its heading and text.
    pub(crate) ground: Ground,
}

impl Words {
    fn of(title: &str, text: &str) -> Self {
        Self { title: Told::by(title), text: Told::by(text), ground: Ground::new([title, text]) }
    }
}

impl Reading {
    fn of(place: u32, passage: Passage) -> Self {
        let korean = Words::of(&passage.title, &passage.text);
        Self { place, passage, korean, english: OnceLock::new(), articles: OnceLock::new() }
    }

    /// What it tells, in English where that is wanted and known.
    pub(crate) fn words(&self, in_english: bool) -> &Words {
        let Passage { title_en, text_en, .. } = &self.passage;
        if in_english && !title_en.is_empty() {
            return self.english.get_or_init(|| Words::of(title_en, text_en));
        }
        &self.korean
    }

    /// The articles that it names, those whose words stand in it first.
    pub(crate) fn articles(&self, library: &Library) -> Result<Arc<[Article]>, KnowledgeError> {
        if let Some(known) = self.articles.get() {
            return Ok(Arc::clone(known));
        }
        let mut articles = Vec::new();
        for place in library.cites.get(&self.place).into_iter().flatten() {
            let article = library.passage_at(*place)?;
            let beginning: String = article.text.chars().take(FIRST_PART).collect();
            let fits = self.korean.ground.share(&article.heading) + self.korean.ground.share(&beginning);
            articles.push((fits, article));
        }
        articles.sort_by(|one, other| other.0.total_cmp(&one.0));
        let kept = articles.into_iter().take(ARTICLES).map(|(_, passage)| {
            let ground = Ground::new([passage.heading.as_str(), passage.text.as_str()]);
            Article { passage, ground }
        });
        Ok(Arc::clone(self.articles.get_or_init(|| kept.collect())))
    }
}

/// What was read lately. Two generations: when the young one is full it becomes the old one, and what nobody asked for since is forgotten.
#[derive(Default)]
pub(crate) struct Readings {
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<u32, Arc<Reading>>,
    old: HashMap<u32, Arc<Reading>>,
}

impl Readings {
    /// The answer or service at a place of the library that these readings belong to.
    pub(crate) fn at(&self, library: &Library, place: u32) -> Result<Arc<Reading>, KnowledgeError> {
        if let Some(known) = self.known(place) {
            return Ok(known);
        }
        // Read without the lock: two who ask at once read twice, and nobody waits.
        let reading = Arc::new(Reading::of(place, library.passage_at(place)?));
        self.keep(place, &reading);
        Ok(reading)
    }

    fn known(&self, place: u32) -> Option<Arc<Reading>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(young) = generations.young.get(&place) {
            return Some(Arc::clone(young));
        }
        let old = generations.old.remove(&place)?;
        generations.keep(place, &old);
        Some(old)
    }

    fn keep(&self, place: u32, reading: &Arc<Reading>) {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).keep(place, reading);
    }
}

impl Generations {
    fn keep(&mut self, place: u32, reading: &Arc<Reading>) {
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(place, Arc::clone(reading));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_is_kept_and_the_rest_forgotten() {
        let readings = Readings::default();
        let read = |place| readings.keep(place, &Arc::new(Reading::of(place, Passage::default())));
        read(0);
        for place in 1..=u32::try_from(KEPT).unwrap() {
            read(place);
            if place % 100 == 0 {
                assert!(readings.known(0).is_some());
            }
        }
        for place in 10_000..10_000 + u32::try_from(KEPT).unwrap() {
            read(place);
        }
        assert!(readings.known(0).is_some() && readings.known(1).is_none());
    }
}
