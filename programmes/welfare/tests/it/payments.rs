//! Payment runs: four eyes, once for a month whatever breaks off, returned payments, recovery by instalments.

use jiff::civil::date;
use maru_welfare::{
    Caller, WelfareService,
    domain::{
        Household, Status,
        payment::{LeftOut, RunStatus},
        proposal::PaymentState,
        recovery::Ground,
    },
    payment::{AccountFault, PayTo, end_to_end},
    service::Confirming,
};

use crate::support::{
    Deployment, at, both, citizen, code, official, open, pensioner, sqlite, supervisor, with_pensioner,
};

const PENSION: &str = "home-1.basic_pension.p1";

/// The pensioner's basic pension (349,700) and rent support (260,000 + 8,000,000 × 4 % ÷ 12 = 286,666.67 → 286,670), given
/// in March.
async fn with_awards(deployment: &Deployment) {
    with_pensioner(deployment, "2026-03-02T09:00").await;
    given(&deployment.service, "park", &[PENSION, "home-1.rent_support.all"]).await;
}

async fn given(service: &WelfareService, account: &str, proposals: &[&str]) {
    let how = Confirming { note: "확인".to_owned(), ..Confirming::default() };
    for id in proposals {
        service.confirm(&official("2026-03-03T09:00"), id, &how).await.unwrap();
        let given = service.consent(&citizen(account, "2026-03-04T09:00"), id).await.unwrap();
        assert_eq!(given.status, Status::Awarded);
    }
}

