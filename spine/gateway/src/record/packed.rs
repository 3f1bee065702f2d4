//! A call on its way from the thread that answered it to the one that records it. Memory that one thread takes and another gives back is cold
//! when it is taken again, and a call has some twenty strings: packed, all of them are one.

use super::{CallRecord, Finished};
use crate::telemetry::TraceParent;

/// Strings of a record.
const NAMES: usize = 16;

/// A call whose strings stand behind one another.
pub(super) struct Packed {
    text: String,
    /// Where each string of the record ends in the text.
    ends: [usize; NAMES],
    /// Where the request ends in the text, behind which the answer stands; nothing where no texts are kept.
    request_ends: Option<usize>,
    /// The record without its strings.
    rest: CallRecord,
    parent: Option<TraceParent>,
}

impl Packed {
    pub(super) fn new(finished: Finished) -> Self {
        let Finished { record: mut rest, contents, parent } = finished;
        let strings = names(&mut rest);
        let (request, answer) = contents.as_ref().map_or(("", ""), |(request, answer)| (request, answer));
        let length = strings.iter().map(|string| string.len()).sum::<usize>() + request.len() + answer.len();
        let mut text = String::with_capacity(length);
        let ends = strings.map(|string| {
            text.push_str(&std::mem::take(string));
            text.len()
        });
        text.push_str(request);
        let request_ends = contents.is_some().then_some(text.len());
        text.push_str(answer);
        Self { text, ends, request_ends, rest, parent }
    }

    pub(super) fn unpacked(self) -> Finished {
        let Self { text, ends, request_ends, rest: mut record, parent } = self;
        let mut begins = 0;
        for (string, end) in names(&mut record).into_iter().zip(ends) {
            text[begins..end].clone_into(string);
            begins = end;
        }
        let contents = request_ends.map(|end| (text[begins..end].to_owned(), text[end..].to_owned()));
        Finished { record, contents, parent }
    }
}

/// All strings of a record.
fn names(record: &mut CallRecord) -> [&mut String; NAMES] {
    let CallRecord { id, route, key, agency, system, purpose, model, backend, version, class, .. } = record;
    let CallRecord { code, shadow_of, object, prompt, request_sha256, answer_sha256, .. } = record;
    [
        id,
        route,
        key,
        agency,
        system,
        purpose,
        model,
        backend,
        version,
        class,
        code,
        shadow_of,
        object,
        prompt,
        request_sha256,
        answer_sha256,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, policy::Screened};

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        let text = |name: &str| format!("{name} 글");
        let record = CallRecord {
            id: text("id"),
            at: 1,
            route: text("route"),
            key: text("key"),
            agency: text("agency"),
            system: text("system"),
            purpose: text("purpose"),
            model: text("model"),
            backend: text("backend"),
            version: text("version"),
            class: text("class"),
            rules: vec![Screened { rule: text("rule"), action: Action::Mask }],
            masked: 2,
            status: 200,
            code: String::new(),
            stream: true,
            attempts: 3,
            queued_us: 4,
            shadow_of: text("shadow"),
            object: text("object"),
            prompt: text("prompt"),
            likeness: 97,
            tokens_in: 5,
            tokens_out: 6,
            microwon: 7,
            first_us: 8,
            total_us: 9,
            request_sha256: text("request"),
            answer_sha256: text("answer"),
        };
        let parent = Some(TraceParent { trace: 10, span: 11 });
        for contents in [None, Some((text("asked"), text("answered"))), Some((String::new(), String::new()))] {
            let finished = Finished { record: record.clone(), contents: contents.clone(), parent };
            let Finished { record: unpacked, contents: kept, parent: of } = Packed::new(finished).unpacked();
            assert_eq!((&unpacked, &kept, of), (&record, &contents, parent));
        }
    }
}
