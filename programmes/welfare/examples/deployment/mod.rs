//! A deployment in a folder, for measurements: invented people, the law of this repository.
#![allow(dead_code, reason = "each example uses some of it")]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension,
    body::Body,
    http::{Request, StatusCode},
};
use jiff::Timestamp;
use maru_identity::{Policies, Principal, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SystemEntropy};
use maru_web::Visitor;
use maru_welfare::{
    Caller, Dependencies, Settings, WelfareService, domain::Household, evaluation::LawBook, pages::Pages,
};
use serde_json::json;
use tower::ServiceExt as _;

/// What goes wrong in a measurement.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Opens the deployment in a folder: on the database whose address stands in its file `database`, else on SQLite.
pub(crate) async fn open(folder: &Path) -> Result<(Ledger, WelfareService), Failure> {
    open_with(folder, Settings::default(), &law()).await
}

/// The law of this repository.
pub(crate) fn law() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea")
}

/// A law of entities alone, for work that reckons nothing: the whole law takes longer to read than a payment run takes.
pub(crate) fn law_without_benefits(folder: &Path) -> Result<PathBuf, Failure> {
    let only = folder.join("entities");
    std::fs::create_dir_all(&only)?;
    std::fs::copy(law().join("entities.py"), only.join("entities.py"))?;
    Ok(only)
}

/// The same with other settings, or another law.
pub(crate) async fn open_with(
    folder: &Path,
    settings: Settings,
    law: &Path,
) -> Result<(Ledger, WelfareService), Failure> {
    std::fs::create_dir_all(folder)?;
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
        law: LawBook::load(law)?,
        settings,
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

/// A page as a browser gets it, without the way over the network: how long it took.
pub(crate) async fn page(service: &WelfareService, who: &Caller, address: &str) -> Result<Duration, Failure> {
    let visitor = Visitor {
        principal: who.principal.clone(),
        now: who.now,
        ..maru_web::testing::visitor(maru_web::Language::Korean)
    };
    let router = Pages::new(service.clone()).router().layer(Extension(visitor));
    let begin = Instant::now();
    let request = Request::builder().uri(address).body(Body::empty())?;
    let response = router.oneshot(request).await?;
    if response.status() != StatusCode::OK {
        return Err(format!("{address} answers {}", response.status()).into());
    }
    axum::body::to_bytes(response.into_body(), 1 << 24).await?;
    Ok(begin.elapsed())
}

/// Tells how long something took that was done many times.
pub(crate) fn told(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied();
    let sum: Duration = times.iter().sum();
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX).max(1);
    println!(
        "{what}: {count} times, {:?} on average; median {:?}, 95 % {:?}, 99 % {:?}",
        sum / count,
        at(50).unwrap_or_default(),
        at(95).unwrap_or_default(),
        at(99).unwrap_or_default()
    );
}
