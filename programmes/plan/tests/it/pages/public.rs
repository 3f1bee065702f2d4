//! What everybody sees, in both languages.

use axum::http::StatusCode;
use maru_plan::domain::Basis;
use maru_web::Language;

use super::{ask, router};
use crate::{
    consulting::draft,
    deliberating::notice,
    particulars::Fixed,
    support::{PLAN, committee, import_whole, official, sqlite},
};

const PUBLIC: [&str; 81] = [
    "/plan/pictures",
    "/plan/pictures/statuses.svg?lang=en",
    "/plan/pictures/bodies.svg",
    "/plan/pictures/quarters.svg",
    "/plan/pictures/dependencies.svg",
    "/plan/list?lead=msit",
    "/plan/quarters",
    "/plan/quarters/proof.json",
    "/plan/proofs/1-1",
    "/api/v1/plan/quarters",
    "/api/v1/plan/proof",
    "/api/v1/plan/recommendations/1-1/proof",
    "/plan/ai-for-all/audits",
    "/api/v1/plan/ai-for-all/audits",
    "/plan/overlaps?year=2025",
    "/plan/briefings",
    "/api/v1/plan/briefings",
    "/plan/surveys",
    "/api/v1/plan/surveys",
    "/plan",
    "/plan/list",
    "/plan/list?area=1&quarter=26Q4&status=late&words=x",
    "/plan/tasks/1",
    "/plan/bodies",
    "/plan/bodies/msit",
    "/plan/changes",
    "/plan/heat-map.svg",
    "/plan/data/recommendations.csv",
    "/plan/data/recommendations.json",
    "/plan/data/catalogue.jsonld",
    "/plan/consultations",
    "/plan/meetings",
    "/plan/visits",
    "/plan/visits/field.js",
    "/plan/visits/worker.js",
    "/plan/outlook",
    "/plan/dependencies",
    "/plan/overlaps",
    "/plan/gantt",
    "/plan/gantt?area=7",
    "/plan/gantt.svg?area=7&lang=en",
    "/plan/for-me",
    "/plan/for-me/counter",
    "/plan/changes?situation=counter",
    "/plan/versions",
    "/plan/versions/compare?from=0&to=now",
    "/plan/versions/compare?from=0&to=0",
    "/plan/tracking",
    "/plan/tracking/indicators",
    "/plan/tracking/budgets",
    "/plan/tracking/milestones",
    "/plan/particulars/1-1",
    "/plan/figures",
    "/plan/deliberations",
    "/plan/panels",
    "/plan/ai-for-all",
    "/plan/ai-for-all/fields/labour",
    "/plan/ai-for-all/problems",
    "/plan/ai-for-all/help",
    "/plan/ai-for-all/report",
    "/api/v1/plan/ai-for-all/reach",
    "/api/v1/plan/ai-for-all/problems",
    "/api/v1/plan/ai-for-all/help?from=2026-01-01&until=2026-12-31",
    "/plan/white-paper",
    "/plan/white-paper?year=2027",
    "/plan/data/recommendations.parquet",
    "/plan/data/particulars.json",
    "/api/v1/plan/particulars",
    "/api/v1/plan/recommendations/1-1/particulars",
    "/api/v1/plan/versions",
    "/api/v1/plan/versions/differences?from=0",
    "/api/v1/plan/deliberations",
    "/api/v1/plan/panels",
    "/plan/list?body=msit",
    "/api/v1/plan/meetings",
    "/api/v1/plan/visits",
    "/api/v1/plan/outlook",
    "/api/v1/plan/dependencies",
    "/api/v1/plan/overlaps",
    "/api/v1/plan/recommendations?status=late",
    "/api/v1/plan/recommendations/1-1/history",
];

