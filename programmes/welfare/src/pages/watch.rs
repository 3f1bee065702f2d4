//! What the programme sees of itself: where objections showed it wrong, and which benefits are missed more.

use std::collections::BTreeMap;

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Problem, Visitor,
    components::{Button, Choice, Disclosure, EmptyState, Field, Form, Notice, NoticeKind, Table},
};
use serde::Deserialize;

use super::{Pages, caller_of, words};
use crate::{
    ServiceError,
    domain::{BENEFITS, Supervisor, benefit, crisis::Errors, retention::EVIDENCE_YEARS},
    evaluation::LawBook,
    service::{CrisisErrors, Decided, Missed, Watching},
};

/// Below so many objections a share is not told: it would speak of persons, and of chance.
const FEWEST: u32 = 5;

pub(super) async fn page(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    shown(&pages, &visitor, &[]).await
}

async fn shown(pages: &Pages, visitor: &Visitor, errors: &[FieldError]) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(visitor);
    let watching = pages.service.watch(&caller).await?;
    let crisis = pages.service.crisis_errors(&caller).await?;
    let supervised = supervised(pages, visitor, errors).await?;
    let page = rendered(visitor, pages.service.law(), (&watching, &crisis), supervised);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

/// What somebody writes who names a supervisor.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    benefit: String,
    name: String,
    office: String,
    telephone: String,
    from: String,
}

/// Names who supervises a benefit.
pub(super) async fn name(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let caller = caller_of(&visitor);
    let Ok(from) = written.from.trim().parse() else {
        let error = FieldError::new("from", "날짜를 골라 주세요.", "Choose the day.");
        return Ok(shown(&pages, &visitor, &[error]).await?.into_response());
    };
    let Written { benefit, name, office, telephone, .. } = written;
    let field = [("name", &name), ("office", &office)].into_iter().find(|(_, text)| text.trim().is_empty());
    let field = field.map_or("telephone", |(field, _)| field);
    let supervisor = Supervisor { name, office, telephone, from };
    match pages.service.name_supervisor(&caller, &benefit, supervisor).await {
        Ok(_) => Ok(Redirect::to("/welfare/work/watch").into_response()),
        Err(error) => Ok(shown(&pages, &visitor, &error.in_form(field)?).await?.into_response()),
    }
}

