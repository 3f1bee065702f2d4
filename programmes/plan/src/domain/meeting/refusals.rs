//! Why something cannot be done with a meeting: reason, article and remedy, in both languages.

use jiff::civil::Date;
use maru_web::Explained;

use crate::domain::Refusal;

/// Why something cannot be done with a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingRefusal {
    /// The council has sixty members.
    TooManyMembers,
    /// The council has no members.
    NoMembers,
    /// The invitation went out: the agenda stands.
    AgendaStands,
    /// The agenda is too long.
    TooManyItems,
    /// The agenda is empty.
    NoAgenda,
    /// The day of the meeting has passed.
    DayPassed {
        /// The day.
        on: Date,
    },
    /// The invitation did not go out.
    NotInvited,
    /// The day of the meeting has not come.
    TooEarly {
        /// The day.
        on: Date,
    },
    /// It was not opened.
    NotOpen,
    /// It was closed.
    Closed,
    /// It was not closed.
    NotClosed,
    /// No such member.
    NoMember {
        /// The seat.
        seat: String,
    },
    /// Not more than half of the members are present.
    NoQuorum {
        /// Present.
        present: usize,
        /// Members.
        members: usize,
    },
    /// The item is heard, not voted on.
    NoVoteNeeded,
    /// The item was decided or put off.
    DecidedAlready,
    /// The vote on a challenge did not find it justified.
    ChallengeFailed {
        /// Votes that it is.
        in_favour: usize,
        /// Who may vote on it.
        others: usize,
    },
    /// A recused member cannot vote.
    Recused {
        /// The seat.
        seat: String,
    },
    /// Who is not there cannot vote.
    NotPresent {
        /// The seat.
        seat: String,
    },
    /// The ballot of somebody present is missing.
    BallotMissing {
        /// The office.
        seat: String,
    },
    /// Members cannot vote by themselves before the vote on the item is opened.
    VoteNotOpened,
    /// A member voted by itself: nobody does so for it.
    VotedAlready {
        /// The seat.
        seat: String,
    },
    /// No seat has this code, or it has expired.
    SeatCode,
    /// An account is linked to the seat already, or a seat to the account.
    SeatLinked,
    /// An item was neither decided nor put off.
    ItemOpen {
        /// Its number.
        item: usize,
    },
    /// The council did not pass it, or nothing follows from it.
    NotPassed,
    /// What a body was told to do is closed.
    AssignmentDone,
}

impl From<MeetingRefusal> for Refusal {
    fn from(refusal: MeetingRefusal) -> Self {
        Self::Meeting(refusal)
    }
}

const ACT_7_11: &str = "인공지능기본법 제7조제11항";
const ACT_9: &str = "인공지능기본법 제9조";

