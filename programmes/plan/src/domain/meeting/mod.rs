//! A meeting of the committee or a subcommittee: agenda, invitation, quorum, recusal, votes, minutes, and what a resolution
//! becomes.
//!
//! | rule | source |
//! |---|---|
//! | it opens when more than half of the members are present | 인공지능기본법 제7조⑪ |
//! | a resolution passes when more than half of the members present vote for it | 제7조⑪ |
//! | who is concerned, or whose family is, takes no part in that item | 제9조① |
//! | a party may challenge a member; the committee decides by a vote | 제9조② |
//! | who is concerned withdraws | 제9조③ |
//! | members who attend vote by themselves, or the secretariat puts in how they voted; nobody votes once it is recorded | – |
//! | minutes hold time, place, who attended, agenda, what was decided and how the votes fell | 공공기록물법 시행령 제18조② |

mod decide;
mod evolve;
mod refusals;
mod voting;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

pub use refusals::MeetingRefusal;
pub use voting::{Ballot, Recusal, RecusalGround, Tally, Vote};

use super::{council::Seat, entry::Number, evidence::Evidence, extract::Deadline, recommendation::Actor};

/// Where and when a council meets, and who its members are then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convened {
    /// The identifier of the council.
    pub council: String,
    /// Its name in Korean.
    pub council_name: String,
    /// Its name in English.
    pub council_name_en: String,
    /// The title of the meeting («제9차 회의»).
    pub title: String,
    /// When, in Korea.
    pub at: DateTime,
    /// Where.
    pub place: String,
    /// The members on the day on which it was convened: quorum is counted among them.
    pub members: Vec<Seat>,
}

/// What an item asks the council for, and what becomes of it when it passes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Proposal {
    /// To hear it: no vote.
    Report,
    /// To resolve it: nothing more follows by itself.
    Resolve,
    /// A body does something until a day.
    Assign {
        /// The body.
        body: String,
        /// Until when.
        #[schema(value_type = String, format = Date)]
        due: Date,
    },
    /// A recommendation or opinion to an agency (법 제8조②): its three months begin.
    Advise {
        /// The agency.
        body: String,
    },
    /// The plan is changed (법 제6조①).
    Amend {
        /// Which recommendation.
        #[schema(value_type = String, example = "58-1")]
        number: Number,
        /// Its new text; empty where it stays.
        text: String,
        /// Its new deadlines; none where they stay.
        deadlines: Vec<Deadline>,
    },
    /// A new version of the plan leaves recommendations out (법 제6조①); the rest stays as it stands then.
    Version {
        /// The name of the version.
        label: String,
        /// What it leaves out.
        #[schema(value_type = Vec<String>, example = json!(["58-1", "58-2"]))]
        leaves_out: Vec<Number>,
    },
    /// An agency asked for more time to answer a recommendation (시행령 제7조②).
    Extend {
        /// Which recommendation to an agency.
        advice: String,
    },
}

impl Proposal {
    /// Whether the council votes on it.
    pub fn needs_vote(&self) -> bool {
        !matches!(self, Self::Report)
    }
}

/// What stands on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agenda {
    /// Its title.
    pub title: String,
    /// What is to be decided or heard.
    pub text: String,
    /// The papers.
    pub papers: Vec<Evidence>,
    /// Bodies, companies and associations that are parties to it: whoever belongs to one is asked to withdraw.
    pub parties: Vec<String>,
    /// What is asked for.
    pub proposal: Proposal,
}

/// What a body was told to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// What the body reported last.
    pub report: Option<AssignmentReport>,
    /// What was looked at when it was closed.
    pub closed: Option<String>,
}

