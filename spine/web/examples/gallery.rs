//! The gallery of components, sign-in and error pages on <http://127.0.0.1:8429>, with a ledger that is gone afterwards:
//! `cargo run -p maru-web --example gallery`.

use std::{error::Error, net::SocketAddr, sync::Arc};

use axum::{Router, routing::get};
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, Role};
use maru_ledger::{Clock as _, Entropy as _, Ledger, LedgerConfig, LedgerKeys, SystemClock, SystemEntropy};
use maru_web::{
    ApiDocument, Page, PageKind, Problem, Visitor, WebOptions, WebSecret, WebState, components::Button,
    components::Form, testing,
};

fn people() -> Vec<DemonstrationAccount> {
    let person = |account: &str, name: &str, name_en: &str, role: Role| DemonstrationAccount {
        account: account.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        role,
        department: role.needs_department().then(|| "roads".to_owned()),
    };
    vec![
        person("kim-haneul", "김하늘", "Kim Haneul", Role::Citizen),
        person("lee-doyun", "이도윤", "Lee Doyun", Role::Official),
        person("park-seojun", "박서준", "Park Seojun", Role::Supervisor),
        person("choi-jiwoo", "최지우", "Choi Jiwoo", Role::Administrator),
        person("jeong-haeun", "정하은", "Jeong Haeun", Role::Auditor),
    ]
}

/// A page that only people who signed in see, with a form: for trying what happens when a session ends.
async fn private(visitor: Visitor) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let form = Form::post(&visitor, "/private").body(maru_web::Html::empty().and(Button::primary("OK")));
    Ok(Page::new(&visitor, "private", PageKind::Citizen).body(maru_web::Html::empty().and(form)))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let directory = tempfile::tempdir()?;
    let database = format!("sqlite:{}", directory.path().join("gallery.db").display());
    let mut secret = [0; 32];
    SystemEntropy.fill(&mut secret);
    let keys = LedgerKeys::new(secret, secret);
    let ledger =
        Ledger::open(LedgerConfig::new(database, keys, "gallery.example/log"), Identity::projections()).await?;
    let configuration = IdentityConfig { demonstration: Some(people()), ..IdentityConfig::default() };
    let identity = Identity::open(ledger, configuration, SystemClock.now()).await?;
    let address: SocketAddr = ([127, 0, 0, 1], 8429).into();
    let options = WebOptions::new(format!("http://{address}"), WebSecret::new(secret), testing::site());
    let web = WebState::new(options, identity, Arc::new(SystemClock), Arc::new(SystemEntropy));
    let document = ApiDocument::new(&testing::api_document())?;
    let programme = Router::new().route("/private", get(private).post(private)).merge(document.routes());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let service = maru_web::router(&web, programme).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
