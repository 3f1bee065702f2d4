//! Deployments on both databases, people of ministries, a small plan.

use std::sync::Arc;

use jiff::{Timestamp, civil::DateTime};
use maru_identity::{Policies, Principal, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use maru_plan::{Caller, PlanService, ServiceError, domain::Basis, figures::FigureSource, import, service::ImportNote};
use maru_test_database::{TestDatabase, next_number};

/// The small plan, on a database of its own.
pub(crate) struct Deployment {
    pub(crate) service: PlanService,
    pub(crate) ledger: Ledger,
    _database: TestDatabase,
}

impl Deployment {
    /// The same with a source of live figures.
    pub(crate) fn with_figures(mut self, source: Arc<dyn FigureSource>) -> Self {
        self.service = self.service.with_figures(source);
        self
    }

    async fn open(database: TestDatabase) -> Self {
        let mut config =
            LedgerConfig::new(database.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        let ledger = Ledger::open(config, maru_plan::projections()).await.unwrap();
        let entropy = Arc::new(SeededEntropy::new(next_number() + 1_000));
        let service = PlanService::new(ledger.clone(), Arc::new(Policies::built_in().unwrap()), entropy).unwrap();
        import_plan(&service, PLAN, "2026-02-25").await;
        Self { service, ledger, _database: database }
    }
}

/// A deployment on SQLite.
pub(crate) async fn sqlite() -> Deployment {
    Deployment::open(TestDatabase::sqlite()).await
}

/// The same on PostgreSQL; nothing where there is none.
pub(crate) async fn postgres() -> Option<Deployment> {
    match TestDatabase::postgres() {
        Some(database) => Some(Deployment::open(database).await),
        None => None,
    }
}

/// Four invented recommendations.
pub(crate) const PLAN: &str = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent
1\tAI 혁신 생태계 조성\t1\tAI 고속도로 구축\t컴퓨팅 기반\t1\t과기정통부\t과기정통부는 산업부와 협의하여 도입 방안을 ’26년 2분기까지 마련하고 ’26년 4분기까지 갖춘다.
1\tAI 혁신 생태계 조성\t1\tAI 고속도로 구축\t컴퓨팅 기반\t2\t과기정통부\t과기정통부는 지침을 보완한다.
2\t범국가 AI 기반 대전환\t7\t공공 AX\t통합 민원\t1\t행안부\t행안부와 과기정통부는 ｢민원 처리에 관한 법률｣ 개정안을 ’26년 3분기까지 낸다.
3\t글로벌 AI 기본사회 기여\t11\tAI기본사회\t공론장\t1\t교육부\t교육부는 ’27년 1분기부터 연수를 시작한다.
";

pub(crate) async fn import_plan(service: &PlanService, table: &str, label: &str) -> maru_plan::service::Imported {
    let note = ImportNote {
        label: label.to_owned(),
        decided: jiff::civil::date(2026, 2, 25),
        basis: Basis::Arrangement,
        reason: "일정을 맞춤".to_owned(),
        whole: false,
    };
    let read = import::read(table);
    assert_eq!(read.bad, []);
    service.import(read.entries, &note, at("2026-02-25T14:00")).await.unwrap()
}

/// The same where the table holds the whole plan: what it lacks is left out.
pub(crate) async fn import_whole(
    service: &PlanService,
    table: &str,
    label: &str,
    basis: Basis,
) -> maru_plan::service::Imported {
    let note = ImportNote {
        label: label.to_owned(),
        decided: jiff::civil::date(2026, 11, 20),
        basis,
        reason: "다른 과제와 합침".to_owned(),
        whole: true,
    };
    service.import(import::read(table).entries, &note, at("2026-11-20T14:00")).await.unwrap()
}

pub(crate) fn at(civil: &str) -> Timestamp {
    maru_calendar::instant(civil.parse::<DateTime>().unwrap())
}

/// An official of a body.
pub(crate) fn official(body: &str, civil: &str) -> Caller {
    let principal = Principal {
        account: format!("official-{body}"),
        name: "담당".to_owned(),
        role: Role::Official,
        department: Some(body.to_owned()),
    };
    Caller::new(Some(principal), at(civil))
}

pub(crate) fn committee(civil: &str) -> Caller {
    official("aistrategy", civil)
}

/// Somebody else of the committee.
pub(crate) fn colleague(civil: &str) -> Caller {
    let principal = Principal {
        account: "colleague".to_owned(),
        name: "동료".to_owned(),
        role: Role::Official,
        department: Some("aistrategy".to_owned()),
    };
    Caller::new(Some(principal), at(civil))
}

/// A citizen who signed in.
pub(crate) fn citizen(account: &str, civil: &str) -> Caller {
    let principal =
        Principal { account: account.to_owned(), name: String::new(), role: Role::Citizen, department: None };
    Caller::new(Some(principal), at(civil))
}

pub(crate) fn stranger(civil: &str) -> Caller {
    Caller::new(None, at(civil))
}

/// The name of a refusal.
pub(crate) fn code(error: &ServiceError) -> &str {
    match error {
        ServiceError::Refused(explained) => explained.code,
        ServiceError::Forbidden(_) => "forbidden",
        ServiceError::SignInRequired => "sign-in",
        ServiceError::NotFound => "not-found",
        _ => "other",
    }
}
