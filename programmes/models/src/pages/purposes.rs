//! Purposes for which models may be used: what was approved of each, and the form with which an official asks for one.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use jiff::civil::Date;
use maru_gateway::{Change, DataClass, Purpose, Purposes, Registry};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Problem, Query, Visitor,
    components::{Choice, Field, Form, Notice, NoticeKind, Table, Tag, Tone},
    in_korea,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Pages,
    parts::{self, ListWords, Part},
    words,
};
use crate::{Caller, api::problem};

/// The longest name and description, in characters.
const LONGEST_NAME: usize = 80;
const LONGEST_DESCRIPTION: usize = 2_000;

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/purposes", get(list))
        .route("/models/purposes/new", get(new).merge(post(create)))
        .route("/models/purposes/change", get(one).merge(post(change)))
        .route("/models/purposes/withdraw", post(withdraw))
}

/// Which purpose.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Which {
    id: String,
    agency: String,
    why: String,
}

impl Which {
    fn find<'a>(&self, registry: &'a Registry) -> Result<&'a Purpose, Problem> {
        let found = registry.purposes.iter().find(|one| (&one.id, &one.agency) == (&self.id, &self.agency));
        found.ok_or_else(Problem::not_found)
    }
}

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    id: String,
    agency: String,
    description: String,
    models: String,
    class: String,
    high_impact: String,
    until: String,
    reason: String,
}

impl Written {
    fn of(purpose: &Purpose) -> Self {
        Self {
            id: purpose.id.clone(),
            agency: purpose.agency.clone(),
            description: purpose.description.clone(),
            models: purpose.models.join("\n"),
            class: purpose.highest_class.letter().to_owned(),
            high_impact: if purpose.high_impact { "yes".into() } else { String::new() },
            until: purpose.until.map(|day| day.to_string()).unwrap_or_default(),
            reason: String::new(),
        }
    }

    fn purpose(&self, registry: &Registry, is_new: bool) -> Result<Purpose, Vec<FieldError>> {
        let mut errors = Vec::new();
        let (id, agency) = (self.id.trim(), self.agency.trim());
        let fits = |text: &str, longest: usize| (1..=longest).contains(&text.trim().chars().count());
        if !fits(id, LONGEST_NAME) {
            let korean = format!("용도의 이름을 {LONGEST_NAME}자까지 써 주세요.");
            errors.push(FieldError::new(
                "id",
                korean,
                format!("Name the purpose in at most {LONGEST_NAME} characters."),
            ));
        } else if is_new && registry.purposes.iter().any(|one| one.id == id && one.agency == agency) {
            errors.push(parts::taken());
        }
        if !fits(&self.description, LONGEST_DESCRIPTION) {
            let korean = format!("무엇을 하는지 {LONGEST_DESCRIPTION}자까지 써 주세요.");
            let english = format!("Say what is done in at most {LONGEST_DESCRIPTION} characters.");
            errors.push(FieldError::new("description", korean, english));
        }
        parts::check_reason("reason", &self.reason, &mut errors);
        let models = parts::lines(&self.models);
        let unknown = models.iter().find(|name| !name.ends_with('*') && registry.model(name).is_none());
        if let Some(name) = unknown {
            let korean = format!("등록되지 않은 모델입니다: {name}");
            errors.push(FieldError::new("models", korean, format!("This model is not registered: {name}")));
        }
        let until = self.until.trim();
        let day = until.parse::<Date>().ok();
        if !until.is_empty() && day.is_none() {
            let korean = "날짜는 2027-03-31처럼 써 주세요.";
            errors.push(FieldError::new("until", korean, "Write a date such as 2027-03-31."));
        }
        let purpose = Purpose {
            id: id.to_owned(),
            agency: agency.to_owned(),
            description: self.description.trim().replace("\r\n", "\n"),
            models,
            highest_class: DataClass::from_letter(&self.class).unwrap_or_default(),
            high_impact: self.high_impact == "yes",
            until: day,
        };
        if errors.is_empty() { Ok(purpose) } else { Err(errors) }
    }
}

