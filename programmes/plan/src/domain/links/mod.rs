//! What waits for what: dependencies between recommendations. A program proposes them from the texts; a person accepts, rejects
//! or adds them. Only accepted ones count.

mod graph;
mod propose;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maru_ledger::Aggregate;
use maru_web::Explained;
use serde::{Deserialize, Serialize};

pub use graph::{Affected, Clash, Graph};
pub(super) use propose::names;
pub use propose::{Proposed, propose};

use super::{
    entry::Number,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// How sure a dependency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// A program found it in the text.
    Proposed,
    /// A person accepted or added it.
    Accepted,
    /// A person rejected it: it is not proposed again.
    Rejected,
}

/// A dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Link {
    /// What waits.
    #[schema(value_type = String, example = "9-4")]
    pub dependent: Number,
    /// For what.
    #[schema(value_type = String, example = "9-1")]
    pub prerequisite: Number,
    /// The words of the text that say so, or the reason of who added it.
    pub words: String,
    /// How sure it is.
    pub state: LinkState,
}

/// The state of all dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// By «dependent<prerequisite».
    pub known: BTreeMap<String, Link>,
}

/// The stream of the dependencies of the whole plan.
pub const LINKS: &str = "national";

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum LinkOrder {
    /// Take in what a program found. What a person decided stays.
    Propose(Vec<Proposed>),
    /// It is one.
    Accept(Number, Number, Actor),
    /// It is none.
    Reject(Number, Number, Actor),
    /// Add one that the text does not say.
    Add(Number, Number, String, Actor),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are those of a dependency")]
pub enum LinkEvent {
    /// A program found some.
    LinksProposed { links: Vec<Link> },
    /// A person decided.
    LinkDecided { link: Link, by: Actor },
}

/// Why a dependency is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkRefusal {
    /// It would wait for itself.
    Circle {
        /// The way around.
        way: Vec<Number>,
    },
}

impl LinkRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        let Self::Circle { way } = self;
        let way: Vec<String> = way.iter().map(ToString::to_string).collect();
        let way = way.join(" → ");
        Explained::new(
            "circle",
            (format!("서로를 기다리게 됩니다: {way}."), format!("They would wait for each other: {way}.")),
            "",
            (
                "둘 가운데 무엇이 먼저인지 정하고, 다른 쪽을 먼저 지워 주십시오.",
                "Decide which comes first, and reject the other dependency before.",
            ),
        )
    }
}

fn key(dependent: Number, prerequisite: Number) -> String {
    format!("{dependent}<{prerequisite}")
}

type Decision = Result<Vec<LinkEvent>, Refusal>;

impl Links {
    /// Those that a person accepted.
    pub fn accepted(&self) -> impl Iterator<Item = &Link> {
        self.known.values().filter(|link| link.state == LinkState::Accepted)
    }

    /// Leaves out what is not between two of these: dependencies of what the plan no longer holds.
    pub fn keep_between(&mut self, numbers: &BTreeSet<Number>) {
        self.known.retain(|_, link| numbers.contains(&link.dependent) && numbers.contains(&link.prerequisite));
    }

    /// Those that wait for a person.
    pub fn proposed(&self) -> impl Iterator<Item = &Link> {
        self.known.values().filter(|link| link.state == LinkState::Proposed)
    }

    fn take_in(&self, found: Vec<Proposed>) -> Vec<LinkEvent> {
        let new = found.into_iter().filter(|one| !self.known.contains_key(&key(one.dependent, one.prerequisite)));
        let links: Vec<Link> = new
            .map(|one| Link {
                dependent: one.dependent,
                prerequisite: one.prerequisite,
                words: one.words,
                state: LinkState::Proposed,
            })
            .collect();
        if links.is_empty() { Vec::new() } else { vec![LinkEvent::LinksProposed { links }] }
    }

