//! The writer: one thread that drains a queue and commits many appends in one transaction.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    time::Duration,
};

use ed25519_dalek::SigningKey;
use tokio::sync::oneshot;

use crate::{
    append::{Append, AppendError, Appended},
    database::{Connection, DatabaseError, Sql, Watched},
    entropy::Entropy,
    gathered::Gathered,
    head::Head,
    keys::LedgerKeys,
    merkle::{Hash, tail::Tail},
    projection::Projection,
    stage::{Manner, NotStaged, Stage},
    written::GivenEvent,
};

/// Items that share one transaction at most: bounds how long the first of them waits.
const BATCH: usize = 512;

/// How often a database that broke off in the middle of a commit is asked what became of it, and the pause between.
const ASKED_AGAIN: u32 = 40;
const ASKING_PAUSE: Duration = Duration::from_millis(250);

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
    /// Events of one stream, or of several that change together or not at all.
    Append(Vec<Append<GivenEvent>>, Also, oneshot::Sender<Result<Vec<Appended>, AppendError>>),
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
    /// The task, and where its result comes.
    pub(crate) fn task(work: F) -> (Box<dyn Task>, oneshot::Receiver<Result<T, DatabaseError>>) {
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
    /// The forms of statements that projections insert with, found in transactions before.
    gathered: Gathered,
}

/// Work that shares one transaction.
#[derive(Default)]
struct Batch {
    tasks: Vec<Box<dyn Task>>,
    appends: Vec<Unit>,
    /// Who waits for each of them.
    replies: Vec<oneshot::Sender<Result<Vec<Appended>, AppendError>>>,
}

/// Appends that go together, with what goes with them.
type Unit = (Vec<Append<GivenEvent>>, Also);

/// Units as they are staged, with what became of each.
type Staged = (Stage, Vec<Result<Vec<Appended>, AppendError>>);

/// What became of each item of a batch.
#[derive(Default)]
struct Outcomes {
    tasks: Vec<Result<(), DatabaseError>>,
    appends: Vec<Result<Vec<Appended>, AppendError>>,
}

impl Batch {
    fn len(&self) -> usize {
        self.tasks.len() + self.appends.len()
    }

    /// Tells everybody. What was decided in a transaction that is lost was decided on things that are not so: then
    /// everybody hears the error.
    fn deliver(self, outcomes: Result<Outcomes, DatabaseError>) {
        let outcomes = outcomes.unwrap_or_else(|error| Outcomes {
            tasks: vec![Err(error.clone()); self.tasks.len()],
            appends: vec![Err(error.into()); self.replies.len()],
        });
        for (task, outcome) in self.tasks.into_iter().zip(outcomes.tasks) {
            task.deliver(outcome);
        }
        for (reply, outcome) in self.replies.into_iter().zip(outcomes.appends) {
            // Nobody may be waiting any more; what was done stays done.
            let _ = reply.send(outcome);
        }
    }
}

impl Writer {
    pub(crate) fn new(connection: Box<dyn Connection + Send>, context: WriterContext) -> Self {
        Self { connection, context, tail: None, gathered: Gathered::default() }
    }

