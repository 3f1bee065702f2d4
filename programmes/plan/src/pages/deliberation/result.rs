//! What a deliberation came to: what all groups share, where they part, what stands for each.

use std::fmt::Write as _;

use maru_web::{
    Html, Language, Page, Visitor,
    components::{Button, Card, Disclosure, EmptyState, KeyFigure, KeyFigures, MachineLabel, Table},
};

use super::show::{frame, with_me};
use crate::{
    domain::{
        Deliberation,
        deliberation::{Counts, Group, LEAST_GROUP, Opinions, StatementOpinion},
    },
    pages::words,
    store::Named,
};

/// Statements that are shown of what is shared and of what parts.
const SHOWN: usize = 5;
const SIZE: f64 = 480.0;

pub(super) fn page(visitor: &Visitor, named: &Named<Deliberation>, opinions: &Opinions, me: &str) -> Option<Page> {
    let language = visitor.language;
    let question = named.state.question.as_ref()?;
    let title =
        language.pick(format!("{}: 생각의 갈래", question.title), format!("{}: how people part", question.title));
    let note = if question.signed_in {
        language.say(
            "로그인한 사람이 한 번씩 참여했습니다. 표본조사가 아닙니다.",
            "People who signed in took part once each. It is no survey.",
        )
    } else {
        language.say("누구나 참여할 수 있는 것으로, 표본조사가 아닙니다.", "Anyone may take part. It is no survey.")
    };
    let back = Button::tertiary(language.say("내 생각 바꾸기", "Change what you think"))
        .link(with_me(&format!("/plan/deliberations/{}", named.id), me));
    let page = frame(visitor, &title).lead(note).actions(Html::empty().and(back));
    let figure = |label: &str, value: usize, note: String| KeyFigure {
        label: label.to_owned(),
        value: words::count(language, value),
        note,
    };
    let quality = opinions.silhouette.map_or_else(String::new, |silhouette| {
        language.pick(format!("실루엣 {silhouette:.2}"), format!("silhouette {silhouette:.2}"))
    });
    let mut body = Html::empty().and(KeyFigures::new([
        figure(language.say("참여", "Took part"), opinions.participants, String::new()),
        figure(language.say("갈래에 놓인 사람", "Placed in a group"), opinions.placed, String::new()),
        figure(language.say("생각의 갈래", "Groups"), opinions.groups.len(), quality),
    ]));
    if opinions.participants == 0 {
        body = body.and(EmptyState::new(
            language.say("아직 참여한 사람이 없습니다", "Nobody took part yet"),
            language.say("찬성과 반대가 모이면 여기에 나옵니다.", "What people think stands here."),
        ));
        return Some(page.body(body));
    }
    body = body.and(MachineLabel::new(
        language,
        language.say(
            "갈래는 프로그램이 찬반의 모습만 보고 나눕니다. 누가 어디에 있는지는 보이지 않습니다.",
            "A program parts people by their votes alone. Who is where is not shown.",
        ),
    ));
    body = body.and(shared(language, &named.state, opinions));
    if opinions.groups.is_empty() {
        let text = language.pick(
            format!("갈래가 뚜렷하지 않거나, 한 갈래가 {LEAST_GROUP}명보다 작아 나누지 않습니다."),
            format!("People part into no clear groups, or one would be smaller than {LEAST_GROUP}."),
        );
        body = body.and(Html::paragraphs(&text));
    } else {
        body = body.and(parted(language, &named.state, opinions)).and(groups(language, &named.state, opinions));
    }
    Some(page.body(body.and(everything(language, &named.state, opinions)).and(method(language))))
}

fn text_of(language: Language, deliberation: &Deliberation, number: usize) -> Html {
    let found = deliberation.statements.iter().find(|statement| statement.number == number);
    words::korean(language, found.map_or("", |statement| statement.text.as_str()))
}

fn share(language: Language, counts: Counts, agree: bool) -> String {
    let said = if agree { counts.agree } else { counts.disagree };
    language.percentage(said as f64 / (counts.all() as f64).max(1.0))
}

