//! Which department an inquiry belongs to: several witnesses are heard, and each says why.

use std::collections::BTreeMap;

use maru_knowledge::{Glance, SourceKind};
use maru_learning::Classification;

use crate::{
    agency::Agency,
    domain::{Ground, Judged, thousandths},
};

/// Below this share of all that was said, nobody is sure.
const SURE: f64 = 0.5;
/// What a single weak witness says is not enough, even if nobody contradicts.
const ENOUGH: f64 = 0.45;

/// What speaks for one department.
#[derive(Default)]
struct Support {
    weight: f64,
    grounds: Vec<(f64, Ground)>,
}

/// What speaks for which department.
#[derive(Default)]
pub(super) struct Witnesses {
    votes: BTreeMap<String, Support>,
}

impl Witnesses {
    fn hear(&mut self, agency: &Agency, department: &str, weight: f64, ground: Ground) {
        if weight <= 0.0 || agency.department(department).is_none() {
            return;
        }
        let entry = self.votes.entry(department.to_owned()).or_default();
        entry.weight += weight;
        entry.grounds.push((weight, ground));
    }

    /// The classifier of departments, learned from the deployment's own cases.
    pub(super) fn hear_learned(&mut self, agency: &Agency, learned: &Classification) {
        let words: Vec<String> = learned.evidence.iter().take(4).map(|evidence| evidence.word.clone()).collect();
        for (rank, candidate) in learned.ranked.iter().take(5).enumerate() {
            // The words of evidence are those for the first.
            let words = if rank == 0 { words.clone() } else { Vec::new() };
            let trust = if learned.abstains { 0.6 } else { 1.2 };
            self.hear(agency, &candidate.label, candidate.confidence * trust, Ground::Words { words });
        }
    }

    /// The category, where the agency says which department usually handles it.
    pub(super) fn hear_category(&mut self, agency: &Agency, category: Option<&Judged<String>>) {
        let Some(judged) = category else { return };
        let Some(known) = agency.category(&judged.value) else { return };
        if let Some(department) = &known.department {
            self.hear(agency, department, judged.confidence, Ground::Category { category: known.id.clone() });
        }
    }

    /// Duties that the text names.
    pub(super) fn hear_duties(&mut self, agency: &Agency, text: &str) {
        let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        for department in &agency.departments {
            for duty in &department.duties {
                let plain: String = duty.chars().filter(|letter| !letter.is_whitespace()).collect();
                if plain.chars().count() >= 2 && text.contains(&plain) {
                    let weight = if plain.chars().count() >= 3 { 0.6 } else { 0.4 };
                    self.hear(agency, &department.id, weight, Ground::Duty { duty: duty.clone() });
                }
            }
        }
    }

    /// What retrieval found: answers and services name their department; a law belongs to the departments that work with
    /// it, or with the ministry in charge of it.
    pub(super) fn hear_found(&mut self, agency: &Agency, hits: &[Glance]) {
        for (rank, passage) in hits.iter().take(6).enumerate() {
            let weight = passage.score * [0.8, 0.5, 0.4, 0.3, 0.2, 0.2].get(rank).copied().unwrap_or(0.1);
            if passage.source != SourceKind::Statute {
                let ground = Ground::Rule {
                    ko: format!("비슷한 안내: {}", passage.title),
                    en: format!("Similar guidance: {}", passage.title),
                };
                self.hear(agency, &passage.department, weight, ground);
                continue;
            }
            let ground = || Ground::Law {
                law: passage.law.clone(),
                article: passage.article.clone(),
                ministry: passage.ministry.clone(),
            };
            for department in &agency.departments {
                if department.laws.iter().any(|law| *law == passage.law || passage.law.starts_with(&format!("{law} ")))
                {
                    self.hear(agency, &department.id, weight, ground());
                } else if department.ministries.iter().any(|ministry| passage.ministry.contains(ministry)) {
                    self.hear(agency, &department.id, weight / 2.0, ground());
                }
            }
        }
    }

    /// The department that most speaks for; the reception where nothing is sure.
    pub(super) fn judge(self, agency: &Agency) -> Judged<String> {
        let sum: f64 = self.votes.values().map(|support| support.weight).sum();
        let mut ranked: Vec<(String, Support)> = self.votes.into_iter().collect();
        ranked.sort_by(|one, other| other.1.weight.total_cmp(&one.1.weight));
        let confidence = |weight: f64| if sum > 0.0 { weight / (sum + 0.15) } else { 0.0 };
        let alternatives = ranked.iter().map(|(id, support)| (id.clone(), thousandths(confidence(support.weight))));
        let mut alternatives: Vec<(String, f64)> = alternatives.take(4).collect();
        let sure = |support: &Support| confidence(support.weight) >= SURE && support.weight >= ENOUGH;
        let best = ranked.into_iter().next().filter(|(_, support)| sure(support));
        let Some((department, Support { weight, mut grounds })) = best else {
            let reception = agency.reception_department.clone();
            alternatives.retain(|(department, _)| *department != reception);
            let mut judged = Judged::new(reception, 0.0, false, vec![Ground::Fallback]);
            judged.alternatives = alternatives;
            return judged;
        };
        grounds.sort_by(|one, other| other.0.total_cmp(&one.0));
        let grounds = grounds.into_iter().map(|(_, ground)| ground).filter(says_something).take(4).collect();
        alternatives.retain(|(other, _)| *other != department);
        let mut judged = Judged::new(department, confidence(weight), true, grounds);
        judged.alternatives = alternatives;
        judged
    }
}

fn says_something(ground: &Ground) -> bool {
    !matches!(ground, Ground::Words { words } if words.is_empty())
}
