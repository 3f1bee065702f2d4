//! A deployment in a folder, for measurements: invented people, the law of this repository.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use maru_identity::{Policies, Principal, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SystemEntropy};
use maru_welfare::{Caller, Dependencies, Settings, WelfareService, domain::Household, evaluation::LawBook};
use serde_json::json;

/// What goes wrong in a measurement.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Opens the deployment in a folder: on the database whose address stands in its file `database`, else on SQLite.
pub(crate) async fn open(folder: &Path) -> Result<(Ledger, WelfareService), Failure> {
    std::fs::create_dir_all(folder)?;
    let law = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea");
    let database = match std::fs::read_to_string(folder.join("database")) {
        Ok(address) => address.trim().to_owned(),
        Err(_) => format!("sqlite:{}", folder.join("maru.sqlite").display()),
    };
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    let ledger = Ledger::open(config, maru_welfare::projections()).await?;
    let service = WelfareService::new(Dependencies {
        ledger: ledger.clone(),
        policies: Arc::new(Policies::built_in()?),
        entropy: Arc::new(SystemEntropy),
        law: LawBook::load(&law)?,
        settings: Settings::default(),
    })?;
    Ok((ledger, service))
}

/// Somebody of the department, or a citizen.
pub(crate) fn person(account: &str, role: Role, now: Timestamp) -> Caller {
    let department = role.needs_department().then(|| "welfare".to_owned());
    Caller::new(Some(Principal { account: account.to_owned(), name: account.to_owned(), role, department }), now)
}

/// A pensioner alone who rents a room; each with another pension.
pub(crate) fn pensioner(number: usize) -> Household {
    let household = json!({
        "members": [{"id": "p1", "role": "head", "facts": {
            "birth": "1948-03-11", "national_pension_old_age": 100_000 + number % 300 * 1_000, "lease_deposit": 8_000_000
        }}],
        "facts": {"province": "gyeonggi", "municipality_kind": "city", "tenure": "tenant", "monthly_rent": 260_000},
        "pay_to": {"bank": "MARUKRSE", "number": format!("110-000-{number:06}"), "holder": "시험"}
    });
    // Written here, so that it is one.
    serde_json::from_value(household).unwrap_or_default()
}
