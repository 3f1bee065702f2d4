//! Proposals by the thousand: the same as one by one, whoever touches them, whatever breaks off, whoever tampers.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use jiff::{SignedDuration, Timestamp, civil::date};
use maru_ledger::{Aggregate as _, Ledger, Value};
use maru_test_database::TestDatabase;
use maru_welfare::{
    Caller, Stop, WelfareService,
    domain::{
        BENEFITS, Household, LifeEvent, Proposal, Refusal, Status,
        lot::{LotOrder, ProposalLot},
        proposal::Means,
    },
    lots::{Fault, proof::verify_proposal_proof},
    registers::nation,
    service::{Confirming, Forgotten, ProofOf},
    store::Wanted,
};

use crate::{
    laboratory::{Standing, families, lease, settings},
    support::{citizen, code, law, official, open_with, pensioner, person},
};

const MARCH: &str = "2026-03-05T10:00";
const APRIL: &str = "2026-04-06T10:00";

/// Families of whom two earn nothing, and pensioners of whom one receives the pension already.
fn world() -> BTreeMap<String, Household> {
    let mut homes = families(6);
    for home in homes.values_mut().take(2) {
        home.members[0].facts.remove("earned_income");
        home.members[1].facts.remove("earned_income");
    }
    for number in 0..14 {
        let name = format!("p{number:03}");
        let mut home = pensioner();
        home.members[0].id = format!("{name}-p1");
        home.members[0].name = String::new();
        home.members[0].facts.insert("national_pension_old_age".to_owned(), (200_000 + number % 3 * 10_000).into());
        // Where money goes and what people are called stands in no population.
        home.pay_to = None;
        homes.insert(name, home);
    }
    let received = serde_json::json!([
        {"benefit": "basic_pension", "member": "p000-p1", "amount": 349_700, "agency": "municipality"}
    ]);
    homes.get_mut("p000").unwrap().received = serde_json::from_value(received).unwrap();
    homes
}

fn write(folder: &Path, homes: &BTreeMap<String, Household>) {
    nation::write(homes, &law(), folder).unwrap();
}

async fn work_all(ledger: &Ledger, service: &WelfareService, now: Timestamp) {
    while let Some(job) = lease(ledger, now).await {
        service.handle(&job, &Standing(now), &Stop::default()).await.unwrap();
    }
}

async fn screened(ledger: &Ledger, service: &WelfareService, civil: &str) -> String {
    let month = civil[..7].parse().unwrap();
    let id = service.request_screening(&official(civil), month).await.unwrap();
    work_all(ledger, service, official(civil).now).await;
    id
}

async fn rules(service: &WelfareService) {
    for benefit in &BENEFITS {
        service.set_proposal_rule(&official(MARCH), benefit.id.to_owned(), 0).await.unwrap();
    }
}

/// Everything that stands, by name: where, and how much.
async fn standing(service: &WelfareService) -> BTreeMap<String, (Status, i64)> {
    let all = service.queue(&official(MARCH), &Wanted { limit: Some(10_000), ..Wanted::default() }).await.unwrap();
    let one = |state: &Proposal| {
        let finding = state.finding.as_ref().unwrap();
        (state.status, state.award.as_ref().map_or(finding.amount, |award| award.amounts.last().unwrap().1))
    };
    let standing: BTreeMap<_, _> = all.iter().map(|named| (named.id.clone(), one(&named.state))).collect();
    let mut counted: BTreeMap<(String, Status), u64> = BTreeMap::new();
    for named in &all {
        let benefit = named.state.finding.as_ref().unwrap().benefit.clone();
        *counted.entry((benefit, named.state.status)).or_default() += 1;
    }
    assert_eq!(service.store().counts().await.unwrap(), counted, "what is counted is what is listed");
    for (id, (status, amount)) in &standing {
        let by_name = service.store().proposal(id).await.unwrap().unwrap();
        assert_eq!((by_name.state.status, one(&by_name.state).1), (*status, *amount));
        let home = id.split('.').next().unwrap();
        assert!(service.store().proposals_of(home).await.unwrap().iter().any(|named| named.id == *id));
    }
    standing
}

