//! What people and programs can ask: a result with its reasons, and a place on the log for its certificate. Pages and the
//! API stand on this and decide nothing themselves. Situations are calculated on threads of their own, and kept nowhere.

mod error;
mod remembered;

use std::sync::Arc;

use jiff::Timestamp;
use maru_identity::{Policies, Principal, Resource};
use maru_ledger::{Actor, CommandContext, Executed, Ledger, StreamId};
use maru_rules::{
    explain::{
        self, Account,
        along::{self, Along, Fact, Range},
        certificate,
        change::{self, Change},
    },
    period::Period,
};
use maru_web::Visitor;
use serde_json::Value as Json;
use tokio::sync::Semaphore;

pub use error::ServiceError;
pub(crate) use error::problem;
use remembered::{Asked, Remembered};

use crate::{
    domain::{Certificate, Record, Sha256},
    shelf::{Law, Shelf},
    store::{Recorded, Store},
};

/// Who asks, and when.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who signed in; nobody for a stranger.
    pub principal: Option<Principal>,
    /// The present instant.
    pub now: Timestamp,
}

impl From<&Visitor> for Caller {
    fn from(visitor: &Visitor) -> Self {
        Self { principal: visitor.principal.clone(), now: visitor.now }
    }
}

impl Caller {
    fn actor(&self) -> Actor {
        self.principal.as_ref().map_or_else(|| Actor::new("stranger", "stranger"), Principal::actor)
    }
}

/// A question to a law.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Who and what, as OpenFisca writes situations.
    pub situation: Json,
    /// The variable.
    pub variable: String,
    /// The period.
    pub period: Period,
    /// Whose value; the first person or group where none is named.
    pub of: Option<String>,
}

/// A result with its reasons.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The tree of what it rests on.
    pub account: Account,
    /// What would change it.
    pub changes: Vec<Change>,
    /// The result along one of the facts, where one of them is money.
    pub along: Option<Along>,
}

/// What became of a certificate that somebody showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its hash.
    pub sha256: Sha256,
    /// Why it does not hold; nothing where it does.
    pub fault: Option<String>,
    /// Its place on the log, if it has one.
    pub recorded: Option<Recorded>,
}

/// The programme of laws. Clone it freely.
#[derive(Clone)]
pub struct LawsService {
    inner: Arc<Inner>,
}

struct Inner {
    shelf: Shelf,
    store: Store,
    policies: Arc<Policies>,
    /// As many calculations at once as there are processors; the others wait.
    room: Semaphore,
    examples: Remembered,
}

impl std::fmt::Debug for LawsService {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LawsService").field("shelf", &self.inner.shelf).finish_non_exhaustive()
    }
}

