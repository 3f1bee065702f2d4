//! Citizens' panels drawn by lot: announced with their quotas and with where the seed will come from, then the pool is fixed, then the
//! seed becomes public, then is drawn. In this order nobody can steer the draw, and anybody can do it again.

mod draw;
mod refusals;
mod table;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use draw::{Drawn, Lot, draw, feasible};
pub use refusals::PanelRefusal;
pub use table::{Candidate, Quota, TableError, digest, read_pool, read_quotas, write_pool, write_quotas};

use super::{
    entry::Number,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PanelNotice)]
pub struct Notice {
    /// The panel's name.
    #[schema(max_length = 200)]
    pub title: String,
    /// What it is to deliberate on, in plain words.
    pub text: String,
    /// How many are drawn.
    pub size: usize,
    /// How many of whom.
    pub quotas: Vec<Quota>,
    /// Where the seed comes from: something that becomes public and that nobody chooses.
    #[schema(max_length = 500)]
    pub source: String,
    /// The day on which it becomes public.
    #[schema(value_type = String, format = Date)]
    pub seed_on: Date,
    /// The recommendation that it belongs to.
    #[schema(value_type = Option<String>, example = "84-2")]
    pub recommendation: Option<Number>,
}

/// A draw that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PanelDraw)]
pub struct Made {
    /// The seed.
    pub seed: String,
    /// Which draw it is, from 1.
    pub round: usize,
    /// The codes, in the order in which they were drawn.
    pub codes: Vec<String>,
    /// The attempt that kept all quotas.
    pub attempt: usize,
}

/// The state of a panel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// What was announced; nothing before.
    pub notice: Option<Notice>,
    /// The pool as it is published; empty before it is fixed.
    pub pool: String,
    /// The draws, the first first.
    pub draws: Vec<Made>,
    /// Who withdrew.
    pub withdrawn: Vec<String>,
}

impl Panel {
    /// The codes of those who are members now.
    pub fn members(&self) -> Vec<String> {
        let drawn = self.draws.iter().flat_map(|made| &made.codes);
        drawn.filter(|code| !self.withdrawn.contains(code)).cloned().collect()
    }
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum PanelOrder {
    /// Announce it.
    Announce(Notice, Actor),
    /// Fix the pool, given as a table.
    FixPool(String, Actor),
    /// Draw with the seed that became public.
    Draw(String, Actor),
    /// Somebody withdrew.
    Withdraw(String, Actor),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum PanelEvent {
    /// It was announced.
    PanelAnnounced {
        /// What.
        notice: Notice,
        /// By whom.
        by: Actor,
    },
    /// The pool was fixed.
    PoolFixed {
        /// The pool as it is published.
        pool: String,
        /// SHA-256 of it.
        digest: String,
        /// How many people.
        people: usize,
        /// By whom.
        by: Actor,
    },
    /// Members were drawn.
    PanelDrawn {
        /// The draw.
        draw: Made,
        /// By whom.
        by: Actor,
    },
    /// Somebody withdrew.
    MemberWithdrew {
        /// The code.
        code: String,
        /// Who entered it.
        by: Actor,
    },
}

type Decision = Result<Vec<PanelEvent>, Refusal>;

impl Panel {
    fn announced(&self) -> Result<&Notice, Refusal> {
        self.notice.as_ref().ok_or(Refusal::Unknown)
    }

    fn announce(&self, notice: Notice, by: Actor, today: Date) -> Decision {
        if self.notice.is_some() {
            return Err(Refusal::Exists);
        }
        check_words(&notice.title, ("이름", "name"), 200)?;
        check_words(&notice.text, ("설명", "explanation"), LONGEST_NOTE)?;
        check_words(&notice.source, ("추첨수를 어디에서 얻는지", "source of the seed"), 500)?;
        if notice.seed_on <= today {
            return Err(PanelRefusal::SeedNotAhead.into());
        }
        Ok(vec![PanelEvent::PanelAnnounced { notice, by }])
    }

    fn fix_pool(&self, table: &str, by: Actor, today: Date) -> Decision {
        let notice = self.announced()?;
        if !self.pool.is_empty() {
            return Err(PanelRefusal::PoolFixed.into());
        }
        if notice.seed_on <= today {
            return Err(PanelRefusal::PoolTooLate.into());
        }
        let candidates = read_pool(table).map_err(PanelRefusal::from)?;
        feasible(&candidates, &notice.quotas, notice.size)?;
        let pool = write_pool(&candidates);
        Ok(vec![PanelEvent::PoolFixed { digest: digest(&pool), people: candidates.len(), pool, by }])
    }

    fn draw(&self, seed: &str, by: Actor, today: Date) -> Decision {
        let notice = self.announced()?;
        if self.pool.is_empty() {
            return Err(PanelRefusal::NoPool.into());
        }
        if today < notice.seed_on {
            return Err(PanelRefusal::SeedAhead { on: notice.seed_on }.into());
        }
        // All draws of a panel hang on one seed.
        let seed = self.draws.first().map_or_else(|| seed.trim().to_owned(), |first| first.seed.clone());
        check_words(&seed, ("추첨수", "seed"), 500)?;
        let members = self.members();
        if members.len() >= notice.size {
            return Err(PanelRefusal::Complete.into());
        }
        let pool = read_pool(&self.pool).map_err(PanelRefusal::from)?;
        let round = self.draws.len() + 1;
        let lot = Lot { pool: &pool, quotas: &notice.quotas, size: notice.size, seed: &seed, round };
        let drawn = draw(&lot, &members, &self.withdrawn)?;
        let made = Made { seed, round, codes: drawn.codes, attempt: drawn.attempt };
        Ok(vec![PanelEvent::PanelDrawn { draw: made, by }])
    }

    fn withdraw(&self, code: String, by: Actor) -> Decision {
        self.announced()?;
        if self.members().contains(&code) {
            Ok(vec![PanelEvent::MemberWithdrew { code, by }])
        } else {
            Err(PanelRefusal::NoMember.into())
        }
    }
}

impl Aggregate for Panel {
    const KIND: &'static str = "panel";
    type Command = PanelOrder;
    type Event = PanelEvent;
    type Refusal = Refusal;

    fn decide(&self, order: PanelOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            PanelOrder::Announce(notice, by) => self.announce(notice, by, today),
            PanelOrder::FixPool(table, by) => self.fix_pool(&table, by, today),
            PanelOrder::Draw(seed, by) => self.draw(&seed, by, today),
            PanelOrder::Withdraw(code, by) => self.withdraw(code.trim().to_owned(), by),
        }
    }

    fn evolve(&mut self, event: &PanelEvent) {
        match event {
            PanelEvent::PanelAnnounced { notice, .. } => self.notice = Some(notice.clone()),
            PanelEvent::PoolFixed { pool, .. } => self.pool.clone_from(pool),
            PanelEvent::PanelDrawn { draw, .. } => self.draws.push(draw.clone()),
            PanelEvent::MemberWithdrew { code, .. } => self.withdrawn.push(code.clone()),
        }
    }
}
