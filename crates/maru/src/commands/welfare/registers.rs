//! `maru welfare registers load`

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use maru_ledger::{Clock, SystemClock};
use maru_welfare::{
    Caller,
    registers::{self, Loaded, Mapping, PseudonymKey, Shares, feed, feed::Difference, nation},
    screening,
    service::Lived,
};

use super::{ExportArguments, LinkArguments, LoadArguments};
use crate::{
    composition,
    deployment::{DeploymentArguments, open_ledger},
    files::{self, Output},
};

/// Loads registers.
///
/// # Errors
/// Where files, the mapping or the deployment cannot be used.
pub(super) fn load(arguments: &LoadArguments) -> anyhow::Result<ExitCode> {
    if arguments.feed {
        return load_feed(arguments);
    }
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    let mapping = Mapping::read(&arguments.mapping, &law)?;
    let key = PseudonymKey::read(&arguments.key)?;
    let folder = arguments.mapping.parent().unwrap_or(Path::new("."));
    let shares = Shares::read(&mapping, folder, arguments.parts)?;
    let (mut all, mut written) = (Total::default(), Written::new(&arguments.output)?);
    for part in 0..shares.parts() {
        let loaded = registers::load_part(&mapping, folder, (&law, &key), &shares, part)?;
        let of_part = |folder: &Path| {
            if shares.parts() == 1 { folder.to_owned() } else { folder.join(format!("part-{part:05}")) }
        };
        let output = of_part(&arguments.output);
        nation::write(&loaded.households, &law, &output)?;
        feed::write(&loaded.households, &output).context("the digests could not be written")?;
        let changes = match arguments.previous.as_deref().map(of_part) {
            Some(previous) => Some(feed::differences(&loaded.households, &previous).with_context(|| {
                format!("{} holds no load to compare with; name as many --parts as then", previous.display())
            })?),
            None => None,
        };
        written.part(&loaded, changes.as_ref())?;
        if let Some(into) = &arguments.into {
            take_in(into, &loaded, changes.as_ref())?;
        }
        all.add(&loaded, changes.as_ref().map(BTreeMap::len));
    }
    written.close()?;
    crate::commands::print(&all.told())?;
    Ok(if all.aside == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Writes a population as registers.
///
/// # Errors
/// Where files cannot be read or written.
pub(super) fn export(arguments: &ExportArguments) -> anyhow::Result<ExitCode> {
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    let parts = screening::parts(&arguments.population)?;
    let exported = registers::export::export(&parts, &law, &arguments.output)?;
    let mapping = arguments.output.join("mapping.toml");
    crate::commands::print(&format!(
        "{} persons in {} households; load them with {}",
        exported.persons,
        exported.households,
        mapping.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Lays a feed of changes over the load before.
fn load_feed(arguments: &LoadArguments) -> anyhow::Result<ExitCode> {
    let previous =
        arguments.previous.as_deref().context("name the load before with --previous: a feed lies over it")?;
    if previous == arguments.output {
        bail!("the load before would be overwritten: choose another --output");
    }
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    let mapping = Mapping::read(&arguments.mapping, &law)?;
    let key = PseudonymKey::read(&arguments.key)?;
    let folder = arguments.mapping.parent().unwrap_or(Path::new("."));
    let parts = screening::parts(previous)?;
    let changed = registers::changes::apply(&mapping, folder, (&law, &key), &parts)?;
    let mut written = Written::new(&arguments.output)?;
    let mut households = 0;
    for (place, part) in parts.iter().enumerate() {
        let name = part.strip_prefix(previous).unwrap_or(Path::new(""));
        households += changed.write_part(place, (part, &arguments.output.join(name)), &law)?;
    }
    written.part(&changed.loaded, Some(&changed.differences))?;
    written.close()?;
    if let Some(into) = &arguments.into {
        take_in(into, &changed.loaded, Some(&changed.differences))?;
    }
    let mut all = Total::default();
    all.add(&changed.loaded, Some(changed.differences.len()));
    let kinds = |kind: Difference| changed.differences.values().filter(|one| **one == kind).count();
    crate::commands::print(&format!(
        "{}\n{} new, {} changed, {} gone; {households} households in all",
        all.told(),
        kinds(Difference::New),
        kinds(Difference::Changed),
        kinds(Difference::Gone),
    ))?;
    Ok(if all.aside == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// What all parts of a load came to.
#[derive(Default)]
struct Total {
    rows: usize,
    persons: usize,
    households: usize,
    aside: usize,
    checked: (usize, usize),
    doubts: BTreeMap<&'static str, usize>,
    changes: Option<usize>,
}

impl Total {
    fn add(&mut self, loaded: &Loaded, changes: Option<usize>) {
        self.rows += loaded.rows;
        self.persons += loaded.households.values().map(|household| household.members.len()).sum::<usize>();
        self.households += loaded.households.len();
        self.aside += loaded.aside.len();
        self.checked = (self.checked.0 + loaded.checked_numbers.0, self.checked.1 + loaded.checked_numbers.1);
        for (doubt, count) in &loaded.doubts {
            *self.doubts.entry(*doubt).or_default() += count;
        }
        self.changes = changes.map(|count| count + self.changes.unwrap_or(0)).or(self.changes);
    }

    fn told(&self) -> String {
        let (checked, numbers) = self.checked;
        let mut text = format!(
            "{} rows: {} persons in {} households, {} set aside\n{numbers} resident numbers, of which {checked} have a check digit that fits",
            self.rows, self.persons, self.households, self.aside,
        );
        for (doubt, count) in &self.doubts {
            let _ = write!(text, "\ntaken, but odd: {count} {doubt}");
        }
        if let Some(changes) = self.changes {
            let _ = write!(text, "\n{changes} households differ from the load before");
        }
        text
    }
}

/// `set-aside.csv` and `changes.csv`: each line is written as it comes, however many parts and lines there are, and the files take
/// their names when all of it is there.
struct Written {
    folder: PathBuf,
    aside: Output,
    changes: Option<Output>,
}

impl Written {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
        let mut aside = Output::create(&folder.join("set-aside.csv"))?;
        writeln!(aside, "file,line,column,reason")?;
        Ok(Self { folder: folder.to_owned(), aside, changes: None })
    }

    fn part(&mut self, loaded: &Loaded, changes: Option<&BTreeMap<String, Difference>>) -> anyhow::Result<()> {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        for one in &loaded.aside {
            let (file, column, reason) = (quoted(&one.file), quoted(&one.column), quoted(&one.reason));
            writeln!(self.aside, "{file},{},{column},{reason}", one.line)?;
        }
        let Some(changes) = changes else { return Ok(()) };
        if self.changes.is_none() {
            let mut file = Output::create(&self.folder.join("changes.csv"))?;
            writeln!(file, "household,change")?;
            self.changes = Some(file);
        }
        if let Some(file) = &mut self.changes {
            for (id, one) in changes {
                writeln!(file, "{id},{}", one.identifier())?;
            }
        }
        Ok(())
    }

    fn close(self) -> anyhow::Result<()> {
        self.aside.finish()?;
        self.changes.map_or(Ok(()), Output::finish)
    }
}

/// Takes the households that differ, or all of them, into a deployment.
fn take_in(data: &Path, loaded: &Loaded, changes: Option<&BTreeMap<String, Difference>>) -> anyhow::Result<()> {
    let configuration =
        DeploymentArguments { data: Some(data.to_owned()), ..DeploymentArguments::default() }.configuration()?;
    crate::commands::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let welfare = composition::open_welfare(&configuration, &configuration.agency, ledger.clone())?;
        let wanted = loaded.households.iter().filter(|(id, _)| changes.is_none_or(|changes| changes.contains_key(*id)));
        let (mut taken, mut all) = (0_u64, Lived::default());
        for (id, household) in wanted {
            let caller = Caller::system(SystemClock.now());
            // Who signs in as whom is not in the registers: an account that is linked already stays linked.
            let account = welfare.store().home(id).await?.and_then(|home| home.record.account);
            let lived = welfare.register(&caller, id, household.clone(), account, "registers").await?;
            taken += 1;
            add(&mut all, lived);
        }
        let gone = changes.into_iter().flatten().filter(|(_, one)| **one == Difference::Gone).map(|(id, _)| id);
        let (mut left, mut looked_at) = (0_u64, 0);
        for id in gone {
            let lived = welfare.depart(&Caller::system(SystemClock.now()), id, "registers").await?;
            left += 1;
            looked_at += lived.changed.len();
            all.closed.extend(lived.closed);
        }
        ledger.close().await;
        crate::commands::print(&format!(
            "{taken} households taken in, {left} gone: {} proposals opened, {} with another amount, {} closed, {looked_at} awards to \
             be looked at",
            all.opened.len(),
            all.changed.len(),
            all.closed.len()
        ))
    })
}

fn add(all: &mut Lived, lived: Lived) {
    all.opened.extend(lived.opened);
    all.changed.extend(lived.changed);
    all.closed.extend(lived.closed);
}

/// Links an account to a household of a deployment.
///
/// # Errors
/// Where the household is not known, or the deployment cannot be used.
pub(super) fn link(arguments: &LinkArguments) -> anyhow::Result<ExitCode> {
    let configuration = arguments.deployment.configuration()?;
    crate::commands::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let welfare = composition::open_welfare(&configuration, &configuration.agency, ledger.clone())?;
        let caller = Caller::system(SystemClock.now());
        welfare.link(&caller, &arguments.household, &arguments.account).await.with_context(|| {
            format!("the household {} could not be linked to {}", arguments.household, arguments.account)
        })?;
        ledger.close().await;
        crate::commands::print(&format!("{} is linked to the household {}", arguments.account, arguments.household))?;
        Ok(ExitCode::SUCCESS)
    })
}
