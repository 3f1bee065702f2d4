//! Accessibility audits of services: the list, one of them with what failed and what became of it, the form.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Redirect, Response};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem,
    components::{
        Button, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures,
        Table, Tag, Tone,
    },
};

use super::{Here, frame};
use crate::{
    PlanService, ServiceError,
    domain::{
        bodies,
        for_all::{Audit, Audited, Criterion, Manner, Repair, Seen, Verdict, criteria},
    },
    pages::{answer, words, words::in_form},
    store::Named,
};

const RUN: &str = "consult";

fn page_of(here: &Here, title: &str) -> Page {
    let language = here.visitor.language;
    frame(&here.visitor, title, PageKind::Overview)
        .breadcrumb(language.say("접근성 점검", "Accessibility audits"), "/plan/ai-for-all/audits")
}

pub(super) fn manner(language: Language, manner: Manner) -> &'static str {
    match manner {
        Manner::Experts => language.say("전문가 점검", "by experts"),
        Manner::Users => language.say("장애인 사용자 점검", "by users with disabilities"),
        Manner::Both => language.say("전문가와 장애인 사용자 점검", "by experts and users with disabilities"),
        Manner::Program => language.say("자동 점검만 (일부 항목)", "by a program alone, which sees a part"),
    }
}

fn verdict(language: Language, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => language.say("지킴", "Passed"),
        Verdict::Failed => language.say("지키지 않음", "Failed"),
        Verdict::NoObject => language.say("해당 없음", "No object"),
    }
}

fn name(language: Language, criterion: &Criterion) -> String {
    format!("{} {}", criterion.number, language.say(criterion.korean, criterion.english))
}

/// The audits as a table; nothing where there are none.
pub(super) fn table(language: Language, known: &[&Named<Audit>]) -> Option<Table> {
    if known.is_empty() {
        return None;
    }
    let table = Table::new(language.say("접근성 점검", "Accessibility audits"))
        .hidden_caption()
        .column(language.say("서비스", "Service"))
        .column(language.say("운영 기관", "Run by"))
        .column(language.say("점검한 날", "Looked at on"))
        .figures(language.say("지키는 항목", "Criteria kept"))
        .figures(language.say("남은 지적", "Still open"));
    let rows = known.iter().rev().filter_map(|named| {
        let audited = named.state.audited.as_ref()?;
        let (passed, failed) = named.state.counts();
        let right = named.state.repairs.values().filter(|repair| repair.right_on.is_some()).count();
        let share = named.state.share().map(|share| language.percentage(share)).unwrap_or_default();
        let address = format!("/plan/ai-for-all/audits/{}", named.id);
        Some([
            words::korean_link(language, &address, &audited.service),
            words::body_link(language, &audited.body),
            Html::text(&language.date(audited.on)),
            Html::text(&format!("{} / {} ({share})", passed + right, passed + failed)),
            Html::text(&named.state.open().count().to_string()),
        ])
    });
    Some(rows.fold(table, Table::row))
}

pub(super) async fn list(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let known = here.pages.service.store().audits().await.map_err(ServiceError::from)?;
    let mut page = frame(&here.visitor, language.say("접근성 점검", "Accessibility audits"), PageKind::Overview).lead(
        language.say(
            "공공 AI 서비스를 한국형 웹 콘텐츠 접근성 지침 2.2의 33개 항목으로 점검하고, 지키지 않은 것이 바로잡힐 때까지 봅니다.",
            "Public services with AI are held to the 33 criteria of the Korean web content accessibility guidelines 2.2; what fails is followed until it is right.",
        ),
    );
    if here.may(RUN) {
        let button =
            Button::secondary(language.say("점검 결과 적기", "Record an audit")).link("/plan/ai-for-all/audits/new");
        page = page.actions(Html::empty().and(button));
    }
    let all: Vec<&Named<Audit>> = known.iter().collect();
    let Some(table) = table(language, &all) else {
        let empty = EmptyState::new(
            language.say("점검한 서비스가 없습니다", "No service was audited"),
            language.say("위원회가 적으면 여기에 나옵니다.", "What the committee records stands here."),
        );
        return Ok(page.body(Html::empty().and(empty)));
    };
    Ok(page.body(Html::empty().and(table).and(weakest(language, &known))))
}

