//! Field visits: where to look first and why, what was seen, what became of the findings.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Card, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, Notice, NoticeKind, Table,
        Tag, Tone,
    },
};

use super::{findings, words};
use crate::{
    domain::{
        Photo, Visit,
        visit::{Answer, Record, RiskPoint, RiskReason, Verdict, total},
    },
    service::Whole,
    store::Named,
};

/// What a reason of the rule is called.
pub(super) fn reason(language: Language, reason: RiskReason) -> &'static str {
    match reason {
        RiskReason::Contradicted => language.say("보고와 어긋나는 것이 있음", "Something contradicts the report"),
        RiskReason::Late => language.say("기한이 지남", "Late"),
        RiskReason::LateForLong => language.say("두 분기 넘게 늦음", "Late for more than two quarters"),
        RiskReason::ReportedDone => language.say("완료 보고를 아직 확인하지 않음", "Reported done, not confirmed"),
        RiskReason::Silent => language.say("지난 분기 보고가 없음", "No report of the last quarter"),
        RiskReason::Obstacle => language.say("어려운 점을 보고함", "An obstacle was reported"),
        RiskReason::LikelyLate => language.say("늦을 가능성이 절반 이상", "More likely late than not"),
        RiskReason::OthersWait => language.say("기다리는 권고가 둘 이상", "Two or more wait for it"),
        RiskReason::NeverVisited => language.say("가 본 적이 없음", "Never visited"),
        RiskReason::VisitedLately => language.say("반년 안에 가 봄", "Visited in the last half year"),
        RiskReason::FindingsOpen => language.say("종결하지 않은 지적사항이 있음", "Findings are open"),
    }
}

/// The points with their reasons, in one line.
pub(super) fn points(language: Language, points: &[RiskPoint]) -> String {
    let parts = points.iter().map(|point| format!("{} {:+}", reason(language, point.reason), point.points));
    parts.collect::<Vec<_>>().join(", ")
}

/// Why a place was chosen, with the sum of the points; a place that no rule asks for was chosen by people.
fn chosen_because(language: Language, reasons: &[RiskPoint]) -> String {
    if reasons.is_empty() {
        return language.say("위원회가 정함", "The committee chose it").to_owned();
    }
    let sum = total(reasons);
    let sum = language.pick(format!("{sum}점"), format!("{sum} points"));
    format!("{} ({sum})", points(language, reasons))
}

fn state_tag(language: Language, visit: &Visit) -> Tag {
    let open = visit.open_findings().count();
    if !visit.cancelled.is_empty() {
        Tag::new(Tone::Neutral, language.say("취소", "Called off"))
    } else if visit.records.is_empty() {
        Tag::new(Tone::Active, language.say("예정", "Planned"))
    } else if open > 0 {
        Tag::new(Tone::Attention, language.pick(format!("조치할 것 {open}건"), format!("{open} open")))
    } else {
        Tag::new(Tone::Good, language.say("종결", "Closed"))
    }
}

