//! What changed: a list that says who, what and why.

use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, Choice, EmptyState, Field, Form, Moment, Timeline},
};

use super::words;
use crate::{
    domain::{
        Quarter,
        situation::{Situation, situations},
    },
    store::Change,
};

pub(super) fn page(visitor: &Visitor, changes: &[Change], chosen: Option<&Situation>) -> Page {
    let language = visitor.language;
    let page = Page::new(visitor, language.say("이번 주에 바뀐 것", "What changed this week"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "지난 7일 동안 보고되고, 확인되고, 변경된 것입니다. 모두 검증할 수 있는 기록에서 왔습니다.",
            "What was reported, confirmed and changed in the last seven days. All of it comes from the log that anyone can verify.",
        ));
    if changes.is_empty() {
        let empty = EmptyState::new(
            language.say("바뀐 것이 없습니다", "Nothing changed"),
            language.say(
                "부처가 보고하거나 위원회가 확인하면 여기에 나옵니다.",
                "When a ministry reports or the committee confirms, it stands here.",
            ),
        );
        return page.body(choose(language, chosen).and(empty));
    }
    page.body(choose(language, chosen).and(list(visitor, changes)))
}

/// Only what concerns a situation of life.
fn choose(language: Language, chosen: Option<&Situation>) -> Html {
    let all = Choice::new("", language.say("모두", "Everything"));
    let each = situations().iter().map(|one| Choice::new(one.id, language.say(one.korean, one.english)));
    let label = language.say("누구에게 닿는 것을 볼까요?", "For whom?");
    let field = Field::select(language, "situation", label, std::iter::once(all).chain(each))
        .value(chosen.map(|one| one.id).unwrap_or_default());
    let fields = Html::empty().and(field).and(Button::secondary(language.say("보기", "Show")));
    Html::empty().and(Form::get("/plan/changes").body(fields))
}

/// The changes as a timeline.
pub(super) fn list(visitor: &Visitor, changes: &[Change]) -> Html {
    let timeline = changes.iter().fold(Timeline::new(visitor.language), |timeline, change| {
        timeline.entry(Moment::Past, title(visitor, change), Some(change.at), body(visitor, change))
    });
    Html::empty().and(timeline)
}

/// What happened, in a few words.
pub(super) fn title(visitor: &Visitor, change: &Change) -> String {
    let language = visitor.language;
    let what = match change.what.as_str() {
        "entered" => language.say("계획에 들어감", "taken into the plan"),
        "reported" if change.facts["report"]["complete"] == true => language.say("완료 보고", "reported done"),
        "reported" => language.say("추진 실적 보고", "progress reported"),
        "confirmed" => language.say("완료 확인", "confirmed as done"),
        "sent-back" => language.say("보고를 돌려보냄", "report sent back"),
        "file-withdrawn" => language.say("증빙 파일 철회", "file of evidence withdrawn"),
        "amended" => language.say("계획 변경", "amended"),
        "checked" => language.say("기관과 기한을 사람이 확인함", "bodies and deadlines checked by a person"),
        "reading-corrected" => {
            language.say("글에서 읽은 기관·기한을 바로잡음", "what was read out of the text was put right")
        }
        "left-out" => language.say("계획에서 빠짐", "left out of the plan"),
        "taken-in-again" => language.say("계획에 다시 들어감", "taken into the plan again"),
        "advice-given" => language.say("위원회가 기관에 권고함", "the committee recommended something to an agency"),
        "extension-asked" => language.say("기한 연장 요청", "more time asked for"),
        "advice-due-moved" => {
            language.say("공휴일이 새로 정해져 보고 기한이 바뀜", "a holiday was announced: the day to report moves")
        }
        "extension-decided" => language.say("기한 연장 결정", "decision on more time"),
        "advice-answered" => language.say("개선방안과 실천방안 보고", "improvement and action plan reported"),
        "consultation-opened" => language.say("의견수렴 시작", "consultation opened"),
        "consultation-closed" => language.say("의견수렴 종결", "consultation closed"),
        "consultation-prolonged" => language.say("의견수렴 기간 연장", "consultation prolonged"),
        "version-imported" => language.say("계획의 새 판", "a new version of the plan"),
        "quarter-frozen" => language.say("분기 현황 확정", "standing of a quarter frozen"),
        other => return title_of_more(visitor, change, other),
    };
    if change.kind == "recommendation" {
        return language.pick(format!("권고 {}: {what}", change.id), format!("Recommendation {}: {what}", change.id));
    }
    maru_web::capital(what)
}

