//! Why an order is refused: reason, article and remedy, in both languages.

use jiff::civil::Date;
use maru_calendar::{date_en, date_ko};
use maru_web::Explained;

use super::values::State;

/// Why an order is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.explain().reason.english)]
pub enum Refusal {
    /// There is no such case.
    Unknown,
    /// The receipt number is taken (another one is drawn).
    ReceiptTaken,
    /// The case does not stand where the order needs it.
    WrongState {
        /// Where it stands.
        state: State,
    },
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
    /// The kind of petition cannot be treated so.
    WrongKind {
        /// The article.
        article: &'static str,
    },
    /// Somebody else saved the text in between.
    EditedMeanwhile,
    /// Nobody is named who decides.
    NoOfficial,
    /// A refusal without reason, article or remedy.
    NoRemedy,
    /// The ground is none that allows an extension.
    UnlawfulGround,
    /// A second extension without the petitioner's consent.
    ConsentMissing,
    /// A third extension.
    ExtensionsExhausted,
    /// The period has passed already.
    PeriodPassed,
    /// The clock stands still; there is nothing to extend.
    ClockStopped,
    /// The number of days is out of bounds.
    Days {
        /// At least.
        least: u16,
        /// At most.
        most: u16,
        /// The article.
        article: &'static str,
    },
    /// The petitioner had more time twice already.
    ProlongationsExhausted,
    /// Completion was asked for twice already.
    CompletionsExhausted,
    /// Nothing was asked for.
    NoCompletion,
    /// The documents may be sent back only after they were asked for and did not come.
    ReturnTooEarly,
    /// The case is with that department already.
    SameDepartment,
    /// Time that does not count ends before it begins, lies in the future or before the receipt.
    WrongInterval,
    /// A field survey takes longer than the decree allows.
    SurveyTooLong,
    /// The number is that of the case itself.
    OwnNumber,
    /// There is nothing that could be taken back any more.
    ServedAlready,
    /// It can be taken back by who approved it only.
    NotTheApprover,
    /// Fewer than two earlier cases of the same content were answered.
    NotRepeated,
    /// The time to object has passed.
    ObjectionTooLate {
        /// The last day.
        until: Date,
    },
    /// The decision on the objection was put off already.
    ObjectionExtended,
    /// Stars out of bounds.
    Stars,
    /// It was rated already.
    RatedAlready,
    /// The petitioner was erased.
    Erased,
    /// An open case cannot be erased.
    StillOpen,
    /// The calendar does not reach so far.
    Calendar {
        /// What it says.
        reason: String,
    },
}

const EXTENSION: &str = "민원 처리에 관한 법률 시행령 제21조";
const COMPLETION: &str = "민원 처리에 관한 법률 시행령 제24조";

