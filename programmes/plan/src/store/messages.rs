//! Messages to people who commented with an account: what a mail gateway reads and their own page shows.
//!
//! The queue is part of the projection: it follows from the events, so that none is lost and none is made twice. Who reads it remembers
//! how far it came (the place in the log); nothing is ever taken out.

use jiff::Timestamp;
use maru_korean::{Josa, with_josa};
use maru_ledger::{DatabaseError, RecordedEvent, Row, Sql, Value};
use serde_json::Value as Json;

use super::{Store, words};
use crate::domain::{Comment, Consultation, consultation::numbers_in};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The place in the log of what it tells.
    pub position: u64,
    /// When that happened.
    pub at: Timestamp,
    /// To which account.
    pub account: String,
    /// On which comment; of other words their address.
    pub comment: String,
    /// What happened: the kind of event.
    pub what: String,
    /// To which recommendation; empty where the comment itself was answered.
    pub number: String,
}

/// What of a recommendation is told to those whose comments it goes back to.
const TOLD: [&str; 6] = ["reported", "confirmed", "sent-back", "amended", "left-out", "taken-in-again"];

/// The tables.
pub(super) const SCHEMA: [&str; 4] = [
    "CREATE TABLE plan_messages (position BIGINT NOT NULL, at BIGINT NOT NULL, account TEXT NOT NULL, comment TEXT NOT NULL, \
     what TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY (position, comment))",
    "CREATE INDEX plan_messages_by_account ON plan_messages (account, position)",
    "CREATE TABLE plan_watches (number TEXT NOT NULL, comment TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (number, comment))",
    "CREATE INDEX plan_watches_by_comment ON plan_watches (comment)",
];

/// Notes the messages that an event calls for. The states of comment and consultation are up to date.
pub(super) fn note(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    match event.kind.as_str() {
        "comment-answered" => return answered(sql, event),
        // That a comment is hidden, and what became of an appeal.
        "comment-moderated" if !event.payload["moderation"]["breach"].is_null() => return told(sql, event),
        "comment-appeal-decided" => return told(sql, event),
        "words-moderated" if !event.payload["moderation"]["breach"].is_null() => return told_of_words(sql, event),
        "words-appeal-decided" => return told_of_words(sql, event),
        _ => {}
    }
    let told = event.stream.kind() == "recommendation" && TOLD.contains(&event.kind.as_str());
    // A report without an end is no news for who asked for the end.
    if !told || (event.kind == "reported" && event.payload["report"]["complete"] != true) {
        return Ok(());
    }
    let number = event.stream.identifier();
    let select = "SELECT comment, account FROM plan_watches WHERE number = $1 ORDER BY comment";
    for row in sql.query(select, &[number.into()])? {
        put(sql, event, (&row.text(0)?, &row.text(1)?), number)?;
    }
    Ok(())
}

fn put(
    sql: &mut dyn Sql,
    event: &RecordedEvent,
    (comment, account): (&str, &str),
    number: &str,
) -> Result<(), DatabaseError> {
    let insert =
        "INSERT INTO plan_messages (position, at, account, comment, what, number) VALUES ($1, $2, $3, $4, $5, $6)";
    let parameters = [
        event.position.into(),
        event.at.into(),
        account.into(),
        comment.into(),
        event.kind.as_str().into(),
        number.into(),
    ];
    sql.execute(insert, &parameters)?;
    Ok(())
}

/// The author is told, where there is an account.
fn told(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let id = event.stream.identifier();
    let account = state::<Comment>(sql, "comment", id)?.and_then(|comment| comment.filed?.account);
    account.map_or(Ok(()), |account| put(sql, event, (id, &account), ""))
}

/// The same of words that are no comment.
fn told_of_words(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let Some(words) = words::of_stream(sql, event.stream.kind(), event.stream.identifier())? else { return Ok(()) };
    let address = words.address.to_string();
    words.account.map_or(Ok(()), |account| put(sql, event, (&address, &account), ""))
}

