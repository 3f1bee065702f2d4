//! Sessions: whose they are, how long they last, how they end.

use maru_test_database::{TestDatabase, on_both_databases};
use std::time::Duration;

use maru_identity::{Identity, IdentityConfig, IdentityError, Role, SessionRules, Visit, csrf_fits, new_token};
use maru_ledger::SeededEntropy;
use proptest::{prelude::*, test_runner::TestRunner};

use crate::support::{Deployment, administrator, at, demonstration, entropy, is_signed_in, people, sign_in};

on_both_databases!(
    a_session_tells_who_is_asking,
    sessions_end_after_idleness_and_after_twelve_hours,
    signing_out_ends_one_session_at_once,
    every_session_of_an_account_can_be_ended,
    signing_in_again_replaces_the_former_session,
    the_oldest_sessions_give_way,
    nothing_secret_is_stored,
    without_the_demonstration_nobody_of_it_is_signed_in,
    expired_sessions_are_cleared_away,
    another_server_ends_a_session_within_seconds,
);

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

async fn a_session_tells_who_is_asking(deployment: Deployment) {
    let identity = deployment.identity().await;
    let signed_in = sign_in(&identity, "oh-minjae", 0).await;
    let session = identity.session(&signed_in.token, at(1)).await.unwrap().unwrap();
    assert_eq!(session.principal.name, "오민재");
    assert_eq!((session.principal.role, session.principal.department.as_deref()), (Role::Official, Some("civil")));
    assert!(csrf_fits(&signed_in.token, &session.csrf_token));
    assert_eq!(identity.cached_session(&signed_in.token, at(2)).unwrap(), session);
    // The same from the database, when memory has let go of it.
    assert!(identity.cached_session(&signed_in.token, at(100)).is_none());
    assert_eq!(identity.session(&signed_in.token, at(100)).await.unwrap().unwrap(), session);
    for wrong in ["", "x", &"A".repeat(43), &new_token(&SeededEntropy::new(9)), &session.handle, &session.csrf_token] {
        assert!(!is_signed_in(&identity, wrong, 1).await, "{wrong}");
    }
}

async fn sessions_end_after_idleness_and_after_twelve_hours(deployment: Deployment) {
    let identity = deployment.identity().await;
    let official = sign_in(&identity, "oh-minjae", 0).await.token;
    let citizen = sign_in(&identity, "gil-dong", 0).await.token;
    assert!(is_signed_in(&identity, &official, 29 * MINUTE).await);
    assert!(is_signed_in(&identity, &official, 58 * MINUTE).await, "it was used at minute 29");
    assert!(!is_signed_in(&identity, &official, 88 * MINUTE).await, "30 minutes went by");
    assert!(is_signed_in(&identity, &citizen, 59 * MINUTE).await, "citizens have an hour");
    let busy = sign_in(&identity, "han-seoyun", 0).await.token;
    for minute in (0..12 * 60).step_by(20) {
        assert!(is_signed_in(&identity, &busy, minute * MINUTE).await, "minute {minute}");
    }
    assert!(is_signed_in(&identity, &busy, 12 * HOUR - 1).await);
    assert!(!is_signed_in(&identity, &busy, 12 * HOUR).await);
}

async fn signing_out_ends_one_session_at_once(deployment: Deployment) {
    let identity = deployment.identity().await;
    let (one, other) = (sign_in(&identity, "gil-dong", 0).await.token, sign_in(&identity, "gil-dong", 1).await.token);
    assert!(is_signed_in(&identity, &one, 2).await && is_signed_in(&identity, &other, 2).await);
    assert_eq!(identity.sessions_of("gil-dong", at(2)).await.unwrap().len(), 2);
    identity.sign_out(&one, at(3)).await.unwrap();
    assert!(identity.cached_session(&one, at(3)).is_none());
    assert!(!is_signed_in(&identity, &one, 3).await);
    assert!(is_signed_in(&identity, &other, 3).await);
    identity.sign_out(&one, at(4)).await.unwrap();
    identity.sign_out("nonsense", at(4)).await.unwrap();
    assert_eq!(identity.sessions_of("gil-dong", at(4)).await.unwrap().len(), 1);
}

