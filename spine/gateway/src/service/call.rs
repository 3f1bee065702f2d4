//! One call, from its body to its answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderValue, Request, Response, StatusCode},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Value, json};

pub(super) use super::shape::Native;
use super::{
    Draft, Kind,
    after::{After, stream_response, whole_response},
    choose::{self, AUTO, Wanting},
    find_model, header_text, local,
    named_prompt::NamedPrompt,
    remote::Remote,
    request::Request as Asked,
    shape,
    stored::{self, Storing},
};
use crate::{
    budget::BudgetError,
    cache::Likeness,
    error::Refusal,
    gateway::{Inner, Key, Served, Snapshot},
    policy::{Checks, DataClass, Inspection, Masker, PolicySettings},
    record::RECORD_BEHIND,
    stream::{Filter, FilterOptions, NativeFilter, Relay, Sieve, Source},
    telemetry::TraceParent,
    unheard,
    upstream::Balance,
};

/// How long the body of a request may take to arrive.
const BODY: Duration = Duration::from_secs(30);

/// A request that passed everything and can be sent.
pub(super) struct Prepared {
    pub(super) kind: Kind,
    pub(super) body: Value,
    pub(super) stream: bool,
    pub(super) last_chunks: LastChunks,
    pub(super) masker: Masker,
    pub(super) restore: bool,
    pub(super) class: DataClass,
    pub(super) policy: Arc<PolicySettings>,
    /// What a caller of the Responses API sent: parts of it are repeated in the answer.
    pub(super) original: Option<Value>,
    pub(super) checks: Checks,
    /// Which answers may be given again; nothing where the model is asked anew.
    pub(super) given_again: Option<GivenAgain>,
    /// The answer is to be stored, and so.
    pub(super) storing: Option<Storing>,
}

/// Which answers may be given again.
#[derive(Debug, Clone, Copy)]
pub(super) struct GivenAgain {
    /// How old they may be.
    pub(super) oldest: Duration,
    /// How much alike another question must be whose answer this one gets; nothing where only the same one will do.
    pub(super) alike: Option<Likeness>,
}

/// What stands at the end of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastChunks {
    /// The caller did not ask for the chunk with the usage, we did.
    strip_usage: bool,
    /// The caller wants to know what the answer was found to be.
    tells_verdict: bool,
}

impl Prepared {
    /// What looks at the stream of an answer, and what the caller sent where that was translated.
    pub(super) fn sieve(self) -> (Box<dyn Sieve>, Option<Value>) {
        let Self { kind, masker, restore, policy, last_chunks, original, checks, .. } = self;
        let LastChunks { strip_usage, tells_verdict } = last_chunks;
        let options = FilterOptions { policy, masker: restore.then_some(masker), strip_usage, tells_verdict, checks };
        let sieve: Box<dyn Sieve> =
            if kind.is_native() { Box::new(NativeFilter::new(options)) } else { Box::new(Filter::new(options)) };
        (sieve, original)
    }
}

pub(super) async fn run(
    inner: &Arc<Inner>,
    snapshot: Arc<Snapshot>,
    key: Arc<Key>,
    kind: Kind,
    request: Request<Body>,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let mut draft = Draft::new(inner, &key, kind.name(), began);
    let refused = |draft: &mut Draft, refusal: Refusal| {
        draft.refused(&refusal);
        Err(refusal)
    };
    let (mut prepared, served) = match prepare(inner, &snapshot, &key, kind, request, &mut draft).await {
        Ok(prepared) => prepared,
        Err(refusal) => return refused(&mut draft, refusal),
    };
    let class = prepared.class;
    let record_first = prepared.policy.record_first;
    let storing = prepared.storing.take();
    let (id, model) = (draft.record.id.clone(), draft.record.model.clone());
    let outcome = if served.balance.is_embedded(class) {
        embedded(inner, prepared, &served.balance, draft).await
    } else {
        Remote { inner, snapshot: &snapshot, key: &key, served: &served }.answer(prepared, draft).await
    };
    if record_first {
        // Of a stream this covers nothing yet: its end waits by itself.
        inner.recorder.flush().await;
    }
    let outcome = match (outcome, storing) {
        (Ok(response), Some(storing)) => Ok(stored::keep(inner, storing, response).await),
        (outcome, _) => outcome,
    };
    outcome.map(|mut response| {
        label(&mut response, kind, &id, &model, class);
        response
    })
}

