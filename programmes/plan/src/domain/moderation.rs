//! What citizens write where everybody reads it (comments, words on what reached them, problems that they pose) and that breaks the
//! rules: held back by a rule or named by a reader, looked at by a person, hidden with ground and reason, appealed against once, decided by
//! another person.
//!
//! That somebody thinks otherwise, speaks of something else or says what many say is no ground: such words are shown and counted.

use serde::{Deserialize, Serialize};

use super::{
    consultation::ConsultationRefusal,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Most flags that are kept of what somebody wrote; more say nothing new.
pub const MOST_FLAGS: usize = 20;
/// From so many addresses of the web on it waits for a person.
const MANY_ADDRESSES: usize = 3;
/// Longest note of a flag, in characters.
const LONGEST_FLAG: usize = 500;

/// How it breaks the rules.
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

/// Why a rule holds it back until a person looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CommentSuspicion)]
pub enum Suspicion {
    /// It holds three addresses of the web or more.
    Addresses,
    /// Hardly any of it is letters.
    NoWords,
    /// Its author wrote it anew after it was hidden.
    HiddenBefore,
}

/// Why words wait for a person, where a rule says so. Rules know no words: what people say is for people to judge.
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

/// Whether everybody may read it.
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

/// That somebody says it breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// How.
    pub breach: Breach,
    /// In words; may be empty.
    pub note: String,
    /// A digest of the account, or a name by chance for a stranger: one flag for each.
    pub who: String,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderation {
    /// How it breaks the rules; nothing where it is shown.
    pub breach: Option<Breach>,
    /// Why; may be empty where it is shown.
    pub reason: String,
}

/// Why it is hidden.
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

/// How words stand with the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderated {
    /// Why a rule held them back when they came; nothing once a person looked, and where no rule did.
    pub held: Option<Suspicion>,
    /// Who said that they break the rules, and how.
    pub flags: Vec<Flag>,
    /// Whether a person looked at them and let them stand.
    pub looked_at: bool,
    /// Why they are hidden; nothing where they are shown.
    pub hidden: Option<Hidden>,
    /// What their author says against that.
    pub appeal: Option<Appeal>,
}

/// What may be asked of words that somebody wrote.
#[derive(Debug, Clone, PartialEq)]
pub enum ModerationOrder {
    /// Somebody says that they break the rules.
    Flag(Flag),
    /// Show them, or hide them.
    Moderate(Moderation, Actor),
    /// Their author says that they should not be hidden.
    Appeal(String),
    /// Decide on that.
    DecideAppeal(Decided, Actor),
}

/// What can happen to words that somebody wrote. Comments have the same under names of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum WordsEvent {
    /// Somebody said that they break the rules.
    WordsFlagged {
        /// Who and how.
        flag: Flag,
        /// Whether they wait for a person now: not where one let them stand already.
        queued: bool,
    },
    /// A person looked at them.
    WordsModerated {
        /// What was decided.
        moderation: Moderation,
        /// Who.
        by: Actor,
    },
    /// Their author says that they should not be hidden.
    WordsAppealed {
        /// Why not.
        text: String,
    },
    /// That was decided on, by somebody else.
    WordsAppealDecided {
        /// What was decided.
        decided: Decided,
        /// Who.
        by: Actor,
    },
}

type Decision = Result<Option<WordsEvent>, Refusal>;

impl Moderated {
    /// As words come in: held back where a rule says so.
    pub fn coming_in(held: Option<Suspicion>) -> Self {
        Self { held, ..Self::default() }
    }

    /// Whether everybody may read them.
    pub fn showing(&self) -> Showing {
        if self.hidden.is_some() {
            Showing::Hidden
        } else if self.held.is_some() {
            Showing::Held
        } else {
            Showing::Shown
        }
    }

    /// Whether an appeal waits for its decision.
    pub fn is_appealed(&self) -> bool {
        self.appeal.as_ref().is_some_and(|appeal| appeal.decided.is_none())
    }

