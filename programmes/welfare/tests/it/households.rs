//! The worked households of `laws/korea/openfisca_korea/tests/households`, each written out by hand in its comment, through
//! the programme's own reckoning: right to the won.

use std::{fs, path::PathBuf};

use maru_rules::yaml;
use maru_welfare::{
    domain::{BENEFITS, Household, Member, Month, benefit::Whose, household::Couple},
    evaluation::Assessment,
};
use serde_json::{Map, Value as Json, json};

use crate::support::law;

/// A fact as it stands: dated facts are those of the one period that is given.
fn standing(value: &Json) -> Json {
    match value {
        Json::Object(dated) => {
            assert_eq!(dated.len(), 1, "a fact of several periods: {value}");
            dated.values().next().cloned().unwrap()
        }
        other => other.clone(),
    }
}

fn names(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    }
}

fn household_of(input: &Map<String, Json>) -> Household {
    let home = input["households"].as_object().unwrap().values().next().unwrap().as_object().unwrap();
    let mut household = Household::default();
    let persons = input["persons"].as_object().unwrap();
    let roles =
        [("head", "head"), ("spouse", "spouse"), ("children", "child"), ("parents", "parent"), ("others", "other")];
    let role_of = |id: &str| {
        let found = roles
            .iter()
            .find(|(key, _)| home.get(*key).is_some_and(|named| names(named).iter().any(|name| name == id)));
        found.map_or_else(|| panic!("{id} has no role"), |(_, role)| (*role).to_owned())
    };
    for (id, facts) in persons {
        let facts = facts.as_object().unwrap().iter().map(|(name, value)| (name.clone(), standing(value)));
        household.members.push(Member {
            id: id.clone(),
            role: role_of(id),
            name: String::new(),
            facts: facts.collect(),
        });
    }
    for (name, value) in home {
        if !roles.iter().any(|(key, _)| key == name) {
            household.facts.insert(name.clone(), standing(value));
        }
    }
    for couple in input.get("couples").and_then(Json::as_object).into_iter().flat_map(Map::values) {
        let couple = couple.as_object().unwrap();
        let facts = couple.iter().filter(|(name, _)| *name != "partners");
        household.couples.push(Couple {
            partners: names(&couple["partners"]),
            facts: facts.map(|(name, value)| (name.clone(), standing(value))).collect(),
        });
    }
    household
}

/// The amount that a case expects, in whole won: what is less than one is not paid.
fn expected(value: &Json) -> Option<i64> {
    match standing(value) {
        Json::Bool(truth) => Some(i64::from(truth)),
        Json::Number(number) => number.as_f64().filter(|number| !number.is_nan()).map(|number| number.floor() as i64),
        _ => None,
    }
}

/// Compares every benefit that the case names; says how many amounts that were.
fn compare(name: &str, household: &Household, assessment: &Assessment, output: &Map<String, Json>) -> usize {
    let mut compared = 0;
    let mut check = |benefit: &str, member: Option<&str>, wanted: &Json| {
        let found = assessment.of(benefit, member).unwrap_or_else(|| panic!("{name}: no {benefit} of {member:?}"));
        assert_eq!(found.amount, expected(wanted), "{name}: {benefit} of {member:?}");
        compared += 1;
    };
    for benefit in &BENEFITS {
        let of_persons = output.get("persons").and_then(Json::as_object);
        for (member, outputs) in of_persons.into_iter().flatten() {
            if let Some(wanted) = outputs.get(benefit.id) {
                check(benefit.id, Some(member), wanted);
            }
        }
        let Some(wanted) = output.get(benefit.id) else { continue };
        match (benefit.whose, standing(wanted)) {
            (Whose::Household, _) => check(benefit.id, None, wanted),
            (Whose::Person, Json::Array(all)) => {
                for (member, wanted) in household.members.iter().zip(&all) {
                    check(benefit.id, Some(&member.id), wanted);
                }
            }
            (Whose::Person, _) if household.members.len() == 1 => {
                check(benefit.id, Some(&household.members[0].id), wanted);
            }
            (Whose::Person, one) => panic!("{name}: {} {one} of whom?", benefit.id),
        }
    }
    compared
}

#[test]
fn every_worked_household_is_right_to_the_won() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea/tests/households");
    let (mut households, mut amounts) = (0, 0);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let cases = yaml::parse(&text, &file).unwrap().to_json();
        for case in cases.as_array().unwrap() {
            let name = case["name"].as_str().unwrap();
            let period = case["period"].as_str().map_or_else(|| case["period"].to_string(), str::to_owned);
            let month: Month = if period.len() == 4 { "2026-03".to_owned() } else { period }.parse().unwrap();
            let household = household_of(case["input"].as_object().unwrap());
            let assessment = law().assess(&household, month).unwrap_or_else(|error| panic!("{name}: {error}"));
            households += 1;
            amounts += compare(name, &household, &assessment, case["output"].as_object().unwrap());
        }
    }
    assert!(households >= 200 && amounts >= 1_000, "{households} households, {amounts} amounts");
}

#[test]
fn what_the_law_leaves_open_is_neither_nothing_nor_a_guess() {
    // A working person below 35: the fixed deduction is a figure that nobody has confirmed.
    let household: Household = serde_json::from_value(json!({
        "members": [{"id": "a", "role": "head", "facts": {"birth": "1999-09-09", "earned_income": 700_000}}],
        "facts": {"monthly_rent": 300_000}
    }))
    .unwrap();
    let month: Month = "2026-03".parse().unwrap();
    let assessment = law().assess(&household, month).unwrap();
    assert_eq!(assessment.of("livelihood_benefit", None).unwrap().amount, None);
    let benefit = maru_welfare::domain::benefit("livelihood_benefit").unwrap();
    let grounds = law().explain(&household, month, benefit, None).unwrap();
    assert!(!grounds.ko.is_empty());
}

#[test]
fn only_what_no_register_holds_is_asked() {
    let benefit = maru_welfare::domain::benefit("rent_support").unwrap();
    let mut home = crate::support::pensioner();
    home.facts.remove("monthly_rent");
    let month: Month = "2026-03".parse().unwrap();
    let open = law().open_facts(&home, month, benefit, None).unwrap();
    assert!(open.iter().any(|fact| fact.id == "monthly_rent"), "{open:?}");
    let asked = maru_welfare::evaluation::ASKED_OF_PEOPLE;
    assert!(open.iter().all(|fact| asked.contains(&fact.id.as_str())), "{open:?}");
    for fact in asked {
        assert!(law().fact(fact).is_some(), "{fact} is no fact of the law");
    }
    let changes = law().changes(&home, month, benefit, None).unwrap();
    assert!(changes.iter().any(|change| change.id == "monthly_rent"));
}
