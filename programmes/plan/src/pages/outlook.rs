//! What lies ahead: what is likely to be late and why, what waits for what, where reports and what else is known disagree.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Disclosure, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures, MachineLabel, Notice,
        NoticeKind, Table,
    },
};

use super::{graph, words};
use crate::{
    domain::{
        Contradiction, Quarter,
        forecast::{ENOUGH, Feature, Outlook},
        links::{Link, LinkState},
        visit::QUESTIONS,
    },
    service::Whole,
};

/// What a feature says when it raises a chance, and when it lowers it.
pub(super) fn feature(language: Language, feature: Feature, raises: bool) -> &'static str {
    let (ko, en) = match (feature, raises) {
        (Feature::LeadMissed, true) => ("주관기관이 자주 늦음", "the lead body is often late"),
        (Feature::LeadMissed, false) => ("주관기관이 기한을 잘 지킴", "the lead body is seldom late"),
        (Feature::MissedBefore, true) => ("앞선 기한을 놓침", "an earlier deadline was missed"),
        (Feature::MissedBefore, false) => ("앞선 기한을 놓치지 않음", "no earlier deadline was missed"),
        (Feature::ReportMissing, true) => ("지난 분기 보고가 없음", "no report of the last quarter"),
        (Feature::ReportMissing, false) => ("지난 분기를 보고함", "the last quarter was reported"),
        (Feature::Obstacle, true) => ("어려운 점을 보고함", "an obstacle was reported"),
        (Feature::Obstacle, false) => ("어려운 점이 없음", "no obstacle was reported"),
        (Feature::Bodies, true) => ("함께하는 기관 수", "how many bodies take part"),
        (Feature::Bodies, false) => ("함께하는 기관 수", "how few bodies take part"),
        (Feature::Law, true) => ("법을 고쳐야 함", "a law must be amended"),
        (Feature::Law, false) => ("법을 고치지 않아도 됨", "no law must be amended"),
        (Feature::QuartersLeft, _) => ("남은 분기 수", "the quarters that are left"),
        (Feature::Prerequisite, true) => ("먼저 끝나야 할 권고가 늦음", "what it waits for is late"),
        (Feature::Prerequisite, false) => ("먼저 끝나야 할 권고가 늦지 않음", "nothing that it waits for is late"),
        (Feature::PutBack, true) => ("일정을 미룬 적이 있음", "it was put back before"),
        (Feature::PutBack, false) => ("일정을 미룬 적이 없음", "it was never put back"),
        (Feature::Vague, true) => ("기한이 연도나 반기로 적힘", "its deadline is a year or a half of it"),
        (Feature::Vague, false) => ("기한이 분기로 적힘", "its deadline is a quarter"),
    };
    language.say(ko, en)
}

/// A contradiction as a sentence.
pub(super) fn contradiction(language: Language, one: &Contradiction) -> Html {
    match one {
        Contradiction::Words { words } => Html::text(&language.pick(
            format!("모두 마쳤다는 보고에 “{words}”이라고 적혀 있습니다."),
            format!("The report that everything is done says “{words}”."),
        )),
        Contradiction::Obstacle { .. } => Html::text(language.say(
            "모두 마쳤다고 보고하면서 어려운 점을 적었습니다.",
            "It says that everything is done, and what stands in the way.",
        )),
        Contradiction::SameEvidence { other, .. } => {
            Html::text(language.say("권고 ", "The same evidence is shown for recommendation "))
                .and(words::number_link(language, *other))
                .and(Html::text(language.say("에도 같은 증빙을 냈습니다.", " too.")))
        }
        Contradiction::EvidenceWithdrawn => Html::text(language.say(
            "마쳤다고 보고했지만 증빙이 모두 철회되었습니다.",
            "It says that something is done, and all that showed it was withdrawn.",
        )),
        Contradiction::Visit { visit, question } => {
            let known = QUESTIONS.iter().find(|(id, ..)| id == question);
            let asked = known.map_or(question.as_str(), |(_, ko, en, _)| language.say(ko, en));
            let address = format!("/plan/visits/{visit}");
            Html::text(language.say("현장점검에서 “아니요”: ", "A visit says no: ")).and(words::link(&address, asked))
        }
        Contradiction::Finding { visit, finding } => {
            let label = language.pick(format!("지적사항 {finding}"), format!("finding {finding}"));
            words::link(&format!("/plan/visits/{visit}"), &label)
                .and(Html::text(language.say("이 아직 종결되지 않았습니다.", " of a visit is open.")))
        }
        Contradiction::Survey { survey, most } => {
            let most = language.percentage(*most);
            let label = language.pick(
                format!("표본조사에서 닿았다는 사람이 많아야 {most}입니다."),
                format!("A survey with a sample finds that it reached {most} of people at most."),
            );
            words::link(&format!("/plan/surveys/{survey}"), &label)
        }
        Contradiction::Citizens { counts } => Html::text(&language.pick(
            format!(
                "로그인해 말한 국민 {}명 가운데 {}명이 아니라고 합니다.",
                counts.signed_in.all(),
                counts.signed_in.no
            ),
            format!("{} of {} citizens who signed in say no.", counts.signed_in.no, counts.signed_in.all()),
        )),
    }
}

