//! A run leaves for the bank, its answer is booked, and what was paid too much comes back.

use axum::http::StatusCode;
use maru_identity::Principal;
use maru_web::Language;
use maru_welfare::service::Confirming;

use super::{NOW, PENSION, ask, router};
use crate::support::{Deployment, citizen, official, stranger, supervisor};

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