/// Who supervises which benefit, how long evidence is kept, and the form for who may name somebody.
async fn supervised(pages: &Pages, visitor: &Visitor, errors: &[FieldError]) -> Result<Html, Problem> {
    let language = visitor.language;
    let (service, caller) = (&pages.service, caller_of(visitor));
    let supervision = service.store().supervision().await.map_err(ServiceError::from)?;
    let forgotten = service.store().forgotten_lots().await.map_err(ServiceError::from)?;
    let mut table = Table::new(language.say("급여별로 감독하는 사람", "Who supervises which benefit"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .column(language.say("감독하는 사람", "Supervised by"))
        .column(language.say("언제부터", "Since"));
    for one in &BENEFITS {
        let named = supervision.on(one.id, caller.today());
        let who = named.map(|one| format!("{} {} ({})", one.office, one.name, one.telephone));
        let who = who.unwrap_or_else(|| language.say("아직 정하지 않음", "nobody is named yet").to_owned());
        let since = named.map(|one| language.date(one.from)).unwrap_or_default();
        table = table.row([words::benefit(language, one), who.as_str(), since.as_str()].map(Html::text));
    }
    let kept = language.pick(
        format!("증거는 쓰임이 끝난 날부터 {EVIDENCE_YEARS}년 보관한 뒤 저절로 지우고, 지운 것을 기록합니다. 지금까지 지운 묶음: {forgotten}개."),
        format!("Evidence is kept for {EVIDENCE_YEARS} years after it served last and then forgotten, on record. Lots forgotten so far: {forgotten}."),
    );
    let html = words::heading(language.say("감독하는 사람", "Who supervises")).and(table).and(Html::paragraphs(&kept));
    if !service.may(&caller, "name-supervisor", &service.everything()) {
        return Ok(html);
    }
    let benefits = BENEFITS.iter().map(|one| Choice::new(one.id, words::benefit(language, one)));
    let text = |name: &str, label: &str| Field::text(language, name, label).longest(100).errors(errors);
    let form = Form::post(visitor, "/welfare/work/watch").body(
        Html::empty()
            .and(Field::select(language, "benefit", language.say("급여", "Benefit"), benefits))
            .and(text("name", language.say("이름", "Name")))
            .and(text("office", language.say("직위", "Office")))
            .and(text("telephone", language.say("전화번호", "Telephone")).input_mode("tel"))
            .and(
                Field::date(language, "from", language.say("언제부터", "From"))
                    .value(caller.today().to_string())
                    .errors(errors),
            )
            .and(Button::primary(language.say("정하기", "Name them"))),
    );
    let title = language.say("감독하는 사람 정하기 (공개됨)", "Name who supervises (it is public)");
    let form = Disclosure::new(title, Html::empty().and(form));
    Ok(html.and(if errors.is_empty() { form } else { form.open() }))
}

fn rendered(
    visitor: &Visitor,
    law: &LawBook,
    (watching, crisis): (&Watching, &CrisisErrors),
    supervised: Html,
) -> Page {
    let language = visitor.language;
    let name_of = |id: &str| benefit(id).map_or_else(|| id.to_owned(), |one| words::benefit(language, one).to_owned());
    let provinces: BTreeMap<String, String> = law
        .choices("province")
        .into_iter()
        .map(|(id, label)| (id, label.in_language(language == Language::Korean).to_owned()))
        .collect();
    let province = |id: &str| match provinces.get(id) {
        Some(name) => name.clone(),
        None => language.say("알 수 없음", "not known").to_owned(),
    };
    let mut body = words::heading(language.say("이의신청으로 드러난 잘못", "What objections showed to be wrong"));
    body = if watching.by_benefit.is_empty() {
        body.and(EmptyState::new(
            language.say("결정된 이의신청이 없습니다", "No objection was decided yet"),
            language.say(
                "이의신청을 결정하면 급여, 지역, 나이별로 몇 건이 받아들여졌는지 여기에 나옵니다.",
                "When objections are decided, how many were upheld by benefit, region and age stands here.",
            ),
        ))
    } else {
        body.and(decided(language, language.say("급여", "Benefit"), &watching.by_benefit, |id| name_of(id)))
            .and(decided(language, language.say("시·도", "Province"), &watching.by_province, |id| province(id)))
            .and(decided(language, language.say("가구주의 나이", "Age of the head"), &watching.by_age, |band| {
                age(language, band)
            }))
            .and(Html::paragraphs(&language.pick(
                format!("{FEWEST}건보다 적으면 비율을 적지 않습니다. 한 사람이 드러나거나 우연일 수 있습니다."),
                format!("Below {FEWEST} no share is told: it could single somebody out, or be chance."),
            )))
    };
    body = body.and(words::heading(language.say("놓치는 비율", "What is missed")));
    body = if watching.missed.is_empty() {
        body.and(EmptyState::new(
            language.say("점검한 달이 없습니다", "No month was screened yet"),
            language.say(
                "모든 가구를 점검하면 급여별로 놓치는 비율이 달마다 여기에 쌓입니다.",
                "Screen a month: the share that is missed is kept here, month by month.",
            ),
        ))
    } else {
        body.and(rising(language, watching, &name_of)).and(missed(language, &watching.missed, &name_of))
    };
    body = body.and(words::heading(
        language.say("위기 신호의 점수가 틀린 곳", "Where the points of crisis signals were wrong"),
    ));
    body = body.and(overlooked(language, crisis, &province)).and(supervised);
    Page::new(visitor, language.say("스스로 살피기", "How well it works"), PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Benefits found"), "/welfare/work")
        .lead(language.say(
            "프로그램이 어디서 틀렸고 누구를 놓치는지 감독하는 사람이 보는 화면입니다. 이름도 번호도 없습니다.",
            "For who supervises: where the programme was wrong, and whom it misses. It holds no names or numbers.",
        ))
        .personal()
        .body(body)
}

/// What the line of points did, by group, as officials found it.
fn overlooked(language: Language, crisis: &CrisisErrors, province: &dyn Fn(&str) -> String) -> Html {
    if crisis.all.looked_at() == 0 {
        return Html::empty().and(EmptyState::new(
            language.say("살핀 결과가 아직 없습니다", "Nothing was found yet"),
            language.say(
                "위기가구를 살핀 결과를 적으면, 점수가 누구를 놓치고 어디에 헛걸음했는지 나이와 지역별로 나옵니다.",
                "Record what you find at households in crisis: whom the points overlook, and where the way was in vain, stands here by age and region.",
            ),
        ));
    }
    let all = BTreeMap::from([(String::new(), crisis.all)]);
    let everybody = language.say("전체", "All");
    Html::empty()
        .and(errors(language, everybody, &all, |_| everybody.to_owned()))
        .and(errors(language, language.say("가구주의 나이", "Age of the head"), &crisis.by_age, |band| age(language, band)))
        .and(errors(language, language.say("시·도", "Province"), &crisis.by_province, province))
        .and(Html::paragraphs(language.say(
            "놓친 비율은 기준 아래 가구도 살폈을 때만 잴 수 있습니다. 살피지 않은 가구는 세지 않습니다.",
            "Whom the line overlooks can be measured only where households below it are looked at too. Who was not looked at is not counted.",
        )))
}

fn errors(language: Language, by: &str, groups: &BTreeMap<String, Errors>, name: impl Fn(&str) -> String) -> Html {
    let caption = language
        .pick(format!("점수와 살핀 결과: {by}"), format!("Points against what was found: {}", by.to_lowercase()));
    let mut table = Table::new(caption)
        .column(by)
        .figures(language.say("살핀 가구", "Looked at"))
        .figures(language.say("어려운데 놓친 비율", "In need, overlooked"))
        .figures(language.say("괜찮은데 찾아간 비율", "Not in need, looked after"));
    for (id, errors) in groups {
        let is_few = errors.looked_at() < FEWEST;
        let looked_at = if is_few {
            language.pick(format!("{FEWEST} 미만"), format!("fewer than {FEWEST}"))
        } else {
            language.number(i64::from(errors.looked_at()))
        };
        let share = |share: Option<f64>| match share.filter(|_| !is_few) {
            Some(share) => language.percentage(share),
            None => "–".to_owned(),
        };
        let cells = [name(id), looked_at, share(errors.overlooked_share()), share(errors.in_vain_share())];
        table = table.row(cells.map(|text| Html::text(&text)));
    }
    Html::empty().and(table)
}

fn age(language: Language, band: &str) -> String {
    match band.split_once('-') {
        Some(("", to)) => language.pick(format!("{to}세까지"), format!("up to {to}")),
        Some((from, "")) => language.pick(format!("{from}세부터"), format!("{from} and over")),
        Some((from, to)) => language.pick(format!("{from}~{to}세"), format!("{from} to {to}")),
        None => language.say("알 수 없음", "not known").to_owned(),
    }
}

fn decided<K: AsRef<str>>(
    language: Language,
    by: &str,
    groups: &BTreeMap<K, Decided>,
    name: impl Fn(&str) -> String,
) -> Html {
    let caption = language.pick(format!("{by}별 이의신청"), format!("Objections by {}", by.to_lowercase()));
    let mut table = Table::new(caption)
        .column(by)
        .figures(language.say("결정", "Decided"))
        .figures(language.say("받아들임", "Upheld"))
        .figures(language.say("틀린 비율", "Share that was wrong"));
    for (id, Decided { decided, upheld }) in groups {
        let is_few = *decided < FEWEST;
        let number = |number: u32| {
            if is_few {
                language.pick(format!("{FEWEST} 미만"), format!("fewer than {FEWEST}"))
            } else {
                language.number(i64::from(number))
            }
        };
        let share = if is_few { String::new() } else { language.percentage(f64::from(*upheld) / f64::from(*decided)) };
        let upheld = if is_few { String::new() } else { number(*upheld) };
        table = table.row([name(id.as_ref()), number(*decided), upheld, share].map(|text| Html::text(&text)));
    }
    Html::empty().and(table)
}

fn rising(language: Language, watching: &Watching, name: &dyn Fn(&str) -> String) -> Html {
    let lines: Vec<Html> = watching
        .missed
        .iter()
        .filter_map(|one| {
            let rise = language.percentage(one.rise()?);
            let name = name(one.benefit);
            Some(Html::text(&language.pick(
                format!("{name}: 지난 점검보다 {rise}포인트 높아졌습니다."),
                format!("{name}: {rise} more than at the last screening."),
            )))
        })
        .collect();
    if lines.is_empty() {
        return Html::empty();
    }
    let notice = Notice::new(language, NoticeKind::Warning, "")
        .title(language.say("놓치는 비율이 높아진 급여", "Benefits that are missed more than before"))
        .markup(words::list(lines));
    Html::empty().and(notice)
}

fn missed(language: Language, all: &[Missed], name: &dyn Fn(&str) -> String) -> Html {
    let title = language.say("받을 수 있는데 받지 않는 비율", "Share of those entitled who do not receive it");
    let mut table = Table::new(title).column(language.say("급여", "Benefit"));
    for (month, _) in all.first().map(|one| one.shares.as_slice()).unwrap_or_default() {
        table = table.figures(words::month(language, *month));
    }
    for one in all {
        let mut row = vec![Html::text(&name(one.benefit))];
        row.extend(
            one.shares.iter().map(|(_, share)| {
                Html::text(&share.map_or_else(|| "–".to_owned(), |share| language.percentage(share)))
            }),
        );
        table = table.row(row);
    }
    Html::empty().and(table)
}
