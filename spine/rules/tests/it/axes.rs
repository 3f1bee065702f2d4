//! Axes: a situation repeated along ranges of values, as OpenFisca's simulation builder repeats it.

use crate::package::package;
use maru_rules::command;
use maru_rules::simulation::Options;
use serde_json::{Value as Json, json};

const VARIABLES: &str = "
class salary(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class rent(Variable):
    value_type = int
    entity = Family
    definition_period = MONTH

class left(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return family.sum(family.members('salary', period)) - family('rent', period)
";

fn left(axes: &Json) -> Result<Json, String> {
    let (_folder, package) = package(VARIABLES, &[]);
    let situation = json!({
        "persons": { "a": { "salary": { "2026-01": 100 } }, "b": { "salary": { "2026-01": 7 } } },
        "families": { "f": { "parents": ["a", "b"], "rent": { "2026-01": 40 }, "left": { "2026-01": null } } },
        "axes": axes,
    });
    let answer = command::calculate(&package, &situation, Options::default()).map_err(|error| error.to_string())?;
    Ok(answer["families"]["f"]["left"]["2026-01"].clone())
}

fn axis(name: &str, max: i64, count: i64, index: i64) -> Json {
    json!({ "name": name, "min": 0, "max": max, "count": count, "index": index, "period": "2026-01" })
}

#[test]
fn one_axis_gives_a_value_for_each_point() {
    assert_eq!(left(&json!([[axis("salary", 300, 4, 0)]])), Ok(json!([-33.0, 67.0, 167.0, 267.0])));
}

#[test]
fn axes_of_one_list_move_together() {
    let both = json!([[axis("salary", 300, 4, 0), axis("salary", 30, 4, 1)]]);
    assert_eq!(left(&both), Ok(json!([-40.0, 70.0, 180.0, 290.0])));
}

#[test]
fn axes_of_two_lists_cross_and_the_first_moves_fastest() {
    let crossed = json!([[axis("salary", 200, 3, 0)], [axis("rent", 50, 2, 0)]]);
    assert_eq!(left(&crossed), Ok(json!([7.0, 107.0, 207.0, -43.0, 57.0, 157.0])));
}

#[test]
fn an_axis_that_cannot_be_is_refused_with_what_to_write() {
    for (axes, word) in [
        (json!([[axis("wages", 1, 2, 0)]]), "«wages»"),
        (json!([[axis("salary", 1, 2, 5)]]), "index 5"),
        (json!([[axis("salary", 1, 0, 0)]]), "count"),
        (json!([[axis("salary", 1, 5_000_000, 0)]]), "1000000 rows"),
        (json!([[{ "name": "salary", "min": 0, "max": 1, "count": 2 }]]), "period"),
        (json!("salary"), "list of lists"),
    ] {
        let error = left(&axes).unwrap_err();
        assert!(error.contains(word), "{error}");
    }
}
