//! Around the demonstration's consultation: a briefing that was held, one to come, comments that wait for a person to look at them. All of
//! it is invented, and says so.

use jiff::{Timestamp, ToSpan};
use maru_plan::{
    Caller, PlanService,
    domain::{briefing::Notice, consultation::Voice, moderation::Breach},
    service::NewComment,
};

use super::{moment, plan::committee};

/// Lives through all of it until `now`.
///
/// # Errors
/// Where the database cannot be used.
pub(super) async fn seed(plan: &PlanService, consultation: &str, now: Timestamp) -> anyhow::Result<()> {
    held(plan, consultation, now).await?;
    to_come(plan, consultation, now).await?;
    waiting(plan, consultation, now).await
}

fn notice(title: &str, consultation: &str, days: i64, now: Timestamp) -> Notice {
    Notice {
        title: format!("{title} (시연용)"),
        text: "시연용으로 지어낸 설명회입니다. 보완안을 설명하고 묻는 말에 모두 답합니다.".to_owned(),
        consultation: Some(consultation.to_owned()),
        at: maru_calendar::seoul(now).date().saturating_add(days.days()).at(14, 0, 0, 0),
        place: "시연용 회의실과 온라인".to_owned(),
        seats: 80,
    }
}

async fn held(plan: &PlanService, consultation: &str, now: Timestamp) -> anyhow::Result<()> {
    let announced = committee(moment("-9d 10:00", now)?);
    let id = plan.announce_briefing(&announced, notice("창작자 단체 설명회", consultation, -4, now)).await?;
    let invited: Vec<String> = (1..=24).map(|at| format!("지어낸 단체 {at}")).collect();
    plan.invite_organisations(&announced, &id, invited.clone()).await?;
    let visitor = Caller::new(None, moment("-6d 11:00", now)?);
    for (at, name) in invited.iter().take(15).enumerate() {
        let people = 1 + u32::try_from(at % 4).unwrap_or_default();
        plan.register_organisation(&visitor, &id, (name.clone(), people)).await?;
    }
    plan.ask_briefing(&visitor, &id, ("지어낸 단체 3", "대가는 누가 어떻게 정합니까?")).await?;
    let after = committee(moment("-3d 17:00", now)?);
    plan.ask_briefing(&after, &id, ("", "이미 학습에 쓴 저작물은 어떻게 합니까?")).await?;
    let came = invited.iter().take(13).enumerate().map(|(at, name)| (name.clone(), u32::from(at % 6 != 5) * 2));
    let summary = "시연용: 보완안 네 문단을 설명하고, 대가를 정하는 절차와 시기를 물은 데 답했습니다.";
    plan.record_briefing(&after, &id, (came.collect(), summary)).await?;
    let answer = "시연용으로 지어낸 답변입니다. 문체부가 권리자와 함께 정하는 절차를 내년 상반기에 마련합니다.";
    plan.answer_briefing(&after, &id, (1, answer.to_owned())).await?;
    Ok(())
}

async fn to_come(plan: &PlanService, consultation: &str, now: Timestamp) -> anyhow::Result<()> {
    let announced = committee(moment("-2d 10:00", now)?);
    let id = plan.announce_briefing(&announced, notice("학교와 교육 단체 설명회", consultation, 5, now)).await?;
    let invited = (1..=12).map(|at| format!("지어낸 교육 단체 {at}")).collect();
    plan.invite_organisations(&announced, &id, invited).await?;
    Ok(())
}

/// One that a rule holds back, one that a reader named.
async fn waiting(plan: &PlanService, consultation: &str, now: Timestamp) -> anyhow::Result<()> {
    let stranger = Caller::new(None, moment("-1d 20:00", now)?);
    let comment = |text: &str| NewComment {
        paragraph: None,
        text: text.to_owned(),
        voice: Voice::Person,
        organisation: String::new(),
    };
    let advertising = "시연용 광고입니다. https://a.example https://b.example https://c.example";
    plan.comment(&stranger, consultation, comment(advertising)).await?;
    let named = plan.comment(&stranger, consultation, comment("시연용: 담당자는 일을 너무 못합니다.")).await?;
    plan.flag_comment(&stranger, &named, Breach::Insult, "시연용 신고입니다.").await?;
    Ok(())
}