/// How each group thinks of a statement, in words.
fn by_group(language: Language, groups: &[Group], one: &StatementOpinion) -> String {
    if one.groups.is_empty() {
        return language.pick(
            format!("찬성 {}", share(language, one.all, true)),
            format!("{} agree", share(language, one.all, true)),
        );
    }
    let parts = groups.iter().zip(&one.groups).map(|(group, counts)| {
        let (name, share) = (group.letter, share(language, *counts, true));
        language.pick(format!("{name} 갈래 찬성 {share}"), format!("group {name}: {share} agree"))
    });
    parts.collect::<Vec<_>>().join(" · ")
}

fn list(language: Language, deliberation: &Deliberation, groups: &[Group], found: &[&StatementOpinion]) -> Html {
    let items = found.iter().map(|one| {
        format!(
            "<li><strong>{}</strong><br>{}</li>",
            text_of(language, deliberation, one.statement),
            by_group(language, groups, one)
        )
    });
    Html::trusted(format!("<ol>{}</ol>", items.collect::<String>()))
}

/// What every group agrees with by more than half; small groups count as much as large ones.
fn shared(language: Language, deliberation: &Deliberation, opinions: &Opinions) -> Html {
    let agrees = |counts: &Counts| counts.chance_of(true) > 0.5;
    let mut found: Vec<&StatementOpinion> =
        opinions.statements.iter().filter(|one| agrees(&one.all) && one.groups.iter().all(agrees)).collect();
    found.sort_by(|one, other| other.consensus.total_cmp(&one.consensus).then(one.statement.cmp(&other.statement)));
    found.truncate(SHOWN);
    let head = Html::trusted(format!("<h2>{}</h2>", language.say("모두가 동의하는 것", "What all share")));
    if found.is_empty() {
        let none = language
            .say("모든 갈래가 함께 찬성하는 말이 아직 없습니다.", "There is nothing yet that all groups agree with.");
        return head.and(Html::paragraphs(none));
    }
    head.and(list(language, deliberation, &opinions.groups, &found))
}

fn parted(language: Language, deliberation: &Deliberation, opinions: &Opinions) -> Html {
    let mut found: Vec<&StatementOpinion> = opinions.statements.iter().filter(|one| one.apart > 0.3).collect();
    found.sort_by(|one, other| other.apart.total_cmp(&one.apart).then(one.statement.cmp(&other.statement)));
    found.truncate(SHOWN);
    if found.is_empty() {
        return Html::empty();
    }
    Html::trusted(format!("<h2>{}</h2>", language.say("가장 갈리는 것", "Where people part most"))).and(list(
        language,
        deliberation,
        &opinions.groups,
        &found,
    ))
}

fn groups(language: Language, deliberation: &Deliberation, opinions: &Opinions) -> Html {
    let cards = opinions.groups.iter().map(|group| {
        let title = language.pick(
            format!("{} 갈래 · {}명", group.letter, group.size),
            format!("Group {} · {} people", group.letter, group.size),
        );
        let items = group.representative.iter().map(|one| {
            let stance = if one.agree { language.say("찬성", "agrees") } else { language.say("반대", "disagrees") };
            let times = language.pick(
                format!("다른 갈래보다 {:.1}배", one.times),
                format!("{:.1} times as likely as the others", one.times),
            );
            format!("<li>{} <strong>{stance}</strong> ({times})</li>", text_of(language, deliberation, one.statement))
        });
        Card::new(title).third_level().body(Html::trusted(format!("<ul>{}</ul>", items.collect::<String>())))
    });
    Html::trusted(format!("<h2>{}</h2>", language.say("생각의 갈래", "Groups of opinion")))
        .and(Html::trusted(picture(language, &opinions.groups)))
        .and(cards.collect::<Html>())
}

