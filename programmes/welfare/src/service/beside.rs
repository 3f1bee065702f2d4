//! Work beside what is going on: on a thread of its own, and several things at once.

use std::future::Future;

use tokio::task::{JoinError, JoinSet};

use super::ServiceError;

/// Things at once at most: the log writes together what comes together.
const AT_ONCE: usize = 64;

/// Does work on a thread of its own.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| broken_off(&error))
}

fn broken_off(error: &JoinError) -> ServiceError {
    ServiceError::Internal(error.to_string())
}

/// Things that are done at the same time, at most [`AT_ONCE`]; what is not done when this is dropped is broken off.
pub(super) struct Several<T>(JoinSet<Result<T, ServiceError>>);

impl<T: Send + 'static> Several<T> {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(JoinSet::new())
    }

    /// Makes room for one more: where there are as many as may be, waits for one and gives what came of it.
    pub(super) async fn room(&mut self) -> Option<Result<T, ServiceError>> {
        if self.0.len() >= AT_ONCE { self.next().await } else { None }
    }

    /// Begins one more.
    pub(super) fn begin(&mut self, work: impl Future<Output = Result<T, ServiceError>> + Send + 'static) {
        self.0.spawn(work);
    }

    /// What came of the next that is done; nothing where none is left.
    pub(super) async fn next(&mut self) -> Option<Result<T, ServiceError>> {
        Some(self.0.join_next().await?.unwrap_or_else(|error| Err(broken_off(&error))))
    }
}
