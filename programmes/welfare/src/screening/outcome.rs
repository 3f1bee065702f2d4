//! What a screening comes to.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{Reasons, Screening, reasons};
use crate::{domain::BENEFITS, evaluation::LawBook};

/// Counts and sums of a benefit. Sums are won of the benefit's rhythm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitCounts {
    /// To whom it is due.
    pub entitled: u64,
    /// How much is due.
    pub entitled_won: i64,
    /// Who receives it.
    pub received: u64,
    /// How much is received.
    pub received_won: i64,
    /// To whom it is due and who does not receive it.
    pub missed: u64,
    /// How much is missed.
    pub missed_won: i64,
    /// Who receives less than is due.
    pub under: u64,
    /// How much less.
    pub under_won: i64,
    /// Who receives more than is due.
    pub over: u64,
    /// How much more.
    pub over_won: i64,
    /// Who is above the line by no more than a twentieth of it.
    pub near: u64,
    /// For whom the law leaves a figure open.
    pub open: u64,
}

impl BenefitCounts {
    fn add(&mut self, other: &Self) {
        self.entitled += other.entitled;
        self.entitled_won += other.entitled_won;
        self.received += other.received;
        self.received_won += other.received_won;
        self.missed += other.missed;
        self.missed_won += other.missed_won;
        self.under += other.under;
        self.under_won += other.under_won;
        self.over += other.over;
        self.over_won += other.over_won;
        self.near += other.near;
        self.open += other.open;
    }
}

/// How what is missed differs from the last screening.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Missed now and not before.
    pub new: u64,
    /// Missed before and now, with the same amount.
    pub same: u64,
    /// Missed before and now, with another amount.
    pub other_amount: u64,
    /// Missed before, and received now.
    pub now_received: u64,
    /// Missed before, and not due now.
    pub no_longer_due: u64,
    /// Missed before, and not in the population now.
    pub gone: u64,
}

impl Compared {
    fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.same += other.same;
        self.other_amount += other.other_amount;
        self.now_received += other.now_received;
        self.no_longer_due += other.no_longer_due;
        self.gone += other.gone;
    }
}

/// What a part came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOutcome {
    /// What it depends on.
    pub fingerprint: String,
    /// How many persons.
    pub persons: u64,
    /// How many households.
    pub households: u64,
    /// How many households miss something.
    pub missing_households: u64,
    /// By benefit.
    pub benefits: BTreeMap<String, BenefitCounts>,
    /// Against the last screening, by benefit; empty where there was none.
    pub compared: BTreeMap<String, Compared>,
    /// Why results differ from the last screening.
    #[serde(default)]
    pub reasons: Reasons,
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = fs::File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

impl PartOutcome {
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        write_whole(path, &serde_json::to_string_pretty(self)?)
    }
}

/// What a screening came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The month.
    pub month: String,
    /// The folder of the population.
    #[serde(default)]
    pub population: String,
    /// The rules.
    pub rules: String,
    /// How many persons.
    pub persons: u64,
    /// How many households.
    pub households: u64,
    /// How many households miss something.
    pub missing_households: u64,
    /// By benefit.
    pub benefits: BTreeMap<String, BenefitCounts>,
    /// Against the last screening.
    pub compared: BTreeMap<String, Compared>,
    /// Whether the last screening used other rules; nothing where there was none.
    pub rules_changed: Option<bool>,
    /// Why results differ from the last screening.
    #[serde(default)]
    pub reasons: Reasons,
}

impl Summary {
    /// The summary in the folder of a screening.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(folder.join("summary.json")).ok()?).ok()
    }

    pub(super) fn of(law: &LawBook, screening: &Screening<'_>, parts: &[PartOutcome]) -> Self {
        let rules = law.rules();
        let before = screening.previous.and_then(Self::read);
        let mut summary = Self {
            month: screening.month.to_string(),
            population: screening.population.display().to_string(),
            rules_changed: before.map(|before| before.rules != rules),
            rules,
            ..Self::default()
        };
        for part in parts {
            summary.persons += part.persons;
            summary.households += part.households;
            summary.missing_households += part.missing_households;
            for (id, counts) in &part.benefits {
                summary.benefits.entry(id.clone()).or_default().add(counts);
            }
            for (id, compared) in &part.compared {
                summary.compared.entry(id.clone()).or_default().add(compared);
            }
            reasons::add(&mut summary.reasons, &part.reasons);
        }
        summary
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        write_whole(path, &serde_json::to_string_pretty(self)?)
    }

    /// The summary as a table of text.
    pub fn to_text(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!(
            "{}: {} persons in {} households; {} households miss something\nrules: {}\n\n{:<32}{:>11}{:>11}{:>11}{:>18}{:>9}{:>9}{:>9}{:>9}\n",
            self.month,
            self.persons,
            self.households,
            self.missing_households,
            self.rules,
            "benefit",
            "entitled",
            "received",
            "missed",
            "missed, won",
            "under",
            "over",
            "near",
            "open",
        );
        for benefit in &BENEFITS {
            let Some(counts) = self.benefits.get(benefit.id) else { continue };
            let BenefitCounts { entitled, received, missed, missed_won, under, over, near, open, .. } = counts;
            let _ = writeln!(
                text,
                "{:<32}{entitled:>11}{received:>11}{missed:>11}{missed_won:>18}{under:>9}{over:>9}{near:>9}{open:>9}",
                benefit.id,
            );
        }
        if !self.compared.is_empty() {
            let rules = match self.rules_changed {
                Some(true) => "; the rules are other than then",
                _ => "",
            };
            let _ = writeln!(text, "\nmissed, against the last screening{rules}");
            for benefit in &BENEFITS {
                let Some(compared) = self.compared.get(benefit.id) else { continue };
                let Compared { new, same, other_amount, now_received, no_longer_due, gone } = compared;
                let _ = writeln!(
                    text,
                    "{:<32}new {new}, same {same}, other amount {other_amount}, now received {now_received}, no longer due {no_longer_due}, gone {gone}",
                    benefit.id,
                );
            }
        }
        text
    }
}
