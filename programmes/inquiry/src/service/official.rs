//! What officials ask and do.

use jiff::Timestamp;
use maru_calendar::ExclusionReason;
use maru_identity::{Resource, Role};
use maru_knowledge::{Citation, CitationStatus, Passage};
use maru_ledger::Personal;
use maru_web::{Bilingual, Explained, Finding};
use serde_json::json;

use super::{Caller, Done, InquiryService, RESOURCE, ServiceError};
use crate::{
    domain::{
        Approve, Destination, GivenGround, Order, Outcome, Receipt, Refusal, Source, Statement, clean, day_of,
        office_subject,
    },
    drafting,
    store::{CaseHead, OfficialView, PersonalData, Queue, QueueFilter, official_view},
};

/// How many earlier cases of the same petitioner are shown beside one.
const EARLIER: u32 = 20;

/// What an official decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The inquiry is answered.
    Answer,
    /// What was asked for is refused.
    Refusal {
        /// The reason.
        reason: String,
        /// The article that it rests on.
        article: String,
        /// How and until when it can be contested.
        remedy: String,
    },
}

/// An answer that an official approves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRequest {
    /// The whole text of the notice.
    pub text: String,
    /// What is decided.
    pub decision: Decision,
    /// The official looked at citations that could not be found, and stands by them.
    pub confirm_citations: bool,
    /// Serve it at once, without the time in which it can be taken back.
    pub at_once: bool,
}

/// What is said of citations that could not be found in the law in force; as many findings as there are such.
fn doubtful_citations(findings: Vec<Finding>) -> ServiceError {
    let explained = Explained::new(
        "doubtful-citations",
        (
            "답변이 인용한 법령 가운데 시행 중인 조문이 아닌 것이 있습니다.",
            "The answer cites law that does not exist or is not in force.",
        ),
        "",
        (
            "고치거나, 확인했다면 ‘인용을 확인했습니다’(confirm_citations)를 고르고 다시 보내 주세요.",
            "Correct it, or send it again with “I checked the citations” (confirm_citations) if you looked at them.",
        ),
    );
    ServiceError::Refused(Box::new(Explained { findings, ..explained }))
}

fn doubtful(citation: Citation) -> Finding {
    let law = citation.written.unwrap_or(citation.law);
    let name = format!("「{law}」 {}", citation.article);
    Finding {
        message: Bilingual::new(
            format!(
                "{name}: 시행 중인 조문으로 확인되지 않습니다. 고치거나, 확인했다면 ‘인용을 확인했습니다’를 고르고 다시 승인하세요."
            ),
            format!(
                "{name}: not found among the law in force. Correct it, or tick “I checked the citations” and approve again."
            ),
        ),
        data: json!({
            "law": law,
            "article": citation.article,
            "status": citation.status.as_str(),
            "start": citation.start,
            "end": citation.end,
        }),
    }
}

impl InquiryService {
    /// The queue of the caller's department, by due time; auditors may ask for any or all.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for another department than one's own.
    pub async fn queue(&self, caller: &Caller, filter: QueueFilter) -> Result<Queue, ServiceError> {
        let filter = self.permitted_queue(caller, filter)?;
        let counts = self.inner.store.queue_counts(&filter, caller.now).await?;
        let page = self.inner.store.queue_page(filter).await?;
        Ok(Queue { page, counts })
    }

    fn permitted_queue(&self, caller: &Caller, mut filter: QueueFilter) -> Result<QueueFilter, ServiceError> {
        let own = caller.principal.as_ref().and_then(|principal| principal.department.clone());
        if filter.department.is_none() && caller.principal.as_ref().is_none_or(|asker| asker.role != Role::Auditor) {
            filter.department = own;
        }
        let mut resource = Resource::new(RESOURCE, "");
        resource.department.clone_from(&filter.department);
        self.permit_general(caller, "list-queue", &resource)?;
        filter.account = None;
        Ok(filter)
    }

    /// A case as officials see it, the petitioner's words masked, with similar cases beside it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for another department's.
    pub async fn official_case(&self, caller: &Caller, receipt: &Receipt) -> Result<OfficialView, ServiceError> {
        let head = self.permit_official(caller, "read", receipt).await?;
        let case = self.case(receipt).await?;
        let calendar = self.calendar(caller.now).await?;
        let mut view = official_view(&case, self.agency(), &calendar, caller.now).ok_or(ServiceError::NotFound)?;
        if let Some(account) = &head.account {
            let before = view.received_at;
            view.earlier = self.inner.store.earlier_of_account(account, before, EARLIER).await?;
            // What another department answered is not this one's to read.
            for case in view.earlier.iter_mut().filter(|case| case.department != view.department) {
                case.answer = None;
            }
        }
        view.pairs = self.inner.store.pairs_of(receipt).await?;
        let can = std::mem::take(&mut view.can);
        view.can = can.into_iter().filter(|action| self.may_take(caller, &head, &view, *action)).collect();
        self.name_people(&mut view).await?;
        self.find_similar(&mut view).await?;
        Ok(view)
    }

