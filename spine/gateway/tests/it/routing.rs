//! Which place is asked, who waits, and what is given again.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Json, Router, routing::post as on_post};
use serde_json::{Value, json};

use crate::support::*;

/// A mock that waits and then echoes; it counts what it is asked.
async fn slow(wait: Duration) -> (String, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    let answer = move |Json(body): Json<Value>| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            tokio::time::sleep(wait).await;
            Json(echo(&body))
        }
    };
    (mock(Router::new().route("/v1/chat/completions", on_post(answer))).await, asked)
}

/// The registry of [`registry`] with lines for the model, and further ones for every back end.
fn with(urls: &[String], model: &str, backend: &str, key: &str) -> String {
    let text = registry(urls, key).replace("idle_seconds = 2\n", &format!("idle_seconds = 2\n{backend}\n"));
    text.replace("[[keys]]", &format!("{model}\n[[keys]]"))
}

#[tokio::test]
async fn what_begins_alike_goes_to_the_same_place() {
    let (one, two) = (slow(Duration::ZERO).await, slow(Duration::ZERO).await);
    let house = house(&with(&[one.0, two.0], "[models.routing]\nprefix_affinity = true", "", "")).await;
    for conversation in 0..8 {
        for turn in 0..3 {
            let system = format!("안내 {conversation}");
            let body = json!({ "model": "m", "messages": [{ "role": "system", "content": system },
                { "role": "user", "content": "처음" }, { "role": "assistant", "content": "답" },
                { "role": "user", "content": format!("다음 {turn}") }] });
            assert_eq!(post(&house.gateway, "/v1/chat/completions", body).await.status, 200);
        }
    }
    let (one, two) = (one.1.load(Ordering::SeqCst), two.1.load(Ordering::SeqCst));
    assert_eq!((one % 3, two % 3, one + two), (0, 0, 24), "conversations stay together");
    assert!(one > 0 && two > 0, "and are spread: {one} {two}");
}

#[tokio::test]
async fn a_slow_place_is_hedged_and_the_first_answer_is_heard() {
    let (slow_one, quick) = (slow(Duration::from_millis(1_500)).await, slow(Duration::ZERO).await);
    // All weight on the slow one: the other is asked beside it alone.
    let text = with(&[slow_one.0, quick.0], "[models.routing]\nhedge_after_ms = 30", "", "");
    let text = text.replace("{ backend = \"b1\",", "{ backend = \"b1\", weight = 0,");
    let house = house(&text).await;
    let began = Instant::now();
    let answer = post(&house.gateway, "/v1/chat/completions", chat("m", "안녕")).await;
    assert_eq!((answer.status, answer.content().as_str()), (200, "안녕"));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!((slow_one.1.load(Ordering::SeqCst), quick.1.load(Ordering::SeqCst)), (1, 1));
    let record = &records(&house).await[0];
    assert_eq!((record["backend"].as_str(), record["attempts"].as_u64()), (Some("b1"), Some(2)));
    assert_eq!(record["version"], "v1");
}

#[tokio::test]
async fn calls_wait_for_a_place_in_turn_and_are_told_when_to_come_back() {
    let (base, _) = slow(Duration::from_millis(60)).await;
    let greedy = "[[keys]]\nid = \"g\"\nhash = \"GREEDY\"\nagency = \"greedy\"\nsystem = \"s\"\npurpose = \"p\"\n";
    let greedy = greedy.replace("GREEDY", &maru_gateway::hash_key("maru_sk_greedy"));
    let text = with(std::slice::from_ref(&base), "[models.routing]\nqueue_seconds = 3", "capacity = 1", "");
    let house = house(&format!("{text}{greedy}")).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut calls = Vec::new();
    for (name, key, count) in [("greedy", "maru_sk_greedy", 5), ("a", KEY, 1)] {
        for _ in 0..count {
            let (gateway, order) = (house.gateway.clone(), Arc::clone(&order));
            let mut one = request("/v1/chat/completions", chat("m", "q").to_string(), &[]);
            one.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
            calls.push(tokio::spawn(async move {
                let answer = send(&gateway, one).await;
                order.lock().unwrap().push(name);
                answer.status
            }));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    let place = order.lock().unwrap().iter().position(|name| *name == "a").unwrap();
    assert!(place <= 2, "the other agency's five calls do not stand before it: {place}");
    let records = records(&house).await;
    assert!(records.iter().any(|record| record["queued_us"].as_u64().is_some_and(|waited| waited > 20_000)));
    // Where nobody is to wait, who finds no place is told so at once.
    let at_once = with(&[base], "[models.routing]\nqueue_seconds = 0", "capacity = 1", "");
    let house = self::house(&at_once).await;
    let gateway = house.gateway.clone();
    let first = tokio::spawn(async move { post(&gateway, "/v1/chat/completions", chat("m", "q")).await.status });
    tokio::time::sleep(Duration::from_millis(20)).await;
    let refused = post(&house.gateway, "/v1/chat/completions", chat("m", "q")).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "all_backends_busy"));
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    assert_eq!(first.await.unwrap(), 200);
}

