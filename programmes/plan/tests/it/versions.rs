//! Versions of the plan: what differs, what a version leaves out, what a later one takes in again.

use maru_plan::{
    PlanService,
    domain::{
        Basis, Number, Report,
        particulars::{Budget, Item},
    },
};

use crate::support::{PLAN, at, code, committee, import_plan, import_whole, official, postgres, sqlite, stranger};

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

#[tokio::test]
async fn two_versions_and_the_plan_as_it_stands_are_compared() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    assert_eq!(service.compare(0, None).await.unwrap().differing, []);
    assert!(service.compare(1, None).await.is_err());
    // A second version puts a schedule back and adds a recommendation.
    let mut table = PLAN.replace("’26년 3분기까지 낸다", "’27년 2분기까지 낸다");
    table.push_str("3\t글로벌 AI 기본사회 기여\t11\tAI기본사회\t공론장\t2\t교육부\t교육부는 ’27년 3분기까지 알린다.\n");
    import_plan(service, &table, "2026-11").await;
    let compared = service.compare(0, Some(1)).await;
    // The text changed too, which a minor change does not allow: the recommendation stays as it was.
    let numbers: Vec<String> = compared.unwrap().differing.iter().map(|one| one.number.to_string()).collect();
    assert_eq!(numbers, ["3-2"]);
    let known = service.store().recommendation(number("2-1")).await.unwrap().unwrap().entry.unwrap();
    let mut deadlines = known.deadlines.clone();
    deadlines[0].quarter = "27Q2".parse().unwrap();
    let caller = committee("2026-11-26T10:00");
    service.amend(&caller, known.rewritten("", &deadlines), Basis::Arrangement, "국회 일정".to_owned()).await.unwrap();
    let compared = service.compare(0, None).await.unwrap();
    let differing: Vec<(String, bool)> =
        compared.differing.iter().map(|one| (one.number.to_string(), one.before.is_some())).collect();
    assert_eq!(differing, [("2-1".to_owned(), true), ("3-2".to_owned(), false)]);
    assert_eq!(compared.differing[0].grounds, [(Basis::Arrangement, "국회 일정".to_owned())]);
    let since_second: Vec<String> =
        service.compare(1, None).await.unwrap().differing.iter().map(|one| one.number.to_string()).collect();
    assert_eq!(since_second, ["2-1"]);
}

/// The plan without its last recommendation, 3-1.
fn shorter() -> String {
    PLAN.split_inclusive('\n').take(4).collect()
}

fn vote() -> Basis {
    Basis::Resolution { reference: "제9차 회의 1호".to_owned() }
}

async fn in_plan(service: &PlanService) -> usize {
    service.overview(&stranger("2026-11-26T10:00")).await.unwrap().seen.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_version_leaves_out_counts_no_more_and_is_not_forgotten() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let moe = official("moe", "2026-11-19T10:00");
        let budget = Budget { title: "연수".to_owned(), year: 2027, granted: 1_000, spent: None };
        let budget = service.put_item(&moe, number("3-1"), None, Item::Budget(budget)).await.unwrap();

        // What a table lacks stays, unless it is said to be the whole plan; a vote is needed for that.
        assert_eq!(import_plan(service, &shorter(), "2026-11-19").await.kept, 1);
        let refused = import_whole(service, &shorter(), "2026-11-19", Basis::Arrangement).await;
        assert_eq!((refused.left_out, refused.refused.len(), in_plan(service).await), (0, 1, 4));
        let imported = import_whole(service, &shorter(), "2026-11", vote()).await;
        assert_eq!((imported.unchanged, imported.left_out, in_plan(service).await), (3, 1, 3));
        assert_eq!(import_whole(service, &shorter(), "2026-11", vote()).await.left_out, 0, "once");
        assert_eq!(service.store().all_particulars().await.unwrap(), []);

        let last = service.versions().await.unwrap().len() - 1;
        let compared = service.compare(0, Some(last)).await.unwrap();
        let gone = &compared.differing[0];
        assert_eq!((compared.differing.len(), gone.number, gone.after.is_none()), (1, number("3-1"), true));
        assert_eq!(gone.before.as_ref().unwrap().lead, "moe");
        assert_eq!(gone.grounds, [(vote(), "다른 과제와 합침".to_owned())]);
        assert_eq!(compared.versions[last].version.left_out, 1);

        let known = service.recommendation(&moe, number("3-1")).await.unwrap().recommendation;
        assert_eq!(known.left_out.unwrap().version, "2026-11");
        let report = Report {
            quarter: "26Q4".parse().unwrap(),
            summary: "했습니다.".to_owned(),
            done: [].into(),
            complete: false,
            obstacle: String::new(),
            evidence: Vec::new(),
            files: Vec::new(),
        };
        let late = official("moe", "2026-11-26T10:00");
        assert_eq!(code(&service.report(&late, number("3-1"), report).await.unwrap_err()), "left-out");
        let there = committee("2026-11-26T10:00");
        let error = service.confirm_item(&there, number("3-1"), budget, "봄".to_owned()).await.unwrap_err();
        assert_eq!(code(&error), "left-out");

        // A later version takes it in again, with what it was held to.
        let again = import_whole(service, PLAN, "2027-01", vote()).await;
        assert_eq!((again.entered, again.unchanged, in_plan(service).await), (1, 3, 4));
        assert_eq!(service.store().all_particulars().await.unwrap().len(), 1);
        assert_eq!(service.compare(0, None).await.unwrap().differing, []);
        let back = service.compare(last, None).await.unwrap();
        assert!(back.differing[0].before.is_none() && back.differing[0].after.is_some());
        let history = service.store().history(number("3-1")).await.unwrap();
        let kinds: Vec<&str> = history.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["entered", "left-out", "taken-in-again"]);
        let year = (at("2026-01-01T00:00"), at("2027-01-01T00:00"));
        assert_eq!(service.store().changes_called("left-out", year.0, year.1).await.unwrap().len(), 1);
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}
