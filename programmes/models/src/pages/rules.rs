//! The rules that stand before and after every model: those for all agencies, those of one, and what others would have done with the
//! calls on the record.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use maru_gateway::{
    Action, Change, DryRun, PolicySettings, Purposes, Registry, Stores, Topic, injection_rules, unsafe_categories,
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Problem, Query, Visitor,
    components::{Button, Card, Choice, DefinitionList, Disclosure, Field, Form, Notice, NoticeKind, Table, Tag, Tone},
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
use crate::{Caller, api::problem, service::DAYS_TRIED};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/rules", get(list))
        .route("/models/rules/change", get(one).merge(post(change)))
        .route("/models/rules/try", post(try_them))
        .route("/models/rules/withdraw", post(withdraw))
}

/// Whose rules.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Whose {
    /// The agency; empty for the rules of all.
    agency: String,
    /// Rules of one more agency are begun.
    new: String,
}

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    agency: String,
    /// The agency stands in a field, because its rules begin here.
    new: String,
    personal_data: String,
    secrets: String,
    leaked_personal_data: String,
    leaked_secrets: String,
    ungrounded: String,
    broken_schema: String,
    injection: String,
    unsafe_content: String,
    topics: String,
    masked_open: String,
    screened_bytes: String,
    largest_request: String,
    keep: String,
    months: String,
    stores: String,
    record_first: String,
    purposes_only: String,
    hold_back: String,
    hold_millis: String,
    reason: String,
}

fn action_of(text: &str) -> Option<Action> {
    [Action::Observe, Action::Mask, Action::Ask, Action::Block].into_iter().find(|action| action.as_str() == text)
}

fn action_words(language: Language, action: Action) -> &'static str {
    match action {
        Action::Observe => language.say("기록만", "Note it"),
        Action::Mask => language.say("가림", "Mask it"),
        Action::Ask => language.say("확인 요청", "Ask the caller"),
        Action::Block => language.say("막음", "Stop it"),
    }
}

fn yes(is_so: bool) -> String {
    if is_so { "yes".to_owned() } else { String::new() }
}

/// Lines of a name and what it does.
fn pairs(map: &BTreeMap<String, Action>) -> String {
    map.iter().map(|(name, action)| format!("{name} {}", action.as_str())).collect::<Vec<_>>().join("\n")
}

impl Written {
    fn of(agency: &str, policy: &PolicySettings) -> Self {
        let act = |action: Action| action.as_str().to_owned();
        let topic = |topic: &Topic| format!("{} {} {}", topic.id, topic.action.as_str(), topic.words.join(", "));
        Self {
            agency: agency.to_owned(),
            new: String::new(),
            personal_data: act(policy.personal_data),
            secrets: act(policy.secrets),
            leaked_personal_data: act(policy.leaked_personal_data),
            leaked_secrets: act(policy.leaked_secrets),
            ungrounded: act(policy.ungrounded),
            broken_schema: act(policy.broken_schema),
            injection: pairs(&policy.injection),
            unsafe_content: pairs(&policy.unsafe_content),
            topics: policy.topics.iter().map(topic).collect::<Vec<_>>().join("\n"),
            masked_open: yes(policy.masked_counts_as_open),
            screened_bytes: policy.screened_bytes.to_string(),
            largest_request: policy.largest_request.to_string(),
            keep: yes(policy.keep_contents),
            months: policy.retention_months.map(|months| months.to_string()).unwrap_or_default(),
            stores: stores_name(policy.stores).to_owned(),
            record_first: yes(policy.record_first),
            purposes_only: yes(policy.purposes == Purposes::Registered),
            hold_back: policy.hold_back.to_string(),
            hold_millis: policy.hold_back_millis.to_string(),
            reason: String::new(),
        }
    }

