//! One connection: its turns one after another, and its end.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Collected, Limited};
use serde_json::Value;
use tokio::time::{Interval, MissedTickBehavior, interval_at, timeout};

use super::{
    held::Place,
    turn::{Events, Memory, Step, Turn, error_event, refusal_event},
};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    policy::DataClass,
    service::{
        Draft, Kind,
        after::unreadable,
        authenticate,
        call::{self, may_begin},
        header_text,
    },
};

/// How often a client is asked whether it is still there.
const ASK: Duration = Duration::from_secs(30);
/// How long a client may take to take an event.
const SLOWEST: Duration = Duration::from_mins(1);
/// How long what stands behind the last event may take.
const LAST: Duration = Duration::from_secs(5);
/// Bytes of an error that a server behind the gateway tells.
const LARGEST_ERROR: usize = 1 << 20;

/// A message that came over a connection.
enum Asked {
    Text(Utf8Bytes),
    Binary,
}

/// What was heard on a connection.
enum Heard {
    Message(Asked),
    Nothing,
    /// It is time to ask the client whether it is still there.
    Due,
}

/// Why a connection ends.
enum End {
    /// The client is not there any more.
    Gone,
    /// It lasted as long as it may.
    Limit,
    /// The server stops.
    Stops,
    /// What came cannot be read.
    Unreadable,
    /// The key does not hold any more.
    Refused(Refusal),
}

/// The wire of a connection.
struct Line {
    socket: WebSocket,
    ask: Interval,
    /// Something came since the client was last asked whether it is there.
    is_alive: bool,
}

impl Line {
    fn new(socket: WebSocket) -> Self {
        let mut ask = interval_at((Instant::now() + ASK).into(), ASK);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, ask, is_alive: true }
    }

    /// The next that comes; safe to be dropped while it waits.
    async fn hear(&mut self) -> Result<Heard, End> {
        let message = tokio::select! {
            message = self.socket.recv() => message,
            _ = self.ask.tick() => return Ok(Heard::Due),
        };
        self.is_alive = true;
        match message {
            Some(Ok(Message::Text(text))) => Ok(Heard::Message(Asked::Text(text))),
            Some(Ok(Message::Binary(_))) => Ok(Heard::Message(Asked::Binary)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Heard::Nothing),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            // Nothing can be read after it.
            Some(Err(_)) => Err(End::Unreadable),
        }
    }

    /// Asks the client whether it is there; whoever did not answer the last time is not.
    async fn ask_whether_there(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.is_alive) {
            return Err(End::Gone);
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn say(&mut self, event: &Value) -> Result<(), End> {
        self.send(Message::Text(event.to_string().into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SLOWEST, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

/// A connection and what it remembers.
pub(super) struct Session {
    inner: Arc<Inner>,
    headers: HeaderMap,
    /// Bytes that a message may have.
    largest: usize,
    place: Place,
    ends_at: Instant,
    memory: Option<Memory>,
}

impl Session {
    pub(super) fn new(inner: Arc<Inner>, headers: HeaderMap, largest: usize, place: Place) -> Self {
        let ends_at = place.ends_at();
        Self { inner, headers, largest, place, ends_at, memory: None }
    }

    pub(super) async fn attend(mut self, socket: WebSocket) {
        let mut line = Line::new(socket);
        let end = self.turns(&mut line).await;
        self.farewell(line, end).await;
    }

    /// Takes turns until there is a reason to end.
    async fn turns(&mut self, line: &mut Line) -> End {
        let mut waiting = None;
        loop {
            let message = match waiting.take() {
                Some(message) => message,
                None => match self.next(line).await {
                    Ok(message) => message,
                    Err(end) => return end,
                },
            };
            if let Err(end) = self.take_turn(line, &message, &mut waiting).await {
                return end;
            }
        }
    }

    /// The next message, however long that takes.
    async fn next(&mut self, line: &mut Line) -> Result<Asked, End> {
        loop {
            let heard = tokio::select! {
                heard = line.hear() => heard?,
                () = tokio::time::sleep_until(self.ends_at.into()) => return Err(End::Limit),
                () = self.place.server_stops() => return Err(End::Stops),
            };
            match heard {
                Heard::Message(message) => return Ok(message),
                Heard::Due => line.ask_whether_there().await?,
                Heard::Nothing => {}
            }
        }
    }

    /// Answers one message; what comes meanwhile waits for its turn.
    async fn take_turn(&mut self, line: &mut Line, message: &Asked, waiting: &mut Option<Asked>) -> Result<(), End> {
        let began = Instant::now();
        let snapshot = self.inner.snapshot();
        // A key that was taken back since ends the connection.
        let key = authenticate(&self.inner, &snapshot, &self.headers).map_err(End::Refused)?;
        let turn = match message {
            Asked::Text(text) => Turn::read(text, self.memory.as_ref()),
            Asked::Binary => Err(no_text()),
        };
        let mut turn = match turn {
            Ok(turn) => turn,
            Err(refusal) => return line.say(&refusal_event(&self.refused(&key, refusal, began).await)).await,
        };
        // Also what is refused, or breaks off, is forgotten: only what came to its end can be gone on from.
        if turn.goes_on_here {
            self.memory = None;
        }
        // In a box: most connections wait most of the time, and are to be small meanwhile.
        let asked = Box::pin(ask(&self.inner, snapshot, key, self.request(&mut turn), began));
        match while_there(line, waiting, asked).await? {
            Ok(response) => self.pass_on(line, waiting, turn, response).await,
            Err(event) => line.say(&event).await,
        }
    }

    /// What was no request is on the record, and is no way around the limits of a key.
    async fn refused(&self, key: &Key, refusal: Refusal, began: Instant) -> Refusal {
        let refusal = may_begin(&self.inner, key).await.err().unwrap_or(refusal);
        Draft::new(&self.inner, key, Kind::Responses.name(), began).refused(&refusal);
        refusal
    }

    fn request(&self, turn: &mut Turn) -> Request<Body> {
        let mut request = Request::new(Body::from(std::mem::take(&mut turn.body)));
        self.headers.clone_into(request.headers_mut());
        let declared = DataClass::from_letter(header_text(&self.headers, "x-maru-class"));
        if turn.class > declared.unwrap_or_default() {
            request.headers_mut().insert("x-maru-class", HeaderValue::from_static(turn.class.letter()));
        }
        request
    }

    /// Passes on the events of an answer, and remembers it.
    async fn pass_on(
        &mut self,
        line: &mut Line,
        waiting: &mut Option<Asked>,
        mut turn: Turn,
        response: Response<Body>,
    ) -> Result<(), End> {
        turn.begins(header_text(response.headers(), "x-maru-call"), header_text(response.headers(), "x-maru-class"));
        let mut body = response.into_body();
        let mut events = Events::default();
        while let Some(Ok(frame)) = while_there(line, waiting, body.frame()).await? {
            let Ok(data) = frame.into_data() else { continue };
            events.feed(&data);
            for event in events.by_ref() {
                match turn.step(event) {
                    Step::Goes(event) => line.say(&event).await?,
                    Step::Ends(event) => return finish(line, waiting, &event, body).await,
                    Step::Completes(event, memory) => {
                        self.memory = memory;
                        return finish(line, waiting, &event, body).await;
                    }
                }
            }
        }
        line.say(&refusal_event(&unreadable())).await
    }

    async fn farewell(self, mut line: Line, end: End) {
        let (event, code) = match end {
            End::Gone => return,
            End::Limit => (Some(refusal_event(&lasted_too_long())), close_code::NORMAL),
            End::Stops => (None, close_code::AWAY),
            End::Unreadable => (Some(refusal_event(&unreadable_message(self.largest))), close_code::SIZE),
            End::Refused(refusal) => (Some(refusal_event(&refusal)), close_code::POLICY),
        };
        if let Some(event) = event
            && line.say(&event).await.is_err()
        {
            return;
        }
        let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::default() }));
        if line.send(close).await.is_ok() {
            // Until the other side has said so too, what was sent last may be lost.
            let until_gone = async { while line.hear().await.is_ok() {} };
            drop(timeout(ASK, until_gone).await);
        }
    }
}

/// Says the last event, and reads what stands behind it, so that the call is booked as one that came to its end.
async fn finish(line: &mut Line, waiting: &mut Option<Asked>, event: &Value, body: Body) -> Result<(), End> {
    line.say(event).await?;
    drop(while_there(line, waiting, timeout(LAST, body.collect())).await?);
    Ok(())
}

/// Does some work, and looks meanwhile whether the client is still there: if not, the work is dropped, and with it the call. One message that comes
/// meanwhile waits; no more is read then.
async fn while_there<T>(line: &mut Line, waiting: &mut Option<Asked>, work: impl Future<Output = T>) -> Result<T, End> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            heard = line.hear(), if waiting.is_none() => match heard? {
                Heard::Message(message) => *waiting = Some(message),
                Heard::Due => line.ask_whether_there().await?,
                Heard::Nothing => {}
            },
        }
    }
}

