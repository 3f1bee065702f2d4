//! The white paper of a year: everything that the records hold of the plan, as one document to be read, printed or kept as PDF.

use std::fmt::Write as _;

use axum::{Router, response::Response};
use jiff::{Timestamp, civil::Date};
use maru_web::{
    Html, Language, Page, PageKind, Problem, Query, Visitor,
    components::{KeyFigure, KeyFigures, Table},
    routing::get,
};
use serde::Deserialize;

use super::{Here, Pages, heat_map, meetings, particulars, words};
use crate::{
    ServiceError,
    domain::{Consultation, Deliberation, Meeting, Number, Particulars, Status, Visit},
    service::{Overview, Seen},
    store::{Change, CommentCounts, Named, Store},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/white-paper", get(show)).route("/plan/white-paper.pdf", get(file))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    year: Option<i16>,
}

impl Wanted {
    /// The year that is asked for; the present one where none is.
    pub(super) fn year(&self, today: Date) -> Result<i16, Problem> {
        let year = self.year.unwrap_or_else(|| today.year());
        if (2020..=2099).contains(&year) { Ok(year) } else { Err(Problem::not_found()) }
    }
}

/// Everything that stands in it.
struct Paper<'a> {
    visitor: &'a Visitor,
    year: i16,
    overview: Overview,
    held: Vec<(Number, Particulars)>,
    meetings: Vec<Named<Meeting>>,
    visits: Vec<Named<Visit>>,
    consultations: Vec<(Named<Consultation>, CommentCounts)>,
    deliberations: Vec<(Named<Deliberation>, u64)>,
    amendments: Vec<Change>,
}

async fn show(here: Here, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    let year = wanted.year(here.caller.today())?;
    Ok(gather(&here, year).await?.page())
}

async fn file(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let year = wanted.year(here.caller.today())?;
    Ok(gather(&here, year).await?.page().document().download(&format!("white-paper-{year}.pdf")))
}

fn bounds(year: i16) -> (Timestamp, Timestamp) {
    let first = |year: i16| maru_calendar::instant(jiff::civil::date(year, 1, 1).at(0, 0, 0, 0));
    (first(year), first(year + 1))
}

async fn gather(here: &Here, year: i16) -> Result<Paper<'_>, ServiceError> {
    let (service, store) = (&here.pages.service, here.pages.service.store());
    let (from, until) = bounds(year);
    let people = store.participants().await?;
    let deliberations = store.deliberations().await?.into_iter().map(|named| {
        let count = people.get(&named.id).copied().unwrap_or_default();
        (named, count)
    });
    Ok(Paper {
        visitor: &here.visitor,
        year,
        overview: service.overview(&here.caller).await?,
        held: store.all_particulars().await?,
        meetings: service.meetings(&here.caller).await?,
        visits: store.visits().await?,
        consultations: store.counted_consultations().await?,
        deliberations: deliberations.collect(),
        amendments: amendments(store, (from, until)).await?,
    })
}

/// What was changed of the plan, left out of it or taken in again, the newest first.
async fn amendments(store: &Store, (from, until): (Timestamp, Timestamp)) -> Result<Vec<Change>, ServiceError> {
    let mut changes = Vec::new();
    for what in ["amended", "left-out", "taken-in-again"] {
        changes.extend(store.changes_called(what, from, until).await?);
    }
    changes.sort_by_key(|change| std::cmp::Reverse(change.position));
    Ok(changes)
}

