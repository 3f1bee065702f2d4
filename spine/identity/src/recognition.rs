//! What a provider's own number of a person is for: a programme that knows people by it may tell that this is one of them.

use jiff::Timestamp;
use maru_ledger::Coming;

/// Who is told that a citizen signed in whom a provider vouches for, with the number that the configured claim holds. The number is
/// neither kept nor logged here; what becomes of it is the listener's to answer for.
pub trait Recognition: Send + Sync {
    /// A citizen signed in. It is waited for, and a failure is the listener's own: it keeps nobody out.
    fn signed_in<'r>(&'r self, account: &'r str, identifier: &'r str, now: Timestamp) -> Coming<'r, ()>;
}
