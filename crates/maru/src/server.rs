//! The server: everything put together, its timers, its beginning and its end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use maru_administration::AdministrationService;
use maru_gateway::Gateway;
use maru_identity::{DemonstrationAccount, Identity, Role};
use maru_inquiry::{Agency, InquiryService, pages::Pages};
use maru_knowledge::Knowledge;
use maru_laws::LawsService;
use maru_ledger::{Clock, Entropy as _, JobRequest, Lease, Ledger, SystemClock, SystemEntropy};
use maru_models::ModelService;
use maru_plan::PlanService;
use maru_web::{Bilingual, NavigationItem, SeenBy, Site, WebOptions, WebState};
use maru_welfare::WelfareService;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    background::Background,
    composition,
    configuration::Configuration,
    crowd::{self, Crowd, Lookout},
    figures::HouseFigures,
    jobs, log_page,
    long_work::{Long, long_work},
};

/// Jobs that one server takes at a time.
const JOBS_AT_A_TIME: u32 = 16;
/// How long a job may take before another server may have it.
const HOLD: SignedDuration = SignedDuration::from_secs(120);
/// How often a server that found no job looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Where many people wait, they come first: then a server rests before it takes jobs, and takes so few that nobody notices,
/// yet nothing stands still. It catches up once fewer come.
const STEP_BACK: Duration = Duration::from_millis(200);
const JOBS_AMONG_A_CROWD: u32 = 2;
/// How often the leader tidies up.
const TIDY: Duration = Duration::from_mins(1);
/// How often a server looks for evidence whose time is over.
const LOOK_FOR_EVIDENCE: Duration = Duration::from_hours(6);
/// How often the leader looks whether a month began in which people reach ages.
const LOOK_FOR_AGES: Duration = Duration::from_mins(5);
/// How often a server looks for knowledge that another imported.
const FOLLOW: Duration = Duration::from_secs(10);
/// How long keys of repeated commands are remembered.
const REMEMBER_KEYS: SignedDuration = SignedDuration::from_hours(48);

/// What a server is made of.
pub(crate) struct House {
    /// Events and everything derived from them.
    pub(crate) ledger: Ledger,
    /// Statutes, answers, services.
    pub(crate) knowledge: Knowledge,
    /// Accounts and sessions.
    pub(crate) identity: Identity,
    /// The programme of inquiries.
    pub(crate) inquiries: InquiryService,
    /// The national AI action plan.
    pub(crate) plan: PlanService,
    /// Laws as code.
    pub(crate) laws: LawsService,
    /// The door to every model.
    pub(crate) gateway: Gateway,
    /// What people see and decide of it.
    pub(crate) models: ModelService,
    /// Benefits: screening, proposals, payments.
    pub(crate) welfare: WelfareService,
    /// Accounts, records of access, jobs.
    pub(crate) administration: AdministrationService,
}

impl House {
    /// Opens all parts.
    ///
    /// # Errors
    /// Where the database, the index or the configuration cannot be used.
    pub(crate) async fn open(
        configuration: &Configuration,
        agency: Agency,
        ledger: Ledger,
        demonstration: Option<Vec<DemonstrationAccount>>,
    ) -> anyhow::Result<Self> {
        let now = SystemClock.now();
        let is_demonstration = demonstration.is_some();
        let knowledge = composition::open_knowledge(configuration, ledger.clone()).await?;
        let shelf = composition::read_laws(configuration)?;
        let stands_on = (knowledge.clone(), shelf.clone());
        let gateway = composition::open_gateway(configuration, ledger.clone(), stands_on, is_demonstration).await?;
        let model = composition::drafting_model(configuration, &agency, &gateway);
        let welfare = composition::open_welfare(configuration, &agency, ledger.clone())?;
        let recognition = composition::recognition(configuration, &welfare)?;
        let identity =
            composition::open_identity(configuration, ledger.clone(), demonstration, recognition, now).await?;
        let stores = (ledger.clone(), knowledge.clone());
        let inquiries = composition::open_inquiries(model, agency, stores, Some(identity.clone()), now).await?;
        let figures = HouseFigures { inquiries: inquiries.clone(), welfare: welfare.clone() };
        let plan = composition::open_plan(ledger.clone())?.with_figures(Arc::new(figures));
        let laws = composition::open_laws(shelf, ledger.clone())?;
        let models = composition::open_models(gateway.clone())?;
        let administration = composition::open_administration(identity.clone(), ledger.clone(), inquiries.agency())?;
        Ok(Self { ledger, knowledge, identity, inquiries, plan, laws, gateway, models, welfare, administration })
    }
}

