//! The types of columns.

/// The type of a column, as NumPy would have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// `int32`, what variables of type `int` are.
    Int32,
    /// `int64`, what counting gives.
    Int64,
    /// `float32`, what variables of type `float` are.
    Float32,
    /// `float64`.
    Float64,
    /// `datetime64[D]`.
    Date,
    /// `datetime64[M]`.
    Month,
    /// `datetime64[Y]`.
    Year,
    /// `timedelta64[D]`.
    Days,
    /// `timedelta64[M]`.
    Months,
    /// `timedelta64[Y]`.
    Years,
    /// The index of a member, of the enumeration with this number.
    Enum(u32),
    /// Text.
    Text,
}

impl Kind {
    /// Whether arithmetic is meant for it.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Bool | Self::Int32 | Self::Int64 | Self::Float32 | Self::Float64)
    }

    /// Whether it is a whole number.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Int32 | Self::Int64)
    }

    /// Whether it has decimals.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }

    pub(super) const fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Month | Self::Year)
    }

    pub(super) const fn is_duration(self) -> bool {
        matches!(self, Self::Days | Self::Months | Self::Years)
    }

    /// What a person would call it.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Bool => "truth values",
            Self::Int32 | Self::Int64 => "whole numbers",
            Self::Float32 | Self::Float64 => "numbers",
            Self::Date | Self::Month | Self::Year => "dates",
            Self::Days | Self::Months | Self::Years => "durations",
            Self::Enum(_) => "members of an enumeration",
            Self::Text => "texts",
        }
    }
}

/// The type that two NumPy types meet in.
pub fn promote(left: Kind, right: Kind) -> Option<Kind> {
    use Kind::{Bool, Date, Float32, Float64, Int32, Int64, Month, Year};
    if left == right {
        return Some(left);
    }
    Some(match (left, right) {
        (Bool, other) | (other, Bool) if other.is_numeric() => other,
        (Int32, Int64) | (Int64, Int32) => Int64,
        (a, b) if a.is_numeric() && b.is_numeric() => Float64,
        (Date, Month | Year) | (Month | Year, Date) => Date,
        (Month, Year) | (Year, Month) => Month,
        (Kind::Days, other) | (other, Kind::Days) if other.is_integer() => Kind::Days,
        (Kind::Months, other) | (other, Kind::Months) if other.is_integer() => Kind::Months,
        (Kind::Years, other) | (other, Kind::Years) if other.is_integer() => Kind::Years,
        (Float32, _) | (_, Float32) => return None,
        _ => return None,
    })
}

/// A date or duration in another unit, as NumPy converts it: dates to the unit that holds them, durations by the mean length
/// of the Gregorian month and year, towards zero.
pub(crate) fn convert_moment(value: i64, from: Kind, to: Kind) -> i64 {
    let month_of = |days: i64| {
        let (year, month, _) = crate::period::civil_from_days(days as i32);
        (i64::from(year) - 1970) * 12 + i64::from(month) - 1
    };
    let first_day = |months: i64| {
        i64::from(crate::period::days_from_civil(
            (1970 + months.div_euclid(12)) as i32,
            (months.rem_euclid(12) + 1) as u8,
            1,
        ))
    };
    match (from, to) {
        (Kind::Date, Kind::Month) => month_of(value),
        (Kind::Date, Kind::Year) => month_of(value).div_euclid(12),
        (Kind::Month, Kind::Date) => first_day(value),
        (Kind::Month, Kind::Year) => value.div_euclid(12),
        (Kind::Year, Kind::Month) | (Kind::Years, Kind::Months) => value.saturating_mul(12),
        (Kind::Year, Kind::Date) => first_day(value.saturating_mul(12)),
        (Kind::Days, Kind::Months) => (i128::from(value) * 4_800 / 146_097) as i64,
        (Kind::Days, Kind::Years) => (i128::from(value) * 400 / 146_097) as i64,
        (Kind::Months, Kind::Years) => value / 12,
        (Kind::Months, Kind::Days) => (i128::from(value) * 146_097 / 4_800) as i64,
        (Kind::Years, Kind::Days) => (i128::from(value) * 146_097 / 400) as i64,
        _ => value,
    }
}
