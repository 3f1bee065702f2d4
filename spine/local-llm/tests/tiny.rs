//! Files that the test makes, opened and asked: answers that are the same each time, ends, stops, chance, characters of several tokens, and
//! files that are not what they say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod making;

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use candle_core::quantized::gguf_file::Value;
use making::{Metadata, metadata};
use maru_local_llm::{
    Finish, GgufModel, LocalError, LocalModel, LocalPrompt, LocalRequest, OpenError, Speaker, Written,
};

const ARCHITECTURES: [&str; 4] = ["llama", "phi3", "qwen2", "qwen3"];

fn opened(architecture: &str, metadata: &Metadata) -> Result<GgufModel, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    making::write(&path, architecture, metadata);
    GgufModel::open(&path)
}

fn model_of(architecture: &str) -> GgufModel {
    opened(architecture, &metadata(architecture, "llama-bpe")).unwrap()
}

fn model() -> GgufModel {
    model_of("llama")
}

fn asked(prompt: LocalPrompt) -> LocalRequest {
    LocalRequest { prompt, max_tokens: Some(24), temperature: 0.0, top_p: 1.0, seed: 1, stop: Vec::new() }
}

fn text(text: &str) -> LocalRequest {
    asked(LocalPrompt::Text(text.to_owned()))
}

/// An answer piece by piece, without the pieces that say nothing.
fn pieces(model: &GgufModel, request: &LocalRequest) -> (Vec<String>, Written) {
    let mut pieces = Vec::new();
    let written = model.write(request, &mut |piece| {
        if !piece.is_empty() {
            pieces.push(piece.to_owned());
        }
        true
    });
    (pieces, written.unwrap())
}

fn written(model: &GgufModel, request: &LocalRequest) -> (String, Written) {
    let (pieces, written) = pieces(model, request);
    (pieces.concat(), written)
}

/// What it says where every token comes up sooner or later.
fn by_chance(seed: u64) -> LocalRequest {
    LocalRequest { temperature: 2.0, seed, max_tokens: Some(100), ..text("가") }
}

#[test]
fn the_same_file_request_and_seed_give_the_same_answer() {
    for architecture in ARCHITECTURES {
        let (model, other) = (model_of(architecture), model_of(architecture));
        assert_eq!(model.fingerprint(), other.fingerprint());
        assert!(model.fingerprint().starts_with("gguf-") && model.fingerprint().len() == 21);
        let question = text("대형폐기물은");
        let (first, counted) = written(&model, &question);
        assert!(!first.is_empty() && (1..=24).contains(&counted.tokens_out), "{architecture} {first:?} {counted:?}");
        assert_eq!(counted.tokens_in, 18, "six syllables of three bytes");
        // Another answer between leaves nothing behind.
        written(&model, &text("something else"));
        assert_eq!(written(&model, &question).0, first, "{architecture}");
        assert_eq!(written(&other, &question).0, first, "{architecture}");
        let by_chance = |seed| written(&model, &LocalRequest { temperature: 1.5, seed, ..question.clone() }).0;
        assert_eq!(by_chance(5), by_chance(5));
        assert_ne!(by_chance(5), by_chance(6));
        // Of all tokens only the likeliest: no chance is left.
        let likeliest = LocalRequest { temperature: 1.0, top_p: 0.0, seed: 9, ..question };
        assert_eq!(written(&model, &likeliest).0, first);
    }
    assert_ne!(model_of("llama").fingerprint(), model_of("qwen2").fingerprint());
}

