//! Signals of a crisis: loaded from a register, scored, looked after, and what was found measured against the points.

use std::fs;

use jiff::civil::date;
use maru_welfare::{
    Caller,
    domain::{
        Household,
        crisis::{Errors, Present},
        crisis_case::{Found, Step},
    },
    registers::{self, Mapping, PseudonymKey, feed, feed::Difference, nation, read},
    store::Standing,
};

use crate::support::{Deployment, at, both, citizen, code, law, official, open_with, pensioner, person, sqlite};

const NOW: &str = "2026-03-05T10:00";

const MAPPING: &str = r#"
[[table]]
file = "residents.csv"
holds = "person"
[table.columns]
person = { from = "RRN", kind = "resident-number" }
household = { from = "HH" }
role = { from = "REL", values = { "본인" = "head" } }
birth = { from = "BIRTH", kind = "date", format = "%Y%m%d" }

[[table]]
file = "power.csv"
holds = "signal"
[table.columns]
household = { from = "HH" }
signal = { from = "KIND", values = { "단전" = "electricity_cut", "체납" = "electricity_arrears", "기타" = "weather" } }
since = { from = "SINCE", kind = "date", format = "%Y%m%d" }
until = { from = "UNTIL", kind = "date", format = "%Y%m%d" }
agency = { from = "BY" }

[[table]]
file = "health.csv"
holds = "signal"
[table.columns]
person = { from = "RRN", kind = "resident-number" }
signal = { from = "KIND" }
since = { from = "SINCE" }
"#;

fn files(folder: &std::path::Path, power: &str) {
    let residents = "RRN,HH,REL,BIRTH\n550505-1000000,1,본인,19550505\n480311-2000001,2,본인,19480311\n";
    let health = "RRN,KIND,SINCE\n550505-1000000,health_insurance_arrears,2025-12-01\n900101-1000002,health_insurance_arrears,2025-12-01\n";
    for (name, text) in [("residents.csv", residents), ("power.csv", power), ("health.csv", health)] {
        fs::write(folder.join(name), text).unwrap();
    }
}

const POWER: &str = "HH,KIND,SINCE,UNTIL,BY\n1,단전,20260210,,한국전력공사\n1,단전,20260210,,한국전력공사\n1,기타,20260210,,한국전력공사\n\
                     2,체납,20260110,20260101,한국전력공사\n9,단전,20260210,,한국전력공사\n2,체납,,,한국전력공사\n2,정전,20260210,,한국전력공사\n2,체납,20260110,,한국전력공사\n";

#[test]
fn signals_are_loaded_and_every_bad_row_is_set_aside_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path(), POWER);
    let mapping = Mapping::parse(MAPPING, &law()).unwrap();
    let key = PseudonymKey::new([7; 32]);
    let loaded = registers::load(&mapping, folder.path(), &law(), &key).unwrap();
    let told: Vec<(&str, usize, &str)> =
        loaded.aside.iter().map(|one| (one.file.as_str(), one.line, one.column.as_str())).collect();
    let expected = [
        ("power.csv", 3, "KIND"),  // twice
        ("power.csv", 4, "KIND"),  // no signal of the model
        ("power.csv", 5, "UNTIL"), // ends before it begins
        ("power.csv", 6, "HH"),    // no such household
        ("power.csv", 7, "SINCE"), // since when
        ("power.csv", 8, "KIND"),  // not named in the mapping
        ("health.csv", 3, "RRN"),  // nobody knows this person
    ];
    assert_eq!(told, expected, "{:#?}", loaded.aside);
    let mut points: Vec<Vec<&str>> =
        loaded.households.values().map(|home| home.signals.iter().map(|one| one.signal.as_str()).collect()).collect();
    points.sort();
    assert_eq!(points, [vec!["electricity_arrears"], vec!["electricity_cut", "health_insurance_arrears"]]);
    assert!(!format!("{loaded:?}").contains("550505"), "no personal number comes through the door");

    // Written, read back, compared with the next load.
    let before = folder.path().join("before");
    nation::write(&loaded.households, &law(), &before).unwrap();
    feed::write(&loaded.households, &before).unwrap();
    let back = read::households(&before, |_| true, &law()).unwrap();
    for (id, home) in &loaded.households {
        assert_eq!(back[id].signals, home.signals);
    }
    files(
        folder.path(),
        "HH,KIND,SINCE,UNTIL,BY\n1,단전,20260210,20260301,한국전력공사\n2,체납,20260110,,한국전력공사\n",
    );
    let next = registers::load(&mapping, folder.path(), &law(), &key).unwrap();
    let differences: Vec<Difference> = feed::differences(&next.households, &before).unwrap().into_values().collect();
    assert_eq!(differences, [Difference::Changed]);
}

