//! Files of reports: attached, opened by everybody, withdrawn, there after a stop, a backup and a rebuild.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::SignedDuration;
use maru_identity::Policies;
use maru_ledger::{
    DatabaseError, JobRequest, Ledger, LedgerConfig, LedgerKeys, ManualClock, Projection, RecordedEvent, SeededEntropy,
    Sql, restore,
};
use maru_plan::{
    Caller, PlanService, ServiceError,
    domain::{Contradiction, FileKind, Number, Recommendation, Report, Status, file::ERASE_JOB},
    service::{Files, NewFile, Opened},
};
use maru_test_database::TestDatabase;
use sha2::{Digest as _, Sha256};

use crate::support::{PLAN, at, citizen, code, committee, import_plan, official, postgres, sqlite, stranger};

const PDF: &[u8] = b"%PDF-1.7\nresult";

pub(crate) fn hash(content: &[u8]) -> String {
    maru_ledger::hexadecimal(&Sha256::digest(content))
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn report(quarter: &str, complete: bool) -> Report {
    Report {
        quarter: quarter.parse().unwrap(),
        summary: "지침을 보완했습니다.".to_owned(),
        done: BTreeSet::new(),
        complete,
        obstacle: String::new(),
        evidence: Vec::new(),
        files: Vec::new(),
    }
}

fn file(name: &str, content: &[u8]) -> NewFile {
    NewFile { name: name.to_owned(), size: content.len() as u64, content: Some(content.to_vec()) }
}

fn with(new: Vec<NewFile>) -> Files {
    Files { new, keep: Vec::new() }
}

async fn attach(service: &PlanService, caller: &Caller, files: Files) -> Result<Recommendation, ServiceError> {
    service.report_with_files(caller, number("1-2"), report("26Q1", true), files).await
}

fn refused(result: Result<Recommendation, ServiceError>) -> String {
    code(&result.unwrap_err()).to_owned()
}

fn whole(opened: Opened) -> (String, Vec<u8>) {
    match opened {
        Opened::Whole(file, content) => (file.name().to_owned(), content),
        other => panic!("{other:?}"),
    }
}

/// How many parts of files lie there.
async fn parts(ledger: &Ledger) -> u64 {
    let rows = ledger.read(|sql| sql.query("SELECT COUNT(*) FROM plan_file_parts", &[])).await.unwrap();
    rows[0].unsigned(0).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_shows_what_was_done_and_everybody_opens_it() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let msit = official("msit", "2026-04-03T10:00");
        let of = |caller: Caller| async move { attach(service, &caller, with(vec![file("a.pdf", PDF)])).await };
        assert_eq!(refused(of(stranger("2026-04-03T10:00")).await), "sign-in");
        assert_eq!(refused(of(citizen("somebody", "2026-04-03T10:00")).await), "forbidden");
        assert_eq!(refused(of(official("moe", "2026-04-03T10:00")).await), "forbidden");
        assert_eq!(refused(attach(service, &msit, Files::default()).await), "no-evidence");

        // More than one part; a picture with the place in it; a name that leads elsewhere and names somebody.
        let large: Vec<u8> = [PDF, &vec![b'x'; (2 << 20) + 7]].concat();
        let pixels = [&b"\xff\xda\x00\x02"[..], b"pixels\xff\xd9"].concat();
        let sent = [&b"\xff\xd8\xff\xe1\x00\x0aGPS 37.5"[..], &pixels].concat();
        let kept = [&b"\xff\xd8"[..], &pixels].concat();
        let new =
            vec![file("../../실적 010-1234-5678.pdf", &large), file("현장.jpg", &sent), file("현장 2.jpg", &sent)];
        let once = msit.clone().idempotent(Some("one".to_owned()));
        let after = attach(service, &once, with(new.clone())).await.unwrap();
        assert_eq!(after.files.len(), 2, "the same picture twice is one");
        let (first, second) = (after.files[0].file.clone(), after.files[1].file.clone());
        assert!(
            first.name().strip_suffix(".pdf").is_some()
                && !first.name().contains("1234")
                && !first.name().contains('/')
        );
        assert_eq!((first.kind, first.size, first.sha256.clone()), (FileKind::Pdf, large.len() as u64, hash(&large)));
        assert_eq!((second.kind, second.sha256.clone()), (FileKind::Jpeg, hash(&kept)), "the place was taken out");
        assert_eq!(parts(&deployment.ledger).await, 4);

        // The same click again does nothing twice.
        attach(service, &once, with(new)).await.unwrap();
        let history = service.store().history(number("1-2")).await.unwrap();
        assert_eq!(history.iter().filter(|event| event.kind == "reported").count(), 1);
        assert_eq!(parts(&deployment.ledger).await, 4);
        assert_eq!(history[1].payload["report"]["files"][1]["sha256"], *second.sha256);

        let (name, content) =
            whole(service.open_file(&stranger("2026-04-04T10:00"), number("1-2"), &first.sha256).await.unwrap());
        assert_eq!((name, content == large), (first.name().to_owned(), true));
        for missing in [hash(b"other"), "x".to_owned(), String::new()] {
            let error = service.open_file(&stranger("2026-04-04T10:00"), number("1-2"), &missing).await.unwrap_err();
            assert_eq!(code(&error), "not-found");
        }
        let error = service.open_file(&stranger("2026-04-04T10:00"), number("1-1"), &first.sha256).await.unwrap_err();
        assert_eq!(code(&error), "not-found", "it belongs to another recommendation");

        // The next report keeps one of them; the other stays with the report that brought it.
        let keep = Files { new: vec![file("표.csv", "가,1\r\n".as_bytes())], keep: vec![first.sha256.clone()] };
        let after = service
            .report_with_files(&official("msit", "2026-07-03T10:00"), number("1-2"), report("26Q2", true), keep)
            .await
            .unwrap();
        let shown: Vec<String> = after.files_shown().map(|file| file.sha256.clone()).collect();
        assert_eq!(shown, [first.sha256.clone(), hash("가,1\r\n".as_bytes())]);
        assert_eq!(after.files.iter().map(|one| one.quarter.to_string()).collect::<Vec<_>>(), ["26Q1", "26Q1", "26Q2"]);
        let unknown = Files { new: Vec::new(), keep: vec![hash(b"other")] };
        assert_eq!(refused(attach(service, &msit, unknown).await), "not-found");
        whole(service.open_file(&stranger("2026-07-04T10:00"), number("1-2"), &second.sha256).await.unwrap());
        let read = service.store().recommendation(number("1-2")).await.unwrap().unwrap();
        assert_eq!(read, after, "what is kept of it says the same as the log");
        let seen = service.recommendation(&stranger("2026-07-04T10:00"), number("1-2")).await.unwrap();
        assert_eq!(seen.standing.status, Status::DoneReported);
        service.confirm(&committee("2026-07-05T10:00"), number("1-2"), "파일을 보았습니다.".to_owned()).await.unwrap();

        // It shows another recommendation too: that is for the committee to look at.
        service
            .report_with_files(
                &official("moe", "2027-04-02T10:00"),
                number("3-1"),
                report("27Q1", true),
                with(vec![file("결과.pdf", &large)]),
            )
            .await
            .unwrap();
        let found = service.whole(&stranger("2027-04-03T10:00")).await.unwrap().contradictions;
        let same = Contradiction::SameEvidence { address: format!("sha256:{}", first.sha256), other: number("1-2") };
        assert_eq!(found[&number("3-1")], [same]);
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_taken_is_refused_and_nothing_of_it_is_kept() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let msit = official("msit", "2026-04-03T10:00");
    let mebibytes = |count: usize| [PDF, &vec![0; count << 20]].concat();
    let dropped = |size: u64| NewFile { name: "a.pdf".to_owned(), size, content: None };
    let cases: [(Vec<NewFile>, &str); 10] = [
        (vec![file("a.pdf", &mebibytes(10))], "file-too-large"),
        (vec![dropped(30 << 20)], "file-too-large"),
        (vec![file("a.pdf", &mebibytes(9)), dropped(9 << 20), dropped(9 << 20)], "file-too-large-together"),
        (vec![dropped(0)], "file-only-name"),
        (vec![file("a.html", b"<script>alert(1)</script>"), file("b.pdf", PDF)], "file-kind"),
        (vec![file("b.pdf", PDF), file("그림.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>")], "file-kind"),
        (vec![file("a.pdf.exe", b"MZ\x90\x00")], "file-kind"),
        (vec![file("a.pdf", b"")], "file-empty"),
        (vec![file("a.png", b"\x89PNG\r\n\x1a\n")], "file-damaged"),
        ((0..6).map(|at| file("a.txt", format!("{at}").as_bytes())).collect(), "file-too-many"),
    ];
    for (files, expected) in cases {
        assert_eq!(refused(attach(service, &msit, with(files)).await), expected);
    }
    // Neither is anything written where the report itself is refused.
    let files = || with(vec![file("a.pdf", PDF)]);
    let early = service.report_with_files(&msit, number("1-2"), report("26Q4", true), files()).await;
    assert_eq!(refused(early), "future-quarter");
    let kept = Files { keep: vec![hash(PDF)], ..files() };
    assert_eq!(refused(attach(service, &msit, kept).await), "not-found");
    attach(service, &msit, Files { new: vec![file("a.txt", b"text")], keep: Vec::new() }).await.unwrap();
    assert_eq!(parts(&deployment.ledger).await, 1, "only what belongs to a report");
    let most = with((0..5).map(|at| file("a.txt", format!("{at}").as_bytes())).collect());
    attach(service, &msit, most).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withdrawn_is_erased_and_that_it_was_there_stays() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let (service, ledger) = (&deployment.service, &deployment.ledger);
        let msit = official("msit", "2026-04-03T10:00");
        let (one, two) = (hash(PDF), hash(b"text"));
        let both = || with(vec![file("명단.pdf", PDF), file("글.txt", b"text")]);
        attach(service, &msit, both()).await.unwrap();
        let withdraw = async |caller: &Caller, hash: &str, reason: &str| {
            service.withdraw_file(caller, number("1-2"), hash, reason).await
        };
        assert_eq!(refused(withdraw(&stranger("2026-04-04T10:00"), &one, "x").await), "sign-in");
        assert_eq!(refused(withdraw(&official("moe", "2026-04-04T10:00"), &one, "x").await), "forbidden");
        assert_eq!(refused(withdraw(&msit, &one, "  ").await), "empty");
        assert_eq!(refused(withdraw(&msit, &hash(b"other"), "x").await), "not-found");
        let after = withdraw(&msit, &one, "명단에 010-1234-5678이 있습니다.").await.unwrap();
        let gone = after.attached(&one).unwrap();
        let withdrawn = gone.withdrawn.clone().unwrap();
        assert!(withdrawn.reason.starts_with("명단에") && !withdrawn.reason.contains("1234"));
        assert_eq!((gone.file.name(), withdrawn.body.as_str()), ("", "msit"));
        assert_eq!(withdraw(&msit, &one, "다시").await.unwrap().attached(&one), Some(gone), "once is enough");
        let opened = service.open_file(&stranger("2026-04-05T10:00"), number("1-2"), &one).await.unwrap();
        assert_eq!(opened, Opened::Withdrawn(withdrawn));
        assert_eq!(parts(ledger).await, 1);

        // The log says that it was there; what it was called is gone from it.
        let history = service.store().history(number("1-2")).await.unwrap();
        let told = serde_json::to_string(&history.iter().map(|event| &event.payload).collect::<Vec<_>>()).unwrap();
        assert!(told.contains(&one) && told.contains("글.txt") && !told.contains("명단.pdf"), "{told}");
        let proof = service.proof_of_recommendation(number("1-2")).await.unwrap();
        assert!(proof.contains(&one) && !proof.contains("명단.pdf"));
        let week = service.changes_of_week(jiff::civil::date(2026, 4, 4), 9).await.unwrap();
        assert!(!format!("{week:?}").contains(".pdf") && week.iter().any(|change| change.what == "file-withdrawn"));

        // It does not come back; what is left still shows the report.
        assert_eq!(refused(attach(service, &msit, both()).await), "file-withdrawn");
        assert_eq!(
            refused(attach(service, &msit, Files { keep: vec![one.clone()], new: Vec::new() }).await),
            "file-withdrawn"
        );
        let found = async || service.whole(&stranger("2026-04-06T10:00")).await.unwrap().contradictions;
        assert!(found().await.is_empty());
        service.confirm(&committee("2026-04-07T10:00"), number("1-2"), "보았습니다.".to_owned()).await.unwrap();
        let late = official("msit", "2026-04-08T10:00");
        assert_eq!(refused(withdraw(&late, &two, "잘못 붙임").await), "file-confirmed");
        assert_eq!(refused(withdraw(&committee("2026-04-08T10:00"), &two, "").await), "empty");
        withdraw(&committee("2026-04-08T10:00"), &two, "주민등록번호가 있습니다.").await.unwrap();
        assert_eq!(parts(ledger).await, 0);
        let seen = service.recommendation(&stranger("2026-04-09T10:00"), number("1-2")).await.unwrap();
        assert_eq!(seen.standing.status, Status::Confirmed);
        assert_eq!(found().await[&number("1-2")], [Contradiction::EvidenceWithdrawn], "nothing shows it any more");

        // What a stop would have left undone, the job does; here there is nothing left to do.
        let request = JobRequest {
            kinds: PlanService::job_kinds(),
            worker: "test".to_owned(),
            now: at("2026-04-10T10:00"),
            hold: SignedDuration::from_secs(30),
            limit: 10,
        };
        let jobs = ledger.lease_jobs(request).await.unwrap();
        assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), [ERASE_JOB, ERASE_JOB]);
        for job in &jobs {
            service.handle(job, &ManualClock::new(at("2026-04-10T10:00"))).await.unwrap();
        }
        for rebuilt in ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
        assert!(service.store().recommendation(number("1-2")).await.unwrap().unwrap().shows_nothing());
    }
}

