//! The reading-ease version of a notice (쉬운 글): short sentences, one thought each, with a picture, in large type.
//!
//! The words are those that people use who read with difficulty: no legal term, nothing negated twice, what to do now by
//! itself. Sentences end so that no particle depends on a name («이름은 …입니다»). It stands beside the notice in plain words, and
//! never in its place: the letter holds both.

use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, Notice, NoticeKind},
};

use super::words;
use crate::{
    domain::{
        Benefit, Proposal, Status,
        benefit::{Form, Rhythm},
    },
    store::Named,
};

/// What a line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picture {
    Found,
    Money,
    Day,
    Yes,
    No,
    Person,
    Telephone,
    Paper,
    House,
    Account,
    Wait,
}

impl Picture {
    /// Lines on a field of 24 by 24; the sentence beside it says the same, so that it has no words of its own.
    fn drawing(self) -> &'static str {
        match self {
            Self::Found => r#"<circle cx="10" cy="10" r="6"/><path d="m14.5 14.5 6 6M7.5 10l2 2 3.5-4"/>"#,
            Self::Money => {
                r#"<rect x="2" y="6" width="20" height="12" rx="1.5"/><path d="m8 9.5 1.6 5L12 10l2.4 4.5 1.6-5M7 12h10"/>"#
            }
            Self::Day => r#"<rect x="3" y="5" width="18" height="16" rx="1.5"/><path d="M3 10h18M8 3v4M16 3v4"/>"#,
            Self::Yes => r#"<circle cx="12" cy="12" r="9"/><path d="m7.5 12.5 3 3 6-6.5"/>"#,
            Self::No => r#"<circle cx="12" cy="12" r="9"/><path d="m8.5 8.5 7 7M15.5 8.5l-7 7"/>"#,
            Self::Person => r#"<circle cx="12" cy="7.5" r="4"/><path d="M4 21c.8-5 4-7.5 8-7.5s7.2 2.5 8 7.5"/>"#,
            Self::Telephone => {
                r#"<path d="M6 3h3l1.5 5-2.2 1.5a12 12 0 0 0 6.2 6.2L16 13.5l5 1.5v3c0 1.7-1.3 3-3 3C10.3 21 3 13.7 3 6c0-1.7 1.3-3 3-3z"/>"#
            }
            Self::Paper => r#"<path d="M5 2.5h9l5 5v14H5zM14 2.5v5h5M8.5 12h7M8.5 15.5h7"/>"#,
            Self::House => r#"<path d="M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M10 20v-6h4v6"/>"#,
            Self::Account => {
                r#"<rect x="2.5" y="5.5" width="19" height="13" rx="1.5"/><path d="M2.5 9.5h19M6 14.5h5"/>"#
            }
            Self::Wait => r#"<circle cx="12" cy="12" r="9"/><path d="M12 6.5v5.7l3.8 2.2"/>"#,
        }
    }
}

/// A thought with its picture.
struct Line(Picture, String);

impl Line {
    fn say(language: Language, picture: Picture, ko: &str, en: &str) -> Self {
        Self(picture, language.say(ko, en).to_owned())
    }
}

pub(super) fn page(visitor: &Visitor, proposal: &Named<Proposal>, contact: (&str, &str)) -> Option<Page> {
    let language = visitor.language;
    let benefit = proposal.state.benefit()?;
    let name = words::benefit(language, benefit);
    let decide = matches!(proposal.state.status, Status::Confirmed);
    let action = if decide {
        Button::primary(language.say("예, 아니요 고르러 가기", "Go and say yes or no")).large()
    } else {
        Button::secondary(language.say("자세한 글 보기", "Read the full text")).large()
    };
    let body = Html::empty()
        .and(lines(language, &proposal.state, contact))
        .and(Html::trusted("<p>"))
        .and(action.link(format!("/welfare/proposals/{}", proposal.id)))
        .and(Html::trusted("</p><p><a href=\""))
        .and(Html::text(&format!("/welfare/proposals/{}/letter", proposal.id)))
        .and(Html::trusted("\">"))
        .and(Html::text(language.say("종이로 인쇄하기", "Print it")))
        .and(Html::trusted("</a></p>"));
    let title = language.pick(format!("쉬운 글: {name}"), format!("Easy to read: {name}"));
    Some(
        Page::new(visitor, title, PageKind::Citizen)
            .breadcrumb(language.say("내가 받을 수 있는 급여", "What you are entitled to"), "/welfare/mine")
            .personal()
            .body(body),
    )
}