#[test]
fn a_mapping_of_signals_names_whose_they_are_and_may_name_a_model() {
    let wrong = |text: &str| Mapping::parse(text, &law()).unwrap_err();
    assert!(wrong(&MAPPING.replace("household = { from = \"HH\" }\nsignal", "signal")).contains("somebody"));
    assert!(wrong(&MAPPING.replace("since = { from = \"SINCE\" }\n", "")).contains("since"));
    let folder = tempfile::tempdir().unwrap();
    files(folder.path(), POWER);
    let text = format!("crisis_model = \"own.toml\"\n{MAPPING}");
    let mapping = Mapping::parse(&text, &law()).unwrap();
    let load = || registers::load(&mapping, folder.path(), &law(), &PseudonymKey::new([7; 32]));
    assert!(load().is_err(), "the model is not there");
    let own = "[[line]]\nfrom = \"2026-01-01\"\npoints = 1\n[[signal]]\nid = \"weather\"\nko = \"가\"\nen = \"a\"\npoints = 1\nfrom = \"2026-01-01\"\narticle = \"제1조\"\n";
    fs::write(folder.path().join("own.toml"), own).unwrap();
    let loaded = load().unwrap();
    let signals: Vec<&str> =
        loaded.households.values().flat_map(|home| &home.signals).map(|one| one.signal.as_str()).collect();
    assert_eq!(signals, ["weather"]);
}

fn with_signals(signals: &[&str]) -> Household {
    let present = |signal: &&str| Present {
        signal: (*signal).to_owned(),
        since: date(2026, 2, 1),
        until: None,
        agency: "한국전력공사".to_owned(),
    };
    Household { signals: signals.iter().map(present).collect(), ..pensioner() }
}

async fn take_in(deployment: &Deployment, id: &str, signals: &[&str]) {
    let caller = Caller::system(at("2026-03-02T09:00"));
    let account = (id == "home-1").then(|| "park".to_owned());
    deployment.service.register(&caller, id, with_signals(signals), account, "registers").await.unwrap();
}

