//! Where machines ask and people decide.

use jiff::{SignedDuration, Timestamp};
use maru_ledger::{Actor, CommandContext, DatabaseError, ExecuteError, StreamId};

use super::{ActionCommand, ActionRefusal, ActionRow, AskedAction, KIND, WantedAction, listed, waiting_of};
use crate::gateway::{Gateway, GatewayError, Inner};

/// Lines of a list at most.
const MOST_LISTED: u32 = 200;
/// Questions of one key that may wait at once.
const MOST_WAITING: u64 = 50;

/// Why a machine's question could not be put.
#[derive(Debug)]
pub(crate) enum Unasked {
    /// Too many of its questions wait already.
    TooMany,
    /// The ledger did not take it.
    Ledger(String),
}

impl From<DatabaseError> for Unasked {
    fn from(error: DatabaseError) -> Self {
        Self::Ledger(error.to_string())
    }
}

fn stream_of(id: &str) -> Option<StreamId> {
    StreamId::new(KIND, id).ok()
}

impl Inner {
    /// Puts a machine's question; the same question that waits already keeps its number.
    pub(crate) async fn ask_for_action(&self, action: WantedAction) -> Result<String, Unasked> {
        let now = self.clock.now();
        let since = now.checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::UNIX_EPOCH);
        let tool = (action.server.as_str(), action.tool.as_str());
        let (same, count) = waiting_of(&self.ledger, &action.key, tool, &action.arguments_sha256, since).await?;
        if let Some(same) = same {
            return Ok(same);
        }
        if count >= MOST_WAITING {
            return Err(Unasked::TooMany);
        }
        let id = action.id.clone();
        let stream = StreamId::new(KIND, &id).map_err(|error| Unasked::Ledger(error.to_string()))?;
        let context = CommandContext::new(Actor::new(&action.key, "gateway-key"), now);
        let asked = self.ledger.execute_on_new::<AskedAction>(&stream, ActionCommand::Ask(Box::new(action)), context);
        asked.await.map(|_| id).map_err(|error| Unasked::Ledger(error.to_string()))
    }

    /// Takes up what was approved: from now on it is done. Says who approved.
    pub(crate) async fn take_up_action(
        &self,
        id: &str,
        command: ActionCommand,
        key: &str,
    ) -> Result<String, ExecuteError<ActionRefusal>> {
        let Some(stream) = stream_of(id) else { return Err(ExecuteError::Refused(ActionRefusal::Unknown)) };
        let context = CommandContext::new(Actor::new(key, "gateway-key"), self.clock.now());
        let done = self.ledger.execute::<AskedAction>(&stream, command, context).await?;
        Ok(done.state.decision.map(|decision| decision.by).unwrap_or_default())
    }
}

impl Gateway {
    /// Actions that machines asked for, the newest first: those that wait, or those that were decided.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where they cannot be read.
    pub async fn actions(&self, waiting: bool) -> Result<Vec<ActionRow>, GatewayError> {
        Ok(listed(&self.inner.ledger, waiting, MOST_LISTED).await?)
    }

    /// One action, with its arguments where they are still kept.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where it cannot be read.
    pub async fn action(&self, id: &str) -> Result<Option<AskedAction>, GatewayError> {
        let Some(stream) = stream_of(id) else { return Ok(None) };
        Ok(self.inner.ledger.state::<AskedAction>(&stream).await?.map(|(state, _)| state))
    }

    /// Puts an invented question: for demonstrations, which say so on their pages.
    ///
    /// # Errors
    /// [`GatewayError::Action`] where it was put before.
    pub async fn ask_invented(&self, action: WantedAction) -> Result<(), GatewayError> {
        let unknown = || GatewayError::Action(ExecuteError::Refused(ActionRefusal::Unknown));
        let stream = stream_of(&action.id).ok_or_else(unknown)?;
        let context = CommandContext::new(Actor::new(&action.key, "gateway-key"), self.inner.clock.now());
        self.inner.ledger.execute::<AskedAction>(&stream, ActionCommand::Ask(Box::new(action)), context).await?;
        Ok(())
    }

    /// A person decides on what a machine asked for.
    ///
    /// # Errors
    /// [`GatewayError::Action`] where it cannot be decided so.
    pub async fn decide_action(&self, id: &str, approved: bool, by: &str, note: &str) -> Result<(), GatewayError> {
        let unknown = || GatewayError::Action(ExecuteError::Refused(ActionRefusal::Unknown));
        let stream = stream_of(id).ok_or_else(unknown)?;
        let (by, note) = (by.to_owned(), note.trim().to_owned());
        let context = CommandContext::new(Actor::new(&by, "gateway-official"), self.inner.clock.now());
        let command = if approved { ActionCommand::Approve { by, note } } else { ActionCommand::Refuse { by, note } };
        self.inner.ledger.execute::<AskedAction>(&stream, command, context).await?;
        Ok(())
    }
}
