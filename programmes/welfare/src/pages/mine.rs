//! «What I am entitled to», why, and my data as the state sees it.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, Card, Disclosure, EmptyState, KeyFigure, KeyFigures, Table, Tag, Tone},
};

use super::{account, grounds, words};
use crate::{
    domain::{Benefit, Proposal, Status},
    evaluation::{Change, Entitlement, Grounds},
    service::Mine,
    store::Named,
};

pub(super) fn nothing(visitor: &Visitor) -> Page {
    let language = visitor.language;
    let empty = EmptyState::new(
        language.say("아직 연결된 가구 정보가 없습니다", "No household is linked to you yet"),
        language.say(
            "주민등록을 바탕으로 가구 정보가 연결되면 받을 수 있는 급여가 여기에 나옵니다. 그 전에도 계산해 볼 수 있어요.",
            "When your household is linked from the resident register, everything that you are entitled to stands here. Until then you can calculate it.",
        ),
    )
    .action(
        Html::empty()
            .and(Button::primary(language.say("계산해 보기", "Calculate")).link("/welfare"))
            .and(Button::secondary(language.say("남을 대신한다면", "If you act for somebody")).link("/welfare/for")),
    );
    Page::new(visitor, language.say("내가 받을 수 있는 급여", "What you are entitled to"), PageKind::Citizen)
        .body(Html::empty().and(empty))
}

pub(super) fn page(visitor: &Visitor, mine: &Mine) -> Page {
    let language = visitor.language;
    let monthly = language.won(mine.assessment.monthly());
    let lead = language.pick(
        format!(
            "{} 기준으로 매달 {}까지 받을 수 있어요. 급여 이름을 몰라도, 신청하지 않아도 여기에 나옵니다.",
            words::month(language, mine.month),
            monthly
        ),
        format!(
            "As of {}, up to {monthly} a month. You need not know a benefit's name or apply for it to see it here.",
            words::month(language, mine.month)
        ),
    );
    let waiting: Vec<&Named<Proposal>> =
        mine.proposals.iter().filter(|one| one.state.status == Status::Confirmed).collect();
    let mut body = account::missing(visitor, mine).and(figures(visitor, mine));
    if !waiting.is_empty() {
        body = body.and(words::heading(language.say("동의하시면 바로 드립니다", "Yours as soon as you agree")));
        body = waiting.iter().fold(body, |body, one| body.and(waiting_card(visitor, mine, one)));
    }
    body =
        body.and(words::heading(language.say("받을 수 있는 급여", "What you are entitled to"))).and(due(visitor, mine));
    Page::new(visitor, language.say("내가 받을 수 있는 급여", "What you are entitled to"), PageKind::Citizen)
        .lead(lead)
        .personal()
        .body(body.and(not_due(visitor, mine)).and(links(visitor)))
}

fn figures(visitor: &Visitor, mine: &Mine) -> Html {
    let language = visitor.language;
    let received: i64 = mine
        .proposals
        .iter()
        .filter_map(|one| one.state.award.as_ref().zip(one.state.benefit()))
        .map(|(award, benefit)| award.due(mine.month, benefit.rhythm))
        .sum();
    let elsewhere: i64 = mine
        .home
        .household
        .iter()
        .flat_map(|household| &household.received)
        .filter(|one| crate::domain::benefit(&one.benefit).is_some_and(Benefit::is_paid))
        .map(|one| one.amount)
        .sum();
    let entitled = mine.assessment.monthly();
    let figure = |label: &str, amount: i64, note: &str| KeyFigure {
        label: label.to_owned(),
        value: language.won(amount),
        note: note.to_owned(),
    };
    Html::empty().and(KeyFigures::new([
        figure(
            language.say("매달 받을 수 있는 돈", "Due every month"),
            entitled,
            language.say("모든 급여의 합", "all benefits together"),
        ),
        figure(
            language.say("지금 받는 돈", "Received now"),
            received.saturating_add(elsewhere),
            language.say("이번 달 결정된 급여", "awarded for this month"),
        ),
    ]))
}

fn waiting_card(visitor: &Visitor, mine: &Mine, one: &Named<Proposal>) -> Html {
    let language = visitor.language;
    let (Some(finding), Some(benefit)) = (&one.state.finding, one.state.benefit()) else { return Html::empty() };
    let who =
        mine.home.household.as_ref().map(|household| words::whose(language, household, finding.member.as_deref()));
    let body = Html::trusted("<p><strong>")
        .and(Html::text(&words::amount(language, benefit, finding.amount)))
        .and(Html::trusted("</strong> · "))
        .and(Html::text(&who.unwrap_or_default()))
        .and(Html::trusted("</p>"))
        .and(Html::paragraphs(language.say(benefit.plain_ko, benefit.plain_en)));
    let open = Button::primary(language.say("내용 보고 정하기", "Read and decide"))
        .link(format!("/welfare/proposals/{}", one.id));
    Html::empty().and(
        Card::new(words::benefit(language, benefit))
            .third_level()
            .mark(words::status_tag(language, one.state.status))
            .body(body)
            .actions(Html::empty().and(open)),
    )
}