impl MeetingRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::TooManyMembers | Self::NoMembers | Self::NoMember { .. } => self.explain_members(),
            Self::AgendaStands | Self::TooManyItems | Self::NoAgenda | Self::DayPassed { .. } | Self::NotInvited => {
                self.explain_preparation()
            }
            Self::TooEarly { .. } | Self::NotOpen | Self::Closed | Self::NotClosed | Self::ItemOpen { .. } => {
                self.explain_session()
            }
            Self::ChallengeFailed { .. } | Self::Recused { .. } => self.explain_recusal(),
            Self::VoteNotOpened | Self::VotedAlready { .. } | Self::SeatCode | Self::SeatLinked => self.explain_own(),
            _ => self.explain_vote(),
        }
    }

    fn explain_members(&self) -> Explained {
        match self {
            Self::TooManyMembers => Explained::new(
                "too-many-members",
                ("위원은 60명까지입니다.", "The committee has at most sixty members."),
                "인공지능기본법 제7조제2항",
                ("자리를 비운 뒤 다시 올려 주십시오.", "Vacate a seat first."),
            ),
            Self::NoMember { seat } => Explained::new(
                "no-member",
                (format!("‘{seat}’ 자리의 위원이 없습니다."), format!("There is no member with the seat “{seat}”.")),
                "",
                ("위원 명단에서 골라 주십시오.", "Choose from the list of members."),
            ),
            _ => Explained::new(
                "no-members",
                ("위원이 한 사람도 없습니다.", "The council has no members."),
                "인공지능기본법 제7조제2항",
                ("위원을 먼저 올려 주십시오.", "Seat the members first."),
            ),
        }
    }

    fn explain_preparation(&self) -> Explained {
        match self {
            Self::AgendaStands => Explained::new(
                "agenda-stands",
                ("개최를 알린 뒤에는 안건을 바꿀 수 없습니다.", "The invitation went out: the agenda stands."),
                "",
                ("새 안건은 다음 회의에 올려 주십시오.", "Put new items on the agenda of the next meeting."),
            ),
            Self::TooManyItems => Explained::new(
                "too-many-items",
                ("안건은 50건까지 올릴 수 있습니다.", "An agenda holds at most fifty items."),
                "",
                ("회의를 나누어 주십시오.", "Hold two meetings."),
            ),
            Self::DayPassed { on } => Explained::new(
                "day-passed",
                (format!("회의 날({on})이 지났습니다."), format!("The day of the meeting ({on}) has passed.")),
                "",
                ("회의를 새로 소집해 주십시오.", "Convene another meeting."),
            ),
            Self::NotInvited => Explained::new(
                "not-invited",
                ("아직 개최를 알리지 않았습니다.", "The invitation has not gone out."),
                "인공지능기본법 제7조제10항",
                ("안건을 확인하고 개최를 알려 주십시오.", "Check the agenda, then send the invitation."),
            ),
            _ => Explained::new(
                "no-agenda",
                ("안건이 없습니다.", "There is nothing on the agenda."),
                "",
                ("안건을 먼저 올려 주십시오.", "Put something on the agenda first."),
            ),
        }
    }

    fn explain_session(&self) -> Explained {
        match self {
            Self::TooEarly { on } => Explained::new(
                "too-early",
                (format!("회의는 {on}에 열립니다."), format!("The meeting is on {on}.")),
                "",
                ("회의 날에 개의해 주십시오.", "Open it on that day."),
            ),
            Self::NotOpen => Explained::new(
                "not-open-yet",
                ("아직 개의하지 않았습니다.", "The meeting was not opened."),
                ACT_7_11,
                ("출석한 위원을 적고 개의해 주십시오.", "Say who is present, and open it."),
            ),
            Self::Closed => Explained::new(
                "meeting-closed",
                ("회의가 끝났습니다.", "The meeting was closed."),
                "",
                ("다음 회의에 안건으로 올려 주십시오.", "Put it on the agenda of the next meeting."),
            ),
            Self::ItemOpen { item } => Explained::new(
                "item-open",
                (
                    format!("제{item}호 안건을 아직 의결하지 않았습니다."),
                    format!("Item {item} was neither decided nor put off."),
                ),
                "",
                ("의결하거나 다음 회의로 미뤄 주십시오.", "Vote on it, or put it off."),
            ),
            _ => Explained::new(
                "not-closed",
                ("회의가 아직 끝나지 않았습니다.", "The meeting was not closed."),
                "",
                ("회의를 마친 뒤 회의록을 확정해 주십시오.", "Close it, then approve the minutes."),
            ),
        }
    }

    fn explain_recusal(&self) -> Explained {
        match self {
            Self::ChallengeFailed { in_favour, others } => Explained::new(
                "challenge-failed",
                (
                    format!("기피는 출석위원 과반수가 찬성해야 합니다 ({others}명 가운데 {in_favour}명)."),
                    format!("A challenge needs more than half of those present ({in_favour} of {others})."),
                ),
                "인공지능기본법 제9조제2항",
                ("의결 결과를 확인해 주십시오.", "Check how the vote fell."),
            ),
            Self::Recused { seat } => Explained::new(
                "recused",
                (
                    format!("‘{seat}’ 위원은 이 안건에서 제척·기피·회피되어 표결할 수 없습니다."),
                    format!("The member “{seat}” takes no part in this item and cannot vote."),
                ),
                ACT_9,
                ("그 위원의 표를 빼 주십시오.", "Leave out that ballot."),
            ),
            _ => self.explain_vote(),
        }
    }

    /// Members who vote by themselves.
    fn explain_own(&self) -> Explained {
        match self {
            Self::VotedAlready { seat } => Explained::new(
                "voted-already",
                (
                    format!("‘{seat}’ 위원은 스스로 표결했습니다. 다른 사람이 그 표를 적을 수 없습니다."),
                    format!("The member “{seat}” voted by itself. Nobody else puts that ballot in."),
                ),
                ACT_7_11,
                ("그 위원의 표를 빼고 기록해 주십시오.", "Leave out that ballot and record the rest."),
            ),
            Self::SeatCode => Explained::new(
                "seat-code",
                ("코드가 맞지 않거나 기간이 지났습니다.", "The code is wrong or has expired."),
                "",
                (
                    "코드를 다시 확인하거나 지원단에 새 코드를 요청해 주십시오.",
                    "Check the code, or ask the secretariat for another one.",
                ),
            ),
            Self::SeatLinked => Explained::new(
                "seat-linked",
                (
                    "이미 계정이 연결된 자리이거나, 이 계정에 이미 자리가 있습니다.",
                    "The seat has an account already, or the account has a seat.",
                ),
                "",
                (
                    "사람이 바뀌었으면 지원단이 위원을 다시 올려 주십시오.",
                    "Where somebody else sits there now, the secretariat seats that member first.",
                ),
            ),
            _ => Explained::new(
                "vote-not-opened",
                ("아직 이 안건의 표결을 시작하지 않았습니다.", "The vote on this item has not begun."),
                ACT_7_11,
                ("의장이 표결을 시작하면 다시 표결해 주십시오.", "Vote once it has begun."),
            ),
        }
    }

    fn explain_vote(&self) -> Explained {
        match self {
            Self::NoQuorum { present, members } => Explained::new(
                "no-quorum",
                (
                    format!("위원 {members}명 가운데 {present}명이 출석해 과반수가 되지 않습니다."),
                    format!("{present} of {members} members are present: not more than half."),
                ),
                ACT_7_11,
                ("과반수가 출석할 때까지 기다려 주십시오.", "Wait until more than half are present."),
            ),
            Self::NotPresent { seat } => Explained::new(
                "not-present",
                (format!("‘{seat}’ 위원은 출석하지 않았습니다."), format!("The member “{seat}” is not present.")),
                ACT_7_11,
                ("출석을 먼저 고쳐 주십시오.", "Correct who is present first."),
            ),
            Self::BallotMissing { seat } => Explained::new(
                "ballot-missing",
                (
                    format!("출석한 ‘{seat}’의 표가 없습니다."),
                    format!("The ballot of “{seat}”, who is present, is missing."),
                ),
                ACT_7_11,
                ("찬성, 반대, 기권 가운데 하나를 적어 주십시오.", "Put in for, against or abstained."),
            ),
            Self::NoVoteNeeded => Explained::new(
                "no-vote-needed",
                ("보고 안건은 표결하지 않습니다.", "The item is heard, not voted on."),
                "",
                ("들은 내용을 회의록에 적어 주십시오.", "Put what was said into the minutes."),
            ),
            Self::DecidedAlready => Explained::new(
                "decided-already",
                ("이미 의결했거나 미룬 안건입니다.", "The item was decided or put off already."),
                "",
                ("다시 다루려면 다음 회의에 올려 주십시오.", "Put it on the agenda of the next meeting."),
            ),
            Self::AssignmentDone => Explained::new(
                "assignment-done",
                ("이행을 이미 확인했습니다.", "It was closed already."),
                "",
                ("바로잡을 것이 있으면 위원회에 알려 주십시오.", "Tell the committee if something must be put right."),
            ),
            _ => Explained::new(
                "not-passed",
                ("위원회가 의결한 안건이 아닙니다.", "The council did not pass this item."),
                ACT_7_11,
                ("의결 결과를 확인해 주십시오.", "Check how the vote fell."),
            ),
        }
    }
}
