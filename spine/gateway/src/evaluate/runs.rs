//! An evaluation that runs on the server: what was asked for, how far it is, what came out. Pure; the events stand in the ledger, one stream
//! for each, so that what a server was doing when it stopped is gone on with from where it stood.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Comparison, ModelResult, Question, compare, read_suite};

/// The kind of the streams.
pub(super) const KIND: &str = "gateway.evaluation";
/// An evaluation of which nothing was heard for so long stands still.
const STANDS_STILL: SignedDuration = SignedDuration::from_mins(5);
/// Models of one evaluation.
const MOST_MODELS: usize = 4;
/// Bytes of a suite at most.
pub const LONGEST_SUITE: usize = 512 << 10;
/// The longest name of a suite, in characters.
const LONGEST_NAME: usize = 60;

/// What is to be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedEvaluation {
    /// The suite's name.
    pub suite: String,
    /// The suite: a question a line.
    pub text: String,
    /// Models, the one that is there first.
    pub models: Vec<String>,
}

/// What is asked of an evaluation.
#[derive(Debug, Clone)]
pub enum EvaluationCommand {
    /// Begins it.
    Begin {
        /// Its number.
        id: String,
        /// What is to be evaluated.
        wanted: Box<WantedEvaluation>,
        /// Who has it made: an account.
        by: String,
    },
    /// The next questions were answered.
    GoOn {
        /// The model.
        model: String,
        /// Where in the suite these begin, so that none counts twice.
        from: usize,
        /// Right or wrong.
        right: Vec<bool>,
    },
    /// A person sets one going again that stands still.
    Resume {
        /// Who: an account.
        by: String,
    },
}

/// What happened to an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum EvaluationEvent {
    /// It began.
    GatewayEvaluationBegun {
        /// Its number.
        id: String,
        /// What is evaluated.
        wanted: Box<WantedEvaluation>,
        /// Who had it made: an account.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// More questions were answered.
    GatewayEvaluationWentOn {
        /// Its number.
        id: String,
        /// The model.
        model: String,
        /// Right or wrong, in the order of the suite.
        right: Vec<bool>,
        /// When.
        at: Timestamp,
    },
    /// It was set going again.
    GatewayEvaluationResumed {
        /// Its number.
        id: String,
        /// Who: an account.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Every question was answered.
    GatewayEvaluationEnded {
        /// Its number.
        id: String,
        /// When.
        at: Timestamp,
    },
}

/// Why an evaluation cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvaluationRefusal {
    /// There is none of this number.
    #[error("there is no such evaluation")]
    Unknown,
    /// It was begun before.
    #[error("it was begun before")]
    Known,
    /// The suite cannot be read.
    #[error("{0}")]
    Suite(String),
    /// A suite needs a name.
    #[error("a suite needs a name of at most 60 characters")]
    Name,
    /// The log keeps it for ever, so that nothing personal may stand in it.
    #[error("the suite holds personal data; it is kept for ever, so write it without")]
    PersonalData,
    /// Too many models, or none.
    #[error("choose one to four different models of the registry")]
    Models,
    /// It is being made, or has come to its end.
    #[error("it is running or has ended")]
    Runs,
    /// What was answered does not follow on what stands there: another server was faster.
    #[error("these questions were answered before")]
    Before,
}

/// Where an evaluation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationState {
    /// Questions are being asked.
    Running,
    /// Nothing was heard of it for a while: the server that made it stopped.
    StandsStill,
    /// Every question was answered.
    Ended,
}

/// An evaluation with what came out so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EvaluationRun {
    /// What is evaluated, by whose wish, since when.
    pub begun: Option<(WantedEvaluation, String, Timestamp)>,
    /// Right or wrong by model, in the order of the suite.
    pub right: BTreeMap<String, Vec<bool>>,
    /// When anything was heard of it last.
    pub heard: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    id: String,
    questions: Vec<Question>,
}

impl EvaluationRun {
    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> EvaluationState {
        match self.ended {
            Some(_) => EvaluationState::Ended,
            None if now.duration_since(self.heard) > STANDS_STILL => EvaluationState::StandsStill,
            None => EvaluationState::Running,
        }
    }

    /// The questions of its suite.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Its models, the one that is there first.
    pub fn models(&self) -> &[String] {
        self.begun.as_ref().map_or(&[], |(wanted, ..)| &wanted.models)
    }

