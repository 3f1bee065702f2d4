//! Keys: who may call which models for what, what they spend, and the forms with which one is given out, changed, replaced, withdrawn.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use jiff::{Timestamp, civil::Date};
use maru_gateway::{
    BudgetLimit, Change, DataClass, KeyScope, Period, Priority, Registry, Spending, Unit, end_of_day, end_of_month,
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Path, Problem, Visitor,
    components::{
        Button, Card, Choice, DefinitionList, Disclosure, EmptyState, Field, Form, Notice, NoticeKind, Table, Tag, Tone,
    },
    in_korea,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Pages,
    parts::{self, Part, Why},
    proposal::whole,
    servers::no_reason,
    words,
};
use crate::{Caller, ServiceError, api::problem};

/// Days for which a key that was replaced holds beside its successor, where nobody says otherwise, and at most.
const USUAL_DAYS: i64 = 14;
const MOST_DAYS: i64 = 90;

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/keys", get(list))
        .route("/models/keys/new", get(new).merge(post(create)))
        .route("/models/keys/{id}", get(one).merge(post(change)))
        .route("/models/keys/{id}/replace", post(replace))
        .route("/models/keys/{id}/withdraw", post(withdraw))
}

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    id: String,
    agency: String,
    system: String,
    purpose: String,
    models: String,
    default_model: String,
    class: String,
    highest_class: String,
    restore: String,
    expires: String,
    per_second: String,
    tokens_day: String,
    tokens_month: String,
    won_day: String,
    won_month: String,
    priority: String,
    cache: String,
    reason: String,
}

/// What was written into the form that replaces a key.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Replacement {
    days: String,
    why_replaced: String,
}

const BUDGETS: [(&str, Unit, Period); 4] = [
    ("tokens_day", Unit::Tokens, Period::Day),
    ("tokens_month", Unit::Tokens, Period::Month),
    ("won_day", Unit::Won, Period::Day),
    ("won_month", Unit::Won, Period::Month),
];

impl Written {
    fn empty() -> Self {
        Self { class: "O".into(), highest_class: "S".into(), restore: "yes".into(), ..Self::default() }
    }

    fn of(key: &KeyScope) -> Self {
        let budget = |unit: Unit, period: Period| {
            let limit = key.budgets.iter().find(|limit| limit.unit == unit && limit.period == period);
            limit.map(|limit| limit.limit.to_string()).unwrap_or_default()
        };
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            id: key.id.clone(),
            agency: key.agency.clone(),
            system: key.system.clone(),
            purpose: key.purpose.clone(),
            models: key.models.join("\n"),
            default_model: key.default_model.clone(),
            class: key.class.letter().to_owned(),
            highest_class: key.highest_class.letter().to_owned(),
            restore: if key.restore { "yes".into() } else { String::new() },
            expires: key.expires.map(|end| last_day(end).to_string()).unwrap_or_default(),
            per_second: number(key.calls_per_second),
            tokens_day: budget(Unit::Tokens, Period::Day),
            tokens_month: budget(Unit::Tokens, Period::Month),
            won_day: budget(Unit::Won, Period::Day),
            won_month: budget(Unit::Won, Period::Month),
            priority: priority_name(key.priority).to_owned(),
            cache: number(key.cache_seconds),
            ..Self::default()
        }
    }

    fn budget(&self, name: &str) -> &str {
        match name {
            "tokens_day" => &self.tokens_day,
            "tokens_month" => &self.tokens_month,
            "won_day" => &self.won_day,
            _ => &self.won_month,
        }
    }

    /// The key that is proposed; of one that is there the hashes stay.
    fn key(&self, before: Option<&KeyScope>, registry: &Registry) -> Result<KeyScope, Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = before.map_or_else(|| self.id.trim(), |key| key.id.as_str());
        if before.is_none() && !parts::is_name(id) {
            errors.push(parts::no_name());
        } else if before.is_none() && registry.keys.iter().any(|known| known.id == id) {
            errors.push(parts::taken());
        }
        for (name, text, korean, english) in [
            ("agency", &self.agency, "이 키를 책임지는 기관을 써 주세요.", "Write the agency that answers for it."),
            ("system", &self.system, "이 키를 쓰는 시스템을 써 주세요.", "Write the system that holds it."),
            ("purpose", &self.purpose, "무엇에 쓰는지 써 주세요.", "Write what it is for."),
        ] {
            if text.trim().is_empty() {
                errors.push(FieldError::new(name, korean, english));
            }
        }
        if self.reason.trim().is_empty() {
            errors.push(no_reason());
        }
        let mut key = before.cloned().unwrap_or_else(|| KeyScope::new(id, "", ""));
        self.agency.trim().clone_into(&mut key.agency);
        self.system.trim().clone_into(&mut key.system);
        self.purpose.trim().clone_into(&mut key.purpose);
        key.models = parts::lines(&self.models);
        self.default_model.trim().clone_into(&mut key.default_model);
        key.class = DataClass::from_letter(&self.class).unwrap_or_default();
        key.highest_class = DataClass::from_letter(&self.highest_class).unwrap_or(DataClass::Sensitive);
        key.restore = self.restore == "yes";
        key.expires = self.read_expiry(&mut errors);
        key.priority = priority_of(&self.priority);
        key.calls_per_second = some_number("per_second", &self.per_second, &mut errors);
        key.cache_seconds = some_number("cache", &self.cache, &mut errors);
        key.budgets = BUDGETS
            .iter()
            .filter(|(name, ..)| !self.budget(name).trim().is_empty())
            .map(|(name, unit, period)| {
                let limit = whole(name, self.budget(name), &mut errors);
                BudgetLimit { unit: *unit, period: *period, limit }
            })
            .collect();
        if errors.is_empty() { Ok(key) } else { Err(errors) }
    }

    fn read_expiry(&self, errors: &mut Vec<FieldError>) -> Option<Timestamp> {
        let text = self.expires.trim();
        if text.is_empty() {
            return None;
        }
        let end = text.parse::<Date>().ok().and_then(end_of_day);
        if end.is_none() {
            let korean = "날짜는 2027-03-31처럼 써 주세요.";
            errors.push(FieldError::new("expires", korean, "Write a date such as 2027-03-31."));
        }
        end
    }
}

