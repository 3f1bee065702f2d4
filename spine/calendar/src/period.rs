//! How long a petition may take (처리기간), and how that is counted: the Act, 제19조.

use serde::{Deserialize, Serialize};

/// A statutory period in the unit in which the law counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "unit", content = "amount")]
pub enum Period {
    /// Working hours from the time of receipt (제19조①; «즉시» is three: decree 제19조).
    Hours(u32),
    /// Days: up to five are counted as eight working hours each from the time of receipt (제19조①); from six on as
    /// days, the first counted, Saturdays and holidays left out (제19조②).
    Days(u32),
    /// Weeks: the first day counted, 민법 제159조–제161조 applied (제19조③).
    Weeks(u32),
    /// Months: as weeks.
    Months(u32),
    /// Years: as weeks.
    Years(u32),
}

/// The manner in which a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// In working minutes from the time of receipt.
    WorkingMinutes(u32),
    /// In working days, the first counted.
    WorkingDays(u32),
    /// By the calendar: years, months and days added, the first day counted.
    Calendar {
        /// Months (a year is twelve).
        months: u32,
        /// Days (a week is seven).
        days: u32,
    },
}

impl Period {
    /// How it is counted.
    pub fn counting(self) -> Counting {
        match self {
            Self::Hours(hours) => Counting::WorkingMinutes(hours.saturating_mul(60)),
            Self::Days(days) if days <= 5 => {
                Counting::WorkingMinutes(days.saturating_mul(crate::working_time::MINUTES_PER_DAY))
            }
            Self::Days(days) => Counting::WorkingDays(days),
            Self::Weeks(weeks) => Counting::Calendar { months: 0, days: weeks.saturating_mul(7) },
            Self::Months(months) => Counting::Calendar { months, days: 0 },
            Self::Years(years) => Counting::Calendar { months: years.saturating_mul(12), days: 0 },
        }
    }

    /// The article that says how it is counted.
    pub fn article(self) -> &'static str {
        match self {
            Self::Hours(_) => "민원 처리에 관한 법률 시행령 제19조, 법 제19조제1항",
            Self::Days(days) if days <= 5 => "민원 처리에 관한 법률 제19조제1항",
            Self::Days(_) => "민원 처리에 관한 법률 제19조제2항",
            Self::Weeks(_) | Self::Months(_) | Self::Years(_) => {
                "민원 처리에 관한 법률 제19조제3항, 민법 제159조부터 제161조까지"
            }
        }
    }

    /// The length in Korean: «14일».
    pub fn korean(self) -> String {
        match self {
            Self::Hours(3) => "즉시(3근무시간)".into(),
            Self::Hours(hours) => format!("{hours}근무시간"),
            Self::Days(days) => format!("{days}일"),
            Self::Weeks(weeks) => format!("{weeks}주"),
            Self::Months(months) => format!("{months}개월"),
            Self::Years(years) => format!("{years}년"),
        }
    }

    /// The length in English: «14 days».
    pub fn english(self) -> String {
        let (amount, unit) = match self {
            Self::Hours(3) => return "immediately (3 working hours)".into(),
            Self::Hours(hours) => (hours, "working hour"),
            Self::Days(days) => (days, "day"),
            Self::Weeks(weeks) => (weeks, "week"),
            Self::Months(months) => (months, "month"),
            Self::Years(years) => (years, "year"),
        };
        format!("{amount} {unit}{}", if amount == 1 { "" } else { "s" })
    }
}
