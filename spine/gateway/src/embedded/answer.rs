//! Sentences that answer a question, copied as they stand.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{KnowledgeSource, SourcePassage, tokens, vector::fnv};

/// Sentences of an answer at most.
const SENTENCES: usize = 3;
/// What a sentence must share with the question, of 1.
const ENOUGH: f64 = 0.18;
/// Sentences that are looked at, at most: longer material is cut.
const LOOKED_AT: usize = 4_000;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extracted {
    pub(crate) text: String,
    pub(crate) tokens_in: u64,
    pub(crate) tokens_out: u64,
}

/// Answers a conversation: from the texts in it, or from the deployment's knowledge.
pub(crate) fn extract(body: &Value, knowledge: Option<&dyn KnowledgeSource>) -> Extracted {
    let said = said(body);
    let tokens_in = said.iter().map(|(_, text)| tokens(text)).sum();
    let (question, given) = question_and_material(&said);
    let korean = question.chars().any(maru_korean::is_syllable);
    let mut picked = pick(&question, &given);
    let mut sources = Vec::new();
    if picked.is_empty()
        && let Some(knowledge) = knowledge
    {
        let passages = knowledge.find(&question, 5);
        (picked, sources) = pick_from_passages(&question, &passages);
    }
    let text = written(korean, &picked, &sources);
    let tokens_out = tokens(&text);
    Extracted { text, tokens_in, tokens_out }
}

fn written(korean: bool, picked: &[String], sources: &[String]) -> String {
    if picked.is_empty() {
        return if korean {
            "주어진 글과 자료에서 답이 되는 문장을 찾지 못했습니다. 담당자에게 문의해 주세요.".to_owned()
        } else {
            "No sentence that answers this was found in the given text or in the sources. Please ask a person in charge.".to_owned()
        };
    }
    let mut text = if korean {
        "자료에서 그대로 옮긴 문장입니다.\n"
    } else {
        "Sentences copied from the material:\n"
    }
    .to_owned();
    for (place, sentence) in picked.iter().enumerate() {
        let source = sources.get(place).map(|source| format!(" ({source})")).unwrap_or_default();
        text.extend(["- ", sentence, &source, "\n"]);
    }
    text.truncate(text.trim_end().len());
    text
}

/// Who said what, as plain text. Completions and responses have no roles.
fn said(body: &Value) -> Vec<(String, String)> {
    let Some(messages) = body.get("messages").and_then(Value::as_array) else {
        let text = body.get("prompt").map(plain).unwrap_or_default();
        return vec![("user".to_owned(), text)];
    };
    let role = |message: &Value| message.get("role").and_then(Value::as_str).unwrap_or("user").to_owned();
    messages.iter().map(|message| (role(message), message.get("content").map(plain).unwrap_or_default())).collect()
}