impl Replacement {
    /// For how many days the key that is replaced holds on.
    fn days(&self) -> Result<i64, Vec<FieldError>> {
        let mut errors = Vec::new();
        let text = self.days.trim();
        let days = if text.is_empty() { Some(USUAL_DAYS) } else { text.parse().ok() };
        let days = days.filter(|days| (0..=MOST_DAYS).contains(days));
        if days.is_none() {
            let korean = format!("0부터 {MOST_DAYS}까지의 날수를 써 주세요.");
            errors.push(FieldError::new("days", korean, format!("Write a number of days from 0 to {MOST_DAYS}.")));
        }
        if self.why_replaced.trim().is_empty() {
            errors.push(FieldError { field: "why_replaced".into(), ..no_reason() });
        }
        days.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

/// The last day in Korea on which something holds until `end`.
fn last_day(end: Timestamp) -> Date {
    let before = end.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(end);
    in_korea(before).date()
}

fn some_number(name: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<u32> {
    (!text.trim().is_empty()).then(|| whole(name, text, errors))
}

fn priority_of(text: &str) -> Priority {
    match text {
        "high" => Priority::High,
        "low" => Priority::Low,
        _ => Priority::Normal,
    }
}

fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "high",
        Priority::Normal => "normal",
        Priority::Low => "low",
    }
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    let spending = if pages.service.may(&caller, "read-traffic") {
        Some(pages.service.spending(&caller).await.map_err(problem)?)
    } else {
        None
    };
    Ok(list_page(&visitor, &registry, spending.as_deref(), pages.service.may(&caller, "propose-change")))
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    Ok(new_page(&visitor, &Written::empty(), &registry, &[]))
}

async fn create(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let errors = match written.key(None, &registry) {
        Ok(key) => match pages.service.propose_new_key(&caller, key, &written.reason).await {
            Ok((change, secret)) => return Ok(secret_page(&visitor, &written.id, &change, &secret)),
            Err(ServiceError::Refused(refusal)) => vec![words::in_form(&refusal, "id")],
            Err(error) => return Err(problem(error)),
        },
        Err(errors) => errors,
    };
    Ok(new_page(&visitor, &written, &registry, &errors).with_errors())
}

fn known<'a>(registry: &'a Registry, id: &str) -> Result<&'a KeyScope, Problem> {
    registry.keys.iter().find(|key| key.id == id).ok_or_else(Problem::not_found)
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let key = known(&registry, &id)?;
    Ok(one_page(&visitor, key, (&Written::of(key), &Replacement::default()), &registry, &[]))
}