/// How the server is to behave beside its configuration.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// The city is invented, and every page says so.
    pub(crate) demonstration: bool,
    /// No limits on how often one address may ask: for measurements, and behind a gateway that limits.
    pub(crate) unlimited: bool,
}

/// Serves until the process is told to stop; requests that have begun are finished.
///
/// # Errors
/// Where the address cannot be listened on.
pub(crate) async fn serve(configuration: &Configuration, house: House, manner: Manner) -> anyhow::Result<()> {
    let address = &configuration.server.address;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; is another server running there? Choose another with --address")
    })?;
    let crowd = Crowd::default();
    let app = router(configuration, &house, manner).await?.layer(from_fn_with_state(crowd.clone(), crowd::count));
    let stop = CancellationToken::new();
    let background = Background::start()?;
    let aside = background.handle();
    let mut tasks = JoinSet::new();
    tasks.spawn_on(work(house.ledger.clone(), house.inquiries.clone(), crowd, stop.clone()), aside);
    let long = Long { welfare: house.welfare.clone(), plan: house.plan.clone() };
    tasks.spawn_on(long_work(house.ledger.clone(), long, server_name(), stop.clone()), aside);
    tasks.spawn(follow(house.knowledge.clone(), stop.clone()));
    tasks.spawn_on(forget_evidence(house.welfare.clone(), stop.clone()), aside);
    tasks.spawn_on(strike_ages(house.ledger.clone(), house.welfare.clone(), stop.clone()), aside);
    tasks.spawn(tidy(house.ledger.clone(), house.identity.clone(), house.gateway.clone(), stop.clone()));
    tracing::info!(address, "serving");
    maru_web::serve(listener, app, Box::pin(told_to_stop(stop))).await;
    tasks.join_all().await;
    house.gateway.close().await.context("the gateway could not be closed in order")?;
    house.ledger.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Everything that the server answers.
///
/// # Errors
/// Where the secret of the cookies cannot be read.
pub(crate) async fn router(configuration: &Configuration, house: &House, manner: Manner) -> anyhow::Result<Router> {
    let public_url = configuration.server.public_url.clone();
    let public_url = public_url.unwrap_or_else(|| format!("http://{}", configuration.server.address));
    let secret = composition::web_secret(&house.ledger, SystemClock.now()).await?;
    let secure = public_url.starts_with("https://");
    let plan_pages = maru_plan::pages::Pages::new(house.plan.clone(), public_url.clone());
    let mut options = WebOptions::new(
        public_url.clone(),
        secret,
        site(configuration, (house.inquiries.agency(), house.welfare.department()), manner),
    );
    options.proxies = configuration.server.proxies;
    if manner.unlimited {
        options.rate_limits = None;
    }
    let ready = house.ledger.clone();
    let web = WebState::new(options, house.identity.clone(), Arc::new(SystemClock), Arc::new(SystemEntropy))
        .with_health_check("database", move || {
            let ledger = ready.clone();
            Box::pin(async move { ledger.checkpoint().await.map(drop).map_err(|error| error.to_string()) })
        });
    let agency = house.inquiries.agency();
    let names = agency.departments.iter().map(|one| (one.id.clone(), Bilingual::new(&one.name, &one.name_en)));
    let bodies = maru_plan::domain::bodies::bodies();
    let bodies = bodies.iter().map(|one| (one.id.to_owned(), Bilingual::new(one.full_name, one.name_en)));
    let files = public_log(house.ledger.clone())
        .nest("/ai/v1", house.gateway.router())
        .merge(maru_laws::web_api::routes(house.laws.shelf(), &public_url));
    let web = web.with_department_names(bodies).with_department_names(names).with_files(files);
    let web = web.with_uploads(maru_plan::TAKES_FILES).with_uploads(maru_models::TAKES_FILES);
    let document = maru_web::ApiDocument::new(&crate::commands::openapi::document())?;
    let programmes = Pages::new(house.inquiries.clone(), secure)
        .router()
        .merge(maru_inquiry::api::router(house.inquiries.clone()))
        .merge(plan_pages.router())
        .merge(maru_plan::api::router(house.plan.clone()))
        .merge(maru_laws::pages::router(house.laws.clone()))
        .merge(maru_laws::api::router(house.laws.clone()))
        .merge(maru_models::pages::Pages::new(house.models.clone()).router())
        .merge(maru_models::api::router(house.models.clone()))
        .merge(maru_welfare::pages::Pages::new(house.welfare.clone()).router())
        .merge(maru_welfare::api::router(house.welfare.clone()))
        .merge(maru_administration::pages::Pages::new(house.administration.clone()).router())
        .merge(maru_administration::api::router(house.administration.clone()))
        .merge(document.routes())
        .merge(log_page::routes(house.ledger.clone(), configuration.server.log_name.clone(), public_url));
    Ok(maru_web::router(&web, programmes))
}