impl Refusal {
    /// The refusal as people read it.
    #[expect(clippy::too_many_lines, reason = "one table: each refusal with its words side by side")]
    pub fn explain(&self) -> Explained {
        match self {
            Self::Unknown => Explained::new(
                "unknown-inquiry",
                ("이 접수번호의 문의가 없습니다.", "There is no inquiry with this receipt number."),
                "",
                ("접수증의 번호를 다시 확인해 주세요.", "Check the number against your receipt."),
            ),
            Self::ReceiptTaken => Explained::new(
                "receipt-taken",
                ("같은 접수번호가 이미 있습니다.", "This receipt number is taken."),
                "",
                ("다시 보내 주세요.", "Send it again."),
            ),
            Self::WrongState { state } => Explained::new(
                "wrong-state",
                (
                    format!("지금 상태({})에서는 할 수 없는 일입니다.", state.korean()),
                    format!("This cannot be done while the inquiry is in the state “{}”.", state.english()),
                ),
                "",
                ("처리 상태를 새로 고쳐 확인해 주세요.", "Reload the page and check where the inquiry stands."),
            ),
            Self::Empty { ko, en } => Explained::new(
                "empty",
                (format!("{ko} 칸이 비어 있습니다."), format!("The field “{en}” is empty.")),
                "",
                ("내용을 적고 다시 보내 주세요.", "Fill it in and send it again."),
            ),
            Self::TooLong { limit } => Explained::new(
                "too-long",
                (
                    format!("글이 너무 깁니다. {limit}자까지 쓸 수 있습니다."),
                    format!("The text is too long: at most {limit} characters."),
                ),
                "",
                ("줄여서 다시 보내 주세요.", "Shorten it and send it again."),
            ),
            Self::WrongKind { article } => Explained::new(
                "wrong-kind",
                ("이 종류의 민원에는 쓸 수 없는 절차입니다.", "This procedure is not open for this kind of petition."),
                article,
                (
                    "새로 문의하시거나, 국민권익위원회에 고충민원을 신청할 수 있습니다.",
                    "You can file a new inquiry, or a grievance with the Anti-Corruption and Civil Rights Commission.",
                ),
            ),
            Self::EditedMeanwhile => Explained::new(
                "edited-meanwhile",
                ("그사이 다른 사람이 답변을 고쳤습니다.", "Somebody else edited the answer in between."),
                "",
                ("새로 고쳐 그 글을 확인한 뒤 다시 저장해 주세요.", "Reload, look at that text, and save again."),
            ),
            Self::NoOfficial => Explained::new(
                "no-official",
                (
                    "담당 공무원의 이름, 부서, 전화번호가 있어야 합니다. 인공지능은 결정하지 않습니다.",
                    "The name, unit and telephone of the official in charge are needed. Artificial intelligence never decides.",
                ),
                "행정기본법 제20조, 민원 처리에 관한 법률 시행령 제31조",
                ("담당 공무원 계정으로 승인해 주세요.", "Approve it from the account of the official in charge."),
            ),
            Self::NoRemedy => Explained::new(
                "no-remedy",
                (
                    "거부할 때에는 이유, 근거 조문, 구제절차를 함께 알려야 합니다.",
                    "A refusal must state its reason, its article and the remedy.",
                ),
                "민원 처리에 관한 법률 제27조제3항",
                ("빠진 칸을 채워 주세요.", "Fill in what is missing."),
            ),
            Self::UnlawfulGround => Explained::new(
                "unlawful-ground",
                (
                    "업무량, 담당자 지정 지연, 담당자 부재는 처리기간을 늘릴 사유가 아닙니다.",
                    "Workload, late assignment and absence are no grounds for an extension.",
                ),
                "민원 처리에 관한 법률 시행령 제21조제2항",
                (
                    "기간 안에 답하거나, 법이 정한 사유가 있으면 그 사유로 연장해 주세요.",
                    "Answer within the period, or extend on a ground that the decree names.",
                ),
            ),
            Self::ConsentMissing => Explained::new(
                "consent-missing",
                ("두 번째 연장에는 민원인의 동의가 필요합니다.", "A second extension needs the petitioner's consent."),
                "민원 처리에 관한 법률 시행령 제21조제1항",
                ("민원인의 동의를 먼저 받아 주세요.", "Ask the petitioner first."),
            ),
            Self::ExtensionsExhausted => Explained::new(
                "extensions-exhausted",
                ("처리기간을 이미 두 번 연장했습니다.", "The period was extended twice already."),
                "민원 처리에 관한 법률 시행령 제21조제1항",
                ("답변하고 늦은 이유를 알려 주세요.", "Answer, and explain the delay."),
            ),
            Self::PeriodPassed => Explained::new(
                "period-passed",
                ("처리기간이 이미 끝나 연장할 수 없습니다.", "The period has passed and can no longer be extended."),
                EXTENSION,
                (
                    "바로 답변하고 늦은 이유를 알려 주세요. 민원인은 시정을 요구할 수 있습니다(시행령 제18조).",
                    "Answer at once and explain the delay. The petitioner may demand a correction (decree, article 18).",
                ),
            ),
            Self::ClockStopped => Explained::new(
                "clock-stopped",
                ("처리기간이 멈춰 있어 연장할 것이 없습니다.", "The clock stands still; there is nothing to extend."),
                EXTENSION,
                ("보완이 끝난 뒤 필요하면 연장해 주세요.", "Extend it after completion, if still needed."),
            ),
            Self::Days { least, most, article } => Explained::new(
                "days-out-of-bounds",
                (
                    format!("기간은 {least}일부터 {most}일까지 정할 수 있습니다."),
                    format!("The time must be between {least} and {most} days."),
                ),
                article,
                ("기간을 고쳐 주세요.", "Change the number of days."),
            ),
            Self::ProlongationsExhausted => Explained::new(
                "prolongations-exhausted",
                ("보완 기간 연장은 두 번까지 할 수 있습니다.", "The time to complete can be prolonged twice."),
                "민원 처리에 관한 법률 시행령 제24조제2항",
                (
                    "기한까지 보내기 어려우면 담당자에게 전화해 주세요.",
                    "If you cannot send it in time, call the official in charge.",
                ),
            ),
            Self::CompletionsExhausted => Explained::new(
                "completions-exhausted",
                ("보완은 두 번까지 요구할 수 있습니다.", "Completion can be asked for twice."),
                COMPLETION,
                (
                    "가진 자료로 처리하거나, 이유를 밝혀 되돌려 보내 주세요(제25조).",
                    "Decide on what is there, or return the documents with the reason (article 25).",
                ),
            ),
            Self::NoCompletion => Explained::new(
                "no-completion",
                ("보완을 요청한 일이 없습니다.", "Nothing was asked to be completed."),
                COMPLETION,
                ("처리 상태를 확인해 주세요.", "Check where the inquiry stands."),
            ),
            Self::ReturnTooEarly => Explained::new(
                "return-too-early",
                (
                    "보완을 요구하고 그 기간이 지난 뒤에만 되돌려 보낼 수 있습니다.",
                    "Documents can be returned only after completion was asked for and its time has passed.",
                ),
                "민원 처리에 관한 법률 시행령 제25조제1항",
                ("먼저 보완을 요구해 주세요.", "Ask for completion first."),
            ),
            Self::SameDepartment => Explained::new(
                "same-department",
                ("이미 그 부서가 맡고 있습니다.", "That department has it already."),
                "",
                ("다른 부서를 골라 주세요.", "Choose another department."),
            ),
            Self::WrongInterval => Explained::new(
                "wrong-interval",
                (
                    "세지 않는 기간은 접수한 뒤에 시작하여 지금까지 안에 있어야 합니다.",
                    "Time that does not count must lie between the receipt and now, its beginning first.",
                ),
                "민원 처리에 관한 법률 시행령 제20조",
                ("시작과 끝을 고쳐 주세요.", "Correct its beginning and end."),
            ),
            Self::SurveyTooLong => Explained::new(
                "survey-too-long",
                (
                    "고충민원의 현장조사는 14일, 한 번 더 7일까지 세지 않습니다.",
                    "A field survey of a grievance does not count for 14 days, and once for 7 more.",
                ),
                "민원 처리에 관한 법률 시행령 제17조제4항·제5항",
                ("기간을 줄여 주세요.", "Shorten it."),
            ),
            Self::OwnNumber => Explained::new(
                "own-number",
                ("이 문의 자신의 접수번호입니다.", "This is the receipt number of the inquiry itself."),
                "",
                ("다른 문의의 접수번호를 적어 주세요.", "Give the number of another inquiry."),
            ),
            Self::ServedAlready => Explained::new(
                "served-already",
                ("답변이 이미 나가 되돌릴 수 없습니다.", "The answer was sent and cannot be taken back."),
                "",
                (
                    "고칠 것이 있으면 정정하는 글을 따로 보내 주세요.",
                    "If something is wrong, send a correction to the petitioner.",
                ),
            ),
            Self::NotTheApprover => Explained::new(
                "not-the-approver",
                ("승인한 사람만 되돌릴 수 있습니다.", "Only who approved it can take it back."),
                "",
                ("승인한 담당자에게 알려 주세요.", "Tell the official who approved it."),
            ),
            Self::NotRepeated => Explained::new(
                "not-repeated",
                (
                    "같은 내용에 두 번 이상 답한 뒤 세 번째부터 종결할 수 있습니다.",
                    "A petition can be closed as repeated only after two answers to the same content.",
                ),
                "민원 처리에 관한 법률 제23조제1항",
                ("이번 문의에 답해 주세요.", "Answer this inquiry."),
            ),
            Self::ObjectionTooLate { until } => Explained::new(
                "objection-too-late",
                (
                    format!("이의신청 기간이 {}에 끝났습니다.", date_ko(*until)),
                    format!("The time to object ended on {}.", date_en(*until)),
                ),
                "민원 처리에 관한 법률 제35조제1항",
                (
                    "처분이 있음을 안 날부터 90일 안이면 행정심판을 청구할 수 있습니다.",
                    "Within 90 days of knowing of the decision you can file an administrative appeal.",
                ),
            ),
            Self::ObjectionExtended => Explained::new(
                "objection-extended",
                ("이의신청의 결정은 한 번만 미룰 수 있습니다.", "The decision on an objection can be put off once."),
                "민원 처리에 관한 법률 제35조제2항",
                ("결정해 주세요.", "Decide it."),
            ),
            Self::Stars => Explained::new(
                "stars-out-of-bounds",
                ("별점은 1부터 5까지입니다.", "Stars are 1 to 5."),
                "",
                ("별점을 다시 골라 주세요.", "Choose again."),
            ),
            Self::RatedAlready => Explained::new(
                "rated-already",
                ("이미 평가하셨습니다.", "You have rated this answer already."),
                "",
                ("더 하실 말씀은 새 문의로 보내 주세요.", "Send anything further as a new inquiry."),
            ),
            Self::Erased => Explained::new(
                "erased",
                ("이 문의의 개인정보는 파기되었습니다.", "The personal data of this inquiry were erased."),
                "개인정보 보호법 제21조",
                ("새 문의로 보내 주세요.", "Send a new inquiry."),
            ),
            Self::StillOpen => Explained::new(
                "still-open",
                (
                    "처리 중인 문의의 개인정보는 파기할 수 없습니다.",
                    "Personal data of an inquiry that is being handled cannot be erased.",
                ),
                "개인정보 보호법 제36조, 제37조",
                ("먼저 문의를 취하하거나 답변을 기다려 주세요.", "Withdraw the inquiry first, or wait for the answer."),
            ),
            Self::Calendar { reason } => Explained::new(
                "calendar",
                (format!("기한을 셀 수 없습니다: {reason}"), format!("The due time cannot be reckoned: {reason}")),
                "민원 처리에 관한 법률 제19조",
                ("관리자에게 알려 주세요.", "Tell the administrator."),
            ),
        }
    }
}

impl From<maru_calendar::CalendarError> for Refusal {
    fn from(error: maru_calendar::CalendarError) -> Self {
        Self::Calendar { reason: error.to_string() }
    }
}
