//! How models are used: traffic, time to the first byte, cost, what rules stopped, the servers.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;
use maru_gateway::{Registry, Traffic, TrafficQuery, TrafficSums};
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{
        BarChart, Button, Choice, EmptyState, Field, Form, KeyFigure, KeyFigures, Notice, NoticeKind, Table, Tabs,
        TimeChart, Tone,
    },
    in_korea,
};

use super::{Period, words};

/// Names that a chart shows; the rest stand in the file.
const MOST_BARS: usize = 8;

pub(super) fn page(
    visitor: &Visitor,
    period: Period,
    query: &TrafficQuery,
    whole: &Traffic,
    traffic: &Traffic,
    registry: &Registry,
) -> Page {
    let language = visitor.language;
    let total = traffic.total();
    let title = language.say("AI 공통기반 사용 현황", "Use of the AI gateway");
    let page = Page::new(visitor, title, PageKind::Overview)
        .lead(language.say(
            "어느 기관이 어떤 모델을 얼마나 쓰고, 무엇이 막혔는지 보여 줍니다.",
            "Which agency uses which model how much, and what was stopped.",
        ))
        .actions(
            Html::empty()
                .and(Button::secondary(language.say("모델 등록부", "Registry")).link("/models/registry"))
                .and(Html::text(" "))
                .and(Button::secondary(language.say("호출 기록", "Record of calls")).link("/models/calls"))
                .and(Html::text(" "))
                .and(Button::secondary(language.say("견주어 보기", "Sandbox")).link("/models/sandbox")),
        );
    let head = invented(visitor).and(periods(language, period, query)).and(choices(language, period, query, whole));
    if total.calls == 0 {
        let empty = EmptyState::new(
            language.say("이 기간에는 호출이 없습니다", "There were no calls in this time"),
            language.say(
                "기관의 시스템이 /ai/v1 주소로 모델을 부르면 1초 안에 여기에 나타납니다.",
                "As soon as an agency's system calls a model at /ai/v1, it shows here within a second.",
            ),
        );
        return page.body(head.and(empty));
    }
    let view = View { language, period, query, now: visitor.now };
    page.body(
        head.and(figures(language, &total))
            .and(view.calls(traffic))
            .and(view.first_byte(traffic))
            .and(Html::trusted("<div class=\"chart-pair\">"))
            .and(view.cost(traffic))
            .and(view.models(traffic))
            .and(Html::trusted("</div>"))
            .and(view.rules(traffic))
            .and(view.servers(traffic, registry)),
    )
}

fn invented(visitor: &Visitor) -> Html {
    if visitor.site.demonstration.is_none() {
        return Html::empty();
    }
    let text = visitor.say(
        "시연용입니다. 처음부터 있던 사용 현황은 지어낸 것이고, 그 뒤의 호출은 실제 호출입니다.",
        "This is a demonstration. The traffic that was there at the start is invented; calls since then are real.",
    );
    Html::empty().and(Notice::new(visitor.language, NoticeKind::Warning, text))
}

fn address(path: &str, period: Period, query: &TrafficQuery) -> String {
    let mut question = form_urlencoded::Serializer::new(format!("{path}?"));
    question.append_pair("period", period.name());
    for (name, value) in [("agency", &query.agency), ("model", &query.model)] {
        if let Some(value) = value {
            question.append_pair(name, value);
        }
    }
    question.finish()
}

fn periods(language: Language, current: Period, query: &TrafficQuery) -> Tabs {
    let tabs = Tabs::new(language.say("기간", "Time"));
    Period::ALL.into_iter().fold(tabs, |tabs, period| {
        let label = match period {
            Period::Day => language.say("24시간", "24 hours"),
            Period::Week => language.say("7일", "7 days"),
            Period::Month => language.say("30일", "30 days"),
        };
        tabs.tab(label, address("/models/traffic", period, query), period == current)
    })
}

