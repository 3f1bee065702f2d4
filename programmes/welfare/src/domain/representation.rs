//! Who acts for a person of a household, on what ground, with which powers, shown by what, from when until when; and the account by
//! which they do so themselves.

use jiff::civil::Date;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use super::{
    household::{Household, RecordEvent},
    proposal::{Finding, ForWhom, Official},
    refusals::{Refusal, check_words},
};

/// On what ground somebody acts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// A parent of a minor.
    Parent,
    /// A guardian of a minor.
    MinorGuardian,
    /// A guardian of an adult.
    AdultGuardian,
    /// A guardian for some matters, where the court gave the power.
    LimitedGuardian,
    /// A guardian for one matter or time, where the court gave the power.
    SpecificGuardian,
    /// A guardian by a contract of guardianship, once its supervisor was appointed.
    ContractGuardian,
    /// A relative, who may apply.
    Relative,
    /// Who looks after the person in fact, and may apply.
    Carer,
}

impl Ground {
    /// All of them, in the order in which people choose.
    pub const ALL: [Self; 8] = [
        Self::Parent,
        Self::MinorGuardian,
        Self::AdultGuardian,
        Self::LimitedGuardian,
        Self::SpecificGuardian,
        Self::ContractGuardian,
        Self::Relative,
        Self::Carer,
    ];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::MinorGuardian => "minor-guardian",
            Self::AdultGuardian => "adult-guardian",
            Self::LimitedGuardian => "limited-guardian",
            Self::SpecificGuardian => "specific-guardian",
            Self::ContractGuardian => "contract-guardian",
            Self::Relative => "relative",
            Self::Carer => "carer",
        }
    }

    /// What is called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.identifier() == name)
    }

    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Parent => ("친권자", "parent"),
            Self::MinorGuardian => ("미성년후견인", "guardian of a minor"),
            Self::AdultGuardian => ("성년후견인", "guardian of an adult"),
            Self::LimitedGuardian => ("한정후견인", "limited guardian"),
            Self::SpecificGuardian => ("특정후견인", "guardian for one matter"),
            Self::ContractGuardian => ("임의후견인", "guardian by contract"),
            Self::Relative => ("친족", "relative"),
            Self::Carer => ("사실상 보호하는 사람", "carer in fact"),
        }
    }

    /// The article on which it rests.
    pub fn article(self) -> &'static str {
        match self {
            Self::Parent => "민법 제911조",
            Self::MinorGuardian => "민법 제928조, 제938조제1항",
            Self::AdultGuardian => "민법 제929조, 제938조",
            Self::LimitedGuardian => "민법 제959조의4",
            Self::SpecificGuardian => "민법 제959조의11",
            Self::ContractGuardian => "민법 제959조의14",
            Self::Relative | Self::Carer => "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제1항",
        }
    }

    /// Whether somebody on this ground can have a power at all: who may only apply does not speak for the person.
    fn allows(self, power: Power) -> bool {
        power == Power::Apply || !matches!(self, Self::Relative | Self::Carer)
    }

    /// Whether the court or a contract says which powers they have: then they are written down one by one.
    pub fn is_limited(self) -> bool {
        matches!(self, Self::LimitedGuardian | Self::SpecificGuardian | Self::ContractGuardian)
    }
}

/// What somebody may do for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// See what is known of the person, and what was found and decided.
    See,
    /// Apply for a benefit.
    Apply,
    /// Agree to a benefit, or say that it is not wanted.
    Consent,
    /// Object, and ask that a person looks at it.
    Contest,
}

impl Power {
    /// All of them, in the order in which people choose.
    pub const ALL: [Self; 4] = [Self::See, Self::Apply, Self::Consent, Self::Contest];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Apply => "apply",
            Self::Consent => "consent",
            Self::Contest => "contest",
        }
    }

    /// What is called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.identifier() == name)
    }

    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::See => ("정보와 결정 보기", "see data and decisions"),
            Self::Apply => ("신청", "apply"),
            Self::Consent => ("동의와 거절", "agree or decline"),
            Self::Contest => ("이의신청과 설명 요구", "object and ask for an explanation"),
        }
    }
}

