//! Why a programme's service did not do what it was asked: the one error that all programmes share, with its words for
//! people and for programs. A handler gives it on with `?`; the page of a form shows it beside the field.

use maru_identity::{AccountRefusal, IdentityError};
use maru_korean::{Josa, with_josa};
use maru_ledger::{AppendError, DatabaseError, ExecuteError, LedgerError, SealError};
use serde_json::Value as Json;

use crate::{
    bilingual::Bilingual,
    language::Language,
    problem::{FieldError, Problem},
};

/// A refusal as people read it: what the law or the state of a thing forbids, by which article, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The name in data.
    pub code: &'static str,
    /// Why.
    pub reason: Bilingual,
    /// The article that it rests on; empty where it rests on none.
    pub article: &'static str,
    /// What to do now.
    pub remedy: Bilingual,
    /// Single places that are at fault, where there are such.
    pub findings: Vec<Finding>,
}

/// One place that is at fault, such as one citation of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong and what to do, for people.
    pub message: Bilingual,
    /// The same for programs.
    pub data: Json,
}

impl Explained {
    /// A refusal without single findings.
    pub fn new(
        code: &'static str,
        (reason_ko, reason_en): (impl Into<String>, impl Into<String>),
        article: &'static str,
        (remedy_ko, remedy_en): (&str, &str),
    ) -> Self {
        let (reason, remedy) = (Bilingual::new(reason_ko, reason_en), Bilingual::new(remedy_ko, remedy_en));
        Self { code, reason, article, remedy, findings: Vec::new() }
    }

    /// Something of that name is there already.
    pub fn exists() -> Self {
        Self::new(
            "exists",
            ("이미 있습니다.", "It exists already."),
            "",
            ("다른 이름으로 만들어 주십시오.", "Give it another name."),
        )
    }

    /// A text is empty that must not be; `ko` and `en` are what it is called.
    pub fn empty(ko: &str, en: &str) -> Self {
        Self::new(
            "empty",
            (format!("{} 적지 않았습니다.", with_josa(ko, Josa::Object)), format!("The {en} is missing.")),
            "",
            ("적은 뒤 다시 보내 주십시오.", "Write it and send again."),
        )
    }

    /// A text is longer than `limit` characters.
    pub fn too_long(limit: usize) -> Self {
        Self::new(
            "too-long",
            (format!("글이 {limit}자보다 깁니다."), format!("The text is longer than {limit} characters.")),
            "",
            ("줄인 뒤 다시 보내 주십시오.", "Shorten it and send again."),
        )
    }

    /// The refusal beside `field` of a form: one error for each finding, or one for the whole.
    pub fn field_errors(&self, field: &str) -> Vec<FieldError> {
        if self.findings.is_empty() {
            let sentence = |language| format!("{} {}", self.reason_in(language), self.remedy.say(language));
            let (korean, english) = (sentence(Language::Korean), sentence(Language::English));
            return vec![FieldError::new(field, korean.trim_end(), english.trim_end())];
        }
        let findings = self.findings.iter();
        findings.map(|finding| FieldError { field: field.to_owned(), message: finding.message.clone() }).collect()
    }

    /// Why, with the article.
    fn reason_in(&self, language: Language) -> String {
        let reason = self.reason.say(language);
        if self.article.is_empty() { reason.to_owned() } else { format!("{reason} ({})", language.law(self.article)) }
    }
}

impl From<Explained> for Problem {
    fn from(explained: Explained) -> Self {
        let (korean, english) = (explained.reason_in(Language::Korean), explained.reason_in(Language::English));
        let problem = Self::refused()
            .detail(korean, english)
            .what_to_do(explained.remedy.korean, explained.remedy.english)
            .with("code", explained.code.into())
            .with("article", explained.article.into());
        if explained.findings.is_empty() {
            return problem;
        }
        problem.with("findings", explained.findings.into_iter().map(|finding| finding.data).collect())
    }
}

/// Why a programme's service did not do what it was asked. The refusals of a programme's field become one by
/// `impl From<Refusal> for ServiceError`.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody signed in, and nothing else was presented that would open it.
    #[error("sign in first, or present what opens it")]
    SignInRequired,
    /// There is no such thing for this caller.
    #[error("there is no such thing, or it does not open for this caller")]
    NotFound,
    /// The caller may not do this.
    #[error("{}", .0.english)]
    Forbidden(Bilingual),
    /// The field refuses: reason, article, remedy.
    #[error("{}", .0.reason.english)]
    Refused(Box<Explained>),
    /// Fields that cannot be taken as they are.
    #[error("some fields cannot be taken as they are")]
    Invalid(Vec<FieldError>),
    /// The idempotency key was used for something else.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The database cannot be used now.
    #[error("the database cannot be used now: {0}")]
    Unavailable(DatabaseError),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// The caller may not do this, for this reason.
    pub fn forbidden(korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::Forbidden(Bilingual::new(korean, english))
    }

    /// One field that cannot be taken as it is.
    pub fn field(field: &str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, korean, english)])
    }

    /// The errors that belong into the form that was sent, a refusal at `field`; everything else is a page of its own.
    ///
    /// # Errors
    /// The [`Problem`] of that page.
    pub fn in_form(self, field: &str) -> Result<Vec<FieldError>, Problem> {
        match self {
            Self::Invalid(errors) => Ok(errors),
            Self::Refused(explained) => Ok(explained.field_errors(field)),
            other => Err(other.into()),
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::SignInRequired => Self::sign_in_required(),
            ServiceError::NotFound => Self::not_found(),
            ServiceError::Forbidden(reason) => Self::forbidden().detail(reason.korean, reason.english),
            ServiceError::Refused(explained) => (*explained).into(),
            ServiceError::Invalid(errors) => Self::invalid(errors),
            ServiceError::KeyReused => key_reused(),
            ServiceError::Unavailable(error) => {
                tracing::error!(%error, "the database cannot be used");
                Self::unavailable()
            }
            ServiceError::Internal(reason) => {
                tracing::error!(%reason, "a service failed");
                Self::internal()
            }
        }
    }
}

