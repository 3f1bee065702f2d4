//! What may be done with a meeting, and when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;

use super::{
    Agenda, AssignmentReport, Ballot, Convened, Item, Meeting, MeetingEvent, MeetingOrder, MeetingRefusal, Proposal,
    Recusal, RecusalGround, Tally, Vote, is_majority, is_quorum,
};
use crate::domain::{
    bodies,
    book::LONGEST_LABEL,
    evidence::{Evidence, check_evidence_list},
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Most items of an agenda.
const MOST_ITEMS: usize = 50;

type Decision = Result<Vec<MeetingEvent>, Refusal>;

impl Aggregate for Meeting {
    const KIND: &'static str = "meeting";
    type Command = MeetingOrder;
    type Event = MeetingEvent;
    type Refusal = Refusal;

    fn decide(&self, order: MeetingOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            MeetingOrder::Convene(convened, by) => self.convene(convened, by),
            MeetingOrder::Add(agenda, by) => self.add(agenda, by),
            MeetingOrder::Remove(item, by) => self.remove(item, by),
            MeetingOrder::Invite(by) => self.invite(by, today),
            MeetingOrder::Attend(present, by) => self.attend(present, by, today),
            MeetingOrder::Recuse(item, recusal, by) => self.recuse(item, recusal, by),
            MeetingOrder::OpenVote(item, by) => self.open_vote(item, by),
            MeetingOrder::Cast(item, seat, ballot) => self.cast(item, seat, ballot),
            MeetingOrder::Vote(item, ballots, by) => self.vote(item, ballots, by),
            MeetingOrder::Defer(item, reason, by) => self.defer(item, reason, by),
            MeetingOrder::CarryOut(item, became, by) => self.carry_out(item, became, by),
            MeetingOrder::Close(remarks, by) => self.close(remarks, by),
            MeetingOrder::Approve(by) => self.approve(by, today),
            MeetingOrder::ReportAssignment(item, text, evidence, by) => {
                self.report_assignment(item, text, evidence, by, today)
            }
            MeetingOrder::CloseAssignment(item, note, by) => self.close_assignment(item, note, by),
        }
    }

    fn evolve(&mut self, event: &MeetingEvent) {
        self.take_in(event);
    }
}

impl Meeting {
    fn convene(&self, convened: Convened, by: Actor) -> Decision {
        if self.convened.is_some() {
            return Err(Refusal::Exists);
        }
        check_words(&convened.title, ("회의 이름", "title of the meeting"), 100)?;
        check_words(&convened.place, ("장소", "place"), 200)?;
        if convened.members.is_empty() {
            return Err(MeetingRefusal::NoMembers.into());
        }
        Ok(vec![MeetingEvent::MeetingConvened { convened, by }])
    }

    /// What is prepared and not yet sent.
    fn in_preparation(&self) -> Result<&Convened, Refusal> {
        let convened = self.convened.as_ref().ok_or(Refusal::Unknown)?;
        if self.invited.is_some() { Err(MeetingRefusal::AgendaStands.into()) } else { Ok(convened) }
    }

    /// What is open and not yet closed.
    fn in_session(&self) -> Result<(), Refusal> {
        self.convened.as_ref().ok_or(Refusal::Unknown)?;
        if self.closed {
            return Err(MeetingRefusal::Closed.into());
        }
        if self.opened { Ok(()) } else { Err(MeetingRefusal::NotOpen.into()) }
    }

    fn known(&self, item: usize) -> Result<&Item, Refusal> {
        self.item(item).ok_or(Refusal::Unknown)
    }

    /// An item on which the council may still vote.
    fn to_be_voted(&self, item: usize) -> Result<&Item, Refusal> {
        let known = self.known(item)?;
        if !known.agenda.proposal.needs_vote() {
            return Err(MeetingRefusal::NoVoteNeeded.into());
        }
        if known.is_open() { Ok(known) } else { Err(MeetingRefusal::DecidedAlready.into()) }
    }

    fn add(&self, agenda: Agenda, by: Actor) -> Decision {
        self.in_preparation()?;
        if self.items.len() >= MOST_ITEMS {
            return Err(MeetingRefusal::TooManyItems.into());
        }
        check_agenda(&agenda)?;
        Ok(vec![MeetingEvent::ItemAdded { agenda, by }])
    }

    fn remove(&self, item: usize, by: Actor) -> Decision {
        self.in_preparation()?;
        self.known(item)?;
        Ok(vec![MeetingEvent::ItemRemoved { item, by }])
    }

    fn invite(&self, by: Actor, today: Date) -> Decision {
        let convened = self.in_preparation()?;
        if self.items.is_empty() {
            return Err(MeetingRefusal::NoAgenda.into());
        }
        if convened.at.date() < today {
            return Err(MeetingRefusal::DayPassed { on: convened.at.date() }.into());
        }
        Ok(vec![MeetingEvent::InvitationSent { on: today, by }])
    }

