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
            let article = language.pick("제12조제1항제1호", "Article 12(1) item 1");
            assert_eq!(path == "/welfare/about", text.contains(article), "the weights of the signals are public");
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
            format!("/welfare/proposals/{PENSION}/easy"),
            format!("/welfare/proposals/{PENSION}/letter"),
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
    let (_, text) = ask(router(&deployment, park(), Language::English), "GET", "/welfare/mine", "").await;
    assert!(text.contains("From when") && text.contains("the month you agree"), "{text}");
    let why = "/welfare/mine/why/basic_pension/p1";
    let (_, text) = ask(router(&deployment, park(), Language::Korean), "GET", why, "").await;
    for part in ["무엇이 바뀌면 달라지나요?", "무엇을 보고 판단했나요?", "적용한 법의 기준", "어떤 절차로 정하나요?"]
    {
        assert!(text.contains(part), "result, data, criteria and procedure: {part}");
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
async fn a_guardian_links_an_account_by_a_code_and_acts_on_pages() {
    let deployment = deployment().await;
    let at = |who: Option<Principal>| router(&deployment, who, Language::English);
    let desk = "/welfare/work/home-1.livelihood_benefit.all";
    let who = || official(NOW).principal;
    let form = "member=p1&name=%EA%B9%80%EB%B3%B4%ED%98%B8&ground=specific-guardian&shown_by=x&from=2026-01-01";
    let (status, text) = ask(at(who()), "POST", &format!("{desk}/representatives"), form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("The scope of the power is missing"), "what the court gave is written down");
    let form = format!("{form}&powers=see&powers=consent");
    assert_eq!(ask(at(who()), "POST", &format!("{desk}/representatives"), &form).await.0, StatusCode::SEE_OTHER);
    let invitation = format!("{desk}/representatives/invitation");
    let (_, text) = ask(at(who()), "POST", &invitation, "representative=0").await;
    let code = text.split("Code: ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    let (_, text) = ask(at(who()), "GET", desk, "").await;
    assert!(!text.contains(&code), "it is shown once");

    let kim = || citizen("kim", NOW).principal;
    for path in ["/welfare/for", "/welfare/for/home-1/0"] {
        assert_eq!(ask(at(None), "GET", path, "").await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(ask(at(kim()), "GET", "/welfare/for/home-1/0", "").await.0, StatusCode::NOT_FOUND);
    let (status, text) = ask(at(kim()), "POST", "/welfare/for", "code=0000").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("This code cannot be used"));
    assert_eq!(ask(at(kim()), "POST", "/welfare/for", &format!("code={code}")).await.0, StatusCode::SEE_OTHER);
    for language in [Language::Korean, Language::English] {
        for path in ["/welfare/for", "/welfare/for/home-1/0"] {
            let (status, text) = ask(router(&deployment, kim(), language), "GET", path, "").await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(text.contains("박순자"), "{path}");
        }
    }
    let (_, text) = ask(at(kim()), "GET", "/welfare/for/home-1/0", "").await;
    assert!(text.contains("Agree for them") && !text.contains("Object for them"), "as far as the powers go");
    let act = format!("/welfare/for/home-1/0/{PENSION}");
    assert_eq!(ask(at(None), "POST", &act, "do=consent").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(at(citizen("choi", NOW).principal), "POST", &act, "do=consent").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(at(kim()), "POST", &act, "do=nothing").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(at(kim()), "POST", &act, "do=consent").await.0, StatusCode::SEE_OTHER);
    let park = router(&deployment, citizen("park", NOW).principal, Language::Korean);
    let (_, text) = ask(park, "GET", "/welfare/mine/data", "").await;
    assert!(text.contains("특정후견인 (대신하는 사람 1)"), "the person sees who looked");
}

#[tokio::test]
async fn the_desk_is_for_the_department() {
    let deployment = deployment().await;
    let one = "/welfare/work/home-1.livelihood_benefit.all";
    let pages = [
        "/welfare/work",
        one,
        "/welfare/work?view=reviews",
        "/welfare/work/payments",
        "/welfare/work/recoveries",
        "/welfare/work/disputes",
        "/welfare/work/screenings",
        "/welfare/work/watch",
        "/welfare/work/statutes",
        "/welfare/work/households/home-1",
        "/welfare/work/households/home-1?whose=p1&fact=earned_income",
        "/welfare/work/households/home-1?whose=all&fact=tenure",
        "/welfare/work/crisis",
        "/welfare/work/crisis?standing=below",
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
        (format!("{one}/facts"), "monthly_rent.all=1"),
        (format!("{one}/consent"), "means=counter"),
        (format!("{one}/application"), "representative="),
        (format!("{one}/extension"), "extension=x"),
        (format!("{one}/ex-officio"), "incapacity=minor&evidence=x"),
        (format!("{one}/report"), ""),
        (format!("{one}/representatives"), "member=p1&name=x&ground=relative&shown_by=x&from=2026-01-01"),
        (format!("{one}/representatives/end"), "representative=0&to=2026-01-01"),
        ("/welfare/work/crisis/home-1".to_owned(), "step=visit&found=in-need&note=x"),
        ("/welfare/work/crisis/home-1".to_owned(), ""),
        ("/welfare/work/screenings/rules".to_owned(), "benefit=rent_support&least="),
        (format!("{one}/representatives/invitation"), "representative=0"),
        (format!("{one}/objection/extension"), "extension=x"),
        ("/welfare/work/watch".to_owned(), "benefit=basic_pension&name=x&office=x&telephone=1&from=2026-04-01"),
        ("/welfare/work/statutes".to_owned(), "benefit=basic_pension&article=x&from=2026-04-01&until="),
        ("/welfare/work/statutes/end".to_owned(), "benefit=basic_pension&last_day=2026-12-31"),
        (format!("{one}/renew"), ""),
        (format!("{one}/end"), "until=2026-12&reason=x"),
        (format!("{one}/review"), "answer=x"),
        (format!("{one}/review/extension"), "extension=x"),
        (format!("{one}/objection"), "upheld=yes&decision=x"),
        ("/welfare/work/payments".to_owned(), "month=2026-04"),
        ("/welfare/work/payments/2026-04-1/release".to_owned(), "digest=x"),
        ("/welfare/work/payments/2026-04-1/book".to_owned(), "document=x"),
        ("/welfare/work/payments/2026-04-1/hand-over".to_owned(), ""),
        (format!("{one}/recovery"), "first_month=2026-03&last_month=2026-03&won=1&ground=overpaid"),
        (
            "/welfare/work/households/home-1".to_owned(),
            "whose=all&fact=monthly_rent&monthly_rent.all=1&fact_event=move&fact_on=2026-03-01",
        ),
        ("/welfare/work/recoveries/none/received".to_owned(), "won=1&reference=x"),
        ("/welfare/work/recoveries/none/instalments".to_owned(), "instalments=3&first=2026-05-04"),
        ("/welfare/work/recoveries/none/reminder".to_owned(), ""),
        ("/welfare/work/recoveries/none/waiver".to_owned(), "waiver=x"),
        (format!("{one}/account"), "bank=CZNBKRSE&number=1&holder=x"),
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
        ("GET", format!("{base}/proof"), ""),
        ("POST", format!("{base}/confirmation"), r#"{"note": "x"}"#),
        ("POST", format!("{base}/refusal"), r#"{"reason": "x", "article": "x"}"#),
        ("POST", format!("{base}/facts"), r#"{"facts": []}"#),
        ("POST", format!("{base}/application"), ""),
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

#[tokio::test]
async fn a_household_in_crisis_is_looked_after_on_a_page() {
    let deployment = sqlite().await;
    let signal = maru_welfare::domain::crisis::Present {
        signal: "electricity_cut".to_owned(),
        since: jiff::civil::date(2026, 2, 1),
        until: None,
        agency: "한국전력공사".to_owned(),
    };
    let home = maru_welfare::domain::Household { signals: vec![signal], ..crate::support::pensioner() };
    let caller = maru_welfare::Caller::system(stranger(NOW).now);
    deployment.service.register(&caller, "home-1", home, Some("park".to_owned()), "registers").await.unwrap();
    let address = "/welfare/work/crisis/home-1";
    let who = || official(NOW).principal;
    for (language, signal, next) in
        [(Language::Korean, "단전", "찾아가기"), (Language::English, "electricity cut", "Visit")]
    {
        let (status, text) = ask(router(&deployment, who(), language), "GET", address, "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains(signal) && text.contains(next) && text.contains("한국전력공사"), "{text}");
        let (_, text) =
            ask(router(&deployment, citizen("park", NOW).principal, language), "GET", "/welfare/mine/data", "").await;
        assert!(text.contains(signal), "the citizen sees what was told of them");
    }
    let at = || router(&deployment, who(), Language::Korean);
    let (_, text) = ask(at(), "POST", address, "step=visit&found=in-need&note=").await;
    assert!(text.contains("적지 않았습니다"), "the form comes back with its error");
    let (_, text) = ask(at(), "POST", address, "note=x").await;
    assert!(text.contains("골라 주세요"), "{text}");
    let (status, _) = ask(at(), "POST", address, "step=visit&found=in-need&note=x").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(), "GET", address, "").await;
    assert!(text.contains("신청 도와주기"), "{text}");
    let (_, text) = ask(at(), "GET", "/welfare/work/watch", "").await;
    assert!(text.contains("점수와 살핀 결과"), "{text}");
    // «This is wrong» on a signal reaches the desk by its name.
    let park = citizen("park", NOW).principal;
    let wrong = "item=all.electricity_cut&words=%EB%83%88%EC%96%B4%EC%9A%94";
    let (status, _) = ask(router(&deployment, park, Language::Korean), "POST", "/welfare/mine/data", wrong).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(), "GET", "/welfare/work/disputes", "").await;
    assert!(text.contains("단전"), "{text}");
}

#[tokio::test]
async fn notices_are_easy_to_read_and_printed() {
    let deployment = deployment().await;
    let park = || citizen("park", NOW).principal;
    let easy = format!("/welfare/proposals/{PENSION}/easy");
    let letter = format!("/welfare/proposals/{PENSION}/letter");
    let (_, text) = ask(router(&deployment, park(), Language::Korean), "GET", &easy, "").await;
    assert!(text.contains("받을 수 있습니다.") && text.contains("한 달에") && text.contains("<svg"), "{text}");
    let (_, text) = ask(router(&deployment, park(), Language::English), "GET", &letter, "").await;
    assert!(text.contains("Easy to read") && text.contains("You can have this."), "{text}");
    let (status, text) = ask(router(&deployment, official(NOW).principal, Language::Korean), "GET", &letter, "").await;
    assert!(status == StatusCode::OK && text.contains("받는 분: 박순자"), "{text}");
    let looks = deployment.service.looks(&citizen("park", NOW)).await.unwrap();
    assert!(looks.iter().any(|look| look.purpose == "통지서 인쇄"), "who printed it is recorded");
    for path in [&easy, &letter] {
        assert_eq!(ask(router(&deployment, None, Language::Korean), "GET", path, "").await.0, StatusCode::UNAUTHORIZED);
        let kim = citizen("kim", NOW).principal;
        assert_eq!(ask(router(&deployment, kim, Language::Korean), "GET", path, "").await.0, StatusCode::NOT_FOUND);
    }
    let apply = "/welfare/proposals/home-1.livelihood_benefit.all/application";
    let (status, _) = ask(router(&deployment, park(), Language::Korean), "POST", apply, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let page = "/welfare/proposals/home-1.livelihood_benefit.all";
    let (_, text) = ask(router(&deployment, park(), Language::Korean), "GET", page, "").await;
    assert!(text.contains("신청하셨습니다"), "{text}");
    assert_eq!(ask(router(&deployment, None, Language::Korean), "POST", apply, "").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_desk_writes_down_who_acts_and_applies_for_who_cannot() {
    let deployment = deployment().await;
    let one = format!("/welfare/work/{PENSION}");
    let at = |who| router(&deployment, who, Language::Korean);
    let who = || official(NOW).principal;
    let form = "member=p1&name=%EA%B9%80%EB%B3%B4%ED%98%B8&ground=adult-guardian&shown_by=x&from=2026-01-01";
    let (status, _) = ask(at(who()), "POST", &format!("{one}/representatives"), form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(who()), "POST", &format!("{one}/representatives"), "from=yesterday&ground=relative").await;
    assert!(text.contains("2026-03-02처럼"), "{text}");
    let (_, text) = ask(at(who()), "GET", &one, "").await;
    assert!(text.contains("성년후견인 김보호"), "{text}");
    let (_, text) = ask(at(citizen("park", NOW).principal), "GET", "/welfare/mine/data", "").await;
    assert!(text.contains("김보호"), "the citizen sees who acts for them");
    let (_, text) = ask(at(who()), "POST", &format!("{one}/ex-officio"), "evidence=x").await;
    assert!(text.contains("골라 주세요"), "{text}");
    let (status, _) = ask(at(who()), "POST", &format!("{one}/ex-officio"), "incapacity=ward&evidence=x").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(supervisor(NOW).principal), "GET", &one, "").await;
    assert!(text.contains("보고 확인"), "{text}");
    let (status, _) = ask(at(supervisor(NOW).principal), "POST", &format!("{one}/report"), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_was_asked_is_told_on_pages() {
    let deployment = deployment().await;
    let one = "home-1.livelihood_benefit.all";
    let (page, desk) = (format!("/welfare/proposals/{one}"), format!("/welfare/work/{one}"));
    let ask_for = async |fact: &str| {
        deployment.service.ask_facts(&official("2026-03-04T09:00"), one, vec![fact.to_owned()]).await.unwrap();
    };
    let at = |who: Option<Principal>, language| router(&deployment, who, language);
    let (park, who) = (|| citizen("park", NOW).principal, || official(NOW).principal);
    ask_for("chronic_medical_cost").await;
    for (language, words) in [(Language::Korean, "국가의 자료에 없어서"), (Language::English, "No register holds this")]
    {
        let (_, text) = ask(at(park(), language), "GET", &page, "").await;
        assert!(text.contains("name=\"chronic_medical_cost.p1\"") && text.contains(words), "{text}");
        let (_, text) = ask(at(who(), language), "GET", &desk, "").await;
        assert!(text.contains("name=\"chronic_medical_cost.p1\"") && !text.contains("name=\"together\""), "{text}");
    }
    let facts = format!("{page}/facts");
    let told = "chronic_medical_cost.p1=50%2C000";
    assert_eq!(ask(at(None, Language::Korean), "POST", &facts, told).await.0, StatusCode::UNAUTHORIZED);
    let kim = citizen("kim", NOW).principal;
    assert_eq!(ask(at(kim, Language::Korean), "POST", &facts, told).await.0, StatusCode::NOT_FOUND);
    let (status, text) = ask(at(park(), Language::Korean), "POST", &facts, "chronic_medical_cost.p1=much").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("숫자로 적어 주세요"), "{text}");
    assert_eq!(ask(at(park(), Language::Korean), "POST", &facts, told).await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(park(), Language::Korean), "GET", &page, "").await;
    assert!(!text.contains("chronic_medical_cost.p1"), "it is told");
    let (_, text) = ask(at(park(), Language::Korean), "GET", "/welfare/mine/data", "").await;
    assert!(text.contains("본인이 알림 (2026년 3월 5일"), "{text}");
    ask_for("cannot_work").await;
    let (status, _) = ask(at(who(), Language::Korean), "POST", &format!("{desk}/facts"), "cannot_work.p1=yes").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(who(), Language::Korean), "GET", &desk, "").await;
    assert!(text.contains("확인하고 알리기"), "the confirmation is there again");
}

#[tokio::test]
async fn a_run_leaves_for_the_bank_and_its_answer_is_booked_on_pages() {
    let work = tempfile::tempdir().unwrap();
    let database = maru_test_database::TestDatabase::sqlite();
    let settings = maru_welfare::Settings { work: work.path().to_owned(), ..maru_welfare::Settings::default() };
    let (ledger, service) = crate::support::open_with(database.address(), settings).await;
    let deployment = Deployment { service, ledger, database };
    let mut home = crate::support::pensioner();
    home.pay_to = None;
    let registered = maru_welfare::Caller::system(stranger("2026-03-02T09:00").now);
    deployment.service.register(&registered, "home-1", home, Some("park".to_owned()), "registers").await.unwrap();
    let how = Confirming { note: "확인".to_owned(), ..Confirming::default() };
    deployment.service.confirm(&official("2026-03-03T09:00"), PENSION, &how).await.unwrap();
    let at = |who: Option<Principal>, language| router(&deployment, who, language);
    let (park, who) = (|| citizen("park", NOW).principal, || official(NOW).principal);
    for (language, words) in
        [(Language::Korean, "돈을 보낼 계좌를 아직 모릅니다"), (Language::English, "Nobody knows yet where")]
    {
        let (_, text) = ask(at(park(), language), "GET", "/welfare/mine", "").await;
        assert!(text.contains(words) && text.contains("/welfare/mine/account"), "{text}");
        let (status, text) = ask(at(park(), language), "GET", "/welfare/mine/account", "").await;
        assert!(status == StatusCode::OK && text.contains("CZNBKRSE"), "{text}");
    }
    let (page, good) =
        ("/welfare/mine/account", "bank=CZNBKRSE&bic=&number=110-000-004321&holder=%EB%B0%95%EC%88%9C%EC%9E%90");
    assert_eq!(ask(at(None, Language::Korean), "GET", page, "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(at(None, Language::Korean), "POST", page, good).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(at(who(), Language::Korean), "POST", page, good).await.0, StatusCode::NOT_FOUND);
    let (status, text) = ask(at(park(), Language::Korean), "POST", page, "bank=CZNBKRSE&number=x&holder=y").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("계좌번호가 맞지 않습니다"), "{text}");
    assert_eq!(ask(at(park(), Language::Korean), "POST", page, good).await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(park(), Language::Korean), "GET", page, "").await;
    assert!(text.contains("국민은행 ••••4321") && !text.contains("110-000-004321"), "the account is masked");
    let desk = format!("/welfare/work/{PENSION}");
    let (_, text) = ask(at(who(), Language::Korean), "GET", &desk, "").await;
    assert!(text.contains("••••4321"), "{text}");
    let (status, _) = ask(at(who(), Language::Korean), "POST", &format!("{desk}/account"), good).await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    let consent = format!("/welfare/proposals/{PENSION}/consent");
    assert_eq!(ask(at(park(), Language::Korean), "POST", &consent, "").await.0, StatusCode::SEE_OTHER);
    let (status, _) = ask(at(who(), Language::Korean), "POST", "/welfare/work/payments", "month=2026-03").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let run = "/welfare/work/payments/2026-03-1";
    let (status, text) = ask(at(who(), Language::Korean), "POST", &format!("{run}/hand-over"), "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "nobody released it: {text}");
    let digest = deployment.service.store().run("2026-03-1").await.unwrap().unwrap().state.totals.unwrap().digest;
    let released = format!("digest={digest}");
    let head = supervisor(NOW).principal;
    let (status, _) = ask(at(head, Language::Korean), "POST", &format!("{run}/release"), &released).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(who(), Language::Korean), "GET", run, "").await;
    assert!(text.contains("은행에 보내기"), "{text}");
    for _ in 0..2 {
        let (status, _) = ask(at(who(), Language::Korean), "POST", &format!("{run}/hand-over"), "").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    let handed = std::fs::read_to_string(work.path().join("outbox/2026-03-1.xml")).unwrap();
    assert_eq!(maru_welfare::payment::digest(handed.as_bytes()), digest, "the very file that was released");
    let reference = maru_welfare::payment::end_to_end(PENSION, "2026-03".parse().unwrap(), 1);
    let answer = format!(
        "<Document><CstmrPmtStsRpt><TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts></CstmrPmtStsRpt></Document>"
    );
    let (status, _) =
        ask(at(who(), Language::Korean), "POST", &format!("{run}/book"), &format!("document={answer}")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(park(), Language::English), "GET", &format!("/welfare/proposals/{PENSION}"), "").await;
    assert!(text.contains("Paid"), "{text}");
    paid_back(&deployment).await;
}

/// What was paid too much is demanded back, paid by instalments and seen by its citizen.
async fn paid_back(deployment: &Deployment) {
    let at = |who: Option<Principal>, language| router(deployment, who, language);
    let (park, who) = (|| citizen("park", NOW).principal, || official(NOW).principal);
    let desk = format!("/welfare/work/{PENSION}");
    let ended = "until=2026-02&reason=x";
    assert_eq!(ask(at(who(), Language::Korean), "POST", &format!("{desk}/end"), ended).await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(who(), Language::Korean), "GET", &desk, "").await;
    assert!(text.contains("349,700원을 더 지급했습니다") && text.contains("value=\"349700\""), "{text}");
    let demand = format!("{desk}/recovery");
    let (status, text) = ask(at(who(), Language::Korean), "POST", &demand, "first_month=March").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("2026-03처럼"), "{text}");
    let form = "first_month=2026-03&last_month=2026-03&won=349%2C700&ground=overpaid";
    assert_eq!(ask(at(who(), Language::Korean), "POST", &demand, form).await.0, StatusCode::SEE_OTHER);
    let one = format!("/welfare/work/recoveries/{PENSION}.r1");
    for language in [Language::Korean, Language::English] {
        for path in ["/welfare/work/recoveries", one.as_str()] {
            let (status, text) = ask(at(who(), language), "GET", path, "").await;
            assert!(status == StatusCode::OK && text.contains("349,700"), "{path}: {text}");
        }
        let (_, text) = ask(at(park(), language), "GET", &format!("/welfare/proposals/{PENSION}"), "").await;
        assert!(text.contains(language.pick("돌려주실 돈", "What you are to pay back")), "{text}");
    }
    for (what, wrong, right) in [
        ("instalments", "instalments=many&first=2026-05-04", "instalments=4&first=2026-05-04"),
        ("received", "won=1&reference=", "won=100%2C000&reference=bank-1"),
        ("waiver", "waiver=", "waiver=x"),
    ] {
        let path = format!("{one}/{what}");
        let (status, _) = ask(at(who(), Language::Korean), "POST", &path, wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        if what == "waiver" {
            let (status, _) = ask(at(who(), Language::Korean), "POST", &format!("{one}/reminder"), "").await;
            assert_eq!(status, StatusCode::SEE_OTHER);
        }
        assert_eq!(ask(at(who(), Language::Korean), "POST", &path, right).await.0, StatusCode::SEE_OTHER, "{what}");
    }
    let (_, text) = ask(at(who(), Language::Korean), "GET", &one, "").await;
    assert!(text.contains("12,575원") && text.contains("면제"), "{text}");
}

#[tokio::test]
async fn a_supervisor_records_on_a_page_what_a_statute_makes_automatic() {
    let deployment = deployment().await;
    let at = |who: Option<Principal>| router(&deployment, who, Language::English);
    let (who, head) = (|| official(NOW).principal, || supervisor(NOW).principal);
    let (page, end) = ("/welfare/work/statutes", "/welfare/work/statutes/end");
    let good = "benefit=rent_support&article=%EC%A3%BC%EA%B1%B0%EA%B8%89%EC%97%AC%EB%B2%95+%EC%A0%9C7%EC%A1%B0&from=2026-03-01&until=";
    assert_eq!(ask(at(who()), "POST", page, good).await.0, StatusCode::FORBIDDEN);
    let (_, text) = ask(at(who()), "GET", page, "").await;
    assert!(text.contains("No benefit is automatic") && !text.contains("name=\"article\""), "{text}");
    for (wrong, words) in [
        ("benefit=rent_support&article=&from=2026-03-01", "missing"),
        ("benefit=rent_support&article=x&from=", "Choose the day"),
        ("benefit=rent_support&article=x&from=2026-03-01&until=2026-02-01", "The end lies before the beginning"),
    ] {
        let (status, text) = ask(at(head()), "POST", page, wrong).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains(words), "{wrong}: {text}");
    }
    assert_eq!(
        ask(at(head()), "POST", end, "benefit=rent_support&last_day=2026-12-31").await.0,
        StatusCode::NOT_FOUND,
        "nothing is automatic that could end"
    );
    assert_eq!(ask(at(head()), "POST", page, good).await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(who()), "GET", page, "").await;
    assert!(text.contains("In force"), "{text}");
    let (_, text) = ask(at(who()), "GET", "/welfare/work/home-1.rent_support.all", "").await;
    assert!(text.contains("By statute it is given without consent"), "the same flow without the step of consent");
    let confirm = "/welfare/work/home-1.rent_support.all/confirm";
    assert_eq!(ask(at(who()), "POST", confirm, "note=x&means=letter").await.0, StatusCode::SEE_OTHER);
    let state = deployment.service.store().proposal("home-1.rent_support.all").await.unwrap().unwrap().state;
    assert_eq!(state.status, maru_welfare::domain::Status::Awarded);
    assert_eq!(ask(at(head()), "POST", end, "benefit=rent_support&last_day=2026-03-04").await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(who()), "GET", page, "").await;
    assert!(text.contains("Not in force"), "{text}");
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

#[tokio::test]
async fn what_happened_is_written_down_on_a_page() {
    let deployment = deployment().await;
    let at = |language| router(&deployment, official(NOW).principal, language);
    let page = "/welfare/work/households/home-1";
    for (language, words) in [(Language::Korean, "가구원이 늘었다면"), (Language::English, "If somebody came")]
    {
        let (_, text) = ask(at(language), "GET", page, "").await;
        assert!(text.contains(words) && text.contains("fact=national_pension_old_age"), "{text}");
        let (_, text) = ask(at(language), "GET", &format!("{page}?whose=p1&fact=national_pension_old_age"), "").await;
        assert!(text.contains("name=\"national_pension_old_age.p1\""), "{text}");
    }
    let fact = "whose=all&fact=monthly_rent&fact_event=move&fact_on=2026-03-04";
    for (wrong, words) in [
        (format!("{fact}&monthly_rent.all="), "값을 적어 주세요"),
        (format!("{fact}&monthly_rent.all=much"), "숫자로 적어 주세요"),
        ("whose=all&fact=monthly_rent&monthly_rent.all=1&fact_event=move&fact_on=".to_owned(), "날짜를 골라 주세요"),
        (
            "whose=all&fact=monthly_rent&monthly_rent.all=1&fact_event=move&fact_on=2027-01-01".to_owned(),
            "쓸 수 없는 날짜",
        ),
        ("what=join&role=child&birth=&join_event=birth&join_on=2026-03-04".to_owned(), "1960-05-31처럼"),
    ] {
        let (status, text) = ask(at(Language::Korean), "POST", page, &wrong).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains(words), "{wrong}: {text}");
    }
    let birth = "what=join&role=child&name=&birth=2026-03-01&join_event=birth&join_on=2026-03-01";
    for right in [&format!("{fact}&monthly_rent.all=100%2C000"), birth, &format!("{fact}&what=forget")] {
        assert_eq!(ask(at(Language::Korean), "POST", page, right).await.0, StatusCode::SEE_OTHER, "{right}");
    }
    let (_, text) = ask(at(Language::Korean), "GET", &format!("{page}?opened=2&changed=1&closed=0"), "").await;
    assert!(text.contains("새로 찾은 급여 2건"), "{text}");
    let home = deployment.service.store().home("home-1").await.unwrap().unwrap().household.unwrap();
    assert_eq!((home.members.len(), home.facts.get("monthly_rent")), (2, None));
    let opened = deployment.service.store().proposals_of("home-1").await.unwrap();
    assert!(opened.iter().any(|one| one.id.contains(".child_allowance.")), "a birth opens what is due to the child");
    // What a citizen says is wrong is read where it is answered, with the way to put it right.
    let park = || router(&deployment, citizen("park", NOW).principal, Language::Korean);
    let said = "item=p1.national_pension_old_age&words=%EB%8B%A4%EB%A6%85%EB%8B%88%EB%8B%A4";
    assert_eq!(ask(park(), "POST", "/welfare/mine/data", said).await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(at(Language::Korean), "GET", "/welfare/work/disputes?household=home-1&place=0", "").await;
    assert!(text.contains("다릅니다") && text.contains("/welfare/work/households/home-1"), "{text}");
    let answer = "household=home-1&place=0&answer=%EA%B3%A0%EC%B3%A4%EC%8A%B5%EB%8B%88%EB%8B%A4&corrected=yes";
    assert_eq!(ask(at(Language::Korean), "POST", "/welfare/work/disputes", answer).await.0, StatusCode::SEE_OTHER);
    let (_, text) = ask(park(), "GET", "/welfare/mine/data", "").await;
    assert!(text.contains("고쳤습니다") && text.contains("바로잡음"), "the citizen reads the answer");
}

#[tokio::test]
async fn what_happened_is_proved_to_anybody() {
    let deployment = deployment().await;
    let (park, kim) = (|| citizen("park", NOW).principal, || citizen("kim", NOW).principal);
    let page = format!("/welfare/proposals/{PENSION}");
    for (who, path) in [(park(), page.clone()), (official(NOW).principal, format!("/welfare/work/{PENSION}"))] {
        for language in [Language::Korean, Language::English] {
            let (_, text) = ask(router(&deployment, who.clone(), language), "GET", &path, "").await;
            assert!(text.contains(&format!("{page}/proof?of=case")) && !text.contains("of=lot"), "{text}");
        }
    }
    let at = |who: Option<Principal>| router(&deployment, who, Language::English);
    let proof = format!("{page}/proof?of=case");
    assert_eq!(ask(at(None), "GET", &proof, "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(at(kim()), "GET", &proof, "").await.0, StatusCode::NOT_FOUND);
    for none in ["lot", "nothing"] {
        assert_eq!(ask(at(park()), "GET", &format!("{page}/proof?of={none}"), "").await.0, StatusCode::NOT_FOUND);
    }
    let key = deployment.ledger.verifier_key();
    for (who, path, reads) in [
        (park(), proof.clone(), true),
        (official(NOW).principal, proof, false),
        (park(), format!("/api/v1{page}/proof"), true),
    ] {
        let (status, document) = ask(at(who), "GET", &path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let proven = maru_ledger::verify_stream_proof(&document, Some(&key)).unwrap();
        assert_eq!(proven.events.len(), 3, "found, confirmed, told");
        assert_eq!(document.contains("기초연금법"), reads, "what the official saw is open to its citizen alone");
        let changed = document.replace("349700", "1");
        assert!(maru_ledger::verify_stream_proof(&changed, Some(&key)).is_err(), "who changes it proves nothing");
    }
}
