//! Who asks, before anything of what was sent is looked at.

use maru_web::Problem;

use crate::Caller;

/// Somebody signed in: told before anything of what was sent is looked at.
pub(super) fn signed_in(caller: &Caller) -> Result<(), Problem> {
    if caller.principal.is_some() { Ok(()) } else { Err(Problem::sign_in_required()) }
}
