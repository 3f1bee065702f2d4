//! Taking inquiries in: fast, and durable before the receipt is given.

use jiff::Timestamp;
use maru_identity::Resource;
use maru_ledger::{CommandContext, ExecuteError, Personal};
use maru_web::FieldError;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Caller, InquiryService, RESOURCE, ServiceError};
use crate::{
    domain::{
        AccessCode, Channel, Command, Deadline, Filing, Inquiry, Kind, LONGEST_TEXT, LONGEST_TITLE, Order, Receipt,
        Refusal, Said, Statement, Understood, clean, day_of, petitioner_subject,
    },
    hexadecimal,
    store::stream_of,
    understanding::Understanding,
};

/// How often another receipt number is drawn where one is taken.
const DRAWS: usize = 5;
/// Characters of the first sentence that become the title where none is given.
const TITLE_FROM_TEXT: usize = 60;

/// An inquiry as it is sent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Submission {
    /// The title; empty takes the beginning of the text.
    pub title: String,
    /// What the petitioner writes, in own words.
    pub text: String,
    /// The petitioner's name.
    pub name: Option<String>,
    /// Where the petitioner wants to be reached.
    pub contact: Option<String>,
    /// The kind, where the petitioner (or the official at the counter) says.
    pub kind: Option<Kind>,
    /// The period of an application in the table of petitions.
    pub period: Option<maru_calendar::Period>,
    /// The category, where the petitioner says.
    pub category: Option<String>,
    /// The earlier inquiry that this one repeats.
    pub repeats: Option<Receipt>,
}

/// An inquiry that was taken in. It is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Its number.
    pub receipt: Receipt,
    /// What opens it without an account.
    pub code: AccessCode,
    /// When it was received.
    pub received_at: Timestamp,
    /// Until when it must be answered.
    pub deadline: Deadline,
    /// The kind that the period rests on.
    pub kind: Kind,
    /// Whether this is the outcome of an earlier submission with the same idempotency key.
    pub repeated: bool,
}

/// What would be understood of an inquiry, before it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The title, masked.
    pub title: String,
    /// The text, masked: shows what was taken for personal data.
    pub text: String,
    /// Personal data that were found in the text, with places in characters.
    pub personal_data: Vec<maru_privacy::Found>,
    /// What was understood.
    pub understood: Understood,
    /// Until when it would have to be answered if it were sent now.
    pub deadline: Deadline,
}