impl Paper<'_> {
    fn language(&self) -> Language {
        self.visitor.language
    }

    fn say<'a>(&self, korean: &'a str, english: &'a str) -> &'a str {
        self.visitor.say(korean, english)
    }

    fn page(&self) -> Page {
        let language = self.language();
        let year = self.year;
        let title = language.pick(
            format!("{year}년 국가 인공지능 행동계획 백서"),
            format!("White paper on the national AI action plan, {year}"),
        );
        let sections = [
            (self.say("한눈에 보기", "At a glance"), self.glance()),
            (self.say("영역마다", "By area"), self.areas()),
            (self.say("늦은 권고와 그 이유", "What is late, and why"), self.late()),
            (self.say("마친 권고", "What is done"), self.done()),
            (self.say("성과지표", "Indicators"), self.indicators()),
            (self.say("예산", "Budgets"), self.budgets()),
            (self.say("법률안", "Bills"), self.bills()),
            (self.say("위원회의 결정", "What the committee decided"), self.decisions()),
            (self.say("현장점검", "Field visits"), self.visited()),
            (self.say("국민의 의견", "What citizens said"), self.heard()),
            (self.say("계획의 변경", "Changes of the plan"), self.amended()),
            (self.say("모든 권고", "All recommendations"), self.all()),
            (self.say("이 백서를 검증하려면", "How to verify this paper"), self.verify()),
        ];
        let mut contents = String::new();
        let mut body = Html::empty();
        for (number, (title, section)) in (1..).zip(sections) {
            let _ = write!(contents, "<li><a href=\"#s{number}\">{title}</a></li>");
            body = body.and(Html::trusted(format!("<h2 id=\"s{number}\">{number}. {title}</h2>"))).and(section);
        }
        let print = self.say(
            "이 문서를 그대로 인쇄하거나 PDF로 저장할 수 있습니다. 표의 모든 수치는 공개 자료로도 내려받을 수 있습니다.",
            "Print this document as it is, or save it as PDF. Every figure is also in the open data.",
        );
        let pdf = words::save_as_pdf(language, &format!("/plan/white-paper.pdf?year={year}"));
        let source = words::source(language, self.overview.day);
        Page::new(self.visitor, title, PageKind::Overview)
            .breadcrumb(self.say("행동계획", "Action plan"), "/plan")
            .lead(source)
            .body(
                Html::trusted(format!(
                    "<p class=\"on-screen\">{print}</p>{pdf}<nav aria-label=\"{}\"><ol>{contents}</ol></nav>",
                    self.say("차례", "Contents")
                ))
                .and(body),
            )
    }

    fn none(&self) -> Html {
        Html::paragraphs(self.say("없습니다.", "None."))
    }

    fn or_none(&self, table: Option<Table>) -> Html {
        table.map_or_else(|| self.none(), |table| Html::empty().and(table))
    }

    fn glance(&self) -> Html {
        let language = self.language();
        let all = self.overview.seen.len();
        let figures = Status::ALL.into_iter().map(|status| {
            let count = self.overview.count(status);
            KeyFigure {
                label: words::status_name(language, status).to_owned(),
                value: count.to_string(),
                note: language.percentage(count as f64 / all.max(1) as f64),
            }
        });
        let text = language.pick(
            format!("과제 {}개와 권고 {all}개의 상황입니다. 상태는 보고와 증빙, 날짜에서 규칙으로 정합니다.", self.overview.tasks()),
            format!(
                "The standing of {} tasks and {all} recommendations. It follows by rule from reports, evidence and the day.",
                self.overview.tasks()
            ),
        );
        Html::paragraphs(&text).and(KeyFigures::new(figures)).and(words::sideways(
            "heat-frame",
            self.say("한눈에 보는 지도, 옆으로 움직일 수 있음", "The map at a glance, can be moved sideways"),
            &heat_map::picture(language, &self.overview, false),
        ))
    }

    fn areas(&self) -> Html {
        let language = self.language();
        let mut table = Table::new(self.say("영역마다", "By area")).hidden_caption().column(self.say("영역", "Area"));
        for status in Status::ALL {
            table = table.figures(words::status_name(language, status));
        }
        for (area, (_, name)) in self.overview.areas() {
            let of_area = |seen: &&Seen| seen.recommendation.entry.as_ref().is_some_and(|entry| entry.area == area);
            let count =
                |status| self.overview.seen.iter().filter(of_area).filter(|one| one.standing.status == status).count();
            let cells = Status::ALL.into_iter().map(|status| Html::text(&count(status).to_string()));
            table = table.row(std::iter::once(Html::text(words::place(language, name))).chain(cells));
        }
        Html::empty().and(table)
    }

    fn of(&self, fits: impl Fn(Status) -> bool) -> Vec<&Seen> {
        self.overview.seen.iter().filter(|seen| fits(seen.standing.status)).collect()
    }

    /// A table of recommendations with one more column.
    fn table(&self, found: &[&Seen], column: &str, more: impl Fn(&Seen) -> Html) -> Html {
        let language = self.language();
        if found.is_empty() {
            return self.none();
        }
        let mut table = Table::new(column)
            .hidden_caption()
            .column(self.say("권고", "No."))
            .column(self.say("과제", "Task"))
            .column(self.say("주관", "Lead"))
            .column(column);
        for seen in found {
            let Some(entry) = &seen.recommendation.entry else { continue };
            table = table.row([
                words::number_link(language, entry.number),
                words::korean(language, &entry.task_title),
                words::body_link(language, &entry.lead),
                more(seen),
            ]);
        }
        Html::empty().and(table)
    }

    fn late(&self) -> Html {
        let language = self.language();
        self.table(
            &self.of(|status| status == Status::Late),
            self.say("어려운 점", "What stands in the way"),
            |seen| {
                let obstacle = seen.recommendation.last_report.as_ref().map(|report| report.obstacle.as_str());
                match obstacle.filter(|text| !text.is_empty()) {
                    Some(text) => words::korean(language, text),
                    None => Html::text(&words::ground(language, &seen.standing)),
                }
            },
        )
    }

    fn done(&self) -> Html {
        let done = self.of(Status::is_done);
        self.table(&done, self.say("증빙", "Evidence"), |seen| {
            super::files::evidence(self.visitor, &seen.recommendation)
        })
    }

    fn indicators(&self) -> Html {
        self.or_none(particulars::indicator_table(self.language(), &self.held))
    }

    fn budgets(&self) -> Html {
        self.or_none(particulars::budget_table(self.language(), &self.held))
    }

    fn bills(&self) -> Html {
        self.or_none(particulars::bill_table(self.language(), &self.held, self.overview.day))
    }

    fn in_year(&self, day: Date) -> bool {
        day.year() == self.year
    }

    fn decisions(&self) -> Html {
        let language = self.language();
        let mut html = Html::empty();
        for named in &self.meetings {
            let Some(convened) = named.state.convened.as_ref().filter(|one| self.in_year(one.at.date())) else {
                continue;
            };
            let items = named.state.items.iter().map(|item| {
                let result = match &item.vote {
                    Some(vote) if vote.tally.passed => self.say("의결", "passed"),
                    Some(_) => self.say("부결", "not passed"),
                    None => self.say("표결 없음", "no vote"),
                };
                format!("<li>{}: {result}</li>", words::korean(language, &item.agenda.title))
            });
            let head = words::korean_link(language, &format!("/plan/meetings/{}", named.id), &convened.title)
                .and(Html::text(&format!(" · {}", meetings::moment(language, convened.at))));
            html = html.and(Html::trusted(format!("<h3>{head}</h3><ul>{}</ul>", items.collect::<String>())));
        }
        if html.is_empty() { self.none() } else { html }
    }

    fn visited(&self) -> Html {
        let language = self.language();
        let mut table = Table::new(self.say("현장점검", "Field visits"))
            .hidden_caption()
            .column(self.say("권고", "No."))
            .column(self.say("언제, 어디", "When and where"))
            .column(self.say("본 것", "What was seen"))
            .figures(self.say("지적", "Findings"))
            .figures(self.say("종결", "Closed"));
        let mut any = false;
        for named in &self.visits {
            let Some(planned) = named.state.planned.as_ref().filter(|one| self.in_year(one.on)) else { continue };
            let Some(record) = named.state.records.last() else { continue };
            let closed = named.state.findings.iter().filter(|finding| finding.closed.is_some()).count();
            any = true;
            table = table.row([
                words::number_link(language, planned.recommendation),
                Html::text(&format!("{} · ", language.date(planned.on))).and(words::korean_link(
                    language,
                    &format!("/plan/visits/{}", named.id),
                    &planned.place,
                )),
                words::korean(language, &record.summary),
                Html::text(&named.state.findings.len().to_string()),
                Html::text(&closed.to_string()),
            ]);
        }
        if any { Html::empty().and(table) } else { self.none() }
    }

    fn heard(&self) -> Html {
        let language = self.language();
        let mut items = String::new();
        for (named, counts) in &self.consultations {
            let Some(draft) = named.state.draft.as_ref().filter(|draft| self.in_year(draft.from)) else { continue };
            let text = language.pick(
                format!("의견 {}건, 답변 {}건", counts.all, counts.answered),
                format!("{} comments, {} answered", counts.all, counts.answered),
            );
            let link = words::korean_link(language, &format!("/plan/consultations/{}/report", named.id), &draft.title);
            let _ = write!(items, "<li>{link}: {text}</li>");
        }
        for (named, people) in &self.deliberations {
            let Some(question) = named.state.question.as_ref().filter(|one| self.in_year(one.from)) else { continue };
            let text = language.pick(format!("공론장, 참여 {people}명"), format!("deliberation, {people} took part"));
            let link =
                words::korean_link(language, &format!("/plan/deliberations/{}/groups", named.id), &question.title);
            let made = named.state.conclusion.as_deref().map(|text| words::korean(language, text).to_string());
            let _ = write!(items, "<li>{link}: {text}<br>{}</li>", made.unwrap_or_default());
        }
        if items.is_empty() { self.none() } else { Html::trusted(format!("<ul>{items}</ul>")) }
    }

    fn amended(&self) -> Html {
        let language = self.language();
        let mut table = Table::new(self.say("계획의 변경", "Changes"))
            .hidden_caption()
            .column(self.say("권고", "No."))
            .column(self.say("언제", "When"))
            .column(self.say("무엇", "What"))
            .column(self.say("이유", "Why"))
            .column(self.say("근거", "Ground"));
        let mut any = false;
        for change in &self.amendments {
            let facts = if change.what == "left-out" { &change.facts["left_out"] } else { &change.facts };
            let basis = serde_json::from_value(facts["basis"].clone());
            let basis = basis.map(|basis| words::basis(language, &basis)).unwrap_or_default();
            let number: Option<Number> = change.id.parse().ok();
            any = true;
            table = table.row([
                number.map(|number| words::number_link(language, number)).unwrap_or_default(),
                Html::text(&language.date(maru_web::in_korea(change.at).date())),
                Html::text(&super::changes::title(self.visitor, change)),
                words::korean(language, facts["reason"].as_str().unwrap_or_default()),
                Html::text(&basis),
            ]);
        }
        if any { Html::empty().and(table) } else { self.none() }
    }

    fn all(&self) -> Html {
        let language = self.language();
        let seen: Vec<&Seen> = self.overview.seen.iter().collect();
        self.table(&seen, self.say("상태", "Standing"), |seen| words::status_tag(language, seen.standing.status))
    }

    fn verify(&self) -> Html {
        let text = self.language().pick(
            "이 백서의 모든 내용은 누구나 검증할 수 있는 기록에서 나왔습니다. 기록의 검사점을 보관해 두면 뒤에 무엇이 바뀌지 않았는지 확인할 수 있습니다.",
            "Everything here comes from a log that anyone can verify. Who keeps a checkpoint of it can later check that nothing was changed.",
        );
        Html::paragraphs(text)
            .and(Html::trusted("<p>"))
            .and(words::link("/log", self.say("기록 확인하기", "Verify the log")))
            .and(Html::trusted("</p>"))
    }
}