fn choices(language: Language, period: Period, query: &TrafficQuery, whole: &Traffic) -> Form {
    let any = |label: &str| Choice::new("", label);
    let named = |names: &BTreeMap<String, TrafficSums>| {
        names.keys().filter(|name| !name.is_empty()).map(|name| Choice::new(name, name)).collect::<Vec<_>>()
    };
    let agencies = std::iter::once(any(language.say("모든 기관", "All agencies"))).chain(named(&whole.by_agency));
    let models = std::iter::once(any(language.say("모든 모델", "All models"))).chain(named(&whole.by_model));
    Form::get("/models/traffic").class("list-search").search().hidden("period", period.name()).body(
        Html::empty()
            .and(
                Field::select(language, "agency", language.say("기관", "Agency"), agencies)
                    .value(query.agency.clone().unwrap_or_default()),
            )
            .and(
                Field::select(language, "model", language.say("모델", "Model"), models)
                    .value(query.model.clone().unwrap_or_default()),
            )
            .and(Button::secondary(language.say("보기", "Show"))),
    )
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn figures(language: Language, total: &TrafficSums) -> KeyFigures {
    let figure = |label: &str, value: String, note: String| KeyFigure { label: label.to_owned(), value, note };
    let percent = |part: u64| language.percentage(share(part, total.calls));
    let time = |share: f64| {
        total
            .first_byte
            .percentile(share)
            .map_or_else(|| "–".to_owned(), |micros| words::duration(language, micros as f64))
    };
    KeyFigures::new([
        figure(
            language.say("호출", "Calls"),
            words::count(language, total.calls),
            language.pick(format!("실패 {}", percent(total.errors)), format!("{} failed", percent(total.errors))),
        ),
        figure(
            language.say("첫 응답까지", "To the first byte"),
            time(0.5),
            language.pick(format!("95%는 {} 안에", time(0.95)), format!("95 % within {}", time(0.95))),
        ),
        figure(
            language.say("비용", "Cost"),
            words::won(language, total.microwon),
            language.pick(
                format!("토큰 {}개", words::count(language, total.tokens_in + total.tokens_out)),
                format!("{} tokens", words::count(language, total.tokens_in + total.tokens_out)),
            ),
        ),
        figure(
            language.say("규칙이 막은 호출", "Stopped by rules"),
            words::count(language, total.blocked),
            percent(total.blocked),
        ),
        figure(
            language.say("가린 개인정보·비밀값", "Data masked"),
            words::count(language, total.masked),
            language.say("모델에 가기 전에", "before any model saw them").to_owned(),
        ),
    ])
}

/// What every chart of the page needs to know.
struct View<'a> {
    language: Language,
    period: Period,
    query: &'a TrafficQuery,
    now: Timestamp,
}

