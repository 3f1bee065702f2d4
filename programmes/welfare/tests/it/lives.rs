//! Life events: proposals open, change and close at once. Corrections and erasure.

use jiff::civil::date;
use maru_welfare::{
    Caller,
    domain::{LifeEvent, Member, Status},
};
use serde_json::json;

use crate::support::{at, both, citizen, code, family, official, person, sqlite, with_pensioner};

#[tokio::test]
async fn a_birth_opens_and_a_death_closes() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let system = Caller::system(at("2026-03-02T09:00"));
    let lived = service.register(&system, "home-9", family(), None, "registers").await.unwrap();
    assert_eq!(lived.opened, ["home-9.child_allowance.c1"], "earning parents get the universal benefit alone");
    let again = service.register(&system, "home-9", family(), None, "registers").await.unwrap();
    assert_eq!(again, maru_welfare::service::Lived::default(), "the same registers change nothing");

    let mut more = family();
    let facts = [("birth".to_owned(), json!("2026-03-20")), ("birth_order".to_owned(), json!(2))].into();
    more.members.push(Member { id: "c2".to_owned(), role: "child".to_owned(), name: String::new(), facts });
    let caller = official("2026-03-25T09:00");
    let born = service.live(&caller, "home-9", LifeEvent::Birth, date(2026, 3, 20), more).await.unwrap();
    for benefit in ["child_allowance", "parental_benefit", "first_encounter_voucher"] {
        assert!(born.opened.contains(&format!("home-9.{benefit}.c2")), "{benefit}: {born:?}");
    }
    let died = service.live(&caller, "home-9", LifeEvent::Death, date(2026, 3, 24), family()).await.unwrap();
    assert_eq!(died.closed.len(), born.opened.len());
    let state = service.store().proposal("home-9.parental_benefit.c2").await.unwrap().unwrap().state;
    assert_eq!(state.status, Status::Withdrawn);
}

#[tokio::test]
async fn lost_work_opens_and_found_work_closes_and_amounts_follow() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let system = Caller::system(at("2026-03-02T09:00"));
    service.register(&system, "home-9", family(), None, "registers").await.unwrap();
    let mut poor = family();
    for member in &mut poor.members {
        member.facts.remove("earned_income");
    }
    let caller = official("2026-03-25T09:00");
    let lost = service.live(&caller, "home-9", LifeEvent::JobLost, date(2026, 3, 24), poor.clone()).await.unwrap();
    assert!(lost.opened.contains(&"home-9.livelihood_benefit.all".to_owned()), "{lost:?}");
    poor.members[0].facts.insert("earned_income".to_owned(), json!(800_000));
    let less = service.live(&caller, "home-9", LifeEvent::JobFound, date(2026, 3, 25), poor).await.unwrap();
    let amount = service.store().proposal("home-9.livelihood_benefit.all").await.unwrap().unwrap().state;
    if amount.status == Status::Found {
        assert!(less.changed.contains(&"home-9.livelihood_benefit.all".to_owned()), "{less:?}");
    }
    let back = service.live(&caller, "home-9", LifeEvent::JobFound, date(2026, 3, 25), family()).await.unwrap();
    assert!(back.closed.contains(&"home-9.livelihood_benefit.all".to_owned()), "{back:?}");
}

