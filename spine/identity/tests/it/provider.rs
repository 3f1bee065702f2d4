//! An OpenID Connect provider on this machine, that also does what a wicked or broken one does.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json as JsonAnswer, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maru_identity::oidc::{OidcCallback, OidcSettings};
use ring::digest;
use serde_json::{Value as Json, json};

use crate::{
    keys::{SigningKey, encode},
    support::at,
};

pub(crate) const CLIENT: &str = "maru";
pub(crate) const SECRET: &str = "a secret: with/odd+signs%";
pub(crate) const REDIRECT: &str = "https://minwon.example.go.kr/sign-in/callback";

/// What a person agreed to at the provider, until the code is exchanged.
struct Agreed {
    nonce: String,
    challenge: String,
}

pub(crate) struct Behaviour {
    pub(crate) address: String,
    /// Signs the tokens.
    pub(crate) signing: SigningKey,
    /// What is published beside the signing key, or instead of it.
    pub(crate) published: Option<Json>,
    /// Laid over the usual claims; nothing takes a claim away.
    pub(crate) claims: Json,
    /// Laid over the usual header of a token.
    pub(crate) header: Json,
    /// Laid over the usual document.
    pub(crate) document: Json,
    /// What userinfo says.
    pub(crate) userinfo: Json,
    /// Makes something else of a token.
    pub(crate) spoil: Option<fn(String) -> String>,
    agreed: HashMap<String, Agreed>,
    codes: usize,
    /// How often each place was asked.
    pub(crate) asked: HashMap<&'static str, usize>,
}

#[derive(Clone)]
pub(crate) struct Provider {
    behaviour: Arc<Mutex<Behaviour>>,
}

fn lay_over(below: &mut Json, above: &Json) {
    for (name, value) in above.as_object().into_iter().flatten() {
        let fields = below.as_object_mut().unwrap();
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
}

impl Provider {
    /// Starts a provider that signs with RS256.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let behaviour = Behaviour {
            address: format!("http://{}", listener.local_addr().unwrap()),
            signing: SigningKey::rsa("first"),
            published: None,
            claims: json!({}),
            header: json!({}),
            document: json!({}),
            userinfo: json!({"sub": "employee-17"}),
            spoil: None,
            agreed: HashMap::new(),
            codes: 0,
            asked: HashMap::new(),
        };
        let provider = Self { behaviour: Arc::new(Mutex::new(behaviour)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub(crate) fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap()
    }

    pub(crate) fn asked(&self, place: &str) -> usize {
        self.behaviour().asked.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn settings(&self) -> OidcSettings {
        serde_json::from_value(json!({
            "issuer": self.behaviour().address,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_url": REDIRECT,
        }))
        .unwrap()
    }

    /// What happens in the browser: the person agrees, and comes back with a code.
    pub(crate) fn agree(&self, address: &str) -> OidcCallback {
        let (_, query) = address.split_once('?').unwrap();
        let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut behaviour = self.behaviour();
        assert!(address.starts_with(&format!("{}/authorize?", behaviour.address)), "{address}");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["redirect_uri"], REDIRECT);
        assert_eq!(query["scope"], "openid profile email");
        assert_eq!(query["code_challenge_method"], "S256");
        behaviour.codes += 1;
        let code = format!("code-{}", behaviour.codes);
        let agreed = Agreed { nonce: query["nonce"].clone(), challenge: query["code_challenge"].clone() };
        behaviour.agreed.insert(code.clone(), agreed);
        OidcCallback { code: Some(code), state: Some(query["state"].clone()), error: None, iss: None }
    }
}

impl Behaviour {
    fn count(&mut self, place: &'static str) {
        *self.asked.entry(place).or_default() += 1;
    }

    fn id_token(&self, nonce: &str) -> String {
        let now = at(0).as_second();
        let mut claims = json!({
            "iss": self.address, "aud": CLIENT, "sub": "employee-17", "name": "오민재", "email": "oh@example.go.kr",
            "iat": now, "exp": now + 300, "nonce": nonce,
        });
        lay_over(&mut claims, &self.claims);
        let mut header = json!({"alg": self.signing.algorithm(), "kid": self.signing.id, "typ": "JWT"});
        lay_over(&mut header, &self.header);
        let token = self.signing.token_with(&header, &claims);
        self.spoil.map_or(token.clone(), |spoil| spoil(token))
    }
}

async fn document(State(provider): State<Provider>) -> JsonAnswer<Json> {
    let mut behaviour = provider.behaviour();
    behaviour.count("document");
    let address = &behaviour.address;
    let mut document = json!({
        "issuer": address,
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/keys"),
        "userinfo_endpoint": format!("{address}/userinfo"),
        "end_session_endpoint": format!("{address}/sign-out"),
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
    });
    lay_over(&mut document, &behaviour.document);
    JsonAnswer(document)
}

async fn keys(State(provider): State<Provider>) -> JsonAnswer<Json> {
    let mut behaviour = provider.behaviour();
    behaviour.count("keys");
    // Providers list keys of kinds that are not known here too.
    let others = json!({"kty": "OKP", "crv": "Ed25519", "kid": "other", "x": "AA"});
    let signing = behaviour.published.clone().unwrap_or_else(|| behaviour.signing.public());
    JsonAnswer(json!({"keys": [others, {"kty": "RSA"}, signing]}))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, JsonAnswer<Json>) {
    let refuse = |status: StatusCode, error: &str| (status, JsonAnswer(json!({"error": error})));
    let mut behaviour = provider.behaviour();
    behaviour.count("token");
    // RFC 6749, section 2.3.1: both are percent-encoded before they are joined.
    let expected = STANDARD.encode(format!("{CLIENT}:a%20secret%3A%20with%2Fodd%2Bsigns%25"));
    if headers.get("authorization").is_none_or(|given| given != &format!("Basic {expected}")) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let Some(agreed) = form.get("code").and_then(|code| behaviour.agreed.remove(code)) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let challenge = encode(digest::digest(&digest::SHA256, form["code_verifier"].as_bytes()));
    if challenge != agreed.challenge || form["redirect_uri"] != REDIRECT || form["grant_type"] != "authorization_code" {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let id_token = behaviour.id_token(&agreed.nonce);
    let answer = json!({"id_token": id_token, "access_token": "access", "token_type": "Bearer", "expires_in": 300});
    (StatusCode::OK, JsonAnswer(answer))
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> JsonAnswer<Json> {
    assert_eq!(headers["authorization"], "Bearer access");
    JsonAnswer(provider.behaviour().userinfo.clone())
}