/// Who wrote it, under what class, where to find it on the record (AI Basic Act Article 31: readable by people and by machines).
fn label(response: &mut Response<Body>, kind: Kind, id: &str, model: &str, class: DataClass) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::try_from(id) {
        headers.insert("x-maru-call", value);
    }
    headers.insert("x-maru-class", HeaderValue::from_static(class.letter()));
    if kind.writes_text()
        && let Ok(value) = HeaderValue::try_from(format!("?1; model=\"{model}\""))
    {
        headers.insert("ai-generated", value);
    }
}

/// Whether a call may begin: the record keeps up, and the key does not call too often.
pub(super) async fn may_begin(inner: &Inner, key: &Key) -> Result<(), Refusal> {
    if !inner.recorder.keeps_up().await {
        let refusal = Refusal::unavailable(
            RECORD_BEHIND,
            "기록이 밀려 지금은 새 요청을 받지 않습니다. 잠시 뒤 다시 보내세요.",
            "The record is behind, so no calls are taken now. Try again in a moment.",
        );
        return Err(refusal);
    }
    if key.burst.as_ref().is_some_and(|burst| !burst.take(Instant::now())) {
        return Err(Refusal::exhausted(
            "rate_limit_exceeded",
            1,
            "이 키의 초당 호출 한도를 넘었습니다. 1초 뒤 다시 보내세요.",
            "This key calls more often a second than it may. Try again in a second.",
        ));
    }
    Ok(())
}

async fn prepare(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    kind: Kind,
    request: Request<Body>,
    draft: &mut Draft,
) -> Result<(Prepared, Arc<Served>), Refusal> {
    may_begin(inner, key).await?;
    let (parts, body) = request.into_parts();
    draft.parent = TraceParent::parse(header_text(&parts.headers, "traceparent"));
    let confirmed = header_text(&parts.headers, "x-maru-confirm").to_owned();
    let caching = header_text(&parts.headers, "cache-control");
    let asks_anew = ["no-store", "no-cache"].iter().any(|word| caching.contains(word));
    let declared = declared_class(header_text(&parts.headers, "x-maru-class"), key.scope.class)?;
    let policy = Arc::clone(snapshot.policy_of(&key.scope.agency));
    let bytes = read_body(body, policy.largest_request).await?;
    let mut body = parse(&bytes)?;
    let length = bytes.len();
    drop(bytes);
    let named = named_model(snapshot, key, &body)?;
    let is_of_one_agency = named.as_ref().is_some_and(|served| served.tenant.is_some());
    if let Some(served) = &named {
        draft.of_model(&served.entry);
    }
    let kind = if kind == Kind::Responses && is_of_one_agency { Kind::Native(Native::Create) } else { kind };
    let prompt = NamedPrompt::take_from(inner, kind, &mut body).await?;
    let request = Asked::read(inner, key, &policy, (kind, is_of_one_agency), body, draft).await?;
    let Asked { mut body, original, class: earlier, mut storing } = request;
    let checks = Checks::take_from(&mut body);
    let tells_verdict = asks_for_verdict(&mut body);
    let stream = shape::wants_stream(kind, &body)?;
    draft.record.stream = stream;
    let mut inspection = Inspection::new(&policy, declared.max(earlier));
    if let Some(prompt) = prompt {
        prompt.put_into(&mut body, &mut inspection, draft);
    }
    let inspected = shape::inspect(kind, &mut body, &mut inspection);
    let verdict = inspected.and_then(|()| inspection.verdict(&confirmed));
    let (class, masker) = (inspection.class, std::mem::take(&mut inspection.masker));
    class.letter().clone_into(&mut draft.record.class);
    draft.record.masked = masker.len();
    draft.record.rules = std::mem::take(&mut inspection.fired);
    drop(inspection);
    verdict?;
    let wanting = Wanting { inner, snapshot, key, policy: &policy, class, needs: choose::needs(kind, &body) };
    let served = match named {
        Some(served) => wanting.permit(&served).map(|()| served)?,
        None => wanting.cheapest(length)?,
    };
    draft.of_model(&served.entry);
    if let Some(storing) = &mut storing {
        storing.class = class;
        storing.model.clone_from(&served.entry.id);
    }
    // The Responses API always tells the usage.
    let strip_usage = stream && !kind.is_native() && ask_for_usage(&mut body) && kind != Kind::Responses;
    let budgets = &key.scope.budgets;
    let (tokens_in, tokens_out) =
        shape::bound(kind, &mut body, length, served.entry.answer_tokens, !budgets.is_empty())?;
    if !budgets.is_empty() {
        let cost = draft.cost(tokens_in, tokens_out);
        let reserved = inner.budgets.reserve(&key.owner, budgets, cost, inner.clock.now()).await;
        draft.reserved(reserved.map_err(over_budget)?);
    }
    // What a server stores for its agency is made anew each time.
    let seconds = key.scope.cache_seconds.filter(|_| !stream && !asks_anew && !kind.is_native());
    // Where a rule found anything, the answer is that caller's alone.
    let alike = key.scope.cache_alike.filter(|_| masker.is_empty() && draft.record.rules.is_empty()).map(Likeness);
    let given_again = seconds.map(|seconds| GivenAgain { oldest: Duration::from_secs(u64::from(seconds)), alike });
    let restore = key.scope.restore;
    let prepared = Prepared {
        kind,
        body,
        stream,
        last_chunks: LastChunks { strip_usage, tells_verdict },
        masker,
        restore,
        class,
        policy,
        original,
        checks,
        given_again,
        storing,
    };
    Ok((prepared, served))
}

