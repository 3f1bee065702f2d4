//! Milestones, indicators, budgets and bills: the lead body writes, the committee confirms, live figures are taken over.

use std::sync::Arc;

use jiff::Timestamp;
use maru_plan::{
    PlanService,
    domain::{
        Evidence, Number,
        particulars::{Budget, Indicator, Item, Measure, Milestone},
    },
    figures::{Figure, FigureSource, Figures},
};
use maru_web::Bilingual;

use crate::support::{code, committee, official, postgres, sqlite};

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn indicator(figure: &str) -> Item {
    let measure = |quarter: &str, value| Measure { quarter: quarter.parse().unwrap(), value };
    Item::Indicator(Indicator {
        title: "기한 안에 답한 비율".to_owned(),
        unit: "%".to_owned(),
        baseline: measure("26Q1", 80.0),
        target: measure("27Q4", 98.0),
        measures: Vec::new(),
        source: "민원 기록".to_owned(),
        figure: figure.to_owned(),
    })
}

async fn put(service: &PlanService, item: Item) -> Result<String, String> {
    let result = service.put_item(&official("msit", "2026-11-26T10:00"), number("1-1"), None, item).await;
    result.map_err(|error| code(&error).to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_body_writes_and_the_committee_confirms() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let id = put(service, indicator("")).await.unwrap();
        let budget = Item::Budget(Budget { title: "세부사업".to_owned(), year: 2026, granted: -1, spent: None });
        assert_eq!(put(service, budget).await.unwrap_err(), "amount");
        let reached = Item::Milestone(Milestone {
            title: "시험".to_owned(),
            quarter: "26Q4".parse().unwrap(),
            reached: Some(jiff::civil::date(2026, 11, 1)),
            evidence: Vec::<Evidence>::new(),
        });
        assert_eq!(put(service, reached).await.unwrap_err(), "no-evidence");
        let other = official("moe", "2026-11-26T10:00");
        let error = service.put_item(&other, number("1-1"), Some(id.clone()), indicator("")).await.unwrap_err();
        assert_eq!(code(&error), "forbidden");

        let there = committee("2026-11-26T11:00");
        let body = official("msit", "2026-11-26T11:00");
        let error = service.confirm_item(&body, number("1-1"), id.clone(), "봄".to_owned()).await.unwrap_err();
        assert_eq!(code(&error), "forbidden");
        let known = service.confirm_item(&there, number("1-1"), id.clone(), "봄".to_owned()).await.unwrap();
        assert!(known.items[0].is_confirmed());
        let again = service.confirm_item(&there, number("1-1"), id.clone(), "봄".to_owned()).await.unwrap_err();
        assert_eq!(code(&again), "confirmed-already");

        let body = official("msit", "2026-11-27T10:00");
        let measure = Measure { quarter: "26Q4".parse().unwrap(), value: 91.0 };
        service.measure_item(&body, number("1-1"), id.clone(), measure).await.unwrap();
        let ahead = Measure { quarter: "27Q1".parse().unwrap(), value: 99.0 };
        let error = service.measure_item(&body, number("1-1"), id.clone(), ahead).await.unwrap_err();
        assert_eq!(code(&error), "future-quarter");
        let error = service.take_out_item(&body, number("1-1"), id.clone(), "틀림".to_owned()).await.unwrap_err();
        assert_eq!(code(&error), "confirmed-stays");
        let all = service.store().all_particulars().await.unwrap();
        assert_eq!((all.len(), all[0].0, all[0].1.items.len()), (1, number("1-1"), 1));
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

/// A source that always says the same, in place of the other programmes.
pub(crate) struct Fixed;

impl FigureSource for Fixed {
    fn figures(&self, _now: Timestamp) -> Figures<'_> {
        let figure = |id: &str, value| Figure {
            id: id.to_owned(),
            title: Bilingual::new("비율", "Share"),
            unit: Bilingual::new("%", "%"),
            note: Bilingual::new("", ""),
            value,
        };
        Box::pin(async move { Ok(vec![figure("inquiry/answered", Some(93.456)), figure("inquiry/few", None)]) })
    }
}

#[tokio::test]
async fn an_indicator_takes_over_the_live_figure_that_it_follows() {
    let deployment = sqlite().await;
    let cloned_before = deployment.service.clone();
    let deployment = deployment.with_figures(Arc::new(Fixed));
    let service = &deployment.service;
    let now = official("msit", "2026-11-26T10:00").now;
    assert_eq!(cloned_before.figures(now).await.unwrap().len(), 2, "a clone asks the same source");
    let body = official("msit", "2026-11-26T10:00");
    let id = put(service, indicator("inquiry/answered")).await.unwrap();
    let known = service.measure_live(&body, number("1-1"), id).await.unwrap();
    let Item::Indicator(measured) = &known.items[0].item else { panic!() };
    let expected = Measure { quarter: "26Q4".parse().unwrap(), value: 93.46 };
    assert_eq!(measured.last(), Some(expected));
    for missing in ["inquiry/few", "inquiry/none", ""] {
        let id = put(service, indicator(missing)).await.unwrap();
        let error = service.measure_live(&body, number("1-1"), id).await.unwrap_err();
        assert_eq!(code(&error), "no-figure", "{missing}");
    }
}
