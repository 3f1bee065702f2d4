//! Meetings, visits and audits.

use axum::http::StatusCode;
use maru_plan::domain::council::{CouncilKind, Seat};
use maru_web::Language;

use super::{ask, router};
use crate::support::{committee, official, sqlite};

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
