//! Import: atomic, incremental, resumable, shared by all servers.

use maru_test_database::{TestDatabase, on_both_databases, run};
use std::{
    io::{BufRead, Read},
    sync::{Arc, Mutex},
};

use maru_knowledge::{Counts, ImportContent, ImportSource, ImportStage, KnowledgeError, Query, SourceKind};
use serde_json::json;

use crate::support::{Deployment, answers, article, import, lines, statutes};

on_both_databases!(
    what_did_not_change_is_untouched,
    other_servers_follow,
    a_broken_file_changes_nothing,
    versions_stand_side_by_side,
    answers_are_taken_away
);

async fn what_did_not_change_is_untouched(deployment: Deployment) {
    let knowledge = deployment.knowledge("one").await;
    let law = |text: &str| {
        [
            article("가법", "2026-01-01", "제1조", "목적", text),
            article("나법", "2026-01-01", "제1조", "목적", "나 법의 목적이다."),
        ]
    };
    let faq = [json!({"id": "a", "title": "가법은 무엇인가요?", "text": "「가법」 제1조를 보십시오."})];
    let report = import(&knowledge, vec![statutes(&law("처음 글이다.")), answers(&faq)]).await;
    assert_eq!((report.read, report.added, report.changed, report.unchanged, report.revision), (3, 3, 0, 0, 1));
    let report = import(&knowledge, vec![statutes(&law("처음 글이다.")), answers(&faq)]).await;
    assert_eq!((report.added, report.changed, report.unchanged, report.revision), (0, 0, 3, 1));
    let report = import(&knowledge, vec![statutes(&law("고친 글이다.")), answers(&faq)]).await;
    assert_eq!((report.added, report.changed, report.unchanged, report.revision), (0, 1, 2, 2));
    assert_eq!(knowledge.passage("statute:가법/제1조").unwrap().unwrap().text, "고친 글이다.");
    assert_eq!(knowledge.counts(), Counts { laws: 2, articles: 2, answers: 1, services: 0 });
    let answer = knowledge.passage("answer:a").unwrap().unwrap();
    assert_eq!(answer.cites, ["statute:가법/제1조"]);
    assert!(knowledge.search(&Query::new("처음", 5)).unwrap().is_empty());
}

async fn other_servers_follow(deployment: Deployment) {
    let one = deployment.knowledge("one").await;
    let other = deployment.knowledge("other").await;
    // A third shares its machine, and with it the index directory, with the first.
    let neighbour = deployment.knowledge("one").await;
    import(&one, vec![statutes(&[article("가법", "2026-01-01", "제1조", "목적", "가로등을 관리한다.")])]).await;
    for server in [&other, &neighbour] {
        assert_eq!(server.revision(), 0);
        assert!(server.refresh().await.unwrap());
        assert!(!server.refresh().await.unwrap());
        assert_eq!(server.search(&Query::new("가로등", 5)).unwrap().len(), 1);
    }
    // An index that was lost is made again.
    drop(other);
    std::fs::remove_dir_all(deployment.directory().join("other")).unwrap();
    let again = deployment.knowledge("other").await;
    assert_eq!((again.revision(), again.counts().articles), (1, 1));
}

/// Breaks off after what it holds.
struct Breaking(std::io::Cursor<Vec<u8>>);

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 { Err(std::io::Error::other("the archive is cut off")) } else { Ok(read) }
    }
}

async fn a_broken_file_changes_nothing(deployment: Deployment) {
    let knowledge = deployment.knowledge("one").await;
    // More than one batch, so that some of it lies ready when the file breaks off.
    let rows: Vec<_> = (0..700)
        .map(|number| article(&format!("시험법{number}"), "2026-01-01", "제1조", "목적", &format!("글 {number}")))
        .collect();
    let text = lines(&rows);
    let broken: Box<dyn BufRead + Send> =
        Box::new(std::io::BufReader::new(Breaking(std::io::Cursor::new(text.into_bytes()))));
    let source = ImportSource::new("broken.jsonl.xz", ImportContent::StatuteLines(broken));
    let error = knowledge.import(vec![source], None).await.unwrap_err();
    assert!(matches!(&error, KnowledgeError::Unreadable { name, .. } if name == "broken.jsonl.xz"), "{error}");
    assert_eq!((knowledge.revision(), knowledge.counts()), (0, Counts::default()));
    let ready = || async {
        deployment
            .ledger()
            .await
            .read(|sql| sql.query("SELECT COUNT(*) FROM knowledge_ready", &[])?[0].integer(0))
            .await
            .unwrap()
    };
    let before = ready().await;
    assert!(before > 0);
    // The next run takes over what lies ready, and leaves nothing behind.
    let stages = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&stages);
    let listener: maru_knowledge::ImportListener = Arc::new(move |progress| heard.lock().unwrap().push(progress.stage));
    let report = knowledge.import(vec![statutes(&rows)], Some(listener)).await.unwrap();
    assert_eq!((report.added, report.revision, knowledge.counts().laws), (700, 1, 700));
    assert_eq!(ready().await, 0);
    let stages = stages.lock().unwrap();
    for stage in [ImportStage::Reading, ImportStage::TakingOver, ImportStage::Indexing] {
        assert!(stages.contains(&stage), "{stage:?}");
    }
}

