//! The clock of ages: on the right day and not before, once, for whoever stands wherever, whatever breaks off.

use std::{collections::BTreeMap, path::Path};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp, civil::date};
use maru_ledger::{Aggregate as _, Ledger, StreamId};
use maru_test_database::TestDatabase;
use maru_web::Language;
use maru_welfare::{
    Caller, Stop, WelfareService,
    domain::{Household, LifeEvent, Month, Record, Status, age_clock::AgesReckoned},
    registers::nation,
    service::Confirming,
    store::AgesTold,
};
use serde_json::json;

use crate::{
    laboratory::{Standing, ask, lease, router, settings},
    support::{Deployment, at, both, citizen, code, household, law, official, open_with, pensioner, person},
};

const PENSION: &str = "home-1.basic_pension.p1";

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Somebody alone who rents, born on a day.
fn alone(name: &str, birth: &str) -> Household {
    let mut home = pensioner();
    home.members[0].id = format!("{name}-p1");
    home.members[0].name = String::new();
    home.members[0].facts.insert("birth".to_owned(), birth.into());
    home.pay_to = None;
    home
}

async fn work(ledger: &Ledger, service: &WelfareService, now: Timestamp) {
    while let Some(job) = lease(ledger, now).await {
        service.handle(&job, &Standing(now), &Stop::default()).await.unwrap();
    }
}

/// The clock strikes, and what it calls for is done.
async fn strikes(ledger: &Ledger, service: &WelfareService, civil: &str) -> AgesReckoned {
    assert!(service.strike_ages(at(civil)).await.unwrap(), "{civil}");
    work(ledger, service, at(civil)).await;
    let clock = service.store().age_clock().await.unwrap();
    assert_eq!(clock.running, None);
    clock.last.unwrap()
}

async fn stands(service: &WelfareService, id: &str) -> Option<(Status, i64)> {
    let state = service.store().proposal(id).await.unwrap()?.state;
    let finding = state.finding.as_ref().unwrap();
    Some((state.status, state.award.as_ref().map_or(finding.amount, |award| award.amounts.last().unwrap().1)))
}

/// How often a household's record says that an age was reached.
async fn written(ledger: &Ledger, id: &str) -> usize {
    let events = ledger.events(&StreamId::new(Record::KIND, id).unwrap()).await.unwrap();
    events.iter().filter(|event| event.payload["event"] == "age-reached").count()
}

