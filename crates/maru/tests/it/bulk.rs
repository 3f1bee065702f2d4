//! Bulk commands over files: one line for each, in order; bad lines are named, the rest is done, the exit code says so.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value as Json, json};

struct Deployment(tempfile::TempDir);

impl Deployment {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file of lines; one that is called `….gz` compressed.
    fn file(&self, name: &str, lines: &str) -> PathBuf {
        let path = self.path(name);
        if path.extension().is_some_and(|ending| ending == "gz") {
            let mut out = GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::fast());
            out.write_all(lines.as_bytes()).unwrap();
            out.finish().unwrap();
        } else {
            std::fs::write(&path, lines).unwrap();
        }
        path
    }

    fn run(&self, arguments: &[&str], files: &[(&str, &Path)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maru"));
        command.args(arguments).arg("--data").arg(self.path("data"));
        for (name, path) in files {
            command.arg(name).arg(path);
        }
        command.env_remove("MARU_CONFIG").env_remove("MARU_DATABASE").env("RUST_LOG", "warn").output().unwrap()
    }

    fn lines(&self, name: &str) -> Vec<Json> {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn world(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("world").join(name)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn with_knowledge() -> Deployment {
    let deployment = Deployment::new();
    let (statutes, answers) = (world("statutes.jsonl"), world("answers.jsonl"));
    let imported = deployment.run(&["knowledge", "import"], &[("--statutes", &statutes), ("--answers", &answers)]);
    assert!(imported.status.success(), "{}", said(&imported));
    deployment
}

#[test]
fn masking_goes_on_after_a_bad_line() {
    let deployment = Deployment::new();
    let lines = "{\"id\": 1, \"text\": \"연락처는 010-1234-5678입니다.\"}\nno json\n{\"id\": \"b\", \"text\": \"제3조제1항\"}\n";
    let input = deployment.file("input.jsonl.gz", lines);
    let output = deployment.path("out.jsonl");
    let done = deployment.run(&["privacy", "mask"], &[("--input", &input), ("--output", &output)]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains('2'), "the bad line is named: {}", said(&done));
    let masked = deployment.lines("out.jsonl");
    assert_eq!(masked.len(), 2);
    assert_eq!(masked[0]["masked"], "연락처는 [전화번호]입니다.");
    assert_eq!(masked[0]["found"], json!([{ "kind": "phone", "start": 5, "end": 18 }]));
    assert_eq!((&masked[1]["id"], &masked[1]["masked"]), (&json!("b"), &json!("제3조제1항")));
}

#[test]
fn knowledge_is_searched_cited_and_taken_away() {
    let deployment = with_knowledge();
    let questions =
        deployment.file("questions.jsonl", "{\"id\": 1, \"question\": \"대형폐기물은 어떻게 버리나요?\"}\n");
    let output = deployment.path("found.jsonl");
    let files: &[(&str, &Path)] = &[("--input", &questions), ("--output", &output)];
    let first = |deployment: &Deployment| {
        let searched = deployment.run(&["knowledge", "search", "--top", "3", "--kind", "answer"], files);
        assert!(searched.status.success(), "{}", said(&searched));
        deployment.lines("found.jsonl")[0]["results"][0]["answer_id"].clone()
    };
    assert_eq!(first(&deployment), "bulky-waste");
    let removed = deployment.run(&["knowledge", "remove", "--answers", "bulky-waste", "nothing"], &[]);
    assert_eq!(removed.status.code(), Some(2), "{}", said(&removed));
    assert!(said(&removed).contains("1 taken away") && said(&removed).contains("answer:nothing"), "{}", said(&removed));
    assert_ne!(first(&deployment), "bulky-waste", "nothing is found in it any more");

    let texts =
        deployment.file("texts.jsonl", "{\"id\": 7, \"text\": \"「민원 처리에 관한 법률」 제8조와 제999조\"}\n");
    let output = deployment.path("cited.jsonl");
    let cited =
        deployment.run(&["knowledge", "cite", "--on", "2026-11-02"], &[("--input", &texts), ("--output", &output)]);
    assert!(cited.status.success(), "{}", said(&cited));
    let citations = deployment.lines("cited.jsonl")[0]["citations"].as_array().unwrap().clone();
    assert_eq!((&citations[0]["article"], &citations[0]["status"]), (&json!("제8조"), &json!("in-force")));
    assert!(citations.iter().skip(1).all(|citation| citation["status"] != "in-force"), "{citations:?}");
}

#[test]
fn inquiries_are_learned_from_and_triaged_in_order() {
    let deployment = with_knowledge();
    let labelled = world("training.jsonl");
    let trained = deployment.run(&["inquiry", "train"], &[("--input", &labelled)]);
    assert!(trained.status.success(), "{}", said(&trained));
    let lines = [
        json!({ "id": "a", "title": "전입신고", "text": "이사했는데 전입신고는 언제까지 하나요? 010-1234-5678" }),
        json!({ "id": "b", "title": "Street light", "text": "The street light outside my house is out." }),
        json!({ "id": "c", "title": "전입신고", "text": "이사했는데 전입신고는 언제까지 하나요? 010-1234-5678" }),
    ];
    let text = lines.map(|line| line.to_string()).join("\n");
    let input = deployment.file("inquiries.jsonl", &format!("{text}\nno json\n"));
    let output = deployment.path("triaged.jsonl");
    let triaged = deployment.run(&["inquiry", "triage"], &[("--input", &input), ("--output", &output)]);
    assert_eq!(triaged.status.code(), Some(2), "{}", said(&triaged));
    let triaged = deployment.lines("triaged.jsonl");
    let ids: Vec<&str> = triaged.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert!(triaged[0]["masked_text"].as_str().unwrap().contains("[전화번호]"), "{}", triaged[0]);
    assert_eq!((&triaged[0]["category"], &triaged[1]["language"]), (&json!("residence"), &json!("en")));
    assert_eq!(triaged[2]["duplicates_of"], json!(["a"]));
    for name in ["kind", "department", "confidence", "citations", "draft"] {
        assert!(triaged[0].get(name).is_some(), "{name}");
    }
}

#[test]
fn the_calendar_prints_the_instant_and_the_reasoning() {
    let due = Command::new(env!("CARGO_BIN_EXE_maru"))
        .args(["calendar", "due", "--kind", "legal-question", "--received", "2026-02-13T16:30+09:00", "--json"])
        .output()
        .unwrap();
    assert!(due.status.success(), "{}", said(&due));
    let document: Json = serde_json::from_slice(&due.stdout).unwrap();
    // Fourteen days, the first counted, without Saturdays, holidays and the three days of the Lunar New Year.
    assert_eq!(document["due"], "2026-03-10T18:00+09:00");
    assert!(!document["steps"].as_array().unwrap().is_empty());
    let wrong = Command::new(env!("CARGO_BIN_EXE_maru"))
        .args(["calendar", "due", "--kind", "nothing", "--received", "2026-02-13T16:30"])
        .output()
        .unwrap();
    assert!(!wrong.status.success() && said(&wrong).contains("legal-question"), "{}", said(&wrong));
}
