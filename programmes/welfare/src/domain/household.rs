//! A household as the registers know it, and what happens to it.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, Personal};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    crisis::Present,
    life_event::LifeEvent,
    proposal::{ForWhom, Official},
    refusals::{Refusal, check_words},
    representation::{self, Invitation, Power, Representative},
};
use crate::payment::PayTo;

/// Most people in a household.
pub const MOST_MEMBERS: usize = 30;
/// Most signals of a crisis that are told of a household.
pub const MOST_SIGNALS: usize = 200;
/// Days within which a correction is answered (개인정보 보호법 시행령 제43조제3항).
pub const CORRECTION_DAYS: i64 = 10;

/// Facts by the name of the law's variable; they hold until they change.
pub type Facts = BTreeMap<String, Json>;

/// A person of a household.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// A pseudonym, unique in the household.
    pub id: String,
    /// `head`, `spouse`, `child`, `parent` or `other`.
    pub role: String,
    /// What the household calls the person; empty where no register says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What is known of them.
    #[serde(default)]
    pub facts: Facts,
}

/// Two people who are a couple; who stands in none is one alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Couple {
    /// Their pseudonyms.
    pub partners: Vec<String>,
    /// What is known of them together.
    #[serde(default)]
    pub facts: Facts,
}

/// A fact that the people of a household told themselves, because no register holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Whose; nobody's for the household's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The variable.
    pub fact: String,
    /// The day on which it was told.
    pub on: Date,
}

/// A benefit that is being received, of any agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The benefit.
    pub benefit: String,
    /// Whose, where it is a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// How much, in won of its rhythm.
    pub amount: i64,
    /// The agency that gives it.
    pub agency: String,
}

/// A household.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Household {
    /// Its people.
    pub members: Vec<Member>,
    /// Its couples.
    #[serde(default)]
    pub couples: Vec<Couple>,
    /// What is known of it as a whole.
    #[serde(default)]
    pub facts: Facts,
    /// What it receives.
    #[serde(default)]
    pub received: Vec<Received>,
    /// Signals of a crisis that registers tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Present>,
    /// Where money for it goes; nothing where no account is known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_to: Option<PayTo>,
    /// Which of the facts its people told themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
}

impl Household {
    /// The member called so.
    pub fn member(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// Who heads it, and their spouse: one of them may be given its account.
    pub fn heads(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| matches!(member.role.as_str(), "head" | "spouse"))
    }

    /// Whether a benefit is received already, and by which agency.
    pub fn receives(&self, benefit: &str, member: Option<&str>) -> Option<&Received> {
        self.received.iter().find(|one| one.benefit == benefit && one.member.as_deref() == member)
    }

    /// What is known of a fact: of a member or of the couple in which they stand, else of the household.
    pub fn fact(&self, member: Option<&str>, fact: &str) -> Option<&Json> {
        let Some(id) = member else { return self.facts.get(fact) };
        let couple = self.couples.iter().find(|couple| couple.partners.iter().any(|partner| partner == id));
        let own = self.member(id).and_then(|member| member.facts.get(fact));
        own.or_else(|| couple.and_then(|couple| couple.facts.get(fact)))
    }

    /// The day on which its people told a fact; nothing where a register holds it.
    pub fn told_on(&self, member: Option<&str>, fact: &str) -> Option<Date> {
        let told = self.told.iter().find(|one| one.member.as_deref() == member && one.fact == fact);
        told.map(|one| one.on)
    }

