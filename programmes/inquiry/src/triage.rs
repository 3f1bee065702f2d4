//! Inquiries in bulk: what each is about, for whom, what it repeats, which law bears on it, and a draft.

use std::{
    num::NonZero,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use jiff::civil::Date;
use maru_knowledge::draft::{DraftRequest, Language, Remedy};
use maru_learning::{Boundary, NearDuplicates, Signature};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{FoundArticle, Kind, TextLanguage},
    drafting,
    understanding::Understanding,
};

/// From this similarity on, a line repeats an earlier one, until people have judged enough pairs of inquiries.
const NEARLY_THE_SAME: f64 = 0.5;
/// Earlier lines that are named at most.
const MOST_DUPLICATES: usize = 10;

/// A line of the input. Other fields are left aside.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct TriageInput {
    /// What the file calls it; numbers are understood too.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// The text.
    #[serde(default)]
    pub text: String,
}

/// A line of the output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TriageLine {
    /// What the file calls it.
    pub id: String,
    /// The language: `ko`, `en`, `mixed`, `other`.
    pub language: TextLanguage,
    /// The kind under the Act.
    pub kind: Kind,
    /// The category; none where nothing was learned and nothing found.
    pub category: Option<String>,
    /// The department: the reception department where nothing is sure.
    pub department: String,
    /// How sure the category is, or the department where there is no category; from 0 to 1.
    pub confidence: f64,
    /// The text without personal data.
    pub masked_text: String,
    /// Earlier lines that say nearly the same, most alike first.
    pub duplicates_of: Vec<String>,
    /// Articles of law that bear on it, best first.
    pub citations: Vec<FoundArticle>,
    /// A draft of the answer; none where nothing answers.
    pub draft: Option<String>,
}

/// What a line comes to, but for its duplicates, which need all lines before it. Pure but for looking things up.
pub fn triage(understanding: &Understanding, input: &TriageInput, on: Date) -> TriageLine {
    let title = maru_privacy::mask(&input.title).masked;
    let text = maru_privacy::mask(&input.text).masked;
    // Looked up once: what tells what the inquiry is about is what its answer can rest on.
    let findings = understanding.look(&title, &text, on);
    let understood = understanding.understand_with(&title, &text, findings.as_ref(), Vec::new());
    let english = understood.language.value == TextLanguage::English;
    let language = if english { Language::English } else { Language::Korean };
    let kind = understood.kind.value;
    let department = understood.department.value.clone();
    let draft = understanding.knowledge().zip(findings.as_ref()).and_then(|(knowledge, findings)| {
        let request = DraftRequest {
            question_title: title.clone(),
            question: text.clone(),
            language,
            on,
            letter: drafting::letter(understanding.agency(), &department, language),
            remedy: if kind == Kind::Application { Remedy::RefusedApplication } else { Remedy::Question },
            departments: vec![department.clone()],
            without: Vec::new(),
        };
        drafting::compose(knowledge, &request, findings).map(|draft| draft.text())
    });
    let confidence = understood.category.as_ref().map_or(understood.department.confidence, |judged| judged.confidence);
    TriageLine {
        id: input.id.clone(),
        language: understood.language.value,
        kind,
        category: understood.category.map(|judged| judged.value),
        department,
        confidence,
        masked_text: text,
        duplicates_of: Vec::new(),
        citations: understood.articles,
        draft,
    }
}

/// A run over a file: remembers the lines that it has seen.
pub struct TriageRun {
    understanding: Understanding,
    on: Date,
    threads: usize,
    seen: NearDuplicates,
}

impl TriageRun {
    /// A run by the law of the day `on`, on `threads` threads.
    pub fn new(understanding: Understanding, on: Date, threads: NonZero<usize>) -> Self {
        Self { understanding, on, threads: threads.get(), seen: NearDuplicates::new() }
    }

    /// The lines for the next lines of the input, in their order.
    pub fn batch(&mut self, inputs: &[TriageInput]) -> Vec<TriageLine> {
        let lines = in_parallel(self.threads, inputs, |input| {
            let line = triage(&self.understanding, input, self.on);
            let signature = Signature::of(&format!("{}\n{}", input.title, line.masked_text));
            (line, signature)
        });
        let known = |(line, signature): (TriageLine, Option<Signature>)| {
            let duplicates_of =
                signature.as_ref().map(|signature| self.duplicates(&line.id, signature)).unwrap_or_default();
            TriageLine { duplicates_of, ..line }
        };
        lines.into_iter().map(known).collect()
    }

    fn duplicates(&mut self, id: &str, signature: &Signature) -> Vec<String> {
        let similar = self.seen.similar_to(signature, MOST_DUPLICATES);
        let boundary = self.understanding.models().boundary.map_or(NEARLY_THE_SAME, Boundary::similarity);
        self.seen.insert_signature(id, signature);
        similar
            .into_iter()
            .filter(|similar| similar.similarity >= boundary && similar.id != id)
            .map(|similar| similar.id)
            .collect()
    }
}

/// Works on all inputs, each by whichever thread is free; the results stand in the order of the inputs.
fn in_parallel<In: Sync, Out: Send>(threads: usize, inputs: &[In], work: impl Fn(&In) -> Out + Sync) -> Vec<Out> {
    let next = AtomicUsize::new(0);
    let one_thread = || {
        let mine = std::iter::from_fn(|| {
            let place = next.fetch_add(1, Relaxed);
            inputs.get(place).map(|input| (place, work(input)))
        });
        mine.collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, Out)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(one_thread)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(text),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        other => Err(serde::de::Error::custom(format!("the id must be a text or a number, not {other}"))),
    }
}
