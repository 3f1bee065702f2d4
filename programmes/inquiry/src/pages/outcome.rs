//! What the service answers, as problems and errors of fields.

use axum::http::StatusCode;
use maru_web::{FieldError, Problem};

use crate::{ServiceError, service::FieldFault};

/// The error as a page of its own.
pub(super) fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::SignInRequired => Problem::sign_in_required(),
        ServiceError::NotFound => Problem::not_found(),
        ServiceError::Forbidden { ko, en } => Problem::forbidden().detail(ko, en),
        ServiceError::Refused(explained) => {
            let article = |text: &str| {
                if explained.article.is_empty() { text.to_owned() } else { format!("{text} ({})", explained.article) }
            };
            Problem::conflict()
                .detail(article(&explained.reason_ko), article(&explained.reason_en))
                .what_to_do(explained.remedy_ko, explained.remedy_en)
        }
        ServiceError::Invalid(faults) => Problem::invalid(faults.iter().map(field_error).collect()),
        ServiceError::KeyReused => Problem::conflict()
            .detail("같은 양식이 다른 내용으로 다시 왔어요.", "The same form was sent again with other contents."),
        ServiceError::DoubtfulCitations(_) => Problem::conflict().with_status(StatusCode::UNPROCESSABLE_ENTITY).detail(
            "답변이 인용한 법령 가운데 시행 중인 조문이 아닌 것이 있습니다.",
            "The answer cites law that does not exist or is not in force.",
        ),
        ServiceError::Unavailable(error) => {
            tracing::error!(%error, "the database cannot be used");
            Problem::unavailable()
        }
        ServiceError::Internal(reason) => {
            tracing::error!(%reason, "the service failed");
            Problem::internal()
        }
    }
}

fn field_error(fault: &FieldFault) -> FieldError {
    FieldError::new(fault.field, fault.ko.clone(), fault.en.clone())
}

/// Errors that belong to fields of the form that was sent; everything else is a page of its own.
pub(super) fn in_form(error: ServiceError, field: &str) -> Result<Vec<FieldError>, Problem> {
    match error {
        ServiceError::Invalid(faults) => Ok(faults.iter().map(field_error).collect()),
        ServiceError::Refused(explained) => {
            let ko = sentence(&explained.reason_ko, explained.article, explained.remedy_ko);
            let en = sentence(&explained.reason_en, explained.article, explained.remedy_en);
            Ok(vec![FieldError::new(field, ko, en)])
        }
        ServiceError::DoubtfulCitations(doubtful) => Ok(doubtful
            .iter()
            .map(|citation| {
                let name = format!("「{}」 {}", citation.law, citation.article);
                FieldError::new(
                    field,
                    format!("{name}: 시행 중인 조문으로 확인되지 않습니다. 고치거나, 확인했다면 «인용을 확인했습니다»를 고르고 다시 승인하세요."),
                    format!("{name}: not found among the law in force. Correct it, or tick «I checked the citations» and approve again."),
                )
            })
            .collect()),
        other => Err(problem(other)),
    }
}

/// Reason, article and remedy in one line.
fn sentence(reason: &str, article: &str, remedy: &str) -> String {
    let article = if article.is_empty() { String::new() } else { format!(" ({article})") };
    let remedy = if remedy.is_empty() { String::new() } else { format!(" {remedy}") };
    format!("{reason}{article}{remedy}")
}
