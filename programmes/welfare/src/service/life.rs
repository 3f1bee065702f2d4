//! What the registers say, and what happens in a life: a household is reckoned anew, and proposals open, change or close.
//!
//! The household's record, its case of crisis signals and its proposals change together, in one transaction: nothing is half
//! reckoned whatever crashes, and one commit is waited for. A household that stands in a lot leaves it with its first change.

use jiff::civil::Date;
use maru_ledger::{Aggregate, AppendError, CommandContext, LedgerError, StreamChange, StreamId};

use super::{Caller, ServiceError, WelfareService};
use crate::{
    domain::{
        Benefit, CrisisCase, Household, LifeEvent, Month, Order, Proposal, Record, RecordOrder, Refusal,
        benefit::Rhythm,
        lot::{ProposalShard, ShardOrder, shard_name},
        proposal::{Finding, Reassessed, Status, proposal_id},
    },
    evaluation::{Assessment, Entitlement},
    store::{KnownHome, Versioned},
};

/// How often a change is decided anew when others change the household in between.
const ATTEMPTS: usize = 32;

/// Why something closes or is looked at where registers hold a household no longer.
pub(crate) const GONE: &str = "registers: gone";

/// What a change came to: names of proposals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lived {
    /// Newly found.
    pub opened: Vec<String>,
    /// Due with another amount.
    pub changed: Vec<String>,
    /// No longer due.
    pub closed: Vec<String>,
}

/// Whose key seals what is known of a household.
pub(super) fn subject(household: &str) -> String {
    format!("household-{household}")
}

/// What becomes of a household's record.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// The registers have it so.
    Register {
        /// As it is.
        household: Household,
        /// Whose it is.
        account: Option<String>,
        /// Who says so.
        source: String,
    },
    /// Something happened.
    Live {
        /// What.
        event: LifeEvent,
        /// When.
        on: Date,
        /// The household after it.
        household: Household,
    },
    /// Its people tell what a proposal asked for.
    Tell {
        /// The proposal.
        proposal: String,
        /// When.
        on: Date,
        /// The household with what was told.
        household: Household,
    },
    /// Somebody reached an age.
    Reach {
        /// The first day of the month for which ages are reckoned.
        on: Date,
        /// The household, as it was before.
        household: Household,
    },
    /// Somebody touches it for the first time: what stands in a lot becomes cases of its own, and nothing is reckoned.
    Touch {
        /// As the population has it.
        household: Household,
        /// Whose it is.
        account: Option<String>,
    },
}

impl Change {
    fn household(&self) -> &Household {
        match self {
            Self::Register { household, .. }
            | Self::Live { household, .. }
            | Self::Tell { household, .. }
            | Self::Reach { household, .. }
            | Self::Touch { household, .. } => household,
        }
    }

    fn origin(&self) -> String {
        match self {
            Self::Register { source, .. } => source.clone(),
            Self::Live { event, .. } => event.origin(),
            Self::Tell { .. } => LifeEvent::Told.origin(),
            Self::Reach { .. } => LifeEvent::AgeReached.origin(),
            Self::Touch { .. } => super::ORIGIN.to_owned(),
        }
    }

    fn order(&self, id: &str) -> RecordOrder {
        let household = Box::new(self.household().clone());
        match self {
            Self::Live { event, on, .. } => {
                RecordOrder::Live { event: *event, on: *on, household, subject: subject(id) }
            }
            Self::Tell { on, .. } => {
                RecordOrder::Live { event: LifeEvent::Told, on: *on, household, subject: subject(id) }
            }
            Self::Reach { on, .. } => {
                RecordOrder::Live { event: LifeEvent::AgeReached, on: *on, household, subject: subject(id) }
            }
            Self::Register { account, .. } | Self::Touch { account, .. } => {
                let (account, source) = (account.clone(), self.origin());
                RecordOrder::Register { household, subject: subject(id), account, source }
            }
        }
    }
}

impl WelfareService {
    /// Takes a household in as the registers have it now, and reckons it.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where a fact is not what the law knows; then nothing is stored.
    pub async fn register(
        &self,
        caller: &Caller,
        id: &str,
        household: Household,
        account: Option<String>,
        source: &str,
    ) -> Result<Lived, ServiceError> {
        if !caller.by_system {
            return Err(ServiceError::SignInRequired);
        }
        let before = self.inner.store.home(id).await?.and_then(|home| home.household);
        let mut household = household;
        if let Some(before) = before {
            household.keep_what_registers_lack(&before);
        }
        let change = Change::Register { household, account, source: source.to_owned() };
        self.change(caller, id, &change).await
    }