fn plain(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let of_part =
                |part: &Value| part.get("text").and_then(Value::as_str).or_else(|| part.as_str()).map(str::to_owned);
            parts.iter().filter_map(of_part).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// The question is the last sentence of the last user message that asks, or its last sentence; all else that was not said by a model is
/// material.
fn question_and_material(said: &[(String, String)]) -> (String, Vec<String>) {
    let last = said.iter().rposition(|(role, _)| role == "user").unwrap_or(said.len().saturating_sub(1));
    let mut question = String::new();
    let mut material = Vec::new();
    for (place, (role, text)) in said.iter().enumerate() {
        if role == "assistant" {
            continue;
        }
        let mut sentences = maru_korean::sentences(text);
        if place == last {
            let asks = sentences.iter().rposition(|sentence| sentence.ends_with(['?', '？']));
            let asked = asks.unwrap_or(sentences.len().saturating_sub(1));
            if asked < sentences.len() {
                sentences.remove(asked).clone_into(&mut question);
            }
        }
        material.extend(sentences.into_iter().map(str::to_owned));
    }
    material.truncate(LOOKED_AT);
    (question, material)
}

fn pick(question: &str, material: &[String]) -> Vec<String> {
    let scores = rank(question, material);
    let mut best: Vec<usize> = (0..material.len()).filter(|place| scores[*place] >= ENOUGH).collect();
    best.sort_by(|left, right| scores[*right].total_cmp(&scores[*left]));
    best.truncate(SENTENCES);
    best.sort_unstable();
    best.into_iter().map(|place| material[place].clone()).collect()
}

fn pick_from_passages(question: &str, passages: &[SourcePassage]) -> (Vec<String>, Vec<String>) {
    let mut sentences = Vec::new();
    let mut sources = HashMap::new();
    for passage in passages {
        for sentence in maru_korean::sentences(&passage.text) {
            sources.entry(sentence.to_owned()).or_insert_with(|| passage.reference.clone());
            sentences.push(sentence.to_owned());
        }
    }
    let picked = pick(question, &sentences);
    let named = picked.iter().filter_map(|sentence| sources.get(sentence).cloned()).collect();
    (picked, named)
}

fn grams(text: &str) -> HashSet<u64> {
    let normal = maru_korean::normalise(text).text().to_lowercase();
    let mut found = HashSet::new();
    for word in maru_korean::words(&normal) {
        let stem = maru_korean::strip_particle(word);
        found.extend(maru_korean::bigrams(stem).into_iter().map(|gram| fnv(2, gram)));
    }
    found
}

/// How much of the question each text shares, from 0 to 1. A gram that few texts hold counts more.
pub(crate) fn rank(question: &str, texts: &[String]) -> Vec<f64> {
    let asked = grams(question);
    let held: Vec<HashSet<u64>> = texts.iter().map(|text| grams(text)).collect();
    let count = texts.len() as f64;
    let weight = |gram: &u64| {
        let holders = held.iter().filter(|grams| grams.contains(gram)).count() as f64;
        (1.0 + (count + 1.0) / (holders + 1.0)).ln()
    };
    let weights: HashMap<u64, f64> = asked.iter().map(|gram| (*gram, weight(gram))).collect();
    let whole: f64 = weights.values().sum();
    let shared = |grams: &HashSet<u64>| {
        let sum: f64 = weights.iter().filter(|(gram, _)| grams.contains(gram)).map(|(_, weight)| weight).sum();
        if whole > 0.0 { sum / whole } else { 0.0 }
    };
    held.iter().map(shared).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_copied_from_what_was_given() {
        let body = json!({ "messages": [
            { "role": "system", "content": "대형폐기물은 배출 신고 뒤 스티커를 붙여 내놓습니다. 여권은 시청 1층에서 신청합니다." },
            { "role": "user", "content": "안녕하세요. 대형폐기물은 어떻게 버리나요?" },
        ] });
        let extracted = extract(&body, None);
        assert!(extracted.text.contains("대형폐기물은 배출 신고 뒤 스티커를 붙여 내놓습니다."), "{}", extracted.text);
        assert!(!extracted.text.contains("여권"));
        assert!(extracted.tokens_in > 10 && extracted.tokens_out > 10);
    }

    #[test]
    fn where_nothing_answers_it_says_so() {
        let body =
            json!({ "messages": [{ "role": "user", "content": [{ "type": "text", "text": "What is the fee?" }] }] });
        assert!(extract(&body, None).text.starts_with("No sentence"));
    }

    #[test]
    fn knowledge_is_named_beside_what_it_says() {
        struct One;
        impl KnowledgeSource for One {
            fn find(&self, _: &str, _: usize) -> Vec<SourcePassage> {
                vec![SourcePassage {
                    reference: "「폐기물관리법」 제8조".into(),
                    text: "누구든지 폐기물을 함부로 버려서는 아니 된다.".into(),
                }]
            }
        }
        let body = json!({ "messages": [{ "role": "user", "content": "폐기물을 함부로 버려도 되나요?" }] });
        assert!(extract(&body, Some(&One)).text.contains("(「폐기물관리법」 제8조)"));
    }
}
