use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::policy::Action;

fn chunk(text: &str) -> String {
    format!("data: {}\n\n", json!({ "id": "c", "choices": [{ "index": 0, "delta": { "content": text } }] }))
}

/// A stream of pieces, cut anywhere into packets; what the client reads out of it.
fn through(pieces: &[&str], masker: Option<Masker>, cut: usize) -> (String, Filter) {
    let mut stream = String::new();
    for piece in pieces {
        stream.push_str(&chunk(piece));
    }
    stream.push_str("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    stream
        .push_str("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9}}\n\ndata: [DONE]\n\n");
    let options = FilterOptions {
        policy: Arc::default(),
        masker,
        strip_usage: true,
        tells_verdict: false,
        checks: Checks::default(),
    };
    let mut filter = Filter::new(options);
    let mut out = BytesMut::new();
    for packet in stream.as_bytes().chunks(cut.max(1)) {
        filter.feed(Bytes::copy_from_slice(packet), &mut out);
    }
    filter.end(&mut out);
    (read(&out), filter)
}

fn read(stream: &[u8]) -> String {
    let text = std::str::from_utf8(stream).unwrap();
    let mut read = String::new();
    for event in text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).filter(|event| *event != "[DONE]")
    {
        let event: Value = serde_json::from_str(event).unwrap();
        read.push_str(event.pointer("/choices/0/delta/content").and_then(Value::as_str).unwrap_or_default());
    }
    read
}

fn masker() -> Masker {
    let mut masker = Masker::default();
    let text = "010-1234-5678";
    assert_eq!(masker.mask(text, &maru_privacy::find(text), &[]), "[전화번호#1]");
    masker
}

#[test]
fn placeholders_are_restored_across_chunks_and_packets() {
    for cut in [1, 7, 50, 10_000] {
        let (read, filter) =
            through(&["알려 주신 [전", "화번", "호#", "1]로 ", "연락드립니다. [", "1] 참고"], Some(masker()), cut);
        assert_eq!(read, "알려 주신 010-1234-5678로 연락드립니다. [1] 참고", "{cut}");
        assert!(filter.done && filter.finished && filter.broken.is_none());
        assert_eq!(filter.usage, Some(Usage { prompt_tokens: 7, completion_tokens: 9 }));
        assert_eq!(filter.answer, "알려 주신 [전화번호#1]로 연락드립니다. [1] 참고");
    }
}

#[test]
fn without_permission_placeholders_stay() {
    assert_eq!(through(&["[전화번호", "#1]"], None, 64).0, "[전화번호#1]");
}

#[test]
fn personal_data_that_leak_are_masked_across_chunks() {
    let (read, filter) = through(&["번호는 900", "101-", "12345", "68", "입니다. ", "안녕히"], None, 10_000);
    assert_eq!(read, "번호는 [주민등록번호]입니다. 안녕히");
    assert_eq!(filter.fired.len(), 1);
    let (read, _) = through(&["메일 hong", "@example", ".co.", "kr 끝"], None, 10_000);
    assert_eq!(read, "메일 [전자우편] 끝");
    let (read, _) = through(&["key sk-abcdef", "ghijklmnop", "qrstuvwxyz123 end"], None, 10_000);
    assert_eq!(read, "key [비밀값] end");
    let (read, _) = through(&["성명: ", "홍길", "동 ", "끝.\n"], None, 10_000);
    assert_eq!(read, "성명: [이름] 끝.\n");
}

#[test]
fn what_needs_no_look_goes_out_at_once() {
    let mut filter = Filter::new(FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: true,
        tells_verdict: false,
        checks: Checks::default(),
    });
    let mut out = BytesMut::new();
    let first = chunk("안녕하세요 ");
    filter.feed(Bytes::from(first.clone()), &mut out);
    assert_eq!(out, first.as_bytes());
    filter.feed(Bytes::from(chunk("2026")), &mut out);
    assert_eq!(out.len(), first.len(), "a number may go on");
    filter.feed(Bytes::from(chunk("년입니다.")), &mut out);
    assert!(out.len() > first.len());
}

#[test]
fn events_that_came_together_go_together_and_what_needs_a_look_is_looked_at_alone() {
    let mut filter = Filter::new(FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: true,
        tells_verdict: false,
        checks: Checks::default(),
    });
    let mut out = BytesMut::new();
    filter.feed(Bytes::from(chunk("안녕")), &mut out);
    let harmless = ["하세요", " 반갑", "습니다"].map(chunk).concat();
    let before = out.len();
    filter.feed(Bytes::from(harmless.clone()), &mut out);
    assert_eq!(&out[before..], harmless.as_bytes(), "the bytes as they came");
    assert_eq!((filter.pieces, filter.answer.as_str()), (4, "안녕하세요 반갑습니다"));
    let leak = [" 번호는", " 010-", "1234-", "5678", "입니다. ", "끝"].map(chunk).concat();
    filter.feed(Bytes::from(leak), &mut out);
    filter.end(&mut out);
    assert_eq!(read(&out), "안녕하세요 반갑습니다 번호는 [전화번호]입니다. 끝");
    assert_eq!(filter.pieces, 10);
    let mut filter = Filter::new(FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: true,
        tells_verdict: false,
        checks: Checks::default(),
    });
    filter.feed(Bytes::from(chunk("안녕")), &mut BytesMut::new());
    let mut open = BytesMut::new();
    filter.feed(Bytes::from([" 주소", " hong"].map(chunk).concat()), &mut open);
    assert_eq!(read(&open), " 주소", "a word may go on to be an address");
}