async fn change(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let before = known(&registry, &id)?;
    let errors = match written.key(Some(before), &registry) {
        Ok(key) => match parts::put(&pages, &caller, Change::PutKey(key), &written.reason).await? {
            Ok(response) => return Ok(response),
            Err(errors) => errors,
        },
        Err(errors) => errors,
    };
    let written = (&written, &Replacement::default());
    Ok(one_page(&visitor, before, written, &registry, &errors).with_errors().into_response())
}

async fn replace(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(replacement): Sent<Replacement>,
) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let before = known(&registry, &id)?;
    let errors = match replacement.days() {
        Ok(days) => match pages.service.propose_replacement(&caller, before, days, &replacement.why_replaced).await {
            Ok((change, secret)) => return Ok(secret_page(&visitor, &id, &change, &secret)),
            Err(ServiceError::Refused(refusal)) => vec![words::in_form(&refusal, "days")],
            Err(error) => return Err(problem(error)),
        },
        Err(errors) => errors,
    };
    Ok(one_page(&visitor, before, (&Written::of(before), &replacement), &registry, &errors).with_errors())
}

async fn withdraw(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Response, Problem> {
    parts::take_away(&pages, &visitor, Change::WithdrawKey(id), &why.why).await
}

fn list_page(visitor: &Visitor, registry: &Registry, spending: Option<&[Spending]>, may_propose: bool) -> Page {
    let language = visitor.language;
    let lead = language.say(
        "시스템마다 키가 하나씩 있고, 키마다 용도와 한도가 정해져 있습니다. 키 자체는 어디에도 저장하지 않습니다.",
        "Each system has a key, and each key its purpose and its limits. The keys themselves are kept nowhere.",
    );
    let label = language.say("키 발급 제안", "Propose a key");
    let propose =
        if may_propose { Html::empty().and(Button::primary(label).link("/models/keys/new")) } else { Html::empty() };
    if registry.keys.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 키가 없습니다", "There are no keys yet"),
            language.say(
                "시스템 관리자가 키를 제안하고 다른 사람이 승인하면 여기에 나옵니다.",
                "When an administrator proposes one and another person approves it, it stands here.",
            ),
        );
        return parts::list_page(visitor, Part::Keys, lead, Html::empty().and(empty.action(propose)));
    }
    let mut body = Html::empty().and(keys(visitor, registry, may_propose));
    if let Some(spending) = spending {
        body = body.and(spent(visitor, registry, spending));
    }
    parts::list_page(visitor, Part::Keys, lead, body).actions(propose)
}

fn keys(visitor: &Visitor, registry: &Registry, may_propose: bool) -> Table {
    let language = visitor.language;
    let mut table = Table::new(language.say("키", "Keys"))
        .hidden_caption()
        .column(language.say("키", "Key"))
        .column(language.say("기관과 시스템", "Agency and system"))
        .column(language.say("용도", "Purpose"))
        .column(language.say("쓸 수 있는 모델", "Models"))
        .column(language.say("등급", "Class"))
        .column(language.say("유효 기간", "Holds until"));
    for key in &registry.keys {
        let id = Html::text(&key.id);
        let name = if may_propose { Html::trusted(format!("<a href=\"/models/keys/{id}\">{id}</a>")) } else { id };
        let models = if key.models.is_empty() {
            language.say("승인된 모델 모두", "all approved ones").to_owned()
        } else {
            key.models.join(", ")
        };
        table = table.row([
            name,
            Html::text(&format!("{} · {}", key.agency, key.system)),
            Html::text(&key.purpose),
            Html::text(&models),
            Html::text(words::class(language, key.highest_class)),
            holds_until(visitor, key),
        ]);
    }
    table
}

fn holds_until(visitor: &Visitor, key: &KeyScope) -> Html {
    let language = visitor.language;
    let Some(end) = key.expires else { return Html::text(language.say("정하지 않음", "no end set")) };
    let date = Html::text(&language.date(last_day(end)));
    if key.has_expired(visitor.now) {
        return date.and(Html::text(" ")).and(Tag::new(Tone::Bad, language.say("끝남", "over")));
    }
    date
}

