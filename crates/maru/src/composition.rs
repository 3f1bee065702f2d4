//! Puts the parts together: the one place that knows all of them.

use std::sync::Arc;

use anyhow::Context;
use base64::Engine as _;
use jiff::Timestamp;
use maru_administration::AdministrationService;
use maru_gateway::{
    Backend, Gateway, GatewayOptions, KeyScope, KnowledgeSource, Model, ModelEntry, ModelState, Registry, Route,
    SourcePassage, hash_key,
};
use maru_holidays::Holidays;
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, Policies, Recognition};
use maru_inquiry::{Agency, Dependencies, InquiryService, Settings};
use maru_knowledge::{Knowledge, KnowledgeConfig, Query};
use maru_laws::{LawsService, Shelf};
use maru_ledger::{Entropy, Ledger, Personal, Projection, SystemEntropy};
use maru_local_llm::LocalModels;
use maru_models::ModelService;
use maru_plan::PlanService;
use maru_web::{Bilingual, WebSecret};
use maru_welfare::{
    Dependencies as WelfareDependencies, NationSettings, WelfareService, evaluation::LawBook, payment::file::Debtor,
    registers::PseudonymKey, service::PaymentSettings,
};

use crate::configuration::{Configuration, MODEL_KEY_VARIABLE, ModelSettings};
use crate::recognition::InRegisters;

/// The projections of everything that keeps events.
pub(crate) fn projections() -> Vec<Arc<dyn Projection>> {
    let mut projections = Identity::projections();
    projections.extend(maru_inquiry::projections());
    projections.extend(maru_plan::projections());
    projections.extend(maru_gateway::projections());
    projections.extend(maru_laws::projections());
    projections.extend(maru_welfare::projections());
    projections
}

/// The policies of this program.
///
/// # Errors
/// Where a policy file of this program is damaged; a test reads them all.
pub(crate) fn policies() -> anyhow::Result<Arc<Policies>> {
    Ok(Arc::new(Policies::built_in().context("the policies could not be read")?))
}

/// The deployment's knowledge; its search index lies in the data folder.
///
/// # Errors
/// Where the database or the index cannot be used.
pub(crate) async fn open_knowledge(configuration: &Configuration, ledger: Ledger) -> anyhow::Result<Knowledge> {
    let directory = configuration.server.data.join("index");
    Knowledge::open(KnowledgeConfig { directory, ledger }).await.context("the knowledge could not be opened")
}

/// The programme of inquiries.
///
/// # Errors
/// Where the database cannot be used.
pub(crate) async fn open_inquiries(
    model: Option<Arc<dyn Model>>,
    agency: Agency,
    (ledger, knowledge): (Ledger, Knowledge),
    identity: Option<Identity>,
    now: Timestamp,
) -> anyhow::Result<InquiryService> {
    // A holiday is entered once, and moves the clocks of every programme that has some.
    let clocks = [maru_inquiry::domain::job::RECKON_ALL, maru_plan::domain::advice::RECKON_JOB];
    let holidays = Holidays::new(ledger.clone(), &clocks).context("the holidays could not be read")?;
    let dependencies = Dependencies {
        ledger,
        holidays,
        knowledge: Some(knowledge),
        policies: policies()?,
        identity,
        agency,
        model,
        entropy: Arc::new(SystemEntropy),
        settings: Settings::default(),
    };
    InquiryService::open(dependencies, now).await.context("the programme of inquiries could not be opened")
}

/// The programme of the national AI action plan.
///
/// # Errors
/// Where the policies or the holidays of this program are damaged; tests read them.
pub(crate) fn open_plan(ledger: Ledger) -> anyhow::Result<PlanService> {
    let service = PlanService::new(ledger, policies()?, Arc::new(SystemEntropy));
    service.context("the programme of the action plan could not be opened")
}

/// The packages of law that the configuration names.
///
/// # Errors
/// Where a package cannot be read: the message says which and why.
pub(crate) fn read_laws(configuration: &Configuration) -> anyhow::Result<Shelf> {
    Shelf::read(&configuration.laws).context("the laws of the configuration cannot be served")
}

