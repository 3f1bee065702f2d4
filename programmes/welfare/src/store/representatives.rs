//! Whose household it is: by a person's pseudonym, and by the account of who acts for somebody.

use maru_ledger::{DatabaseError, Value};

use super::Store;

impl Store {
    /// For whom an account acts: households with the places in their records, also those whose time is over.
    pub async fn acted_for(&self, account: &str) -> Result<Vec<(String, usize)>, DatabaseError> {
        self.representatives("account", account).await
    }

    /// The household whose record holds an invitation with this digest.
    pub async fn invited(&self, digest: &str) -> Result<Option<String>, DatabaseError> {
        let found = self.representatives("invitation", digest).await?;
        Ok(found.into_iter().next().map(|(household, _)| household))
    }

    /// The households that a person heads, or their spouse does: as a rule one.
    pub async fn headed_by(&self, person: &str) -> Result<Vec<String>, DatabaseError> {
        let select = "SELECT household FROM welfare_people WHERE person = $1 ORDER BY household";
        let person = Value::from(person);
        let rows = self.ledger.read(move |sql| sql.query(select, &[person])).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    async fn representatives(&self, column: &'static str, value: &str) -> Result<Vec<(String, usize)>, DatabaseError> {
        if value.is_empty() {
            return Ok(Vec::new());
        }
        let select = format!(
            "SELECT household, place FROM welfare_representatives WHERE {column} = $1 ORDER BY household, place"
        );
        let value = Value::from(value);
        let rows = self.ledger.read(move |sql| sql.query(&select, &[value])).await?;
        let one = |row: &maru_ledger::Row| Ok((row.text(0)?, usize::try_from(row.integer(1)?).unwrap_or(usize::MAX)));
        rows.iter().map(one).collect()
    }
}
