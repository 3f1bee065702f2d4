//! Drafts of the demonstration city: what they say, and what is never shown as grounded.

use maru_test_database::{TestDatabase, run};
use std::future::ready;

use maru_gateway::{Completion, CompletionFuture, CompletionRequest, Model};
use maru_knowledge::draft::{
    Composer, Draft, DraftRequest, Language, Letter, ParagraphRole, Remedy, compose, generate,
};

use crate::support::{Deployment, day, import_world};

fn request(title: &str, question: &str, language: Language) -> DraftRequest {
    DraftRequest {
        question_title: title.to_owned(),
        question: question.to_owned(),
        language,
        on: day("2026-11-24"),
        letter: Letter {
            agency: language.say("마루시", "Maru City").to_owned(),
            department: language.say("환경자원과", "Environment and Resources Division").to_owned(),
            telephone: "02-0000-1401".to_owned(),
            official: None,
            addressee: None,
        },
        remedy: Remedy::Question,
        departments: vec!["environment".to_owned()],
        without: Vec::new(),
    }
}

fn check_grounds(draft: &Draft) {
    assert!(draft.grounded);
    let answers = draft.paragraphs.iter().filter(|paragraph| paragraph.role == ParagraphRole::Answer);
    for sentence in answers.flat_map(|paragraph| &paragraph.sentences) {
        assert!(!sentence.citations.is_empty());
        assert!(sentence.citations.iter().all(|number| (1..=draft.sources.len()).contains(number)));
    }
}

#[test]
fn letters_read_as_an_agency_writes() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        import_world(&knowledge).await;
        let korean = request(
            "소파 버리려면 얼마에요?",
            "3인용 소파랑 책상 하나 대형폐기물로 버리려고 하는데요 수수료가 얼마인지 어디다 신고하는지 모르겠어요.",
            Language::Korean,
        );
        let draft = compose(&knowledge, &korean).unwrap().unwrap();
        check_grounds(&draft);
        insta::assert_snapshot!("korean", draft.text());
        let english =
            request("Old sofa", "How do I throw away a sofa? Where do I report bulky waste?", Language::English);
        let draft = compose(&knowledge, &english).unwrap().unwrap();
        check_grounds(&draft);
        insta::assert_snapshot!("english", draft.text());
        let refused = DraftRequest { remedy: Remedy::RefusedApplication, ..korean };
        let text = compose(&knowledge, &refused).unwrap().unwrap().text();
        assert!(text.contains("60일") && text.contains("90일"), "{text}");
    });
}

#[test]
fn nothing_found_means_no_draft() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        let asked = request("화성 이주", "화성으로 이주하는 우주선 표를 예매하고 싶어요.", Language::Korean);
        assert_eq!(compose(&knowledge, &asked).unwrap(), None);
        import_world(&knowledge).await;
        assert_eq!(compose(&knowledge, &DraftRequest { departments: Vec::new(), ..asked.clone() }).unwrap(), None);
        assert_eq!(
            generate(&Says("아무 말"), &knowledge, &DraftRequest { departments: Vec::new(), ..asked }).await.unwrap(),
            None
        );
        assert_eq!(compose(&knowledge, &request("", "", Language::Korean)).unwrap(), None);
    });
}

/// A model that always says the same.
struct Says(&'static str);

impl Model for Says {
    fn complete(&self, request: CompletionRequest) -> CompletionFuture<'_> {
        assert!(request.messages.iter().any(|message| message.content.contains("[1]")));
        Box::pin(ready(Ok(Completion { text: self.0.to_owned(), model: "시험 모델".to_owned() })))
    }

    fn name(&self) -> &'static str {
        "시험 모델"
    }
}

#[test]
fn what_a_model_invents_is_struck() {
    run(TestDatabase::sqlite(), |deployment: Deployment| async move {
        let knowledge = deployment.knowledge("one").await;
        import_world(&knowledge).await;
        let asked = request("대형폐기물 버리는 방법", "대형폐기물을 어떻게 신고하고 버리나요?", Language::Korean);
        let written = "대형폐기물로 신고하고 내놓으시면 됩니다.[1] 수수료는 무조건 5만 원입니다.[1] 「폐기물관리법」 제9999조를 보십시오.[1]\n\n\
                       자세한 것은 대통령이 정합니다. 품목과 크기를 고르면 수수료와 배출 번호가 나옵니다.[7]";
        let draft = generate(&Says(written), &knowledge, &asked).await.unwrap().unwrap();
        assert_eq!(draft.composer, Composer::Model("시험 모델".to_owned()));
        let answers = draft.paragraphs.iter().filter(|paragraph| paragraph.role == ParagraphRole::Answer);
        let struck: Vec<bool> =
            answers.flat_map(|paragraph| &paragraph.sentences).map(|sentence| sentence.struck.is_some()).collect();
        assert_eq!(struck, [false, true, true, true, true]);
        assert!(draft.grounded);
        assert!(
            !draft.text().contains("5만")
                && !draft.text().contains("9999")
                && draft.text().contains("생성형 인공지능(시험 모델)")
        );
        let draft = generate(&Says("아무것도 인용하지 않는 문장입니다."), &knowledge, &asked).await.unwrap().unwrap();
        assert!(!draft.grounded);
    });
}