    /// The rules as they are written.
    fn policy(&self) -> Result<PolicySettings, Vec<FieldError>> {
        let mut errors = Vec::new();
        let usual = PolicySettings::default();
        let act = |text: &str, usual: Action| action_of(text).unwrap_or(usual);
        let known_rules = injection_rules();
        let known_categories = unsafe_categories();
        let policy = PolicySettings {
            personal_data: act(&self.personal_data, usual.personal_data),
            secrets: act(&self.secrets, usual.secrets),
            leaked_personal_data: act(&self.leaked_personal_data, usual.leaked_personal_data),
            leaked_secrets: act(&self.leaked_secrets, usual.leaked_secrets),
            ungrounded: act(&self.ungrounded, usual.ungrounded),
            broken_schema: act(&self.broken_schema, usual.broken_schema),
            injection: read_pairs("injection", &self.injection, &known_rules, &mut errors),
            unsafe_content: read_pairs("unsafe_content", &self.unsafe_content, &known_categories, &mut errors),
            topics: read_topics(&self.topics, &mut errors),
            masked_counts_as_open: self.masked_open == "yes",
            screened_bytes: number("screened_bytes", &self.screened_bytes, usual.screened_bytes, &mut errors),
            largest_request: number("largest_request", &self.largest_request, usual.largest_request, &mut errors),
            keep_contents: self.keep == "yes",
            retention_months: (!self.months.trim().is_empty()).then(|| whole("months", &self.months, &mut errors)),
            stores: stores_of(&self.stores),
            record_first: self.record_first == "yes",
            purposes: if self.purposes_only == "yes" { Purposes::Registered } else { Purposes::Any },
            hold_back: number("hold_back", &self.hold_back, usual.hold_back, &mut errors),
            hold_back_millis: number("hold_millis", &self.hold_millis, usual.hold_back_millis, &mut errors),
        };
        if errors.is_empty() { Ok(policy) } else { Err(errors) }
    }

    fn change(&self, policy: PolicySettings) -> Change {
        match self.agency.trim() {
            "" => Change::PutPolicy(policy),
            agency => Change::PutAgencyPolicy { agency: agency.to_owned(), policy: Box::new(policy) },
        }
    }
}

fn number<T: std::str::FromStr + Default>(name: &str, text: &str, usual: T, errors: &mut Vec<FieldError>) -> T {
    if text.trim().is_empty() { usual } else { whole(name, text, errors) }
}

fn stores_of(text: &str) -> Stores {
    match text {
        "never" => Stores::Never,
        "usual" => Stores::Usual,
        _ => Stores::Asked,
    }
}

fn stores_name(stores: Stores) -> &'static str {
    match stores {
        Stores::Never => "never",
        Stores::Asked => "asked",
        Stores::Usual => "usual",
    }
}

/// Reads lines of a name and what it does; names must be known, and `all` names all of them.
fn read_pairs(
    field: &str,
    text: &str,
    known: &[(&str, Action)],
    errors: &mut Vec<FieldError>,
) -> BTreeMap<String, Action> {
    let mut read = BTreeMap::new();
    for line in parts::lines(text) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let pair = match parts[..] {
            [name, action] if name == "all" || known.iter().any(|(known, _)| *known == name) => {
                action_of(action).map(|action| (name.to_owned(), action))
            }
            _ => None,
        };
        match pair {
            Some((name, action)) => drop(read.insert(name, action)),
            None => errors.push(FieldError::new(
                field,
                format!("이 줄을 읽을 수 없습니다: {line}. 이름과 observe, mask, ask, block 가운데 하나를 써 주세요."),
                format!("This line cannot be read: {line}. Write a name and one of observe, mask, ask and block."),
            )),
        }
    }
    read
}

fn read_topics(text: &str, errors: &mut Vec<FieldError>) -> Vec<Topic> {
    let mut topics = Vec::new();
    for line in parts::lines(text) {
        let mut parts = line.splitn(3, char::is_whitespace);
        let (id, action, words) = (parts.next(), parts.next().and_then(action_of), parts.next());
        let words: Vec<String> = words
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        match (id, action) {
            (Some(id), Some(action)) if !words.is_empty() => topics.push(Topic { id: id.to_owned(), words, action }),
            _ => errors.push(FieldError::new(
                "topics",
                format!("이 줄을 읽을 수 없습니다: {line}. 이름, 할 일, 쉼표로 나눈 낱말을 써 주세요."),
                format!("This line cannot be read: {line}. Write a name, what happens, and words with commas between."),
            )),
        }
    }
    topics
}

/// The rules that hold for an agency, or for all where none is named.
fn rules_of<'a>(registry: &'a Registry, agency: &str) -> &'a PolicySettings {
    registry.agency_policies.get(agency).unwrap_or(&registry.policy)
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok(list_page(&visitor, &registry, pages.service.may(&caller, "propose-change")))
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Query(whose): Query<Whose>) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    if !whose.agency.is_empty() && !registry.agency_policies.contains_key(&whose.agency) {
        return Err(Problem::not_found());
    }
    let written = Written { new: whose.new, ..Written::of(&whose.agency, rules_of(&registry, &whose.agency)) };
    Ok(form_page(&visitor, &registry, &written, None, &[]))
}