    fn attend(&self, present: BTreeSet<String>, by: Actor, today: Date) -> Decision {
        let convened = self.convened.as_ref().ok_or(Refusal::Unknown)?;
        if self.closed {
            return Err(MeetingRefusal::Closed.into());
        }
        if self.invited.is_none() {
            return Err(MeetingRefusal::NotInvited.into());
        }
        if today < convened.at.date() {
            return Err(MeetingRefusal::TooEarly { on: convened.at.date() }.into());
        }
        self.check_seats(present.iter())?;
        if self.opened {
            return Ok(if present == self.present {
                Vec::new()
            } else {
                vec![MeetingEvent::AttendanceChanged { present, by }]
            });
        }
        self.check_quorum(present.len())?;
        Ok(vec![MeetingEvent::MeetingOpened { present, by }])
    }

    fn check_seats<'a>(&self, mut seats: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
        let stranger = seats.find(|seat| !self.members().iter().any(|member| member.id == **seat));
        stranger.map_or(Ok(()), |seat| Err(MeetingRefusal::NoMember { seat: seat.clone() }.into()))
    }

    fn check_quorum(&self, present: usize) -> Result<(), Refusal> {
        let members = self.members().len();
        if is_quorum(present, members) { Ok(()) } else { Err(MeetingRefusal::NoQuorum { present, members }.into()) }
    }

    fn recuse(&self, item: usize, recusal: Recusal, by: Actor) -> Decision {
        self.in_session()?;
        let known = self.to_be_voted(item)?;
        self.check_seats(std::iter::once(&recusal.seat))?;
        check_words(&recusal.reason, ("사유", "reason"), LONGEST_NOTE)?;
        if known.recusals.contains_key(&recusal.seat) {
            return Err(Refusal::Exists);
        }
        if recusal.ground == RecusalGround::Challenge {
            // The member who is challenged does not vote on it.
            let others = self.voters(known).iter().filter(|seat| seat.id != recusal.seat).count();
            if recusal.in_favour > others || !is_majority(recusal.in_favour, others) {
                return Err(MeetingRefusal::ChallengeFailed { in_favour: recusal.in_favour, others }.into());
            }
        }
        Ok(vec![MeetingEvent::MemberRecused { item, recusal, by }])
    }

    fn open_vote(&self, item: usize, by: Actor) -> Decision {
        self.in_session()?;
        let known = self.to_be_voted(item)?;
        self.check_quorum(self.present.len())?;
        Ok(if known.voting { Vec::new() } else { vec![MeetingEvent::VoteOpened { item, by }] })
    }

    fn cast(&self, item: usize, seat: String, ballot: Ballot) -> Decision {
        self.in_session()?;
        let known = self.to_be_voted(item)?;
        if !known.voting {
            return Err(MeetingRefusal::VoteNotOpened.into());
        }
        self.check_voter(known, &seat)?;
        if known.cast.get(&seat) == Some(&ballot) {
            return Ok(Vec::new());
        }
        Ok(vec![MeetingEvent::BallotCast { item, seat, ballot }])
    }

    /// Only who is present and takes part in the item votes on it.
    fn check_voter(&self, item: &Item, id: &str) -> Result<(), Refusal> {
        let seat = id.to_owned();
        let refusal = if !self.members().iter().any(|member| member.id == id) {
            MeetingRefusal::NoMember { seat }
        } else if item.recusals.contains_key(id) {
            MeetingRefusal::Recused { seat }
        } else if !self.present.contains(id) {
            MeetingRefusal::NotPresent { seat }
        } else {
            return Ok(());
        };
        Err(refusal.into())
    }

    fn vote(&self, item: usize, mut ballots: BTreeMap<String, Ballot>, by: Actor) -> Decision {
        self.in_session()?;
        let known = self.to_be_voted(item)?;
        self.check_quorum(self.present.len())?;
        ballots.keys().try_for_each(|seat| self.check_voter(known, seat))?;
        let own = self.own_ballots(known);
        // Nobody votes for who voted.
        if let Some(seat) = ballots.keys().find(|seat| own.contains_key(*seat)) {
            return Err(MeetingRefusal::VotedAlready { seat: seat.clone() }.into());
        }
        let own_seats = own.keys().cloned().collect();
        ballots.extend(own);
        let voters = self.voters(known);
        if let Some(missing) = voters.iter().find(|seat| !ballots.contains_key(&seat.id)) {
            return Err(MeetingRefusal::BallotMissing { seat: missing.title.clone() }.into());
        }
        let tally = self.tally(&ballots, voters.len());
        let title = known.agenda.title.clone();
        Ok(vec![MeetingEvent::ItemVoted { item, title, vote: Vote { ballots, own: own_seats, tally }, by }])
    }

    fn tally(&self, ballots: &BTreeMap<String, Ballot>, voters: usize) -> Tally {
        let count = |wanted: Ballot| ballots.values().filter(|ballot| **ballot == wanted).count();
        let in_favour = count(Ballot::For);
        Tally {
            members: self.members().len(),
            present: self.present.len(),
            recused: self.present.len().saturating_sub(voters),
            in_favour,
            against: count(Ballot::Against),
            abstained: count(Ballot::Abstain),
            passed: is_majority(in_favour, voters),
        }
    }

    fn defer(&self, item: usize, reason: String, by: Actor) -> Decision {
        self.in_session()?;
        self.to_be_voted(item)?;
        check_words(&reason, ("미루는 사유", "reason for putting it off"), LONGEST_NOTE)?;
        Ok(vec![MeetingEvent::ItemDeferred { item, reason, by }])
    }

    fn carry_out(&self, item: usize, became: String, by: Actor) -> Decision {
        let known = self.known(item)?;
        if known.became.is_some() {
            return Ok(Vec::new());
        }
        if !known.waits_to_be_carried_out() {
            return Err(MeetingRefusal::NotPassed.into());
        }
        Ok(vec![MeetingEvent::ResolutionCarriedOut { item, became, by }])
    }

    fn close(&self, remarks: Vec<String>, by: Actor) -> Decision {
        self.in_session()?;
        if let Some(at) = self.items.iter().position(Item::is_open) {
            return Err(MeetingRefusal::ItemOpen { item: at.saturating_add(1) }.into());
        }
        if remarks.len() > self.items.len() {
            return Err(Refusal::Unknown);
        }
        if remarks.iter().any(|remark| remark.chars().count() > LONGEST_NOTE * 4) {
            return Err(Refusal::TooLong { limit: LONGEST_NOTE * 4 });
        }
        Ok(vec![MeetingEvent::MeetingClosed { remarks, by }])
    }

    fn approve(&self, by: Actor, today: Date) -> Decision {
        if !self.closed {
            return Err(MeetingRefusal::NotClosed.into());
        }
        if self.approved.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![MeetingEvent::MinutesApproved { on: today, by }])
    }

    fn assignment(&self, item: usize) -> Result<&Item, Refusal> {
        let known = self.known(item)?;
        known.assigned().ok_or(MeetingRefusal::NotPassed)?;
        if known.assignment.closed.is_some() { Err(MeetingRefusal::AssignmentDone.into()) } else { Ok(known) }
    }

    fn report_assignment(&self, item: usize, text: String, evidence: Vec<Evidence>, by: Actor, on: Date) -> Decision {
        self.assignment(item)?;
        check_words(&text, ("이행한 내용", "what was done"), LONGEST_NOTE)?;
        check_evidence_list(&evidence)?;
        Ok(vec![MeetingEvent::AssignmentReported { item, report: AssignmentReport { text, evidence, on }, by }])
    }

    fn close_assignment(&self, item: usize, note: String, by: Actor) -> Decision {
        if self.assignment(item)?.assignment.report.is_none() {
            return Err(Refusal::NotReportedDone);
        }
        check_words(&note, ("확인한 내용", "what was looked at"), LONGEST_NOTE)?;
        Ok(vec![MeetingEvent::AssignmentClosed { item, note, by }])
    }
}