    /// Registers do not hold a household any more: what is proposed to it closes, and an official looks at what it is given.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for people: only a feed of the registers says so.
    pub async fn depart(&self, caller: &Caller, id: &str, source: &str) -> Result<Lived, ServiceError> {
        if !caller.by_system {
            return Err(ServiceError::SignInRequired);
        }
        self.touch(caller.now, id).await?;
        let mut lived = Lived::default();
        // Nobody knows it: nothing is to be closed.
        if self.inner.store.account_of(id).await?.is_none() {
            return Ok(lived);
        }
        self.order::<Record>(caller, id, RecordOrder::Depart { source: source.to_owned() }).await?;
        let (month, rules) = (Month::of(caller.today()), self.inner.law.rules());
        for proposal in self.inner.store.proposals_of(id).await? {
            let origin = GONE.to_owned();
            if proposal.state.status.is_open() {
                let now = Reassessed { amount: 0, month, rules: rules.clone(), origin };
                self.order::<Proposal>(caller, &proposal.id, Order::Reassess { now: Box::new(now) }).await?;
                lived.closed.push(proposal.id);
            } else if proposal.state.status == Status::Awarded {
                let order = Order::CallReview { because: origin };
                self.order::<Proposal>(caller, &proposal.id, order).await?;
                lived.changed.push(proposal.id);
            }
        }
        Ok(lived)
    }

    /// Records what happened in somebody's life, and reckons the household anew.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments, [`ServiceError::Invalid`] where a fact is not what the law knows.
    pub async fn live(
        &self,
        caller: &Caller,
        id: &str,
        event: LifeEvent,
        on: Date,
        household: Household,
    ) -> Result<Lived, ServiceError> {
        let (resource, is_in_lot) = self.record_known(id).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "record-life-event", &resource)?;
        if is_in_lot {
            self.touch(caller.now, id).await?;
        }
        self.change(caller, id, &Change::Live { event, on, household }).await
    }

    /// Changes a household, reckoned where its facts are new.
    pub(super) async fn change(&self, caller: &Caller, id: &str, change: &Change) -> Result<Lived, ServiceError> {
        let month = Month::of(caller.today());
        let assessment = match change {
            Change::Touch { .. } => None,
            _ => Some(self.inner.law.assess(change.household(), month)?),
        };
        let mut conflict = None;
        for _ in 0..ATTEMPTS {
            let known = self.inner.store.known_home(id).await?;
            let is_new = known.record.is_none() && known.lot.is_none();
            let mut together = Together::new(self, caller, id, known);
            together.leave_lot(change)?;
            together.record(change)?;
            together.score_crisis(change.household())?;
            together.answer(change)?;
            if let Some(assessment) = &assessment {
                together.settle(change, month, assessment)?;
            }
            match self.stored(together, is_new).await? {
                Ok(lived) => return Ok(lived),
                Err(error) => conflict = Some(error),
            }
        }
        Err(conflict.map_or(ServiceError::NotFound, Into::into))
    }

    /// Stores what was decided together; gives the conflict where somebody else changed the household in between.
    async fn stored(&self, together: Together<'_>, is_new: bool) -> Result<Result<Lived, AppendError>, ServiceError> {
        let Together { changes, lived, caller, id, .. } = together;
        if changes.is_empty() {
            return Ok(Ok(lived));
        }
        match self.inner.store.ledger().append_together(changes, context_of(caller, id)?).await {
            Err(error @ AppendError::Conflict { .. }) => return Ok(Err(error)),
            Err(error) => return Err(error.into()),
            Ok(_) if is_new => self.leave_lot_made_meanwhile(caller, id).await?,
            Ok(_) => {}
        }
        Ok(Ok(lived))
    }

    /// Reckons a household in which somebody reached an age, by the facts that are known of it now: those of its record, else those of the
    /// population.
    ///
    /// A birthday by which nothing is opened, changed or closed is not written down: it is known from the date of birth, and a record
    /// would grow by a line a year for each member. So the same again writes nothing, and where nothing follows nobody leaves a lot.
    pub(super) async fn reach(
        &self,
        caller: &Caller,
        id: &str,
        in_population: Option<InPopulation<'_>>,
    ) -> Result<Reached, ServiceError> {
        let month = Month::of(caller.today());
        let mut conflict = None;
        for _ in 0..ATTEMPTS {
            let known = self.inner.store.known_home(id).await?;
            let household = match self.facts_of(&known, in_population)? {
                Facts::Known(household) => *household,
                Facts::Nothing => return Ok(Reached::Nothing),
                Facts::Left => return Ok(Reached::Left),
            };
            let assessment = self.inner.law.assess(&household, month)?;
            let change = Change::Reach { on: month.first_day(), household };
            let is_new = known.record.is_none() && known.lot.is_none();
            let mut together = Together::new(self, caller, id, known);
            together.leave_lot(&change)?;
            together.settle(&change, month, &assessment)?;
            if together.lived == Lived::default() {
                return Ok(Reached::Nothing);
            }
            together.record(&change)?;
            together.score_crisis(change.household())?;
            match self.stored(together, is_new).await? {
                Ok(lived) => return Ok(Reached::Lived(lived)),
                Err(error) => conflict = Some(error),
            }
        }
        Err(conflict.map_or(ServiceError::NotFound, Into::into))
    }

    /// By which facts a household is reckoned that grew older.
    fn facts_of(&self, known: &KnownHome, in_population: Option<InPopulation<'_>>) -> Result<Facts, ServiceError> {
        if let Some(record) = &known.record {
            if record.state.departed.is_some() {
                return Ok(Facts::Nothing);
            }
            let opened = self.inner.store.ledger().unseal(&known.sealed).map_err(LedgerError::from)?;
            let text = opened.value.as_deref();
            // Nobody reckons who was erased.
            let household = text.map(serde_json::from_str).transpose().map_err(|error| unreadable(&error))?;
            return Ok(household.map_or(Facts::Nothing, |household| Facts::Known(Box::new(household))));
        }
        let Some(InPopulation { part, household, is_asked }) = in_population else { return Ok(Facts::Nothing) };
        Ok(match &known.lot {
            // A household stands in one part: in that which its lot names.
            Some(lot) if lot.source() != Some(part) => Facts::Nothing,
            None if !is_asked => Facts::Left,
            _ => Facts::Known(Box::new(household.clone())),
        })
    }
}

