//! The writer: one thread that drains a queue and commits many appends in one transaction.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
};

use ed25519_dalek::SigningKey;
use tokio::sync::oneshot;

use crate::{
    append::{Append, AppendError, Appended},
    database::{Connection, DatabaseError, Sql},
    entropy::Entropy,
    keys::LedgerKeys,
    merkle::tail::Tail,
    projection::Projection,
    stage::{Head, Stage},
};

/// Items that share one transaction at most: bounds how long the first of them waits.
const BATCH: usize = 512;

/// What goes with an append besides its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Also {
    /// Nothing.
    Nothing,
    /// The key of this subject is destroyed; if it was destroyed before, nothing is appended.
    EraseSubject(String),
}

/// Work for the writer.
pub(crate) enum Work {
    /// Events.
    Append(Box<Append>, Also, oneshot::Sender<Result<Appended, AppendError>>),
    /// Statements of its own, as one unit within the transaction of others.
    Write(Box<dyn Task>),
    /// Statements of its own in a transaction of its own.
    Alone(Box<dyn Task>),
    /// The end.
    Stop(oneshot::Sender<()>),
}

/// Statements with a place to send their result to once it is durable.
pub(crate) trait Task: Send {
    /// Runs the statements and keeps the result; says what went wrong.
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError>;
    /// Sends the result, or the reason why it came to nothing.
    fn deliver(self: Box<Self>, outcome: Result<(), DatabaseError>);
}

/// A [`Task`] from a closure.
pub(crate) struct Job<T, F> {
    work: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, DatabaseError>>,
}

impl<T, F> Job<T, F>
where
    F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    T: Send + 'static,
{
    pub(crate) fn new(work: F) -> (Box<dyn Task>, oneshot::Receiver<Result<T, DatabaseError>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Self { work: Some(work), result: None, reply }), answer)
    }
}

impl<T, F> Task for Job<T, F>
where
    F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send,
    T: Send,
{
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let Some(work) = self.work.take() else { return Err(DatabaseError::work("this work was already done")) };
        self.result = Some(guarded(|| work(sql))?);
        Ok(())
    }

    fn deliver(self: Box<Self>, outcome: Result<(), DatabaseError>) {
        let Self { result, reply, .. } = *self;
        // Nobody may be waiting any more; what was done stays done.
        let _ = reply.send(outcome.and_then(|()| result.ok_or(DatabaseError::Closed)));
    }
}

/// Runs work of others; a panic in it is an error of that work and harms nobody else.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(DatabaseError::work("the work panicked: a defect of the program")))
}

/// What the writer needs to know.
pub(crate) struct WriterContext {
    pub(crate) keys: LedgerKeys,
    pub(crate) signing: SigningKey,
    pub(crate) origin: String,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) projections: Vec<Arc<dyn Projection>>,
    /// The generation of the tables that this server was opened with.
    pub(crate) generation: u64,
}

/// The writer's thread.
pub(crate) struct Writer {
    connection: Box<dyn Connection + Send>,
    context: WriterContext,
    /// The right edge of the tree as of the last commit, if it is known.
    tail: Option<Tail>,
}

/// An item of a batch with its outcome.
enum Settled {
    Append(oneshot::Sender<Result<Appended, AppendError>>, Result<Appended, AppendError>),
    Write(Box<dyn Task>, Result<(), DatabaseError>),
}

impl Settled {
    fn failed(&self) -> bool {
        matches!(self, Self::Append(_, Err(_)) | Self::Write(_, Err(_)))
    }

    /// The error by which not only this item but the whole transaction is lost.
    fn lost_transaction(&self) -> Option<DatabaseError> {
        let error = match self {
            Self::Append(_, Err(error)) => error.database()?,
            Self::Write(_, Err(error)) => error,
            _ => return None,
        };
        Some(error.clone()).filter(DatabaseError::loses_transaction)
    }

    /// What was decided in a transaction that is lost was decided on things that are not so: everybody hears the error.
    fn deliver(self, lost: Option<&DatabaseError>) {
        match self {
            Self::Append(reply, outcome) => {
                let outcome = lost.map_or(outcome, |error| Err(error.clone().into()));
                // Nobody may be waiting any more; what was done stays done.
                let _ = reply.send(outcome);
            }
            Self::Write(task, outcome) => task.deliver(lost.map_or(outcome, |error| Err(error.clone()))),
        }
    }
}

impl Writer {
    pub(crate) fn new(connection: Box<dyn Connection + Send>, context: WriterContext) -> Self {
        Self { connection, context, tail: None }
    }

    /// Serves until all senders are gone or it is told to stop.
    pub(crate) fn serve(mut self, queue: &mpsc::Receiver<Work>) {
        while let Ok(first) = queue.recv() {
            let mut batch = Vec::new();
            let mut next = Some(first);
            let mut last = None;
            while let Some(work) = next {
                if matches!(work, Work::Alone(_) | Work::Stop(_)) {
                    last = Some(work);
                    break;
                }
                batch.push(work);
                next = if batch.len() < BATCH { queue.try_recv().ok() } else { None };
            }
            if !batch.is_empty() {
                self.commit_batch(batch);
            }
            match last {
                Some(Work::Alone(task)) => self.run_alone(task),
                Some(Work::Stop(reply)) => {
                    drop(self);
                    let _ = reply.send(());
                    return;
                }
                _ => {}
            }
        }
    }

