//! The officials' desk: for the department alone; crises, who acts, facts that are told, statutes, what happened in a household.

use axum::http::StatusCode;
use maru_identity::{Principal, Role};
use maru_web::Language;

use super::{NOW, PENSION, ask, deployment, router};
use crate::support::{citizen, official, person, sqlite, stranger, supervisor};

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
async fn behind_a_decision_stands_the_way_to_the_next_in_the_same_list() {
    use crate::laboratory;
    let deployment = sqlite().await;
    let system = maru_welfare::Caller::system(stranger("2026-03-02T09:00").now);
    for home in ["home-1", "home-2", "home-3"] {
        deployment.service.register(&system, home, crate::support::pensioner(), None, "registers").await.unwrap();
    }
    let at = |language| laboratory::router(&deployment.service, official(NOW).principal, language);
    let list = "status=found&benefit=rent_support";
    let one = |home: &str| format!("/welfare/work/{home}.rent_support.all");
    let (_, text, _) = laboratory::ask(at(Language::Korean), "GET", &format!("{}?{list}", one("home-1")), "").await;
    assert!(text.contains("/confirm?status=found&#38;benefit=rent_support"), "the form knows its list: {text}");
    let confirm = |home: &str| format!("{}/confirm?{list}", one(home));
    let (status, text, _) = laboratory::ask(at(Language::Korean), "POST", &confirm("home-1"), "note=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("/confirm?status=found&#38;benefit=rent_support"), "with its errors too: {text}");
    for (home, left) in [("home-1", Some((2, "home-2"))), ("home-2", Some((1, "home-3"))), ("home-3", None)] {
        let decided = laboratory::ask(at(Language::Korean), "POST", &confirm(home), "note=x&means=letter").await;
        let (status, Some(behind)) = (decided.0, decided.2) else { panic!("{}", decided.1) };
        assert_eq!(
            (status, behind),
            (StatusCode::SEE_OTHER, format!("/welfare/work?{list}&done={home}.rent_support.all"))
        );
        let address = format!("/welfare/work?{list}&done={home}.rent_support.all");
        for language in [Language::Korean, Language::English] {
            let (_, text, _) = laboratory::ask(at(language), "GET", &address, "").await;
            let Some((number, next)) = left else {
                let words = language.pick("이 목록에 남은 것이 없습니다", "Nothing is left in this list");
                assert!(text.contains(words) && !text.contains("Open the next"), "{text}");
                continue;
            };
            let told = language.pick(format!("{number}건이 남아"), format!("Left in this list: {number}."));
            let open = format!("{}?status=found&#38;benefit=rent_support", one(next));
            assert!(text.contains(&told) && text.contains(&open), "{told} {open}: {text}");
        }
    }
    // What an address says that is no list is not sent on.
    let path = "/welfare/work/home-1.livelihood_benefit.all/confirm?status=x&benefit=%22%3E&view=y";
    let (_, _, behind) = laboratory::ask(at(Language::English), "POST", path, "note=x&means=letter").await;
    assert_eq!(behind.as_deref(), Some("/welfare/work?status=&benefit=&done=home-1.livelihood_benefit.all"));
}