    /// Serves until all senders are gone or it is told to stop.
    pub(crate) fn serve(mut self, queue: &mpsc::Receiver<Work>) {
        while let Ok(first) = queue.recv() {
            let mut batch = Batch::default();
            let mut next = Some(first);
            let mut last = None;
            while let Some(work) = next {
                match work {
                    Work::Append(append, also, reply) => {
                        batch.appends.push((append, also));
                        batch.replies.push(reply);
                    }
                    Work::Write(task) => batch.tasks.push(task),
                    Work::Alone(_) | Work::Stop(_) => {
                        last = Some(work);
                        break;
                    }
                }
                next = if batch.len() < BATCH { queue.try_recv().ok() } else { None };
            }
            if batch.len() > 0 {
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
        let done = self.connection.begin().and_then(|()| {
            let mut watched = Watched::new(&mut *self.connection);
            let done = task.run(&mut watched);
            watched.outcome(done)?;
            self.connection.commit()
        });
        if done.is_err() {
            self.connection.rollback();
        }
        task.deliver(done);
    }

    /// Runs a batch in one transaction, then tells everybody. An item that fails by its own fault is taken back alone;
    /// when the database fails, everybody hears so and nothing was stored.
    fn commit_batch(&mut self, mut batch: Batch) {
        let outcomes = self.run_batch(&mut batch);
        if let Err(error) = &outcomes {
            self.connection.rollback();
            self.tail = None;
            tracing::warn!(items = batch.len(), %error, "a batch was not stored");
        }
        batch.deliver(outcomes);
    }

    fn run_batch(&mut self, batch: &mut Batch) -> Result<Outcomes, DatabaseError> {
        self.connection.begin()?;
        let mut savepoint = Savepoint::None;
        let mut outcomes = Outcomes { tasks: self.run_tasks(&mut batch.tasks, &mut savepoint)?, appends: Vec::new() };
        if batch.appends.is_empty() {
            self.connection.commit()?;
            return Ok(outcomes);
        }
        let (stage, appends) = self.run_appends(&batch.appends, &mut savepoint)?;
        outcomes.appends = appends;
        let last_event = stage.last_event();
        let (tail, gathered) = stage.store(&mut *self.connection, &self.context)?;
        self.gathered = gathered;
        self.commit(last_event)?;
        self.tail = Some(tail);
        Ok(outcomes)
    }

    fn run_tasks(
        &mut self,
        tasks: &mut [Box<dyn Task>],
        savepoint: &mut Savepoint,
    ) -> Result<Vec<Result<(), DatabaseError>>, DatabaseError> {
        let mut outcomes = Vec::with_capacity(tasks.len());
        for task in tasks {
            savepoint.renew(&mut *self.connection)?;
            let mut watched = Watched::new(&mut *self.connection);
            let done = task.run(&mut watched);
            let outcome = watched.outcome(done);
            if let Err(error) = &outcome {
                if error.loses_transaction() {
                    return Err(error.clone());
                }
                savepoint.take_back(&mut *self.connection)?;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// Runs the appends. Nearly always none of them has to be taken back, so they first run with one savepoint before all
    /// of them: on PostgreSQL each savepoint would be a round trip. If one must be taken back, all run again, each with a
    /// savepoint of its own.
    fn run_appends(&mut self, appends: &[Unit], savepoint: &mut Savepoint) -> Result<Staged, DatabaseError> {
        let (head, tail) = self.head()?;
        savepoint.renew(&mut *self.connection)?;
        if let Some(done) = self.run_together(appends, head.clone(), tail.clone())? {
            return Ok(done);
        }
        savepoint.take_back(&mut *self.connection)?;
        let mut stage = self.stage(appends, head, tail)?;
        let mut outcomes = Vec::with_capacity(appends.len());
        for (append, also) in appends {
            savepoint.renew(&mut *self.connection)?;
            outcomes.push(match stage.append(&mut *self.connection, &self.context, append, also, Manner::OneByOne) {
                Ok(appended) => Ok(appended),
                Err(NotStaged::Clean(error)) => Err(error),
                Err(NotStaged::Begun(error)) => {
                    lost_transaction(&error)?;
                    savepoint.take_back(&mut *self.connection)?;
                    Err(error)
                }
            });
        }
        Ok((stage, outcomes))
    }

    /// Nothing if one of the appends must be taken back.
    fn run_together(&mut self, appends: &[Unit], head: Head, tail: Tail) -> Result<Option<Staged>, DatabaseError> {
        let mut stage = self.stage(appends, head, tail)?;
        let mut outcomes = Vec::with_capacity(appends.len());
        for (append, also) in appends {
            match stage.append(&mut *self.connection, &self.context, append, also, Manner::Together) {
                Ok(appended) => outcomes.push(Ok(appended)),
                Err(NotStaged::Clean(error)) => outcomes.push(Err(error)),
                Err(NotStaged::Begun(error)) => {
                    lost_transaction(&error)?;
                    self.gathered = stage.into_gathered();
                    return Ok(None);
                }
            }
        }
        match stage.store_gathered(&mut *self.connection) {
            Err(error) if !error.loses_transaction() => {
                self.gathered = stage.into_gathered();
                Ok(None)
            }
            done => done.map(|()| Some((stage, outcomes))),
        }
    }

    fn stage(&mut self, appends: &[Unit], head: Head, tail: Tail) -> Result<Stage, DatabaseError> {
        let appends: Vec<&Append<GivenEvent>> = appends.iter().flat_map(|(unit, _)| unit).collect();
        let gathered = std::mem::take(&mut self.gathered);
        Stage::begin(&mut *self.connection, &self.context, head, tail, &appends, gathered)
    }

    /// How far the log is, and the right edge of its tree.
    fn head(&mut self) -> Result<(Head, Tail), DatabaseError> {
        let head = Head::read(&mut *self.connection)?;
        if head.generation != self.context.generation {
            return Err(DatabaseError::work(
                "another server changed the tables of a projection; nothing was stored: restart this server with the same version of the program",
            ));
        }
        let tail = self.tail.take().filter(|tail| tail.size() == head.size && tail.root() == head.root);
        let tail = tail.map_or_else(|| head.load_tail(&mut *self.connection), Ok)?;
        Ok((head, tail))
    }

    /// Commits. When the connection breaks in the middle of it nobody knows whether the commit went through; so the
    /// database is asked, once it answers again, for the last event of the transaction.
    fn commit(&mut self, last_event: Option<(u64, Hash)>) -> Result<(), DatabaseError> {
        let Err(error) = self.connection.commit() else { return Ok(()) };
        let Some((position, digest)) = last_event.filter(|_| error.breaks_connection()) else { return Err(error) };
        for _ in 0..ASKED_AGAIN {
            self.connection.rollback();
            // The lock that begins a transaction waits until the former transaction has ended, one way or the other.
            let found = self.connection.begin().and_then(|()| {
                self.connection.query("SELECT digest FROM events WHERE position = $1", &[position.into()])
            });
            if let Ok(rows) = found {
                self.connection.rollback();
                let stored = rows.first().is_some_and(|row| row.bytes(0).is_ok_and(|stored| stored == digest));
                return if stored { Ok(()) } else { Err(error) };
            }
            std::thread::sleep(ASKING_PAUSE);
        }
        let reason = "the connection broke while committing; whether it was stored is not known".to_owned();
        Err(DatabaseError::Unavailable { reason })
    }
}

/// An error by which not only one append but the whole transaction is lost.
fn lost_transaction(error: &AppendError) -> Result<(), DatabaseError> {
    match error.database() {
        Some(error) if error.loses_transaction() => Err(error.clone()),
        _ => Ok(()),
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
