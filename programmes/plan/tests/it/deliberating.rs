//! Deliberations and panels by lot: votes are counted once a person, statements are shown after somebody looked, draws can be done again.

use std::collections::BTreeMap;

use jiff::civil::date;
use maru_plan::{
    PlanService,
    domain::{
        deliberation::{Question, Stance},
        panel::{Lot, Notice, Quota, digest, draw, read_pool},
    },
};

use crate::support::{citizen, code, committee, official, postgres, sqlite, stranger};

async fn opened(service: &PlanService, signed_in: bool) -> String {
    let question = Question {
        title: "질문".to_owned(),
        text: "설명".to_owned(),
        from: date(2026, 12, 1),
        until: date(2026, 12, 20),
        signed_in,
        recommendation: None,
    };
    let statements = ["하나", "둘", "셋", "넷"].map(str::to_owned).to_vec();
    service.open_deliberation(&committee("2026-12-01T09:00"), question, statements).await.unwrap()
}

fn votes(stances: &[(usize, Stance)]) -> BTreeMap<usize, Stance> {
    stances.iter().copied().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_counts_once_and_may_think_again() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let id = opened(service, true).await;
        let agree = || votes(&[(1, Stance::Agree), (2, Stance::Disagree)]);
        let error = service.vote_on_statements(&stranger("2026-12-05T10:00"), &id, None, agree()).await.unwrap_err();
        assert_eq!(code(&error), "sign-in");
        let error =
            service.vote_on_statements(&official("msit", "2026-12-05T10:00"), &id, None, agree()).await.unwrap_err();
        assert_eq!(code(&error), "forbidden");
        let person = citizen("citizen-1", "2026-12-05T10:00");
        let voter = service.vote_on_statements(&person, &id, None, agree()).await.unwrap();
        assert!(!voter.contains("citizen"), "the name says nothing of who it is");
        let again = service.vote_on_statements(&person, &id, None, votes(&[(1, Stance::Pass)])).await.unwrap();
        assert_eq!(voter, again);
        let found = service.opinions(&id).await.unwrap();
        assert_eq!((found.participants, found.statements[0].all.pass, found.statements[1].all.disagree), (1, 1, 1));
        let late = citizen("citizen-2", "2026-12-21T10:00");
        assert_eq!(code(&service.vote_on_statements(&late, &id, None, agree()).await.unwrap_err()), "not-open");

        let proposed = service.propose_statement(&person, &id, "제 번호는 010-1234-5678입니다.").await.unwrap();
        assert!(!proposed.statements[4].text.contains("1234"), "masked");
        let error = service.vote_on_statements(&person, &id, None, votes(&[(5, Stance::Agree)])).await.unwrap_err();
        assert_eq!(code(&error), "not-shown");
        assert_eq!(code(&service.propose_statement(&person, &id, "하나").await.unwrap_err()), "said-already");
        let error = service.moderate_statement(&person, &id, 5, None).await.unwrap_err();
        assert_eq!(code(&error), "forbidden");
        let there = committee("2026-12-06T10:00");
        assert_eq!(code(&service.moderate_statement(&there, &id, 5, Some(String::new())).await.unwrap_err()), "empty");
        service.moderate_statement(&there, &id, 5, None).await.unwrap();
        service.vote_on_statements(&person, &id, None, votes(&[(5, Stance::Agree)])).await.unwrap();
        assert_eq!(service.opinions(&id).await.unwrap().statements.len(), 5);
        let early = service.conclude_deliberation(&there, &id, "반영함".to_owned()).await.unwrap_err();
        assert_eq!(code(&early), "still-open");
        service.conclude_deliberation(&committee("2026-12-21T10:00"), &id, "반영함".to_owned()).await.unwrap();
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn a_stranger_keeps_the_name_that_was_given() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let id = opened(service, false).await;
    let somebody = stranger("2026-12-05T10:00");
    let name = service.vote_on_statements(&somebody, &id, None, votes(&[(1, Stance::Agree)])).await.unwrap();
    let again = service.vote_on_statements(&somebody, &id, Some(name.clone()), votes(&[(1, Stance::Disagree)])).await;
    assert_eq!(again.unwrap(), name);
    let other = service.vote_on_statements(&somebody, &id, Some("x".repeat(36)), votes(&[(1, Stance::Agree)])).await;
    assert_ne!(other.unwrap(), "x".repeat(36), "nobody chooses a name");
    assert_eq!(service.opinions(&id).await.unwrap().participants, 2);
}