/// What happened to meetings, visits and dependencies.
fn title_of_more(visitor: &Visitor, change: &Change, what: &str) -> String {
    let language = visitor.language;
    let words = match what {
        "invitation-sent" => language.say("위원회 개최를 알림", "invitation to a meeting"),
        "meeting-opened" => language.say("위원회 개의", "meeting opened"),
        "member-recused" => language.say("위원이 안건에서 빠짐", "a member takes no part in an item"),
        "item-voted" if change.facts["vote"]["tally"]["passed"] == true => language.say("안건 의결", "item passed"),
        "item-voted" => language.say("안건 부결", "item not passed"),
        "item-deferred" => language.say("안건을 다음 회의로 미룸", "item put off"),
        "resolution-carried-out" => language.say("의결한 것을 시행함", "resolution carried out"),
        "meeting-closed" => language.say("위원회 회의 마침", "meeting closed"),
        "minutes-approved" => language.say("회의록 확정", "minutes approved"),
        "assignment-reported" => language.say("위원회가 정한 일을 이행했다고 보고", "done as the committee told"),
        "assignment-closed" => language.say("위원회가 정한 일의 이행 확인", "what the committee told is closed"),
        "visit-recorded" => language.say("현장점검", "field visit"),
        "visit-cancelled" => language.say("현장점검 취소", "field visit called off"),
        "finding-followed" => language.say("현장점검 지적사항 조치", "finding put right"),
        "finding-sent-back" => language.say("지적사항 조치를 돌려보냄", "what was done about a finding sent back"),
        "finding-closed" => language.say("현장점검 지적사항 종결", "finding closed"),
        "overlap-decided" => language.say("겹치는 권고를 정함", "overlap decided"),
        "link-decided" => language.say("선후관계를 정함", "dependency decided"),
        "item-put" => language.say("이정표·지표·예산·법률안을 적음", "milestone, indicator, budget or bill entered"),
        "item-measured" => language.say("지표의 값을 넣음", "indicator measured"),
        "item-confirmed" => {
            language.say("이정표·지표·예산·법률안 확인", "milestone, indicator, budget or bill confirmed")
        }
        "item-sent-back" => {
            language.say("이정표·지표·예산·법률안을 돌려보냄", "milestone, indicator, budget or bill sent back")
        }
        "item-removed" => {
            language.say("이정표·지표·예산·법률안을 뺌", "milestone, indicator, budget or bill taken out")
        }
        "deliberation-opened" => language.say("공론장을 엶", "deliberation opened"),
        "statement-moderated" if change.facts["show"] == true => {
            language.say("공론장에 말이 더해짐", "statement added to a deliberation")
        }
        "statement-moderated" => {
            language.say("공론장의 말을 보이지 않기로 함", "statement not shown in a deliberation")
        }
        "deliberation-concluded" => language.say("공론장의 결과를 반영함", "what was made of a deliberation"),
        "panel-announced" => language.say("시민 숙의단 추첨을 알림", "draw of a citizens' panel announced"),
        "pool-fixed" => language.say("시민 숙의단 명단 확정", "pool of a citizens' panel fixed"),
        "panel-drawn" => language.say("시민 숙의단 추첨", "citizens' panel drawn"),
        "member-withdrew" => language.say("시민 숙의단에서 그만둠", "a member of a panel withdrew"),
        "briefing-announced" => language.say("설명회를 알림", "briefing announced"),
        "organisations-invited" => language.say("설명회에 단체를 초대함", "organisations invited to a briefing"),
        "briefing-answered" => language.say("설명회 질문에 답함", "question of a briefing answered"),
        "briefing-recorded" => language.say("설명회를 마침", "briefing held"),
        "briefing-cancelled" => language.say("설명회 취소", "briefing called off"),
        "survey-announced" => language.say("표본조사를 알림", "survey announced"),
        "frame-fixed" => language.say("표본조사 명단 확정", "frame of a survey fixed"),
        "sample-drawn" => language.say("표본 추첨", "sample of a survey drawn"),
        "sample-invited" => language.say("표본조사 초대", "sample of a survey invited"),
        "survey-closed" => language.say("표본조사를 마침", "survey closed"),
        "reach-entered" => language.say("AI 기본사회 지표를 적음", "figure of AI for all entered"),
        "reach-decided" if change.facts["reason"] == "" => {
            language.say("AI 기본사회 지표 확인", "figure of AI for all confirmed")
        }
        "reach-decided" => language.say("AI 기본사회 지표를 돌려보냄", "figure of AI for all sent back"),
        "audit-recorded" => language.say("서비스 접근성 점검", "accessibility of a service audited"),
        "audit-repaired" => language.say("접근성 지적을 조치함", "what an accessibility audit found put right"),
        "audit-looked-again" if change.facts["not_right"] == "" => {
            language.say("접근성 지적이 바로잡힘", "what an accessibility audit found is right")
        }
        "audit-looked-again" => {
            language.say("접근성 지적이 바로잡히지 않음", "what an accessibility audit found is not right yet")
        }
        "lab-opened" => language.say("모두의 AI 실험실을 엶", "public AI laboratory opened"),
        "problem-chosen" => language.say("국민이 낸 문제를 정함", "problem of citizens decided on"),
        "problem-finished" => language.say("국민이 낸 문제의 결과", "outcome of a problem of citizens"),
        "council-founded" => language.say("위원회를 둠", "council founded"),
        "seat-vacated" => language.say("위원 자리가 빔", "seat became vacant"),
        _ => language.say("바뀜", "changed"),
    };
    maru_web::capital(words)
}

