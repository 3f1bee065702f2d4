//! What a program read out of a recommendation's text, and a person who looks at it: the person's reading stands, also where
//! the same table is read in again.

use super::{
    bodies,
    entry::Entry,
    extract::{Deadline, deadlines, involved},
    refusals::Refusal,
};

/// Most bodies, and most deadlines, of a recommendation.
const MOST: usize = 40;

/// Who a text orders to do something, with whom, and until when, as a person reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// All bodies that are ordered to do something, as identifiers.
    pub responsible: Vec<String>,
    /// Those with which co-operation is ordered.
    pub cooperating: Vec<String>,
    /// The deadlines.
    pub deadlines: Vec<Deadline>,
}

impl Entry {
    /// Whether bodies and deadlines are what the program finds in the text, rather than given by somebody.
    pub fn is_as_found(&self) -> bool {
        let found = involved(&self.text, bodies::body(&self.lead));
        let due = |deadlines: &[Deadline]| deadlines.iter().map(|one| (one.quarter, one.bound)).collect::<Vec<_>>();
        self.responsible == found.responsible
            && self.cooperating == found.cooperating
            && due(&self.deadlines) == due(&deadlines(&self.text))
    }

    /// The same with bodies and deadlines as a person reads them. Who leads is not read out of the text; it stays first.
    pub(super) fn read_by_a_person(&self, reading: Reading) -> Result<Self, Refusal> {
        let mut responsible = vec![self.lead.clone()];
        responsible.extend(reading.responsible.into_iter().filter(|id| *id != self.lead));
        let cooperating: Vec<String> = reading.cooperating.into_iter().filter(|id| !responsible.contains(id)).collect();
        if let Some(unknown) = responsible.iter().chain(&cooperating).find(|id| bodies::body(id).is_none()) {
            return Err(Refusal::UnknownBody { name: unknown.clone() });
        }
        if responsible.len().max(cooperating.len()).max(reading.deadlines.len()) > MOST {
            return Err(Refusal::TooLong { limit: MOST });
        }
        let deadlines = self.where_they_stand(reading.deadlines);
        Ok(Self { responsible, cooperating, deadlines, checked: true, ..self.clone() })
    }

    /// Deadlines with the places of their words, where the text has them.
    pub fn where_they_stand(&self, given: Vec<Deadline>) -> Vec<Deadline> {
        let mut known: Vec<Deadline> = self.deadlines.iter().cloned().chain(deadlines(&self.text)).collect();
        let find = |wanted: Deadline| {
            let at = known.iter().position(|one| (one.quarter, one.bound) == (wanted.quarter, wanted.bound));
            at.map_or(wanted, |at| known.remove(at))
        };
        given.into_iter().map(find).collect()
    }

    /// The same, where a person read this very text before and the program alone read it now: then the person's reading stays.
    pub(super) fn keeping_the_reading_of(self: Box<Self>, before: &Self) -> Box<Self> {
        let same_text = self.text == before.text && self.lead == before.lead;
        if !before.checked || self.checked || !same_text || !self.is_as_found() {
            return self;
        }
        Box::new(Self {
            responsible: before.responsible.clone(),
            cooperating: before.cooperating.clone(),
            deadlines: before.deadlines.clone(),
            checked: true,
            ..*self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{self, given_deadline};

    fn entry(text: &str) -> Entry {
        let head = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent\n";
        let plan = import::read(&format!("{head}1\t축\t1\t영역\t과제\t1\t행안부\t{text}"));
        plan.entries.into_iter().next().unwrap()
    }

    #[test]
    fn a_person_reads_what_the_program_read() {
        let found = entry("행안부는 교육부와 협의하여 ’26년 3분기까지 마련한다.");
        assert!(found.is_as_found());
        let reading = Reading {
            responsible: vec!["moe".to_owned()],
            cooperating: vec!["mois".to_owned(), "msit".to_owned()],
            deadlines: vec![given_deadline("by26Q3").unwrap(), given_deadline("from27Q1").unwrap()],
        };
        let read = found.read_by_a_person(reading).unwrap();
        assert_eq!(read.responsible, ["mois", "moe"], "who leads stays first");
        assert_eq!(read.cooperating, ["msit"], "nobody is both");
        assert!(read.checked && !read.is_as_found());
        assert!(read.deadlines[0].end > read.deadlines[0].start, "where the words stand is known");
        assert_eq!((read.deadlines[1].start, read.deadlines[1].end), (0, 0), "the text has no such words");
        let unknown = Reading { responsible: vec!["nobody".to_owned()], ..Reading::default() };
        assert_eq!(found.read_by_a_person(unknown), Err(Refusal::UnknownBody { name: "nobody".to_owned() }));
    }

    #[test]
    fn the_same_text_read_again_by_the_program_changes_no_reading() {
        let found = entry("행안부는 교육부와 협의하여 ’26년 3분기까지 마련한다.");
        let reading = Reading { deadlines: vec![given_deadline("by26Q4").unwrap()], ..Reading::default() };
        let read = found.read_by_a_person(reading).unwrap();
        assert_eq!(*Box::new(found.clone()).keeping_the_reading_of(&read), read);
        let other = entry("행안부는 교육부와 협의하여 ’26년 3분기까지 확정한다.");
        assert_eq!(*Box::new(other.clone()).keeping_the_reading_of(&read), other, "another text is read anew");
        let given = Entry { deadlines: vec![given_deadline("by27Q1").unwrap()], ..found.clone() };
        assert_eq!(*Box::new(given.clone()).keeping_the_reading_of(&read), given, "what somebody gave stands");
        assert_eq!(*Box::new(read.clone()).keeping_the_reading_of(&found), read);
    }
}
