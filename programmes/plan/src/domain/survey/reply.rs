//! An answer to a survey: given once, by who holds the number of a letter.
//!
//! It is kept under a digest of that number. Who was drawn is public by codes; which number went to which code is nowhere here.

use jiff::Timestamp;
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{Notice, SurveyRefusal};
use crate::domain::refusals::Refusal;

/// What somebody answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The survey.
    pub survey: String,
    /// The place of the stratum of who answers.
    pub stratum: usize,
    /// The place of the option that was chosen, for each question; nothing where none was.
    pub answers: Vec<Option<usize>>,
}

/// The state of a letter's number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyReply {
    /// The answer; nothing before.
    pub reply: Option<Reply>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyOrder {
    /// Take the answer in, for a survey that asks this.
    Give(Reply, Box<Notice>),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ReplyEvent {
    /// Somebody answered.
    SurveyAnswered {
        /// What.
        reply: Reply,
    },
}

impl Aggregate for SurveyReply {
    const KIND: &'static str = "surveyreply";
    type Command = ReplyOrder;
    type Event = ReplyEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ReplyOrder, now: Timestamp) -> Result<Vec<ReplyEvent>, Refusal> {
        let ReplyOrder::Give(reply, notice) = order;
        match &self.reply {
            // The second click on one button.
            Some(known) if *known == reply => return Ok(Vec::new()),
            Some(_) => return Err(SurveyRefusal::AnsweredAlready.into()),
            None => {}
        }
        if !notice.is_open(seoul(now).date()) {
            return Err(Refusal::NotOpen { from: notice.from, until: notice.until });
        }
        if reply.answers.iter().all(Option::is_none) {
            return Err(SurveyRefusal::NoAnswer.into());
        }
        for (at, answer) in reply.answers.iter().enumerate() {
            let options = notice.questions.get(at).map_or(0, |question| question.options.len());
            if answer.is_some_and(|option| option >= options) {
                return Err(SurveyRefusal::NoSuchOption { question: at + 1 }.into());
            }
        }
        Ok(vec![ReplyEvent::SurveyAnswered { reply }])
    }

    fn evolve(&mut self, event: &ReplyEvent) {
        let ReplyEvent::SurveyAnswered { reply } = event;
        self.reply = Some(reply.clone());
    }
}
