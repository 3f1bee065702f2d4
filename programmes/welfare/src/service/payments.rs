//! Payment runs: prepared, looked at by a second person, handed to the bank, booked. Whatever breaks off is done again and
//! comes to the same: instructions stand in the awards, one for a month, and the file is made of them alone.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use maru_ledger::Personal;

use super::{
    Caller, ServiceError, WelfareService,
    beside::{Several, apart},
    life::{self, Change},
};
use crate::{
    domain::{
        LifeEvent, Month, Order, Proposal, Refusal, Run, RunOrder,
        payment::{LeftOut, RunStatus, Totals},
    },
    payment::{
        AccountFault, BankResult, PayTo, answers, digest, end_to_end,
        file::{Debtor, Initiation, Transfer, fault_of},
        schedule,
    },
    store::{Named, RunPayment},
};

/// Awards that are looked at together.
const AT_A_TIME: u32 = 500;

/// How a deployment pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSettings {
    /// Who pays.
    pub debtor: Debtor,
    /// The day of the month (국민기초생활 보장법 시행령 제6조제1항: the 20th, or the day before where banks are closed).
    pub pay_day: i8,
    /// The hour of the banking day before, until which the bank takes the file.
    pub cut_off_hour: i8,
    /// The folder that the bank's program watches; one in the work folder where none is named.
    pub outbox: Option<PathBuf>,
}

impl Default for PaymentSettings {
    fn default() -> Self {
        let debtor = Debtor {
            name: "보장기관".to_owned(),
            bank: "MARUKRSEXXX".to_owned(),
            account: "100-000-000001".to_owned(),
        };
        Self { debtor, pay_day: 20, cut_off_hour: 16, outbox: None }
    }
}

/// What a document of the bank came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Booking {
    /// Paid.
    pub paid: usize,
    /// Came back.
    pub returned: usize,
    /// References that stand in no payment of the run.
    pub unknown: Vec<String>,
}

/// A run while it is filled.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The run.
    pub run: Run,
    /// Awards that are due but have no account to which money can go, with what is wrong.
    pub left_out: LeftOut,
}

impl WelfareService {
    /// Prepares the run `id` for a month: opens it, puts every payment in that is due, and closes it. Called again after it
    /// broke off at any step, it goes on and comes to the same.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] after the bank's cut-off, or where nothing is due.
    pub async fn prepare_payments(&self, caller: &Caller, id: &str, month: Month) -> Result<Filled, ServiceError> {
        self.permit(caller, "prepare-payments", &self.payments_desk())?;
        let settings = &self.inner.settings.payment;
        let calendar = &self.calendar(caller.now).await?.working;
        let execution = schedule::execution_day(calendar, month, settings.pay_day).map_err(Refusal::from)?;
        let cut_off = schedule::cut_off(calendar, execution, settings.cut_off_hour).map_err(Refusal::from)?;
        let by = caller.official()?;
        let run: Run = self.order(caller, id, RunOrder::Open { month, execution, cut_off, by: by.clone() }).await?;
        if run.status != RunStatus::Collecting {
            return Ok(Filled { left_out: run.left_out.clone(), run });
        }
        let left_out = self.fill(caller, id, month).await?;
        let file = self.initiation(id, &run).await?;
        let (count, sum) = (u64::try_from(file.transfers.len()).unwrap_or(u64::MAX), file.sum());
        let totals = Totals { count, sum, digest: digest(file.to_xml().as_bytes()) };
        let order = RunOrder::Close { totals, left_out: left_out.clone(), by };
        let run: Run = self.order(caller, id, order).await?;
        Ok(Filled { run, left_out })
    }

    /// Prepares the next run of a month: that which is being filled, else a new one.
    ///
    /// # Errors
    /// As [`WelfareService::prepare_payments`].
    pub async fn prepare_next_run(&self, caller: &Caller, month: Month) -> Result<String, ServiceError> {
        let runs = self.payment_runs(caller).await?;
        let of_month: Vec<&Named<Run>> = runs.iter().filter(|run| run.state.month == Some(month)).collect();
        let unfinished = of_month.iter().find(|run| run.state.status == RunStatus::Collecting);
        let id = unfinished.map_or_else(|| format!("{month}-{}", of_month.len() + 1), |run| run.id.clone());
        self.prepare_payments(caller, &id, month).await?;
        Ok(id)
    }