/// Whose site it is; `welfare` is the department that decides on benefits.
fn site(configuration: &Configuration, (agency, welfare): (&Agency, &str), manner: Manner) -> Site {
    let server = &configuration.server;
    let departments = agency.departments.iter().map(|one| one.id.clone()).collect();
    let bodies = maru_plan::domain::bodies::bodies().iter().map(|body| body.id.to_owned()).collect();
    let service = Bilingual::new(format!("{} 민원", agency.name), format!("{} inquiries", english_name(agency)));
    let demonstration = manner.demonstration.then(|| {
        Bilingual::new(
            "지어낸 도시로 꾸민 시연용 누리집입니다. 실제 기관이나 사람과 관계가 없습니다.",
            "This is a demonstration with an invented city. It is not related to any real agency or person.",
        )
    });
    Site {
        service,
        agency: Bilingual::new(agency.name.clone(), english_name(agency)),
        address: Bilingual::new(
            server.postal_address.clone(),
            server.postal_address_en.clone().unwrap_or_else(|| server.postal_address.clone()),
        ),
        telephone: agency.telephone.clone(),
        demonstration,
        navigation: vec![
            NavigationItem::new("/", "물어보기", "Ask").seen_by(SeenBy::Public),
            NavigationItem::new("/inquiries", "내 문의", "Your inquiries").seen_by(SeenBy::Role(Role::Citizen)),
            NavigationItem::new("/inquiries/find", "문의 찾기", "Find an inquiry").seen_by(SeenBy::Public),
            NavigationItem::new("/work", "처리할 문의", "Work").seen_by(SeenBy::Departments(departments)),
            NavigationItem::new("/plan/work", "행동계획 업무", "Work on the plan").seen_by(SeenBy::Departments(bodies)),
            NavigationItem::new("/work/statistics", "처리 현황", "Statistics").seen_by(SeenBy::Staff),
            NavigationItem::new("/work/holidays", "공휴일", "Holidays").seen_by(SeenBy::Role(Role::Administrator)),
            NavigationItem::new("/work/learning", "분류 학습", "Learning").seen_by(SeenBy::Role(Role::Administrator)),
            NavigationItem::new("/system/accounts", "계정", "Accounts").seen_by(SeenBy::Role(Role::Administrator)),
            NavigationItem::new("/system/jobs", "작업", "Jobs").seen_by(SeenBy::Role(Role::Administrator)),
            NavigationItem::new("/system/access", "접속기록", "Access records").seen_by(SeenBy::Role(Role::Auditor)),
            NavigationItem::new("/welfare", "복지", "Benefits").seen_by(SeenBy::Public),
            NavigationItem::new("/welfare/mine", "내 급여", "Your benefits").seen_by(SeenBy::Role(Role::Citizen)),
            NavigationItem::new("/welfare/work", "찾은 급여", "Benefits found")
                .seen_by(SeenBy::Departments(vec![welfare.to_owned()])),
            NavigationItem::new("/welfare/lab", "개정안 모의계산", "Reform laboratory").seen_by(SeenBy::Casework),
            NavigationItem::new("/search", "법령과 안내", "Law and answers"),
            NavigationItem::new("/laws", "계산하는 법령", "Laws as code"),
            NavigationItem::new("/models", "AI 공통기반", "AI gateway").seen_by(SeenBy::Staff),
            NavigationItem::new("/plan", "AI 행동계획", "AI action plan"),
        ],
        footer: vec![
            NavigationItem::new("/account", "내 계정", "Your account").seen_by(SeenBy::SignedIn),
            NavigationItem::new("/log", "기록 확인", "Verify the log"),
        ],
        source_code: server.source_code.clone(),
    }
}

