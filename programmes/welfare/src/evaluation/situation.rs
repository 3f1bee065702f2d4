//! A household as the situation of OpenFisca, with what the month's question reads.

use maru_rules::{
    period::{Period, Unit},
    system::Package,
};
use serde_json::{Map, Value as Json, json};

use super::compiled::InputRead;
use crate::domain::{Household, household::Facts};

/// What the household is called in a situation.
pub(super) const HOUSEHOLD: &str = "household";

pub(super) fn of(package: &Package, household: &Household, inputs: &[InputRead]) -> Json {
    let entity = |key: &str| package.system.entities.iter().position(|entity| &*entity.key == key);
    let dated = |facts: &Facts, key: &str| {
        let wanted = entity(key);
        let mut values: Map<String, Json> = Map::new();
        for input in inputs.iter().filter(|input| Some(input.variable.entity) == wanted) {
            let name = input.variable.name.to_string();
            let Some(value) = facts.get(&name).filter(|value| !value.is_null()) else { continue };
            if let Json::Object(periods) = values.entry(name).or_insert_with(|| json!({})) {
                periods.insert(written(input.period), value.clone());
            }
        }
        values
    };
    let persons: Map<String, Json> = household
        .members
        .iter()
        .map(|member| (member.id.clone(), Json::Object(dated(&member.facts, "person"))))
        .collect();
    let mut home = dated(&household.facts, "household");
    for member in &household.members {
        let key = plural(&member.role);
        if let Json::Array(people) = home.entry(key).or_insert_with(|| json!([])) {
            people.push(Json::String(member.id.clone()));
        }
    }
    let couples: Map<String, Json> = household
        .couples
        .iter()
        .enumerate()
        .map(|(place, couple)| {
            let mut facts = dated(&couple.facts, "couple");
            facts.insert("partners".to_owned(), json!(couple.partners));
            (format!("couple {}", place + 1), Json::Object(facts))
        })
        .collect();
    let mut situation = json!({ "persons": persons, "households": { HOUSEHOLD: home } });
    if !couples.is_empty() {
        situation["couples"] = Json::Object(couples);
    }
    situation
}

fn written(period: Period) -> String {
    if period.unit == Unit::Eternity { "ETERNITY".to_owned() } else { period.to_string() }
}

fn plural(role: &str) -> &'static str {
    match role {
        "head" => "head",
        "spouse" => "spouse",
        "child" => "children",
        "parent" => "parents",
        _ => "others",
    }
}
