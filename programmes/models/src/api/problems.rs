//! What goes wrong, as RFC 9457 documents.

use maru_gateway::{ActionRefusal, ChangeRefusal, PromptRefusal, evaluate::EvaluationRefusal};
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
        ServiceError::Action(refusal) => Problem::conflict().detail(action_words(&refusal), refusal.to_string()),
        ServiceError::Prompt(refusal) => Problem::conflict().detail(prompt_words(refusal), refusal.to_string()),
        ServiceError::Evaluation(refusal) => {
            Problem::conflict().detail(evaluation_words(&refusal), refusal.to_string())
        }
        ServiceError::Replay(reason) => Problem::conflict().detail(
            "이 호출은 다시 보낼 수 없습니다. 글을 청한 호출 가운데 내용이 남아 있는 것만 다시 보낼 수 있습니다.",
            format!("This call cannot be sent again: {reason}."),
        ),
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
        ChangeRefusal::NotEvaluated(model) => {
            format!("「{model}」의 최근 180일 안의 평가 결과가 기록에 없습니다. 모델 평가에서 평가한 뒤 승인해 주세요.")
        }
        ChangeRefusal::Regressed { model, before } => {
            format!("가장 최근 평가에서 「{model}」이 「{before}」보다 확실히 나빴습니다. 승인할 수 없습니다.")
        }
        ChangeRefusal::Wrong(what) => {
            format!("이대로 바꾸면 등록부가 서로 맞지 않습니다. 고쳐서 다시 제안해 주세요: {what}")
        }
    };
    (korean, refusal.to_string())
}

/// Why what a machine wants to do cannot be decided so, in Korean.
pub(crate) fn action_words(refusal: &ActionRefusal) -> &'static str {
    match refusal {
        ActionRefusal::NoReason => "반려하는 까닭을 써 주세요. 요청한 시스템에 전달됩니다.",
        ActionRefusal::Decided | ActionRefusal::Used => "이미 결정된 요청입니다. 목록을 다시 확인해 주세요.",
        ActionRefusal::Expired => "7일이 지나 승인할 수 없습니다. 시스템이 다시 요청해야 합니다.",
        _ => "지금은 결정할 수 없는 요청입니다. 목록을 다시 확인해 주세요.",
    }
}

/// Why the library of prompts refuses, in Korean.
pub(crate) fn prompt_words(refusal: PromptRefusal) -> &'static str {
    match refusal {
        PromptRefusal::Name => "이름은 영문 소문자, 숫자, 붙임표(-)로 60자까지 써 주세요.",
        PromptRefusal::Text => "제목(60자까지)과 내용(16,000자까지)을 써 주세요.",
        PromptRefusal::PersonalData => {
            "개인정보가 들어 있습니다. 지시문은 지워지지 않으므로 개인정보를 빼고 써 주세요."
        }
        PromptRefusal::NoReason => "쓰거나 바꾸는 까닭을 써 주세요.",
        PromptRefusal::Same => "지금 있는 판과 같습니다.",
        PromptRefusal::Unknown => "그런 지시문이 없습니다.",
    }
}

/// Why an evaluation cannot be made, in Korean.
pub(crate) fn evaluation_words(refusal: &EvaluationRefusal) -> String {
    match refusal {
        EvaluationRefusal::Suite(reason) => {
            format!("문제 모음을 읽을 수 없습니다. 한 줄에 문제 하나를 JSON으로 써 주세요. ({reason})")
        }
        EvaluationRefusal::Name => "문제 모음의 이름을 60자까지 써 주세요.".to_owned(),
        EvaluationRefusal::PersonalData => {
            "문제에 개인정보가 들어 있습니다. 기록에서 지워지지 않으므로 개인정보를 빼고 써 주세요.".to_owned()
        }
        EvaluationRefusal::Models => "등록된 모델을 하나에서 넷까지 서로 다르게 골라 주세요.".to_owned(),
        EvaluationRefusal::Runs | EvaluationRefusal::Before | EvaluationRefusal::Known => {
            "이미 진행 중이거나 끝난 평가입니다. 화면을 새로 열어 확인해 주세요.".to_owned()
        }
        EvaluationRefusal::Unknown => "그런 평가가 없습니다.".to_owned(),
    }
}
