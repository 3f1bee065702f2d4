//! A study of a reform: figures of the law changed on paper, and what that does to a population. Nothing in force changes.

use jiff::{Timestamp, civil::Date};
use maru_ledger::{Aggregate, NewJob};
use maru_rules::reform::{Curve, Study};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{benefit, month::Month, proposal::Official, refusals::Refusal, study_refusals::StudyRefusal};

/// What does a study.
pub const STUDY_JOB: &str = "welfare-study";
/// Longest name of a study, in characters.
pub const LONGEST_NAME: usize = 120;
/// Most figures that one study changes.
pub const MOST_CHANGES: usize = 20;
/// Longest text of other rules, in bytes.
pub const LONGEST_FORMULAS: usize = 20_000;
/// A study that is broken off goes on so often.
pub const ATTEMPTS: u32 = 100;

/// A figure from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureChange {
    /// The parameter's path; a bracket of a scale is `path[place].rate`.
    pub path: String,
    /// The new value: a number in figures, `true` or `false`.
    pub value: String,
    /// From this day.
    pub from: Date,
    /// To the day before this one; without end where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Who of those entitled takes a benefit up, in per cent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeUp {
    /// The benefit.
    pub benefit: String,
    /// Under the rules in force.
    pub in_force: u8,
    /// Under the reform.
    pub reform: u8,
}

/// What is studied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// Its name.
    pub name: String,
    /// The month.
    pub month: Month,
    /// The figures.
    pub changes: Vec<FigureChange>,
    /// Take-up below all; a benefit that is not named is taken up by everybody.
    #[serde(default)]
    pub take_up: Vec<TakeUp>,
    /// The household whose work incentive is drawn, by the name of an example.
    pub household: String,
    /// Other rules: the text of a reform in the language of the package; empty where only figures change.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub formulas: String,
}

/// Who was studied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Studied {
    /// The folder of the population.
    pub folder: String,
    /// How many persons it stands for, where it is a sample.
    pub represents: Option<u64>,
    /// Whether nobody in it is real.
    pub synthetic: bool,
}

/// What a study came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The measures.
    pub study: Study,
    /// What is left of a further won; nothing where the law leaves a figure of it open.
    pub curve: Option<Curve>,
    /// Who was studied.
    pub studied: Studied,
}

/// The state of a study.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReformStudy {
    /// What is studied.
    pub design: Option<Design>,
    /// The rules in force that it starts from: name, version, digest.
    pub rules: String,
    /// Who asked for it.
    pub by: Option<Official>,
    /// When.
    pub at: Option<Timestamp>,
    /// What it came to.
    pub outcome: Option<Outcome>,
    /// Why it could not be done.
    pub failed: Option<String>,
    /// It is not listed any more.
    pub put_away: bool,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum StudyOrder {
    /// Study this.
    Request {
        /// Its own name on the log, which its job carries.
        id: String,
        /// What.
        design: Box<Design>,
        /// The rules in force.
        rules: String,
        /// Who.
        by: Official,
    },
    /// It is done.
    Finish {
        /// What it came to.
        outcome: Box<Outcome>,
    },
    /// It cannot be done.
    Fail {
        /// Why.
        reason: String,
    },
    /// Another name.
    Rename {
        /// The name.
        name: String,
        /// Who.
        by: Official,
    },
    /// Take it off the list.
    PutAway {
        /// Who.
        by: Official,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum StudyEvent {
    /// It was asked for.
    StudyRequested {
        /// Its own name on the log.
        id: String,
        /// What.
        design: Box<Design>,
        /// The rules in force.
        rules: String,
        /// When.
        at: Timestamp,
        /// Who.
        by: Official,
    },
    /// It is done.
    StudyFinished {
        /// What it came to.
        outcome: Box<Outcome>,
    },
    /// It could not be done.
    StudyFailed {
        /// Why.
        reason: String,
    },
    /// It has another name.
    StudyRenamed {
        /// The name.
        name: String,
        /// Who.
        by: Official,
    },
    /// It was taken off the list.
    StudyPutAway {
        /// Who.
        by: Official,
    },
}

type Decision = Result<Vec<StudyEvent>, Refusal>;

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::Empty { ko: "이름", en: "name" });
    }
    if name.chars().count() > LONGEST_NAME { Err(Refusal::TooLong) } else { Ok(()) }
}

