//! What shows that something was done: a name and an address of the web.

use serde::{Deserialize, Serialize};

use super::refusals::{Refusal, check_words};

/// Longest address of the web, in bytes.
pub const LONGEST_ADDRESS: usize = 1_000;
/// Most pieces of evidence of one thing.
pub const MOST_EVIDENCE: usize = 20;

/// Something that shows what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// What it is.
    #[schema(max_length = 200)]
    pub title: String,
    /// Where it is: an address of the web that begins with https:// or http://.
    #[schema(max_length = 1000)]
    pub address: String,
}

/// Whether it is an address of the web.
pub(super) fn is_of_the_web(address: &str) -> bool {
    let begins = address.starts_with("https://") || address.starts_with("http://");
    begins && !address.contains(char::is_whitespace)
}

/// Whether each piece of evidence has a name and an address of the web.
pub(super) fn check_evidence_list(list: &[Evidence]) -> Result<(), Refusal> {
    if list.len() > MOST_EVIDENCE {
        return Err(Refusal::TooMuchEvidence { most: MOST_EVIDENCE });
    }
    for evidence in list {
        check_words(&evidence.title, ("증빙 이름", "name of the evidence"), 200)?;
        let address = evidence.address.trim();
        if address.len() > LONGEST_ADDRESS || !is_of_the_web(address) {
            return Err(Refusal::EvidenceAddress);
        }
    }
    Ok(())
}