impl InquiryService {
    /// Takes an inquiry in. When this returns, it is durable and has its statutory due time.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for fields, [`ServiceError::KeyReused`], and where the database cannot be used.
    pub async fn submit(&self, caller: &Caller, submission: Submission) -> Result<Submitted, ServiceError> {
        self.permit_general(caller, "submit", &Resource::new(RESOURCE, ""))?;
        let submission = self.checked(submission)?;
        let fingerprint = fingerprint(&submission);
        let calendar = self.calendar(caller.now).await?;
        let year = day_of(caller.now).year();
        for _ in 0..DRAWS {
            let mut random = [0_u8; 7];
            self.inner.entropy.fill(&mut random);
            let receipt = Receipt::draw(year, random);
            let code = AccessCode::derive(&self.inner.code_secret, &receipt);
            let filing = self.filing(caller, &submission, &receipt, &code);
            let order = Order::Receive(Box::new(filing));
            let mut context = CommandContext::new(caller.actor(), caller.now);
            if let Some(key) = &caller.idempotency_key {
                context = context.idempotent(key.clone(), fingerprint.clone());
            }
            let stream = stream_of(&receipt).map_err(|_| ServiceError::NotFound)?;
            let command = Command { order, calendar: calendar.clone() };
            match self.ledger().execute_on_new::<Inquiry>(&stream, command, context).await {
                Ok(executed) => return self.submitted(&executed.state, executed.repeated),
                Err(ExecuteError::Refused(Refusal::ReceiptTaken)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::ReceiptTaken.into())
    }

    /// Whether the caller may register what a petitioner said or handed over (the Act, 제8조).
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not; petitioners file for themselves.
    pub fn may_register(&self, caller: &Caller) -> Result<(), ServiceError> {
        if caller.principal.as_ref().is_some_and(|principal| !principal.role.is_staff()) {
            return Err(ServiceError::forbidden(
                "공무원이 대신 접수하는 화면입니다. 첫 화면에서 직접 물어보실 수 있습니다.",
                "Officials register for others here; you can ask on the first page yourself.",
            ));
        }
        if caller.principal.is_none() {
            return Err(ServiceError::SignInRequired);
        }
        self.permit_general(caller, "submit", &Resource::new(RESOURCE, ""))
    }

    /// What would be understood, without keeping anything.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn preview(&self, caller: &Caller, submission: Submission) -> Result<Preview, ServiceError> {
        self.permit_general(caller, "submit", &Resource::new(RESOURCE, ""))?;
        let submission = self.checked(submission)?;
        let calendar = self.calendar(caller.now).await?;
        let title = maru_privacy::mask(&submission.title).masked;
        let text = maru_privacy::mask(&submission.text);
        let understanding = self.inner.understanding.clone();
        let on = day_of(caller.now);
        let (masked_title, masked_text) = (title.clone(), text.masked.clone());
        let understood =
            tokio::task::spawn_blocking(move || understanding.understand(&masked_title, &masked_text, on, Vec::new()));
        let understood = understood.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        let kind = submission.kind.unwrap_or(understood.kind.value);
        let received = maru_calendar::seoul(caller.now);
        let clock = maru_calendar::Clock::new(kind.period(submission.period), kind.article(), received);
        let deadline = Deadline::reckoned(&clock, &calendar).map_err(Refusal::from)?;
        Ok(Preview { title, text: text.masked, personal_data: text.found, understood, deadline })
    }

    fn submitted(&self, inquiry: &Inquiry, repeated: bool) -> Result<Submitted, ServiceError> {
        let filing = inquiry.filing.as_ref().ok_or(ServiceError::NotFound)?;
        let receipt = filing.receipt.clone();
        let received = inquiry.clock.as_ref().map(|clock| maru_calendar::instant(clock.received));
        Ok(Submitted {
            code: AccessCode::derive(&self.inner.code_secret, &receipt),
            receipt,
            received_at: received.unwrap_or_default(),
            deadline: inquiry.deadline,
            kind: inquiry.kind.unwrap_or(filing.kind),
            repeated,
        })
    }

    fn checked(&self, mut submission: Submission) -> Result<Submission, ServiceError> {
        clean(&submission.title).trim().clone_into(&mut submission.title);
        clean(&submission.text).trim().clone_into(&mut submission.text);
        for optional in [&mut submission.name, &mut submission.contact] {
            let cleaned = optional.as_deref().map(|text| clean(text).trim().to_owned());
            *optional = cleaned.filter(|text| !text.is_empty());
        }
        let mut faults = Vec::new();
        let mut fault = |field: &str, ko: String, en: String| faults.push(FieldError::new(field, ko, en));
        if submission.text.is_empty() {
            fault("text", "무엇을 도와드릴지 적어 주세요.".into(), "Write what we can help you with.".into());
        }
        let lengths: [(&'static str, usize, usize); 4] = [
            ("title", submission.title.chars().count(), LONGEST_TITLE),
            ("text", submission.text.chars().count(), LONGEST_TEXT),
            ("name", submission.name.as_deref().unwrap_or("").chars().count(), LONGEST_TITLE),
            ("contact", submission.contact.as_deref().unwrap_or("").chars().count(), LONGEST_TITLE),
        ];
        for (field, length, limit) in lengths {
            if length > limit {
                let ko = format!("{limit}자까지 쓸 수 있어요. 지금은 {length}자예요.");
                fault(field, ko, format!("At most {limit} characters; now there are {length}."));
            }
        }
        if let Some(category) = &submission.category
            && self.agency().category(category).is_none()
        {
            fault(
                "category",
                "없는 분야예요. 목록에서 골라 주세요.".into(),
                "No such category; choose one of the list.".into(),
            );
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        if submission.title.is_empty() {
            submission.title = title_of(&submission.text);
        }
        Ok(submission)
    }

    fn filing(&self, caller: &Caller, submission: &Submission, receipt: &Receipt, code: &AccessCode) -> Filing {
        let staff = caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff());
        let subject = petitioner_subject(receipt);
        let title = Statement::new(&subject, &submission.title);
        let text = Statement::new(&subject, &submission.text);
        let look = Understanding::quick_look(&title.masked, &text.masked);
        let own = caller.principal.as_ref().filter(|_| !staff).map(|principal| principal.account.clone());
        let said_by = if staff { Said::Official } else { Said::Citizen };
        let personal = |value: &Option<String>| value.as_ref().map(|value| Personal::new(&subject, value.clone()));
        Filing {
            receipt: receipt.clone(),
            account: own,
            code_digest: code.digest(receipt),
            // What somebody of the staff files was said or handed over by the petitioner (the Act, 제8조 단서).
            channel: if staff { Channel::Counter } else { caller.channel },
            name: personal(&submission.name),
            contact: personal(&submission.contact),
            language: look.language.value,
            // A guess at an application, whose period is its own, is for a person to confirm.
            kind: submission.kind.unwrap_or(match look.kind.value {
                Kind::Application => Kind::Question,
                kind if look.kind.certain => kind,
                _ => Kind::Question,
            }),
            kind_said_by: if submission.kind.is_some() { said_by } else { Said::Machine },
            period: submission.period,
            category: submission.category.clone(),
            department: self.agency().reception_department.clone(),
            repeats: submission.repeats.clone(),
            title,
            text,
            subject,
        }
    }
}

/// The beginning of the first sentence.
fn title_of(text: &str) -> String {
    let first = text.trim().split(['\n', '.', '?', '!', '。']).next().unwrap_or_default().trim();
    let first = if first.is_empty() { text.trim() } else { first };
    let mut title: String = first.chars().take(TITLE_FROM_TEXT).collect();
    if first.chars().count() > TITLE_FROM_TEXT {
        title.push('…');
    }
    title
}

/// What a submission is about, so that a repeated key with another text is recognised.
fn fingerprint(submission: &Submission) -> String {
    let text = serde_json::to_vec(submission).unwrap_or_default();
    hexadecimal::write(&Sha256::digest(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_comes_from_the_first_sentence() {
        assert_eq!(title_of("가로등이 꺼졌어요. 고쳐 주세요"), "가로등이 꺼졌어요");
        assert_eq!(title_of("  ...  "), "...");
        let long = "가".repeat(100);
        assert_eq!(title_of(&long).chars().count(), TITLE_FROM_TEXT + 1);
    }
}