    /// Puts every award that is due for the month into the run.
    async fn fill(&self, caller: &Caller, id: &str, month: Month) -> Result<LeftOut, ServiceError> {
        let mut left_out = LeftOut::default();
        let mut after = String::new();
        loop {
            let awards = self.inner.store.awards(&after, AT_A_TIME).await?;
            let Some(last) = awards.last() else { return Ok(left_out) };
            after.clone_from(&last.id);
            let mut at_work = Several::new();
            for award in awards.iter().filter(|award| award.state.payable(month) > 0) {
                let pay_to = match self.pay_to(award).await? {
                    Ok(pay_to) => pay_to,
                    Err(fault) => {
                        left_out.add(&award.id, fault);
                        continue;
                    }
                };
                if let Some(instructed) = at_work.room().await {
                    instructed?;
                }
                let (service, caller, award, run) = (self.clone(), caller.clone(), award.id.clone(), id.to_owned());
                at_work.begin(async move { service.instruct(&caller, &award, month, &run, pay_to).await });
            }
            while let Some(instructed) = at_work.next().await {
                instructed?;
            }
        }
    }

    async fn instruct(
        &self,
        caller: &Caller,
        award: &str,
        month: Month,
        run: &str,
        pay_to: Personal,
    ) -> Result<(), ServiceError> {
        let order = Order::Instruct { month, run: run.to_owned(), pay_to };
        match self.order::<Proposal>(caller, award, order).await {
            // Somebody put it into another run, or ended it, since the list was read.
            Err(ServiceError::Refused(why)) if matches!(why.code, "paid-already" | "nothing-due") => Ok(()),
            other => other.map(drop),
        }
    }

    async fn pay_to(&self, award: &Named<Proposal>) -> Result<Result<Personal, AccountFault>, ServiceError> {
        let Some(finding) = &award.state.finding else { return Ok(Err(AccountFault::Missing)) };
        let home = self.inner.store.home(&finding.household).await?;
        let Some(pay_to) = home.and_then(|home| home.household).and_then(|household| household.pay_to) else {
            return Ok(Err(AccountFault::Missing));
        };
        if let Some(fault) = fault_of(&pay_to) {
            return Ok(Err(fault));
        }
        let text = serde_json::to_string(&pay_to).map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(Ok(Personal::new(life::subject(&finding.household), text)))
    }

    /// The file of a run, made of its instructions alone.
    async fn initiation(&self, id: &str, run: &Run) -> Result<Initiation, ServiceError> {
        let (Some(execution), Some(created)) = (run.execution, run.opened_at) else {
            return Err(ServiceError::NotFound);
        };
        let mut transfers = Vec::new();
        for payment in self.inner.store.payments(id).await? {
            transfers.push(self.transfer(&payment)?);
        }
        let debtor = self.inner.settings.payment.debtor.clone();
        Ok(Initiation { message: id.to_owned(), created, execution, debtor, transfers })
    }

    fn transfer(&self, payment: &RunPayment) -> Result<Transfer, ServiceError> {
        let opened = self.inner.store.ledger().unseal(&payment.pay_to).map_err(maru_ledger::LedgerError::from)?;
        let erased = || ServiceError::Internal(format!("the account of the award {} was erased", payment.award));
        let to: PayTo = serde_json::from_str(opened.value.as_deref().ok_or_else(erased)?)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let benefit = payment.award.split('.').nth(1).and_then(crate::domain::benefit);
        Ok(Transfer {
            reference: end_to_end(&payment.award, payment.month, payment.attempt),
            amount: payment.amount,
            to,
            text: format!("{} {}", benefit.map_or("사회보장급여", |benefit| benefit.ko), payment.month),
        })
    }

    /// The file of a run as the bank gets it, for who may see it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such run.
    pub async fn payment_file(&self, caller: &Caller, id: &str) -> Result<String, ServiceError> {
        self.permit(caller, "read-payments", &self.payments_desk())?;
        let run = self.inner.store.run(id).await?.ok_or(ServiceError::NotFound)?;
        Ok(self.initiation(id, &run.state).await?.to_xml())
    }

    /// Releases a run: another person than who prepared it, for the very file that they looked at.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for who prepared it, or another file.
    pub async fn release_payments(&self, caller: &Caller, id: &str, seen: &str) -> Result<Run, ServiceError> {
        self.permit(caller, "release-payments", &self.payments_desk())?;
        let by = caller.official()?;
        self.order(caller, id, RunOrder::Release { digest: seen.to_owned(), by }).await
    }

    /// Hands a released run to the bank, in the folder that the settings name.
    ///
    /// # Errors
    /// As [`WelfareService::transmit_payments`].
    pub async fn hand_over_payments(&self, caller: &Caller, id: &str) -> Result<Run, ServiceError> {
        let settings = &self.inner.settings;
        let outbox = settings.payment.outbox.clone().unwrap_or_else(|| settings.work.join("outbox"));
        self.transmit_payments(caller, id, &outbox).await
    }