/// The address at which a benefit is explained.
fn why_address(one: &Entitlement) -> String {
    format!("/welfare/mine/why/{}/{}", one.benefit.id, one.member.as_deref().unwrap_or("all"))
}

fn due(visitor: &Visitor, mine: &Mine) -> Html {
    let language = visitor.language;
    let Some(household) = &mine.home.household else { return Html::empty() };
    let mut table = Table::new(language.say("받을 수 있는 급여", "Benefits that are due"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .column(language.say("누구", "Whose"))
        .figures(language.say("금액", "Amount"))
        .column(language.say("언제부터", "From when"))
        .column(language.say("상태", "Standing"))
        .column(language.say("까닭", "Why"));
    let mut any = false;
    for one in mine.assessment.due() {
        any = true;
        let plain = language.say(one.benefit.plain_ko, one.benefit.plain_en);
        let name = words::with_more(words::benefit(language, one.benefit), plain);
        let why = Html::trusted(format!(
            "<a href=\"{}\">{}</a>",
            why_address(one),
            language.say("왜 받을 수 있나요?", "Why?")
        ));
        table = table.row([
            name,
            Html::text(&words::whose(language, household, one.member.as_deref())),
            Html::text(&words::amount(language, one.benefit, one.amount.unwrap_or(0))),
            words::unbroken(&from_when(visitor, mine, one)),
            standing(visitor, mine, one),
            why,
        ]);
    }
    if !any {
        let text = language.say(
            "지금은 받을 수 있는 급여가 없습니다. 소득이나 가족이 바뀌면 다시 살펴 알려 드립니다.",
            "Nothing is due now. When your income or family changes, it is looked at again and you are told.",
        );
        return Html::paragraphs(text);
    }
    Html::empty().and(table)
}

/// Whether somebody gives it already.
fn is_received(mine: &Mine, one: &Entitlement) -> bool {
    let household = mine.home.household.as_ref();
    household.is_some_and(|household| household.receives(one.benefit.id, one.member.as_deref()).is_some())
}

fn proposal_of<'a>(mine: &'a Mine, one: &Entitlement) -> Option<&'a Named<Proposal>> {
    mine.proposals.iter().find(|proposal| {
        let finding = proposal.state.finding.as_ref();
        finding.is_some_and(|finding| finding.benefit == one.benefit.id && finding.member == one.member)
    })
}

/// From which month on it is given, or would be.
fn from_when(visitor: &Visitor, mine: &Mine, one: &Entitlement) -> String {
    let language = visitor.language;
    if is_received(mine, one) {
        return language.say("이미 받고 있음", "received already").to_owned();
    }
    let state = proposal_of(mine, one).map(|proposal| &proposal.state);
    if let Some(award) = state.and_then(|state| state.award.as_ref()) {
        return words::month(language, award.from);
    }
    if let Some(application) = state.and_then(|state| state.application.as_ref()) {
        return words::month(language, crate::domain::Month::of(application.on));
    }
    language.say("동의하신 달부터", "the month you agree").to_owned()
}

fn standing(visitor: &Visitor, mine: &Mine, one: &Entitlement) -> Html {
    let language = visitor.language;
    if is_received(mine, one) {
        return Html::empty().and(Tag::new(Tone::Good, language.say("받는 중", "Received")));
    }
    match proposal_of(mine, one) {
        Some(proposal) => {
            let label = match proposal.state.status {
                Status::Found => language.say("담당자가 확인 중", "An official is looking at it"),
                other => words::status(language, other),
            };
            Html::trusted(format!("<a href=\"/welfare/proposals/{}\">{}</a>", proposal.id, Html::text(label)))
        }
        None => Html::empty().and(Tag::new(Tone::Neutral, language.say("확인 전", "Not looked at yet"))),
    }
}