/// The lines of a proposal as it stands.
pub(super) fn lines(language: Language, proposal: &Proposal, contact: (&str, &str)) -> Html {
    let all = thoughts(language, proposal, contact);
    let html = all.iter().fold(Html::trusted("<ul class=\"easy\">"), |html, Line(picture, text)| {
        html.and(Html::trusted(format!(
            "<li><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">{}</svg><span>",
            picture.drawing()
        )))
        .and(Html::text(text))
        .and(Html::trusted("</span></li>"))
    });
    html.and(Html::trusted("</ul>"))
}

fn thoughts(language: Language, proposal: &Proposal, contact: (&str, &str)) -> Vec<Line> {
    let Some((benefit, finding)) = proposal.benefit().zip(proposal.finding.as_ref()) else { return Vec::new() };
    let say = |picture, ko: &str, en: &str| Line::say(language, picture, ko, en);
    let name = Line(
        Picture::Paper,
        language.pick(format!("이름은 ‘{}’입니다.", benefit.ko), format!("Its name: {}.", benefit.en)),
    );
    let plain = Line(
        Picture::House,
        language.pick(format!("이런 것입니다: {}.", benefit.plain_ko), format!("What it is: {}.", benefit.plain_en)),
    );
    let much = amount(language, benefit, finding.amount);
    let mut all = match proposal.status {
        Status::Found => vec![
            say(Picture::Found, "받을 수 있는 것을 나라가 찾았습니다.", "The state found something for you."),
            name,
            plain,
            say(Picture::Person, "담당자가 맞는지 살펴봅니다.", "An official checks it."),
            say(Picture::Paper, "살펴본 뒤에 알려 드립니다.", "Then you are told."),
            say(Picture::Wait, "지금은 기다리면 됩니다.", "Now you can wait."),
        ],
        Status::Asked => vec![
            name,
            plain,
            say(Picture::Person, "담당자가 물어볼 것이 있습니다.", "The official has a question."),
            say(Picture::Telephone, "전화하거나 찾아와 주세요.", "Please call or come."),
        ],
        Status::Confirmed => vec![
            say(Picture::Yes, "받을 수 있습니다.", "You can have this."),
            name,
            plain,
            much,
            say(Picture::Yes, "받고 싶으면 ‘예’라고 하세요.", "If you want it, say yes."),
            say(Picture::Day, "그러면 오늘 신청한 것이 됩니다.", "Then it counts as applied for today."),
            say(Picture::No, "받고 싶지 않으면 ‘아니요’라고 하세요.", "If you do not want it, say no."),
            say(Picture::House, "‘아니요’라고 해도 나쁜 일은 없습니다.", "Nothing bad happens if you say no."),
        ],
        Status::Awarded | Status::Ended => awarded(language, proposal, [name, plain, much]),
        Status::Denied => denied(language, proposal, name),
        Status::Declined => vec![
            name,
            say(Picture::No, "받지 않겠다고 하셨습니다.", "You said no."),
            say(Picture::Telephone, "마음이 바뀌면 전화해 주세요.", "If you change your mind, call."),
        ],
        Status::Withdrawn => vec![
            name,
            say(Picture::No, "지금은 받을 수 없습니다.", "You cannot have it now."),
            say(Picture::House, "사정이 달라졌기 때문입니다.", "Things have changed."),
        ],
    };
    all.push(say(Picture::Person, "궁금하면 사람에게 물어볼 수 있습니다.", "You can ask a person."));
    all.push(say(Picture::Wait, "30일 안에 답을 드립니다.", "You have an answer within 30 days."));
    all.push(say(
        Picture::Person,
        "혼자 하기 어려우면 가족이 도울 수 있습니다.",
        "If it is hard alone, your family can help.",
    ));
    all.push(Line(
        Picture::Telephone,
        language.pick(format!("물어볼 곳: {}", contact.0), format!("Whom to ask: {}", contact.1)),
    ));
    all
}

