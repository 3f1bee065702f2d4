//! The small values of the field, each with its name in data and in both languages.

use jiff::{
    Timestamp, ToSpan,
    civil::{DateTime, time},
};
use maru_calendar::{CalendarError, Clock, ExtensionGround, Period, PetitionKind, WorkingCalendar, seoul};
use maru_holidays::OfficialCalendar;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Defines an enumeration whose values carry an identifier, a Korean and an English name. The identifier is a `tt`: derives read
/// the name in data from it, and cannot look into a `literal`.
macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $identifier:tt, $ko:literal, $en:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $identifier)] $value,)+
        }

        impl $name {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The name in data.
            pub fn identifier(self) -> &'static str {
                match self { $(Self::$value => $identifier,)+ }
            }

            /// The value of that name.
            pub fn from_identifier(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.identifier() == name)
            }

            /// The name in Korean.
            pub fn korean(self) -> &'static str {
                match self { $(Self::$value => $ko,)+ }
            }

            /// The name in English.
            pub fn english(self) -> &'static str {
                match self { $(Self::$value => $en,)+ }
            }
        }
    };
}

named! {
    /// A kind of petition: the Act, 제2조제1호.
    Kind {
        /// 기타민원: done at once.
        Immediate = "immediate", "기타민원", "Other petition, done at once";
        /// 질의민원 about a statute.
        LegalQuestion = "legal-question", "질의민원(법령)", "Question about a statute";
        /// 질의민원 about systems and procedures.
        Question = "question", "질의민원(제도·절차)", "Question about a procedure";
        /// 건의민원.
        Suggestion = "suggestion", "건의민원", "Suggestion";
        /// 고충민원.
        Grievance = "grievance", "고충민원", "Grievance";
        /// 법정민원: an application whose period is published in the table of petitions.
        Application = "application", "법정민원", "Statutory application";
    }
}

/// The period of an application until its published period is entered: the Act, 제17조, leaves it to the table of
/// petitions.
const PERIOD_UNTIL_KNOWN: Period = Period::Days(7);

impl Kind {
    /// The period of this kind; `published` is that of an application in the table of petitions (민원처리기준표).
    pub fn period(self, published: Option<Period>) -> Period {
        self.general().map_or(published.unwrap_or(PERIOD_UNTIL_KNOWN), PetitionKind::period)
    }

    /// The article that sets the period.
    pub fn article(self) -> &'static str {
        self.general().map_or("민원 처리에 관한 법률 제17조", PetitionKind::article)
    }

    /// The kind with a general period; none for applications.
    pub fn general(self) -> Option<PetitionKind> {
        match self {
            Self::Immediate => Some(PetitionKind::Immediate),
            Self::LegalQuestion => Some(PetitionKind::LegalQuestion),
            Self::Question => Some(PetitionKind::Question),
            Self::Suggestion => Some(PetitionKind::Suggestion),
            Self::Grievance => Some(PetitionKind::Grievance),
            Self::Application => None,
        }
    }
}

named! {
    /// Where a case stands.
    State {
        /// Taken in; nobody has looked yet.
        Received = "received", "접수", "Received";
        /// Classified and with a department.
        Understood = "understood", "배정", "Assigned";
        /// A draft of the answer is there for the official.
        Drafted = "drafted", "검토 중", "Being reviewed";
        /// The petitioner is asked for what is missing; the clock stands still.
        CompletionRequested = "completion-requested", "보완 요청", "Waiting for your documents";
        /// An official approved the outcome; it can be taken back until it is served.
        Approved = "approved", "승인", "Approved, about to be sent";
        /// The answer was served.
        Answered = "answered", "답변 완료", "Answered";
        /// The application was refused, with reason and remedy.
        Refused = "refused", "거부 통지", "Refused";
        /// The petitioner objected to the refusal (the Act, 제35조).
        Objected = "objected", "이의신청", "Objection filed";
        /// The documents were sent back because they were not completed (decree 제25조①).
        Returned = "returned", "반려", "Returned";
        /// Passed to another agency (decree 제13조③).
        Transferred = "transferred", "다른 기관으로 이송", "Passed to another agency";
        /// Ended without a further answer (the Act, 제23조).
        Closed = "closed", "종결", "Closed";
        /// Taken back by the petitioner (the Act, 제22조②).
        Withdrawn = "withdrawn", "취하", "Withdrawn";
    }
}

impl State {
    /// Whether an answer is still owed.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Received
                | Self::Understood
                | Self::Drafted
                | Self::CompletionRequested
                | Self::Approved
                | Self::Objected
        )
    }
}

named! {
    /// The language that a text is written in.
    TextLanguage {
        /// Korean.
        Korean = "ko", "한국어", "Korean";
        /// English.
        English = "en", "영어", "English";
        /// Korean and another language side by side.
        Mixed = "mixed", "여러 언어", "Mixed";
        /// None of these.
        Other = "other", "그 밖의 언어", "Another language";
    }
}

named! {
    /// How soon somebody should look.
    Urgency {
        /// Within the period.
        Normal = "normal", "보통", "Normal";
        /// A time limit of the petitioner's own ends soon.
        Soon = "soon", "기한 임박", "Time limit named";
        /// Life, health or safety may be in danger.
        Danger = "danger", "위험", "Danger";
    }
}

