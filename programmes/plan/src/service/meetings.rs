//! What the committee decides in its meetings, and what its resolutions become.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use maru_identity::Resource;
use maru_ledger::Personal;

use super::{Caller, ImportNote, PlanService, ServiceError};
use crate::{
    domain::{
        Advice, Basis, Council, Evidence, Meeting, Order, Recommendation,
        advice::{AdviceOrder, Given},
        council::{CouncilKind, CouncilOrder, Seat},
        meeting::{Agenda, Ballot, Convened, Item, MeetingOrder, Proposal, Recusal},
    },
    store::Named,
};

/// When and where a council is to meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Convening {
    /// The council.
    pub council: String,
    /// The title of the meeting.
    pub title: String,
    /// When, in Korea.
    pub at: DateTime,
    /// Where.
    pub place: String,
}

/// Something that a council told a body to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The meeting.
    pub meeting: String,
    /// The number of the item.
    pub number: usize,
    /// The body.
    pub body: String,
    /// Until when.
    pub due: Date,
    /// How the resolution is quoted.
    pub reference: String,
    /// The item.
    pub item: Item,
}

impl PlanService {
    /// Founds a council.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where it exists.
    pub async fn found_council(
        &self,
        caller: &Caller,
        id: &str,
        kind: CouncilKind,
        (name, name_en): (String, String),
    ) -> Result<Council, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        self.order(caller, id, CouncilOrder::Found { kind, name, name_en, by }).await
    }

    /// Seats a member; the name is sealed.
    ///
    /// # Errors
    /// As [`Self::found_council`].
    pub async fn seat_member(
        &self,
        caller: &Caller,
        council: &str,
        seat: Seat,
        name: &str,
    ) -> Result<Council, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        let holder = Personal::new(format!("council-{council}-seat-{}", seat.id), name.trim());
        self.order(caller, council, CouncilOrder::Seat { seat, holder, by }).await
    }

    /// A member leaves.
    ///
    /// # Errors
    /// As [`Self::found_council`].
    pub async fn vacate_seat(&self, caller: &Caller, council: &str, seat: String) -> Result<Council, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        self.order(caller, council, CouncilOrder::Vacate { seat, by }).await
    }

    /// The names of the members of a council, by seats: for the committee alone, nothing for others.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn holders(&self, caller: &Caller, council: &str) -> Result<BTreeMap<String, String>, ServiceError> {
        if !self.may(caller, "run-meetings", &Self::committee()) {
            return Ok(BTreeMap::new());
        }
        Ok(self.inner.store.holders(council).await?)
    }

    /// Convenes a meeting of the members of today; gives its identifier.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where there are no members.
    pub async fn convene(&self, caller: &Caller, convening: Convening) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        let council = self.inner.store.council(&convening.council).await?.ok_or(ServiceError::NotFound)?.state;
        let convened = Convened {
            council: convening.council,
            council_name: council.name,
            council_name_en: council.name_en,
            title: convening.title.trim().to_owned(),
            at: convening.at,
            place: convening.place.trim().to_owned(),
            members: council.seats.into_values().collect(),
        };
        let id = self.draw();
        drop(self.order::<Meeting>(caller, &id, MeetingOrder::Convene(convened, by)).await?);
        Ok(id)
    }

    /// A meeting; before its invitation went out it is seen by the committee alone.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none for this caller.
    pub async fn meeting(&self, caller: &Caller, id: &str) -> Result<Named<Meeting>, ServiceError> {
        let found = self.inner.store.meeting(id).await?.ok_or(ServiceError::NotFound)?;
        let shown = found.state.invited.is_some() || self.may(caller, "run-meetings", &Self::committee());
        if shown { Ok(found) } else { Err(ServiceError::NotFound) }
    }

    /// The meetings that the caller may see, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn meetings(&self, caller: &Caller) -> Result<Vec<Named<Meeting>>, ServiceError> {
        let all = self.may(caller, "run-meetings", &Self::committee());
        let mut meetings = self.inner.store.meetings().await?;
        meetings.retain(|named| all || named.state.invited.is_some());
        meetings.sort_by_key(|named| std::cmp::Reverse(named.state.convened.as_ref().map(|one| one.at)));
        Ok(meetings)
    }

    async fn meeting_order(
        &self,
        caller: &Caller,
        id: &str,
        order: impl FnOnce(crate::domain::Actor) -> MeetingOrder,
    ) -> Result<Meeting, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        self.order(caller, id, order(by)).await
    }

    /// Puts something on the agenda.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] after the invitation.
    pub async fn add_item(&self, caller: &Caller, id: &str, agenda: Agenda) -> Result<Meeting, ServiceError> {
        if let Proposal::Amend { number, .. } = &agenda.proposal {
            self.in_plan(*number).await?;
        }
        if let Proposal::Version { label, leaves_out } = &agenda.proposal {
            self.check_version(label, leaves_out).await?;
        }
        if let Proposal::Extend { advice } = &agenda.proposal {
            self.inner.store.advice(advice).await?.ok_or(ServiceError::NotFound)?;
        }
        self.meeting_order(caller, id, |by| MeetingOrder::Add(agenda, by)).await
    }

    /// Takes an item off the agenda.
    ///
    /// # Errors
    /// As [`Self::add_item`].
    pub async fn remove_item(&self, caller: &Caller, id: &str, item: usize) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, |by| MeetingOrder::Remove(item, by)).await
    }

    /// Sends the invitation: agenda and papers are public from then on.
    ///
    /// # Errors
    /// As [`Self::add_item`].
    pub async fn invite(&self, caller: &Caller, id: &str) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, MeetingOrder::Invite).await
    }

    /// Opens the meeting with these present, or says who is present now.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where not more than half of the members are present.
    pub async fn attend(&self, caller: &Caller, id: &str, present: BTreeSet<String>) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, |by| MeetingOrder::Attend(present, by)).await
    }

    /// A member takes no part in an item.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] after the vote, or where a challenge found no majority.
    pub async fn recuse(
        &self,
        caller: &Caller,
        id: &str,
        item: usize,
        recusal: Recusal,
    ) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, |by| MeetingOrder::Recuse(item, recusal, by)).await
    }

    /// Records the votes on an item; what passed is carried out at once where it can be.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] without quorum, for recused members, for missing ballots.
    pub async fn vote(
        &self,
        caller: &Caller,
        id: &str,
        item: usize,
        ballots: BTreeMap<String, Ballot>,
    ) -> Result<Meeting, ServiceError> {
        let voted = self.meeting_order(caller, id, |by| MeetingOrder::Vote(item, ballots, by)).await?;
        if !voted.item(item).is_some_and(Item::waits_to_be_carried_out) {
            return Ok(voted);
        }
        match self.carry_out(caller, id, item).await {
            Ok(meeting) => Ok(meeting),
            Err(error) => {
                // The vote stands; the page offers to carry it out again.
                tracing::warn!(%error, meeting = id, item, "a resolution could not be carried out at once");
                Ok(voted)
            }
        }
    }

    /// Puts an item off.
    ///
    /// # Errors
    /// As [`Self::vote`].
    pub async fn defer(&self, caller: &Caller, id: &str, item: usize, reason: String) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, |by| MeetingOrder::Defer(item, reason, by)).await
    }

    /// Does what a resolution says: recommends, changes the plan, takes in a version, decides on an extension. Done twice, it does nothing more.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where it did not pass, or what it says cannot be done.
    pub async fn carry_out(&self, caller: &Caller, id: &str, number: usize) -> Result<Meeting, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        let meeting = self.inner.store.meeting(id).await?.ok_or(ServiceError::NotFound)?.state;
        let item = meeting.item(number).ok_or(ServiceError::NotFound)?;
        let became = if item.waits_to_be_carried_out() {
            self.follow(caller, id, number, &meeting, item).await?
        } else {
            String::new()
        };
        self.order(caller, id, MeetingOrder::CarryOut(number, became, by)).await
    }

    /// The order that a resolution calls for; gives what it became.
    async fn follow(
        &self,
        caller: &Caller,
        id: &str,
        number: usize,
        meeting: &Meeting,
        item: &Item,
    ) -> Result<String, ServiceError> {
        let reference = meeting.reference(number);
        // The key by which a form's repetition is recognised belongs to the vote, not to what follows.
        let caller = &Caller::new(caller.principal.clone(), caller.now);
        match &item.agenda.proposal {
            Proposal::Advise { body } => {
                let advice = format!("{id}-{number}");
                if self.inner.store.advice(&advice).await?.is_none() {
                    let given = Given {
                        body: body.clone(),
                        title: item.agenda.title.clone(),
                        text: item.agenda.text.clone(),
                        meeting: reference,
                        received: caller.today(),
                    };
                    let order = AdviceOrder::Give(given, self.calendar(caller.now).await?);
                    drop(self.order::<Advice>(caller, &advice, order).await?);
                }
                Ok(advice)
            }
            Proposal::Amend { number, text, deadlines } => {
                let known = self.in_plan(*number).await?;
                let entry = known.entry.as_ref().ok_or(ServiceError::NotFound)?.rewritten(text, deadlines);
                let order = Order::Enter {
                    entry: Box::new(entry),
                    version: known.version.clone(),
                    basis: Basis::Resolution { reference },
                    reason: item.agenda.title.clone(),
                };
                drop(self.order::<Recommendation>(caller, &number.to_string(), order).await?);
                Ok(number.to_string())
            }
            Proposal::Version { label, leaves_out } => {
                let note = ImportNote {
                    label: label.clone(),
                    decided: caller.today(),
                    basis: Basis::Resolution { reference },
                    reason: item.agenda.title.clone(),
                    whole: true,
                };
                self.adopt_version(caller, leaves_out, &note).await?;
                Ok(label.clone())
            }
            Proposal::Extend { advice } => {
                let known = self.inner.store.advice(advice).await?.ok_or(ServiceError::NotFound)?;
                // Where somebody decided it meanwhile, that stands.
                if known.state.asked.is_some() {
                    let (by, calendar) = (caller.acting()?, self.calendar(caller.now).await?);
                    let order = AdviceOrder::DecideExtension { granted: item.passed(), calendar, by };
                    drop(self.order::<Advice>(caller, advice, order).await?);
                }
                Ok(advice.clone())
            }
            Proposal::Report | Proposal::Resolve | Proposal::Assign { .. } => Ok(String::new()),
        }
    }

    /// Closes the meeting with what was said on each item.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] while an item is neither decided nor put off.
    pub async fn close_meeting(
        &self,
        caller: &Caller,
        id: &str,
        remarks: Vec<String>,
    ) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, |by| MeetingOrder::Close(remarks, by)).await
    }

    /// Approves the minutes: nothing of the meeting changes any more.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before it was closed.
    pub async fn approve_minutes(&self, caller: &Caller, id: &str) -> Result<Meeting, ServiceError> {
        self.meeting_order(caller, id, MeetingOrder::Approve).await
    }

    /// What councils told bodies to do, those that are not closed first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn assignments(&self) -> Result<Vec<Assigned>, ServiceError> {
        let mut assigned = Vec::new();
        for named in self.inner.store.meetings().await? {
            for (item, number) in named.state.items.iter().zip(1..) {
                let Some((body, due)) = item.assigned() else { continue };
                assigned.push(Assigned {
                    meeting: named.id.clone(),
                    number,
                    body: body.to_owned(),
                    due,
                    reference: named.state.reference(number),
                    item: item.clone(),
                });
            }
        }
        assigned.sort_by_key(|one| (one.item.assignment.closed.is_some(), one.due));
        Ok(assigned)
    }

    /// Reports what a council told the caller's body to do.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other bodies; [`ServiceError::Refused`] where it is closed.
    pub async fn report_assignment(
        &self,
        caller: &Caller,
        id: &str,
        item: usize,
        text: String,
        evidence: Vec<Evidence>,
    ) -> Result<Meeting, ServiceError> {
        let meeting = self.inner.store.meeting(id).await?.ok_or(ServiceError::NotFound)?.state;
        let known = meeting.item(item).ok_or(ServiceError::NotFound)?;
        let (body, _) = known.assigned().ok_or(ServiceError::NotFound)?;
        self.permit(caller, "report-progress", &Resource::new("plan", id).in_department(body))?;
        let by = caller.acting()?;
        self.order(caller, id, MeetingOrder::ReportAssignment(item, text, evidence, by)).await
    }

    /// Closes what a body was told to do.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before it was reported.
    pub async fn close_assignment(
        &self,
        caller: &Caller,
        id: &str,
        item: usize,
        note: String,
    ) -> Result<Meeting, ServiceError> {
        let by = self.deciding(caller, "confirm-progress")?;
        self.order(caller, id, MeetingOrder::CloseAssignment(item, note, by)).await
    }
}
