//! Meetings: quorum, recusal, votes, what a resolution becomes, minutes; on both databases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{date, datetime};
use maru_plan::{
    Caller, PlanService, ServiceError,
    domain::{
        Basis, Evidence,
        advice::Given,
        council::{CouncilKind, PLENARY, Seat},
        meeting::{
            Agenda,
            Ballot::{self, Abstain, Against, For},
            Proposal, Recusal, RecusalGround,
        },
    },
    import::given_deadline,
    service::Convening,
};

use crate::support::{Deployment, citizen, code, committee, official, postgres, sqlite, stranger};

/// A committee of seven: three heads of ministries, four experts.
async fn seated(service: &PlanService) {
    let caller = committee("2026-03-01T09:00");
    let name = ("위원회".to_owned(), "The committee".to_owned());
    service.found_council(&caller, PLENARY, CouncilKind::Plenary, name).await.unwrap();
    for (at, office) in ["msit", "mois", "moe", "", "", "", ""].iter().enumerate() {
        let seat = Seat {
            id: format!("{}", at + 1),
            title: format!("위원 {}", at + 1),
            title_en: format!("Member {}", at + 1),
            office: Some((*office).to_owned()).filter(|office| !office.is_empty()),
        };
        service.seat_member(&caller, PLENARY, seat, "홍길동").await.unwrap();
    }
}

fn agenda(title: &str, proposal: Proposal) -> Agenda {
    let (title, text) = (title.to_owned(), "안건 내용".to_owned());
    Agenda { title, text, papers: Vec::new(), parties: Vec::new(), proposal }
}

async fn convened(service: &PlanService, items: Vec<Agenda>) -> String {
    let convening = Convening {
        council: PLENARY.to_owned(),
        title: "제9차 회의".to_owned(),
        at: datetime(2026, 12, 10, 14, 0, 0, 0),
        place: "대회의실".to_owned(),
    };
    let caller = committee("2026-12-01T09:00");
    let id = service.convene(&caller, convening).await.unwrap();
    for item in items {
        service.add_item(&caller, &id, item).await.unwrap();
    }
    service.invite(&caller, &id).await.unwrap();
    id
}

fn seats(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn ballots(cast: &[(&str, Ballot)]) -> BTreeMap<String, Ballot> {
    cast.iter().map(|(seat, ballot)| ((*seat).to_owned(), *ballot)).collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    code(&result.unwrap_err()).to_owned()
}

fn session() -> Caller {
    committee("2026-12-10T14:05")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_goes_from_the_agenda_to_the_minutes() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        live(deployment).await;
    }
}

