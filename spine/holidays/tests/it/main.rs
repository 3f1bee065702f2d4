//! Announced holidays: known to every server within seconds, entered once, and each programme's clocks are reckoned anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

use jiff::{SignedDuration, Timestamp, civil::date};
use maru_calendar::instant;
use maru_holidays::{Announcement, Holidays};
use maru_ledger::{Actor, JobRequest, Ledger, LedgerConfig, LedgerKeys};
use maru_test_database::{TestDatabase, on_both_databases};
use maru_web::ServiceError;

on_both_databases!(a_holiday_is_known_everywhere_and_queues_the_jobs_of_every_programme);

struct Deployment(TestDatabase);

impl From<TestDatabase> for Deployment {
    fn from(database: TestDatabase) -> Self {
        Self(database)
    }
}

impl Deployment {
    async fn ledger(&self) -> Ledger {
        let keys = LedgerKeys::new([1; 32], [2; 32]);
        let mut config = LedgerConfig::new(self.0.address(), keys, "maru.example.go.kr/log");
        config.readers = 2;
        Ledger::open(config, Vec::new()).await.unwrap()
    }
}

fn at(civil: &str) -> Timestamp {
    instant(civil.parse().unwrap())
}

fn day() -> Announcement {
    Announcement {
        date: date(2026, 11, 6),
        name_ko: "임시공휴일".to_owned(),
        name_en: "Special holiday".to_owned(),
        reference: "국무회의 2026-11-02".to_owned(),
    }
}

async fn due_jobs(ledger: &Ledger, now: Timestamp) -> Vec<String> {
    let request = JobRequest {
        kinds: vec!["one.reckon".to_owned(), "other.reckon".to_owned()],
        worker: "test".to_owned(),
        now,
        hold: SignedDuration::from_secs(30),
        limit: 10,
    };
    let mut kinds: Vec<String> = ledger.lease_jobs(request).await.unwrap().into_iter().map(|job| job.kind).collect();
    kinds.sort();
    kinds
}

async fn a_holiday_is_known_everywhere_and_queues_the_jobs_of_every_programme(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let here = Holidays::new(ledger.clone(), &["one.reckon", "other.reckon"]).unwrap();
    let elsewhere = Holidays::new(ledger.clone(), &[]).unwrap();
    let now = at("2026-11-02T10:00");
    assert_eq!(elsewhere.calendar(now).await.unwrap().revision, 0);
    here.announce(Actor::system(), day(), now).await.unwrap();

    let calendar = here.calendar(now).await.unwrap();
    assert!(!calendar.working.is_working_day(date(2026, 11, 6)).unwrap());
    assert_eq!(elsewhere.calendar(now).await.unwrap().revision, 0, "another server looks every few seconds");
    let later = at("2026-11-02T10:00:06");
    let calendar = elsewhere.calendar(later).await.unwrap();
    assert_eq!((calendar.revision, calendar.working.is_working_day(date(2026, 11, 6)).unwrap()), (1, false));
    assert_eq!(elsewhere.announced().await.unwrap()[0].name_ko, "임시공휴일");

    assert_eq!(due_jobs(&ledger, now).await, ["one.reckon", "other.reckon"]);
    assert_eq!(due_jobs(&ledger, at("2026-11-02T10:02")).await.len(), 4, "once more, and those whose worker was lost");

    for wrong in [
        day(),
        Announcement { date: date(2026, 11, 1), ..day() },
        Announcement { name_en: " ".into(), date: date(2026, 11, 9), ..day() },
    ] {
        assert!(matches!(here.announce(Actor::system(), wrong, now).await, Err(ServiceError::Invalid(_))));
    }
    assert_eq!(here.announced().await.unwrap().len(), 1);
}

#[test]
fn an_announcement_from_before_there_were_several_programmes_is_still_read() {
    let old = r#"{"type":"holiday-announced","date":"2026-11-06","name_ko":"임시공휴일","name_en":"Special holiday","reference":"국무회의","entered_at":"2026-11-02T01:00:00Z"}"#;
    let read: maru_holidays::HolidayAnnounced = serde_json::from_str(old).unwrap();
    assert_eq!(read.clocks, Vec::<String>::new());
}