#[test]
fn a_long_prompt_taken_in_portions_leads_on_as_one_taken_token_by_token() {
    // Of one prompt 64 + 8 + 5 tokens are taken in, and then one by one what the model says; of the others what it said already stands in the
    // prompt, and they are cut differently.
    let beginning = "가나다라마바사아자차카타파하거너더러머버서어저처커";
    for architecture in ARCHITECTURES {
        let model = model_of(architecture);
        let mut compared = 0;
        for number in 10..22 {
            let long = format!("{beginning}{number}");
            let (answer, counted) = written(&model, &LocalRequest { max_tokens: Some(8), ..text(&long) });
            assert_eq!(counted.tokens_in, 77);
            for (at, _) in answer.char_indices().take_while(|(_, letter)| letter.is_ascii()) {
                let (said, rest) = answer.split_at(at + 1);
                let most = Some(7 - u32::try_from(at).unwrap());
                let later = written(&model, &LocalRequest { max_tokens: most, ..text(&format!("{long}{said}")) }).0;
                assert_eq!(later, rest, "{architecture} after {said:?}");
                compared += 1;
            }
        }
        assert!(compared > 3, "{architecture}: only {compared} answers begin with a letter");
    }
}

#[test]
fn an_answer_ends_where_it_is_told_to() {
    let model = model();
    let question = text("a b");
    let (whole, counted) = written(&model, &question);
    let three = LocalRequest { max_tokens: Some(3), ..question.clone() };
    let (short, few) = written(&model, &three);
    assert!(whole.starts_with(short.trim_end_matches('\u{fffd}')), "{whole:?} {short:?}");
    assert_eq!((few.tokens_out, few.finish), (3, Finish::Length));
    let none = written(&model, &LocalRequest { max_tokens: Some(0), ..question.clone() });
    assert_eq!((none.0.as_str(), none.1.tokens_out), ("", 0));
    let middle = whole.chars().nth(whole.chars().count() / 2).unwrap();
    let stopped = LocalRequest { stop: vec![middle.to_string()], ..question.clone() };
    let (before, ended) = written(&model, &stopped);
    assert_eq!(before, whole.split(middle).next().unwrap());
    assert!(ended.finish == Finish::Stop && ended.tokens_out <= counted.tokens_out);
}

#[test]
fn a_mark_of_an_end_ends_an_answer_and_is_not_said() {
    let model = model();
    let ended =
        (0..40).map(|seed| written(&model, &by_chance(seed))).find(|(_, counted)| counted.finish == Finish::Stop);
    let (said, counted) = ended.unwrap();
    assert!(counted.tokens_out < 100 && !said.contains("<|im_end|>"), "{said:?} {counted:?}");
}

#[test]
fn nobody_who_went_away_is_written_to() {
    let model = model();
    let mut heard = 0;
    let left = model.write(&text("a b"), &mut |piece| {
        heard += usize::from(!piece.is_empty());
        heard < 2
    });
    assert!(left.unwrap().tokens_out <= 24 && heard == 2);
    // Gone before the first word: a prompt of eight portions is not taken in.
    let mut asked_for = 0;
    let left = model.write(&text(&"a".repeat(500)), &mut |_| {
        asked_for += 1;
        false
    });
    assert_eq!((left.unwrap().tokens_out, asked_for), (0, 1));
}

#[test]
fn a_character_of_several_tokens_is_said_once_it_is_whole() {
    let model = model();
    let mut several = 0;
    for seed in 0..5 {
        let (pieces, counted) = pieces(&model, &by_chance(seed));
        // A token is a byte here: what took fewer pieces than tokens was put together, and nothing was lost on the way.
        several += pieces.iter().filter(|piece| piece.len() > 1 && !piece.contains('\u{fffd}')).count();
        let bytes: usize = pieces
            .iter()
            .flat_map(|piece| piece.chars())
            .map(|letter| if letter == '\u{fffd}' { 1 } else { letter.len_utf8() })
            .sum();
        assert!(bytes as u64 <= counted.tokens_out, "{pieces:?} {counted:?}");
    }
    assert!(several > 0, "no character of several bytes in 5 answers of 100 tokens");
}

#[test]
fn the_context_has_an_end() {
    for architecture in ARCHITECTURES {
        let model = model_of(architecture);
        let until_the_end = LocalRequest { max_tokens: None, temperature: 1.0, ..text(&"a".repeat(500)) };
        let (_, counted) = written(&model, &until_the_end);
        assert!(counted.tokens_out <= 12, "{architecture} {counted:?}");
        let too_long = model.write(&text(&"a".repeat(600)), &mut |_| true).unwrap_err();
        assert_eq!(too_long, LocalError::TooLong { tokens: 600, context: 512 });
        assert!(matches!(model.write(&text(""), &mut |_| true), Err(LocalError::Unable(_))));
    }
}