impl LawsService {
    /// The programme over `ledger`, opened with [`crate::projections`].
    pub fn new(ledger: Ledger, policies: Arc<Policies>, shelf: Shelf) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let room = Semaphore::new(processors);
        Self {
            inner: Arc::new(Inner {
                shelf,
                store: Store::new(ledger),
                policies,
                room,
                examples: Remembered::default(),
            }),
        }
    }

    /// The laws that are served.
    pub fn shelf(&self) -> &Shelf {
        &self.inner.shelf
    }

    /// The law of this name.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub fn law(&self, name: &str) -> Result<Arc<Law>, ServiceError> {
        self.inner.shelf.law(name).cloned().ok_or(ServiceError::NotFound)
    }

    /// Runs a calculation on a thread of its own, when there is room.
    pub(crate) async fn calculate<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let _place = self.inner.room.acquire().await.map_err(|_| ServiceError::Internal("closing".to_owned()))?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| ServiceError::Internal(error.to_string()))?
    }

    /// A result with its reasons, and the picture of how it goes along a fact: the one named, or the first that is money.
    ///
    /// # Errors
    /// [`ServiceError::Situation`] where the situation or the question is wrong.
    pub async fn answer(
        &self,
        law: Arc<Law>,
        question: Question,
        fact: Option<(String, String)>,
    ) -> Result<Answer, ServiceError> {
        self.calculate(move || {
            let (package, asked) = (&law.package, (question.variable.as_str(), question.period));
            let (situation, of) = (&question.situation, question.of.as_deref());
            let account = explain::explain(package, situation, asked.0, asked.1, of)?;
            let changes = change::changes(package, situation, asked.0, asked.1, of)?;
            let along = match picture(&account, &changes, fact.as_ref()) {
                Some((fact, range)) => Some(along::along(package, situation, asked, of, &fact, range)?),
                None => None,
            };
            Ok(Answer { account, changes, along })
        })
        .await
    }

    /// The same for a situation that everybody can look at. The last answers are remembered: the law and its examples stay as they are while
    /// the server runs, and what would change a result takes seconds to find.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub async fn answer_for_all(
        &self,
        law: Arc<Law>,
        question: Question,
        fact: Option<(String, String)>,
    ) -> Result<Arc<Answer>, ServiceError> {
        let asked = Asked { law: law.name.clone(), question: question.clone(), fact: fact.clone() };
        if let Some(answer) = self.inner.examples.answer(&asked) {
            return Ok(answer);
        }
        let answer = Arc::new(self.answer(law, question, fact).await?);
        self.inner.examples.remember(asked, &answer);
        Ok(answer)
    }

    /// The certificate of a result.
    ///
    /// # Errors
    /// [`ServiceError::Situation`] where the situation or the question is wrong.
    pub async fn certificate(&self, law: Arc<Law>, question: Question) -> Result<Json, ServiceError> {
        self.calculate(move || {
            let Question { situation, variable, period, of } = &question;
            Ok(certificate::certificate(&law.package, situation, variable, *period, of.as_deref())?)
        })
        .await
    }

    /// Calculates a result and puts the hash of its certificate on the log. The certificate is handed back, not kept.
    ///
    /// # Errors
    /// Where the caller may not, the question is wrong, or the database cannot be used.
    pub async fn record(
        &self,
        caller: &Caller,
        law: Arc<Law>,
        question: Question,
    ) -> Result<(Json, Recorded), ServiceError> {
        self.permit(caller, "record")?;
        let certificate = self.certificate(Arc::clone(&law), question).await?;
        let sha256 = hash_of(&certificate)?;
        let record = Record {
            law: law.name.clone(),
            version: law.package.version.clone(),
            package: Sha256::try_from(law.sha256.clone()).map_err(|error| ServiceError::Internal(error.to_string()))?,
        };
        let stream = StreamId::new(<Certificate as maru_ledger::Aggregate>::KIND, sha256.as_str())
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let context = CommandContext::new(caller.actor(), caller.now);
        let _: Executed<Certificate> =
            self.inner.store.ledger().execute::<Certificate>(&stream, record, context).await?;
        let recorded = self.recorded(&sha256).await?;
        let recorded =
            recorded.ok_or_else(|| ServiceError::Internal("a certificate was recorded and is not there".to_owned()))?;
        Ok((certificate, recorded))
    }

    /// The place of a certificate on the log.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub async fn recorded(&self, sha256: &Sha256) -> Result<Option<Recorded>, ServiceError> {
        Ok(self.inner.store.certificate(sha256).await?)
    }

    /// Checks a certificate that somebody shows: its hash, the calculation made again, and its place on the log.
    ///
    /// # Errors
    /// [`ServiceError::Situation`] where the text is no certificate, or of no law here.
    pub async fn check(&self, certificate: Json) -> Result<Checked, ServiceError> {
        let sha256 = hash_of(&certificate)?;
        let recorded = self.recorded(&sha256).await?;
        let name = certificate["package"]["name"].as_str().unwrap_or_default().to_owned();
        let laws = self.shelf();
        let by_record = recorded.as_ref().and_then(|recorded| laws.law(&recorded.law));
        let law = by_record.or_else(|| laws.laws().find(|law| law.package.name == name)).cloned();
        let law = law.ok_or_else(|| ServiceError::situation(format!("no law here comes from the package «{name}»")))?;
        let fault = self
            .calculate(move || Ok(certificate::verify(&law.package, &certificate).err().map(|error| error.to_string())))
            .await?;
        Ok(Checked { sha256, fault, recorded })
    }

    /// Whether the caller may do `action` with certificates.
    pub fn may(&self, caller: &Caller, action: &str) -> bool {
        self.permit(caller, action).is_ok()
    }

    fn permit(&self, caller: &Caller, action: &str) -> Result<(), ServiceError> {
        let resource = Resource::new("law-certificate", "");
        let decision = self.inner.policies.decide(caller.principal.as_ref(), action, &resource);
        if decision.allowed {
            return Ok(());
        }
        if caller.principal.is_none() {
            return Err(ServiceError::SignInRequired);
        }
        Err(ServiceError::Forbidden { ko: decision.reason_ko.to_string(), en: decision.reason_en.to_string() })
    }
}

