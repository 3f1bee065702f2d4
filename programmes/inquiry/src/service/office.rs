//! Figures, holidays, learning: what concerns all cases.

use jiff::{Timestamp, civil::Date};
use maru_holidays::{Announcement, HolidayAnnounced};
use maru_identity::Resource;
use maru_learning::TrainingOptions;

use super::{Caller, InquiryService, RESOURCE, ServiceError};
use crate::{
    store::{Lessons, PairExample, StatisticsRow},
    understanding::{Example, Models},
};

/// Examples that are read at a time, and at most in all: the newest teach most.
const PAGE: u32 = 2_000;
const MOST_EXAMPLES: usize = 500_000;
/// The longest stretch of time that figures are given for.
const LONGEST_STRETCH: i32 = 3_700;

/// What learning came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingReport {
    /// How many examples there were.
    pub examples: u64,
    /// How many pairs of inquiries people had judged.
    pub pairs: u64,
    /// How many models came out.
    pub models: usize,
    /// The revision that is in use now.
    pub revision: u64,
}

impl InquiryService {
    /// The figures of what came in from `first` to `last`, by department and kind.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not see them.
    pub async fn statistics(
        &self,
        caller: &Caller,
        first: Date,
        last: Date,
    ) -> Result<Vec<StatisticsRow>, ServiceError> {
        self.permit_general(caller, "read-statistics", &Resource::new(RESOURCE, ""))?;
        let days = first.until(last).map_or(-1, |span| span.get_days());
        if !(0..=LONGEST_STRETCH).contains(&days) {
            return Err(ServiceError::field(
                "until",
                "시작일과 끝일을 확인해 주세요. 10년까지 볼 수 있습니다.",
                "Check the first and the last day; at most ten years.",
            ));
        }
        Ok(self.inner.store.statistics(first, last, caller.now).await?)
    }

    /// Enters an announced holiday. Jobs reckon the running clocks of all programmes anew, and everybody whose due time moves
    /// is told.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not; [`ServiceError::Invalid`] for a day that is known or past.
    pub async fn announce_holiday(&self, caller: &Caller, announcement: Announcement) -> Result<(), ServiceError> {
        self.permit_general(caller, "manage-holidays", &Resource::new("system", ""))?;
        self.inner.holidays.announce(caller.actor(), announcement, caller.now).await
    }

    /// The holidays that were announced, for who may enter more.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not; where the database cannot be read.
    pub async fn holidays_to_manage(&self, caller: &Caller) -> Result<Vec<HolidayAnnounced>, ServiceError> {
        self.permit_general(caller, "manage-holidays", &Resource::new("system", ""))?;
        self.inner.holidays.announced().await
    }

    /// What was learned so far, and how much there is to learn from now.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not.
    pub async fn learned(&self, caller: &Caller) -> Result<Lessons, ServiceError> {
        self.permit_general(caller, "administer", &Resource::new("system", ""))?;
        let store = &self.inner.store;
        Ok(Lessons {
            learned: store.learned().await?,
            labelled: store.labelled().await?,
            pairs: store.judged_pairs().await?,
        })
    }

    /// Learns anew, as the caller, from everything that people put right or confirmed.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not; as [`Self::train`].
    pub async fn retrain(&self, caller: &Caller) -> Result<TrainingReport, ServiceError> {
        self.permit_general(caller, "administer", &Resource::new("system", ""))?;
        self.train(Vec::new(), caller.now).await
    }

    /// Learns anew from `labelled` inquiries (already masked) and from everything that people put right or confirmed
    /// here. All servers take the models up.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where there is too little to learn from.
    pub async fn train(&self, labelled: Vec<Example>, now: Timestamp) -> Result<TrainingReport, ServiceError> {
        let mut examples = labelled;
        examples.extend(self.own_examples().await?);
        let judged = self.own_pairs().await?;
        let (count, pairs) = (examples.len() as u64, judged.len() as u64);
        let agency = std::sync::Arc::clone(&self.inner.agency);
        let learned = tokio::task::spawn_blocking(move || {
            Models::learn((&examples, &judged), &agency, &TrainingOptions::default())
        });
        let learned = learned.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        let stored = learned.map_err(|error| {
            ServiceError::field("examples", format!("배울 자료가 모자랍니다: {error}"), error.to_string())
        })?;
        let models = stored.len();
        let revision = self.inner.store.store_models(stored, now).await?;
        self.refresh_models(now, true).await?;
        Ok(TrainingReport { examples: count, pairs, models, revision })
    }

    async fn own_examples(&self) -> Result<Vec<Example>, ServiceError> {
        let mut examples = Vec::new();
        let mut position = -1;
        loop {
            let (page, last) = self.inner.store.training_examples(position, PAGE).await?;
            examples.extend(page.into_iter().map(|labelled| Example {
                title: labelled.title,
                text: labelled.text,
                category: labelled.category,
                department: Some(labelled.department),
                kind: Some(labelled.kind),
                answer: labelled.answer.unwrap_or_default(),
            }));
            let Some(last) = last else { break };
            position = last;
        }
        let too_many = examples.len().saturating_sub(MOST_EXAMPLES);
        examples.drain(..too_many);
        Ok(examples)
    }

    async fn own_pairs(&self) -> Result<Vec<PairExample>, ServiceError> {
        let mut pairs = Vec::new();
        let mut position = -1;
        while let (page, Some(last)) = self.inner.store.pair_examples(position, PAGE).await? {
            pairs.extend(page);
            position = last;
        }
        let too_many = pairs.len().saturating_sub(MOST_EXAMPLES);
        pairs.drain(..too_many);
        Ok(pairs)
    }

    /// Takes up models that another server learned: looks every ten seconds, or at once.
    pub(crate) async fn refresh_models(&self, now: Timestamp, at_once: bool) -> Result<(), ServiceError> {
        {
            let mut read_at = self.inner.models_read_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let recent = read_at.is_some_and(|read_at| now.duration_since(read_at).abs().as_secs() < 10);
            if recent && !at_once {
                return Ok(());
            }
            *read_at = Some(now);
        }
        let known = self.inner.understanding.models().revision;
        if self.inner.store.model_revision().await? == known {
            return Ok(());
        }
        let (revision, stored) = self.inner.store.models().await?;
        self.inner.understanding.take_up(Models::read(revision, &stored, &self.inner.agency));
        Ok(())
    }
}
