//! What a screening changes in the lot of a shard. Pure: the same findings on the same lot give the same lot.
//!
//! What is found of a household comes into the lot where an order of the screening asks for it; with that everything else the
//! household misses is proposed too, as where households are taken in one by one. What stands in the lot already follows the
//! facts: another amount, no longer due, due again in a later month. Households on the log are not touched here.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    content::{Fault, Head},
    entry::{Entry, Origin, Source},
};
use crate::domain::{
    BENEFITS,
    lot::{LotChanges, LotShare},
    proposal::proposal_id,
};

/// What a screening found of one holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The household.
    pub household: String,
    /// The place of the benefit in [`crate::domain::BENEFITS`].
    pub benefit: u8,
    /// Whose, where it is a person's.
    pub member: Option<String>,
    /// How much is missed; nothing where the law cannot say: what was proposed then stays.
    pub due: Option<i64>,
    /// The part of the population, by its place.
    pub part: u32,
}

/// What an order of the screening asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Which order.
    pub batch: u32,
    /// Of which benefit, by its place.
    pub benefit: u8,
    /// From this amount on, in won of the benefit's rhythm.
    pub least: i64,
}

/// A household that is to be taken in by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// Which.
    pub household: String,
    /// The part of the population, by its place.
    pub part: u32,
    /// By which orders, and the proposal that each of them asks for; nothing where only its signals are to be seen.
    pub asked: Vec<(u32, String)>,
}

/// What is merged.
pub struct Merging<'a> {
    /// The lot that holds, with its head.
    pub base: Option<(Head, Vec<Entry>)>,
    /// What was found of the shard's households.
    pub findings: Vec<Found>,
    /// Those of them that are on the log.
    pub on_log: &'a HashSet<String>,
    /// Those with signals of a crisis: their desk must see them, so they are taken in by themselves.
    pub signals: &'a HashSet<String>,
    /// What is asked for.
    pub rules: &'a [Rule],
    /// The screening.
    pub now: &'a Origin,
    /// The folders of the population's parts.
    pub parts: &'a [String],
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// The proposals of the new lot, in the order of their households.
    pub entries: Vec<Entry>,
    /// What they name.
    pub origins: Vec<Origin>,
    /// Where their households stand.
    pub sources: Vec<Source>,
    /// What changed.
    pub changes: LotChanges,
    /// By order.
    pub shares: Vec<LotShare>,
    /// Households that are to be taken in by themselves.
    pub alone: Vec<Alone>,
}

impl Merged {
    /// Whether the lot is another than before.
    pub fn is_other(&self) -> bool {
        let LotChanges { opened, changed, withdrawn, .. } = self.changes;
        opened + changed + withdrawn > 0
    }
}

/// Merges.
///
/// # Errors
/// [`Fault::TooMany`] and [`Fault::Head`].
pub fn merge(merging: Merging<'_>) -> Result<Merged, Fault> {
    let Merging { base, findings, on_log, signals, rules, now, parts } = merging;
    let mut homes: BTreeMap<String, (Vec<Entry>, Vec<Found>)> = BTreeMap::new();
    let (head, standing) = base.map_or_else(|| (None, Vec::new()), |(head, entries)| (Some(head), entries));
    for entry in standing {
        homes.entry(entry.household.clone()).or_default().0.push(entry);
    }
    for found in findings {
        homes.entry(found.household.clone()).or_default().1.push(found);
    }
    let mut lot = Growing::new(head, now, parts)?;
    let mut shares: BTreeMap<u32, LotShare> =
        rules.iter().map(|rule| (rule.batch, LotShare { batch: rule.batch, ..LotShare::default() })).collect();
    for (household, (entries, mut found)) in homes {
        // Which thread read them first does not matter.
        found.sort_by(|one, other| {
            (one.benefit, &one.member, one.part).cmp(&(other.benefit, &other.member, other.part))
        });
        let asked = asked(&entries, &found, rules, lot.is_later());
        if on_log.contains(&household) {
            // It has left the lot; what was said of it since is newer than the population.
            if let Some(first) = found.first().filter(|_| !asked.is_empty()) {
                lot.merged.alone.push(Alone { household, part: first.part, asked: named(&asked) });
            }
            continue;
        }
        let wants_in = !asked.is_empty() || !entries.is_empty();
        if let Some(first) = found.first().filter(|_| wants_in && signals.contains(&household)) {
            lot.merged.alone.push(Alone { household, part: first.part, asked: named(&asked) });
            // It leaves the lot when it is taken in.
            lot.keep(entries);
            continue;
        }
        let batch = asked.first().map(|(rule, _)| rule.batch);
        let opened = lot.household(entries, found, batch.is_some())?;
        if let Some(share) = batch.and_then(|batch| shares.get_mut(&batch)) {
            share.households += 1;
            share.opened += opened;
        }
    }
    let mut merged = lot.pruned();
    merged.shares = shares.into_values().filter(|share| share.households > 0).collect();
    Ok(merged)
}