#[tokio::test]
async fn a_household_is_scored_looked_after_and_what_was_found_is_measured() {
    for deployment in both().await {
        let service = &deployment.service;
        take_in(&deployment, "home-1", &["electricity_cut", "health_insurance_arrears"]).await;
        take_in(&deployment, "home-2", &["public_rent_arrears", "health_insurance_arrears"]).await;
        take_in(&deployment, "home-3", &["debts_in_arrears"]).await;
        take_in(&deployment, "home-4", &[]).await;
        let who = official(NOW);
        let list = service.crisis_list(&who, Standing::Open).await.unwrap();
        let order: Vec<(&str, u32, Step)> =
            list.cases.iter().map(|case| (case.id.as_str(), case.state.points, case.state.next())).collect();
        assert_eq!(order, [("home-1", 45, Step::Visit), ("home-2", 35, Step::Telephone)]);
        assert_eq!(list.counts, [(Standing::Open, 2), (Standing::Below, 1), (Standing::Done, 0)]);

        let look = service.crisis_look(&who, "home-1").await.unwrap();
        assert_eq!((look.score.points, look.line), (45, 30));
        let parts: Vec<(&str, u32)> =
            look.score.parts.iter().map(|part| (part.signal.id.as_str(), part.signal.points)).collect();
        assert_eq!(parts, [("electricity_cut", 30), ("health_insurance_arrears", 15)]);
        assert!(!look.proposals.is_empty(), "what it misses stands beside");
        let looks = service.looks(&citizen("park", NOW)).await.unwrap();
        assert_eq!(looks[0].purpose, "위기가구 발굴", "the household sees who looked and why");

        let empty = service.record_contact(&who, "home-1", (Step::Visit, Found::InNeed), " ").await.unwrap_err();
        assert_eq!(code(&empty), "empty");
        let nobody = service.record_contact(&who, "home-4", (Step::Visit, Found::InNeed), "x").await.unwrap_err();
        assert_eq!(code(&nobody), "not-found");
        let case = service.record_contact(&who, "home-1", (Step::Visit, Found::InNeed), "난방이 끊김").await.unwrap();
        assert_eq!((case.is_open(), case.next()), (true, Step::Offer));
        service.record_contact(&who, "home-1", (Step::Offer, Found::InNeed), "신청함").await.unwrap();
        service.record_contact(&who, "home-2", (Step::Telephone, Found::NotInNeed), "착오").await.unwrap();
        service.record_contact(&who, "home-3", (Step::Visit, Found::InNeed), "홀로 지냄").await.unwrap();
        let list = service.crisis_list(&who, Standing::Open).await.unwrap();
        assert_eq!(list.cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(), ["home-3"], "an offer is owed");
        let look = service.crisis_look(&who, "home-1").await.unwrap();
        assert_eq!(look.case.state.contacts[0].note.value_or(""), "난방이 끊김");

        let errors = service.crisis_errors(&who).await.unwrap();
        let expected = Errors { found: 1, overlooked: 1, in_vain: 1, rightly_left: 0 };
        assert_eq!(errors.all, expected);
        assert_eq!(errors.by_province["gyeonggi"], expected);
        assert_eq!(errors.by_age["65-79"], expected, "born in March 1948");

        // A disconnection that ended, a new one: scored anew; nobody's words stand open in the projection.
        take_in(&deployment, "home-2", &["public_rent_arrears", "gas_cut", "water_cut"]).await;
        let case = service.store().crisis_case("home-2").await.unwrap().unwrap();
        assert_eq!((case.state.points, case.state.is_open()), (80, true));
        take_in(&deployment, "home-2", &[]).await;
        assert_eq!(service.store().crisis_case("home-2").await.unwrap().unwrap().state.points, 0);
        let case = service.store().crisis_case("home-1").await.unwrap().unwrap();
        assert_eq!(case.state.contacts[0].note.value_or("sealed"), "sealed");
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn the_worklist_is_for_the_department() {
    let deployment = sqlite().await;
    take_in(&deployment, "home-1", &["electricity_cut"]).await;
    let roads = person("roads", maru_identity::Role::Official, Some("roads"), NOW);
    for error in [
        service_error(deployment.service.crisis_list(&roads, Standing::Open).await),
        service_error(deployment.service.crisis_look(&roads, "home-1").await),
        service_error(deployment.service.record_contact(&roads, "home-1", (Step::Visit, Found::InNeed), "x").await),
        service_error(deployment.service.crisis_errors(&roads).await),
    ] {
        assert_eq!(error, "forbidden");
    }
}

fn service_error<T: std::fmt::Debug>(outcome: Result<T, maru_welfare::ServiceError>) -> String {
    code(&outcome.unwrap_err()).to_owned()
}

#[tokio::test]
async fn a_deployment_has_points_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.toml");
    let own = "[[line]]\nfrom = \"2026-01-01\"\npoints = 7\n[[signal]]\nid = \"electricity_cut\"\nko = \"단전\"\nen = \"cut\"\npoints = 7\nfrom = \"2026-01-01\"\narticle = \"제1조\"\n";
    fs::write(&path, own).unwrap();
    let settings = maru_welfare::Settings { crisis_model: Some(path), ..maru_welfare::Settings::default() };
    let database = maru_test_database::TestDatabase::sqlite();
    let (ledger, service) = open_with(database.address(), settings).await;
    let caller = Caller::system(at("2026-03-02T09:00"));
    service
        .register(&caller, "home-1", with_signals(&["electricity_cut", "gas_cut"]), None, "registers")
        .await
        .unwrap();
    let case = service.store().crisis_case("home-1").await.unwrap().unwrap();
    assert_eq!((case.state.points, case.state.line), (7, 7));
    ledger.close().await;
}
