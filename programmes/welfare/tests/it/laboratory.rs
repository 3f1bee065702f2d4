//! The reform laboratory: figures found, a reform studied as a job that survives a restart, the same figures from the engine
//! of the command, its pages and its files.

use std::{collections::BTreeMap, path::Path};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use jiff::{SignedDuration, Timestamp, civil::date};
use maru_identity::{Principal, Role};
use maru_ledger::{Clock, JobRequest, LeasedJob, Ledger};
use maru_test_database::TestDatabase;
use maru_web::{Language, Problem, Visitor};
use maru_welfare::{
    NationSettings, Settings, Stop, WelfareService, api,
    domain::{
        Design, Household,
        reform::{FigureChange, TakeUp},
    },
    laboratory::{self, Kept, LaboratoryError, design, figures},
    pages::Pages,
    population::sample::About,
    registers::nation,
};
use tower::ServiceExt as _;

use crate::support::{citizen, code, family, law, official, open_with, person, stranger, supervisor};

const NOW: &str = "2026-03-05T10:00";

/// A clock that stands.
pub(crate) struct Standing(pub(crate) Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Families of three under names of their own.
pub(crate) fn families(count: usize) -> BTreeMap<String, Household> {
    let named = (0..count).map(|number| {
        let name = format!("f{number:03}");
        let mut home = family();
        for member in &mut home.members {
            member.id = format!("{name}-{}", member.id);
        }
        for couple in &mut home.couples {
            for partner in &mut couple.partners {
                *partner = format!("{name}-{partner}");
            }
        }
        (name, home)
    });
    named.collect()
}

/// Two parts of families, which stand for ten times as many persons.
fn write_nation(folder: &Path) {
    let all: Vec<(String, Household)> = families(8).into_iter().collect();
    for (place, some) in all.chunks(4).enumerate() {
        nation::write(&some.iter().cloned().collect(), &law(), &folder.join(format!("part-{place:05}"))).unwrap();
    }
    let about = About { synthetic: true, persons: 24, households: 8, represents: 240, seed: 0 };
    about.write(folder).unwrap();
}

pub(crate) fn settings(folder: &Path, work: &Path) -> Settings {
    let nation = NationSettings { folder: folder.to_owned(), represents: None, make: None };
    Settings { nation: Some(nation), work: work.to_owned(), ..Settings::default() }
}

pub(crate) async fn lease(ledger: &Ledger, now: Timestamp) -> Option<LeasedJob> {
    let request = JobRequest {
        kinds: WelfareService::job_kinds(),
        worker: "test".to_owned(),
        now,
        hold: SignedDuration::from_secs(30),
        limit: 1,
    };
    ledger.lease_jobs(request).await.unwrap().into_iter().next()
}

fn child_allowance(value: &str) -> Design {
    Design {
        name: "아동수당 15만 원".to_owned(),
        month: "2026-03".parse().unwrap(),
        changes: vec![FigureChange {
            path: "child_allowance.amount.base".to_owned(),
            value: value.to_owned(),
            from: date(2026, 1, 1),
            until: None,
        }],
        take_up: Vec::new(),
        household: "single-parent".to_owned(),
        formulas: String::new(),
    }
}

struct Lab {
    ledger: Ledger,
    service: WelfareService,
    database: TestDatabase,
    folder: tempfile::TempDir,
}

async fn lab(database: TestDatabase) -> Lab {
    let folder = tempfile::tempdir().unwrap();
    let nation = folder.path().join("nation");
    write_nation(&nation);
    let (ledger, service) = open_with(database.address(), settings(&nation, &folder.path().join("work"))).await;
    Lab { ledger, service, database, folder }
}

async fn done(lab: &Lab) {
    let now = official(NOW).now;
    let job = lease(&lab.ledger, now).await.expect("a job waits");
    lab.service.handle(&job, &Standing(now), &Stop::default()).await.unwrap();
}

#[test]
fn figures_are_found_by_name_article_and_path() {
    let package = law();
    let found = |text: &str| figures::search(package.package(), text, "2026-03-01");
    let pension = found("기준연금액 기초연금법 제5조");
    assert!(pension.iter().any(|figure| figure.path == "basic_pension.amount.standard"), "{pension:?}");
    let pension = figures::at(package.package(), "basic_pension.amount.standard", "2026-03-01").unwrap();
    assert_eq!((pension.value.as_deref(), pension.unit.as_str()), (Some("349700"), "currency-KRW/month"));
    assert!(pension.words.ko.contains('›') && pension.references[0].1.starts_with("https://"));
    // Next year's is not known, and said to be so.
    assert_eq!(figures::at(package.package(), "basic_pension.amount.standard", "2027-03-01").unwrap().value, None);
    assert!(found("standard pension").len() < found("pension").len());
    assert!(found("아무것도아닌말").is_empty());
}

#[tokio::test]
async fn a_study_is_a_job_that_survives_a_restart() {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        let lab = lab(database).await;
        let id = lab.service.request_study(&official(NOW), child_allowance("150000")).await.unwrap();
        let now = official(NOW).now;
        let job = lease(&lab.ledger, now).await.unwrap();
        let stop = Stop::default();
        stop.stop();
        lab.service.handle(&job, &Standing(now), &stop).await.unwrap();
        let open = lab.service.study(&official(NOW), &id).await.unwrap();
        assert!(open.study.state.is_open(), "told to stop, it is not done");
        // The next server takes it at once, from the same database.
        let nation = lab.folder.path().join("nation");
        let (ledger, service) =
            open_with(lab.database.address(), settings(&nation, &lab.folder.path().join("work"))).await;
        let job = lease(&ledger, now).await.expect("it was given back");
        service.handle(&job, &Standing(now), &Stop::default()).await.unwrap();
        assert!(lease(&ledger, now).await.is_none(), "it is done once");
        let outcome = service.study(&official(NOW), &id).await.unwrap().study.state.outcome.unwrap();
        // By hand: eight families with one child of four each, 50,000 won a month more, each standing for ten.
        assert!((outcome.study.total.cost - 8.0 * 50_000.0 * 10.0).abs() < 1e-6, "{}", outcome.study.total.cost);
        assert_eq!((outcome.study.population, outcome.study.sample), ((240, 80), (24, 8)));
        assert_eq!((outcome.study.total.winners, outcome.study.total.losers), (240, 0));
        let child = outcome.study.benefits.iter().find(|one| one.name == "child_allowance").unwrap();
        assert_eq!((child.takers, child.paid), ([80, 80], [8_000_000.0, 12_000_000.0]));
        ledger.close().await;
    }
}

