//! The action plan of the demonstration: real numbers, titles, bodies and quarters of the published plan, without its texts;
//! what was reported, confirmed and commented is invented, and says so.

use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp, civil::Time};
use maru_identity::{DemonstrationAccount, Principal, Role};
use maru_plan::{
    Caller, PlanService,
    domain::{
        Basis, COMMITTEE, Entry, Evidence, Number, Quarter, Report,
        advice::Given,
        consultation::{Answered, Draft, Outcome, Paragraph, Voice},
    },
    import,
    service::{Files, ImportNote, NewComment, NewFile},
};

use super::{moment, plan_briefings, plan_for_all, plan_people, plan_surveys, plan_work};

/// The plan's short facts: number, title, bodies, quarters. Made with the example `short_facts` of maru-plan.
const PLAN: &str = include_str!("../../world/plan.tsv");

const ACCOUNTS: [(&str, &str, &str, Role, &str); 3] = [
    ("plan-msit", "윤슬기", "Yoon Seulgi", Role::Official, "msit"),
    ("plan-mois", "도하람", "Do Haram", Role::Official, "mois"),
    ("plan-committee", "차온유", "Cha Onyu", Role::Supervisor, COMMITTEE),
];

/// The people who work on the plan.
pub(crate) fn accounts() -> Vec<DemonstrationAccount> {
    let people = ACCOUNTS.map(|(account, name, name_en, role, body)| DemonstrationAccount {
        account: account.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        role,
        department: Some(body.to_owned()),
    });
    let member = DemonstrationAccount {
        account: MEMBER.to_owned(),
        name: "나지안".to_owned(),
        name_en: "Na Jian".to_owned(),
        role: Role::Citizen,
        department: None,
    };
    people.into_iter().chain([member]).collect()
}

/// A commissioned member of a subcommittee, who votes alone.
const MEMBER: &str = "plan-member";

/// That member.
pub(super) fn member(now: Timestamp) -> Caller {
    let principal =
        Principal { account: MEMBER.to_owned(), name: String::new(), role: Role::Citizen, department: None };
    Caller::new(Some(principal), now)
}

/// Somebody who acts for a body; those who cannot sign in are invented as they are needed.
pub(super) fn acting_for(body: &str, role: Role, now: Timestamp) -> Caller {
    let known = ACCOUNTS.iter().find(|(_, _, _, _, department)| *department == body);
    let account = known.map_or_else(|| format!("plan-{body}"), |(account, ..)| (*account).to_owned());
    Caller::new(Some(Principal { account, name: String::new(), role, department: Some(body.to_owned()) }), now)
}

pub(super) fn committee(now: Timestamp) -> Caller {
    acting_for(COMMITTEE, Role::Supervisor, now)
}

/// Noon in Korea on the day so many days after the quarter's end; never after `now`.
fn after(quarter: Quarter, days: i64, now: Timestamp) -> Timestamp {
    let day = quarter.last_day().saturating_add(jiff::Span::new().days(days));
    maru_calendar::instant(day.to_datetime(Time::constant(12, 0, 0, 0))).min(now)
}

/// Lives through the plan until `now`.
///
/// # Errors
/// Where the database cannot be used, or the plan's file is damaged; a test reads it.
pub(crate) async fn seed(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let read = import::read(PLAN);
    if let Some(bad) = read.bad.first() {
        bail!("world/plan.tsv, {bad}");
    }
    let note = ImportNote {
        whole: false,
        label: "2026-02-25".to_owned(),
        decided: jiff::civil::date(2026, 2, 25),
        basis: Basis::Arrangement,
        reason: "의결본".to_owned(),
    };
    let decided = "2026-02-25T05:00:00Z".parse::<Timestamp>()?.min(now);
    let entries = read.entries.clone();
    plan.import(read.entries, &note, decided).await?;
    let mut reports = Vec::new();
    for entry in &entries {
        reports.extend(reports_of(entry, now));
    }
    reports.sort_by_key(|(at, number, _)| (*at, *number));
    let mut freezes = freezes(decided, now);
    for (at, number, report) in reports {
        freeze(plan, &mut freezes, at).await?;
        let entry =
            entries.iter().find(|entry| entry.number == number).context("a report without its recommendation")?;
        let complete = report.complete;
        plan.report(&acting_for(&entry.lead, Role::Official, at), number, report).await?;
        // Most of what was reported done some time ago was confirmed since.
        let later = at.saturating_add(SignedDuration::from_hours(24 * 12)).unwrap_or(at);
        if complete && later < now && chance(number, 7) != 0 {
            let note = "시연용으로 지어낸 확인입니다: 증빙을 열어 결과물을 보았습니다.".to_owned();
            plan.confirm(&committee(later), number, note).await?;
        }
    }
    freeze(plan, &mut freezes, now).await?;
    let advice = this_week(plan, &entries, now).await?;
    plan_work::seed(plan, &entries, &advice, now).await?;
    plan_people::seed(plan, &entries, now).await?;
    plan_for_all::seed(plan, now).await?;
    plan_surveys::seed(plan, now).await?;
    consult(plan, now).await
}

