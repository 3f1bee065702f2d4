//! What happens with a briefing, and what is refused.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};

use super::{
    Briefing, BriefingEvent, BriefingRefusal, DAYS_FOR_QUESTIONS, Decision, LONGEST_QUESTION, MOST_ORGANISATIONS,
    MOST_PEOPLE, MOST_QUESTIONS, Notice, folded,
};
use crate::domain::{
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// A name as it is kept: one blank between words.
fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Briefing {
    fn announced(&self) -> Result<&Notice, Refusal> {
        let notice = self.notice.as_ref().ok_or(Refusal::Unknown)?;
        if self.cancelled.is_empty() { Ok(notice) } else { Err(BriefingRefusal::Cancelled.into()) }
    }

    pub(super) fn announce(&self, briefing: Notice, by: Actor, now: DateTime) -> Decision {
        if self.notice.is_some() {
            return Err(Refusal::Exists);
        }
        check_words(&briefing.title, ("이름", "name"), 200)?;
        check_words(&briefing.text, ("설명", "explanation"), LONGEST_NOTE)?;
        check_words(&briefing.place, ("장소", "place"), 300)?;
        if briefing.at <= now {
            return Err(BriefingRefusal::NotAhead.into());
        }
        if !(1..=100_000).contains(&briefing.seats) {
            return Err(BriefingRefusal::Seats.into());
        }
        Ok(vec![BriefingEvent::BriefingAnnounced { briefing, by }])
    }

    pub(super) fn invite(&self, names: Vec<String>, by: Actor) -> Decision {
        self.announced()?;
        let mut organisations: Vec<String> = Vec::new();
        for name in names {
            let name = tidy(&name);
            check_words(&name, ("단체 이름", "organisation"), 200)?;
            let invited = self.called(&name).is_some_and(|known| self.guests[known].invited);
            let twice = organisations.iter().any(|before| folded(before) == folded(&name));
            if !invited && !twice {
                organisations.push(self.called(&name).map_or(name, str::to_owned));
            }
        }
        if self.guests.len() + organisations.len() > MOST_ORGANISATIONS {
            return Err(BriefingRefusal::TooMany { most: MOST_ORGANISATIONS }.into());
        }
        if organisations.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![BriefingEvent::OrganisationsInvited { organisations, by }])
    }

    pub(super) fn register(&self, organisation: &str, people: u32, now: DateTime) -> Decision {
        let notice = self.announced()?;
        let organisation = tidy(organisation);
        check_words(&organisation, ("단체 이름", "organisation"), 200)?;
        if now >= notice.at {
            return Err(BriefingRefusal::Begun.into());
        }
        if people > MOST_PEOPLE {
            return Err(BriefingRefusal::People { most: MOST_PEOPLE }.into());
        }
        let known = self.called(&organisation);
        let before = known.and_then(|known| self.guests[known].announced);
        if before == Some(people) {
            return Ok(Vec::new());
        }
        // Anybody can write any organisation's name: what one said is not taken back by the next.
        if before.is_some() {
            return Err(BriefingRefusal::RegisteredAlready.into());
        }
        if people > self.free() {
            return Err(BriefingRefusal::Full { free: self.free() }.into());
        }
        if known.is_none() && self.guests.len() >= MOST_ORGANISATIONS {
            return Err(BriefingRefusal::TooMany { most: MOST_ORGANISATIONS }.into());
        }
        let organisation = known.map_or(organisation, str::to_owned);
        Ok(vec![BriefingEvent::OrganisationRegistered { organisation, people }])
    }

    pub(super) fn ask(&self, organisation: String, text: String, spoken: bool, today: Date) -> Decision {
        let notice = self.announced()?;
        check_words(&text, ("질문", "question"), LONGEST_QUESTION)?;
        if organisation.chars().count() > 200 {
            return Err(Refusal::TooLong { limit: 200 });
        }
        let until = notice.at.date().saturating_add(DAYS_FOR_QUESTIONS.days());
        if today > until {
            return Err(BriefingRefusal::QuestionsOver { until }.into());
        }
        if self.questions.iter().any(|known| known.text == text && known.organisation == organisation) {
            return Ok(Vec::new());
        }
        if self.questions.len() >= MOST_QUESTIONS {
            return Err(BriefingRefusal::TooMany { most: MOST_QUESTIONS }.into());
        }
        Ok(vec![BriefingEvent::BriefingAsked { organisation, text, spoken }])
    }

    pub(super) fn answer(&self, number: usize, text: String, by: Actor) -> Decision {
        self.announced()?;
        let known = self.questions.iter().find(|question| question.number == number).ok_or(Refusal::Unknown)?;
        check_words(&text, ("답변", "answer"), LONGEST_NOTE)?;
        if known.answer == text {
            return Ok(Vec::new());
        }
        Ok(vec![BriefingEvent::BriefingAnswered { number, text, by }])
    }

    pub(super) fn record(&self, came: BTreeMap<String, u32>, summary: String, by: Actor, now: DateTime) -> Decision {
        let notice = self.announced()?;
        if now < notice.at {
            return Err(BriefingRefusal::NotBegun { on: notice.at.date() }.into());
        }
        check_words(&summary, ("설명회에서 오간 말", "what was said"), LONGEST_NOTE)?;
        let mut named = BTreeMap::new();
        for (name, people) in came {
            if people > MOST_PEOPLE {
                return Err(BriefingRefusal::People { most: MOST_PEOPLE }.into());
            }
            let name = tidy(&name);
            check_words(&name, ("단체 이름", "organisation"), 200)?;
            let known = self.called(&name).map(str::to_owned);
            named.insert(known.unwrap_or(name), people);
        }
        let new = named.keys().filter(|name| !self.guests.contains_key(*name)).count();
        if self.guests.len() + new > MOST_ORGANISATIONS {
            return Err(BriefingRefusal::TooMany { most: MOST_ORGANISATIONS }.into());
        }
        Ok(vec![BriefingEvent::BriefingRecorded { came: named, summary, by }])
    }

    pub(super) fn cancel(&self, reason: String, by: Actor, now: DateTime) -> Decision {
        let notice = self.announced()?;
        if now >= notice.at {
            return Err(BriefingRefusal::Begun.into());
        }
        check_words(&reason, ("취소하는 이유", "reason"), LONGEST_NOTE)?;
        Ok(vec![BriefingEvent::BriefingCancelled { reason, by }])
    }
}