fn key_reused() -> Problem {
    Problem::invalid(Vec::new())
        .detail(
            "같은 요청 번호(Idempotency-Key)로 다른 내용이 이미 왔어요.",
            "Another request with the same key (Idempotency-Key) came before.",
        )
        .what_to_do(
            "화면을 새로 열어 다시 보내 주세요. 프로그램이라면 새 번호를 쓰세요.",
            "Open the page again and send it anew; programs choose a new key.",
        )
}

impl From<DatabaseError> for ServiceError {
    fn from(error: DatabaseError) -> Self {
        if error.is_passing() { Self::Unavailable(error) } else { Self::Internal(error.to_string()) }
    }
}

impl From<LedgerError> for ServiceError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Database(error) => error.into(),
            LedgerError::Seal(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<SealError> for ServiceError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Database(error) => error.into(),
            SealError::Erased { .. } => Self::Refused(Box::new(Explained::new(
                "erased",
                (
                    "개인정보가 파기되어 더 쓸 수 없습니다.",
                    "The personal data were erased and cannot be used any more.",
                ),
                "개인정보 보호법 제21조",
                ("필요하면 새로 접수해 주세요.", "If you still need it, file it anew."),
            ))),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<AppendError> for ServiceError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Database(error) => error.into(),
            AppendError::Seal(error) => error.into(),
            AppendError::KeyReused { .. } => Self::KeyReused,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<IdentityError> for ServiceError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Account(AccountRefusal::Absent) | IdentityError::AccountName(_) => Self::NotFound,
            IdentityError::Account(refusal) => Self::Refused(Box::new(account_refused(&refusal))),
            IdentityError::Append(error) => error.into(),
            IdentityError::Ledger(error) => error.into(),
            IdentityError::Seal(error) => error.into(),
            IdentityError::Database(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// What somebody who manages accounts is told; whose account it is hears [`IdentityError::for_people`].
fn account_refused(refusal: &AccountRefusal) -> Explained {
    let (code, reason, remedy) = match refusal {
        AccountRefusal::Absent => (
            "account-unknown",
            ("그런 계정이 없습니다.", "There is no such account."),
            ("목록에서 고르십시오.", "Choose one of the list."),
        ),
        AccountRefusal::Suspended => (
            "account-suspended",
            ("정지된 계정입니다.", "The account is suspended."),
            ("먼저 정지를 푸십시오.", "Resume it first."),
        ),
        AccountRefusal::Closed | AccountRefusal::Erased => (
            "account-closed",
            ("닫힌 계정이어서 바꿀 수 없습니다.", "The account was closed and cannot be changed."),
            ("필요하면 새 계정으로 로그인하게 하십시오.", "Its owner may sign in with another account."),
        ),
        AccountRefusal::DepartmentMissing { .. } => (
            "department-missing",
            ("이 역할은 부서를 정해야 합니다.", "This role acts for a department, and none was given."),
            ("부서를 고르십시오.", "Choose a department."),
        ),
        AccountRefusal::DepartmentUnfit { .. } => (
            "department-unfit",
            ("이 역할은 부서에 속하지 않습니다.", "This role acts for no department."),
            ("부서를 비워 두십시오.", "Leave the department out."),
        ),
    };
    Explained::new(code, reason, "", remedy)
}

impl<R> From<ExecuteError<R>> for ServiceError
where
    R: std::error::Error + 'static,
    Self: From<R>,
{
    fn from(error: ExecuteError<R>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Ledger(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn too_late() -> Explained {
        Explained::new("too-late", ("늦었습니다.", "It is too late."), "가법 제1조", ("내일 오세요.", "Come tomorrow."))
    }

    #[test]
    fn a_refusal_tells_reason_article_and_remedy() {
        let document = Problem::from(ServiceError::Refused(Box::new(too_late()))).document(Language::English, "1");
        assert_eq!(document["detail"], "It is too late. (가법, Article 1)");
        assert_eq!(document["what_to_do"], "Come tomorrow.");
        assert_eq!((&document["code"], &document["status"]), (&json!("too-late"), &json!(409)));
        let errors = ServiceError::Refused(Box::new(too_late())).in_form("when").unwrap();
        assert_eq!(
            errors,
            [FieldError::new(
                "when",
                "늦었습니다. (가법 제1조) 내일 오세요.",
                "It is too late. (가법, Article 1) Come tomorrow."
            )]
        );
    }

    #[test]
    fn each_finding_stands_beside_the_field() {
        let finding = |name: &str| Finding { message: Bilingual::new(name, name), data: json!({ "name": name }) };
        let explained = Explained { findings: vec![finding("가"), finding("나")], ..too_late() };
        assert_eq!(explained.field_errors("answer"), ["가", "나"].map(|name| FieldError::new("answer", name, name)));
        let document = Problem::from(explained).document(Language::Korean, "1");
        assert_eq!(document["findings"], json!([{ "name": "가" }, { "name": "나" }]));
    }

    #[test]
    fn what_is_no_fault_of_the_form_is_a_page_of_its_own() {
        let status = |error: ServiceError| error.in_form("x").unwrap_err().status.as_u16();
        assert_eq!(status(ServiceError::NotFound), 404);
        assert_eq!(status(ServiceError::forbidden("가", "a")), 403);
        assert_eq!(status(ServiceError::KeyReused), 422);
        assert_eq!(status(DatabaseError::Full { reason: String::new() }.into()), 503);
    }
}
