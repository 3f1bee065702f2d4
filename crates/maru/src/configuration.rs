//! What a deployment is told: a file, then the environment, then the command line; the later wins.

use std::path::{Path, PathBuf};

use anyhow::Context;
use maru_gateway::Zone;
use maru_identity::oidc::OidcSettings;
use maru_inquiry::Agency;
use maru_laws::LawSettings;
use serde::Deserialize;

/// The configuration file (`maru.toml`). Every value has a default that suits one small server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Configuration {
    /// Who runs this deployment: names, departments, categories.
    pub(crate) agency: Agency,
    /// Where pages are served.
    pub(crate) server: Server,
    /// Sign-in by an OpenID Connect provider.
    pub(crate) oidc: Option<OidcSettings>,
    /// Packages of law that are served at `/laws/NAME`.
    pub(crate) laws: Vec<LawSettings>,
    /// The folder of an OpenFisca package with the law of benefits; without it the Korean law that ships within the program.
    pub(crate) law: Option<PathBuf>,
    /// The points of crisis signals (TOML); without it those that ship within the program.
    pub(crate) crisis_model: Option<PathBuf>,
    /// The population that is screened and over which reforms are studied.
    pub(crate) nation: Option<Nation>,
    /// The key of the registers' pseudonyms (32 bytes), by which who signs in is found in them; the claim of the provider that holds
    /// their number stands in `oidc.mapping.identifier_claim`.
    pub(crate) registers_key: Option<PathBuf>,
    /// How benefits are paid.
    pub(crate) payment: Payment,
    /// A language model for drafts; without it the extractive composer writes them.
    pub(crate) model: Option<ModelSettings>,
    /// Models from files, run in this program; back ends name them `local:NAME`.
    pub(crate) local_models: Vec<LocalModelSettings>,
}

/// Where pages are served.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    /// Address and port to listen on.
    pub(crate) address: String,
    /// Address that browsers use, such as `https://minwon.example.go.kr`; decides whether cookies are `Secure`.
    pub(crate) public_url: Option<String>,
    /// Folder of the keys and of the local search index (a cache that is made again where it is missing).
    pub(crate) data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; by default a file in the data folder.
    pub(crate) database: Option<String>,
    /// Name of the log in its signed checkpoints: a host and a path without scheme, chosen once and for all.
    pub(crate) log_name: String,
    /// Postal address of the agency, in the footer of every page.
    pub(crate) postal_address: String,
    /// The same on English pages; left out, the Korean one stands there too.
    pub(crate) postal_address_en: Option<String>,
    /// How many reverse proxies stand in front and add to `X-Forwarded-For`.
    pub(crate) proxies: usize,
    /// Where the source code of this deployment is published, for the footer of every page; empty shows nothing.
    pub(crate) source_code: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            address: "127.0.0.1:8420".into(),
            public_url: None,
            data: "maru-data".into(),
            database: None,
            log_name: "maru.local/log".into(),
            postal_address: String::new(),
            postal_address_en: None,
            proxies: 0,
            source_code: String::new(),
        }
    }
}

/// A population: a folder of Parquet files, or folders `part-…` of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nation {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// How many persons it stands for, where it is a sample and does not say so itself.
    pub(crate) represents: Option<u64>,
    /// Where the folder is not there, a synthetic sample of so many persons is made at the first use.
    pub(crate) make: Option<u64>,
}

/// How benefits are paid: from which account, on which day, and where the bank takes the files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Payment {
    /// Who pays, as the bank knows them; the agency if not given.
    pub(crate) debtor: Option<String>,
    /// Their bank, by its code (BIC).
    pub(crate) bank: Option<String>,
    /// Their account.
    pub(crate) account: Option<String>,
    /// The day of the month on which benefits are paid, 20 if not given.
    pub(crate) day: Option<i8>,
    /// The hour of the banking day before until which the bank takes files, 16 if not given.
    pub(crate) cut_off_hour: Option<i8>,
    /// The folder that the bank's program watches; `welfare/outbox` in the data folder if not given.
    pub(crate) outbox: Option<PathBuf>,
}