fn english_name(agency: &Agency) -> String {
    if agency.name_en.is_empty() { agency.name.clone() } else { agency.name_en.clone() }
}

/// The log as C2SP tlog-tiles has it: checkpoint, tiles and entries at addresses that any verifier knows.
fn public_log(ledger: Ledger) -> Router {
    Router::new()
        .route(
            "/checkpoint",
            get(|State(ledger): State<Ledger>| async move { log_resource(&ledger, "checkpoint").await }),
        )
        .route(
            "/tile/{*path}",
            get(|State(ledger): State<Ledger>, Path(path): Path<String>| async move {
                log_resource(&ledger, &format!("tile/{path}")).await
            }),
        )
        .route("/log/key", get(|State(ledger): State<Ledger>| async move { ledger.verifier_key() }))
        .with_state(ledger)
}

async fn log_resource(ledger: &Ledger, path: &str) -> Response {
    match ledger.log_resource(path).await {
        Ok(Some(resource)) => {
            let cache = if resource.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
            let headers = [(header::CONTENT_TYPE, resource.content_type), (header::CACHE_CONTROL, cache)];
            (headers, resource.bytes).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, "there is no such resource of the log\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "the log could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, "the log cannot be read now; try again in a minute\n").into_response()
        }
    }
}

/// What this server is called among others. Servers in containers all have the same process number, so chance decides.
fn server_name() -> String {
    let mut chance = [0_u8; 8];
    SystemEntropy.fill(&mut chance);
    format!("server-{}-{:016x}", std::process::id(), u64::from_le_bytes(chance))
}

/// Takes jobs that are due and does them, several at a time.
async fn work(ledger: Ledger, inquiries: InquiryService, crowd: Crowd, stop: CancellationToken) {
    let worker = server_name();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut lookout = Lookout::new(crowd, processors, Instant::now());
    while !stop.is_cancelled() {
        let is_busy = lookout.is_busy(Instant::now());
        if is_busy {
            tokio::select! { () = tokio::time::sleep(STEP_BACK) => {}, () = stop.cancelled() => return }
        }
        let request = JobRequest {
            kinds: InquiryService::job_kinds(),
            worker: worker.clone(),
            now: SystemClock.now(),
            hold: HOLD,
            limit: if is_busy { JOBS_AMONG_A_CROWD } else { JOBS_AT_A_TIME },
        };
        let taken = jobs::take(&ledger, request).await;
        if taken.is_empty() {
            tokio::select! { () = tokio::time::sleep(LOOK_AGAIN) => {}, () = stop.cancelled() => {} }
            continue;
        }
        let mut running = JoinSet::new();
        for job in taken {
            let (ledger, inquiries) = (ledger.clone(), inquiries.clone());
            running.spawn(async move {
                if let Err(error) = inquiries.handle(&job, SystemClock.now()).await {
                    jobs::give_back(&ledger, &job, &error).await;
                }
            });
        }
        running.join_all().await;
    }
}