/// The model that a request names and its key may use; nothing where the choice is left to the gateway.
fn named_model(snapshot: &Snapshot, key: &Key, body: &Value) -> Result<Option<Arc<Served>>, Refusal> {
    let name = wanted_model(body, key)?;
    if name == AUTO && !snapshot.models.contains_key(AUTO) {
        return Ok(None);
    }
    find_model(snapshot, key, name).map(|served| Some(Arc::clone(served)))
}

/// The model that a request names, or that of the key.
fn wanted_model<'a>(body: &'a Value, key: &'a Key) -> Result<&'a str, Refusal> {
    match body.get("model") {
        Some(Value::String(name)) => Ok(name),
        None | Some(Value::Null) if !key.scope.default_model.is_empty() => Ok(&key.scope.default_model),
        _ => Err(Refusal::bad(
            "invalid_value",
            "model: 모델 이름이 필요합니다.",
            "model: the name of a model is needed.",
        )
        .at("model")),
    }
}

fn declared_class(declared: &str, least: DataClass) -> Result<DataClass, Refusal> {
    if declared.is_empty() {
        return Ok(least);
    }
    DataClass::from_letter(declared).map(|class| class.max(least)).ok_or_else(|| {
        Refusal::bad(
            "invalid_class",
            "x-maru-class: 등급은 C, S, O 가운데 하나여야 합니다.",
            "x-maru-class: the class must be one of C, S and O.",
        )
    })
}

pub(super) async fn read_body(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let read = tokio::time::timeout(BODY, unheard::read(Limited::new(body, limit).collect())).await;
    let collected = read.map_err(|_| Refusal::too_slow())?.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            Refusal::too_large(limit)
        } else {
            Refusal::bad(
                "body_broken",
                "요청 내용이 중간에 끊겼습니다. 다시 보내세요.",
                "The request's body broke off. Send it again.",
            )
        }
    })?;
    Ok(collected.to_bytes())
}

/// The request as the caller wrote it.
fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    let body: Value = serde_json::from_slice(bytes).map_err(|error| {
        Refusal::bad(
            "invalid_json",
            format!("요청이 올바른 JSON이 아닙니다({}행 {}열). 고쳐서 다시 보내세요.", error.line(), error.column()),
            format!("The request is no valid JSON ({error}). Correct it and send it again."),
        )
    })?;
    if !body.is_object() {
        return Err(Refusal::bad("invalid_json", "요청은 JSON 객체여야 합니다.", "The request must be a JSON object."));
    }
    Ok(body)
}

/// Takes out of a request whether the caller wants to know at the end of a stream what the answer was found to be.
fn asks_for_verdict(body: &mut Value) -> bool {
    let options = body.get_mut("stream_options").and_then(Value::as_object_mut);
    options.and_then(|options| options.shift_remove("include_verdict")).is_some_and(|asked| asked == true)
}