/// The list, for the committee with the rule and what it comes to.
pub(super) fn list(visitor: &Visitor, visits: &[Named<Visit>], whole: Option<&Whole>, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let mut page = Page::new(visitor, language.say("현장점검", "Field visits"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "보고만 보지 않고 현장에 가서 봅니다. 본 것과 지적사항, 조치 결과를 공개합니다.",
            "Reports are not all: somebody goes and looks. What was seen, found and put right is public.",
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if visits.is_empty() {
        body = body.and(EmptyState::new(
            language.say("아직 현장점검이 없습니다", "There was no visit yet"),
            language.say("다녀온 현장점검의 기록이 여기에 나옵니다.", "What was recorded on visits stands here."),
        ));
    }
    for named in visits {
        let Some(planned) = &named.state.planned else { continue };
        let title = language.pick(
            format!("권고 {} · {}", planned.recommendation, planned.place),
            format!("Recommendation {} · {}", planned.recommendation, planned.place),
        );
        let text = format!("{} · {}", language.date(planned.on), words::body_name(language, &planned.body));
        body = body.and(
            Card::new(title)
                .link(format!("/plan/visits/{}", named.id))
                .mark(Html::empty().and(state_tag(language, &named.state)))
                .body(Html::text(&text)),
        );
    }
    if let Some(whole) = whole {
        let phone =
            Button::secondary(language.say("휴대전화에 담기", "Take it on your phone")).link("/plan/visits/field");
        page = page.actions(Html::empty().and(phone));
        body = body.and(where_to_look(visitor, whole, errors));
    }
    page.body(body)
}

/// Most recommendations that the rule shows.
const SHOWN: usize = 15;

fn where_to_look(visitor: &Visitor, whole: &Whole, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let rules =
        RiskReason::ALL.map(|one| format!("<li>{}: {:+}</li>", Html::text(reason(language, one)), one.points()));
    let rule = Disclosure::new(
        language.say("점수를 매기는 규칙", "The rule"),
        Html::trusted(format!("<ul>{}</ul>", rules.concat())),
    );
    let mut table = Table::new(language.say("어디부터 볼까", "Where to look first"))
        .hidden_caption()
        .column(language.say("권고", "No."))
        .column(language.say("무엇을", "What"))
        .column(language.say("주관", "Lead"))
        .figures(language.say("점수", "Points"))
        .column(language.say("이유", "Why"));
    for (seen, given) in whole.by_risk().into_iter().take(SHOWN) {
        let Some(entry) = &seen.recommendation.entry else { continue };
        table = table.row([
            words::number_link(language, entry.number),
            words::korean(language, &entry.task_title),
            words::body_link(language, &entry.lead),
            Html::text(&total(&given).to_string()),
            Html::text(&points(language, &given)),
        ]);
    }
    Html::trusted(format!("<h2>{}</h2>", language.say("어디부터 볼까", "Where to look first")))
        .and(Html::paragraphs(language.say(
            "규칙이 순서를 매기고, 어디에 갈지는 사람이 정합니다.",
            "A rule orders them; a person decides where to go.",
        )))
        .and(rule)
        .and(table)
        .and(plan_form(visitor, errors))
}

fn plan_form(visitor: &Visitor, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::text(language, "number", language.say("권고 번호", "Number of the recommendation"))
                .hint(language.say("예: 58-1", "For example: 58-1"))
                .errors(errors),
        )
        .and(Field::text(language, "place", language.say("어디로 가나요?", "Where?")).longest(200).errors(errors))
        .and(Field::date(language, "on", language.say("언제 가나요?", "When?")).errors(errors))
        .and(Button::primary(language.say("현장점검 계획하기", "Plan a visit")));
    let form = Form::post(visitor, "/plan/visits").body(fields);
    Html::trusted(format!("<h2>{}</h2>", language.say("현장점검 계획하기", "Plan a visit"))).and(form)
}

/// What the visitor may do with a visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rights {
    /// Plan, record, close.
    pub(super) runs: bool,
    /// Put findings right.
    pub(super) follows: bool,
    /// See photos.
    pub(super) photos: bool,
}

/// One visit.
pub(super) fn page(
    visitor: &Visitor,
    named: &Named<Visit>,
    photos: &[Named<Photo>],
    rights: Rights,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let visit = &named.state;
    let planned = visit.planned.as_ref()?;
    let title = language.pick(
        format!("권고 {} 현장점검", planned.recommendation),
        format!("Visit to recommendation {}", planned.recommendation),
    );
    let mut page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("현장점검", "Field visits"), "/plan/visits")
        .lead(format!("{} · {}", language.date(planned.on), planned.place));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    if rights.runs && visit.cancelled.is_empty() {
        let field = Button::primary(language.say("점검표 열기", "Open the checklist"))
            .link(format!("/plan/visits/{}/field", named.id));
        page = page.actions(Html::empty().and(field));
    }
    let facts = DefinitionList::new()
        .markup(language.say("권고", "Recommendation"), words::number_link(language, planned.recommendation))
        .markup(language.say("기관", "Body"), words::body_link(language, &planned.body))
        .text(language.say("이곳을 고른 이유", "Why this one"), &chosen_because(language, &planned.reasons));
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<p>"))
        .and(state_tag(language, visit))
        .and(Html::trusted("</p>"))
        .and(facts);
    if !visit.cancelled.is_empty() {
        let text = language.pick(format!("취소 사유: {}", visit.cancelled), format!("Called off: {}", visit.cancelled));
        body = body.and(Notice::new(language, NoticeKind::Information, &text));
    }
    for record in &visit.records {
        body = body.and(record_section(visitor, visit, record));
    }
    if rights.photos && !photos.is_empty() {
        body = body.and(gallery(language, &named.id, photos));
    }
    if !visit.findings.is_empty() {
        body = body.and(Html::trusted(format!("<h2>{}</h2>", language.say("지적사항", "Findings"))));
        for (finding, number) in visit.findings.iter().zip(1..) {
            body = body.and(findings::card(visitor, &named.id, finding, number, rights, errors));
        }
    }
    if rights.runs && visit.is_ahead() {
        body = body.and(cancel_form(visitor, &named.id, errors));
    }
    Some(page.body(body))
}

