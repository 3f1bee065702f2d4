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
    let [mut document, others @ ..] = documents();
    for other in others {
        document.merge(other);
    }
    document
}

fn documents() -> [maru_web::OpenApi; 6] {
    [
        maru_inquiry::api::document(),
        maru_administration::api::document(),
        maru_plan::api::document(),
        maru_laws::api::document(),
        maru_models::api::document(),
        maru_welfare::api::document(),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn no_two_programmes_call_different_things_by_one_name() {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for document in super::documents() {
            for (name, schema) in document.components.unwrap_or_default().schemas {
                let described = serde_json::to_string(&schema).unwrap();
                if let Some(before) = known.insert(name.clone(), described.clone()) {
                    assert_eq!(before, described, "two schemas are called {name}: give one of them #[schema(as = …)]");
                }
            }
        }
        assert!(known.len() > 100, "{}", known.len());
    }

    #[test]
    fn the_committed_document_is_not_stale() {
        let now = maru_web::ApiDocument::new(&super::document()).unwrap().json();
        let committed = include_str!("../../../../docs/openapi.json");
        assert!(now.trim_end() == committed.trim_end(), "run: cargo run -p maru -- openapi > docs/openapi.json");
    }
}