fn amount(language: Language, benefit: &Benefit, amount: i64) -> Line {
    if benefit.form == Form::Status {
        let text = language.say("돈을 받는 것은 아닙니다. 자격이 생깁니다.", "It is no money. It is a right.");
        return Line(Picture::Yes, text.to_owned());
    }
    let won = language.won(amount);
    let text = match benefit.rhythm {
        Rhythm::Monthly => language.pick(format!("한 달에 {won}입니다."), format!("It is {won} a month.")),
        Rhythm::Yearly => language.pick(format!("한 해에 {won}입니다."), format!("It is {won} a year.")),
        Rhythm::Once => language.pick(format!("한 번 {won}입니다."), format!("It is {won}, once.")),
    };
    Line(Picture::Money, text)
}

fn awarded(language: Language, proposal: &Proposal, about: [Line; 3]) -> Vec<Line> {
    let say = |picture, ko: &str, en: &str| Line::say(language, picture, ko, en);
    if proposal.status == Status::Ended {
        let [name, ..] = about;
        return vec![name, say(Picture::No, "이제 끝났습니다.", "It has ended now.")];
    }
    let mut all = vec![say(Picture::Yes, "드리기로 정했습니다.", "It is decided: you have it.")];
    all.extend(about);
    if let Some(award) = &proposal.award {
        let from = words::month(language, award.from);
        all.push(Line(Picture::Day, language.pick(format!("{from}부터 드립니다."), format!("It begins in {from}."))));
    }
    if proposal.benefit().is_some_and(Benefit::is_paid) {
        all.push(say(Picture::Account, "돈은 통장으로 들어갑니다.", "The money goes to your account."));
    }
    all.push(say(Picture::House, "이사하면 꼭 알려 주세요.", "If you move, tell us."));
    all.push(say(Picture::Money, "버는 돈이 달라져도 알려 주세요.", "If your income changes, tell us."));
    all.extend(objection(language, proposal));
    all
}

fn denied(language: Language, proposal: &Proposal, name: Line) -> Vec<Line> {
    let mut all = vec![
        name,
        Line::say(language, Picture::No, "드릴 수 없다고 정했습니다.", "It is decided: you cannot have it."),
    ];
    if let Some(denial) = &proposal.denial {
        let reason = &denial.reason;
        all.push(Line(Picture::Paper, language.pick(format!("왜 그런가요: {reason}"), format!("Why: {reason}"))));
    }
    all.extend(objection(language, proposal));
    all
}

fn objection(language: Language, proposal: &Proposal) -> Vec<Line> {
    let Some(until) = proposal.objection_until else { return Vec::new() };
    // The day of the week stands in brackets, which are one thing more to read.
    let until = language.date(until);
    let until = until.split('(').next().unwrap_or_default().trim();
    vec![
        Line::say(language, Picture::Paper, "생각이 다르면 말할 수 있습니다.", "If you disagree, you can say so."),
        Line(
            Picture::Day,
            language.pick(format!("{until}까지 말할 수 있습니다."), format!("You can do so until {until}.")),
        ),
        Line::say(language, Picture::Person, "다른 사람이 다시 정합니다.", "Then another person decides again."),
    ]
}

/// The way from a notice to its easy version and its letter.
pub(super) fn ways(visitor: &Visitor, id: &str) -> Html {
    let language = visitor.language;
    Html::trusted(format!(
        "<p><a href=\"/welfare/proposals/{id}/easy\">{}</a> · <a href=\"/welfare/proposals/{id}/letter\">{}</a></p>",
        language.say("쉬운 글로 보기", "Easy to read"),
        language.say("편지로 인쇄하기", "Print as a letter"),
        id = Html::text(id),
    ))
}

