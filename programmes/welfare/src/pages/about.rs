//! How benefits are found and who decides: made from what really runs (인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 제34조,
//! 개인정보 보호법 제37조의2제4항).

use std::collections::BTreeMap;

use jiff::civil::Date;
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{DefinitionList, Table},
};

use super::words;
use crate::{
    domain::{BENEFITS, Status, Supervision, crisis::CrisisModel, retention::EVIDENCE_YEARS, switch::Switches},
    service::Settings,
};

/// What runs.
pub(super) struct Running<'a> {
    pub(super) rules: &'a str,
    pub(super) switches: &'a Switches,
    pub(super) counts: &'a BTreeMap<(String, Status), u64>,
    pub(super) supervision: &'a Supervision,
}

pub(super) fn page(
    visitor: &Visitor,
    &Running { rules, switches, counts, supervision }: &Running<'_>,
    crisis: &CrisisModel,
    settings: &Settings,
) -> Page {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    let mut table = Table::new(language.say("급여와 결정 방식", "Benefits, and how each is decided"))
        .column(language.say("급여", "Benefit"))
        .column(language.say("근거", "Article"))
        .column(language.say("결정 방식", "Decided by"))
        .column(language.say("감독하는 사람", "Supervised by"))
        .figures(language.say("찾음", "Found"))
        .figures(language.say("지급 결정", "Awarded"));
    for benefit in &BENEFITS {
        let how = match switches.on(benefit.id, today) {
            Some(automatic) => language.pick(
                format!("사람이 확인, 동의 없이 지급 ({}, {}부터)", automatic.article, automatic.from),
                format!("a person confirms; without consent ({}, since {})", automatic.article, automatic.from),
            ),
            None => language.say("사람이 확인하고 본인이 동의", "a person confirms, the citizen consents").to_owned(),
        };
        let number = |wanted: Option<Status>| -> i64 {
            let of =
                counts.iter().filter(|((id, status), _)| id == benefit.id && wanted.is_none_or(|one| one == *status));
            i64::try_from(of.map(|(_, count)| count).sum::<u64>()).unwrap_or(i64::MAX)
        };
        table = table.row([
            Html::text(words::benefit(language, benefit)),
            Html::text(language.say(benefit.article, benefit.article_en)),
            Html::text(&how),
            Html::text(&supervision.on(benefit.id, today).map_or_else(
                || language.say(&settings.supervision.0, &settings.supervision.1).to_owned(),
                |one| format!("{} {} ({})", one.office, one.name, one.telephone),
            )),
            Html::text(&language.number(number(None))),
            Html::text(&language.number(number(Some(Status::Awarded)))),
        ]);
    }
    let facts = DefinitionList::new()
        .text(language.say("무엇을 하나요?", "What it does"), language.say(
            "등록된 자료와 법으로 가구마다 받을 수 있는 급여를 계산하고, 받지 않는 것을 찾아 담당자에게 알립니다. 결정하지 않습니다.",
            "It calculates from the registers and the law what each household is entitled to, and tells an official what is missed. It decides nothing.",
        ))
        .text(language.say("쓰는 자료", "Data used"), language.say(
            "가구원과 나이, 소득, 재산, 장애, 사는 곳, 지금 받는 급여",
            "household members and ages, incomes, property, disability, place, benefits received",
        ))
        .text(language.say("적용한 법", "Rules applied"), rules)
        .text(
            language.say("사람의 감독", "Human supervision"),
            language.say(&settings.supervision.0, &settings.supervision.1),
        )
        .text(language.say("당신의 권리", "Your rights"), language.say(
            "받지 않을 수 있고, 사람의 설명을 들을 수 있고(30일), 이의를 신청할 수 있습니다(90일).",
            "You may decline, have a person explain it (30 days), and object (90 days).",
        ))
        .text(language.say("기록", "Records"), language.say(
            "누가 무엇을 결정했는지는 검증할 수 있는 기록에 남습니다.",
            "Who decided what stands in a log that can be verified.",
        ))
        .text(language.say("증거 보관", "Evidence"), &language.pick(
            format!("찾은 것과 그 근거는 쓰임이 끝난 날부터 {EVIDENCE_YEARS}년 보관하고 지웁니다 (인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 시행령 제27조)."),
            format!("What was found, and on what grounds, is kept for {EVIDENCE_YEARS} years after it served last and then forgotten (decree of the Framework Act on the Development of Artificial Intelligence and Establishment of Trust, article 27)."),
        ));
    Page::new(
        visitor,
        language.say("급여를 찾고 결정하는 방법", "How benefits are found and decided"),
        PageKind::Overview,
    )
    .breadcrumb(language.say("복지", "Welfare"), "/welfare")
    .body(Html::empty().and(facts).and(table).and(signals(language, crisis, today)))
}

/// The signals of a crisis with the weights that hold today.
fn signals(language: Language, model: &CrisisModel, today: Date) -> Html {
    let mut table = Table::new(language.say("위기 신호와 점수", "Signals of a crisis, and their points"))
        .column(language.say("신호", "Signal"))
        .figures(language.say("점수", "Points"))
        .column(language.say("언제부터", "Since"))
        .column(language.say("근거", "Article"));
    for signal in model.signals(today) {
        table = table.row([
            Html::text(language.say(&signal.ko, &signal.en)),
            Html::text(&language.number(i64::from(signal.points))),
            words::unbroken(&language.date(signal.from)),
            Html::text(&language.law(&signal.article)),
        ]);
    }
    Html::paragraphs(language.say(
        "점수는 사람이 정한 것이고 자료로 추정한 것이 아닙니다. 점수는 아무것도 결정하지 않으며, 담당자가 어느 가구를 먼저 살필지 정하는 데만 씁니다.",
        "The points were set by hand, not estimated from data. They decide nothing: they say which household an official visits first.",
    ))
    .and(Html::paragraphs(&language.pick(
        format!("{}점부터 담당자가 먼저 살핍니다. 결과는 점수와 견주어 지역과 나이별로 얼마나 틀리는지 잽니다.", model.line(today)),
        format!(
            "From {} points on an official looks first. What is found is measured against the points, by region and age.",
            model.line(today)
        ),
    )))
    .and(table)
}
