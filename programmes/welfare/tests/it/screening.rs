//! Screening: what is missed and why it changed, resumed where it broke off, the same as household by household.

use std::{collections::BTreeMap, fs, path::Path};

use maru_welfare::{
    domain::{Household, Month, Received, benefit::Whose},
    registers::{nation, read},
    screening::{Difference, Screening, ScreeningError, Summary, receipts, screen},
    tables::TableReader,
};

use crate::support::{family, law, pensioner};

fn month() -> Month {
    "2026-03".parse().unwrap()
}

fn run(population: &Path, output: &Path, previous: Option<&Path>) -> (Summary, Vec<bool>) {
    let question = Screening { population, output, month: month(), previous, threads: 1 };
    let mut done = Vec::new();
    let summary = screen(&law(), &question, |place, all, before| {
        if place < all {
            done.push(before);
        }
        true
    })
    .unwrap();
    (summary, done)
}

fn nation() -> BTreeMap<String, Household> {
    let mut poor = family();
    for member in &mut poor.members {
        member.facts.remove("earned_income");
    }
    let mut near = pensioner();
    near.members[0].facts.insert("national_pension_old_age".to_owned(), 2_500_000.into());
    // Ids are unique in a nation, as pseudonyms are.
    let unique = |name: &str, mut home: Household| {
        for member in &mut home.members {
            member.id = format!("{name}-{}", member.id);
        }
        for couple in &mut home.couples {
            for partner in &mut couple.partners {
                *partner = format!("{name}-{partner}");
            }
        }
        (name.to_owned(), home)
    };
    [("a", pensioner()), ("b", family()), ("c", poor), ("d", near)]
        .into_iter()
        .map(|(name, home)| unique(name, home))
        .collect()
}

#[test]
fn what_is_due_received_missed_overpaid_and_near_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut homes = nation();
    let receives = |benefit: &str, member: Option<&str>, amount| Received {
        benefit: benefit.to_owned(),
        member: member.map(str::to_owned),
        amount,
        agency: "시".to_owned(),
    };
    homes.get_mut("a").unwrap().received.push(receives("basic_pension", Some("a-p1"), 400_000));
    homes.get_mut("b").unwrap().received.push(receives("child_allowance", Some("b-c1"), 50_000));
    homes.get_mut("b").unwrap().received.push(receives("livelihood_benefit", None, 10_000));
    homes.get_mut("b").unwrap().received.push(receives("first_encounter_voucher", Some("b-c1"), 2_000_000));
    let population = folder.path().join("nation");
    nation::write(&homes, &law(), &population).unwrap();
    let (summary, _) = run(&population, &folder.path().join("out"), None);
    let pension = &summary.benefits["basic_pension"];
    assert_eq!((pension.entitled, pension.over, pension.over_won, pension.near), (1, 1, 50_300, 1));
    let child = &summary.benefits["child_allowance"];
    assert_eq!((child.entitled, child.under, child.under_won, child.missed), (2, 1, 50_000, 1));
    let livelihood = &summary.benefits["livelihood_benefit"];
    assert_eq!((livelihood.over, livelihood.missed), (1, 2));
    assert_eq!(summary.missing_households, 2);
    // A voucher of birth that came years ago is not too much.
    assert_eq!(
        (summary.benefits["first_encounter_voucher"].received, summary.benefits["first_encounter_voucher"].over),
        (1, 0)
    );
    let text = summary.to_text();
    assert!(text.contains("basic_pension") && text.contains("household"), "{text}");

    // The nation run and the reckoning of one household say the same, to the won.
    let part = folder.path().join("out/part-00000/findings.parquet");
    let findings = TableReader::open(&part).unwrap();
    let (holders, benefits) = (findings.texts("holder").unwrap(), findings.texts("benefit").unwrap());
    let due = findings.whole("due").unwrap();
    for ((holder, id), due) in holders.iter().zip(&benefits).zip(due) {
        let benefit = maru_welfare::domain::benefit(id).unwrap();
        let (name, _) = holder.split_once('-').unwrap_or((holder, ""));
        let assessment = law().assess(&homes[name], month()).unwrap();
        let member = (benefit.whose == Whose::Person).then_some(holder.as_str());
        assert_eq!(assessment.of(id, member).unwrap().amount, Some(due), "{holder} {id}");
    }
}