    /// Questions answered, and questions in all, over all models.
    pub fn progress(&self) -> (usize, usize) {
        (self.right.values().map(Vec::len).sum(), self.questions.len() * self.models().len())
    }

    /// The model that is asked next, and from which question on.
    pub(super) fn next(&self) -> Option<(&str, usize)> {
        let answered = |model: &str| self.right.get(model).map_or(0, Vec::len);
        self.models()
            .iter()
            .map(|model| (model.as_str(), answered(model)))
            .find(|(_, done)| *done < self.questions.len())
    }

    /// How the models did whose questions were all answered.
    pub fn results(&self) -> Vec<ModelResult> {
        let whole = |model: &String| {
            let right = self.right.get(model).filter(|right| right.len() == self.questions.len())?;
            Some(ModelResult::of(model, &self.questions, right.clone()))
        };
        self.models().iter().filter_map(whole).collect()
    }

    /// The other models beside the first.
    pub fn comparisons(&self) -> Vec<Comparison> {
        let results = self.results();
        let Some(first) = results.first().filter(|first| self.models().first() == Some(&first.model)) else {
            return Vec::new();
        };
        results.iter().skip(1).map(|after| compare(first, after)).collect()
    }

    fn check(wanted: &WantedEvaluation) -> Result<(), EvaluationRefusal> {
        if wanted.suite.trim().is_empty() || wanted.suite.chars().count() > LONGEST_NAME {
            return Err(EvaluationRefusal::Name);
        }
        if wanted.text.len() > LONGEST_SUITE {
            return Err(EvaluationRefusal::Suite(format!("the suite has more than {LONGEST_SUITE} bytes; divide it")));
        }
        read_suite(&wanted.text).map_err(|error| EvaluationRefusal::Suite(error.to_string()))?;
        if !maru_privacy::find(&wanted.text).is_empty() {
            return Err(EvaluationRefusal::PersonalData);
        }
        let mut models: Vec<&String> = wanted.models.iter().collect();
        models.sort_unstable();
        models.dedup();
        let fits = models.len() == wanted.models.len() && (1..=MOST_MODELS).contains(&models.len());
        if fits { Ok(()) } else { Err(EvaluationRefusal::Models) }
    }

    fn went_on(
        &self,
        model: String,
        from: usize,
        right: Vec<bool>,
        at: Timestamp,
    ) -> Result<Vec<EvaluationEvent>, EvaluationRefusal> {
        if self.next() != Some((model.as_str(), from)) || from + right.len() > self.questions.len() {
            return Err(EvaluationRefusal::Before);
        }
        let (done, all) = self.progress();
        let is_end = done + right.len() == all;
        let id = self.id.clone();
        let ended = is_end.then(|| EvaluationEvent::GatewayEvaluationEnded { id: id.clone(), at });
        let went_on = EvaluationEvent::GatewayEvaluationWentOn { id, model, right, at };
        Ok(std::iter::once(went_on).chain(ended).collect())
    }
}

impl Aggregate for EvaluationRun {
    const KIND: &'static str = KIND;
    type Command = EvaluationCommand;
    type Event = EvaluationEvent;
    type Refusal = EvaluationRefusal;

    fn decide(&self, command: EvaluationCommand, at: Timestamp) -> Result<Vec<EvaluationEvent>, EvaluationRefusal> {
        match command {
            EvaluationCommand::Begin { .. } if self.begun.is_some() => Err(EvaluationRefusal::Known),
            EvaluationCommand::Begin { id, wanted, by } => {
                Self::check(&wanted)?;
                Ok(vec![EvaluationEvent::GatewayEvaluationBegun { id, wanted, by, at }])
            }
            _ if self.begun.is_none() => Err(EvaluationRefusal::Unknown),
            EvaluationCommand::GoOn { model, from, right } => self.went_on(model, from, right, at),
            EvaluationCommand::Resume { .. } if self.state(at) != EvaluationState::StandsStill => {
                Err(EvaluationRefusal::Runs)
            }
            EvaluationCommand::Resume { by } => {
                Ok(vec![EvaluationEvent::GatewayEvaluationResumed { id: self.id.clone(), by, at }])
            }
        }
    }

