//! Why a milestone, an indicator, a budget or a bill is not taken.

use maru_web::Explained;

use crate::domain::refusals::Refusal;

/// Why a thing that a recommendation is held to is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParticularRefusal {
    /// There are too many.
    TooMany {
        /// At most so many.
        most: usize,
    },
    /// A day that has not come.
    FutureDay,
    /// The target is due no later than the baseline.
    TargetNotLater,
    /// The target is the baseline.
    TargetIsBaseline,
    /// A value that is no number.
    NoNumber,
    /// An amount below nothing or beyond all budgets.
    Amount,
    /// A year without a budget.
    Year,
    /// A text that is no number of a bill.
    BillNumber,
    /// An address at the Assembly that is none of the web, or too long.
    BillAddress,
    /// A later stage has an earlier day.
    StagesOutOfOrder,
    /// Only indicators are measured.
    NoIndicator,
    /// One kind of thing does not become another.
    OtherKind,
    /// The committee confirmed it as it is.
    ConfirmedAlready,
    /// The live figure is not there.
    NoFigure,
    /// What was confirmed is taken out by the committee alone.
    ConfirmedStays,
}

impl From<ParticularRefusal> for Refusal {
    fn from(refusal: ParticularRefusal) -> Self {
        Self::Particular(refusal)
    }
}

type Words = (&'static str, &'static str);

impl ParticularRefusal {
    /// The refusal as people read it.
    pub fn explain(self) -> Explained {
        if let Self::TooMany { most } = self {
            let reason = (format!("{most}개까지 넣을 수 있습니다."), format!("At most {most} can be entered."));
            return Explained::new(
                "too-many-particulars",
                reason,
                "",
                ("지난 것을 빼고 다시 넣어 주십시오.", "Take out what is past, then enter it again."),
            );
        }
        let (code, reason, article, remedy) = self.words();
        Explained::new(code, reason, article, remedy)
    }

    fn words(self) -> (&'static str, Words, &'static str, Words) {
        let none = "";
        match self {
            Self::BillNumber | Self::BillAddress | Self::StagesOutOfOrder => self.words_of_bill(),
            Self::FutureDay => (
                "future-day",
                ("아직 오지 않은 날짜입니다.", "That day has not come."),
                none,
                ("오늘이나 지난 날짜를 적어 주십시오.", "Give today or an earlier day."),
            ),
            Self::TargetNotLater => (
                "target-not-later",
                ("목표 분기가 기준 분기보다 뒤가 아닙니다.", "The target is due no later than the baseline."),
                none,
                ("기준 분기보다 뒤의 분기를 골라 주십시오.", "Choose a later quarter for the target."),
            ),
            Self::TargetIsBaseline => (
                "target-is-baseline",
                ("목표값이 기준값과 같습니다.", "The target is the same as the baseline."),
                none,
                ("무엇이 나아져야 하는지 보이는 목표값을 적어 주십시오.", "Give a target that asks for a change."),
            ),
            Self::NoNumber => (
                "no-number",
                ("값이 숫자가 아닙니다.", "A value is not a number."),
                none,
                (
                    "숫자만 적고 단위는 단위 칸에 적어 주십시오.",
                    "Write the number alone; the unit has a field of its own.",
                ),
            ),
            Self::Amount => (
                "amount",
                (
                    "금액이 0원보다 적거나 100조 원보다 많습니다.",
                    "The amount is below nothing or above 100 trillion won.",
                ),
                none,
                ("원 단위로 적었는지 확인해 주십시오.", "Check that it is in won."),
            ),
            Self::Year => (
                "budget-year",
                ("예산 연도는 2020년부터 2099년까지입니다.", "Budgets are of the years 2020 to 2099."),
                none,
                ("네 자리 연도를 적어 주십시오.", "Write the year with four digits."),
            ),
            Self::NoIndicator => (
                "no-indicator",
                ("지표에만 값을 더할 수 있습니다.", "Only an indicator can be given a value."),
                none,
                ("지표를 골라 주십시오.", "Choose an indicator."),
            ),
            Self::OtherKind => (
                "other-kind",
                ("이미 다른 종류로 넣은 항목입니다.", "It was entered as another kind of thing."),
                none,
                ("새 항목으로 넣어 주십시오.", "Enter it as a new one."),
            ),
            Self::NoFigure => (
                "no-figure",
                ("이어 둔 수치가 없거나 아직 값이 없습니다.", "There is no such live figure, or it has no value yet."),
                none,
                ("값을 손으로 넣어 주십시오.", "Enter the value by hand."),
            ),
            Self::ConfirmedStays => (
                "confirmed-stays",
                (
                    "위원회가 확인한 항목은 위원회만 뺄 수 있습니다.",
                    "What was confirmed, only the committee takes out.",
                ),
                none,
                ("위원회에 사유를 알려 주십시오.", "Tell the committee why."),
            ),
            Self::ConfirmedAlready | Self::TooMany { .. } => (
                "confirmed-already",
                ("이미 확인한 내용입니다.", "It was confirmed as it is."),
                none,
                ("바뀐 내용이 들어오면 다시 확인할 수 있습니다.", "It can be confirmed again when it changes."),
            ),
        }
    }

    fn words_of_bill(self) -> (&'static str, Words, &'static str, Words) {
        let none = "";
        match self {
            Self::BillNumber => (
                "bill-number",
                ("의안번호는 숫자 일곱 자리입니다.", "The number of a bill has seven digits."),
                none,
                (
                    "국회 의안정보시스템의 번호를 적거나 비워 두십시오.",
                    "Copy it from the Assembly's site, or leave it empty.",
                ),
            ),
            Self::BillAddress => (
                "bill-address",
                (
                    "의안정보시스템 주소가 https:// 또는 http://로 시작하지 않거나 1,000자보다 깁니다.",
                    "The address at the Assembly does not begin with https:// or http://, or is longer than 1,000 characters.",
                ),
                none,
                (
                    "국회 의안정보시스템의 주소를 적거나 비워 두십시오.",
                    "Copy it from the Assembly's site, or leave it empty.",
                ),
            ),
            _ => (
                "stages-out-of-order",
                ("앞 단계의 날짜가 뒤 단계의 날짜보다 늦습니다.", "An earlier stage has a later day."),
                "국회법 제79조, 제81조, 제86조, 제93조, 제98조",
                ("단계마다 통과한 날짜를 확인해 주십시오.", "Check the day on which each stage was passed."),
            ),
        }
    }
}
