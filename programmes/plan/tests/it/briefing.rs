//! Briefings: organisations are invited, come and ask; who came is written down, every question is answered.

use jiff::civil::date;
use maru_plan::domain::briefing::Notice;

use crate::support::{code, committee, official, postgres, sqlite, stranger};

pub(crate) fn notice() -> Notice {
    Notice {
        title: "저작권 단체 설명회".to_owned(),
        text: "계획안을 설명하고 묻는 말에 답합니다.".to_owned(),
        consultation: None,
        at: date(2026, 12, 10).at(14, 0, 0, 0),
        place: "시연용 회의실".to_owned(),
        seats: 10,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organisations_come_and_every_question_is_answered() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let there = committee("2026-12-01T09:00");
        let error = service.announce_briefing(&official("msit", "2026-12-01T09:00"), notice()).await.unwrap_err();
        assert_eq!(code(&error), "forbidden");
        let error = service.announce_briefing(&committee("2026-12-10T15:00"), notice()).await.unwrap_err();
        assert_eq!(code(&error), "briefing-not-ahead");
        let missing = Notice { consultation: Some("x".to_owned()), ..notice() };
        assert_eq!(code(&service.announce_briefing(&there, missing).await.unwrap_err()), "not-found");
        let id = service.announce_briefing(&there, notice()).await.unwrap();

        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let hundreds: Vec<String> = (0..300).map(|at| format!("단체 {at}")).collect();
        service.invite_organisations(&there, &id, hundreds).await.unwrap();
        let known =
            service.invite_organisations(&there, &id, names(&["작가 모임", "작가모임", "단체 7"])).await.unwrap();
        assert_eq!(known.figures().invited, 301, "one organisation is invited once, however it is written");

        let visitor = stranger("2026-12-05T09:00");
        let register = async |name: &str, people: u32| {
            service.register_organisation(&visitor, &id, (name.to_owned(), people)).await
        };
        register("작가  모임", 6).await.unwrap();
        register("작가모임", 6).await.unwrap();
        assert_eq!(code(&register("작가 모임", 1).await.unwrap_err()), "registered-already");
        assert_eq!(code(&register("신문 협회", 5).await.unwrap_err()), "briefing-full");
        assert_eq!(code(&register("신문 협회", 51).await.unwrap_err()), "briefing-people");
        let known = register("신문 협회", 4).await.unwrap();
        assert_eq!((known.figures().announced, known.free()), (2, 0));

        let asked = service.ask_briefing(&visitor, &id, ("작가 모임", "보상은요? 010-1234-5678")).await.unwrap();
        assert!(!asked.questions[0].text.contains("1234") && !asked.questions[0].spoken);
        let summary = "설명하고 물음에 답함";
        let came = |pairs: &[(&str, u32)]| pairs.iter().map(|(name, people)| ((*name).to_owned(), *people)).collect();
        let error = service.record_briefing(&there, &id, (came(&[]), summary)).await.unwrap_err();
        assert_eq!(code(&error), "briefing-not-begun");
        let after = committee("2026-12-10T17:00");
        let late = service.register_organisation(&stranger("2026-12-10T14:00"), &id, ("늦은 단체".to_owned(), 0)).await;
        assert_eq!(code(&late.unwrap_err()), "briefing-begun");
        service.ask_briefing(&after, &id, ("", "현장에서 물음")).await.unwrap();
        let list = came(&[("작가모임", 5), ("신문 협회", 0), ("그냥 온 단체", 2)]);
        let known = service.record_briefing(&after, &id, (list, summary)).await.unwrap();
        let figures = known.figures();
        assert_eq!((figures.invited, figures.came, figures.people), (301, 2, 7));
        assert_eq!((figures.questions, figures.answered, known.questions[1].spoken), (2, 0, true));
        service.answer_briefing(&after, &id, (1, "정하는 중입니다.".to_owned())).await.unwrap();
        assert_eq!(code(&service.answer_briefing(&after, &id, (9, "답".to_owned())).await.unwrap_err()), "not-found");
        let known = service.answer_briefing(&after, &id, (2, "네.".to_owned())).await.unwrap();
        assert_eq!(known.figures().answered, 2);
        let over = service.ask_briefing(&stranger("2026-12-25T09:00"), &id, ("", "늦은 질문")).await.unwrap_err();
        assert_eq!(code(&over), "briefing-questions-over");
        assert_eq!(code(&service.cancel_briefing(&after, &id, "사정".to_owned()).await.unwrap_err()), "briefing-begun");

        let other = service.announce_briefing(&there, notice()).await.unwrap();
        service.cancel_briefing(&there, &other, "장소 사정".to_owned()).await.unwrap();
        let error = service.register_organisation(&visitor, &other, ("단체".to_owned(), 1)).await.unwrap_err();
        assert_eq!(code(&error), "briefing-cancelled");
        assert_eq!(service.store().briefings().await.unwrap().len(), 2);
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}
