//! Threads that step back: work for which nobody waits runs on them, after those that answer people.

use anyhow::Context;
use tokio::runtime::{Builder, Handle, Runtime};

/// How far its threads step back where processors are short: with this niceness a thread gets about a tenth of the time of
/// one that answers people, and all of what is left over.
#[cfg(unix)]
const NICENESS: i32 = 10;

/// A runtime beside that which answers people. What its work gives to blocking threads, or to threads of its own, steps back too.
pub(crate) struct Background {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Background {
    /// Starts the threads.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(processors.div_ceil(2))
            .max_blocking_threads(processors.max(2))
            .thread_name("background")
            .on_thread_start(step_back)
            .enable_all()
            .build()
            .context("no threads could be started for work in the background")?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Where work is given to it.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Background {
    /// A runtime must not be waited for in asynchronous code; whoever gave it work has waited for the work.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(unix)]
fn step_back() {
    // Linux takes this for the thread that asks. Where it is refused, work goes on at the usual priority.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "a thread of the background keeps the usual priority");
    }
}

#[cfg(not(unix))]
fn step_back() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn niceness() -> Option<i32> {
        rustix::process::getpriority_process(None).ok()
    }

    #[test]
    fn its_threads_step_back_and_those_that_people_wait_for_do_not() {
        let before = niceness();
        let background = Background::start().unwrap();
        let (worker, blocking) = background.handle().block_on(async {
            let worker = tokio::spawn(async { niceness() }).await.unwrap();
            let blocking = tokio::task::spawn_blocking(|| std::thread::spawn(niceness).join().unwrap()).await.unwrap();
            (worker, blocking)
        });
        let stepped_back = before.map(|before| NICENESS.max(before));
        assert!(stepped_back.is_some());
        assert_eq!((worker, blocking), (stepped_back, stepped_back));
        assert_eq!(niceness(), before);
    }

    #[tokio::test]
    async fn it_ends_in_asynchronous_code() {
        drop(Background::start().unwrap());
    }
}