#[test]
fn those_who_ask_at_once_are_answered_one_after_the_other_as_if_alone() {
    let model = model();
    let alone: Vec<String> = (0..4).map(|place| written(&model, &text(&"b".repeat(place + 1))).0).collect();
    let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for (place, alone) in alone.iter().enumerate() {
            let (model, inside, most) = (&model, &inside, &most);
            scope.spawn(move || {
                let mut answer = String::new();
                let question = text(&"b".repeat(place + 1));
                let counted = model.write(&question, &mut |piece| {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    answer.push_str(piece);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    true
                });
                assert!(counted.is_ok() && answer == *alone);
            });
        }
    });
    assert_eq!((model.at_once(), most.into_inner()), (1, 1));
}

#[test]
fn a_conversation_is_laid_out_by_the_template_of_the_file() {
    let turns = vec![(Speaker::User, "여권".to_owned())];
    let (_, counted) = written(&model(), &asked(LocalPrompt::Turns(turns.clone())));
    // The mark, «user» and a line; two syllables, the mark and a line; the mark, «assistant» and a line.
    assert_eq!(counted.tokens_in, (1 + 4 + 1) + (6 + 1 + 1) + (1 + 9 + 1));
    let mut without = metadata("llama", "qwen2");
    without.retain(|(name, _)| !name.contains("template"));
    let model = opened("llama", &without).unwrap();
    assert!(matches!(model.write(&asked(LocalPrompt::Turns(turns)), &mut |_| true), Err(LocalError::Unable(_))));
    assert!(!written(&model, &text("a")).0.is_empty());
}

#[test]
fn what_is_not_understood_is_refused_when_it_is_opened() {
    let refused =
        |architecture: &str, cut: &str| opened("llama", &metadata(architecture, cut)).unwrap_err().to_string();
    let architecture = refused("exaone4", "gpt-2");
    assert!(architecture.contains("exaone4") && architecture.contains("qwen3"), "{architecture}");
    let cut = refused("llama", "exaone");
    assert!(cut.contains("exaone") && cut.contains("llama-bpe"), "{cut}");
    assert!(opened("llama", &metadata("llama", "gpt-2")).is_ok());
    assert!(matches!(GgufModel::open(Path::new("/nowhere")), Err(OpenError::Unreadable { .. })));
    assert!(matches!(GgufModel::open(Path::new("/")), Err(OpenError::Unreadable { .. })));
}

/// Opening must end, in order: with a model or with a reason.
fn open_bytes(path: &Path, bytes: &[u8]) -> Result<GgufModel, OpenError> {
    std::fs::write(path, bytes).unwrap();
    GgufModel::open(path)
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    making::write(&path, "llama", &metadata("llama", "gpt-2"));
    let whole = std::fs::read(&path).unwrap();
    // The last tensor is 32 floats of a norm, and nothing comes after.
    let lengths = (0..600).chain((600..whole.len()).step_by(997)).chain([whole.len() - 1]);
    for length in lengths {
        let error = open_bytes(&path, &whole[..length]).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. } | OpenError::Unknown { .. }), "{length}: {error}");
    }
    let wrong = open_bytes(&path, &[b"GGML", &whole[4..]].concat()).unwrap_err().to_string();
    assert!(wrong.contains("does not begin as one") && wrong.contains("m.gguf"), "{wrong}");
    let later = open_bytes(&path, &[&whole[..4], &[9], &whole[5..]].concat()).unwrap_err().to_string();
    assert!(later.contains("version"), "{later}");
}