/// The programme of laws.
///
/// # Errors
/// Where a policy file of this program is damaged; a test reads them all.
pub(crate) fn open_laws(laws: Shelf, ledger: Ledger) -> anyhow::Result<LawsService> {
    Ok(LawsService::new(ledger, policies()?, laws))
}

/// What people see and decide of the gateway.
///
/// # Errors
/// Where a policy file of this program is damaged; a test reads them all.
pub(crate) fn open_models(gateway: Gateway) -> anyhow::Result<ModelService> {
    Ok(ModelService::new(gateway, policies()?, Arc::new(SystemEntropy)))
}

/// Accounts, records of access and jobs, for those who run the system and those who look over their shoulder.
///
/// # Errors
/// Where a policy file of this program is damaged; a test reads them all.
pub(crate) fn open_administration(
    identity: Identity,
    ledger: Ledger,
    agency: &Agency,
) -> anyhow::Result<AdministrationService> {
    let departments = agency.departments.iter().map(|one| (one.id.clone(), Bilingual::new(&one.name, &one.name_en)));
    let bodies = maru_plan::domain::bodies::bodies();
    let bodies = bodies.iter().map(|one| (one.id.to_owned(), Bilingual::new(one.full_name, one.name_en)));
    Ok(AdministrationService::new(identity, ledger, policies()?, bodies.chain(departments)))
}

/// The purpose of Maru's own drafts, as the gateway's record and its registered purposes call it.
pub(crate) const DRAFTS: &str = "민원 답변 초안";

/// The configured model for drafts of inquiries: asked through the gateway, like every model.
pub(crate) fn drafting_model(
    configuration: &Configuration,
    agency: &Agency,
    gateway: &Gateway,
) -> Option<Arc<dyn Model>> {
    let settings = configuration.model.as_ref()?;
    let name = if agency.name.is_empty() { "maru" } else { &agency.name };
    let mut scope = KeyScope::new("maru-inquiry", "", name);
    scope.system = "maru".into();
    scope.purpose = DRAFTS.into();
    Some(Arc::new(gateway.client(scope).model(&settings.name)))
}

/// The server and the model that the configuration names, as the registry holds them.
fn configured(settings: &ModelSettings) -> (Backend, ModelEntry) {
    let mut backend = Backend::new("configured", &settings.base_url, settings.zone);
    MODEL_KEY_VARIABLE.clone_into(&mut backend.key_variable);
    backend.first_byte_seconds = settings.timeout_seconds;
    let mut model = ModelEntry::new(&settings.name, "-");
    model.state = ModelState::Approved;
    model.highest_class = settings.zone.highest_class();
    model.routes = vec![Route::new("configured")];
    (backend, model)
}

/// The programme of welfare, on the law that ships within this program or the package in the configuration.
///
/// # Errors
/// Where the law cannot be read.
pub(crate) fn open_welfare(
    configuration: &Configuration,
    agency: &Agency,
    ledger: Ledger,
) -> anyhow::Result<WelfareService> {
    let nation = configuration.nation.as_ref().map(|nation| NationSettings {
        folder: nation.folder.clone(),
        represents: nation.represents,
        make: nation.make,
    });
    let mut settings = maru_welfare::Settings {
        payment: payment_settings(configuration, agency),
        agency: agency.name.clone(),
        nation,
        work: configuration.server.data.join("welfare"),
        crisis_model: configuration.crisis_model.clone(),
        ..maru_welfare::Settings::default()
    };
    if let Some(department) = agency.departments.iter().find(|one| one.id == settings.department) {
        let telephone = &department.telephone;
        settings.supervision = (
            format!("{} 책임자 ({telephone})", department.name),
            format!("the supervisor of the {} ({telephone})", department.name_en),
        );
    }
    let dependencies = WelfareDependencies {
        ledger,
        policies: policies()?,
        entropy: Arc::new(SystemEntropy),
        law: open_law(configuration)?,
        settings,
    };
    WelfareService::new(dependencies).context("the programme of welfare could not be opened")
}

