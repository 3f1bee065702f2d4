//! Sign-in by a provider: what works, and everything that must not.

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use jiff::Timestamp;
use maru_identity::{
    AccessQuery, Fault, Identity, IdentityConfig, IdentityError, Recognition, Role, SignInMethod, SignedIn, Visit,
    oidc::{OidcCallback, OidcError, OidcSettings, RoleRule},
};
use maru_ledger::Coming;
use maru_test_database::{TestDatabase, on_both_databases, run};
use serde_json::{Value as Json, json};

use crate::{
    keys::SigningKey,
    provider::{Provider, REDIRECT},
    support::{Deployment, administrator, at, entropy, is_signed_in},
};

on_both_databases!(
    a_citizen_signs_in,
    groups_become_roles_and_departments,
    an_answer_works_once_and_in_its_own_browser_alone,
    the_same_person_has_the_same_account,
    an_erased_person_who_returns_gets_a_new_account,
    the_number_of_a_citizen_is_told_and_not_kept,
);

async fn identity(deployment: &Deployment, settings: OidcSettings) -> Identity {
    let config = IdentityConfig { oidc: Some(settings), entropy: entropy(), ..IdentityConfig::default() };
    Identity::open(deployment.ledger().await, config, at(0)).await.unwrap()
}

/// The rules of an agency whose provider names groups and departments in its own way.
fn mapped(provider: &Provider) -> OidcSettings {
    let mut settings = provider.settings();
    settings.mapping.role_claim = String::from("realm_access.roles");
    settings.mapping.roles = vec![
        RoleRule { value: "minwon-chief".to_owned(), role: Role::Supervisor },
        RoleRule { value: "minwon".to_owned(), role: Role::Official },
        RoleRule { value: "gamsa".to_owned(), role: Role::Auditor },
    ];
    settings.mapping.departments = [("민원봉사과".to_owned(), "civil".to_owned())].into();
    settings
}

async fn sign_in(identity: &Identity, provider: &Provider, second: i64) -> Result<SignedIn, IdentityError> {
    let start = identity.begin_oidc("/queue", at(second)).await?;
    let callback = provider.agree(&start.address);
    identity.finish_oidc(&start.binding, &callback, &Visit::default(), at(second)).await
}

async fn a_citizen_signs_in(deployment: Deployment) {
    let provider = Provider::start().await;
    let identity = identity(&deployment, provider.settings()).await;
    let signed_in = sign_in(&identity, &provider, 0).await.unwrap();
    assert_eq!(signed_in.return_to, "/queue");
    let session = identity.session(&signed_in.token, at(1)).await.unwrap().unwrap();
    assert_eq!((session.principal.name.as_str(), session.principal.role), ("오민재", Role::Citizen));
    assert_eq!((session.method, session.principal.department.clone()), (SignInMethod::Oidc, None));
    let account = identity.account(&session.principal.account).await.unwrap().unwrap();
    assert_eq!(account.email.as_deref(), Some("oh@example.go.kr"));
    let address = identity.oidc_sign_out_address("https://minwon.example.go.kr/", at(2)).await.unwrap().unwrap();
    assert!(
        address.ends_with("/sign-out?client_id=maru&post_logout_redirect_uri=https%3A%2F%2Fminwon.example.go.kr%2F")
    );
}

/// Keeps what it is told.
#[derive(Default)]
struct Listener(Mutex<Vec<(String, String)>>);

impl Recognition for Listener {
    fn signed_in<'r>(&'r self, account: &'r str, identifier: &'r str, _now: Timestamp) -> Coming<'r, ()> {
        self.0.lock().unwrap().push((account.to_owned(), identifier.to_owned()));
        Box::pin(async {})
    }
}

