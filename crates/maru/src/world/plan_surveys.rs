//! Surveys in the demonstration: one that is over, one that takes answers. Frames, answers and all figures are invented, and say so.

use jiff::{Timestamp, ToSpan};
use maru_plan::{
    Caller, PlanService,
    domain::survey::{Notice, Question},
    service::Letter,
};

use super::{moment, plan::committee};

/// When a survey happens, in days from today.
struct Days {
    announced: i64,
    seed: i64,
    from: i64,
    until: i64,
}

/// Lives through both until `now`.
///
/// # Errors
/// Where the database cannot be used.
pub(super) async fn seed(plan: &PlanService, now: Timestamp) -> anyhow::Result<()> {
    let felt = question("AI 통합민원이 나아진 것을 느끼셨습니까?", &[]);
    let way = question("어떻게 쓰셨습니까?", &["전화", "인터넷", "창구", "쓰지 않음"]);
    let over = Days { announced: -70, seed: -62, from: -58, until: -30 };
    let notice = |title: &str, number: &str, questions, days: &Days| -> anyhow::Result<Notice> {
        let today = maru_calendar::seoul(now).date();
        let day = |days: i64| today.saturating_add(days.days());
        Ok(Notice {
            title: format!("{title} (시연용)"),
            text: "시연용으로 지어낸 조사입니다. 달라진 것이 사람들에게 닿았는지 묻습니다.".to_owned(),
            recommendation: Some(number.parse()?),
            questions,
            size: 60,
            source: "시연용으로 지어낸 추첨수".to_owned(),
            seed_on: day(days.seed),
            from: day(days.from),
            until: day(days.until),
        })
    };
    let asked = notice("AI 통합민원 체감조사", "58-1", vec![felt, way], &over)?;
    let (id, letters) = invited(plan, now, &over, asked).await?;
    for (at, letter) in letters.iter().enumerate().filter(|(at, _)| at * 7 % 10 < 6) {
        let answers = vec![Some([0, 0, 1, 0, 2][at % 5]), (at % 9 != 4).then_some(at * 3 % 4)];
        answer(plan, now, &id, letter, (-50, answers)).await?;
    }
    plan.close_survey(&committee(moment("-29d 10:00", now)?), &id).await?;

    let open = Days { announced: -20, seed: -12, from: -9, until: 20 };
    let school = question("아이가 학교에서 AI를 배우고 있습니까?", &[]);
    let asked = notice("학교 AI 교육 체감조사", "85-3", vec![school], &open)?;
    let (id, letters) = invited(plan, now, &open, asked).await?;
    for (at, letter) in letters.iter().enumerate().step_by(4) {
        answer(plan, now, &id, letter, (-3, vec![Some(at % 3)])).await?;
    }
    Ok(())
}

fn question(text: &str, options: &[&str]) -> Question {
    Question { text: text.to_owned(), options: options.iter().map(|&option| option.to_owned()).collect() }
}

fn on(days: i64, time: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    moment(&format!("{days}d {time}"), now)
}

/// Six hundred invented people of two ages and two regions.
fn frame() -> String {
    let people = (0..600_usize).map(|at| {
        let (age, region) =
            (["19-59", "60+"][usize::from(at % 10 < 3)], ["도시", "농어촌"][usize::from((at / 10).is_multiple_of(4))]);
        format!("D{at:03}\t{age}\t{region}\n")
    });
    std::iter::once("code\t나이\t지역\n".to_owned()).chain(people).collect()
}

async fn invited(
    plan: &PlanService,
    now: Timestamp,
    days: &Days,
    notice: Notice,
) -> anyhow::Result<(String, Vec<Letter>)> {
    let announced = committee(on(days.announced, "10:00", now)?);
    let id = plan.announce_survey(&announced, notice).await?;
    plan.fix_frame(&announced, &id, frame()).await?;
    plan.draw_sample(&committee(on(days.seed, "21:00", now)?), &id, "3 9 14 27 31 40".to_owned()).await?;
    let letters = plan.invite_sample(&committee(on(days.seed + 1, "10:00", now)?), &id).await?;
    Ok((id, letters))
}

async fn answer(
    plan: &PlanService,
    now: Timestamp,
    id: &str,
    letter: &Letter,
    (day, answers): (i64, Vec<Option<usize>>),
) -> anyhow::Result<()> {
    let somebody = Caller::new(None, on(day, "14:00", now)?);
    plan.answer_survey(&somebody, id, &letter.number, answers).await?;
    Ok(())
}