#[test]
fn a_study_goes_on_where_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    let nation = folder.path().join("nation");
    write_nation(&nation);
    let asked = child_allowance("150000");
    let reform = design::reform(&asked).unwrap();
    let law = law();
    let kept = || Kept::new(folder.path().join("kept"), "this study".to_owned());
    let study = |kept: &Kept, until: usize| {
        laboratory::study(law.package(), &reform, asked.month, (&nation, Some(240), kept), 1, |done, _| done < until)
    };
    let whole = study(&Kept::new(folder.path().join("whole"), String::new()), 9).unwrap();
    assert!(matches!(study(&kept(), 1), Err(LaboratoryError::Stopped)));
    let files = || std::fs::read_dir(folder.path().join("kept")).map_or(0, Iterator::count);
    assert_eq!(files(), 1, "the first part is kept");
    let after = study(&kept(), 9).unwrap();
    assert_eq!(after.to_json(), whole.to_json());
    assert_eq!(files(), 2);
    kept().forget();
    assert_eq!(files(), 0);
}

const TO_EIGHTEEN: &str = "\
from openfisca_core.model_api import *
from openfisca_korea.entities import Person

class child_allowance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        return where(person('age', period) < 18, 150_000, 0)

class to_eighteen(Reform):
    def apply(self):
        self.update_variable(child_allowance)
";