/// The author is told of the answer, and from then on of the recommendations that it names or that the paragraph is of.
fn answered(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let id = event.stream.identifier();
    let Some(comment) = state::<Comment>(sql, "comment", id)? else { return Ok(()) };
    let Some((filed, account)) = comment.filed.as_ref().and_then(|filed| Some((filed, filed.account.as_deref()?)))
    else {
        return Ok(());
    };
    put(sql, event, (id, account), "")?;
    let change = event.payload["answer"]["change"].as_str().unwrap_or_default();
    let mut numbers = numbers_in(change);
    if let Some(place) = filed.paragraph
        && let Some(consultation) = state::<Consultation>(sql, "consultation", &filed.consultation)?
    {
        let paragraph = consultation.draft.as_ref().and_then(|draft| draft.paragraphs.get(place));
        numbers.extend(paragraph.and_then(|paragraph| paragraph.recommendation));
    }
    // An answer that was put right may name others.
    sql.execute("DELETE FROM plan_watches WHERE comment = $1", &[id.into()])?;
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let insert = "INSERT INTO plan_watches (number, comment, account) VALUES ($1, $2, $3)";
        sql.execute(insert, &[number.to_string().as_str().into(), id.into(), account.into()])?;
    }
    Ok(())
}

fn state<T: serde::de::DeserializeOwned>(sql: &mut dyn Sql, kind: &str, id: &str) -> Result<Option<T>, DatabaseError> {
    let rows = sql.query("SELECT state FROM plan_states WHERE kind = $1 AND id = $2", &[kind.into(), id.into()])?;
    rows.first().map(|row| super::json_of(&row.text(0)?)).transpose()
}

const COLUMNS: &str = "SELECT position, at, account, comment, what, number FROM plan_messages";

fn message(row: &Row) -> Result<Message, DatabaseError> {
    Ok(Message {
        position: row.unsigned(0)?,
        at: row.timestamp(1)?,
        account: row.text(2)?,
        comment: row.text(3)?,
        what: row.text(4)?,
        number: row.text(5)?,
    })
}

impl Message {
    /// The path of the page that tells more.
    pub fn path(&self) -> String {
        let room = if self.what.starts_with("words-") { "words" } else { "comments" };
        format!("/plan/{room}/{}", self.comment)
    }
}

