//! Who signs in is linked to the household that they head, where a register holds them.

use jiff::Timestamp;
use maru_identity::Recognition;
use maru_ledger::Coming;
use maru_welfare::{WelfareService, registers::PseudonymKey};

/// Finds people in the registers by the number that their provider vouches for, under the key of the registers' pseudonyms.
pub(crate) struct InRegisters {
    pub(crate) welfare: WelfareService,
    pub(crate) key: PseudonymKey,
}

impl Recognition for InRegisters {
    fn signed_in<'r>(&'r self, account: &'r str, identifier: &'r str, now: Timestamp) -> Coming<'r, ()> {
        Box::pin(async move {
            match self.welfare.link_by_pseudonym(&self.key.of_person(identifier), account, now).await {
                Ok(Some(household)) => tracing::info!(account, household, "an account was linked to its household"),
                Ok(None) => {}
                // Who signs in is not kept out by it; the next sign-in tries again.
                Err(error) => tracing::warn!(%error, account, "an account could not be linked to its household"),
            }
        })
    }
}
