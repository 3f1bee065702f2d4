//! Every page renders in both languages, and turns strangers and wrong roles away where it must.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use maru_identity::{Principal, Role};
use maru_web::{Language, Problem, Visitor};
use maru_welfare::{api, pages::Pages, service::Confirming};
use tower::ServiceExt as _;

use crate::support::{Deployment, citizen, official, person, sqlite, stranger, supervisor, with_pensioner};

const NOW: &str = "2026-03-05T10:00";
const PENSION: &str = "home-1.basic_pension.p1";

fn router(deployment: &Deployment, who: Option<Principal>, language: Language) -> Router {
    let visitor = Visitor { principal: who, now: stranger(NOW).now, ..maru_web::testing::visitor(language) };
    Pages::new(deployment.service.clone())
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
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn deployment() -> Deployment {
    let deployment = sqlite().await;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let how = Confirming { note: "확인".to_owned(), ..Confirming::default() };
    deployment.service.confirm(&official("2026-03-03T09:00"), PENSION, &how).await.unwrap();
    deployment
}

#[tokio::test]
async fn anyone_calculates_and_nothing_is_stored() {
    let deployment = sqlite().await;
    let before = deployment.ledger.events_from(0, 100).await.unwrap().len();
    for language in [Language::Korean, Language::English] {
        for path in ["/welfare", "/welfare/about"] {
            let (status, text) = ask(router(&deployment, None, language), "GET", path, "").await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(text.contains("<h1"), "{path}");
            assert_eq!(
                path == "/welfare/about",
                text.contains("제12조제1항제1호"),
                "the weights of the signals are public"
            );
        }
        let form = "birth=1948-03-11&national_pension=230%2C000&province=gyeonggi&municipality_kind=city&tenure=tenant\
                    &monthly_rent=260000&lease_deposit=8000000&disability=none&has_spouse=no";
        let (status, text) = ask(router(&deployment, None, language), "POST", "/welfare/calculator", form).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("349,700"), "{text}");
        let (_, text) =
            ask(router(&deployment, None, language), "POST", "/welfare/calculator", "earned_income=many").await;
        assert!(text.contains("350000") || text.contains("1960"), "the form comes back with its errors");
    }
    let document = r#"{"month": "2026-03", "household": {"members": [{"id": "a", "role": "head", "facts": {"birth": "1948-03-11"}}]}}"#;
    let (status, text) =
        ask(router(&deployment, None, Language::English), "POST", "/api/v1/welfare/calculations", document).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("\"basic_pension\""));
    for wrong in [
        "{}",
        r#"{"month": "March", "household": {"members": []}}"#,
        r#"{"month": "2026-03", "household": {"members": []}}"#,
    ] {
        let (status, _) =
            ask(router(&deployment, None, Language::English), "POST", "/api/v1/welfare/calculations", wrong).await;
        assert!(status.is_client_error(), "{wrong}: {status}");
    }
    assert_eq!(deployment.ledger.events_from(0, 100).await.unwrap().len(), before);
}

#[tokio::test]
async fn a_citizen_sees_their_own_in_both_languages() {
    let deployment = deployment().await;
    let park = || citizen("park", NOW).principal;
    for language in [Language::Korean, Language::English] {
        for path in [
            "/welfare/mine".to_owned(),
            "/welfare/mine/data".to_owned(),
            format!("/welfare/proposals/{PENSION}"),
            "/welfare/mine/why/child_allowance/p1".to_owned(),
        ] {
            let (status, text) = ask(router(&deployment, park(), language), "GET", &path, "").await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(text.contains("<h1"), "{path}");
            assert_eq!(
                ask(router(&deployment, None, language), "GET", &path, "").await.0,
                StatusCode::UNAUTHORIZED,
                "{path}"
            );
        }
    }
    let kim = || citizen("kim", NOW).principal;
    let other = format!("/welfare/proposals/{PENSION}");
    assert_eq!(ask(router(&deployment, kim(), Language::Korean), "GET", &other, "").await.0, StatusCode::NOT_FOUND);
    let (status, text) = ask(router(&deployment, kim(), Language::Korean), "GET", "/welfare/mine", "").await;
    assert!(status == StatusCode::OK && text.contains("연결된 가구 정보가 없습니다"));
    let disputed = "item=p1.national_pension_old_age&words=%EB%8B%A4%EB%A6%85%EB%8B%88%EB%8B%A4";
    let (status, _) = ask(router(&deployment, park(), Language::Korean), "POST", "/welfare/mine/data", disputed).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) =
        ask(router(&deployment, park(), Language::Korean), "POST", "/welfare/mine/data", "item=p1.birth&words=").await;
    assert!(text.contains("적지 않았습니다"), "the form comes back with its error");
    let (status, _) = ask(router(&deployment, park(), Language::Korean), "POST", &format!("{other}/consent"), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(router(&deployment, park(), Language::Korean), "GET", &other, "").await;
    assert!(text.contains("2026년 3월") && text.contains("이의신청할 수 있는 마지막 날"));
}