/// Where most services fail.
fn weakest(language: Language, known: &[Named<Audit>]) -> Html {
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, _) in known.iter().flat_map(|named| named.state.open()) {
        *open.entry(number).or_default() += 1;
    }
    let mut ordered: Vec<(&Criterion, usize)> =
        criteria().iter().filter_map(|one| Some((one, *open.get(one.number)?))).collect();
    ordered.sort_by_key(|(criterion, count)| (std::cmp::Reverse(*count), criterion.number));
    if ordered.is_empty() {
        return Html::empty();
    }
    let title = language.say("어디가 가장 어려운가", "Where most services fail");
    let table = Table::new(title)
        .hidden_caption()
        .column(language.say("항목", "Criterion"))
        .figures(language.say("남은 서비스", "Services"));
    let table = ordered.into_iter().take(10).fold(table, |table, (criterion, count)| {
        table.row([Html::text(&name(language, criterion)), Html::text(&count.to_string())])
    });
    Html::trusted(format!("<h2>{title}</h2>")).and(table)
}

/// What somebody wrote: fields by name, a result and a note for each criterion among them.
#[derive(Default)]
struct Written(Vec<(String, String)>);

impl Written {
    fn of(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    fn audited(&self) -> Result<Audited, ServiceError> {
        let wrong = |field, ko, en| ServiceError::field(field, ko, en);
        let mut results = BTreeMap::new();
        for criterion in criteria() {
            let Some(verdict) = Verdict::from_identifier(self.of(&format!("r-{}", criterion.number))) else { continue };
            let note = self.of(&format!("n-{}", criterion.number)).to_owned();
            results.insert(criterion.number.to_owned(), Seen { verdict, note });
        }
        Ok(Audited {
            service: self.of("service").to_owned(),
            address: self.of("address").to_owned(),
            body: self.of("body").to_owned(),
            on: self.of("on").parse().map_err(|_| wrong("on", "날짜를 골라 주십시오.", "Choose the day."))?,
            manner: Manner::from_identifier(self.of("manner"))
                .ok_or_else(|| wrong("manner", "어떻게 점검했는지 골라 주십시오.", "Choose how it was looked at."))?,
            auditor: self.of("auditor").to_owned(),
            results,
        })
    }
}

pub(super) async fn new(here: Here) -> Result<Page, Problem> {
    here.permit(RUN)?;
    Ok(form(&here, &Written::default(), &[]))
}

pub(super) async fn record(here: Here, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, Problem> {
    here.permit(RUN)?;
    let written = Written(fields);
    let result = match written.audited() {
        Ok(audited) => here.pages.service.record_audit(&here.caller, audited).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(id) => Ok(Redirect::to(&format!("/plan/ai-for-all/audits/{id}")).into_response()),
        Err(error) => {
            // A wrong address is one of the service here, not of evidence.
            let errors = in_form(error, "service")?.into_iter().map(|error| match error.field.as_str() {
                "evidence_address" => FieldError { field: "address".to_owned(), ..error },
                _ => error,
            });
            Ok(form(&here, &written, &errors.collect::<Vec<_>>()).into_response())
        }
    }
}

fn form(here: &Here, written: &Written, errors: &[FieldError]) -> Page {
    let language = here.visitor.language;
    let line =
        |name: &'static str, label: &str| Field::text(language, name, label).value(written.of(name)).errors(errors);
    let all = bodies::bodies().iter().map(|body| Choice::new(body.id, language.say(body.name, body.name_en)));
    let choose = || Choice::new("", language.say("고르기", "Choose"));
    let manners = Manner::ALL.map(|one| Choice::new(one.identifier(), manner(language, one)));
    let mut fields = Html::empty()
        .and(line("service", language.say("서비스 이름", "Name of the service")).longest(120))
        .and(line("address", language.say("주소 (https://)", "Address (https://)")).longest(1_000).input_mode("url"))
        .and(
            Field::select(
                language,
                "body",
                language.say("어느 기관이 운영하나요?", "Which body runs it?"),
                std::iter::once(choose()).chain(all),
            )
            .value(written.of("body"))
            .errors(errors),
        )
        .and(
            Field::date(language, "on", language.say("점검한 날", "Looked at on"))
                .value(written.of("on"))
                .errors(errors),
        )
        .and(
            Field::radios(language, "manner", language.say("어떻게 점검했나요?", "How was it looked at?"), manners)
                .value(written.of("manner"))
                .errors(errors),
        )
        .and(line("auditor", language.say("점검한 기관", "Who looked at it")).longest(200));
    let note = language.say(
        "점검하지 않은 항목은 비워 둡니다. 지키지 않은 항목에는 무엇을 보았는지 적습니다.",
        "Leave empty what was not looked at; where a criterion failed, say what was seen.",
    );
    fields = fields
        .and(Html::trusted(format!("<h2>{}</h2><p>{note}</p>", language.say("항목마다 결과", "Result by criterion"))));
    for criterion in criteria() {
        let (result, seen) = (format!("r-{}", criterion.number), format!("n-{}", criterion.number));
        let unseen = Choice::new("", language.say("점검하지 않음", "Not looked at"));
        let choices = Verdict::ALL.map(|one| Choice::new(one.identifier(), verdict(language, one)));
        let label = format!("{}: {}", criterion.number, language.say("본 것", "what was seen"));
        fields = fields
            .and(
                Field::select(
                    language,
                    result.clone(),
                    name(language, criterion),
                    std::iter::once(unseen).chain(choices),
                )
                .value(written.of(&result)),
            )
            .and(Field::text(language, seen.clone(), label).optional().longest(1_000).value(written.of(&seen)));
    }
    fields = fields.and(Button::primary(language.say("점검 결과 저장하기", "Save the audit")));
    let mut page = page_of(here, language.say("점검 결과 적기", "Record an audit"));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let form = Form::post(&here.visitor, "/plan/ai-for-all/audits").guarded().body(fields);
    page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(form))
}

async fn shown(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let known = here.pages.service.audit(id).await?;
    let audit = &known.state;
    let audited = audit.audited.as_ref().ok_or_else(Problem::not_found)?;
    let (passed, failed) = audit.counts();
    let figure = |label: &str, value: String| KeyFigure { label: label.to_owned(), value, note: String::new() };
    let not_looked_at = criteria().len() - audited.results.len();
    let figures = KeyFigures::new([
        figure(language.say("지킴", "Passed"), passed.to_string()),
        figure(language.say("지키지 않음", "Failed"), failed.to_string()),
        figure(language.say("남은 지적", "Still open"), audit.open().count().to_string()),
        figure(language.say("점검하지 않음", "Not looked at"), not_looked_at.to_string()),
    ]);
    let facts = DefinitionList::new()
        .markup(
            language.say("주소", "Address"),
            Html::trusted(format!("<a href=\"{0}\" rel=\"noreferrer nofollow\">{0}</a>", Html::text(&audited.address))),
        )
        .markup(language.say("운영 기관", "Run by"), words::body_link(language, &audited.body))
        .text(language.say("점검한 날", "Looked at on"), &language.date(audited.on))
        .text(language.say("어떻게", "How"), manner(language, audited.manner))
        .markup(language.say("점검한 기관", "Who looked at it"), words::korean(language, &audited.auditor));
    let mut page = page_of(here, &audited.service).titled_in(Language::Korean);
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let repairs = here.pages.service.may(&here.caller, "follow-finding", &PlanService::audit_resource(audit));
    let body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(figures)
        .and(facts)
        .and(findings(here, &known, audited, repairs))
        .and(results(language, audited));
    Ok(page.body(body))
}

pub(super) async fn one(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &[]).await
}