fn check_agenda(agenda: &Agenda) -> Result<(), Refusal> {
    check_words(&agenda.title, ("안건 이름", "title of the item"), 200)?;
    check_words(&agenda.text, ("안건 내용", "text of the item"), LONGEST_NOTE * 4)?;
    check_evidence_list(&agenda.papers)?;
    if let Some(long) = agenda.parties.iter().find(|party| party.chars().count() > 100) {
        return Err(Refusal::TooLong { limit: 100.min(long.len()) });
    }
    match &agenda.proposal {
        Proposal::Assign { body, .. } | Proposal::Advise { body } if bodies::body(body).is_none() => {
            Err(Refusal::UnknownBody { name: body.clone() })
        }
        Proposal::Amend { text, deadlines, .. } if text.trim().is_empty() && deadlines.is_empty() => {
            Err(Refusal::Empty { ko: "바꿀 내용", en: "change" })
        }
        Proposal::Version { label, leaves_out } => {
            check_words(label, ("판 이름", "name of the version"), LONGEST_LABEL)?;
            if leaves_out.is_empty() {
                return Err(Refusal::Empty { ko: "뺄 권고", en: "recommendation to be left out" });
            }
            Ok(())
        }
        Proposal::Extend { advice } => check_words(advice, ("권고", "recommendation"), 100),
        _ => Ok(()),
    }
}