fn unreadable(error: &serde_json::Error) -> ServiceError {
    ServiceError::Internal(format!("a household's record cannot be read: {error}"))
}

/// A household as a part of the population has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct InPopulation<'a> {
    /// The folder of the part.
    pub(super) part: &'a str,
    /// The household.
    pub(super) household: &'a Household,
    /// Whether it may come onto the log where it stands in no lot.
    pub(super) is_asked: bool,
}

/// What came of an age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reached {
    /// Nothing follows.
    Nothing,
    /// Proposals were opened, changed or closed.
    Lived(Lived),
    /// It stands in the population alone, and nothing asks for what it becomes entitled to.
    Left,
}

/// What is known of a household that grew older.
enum Facts {
    /// This.
    Known(Box<Household>),
    /// It is not to be reckoned.
    Nothing,
    /// Nobody asked for it.
    Left,
}

/// A repetition is recognised by the household's stream.
fn context_of(caller: &Caller, id: &str) -> Result<CommandContext, ServiceError> {
    let stream = stream::<Record>(id)?;
    let context = CommandContext::new(caller.actor(), caller.now);
    Ok(match &caller.idempotency_key {
        Some(key) => context.idempotent(format!("{stream}/{key}"), stream.as_str()),
        None => context,
    })
}

fn stream<A: Aggregate>(id: &str) -> Result<StreamId, ServiceError> {
    StreamId::new(A::KIND, id).map_err(|_| ServiceError::NotFound)
}

/// Changes of one household that are made together.
struct Together<'a> {
    service: &'a WelfareService,
    caller: &'a Caller,
    id: &'a str,
    known: KnownHome,
    rules: String,
    changes: Vec<StreamChange>,
    lived: Lived,
}

impl<'a> Together<'a> {
    fn new(service: &'a WelfareService, caller: &'a Caller, id: &'a str, known: KnownHome) -> Self {
        let rules = service.inner.law.rules();
        Self { service, caller, id, known, rules, changes: Vec::new(), lived: Lived::default() }
    }

