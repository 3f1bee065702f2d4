//! Where else the plan can be looked at, and where people take part.

use maru_web::{Html, Visitor, components::Card};

type Way = (&'static str, (&'static str, &'static str), (&'static str, &'static str));

const TO_SEE: [Way; 10] = [
    (
        "/plan/for-me",
        ("나에게 무엇이 달라지나요?", "What does it mean for me?"),
        ("내 처지에 닿는 것만 모아 봅니다.", "Only what reaches your situation."),
    ),
    (
        "/plan/gantt",
        ("일정표", "Schedule"),
        ("과제마다 언제부터 언제까지인지 막대로 봅니다.", "From when to when, as bars."),
    ),
    (
        "/plan/tracking",
        ("법률안·지표·예산·이정표", "Bills, indicators, budgets, milestones"),
        ("기한 말고 무엇으로 재는지 봅니다.", "What is measured beside deadlines."),
    ),
    (
        "/plan/outlook",
        ("앞으로 무엇이 늦을까", "What is likely to be late"),
        (
            "지난 보고로 가늠하고, 무엇이 무엇을 기다리는지 그림으로 봅니다.",
            "Estimated from past reports; what waits for what, as a picture.",
        ),
    ),
    (
        "/plan/overlaps",
        ("겹치는 권고", "Overlaps"),
        ("여러 기관이 같은 일을 하는 곳을 찾습니다.", "Where several bodies do the same."),
    ),
    (
        "/plan/versions",
        ("계획의 판과 차이", "Versions and what differs"),
        ("계획이 어떻게 바뀌었는지 견줍니다.", "How the plan changed."),
    ),
    (
        "/plan/visits",
        ("현장점검", "Field visits"),
        ("현장에서 본 것과 고친 것을 봅니다.", "What was seen on the spot, and what was put right."),
    ),
    (
        "/plan/meetings",
        ("위원회 회의", "Meetings of the committee"),
        ("안건과 의결, 누가 어떻게 표결했는지 봅니다.", "Agenda, resolutions, and who voted how."),
    ),
    (
        "/plan/quarters",
        ("분기마다 확정한 현황", "Quarter by quarter"),
        (
            "분기가 끝날 때의 현황을 그대로 남겨 견주고 검증합니다.",
            "The standing at each quarter's end, kept to be compared and verified.",
        ),
    ),
    (
        "/plan/white-paper",
        ("백서", "White paper"),
        ("한 해의 모든 것을 인쇄할 수 있는 한 문서로 봅니다.", "All of a year in one document to be printed."),
    ),
];

const TO_TAKE_PART: [Way; 6] = [
    (
        "/plan/consultations",
        ("의견수렴", "Consultations"),
        ("계획안에 의견을 내고 답을 받습니다.", "Comment on drafts; every comment is answered."),
    ),
    (
        "/plan/briefings",
        ("설명회", "Briefings"),
        (
            "단체와 기업이 와서 듣고 묻습니다. 모든 질문에 답합니다.",
            "Organisations come, hear and ask. Every question is answered.",
        ),
    ),
    (
        "/plan/deliberations",
        ("공론장", "Deliberations"),
        ("찬성하고 반대하며 함께할 수 있는 것을 찾습니다.", "Agree, disagree, find what all share."),
    ),
    (
        "/plan/panels",
        ("시민 숙의단", "Citizens' panels"),
        ("추첨으로 뽑고, 누구나 추첨을 다시 해 볼 수 있습니다.", "Drawn by lot; anybody can draw again."),
    ),
    (
        "/plan/surveys",
        ("표본조사", "Surveys"),
        (
            "추첨으로 뽑힌 사람에게 한 번 묻고, 얼마나 확실한지 함께 밝힙니다.",
            "People drawn by lot are asked once; results say how sure they are.",
        ),
    ),
    (
        "/plan/ai-for-all",
        ("AI 기본사회", "AI for all"),
        (
            "누구에게 닿는지 보고, 문제를 내고, 도움을 셉니다.",
            "Who is reached, problems to pose, help that is counted.",
        ),
    ),
];

fn cards(visitor: &Visitor, title: &str, ways: &[Way]) -> Html {
    let cards: Html = ways
        .iter()
        .map(|(address, title, text)| {
            Card::new(visitor.say(title.0, title.1)).link(*address).body(Html::text(visitor.say(text.0, text.1)))
        })
        .collect();
    Html::trusted(format!("<h2>{title}</h2><div class=\"cards\">")).and(cards).and(Html::trusted("</div>"))
}

/// All ways, to see and to take part.
pub(super) fn list(visitor: &Visitor) -> Html {
    cards(visitor, visitor.say("더 보기", "See more"), &TO_SEE).and(cards(
        visitor,
        visitor.say("함께하기", "Take part"),
        &TO_TAKE_PART,
    ))
}
