//! The households whose work incentive can be drawn: examples, nobody real. The first person's earnings are varied.

use serde_json::{Value as Json, json};

use crate::domain::Month;

/// An example household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Its name in data.
    pub id: &'static str,
    /// In Korean.
    pub ko: &'static str,
    /// In English.
    pub en: &'static str,
}

/// All of them, in the order in which people choose.
pub const EXAMPLES: [Example; 4] = [
    Example { id: "worker", ko: "월세로 혼자 사는 35세", en: "35, living alone for rent" },
    Example {
        id: "single-parent",
        ko: "초등학생 한 명과 사는 한부모",
        en: "a single parent with a child at elementary school",
    },
    Example { id: "couple", ko: "자녀 둘을 키우는 부부", en: "a couple with two children" },
    Example {
        id: "elderly", ko: "국민연금을 받는 70대 부부", en: "a couple in their seventies with a small pension"
    },
];

/// The example called so.
pub fn example(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.id == id)
}

fn born(month: Month, age: i16, on: &str) -> Json {
    json!({ "ETERNITY": format!("{}-{on}", month.year() - age) })
}

/// The situation of an example in a month, in OpenFisca's JSON.
pub fn situation(id: &str, month: Month) -> Option<Json> {
    let given = |value: Json| json!({ (month.to_string()): value });
    let situation = match id {
        "worker" => json!({
            "persons": { "worker": { "birth": born(month, 35, "01-15") } },
            "households": { "household": {
                "head": ["worker"], "tenure": given("tenant".into()), "monthly_rent": given(350_000.into())
            } }
        }),
        "single-parent" => json!({
            "persons": {
                "parent": { "birth": born(month, 38, "01-15") },
                "child": { "birth": born(month, 9, "01-20"), "school_level": given("elementary".into()) }
            },
            "households": { "household": {
                "head": ["parent"], "children": ["child"], "single_parent_kind": given("single".into()),
                "tenure": given("tenant".into()), "monthly_rent": given(350_000.into())
            } }
        }),
        "couple" => json!({
            "persons": {
                "earner": { "birth": born(month, 40, "01-15") },
                "partner": { "birth": born(month, 38, "02-10") },
                "older": { "birth": born(month, 9, "01-20"), "school_level": given("elementary".into()) },
                "younger": { "birth": born(month, 4, "01-25") }
            },
            "couples": { "couple": { "partners": ["earner", "partner"] } },
            "households": { "household": {
                "head": ["earner"], "spouse": ["partner"], "children": ["older", "younger"],
                "tenure": given("tenant".into()), "monthly_rent": given(400_000.into())
            } }
        }),
        "elderly" => json!({
            "persons": {
                "earner": { "birth": born(month, 74, "01-15"), "national_pension_old_age": given(350_000.into()) },
                "partner": { "birth": born(month, 71, "02-10") }
            },
            "couples": { "couple": { "partners": ["earner", "partner"] } },
            "households": { "household": { "head": ["earner"], "spouse": ["partner"], "tenure": given("owner".into()) } }
        }),
        _ => return None,
    };
    Some(situation)
}
