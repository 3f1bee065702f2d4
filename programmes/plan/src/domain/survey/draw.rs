//! The sample: simple random in each stratum, so many from each as its people are, at least two.
//!
//! In each stratum those are drawn whose SHA-256 over the frame, the size, the seed and their code is smallest: everybody in it has the
//! same chance, and anybody with the frame and the seed draws the same. Places go to strata by Sainte-Laguë: again and again to
//! the one that has most people for the places it has.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::SurveyRefusal;
use crate::domain::panel::{Candidate, digest, write_pool};

/// From so many people on a stratum is drawn from: fewer could be recognised by their traits.
const LEAST_PEOPLE: usize = 5;
/// So many are drawn of each at least: of one alone nobody could tell how much its people differ.
const LEAST_DRAWN: usize = 2;

/// People whose traits are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SurveyStratum)]
pub struct Stratum {
    /// The values of the traits.
    #[schema(example = "19-39 · 도시")]
    pub name: String,
    /// How many people are in the frame.
    pub people: usize,
    /// The codes of those who were drawn.
    pub drawn: Vec<String>,
}

/// Draws `size` people from the frame; gives the strata in the order of their names.
///
/// # Errors
/// [`SurveyRefusal`] where a stratum is too small, or the sample too small or too large for the strata.
pub fn sample(frame: &[Candidate], size: usize, seed: &str) -> Result<Vec<Stratum>, SurveyRefusal> {
    let strata = strata(frame, size)?;
    let people: Vec<usize> = strata.values().map(Vec::len).collect();
    let places = places(&people, size);
    let material = format!("maru-sample-1\n{}\n{size}\n{}\n", digest(&write_pool(frame)), seed.trim());
    let drawn = strata.into_iter().zip(places).map(|((name, codes), places)| {
        let mut keyed: Vec<([u8; 32], &str)> = codes.iter().map(|code| (key(&material, code), *code)).collect();
        keyed.sort_unstable();
        let drawn = keyed.into_iter().take(places).map(|(_, code)| code.to_owned()).collect();
        Stratum { name, people: codes.len(), drawn }
    });
    Ok(drawn.collect())
}

/// The codes by stratum.
///
/// # Errors
/// As [`sample`].
pub(super) fn strata(frame: &[Candidate], size: usize) -> Result<BTreeMap<String, Vec<&str>>, SurveyRefusal> {
    let mut strata: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in frame {
        let values: Vec<&str> = one.traits.values().map(String::as_str).collect();
        strata.entry(values.join(" · ")).or_default().push(&one.code);
    }
    if let Some((name, codes)) = strata.iter().find(|(_, codes)| codes.len() < LEAST_PEOPLE) {
        return Err(SurveyRefusal::SmallStratum { name: name.clone(), people: codes.len(), least: LEAST_PEOPLE });
    }
    let least = strata.len() * LEAST_DRAWN;
    if (least.max(1)..=frame.len()).contains(&size) {
        Ok(strata)
    } else {
        Err(SurveyRefusal::SampleSize { least, most: frame.len() })
    }
}

/// How many of each stratum: Sainte-Laguë with a least, and no more than there are.
fn places(people: &[usize], size: usize) -> Vec<usize> {
    let mut places: Vec<usize> = people.iter().map(|all| LEAST_DRAWN.min(*all)).collect();
    let mut left = size.saturating_sub(places.iter().sum());
    while left > 0 {
        let open = (0..people.len()).filter(|at| places[*at] < people[*at]);
        // Cross-multiplied, so that no rounding decides: people / (2 × places + 1), the first of equals.
        let next = open.max_by(|one, other| {
            let (a, b) = (people[*one] * (2 * places[*other] + 1), people[*other] * (2 * places[*one] + 1));
            a.cmp(&b).then(Reverse(one).cmp(&Reverse(other)))
        });
        let Some(next) = next else { break };
        places[next] += 1;
        left -= 1;
    }
    places
}

fn key(material: &str, code: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(material);
    hash.update(code);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(count: usize) -> Vec<Candidate> {
        let traits = |at: usize| {
            [("age", ["19-59", "60+"][usize::from(at.is_multiple_of(4))]), ("region", ["도시", "농어촌"][at / 7 % 2])]
        };
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        (0..count).map(|at| Candidate { code: format!("C{at:05}"), traits: traits(at).map(owned).into() }).collect()
    }

    #[test]
    fn strata_are_drawn_in_proportion_and_anybody_draws_the_same() {
        let frame = frame(2_000);
        let strata = sample(&frame, 200, "6 11 19 23 40 44").unwrap();
        assert_eq!(strata.iter().map(|one| one.drawn.len()).sum::<usize>(), 200);
        for one in &strata {
            let fair = one.people as f64 / 10.0;
            assert!(
                (one.drawn.len() as f64 - fair).abs() <= 1.0,
                "{} of {} in {}",
                one.drawn.len(),
                one.people,
                one.name
            );
        }
        let mut turned = frame.clone();
        turned.reverse();
        assert_eq!(sample(&turned, 200, " 6 11 19 23 40 44\n").unwrap(), strata);
        assert_ne!(sample(&frame, 200, "6 11 19 23 40 45").unwrap(), strata);
    }

    #[test]
    fn everybody_in_a_stratum_has_the_same_chance() {
        let frame: Vec<Candidate> = frame(400).into_iter().filter(|one| one.traits["age"] == "60+").collect();
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for seed in 0..1_000 {
            for code in sample(&frame, 20, &seed.to_string()).unwrap().into_iter().flat_map(|one| one.drawn) {
                *counts.entry(code).or_default() += 1;
            }
        }
        // 200 expected each, standard deviation under 13.
        assert_eq!(counts.len(), frame.len());
        assert!(counts.values().all(|count| (140..=260).contains(count)), "{counts:?}");
    }

    #[test]
    fn places_are_given_to_the_last_one() {
        assert_eq!(places(&[900, 90, 10], 10), [6, 2, 2]);
        assert_eq!(places(&[5, 5], 10), [5, 5]);
        assert_eq!(places(&[1_000, 5], 20), [18, 2]);
    }

    #[test]
    fn who_could_be_recognised_is_not_drawn_from() {
        let mut small = frame(100);
        small[0].traits.insert("region".to_owned(), "섬".to_owned());
        assert!(matches!(sample(&small, 20, "s"), Err(SurveyRefusal::SmallStratum { people: 1, .. })));
        assert!(matches!(sample(&frame(100), 3, "s"), Err(SurveyRefusal::SampleSize { least: 8, most: 100 })));
        assert!(matches!(sample(&frame(100), 101, "s"), Err(SurveyRefusal::SampleSize { .. })));
        assert!(sample(&[], 1, "s").is_err());
    }
}
