//! Events that their maker writes as text itself, once: for those that are many or large. Making JSON values of such an event, copying them,
//! writing them and reading them again for projections costs more than all that is done with it.

use std::{any::Any, fmt, io, sync::Arc};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::{
    append::Append,
    event::{NewEvent, Personal},
    limits::DEEPEST_PAYLOAD,
};

/// An event to be appended whose payload is written already ([`crate::Ledger::append_written`]). On the record it is an event like any other.
#[derive(Clone)]
pub struct WrittenEvent {
    /// What happened, as the past tense in kebab case.
    pub(crate) kind: String,
    /// The text of the payload without its last brace, and without the personal facts.
    text: String,
    /// Personal facts with their places in the text, in order; they are sealed when the event is appended.
    facts: Vec<(usize, Personal)>,
    /// What the event is about, as its maker has it in memory.
    pub(crate) made: Arc<dyn Any + Send + Sync>,
    /// Why it cannot be recorded.
    refused: Option<String>,
}

impl fmt::Debug for WrittenEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WrittenEvent").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl WrittenEvent {
    /// An event of `kind`, which stands in the field `type` of its payload. Projections that know what `made` is are given it
    /// ([`crate::Projection::apply_made`]); it must say nothing that the payload does not say.
    pub fn new(kind: impl Into<String>, made: Arc<dyn Any + Send + Sync>) -> Self {
        let kind = kind.into();
        let mut event = Self { kind, text: "{\"type\":".to_owned(), facts: Vec::new(), made, refused: None };
        let kind = event.kind.clone();
        event.write(&kind);
        event
    }

    /// Adds a field with facts of which none is personal. What cannot be written as JSON, or nests too deep, is refused when the event is
    /// appended.
    pub fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        self.begin(name);
        let start = self.text.len();
        self.write(value);
        // Within texts quotation marks are escaped: this is found where a member is called so, and nowhere else.
        let written = self.text.get(start..).unwrap_or_default();
        if written.contains('$') && ["\"$sealed\":", "\"$personal\":"].iter().any(|name| written.contains(name)) {
            self.refused = Some("a fact that is not personal must not look like one that is".to_owned());
        }
    }

    /// Adds a field with a list of personal facts.
    pub fn facts(&mut self, name: &str, facts: impl IntoIterator<Item = Personal>) {
        self.begin(name);
        self.text.push('[');
        for (number, fact) in facts.into_iter().enumerate() {
            if number > 0 {
                self.text.push(',');
            }
            self.facts.push((self.text.len(), fact));
        }
        self.text.push(']');
    }

    fn begin(&mut self, name: &str) {
        self.text.push(',');
        self.write(name);
        self.text.push(':');
    }

    fn write(&mut self, value: &(impl Serialize + ?Sized)) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        // The payload itself is the first level.
        let measuring = Measuring { levels: DEEPEST_PAYLOAD.saturating_sub(1), text: CompactFormatter };
        let done = value.serialize(&mut Serializer::with_formatter(&mut bytes, measuring));
        self.refused = self.refused.take().or_else(|| done.err().map(|error| error.to_string()));
        // JSON is written as UTF-8.
        self.text = String::from_utf8(bytes).unwrap_or_default();
    }

    /// The payload as values, with its facts open: for tests.
    pub fn unsealed(&self) -> serde_json::Value {
        let plain = |fact: &Personal, text: &mut String| {
            text.push_str(&serde_json::to_string(fact).unwrap_or_default());
            Ok::<(), std::convert::Infallible>(())
        };
        self.payload(plain).ok().and_then(|payload| serde_json::from_str(&payload).ok()).unwrap_or_default()
    }

    /// Why it cannot be recorded.
    pub(crate) fn refusal(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// The personal facts.
    pub(crate) fn personal(&self) -> impl Iterator<Item = &Personal> {
        self.facts.iter().map(|(_, fact)| fact)
    }

    /// The payload as JSON text; `seal` writes each personal fact at the end of what stands there.
    pub(crate) fn payload<E>(
        &self,
        mut seal: impl FnMut(&Personal, &mut String) -> Result<(), E>,
    ) -> Result<String, E> {
        // A fact grows by a third in base64, and by what stands around it.
        let values = self.personal().map(|fact| fact.value.as_ref().map_or(0, String::len) * 4 / 3 + 512);
        let mut payload = String::with_capacity(self.text.len() + 1 + values.sum::<usize>());
        let mut written = 0;
        for (place, fact) in &self.facts {
            payload.push_str(self.text.get(written..*place).unwrap_or_default());
            written = *place;
            seal(fact, &mut payload)?;
        }
        payload.push_str(self.text.get(written..).unwrap_or_default());
        payload.push('}');
        Ok(payload)
    }
}