#[tokio::test]
async fn rules_change_too_and_what_cannot_be_compiled_names_its_line() {
    let lab = lab(TestDatabase::sqlite()).await;
    let with = |formulas: &str| Design { formulas: formulas.to_owned(), changes: Vec::new(), ..child_allowance("1") };
    let id = lab.service.request_study(&official(NOW), with(TO_EIGHTEEN)).await.unwrap();
    done(&lab).await;
    let outcome = lab.service.study(&official(NOW), &id).await.unwrap().study.state.outcome.unwrap();
    // By hand: eight families with a child of four, 150,000 won instead of 100,000, each standing for ten.
    assert!((outcome.study.total.cost - 8.0 * 50_000.0 * 10.0).abs() < 1e-6, "{}", outcome.study.total.cost);
    // The file that the page offers gives the same by the command.
    let text = design::yaml(&with(TO_EIGHTEEN));
    let reform = maru_rules::reform::Reform::parse(&text, &lab.folder.path().join("reform.yaml")).unwrap();
    assert_eq!(reform.formulas, TO_EIGHTEEN);
    assert!(reform.to_yaml().contains("to_eighteen"));

    let misspelt = TO_EIGHTEEN.replace("period) < 18", "period) < eighteen");
    for (formulas, told) in [
        ("class a(", "formulas:1"),
        ("x = open('/etc/passwd')\n", "reads files"),
        (misspelt.as_str(), "eighteen"),
        ("x = 1\n", "define no reform"),
    ] {
        let error = lab.service.request_study(&official(NOW), with(formulas)).await.unwrap_err();
        assert_eq!(code(&error), "formulas", "{formulas}");
        assert!(error.to_string().contains(told), "{told}: {error}");
    }
    let long = "#".repeat(20_001);
    assert_eq!(code(&lab.service.request_study(&official(NOW), with(&long)).await.unwrap_err()), "too-long");
    // The form shows the line beside the box.
    let form = "action=study&name=x&month=2026-03&household=worker&formulas=class+a%28";
    let who = official(NOW).principal;
    let (status, text, _) = ask(router(&lab.service, who, Language::Korean), "POST", "/welfare/lab/new", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("formulas:1"), "{text}");
}

#[tokio::test]
async fn the_page_shows_what_the_command_gives() {
    let lab = lab(TestDatabase::sqlite()).await;
    let mut asked = child_allowance("130000");
    asked.take_up = vec![TakeUp { benefit: "child_allowance".to_owned(), in_force: 50, reform: 100 }];
    let id = lab.service.request_study(&official(NOW), asked.clone()).await.unwrap();
    done(&lab).await;
    let outcome = lab.service.study(&official(NOW), &id).await.unwrap().study.state.outcome.unwrap();
    // The command reads the file that the page offers.
    let file = lab.folder.path().join("reform.yaml");
    std::fs::write(&file, design::yaml(&asked)).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let reform = maru_rules::reform::Reform::parse(&text, &file).unwrap();
    let nation = lab.folder.path().join("nation");
    let package = law();
    let kept = Kept::new(lab.folder.path().join("kept"), String::new());
    let study = laboratory::study(package.package(), &reform, asked.month, (&nation, Some(240), &kept), 1, |_, _| true)
        .unwrap();
    assert_eq!(study.to_json(), outcome.study.to_json());
    let child = outcome.study.benefits.iter().find(|one| one.name == "child_allowance").unwrap();
    assert!(child.takers[0] < 80 && child.takers[1] == 80, "half take it up before: {:?}", child.takers);
    let curve = outcome.curve.expect("every figure of a single parent is known");
    assert_eq!(curve.amounts.len(), laboratory::STEPS + 1);
    assert!(curve.marginal(false).iter().any(|rate| *rate > 0.2), "livelihood benefit falls as earnings rise");
}

#[tokio::test]
async fn what_is_no_reform_of_this_law_is_refused() {
    let lab = lab(TestDatabase::sqlite()).await;
    let refused = |design: Design| {
        let service = lab.service.clone();
        async move { code(&service.request_study(&official(NOW), design).await.unwrap_err()).to_owned() }
    };
    let mut unknown = child_allowance("1");
    unknown.changes[0].path = "child_allowance.amount.nothing".to_owned();
    assert_eq!(refused(unknown).await, "unknown-figure");
    assert_eq!(refused(child_allowance("a lot")).await, "no-figure");
    let mut nobody = child_allowance("1");
    nobody.household = "nobody".to_owned();
    assert_eq!(refused(nobody).await, "unknown-household");
    let (_, without) = open_with(TestDatabase::sqlite().address(), Settings::default()).await;
    let error = without.request_study(&official(NOW), child_allowance("1")).await.unwrap_err();
    assert_eq!(code(&error), "no-population");
}