    fn decide_one(&self, dependent: Number, prerequisite: Number, state: LinkState, by: Actor) -> Decision {
        let known = self.known.get(&key(dependent, prerequisite)).ok_or(Refusal::Unknown)?;
        if known.state == state {
            return Ok(Vec::new());
        }
        if state == LinkState::Accepted {
            self.check_circle(dependent, prerequisite)?;
        }
        Ok(vec![LinkEvent::LinkDecided { link: Link { state, ..known.clone() }, by }])
    }

    fn check_circle(&self, dependent: Number, prerequisite: Number) -> Result<(), Refusal> {
        let graph = Graph::of(self.accepted());
        match graph.way(prerequisite, dependent) {
            Some(mut way) => {
                way.insert(0, dependent);
                Err(Refusal::Link(LinkRefusal::Circle { way }))
            }
            None => Ok(()),
        }
    }
}

impl Aggregate for Links {
    const KIND: &'static str = "links";
    type Command = LinkOrder;
    type Event = LinkEvent;
    type Refusal = Refusal;

    fn decide(&self, order: LinkOrder, _now: Timestamp) -> Decision {
        match order {
            LinkOrder::Propose(found) => Ok(self.take_in(found)),
            LinkOrder::Accept(one, other, by) => self.decide_one(one, other, LinkState::Accepted, by),
            LinkOrder::Reject(one, other, by) => self.decide_one(one, other, LinkState::Rejected, by),
            LinkOrder::Add(dependent, prerequisite, words, by) => {
                check_words(&words, ("이유", "reason"), LONGEST_NOTE)?;
                let known = self.known.get(&key(dependent, prerequisite));
                if known.is_some_and(|link| link.state == LinkState::Accepted) {
                    return Err(Refusal::Exists);
                }
                self.check_circle(dependent, prerequisite)?;
                let link = Link { dependent, prerequisite, words, state: LinkState::Accepted };
                Ok(vec![LinkEvent::LinkDecided { link, by }])
            }
        }
    }

    fn evolve(&mut self, event: &LinkEvent) {
        let links = match event {
            LinkEvent::LinksProposed { links } => links.as_slice(),
            LinkEvent::LinkDecided { link, .. } => std::slice::from_ref(link),
        };
        for link in links {
            self.known.insert(key(link.dependent, link.prerequisite), link.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    fn somebody() -> Actor {
        Actor { account: "a".to_owned(), body: "aistrategy".to_owned() }
    }

    fn add(links: &mut Links, one: &str, other: &str) -> Result<(), Refusal> {
        let order = LinkOrder::Add(number(one), number(other), "까닭".to_owned(), somebody());
        for event in links.decide(order, Timestamp::UNIX_EPOCH)? {
            links.evolve(&event);
        }
        Ok(())
    }

    #[test]
    fn nothing_waits_for_itself() {
        let mut links = Links::default();
        add(&mut links, "2-1", "1-1").unwrap();
        add(&mut links, "3-1", "2-1").unwrap();
        let Err(Refusal::Link(LinkRefusal::Circle { way })) = add(&mut links, "1-1", "3-1") else { panic!("a circle") };
        let way: Vec<String> = way.iter().map(ToString::to_string).collect();
        assert_eq!(way, ["1-1", "3-1", "2-1", "1-1"]);
        assert!(add(&mut links, "1-1", "1-1").is_err());
        assert_eq!(add(&mut links, "2-1", "1-1"), Err(Refusal::Exists));
    }

    #[test]
    fn what_a_person_rejected_is_not_proposed_again() {
        let mut links = Links::default();
        let found =
            || vec![Proposed { dependent: number("2-1"), prerequisite: number("1-1"), words: "가".to_owned() }];
        let order = |links: &mut Links, order| {
            let events = links.decide(order, Timestamp::UNIX_EPOCH).unwrap();
            for event in &events {
                links.evolve(event);
            }
            events.len()
        };
        assert_eq!(order(&mut links, LinkOrder::Propose(found())), 1);
        assert_eq!(order(&mut links, LinkOrder::Reject(number("2-1"), number("1-1"), somebody())), 1);
        assert_eq!(order(&mut links, LinkOrder::Propose(found())), 0);
        assert_eq!((links.accepted().count(), links.proposed().count()), (0, 0));
    }
}
