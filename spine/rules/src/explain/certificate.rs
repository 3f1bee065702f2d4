//! The certificate of a calculation: what was calculated from what, by which package, under one hash. Whoever has the
//! package calculates it again and finds the same hash, or learns what is different.
//!
//! The text is canonical: keys in the order of their bytes, no spaces, exact numbers as text. The hash is SHA-256 over it.

use super::{Account, explain};
use crate::command::CalculationError;
use crate::period::Period;
use crate::system::Package;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The name of the form, in every certificate.
pub const FORM: &str = "maru-rules-certificate/1";

/// Why there is no certificate, or why one does not hold.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The calculation fails.
    #[error(transparent)]
    Calculation(#[from] CalculationError),
    /// A file of the package cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// It is no certificate of this form.
    #[error("this is no certificate of the form {FORM}: {0} is missing or of another kind")]
    Form(&'static str),
    /// The text was changed after it was written.
    #[error("the certificate was changed: it says {said}, its contents give {found}")]
    Changed {
        /// The hash in it.
        said: String,
        /// The hash of what it says.
        found: String,
    },
    /// The package is another.
    #[error(
        "the certificate is of another state of the package: it says {said}, the package here gives {found}; use the package of that time"
    )]
    Package {
        /// The hash in it.
        said: String,
        /// The hash of the package here.
        found: String,
    },
    /// The result is another.
    #[error("calculated again, {what} is different: the certificate says {said}, here it is {found}")]
    Result {
        /// What differs.
        what: &'static str,
        /// What it says.
        said: String,
        /// What was found.
        found: String,
    },
}

/// A JSON text with sorted keys and no spaces.
pub fn canonical(value: &Json) -> String {
    let mut text = String::new();
    write_canonical(&mut text, value);
    text
}

fn write_canonical(text: &mut String, value: &Json) {
    match value {
        Json::Object(entries) => {
            let sorted: BTreeMap<&String, &Json> = entries.iter().collect();
            text.push('{');
            for (place, (key, value)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Json::String(key.clone()));
                write_canonical(text, value);
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_canonical(text, item);
            }
            text.push(']');
        }
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash of a package: every Python and YAML file with its path, in the order of the paths.
pub fn package_hash(package: &Package) -> Result<String, CertificateError> {
    let mut files = Vec::new();
    collect(&package.root, &mut files)?;
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let bytes = std::fs::read(&file).map_err(|error| CertificateError::Unreadable(file.clone(), error))?;
        let path = file.strip_prefix(&package.root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        digest.update(format!("{path}\n{}\n", bytes.len()).as_bytes());
        digest.update(&bytes);
    }
    Ok(digest.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CertificateError> {
    let unreadable = |error| CertificateError::Unreadable(folder.to_path_buf(), error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if name != "__pycache__" && name != "tests" && !name.starts_with('.') {
                collect(&path, files)?;
            }
        } else if matches!(path.extension().and_then(|extension| extension.to_str()), Some("py" | "yaml" | "yml")) {
            files.push(path);
        }
    }
    Ok(())
}

fn figures(account: &Account, found: &mut BTreeMap<(String, String), Json>) {
    for figure in &account.figures {
        found.insert((figure.name.clone(), figure.instant.clone()), figure.value.clone());
    }
    for child in &account.children {
        figures(child, found);
    }
}

fn body(
    package: &Package,
    situation: &Json,
    (variable, period): (&str, Period),
    instance: Option<&str>,
) -> Result<Json, CertificateError> {
    let account = explain(package, situation, variable, period, instance)?;
    let mut read = BTreeMap::new();
    figures(&account, &mut read);
    let parameters: Vec<Json> = read
        .into_iter()
        .map(|((name, instant), value)| json!({ "name": name, "instant": instant, "value": value }))
        .collect();
    let inputs: Vec<Json> = account
        .inputs()
        .into_iter()
        .map(|input| {
            json!({ "variable": input.variable, "instance": input.instance, "period": input.period.to_string(),
                    "value": input.value, "source": input.source })
        })
        .collect();
    Ok(json!({
        "form": FORM,
        "package": { "name": package.name, "version": package.version, "sha256": package_hash(package)? },
        "question": { "variable": variable, "period": period.to_string(), "entity": account.entity, "instance": account.instance },
        "situation": situation,
        "inputs": inputs,
        "parameters": parameters,
        "result": account.value,
    }))
}

/// The certificate of a calculation, with its hash.
pub fn certificate(
    package: &Package,
    situation: &Json,
    variable: &str,
    period: Period,
    instance: Option<&str>,
) -> Result<Json, CertificateError> {
    let mut body = body(package, situation, (variable, period), instance)?;
    let hash = hash(canonical(&body).as_bytes());
    if let Json::Object(entries) = &mut body {
        entries.insert("sha256".to_owned(), Json::String(hash));
    }
    Ok(body)
}

/// Checks a certificate: its hash, the package, and the calculation, made again. Gives the hash.
pub fn verify(package: &Package, certificate: &Json) -> Result<String, CertificateError> {
    let entries = certificate.as_object().ok_or(CertificateError::Form("an object"))?;
    if certificate["form"] != FORM {
        return Err(CertificateError::Form("form"));
    }
    let text = |value: &Json, what: &'static str| value.as_str().map(str::to_owned).ok_or(CertificateError::Form(what));
    let said = text(&certificate["sha256"], "sha256")?;
    let mut rest: Map<String, Json> = entries.clone();
    rest.remove("sha256");
    let found = hash(canonical(&Json::Object(rest)).as_bytes());
    if said != found {
        return Err(CertificateError::Changed { said, found });
    }
    let of_package = text(&certificate["package"]["sha256"], "package.sha256")?;
    let here = package_hash(package)?;
    if of_package != here {
        return Err(CertificateError::Package { said: of_package, found: here });
    }
    let variable = text(&certificate["question"]["variable"], "question.variable")?;
    let period = Period::parse(&text(&certificate["question"]["period"], "question.period")?)
        .ok_or(CertificateError::Form("question.period"))?;
    let instance = text(&certificate["question"]["instance"], "question.instance")?;
    let again = body(package, &certificate["situation"], (&variable, period), Some(&instance))?;
    for what in ["result", "parameters", "inputs", "question", "package"] {
        if canonical(&again[what]) != canonical(&certificate[what]) {
            return Err(CertificateError::Result {
                what,
                said: certificate[what].to_string(),
                found: again[what].to_string(),
            });
        }
    }
    Ok(said)
}