/// Whether a text is a value that a figure can have.
pub fn is_value(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty()
        && digits.len() <= 18
        && digits.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
        && digits.parse::<f64>().is_ok();
    is_number || matches!(text, "true" | "false")
}

impl Design {
    fn check(&self) -> Result<(), Refusal> {
        check_name(&self.name)?;
        let is_same = self.take_up.iter().all(|one| one.in_force == one.reform) && self.formulas.trim().is_empty();
        if self.changes.is_empty() && is_same {
            return Err(Refusal::Study(StudyRefusal::ChangesNothing));
        }
        if self.formulas.len() > LONGEST_FORMULAS {
            return Err(Refusal::TooLong);
        }
        if self.changes.len() > MOST_CHANGES {
            return Err(Refusal::Study(StudyRefusal::TooManyFigures { most: MOST_CHANGES }));
        }
        for change in &self.changes {
            if !is_value(&change.value) {
                return Err(Refusal::Study(StudyRefusal::NoFigure { path: change.path.clone() }));
            }
            if change.until.is_some_and(|until| until <= change.from) {
                return Err(Refusal::Study(StudyRefusal::EndsBefore { path: change.path.clone() }));
            }
        }
        for one in &self.take_up {
            if benefit::benefit(&one.benefit).is_none() {
                return Err(Refusal::UnknownBenefit { id: one.benefit.clone() });
            }
            if one.in_force > 100 || one.reform > 100 {
                return Err(Refusal::Study(StudyRefusal::TakeUp { id: one.benefit.clone() }));
            }
        }
        Ok(())
    }
}

impl ReformStudy {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.design.is_some() && self.outcome.is_none() && self.failed.is_none()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.design.as_ref().map_or("", |design| design.name.as_str())
    }

    fn stands(&self) -> Result<(), Refusal> {
        if self.design.is_some() { Ok(()) } else { Err(Refusal::Unknown) }
    }
}

impl Aggregate for ReformStudy {
    const KIND: &'static str = "reform_study";
    type Command = StudyOrder;
    type Event = StudyEvent;
    type Refusal = Refusal;

    fn decide(&self, order: StudyOrder, now: Timestamp) -> Decision {
        match order {
            StudyOrder::Request { id, design, rules, by } => {
                if self.design.is_some() {
                    return Err(Refusal::Exists);
                }
                design.check()?;
                Ok(vec![StudyEvent::StudyRequested { id, design, rules, at: now, by }])
            }
            StudyOrder::Finish { outcome } => {
                self.stands()?;
                Ok(if self.is_open() { vec![StudyEvent::StudyFinished { outcome }] } else { Vec::new() })
            }
            StudyOrder::Fail { reason } => {
                self.stands()?;
                Ok(if self.is_open() { vec![StudyEvent::StudyFailed { reason }] } else { Vec::new() })
            }
            StudyOrder::Rename { name, by } => {
                self.stands()?;
                check_name(&name)?;
                Ok(if self.name() == name { Vec::new() } else { vec![StudyEvent::StudyRenamed { name, by }] })
            }
            StudyOrder::PutAway { by } => {
                self.stands()?;
                Ok(if self.put_away { Vec::new() } else { vec![StudyEvent::StudyPutAway { by }] })
            }
        }
    }

    fn evolve(&mut self, event: &StudyEvent) {
        match event {
            StudyEvent::StudyRequested { design, rules, at, by, .. } => {
                self.design = Some((**design).clone());
                self.rules.clone_from(rules);
                self.at = Some(*at);
                self.by = Some(by.clone());
            }
            StudyEvent::StudyFinished { outcome } => self.outcome = Some((**outcome).clone()),
            StudyEvent::StudyFailed { reason } => self.failed = Some(reason.clone()),
            StudyEvent::StudyRenamed { name, .. } => {
                if let Some(design) = &mut self.design {
                    design.name.clone_from(name);
                }
            }
            StudyEvent::StudyPutAway { .. } => self.put_away = true,
        }
    }

