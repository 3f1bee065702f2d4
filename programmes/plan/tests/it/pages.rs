//! Every page renders in both languages, and turns strangers and wrong roles away where it must.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use maru_identity::Principal;
use maru_plan::{
    api,
    domain::{
        Basis,
        consultation::{Answered, Outcome, Voice},
        council::{CouncilKind, Seat},
    },
    pages::Pages,
    service::NewComment,
};
use maru_web::{Language, Problem, Visitor};
use tower::ServiceExt as _;

use crate::{
    consulting::draft,
    deliberating::notice,
    particulars::Fixed,
    support::{Deployment, PLAN, committee, import_whole, official, sqlite, stranger},
    surveying,
};

fn router(deployment: &Deployment, who: Option<Principal>, language: Language) -> Router {
    router_at(deployment, who, language, committee("2026-11-25T10:00").now)
}

fn router_at(deployment: &Deployment, who: Option<Principal>, language: Language, now: jiff::Timestamp) -> Router {
    let visitor = Visitor { principal: who, now, ..maru_web::testing::visitor(language) };
    Pages::new(deployment.service.clone(), "https://maru.example.go.kr")
        .router()
        .merge(api::router(deployment.service.clone()))
        .layer(Extension(visitor))
}

async fn ask(router: Router, method: &str, path: &str, body: &str) -> (StatusCode, String) {
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.map_or(response.status(), |problem| problem.status);
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

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

#[tokio::test]
async fn a_draft_comes_from_the_plan_is_prolonged_and_its_answers_lead_to_what_changed() {
    let deployment = sqlite().await;
    let (service, day) = (&deployment.service, "2026-11-25T10:00");
    let there = || committee(day).principal;
    let msit = || official("msit", day).principal;
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    let post =
        async |who, path: &str, body: &str| ask(router(&deployment, who, Language::English), "POST", path, body).await;
    let (_, text) = get(there(), "/plan/consultations/new?area=7").await;
    assert!(
        text.contains("# [2-1] 통합 민원\n행안부와 과기정통부는"),
        "the recommendations of the area are in the form: {text}"
    );
    let written = "title=draft&summary=plain&text=%23+%5B2-1%5D+head%0A%0Ashort";
    let (status, text) = post(there(), "/plan/consultations", &format!("{written}&from=2026-11-25&until=soon")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#until\"") && text.contains("# [2-1] head"), "nothing that was written is lost");
    let written = "title=draft&summary=plain&text=%23+%5B2-1%5D+head%0Awords";
    let (status, _) =
        post(there(), "/plan/consultations", &format!("{written}&from=2026-11-25&until=2026-12-14")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let id = service.store().consultations().await.unwrap()[0].id.clone();
    let page = format!("/plan/consultations/{id}");
    let (_, text) = get(None, &page).await;
    assert!(text.contains("How recommendation 2-1 stands") && text.contains("head") && !text.contains("prolonging"));

    let longer = format!("{page}/prolonging");
    assert_eq!(post(None, &longer, "until=2026-12-24").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(post(msit(), &longer, "until=2026-12-24").await.0, StatusCode::FORBIDDEN);
    let (status, text) = post(there(), &longer, "until=2026-12-14").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#until\""), "{text}");
    assert_eq!(post(there(), &longer, "until=2026-12-24").await.0, StatusCode::SEE_OTHER);
    let api = format!("/api/v1/plan/consultations/{id}/prolonging");
    assert_eq!(post(None, &api, r#"{"until": "2026-12-30"}"#).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(post(msit(), &api, r#"{"until": "2026-12-30"}"#).await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(there(), &api, r#"{"until": "2026-12-30"}"#).await.0, StatusCode::NO_CONTENT);
    assert!(get(None, &page).await.1.contains("30 December 2026"));

    let new = NewComment {
        paragraph: Some(0),
        text: "전화도, \"방문\"도".to_owned(),
        voice: Voice::Organisation,
        organisation: "단체".to_owned(),
    };
    let comment = service.comment(&stranger(day), &id, new).await.unwrap();
    let answer = Answered {
        outcome: Outcome::Accepted,
        reason: "2026년에".to_owned(),
        change: "권고 2-1과 9-9에 반영".to_owned(),
    };
    service.answer_comments(&committee(day), &[comment], &answer).await.unwrap();
    let (_, text) = get(None, &format!("{page}/report")).await;
    assert!(text.contains("href=\"/plan/tasks/2#r2-1\""), "the answer leads to what it changed");
    assert!(!text.contains("/plan/tasks/9#"), "and to nothing that is not there");
    let (_, csv) = get(None, &format!("{page}/comments.csv")).await;
    let row = ",1,organisation,단체,1,no,\"전화도, \"\"방문\"\"도\",accepted,2026년에,권고 2-1과 9-9에 반영";
    assert!(csv.contains(row), "{csv}");
}

#[tokio::test]
async fn an_item_of_an_agenda_takes_papers_and_loses_nothing_that_was_written() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let there = committee("2026-11-25T10:00");
    let name = ("위원회".to_owned(), "Committee".to_owned());
    service.found_council(&there, "plenary", CouncilKind::Plenary, name).await.unwrap();
    let seat = Seat { id: "1".to_owned(), title: "위원".to_owned(), title_en: "Member".to_owned(), office: None };
    service.seat_member(&there, "plenary", seat, "홍길동").await.unwrap();
    let post = async |path: &str, body: &str| {
        ask(router(&deployment, there.principal.clone(), Language::English), "POST", path, body).await
    };
    let convening = "council=plenary&title=first&date=2026-11-26&time=10:00&place=here";
    assert_eq!(post("/plan/meetings", convening).await.0, StatusCode::SEE_OTHER);
    let id = service.store().meetings().await.unwrap()[0].id.clone();
    let items = format!("/plan/meetings/{id}/items");
    let papers = "evidence_address=Review+https%3A%2F%2Fexample.go.kr%2F1%0D%0ACosts+https%3A%2F%2Fexample.go.kr%2F2";
    let (status, text) = post(&items, &format!("title=Pilot&text=Begin+it&kind=amend&number=x&{papers}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["value=\"Pilot\"", "Begin it", "Costs https://example.go.kr/2", "href=\"#number\""] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    let (status, _) = post(&items, &format!("title=Pilot&text=Begin+it&kind=resolve&{papers}")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let meeting = service.store().meeting(&id).await.unwrap().unwrap().state;
    assert_eq!(meeting.items[0].agenda.papers.len(), 2);

    // A code for the seat is shown once, to the committee; the member links an account with it.
    let code = post("/plan/councils/plenary/codes", "seat=1").await.1;
    assert!(code.contains("It cannot be shown again"), "{code}");
    let (_, council) = ask(router(&deployment, None, Language::Korean), "GET", "/plan/councils/plenary", "").await;
    assert!(!council.contains("코드 만들기"), "nobody else sees the way to make one");
    let link = "/plan/councils/plenary/seat";
    let of = |account: &str| crate::support::citizen(account, "2026-11-25T10:00").principal;
    let (status, _) = ask(router(&deployment, None, Language::English), "GET", link, "").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, text) = ask(router(&deployment, of("a"), Language::English), "POST", link, "code=0000").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("The code is wrong or has expired"), "{text}");
    let number = service.seat_code(&there, "plenary", "1".to_owned()).await.unwrap();
    let code = format!("code={number}");
    let (status, _) = ask(router(&deployment, of("a"), Language::English), "POST", link, &code).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    service.invite(&there, &id).await.unwrap();
    let ballot = format!("/plan/meetings/{id}/ballot");
    for (who, said) in [(of("a"), "The meeting has not been opened"), (of("b"), "No seat is linked")] {
        let (_, text) = ask(router(&deployment, who, Language::English), "GET", &ballot, "").await;
        assert!(text.contains(said), "{text}");
    }
    let cast = format!("/api/v1/plan/meetings/{id}/items/1/ballot");
    let document = r#"{"ballot": "for"}"#;
    let api = async |who| ask(router(&deployment, who, Language::English), "POST", &cast, document).await.0;
    assert_eq!(api(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(api(of("b")).await, StatusCode::FORBIDDEN);
    assert_eq!(api(of("a")).await, StatusCode::CONFLICT, "the meeting was not opened");
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
async fn who_got_a_letter_answers_and_everybody_sees_what_came_of_it() {
    let deployment = sqlite().await;
    let (id, letters) = surveying::invited(&deployment.service).await;
    let at_day = async |day: &str, who: Option<Principal>, method: &str, path: &str, body: &str| {
        let now = committee(day).now;
        ask(router_at(&deployment, who, Language::English, now), method, path, body).await
    };
    let answer = format!("/plan/surveys/{id}/answer");
    let (_, text) = at_day("2026-12-10T10:00", None, "GET", &answer, "").await;
    assert!(text.contains("The number in your letter") && !text.contains("answer-0"));
    let (status, text) = at_day("2026-12-10T10:00", None, "GET", &format!("{answer}?number=0000"), "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("No letter has this number"));
    let with_number = format!("{answer}?number={}", letters[0].number);
    let (_, text) = at_day("2026-12-10T10:00", None, "GET", &with_number, "").await;
    assert!(text.contains("answer-1") && text.contains("달라진 것을 느끼셨습니까?"));
    let (status, text) =
        at_day("2026-12-10T10:00", None, "POST", &answer, &format!("number={}", letters[0].number)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was chosen");
    assert!(text.contains("href=\"#answer-0\""));
    for (at, letter) in letters.iter().take(20).enumerate() {
        let body = format!("number={}&answer-0={}", letter.number, at % 3);
        let (status, text) = at_day("2026-12-10T10:00", None, "POST", &answer, &body).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("Your answers were received"));
    }
    let page = format!("/plan/surveys/{id}");
    let (_, text) = at_day("2026-12-20T10:00", None, "GET", &page, "").await;
    assert!(text.contains("20 of 40 answered so far") && !text.contains("95%"), "no results while it runs");
    let who = committee("2026-12-21T10:00").principal;
    let (status, _) = at_day("2026-12-21T10:00", who.clone(), "POST", &format!("{page}/close"), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = at_day("2026-12-21T10:00", None, "GET", &page, "").await;
    for said in ["Response rate", "50%", "95% interval", "With those who did not answer", "maru plan sample --frame"] {
        assert!(text.contains(said), "{said}");
    }
    let (_, text) = at_day("2026-12-21T10:00", None, "GET", "/plan/tasks/1", "").await;
    assert!(text.contains("Survey with a sample"));
    let (_, text) = at_day("2026-12-21T10:00", None, "GET", &format!("/api/v1{page}"), "").await;
    assert!(text.contains("\"response_rate\":0.5") && !text.contains(&letters[0].number));
}

#[tokio::test]
async fn comments_are_looked_at_in_batches_and_a_briefing_is_held() {
    let deployment = sqlite().await;
    let day = "2026-11-25T10:00";
    let there = || committee(day).principal;
    let service = &deployment.service;
    let opening = draft(jiff::civil::date(2026, 11, 20), jiff::civil::date(2026, 12, 20));
    let consultation = service.open_consultation(&committee("2026-11-20T09:00"), opening).await.unwrap();
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    let post =
        async |who, path: &str, body: &str| ask(router(&deployment, who, Language::English), "POST", path, body).await;
    let mut ids = Vec::new();
    for text in ["https://a.kr https://b.kr https://c.kr one", "https://a.kr https://b.kr https://c.kr two"] {
        let new =
            NewComment { paragraph: None, text: text.to_owned(), voice: Voice::Person, organisation: String::new() };
        ids.push(service.comment(&stranger(day), &consultation, new).await.unwrap());
    }
    let queue = format!("/plan/consultations/{consultation}/moderation");
    assert_eq!(get(None, &queue).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(official("msit", day).principal, &queue).await.0, StatusCode::FORBIDDEN);
    let (_, text) = get(there(), &queue).await;
    assert!(text.contains("2 wait") && text.contains("Several addresses of the web"));
    let (status, text) = post(there(), &queue, &format!("comment={}&do=hide&reason=x", ids[0])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#breach\""), "how it breaks the rules is asked for");
    let both = format!("comment={}&comment={}&do=hide&breach=advertising&reason=%EA%B4%91%EA%B3%A0", ids[0], ids[1]);
    assert_eq!(post(there(), &queue, &both).await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(None, &format!("/plan/consultations/{consultation}/report")).await;
    assert!(text.contains("2 hidden because they break the rules") && !text.contains("https://a.kr"));
    let page = format!("/plan/comments/{}", ids[0]);
    let (_, text) = get(None, &page).await;
    assert!(text.contains("Hidden: Advertising") && text.contains("Who wrote it can appeal once"));
    assert_eq!(post(None, &format!("{page}/appeal"), "appeal=why").await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(there(), &queue).await;
    assert!(text.contains("Show it again"));
    let (status, text) = get(None, &format!("/api/v1{queue}")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}");

    let briefing = crate::briefing::notice();
    let briefing = maru_plan::domain::briefing::Notice { consultation: Some(consultation.clone()), ..briefing };
    let id = service.announce_briefing(&committee(day), briefing).await.unwrap();
    let page = format!("/plan/briefings/{id}");
    let (_, text) = get(None, &page).await;
    assert!(text.contains("Our organisation comes"));
    let (status, text) = post(None, &format!("{page}/organisations"), "organisation=A&people=many").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#people\""));
    assert_eq!(post(None, &format!("{page}/organisations"), "organisation=A&people=2").await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(None, &format!("{page}/questions"), "question=why").await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(None, &page).await;
    assert!(text.contains("1 questions wait for an answer") && !text.contains("<p>why</p>"), "public once answered");
    assert_eq!(post(there(), &format!("{page}/questions/1"), "answer=because").await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(None, &page).await;
    assert!(text.contains("because"));
    let (_, text) = get(None, &format!("/plan/consultations/{consultation}/report")).await;
    assert!(text.contains("Briefings"));
}

#[tokio::test]
async fn words_of_citizens_are_named_hidden_and_appealed_against_on_pages() {
    let deployment = sqlite().await;
    let day = "2026-11-25T10:00";
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    let post =
        async |who, path: &str, body: &str| ask(router(&deployment, who, Language::English), "POST", path, body).await;
    let there = || committee(day).principal;
    let evidence = "quarter=26Q2&summary=done&done=0&evidence_title=x&evidence_address=https%3A%2F%2Fexample.go.kr";
    post(official("msit", day).principal, "/plan/work/1-1/report", evidence).await;
    let said = "number=1-1&verdict-1-1=no&text-1-1=rude%20words";
    assert_eq!(post(None, "/plan/tasks/1/felt", said).await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(None, "/plan/tasks/1").await;
    let path = text.split("/plan/words/felt/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/plan/words/felt/{path}");
    assert!(text.contains("rude words"));
    let (_, text) = get(None, &path).await;
    assert!(text.contains("Does it break the rules?"));
    assert_eq!(post(None, &format!("{path}/flags"), "breach=insult&note=").await.0, StatusCode::SEE_OTHER);
    assert_eq!(get(None, "/plan/words/felt/1-1.999999").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(None, "/plan/words/other/1").await.0, StatusCode::NOT_FOUND);

    assert_eq!(get(None, "/plan/words").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(official("msit", day).principal, "/plan/words").await.0, StatusCode::FORBIDDEN);
    let (_, text) = get(there(), "/plan/words").await;
    assert!(text.contains("1 wait") && text.contains("Named by 1: Insult or hatred"));
    let name = path.trim_start_matches("/plan/words/");
    let (status, text) = post(there(), "/plan/words", &format!("comment={name}&do=hide&reason=x")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("href=\"#breach\"") || text.contains("href=\"#reason\""), "the ground is asked for");
    let hide = format!("comment={name}&do=hide&breach=insult&reason=%EC%9A%95");
    assert_eq!(post(there(), "/plan/words", &hide).await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(None, "/plan/tasks/1").await;
    assert!(
        !text.contains("rude words") && text.contains("Hidden: Insult or hatred"),
        "the reason stands in its place"
    );
    assert_eq!(post(None, &format!("{path}/appeal"), "appeal=why").await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(there(), "/plan/words").await;
    assert!(text.contains("Show it again"));

    let api = format!("/api/v1{path}");
    let (_, text) = get(None, &api).await;
    assert!(text.contains("\"showing\":\"hidden\"") && text.contains("\"text\":null"), "{text}");
    let of = |path: &str| format!("/api/v1/plan/words{path}");
    assert_eq!(get(None, &of("")).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(official("msit", day).principal, &of("")).await.0, StatusCode::FORBIDDEN);
    let (status, text) = get(there(), &of("")).await;
    assert!(status == StatusCode::OK && text.contains("\"appeal\":\"why\""), "{text}");
    let many = r#"{"words": [{"kind": "felt", "key": "1-1.1"}], "breach": "insult", "reason": "x"}"#;
    let decision = r#"{"restored": true, "reason": "x"}"#;
    for (path, body) in [(of(""), many), (format!("{api}/appeal/decision"), decision)] {
        assert_eq!(post(None, &path, body).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(post(official("msit", day).principal, &path, body).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let flag = r#"{"breach": "insult"}"#;
    assert_eq!(post(official("msit", day).principal, &format!("{api}/flags"), flag).await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(None, &format!("{api}/flags"), flag).await.0, StatusCode::NO_CONTENT);
    assert_eq!(post(None, &format!("{api}/appeal"), r#"{"text": "why"}"#).await.0, StatusCode::CONFLICT, "once");

    // A hidden problem keeps its place; its words are read nowhere.
    let form = "title=dark%20street&text=every%20night";
    assert_eq!(post(None, "/plan/ai-for-all/problems", form).await.0, StatusCode::SEE_OTHER);
    let id = deployment.service.store().problems().await.unwrap()[0].id.clone();
    let hide = format!("comment=problem/{id}&do=hide&breach=advertising&reason=%EA%B4%91%EA%B3%A0");
    assert_eq!(post(there(), "/plan/words", &hide).await.0, StatusCode::SEE_OTHER);
    for path in ["/plan/ai-for-all/problems".to_owned(), format!("/plan/words/problem/{id}")] {
        let (_, text) = get(None, &path).await;
        assert!(!text.contains("dark street") && text.contains("Hidden: Advertising"), "{path}");
    }
    let (_, text) = get(None, "/api/v1/plan/ai-for-all/problems").await;
    assert!(text.contains("\"posed\":null") && !text.contains("dark street"));
}

#[tokio::test]
async fn what_is_to_be_visited_is_for_the_committee() {
    let deployment = sqlite().await;
    let day = "2026-11-25T10:00";
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    let there = || committee(day).principal;
    assert_eq!(get(None, "/plan/visits/field").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(official("msit", day).principal, "/plan/visits/field").await.0, StatusCode::FORBIDDEN);
    let (_, text) = get(there(), "/plan/visits/field").await;
    assert!(text.contains("No visit is planned"));
    for (place, on) in [("Busan", "2026-12-02"), ("Sejong", "2026-11-30")] {
        let new = maru_plan::service::NewVisit {
            recommendation: "1-1".parse().unwrap(),
            body: String::new(),
            place: place.to_owned(),
            on: on.parse().unwrap(),
        };
        deployment.service.plan_visit(&committee(day), new).await.unwrap();
    }
    let (_, text) = get(there(), "/plan/visits/field").await;
    let at = |place: &str| text.find(place).unwrap();
    assert!(at("Sejong") < at("Busan"), "the next day first");
    assert!(text.contains("/plan/visits/visits.js") && text.matches("data-visit=").count() == 2);
    assert_eq!(get(None, "/plan/visits/visits.js").await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_audit_is_recorded_and_followed_on_pages() {
    let deployment = sqlite().await;
    let day = "2026-11-25T10:00";
    let get = async |who, path: &str| ask(router(&deployment, who, Language::English), "GET", path, "").await;
    let post =
        async |who, path: &str, body: &str| ask(router(&deployment, who, Language::English), "POST", path, body).await;
    let there = || committee(day).principal;
    let mois = || official("mois", day).principal;
    let form = "service=A&address=https%3A%2F%2Fa.kr&body=mois&on=2026-11-20&manner=both&auditor=B&r-5.1.1=passed&r-6.1.1=failed";
    let (status, text) = post(there(), "/plan/ai-for-all/audits", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Criterion 6.1.1 failed: what was seen is missing"));
    let (status, _) = post(there(), "/plan/ai-for-all/audits", &format!("{form}&n-6.1.1=no%20focus")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let id = deployment.service.store().audits().await.unwrap()[0].id.clone();
    let page = format!("/plan/ai-for-all/audits/{id}");
    let (_, text) = get(None, &page).await;
    assert!(text.contains("no focus") && text.contains("By keyboard") && !text.contains("/repair"));
    let (_, text) = get(mois(), &page).await;
    assert!(text.contains(&format!("{page}/6.1.1/repair")));
    assert_eq!(post(mois(), &format!("{page}/6.1.1/repair"), "done=fixed").await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(there(), &format!("{page}/6.1.1/look"), "right=yes").await.0, StatusCode::SEE_OTHER);
    let (_, text) = get(None, "/plan/ai-for-all/report").await;
    assert!(text.contains("2 / 2 (100%)"), "{text}");
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
