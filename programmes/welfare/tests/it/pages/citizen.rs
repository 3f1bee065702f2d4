//! What anybody and a citizen see: the calculator, their benefits, notices, proofs, who acts for them.

use axum::http::StatusCode;
use maru_identity::Principal;
use maru_web::Language;

use super::{NOW, PENSION, ask, deployment, router};
use crate::support::{citizen, official, sqlite};

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