/// What failed, what was done about it, and the forms of who puts it right and who looks again.
fn findings(here: &Here, known: &Named<Audit>, audited: &Audited, repairs: bool) -> Html {
    let language = here.visitor.language;
    let none = Repair::default();
    let mut html = Html::empty();
    for criterion in criteria() {
        let Some(seen) = audited.results.get(criterion.number).filter(|seen| seen.verdict == Verdict::Failed) else {
            continue;
        };
        let repair = known.state.repairs.get(criterion.number).unwrap_or(&none);
        let mark = match repair.right_on {
            Some(_) => Tag::new(Tone::Good, language.say("바로잡음", "Right by now")),
            None if !repair.done.is_empty() && repair.not_right.is_empty() => {
                Tag::new(Tone::Attention, language.say("다시 볼 것", "To be looked at again"))
            }
            None => Tag::new(Tone::Bad, language.say("남은 지적", "Open")),
        };
        let mut list =
            DefinitionList::new().markup(language.say("본 것", "What was seen"), words::korean(language, &seen.note));
        if !repair.done.is_empty() {
            list = list.markup(language.say("조치", "What was done"), words::korean(language, &repair.done));
        }
        if !repair.not_right.is_empty() {
            list = list
                .markup(language.say("다시 본 결과", "Looked at again"), words::korean(language, &repair.not_right));
        }
        if let Some(on) = repair.right_on {
            list = list.text(language.say("바로잡은 것을 본 날", "Seen to be right on"), &language.date(on));
        }
        let title = name(language, criterion);
        let body = Html::empty().and(list).and(forms(here, &known.id, criterion, repair, repairs));
        html = html.and(maru_web::components::Card::new(title).third_level().mark(Html::empty().and(mark)).body(body));
    }
    if html.is_empty() {
        return html;
    }
    Html::trusted(format!("<h2>{}</h2>", language.say("지키지 않은 항목", "What failed"))).and(html)
}

