//! Questions about what citizens write beside comments: words on what reached them, and problems that they pose.

use std::{fmt, str::FromStr};

use maru_ledger::{Aggregate, DatabaseError, Row, Sql, Value};
use serde::{Deserialize, Serialize};

use super::{Store, json_of};
use crate::domain::{
    Felt, Number,
    for_all::Problem,
    moderation::{Moderated, Showing},
};

/// What somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WordsKind {
    /// Whether a recommendation reached them.
    Felt,
    /// A problem for a laboratory.
    Problem,
}

/// Where words stand: their kind, and a key that tells nothing of who wrote them. Written as `felt/58-1.4711`, `problem/<name>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordsAddress {
    /// The kind.
    pub kind: WordsKind,
    /// The name of a problem; of words on a recommendation its number and their place in the log, since their stream is called by a
    /// digest of the account.
    pub key: String,
}

impl fmt::Display for WordsAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            WordsKind::Felt => "felt",
            WordsKind::Problem => "problem",
        };
        write!(formatter, "{kind}/{}", self.key)
    }
}

/// It is no address of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("words stand at felt/<number>.<place> or problem/<name>")]
pub struct NoWordsAddress;

impl FromStr for WordsAddress {
    type Err = NoWordsAddress;

    fn from_str(text: &str) -> Result<Self, NoWordsAddress> {
        let (kind, key) = text.split_once('/').ok_or(NoWordsAddress)?;
        let kind = match kind {
            "felt" => WordsKind::Felt,
            "problem" => WordsKind::Problem,
            _ => return Err(NoWordsAddress),
        };
        Ok(Self { kind, key: key.to_owned() })
    }
}

/// What somebody wrote, with how it stands with the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Where it stands.
    pub address: WordsAddress,
    /// The name of its stream.
    pub(crate) stream: String,
    /// The recommendation that it is about; nothing for a problem.
    pub recommendation: Option<Number>,
    /// The title of a problem; empty for words on a recommendation.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Who wrote it, where somebody signed in.
    pub account: Option<String>,
    /// How it stands with the rules.
    pub moderated: Moderated,
}

impl Words {
    /// Whether everybody may read it.
    pub fn showing(&self) -> Showing {
        self.moderated.showing()
    }
}

const SELECT: &str = "SELECT id, state, kind, place FROM plan_states";

/// Words from a row; nothing where somebody gave no words.
fn words_of(row: &Row) -> Result<Option<Words>, DatabaseError> {
    let (stream, state) = (row.text(0)?, row.text(1)?);
    if row.text(2)? == Problem::KIND {
        let Problem { posed, account, moderated, .. } = json_of(&state)?;
        let address = WordsAddress { kind: WordsKind::Problem, key: stream.clone() };
        return Ok(posed.map(|posed| Words {
            address,
            stream,
            recommendation: None,
            title: posed.title,
            text: posed.text,
            account,
            moderated,
        }));
    }
    let Felt { said, account, moderated } = json_of(&state)?;
    let Some(said) = said.filter(|said| !said.text.is_empty()) else { return Ok(None) };
    let key = format!("{}.{}", said.recommendation, row.integer(3)?);
    Ok(Some(Words {
        address: WordsAddress { kind: WordsKind::Felt, key },
        stream,
        recommendation: Some(said.recommendation),
        title: String::new(),
        text: said.text,
        account,
        moderated,
    }))
}

/// The words of a stream, inside a transaction: for messages.
pub(super) fn of_stream(sql: &mut dyn Sql, kind: &str, id: &str) -> Result<Option<Words>, DatabaseError> {
    let rows = sql.query(&format!("{SELECT} WHERE kind = $1 AND id = $2"), &[kind.into(), id.into()])?;
    rows.first().map(words_of).transpose().map(Option::flatten)
}

/// Words on a recommendation, by number and place.
fn felt_at(key: &str) -> Option<[Value; 3]> {
    let (number, place) = key.rsplit_once('.')?;
    let (number, place): (Number, i64) = (number.parse().ok()?, place.parse().ok()?);
    Some([Value::from(Felt::KIND), Value::from(number.to_string()), Value::from(place)])
}

impl Store {
    /// What somebody wrote; nothing where there is none at this address.
    pub async fn words(&self, address: &WordsAddress) -> Result<Option<Words>, DatabaseError> {
        let (select, parameters) = match address.kind {
            WordsKind::Problem => (
                format!("{SELECT} WHERE kind = $1 AND id = $2"),
                vec![Value::from(Problem::KIND), Value::from(&address.key)],
            ),
            WordsKind::Felt => {
                let Some(at) = felt_at(&address.key) else { return Ok(None) };
                (format!("{SELECT} WHERE kind = $1 AND owner = $2 AND place = $3"), at.to_vec())
            }
        };
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.first().map(words_of).transpose().map(Option::flatten)
    }

    /// Words that wait for a person, appeals first, then the oldest, at most `limit`; and how many there are in all.
    pub async fn waiting_words(&self, limit: u32) -> Result<(Vec<Words>, u64), DatabaseError> {
        let select = format!("{SELECT} WHERE kind IN ($1, $2) AND waits > 0 ORDER BY waits DESC, place LIMIT $3");
        let count = "SELECT COUNT(*) FROM plan_states WHERE kind IN ($1, $2) AND waits > 0";
        let kinds = [Value::from(Felt::KIND), Value::from(Problem::KIND)];
        let all = self.ledger.read({
            let kinds = kinds.clone();
            move |sql| sql.query(count, &kinds)
        });
        let all = all.await?.first().map_or(Ok(0), |row| row.unsigned(0))?;
        let [felt, problem] = kinds;
        let parameters = [felt, problem, Value::from(limit)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        let words = rows.iter().map(words_of).collect::<Result<Vec<_>, _>>()?;
        Ok((words.into_iter().flatten().collect(), all))
    }

    /// What citizens say of a recommendation in words, the newest first, also what is hidden: it keeps its place.
    pub async fn words_of_citizens(&self, number: Number) -> Result<Vec<Words>, DatabaseError> {
        let select = format!("{SELECT} WHERE kind = $1 AND owner = $2 ORDER BY changed_at DESC, id LIMIT $3");
        let parameters = [Value::from(Felt::KIND), Value::from(number.to_string()), Value::from(SHOWN_WORDS)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        let words = rows.iter().map(words_of).collect::<Result<Vec<_>, _>>()?;
        Ok(words.into_iter().flatten().collect())
    }
}

/// Most words of citizens that are shown of a recommendation.
const SHOWN_WORDS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_words_is_written_and_read() {
        for text in ["felt/58-1.4711", "problem/7b0c"] {
            assert_eq!(text.parse::<WordsAddress>().unwrap().to_string(), text);
        }
        for wrong in ["felt", "comment/1", ""] {
            assert_eq!(wrong.parse::<WordsAddress>(), Err(NoWordsAddress));
        }
        assert!(felt_at("58-1.x").is_none() && felt_at("x.1").is_none() && felt_at("58-1.9").is_some());
    }
}
