//! Services of Maru as tools for models (MCP): looking up what the state has said, reckoning a statutory period, calculating with laws as code,
//! finding personal data. None changes anything.

use jiff::civil::DateTime;
use maru_calendar::{Clock, PetitionKind, WorkingCalendar, citizen_sentence};
use maru_gateway::OwnTools;
use maru_knowledge::{Knowledge, Query};
use maru_laws::{Law, Shelf};
use maru_rules::{
    explain::{self, Account},
    period::Period,
    variable::Variable,
};
use serde_json::{Value, json};

/// Passages of an answer at most.
const MOST_PASSAGES: u64 = 10;
/// Variables of an answer at most.
const MOST_VARIABLES: usize = 30;
/// How deep a result is told: itself, what it rests on, what that rests on.
const DEPTH: usize = 2;

/// The tools over the deployment's knowledge and laws.
pub(crate) struct MaruTools {
    knowledge: Knowledge,
    laws: LawTools,
}

/// The tools that calculate with laws.
struct LawTools(Shelf);

impl LawTools {
    fn law(&self, arguments: &Value) -> Result<&Law, String> {
        let name = text(arguments, "law")?;
        self.0.law(name).map(std::convert::AsRef::as_ref).ok_or_else(|| {
            let known: Vec<&str> = self.0.laws().map(|law| law.name.as_str()).collect();
            format!("law: one of {}", known.join(", "))
        })
    }

    /// Results and facts of a law whose name or label holds every word.
    fn find_variables(&self, arguments: &Value) -> Result<Value, String> {
        let law = self.law(arguments)?;
        let wanted = text(arguments, "words")?.to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let fits = |variable: &&Variable| {
            let label = variable.label.as_deref().unwrap_or_default().to_lowercase();
            words.iter().all(|word| label.contains(word) || variable.name.to_lowercase().contains(word))
        };
        let of = |variable: &Variable, is_result: bool| {
            let label = maru_laws::shelf::label(variable);
            json!({ "variable": &*variable.name, "label": { "ko": label.ko, "en": label.en }, "is_result": is_result,
                "entity": law.package.system.entities.get(variable.entity).map(|entity| entity.key.to_string()),
                "references": variable.references })
        };
        let acts = &law.acts;
        let results = acts.iter().flat_map(|act| &act.results).map(std::convert::AsRef::as_ref).filter(fits);
        let facts = acts.iter().flat_map(|act| &act.facts).map(std::convert::AsRef::as_ref).filter(fits);
        let found = results.map(|one| of(one, true)).chain(facts.map(|one| of(one, false)));
        Ok(json!({ "variables": found.take(MOST_VARIABLES).collect::<Vec<_>>() }))
    }

    fn calculate(&self, arguments: &Value) -> Result<Value, String> {
        let law = self.law(arguments)?;
        let situation = arguments.get("situation").filter(|situation| situation.is_object());
        let situation = situation.ok_or("situation: an object is needed, as OpenFisca writes situations")?;
        let period = Period::parse(text(arguments, "period")?).ok_or("period: such as 2026-03 or 2026")?;
        let of = arguments.get("of").and_then(Value::as_str);
        let account = explain::explain(&law.package, situation, text(arguments, "variable")?, period, of);
        let mut told = told(&account.map_err(|error| error.to_string())?, DEPTH);
        told["law"] = json!({ "name": law.name, "version": law.package.version, "sha256": law.sha256 });
        Ok(told)
    }

    /// What there is, where the deployment serves any law.
    fn list(&self) -> Vec<Value> {
        of_laws(&self.0)
    }
}

impl MaruTools {
    pub(crate) fn new(knowledge: Knowledge, laws: Shelf) -> Self {
        Self { knowledge, laws: LawTools(laws) }
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
        let mut tools = vec![
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
        ];
        tools.extend(self.laws.list());
        tools
    }

    fn call(&self, name: &str, arguments: &Value) -> Result<String, String> {
        let answer = match name {
            "find_passages" => self.find_passages(arguments),
            "reckon_period" => reckon_period(arguments),
            "mask_personal_data" => mask_personal_data(arguments),
            "find_law_variables" => self.laws.find_variables(arguments),
            "calculate_law" => self.laws.calculate(arguments),
            name => Err(format!("there is no tool {name:?}")),
        };
        Ok(answer?.to_string())
    }
}