    /// Puts in a fact as somebody of the staff or a register has it; without a value nothing is known of it. `of_couple` says that the
    /// law knows it of couples.
    pub fn put(&mut self, member: Option<&str>, fact: &str, value: Option<Json>, of_couple: bool) {
        self.told.retain(|one| one.member.as_deref() != member || one.fact != fact);
        let facts = match member {
            None => Some(&mut self.facts),
            Some(id) if of_couple => {
                let of = |couple: &Couple| couple.partners.iter().any(|partner| partner == id);
                let place = self.couples.iter().position(of).unwrap_or_else(|| {
                    self.couples.push(Couple { partners: vec![id.to_owned()], facts: Facts::new() });
                    self.couples.len() - 1
                });
                self.couples.get_mut(place).map(|couple| &mut couple.facts)
            }
            Some(id) => self.members.iter_mut().find(|member| member.id == id).map(|member| &mut member.facts),
        };
        let Some(facts) = facts else { return };
        match value {
            Some(value) => drop(facts.insert(fact.to_owned(), value)),
            None => drop(facts.remove(fact)),
        }
    }

    /// Puts in a fact that its people told.
    pub fn tell(&mut self, told: Told, value: Json, of_couple: bool) {
        self.put(told.member.as_deref(), &told.fact, Some(value), of_couple);
        self.told.push(told);
    }

    /// Keeps what registers do not hold: names and the account where they give none, and what people told. A register takes away only what
    /// it gave.
    pub fn keep_what_registers_lack(&mut self, before: &Self) {
        for member in self.members.iter_mut().filter(|member| member.name.is_empty()) {
            if let Some(known) = before.member(&member.id) {
                member.name.clone_from(&known.name);
            }
        }
        if self.pay_to.is_none() {
            self.pay_to.clone_from(&before.pay_to);
        }
        self.keep_told(before);
    }

    fn keep_told(&mut self, before: &Self) {
        for told in &before.told {
            let member = told.member.as_deref();
            let is_gone = member.is_some_and(|id| self.member(id).is_none());
            if is_gone || self.fact(member, &told.fact).is_some() {
                continue;
            }
            let own = member.and_then(|id| before.member(id)).is_some_and(|one| one.facts.contains_key(&told.fact));
            if let Some(value) = before.fact(member, &told.fact) {
                self.tell(told.clone(), value.clone(), member.is_some() && !own);
            }
        }
    }

    /// With somebody more; a spouse is a couple with who heads it.
    #[must_use]
    pub fn joined_by(mut self, member: Member) -> Self {
        let head = self.members.iter().find(|one| one.role == "head").map(|head| head.id.clone());
        if let Some(head) = head.filter(|_| member.role == "spouse") {
            self.couples.push(Couple { partners: vec![head, member.id.clone()], facts: Facts::new() });
        }
        self.members.push(member);
        self
    }

    /// Without somebody: what they received and told goes with them. Where they headed it their spouse does, else who stands first.
    #[must_use]
    pub fn left_by(mut self, id: &str) -> Self {
        let headed = self.member(id).is_some_and(|member| member.role == "head");
        self.members.retain(|member| member.id != id);
        self.couples.retain(|couple| !couple.partners.iter().any(|partner| partner == id));
        self.received.retain(|one| one.member.as_deref() != Some(id));
        self.told.retain(|one| one.member.as_deref() != Some(id));
        let next = self.members.iter().position(|member| member.role == "spouse").unwrap_or(0);
        if let Some(next) = self.members.get_mut(next).filter(|_| headed) {
            "head".clone_into(&mut next.role);
        }
        self
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.members.is_empty() || self.members.len() > MOST_MEMBERS {
            return Err(Refusal::MemberCount { most: MOST_MEMBERS });
        }
        if self.signals.len() > MOST_SIGNALS {
            return Err(Refusal::TooLong);
        }
        for (at, member) in self.members.iter().enumerate() {
            let twice = self.members.iter().take(at).any(|other| other.id == member.id);
            if twice || member.id.is_empty() || member.id.len() > 40 {
                return Err(Refusal::MemberName);
            }
        }
        let unknown = self.couples.iter().flat_map(|couple| &couple.partners).any(|id| self.member(id).is_none());
        if unknown || self.couples.iter().any(|couple| couple.partners.len() > 2) {
            return Err(Refusal::MemberName);
        }
        Ok(())
    }
}

