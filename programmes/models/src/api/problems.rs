//! What goes wrong, as RFC 9457 documents.

use maru_gateway::ChangeRefusal;
use maru_web::Problem;

use crate::ServiceError;

/// The error as a problem document.
pub(crate) fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::SignInRequired => Problem::sign_in_required(),
        ServiceError::NotFound => Problem::not_found(),
        ServiceError::Forbidden { ko, en } => Problem::forbidden().detail(ko, en),
        ServiceError::Refused(refusal) => {
            let (korean, english) = words(&refusal);
            Problem::conflict().detail(korean, english)
        }
        ServiceError::Unavailable(error) => {
            tracing::error!(%error, "the database cannot be used");
            Problem::unavailable()
        }
        ServiceError::Internal(reason) => {
            tracing::error!(%reason, "the programme of models failed");
            Problem::internal()
        }
    }
}

/// A refusal in Korean and in English.
pub(crate) fn words(refusal: &ChangeRefusal) -> (String, String) {
    let korean = match refusal {
        ChangeRefusal::Adopted => "등록부가 이미 있어 파일을 다시 들여올 수 없습니다. 변경을 제안해 주세요.".to_owned(),
        ChangeRefusal::Known(id) => format!("{id} 변경은 이미 있습니다."),
        ChangeRefusal::NotWaiting(_) => "결정을 기다리는 변경이 아닙니다. 목록을 다시 확인해 주세요.".to_owned(),
        ChangeRefusal::NoReason => "두 번째 사람이 판단할 수 있게 바꾸려는 까닭을 써 주세요.".to_owned(),
        ChangeRefusal::SamePerson(_) => {
            "제안한 사람은 스스로 승인할 수 없습니다. 다른 사람이 승인해야 합니다(네 눈 원칙).".to_owned()
        }
        ChangeRefusal::Wrong(what) => {
            format!("이대로 바꾸면 등록부가 서로 맞지 않습니다. 고쳐서 다시 제안해 주세요: {what}")
        }
    };
    (korean, refusal.to_string())
}
