//! A proposal from finding to award, refusal, objection and a person's review.

use jiff::civil::date;
use maru_holidays::{Announcement, Holidays};
use maru_identity::Role;
use maru_ledger::Actor;
use maru_welfare::{
    Caller,
    domain::{Status, Supervisor, proposal::Means},
    service::{Confirming, GivenFact},
    store::Wanted,
};

use crate::support::{
    Deployment, at, both, citizen, code, official, pensioner, person, sqlite, stranger, supervisor, with_pensioner,
};

const PENSION: &str = "home-1.basic_pension.p1";
const LIVELIHOOD: &str = "home-1.livelihood_benefit.all";

fn looked() -> Confirming {
    Confirming { note: "소득 자료를 확인했습니다.".to_owned(), means: Means::Message }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_benefit_that_was_missed_is_found_confirmed_agreed_to_and_given() {
    for deployment in both().await {
        given(&deployment).await;
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

async fn given(deployment: &Deployment) {
    let service = &deployment.service;
    with_pensioner(deployment, "2026-03-02T09:00").await;
    let all =
        service.queue(&official("2026-03-03T09:00"), &Wanted { waiting: true, ..Wanted::default() }).await.unwrap();
    let found: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
    assert!(found.contains(&PENSION) && found.contains(&LIVELIHOOD), "{found:?}");
    let prepared = service.prepare(&official("2026-03-03T09:00"), PENSION).await.unwrap();
    assert!(prepared.grounds.article_ko.contains("기초연금법"), "{:?}", prepared.grounds);
    assert!(!prepared.grounds.inputs.is_empty() && !prepared.grounds.figures.is_empty());
    let looks = service.looks(&citizen("park", "2026-03-03T10:00")).await.unwrap();
    assert_eq!(looks.len(), 1, "the household sees who looked");
    assert_eq!(looks[0].purpose, "기초연금");

    let error = service.consent(&citizen("park", "2026-03-03T10:00"), PENSION).await.unwrap_err();
    assert_eq!(code(&error), "not-now", "nothing is given before an official confirmed it");
    let confirmed = service.confirm(&official("2026-03-04T09:00"), PENSION, &looked()).await.unwrap();
    assert_eq!((confirmed.status, confirmed.notices.len()), (Status::Confirmed, 1));
    let error = service.confirm(&official("2026-03-04T09:00"), PENSION, &looked()).await.unwrap_err();
    assert_eq!(code(&error), "not-now");
    let awarded = service.consent(&citizen("park", "2026-03-05T10:00"), PENSION).await.unwrap();
    let award = awarded.award.unwrap();
    assert_eq!((award.from.to_string(), award.amounts[0].1), ("2026-03".to_owned(), 349_700));
    assert_eq!(award.review_on, date(2027, 3, 5));
    // 90 days after 5 March are 3 June 2026, the day of the local elections: the period ends on the 4th.
    assert_eq!(awarded.objection_until, Some(date(2026, 6, 4)));
    // What the official saw is kept with the decision, and is the citizen's to read.
    let read = service.proposal(&citizen("park", "2026-03-05T10:00"), PENSION).await.unwrap();
    let grounds = read.state.confirmation.unwrap().grounds;
    assert!(grounds.value.unwrap().contains("기초연금법"));
    let kinds: Vec<String> =
        service.store().history(PENSION).await.unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        ["benefit-found", "proposal-confirmed", "citizen-notified", "citizen-consented", "benefit-awarded"]
    );
}

#[tokio::test]
async fn who_may_not_is_turned_away_with_a_reason() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let day = "2026-03-03T09:00";
    let roads = person("roads", Role::Official, Some("roads"), day);
    let administrator = person("admin", Role::Administrator, None, day);
    assert_eq!(code(&service.confirm(&stranger(day), PENSION, &looked()).await.unwrap_err()), "sign-in");
    assert_eq!(code(&service.confirm(&roads, PENSION, &looked()).await.unwrap_err()), "forbidden");
    assert_eq!(code(&service.confirm(&administrator, PENSION, &looked()).await.unwrap_err()), "forbidden");
    assert_eq!(code(&service.confirm(&citizen("park", day), PENSION, &looked()).await.unwrap_err()), "forbidden");
    assert_eq!(code(&service.proposal(&citizen("kim", day), PENSION).await.unwrap_err()), "not-found");
    assert_eq!(code(&service.proposal(&stranger(day), PENSION).await.unwrap_err()), "sign-in");
    assert_eq!(code(&service.consent(&citizen("kim", day), PENSION).await.unwrap_err()), "not-found");
    assert_eq!(
        code(&service.consent(&official(day), PENSION).await.unwrap_err()),
        "forbidden",
        "not even for the citizen"
    );
    assert_eq!(code(&service.queue(&roads, &Wanted::default()).await.unwrap_err()), "forbidden");
    assert_eq!(code(&service.look(&roads, "home-1", "궁금").await.unwrap_err()), "forbidden");
    let article = || "아동수당법 제1조".to_owned();
    let error = service.make_automatic(&official(day), "child_allowance", date(2027, 1, 1), None, article()).await;
    assert_eq!(code(&error.unwrap_err()), "forbidden");
    let error = service.decide_objection(&official(day), PENSION, true, "이유".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
}

#[tokio::test]
async fn a_refusal_has_a_reason_an_article_and_a_remedy() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let day = "2026-03-03T09:00";
    let article = "국민기초생활 보장법 제8조제2항".to_owned();
    let error = service.deny(&official(day), LIVELIHOOD, " ".to_owned(), article.clone()).await.unwrap_err();
    assert_eq!(code(&error), "empty");
    let denied = service
        .deny(&official(day), LIVELIHOOD, "부양의무자의 소득이 기준을 넘습니다.".to_owned(), article)
        .await
        .unwrap();
    assert_eq!(denied.status, Status::Denied);
    assert_eq!(denied.objection_until, Some(date(2026, 6, 1)));
    let late = citizen("park", "2026-06-02T09:00");
    assert_eq!(code(&service.object(&late, LIVELIHOOD, "다시 보아 주세요.").await.unwrap_err()), "period-passed");
    // Where the last day becomes a holiday, the next working day is in time: 3 June is that of the local elections.
    let announced = Announcement {
        date: date(2026, 6, 1),
        name_ko: "임시공휴일".to_owned(),
        name_en: "Special holiday".to_owned(),
        reference: "국무회의".to_owned(),
    };
    let holidays = Holidays::new(deployment.ledger.clone(), &[]).unwrap();
    holidays.announce(Actor::system(), announced, at("2026-03-04T09:00")).await.unwrap();
    let later = citizen("park", "2026-06-03T09:00");
    assert_eq!(code(&service.object(&later, LIVELIHOOD, "다시 보아 주세요.").await.unwrap_err()), "period-passed");
    assert_eq!(code(&service.object(&late, LIVELIHOOD, " ").await.unwrap_err()), "empty", "the day after is in time");
    let objected =
        service.object(&citizen("park", "2026-03-10T09:00"), LIVELIHOOD, "자녀와 연락이 끊겼습니다.").await.unwrap();
    assert_eq!(objected.objection.unwrap().due, date(2026, 3, 20));
    let again = service.object(&citizen("park", "2026-03-11T09:00"), LIVELIHOOD, "또").await.unwrap_err();
    assert_eq!(code(&again), "objection-open");
    // Ten days more, once, while the first ten run, with a reason that the citizen reads.
    let head = supervisor("2026-03-19T09:00");
    let longer =
        async |caller: &Caller, reason: &str| service.extend_objection(caller, LIVELIHOOD, reason.to_owned()).await;
    assert_eq!(code(&longer(&official("2026-03-19T09:00"), "현장 확인").await.unwrap_err()), "forbidden");
    assert_eq!(code(&longer(&head, " ").await.unwrap_err()), "empty");
    assert_eq!(code(&longer(&supervisor("2026-03-21T09:00"), "현장 확인").await.unwrap_err()), "period-passed");
    let extended = longer(&head, "현장 확인").await.unwrap();
    let objection = extended.objection.as_ref().unwrap();
    assert_eq!((objection.due, objection.extended.as_str()), (date(2026, 3, 30), "현장 확인"));
    assert_eq!(extended.due(), Some(date(2026, 3, 30)), "its clock in the queue");
    assert_eq!(code(&longer(&head, "또").await.unwrap_err()), "objection-extended");
    let decided = service
        .decide_objection(
            &supervisor("2026-03-25T09:00"),
            LIVELIHOOD,
            true,
            "연락이 끊긴 사실을 확인했습니다.".to_owned(),
        )
        .await
        .unwrap();
    assert_eq!(decided.status, Status::Awarded);
    assert!(decided.award.is_some());
}

#[tokio::test]
async fn a_person_supervises_each_benefit_by_name() {
    for deployment in both().await {
        let service = &deployment.service;
        let head = supervisor("2026-03-03T09:00");
        let named = |name: &str, from| Supervisor {
            name: name.to_owned(),
            office: "복지정책과장".to_owned(),
            telephone: "02-0000-1200".to_owned(),
            from,
        };
        let today = date(2026, 3, 3);
        let error = service.name_supervisor(&official("2026-03-03T09:00"), "basic_pension", named("윤서", today)).await;
        assert_eq!(code(&error.unwrap_err()), "forbidden");
        let error = service.name_supervisor(&head, "basic_pension", named(" ", today)).await;
        assert_eq!(code(&error.unwrap_err()), "empty");
        assert!(service.name_supervisor(&head, "no_benefit", named("윤서", today)).await.is_err());
        service.name_supervisor(&head, "basic_pension", named("윤서", today)).await.unwrap();
        service.name_supervisor(&head, "basic_pension", named("다음", date(2026, 4, 1))).await.unwrap();
        let asked = async |civil: &str| service.contact(&stranger(civil), "basic_pension").await;
        assert_eq!(asked("2026-03-31T09:00").await.unwrap().0, "복지정책과장 윤서 (02-0000-1200)");
        assert_eq!(asked("2026-04-01T09:00").await.unwrap().0, "복지정책과장 다음 (02-0000-1200)");
        let other = service.contact(&stranger("2026-03-31T09:00"), "child_allowance").await.unwrap();
        assert_eq!(other, service.settings().supervision, "the head of the department where nobody is named");
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn a_person_answers_within_thirty_days_and_it_is_another_one() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    service.confirm(&official("2026-03-03T09:00"), PENSION, &looked()).await.unwrap();
    let park = citizen("park", "2026-03-04T09:00");
    assert_eq!(code(&service.ask_review(&park, PENSION, " ").await.unwrap_err()), "empty");
    let asked = service.ask_review(&park, PENSION, "왜 이 금액인가요?").await.unwrap();
    assert_eq!(asked.review.as_ref().unwrap().due, date(2026, 4, 3));
    assert_eq!(code(&service.ask_review(&park, PENSION, "또").await.unwrap_err()), "review-open");
    let same = official("2026-03-05T09:00");
    assert_eq!(code(&service.answer_review(&same, PENSION, "설명".to_owned()).await.unwrap_err()), "same-person");
    let other = person("another", Role::Official, Some("welfare"), "2026-03-05T09:00");
    for due in [date(2026, 5, 4), date(2026, 6, 4)] {
        // 3 May 2026 is a Sunday; 3 June is the day of the local elections.
        let extended = service.extend_review(&other, PENSION, "자료를 기다립니다.".to_owned()).await.unwrap();
        assert_eq!(extended.review.unwrap().due, due);
    }
    let third = service.extend_review(&other, PENSION, "또".to_owned()).await.unwrap_err();
    assert_eq!(code(&third), "no-more-time");
    let answered = service.answer_review(&other, PENSION, "소득인정액이 기준보다 적습니다.".to_owned()).await.unwrap();
    assert!(answered.review.unwrap().answer.is_some());
}

#[tokio::test]
async fn what_another_agency_gives_is_not_given_twice() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    service.confirm(&official("2026-03-03T09:00"), PENSION, &looked()).await.unwrap();
    let mut home = pensioner();
    home.received.push(maru_welfare::domain::Received {
        benefit: "basic_pension".to_owned(),
        member: Some("p1".to_owned()),
        amount: 349_700,
        agency: "옆시".to_owned(),
    });
    let system = maru_welfare::Caller::system(crate::support::at("2026-03-04T09:00"));
    service.register(&system, "home-1", home, Some("park".to_owned()), "registers").await.unwrap();
    let error = service.consent(&citizen("park", "2026-03-05T09:00"), PENSION).await.unwrap_err();
    assert_eq!(code(&error), "duplicate");
}

#[tokio::test]
async fn a_statute_makes_a_benefit_automatic_from_its_day_on() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let head = supervisor("2026-03-02T10:00");
    let article = "기초연금법 제0조 (시험)".to_owned();
    service.make_automatic(&head, "basic_pension", date(2026, 3, 10), None, article.clone()).await.unwrap();
    let unknown = service.make_automatic(&head, "no_benefit", date(2026, 3, 10), None, article).await.unwrap_err();
    assert_eq!(code(&unknown), "unknown-benefit");
    let switches = service.store().switches().await.unwrap();
    assert!(switches.on("basic_pension", date(2026, 3, 9)).is_none());
    assert!(switches.on("basic_pension", date(2026, 3, 10)).is_some());
    let given = service.confirm(&official("2026-03-10T09:00"), PENSION, &looked()).await.unwrap();
    assert_eq!(given.status, Status::Awarded, "without the citizen's consent");
    let asks = service.confirm(&official("2026-03-10T09:00"), LIVELIHOOD, &looked()).await.unwrap();
    assert_eq!(asks.status, Status::Confirmed, "another benefit still asks");
}