/// An item of the state's data that its person says is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Whose item; nobody's for the household's own.
    pub member: Option<String>,
    /// The variable.
    pub item: String,
    /// The day on which it was said.
    pub on: Date,
    /// The day by which it must be answered.
    pub due: Date,
    /// How it was answered: whether it was put right.
    pub answered: Option<bool>,
    /// In the citizen's words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Personal>,
    /// What was answered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
}

/// The state of a household's record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The account of the citizen who may read it.
    pub account: Option<String>,
    /// The household as JSON; sealed where it is stored.
    pub household: Option<Personal>,
    /// The pseudonyms of who may be given its account: who heads it, and their spouse.
    #[serde(default)]
    pub people: Vec<String>,
    /// How often it changed.
    pub changes: u32,
    /// What was said to be wrong.
    pub disputes: Vec<Dispute>,
    /// Who acts for its people; those whose time is over stay.
    #[serde(default)]
    pub representatives: Vec<Representative>,
    /// Since when it stands in no register any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departed: Option<Date>,
}

impl Record {
    /// The household; nothing after it was erased.
    pub fn open(&self) -> Option<Household> {
        let text = self.household.as_ref()?.value.as_deref()?;
        serde_json::from_str(text).ok()
    }
}

/// What may be asked of a household's record.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordOrder {
    /// Take it in, or bring it up to what the registers say now.
    Register {
        /// The household.
        household: Box<Household>,
        /// Whose key seals it.
        subject: String,
        /// The account of the citizen who may read it.
        account: Option<String>,
        /// The register or feed that said so.
        source: String,
    },
    /// It stands in no register any more.
    Depart {
        /// The register or feed that said so.
        source: String,
    },
    /// Something happened in somebody's life.
    Live {
        /// What.
        event: LifeEvent,
        /// When.
        on: Date,
        /// The household after it.
        household: Box<Household>,
        /// Whose key seals it.
        subject: String,
    },
    /// «This is wrong».
    Dispute {
        /// Whose item.
        member: Option<String>,
        /// The variable.
        item: String,
        /// In the citizen's words.
        words: Personal,
        /// The last day on which an answer is in time.
        due: Date,
    },
    /// The answer to it.
    AnswerDispute {
        /// The place of the dispute, from 0.
        place: usize,
        /// Whether it was put right.
        corrected: bool,
        /// Why.
        answer: String,
    },
    /// Somebody acts for a person of it.
    Represent {
        /// Who, for whom, on what ground.
        representative: Box<Representative>,
    },
    /// Who acts may link an account with a code.
    InviteRepresentative {
        /// The place, from 0.
        place: usize,
        /// The digest of the code, and until when.
        invitation: Invitation,
        /// Who looked at who they are.
        by: Official,
    },
    /// Who acts shows the code.
    LinkRepresentative {
        /// Its digest.
        digest: String,
        /// The account.
        account: String,
    },
    /// They do not any more.
    EndRepresentation {
        /// The place, from 0.
        place: usize,
        /// The last day.
        until: Date,
        /// Who wrote it down.
        by: Official,
    },
    /// Somebody of the staff looks at it.
    Look {
        /// For what.
        purpose: String,
        /// The reader's name and office.
        reader: String,
    },
}