/// What is wrong with rules that are to be proposed, beside what cannot be read.
fn wrong_in(written: &Written) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !written.new.is_empty() && written.agency.trim().is_empty() {
        let korean = "기관의 이름을 키에 쓴 그대로 써 주세요.";
        errors.push(FieldError::new("agency", korean, "Write the agency's name as its keys write it."));
    }
    if written.reason.trim().is_empty() {
        errors.push(no_reason());
    }
    errors
}

async fn change(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let mut errors = wrong_in(&written);
    match written.policy() {
        Ok(policy) if errors.is_empty() => {
            match parts::put(&pages, &caller, written.change(policy), &written.reason).await? {
                Ok(response) => return Ok(response),
                Err(refused) => errors = refused,
            }
        }
        Ok(_) => {}
        Err(unreadable) => errors.extend(unreadable),
    }
    Ok(form_page(&visitor, &registry, &written, None, &errors).with_errors().into_response())
}

/// What these rules would have done with the calls of the last days.
async fn try_them(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let policy = match written.policy() {
        Ok(policy) => policy,
        Err(errors) => return Ok(form_page(&visitor, &registry, &written, None, &errors).with_errors()),
    };
    let agency = Some(written.agency.trim()).filter(|agency| !agency.is_empty());
    let report = pages.service.try_rules(&caller, &policy, agency).await.map_err(problem)?;
    Ok(form_page(&visitor, &registry, &written, Some(&report), &[]))
}

async fn withdraw(Of(pages): Of<Pages>, visitor: Visitor, Sent(why): Sent<Why>) -> Result<Response, Problem> {
    parts::take_away(&pages, &visitor, Change::WithdrawAgencyPolicy(why.of), &why.why).await
}

fn list_page(visitor: &Visitor, registry: &Registry, may_propose: bool) -> Page {
    let language = visitor.language;
    let lead = language.say(
        "모델에 보내기 전과 답을 받은 뒤에 무엇을 찾아 어떻게 하는지 정합니다. 기관마다 따로 둘 수 있습니다.",
        "What is looked for before a text leaves for a model and after it answers, and what happens then. An agency may have its own.",
    );
    let all = language.say("모든 기관", "All agencies");
    let mut body = summary(language, all, &registry.policy, may_propose.then(|| "/models/rules/change".to_owned()));
    for (agency, policy) in &registry.agency_policies {
        let mut address = form_urlencoded::Serializer::new("/models/rules/change?".to_owned());
        address.append_pair("agency", agency);
        body = body.and(summary(language, agency, policy, may_propose.then(|| address.finish())));
    }
    let page = parts::list_page(visitor, Part::Rules, lead, body);
    if !may_propose {
        return page;
    }
    let label = language.say("한 기관의 규칙 따로 정하기", "Rules of one agency");
    page.actions(Html::empty().and(Button::secondary(label).link("/models/rules/change?new=yes")))
}

fn summary(language: Language, whose: &str, policy: &PolicySettings, change: Option<String>) -> Html {
    let act = |action: Action| action_words(language, action);
    let kept = match (policy.keep_contents, policy.retention_months) {
        (false, _) => language.say("보관하지 않음", "not kept").to_owned(),
        (true, Some(months)) => {
            language.pick(format!("그달 뒤 {months}개월"), format!("{months} months after the month"))
        }
        (true, None) => language.say("기간을 정하지 않음", "no end set").to_owned(),
    };
    let own = |map: &BTreeMap<String, Action>| {
        let said: Vec<String> = map.iter().map(|(name, action)| format!("{name}: {}", act(*action))).collect();
        if said.is_empty() { language.say("처음 정해진 대로", "as shipped").to_owned() } else { said.join(", ") }
    };
    let topics: Vec<String> =
        policy.topics.iter().map(|topic| format!("{}: {}", topic.id, act(topic.action))).collect();
    let topics = if topics.is_empty() { language.say("없음", "none").to_owned() } else { topics.join(", ") };
    let list = DefinitionList::new()
        .text(language.say("요청의 개인정보", "Personal data in requests"), act(policy.personal_data))
        .text(language.say("요청의 비밀값", "Secrets in requests"), act(policy.secrets))
        .text(language.say("답변의 개인정보", "Personal data in answers"), act(policy.leaked_personal_data))
        .text(language.say("답변의 비밀값", "Secrets in answers"), act(policy.leaked_secrets))
        .text(language.say("명령 주입", "Injection"), &own(&policy.injection))
        .text(language.say("유해한 답변", "Unsafe answers"), &own(&policy.unsafe_content))
        .text(language.say("금지한 주제", "Forbidden topics"), &topics)
        .text(language.say("근거 없는 답변", "Answers without grounds"), act(policy.ungrounded))
        .text(language.say("가린 내용의 보관", "Masked texts are kept"), &kept);
    let mut card = Card::new(whose).body(Html::empty().and(list));
    if let Some(address) = change {
        card = card
            .actions(Html::empty().and(Button::secondary(language.say("변경 제안", "Propose a change")).link(address)));
    }
    Html::empty().and(card)
}