#[tokio::test]
async fn the_same_request_is_answered_from_memory_for_the_same_purpose_and_class_alone() {
    let (base, asked) = slow(Duration::ZERO).await;
    let other = "[[keys]]\nid = \"o\"\nhash = \"OTHER\"\nagency = \"a\"\nsystem = \"s\"\npurpose = \"another\"\ncache_seconds = 60\n";
    let other = other.replace("OTHER", &maru_gateway::hash_key("maru_sk_other"));
    let budget = "cache_seconds = 60\nbudgets = [{ unit = \"tokens\", period = \"day\", limit = 1000000 }]";
    let house = house(&format!("{}{other}", with(&[base], "", "", budget))).await;
    let gateway = &house.gateway;
    let ask = async |text: &str, headers: &[(&str, &str)]| {
        send(gateway, request("/v1/chat/completions", chat("m", text).to_string(), headers)).await
    };
    let first = ask("제 번호는 010-1234-5678", &[]).await;
    assert_eq!((first.content().as_str(), first.headers.get("x-maru-cache")), ("제 번호는 010-1234-5678", None));
    let again = ask("제 번호는 010-9999-0000", &[]).await;
    assert_eq!(again.headers["x-maru-cache"], "hit");
    assert_eq!(again.content(), "제 번호는 010-9999-0000", "masked they are the same; each gets his own back");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(ask("제 번호는 010-9999-0000", &[("x-maru-class", "C")]).await.status == 403, "classes are apart");
    assert_eq!(ask("쓰레기", &[]).await.headers.get("x-maru-cache"), None);
    assert_eq!(ask("쓰레기", &[("x-maru-class", "S")]).await.headers.get("x-maru-cache"), None, "classes are apart");
    assert_eq!(ask("쓰레기", &[("cache-control", "no-cache")]).await.headers.get("x-maru-cache"), None);
    let mut elsewhere = request("/v1/chat/completions", chat("m", "쓰레기").to_string(), &[]);
    elsewhere.headers_mut().insert("authorization", "Bearer maru_sk_other".parse().unwrap());
    assert_eq!(send(gateway, elsewhere).await.headers.get("x-maru-cache"), None, "purposes are apart");
    assert_eq!(asked.load(Ordering::SeqCst), 5);
    let records = records(&house).await;
    let hit = records.iter().find(|record| record["backend"] == "cache").unwrap();
    assert_eq!(
        (hit["tokens_in"].as_u64(), hit["microwon"].as_u64(), hit["attempts"].as_u64()),
        (Some(0), Some(0), Some(0))
    );
    assert_eq!(hit["version"], "v0");
}

/// A house whose key gives answers to questions alike, with one of another purpose and one of another agency beside it.
async fn house_alike() -> (House, Arc<AtomicU32>) {
    let (base, asked) = slow(Duration::ZERO).await;
    let alike = "cache_seconds = 60\ncache_alike = 60\n";
    let others = other_key("purpose", "a").replace("\"p\"", "\"another\"") + alike + &other_key("agency", "b") + alike;
    (house(&format!("{}{others}", with(&[base], "", "", alike))).await, asked)
}

const ALIKE_ASKED: &str = "종로구에서 여권 재발급을 신청하려면 수수료 5,000원이 필요한가요?";
const ALIKE: &str = "종로구에서 여권 재발급 신청하려면 수수료 5000원이 필요합니까";