/// Contradictions as a list of sentences.
pub(super) fn sentences(language: Language, found: &[Contradiction]) -> Html {
    let list = found.iter().fold(Html::trusted("<ul>"), |list, one| {
        list.and(Html::trusted("<li>")).and(contradiction(language, one)).and(Html::trusted("</li>"))
    });
    list.and(Html::trusted("</ul>"))
}

/// What contradicts the reports, as a table; nothing where nothing does.
pub(super) fn contradictions(visitor: &Visitor, whole: &Whole) -> Html {
    let language = visitor.language;
    if whole.contradictions.is_empty() {
        return Html::paragraphs(
            language.say("보고와 어긋나는 것을 찾지 못했습니다.", "Nothing was found that contradicts a report."),
        );
    }
    let mut table = Table::new(language.say("보고와 어긋나는 것", "What contradicts reports"))
        .hidden_caption()
        .column(language.say("권고", "No."))
        .column(language.say("주관", "Lead"))
        .column(language.say("무엇이 어긋나나", "What"));
    for (number, found) in &whole.contradictions {
        let entry = whole.seen(*number).and_then(|seen| seen.recommendation.entry.as_ref());
        let lead = entry.map(|entry| words::body_link(language, &entry.lead)).unwrap_or_default();
        table = table.row([words::number_link(language, *number), lead, sentences(language, found)]);
    }
    Html::empty().and(table)
}

/// The page.
pub(super) fn page(visitor: &Visitor, whole: &Whole) -> Page {
    let language = visitor.language;
    let heading = |text: &str| Html::trusted(format!("<h2>{text}</h2>"));
    Page::new(visitor, language.say("앞으로 무엇이 늦을까", "What is likely to be late"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "지난 보고에서 배운 규칙으로 가늠합니다. 가늠은 아무것도 정하지 않고, 어디를 먼저 볼지 알려 줍니다.",
            "Learned from past reports. It decides nothing; it says where to look first.",
        ))
        .body(
            forecast(visitor, &whole.outlook)
                .and(likely(visitor, whole))
                .and(heading(language.say("무엇이 무엇을 기다리나", "What waits for what")))
                .and(dependencies(visitor, whole))
                .and(heading(language.say("보고와 어긋나는 것", "What contradicts reports")))
                .and(Html::paragraphs(language.say(
                    "마쳤다는 보고를 증빙, 현장점검, 국민의 말과 견줍니다. 규칙이 찾고 판단은 위원회가 합니다.",
                    "Reports that say done, held against evidence, visits and what citizens say. Rules find them; the committee judges.",
                )))
                .and(contradictions(visitor, whole))
                .and(Html::trusted(format!(
                    "<p class=\"chart-source\">{}</p>",
                    Html::text(&words::source(language, whole.overview.day))
                ))),
        )
}

fn forecast(visitor: &Visitor, outlook: &Outlook) -> Html {
    let language = visitor.language;
    let number = |count: usize| words::count(language, count);
    if outlook.chances.is_empty() && outlook.examples < ENOUGH {
        let text = language.pick(
            format!("지난 기한이 {}건이어서 아직 가늠하지 않습니다. {ENOUGH}건부터 가늠합니다.", outlook.examples),
            format!("Only {} deadlines have passed: forecasts begin at {ENOUGH}.", outlook.examples),
        );
        return Html::empty().and(Notice::new(language, NoticeKind::Information, &text));
    }
    let mut figures = vec![
        KeyFigure {
            label: language.say("배운 기한", "Learned from").to_owned(),
            value: number(outlook.examples),
            note: language.say("이미 지난 기한", "deadlines that have passed").to_owned(),
        },
        KeyFigure {
            label: language.say("그 가운데 놓친 비율", "Of these missed").to_owned(),
            value: language.percentage(outlook.base_rate),
            note: String::new(),
        },
    ];
    if let Some(check) = outlook.check {
        figures.push(KeyFigure {
            label: language
                .pick(format!("{} 검증", check.quarter.korean()), format!("Checked on {}", check.quarter.english())),
            value: format!("{:.3}", check.brier),
            note: language.pick(
                format!("브라이어 점수, 낮을수록 좋음. 평균만 말했다면 {:.3}", check.brier_of_base),
                format!("Brier score, lower is better. The base rate alone: {:.3}", check.brier_of_base),
            ),
        });
    }
    let label = MachineLabel::new(
        language,
        language.say(
            "통계 모형이 가늠했습니다. 상태는 바뀌지 않습니다.",
            "A statistical model estimates; no status follows from it.",
        ),
    );
    Html::empty().and(KeyFigures::new(figures)).and(label)
}

