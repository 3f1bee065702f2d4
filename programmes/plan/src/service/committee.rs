//! What the committee does: it takes plans in, confirms, recommends, freezes quarters.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maru_web::Explained;

use super::{Caller, PlanService, ServiceError};
use crate::{
    domain::{
        Advice, Basis, Entry, LeftOut, Number, Order, Quarter, Reading, Recommendation, Refusal, Version,
        advice::{AdviceOrder, Given},
        book::{Book, BookOrder},
        standing,
    },
    store::BOOK,
};

/// What is said of a plan that is read in.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportNote {
    /// The name of the version.
    pub label: String,
    /// The day on which it was decided.
    pub decided: Date,
    /// On what differences from the version before rest.
    pub basis: Basis,
    /// Why it differs.
    pub reason: String,
    /// Whether the table holds the whole plan: what it lacks is then left out. Otherwise what it lacks stays.
    pub whole: bool,
}

/// What reading a plan in came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many were new.
    pub entered: usize,
    /// How many changed.
    pub amended: usize,
    /// How many stayed as they were.
    pub unchanged: usize,
    /// How many were left out.
    pub left_out: usize,
    /// How many are not in what was read in and stay all the same.
    pub kept: usize,
    /// Recommendations that could not be taken, with the reason in English.
    pub refused: Vec<(Number, String)>,
}

impl Imported {
    fn refuse(&mut self, number: Number, why: &Explained) {
        self.refused.push((number, format!("{} {}", why.reason.english, why.remedy.english)));
    }
}

impl PlanService {
    /// Reads a plan in. Reading the same one again changes nothing.
    ///
    /// # Errors
    /// Where the database cannot be used. What the field refuses is in [`Imported::refused`].
    pub async fn import(
        &self,
        entries: Vec<Entry>,
        note: &ImportNote,
        now: Timestamp,
    ) -> Result<Imported, ServiceError> {
        let caller = Caller::new(None, now);
        let mut imported = Imported::default();
        let count = entries.len();
        let read: BTreeSet<Number> = entries.iter().map(|entry| entry.number).collect();
        for entry in entries {
            let number = entry.number;
            let before = self.inner.store.recommendation(number).await?;
            let order = Order::Enter {
                entry: Box::new(entry),
                version: note.label.clone(),
                basis: note.basis.clone(),
                reason: note.reason.clone(),
            };
            match self.order::<Recommendation>(&caller, &number.to_string(), order).await {
                Ok(_) if before.as_ref().is_none_or(|before| before.left_out.is_some()) => imported.entered += 1,
                Ok(after) if before.is_some_and(|before| before == after) => imported.unchanged += 1,
                Ok(_) => imported.amended += 1,
                Err(ServiceError::Refused(why)) => imported.refuse(number, &why),
                Err(error) => return Err(error),
            }
        }
        self.leave_out(&caller, &read, note, &mut imported).await?;
        self.note_version(&caller, count, note, &imported).await?;
        Ok(imported)
    }

    async fn note_version(
        &self,
        caller: &Caller,
        recommendations: usize,
        note: &ImportNote,
        imported: &Imported,
    ) -> Result<(), ServiceError> {
        let version = Version {
            label: note.label.clone(),
            decided: note.decided,
            recommendations,
            entered: imported.entered,
            amended: imported.amended,
            left_out: imported.left_out,
        };
        drop(self.order::<Book>(caller, BOOK, BookOrder::Version(version)).await?);
        Ok(())
    }

    /// Takes in a version that leaves these recommendations out and lets the rest stand: what a council adopted. Where it broke off,
    /// doing it again goes on.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where one may not be left out: the version is not recorded then.
    pub(super) async fn adopt_version(
        &self,
        caller: &Caller,
        leaves_out: &[Number],
        note: &ImportNote,
    ) -> Result<(), ServiceError> {
        for number in leaves_out {
            let known = self.inner.store.recommendation(*number).await?.ok_or(ServiceError::NotFound)?;
            if known.left_out.is_none() {
                drop(self.leave_one_out(caller, *number, note).await?);
            }
        }
        if self.inner.store.book().await?.versions.iter().any(|version| version.label == note.label) {
            return Ok(());
        }
        let stays = self.inner.store.recommendations().await?.len();
        let imported = Imported { left_out: leaves_out.len(), ..Imported::default() };
        self.note_version(caller, stays, note, &imported).await
    }

    async fn leave_one_out(
        &self,
        caller: &Caller,
        number: Number,
        note: &ImportNote,
    ) -> Result<Recommendation, ServiceError> {
        let left_out = LeftOut { version: note.label.clone(), basis: note.basis.clone(), reason: note.reason.clone() };
        self.order(caller, &number.to_string(), Order::LeaveOut(left_out)).await
    }

