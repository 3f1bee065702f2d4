//! Comments come in within the period, are grouped, and every one is answered; the figures add up.

use jiff::civil::date;
use maru_ledger::{JobRequest, ManualClock};
use maru_plan::{
    Caller, PlanService, ServiceError,
    domain::consultation::{Answered, Draft, Outcome, Paragraph, Voice},
    service::{ConsultationReport, NewComment},
};

use crate::support::{citizen, committee, official, sqlite, stranger};

pub(crate) fn draft(from: jiff::civil::Date, until: jiff::civil::Date) -> Draft {
    let paragraph = |text: &str| Paragraph { heading: String::new(), text: text.to_owned(), recommendation: None };
    Draft {
        title: "계획안".to_owned(),
        summary: "쉬운 요약".to_owned(),
        paragraphs: vec![paragraph("첫째"), paragraph("둘째")],
        from,
        until,
        urgent: String::new(),
        closed: None,
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
    // Who signed in is told; strangers keep their address.
    let own = official("mois", "2027-01-06T09:00");
    assert_eq!(service.own_messages(&own).await.unwrap(), []);
    let rest: Vec<String> =
        report.groups.iter().filter(|group| !group.campaign).flat_map(|group| group.comments.clone()).collect();
    let no =
        Answered {
            outcome: Outcome::NotAccepted, reason: "다른 계획의 일입니다.".to_owned(), change: String::new()
        };
    service.answer_comments(&caller, &rest, &no).await.unwrap();
    let told = service.own_messages(&own).await.unwrap();
    assert_eq!(told.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["comment-answered"]);
    let report = service.consultation_report(&id).await.unwrap();
    assert!(report.adds_up());
    assert_eq!(
        (report.unanswered, report.outcomes[&Outcome::InPart], report.outcomes[&Outcome::NotAccepted]),
        (0, 5, 3)
    );
}

#[tokio::test]
async fn an_author_is_told_when_what_was_proposed_moves() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let caller = committee("2026-12-01T09:00");
    let id = service.open_consultation(&caller, draft(date(2026, 12, 1), date(2026, 12, 20))).await.unwrap();
    let author = citizen("citizen-1", "2026-12-02T10:00");
    let new = NewComment {
        paragraph: Some(0),
        text: "교육부의 연수를 늘려 주세요.".to_owned(),
        voice: Voice::Person,
        organisation: String::new(),
    };
    let made = service.comment(&author, &id, new).await.unwrap();
    let answer = Answered {
        outcome: Outcome::Accepted,
        reason: "받아들입니다.".to_owned(),
        change: "권고 3-1을 고칩니다.".to_owned(),
    };
    service.answer_comments(&committee("2026-12-22T09:00"), std::slice::from_ref(&made), &answer).await.unwrap();
    let report = |complete: bool, quarter: &str| maru_plan::domain::Report {
        quarter: quarter.parse().unwrap(),
        summary: "연수를 시작했습니다.".to_owned(),
        done: std::collections::BTreeSet::new(),
        complete,
        obstacle: String::new(),
        evidence: vec![maru_plan::domain::Evidence {
            title: "결과".to_owned(),
            address: "https://example.go.kr/1".to_owned(),
        }],
        files: Vec::new(),
    };
    let number = "3-1".parse().unwrap();
    let moe = official("moe", "2027-04-02T10:00");
    service.report(&moe, number, report(false, "27Q1")).await.unwrap();
    service.report(&moe, number, report(true, "27Q1")).await.unwrap();
    service.confirm(&committee("2027-04-05T10:00"), number, "보았습니다.".to_owned()).await.unwrap();
    let told: Vec<(String, String)> = service
        .own_messages(&citizen("citizen-1", "2027-04-06T10:00"))
        .await
        .unwrap()
        .into_iter()
        .map(|one| (one.what, one.number))
        .collect();
    let expected = [("confirmed", "3-1"), ("reported", "3-1"), ("comment-answered", "")];
    assert_eq!(told, expected.map(|(what, number)| (what.to_owned(), number.to_owned())), "no news for a mere report");
    // A mail gateway reads from where it came to, and finds the same each time.
    let store = service.store();
    let first = store.messages(0, 1).await.unwrap();
    assert_eq!((first.len(), first[0].comment.as_str()), (1, made.as_str()));
    let rest = store.messages(first[0].position, 100).await.unwrap();
    assert_eq!(rest.len(), 2);
    let line = maru_plan::store::messages::line_of(&rest[1], "https://maru.example.go.kr");
    assert_eq!(line["address"], format!("https://maru.example.go.kr/plan/comments/{made}"));
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_comments_are_grouped_by_a_job() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let caller = committee("2026-12-01T09:00");
    let id = service.open_consultation(&caller, draft(date(2026, 12, 1), date(2026, 12, 20))).await.unwrap();
    let open = stranger("2026-12-02T10:00");
    let most = maru_plan::service::GROUPED_AT_ONCE;
    for number in 0..=most {
        let about = ["버스 노선을 늘려 주세요", "어린이집을 늘려 주세요", "도서관을 늘려 주세요"][number % 3];
        comment(service, &open, &id, None, &format!("{about}. 우리 동네 {number}번지 이야기입니다.")).await.unwrap();
    }
    let waiting = service.consultation_report(&id).await.unwrap();
    assert!(waiting.adds_up() && waiting.groups.len() == 1 && waiting.groups[0].pending, "nobody waits for groups");
    let ledger = deployment.ledger.clone();
    let request = JobRequest {
        kinds: PlanService::job_kinds(),
        worker: "test".to_owned(),
        now: open.now,
        hold: jiff::SignedDuration::from_secs(30),
        limit: 10,
    };
    let jobs = ledger.lease_jobs(request.clone()).await.unwrap();
    assert_eq!(jobs.len(), 1, "however many comments came, one job waits");
    service.handle(&jobs[0], &ManualClock::new(open.now)).await.unwrap();
    let grouped = service.consultation_report(&id).await.unwrap();
    assert!(grouped.adds_up() && grouped.groups.iter().all(|group| !group.pending), "{}", grouped.groups.len());
    comment(service, &open, &id, None, "나중에 온 의견입니다.").await.unwrap();
    let later = service.consultation_report(&id).await.unwrap();
    let pending: Vec<usize> =
        later.groups.iter().filter(|group| group.pending).map(|group| group.comments.len()).collect();
    assert!(later.adds_up());
    assert_eq!(pending, [1], "what came since is shown as not grouped yet");
    let jobs = ledger.lease_jobs(request).await.unwrap();
    assert_eq!(jobs.len(), 1, "and calls for the next job");
    service.handle(&jobs[0], &ManualClock::new(open.now)).await.unwrap();
    let placed = service.consultation_report(&id).await.unwrap();
    assert!(placed.adds_up() && placed.groups.iter().all(|group| !group.pending), "which puts it to what it is like");
    let heads = |report: &ConsultationReport| -> std::collections::BTreeSet<String> {
        report.groups.iter().filter_map(|group| group.comments.first().cloned()).collect()
    };
    assert!(heads(&placed).is_superset(&heads(&grouped)), "the groups that there were are still there");
}
