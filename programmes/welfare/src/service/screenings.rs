//! Screening the population as a job of the workspace; its findings become proposals in batches that an official orders.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date};
use maru_ledger::Clock;

use super::{
    Caller, NationSettings, ServiceError, WelfareService,
    beside::{Several, apart},
    jobs::{Broken, NO_POPULATION, Steps, Task, threads},
    laboratory::populated,
    life::Lived,
};
use crate::{
    domain::{
        BENEFITS, Benefit, Household, Month, ProposalRules, Refusal, ScreeningRun, StudyRefusal, benefit,
        proposal::{Official, proposal_id},
        proposal_rule::{RULES, RuleOrder},
        screening_run::{Batch, ScreeningOrder},
    },
    evaluation::LawBook,
    registers::read,
    screening::{MISSED, Screening, ScreeningError, Summary, parts, screen},
    store::{Named, Progress},
    tables::TableReader,
};

/// What a proposal that a screening found names as its origin.
pub const ORIGIN: &str = "screening";
/// Findings that are looked at together: a part of the population is read once for them.
const AT_A_TIME: usize = 2_000;

/// A screening, and how far its work has come while it is done.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The screening.
    pub run: Named<ScreeningRun>,
    /// How far its work has come.
    pub progress: Option<Progress>,
    /// How many lots it made, and how many proposals they held when they were sealed.
    pub lots: (u64, u64),
}

