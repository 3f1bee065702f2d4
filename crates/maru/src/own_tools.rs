//! Services of Maru as tools for models (MCP): looking up what the state has said, reckoning a statutory period, finding personal data. None
//! changes anything.

use jiff::civil::DateTime;
use maru_calendar::{Clock, PetitionKind, WorkingCalendar, citizen_sentence};
use maru_gateway::OwnTools;
use maru_knowledge::{Knowledge, Query};
use serde_json::{Value, json};

/// Passages of an answer at most.
const MOST_PASSAGES: u64 = 10;

/// The tools over the deployment's knowledge.
pub(crate) struct MaruTools {
    knowledge: Knowledge,
}

impl MaruTools {
    pub(crate) fn new(knowledge: Knowledge) -> Self {
        Self { knowledge }
    }

    fn find_passages(&self, arguments: &Value) -> Result<Value, String> {
        let question = text(arguments, "question")?;
        let limit = arguments.get("limit").map_or(Some(5), Value::as_u64);
        let limit = limit.filter(|limit| (1..=MOST_PASSAGES).contains(limit));
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let limit = limit.ok_or_else(|| format!("limit: a whole number from 1 to {MOST_PASSAGES}"))?;
        let hits = self.knowledge.search(&Query::new(question, limit));
        let hits = hits.map_err(|_| "the search cannot be used now".to_owned())?;
        let passage = |hit: maru_knowledge::Hit| json!({ "reference": hit.passage.reference(), "text": hit.passage.text, "probability": hit.score });
        Ok(json!({ "passages": hits.into_iter().map(passage).collect::<Vec<_>>() }))
    }
}

impl OwnTools for MaruTools {
    fn list(&self) -> Vec<Value> {
        let string = |description: &str| json!({ "type": "string", "description": description });
        let kinds: Vec<&str> = PetitionKind::ALL.iter().map(|kind| kind.identifier()).collect();
        vec![
            json!({
                "name": "find_passages",
                "description": "법령과 공개된 답변에서 질문에 맞는 구절을 출처와 함께 찾습니다. Finds passages of statutes and published answers for a question, each with its reference. Cite the reference.",
                "inputSchema": { "type": "object", "required": ["question"], "additionalProperties": false,
                    "properties": { "question": string("the question, in Korean"),
                        "limit": { "type": "integer", "minimum": 1, "maximum": MOST_PASSAGES } } },
                "annotations": { "readOnlyHint": true },
            }),
            json!({
                "name": "reckon_period",
                "description": "민원의 법정 처리기한을 근거 조문과 함께 계산합니다. Reckons until when a petition must be answered (Civil Petitions Treatment Act), step by step with the articles.",
                "inputSchema": { "type": "object", "required": ["kind", "received"], "additionalProperties": false,
                    "properties": { "kind": { "type": "string", "enum": kinds },
                        "received": string("when it was received, in Korean time: 2026-11-26T10:00") } },
                "annotations": { "readOnlyHint": true },
            }),
            json!({
                "name": "mask_personal_data",
                "description": "글에서 개인정보를 찾아 가립니다. Finds personal data in a text and masks them.",
                "inputSchema": { "type": "object", "required": ["text"], "additionalProperties": false,
                    "properties": { "text": string("the text") } },
                "annotations": { "readOnlyHint": true },
            }),
        ]
    }

    fn call(&self, name: &str, arguments: &Value) -> Result<String, String> {
        let answer = match name {
            "find_passages" => self.find_passages(arguments),
            "reckon_period" => reckon_period(arguments),
            "mask_personal_data" => mask_personal_data(arguments),
            name => Err(format!("there is no tool {name:?}")),
        };
        Ok(answer?.to_string())
    }
}

fn text<'a>(arguments: &'a Value, name: &str) -> Result<&'a str, String> {
    let text = arguments.get(name).and_then(Value::as_str).map(str::trim);
    text.filter(|text| !text.is_empty()).ok_or_else(|| format!("{name}: a text is needed"))
}

fn reckon_period(arguments: &Value) -> Result<Value, String> {
    let kind = PetitionKind::from_identifier(text(arguments, "kind")?);
    let kind = kind.ok_or_else(|| {
        let known: Vec<&str> = PetitionKind::ALL.iter().map(|kind| kind.identifier()).collect();
        format!("kind: one of {}", known.join(", "))
    })?;
    let received: DateTime = text(arguments, "received")?
        .parse()
        .map_err(|_| "received: a time such as 2026-11-26T10:00, without a zone".to_owned())?;
    let calendar = WorkingCalendar::korea().map_err(|error| error.to_string())?;
    let clock = Clock::new(kind.period(), kind.article(), received);
    let reckoning = clock.reckon(&calendar).map_err(|error| error.to_string())?;
    let (ko, en) = citizen_sentence(&reckoning);
    let steps: Vec<Value> =
        reckoning.steps.iter().map(|step| json!({ "ko": step.ko, "en": step.en, "article": step.article })).collect();
    Ok(json!({ "due": reckoning.due.map(|due| due.to_string()), "sentence": { "ko": ko, "en": en }, "steps": steps }))
}

fn mask_personal_data(arguments: &Value) -> Result<Value, String> {
    let masked = maru_privacy::mask(text(arguments, "text")?);
    Ok(json!({ "masked": masked.masked, "found": masked.found.len() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_reckoned_with_its_articles() {
        let asked = json!({ "kind": "question", "received": "2026-11-26T10:00" });
        let told = reckon_period(&asked).unwrap();
        assert_eq!(told["due"], "2026-12-04T18:00:00", "{told}");
        assert!(told["steps"].to_string().contains("제14조제2호"), "{told}");
        for wrong in [
            json!({ "kind": "nothing", "received": "2026-11-26T10:00" }),
            json!({ "kind": "question", "received": "tomorrow" }),
            json!({ "kind": "question", "received": "9999-11-26T10:00" }),
            json!({}),
        ] {
            assert!(reckon_period(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn personal_data_are_masked_and_an_empty_text_is_refused() {
        let told = mask_personal_data(&json!({ "text": "제 번호는 010-1234-5678입니다." })).unwrap();
        assert_eq!((told["found"].as_u64(), told["masked"].as_str()), (Some(1), Some("제 번호는 [전화번호]입니다.")));
        assert!(mask_personal_data(&json!({ "text": " " })).is_err());
    }
}
