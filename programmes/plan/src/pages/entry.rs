//! What the plan says of a recommendation, for the committee: a person looks at what the program read out of the text, and
//! changes that need no vote are made.

use axum::{Router, response::Response};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem,
    components::{Button, Choice, EmptyState, ErrorSummary, Field, Form, MachineLabel, Table},
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, answer, task, words};
use crate::{
    ServiceError,
    domain::{Basis, Bound, Deadline, Entry, Number, Reading, bodies, recommendation::LONGEST_NOTE},
    import::given_deadline,
};

/// What it takes.
pub(super) const AMEND: &str = "amend-plan";

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/work/unchecked", get(unchecked))
        .route("/plan/work/{number}/reading", get(reading).merge(post(read)))
        .route("/plan/work/{number}/amendment", get(amendment).merge(post(amend)))
}

/// What was written into one of the forms.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Written {
    responsible: String,
    cooperating: String,
    deadlines: String,
    text: String,
    basis: String,
    reason: String,
}

impl Written {
    /// What the plan says now: bodies under the names that its text gives them, whatever the page's language.
    fn of(entry: &Entry) -> Self {
        let name = |id: &String| words::body_name(Language::Korean, id);
        let names = |ids: &[String]| ids.iter().map(name).collect::<Vec<_>>().join(", ");
        Self {
            responsible: names(&entry.responsible),
            cooperating: names(&entry.cooperating),
            deadlines: entry.deadlines.iter().map(written_deadline).collect::<Vec<_>>().join(" "),
            text: entry.text.clone(),
            ..Self::default()
        }
    }

    fn reading(&self) -> Result<Reading, ServiceError> {
        let deadlines = self.deadlines.split_whitespace().map(given_deadline).collect::<Result<Vec<_>, _>>();
        Ok(Reading {
            responsible: bodies_written("responsible", &self.responsible)?,
            cooperating: bodies_written("cooperating", &self.cooperating)?,
            deadlines: deadlines
                .map_err(|error| ServiceError::field("deadlines", "기한을 by26Q4처럼 적어 주십시오.", error))?,
        })
    }

    /// What the plan is to say.
    fn entry(&self, now: &Entry) -> Result<Entry, ServiceError> {
        let Reading { responsible, cooperating, deadlines } = self.reading()?;
        let lead = responsible.first().cloned();
        let lead = lead.ok_or_else(|| {
            ServiceError::field("responsible", "주관기관을 적어 주십시오.", "Name the body that leads it.")
        })?;
        let deadlines = now.where_they_stand(deadlines);
        let entry = Entry { lead, responsible, cooperating, deadlines, ..now.clone() };
        let text = self.text.trim();
        // Another text has its words elsewhere.
        Ok(if text.is_empty() || text == now.text { entry } else { entry.rewritten(text, &[]) })
    }

    fn basis(&self) -> Basis {
        match self.basis.as_str() {
            "consistency" => Basis::Consistency,
            "correction" => Basis::Correction,
            "law" => Basis::Law,
            _ => Basis::Arrangement,
        }
    }
}

/// A deadline as forms and tables write it.
fn written_deadline(deadline: &Deadline) -> String {
    let bound = match deadline.bound {
        Bound::By => "by",
        Bound::In => "in",
        Bound::From => "from",
    };
    format!("{bound}{}", deadline.quarter)
}

/// Bodies by their names or identifiers, parted by commas.
fn bodies_written(field: &str, text: &str) -> Result<Vec<String>, ServiceError> {
    let named = |name: &str| {
        bodies::named(name).map(|known| known.id.to_owned()).ok_or_else(|| {
            ServiceError::field(
                field,
                format!("‘{name}’이라는 기관이 없습니다. 이름을 쉼표로 나누어 적어 주십시오."),
                format!("No public body is called “{name}”. Part names by commas."),
            )
        })
    };
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(named).collect()
}

async fn entry_of(here: &Here, number: Number) -> Result<Entry, Problem> {
    here.permit(AMEND)?;
    let seen = here.pages.service.recommendation(&here.caller, number).await?;
    let in_plan = seen.recommendation.left_out.is_none();
    seen.recommendation.entry.filter(|_| in_plan).ok_or_else(Problem::not_found)
}

fn frame(here: &Here, title: &str, number: Number, errors: &[FieldError]) -> Page {
    let language = here.visitor.language;
    let page = Page::new(&here.visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("업무", "Work"), "/plan/work")
        .breadcrumb(language.pick(format!("권고 {number}"), number.to_string()), format!("/plan/work/{number}"));
    if errors.is_empty() { page } else { page.with_errors() }
}