/// The rules that ask for something of a household that is not proposed, with the findings that they ask for.
fn asked<'a>(
    entries: &[Entry],
    found: &'a [Found],
    rules: &'a [Rule],
    later: impl Fn(&Entry) -> bool,
) -> Vec<(&'a Rule, &'a Found)> {
    let is_new = |one: &Found| {
        let known = entries.iter().find(|entry| entry.benefit == one.benefit && entry.member == one.member);
        known.is_none_or(|entry| entry.withdrawn && later(entry))
    };
    let asks = |rule: &'a Rule| {
        let fits = |one: &&Found| one.benefit == rule.benefit && one.due.is_some_and(|due| due >= rule.least);
        found.iter().find(|one| fits(one) && is_new(one)).map(|one| (rule, one))
    };
    rules.iter().filter_map(asks).collect()
}

fn named(asked: &[(&Rule, &Found)]) -> Vec<(u32, String)> {
    let id = |found: &Found| {
        let benefit = BENEFITS.get(usize::from(found.benefit)).map_or("", |benefit| benefit.id);
        proposal_id(&found.household, benefit, found.member.as_deref())
    };
    asked.iter().map(|(rule, found)| (rule.batch, id(found))).collect()
}

/// The new lot while it grows.
struct Growing<'a> {
    merged: Merged,
    /// The place of the screening among the origins.
    now: u16,
    parts: &'a [String],
    /// By the place of a part, its place among the sources.
    sources: HashMap<u32, u16>,
}

impl<'a> Growing<'a> {
    fn new(head: Option<Head>, now: &Origin, parts: &'a [String]) -> Result<Self, Fault> {
        let (mut origins, sources) = head.map_or_else(Default::default, |head| (head.origins, head.sources));
        origins.push(now.clone());
        let now = u16::try_from(origins.len() - 1).map_err(|_| Fault::TooMany)?;
        Ok(Self { merged: Merged { origins, sources, ..Merged::default() }, now, parts, sources: HashMap::new() })
    }

    /// Whether the screening's month lies behind that in which an entry changed last.
    fn is_later(&self) -> impl Fn(&Entry) -> bool + use<> {
        let months: Vec<_> = self.merged.origins.iter().map(|origin| origin.month).collect();
        let now = months.get(usize::from(self.now)).copied();
        move |entry| now > months.get(usize::from(entry.changed)).copied()
    }

    fn source(&mut self, part: u32) -> Result<u16, Fault> {
        if let Some(known) = self.sources.get(&part) {
            return Ok(*known);
        }
        let folder = self.parts.get(usize::try_from(part).unwrap_or(usize::MAX)).ok_or(Fault::Head)?;
        let known = self.merged.sources.iter().position(|source| source.part == *folder);
        let place = known.unwrap_or_else(|| {
            self.merged.sources.push(Source { part: folder.clone() });
            self.merged.sources.len() - 1
        });
        let place = u16::try_from(place).map_err(|_| Fault::TooMany)?;
        self.sources.insert(part, place);
        Ok(place)
    }

    fn keep(&mut self, entries: Vec<Entry>) {
        self.merged.changes.kept += u32::try_from(entries.len()).unwrap_or(u32::MAX);
        self.merged.entries.extend(entries);
    }