/// A deployment in which everything that was found became proposals: one by one, or in lots.
async fn opened(database: &TestDatabase, folder: &Path, in_lots: bool) -> (Ledger, WelfareService) {
    let (ledger, service) =
        open_with(database.address(), settings(&folder.join("nation"), &folder.join(in_lots.to_string()))).await;
    if in_lots {
        rules(&service).await;
    }
    let id = screened(&ledger, &service, MARCH).await;
    if !in_lots {
        for benefit in &BENEFITS {
            service.propose_findings(&official(MARCH), &id, benefit.id.to_owned(), 500).await.unwrap();
            work_all(&ledger, &service, official(MARCH).now).await;
        }
    }
    (ledger, service)
}

fn looked() -> Confirming {
    Confirming { note: "소득 자료를 확인했습니다.".to_owned(), means: Means::Message }
}

/// What people do with what was found; gives the names that a batch of like cases had.
async fn handled(service: &WelfareService) -> Vec<String> {
    let who = official("2026-03-09T09:00");
    let prepared = service.prepare(&who, "p001.basic_pension.p001-p1").await.unwrap();
    let mut alike = prepared.alike.clone();
    alike.sort();
    let mut batch = vec!["p001.basic_pension.p001-p1".to_owned()];
    batch.extend(alike.iter().take(2).cloned());
    for (id, outcome) in service.confirm_batch(&who, &batch, &looked()).await.unwrap() {
        assert!(outcome.is_ok(), "{id}");
    }
    service.take_down_consent(&who, &batch[0], Means::Counter).await.unwrap();
    let article = "주거급여법 제5조".to_owned();
    service.deny(&who, "p005.rent_support.all", "임대차 계약이 끝났습니다.".to_owned(), article).await.unwrap();
    let error = service.prepare(&who, "p000.basic_pension.p000-p1").await.unwrap_err();
    assert_eq!(code(&error), "not-found", "what is received already is not proposed");
    // The rent falls away in one household, of which nobody had touched anything.
    let mut moved = pensioner();
    "p007-p1".clone_into(&mut moved.members[0].id);
    moved.facts.insert("monthly_rent".to_owned(), 0.into());
    moved.members[0].facts.remove("lease_deposit");
    let lived = service.live(&who, "p007", LifeEvent::Move, date(2026, 3, 8), moved).await.unwrap();
    assert!(lived.closed.contains(&"p007.rent_support.all".to_owned()), "{lived:?}");
    // A feed of the registers brings another one that stands in a lot.
    let feed = Caller::system(who.now);
    let mut richer = world().remove("f000").unwrap();
    richer.members[0].facts.insert("earned_income".to_owned(), 9_000_000.into());
    service.register(&feed, "f000", richer, None, "registers").await.unwrap();
    alike
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lots_come_to_the_same_as_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("nation"), &world());
    let one_by_one = TestDatabase::sqlite();
    let (reference, expected) = opened(&one_by_one, folder.path(), false).await;
    let found = standing(&expected).await;
    assert!(found.len() > 40, "{found:?}");
    let alike = handled(&expected).await;
    let after = standing(&expected).await;
    assert!(after.values().any(|(status, _)| *status == Status::Withdrawn));
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        let (ledger, service) = opened(&database, folder.path(), true).await;
        assert_eq!(service.store().households().await.unwrap(), 0, "nobody is on the log before somebody is touched");
        assert_eq!(standing(&service).await, found);
        let run = &service.screenings(&official(MARCH)).await.unwrap()[0].state;
        let told: u32 = run.batches.iter().filter_map(|batch| batch.done).map(|(_, opened)| opened).sum();
        assert_eq!(told as usize, found.len());
        assert_eq!(handled(&service).await, alike);
        assert_eq!(standing(&service).await, after);
        for rebuilt in ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
        assert_eq!(standing(&service).await, after);
        assert!(ledger.verify().await.unwrap().is_whole());
        ledger.close().await;
    }
    reference.close().await;
}