#[tokio::test]
async fn the_desk_is_for_the_department() {
    let deployment = deployment().await;
    let one = "/welfare/work/home-1.livelihood_benefit.all";
    let pages = [
        "/welfare/work",
        one,
        "/welfare/work/payments",
        "/welfare/work/disputes",
        "/welfare/work/screenings",
        "/welfare/work/watch",
    ];
    let roads = || person("roads", Role::Official, Some("roads"), NOW).principal;
    for path in pages {
        for language in [Language::Korean, Language::English] {
            let (status, text) = ask(router(&deployment, official(NOW).principal, language), "GET", path, "").await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(text.contains("<h1"), "{path}");
        }
        assert_eq!(
            ask(router(&deployment, None, Language::Korean), "GET", path, "").await.0,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
        assert_eq!(
            ask(router(&deployment, roads(), Language::Korean), "GET", path, "").await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let forms = [
        (format!("{one}/confirm"), "note=x&means=message"),
        (format!("{one}/ask"), "facts=monthly_rent"),
        (format!("{one}/deny"), "reason=x&article=x"),
        (format!("{one}/consent"), "means=counter"),
        (format!("{one}/renew"), ""),
        (format!("{one}/end"), "until=2026-12&reason=x"),
        (format!("{one}/review"), "answer=x"),
        (format!("{one}/objection"), "upheld=yes&decision=x"),
        ("/welfare/work/payments".to_owned(), "month=2026-04"),
        ("/welfare/work/payments/2026-04-1/release".to_owned(), "digest=x"),
        ("/welfare/work/payments/2026-04-1/book".to_owned(), "document=x"),
        ("/welfare/work/screenings".to_owned(), "month=2026-04"),
        ("/welfare/work/screenings/none/proposals".to_owned(), "benefit=child_allowance&most=5"),
        ("/welfare/work/disputes".to_owned(), "household=home-1&place=0&answer=x&corrected=yes"),
    ];
    for (path, body) in &forms {
        assert_eq!(
            ask(router(&deployment, None, Language::Korean), "POST", path, body).await.0,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
        let (status, _) = ask(router(&deployment, roads(), Language::Korean), "POST", path, body).await;
        assert!(matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{path}: {status}");
    }
    let who = || official(NOW).principal;
    let (_, text) =
        ask(router(&deployment, who(), Language::Korean), "POST", &format!("{one}/confirm"), "note=&means=message")
            .await;
    assert!(text.contains("적지 않았습니다"), "the form comes back with its error");
    let (status, _) =
        ask(router(&deployment, who(), Language::Korean), "POST", &format!("{one}/confirm"), "note=x&means=message")
            .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) =
        ask(router(&deployment, who(), Language::Korean), "POST", "/welfare/work/payments", "month=March").await;
    assert!(text.contains("2026-12"), "the form comes back with its error");
}

#[tokio::test]
async fn the_api_asks_the_same_policies() {
    let deployment = deployment().await;
    let base = format!("/api/v1/welfare/proposals/{PENSION}");
    let life = r#"{"event": "move", "on": "2026-03-01", "household": {"members": [{"id": "p1", "role": "head", "facts": {"birth": "1948-03-11"}}]}}"#;
    let calls = [
        ("GET", "/api/v1/welfare/proposals".to_owned(), ""),
        ("GET", base.clone(), ""),
        ("POST", format!("{base}/confirmation"), r#"{"note": "x"}"#),
        ("POST", format!("{base}/refusal"), r#"{"reason": "x", "article": "x"}"#),
        ("POST", format!("{base}/consent"), ""),
        ("POST", format!("{base}/decline"), "{}"),
        ("POST", format!("{base}/review"), r#"{"words": "x"}"#),
        ("POST", "/api/v1/welfare/households/home-1/life-events".to_owned(), life),
        ("GET", "/api/v1/welfare/screenings".to_owned(), ""),
        ("GET", "/api/v1/welfare/screenings/none".to_owned(), ""),
        ("POST", "/api/v1/welfare/screenings".to_owned(), r#"{"month": "2026-03"}"#),
        (
            "POST",
            "/api/v1/welfare/screenings/none/proposals".to_owned(),
            r#"{"benefit": "child_allowance", "most": 5}"#,
        ),
    ];
    let roads = || person("roads", Role::Official, Some("roads"), NOW).principal;
    for (method, path, body) in &calls {
        assert_eq!(
            ask(router(&deployment, None, Language::English), method, path, body).await.0,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
        assert_eq!(
            ask(router(&deployment, roads(), Language::English), method, path, body).await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let park = || citizen("park", NOW).principal;
    let (status, text) =
        ask(router(&deployment, park(), Language::English), "POST", &format!("{base}/review"), r#"{"words": "Why?"}"#)
            .await;
    assert!(status == StatusCode::OK && text.contains("\"review_due\""), "{text}");
    let (status, text) =
        ask(router(&deployment, park(), Language::English), "POST", &format!("{base}/consent"), "").await;
    assert!(status == StatusCode::OK && text.contains("\"awarded\""), "{text}");
    let head = supervisor(NOW).principal;
    let (status, text) = ask(
        router(&deployment, head, Language::English),
        "POST",
        "/api/v1/welfare/households/home-1/life-events",
        life,
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{text}");
}
