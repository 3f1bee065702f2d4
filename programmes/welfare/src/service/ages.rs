//! The clock of ages: on the first day of a month, who grew older is reckoned anew, whatever they stand in.
//!
//! Households on the log are read some at a time and opened as pages open them: no index of birthdays stands anywhere. Of a population only
//! the column of dates of birth is read, and then the households of those whose age may count. Each is reckoned with its people as old as
//! they are and as old as they were; only where these differ is it taken up, through the same path as everything that happens in a life.
//!
//! The job is done again from its beginning where it breaks off: what was done changes nothing a second time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use jiff::Timestamp;
use maru_calendar::seoul;
use maru_ledger::{Actor, Aggregate as _, CommandContext, Executed, StreamId};

use super::{
    Caller, ServiceError, WelfareService,
    beside::{Several, apart},
    jobs::{HOLD, Task, threads},
    life::{InPopulation, Reached},
};
use crate::{
    domain::{
        AgeClock, Household, Month,
        age_clock::{AGE_CLOCK, AgeOrder, AgesLooked},
    },
    evaluation::{AgesReached, Entitlement, LawBook},
    registers::read,
    screening::parts,
    store::{AgesTold, Progress},
};

/// Households of the log that are opened together.
const ON_LOG_AT_A_TIME: u32 = 1_000;
/// Households of a population that are read together: each time the names of all households of the part are read.
const AT_A_TIME: usize = 10_000;

/// Where the clock of ages stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// The clock.
    pub clock: AgeClock,
    /// How far the work has come while it is done.
    pub progress: Option<Progress>,
    /// What followed in the month that was reckoned last.
    pub told: AgesTold,
}

