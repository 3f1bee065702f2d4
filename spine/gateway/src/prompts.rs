//! The library of prompts: instructions for models that people of an agency share. Every version stays, with who wrote it and why.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::{Actor, Aggregate, CommandContext, Ledger, StreamId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::gateway::{Gateway, GatewayError};

/// The longest prompt, in characters.
const LONGEST: usize = 16_000;
/// The longest name and title, in characters.
const LONGEST_NAME: usize = 60;

/// A version of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptVersion {
    /// What it is called in this version.
    pub title: String,
    /// The instructions.
    pub text: String,
    /// Why it was written or changed.
    pub reason: String,
    /// Who wrote it: an account.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A prompt with all its versions, the oldest first; there is always one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt {
    /// The first is version 1.
    pub versions: Vec<PromptVersion>,
    /// Nobody is to use it any more.
    pub is_withdrawn: bool,
}

impl Prompt {
    /// The newest version, with its number.
    pub fn newest(&self) -> Option<(usize, &PromptVersion)> {
        self.versions.last().map(|version| (self.versions.len(), version))
    }
}

/// What is asked of the library.
#[derive(Debug, Clone)]
pub enum PromptCommand {
    /// Writes a prompt, or a new version of one.
    Save {
        /// Its name: small letters, digits and hyphens.
        id: String,
        /// Its title.
        title: String,
        /// The instructions.
        text: String,
        /// Why.
        reason: String,
        /// Who: an account.
        by: String,
    },
    /// Takes a prompt out of use; saving a new version brings it back.
    Withdraw {
        /// Its name.
        id: String,
        /// Why.
        reason: String,
        /// Who: an account.
        by: String,
    },
}

/// What can happen to the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum PromptEvent {
    /// A version was written.
    GatewayPromptSaved {
        /// The prompt's name.
        id: String,
        /// Its title.
        title: String,
        /// The instructions.
        text: String,
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It was taken out of use.
    GatewayPromptWithdrawn {
        /// The prompt's name.
        id: String,
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// Why the library refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PromptRefusal {
    /// A name that does not go into an address.
    #[error("a name is 1 to 60 small letters, digits and hyphens")]
    Name,
    /// Nothing in it.
    #[error("a prompt needs a title of at most 60 characters and a text of at most 16,000")]
    Text,
    /// The log keeps prompts for ever, so that nothing personal may stand in one.
    #[error("the text holds personal data; prompts are kept for ever, so write them without")]
    PersonalData,
    /// Those who use it want to know what changed.
    #[error("a change needs a reason")]
    NoReason,
    /// It is what stands there already.
    #[error("this is the version that is there already")]
    Same,
    /// There is none of this name.
    #[error("there is no such prompt in use")]
    Unknown,
}

/// All prompts, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromptLibrary {
    /// Withdrawn ones too.
    pub prompts: BTreeMap<String, Prompt>,
}

fn is_name(id: &str) -> bool {
    let belongs = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_NAME).contains(&id.len()) && id.bytes().all(belongs)
}

impl PromptLibrary {
    fn check(&self, id: &str, title: &str, text: &str, reason: &str) -> Result<(), PromptRefusal> {
        let fits = |text: &str, longest: usize| !text.trim().is_empty() && text.chars().count() <= longest;
        if !is_name(id) {
            return Err(PromptRefusal::Name);
        }
        if !fits(title, LONGEST_NAME) || !fits(text, LONGEST) {
            return Err(PromptRefusal::Text);
        }
        if reason.trim().is_empty() {
            return Err(PromptRefusal::NoReason);
        }
        if [title, text, reason].iter().any(|text| !maru_privacy::find(text).is_empty()) {
            return Err(PromptRefusal::PersonalData);
        }
        let known = self.prompts.get(id).filter(|prompt| !prompt.is_withdrawn);
        let newest = known.and_then(|prompt| prompt.versions.last());
        if newest.is_some_and(|newest| newest.title == title && newest.text == text) {
            return Err(PromptRefusal::Same);
        }
        Ok(())
    }
}

impl Aggregate for PromptLibrary {
    const KIND: &'static str = "gateway.prompts";
    type Command = PromptCommand;
    type Event = PromptEvent;
    type Refusal = PromptRefusal;

    fn decide(&self, command: PromptCommand, at: Timestamp) -> Result<Vec<PromptEvent>, PromptRefusal> {
        match command {
            PromptCommand::Save { id, title, text, reason, by } => {
                self.check(&id, &title, &text, &reason)?;
                Ok(vec![PromptEvent::GatewayPromptSaved { id, title, text, reason, by, at }])
            }
            PromptCommand::Withdraw { id, .. } if self.prompts.get(&id).is_none_or(|prompt| prompt.is_withdrawn) => {
                Err(PromptRefusal::Unknown)
            }
            PromptCommand::Withdraw { reason, .. } if reason.trim().is_empty() => Err(PromptRefusal::NoReason),
            PromptCommand::Withdraw { id, reason, by } => {
                Ok(vec![PromptEvent::GatewayPromptWithdrawn { id, reason, by, at }])
            }
        }
    }