fn cached(answer: &Answer) -> &str {
    answer.headers.get("x-maru-cache").map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_question_in_other_words_gets_the_answer_that_was_given() {
    let (house, asked) = house_alike().await;
    let first = post(&house.gateway, "/v1/chat/completions", chat("m", ALIKE_ASKED)).await;
    assert_eq!((cached(&first), first.json()["maru"].get("given_again")), ("", None));
    let mut stored = chat("m", ALIKE);
    stored["store"] = true.into();
    let again = post(&house.gateway, "/v1/chat/completions", stored).await;
    assert_eq!((again.status, cached(&again), again.content().as_str()), (200, "alike", ALIKE_ASKED));
    let likeness = again.headers["x-maru-cache-likeness"].to_str().unwrap().to_owned();
    assert!(("0.60"..="0.99").contains(&likeness.as_str()) && again.headers.contains_key("age"), "{likeness}");
    assert_eq!(again.json()["maru"]["given_again"]["likeness"].to_string().parse::<f32>(), likeness.parse());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let id = again.json()["id"].as_str().unwrap().to_owned();
    let kept = ask_for(&house, &format!("/v1/chat/completions/{id}/messages")).await;
    assert_eq!(kept.json()["data"][0]["content"], ALIKE, "stored with the words of who asked: {}", kept.text);
    let hit = records(&house).await.into_iter().find(|record| record["backend"] == "cache").unwrap();
    let hundredths: u64 = likeness.replace('.', "").parse().unwrap();
    assert_eq!((hit["likeness"].as_u64(), hit["tokens_out"].as_u64()), (Some(hundredths), Some(0)));
    let other =
        records(&house).await.into_iter().find(|record| record["backend"] != "cache" && record["route"] == "chat");
    assert!(other.unwrap().get("likeness").is_none());
    let metrics = ask_for(&house, "/v1/metrics").await.text;
    let alike: Vec<&str> = metrics.lines().filter(|line| line.starts_with("maru_gateway_alike_total{")).collect();
    let count =
        |backend: &str| alike.iter().find(|line| line.contains(backend)).and_then(|line| line.rsplit(' ').next());
    assert_eq!((count("backend=\"cache\""), count("backend=\"b0\"")), (Some("1"), Some("0")), "{alike:?}");
    let response = |text: &str| json!({ "model": "m", "input": text });
    assert_eq!(cached(&post(&house.gateway, "/v1/responses", response(ALIKE_ASKED)).await), "", "routes are apart");
    let response = post(&house.gateway, "/v1/responses", response(ALIKE)).await;
    assert_eq!(
        (cached(&response), response.json()["output"][0]["content"][0]["text"].as_str()),
        ("alike", Some(ALIKE_ASKED))
    );
}

#[tokio::test]
async fn nothing_but_the_words_of_a_question_may_differ() {
    let (house, _) = house_alike().await;
    let asked_by = async |key: &str, body: Value, headers: &[(&str, &str)]| {
        let mut request = request("/v1/chat/completions", body.to_string(), headers);
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
        send(&house.gateway, request).await
    };
    let with = |text: &str, name: &str, value: Value| {
        let mut body = chat("m", text);
        body[name] = value;
        body
    };
    let system = |text: &str, system: &str| {
        let messages = [json!({ "role": "system", "content": system }), json!({ "role": "user", "content": text })];
        with(text, "messages", messages.to_vec().into())
    };
    assert_eq!(cached(&asked_by(KEY, chat("m", ALIKE_ASKED), &[]).await), "");
    for (why, key, body, headers) in [
        ("purpose", "maru_sk_purpose", chat("m", ALIKE), [("x-none", "")]),
        ("agency", "maru_sk_agency", chat("m", ALIKE), [("x-none", "")]),
        ("class", KEY, chat("m", ALIKE), [("x-maru-class", "S")]),
        ("asked anew", KEY, chat("m", ALIKE), [("cache-control", "no-store")]),
        ("parameter", KEY, with(ALIKE, "temperature", json!(0)), [("x-none", "")]),
        ("system prompt", KEY, system(ALIKE, "짧게 답한다."), [("x-none", "")]),
        ("stream", KEY, with(ALIKE, "stream", json!(true)), [("x-none", "")]),
    ] {
        assert_eq!(cached(&asked_by(key, body, &headers).await), "", "{why}");
    }
    for (from, to) in [
        ("5000", "50000"),
        ("종로구", "강남구"),
        ("재발급", "발급"),
        ("필요합니까", "필요 없습니까"),
        ("여권", "여권 말고 비자"),
        ("수수료", "『수수료 고시』"),
        ("수수료", "010-1234-5678 수수료"),
    ] {
        let answer = asked_by(KEY, chat("m", &ALIKE.replace(from, to)), &[]).await;
        assert_eq!((answer.status, cached(&answer)), (200, ""), "{to}");
    }
    let (phone, tools) =
        ("010-1234-5678로 여권 안내를 받고 싶습니다", json!([{ "type": "function", "function": { "name": "f" } }]));
    let image = json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AA" } });
    let part = |text: &str| json!([{ "role": "user", "content": [{ "type": "text", "text": text }, image] }]);
    for (why, first, second) in [
        ("masked", chat("m", phone), chat("m", &phone.replace("안내를", "안내"))),
        ("tools", with(ALIKE_ASKED, "tools", tools.clone()), with(ALIKE, "tools", tools)),
        ("several", with(ALIKE_ASKED, "n", json!(2)), with(ALIKE, "n", json!(2))),
        ("images", with("", "messages", part(ALIKE_ASKED)), with("", "messages", part(ALIKE))),
    ] {
        let answers = [asked_by(KEY, first, &[]).await, asked_by(KEY, second, &[]).await];
        assert_eq!((cached(&answers[0]), cached(&answers[1])), ("", ""), "{why}");
    }
    assert_eq!(
        cached(&asked_by(KEY, system(ALIKE_ASKED, "짧게 답한다."), &[]).await),
        "alike",
        "found where all else is equal"
    );
    assert_eq!(cached(&asked_by(KEY, chat("m", ALIKE), &[]).await), "alike");
}

#[tokio::test]
async fn what_is_old_or_of_another_registry_is_not_given_to_a_question_alike() {
    let (base, asked) = slow(Duration::ZERO).await;
    let text = with(&[base], "", "", "cache_seconds = 1\ncache_alike = 60\n");
    let house = house(&text).await;
    let ask = async |text: &str| post(&house.gateway, "/v1/chat/completions", chat("m", text)).await;
    ask(ALIKE_ASKED).await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!((cached(&ask(ALIKE).await), asked.load(Ordering::SeqCst)), ("", 2), "too old");
    let command = maru_gateway::RegistryCommand::Configure {
        backend: Box::new(maru_gateway::Backend::new("new", "http://127.0.0.1:9/v1", maru_gateway::Zone::Work)),
        model: Box::new(maru_gateway::ModelEntry::new("new", "mock")),
    };
    house.gateway.change(command, "somebody").await.unwrap();
    assert_eq!(cached(&ask(&ALIKE.replace("합니까", "한가요")).await), "", "another registry");
    for wrong in ["cache_alike = 80", "cache_seconds = 60\ncache_alike = 20", "cache_seconds = 60\ncache_alike = 101"] {
        let text = text.replace("cache_seconds = 1\ncache_alike = 60", wrong);
        let error = maru_gateway::Registry::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains("key \"k\": cache_alike"), "{error}");
    }
}