/// Bodies and deadlines, as both forms have them.
fn fields(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let parted = language.say(
        "기관 이름을 쉼표로 나누어 적습니다. 예: 과기정통부, 행안부",
        "Names as the plan's text has them, or identifiers such as msit, parted by commas.",
    );
    Html::empty()
        .and(
            Field::text(
                language,
                "responsible",
                language.say("주관기관 (처음 적은 기관이 대표)", "Responsible, the lead first"),
            )
            .hint(parted)
            .value(written.responsible.clone())
            .errors(errors),
        )
        .and(
            Field::text(language, "cooperating", language.say("협력기관", "With"))
                .hint(parted)
                .optional()
                .value(written.cooperating.clone())
                .errors(errors),
        )
        .and(
            Field::text(language, "deadlines", language.say("기한", "Deadlines"))
                .hint(language.say("예: by26Q4 from27Q1 (까지 by, 에 in, 부터 from)", "For example: by26Q4 from27Q1"))
                .optional()
                .value(written.deadlines.clone())
                .errors(errors),
        )
}

async fn reading_page(
    here: &Here,
    number: Number,
    written: Option<&Written>,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let entry = entry_of(here, number).await?;
    let language = here.visitor.language;
    let now = Written::of(&entry);
    let written = written.unwrap_or(&now);
    let title = language.pick(format!("권고 {number}을 바르게 읽었나요?"), format!("Is {number} read rightly?"));
    let machine = language.say(
        "아래 기관과 기한은 프로그램이 글에서 찾았습니다. 글과 견주어 보고 맞으면 그대로 확인해 주십시오.",
        "A program found the bodies and deadlines below in the text. Compare them with it and confirm what is right.",
    );
    let known = language.say(
        "사람이 이미 확인했습니다. 다르게 읽으면 이유를 적어 바로잡을 수 있습니다.",
        "A person has checked this. Who reads it otherwise can put it right and say why.",
    );
    let label =
        if entry.checked { Html::paragraphs(known) } else { Html::empty().and(MachineLabel::new(language, machine)) };
    let form = Form::post(&here.visitor, format!("/plan/work/{number}/reading")).guarded().body(
        fields(language, written, errors)
            .and(
                Field::area(language, "reason", language.say("무엇을 잘못 읽었나요?", "What was read wrongly?"))
                    .hint(language.say(
                        "고친 것이 있을 때만 적습니다. 계획을 바꾸는 것이 아니라 읽은 것을 바로잡는 일입니다.",
                        "Only where something is put right. The plan does not change, only how it is read.",
                    ))
                    .rows(2)
                    .counted(LONGEST_NOTE)
                    .optional()
                    .value(written.reason.clone())
                    .errors(errors),
            )
            .and(Button::primary(language.say("확인하고 다음으로", "Confirm and go on"))),
    );
    let body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<blockquote>"))
        .and(task::text(&here.visitor, &entry))
        .and(Html::trusted("</blockquote>"))
        .and(label)
        .and(form)
        .and(task::back(&here.visitor, number.task));
    Ok(frame(here, &title, number, errors).body(body))
}

async fn reading(here: Here, Path(number): Path<Number>) -> Result<Page, Problem> {
    reading_page(&here, number, None, &[]).await
}

async fn read(here: Here, Path(number): Path<Number>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    here.permit(AMEND)?;
    let result = match written.reading() {
        Ok(reading) => {
            let reason = written.reason.trim().to_owned();
            here.pages.service.read_again(&here.caller, number, reading, reason).await
        }
        Err(error) => Err(error),
    };
    // The next one that nobody looked at follows at once.
    let next = match &result {
        Ok(_) => here.pages.service.next_unchecked(number).await?,
        Err(_) => None,
    };
    let on = next.map_or_else(|| "/plan/work/unchecked".to_owned(), |next| format!("/plan/work/{next}/reading"));
    let again = async |errors: Vec<FieldError>| reading_page(&here, number, Some(&written), &errors).await;
    answer(result, ("reason", &on), again).await
}

