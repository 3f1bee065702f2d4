//! That one proposal stands in a lot on the log: a document that anybody can check without us.

use maru_ledger::{
    ProofError, VerifiedStream, hexadecimal,
    merkle::{Hash, proofs::verify_inclusion},
    verify_stream_proof,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    content::{Block, Fault, Head, hash_of},
    entry::{Entry, Whole},
};
use crate::domain::lot::{LotEvent, SealedLot};

/// The form of the document.
pub const PROPOSAL_PROOF_FORMAT: &str = "maru-proposal-proof-v1";

const HOW_TO_VERIFY: &str = "The bytes of a proposal are the line maru-proposal-v1 and then, each as LENGTH:BYTES, (netstring), \
household, benefit, member, amount, status; screening, month, rules and instant (microseconds since 1970) of found, and of changed; \
source; salt in hexadecimal. SHA-256 of the byte 0 and those bytes is the leaf; path is its RFC 6962 audit path, as leaf \
place_in_block of as many as the block has entries, to the root of that block, which stands in the record lot-sealed of the document \
lot. That document is checked like every proof of a case: maru ledger proof.";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    /// How to check it by hand, for people who open the file.
    how_to_verify: String,
    proposal: Whole,
    /// 16 bytes in hexadecimal.
    salt: String,
    /// Which block of the lot, from 0.
    block: usize,
    place_in_block: u64,
    /// In hexadecimal.
    path: Vec<String>,
    /// The proof that the lot stands on the log.
    lot: Json,
}

/// What a document proves.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvenProposal {
    /// The proposal.
    pub proposal: Whole,
    /// The lot.
    pub lot: SealedLot,
    /// The log that it stands on.
    pub log: VerifiedStream,
}

/// Why a document proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposalProofError {
    /// It is not such a document.
    #[error("this is not a proof of a proposal ({PROPOSAL_PROOF_FORMAT}): {0}")]
    Form(String),
    /// The lot does not stand on the log.
    #[error(transparent)]
    Log(#[from] ProofError),
    /// The proposal does not stand in the lot.
    #[error("the proposal does not stand in the lot as it is given here: it or its proof was changed")]
    Proposal,
}

/// The document for an entry of a block; `lot` is the proof of the lot's stream.
///
/// # Errors
/// [`Fault`] where the lot is damaged.
pub(crate) fn document(
    head: &Head,
    (number, block): (usize, &Block),
    (within, entry): (u64, &Entry),
    lot: &str,
) -> Result<String, Fault> {
    let damaged = |what: &str| Fault::Block { number, what: what.to_owned() };
    let path = block.path(within).ok_or_else(|| damaged("the hashes beside its proposals are missing"))?;
    let document = Document {
        format: PROPOSAL_PROOF_FORMAT.to_owned(),
        how_to_verify: HOW_TO_VERIFY.to_owned(),
        proposal: head.whole(entry)?,
        salt: hexadecimal(&head.salt(block.first_place + within)?),
        block: number,
        place_in_block: within,
        path: path.iter().map(|hash| hexadecimal(hash)).collect(),
        lot: serde_json::from_str(lot).map_err(|_| damaged("the proof of its lot cannot be read"))?,
    };
    serde_json::to_string_pretty(&document).map_err(|_| damaged("it cannot be written"))
}

/// Checks a document by the public key that the log is known by; by the key in the document itself if `expected_key` is none,
/// which proves only that the document is whole.
///
/// # Errors
/// [`ProposalProofError`] where it proves nothing.
pub fn verify_proposal_proof(text: &str, expected_key: Option<&str>) -> Result<ProvenProposal, ProposalProofError> {
    let form = |reason: String| ProposalProofError::Form(reason);
    let document: Document = serde_json::from_str(text).map_err(|error| form(error.to_string()))?;
    if document.format != PROPOSAL_PROOF_FORMAT {
        return Err(form(format!("it is of the form {}", document.format)));
    }
    let log = verify_stream_proof(&document.lot.to_string(), expected_key)?;
    let payload = log.events.first().map(|event| event.payload.clone()).unwrap_or_default();
    let LotEvent::LotSealed { sealed } = serde_json::from_value(payload).map_err(|error| form(error.to_string()))?
    else {
        return Err(form("its first event seals no lot".to_owned()));
    };
    let block = sealed.blocks.get(document.block).ok_or(ProposalProofError::Proposal)?;
    let hash = |text: &String| hash_of(text).ok_or_else(|| form("a hash is not one".to_owned()));
    let path = document.path.iter().map(hash).collect::<Result<Vec<Hash>, _>>()?;
    let salt =
        hash_of(&format!("{}{}", document.salt, "00".repeat(16))).ok_or_else(|| form("the salt is none".to_owned()))?;
    let salt: [u8; 16] = salt.first_chunk().copied().unwrap_or_default();
    let leaf = document.proposal.leaf(&salt);
    let size = u64::from(block.entries);
    if !verify_inclusion(&leaf, document.place_in_block, size, &path, &hash(&block.root)?) {
        return Err(ProposalProofError::Proposal);
    }
    Ok(ProvenProposal { proposal: document.proposal, lot: *sealed, log })
}