async fn every_session_of_an_account_can_be_ended(deployment: Deployment) {
    let identity = deployment.identity().await;
    let one = sign_in(&identity, "gil-dong", 0).await;
    let other = sign_in(&identity, "gil-dong", 1).await;
    let somebody_else = sign_in(&identity, "oh-minjae", 1).await;
    // Handles open nothing in another's hands.
    let principal = &somebody_else.session.principal;
    assert!(!identity.end_session(principal, &one.session.handle, at(2)).await.unwrap());
    assert!(identity.end_session(&one.session.principal, &one.session.handle, at(2)).await.unwrap());
    assert!(!is_signed_in(&identity, &one.token, 2).await);
    assert_eq!(identity.end_sessions("gil-dong", administrator(), at(3)).await.unwrap(), 1);
    assert!(!is_signed_in(&identity, &other.token, 3).await);
    assert!(is_signed_in(&identity, &somebody_else.token, 3).await);
}

async fn signing_in_again_replaces_the_former_session(deployment: Deployment) {
    let identity = deployment.identity().await;
    let former = sign_in(&identity, "gil-dong", 0).await.token;
    let visit = Visit { former_token: Some(former.clone()), source: None };
    let now = identity.sign_in_demonstration("oh-minjae", "/queue", &visit, at(1)).await.unwrap();
    assert_ne!(former, now.token);
    assert_eq!(now.return_to, "/queue");
    assert!(!is_signed_in(&identity, &former, 2).await, "whoever knew the former secret is not signed in");
    assert!(is_signed_in(&identity, &now.token, 2).await);
    let elsewhere =
        identity.sign_in_demonstration("gil-dong", "//evil.example", &Visit::default(), at(3)).await.unwrap();
    assert_eq!(elsewhere.return_to, "/");
}

async fn the_oldest_sessions_give_way(deployment: Deployment) {
    let sessions = SessionRules { per_account: 3, ..SessionRules::default() };
    let config = IdentityConfig { sessions, ..demonstration() };
    let identity = Identity::open(deployment.ledger().await, config, at(0)).await.unwrap();
    let mut tokens = Vec::new();
    for second in 0..5 {
        tokens.push(sign_in(&identity, "gil-dong", second).await.token);
    }
    let mut signed_in = Vec::new();
    for token in &tokens {
        signed_in.push(is_signed_in(&identity, token, 6).await);
    }
    assert_eq!(signed_in, [false, false, true, true, true]);
}

async fn nothing_secret_is_stored(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let identity = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    let source = Some("203.0.113.9".parse().unwrap());
    let visit = Visit { former_token: None, source };
    let signed_in = identity.sign_in_demonstration("oh-minjae", "/", &visit, at(0)).await.unwrap();
    drop(identity);
    ledger.close().await;
    let Some(stored) = deployment.everything_stored() else { return };
    let stands = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(stands("oh-minjae"), "the files are those that were looked for");
    for secret in [signed_in.token.as_str(), &signed_in.session.csrf_token, "오민재", "홍길동", "203.0.113.9"] {
        assert!(!stands(secret), "{secret} stands in the database");
    }
}

async fn without_the_demonstration_nobody_of_it_is_signed_in(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let with = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    let token = sign_in(&with, "seo-jiho", 0).await.token;
    let without = Identity::open(ledger.clone(), IdentityConfig::default(), at(1)).await.unwrap();
    assert!(without.demonstration_accounts().is_empty());
    assert!(!is_signed_in(&without, &token, 2).await, "a session of the demonstration is worth nothing");
    let refused = without.sign_in_demonstration("seo-jiho", "/", &Visit::default(), at(2)).await.unwrap_err();
    assert!(matches!(refused, IdentityError::DemonstrationOff));
    assert!(matches!(without.begin_oidc("/", at(2)).await.unwrap_err(), IdentityError::OidcOff));
    let unknown = with.sign_in_demonstration("root", "/", &Visit::default(), at(2)).await.unwrap_err();
    assert!(matches!(unknown, IdentityError::DemonstrationUnknown));
    // Who was taken off the list is signed out.
    let fewer: Vec<_> = people().into_iter().filter(|person| person.account != "seo-jiho").collect();
    let config = IdentityConfig { demonstration: Some(fewer), ..demonstration() };
    let fewer = Identity::open(ledger, config, at(3)).await.unwrap();
    assert!(!is_signed_in(&fewer, &token, 4).await);
}