/// What can happen to a household's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RecordEvent {
    /// It was taken in.
    HouseholdRegistered {
        /// The household, sealed.
        household: Personal,
        /// The account.
        account: Option<String>,
        /// The source.
        source: String,
        /// The pseudonyms of who may be given its account, where they are others than before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        people: Option<Vec<String>>,
    },
    /// It stands in no register any more.
    HouseholdDeparted {
        /// When that was told.
        on: Date,
        /// The source.
        source: String,
    },
    /// It changed.
    HouseholdChanged {
        /// What happened.
        event: LifeEvent,
        /// When.
        on: Date,
        /// The household after it, sealed.
        household: Personal,
        /// The pseudonyms of who may be given its account, where they are others than before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        people: Option<Vec<String>>,
    },
    /// An item was said to be wrong.
    ItemDisputed {
        /// Whose.
        member: Option<String>,
        /// The variable.
        item: String,
        /// In the citizen's words, sealed.
        words: Personal,
        /// The day.
        on: Date,
        /// By when it must be answered.
        due: Date,
    },
    /// That was answered.
    DisputeAnswered {
        /// Which, from 0.
        place: usize,
        /// Whether it was put right.
        corrected: bool,
        /// Why.
        answer: String,
    },
    /// Somebody acts for a person of it.
    RepresentativeRecorded {
        /// Who, for whom, on what ground.
        representative: Box<Representative>,
    },
    /// Who acts may link an account with a code.
    RepresentativeInvited {
        /// The place, from 0.
        place: usize,
        /// The digest of the code, and until when.
        invitation: Invitation,
        /// Who looked at who they are.
        by: Official,
    },
    /// They linked their account.
    RepresentativeLinked {
        /// The place, from 0.
        place: usize,
        /// The account.
        account: String,
    },
    /// They do not any more.
    RepresentationEnded {
        /// The place, from 0.
        place: usize,
        /// The last day.
        until: Date,
        /// Who wrote it down.
        by: Official,
    },
    /// Somebody of the staff looked at it.
    HouseholdLookedAt {
        /// For what.
        purpose: String,
        /// Who.
        reader: String,
    },
}

fn sealed(household: &Household, subject: String) -> Result<Personal, Refusal> {
    household.check()?;
    let text = serde_json::to_string(household).map_err(|_| Refusal::MemberName)?;
    Ok(Personal::new(subject, text))
}

impl Record {
    fn known(&self) -> Result<(), Refusal> {
        if self.household.is_some() { Ok(()) } else { Err(Refusal::Unknown) }
    }

    /// Who acts for a person, as a proposal names them.
    ///
    /// # Errors
    /// [`Refusal::NotRepresenting`] where nobody stands there, not on that day, or without the power.
    pub fn acting(&self, place: usize, day: Date, power: Power) -> Result<ForWhom, Refusal> {
        let able = self.representatives.get(place).filter(|one| one.acts(day) && one.has(power));
        Ok(able.ok_or(Refusal::NotRepresenting)?.named(place))
    }

    /// Who may be given the account of a household, where they are others than before.
    fn other_people(&self, household: &Household) -> Option<Vec<String>> {
        let people: Vec<String> = household.heads().map(|member| member.id.clone()).collect();
        (people != self.people).then_some(people)
    }

    fn change(&mut self, household: &Personal, people: Option<&Vec<String>>) {
        self.household = Some(household.clone());
        self.changes = self.changes.saturating_add(1);
        if let Some(people) = people {
            self.people.clone_from(people);
        }
    }

    fn answer(&self, place: usize, corrected: bool, answer: String) -> Result<Vec<RecordEvent>, Refusal> {
        let dispute = self.disputes.get(place).ok_or(Refusal::Unknown)?;
        if dispute.answered.is_some() {
            return Err(Refusal::AnsweredAlready);
        }
        check_words(&answer, ("답", "answer"))?;
        Ok(vec![RecordEvent::DisputeAnswered { place, corrected, answer }])
    }
}

/// The last day on which a request to put data right is answered in time; the first day is not counted (민법 제157조).
pub fn correction_due(on: Date) -> Date {
    on.saturating_add(CORRECTION_DAYS.days())
}

impl Aggregate for Record {
    const KIND: &'static str = "household";
    type Command = RecordOrder;
    type Event = RecordEvent;
    type Refusal = Refusal;