async fn the_number_of_a_citizen_is_told_and_not_kept(deployment: Deployment) {
    let provider = Provider::start().await;
    let mut settings = mapped(&provider);
    "resident_number".clone_into(&mut settings.mapping.identifier_claim);
    let listener = Arc::new(Listener::default());
    let recognition: Arc<dyn Recognition> = listener.clone();
    let config = IdentityConfig {
        oidc: Some(settings),
        recognition: Some(recognition),
        entropy: entropy(),
        ..IdentityConfig::default()
    };
    let ledger = deployment.ledger().await;
    let identity = Identity::open(ledger.clone(), config, at(0)).await.unwrap();
    let number = "900101-1234568";
    provider.behaviour().claims = json!({ "resident_number": number });
    let citizen = sign_in(&identity, &provider, 0).await.unwrap().session.principal.clone();
    assert_eq!(*listener.0.lock().unwrap(), [(citizen.account.clone(), number.to_owned())]);
    // Without the claim nothing is told, and of staff nothing at all.
    provider.behaviour().claims = json!({});
    sign_in(&identity, &provider, 1).await.unwrap();
    provider.behaviour().claims =
        json!({ "resident_number": number, "realm_access": {"roles": ["minwon"]}, "department": "민원봉사과" });
    sign_in(&identity, &provider, 2).await.unwrap();
    assert_eq!(listener.0.lock().unwrap().len(), 1);
    let account = identity.account(&citizen.account).await.unwrap().unwrap();
    assert!(!format!("{account:?}").contains("900101"));
}

async fn groups_become_roles_and_departments(deployment: Deployment) {
    let provider = Provider::start().await;
    provider.behaviour().signing = SigningKey::p256("curve");
    let identity = identity(&deployment, mapped(&provider)).await;
    let claims = |roles: Json, department: Json| {
        provider.behaviour().claims = json!({"realm_access": {"roles": roles}, "department": department});
    };
    claims(json!(["staff", "minwon"]), json!(["전산과", "민원봉사과"]));
    let official = sign_in(&identity, &provider, 0).await.unwrap().session;
    assert_eq!((official.principal.role, official.principal.department.as_deref()), (Role::Official, Some("civil")));
    // The provider's word holds from the next sign-in on: promoted, then moved to audit.
    claims(json!(["minwon", "minwon-chief"]), json!("민원봉사과"));
    let chief = sign_in(&identity, &provider, 1).await.unwrap().session;
    assert_eq!((chief.principal.role, &chief.principal.account), (Role::Supervisor, &official.principal.account));
    claims(json!("gamsa"), Json::Null);
    let auditor = sign_in(&identity, &provider, 2).await.unwrap().session;
    assert_eq!((auditor.principal.role, auditor.principal.department.clone()), (Role::Auditor, None));
    // Who is in no group any more is no official any more.
    claims(json!([]), json!("민원봉사과"));
    let citizen = sign_in(&identity, &provider, 3).await.unwrap().session;
    assert_eq!((citizen.principal.role, citizen.principal.department.clone()), (Role::Citizen, None));
    let query = AccessQuery { account: Some(official.principal.account.clone()), ..AccessQuery::default() };
    assert_eq!(identity.access_records(query).await.unwrap().len(), 3, "sign-ins of staff are recorded");
    // Officials without a department that is known here are told so.
    for department in [Json::Null, json!("없는과"), json!({"name": "민원봉사과"}), json!("")] {
        claims(json!(["minwon"]), department.clone());
        let refused = sign_in(&identity, &provider, 3).await.unwrap_err();
        assert!(matches!(refused, IdentityError::Oidc(OidcError::Unmapped { .. })), "{department}: {refused}");
        assert_eq!(refused.fault(), Fault::Request);
    }
}

