//! Finds and masks personal data in Korean and English text.
//!
//! Pure and linear in the length of the text. Everything that Maru indexes, classifies or shows to a model has passed
//! [`mask`] before. Places are counted in characters of the original text, so that an official who may can be shown
//! what stood there.
//!
//! Numbers are also found where they are written in words («공일공 일이삼사 오육칠팔», «공일공에 …», «공하나공 둘셋넷다섯 …»), figure by figure,
//! full-width, with letters or stars among them. The words around a number say what it is: «계좌 …» or «등기번호 …».
//!
//! What is found: resident registration numbers (주민등록번호; with checksum, and those given since October 2020, which have
//! none), foreigner numbers, passports, driving licences, business numbers, cards (Luhn), bank accounts, telephone
//! numbers, e-mail addresses, addresses from the house number on, number plates, and names where a cue says that it is
//! one. Article numbers, sums of money, dates and the hot-lines of agencies (110, 120, 1588-…) stay.

mod accept;
mod addresses;
mod context;
mod cues;
mod disguise;
mod names;
mod numbers;
mod quick;
mod rules;
mod words;

pub use quick::{Suspicion, may_hold, suspicion};
use serde::{Deserialize, Serialize};

/// A kind of personal datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 주민등록번호 (주민등록법 제7조의2).
    ResidentNumber,
    /// 외국인등록번호 (출입국관리법 제31조).
    ForeignerNumber,
    /// 여권번호.
    Passport,
    /// 운전면허번호.
    DrivingLicence,
    /// 사업자등록번호.
    BusinessNumber,
    /// 카드번호.
    Card,
    /// 계좌번호.
    BankAccount,
    /// 전화번호.
    Phone,
    /// 전자우편 주소.
    Email,
    /// 상세주소: the house number and what follows it.
    Address,
    /// 차량번호.
    NumberPlate,
    /// 이름.
    Name,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::ResidentNumber,
        Self::ForeignerNumber,
        Self::Passport,
        Self::DrivingLicence,
        Self::BusinessNumber,
        Self::Card,
        Self::BankAccount,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::NumberPlate,
        Self::Name,
    ];

    /// What stands in its place.
    pub fn replacement(self) -> &'static str {
        match self {
            Self::ResidentNumber => "[주민등록번호]",
            Self::ForeignerNumber => "[외국인등록번호]",
            Self::Passport => "[여권번호]",
            Self::DrivingLicence => "[운전면허번호]",
            Self::BusinessNumber => "[사업자등록번호]",
            Self::Card => "[카드번호]",
            Self::BankAccount => "[계좌번호]",
            Self::Phone => "[전화번호]",
            Self::Email => "[전자우편]",
            Self::Address => "[상세주소]",
            Self::NumberPlate => "[차량번호]",
            Self::Name => "[이름]",
        }
    }
}

/// A personal datum in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Index of its first character in the original text.
    pub start: usize,
    /// Index after its last character.
    pub end: usize,
}

/// A text without its personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// The text with placeholders.
    pub masked: String,
    /// What was found, in order, without overlaps.
    pub found: Vec<Found>,
}

/// Finds personal data: in order, without overlaps.
pub fn find(text: &str) -> Vec<Found> {
    if may_hold(text) { find_without_quick_look(text) } else { Vec::new() }
}

fn find_without_quick_look(text: &str) -> Vec<Found> {
    let view = context::View::new(text);
    let mut candidates: Vec<(usize, Found)> = Vec::new();
    let mut places = Vec::new();
    let last = rules::rules().len();
    for (rank, rule) in rules::rules().iter().enumerate() {
        rule.find(&view, |kind, start, end| {
            places.push((kind, start, end));
            candidates.push((rank, view.found(kind, start, end)));
        });
    }
    let mut name = |start: usize, end: usize| candidates.push((last, view.found(Kind::Name, start, end)));
    names::find(&view, &mut name);
    names::beside(&view, &places, &mut name);
    // Of two that overlap the stricter rule wins: rules are ordered by how much they ask for.
    candidates.sort_by_key(|(rank, found)| (*rank, found.start));
    let mut chosen: Vec<Found> = Vec::with_capacity(candidates.len());
    for (_, candidate) in candidates {
        let place = chosen.partition_point(|other| other.start < candidate.start);
        let clear_before = place == 0 || chosen[place - 1].end <= candidate.start;
        let clear_after = chosen.get(place).is_none_or(|other| candidate.end <= other.start);
        if clear_before && clear_after {
            chosen.insert(place, candidate);
        }
    }
    chosen
}

/// Replaces every personal datum by a placeholder that says what stood there.
pub fn mask(text: &str) -> Masked {
    let found = find(text);
    if found.is_empty() {
        return Masked { masked: text.to_owned(), found };
    }
    let mut masked = String::with_capacity(text.len());
    let mut pieces = found.iter().peekable();
    let mut hidden_until = 0;
    for (place, character) in text.chars().enumerate() {
        if pieces.peek().is_some_and(|next| next.start == place)
            && let Some(piece) = pieces.next()
        {
            masked.push_str(piece.kind.replacement());
            hidden_until = piece.end;
        }
        if place >= hidden_until {
            masked.push(character);
        }
    }
    Masked { masked, found }
}
