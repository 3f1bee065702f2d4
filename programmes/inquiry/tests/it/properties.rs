//! What always holds, whatever is asked in whatever order.

use jiff::SignedDuration;
use maru_calendar::ExclusionReason;
use maru_inquiry::domain::{
    Approve, Correction, Destination, Event, GivenGround, Kind, NamedOfficial, Order, Outcome, Receipt, Said, State,
};
use proptest::prelude::*;

use crate::support::{Play, at, named, said, understood};

fn orders() -> impl Strategy<Value = Order> {
    let by = || prop_oneof![9 => Just(named()), 1 => Just(NamedOfficial { name: String::new(), ..named() })];
    let outcome = prop_oneof![
        Just(Outcome::Answer),
        Just(Outcome::Refusal { reason: said("이유"), article: "제1조".into(), remedy: "구제".into() }),
        Just(Outcome::Refusal { reason: said("이유"), article: String::new(), remedy: String::new() }),
    ];
    prop_oneof![
        (prop::sample::select(Kind::ALL), any::<bool>()).prop_map(|(kind, citizen)| Order::Correct {
            by: if citizen { Said::Citizen } else { Said::Official },
            correction: Correction { kind: Some(kind), ..Correction::default() },
        }),
        (1_u8..4, any::<bool>()).prop_map(|(other, same)| Order::JudgePair {
            other: Receipt::draw(2026, [other; 7]),
            same,
            before: None,
            official: "oh".into(),
        }),
        by().prop_map(|by| Order::Pass {
            to: Destination::Department { department: "roads".into() },
            reason: said("이송"),
            by
        }),
        (0_u16..100, by()).prop_map(|(days, by)| Order::RequestCompletion { what: said("서류"), days, by }),
        (0_u16..100).prop_map(|days| Order::ProlongCompletion { days }),
        Just(Order::SupplyCompletion { text: said("보완") }),
        Just(Order::LapseCompletion),
        by().prop_map(|by| Order::Return { reason: said("반려"), by }),
        (prop::sample::select(GivenGround::ALL), any::<bool>(), by()).prop_map(|(ground, consent, by)| Order::Extend {
            ground,
            reason: said("사유"),
            consent,
            by
        }),
        (0_i64..2000, 0_i64..200).prop_map(|(from, length)| {
            let from = at("2026-11-02T10:00") + SignedDuration::from_hours(from);
            Order::ExcludeTime {
                reason: ExclusionReason::Outage,
                from,
                until: from + SignedDuration::from_hours(length),
            }
        }),
        (1_u32..4).prop_map(|number| Order::NoticeProgress { number }),
        (outcome, by(), 0_i64..20).prop_map(|(outcome, by, grace)| Order::Approve(Box::new(Approve {
            outcome,
            text: said("답변"),
            sources: Vec::new(),
            by,
            grace: SignedDuration::from_secs(grace),
        }))),
        Just(Order::Understand(Box::new(understood(&[&Receipt::draw(2026, [1; 7])])))),
        Just(Order::UndoApproval { official: "oh".into() }),
        Just(Order::Serve),
        Just(Order::Withdraw { reason: None }),
        Just(Order::Object { text: said("이의") }),
        by().prop_map(|by| Order::ExtendObjection { reason: said("연기"), by }),
        (any::<bool>(), by()).prop_map(|(upheld, by)| Order::DecideObjection { upheld, text: said("결정"), by }),
        (0_u8..7).prop_map(|stars| Order::Rate { stars, comment: None }),
        Just(Order::Erase),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_the_law_holds(
        kind in prop::sample::select(Kind::ALL),
        steps in prop::collection::vec((orders(), 0_i64..96), 1..40),
    ) {
        let mut play = Play::new(kind, "2026-11-02T10:00");
        let received = at("2026-11-02T10:00");
        let mut now = received;
        let mut approved_by_a_person = false;
        let mut served = false;
        for (order, hours) in steps {
            now += SignedDuration::from_hours(hours);
            let before = play.inquiry.clone();
            match play.give_at(order, now) {
                Err(_) => prop_assert_eq!(&play.inquiry, &before, "a refusal leaves no event"),
                Ok(events) => for event in &events {
                    match event {
                        Event::Approved { approval } => {
                            prop_assert!(!approval.by.name.is_empty(), "nobody but a named official decides");
                            approved_by_a_person = true;
                        }
                        Event::ApprovalUndone { .. } => approved_by_a_person = false,
                        Event::Answered { .. } | Event::Refused { .. } => {
                            prop_assert!(approved_by_a_person, "nothing is served that no official approved");
                            prop_assert!(!served, "an outcome is served once");
                            served = true;
                        }
                        _ => {}
                    }
                    if let Some(due) = event.new_deadline().and_then(|deadline| deadline.due) {
                        prop_assert!(due > received, "no clock runs backwards past the receipt");
                    }
                },
            }
            let inquiry = &play.inquiry;
            prop_assert!(inquiry.extensions() <= 2);
            prop_assert!(inquiry.pairs.is_empty() || inquiry.understood.is_some());
            prop_assert_eq!(inquiry.state == State::CompletionRequested, inquiry.completion.as_ref().is_some_and(|completion| completion.open) && inquiry.state == State::CompletionRequested);
            if inquiry.state == State::CompletionRequested {
                prop_assert!(inquiry.deadline.due.is_none(), "the clock stands still while the petitioner completes");
            }
            if matches!(inquiry.state, State::Received | State::Understood | State::Drafted) {
                prop_assert!(inquiry.deadline.due.is_some(), "an open case has a due time");
            }
            if inquiry.erased {
                prop_assert!(!inquiry.state.is_open());
            }
        }
    }
}