fn hash_of(certificate: &Json) -> Result<Sha256, ServiceError> {
    let text = certificate["sha256"].as_str().unwrap_or_default();
    Sha256::try_from(text.to_owned()).map_err(|_| {
        ServiceError::situation(
            "this is no certificate: it has no field «sha256» with 64 digits 0-9 and a-f".to_owned(),
        )
    })
}

/// Points of a picture along a fact.
const POINTS: usize = 241;
/// How far a picture goes at least, in the fact's unit.
const WIDEST_AT_LEAST: i64 = 2_000_000;

/// Which fact to draw the result along, and how far: past the value now and the nearest value that changes the result.
fn picture(account: &Account, changes: &[Change], wanted: Option<&(String, String)>) -> Option<(Fact, Range)> {
    let money = |input: &&&Account| input.unit.as_deref().is_some_and(|unit| unit.starts_with("currency"));
    let inputs = account.inputs();
    let named =
        |input: &&&Account| wanted.is_none_or(|(variable, of)| input.variable == *variable && input.instance == *of);
    let matters = |input: &Account| {
        changes.iter().any(|change| change.variable == input.variable && change.instance == input.instance)
    };
    let mut open: Vec<&&Account> = inputs.iter().filter(money).filter(named).collect();
    // What was given and changes the result comes first.
    open.sort_by_key(|input| (!matters(input), input.source != explain::Source::Given));
    let fact = open.first()?;
    let near = changes
        .iter()
        .filter(|change| change.variable == fact.variable && change.instance == fact.instance)
        .filter_map(|change| change.value.as_i64())
        .chain(fact.value.as_i64());
    let far = near.max().unwrap_or(0).clamp(0, i64::MAX / 4);
    let to = rounded_up((far + far / 2).max(WIDEST_AT_LEAST));
    let named = Fact { variable: fact.variable.clone(), instance: fact.instance.clone(), period: fact.period };
    Some((named, Range { from: 0, to, points: POINTS }))
}

/// The next number that begins with 1, 2, 3, 4, 5, 6 or 8 and goes on in noughts.
fn rounded_up(value: i64) -> i64 {
    let mut step = 1_i64;
    while step <= value / 10 {
        step *= 10;
    }
    let first = [1, 2, 3, 4, 5, 6, 8, 10].into_iter().find(|first| first * step >= value);
    first.map_or(value, |first| first * step)
}

#[cfg(test)]
mod tests {
    use super::rounded_up;

    #[test]
    fn ends_of_axes_are_round() {
        assert_eq!(rounded_up(2_000_000), 2_000_000);
        assert_eq!(rounded_up(2_000_001), 3_000_000);
        assert_eq!(rounded_up(6_700_000), 8_000_000);
        assert_eq!(rounded_up(9), 10);
    }
}
