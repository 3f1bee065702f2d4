//! A survey: drawn so that nobody can steer it, answered once by who has a letter, counted with what is not known.

use jiff::civil::date;
use maru_plan::{
    PlanService, ServiceError,
    domain::{
        Contradiction, Evidence, Number, Report,
        panel::read_pool,
        survey::{Notice, Question, sample},
    },
    service::Letter,
};

use crate::support::{Deployment, citizen, code, committee, official, postgres, sqlite, stranger};

fn number() -> Number {
    "1-1".parse().unwrap()
}

pub(crate) fn notice() -> Notice {
    let question = |text: &str, options: &[&str]| Question {
        text: text.to_owned(),
        options: options.iter().map(|&option| option.to_owned()).collect(),
    };
    Notice {
        title: "컴퓨팅 기반 체감조사".to_owned(),
        text: "쓸 수 있게 되었는지 묻습니다.".to_owned(),
        recommendation: Some(number()),
        questions: vec![
            question("달라진 것을 느끼셨습니까?", &[]),
            question("어디에서 알았습니까?", &["이웃", "방송", "인터넷"]),
        ],
        size: 40,
        source: "복권 당첨번호".to_owned(),
        seed_on: date(2026, 12, 5),
        from: date(2026, 12, 8),
        until: date(2026, 12, 20),
    }
}

pub(crate) fn frame() -> String {
    let people = (0..400_usize).map(|at| {
        format!("C{at:03}\t{}\t{}", ["19-59", "60+"][usize::from(at.is_multiple_of(4))], ["도시", "농어촌"][at / 4 % 2])
    });
    std::iter::once("code\t나이\t지역".to_owned()).chain(people).collect::<Vec<_>>().join("\n")
}

/// Announced, drawn, with letters.
pub(crate) async fn invited(service: &PlanService) -> (String, Vec<Letter>) {
    let before = committee("2026-12-01T09:00");
    let id = service.announce_survey(&before, notice()).await.unwrap();
    service.fix_frame(&before, &id, frame()).await.unwrap();
    service.draw_sample(&committee("2026-12-05T21:00"), &id, "6 11 19 23 40 44".to_owned()).await.unwrap();
    let letters = service.invite_sample(&committee("2026-12-06T09:00"), &id).await.unwrap();
    (id, letters)
}