/// Writes compact JSON and refuses what nests too deep to be read again.
struct Measuring {
    /// Levels that are left.
    levels: usize,
    text: CompactFormatter,
}

impl Measuring {
    fn deeper(&mut self) -> io::Result<()> {
        let too_deep = || io::Error::other(format!("its payload nests more than {DEEPEST_PAYLOAD} levels deep"));
        self.levels = self.levels.checked_sub(1).ok_or_else(too_deep)?;
        Ok(())
    }
}

impl Formatter for Measuring {
    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.deeper()?;
        self.text.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.levels += 1;
        self.text.end_array(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.deeper()?;
        self.text.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.levels += 1;
        self.text.end_object(writer)
    }
}

/// An event that was given to be appended.
#[derive(Debug, Clone)]
pub(crate) enum GivenEvent {
    /// With its facts as values.
    Values(NewEvent),
    /// Written.
    Written(WrittenEvent),
}

impl GivenEvent {
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::Values(event) => &event.kind,
            Self::Written(event) => &event.kind,
        }
    }
}

impl From<NewEvent> for GivenEvent {
    fn from(event: NewEvent) -> Self {
        Self::Values(event)
    }
}

impl From<WrittenEvent> for GivenEvent {
    fn from(event: WrittenEvent) -> Self {
        Self::Written(event)
    }
}

/// The same append, whatever form its events have.
pub(crate) fn given<E: Into<GivenEvent>>(append: Append<E>) -> Append<GivenEvent> {
    let Append { stream, expected, events, jobs, context } = append;
    Append { stream, expected, events: events.into_iter().map(Into::into).collect(), jobs, context }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> WrittenEvent {
        WrittenEvent::new("things-\"seen\"", Arc::new(()))
    }

    #[test]
    fn what_is_written_is_what_values_would_have_been() {
        let mut event = event();
        let things = json!([{ "name": "a\"$sealed\":b", "count": 3 }, null, "$personal"]);
        event.field("things", &things);
        let facts = [Personal::new("one", "첫째"), Personal { subject: "two".into(), value: None }];
        event.facts("contents", facts.clone());
        event.facts("none", []);
        event.field("last", &7_u64);
        assert_eq!(event.refusal(), None);
        let values = json!({ "type": "things-\"seen\"", "things": things, "contents": facts, "none": [], "last": 7 });
        assert_eq!(event.unsealed(), values);
        let zero = |_: &Personal, text: &mut String| {
            text.push('0');
            Ok::<(), ()>(())
        };
        let text = event.payload(zero).unwrap();
        assert!(text.contains("\"contents\":[0,0],\"none\":[]"), "{text}");
    }

    #[test]
    fn what_could_not_be_read_again_or_looks_sealed_is_refused() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        let mut deep = event();
        deep.field("deep", &nested(DEEPEST_PAYLOAD - 1));
        deep.field("again", &nested(DEEPEST_PAYLOAD - 1));
        assert_eq!(deep.refusal(), None);
        deep.field("deeper", &nested(DEEPEST_PAYLOAD));
        assert!(deep.refusal().is_some_and(|reason| reason.contains("levels deep")));
        for name in ["$sealed", "$personal"] {
            let mut looks = event();
            looks.field("fact", &json!({ name: {} }));
            assert!(looks.refusal().is_some(), "{name}");
        }
    }
}