    fn evolve(&mut self, event: &EvaluationEvent) {
        match event {
            EvaluationEvent::GatewayEvaluationBegun { id, wanted, by, at } => {
                self.id.clone_from(id);
                self.questions = read_suite(&wanted.text).unwrap_or_default();
                self.begun = Some(((**wanted).clone(), by.clone(), *at));
                self.heard = *at;
            }
            EvaluationEvent::GatewayEvaluationWentOn { model, right, at, .. } => {
                self.right.entry(model.clone()).or_default().extend(right);
                self.heard = *at;
            }
            EvaluationEvent::GatewayEvaluationResumed { at, .. } => self.heard = *at,
            EvaluationEvent::GatewayEvaluationEnded { at, .. } => self.ended = Some(*at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUITE: &str = "{\"id\": \"1\", \"question\": \"?\", \"measure\": \"refuses\"}\n{\"id\": \"2\", \"question\": \"?\", \"measure\": \"answers\"}";

    fn wanted(models: &[&str]) -> WantedEvaluation {
        let models = models.iter().map(|model| (*model).to_owned()).collect();
        WantedEvaluation { suite: "s".into(), text: SUITE.into(), models }
    }

    fn give(run: &mut EvaluationRun, command: EvaluationCommand, minutes: i64) -> Result<(), EvaluationRefusal> {
        for event in run.decide(command, Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes))? {
            run.evolve(&event);
        }
        Ok(())
    }

    fn begin(wanted: WantedEvaluation) -> EvaluationCommand {
        EvaluationCommand::Begin { id: "1".into(), wanted: Box::new(wanted), by: "seo".into() }
    }

    fn go_on(model: &str, from: usize, right: &[bool]) -> EvaluationCommand {
        EvaluationCommand::GoOn { model: model.into(), from, right: right.to_vec() }
    }

    #[test]
    fn it_goes_on_question_by_question_and_ends() {
        let mut run = EvaluationRun::default();
        assert_eq!(give(&mut run, go_on("a", 0, &[true]), 0), Err(EvaluationRefusal::Unknown));
        give(&mut run, begin(wanted(&["a", "b"])), 0).unwrap();
        assert_eq!((run.next(), run.progress()), (Some(("a", 0)), (0, 4)));
        give(&mut run, go_on("a", 0, &[true, true]), 1).unwrap();
        assert_eq!(give(&mut run, go_on("a", 0, &[true]), 1), Err(EvaluationRefusal::Before));
        assert_eq!(give(&mut run, go_on("b", 0, &[true; 3]), 1), Err(EvaluationRefusal::Before));
        give(&mut run, go_on("b", 0, &[false]), 2).unwrap();
        assert_eq!((run.results().len(), run.comparisons().len()), (1, 0));
        let later = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert_eq!(run.state(later(3)), EvaluationState::Running);
        assert_eq!(give(&mut run, EvaluationCommand::Resume { by: "seo".into() }, 3), Err(EvaluationRefusal::Runs));
        assert_eq!(run.state(later(9)), EvaluationState::StandsStill);
        give(&mut run, EvaluationCommand::Resume { by: "seo".into() }, 9).unwrap();
        give(&mut run, go_on("b", 1, &[false]), 10).unwrap();
        assert_eq!((run.state(later(60)), run.next()), (EvaluationState::Ended, None));
        let compared = run.comparisons();
        assert_eq!((compared[0].before.as_str(), compared[0].after.as_str()), ("a", "b"));
        assert!(compared[0].difference.value < 0.0);
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused_with_the_reason() {
        let refused = |change: &dyn Fn(&mut WantedEvaluation)| {
            let mut wanted = wanted(&["a"]);
            change(&mut wanted);
            give(&mut EvaluationRun::default(), begin(wanted), 0).unwrap_err()
        };
        assert_eq!(refused(&|wanted| wanted.suite.clear()), EvaluationRefusal::Name);
        assert_eq!(refused(&|wanted| wanted.models.clear()), EvaluationRefusal::Models);
        assert_eq!(refused(&|wanted| wanted.models.push("a".into())), EvaluationRefusal::Models);
        assert!(matches!(refused(&|wanted| wanted.text = "x".into()), EvaluationRefusal::Suite(_)));
        let personal = SUITE.replace("\"?\"", "\"010-1234-5678로 전화해도 되나요?\"");
        assert_eq!(refused(&|wanted| wanted.text.clone_from(&personal)), EvaluationRefusal::PersonalData);
    }
}
