//! Comments that break the rules are hidden by a person, appealed against, decided by another; a consultation closes when all is answered.

use jiff::civil::date;
use maru_plan::{
    Caller, PlanService,
    domain::{
        consultation::{Answered, Outcome, Voice},
        moderation::{Breach, Decided, Moderation, Showing},
    },
    service::NewComment,
};

use crate::{
    consulting::draft,
    support::{Deployment, citizen, code, colleague, committee, official, postgres, sqlite, stranger},
};

async fn comment(service: &PlanService, caller: &Caller, id: &str, text: &str) -> String {
    let voice = if caller.body().is_empty() { Voice::Person } else { Voice::OnPaper };
    let new = NewComment { paragraph: None, text: text.to_owned(), voice, organisation: String::new() };
    service.comment(caller, id, new).await.unwrap()
}

fn hide(reason: &str) -> Moderation {
    Moderation { breach: Some(Breach::Insult), reason: reason.to_owned() }
}

const SHOW: Moderation = Moderation { breach: None, reason: String::new() };

async fn queue(service: &PlanService, id: &str) -> Vec<String> {
    let (waiting, all) = service.moderation_queue(&committee("2026-12-10T09:00"), id).await.unwrap();
    assert_eq!(waiting.len() as u64, all);
    waiting.into_iter().map(|named| named.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_the_rules_is_hidden_with_a_reason_and_an_appeal() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        moderated(deployment).await;
    }
}