/// An OpenAI-compatible server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelSettings {
    /// Address up to and including the version, such as `http://10.0.0.5:8000/v1`; `local:NAME` for one of `[[local_models]]`.
    pub(crate) base_url: String,
    /// Name of the model.
    pub(crate) name: String,
    /// Key; better given as `MARU_MODEL_API_KEY`.
    pub(crate) api_key: Option<String>,
    /// Where it stands in the words of N2SF: `internet`, `work` or `secret`. What may be sent there follows.
    #[serde(default = "default_model_zone")]
    pub(crate) zone: Zone,
    /// Seconds to wait for an answer.
    #[serde(default = "default_model_timeout")]
    pub(crate) timeout_seconds: u64,
}

/// A model in this program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalModelSettings {
    /// What addresses of back ends call it: `local:NAME`.
    pub(crate) name: String,
    /// Its GGUF file.
    pub(crate) file: PathBuf,
}

/// The variable of the environment that holds the model's key.
pub(crate) const MODEL_KEY_VARIABLE: &str = "MARU_MODEL_API_KEY";

fn default_model_zone() -> Zone {
    Zone::Work
}

fn default_model_timeout() -> u64 {
    60
}

impl Configuration {
    /// Reads the file, where one is given, and lays the environment over it.
    ///
    /// # Errors
    /// Where the file cannot be read or holds something unknown: the message names the file, the line and the field.
    pub(crate) fn load(file: Option<&Path>, environment: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut configuration = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("the configuration file {} could not be read", path.display()))?;
                toml::from_str(&text)
                    .with_context(|| format!("the configuration file {} could not be understood", path.display()))?
            }
            None => Self::default(),
        };
        configuration.lay_over(environment);
        Ok(configuration)
    }

    fn lay_over(&mut self, environment: impl Fn(&str) -> Option<String>) {
        if let Some(address) = environment("MARU_ADDRESS") {
            self.server.address = address;
        }
        if let Some(url) = environment("MARU_PUBLIC_URL") {
            self.server.public_url = Some(url);
        }
        if let Some(database) = environment("MARU_DATABASE") {
            self.server.database = Some(database);
        }
        if let Some(data) = environment("MARU_DATA") {
            self.server.data = data.into();
        }
        if let (Some(secret), Some(oidc)) = (environment("MARU_OIDC_CLIENT_SECRET"), self.oidc.as_mut()) {
            oidc.client_secret = secret;
        }
        if let (Some(key), Some(model)) = (environment(MODEL_KEY_VARIABLE), self.model.as_mut()) {
            model.api_key = Some(key);
        }
    }

    /// The database address: as configured, or a file in the data folder.
    pub(crate) fn database(&self) -> String {
        self.server.database.clone().unwrap_or_else(|| sqlite_in(&self.server.data))
    }
}

/// The database address of a data folder.
pub(crate) fn sqlite_in(data: &Path) -> String {
    format!("sqlite:{}", data.join("maru.sqlite").display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> anyhow::Result<Configuration> {
        let folder = std::env::temp_dir().join(format!("maru-configuration-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.toml", text.len()));
        std::fs::write(&path, text)?;
        let values: Vec<(String, String)> = environment.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        Configuration::load(Some(&path), |name| {
            values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let text =
            "[server]\naddress = \"0.0.0.0:80\"\n[model]\nbase_url = \"http://npu:8000/v1\"\nname = \"exaone\"\n";
        let configuration = load(text, &[("MARU_ADDRESS", "127.0.0.1:9000"), ("MARU_MODEL_API_KEY", "k")]).unwrap();
        assert_eq!(configuration.server.address, "127.0.0.1:9000");
        assert_eq!(configuration.model.unwrap().api_key.as_deref(), Some("k"));
    }

    #[test]
    fn the_file_in_the_documentation_can_be_used() {
        let document = include_str!("../../../docs/operation.md");
        let example = document.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let configuration = load(example, &[]).unwrap();
        assert_eq!(configuration.agency.departments.len(), 2);
        assert!(configuration.oidc.is_some() && configuration.model.is_some());
    }

    #[test]
    fn a_misspelt_field_is_named_with_its_line() {
        let error = format!("{:#}", load("[server]\nadress = \"0.0.0.0:80\"\n", &[]).unwrap_err());
        assert!(error.contains("adress") && error.contains("line 2"), "{error}");
    }
}
