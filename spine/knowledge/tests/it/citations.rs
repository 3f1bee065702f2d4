//! The resolver, by a table of sentences, and on any text.

use maru_knowledge::{CitationStatus, Knowledge};
use maru_test_database::{TestDatabase, run};
use proptest::prelude::*;

use crate::support::{Deployment, article, day, import, statutes};

async fn knowledge(deployment: &Deployment) -> Knowledge {
    let knowledge = deployment.knowledge("one").await;
    let act = |law: &str, articles: &[&str]| {
        articles.iter().map(|one| article(law, "2026-01-01", one, "", "글이다.")).collect::<Vec<_>>()
    };
    let mut rows = act("민법", &["제3조", "제110조", "제572조", "제574조"]);
    rows.extend(act("민법 시행령", &["제3조"]));
    rows.extend(act("소음ㆍ진동관리법", &["제3조", "제3조의2", "제5조", "제21조"]));
    rows.extend(act("소음ㆍ진동관리법 시행령", &["제2조", "제3조"]));
    rows.extend(act("소음ㆍ진동관리법 시행규칙", &["제20조"]));
    rows.extend(act("문화유산의 보존 및 활용에 관한 법률", &["제13조"]));
    rows.extend(act("부정청탁 및 금품등 수수의 금지에 관한 법률", &["제8조"]));
    rows.extend(act("화재의 예방 및 안전관리에 관한 법률", &["제17조"]));
    rows.push(article("도로법", "2026-01-01", "제4조", "", "삭제 <2014. 1. 14.>"));
    rows.push(article("도로법", "2020-01-01", "제9조", "", "옛 글"));
    rows.push(article("도로법", "2026-01-01", "제61조", "도로의 점용 허가", "글"));
    import(&knowledge, vec![statutes(&rows)]).await;
    knowledge
}

/// A text, and what is found: words, act, article, part, status.
type Case = (&'static str, &'static [(&'static str, &'static str, &'static str, &'static str, CitationStatus)]);

use CitationStatus::{InForce, Renamed, Repealed, Unknown};