named! {
    /// How an inquiry came in.
    Channel {
        /// The web page.
        Web = "web", "누리집", "Web";
        /// The programming interface.
        Api = "api", "API", "API";
        /// An official entered it for somebody at the counter or on the telephone (the Act, 제8조 단서).
        Counter = "counter", "창구", "Counter";
        /// Taken over from another system.
        Import = "import", "이관", "Imported";
    }
}

named! {
    /// Who said something about a case.
    Said {
        /// The petitioner.
        Citizen = "citizen", "민원인", "Petitioner";
        /// An official.
        Official = "official", "담당자", "Official";
        /// The program: a proposal, never a decision.
        Machine = "machine", "자동 제안", "Automatic proposal";
    }
}

named! {
    /// A ground that is given for an extension. Some are lawful, some the decree forbids (제21조②).
    GivenGround {
        /// 제21조①제1호.
        Cooperation = "cooperation", "관계 기관·부서의 협조가 필요함", "Another agency or department must co-operate";
        /// 제21조①제2호.
        FactCheck = "fact-check", "사실관계 또는 현장을 확인해야 함", "Facts or the site must be checked";
        /// 제21조①제3호.
        ForceMajeure = "force-majeure", "천재지변 등 불가항력", "Natural disaster or other force majeure";
        /// 제21조①제4호.
        Comparable = "comparable", "그 밖에 이에 준하는 사유", "A comparable reason";
        /// Too much work: forbidden.
        Workload = "workload", "업무가 많음", "Workload";
        /// Nobody was assigned in time: forbidden.
        LateAssignment = "late-assignment", "담당자 지정이 늦어짐", "Late assignment";
        /// The official was away: forbidden.
        Absence = "absence", "담당자가 자리에 없음", "Absence of the official";
    }
}

impl GivenGround {
    /// The lawful ground that it is; none if the decree forbids it.
    pub fn lawful(self) -> Option<ExtensionGround> {
        match self {
            Self::Cooperation => Some(ExtensionGround::Cooperation),
            Self::FactCheck => Some(ExtensionGround::FactCheck),
            Self::ForceMajeure => Some(ExtensionGround::ForceMajeure),
            Self::Comparable => Some(ExtensionGround::Comparable),
            Self::Workload | Self::LateAssignment | Self::Absence => None,
        }
    }
}

/// Something that was said in a case: the words themselves, sealed under the key of the person concerned, and the same
/// words without personal data, in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The words as they were written.
    pub original: Personal,
    /// The words with personal data masked: all that is indexed, classified or shown to a model.
    pub masked: String,
}

impl Statement {
    /// The words `text` without control characters, sealed under the key of `subject`.
    pub fn new(subject: &str, text: &str) -> Self {
        let text = clean(text);
        Self { masked: maru_privacy::mask(&text).masked, original: Personal::new(subject, text) }
    }

    /// The words, or the masked ones where the person was erased.
    pub fn words(&self) -> &str {
        self.original.value_or(&self.masked)
    }
}

/// A text without control characters other than line feeds and tabs: they show nothing, and one of them ends texts in
/// some databases. Line ends become line feeds.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

/// A department to which cases go.
pub type DepartmentId = String;

/// The official whose name stands under a notice: decree 제31조 wants name, unit and telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedOfficial {
    /// The account.
    pub account: String,
    /// The name.
    pub name: String,
    /// The department's identifier.
    pub department: DepartmentId,
    /// The department's name.
    pub department_name: String,
    /// The telephone number.
    pub telephone: String,
}

/// Until when something must be done, and by which state of the holidays that was reckoned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The instant; none while the clock stands still.
    pub due: Option<Timestamp>,
    /// When the official is warned; none while the clock stands still.
    pub warn_at: Option<Timestamp>,
    /// The revision of the holidays: how many were announced after those that the program knows.
    pub calendar: u64,
}

impl Deadline {
    /// The deadline that a clock gives by the holidays known now.
    ///
    /// # Errors
    /// As [`Clock::reckon`].
    pub fn reckoned(clock: &Clock, calendar: &OfficialCalendar) -> Result<Self, CalendarError> {
        let Some(due) = clock.reckon(&calendar.working)?.due else {
            return Ok(Self { due: None, warn_at: None, calendar: calendar.revision });
        };
        let warn_at = warning(&calendar.working, clock.received, due)?;
        Ok(Self {
            due: Some(maru_calendar::instant(due)),
            warn_at: Some(maru_calendar::instant(warn_at)),
            calendar: calendar.revision,
        })
    }

    /// A deadline whose instant is known, with a warning a day before it.
    pub fn known(due: Timestamp, calendar: &OfficialCalendar) -> Self {
        let warn_at = due.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(due);
        Self { due: Some(due), warn_at: Some(warn_at), calendar: calendar.revision }
    }
}

/// The morning of the working day before the due day; for short periods an hour before the due time.
fn warning(working: &WorkingCalendar, received: DateTime, due: DateTime) -> Result<DateTime, CalendarError> {
    let mut day = due.date().saturating_sub(1.day());
    while !working.is_working_day(day)? && day > received.date() {
        day = day.saturating_sub(1.day());
    }
    if day > received.date() {
        return Ok(day.to_datetime(time(9, 0, 0, 0)));
    }
    Ok(due.saturating_sub(1.hour()).max(received))
}

/// The civil date in Korea of an instant.
pub fn day_of(instant: Timestamp) -> jiff::civil::Date {
    seoul(instant).date()
}