async fn live(deployment: Deployment) {
    let service = &deployment.service;
    seated(service).await;
    let recommends = agenda("권고", Proposal::Advise { body: "mois".to_owned() });
    let id = convened(service, vec![recommends, agenda("보고", Proposal::Report)]).await;
    let late = service.add_item(&committee("2026-12-02T09:00"), &id, agenda("뒤늦은", Proposal::Resolve)).await;
    assert_eq!(refused(late), "agenda-stands");
    let early = service.attend(&committee("2026-12-09T14:00"), &id, seats(&["1", "2", "3", "4"])).await;
    assert_eq!(refused(early), "too-early");
    assert_eq!(refused(service.attend(&session(), &id, seats(&["1", "2", "3"])).await), "no-quorum", "three of seven");
    assert_eq!(refused(service.attend(&session(), &id, seats(&["1", "2", "3", "9"])).await), "no-member");
    let vote = ballots(&[("1", Ballot::For)]);
    assert_eq!(refused(service.vote(&session(), &id, 1, vote).await), "not-open-yet");
    service.attend(&session(), &id, seats(&["1", "2", "3", "4", "5"])).await.unwrap();

    let withdraws =
        Recusal { seat: "2".to_owned(), ground: RecusalGround::Withdrawal, reason: "소관".to_owned(), in_favour: 0 };
    service.recuse(&session(), &id, 1, withdraws.clone()).await.unwrap();
    assert_eq!(refused(service.recuse(&session(), &id, 1, withdraws).await), "exists");
    let challenge = |in_favour| Recusal {
        seat: "3".to_owned(),
        ground: RecusalGround::Challenge,
        reason: "신청".to_owned(),
        in_favour,
    };
    assert_eq!(refused(service.recuse(&session(), &id, 1, challenge(1)).await), "challenge-failed", "one of three");

    let with_recused = ballots(&[("1", For), ("2", For), ("3", For), ("4", For), ("5", For)]);
    assert_eq!(refused(service.vote(&session(), &id, 1, with_recused).await), "recused");
    let too_few = ballots(&[("1", For), ("3", For), ("4", For)]);
    assert_eq!(refused(service.vote(&session(), &id, 1, too_few).await), "ballot-missing");
    let absent = ballots(&[("1", For), ("3", For), ("4", For), ("5", For), ("7", For)]);
    assert_eq!(refused(service.vote(&session(), &id, 1, absent).await), "not-present");
    assert_eq!(refused(service.close_meeting(&session(), &id, Vec::new()).await), "item-open");
    let passing = ballots(&[("1", For), ("3", For), ("4", For), ("5", Abstain)]);
    let voted = service.vote(&session(), &id, 1, passing).await.unwrap();
    let item = voted.item(1).unwrap();
    let tally = item.vote.as_ref().unwrap().tally;
    assert_eq!((tally.members, tally.present, tally.recused, tally.in_favour, tally.passed), (7, 5, 1, 3, true));
    assert_eq!(refused(service.vote(&session(), &id, 1, ballots(&[("1", Against)])).await), "decided-already");

    // What passed became a recommendation to an agency, with its clock, on the same day.
    let advice = service.store().advice(item.became.as_ref().unwrap()).await.unwrap().unwrap().state;
    assert_eq!(advice.due, Some(date(2027, 3, 10)));
    assert_eq!(advice.given.unwrap().meeting, "위원회 제9차 회의 제1호 안건");
    service.carry_out(&session(), &id, 1).await.unwrap();
    assert_eq!(service.store().advices().await.unwrap().len(), 1, "carried out once");

    assert_eq!(refused(service.vote(&session(), &id, 2, BTreeMap::new()).await), "no-vote-needed");
    assert_eq!(refused(service.approve_minutes(&session(), &id).await), "not-closed");
    service.close_meeting(&session(), &id, vec!["찬성하는 까닭".to_owned()]).await.unwrap();
    let approved = service.approve_minutes(&committee("2026-12-14T09:00"), &id).await.unwrap();
    assert_eq!(approved.approved, Some(date(2026, 12, 14)));
    assert_eq!(refused(service.attend(&session(), &id, seats(&["1"])).await), "meeting-closed");
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

/// Accounts of members 1 to 3: two experts and an official.
async fn linked(service: &PlanService) -> [Caller; 3] {
    let members = [
        citizen("member-1", "2026-12-02T09:00"),
        citizen("member-2", "2026-12-02T09:00"),
        official("msit", "2026-12-02T09:00"),
    ];
    for (caller, seat) in members.iter().zip(["1", "2", "3"]) {
        let code = service.seat_code(&committee("2026-12-01T09:00"), PLENARY, seat.to_owned()).await.unwrap();
        service.link_seat(caller, PLENARY, &code).await.unwrap();
    }
    members.map(|member| Caller { now: session().now, ..member })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_vote_by_themselves_until_the_vote_is_recorded() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        seated(service).await;
        let [one, two, three] = linked(service).await;
        let id = convened(service, vec![agenda("하나", Proposal::Resolve), agenda("둘", Proposal::Resolve)]).await;
        assert_eq!(refused(service.open_vote(&session(), &id, 1).await), "not-open-yet");
        service.attend(&session(), &id, seats(&["1", "2", "3", "4"])).await.unwrap();
        assert_eq!(refused(service.cast_ballot(&one, &id, 1, For).await), "vote-not-opened");
        assert_eq!(refused(service.open_vote(&one, &id, 1).await), "forbidden");
        service.open_vote(&session(), &id, 1).await.unwrap();
        assert_eq!(refused(service.cast_ballot(&stranger("2026-12-10T14:06"), &id, 1, For).await), "sign-in");
        assert_eq!(
            refused(service.cast_ballot(&citizen("somebody", "2026-12-10T14:06"), &id, 1, For).await),
            "forbidden"
        );
        assert_eq!(refused(service.cast_ballot(&official("mois", "2026-12-10T14:06"), &id, 1, For).await), "forbidden");

        service.cast_ballot(&one, &id, 1, For).await.unwrap();
        service.cast_ballot(&one, &id, 1, Against).await.unwrap();
        service.cast_ballot(&three, &id, 1, For).await.unwrap();
        service.cast_ballot(&two, &id, 1, For).await.unwrap();
        assert_eq!(refused(service.withdraw_from_item(&two, &id, 1, " ".to_owned()).await), "empty");
        service.withdraw_from_item(&two, &id, 1, "소속 단체의 일".to_owned()).await.unwrap();
        assert_eq!(refused(service.cast_ballot(&two, &id, 1, For).await), "recused", "the vote went with the member");
        let open = service.meeting(&stranger("2026-12-10T14:06"), &id).await.unwrap().state;
        assert!(open.item(1).unwrap().vote.is_none());
        assert_eq!(
            refused(service.vote(&session(), &id, 1, ballots(&[("1", For), ("4", For)])).await),
            "voted-already"
        );
        assert_eq!(refused(service.vote(&session(), &id, 1, BTreeMap::new()).await), "ballot-missing");
        let voted = service.vote(&session(), &id, 1, ballots(&[("4", For)])).await.unwrap();
        let vote = voted.item(1).unwrap().vote.clone().unwrap();
        assert_eq!(vote.ballots, ballots(&[("1", Against), ("3", For), ("4", For)]));
        assert_eq!(vote.own, seats(&["1", "3"]));
        assert!(vote.tally.passed);
        assert!(voted.item(1).unwrap().cast.is_empty() && !voted.item(1).unwrap().voting);
        assert_eq!(refused(service.cast_ballot(&one, &id, 1, For).await), "decided-already", "no votes after closing");

        // Who left does not count, however they voted before.
        service.open_vote(&session(), &id, 2).await.unwrap();
        service.attend(&session(), &id, seats(&["2", "3", "4", "5"])).await.unwrap();
        assert_eq!(refused(service.cast_ballot(&one, &id, 2, For).await), "not-present");
        service.cast_ballot(&two, &id, 2, For).await.unwrap();
        service.attend(&session(), &id, seats(&["3", "4", "5", "6"])).await.unwrap();
        let others = ballots(&[("3", For), ("4", For), ("5", For), ("6", Against)]);
        let voted = service.vote(&session(), &id, 2, others).await.unwrap();
        assert!(voted.item(2).unwrap().vote.as_ref().unwrap().own.is_empty());

        // Who it is stands nowhere in what is kept.
        let kept = serde_json::to_string(&service.store().council(PLENARY).await.unwrap().unwrap().state).unwrap()
            + &serde_json::to_string(&voted).unwrap();
        assert!(!kept.contains("member-1") && !kept.contains("official-msit"), "{kept}");
        let told = service.changes_of_week(date(2026, 12, 10), 100).await.unwrap();
        assert!(told.iter().all(|change| change.what != "ballot-cast" && change.what != "seat-linked"));
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn a_seat_is_linked_once_by_a_code_that_expires() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    seated(service).await;
    let there = committee("2026-12-01T09:00");
    assert_eq!(
        refused(service.seat_code(&official("msit", "2026-12-01T09:00"), PLENARY, "1".to_owned()).await),
        "forbidden"
    );
    assert_eq!(refused(service.seat_code(&there, PLENARY, "99".to_owned()).await), "not-found");
    let old = service.seat_code(&there, PLENARY, "1".to_owned()).await.unwrap();
    let code = service.seat_code(&there, PLENARY, "1".to_owned()).await.unwrap();
    let member = |day: &str| citizen("member-1", day);
    assert_eq!(refused(service.link_seat(&stranger("2026-12-02T09:00"), PLENARY, &code).await), "sign-in");
    assert_eq!(refused(service.link_seat(&member("2026-12-02T09:00"), PLENARY, &old).await), "seat-code", "made anew");
    assert_eq!(refused(service.link_seat(&member("2026-12-16T09:00"), PLENARY, &code).await), "seat-code", "expired");
    let typed = code.replace('-', " ").to_lowercase();
    service.link_seat(&member("2026-12-15T09:00"), PLENARY, &typed).await.unwrap();
    let other = citizen("member-2", "2026-12-15T09:00");
    assert_eq!(refused(service.link_seat(&other, PLENARY, &code).await), "seat-code", "used once");
    assert_eq!(refused(service.seat_code(&there, PLENARY, "1".to_owned()).await), "seat-linked");
    let second = service.seat_code(&there, PLENARY, "2".to_owned()).await.unwrap();
    assert_eq!(
        refused(service.link_seat(&member("2026-12-02T09:00"), PLENARY, &second).await),
        "seat-linked",
        "one seat each"
    );
    assert_eq!(service.own_seat(&member("2026-12-15T09:00"), PLENARY).await.unwrap().unwrap().id, "1");
    // Somebody else sits there: the account goes with who sat there before.
    service.vacate_seat(&there, PLENARY, "1".to_owned()).await.unwrap();
    assert_eq!(service.own_seat(&member("2026-12-15T09:00"), PLENARY).await.unwrap(), None);
}

#[tokio::test]
async fn half_is_no_majority_and_who_left_takes_the_quorum_along() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    seated(service).await;
    let id = convened(service, vec![agenda("하나", Proposal::Resolve), agenda("둘", Proposal::Resolve)]).await;
    service.attend(&session(), &id, seats(&["1", "2", "3", "4"])).await.unwrap();
    let half = ballots(&[("1", For), ("2", For), ("3", Against), ("4", Against)]);
    assert!(!service.vote(&session(), &id, 1, half).await.unwrap().item(1).unwrap().passed());
    service.attend(&session(), &id, seats(&["1", "2", "3"])).await.unwrap();
    let all = ballots(&[("1", For), ("2", For), ("3", For)]);
    assert_eq!(refused(service.vote(&session(), &id, 2, all).await), "no-quorum");
    service.defer(&session(), &id, 2, "정족수 미달".to_owned()).await.unwrap();
    service.close_meeting(&session(), &id, Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_resolution_changes_the_plan_and_decides_on_more_time() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    seated(service).await;
    let given = Given {
        body: "mois".to_owned(),
        title: "제도 개선".to_owned(),
        text: "개선할 것".to_owned(),
        meeting: "제8차".to_owned(),
        received: date(2026, 11, 26),
    };
    let (advice, _) = service.advise(&committee("2026-11-26T10:00"), given).await.unwrap();
    let asked = official("mois", "2026-12-01T10:00");
    service.ask_extension(&asked, &advice, date(2027, 5, 31), "법령 협의".to_owned()).await.unwrap();
    let amend = Proposal::Amend {
        number: "2-1".parse().unwrap(),
        text: "행안부는 개정안을 내고 시행을 준비한다.".to_owned(),
        deadlines: vec![given_deadline("by27Q2").unwrap()],
    };
    let assign = Proposal::Assign { body: "moe".to_owned(), due: date(2027, 1, 31) };
    let items = vec![
        agenda("계획 변경", amend),
        agenda("연장", Proposal::Extend { advice: advice.clone() }),
        agenda("할 일", assign),
        agenda(
            "부결될 변경",
            Proposal::Amend { number: "1-1".parse().unwrap(), text: "다른 글".to_owned(), deadlines: Vec::new() },
        ),
    ];
    let id = convened(service, items).await;
    service.attend(&session(), &id, seats(&["1", "2", "3", "4"])).await.unwrap();
    let all = |ballot| ballots(&[("1", ballot), ("2", ballot), ("3", ballot), ("4", ballot)]);
    for item in 1..=3 {
        service.vote(&session(), &id, item, all(Ballot::For)).await.unwrap();
    }
    service.vote(&session(), &id, 4, all(Ballot::Against)).await.unwrap();

    let changed = service.recommendation(&session(), "2-1".parse().unwrap()).await.unwrap();
    let entry = changed.recommendation.entry.unwrap();
    assert_eq!(entry.quarters(), ["27Q2".parse().unwrap()]);
    assert!(entry.text.contains("시행을 준비한다"));
    assert_eq!(changed.recommendation.moved, 1, "its schedule was put back");
    let history = service.store().history("2-1".parse().unwrap()).await.unwrap();
    let basis: Basis = serde_json::from_value(history.last().unwrap().payload["basis"].clone()).unwrap();
    assert_eq!(basis, Basis::Resolution { reference: "위원회 제9차 회의 제1호 안건".to_owned() });
    let extended = service.store().advice(&advice).await.unwrap().unwrap().state;
    assert_eq!((extended.due, extended.asked), (Some(date(2027, 5, 31)), None));
    let unchanged = service.recommendation(&session(), "1-1".parse().unwrap()).await.unwrap();
    assert!(unchanged.recommendation.entry.unwrap().text.contains("도입 방안"), "what did not pass changes nothing");
    assert_eq!(refused(service.carry_out(&session(), &id, 4).await), "not-passed");

    let shown = vec![Evidence { title: "결과".to_owned(), address: "https://example.go.kr/1".to_owned() }];
    let other = official("mois", "2027-01-10T10:00");
    let error = service.report_assignment(&other, &id, 3, "했습니다.".to_owned(), shown.clone()).await;
    assert_eq!(refused(error), "forbidden");
    let error = service.close_assignment(&session(), &id, 3, "보았습니다.".to_owned()).await;
    assert_eq!(refused(error), "not-reported-done");
    let moe = official("moe", "2027-01-10T10:00");
    service.report_assignment(&moe, &id, 3, "했습니다.".to_owned(), shown.clone()).await.unwrap();
    service.close_assignment(&committee("2027-01-11T10:00"), &id, 3, "보았습니다.".to_owned()).await.unwrap();
    let error = service.report_assignment(&moe, &id, 3, "또 했습니다.".to_owned(), shown).await;
    assert_eq!(refused(error), "assignment-done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adopted_version_leaves_recommendations_out() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        seated(service).await;
        let version = |label: &str, numbers: &[&str]| Proposal::Version {
            label: label.to_owned(),
            leaves_out: numbers.iter().map(|number| number.parse().unwrap()).collect(),
        };
        let items = vec![
            agenda("과제를 합침", version("2026-12", &["1-2", "3-1"])),
            agenda("부결될 새 판", version("부결", &["1-1"])),
        ];
        let id = convened(service, items).await;
        service.attend(&session(), &id, seats(&["1", "2", "3", "4"])).await.unwrap();
        let all = |ballot| ballots(&[("1", ballot), ("2", ballot), ("3", ballot), ("4", ballot)]);
        let voted = service.vote(&session(), &id, 1, all(Ballot::For)).await.unwrap();
        assert_eq!(voted.item(1).unwrap().became.as_deref(), Some("2026-12"));
        service.vote(&session(), &id, 2, all(Ballot::Against)).await.unwrap();
        let stays: Vec<String> = service
            .store()
            .recommendations()
            .await
            .unwrap()
            .into_iter()
            .filter_map(|one| Some(one.entry?.number.to_string()))
            .collect();
        assert_eq!(stays, ["1-1", "2-1"]);
        let gone = service.store().recommendation("3-1".parse().unwrap()).await.unwrap().unwrap().left_out.unwrap();
        let reference = "위원회 제9차 회의 제1호 안건".to_owned();
        assert_eq!((gone.version.as_str(), gone.reason.as_str()), ("2026-12", "과제를 합침"));
        assert_eq!(gone.basis, Basis::Resolution { reference });
        let versions = service.store().book().await.unwrap().versions;
        let last = versions.last().unwrap();
        assert_eq!((last.label.as_str(), last.recommendations, last.left_out), ("2026-12", 2, 2));
        assert_eq!(last.decided, date(2026, 12, 10));
        let compared = service.compare(0, Some(1)).await.unwrap();
        assert!(compared.differing.iter().all(|one| one.before.is_some() && one.after.is_none()));
        assert_eq!(compared.differing.len(), 2);
        assert_eq!(versions.len(), 2, "what did not pass is no version");
        service.carry_out(&session(), &id, 1).await.unwrap();
        assert_eq!(service.store().book().await.unwrap().versions.len(), 2, "once");

        // What is not in the plan, and a name that was used, cannot be put on an agenda.
        let there = committee("2026-12-11T09:00");
        let convening = Convening {
            council: PLENARY.to_owned(),
            title: "제10차 회의".to_owned(),
            at: datetime(2026, 12, 20, 14, 0, 0, 0),
            place: "여기".to_owned(),
        };
        let next = service.convene(&there, convening).await.unwrap();
        for (proposal, refusal) in [
            (version("2027-01", &["3-1"]), "left-out"),
            (version("2026-12", &["1-1"]), "exists"),
            (version("2027-01", &[]), "empty"),
        ] {
            assert_eq!(refused(service.add_item(&there, &next, agenda("새 판", proposal)).await), refusal);
        }
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn names_are_sealed_and_meetings_are_run_by_the_committee() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    seated(service).await;
    let council = service.store().council(PLENARY).await.unwrap().unwrap().state;
    assert!(council.experts_are_the_majority());
    assert!(!serde_json::to_string(&council).unwrap().contains("홍길동"));
    assert_eq!(service.holders(&committee("2026-12-01T09:00"), PLENARY).await.unwrap()["1"], "홍길동");
    assert!(service.holders(&official("msit", "2026-12-01T09:00"), PLENARY).await.unwrap().is_empty());
    let convening = Convening {
        council: PLENARY.to_owned(),
        title: "회의".to_owned(),
        at: datetime(2026, 12, 10, 14, 0, 0, 0),
        place: "여기".to_owned(),
    };
    let error = service.convene(&official("msit", "2026-12-01T09:00"), convening.clone()).await;
    assert_eq!(refused(error), "forbidden");
    assert_eq!(refused(service.convene(&stranger("2026-12-01T09:00"), convening.clone()).await), "sign-in");
    let id = service.convene(&committee("2026-12-01T09:00"), convening).await.unwrap();
    assert_eq!(refused(service.meeting(&stranger("2026-12-01T09:00"), &id).await), "not-found", "not announced yet");
    assert_eq!(refused(service.invite(&committee("2026-12-01T09:00"), &id).await), "no-agenda");
    service.add_item(&committee("2026-12-01T09:00"), &id, agenda("안건", Proposal::Report)).await.unwrap();
    assert_eq!(refused(service.invite(&committee("2026-12-11T09:00"), &id).await), "day-passed");
    service.invite(&committee("2026-12-01T09:00"), &id).await.unwrap();
    assert!(service.meeting(&stranger("2026-12-01T09:00"), &id).await.is_ok());
}
