//! Files come with forms, where an address takes them; elsewhere a body stays small.

use axum::http::StatusCode;

use crate::server::Server;

const ADDRESS: &str = "/papers/7/send";

fn large() -> String {
    // The server of these tests takes 4,096 bytes elsewhere.
    "글".repeat(20_000)
}

#[tokio::test]
async fn files_come_in_where_an_address_takes_them_and_with_the_token() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.sign_in("lee-doyun").await;
    let token = browser.token.clone();
    let large = large();
    let files = [("결과.txt", large.as_str()), ("b.txt", "b")];
    let fields = [("csrf_token", token.as_str()), ("text", "한 일")];
    let sent = browser.post_files(ADDRESS, &fields, &files).await;
    assert_eq!((sent.status, sent.body.as_str()), (StatusCode::OK, "한 일: 결과.txt 60000 true, b.txt 1 true"));
    for without in [&fields[1..], &[("csrf_token", "guessed"), ("text", "한 일")]] {
        let refused = browser.post_files(ADDRESS, without, &files).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(
            refused.body.contains("쓰신 내용은 그대로 있어요"),
            "nothing that was written is lost: {}",
            refused.body
        );
        // Browsers do not send a file twice: its name is kept, so that it can be asked for again.
        assert!(refused.body.contains(r#"name="file" value="결과.txt""#) && !refused.body.contains("글글"));
    }
    // The kept form arrives as an ordinary one.
    let token = browser.token.clone();
    let kept = browser.post_bare(ADDRESS, &[("csrf_token", &token), ("text", "한 일"), ("file", "결과.txt")]).await;
    assert_eq!((kept.status, kept.body.as_str()), (StatusCode::OK, "한 일: only 결과.txt"));
    assert_eq!(browser.post_files("/notes", &fields, &files).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn files_of_strangers_are_not_kept_and_other_sites_send_none() {
    let server = Server::start().await;
    let mut stranger = server.browser();
    stranger.get("/").await;
    let (token, large) = (stranger.token.clone(), large());
    let fields = [("csrf_token", token.as_str()), ("text", "a")];
    let sent = stranger.post_files(ADDRESS, &fields, &[("a.txt", &large)]).await;
    assert_eq!(sent.body, "a: a.txt 60000 false");
    assert_eq!(stranger.post_files(ADDRESS, &fields[1..], &[("a.txt", "a")]).await.status, StatusCode::FORBIDDEN);
    let foreign = crate::server::parts(&fields, &[("a.txt", "a")]);
    let request = axum::http::Request::builder().method("POST").uri(ADDRESS).header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "multipart/form-data; boundary=x").body(foreign.into()).unwrap();
    assert_eq!(server.send(request).await.json()["type"], "/problems/foreign-form");
    let declared = axum::http::Request::builder().method("POST").uri(ADDRESS).header("content-length", "999999999999");
    let request = declared.header("content-type", "multipart/form-data; boundary=x").body("".into()).unwrap();
    assert_eq!(server.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