fn form_page(
    visitor: &Visitor,
    registry: &Registry,
    written: &Written,
    report: Option<&DryRun>,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let is_new = !written.new.is_empty();
    let title = if is_new {
        language.say("한 기관의 규칙 제안", "Propose rules of one agency").to_owned()
    } else if written.agency.is_empty() {
        language.say("모든 기관의 규칙 변경 제안", "Propose other rules for all agencies").to_owned()
    } else {
        language.pick(
            format!("「{}」의 규칙 변경 제안", written.agency),
            format!("Propose other rules of {}", written.agency),
        )
    };
    let mut form = Form::post(visitor, "/models/rules/change");
    let mut fields = Html::empty();
    if is_new {
        form = form.hidden("new", "yes");
        let field = Field::text(language, "agency", language.say("기관", "Agency"))
            .hint(language.say("키에 쓴 이름 그대로 씁니다.", "As its keys write it."));
        fields = fields.and(field.longest(120).value(&written.agency).errors(errors));
    } else {
        form = form.hidden("agency", &written.agency);
    }
    let fields = fields
        .and(actions(language, written))
        .and(lists(language, written, errors))
        .and(keeping(language, written, errors))
        .and(limits(language, written, errors));
    let try_it = Button::secondary(language.say("지난 호출에 대어 보기", "Try them on past calls"))
        .sends_to("/models/rules/try");
    let fields = fields.and(parts::reason(language, &written.reason, errors)).and(Html::text(" ")).and(try_it);
    let mut body = Html::empty();
    if let Some(report) = report {
        body = body.and(tried(language, report));
    }
    body = body.and(parts::with_summary(language, errors, form.body(fields)));
    if !is_new && registry.agency_policies.contains_key(&written.agency) {
        body = body.and(parts::withdrawal(
            visitor,
            ("/models/rules/withdraw".to_owned(), Some(written.agency.as_str())),
            (
                language.say("따로 두지 않기", "Give them up"),
                language.say(
                    "모든 기관의 규칙을 다시 따릅니다. 더 느슨해질 수 있으므로 다른 사람이 승인해야 합니다.",
                    "The rules of all agencies hold again. They may be looser, so that another person must approve it.",
                ),
                language.say("제안하기", "Propose it"),
            ),
        ));
    }
    parts::under(visitor, Part::Rules, title).lead(parts::by_two(language)).body(body)
}

fn actions(language: Language, written: &Written) -> Html {
    let select = |name: &'static str, label: &str, value: &str| {
        let choices = [Action::Observe, Action::Mask, Action::Ask, Action::Block]
            .map(|action| Choice::new(action.as_str(), action_words(language, action)));
        Field::select(language, name, label, choices).value(value)
    };
    // What comes back cannot be confirmed by whoever asked.
    let select_after = |name: &'static str, label: &str, value: &str| {
        let choices = [Action::Observe, Action::Mask, Action::Block]
            .map(|action| Choice::new(action.as_str(), action_words(language, action)));
        Field::select(language, name, label, choices).value(value)
    };
    let judged = |name: &'static str, label: &str, value: &str| {
        let choices =
            [Action::Observe, Action::Block].map(|action| Choice::new(action.as_str(), action_words(language, action)));
        Field::select(language, name, label, choices).value(value)
    };
    Html::empty()
        .and(select(
            "personal_data",
            language.say("요청의 개인정보", "Personal data in requests"),
            &written.personal_data,
        ))
        .and(select(
            "secrets",
            language.say("요청의 비밀값(키·비밀번호)", "Secrets in requests (keys, passwords)"),
            &written.secrets,
        ))
        .and(select_after(
            "leaked_personal_data",
            language.say("답변에 나온 개인정보", "Personal data in answers"),
            &written.leaked_personal_data,
        ))
        .and(select_after(
            "leaked_secrets",
            language.say("답변에 나온 비밀값", "Secrets in answers"),
            &written.leaked_secrets,
        ))
        .and(judged("ungrounded", language.say("근거 없는 답변", "Answers without grounds"), &written.ungrounded))
        .and(judged(
            "broken_schema",
            language.say("형식에 맞지 않는 답변", "Answers that break their schema"),
            &written.broken_schema,
        ))
}