#[tokio::test]
async fn like_cases_are_confirmed_together_and_others_are_not() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    for place in 1..=3 {
        let caller = maru_welfare::Caller::system(crate::support::at("2026-03-02T09:00"));
        service.register(&caller, &format!("home-{place}"), pensioner(), None, "registers").await.unwrap();
    }
    let prepared = service.prepare(&official("2026-03-03T09:00"), PENSION).await.unwrap();
    assert_eq!(prepared.alike.len(), 2);
    let mut batch = prepared.alike.clone();
    batch.push(LIVELIHOOD.to_owned());
    let error = service.confirm_batch(&official("2026-03-03T09:00"), &batch, &looked()).await.unwrap_err();
    assert_eq!(code(&error), "not-now", "cases of two kinds are not alike");
    let outcomes = service.confirm_batch(&official("2026-03-03T09:00"), &prepared.alike, &looked()).await.unwrap();
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
    let confirmed = service.store().proposal(&prepared.alike[0]).await.unwrap().unwrap().state.confirmation.unwrap();
    assert!(confirmed.batch.is_some(), "the decision says that it was made in a batch");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_register_holds_is_asked_told_and_kept() {
    for deployment in both().await {
        told(&deployment).await;
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

async fn told(deployment: &Deployment) {
    const RENT: &str = "home-1.rent_support.all";
    let service = &deployment.service;
    let mut home = pensioner();
    home.facts.remove("monthly_rent");
    let register = async |day: &str, home: &maru_welfare::domain::Household| {
        service.register(&Caller::system(at(day)), "home-1", home.clone(), Some("park".to_owned()), "registers").await
    };
    let amount = async |id: &str| service.store().proposal(id).await.unwrap().unwrap().state.finding.unwrap().amount;
    register("2026-03-02T09:00", &home).await.unwrap();
    // The deposit alone counts as rent of 26,670 won.
    assert_eq!(amount(RENT).await, 26_670);
    let desk = official("2026-03-03T09:00");
    let facts = vec!["monthly_rent".to_owned(), "is_pregnant".to_owned()];
    service.ask_facts(&desk, LIVELIHOOD, facts).await.unwrap();
    assert_eq!(code(&service.confirm(&desk, LIVELIHOOD, &looked()).await.unwrap_err()), "not-now");
    let questions = service.prepare(&desk, LIVELIHOOD).await.unwrap().questions;
    let asked: Vec<_> = questions.iter().map(|one| (one.fact.id.as_str(), one.whose.clone())).collect();
    assert_eq!(asked, [("monthly_rent", vec![None]), ("is_pregnant", vec![Some("p1".to_owned())])]);

    let given = |member: Option<&str>, fact: &str, value: i64| {
        vec![GivenFact { member: member.map(str::to_owned), fact: fact.to_owned(), value: value.into() }]
    };
    let rent = || given(None, "monthly_rent", 260_000);
    let (park, kim) = (citizen("park", "2026-03-04T09:00"), citizen("kim", "2026-03-04T09:00"));
    assert_eq!(code(&service.give_facts(&kim, LIVELIHOOD, rent()).await.unwrap_err()), "not-found");
    for wrong in [
        given(None, "deposit_owed", 1),
        given(Some("p1"), "monthly_rent", 1),
        given(Some("p9"), "is_pregnant", 1),
        given(Some("p1"), "is_pregnant", 1),
        given(None, "monthly_rent", -1),
    ] {
        let error = service.give_facts(&park, LIVELIHOOD, wrong.clone()).await.unwrap_err();
        assert_eq!(code(&error), "fact", "{wrong:?}");
    }
    let lived = service.give_facts(&park, LIVELIHOOD, rent()).await.unwrap();
    assert_eq!(lived.changed, [RENT], "all benefits are reckoned with it");
    assert_eq!(amount(RENT).await, 286_670);
    let state = service.store().proposal(LIVELIHOOD).await.unwrap().unwrap().state;
    assert_eq!((state.status, state.asked.len()), (Status::Found, 0), "it waits for an official again");
    assert_eq!(code(&service.give_facts(&park, LIVELIHOOD, Vec::new()).await.unwrap_err()), "not-now");

    // The register still does not hold it: what was told stays, with the day.
    register("2026-03-05T09:00", &home).await.unwrap();
    let known = service.store().home("home-1").await.unwrap().unwrap().household.unwrap();
    assert_eq!(known.facts["monthly_rent"], 260_000);
    assert_eq!(known.told_on(None, "monthly_rent"), Some(date(2026, 3, 4)));
    assert_eq!(amount(RENT).await, 286_670);
    // Where it holds it, its word counts.
    home.facts.insert("monthly_rent".to_owned(), 200_000.into());
    register("2026-03-06T09:00", &home).await.unwrap();
    let known = service.store().home("home-1").await.unwrap().unwrap().household.unwrap();
    assert_eq!((known.told.len(), amount(RENT).await), (0, 226_670));

    // Who does not know either says so, or an official takes it down: nothing changes, and the case goes on.
    service.ask_facts(&desk, LIVELIHOOD, vec!["cannot_work".to_owned()]).await.unwrap();
    assert_eq!(
        service.give_facts(&desk, LIVELIHOOD, Vec::new()).await.unwrap(),
        maru_welfare::service::Lived::default()
    );
    service.confirm(&official("2026-03-07T09:00"), LIVELIHOOD, &looked()).await.unwrap();
}