#[test]
fn a_screening_goes_on_where_it_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let homes: Vec<(String, Household)> = nation().into_iter().collect();
    let population = folder.path().join("nation");
    for (place, some) in homes.chunks(2).enumerate() {
        let part = population.join(format!("part-{place}"));
        nation::write(&some.iter().cloned().collect(), &law(), &part).unwrap();
    }
    let output = folder.path().join("out");
    let (whole, done) = run(&population, &output, None);
    assert_eq!(done, [false, false]);
    // As if it had broken off within the second part.
    fs::remove_file(output.join("part-00001/outcome.json")).unwrap();
    let (again, done) = run(&population, &output, None);
    assert_eq!((again, done), (whole.clone(), vec![true, false]));
    // Other facts are another question.
    nation::write(&homes[..1].iter().cloned().collect(), &law(), &population.join("part-0")).unwrap();
    let (other, done) = run(&population, &output, None);
    assert_eq!(done, [false, true]);
    assert!(other.persons < whole.persons);
}

#[test]
fn the_next_month_says_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let mut homes = nation();
    nation::write(&homes, &law(), &first).unwrap();
    let (march, april) = (folder.path().join("march"), folder.path().join("april"));
    run(&first, &march, None);
    let receipt = Received {
        benefit: "basic_pension".to_owned(),
        member: Some("a-p1".to_owned()),
        amount: 349_700,
        agency: "시".to_owned(),
    };
    homes.get_mut("a").unwrap().received.push(receipt);
    homes.remove("b");
    let earner = homes.get_mut("c").unwrap();
    earner.members[0].facts.insert("earned_income".to_owned(), 9_000_000.into());
    nation::write(&homes, &law(), &second).unwrap();
    let (summary, _) = run(&second, &april, Some(&march));
    assert_eq!(summary.rules_changed, Some(false));
    assert_eq!(summary.compared["basic_pension"].now_received, 1);
    assert_eq!(summary.compared["livelihood_benefit"].no_longer_due, 1);
    let child = &summary.compared["child_allowance"];
    assert_eq!((child.gone, child.same), (1, 1));
    let why = &summary.reasons["livelihood_benefit"][&Difference::NoLongerDue];
    assert_eq!(why.iter().map(|(fact, count)| (fact.as_str(), *count)).collect::<Vec<_>>(), [("earned_income", 1)]);
}

#[test]
fn a_screening_that_is_told_to_stop_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let homes: Vec<(String, Household)> = nation().into_iter().collect();
    let population = folder.path().join("nation");
    for (place, some) in homes.chunks(2).enumerate() {
        nation::write(&some.iter().cloned().collect(), &law(), &population.join(format!("part-{place}"))).unwrap();
    }
    let output = folder.path().join("out");
    let question = Screening { population: &population, output: &output, month: month(), previous: None, threads: 1 };
    let stopped = screen(&law(), &question, |place, _, _| place < 1);
    assert!(matches!(stopped, Err(ScreeningError::Stopped)));
    let (_, done) = run(&population, &output, None);
    assert_eq!(done, [true, false], "the first part is not done again");
}

#[test]
fn households_are_read_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut homes = nation();
    let receipt =
        Received { benefit: "rent_support".to_owned(), member: None, amount: 90_000, agency: "시".to_owned() };
    homes.get_mut("a").unwrap().received.push(receipt);
    nation::write(&homes, &law(), folder.path()).unwrap();
    let wanted = |id: &str| ["a", "b", "nobody"].contains(&id);
    let found = read::households(folder.path(), wanted, &law()).unwrap();
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), ["a", "b"]);
    for (id, home) in &found {
        let mut written = homes[id].clone();
        // No register of the population says where money goes, or what people are called.
        written.pay_to = None;
        written.members.iter_mut().for_each(|member| member.name.clear());
        assert_eq!(law().assess(home, month()).unwrap(), law().assess(&written, month()).unwrap(), "{id}");
        assert_eq!((&home.couples, &home.received), (&written.couples, &written.received));
        assert_eq!(home.members[0].facts, written.members[0].facts);
    }
}

#[test]
fn receipts_are_drawn_the_same_for_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    let population = folder.path().join("nation");
    nation::write(&nation(), &law(), &population).unwrap();
    let drawn = receipts::draw_part(&law(), &population, month(), 1, 1).unwrap();
    let bytes = fs::read(population.join("received.parquet")).unwrap();
    assert_eq!(receipts::draw_part(&law(), &population, month(), 1, 1).unwrap(), drawn);
    assert_eq!(fs::read(population.join("received.parquet")).unwrap(), bytes);
    let (summary, _) = run(&population, &folder.path().join("out"), None);
    let received: u64 = summary.benefits.values().map(|counts| counts.received).sum();
    assert_eq!(received, drawn);
}