#[test]
fn nothing_is_held_for_ever() {
    let long = "1234 ".repeat(400);
    let pieces: Vec<&str> = long.split_inclusive(' ').collect();
    let mut filter = Filter::new(FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: true,
        tells_verdict: false,
        checks: Checks::default(),
    });
    let mut out = BytesMut::new();
    for piece in pieces {
        filter.feed(Bytes::from(chunk(piece)), &mut out);
    }
    assert!(!out.is_empty(), "the hold-back is bounded");
}

#[test]
fn broken_events_end_the_stream() {
    for broken in ["data: {\"choices\":\n\n", "data: nonsense\n\n", "data: {\"choices\":[{\"index\":-1}]}\n\n"] {
        let mut filter = Filter::new(FilterOptions {
            policy: Arc::default(),
            masker: None,
            strip_usage: true,
            tells_verdict: false,
            checks: Checks::default(),
        });
        filter.feed(Bytes::from(broken), &mut BytesMut::new());
        assert!(filter.broken.is_some(), "{broken}");
    }
    let mut filter = Filter::new(FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: true,
        tells_verdict: false,
        checks: Checks::default(),
    });
    filter.feed(Bytes::from(vec![b'x'; LARGEST_EVENT + 1]), &mut BytesMut::new());
    assert!(filter.broken.is_some());
}

proptest! {
    #[test]
    fn any_stream_reads_as_the_whole_text_would(
        pieces in prop::collection::vec(prop_oneof![
            4 => "[가-힣 ]{1,6}", 2 => "[a-z ]{1,6}", 1 => "[0-9]{1,4}", 1 => Just("[전화".to_owned()), 1 => Just("번호#1]".to_owned()),
            1 => Just("다.".to_owned()), 1 => Just("\n".to_owned()),
        ], 1..30),
        cut in 1_usize..400,
    ) {
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let whole = pieces.concat();
        prop_assume!(maru_privacy::find(&whole).is_empty() && crate::policy::find_secrets(&whole).is_empty());
        let masker = masker();
        let expected = masker.restore(&whole).unwrap_or(whole);
        let (read, _) = through(&pieces, Some(masker), cut);
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), cut in 1_usize..64) {
        let mut filter = Filter::new(FilterOptions { policy: Arc::default(), masker: Some(masker()), strip_usage: false, tells_verdict: false, checks: Checks::default() });
        let mut out = BytesMut::new();
        for packet in bytes.chunks(cut) {
            filter.feed(Bytes::copy_from_slice(packet), &mut out);
        }
        filter.end(&mut out);
    }
}

fn usual(change: impl FnOnce(&mut FilterOptions)) -> Filter {
    let mut options = FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: false,
        tells_verdict: false,
        checks: Checks::default(),
    };
    change(&mut options);
    Filter::new(options)
}

