//! Threads that serve reads, each on its own connection, each read in one snapshot.

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use tokio::sync::oneshot;

use crate::{
    database::{Access, Address, Connection, DatabaseError, Sql, Watched},
    writer::{Job, Task},
};

/// A pool of readers.
pub(crate) struct Readers {
    queue: mpsc::Sender<Box<dyn Task>>,
}

impl Readers {
    /// Starts `count` readers called `name`.
    pub(crate) fn start(address: &Address, count: usize, name: &str) -> Result<Self, DatabaseError> {
        let (queue, tasks) = mpsc::channel();
        let tasks = Arc::new(Mutex::new(tasks));
        for _ in 0..count.max(1) {
            let connection = address.connection(Access::Read)?;
            let tasks = Arc::clone(&tasks);
            spawn(name, move || serve(connection, &tasks))?;
        }
        Ok(Self { queue })
    }

    /// Queues a read; the answer comes by the receiver.
    pub(crate) fn ask<T, F>(&self, work: F) -> oneshot::Receiver<Result<T, DatabaseError>>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        let (task, answer) = Job::task(work);
        // If all readers are gone the answer's sender is dropped with the task, which the receiver hears.
        let _ = self.queue.send(task);
        answer
    }
}

fn serve(mut connection: Box<dyn Connection + Send>, tasks: &Mutex<mpsc::Receiver<Box<dyn Task>>>) {
    loop {
        let next = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut task) = next else { return };
        let outcome = connection.begin().and_then(|()| task.run(&mut Watched::new(&mut *connection)));
        let is_done = outcome.is_ok();
        // What was read stays read, however the transaction ends: nobody need wait for that.
        task.deliver(outcome);
        if !is_done || !connection.in_transaction() || connection.commit().is_err() {
            connection.rollback();
        }
    }
}

/// Reads on a connection and a thread of their own: for long reads such as backups, which must not keep others waiting.
pub(crate) async fn read_apart<T, F>(address: &Address, name: &str, work: F) -> Result<T, DatabaseError>
where
    T: Send + 'static,
    F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
{
    let readers = Readers::start(address, 1, name)?;
    answer(readers.ask(work)).await
}

/// Waits for an answer.
pub(crate) async fn answer<T>(answer: oneshot::Receiver<Result<T, DatabaseError>>) -> Result<T, DatabaseError> {
    answer.await.unwrap_or(Err(DatabaseError::Closed))
}

/// Starts a thread. It goes on by itself if its handle is dropped.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>, DatabaseError> {
    let started = thread::Builder::new().name(format!("maru-{name}")).spawn(work);
    started.map_err(|error| DatabaseError::work(format!("a thread could not be started: {error}")))
}
