//! Words that several pages share.

use std::collections::BTreeMap;

use maru_identity::{AccountStatus, Role, SignInMethod};
use maru_web::{
    Bilingual, Language,
    components::{Tag, Tone},
};

pub(super) fn role(language: Language, role: Role) -> &'static str {
    language.say(role.korean(), role.english())
}

pub(super) fn status_tag(language: Language, status: AccountStatus) -> Tag {
    match status {
        AccountStatus::Active => Tag::new(Tone::Good, language.say("사용 중", "Active")),
        AccountStatus::Suspended => Tag::new(Tone::Attention, language.say("정지", "Suspended")),
        AccountStatus::Closed => Tag::new(Tone::Neutral, language.say("닫힘", "Closed")),
        AccountStatus::Absent => Tag::new(Tone::Neutral, language.say("없음", "None")),
    }
}

pub(super) fn method(language: Language, method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Oidc => language.say("로그인 기관 (OpenID Connect)", "Identity provider (OpenID Connect)"),
        SignInMethod::Demonstration => language.say("시연용 로그인", "Demonstration"),
    }
}

pub(super) fn department(language: Language, names: &BTreeMap<String, Bilingual>, id: &str) -> String {
    names.get(id).map_or_else(|| id.to_owned(), |name| name.say(language).to_owned())
}

/// Percent-encoding of a part of a path or query.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
