//! Every page of this crate, in both languages, as it is sent.

use crate::server::Server;

/// The page without what differs from build to build and from answer to answer.
fn settled(page: &str, token: &str, request: &str) -> String {
    let page = page.replace(token, "TOKEN");
    let page = if request.is_empty() { page } else { page.replace(request, "REQUEST") };
    let mut settled = String::new();
    for (at, part) in page.split("/assets/").enumerate() {
        if at == 0 {
            settled.push_str(part);
            continue;
        }
        let mut pieces = part.splitn(3, '.');
        let (name, _, rest) = (pieces.next().unwrap(), pieces.next(), pieces.next().unwrap_or(""));
        settled.push_str(&["/assets/", name, ".HASH.", rest].concat());
    }
    settled
}

async fn look(language: &'static str, account: Option<&str>, name: &str, path: &str) {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.language = language;
    if let Some(account) = account {
        browser.sign_in(account).await;
    }
    let page = browser.get(path).await;
    let shown = settled(&page.body, &browser.token, page.header("x-request-id"));
    insta::assert_snapshot!(format!("{name}.{language}"), shown);
}

#[tokio::test]
async fn pages_in_both_languages() {
    for language in ["ko", "en"] {
        look(language, None, "sign-in", "/sign-in").await;
        look(language, None, "not-found", "/nowhere").await;
        look(language, None, "internal-error", "/explode").await;
        look(language, None, "accessibility", "/accessibility").await;
        look(language, None, "interface", "/api").await;
        look(language, None, "design", "/design").await;
        look(language, None, "design-errors", "/design?view=errors").await;
        look(language, Some("lee-doyun"), "design-work", "/design?view=work").await;
    }
}

#[tokio::test]
async fn a_kept_form_in_both_languages() {
    for language in ["ko", "en"] {
        let server = Server::start().await;
        let mut browser = server.browser();
        browser.language = language;
        browser.get("/").await;
        let page = browser.post("/notes", &[("text", "밤이 되어도 가로등이 켜지지 않아요. 확인해 주세요.")]).await;
        let shown = settled(&page.body, &browser.token, page.header("x-request-id"));
        insta::assert_snapshot!(format!("kept-form.{language}"), shown);
    }
}