async fn an_answer_works_once_and_in_its_own_browser_alone(deployment: Deployment) {
    let provider = Provider::start().await;
    let identity = identity(&deployment, provider.settings()).await;
    let (one, other) = (identity.begin_oidc("/", at(0)).await.unwrap(), identity.begin_oidc("/", at(0)).await.unwrap());
    let (answer, others_answer) = (provider.agree(&one.address), provider.agree(&other.address));
    let visit = Visit::default();
    let refused = |binding: String, callback: OidcCallback, second: i64| {
        let (identity, visit) = (identity.clone(), visit.clone());
        async move {
            let refused = identity.finish_oidc(&binding, &callback, &visit, at(second)).await.unwrap_err();
            assert!(matches!(refused, IdentityError::AttemptUnknown), "{refused}");
        }
    };
    refused(one.binding.clone(), others_answer.clone(), 1).await;
    refused(other.binding.clone(), answer.clone(), 1).await;
    refused(String::new(), answer.clone(), 1).await;
    refused(one.binding.clone(), OidcCallback { state: None, ..answer.clone() }, 1).await;
    refused(one.binding.clone(), OidcCallback { state: Some(String::new()), ..answer.clone() }, 1).await;
    assert_eq!(provider.asked("token"), 0);
    // Two at once: one of them is first.
    let (first, second) = tokio::join!(
        identity.finish_oidc(&one.binding, &answer, &visit, at(1)),
        identity.finish_oidc(&one.binding, &answer, &visit, at(1)),
    );
    assert!(first.is_ok() != second.is_ok());
    refused(one.binding.clone(), answer, 2).await;
    assert_eq!(provider.asked("token"), 1);
    refused(other.binding, others_answer, 10 * 60).await;
}

async fn the_same_person_has_the_same_account(deployment: Deployment) {
    let provider = Provider::start().await;
    let first = identity(&deployment, provider.settings()).await;
    let account = sign_in(&first, &provider, 0).await.unwrap().session.principal.account.clone();
    assert!(!account.contains("17") || account.len() == 25, "{account}");
    // Another server, or the same after a restart.
    let second = identity(&deployment, provider.settings()).await;
    assert_eq!(sign_in(&second, &provider, 1).await.unwrap().session.principal.account, account);
    provider.behaviour().claims = json!({"sub": "employee-18"});
    assert_ne!(sign_in(&second, &provider, 2).await.unwrap().session.principal.account, account);
    provider.behaviour().claims = json!({"name": "오민제"});
    let renamed = sign_in(&second, &provider, 3).await.unwrap();
    assert_eq!((&renamed.session.principal.account, renamed.session.principal.name.as_str()), (&account, "오민제"));
}

async fn an_erased_person_who_returns_gets_a_new_account(deployment: Deployment) {
    let provider = Provider::start().await;
    let identity = identity(&deployment, provider.settings()).await;
    let former = sign_in(&identity, &provider, 0).await.unwrap();
    let account = &former.session.principal.account;
    identity.erase(account, administrator(), at(1)).await.unwrap();
    let returned = sign_in(&identity, &provider, 2).await.unwrap();
    assert_ne!(&returned.session.principal.account, account);
    assert!(!is_signed_in(&identity, &former.token, 2).await);
    // Who was only shut out stays out.
    let account = &returned.session.principal.account;
    identity.close(account, administrator(), at(3)).await.unwrap();
    let refused = sign_in(&identity, &provider, 4).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Account(maru_identity::AccountRefusal::Closed)), "{refused}");
}

/// Runs a test against a provider; which database is underneath does not matter to it.
fn conversation<F: Future<Output = ()>>(test: impl FnOnce(Deployment) -> F) {
    run(TestDatabase::sqlite(), test);
}