#[tokio::test]
async fn who_may_not_touch_leaves_a_lot_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("nation"), &world());
    let database = TestDatabase::sqlite();
    let (ledger, service) = opened(&database, folder.path(), true).await;
    let id = "p001.basic_pension.p001-p1";
    let roads = person("roads", maru_identity::Role::Official, Some("roads"), MARCH);
    assert_eq!(code(&service.confirm(&roads, id, &looked()).await.unwrap_err()), "forbidden");
    assert_eq!(code(&service.proposal(&citizen("kim", MARCH), id).await.unwrap_err()), "not-found");
    let moved = world().remove("p001").unwrap();
    let error = service.live(&roads, "p001", LifeEvent::Move, date(2026, 3, 4), moved).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    assert_eq!(service.store().households().await.unwrap(), 0);
    assert_eq!(code(&service.link(&roads, "p001", "park").await.unwrap_err()), "sign-in");
    // The register of residents says whose household it is: its citizen sees it, and all that was found.
    let now = official(MARCH).now;
    service.link(&Caller::system(now), "p001", "park").await.unwrap();
    service.link(&Caller::system(now), "p001", "park").await.unwrap();
    assert_eq!(code(&service.link(&Caller::system(now), "nobody", "park").await.unwrap_err()), "not-found");
    let mine = service.mine(&citizen("park", MARCH)).await.unwrap().unwrap();
    assert_eq!((mine.home.id.as_str(), mine.proposals.is_empty()), ("p001", false));
    assert_eq!(service.proposal(&citizen("park", MARCH), id).await.unwrap().state.status, Status::Found);
    // Linked after an official had opened it, it is the citizen's as well.
    service.prepare(&official(MARCH), "p002.basic_pension.p002-p1").await.unwrap();
    service.link(&Caller::system(now), "p002", "lee").await.unwrap();
    service.decline(&citizen("lee", MARCH), "p002.basic_pension.p002-p1", String::new()).await.unwrap();
    // Where the registers are gone nothing can be opened, and it is said why.
    std::fs::remove_file(folder.path().join("nation/person.parquet")).unwrap();
    let error = service.prepare(&official(MARCH), "p003.basic_pension.p003-p1").await.unwrap_err();
    assert_eq!(code(&error), "registers-gone");
    ledger.close().await;
}

#[tokio::test]
async fn the_same_month_again_changes_nothing_and_the_next_follows_the_facts() {
    let folder = tempfile::tempdir().unwrap();
    let nation = folder.path().join("nation");
    write(&nation, &world());
    let database = TestDatabase::sqlite();
    let (ledger, service) = opened(&database, folder.path(), true).await;
    // One declines: that is remembered, whatever is found later.
    let declined = "p002.basic_pension.p002-p1";
    service.link(&Caller::system(official(MARCH).now), "p002", "lee").await.unwrap();
    service.decline(&citizen("lee", MARCH), declined, "필요 없습니다.".to_owned()).await.unwrap();
    let (before, lots) = (standing(&service).await, service.store().lots().await.unwrap());
    screened(&ledger, &service, MARCH).await;
    assert_eq!(standing(&service).await, before);
    assert_eq!(service.store().lots().await.unwrap(), lots, "nothing changed, so no lot was sealed");
    // In April one earns, one rents for less, one is new, and one is not in the registers any more.
    let mut april = world();
    for member in &mut april.get_mut("f000").unwrap().members[..2] {
        member.facts.insert("earned_income".to_owned(), 9_000_000.into());
    }
    april.get_mut("p004").unwrap().facts.insert("monthly_rent".to_owned(), 100_000.into());
    let mut new = world().remove("p003").unwrap();
    "p900-p1".clone_into(&mut new.members[0].id);
    april.insert("p900".to_owned(), new);
    april.remove("p006");
    write(&nation, &april);
    screened(&ledger, &service, APRIL).await;
    let after = standing(&service).await;
    assert_eq!(after["f000.livelihood_benefit.all"].0, Status::Withdrawn);
    assert_eq!(after["f000.child_allowance.f000-c1"], before["f000.child_allowance.f000-c1"]);
    assert!(after["p004.rent_support.all"].1 < before["p004.rent_support.all"].1);
    assert_eq!(after["p900.basic_pension.p900-p1"].0, Status::Found);
    assert_eq!(after["p006.basic_pension.p006-p1"].0, Status::Withdrawn);
    assert_eq!(after[declined].0, Status::Declined, "a refusal is remembered");
    let known = service.store().proposal("p004.rent_support.all").await.unwrap().unwrap();
    assert_eq!(known.state.finding.unwrap().month.to_string(), "2026-04");
    // Touched now, it is a case that tells the same.
    let who = official(APRIL);
    let prepared = service.prepare(&who, "p004.rent_support.all").await.unwrap();
    assert_eq!(prepared.proposal.state.finding.unwrap().amount, after["p004.rent_support.all"].1);
    let withdrawn = service.proposal(&who, "f000.livelihood_benefit.all").await.unwrap();
    assert_eq!(withdrawn.state.status, Status::Withdrawn);
    assert_eq!(standing(&service).await, after);
    for rebuilt in ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
    ledger.close().await;
}