impl View<'_> {
    fn source(&self) -> String {
        let until = self.language.date_time(self.now);
        self.language.pick(format!("호출 기록, {until}까지"), format!("Record of calls, until {until}"))
    }

    fn csv(&self) -> String {
        address("/models/traffic.csv", self.period, self.query)
    }

    /// The name of a slot, and whether it stands under the axis.
    fn slot(&self, begin: Timestamp) -> (String, bool) {
        let here = in_korea(begin);
        match self.period {
            Period::Day => {
                (self.language.pick(format!("{}시", here.hour()), format!("{}:00", here.hour())), here.hour() % 6 == 0)
            }
            Period::Week => {
                let day = format!("{}/{}", here.month(), here.day());
                let is_midnight = here.hour() == 0;
                let name = if is_midnight { day } else { format!("{day} {}:00", here.hour()) };
                (name, is_midnight && here.day() % 2 == 0)
            }
            Period::Month => (format!("{}/{}", here.month(), here.day()), here.day() % 7 == 1),
        }
    }

    fn slots(&self, chart: TimeChart, traffic: &Traffic) -> TimeChart {
        traffic.slots.iter().fold(chart, |chart, slot| {
            let (name, marked) = self.slot(slot.begin);
            chart.slot(name, marked)
        })
    }

    fn calls(&self, traffic: &Traffic) -> TimeChart {
        let language = self.language;
        let chart = TimeChart::columns(language, "calls", language.say("호출", "Calls"), language.say("시각", "Time"));
        let of =
            |figure: fn(&TrafficSums) -> u64| traffic.slots.iter().map(move |slot| Some(figure(&slot.sums) as f64));
        let answered = of(|sums| sums.calls.saturating_sub(sums.errors + sums.blocked));
        self.slots(chart, traffic)
            .series(language.say("그 밖의 호출", "Other calls"), Tone::Active, answered)
            .series(language.say("규칙이 막음", "Stopped by rules"), Tone::Attention, of(|sums| sums.blocked))
            .series(language.say("실패", "Failed"), Tone::Bad, of(|sums| sums.errors))
            .read_as(|value| decimal(language, value))
            .source(self.source())
            .download(self.csv())
    }

    fn first_byte(&self, traffic: &Traffic) -> TimeChart {
        let language = self.language;
        let title = language.say("첫 응답까지 걸린 시간", "Time to the first byte");
        let chart = TimeChart::lines(language, "first-byte", title, language.say("시각", "Time"));
        let of = |share: f64| {
            traffic.slots.iter().map(move |slot| slot.sums.first_byte.percentile(share).map(|micros| micros as f64))
        };
        self.slots(chart, traffic)
            .series(language.say("절반이 이 안에", "Half within"), Tone::Active, of(0.5))
            .series(language.say("95%가 이 안에", "95 % within"), Tone::Attention, of(0.95))
            .read_as(|micros| words::duration(language, micros))
            .source(self.source())
    }

    fn bars(
        &self,
        id: &str,
        titles: (&str, &str, &str),
        sums: &BTreeMap<String, TrafficSums>,
        figure: impl Fn(&TrafficSums) -> u64,
        read: impl Fn(u64) -> String,
    ) -> BarChart {
        let (title, of_names, of_figures) = titles;
        let mut named: Vec<(&str, u64)> = sums.iter().map(|(name, sums)| (name.as_str(), figure(sums))).collect();
        named.sort_by_key(|(name, figure)| (std::cmp::Reverse(*figure), *name));
        let chart = BarChart::new(self.language, id, title, of_names, of_figures).source(self.source());
        named.into_iter().take(MOST_BARS).fold(chart, |chart, (name, figure)| {
            let name = if name.is_empty() {
                self.language.say("모델을 알기 전", "before a model was known")
            } else {
                name
            };
            chart.bar(name, figure as f64, read(figure), Tone::Active)
        })
    }

    fn cost(&self, traffic: &Traffic) -> BarChart {
        let language = self.language;
        let titles = (
            language.say("기관별 비용", "Cost by agency"),
            language.say("기관", "Agency"),
            language.say("비용", "Cost"),
        );
        self.bars("cost", titles, &traffic.by_agency, |sums| sums.microwon, |microwon| words::won(language, microwon))
    }

    fn models(&self, traffic: &Traffic) -> BarChart {
        let language = self.language;
        let titles = (
            language.say("모델별 호출", "Calls by model"),
            language.say("모델", "Model"),
            language.say("호출", "Calls"),
        );
        self.bars("models", titles, &traffic.by_model, |sums| sums.calls, |calls| words::count(language, calls))
    }

    fn rules(&self, traffic: &Traffic) -> Html {
        let language = self.language;
        if traffic.rules.is_empty() {
            return Html::empty();
        }
        let mut chart = BarChart::new(
            language,
            "rules",
            language.say("어떤 규칙이 움직였나", "Which rules fired"),
            language.say("규칙", "Rule"),
            language.say("호출", "Calls"),
        )
        .source(self.source());
        for rule in traffic.rules.iter().take(MOST_BARS) {
            let (did, tone) = match rule.action.as_str() {
                "block" => (language.say("막음", "stopped"), Tone::Bad),
                "ask" => (language.say("확인 요청", "asked"), Tone::Attention),
                "mask" => (language.say("가림", "masked"), Tone::Active),
                _ => (language.say("기록만", "noted"), Tone::Neutral),
            };
            let figure = format!("{} · {did}", words::count(language, rule.calls));
            chart = chart.bar(words::rule(language, &rule.rule), rule.calls as f64, figure, tone);
        }
        Html::empty().and(chart)
    }

    /// How busy each server was: calls at once on average, against what it takes.
    fn servers(&self, traffic: &Traffic, registry: &Registry) -> Html {
        let language = self.language;
        let hours = f64::from(self.query.slot_hours) * f64::from(self.query.slots);
        let mut table = Table::new(language.say("서버와 가속기", "Servers and accelerators"))
            .column(language.say("서버", "Server"))
            .column(language.say("가속기", "Accelerator"))
            .column(language.say("영역", "Zone"))
            .figures(language.say("호출", "Calls"))
            .figures(language.say("실패", "Failed"))
            .figures(language.say("동시 호출 (평균 / 한도)", "At once (average of limit)"))
            .figures(language.say("출력 토큰/초", "Tokens out a second"));
        for backend in &registry.backends {
            let used = traffic.backends.get(&backend.id).cloned().unwrap_or_default();
            let at_once = used.busy_us as f64 / (hours * 3.6e9);
            table = table.row([
                Html::text(&backend.id),
                Html::text(if backend.accelerator.is_empty() { "–" } else { &backend.accelerator }),
                Html::text(words::zone(language, backend.zone)),
                Html::text(&words::count(language, used.calls)),
                Html::text(&words::count(language, used.errors)),
                Html::text(&format!("{at_once:.2} / {}", backend.capacity)),
                Html::text(&format!("{:.1}", used.tokens_out as f64 / (hours * 3_600.0))),
            ]);
        }
        Html::empty().and(table)
    }
}

/// A figure of an axis: whole where it is whole.
fn decimal(language: Language, value: f64) -> String {
    if value.fract() == 0.0 { words::count(language, whole(value)) } else { format!("{value:.1}") }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of calls, not negative")]
fn whole(value: f64) -> u64 {
    value as u64
}

/// The slots as a file.
pub(super) fn csv(traffic: &Traffic) -> String {
    let mut text = String::from(
        "begin,calls,errors,blocked,tokens_in,tokens_out,microwon,masked,first_byte_p50_us,first_byte_p95_us\n",
    );
    for slot in &traffic.slots {
        let sums = &slot.sums;
        let time = |share: f64| sums.first_byte.percentile(share).map(|micros| micros.to_string()).unwrap_or_default();
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{}",
            slot.begin,
            sums.calls,
            sums.errors,
            sums.blocked,
            sums.tokens_in,
            sums.tokens_out,
            sums.microwon,
            sums.masked,
            time(0.5),
            time(0.95)
        );
    }
    text
}
