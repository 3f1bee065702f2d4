//! What holds for every text.

use maru_privacy::{Found, Kind, find, mask};
use proptest::prelude::*;

/// Texts as people write them, with personal data thrown in.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[가-힣 ]{1,12}",
        2 => "[0-9\\-., ]{1,16}",
        1 => "\\PC{0,8}",
        1 => Just("010-1234-5678".to_owned()),
        1 => Just("９００１０１－１２３４５６８".to_owned()),
        1 => Just("성명: 홍길동 ".to_owned()),
        1 => Just("hong@example.co.kr".to_owned()),
        1 => Just("마루시 느티나무3길 18 ".to_owned()),
        1 => Just("㎏ﬁ①½".to_owned()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn places_are_in_order_inside_the_text_and_apart(text in texts()) {
        let length = text.chars().count();
        let found = find(&text);
        for datum in &found {
            prop_assert!(datum.start < datum.end && datum.end <= length);
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start);
        }
    }

    #[test]
    fn what_is_outside_stays_as_it_was(text in texts()) {
        let characters: Vec<char> = text.chars().collect();
        let masked = mask(&text);
        let mut expected = String::new();
        let mut place = 0;
        for datum in &masked.found {
            expected.extend(&characters[place..datum.start]);
            expected.push_str(datum.kind.replacement());
            place = datum.end;
        }
        expected.extend(&characters[place..]);
        prop_assert_eq!(masked.masked, expected);
    }

    #[test]
    fn masking_twice_finds_no_number_again(text in texts()) {
        // What stands for a datum must not speak for the next, as «[전화번호]» before a number would: that is how a form's label reads.
        let once = mask(&text);
        let masked = once.found.iter().fold(once.masked.clone(), |masked, datum| masked.replace(datum.kind.replacement(), "[]"));
        let characters: Vec<char> = masked.chars().collect();
        // What is written in one with a datum was a longer number, of which a part is left.
        let in_one = |one: &&char| !one.is_whitespace();
        let touches = |found: &Found| {
            let before = characters[..found.start].iter().rev().take_while(in_one);
            let after = characters[found.end..].iter().take_while(in_one);
            let inside = &characters[found.start..found.end];
            before.chain(inside).chain(after).any(|one| matches!(one, '[' | ']'))
        };
        let again = find(&masked);
        let numbers: Vec<_> = again
            .iter()
            .filter(|found| matches!(found.kind, Kind::ResidentNumber | Kind::ForeignerNumber | Kind::Phone | Kind::Email | Kind::Card))
            .filter(|found| !touches(found))
            .collect();
        prop_assert!(numbers.is_empty(), "{:?} in {}", numbers, masked);
    }

    #[test]
    fn every_valid_resident_number_is_found(
        year in 0_u32..100, month in 1_u32..13, day in 1_u32..29, century in 1_u32..5, serial in 0_u32..100_000, full in any::<bool>(),
    ) {
        let head = format!("{year:02}{month:02}{day:02}{century}{serial:05}");
        let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
        let sum: u32 = head.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
        let number = format!("{head}{}", (11 - sum % 11) % 10);
        let written = if full { format!("{}-{}", &number[..6], &number[6..]) } else { number };
        prop_assert_eq!(find(&format!("확인 {written} 바랍니다")).len(), 1);
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,200}") {
        let _ = mask(&text);
    }
}
