//! The map of all commands. Each says what it does and shows how it is called.

use clap::{Parser, Subcommand};

use crate::commands::{
    backup, calendar, demo, gateway, inquiry, knowledge, ledger, licences, openapi, plan, policies, privacy, rules,
    serve, welfare,
};

/// The floor on which a government's services stand: one server, one log of everything that happened, one way to every
/// model, and on it the programmes that citizens and officials use.
#[derive(Debug, Parser)]
#[command(name = "maru", version, arg_required_else_help = true, after_help = AFTER_HELP, max_term_width = 110)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
To look around:           maru demo
To run it for real:       maru serve --config maru.toml
To check what happened:   maru ledger verify --help
Every command has examples: maru COMMAND --help";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a demonstration: an invented city with officials, knowledge and inquiries in every state.
    Demo(demo::Arguments),
    /// Start the server of a deployment, empty and configured by file and environment.
    Serve(serve::Arguments),
    /// Inquiries in bulk: train the classifier, triage a file.
    #[command(subcommand)]
    Inquiry(inquiry::Command),
    /// The one door to every model: an OpenAI-compatible API with policies, budgets and a record.
    #[command(subcommand)]
    Gateway(gateway::Command),
    /// What the state has said: import statutes and answers, search them, check citations.
    #[command(subcommand)]
    Knowledge(knowledge::Command),
    /// The national AI action plan: read it in from a table.
    #[command(subcommand)]
    Plan(plan::Command),
    /// Benefits: load registers, screen a population.
    #[command(subcommand)]
    Welfare(welfare::Command),
    /// Find and mask personal data.
    #[command(subcommand)]
    Privacy(privacy::Command),
    /// Working time and statutory periods.
    #[command(subcommand)]
    Calendar(calendar::Command),
    /// Law as code: check, test, calculate, explain, serve an OpenFisca country package.
    #[command(subcommand)]
    Rules(rules::Command),
    /// Verify the log, derive projections again, check a citizen's proof, rotate keys.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Write everything into one file, while the server runs.
    Backup(backup::BackupArguments),
    /// Read such a file into an empty database, of either kind.
    Restore(backup::RestoreArguments),
    /// Print the OpenAPI 3.1 document of the API.
    Openapi(openapi::Arguments),
    /// Print who may do what: every role, resource and action.
    Policies(policies::Arguments),
    /// List the third-party crates in this program with their licences.
    Licences(licences::Arguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    /// All commands that can be run, each with its whole name.
    fn runnable(command: &clap::Command, name: &str, found: &mut Vec<(String, clap::Command)>) {
        if !command.has_subcommands() {
            found.push((name.to_owned(), command.clone()));
        }
        for below in command.get_subcommands() {
            runnable(below, &format!("{name} {}", below.get_name()), found);
        }
    }

    #[test]
    fn every_command_has_examples_of_itself() {
        let (cli, mut found) = (Cli::command(), Vec::new());
        cli.clone().debug_assert();
        runnable(&cli, "maru", &mut found);
        assert!(found.len() >= 15, "{}", found.len());
        for (name, command) in found {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("  {name}")) || help.contains(&format!("| {name}")), "{name}: no example");
            assert!(command.get_about().is_some(), "{name}: says not what it does");
        }
    }
}