#[tokio::test]
async fn a_population_that_cannot_be_read_is_told() {
    let lab = lab(TestDatabase::sqlite()).await;
    std::fs::remove_dir_all(lab.folder.path().join("nation")).unwrap();
    let id = lab.service.request_study(&official(NOW), child_allowance("150000")).await.unwrap();
    done(&lab).await;
    let state = lab.service.study(&official(NOW), &id).await.unwrap().study.state;
    assert!(state.failed.is_some_and(|reason| reason.contains("person.parquet")));
}

pub(crate) fn router(service: &WelfareService, who: Option<Principal>, language: Language) -> Router {
    let visitor = Visitor { principal: who, now: stranger(NOW).now, ..maru_web::testing::visitor(language) };
    Pages::new(service.clone()).router().merge(api::router(service.clone())).layer(Extension(visitor))
}

pub(crate) async fn ask(router: Router, method: &str, path: &str, body: &str) -> (StatusCode, String, Option<String>) {
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.map_or(response.status(), |problem| problem.status);
    let location = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned(), location)
}

#[tokio::test]
async fn a_policy_maker_finds_a_figure_and_sees_what_it_does() {
    let lab = lab(TestDatabase::sqlite()).await;
    let who = || official(NOW).principal;
    let at = |language| router(&lab.service, who(), language);
    let (status, text, _) = ask(at(Language::Korean), "GET", "/welfare/lab", "").await;
    assert!(status == StatusCode::OK && text.contains("아직 계산한 개정안이 없습니다"));
    let search = "action=search&search=%EC%95%84%EB%8F%99%EC%88%98%EB%8B%B9&month=2026-03";
    let (_, text, _) = ask(at(Language::Korean), "POST", "/welfare/lab/new", search).await;
    assert!(text.contains("add:child_allowance.amount.base") && text.contains("100,000원"), "{text}");
    let add = "action=add%3Achild_allowance.amount.base&month=2026-03&name=x";
    let (_, text, _) = ask(at(Language::English), "POST", "/welfare/lab/new", add).await;
    assert!(text.contains("name=\"figure.0.value\"") && text.contains("value=\"100000\""), "{text}");
    let wrong = "action=study&month=March&name=&figure.0.path=child_allowance.amount.base&figure.0.value=much";
    let (status, text, _) = ask(at(Language::English), "POST", "/welfare/lab/new", wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Write the month as 2026-03.") && text.contains("Write a number"), "{text}");
    let good = "action=study&month=2026-03&name=15%EB%A7%8C&household=couple&figure.0.path=child_allowance.amount.base\
                &figure.0.value=150%2C000&figure.0.from=2026-01-01&take-up.child_allowance.now=80";
    let (status, _, location) = ask(at(Language::Korean), "POST", "/welfare/lab/new", good).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let address = location.unwrap();
    let (_, text, _) = ask(at(Language::Korean), "GET", &address, "").await;
    assert!(text.contains("계산하고 있습니다"));
    done(&lab).await;
    for language in [Language::Korean, Language::English] {
        let (status, text, _) = ask(at(language), "GET", &address, "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("maru rules reform") && text.matches("<svg class=\"bars\"").count() >= 4, "{text}");
        assert!(text.contains("child_allowance") || text.contains("아동수당"));
        let (status, text, _) = ask(at(language), "GET", "/welfare/lab", "").await;
        assert!(status == StatusCode::OK && text.contains("15만"));
    }
    let id = address.rsplit('/').next().unwrap();
    for (file, holds) in [
        ("reform.yaml", "child_allowance.amount.base"),
        ("situation.json", "\"earner\""),
        ("study.json", "\"poverty_rate\""),
        ("study.html", "<!doctype html>"),
        ("study.pdf", "%PDF-1.7"),
        ("deciles.csv", "group,persons"),
        ("benefits.parquet", "PAR1"),
    ] {
        let (status, text, _) = ask(at(Language::Korean), "GET", &format!("{address}/data/{file}"), "").await;
        assert!(status == StatusCode::OK && text.contains(holds), "{file}: {status}");
    }
    for (language, code) in [(Language::Korean, "/Lang (ko)"), (Language::English, "/Lang (en)")] {
        let (_, text, _) = ask(at(language), "GET", &address, "").await;
        assert!(text.contains(&format!("{address}/data/study.pdf")), "the page leads to its report");
        let (_, text, _) = ask(at(language), "GET", &format!("{address}/data/study.pdf"), "").await;
        // «150,000» is the new figure of the law.
        assert!(text.contains(code) && text.contains("150,000") && text.contains("maru rules reform"), "{text}");
    }
    let none = ask(at(Language::Korean), "GET", &format!("{address}/data/nothing.csv"), "").await.0;
    assert_eq!(none, StatusCode::NOT_FOUND);
    let (status, text, _) =
        ask(at(Language::English), "GET", &format!("/welfare/lab/compare?study={id}&study={id}"), "").await;
    assert!(status == StatusCode::OK && text.contains("The law in force"), "{text}");
    let (status, text, _) = ask(at(Language::English), "GET", &format!("/welfare/lab/new?from={id}"), "").await;
    assert!(status == StatusCode::OK && text.contains("value=\"150000\"") && text.contains("value=\"80\""), "{text}");
    ask(at(Language::English), "POST", &format!("{address}/name"), "name=Renamed").await;
    assert!(ask(at(Language::English), "GET", "/welfare/lab", "").await.1.contains("Renamed"));
    ask(at(Language::English), "POST", &format!("{address}/put-away"), "").await;
    assert!(!ask(at(Language::English), "GET", "/welfare/lab", "").await.1.contains("Renamed"));
    assert_eq!(
        ask(at(Language::English), "GET", &address, "").await.0,
        StatusCode::OK,
        "its address still leads there"
    );
}