pub(crate) fn notice() -> Notice {
    let quota = |value: &str| Quota { name: "지역".to_owned(), value: value.to_owned(), least: 3, most: 3 };
    Notice {
        title: "숙의단".to_owned(),
        text: "설명".to_owned(),
        size: 6,
        quotas: vec![quota("도시"), quota("농어촌")],
        source: "복권 당첨번호".to_owned(),
        seed_on: date(2026, 12, 10),
        recommendation: None,
    }
}

#[tokio::test]
async fn a_panel_is_drawn_in_an_order_in_which_nobody_can_steer_it() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let error = service.announce_panel(&committee("2026-12-10T09:00"), notice()).await.unwrap_err();
    assert_eq!(code(&error), "seed-not-ahead");
    let id = service.announce_panel(&committee("2026-12-01T09:00"), notice()).await.unwrap();
    let people = (0..40).map(|at| format!("P{at:02}\t{}", ["도시", "농어촌"][at % 2]));
    let pool = std::iter::once("code\t지역".to_owned()).chain(people).collect::<Vec<_>>().join("\n");
    let before = committee("2026-12-05T09:00");
    let error = service.draw_panel(&before, &id, "1 2 3".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "no-pool");
    let broken = service.fix_pool(&before, &id, "code\t지역\nP1\n".to_owned()).await.unwrap_err();
    assert_eq!(code(&broken), "bad-table");
    let error = service.fix_pool(&committee("2026-12-10T09:00"), &id, pool.clone()).await.unwrap_err();
    assert_eq!(code(&error), "pool-too-late");
    service.fix_pool(&before, &id, pool.clone()).await.unwrap();
    assert_eq!(code(&service.fix_pool(&before, &id, pool).await.unwrap_err()), "pool-fixed");
    let error = service.draw_panel(&before, &id, "1 2 3".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "seed-ahead");
    let day = committee("2026-12-10T21:00");
    let drawn = service.draw_panel(&day, &id, " 6 11 19 23 40 44 ".to_owned()).await.unwrap();
    assert_eq!(drawn.members().len(), 6);

    // Anybody with what is published draws the same.
    let (public, announced) = (read_pool(&drawn.pool).unwrap(), notice());
    let lot = Lot { pool: &public, quotas: &announced.quotas, size: 6, seed: "6 11 19 23 40 44", round: 1 };
    assert_eq!(draw(&lot, &[], &[]).unwrap().codes, drawn.draws[0].codes);
    assert_eq!(digest(&drawn.pool).len(), 64);

    assert_eq!(code(&service.draw_panel(&day, &id, "9".to_owned()).await.unwrap_err()), "panel-complete");
    let gone = drawn.members()[0].clone();
    service.withdraw_member(&day, &id, gone.clone()).await.unwrap();
    assert_eq!(code(&service.withdraw_member(&day, &id, gone.clone()).await.unwrap_err()), "no-member");
    let filled = service.draw_panel(&day, &id, "another seed".to_owned()).await.unwrap();
    assert_eq!((filled.members().len(), filled.draws[1].seed.as_str()), (6, "6 11 19 23 40 44"));
    assert!(!filled.draws[1].codes.contains(&gone));
    let error = service.withdraw_member(&official("msit", "2026-12-11T09:00"), &id, gone).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
}