impl WelfareService {
    /// Lets the clock of ages strike where a month began that was not reckoned: a job does the rest. Whether it struck. However many
    /// servers ask, it strikes once.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub async fn strike_ages(&self, now: Timestamp) -> Result<bool, ServiceError> {
        let stream = StreamId::new(AgeClock::KIND, AGE_CLOCK).map_err(|_| ServiceError::NotFound)?;
        let context = CommandContext::new(Actor::system(), now);
        let executed: Executed<AgeClock> =
            self.inner.store.ledger().execute::<AgeClock>(&stream, AgeOrder::Strike, context).await?;
        Ok(!executed.events.is_empty())
    }

    /// Where the clock of ages stands.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn ages(&self, caller: &Caller) -> Result<Ages, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        let clock = self.inner.store.age_clock().await?;
        let progress = if clock.running.is_some() { self.inner.store.progress(AGE_CLOCK).await? } else { None };
        let told = match clock.last {
            Some(last) => self.inner.store.ages_told(last.month).await?,
            None => AgesTold::default(),
        };
        Ok(Ages { clock, progress, told })
    }

    pub(super) async fn do_ages(&self, task: Task<'_>) -> Result<(), ServiceError> {
        let Some(run) = self.inner.store.age_clock().await?.running else { return self.drop_job(task.job).await };
        // The present month, also where a month has passed since the clock struck.
        let (now, law) = (task.clock.now(), self.inner.law.clone());
        let month = Month::of(seoul(now).date());
        let ages = apart(move || law.ages_reached(run.since, month)).await??;
        let rules = self.rules_on(seoul(now).date()).await?;
        let least = rules.into_iter().map(|(benefit, least, _)| (benefit, least)).collect();
        let mut work = Reckoning { task, now, asking: Arc::new(Asking { ages, least }), looked: AgesLooked::default() };
        if !self.ages_on_log(&mut work).await? || !self.ages_in_population(&mut work).await? {
            self.give_back(task.job, task.clock.now()).await;
            return Ok(());
        }
        self.complete::<AgeClock>(task, AgeOrder::Finish { month, looked: work.looked }).await
    }

    /// Whether it came to the end of the log's households.
    async fn ages_on_log(&self, work: &mut Reckoning<'_>) -> Result<bool, ServiceError> {
        let mut after = String::new();
        loop {
            if !self.goes_on(work, None).await? {
                return Ok(false);
            }
            let some = self.inner.store.households_after(&after, ON_LOG_AT_A_TIME).await?;
            let Some(last) = some.last else { return Ok(true) };
            after = last;
            let older = |(_, household): &(String, Household)| work.asking.ages.concern_somebody(household);
            let households: Vec<(String, Household)> = some.households.into_iter().filter(older).collect();
            work.looked.on_log = work.looked.on_log.saturating_add(households.len() as u64);
            self.reckon(work, None, households).await?;
        }
    }

    /// Whether it came to the end of the population.
    async fn ages_in_population(&self, work: &mut Reckoning<'_>) -> Result<bool, ServiceError> {
        let parts = self.parts_of_households().await?;
        let all = parts.len() as u64;
        for (place, (part, is_current)) in (0_u64..).zip(parts) {
            let (folder, asking) = (part.clone(), Arc::clone(&work.asking));
            let born = apart(move || read::born(Path::new(&folder), |day| asking.ages.concern(day))).await?;
            let homes = match born {
                Ok(homes) => homes,
                Err(error) => {
                    tracing::warn!(%error, "a part of the population could not be looked at for ages");
                    work.looked.parts_unread = work.looked.parts_unread.saturating_add(1);
                    continue;
                }
            };
            let homes = self.not_on_log(homes, (part.as_str(), is_current)).await?;
            work.looked.in_population = work.looked.in_population.saturating_add(homes.len() as u64);
            for some in homes.chunks(AT_A_TIME) {
                if !self.goes_on(work, Some((place, all))).await? {
                    return Ok(false);
                }
                let Ok(read) = self.households_of(Path::new(&part), some.iter().cloned().collect()).await else {
                    work.looked.parts_unread = work.looked.parts_unread.saturating_add(1);
                    break;
                };
                self.reckon(work, Some(part.as_str()), read.into_iter().collect()).await?;
            }
        }
        Ok(true)
    }

    /// The folders in which households stand that are not on the log, and whether they are the population's of today: those that lots
    /// name may be older.
    async fn parts_of_households(&self) -> Result<BTreeMap<String, bool>, ServiceError> {
        let sources = self.inner.store.sources_of_lots().await?;
        let mut all: BTreeMap<String, bool> = sources.into_iter().map(|part| (part, false)).collect();
        if let Some(nation) = &self.inner.settings.nation {
            // A population that is not there yet has nobody.
            let of_today = parts(&nation.folder).unwrap_or_default();
            all.extend(of_today.into_iter().map(|part| (super::lots::whole_path(&part), true)));
        }
        Ok(all)
    }

    /// Households of a part that are not on the log; of one that is not of today's population, only those that stand in a lot which
    /// names it.
    async fn not_on_log(
        &self,
        mut homes: BTreeSet<String>,
        (part, is_current): (&str, bool),
    ) -> Result<Vec<String>, ServiceError> {
        for known in self.inner.store.on_log(homes.iter().cloned().collect()).await? {
            homes.remove(&known);
        }
        if is_current {
            return Ok(homes.into_iter().collect());
        }
        let mut in_lots = Vec::new();
        for home in homes {
            if self.inner.store.lot_of(&home).await?.is_some_and(|lot| lot.source() == Some(part)) {
                in_lots.push(home);
            }
        }
        Ok(in_lots)
    }

    /// Whether to go on: not where it was told to stop, or another worker has the job by now.
    async fn goes_on(&self, work: &Reckoning<'_>, parts: Option<(u64, u64)>) -> Result<bool, ServiceError> {
        let Task { job, id, clock, stop } = work.task;
        if let Some((done, all)) = parts {
            self.inner.store.note_progress(id, Progress { done, all, at: clock.now() }).await?;
        }
        Ok(!stop.is_told() && self.keep(job, clock.now(), HOLD).await)
    }

    /// Takes up those households in which an age makes a difference.
    async fn reckon(
        &self,
        work: &mut Reckoning<'_>,
        part: Option<&str>,
        households: Vec<(String, Household)>,
    ) -> Result<(), ServiceError> {
        let (law, asking) = (self.inner.law.clone(), Arc::clone(&work.asking));
        let (differing, unread) = apart(move || asking.differing(&law, &households)).await?;
        work.looked.unread = work.looked.unread.saturating_add(unread);
        let mut at_work = Several::new();
        for one in differing {
            if let Some(done) = at_work.room().await {
                work.take(done)?;
            }
            let (service, caller, part) = (self.clone(), Caller::system(work.now), part.map(str::to_owned));
            at_work.begin(async move {
                let Differing { id, household, becomes_due, is_asked } = one;
                let found = part.as_deref().map(|part| InPopulation { part, household: &household, is_asked });
                service.reach(&caller, &id, found).await.map(|reached| (reached, becomes_due))
            });
        }
        while let Some(done) = at_work.next().await {
            work.take(done)?;
        }
        Ok(())
    }
}

