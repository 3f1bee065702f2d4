//! Why an order is refused: reason, article and remedy, in both languages.

use jiff::civil::Date;
use maru_web::Explained;

use super::{
    briefing::BriefingRefusal, consultation::ConsultationRefusal, deliberation::DeliberationRefusal, file::FileRefusal,
    for_all::ForAllRefusal, links::LinkRefusal, meeting::MeetingRefusal, panel::PanelRefusal,
    particulars::ParticularRefusal, quarter::Quarter, survey::SurveyRefusal, visit::VisitRefusal,
};

/// Why an order is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.explain().reason.english)]
pub enum Refusal {
    /// There is no such thing.
    Unknown,
    /// It exists already.
    Exists,
    /// A text is empty that must not be.
    Empty {
        /// Which, in Korean.
        ko: &'static str,
        /// Which, in English.
        en: &'static str,
    },
    /// A text is too long.
    TooLong {
        /// At most so many characters.
        limit: usize,
    },
    /// No public body is called so.
    UnknownBody {
        /// The name.
        name: String,
    },
    /// The change needs a vote of the committee.
    NeedsVote,
    /// A vote is named as the ground, but not which.
    NoResolution,
    /// The quarter has not begun.
    FutureQuarter {
        /// The quarter.
        quarter: Quarter,
    },
    /// There is no such deadline.
    NoSuchDeadline {
        /// Its number, from 1.
        place: usize,
    },
    /// Something is reported done without anything that shows it.
    NoEvidence,
    /// Too many pieces of evidence.
    TooMuchEvidence {
        /// At most so many.
        most: usize,
    },
    /// Evidence without an address of the web.
    EvidenceAddress,
    /// The committee confirmed it already.
    AlreadyConfirmed,
    /// It was not reported done.
    NotReportedDone,
    /// An extension must end later than the period that runs.
    NotLater {
        /// The day on which the period ends now.
        due: Date,
    },
    /// The period has passed.
    PeriodPassed {
        /// The day on which it passed.
        due: Date,
    },
    /// It was answered already.
    AnsweredAlready,
    /// An extension was not asked for.
    NoExtensionAsked,
    /// The period of comments is shorter than the law allows, or longer than half a year.
    CommentPeriod,
    /// Comments are not taken now.
    NotOpen {
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
    },
    /// There is no such paragraph.
    NoSuchParagraph {
        /// Its number, from 1.
        paragraph: usize,
    },
    /// The accepted comment names no change.
    NoChangeNamed,
    /// The calendar does not reach so far.
    Calendar {
        /// What it says.
        reason: String,
    },
    /// A version of the plan left the recommendation out.
    LeftOut {
        /// The version.
        version: String,
    },
    /// Something cannot be done with a consultation or its comments.
    Consultation(ConsultationRefusal),
    /// Something cannot be done with a briefing.
    Briefing(BriefingRefusal),
    /// Something cannot be done with a meeting.
    Meeting(MeetingRefusal),
    /// Something cannot be done with a visit.
    Visit(VisitRefusal),
    /// A dependency cannot be one.
    Link(LinkRefusal),
    /// A milestone, an indicator, a budget or a bill is not taken.
    Particular(ParticularRefusal),
    /// Something cannot be done with a deliberation.
    Deliberation(DeliberationRefusal),
    /// A panel is not drawn.
    Panel(Box<PanelRefusal>),
    /// Something is not done with a survey.
    Survey(Box<SurveyRefusal>),
    /// Something of AI for all is not taken.
    ForAll(Box<ForAllRefusal>),
    /// A file is not taken, or not withdrawn.
    File(Box<FileRefusal>),
}

const DECREE_3: &str = "인공지능기본법 시행령 제3조제1항";
const DECREE_7: &str = "인공지능기본법 시행령 제7조";

