//! Row groups that go together: what one core can calculate without the others.

use crate::table::Table;
use parquet::file::reader::FileReader;
use parquet::file::statistics::Statistics;
use std::ops::Range;

/// For each file, the row groups that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) groups: Vec<Range<usize>>,
}

/// Smallest and greatest identifier of each row group, where the file says so.
fn extremes(table: &Table, name: &str) -> Option<Vec<(i64, i64)>> {
    let place = table.column(name)?.place;
    table
        .reader
        .metadata()
        .row_groups()
        .iter()
        .map(|group| match group.column(place).statistics()? {
            Statistics::Int32(values) => Some((i64::from(*values.min_opt()?), i64::from(*values.max_opt()?))),
            Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
            _ => None,
        })
        .collect()
}

/// For each cut after a row group: the greatest identifier before it and the smallest after it.
fn around(extremes: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut before = i64::MIN;
    let mut cuts: Vec<(i64, i64)> = extremes
        .iter()
        .map(|(_, high)| {
            before = before.max(*high);
            (before, i64::MAX)
        })
        .collect();
    let mut after = i64::MAX;
    for (cut, (low, _)) in cuts.iter_mut().zip(extremes).rev() {
        cut.1 = after;
        after = after.min(*low);
    }
    cuts
}

/// Cuts the files where no group lies on both sides; `keys` names each group's identifier, `groups` its file where there is one.
pub(crate) fn segments(person: &Table, groups: &[Option<&Table>], keys: &[String]) -> Vec<Segment> {
    let whole = || {
        let others = groups.iter().map(|table| 0..table.map_or(0, Table::groups));
        let all = std::iter::once(0..person.groups()).chain(others).collect();
        vec![Segment { groups: all }]
    };
    let Some(persons) =
        keys.iter().map(|key| extremes(person, key).map(|known| around(&known))).collect::<Option<Vec<_>>>()
    else {
        return whole();
    };
    let Some(files) = groups
        .iter()
        .zip(keys)
        .map(|(table, key)| match table {
            Some(table) => extremes(table, key).map(|known| Some(around(&known))),
            None => Some(None),
        })
        .collect::<Option<Vec<_>>>()
    else {
        return whole();
    };
    let mut segments = Vec::new();
    let mut starts = vec![0; groups.len() + 1];
    for row_group in 0..person.groups() {
        let last = row_group + 1 == person.groups();
        let ends: Option<Vec<usize>> = if last {
            Some(groups.iter().map(|table| table.map_or(0, Table::groups)).collect())
        } else {
            cut(&persons, &files, row_group)
        };
        let Some(ends) = ends else { continue };
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(starts.len());
        ranges.push(starts[0]..row_group + 1);
        starts[0] = row_group + 1;
        for (start, end) in starts.iter_mut().skip(1).zip(ends) {
            ranges.push(*start..end);
            *start = end;
        }
        segments.push(Segment { groups: ranges });
    }
    if segments.is_empty() { whole() } else { segments }
}

/// Where each group's file is cut, if no group lies on both sides of the cut in the persons' file.
fn cut(persons: &[Vec<(i64, i64)>], files: &[Option<Vec<(i64, i64)>>], row_group: usize) -> Option<Vec<usize>> {
    persons
        .iter()
        .zip(files)
        .map(|(cuts, file)| {
            let (before, after) = *cuts.get(row_group)?;
            if before >= after {
                return None;
            }
            match file {
                None => Some(0),
                Some(file) => {
                    let place =
                        file.iter().position(|(known, next)| *known >= before && *known < after && *next >= after)?;
                    Some(place + 1)
                }
            }
        })
        .collect()
}
