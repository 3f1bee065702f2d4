//! Who asks, may they, and then what. Pages and API stand on this and decide nothing themselves.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use maru_gateway::{
    ActionRefusal, ActionRow, AskedAction, BackendState, CallQuery, CallRow, Change, ChangeRefusal, ClientAnswer,
    DataClass, DryRun, Gateway, GatewayError, Inspected, KeyScope, PolicySettings, PromptCommand, PromptLibrary,
    PromptRefusal, RecordedCall, RegistryCommand, RegistryState, Replay, ReplayError, Spending, Traffic, TrafficQuery,
    evaluate::{EvaluationRefusal, EvaluationRow, EvaluationRun, WantedEvaluation},
};
use maru_identity::{Policies, Principal, Resource};
use maru_ledger::{AppendError, DatabaseError, Entropy, ExecuteError, LedgerError};
use maru_web::Visitor;
use serde_json::json;

/// The longest question of the sandbox, in characters.
pub const LONGEST_QUESTION: usize = 8_000;

/// Days of calls on which rules are tried, and calls at most.
pub const DAYS_TRIED: i64 = 7;
const CALLS_TRIED: u32 = 2_000;

/// Who asks, and when.
#[derive(Debug, Clone)]
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

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody signed in.
    #[error("sign in first")]
    SignInRequired,
    /// There is no such model or change.
    #[error("there is no such model or change")]
    NotFound,
    /// The caller may not do this.
    #[error("{en}")]
    Forbidden {
        /// Why, in Korean.
        ko: String,
        /// Why, in English.
        en: String,
    },
    /// The registry refuses.
    #[error(transparent)]
    Refused(ChangeRefusal),
    /// What a machine wants to do cannot be decided so.
    #[error(transparent)]
    Action(ActionRefusal),
    /// The library of prompts refuses.
    #[error(transparent)]
    Prompt(PromptRefusal),
    /// An evaluation cannot be made so.
    #[error(transparent)]
    Evaluation(EvaluationRefusal),
    /// A call cannot be sent again: its texts are gone, or it asked for none.
    #[error("{0}")]
    Replay(String),
    /// The database cannot be used now.
    #[error("the database cannot be used now: {0}")]
    Unavailable(DatabaseError),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

impl From<DatabaseError> for ServiceError {
    fn from(error: DatabaseError) -> Self {
        if error.is_passing() { Self::Unavailable(error) } else { Self::Internal(error.to_string()) }
    }
}

impl From<GatewayError> for ServiceError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Change(ExecuteError::Refused(refusal)) => Self::Refused(refusal),
            GatewayError::Action(ExecuteError::Refused(ActionRefusal::Unknown))
            | GatewayError::Evaluation(ExecuteError::Refused(EvaluationRefusal::Unknown))
            | GatewayError::Prompt(ExecuteError::Refused(PromptRefusal::Unknown)) => Self::NotFound,
            GatewayError::Action(ExecuteError::Refused(refusal)) => Self::Action(refusal),
            GatewayError::Prompt(ExecuteError::Refused(refusal)) => Self::Prompt(refusal),
            GatewayError::Evaluation(ExecuteError::Refused(refusal)) => Self::Evaluation(refusal),
            GatewayError::Database(error)
            | GatewayError::Ledger(LedgerError::Database(error))
            | GatewayError::Change(
                ExecuteError::Append(AppendError::Database(error)) | ExecuteError::Ledger(LedgerError::Database(error)),
            )
            | GatewayError::Action(
                ExecuteError::Append(AppendError::Database(error)) | ExecuteError::Ledger(LedgerError::Database(error)),
            )
            | GatewayError::Evaluation(
                ExecuteError::Append(AppendError::Database(error)) | ExecuteError::Ledger(LedgerError::Database(error)),
            )
            | GatewayError::Prompt(
                ExecuteError::Append(AppendError::Database(error)) | ExecuteError::Ledger(LedgerError::Database(error)),
            ) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// What two models made of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What the models were shown, and what was found in the question.
    pub inspected: Inspected,
    /// The models with their answers, and how long each took.
    pub answers: Vec<(String, ClientAnswer, std::time::Duration)>,
}

/// What somebody must be allowed to do who proposes a change.
fn action_of(change: &Change) -> &'static str {
    match change {
        Change::SuspendModel(_) => "suspend-model",
        Change::PutPurpose(_) => "propose-purpose",
        _ => "propose-change",
    }
}

/// The programme. Clone it freely.
#[derive(Clone)]
pub struct ModelService {
    gateway: Gateway,
    policies: Arc<Policies>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for ModelService {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ModelService").finish_non_exhaustive()
    }
}