/// What a body reports of what it was told to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AssignmentReport {
    /// What was done.
    pub text: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// An item of the agenda with what happened to it. Its number is its place, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What stands on the agenda.
    pub agenda: Agenda,
    /// Who takes no part, by seats.
    pub recusals: BTreeMap<String, Recusal>,
    /// Whether members vote by themselves now.
    #[serde(default)]
    pub voting: bool,
    /// What members have voted by themselves so far, by seats; each may think again until the vote is recorded.
    #[serde(default)]
    pub cast: BTreeMap<String, Ballot>,
    /// The vote.
    pub vote: Option<Vote>,
    /// Why it was put off to another meeting; empty where it was not.
    pub deferred: String,
    /// What it became: the identifier of the recommendation to an agency, the number of the changed recommendation, the name of the
    /// version.
    pub became: Option<String>,
    /// What a body was told to do by it.
    pub assignment: Assignment,
    /// What was said, for the minutes.
    pub remarks: String,
}

impl Item {
    pub(super) fn new(agenda: Agenda) -> Self {
        Self {
            agenda,
            recusals: BTreeMap::new(),
            voting: false,
            cast: BTreeMap::new(),
            vote: None,
            deferred: String::new(),
            became: None,
            assignment: Assignment::default(),
            remarks: String::new(),
        }
    }

    /// Whether the council passed it.
    pub fn passed(&self) -> bool {
        self.vote.as_ref().is_some_and(|vote| vote.tally.passed)
    }

    /// Whether it still waits for its vote.
    pub fn is_open(&self) -> bool {
        self.agenda.proposal.needs_vote() && self.vote.is_none() && self.deferred.is_empty()
    }

    /// The body that was told to do something by it, and until when.
    pub fn assigned(&self) -> Option<(&str, Date)> {
        match &self.agenda.proposal {
            Proposal::Assign { body, due } if self.passed() => Some((body, *due)),
            _ => None,
        }
    }

    /// Whether it passed, something follows from it, and that was not done yet.
    pub fn waits_to_be_carried_out(&self) -> bool {
        let follows = matches!(
            self.agenda.proposal,
            Proposal::Advise { .. } | Proposal::Amend { .. } | Proposal::Version { .. } | Proposal::Extend { .. }
        );
        // A request for more time is decided by the vote either way.
        let decided = self.passed() || (matches!(self.agenda.proposal, Proposal::Extend { .. }) && self.vote.is_some());
        follows && decided && self.became.is_none()
    }
}

/// The state of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Where and when; nothing before it was convened.
    pub convened: Option<Convened>,
    /// The agenda.
    pub items: Vec<Item>,
    /// The day on which the invitation went out.
    pub invited: Option<Date>,
    /// Whether it was opened.
    pub opened: bool,
    /// Who is present, by seats.
    pub present: BTreeSet<String>,
    /// Whether it was closed.
    pub closed: bool,
    /// The day on which the minutes were approved: then nothing of it changes any more.
    pub approved: Option<Date>,
}

impl Meeting {
    /// The members.
    pub fn members(&self) -> &[Seat] {
        self.convened.as_ref().map_or(&[], |convened| &convened.members)
    }

    /// The item of that number, from 1.
    pub fn item(&self, number: usize) -> Option<&Item> {
        self.items.get(number.checked_sub(1)?)
    }

    /// Who may vote on an item: who is present and not recused.
    pub fn voters(&self, item: &Item) -> Vec<&Seat> {
        let votes = |seat: &&Seat| self.present.contains(&seat.id) && !item.recusals.contains_key(&seat.id);
        self.members().iter().filter(votes).collect()
    }

    /// Of who may vote on an item, those who did by themselves.
    pub fn own_ballots(&self, item: &Item) -> BTreeMap<String, Ballot> {
        let own = self.voters(item).into_iter();
        own.filter_map(|seat| Some((seat.id.clone(), *item.cast.get(&seat.id)?))).collect()
    }

    /// How a resolution is quoted: meeting and item.
    pub fn reference(&self, number: usize) -> String {
        let convened = self.convened.as_ref();
        let (council, title) = convened.map_or(("", ""), |one| (one.council_name.as_str(), one.title.as_str()));
        format!("{council} {title} 제{number}호 안건")
    }
}

