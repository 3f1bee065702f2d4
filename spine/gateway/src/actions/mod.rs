//! Tools that act: a machine asks, a person decides, and what was approved happens once. Pure; the events stand in the ledger, one stream for
//! each question.

mod desk;
mod store;

use jiff::{SignedDuration, Timestamp};
use maru_ledger::{Aggregate, Personal};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub(crate) use desk::Unasked;
pub use store::{ActionRow, ActionState};
pub(crate) use store::{TABLE, apply, listed, waiting_of};

/// A question that nobody answered for so long cannot be approved any more.
const ANSWERABLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What was approved must happen within so long.
const HOLDS: SignedDuration = SignedDuration::from_hours(24);
/// The kind of the streams.
pub(crate) const KIND: &str = "gateway.action";

/// What a machine wants to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedAction {
    /// Its number.
    pub id: String,
    /// The server of tools.
    pub server: String,
    /// The tool.
    pub tool: String,
    /// What the tool says of itself, in the words that were allowed.
    pub description: String,
    /// The arguments, as JSON: sealed under the key of the agency's month.
    pub arguments: Personal,
    /// SHA-256 of the arguments.
    pub arguments_sha256: String,
    /// The key that asked.
    pub key: String,
    /// The agency that answers for it.
    pub agency: String,
    /// The system that holds it.
    pub system: String,
    /// The registered purpose.
    pub purpose: String,
    /// The month after whose retention the arguments are forgotten.
    pub month: String,
}

/// What is asked of an action.
#[derive(Debug, Clone)]
pub enum ActionCommand {
    /// A machine asks.
    Ask(Box<WantedAction>),
    /// A person allows it.
    Approve {
        /// Who: an account.
        by: String,
        /// What was checked.
        note: String,
    },
    /// A person does not.
    Refuse {
        /// Who: an account.
        by: String,
        /// Why.
        note: String,
    },
    /// The machine does what was approved.
    Use {
        /// The key with which it comes.
        key: String,
        /// Server and tool.
        tool: (String, String),
        /// SHA-256 of the arguments with which it comes.
        arguments_sha256: String,
        /// The call's name on the record.
        call: String,
    },
}

/// What happened to an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ActionEvent {
    /// A machine asked.
    GatewayActionAsked {
        /// For what.
        action: Box<WantedAction>,
        /// When.
        at: Timestamp,
    },
    /// A person allowed it.
    GatewayActionApproved {
        /// Its number.
        id: String,
        /// Who: an account.
        by: String,
        /// What was checked.
        note: String,
        /// When.
        at: Timestamp,
    },
    /// A person did not allow it.
    GatewayActionRefused {
        /// Its number.
        id: String,
        /// Who: an account.
        by: String,
        /// Why.
        note: String,
        /// When.
        at: Timestamp,
    },
    /// What was approved was sent to the tool.
    GatewayActionUsed {
        /// Its number.
        id: String,
        /// The call on the record.
        call: String,
        /// When.
        at: Timestamp,
    },
}

/// Why something cannot be done with an action.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ActionRefusal {
    /// There is none of this number.
    #[error("there is no such action")]
    Unknown,
    /// It was asked before.
    #[error("it was asked before")]
    Known,
    /// It was decided already.
    #[error("it was decided already")]
    Decided,
    /// A refusal tells the caller what to change.
    #[error("a refusal needs a reason")]
    NoReason,
    /// Nobody answered in time, or what was approved did not happen in time.
    #[error("its time is over; ask again")]
    Expired,
    /// No person has decided yet.
    #[error("a person must approve it first")]
    Waiting,
    /// A person refused.
    #[error("a person refused it: {0}")]
    Refused(String),
    /// It happened already: an approval is for one time.
    #[error("it was done already; an approval holds once")]
    Used,
    /// What comes is something else than what was approved.
    #[error("this is not what was approved: key, tool and arguments must be the same")]
    Other,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionDecision {
    /// Whether it was allowed.
    pub approved: bool,
    /// Who decided: an account.
    pub by: String,
    /// What was checked, or why not.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// An action with what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedAction {
    /// What was asked, and when.
    pub asked: Option<(WantedAction, Timestamp)>,
    /// What a person decided.
    pub decision: Option<ActionDecision>,
    /// The call with which it happened, and when.
    pub used: Option<(String, Timestamp)>,
}

impl AskedAction {
    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> ActionState {
        let is_over = |since: Timestamp, within: SignedDuration| now.duration_since(since) > within;
        match (&self.asked, &self.decision, &self.used) {
            (_, _, Some(_)) => ActionState::Used,
            (_, Some(decision), _) if !decision.approved => ActionState::Refused,
            (_, Some(decision), _) if is_over(decision.at, HOLDS) => ActionState::Expired,
            (_, Some(_), _) => ActionState::Approved,
            (Some((_, at)), None, _) if is_over(*at, ANSWERABLE) => ActionState::Expired,
            _ => ActionState::Waiting,
        }
    }

    fn decided(&self, by: String, note: String, approved: bool, at: Timestamp) -> Result<ActionEvent, ActionRefusal> {
        let Some((action, _)) = &self.asked else { return Err(ActionRefusal::Unknown) };
        let id = action.id.clone();
        match self.state(at) {
            ActionState::Waiting if approved => Ok(ActionEvent::GatewayActionApproved { id, by, note, at }),
            ActionState::Waiting if note.trim().is_empty() => Err(ActionRefusal::NoReason),
            ActionState::Waiting => Ok(ActionEvent::GatewayActionRefused { id, by, note, at }),
            ActionState::Expired if self.decision.is_none() => Err(ActionRefusal::Expired),
            _ => Err(ActionRefusal::Decided),
        }
    }
}