/// Where the groups lie to each other: circles whose area is their size. No single person is drawn.
fn picture(language: Language, groups: &[Group]) -> String {
    let far = groups.iter().map(|group| group.middle.0.abs().max(group.middle.1.abs())).fold(1e-9, f64::max);
    let all: usize = groups.iter().map(|group| group.size).sum();
    let title = language.say("갈래가 서로 얼마나 먼지", "How far the groups are from each other");
    let description = language.say(
        "동그라미가 클수록 사람이 많고, 멀수록 생각이 다릅니다. 아래에 갈래마다 글로 적었습니다.",
        "The larger a circle the more people, the farther apart the more they differ. Each group stands below in words.",
    );
    let mut svg = format!(
        "<svg class=\"opinion-map\" viewBox=\"0 0 {SIZE} {SIZE}\" width=\"{SIZE}\" height=\"{SIZE}\" role=\"img\" aria-labelledby=\"opinion-title opinion-description\"><title id=\"opinion-title\">{title}</title><desc id=\"opinion-description\">{description}</desc>"
    );
    let half = SIZE / 2.0;
    let _ = write!(
        svg,
        "<line class=\"opinion-axis\" x1=\"0\" x2=\"{SIZE}\" y1=\"{half}\" y2=\"{half}\"/><line class=\"opinion-axis\" x1=\"{half}\" x2=\"{half}\" y1=\"0\" y2=\"{SIZE}\"/>"
    );
    for group in groups {
        let (x, y) = (half + group.middle.0 / far * half * 0.62, half - group.middle.1 / far * half * 0.62);
        let radius = 84.0 * (group.size as f64 / all.max(1) as f64).sqrt();
        let label = language.pick(format!("{}명", group.size), format!("{} people", group.size));
        let _ = write!(
            svg,
            "<circle class=\"opinion-group\" cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{radius:.0}\" fill-opacity=\"0.8\"/><text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\" font-size=\"20\" font-weight=\"700\">{}</text><text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\" font-size=\"14\">{label}</text>",
            y,
            group.letter,
            y + 18.0,
        );
    }
    svg.push_str("</svg>");
    svg
}

fn everything(language: Language, deliberation: &Deliberation, opinions: &Opinions) -> Disclosure {
    let mut table = Table::new(language.say("모든 말", "All statements"))
        .hidden_caption()
        .column(language.say("말", "Statement"))
        .figures(language.say("찬성", "Agree"))
        .figures(language.say("반대", "Disagree"))
        .figures(language.say("넘어감", "Pass"));
    for group in &opinions.groups {
        let name = group.letter;
        table = table.figures(language.pick(format!("{name} 갈래 찬성"), format!("Group {name} agrees")));
    }
    for one in &opinions.statements {
        let counts = [one.all.agree, one.all.disagree, one.all.pass].map(|count| Html::text(&count.to_string()));
        let groups = one.groups.iter().map(|counts| Html::text(&share(language, *counts, true)));
        let row = std::iter::once(text_of(language, deliberation, one.statement)).chain(counts).chain(groups);
        table = table.row(row);
    }
    Disclosure::new(language.say("모든 말을 표로 보기", "All statements as a table"), Html::empty().and(table))
}

fn method(language: Language) -> Disclosure {
    let text = language.pick(
        format!("찬성은 1, 반대는 −1, 넘어가기는 0으로 두고, 고르지 않은 말은 고른 사람들의 평균으로 채웁니다. 가장 크게 갈리는 두 방향(주성분)에 사람을 놓고 k-평균으로 나누며, 갈래의 수(2~5)는 실루엣이 가장 높은 것으로 합니다. 일곱 개보다 적게 고른 사람은 놓지 않습니다. 한 갈래가 {LEAST_GROUP}명보다 작아지는 나눔은 쓰지 않습니다. 갈래의 글자는 사람 대부분이 함께 있는 동안 그대로입니다.\n\n모두가 동의하는 것은 갈래마다 찬성할 가능성을 곱해 정합니다. 작은 갈래도 큰 갈래와 똑같이 셉니다. 갈래를 대표하는 말은 그 갈래의 절반 넘게, 그리고 다른 갈래보다 뚜렷이 많이 고른 말입니다.\n\n방법: Small 외, ‘Polis: Scaling Deliberation by Mapping High Dimensional Opinion Spaces’, RECERCA 26(2), 2021."),
        format!("Agreeing counts 1, disagreeing −1, passing 0; what somebody did not vote on counts as the mean of who did. People are placed along the two directions in which votes differ most (principal components) and parted by k-means; the number of groups, 2 to 5, is the one with the highest silhouette. Who voted on fewer than seven is not placed. No parting is used that leaves a group smaller than {LEAST_GROUP}. A group keeps its letter while most of its people stay together.\n\nWhat all share is ordered by the product over groups of how likely each agrees, so that small groups count as much as large ones. What stands for a group is what more than half of it say, and clearly more than the others.\n\nMethod: Small et al., “Polis: Scaling Deliberation by Mapping High Dimensional Opinion Spaces”, RECERCA 26(2), 2021."),
    );
    Disclosure::new(language.say("어떻게 나누나요?", "How is it done?"), Html::paragraphs(&text))
}