/// What an answer is called.
pub(super) fn verdict(language: Language, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => language.say("예", "Yes"),
        Verdict::Partly => language.say("일부만", "In part"),
        Verdict::No => language.say("아니요", "No"),
        Verdict::NotSeen => language.say("볼 수 없었음", "Could not be seen"),
    }
}

fn verdict_tag(language: Language, answer: &Answer) -> Tag {
    let tone = match answer.verdict {
        Verdict::Yes => Tone::Good,
        Verdict::Partly => Tone::Attention,
        Verdict::No => Tone::Bad,
        Verdict::NotSeen => Tone::Neutral,
    };
    Tag::new(tone, verdict(language, answer.verdict))
}

fn record_section(visitor: &Visitor, visit: &Visit, record: &Record) -> Html {
    let language = visitor.language;
    let questions = visit.planned.iter().flat_map(|planned| &planned.questions);
    let mut table = Table::new(language.say("점검표", "Checklist"))
        .column(language.say("항목", "Question"))
        .column(language.say("본 것", "Seen"))
        .column(language.say("적은 것", "Note"));
    for question in questions {
        let Some(answer) = record.answers.get(&question.id) else { continue };
        table = table.row([
            Html::text(language.say(&question.korean, &question.english)),
            Html::empty().and(verdict_tag(language, answer)),
            words::korean(language, &answer.note),
        ]);
    }
    let when = language.date_time(maru_calendar::instant(record.at));
    let heading = language.pick(format!("{when}에 본 것"), format!("Seen on {when}"));
    Html::trusted(format!("<h2>{}</h2>", Html::text(&heading)))
        .and(words::korean_paragraphs(language, &record.summary))
        .and(table)
}

fn gallery(language: Language, visit: &str, photos: &[Named<Photo>]) -> Html {
    let taken = photos.iter().filter_map(|named| named.state.taken.as_ref());
    let shown = taken.enumerate().map(|(place, taken)| {
        // The caption stands below: said twice it would be heard twice.
        let number = place + 1;
        let alternative = language.pick(format!("현장 사진 {number}"), format!("Photo {number} of the visit"));
        format!(
            "<li><figure><img src=\"/plan/visits/{visit}/photos/{}\" alt=\"{}\" loading=\"lazy\" width=\"320\"><figcaption>{}</figcaption></figure></li>",
            Html::text(&taken.digest),
            Html::text(&alternative),
            words::korean(language, &taken.caption)
        )
    });
    Html::trusted(format!(
        "<h2>{}</h2><p>{}</p><ul class=\"photos\">{}</ul>",
        language.say("사진", "Photos"),
        language.say(
            "사진은 위원회와 점검받은 기관만 봅니다. 촬영 위치는 지웠습니다.",
            "The committee and the body that was visited see them; places that cameras write were removed."
        ),
        shown.collect::<String>()
    ))
}

fn cancel_form(visitor: &Visitor, visit: &str, errors: &[FieldError]) -> Disclosure {
    let language = visitor.language;
    let fields = Html::empty()
        .and(Field::area(language, "cancel_reason", language.say("취소 사유", "Reason")).rows(2).errors(errors))
        .and(Button::secondary(language.say("현장점검 취소", "Call the visit off")));
    let form = Form::post(visitor, format!("/plan/visits/{visit}/cancel")).body(fields);
    Disclosure::new(language.say("현장점검 취소", "Call the visit off"), Html::empty().and(form))
}