    /// Decides, and keeps what happens; a stream that changed already changes further.
    fn decide<A: Aggregate<Refusal = Refusal>>(
        &mut self,
        id: &str,
        known: &mut Versioned<A>,
        command: A::Command,
    ) -> Result<(), ServiceError> {
        let state = (&mut known.state, known.version);
        let Some(change) = StreamChange::decide(stream::<A>(id)?, state, command, self.caller.now)? else {
            return Ok(());
        };
        match self.changes.iter_mut().find(|other| other.stream == change.stream) {
            Some(other) => {
                other.events.extend(change.events);
                other.jobs.extend(change.jobs);
            }
            None => self.changes.push(change),
        }
        Ok(())
    }

    /// What stands in a lot becomes cases of its own.
    fn leave_lot(&mut self, change: &Change) -> Result<(), ServiceError> {
        let Some(lot) = self.known.lot.take() else { return Ok(()) };
        let mut shard =
            Versioned { state: ProposalShard { lot: Some(lot.lot.clone()), screening: None }, version: lot.version };
        let order = ShardOrder::Take { household: self.id.to_owned(), block: lot.block, counts: lot.counts() };
        self.decide(&shard_name(lot.shard), &mut shard, order)?;
        let account = match change {
            Change::Register { account, .. } | Change::Touch { account, .. } => account.clone(),
            Change::Live { .. } | Change::Tell { .. } | Change::Reach { .. } => None,
        };
        for named in lot.named() {
            let Some(mut finding) = named.state.finding else { continue };
            finding.account.clone_from(&account);
            let mut proposal = Versioned::<Proposal>::default();
            let month = finding.month;
            self.decide(&named.id, &mut proposal, Order::Find { finding: Box::new(finding) })?;
            if named.state.status == Status::Withdrawn {
                let now = Reassessed { amount: 0, month, rules: self.rules.clone(), origin: super::ORIGIN.to_owned() };
                self.decide(&named.id, &mut proposal, Order::Reassess { now: Box::new(now) })?;
            }
            self.known.proposals.push((named.id, proposal));
        }
        Ok(())
    }

    fn record(&mut self, change: &Change) -> Result<(), ServiceError> {
        let mut record = self.known.record.take().unwrap_or_default();
        if let Some(household) = &mut record.state.household
            && matches!(change, Change::Register { .. })
        {
            // Whether anything is new is seen by what was sealed.
            let opened = self.service.store().ledger().unseal(&self.known.sealed).map_err(LedgerError::from)?;
            household.value = opened.value;
        }
        if matches!(change, Change::Touch { .. }) && record.version > 0 {
            return Ok(());
        }
        if matches!(change, Change::Reach { .. }) && record.version == 0 {
            // It comes onto the log with this: as the population has it, and then what happened.
            let household = Box::new(change.household().clone());
            let source = super::ORIGIN.to_owned();
            let taken_in = RecordOrder::Register { household, subject: subject(self.id), account: None, source };
            self.decide(self.id, &mut record, taken_in)?;
        }
        self.decide(self.id, &mut record, change.order(self.id))?;
        self.known.record = Some(record);
        Ok(())
    }

    /// Scores the signals. Nothing happens where there are none and never were.
    fn score_crisis(&mut self, household: &Household) -> Result<(), ServiceError> {
        let known = self.known.crisis.take();
        if household.signals.is_empty() && known.is_none() {
            return Ok(());
        }
        let order = self.service.crisis_order(self.caller, self.id, household);
        self.decide::<CrisisCase>(self.id, &mut known.unwrap_or_default(), order)
    }

    /// What was asked for is told: the proposal waits for an official again, and so do others that asked for nothing else.
    fn answer(&mut self, change: &Change) -> Result<(), ServiceError> {
        let Change::Tell { proposal, household, .. } = change else { return Ok(()) };
        let is_told = |fact: &String| household.told.iter().any(|told| told.fact == *fact);
        let mut proposals = std::mem::take(&mut self.known.proposals);
        for (name, standing) in &mut proposals {
            let is_asked = standing.state.status == Status::Asked;
            if name == proposal || (is_asked && standing.state.asked.iter().all(is_told)) {
                self.decide(name, standing, Order::Answer)?;
            }
        }
        self.known.proposals = proposals;
        Ok(())
    }