/// Follows what other servers import.
async fn follow(knowledge: Knowledge, stop: CancellationToken) {
    loop {
        tokio::select! { () = tokio::time::sleep(FOLLOW) => {}, () = stop.cancelled() => return }
        if let Err(error) = knowledge.refresh().await {
            tracing::warn!(%error, "new knowledge could not be taken up");
        }
    }
}

/// Forgets evidence of welfare whose five years are over. Every server does it: each for the files on its own machine.
async fn forget_evidence(welfare: WelfareService, stop: CancellationToken) {
    loop {
        match welfare.forget_old_evidence(SystemClock.now()).await {
            Ok(forgotten) if forgotten.lots + forgotten.screenings > 0 => {
                tracing::info!(lots = forgotten.lots, screenings = forgotten.screenings, "old evidence was forgotten");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old evidence could not be forgotten"),
        }
        tokio::select! { () = tokio::time::sleep(LOOK_FOR_EVIDENCE) => {}, () = stop.cancelled() => return }
    }
}

/// The turns of this server at what one server at a time does again and again: the one that holds the lease.
struct Turns {
    ledger: Ledger,
    lease: &'static str,
    holder: String,
    every: Duration,
    hold: SignedDuration,
    /// Until the next look at the lease.
    wait: Duration,
    /// What is held during a turn.
    held: Option<Lease>,
    stop: CancellationToken,
}

impl Turns {
    /// A turn every so often, under a lease that is held `times` as long; the first a while after the start, when people come first.
    fn new(ledger: Ledger, lease: &'static str, (every, times): (Duration, u32), stop: CancellationToken) -> Self {
        let hold = SignedDuration::try_from(every * times).unwrap_or(HOLD);
        Self { ledger, lease, holder: server_name(), every, hold, wait: TIDY, held: None, stop }
    }

    /// Waits for the next turn; nothing when the server is to stop.
    async fn next(&mut self) -> Option<Timestamp> {
        let last = self.held.take();
        if self.stop.is_cancelled() {
            if let Some(lease) = last {
                drop(self.ledger.release_lease(&lease).await);
            }
            return None;
        }
        loop {
            tokio::select! { () = tokio::time::sleep(self.wait) => {}, () = self.stop.cancelled() => return None }
            self.wait = self.every;
            let now = SystemClock.now();
            match self.ledger.acquire_lease(self.lease, &self.holder, now, self.hold).await {
                Ok(Some(lease)) => {
                    self.held = Some(lease);
                    return Some(now);
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, lease = self.lease, "a lease could not be taken"),
            }
        }
    }
}

/// Lets welfare's clock of ages strike when a month begins.
async fn strike_ages(ledger: Ledger, welfare: WelfareService, stop: CancellationToken) {
    let mut turns = Turns::new(ledger, "welfare-ages", (LOOK_FOR_AGES, 2), stop);
    while let Some(now) = turns.next().await {
        match welfare.strike_ages(now).await {
            Ok(true) => tracing::info!("a month began: households in which somebody reached an age are reckoned"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the clock of ages could not strike"),
        }
    }
}

/// Forgets what has had its time.
async fn tidy(ledger: Ledger, identity: Identity, gateway: Gateway, stop: CancellationToken) {
    let mut turns = Turns::new(ledger.clone(), "tidy", (TIDY, 3), stop);
    while let Some(now) = turns.next().await {
        if let Err(error) = identity.forget_expired(now).await {
            tracing::warn!(%error, "sessions that ended could not be forgotten");
        }
        if let Err(error) = gateway.forget_expired().await {
            tracing::warn!(%error, "texts of calls whose time is over could not be forgotten");
        }
        let long_ago = now.checked_sub(REMEMBER_KEYS).unwrap_or(now);
        if let Err(error) = ledger.forget_idempotency_keys(long_ago).await {
            tracing::warn!(%error, "keys of repeated commands could not be forgotten");
        }
    }
}

/// Waits for Ctrl-C or the manager of services.
pub(crate) async fn told_to_stop(stop: CancellationToken) {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match &mut terminate {
            Some(signal) => signal.recv().await.map_or((), drop),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    tracing::info!("told to stop: finishing what has begun");
    stop.cancel();
}
