//! Questions about what recommendations are held to.

use maru_ledger::{Aggregate, DatabaseError, Value};

use super::{COLUMNS, Store, named, projection::LEFT_OUT};
use crate::domain::{Number, Particulars, Recommendation};

impl Store {
    /// What one recommendation is held to.
    pub async fn particulars(&self, number: Number) -> Result<Particulars, DatabaseError> {
        let found = self.one::<Particulars>(Particulars::KIND, &number.to_string()).await?;
        Ok(found.map(|named| named.state).unwrap_or_default())
    }

    /// What the recommendations of the plan as it stands are held to, in the order of their numbers; only those that are held to
    /// something.
    pub async fn all_particulars(&self) -> Result<Vec<(Number, Particulars)>, DatabaseError> {
        let select = format!(
            "{COLUMNS} WHERE kind = $1 AND owner = '' AND id NOT IN (SELECT id FROM plan_states WHERE kind = $2 AND mark = $3) \
             ORDER BY place"
        );
        let parameters = [Value::from(Particulars::KIND), Value::from(Recommendation::KIND), Value::from(LEFT_OUT)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        let found = rows.iter().map(named::<Particulars>).collect::<Result<Vec<_>, _>>()?;
        let numbered = found.into_iter().filter_map(|named| Some((named.id.parse().ok()?, named.state)));
        Ok(numbered.filter(|(_, state): &(Number, Particulars)| !state.items.is_empty()).collect())
    }
}
