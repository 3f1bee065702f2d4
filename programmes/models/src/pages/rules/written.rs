//! What is written into the form of rules, and the rules that it makes.

use std::collections::BTreeMap;

use maru_gateway::{Action, Change, PolicySettings, Purposes, Stores, Topic, injection_rules, unsafe_categories};
use maru_web::FieldError;
use serde::Deserialize;

use super::action_of;
use crate::pages::{parts, proposal::whole};

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) agency: String,
    /// The agency stands in a field, because its rules begin here.
    pub(super) new: String,
    pub(super) personal_data: String,
    pub(super) secrets: String,
    pub(super) leaked_personal_data: String,
    pub(super) leaked_secrets: String,
    pub(super) ungrounded: String,
    pub(super) broken_schema: String,
    pub(super) injection: String,
    pub(super) unsafe_content: String,
    pub(super) topics: String,
    pub(super) masked_open: String,
    pub(super) screened_bytes: String,
    pub(super) largest_request: String,
    pub(super) keep: String,
    pub(super) months: String,
    pub(super) stores: String,
    pub(super) record_first: String,
    pub(super) purposes_only: String,
    pub(super) hold_back: String,
    pub(super) hold_millis: String,
    pub(super) reason: String,
}

fn yes(is_so: bool) -> String {
    if is_so { "yes".to_owned() } else { String::new() }
}

/// Lines of a name and what it does.
fn pairs(map: &BTreeMap<String, Action>) -> String {
    map.iter().map(|(name, action)| format!("{name} {}", action.as_str())).collect::<Vec<_>>().join("\n")
}

impl Written {
    pub(super) fn of(agency: &str, policy: &PolicySettings) -> Self {
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
    pub(super) fn policy(&self) -> Result<PolicySettings, Vec<FieldError>> {
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

    /// The change that is proposed.
    pub(super) fn wanted(&self) -> Result<Change, Vec<FieldError>> {
        let mut errors = Vec::new();
        let agency = self.agency.trim();
        if !self.new.is_empty() && agency.is_empty() {
            let korean = "기관의 이름을 키에 쓴 그대로 써 주세요.";
            errors.push(FieldError::new("agency", korean, "Write the agency's name as its keys write it."));
        }
        parts::check_reason("reason", &self.reason, &mut errors);
        let policy = self.policy().map_err(|unreadable| errors.extend(unreadable));
        match (policy, agency) {
            (Ok(policy), "") if errors.is_empty() => Ok(Change::PutPolicy(policy)),
            (Ok(policy), agency) if errors.is_empty() => {
                Ok(Change::PutAgencyPolicy { agency: agency.to_owned(), policy: Box::new(policy) })
            }
            _ => Err(errors),
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
