//! A population in Parquet, calculated in one request: what comes back is what each household's own situation gives.
#![allow(clippy::cast_possible_wrap, reason = "a few thousand people: their numbers fit")]

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use maru_columns::write_table;
use maru_laws::web_api::routes;
use maru_rules::{
    command::calculate,
    reform::{Cells, Table},
    simulation::Options,
};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;
use serde_json::{Value as Json, json};
use std::path::Path;
use tower::ServiceExt as _;

use crate::support::shelf;

const MONTH: &str = "2026-03";
const HOMES: usize = 400;

/// Somebody: household, couple, role, birthday, monthly income.
struct Somebody {
    home: usize,
    couple: usize,
    role: &'static str,
    birth: String,
    income: i64,
}

/// Couples of whom one is some years older than the other; every third lives with a child.
fn people() -> Vec<Somebody> {
    let mut people = Vec::new();
    for home in 0..HOMES {
        let year = 1940 + home % 40;
        let income = (home as i64 * 37_123) % 4_000_000;
        let (couple, birth) = (2 * home, format!("{year}-0{}-1{}", home % 9 + 1, home % 10));
        people.push(Somebody { home, couple, role: "head", birth, income });
        let birth = format!("{}-11-02", year + 4);
        people.push(Somebody { home, couple, role: "spouse", birth, income: income / 3 });
        if home.is_multiple_of(3) {
            people.push(Somebody {
                home,
                couple: couple + 1,
                role: "child",
                birth: "2019-06-30".to_owned(),
                income: 0,
            });
        }
    }
    people
}

/// Each household as a situation of its own.
fn situations(people: &[Somebody], variable: &str) -> Vec<Json> {
    let mut situations = vec![json!({ "persons": {}, "households": { "h": {} }, "couples": {} }); HOMES];
    for (row, one) in people.iter().enumerate() {
        let (situation, name) = (&mut situations[one.home], row.to_string());
        situation["persons"][&name] = json!({
            "birth": { "ETERNITY": one.birth }, "earned_income": { MONTH: one.income }, variable: { MONTH: null },
        });
        if one.role == "child" {
            situation["households"]["h"]["children"] = json!([name]);
        } else {
            situation["households"]["h"][one.role] = json!([name]);
        }
        let couple = &mut situation["couples"][one.couple.to_string()]["partners"];
        match couple.as_array_mut() {
            Some(partners) => partners.push(json!(name)),
            None => *couple = json!([name]),
        }
    }
    situations
}

fn person_table(people: &[Somebody], folder: &Path) -> Vec<u8> {
    let counts = |of: fn(&Somebody) -> i64| Cells::Counts(people.iter().map(of).collect());
    let texts = |of: fn(&Somebody) -> String| Cells::Texts(people.iter().map(of).collect());
    let columns = vec![
        ("person_id".to_owned(), Cells::Counts((0..people.len() as i64).collect())),
        ("household_id".to_owned(), counts(|one| one.home as i64)),
        ("couple_id".to_owned(), counts(|one| one.couple as i64)),
        ("role".to_owned(), texts(|one| one.role.to_owned())),
        ("birth".to_owned(), texts(|one| one.birth.clone())),
        ("earned_income".to_owned(), counts(|one| one.income)),
    ];
    let path = folder.join("person.parquet");
    write_table(&Table { name: "person".to_owned(), columns }, &path).unwrap();
    std::fs::read(path).unwrap()
}

/// Sends the file, and gives identifiers and values as they come back.
async fn answered(file: Vec<u8>, variable: &str) -> Vec<(i64, f64)> {
    let mut body = b"--x\r\nContent-Disposition: form-data; name=\"person\"; filename=\"p\"\r\n\r\n".to_vec();
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let request = Request::builder()
        .method("POST")
        .uri(format!("/laws/korea/api/batch?period={MONTH}&variables={variable}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let router = routes(&shelf(), "https://maru.example.go.kr/");
    let response = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 26).await.unwrap();
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
    let reader = SerializedFileReader::new(bytes).unwrap();
    let names: Vec<String> =
        reader.metadata().file_metadata().schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
    let place = |name: &str| names.iter().position(|known| known == name).unwrap();
    let (id, value) = (place("person_id"), place(variable));
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| (row.get_long(id).unwrap(), row.get_double(value).unwrap())).collect()
}

#[tokio::test]
async fn a_population_comes_back_as_each_situation_would() {
    let (people, variable) = (people(), "basic_pension");
    let folder = tempfile::tempdir().unwrap();
    let found = answered(person_table(&people, folder.path()), variable).await;
    assert_eq!(found.len(), people.len());
    let shelf = shelf();
    let law = shelf.laws().next().unwrap();
    let mut paid = 0;
    for situation in situations(&people, variable) {
        let alone = calculate(&law.package, &situation, Options::default()).unwrap();
        for (name, values) in alone["persons"].as_object().unwrap() {
            let row: usize = name.parse().unwrap();
            let expected = values[variable][MONTH].as_f64().unwrap();
            assert_eq!(found[row], (row as i64, expected), "{situation}");
            paid += usize::from(expected > 0.0);
        }
    }
    assert!(paid > 100 && paid < people.len(), "{paid} of {} are paid: the comparison says little", people.len());
}
