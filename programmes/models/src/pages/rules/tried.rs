//! What rules would have done with the calls of the last days.

use maru_gateway::DryRun;
use maru_web::{
    Html, Language,
    components::{Card, DefinitionList, Disclosure, Notice, NoticeKind, Table, Tag, Tone},
};

use super::{action_of, action_words};
use crate::{pages::words, service::DAYS_TRIED};

/// What rules would have done.
pub(super) fn report(language: Language, report: &DryRun) -> Html {
    let count = |number: u64| words::count(language, number);
    let stopped = report.newly_stopped.len() as u64;
    let list = DefinitionList::new()
        .text(language.say("대어 본 호출", "Calls looked at"), &count(report.looked_at))
        .text(language.say("내용이 남아 있지 않은 호출", "Calls without texts"), &count(report.without_texts))
        .text(language.say("지나갔지만 이 규칙이면 막힐 호출", "Went through, and would be stopped"), &count(stopped))
        .text(language.say("등급이 더 높아질 호출", "Of a higher class than then"), &count(report.newly_raised));
    let mut body = Html::empty().and(list);
    if !report.fired.is_empty() {
        let mut table = Table::new(language.say("움직일 규칙", "Rules that would act"))
            .column(language.say("규칙", "Rule"))
            .column(language.say("할 일", "What happens"))
            .figures(language.say("호출", "Calls"));
        for ((rule, action), calls) in &report.fired {
            let words = action_of(action).map_or(*action, |action| action_words(language, action));
            table =
                table.row([Html::text(&words::rule(language, rule)), Html::text(words), Html::text(&count(*calls))]);
        }
        body = body.and(table);
    }
    if !report.newly_stopped.is_empty() {
        let links = report.newly_stopped.iter().take(20).fold(Html::trusted("<ul>"), |html, call| {
            let call = Html::text(call);
            html.and(Html::trusted(format!("<li><a href=\"/models/calls/{call}\">{call}</a></li>")))
        });
        let title = language.say("막힐 호출", "Calls that would be stopped");
        body = body.and(Disclosure::new(title, links.and(Html::trusted("</ul>"))));
    }
    let note = language.say(
        "기록에는 가린 내용이 남아 있어, 그때 가린 개인정보는 다시 세지 않습니다.",
        "Texts stand on the record masked: personal data that were masked then are not counted again.",
    );
    let title = language
        .pick(format!("지난 {DAYS_TRIED}일의 호출에 대어 보니"), format!("Tried on the calls of {DAYS_TRIED} days"));
    let mark = Html::empty().and(Tag::new(Tone::Active, language.say("아직 바뀌지 않음", "nothing changed yet")));
    Html::empty().and(Card::new(title).mark(mark).body(body.and(Html::paragraphs(note)))).and(Notice::new(
        language,
        NoticeKind::Information,
        language.say("규칙은 제안하고 승인된 뒤에 바뀝니다.", "The rules change once they are proposed and approved."),
    ))
}
