//! Comments that break the rules: held back by a rule or named by a reader, looked at by a person, hidden with ground and reason, appealed
//! against once, decided by another person.
//!
//! That somebody thinks otherwise, speaks of something else or says what many say is no ground: such comments are shown, counted, answered.

use serde::{Deserialize, Serialize};

use super::{Comment, CommentEvent, ConsultationRefusal};
use crate::domain::{
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Most flags of a comment that are kept; more say nothing new.
pub const MOST_FLAGS: usize = 20;
/// From so many addresses of the web on a comment waits for a person.
const MANY_ADDRESSES: usize = 3;
/// Longest note of a flag, in characters.
const LONGEST_FLAG: usize = 500;

/// How a comment breaks the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CommentBreach)]
pub enum Breach {
    /// It insults people, or calls for hatred of them.
    Insult,
    /// It advertises.
    Advertising,
    /// It tells of somebody who can be recognised.
    PersonalData,
    /// The law forbids to spread it.
    Unlawful,
}

impl Breach {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Insult, Self::Advertising, Self::PersonalData, Self::Unlawful];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Insult => "insult",
            Self::Advertising => "advertising",
            Self::PersonalData => "personal-data",
            Self::Unlawful => "unlawful",
        }
    }

    /// The breach of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|breach| breach.identifier() == name)
    }
}

/// Why a rule holds a comment back until a person looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CommentSuspicion)]
pub enum Suspicion {
    /// It holds three addresses of the web or more.
    Addresses,
    /// Hardly any of it is letters.
    NoWords,
}

/// Why a comment waits for a person, where a rule says so. Rules know no words: what people say is for people to judge.
pub fn suspicion(text: &str) -> Option<Suspicion> {
    let lower = text.to_lowercase();
    let addresses = lower.matches("://").count() + lower.matches("www.").count();
    if addresses >= MANY_ADDRESSES {
        return Some(Suspicion::Addresses);
    }
    let (mut letters, mut signs) = (0_usize, 0_usize);
    for one in text.chars().filter(|one| !one.is_whitespace()) {
        if one.is_alphabetic() { letters += 1 } else { signs += 1 }
    }
    (signs >= 10 && letters < signs / 2).then_some(Suspicion::NoWords)
}

/// Whether everybody may read a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CommentShowing)]
pub enum Showing {
    /// Everybody may.
    Shown,
    /// It waits for a person to look at it.
    Held,
    /// A person hid it.
    Hidden,
}

/// That somebody says a comment breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// How.
    pub breach: Breach,
    /// In words; may be empty.
    pub note: String,
    /// A digest of the account, or a name by chance for a stranger: one flag for each.
    pub who: String,
}

/// What a person decided of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderation {
    /// How it breaks the rules; nothing where it is shown.
    pub breach: Option<Breach>,
    /// Why; may be empty where it is shown.
    pub reason: String,
}

/// Why a comment is hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// How it breaks the rules.
    pub breach: Breach,
    /// Why.
    pub reason: String,
    /// Who hid it.
    pub by: Actor,
}

/// What an author says against hiding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Why it should be shown.
    pub text: String,
    /// What was decided; nothing before.
    pub decided: Option<Decided>,
}

/// What was decided on an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Whether it is shown again.
    pub restored: bool,
    /// Why.
    pub reason: String,
}

type Decision = Result<Vec<CommentEvent>, Refusal>;

impl Comment {
    pub(super) fn flag(&self, flag: Flag) -> Decision {
        self.filed()?;
        if flag.note.chars().count() > LONGEST_FLAG {
            return Err(Refusal::TooLong { limit: LONGEST_FLAG });
        }
        let known = self.flags.iter().any(|before| before.who == flag.who);
        if known || self.flags.len() >= MOST_FLAGS || self.hidden.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![CommentEvent::CommentFlagged { flag, queued: !self.looked_at }])
    }

    pub(super) fn moderate(&self, moderation: Moderation, by: Actor) -> Decision {
        self.filed()?;
        match (&moderation.breach, &self.hidden) {
            // The second click on one button.
            (Some(breach), Some(hidden)) if (*breach, &moderation.reason) == (hidden.breach, &hidden.reason) => {
                return Ok(Vec::new());
            }
            (Some(_), Some(_)) => return Err(ConsultationRefusal::HiddenAlready.into()),
            // What is hidden is shown again on appeal, by somebody else.
            (None, Some(_)) => return Err(ConsultationRefusal::NeedsAppeal.into()),
            (Some(_), None) => check_words(&moderation.reason, ("이유", "reason"), LONGEST_NOTE)?,
            (None, None) if self.looked_at => return Ok(Vec::new()),
            (None, None) if moderation.reason.chars().count() > LONGEST_NOTE => {
                return Err(Refusal::TooLong { limit: LONGEST_NOTE });
            }
            (None, None) => {}
        }
        Ok(vec![CommentEvent::CommentModerated { moderation, by }])
    }

    pub(super) fn appeal(&self, text: String) -> Decision {
        self.filed()?;
        if self.hidden.is_none() {
            return Err(ConsultationRefusal::NotHidden.into());
        }
        if self.appeal.is_some() {
            return Err(ConsultationRefusal::AppealedAlready.into());
        }
        check_words(&text, ("이유", "reason"), LONGEST_NOTE)?;
        Ok(vec![CommentEvent::CommentAppealed { text }])
    }

    pub(super) fn decide_appeal(&self, decided: Decided, by: Actor) -> Decision {
        let open = self.appeal.as_ref().filter(|appeal| appeal.decided.is_none());
        let (Some(_), Some(hidden)) = (open, &self.hidden) else {
            return Err(ConsultationRefusal::NoAppeal.into());
        };
        if hidden.by.account == by.account {
            return Err(ConsultationRefusal::SamePerson.into());
        }
        check_words(&decided.reason, ("이유", "reason"), LONGEST_NOTE)?;
        Ok(vec![CommentEvent::CommentAppealDecided { decided, by }])
    }

    pub(super) fn take_moderation(&mut self, moderation: &Moderation, by: &Actor) {
        self.held = None;
        self.looked_at = moderation.breach.is_none();
        self.hidden =
            moderation.breach.map(|breach| Hidden { breach, reason: moderation.reason.clone(), by: by.clone() });
    }

    pub(super) fn take_decision(&mut self, decided: &Decided) {
        if let Some(appeal) = &mut self.appeal {
            appeal.decided = Some(decided.clone());
        }
        if decided.restored {
            self.hidden = None;
            self.looked_at = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold_back_what_is_hardly_a_comment() {
        assert_eq!(suspicion("저작물을 학습에 쓰는 것에 반대합니다. 근거: https://example.go.kr/1"), None);
        assert_eq!(suspicion("https://a.kr https://b.kr www.c.kr 싸게 팝니다"), Some(Suspicion::Addresses));
        assert_eq!(suspicion("!!!!!!!!!!!! ㅋ ------"), Some(Suspicion::NoWords));
        assert_eq!(suspicion("2026년 4분기까지 1,000억 원이면 됩니다"), None);
        assert_eq!(suspicion("찬성!!!"), None, "short is no ground");
    }
}