    pub(super) async fn permit_official(
        &self,
        caller: &Caller,
        action: &str,
        receipt: &Receipt,
    ) -> Result<CaseHead, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        if !principal.role.is_staff() {
            return Err(ServiceError::forbidden(
                "담당 공무원이 하는 일입니다.",
                "This is for the officials in charge.",
            ));
        }
        self.permit(caller, action, receipt).await
    }

    /// The petitioner's words and data in the original. That they were read, by whom and why, is recorded first, and the
    /// petitioner can see it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not.
    pub async fn read_personal_data(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        reason: &str,
    ) -> Result<PersonalData, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        if !principal.role.is_staff() {
            return Err(ServiceError::forbidden(
                "담당 공무원이 하는 일입니다.",
                "This is for the officials in charge.",
            ));
        }
        let head = self.permit_with(caller, "read-personal", receipt, !reason.trim().is_empty()).await?;
        let official = principal.account.clone();
        // The reason stands in the clear, for the petitioner and for auditors.
        let reason = maru_privacy::mask(clean(reason).trim()).masked;
        let order = Order::ReadPersonalData { reason: reason.clone(), official };
        let done = self.order(caller, receipt, order).await?;
        self.note_look(principal, &head, &reason, caller.now).await?;
        PersonalData::of(&done.inquiry).ok_or(ServiceError::NotFound)
    }

    /// Takes the case, or gives it to an official.
    ///
    /// # Errors
    /// As all commands: [`ServiceError::Forbidden`] for who may not, [`ServiceError::Refused`] with reason, article and
    /// remedy where the field refuses.
    pub async fn assign(&self, caller: &Caller, receipt: &Receipt, official: &str) -> Result<Done, ServiceError> {
        let head = self.permit_official(caller, "edit-draft", receipt).await?;
        let official = clean(official);
        self.check_colleague(&official, &head.department).await?;
        self.order(caller, receipt, Order::Assign { official }).await
    }

    /// Passes the case on.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn pass_on(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        to: Destination,
        reason: &str,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "transfer", receipt).await?;
        if let Destination::Department { department } = &to
            && self.agency().department(department).is_none()
        {
            return Err(ServiceError::field("department", "없는 부서입니다.", "There is no such department."));
        }
        let order = Order::Pass { to, reason: said(receipt, reason), by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Keeps the official's text of the answer. `seen` is how often it had been saved when the official read it.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn edit_draft(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        text: &str,
        seen: Option<u32>,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "edit-draft", receipt).await?;
        let text = Personal::new(office_subject(receipt), clean(text));
        let official = Self::account(caller)?;
        self.order(caller, receipt, Order::EditDraft { text, seen, official }).await
    }

    /// Has the machine draft anew, by what is known now.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn draft_again(&self, caller: &Caller, receipt: &Receipt) -> Result<Done, ServiceError> {
        self.permit_official(caller, "edit-draft", receipt).await?;
        let case = self.case(receipt).await?;
        let order = drafting::draft_order(self, &case.inquiry, day_of(caller.now)).await?;
        self.order(caller, receipt, order).await
    }

    /// Notes something for colleagues.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn note(&self, caller: &Caller, receipt: &Receipt, text: &str) -> Result<Done, ServiceError> {
        self.permit_official(caller, "edit-draft", receipt).await?;
        let text = Personal::new(office_subject(receipt), clean(text));
        self.order(caller, receipt, Order::Note { text, official: Self::account(caller)? }).await
    }

    /// Asks the petitioner for what is missing; the clock stands still.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn request_completion(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        what: &str,
        days: u16,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "request-completion", receipt).await?;
        let order = Order::RequestCompletion { what: said(receipt, what), days, by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Sends the documents back, since they were not completed.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn send_back(&self, caller: &Caller, receipt: &Receipt, reason: &str) -> Result<Done, ServiceError> {
        self.permit_official(caller, "approve", receipt).await?;
        let order = Order::Return { reason: said(receipt, reason), by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Extends the period. The second time a supervisor does it, with the petitioner's consent.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn extend(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        ground: GivenGround,
        reason: &str,
        consent: bool,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "extend", receipt).await?;
        if self.case(receipt).await?.inquiry.extensions() > 0 {
            self.permit_official(caller, "extend-again", receipt).await?;
        }
        let order = Order::Extend { ground, reason: said(receipt, reason), consent, by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Notes time that does not count.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn exclude_time(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        reason: ExclusionReason,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "extend", receipt).await?;
        self.order(caller, receipt, Order::ExcludeTime { reason, from, until }).await
    }

    /// Approves an answer or refusal. It is served after the grace, in which it can be taken back.
    ///
    /// # Errors
    /// As [`Self::assign`]; it is refused with a finding for each citation of law that does not exist or is not in force,
    /// unless the official confirmed them.
    pub async fn approve(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        request: AnswerRequest,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "approve", receipt).await?;
        let sources = self.check_citations(receipt, &request, caller.now).await?;
        let outcome = match request.decision {
            Decision::Answer => Outcome::Answer,
            Decision::Refusal { reason, article, remedy } => {
                Outcome::Refusal { reason: said(receipt, &reason), article, remedy }
            }
        };
        let grace = if request.at_once { jiff::SignedDuration::ZERO } else { self.inner.settings.grace };
        let text = said(receipt, &request.text);
        let approve = Approve { outcome, text, sources, by: self.named(caller)?, grace };
        let done = self.order(caller, receipt, Order::Approve(Box::new(approve))).await?;
        if grace.is_zero() {
            let caller = Caller { idempotency_key: None, ..caller.clone() };
            return self.order(&caller, receipt, Order::Serve).await;
        }
        Ok(done)
    }

    /// What the answer rests on: the law that it cites, and the sources of the draft that still stand in it.
    async fn check_citations(
        &self,
        receipt: &Receipt,
        request: &AnswerRequest,
        now: Timestamp,
    ) -> Result<Vec<Source>, ServiceError> {
        let case = self.case(receipt).await?;
        let drafted = case.inquiry.draft.map(|draft| draft.sources).unwrap_or_default();
        let mut sources: Vec<Source> = drafted
            .into_iter()
            .filter(|source| source.law.is_empty() && request.text.contains(&source.title))
            .collect();
        let Some(knowledge) = self.inner.understanding.knowledge().cloned() else { return Ok(sources) };
        let (text, on) = (request.text.clone(), day_of(now));
        let found = tokio::task::spawn_blocking(move || {
            let citations = knowledge.resolve(&text, on);
            let mut findings = Vec::new();
            let mut passages: Vec<Passage> = Vec::new();
            // Where no statutes were imported, nothing can be known about any citation.
            let known = knowledge.counts().articles > 0;
            for citation in citations {
                if citation.status != CitationStatus::InForce {
                    findings.push(doubtful(citation));
                } else if let Some(target) = &citation.target
                    && passages.iter().all(|passage| passage.id != *target)
                {
                    passages.extend(knowledge.passage(target).ok().flatten());
                }
            }
            (if known { findings } else { Vec::new() }, passages)
        });
        let (findings, passages) = found.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        if !findings.is_empty() && !request.confirm_citations {
            return Err(doubtful_citations(findings));
        }
        sources.extend(passages.iter().map(drafting::source_of));
        Ok(sources)
    }

    /// Takes an approval back before it is served.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn undo_approval(&self, caller: &Caller, receipt: &Receipt) -> Result<Done, ServiceError> {
        self.permit_official(caller, "approve", receipt).await?;
        let official = Self::account(caller)?;
        self.order(caller, receipt, Order::UndoApproval { official }).await
    }

    /// Closes the case as a repeated petition. The earlier ones must be the same petitioner's, and answered.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn close_as_repeated(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        earlier: &[Receipt],
        reason: &str,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "approve", receipt).await?;
        let head = self.inner.store.head(receipt).await?.ok_or(ServiceError::NotFound)?;
        let Some(account) = head.account else { return Err(Refusal::NotRepeated.into()) };
        let asked = earlier.iter().take(20).map(ToString::to_string).collect();
        let earlier = self.inner.store.answered_of_account(account, asked).await?;
        let order = Order::CloseAsRepeated { earlier, reason: said(receipt, reason), by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Puts the decision on the objection off, once.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn extend_objection(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        reason: &str,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "decide-objection", receipt).await?;
        let order = Order::ExtendObjection { reason: said(receipt, reason), by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Decides the objection.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn decide_objection(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        upheld: bool,
        text: &str,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "decide-objection", receipt).await?;
        let order = Order::DecideObjection { upheld, text: said(receipt, text), by: self.named(caller)? };
        self.order(caller, receipt, order).await
    }
}

/// An official's words to or about the petitioner: they may name people, and go with them.
fn said(receipt: &Receipt, text: &str) -> Statement {
    Statement::new(&InquiryService::subject(receipt), text)
}
