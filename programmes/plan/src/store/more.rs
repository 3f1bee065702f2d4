//! Questions about councils, meetings, visits, dependencies and what citizens say.

use std::collections::BTreeMap;

use maru_ledger::{Aggregate, DatabaseError, LedgerError, StreamId, Value};

use super::{Named, Store};
use crate::domain::{
    Comment, Council, Felt, FeltCounts, Links, Meeting, Number, Overlaps, Photo, Visit,
    council::CouncilEvent,
    links::LINKS,
    overlap::OVERLAPS,
    visit::{PhotoEvent, Verdict},
};

impl Store {
    /// The councils, in the order in which they were founded.
    pub async fn councils(&self) -> Result<Vec<Named<Council>>, DatabaseError> {
        self.all(Council::KIND, "").await
    }

    /// One of them.
    pub async fn council(&self, id: &str) -> Result<Option<Named<Council>>, DatabaseError> {
        self.one(Council::KIND, id).await
    }

    /// The names of who holds the seats of a council: for the secretariat alone.
    pub async fn holders(&self, council: &str) -> Result<BTreeMap<String, String>, LedgerError> {
        let Ok(stream) = StreamId::new(Council::KIND, council) else { return Ok(BTreeMap::new()) };
        let mut holders = BTreeMap::new();
        for event in self.ledger.events(&stream).await? {
            if let Ok(CouncilEvent::MemberSeated { seat, holder, .. }) = serde_json::from_value(event.payload) {
                holders.insert(seat.id, holder.value.unwrap_or_default());
            }
        }
        Ok(holders)
    }

    /// The meetings, the oldest first.
    pub async fn meetings(&self) -> Result<Vec<Named<Meeting>>, DatabaseError> {
        self.all(Meeting::KIND, "").await
    }

    /// One of them.
    pub async fn meeting(&self, id: &str) -> Result<Option<Named<Meeting>>, DatabaseError> {
        self.one(Meeting::KIND, id).await
    }

    /// The visits, the oldest first.
    pub async fn visits(&self) -> Result<Vec<Named<Visit>>, DatabaseError> {
        self.all(Visit::KIND, "").await
    }

    /// One of them.
    pub async fn visit(&self, id: &str) -> Result<Option<Named<Visit>>, DatabaseError> {
        self.one(Visit::KIND, id).await
    }

    /// The photos of a visit, without the pictures.
    pub async fn photos(&self, visit: &str) -> Result<Vec<Named<Photo>>, DatabaseError> {
        self.all(Photo::KIND, visit).await
    }

    /// The picture of a photo as Base64; nothing where there is none, or where it was erased.
    pub async fn picture(&self, photo: &str) -> Result<Option<String>, LedgerError> {
        let Ok(stream) = StreamId::new(Photo::KIND, photo) else { return Ok(None) };
        let first = self.ledger.events(&stream).await?.into_iter().next();
        let event = first.and_then(|event| serde_json::from_value(event.payload).ok());
        Ok(event.and_then(|PhotoEvent::PhotoTaken { taken, .. }| taken.picture.value))
    }

    /// What waits for what.
    pub async fn links(&self) -> Result<Links, DatabaseError> {
        Ok(self.one::<Links>(Links::KIND, LINKS).await?.map(|named| named.state).unwrap_or_default())
    }

    /// The comments that an account made, in the order in which they came.
    pub async fn comments_of(&self, account: &str) -> Result<Vec<Named<Comment>>, DatabaseError> {
        let select = "SELECT id, state, changed_at FROM plan_states WHERE kind = $1 AND mark = $2 ORDER BY place";
        let parameters = [Value::from(Comment::KIND), Value::from(account)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.iter().map(super::named).collect()
    }

    /// What was decided of overlaps.
    pub async fn overlaps(&self) -> Result<Overlaps, DatabaseError> {
        Ok(self.one::<Overlaps>(Overlaps::KIND, OVERLAPS).await?.map(|named| named.state).unwrap_or_default())
    }

    /// What citizens say, by recommendation.
    pub async fn felt(&self) -> Result<BTreeMap<Number, FeltCounts>, DatabaseError> {
        // Who signed in stands under a name made of the number and the account, everybody else under one drawn by chance.
        let select = "SELECT owner, mark, COUNT(*), SUM(CASE WHEN id LIKE '%.%' THEN 1 ELSE 0 END) \
                      FROM plan_states WHERE kind = $1 GROUP BY owner, mark";
        let parameters = [Value::from(Felt::KIND)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let mut felt: BTreeMap<Number, FeltCounts> = BTreeMap::new();
        for row in rows {
            let Ok(number) = row.text(0)?.parse() else { continue };
            if let Some(verdict) = Verdict::from_identifier(&row.text(1)?) {
                felt.entry(number).or_default().add(verdict, row.unsigned(2)?, row.unsigned(3)?);
            }
        }
        Ok(felt)
    }
}