    fn decide(&self, order: RecordOrder, now: Timestamp) -> Result<Vec<RecordEvent>, Refusal> {
        match order {
            RecordOrder::Register { household, subject, account, source } => {
                let is_there = self.departed.is_none();
                if is_there && self.open().as_ref() == Some(&*household) && self.account == account {
                    return Ok(Vec::new());
                }
                let people = self.other_people(&household);
                let household = sealed(&household, subject)?;
                Ok(vec![RecordEvent::HouseholdRegistered { household, account, source, people }])
            }
            RecordOrder::Depart { source } => {
                self.known()?;
                let on = seoul(now).date();
                let event = RecordEvent::HouseholdDeparted { on, source };
                Ok(if self.departed.is_some() { Vec::new() } else { vec![event] })
            }
            RecordOrder::Live { event, on, household, subject } => {
                self.known()?;
                if on > seoul(now).date() {
                    return Err(Refusal::Future { day: on });
                }
                let people = self.other_people(&household);
                let household = sealed(&household, subject)?;
                Ok(vec![RecordEvent::HouseholdChanged { event, on, household, people }])
            }
            RecordOrder::Dispute { member, item, words, due } => {
                self.known()?;
                check_words(words.value_or(""), ("무엇이 다른지", "what is wrong"))?;
                let open = |one: &Dispute| one.answered.is_none() && one.item == item && one.member == member;
                if self.disputes.iter().any(open) {
                    return Err(Refusal::DisputedAlready);
                }
                Ok(vec![RecordEvent::ItemDisputed { member, item, words, on: seoul(now).date(), due }])
            }
            RecordOrder::AnswerDispute { place, corrected, answer } => self.answer(place, corrected, answer),
            RecordOrder::Represent { representative } => {
                self.known()?;
                representation::represent(self.open().as_ref(), representative)
            }
            RecordOrder::InviteRepresentative { place, invitation, by } => {
                representation::invite(&self.representatives, (place, invitation), by, seoul(now).date())
            }
            RecordOrder::LinkRepresentative { digest, account } => {
                representation::link(&self.representatives, &digest, account, seoul(now).date())
            }
            RecordOrder::EndRepresentation { place, until, by } => {
                let known = self.representatives.get(place).ok_or(Refusal::Unknown)?;
                if until < known.from {
                    return Err(Refusal::Backwards);
                }
                Ok(vec![RecordEvent::RepresentationEnded { place, until, by }])
            }
            RecordOrder::Look { purpose, reader } => {
                self.known()?;
                check_words(&purpose, ("보는 까닭", "purpose"))?;
                Ok(vec![RecordEvent::HouseholdLookedAt { purpose, reader }])
            }
        }
    }

    fn evolve(&mut self, event: &RecordEvent) {
        match event {
            RecordEvent::HouseholdRegistered { household, account, people, .. } => {
                self.account.clone_from(account);
                self.departed = None;
                self.change(household, people.as_ref());
            }
            RecordEvent::HouseholdDeparted { on, .. } => self.departed = Some(*on),
            RecordEvent::HouseholdChanged { household, people, .. } => self.change(household, people.as_ref()),
            RecordEvent::ItemDisputed { member, item, words, on, due } => self.disputes.push(Dispute {
                member: member.clone(),
                item: item.clone(),
                on: *on,
                due: *due,
                answered: None,
                words: Some(words.clone()),
                answer: String::new(),
            }),
            RecordEvent::DisputeAnswered { place, corrected, answer } => {
                if let Some(dispute) = self.disputes.get_mut(*place) {
                    dispute.answered = Some(*corrected);
                    dispute.answer.clone_from(answer);
                }
            }
            RecordEvent::RepresentativeRecorded { representative } => {
                self.representatives.push((**representative).clone());
            }
            RecordEvent::RepresentativeInvited { place, invitation, .. } => {
                if let Some(known) = self.representatives.get_mut(*place) {
                    known.invitation = Some(invitation.clone());
                }
            }
            RecordEvent::RepresentativeLinked { place, account } => {
                if let Some(known) = self.representatives.get_mut(*place) {
                    known.invitation = None;
                    known.account = Some(account.clone());
                }
            }
            RecordEvent::RepresentationEnded { place, until, .. } => {
                if let Some(known) = self.representatives.get_mut(*place) {
                    known.until = Some(*until);
                }
            }
            RecordEvent::HouseholdLookedAt { .. } => {}
        }
    }
}
