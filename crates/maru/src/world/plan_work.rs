//! Meetings, visits, dependencies and what citizens say in the demonstration. The offices are those of the law; meetings, votes,
//! findings and words are invented, and say so.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::{Timestamp, ToSpan, civil::time};
use maru_identity::{Principal, Role};
use maru_plan::{
    Caller, PlanService,
    domain::{
        Entry, Evidence, Number, Status,
        council::{CouncilKind, PLENARY, Seat},
        felt::Said,
        links::Proposed,
        meeting::{Agenda, Ballot, Proposal, Recusal, RecusalGround},
        visit::{Answer, NewFinding, QUESTIONS, Record, Verdict},
    },
    service::{Convening, NewVisit},
};

use super::{
    moment,
    plan::{acting_for, committee, member},
};

/// What waits for what in the published plan, by numbers: found in its texts with the example `dependencies` of maru-plan and
/// read against them. The third column says whether it was accepted; the others wait for a decision.
const DEPENDENCIES: &str = include_str!("../../world/plan-dependencies.tsv");

/// Lives through meetings and visits until `now`. `advice` is a recommendation to an agency that asked for more time.
///
/// # Errors
/// Where the database cannot be used.
pub(super) async fn seed(plan: &PlanService, entries: &[Entry], advice: &str, now: Timestamp) -> anyhow::Result<()> {
    dependencies(plan, now).await?;
    councils(plan, now).await?;
    past_meeting(plan, entries, now).await?;
    coming_meeting(plan, advice, now).await?;
    let visited = past_visit(plan, now).await?;
    coming_visit(plan, visited, now).await?;
    voices(plan, visited, now).await
}

async fn dependencies(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let caller = committee(moment("-60d 10:00", now)?);
    let mut found = Vec::new();
    let mut accepted = Vec::new();
    for line in DEPENDENCIES.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [dependent, prerequisite, decided] = cells.as_slice() else { anyhow::bail!("{line:?}") };
        let (dependent, prerequisite): (Number, Number) = (dependent.parse()?, prerequisite.parse()?);
        let words = "시연용: 공개된 행동계획 본문에서 찾음".to_owned();
        found.push(Proposed { dependent, prerequisite, words });
        if *decided == "yes" {
            accepted.push((dependent, prerequisite));
        }
    }
    plan.take_in_links(&caller, found).await?;
    for pair in accepted {
        plan.decide_link(&caller, pair, true).await?;
    }
    Ok(())
}

/// Heads of ministries (시행령 제4조①) and invented experts. The whole committee has up to sixty members; eleven do here.
const OFFICES: [(&str, &str, &str); 5] = [
    ("msit", "과학기술정보통신부장관", "Minister of Science and ICT"),
    ("mois", "행정안전부장관", "Minister of the Interior and Safety"),
    ("moe", "교육부장관", "Minister of Education"),
    ("mohw", "보건복지부장관", "Minister of Health and Welfare"),
    ("mcst", "문화체육관광부장관", "Minister of Culture, Sports and Tourism"),
];

async fn councils(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let caller = committee(moment("-90d 10:00", now)?);
    let name = ("국가인공지능전략위원회 (시연용)".to_owned(), "AI strategy committee (demonstration)".to_owned());
    plan.found_council(&caller, PLENARY, CouncilKind::Plenary, name).await?;
    for (at, (body, title, title_en)) in OFFICES.into_iter().enumerate() {
        let seat = Seat {
            id: format!("{:02}", at + 1),
            title: title.to_owned(),
            title_en: title_en.to_owned(),
            office: Some(body.to_owned()),
        };
        plan.seat_member(&caller, PLENARY, seat, &format!("지어낸 사람 {}", at + 1)).await?;
    }
    for at in OFFICES.len() + 1..=11 {
        let number = at - OFFICES.len();
        let seat = Seat {
            id: format!("{at:02}"),
            title: format!("위촉위원 {number}"),
            title_en: format!("Commissioned member {number}"),
            office: None,
        };
        plan.seat_member(&caller, PLENARY, seat, &format!("지어낸 사람 {at}")).await?;
    }
    let name = ("공공AX 분과위원회 (시연용)".to_owned(), "Subcommittee on AI in government (demonstration)".to_owned());
    plan.found_council(&caller, "public-ax", CouncilKind::Subcommittee, name).await?;
    for at in 1..=5 {
        let seat = Seat {
            id: format!("{at:02}"),
            title: format!("분과위원 {at}"),
            title_en: format!("Member {at}"),
            office: None,
        };
        plan.seat_member(&caller, "public-ax", seat, &format!("지어낸 사람 {}", at + 20)).await?;
    }
    // One of them votes with an account.
    let code = plan.seat_code(&caller, "public-ax", "01".to_owned()).await?;
    plan.link_seat(&member(moment("-85d 10:00", now)?), "public-ax", &code).await?;
    Ok(())
}