#[tokio::test]
async fn a_shadow_answers_a_share_of_the_calls_for_the_record_alone() {
    let ((base, asked), (other, copied)) = (slow(Duration::ZERO).await, slow(Duration::ZERO).await);
    let shadow = "[models.routing.shadow]\nmodel = \"n\"\nper_mille = 250\n[[models]]\nid = \"n\"\nmaker = \"mock\"\nroutes = [{ backend = \"b1\" }]";
    let text = with(&[base, other], shadow, "", "").replace(", { backend = \"b1\", version = \"v1\" }", "");
    let house = house(&text).await;
    for _ in 0..16 {
        assert_eq!(
            post(&house.gateway, "/v1/chat/completions", chat("m", "제 번호는 010-1234-5678")).await.status,
            200
        );
    }
    comes_true(|| copied.load(Ordering::SeqCst) == 4).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!((asked.load(Ordering::SeqCst), copied.load(Ordering::SeqCst)), (16, 4));
    let records = records(&house).await;
    let answered: Vec<&Value> = records.iter().filter(|record| record["route"] == "shadow").collect();
    assert_eq!((records.len(), answered.len()), (20, 4));
    for copy in answered {
        assert_eq!((copy["model"].as_str(), copy["status"].as_u64()), (Some("n"), Some(200)));
        assert!(records.iter().any(|record| record["id"] == copy["shadow_of"]), "{copy}");
    }
    assert!(maru_gateway::Registry::from_toml(&text.replace("model = \"n\"", "model = \"none\"")).is_err());
}

