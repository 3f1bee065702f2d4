//! The field: types, commands, events, and the two pure functions over them.
//!
//! A case is one stream of events, `inquiry-<receipt number>`. [`Inquiry`] is its state; it decides on an [`Order`] with
//! the calendar given to it, and evolves by [`Event`]s. The law behind each rule is the Civil Petitions Treatment Act
//! (민원 처리에 관한 법률) with its decree as in force on 2026-05-06.

mod commands;
mod decide;
mod draft;
mod events;
mod identifiers;
mod inquiry;
mod refusals;
mod understood;
mod values;

pub use commands::{Approve, Command, Order};
pub use decide::{LONGEST_ANSWER, LONGEST_NOTE, LONGEST_TEXT, LONGEST_TITLE};
pub use draft::{Draft, DraftParagraph, DraftSentence, ParagraphRole, Source};
pub use events::{Approval, Destination, Event, Filing, Outcome, office_subject, petitioner_subject};
pub use identifiers::{AccessCode, Receipt, ReceiptError};
pub use inquiry::{Completion, Inquiry, Objection, job};
pub use maru_holidays::OfficialCalendar;
pub use refusals::Refusal;
pub use understood::{Correction, FoundArticle, Ground, Judged, NearDuplicate, Understood, thousandths};
pub use values::{
    Channel, Deadline, DepartmentId, GivenGround, Kind, NamedOfficial, Said, State, Statement, TextLanguage, Urgency,
    clean, day_of,
};