fn agenda(title: &str, text: &str, proposal: Proposal) -> Agenda {
    Agenda {
        title: format!("{title} (시연용)"),
        text: format!("시연용으로 지어낸 안건입니다. {text}"),
        papers: vec![Evidence {
            title: "안건 자료 (시연용)".to_owned(),
            address: "https://maru-city.example/plan/papers".to_owned(),
        }],
        parties: Vec::new(),
        proposal,
    }
}

/// A meeting three weeks ago: one thing was assigned, one recommended with a member who withdrew, one was heard.
async fn past_meeting(plan: &PlanService, entries: &[Entry], now: Timestamp) -> anyhow::Result<()> {
    let prepared = committee(moment("-32d 10:00", now)?);
    let day = maru_calendar::seoul(moment("-21d 14:00", now)?).date();
    let due = maru_calendar::seoul(now).date().saturating_add(20.days());
    let convening = Convening {
        council: PLENARY.to_owned(),
        title: "제9차 전체회의".to_owned(),
        at: day.to_datetime(time(14, 0, 0, 0)),
        place: "시연용 대회의실".to_owned(),
    };
    let id = plan.convene(&prepared, convening).await?;
    let late = entries.iter().filter(|entry| entry.lead == "mois").count();
    let mut works = agenda(
        "AI 저작물 학습 기준에 관한 권고",
        "창작자 단체의 의견을 듣는 절차를 마련할 것을 권고합니다.",
        Proposal::Advise { body: "mcst".to_owned() },
    );
    works.parties = vec!["한빛창작자모임 (지어낸 단체)".to_owned()];
    for item in [
        agenda(
            "행동계획 이행 상황",
            &format!("행정안전부가 주관하는 권고 {late}건의 상황을 보고합니다."),
            Proposal::Report,
        ),
        agenda(
            "민원 창구 접근성 시험",
            "AI 민원 창구를 고령자와 장애인이 써 보는 시험을 하고 결과를 보고합니다.",
            Proposal::Assign { body: "mois".to_owned(), due },
        ),
        works,
    ] {
        plan.add_item(&prepared, &id, item).await?;
    }
    plan.invite(&prepared, &id).await?;
    let session = committee(moment("-21d 14:00", now)?);
    let present = ["01", "02", "03", "05", "06", "07", "08", "10"].map(str::to_owned);
    plan.attend(&session, &id, present.into_iter().collect()).await?;
    let ballots = |seats: &[&str], against: &[&str]| -> BTreeMap<String, Ballot> {
        let of = |seat: &&str| if against.contains(seat) { Ballot::Against } else { Ballot::For };
        seats.iter().map(|seat| ((*seat).to_owned(), of(seat))).collect()
    };
    let all = ["01", "02", "03", "05", "06", "07", "08", "10"];
    plan.vote(&session, &id, 2, ballots(&all, &["03"])).await?;
    let recusal = Recusal {
        seat: "07".to_owned(),
        ground: RecusalGround::Withdrawal,
        reason: "시연용: 당사자 단체에 속해 있습니다.".to_owned(),
        in_favour: 0,
    };
    plan.recuse(&session, &id, 3, recusal).await?;
    let without: Vec<&str> = all.into_iter().filter(|seat| *seat != "07").collect();
    plan.vote(&session, &id, 3, ballots(&without, &["02"])).await?;
    let remarks = ["시연용 발언 요지입니다. 늦은 권고의 이유를 다음 회의에 보고하기로 했습니다.", "", ""];
    plan.close_meeting(&session, &id, remarks.map(str::to_owned).to_vec()).await?;
    plan.approve_minutes(&committee(moment("-17d 10:00", now)?), &id).await?;
    Ok(())
}

/// A meeting in nine days, announced, on the extension that an agency asked for and a change of the plan.
async fn coming_meeting(plan: &PlanService, advice: &str, now: Timestamp) -> anyhow::Result<()> {
    let caller = committee(moment("-1d 11:00", now)?);
    let day = maru_calendar::seoul(now).date().saturating_add(9.days());
    let convening = Convening {
        council: PLENARY.to_owned(),
        title: "제10차 전체회의".to_owned(),
        at: day.to_datetime(time(14, 0, 0, 0)),
        place: "시연용 대회의실".to_owned(),
    };
    let id = plan.convene(&caller, convening).await?;
    let extend = agenda(
        "보고기간 연장 요청",
        "행정안전부가 시험 참여자를 찾는 데 시간이 더 필요하다고 요청했습니다.",
        Proposal::Extend { advice: advice.to_owned() },
    );
    plan.add_item(&caller, &id, extend).await?;
    plan.invite(&caller, &id).await?;
    Ok(())
}