/// Breaks off when so many lots stand, as a process that is killed.
async fn broken_off(ledger: &Ledger, service: &WelfareService, now: Timestamp, lots: usize) {
    let job = lease(ledger, now).await.expect("a job waits");
    let working = tokio::spawn({
        let service = service.clone();
        async move { service.handle(&job, &Standing(now), &Stop::default()).await }
    });
    while service.store().lots().await.unwrap().len() < lots && !working.is_finished() {
        tokio::task::yield_now().await;
    }
    working.abort();
    let _ = working.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_off_goes_on_where_it_stood() {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        let folder = tempfile::tempdir().unwrap();
        let nation = folder.path().join("nation");
        write(&nation, &world());
        let unharmed = TestDatabase::sqlite();
        let (reference, expected) = opened(&unharmed, folder.path(), true).await;
        let found = standing(&expected).await;
        let all = expected.store().lots().await.unwrap().len();
        assert!(all > 10, "{all} lots");
        reference.close().await;
        let now = official(MARCH).now;
        let (ledger, service) = open_with(database.address(), settings(&nation, &folder.path().join("broken"))).await;
        rules(&service).await;
        service.request_screening(&official(MARCH), "2026-03".parse().unwrap()).await.unwrap();
        let job = lease(&ledger, now).await.unwrap();
        service.handle(&job, &Standing(now), &Stop::default()).await.unwrap();
        // Whoever comes next finds the lease of the killed process, and waits until it ends.
        for (lots, seconds) in [(1, 0), (all / 2, 120), (all - 1, 240)] {
            broken_off(&ledger, &service, now + SignedDuration::from_secs(seconds), lots).await;
        }
        let later = now + SignedDuration::from_secs(600);
        work_all(&ledger, &service, later).await;
        assert_eq!(standing(&service).await, found);
        let lots = service.store().lots().await.unwrap();
        assert_eq!(lots.len(), all, "each shard was sealed once");
        for lot in &lots {
            assert_eq!(service.store().lot_faults(&lot.lot).await.unwrap(), Some(Vec::new()));
        }
        let run = &service.screenings(&official(MARCH)).await.unwrap()[0].state;
        let told: u32 = run.batches.iter().filter_map(|batch| batch.done).map(|(_, opened)| opened).sum();
        assert_eq!(told as usize, found.len());
        ledger.close().await;
    }
}

#[tokio::test]
async fn what_was_tampered_with_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("nation"), &world());
    let database = TestDatabase::sqlite();
    let (ledger, service) = opened(&database, folder.path(), true).await;
    let id = "p001.basic_pension.p001-p1";
    let known = service.store().proposal(id).await.unwrap().unwrap();
    let place = known.state.finding.unwrap().lot.unwrap();
    let document = service.store().proposal_proof(id).await.unwrap().unwrap();
    let key = ledger.verifier_key();
    let proven = verify_proposal_proof(&document, Some(&key)).unwrap();
    assert_eq!((proven.proposal.household.as_str(), proven.proposal.benefit.as_str()), ("p001", "basic_pension"));
    assert_eq!(proven.lot.lot, place.lot);
    assert!(!document.contains("p002"), "nobody else stands in it");
    let amount = format!("\"amount\": {}", proven.proposal.amount);
    assert!(verify_proposal_proof(&document.replace(&amount, "\"amount\": 1"), Some(&key)).is_err());
    assert!(verify_proposal_proof("{}", None).is_err());
    // As a case of its own it can still be proved to have stood there.
    service.prepare(&official(MARCH), id).await.unwrap();
    let later = service.proposal_proof(&official(MARCH), id, ProofOf::Lot).await.unwrap();
    let case = service.proposal_proof(&official(MARCH), id, ProofOf::Case).await.unwrap();
    assert_eq!(maru_ledger::verify_stream_proof(&case, Some(&key)).unwrap().events.len(), 1);
    assert_eq!(verify_proposal_proof(&later, None).unwrap().proposal, proven.proposal);

    tampered_with(&ledger, &service, &place.lot).await;
    ledger.close().await;
}

