//! Search: filters, marks, many threads.

use maru_knowledge::{Knowledge, Query, SourceKind};
use maru_test_database::{TestDatabase, run};
use serde_json::json;

use crate::support::{Deployment, answers, article, import, import_world, statutes};

#[test]
fn the_demonstration_city_finds_its_answers() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        import_world(&knowledge).await;
        for (question, expected) in [
            ("대형폐기물은 어떻게 버리나요?", "answer:bulky-waste"),
            ("How do I throw away bulky items?", "answer:bulky-waste"),
            ("종량제봉투 파는 곳", "answer:trash-bag"),
        ] {
            let hits = knowledge.search(&Query::new(question, 3).of(&[SourceKind::Answer])).unwrap();
            assert_eq!(hits[0].passage.id, expected, "{question}");
        }
        let hits =
            knowledge.search(&Query::new("민원의 접수를 보류하거나 거부", 3).of(&[SourceKind::Statute])).unwrap();
        assert_eq!(hits[0].passage.reference(), "「민원 처리에 관한 법률」 제9조(민원의 접수)");
        assert_eq!(hits[0].passage.ministry_in_charge(), Some("행정안전부"));
        for hit in &hits {
            assert!((0.0..=1.0).contains(&hit.score));
            let marked: Vec<&str> = hit.highlights.iter().map(|mark| &hit.passage.text[mark.clone()]).collect();
            assert!(!marked.is_empty());
            assert_eq!(&hit.passage.text[hit.excerpt.place.clone()], hit.excerpt.text);
            assert!(hit.excerpt.highlights.iter().all(|mark| hit.excerpt.text.get(mark.clone()).is_some()));
        }
    });
}

#[test]
fn filters_leave_out_what_does_not_fit() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        let mut other = article("나법", "2026-01-01", "제1조", "가로등", "가로등을 둔다.");
        other["ministry"] = json!(["다른부"]);
        let deleted = article("다법", "2026-01-01", "제1조", "", "삭제 <2020. 1. 1.> 가로등");
        let rows = [article("가법", "2026-01-01", "제1조", "가로등", "가로등을 둔다."), other, deleted];
        let faq = [json!({"id": "a", "title": "가로등", "text": "가로등은 「가법」 제1조에 따라 고칩니다."})];
        import(&knowledge, vec![statutes(&rows), answers(&faq)]).await;
        let found = |query: Query| {
            let mut ids: Vec<String> =
                knowledge.search(&query).unwrap().into_iter().map(|hit| hit.passage.id).collect();
            ids.sort();
            ids
        };
        let query = || Query::new("가로등", 10);
        assert_eq!(found(query()), ["answer:a", "statute:가법/제1조", "statute:나법/제1조"]);
        assert_eq!(found(query().of(&[SourceKind::Answer])), ["answer:a"]);
        let of_ministry = Query { ministry: Some("다른부".to_owned()), ..query().of(&[SourceKind::Statute]) };
        assert_eq!(found(of_ministry), ["statute:나법/제1조"]);
        assert_eq!(found(Query { without: vec!["answer:a".to_owned()], ..query() }).len(), 2);
        assert!(found(Query::new("", 10)).is_empty() && found(Query::new("?!", 10)).is_empty());
        assert!(found(Query::new("가로등", 0)).is_empty());
        assert!(knowledge.passage("statute:다법/제1조").unwrap().unwrap().is_deleted());
        // What an answer cites is found by the words of the answer.
        let hits = knowledge.search(&Query::new("고칩니다", 10).of(&[SourceKind::Statute])).unwrap();
        assert_eq!(hits[0].passage.id, "statute:가법/제1조");
    });
}

#[test]
fn answers_under_like_titles_show_what_an_answer_says() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        let found = |knowledge: &Knowledge, without: &[&str]| {
            let without = without.iter().map(|id| (*id).to_owned()).collect();
            let query = Query { without, ..Query::new("층수 제한 신청", 10).of(&[SourceKind::Answer]) };
            let hits = knowledge.search(&query).unwrap();
            assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)));
            let ids = hits.into_iter().map(|hit| hit.passage.id);
            ids.filter(|id| id == "answer:height" || id == "answer:waste").collect::<Vec<_>>()
        };
        assert!(found(&knowledge, &[]).is_empty());
        // Both share «신청» with the question, the shorter one says it more strongly.
        let waste = json!({"id": "waste", "title": "", "text": "폐기물 배출 심의 신청"});
        import(&knowledge, vec![answers(std::slice::from_ref(&waste))]).await;
        assert_eq!(found(&knowledge, &[]), ["answer:waste"]);
        let height = json!({"id": "height", "title": "", "text": "건축물 높이와 심의 신청"});
        import(&knowledge, vec![answers(&[waste, height])]).await;
        assert_eq!(found(&knowledge, &[]), ["answer:waste", "answer:height"]);
        // Titles with «층수» stand over texts about the height of buildings.
        let titled = [
            json!({"id": "limit", "title": "층수 제한", "text": "건축물 높이 기준 안내"}),
            json!({"id": "relief", "title": "층수 완화", "text": "건축물 높이 기준 조정"}),
        ];
        import(&knowledge, vec![answers(&titled)]).await;
        assert_eq!(found(&knowledge, &[]), ["answer:height", "answer:waste"]);
        // What is left out does not help either, and what is taken away is forgotten.
        let ids = ["answer:limit", "answer:relief"];
        assert_eq!(found(&knowledge, &ids), ["answer:waste", "answer:height"]);
        // The same again, and another machine, find the same.
        import(&knowledge, vec![answers(&titled)]).await;
        assert_eq!(found(&knowledge, &[]), ["answer:height", "answer:waste"]);
        assert_eq!(found(&deployment.knowledge("other").await, &[]), ["answer:height", "answer:waste"]);
        knowledge.remove(&ids.map(str::to_owned)).await.unwrap();
        assert_eq!(found(&knowledge, &[]), ["answer:waste", "answer:height"]);
    });
}

#[test]
fn many_threads_search_while_knowledge_changes() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        let row = |number: u32| article(&format!("가법{number}"), "2026-01-01", "제1조", "가로등", "가로등을 둔다.");
        import(&knowledge, vec![statutes(&[row(0)])]).await;
        let searching: Vec<_> = (0..4)
            .map(|_| {
                let knowledge = knowledge.clone();
                std::thread::spawn(move || {
                    let mut least = 0;
                    while least < 4 {
                        let found = knowledge.search(&Query::new("가로등", 10)).unwrap().len();
                        // Revisions come whole and never go back.
                        assert!(found >= least && [1, 4].contains(&found), "{found}");
                        least = found;
                    }
                })
            })
            .collect();
        import(&knowledge, vec![statutes(&[row(1), row(2), row(3)])]).await;
        for thread in searching {
            thread.join().unwrap();
        }
    });
}
