//! Methods of periods, instants and dates.

use super::super::{Arguments, builtin};
use crate::diagnostic::Diagnostic;
use crate::period::{Instant, Period, Unit};
use crate::syntax::Name;
use crate::value::{Outcome, Value};

fn unit_argument(value: Option<Value>) -> Outcome<Option<Unit>> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(Value::Unit(unit)) => Ok(Some(unit)),
        Some(other) => Unit::parse(&other.display())
            .map(Some)
            .ok_or_else(|| Diagnostic::raised("ValueError", format!("Invalid unit: {}", other.display()))),
    }
}

fn shift(instant: Instant, by: &Value, unit: Unit) -> Outcome<Instant> {
    match by {
        Value::Text(text) if &**text == "first-of" => Ok(instant.first_of(unit)),
        Value::Text(text) if &**text == "last-of" => Ok(instant.last_of(unit)),
        other => other
            .as_int()
            .and_then(|by| i32::try_from(by).ok())
            .and_then(|by| instant.offset(by, unit))
            .ok_or_else(|| Diagnostic::raised("ValueError", format!("Invalid offset: {}", other.display()))),
    }
}

pub(super) fn period_method(period: Period, name: &Name, arguments: &Arguments) -> Outcome<Value> {
    match &**name {
        "offset" => {
            let by = arguments.require(0, "offset", name)?;
            let unit = unit_argument(arguments.take(1, "unit"))?.unwrap_or(period.unit);
            Ok(Value::Period(Period { start: shift(period.start, &by, unit)?, ..period }))
        }
        "get_subperiods" => {
            let unit = unit_argument(arguments.take(0, "unit"))?.unwrap_or(period.unit);
            let periods = period.subperiods(unit).ok_or_else(|| {
                Diagnostic::raised(
                    "ValueError",
                    format!("Cannot subdivide {} into {}", period.unit.name(), unit.name()),
                )
            })?;
            Ok(Value::list(periods.into_iter().map(Value::Period).collect()))
        }
        "contains" => match arguments.require(0, "other", name)? {
            Value::Period(other) => Ok(Value::Bool(period.contains(other))),
            other => {
                Err(Diagnostic::raised("TypeError", format!("contains() needs a period, not '{}'", other.type_name())))
            }
        },
        "intersection" => {
            let bound = |value: Option<Value>| match value {
                None | Some(Value::None) => Ok(None),
                Some(value) => builtin::instant(&value).map(Some),
            };
            Ok(intersection(period, bound(arguments.take(0, "start"))?, bound(arguments.take(1, "stop"))?)
                .map_or(Value::None, Value::Period))
        }
        _ => {
            // A property called by mistake reads as the property.
            Err(Diagnostic::raised("AttributeError", format!("'Period' object has no method '{name}'")))
        }
    }
}

pub(super) fn intersection(period: Period, start: Option<Instant>, stop: Option<Instant>) -> Option<Period> {
    let own_stop = period.stop()?;
    let (start, stop) = (start.unwrap_or(period.start), stop.unwrap_or(own_stop));
    if stop < period.start || own_stop < start {
        return None;
    }
    let (first, last) = (period.start.max(start), own_stop.min(stop));
    if first == period.start && last == own_stop {
        return Some(period);
    }
    let (unit, size) = if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) {
        (Unit::Year, last.year - first.year + 1)
    } else if first.day == 1 && last == last.last_of(Unit::Month) {
        (Unit::Month, (last.year - first.year) * 12 + i32::from(last.month) - i32::from(first.month) + 1)
    } else {
        (Unit::Day, last.days() - first.days() + 1)
    };
    Some(Period { unit, start: first, size })
}

pub(super) fn instant_method(instant: Instant, name: &Name, arguments: &Arguments) -> Outcome<Value> {
    match &**name {
        "offset" => {
            let by = arguments.require(0, "offset", name)?;
            let unit = unit_argument(arguments.take(1, "unit"))?.unwrap_or(Unit::Day);
            shift(instant, &by, unit).map(Value::Instant)
        }
        "period" => {
            let unit = unit_argument(arguments.take(0, "unit"))?.unwrap_or(Unit::Day);
            let size = arguments
                .take(1, "size")
                .and_then(|size| size.as_int())
                .and_then(|size| i32::try_from(size).ok())
                .unwrap_or(1);
            Ok(Value::Period(Period { unit, start: instant, size }))
        }
        _ => Err(Diagnostic::raised("AttributeError", format!("'Instant' object has no attribute '{name}'"))),
    }
}

pub(super) fn date_method(days: i32, name: &Name, arguments: &Arguments) -> Outcome<Value> {
    let instant = Instant::from_days(days);
    match &**name {
        "isoformat" => Ok(Value::text(instant.to_string())),
        "weekday" => Ok(Value::Int(i64::from((days + 3).rem_euclid(7)))),
        "isoweekday" => Ok(Value::Int(i64::from((days + 3).rem_euclid(7) + 1))),
        "toordinal" => Ok(Value::Int(i64::from(days) + 719_163)),
        "date" => Ok(Value::Date(days)),
        "copy" => Ok(Value::Date(days)),
        "replace" => {
            let part = |place: usize, name: &str, own: i64| {
                arguments.take(place, name).and_then(|value| value.as_int()).unwrap_or(own)
            };
            let (year, month, day) = (
                part(0, "year", i64::from(instant.year)),
                part(1, "month", i64::from(instant.month)),
                part(2, "day", i64::from(instant.day)),
            );
            builtin::date(year, month, day).map(Value::Date)
        }
        "strftime" => {
            let format = arguments.require(0, "format", name)?.display();
            let text = format
                .replace("%Y", &format!("{:04}", instant.year))
                .replace("%m", &format!("{:02}", instant.month))
                .replace("%d", &format!("{:02}", instant.day));
            Ok(Value::text(text))
        }
        _ => Err(Diagnostic::raised("AttributeError", format!("'date' object has no attribute '{name}'"))),
    }
}
