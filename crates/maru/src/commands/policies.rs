//! `maru policies`

use std::process::ExitCode;

use clap::Args;
use maru_identity::{BUILT_IN_KINDS, policy_table};

use crate::composition;

/// No arguments.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maru policies > docs/policy-table.md")]
pub(crate) struct Arguments {}

/// Prints the table.
///
/// # Errors
/// Where standard output cannot be written.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    super::print(table()?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn table() -> anyhow::Result<String> {
    Ok(policy_table(&*composition::policies()?, BUILT_IN_KINDS))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_table_is_not_stale() {
        let committed = include_str!("../../../../docs/policy-table.md");
        assert!(
            super::table().unwrap().trim_end() == committed.trim_end(),
            "who may do what has changed; look at the difference and run: cargo run -p maru -- policies > docs/policy-table.md"
        );
    }
}