#[tokio::test]
async fn a_sample_is_drawn_in_an_order_in_which_nobody_can_steer_it() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let error = service.announce_survey(&committee("2026-12-05T09:00"), notice()).await.unwrap_err();
    assert_eq!(code(&error), "seed-not-ahead");
    let error = service.announce_survey(&official("msit", "2026-12-01T09:00"), notice()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let before = committee("2026-12-01T09:00");
    for (wrong, why) in [
        (Notice { from: date(2026, 12, 5), ..notice() }, "survey-period"),
        (Notice { until: date(2026, 12, 13), ..notice() }, "survey-period"),
        (Notice { questions: Vec::new(), ..notice() }, "survey-questions"),
        (Notice { recommendation: None, ..notice() }, "survey-options"),
        (Notice { size: 6_000, ..notice() }, "sample-size"),
    ] {
        assert_eq!(code(&service.announce_survey(&before, wrong).await.unwrap_err()), why);
    }
    let missing = Notice { recommendation: Some("9-9".parse().unwrap()), ..notice() };
    assert_eq!(code(&service.announce_survey(&before, missing).await.unwrap_err()), "not-found");

    let id = service.announce_survey(&before, notice()).await.unwrap();
    let draw = async |civil: &str| service.draw_sample(&committee(civil), &id, " 6 11 19 23 40 44 ".to_owned()).await;
    assert_eq!(code(&draw("2026-12-05T21:00").await.unwrap_err()), "no-pool");
    let small = frame() + "\nC999\t60+\t섬";
    assert_eq!(code(&service.fix_frame(&before, &id, small).await.unwrap_err()), "small-stratum");
    let error = service.fix_frame(&committee("2026-12-05T09:00"), &id, frame()).await.unwrap_err();
    assert_eq!(code(&error), "pool-too-late");
    service.fix_frame(&before, &id, frame()).await.unwrap();
    assert_eq!(code(&service.fix_frame(&before, &id, frame()).await.unwrap_err()), "pool-fixed");
    assert_eq!(code(&draw("2026-12-04T21:00").await.unwrap_err()), "seed-ahead");
    assert_eq!(code(&service.invite_sample(&before, &id).await.unwrap_err()), "not-drawn");
    let survey = draw("2026-12-05T21:00").await.unwrap();
    assert_eq!(code(&draw("2026-12-06T21:00").await.unwrap_err()), "drawn-already");

    // Anybody with what is published draws the same.
    let public = read_pool(&survey.frame).unwrap();
    assert_eq!(sample(&public, 40, "6 11 19 23 40 44").unwrap(), survey.strata);
    assert_eq!(survey.drawn(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_answers_once() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        answered_once(deployment).await;
    }
}

async fn answered_once(deployment: Deployment) {
    let service = &deployment.service;
    let (id, lost) = invited(service).await;
    assert_eq!(
        code(&service.invite_sample(&official("msit", "2026-12-07T09:00"), &id).await.unwrap_err()),
        "forbidden"
    );
    // Until answers are taken letters can be made anew; the first ones then no longer hold.
    let letters = service.invite_sample(&committee("2026-12-07T09:00"), &id).await.unwrap();
    assert_eq!((letters.len(), lost.len()), (40, 40));
    let error = service.invite_sample(&committee("2026-12-08T09:00"), &id).await.unwrap_err();
    assert_eq!(code(&error), "invited-already");

    let answer = async |civil: &str, number: &str, answers: &[Option<usize>]| -> Result<(), ServiceError> {
        service.answer_survey(&stranger(civil), &id, number, answers.to_vec()).await
    };
    let day = "2026-12-10T10:00";
    let one = letters[0].number.as_str();
    assert_eq!(code(&answer(day, &lost[0].number, &[Some(0), None]).await.unwrap_err()), "unknown-token");
    assert_eq!(code(&answer(day, "", &[Some(0), None]).await.unwrap_err()), "unknown-token");
    assert_eq!(code(&answer("2026-12-07T23:00", one, &[Some(0), None]).await.unwrap_err()), "not-open");
    assert_eq!(code(&answer(day, one, &[None, None]).await.unwrap_err()), "no-answer");
    assert_eq!(code(&answer(day, one, &[Some(3), None]).await.unwrap_err()), "no-such-option");
    assert_eq!(code(&answer(day, one, &[Some(0), None, Some(0)]).await.unwrap_err()), "no-such-option");
    service.may_answer(&id, one).await.unwrap();
    answer(day, &one.to_lowercase(), &[Some(0), None]).await.unwrap();
    answer(day, one, &[Some(0), None]).await.unwrap();
    assert_eq!(code(&answer(day, one, &[Some(1), None]).await.unwrap_err()), "survey-answered");
    assert_eq!(code(&service.may_answer(&id, one).await.unwrap_err()), "survey-answered");
    assert_eq!(service.store().survey_answers(&id).await.unwrap(), 1, "a second click is no second answer");

    // Who answers is not written down, signed in or not; numbers stand nowhere.
    let signed_in = citizen("somebody", day);
    service.answer_survey(&signed_in, &id, &letters[1].number, vec![Some(2), Some(1)]).await.unwrap();
    let year = (crate::support::at("2026-01-01T00:00"), crate::support::at("2027-01-01T00:00"));
    let invited = service.store().changes_called("sample-invited", year.0, year.1).await.unwrap();
    assert!(invited.iter().all(|change| change.facts.get("invited").is_none()));
    assert_eq!(service.store().changes_called("survey-answered", year.0, year.1).await.unwrap(), []);
    assert_eq!(code(&service.close_survey(&committee("2026-12-20T10:00"), &id).await.unwrap_err()), "survey-not-over");
    assert_eq!(code(&answer("2026-12-21T00:00", &letters[2].number, &[Some(0), None]).await.unwrap_err()), "not-open");
    let closed = service.close_survey(&committee("2026-12-21T10:00"), &id).await.unwrap();
    assert_eq!((closed.tally.as_ref().unwrap().all(), closed.shares(0)), (2, None), "two say nothing");
    assert_eq!(code(&service.close_survey(&committee("2026-12-21T10:00"), &id).await.unwrap_err()), "survey-closed");
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

#[tokio::test]
async fn a_survey_speaks_of_its_recommendation_with_what_is_not_known() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let report = Report {
        quarter: "26Q4".parse().unwrap(),
        summary: "갖추었습니다.".to_owned(),
        done: [0, 1].into(),
        complete: true,
        obstacle: String::new(),
        evidence: vec![Evidence { title: "결과".to_owned(), address: "https://example.go.kr/1".to_owned() }],
        files: Vec::new(),
    };
    service.report(&official("msit", "2026-12-01T10:00"), number(), report).await.unwrap();
    let (id, letters) = invited(service).await;
    // Thirty of forty answer, three of them that it reached them.
    for (at, letter) in letters.iter().take(30).enumerate() {
        let felt = if at.is_multiple_of(10) { 0 } else { 2 };
        let answers = vec![Some(felt), at.is_multiple_of(2).then_some(at % 3)];
        service.answer_survey(&stranger("2026-12-12T10:00"), &id, &letter.number, answers).await.unwrap();
    }
    let before = service.whole(&stranger("2026-12-12T10:00")).await.unwrap();
    assert!(before.surveyed.is_empty() && before.contradictions.is_empty(), "nobody sees results before the end");
    let closed = service.close_survey(&committee("2026-12-21T10:00"), &id).await.unwrap();
    let (of, [yes, _, no]) = closed.felt().unwrap();
    assert_eq!((of, closed.tally.as_ref().unwrap().all()), (number(), 30));
    assert!((yes.share - 0.1).abs() < 0.05 && yes.low < yes.share && yes.share < yes.high, "{yes:?}");
    assert!(no.low > 0.5 && (no.most - no.least - 0.25).abs() < 0.05, "a quarter did not answer: {no:?}");
    assert_eq!(closed.shares(1).unwrap().len(), 3);

    let whole = service.whole(&stranger("2026-12-21T10:00")).await.unwrap();
    let surveyed = &whole.surveyed[&number()];
    assert_eq!((surveyed.invited, surveyed.answered), (40, 30));
    assert!(
        matches!(whole.contradictions[&number()].as_slice(), [Contradiction::Survey { survey, .. }] if *survey == id)
    );
    let figures = service.figures(stranger("2026-12-21T10:00").now).await.unwrap();
    let figure = figures.iter().find(|figure| figure.id == "survey/1-1").unwrap();
    assert!((figure.value.unwrap() - yes.share * 100.0).abs() < 1e-9, "an indicator can follow it");
}