impl Store {
    /// Messages that tell of what stands behind `position` in the log, in order, at most `limit`; of the last place all.
    pub async fn messages(&self, position: u64, limit: u32) -> Result<Vec<Message>, DatabaseError> {
        let select = format!(
            "{COLUMNS} WHERE position > $1 AND position <= COALESCE((SELECT MAX(position) FROM (SELECT position FROM plan_messages \
             WHERE position > $1 ORDER BY position LIMIT $2) AS first_ones), 0) ORDER BY position, comment"
        );
        let parameters = [Value::from(position), Value::from(limit)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(message).collect()
    }

    /// Messages to an account, the newest first, at most `limit`.
    pub async fn messages_to(&self, account: &str, limit: u32) -> Result<Vec<Message>, DatabaseError> {
        let select = format!("{COLUMNS} WHERE account = $1 ORDER BY position DESC, comment LIMIT $2");
        let parameters = [Value::from(account), Value::from(limit)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(message).collect()
    }
}

/// What a message says, in Korean and English: its subject and its text.
pub fn words_of(message: &Message) -> [(String, String); 2] {
    let number = &message.number;
    let (subject_ko, subject_en, text_ko, text_en) = match message.what.as_str() {
        "comment-answered" => (
            "내신 의견에 답했습니다".to_owned(),
            "Your comment was answered".to_owned(),
            "행동계획에 내신 의견에 답했습니다. 답변과 이유, 무엇을 바꾸었는지 아래 주소에서 볼 수 있습니다.".to_owned(),
            "Your comment on the action plan was answered. The answer, the reason and what was changed stand at the address below.".to_owned(),
        ),
        "comment-moderated" => (
            "내신 의견을 가렸습니다".to_owned(),
            "Your comment was hidden".to_owned(),
            "행동계획에 내신 의견이 규칙에 어긋난다고 보아 가렸습니다. 아래 주소에서 까닭을 보고 이의를 낼 수 있습니다. 가린 의견에도 답합니다.".to_owned(),
            "Your comment on the action plan was hidden because it breaks the rules. The reason stands at the address below, where you can appeal. It is answered all the same.".to_owned(),
        ),
        "comment-appeal-decided" => (
            "내신 이의를 정했습니다".to_owned(),
            "Your appeal was decided".to_owned(),
            "가린 의견에 내신 이의를 다른 사람이 살펴 정했습니다. 결과와 이유는 아래 주소에서 볼 수 있습니다.".to_owned(),
            "Somebody else looked at your appeal against hiding your comment. What was decided, and why, stands at the address below.".to_owned(),
        ),
        "words-moderated" => (
            "쓰신 글을 가렸습니다".to_owned(),
            "What you wrote was hidden".to_owned(),
            "행동계획에 쓰신 글이 규칙에 어긋난다고 보아 가렸습니다. 아래 주소에서 까닭을 보고 이의를 낼 수 있습니다.".to_owned(),
            "What you wrote on the action plan was hidden because it breaks the rules. The reason stands at the address below, where you can appeal.".to_owned(),
        ),
        "words-appeal-decided" => (
            "내신 이의를 정했습니다".to_owned(),
            "Your appeal was decided".to_owned(),
            "가린 글에 내신 이의를 다른 사람이 살펴 정했습니다. 결과와 이유는 아래 주소에서 볼 수 있습니다.".to_owned(),
            "Somebody else looked at your appeal against hiding what you wrote. What was decided, and why, stands at the address below.".to_owned(),
        ),
        "reported" => (
            format!("권고 {} 마쳤다고 보고했습니다", with_josa(number, Josa::Object)),
            format!("Recommendation {number} was reported done"),
            format!("내신 의견과 이어진 권고 {number}의 담당 부처가 다 마쳤다고 보고했습니다. 위원회가 확인합니다."),
            format!("The ministry reported recommendation {number}, to which your comment belongs, done. The committee looks at it."),
        ),
        "confirmed" => (
            format!("권고 {number}의 완료를 확인했습니다"),
            format!("Recommendation {number} is confirmed as done"),
            format!("내신 의견과 이어진 권고 {number}의 완료를 위원회가 확인했습니다. 달라진 것을 느끼셨는지 말씀해 주세요."),
            format!("The committee confirmed that recommendation {number}, to which your comment belongs, is done. Tell us whether you feel a change."),
        ),
        "sent-back" => (
            format!("권고 {number}의 보고를 돌려보냈습니다"),
            format!("The report on recommendation {number} was sent back"),
            format!("내신 의견과 이어진 권고 {number}의 일이 아직 끝나지 않았다고 위원회가 보고를 돌려보냈습니다."),
            format!("The committee sent the report on recommendation {number}, to which your comment belongs, back: it is not done."),
        ),
        "left-out" => (
            format!("권고 {} 계획에서 빠졌습니다", with_josa(number, Josa::Subject)),
            format!("Recommendation {number} was left out of the plan"),
            format!("내신 의견과 이어진 권고 {} 새 판에서 빠졌습니다. 이유와 지난 기록을 볼 수 있습니다.", with_josa(number, Josa::Subject)),
            format!("A new version leaves recommendation {number}, to which your comment belongs, out. The reason and its record stay readable."),
        ),
        "taken-in-again" => (
            format!("권고 {} 다시 계획에 들어갔습니다", with_josa(number, Josa::Subject)),
            format!("Recommendation {number} is in the plan again"),
            format!("내신 의견과 이어진 권고 {} 새 판에 다시 들어갔습니다.", with_josa(number, Josa::Subject)),
            format!("A new version takes recommendation {number}, to which your comment belongs, in again."),
        ),
        _ => (
            format!("권고 {} 바뀌었습니다", with_josa(number, Josa::Subject)),
            format!("Recommendation {number} was changed"),
            format!("내신 의견과 이어진 권고 {number}의 내용이나 일정이 바뀌었습니다."),
            format!("Text or schedule of recommendation {number}, to which your comment belongs, was changed."),
        ),
    };
    [(subject_ko, text_ko), (subject_en, text_en)]
}

/// A message as a line for a mail gateway. The account is the one of the provider of sign-in, which knows the address.
pub fn line_of(message: &Message, site: &str) -> Json {
    let [(subject_ko, text_ko), (subject_en, text_en)] = words_of(message);
    serde_json::json!({
        "position": message.position,
        "at": message.at,
        "account": message.account,
        "what": message.what,
        "subject": { "ko": subject_ko, "en": subject_en },
        "text": { "ko": text_ko, "en": text_en },
        "address": format!("{site}{}", message.path()),
    })
}
