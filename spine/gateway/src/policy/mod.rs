//! What is checked before a text leaves for a model, and when an answer comes back.

mod class;
mod disguise;
mod grounding;
mod injection;
mod mask;
mod schema;
mod secrets;
mod unsafe_content;

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

pub use class::DataClass;
pub use injection::{
    LEARNED_RULE, injection_rules, normal_form as screening_form, screening_concepts, screening_grounds,
};
pub(crate) use mask::{LONGEST_PLACEHOLDER, Masker, restore_into};
pub(crate) use secrets::find_secrets;
pub use unsafe_content::unsafe_categories;
pub(crate) use unsafe_content::{REMOVED, find_unsafe};

use crate::error::Refusal;

/// What a rule does when it fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It stands on the record.
    Observe,
    /// What was found is replaced.
    Mask,
    /// The caller must confirm: the call is refused until it comes again with the header `x-maru-confirm: RULE`.
    Ask,
    /// The call is refused.
    Block,
}

impl Action {
    /// As settings and records write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Mask => "mask",
            Self::Ask => "ask",
            Self::Block => "block",
        }
    }
}

/// The rules of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicySettings {
    /// What happens with personal data in requests: `mask` replaces them by placeholders that the answer gets back.
    pub personal_data: Action,
    /// What happens with keys and passwords in requests.
    pub secrets: Action,
    /// What happens with personal data in answers that were not in the request.
    pub leaked_personal_data: Action,
    /// What happens with keys and passwords in answers.
    pub leaked_secrets: Action,
    /// Categories of unsafe content in answers that are to act otherwise than they ship (`data/unsafe.toml`), by their names; `all` names
    /// all of them.
    pub unsafe_content: BTreeMap<String, Action>,
    /// What happens with answers that say what none of the sources says which came with the question: they are flagged in the answer, or
    /// held back where this is `block`. A stream is judged at its end, for the record, and for the caller who asks
    /// (`stream_options.include_verdict`).
    pub ungrounded: Action,
    /// What happens with answers that break the JSON schema that was asked for.
    pub broken_schema: Action,
    /// Rules of injection screening that are to act otherwise than they ship, by their names; `all` names all of them.
    pub injection: BTreeMap<String, Action>,
    /// Texts from here on are not screened for injection beyond their first and last so many bytes.
    pub screened_bytes: usize,
    /// Topics that the agency forbids: words that must all occur, and what happens then.
    pub topics: Vec<Topic>,
    /// A request whose personal data were all masked counts as class O. Off by default: placeholders leave a person guessable.
    pub masked_counts_as_open: bool,
    /// The largest body of a request in bytes.
    pub largest_request: usize,
    /// Whether masked texts of calls are kept, sealed, beside the record.
    pub keep_contents: bool,
    /// Months for which texts are kept after the month of the call; then the key under which they are sealed is destroyed. Nothing keeps
    /// them until somebody decides otherwise.
    pub retention_months: Option<u32>,
    /// An answer leaves only after its call is durably on the record; the end of a stream waits for it. Off, calls of the last moments
    /// before a crash may be missing from the record.
    pub record_first: bool,
    /// Longest piece of a streamed answer that is held back to look at it whole, in characters.
    pub hold_back: usize,
    /// Longest time that it is held back, in milliseconds; a number that may go on still waits for its end.
    pub hold_back_millis: u64,
    /// For which purposes keys may use models.
    pub purposes: Purposes,
    /// Whether chat completions and responses are stored for those who ask for it. Nothing is stored where `keep_contents` is off.
    pub stores: Stores,
}

/// For which purposes keys may use models.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purposes {
    /// For any; what was approved of a registered one holds.
    #[default]
    Any,
    /// For registered ones alone.
    Registered,
}

/// Whether what callers want stored is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stores {
    /// Nothing is.
    Never,
    /// What comes with `store: true` is.
    #[default]
    Asked,
    /// That, and every response whose caller does not say `store: false`, as OpenAI's API has it.
    Usual,
}

impl PolicySettings {
    /// Whether anything may be stored for callers.
    pub(crate) fn may_store(&self) -> bool {
        self.keep_contents && self.stores != Stores::Never
    }

    /// How long a piece of a stream may be held back.
    pub(crate) fn hold_back_for(&self) -> Duration {
        Duration::from_millis(self.hold_back_millis)
    }
}

