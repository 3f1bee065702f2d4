//! `maru demo`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use maru_laws::LawSettings;
use maru_ledger::{Clock, SystemClock};

use crate::{
    composition,
    configuration::{Configuration, Nation},
    deployment::open_ledger,
    files, law, logging,
    server::{self, House, Manner},
    world,
};

/// Persons of the synthetic sample over which the demonstration studies reforms: made in a few seconds at the first use.
const SAMPLE: u64 = 50_000;

/// Where the demonstration runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru demo
  maru demo --address 0.0.0.0:8420 --data maru-demo

Without --data the city is gone when the program ends; with it, it is kept and found again.")]
pub(crate) struct Arguments {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8420")]
    address: String,
    /// A folder that keeps the city.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// No limits on how often one address may ask: for tests.
    #[arg(long)]
    no_rate_limits: bool,
}

/// Makes the city, where it is not there yet, and serves it.
///
/// # Errors
/// Where the folder or the address cannot be used.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    logging::start();
    // Without a folder of its own the city lives in one that goes when the program ends.
    let temporary = tempfile::tempdir().context("a folder for the demonstration could not be made")?;
    let data = arguments.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    let configuration = demonstration(&arguments.address, data)?;
    let manner = Manner { demonstration: true, unlimited: arguments.no_rate_limits };
    super::block_on(async {
        let city = world::world()?;
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let people = [city.accounts()?, world::plan::accounts(), world::welfare::accounts()].concat();
        let house = House::open(&configuration, city.inquiry_agency(), ledger, Some(people)).await?;
        if house.knowledge.counts().answers == 0 {
            world::seed(&house, &city, SystemClock.now()).await.context("the city could not be made")?;
            world::models::seed(&house.gateway, SystemClock.now()).await.context("the models could not be made")?;
            world::plan::seed(&house.plan, SystemClock.now()).await.context("the action plan could not be made")?;
            world::welfare::seed(&house.welfare, SystemClock.now()).await.context("welfare could not be made")?;
        }
        super::print(&welcome(&arguments.address))?;
        server::serve(&configuration, house, manner).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn demonstration(address: &str, data: PathBuf) -> anyhow::Result<Configuration> {
    let mut configuration = Configuration::default();
    address.clone_into(&mut configuration.server.address);
    configuration.server.data = data;
    let agency = world::world()?.agency;
    configuration.server.postal_address = agency.address;
    configuration.server.postal_address_en = Some(agency.address_en);
    configuration.laws = vec![korean_benefits(&configuration.server.data)?];
    let folder = configuration.server.data.join("nation");
    configuration.nation = Some(Nation { folder, represents: None, make: Some(SAMPLE) });
    Ok(configuration)
}

/// The law that ships within the program.
fn korean_benefits(data: &Path) -> anyhow::Result<LawSettings> {
    Ok(LawSettings {
        name: "korea".to_owned(),
        title: "사회보장급여와 장려금".to_owned(),
        title_en: "Social benefits and tax credits".to_owned(),
        package: law::unpack(data)?,
    })
}

fn welcome(address: &str) -> String {
    format!(
        "\n\
  Maru is running: http://{address}          (Ctrl-C stops it)\n\n\
  Ask something as a citizen                http://{address}/\n\
  Sign in as anyone of the city             http://{address}/sign-in\n\
    이보람 Lee Boram         citizen: an answer with its sources, a refusal to object to\n\
    문가온 Moon Gaon         official, roads: the queue with its clocks and drafts\n\
    한서윤 Han Seoyun        supervisor, civil services\n\
    배태민 Bae Taemin        auditor, sees every department\n\
    서지호 Seo Jiho          administrator: use and registry of models, at /models\n\
    박순자 Park Sunja        citizen: benefits that were found for her household\n\
    소예린 So Yerin          official, welfare: confirms what was found, screens, studies reforms at /welfare/lab\n\
    차온유 Cha Onyu          the committee's secretariat: the action plan\n\
    윤슬기 Yoon Seulgi       official of a ministry: reports on the plan\n\
  The national AI action plan               http://{address}/plan\n\
  Laws as code: every won with its reasons  http://{address}/laws\n\
  What am I entitled to?                    http://{address}/welfare\n\
  The API                                   http://{address}/api\n\
  The log that anyone can verify            http://{address}/log\n\n\
  Ask a model as an agency's system would (OpenAI's API; the embedded model copies sentences from the city's knowledge):\n\
    curl http://{address}/ai/v1/chat/completions -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\\n\
      -d '{{\"model\": \"maru-extractive\", \"messages\": [{{\"role\": \"user\", \"content\": \"대형폐기물은 어떻게 버리나요? 010-1234-5678\"}}]}}'\n",
        key = composition::DEMONSTRATION_KEY
    )
}