/// The last day on which a code links the account of who acts, and the SHA-256 of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The digest; the code itself is nowhere.
    pub digest: String,
    /// The last day.
    pub until: Date,
}

/// Somebody who acts for a person of the household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Representative {
    /// For whom.
    pub member: String,
    /// The name of who acts, sealed.
    pub name: Personal,
    /// On what ground.
    pub ground: Ground,
    /// What shows it: a register's extract, an order of the court with its number.
    pub evidence: String,
    /// From this day.
    pub from: Date,
    /// Until this day, included; until it ends where none.
    pub until: Option<Date>,
    /// The official who looked at the evidence.
    pub by: Official,
    /// The day on which it was written down.
    pub on: Date,
    /// What they may do. None where the ground alone says so: everything that it allows.
    #[serde(default)]
    pub powers: Vec<Power>,
    /// The code that links their account, while it may be used.
    #[serde(default)]
    pub invitation: Option<Invitation>,
    /// Their own account, where it was linked.
    #[serde(default)]
    pub account: Option<String>,
}

impl Representative {
    /// Whether they act on a day.
    pub fn acts(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether they have a power.
    pub fn has(&self, power: Power) -> bool {
        self.ground.allows(power) && (self.powers.is_empty() || self.powers.contains(&power))
    }

    /// What they may do.
    pub fn powers(&self) -> impl Iterator<Item = Power> + '_ {
        Power::ALL.into_iter().filter(|power| self.has(*power))
    }

    /// Whether what was found is theirs to see: the person's own, and the household's where the person heads it.
    pub fn concerns(&self, household: &Household, finding: &Finding) -> bool {
        finding.member.as_ref().map_or_else(|| self.heads(household), |member| *member == self.member)
    }

    /// Whether the person heads the household.
    pub fn heads(&self, household: &Household) -> bool {
        household.member(&self.member).is_some_and(|member| member.role == HEAD)
    }

    /// As a proposal names them.
    pub fn named(&self, place: usize) -> ForWhom {
        ForWhom { place, member: self.member.clone(), ground: self.ground }
    }

    fn check(&self, household: Option<&Household>) -> Result<(), Refusal> {
        if household.is_some_and(|home| home.member(&self.member).is_none()) {
            return Err(Refusal::MemberName);
        }
        check_words(self.name.value_or(""), ("대신하는 사람의 이름", "name of who acts"))?;
        check_words(&self.evidence, ("확인한 자료", "evidence"))?;
        if self.until.is_some_and(|until| until < self.from) {
            return Err(Refusal::Backwards);
        }
        if self.ground.is_limited() && self.powers.is_empty() {
            return Err(Refusal::Empty { ko: "권한의 범위", en: "scope of the power" });
        }
        Ok(())
    }
}

/// The role of who heads a household.
const HEAD: &str = "head";

type Decision = Result<Vec<RecordEvent>, Refusal>;

/// Writes somebody down who acts for a person of the household.
pub(super) fn represent(household: Option<&Household>, representative: Box<Representative>) -> Decision {
    representative.check(household)?;
    Ok(vec![RecordEvent::RepresentativeRecorded { representative }])
}

/// Invites who acts to link an account: who may only apply sees nothing, and needs none.
pub(super) fn invite(
    known: &[Representative],
    (place, invitation): (usize, Invitation),
    by: Official,
    today: Date,
) -> Decision {
    let able = known.get(place).filter(|one| one.acts(today) && one.has(Power::See));
    able.ok_or(Refusal::NotRepresenting)?;
    Ok(vec![RecordEvent::RepresentativeInvited { place, invitation, by }])
}

/// Links the account of who shows the code: once, in its time.
pub(super) fn link(known: &[Representative], digest: &str, account: String, today: Date) -> Decision {
    let invited = |one: &Representative| {
        one.acts(today) && one.invitation.as_ref().is_some_and(|known| known.digest == digest && today <= known.until)
    };
    let place = known.iter().position(invited).ok_or(Refusal::NotRepresenting)?;
    Ok(vec![RecordEvent::RepresentativeLinked { place, account }])
}