/// Only who may ask for a purpose goes on.
async fn registry_for_asking(pages: &Pages, visitor: &Visitor) -> Result<(Caller, Registry), Problem> {
    visitor.signed_in()?;
    let caller = Caller::from(visitor);
    if !pages.service.may(&caller, "propose-purpose") {
        return Err(Problem::forbidden());
    }
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok((caller, registry))
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok(list_page(&visitor, &registry, pages.service.may(&caller, "propose-purpose")))
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let (_, registry) = registry_for_asking(&pages, &visitor).await?;
    let written = Written { class: "O".into(), ..Written::default() };
    Ok(form_page(&visitor, &registry, &written, (true, false), &[]))
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Query(which): Query<Which>) -> Result<Page, Problem> {
    let (caller, registry) = registry_for_asking(&pages, &visitor).await?;
    let written = Written::of(which.find(&registry)?);
    let may_withdraw = pages.service.may(&caller, "propose-change");
    Ok(form_page(&visitor, &registry, &written, (false, may_withdraw), &[]))
}

async fn create(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    asked(&pages, &visitor, &written, true).await
}

async fn change(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    asked(&pages, &visitor, &written, false).await
}

async fn asked(pages: &Pages, visitor: &Visitor, written: &Written, is_new: bool) -> Result<Response, Problem> {
    let (caller, registry) = registry_for_asking(pages, visitor).await?;
    if !is_new {
        let which = Which { id: written.id.clone(), agency: written.agency.clone(), why: String::new() };
        which.find(&registry)?;
    }
    let wanted = written.purpose(&registry, is_new).map(Change::PutPurpose);
    let errors = match parts::propose(pages, &caller, wanted, &written.reason).await? {
        Ok(response) => return Ok(response),
        Err(errors) => errors,
    };
    let may_withdraw = pages.service.may(&caller, "propose-change");
    Ok(form_page(visitor, &registry, written, (is_new, may_withdraw), &errors).with_errors().into_response())
}

async fn withdraw(Of(pages): Of<Pages>, visitor: Visitor, Sent(which): Sent<Which>) -> Result<Response, Problem> {
    let Which { id, agency, why } = which;
    parts::take_away(&pages, &visitor, Change::WithdrawPurpose { agency, id }, &why).await
}

fn change_address(purpose: &Purpose) -> String {
    let mut address = form_urlencoded::Serializer::new("/models/purposes/change?".to_owned());
    address.append_pair("id", &purpose.id).append_pair("agency", &purpose.agency);
    address.finish()
}

fn list_page(visitor: &Visitor, registry: &Registry, may_ask: bool) -> Page {
    let language = visitor.language;
    let words = ListWords {
        lead: language.say(
            "인공지능을 무엇에 쓸 수 있는지 정해 둔 것입니다. 공무원이 신청하고 다른 사람이 승인합니다.",
            "What AI may be used for. An official asks for it, and another person approves.",
        ),
        propose: language.say("새 용도 신청", "Ask for a purpose"),
        nothing: language.say("아직 등록된 용도가 없습니다", "No purpose is registered yet"),
        how: language.say(
            "공무원이 신청하고 다른 사람이 승인하면 여기에 나옵니다.",
            "When an official asks for one and another person approves it, it stands here.",
        ),
    };
    let notice = Html::empty().and(must_be_registered(language, registry));
    let table = (!registry.purposes.is_empty()).then(|| Html::empty().and(purposes(visitor, registry, may_ask)));
    parts::listed(visitor, Part::Purposes, &words, (notice, table), may_ask)
}