async fn moderated(deployment: Deployment) {
    let service = &deployment.service;
    let there = committee("2026-12-05T09:00");
    let opening = draft(date(2026, 12, 1), date(2026, 12, 20));
    let id = service.open_consultation(&committee("2026-12-01T09:00"), opening).await.unwrap();
    let author = citizen("author", "2026-12-02T10:00");
    let fair = comment(service, &author, &id, "버스를 늘려 주세요.").await;
    let rude = comment(service, &author, &id, "담당자는 바보입니다.").await;
    let spam = comment(service, &stranger("2026-12-02T10:00"), &id, "https://a.kr https://b.kr https://c.kr").await;
    assert_eq!(queue(service, &id).await, std::slice::from_ref(&spam), "a rule holds it back");
    let report = service.consultation_report(&id).await.unwrap();
    assert_eq!((report.all, report.held, report.hidden), (3, 1, 0));
    assert!(
        report.adds_up() && !report.groups.iter().any(|group| group.quotations.iter().any(|one| one.contains("a.kr")))
    );

    let reader = citizen("reader", "2026-12-03T10:00");
    service.flag_comment(&reader, &rude, Breach::Insult, "사람을 욕합니다.").await.unwrap();
    service.flag_comment(&reader, &rude, Breach::Insult, "또").await.unwrap();
    service.flag_comment(&reader, &fair, Breach::Advertising, "").await.unwrap();
    let refused = service.flag_comment(&official("msit", "2026-12-03T10:00"), &fair, Breach::Insult, "").await;
    assert_eq!(code(&refused.unwrap_err()), "forbidden");
    assert_eq!(service.store().comment(&rude).await.unwrap().unwrap().state.moderated.flags.len(), 1, "once each");
    assert_eq!(queue(service, &id).await, [fair.clone(), rude.clone(), spam.clone()], "the oldest first");
    let outsider = official("msit", "2026-12-05T09:00");
    assert_eq!(code(&service.moderation_queue(&outsider, &id).await.unwrap_err()), "forbidden");
    let error = service.moderate_comments(&outsider, std::slice::from_ref(&rude), &hide("욕설")).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");

    service.moderate_comments(&there, &[fair.clone(), spam.clone()], &SHOW).await.unwrap();
    let error = service.moderate_comments(&there, std::slice::from_ref(&rude), &hide("")).await.unwrap_err();
    assert_eq!(code(&error), "empty", "a reason is needed");
    for _ in 0..2 {
        service.moderate_comments(&there, std::slice::from_ref(&rude), &hide("사람을 욕함")).await.unwrap();
    }
    let error = service.moderate_comments(&there, std::slice::from_ref(&rude), &SHOW).await.unwrap_err();
    assert_eq!(code(&error), "needs-appeal");
    assert_eq!(queue(service, &id).await, Vec::<String>::new());
    let other = citizen("other", "2026-12-05T10:00");
    service.flag_comment(&other, &fair, Breach::Insult, "").await.unwrap();
    assert_eq!(queue(service, &id).await, Vec::<String>::new(), "what a person let stand does not come back");
    let followed = service.followed(&stranger("2026-12-05T10:00"), &rude).await.unwrap();
    assert_eq!((followed.showing, followed.text.as_str()), (Showing::Hidden, ""));
    assert_eq!(followed.hidden, Some((Breach::Insult, "사람을 욕함".to_owned())));
    let told = service.own_messages(&author).await.unwrap();
    assert_eq!(told.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["comment-moderated"]);

    // The author appeals once; somebody else than who hid it decides.
    assert_eq!(code(&service.appeal_comment(&other, &rude, "제 것이 아닙니다.").await.unwrap_err()), "not-found");
    assert_eq!(code(&service.appeal_comment(&author, &fair, "왜").await.unwrap_err()), "not-hidden");
    service.appeal_comment(&author, &rude, "별명일 뿐입니다.").await.unwrap();
    assert_eq!(code(&service.appeal_comment(&author, &rude, "또").await.unwrap_err()), "appealed-already");
    assert_eq!(queue(service, &id).await, std::slice::from_ref(&rude));
    let decided = || Decided { restored: true, reason: "욕이 아님".to_owned() };
    assert_eq!(code(&service.decide_appeal(&there, &rude, decided()).await.unwrap_err()), "same-person");
    service.decide_appeal(&colleague("2026-12-06T09:00"), &rude, decided()).await.unwrap();
    let error = service.decide_appeal(&colleague("2026-12-06T09:00"), &rude, decided()).await.unwrap_err();
    assert_eq!(code(&error), "no-appeal");
    let followed = service.followed(&stranger("2026-12-06T10:00"), &rude).await.unwrap();
    assert_eq!((followed.showing, followed.text.as_str()), (Showing::Shown, "담당자는 바보입니다."));
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

#[tokio::test]
async fn a_consultation_closes_when_all_is_answered_and_then_nothing_changes() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let opening = draft(date(2026, 12, 1), date(2026, 12, 20));
    let id = service.open_consultation(&committee("2026-12-01T09:00"), opening).await.unwrap();
    let one = comment(service, &stranger("2026-12-02T10:00"), &id, "버스를 늘려 주세요.").await;
    let spam = comment(service, &stranger("2026-12-02T10:00"), &id, "https://a.kr https://b.kr https://c.kr").await;
    let close = async |civil: &str| service.close_consultation(&committee(civil), &id).await;
    assert_eq!(code(&close("2026-12-20T09:00").await.unwrap_err()), "consultation-not-over");
    assert_eq!(code(&close("2026-12-21T09:00").await.unwrap_err()), "unanswered");
    let there = committee("2026-12-21T09:00");
    let answer =
        Answered {
            outcome: Outcome::NotAccepted, reason: "다른 계획의 일입니다.".to_owned(), change: String::new()
        };
    service.answer_comments(&there, &[one.clone(), spam.clone()], &answer).await.unwrap();
    assert_eq!(code(&close("2026-12-21T10:00").await.unwrap_err()), "comments-waiting");
    let hidden = Moderation { breach: Some(Breach::Advertising), reason: "광고".to_owned() };
    service.moderate_comments(&there, std::slice::from_ref(&spam), &hidden).await.unwrap();
    let error = service.close_consultation(&official("msit", "2026-12-21T10:00"), &id).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let closed = close("2026-12-22T10:00").await.unwrap();
    assert_eq!(closed.draft.unwrap().closed, Some(date(2026, 12, 22)));
    assert_eq!(code(&close("2026-12-22T10:00").await.unwrap_err()), "consultation-closed");

    let late = NewComment {
        paragraph: None,
        text: "종이 의견".to_owned(),
        voice: Voice::OnPaper,
        organisation: String::new(),
    };
    let error = service.comment(&official("mois", "2026-12-23T09:00"), &id, late.clone()).await.unwrap_err();
    assert_eq!(code(&error), "consultation-closed");
    let other = Answered { reason: "생각이 바뀜".to_owned(), ..answer.clone() };
    let error = service.answer_comments(&there, std::slice::from_ref(&one), &other).await.unwrap_err();
    assert_eq!(code(&error), "consultation-closed");
    service.answer_comments(&there, std::slice::from_ref(&one), &answer).await.unwrap();
    let report = service.consultation_report(&id).await.unwrap();
    assert_eq!((report.unanswered, report.hidden), (0, 1));

    // What came on paper is put in within thirty days of the end.
    let opening = draft(date(2026, 12, 1), date(2026, 12, 20));
    let open = service.open_consultation(&committee("2026-12-01T09:00"), opening).await.unwrap();
    service.comment(&official("mois", "2027-01-19T09:00"), &open, late.clone()).await.unwrap();
    let error = service.comment(&official("mois", "2027-01-20T09:00"), &open, late).await.unwrap_err();
    assert_eq!(code(&error), "paper-too-late");
}
