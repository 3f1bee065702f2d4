//! The standing of the whole plan at the end of a quarter, as it was frozen, and what moved since the one before: what was
//! finished in the quarter, not a running total.

use std::collections::BTreeMap;

use super::{entry::Number, status::Status};

/// Where every recommendation stood.
pub type Standings = BTreeMap<Number, Status>;

/// A recommendation that stands otherwise than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub number: Number,
    /// Where it stood; nothing where it was not in the plan.
    pub before: Option<Status>,
    /// Where it stands; nothing where it was left out since.
    pub after: Option<Status>,
}

impl Moved {
    /// Whether it was finished in between.
    pub fn finished(self) -> bool {
        let done = |status: Option<Status>| status.is_some_and(Status::is_done);
        done(self.after) && !done(self.before)
    }

    /// Whether it fell behind in between.
    pub fn fell_behind(self) -> bool {
        self.after == Some(Status::Late) && self.before != Some(Status::Late)
    }
}

/// What stands otherwise in `after` than in `before`, in the order of numbers.
pub fn moved(before: &Standings, after: &Standings) -> Vec<Moved> {
    let mut found: BTreeMap<Number, Moved> = BTreeMap::new();
    for (number, status) in after {
        let was = before.get(number).copied();
        if was != Some(*status) {
            found.insert(*number, Moved { number: *number, before: was, after: Some(*status) });
        }
    }
    for (number, status) in before.iter().filter(|(number, _)| !after.contains_key(number)) {
        found.insert(*number, Moved { number: *number, before: Some(*status), after: None });
    }
    found.into_values().collect()
}

/// How many stand so.
pub fn count(standing: &Standings, status: Status) -> usize {
    standing.values().filter(|one| **one == status).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standings(of: &[(&str, Status)]) -> Standings {
        of.iter().map(|(number, status)| (number.parse().unwrap(), *status)).collect()
    }

    #[test]
    fn what_was_finished_in_a_quarter_is_no_running_total() {
        let before = standings(&[
            ("1-1", Status::Confirmed),
            ("1-2", Status::OnCourse),
            ("2-1", Status::Late),
            ("3-1", Status::NotStarted),
        ]);
        let after = standings(&[
            ("1-1", Status::Confirmed),
            ("1-2", Status::DoneReported),
            ("2-1", Status::Late),
            ("4-1", Status::Late),
        ]);
        let found = moved(&before, &after);
        let numbers: Vec<String> = found.iter().map(|one| one.number.to_string()).collect();
        assert_eq!(numbers, ["1-2", "3-1", "4-1"], "what stayed is not in it, what came and went is");
        assert_eq!(found.iter().filter(|one| one.finished()).count(), 1, "1-1 was done before");
        assert_eq!(found.iter().filter(|one| one.fell_behind()).count(), 1, "2-1 was late before");
        assert_eq!((found[1].after, found[2].before), (None, None));
        assert_eq!(count(&after, Status::Late), 2);
        assert_eq!(moved(&after, &after), []);
    }

    #[test]
    fn confirming_what_was_reported_done_finishes_nothing_again() {
        let before = standings(&[("1-1", Status::DoneReported)]);
        let after = standings(&[("1-1", Status::Confirmed)]);
        assert!(moved(&before, &after).iter().all(|one| !one.finished()));
    }
}
