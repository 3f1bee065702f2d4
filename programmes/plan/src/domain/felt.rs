//! What citizens say of a recommendation that was reported done: did it reach them?
//!
//! Anyone may say it, with or without an account; who signed in says it once and may change it. Who did not can say it again and
//! again: that is counted apart, shown apart, and contradicts no report. It is no survey, and pages say so.
//! Words that break the rules are hidden like comments; what they say of yes or no counts all the same.

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    entry::Number,
    moderation::{Moderated, ModerationOrder, Suspicion, WordsEvent, suspicion},
    refusals::Refusal,
    visit::Verdict,
};

/// Longest text, in characters.
pub const LONGEST_FELT: usize = 1_000;

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Of which recommendation.
    pub recommendation: Number,
    /// Whether it reached them.
    pub verdict: Verdict,
    /// In words, with personal data masked; may be empty.
    pub text: String,
}

/// The state: what somebody says now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Felt {
    /// It; nothing before.
    pub said: Option<Said>,
    /// The account, where somebody signed in: it is told what becomes of the words.
    pub account: Option<String>,
    /// How the words stand with the rules.
    pub moderated: Moderated,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum FeltOrder {
    /// Say it, with the account where somebody signed in.
    Say(Said, Option<String>),
    /// Look after the rules.
    Moderation(ModerationOrder),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FeltEvent {
    /// It was said.
    FeltSaid {
        /// What.
        said: Said,
        /// The account, where somebody signed in.
        #[serde(default)]
        account: Option<String>,
        /// Why a rule holds the words back until a person looked.
        #[serde(default)]
        held: Option<Suspicion>,
        /// Whether the words stay and the verdict alone changed: then they stand with the rules as they did.
        #[serde(default)]
        same_words: bool,
    },
    /// The rules were looked after.
    #[serde(untagged)]
    Moderation(WordsEvent),
}

impl Felt {
    /// What was said in words; empty where nothing was.
    pub fn text(&self) -> &str {
        self.said.as_ref().map_or("", |said| said.text.as_str())
    }

    fn say(&self, said: Said, account: Option<String>) -> Result<Vec<FeltEvent>, Refusal> {
        if said.text.chars().count() > LONGEST_FELT {
            return Err(Refusal::TooLong { limit: LONGEST_FELT });
        }
        if self.said.as_ref() == Some(&said) {
            return Ok(Vec::new());
        }
        let same_words = self.said.as_ref().is_some_and(|before| before.text == said.text);
        let held = match &self.moderated.hidden {
            _ if same_words => self.moderated.held,
            // What was hidden does not come back in other words before a person looked.
            Some(_) if !said.text.is_empty() => Some(Suspicion::HiddenBefore),
            _ => suspicion(&said.text),
        };
        Ok(vec![FeltEvent::FeltSaid { said, account, held, same_words }])
    }
}

impl Aggregate for Felt {
    const KIND: &'static str = "felt";
    type Command = FeltOrder;
    type Event = FeltEvent;
    type Refusal = Refusal;

    fn decide(&self, order: FeltOrder, _now: Timestamp) -> Result<Vec<FeltEvent>, Refusal> {
        match order {
            FeltOrder::Say(said, account) => self.say(said, account),
            FeltOrder::Moderation(_) if self.text().is_empty() => Err(Refusal::Unknown),
            FeltOrder::Moderation(order) => {
                Ok(self.moderated.decide(order)?.map(FeltEvent::Moderation).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &FeltEvent) {
        match event {
            FeltEvent::FeltSaid { said, account, held, same_words } => {
                self.said = Some(said.clone());
                self.account.clone_from(account);
                if !same_words {
                    self.moderated = Moderated::coming_in(*held);
                }
            }
            FeltEvent::Moderation(event) => self.moderated.take(event),
        }
    }
}

/// How many say what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct FeltCounts {
    /// It reached them.
    pub yes: u64,
    /// In part.
    pub partly: u64,
    /// It did not.
    pub no: u64,
    /// Those of them who signed in: each says it once.
    pub signed_in: FeltSignedIn,
}

/// What those say who signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct FeltSignedIn {
    /// It reached them.
    pub yes: u64,
    /// In part.
    pub partly: u64,
    /// It did not.
    pub no: u64,
}

impl FeltSignedIn {
    /// All.
    pub fn all(self) -> u64 {
        self.yes + self.partly + self.no
    }
}

impl FeltCounts {
    /// All.
    pub fn all(self) -> u64 {
        self.yes + self.partly + self.no
    }

    /// So many say this, and so many of them signed in.
    pub(crate) fn add(&mut self, verdict: Verdict, count: u64, signed_in: u64) {
        let (of_all, of_signed_in) = match verdict {
            Verdict::Yes => (&mut self.yes, &mut self.signed_in.yes),
            Verdict::Partly => (&mut self.partly, &mut self.signed_in.partly),
            Verdict::No => (&mut self.no, &mut self.signed_in.no),
            Verdict::NotSeen => return,
        };
        *of_all += count;
        *of_signed_in += signed_in;
    }

    /// Whether citizens say no: of those who signed in so many at least, and more than say yes. Whoever can say it again and again
    /// contradicts nobody.
    pub fn deny(self) -> bool {
        let FeltSignedIn { yes, partly, no } = self.signed_in;
        no >= ENOUGH && no > yes + partly
    }
}

/// From so many on, what citizens say counts as a contradiction.
pub const ENOUGH: u64 = 5;