    /// A household in the new lot; says how many proposals it brought.
    fn household(&mut self, mut entries: Vec<Entry>, found: Vec<Found>, opens: bool) -> Result<u32, Fault> {
        let is_later = self.is_later();
        let source = found.first().map(|found| self.source(found.part)).transpose()?;
        let mut opened = 0;
        for entry in &mut entries {
            let now = found.iter().find(|one| one.benefit == entry.benefit && one.member == entry.member);
            match now.map(|one| one.due) {
                Some(Some(due)) if entry.withdrawn && opens && is_later(entry) => {
                    (entry.withdrawn, entry.amount) = (false, due);
                    (entry.found, entry.changed) = (self.now, self.now);
                    opened += 1;
                }
                Some(Some(due)) if !entry.withdrawn && due != entry.amount => {
                    (entry.amount, entry.changed) = (due, self.now);
                    self.merged.changes.changed += 1;
                }
                None if !entry.withdrawn => {
                    (entry.withdrawn, entry.changed) = (true, self.now);
                    self.merged.changes.withdrawn += 1;
                }
                // Also where the law cannot say now.
                _ => self.merged.changes.kept += 1,
            }
        }
        for one in found.into_iter().filter(|_| opens) {
            let known = entries.iter().any(|entry| entry.benefit == one.benefit && entry.member == one.member);
            let Some(amount) = one.due.filter(|_| !known) else { continue };
            let Found { household, benefit, member, .. } = one;
            let (withdrawn, found, changed) = (false, self.now, self.now);
            entries.push(Entry { household, benefit, member, amount, withdrawn, found, changed, source: 0 });
            opened += 1;
        }
        // A household stands in one part: in that in which it was found last.
        let source = source.or(entries.first().map(|entry| entry.source)).unwrap_or(0);
        for entry in &mut entries {
            entry.source = source;
        }
        entries.sort_by(|one, other| (one.benefit, &one.member).cmp(&(other.benefit, &other.member)));
        self.merged.changes.opened += opened;
        self.merged.entries.extend(entries);
        Ok(opened)
    }

    /// Without origins and sources that nothing names.
    fn pruned(self) -> Merged {
        let mut merged = self.merged;
        let used_origins: HashSet<u16> = merged.entries.iter().flat_map(|entry| [entry.found, entry.changed]).collect();
        let used_sources: HashSet<u16> = merged.entries.iter().map(|entry| entry.source).collect();
        let (origins, origin_places) = without_unused(std::mem::take(&mut merged.origins), &used_origins);
        let (sources, source_places) = without_unused(std::mem::take(&mut merged.sources), &used_sources);
        let at = |places: &HashMap<u16, u16>, place: u16| places.get(&place).copied().unwrap_or(0);
        for entry in &mut merged.entries {
            (entry.found, entry.changed) = (at(&origin_places, entry.found), at(&origin_places, entry.changed));
            entry.source = at(&source_places, entry.source);
        }
        Merged { origins, sources, ..merged }
    }
}