/// Most forecasts that are shown; all are in the API.
const SHOWN: usize = 20;

fn likely(visitor: &Visitor, whole: &Whole) -> Html {
    let language = visitor.language;
    let mut chances: Vec<_> = whole.outlook.chances.iter().collect();
    if chances.is_empty() {
        return Html::empty();
    }
    // Those of this quarter and the next three first: who looks far ahead sees little.
    let horizon = Quarter::of(whole.overview.day).next().next().next();
    chances.retain(|chance| chance.quarter <= horizon);
    chances.sort_by(|one, other| other.of_delay.total_cmp(&one.of_delay).then(one.number.cmp(&other.number)));
    let mut table = Table::new(language.say("1년 안의 기한 가운데 늦기 쉬운 것", "Likely to be missed within a year"))
        .column(language.say("권고", "No."))
        .column(language.say("주관", "Lead"))
        .column(language.say("기한", "Due"))
        .figures(language.say("늦을 가능성", "Chance"))
        .column(language.say("왜", "Why"))
        .figures(language.say("기다리는 권고", "Wait for it"));
    for chance in chances.into_iter().take(SHOWN) {
        let entry = whole.seen(chance.number).and_then(|seen| seen.recommendation.entry.as_ref());
        let because = chance.because.iter().take(3).map(|(one, weight)| {
            format!("{}{}", if *weight > 0.0 { "▲ " } else { "▽ " }, feature(language, *one, *weight > 0.0))
        });
        table = table.row([
            words::number_link(language, chance.number),
            entry.map(|entry| words::body_link(language, &entry.lead)).unwrap_or_default(),
            Html::text(&words::quarter(language, chance.quarter)),
            Html::trusted(format!("<span class=\"chance\">{}</span>", language.percentage(chance.of_delay))),
            Html::text(&because.collect::<Vec<_>>().join(", ")),
            Html::text(&whole.graph.affected(chance.number).len().to_string()),
        ]);
    }
    Html::empty().and(table)
}

fn dependencies(visitor: &Visitor, whole: &Whole) -> Html {
    let language = visitor.language;
    let picture = graph::picture(language, whole, true);
    if picture.is_empty() {
        let empty = EmptyState::new(
            language.say("정한 선후관계가 없습니다", "No dependency was accepted"),
            language.say(
                "위원회가 받아들인 선후관계가 여기에 그림으로 나옵니다.",
                "Dependencies that the committee accepted stand here as a picture.",
            ),
        );
        return Html::empty().and(empty).and(edit_link(language));
    }
    let region = language.say("선후관계 그림, 옆으로 움직일 수 있음", "Dependencies, can be moved sideways");
    let clashes = whole.clashes();
    let clash_text = if clashes.is_empty() {
        language.say("기한이 서로 맞지 않는 곳은 없습니다.", "No two deadlines clash.").to_owned()
    } else {
        language.pick(
            format!("기한이 서로 맞지 않는 곳이 {}곳입니다 (빨간 선).", clashes.len()),
            format!("{} pairs of deadlines clash (red lines).", clashes.len()),
        )
    };
    let mut table = Table::new(language.say("선후관계", "Dependencies"))
        .column(language.say("먼저", "First"))
        .column(language.say("그다음", "Then"))
        .column(language.say("근거", "Words"));
    for link in whole.links.accepted() {
        table = table.row([
            words::number_link(language, link.prerequisite),
            words::number_link(language, link.dependent),
            words::korean(language, &link.words),
        ]);
    }
    let mut html = Html::trusted(format!("<p>{clash_text}</p>{}", words::sideways("graph-frame", region, &picture)));
    for clash in clashes {
        let text = language.pick(
            format!(": {}에 필요합니다. 먼저 끝나야 할 일은 ", clash.needed.korean()),
            format!(" is due in {}, and waits for ", clash.needed.english()),
        );
        let until = language.pick(
            format!(" ({}까지)입니다.", clash.ready.korean()),
            format!(", which is due by {}.", clash.ready.english()),
        );
        html = html
            .and(Html::trusted("<p>"))
            .and(words::number_link(language, clash.dependent))
            .and(Html::text(&text))
            .and(words::number_link(language, clash.prerequisite))
            .and(Html::text(&until))
            .and(Html::trusted("</p>"));
    }
    html.and(Disclosure::new(language.say("표로 보기", "Show as a table"), Html::empty().and(table)))
        .and(edit_link(language))
}