    /// Says where the money of a household goes: its citizen, or an official who takes it down.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where no money can go there; [`ServiceError::NotFound`] for whose household it is not.
    pub async fn give_account(&self, caller: &Caller, household: &str, pay_to: PayTo) -> Result<(), ServiceError> {
        let home = self.inner.store.home(household).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "give-account", &self.record_of(&home))?;
        if let Some(fault) = fault_of(&pay_to) {
            return Err(Refusal::Account { fault }.into());
        }
        let mut known = home.household.ok_or(ServiceError::NotFound)?;
        if known.pay_to.as_ref() == Some(&pay_to) {
            return Ok(());
        }
        known.pay_to = Some(pay_to);
        let change = Change::Live { event: LifeEvent::Account, on: caller.today(), household: known };
        self.change(caller, household, &change).await?;
        Ok(())
    }

    /// The same for the caller's own household.
    ///
    /// # Errors
    /// The same; [`ServiceError::NotFound`] where no household is theirs.
    pub async fn give_own_account(&self, caller: &Caller, pay_to: PayTo) -> Result<(), ServiceError> {
        let account = caller.account().ok_or(ServiceError::SignInRequired)?;
        let home = self.inner.store.home_of(account).await?.ok_or(ServiceError::NotFound)?;
        self.give_account(caller, &home.id, pay_to).await
    }

    /// Hands a released run to the bank: writes the file into the folder that the bank's program watches. The name is the
    /// run's own and the bytes are the same whenever it is done again, so that nothing is handed over twice.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before the release; [`ServiceError::Internal`] where the folder cannot be written.
    pub async fn transmit_payments(&self, caller: &Caller, id: &str, outbox: &Path) -> Result<Run, ServiceError> {
        self.permit(caller, "prepare-payments", &self.payments_desk())?;
        let run = self.inner.store.run(id).await?.ok_or(ServiceError::NotFound)?.state;
        let released = matches!(run.status, RunStatus::Released | RunStatus::Transmitted);
        let xml = self.initiation(id, &run).await?.to_xml();
        let digest = digest(xml.as_bytes());
        let expected = run.totals.as_ref().map(|totals| totals.digest.as_str());
        if !released || expected != Some(&digest) {
            return Err(if released { Refusal::OtherFile } else { Refusal::RunNotNow }.into());
        }
        if run.status == RunStatus::Released {
            let (folder, name) = (outbox.to_owned(), format!("{id}.xml"));
            let written = apart(move || put(&folder, &name, xml.as_bytes())).await?;
            written.map_err(|error| {
                ServiceError::Internal(format!("{} could not be written: {error}", outbox.display()))
            })?;
        }
        self.order(caller, id, RunOrder::Transmit { digest }).await
    }

    /// Books what the bank answers about a run. A document that was booked changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for what is no document of a bank.
    pub async fn book_payments(&self, caller: &Caller, id: &str, document: &str) -> Result<Booking, ServiceError> {
        self.permit(caller, "book-payments", &self.payments_desk())?;
        let outcomes = answers::read(document)?;
        let payments = self.inner.store.payments(id).await?;
        if payments.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let by_reference: HashMap<String, &RunPayment> = payments
            .iter()
            .map(|payment| (end_to_end(&payment.award, payment.month, payment.attempt), payment))
            .collect();
        let mut booking = Booking::default();
        for outcome in outcomes {
            let Some(payment) = by_reference.get(&outcome.reference) else {
                booking.unknown.push(outcome.reference);
                continue;
            };
            let returned = match outcome.result {
                BankResult::Paid => None,
                BankResult::Returned(reason) => Some(reason),
            };
            let counted = if returned.is_some() { &mut booking.returned } else { &mut booking.paid };
            *counted += 1;
            let order = Order::Book { month: payment.month, attempt: payment.attempt, returned };
            self.order::<Proposal>(caller, &payment.award, order).await?;
        }
        // Told last: a booking that broke off is done again from its beginning, and books nothing twice.
        self.order::<Run>(caller, id, RunOrder::Book { digest: digest(document.as_bytes()) }).await?;
        Ok(booking)
    }

    /// The runs, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn payment_runs(&self, caller: &Caller) -> Result<Vec<Named<Run>>, ServiceError> {
        self.permit(caller, "read-payments", &self.payments_desk())?;
        Ok(self.inner.store.runs().await?)
    }
}

/// Writes a file whole or not at all: under another name first, durable, then renamed.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    std::fs::create_dir_all(folder)?;
    let (unfinished, finished) = (folder.join(format!(".{name}.unfinished")), folder.join(name));
    let mut file = std::fs::File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, &finished)?;
    std::fs::File::open(folder)?.sync_all()
}
