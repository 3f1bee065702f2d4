//! The desks of ministries and of the committee: who may, reports, readings, frozen quarters.

use axum::http::StatusCode;
use maru_identity::Principal;
use maru_web::Language;

use super::{ask, router};
use crate::support::{committee, official, sqlite, stranger};

#[tokio::test]
async fn work_is_for_those_whose_it_is() {
    let deployment = sqlite().await;
    let of = |body: &str| official(body, "2026-11-25T10:00").principal;
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    assert_eq!(get(None, "/plan/comments").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(of("msit"), "/plan/comments").await.0, StatusCode::OK);
    for path in ["/plan/work", "/plan/work/1-1", "/plan/consultations/new"] {
        assert_eq!(get(None, path).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(get(of("aistrategy"), path).await.0, StatusCode::OK, "{path}");
    }
    assert_eq!(get(of("msit"), "/plan/consultations/new").await.0, StatusCode::FORBIDDEN);
    let form = "quarter=26Q3&summary=done&done=0&evidence_title=x&evidence_address=https%3A%2F%2Fexample.go.kr";
    let post =
        async |who, path: &str, body: &str| ask(router(&deployment, who, Language::English), "POST", path, body).await;
    assert_eq!(post(None, "/plan/work/1-1/report", form).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(post(of("moe"), "/plan/work/1-1/report", form).await.0, StatusCode::FORBIDDEN);
    let (status, text) = post(of("msit"), "/plan/work/1-1/report", "quarter=26Q3&summary=done&done=0").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("at least one piece of evidence"), "the form comes back with its error");
    assert_eq!(post(of("msit"), "/plan/work/1-1/report", form).await.0, StatusCode::SEE_OTHER);
    for path in [
        "/plan/work/1-1/confirm",
        "/plan/work/1-1/send-back",
        "/plan/work/freeze",
        "/plan/work/advice",
        "/plan/consultations",
        "/plan/meetings",
        "/plan/meetings/x/items",
        "/plan/meetings/x/invitation",
        "/plan/councils",
        "/plan/councils/x/seats",
        "/plan/councils/x/vacate",
        "/plan/councils/x/codes",
        "/plan/meetings/x/items/1/opening",
        "/plan/visits",
        "/plan/visits/x/cancel",
        "/plan/dependencies",
        "/plan/dependencies/proposals",
        "/plan/overlaps",
        "/plan/deliberations",
        "/plan/panels",
        "/plan/surveys",
        "/plan/surveys/x/frame",
        "/plan/briefings",
        "/plan/briefings/x/invitations",
        "/plan/consultations/x/moderation",
        "/plan/consultations/x/close",
        "/plan/comments/x/decision",
        "/plan/words",
        "/plan/words/felt/1-1.1/decision",
        "/plan/ai-for-all/audits",
        "/plan/ai-for-all/audits/x/5.1.1/look",
    ] {
        let body = "quarter=26Q3&note=x&reason=x&title=x&summary=x&text=x&kind=resolve&id=x&name=x&name_en=x&date=2027-01-01&time=10:00&seat=1&title_en=x&number=1-1&place=x&on=2027-01-01&dependent=1-1&prerequisite=1-2&one=1-1&other=2-1";
        assert_eq!(post(None, path, body).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(post(of("msit"), path, body).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let bill = "kind=bill&title=%EB%B2%95&address=ftp%3A%2F%2Fx";
    let (status, text) = post(of("msit"), "/plan/particulars/1-1", bill).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#address\""), "the error leads to the field that is wrong");
    let reports = "/api/v1/plan/recommendations/1-1/reports";
    let document = r#"{"quarter": "26Q3", "summary": "done"}"#;
    assert_eq!(post(None, reports, document).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(post(of("moe"), reports, document).await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(of("msit"), reports, document).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_report_keeps_all_the_evidence_that_was_shown() {
    let deployment = sqlite().await;
    let msit = || official("msit", "2026-11-25T10:00").principal;
    let ask = async |method: &str, path: &str, body: &str| {
        ask(router(&deployment, msit(), Language::English), method, path, body).await
    };
    let piece = |name: &str| format!("&evidence_title={name}&evidence_address=https%3A%2F%2Fexample.go.kr%2F{name}");
    let two = format!("quarter=26Q3&summary=done&done=0{}{}&evidence_title=&evidence_address=", piece("a"), piece("b"));
    assert_eq!(ask("POST", "/plan/work/1-1/report", &two).await.0, StatusCode::SEE_OTHER);
    let seen = deployment.service.recommendation(&stranger("2026-11-25T10:00"), "1-1".parse().unwrap()).await.unwrap();
    assert_eq!(seen.recommendation.last_report.unwrap().evidence.len(), 2, "empty places are none");
    let (_, form) = ask("GET", "/plan/work/1-1", "").await;
    for address in ["https://example.go.kr/a", "https://example.go.kr/b"] {
        assert!(form.contains(&format!("value=\"{address}\"")), "the next report begins with all of it: {form}");
    }
    assert!(form.contains("Evidence 5: address"), "and there is room for more");
}

#[tokio::test]
async fn the_committee_checks_readings_and_makes_minor_changes() {
    let deployment = sqlite().await;
    let there = || committee("2026-11-25T10:00").principal;
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    let send = async |method: &str, who, path: &str, body: &str| {
        ask(router(&deployment, who, Language::English), method, path, body).await
    };
    let msit = || official("msit", "2026-11-25T10:00").principal;
    let paths = ["/plan/work/unchecked", "/plan/work/1-1/reading", "/plan/work/1-1/amendment"];
    for path in paths {
        assert_eq!(get(None, path).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(get(msit(), path).await.0, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(get(there(), path).await.0, StatusCode::OK, "{path}");
    }
    for path in &paths[1..] {
        assert_eq!(send("POST", None, path, "reason=x").await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(send("POST", msit(), path, "reason=x").await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let (_, text) = get(there(), "/plan/work/unchecked").await;
    assert!(text.contains("0 of 4") && text.contains("/plan/work/1-1/reading"), "{text}");
    let (_, text) = get(there(), "/plan/work/1-1/reading").await;
    assert!(text.contains("by26Q2 by26Q4") && text.contains("<mark"), "the text stands beside: {text}");

    let unknown = "responsible=%EC%97%86%EB%8A%94%EB%B6%80&deadlines=by26Q2";
    let (status, text) = send("POST", there(), "/plan/work/1-1/reading", unknown).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#responsible\""), "{text}");
    let wrong = "responsible=msit&cooperating=motir&deadlines=until26Q2";
    assert!(send("POST", there(), "/plan/work/1-1/reading", wrong).await.1.contains("href=\"#deadlines\""));
    let right = "responsible=msit&cooperating=motir&deadlines=by26Q2+by26Q4";
    assert_eq!(send("POST", there(), "/plan/work/1-1/reading", right).await.0, StatusCode::SEE_OTHER);
    assert!(get(there(), "/plan/work/unchecked").await.1.contains("1 of 4"));
    let (_, text) = get(None, "/plan/tasks/1").await;
    assert!(text.contains("Bodies and deadlines checked by a person") || text.contains("bodies and deadlines checked"));

    let later = "responsible=msit&cooperating=motir&deadlines=by26Q2+by27Q1&basis=arrangement";
    let (status, text) = send("POST", there(), "/plan/work/1-1/amendment", later).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#reason\""), "every change says why");
    let said = format!("{later}&reason=budget");
    assert_eq!(send("POST", there(), "/plan/work/1-1/amendment", &said).await.0, StatusCode::SEE_OTHER);
    let aim = format!("{said}&text=other");
    let (status, text) = send("POST", there(), "/plan/work/1-1/amendment", &aim).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "another aim needs a vote");
    assert!(text.contains("needs a vote") || text.contains("vote"), "{text}");

    let reading = r#"{"responsible": ["행안부", "msit"], "deadlines": ["by26Q3"]}"#;
    let api = "/api/v1/plan/recommendations/2-1/reading";
    assert_eq!(send("PUT", None, api, reading).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(send("PUT", msit(), api, reading).await.0, StatusCode::FORBIDDEN);
    let (status, text) = send("PUT", there(), api, reading).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains(r#""checked":true"#), "{text}");
    let change = r#"{"ground": "arrangement", "reason": "국회 일정", "deadlines": ["by26Q4"]}"#;
    let api = "/api/v1/plan/recommendations/2-1/amendments";
    assert_eq!(send("POST", None, api, change).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(send("POST", msit(), api, change).await.0, StatusCode::FORBIDDEN);
    let (status, text) = send("POST", there(), api, change).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains(r#""quarter":"26Q4""#), "{text}");
}

#[tokio::test]
async fn a_frozen_quarter_is_there_to_be_read_compared_and_kept() {
    let deployment = sqlite().await;
    let freeze = async |who: Option<Principal>, path: &str, body: &str| {
        ask(router(&deployment, who, Language::English), "POST", path, body).await
    };
    let there = || committee("2026-11-25T10:00").principal;
    let api = "/api/v1/plan/quarters/26Q2";
    assert_eq!(freeze(None, api, "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(freeze(official("msit", "2026-11-25T10:00").principal, api, "").await.0, StatusCode::FORBIDDEN);
    let (status, text) = freeze(there(), api, "").await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(text.contains(r#""number":"1-1","status":"late","before":null"#), "{text}");
    assert_eq!(freeze(there(), "/plan/work/freeze", "quarter=26Q3").await.0, StatusCode::SEE_OTHER);
    for language in [Language::Korean, Language::English] {
        let get = async |path: &str| ask(router(&deployment, None, language), "GET", path, "").await;
        let (status, list) = get("/plan/quarters").await;
        assert_eq!(status, StatusCode::OK);
        assert!(list.contains("/plan/quarters/26Q2") && list.contains("<svg"), "{list}");
        let (_, page) = get("/plan/quarters/26Q3").await;
        let (fell, proof) = language.pick(("2026년 2분기보다 +1", "증명"), ("+1 since Q2 2026", "proof"));
        assert!(page.contains(fell) && page.contains(proof), "{page}");
        assert!(page.contains("/plan/tasks/2#r2-1"), "what moved is named");
    }
    let (_, csv) =
        ask(router(&deployment, None, Language::Korean), "GET", "/plan/quarters/26Q3/standing.csv", "").await;
    assert!(csv.contains("26Q3,2-1,7,통합 민원,행안부,late,not-started"), "{csv}");
    let (_, list) = ask(router(&deployment, None, Language::Korean), "GET", "/api/v1/plan/quarters", "").await;
    assert!(list.contains(r#""finished":0,"fell_behind":1"#), "{list}");
    let (_, desk) = ask(router(&deployment, there(), Language::English), "GET", "/plan/work", "").await;
    assert!(desk.contains("Q3 2026 is frozen") && !desk.contains("Freeze Q3 2026"), "it is not offered twice");
}
