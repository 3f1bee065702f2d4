//! Why something is not done with a consultation or its comments.

use jiff::civil::Date;
use maru_web::Explained;

use crate::domain::refusals::Refusal;

/// Why something is not done with a consultation or its comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsultationRefusal {
    /// It was closed: comments and answers stay as they are.
    Closed {
        /// On this day.
        on: Date,
    },
    /// Comments are still taken.
    NotOver {
        /// The last day.
        until: Date,
    },
    /// Comments have no answer.
    Unanswered {
        /// So many.
        count: u64,
    },
    /// Comments wait for somebody to look at them.
    Waiting {
        /// So many.
        count: u64,
    },
    /// What came on paper is put in too late.
    PaperTooLate {
        /// The last day.
        until: Date,
    },
    /// It is hidden already.
    HiddenAlready,
    /// What is hidden is shown again on appeal alone.
    NeedsAppeal,
    /// It is not hidden.
    NotHidden,
    /// An appeal was made.
    AppealedAlready,
    /// No appeal waits.
    NoAppeal,
    /// Who hid it does not decide on the appeal.
    SamePerson,
    /// How the comment breaks the rules is not said.
    NoBreach,
}

impl From<ConsultationRefusal> for Refusal {
    fn from(refusal: ConsultationRefusal) -> Self {
        Self::Consultation(refusal)
    }
}

impl ConsultationRefusal {
    /// The refusal as people read it.
    pub fn explain(self) -> Explained {
        match self {
            Self::Closed { .. }
            | Self::NotOver { .. }
            | Self::Unanswered { .. }
            | Self::Waiting { .. }
            | Self::PaperTooLate { .. } => self.explain_closing(),
            _ => self.explain_moderation(),
        }
    }

    fn explain_closing(self) -> Explained {
        match self {
            Self::NotOver { until } => Explained::new(
                "consultation-not-over",
                (format!("{until}까지 의견을 받습니다."), format!("Comments are taken until {until}.")),
                "",
                ("그다음 날부터 종결할 수 있습니다.", "It can be closed from the day after."),
            ),
            Self::Unanswered { count } => Explained::new(
                "unanswered",
                (format!("답하지 않은 의견이 {count}건 있습니다."), format!("{count} comments have no answer.")),
                "행정절차법 제47조제2항, 제44조제3항",
                ("모두 답한 뒤 종결해 주십시오.", "Answer all of them, then close it."),
            ),
            Self::Waiting { count } => Explained::new(
                "comments-waiting",
                (
                    format!("아직 보지 않은 의견이 {count}건 있습니다."),
                    format!("{count} comments wait to be looked at."),
                ),
                "",
                ("모두 본 뒤 종결해 주십시오.", "Look at all of them, then close it."),
            ),
            Self::PaperTooLate { until } => Explained::new(
                "paper-too-late",
                (
                    format!("종이나 회의로 받은 의견은 {until}까지 옮길 수 있었습니다."),
                    format!("What came on paper could be put in until {until}."),
                ),
                "",
                ("민원으로 접수해 주십시오.", "Take it in as an inquiry."),
            ),
            _ => Explained::new(
                "consultation-closed",
                (
                    "모든 의견에 답하고 종결한 의견수렴입니다. 의견과 답변은 더 바뀌지 않습니다.",
                    "It was closed after every comment was answered. Comments and answers change no more.",
                ),
                "",
                (
                    "새 의견은 다음 의견수렴이나 민원으로 보내 주십시오.",
                    "Send what is new to the next consultation, or as an inquiry.",
                ),
            ),
        }
    }

    fn explain_moderation(self) -> Explained {
        let (code, reason, remedy) = match self {
            Self::HiddenAlready => (
                "hidden-already",
                ("이미 가린 글입니다.", "It is hidden already."),
                ("이의가 들어오면 다시 정할 수 있습니다.", "It can be decided anew when its author appeals."),
            ),
            Self::NeedsAppeal => (
                "needs-appeal",
                ("가린 글은 이의를 심사해서 다시 보입니다.", "What was hidden is shown again on appeal."),
                ("쓴 사람의 이의를 기다려 주십시오.", "Wait for its author's appeal."),
            ),
            Self::NotHidden => (
                "not-hidden",
                ("가리지 않은 글입니다.", "It is not hidden."),
                ("이의를 낼 것이 없습니다.", "There is nothing to appeal against."),
            ),
            Self::AppealedAlready => (
                "appealed-already",
                ("이미 이의를 냈습니다.", "An appeal was made already."),
                (
                    "이의는 한 번 낼 수 있습니다. 결정은 이 쪽에 나옵니다.",
                    "One appeal can be made. What is decided stands on this page.",
                ),
            ),
            Self::SamePerson => (
                "same-person",
                ("가린 사람은 그 이의를 정하지 못합니다.", "Who hid it does not decide on the appeal."),
                ("다른 사람이 정해 주십시오.", "Let somebody else decide."),
            ),
            Self::NoBreach => (
                "no-breach",
                ("무엇을 어겼는지 고르지 않았습니다.", "How it breaks the rules is not said."),
                (
                    "까닭을 골라 주십시오. 생각이 다르거나 주제가 다른 것은 까닭이 되지 않습니다.",
                    "Choose a ground. That somebody thinks otherwise or speaks of something else is none.",
                ),
            ),
            _ => (
                "no-appeal",
                ("정할 이의가 없습니다.", "No appeal waits."),
                ("이의가 들어오면 정해 주십시오.", "Decide when one comes."),
            ),
        };
        Explained::new(code, reason, "", remedy)
    }
}