/// Changes what is kept of a lot in every way, and each time back again.
async fn tampered_with(ledger: &Ledger, service: &WelfareService, lot: &str) {
    let faults = || async { service.store().lot_faults(lot).await.unwrap().unwrap() };
    let kept = |column: &'static str| async move {
        let select = format!("SELECT {column} FROM welfare_lot_blocks WHERE lot = $1 AND number = 0");
        let lot = Value::from(lot);
        let rows = ledger.read(move |sql| sql.query(&select, &[lot])).await.unwrap();
        rows[0].bytes(0).unwrap()
    };
    let set = |column: &'static str, bytes: Vec<u8>| async move {
        let update = format!("UPDATE welfare_lot_blocks SET {column} = $2 WHERE lot = $1 AND number = 0");
        let values = [Value::from(lot), bytes.into()];
        ledger.write(move |sql| sql.execute(&update, &values)).await.unwrap();
    };
    assert_eq!(faults().await, []);
    let body = kept("body").await;
    let entries = service.store().lots().await.unwrap().into_iter().find(|one| one.lot == lot).unwrap().entries;
    let mut named = HashSet::new();
    for place in 0..body.len() {
        let mut changed = body.clone();
        changed[place] ^= 1;
        set("body", changed).await;
        match &faults().await[..] {
            [Fault::Proposal { place, .. }] => drop(named.insert(*place)),
            // What many have in common, or what says how long a name is.
            [Fault::Proposal { .. }, ..] | [Fault::Block { number: 0, .. }] => {}
            other => panic!("byte {place}: {other:?}"),
        }
    }
    assert_eq!(named.len() as u64, entries, "each proposal is named when it alone is changed");
    set("body", body).await;
    let leaves = kept("leaves").await;
    set("leaves", vec![0; leaves.len()]).await;
    let found = faults().await;
    assert!(matches!(&found[..], [Fault::Block { number: 0, what }] if what.contains("beside")), "{found:?}");
    set("leaves", leaves).await;
    for (from, to) in [("2026-03", "2026-04"), ("2026-04", "2026-03")] {
        let update = "UPDATE welfare_lot_heads SET head = replace(head, $2, $3) WHERE lot = $1";
        let values = [Value::from(lot), from.into(), to.into()];
        ledger.write(move |sql| sql.execute(update, &values)).await.unwrap();
        assert_eq!(faults().await.is_empty(), to == "2026-03", "another month is another proposal");
    }
    let lot = Value::from(lot);
    ledger.write(move |sql| sql.execute("DELETE FROM welfare_lot_blocks WHERE lot = $1", &[lot])).await.unwrap();
    assert_eq!(faults().await[0], Fault::Block { number: 0, what: "it is missing".to_owned() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_is_kept_for_five_years_and_then_forgotten() {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        forgets(database).await;
    }
}

async fn forgets(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let nation = folder.path().join("nation");
    write(&nation, &world());
    let (ledger, service) = opened(&database, folder.path(), true).await;
    let march = service.screenings(&official(MARCH)).await.unwrap()[0].id.clone();
    let of_march = service.store().lots().await.unwrap();
    let mut april = world();
    april.values_mut().filter(|home| home.pay_to.is_none() && home.facts.contains_key("monthly_rent")).for_each(
        |home| {
            home.facts.insert("monthly_rent".to_owned(), 100_000.into());
        },
    );
    write(&nation, &april);
    screened(&ledger, &service, APRIL).await;
    let before = standing(&service).await;
    // Those in whose place others came.
    let replaced: Vec<&str> = {
        let all = service.store().lots().await.unwrap();
        let has_next = |shard: u8| all.iter().filter(|one| one.shard == shard).count() > 1;
        of_march.iter().filter(|one| has_next(one.shard)).map(|one| one.lot.as_str()).collect()
    };
    assert!(!replaced.is_empty());
    let all = service.store().lots().await.unwrap();
    let kept = all.iter().find(|one| !replaced.contains(&one.lot.as_str())).unwrap().lot.clone();
    let bytes = |lot: &str| {
        let (ledger, lot) = (ledger.clone(), Value::from(lot));
        async move {
            let select = "SELECT COUNT(*) FROM welfare_lot_blocks WHERE lot = $1";
            ledger.read(move |sql| sql.query(select, &[lot])).await.unwrap()[0].unsigned(0).unwrap()
        }
    };
    let files = folder.path().join("true/screenings").join(&march);
    assert!(files.is_dir());

    // On the last day everything is there, and nobody can have it otherwise.
    let last_day = official("2031-03-05T23:00").now;
    assert_eq!(service.forget_old_evidence(last_day).await.unwrap(), Forgotten::default());
    let forget = LotOrder::Forget { held_until: official(APRIL).now };
    let sealed = ProposalLot { sealed: Some(of_march[0].clone()), forgotten: None };
    assert!(
        matches!(sealed.decide(forget, last_day), Err(Refusal::EvidenceKept { until }) if until == date(2031, 4, 6))
    );
    assert!(bytes(replaced[0]).await > 0 && files.is_dir());

    // The screening of March has had its time the day after; its lots served until April.
    let forgotten = service.forget_old_evidence(official("2031-03-06T01:00").now).await.unwrap();
    assert_eq!(forgotten, Forgotten { lots: 0, screenings: 1 });
    assert!(!files.exists());
    let later = official("2031-04-07T01:00").now;
    let forgotten = service.forget_old_evidence(later).await.unwrap();
    assert_eq!((forgotten.lots, forgotten.screenings), (replaced.len(), 1));
    for lot in &replaced {
        assert_eq!(bytes(lot).await, 0);
        assert_eq!(service.store().lot_faults(lot).await.unwrap(), Some(Vec::new()), "forgotten is no fault");
    }
    assert_eq!(service.store().forgotten_lots().await.unwrap(), replaced.len() as u64);
    assert_eq!(standing(&service).await, before, "what holds today stands");
    assert_eq!(service.forget_old_evidence(later).await.unwrap(), Forgotten::default(), "once");
    // As after a server that was killed between the event and the bytes.
    let (left, standing_lot) = (Value::from(replaced[0]), Value::from(kept.as_str()));
    let put_back = "INSERT INTO welfare_lot_blocks (lot, number, first_place, first_household, body, leaves) \
                    SELECT $1, number, first_place, first_household, body, leaves FROM welfare_lot_blocks WHERE lot = $2";
    ledger.write(move |sql| sql.execute(put_back, &[left.clone(), standing_lot.clone()]).map(drop)).await.unwrap();
    assert!(bytes(replaced[0]).await > 0);
    assert_eq!(service.forget_old_evidence(later).await.unwrap(), Forgotten::default());
    assert_eq!(bytes(replaced[0]).await, 0, "what a broken run left is taken away by the next");
    assert!(bytes(&kept).await > 0);
    assert!(ledger.verify().await.unwrap().is_whole());
    for rebuilt in ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
    ledger.close().await;
}

#[tokio::test]
async fn signals_of_a_crisis_are_seen_at_their_desk() {
    let folder = tempfile::tempdir().unwrap();
    let mut homes = world();
    let signals = serde_json::json!([{"signal": "electricity_cut", "since": "2026-02-01", "agency": "한국전력공사"}]);
    homes.get_mut("p001").unwrap().signals = serde_json::from_value(signals).unwrap();
    write(&folder.path().join("nation"), &homes);
    let database = TestDatabase::sqlite();
    let (ledger, service) = opened(&database, folder.path(), true).await;
    assert_eq!(service.store().households().await.unwrap(), 1, "who has signals is taken in by itself");
    assert!(service.store().crisis_case("p001").await.unwrap().is_some());
    let run = &service.screenings(&official(MARCH)).await.unwrap()[0].state;
    let told: u32 = run.batches.iter().filter_map(|batch| batch.done).map(|(_, opened)| opened).sum();
    assert_eq!(told as usize, standing(&service).await.len());
    ledger.close().await;
}
