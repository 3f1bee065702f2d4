//! Who supervises what the programme finds of each benefit: a person with a name and a telephone number, published (인공지능 발전과 신뢰
//! 기반 조성 등에 관한 기본법 제34조제1항, 같은 법 시행령 제27조).

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    benefit::benefit,
    refusals::{Refusal, check_words},
};

/// The stream of all supervision of a deployment.
pub const SUPERVISION: &str = "benefits";

/// A person who supervises. The law has the name published: it is not sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervisor {
    /// The name.
    pub name: String,
    /// The office, as people call it.
    pub office: String,
    /// The telephone number.
    pub telephone: String,
    /// From this day.
    pub from: Date,
}

/// Who supervises which benefit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// By benefit, in the order in which they were named.
    pub named: BTreeMap<String, Vec<Supervisor>>,
}

/// Name who supervises a benefit from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameSupervisor {
    /// The benefit.
    pub benefit: String,
    /// Who.
    pub supervisor: Supervisor,
    /// The account that names them.
    pub by: String,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SupervisionEvent {
    /// Somebody was named.
    SupervisorNamed {
        /// The benefit.
        benefit: String,
        /// Who.
        supervisor: Supervisor,
        /// The account that names them.
        by: String,
    },
}

impl Supervision {
    /// Who supervises a benefit on a day: who was named last of those who begin by then.
    pub fn on(&self, benefit: &str, day: Date) -> Option<&Supervisor> {
        self.named.get(benefit)?.iter().rev().find(|one| one.from <= day)
    }
}

impl Aggregate for Supervision {
    const KIND: &'static str = "welfare_supervision";
    type Command = NameSupervisor;
    type Event = SupervisionEvent;
    type Refusal = Refusal;

    fn decide(&self, order: NameSupervisor, _now: Timestamp) -> Result<Vec<SupervisionEvent>, Refusal> {
        let NameSupervisor { benefit: id, supervisor, by } = order;
        benefit(&id).ok_or_else(|| Refusal::UnknownBenefit { id: id.clone() })?;
        check_words(&supervisor.name, ("이름", "name"))?;
        check_words(&supervisor.office, ("직위", "office"))?;
        check_words(&supervisor.telephone, ("전화번호", "telephone number"))?;
        if self.named.get(&id).and_then(|known| known.last()) == Some(&supervisor) {
            return Ok(Vec::new());
        }
        Ok(vec![SupervisionEvent::SupervisorNamed { benefit: id, supervisor, by }])
    }

    fn evolve(&mut self, event: &SupervisionEvent) {
        let SupervisionEvent::SupervisorNamed { benefit, supervisor, .. } = event;
        self.named.entry(benefit.clone()).or_default().push(supervisor.clone());
    }
}