/// Whether so many of the members are enough to open (법 제7조⑪: 위원 과반수의 출석).
pub fn is_quorum(present: usize, members: usize) -> bool {
    present * 2 > members
}

/// Whether so many votes pass a resolution (법 제7조⑪: 출석위원 과반수의 찬성). Who is recused is not among those who attend
/// this item: they are excluded from its deliberation and vote (제9조①).
pub fn is_majority(in_favour: usize, attending: usize) -> bool {
    in_favour * 2 > attending
}

/// What may be asked of a meeting.
#[derive(Debug, Clone, PartialEq)]
pub enum MeetingOrder {
    /// Convene it.
    Convene(Convened, Actor),
    /// Put something on the agenda.
    Add(Agenda, Actor),
    /// Take an item off the agenda.
    Remove(usize, Actor),
    /// Send the invitation: the agenda stands from then on.
    Invite(Actor),
    /// Open it with these present, or say who is present now.
    Attend(BTreeSet<String>, Actor),
    /// A member takes no part in an item.
    Recuse(usize, Recusal, Actor),
    /// From now on members vote on an item by themselves.
    OpenVote(usize, Actor),
    /// A member votes.
    Cast(usize, String, Ballot),
    /// The votes on an item: those of members who did not vote by themselves; then it is decided.
    Vote(usize, BTreeMap<String, Ballot>, Actor),
    /// Put an item off.
    Defer(usize, String, Actor),
    /// What a resolution became.
    CarryOut(usize, String, Actor),
    /// Close it with what was said on each item.
    Close(Vec<String>, Actor),
    /// Approve the minutes.
    Approve(Actor),
    /// A body reports what it was told to do.
    ReportAssignment(usize, String, Vec<Evidence>, Actor),
    /// It is done.
    CloseAssignment(usize, String, Actor),
}

/// What can happen to a meeting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are those of the orders above")]
pub enum MeetingEvent {
    /// It was convened.
    MeetingConvened { convened: Convened, by: Actor },
    /// Something was put on the agenda.
    ItemAdded { agenda: Agenda, by: Actor },
    /// An item was taken off.
    ItemRemoved { item: usize, by: Actor },
    /// The invitation went out.
    InvitationSent { on: Date, by: Actor },
    /// It was opened.
    MeetingOpened { present: BTreeSet<String>, by: Actor },
    /// Somebody came or left.
    AttendanceChanged { present: BTreeSet<String>, by: Actor },
    /// A member takes no part in an item.
    MemberRecused { item: usize, recusal: Recusal, by: Actor },
    /// Members vote on an item by themselves from then on.
    VoteOpened { item: usize, by: Actor },
    /// A member voted. Who sits there is not said.
    BallotCast { item: usize, seat: String, ballot: Ballot },
    /// The council voted.
    ItemVoted { item: usize, title: String, vote: Vote, by: Actor },
    /// An item was put off.
    ItemDeferred { item: usize, reason: String, by: Actor },
    /// A resolution became something.
    ResolutionCarriedOut { item: usize, became: String, by: Actor },
    /// It was closed.
    MeetingClosed { remarks: Vec<String>, by: Actor },
    /// The minutes were approved.
    MinutesApproved { on: Date, by: Actor },
    /// A body reported what it was told to do.
    AssignmentReported { item: usize, report: AssignmentReport, by: Actor },
    /// It is done.
    AssignmentClosed { item: usize, note: String, by: Actor },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_half_is_more_than_half() {
        assert!(!is_quorum(5, 10));
        assert!(is_quorum(6, 10));
        assert!(is_quorum(5, 9));
        assert!(!is_quorum(0, 0));
        assert!(!is_majority(3, 6));
        assert!(is_majority(4, 6));
        assert!(!is_majority(0, 0), "nobody may vote: nothing passes");
    }
}