fn lists(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let named = |known: Vec<(&str, Action)>| {
        let mut said = String::new();
        for (name, action) in known {
            let _ = write!(said, "{}{name} ({})", if said.is_empty() { "" } else { ", " }, action.as_str());
        }
        said
    };
    let (rules, categories) = (named(injection_rules()), named(unsafe_categories()));
    Html::empty()
        .and(
            Field::area(
                language,
                "injection",
                language.say("명령 주입 규칙 가운데 달리 정할 것", "Rules of injection that are to act otherwise"),
            )
            .hint(language.pick(
                format!("한 줄에 하나씩, 이름과 할 일(observe, ask, block). all은 모두입니다. 규칙: {rules}"),
                format!("One a line: a name and what happens (observe, ask, block); all names all. Rules: {rules}"),
            ))
            .optional()
            .rows(3)
            .value(&written.injection)
            .errors(errors),
        )
        .and(
            Field::area(
                language,
                "unsafe_content",
                language.say("유해한 답변 가운데 달리 정할 것", "Unsafe answers that are to be treated otherwise"),
            )
            .hint(language.pick(
                format!("한 줄에 하나씩, 이름과 할 일(observe, mask, block). 갈래: {categories}"),
                format!("One a line: a name and what happens (observe, mask, block). Categories: {categories}"),
            ))
            .optional()
            .rows(3)
            .value(&written.unsafe_content)
            .errors(errors),
        )
        .and(
            Field::area(language, "topics", language.say("금지한 주제", "Forbidden topics"))
                .hint(language.say(
                    "한 줄에 하나씩, 이름, 할 일, 모두 나와야 하는 낱말. 예: elections ask 선거, 전망",
                    "One a line: a name, what happens, words that must all occur, such as: elections ask 선거, 전망",
                ))
                .optional()
                .rows(3)
                .value(&written.topics)
                .errors(errors),
        )
}

fn yes_or_no(language: Language, name: &'static str, label: &str, value: &str) -> Field {
    let choices = [Choice::new("yes", language.say("예", "Yes")), Choice::new("", language.say("아니요", "No"))];
    Field::radios(language, name, label, choices).inline().value(value)
}

fn keeping(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let stores = [
        Choice::new("never", language.say("보관하지 않음", "Never")),
        Choice::new("asked", language.say("부르는 쪽이 원할 때만", "Where the caller asks for it")),
        Choice::new("usual", language.say("원하지 않는다고 하지 않으면 보관", "Unless the caller asks that it is not")),
    ];
    Html::empty()
        .and(yes_or_no(
            language,
            "keep",
            language.say("가린 내용을 봉인해 보관하나요?", "Are masked texts kept, sealed?"),
            &written.keep,
        ))
        .and(
            Field::text(
                language,
                "months",
                language.say("그달 뒤 보관하는 달수", "Months for which they are kept after the month"),
            )
            .hint(language.say("비우면 끝을 정하지 않습니다.", "Empty for no end."))
            .optional()
            .input_mode("numeric")
            .longest(4)
            .value(&written.months)
            .errors(errors),
        )
        .and(
            Field::select(
                language,
                "stores",
                language.say("응답과 대화의 보관(store)", "Stored responses (store)"),
                stores,
            )
            .value(&written.stores),
        )
        .and(
            yes_or_no(
                language,
                "purposes_only",
                language
                    .say("등록된 용도에만 모델을 쓸 수 있나요?", "May models be used for registered purposes alone?"),
                &written.purposes_only,
            )
            .hint(language.say(
                "켜면 용도가 등록되지 않은 키의 호출은 거절됩니다.",
                "Then calls of keys are refused whose purpose is not registered.",
            )),
        )
        .and(yes_or_no(
            language,
            "record_first",
            language.say(
                "기록이 끝난 뒤에만 답을 내보내나요?",
                "Does an answer leave only once its call is on the record?",
            ),
            &written.record_first,
        ))
        .and(
            yes_or_no(
                language,
                "masked_open",
                language.say(
                    "개인정보를 모두 가린 내용을 공개(O) 등급으로 보나요?",
                    "Does a text whose personal data are all masked count as open (O)?",
                ),
                &written.masked_open,
            )
            .hint(language.say(
                "가려도 누구인지 짐작할 수 있어 처음에는 꺼 둡니다.",
                "Off at first: who is meant can still be guessed.",
            )),
        )
}