#[test]
fn sizes_that_cannot_be_are_refused_before_anything_is_made_so_large() {
    for (name, value) in [
        ("block_count", u32::MAX),
        ("block_count", 0),
        ("embedding_length", u32::MAX),
        ("attention.head_count", 0),
        ("attention.head_count", u32::MAX),
        ("attention.head_count", 3),
        ("attention.head_count_kv", 0),
        ("attention.head_count_kv", 3),
        ("rope.dimension_count", u32::MAX),
        ("attention.key_length", u32::MAX),
        ("attention.key_length", 7),
        ("context_length", 0),
        ("expert_count", u32::MAX),
    ] {
        for architecture in ARCHITECTURES {
            let key = format!("{architecture}.{name}");
            let mut metadata = metadata(architecture, "gpt-2");
            metadata.retain(|(name, _)| *name != key);
            metadata.push((key.clone(), Value::U32(value)));
            let is_read = match name {
                "rope.dimension_count" => ["llama", "phi3"].contains(&architecture),
                "attention.key_length" => architecture == "qwen3",
                _ => true,
            };
            let opened = opened(architecture, &metadata);
            assert_eq!(opened.is_err(), is_read, "{key} {value}: {opened:?}");
        }
    }
    // Whatever a file promises, no more context is given than can be computed.
    let mut metadata = metadata("qwen3", "gpt-2");
    metadata.retain(|(name, _)| name != "qwen3.context_length");
    metadata.push(("qwen3.context_length".to_owned(), Value::U32(u32::MAX)));
    let long = opened("qwen3", &metadata).unwrap().write(&text(&"a".repeat(9_000)), &mut |_| true).unwrap_err();
    assert_eq!(long, LocalError::TooLong { tokens: 9_000, context: 8_192 });
}

#[test]
fn counts_and_lengths_in_the_head_are_held_against_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    let mut aligned = metadata("llama", "gpt-2");
    aligned.insert(0, ("general.alignment".to_owned(), Value::U32(32)));
    making::write(&path, "llama", &aligned);
    let whole = std::fs::read(&path).unwrap();
    // Bytes 8 and 16 begin the numbers of tensors and of things said; 24 the length of the first name, which is followed by its kind.
    let alignment = 24 + 8 + "general.alignment".len() + 4;
    for (at, with) in [(8, u64::MAX), (8, 1 << 40), (16, u64::MAX), (16, 1 << 29), (24, u64::MAX), (24, 1 << 31)] {
        let damaged = [&whole[..at], &with.to_le_bytes(), &whole[at + 8..]].concat();
        let error = open_bytes(&path, &damaged).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{at} {with}: {error}");
    }
    let without_places = [&whole[..alignment], &0_u32.to_le_bytes(), &whole[alignment + 4..]].concat();
    assert!(matches!(open_bytes(&path, &without_places), Err(OpenError::Damaged { .. })));
    // Sides of a table whose product is more than can be counted, and a place far behind the end.
    let name = b"token_embd.weight";
    let sides = whole.windows(name.len()).position(|window| window == name).unwrap() + name.len() + 4;
    for (at, with) in
        [(sides, 1 << 62), (sides + 8, 1 << 62), (sides, 1 << 32), (sides + 8, 32 << 32), (sides + 20, u64::MAX)]
    {
        let damaged = [&whole[..at], &u64::to_le_bytes(with), &whole[at + 8..]].concat();
        let error = open_bytes(&path, &damaged).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{at} {with}: {error}");
    }
}

#[test]
fn no_byte_of_the_head_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    making::write(&path, "llama", &metadata("llama", "gpt-2"));
    let whole = std::fs::read(&path).unwrap();
    let name = b"output_norm.weight";
    let tables = whole.windows(name.len()).position(|window| window == name).unwrap();
    let head = (0..1_200).chain(tables - 200..tables + 400);
    let (mut refused, mut taken) = (0, 0);
    for at in head.step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x81;
        match open_bytes(&path, &damaged) {
            // What can still be opened may say anything or fail, and must end.
            Ok(model) => {
                taken += 1;
                drop(model.write(&LocalRequest { max_tokens: Some(2), ..text("a") }, &mut |_| true));
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 50 && taken > 50, "{refused} refused, {taken} taken");
}