    /// What happens on an order; nothing where it says what stands already.
    ///
    /// # Errors
    /// [`ConsultationRefusal`] for what does not go now; where a reason is missing.
    pub fn decide(&self, order: ModerationOrder) -> Decision {
        match order {
            ModerationOrder::Flag(flag) => self.flag(flag),
            ModerationOrder::Moderate(moderation, by) => self.moderate(moderation, by),
            ModerationOrder::Appeal(text) => self.appeal(text),
            ModerationOrder::DecideAppeal(decided, by) => self.decide_appeal(decided, by),
        }
    }

    fn flag(&self, flag: Flag) -> Decision {
        if flag.note.chars().count() > LONGEST_FLAG {
            return Err(Refusal::TooLong { limit: LONGEST_FLAG });
        }
        let known = self.flags.iter().any(|before| before.who == flag.who);
        if known || self.flags.len() >= MOST_FLAGS || self.hidden.is_some() {
            return Ok(None);
        }
        Ok(Some(WordsEvent::WordsFlagged { flag, queued: !self.looked_at }))
    }

    fn moderate(&self, moderation: Moderation, by: Actor) -> Decision {
        match (&moderation.breach, &self.hidden) {
            // The second click on one button.
            (Some(breach), Some(hidden)) if (*breach, &moderation.reason) == (hidden.breach, &hidden.reason) => {
                return Ok(None);
            }
            (Some(_), Some(_)) => return Err(ConsultationRefusal::HiddenAlready.into()),
            // What is hidden is shown again on appeal, by somebody else.
            (None, Some(_)) => return Err(ConsultationRefusal::NeedsAppeal.into()),
            (Some(_), None) => check_words(&moderation.reason, ("이유", "reason"), LONGEST_NOTE)?,
            (None, None) if self.looked_at => return Ok(None),
            (None, None) if moderation.reason.chars().count() > LONGEST_NOTE => {
                return Err(Refusal::TooLong { limit: LONGEST_NOTE });
            }
            (None, None) => {}
        }
        Ok(Some(WordsEvent::WordsModerated { moderation, by }))
    }

    fn appeal(&self, text: String) -> Decision {
        if self.hidden.is_none() {
            return Err(ConsultationRefusal::NotHidden.into());
        }
        if self.appeal.is_some() {
            return Err(ConsultationRefusal::AppealedAlready.into());
        }
        check_words(&text, ("이유", "reason"), LONGEST_NOTE)?;
        Ok(Some(WordsEvent::WordsAppealed { text }))
    }

    fn decide_appeal(&self, decided: Decided, by: Actor) -> Decision {
        let hidden = self.hidden.as_ref().filter(|_| self.is_appealed()).ok_or(ConsultationRefusal::NoAppeal)?;
        if hidden.by.account == by.account {
            return Err(ConsultationRefusal::SamePerson.into());
        }
        check_words(&decided.reason, ("이유", "reason"), LONGEST_NOTE)?;
        Ok(Some(WordsEvent::WordsAppealDecided { decided, by }))
    }

    /// Takes in what happened.
    pub fn take(&mut self, event: &WordsEvent) {
        match event {
            WordsEvent::WordsFlagged { flag, .. } => self.flags.push(flag.clone()),
            WordsEvent::WordsModerated { moderation, by } => {
                self.held = None;
                self.looked_at = moderation.breach.is_none();
                let reason = moderation.reason.clone();
                self.hidden = moderation.breach.map(|breach| Hidden { breach, reason, by: by.clone() });
            }
            WordsEvent::WordsAppealed { text } => self.appeal = Some(Appeal { text: text.clone(), decided: None }),
            WordsEvent::WordsAppealDecided { decided, .. } => {
                if let Some(appeal) = &mut self.appeal {
                    appeal.decided = Some(decided.clone());
                }
                if decided.restored {
                    self.hidden = None;
                    self.looked_at = true;
                }
            }
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