/// How a deployment pays.
fn payment_settings(configuration: &Configuration, agency: &Agency) -> PaymentSettings {
    let usual = PaymentSettings::default();
    let given = configuration.payment.clone();
    PaymentSettings {
        debtor: Debtor {
            name: given.debtor.unwrap_or_else(|| agency.name.clone()),
            bank: given.bank.unwrap_or(usual.debtor.bank),
            account: given.account.unwrap_or(usual.debtor.account),
        },
        pay_day: given.day.unwrap_or(usual.pay_day),
        cut_off_hour: given.cut_off_hour.unwrap_or(usual.cut_off_hour),
        outbox: given.outbox,
    }
}

/// The law of a deployment.
///
/// # Errors
/// Where the package cannot be read.
pub(crate) fn open_law(configuration: &Configuration) -> anyhow::Result<LawBook> {
    let folder = match &configuration.law {
        Some(folder) => folder.clone(),
        None => crate::law::unpack(&configuration.server.data)?,
    };
    LawBook::load(&folder).with_context(|| format!("the law in {} could not be read", folder.display()))
}

/// The key to the gateway of a demonstration: everybody may know it, as the city is invented.
pub(crate) const DEMONSTRATION_KEY: &str = "maru_sk_demonstration";

/// The gateway that is mounted at `/ai/v1`. A demonstration has a key of its own, for the embedded model.
///
/// # Errors
/// Where the database, the registry in it or the configured model cannot be used.
pub(crate) async fn open_gateway(
    configuration: &Configuration,
    ledger: Ledger,
    (knowledge, laws): (Knowledge, Shelf),
    demonstration: bool,
) -> anyhow::Result<Gateway> {
    let mut registry = Registry::shipped().context("the models that ship with Maru could not be read")?;
    if demonstration {
        let mut key = KeyScope::new("demonstration", hash_key(DEMONSTRATION_KEY), "시연");
        (key.system, key.purpose) = ("누구나 아는 키".into(), "둘러보기".into());
        registry.keys.push(KeyScope { calls_per_second: Some(50), ..key });
    }
    let mut options = GatewayOptions::new(ledger, registry);
    options.own_tools = Some(Arc::new(crate::own_tools::MaruTools::new(knowledge.clone(), laws)));
    options.knowledge = Some(gateway_knowledge(knowledge));
    options.use_policy = Some(use_policy()?);
    options.local_models = local_models(configuration)?;
    if let Some(settings) = &configuration.model {
        options.configured = Some(configured(settings));
        let key = settings.api_key.clone();
        options.environment = Arc::new(move |name| match &key {
            Some(key) if name == MODEL_KEY_VARIABLE => Some(key.clone()),
            _ => std::env::var(name).ok(),
        });
    }
    Gateway::open(options).await.context("the gateway could not be opened; check `[model]` in the configuration file")
}

/// Who decides which key may use which model for its purpose.
///
/// # Errors
/// Where the policy file of this program is damaged; a test reads it.
pub(crate) fn use_policy() -> anyhow::Result<Arc<dyn maru_gateway::UsePolicy>> {
    Ok(Arc::new(crate::use_policy::ModelUses::new().context("the policies for models cannot be used")?))
}

/// The models that run in this program.
///
/// # Errors
/// Where a file is no model that can be used, or two have one name.
#[cfg(feature = "local-llm")]
pub(crate) fn local_models(configuration: &Configuration) -> anyhow::Result<LocalModels> {
    let mut models = LocalModels::new();
    for settings in &configuration.local_models {
        tracing::info!(name = settings.name, file = %settings.file.display(), "reading a model into this program");
        let model = maru_local_llm::GgufModel::open(&settings.file)?;
        if models.insert(settings.name.clone(), Arc::new(model)).is_some() {
            anyhow::bail!("[[local_models]] names {:?} twice: give each model a name of its own", settings.name);
        }
    }
    Ok(models)
}