    /// A version of that name may be put on an agenda: it is new, and what it leaves out is in the plan.
    pub(super) async fn check_version(&self, label: &str, leaves_out: &[Number]) -> Result<(), ServiceError> {
        if self.inner.store.book().await?.versions.iter().any(|version| version.label == label) {
            return Err(Refusal::Exists.into());
        }
        for number in leaves_out {
            self.in_plan(*number).await?;
        }
        Ok(())
    }

    /// What was in the plan and is not in what was read in: left out where that is the whole plan.
    async fn leave_out(
        &self,
        caller: &Caller,
        read: &BTreeSet<Number>,
        note: &ImportNote,
        imported: &mut Imported,
    ) -> Result<(), ServiceError> {
        let known = self.inner.store.recommendations().await?;
        for number in known.into_iter().filter_map(|one| one.entry).map(|entry| entry.number) {
            if read.contains(&number) {
                continue;
            }
            if !note.whole {
                imported.kept += 1;
                continue;
            }
            match self.leave_one_out(caller, number, note).await {
                Ok(_) => imported.left_out += 1,
                Err(ServiceError::Refused(why)) => imported.refuse(number, &why),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Changes what the plan says of a recommendation.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for a change that needs a vote.
    pub async fn amend(
        &self,
        caller: &Caller,
        entry: Entry,
        basis: Basis,
        reason: String,
    ) -> Result<Recommendation, ServiceError> {
        self.permit(caller, "amend-plan", &Self::committee())?;
        let known = self.in_plan(entry.number).await?;
        let number = entry.number.to_string();
        let order = Order::Enter { entry: Box::new(entry), version: known.version, basis, reason };
        self.order(caller, &number, order).await
    }

    /// A person says how the text of a recommendation is read; the plan itself does not change.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where another reading gives no reason.
    pub async fn read_again(
        &self,
        caller: &Caller,
        number: Number,
        reading: Reading,
        reason: String,
    ) -> Result<Recommendation, ServiceError> {
        let by = self.deciding(caller, "amend-plan")?;
        self.in_plan(number).await?;
        self.order(caller, &number.to_string(), Order::Read { reading, reason, by }).await
    }

    /// Confirms that everything is done.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where nothing was reported done.
    pub async fn confirm(&self, caller: &Caller, number: Number, note: String) -> Result<Recommendation, ServiceError> {
        let by = self.deciding(caller, "confirm-progress")?;
        self.order(caller, &number.to_string(), Order::Confirm { note, by }).await
    }

    /// Sends back what was reported done.
    ///
    /// # Errors
    /// As [`Self::confirm`].
    pub async fn send_back(
        &self,
        caller: &Caller,
        number: Number,
        reason: String,
    ) -> Result<Recommendation, ServiceError> {
        let by = self.deciding(caller, "confirm-progress")?;
        self.order(caller, &number.to_string(), Order::SendBack { reason, by }).await
    }

    /// Recommends something to an agency; gives the number of the recommendation.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where something is missing.
    pub async fn advise(&self, caller: &Caller, given: Given) -> Result<(String, Advice), ServiceError> {
        self.permit(caller, "advise", &Self::committee())?;
        let id = self.draw();
        let order = AdviceOrder::Give(given, self.calendar(caller.now).await?);
        Ok((id.clone(), self.order(caller, &id, order).await?))
    }

    /// Decides on an extension that an agency asked for.
    ///
    /// # Errors
    /// As [`Self::advise`].
    pub async fn decide_extension(&self, caller: &Caller, id: &str, granted: bool) -> Result<Advice, ServiceError> {
        let by = self.deciding(caller, "advise")?;
        let calendar = self.calendar(caller.now).await?;
        self.order(caller, id, AdviceOrder::DecideExtension { granted, calendar, by }).await
    }

    /// Freezes where everything stands at the end of `quarter`, as far as it is known now.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before the quarter has ended, and where it was frozen already.
    pub async fn freeze(&self, caller: &Caller, quarter: Quarter) -> Result<Book, ServiceError> {
        let by = self.deciding(caller, "freeze-quarter")?;
        if quarter.last_day() >= caller.today() {
            return Err(Refusal::FutureQuarter { quarter: quarter.next() }.into());
        }
        let day = quarter.next().first_day();
        let known = self.inner.store.recommendations().await?;
        let standings = known.iter().filter_map(|one| {
            let number = one.entry.as_ref()?.number;
            Some((number, standing(one, day).status))
        });
        let order = BookOrder::Freeze { quarter, standing: standings.collect(), by };
        self.order(caller, BOOK, order).await
    }
}
