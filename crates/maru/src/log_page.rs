//! The page that says how anyone can check the log without trusting us.

use axum::{Router, extract::State, routing::get};
use maru_ledger::Ledger;
use maru_web::{
    Html, Page, PageKind, Problem, Visitor,
    components::{Button, DefinitionList, Icon},
};

#[derive(Clone)]
struct Log {
    ledger: Ledger,
    name: String,
    address: String,
}

/// The page `/log`.
pub(crate) fn routes(ledger: Ledger, name: String, address: String) -> Router {
    Router::new().route("/log", get(page)).with_state(Log { ledger, name, address })
}

async fn page(State(log): State<Log>, visitor: Visitor) -> Result<Page, Problem> {
    let checkpoint = log.ledger.checkpoint().await.map_err(|error| {
        tracing::error!(%error, "the checkpoint could not be read");
        Problem::unavailable()
    })?;
    let language = visitor.language;
    let size = checkpoint.lines().nth(1).unwrap_or("0").parse::<i64>().unwrap_or(0);
    let key = log.ledger.verifier_key();
    let facts = DefinitionList::new()
        .text(language.say("기록의 이름", "Name of the log"), &log.name)
        .text(language.say("적힌 일", "Entries"), &language.number(size))
        .with_action(
            language.say("공개키", "Public key"),
            code("log-key", &key),
            Html::empty().and(Button::tertiary(language.say("복사", "Copy")).small().copies("log-key")),
        );
    let why = Html::paragraphs(language.say(
        "이 누리집에서 일어난 모든 일은 지우거나 고칠 수 없는 기록에 하나씩 적힙니다. 기록에는 내용이 아니라 내용의 지문만 공개되므로 개인정보는 드러나지 않습니다.\n\n지금의 검사점을 받아 두었다가 나중에 비교하면, 그 사이에 저희가 무엇을 지우거나 바꾸지 않았는지 누구나 확인할 수 있습니다.",
        "Everything that happens on this site is written, entry by entry, into a log that cannot be erased or changed. Only fingerprints of the entries are public, so no personal data is shown.\n\nSave today's checkpoint and compare it later: anyone can then check that we removed or changed nothing in between.",
    ));
    let address = &log.address;
    let commands = format!(
        "maru ledger verify --url {address} --key '{key}' --save checkpoint.txt
maru ledger verify --url {address} --key '{key}' --saved checkpoint.txt --save checkpoint.txt"
    );
    let body = why
        .and(facts)
        .and(Button::primary(language.say("검사점 내려받기", "Download the checkpoint")).icon(Icon::Download).link("/checkpoint"))
        .and(heading(language.say("지금의 검사점", "The checkpoint now")))
        .and(block(&checkpoint))
        .and(heading(language.say("확인하는 방법", "How to check")))
        .and(Html::paragraphs(language.say(
            "RFC 6962의 머클 트리와 C2SP tlog-tiles 형식을 따르므로 다른 확인 도구도 쓸 수 있습니다. 이 프로그램으로는 다음과 같이 합니다.",
            "The log follows the Merkle tree of RFC 6962 and C2SP tlog-tiles, so other verifiers work too. With this program:",
        )))
        .and(block(&commands));
    Ok(Page::new(&visitor, language.say("기록 확인", "Verify the log"), PageKind::Overview).body(body))
}

fn code(identifier: &str, text: &str) -> Html {
    Html::trusted(format!("<code id=\"{identifier}\">")).and(Html::text(text)).and(Html::trusted("</code>"))
}

fn heading(text: &str) -> Html {
    Html::trusted("<h2>").and(Html::text(text)).and(Html::trusted("</h2>"))
}

/// A block that scrolls sideways; the keyboard can reach it.
fn block(text: &str) -> Html {
    Html::trusted("<pre tabindex=\"0\"><code>").and(Html::text(text)).and(Html::trusted("</code></pre>"))
}