impl WelfareService {
    /// Asks for a screening of a month, compared with the last one that was finished before; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where there is no population, or one is being done.
    pub async fn request_screening(&self, caller: &Caller, month: Month) -> Result<String, ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let by = caller.official_or_command()?;
        let Some(nation) = &self.inner.settings.nation else {
            return Err(Refusal::from(StudyRefusal::NoPopulation).into());
        };
        let before = self.inner.store.screenings().await?;
        if before.iter().any(|run| run.state.is_open()) {
            return Err(Refusal::from(StudyRefusal::Running).into());
        }
        let earlier = before.iter().filter(|run| run.state.summary.is_some() && run.state.month < Some(month));
        let previous = earlier.max_by_key(|run| (run.state.month, run.state.at)).map(|run| run.id.clone());
        let id = self.draw();
        let population = nation.folder.display().to_string();
        let order = ScreeningOrder::Request { id: id.clone(), month, population, previous, by };
        self.order::<ScreeningRun>(caller, &id, order).await?;
        Ok(id)
    }

    /// The screenings, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn screenings(&self, caller: &Caller) -> Result<Vec<Named<ScreeningRun>>, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        Ok(self.inner.store.screenings().await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn screening(&self, caller: &Caller, id: &str) -> Result<Watched, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        let run = self.inner.store.screening(id).await?.ok_or(ServiceError::NotFound)?;
        let is_busy = run.state.is_open() || run.state.open_batch().is_some();
        let progress = if is_busy { self.inner.store.progress(id).await? } else { None };
        Ok(Watched { run, progress, lots: self.inner.store.lots_of(id).await? })
    }

    /// Orders that findings of a benefit become proposals, for at most so many households.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before the screening is done, or while another batch is.
    pub async fn propose_findings(
        &self,
        caller: &Caller,
        id: &str,
        benefit: String,
        most: u32,
    ) -> Result<(), ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let by = caller.official()?;
        let order = ScreeningOrder::Propose { id: id.to_owned(), benefit, most, by };
        self.order::<ScreeningRun>(caller, id, order).await?;
        Ok(())
    }

    /// Where a screening keeps what it found.
    pub(super) fn outcome_of(&self, id: &str) -> PathBuf {
        self.inner.settings.work.join("screenings").join(id)
    }

    pub(super) async fn do_screening(&self, task: Task<'_>) -> Result<(), ServiceError> {
        let known = self.inner.store.screening(task.id).await?;
        let Some(named) = known.filter(|named| named.state.is_open()) else { return self.drop_job(task.job).await };
        let (Some(month), Some(nation)) = (named.state.month, self.inner.settings.nation.clone()) else {
            let order = ScreeningOrder::Fail { reason: NO_POPULATION.to_owned() };
            return self.complete::<ScreeningRun>(task, order).await;
        };
        let (law, output) = (self.inner.law.clone(), self.outcome_of(task.id));
        // Where the last outcome is not on this machine any more, nothing can be compared.
        let previous = named.state.previous.as_deref().map(|id| self.outcome_of(id)).filter(|folder| folder.is_dir());
        let work = move |steps: &Steps| screened(&law, &nation, month, (&output, previous.as_deref()), steps);
        let order = match self.ended(task, work).await? {
            None => return Ok(()),
            Some(Err(reason)) => ScreeningOrder::Fail { reason },
            Some(Ok(summary)) => {
                let rules = self.rules_on(maru_calendar::seoul(task.clock.now()).date()).await?;
                ScreeningOrder::Finish { summary: Box::new(summary), rules }
            }
        };
        self.complete::<ScreeningRun>(task, order).await
    }

    pub(super) async fn do_proposals(&self, task: Task<'_>) -> Result<(), ServiceError> {
        let Task { job, id, clock, stop } = task;
        let Some(run) = self.inner.store.screening(id).await? else { return self.drop_job(job).await };
        let Some((number, batch)) = run.state.open_batch().map(|(number, batch)| (number, batch.clone())) else {
            return self.drop_job(job).await;
        };
        if batch.by_rule {
            return self.do_lots(task, &run).await;
        }
        // Begun before and broken off: those households count already.
        let earlier = self.inner.store.progress(id).await?.map_or(0, |progress| progress.done);
        let mut made = Made { households: u32::try_from(earlier).unwrap_or(0), opened: 0 };
        let population = PathBuf::from(&run.state.population);
        // A population that is not there any more gives no households: the batch ends with what it came to.
        let parts = parts(&population).unwrap_or_default();
        let missed_in_all = run.state.summary.as_ref().and_then(|summary| summary.benefits.get(&batch.benefit));
        let all = u64::from(batch.most).min(missed_in_all.map_or(u64::MAX, |counts| counts.missed));
        for (place, part) in parts.iter().enumerate() {
            let findings = self.outcome_of(id).join(format!("part-{place:05}")).join("findings.parquet");
            for some in missed(&findings, &batch)?.chunks(AT_A_TIME) {
                if made.households >= batch.most {
                    break;
                }
                if stop.is_told() {
                    self.give_back(job, clock.now()).await;
                    return Ok(());
                }
                self.propose(part, some, &batch, clock, &mut made).await?;
                self.keep(job, clock.now(), super::jobs::HOLD).await;
                let progress = Progress { done: u64::from(made.households), all, at: clock.now() };
                self.inner.store.note_progress(id, progress).await?;
            }
        }
        let order = ScreeningOrder::Proposed { batch: number, households: made.households, opened: made.opened };
        self.complete::<ScreeningRun>(task, order).await
    }

    /// Takes households with a finding in, several at once, and opens their proposals; those that have one already are passed
    /// over.
    async fn propose(
        &self,
        part: &Path,
        missed: &[(String, String)],
        batch: &Batch,
        clock: &dyn Clock,
        made: &mut Made,
    ) -> Result<(), ServiceError> {
        let mut fresh: HashSet<String> = HashSet::new();
        let left = usize::try_from(batch.most.saturating_sub(made.households)).unwrap_or(0);
        for (household, holder) in missed {
            if fresh.len() >= left {
                break;
            }
            let Some(benefit) = benefit::benefit(&batch.benefit) else { continue };
            let member = Some(holder.as_str()).filter(|_| benefit.whose == benefit::Whose::Person);
            if self.inner.store.proposal(&proposal_id(household, benefit.id, member)).await?.is_none() {
                fresh.insert(household.clone());
            }
        }
        let mut at_work = Several::new();
        for (id, found) in self.households_of(part, fresh).await? {
            if let Some(lived) = at_work.room().await {
                made.add(&lived?);
            }
            let (service, now) = (self.clone(), clock.now());
            at_work.begin(async move { service.take_in(&id, found, now).await });
        }
        while let Some(lived) = at_work.next().await {
            made.add(&lived?);
        }
        Ok(())
    }

    pub(super) async fn take_in(&self, id: &str, found: Household, now: Timestamp) -> Result<Lived, ServiceError> {
        // What a register said since is newer than the population.
        let home = self.inner.store.home(id).await?;
        let account = home.as_ref().and_then(|home| home.record.account.clone());
        let household = home.and_then(|home| home.household).unwrap_or(found);
        self.register(&Caller::system(now), id, household, account, ORIGIN).await
    }

    /// The rules by which findings become proposals.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn proposal_rules(&self, caller: &Caller) -> Result<ProposalRules, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        Ok(self.inner.store.proposal_rules().await?)
    }

    /// From the next screening on, what it finds of a benefit becomes proposals; `least` in won of the benefit's rhythm.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where there is no such benefit.
    pub async fn set_proposal_rule(&self, caller: &Caller, benefit: String, least: i64) -> Result<(), ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let by = caller.official_or_command()?;
        self.order::<ProposalRules>(caller, RULES, RuleOrder::Set { benefit, least, by }).await?;
        Ok(())
    }

    /// What is found of a benefit stays a finding again.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn lift_proposal_rule(&self, caller: &Caller, benefit: String) -> Result<(), ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let by = caller.official()?;
        self.order::<ProposalRules>(caller, RULES, RuleOrder::Lift { benefit, by }).await?;
        Ok(())
    }

    /// What becomes proposals on a day: by the rules that were set, and whatever a statute makes automatic.
    pub(super) async fn rules_on(&self, day: Date) -> Result<Vec<(String, i64, Official)>, ServiceError> {
        let rules = self.inner.store.proposal_rules().await?.rules;
        let switches = self.inner.store.switches().await?;
        let of = |benefit: &Benefit| match (switches.on(benefit.id, day), rules.get(benefit.id)) {
            (Some(automatic), _) => {
                let by = Official { account: "statute".to_owned(), name: automatic.article.clone() };
                Some((benefit.id.to_owned(), 0, by))
            }
            (None, Some(rule)) => Some((benefit.id.to_owned(), rule.least, rule.by.clone())),
            (None, None) => None,
        };
        Ok(BENEFITS.iter().filter_map(of).collect())
    }

    pub(super) async fn households_of(
        &self,
        part: &Path,
        wanted: HashSet<String>,
    ) -> Result<BTreeMap<String, Household>, ServiceError> {
        let (law, part) = (self.inner.law.clone(), part.to_owned());
        let read = apart(move || read::households(&part, |id| wanted.contains(id), &law)).await?;
        read.map_err(|error| ServiceError::Internal(error.to_string()))
    }
}

