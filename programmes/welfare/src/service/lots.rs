//! Proposals by the thousand: a screening's findings come into lots, and a household leaves its lot when somebody touches it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use maru_identity::Resource;
use maru_ledger::{Actor, Aggregate, AppendError, CommandContext, StreamChange, StreamId, hexadecimal};
use tokio::task::JoinSet;

use super::{
    Caller, ServiceError, WelfareService,
    beside::apart,
    jobs::{HOLD, Steps, Task, threads},
    life::Change,
    screenings::Made,
};
use crate::{
    domain::{
        BENEFITS, Household, Refusal, ScreeningRun, StudyRefusal,
        lot::{LotOrder, ProposalLot, ProposalShard, SHARDS, SealedLot, ShardOrder, shard_name},
        screening_run::{Batch, ScreeningOrder},
    },
    lots::{
        Content, Entry, Fault, Head, Origin,
        findings::{ShardFindings, by_shard},
        merge::{Alone, Merged, Merging, Rule, merge},
    },
    registers::read,
    screening::parts,
    store::{InLot, Named, Progress, StandingShard},
};

/// How often a lot is made anew when households leave it in between.
const ATTEMPTS: usize = 32;
/// Households that are taken in by themselves and read together.
const AT_A_TIME: usize = 2_000;

impl WelfareService {
    /// A household's record as policies know it, and whether the household still stands in a lot; nothing where it is neither
    /// there nor on the log.
    pub(super) async fn record_known(&self, id: &str) -> Result<Option<(Resource, bool)>, ServiceError> {
        let resource = Resource::new("household-record", id).in_department(&self.inner.settings.department);
        if let Some(account) = self.inner.store.account_of(id).await? {
            let resource = if account.is_empty() { resource } else { resource.owned_by(&account) };
            return Ok(Some((resource, false)));
        }
        Ok(self.inner.store.lot_of(id).await?.map(|_| (resource, true)))
    }

    /// Takes a household out of its lot, where it stands in one: its proposals are cases of their own from now on.
    pub(super) async fn touch(&self, now: Timestamp, id: &str) -> Result<(), ServiceError> {
        match self.inner.store.lot_of(id).await? {
            Some(lot) => self.take_out(now, id, &lot, None).await,
            None => Ok(()),
        }
    }

    async fn take_out(
        &self,
        now: Timestamp,
        id: &str,
        lot: &InLot,
        account: Option<String>,
    ) -> Result<(), ServiceError> {
        let part = lot.source().unwrap_or_default();
        let household = self.one_household(Path::new(part), id).await?;
        let household =
            household.ok_or_else(|| Refusal::from(StudyRefusal::RegistersGone { part: part.to_owned() }))?;
        self.change(&Caller::system(now), id, &Change::Touch { household, account }).await?;
        Ok(())
    }

    /// A household as its part of the population has it; nothing where that is not there.
    async fn one_household(&self, part: &Path, id: &str) -> Result<Option<Household>, ServiceError> {
        if !part.join("person.parquet").is_file() {
            return Ok(None);
        }
        let (law, part, id) = (self.inner.law.clone(), part.to_owned(), id.to_owned());
        let read = apart(move || read::household(&part, &id, &law)).await?;
        read.map_err(|error| ServiceError::Internal(error.to_string()))
    }

    /// Links an account to a household: from then on its citizen sees the household's page. It leaves its lot with that.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the household is neither on the log nor in a lot; [`ServiceError::SignInRequired`] for
    /// people: who is who is said by the register of residents.
    pub async fn link(&self, caller: &Caller, id: &str, account: &str) -> Result<(), ServiceError> {
        if !caller.by_system {
            return Err(ServiceError::SignInRequired);
        }
        if let Some(lot) = self.inner.store.lot_of(id).await? {
            self.take_out(caller.now, id, &lot, Some(account.to_owned())).await?;
        }
        let home = self.inner.store.home(id).await?.ok_or(ServiceError::NotFound)?;
        if home.record.account.as_deref() == Some(account) {
            return Ok(());
        }
        let household = home.household.ok_or(ServiceError::NotFound)?;
        self.register(caller, id, household, Some(account.to_owned()), "link").await?;
        Ok(())
    }