const CASES: &[Case] = &[
    ("「민법」 제3조를 보면", &[("「민법」 제3조", "민법", "제3조", "", InForce)]),
    ("민법 제3조제1항제2호가목에 따라", &[("민법 제3조제1항제2호가목", "민법", "제3조", "제1항제2호가목", InForce)]),
    (
        "(「민법」 제574조 및 제572조제1항).",
        &[("「민법」 제574조", "민법", "제574조", "", InForce), ("제572조제1항", "민법", "제572조", "제1항", InForce)],
    ),
    (
        "소음·진동관리법 제3조의2제1항제2호",
        &[("소음·진동관리법 제3조의2제1항제2호", "소음ㆍ진동관리법", "제3조의2", "제1항제2호", InForce)],
    ),
    ("소음 진동 관리법 제 3 조의 2", &[("소음 진동 관리법 제 3 조의 2", "소음ㆍ진동관리법", "제3조의2", "", InForce)]),
    (
        "「소음ㆍ진동관리법」 제21조와 같은 법 시행령 제2조, 같은 법 시행규칙 제20조",
        &[
            ("「소음ㆍ진동관리법」 제21조", "소음ㆍ진동관리법", "제21조", "", InForce),
            ("같은 법 시행령 제2조", "소음ㆍ진동관리법 시행령", "제2조", "", InForce),
            ("같은 법 시행규칙 제20조", "소음ㆍ진동관리법 시행규칙", "제20조", "", InForce),
        ],
    ),
    (
        "「소음ㆍ진동관리법 시행령」 제2조 및 같은 법 제5조, 동법 시행규칙 제20조",
        &[
            ("「소음ㆍ진동관리법 시행령」 제2조", "소음ㆍ진동관리법 시행령", "제2조", "", InForce),
            ("같은 법 제5조", "소음ㆍ진동관리법", "제5조", "", InForce),
            ("동법 시행규칙 제20조", "소음ㆍ진동관리법 시행규칙", "제20조", "", InForce),
        ],
    ),
    (
        "「민법」 제110조제1항과 같은 조 제2항",
        &[
            ("「민법」 제110조제1항", "민법", "제110조", "제1항", InForce),
            ("같은 조 제2항", "민법", "제110조", "제2항", InForce),
        ],
    ),
    (
        "「소음ㆍ진동관리법」(이하 “법”이라 한다) 제3조부터 제5조까지, 법 제21조 및 영 제3조",
        &[
            ("「소음ㆍ진동관리법」(이하 “법”이라 한다) 제3조", "소음ㆍ진동관리법", "제3조", "", InForce),
            ("제5조", "소음ㆍ진동관리법", "제5조", "", InForce),
            ("법 제21조", "소음ㆍ진동관리법", "제21조", "", InForce),
            ("영 제3조", "소음ㆍ진동관리법 시행령", "제3조", "", InForce),
        ],
    ),
    ("청탁금지법 제8조는", &[("청탁금지법 제8조", "부정청탁 및 금품등 수수의 금지에 관한 법률", "제8조", "", InForce)]),
    (
        "「문화재보호법」 제13조",
        &[("「문화재보호법」 제13조", "문화유산의 보존 및 활용에 관한 법률", "제13조", "", Renamed)],
    ),
    ("「항공법」 제2조", &[("「항공법」 제2조", "항공법", "제2조", "", Repealed)]),
    (
        "도로법 제4조, 제9조, 제61조, 제999조",
        &[
            ("도로법 제4조", "도로법", "제4조", "", Repealed),
            ("제9조", "도로법", "제9조", "", Repealed),
            ("제61조", "도로법", "제61조", "", InForce),
            ("제999조", "도로법", "제999조", "", Unknown),
        ],
    ),
    ("도로법 제9999조에", &[("도로법 제9999조", "도로법", "제9999조", "", Unknown)]),
    ("도로법 제123456조의999에", &[("도로법 제123456조의999", "도로법", "제123456조의999", "", Unknown)]),
    ("「마루시 주차장 조례」 제5조", &[("「마루시 주차장 조례」 제5조", "마루시 주차장 조례", "제5조", "", Unknown)]),
    ("마루시주차장조례 제5조에 따라", &[("마루시주차장조례 제5조", "마루시주차장조례", "제5조", "", Unknown)]),
    ("「민법」에 따릅니다", &[("「민법」", "민법", "", "", InForce)]),
    ("민법전은 두껍다. 이상법 같은 말", &[]),
    ("「인생의 의미」라는 책", &[]),
    ("제3조제1항에 따라", &[]),
    ("「민법」 제３조", &[("「민법」 제３조", "민법", "제3조", "", InForce)]),
    ("｢민법｣ 3조", &[("｢민법｣ 3조", "민법", "제3조", "", InForce)]),
    (
        "「화재예방 및 안전관리에 관한 법률」 제17조",
        &[(
            "「화재예방 및 안전관리에 관한 법률」 제17조",
            "화재의 예방 및 안전관리에 관한 법률",
            "제17조",
            "",
            InForce,
        )],
    ),
];

#[test]
fn references_are_found_and_judged() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = knowledge(&deployment).await;
        for (text, expected) in CASES {
            let characters: Vec<char> = text.chars().collect();
            let found = knowledge.resolve(text, day("2026-11-24"));
            let words: Vec<String> = found.iter().map(|one| characters[one.start..one.end].iter().collect()).collect();
            let found: Vec<_> = found
                .iter()
                .zip(&words)
                .map(|(one, words)| {
                    (words.as_str(), one.law.as_str(), one.article.as_str(), one.part.as_str(), one.status)
                })
                .collect();
            assert_eq!(found, *expected, "{text}");
        }
        // What the citation points at can be opened.
        let citation = &knowledge.resolve("도로법 제9조", day("2024-01-01"))[0];
        assert_eq!((citation.status, citation.target.as_deref()), (InForce, Some("statute:도로법@2020-01-01/제9조")));
        assert!(knowledge.passage("statute:도로법@2020-01-01/제9조").unwrap().is_some());
    });
}

#[test]
fn any_text_gives_places_in_order_within_it() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = knowledge(&deployment).await;
        let piece = prop_oneof![
            Just("「민법」 ".to_owned()),
            Just("제3조".to_owned()),
            Just("의2".to_owned()),
            Just("같은 법 시행령 ".to_owned()),
            Just("같은 조 ".to_owned()),
            Just("(이하 \"법\"이라 한다)".to_owned()),
            Just("부터 ".to_owned()),
            Just("\n".to_owned()),
            Just("「".to_owned()),
            Just("」".to_owned()),
            Just("도로법".to_owned()),
            Just(" 제999999999999조".to_owned()),
            "\\PC{0,6}",
        ];
        let text = proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
        proptest!(ProptestConfig::with_cases(512), |(text in text)| {
            let length = text.chars().count();
            let found = knowledge.resolve(&text, day("2026-11-24"));
            prop_assert!(found.iter().all(|one| one.start < one.end && one.end <= length));
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "{found:?}");
        });
    });
}