fn answer(references: &[(String, Option<&str>)]) -> String {
    let one = |(reference, reason): &(String, Option<&str>)| {
        let (status, information) = match reason {
            None => ("ACSC", String::new()),
            Some(code) => ("RJCT", format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>")),
        };
        format!(
            "<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{information}</TxInfAndSts>"
        )
    };
    let all: String = references.iter().map(one).collect();
    format!("<Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts>{all}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_paid_once_by_two_people() {
    for deployment in both().await {
        paid_once(&deployment).await;
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

async fn paid_once(deployment: &Deployment) {
    let service = &deployment.service;
    with_awards(deployment).await;
    let month = "2026-03".parse().unwrap();
    let roads = crate::support::person("roads", maru_identity::Role::Official, Some("roads"), "2026-03-10T09:00");
    assert_eq!(code(&service.prepare_payments(&roads, "2026-03-1", month).await.unwrap_err()), "forbidden");
    let late = official("2026-03-19T16:00");
    let error = service.prepare_payments(&late, "2026-03-1", month).await.unwrap_err();
    assert_eq!(code(&error), "cut-off", "the bank takes the file for Friday the 20th until Thursday at four");
    let prepared = service.prepare_payments(&official("2026-03-10T09:00"), "2026-03-1", month).await.unwrap();
    assert_eq!(prepared.run.execution, Some(date(2026, 3, 20)));
    let totals = prepared.run.totals.unwrap();
    assert_eq!((totals.count, totals.sum), (2, 349_700 + 286_670));
    let file = service.payment_file(&official("2026-03-10T09:00"), "2026-03-1").await.unwrap();
    assert_eq!(maru_welfare::payment::digest(file.as_bytes()), totals.digest);
    assert!(file.contains("<CtrlSum>636370</CtrlSum>") && file.contains("박순자"));

    let second = service.prepare_payments(&official("2026-03-10T10:00"), "2026-03-2", month).await.unwrap_err();
    assert_eq!(code(&second), "empty-run", "nothing is left to be paid for the month");
    let own = crate::support::person("official", maru_identity::Role::Supervisor, Some("welfare"), "2026-03-11T09:00");
    assert_eq!(code(&service.release_payments(&own, "2026-03-1", &totals.digest).await.unwrap_err()), "four-eyes");
    let official_only = official("2026-03-11T09:00");
    assert_eq!(
        code(&service.release_payments(&official_only, "2026-03-1", &totals.digest).await.unwrap_err()),
        "forbidden"
    );
    let head = supervisor("2026-03-11T09:00");
    assert_eq!(code(&service.release_payments(&head, "2026-03-1", "another").await.unwrap_err()), "other-file");
    let outbox = deployment.database.directory().join("outbox");
    let early = service.transmit_payments(&official("2026-03-11T09:00"), "2026-03-1", &outbox).await.unwrap_err();
    assert_eq!(code(&early), "run-not-now");
    service.release_payments(&head, "2026-03-1", &totals.digest).await.unwrap();
    for _ in 0..2 {
        let sent = service.transmit_payments(&official("2026-03-11T10:00"), "2026-03-1", &outbox).await.unwrap();
        assert_eq!(sent.status, RunStatus::Transmitted);
    }
    let handed: Vec<_> = std::fs::read_dir(&outbox).unwrap().collect();
    assert_eq!(handed.len(), 1);

    let reference = |award: &str| end_to_end(award, month, 1);
    let document = answer(&[
        (reference(PENSION), None),
        (reference("home-1.rent_support.all"), Some("AC04")),
        ("unknown".to_owned(), None),
    ]);
    for _ in 0..2 {
        let booking = service.book_payments(&official("2026-03-21T09:00"), "2026-03-1", &document).await.unwrap();
        assert_eq!((booking.paid, booking.returned, booking.unknown.len()), (1, 1, 1));
    }
    let state = service.store().proposal(PENSION).await.unwrap().unwrap().state;
    assert_eq!(state.payments[&month][0].state, PaymentState::Booked);
    // What came back is paid again, as a second attempt, in a run for which the bank still takes a file.
    let rent = service.store().proposal("home-1.rent_support.all").await.unwrap().unwrap().state;
    assert_eq!((rent.payable(month), rent.payments[&month][0].reason.as_str()), (286_670, "AC04"));
}

/// Everything that a run does, from its beginning, by a service that was opened anew: what a server does after a crash.
async fn go_on(service: &WelfareService, outbox: &std::path::Path) {
    let month = "2026-03".parse().unwrap();
    let run = service.prepare_payments(&official("2026-03-10T09:00"), "2026-03-1", month).await.unwrap().run;
    let digest = run.totals.unwrap().digest;
    if run.status == RunStatus::Closed {
        service.release_payments(&supervisor("2026-03-11T09:00"), "2026-03-1", &digest).await.unwrap();
    }
    service.transmit_payments(&official("2026-03-11T10:00"), "2026-03-1", outbox).await.unwrap();
}

/// The ledger's own tests kill the process between and within commits; here a run breaks off after each of its commits, and
/// another server goes on from what is durable.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_breaks_off_after_any_step_goes_on_to_the_same_file() {
    use maru_ledger::StreamId;
    use maru_welfare::domain::{Order, Proposal, Run, RunOrder, proposal::Official};
    let mut files = Vec::new();
    for steps in 0..=3 {
        let deployment = sqlite().await;
        with_awards(&deployment).await;
        let month = "2026-03".parse().unwrap();
        let by = Official { account: "official".to_owned(), name: "official".to_owned() };
        let context = || {
            let actor = maru_ledger::Actor::new("official", "official");
            maru_ledger::CommandContext::new(actor, at("2026-03-10T09:00"))
        };
        if steps >= 1 {
            let order = RunOrder::Open { month, execution: date(2026, 3, 20), cut_off: at("2026-03-19T16:00"), by };
            let stream = StreamId::new("payment_run", "2026-03-1").unwrap();
            deployment.ledger.execute::<Run>(&stream, order, context()).await.unwrap();
        }
        if steps >= 2 {
            let pay_to = serde_json::to_string(&pensioner().pay_to.unwrap()).unwrap();
            let pay_to = maru_ledger::Personal::new("household-home-1", pay_to);
            let order = Order::Instruct { month, run: "2026-03-1".to_owned(), pay_to };
            let stream = StreamId::new("proposal", PENSION).unwrap();
            deployment.ledger.execute::<Proposal>(&stream, order, context()).await.unwrap();
        }
        let outbox = deployment.database.directory().join("outbox");
        if steps >= 3 {
            // Broke off after the file was handed over and before that was told.
            let prepared =
                deployment.service.prepare_payments(&official("2026-03-10T09:00"), "2026-03-1", month).await.unwrap();
            let digest = prepared.run.totals.unwrap().digest;
            deployment.service.release_payments(&supervisor("2026-03-11T09:00"), "2026-03-1", &digest).await.unwrap();
            let file = deployment.service.payment_file(&official("2026-03-11T09:00"), "2026-03-1").await.unwrap();
            std::fs::create_dir_all(&outbox).unwrap();
            std::fs::write(outbox.join("2026-03-1.xml"), file).unwrap();
        }
        let database = deployment.database.address().to_owned();
        deployment.ledger.clone().close().await;
        let (_ledger, after) = open(&database).await;
        go_on(&after, &outbox).await;
        go_on(&after, &outbox).await;
        let handed: Vec<_> = std::fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(handed, ["2026-03-1.xml"], "after {steps} steps");
        files.push(std::fs::read_to_string(outbox.join("2026-03-1.xml")).unwrap());
        let payments = after.store().payments("2026-03-1").await.unwrap();
        assert_eq!(payments.len(), 2, "after {steps} steps: nothing twice, nothing lost");
    }
    assert!(files.iter().all(|file| *file == files[0]), "the same bytes wherever it broke off");
}

#[tokio::test]
async fn what_was_paid_too_much_comes_back_by_instalments() {
    let deployment = sqlite().await;
    with_awards(&deployment).await;
    let service = &deployment.service;
    let month = "2026-03".parse().unwrap();
    let outbox = deployment.database.directory().join("outbox");
    go_on(service, &outbox).await;
    let caller = official("2026-04-01T09:00");
    let early = service.demand(&caller, PENSION, vec![month], Ground::Overpaid, 100_001).await.unwrap_err();
    assert_eq!(code(&early), "amount", "nothing is demanded back that was not paid");
    let document = answer(&[(end_to_end(PENSION, month, 1), None)]);
    service.book_payments(&caller, "2026-03-1", &document).await.unwrap();
    let (id, recovery) = service.demand(&caller, PENSION, vec![month], Ground::Overpaid, 100_001).await.unwrap();
    // 30 days after 1 April are the first of May, a holiday, before a weekend: the period ends on Monday the 4th.
    assert_eq!(recovery.plan[0].due, date(2026, 5, 4));
    let spread = service.spread(&caller, &id, 4, date(2026, 5, 4)).await.unwrap();
    let amounts: Vec<i64> = spread.plan.iter().map(|one| one.amount).collect();
    assert_eq!(amounts, [25_001, 25_000, 25_000, 25_000]);
    for _ in 0..2 {
        let after = service.receive(&caller, &id, 30_000, "bank-1".to_owned()).await.unwrap();
        assert_eq!((after.open(), after.plan[0].paid, after.plan[1].paid), (70_001, 25_001, 4_999));
    }
    assert_eq!(code(&service.receive(&caller, &id, 70_002, "bank-2".to_owned()).await.unwrap_err()), "amount");
    let waived = service.waive(&caller, &id, "생활이 어려워 이미 썼습니다.".to_owned()).await.unwrap();
    assert_eq!(waived.open(), 0);
    assert_eq!(code(&service.waive(&caller, &id, "또".to_owned()).await.unwrap_err()), "recovery-done");
    let (fraud, _) = service.demand(&caller, PENSION, vec![month], Ground::Fraud, 1_000).await.unwrap();
    let more = service.demand(&caller, PENSION, vec![month], Ground::Fraud, 349_700).await.unwrap_err();
    assert_eq!(code(&more), "amount", "nothing is demanded back twice");
    let reminded = service.remind(&official("2026-05-06T09:00"), &fraud).await.unwrap();
    assert_eq!(reminded.reminded_until, Some(date(2026, 6, 5)));
    let known: Vec<String> =
        service.store().recoveries_of(PENSION).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(known, [id.clone(), fraud.clone()]);
    assert_eq!(code(&service.waive(&caller, &fraud, "면제".to_owned()).await.unwrap_err()), "no-waiver");
}

#[tokio::test]
async fn an_award_without_an_account_is_told_and_waits() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let account = pensioner().pay_to.unwrap();
    let unknown = || Household { pay_to: None, ..pensioner() };
    let register = async |day: &str, id: &str, who: &str| {
        service.register(&Caller::system(at(day)), id, unknown(), Some(who.to_owned()), "registers").await.unwrap();
    };
    register("2026-03-02T09:00", "home-1", "park").await;
    register("2026-03-02T09:00", "home-2", "kim").await;
    given(service, "park", &[PENSION]).await;
    given(service, "kim", &["home-2.basic_pension.p1"]).await;
    let month = "2026-03".parse().unwrap();
    let desk = official("2026-03-10T09:00");
    assert_eq!(code(&service.prepare_payments(&desk, "2026-03-1", month).await.unwrap_err()), "empty-run");

    let park = citizen("park", "2026-03-10T09:10");
    for wrong in [
        PayTo { bank: "MARU".to_owned(), ..account.clone() },
        PayTo { number: "12a".to_owned(), ..account.clone() },
        PayTo { holder: " ".to_owned(), ..account.clone() },
    ] {
        assert_eq!(code(&service.give_own_account(&park, wrong).await.unwrap_err()), "account");
    }
    let kim = citizen("kim", "2026-03-10T09:10");
    assert_eq!(code(&service.give_account(&kim, "home-1", account.clone()).await.unwrap_err()), "not-found");
    service.give_own_account(&park, account.clone()).await.unwrap();
    // Registers hold no accounts, and take none away.
    register("2026-03-10T09:20", "home-1", "park").await;
    let prepared = service.prepare_payments(&official("2026-03-10T09:30"), "2026-03-1", month).await.unwrap();
    assert_eq!(prepared.run.totals.as_ref().unwrap().count, 1, "the run that was open goes on");
    let left_out = vec![("home-2.basic_pension.p1".to_owned(), AccountFault::Missing)];
    assert_eq!(prepared.left_out, LeftOut { count: 1, awards: left_out });
    let again = service.prepare_payments(&official("2026-03-10T09:40"), "2026-03-1", month).await.unwrap();
    assert_eq!(again, prepared, "who was left out stays on record");
    // An official takes it down; the next run pays it.
    service.give_account(&desk, "home-2", account).await.unwrap();
    let next = service.prepare_next_run(&official("2026-03-11T09:00"), month).await.unwrap();
    assert_eq!(service.store().run(&next).await.unwrap().unwrap().state.totals.unwrap().count, 1);
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

/// Two pensions of March were paid, 349,700 won each; then the award of one ended with February: all of March was too much.
#[tokio::test]
async fn what_was_paid_too_much_is_reckoned() {
    let deployment = sqlite().await;
    with_awards(&deployment).await;
    let service = &deployment.service;
    let month = "2026-03".parse().unwrap();
    go_on(service, &deployment.database.directory().join("outbox")).await;
    let document = answer(&[(end_to_end(PENSION, month, 1), None)]);
    service.book_payments(&official("2026-03-21T09:00"), "2026-03-1", &document).await.unwrap();
    let prepared = service.prepare(&official("2026-03-21T10:00"), PENSION).await.unwrap();
    assert_eq!(prepared.overpaid(), []);
    service
        .end(
            &official("2026-03-22T09:00"),
            PENSION,
            "2026-02".parse().unwrap(),
            "2월에 나라 밖으로 나갔습니다.".to_owned(),
        )
        .await
        .unwrap();
    let prepared = service.prepare(&official("2026-03-22T10:00"), PENSION).await.unwrap();
    assert_eq!(prepared.overpaid(), [(month, 349_700)]);
    service.demand(&official("2026-03-22T10:00"), PENSION, vec![month], Ground::Overpaid, 349_700).await.unwrap();
    let prepared = service.prepare(&official("2026-03-22T11:00"), PENSION).await.unwrap();
    assert_eq!((prepared.overpaid(), prepared.recoveries.len()), (Vec::new(), 1), "it is demanded already");
}