    fn run_alone(&mut self, mut task: Box<dyn Task>) {
        self.tail = None;
        if let Err(error) = self.connection.begin() {
            return task.deliver(Err(error));
        }
        let done = task.run(&mut *self.connection).and_then(|()| self.connection.commit());
        if done.is_err() {
            self.connection.rollback();
        }
        task.deliver(done);
    }

    /// Runs a batch in one transaction, then tells everybody. An item that fails by its own fault is taken back alone;
    /// when the database fails, everybody hears so and nothing was stored.
    fn commit_batch(&mut self, batch: Vec<Work>) {
        let mut settled = Vec::with_capacity(batch.len());
        let outcome = self.run_batch(batch, &mut settled);
        if let Err(error) = &outcome {
            self.connection.rollback();
            self.tail = None;
            tracing::warn!(items = settled.len(), %error, "a batch was not stored");
        }
        for item in settled {
            item.deliver(outcome.as_ref().err());
        }
    }

    fn run_batch(&mut self, batch: Vec<Work>, settled: &mut Vec<Settled>) -> Result<(), DatabaseError> {
        let begun = self.begin_batch(&batch);
        let (mut stage, mut lost) = match begun {
            Ok(stage) => (stage, None),
            Err(error) => (None, Some(error)),
        };
        let mut savepoint = Savepoint::None;
        for work in batch {
            if lost.is_none() {
                lost = savepoint.renew(&mut *self.connection).err();
            }
            let item = self.run_item(work, stage.as_mut(), lost.as_ref());
            lost = lost.or_else(|| item.lost_transaction());
            if lost.is_none() && item.failed() {
                lost = savepoint.take_back(&mut *self.connection).err();
            }
            settled.push(item);
        }
        if let Some(error) = lost {
            return Err(error);
        }
        if let Some(stage) = stage {
            let tail = stage.store(&mut *self.connection, &self.context)?;
            self.tail = None;
            self.connection.commit()?;
            self.tail = Some(tail);
            return Ok(());
        }
        self.connection.commit()
    }

    /// Begins the transaction; reads what the appends need to know.
    fn begin_batch(&mut self, batch: &[Work]) -> Result<Option<Stage>, DatabaseError> {
        self.connection.begin()?;
        let appends: Vec<&Append> = batch
            .iter()
            .filter_map(|work| match work {
                Work::Append(append, ..) => Some(&**append),
                _ => None,
            })
            .collect();
        if appends.is_empty() {
            return Ok(None);
        }
        let head = Head::read(&mut *self.connection)?;
        if head.generation != self.context.generation {
            return Err(DatabaseError::work(
                "another server changed the tables of a projection; nothing was stored: restart this server with the same version of the program",
            ));
        }
        let tail = self.tail.take().filter(|tail| tail.size() == head.size && tail.root() == head.root);
        let tail = tail.map_or_else(|| head.load_tail(&mut *self.connection), Ok)?;
        Stage::begin(&mut *self.connection, head, tail, &appends).map(Some)
    }

    fn run_item(&mut self, work: Work, stage: Option<&mut Stage>, lost: Option<&DatabaseError>) -> Settled {
        match work {
            Work::Append(append, also, reply) => {
                let outcome = match (stage, lost) {
                    (Some(stage), None) => stage.append(&mut *self.connection, &self.context, *append, also),
                    (_, lost) => Err(lost.cloned().unwrap_or(DatabaseError::Closed).into()),
                };
                Settled::Append(reply, outcome)
            }
            Work::Write(mut task) | Work::Alone(mut task) => {
                let outcome = lost.map_or_else(|| task.run(&mut *self.connection), |error| Err(error.clone()));
                Settled::Write(task, outcome)
            }
            // Taken out before; nothing runs here.
            Work::Stop(reply) => {
                let _ = reply.send(());
                Settled::Append(oneshot::channel().0, Err(DatabaseError::Closed.into()))
            }
        }
    }
}

/// The savepoint that stands around each item.
enum Savepoint {
    None,
    Used,
    Clean,
}

impl Savepoint {
    fn renew(&mut self, connection: &mut dyn Connection) -> Result<(), DatabaseError> {
        let done = match self {
            Self::None => connection.savepoint(),
            Self::Used => connection.renew_savepoint(),
            Self::Clean => Ok(()),
        };
        *self = Self::Used;
        done
    }

    fn take_back(&mut self, connection: &mut dyn Connection) -> Result<(), DatabaseError> {
        if !connection.in_transaction() {
            return Err(DatabaseError::Unavailable { reason: "the database gave the transaction up".to_owned() });
        }
        *self = Self::Clean;
        connection.rollback_to_savepoint()
    }
}
