//! A mock of a model server, for measurements and tests: what it says is fixed. It answers at once, or paced where `--pace MS` is given.
//!
//! `mock_upstream [--address 127.0.0.1:9901] [--chunks 50] [--pace 0]`

use std::{
    convert::Infallible,
    future::Future as _,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt as _;
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;

const ANSWER: &str = r#"{"id":"chatcmpl-mock","object":"chat.completion","created":1700000000,"model":"mock","choices":[{"index":0,"message":{"role":"assistant","content":"대형폐기물은 배출 신고를 하고 스티커를 붙여 집 앞에 내놓으시면 됩니다.","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":42,"completion_tokens":25,"total_tokens":67}}"#;
const PIECE: &str = "data: {\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"mock\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" 안내\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
const LAST: &str = "data: {\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"mock\",\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";
const USAGE: &str = "data: {\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"mock\",\"choices\":[],\"usage\":{\"prompt_tokens\":42,\"completion_tokens\":50,\"total_tokens\":92}}\n\n";

#[derive(Clone, Copy)]
struct Settings {
    chunks: usize,
    pace: Duration,
}

/// A stream: each chunk is a frame of its own.
struct Chunks {
    left: usize,
    pace: Duration,
    timer: Pin<Box<tokio::time::Sleep>>,
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        if !self.pace.is_zero() {
            if self.timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let next = tokio::time::Instant::now() + self.pace;
            self.timer.as_mut().reset(next);
        }
        self.left -= 1;
        let piece = match self.left {
            0 => "data: [DONE]\n\n",
            1 => USAGE,
            2 => LAST,
            _ => PIECE,
        };
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
    }
}

fn argument(name: &str, otherwise: &str) -> String {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).unwrap_or_else(|| otherwise.to_owned())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    maru_gateway::process::raise_descriptor_limit();
    let settings = Settings {
        chunks: argument("--chunks", "50").parse()?,
        pace: Duration::from_millis(argument("--pace", "0").parse()?),
    };
    let address = argument("--address", "127.0.0.1:9901");
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(&address, settings))
}

async fn serve(address: &str, settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        // Without it a stream waits 40 ms for acknowledgements that the other side delays.
        stream.set_nodelay(true)?;
        let service = service_fn(move |request| answer(settings, request));
        tokio::spawn(async move { drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await) });
    }
}

async fn answer(settings: Settings, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let streams = memchr::memmem::find(&body, b"\"stream\":true").is_some();
    let (kind, body) = if streams {
        let timer = Box::pin(tokio::time::sleep(settings.pace));
        ("text/event-stream", Body::new(Chunks { left: settings.chunks + 3, pace: settings.pace, timer }))
    } else {
        ("application/json", Body::from(ANSWER))
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    Ok(response)
}
