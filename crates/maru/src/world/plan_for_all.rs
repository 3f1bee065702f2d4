//! AI for all in the demonstration: who is reached, laboratories and problems, help at counters,
//! audits of accessibility. All figures are invented, and say so.

use jiff::{Timestamp, ToSpan};
use maru_identity::Role;
use maru_plan::{
    Caller, PlanService,
    domain::{
        Evidence, Quarter,
        for_all::{
            Assisted, Audited, Breakdown, Chosen, Criterion, Dimension, Manner, Need, Part, Posed, Seen, Solved,
            Verdict, criteria, field,
        },
    },
};

use super::{
    moment,
    plan::{acting_for, committee},
};

/// Lives through all of it until `now`.
///
/// # Errors
/// Where the database cannot be used.
pub(super) async fn seed(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    reach(plan, now).await?;
    problems(plan, now).await?;
    help(plan, now).await?;
    audits(plan, now).await
}

type Parts = [(&'static str, u64, u64)];
const REACH: [(&str, &str, Dimension, &Parts); 5] = [
    (
        "safety",
        "AI 민원 창구를 혼자 쓸 수 있음",
        Dimension::Age,
        &[("19-39", 400, 372), ("40-59", 400, 330), ("60-74", 300, 171), ("75+", 200, 52)],
    ),
    (
        "safety",
        "AI 민원 창구를 혼자 쓸 수 있음",
        Dimension::Language,
        &[("한국어", 900, 760), ("베트남어", 60, 21), ("중국어", 80, 30)],
    ),
    (
        "welfare",
        "받을 수 있는 급여를 먼저 안내받음",
        Dimension::Income,
        &[("1분위", 250, 96), ("2분위", 250, 118), ("3분위", 250, 140)],
    ),
    (
        "education",
        "AI 수업을 받는 학교에 다님",
        Dimension::Region,
        &[("대도시", 500, 410), ("중소도시", 400, 268), ("농어촌", 300, 126)],
    ),
    (
        "finance",
        "AI 상담을 보조기기로 쓸 수 있음",
        Dimension::Disability,
        &[("장애 없음", 600, 540), ("시각장애", 60, 19), ("청각장애", 60, 33)],
    ),
];

async fn reach(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let quarter = Quarter::of(maru_calendar::seoul(now).date()).previous();
    for (at, (id, title, dimension, parts)) in REACH.into_iter().enumerate() {
        let lead = field(id).map_or("msit", |field| field.lead);
        let part = |(group, people, reached): &(&str, u64, u64)| Part {
            group: (*group).to_owned(),
            people: *people,
            reached: *reached,
        };
        let breakdown = Breakdown {
            title: title.to_owned(),
            quarter,
            dimension,
            parts: parts.iter().map(part).collect(),
            source: "시연용으로 지어낸 표본조사".to_owned(),
        };
        let body = acting_for(lead, Role::Official, moment("-15d 10:00", now)?);
        let known = plan.enter_reach(&body, id, breakdown).await?;
        if at != 1 {
            plan.decide_reach(&committee(moment("-9d 10:00", now)?), id, known.figures.len(), None).await?;
        }
    }
    Ok(())
}

const PROBLEMS: [(&str, &str); 4] = [
    (
        "골목 불법 주정차로 소방차가 못 들어와요",
        "저녁마다 소방차가 지나갈 길이 막힙니다. 어디가 언제 막히는지 알면 좋겠습니다.",
    ),
    ("병원 예약 전화가 안 돼요", "어르신들이 아침마다 예약 전화를 몇십 번 거십니다."),
    ("버려지는 급식이 많아요", "날마다 남는 양이 달라 얼마나 만들지 정하기 어렵습니다."),
    ("우리 집 앞 가로등 색이 싫어요", "색을 바꿔 주세요."),
];

async fn problems(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let there = committee(moment("-40d 10:00", now)?);
    let today = maru_calendar::seoul(now).date();
    for (name, place) in [("온라인 실험실 (시연용)", "인터넷"), ("마루시 실험실 (시연용)", "시연용 도서관 2층")]
    {
        plan.open_lab(&there, (name.to_owned(), place.to_owned()), today.saturating_sub(60.days())).await?;
    }
    let stranger = Caller::new(None, moment("-30d 09:00", now)?);
    let mut ids = Vec::new();
    for (title, text) in PROBLEMS {
        let posed = Posed { title: format!("{title} (시연용)"), text: text.to_owned() };
        ids.push(plan.pose_problem(&stranger, posed).await?);
    }
    let decided = committee(moment("-20d 10:00", now)?);
    for (at, (lab, reason)) in
        [(Some(2), "시연용: 안전과 이어지고 공개 자료로 풀 수 있습니다."), (Some(1), "시연용: 많은 사람이 겪습니다.")]
            .into_iter()
            .enumerate()
    {
        plan.choose_problem(&decided, &ids[at], Chosen { lab, reason: reason.to_owned() }).await?;
    }
    let refused = Chosen {
        lab: None,
        reason: "시연용: AI로 풀 일이 아니어서 담당 부서의 민원으로 안내했습니다.".to_owned(),
    };
    plan.choose_problem(&decided, &ids[3], refused).await?;
    let outcome = Solved {
        solved: true,
        text: "시연용: 막히는 때와 곳을 지도로 만들어 소방서가 순찰에 쓰고 있습니다.".to_owned(),
        evidence: vec![Evidence {
            title: "지도와 코드 (시연용)".to_owned(),
            address: "https://maru-city.example/plan/lab/1".to_owned(),
        }],
        on: today.saturating_sub(5.days()),
    };
    plan.finish_problem(&committee(moment("-5d 10:00", now)?), &ids[0], outcome).await?;
    Ok(())
}

const FAILED: [(&str, &str); 3] = [
    ("5.1.1", "시연용: 챗봇이 보낸 그림에 대체 텍스트가 없습니다."),
    ("6.1.2", "시연용: 답이 오면 초점이 맨 앞으로 돌아갑니다."),
    ("7.3.3", "시연용: 인증할 때 옮겨 적는 글자를 눈으로만 볼 수 있습니다."),
];

/// Two services, looked at against all criteria; one of what failed is right by now.
async fn audits(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let today = maru_calendar::seoul(now).date();
    for (service, body, failed) in [("AI 민원 창구 (시연용)", "mois", 3), ("복지 찾기 (시연용)", "mohw", 1)]
    {
        let result = |criterion: &Criterion| {
            let found = FAILED.iter().take(failed).find(|(number, _)| *number == criterion.number);
            let verdict = match (found, criterion.number) {
                (Some(_), _) => Verdict::Failed,
                (None, "5.2.1" | "6.4.4" | "6.5.4") => Verdict::NoObject,
                _ => Verdict::Passed,
            };
            let note = found.map(|(_, note)| (*note).to_owned()).unwrap_or_default();
            (criterion.number.to_owned(), Seen { verdict, note })
        };
        let audited = Audited {
            service: service.to_owned(),
            address: "https://maru-city.example/service".to_owned(),
            body: body.to_owned(),
            on: today.saturating_sub(30.days()),
            manner: Manner::Both,
            auditor: "지어낸 접근성 단체".to_owned(),
            results: criteria().iter().map(result).collect(),
        };
        let id = plan.record_audit(&committee(moment("-28d 10:00", now)?), audited).await?;
        let done = ("5.1.1".to_owned(), "시연용: 그림마다 설명을 함께 보냅니다.".to_owned());
        plan.repair_audit(&acting_for(body, Role::Official, moment("-12d 10:00", now)?), &id, done).await?;
        if body == "mois" {
            plan.look_again(&committee(moment("-6d 10:00", now)?), &id, ("5.1.1".to_owned(), None)).await?;
        }
    }
    Ok(())
}

async fn help(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let today = maru_calendar::seoul(now).date();
    let counter = acting_for("mois", Role::Official, now);
    let services = ["AI 민원 창구 (시연용)", "무인민원발급창구 (시연용)", "복지 찾기 (시연용)"];
    for at in 0..24_usize {
        let days = i64::try_from(at).unwrap_or_default() * 2;
        let assisted = Assisted {
            on: today.saturating_sub(days.days()),
            service: services[at % 3].to_owned(),
            need: Need::ALL[at * 5 % 6],
            solved: at % 7 != 3,
            minutes: 6 + u32::try_from(at * 11 % 23).unwrap_or_default(),
        };
        plan.log_help(&counter, assisted).await?;
    }
    Ok(())
}