#[tokio::test]
async fn everybody_sees_the_plan_in_both_languages() {
    let deployment = sqlite().await;
    for language in [Language::Korean, Language::English] {
        for path in PUBLIC {
            let (status, text) = ask(router(&deployment, None, language), "GET", path, "").await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(!text.is_empty(), "{path}");
        }
    }
    let (_, text) = ask(router(&deployment, None, Language::Korean), "GET", "/plan", "").await;
    assert!(text.contains("권고 4개"), "counted");
    assert!(text.contains(r#"href="/plan/list?area=7&amp;quarter=26Q3""#), "a cell leads to its list");
    for missing in [
        "/plan/quarters/26Q1",
        "/plan/quarters/26Q1/standing.csv",
        "/plan/proofs/9-9",
        "/api/v1/plan/quarters/26Q1",
        "/api/v1/plan/recommendations/9-9/proof",
        "/plan/tasks/9",
        "/plan/bodies/nobody",
        "/plan/consultations/x",
        "/plan/meetings/x",
        "/plan/councils/x",
        "/plan/visits/x",
        "/plan/deliberations/x",
        "/plan/deliberations/x/groups",
        "/plan/panels/x",
        "/plan/surveys/x",
        "/plan/briefings/x",
        "/plan/ai-for-all/audits/x",
        "/api/v1/plan/ai-for-all/audits/x",
        "/plan/comments/x",
        "/api/v1/plan/briefings/x",
        "/plan/surveys/x/answer",
        "/api/v1/plan/surveys/x",
        "/plan/ai-for-all/fields/x",
        "/plan/for-me/x",
        "/plan/gantt?area=99",
        "/plan/versions/compare?from=7",
        "/plan/particulars/9-9",
        "/plan/white-paper?year=1999",
        "/plan/white-paper.pdf?year=1999",
        "/plan/ai-for-all/report.pdf?year=1999",
        "/plan/consultations/x/report.pdf",
        "/api/v1/plan/deliberations/x/opinions",
        "/api/v1/plan/panels/x",
        "/api/v1/plan/recommendations/9-9/particulars",
        "/api/v1/plan/recommendations/9-9",
        "/api/v1/plan/meetings/x",
        "/api/v1/plan/visits/x",
    ] {
        let (status, _) = ask(router(&deployment, None, Language::Korean), "GET", missing, "").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn reports_of_a_year_come_as_pdf() {
    let deployment = sqlite().await;
    for (path, title, said) in [
        ("/plan/white-paper.pdf?year=2026", "(White paper on the national AI action plan, 2026)", "(1. At a glance)"),
        ("/plan/ai-for-all/report.pdf?year=2026", "(Report on AI for all, 2026)", "(Who is reached)"),
    ] {
        let (status, file) = ask(router(&deployment, None, Language::English), "GET", path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(file.starts_with("%PDF-1.7"), "{path}");
        assert!(file.contains(title) && file.contains(said), "{path}");
        assert!(!file.contains("Save as PDF"), "{path}: what one acts with stays on the screen");
    }
}

#[tokio::test]
async fn pictures_stand_alone_and_come_with_the_line_that_shows_them() {
    let deployment = sqlite().await;
    let get = async |path: &str| ask(router(&deployment, None, Language::English), "GET", path, "").await.1;
    let page = get("/plan/pictures").await;
    let line = "&lt;img src=&quot;https://maru.example.go.kr/plan/pictures/bodies.svg?lang=en&quot;";
    assert!(page.contains(line) || page.contains(&line.replace("&quot;", "&#34;")), "{page}");
    let mut shown = 0;
    for part in page.split("<img src=\"").skip(1) {
        let svg = get(part.split('"').next().unwrap()).await;
        assert!(svg.starts_with("<svg") && svg.contains("fill=\"#ffffff\"") && !svg.contains("<a href"), "{svg}");
        shown += 1;
    }
    assert_eq!(shown, 6);
    let statuses = get("/plan/pictures/statuses.svg?lang=ko").await;
    assert!(statuses.contains("늦음") && statuses.contains("기준"), "each says its day and source: {statuses}");

    // The figures by body lead to what they count.
    let bodies = get("/plan/bodies").await;
    assert!(bodies.contains("href=\"/plan/list?lead=msit&amp;status=late\">1</a>"), "{bodies}");
    let list = get("/plan/list?lead=msit&status=late").await;
    assert!(list.contains("1 found"), "{list}");

    let entry = get("/plan/data/catalogue.jsonld").await;
    let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
    for one in entry["dcat:distribution"].as_array().unwrap() {
        let media = one["dcat:mediaType"]["@id"].as_str().unwrap();
        let media = media.strip_prefix("https://www.iana.org/assignments/media-types/").unwrap();
        assert_eq!(media.split('/').count(), 2, "{media}");
        let address = one["dcat:downloadURL"]["@id"].as_str().unwrap();
        let file = get(address.strip_prefix("https://maru.example.go.kr").unwrap()).await;
        assert!(!file.is_empty(), "{address}");
    }
}

#[tokio::test]
async fn words_that_were_written_in_korean_are_marked_on_english_pages() {
    let deployment = sqlite().await;
    let caller = committee("2026-11-20T09:00");
    let draft = draft(jiff::civil::date(2026, 11, 20), jiff::civil::date(2026, 12, 20));
    let consultation = deployment.service.open_consultation(&caller, draft).await.unwrap();
    let panel = deployment.service.announce_panel(&caller, notice()).await.unwrap();
    for (path, marked) in [
        ("/plan/consultations".to_owned(), r#"<h2 class="card-title" lang="ko"><a"#),
        ("/plan/panels".to_owned(), r#"<h2 class="card-title" lang="ko"><a"#),
        (format!("/plan/consultations/{consultation}"), r#"<h1 lang="ko">계획안"#),
        (format!("/plan/panels/{panel}"), r#"<p class="lead" lang="ko">설명"#),
        ("/plan/white-paper".to_owned(), r#"<span lang="ko">계획안"#),
    ] {
        let (status, text) = ask(router(&deployment, None, Language::English), "GET", &path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(text.contains(marked), "{path}");
    }
}

#[tokio::test]
async fn what_was_left_out_is_shown_as_that() {
    let deployment = sqlite().await;
    let shorter: String = PLAN.split_inclusive('\n').take(4).collect();
    let vote = Basis::Resolution { reference: "제9차".to_owned() };
    import_whole(&deployment.service, &shorter, "2026-11", vote).await;
    for (path, there) in [
        ("/plan/tasks/3", "Left out of the plan"),
        ("/plan/versions/compare?from=0&to=1", "Left out"),
        ("/plan/white-paper?year=2026", "left out of the plan"),
        ("/plan/work/3-1", "It was left out of the plan"),
        ("/api/v1/plan/recommendations/3-1", r#""left_out":{"version":"2026-11""#),
    ] {
        let who = official("moe", "2026-11-25T10:00").principal;
        let (status, text) = ask(router(&deployment, who, Language::English), "GET", path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(text.contains(there), "{path}: {text}");
        assert!(!text.contains("/plan/work/3-1/report"), "{path} offers no report");
    }
    let (_, text) = ask(router(&deployment, None, Language::Korean), "GET", "/plan", "").await;
    assert!(text.contains("권고 3개"), "counted");
}

#[tokio::test]
async fn a_live_figure_reads_the_same_wherever_it_stands() {
    let deployment = sqlite().await.with_figures(std::sync::Arc::new(Fixed));
    for path in ["/plan/figures", "/plan/ai-for-all/report"] {
        let (_, text) = ask(router(&deployment, None, Language::Korean), "GET", path, "").await;
        assert!(text.contains("93.46%") && text.contains("아직 없음"), "{path}");
    }
}