impl Aggregate for AskedAction {
    const KIND: &'static str = KIND;
    type Command = ActionCommand;
    type Event = ActionEvent;
    type Refusal = ActionRefusal;

    fn decide(&self, command: ActionCommand, at: Timestamp) -> Result<Vec<ActionEvent>, ActionRefusal> {
        match command {
            ActionCommand::Ask(_) if self.asked.is_some() => Err(ActionRefusal::Known),
            ActionCommand::Ask(action) => Ok(vec![ActionEvent::GatewayActionAsked { action, at }]),
            ActionCommand::Approve { by, note } => Ok(vec![self.decided(by, note, true, at)?]),
            ActionCommand::Refuse { by, note } => Ok(vec![self.decided(by, note, false, at)?]),
            ActionCommand::Use { key, tool, arguments_sha256, call } => {
                let Some((action, _)) = &self.asked else { return Err(ActionRefusal::Unknown) };
                let is_same = action.key == key
                    && (&action.server, &action.tool) == (&tool.0, &tool.1)
                    && action.arguments_sha256 == arguments_sha256;
                if !is_same {
                    return Err(ActionRefusal::Other);
                }
                match self.state(at) {
                    ActionState::Approved => {
                        Ok(vec![ActionEvent::GatewayActionUsed { id: action.id.clone(), call, at }])
                    }
                    ActionState::Waiting => Err(ActionRefusal::Waiting),
                    ActionState::Refused => {
                        let note = self.decision.as_ref().map(|decision| decision.note.clone());
                        Err(ActionRefusal::Refused(note.unwrap_or_default()))
                    }
                    ActionState::Used => Err(ActionRefusal::Used),
                    ActionState::Expired => Err(ActionRefusal::Expired),
                }
            }
        }
    }

    fn evolve(&mut self, event: &ActionEvent) {
        let decision = |approved: bool, by: &str, note: &str, at: Timestamp| {
            Some(ActionDecision { approved, by: by.to_owned(), note: note.to_owned(), at })
        };
        match event {
            ActionEvent::GatewayActionAsked { action, at } => self.asked = Some(((**action).clone(), *at)),
            ActionEvent::GatewayActionApproved { by, note, at, .. } => self.decision = decision(true, by, note, *at),
            ActionEvent::GatewayActionRefused { by, note, at, .. } => self.decision = decision(false, by, note, *at),
            ActionEvent::GatewayActionUsed { call, at, .. } => self.used = Some((call.clone(), *at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action() -> WantedAction {
        WantedAction {
            id: "1".into(),
            server: "cases".into(),
            tool: "transfer".into(),
            description: "Moves a case.".into(),
            arguments: Personal::new("gateway-a-2026-11", "{}"),
            arguments_sha256: "x".into(),
            key: "k".into(),
            agency: "a".into(),
            system: "s".into(),
            purpose: "p".into(),
            month: "2026-11".into(),
        }
    }

    fn use_of(key: &str, arguments: &str) -> ActionCommand {
        let tool = ("cases".to_owned(), "transfer".to_owned());
        ActionCommand::Use { key: key.into(), tool, arguments_sha256: arguments.into(), call: "c".into() }
    }

    fn approve() -> ActionCommand {
        ActionCommand::Approve { by: "han".into(), note: String::new() }
    }

    fn after(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn give(state: &mut AskedAction, command: ActionCommand, hours: i64) -> Result<(), ActionRefusal> {
        for event in state.decide(command, after(hours))? {
            state.evolve(&event);
        }
        Ok(())
    }

    fn asked() -> AskedAction {
        let mut state = AskedAction::default();
        give(&mut state, ActionCommand::Ask(Box::new(action())), 0).unwrap();
        state
    }

    #[test]
    fn what_a_person_approved_happens_once_and_nothing_else_does() {
        let mut state = asked();
        assert_eq!(give(&mut state, use_of("k", "x"), 0), Err(ActionRefusal::Waiting));
        give(&mut state, approve(), 1).unwrap();
        assert_eq!(give(&mut state, use_of("k", "y"), 1), Err(ActionRefusal::Other));
        assert_eq!(give(&mut state, use_of("other", "x"), 1), Err(ActionRefusal::Other));
        give(&mut state, use_of("k", "x"), 2).unwrap();
        assert_eq!(give(&mut state, use_of("k", "x"), 2), Err(ActionRefusal::Used));
        assert_eq!(give(&mut state, approve(), 2), Err(ActionRefusal::Decided));
        assert_eq!(give(&mut AskedAction::default(), approve(), 2), Err(ActionRefusal::Unknown));
    }

    #[test]
    fn a_refusal_says_why_and_time_runs_out() {
        let mut state = asked();
        let silent = ActionCommand::Refuse { by: "han".into(), note: " ".into() };
        assert_eq!(give(&mut state, silent, 1), Err(ActionRefusal::NoReason));
        give(&mut state, ActionCommand::Refuse { by: "han".into(), note: "wrong case".into() }, 1).unwrap();
        assert_eq!(give(&mut state, use_of("k", "x"), 1), Err(ActionRefusal::Refused("wrong case".into())));
        let mut late = asked();
        assert_eq!(give(&mut late, approve(), 7 * 24 + 1), Err(ActionRefusal::Expired));
        give(&mut late, approve(), 24).unwrap();
        assert_eq!(give(&mut late, use_of("k", "x"), 49), Err(ActionRefusal::Expired));
    }
}
