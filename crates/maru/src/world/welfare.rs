//! The households of the demonstration: a dozen invented ones, each with what it misses, some with a proposal on its way.

use anyhow::Context;
use jiff::Timestamp;
use maru_identity::{DemonstrationAccount, Principal, Role};
use maru_welfare::{
    Caller, WelfareService,
    domain::{Household, proposal::Means},
    service::Confirming,
    store::Wanted,
};
use serde::Deserialize;

use super::moment;

/// Twelve households, one a line.
const HOUSEHOLDS: &str = include_str!("../../world/households.jsonl");

const ACCOUNTS: [(&str, &str, &str, Role); 2] =
    [("so-yerin", "소예린", "So Yerin", Role::Official), ("pyo-seungho", "표승호", "Pyo Seungho", Role::Supervisor)];

/// A household of the demonstration.
#[derive(Debug, Deserialize)]
struct Home {
    /// Its pseudonym.
    id: String,
    /// The account of its citizen, where one has an account.
    account: Option<String>,
    /// What is known of it.
    household: Household,
}

/// The people who work on benefits.
pub(crate) fn accounts() -> Vec<DemonstrationAccount> {
    let people = ACCOUNTS.map(|(account, name, name_en, role)| DemonstrationAccount {
        account: account.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        role,
        department: Some("welfare".to_owned()),
    });
    people.into()
}

fn official(now: Timestamp) -> Caller {
    let [(account, name, _, role), _] = ACCOUNTS;
    let principal =
        Principal { account: account.to_owned(), name: name.to_owned(), role, department: Some("welfare".to_owned()) };
    Caller::new(Some(principal), now)
}

fn homes() -> anyhow::Result<Vec<Home>> {
    let lines = HOUSEHOLDS.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).context("world/households.jsonl")).collect()
}

/// Takes the households in; two proposals were confirmed, and one was agreed to.
///
/// # Errors
/// Where the database cannot be used, or the households are damaged; a test reads them.
pub(crate) async fn seed(welfare: &WelfareService, now: Timestamp) -> anyhow::Result<()> {
    let found = moment("-3d 09:00", now)?;
    for home in homes()? {
        welfare.register(&Caller::system(found), &home.id, home.household, home.account, "registers").await?;
    }
    let wanted = Wanted { benefit: Some("basic_pension".to_owned()), ..Wanted::default() };
    let pensions = welfare.queue(&official(now), &wanted).await?;
    for (place, proposal) in pensions.iter().take(2).enumerate() {
        let at = official(moment("-2d 10:00", now)?);
        let how = Confirming {
            note: "시연용: 주민등록과 소득 자료를 확인했습니다.".to_owned(), means: Means::Message
        };
        welfare.confirm(&at, &proposal.id, &how).await?;
        if place == 1 {
            welfare.take_down_consent(&official(moment("-1d 11:00", now)?), &proposal.id, Means::Counter).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_households_can_be_read() {
        let homes = super::homes().unwrap();
        assert_eq!(homes.len(), 12);
        assert!(homes.iter().any(|home| home.account.as_deref() == Some("park-sunja")));
    }
}