/// A topic that an agency forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its name on the record.
    pub id: String,
    /// Words that must all occur.
    pub words: Vec<String>,
    /// What happens then.
    pub action: Action,
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self {
            personal_data: Action::Mask,
            secrets: Action::Mask,
            leaked_personal_data: Action::Mask,
            leaked_secrets: Action::Mask,
            unsafe_content: BTreeMap::new(),
            ungrounded: Action::Observe,
            broken_schema: Action::Observe,
            injection: BTreeMap::new(),
            screened_bytes: 64 * 1024,
            topics: Vec::new(),
            masked_counts_as_open: false,
            largest_request: 8 << 20,
            keep_contents: true,
            retention_months: None,
            record_first: false,
            hold_back: 160,
            hold_back_millis: 1_000,
            purposes: Purposes::Any,
            stores: Stores::Asked,
        }
    }
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    /// Its name.
    pub rule: String,
    /// What it did.
    pub action: Action,
}

/// Which rules of injection screening fire on a text, as they ship: for evaluation.
pub fn screen(text: &str) -> Vec<Screened> {
    let mut fired = Vec::new();
    injection::screen(text, &PolicySettings::default(), &mut fired);
    fired
}

/// Into which categories of unsafe content an answer falls, by the rules as they ship: for evaluation.
pub fn screen_answer(text: &str) -> Vec<Screened> {
    find_unsafe(text, &PolicySettings::default())
}

/// What the rules make of a text before it leaves for a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The text as a model would see it.
    pub masked: String,
    /// How many data were masked.
    pub data: usize,
    /// The class that follows from what was found and declared.
    pub class: DataClass,
    /// Rules that fired.
    pub fired: Vec<Screened>,
}

/// What these rules make of a text that a caller wrote.
pub(crate) fn inspect(text: &str, settings: &PolicySettings, declared: DataClass) -> Inspected {
    let mut inspection = Inspection::new(settings, declared);
    let masked = inspection.look_at(text, true).unwrap_or_else(|| text.to_owned());
    Inspected { masked, data: inspection.masker.len(), class: inspection.class, fired: inspection.fired }
}

/// Looks at the texts of one request, one after the other, and keeps what was found.
pub(crate) struct Inspection<'a> {
    settings: &'a PolicySettings,
    pub(crate) class: DataClass,
    pub(crate) fired: Vec<Screened>,
    pub(crate) masker: Masker,
}

impl<'a> Inspection<'a> {
    pub(crate) fn new(settings: &'a PolicySettings, declared: DataClass) -> Self {
        Self { settings, class: declared, fired: Vec::new(), masker: Masker::default() }
    }