fn edit_link(language: Language) -> Html {
    let button =
        Button::tertiary(language.say("선후관계 모두 보기", "All dependencies")).small().link("/plan/dependencies");
    Html::trusted("<p>").and(button).and(Html::trusted("</p>"))
}

/// All dependencies, for the committee with decisions.
pub(super) fn dependencies_page(visitor: &Visitor, whole: &Whole, edits: bool, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let mut page = Page::new(visitor, language.say("선후관계", "Dependencies"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("앞으로 무엇이 늦을까", "Outlook"), "/plan/outlook")
        .lead(language.say(
            "프로그램이 글에서 찾아 제안하고, 사람이 받아들인 것만 셉니다.",
            "A program proposes them from the texts; only what a person accepted counts.",
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    let sections = [
        (LinkState::Proposed, language.say("제안된 것", "Proposed")),
        (LinkState::Accepted, language.say("받아들인 것", "Accepted")),
        (LinkState::Rejected, language.say("받아들이지 않은 것", "Rejected")),
    ];
    for (state, title) in sections {
        let links: Vec<&Link> = whole.links.known.values().filter(|link| link.state == state).collect();
        if links.is_empty() && state != LinkState::Proposed {
            continue;
        }
        body = body.and(Html::trusted(format!("<h2>{title} ({})</h2>", links.len())));
        if state == LinkState::Proposed {
            body = body.and(MachineLabel::new(
                language,
                language.say(
                    "프로그램이 글에서 찾았습니다. 사람이 하나하나 정합니다.",
                    "Found in the texts by a program. A person decides on each.",
                ),
            ));
        }
        body = body.and(links_table(visitor, whole, &links, state, edits, title));
    }
    if edits {
        body = body.and(edit_forms(visitor, errors));
    }
    page.body(body)
}

fn links_table(visitor: &Visitor, whole: &Whole, links: &[&Link], state: LinkState, edits: bool, title: &str) -> Html {
    let language = visitor.language;
    if links.is_empty() {
        return Html::paragraphs(language.say("없습니다.", "None."));
    }
    let mut table = Table::new(title)
        .hidden_caption()
        .column(language.say("먼저", "First"))
        .column(language.say("그다음", "Then"))
        .column(language.say("근거", "Words"));
    if edits {
        table = table.column(language.say("정하기", "Decide"));
    }
    let task = |number| {
        let entry = whole.seen(number).and_then(|seen| seen.recommendation.entry.as_ref());
        let title = entry.map_or("", |entry| entry.task_title.as_str());
        words::number_link(language, number).and(Html::text(" ")).and(words::korean(language, title))
    };
    for link in links {
        let mut row = vec![task(link.prerequisite), task(link.dependent), words::korean(language, &link.words)];
        if edits {
            row.push(decide_form(visitor, link, state));
        }
        table = table.row(row);
    }
    Html::empty().and(table)
}

fn decide_form(visitor: &Visitor, link: &Link, state: LinkState) -> Html {
    let language = visitor.language;
    let pair = format!("{} → {}", link.prerequisite, link.dependent);
    let mut buttons = Html::trusted("<div class=\"button-row\">");
    if state != LinkState::Accepted {
        let label = language.pick(format!("{pair} 받아들이기"), format!("Accept {pair}"));
        buttons = buttons.and(Button::secondary(label).small().named("state", "accepted"));
    }
    if state != LinkState::Rejected {
        let label = language.pick(format!("{pair} 받아들이지 않기"), format!("Reject {pair}"));
        buttons = buttons.and(Button::tertiary(label).small().named("state", "rejected"));
    }
    let form = Form::post(visitor, "/plan/dependencies")
        .hidden("dependent", link.dependent.to_string())
        .hidden("prerequisite", link.prerequisite.to_string())
        .body(buttons.and(Html::trusted("</div>")));
    Html::empty().and(form)
}

fn edit_forms(visitor: &Visitor, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let find = Form::post(visitor, "/plan/dependencies/proposals")
        .body(Html::empty().and(Button::secondary(language.say("글에서 다시 찾기", "Look through the texts again"))));
    let fields = Html::empty()
        .and(
            Field::text(language, "prerequisite", language.say("먼저 끝나야 할 권고", "What must be done first"))
                .errors(errors),
        )
        .and(Field::text(language, "dependent", language.say("기다리는 권고", "What waits")).errors(errors))
        .and(Field::area(language, "reason", language.say("이유", "Why")).rows(2).errors(errors))
        .and(Button::primary(language.say("더하기", "Add it")));
    let add = Form::post(visitor, "/plan/dependencies").hidden("state", "added").body(fields);
    Html::trusted(format!("<h2>{}</h2>", language.say("글에 없는 선후관계", "What the texts do not say")))
        .and(add)
        .and(find)
}
