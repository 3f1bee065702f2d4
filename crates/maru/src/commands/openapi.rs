//! `maru openapi`

use std::process::ExitCode;

use clap::Args;

/// No arguments.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maru openapi > docs/openapi.json")]
pub(crate) struct Arguments {}

/// Prints the document.
///
/// # Errors
/// Where standard output cannot be written.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    super::print(maru_web::ApiDocument::new(&document())?.json().trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// The document of all programmes.
pub(crate) fn document() -> maru_web::OpenApi {
    let mut document = maru_inquiry::api::document();
    document.merge(maru_plan::api::document());
    document.merge(maru_laws::api::document());
    document.merge(maru_models::api::document());
    document.merge(maru_welfare::api::document());
    document
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_document_is_not_stale() {
        let now = maru_web::ApiDocument::new(&super::document()).unwrap().json();
        let committed = include_str!("../../../../docs/openapi.json");
        assert!(now.trim_end() == committed.trim_end(), "run: cargo run -p maru -- openapi > docs/openapi.json");
    }
}