/// Further models on the first server: `dear` sees images, `cheap` does not, `internal` alone may see class C.
fn choices(url: &str) -> String {
    let model = |id: &str, price: u32, more: &str| {
        format!(
            "[[models]]\nid = \"{id}\"\nmaker = \"mock\"\nstate = \"approved\"\nwon_per_million_in = {price}\n\
             won_per_million_out = {price}\nroutes = [{{ backend = \"b0\" }}]\n{more}\n"
        )
    };
    let models = [
        model("dear", 9_000_000, "capabilities = [\"chat\", \"images\"]"),
        model("cheap", 1_000, "capabilities = [\"chat\", \"tools\"]\nhighest_class = \"O\""),
        model("trial", 1, "").replace("approved", "trial"),
    ];
    registry(&[url.to_owned()], "").replace("[[keys]]", &format!("{}[[keys]]", models.concat()))
}

#[tokio::test]
async fn who_leaves_the_choice_to_the_gateway_gets_the_cheapest_that_may_and_can() {
    let (url, _) = slow(Duration::ZERO).await;
    let house = house(&choices(&url)).await;
    let ask = async |path: &str, mut body: Value| {
        body["model"] = "auto".into();
        let answer = post(&house.gateway, path, body).await;
        let model = records(&house).await.last().unwrap()["model"].as_str().unwrap().to_owned();
        (if answer.status == 200 { model } else { answer.code() }, answer)
    };
    let question = |content: Value| json!({ "messages": [{ "role": "user", "content": content }] });
    let chat = "/v1/chat/completions";
    let (model, answer) = ask(chat, question(json!("안녕하세요"))).await;
    assert_eq!((model.as_str(), &answer.headers["ai-generated"]), ("cheap", &"?1; model=\"cheap\"".parse().unwrap()));
    assert_eq!(ask(chat, question(json!("010-1234-5678로 전화"))).await.0, "m", "class S is too much for the cheapest");
    let image = json!([{ "type": "text", "text": "무엇인가요?" }, { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA" } }]);
    assert_eq!(ask(chat, question(image.clone())).await.0, "dear", "the only one that is known to see images");
    let mut schema = question(json!("안녕하세요"));
    schema["response_format"] = json!({ "type": "json_schema", "json_schema": { "name": "s", "schema": {} } });
    assert_eq!(ask(chat, schema).await.0, "m", "the others say that they cannot");
    assert_eq!(ask("/v1/embeddings", json!({ "input": "글" })).await.0, "maru-extractive");
    let response = ask("/v1/responses", json!({ "input": "안녕하세요", "store": true })).await.1;
    let kept = ask_for(&house, &format!("/v1/responses/{}", response.json()["id"].as_str().unwrap())).await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    let named =
        post(&house.gateway, chat, json!({ "model": "cheap", "messages": [{ "role": "user", "content": image }] }))
            .await;
    assert_eq!((named.status, named.code().as_str()), (400, "unsupported_by_model"));
}

async fn ask_for(house: &House, path: &str) -> Answer {
    ask(&house.gateway, KEY, "GET", path, Value::Null).await
}

#[tokio::test]
async fn where_no_model_fits_that_is_said() {
    let (url, _) = slow(Duration::ZERO).await;
    let text = choices(&url).replace("agency = \"a\"", "agency = \"a\"\nmodels = [\"cheap\"]");
    let house = house(&text).await;
    let body = json!({ "model": "auto", "messages": [{ "role": "user", "content": "010-1234-5678로 전화" }] });
    let answer = post(&house.gateway, "/v1/chat/completions", body).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "no_model_fits"));
}