/// What was spent this month by whom for what, and what it comes to.
fn spent(visitor: &Visitor, registry: &Registry, spending: &[Spending]) -> Html {
    let language = visitor.language;
    if spending.is_empty() {
        return Html::empty();
    }
    let until = language.date(end_of_month(visitor.now));
    let mut table = Table::new(language.say("이번 달에 쓴 것", "Spent this month"))
        .column(language.say("기관과 시스템", "Agency and system"))
        .column(language.say("용도", "Purpose"))
        .figures(language.say("호출", "Calls"))
        .figures(language.say("토큰", "Tokens"))
        .figures(language.say("비용", "Cost"))
        .figures(language.pick(format!("{until}까지 예상"), format!("Expected by {until}")))
        .column(language.say("월 한도", "Limit of the month"));
    let limits: BTreeMap<&str, &KeyScope> = registry.keys.iter().map(|key| (key.id.as_str(), key)).collect();
    for one in spending {
        let key = limits.get(one.key.as_str()).copied();
        table = table.row([
            Html::text(&format!("{} · {}", one.agency, one.system)),
            Html::text(&one.purpose),
            Html::text(&words::count(language, one.month.calls)),
            Html::text(&words::count(language, one.month.tokens)),
            Html::text(&words::won(language, one.month.microwon)),
            Html::text(&expected(language, one)),
            limit(language, key, one),
        ]);
    }
    let note = language.say(
        "예상은 지난 7일(7일이 안 되면 지난 날들)처럼 남은 날도 쓴다고 보고 셈합니다. 오늘은 넣지 않습니다.",
        "Expected, if the days that are left go on like the last seven whole days, or as many as there were.",
    );
    Html::empty().and(table).and(Html::paragraphs(note))
}

fn expected(language: Language, one: &Spending) -> String {
    let Some(forecast) = one.forecast else {
        return language.say("아직 알 수 없음", "not known yet").to_owned();
    };
    let (cost, tokens) = (words::won(language, forecast.microwon), words::count(language, forecast.tokens));
    language.pick(format!("{cost}, 토큰 {tokens}개"), format!("{cost}, {tokens} tokens"))
}

/// The limits of the month, and whether what is expected goes beyond one.
fn limit(language: Language, key: Option<&KeyScope>, one: &Spending) -> Html {
    let monthly = key.into_iter().flat_map(|key| &key.budgets).filter(|limit| limit.period == Period::Month);
    let mut html = Html::empty();
    let mut any = false;
    for limit in monthly {
        let (amount, comes_to, said) = match limit.unit {
            Unit::Tokens => {
                let count = words::count(language, limit.limit);
                let said = language.pick(format!("토큰 {count}개"), format!("{count} tokens"));
                (limit.limit, one.forecast.map(|forecast| forecast.tokens), said)
            }
            Unit::Won => {
                let microwon = limit.limit.saturating_mul(1_000_000);
                (microwon, one.forecast.map(|forecast| forecast.microwon), words::won(language, microwon))
            }
        };
        html = html.and(Html::text(if any { ", " } else { "" })).and(Html::text(&said));
        if comes_to.is_some_and(|comes_to| comes_to > amount) {
            let label = language.say("넘을 것으로 보임", "will not last");
            html = html.and(Html::text(" ")).and(Tag::new(Tone::Attention, label));
        }
        any = true;
    }
    if any { html } else { Html::text("–") }
}

fn new_page(visitor: &Visitor, written: &Written, registry: &Registry, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let id = Field::text(language, "id", language.say("이름", "Name"))
        .hint(language.say(
            "기록에 남는 이름입니다. 키 자체가 아닙니다. 예: portal-2027",
            "It stands on records, and is not the key itself: portal-2027.",
        ))
        .longest(80)
        .value(&written.id)
        .errors(errors);
    let fields = Html::empty().and(id).and(fields(language, written, registry, errors));
    let form = Form::post(visitor, "/models/keys/new").body(fields);
    parts::under(visitor, Part::Keys, language.say("키 발급 제안", "Propose a key"))
        .lead(language.say(
            "제안하면 키를 한 번 보여 드립니다. 다른 사람이 승인한 뒤부터 쓸 수 있습니다.",
            "The key is shown once when you propose it. It works as soon as another person approves it.",
        ))
        .body(parts::with_summary(language, errors, form))
}

fn one_page(
    visitor: &Visitor,
    key: &KeyScope,
    (written, replaced): (&Written, &Replacement),
    registry: &Registry,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let form =
        Form::post(visitor, format!("/models/keys/{}", key.id)).body(fields(language, written, registry, errors));
    let body = Html::empty()
        .and(former(language, key))
        .and(parts::with_summary(language, errors, form))
        .and(replacement(visitor, key, replaced, errors))
        .and(parts::withdrawal(
            visitor,
            (format!("/models/keys/{}/withdraw", key.id), None),
            (
                language.say("회수", "Withdraw"),
                language.say(
                    "혼자서도 바로 회수할 수 있습니다. 이 키를 쓰는 시스템은 곧바로 모델을 부를 수 없습니다.",
                    "One person is enough, and it holds at once: the system that holds it can call no model any more.",
                ),
                language.say("지금 회수하기", "Withdraw it now"),
            ),
        ));
    parts::under(visitor, Part::Keys, &key.id).lead(parts::by_two(language)).body(body)
}