#[test]
fn tokens_that_prove_nothing_are_refused() {
    conversation(async |deployment| {
        let provider = Provider::start().await;
        let identity = identity(&deployment, provider.settings()).await;
        let now = at(0).as_second();
        let usual = || {
            let mut behaviour = provider.behaviour();
            (behaviour.claims, behaviour.header, behaviour.spoil) = (json!({}), json!({}), None);
        };
        let claims = [
            ("issuer", json!({"iss": "https://evil.example"})),
            ("no issuer", json!({"iss": null})),
            ("audience", json!({"aud": "another"})),
            ("audiences", json!({"aud": ["another", "third"]})),
            ("several audiences, no party", json!({"aud": ["maru", "another"]})),
            ("party", json!({"azp": "another"})),
            ("no audience", json!({"aud": null})),
            ("expired", json!({"exp": now - 60})),
            ("no end", json!({"exp": null})),
            ("end that is no number", json!({"exp": "tomorrow"})),
            ("from the future", json!({"iat": now + 61})),
            ("old", json!({"iat": now - 901})),
            ("no date", json!({"iat": null})),
            ("not yet", json!({"nbf": now + 61})),
            ("another sign-in", json!({"nonce": "x"})),
            ("no nonce", json!({"nonce": null})),
            ("no subject", json!({"sub": null})),
            ("empty subject", json!({"sub": ""})),
            ("long subject", json!({"sub": "x".repeat(256)})),
        ];
        for (what, claims) in claims {
            usual();
            provider.behaviour().claims = claims;
            let refused = sign_in(&identity, &provider, 0).await.unwrap_err();
            assert!(matches!(refused, IdentityError::Oidc(OidcError::Token { .. })), "{what}: {refused}");
            assert_eq!(refused.fault(), Fault::Provider);
        }
        let headers = [
            json!({"alg": "none"}),
            json!({"alg": "HS256"}),
            json!({"alg": "RS512"}),
            json!({"alg": "ES256"}),
            json!({"alg": null}),
            json!({"kid": "second"}),
            json!({"crit": ["exp"]}),
        ];
        for header in headers {
            usual();
            provider.behaviour().header = header.clone();
            let refused = sign_in(&identity, &provider, 0).await.unwrap_err();
            assert!(matches!(refused, IdentityError::Oidc(OidcError::Token { .. })), "{header}: {refused}");
        }
        let spoilers: [fn(String) -> String; 6] = [
            |token| token.rsplit_once('.').unwrap().0.to_owned() + ".",
            |token| token.rsplit_once('.').unwrap().0.to_owned(),
            |token| token + ".more",
            |_| String::new(),
            |token| token.replace('.', "가"),
            |token| {
                // Another's claims under this signature.
                let parts: Vec<&str> = token.split('.').collect();
                format!("{}.{}.{}", parts[0], crate::keys::encode(r#"{"sub":"root"}"#), parts[2])
            },
        ];
        for (number, spoil) in spoilers.into_iter().enumerate() {
            usual();
            provider.behaviour().spoil = Some(spoil);
            let refused = sign_in(&identity, &provider, 0).await.unwrap_err();
            assert!(matches!(refused, IdentityError::Oidc(OidcError::Token { .. })), "{number}: {refused}");
        }
        usual();
        // Another's key under the same name.
        provider.behaviour().published = Some(SigningKey::rsa("first").public());
        provider.behaviour().signing = SigningKey::p256("first");
        assert!(sign_in(&identity, &provider, 0).await.is_err());
        // Clocks may differ by a minute; fractions and lists are allowed.
        provider.behaviour().signing = SigningKey::rsa("first");
        provider.behaviour().claims =
            json!({"exp": now - 59, "iat": f64::from(60_u8) + 0.5, "aud": ["maru"], "azp": "maru"});
        provider.behaviour().claims["iat"] = json!(now + 60);
        sign_in(&identity, &provider, 0).await.unwrap();
    });
}

#[test]
fn a_provider_may_change_its_keys() {
    conversation(async |deployment| {
        let provider = Provider::start().await;
        let identity = identity(&deployment, provider.settings()).await;
        sign_in(&identity, &provider, 0).await.unwrap();
        sign_in(&identity, &provider, 40).await.unwrap();
        assert_eq!((provider.asked("keys"), provider.asked("document")), (1, 1));
        provider.behaviour().signing = SigningKey::p256("second");
        sign_in(&identity, &provider, 41).await.unwrap();
        assert_eq!(provider.asked("keys"), 2, "asked for again, once");
        // Invented names of keys do not make this server storm the provider.
        provider.behaviour().published = Some(SigningKey::p256("third").public());
        provider.behaviour().signing = SigningKey::p256("invented");
        for second in 42..70 {
            assert!(sign_in(&identity, &provider, second).await.is_err());
        }
        assert_eq!(provider.asked("keys"), 2);
        assert!(sign_in(&identity, &provider, 72).await.is_err());
        assert_eq!(provider.asked("keys"), 3);
        // A token without the name of a key is tried against all of its kind.
        provider.behaviour().published = None;
        provider.behaviour().header = json!({"kid": null});
        sign_in(&identity, &provider, 110).await.unwrap();
    });
}

#[test]
fn what_the_provider_refuses_is_told() {
    conversation(async |deployment| {
        let provider = Provider::start().await;
        let identity = identity(&deployment, provider.settings()).await;
        let finish = async |change: fn(&mut OidcCallback)| {
            let start = identity.begin_oidc("/", at(0)).await.unwrap();
            let mut callback = provider.agree(&start.address);
            change(&mut callback);
            identity.finish_oidc(&start.binding, &callback, &Visit::default(), at(0)).await
        };
        let refused = finish(|it| it.error = Some("access_denied<script>".to_owned())).await.unwrap_err();
        let IdentityError::Oidc(OidcError::Refused { reason }) = &refused else { panic!("{refused}") };
        assert_eq!(reason, "access_deniedscript", "nothing of others' making is passed on");
        for change in [(|it| it.code = None) as fn(&mut OidcCallback), |it| it.code = Some("invented".to_owned())] {
            let refused = finish(change).await.unwrap_err();
            assert!(matches!(refused, IdentityError::Oidc(OidcError::Refused { .. })), "{refused}");
        }
        let mixed_up = finish(|it| it.iss = Some("https://evil.example".to_owned())).await.unwrap_err();
        assert!(matches!(mixed_up, IdentityError::Oidc(OidcError::Token { .. })), "{mixed_up}");
        let mut settings = provider.settings();
        settings.client_secret = "wrong".to_owned();
        let refused = sign_in(&self::identity(&deployment, settings).await, &provider, 0).await.unwrap_err();
        assert!(refused.to_string().ends_with("status 401, error invalid_client"), "{refused}");
    });
}

#[test]
fn people_without_a_place_are_refused() {
    conversation(async |deployment| {
        let provider = Provider::start().await;
        let mut settings = mapped(&provider);
        settings.mapping.default_role = None;
        let identity = identity(&deployment, settings).await;
        provider.behaviour().claims = json!({"realm_access": {"roles": ["guest"]}});
        let refused = sign_in(&identity, &provider, 0).await.unwrap_err();
        assert!(matches!(refused, IdentityError::Oidc(OidcError::Unmapped { .. })), "{refused}");
        provider.behaviour().claims = json!({"realm_access": {"roles": ["gamsa"]}, "name": null});
        let nameless = sign_in(&identity, &provider, 0).await.unwrap_err();
        assert!(nameless.to_string().contains("the claim name"), "{nameless}");
        let (korean, english) = nameless.for_people();
        assert!(korean.contains("시스템 관리자") && english.contains("administrator"));
    });
}

#[test]
fn userinfo_adds_and_does_not_contradict() {
    conversation(async |deployment| {
        let provider = Provider::start().await;
        let identity = identity(&deployment, OidcSettings { userinfo: true, ..mapped(&provider) }).await;
        let more = json!({"sub": "employee-17", "name": "남의 이름", "realm_access": {"roles": ["gamsa"]}});
        provider.behaviour().userinfo = more;
        let session = sign_in(&identity, &provider, 0).await.unwrap().session;
        assert_eq!((session.principal.role, session.principal.name.as_str()), (Role::Auditor, "오민재"));
        provider.behaviour().userinfo = json!({"sub": "employee-18"});
        let refused = sign_in(&identity, &provider, 0).await.unwrap_err();
        assert!(matches!(refused, IdentityError::Oidc(OidcError::Answer { .. })), "{refused}");
    });
}

#[test]
fn a_provider_that_is_away_or_another_is_told() {
    conversation(async |deployment| {
        let mut settings = Provider::start().await.settings();
        settings.issuer = "http://127.0.0.1:9".to_owned();
        let away = identity(&deployment, settings).await;
        let refused = away.begin_oidc("/", at(0)).await.unwrap_err();
        assert!(matches!(refused, IdentityError::Oidc(OidcError::Unreachable { .. })), "{refused}");
        assert_eq!(refused.fault(), Fault::Provider);
        for wrong in [
            json!({"issuer": "https://evil.example"}),
            json!({"token_endpoint": "http://evil.example/token"}),
            json!({"jwks_uri": "file:///etc/passwd"}),
            json!({"authorization_endpoint": null}),
            json!({"id_token_signing_alg_values_supported": ["HS256"]}),
            json!({"code_challenge_methods_supported": ["plain"]}),
        ] {
            let provider = Provider::start().await;
            provider.behaviour().document = wrong.clone();
            let identity = identity(&deployment, provider.settings()).await;
            for second in [0, 1, 4] {
                let refused = identity.begin_oidc("/", at(second)).await.unwrap_err();
                assert!(matches!(refused, IdentityError::Oidc(OidcError::Answer { .. })), "{wrong}: {refused}");
            }
            assert_eq!(provider.asked("document"), 1, "left alone for five seconds");
            provider.behaviour().document = json!({});
            identity.begin_oidc("/", at(5)).await.unwrap();
        }
    });
}

#[test]
fn odd_answers_are_not_believed() {
    conversation(async |deployment| {
        let answers: [fn() -> Response; 5] = [
            || Redirect::temporary("https://evil.example/").into_response(),
            || (StatusCode::OK, " ".repeat(1_048_577)).into_response(),
            || (StatusCode::OK, "<html>").into_response(),
            || (StatusCode::OK, "[]").into_response(),
            || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        ];
        for answer in answers {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut settings = Provider::start().await.settings();
            settings.issuer = format!("http://{}", listener.local_addr().unwrap());
            let router = Router::new().route("/.well-known/openid-configuration", get(move || async move { answer() }));
            tokio::spawn(async move { axum::serve(listener, router).await });
            let refused = identity(&deployment, settings).await.begin_oidc("/", at(0)).await.unwrap_err();
            assert!(matches!(refused, IdentityError::Oidc(OidcError::Answer { .. })), "{refused}");
        }
    });
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    conversation(async |deployment| {
        let right: OidcSettings = serde_json::from_value(json!({
            "issuer": "https://login.example.go.kr", "client_id": "maru", "redirect_url": REDIRECT,
        }))
        .unwrap();
        let wrong = |change: fn(&mut OidcSettings)| {
            let mut settings = right.clone();
            change(&mut settings);
            settings
        };
        let ledger = deployment.ledger().await;
        for settings in [
            wrong(|it| it.issuer = "http://login.example.go.kr".to_owned()),
            wrong(|it| it.issuer = "login".to_owned()),
            wrong(|it| it.issuer = "https://user:password@login.example.go.kr".to_owned()),
            wrong(|it| it.client_id = String::new()),
            wrong(|it| it.redirect_url = String::new()),
        ] {
            let config = IdentityConfig { oidc: Some(settings), ..IdentityConfig::default() };
            let refused = Identity::open(ledger.clone(), config, at(0)).await.unwrap_err();
            assert!(matches!(refused, IdentityError::Oidc(OidcError::Settings { .. })), "{refused}");
        }
        assert!(
            serde_json::from_value::<OidcSettings>(json!({"issuer": "x", "client_id": "y", "isuer": "z"})).is_err()
        );
        assert!(!format!("{right:?}").contains("secret"));
    });
}