    fn evolve(&mut self, event: &PromptEvent) {
        match event.clone() {
            PromptEvent::GatewayPromptSaved { id, title, text, reason, by, at } => {
                let prompt = self.prompts.entry(id).or_default();
                prompt.versions.push(PromptVersion { title, text, reason, by, at });
                prompt.is_withdrawn = false;
            }
            PromptEvent::GatewayPromptWithdrawn { id, .. } => {
                if let Some(prompt) = self.prompts.get_mut(&id) {
                    prompt.is_withdrawn = true;
                }
            }
        }
    }
}

impl Gateway {
    /// The library of prompts.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where it cannot be read.
    pub async fn prompts(&self) -> Result<PromptLibrary, GatewayError> {
        library(&self.inner.ledger).await
    }

    /// Gives a command to the library, as `by`.
    ///
    /// # Errors
    /// [`GatewayError::Prompt`] where it is refused.
    pub async fn change_prompts(&self, command: PromptCommand, by: &str) -> Result<PromptLibrary, GatewayError> {
        let context = CommandContext::new(Actor::new(by, "gateway-official"), self.inner.clock.now());
        Ok(self.inner.ledger.execute::<PromptLibrary>(&stream()?, command, context).await?.state)
    }
}

/// The library as it stands.
pub(crate) async fn library(ledger: &Ledger) -> Result<PromptLibrary, GatewayError> {
    let state = ledger.state::<PromptLibrary>(&stream()?).await?;
    Ok(state.map(|(library, _)| library).unwrap_or_default())
}

fn stream() -> Result<StreamId, GatewayError> {
    let stream = StreamId::new(PromptLibrary::KIND, 1);
    stream.map_err(|error| crate::RegistryError::Wrong(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(library: &mut PromptLibrary, id: &str, text: &str, reason: &str) -> Result<(), PromptRefusal> {
        let [id, title, text, reason, by] = [id, "회의록 요약", text, reason, "han-seoyun"].map(str::to_owned);
        let command = PromptCommand::Save { id, title, text, reason, by };
        for event in library.decide(command, Timestamp::UNIX_EPOCH)? {
            library.evolve(&event);
        }
        Ok(())
    }

    #[test]
    fn versions_stay_and_what_cannot_stand_there_for_ever_is_refused() {
        let mut library = PromptLibrary::default();
        save(&mut library, "minutes", "다섯 줄로 요약한다.", "처음").unwrap();
        assert_eq!(save(&mut library, "minutes", "다섯 줄로 요약한다.", "again"), Err(PromptRefusal::Same));
        assert_eq!(save(&mut library, "minutes", "세 줄로 요약한다.", " "), Err(PromptRefusal::NoReason));
        save(&mut library, "minutes", "세 줄로 요약한다.", "너무 길다").unwrap();
        let (number, newest) = library.prompts["minutes"].newest().unwrap();
        assert_eq!((number, newest.text.as_str(), newest.reason.as_str()), (2, "세 줄로 요약한다.", "너무 길다"));
        assert_eq!(library.prompts["minutes"].versions[0].text, "다섯 줄로 요약한다.");
        for (id, text, refusal) in [
            ("Bad name", "x", PromptRefusal::Name),
            ("", "x", PromptRefusal::Name),
            ("empty", "  ", PromptRefusal::Text),
            ("personal", "담당자 010-1234-5678에게 묻는다.", PromptRefusal::PersonalData),
        ] {
            assert_eq!(save(&mut library, id, text, "x"), Err(refusal));
        }
        let withdraw = |id: &str| PromptCommand::Withdraw { id: id.into(), reason: "old".into(), by: "han".into() };
        assert_eq!(library.decide(withdraw("nothing"), Timestamp::UNIX_EPOCH), Err(PromptRefusal::Unknown));
        for event in library.decide(withdraw("minutes"), Timestamp::UNIX_EPOCH).unwrap() {
            library.evolve(&event);
        }
        assert!(library.prompts["minutes"].is_withdrawn);
        assert_eq!(library.decide(withdraw("minutes"), Timestamp::UNIX_EPOCH), Err(PromptRefusal::Unknown));
        save(&mut library, "minutes", "세 줄로 요약한다.", "wanted again").unwrap();
        assert!(!library.prompts["minutes"].is_withdrawn);
    }
}