impl Refusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::Unknown | Self::Exists | Self::Empty { .. } | Self::TooLong { .. } | Self::UnknownBody { .. } => {
                self.explain_words()
            }
            Self::NeedsVote | Self::NoResolution | Self::LeftOut { .. } => self.explain_change(),
            Self::FutureQuarter { .. }
            | Self::NoSuchDeadline { .. }
            | Self::NoEvidence
            | Self::TooMuchEvidence { .. }
            | Self::EvidenceAddress
            | Self::AlreadyConfirmed
            | Self::NotReportedDone => self.explain_progress(),
            Self::NotLater { .. }
            | Self::PeriodPassed { .. }
            | Self::AnsweredAlready
            | Self::NoExtensionAsked
            | Self::Calendar { .. } => self.explain_period(),
            Self::CommentPeriod | Self::NotOpen { .. } | Self::NoSuchParagraph { .. } | Self::NoChangeNamed => {
                self.explain_consultation()
            }
            Self::Consultation(refusal) => refusal.explain(),
            Self::Briefing(refusal) => refusal.explain(),
            Self::Meeting(refusal) => refusal.explain(),
            Self::Visit(refusal) => refusal.explain(),
            Self::Link(refusal) => refusal.explain(),
            Self::Particular(refusal) => refusal.explain(),
            Self::Deliberation(refusal) => refusal.explain(),
            Self::Panel(refusal) => refusal.explain(),
            Self::Survey(refusal) => refusal.explain(),
            Self::ForAll(refusal) => refusal.explain(),
            Self::File(refusal) => refusal.explain(),
        }
    }

    fn explain_words(&self) -> Explained {
        match self {
            Self::Exists => Explained::exists(),
            Self::Empty { ko, en } => Explained::empty(ko, en),
            Self::TooLong { limit } => Explained::too_long(*limit),
            Self::UnknownBody { name } => Explained::new(
                "unknown-body",
                (format!("‘{name}’(이)라는 기관을 찾을 수 없습니다."), format!("No public body is called “{name}”.")),
                "",
                ("기관 이름을 확인해 주십시오.", "Check the name of the body."),
            ),
            _ => Explained::new(
                "unknown",
                ("찾는 것이 없습니다.", "There is no such thing."),
                "",
                ("번호를 확인해 주십시오.", "Check the number."),
            ),
        }
    }

    fn explain_change(&self) -> Explained {
        if let Self::LeftOut { version } = self {
            return Explained::new(
                "left-out",
                (
                    format!("이 권고는 ‘{version}’ 판에서 행동계획에서 빠졌습니다."),
                    format!("The version “{version}” left this recommendation out of the plan."),
                ),
                "",
                (
                    "지금의 계획에 있는 권고를 골라 주십시오. 지난 기록은 그대로 볼 수 있습니다.",
                    "Choose a recommendation of the present plan. The record of this one stays readable.",
                ),
            );
        }
        if *self == Self::NoResolution {
            return Explained::new(
                "no-resolution",
                (
                    "위원회 의결로 바꾼다고 하셨지만 어느 회의의 어느 안건인지 적지 않았습니다.",
                    "The change is said to rest on a vote, but which meeting and item is missing.",
                ),
                "인공지능기본법 제6조제1항",
                ("회의와 안건을 적어 주십시오.", "Name the meeting and the item."),
            );
        }
        Explained::new(
            "needs-vote",
            (
                "추진일정, 주관기관, 관계 기관이 아닌 내용은 위원회 의결 없이 바꿀 수 없습니다.",
                "Without a vote of the committee only schedule, lead and co-operating bodies may change.",
            ),
            DECREE_3,
            (
                "의결한 회의와 안건을 적거나, 오기·법령 개정 등 경미한 변경의 사유를 골라 주십시오.",
                "Name the meeting and item that decided it, or choose a ground for a minor change such as a plain mistake.",
            ),
        )
    }

    fn explain_progress(&self) -> Explained {
        match self {
            Self::FutureQuarter { quarter } => Explained::new(
                "future-quarter",
                (
                    format!("{}는 아직 시작하지 않았습니다.", quarter.korean()),
                    format!("{} has not begun.", quarter.english()),
                ),
                "",
                ("지난 분기나 이번 분기를 골라 주십시오.", "Choose this quarter or an earlier one."),
            ),
            Self::NoSuchDeadline { place } => Explained::new(
                "no-such-deadline",
                (format!("{place}번째 기한은 없습니다."), format!("There is no deadline number {place}.")),
                "",
                ("기한을 다시 골라 주십시오.", "Choose the deadlines again."),
            ),
            Self::NoEvidence => Explained::new(
                "no-evidence",
                (
                    "완료했다고 보고하려면 증빙이 하나는 있어야 합니다.",
                    "What is reported done needs at least one piece of evidence.",
                ),
                "",
                (
                    "증빙의 이름과 주소를 적거나 파일을 붙여 주십시오.",
                    "Give the name and address of the evidence, or attach a file.",
                ),
            ),
            Self::TooMuchEvidence { most } => Explained::new(
                "too-much-evidence",
                (
                    format!("증빙은 {most}개까지 붙일 수 있습니다."),
                    format!("At most {most} pieces of evidence can be attached."),
                ),
                "",
                ("중요한 것만 남겨 주십시오.", "Keep what matters most."),
            ),
            Self::EvidenceAddress => Explained::new(
                "evidence-address",
                (
                    "증빙의 주소가 https:// 또는 http://로 시작하지 않거나 너무 깁니다.",
                    "The address of the evidence does not begin with https:// or http://, or is too long.",
                ),
                "",
                ("누구나 열 수 있는 웹 주소를 적어 주십시오.", "Give an address that anyone can open."),
            ),
            Self::AlreadyConfirmed => Explained::new(
                "already-confirmed",
                ("위원회가 이미 완료로 확인했습니다.", "The committee has confirmed it already."),
                "",
                ("바로잡을 것이 있으면 위원회에 알려 주십시오.", "Tell the committee if something must be put right."),
            ),
            _ => Explained::new(
                "not-reported-done",
                ("아직 완료로 보고되지 않았습니다.", "It was not reported done."),
                "",
                ("담당 부처의 보고를 기다려 주십시오.", "Wait for the ministry's report."),
            ),
        }
    }

    fn explain_period(&self) -> Explained {
        match self {
            Self::NotLater { due } => Explained::new(
                "not-later",
                (
                    format!("새 기한은 지금 기한({due})보다 뒤여야 합니다."),
                    format!("The new day must come after the present one ({due})."),
                ),
                DECREE_7,
                ("더 늦은 날을 골라 주십시오.", "Choose a later day."),
            ),
            Self::PeriodPassed { due } => Explained::new(
                "period-passed",
                (format!("보고기간이 {due}에 끝났습니다."), format!("The period ended on {due}.")),
                DECREE_7,
                (
                    "늦게라도 개선방안과 실천방안을 보고해 주십시오.",
                    "Report the improvement and action plan, late as it is.",
                ),
            ),
            Self::AnsweredAlready => Explained::new(
                "answered-already",
                ("이미 답했습니다.", "It was answered already."),
                "",
                ("고칠 것이 있으면 위원회에 알려 주십시오.", "Tell the committee if something must be put right."),
            ),
            Self::NoExtensionAsked => Explained::new(
                "no-extension-asked",
                ("연장을 요청하지 않았습니다.", "No extension was asked for."),
                "인공지능기본법 시행령 제7조제2항",
                ("기관이 사유를 소명하고 요청해야 합니다.", "The agency must ask for it and state why."),
            ),
            _ => Explained::new(
                "calendar",
                (
                    "그 해의 공휴일이 아직 등록되지 않아 기한을 셀 수 없습니다.",
                    "The holidays of that year are not known yet, so that the period cannot be counted.",
                ),
                "",
                ("시스템 관리자에게 알려 주십시오.", "Tell the administrator."),
            ),
        }
    }

    fn explain_consultation(&self) -> Explained {
        match self {
            Self::CommentPeriod => Explained::new(
                "comment-period",
                (
                    "의견을 받는 기간은 20일 이상(긴급하면 10일 이상), 180일 이하여야 합니다.",
                    "Comments must be taken for 20 to 180 days; where it is urgent, for 10 at least.",
                ),
                "행정절차법 제46조제3항, 제4항",
                (
                    "시작일과 끝일을 확인하고, 긴급하면 그 사유를 적어 주십시오.",
                    "Check the first and the last day; where it is urgent, say why.",
                ),
            ),
            Self::NotOpen { from, until } => Explained::new(
                "not-open",
                (
                    format!("의견은 {from}부터 {until}까지 받습니다."),
                    format!("Comments are taken from {from} to {until}."),
                ),
                "",
                (
                    "기간이 지났다면 민원으로 의견을 보내실 수 있습니다.",
                    "If the period is over, you can write to us as an inquiry.",
                ),
            ),
            Self::NoSuchParagraph { paragraph } => Explained::new(
                "no-such-paragraph",
                (format!("{paragraph}번 문단은 없습니다."), format!("There is no paragraph {paragraph}.")),
                "",
                ("문단을 다시 골라 주십시오.", "Choose the paragraph again."),
            ),
            _ => Explained::new(
                "no-change-named",
                (
                    "받아들인 의견에는 무엇을 바꾸었는지 적어야 합니다.",
                    "An accepted comment must say what was changed.",
                ),
                "",
                ("바뀐 권고의 번호나 내용을 적어 주십시오.", "Name the recommendation that changed, or what did."),
            ),
        }
    }
}

/// Whether `words` are there and not too many.
pub(super) fn check_words(words: &str, (ko, en): (&'static str, &'static str), limit: usize) -> Result<(), Refusal> {
    if words.trim().is_empty() {
        return Err(Refusal::Empty { ko, en });
    }
    if words.chars().count() > limit {
        return Err(Refusal::TooLong { limit });
    }
    Ok(())
}