/// None: this build has no arithmetic for them.
///
/// # Errors
/// Where the configuration names one.
#[cfg(not(feature = "local-llm"))]
pub(crate) fn local_models(configuration: &Configuration) -> anyhow::Result<LocalModels> {
    if let Some(settings) = configuration.local_models.first() {
        anyhow::bail!(
            "[[local_models]] names {:?} ({}), and this build runs no models itself: build with --features local-llm, or use a model server",
            settings.name,
            settings.file.display()
        );
    }
    Ok(LocalModels::new())
}

/// The deployment's knowledge as the embedded model asks it.
pub(crate) fn gateway_knowledge(knowledge: Knowledge) -> Arc<dyn KnowledgeSource> {
    struct Source(Knowledge);
    impl KnowledgeSource for Source {
        fn find(&self, question: &str, limit: usize) -> Vec<SourcePassage> {
            let hits = self.0.search(&Query::new(question, limit)).unwrap_or_default();
            let passage =
                |hit: maru_knowledge::Hit| SourcePassage { reference: hit.passage.reference(), text: hit.passage.text };
            hits.into_iter().map(passage).collect()
        }
    }
    Arc::new(Source(knowledge))
}

/// Who finds people in the registers when they sign in, where the configuration names the key.
///
/// # Errors
/// Where the key cannot be read: the message says which and why.
pub(crate) fn recognition(
    configuration: &Configuration,
    welfare: &WelfareService,
) -> anyhow::Result<Option<Arc<dyn Recognition>>> {
    let Some(path) = &configuration.registers_key else { return Ok(None) };
    let key = PseudonymKey::read(path).context("the key of the registers (`registers_key`) cannot be used")?;
    Ok(Some(Arc::new(InRegisters { welfare: welfare.clone(), key })))
}

/// Accounts and sign-in.
///
/// # Errors
/// Where the database cannot be used or the provider in the configuration is not one.
pub(crate) async fn open_identity(
    configuration: &Configuration,
    ledger: Ledger,
    demonstration: Option<Vec<DemonstrationAccount>>,
    recognition: Option<Arc<dyn Recognition>>,
    now: Timestamp,
) -> anyhow::Result<Identity> {
    let mut oidc = configuration.oidc.clone();
    if let (Some(oidc), Some(url)) = (&mut oidc, &configuration.server.public_url)
        && oidc.redirect_url.is_empty()
    {
        oidc.redirect_url = format!("{}/sign-in/callback", url.trim_end_matches('/'));
    }
    let config = IdentityConfig { demonstration, oidc, recognition, ..IdentityConfig::default() };
    Identity::open(ledger, config, now).await.context("accounts could not be opened")
}

/// The secret under form tokens and strangers' cookies: one for all servers of a database, sealed in it.
///
/// # Errors
/// Where the database cannot be used.
pub(crate) async fn web_secret(ledger: &Ledger, now: Timestamp) -> anyhow::Result<WebSecret> {
    ledger.define("web", &["CREATE TABLE web_secrets (name TEXT PRIMARY KEY, sealed TEXT NOT NULL)"]).await?;
    if let Some(secret) = stored_secret(ledger).await? {
        return Ok(secret);
    }
    let mut bytes = [0_u8; 32];
    SystemEntropy.fill(&mut bytes);
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let sealed = ledger.seal(&Personal::new("deployment-web", text), now).await?;
    let insert = "INSERT INTO web_secrets (name, sealed) VALUES ('cookies', $1) ON CONFLICT (name) DO NOTHING";
    ledger.write(move |sql| sql.execute(insert, &[sealed.into()])).await?;
    // Another server may have been first: what stands there holds for all.
    stored_secret(ledger).await?.context("the secret of the web server was not stored")
}

async fn stored_secret(ledger: &Ledger) -> anyhow::Result<Option<WebSecret>> {
    let rows = ledger.read(|sql| sql.query("SELECT sealed FROM web_secrets WHERE name = 'cookies'", &[])).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let text = ledger.unseal(&row.text(0)?)?.value.context("the secret of the web server was erased")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).context("the secret of the web server is not 32 bytes")?;
    Ok(Some(WebSecret::new(bytes)))
}
