//! Comments come in within the period, are grouped, and every one is answered; the figures add up.

use jiff::civil::date;
use maru_plan::{
    Caller, PlanService, ServiceError,
    domain::consultation::{Answered, Draft, Outcome, Paragraph, Voice},
    service::NewComment,
};

use crate::support::{committee, official, sqlite, stranger};

fn draft(from: jiff::civil::Date, until: jiff::civil::Date) -> Draft {
    let paragraph = |text: &str| Paragraph { heading: String::new(), text: text.to_owned(), recommendation: None };
    Draft {
        title: "계획안".to_owned(),
        summary: "쉬운 요약".to_owned(),
        paragraphs: vec![paragraph("첫째"), paragraph("둘째")],
        from,
        until,
        urgent: String::new(),
    }
}

async fn comment(
    service: &PlanService,
    caller: &Caller,
    id: &str,
    place: Option<usize>,
    text: &str,
) -> Result<String, ServiceError> {
    let voice = if caller.principal.is_some() { Voice::OnPaper } else { Voice::Person };
    service
        .comment(caller, id, NewComment { paragraph: place, text: text.to_owned(), voice, organisation: String::new() })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_comment_is_counted_once_and_answered() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let caller = committee("2026-12-01T09:00");
    let short = service.open_consultation(&caller, draft(date(2026, 12, 1), date(2026, 12, 19))).await;
    assert!(matches!(short, Err(ServiceError::Refused(why)) if why.code == "comment-period"), "nineteen days");
    let id = service.open_consultation(&caller, draft(date(2026, 12, 1), date(2026, 12, 20))).await.unwrap();
    let open = stranger("2026-12-20T23:00");
    for number in 0..5 {
        comment(
            service,
            &open,
            &id,
            Some(0),
            &format!("창작자의 동의 없이 저작물을 학습에 쓰는 것에 반대합니다. {number}"),
        )
        .await
        .unwrap();
    }
    comment(service, &open, &id, Some(1), "버스를 늘려 주세요. 제 번호는 010-1234-5678입니다.").await.unwrap();
    comment(service, &open, &id, None, "어린이집을 늘려 주세요.").await.unwrap();
    let late = stranger("2026-12-21T09:00");
    assert!(
        matches!(comment(service, &late, &id, None, "늦은 의견").await, Err(ServiceError::Refused(why)) if why.code == "not-open")
    );
    assert!(
        matches!(comment(service, &open, &id, Some(2), "없는 문단").await, Err(ServiceError::Refused(why)) if why.code == "no-such-paragraph")
    );
    comment(service, &official("mois", "2026-12-28T09:00"), &id, None, "설명회에서 나온 의견입니다.").await.unwrap();

    let report = service.consultation_report(&id).await.unwrap();
    assert_eq!((report.all, report.unanswered, report.voices), (8, 8, [7, 0, 1]));
    assert!(report.adds_up());
    let campaign = report.groups.iter().find(|group| group.campaign).unwrap();
    assert_eq!(campaign.comments.len(), 5);
    let masked =
        report.comments.iter().filter_map(|named| named.state.filed.as_ref()).any(|filed| filed.text.contains("1234"));
    assert!(!masked, "no telephone number is kept");

    let caller = committee("2027-01-05T09:00");
    let answer = Answered { outcome: Outcome::InPart, reason: "일부 반영".to_owned(), change: String::new() };
    assert!(
        matches!(service.answer_comments(&caller, &campaign.comments, &answer).await, Err(ServiceError::Refused(why)) if why.code == "no-change-named")
    );
    let answer = Answered { change: "권고 1-1".to_owned(), ..answer };
    let error = service.answer_comments(&stranger("2027-01-05T09:00"), &campaign.comments, &answer).await;
    assert!(matches!(error, Err(ServiceError::SignInRequired)));
    service.answer_comments(&caller, &campaign.comments, &answer).await.unwrap();
    // Whoever keeps the address sees the answer, and where what was changed stands now.
    let followed = service.followed(&stranger("2027-01-06T09:00"), &campaign.comments[0]).await.unwrap();
    assert_eq!(followed.answer, Some(answer.clone()));
    assert_eq!(followed.moves.iter().map(|seen| seen.number().to_string()).collect::<Vec<_>>(), ["1-1"]);
    let own = service.own_comments(&official("mois", "2027-01-06T09:00")).await.unwrap();
    assert_eq!(own.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["설명회에서 나온 의견입니다."]);
    let rest: Vec<String> =
        report.groups.iter().filter(|group| !group.campaign).flat_map(|group| group.comments.clone()).collect();
    let no =
        Answered {
            outcome: Outcome::NotAccepted, reason: "다른 계획의 일입니다.".to_owned(), change: String::new()
        };
    service.answer_comments(&caller, &rest, &no).await.unwrap();
    let report = service.consultation_report(&id).await.unwrap();
    assert!(report.adds_up());
    assert_eq!(
        (report.unanswered, report.outcomes[&Outcome::InPart], report.outcomes[&Outcome::NotAccepted]),
        (0, 5, 3)
    );
}