/// A visit two weeks ago to something that was reported done: what was reported is there, and nobody uses it.
async fn past_visit(plan: &PlanService, now: Timestamp) -> anyhow::Result<Number> {
    let planned = committee(moment("-20d 10:00", now)?);
    let today = maru_calendar::seoul(now).date();
    let overview = plan.overview(&committee(now)).await?;
    let done = overview.seen.iter().filter(|seen| seen.recommendation.complete);
    let of_mois =
        done.clone().find(|seen| seen.recommendation.entry.as_ref().is_some_and(|entry| entry.lead == "mois"));
    let any = done.clone().find(|seen| seen.standing.status == Status::DoneReported);
    // Far from the plan's own days nothing may have been reported done yet.
    let seen = of_mois.or(any).or(overview.seen.first()).context("the plan is empty")?;
    let number = seen.number();
    let on = today.saturating_sub(14.days());
    let place = "시연용 주민센터".to_owned();
    let new = NewVisit { recommendation: number, body: "mois".to_owned(), place, on };
    let id = plan.plan_visit(&planned, new).await?;
    let answer = |id: &str| {
        let (verdict, note) = match id {
            "used" => (Verdict::No, "시연용: 창구 직원이 아직 쓰지 않습니다."),
            "everyone" => (Verdict::Partly, "시연용: 화면 읽기 프로그램에서 단추 이름이 읽히지 않습니다."),
            "partners" => (Verdict::NotSeen, ""),
            _ => (Verdict::Yes, ""),
        };
        (id.to_owned(), Answer { verdict, note: note.to_owned() })
    };
    let record = Record {
        id: "demonstration-1".to_owned(),
        at: on.to_datetime(time(15, 10, 0, 0)),
        answers: QUESTIONS.iter().map(|(id, ..)| answer(id)).collect(),
        summary: "시연용으로 지어낸 기록입니다. 결과물은 있지만 현장에서 아직 쓰지 않습니다.".to_owned(),
        findings: vec![NewFinding {
            text: "시연용: 창구에서 쓸 수 있도록 안내하고 교육할 것".to_owned(),
            due: today.saturating_add(16.days()),
        }],
    };
    plan.record_visit(&committee(moment("-14d 17:00", now)?), &id, record).await?;
    let body = acting_for("mois", Role::Official, moment("-3d 10:00", now)?);
    let text = "시연용: 직원 교육을 마쳤고 다음 주부터 씁니다.".to_owned();
    plan.follow_finding(&body, &id, 1, text, Vec::new()).await?;
    Ok(number)
}

/// A visit that is planned for today, to what the rule puts first.
async fn coming_visit(plan: &PlanService, visited: Number, now: Timestamp) -> anyhow::Result<()> {
    let caller = committee(now);
    let whole = plan.whole(&caller).await?;
    let first = whole.by_risk().into_iter().map(|(seen, _)| seen.number()).find(|number| *number != visited);
    let Some(recommendation) = first else { return Ok(()) };
    let on = maru_calendar::seoul(now).date();
    let place = "시연용 현장".to_owned();
    plan.plan_visit(&caller, NewVisit { recommendation, body: String::new(), place, on }).await?;
    Ok(())
}

/// What citizens say of what was visited.
async fn voices(plan: &PlanService, visited: Number, now: Timestamp) -> anyhow::Result<()> {
    let words = [
        (Verdict::No, "시연용: 주민센터에 물었더니 아직 모른다고 합니다."),
        (Verdict::No, ""),
        (Verdict::Yes, "시연용: 안내가 쉬워졌어요."),
        (Verdict::No, "시연용: 어디에서 쓰는지 찾지 못했습니다."),
        (Verdict::Partly, ""),
        (Verdict::No, ""),
        (Verdict::No, ""),
    ];
    let at = moment("-5d 09:00", now)?;
    for (person, (verdict, text)) in words.into_iter().enumerate() {
        let said = Said { recommendation: visited, verdict, text: text.to_owned() };
        // One of them did not sign in.
        let account = format!("plan-voice-{person}");
        let principal = Principal { account, name: String::new(), role: Role::Citizen, department: None };
        plan.say_felt(&Caller::new((person != 4).then_some(principal), at), said).await?;
    }
    Ok(())
}