#[tokio::test]
async fn a_report_whose_only_file_was_withdrawn_is_not_confirmed() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let msit = official("msit", "2026-04-03T10:00");
    attach(service, &msit, with(vec![file("a.pdf", PDF)])).await.unwrap();
    service.withdraw_file(&msit, number("1-2"), &hash(PDF), "잘못 붙임").await.unwrap();
    let confirmed = service.confirm(&committee("2026-04-07T10:00"), number("1-2"), "보았습니다.".to_owned()).await;
    assert_eq!(refused(confirmed), "no-evidence");
    attach(service, &msit, with(vec![file("a.txt", b"right")])).await.unwrap();
    service.confirm(&committee("2026-04-07T10:00"), number("1-2"), "보았습니다.".to_owned()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_in_backups_and_whoever_changes_one_is_found_out() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let msit = official("msit", "2026-04-03T10:00");
        let large: Vec<u8> = [PDF, &vec![b'x'; 1 << 20]].concat();
        attach(&deployment.service, &msit, with(vec![file("a.pdf", &large), file("b.txt", b"text")])).await.unwrap();
        let kept = tempfile::NamedTempFile::new().unwrap();
        deployment.ledger.backup(kept.reopen().unwrap()).await.unwrap();

        let database = TestDatabase::sqlite();
        let config = LedgerConfig::new(database.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        restore(&config, kept.reopen().unwrap()).await.unwrap();
        let ledger = Ledger::open(config, maru_plan::projections()).await.unwrap();
        let policies = Arc::new(Policies::built_in().unwrap());
        let service = PlanService::new(ledger.clone(), policies, Arc::new(SeededEntropy::new(7))).unwrap();
        for rebuilt in ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
        let open = async |content: &[u8]| {
            service.open_file(&stranger("2026-04-04T10:00"), number("1-2"), &hash(content)).await.unwrap()
        };
        assert_eq!(whole(open(&large).await), ("a.pdf".to_owned(), large.clone()));

        // A part that is missing, one in place of another, one that is changed.
        let change =
            async |statement: &'static str| ledger.write(move |sql| sql.execute(statement, &[])).await.unwrap();
        change("UPDATE plan_file_parts SET part = -1 WHERE part = 1").await;
        assert_eq!(open(&large).await, Opened::Damaged);
        assert_eq!(change("DELETE FROM plan_file_parts WHERE part = -1").await, 1);
        assert_eq!(open(&large).await, Opened::Damaged);
        assert_eq!(whole(open(b"text").await).1, b"text", "the other is untouched");
        change("UPDATE plan_file_parts SET sealed = '{}'").await;
        assert_eq!(open(b"text").await, Opened::Damaged);
        // Sending it again puts it right.
        attach(&service, &msit, with(vec![file("b.txt", b"text")])).await.unwrap();
        assert_eq!(whole(open(b"text").await).1, b"text");
    }
}

