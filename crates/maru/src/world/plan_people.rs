//! What the demonstration's plan is held to beside deadlines, and where its people take part: milestones, indicators, budgets, bills, a change of the
//! plan, a deliberation, a panel drawn by lot, comments of somebody who signed in. All of it is invented, and says so.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::{Timestamp, ToSpan, civil::Date};
use maru_identity::{Principal, Role};
use maru_plan::{
    Caller, PlanService,
    domain::{
        Basis, Entry, Evidence, Number, Quarter,
        deliberation::{Question, Stance},
        panel::{Notice, Quota},
        particulars::{Bill, BillStage, Budget, Indicator, Item, Measure, Milestone},
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
pub(super) async fn seed(plan: &PlanService, entries: &[Entry], now: Timestamp) -> anyhow::Result<()> {
    held_to(plan, entries, now).await?;
    amended(plan, entries, now).await?;
    deliberation(plan, now).await?;
    panel(plan, now).await
}

fn lead(entries: &[Entry], number: Number) -> anyhow::Result<&str> {
    let entry = entries.iter().find(|entry| entry.number == number);
    entry.map(|entry| entry.lead.as_str()).ok_or_else(|| anyhow::anyhow!("{number} is not in the plan"))
}

fn back(quarter: Quarter, quarters: usize) -> Quarter {
    (0..quarters).fold(quarter, |quarter, _| quarter.previous())
}

fn ahead(quarter: Quarter, quarters: usize) -> Quarter {
    (0..quarters).fold(quarter, |quarter, _| quarter.next())
}

fn indicator(title: &str, unit: &str, figure: &str, values: &[f64], target: f64, today: Date) -> Item {
    let now = Quarter::of(today);
    let at = |place: usize| back(now, values.len() - place);
    let measures =
        values.iter().enumerate().skip(1).map(|(place, value)| Measure { quarter: at(place), value: *value });
    Item::Indicator(Indicator {
        title: format!("{title} (시연용)"),
        unit: unit.to_owned(),
        baseline: Measure { quarter: at(0), value: values.first().copied().unwrap_or_default() },
        target: Measure { quarter: ahead(now, 4), value: target },
        measures: measures.collect(),
        source: "시연용으로 지어낸 값".to_owned(),
        figure: figure.to_owned(),
    })
}

fn bill(law: &str, stages: &[(BillStage, i64)], today: Date, due: Quarter) -> Item {
    let days = stages.iter().map(|(stage, days)| (*stage, today.saturating_sub(days.days())));
    Item::Bill(Bill {
        law: law.to_owned(),
        number: String::new(),
        quarter: Some(due),
        stages: days.collect(),
        ended: None,
        address: String::new(),
    })
}

/// Entered by the lead body, most of it confirmed.
async fn held_to(plan: &PlanService, entries: &[Entry], now: Timestamp) -> anyhow::Result<()> {
    let today = maru_calendar::seoul(now).date();
    let (quarter, year) = (Quarter::of(today), today.year());
    let milestone = |title: &str, at: Quarter, reached: bool| {
        let evidence = Evidence {
            title: "결과물 (시연용)".to_owned(),
            address: "https://maru-city.example/plan/milestone".to_owned(),
        };
        Item::Milestone(Milestone {
            title: format!("{title} (시연용)"),
            quarter: at,
            reached: reached.then(|| today.saturating_sub(25.days())),
            evidence: if reached { vec![evidence] } else { Vec::new() },
        })
    };
    let budget = |title: &str, granted: i64, spent: i64| {
        Item::Budget(Budget { title: format!("{title} (시연용)"), year, granted, spent: Some(spent) })
    };
    let items = [
        (
            "58-1",
            indicator(
                "법정 기한 안에 답한 민원",
                "%",
                "inquiry/answered-in-time",
                &[80.0, 84.0, 87.5, 90.0],
                98.0,
                today,
            ),
        ),
        ("58-1", indicator("답할 때까지 걸린 날수", "일", "inquiry/days-to-answer", &[9.0, 8.6, 8.5, 8.4], 3.0, today)),
        ("58-1", milestone("전화와 방문 창구 시험 열기", back(quarter, 1), true)),
        ("58-1", milestone("장애인과 고령자 시험 참여 100명", ahead(quarter, 1), false)),
        ("58-1", budget("AI 통합민원 시험 운영", 1_200_000_000, 810_000_000)),
        (
            "89-2",
            bill(
                "사회보장급여의 이용·제공 및 수급권자 발굴에 관한 법률",
                &[(BillStage::Proposed, 120), (BillStage::Committee, 45), (BillStage::Legislation, 12)],
                today,
                back(quarter, 1),
            ),
        ),
        (
            "89-2",
            bill(
                "아동수당법",
                &[
                    (BillStage::Proposed, 150),
                    (BillStage::Committee, 80),
                    (BillStage::Legislation, 50),
                    (BillStage::Plenary, 20),
                    (BillStage::Transferred, 6),
                ],
                today,
                back(quarter, 1),
            ),
        ),
        (
            "89-1",
            indicator(
                "찾아낸 급여 가운데 신청 없이 지급",
                "%",
                "welfare/found-and-given",
                &[0.0, 4.0, 9.0],
                60.0,
                today,
            ),
        ),
        ("32-1", bill("저작권법", &[], today, back(quarter, 1))),
        ("85-3", indicator("모두의 AI 실험실에서 푼 문제", "건", "", &[0.0, 3.0, 11.0], 100.0, today)),
        ("85-2", budget("모두의 AI 실험실", 3_000_000_000, 1_450_000_000)),
    ];
    for (at, (number, item)) in items.into_iter().enumerate() {
        let number: Number = number.parse()?;
        let body = acting_for(lead(entries, number)?, Role::Official, moment("-5d 10:00", now)?);
        let id = plan.put_item(&body, number, None, item).await?;
        // The newest few wait for the committee.
        if at % 4 != 3 {
            let note = "시연용으로 지어낸 확인입니다: 근거 자료를 보았습니다.".to_owned();
            plan.confirm_item(&committee(moment("-2d 14:00", now)?), number, id, note).await?;
        }
    }
    Ok(())
}

/// One schedule was put back this week, as a minor change.
async fn amended(plan: &PlanService, entries: &[Entry], now: Timestamp) -> anyhow::Result<()> {
    let Some(entry) = entries.iter().find(|entry| entry.lead == "mcst" && entry.deadlines.len() == 1) else {
        return Ok(());
    };
    let mut deadlines = entry.deadlines.clone();
    for deadline in &mut deadlines {
        deadline.quarter = deadline.quarter.next();
    }
    let reason = "시연용으로 지어낸 변경입니다: 관계 단체와 협의하는 기간을 늘렸습니다.".to_owned();
    plan.amend(&committee(moment("-3d 11:00", now)?), entry.rewritten("", &deadlines), Basis::Arrangement, reason)
        .await?;
    Ok(())
}

const STATEMENTS: [&str; 10] = [
    "동의를 받지 않은 저작물은 학습에 쓰지 말아야 한다.",
    "창작자가 거절하면 학습에서 뺄 수 있어야 한다.",
    "학습에 쓴 저작물의 목록은 공개해야 한다.",
    "AI 개발을 위해 먼저 쓰고 나중에 보상해도 된다.",
    "국내 AI가 뒤처지지 않도록 학습 규제를 줄여야 한다.",
    "공공 저작물은 누구나 학습에 쓸 수 있어야 한다.",
    "AI가 만든 것에는 AI가 만들었다고 적어야 한다.",
    "창작자에게 돌아가는 대가는 투명하게 정해야 한다.",
    "작은 회사도 쓸 수 있는 공정한 이용 계약이 필요하다.",
    "분쟁을 빨리 풀어 주는 기구가 있어야 한다.",
];

/// What two invented groups think of each statement; what both agree with stands in both.
const GROUPS: [(usize, &[usize], &[usize]); 2] =
    [(26, &[1, 2, 3, 7, 8, 9, 10], &[4, 5]), (18, &[4, 5, 6, 7, 9, 10], &[1, 3])];

async fn deliberation(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let today = maru_calendar::seoul(now).date();
    let question = Question {
        title: "AI 학습에 저작물을 어떻게 쓰게 할까요? (시연용)".to_owned(),
        text: "시연용으로 지어낸 공론장입니다. 창작자의 권리와 AI 개발을 함께 지키는 길을 찾습니다.".to_owned(),
        from: today.saturating_sub(12.days()),
        until: today.saturating_add(9.days()),
        signed_in: false,
        recommendation: Some("32-1".parse()?),
    };
    let statements = STATEMENTS.map(str::to_owned).to_vec();
    let id = plan.open_deliberation(&committee(moment("-12d 09:00", now)?), question, statements).await?;
    let stranger = Caller::new(None, moment("-8d 10:00", now)?);
    for (size, agree, disagree) in GROUPS {
        for person in 0..size {
            let votes: BTreeMap<usize, Stance> = (1..=STATEMENTS.len())
                .filter(|number| (person * 7 + number * 3) % 11 != 0)
                .map(|number| {
                    let turned = (person * 5 + number) % 13 == 0;
                    let stance = match (agree.contains(&number), disagree.contains(&number)) {
                        (true, _) if !turned => Stance::Agree,
                        (_, true) if !turned => Stance::Disagree,
                        _ => Stance::Pass,
                    };
                    (number, stance)
                })
                .collect();
            plan.vote_on_statements(&stranger, &id, None, votes).await?;
        }
    }
    plan.propose_statement(&stranger, &id, "학습을 거절한 창작자가 불이익을 받지 않아야 한다.").await?;
    Ok(())
}

async fn panel(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let today = maru_calendar::seoul(now).date();
    let quota = |name: &str, value: &str, least: usize, most: usize| Quota {
        name: name.to_owned(),
        value: value.to_owned(),
        least,
        most,
    };
    let notice = Notice {
        title: "AI 민원 창구 시민 숙의단 (시연용)".to_owned(),
        text: "시연용으로 지어낸 숙의단입니다. AI 민원 창구를 누구나 쓸 수 있게 하는 길을 숙의합니다.".to_owned(),
        size: 20,
        quotas: vec![
            quota("나이", "19-39", 6, 7),
            quota("나이", "40-59", 7, 8),
            quota("나이", "60+", 5, 7),
            quota("성별", "여", 10, 10),
            quota("성별", "남", 10, 10),
            quota("지역", "수도권", 9, 11),
            quota("지역", "비수도권", 9, 11),
        ],
        source: "시연용으로 지어낸 추첨: 명단을 정한 뒤에 있을 복권 당첨번호 여섯 개를 작은 수부터 빈칸으로 이은 것"
            .to_owned(),
        seed_on: today.saturating_sub(9.days()),
        recommendation: Some("84-2".parse()?),
    };
    let id = plan.announce_panel(&committee(moment("-30d 10:00", now)?), notice).await?;
    let mut pool = String::from("code\t나이\t성별\t지역\n");
    for person in 0..140_usize {
        let age = ["40-59", "60+", "19-39", "40-59", "60+"][person % 5];
        let sex = ["여", "남", "남", "여"][person / 2 % 4];
        let region = ["수도권", "비수도권", "수도권"][person / 3 % 3];
        let _ = writeln!(pool, "P{:04}\t{age}\t{sex}\t{region}", person * 37 % 9_973);
    }
    plan.fix_pool(&committee(moment("-20d 10:00", now)?), &id, pool).await?;
    plan.draw_panel(&committee(moment("-9d 11:00", now)?), &id, "3 11 19 24 38 42".to_owned()).await?;
    Ok(())
}

/// A citizen of the demonstration who signed in.
pub(super) fn citizen(now: Timestamp) -> Caller {
    let principal =
        Principal {
            account: "lee-boram".to_owned(), name: "이보람".to_owned(), role: Role::Citizen, department: None
        };
    Caller::new(Some(principal), now)
}