async fn amendment_page(
    here: &Here,
    number: Number,
    written: Option<&Written>,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let entry = entry_of(here, number).await?;
    let language = here.visitor.language;
    let now = Written::of(&entry);
    let written = written.unwrap_or(&now);
    let grounds = [
        ("arrangement", Basis::Arrangement),
        ("consistency", Basis::Consistency),
        ("correction", Basis::Correction),
        ("law", Basis::Law),
    ];
    let grounds = grounds.map(|(name, basis)| Choice::new(name, words::basis(language, &basis)));
    let chosen = if written.basis.is_empty() { "arrangement" } else { &written.basis };
    let form = Form::post(&here.visitor, format!("/plan/work/{number}/amendment")).guarded().body(
        fields(language, written, errors)
            .and(
                Field::area(language, "text", language.say("내용", "Text"))
                    .hint(language.say(
                        "추진체계·일정·기관만 바꿀 때에는 그대로 두십시오.",
                        "Leave it where only arrangement, schedule or bodies change.",
                    ))
                    .rows(4)
                    .value(written.text.clone())
                    .errors(errors),
            )
            .and(Field::radios(language, "basis", language.say("근거", "Ground"), grounds).value(chosen))
            .and(
                Field::area(language, "reason", language.say("변경 사유", "Why it changes"))
                    .rows(3)
                    .counted(LONGEST_NOTE)
                    .value(written.reason.clone())
                    .errors(errors),
            )
            .and(Button::primary(language.say("변경하기", "Change it"))),
    );
    let title = language.pick(format!("권고 {number}의 경미한 변경"), format!("A minor change of {number}"));
    let body = Html::empty().and(ErrorSummary::new(language, errors)).and(form);
    Ok(frame(here, &title, number, errors)
        .lead(language.say(
            "의결이 필요 없는 변경만 할 수 있습니다 (인공지능기본법 시행령 제3조제1항). 방향·전략·목표를 바꾸는 변경은 회의 안건으로 올려 주십시오.",
            "Only changes that need no vote (decree of the AI Basic Act, article 3(1)). What changes direction, strategy or aims goes on the agenda of a meeting.",
        ))
        .body(body))
}

async fn amendment(here: Here, Path(number): Path<Number>) -> Result<Page, Problem> {
    amendment_page(&here, number, None, &[]).await
}

async fn amend(here: Here, Path(number): Path<Number>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let now = entry_of(&here, number).await?;
    let result = match written.entry(&now) {
        Ok(entry) => {
            let reason = written.reason.trim().to_owned();
            here.pages.service.amend(&here.caller, entry, written.basis(), reason).await
        }
        Err(error) => Err(error),
    };
    let on = format!("/plan/tasks/{}#r{number}", number.task);
    let again = async |errors: Vec<FieldError>| amendment_page(&here, number, Some(&written), &errors).await;
    answer(result, ("reason", &on), again).await
}

async fn unchecked(here: Here) -> Result<Page, Problem> {
    here.permit(AMEND)?;
    let language = here.visitor.language;
    let all = here.pages.service.overview(&here.caller).await?;
    let entries: Vec<&Entry> = all.seen.iter().filter_map(|seen| seen.recommendation.entry.as_ref()).collect();
    let open: Vec<&Entry> = entries.iter().copied().filter(|entry| !entry.checked).collect();
    let done = entries.len() - open.len();
    let page =
        Page::new(&here.visitor, language.say("읽은 것 확인", "What was read out of the texts"), PageKind::Official)
            .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
            .breadcrumb(language.say("업무", "Work"), "/plan/work")
            .lead(language.pick(
                format!("권고 {}건 가운데 {done}건의 기관과 기한을 사람이 확인했습니다.", entries.len()),
                format!("A person has checked bodies and deadlines of {done} of {} recommendations.", entries.len()),
            ));
    let Some(first) = open.first() else {
        let empty = EmptyState::new(
            language.say("모두 확인했습니다", "All are checked"),
            language.say("새 판을 들여오면 새 글이 여기에 나옵니다.", "New texts of a new version stand here."),
        );
        return Ok(page.body(Html::empty().and(empty)));
    };
    let begin = Button::primary(language.say("차례로 확인하기", "Check one after the other"))
        .link(format!("/plan/work/{}/reading", first.number));
    let mut table = Table::new(language.say("아직 사람이 확인하지 않은 권고", "Not yet checked by a person"))
        .column(language.say("권고", "No."))
        .column(language.say("과제", "Task"))
        .column(language.say("주관", "Responsible"))
        .column(language.say("협력", "With"))
        .column(language.say("기한", "Deadlines"));
    for entry in &open {
        let due = entry.deadlines.iter().map(|one| words::deadline(language, one.quarter, one.bound));
        table = table.row([
            words::link(&format!("/plan/work/{}/reading", entry.number), &entry.number.to_string()),
            words::korean(language, &entry.task_title),
            words::body_links(language, &entry.responsible),
            words::body_links(language, &entry.cooperating),
            Html::text(&due.collect::<Vec<_>>().join(", ")),
        ]);
    }
    Ok(page.body(Html::trusted("<p>").and(begin).and(Html::trusted("</p>")).and(table)))
}
