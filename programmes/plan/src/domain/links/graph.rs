//! What follows from dependencies: who waits, in which order, and where two deadlines do not fit each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Link;
use crate::domain::{entry::Number, quarter::Quarter};

/// Dependencies in both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    waits_for: BTreeMap<Number, BTreeSet<Number>>,
    waited_for_by: BTreeMap<Number, BTreeSet<Number>>,
}

/// A recommendation that waits for another, directly or through others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affected {
    /// Which.
    pub number: Number,
    /// Through how many dependencies.
    pub steps: usize,
}

/// Two deadlines that do not fit: the prerequisite ends in the same quarter as what waits for it, or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// What waits.
    pub dependent: Number,
    /// For what.
    pub prerequisite: Number,
    /// When the first deadline of what waits is.
    pub needed: Quarter,
    /// When the last deadline of the prerequisite is.
    pub ready: Quarter,
}

impl Graph {
    /// The graph of some dependencies.
    pub fn of<'a>(links: impl Iterator<Item = &'a Link>) -> Self {
        let mut graph = Self::default();
        for link in links {
            graph.waits_for.entry(link.dependent).or_default().insert(link.prerequisite);
            graph.waited_for_by.entry(link.prerequisite).or_default().insert(link.dependent);
        }
        graph
    }

    /// For what it waits directly.
    pub fn prerequisites(&self, of: Number) -> impl Iterator<Item = Number> {
        self.waits_for.get(&of).into_iter().flatten().copied()
    }

    /// What waits for it directly.
    pub fn dependents(&self, of: Number) -> impl Iterator<Item = Number> {
        self.waited_for_by.get(&of).into_iter().flatten().copied()
    }

    /// Everything that takes part, in order.
    pub fn nodes(&self) -> BTreeSet<Number> {
        self.waits_for.keys().chain(self.waited_for_by.keys()).copied().collect()
    }

    /// A way from `from` along what it waits for to `to`, both included.
    pub fn way(&self, from: Number, to: Number) -> Option<Vec<Number>> {
        let mut before: BTreeMap<Number, Number> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(here) = queue.pop_front() {
            if here == to {
                let mut way = vec![to];
                while let Some(previous) =
                    way.last().and_then(|last| before.get(last)).filter(|_| way.last() != Some(&from))
                {
                    way.push(*previous);
                }
                way.reverse();
                return Some(way);
            }
            for next in self.prerequisites(here) {
                if next != from && !before.contains_key(&next) {
                    before.insert(next, here);
                    queue.push_back(next);
                }
            }
        }
        None
    }

    /// Everything that a delay of `of` reaches, the nearest first.
    pub fn affected(&self, of: Number) -> Vec<Affected> {
        let mut seen = BTreeSet::from([of]);
        let mut queue = VecDeque::from([(of, 0)]);
        let mut found = Vec::new();
        while let Some((here, steps)) = queue.pop_front() {
            for number in self.dependents(here) {
                if seen.insert(number) {
                    found.push(Affected { number, steps: steps + 1 });
                    queue.push_back((number, steps + 1));
                }
            }
        }
        found
    }

    /// How many dependencies lie before each at most: its column in a picture. What would wait for itself stays where it is.
    pub fn depths(&self) -> BTreeMap<Number, usize> {
        let nodes = self.nodes();
        let mut depths: BTreeMap<Number, usize> = nodes.iter().map(|node| (*node, 0)).collect();
        for _ in 0..nodes.len() {
            let mut changed = false;
            for node in &nodes {
                let before =
                    self.prerequisites(*node).filter_map(|one| depths.get(&one)).max().map_or(0, |depth| depth + 1);
                if before < nodes.len() && depths.get(node).is_some_and(|depth| *depth < before) {
                    depths.insert(*node, before);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        depths
    }

    /// Where two deadlines do not fit each other. `first` and `last` give the first and the last open deadline of one.
    pub fn clashes(
        &self,
        first: impl Fn(Number) -> Option<Quarter>,
        last: impl Fn(Number) -> Option<Quarter>,
    ) -> Vec<Clash> {
        let pairs = self.waits_for.iter().flat_map(|(dependent, before)| before.iter().map(|one| (*dependent, *one)));
        pairs
            .filter_map(|(dependent, prerequisite)| {
                let (needed, ready) = (first(dependent)?, last(prerequisite)?);
                (ready >= needed).then_some(Clash { dependent, prerequisite, needed, ready })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::links::LinkState;

    fn graph(links: &[(&str, &str)]) -> Graph {
        let links: Vec<Link> = links
            .iter()
            .map(|(dependent, prerequisite)| Link {
                dependent: dependent.parse().unwrap(),
                prerequisite: prerequisite.parse().unwrap(),
                words: String::new(),
                state: LinkState::Accepted,
            })
            .collect();
        Graph::of(links.iter())
    }

    #[test]
    fn a_delay_reaches_what_waits() {
        let graph = graph(&[("2-1", "1-1"), ("3-1", "2-1"), ("4-1", "2-1"), ("3-1", "1-1")]);
        let reached: Vec<(String, usize)> =
            graph.affected("1-1".parse().unwrap()).iter().map(|one| (one.number.to_string(), one.steps)).collect();
        assert_eq!(reached, [("2-1".to_owned(), 1), ("3-1".to_owned(), 1), ("4-1".to_owned(), 2)]);
        let depths: Vec<usize> = graph.depths().into_values().collect();
        assert_eq!(depths, [0, 1, 2, 2]);
        assert_eq!(graph.affected("3-1".parse().unwrap()), []);
    }

    #[test]
    fn a_prerequisite_that_ends_later_clashes() {
        let graph = graph(&[("2-1", "1-1"), ("3-1", "1-1")]);
        let quarter = |number: Number| match number.task {
            1 => "26Q3".parse().ok(),
            2 => "26Q2".parse().ok(),
            _ => "26Q4".parse().ok(),
        };
        let clashes = graph.clashes(quarter, quarter);
        assert_eq!(clashes.iter().map(|clash| clash.dependent.task).collect::<Vec<_>>(), [2]);
    }
}
