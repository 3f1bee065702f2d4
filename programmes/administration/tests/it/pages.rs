//! Every page renders in both languages, and turns strangers and wrong roles away; so does every operation of the API.

use axum::http::StatusCode;
use maru_administration::api;
use maru_identity::PersonalRead;
use maru_test_database::TestDatabase;
use maru_web::Language;

use crate::support::{Deployment, ask, at, open, sign_in, who};

const PEOPLE: [&str; 5] = ["gil-dong", "oh-minjae", "han-seoyun", "seo-jiho", "bae-taemin"];
const ADMINISTRATOR: &[&str] = &["seo-jiho"];
const AUDITOR: &[&str] = &["bae-taemin"];

const PAGES: [(&str, &[&str]); 8] = [
    ("/system/accounts", ADMINISTRATOR),
    ("/system/accounts?role=official&department=civil", ADMINISTRATOR),
    ("/system/accounts/oh-minjae", ADMINISTRATOR),
    ("/system/accounts/seo-jiho", ADMINISTRATOR),
    ("/system/jobs", ADMINISTRATOR),
    ("/system/access", AUDITOR),
    ("/system/access?kind=signed-in&account=oh-minjae", AUDITOR),
    ("/account", &PEOPLE),
];

async fn filled() -> Deployment {
    let deployment = open(TestDatabase::sqlite()).await;
    sign_in(&deployment, "oh-minjae", 1).await;
    let read = PersonalRead {
        resource_kind: "inquiry".into(),
        resource: "2026-7KQ4-M2XD".into(),
        subject: Some("gil-dong".into()),
        reason: Some("현장 확인".into()),
        source: None,
    };
    deployment.identity.record_personal_read(&who("oh-minjae").unwrap(), read, at(2)).await.unwrap();
    deployment
}

#[tokio::test]
async fn pages_are_for_those_whose_they_are_in_both_languages() {
    let deployment = filled().await;
    for (path, allowed) in PAGES {
        for language in [Language::Korean, Language::English] {
            let (status, _) = ask(&deployment, None, language, ("GET", path, "")).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
            for person in PEOPLE {
                let (status, text) = ask(&deployment, who(person), language, ("GET", path, "")).await;
                let wanted = if allowed.contains(&person) { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(status, wanted, "{path} as {person}: {text}");
            }
        }
    }
    let (_, page) = ask(&deployment, who("bae-taemin"), Language::Korean, ("GET", "/system/access", "")).await;
    assert!(page.contains("현장 확인") && page.contains("오민재") && page.contains("/work/2026-7KQ4-M2XD"), "{page}");
    let (_, page) = ask(&deployment, who("gil-dong"), Language::Korean, ("GET", "/account", "")).await;
    assert!(page.contains("현장 확인") && page.contains("오민재"), "{page}");
    let unknown = ask(&deployment, who("seo-jiho"), Language::Korean, ("GET", "/system/accounts/nobody", "")).await;
    assert_eq!(unknown.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn forms_lead_somewhere_and_keep_what_was_written() {
    let deployment = filled().await;
    let send =
        async |path: &str, body: &str| ask(&deployment, who("seo-jiho"), Language::Korean, ("POST", path, body)).await;
    let account = "/system/accounts/oh-minjae";
    let (status, page) = send(&format!("{account}/suspension"), "reason=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("정지 사유를 적지 않았습니다"), "{page}");
    let (status, page) = send(&format!("{account}/assignment"), "role=official&department=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("부서를 고르십시오") && page.contains("<details class=\"disclosure\" open"), "{page}");
    for (step, body) in [
        ("assignment", "role=supervisor&department=roads"),
        ("suspension", "reason=전출"),
        ("resumption", ""),
        ("sign-out", ""),
        ("closure", ""),
    ] {
        let (status, page) = send(&format!("{account}/{step}"), body).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{step}: {page}");
    }
    let (_, page) = ask(&deployment, who("seo-jiho"), Language::Korean, ("GET", account, "")).await;
    assert!(page.contains("닫힘") && page.contains("부서 책임자") && page.contains("도로관리과"), "{page}");
    assert_eq!(send(&format!("{account}/nonsense"), "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(send("/system/jobs/7/again", "").await.0, StatusCode::NOT_FOUND);
}

/// Every operation, with a body that is well-formed, and who may ask for it.
fn operations() -> Vec<(&'static str, &'static str, &'static str, &'static [&'static str])> {
    vec![
        ("GET", "/api/v1/accounts", "", ADMINISTRATOR),
        ("GET", "/api/v1/accounts/han-seoyun", "", ADMINISTRATOR),
        (
            "PUT",
            "/api/v1/accounts/han-seoyun/assignment",
            r#"{"role":"supervisor","department":"roads"}"#,
            ADMINISTRATOR,
        ),
        ("POST", "/api/v1/accounts/han-seoyun/suspension", r#"{"reason":"전출"}"#, ADMINISTRATOR),
        ("DELETE", "/api/v1/accounts/han-seoyun/suspension", "", ADMINISTRATOR),
        ("DELETE", "/api/v1/accounts/han-seoyun/sessions", "", ADMINISTRATOR),
        ("DELETE", "/api/v1/accounts/han-seoyun", "", ADMINISTRATOR),
        ("GET", "/api/v1/access-records?kind=signed-in&limit=5", "", AUDITOR),
        ("GET", "/api/v1/own-access-records", "", &PEOPLE),
        ("GET", "/api/v1/jobs", "", ADMINISTRATOR),
        ("POST", "/api/v1/jobs/7/retry", "", ADMINISTRATOR),
        ("DELETE", "/api/v1/jobs/7", "", ADMINISTRATOR),
    ]
}

#[tokio::test]
async fn every_operation_turns_strangers_and_wrong_roles_away() {
    let deployment = filled().await;
    let described = serde_json::to_value(api::document()).unwrap();
    let of_document: usize = described["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|item| {
            let ways = item.as_object().unwrap().keys();
            ways.filter(|way| ["get", "post", "put", "delete"].contains(&way.as_str())).count()
        })
        .sum();
    assert_eq!(operations().len(), of_document, "every described operation has its test");
    for (method, path, body, allowed) in operations() {
        let (status, _) = ask(&deployment, None, Language::English, (method, path, body)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        for person in PEOPLE.iter().filter(|person| !allowed.contains(person)) {
            let (status, _) = ask(&deployment, who(person), Language::English, (method, path, body)).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} as {person}");
        }
        let (status, text) = ask(&deployment, who(allowed[0]), Language::English, (method, path, body)).await;
        // There is no job 7.
        let wanted = |status: StatusCode| status.is_success() || path.contains("/jobs/7");
        assert!(wanted(status), "{method} {path}: {status} {text}");
    }
}