/// What is used, and where each of it went.
fn without_unused<T>(all: Vec<T>, used: &HashSet<u16>) -> (Vec<T>, HashMap<u16, u16>) {
    let (mut kept, mut places) = (Vec::new(), HashMap::new());
    for (place, one) in (0_u16..).zip(all) {
        if used.contains(&place) {
            // There were no more than fit before.
            places.insert(place, u16::try_from(kept.len()).unwrap_or(u16::MAX));
            kept.push(one);
        }
    }
    (kept, places)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const PENSION: u8 = 4;
    const RENT: u8 = 2;

    fn origin(month: &str) -> Origin {
        let screening = format!("screening of {month}");
        Origin { screening, month: month.parse().unwrap(), rules: "rules".to_owned(), at: Timestamp::UNIX_EPOCH }
    }

    fn found(household: &str, benefit: u8, due: i64) -> Found {
        let member = (benefit == PENSION).then(|| format!("{household}-p"));
        Found { household: household.to_owned(), benefit, member, due: Some(due), part: 0 }
    }

    fn merged(base: Option<&Merged>, month: &str, findings: Vec<Found>, on_log: &[&str], signals: &[&str]) -> Merged {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<HashSet<String>>();
        let head = |merged: &Merged| {
            let (origins, sources) = (merged.origins.clone(), merged.sources.clone());
            (Head { shard: 0, seed: String::new(), origins, sources }, merged.entries.clone())
        };
        let rules = [Rule { batch: 0, benefit: PENSION, least: 100 }, Rule { batch: 1, benefit: RENT, least: 50 }];
        merge(Merging {
            base: base.map(head),
            findings,
            on_log: &names(on_log),
            signals: &names(signals),
            rules: &rules,
            now: &origin(month),
            parts: &[format!("nation-{month}/part-00000")],
        })
        .unwrap()
    }

    fn told(merged: &Merged) -> Vec<(String, i64, bool)> {
        merged.entries.iter().map(|entry| (entry.id(), entry.amount, entry.withdrawn)).collect()
    }

    #[test]
    fn what_an_order_asks_for_comes_in_with_all_that_the_household_misses() {
        let findings = vec![
            found("b", PENSION, 200),
            found("b", RENT, 10),
            found("a", RENT, 49),
            found("c", PENSION, 99),
            found("d", RENT, 50),
            found("e", PENSION, 300),
            found("f", PENSION, 300),
        ];
        let merged = merged(None, "2026-03", findings, &["e"], &["f", "a"]);
        assert_eq!(
            told(&merged),
            [
                ("b.rent_support.all".to_owned(), 10, false),
                ("b.basic_pension.b-p".to_owned(), 200, false),
                ("d.rent_support.all".to_owned(), 50, false),
            ]
        );
        assert_eq!(merged.changes, LotChanges { opened: 3, ..LotChanges::default() });
        let share = |batch, households, opened| LotShare { batch, households, opened };
        assert_eq!(merged.shares, [share(0, 1, 2), share(1, 1, 1)]);
        let alone: Vec<(&str, &str)> =
            merged.alone.iter().map(|one| (one.household.as_str(), one.asked[0].1.as_str())).collect();
        assert_eq!(alone, [("e", "e.basic_pension.e-p"), ("f", "f.basic_pension.f-p")], "on the log; with signals");
    }

    #[test]
    fn the_same_month_again_changes_nothing_and_the_next_follows_the_facts() {
        let march = vec![found("a", PENSION, 200), found("b", PENSION, 200), found("c", PENSION, 200)];
        let first = merged(None, "2026-03", march.clone(), &[], &[]);
        let again = merged(Some(&first), "2026-03", march, &[], &[]);
        assert!(first.is_other() && !again.is_other());
        assert_eq!(again.changes.kept, 3);
        // a: another amount. b: the law cannot say. c: no longer due. d is new; e misses rent below the rule.
        let open = Found { due: None, ..found("b", PENSION, 0) };
        let april = vec![found("a", PENSION, 150), open, found("d", RENT, 60), found("e", RENT, 10)];
        let second = merged(Some(&first), "2026-04", april, &[], &[]);
        assert_eq!(second.changes, LotChanges { opened: 1, changed: 1, withdrawn: 1, kept: 1 });
        assert_eq!(told(&second)[2], ("c.basic_pension.c-p".to_owned(), 200, true));
        assert_eq!(second.origins[usize::from(second.entries[0].found)].month.to_string(), "2026-03");
        assert_eq!(second.origins[usize::from(second.entries[0].changed)].month.to_string(), "2026-04");
        // Due again in the same month it stays withdrawn; in a later one it is found again.
        let due_again = |month| merged(Some(&second), month, vec![found("c", PENSION, 210)], &["a", "b", "d"], &[]);
        assert_eq!(told(&due_again("2026-04")), [("c.basic_pension.c-p".to_owned(), 200, true)]);
        let third = due_again("2026-05");
        assert_eq!(told(&third), [("c.basic_pension.c-p".to_owned(), 210, false)]);
        assert_eq!(third.origins.len(), 1, "what nothing names any more is not kept: {:?}", third.origins);
        assert_eq!(third.sources, [Source { part: "nation-2026-05/part-00000".to_owned() }]);
    }
}
