//! Texts that came before, in the memory of this server: the newest cases, found again when they come again.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use maru_learning::NearDuplicates;

use crate::{
    domain::{NearDuplicate, Receipt, thousandths},
    store::Store,
};

/// How many cases are remembered: about 200 MB for as many.
const REMEMBERED: u32 = 200_000;
/// Cases that are taken up at a time.
const PAGE: u32 = 1_000;
/// From this similarity on, two inquiries say nearly the same, until people have judged enough pairs of them.
pub(super) const NEARLY_THE_SAME: f64 = 0.45;

/// Remembers the texts of the newest cases. Clone it freely.
#[derive(Debug, Clone, Default)]
pub struct SimilarTexts {
    inner: Arc<Mutex<Remembered>>,
    /// One task at a time takes up what is new.
    catching_up: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct Remembered {
    index: NearDuplicates,
    /// Up to which position cases were taken up; none before the first look.
    position: Option<i64>,
    positions: HashMap<String, i64>,
    /// The cases in the order in which they came: the oldest are forgotten first.
    order: VecDeque<String>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { index: NearDuplicates::new(), position: None, positions: HashMap::new(), order: VecDeque::new() }
    }
}

impl Remembered {
    fn take_up(&mut self, position: i64, receipt: String, text: &str) {
        self.index.insert(&receipt, text);
        self.positions.insert(receipt.clone(), position);
        self.order.push_back(receipt);
        if self.order.len() > REMEMBERED as usize
            && let Some(oldest) = self.order.pop_front()
        {
            self.index.remove(&oldest);
            self.positions.remove(&oldest);
        }
    }
}

impl SimilarTexts {
    /// Takes up the cases that came since, by this or another server.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub(crate) async fn catch_up(&self, store: &Store) -> Result<(), maru_ledger::DatabaseError> {
        let _alone = self.catching_up.lock().await;
        let known = self.inner.lock().unwrap_or_else(PoisonError::into_inner).position;
        let mut position = match known {
            Some(position) => position,
            None => store.position_before_newest(REMEMBERED).await?,
        };
        loop {
            let page = store.texts_after(position, PAGE).await?;
            let Some(last) = page.last().map(|(position, _, _)| *position) else { break };
            let inner = Arc::clone(&self.inner);
            let count = page.len();
            let added = tokio::task::spawn_blocking(move || {
                let mut remembered = inner.lock().unwrap_or_else(PoisonError::into_inner);
                for (position, receipt, text) in page {
                    remembered.take_up(position, receipt, &text);
                }
                remembered.position = Some(last);
            });
            if added.await.is_err() || count < PAGE as usize {
                break;
            }
            position = last;
        }
        Ok(())
    }

    /// Earlier cases that say nearly the same as the text of `receipt` (at least as alike as `boundary`), most alike first.
    pub fn near_duplicates(&self, receipt: &Receipt, text: &str, boundary: f64, limit: usize) -> Vec<NearDuplicate> {
        let remembered = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let own = remembered.positions.get(receipt.as_str()).copied().unwrap_or(i64::MAX);
        let found = remembered.index.similar(text, limit + 8);
        found
            .into_iter()
            .filter(|similar| similar.similarity >= boundary && similar.id != receipt.as_str())
            .filter(|similar| remembered.positions.get(&similar.id).is_some_and(|position| *position < own))
            .take(limit)
            .map(|similar| NearDuplicate { similarity: thousandths(similar.similarity), id: similar.id })
            .collect()
    }

    /// Cases like `text`, of any age, most alike first, with how alike they are.
    pub fn similar(&self, receipt: &Receipt, text: &str, limit: usize) -> Vec<(String, f64)> {
        let remembered = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let found = remembered.index.similar(text, limit + 1).into_iter();
        found
            .filter(|similar| similar.id != receipt.as_str())
            .take(limit)
            .map(|similar| (similar.id, thousandths(similar.similarity)))
            .collect()
    }

    /// Forgets an erased case.
    pub fn forget(&self, receipt: &Receipt) {
        let mut remembered = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.index.remove(receipt.as_str());
        remembered.positions.remove(receipt.as_str());
    }
}
