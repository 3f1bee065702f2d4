//! The servers' work: how much waits, and what was put aside for a person.

use maru_ledger::JobView;
use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, Card, DefinitionList, EmptyState, Form, KeyFigure, KeyFigures},
};

use crate::service::Work;

pub(super) fn page(visitor: &Visitor, work: &Work) -> Page {
    let language = visitor.language;
    Page::new(visitor, language.say("작업", "Jobs"), PageKind::Overview)
        .lead(language.say(
            "답변 보내기, 기한 다시 계산하기처럼 서버가 뒤에서 하는 일입니다. 여러 번 실패한 일은 여기에서 사람을 기다립니다.",
            "What the servers do behind the pages, such as serving answers and reckoning due times. What failed too often waits here for a person.",
        ))
        .personal()
        .body(figures(visitor, work).and(put_aside(visitor, &work.put_aside)))
}

fn figures(visitor: &Visitor, work: &Work) -> Html {
    let language = visitor.language;
    let figure = |label: &str, count: u64| KeyFigure {
        label: label.to_owned(),
        value: language.number(i64::try_from(count).unwrap_or(i64::MAX)),
        note: String::new(),
    };
    Html::empty().and(KeyFigures::new([
        figure(language.say("기다리는 일", "Waiting"), work.counts.waiting),
        figure(language.say("하고 있는 일", "Under way"), work.counts.leased),
        figure(language.say("사람을 기다리는 일", "Put aside"), work.counts.dead),
    ]))
}

fn put_aside(visitor: &Visitor, jobs: &[JobView]) -> Html {
    let language = visitor.language;
    let heading = Html::trusted("<h2>")
        .and(Html::text(language.say("사람을 기다리는 일", "What was put aside")))
        .and(Html::trusted("</h2>"));
    if jobs.is_empty() {
        return heading.and(EmptyState::new(
            language.say("기다리는 일이 없습니다", "Nothing was put aside"),
            language.say(
                "여덟 번 실패한 일이 이유와 함께 여기에 나옵니다.",
                "What failed eight times appears here with the reason.",
            ),
        ));
    }
    let cards: Html = jobs.iter().map(|job| card(visitor, job)).collect();
    heading.and(Html::trusted("<div class=\"cards\">")).and(cards).and(Html::trusted("</div>"))
}

fn card(visitor: &Visitor, job: &JobView) -> Card {
    let language = visitor.language;
    let mut facts = DefinitionList::new()
        .text(language.say("번호", "Number"), &job.id.to_string())
        .text(language.say("시도", "Attempts"), &job.attempts.to_string())
        .text(language.say("마지막으로 하려던 때", "Was due"), &language.date_time(job.run_at));
    if let Some(receipt) = job.payload["receipt"].as_str() {
        facts = facts.text(language.say("접수번호", "Receipt"), receipt);
    }
    if let Some(error) = &job.last_error {
        facts = facts.text(language.say("실패한 이유", "Why it failed"), error);
    }
    let form = |step: &str, button: Button| {
        Form::post(visitor, format!("/system/jobs/{}/{step}", job.id)).body(Html::empty().and(button.small()))
    };
    let actions = Html::empty()
        .and(form("again", Button::secondary(language.say("다시 하기", "Try again"))))
        .and(form("give-up", Button::danger(language.say("하지 않기", "Give it up"))));
    Card::new(job.kind.clone()).third_level().body(Html::empty().and(facts)).actions(actions)
}