#[tokio::test]
async fn the_laboratory_is_for_the_staff() {
    let lab = lab(TestDatabase::sqlite()).await;
    let id = lab.service.request_study(&supervisor(NOW), child_allowance("150000")).await.unwrap();
    let body = r#"{"name": "x", "month": "2026-03", "changes": [{"path": "child_allowance.amount.base", "value": "150000", "from": "2026-01-01"}]}"#;
    let reads = [
        ("GET", "/welfare/lab".to_owned(), ""),
        ("GET", "/welfare/lab/new".to_owned(), ""),
        ("GET", "/welfare/lab/compare".to_owned(), ""),
        ("GET", format!("/welfare/lab/{id}"), ""),
        ("GET", format!("/welfare/lab/{id}/data/study.json"), ""),
        ("GET", format!("/welfare/lab/{id}/data/study.pdf"), ""),
        ("GET", "/api/v1/welfare/figures?search=pension".to_owned(), ""),
        ("GET", "/api/v1/welfare/reforms".to_owned(), ""),
        ("GET", format!("/api/v1/welfare/reforms/{id}"), ""),
    ];
    let writes = [
        (
            "POST",
            "/welfare/lab/new".to_owned(),
            "action=study&month=2026-03&name=x&figure.0.path=child_allowance.amount.base&figure.0.value=1&figure.0.from=2026-01-01",
        ),
        ("POST", format!("/welfare/lab/{id}/name"), "name=x"),
        ("POST", format!("/welfare/lab/{id}/put-away"), ""),
        ("POST", "/api/v1/welfare/reforms".to_owned(), body),
    ];
    let kim = || citizen("kim", NOW).principal;
    let auditor = || person("auditor", Role::Auditor, None, NOW).principal;
    for (method, path, body) in reads.iter().chain(&writes) {
        let asked = |who| ask(router(&lab.service, who, Language::Korean), method, path, body);
        assert_eq!(asked(None).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(asked(kim()).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for (method, path, body) in &writes {
        let asked = ask(router(&lab.service, auditor(), Language::Korean), method, path, body);
        assert_eq!(asked.await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let (status, text, _) =
        ask(router(&lab.service, auditor(), Language::English), "GET", "/api/v1/welfare/reforms", "").await;
    assert!(status == StatusCode::OK && text.contains("\"running\""), "{text}");
    let head = || supervisor(NOW).principal;
    let (status, text, location) =
        ask(router(&lab.service, head(), Language::English), "POST", "/api/v1/welfare/reforms", body).await;
    assert!(status == StatusCode::ACCEPTED && text.contains("\"reform\""), "{text}");
    let (_, text, _) = ask(router(&lab.service, head(), Language::English), "GET", &location.unwrap(), "").await;
    assert!(text.contains("child_allowance.amount.base"), "{text}");
}