/// The tools that calculate with laws, where the deployment serves any.
fn of_laws(laws: &Shelf) -> Vec<Value> {
    if laws.is_empty() {
        return Vec::new();
    }
    let string = |description: &str| json!({ "type": "string", "description": description });
    let names: Vec<&str> = laws.laws().map(|law| law.name.as_str()).collect();
    let titles: Vec<String> =
        laws.laws().map(|law| format!("{}: {} ({})", law.name, law.title.ko, law.title.en)).collect();
    let titles = titles.join(", ");
    let law = json!({ "type": "string", "enum": names });
    vec![
        json!({
            "name": "find_law_variables",
            "description": format!("법령 계산에 쓰는 결과와 사실의 이름을 찾습니다. Finds what a law as code calculates and which facts it asks for. {titles}"),
            "inputSchema": { "type": "object", "required": ["law", "words"], "additionalProperties": false,
                "properties": { "law": law, "words": string("words of its name or label, in Korean or English: 기초연금") } },
            "annotations": { "readOnlyHint": true },
        }),
        json!({
            "name": "calculate_law",
            "description": format!("법령을 적용해 계산하고 근거 조문과 함께 이유를 알려 줍니다. Calculates with a law as code; tells the result, what it rests on and the articles. Cite them. Nothing is stored. {titles}"),
            "inputSchema": { "type": "object", "required": ["law", "situation", "variable", "period"], "additionalProperties": false,
                "properties": { "law": law, "variable": string("what is calculated, by the name that find_law_variables tells"),
                    "period": string("2026-03 or 2026"), "of": string("whose result; the first person or group where it is left out"),
                    "situation": { "type": "object", "description": "who and what, as OpenFisca writes situations: kinds of entities, their names, variables by period" } } },
            "annotations": { "readOnlyHint": true },
        }),
    ]
}

/// A result as a model is told it: value, words, articles, and what it rests on to some depth.
fn told(account: &Account, depth: usize) -> Value {
    let words = |words: &explain::Words| json!({ "ko": words.ko, "en": words.en });
    let mut told = json!({ "variable": account.variable, "label": words(&account.label), "of": account.instance,
        "period": account.period.to_string(), "value": account.value, "shown": words(&account.shown), "text": words(&account.text),
        "references": account.references });
    if let Some(reason) = &account.reason {
        told["reason"] = json!({ "text": words(&reason.text), "basis": words(&reason.basis) });
    }
    if depth > 0 && !account.children.is_empty() {
        told["rests_on"] = account.children.iter().map(|child| self::told(child, depth - 1)).collect();
    }
    told
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
    fn a_law_is_calculated_with_its_reasons() {
        let folder = tempfile::tempdir().unwrap();
        let settings = maru_laws::LawSettings {
            name: "korea".into(),
            title: "사회보장급여".into(),
            title_en: "Benefits".into(),
            package: crate::law::unpack(folder.path()).unwrap(),
        };
        let tools = LawTools(Shelf::read(&[settings]).unwrap());
        let names: Vec<String> = tools.list().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["find_law_variables", "calculate_law"]);
        let example = tools.0.law("korea").unwrap().examples.iter().find_map(|example| {
            let (variable, period, of) = example.question(true)?;
            Some((example.situation(true).clone(), variable, period, of))
        });
        let (situation, variable, period, of) = example.unwrap();
        let mut asked =
            json!({ "law": "korea", "situation": situation, "variable": variable, "period": period.to_string() });
        if let Some(of) = of {
            asked["of"] = of.into();
        }
        let told = tools.calculate(&asked).unwrap();
        assert_eq!(told["variable"], variable.as_str());
        assert!(!told["value"].is_null() && told["rests_on"].is_array() && told["law"]["sha256"].is_string(), "{told}");
        asked["law"] = "nowhere".into();
        assert!(tools.calculate(&asked).unwrap_err().contains("korea"));
        asked["law"] = "korea".into();
        asked["situation"] = "x".into();
        assert!(tools.calculate(&asked).unwrap_err().starts_with("situation"));
        let found = tools.find_variables(&json!({ "law": "korea", "words": "기초연금" })).unwrap();
        assert!(found["variables"].as_array().unwrap().iter().any(|one| one["is_result"] == true), "{found}");
        assert!(tools.find_variables(&json!({ "law": "korea" })).is_err());
        assert!(LawTools(Shelf::default()).list().is_empty(), "no law, no tools");
    }

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