/// The quarters that have ended, each with the day on which the committee froze it, the next one last.
fn freezes(decided: Timestamp, now: Timestamp) -> Vec<(Timestamp, Quarter)> {
    let quarter = |at: Timestamp| Quarter::of(maru_calendar::seoul(at).date());
    let ended = quarter(decided).until(quarter(now)).into_iter().rev();
    ended.map(|quarter| (after(quarter, FROZEN_AFTER, now), quarter)).filter(|(at, _)| *at < now).collect()
}

/// How many days after a quarter's end its standing is frozen: reports have come by then.
const FROZEN_AFTER: i64 = 25;

/// Freezes what was to be frozen by `until`.
async fn freeze(plan: &PlanService, freezes: &mut Vec<(Timestamp, Quarter)>, until: Timestamp) -> anyhow::Result<()> {
    while let Some((at, quarter)) = freezes.pop_if(|(at, _)| *at <= until) {
        plan.freeze(&committee(at), quarter).await?;
    }
    Ok(())
}

/// Chance that is the same each time.
fn chance(number: Number, sides: u16) -> u16 {
    (number.task.wrapping_mul(31) ^ number.place.wrapping_mul(17)) % sides
}

/// What the lead body has reported of a recommendation by now.
fn reports_of(entry: &Entry, now: Timestamp) -> Vec<(Timestamp, Number, Report)> {
    let today = maru_calendar::seoul(now).date();
    let ended: Vec<usize> =
        (0..entry.deadlines.len()).filter(|place| entry.deadlines[*place].quarter.last_day() < today).collect();
    let late = chance(entry.number, 6) == 0;
    let met: Vec<usize> = if late { Vec::new() } else { ended.clone() };
    let evidence = |what: &str| Evidence {
        title: format!("{what} (시연용)"),
        address: format!("https://maru-city.example/plan/{}", entry.number),
    };
    let mut reports = Vec::new();
    let mut quarters: Vec<Quarter> = met.iter().map(|place| entry.deadlines[*place].quarter).collect();
    quarters.sort_unstable();
    quarters.dedup();
    for quarter in &quarters {
        let done = met.iter().copied().filter(|place| entry.deadlines[*place].quarter <= *quarter);
        let done: std::collections::BTreeSet<usize> = done.collect();
        let report = Report {
            quarter: *quarter,
            summary: "시연용으로 지어낸 실적입니다: 정한 기한까지 마치고 결과물을 공개했습니다.".to_owned(),
            complete: done.len() == entry.deadlines.len(),
            done,
            obstacle: String::new(),
            evidence: vec![evidence("결과물")],
            files: Vec::new(),
        };
        let days = i64::from(chance(entry.number, 9)) + 3;
        reports.push((after(*quarter, days, now), entry.number, report));
    }
    if quarters.is_empty() && chance(entry.number, 5) > 1 {
        let quarter = Quarter::of(today).previous();
        let report = Report {
            quarter,
            summary: "시연용으로 지어낸 실적입니다: 계획 초안을 만들어 관계 기관과 협의하고 있습니다.".to_owned(),
            done: std::collections::BTreeSet::new(),
            complete: false,
            obstacle: if late {
                "시연용: 관계 기관 협의가 길어지고 있습니다.".to_owned()
            } else {
                String::new()
            },
            evidence: Vec::new(),
            files: Vec::new(),
        };
        if quarter.last_day() >= jiff::civil::date(2026, 3, 31) {
            reports.push((after(quarter, i64::from(chance(entry.number, 20)) + 1, now), entry.number, report));
        }
    }
    reports
}

