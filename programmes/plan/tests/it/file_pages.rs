//! Files of reports on pages and in the API: the form without a script, what is refused, what strangers see.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use maru_identity::Principal;
use maru_plan::{api, pages::Pages};
use maru_web::{Language, Problem, Visitor};
use tower::ServiceExt as _;

use crate::{
    files::hash,
    support::{Deployment, committee, official, sqlite},
};

const PDF: &[u8] = b"%PDF-1.7\nresult";
const REPORT: &str = "/plan/work/1-2/report";
const API: &str = "/api/v1/plan/recommendations/1-2";

/// Files by what they are called.
type Sent<'a> = &'a [(&'a str, &'a [u8])];

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// The page without the marks of what is Korean on an English one.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).replace("<span lang=\"ko\">", "").replace("</span>", "")
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// Somebody at the site, in a language.
struct Browser<'d>(&'d Deployment, Option<Principal>, Language);

impl Browser<'_> {
    async fn send(&self, request: Request<Body>) -> Answer {
        let visitor = Visitor {
            principal: self.1.clone(),
            now: committee("2026-11-25T10:00").now,
            ..maru_web::testing::visitor(self.2)
        };
        let router: Router = Pages::new(self.0.service.clone(), "https://maru.example.go.kr")
            .router()
            .merge(api::router(self.0.service.clone()))
            .layer(Extension(visitor));
        let response = router.oneshot(request).await.unwrap();
        let problem = response.extensions().get::<Problem>().cloned();
        let status = problem.as_ref().map_or(response.status(), |problem| problem.status);
        let headers = response.headers().clone();
        let mut body = to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec();
        if let Some(problem) = problem {
            body = problem.document(self.2, "").to_string().into_bytes();
        }
        Answer { status, headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::builder().uri(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// A form as browsers send it: fields, then files.
    async fn form(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        for (name, content) in files {
            let head = format!(
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend(b"--x--\r\n");
        self.post(path, "multipart/form-data; boundary=x", body).await
    }
}

fn of(body: &str) -> Option<Principal> {
    official(body, "2026-11-25T10:00").principal
}

/// What is hidden in the form of a report.
fn key(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"key\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_report_takes_files_without_a_script() {
    let deployment = sqlite().await;
    let msit = Browser(&deployment, of("msit"), Language::Korean);
    let page = msit.get("/plan/work/1-2").await.text();
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains("type=\"file\""), "{page}");
    assert!(
        page.contains("for=\"file\"") && page.contains("aria-describedby=\"file-hint\""),
        "it is said what may be chosen"
    );
    let fields = [("quarter", "26Q3"), ("summary", "지침을 보완했습니다."), ("complete", "yes")];
    let key = key(&page);
    let fields =
        [&fields[..], &[("key", key.as_str()), ("shown", "yes"), ("evidence_title", ""), ("evidence_address", "")]]
            .concat();
    // Who may not report is told so, with files as without.
    let files: [(&str, &[u8]); 2] = [("운영 결과.pdf", PDF), ("표.csv", "가,1\r\n".as_bytes())];
    let stranger = Browser(&deployment, None, Language::Korean);
    assert_eq!(stranger.form(REPORT, &fields, &files).await.status, StatusCode::UNAUTHORIZED);
    let other = Browser(&deployment, of("moe"), Language::Korean);
    assert_eq!(other.form(REPORT, &fields, &files).await.status, StatusCode::FORBIDDEN);

    // The second click changes nothing; what was changed in between is another report.
    for _ in 0..2 {
        let sent = msit.form(REPORT, &fields, &files).await;
        assert_eq!(
            (sent.status, sent.header(header::LOCATION)),
            (StatusCode::SEE_OTHER, "/plan/tasks/1#r1-2"),
            "{}",
            sent.text()
        );
    }
    let reported = async || {
        let history = deployment.service.store().history("1-2".parse().unwrap()).await.unwrap();
        history.iter().filter(|event| event.kind == "reported").count()
    };
    assert_eq!(reported().await, 1);
    let mut changed = fields.clone();
    changed[1].1 = "지침을 보완하고 알렸습니다.";
    changed.push(("keep", ""));
    let kept = hash(PDF);
    changed.last_mut().unwrap().1 = &kept;
    assert_eq!(msit.form(REPORT, &changed, &[("", b"")]).await.status, StatusCode::SEE_OTHER, "none was chosen");
    assert_eq!(reported().await, 2);

    for language in [Language::Korean, Language::English] {
        let stranger = Browser(&deployment, None, language);
        let task = stranger.get("/plan/tasks/1").await.text();
        let address = format!("/plan/recommendations/1-2/files/{kept}");
        assert!(
            task.contains(&format!("href=\"{address}\"")) && task.contains("운영 결과.pdf") && task.contains("(PDF, 1"),
            "{task}"
        );
        let white_paper = stranger.get("/plan/white-paper?year=2026").await.text();
        assert!(white_paper.contains(&address), "done and shown");
        let form = Browser(&deployment, of("msit"), language).get("/plan/work/1-2").await.text();
        assert!(form.contains(&format!("name=\"keep\" value=\"{kept}\" checked")), "the next report may keep it");
    }
    let opened = stranger.get(&format!("/plan/recommendations/1-2/files/{kept}")).await;
    assert_eq!((opened.status, opened.body.as_slice()), (StatusCode::OK, PDF));
    assert_eq!(opened.header(header::CONTENT_TYPE), "application/pdf");
    let named = "inline; filename=\"__ __.pdf\"; filename*=UTF-8''%EC%9A%B4%EC%98%81%20%EA%B2%B0%EA%B3%BC.pdf";
    assert_eq!(opened.header(header::CONTENT_DISPOSITION), named);
    let table = stranger.get(&format!("{API}/files/{}", hash("가,1\r\n".as_bytes()))).await;
    assert_eq!(table.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    assert!(table.header(header::CONTENT_DISPOSITION).starts_with("attachment; "), "only pictures and PDF are shown");
    assert_eq!(table.header(header::CACHE_CONTROL), "no-store", "what is withdrawn stays nowhere");
}

#[tokio::test]
async fn what_is_refused_comes_back_with_everything_that_was_written() {
    let deployment = sqlite().await;
    for language in [Language::Korean, Language::English] {
        let msit = Browser(&deployment, of("msit"), language);
        let fields =
            [("quarter", "26Q3"), ("summary", "손으로 쓴 긴 실적"), ("obstacle", "손으로 쓴 어려움"), ("shown", "yes")];
        let fields =
            [&fields[..], &[("evidence_title", "이름"), ("evidence_address", "https://example.go.kr/9")]].concat();
        let eleven = vec![b'x'; 11 << 20];
        let large = [PDF, &eleven].concat();
        let refused: [(Sent<'_>, &str, &str); 3] = [
            (
                &[("좋은.pdf", PDF), ("나쁜.html", b"<script>alert(1)</script>")],
                "‘나쁜.html’ 파일은 받을 수 있는 종류가 아닙니다.",
                "The file “나쁜.html” is not of a kind that is taken.",
            ),
            (&[("큰.pdf", &large)], "‘큰.pdf’ 파일이 10MB보다 큽니다.", "The file “큰.pdf” is larger than 10 MB."),
            (
                &[("../../x", b"MZ")],
                "‘x’ 파일은 받을 수 있는 종류가 아닙니다.",
                "The file “x” is not of a kind that is taken.",
            ),
        ];
        for (files, korean, english) in refused {
            let answer = msit.form(REPORT, &fields, files).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let text = answer.text();
            assert!(text.contains(language.say(korean, english)), "{text}");
            assert!(
                text.contains("href=\"#file\"") && text.contains("id=\"file-error\""),
                "the error leads to the field"
            );
            for written in ["손으로 쓴 긴 실적", "손으로 쓴 어려움", "이름", "https://example.go.kr/9"]
            {
                assert!(text.contains(written), "{written}");
            }
            let name = files[0].0.rsplit('/').next().unwrap();
            let again = language.pick(format!("다시 골라 주세요: {name}"), format!("choose it again: {name}"));
            assert!(text.contains(&again), "browsers do not send it twice");
        }
        // A form that was kept while its author signed in again has the names alone.
        let kept = "quarter=26Q3&summary=x&file=%EA%B2%B0%EA%B3%BC.pdf";
        let answer = msit.post(REPORT, "application/x-www-form-urlencoded", kept).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(language.say("이름만 왔고", "Only the name of the file “결과.pdf” arrived")));
    }
    let history = deployment.service.store().history("1-2".parse().unwrap()).await.unwrap();
    assert_eq!(history.len(), 1, "nothing was reported");
}

#[tokio::test]
async fn a_file_is_withdrawn_on_its_page() {
    let deployment = sqlite().await;
    let msit = Browser(&deployment, of("msit"), Language::English);
    let fields = [("quarter", "26Q3"), ("summary", "done"), ("complete", "yes")];
    assert_eq!(
        msit.form(REPORT, &fields, &[("명단.pdf", PDF), ("글.txt", b"text")]).await.status,
        StatusCode::SEE_OTHER
    );
    let (one, two) = (hash(PDF), hash(b"text"));
    let path = |hash: &str| format!("/plan/work/1-2/files/{hash}/withdrawal");
    let form = "application/x-www-form-urlencoded";
    let page = msit.get("/plan/work/1-2").await.text();
    assert!(page.contains(&path(&one)) && page.contains("Withdraw “명단.pdf”"), "{page}");
    let stranger = Browser(&deployment, None, Language::English);
    assert_eq!(stranger.post(&path(&one), form, "reason=x").await.status, StatusCode::UNAUTHORIZED);
    let other = Browser(&deployment, of("moe"), Language::English);
    assert_eq!(other.post(&path(&one), form, "reason=x").await.status, StatusCode::FORBIDDEN);
    assert!(!other.get("/plan/work/1-2").await.text().contains("/withdrawal"));
    let empty = msit.post(&path(&one), form, "reason=").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let field = format!("reason-{}", &one[..12]);
    assert!(
        empty.text().contains(&format!("href=\"#{field}\"")) && empty.text().contains(&format!("id=\"{field}-error\""))
    );
    assert_eq!(msit.post(&path(&one), form, "reason=%EB%AA%85%EB%8B%A8").await.status, StatusCode::SEE_OTHER);
    assert_eq!(msit.post(&path(&hash(b"x")), form, "reason=x").await.status, StatusCode::NOT_FOUND);

    let gone = stranger.get(&format!("/plan/recommendations/1-2/files/{one}")).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.text().contains("명단") && !gone.text().contains("명단.pdf"), "why, but not what it was called");
    for language in [Language::Korean, Language::English] {
        let task = Browser(&deployment, None, language).get("/plan/tasks/1").await.text();
        assert!(task.contains(language.say("철회한 파일", "A file that was withdrawn")) && !task.contains("명단.pdf"));
        assert!(task.contains(&one), "its hash stays");
        let changes = Browser(&deployment, None, language).get("/plan/changes").await.text();
        assert!(changes.contains(language.say("증빙 파일 철회", "file of evidence withdrawn")), "{changes}");
    }
    let history = stranger.get(&format!("{API}/history")).await.text();
    assert!(
        history.contains(&one)
            && history.contains("글.txt")
            && !history.contains("명단.pdf")
            && !history.contains("$personal")
    );

    // After confirmation it is for the secretariat.
    let secretariat = Browser(&deployment, of("aistrategy"), Language::English);
    assert_eq!(secretariat.post("/plan/work/1-2/confirm", form, "note=x").await.status, StatusCode::SEE_OTHER);
    assert!(!msit.get("/plan/work/1-2").await.text().contains("/withdrawal"));
    let late = msit.post(&path(&two), form, "reason=x").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("only its secretariat withdraws files"));
    assert!(secretariat.get("/plan/work/1-2").await.text().contains(&path(&two)));
    assert_eq!(secretariat.post(&path(&two), form, "reason=x").await.status, StatusCode::SEE_OTHER);
    let outlook = stranger.get("/plan/outlook").await.text();
    assert!(outlook.contains("all that showed it was withdrawn"), "{outlook}");
}

#[tokio::test]
async fn a_ministrys_own_system_sends_files_and_open_data_name_them() {
    let deployment = sqlite().await;
    let msit = Browser(&deployment, of("msit"), Language::English);
    let stranger = Browser(&deployment, None, Language::English);
    let document = r#"{"quarter": "26Q3", "summary": "했습니다.", "complete": true}"#;
    let reports = format!("{API}/reports");
    let fields = [("report", document)];
    let files: [(&str, &[u8]); 1] = [("결과.pdf", PDF)];
    assert_eq!(stranger.form(&reports, &fields, &files).await.status, StatusCode::UNAUTHORIZED);
    let other = Browser(&deployment, of("moe"), Language::English);
    assert_eq!(other.form(&reports, &fields, &files).await.status, StatusCode::FORBIDDEN);
    let refused = msit.form(&reports, &fields, &[("a.svg", b"<svg/>")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let problem: serde_json::Value = serde_json::from_slice(&refused.body).unwrap();
    assert_eq!(problem["code"], "file-kind");
    assert!(problem["what_to_do"].as_str().unwrap().starts_with("Save it as PDF"));
    assert_eq!(msit.form(&reports, &[("x", "y")], &files).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(msit.form(&reports, &[("report", "{}")], &files).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let cut = msit.post(&reports, "multipart/form-data; boundary=x", "--x\r\n").await;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST);

    let sent = msit.form(&reports, &fields, &files).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
    let view: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
    let file = &view["last_report"]["files"][0];
    assert_eq!((&file["name"], &file["kind"], &file["size"]), (&"결과.pdf".into(), &"pdf".into(), &PDF.len().into()));
    assert_eq!((&file["sha256"], &file["withdrawn"]), (&hash(PDF).into(), &serde_json::Value::Null));
    let path = format!("/plan/recommendations/1-2/files/{}", hash(PDF));
    assert_eq!(file["address"], path);
    let again = r#"{"quarter": "26Q3", "summary": "더 했습니다.", "complete": true, "keep_files": ["HASH"]}"#;
    let again = again.replace("HASH", &hash(PDF));
    assert_eq!(msit.post(&reports, "application/json", again).await.status, StatusCode::OK);

    let site = "https://maru.example.go.kr";
    let csv = stranger.get("/plan/data/recommendations.csv").await.text();
    assert!(csv.contains(&format!(",결과.pdf,{site}{path},{}\r\n", hash(PDF))), "{csv}");
    let json: serde_json::Value =
        serde_json::from_slice(&stranger.get("/plan/data/recommendations.json").await.body).unwrap();
    let one = json["recommendations"].as_array().unwrap().iter().find(|one| one["number"] == "1-2").unwrap();
    assert_eq!(one["last_report"]["files"][0]["address"], format!("{site}{path}"));
    assert_eq!(one["files"][0]["sha256"], hash(PDF));

    let withdrawal = format!("{API}/files/{}/withdrawal", hash(PDF));
    let why = r#"{"reason": "명단이 들어 있습니다."}"#;
    assert_eq!(stranger.post(&withdrawal, "application/json", why).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(other.post(&withdrawal, "application/json", why).await.status, StatusCode::FORBIDDEN);
    let gone = msit.post(&withdrawal, "application/json", why).await;
    assert_eq!(gone.status, StatusCode::OK);
    let view: serde_json::Value = serde_json::from_slice(&gone.body).unwrap();
    assert_eq!((&view["files"][0]["name"], &view["files"][0]["withdrawn"]["body"]), (&"".into(), &"msit".into()));
    assert_eq!(stranger.get(&format!("{API}/files/{}", hash(PDF))).await.status, StatusCode::GONE);
    assert_eq!(stranger.get(&format!("{API}/files/{}", hash(b"x"))).await.status, StatusCode::NOT_FOUND);
    let csv = stranger.get("/plan/data/recommendations.csv").await.text();
    assert!(!csv.contains(&hash(PDF)), "what is gone is not offered");
}