async fn expired_sessions_are_cleared_away(deployment: Deployment) {
    let identity = deployment.identity().await;
    for second in 0..3 {
        sign_in(&identity, "oh-minjae", second).await;
    }
    let token = sign_in(&identity, "gil-dong", 0).await.token;
    assert_eq!(identity.forget_expired(at(29 * MINUTE)).await.unwrap(), 0);
    assert_eq!(identity.forget_expired(at(31 * MINUTE)).await.unwrap(), 3);
    assert!(is_signed_in(&identity, &token, 31 * MINUTE).await);
}

async fn another_server_ends_a_session_within_seconds(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let one = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    let other = Identity::open(ledger, demonstration(), at(0)).await.unwrap();
    let token = sign_in(&one, "oh-minjae", 0).await.token;
    assert!(is_signed_in(&one, &token, 10).await && is_signed_in(&other, &token, 10).await);
    other.sign_out(&token, at(11)).await.unwrap();
    assert!(!is_signed_in(&other, &token, 11).await);
    assert!(!is_signed_in(&one, &token, 15).await, "told from memory for at most five seconds");
}

#[test]
fn sessions_last_as_long_as_the_rules_say() {
    let rules = SessionRules::default();
    assert_eq!((rules.staff_idle, rules.longest), (Duration::from_mins(30), Duration::from_hours(12)));
}

/// Whoever changes a secret, in whatever way, is nobody, and certainly nobody else.
#[test]
fn a_changed_secret_is_nobodys() {
    let deployment = Deployment::from(TestDatabase::sqlite());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (identity, tokens) = runtime.block_on(async {
        let identity = deployment.identity().await;
        let mut tokens = Vec::new();
        for person in people() {
            tokens.push((person.account.clone(), sign_in(&identity, &person.account, 0).await.token));
        }
        (identity, tokens)
    });
    let who = |text: &str| {
        let session = runtime.block_on(identity.session(text, at(1))).unwrap();
        session.map(|session| session.principal.account.clone())
    };
    let mut runner = TestRunner::new(ProptestConfig::with_cases(256));
    let one_letter = (0..tokens.len(), 0_usize..43, "[A-Za-z0-9_-]");
    let another_letter = runner.run(&one_letter, |(person, place, letter)| {
        let (account, token) = &tokens[person];
        let mut shown = token.clone();
        shown.replace_range(place..=place, &letter);
        prop_assert_eq!(who(&shown), (shown == *token).then(|| account.clone()));
        Ok(())
    });
    another_letter.unwrap();
    let anything = runner.run(&".{0,80}", |text| {
        prop_assert_eq!(who(&text), None);
        prop_assert!(!csrf_fits(&text, &text));
        Ok(())
    });
    anything.unwrap();
}

proptest! {
    /// The token in one person's forms is of no use with another's cookie.
    #[test]
    fn a_csrf_token_is_bound_to_its_session(seed in any::<u64>()) {
        let entropy = SeededEntropy::new(seed);
        let (one, other) = (new_token(&entropy), new_token(&entropy));
        let csrf = maru_identity::csrf_token(&one).unwrap();
        prop_assert!(csrf_fits(&one, &csrf));
        prop_assert!(!csrf_fits(&other, &csrf));
    }
}

#[test]
fn configuration_does_not_show_people() {
    let config = IdentityConfig { entropy: entropy(), ..demonstration() };
    assert!(!format!("{config:?}").contains("홍길동"));
}
