//! Drafts and comments, letters of a survey, words of citizens.

use axum::http::StatusCode;
use maru_identity::Principal;
use maru_plan::{
    domain::consultation::{Answered, Outcome, Voice},
    service::NewComment,
};
use maru_web::Language;

use super::{ask, router, router_at};
use crate::{
    consulting::draft,
    support::{committee, official, sqlite, stranger},
    surveying,
};

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