/// A projection that fails at reports while it is told to: the server stops between the files and the report.
struct Stops(Arc<AtomicBool>);

impl Projection for Stops {
    fn name(&self) -> &'static str {
        "stops"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[]
    }

    fn tables(&self) -> &[&str] {
        &[]
    }

    fn apply(&self, _sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let stops = self.0.load(Ordering::SeqCst) && event.kind == "reported";
        if stops { Err(DatabaseError::Work { reason: "stopped".to_owned() }) } else { Ok(()) }
    }
}

#[tokio::test]
async fn files_are_durable_before_the_report_and_swept_away_where_it_did_not_come() {
    let (database, stops) = (TestDatabase::sqlite(), Arc::new(AtomicBool::new(false)));
    let config = LedgerConfig::new(database.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    let mut projections = maru_plan::projections();
    projections.push(Arc::new(Stops(Arc::clone(&stops))));
    let ledger = Ledger::open(config, projections).await.unwrap();
    let policies = Arc::new(Policies::built_in().unwrap());
    let service = PlanService::new(ledger.clone(), policies, Arc::new(SeededEntropy::new(7))).unwrap();
    import_plan(&service, PLAN, "2026-02-25").await;

    stops.store(true, Ordering::SeqCst);
    let msit = official("msit", "2026-04-03T10:00");
    attach(&service, &msit, with(vec![file("a.pdf", PDF)])).await.unwrap_err();
    assert_eq!(parts(&ledger).await, 1, "the file was there before the report was tried");
    let open = async || service.open_file(&stranger("2026-04-03T11:00"), number("1-2"), &hash(PDF)).await;
    assert_eq!(code(&open().await.unwrap_err()), "not-found", "nobody reported it, so nobody sees it");

    // Tried again soon, the same file is taken; another report a day later finds what is left over.
    stops.store(false, Ordering::SeqCst);
    attach(&service, &official("msit", "2026-04-03T12:00"), with(vec![file("a.pdf", PDF)])).await.unwrap();
    assert_eq!(whole(open().await.unwrap()).1, PDF);
    stops.store(true, Ordering::SeqCst);
    attach(&service, &official("msit", "2026-04-03T12:01"), with(vec![file("b.txt", b"left")])).await.unwrap_err();
    stops.store(false, Ordering::SeqCst);
    assert_eq!(parts(&ledger).await, 2);
    attach(&service, &official("msit", "2026-04-03T18:00"), with(vec![file("c.txt", b"c")])).await.unwrap();
    assert_eq!(parts(&ledger).await, 3, "whoever sends it may still be at it");
    attach(&service, &official("msit", "2026-04-05T12:00"), with(vec![file("d.txt", b"d")])).await.unwrap();
    assert_eq!(parts(&ledger).await, 3, "one more, one less");
    assert_eq!(whole(open().await.unwrap()).1, PDF, "what a report has stays");
}