    fn follow_up(&self, event: &StudyEvent) -> Vec<NewJob> {
        match event {
            StudyEvent::StudyRequested { id, .. } => vec![long_job(STUDY_JOB, id)],
            _ => Vec::new(),
        }
    }
}

/// A job that takes its time: one that is broken off goes on, again and again.
pub(super) fn long_job(kind: &str, id: &str) -> NewJob {
    let mut job = NewJob::new(kind, json!({ "id": id })).keyed(format!("{kind}/{id}"));
    job.max_attempts = ATTEMPTS;
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by() -> Official {
        Official { account: "o".to_owned(), name: "소예린".to_owned() }
    }

    fn design() -> Design {
        Design {
            name: "기준연금액 40만 원".to_owned(),
            month: "2026-03".parse().unwrap(),
            changes: vec![FigureChange {
                path: "basic_pension.amount.standard".to_owned(),
                value: "400000".to_owned(),
                from: Date::constant(2026, 1, 1),
                until: None,
            }],
            take_up: Vec::new(),
            household: "worker".to_owned(),
            formulas: String::new(),
        }
    }

    fn asked(design: Design) -> Decision {
        let order =
            StudyOrder::Request { id: "s".to_owned(), design: Box::new(design), rules: "r".to_owned(), by: by() };
        ReformStudy::default().decide(order, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_study_is_asked_for_once_done_once_and_renamed() {
        let mut study = ReformStudy::default();
        for event in asked(design()).unwrap() {
            assert_eq!(study.follow_up(&event).len(), 1);
            study.evolve(&event);
        }
        assert!(study.is_open());
        let now = Timestamp::UNIX_EPOCH;
        let again =
            StudyOrder::Request { id: "s".to_owned(), design: Box::new(design()), rules: "r".to_owned(), by: by() };
        assert_eq!(study.decide(again, now), Err(Refusal::Exists));
        for event in study.decide(StudyOrder::Fail { reason: "no population".to_owned() }, now).unwrap() {
            study.evolve(&event);
        }
        assert_eq!(study.decide(StudyOrder::Fail { reason: "again".to_owned() }, now), Ok(Vec::new()));
        let named = StudyOrder::Rename { name: "다른 이름".to_owned(), by: by() };
        for event in study.decide(named, now).unwrap() {
            study.evolve(&event);
        }
        assert_eq!(study.name(), "다른 이름");
    }

    #[test]
    fn what_is_no_reform_is_refused() {
        let wrong = |change: &dyn Fn(&mut Design)| {
            let mut design = design();
            change(&mut design);
            asked(design).unwrap_err()
        };
        assert_eq!(wrong(&|design| design.changes.clear()), Refusal::Study(StudyRefusal::ChangesNothing));
        assert_eq!(wrong(&|design| design.name = " ".to_owned()), Refusal::Empty { ko: "이름", en: "name" });
        let path = || "basic_pension.amount.standard".to_owned();
        assert_eq!(
            wrong(&|design| design.changes[0].value = "1e9".to_owned()),
            Refusal::Study(StudyRefusal::NoFigure { path: path() })
        );
        let backwards = wrong(&|design| design.changes[0].until = Some(Date::constant(2026, 1, 1)));
        assert_eq!(backwards, Refusal::Study(StudyRefusal::EndsBefore { path: path() }));
        let share = |in_force| vec![TakeUp { benefit: "basic_pension".to_owned(), in_force, reform: 80 }];
        let id = "basic_pension".to_owned();
        assert_eq!(wrong(&|design| design.take_up = share(101)), Refusal::Study(StudyRefusal::TakeUp { id }));
        let mut only_take_up = design();
        only_take_up.changes.clear();
        only_take_up.take_up = share(70);
        assert!(asked(only_take_up).is_ok());
    }

    #[test]
    fn values_are_figures_or_truths() {
        for (text, so) in
            [("400000", true), ("0.35", true), ("-1", true), ("true", true), ("", false), ("1.2.3", false)]
        {
            assert_eq!(is_value(text), so, "{text}");
        }
    }
}
