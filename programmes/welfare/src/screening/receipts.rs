//! Who receives what in a synthetic nation: drawn from what is due, by a take-up for each benefit.
//!
//! The shares are invented to give a screening something to find; no source is claimed for them (mark U). The draw depends on the seed, the
//! holder and the benefit alone, so that the same seed gives the same receipts.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{ScreeningError, calculate};
use crate::{
    domain::{BENEFITS, Month, benefit::Whose},
    evaluation::LawBook,
    tables::{Column, TableReader, TableWriter},
};

/// Of ten thousand to whom a benefit is due, how many receive it: invented (U).
const TAKE_UP: [(&str, u64); 16] = [
    ("livelihood_benefit", 7_800),
    ("is_entitled_to_medical_benefit", 8_000),
    ("rent_support", 7_000),
    ("education_benefit", 7_500),
    ("basic_pension", 9_400),
    ("disability_pension", 8_500),
    ("disability_allowance", 8_000),
    ("disabled_child_allowance", 8_000),
    ("child_allowance", 9_800),
    ("parental_benefit", 9_800),
    ("first_encounter_voucher", 9_700),
    ("single_parent_child_support", 7_000),
    ("single_parent_school_supplies", 6_500),
    ("energy_voucher", 7_500),
    ("earned_income_tax_credit", 8_500),
    ("child_tax_credit", 8_500),
];
/// Of ten thousand recipients, how many get a tenth too much: invented (U).
const OVERPAID: u64 = 50;

/// A number below ten thousand for a seed, a holder and a purpose.
fn draw(seed: u64, holder: &str, purpose: &str) -> u64 {
    let digest = Sha256::digest(format!("{seed}\n{holder}\n{purpose}").as_bytes());
    let bytes: [u8; 8] = digest.get(..8).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
    u64::from_le_bytes(bytes) % 10_000
}

/// Draws who receives what in a part, and writes `received.parquet` into it; says how many receipts.
///
/// # Errors
/// [`ScreeningError`].
pub fn draw_part(law: &LawBook, part: &Path, month: Month, seed: u64, threads: usize) -> Result<u64, ScreeningError> {
    let folder = part.join("answer.unfinished");
    calculate(law, part, &folder, month, threads)?;
    let person = TableReader::open(&folder.join("person.parquet"))?;
    let household = TableReader::open(&folder.join("household.parquet"))?;
    let (mut homes, mut persons, mut benefits) = (Vec::new(), Vec::new(), Vec::new());
    let (mut amounts, mut agencies) = (Vec::new(), Vec::new());
    let (person_ids, person_homes) = (person.texts("person_id")?, person.texts("household_id")?);
    let household_ids = household.texts("household_id")?;
    for benefit in &BENEFITS {
        let take_up = TAKE_UP.iter().find(|(id, _)| *id == benefit.id).map_or(0, |(_, share)| *share);
        let (table, ids, of) = match benefit.whose {
            Whose::Household => (&household, &household_ids, &household_ids),
            Whose::Person => (&person, &person_ids, &person_homes),
        };
        for ((id, home), due) in ids.iter().zip(of).zip(table.numbers(benefit.id)?) {
            let takes = due > 0.0 && draw(seed, id, benefit.id) < take_up;
            if !takes {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "amounts of one benefit are far below 2^53 won")]
            let due = due.floor() as i64;
            let extra = if draw(seed, id, "overpaid") < OVERPAID { due / 10 } else { 0 };
            homes.push(home.clone());
            persons.push(if benefit.whose == Whose::Person { id.clone() } else { String::new() });
            benefits.push(benefit.id.to_owned());
            amounts.push(due + extra);
            agencies.push(benefit.agency.to_owned());
        }
    }
    let count = u64::try_from(amounts.len()).unwrap_or(u64::MAX);
    let mut writer = TableWriter::new(&part.join("received.parquet"));
    writer.write(&[
        Column::texts("household_id", homes),
        Column::texts("person_id", persons),
        Column::texts("benefit", benefits),
        Column::whole("amount", amounts),
        Column::texts("agency", agencies),
    ])?;
    writer.close()?;
    std::fs::remove_dir_all(&folder).map_err(|source| ScreeningError::File { path: folder, source })?;
    Ok(count)
}