    /// Opens what is due and not received, changes what is due otherwise, closes what is not due any more.
    fn settle(&mut self, change: &Change, month: Month, assessment: &Assessment) -> Result<(), ServiceError> {
        let mut proposals = std::mem::take(&mut self.known.proposals);
        let seen = Seen { household: change.household(), month, origin: change.origin() };
        for one in &assessment.entitlements {
            let name = proposal_id(self.id, one.benefit.id, one.member.as_deref());
            let place = proposals.iter().position(|(id, _)| *id == name);
            let mut standing = place.map(|place| proposals.swap_remove(place).1);
            self.settle_one(&seen, one, &name, &mut standing)?;
            if let Some(standing) = standing {
                proposals.push((name, standing));
            }
        }
        // Who left the household, or died, is not assessed any more: what was proposed for them is not due.
        for (name, proposal) in &mut proposals {
            let member = proposal.state.finding.as_ref().and_then(|finding| finding.member.as_deref());
            let is_gone = member.is_some_and(|member| seen.household.member(member).is_none());
            if is_gone && proposal.state.status.is_open() {
                self.decide(name, proposal, Order::Reassess { now: Box::new(self.now(&seen, 0)) })?;
                self.lived.closed.push(name.clone());
            }
        }
        self.known.proposals = proposals;
        Ok(())
    }

    fn settle_one(
        &mut self,
        seen: &Seen<'_>,
        one: &Entitlement,
        name: &str,
        standing: &mut Option<Versioned<Proposal>>,
    ) -> Result<(), ServiceError> {
        // What the law leaves open is neither proposed nor taken away: an official has to look.
        let Some(amount) = one.amount else { return Ok(()) };
        let received = seen.household.receives(one.benefit.id, one.member.as_deref()).is_some();
        let status = standing.as_ref().map(|proposal| proposal.state.status);
        if let (Some(Status::Found | Status::Asked | Status::Confirmed | Status::Awarded), Some(proposal)) =
            (status, &mut *standing)
        {
            if current_amount(&proposal.state) == Some(amount) {
                return Ok(());
            }
            self.decide(name, proposal, Order::Reassess { now: Box::new(self.now(seen, amount)) })?;
            let is_closed = proposal.state.status == Status::Withdrawn;
            let list = if is_closed { &mut self.lived.closed } else { &mut self.lived.changed };
            list.push(name.to_owned());
            return Ok(());
        }
        if amount > 0 && !received && is_to_be_proposed(one.benefit, standing.as_ref()) {
            let proposal = standing.get_or_insert_default();
            let finding = Box::new(self.finding(seen, one, amount));
            self.decide(name, proposal, Order::Find { finding })?;
            if proposal.state.status == Status::Found {
                self.lived.opened.push(name.to_owned());
            }
        }
        Ok(())
    }

    fn finding(&self, seen: &Seen<'_>, one: &Entitlement, amount: i64) -> Finding {
        Finding {
            household: self.id.to_owned(),
            account: self.known.record.as_ref().and_then(|record| record.state.account.clone()),
            benefit: one.benefit.id.to_owned(),
            member: one.member.clone(),
            amount,
            month: seen.month,
            rules: self.rules.clone(),
            origin: seen.origin.clone(),
            lot: None,
        }
    }

    fn now(&self, seen: &Seen<'_>, amount: i64) -> Reassessed {
        Reassessed { amount, month: seen.month, rules: self.rules.clone(), origin: seen.origin.clone() }
    }
}

/// A household while it is reckoned.
struct Seen<'a> {
    household: &'a Household,
    month: Month,
    origin: String,
}

fn current_amount(proposal: &Proposal) -> Option<i64> {
    let awarded = proposal.award.as_ref().and_then(|award| award.amounts.last()).map(|(_, amount)| *amount);
    awarded.or(proposal.finding.as_ref().map(|finding| finding.amount))
}

/// What was given once is not proposed again; what was declined or refused, not in the same year.
fn is_to_be_proposed(benefit: &Benefit, standing: Option<&Versioned<Proposal>>) -> bool {
    standing.is_none_or(|proposal| benefit.rhythm != Rhythm::Once || proposal.state.award.is_none())
}
