//! Surveys: a sample is drawn by lot, invited once and asked once.
//!
//! In this order nobody can steer who is asked: announced with the questions and with where the seed will come from; the frame, without
//! names, fixed while nobody knows the seed; drawn with the public seed; invited by letters with a number each; answered; counted when it
//! is over. Anybody can draw again. Results say how many did not answer, and what that leaves open.

mod draw;
mod refusals;
mod reply;
mod result;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use draw::{Stratum, sample};
pub use refusals::SurveyRefusal;
pub use reply::{Reply, ReplyEvent, ReplyOrder, SurveyReply};
pub use result::{ENOUGH, Share, Tally, shares};

use super::{
    consultation::days_of,
    entry::Number,
    panel::{PanelRefusal, digest, read_pool, write_pool},
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Most questions.
pub const MOST_QUESTIONS: usize = 12;
/// Most options of a question.
pub const MOST_OPTIONS: usize = 8;
/// Most people in a sample.
pub const MOST_SAMPLE: usize = 5_000;
/// For how many days answers are taken at least.
pub const SHORTEST_DAYS: i32 = 7;
/// For how many days at most.
pub const LONGEST_DAYS: i32 = 120;
/// The options of whether something reached people; their places are those of [`Survey::felt`].
pub const FELT: [&str; 3] = ["그렇다", "일부 그렇다", "아니다"];

/// A question with its options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SurveyQuestion)]
pub struct Question {
    /// What is asked.
    #[schema(max_length = 300)]
    pub text: String,
    /// What can be chosen.
    pub options: Vec<String>,
}

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SurveyNotice)]
pub struct Notice {
    /// The survey's name.
    #[schema(max_length = 200)]
    pub title: String,
    /// What it is for, in plain words.
    pub text: String,
    /// The recommendation that it is of. The first question is then whether it reached people, with the options yes, in part, no.
    #[schema(value_type = Option<String>, example = "84-2")]
    pub recommendation: Option<Number>,
    /// The questions.
    pub questions: Vec<Question>,
    /// How many are drawn.
    pub size: usize,
    /// Where the seed comes from: something that becomes public and that nobody chooses.
    #[schema(max_length = 500)]
    pub source: String,
    /// The day on which it becomes public.
    #[schema(value_type = String, format = Date)]
    pub seed_on: Date,
    /// The first day on which answers are taken.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
}

impl Notice {
    /// Whether answers are taken on `day`.
    pub fn is_open(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }

    fn check(&self, today: Date) -> Result<(), Refusal> {
        check_words(&self.title, ("이름", "name"), 200)?;
        check_words(&self.text, ("설명", "explanation"), LONGEST_NOTE)?;
        check_words(&self.source, ("추첨수를 어디에서 얻는지", "source of the seed"), 500)?;
        if !(1..=MOST_QUESTIONS).contains(&self.questions.len()) {
            return Err(SurveyRefusal::Questions.into());
        }
        for (at, question) in self.questions.iter().enumerate() {
            question.check(at + 1)?;
        }
        if self.size == 0 || self.size > MOST_SAMPLE {
            return Err(SurveyRefusal::SampleSize { least: 1, most: MOST_SAMPLE }.into());
        }
        if self.seed_on <= today {
            return Err(PanelRefusal::SeedNotAhead.into());
        }
        let days = days_of(self.from, self.until);
        if self.from <= self.seed_on || !(SHORTEST_DAYS..=LONGEST_DAYS).contains(&days) {
            return Err(SurveyRefusal::Period.into());
        }
        Ok(())
    }
}

impl Question {
    fn check(&self, number: usize) -> Result<(), Refusal> {
        check_words(&self.text, ("질문", "question"), 300)?;
        let known = |at: usize| self.options.iter().take(at).any(|before| *before == self.options[at]);
        let twice = (0..self.options.len()).any(known);
        if twice || !(2..=MOST_OPTIONS).contains(&self.options.len()) {
            return Err(SurveyRefusal::Options { question: number }.into());
        }
        self.options.iter().try_for_each(|option| check_words(option, ("보기", "option"), 100))
    }
}

