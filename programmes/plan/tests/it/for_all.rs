//! AI for all: nobody is recognised in a figure, problems get a reason and an outcome, help is counted without anything about the person.

use jiff::civil::date;
use maru_plan::domain::{
    Evidence,
    for_all::{
        Assisted, Audited, Breakdown, Chosen, Dimension, Manner, Need, Part, Posed, Seen, Solved, Stage, Verdict,
    },
};

use crate::support::{code, committee, official, postgres, sqlite, stranger};

fn breakdown(parts: &[(&str, u64, u64)]) -> Breakdown {
    let part = |(group, people, reached): &(&str, u64, u64)| Part {
        group: (*group).to_owned(),
        people: *people,
        reached: *reached,
    };
    Breakdown {
        title: "혼자 쓸 수 있음".to_owned(),
        quarter: "26Q3".parse().unwrap(),
        dimension: Dimension::Age,
        parts: parts.iter().map(part).collect(),
        source: "표본조사".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_written_by_their_body_and_hide_small_groups() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let body = official("mohw", "2026-11-26T10:00");
        let good = breakdown(&[("19-39", 400, 380), ("60+", 300, 120)]);
        let other = official("moe", "2026-11-26T10:00");
        let error = service.enter_reach(&other, "welfare", good.clone()).await.unwrap_err();
        assert_eq!(code(&error), "forbidden");
        for (bad, why) in [
            (breakdown(&[("19-39", 400, 380), ("90+", 4, 1)]), "small-part"),
            (breakdown(&[("19-39", 400, 401), ("60+", 300, 1)]), "more-than-all"),
            (breakdown(&[("19-39", 400, 380)]), "reach-parts"),
        ] {
            assert_eq!(code(&service.enter_reach(&body, "welfare", bad).await.unwrap_err()), why);
        }
        let known = service.enter_reach(&body, "welfare", good.clone()).await.unwrap();
        let (most, least) = known.figures[0].breakdown.gap().unwrap();
        assert_eq!((most.group.as_str(), least.group.as_str()), ("19-39", "60+"));
        let there = committee("2026-11-26T11:00");
        assert_eq!(code(&service.decide_reach(&body, "welfare", 1, None).await.unwrap_err()), "forbidden");
        let known = service.decide_reach(&there, "welfare", 1, None).await.unwrap();
        assert!(known.figures[0].confirmed);
        let error = service.decide_reach(&there, "welfare", 1, Some("왜".to_owned())).await.unwrap_err();
        assert_eq!(code(&error), "decided-already");
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn a_problem_is_posed_chosen_and_ends() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let posed =
        Posed { title: "골목 쓰레기".to_owned(), text: "제 번호는 010-1234-5678입니다.".to_owned() };
    let error = service.pose_problem(&official("msit", "2026-11-26T10:00"), posed.clone()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let id = service.pose_problem(&stranger("2026-11-26T10:00"), posed).await.unwrap();
    let there = committee("2026-11-26T11:00");
    let outcome =
        |solved| Solved {
            solved, text: "만들었습니다.".to_owned(), evidence: Vec::new(), on: date(2026, 11, 26)
        };
    assert_eq!(code(&service.finish_problem(&there, &id, outcome(true)).await.unwrap_err()), "problem-not-chosen");
    let chosen = Chosen { lab: Some(1), reason: "많은 사람이 겪습니다.".to_owned() };
    assert_eq!(code(&service.choose_problem(&there, &id, chosen.clone()).await.unwrap_err()), "not-found");
    service.open_lab(&there, ("실험실".to_owned(), "시연구".to_owned()), date(2026, 10, 1)).await.unwrap();
    let problem = service.choose_problem(&there, &id, chosen).await.unwrap();
    assert_eq!(problem.stage(), Stage::Working);
    assert!(!problem.posed.unwrap().text.contains("1234"));
    assert_eq!(code(&service.finish_problem(&there, &id, outcome(true)).await.unwrap_err()), "no-evidence");
    let evidence = vec![Evidence { title: "결과".to_owned(), address: "https://example.go.kr/1".to_owned() }];
    let problem = service.finish_problem(&there, &id, Solved { evidence, ..outcome(true) }).await.unwrap();
    assert_eq!(problem.stage(), Stage::Solved);
}

#[tokio::test]
async fn help_is_counted_by_need() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let help = |need, solved, on| Assisted { on, service: "정부24".to_owned(), need, solved, minutes: 12 };
    let day = date(2026, 11, 20);
    let error = service.log_help(&stranger("2026-11-26T10:00"), help(Need::Language, true, day)).await.unwrap_err();
    assert_eq!(code(&error), "sign-in");
    let counter = official("mois", "2026-11-26T10:00");
    let ahead = service.log_help(&counter, help(Need::Language, true, date(2026, 11, 27))).await.unwrap_err();
    assert_eq!(code(&ahead), "day-ahead");
    for (need, solved) in [(Need::Language, true), (Need::Language, false), (Need::NoDevice, true)] {
        service.log_help(&counter, help(need, solved, day)).await.unwrap();
    }
    let counts = service.store().help(date(2026, 11, 1), day).await.unwrap();
    assert_eq!((counts.all.times, counts.all.solved, counts.all.minutes), (3, 2, 36));
    assert_eq!((counts.needs[&Need::Language].times, counts.services["정부24"].times), (2, 3));
    assert_eq!(service.store().help(date(2026, 11, 21), date(2026, 12, 31)).await.unwrap().all.times, 0);
}

pub(crate) fn audited(results: &[(&str, Verdict, &str)]) -> Audited {
    let seen = |(number, verdict, note): &(&str, Verdict, &str)| {
        ((*number).to_owned(), Seen { verdict: *verdict, note: (*note).to_owned() })
    };
    Audited {
        service: "AI 통합민원".to_owned(),
        address: "https://example.go.kr".to_owned(),
        body: "mois".to_owned(),
        on: date(2026, 11, 20),
        manner: Manner::Both,
        auditor: "접근성 단체".to_owned(),
        results: results.iter().map(seen).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_audit_found_is_followed_until_it_is_right() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let there = committee("2026-11-26T10:00");
        let good = audited(&[
            ("5.1.1", Verdict::Passed, ""),
            ("6.1.1", Verdict::Failed, "단추에 초점이 가지 않음"),
            ("5.2.1", Verdict::NoObject, ""),
        ]);
        let mois = official("mois", "2026-11-27T10:00");
        assert_eq!(code(&service.record_audit(&mois, good.clone()).await.unwrap_err()), "forbidden");
        for (bad, why) in [
            (audited(&[("6.1.1", Verdict::Failed, " ")]), "no-finding"),
            (audited(&[("9.9.9", Verdict::Passed, "")]), "no-such-criterion"),
            (audited(&[]), "nothing-looked-at"),
            (Audited { address: "example".to_owned(), ..good.clone() }, "evidence-address"),
            (Audited { body: "nobody".to_owned(), ..good.clone() }, "unknown-body"),
            (Audited { on: date(2026, 11, 27), ..good.clone() }, "day-ahead"),
        ] {
            assert_eq!(code(&service.record_audit(&there, bad).await.unwrap_err()), why);
        }
        let id = service.record_audit(&there, good).await.unwrap();
        let known = service.audit(&id).await.unwrap().state;
        assert_eq!((known.counts(), known.share(), known.open().count()), ((1, 1), Some(0.5), 1));

        let repair = async |body: &str, criterion: &str| {
            let done = (criterion.to_owned(), "초점을 옮기도록 고침".to_owned());
            service.repair_audit(&official(body, "2026-11-27T10:00"), &id, done).await
        };
        let look = async |why: Option<&str>| {
            service.look_again(&there, &id, ("6.1.1".to_owned(), why.map(str::to_owned))).await
        };
        assert_eq!(code(&look(None).await.unwrap_err()), "not-repaired");
        assert_eq!(code(&repair("msit", "6.1.1").await.unwrap_err()), "forbidden");
        assert_eq!(code(&repair("mois", "5.1.1").await.unwrap_err()), "nothing-failed");
        repair("mois", "6.1.1").await.unwrap();
        assert_eq!(code(&look(Some("")).await.unwrap_err()), "empty");
        look(Some("아직 안 됨")).await.unwrap();
        assert_eq!(code(&look(None).await.unwrap_err()), "not-repaired", "the body's turn");
        repair("mois", "6.1.1").await.unwrap();
        let right = look(None).await.unwrap();
        assert_eq!((right.share(), right.open().count()), (Some(1.0), 0));
        assert_eq!(code(&repair("mois", "6.1.1").await.unwrap_err()), "nothing-failed");
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}
