//! What a meeting is after something happened.

use super::{Item, Meeting, MeetingEvent};

impl Meeting {
    /// Takes in what happened.
    pub(super) fn take_in(&mut self, event: &MeetingEvent) {
        match event {
            MeetingEvent::MeetingConvened { convened, .. } => self.convened = Some(convened.clone()),
            MeetingEvent::ItemAdded { agenda, .. } => self.items.push(Item::new(agenda.clone())),
            MeetingEvent::ItemRemoved { item, .. } => {
                let place = item.saturating_sub(1);
                if place < self.items.len() {
                    drop(self.items.remove(place));
                }
            }
            MeetingEvent::InvitationSent { on, .. } => self.invited = Some(*on),
            MeetingEvent::MeetingOpened { present, .. } => {
                self.opened = true;
                self.present.clone_from(present);
            }
            MeetingEvent::AttendanceChanged { present, .. } => self.present.clone_from(present),
            MeetingEvent::MeetingClosed { remarks, .. } => {
                self.closed = true;
                for (item, remark) in self.items.iter_mut().zip(remarks) {
                    item.remarks.clone_from(remark);
                }
            }
            MeetingEvent::MinutesApproved { on, .. } => self.approved = Some(*on),
            other => self.take_in_of_item(other),
        }
    }

    fn take_in_of_item(&mut self, event: &MeetingEvent) {
        let number = match event {
            MeetingEvent::MemberRecused { item, .. }
            | MeetingEvent::VoteOpened { item, .. }
            | MeetingEvent::BallotCast { item, .. }
            | MeetingEvent::ItemVoted { item, .. }
            | MeetingEvent::ItemDeferred { item, .. }
            | MeetingEvent::ResolutionCarriedOut { item, .. }
            | MeetingEvent::AssignmentReported { item, .. }
            | MeetingEvent::AssignmentClosed { item, .. } => *item,
            _ => return,
        };
        let Some(item) = number.checked_sub(1).and_then(|place| self.items.get_mut(place)) else { return };
        match event {
            MeetingEvent::VoteOpened { .. } => item.voting = true,
            MeetingEvent::BallotCast { seat, ballot, .. } => {
                item.cast.insert(seat.clone(), *ballot);
            }
            MeetingEvent::MemberRecused { recusal, .. } => {
                item.cast.remove(&recusal.seat);
                item.recusals.insert(recusal.seat.clone(), recusal.clone());
            }
            MeetingEvent::ItemVoted { vote, .. } => {
                item.vote = Some(vote.clone());
                item.end_vote();
            }
            MeetingEvent::ItemDeferred { reason, .. } => {
                item.deferred.clone_from(reason);
                item.end_vote();
            }
            MeetingEvent::ResolutionCarriedOut { became, .. } => item.became = Some(became.clone()),
            MeetingEvent::AssignmentReported { report, .. } => item.assignment.report = Some(report.clone()),
            MeetingEvent::AssignmentClosed { note, .. } => item.assignment.closed = Some(note.clone()),
            _ => {}
        }
    }
}

impl Item {
    fn end_vote(&mut self) {
        self.voting = false;
        self.cast.clear();
    }
}