/// The state of a survey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// What was announced; nothing before.
    pub notice: Option<Notice>,
    /// The frame as it is published; empty before it is fixed.
    pub frame: String,
    /// The seed; empty before the sample is drawn.
    pub seed: String,
    /// The strata with those who were drawn; empty before.
    pub strata: Vec<Stratum>,
    /// The place of the stratum by the digest of a letter's number.
    pub invited: BTreeMap<String, usize>,
    /// What was answered, counted when it was closed; nothing before.
    pub tally: Option<Tally>,
}

impl Survey {
    /// How many were drawn.
    pub fn drawn(&self) -> usize {
        self.strata.iter().map(|stratum| stratum.drawn.len()).sum()
    }

    /// The shares of the options of a question; nothing before it was closed, and where too few answered.
    pub fn shares(&self, question: usize) -> Option<Vec<Share>> {
        shares(&self.strata, self.tally.as_ref()?.counts.get(question)?)
    }

    /// Whether its recommendation reached people: yes, in part, no.
    pub fn felt(&self) -> Option<(Number, [Share; 3])> {
        let number = self.notice.as_ref()?.recommendation?;
        let shares: [Share; 3] = self.shares(0)?.try_into().ok()?;
        Some((number, shares))
    }

    /// Counts answers: those of numbers that hold.
    pub fn count<'a>(&self, replies: impl Iterator<Item = (&'a str, &'a Reply)>) -> Tally {
        let questions = self.notice.iter().flat_map(|notice| &notice.questions);
        let none = |question: &Question| vec![vec![0; question.options.len()]; self.strata.len()];
        let mut tally = Tally { answered: vec![0; self.strata.len()], counts: questions.map(none).collect() };
        for (_, reply) in replies.filter(|(digest, _)| self.invited.contains_key(*digest)) {
            let Some(answered) = tally.answered.get_mut(reply.stratum) else { continue };
            *answered += 1;
            for (counts, answer) in tally.counts.iter_mut().zip(&reply.answers) {
                let count = counts.get_mut(reply.stratum).zip(*answer).and_then(|(options, at)| options.get_mut(at));
                if let Some(count) = count {
                    *count += 1;
                }
            }
        }
        tally
    }
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum SurveyOrder {
    /// Announce it.
    Announce(Notice, Actor),
    /// Fix the frame, given as a table.
    FixFrame(String, Actor),
    /// Draw the sample with the seed that became public.
    Draw(String, Actor),
    /// Letters are made: their numbers' digests, with the place of the stratum.
    Invite(BTreeMap<String, usize>, Actor),
    /// It is over: what was answered.
    Close(Tally, Actor),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SurveyEvent {
    /// It was announced.
    SurveyAnnounced {
        /// What.
        notice: Notice,
        /// By whom.
        by: Actor,
    },
    /// The frame was fixed.
    FrameFixed {
        /// The frame as it is published.
        frame: String,
        /// SHA-256 of it.
        digest: String,
        /// How many people.
        people: usize,
        /// By whom.
        by: Actor,
    },
    /// The sample was drawn.
    SampleDrawn {
        /// The seed.
        seed: String,
        /// The strata with those who were drawn.
        strata: Vec<Stratum>,
        /// By whom.
        by: Actor,
    },
    /// Letters were made; numbers of earlier ones no longer hold.
    SampleInvited {
        /// The numbers' digests, with the place of the stratum.
        invited: BTreeMap<String, usize>,
        /// By whom.
        by: Actor,
    },
    /// It was closed.
    SurveyClosed {
        /// What was answered.
        tally: Tally,
        /// By whom.
        by: Actor,
    },
}

type Decision = Result<Vec<SurveyEvent>, Refusal>;

impl Survey {
    fn announced(&self) -> Result<&Notice, Refusal> {
        self.notice.as_ref().ok_or(Refusal::Unknown)
    }

    fn announce(&self, mut notice: Notice, by: Actor, today: Date) -> Decision {
        if self.notice.is_some() {
            return Err(Refusal::Exists);
        }
        if notice.recommendation.is_some()
            && let Some(first) = notice.questions.first_mut()
        {
            first.options = FELT.map(str::to_owned).into();
        }
        notice.check(today)?;
        Ok(vec![SurveyEvent::SurveyAnnounced { notice, by }])
    }

    fn fix_frame(&self, table: &str, by: Actor, today: Date) -> Decision {
        let notice = self.announced()?;
        if !self.frame.is_empty() {
            return Err(PanelRefusal::PoolFixed.into());
        }
        if notice.seed_on <= today {
            return Err(PanelRefusal::PoolTooLate.into());
        }
        let people = read_pool(table).map_err(PanelRefusal::from)?;
        draw::strata(&people, notice.size)?;
        let frame = write_pool(&people);
        Ok(vec![SurveyEvent::FrameFixed { digest: digest(&frame), people: people.len(), frame, by }])
    }

    fn draw(&self, seed: &str, by: Actor, today: Date) -> Decision {
        let notice = self.announced()?;
        if self.frame.is_empty() {
            return Err(PanelRefusal::NoPool.into());
        }
        if !self.strata.is_empty() {
            return Err(SurveyRefusal::DrawnAlready.into());
        }
        if today < notice.seed_on {
            return Err(PanelRefusal::SeedAhead { on: notice.seed_on }.into());
        }
        check_words(seed, ("추첨수", "seed"), 500)?;
        let seed = seed.trim().to_owned();
        let people = read_pool(&self.frame).map_err(PanelRefusal::from)?;
        let strata = sample(&people, notice.size, &seed)?;
        Ok(vec![SurveyEvent::SampleDrawn { seed, strata, by }])
    }

    /// Until answers are taken letters can be made anew: they may have been lost on the way to who prints them.
    fn invite(&self, invited: BTreeMap<String, usize>, by: Actor, today: Date) -> Decision {
        let notice = self.announced()?;
        if self.strata.is_empty() {
            return Err(SurveyRefusal::NotDrawn.into());
        }
        if today > notice.until {
            return Err(Refusal::NotOpen { from: notice.from, until: notice.until });
        }
        if !self.invited.is_empty() && today >= notice.from {
            return Err(SurveyRefusal::InvitedAlready.into());
        }
        Ok(vec![SurveyEvent::SampleInvited { invited, by }])
    }

    fn close(&self, tally: Tally, by: Actor, today: Date) -> Decision {
        let notice = self.announced()?;
        if self.invited.is_empty() {
            return Err(SurveyRefusal::NotInvited.into());
        }
        if self.tally.is_some() {
            return Err(SurveyRefusal::Closed.into());
        }
        if today <= notice.until {
            return Err(SurveyRefusal::NotOver { until: notice.until }.into());
        }
        Ok(vec![SurveyEvent::SurveyClosed { tally, by }])
    }
}

impl Aggregate for Survey {
    const KIND: &'static str = "survey";
    type Command = SurveyOrder;
    type Event = SurveyEvent;
    type Refusal = Refusal;

    fn decide(&self, order: SurveyOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            SurveyOrder::Announce(notice, by) => self.announce(notice, by, today),
            SurveyOrder::FixFrame(table, by) => self.fix_frame(&table, by, today),
            SurveyOrder::Draw(seed, by) => self.draw(&seed, by, today),
            SurveyOrder::Invite(invited, by) => self.invite(invited, by, today),
            SurveyOrder::Close(tally, by) => self.close(tally, by, today),
        }
    }

    fn evolve(&mut self, event: &SurveyEvent) {
        match event {
            SurveyEvent::SurveyAnnounced { notice, .. } => self.notice = Some(notice.clone()),
            SurveyEvent::FrameFixed { frame, .. } => self.frame.clone_from(frame),
            SurveyEvent::SampleDrawn { seed, strata, .. } => {
                self.seed.clone_from(seed);
                self.strata.clone_from(strata);
            }
            SurveyEvent::SampleInvited { invited, .. } => self.invited.clone_from(invited),
            SurveyEvent::SurveyClosed { tally, .. } => self.tally = Some(tally.clone()),
        }
    }
}
