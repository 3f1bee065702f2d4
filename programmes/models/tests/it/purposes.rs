//! Purposes: asked for by officials, approved by another, taken back by who asked, withdrawn.

use axum::http::StatusCode;
use maru_identity::Role;
use maru_web::Language;

use crate::support::{Deployment, ask, deployment, person};

async fn as_(
    deployment: &Deployment,
    account: &str,
    role: Role,
    request: (&str, &str, &str),
) -> (StatusCode, String, String) {
    ask(deployment, person(account, role), Language::English, request).await
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[tokio::test]
async fn an_official_asks_for_a_purpose_and_another_person_approves() {
    let deployment = deployment().await;
    let new = "/models/purposes/new";
    let wanted = [
        ("id", "inquiry drafts"),
        ("agency", "마루시"),
        ("description", "민원 답변의 초안을 쓰고 담당자가 고쳐서 보냅니다."),
        ("models", "exaone-*\nmaru-extractive"),
        ("class", "S"),
        ("until", "2027-12-31"),
        ("reason", "초안을 쓰는 시간을 줄입니다."),
    ];
    let body = form(&wanted);
    let official = async |request| as_(&deployment, "moon", Role::Official, request).await;
    let (_, empty, _) = official(("GET", "/models/purposes", "")).await;
    assert!(empty.contains("No purpose is registered yet"), "{empty}");
    for role in [Role::Citizen, Role::Auditor] {
        assert_eq!(as_(&deployment, "x", role, ("POST", new, &body)).await.0, StatusCode::FORBIDDEN, "{role:?}");
    }
    let wrong = form(&[("id", ""), ("description", ""), ("models", "nothing"), ("until", "soon"), ("reason", "")]);
    let (status, page, _) = official(("POST", new, &wrong)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Name the purpose", "Say what is done", "not registered: nothing", "2027-03-31", "Write a reason"] {
        assert!(page.contains(words), "{words}");
    }
    let personal = form(&[("id", "p"), ("description", "문의는 010-1234-5678"), ("reason", "x")]);
    assert!(official(("POST", new, &personal)).await.1.contains("personal data"));

    // Who asked takes it back, though officials decide nothing.
    let (status, page, change) = official(("POST", new, &body)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, own, _) = official(("GET", &change, "")).await;
    assert!(own.contains("Take it back") && !own.contains(">Approve<"), "{own}");
    let (_, other, _) = as_(&deployment, "other", Role::Official, ("GET", &change, "")).await;
    assert!(!other.contains("Take it back"), "{other}");
    let reject = format!("{change}/reject");
    assert_eq!(as_(&deployment, "other", Role::Official, ("POST", &reject, "note=")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(official(("POST", &reject, "note=later")).await.0, StatusCode::SEE_OTHER);

    let (_, _, change) = official(("POST", new, &body)).await;
    let approve = format!("{change}/approve");
    assert_eq!(official(("POST", &approve, "note=")).await.0, StatusCode::FORBIDDEN);
    let head = as_(&deployment, "head", Role::Supervisor, ("POST", &approve, "note=assessed")).await;
    assert_eq!(head.0, StatusCode::SEE_OTHER, "{}", head.1);
    let registry = deployment.gateway.registry().await.unwrap().registry;
    let purpose = registry.purpose("마루시", "inquiry drafts").unwrap();
    assert!(purpose.names("exaone-4.0-32b") && !purpose.names("solar-open-100b"));
    let (_, list, _) = official(("GET", "/models/purposes", "")).await;
    assert!(list.contains("inquiry drafts") && list.contains("마루시"), "{list}");
    assert!(official(("POST", new, &body)).await.1.contains("There is one of this name"));

    let address = format!("/models/purposes/change?{}", form(&wanted[..2]));
    let (status, page, _) = official(("GET", &address, "")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("2027-12-31") && !page.contains("Withdraw it"), "officials withdraw nothing: {page}");
    let (_, page, _) = as_(&deployment, "admin", Role::Administrator, ("GET", &address, "")).await;
    assert!(page.contains("Withdraw it"), "{page}");
    let missing = ("GET", "/models/purposes/change?id=none", "");
    assert_eq!(official(missing).await.0, StatusCode::NOT_FOUND);
    let withdrawal = form(&[("id", "inquiry drafts"), ("agency", "마루시"), ("why", "no longer")]);
    let request = ("POST", "/models/purposes/withdraw", &*withdrawal);
    assert_eq!(official(request).await.0, StatusCode::FORBIDDEN);
    let (status, _, change) = as_(&deployment, "admin", Role::Administrator, request).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let approve = format!("{change}/approve");
    assert_eq!(as_(&deployment, "head", Role::Supervisor, ("POST", &approve, "note=")).await.0, StatusCode::SEE_OTHER);
    assert!(deployment.gateway.registry().await.unwrap().registry.purposes.is_empty());
}