/// A few things of the last days; gives the recommendation to an agency whose extension was asked for.
async fn this_week(plan: &PlanService, entries: &[Entry], now: Timestamp) -> anyhow::Result<String> {
    let given = Given {
        body: "mois".to_owned(),
        title: "AI 통합민원플랫폼의 시험 참여자를 넓힐 것 (시연용)".to_owned(),
        text: "시연용으로 지어낸 권고입니다. 고령자와 장애인이 시험에 참여하는 방안을 마련하십시오.".to_owned(),
        meeting: "시연용 회의".to_owned(),
        received: maru_calendar::seoul(moment("-40d 10:00", now)?).date(),
    };
    let (advice, _) = plan.advise(&committee(moment("-40d 10:00", now)?), given).await?;
    let until = maru_calendar::seoul(now).date().saturating_add(jiff::Span::new().days(80));
    let asked = acting_for("mois", Role::Official, moment("-2d 15:00", now)?);
    plan.ask_extension(&asked, &advice, until, "시연용: 참여자를 찾는 데 시간이 더 필요합니다.".to_owned()).await?;
    // A report of this week that waits for the committee.
    let today = maru_calendar::seoul(now).date();
    let ready = entries.iter().filter(|entry| entry.lead == "msit" && entry.deadlines.len() == 1);
    let ready = ready.filter(|entry| entry.deadlines[0].quarter >= Quarter::of(today)).take(2);
    for (entry, at) in ready.zip(["-4d 11:00", "-1d 16:20"]) {
        let report = Report {
            quarter: Quarter::of(maru_calendar::seoul(moment(at, now)?).date()),
            summary: "시연용으로 지어낸 실적입니다: 기한보다 일찍 마쳤습니다.".to_owned(),
            done: [0].into(),
            complete: true,
            obstacle: String::new(),
            evidence: vec![Evidence {
                title: "결과물 (시연용)".to_owned(),
                address: format!("https://maru-city.example/plan/{}", entry.number),
            }],
            files: Vec::new(),
        };
        let caller = acting_for("msit", Role::Official, moment(at, now)?);
        // Where the plan's own days lie far from now, it may be confirmed already: then it stays as it is.
        let table =
            format!("권고,한 일,건수 (시연용)\r\n{},시험 운영,12\r\n{},안내 자료,3\r\n", entry.number, entry.number);
        let table = table.into_bytes();
        let size = u64::try_from(table.len()).unwrap_or_default();
        let file = NewFile { name: "시연용 결과.csv".to_owned(), size, content: Some(table) };
        let files = Files { new: vec![file], keep: Vec::new() };
        drop(plan.report_with_files(&caller, entry.number, report, files).await);
    }
    Ok(advice)
}

const CAMPAIGN: &str =
    "창작자의 동의 없이 저작물을 학습에 쓰는 조항에 반대합니다. 먼저 창작자와 협의하고 정당한 대가를 정해 주십시오.";
const COMMENTS: [&str; 12] = [
    "어르신이 많은 동네에는 전화나 방문으로도 AI 민원을 이용할 수 있게 해 주세요.",
    "스마트폰이 없는 사람도 AI 민원 창구를 쓸 수 있도록 전화 상담을 함께 두면 좋겠습니다.",
    "시각장애인이 AI 민원 화면을 쓸 수 있는지 공개 시험을 해 주세요.",
    "우리 동네 주민센터에서도 AI 민원 안내를 받을 수 있나요? 방문 창구를 남겨 주세요.",
    "복지 급여를 신청하지 않아도 받을 수 있게 한다는 계획을 빨리 시행해 주세요.",
    "복지 급여 자동 지급에서 소득 자료가 틀리면 어떻게 바로잡는지 정해 주세요.",
    "복지 급여를 자동으로 줄 때 본인이 거절할 수 있는 절차도 필요합니다.",
    "아동수당처럼 모두 받는 복지 급여부터 자동 지급을 시작하면 좋겠습니다.",
    "학교마다 AI 교육을 맡을 교사가 부족합니다. 교사 연수 예산을 늘려 주세요.",
    "농어촌 학교에도 AI 교육 장비와 교사 연수를 똑같이 지원해 주세요.",
    "AI 교육을 받은 교사가 현장에서 쓸 수 있는 자료를 공개해 주세요.",
    "초등학교 AI 교육은 시간보다 교사 연수의 질이 먼저라고 생각합니다.",
];