impl Broken for ScreeningError {
    fn was_stopped(&self) -> bool {
        matches!(self, Self::Stopped)
    }
}

/// What an order came to so far.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) households: u32,
    pub(super) opened: u32,
}

impl Made {
    pub(super) fn add(&mut self, lived: &Lived) {
        self.households = self.households.saturating_add(1);
        self.opened = self.opened.saturating_add(u32::try_from(lived.opened.len()).unwrap_or(u32::MAX));
    }
}

fn screened(
    law: &LawBook,
    nation: &NationSettings,
    month: Month,
    (output, previous): (&Path, Option<&Path>),
    steps: &Steps,
) -> Result<Summary, ScreeningError> {
    populated(law, nation, month)?;
    let screening = Screening { population: &nation.folder, output, month, previous, threads: threads() };
    screen(law, &screening, |done, all, _| steps.are(done, all))
}

/// Who misses a benefit, from an amount on: household and holder.
fn missed(findings: &Path, batch: &Batch) -> Result<Vec<(String, String)>, ServiceError> {
    let read = || -> Result<Vec<(String, String)>, crate::tables::TableError> {
        let table = TableReader::open(findings)?;
        let (homes, holders) = (table.texts("household_id")?, table.texts("holder")?);
        let (benefits, kinds, due) = (table.texts("benefit")?, table.texts("kind")?, table.whole("due")?);
        let mut found = Vec::new();
        for ((whose, of), (kind, due)) in homes.into_iter().zip(holders).zip(benefits).zip(kinds.into_iter().zip(due)) {
            if of == batch.benefit && kind == MISSED && due >= batch.least {
                found.push(whose);
            }
        }
        Ok(found)
    };
    read().map_err(|error| ServiceError::Internal(error.to_string()))
}