    /// Looks at one text; gives what is to stand in its place, if anything. `written_by_caller` is false for what the deployment itself
    /// wrote (system messages): there instructions are expected.
    pub(crate) fn look_at(&mut self, text: &str, written_by_caller: bool) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        self.class = self.class.max(class::marked(text));
        if written_by_caller {
            injection::screen(text, self.settings, &mut self.fired);
        }
        self.look_for_topics(text);
        let settings = self.settings;
        let secrets = find_secrets(text);
        if !secrets.is_empty() {
            self.note("secret", settings.secrets);
        }
        let personal = maru_privacy::find(text);
        if !personal.is_empty() {
            self.note("personal-data", settings.personal_data);
            let masked = settings.personal_data == Action::Mask && settings.masked_counts_as_open;
            self.class = self.class.max(if masked { DataClass::Open } else { DataClass::Sensitive });
        }
        let secrets = if settings.secrets == Action::Mask { secrets } else { Vec::new() };
        let personal = if settings.personal_data == Action::Mask { personal } else { Vec::new() };
        if secrets.is_empty() && personal.is_empty() {
            return None;
        }
        Some(self.masker.mask(text, &personal, &secrets))
    }

    fn look_for_topics(&mut self, text: &str) {
        for topic in &self.settings.topics {
            if !topic.words.is_empty() && topic.words.iter().all(|word| text.contains(word.as_str())) {
                self.fired.push(Screened { rule: format!("topic:{}", topic.id), action: topic.action });
            }
        }
    }

    fn note(&mut self, rule: &str, action: Action) {
        if !self.fired.iter().any(|fired| fired.rule == rule) {
            self.fired.push(Screened { rule: rule.to_owned(), action });
        }
    }

    /// Refuses where a rule says so; `confirmed` are the rules that the caller has confirmed.
    pub(crate) fn verdict(&self, confirmed: &str) -> Result<(), Refusal> {
        let is_confirmed = |rule: &str| confirmed.split(',').any(|one| one.trim() == rule);
        for fired in &self.fired {
            let rule = &fired.rule;
            match fired.action {
                Action::Block => {
                    return Err(Refusal::forbidden(
                        "blocked_by_policy",
                        format!(
                            "보안 규칙 「{rule}」에 걸려 요청을 모델에 보내지 않았습니다. 내용을 고쳐 다시 보내거나 기관의 AI 담당자에게 문의하세요."
                        ),
                        format!(
                            "The rule {rule:?} stopped this request; it was not sent to any model. Change the text, or ask your agency's AI officer."
                        ),
                    ));
                }
                Action::Ask if !is_confirmed(rule) => {
                    return Err(Refusal::forbidden(
                        "confirmation_required",
                        format!(
                            "규칙 「{rule}」에 따라 확인이 필요합니다. 보내도 되면 x-maru-confirm: {rule} 머리글을 붙여 다시 보내세요."
                        ),
                        format!(
                            "The rule {rule:?} asks you to confirm. If it may be sent, send it again with the header x-maru-confirm: {rule}."
                        ),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether every sentence of a text rests on the sources.
pub(crate) fn is_grounded(text: &str, sources: &[String]) -> bool {
    grounding::ungrounded(text, sources).is_empty()
}

/// Whether a text is JSON that keeps to the schema.
pub(crate) fn keeps_to_schema(text: &str, schema: &serde_json::Value) -> bool {
    schema::broken(text, schema).is_none()
}

/// What an answer is held against, beside what must not leak.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// Texts on which it must rest; none where none came with the question.
    sources: Vec<String>,
    schema: Option<serde_json::Value>,
}

/// What was found when an answer was held against its checks.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Sentences that rest on no source.
    pub(crate) ungrounded: Vec<String>,
    /// What breaks the schema.
    pub(crate) broken_schema: Option<String>,
    pub(crate) fired: Vec<Screened>,
}

/// The field of a request that carries sources; it is not sent to models.
const SOURCES: &str = "maru_sources";

impl Checks {
    /// Takes what a request says of them out of it.
    pub(crate) fn take_from(body: &mut serde_json::Value) -> Self {
        let sources = body.as_object_mut().and_then(|fields| fields.shift_remove(SOURCES));
        let text =
            |source: &serde_json::Value| source.as_str().or_else(|| source.get("text")?.as_str()).map(str::to_owned);
        let sources = sources.as_ref().and_then(serde_json::Value::as_array).into_iter().flatten();
        Self { sources: sources.filter_map(text).collect(), schema: schema::asked_for(body) }
    }

    /// Holds an answer's text against them.
    pub(crate) fn judge(&self, text: &str, settings: &PolicySettings) -> Judged {
        let mut judged = Judged::default();
        if text.is_empty() {
            return judged;
        }
        for range in grounding::ungrounded(text, &self.sources) {
            judged.ungrounded.push(text[range].trim().to_owned());
        }
        if !judged.ungrounded.is_empty() {
            judged.fired.push(Screened { rule: "ungrounded".into(), action: settings.ungrounded });
        }
        judged.broken_schema = self.schema.as_ref().and_then(|schema| schema::broken(text, schema));
        if judged.broken_schema.is_some() {
            judged.fired.push(Screened { rule: "schema".into(), action: settings.broken_schema });
        }
        judged
    }
}

/// What of an answer must not go out: ranges in bytes with what is to stand there, in order, apart.
pub(crate) fn leaks(
    text: &str,
    settings: &PolicySettings,
    fired: &mut Vec<Screened>,
) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found = Vec::new();
    let mut note = |rule: &str, action: Action| {
        if !fired.iter().any(|other| other.rule == rule) {
            fired.push(Screened { rule: rule.to_owned(), action });
        }
    };
    for secret in find_secrets(text) {
        note("leaked-secret", settings.leaked_secrets);
        if settings.leaked_secrets != Action::Observe {
            found.push((secret, mask::SECRET.to_owned()));
        }
    }
    let personal = maru_privacy::find(text);
    if !personal.is_empty() {
        note("leaked-personal-data", settings.leaked_personal_data);
        if settings.leaked_personal_data != Action::Observe {
            for (range, kind) in mask::byte_ranges(text, &personal) {
                if found.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start) {
                    found.push((range, kind.replacement().to_owned()));
                }
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}
