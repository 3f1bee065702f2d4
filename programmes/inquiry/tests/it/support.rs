//! Deployments on both databases, people of an invented city, and a case on its way.

use std::sync::Arc;

use jiff::{Timestamp, civil::DateTime};
use maru_calendar::WorkingCalendar;
use maru_holidays::Holidays;
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, Policies, Principal, Role};
use maru_inquiry::{
    Agency, Caller, Dependencies, InquiryService, Settings,
    domain::{
        Channel, Command, Deadline, Event, Filing, Inquiry, Kind, NamedOfficial, NearDuplicate, OfficialCalendar,
        Order, Receipt, Refusal, Said, Statement, TextLanguage, Understood, job, petitioner_subject,
    },
    service::{Submission, Submitted},
    understanding::{Models, Understanding},
};
use maru_knowledge::Knowledge;
use maru_ledger::{Aggregate as _, JobRequest, Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use maru_test_database::{TestDatabase, next_number};

/// A database of a city.
pub(crate) struct Deployment(TestDatabase);

impl From<TestDatabase> for Deployment {
    fn from(database: TestDatabase) -> Self {
        Self(database)
    }
}

impl Deployment {
    pub(crate) fn sqlite() -> Self {
        TestDatabase::sqlite().into()
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        let mut config =
            LedgerConfig::new(self.0.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        config.entropy = Arc::new(SeededEntropy::new(next_number() + 1_000));
        let mut projections = maru_inquiry::projections();
        projections.extend(Identity::projections());
        Ledger::open(config, projections).await.unwrap()
    }

    pub(crate) async fn service(&self) -> InquiryService {
        service_on(self.ledger().await, Settings::default()).await
    }
}

pub(crate) async fn service_on(ledger: Ledger, settings: Settings) -> InquiryService {
    service_with(ledger, settings, None, agency()).await
}

pub(crate) async fn service_with(
    ledger: Ledger,
    settings: Settings,
    knowledge: Option<Knowledge>,
    agency: Agency,
) -> InquiryService {
    let config = IdentityConfig { demonstration: Some(people()), ..IdentityConfig::default() };
    let identity = Identity::open(ledger.clone(), config, at("2026-11-02T09:00")).await.unwrap();
    let dependencies = Dependencies {
        holidays: Holidays::new(ledger.clone(), &[job::RECKON_ALL]).unwrap(),
        ledger,
        knowledge,
        policies: Arc::new(Policies::built_in().unwrap()),
        identity: Some(identity),
        agency,
        model: None,
        entropy: Arc::new(SeededEntropy::new(next_number() + 9_000)),
        settings,
    };
    InquiryService::open(dependencies, at("2026-11-02T09:00")).await.unwrap()
}

/// Those who work in the city, under the names that [`principal`] gives them.
fn people() -> Vec<DemonstrationAccount> {
    let mut people = Vec::new();
    for department in ["civil", "roads", "water", "audit"] {
        for (word, role) in [("official", Role::Official), ("supervisor", Role::Supervisor)] {
            let account = format!("{word}-{department}");
            people.push(DemonstrationAccount {
                name: format!("이름 {account}"),
                name_en: account.clone(),
                account,
                role,
                department: Some(department.to_owned()),
            });
        }
    }
    people
}

/// The invented city.
pub(crate) fn agency() -> Agency {
    let json = serde_json::json!({
        "name": "마루시", "name_en": "Maru City", "telephone": "02-0000-1000",
        "reception_department": "civil", "audit_department": "audit",
        "departments": [
            { "id": "civil", "name": "민원봉사과", "name_en": "Civil Services", "telephone": "02-0000-1101",
              "duties": ["주민등록", "등본", "전입신고"], "laws": ["주민등록법"] },
            { "id": "roads", "name": "도로관리과", "name_en": "Roads", "telephone": "02-0000-1351",
              "duties": ["가로등", "도로 파손", "포트홀", "보도블록"], "laws": ["도로법"] },
            { "id": "water", "name": "상하수도과", "name_en": "Water", "telephone": "02-0000-1601",
              "duties": ["수도 요금", "누수", "단수"], "laws": ["수도법"] },
            { "id": "audit", "name": "감사담당관", "name_en": "Audit", "duties": ["감사"] }
        ],
        "categories": [
            { "id": "residence", "name": "주민등록", "department": "civil" },
            { "id": "roads", "name": "도로", "department": "roads" },
            { "id": "water", "name": "수도", "department": "water" }
        ]
    });
    serde_json::from_value(json).unwrap()
}

/// An instant in Korean time: `2026-11-02T09:00`.
pub(crate) fn at(korean: &str) -> Timestamp {
    maru_calendar::instant(korean.parse::<DateTime>().unwrap())
}

pub(crate) fn principal(account: &str, role: Role, department: Option<&str>) -> Principal {
    Principal {
        account: account.into(), name: format!("이름 {account}"), role, department: department.map(Into::into)
    }
}

pub(crate) fn citizen(now: Timestamp) -> Caller {
    Caller::new(Some(principal("kim", Role::Citizen, None)), now)
}

pub(crate) fn stranger(now: Timestamp) -> Caller {
    Caller::new(None, now)
}

pub(crate) fn official(department: &str, now: Timestamp) -> Caller {
    Caller::new(Some(principal(&format!("official-{department}"), Role::Official, Some(department))), now)
}

pub(crate) fn supervisor(department: &str, now: Timestamp) -> Caller {
    Caller::new(Some(principal(&format!("supervisor-{department}"), Role::Supervisor, Some(department))), now)
}

pub(crate) fn auditor(now: Timestamp) -> Caller {
    Caller::new(Some(principal("auditor", Role::Auditor, None)), now)
}

pub(crate) fn administrator(now: Timestamp) -> Caller {
    Caller::new(Some(principal("administrator", Role::Administrator, None)), now)
}

pub(crate) fn streetlight() -> Submission {
    Submission {
        title: "느티나무3길 가로등 고장".into(),
        text: "느티나무3길 앞 가로등이 3주째 꺼져 있습니다. 어떻게 되나요? 연락처는 010-1234-5678 입니다.".into(),
        name: Some("김하늘".into()),
        kind: Some(Kind::Question),
        ..Submission::default()
    }
}

pub(crate) async fn submit(service: &InquiryService, caller: &Caller, submission: Submission) -> Submitted {
    service.submit(caller, submission).await.unwrap()
}

/// Does all jobs that are due at `now`, as a worker would; says how many.
pub(crate) async fn work(service: &InquiryService, ledger: &Ledger, now: Timestamp) -> usize {
    let mut done = 0;
    loop {
        let request = JobRequest {
            kinds: InquiryService::job_kinds(),
            worker: "test".into(),
            now,
            hold: jiff::SignedDuration::from_secs(60),
            limit: 50,
        };
        let jobs = ledger.lease_jobs(request).await.unwrap();
        if jobs.is_empty() {
            return done;
        }
        for job in jobs {
            service.handle(&job, now).await.unwrap();
            done += 1;
        }
    }
}

// ── The pure part ────────────────────────────────────────────────────

pub(crate) fn calendar() -> Arc<OfficialCalendar> {
    Arc::new(OfficialCalendar { working: WorkingCalendar::korea().unwrap(), revision: 0 })
}

pub(crate) fn number() -> Receipt {
    Receipt::draw(2026, [7; 7])
}

pub(crate) fn filing(kind: Kind) -> Filing {
    let receipt = number();
    let subject = petitioner_subject(&receipt);
    Filing {
        title: Statement::new(&subject, "가로등"),
        text: Statement::new(&subject, "가로등이 꺼져 있습니다"),
        receipt,
        account: Some("kim".into()),
        code_digest: "0".into(),
        channel: Channel::Web,
        name: None,
        contact: None,
        language: TextLanguage::Korean,
        kind,
        kind_said_by: Said::Citizen,
        period: None,
        category: None,
        department: "civil".into(),
        repeats: None,
        subject,
    }
}

pub(crate) fn named() -> NamedOfficial {
    NamedOfficial {
        account: "oh".into(),
        name: "오민재".into(),
        department: "civil".into(),
        department_name: "민원봉사과".into(),
        telephone: "02-0000-1101".into(),
    }
}

pub(crate) fn said(text: &str) -> Statement {
    Statement::new(&petitioner_subject(&number()), text)
}

/// What a program that learned nothing understands of a streetlight, with these near-duplicates.
pub(crate) fn understood(near: &[&Receipt]) -> Understood {
    let understanding = Understanding::new(Arc::new(agency()), None, Models::default());
    let near = near.iter().map(|receipt| NearDuplicate { id: receipt.to_string(), similarity: 0.8 }).collect();
    understanding.understand("가로등", "가로등이 꺼져 있습니다", "2026-11-02".parse().unwrap(), near)
}

/// A case in the making, without any database.
#[derive(Debug, Clone)]
pub(crate) struct Play {
    pub(crate) inquiry: Inquiry,
    pub(crate) calendar: Arc<OfficialCalendar>,
}

impl Play {
    pub(crate) fn new(kind: Kind, received: &str) -> Self {
        let mut play = Self { inquiry: Inquiry::default(), calendar: calendar() };
        play.give(Order::Receive(Box::new(filing(kind))), received).unwrap();
        play
    }

    pub(crate) fn give_at(&mut self, order: Order, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        let command = Command { order, calendar: self.calendar.clone() };
        let events = self.inquiry.decide(command, now)?;
        for event in &events {
            // What is stored is what is read again.
            let stored: Event = serde_json::from_value(serde_json::to_value(event).unwrap()).unwrap();
            assert_eq!(&stored, event);
            self.inquiry.evolve(&stored);
        }
        Ok(events)
    }

    pub(crate) fn give(&mut self, order: Order, now: &str) -> Result<Vec<Event>, Refusal> {
        self.give_at(order, at(now))
    }

    pub(crate) fn due(&self) -> String {
        let Deadline { due, .. } = self.inquiry.running_deadline();
        due.map_or_else(|| "stands still".into(), |due| maru_calendar::seoul(due).to_string())
    }
}