/// A consultation that runs, with comments of which some are answered.
async fn consult(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let today = maru_calendar::seoul(now).date();
    let paragraph = |heading: &str, text: &str| Paragraph {
        heading: heading.to_owned(),
        text: text.to_owned(),
        recommendation: None,
    };
    let draft = Draft {
        title: "행동계획 보완안 (시연용)".to_owned(),
        summary: "시연용으로 지어낸 계획안입니다. 민원, 복지, 교육, 저작물에서 무엇을 보완할지 의견을 듣습니다."
            .to_owned(),
        paragraphs: vec![
            paragraph("AI 민원", "AI 민원 창구를 만들 때 전화와 방문으로도 같은 안내를 받을 수 있게 합니다."),
            paragraph("복지", "받을 수 있는 복지 급여를 찾아 미리 알리고, 동의하면 신청 없이 지급합니다."),
            paragraph("교육", "모든 학교에서 AI 교육을 받을 수 있도록 교사 연수를 늘립니다."),
            paragraph("저작물", "저작물을 AI 학습에 쓰는 기준과 대가를 정합니다."),
        ],
        from: today.saturating_sub(jiff::Span::new().days(9)),
        until: today.saturating_add(jiff::Span::new().days(10)),
        urgent: String::new(),
        closed: None,
    };
    let opened = moment("-9d 09:00", now)?;
    let id = plan.open_consultation(&committee(opened), draft).await?;
    let stranger = |at: &str| moment(at, now).map(|at| Caller::new(None, at));
    let mut answered = Vec::new();
    for (at, text) in COMMENTS.iter().enumerate() {
        let new = NewComment {
            paragraph: Some(at / 4),
            text: (*text).to_owned(),
            voice: Voice::Person,
            organisation: String::new(),
        };
        // One of them comes from somebody who signed in and is told what becomes of it.
        let caller = if at == 0 { plan_people::citizen(moment("-6d 09:00", now)?) } else { stranger("-6d 10:00")? };
        let comment = plan.comment(&caller, &id, new).await?;
        if at < 4 {
            answered.push(comment);
        }
    }
    for signature in 0..9 {
        let organisation = if signature == 0 { "한빛창작자모임 (지어낸 단체)" } else { "" };
        let new = NewComment {
            paragraph: Some(3),
            text: format!("{CAMPAIGN} {}", ["저도 뜻을 함께합니다.", "꼭 반영해 주세요.", ""][signature % 3]),
            voice: if signature == 0 { Voice::Organisation } else { Voice::Person },
            organisation: organisation.to_owned(),
        };
        plan.comment(&stranger("-5d 14:00")?, &id, new).await?;
    }
    let answer = Answered {
        outcome: Outcome::Accepted,
        reason: "시연용으로 지어낸 답변입니다. 전화와 방문 창구를 함께 두기로 했습니다.".to_owned(),
        change: "첫째 문단에 전화와 방문을 적고 권고 58-1에 반영했습니다.".to_owned(),
    };
    plan.answer_comments(&committee(moment("-1d 10:00", now)?), &answered, &answer).await?;
    plan_briefings::seed(plan, &id, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_can_be_read() {
        let read = import::read(PLAN);
        assert_eq!(read.bad, []);
        assert_eq!(read.entries.len(), 326);
        assert!(read.entries.iter().all(|entry| entry.text.chars().count() <= 40), "short facts only");
    }
}