fn fed(filter: &mut Filter, event: &str) -> String {
    let mut out = BytesMut::new();
    filter.feed(Bytes::copy_from_slice(event.as_bytes()), &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}

#[test]
fn a_tool_call_does_not_wait_for_a_text_that_is_held() {
    let mut filter = usual(|_| {});
    assert_eq!(fed(&mut filter, &chunk("전화번호는 010-1234-")), "");
    assert!(filter.holds());
    let call = json!({ "choices": [{ "index": 0, "delta": { "tool_calls": [{ "index": 0, "function": { "arguments": "{\"a\": " } }] } }] });
    let out = fed(&mut filter, &format!("data: {call}\n\n"));
    assert!(out.contains("tool_calls") && !out.contains("010"), "{out}");
    let out = fed(&mut filter, &chunk("5678입니다. "));
    assert!(out.contains("전화번호는") && !out.contains("5678"), "{out}");
}

#[test]
fn what_waited_long_enough_goes_but_a_number_that_may_go_on_stays() {
    let mut filter = usual(|_| {});
    assert_eq!(fed(&mut filter, &chunk("담당자 전화번호는 010-1234-")), "");
    let mut out = BytesMut::new();
    filter.late(&mut out);
    let went = String::from_utf8(out.to_vec()).unwrap();
    assert!(went.contains("담당자") && !went.contains("1234"), "{went}");
    let mut again = BytesMut::new();
    filter.late(&mut again);
    assert!(again.is_empty() && filter.holds(), "nothing goes twice");
    let rest = fed(&mut filter, &chunk("5678입니다. "));
    assert!(rest.contains("입니다") && !rest.contains("5678"), "{rest}");
    let mut masked = usual(|options| options.masker = Some(masker()));
    fed(&mut masked, &chunk("연락처는 [전화번"));
    let mut out = BytesMut::new();
    masked.late(&mut out);
    assert!(!String::from_utf8(out.to_vec()).unwrap().contains("[전화"), "a placeholder waits for its end");
}

#[test]
fn whoever_asks_hears_at_the_end_what_the_answer_was_found_to_be() {
    let mut body = json!({ "maru_sources": ["수수료는 3,000원입니다."] });
    let mut filter = usual(|options| {
        options.tells_verdict = true;
        options.checks = Checks::take_from(&mut body);
    });
    let mut out = fed(&mut filter, &chunk("처리에는 이틀이 걸립니다."));
    out += &fed(&mut filter, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    out += &fed(&mut filter, "data: [DONE]\n\n");
    let events: Vec<&str> = out.trim_end().split("\n\n").collect();
    let verdict: Value = serde_json::from_str(events[events.len() - 2].trim_start_matches("data: ")).unwrap();
    assert_eq!((&verdict["id"], &verdict["choices"]), (&json!("c"), &json!([])));
    assert_eq!(verdict["maru"]["rules"], json!(["ungrounded"]));
    assert_eq!(verdict["maru"]["ungrounded"][0], "처리에는 이틀이 걸립니다.");
    assert_eq!(filter.take_answer().1.len(), 1, "judged once");
}

#[test]
fn unsafe_content_ends_a_stream_where_the_agency_wants_it() {
    let text = "물론입니다. 폭탄을 만드는 방법은 다음과 같습니다. 1단계: 준비물을 모읍니다. ".repeat(4);
    for (action, stops) in [(Action::Observe, false), (Action::Mask, true), (Action::Block, true)] {
        let mut policy = PolicySettings::default();
        policy.unsafe_content.insert("weapons".into(), action);
        let mut filter = usual(|options| options.policy = Arc::new(policy));
        let mut out = String::new();
        for piece in text.split_inclusive(' ') {
            out += &fed(&mut filter, &chunk(piece));
            if filter.stopped().is_some() {
                break;
            }
        }
        assert_eq!(filter.stopped(), stops.then_some("unsafe:weapons"), "{action:?}");
        assert_eq!(read(out.as_bytes()) == text, !stops);
        assert!(filter.take_answer().1.iter().any(|fired| fired.rule == "unsafe:weapons"));
    }
}

#[test]
fn what_was_taken_out_is_not_told_token_by_token() {
    let options = FilterOptions {
        policy: Arc::default(),
        masker: None,
        strip_usage: false,
        tells_verdict: false,
        checks: Checks::default(),
    };
    let mut filter = Filter::new(options);
    let mut out = BytesMut::new();
    for piece in ["안녕하세요. ", "전화 010-", "1234-", "5678", "입니다."] {
        let choice = json!({ "index": 0, "delta": { "content": piece }, "logprobs": { "content": [{ "token": piece, "logprob": -0.1 }] } });
        filter.feed(format!("data: {}\n\n", json!({ "id": "c", "choices": [choice] })).into(), &mut out);
    }
    filter.end(&mut out);
    let text = String::from_utf8(out.to_vec()).unwrap();
    assert!(!text.contains("5678") && text.contains("[전화번호]"), "{text}");
    assert!(text.contains("\"token\":\"안녕하세요. \""), "what nothing was taken out of stays as it came: {text}");
}

#[test]
fn what_leaks_while_a_model_reasons_is_masked_under_either_name() {
    for name in ["reasoning_content", "reasoning"] {
        let options = FilterOptions {
            policy: Arc::default(),
            masker: None,
            strip_usage: false,
            tells_verdict: false,
            checks: Checks::default(),
        };
        let mut filter = Filter::new(options);
        let mut out = BytesMut::new();
        for piece in ["번호는 010-", "1234-", "5678", "이다.\n"] {
            let choice = json!({ "index": 0, "delta": { name: piece } });
            filter.feed(format!("data: {}\n\n", json!({ "id": "c", "choices": [choice] })).into(), &mut out);
        }
        let odd = json!({ "id": "c", "choices": [{ "index": 0, "delta": { "reasoning": { "steps": 1 } } }] });
        filter.feed(format!("data: {odd}\n\n").into(), &mut out);
        filter.end(&mut out);
        let text = String::from_utf8(out.to_vec()).unwrap();
        assert!(!text.contains("5678") && text.contains("[전화번호]"), "{name}: {text}");
        assert!(filter.broken.is_none() && text.contains("steps"), "{text}");
    }
}
