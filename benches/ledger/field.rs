//! A field like that of inquiries, to measure with: one command records two or three kilobytes of sealed personal text,
//! writes a row in each of two tables and queues one job.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::{Aggregate, DatabaseError, NewJob, Personal, Projection, RecordedEvent, Sql};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An inquiry, as far as measuring needs it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Inquiry {
    received: bool,
    notes: u64,
}

/// What may be asked of it.
#[derive(Debug, Clone)]
pub(crate) enum InquiryCommand {
    /// A citizen hands it in.
    Receive {
        /// Its title.
        title: Personal,
        /// Its text.
        text: Personal,
        /// How to reach the citizen.
        telephone: Personal,
    },
    /// An official notes something.
    Note(String),
}

/// What can happen to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum InquiryEvent {
    /// It was received.
    InquiryReceived {
        /// Its title.
        title: Personal,
        /// Its text.
        text: Personal,
        /// How to reach the citizen.
        telephone: Personal,
        /// By which way it came.
        channel: String,
        /// What it is about, in the clear.
        facts: BTreeMap<String, String>,
    },
    /// Something was noted.
    InquiryNoted {
        /// The note.
        text: String,
    },
}

/// Why a command is refused.
#[derive(Debug, thiserror::Error)]
#[error("the inquiry was received before")]
pub(crate) struct Refusal;

impl Aggregate for Inquiry {
    const KIND: &'static str = "inquiry";
    type Command = InquiryCommand;
    type Event = InquiryEvent;
    type Refusal = Refusal;

    fn decide(&self, command: InquiryCommand, _now: Timestamp) -> Result<Vec<InquiryEvent>, Refusal> {
        match command {
            InquiryCommand::Receive { .. } if self.received => Err(Refusal),
            InquiryCommand::Receive { title, text, telephone } => {
                let facts = [("language", "ko"), ("kind", "question"), ("department", "교통과"), ("period", "P7D")];
                let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
                Ok(vec![InquiryEvent::InquiryReceived { title, text, telephone, channel: "web".to_owned(), facts }])
            }
            InquiryCommand::Note(text) => Ok(vec![InquiryEvent::InquiryNoted { text }]),
        }
    }

    fn evolve(&mut self, event: &InquiryEvent) {
        match event {
            InquiryEvent::InquiryReceived { .. } => self.received = true,
            InquiryEvent::InquiryNoted { .. } => self.notes += 1,
        }
    }

    fn follow_up(&self, event: &InquiryEvent) -> Vec<NewJob> {
        match event {
            InquiryEvent::InquiryReceived { .. } => vec![NewJob::new("understand-inquiry", json!({ "attempt": 1 }))],
            InquiryEvent::InquiryNoted { .. } => Vec::new(),
        }
    }
}

/// Two tables: a row for each inquiry, a row for each thing that happened.
pub(crate) struct Inquiries;

impl Projection for Inquiries {
    fn name(&self) -> &'static str {
        "inquiries"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE inquiries (stream TEXT PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL, \
             department TEXT NOT NULL, received_at BIGINT NOT NULL)",
            "CREATE INDEX inquiries_by_state ON inquiries (department, state, received_at)",
            "CREATE TABLE timeline (position BIGINT PRIMARY KEY, stream TEXT NOT NULL, kind TEXT NOT NULL, \
             at BIGINT NOT NULL, actor TEXT NOT NULL)",
            "CREATE INDEX timeline_by_stream ON timeline (stream, position)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["timeline", "inquiries"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let stream = event.stream.as_str();
        if event.kind == "inquiry-received" {
            let department = event.payload["facts"]["department"].as_str().unwrap_or_default();
            sql.execute(
                "INSERT INTO inquiries (stream, title, state, department, received_at) VALUES ($1, $2, $3, $4, $5)",
                &[
                    stream.into(),
                    event.payload["title"].to_string().into(),
                    "received".into(),
                    department.into(),
                    event.at.into(),
                ],
            )?;
        }
        sql.execute(
            "INSERT INTO timeline (position, stream, kind, at, actor) VALUES ($1, $2, $3, $4, $5)",
            &[
                event.position.into(),
                stream.into(),
                event.kind.as_str().into(),
                event.at.into(),
                event.actor.id.as_str().into(),
            ],
        )
        .map(drop)
    }
}

const WORDS: [&str; 24] = [
    "주민센터에서",
    "안내받은",
    "서류를",
    "제출하였으나",
    "처리가",
    "지연되고",
    "있어",
    "문의드립니다.",
    "주차",
    "구역이",
    "변경된",
    "이후",
    "단속",
    "기준을",
    "알고",
    "싶습니다.",
    "신청",
    "기한과",
    "필요한",
    "증명서의",
    "종류를",
    "다시",
    "확인해",
    "주십시오.",
];

/// About `bytes` bytes of Korean text, another for each `number`.
pub(crate) fn text(number: u64, bytes: usize) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::with_capacity(bytes + 32);
    while text.len() < bytes {
        // A linear congruential generator is enough to vary words.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = usize::try_from(state >> 33).unwrap_or_default() % WORDS.len();
        text.push_str(WORDS[word]);
        text.push(' ');
    }
    text
}

/// The command by which inquiry `number` is handed in: each by a person of its own, two to three kilobytes.
pub(crate) fn receive(number: u64) -> InquiryCommand {
    let person = format!("person-{number}");
    let length = 2_000 + usize::try_from(number % 11).unwrap_or_default() * 100;
    InquiryCommand::Receive {
        title: Personal::new(&person, text(number, 60)),
        text: Personal::new(&person, text(number, length)),
        telephone: Personal::new(&person, "010-1234-5678"),
    }
}