fn forms(here: &Here, id: &str, criterion: &Criterion, repair: &Repair, repairs: bool) -> Html {
    let language = here.visitor.language;
    let address = format!("/plan/ai-for-all/audits/{id}/{}", criterion.number);
    if repair.right_on.is_some() {
        return Html::empty();
    }
    let waits = !repair.done.is_empty() && repair.not_right.is_empty();
    if waits && here.may(RUN) {
        let why = words::one_of_several("not_right", criterion.number, |name| {
            Field::text(language, name, language.say("바로잡히지 않았다면 그 까닭", "If it is not right, why"))
                .optional()
                .longest(1_000)
        });
        let buttons = Html::trusted("<div class=\"button-row\">")
            .and(Button::primary(language.say("바로잡혔음", "It is right")).named("right", "yes"))
            .and(Button::secondary(language.say("바로잡히지 않음", "It is not")).named("right", "no"))
            .and(Html::trusted("</div>"));
        let form = Form::post(&here.visitor, format!("{address}/look")).body(why.and(buttons));
        return Html::empty()
            .and(Disclosure::new(language.say("다시 본 결과 적기", "Look again"), Html::empty().and(form)));
    }
    if !waits && repairs {
        let done = words::one_of_several("done", criterion.number, |name| {
            Field::area(language, name, language.say("무엇을 고쳤나요?", "What was done?")).rows(2)
        });
        let form = Form::post(&here.visitor, format!("{address}/repair"))
            .body(done.and(Button::primary(language.say("조치 보고하기", "Report it"))));
        return Html::empty().and(Disclosure::new(language.say("조치 보고하기", "Put right"), Html::empty().and(form)));
    }
    Html::empty()
}

/// Every criterion with its result.
fn results(language: Language, audited: &Audited) -> Html {
    let title = language.say("모든 항목", "All criteria");
    let table = Table::new(title)
        .hidden_caption()
        .column(language.say("항목", "Criterion"))
        .column(language.say("점검 때의 결과", "Result of the audit"));
    let table = criteria().iter().fold(table, |table, criterion| {
        let result = audited.results.get(criterion.number);
        let said =
            result.map_or(language.say("점검하지 않음", "Not looked at"), |seen| verdict(language, seen.verdict));
        table.row([Html::text(&name(language, criterion)), Html::text(said)])
    });
    Html::trusted(format!("<h2>{title}</h2>")).and(table)
}

/// What the forms on an audit's page send.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Said {
    done: String,
    right: String,
    not_right: String,
}

async fn after(here: &Here, id: &str, result: Result<Audit, ServiceError>) -> Result<Response, Problem> {
    let on = format!("/plan/ai-for-all/audits/{id}");
    answer(result, ("main", &on), async |errors| shown(here, id, &errors).await).await
}

pub(super) async fn repair(
    here: Here,
    Path((id, criterion)): Path<(String, String)>,
    Sent(said): Sent<Said>,
) -> Result<Response, Problem> {
    let done = (criterion, said.done.trim().to_owned());
    let result = here.pages.service.repair_audit(&here.caller, &id, done).await;
    after(&here, &id, result).await
}

pub(super) async fn look(
    here: Here,
    Path((id, criterion)): Path<(String, String)>,
    Sent(said): Sent<Said>,
) -> Result<Response, Problem> {
    let not_right = (said.right != "yes").then(|| said.not_right.trim().to_owned());
    let result = here.pages.service.look_again(&here.caller, &id, (criterion, not_right)).await;
    after(&here, &id, result).await
}
