//! A deployment with the Korean package, and people who ask.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use maru_identity::{Policies, Principal, Role};
use maru_laws::{LawSettings, LawsService, Shelf, api, pages};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};
use maru_web::{Language, Problem, Visitor};
use tower::ServiceExt as _;

/// The Korean package, read once.
pub(crate) fn shelf() -> Shelf {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    let read = || {
        let package = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea");
        let title = "사회보장급여".to_owned();
        Shelf::read(&[LawSettings { name: "korea".to_owned(), title, title_en: "Benefits".to_owned(), package }])
            .unwrap()
    };
    SHELF.get_or_init(read).clone()
}

pub(crate) struct Deployment {
    pub(crate) service: LawsService,
    pub(crate) ledger: Ledger,
    _directory: tempfile::TempDir,
}

/// A deployment on SQLite.
pub(crate) async fn deployment() -> Deployment {
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", directory.path().join("maru.db").display());
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    let ledger = Ledger::open(config, maru_laws::projections()).await.unwrap();
    let service = LawsService::new(ledger.clone(), Arc::new(Policies::built_in().unwrap()), shelf());
    Deployment { service, ledger, _directory: directory }
}

/// Somebody in a role.
pub(crate) fn person(role: Role) -> Principal {
    let department = Some("welfare".to_owned());
    Principal { account: format!("account-{role:?}"), name: "담당".to_owned(), role, department }
}

/// Asks, and gives status and text.
pub(crate) async fn ask(
    deployment: &Deployment,
    who: Option<Principal>,
    language: Language,
    (method, path, body): (&str, &str, &str),
) -> (StatusCode, String) {
    let visitor = Visitor { principal: who, ..maru_web::testing::visitor(language) };
    let router: Router = pages::router(deployment.service.clone())
        .merge(api::router(deployment.service.clone()))
        .layer(Extension(visitor));
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.as_ref().map_or(response.status(), |problem| problem.status);
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}