/// The key that was replaced, while it holds.
fn former(language: Language, key: &KeyScope) -> Html {
    let Some(former) = &key.former else { return Html::empty() };
    let until = language.date_time(former.until);
    let text = language.pick(
        format!("바꾸기 전의 키도 {until}까지 쓸 수 있습니다."),
        format!("The key that this one replaced holds beside it until {until}."),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Information, &text))
}

fn replacement(visitor: &Visitor, key: &KeyScope, written: &Replacement, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let days = Field::text(
        language,
        "days",
        language.say("앞의 키를 함께 쓰는 날수", "Days for which the present key holds on"),
    )
    .hint(language.pick(
        format!("시스템이 바꿔 끼울 시간입니다. 비우면 {USUAL_DAYS}일, 새어 나갔다면 0을 쓰세요."),
        format!("Time to change over: {USUAL_DAYS} where it is empty. Write 0 where the key went astray."),
    ))
    .optional()
    .input_mode("numeric")
    .longest(3)
    .value(&written.days)
    .errors(errors);
    let reason = Field::text(language, "why_replaced", language.say("바꾸는 까닭", "Why it is replaced"))
        .longest(500)
        .value(&written.why_replaced)
        .errors(errors);
    let form = Form::post(visitor, format!("/models/keys/{}/replace", key.id)).identifier("replace-key").body(
        Html::empty().and(days).and(reason).and(Button::secondary(language.say("새 키 제안하기", "Propose a new key"))),
    );
    let text = language.say(
        "같은 이름과 한도로 새 키를 만듭니다. 승인된 뒤 앞의 키는 정한 날까지만 쓸 수 있습니다.",
        "A new key of the same name and limits. Once it is approved the present one holds for the days that you set.",
    );
    let disclosure = Disclosure::new(language.say("키 바꾸기", "Replace the key"), Html::paragraphs(text).and(form));
    let is_open = errors.iter().any(|error| matches!(error.field.as_str(), "days" | "why_replaced"));
    Html::empty().and(if is_open { disclosure.open() } else { disclosure })
}

fn fields(language: Language, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    whose(language, written, errors)
        .and(which(language, written, registry, errors))
        .and(limits(language, written, errors))
        .and(parts::reason(language, &written.reason, errors))
}

fn whose(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let text = |name: &'static str, label: &str, hint: &str, value: &str| {
        Field::text(language, name, label).hint(hint).longest(120).value(value).errors(errors)
    };
    Html::empty()
        .and(text(
            "agency",
            language.say("기관", "Agency"),
            language.say(
                "이 키를 책임지는 기관입니다. 보안 규칙과 보관 기간이 기관을 따릅니다.",
                "It answers for the key; its rules and retention hold.",
            ),
            &written.agency,
        ))
        .and(text(
            "system",
            language.say("시스템", "System"),
            language.say("이 키를 쓰는 시스템입니다.", "The system that holds the key."),
            &written.system,
        ))
        .and(text(
            "purpose",
            language.say("용도", "Purpose"),
            language.say(
                "무엇에 쓰는지 적습니다. 모든 호출의 기록에 남습니다.",
                "What it is for; it stands on the record of every call.",
            ),
            &written.purpose,
        ))
}

