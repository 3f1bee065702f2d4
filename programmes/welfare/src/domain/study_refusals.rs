//! Why a reform is not studied, or a population not screened, as it was asked.

use maru_web::Explained;

/// Why a reform is not studied, or a population not screened, as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StudyRefusal {
    /// The reform changes neither a figure nor a take-up.
    ChangesNothing,
    /// More figures than one study takes.
    TooManyFigures {
        /// How many it takes.
        most: usize,
    },
    /// A new value is no figure.
    NoFigure {
        /// The parameter.
        path: String,
    },
    /// A new figure would end before it begins.
    EndsBefore {
        /// The parameter.
        path: String,
    },
    /// The law knows no such figure.
    UnknownFigure {
        /// The parameter.
        path: String,
    },
    /// A take-up is no share.
    TakeUp {
        /// The benefit.
        id: String,
    },
    /// The other rules cannot be compiled.
    Formulas {
        /// Where, what, and what to write instead.
        diagnostic: String,
    },
    /// No example household is called so.
    UnknownHousehold {
        /// The name.
        id: String,
    },
    /// The deployment names no population.
    NoPopulation,
    /// It is not done yet.
    NotDone,
    /// One is being done already.
    Running,
    /// The part of the population in which a household was found is not there any more.
    RegistersGone {
        /// Its folder.
        part: String,
    },
}

impl StudyRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::NoPopulation | Self::NotDone | Self::Running | Self::RegistersGone { .. } => self.explain_standing(),
            Self::ChangesNothing => Explained::new(
                "reform-changes-nothing",
                ("바꾼 값이 없습니다.", "Nothing is changed."),
                "",
                (
                    "법의 값을 하나 이상 골라 새 값을 적거나 받는 비율을 바꿔 주십시오.",
                    "Choose a figure of the law and write its new value, or change a take-up.",
                ),
            ),
            Self::TooManyFigures { most } => Explained::new(
                "too-many-figures",
                (format!("한 번에 {most}개까지 바꿀 수 있습니다."), format!("One study changes up to {most} figures.")),
                "",
                ("나누어 계산해 주십시오.", "Do it in several studies."),
            ),
            Self::NoFigure { path } => Explained::new(
                "no-figure",
                (format!("{path}의 새 값이 숫자가 아닙니다."), format!("The new value of {path} is no number.")),
                "",
                ("350000이나 0.35처럼 적어 주십시오.", "Write it as 350000 or 0.35."),
            ),
            Self::EndsBefore { path } => Explained::new(
                "ends-before",
                (
                    format!("{path}의 끝나는 날이 시작하는 날보다 빠릅니다."),
                    format!("{path} would end before it begins."),
                ),
                "",
                ("날짜를 확인해 주십시오.", "Check the dates."),
            ),
            Self::UnknownFigure { path } => Explained::new(
                "unknown-figure",
                (format!("법에 {path}(이)라는 값이 없습니다."), format!("The law has no figure called {path}.")),
                "",
                ("찾기에서 골라 주십시오.", "Choose it from the search."),
            ),
            Self::Formulas { diagnostic } => Explained::new(
                "formulas",
                (
                    format!("적은 규칙을 컴파일할 수 없습니다.\n{diagnostic}"),
                    format!("The rules that were written cannot be compiled.\n{diagnostic}"),
                ),
                "",
                ("가리킨 줄을 고쳐 주십시오.", "Mend the line that is pointed at."),
            ),
            Self::TakeUp { id } => Explained::new(
                "take-up",
                (
                    format!("{id}의 받는 비율은 0에서 100까지입니다."),
                    format!("The take-up of {id} is 0 to 100 per cent."),
                ),
                "",
                ("0에서 100 사이의 수를 적어 주십시오.", "Write a number from 0 to 100."),
            ),
            Self::UnknownHousehold { id } => Explained::new(
                "unknown-household",
                (format!("‘{id}’(이)라는 예시 가구가 없습니다."), format!("No example household is called “{id}”.")),
                "",
                ("목록에서 골라 주십시오.", "Choose one of the list."),
            ),
        }
    }

    fn explain_standing(&self) -> Explained {
        match self {
            Self::NoPopulation => Explained::new(
                "no-population",
                ("이 서버에는 계산할 인구 자료가 없습니다.", "This deployment has no population to calculate."),
                "",
                (
                    "설정 파일의 [nation] folder에 Parquet 폴더를 적은 뒤 다시 시작해 주십시오.",
                    "Name a folder of Parquet files as [nation] folder in the configuration, and start again.",
                ),
            ),
            Self::RegistersGone { part } => Explained::new(
                "registers-gone",
                (
                    format!("이 가구를 찾은 등록 자료({part})가 서버에 없어 열 수 없습니다."),
                    format!(
                        "It cannot be opened: the registers in which this household was found ({part}) are not on the server."
                    ),
                ),
                "",
                (
                    "자료 폴더를 되돌려 놓거나, 등록 자료를 다시 불러와 점검해 주십시오.",
                    "Put the folder back, or load the registers and screen them again.",
                ),
            ),
            Self::Running => Explained::new(
                "running",
                ("같은 달의 점검이 이미 진행 중입니다.", "The same month is being screened already."),
                "",
                ("끝난 뒤 결과를 확인해 주십시오.", "Wait until it is done."),
            ),
            _ => Explained::new(
                "not-done",
                ("아직 계산이 끝나지 않았습니다.", "The calculation is not done yet."),
                "",
                ("잠시 뒤 다시 열어 주십시오.", "Open it again in a moment."),
            ),
        }
    }
}
