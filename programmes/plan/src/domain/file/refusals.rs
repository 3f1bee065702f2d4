//! Why a file is not taken, or not withdrawn.

use jiff::civil::Date;
use maru_web::Explained;

use super::{LARGEST_FILE, LARGEST_TOGETHER, MOST_FILES};
use crate::domain::Refusal;

/// Why a file is not taken, or not withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileRefusal {
    /// There is nothing in it.
    Empty {
        /// What it is called.
        name: String,
    },
    /// It is larger than [`LARGEST_FILE`].
    TooLarge {
        /// What it is called.
        name: String,
    },
    /// All that were sent have more than [`LARGEST_TOGETHER`].
    TooLargeTogether,
    /// More than [`MOST_FILES`].
    TooMany,
    /// It is none of the kinds that are taken.
    Kind {
        /// What it is called.
        name: String,
    },
    /// It holds programs.
    Macros {
        /// What it is called.
        name: String,
    },
    /// It is damaged.
    Damaged {
        /// What it is called.
        name: String,
    },
    /// Its name came without it.
    OnlyName {
        /// What it is called.
        name: String,
    },
    /// The same file was withdrawn from this recommendation.
    Withdrawn {
        /// When.
        on: Date,
    },
    /// The committee has confirmed: the body withdraws no more.
    Confirmed,
}

impl From<FileRefusal> for Refusal {
    fn from(refusal: FileRefusal) -> Self {
        Self::File(Box::new(refusal))
    }
}

/// How many MiB.
fn mebibytes(bytes: usize) -> usize {
    bytes >> 20
}

const KINDS: (&str, &str) = (
    "PDF, 한글(HWP·HWPX), DOCX, XLSX, CSV, 텍스트(TXT), 사진(JPEG·PNG·WebP) 가운데 하나로 저장해 다시 골라 주십시오.",
    "Save it as PDF, HWP, HWPX, DOCX, XLSX, CSV, plain text (TXT), JPEG, PNG or WebP, and choose it again.",
);

impl FileRefusal {
    /// The refusal as people read it.
    pub fn explain(&self) -> Explained {
        match self {
            Self::TooLarge { .. } | Self::TooLargeTogether | Self::TooMany => self.explain_size(),
            Self::Withdrawn { .. } | Self::Confirmed => self.explain_withdrawal(),
            _ => self.explain_content(),
        }
    }

    fn explain_size(&self) -> Explained {
        match self {
            Self::TooLarge { name } => {
                let most = mebibytes(LARGEST_FILE);
                Explained::new(
                    "file-too-large",
                    (
                        format!("‘{name}’ 파일이 {most}MB보다 큽니다."),
                        format!("The file “{name}” is larger than {most} MB."),
                    ),
                    "",
                    (
                        "줄이거나 나누어 다시 고르거나, 누구나 열 수 있는 웹 주소를 증빙으로 적어 주십시오.",
                        "Make it smaller or divide it and choose it again, or give an address of the web that anyone can open.",
                    ),
                )
            }
            Self::TooLargeTogether => {
                let most = mebibytes(LARGEST_TOGETHER);
                Explained::new(
                    "file-too-large-together",
                    (
                        format!("한 번에 보내는 파일은 모두 합해 {most}MB까지입니다."),
                        format!("Files that are sent at once have at most {most} MB together."),
                    ),
                    "",
                    (
                        "몇 개만 골라 보고한 뒤, 나머지를 붙여 한 번 더 보고해 주십시오.",
                        "Send the report with some of them, then once more with the rest.",
                    ),
                )
            }
            _ => Explained::new(
                "file-too-many",
                (
                    format!("파일은 보고 하나에 {MOST_FILES}개까지 붙일 수 있습니다."),
                    format!("A report takes at most {MOST_FILES} files."),
                ),
                "",
                ("중요한 것만 골라 주십시오.", "Choose those that matter most."),
            ),
        }
    }

    fn explain_content(&self) -> Explained {
        let (code, korean, english, remedy) = match self {
            Self::Empty { name } => (
                "file-empty",
                format!("‘{name}’ 파일이 비어 있습니다."),
                format!("The file “{name}” is empty."),
                ("내용이 있는 파일을 골라 주십시오.", "Choose a file with something in it."),
            ),
            Self::Macros { name } => (
                "file-macros",
                format!("‘{name}’ 파일에 매크로가 들어 있습니다."),
                format!("The file “{name}” holds macros."),
                (
                    "매크로 없이 저장하거나 PDF로 바꾸어 다시 골라 주십시오.",
                    "Save it without macros or as PDF, and choose it again.",
                ),
            ),
            Self::Damaged { name } => (
                "file-damaged",
                format!("‘{name}’ 파일이 손상되어 읽을 수 없습니다."),
                format!("The file “{name}” is damaged and cannot be read."),
                ("파일을 열어 다시 저장한 뒤 골라 주십시오.", "Open it, save it again, and choose it."),
            ),
            Self::OnlyName { name } => (
                "file-only-name",
                format!("‘{name}’ 파일의 이름만 왔고 내용은 오지 않았습니다."),
                format!("Only the name of the file “{name}” arrived, not the file."),
                ("파일을 다시 골라 주십시오.", "Choose the file again."),
            ),
            Self::Kind { name } => (
                "file-kind",
                format!("‘{name}’ 파일은 받을 수 있는 종류가 아닙니다."),
                format!("The file “{name}” is not of a kind that is taken."),
                KINDS,
            ),
            _ => return self.explain_size(),
        };
        Explained::new(code, (korean, english), "", remedy)
    }

    fn explain_withdrawal(&self) -> Explained {
        if let Self::Withdrawn { on } = self {
            return Explained::new(
                "file-withdrawn",
                (
                    format!("같은 파일이 이 권고에서 {on}에 철회되어 다시 붙일 수 없습니다."),
                    format!(
                        "The same file was withdrawn from this recommendation on {on} and cannot be attached again."
                    ),
                ),
                "공공기관의 정보공개에 관한 법률 제9조제1항제6호",
                (
                    "잘못된 곳(개인정보 등)을 고친 파일을 붙여 주십시오.",
                    "Attach a file in which what was wrong (such as personal data) is put right.",
                ),
            );
        }
        Explained::new(
            "file-confirmed",
            (
                "위원회가 완료로 확인한 뒤에는 위원회 지원단만 파일을 철회할 수 있습니다.",
                "After the committee has confirmed, only its secretariat withdraws files.",
            ),
            "",
            ("철회할 이유를 위원회 지원단에 알려 주십시오.", "Tell the committee's secretariat why it must go."),
        )
    }
}