async fn versions_stand_side_by_side(deployment: Deployment) {
    let knowledge = deployment.knowledge("one").await;
    import(&knowledge, vec![statutes(&[article("가법", "2020-01-01", "제1조", "목적", "옛 가로등")])]).await;
    import(&knowledge, vec![statutes(&[article("가법", "2026-01-01", "제1조", "목적", "새 가로등")])]).await;
    let text = |id: &str| knowledge.passage(id).unwrap().map(|passage| passage.text);
    assert_eq!(text("statute:가법/제1조").as_deref(), Some("새 가로등"));
    assert_eq!(text("statute:가법@2020-01-01/제1조").as_deref(), Some("옛 가로등"));
    let found = |on: Option<&str>| {
        let query = Query { in_force_on: on.map(crate::support::day), ..Query::new("가로등", 5) };
        knowledge.search(&query).unwrap().into_iter().map(|hit| hit.passage.text).collect::<Vec<_>>()
    };
    assert_eq!(found(None), ["새 가로등"]);
    assert_eq!(found(Some("2024-05-01")), ["옛 가로등"]);
    assert_eq!(found(Some("2026-01-01")), ["새 가로등"]);
    assert!(found(Some("2019-12-31")).is_empty());
}

async fn answers_are_taken_away(deployment: Deployment) {
    let one = deployment.knowledge("one").await;
    let other = deployment.knowledge("other").await;
    let rows = [
        json!({"id": "a", "title": "가로등", "text": "신고하십시오."}),
        json!({"id": "b", "title": "가로등 고장", "text": "고칩니다."}),
    ];
    import(&one, vec![answers(&rows)]).await;
    assert_eq!(one.remove(&["answer:a".to_owned(), "answer:none".to_owned()]).await.unwrap().answers, 1);
    assert!(other.refresh().await.unwrap());
    for server in [&one, &other] {
        let hits = server.search(&Query::new("가로등", 5).of(&[SourceKind::Answer])).unwrap();
        assert_eq!(hits.into_iter().map(|hit| hit.passage.id).collect::<Vec<_>>(), ["answer:b"]);
    }
    // It may come back.
    import(&one, vec![answers(&rows[..1])]).await;
    assert_eq!(one.counts().answers, 2);
}

#[test]
fn bad_lines_are_reported_and_folders_are_read() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        let text = "{\"law\":\"가법\",\"article\":\"제1조\",\"text\":\"글\"}\nnonsense\n\n{\"law\":\"가법\",\"article\":\"1\"}\n";
        let laws = ImportSource::new("laws.jsonl", ImportContent::StatuteLines(Box::new(text.as_bytes())));
        let folder = deployment.directory().join("laws");
        std::fs::create_dir_all(folder.join("나법")).unwrap();
        let act = "---\n제목: 나법\n법령구분: 법률\n시행일자: 2026-01-01\n---\n\n# 나법\n\n##### 제1조 (목적)\n\n보안등을 둔다.\n";
        std::fs::write(folder.join("나법/법률.md"), act).unwrap();
        std::fs::write(folder.join("broken.md"), "no matter").unwrap();
        std::fs::write(folder.join("README.md"), "about").unwrap();
        let table = "id,title,text\n1,보안등은 누가 고치나요?,시가 고칩니다.\n2,모자란 줄\n";
        let report = import(
            &knowledge,
            vec![
                laws,
                ImportSource::new("laws", ImportContent::StatuteFolder(folder)),
                ImportSource::new("faq.csv", ImportContent::AnswerTable(Box::new(table.as_bytes()))),
            ],
        )
        .await;
        let bad: Vec<(&str, u64)> =
            report.bad.iter().map(|bad| (bad.source.rsplit('/').next().unwrap_or_default(), bad.line)).collect();
        assert_eq!(bad, [("laws.jsonl", 2), ("laws.jsonl", 4), ("broken.md", 0), ("faq.csv", 3)]);
        assert_eq!(knowledge.counts(), Counts { laws: 2, articles: 2, answers: 1, services: 0 });
        assert_eq!(
            knowledge.search(&Query::new("보안등을 둔다", 1).of(&[SourceKind::Statute])).unwrap()[0].passage.law,
            "나법"
        );
    });
}

#[test]
fn a_file_may_come_back_to_an_act() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        let row = |law: &str, number: &str| article(law, "2026-01-01", number, "", "글");
        let rows = [row("가법", "제1조"), row("나법", "제1조"), row("가법", "제2조")];
        let report = import(&knowledge, vec![statutes(&rows)]).await;
        assert_eq!((report.added, knowledge.counts().articles), (2, 3));
    });
}
