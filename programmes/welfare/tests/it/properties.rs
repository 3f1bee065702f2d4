//! What holds whatever happens, in whatever order.

use jiff::civil::date;
use maru_ledger::{Aggregate as _, Personal};
use maru_welfare::domain::{
    Month, Order, Proposal,
    proposal::{Finding, Means, Official, PaymentState},
    recovery::spread,
};
use proptest::prelude::*;

use crate::support::at;

fn month(number: i32) -> Month {
    "2026-03".parse::<Month>().unwrap().plus(number)
}

/// A livelihood benefit of 100,000 won, given from March 2026 on.
fn awarded() -> Proposal {
    let mut proposal = Proposal::default();
    let finding = Finding {
        household: "home".to_owned(),
        account: None,
        benefit: "livelihood_benefit".to_owned(),
        member: None,
        amount: 100_000,
        month: month(0),
        rules: "rules".to_owned(),
        origin: "test".to_owned(),
        lot: None,
    };
    let by = || Official { account: "official".to_owned(), name: "official".to_owned() };
    let until = date(2026, 6, 1);
    let orders = [
        Order::Find { finding: Box::new(finding) },
        Order::Confirm {
            note: "확인".to_owned(),
            grounds: Personal::new("household-home", "{}"),
            batch: None,
            means: Means::Letter,
            received_from: None,
            automatic: None,
            objection_until: until,
            by: by(),
        },
        Order::Consent {
            means: Means::Letter,
            taken_by: None,
            for_whom: None,
            received_from: None,
            objection_until: until,
        },
    ];
    for order in orders {
        for event in proposal.decide(order, at("2026-03-02T09:00")).unwrap() {
            proposal.evolve(&event);
        }
    }
    proposal
}

/// Something that a run, a bank or a crash does.
#[derive(Debug, Clone)]
enum Step {
    Instruct { month: i32, run: u8 },
    Book { month: i32, attempt: u32, returned: bool },
    Amount(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..4_i32, 0..4_u8).prop_map(|(month, run)| Step::Instruct { month, run }),
        (0..4_i32, 0..4_u32, any::<bool>()).prop_map(|(month, attempt, returned)| Step::Book {
            month,
            attempt,
            returned
        }),
        (0..200_000_i64).prop_map(Step::Amount),
    ];
    prop::collection::vec(step, 0..60)
}

fn order_of(step: &Step) -> Order {
    match step {
        Step::Instruct { month: number, run } => Order::Instruct {
            month: month(*number),
            run: format!("run-{run}"),
            pay_to: Personal::new("household-home", "{}"),
        },
        Step::Book { month: number, attempt, returned } => {
            Order::Book { month: month(*number), attempt: *attempt, returned: returned.then(|| "AC04".to_owned()) }
        }
        Step::Amount(amount) => Order::Reassess {
            now: Box::new(maru_welfare::domain::proposal::Reassessed {
                amount: *amount,
                month: month(1),
                rules: "rules".to_owned(),
                origin: "test".to_owned(),
            }),
        },
    }
}

proptest! {
    #[test]
    fn a_month_is_never_on_its_way_or_paid_twice(steps in steps()) {
        let mut proposal = awarded();
        for step in &steps {
            if let Ok(events) = proposal.decide(order_of(step), at("2026-03-10T09:00")) {
                for event in events {
                    proposal.evolve(&event);
                }
            }
            for (month, attempts) in &proposal.payments {
                let standing = attempts.iter().filter(|payment| payment.state != PaymentState::Returned).count();
                prop_assert!(standing <= 1, "{month}: {attempts:?}");
                let numbers: Vec<u32> = attempts.iter().map(|payment| payment.attempt).collect();
                prop_assert_eq!(&numbers, &(1..=u32::try_from(attempts.len()).unwrap()).collect::<Vec<_>>());
            }
        }
        // The same instruction again changes nothing.
        for step in steps.iter().filter(|step| matches!(step, Step::Instruct { .. })) {
            let once: Vec<_> = proposal.decide(order_of(step), at("2026-03-10T09:00")).into_iter().flatten().collect();
            for event in &once {
                proposal.evolve(event);
            }
            let again = proposal.decide(order_of(step), at("2026-03-10T09:00"));
            prop_assert!(again.is_err() || again.unwrap().is_empty());
        }
    }

    #[test]
    fn instalments_come_to_the_whole(amount in 1_i64..10_000_000_000, count in 1_u32..=60) {
        let plan = spread(amount, count, date(2026, 5, 4));
        prop_assert_eq!(plan.len(), usize::try_from(count).unwrap());
        prop_assert_eq!(plan.iter().map(|one| one.amount).sum::<i64>(), amount);
        let (least, most) = (plan.iter().map(|one| one.amount).min(), plan.iter().map(|one| one.amount).max());
        prop_assert!(most.unwrap() - least.unwrap() <= 1);
        prop_assert!(plan.windows(2).all(|pair| pair[0].due < pair[1].due));
    }
}
