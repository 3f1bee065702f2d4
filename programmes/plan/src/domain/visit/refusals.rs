//! Why something cannot be done with a visit.

use jiff::civil::Date;
use maru_web::Explained;

use crate::domain::Refusal;

/// Why something cannot be done with a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitRefusal {
    /// The day has passed.
    DayPassed {
        /// The day.
        on: Date,
    },
    /// It was called off.
    Cancelled,
    /// Something was recorded already.
    Recorded,
    /// The identifier of the record cannot be one.
    RecordName,
    /// The record is of a day to come.
    Future,
    /// A question has no answer.
    AnswerMissing,
    /// Too many records or findings.
    TooMuch,
    /// The finding is closed.
    FindingClosed,
    /// Nothing was done about the finding since.
    NothingDone,
    /// The file is no photo that can be taken.
    NotAPhoto,
}

impl From<VisitRefusal> for Refusal {
    fn from(refusal: VisitRefusal) -> Self {
        Self::Visit(refusal)
    }
}

impl VisitRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::DayPassed { on } => Explained::new(
                "day-passed",
                (format!("{on}은 이미 지난 날입니다."), format!("{on} has passed.")),
                "",
                ("오늘이나 그 뒤의 날을 골라 주십시오.", "Choose today or a later day."),
            ),
            Self::Cancelled => Explained::new(
                "visit-cancelled",
                ("취소한 방문입니다.", "The visit was called off."),
                "",
                ("방문을 새로 계획해 주십시오.", "Plan another visit."),
            ),
            Self::Recorded => Explained::new(
                "visit-recorded",
                ("이미 기록한 방문은 취소할 수 없습니다.", "A visit that was recorded cannot be called off."),
                "",
                ("기록에 덧붙일 것이 있으면 새로 기록해 주십시오.", "Record what is to be added."),
            ),
            Self::Future => Explained::new(
                "future-record",
                ("앞으로의 날짜로 기록되어 있습니다.", "The record is of a day to come."),
                "",
                ("기기의 날짜와 시각을 확인해 주십시오.", "Check date and time of the device."),
            ),
            Self::FindingClosed | Self::NothingDone => self.explain_finding(),
            _ => self.explain_record(),
        }
    }

    fn explain_record(&self) -> Explained {
        match self {
            Self::AnswerMissing => Explained::new(
                "answer-missing",
                ("답하지 않은 점검 항목이 있습니다.", "A question of the checklist has no answer."),
                "",
                (
                    "볼 수 없었다면 ‘볼 수 없었음’을 골라 주십시오.",
                    "If it could not be seen, choose “could not be seen”.",
                ),
            ),
            Self::NotAPhoto => Explained::new(
                "not-a-photo",
                (
                    "JPEG 사진이 아니거나, 손상되었거나, 600KB보다 큽니다.",
                    "It is no JPEG picture, it is damaged, or it is larger than 600 kB.",
                ),
                "",
                ("사진을 다시 찍거나 줄여서 보내 주십시오.", "Take it again, or make it smaller."),
            ),
            Self::RecordName => Explained::new(
                "record-name",
                (
                    "기록 번호는 영문자, 숫자, 붙임표로 된 8~64자여야 합니다.",
                    "The identifier of a record has 8 to 64 letters, digits and dashes.",
                ),
                "",
                ("점검표를 새로 열어 주십시오.", "Open the checklist anew."),
            ),
            _ => Explained::new(
                "too-much",
                (
                    "방문 하나에 기록 20건, 기록 하나에 지적사항 20건까지 남길 수 있습니다.",
                    "A visit holds at most 20 records, a record at most 20 findings.",
                ),
                "",
                ("나머지는 새 방문으로 기록해 주십시오.", "Record the rest as another visit."),
            ),
        }
    }

    fn explain_finding(&self) -> Explained {
        if *self == Self::FindingClosed {
            return Explained::new(
                "finding-closed",
                ("이미 종결한 지적사항입니다.", "The finding is closed."),
                "",
                ("다시 살필 것이 있으면 새로 방문해 주십시오.", "Visit again if something must be looked at."),
            );
        }
        Explained::new(
            "nothing-done",
            ("기관이 아직 조치 결과를 내지 않았습니다.", "The body has not said what it did about the finding."),
            "",
            ("조치 결과를 기다려 주십시오.", "Wait for its answer."),
        )
    }
}
