//! Where the clock of ages stands, for who watches that nobody is passed over.

use maru_web::{
    Html, Language,
    components::{DefinitionList, Notice, NoticeKind},
};

use super::words;
use crate::{
    domain::age_clock::{AgeRun, AgesLooked, AgesReckoned},
    service::Ages,
    store::{AgesTold, Progress},
};

fn count(language: Language, count: u64) -> String {
    language.number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The clock of ages as a part of the page of screenings.
pub(super) fn section(language: Language, ages: &Ages) -> Html {
    let mut html = words::heading(language.say("나이 도달", "Ages that are reached")).and(Html::paragraphs(language.say(
        "어떤 나이가 되어 받을 것이 달라지는 가구를 매달 1일에 스스로 찾아 다시 계산합니다. 나이로 정하는 급여는 달 단위라 그날부터 결과가 달라집니다. 그에 따라 제안이 열리고 바뀌고 닫힙니다.",
        "On the first day of each month the households are found and reckoned anew in which somebody reached an age that makes a difference: benefits go by months, so results differ from that day on. Proposals open, change and close with it.",
    )));
    if let Some(run) = &ages.clock.running {
        html = html.and(running(language, run, ages.progress));
    }
    match &ages.clock.last {
        Some(last) => html.and(warnings(language, &last.looked)).and(reckoned(language, last, ages.told)),
        None if ages.clock.running.is_some() => html,
        None => html.and(Html::paragraphs(language.say(
            "아직 살피지 않았습니다. 서버가 켜진 뒤 곧 시작합니다.",
            "It has not been done yet. It begins soon after the server starts.",
        ))),
    }
}

fn running(language: Language, run: &AgeRun, progress: Option<Progress>) -> Html {
    let month = words::month(language, run.month);
    let how_far = match progress {
        Some(Progress { done, all, .. }) => language.pick(
            format!(" 인구 자료 {all}개 부분 가운데 {done}개를 살폈습니다."),
            format!(" {done} of {all} parts of the population are done."),
        ),
        None => String::new(),
    };
    let text = language.pick(
        format!("{month}에 나이가 된 사람이 있는 가구를 살피고 있습니다.{how_far}"),
        format!("Households of people who reached an age for {month} are being looked at.{how_far}"),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Information, &text))
}

/// What could not be looked at: somebody has to know.
fn warnings(language: Language, looked: &AgesLooked) -> Html {
    let AgesLooked { unread, parts_unread, .. } = *looked;
    let mut texts = Vec::new();
    if parts_unread > 0 {
        texts.push(language.pick(
            format!("인구 자료 {parts_unread}개 부분을 읽지 못해 그 안의 가구를 살피지 못했습니다."),
            format!("Parts of the population that could not be read, with all households in them: {parts_unread}."),
        ));
    }
    if unread > 0 {
        let unread = count(language, unread);
        texts.push(language.pick(
            format!("사실을 법이 읽지 못하는 가구 {unread}개는 계산하지 못했습니다."),
            format!("Households that could not be reckoned, because the law cannot read their facts: {unread}."),
        ));
    }
    texts.into_iter().fold(Html::empty(), |html, text| html.and(Notice::new(language, NoticeKind::Warning, &text)))
}

fn reckoned(language: Language, last: &AgesReckoned, told: AgesTold) -> Html {
    let number = |number: u64| count(language, number);
    let first = last.month.first_day();
    let since = words::month(language, last.since);
    let until = language.date(first);
    let households = number(last.looked.households());
    let (on_log, in_population) = (number(last.looked.on_log), number(last.looked.in_population));
    let (opened, changed, closed) = (number(told.opened), number(told.changed), number(told.closed));
    let facts = DefinitionList::new()
        .text(language.say("마지막으로 살핀 때", "Done last"), &language.date_time(last.at))
        .text(
            language.say("어느 날까지", "Up to which day"),
            &language.pick(
                format!("{until} ({since} 다음부터), 다음은 {}", language.date(last.next_on())),
                format!("{until} (behind {since}), next on {}", language.date(last.next_on())),
            ),
        )
        .text(
            language.say("살핀 가구", "Households looked at"),
            &language.pick(
                format!("{households} (사안이 된 가구 {on_log}, 인구 자료의 가구 {in_population})"),
                format!("{households} ({on_log} with cases, {in_population} in the population)"),
            ),
        )
        .text(language.say("달라진 가구", "Households with a change"), &number(last.looked.reckoned))
        .text(
            language.say("그달 나이 도달로 달라진 제안", "Proposals in that month, by an age reached"),
            &language.pick(
                format!("새로 연 것 {opened}, 금액이 바뀐 것 {changed}, 닫은 것 {closed}"),
                format!("{opened} opened, {changed} with another amount, {closed} closed"),
            ),
        );
    if last.looked.left == 0 {
        return Html::empty().and(facts);
    }
    let left = number(last.looked.left);
    Html::empty().and(facts).and(Html::paragraphs(&language.pick(
        format!("가구 {left}개는 받을 것이 생겼지만 그 급여를 제안으로 만드는 규칙이 없어 다음 점검의 찾은 것으로 남습니다."),
        format!("In {left} households something became due, but no rule makes proposals of it: it will be a finding of the next screening."),
    )))
}