fn which(language: Language, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    let classes = || {
        [DataClass::Open, DataClass::Sensitive, DataClass::Classified]
            .map(|class| Choice::new(class.letter(), words::class(language, class)))
    };
    let names: Vec<&str> = registry.models.iter().map(|model| model.id.as_str()).collect();
    Html::empty()
        .and(
            Field::area(language, "models", language.say("쓸 수 있는 모델", "Models that it may use"))
                .hint(language.pick(
                    format!("한 줄에 하나씩. 끝에 *를 쓰면 그것으로 시작하는 모델 모두입니다. 비우면 승인된 모델 모두입니다. 등록된 모델: {}", names.join(", ")),
                    format!("One a line; * at the end for all that begin so. Empty for all approved ones. Registered: {}", names.join(", ")),
                ))
                .optional()
                .rows(3)
                .value(&written.models)
                .errors(errors),
        )
        .and(
            Field::text(language, "default_model", language.say("모델을 말하지 않은 호출의 모델", "Model of calls that name none"))
                .optional()
                .longest(80)
                .value(&written.default_model),
        )
        .and(
            Field::select(language, "class", language.say("내용의 가장 낮은 등급", "Class that its requests have at least"), classes())
                .hint(language.say(
                    "이 시스템의 내용이 늘 민감하다면 높여 둡니다.",
                    "Raise it where what this system sends is always sensitive.",
                ))
                .value(&written.class),
        )
        .and(
            Field::select(language, "highest_class", language.say("보낼 수 있는 가장 높은 등급", "Highest class that it may send"), classes())
                .value(&written.highest_class),
        )
        .and(
            Field::radios(language, "restore", language.say("가린 개인정보를 답변에 되돌려 주나요?", "Are masked data put back into answers?"), [
                Choice::new("yes", language.say("예", "Yes")),
                Choice::new("", language.say("아니요", "No")),
            ])
            .inline()
            .value(&written.restore),
        )
}

fn limits(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let number = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).optional().input_mode("numeric").longest(20).value(value).errors(errors)
    };
    let label = |name: &str| match name {
        "tokens_day" => language.say("하루 토큰 한도", "Tokens a day"),
        "tokens_month" => language.say("한 달 토큰 한도", "Tokens a month"),
        "won_day" => language.say("하루 비용 한도 (원)", "Won a day"),
        _ => language.say("한 달 비용 한도 (원)", "Won a month"),
    };
    let budgets = BUDGETS
        .iter()
        .fold(Html::empty(), |html, (name, ..)| html.and(number(name, label(name), written.budget(name))));
    let priorities = [
        Choice::new("high", language.say("급함: 사람이 기다림", "High: people wait, and it is urgent")),
        Choice::new("normal", language.say("보통: 사람이 기다림", "Normal: people wait")),
        Choice::new("low", language.say("낮음: 밤에 하는 일", "Low: work of the night")),
    ];
    let priority = if written.priority.is_empty() { "normal" } else { &written.priority };
    Html::empty()
        .and(
            Field::date(language, "expires", language.say("마지막으로 쓸 수 있는 날", "Last day on which it holds"))
                .optional()
                .value(&written.expires)
                .errors(errors),
        )
        .and(budgets)
        .and(number("per_second", language.say("초당 호출 한도", "Calls a second"), &written.per_second))
        .and(
            Field::select(
                language,
                "priority",
                language.say("모델이 붐빌 때의 순서", "Where calls must wait"),
                priorities,
            )
            .value(priority),
        )
        .and(number(
            "cache",
            language.say(
                "같은 질문에 앞의 답을 다시 주는 시간 (초)",
                "Seconds for which the answer to the same request is given again",
            ),
            &written.cache,
        ))
}

/// The key, shown once.
fn secret_page(visitor: &Visitor, id: &str, change: &str, secret: &str) -> Page {
    let language = visitor.language;
    let text = language.say(
        "지금 옮겨 적어 주세요. 이 화면을 떠나면 다시 볼 수 없습니다. 서버에는 지문만 남습니다.",
        "Write it down now. It cannot be shown again once you leave this page: the server keeps a hash alone.",
    );
    let notice = Notice::new(language, NoticeKind::Warning, text)
        .title(language.say("키는 이번 한 번만 보입니다", "The key is shown this once"));
    let shown = Html::trusted("<p><code id=\"new-key\">").and(Html::text(secret)).and(Html::trusted("</code></p>"));
    let copy = Button::secondary(language.say("복사", "Copy")).copies("new-key");
    let next = Button::primary(language.say("제안한 변경 보기", "See what you proposed"))
        .link(format!("/models/changes/{change}"));
    let how = DefinitionList::new()
        .markup(language.say("주소", "Address"), Html::trusted("<code>/ai/v1</code>"))
        .markup(language.say("머리글", "Header"), Html::trusted("<code>Authorization: Bearer …</code>"))
        .text(
            language.say("언제부터", "From when on"),
            language.say("다른 사람이 승인한 때부터", "as soon as another person approves it"),
        );
    let card = Card::new(language.say("새 키", "The new key")).body(shown.and(copy).and(how));
    let title = language.pick(format!("「{id}」의 키"), format!("The key of {id}"));
    parts::under(visitor, Part::Keys, title)
        .personal()
        .body(Html::empty().and(notice).and(card).and(Html::trusted("<p>")).and(next).and(Html::trusted("</p>")))
}
