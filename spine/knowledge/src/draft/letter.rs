//! The parts of a letter that are always the same: greeting, question, remedy, contact, label.

use super::types::{Composer, DraftRequest, Language, Paragraph, ParagraphRole, Remedy, Sentence};
use crate::{CitationStatus, Knowledge};

/// The question in short is cut here, in characters.
const SHORT_QUESTION: usize = 70;

pub(super) fn paragraph(role: ParagraphRole, sentences: Vec<Sentence>) -> Paragraph {
    Paragraph { role, sentences }
}

pub(super) fn plain_sentence(text: impl Into<String>) -> Sentence {
    Sentence { text: text.into(), citations: Vec::new(), struck: None }
}

/// Who writes: «마루시 환경자원과 전별», "Jeon Byeol, Environment Division, Maru City".
fn sender(request: &DraftRequest) -> String {
    let letter = &request.letter;
    let official = letter.official.as_deref().unwrap_or_default();
    let (parts, between) = match request.language {
        Language::Korean => ([letter.agency.as_str(), letter.department.as_str(), official], " "),
        Language::English => ([official, letter.department.as_str(), letter.agency.as_str()], ", "),
    };
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

pub(super) fn greeting(request: &DraftRequest) -> Paragraph {
    let sender = sender(request);
    let text = match (request.language, &request.letter.addressee) {
        (Language::Korean, Some(name)) => format!("안녕하십니까, {name}님. {sender}입니다."),
        (Language::Korean, None) => format!("안녕하십니까. {sender}입니다."),
        (Language::English, Some(name)) => format!("Dear {name},"),
        (Language::English, None) => "Hello.".to_owned(),
    };
    paragraph(ParagraphRole::Greeting, vec![plain_sentence(text)])
}

/// «‘소파 버리려면 얼마예요?’라고 문의하셨습니다.»
pub(super) fn question(request: &DraftRequest) -> Paragraph {
    let title = request.question_title.trim();
    let short = if title.is_empty() {
        maru_korean::sentences(&request.question).first().copied().unwrap_or_default()
    } else {
        title
    };
    let mut short: String = short.split_whitespace().collect::<Vec<_>>().join(" ").replace(['‘', '’', '“', '”'], "'");
    if short.chars().count() > SHORT_QUESTION {
        short = short.chars().take(SHORT_QUESTION).collect::<String>() + "…";
    }
    let text = match request.language {
        _ if short.is_empty() => {
            request.language.say("보내 주신 민원을 잘 읽었습니다.", "Thank you for writing to us.").to_owned()
        }
        Language::Korean => format!("보내 주신 ‘{short}’에 대하여 답변드립니다."),
        Language::English => format!("You wrote to us about “{short}”."),
    };
    paragraph(ParagraphRole::Question, vec![plain_sentence(text)])
}

/// What the petitioner can do. The law is named only where the deployment holds it.
pub(super) fn remedy(knowledge: &Knowledge, request: &DraftRequest) -> Paragraph {
    let law = |citation: &str| {
        let stands = knowledge
            .resolve(citation, request.on)
            .first()
            .is_some_and(|citation| citation.status == CitationStatus::InForce && citation.target.is_some());
        if stands { format!("({citation})") } else { String::new() }
    };
    let sentences = match (request.remedy, request.language) {
        (Remedy::Question, Language::Korean) => vec![
            "더 궁금한 점이 있으시면 아래 담당 부서로 연락해 주십시오.".to_owned(),
            format!(
                "처리 결과가 위법ㆍ부당하다고 생각하시면 국민권익위원회에 고충민원을 신청하실 수 있습니다{}.",
                law("「부패방지 및 국민권익위원회의 설치와 운영에 관한 법률」 제39조")
            ),
        ],
        (Remedy::Question, Language::English) => vec![
            "If anything is unclear, please contact the division named below.".to_owned(),
            format!(
                "If you think that you have been treated unlawfully or unfairly, you can complain to the Anti-Corruption and Civil Rights \
                 Commission{}.",
                law("「부패방지 및 국민권익위원회의 설치와 운영에 관한 법률」 제39조")
            ),
        ],
        (Remedy::RefusedApplication, Language::Korean) => vec![
            format!(
                "이 처분에 이의가 있으시면 처분을 받은 날부터 60일 안에 {}에 문서로 이의신청을 하실 수 있습니다{}.",
                request.letter.agency,
                law("「민원 처리에 관한 법률」 제35조")
            ),
            format!(
                "이와 관계없이 처분이 있음을 안 날부터 90일 안에 행정심판을 청구하거나 행정소송을 제기하실 수 있습니다{}.",
                law("「행정심판법」 제27조")
            ),
        ],
        (Remedy::RefusedApplication, Language::English) => vec![
            format!(
                "You can object to this decision in writing to {} within 60 days of receiving it{}.",
                request.letter.agency,
                law("「민원 처리에 관한 법률」 제35조")
            ),
            format!(
                "Whether or not you object, you can file an administrative appeal or go to court within 90 days of learning of the decision{}.",
                law("「행정심판법」 제27조")
            ),
        ],
    };
    paragraph(ParagraphRole::Remedy, sentences.into_iter().map(plain_sentence).collect())
}

pub(super) fn contact(request: &DraftRequest) -> Paragraph {
    let telephone = &request.letter.telephone;
    let telephone = if telephone.is_empty() { String::new() } else { format!(" ({telephone})") };
    let text = format!("{}: {}{telephone}", request.language.say("담당", "Contact"), sender(request));
    paragraph(ParagraphRole::Contact, vec![plain_sentence(text)])
}

/// That AI drafted it (인공지능기본법 제31조).
pub(super) fn label(language: Language, composer: &Composer) -> Paragraph {
    let text = match (language, composer) {
        (Language::Korean, Composer::Extractive) => {
            "이 답변의 초안은 인공지능이 작성하였고, 담당 공무원이 확인하고 고쳐서 보냅니다.".to_owned()
        }
        (Language::Korean, Composer::Model(name)) => {
            format!("이 답변의 초안은 생성형 인공지능({name})이 작성하였고, 담당 공무원이 확인하고 고쳐서 보냅니다.")
        }
        (Language::English, Composer::Extractive) => {
            "Artificial intelligence drafted this answer; the official in charge checks and corrects it before it is sent.".to_owned()
        }
        (Language::English, Composer::Model(name)) => format!(
            "Generative artificial intelligence ({name}) drafted this answer; the official in charge checks and corrects it before it is sent."
        ),
    };
    paragraph(ParagraphRole::Label, vec![plain_sentence(text)])
}