fn body(visitor: &Visitor, change: &Change) -> Html {
    let language = visitor.language;
    let facts = &change.facts;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let words_said = match change.what.as_str() {
        "reported" => text(&facts["report"]["summary"]),
        "confirmed" | "finding-closed" | "assignment-closed" => text(&facts["note"]),
        "left-out" => text(&facts["left_out"]["reason"]),
        "file-withdrawn" => text(&facts["withdrawn"]["reason"]),
        "sent-back"
        | "amended"
        | "reading-corrected"
        | "taken-in-again"
        | "item-deferred"
        | "finding-sent-back"
        | "statement-moderated"
        | "briefing-cancelled" => text(&facts["reason"]),
        "advice-given" => text(&facts["given"]["title"]),
        "extension-asked" => text(&facts["asked"]["reason"]),
        "advice-due-moved" => format!("{} → {}", text(&facts["before"]), text(&facts["due"])),
        "advice-answered" => text(&facts["answer"]["improvement"]),
        "consultation-opened" => text(&facts["draft"]["title"]),
        "briefing-announced" => text(&facts["briefing"]["title"]),
        "briefing-recorded" => text(&facts["summary"]),
        "briefing-answered" => text(&facts["text"]),
        "panel-announced" | "survey-announced" => text(&facts["notice"]["title"]),
        "deliberation-opened" => text(&facts["question"]["title"]),
        "deliberation-concluded" => text(&facts["conclusion"]),
        "reach-entered" => text(&facts["breakdown"]["title"]),
        "reach-decided" | "item-voted" | "item-confirmed" | "item-sent-back" | "item-removed" => text(&facts["title"]),
        "audit-recorded" => text(&facts["audit"]["service"]),
        "audit-repaired" | "audit-looked-again" => format!("{} {}", text(&facts["service"]), text(&facts["criterion"])),
        "lab-opened" => text(&facts["lab"]["name"]),
        "problem-chosen" => text(&facts["chosen"]["reason"]),
        "problem-finished" => text(&facts["outcome"]["text"]),
        "version-imported" => text(&facts["version"]["label"]),
        "overlap-decided" => text(&facts["joined"]["reason"]),
        "item-put" => {
            text(if facts["item"]["law"].is_null() { &facts["item"]["title"] } else { &facts["item"]["law"] })
        }
        "item-measured" => format!("{}: {} {}", text(&facts["title"]), facts["measure"]["value"], text(&facts["unit"])),
        "visit-recorded" => text(&facts["record"]["summary"]),
        "finding-followed" => text(&facts["follow_up"]["text"]),
        "assignment-reported" => text(&facts["report"]["text"]),
        "link-decided" => {
            let number = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            format!("{} → {}", number(&facts["link"]["prerequisite"]), number(&facts["link"]["dependent"]))
        }
        "quarter-frozen" => {
            let quarter: Option<Quarter> = facts["quarter"].as_str().and_then(|quarter| quarter.parse().ok());
            quarter.map(|quarter| words::quarter(language, quarter)).unwrap_or_default()
        }
        _ => String::new(),
    };
    let short: String = words_said.chars().take(240).collect();
    let mut html = Html::empty();
    let by = facts["by"]["body"].as_str().filter(|body| !body.is_empty());
    let mut links: Vec<Html> = by.map(|by| words::body_link(language, by)).into_iter().collect();
    let place = match change.kind.as_str() {
        "meeting" => Some((format!("/plan/meetings/{}", change.id), language.say("회의 보기", "The meeting"))),
        "panel" => Some((format!("/plan/panels/{}", change.id), language.say("숙의단 보기", "The panel"))),
        "deliberation" => {
            Some((format!("/plan/deliberations/{}", change.id), language.say("공론장 보기", "The deliberation")))
        }
        "briefing" => Some((format!("/plan/briefings/{}", change.id), language.say("설명회 보기", "The briefing"))),
        "audit" => Some((format!("/plan/ai-for-all/audits/{}", change.id), language.say("점검 보기", "The audit"))),
        "survey" => Some((format!("/plan/surveys/{}", change.id), language.say("조사 보기", "The survey"))),
        "particulars" => Some((format!("/plan/particulars/{}", change.id), language.say("보기", "Show"))),
        "fieldvisit" if change.what != "visit-cancelled" => {
            Some((format!("/plan/visits/{}", change.id), language.say("현장점검 보기", "The visit")))
        }
        _ => None,
    };
    links.extend(place.map(|(address, label)| words::link(&address, label)));
    let task = change.id.split('-').next().filter(|_| change.kind == "recommendation");
    if let Some(task) = task.filter(|task| task.bytes().all(|byte| byte.is_ascii_digit())) {
        let label = language.pick(format!("과제 {task} 보기"), format!("Task {task}"));
        links.push(words::link(&format!("/plan/tasks/{task}#r{}", change.id), &label));
    }
    if !words_said.is_empty() {
        html = html.and(Html::trusted("<p>")).and(words::korean(language, &short)).and(Html::trusted("</p>"));
    }
    html.and(words::in_one_line(links))
}