    /// Links the account of who signed in to the household that they head, by their pseudonym in the registers; gives the household.
    /// Nothing happens where the account has a household, where the household has an account, and where several fit: then a person
    /// links it.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub async fn link_by_pseudonym(
        &self,
        person: &str,
        account: &str,
        now: Timestamp,
    ) -> Result<Option<String>, ServiceError> {
        if self.inner.store.home_of(account).await?.is_some() {
            return Ok(None);
        }
        let found = self.inner.store.headed_by(person).await?;
        let [household] = found.as_slice() else { return Ok(None) };
        let home = self.inner.store.home(household).await?;
        if home.is_none_or(|home| home.record.account.is_some()) {
            return Ok(None);
        }
        self.link(&Caller::system(now), household, account).await?;
        Ok(Some(household.clone()))
    }

    /// A household that came onto the log while a lot with it was being made leaves the lot: it stands on the log.
    pub(super) async fn leave_lot_made_meanwhile(&self, caller: &Caller, id: &str) -> Result<(), ServiceError> {
        for _ in 0..ATTEMPTS {
            let Some(lot) = self.inner.store.in_lot(id).await? else { return Ok(()) };
            let mut shard = ProposalShard { lot: Some(lot.lot.clone()), screening: None };
            let order = ShardOrder::Take { household: id.to_owned(), block: lot.block, counts: lot.counts() };
            let stream = shard_stream(lot.shard)?;
            let change = StreamChange::decide(stream, (&mut shard, lot.version), order, caller.now)?;
            let context = CommandContext::new(Actor::system(), caller.now);
            let changes = change.into_iter().collect();
            match self.inner.store.ledger().append_together(changes, context).await {
                Err(AppendError::Conflict { .. }) => {}
                done => return Ok(done.map(drop)?),
            }
        }
        Ok(())
    }

    /// What rules ask for of a screening comes into lots, all open orders by rule at once.
    pub(super) async fn do_lots(&self, task: Task<'_>, run: &Named<ScreeningRun>) -> Result<(), ServiceError> {
        let Some(making) = Making::of(run, task.clock.now()) else { return self.drop_job(task.job).await };
        let making = Arc::new(making);
        let (outcome, reading) = (self.outcome_of(task.id), Arc::clone(&making));
        let work = move |_: &Steps| by_shard(&outcome, &reading.parts, threads());
        let divided = self.long(task, work).await?.map_err(|error| ServiceError::Internal(error.to_string()))?;
        let Some(alone) = self.make_lots(task, &making, divided).await? else { return Ok(()) };
        let Some(made) = self.take_in_alone(task, &making, alone).await? else { return Ok(()) };
        self.inner.store.forget_unsealed_lots().await?;
        let mut shares = self.inner.store.shares_of(task.id).await?;
        for (batch, made) in made {
            let share = shares.entry(batch).or_default();
            *share = (share.0.saturating_add(made.households), share.1.saturating_add(made.opened));
        }
        let told = |(batch, _): &(usize, Batch)| {
            let of = u32::try_from(*batch).ok().and_then(|batch| shares.get(&batch)).copied().unwrap_or_default();
            ScreeningOrder::Proposed { batch: *batch, households: of.0, opened: of.1 }
        };
        let mut orders: Vec<ScreeningOrder> = making.batches.iter().map(told).collect();
        let last = orders.pop();
        for order in orders {
            self.order::<ScreeningRun>(&Caller::system(task.clock.now()), task.id, order).await?;
        }
        match last {
            Some(order) => self.complete::<ScreeningRun>(task, order).await,
            None => self.drop_job(task.job).await,
        }
    }

    /// Makes the lot of each shard, several at once; gives the households that are to be taken in by themselves, nothing where
    /// it was told to stop.
    async fn make_lots(
        &self,
        task: Task<'_>,
        making: &Arc<Making>,
        shards: Vec<ShardFindings>,
    ) -> Result<Option<Vec<Alone>>, ServiceError> {
        let mut at_work: JoinSet<Result<Vec<Alone>, ServiceError>> = JoinSet::new();
        let (mut alone, mut done) = (Vec::new(), 0_u64);
        let all = u64::try_from(SHARDS).unwrap_or(0);
        let mut waiting = (0_u8..=u8::MAX).zip(shards);
        loop {
            while at_work.len() < threads()
                && !task.stop.is_told()
                && let Some((shard, findings)) = waiting.next()
            {
                let (service, making) = (self.clone(), Arc::clone(making));
                at_work.spawn(async move { service.make_lot(&making, shard, Arc::new(findings)).await });
            }
            let Some(made) = at_work.join_next().await else { break };
            alone.extend(made.map_err(|error| ServiceError::Internal(error.to_string()))??);
            done += 1;
            if done.is_multiple_of(8) || done == all {
                self.keep(task.job, task.clock.now(), HOLD).await;
                self.inner.store.note_progress(task.id, Progress { done, all, at: task.clock.now() }).await?;
            }
        }
        if done < all {
            self.give_back(task.job, task.clock.now()).await;
            return Ok(None);
        }
        Ok(Some(alone))
    }

    /// Makes the lot of a shard, unless this screening made it or changes nothing.
    async fn make_lot(
        &self,
        making: &Arc<Making>,
        shard: u8,
        findings: Arc<ShardFindings>,
    ) -> Result<Vec<Alone>, ServiceError> {
        let mut conflict = None;
        for _ in 0..ATTEMPTS {
            let households = findings.found.iter().map(|found| found.household.clone()).collect();
            let (standing, on_log) = self.inner.store.standing_shard(shard, households).await?;
            let StandingShard { version, screening, base, .. } = standing;
            let is_made = screening.as_deref() == Some(&*making.now.screening);
            let merged = merged(Arc::clone(making), Arc::clone(&findings), (base, on_log)).await?;
            if is_made || !merged.is_other() {
                return Ok(merged.alone);
            }
            let (merged, content) = self.content(shard, merged).await?;
            self.inner.store.write_lot(&content).await?;
            match self.seal(making, (shard, version), &merged, &content).await {
                Ok(()) => {
                    self.leave_lots_made_meanwhile(making.now.at, &merged).await?;
                    return Ok(merged.alone);
                }
                Err(error @ AppendError::Conflict { .. }) => conflict = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        Err(conflict.map_or(ServiceError::NotFound, Into::into))
    }

    async fn content(&self, shard: u8, merged: Merged) -> Result<(Merged, Content), ServiceError> {
        let mut seed = [0_u8; 32];
        self.inner.entropy.fill(&mut seed);
        let (origins, sources) = (merged.origins.clone(), merged.sources.clone());
        let head = Head { shard, seed: hexadecimal(&seed), origins, sources };
        let making = move || {
            let content = Content::make(&head, &merged.entries);
            content.map(|content| (merged, content))
        };
        let made = apart(making).await?;
        made.map_err(|fault| ServiceError::Internal(format!("no lot can be made: {fault}")))
    }

    /// The lot, and that it holds from now on: both events or neither.
    async fn seal(
        &self,
        making: &Making,
        (shard, version): (u8, u64),
        merged: &Merged,
        content: &Content,
    ) -> Result<(), AppendError> {
        let Origin { screening, month, at, .. } = &making.now;
        let commitment = SealedLot {
            lot: content.lot.clone(),
            shard,
            screening: screening.clone(),
            month: *month,
            entries: content.entries,
            root: content.root.clone(),
            blocks: content.sealed.clone(),
            counts: content.counts.clone(),
            changes: merged.changes,
            shares: merged.shares.clone(),
        };
        let order = ShardOrder::Replace { lot: content.lot.clone(), screening: screening.clone() };
        let wrong = |error: ServiceError| maru_ledger::DatabaseError::work(error.to_string());
        let mut changes = Vec::new();
        let lot = StreamId::new(ProposalLot::KIND, &content.lot).map_err(|_| wrong(ServiceError::NotFound))?;
        let decided =
            StreamChange::decide(lot, (&mut ProposalLot::default(), 0), LotOrder::Seal(Box::new(commitment)), *at);
        changes.extend(decided.map_err(|error| wrong(error.into()))?);
        let stream = shard_stream(shard).map_err(wrong)?;
        let decided = StreamChange::decide(stream, (&mut ProposalShard::default(), version), order, *at);
        changes.extend(decided.map_err(|error| wrong(error.into()))?);
        let system = CommandContext::new(Actor::system(), *at);
        self.inner.store.ledger().append_together(changes, system).await.map(drop)
    }

    /// Households that came onto the log while their lot was being made.
    async fn leave_lots_made_meanwhile(&self, now: Timestamp, merged: &Merged) -> Result<(), ServiceError> {
        let households = merged.entries.iter().map(|entry| entry.household.clone()).collect();
        for household in self.inner.store.on_log(households).await? {
            self.leave_lot_made_meanwhile(&Caller::system(now), &household).await?;
        }
        Ok(())
    }

    /// Takes in those households that stand on the log already or have signals, part by part; says what came of it by order,
    /// nothing where it was told to stop.
    async fn take_in_alone(
        &self,
        task: Task<'_>,
        making: &Making,
        alone: Vec<Alone>,
    ) -> Result<Option<BTreeMap<u32, Made>>, ServiceError> {
        let mut made: BTreeMap<u32, Made> = BTreeMap::new();
        let mut by_part: BTreeMap<u32, Vec<Alone>> = BTreeMap::new();
        for one in alone {
            by_part.entry(one.part).or_default().push(one);
        }
        for (part, homes) in by_part {
            let Some(folder) = making.parts.get(usize::try_from(part).unwrap_or(usize::MAX)) else { continue };
            for some in homes.chunks(AT_A_TIME) {
                if task.stop.is_told() {
                    self.give_back(task.job, task.clock.now()).await;
                    return Ok(None);
                }
                let mut wanted: HashMap<String, Option<u32>> = HashMap::new();
                for one in some {
                    if let Some(batch) = self.asked_by(one).await? {
                        wanted.insert(one.household.clone(), batch);
                    }
                }
                self.take_in_some(folder, wanted, task.clock.now(), &mut made).await?;
                self.keep(task.job, task.clock.now(), HOLD).await;
            }
        }
        Ok(Some(made))
    }

    /// The first order that asks for a proposal that is not there; nobody's where only signals are to be seen; nothing where
    /// there is nothing to do.
    async fn asked_by(&self, alone: &Alone) -> Result<Option<Option<u32>>, ServiceError> {
        for (batch, proposal) in &alone.asked {
            if self.inner.store.proposal(proposal).await?.is_none() {
                return Ok(Some(Some(*batch)));
            }
        }
        Ok(self.inner.store.lot_of(&alone.household).await?.map(|_| None))
    }

    async fn take_in_some(
        &self,
        part: &Path,
        wanted: HashMap<String, Option<u32>>,
        now: Timestamp,
        made: &mut BTreeMap<u32, Made>,
    ) -> Result<(), ServiceError> {
        let names: HashSet<String> = wanted.keys().cloned().collect();
        if names.is_empty() {
            return Ok(());
        }
        for (id, household) in self.households_of(part, names).await? {
            let lived = self.take_in(&id, household, now).await?;
            if let Some(batch) = wanted.get(&id).copied().flatten() {
                made.entry(batch).or_default().add(&lived);
            }
        }
        Ok(())
    }
}

fn shard_stream(shard: u8) -> Result<StreamId, ServiceError> {
    StreamId::new(ProposalShard::KIND, shard_name(shard)).map_err(|_| ServiceError::NotFound)
}

/// A part of a population as lots name it.
pub(super) fn whole_path(part: &Path) -> String {
    std::path::absolute(part).unwrap_or_else(|_| part.to_owned()).display().to_string()
}

/// Lots while they are made.
struct Making {
    /// The orders by rule that are open, each with its place.
    batches: Vec<(usize, Batch)>,
    rules: Vec<Rule>,
    now: Origin,
    parts: Vec<PathBuf>,
    /// The same as texts.
    sources: Vec<String>,
}

impl Making {
    /// Nothing where nothing is open.
    fn of(run: &Named<ScreeningRun>, now: Timestamp) -> Option<Self> {
        let open = run.state.batches.iter().enumerate().filter(|(_, batch)| batch.by_rule && batch.done.is_none());
        let batches: Vec<(usize, Batch)> = open.map(|(place, batch)| (place, batch.clone())).collect();
        let (month, summary) = (run.state.month?, run.state.summary.as_ref()?);
        let rule = |(place, batch): &(usize, Batch)| {
            let benefit = BENEFITS.iter().position(|benefit| benefit.id == batch.benefit)?;
            let (batch_number, benefit) = (u32::try_from(*place).ok()?, u8::try_from(benefit).ok()?);
            Some(Rule { batch: batch_number, benefit, least: batch.least })
        };
        // A population that is not there any more gives no households: the orders end with what they came to.
        let parts = parts(Path::new(&run.state.population)).unwrap_or_default();
        // What is stored is stored to the microsecond.
        let at = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Some(Self {
            rules: batches.iter().filter_map(rule).collect(),
            now: Origin { screening: run.id.clone(), month, rules: summary.rules.clone(), at },
            sources: parts.iter().map(|part| whole_path(part)).collect(),
            parts,
            batches,
        })
        .filter(|making| !making.batches.is_empty())
    }
}

/// Merges on a thread of its own.
async fn merged(
    making: Arc<Making>,
    findings: Arc<ShardFindings>,
    (base, on_log): (Option<(Head, Vec<Entry>)>, HashSet<String>),
) -> Result<Merged, ServiceError> {
    let work = move || {
        merge(Merging {
            base,
            findings: findings.found.clone(),
            on_log: &on_log,
            signals: &findings.signals,
            rules: &making.rules,
            now: &making.now,
            parts: &making.sources,
        })
    };
    apart(work).await?.map_err(|fault: Fault| ServiceError::Internal(format!("no lot can be made: {fault}")))
}