/// The notice as a letter: in plain words, then easy to read, to be printed by the browser.
pub(super) fn letter(
    visitor: &Visitor,
    proposal: &Named<Proposal>,
    household: &crate::domain::Household,
    contact: (&str, &str),
) -> Option<Page> {
    let language = visitor.language;
    let benefit = proposal.state.benefit()?;
    let finding = proposal.state.finding.as_ref()?;
    let site = &visitor.site;
    let korean = language == Language::Korean;
    let (agency, address) = if korean {
        (&site.agency.korean, &site.address.korean)
    } else {
        (&site.agency.english, &site.address.english)
    };
    let head = household.members.first().map(|member| words::member(language, household, &member.id));
    let today = language.date(maru_web::in_korea(visitor.now).date());
    let line = |text: &str| Html::trusted("<p>").and(Html::text(text)).and(Html::trusted("</p>"));
    let to = head.unwrap_or_default();
    let whose = words::whose(language, household, finding.member.as_deref());
    let hint = language
        .say("브라우저의 인쇄 단추를 누르면 편지만 인쇄됩니다.", "Print this page: only the letter is printed.");
    let body = Html::trusted("<div class=\"on-screen\">")
        .and(Notice::new(language, NoticeKind::Information, hint))
        .and(Html::trusted("</div><article class=\"letter\"><header class=\"letter-head\">"))
        .and(line(&format!("{agency} · {address} · {}", site.telephone)))
        .and(line(&today))
        .and(line(&language.pick(format!("받는 분: {to}"), format!("To: {to}"))))
        .and(Html::trusted("</header>"))
        .and(line(&format!("{} · {}", words::amount(language, benefit, finding.amount), whose)))
        .and(Html::paragraphs(language.say(benefit.plain_ko, benefit.plain_en)))
        .and(super::proposal::told(visitor, proposal))
        .and(line(&language.pick(format!("물어볼 곳: {}", contact.0), format!("Ask: {}", contact.1))))
        .and(Html::trusted("<section class=\"letter-easy\"><h2>"))
        .and(Html::text(language.say("쉬운 글", "Easy to read")))
        .and(Html::trusted("</h2>"))
        .and(lines(language, &proposal.state, contact))
        .and(Html::trusted("</section></article>"));
    let name = words::benefit(language, benefit);
    let title = match proposal.state.status {
        Status::Awarded | Status::Denied | Status::Ended => {
            language.pick(format!("{name} 결정 통지"), format!("Decision: {name}"))
        }
        _ => language.pick(format!("{name} 안내"), format!("Notice: {name}")),
    };
    Some(Page::new(visitor, title, PageKind::Citizen).personal().body(body))
}

#[cfg(test)]
mod tests {
    use maru_web::Language;

    use super::*;
    use crate::domain::proposal::Finding;

    /// A sentence of easy Korean holds no more syllables than this, names and figures aside.
    const LONGEST_SENTENCE: usize = 30;

    fn standing(status: Status) -> Proposal {
        let finding = Finding {
            household: "h".to_owned(),
            account: None,
            benefit: "basic_pension".to_owned(),
            member: Some("p1".to_owned()),
            amount: 349_700,
            month: "2026-03".parse().unwrap(),
            rules: String::new(),
            origin: "registers".to_owned(),
            lot: None,
        };
        let objection_until = Some(jiff::civil::date(2026, 6, 3));
        Proposal { finding: Some(finding), status, objection_until, ..Proposal::default() }
    }

    #[test]
    fn every_standing_is_told_in_short_sentences_of_one_thought() {
        let contact = ("복지과 02-0000-1000", "Welfare 02-0000-1000");
        for status in Status::ALL {
            let all = thoughts(Language::Korean, &standing(status), contact);
            assert!(all.len() >= 6, "{status:?}");
            for Line(_, text) in &all {
                for sentence in text.split_inclusive('.') {
                    let letters = sentence.chars().filter(|letter| letter.is_alphanumeric()).count();
                    assert!(letters <= LONGEST_SENTENCE, "{sentence}");
                }
                assert!(!text.contains('(') && !text.contains("조제"), "no article, nothing in brackets: {text}");
            }
            let english = thoughts(Language::English, &standing(status), contact);
            assert_eq!(english.len(), all.len());
            assert!(english.iter().all(|Line(_, text)| !text.chars().any(|letter| ('가'..='힣').contains(&letter))));
        }
        let told = lines(Language::Korean, &standing(Status::Confirmed), contact).to_string();
        assert!(told.contains("한 달에 349,700원입니다.") && told.contains("<svg"), "{told}");
    }
}