/// Makes the call of a turn; the event of an error where there is no stream.
async fn ask(
    inner: &Arc<Inner>,
    snapshot: Arc<Snapshot>,
    key: Arc<Key>,
    request: Request<Body>,
    began: Instant,
) -> Result<Response<Body>, Value> {
    let response = call::run(inner, snapshot, key, Kind::Responses, request, began).await;
    let response = response.map_err(|refusal| refusal_event(&refusal))?;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if response.status() == StatusCode::OK && is_stream {
        return Ok(response);
    }
    let status = response.status();
    let bytes = Limited::new(response.into_body(), LARGEST_ERROR).collect().await;
    let bytes = bytes.map(Collected::to_bytes).unwrap_or_default();
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(answer) if !status.is_success() => Err(error_event(status, &answer["error"])),
        _ => Err(refusal_event(&unreadable())),
    }
}

fn no_text() -> Refusal {
    Refusal::bad(
        "invalid_message",
        "메시지는 JSON 글이어야 합니다. 이진 메시지는 받지 않습니다.",
        "A message must be JSON in text; binary messages are not taken.",
    )
}

fn unreadable_message(largest: usize) -> Refusal {
    let refusal = Refusal::too_large(largest);
    Refusal {
        code: "unreadable_message",
        korean: format!(
            "메시지를 읽을 수 없습니다. 올바른 UTF-8 글로 {largest}바이트까지 보낼 수 있습니다. 다시 연결하세요."
        )
        .into(),
        english: format!("The message cannot be read: valid UTF-8 of at most {largest} bytes is taken. Connect again.")
            .into(),
        ..refusal
    }
}

fn lasted_too_long() -> Refusal {
    Refusal::bad(
        "websocket_connection_limit_reached",
        "연결이 이어질 수 있는 시간이 다했습니다. 새로 연결해 이어 가세요. 보관하지 않은 답변은 앞선 대화를 input에 함께 보내야 합니다.",
        "The connection has lasted as long as it may. Connect again to go on; what was not stored must be sent again in input.",
    )
}