impl ModelService {
    /// The programme over a gateway.
    pub fn new(gateway: Gateway, policies: Arc<Policies>, entropy: Arc<dyn Entropy>) -> Self {
        Self { gateway, policies, entropy }
    }

    /// Whether the caller may do `action`.
    pub fn may(&self, caller: &Caller, action: &str) -> bool {
        self.policies.decide(caller.principal.as_ref(), action, &Resource::new("ai-gateway", "")).allowed
    }

    /// Who the caller is, if they may do `action`.
    fn permit<'a>(&self, caller: &'a Caller, action: &str) -> Result<&'a Principal, ServiceError> {
        let Some(principal) = &caller.principal else { return Err(ServiceError::SignInRequired) };
        let decision = self.policies.decide(Some(principal), action, &Resource::new("ai-gateway", ""));
        if decision.allowed {
            return Ok(principal);
        }
        Err(ServiceError::Forbidden { ko: decision.reason_ko.to_string(), en: decision.reason_en.to_string() })
    }

    /// The traffic of a time.
    ///
    /// # Errors
    /// Where the caller may not see it or it cannot be read.
    pub async fn traffic(&self, caller: &Caller, query: TrafficQuery) -> Result<Traffic, ServiceError> {
        self.permit(caller, "read-traffic")?;
        Ok(self.gateway.traffic(query).await?)
    }

    /// Models, back ends, and the changes that wait or were decided.
    ///
    /// # Errors
    /// Where the caller may not see it or it cannot be read.
    pub async fn registry(&self, caller: &Caller) -> Result<RegistryState, ServiceError> {
        self.permit(caller, "read-registry")?;
        Ok(self.gateway.registry().await?)
    }

    /// Proposes a change; gives its number. What only takes away holds at once.
    ///
    /// # Errors
    /// Where the caller may not, or the registry would not fit together with it.
    pub async fn propose(&self, caller: &Caller, change: Change, reason: &str) -> Result<String, ServiceError> {
        let by = self.permit(caller, action_of(&change))?.account.clone();
        let id = self.draw();
        let change = Box::new(change);
        let command = RegistryCommand::Propose { id: id.clone(), change, reason: reason.trim().into(), by: by.clone() };
        self.gateway.change(command, &by).await?;
        Ok(id)
    }

    /// Proposes a new key; gives the number of the change and the key, which is kept nowhere.
    ///
    /// # Errors
    /// As [`Self::propose`].
    pub async fn propose_new_key(
        &self,
        caller: &Caller,
        scope: KeyScope,
        reason: &str,
    ) -> Result<(String, String), ServiceError> {
        let key = maru_gateway::new_key(&*self.entropy);
        let scope = KeyScope { hash: maru_gateway::hash_key(&key), ..scope };
        Ok((self.propose(caller, Change::PutKey(scope), reason).await?, key))
    }

    /// Proposes a newer key in the place of one, which holds beside it for so many days; gives what [`Self::propose_new_key`] gives.
    ///
    /// # Errors
    /// As [`Self::propose`].
    pub async fn propose_replacement(
        &self,
        caller: &Caller,
        present: &KeyScope,
        days: i64,
        reason: &str,
    ) -> Result<(String, String), ServiceError> {
        let key = maru_gateway::new_key(&*self.entropy);
        let until = caller.now.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(caller.now);
        let scope = present.replaced_by(maru_gateway::hash_key(&key), until);
        Ok((self.propose(caller, Change::PutKey(scope), reason).await?, key))
    }

    /// How the back ends are now.
    ///
    /// # Errors
    /// Where the caller may not see it.
    pub fn backend_states(&self, caller: &Caller) -> Result<BTreeMap<String, BackendState>, ServiceError> {
        self.permit(caller, "read-registry")?;
        Ok(self.gateway.backend_states())
    }

    /// What the tools of a registered server say of themselves now, or why it does not tell.
    ///
    /// # Errors
    /// Where the caller may not allow tools, or there is no such server.
    pub async fn tools_said_by(
        &self,
        caller: &Caller,
        server: &str,
    ) -> Result<Result<Vec<serde_json::Value>, String>, ServiceError> {
        self.permit(caller, "propose-change")?;
        self.gateway.tools_said_by(server).await.ok_or(ServiceError::NotFound)
    }

    /// What rules would have done with the calls of the last days.
    ///
    /// # Errors
    /// Where the caller may not propose rules or the record cannot be read.
    pub async fn try_rules(
        &self,
        caller: &Caller,
        rules: &PolicySettings,
        agency: Option<&str>,
    ) -> Result<DryRun, ServiceError> {
        self.permit(caller, "propose-change")?;
        let from = caller.now.checked_sub(SignedDuration::from_hours(24 * DAYS_TRIED)).unwrap_or(caller.now);
        Ok(self.gateway.would_have_done(rules, agency, (from, CALLS_TRIED)).await?)
    }

    /// What every key spent this month, and what it comes to.
    ///
    /// # Errors
    /// Where the caller may not see it or it cannot be read.
    pub async fn spending(&self, caller: &Caller) -> Result<Vec<Spending>, ServiceError> {
        self.permit(caller, "read-traffic")?;
        Ok(self.gateway.spending(caller.now).await?)
    }

    /// Calls on the record, the newest first.
    ///
    /// # Errors
    /// Where the caller may not see them or they cannot be read.
    pub async fn calls(&self, caller: &Caller, query: CallQuery) -> Result<Vec<CallRow>, ServiceError> {
        self.permit(caller, "read-traffic")?;
        Ok(self.gateway.calls(query).await?)
    }

    /// One call; with its texts for those alone who may read them.
    ///
    /// # Errors
    /// Where the caller may not see it or there is none.
    pub async fn call(&self, caller: &Caller, id: &str) -> Result<RecordedCall, ServiceError> {
        self.permit(caller, "read-traffic")?;
        let mut call = self.gateway.recorded_call(id).await?.ok_or(ServiceError::NotFound)?;
        if !self.may(caller, "read-calls") {
            call.texts = None;
        }
        Ok(call)
    }

    /// Sends a call of the past to another model.
    ///
    /// # Errors
    /// Where the caller may not read its texts or try models, or it cannot be sent again.
    pub async fn replay(&self, caller: &Caller, id: &str, model: &str) -> Result<Replay, ServiceError> {
        self.permit(caller, "read-calls")?;
        self.permit(caller, "try-models")?;
        self.gateway.replay(id, model).await.map_err(|error| match error {
            ReplayError::Unknown(_) => ServiceError::NotFound,
            ReplayError::Gateway(error) => error.into(),
            error => ServiceError::Replay(error.to_string()),
        })
    }

    /// Approves what another proposed.
    ///
    /// # Errors
    /// Where the caller may not, proposed it, or it does not wait.
    pub async fn approve(&self, caller: &Caller, id: &str, note: &str) -> Result<(), ServiceError> {
        let by = self.permit(caller, "decide-change")?.account.clone();
        let command = RegistryCommand::Approve { id: id.into(), note: note.trim().into(), by: by.clone() };
        self.gateway.change(command, &by).await?;
        Ok(())
    }

    /// Rejects what was proposed; whoever proposed it takes it back so.
    ///
    /// # Errors
    /// Where the caller may not, or it does not wait.
    pub async fn reject(&self, caller: &Caller, id: &str, note: &str) -> Result<(), ServiceError> {
        let Some(principal) = &caller.principal else { return Err(ServiceError::SignInRequired) };
        let changes = self.gateway.registry().await?.changes;
        let own = changes.get(id).filter(|change| change.by == principal.account);
        let by = self.permit(caller, own.map_or("decide-change", |change| action_of(&change.change)))?.account.clone();
        let command = RegistryCommand::Reject { id: id.into(), note: note.trim().into(), by: by.clone() };
        self.gateway.change(command, &by).await?;
        Ok(())
    }

    /// What machines want to do: what waits for a person, and what was decided, the newest first.
    ///
    /// # Errors
    /// Where the caller may not decide such things or it cannot be read.
    pub async fn actions(&self, caller: &Caller) -> Result<(Vec<ActionRow>, Vec<ActionRow>), ServiceError> {
        self.permit(caller, "decide-action")?;
        Ok((self.gateway.actions(true).await?, self.gateway.actions(false).await?))
    }

    /// One thing that a machine wants to do.
    ///
    /// # Errors
    /// Where the caller may not decide it or there is none.
    pub async fn action(&self, caller: &Caller, id: &str) -> Result<AskedAction, ServiceError> {
        self.permit(caller, "decide-action")?;
        self.gateway.action(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Approves what a machine wants to do, or refuses it.
    ///
    /// # Errors
    /// Where the caller may not, it was decided, or its time is over.
    pub async fn decide_action(
        &self,
        caller: &Caller,
        id: &str,
        approved: bool,
        note: &str,
    ) -> Result<(), ServiceError> {
        let by = self.permit(caller, "decide-action")?.account.clone();
        Ok(self.gateway.decide_action(id, approved, &by, note).await?)
    }

    /// The library of prompts.
    ///
    /// # Errors
    /// Where the caller may not see it or it cannot be read.
    pub async fn prompts(&self, caller: &Caller) -> Result<PromptLibrary, ServiceError> {
        self.permit(caller, "try-models")?;
        Ok(self.gateway.prompts().await?)
    }

    /// Writes a prompt or a new version of one.
    ///
    /// # Errors
    /// Where the caller may not, or the library refuses.
    pub async fn save_prompt(
        &self,
        caller: &Caller,
        id: &str,
        (title, text): (&str, &str),
        reason: &str,
    ) -> Result<(), ServiceError> {
        let by = self.permit(caller, "write-prompt")?.account.clone();
        let [id, title, text, reason] = [id, title, text, reason].map(|text| text.trim().replace("\r\n", "\n"));
        self.gateway.change_prompts(PromptCommand::Save { id, title, text, reason, by: by.clone() }, &by).await?;
        Ok(())
    }

    /// Takes a prompt out of use.
    ///
    /// # Errors
    /// Where the caller may not, gives no reason, or there is none.
    pub async fn withdraw_prompt(&self, caller: &Caller, id: &str, reason: &str) -> Result<(), ServiceError> {
        let by = self.permit(caller, "write-prompt")?.account.clone();
        let (id, reason) = (id.to_owned(), reason.trim().to_owned());
        self.gateway.change_prompts(PromptCommand::Withdraw { id, reason, by: by.clone() }, &by).await?;
        Ok(())
    }

    /// What a question becomes before it leaves, and what the models answer, one after the other under the same rules as any call.
    /// `prompt` is put before it as the deployment's instructions; nothing where it is empty.
    ///
    /// # Errors
    /// Where the caller may not try models.
    pub async fn compare(
        &self,
        caller: &Caller,
        (prompt, question): (&str, &str),
        class: DataClass,
        models: &[String],
    ) -> Result<Comparison, ServiceError> {
        let principal = self.permit(caller, "try-models")?;
        let inspected = self.gateway.inspect(question, class);
        let mut scope = KeyScope::new("sandbox", "", "sandbox");
        scope.system = "sandbox".into();
        scope.purpose = format!("trial by {}", principal.role.as_str());
        // A key that names models may use those under trial too.
        scope.models = models.to_vec();
        let client = self.gateway.client(scope);
        let mut answers = Vec::new();
        for model in models {
            let mut messages = vec![json!({ "role": "user", "content": question })];
            if !prompt.is_empty() {
                messages.insert(0, json!({ "role": "system", "content": prompt }));
            }
            let body = json!({ "model": model, "messages": messages, "max_tokens": 1_000 });
            let began = std::time::Instant::now();
            let answer = client.post("/chat/completions", &body, &[("x-maru-class", class.letter())]).await;
            answers.push((model.clone(), answer, began.elapsed()));
        }
        Ok(Comparison { inspected, answers })
    }

    /// Evaluations, the newest first.
    ///
    /// # Errors
    /// Where the caller may not see them or they cannot be read.
    pub async fn evaluations(&self, caller: &Caller) -> Result<Vec<EvaluationRow>, ServiceError> {
        self.permit(caller, "read-registry")?;
        Ok(self.gateway.evaluations().await?)
    }

    /// One evaluation as it stands.
    ///
    /// # Errors
    /// Where the caller may not see it or there is none.
    pub async fn evaluation(&self, caller: &Caller, id: &str) -> Result<EvaluationRun, ServiceError> {
        self.permit(caller, "read-registry")?;
        self.gateway.evaluation(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Begins an evaluation; gives its number. It goes on by itself, and what comes out stands in the registry.
    ///
    /// # Errors
    /// Where the caller may not, or suite and models cannot be used.
    pub async fn begin_evaluation(&self, caller: &Caller, wanted: WantedEvaluation) -> Result<String, ServiceError> {
        let by = self.permit(caller, "propose-change")?.account.clone();
        let id = self.draw();
        self.gateway.begin_evaluation(&id, wanted, &by).await?;
        Ok(id)
    }

    /// Sets an evaluation going again that stands still.
    ///
    /// # Errors
    /// Where the caller may not, or it runs or has ended.
    pub async fn resume_evaluation(&self, caller: &Caller, id: &str) -> Result<(), ServiceError> {
        let by = self.permit(caller, "propose-change")?.account.clone();
        Ok(self.gateway.resume_evaluation(id, &by).await?)
    }

    fn draw(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.entropy.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