fn purposes(visitor: &Visitor, registry: &Registry, may_ask: bool) -> Table {
    let language = visitor.language;
    let mut table = Table::new(language.say("용도", "Purposes"))
        .hidden_caption()
        .column(language.say("용도", "Purpose"))
        .column(language.say("기관", "Agency"))
        .column(language.say("무엇을 하나", "What is done"))
        .column(language.say("쓸 수 있는 모델", "Models"))
        .column(language.say("등급", "Class"))
        .column(language.say("마지막 날", "Last day"))
        .figures(language.say("키", "Keys"));
    for purpose in &registry.purposes {
        let name = Html::text(&purpose.id);
        let name = if may_ask {
            let address = Html::text(&change_address(purpose));
            Html::trusted(format!("<a href=\"{address}\">{name}</a>"))
        } else {
            name
        };
        let of = |key: &&maru_gateway::KeyScope| registry.purpose(&key.agency, &key.purpose) == Some(purpose);
        let keys = registry.keys.iter().filter(of).count();
        let all = language.say("승인된 모델 모두", "all approved ones").to_owned();
        table = table.row([
            name.and(high_impact(language, purpose)),
            Html::text(if purpose.agency.is_empty() { language.say("모든 기관", "all") } else { &purpose.agency }),
            Html::text(&purpose.description),
            Html::text(&if purpose.models.is_empty() { all } else { purpose.models.join(", ") }),
            Html::text(words::class(language, purpose.highest_class)),
            last_day(visitor, purpose),
            Html::text(&keys.to_string()),
        ]);
    }
    table
}

/// Whether the rules want purposes registered, and which keys have none then.
fn must_be_registered(language: Language, registry: &Registry) -> Notice {
    let unregistered: Vec<&str> = registry
        .keys
        .iter()
        .filter(|key| registry.purpose(&key.agency, &key.purpose).is_none())
        .map(|key| key.id.as_str())
        .collect();
    let names = unregistered.join(", ");
    let text = match (registry.policy.purposes == Purposes::Registered, unregistered.is_empty()) {
        (true, true) => language.say("등록된 용도에만 모델을 쓸 수 있습니다.", "Models may be used for registered purposes alone.").to_owned(),
        (true, false) => language.pick(
            format!("등록된 용도에만 모델을 쓸 수 있어, 용도가 등록되지 않은 키의 호출은 거절됩니다: {names}"),
            format!("Models may be used for registered purposes alone: calls of keys without one are refused ({names})."),
        ),
        (false, true) => language
            .say(
                "모든 키의 용도가 등록되어 있습니다. 보안 규칙에서 등록된 용도만 받도록 정할 수 있습니다.",
                "The purpose of every key is registered. The rules can be set to take registered ones alone.",
            )
            .to_owned(),
        (false, false) => language.pick(
            format!("용도가 등록되지 않은 키도 쓸 수 있습니다: {names}. 보안 규칙에서 등록된 용도만 받도록 정할 수 있습니다."),
            format!("Keys whose purpose is not registered may be used too: {names}. The rules can be set otherwise."),
        ),
    };
    let is_wrong = registry.policy.purposes == Purposes::Registered && !unregistered.is_empty();
    Notice::new(language, if is_wrong { NoticeKind::Warning } else { NoticeKind::Information }, &text)
}

fn high_impact(language: Language, purpose: &Purpose) -> Html {
    if !purpose.high_impact {
        return Html::empty();
    }
    Html::text(" ").and(Tag::new(Tone::Attention, language.say("고영향", "high impact")))
}

fn last_day(visitor: &Visitor, purpose: &Purpose) -> Html {
    let language = visitor.language;
    let Some(day) = purpose.until else { return Html::text(language.say("정하지 않음", "no end set")) };
    let date = Html::text(&language.date(day));
    if day < in_korea(visitor.now).date() {
        return date.and(Html::text(" ")).and(Tag::new(Tone::Bad, language.say("끝남", "over")));
    }
    date
}

fn form_page(
    visitor: &Visitor,
    registry: &Registry,
    written: &Written,
    (is_new, may_withdraw): (bool, bool),
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let title = if is_new {
        language.say("새 용도 신청", "Ask for a purpose").to_owned()
    } else {
        language.pick(format!("「{}」 변경 신청", written.id), format!("Ask for a change of {}", written.id))
    };
    let mut form = Form::post(visitor, if is_new { "/models/purposes/new" } else { "/models/purposes/change" });
    let mut fields = Html::empty();
    if is_new {
        fields = fields.and(names(language, written, errors));
    } else {
        form = form.hidden("id", &written.id).hidden("agency", &written.agency);
    }
    let fields =
        fields.and(what(language, written, registry, errors)).and(parts::reason(language, &written.reason, errors));
    let mut body = parts::with_summary(language, errors, form.body(fields));
    if !is_new && may_withdraw {
        body = body.and(withdrawal(visitor, written));
    }
    parts::under(visitor, Part::Purposes, title).lead(parts::by_two(language)).body(body)
}

