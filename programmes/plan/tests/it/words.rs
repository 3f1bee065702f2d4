//! What citizens say reached them, and problems that they pose, are looked at as comments are: hidden with a reason, appealed against.

use maru_plan::{
    Caller, PlanService,
    domain::{
        felt::Said,
        for_all::{Chosen, Posed},
        moderation::{Breach, Decided, Moderation, Showing, Suspicion},
        visit::Verdict,
    },
    store::{WordsAddress, WordsKind},
};

use crate::support::{Deployment, citizen, code, colleague, committee, official, postgres, sqlite, stranger};

const SHOW: Moderation = Moderation { breach: None, reason: String::new() };

fn hide(reason: &str) -> Moderation {
    Moderation { breach: Some(Breach::Insult), reason: reason.to_owned() }
}

async fn say(service: &PlanService, caller: &Caller, verdict: Verdict, text: &str) {
    let said = Said { recommendation: "1-1".parse().unwrap(), verdict, text: text.to_owned() };
    service.say_felt(caller, said).await.unwrap();
}

/// The words on the recommendation 1-1 that hold `part`.
async fn saying(service: &PlanService, part: &str) -> WordsAddress {
    let all = service.store().words_of_citizens("1-1".parse().unwrap()).await.unwrap();
    all.into_iter().find(|one| one.text.contains(part)).unwrap().address
}

async fn queue(service: &PlanService) -> Vec<String> {
    let (waiting, all) = service.words_queue(&committee("2026-12-10T09:00")).await.unwrap();
    assert_eq!(waiting.len() as u64, all);
    waiting.into_iter().map(|words| words.text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_break_the_rules_are_hidden_with_a_reason_and_an_appeal() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        looked_at(&deployment).await;
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

async fn looked_at(deployment: &Deployment) {
    let service = &deployment.service;
    let author = citizen("author", "2026-12-02T10:00");
    let there = committee("2026-12-05T09:00");
    say(service, &author, Verdict::No, "담당자는 바보입니다.").await;
    say(service, &stranger("2026-12-02T10:00"), Verdict::Yes, "줄이 짧아졌습니다.").await;
    say(service, &citizen("silent", "2026-12-02T10:00"), Verdict::Yes, "").await;
    let posed =
        Posed { title: "골목이 어둡다".to_owned(), text: "https://a.kr https://b.kr https://c.kr".to_owned() };
    let problem = service.pose_problem(&author, posed).await.unwrap();
    let problem = WordsAddress { kind: WordsKind::Problem, key: problem };
    assert_eq!(queue(service).await, ["https://a.kr https://b.kr https://c.kr"], "a rule holds it back");
    let rude = saying(service, "바보").await;
    let fair = saying(service, "줄이").await;
    assert!(!rude.key.contains("author") && rude.key.starts_with("1-1."), "an address tells nothing of who wrote");

    let reader = citizen("reader", "2026-12-03T10:00");
    for _ in 0..2 {
        service.flag_words(&reader, &rude, Breach::Insult, "욕입니다.").await.unwrap();
    }
    service.flag_words(&reader, &fair, Breach::Advertising, "").await.unwrap();
    assert_eq!(service.words(&rude).await.unwrap().moderated.flags.len(), 1, "once each");
    assert_eq!(service.words(&rude).await.unwrap().showing(), Showing::Shown, "naming hides nothing");
    let outsider = official("msit", "2026-12-05T09:00");
    assert_eq!(code(&service.flag_words(&outsider, &fair, Breach::Insult, "").await.unwrap_err()), "forbidden");
    assert_eq!(code(&service.words_queue(&outsider).await.unwrap_err()), "forbidden");
    let error = service.moderate_words(&outsider, std::slice::from_ref(&rude), &hide("욕설")).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let nowhere = WordsAddress { kind: WordsKind::Felt, key: "1-1.999999".to_owned() };
    let error = service.moderate_words(&there, &[nowhere], &hide("욕설")).await.unwrap_err();
    assert_eq!(code(&error), "not-found");
    let error = service.moderate_words(&there, std::slice::from_ref(&rude), &hide("")).await.unwrap_err();
    assert_eq!(code(&error), "empty", "a reason is needed");

    service.moderate_words(&there, &[problem.clone(), fair.clone()], &SHOW).await.unwrap();
    service.moderate_words(&there, std::slice::from_ref(&rude), &hide("사람을 욕함")).await.unwrap();
    assert_eq!(queue(service).await, Vec::<String>::new());
    let hidden = service.words(&rude).await.unwrap();
    assert_eq!(
        (hidden.showing(), hidden.moderated.hidden.unwrap().reason),
        (Showing::Hidden, "사람을 욕함".to_owned())
    );
    let counts = service.store().felt().await.unwrap()[&"1-1".parse().unwrap()];
    assert_eq!((counts.yes, counts.no), (2, 1), "what is hidden counts all the same");
    let told = service.own_messages(&author).await.unwrap();
    assert_eq!(told.iter().map(maru_plan::store::Message::path).collect::<Vec<_>>(), [format!("/plan/words/{rude}")]);

    // The author appeals once; somebody else than who hid it decides.
    assert_eq!(code(&service.appeal_words(&reader, &rude, "제 것이 아닙니다.").await.unwrap_err()), "not-found");
    assert_eq!(
        code(&service.appeal_words(&stranger("2026-12-05T10:00"), &fair, "왜").await.unwrap_err()),
        "not-hidden"
    );
    service.appeal_words(&author, &rude, "별명일 뿐입니다.").await.unwrap();
    assert_eq!(code(&service.appeal_words(&author, &rude, "또").await.unwrap_err()), "appealed-already");
    // To say yes or no differently changes nothing of that.
    say(service, &author, Verdict::Partly, "담당자는 바보입니다.").await;
    assert_eq!(queue(service).await, ["담당자는 바보입니다."]);
    let decided = || Decided { restored: false, reason: "별명도 욕임".to_owned() };
    assert_eq!(code(&service.decide_words_appeal(&there, &rude, decided()).await.unwrap_err()), "same-person");
    service.decide_words_appeal(&colleague("2026-12-06T09:00"), &rude, decided()).await.unwrap();
    assert_eq!(service.words(&rude).await.unwrap().showing(), Showing::Hidden);
    assert_eq!(service.own_messages(&author).await.unwrap().len(), 2);

    // What was hidden does not come back in other words before a person looked.
    say(service, &author, Verdict::No, "담당자가 답하지 않습니다.").await;
    let anew = service.words(&rude).await.unwrap();
    assert_eq!((anew.showing(), anew.moderated.held), (Showing::Held, Some(Suspicion::HiddenBefore)));
    assert_eq!(queue(service).await, ["담당자가 답하지 않습니다."]);
    service.moderate_words(&there, std::slice::from_ref(&rude), &SHOW).await.unwrap();
    assert_eq!(service.words(&rude).await.unwrap().showing(), Showing::Shown);

    // A hidden problem keeps its place and may be chosen; its words are read nowhere.
    service
        .moderate_words(&colleague("2026-12-07T09:00"), std::slice::from_ref(&problem), &hide("광고"))
        .await
        .unwrap();
    let known = service.store().problem(&problem.key).await.unwrap().unwrap().state;
    assert!(known.shown().is_none() && known.posed.is_some());
    let chosen = Chosen { lab: None, reason: "광고임".to_owned() };
    service.choose_problem(&there, &problem.key, chosen).await.unwrap();
}
