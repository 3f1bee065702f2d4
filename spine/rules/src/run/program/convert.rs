//! Operations row by row: from one type to another.

use super::build::{Builder, Value};
use super::range::{Part, Range};
use super::step::{Action, Comparison, Rounding, Source};
use crate::graph::{Kind, NodeId};
use crate::run::exact::{Form, first_of_month, year_and_month};

impl Builder<'_> {
    pub(super) fn convert(&mut self, a: NodeId, to: Kind, form: Form) -> Option<Value> {
        let (from, from_form) = (self.kind(a), self.form(a));
        if to == Kind::Bool {
            return match self.value(a) {
                Value::Truth(truth) => Some(Value::Truth(truth)),
                Value::Fraction(fraction) => self.fraction_truth(fraction).map(Value::Truth),
                _ => {
                    let part = self.number(a)?;
                    Some(Value::Truth(self.compared(Comparison::NotEqual, part, Part::constant(0))))
                }
            };
        }
        if to == Kind::Text || matches!(from_form, Form::Text | Form::Float) {
            return None;
        }
        if to.is_float() {
            return match form {
                Form::Scaled(denominator) => self.number_over(a, denominator).map(Value::Number),
                Form::Ratio => self.fraction(a).map(Value::Fraction),
                _ => None,
            };
        }
        if from_form == Form::Ratio {
            let fraction = self.fraction(a)?;
            return self.truncated(fraction).map(Value::Number);
        }
        let part = self.number(a)?;
        if let Form::Scaled(denominator) = from_form
            && denominator > 1
        {
            return self.divided(Rounding::Truncate, part, denominator).map(Value::Number);
        }
        let moment = from != to && !from.is_numeric() && !to.is_numeric() && !matches!(from, Kind::Enum(_));
        if moment { self.moment(part, from, to).map(Value::Number) } else { Some(Value::Number(part)) }
    }

    /// A date in another unit, where a life meets it; see [`crate::graph::convert_moment`].
    fn moment(&mut self, part: Part, from: Kind, to: Kind) -> Option<Part> {
        // 1 January 0000 to 31 December 9999.
        let (days, months) = (Range::new(-719_528, 2_932_896), Range::new(-23_640, 96_359));
        let Range { low, high } = part.range;
        match (from, to) {
            (Kind::Date, Kind::Month) if days.covers(part.range) => {
                let month = |day: i128| {
                    let (year, month) = year_and_month(day as i32);
                    i128::from(year * 12 + month - 1970 * 12 - 1)
                };
                let Source::Register(register) = part.source else { return None };
                if let Some(known) = self.months.get(&register) {
                    return Some(*known);
                }
                let found =
                    self.changed(part, Range::new(month(low), month(high)), |day| Action::Moment(day, from, to))?;
                self.months.insert(register, found);
                Some(found)
            }
            // A year is twelve months: who asks for one mostly asks for the other too.
            (Kind::Date, Kind::Year) if days.covers(part.range) => {
                let month = self.moment(part, Kind::Date, Kind::Month)?;
                self.moment(month, Kind::Month, Kind::Year)
            }
            (Kind::Month, Kind::Date) if months.covers(part.range) => {
                let day = |month: i128| i128::from(first_of_month(month as i32));
                self.changed(part, Range::new(day(low), day(high)), |month| Action::Moment(month, from, to))
            }
            (Kind::Month, Kind::Year) => self.divided(Rounding::Floor, part, 12),
            (Kind::Months, Kind::Years) => self.divided(Rounding::Truncate, part, 12),
            (Kind::Year, Kind::Month) | (Kind::Years, Kind::Months) => self.raise(part, 12),
            (Kind::Year, Kind::Date) => {
                let part = self.raise(part, 12)?;
                self.moment(part, Kind::Month, Kind::Date)
            }
            _ => None,
        }
    }
}