/// What an error says of fields.
fn told(error: &maru_welfare::ServiceError) -> String {
    match error {
        maru_welfare::ServiceError::Invalid(errors) => {
            errors.iter().map(|error| error.message.english.as_str()).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_is_stored() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let system = Caller::system(at("2026-03-02T09:00"));
    let mut wrong = family();
    wrong.members[0].facts.insert("birth".to_owned(), json!("spring"));
    let error = service.register(&system, "home-9", wrong, None, "registers").await.unwrap_err();
    assert_eq!(code(&error), "fact");
    assert!(told(&error).contains("birth") && told(&error).contains("1960-05-31"), "{}", told(&error));
    let mut misspelt = family();
    misspelt.members[0].facts.insert("earned_incme".to_owned(), json!(1));
    let error = service.register(&system, "home-9", misspelt, None, "registers").await.unwrap_err();
    assert!(told(&error).contains("earned_incme"), "{}", told(&error));
    assert_eq!(service.store().households().await.unwrap(), 0);
    let error = service.register(&official("2026-03-02T09:00"), "x", family(), None, "me").await.unwrap_err();
    assert_eq!(code(&error), "sign-in", "only the deployment's own feed takes households in");
    service.register(&system, "home-9", family(), None, "registers").await.unwrap();
    let future =
        service.live(&official("2026-03-02T09:00"), "home-9", LifeEvent::Move, date(2026, 4, 1), family()).await;
    assert_eq!(code(&future.unwrap_err()), "wrong-side-of-today");
    let roads = person("roads", maru_identity::Role::Official, Some("roads"), "2026-03-02T09:00");
    let error = service.live(&roads, "home-9", LifeEvent::Move, date(2026, 3, 1), family()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
}

#[tokio::test]
async fn somebody_says_that_an_item_is_wrong_and_is_answered() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let park = citizen("park", "2026-03-03T09:00");
    let p1 = || Some("p1".to_owned());
    let record = service.dispute(&park, p1(), "national_pension_old_age", "이제 받지 않습니다.").await.unwrap();
    assert_eq!(record.disputes[0].due, date(2026, 3, 13));
    let twice = service.dispute(&park, p1(), "national_pension_old_age", "다시").await.unwrap_err();
    assert_eq!(code(&twice), "disputed-already");
    assert_eq!(code(&service.dispute(&park, p1(), "no_such_item", "x").await.unwrap_err()), "not-found");
    assert_eq!(service.disputed(&official("2026-03-04T09:00")).await.unwrap().len(), 1);
    let answer = "공단에 확인해 바로잡았습니다.".to_owned();
    let said = service.disputed_words(&official("2026-03-04T09:00"), "home-1", 0).await.unwrap();
    assert_eq!(said.as_deref(), Some("이제 받지 않습니다."), "who answers reads what was said");
    assert_eq!(code(&service.disputed_words(&park, "home-1", 0).await.unwrap_err()), "forbidden");
    service.answer_dispute(&official("2026-03-04T09:00"), "home-1", 0, true, answer.clone()).await.unwrap();
    let known = service.mine(&park).await.unwrap().unwrap().home.record.disputes.remove(0);
    assert_eq!((known.answered, known.answer), (Some(true), answer), "the citizen reads the answer");
    assert!(known.words.is_none_or(|words| words.value.is_none()), "what was said is sealed in the projection");
    assert!(service.disputed(&official("2026-03-04T09:00")).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_erased_household_leaves_the_log_whole() {
    let deployment = sqlite().await;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let actor = maru_ledger::Actor::system();
    assert!(deployment.ledger.erase_subject("household-home-1", actor, at("2026-03-05T09:00")).await.unwrap());
    let home = deployment.service.store().home("home-1").await.unwrap().unwrap();
    assert!(home.household.is_none());
    assert!(deployment.ledger.verify().await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_is_linked_to_the_household_that_they_head() {
    for deployment in both().await {
        let service = &deployment.service;
        let system = Caller::system(at("2026-03-02T09:00"));
        let now = at("2026-03-03T09:00");
        service.register(&system, "home-1", family(), None, "registers").await.unwrap();
        assert_eq!(service.link_by_pseudonym("c1", "child", now).await.unwrap(), None, "a child heads no household");
        assert_eq!(service.link_by_pseudonym("nobody", "kim", now).await.unwrap(), None);
        assert_eq!(service.link_by_pseudonym("p2", "lee", now).await.unwrap().as_deref(), Some("home-1"));
        let mine = service.mine(&citizen("lee", "2026-03-03T10:00")).await.unwrap().unwrap();
        assert_eq!(mine.home.id, "home-1");
        assert_eq!(service.link_by_pseudonym("p1", "park", now).await.unwrap(), None, "it has an account already");
        assert_eq!(service.link_by_pseudonym("p2", "lee", now).await.unwrap(), None, "and the account a household");

        // Registers that come later keep the link; who moved out of the household is not found in it any more.
        let mut alone = family();
        alone.members.retain(|member| member.id != "p2");
        alone.couples.clear();
        let account = service.store().home("home-1").await.unwrap().unwrap().record.account;
        service.register(&system, "home-1", alone, account, "registers").await.unwrap();
        assert_eq!(service.store().headed_by("p2").await.unwrap(), Vec::<String>::new());
        assert_eq!(service.store().headed_by("p1").await.unwrap(), ["home-1"]);
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn an_official_writes_down_one_change_at_a_time() {
    use maru_welfare::service::HouseholdChange;
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let desk = official("2026-03-05T09:00");
    let fact = |member: Option<&str>, fact: &str, value: Option<serde_json::Value>| HouseholdChange::Fact {
        member: member.map(str::to_owned),
        fact: fact.to_owned(),
        value,
    };
    let moved = (LifeEvent::Move, date(2026, 3, 4));
    let cheaper = fact(None, "monthly_rent", Some(100_000.into()));
    let roads = person("roads", maru_identity::Role::Official, Some("roads"), "2026-03-05T09:00");
    let error = service.change_household(&roads, "home-1", moved, cheaper.clone()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let lived = service.change_household(&desk, "home-1", moved, cheaper).await.unwrap();
    assert!(lived.changed.contains(&"home-1.rent_support.all".to_owned()), "{lived:?}");
    for (wrong, why) in [
        (fact(Some("p1"), "monthly_rent", Some(1.into())), "fact"),
        (fact(None, "no_such_fact", Some(1.into())), "fact"),
        (fact(Some("p9"), "earned_income", Some(1.into())), "member-name"),
        (fact(Some("p1"), "earned_income", Some("x".into())), "fact"),
        (HouseholdChange::Leave { member: "p9".to_owned() }, "member-name"),
    ] {
        let error = service.change_household(&desk, "home-1", moved, wrong.clone()).await.unwrap_err();
        assert_eq!(code(&error), why, "{wrong:?}");
    }
    let late = (LifeEvent::Move, date(2026, 3, 6));
    let error = service.change_household(&desk, "home-1", late, fact(None, "monthly_rent", None)).await.unwrap_err();
    assert_eq!(code(&error), "wrong-side-of-today");

    // Somebody marries her: a couple now; then he leaves, and what was due to him closes.
    let join =
        HouseholdChange::Join { role: "spouse".to_owned(), name: "임충식".to_owned(), birth: date(1950, 7, 2) };
    let lived =
        service.change_household(&desk, "home-1", (LifeEvent::Marriage, date(2026, 3, 5)), join.clone()).await.unwrap();
    let home = service.store().home("home-1").await.unwrap().unwrap().household.unwrap();
    assert_eq!((home.members.len(), home.couples.len()), (2, 1));
    let his = home.members[1].id.clone();
    assert!(lived.opened.contains(&format!("home-1.basic_pension.{his}")), "{lived:?}");
    let error =
        service.change_household(&desk, "home-1", (LifeEvent::Marriage, date(2026, 3, 5)), join).await.unwrap_err();
    assert_eq!(code(&error), "member-name", "there is a spouse already");
    let leave = HouseholdChange::Leave { member: "p1".to_owned() };
    let lived = service.change_household(&desk, "home-1", (LifeEvent::Death, date(2026, 3, 5)), leave).await.unwrap();
    assert!(lived.closed.contains(&"home-1.basic_pension.p1".to_owned()), "{lived:?}");
    let home = service.store().home("home-1").await.unwrap().unwrap().household.unwrap();
    assert_eq!((home.members[0].role.as_str(), home.couples.len()), ("head", 0));
}

/// A feed tells that a household is gone: what was proposed closes, what is given is to be looked at; when it is there again, all opens again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_gone_from_the_registers_is_looked_at() {
    use maru_welfare::{service::Confirming, store::Wanted};
    const PENSION: &str = "home-1.basic_pension.p1";
    for deployment in both().await {
        let service = &deployment.service;
        with_pensioner(&deployment, "2026-03-02T09:00").await;
        let how = Confirming { note: "확인".to_owned(), ..Confirming::default() };
        service.confirm(&official("2026-03-03T09:00"), PENSION, &how).await.unwrap();
        service.consent(&citizen("park", "2026-03-03T10:00"), PENSION).await.unwrap();
        let reviews = async |day: &str| {
            let due_by = Some(maru_calendar::seoul(at(day)).date());
            let wanted = Wanted { status: Some(Status::Awarded), due_by, ..Wanted::default() };
            service.queue(&official(day), &wanted).await.unwrap().len()
        };
        assert_eq!(reviews("2026-03-04T09:00").await, 0, "it is looked at in a year");
        assert_eq!(code(&service.depart(&official("2026-03-04T09:00"), "home-1", "x").await.unwrap_err()), "sign-in");
        let told = Caller::system(at("2026-03-04T09:00"));
        let lived = service.depart(&told, "home-1", "registers").await.unwrap();
        assert!(lived.closed.contains(&"home-1.livelihood_benefit.all".to_owned()), "{lived:?}");
        assert_eq!(lived.changed, [PENSION], "nobody stops a payment by themselves");
        assert_eq!(reviews("2026-03-04T09:00").await, 1);
        let again = service.depart(&told, "home-1", "registers").await.unwrap();
        assert!(again.closed.is_empty(), "{again:?}");
        let state = service.store().proposal(PENSION).await.unwrap().unwrap().state;
        assert_eq!((state.status, state.review_because.as_str()), (Status::Awarded, "registers: gone"));
        service.renew(&official("2026-03-05T09:00"), PENSION).await.unwrap();
        assert_eq!(reviews("2026-03-05T09:00").await, 0);
        let unknown = service.depart(&told, "home-9", "registers").await.unwrap();
        assert!(unknown.closed.is_empty() && unknown.changed.is_empty());
        with_pensioner(&deployment, "2026-04-02T09:00").await;
        let state = service.store().proposal("home-1.livelihood_benefit.all").await.unwrap().unwrap().state;
        assert_eq!(state.status, Status::Found, "it is there again");
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}