fn not_due(visitor: &Visitor, mine: &Mine) -> Html {
    let language = visitor.language;
    let Some(household) = &mine.home.household else { return Html::empty() };
    let not_due = mine.assessment.entitlements.iter().filter(|one| one.amount.is_none_or(|amount| amount <= 0));
    let items = not_due.map(|one| {
        let unknown = if one.amount.is_none() {
            language.say(
                " — 확인되지 않은 기준이 있어 창구에서 확인합니다",
                " — a figure of the law is not verified: ask at the counter",
            )
        } else {
            ""
        };
        let whose = words::whose(language, household, one.member.as_deref());
        let line = format!("{} · {whose}{unknown}", words::benefit(language, one.benefit));
        Html::trusted(format!("<a href=\"{}\">{}</a>", why_address(one), Html::text(&line)))
    });
    let title = language.say("지금 해당하지 않는 급여와 그 까닭", "What is not due now, and why");
    Html::empty().and(Disclosure::new(title, words::list(items)))
}

fn links(visitor: &Visitor) -> Html {
    let data = visitor.say("국가가 보는 내 정보 확인하고 바로잡기", "See and correct what the state knows about you");
    let about = visitor.say("어떻게 찾고, 누가 결정하나요?", "How are benefits found, and who decides?");
    let acting = visitor.say("내가 대신하는 사람", "Whom you act for");
    let account = visitor.say("급여를 받을 계좌", "Where your benefits go");
    Html::trusted("<p><a href=\"/welfare/mine/data\">")
        .and(Html::text(data))
        .and(Html::trusted("</a></p><p><a href=\"/welfare/mine/account\">"))
        .and(Html::text(account))
        .and(Html::trusted("</a></p><p><a href=\"/welfare/for\">"))
        .and(Html::text(acting))
        .and(Html::trusted("</a></p><p><a href=\"/welfare/about\">"))
        .and(Html::text(about))
        .and(Html::trusted("</a></p>"))
}

/// How it is decided, and what can be asked (개인정보 보호법 제37조의2, 같은 법 시행령 제44조의2, 제44조의3).
fn procedure(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let steps = [
        language.say(
            "프로그램이 등록된 자료와 법으로 계산해, 받을 수 있는데 받지 않는 급여를 찾습니다.",
            "A program calculates from the registers and the law, and finds what you miss.",
        ),
        language.say(
            "담당 공무원이 까닭과 자료를 확인하고 알려 드립니다.",
            "An official looks at the reason and the data, and tells you.",
        ),
        language.say(
            "동의하시면 결정되고, 그 달분부터 드립니다.",
            "When you agree it is awarded, and given from that month on.",
        ),
        language.say(
            "사람의 설명과 재검토를 요구할 수 있고(30일 안에 답), 결정에 이의를 신청할 수 있습니다(90일 안).",
            "You may ask that a person explains it and looks again (answer within 30 days), and object to the decision (within 90 days).",
        ),
    ];
    let items: Html =
        steps.into_iter().map(|step| Html::trusted("<li>").and(Html::text(step)).and(Html::trusted("</li>"))).collect();
    words::heading(language.say("어떤 절차로 정하나요?", "How is it decided?"))
        .and(Html::trusted("<ol>"))
        .and(items)
        .and(Html::trusted("</ol><p><a href=\"/welfare/about\">"))
        .and(Html::text(language.say("누가 감독하고 어떤 기준을 쓰나요?", "Who supervises it, by which criteria?")))
        .and(Html::trusted("</a></p>"))
}

pub(super) fn why(
    visitor: &Visitor,
    mine: &Mine,
    one: &Entitlement,
    explained: &Grounds,
    changes: &[Change],
) -> Option<Page> {
    let language = visitor.language;
    let household = mine.home.household.as_ref()?;
    let name = words::benefit(language, one.benefit);
    let amount = match one.amount {
        Some(amount) if amount > 0 => words::amount(language, one.benefit, amount),
        Some(_) => language.say("지금은 해당하지 않습니다", "not due now").to_owned(),
        None => language.say("아직 알 수 없습니다", "not known yet").to_owned(),
    };
    let body = grounds::reason(language, explained)
        .and(grounds::changes(visitor, household, changes))
        .and(words::heading(language.say("무엇을 보고 판단했나요?", "What was looked at?")))
        .and(grounds::facts(visitor, household, explained))
        .and(grounds::figures(visitor, explained))
        .and(Html::trusted(format!(
            "<p><a href=\"/welfare/mine/data\">{}</a></p>",
            language.say("이 가운데 틀린 것이 있나요?", "Is any of this wrong?")
        )))
        .and(procedure(visitor));
    Some(
        Page::new(visitor, format!("{name}: {amount}"), PageKind::Citizen)
            .breadcrumb(language.say("내가 받을 수 있는 급여", "What you are entitled to"), "/welfare/mine")
            .lead(format!(
                "{} · {}",
                words::whose(language, household, one.member.as_deref()),
                language.say(one.benefit.plain_ko, one.benefit.plain_en)
            ))
            .personal()
            .body(body),
    )
}
