//! Who works here: what colleagues are called, and who of a department can have its cases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_identity::{AccountQuery, AccountStatus, AccountView, PersonalRead, Principal, Resource};

use super::{Caller, InquiryService, RESOURCE, ServiceError};
use crate::{
    domain::State,
    store::{CaseHead, Colleague, OfficialAction, OfficialView, TimelineEntry},
};

/// Most people of one department that are offered.
const MOST_COLLEAGUES: u32 = 300;
/// Events that know who did it by the account alone.
const BY_ACCOUNT: [&str; 6] =
    ["assigned", "draft-edited", "approval-undone", "noted", "pair-judged", "personal-data-read"];

impl InquiryService {
    /// Whether policies allow the caller this step with the case.
    pub(super) fn may_take(
        &self,
        caller: &Caller,
        head: &CaseHead,
        view: &OfficialView,
        action: OfficialAction,
    ) -> bool {
        let mut resource = Self::resource_of(head);
        // The page asks for the reason before it shows anything.
        resource.reason_stated = true;
        let asker = caller.principal.as_ref();
        let allowed = |name: &str| self.inner.policies.decide(asker, name, &resource).allowed;
        let more = match action {
            OfficialAction::Extend if view.extensions > 0 => allowed("extend-again"),
            OfficialAction::UndoApproval => {
                let approver = view.approval.as_ref().map(|approval| approval.by.account.as_str());
                approver == asker.map(|asker| asker.account.as_str())
            }
            // The Act, 제23조①: three times the same, and two of them answered.
            OfficialAction::CloseAsRepeated => {
                let answered = [State::Answered, State::Refused];
                view.earlier.iter().filter(|case| answered.contains(&case.state)).count() >= 2
            }
            _ => true,
        };
        more && allowed(action.policy())
    }

    /// Puts names to the accounts that the case knows, and names those who can have it.
    pub(super) async fn name_people(&self, view: &mut OfficialView) -> Result<(), ServiceError> {
        let Some(identity) = &self.inner.identity else { return Ok(()) };
        if let Some(account) = &view.official {
            view.official_name = identity.account(account).await?.and_then(|known| known.name);
        }
        for note in &mut view.notes {
            let known = identity.account(&note.official).await?;
            note.name = known.and_then(|known| known.name);
        }
        for pair in &mut view.pairs {
            let known = identity.account(&pair.official).await?;
            pair.name = known.and_then(|known| known.name);
        }
        self.name_entries(&mut view.timeline).await?;
        if view.can.contains(&OfficialAction::Assign) {
            let query = AccountQuery {
                department: Some(view.department.clone()),
                limit: MOST_COLLEAGUES,
                ..AccountQuery::default()
            };
            let accounts = identity.accounts(query).await?;
            view.colleagues = accounts.into_iter().filter(handles_cases).map(colleague).collect();
        }
        Ok(())
    }

    /// Puts names to those who are known by their account alone: decree 제31조 wants officials to be named.
    pub(super) async fn name_entries(&self, entries: &mut [TimelineEntry]) -> Result<(), ServiceError> {
        let Some(identity) = &self.inner.identity else { return Ok(()) };
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        for entry in entries.iter_mut().filter(|entry| BY_ACCOUNT.contains(&entry.kind.as_str())) {
            let Some(account) = entry.by.clone() else { continue };
            if !names.contains_key(&account) {
                let known = identity.account(&account).await?;
                names.insert(account.clone(), known.and_then(|known| known.name));
            }
            if let Some(Some(name)) = names.get(&account) {
                entry.by = Some(name.clone());
            }
        }
        Ok(())
    }

    /// Puts it on the record of access that somebody of the staff was refused something with a case.
    pub(super) async fn note_refusal(
        &self,
        caller: &Caller,
        action: &str,
        resource: &Resource,
    ) -> Result<(), ServiceError> {
        let Some(identity) = &self.inner.identity else { return Ok(()) };
        Ok(identity.record_refusal(caller.principal.as_ref(), action, resource, caller.now).await?)
    }

    /// Puts a look at a personal original on the record of access, before it is shown.
    pub(super) async fn note_look(
        &self,
        reader: &Principal,
        head: &CaseHead,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let Some(identity) = &self.inner.identity else { return Ok(()) };
        let read = PersonalRead {
            resource_kind: RESOURCE.to_owned(),
            resource: head.receipt.to_string(),
            subject: head.account.clone(),
            reason: Some(reason.to_owned()),
            source: None,
        };
        Ok(identity.record_personal_read(reader, read, now).await?)
    }

    /// Only somebody who works for the department can have its cases.
    pub(super) async fn check_colleague(&self, official: &str, department: &str) -> Result<(), ServiceError> {
        let Some(identity) = &self.inner.identity else { return Ok(()) };
        let known = identity.account(official).await?;
        let fits = known.is_some_and(|known| handles_cases(&known) && known.department.as_deref() == Some(department));
        if fits {
            return Ok(());
        }
        Err(ServiceError::field(
            "official",
            "이 부서에서 민원을 처리하는 사람이 아닙니다. 목록에서 고르십시오.",
            "Nobody of that account handles cases in this department. Choose somebody of the list.",
        ))
    }
}

fn handles_cases(account: &AccountView) -> bool {
    account.status == AccountStatus::Active && account.role.needs_department()
}

fn colleague(account: AccountView) -> Colleague {
    Colleague { name: account.name.unwrap_or_else(|| account.account.clone()), account: account.account }
}