async fn rebuilt(ledger: &Ledger) {
    for rebuilt in ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
    assert!(ledger.verify().await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_65th_birthday_opens_the_basic_pension_with_its_month_and_not_before() {
    for Deployment { service, ledger, database: _database } in both().await {
        let system = Caller::system(at("2026-04-20T09:00"));
        let mut home = pensioner();
        home.members[0].facts.insert("birth".to_owned(), "1961-06-15".into());
        service.register(&system, "home-1", home, Some("park".to_owned()), "registers").await.unwrap();
        service.register(&system, "home-2", alone("home-2", "1985-06-15"), None, "registers").await.unwrap();
        assert_eq!(stands(&service, PENSION).await, None);
        let may = strikes(&ledger, &service, "2026-05-10T09:00").await;
        assert_eq!((may.since, may.month), (month("2026-04"), month("2026-05")));
        assert!(!service.strike_ages(at("2026-05-31T23:59:59")).await.unwrap(), "the month was reckoned");
        assert_eq!((stands(&service, PENSION).await, written(&ledger, "home-1").await), (None, 0));

        let june = strikes(&ledger, &service, "2026-06-01T00:00").await;
        assert_eq!((june.since, june.month, june.next_on()), (month("2026-05"), month("2026-06"), date(2026, 7, 1)));
        assert_eq!((june.looked.on_log, june.looked.reckoned, june.looked.in_population), (1, 1, 0));
        let known = service.store().proposal(PENSION).await.unwrap().unwrap().state;
        let finding = known.finding.unwrap();
        assert_eq!((known.status, finding.origin.as_str()), (Status::Found, "life event: age-reached"));
        assert_eq!((finding.month, finding.account.as_deref()), (month("2026-06"), Some("park")));
        assert_eq!((written(&ledger, "home-1").await, written(&ledger, "home-2").await), (1, 0));
        let told = service.store().ages_told(month("2026-06")).await.unwrap();
        assert_eq!((told.households, told.opened), (1, 1), "{told:?}");
        // In July the age of the month's first day follows; from then on nothing.
        strikes(&ledger, &service, "2026-07-01T08:00").await;
        let before = (stands(&service, PENSION).await, written(&ledger, "home-1").await);
        let august = strikes(&ledger, &service, "2026-08-01T08:00").await;
        assert_eq!((august.looked.on_log, august.looked.reckoned), (0, 0));
        assert_eq!((stands(&service, PENSION).await, written(&ledger, "home-1").await), before);
        seen(&service).await;
        rebuilt(&ledger).await;
        assert_eq!(service.store().ages_told(month("2026-06")).await.unwrap(), told);
        ledger.close().await;
    }
}

/// Where it is seen: on the page of screenings, by the API, and where a proposal says what opened it.
async fn seen(service: &WelfareService) {
    let desk = official("2026-08-02T09:00");
    for (language, told) in [
        (Language::Korean, ["나이 도달", "다음은 2026년 9월 1일", "가구의 변동: 나이 도달"]),
        (Language::English, ["Ages that are reached", "next on 1 September 2026", "a life event: age reached"]),
    ] {
        let at = |who| router(service, who, language);
        let (status, text, _) = ask(at(desk.principal.clone()), "GET", "/welfare/work/screenings", "").await;
        assert!(status == StatusCode::OK && text.contains(told[0]) && text.contains(told[1]), "{text}");
        let (_, text, _) = ask(at(desk.principal.clone()), "GET", &format!("/welfare/work/{PENSION}"), "").await;
        assert!(text.contains(told[2]), "{text}");
        let (status, text, _) = ask(at(desk.principal.clone()), "GET", "/api/v1/welfare/ages", "").await;
        assert!(status == StatusCode::OK && text.contains("\"next_on\":\"2026-09-01\""), "{text}");
        assert_eq!(ask(at(None), "GET", "/api/v1/welfare/ages", "").await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(code(&service.ages(&citizen("park", "2026-08-02T09:00")).await.unwrap_err()), "not-found");
    let roads = person("roads", maru_identity::Role::Official, Some("roads"), "2026-08-02T09:00");
    assert_eq!(code(&service.ages(&roads).await.unwrap_err()), "forbidden");
}

#[tokio::test]
async fn what_ends_with_an_age_closes_and_what_is_given_changes() {
    let Deployment { service, ledger, database: _database } = crate::support::sqlite().await;
    let mut home = crate::support::family();
    home.members[2].facts.insert("birth".to_owned(), "2017-05-10".into());
    let mut given = home.clone();
    given.members[2].facts.insert("birth".to_owned(), "2017-05-31".into());
    let system = Caller::system(at("2030-03-05T09:00"));
    service.register(&system, "home-1", home, Some("kim".to_owned()), "registers").await.unwrap();
    service.register(&system, "home-2", given, Some("lee".to_owned()), "registers").await.unwrap();
    let (allowance, award) = ("home-1.child_allowance.c1", "home-2.child_allowance.c1");
    let how = Confirming { note: "확인했습니다.".to_owned(), ..Confirming::default() };
    service.confirm(&official("2030-03-06T09:00"), award, &how).await.unwrap();
    service.consent(&citizen("lee", "2030-03-06T10:00"), award).await.unwrap();
    // Paid below 13, up to the month before the birthday (아동수당법 제4조제1항, 제10조제1항).
    strikes(&ledger, &service, "2030-04-01T00:10").await;
    assert_eq!(stands(&service, allowance).await.unwrap().0, Status::Found);
    strikes(&ledger, &service, "2030-05-01T00:10").await;
    assert_eq!(stands(&service, allowance).await.unwrap().0, Status::Withdrawn);
    assert_eq!(stands(&service, award).await, Some((Status::Awarded, 0)), "nothing is due any more");
    let told = service.store().ages_told(month("2030-05")).await.unwrap();
    assert_eq!(told, AgesTold { households: 2, opened: 0, changed: 1, closed: 1 });
    ledger.close().await;
}

/// A parent alone with a child who left school, born on a day.
fn parent(birth: &str) -> Household {
    household(json!({
        "members": [
            {"id": "p1", "role": "head", "facts": {"birth": "1980-01-05"}},
            {"id": "c1", "role": "child", "facts": {"birth": birth}}
        ],
        "facts": {"province": "gyeonggi", "municipality_kind": "city", "single_parent_kind": "single"}
    }))
}

#[tokio::test]
async fn who_is_born_on_a_leap_day_is_of_age_on_the_first_of_march() {
    let Deployment { service, ledger, database: _database } = crate::support::sqlite().await;
    let system = Caller::system(at("2026-01-05T09:00"));
    let support = |name: &str| format!("{name}.single_parent_child_support.c1");
    let homes = [("leap", "2008-02-29"), ("first", "2008-03-01"), ("second", "2008-03-02"), ("before", "2008-02-01")];
    for (name, birth) in homes {
        service.register(&system, name, parent(birth), None, "registers").await.unwrap();
        assert_eq!(stands(&service, &support(name)).await.unwrap().0, Status::Found, "{name}");
    }
    // For children below 18 (한부모가족지원법 제4조제5호); 18 at the end of 28 February in a common year (민법 제158조, 제160조제3항).
    for (day, closed) in [
        ("2026-02-01T00:00", vec!["before"]),
        ("2026-03-01T00:00", vec!["before", "leap", "first"]),
        ("2026-04-01T00:00", vec!["before", "leap", "first", "second"]),
    ] {
        strikes(&ledger, &service, day).await;
        for (name, _) in homes {
            let stands = stands(&service, &support(name)).await.unwrap().0;
            assert_eq!(stands == Status::Withdrawn, closed.contains(&name), "{name} on {day}: {stands:?}");
        }
    }
    ledger.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missed_months_are_made_up_for_and_two_servers_strike_once() {
    for Deployment { service, ledger, database } in both().await {
        let system = Caller::system(at("2026-02-05T09:00"));
        for (name, birth) in [("a", "1961-03-20"), ("b", "1961-05-01"), ("c", "1961-07-31"), ("d", "1961-08-01")] {
            service.register(&system, name, alone(name, birth), None, "registers").await.unwrap();
        }
        strikes(&ledger, &service, "2026-02-06T09:00").await;
        // The server stood still for months.
        let (other_ledger, other) = crate::support::open(database.address()).await;
        let now = at("2026-07-15T12:00");
        let (one, two) = tokio::join!(service.strike_ages(now), other.strike_ages(now));
        assert_eq!([one, two].into_iter().filter(|struck| *struck.as_ref().unwrap()).count(), 1);
        work(&other_ledger, &other, now).await;
        let last = service.store().age_clock().await.unwrap().last.unwrap();
        assert_eq!((last.since, last.month), (month("2026-02"), month("2026-07")));
        for (name, due) in [("a", true), ("b", true), ("c", true), ("d", false)] {
            let id = format!("{name}.basic_pension.{name}-p1");
            let found = service.store().proposal(&id).await.unwrap().map(|named| named.state.finding.unwrap());
            assert_eq!(found.as_ref().map(|finding| finding.month), due.then(|| month("2026-07")), "{name}");
        }
        assert!(lease(&ledger, now).await.is_none(), "one job for both");
        assert!(!service.strike_ages(now).await.unwrap());
        other_ledger.close().await;
        ledger.close().await;
    }
}

#[tokio::test]
async fn who_was_erased_left_or_departed_is_passed_over() {
    let Deployment { service, ledger, database: _database } = crate::support::sqlite().await;
    let system = Caller::system(at("2026-05-05T09:00"));
    for name in ["erased", "departed", "dead", "here"] {
        let mut home = alone(name, "1961-06-15");
        if name == "dead" {
            let mut child = alone("x", "1990-02-02").members.remove(0);
            child.role = "child".to_owned();
            home.members.push(child);
        }
        service.register(&system, name, home, None, "registers").await.unwrap();
    }
    let actor = maru_ledger::Actor::system();
    assert!(ledger.erase_subject("household-erased", actor, at("2026-05-06T09:00")).await.unwrap());
    service.depart(&system, "departed", "registers").await.unwrap();
    let left = service.store().home("dead").await.unwrap().unwrap().household.unwrap().left_by("dead-p1");
    let desk = official("2026-05-07T09:00");
    service.live(&desk, "dead", LifeEvent::Death, date(2026, 5, 6), left).await.unwrap();
    let june = strikes(&ledger, &service, "2026-06-01T09:00").await;
    assert_eq!((june.looked.on_log, june.looked.reckoned, june.looked.unread), (1, 1, 0));
    for (name, due) in [("erased", false), ("departed", false), ("dead", false), ("here", true)] {
        let id = format!("{name}.basic_pension.{name}-p1");
        assert_eq!(stands(&service, &id).await.is_some(), due, "{name}");
    }
    rebuilt(&ledger).await;
    ledger.close().await;
}

/// People of a population, none of them on the log. Who rents is in a lot once rent support is asked for; `alone` and `other` do not.
fn world() -> BTreeMap<String, Household> {
    let mut homes = BTreeMap::new();
    for (name, birth) in [
        ("alone", "1961-06-15"),
        ("other", "1985-06-15"),
        ("lot-1", "1961-06-15"),
        ("lot-2", "1961-06-30"),
        ("lot-3", "1985-06-15"),
        ("lot-4", "1961-09-15"),
        ("lot-5", "1961-06-02"),
    ] {
        let mut home = alone(name, birth);
        if !name.starts_with("lot") {
            home.facts.remove("monthly_rent");
            home.facts.remove("tenure");
            home.members[0].facts.insert("earned_income".to_owned(), 1_900_000.into());
        }
        homes.insert(name.to_owned(), home);
    }
    homes
}

async fn in_lots(database: &TestDatabase, folder: &Path) -> (Ledger, WelfareService) {
    let (nation, work_folder) = (folder.join("nation"), folder.join("work"));
    if !nation.is_dir() {
        nation::write(&world(), &law(), &nation).unwrap();
    }
    let (ledger, service) = open_with(database.address(), settings(&nation, &work_folder)).await;
    let may = official("2026-05-10T09:00");
    service.set_proposal_rule(&may, "rent_support".to_owned(), 0).await.unwrap();
    service.request_screening(&may, month("2026-05")).await.unwrap();
    work(&ledger, &service, may.now).await;
    assert_eq!(service.store().households().await.unwrap(), 0);
    strikes(&ledger, &service, "2026-05-20T09:00").await;
    assert_eq!(service.store().households().await.unwrap(), 0, "nothing differs in May: nobody left a lot");
    (ledger, service)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_household_leaves_its_lot_only_where_an_age_makes_a_difference() {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, service) = in_lots(&database, folder.path()).await;
        let june = strikes(&ledger, &service, "2026-06-01T00:00").await;
        assert_eq!((june.looked.on_log, june.looked.in_population), (0, 4), "{june:?}");
        assert_eq!(
            (june.looked.reckoned, june.looked.left),
            (3, 1),
            "no rule asks for what `alone` becomes entitled to"
        );
        let pension = |name: &str| format!("{name}.basic_pension.{name}-p1");
        for (name, due) in [("lot-1", true), ("lot-2", true), ("lot-5", true), ("lot-3", false), ("lot-4", false)] {
            assert_eq!(stands(&service, &pension(name)).await.is_some(), due, "{name}");
            let rent = service.store().proposal(&format!("{name}.rent_support.all")).await.unwrap().unwrap();
            assert!(rent.state.finding.unwrap().lot.is_some(), "{name} says in which lot it stood");
            assert_eq!(service.store().home(name).await.unwrap().is_some(), due, "{name}");
        }
        assert_eq!(stands(&service, &pension("alone")).await, None);
        let told = service.store().ages_told(month("2026-06")).await.unwrap();
        assert!(told.households == 3 && told.opened >= 3, "{told:?}");
        assert_eq!(written(&ledger, "lot-1").await, 1);
        // As the rule for the basic pension would have it, who stands in the population alone is found too.
        let desk = official("2026-06-02T09:00");
        service.set_proposal_rule(&desk, "basic_pension".to_owned(), 1_000).await.unwrap();
        strikes(&ledger, &service, "2026-07-02T09:00").await;
        rebuilt(&ledger).await;
        assert_eq!(service.store().ages_told(month("2026-06")).await.unwrap(), told);
        ledger.close().await;
    }
}

#[tokio::test]
async fn who_stands_in_the_population_alone_is_found_where_a_rule_asks() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::sqlite();
    nation::write(&world(), &law(), &folder.path().join("nation")).unwrap();
    let (ledger, service) =
        open_with(database.address(), settings(&folder.path().join("nation"), &folder.path().join("work"))).await;
    let desk = official("2026-05-10T09:00");
    service.set_proposal_rule(&desk, "basic_pension".to_owned(), 1_000).await.unwrap();
    let june = strikes(&ledger, &service, "2026-06-01T00:00").await;
    assert_eq!((june.looked.in_population, june.looked.reckoned, june.looked.left), (4, 4, 0));
    assert_eq!(service.store().households().await.unwrap(), 4);
    let state = service.store().proposal("alone.basic_pension.alone-p1").await.unwrap().unwrap().state;
    assert_eq!((state.status, state.finding.unwrap().origin.as_str()), (Status::Found, "life event: age-reached"));
    assert_eq!(stands(&service, "other.basic_pension.other-p1").await, None);
    // A part that cannot be read is told, and keeps nobody else waiting.
    std::fs::write(folder.path().join("nation/person.parquet"), "no table").unwrap();
    let july = strikes(&ledger, &service, "2026-07-01T00:00").await;
    assert_eq!((july.looked.parts_unread, july.looked.on_log), (1, 4));
    ledger.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_off_between_two_households_goes_on_and_nothing_is_done_twice() {
    const HOMES: usize = 40;
    for Deployment { service, ledger, database: _database } in both().await {
        let system = Caller::system(at("2026-05-05T09:00"));
        for number in 0..HOMES {
            let name = format!("home-{number:03}");
            service.register(&system, &name, alone(&name, "1961-06-15"), None, "registers").await.unwrap();
        }
        let june = month("2026-06");
        let mut now = at("2026-06-01T00:00");
        assert!(service.strike_ages(now).await.unwrap());
        // Told to stop before it began, it is given back.
        let job = lease(&ledger, now).await.unwrap();
        let stop = Stop::default();
        stop.stop();
        service.handle(&job, &Standing(now), &stop).await.unwrap();
        assert!(service.store().age_clock().await.unwrap().running.is_some());
        for after in [1, HOMES as u64 / 2, HOMES as u64] {
            let Some(job) = lease(&ledger, now).await else { break };
            let working = tokio::spawn({
                let service = service.clone();
                async move { service.handle(&job, &Standing(now), &Stop::default()).await }
            });
            while service.store().ages_told(june).await.unwrap().households < after && !working.is_finished() {
                tokio::task::yield_now().await;
            }
            working.abort();
            let _ = working.await;
            // Whoever comes next finds the lease of the killed process, and waits until it ends.
            now += SignedDuration::from_secs(120);
        }
        work(&ledger, &service, now).await;
        let last = service.store().age_clock().await.unwrap().last.unwrap();
        assert_eq!((last.month, last.looked.on_log), (june, HOMES as u64));
        let told = service.store().ages_told(june).await.unwrap();
        assert_eq!((told.households, told.opened), (HOMES as u64, HOMES as u64), "each once: {told:?}");
        for number in 0..HOMES {
            let name = format!("home-{number:03}");
            assert_eq!(written(&ledger, &name).await, 1, "{name}");
            assert!(stands(&service, &format!("{name}.basic_pension.{name}-p1")).await.is_some(), "{name}");
        }
        rebuilt(&ledger).await;
        ledger.close().await;
    }
}

#[test]
fn nobody_is_passed_over_whose_age_makes_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    let nation = maru_welfare::population::Nation { persons: 1_500, seed: 7, output: folder.path(), threads: 2 };
    maru_welfare::population::generate(&nation, |_, _| {}).unwrap();
    let law = law();
    for (since, until) in [("2026-05", "2026-06"), ("2026-01", "2026-06"), ("2026-12", "2027-01")] {
        let ages = law.ages_reached(month(since), month(until)).unwrap();
        let (mut differing, mut looked) = (0, 0);
        for part in maru_welfare::screening::parts(folder.path()).unwrap() {
            for (id, home) in maru_welfare::registers::read::households(&part, |_| true, &law).unwrap() {
                let is_looked_at = ages.concern_somebody(&home);
                looked += usize::from(is_looked_at);
                if !law.reached(&home, &ages).unwrap().is_empty() {
                    differing += 1;
                    assert!(is_looked_at, "{id} from {since} to {until}");
                }
            }
        }
        assert!(0 < differing && differing <= looked, "{differing} of {looked} from {since} to {until}");
    }
}