pub(super) fn allow_class(class: DataClass, key: &Key, served: &Served) -> Result<(), Refusal> {
    let letter = class.letter();
    if class > key.scope.highest_class {
        return Err(Refusal::forbidden(
            "class_not_allowed_for_key",
            format!("이 키로는 {letter} 등급 내용을 보낼 수 없습니다. 내용을 줄이거나 허용된 키를 쓰세요(N2SF)."),
            format!("This key may not send class {letter} (N2SF). Remove what makes it so, or use a key that may."),
        ));
    }
    if class > served.entry.highest_class {
        return Err(class_refused(class));
    }
    Ok(())
}

pub(super) fn class_refused(class: DataClass) -> Refusal {
    let letter = class.letter();
    Refusal::forbidden(
        "class_not_allowed",
        format!(
            "{letter} 등급 내용을 볼 수 있는 곳에서 이 모델이 돌고 있지 않습니다. 다른 모델을 고르거나 내용을 줄이세요(N2SF)."
        ),
        format!(
            "This model runs nowhere that may see class {letter} (N2SF). Choose another model, or remove what makes it so."
        ),
    )
}

fn over_budget(error: BudgetError) -> Refusal {
    match error {
        BudgetError::Spent { limit, needed, until_next } => {
            let unit = if limit.unit == crate::Unit::Won { ("원", "won") } else { ("토큰", "tokens") };
            let period = if limit.period == crate::Period::Day { ("하루", "day") } else { ("한 달", "month") };
            Refusal::exhausted(
                "insufficient_quota",
                until_next,
                format!(
                    "이 키의 {} 한도 {}{}에서 남은 양이 이 요청에 필요할 수 있는 {needed}{}보다 적습니다. max_tokens를 줄이거나 다음 기간에 다시 보내세요.",
                    period.0, limit.limit, unit.0, unit.0
                ),
                format!(
                    "What is left of this key's {} {} a {} is less than the {needed} that this request may need. Lower max_tokens, or wait for the next {}.",
                    limit.limit, unit.1, period.1, period.1
                ),
            )
        }
        BudgetError::Database(error) => {
            tracing::error!(%error, "budgets could not be counted");
            Refusal::unavailable(
                "budget_unavailable",
                "예산을 확인할 수 없어 요청을 받지 않습니다.",
                "Budgets cannot be counted now, so no calls are taken.",
            )
        }
    }
}

/// Has the back end count tokens at the end of a stream; says whether the caller had not asked.
fn ask_for_usage(body: &mut Value) -> bool {
    let asked = body.pointer("/stream_options/include_usage").and_then(Value::as_bool).unwrap_or(false);
    if !asked && let Some(fields) = body.as_object_mut() {
        let options = fields.entry("stream_options").or_insert_with(|| json!({}));
        if !options.is_object() {
            *options = json!({});
        }
        options["include_usage"] = Value::Bool(true);
    }
    !asked
}

async fn embedded(
    inner: &Arc<Inner>,
    mut prepared: Prepared,
    balance: &Balance,
    mut draft: Draft,
) -> Result<Response<Body>, Refusal> {
    if let Some(place) =
        balance.order(prepared.class, None, Instant::now()).ok().and_then(|places| places.into_iter().next())
    {
        draft.record.backend.clone_from(&place.upstream.id);
        draft.record.version = place.version;
    }
    draft.record.attempts = 1;
    let body = prepared.body.take();
    draft.sends(&Bytes::from(body.to_string()), prepared.policy.keep_contents);
    let id = draft.record.id.clone();
    let (kind, stream) = (prepared.kind, prepared.stream);
    let local = match local::compute(inner, kind, &id, body, stream).await {
        Ok(local) => local,
        Err(refusal) => {
            draft.refused(&refusal);
            return Err(refusal);
        }
    };
    draft.used(local.tokens.0, local.tokens.1);
    if stream {
        let (sieve, original) = prepared.sieve();
        let relay = Relay::new(Source::Ready([Bytes::from(local.bytes)].into()), None, sieve, draft);
        return Ok(stream_response(relay, original));
    }
    let Prepared { masker, restore, policy, original, checks, .. } = prepared;
    let after = After { kind, masker, restore, policy, original, checks };
    Ok(whole_response(StatusCode::OK, Bytes::from(local.bytes), &after, draft))
}