fn withdrawal(visitor: &Visitor, written: &Written) -> Html {
    let language = visitor.language;
    let hidden = [("id", written.id.as_str()), ("agency", written.agency.as_str())];
    parts::withdrawal(
        visitor,
        ("/models/purposes/withdraw".to_owned(), &hidden),
        (
            language.say("용도 철회", "Withdraw it"),
            language.say(
                "등록된 용도만 받는 기관에서는 이 용도의 키를 더 쓸 수 없게 됩니다. 다른 사람이 승인해야 합니다.",
                "Where registered purposes alone are taken, its keys can be used no more. Another person must approve it.",
            ),
            language.say("제안하기", "Propose it"),
        ),
    )
}

fn names(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    Html::empty()
        .and(
            Field::text(language, "id", language.say("용도의 이름", "Name of the purpose"))
                .hint(language.say(
                    "키에 같은 이름을 씁니다. 예: 민원 답변 초안",
                    "Its keys carry the same name: inquiry drafts.",
                ))
                .longest(LONGEST_NAME)
                .value(&written.id)
                .errors(errors),
        )
        .and(
            Field::text(language, "agency", language.say("기관", "Agency"))
                .hint(language.say("비우면 모든 기관의 용도입니다.", "Empty for a purpose of every agency."))
                .optional()
                .longest(120)
                .value(&written.agency)
                .errors(errors),
        )
}

fn what(language: Language, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    let known: Vec<&str> = registry.models.iter().map(|model| model.id.as_str()).collect();
    let classes = [DataClass::Open, DataClass::Sensitive, DataClass::Classified]
        .map(|class| Choice::new(class.letter(), words::class(language, class)));
    Html::empty()
        .and(
            Field::area(language, "description", language.say("무엇을 하나요?", "What is done?"))
                .hint(language.say(
                    "누구를 위해, 누구의 정보로, 결과를 누가 확인하는지 적어 주세요. 기록에 남으니 개인정보는 쓰지 마세요.",
                    "For whom, with whose data, and who checks what comes out. It stays on the record: write nothing personal.",
                ))
                .rows(5)
                .value(&written.description)
                .errors(errors),
        )
        .and(
            Field::area(language, "models", language.say("쓸 모델", "Models"))
                .hint(language.pick(
                    format!("한 줄에 하나씩. 끝에 *를 쓸 수 있습니다. 비우면 승인된 모델 모두입니다. 등록된 모델: {}", known.join(", ")),
                    format!("One a line; * at the end for all that begin so. Empty for all approved ones. Registered: {}", known.join(", ")),
                ))
                .optional()
                .rows(3)
                .value(&written.models)
                .errors(errors),
        )
        .and(
            Field::select(language, "class", language.say("보낼 내용의 가장 높은 등급", "Highest class that is sent"), classes)
                .value(&written.class),
        )
        .and(
            Field::radios(
                language,
                "high_impact",
                language.say("사람의 권리나 안전에 큰 영향을 주는 결정에 쓰나요?", "Is it used in decisions that weigh on people's rights or safety?"),
                [Choice::new("", language.say("아니요", "No")), Choice::new("yes", language.say("예", "Yes"))],
            )
            .hint(language.say(
                "인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 제2조제4호의 고영향 인공지능입니다. 영향평가를 먼저 해 주세요.",
                "That is high-impact AI (AI Basic Act, article 2(4)): assess it first.",
            ))
            .inline()
            .value(&written.high_impact),
        )
        .and(
            Field::date(language, "until", language.say("마지막 날", "Last day"))
                .optional()
                .value(&written.until)
                .errors(errors),
        )
}