/// What ages are looked for, and what rules ask for.
struct Asking {
    ages: AgesReached,
    /// By benefit, from which amount on findings become proposals.
    least: HashMap<String, i64>,
}

/// A household in which an age makes a difference.
struct Differing {
    id: String,
    household: Household,
    /// Something is due with it that is not received.
    becomes_due: bool,
    /// A rule or a statute asks for some of that.
    is_asked: bool,
}

impl Asking {
    /// The households in which an age makes a difference, and how many could not be reckoned; on every thread some of them.
    fn differing(&self, law: &LawBook, households: &[(String, Household)]) -> (Vec<Differing>, u64) {
        let share = households.len().div_ceil(threads()).max(1);
        std::thread::scope(|scope| {
            let shares = households.chunks(share);
            let at_work: Vec<_> = shares.map(|share| scope.spawn(move || self.some_differing(law, share))).collect();
            at_work.into_iter().fold((Vec::new(), 0), |(mut all, unread), one| {
                let (differing, more) = one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                all.extend(differing);
                (all, unread + more)
            })
        })
    }

    fn some_differing(&self, law: &LawBook, households: &[(String, Household)]) -> (Vec<Differing>, u64) {
        let (mut differing, mut unread) = (Vec::new(), 0);
        for (id, household) in households {
            match law.reached(household, &self.ages) {
                Ok(reached) if reached.is_empty() => {}
                Ok(reached) => differing.push(self.of(id.clone(), household.clone(), &reached)),
                // Which fact is no secret, whose it is would be one.
                Err(_) => unread += 1,
            }
        }
        (differing, unread)
    }

    fn of(&self, id: String, household: Household, reached: &[Entitlement]) -> Differing {
        let is_due = |one: &Entitlement| {
            let is_received = household.receives(one.benefit.id, one.member.as_deref()).is_some();
            one.amount.filter(|amount| *amount > 0 && !is_received)
        };
        let is_asked = |one: &Entitlement| {
            is_due(one).zip(self.least.get(one.benefit.id)).is_some_and(|(amount, least)| amount >= *least)
        };
        let becomes_due = reached.iter().any(|one| is_due(one).is_some());
        let is_asked = reached.iter().any(is_asked);
        Differing { id, household, becomes_due, is_asked }
    }
}

/// The work while it is done.
struct Reckoning<'a> {
    task: Task<'a>,
    /// The instant for which everything is reckoned: a month that begins meanwhile is reckoned by the next stroke.
    now: Timestamp,
    asking: Arc<Asking>,
    looked: AgesLooked,
}

impl Reckoning<'_> {
    /// Counts what came of a household's age, and whether something became due with it.
    fn take(&mut self, done: Result<(Reached, bool), ServiceError>) -> Result<(), ServiceError> {
        let looked = &mut self.looked;
        match done {
            Ok((Reached::Lived(_), _)) => looked.reckoned = looked.reckoned.saturating_add(1),
            Ok((Reached::Left, true)) => looked.left = looked.left.saturating_add(1),
            Ok((Reached::Nothing | Reached::Left, _)) => {}
            // One household that cannot be taken in does not keep the others waiting.
            Err(ServiceError::Invalid(_) | ServiceError::Refused(_)) => {
                looked.unread = looked.unread.saturating_add(1);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