fn limits(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let number = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).input_mode("numeric").longest(12).value(value).errors(errors)
    };
    let fields = Html::empty()
        .and(number(
            "largest_request",
            language.say("가장 큰 요청 (바이트)", "Largest request (bytes)"),
            &written.largest_request,
        ))
        .and(number(
            "screened_bytes",
            language.say("앞뒤로 살피는 길이 (바이트)", "Screened at the beginning and the end (bytes)"),
            &written.screened_bytes,
        ))
        .and(number(
            "hold_back",
            language.say("스트림에서 붙잡아 두는 글자 수", "Characters of a stream that are held back"),
            &written.hold_back,
        ))
        .and(number(
            "hold_millis",
            language.say("붙잡아 두는 시간 (밀리초)", "Milliseconds for which they are"),
            &written.hold_millis,
        ));
    let names = ["largest_request", "screened_bytes", "hold_back", "hold_millis"];
    let disclosure = Disclosure::new(language.say("크기와 시간", "Sizes and times"), fields);
    let is_open = errors.iter().any(|error| names.contains(&error.field.as_str()));
    Html::empty().and(if is_open { disclosure.open() } else { disclosure })
}

/// What rules would have done.
fn tried(language: Language, report: &DryRun) -> Html {
    let count = |number: u64| words::count(language, number);
    let stopped = report.newly_stopped.len() as u64;
    let list = DefinitionList::new()
        .text(language.say("대어 본 호출", "Calls looked at"), &count(report.looked_at))
        .text(language.say("내용이 남아 있지 않은 호출", "Calls without texts"), &count(report.without_texts))
        .text(language.say("지나갔지만 이 규칙이면 막힐 호출", "Went through, and would be stopped"), &count(stopped))
        .text(language.say("등급이 더 높아질 호출", "Of a higher class than then"), &count(report.newly_raised));
    let mut body = Html::empty().and(list);
    if !report.fired.is_empty() {
        let mut table = Table::new(language.say("움직일 규칙", "Rules that would act"))
            .column(language.say("규칙", "Rule"))
            .column(language.say("할 일", "What happens"))
            .figures(language.say("호출", "Calls"));
        for ((rule, action), calls) in &report.fired {
            let words = action_of(action).map_or(*action, |action| action_words(language, action));
            table =
                table.row([Html::text(&words::rule(language, rule)), Html::text(words), Html::text(&count(*calls))]);
        }
        body = body.and(table);
    }
    if !report.newly_stopped.is_empty() {
        let links = report.newly_stopped.iter().take(20).fold(Html::trusted("<ul>"), |html, call| {
            let call = Html::text(call);
            html.and(Html::trusted(format!("<li><a href=\"/models/calls/{call}\">{call}</a></li>")))
        });
        let title = language.say("막힐 호출", "Calls that would be stopped");
        body = body.and(Disclosure::new(title, links.and(Html::trusted("</ul>"))));
    }
    let note = language.say(
        "기록에는 가린 내용이 남아 있어, 그때 가린 개인정보는 다시 세지 않습니다.",
        "Texts stand on the record masked: personal data that were masked then are not counted again.",
    );
    let title = language
        .pick(format!("지난 {DAYS_TRIED}일의 호출에 대어 보니"), format!("Tried on the calls of {DAYS_TRIED} days"));
    let mark = Html::empty().and(Tag::new(Tone::Active, language.say("아직 바뀌지 않음", "nothing changed yet")));
    Html::empty().and(Card::new(title).mark(mark).body(body.and(Html::paragraphs(note)))).and(Notice::new(
        language,
        NoticeKind::Information,
        language.say("규칙은 제안하고 승인된 뒤에 바뀝니다.", "The rules change once they are proposed and approved."),
    ))
}
