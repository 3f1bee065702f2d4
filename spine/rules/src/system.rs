//! A package: its files, its entities, variables and parameters, and its reforms.

use crate::diagnostic::Diagnostic;
use crate::entity::{Entity, EntityIndex};
use crate::evaluate::Evaluator;
use crate::parameter::{Item, ParameterNode};
use crate::syntax::Name;
use crate::value::{ModuleObject, Outcome, Scopes, Source, lock};
use crate::variable::Variable;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How much stack compiling may take: formulas call formulas, and each call goes down some frames.
const STACK: usize = 1 << 30;

/// Packages that may lie beside a country package where both are installed, and are never read: what formulas use of them is
/// built in, the rest does not bear on results.
const FOREIGN: &[&str] = &[
    "numpy",
    "openfisca_core",
    "openfisca_web_api",
    "yaml",
    "pandas",
    "scipy",
    "dateutil",
    "pendulum",
    "dpath",
    "pytest",
    "_pytest",
    "numexpr",
    "psutil",
    "sortedcontainers",
    "typing_extensions",
    "flask",
    "setuptools",
    "pkg_resources",
    "pip",
    "matplotlib",
    "openpyxl",
    "requests",
    "tables",
    "click",
    "bottleneck",
];

/// Runs something that goes deep on a stack of its own.
pub(crate) fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Diagnostic> {
    std::thread::scope(|scope| {
        let handle = std::thread::Builder::new().name("rules".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        match handle.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => Ok(result),
            _ => Err(Diagnostic::limit(
                "the calculation could not be started or broke off",
                "report this with the package and the question",
            )),
        }
    })
}

/// The files of a package and of those beside it.
#[derive(Debug)]
pub(crate) struct Library {
    /// The package's name.
    pub(crate) package: Name,
    /// The package's folder.
    pub(crate) root: PathBuf,
    modules: Mutex<HashMap<Name, Arc<ModuleObject>>>,
    /// Where the package's functions were made.
    pub(crate) scopes: Arc<Scopes>,
    /// Questions compiled before.
    pub(crate) plans: crate::simulation::Plans,
}

impl Library {
    fn new(root: &Path) -> Option<Self> {
        let package = root.file_name()?.to_str()?;
        Some(Self {
            package: Arc::from(package),
            root: root.to_path_buf(),
            modules: Mutex::new(HashMap::new()),
            scopes: Arc::default(),
            plans: crate::simulation::Plans::default(),
        })
    }

    /// The file of a module, and whether it is a package.
    pub(crate) fn locate(&self, module: &str) -> Option<(PathBuf, bool)> {
        let mut parts = module.split('.');
        let first = parts.next()?;
        if module.split('.').any(|part| part.is_empty() || part.contains(['/', '\\'])) {
            return None;
        }
        let mut path = if first == &*self.package { self.root.clone() } else { self.root.parent()?.join(first) };
        if first != &*self.package && (FOREIGN.contains(&first) || !path.join("__init__.py").is_file()) {
            return None;
        }
        for part in parts {
            path.push(part);
        }
        let inside = path.join("__init__.py");
        if inside.is_file() {
            return Some((inside, true));
        }
        let file = path.with_extension("py");
        if file.is_file() {
            return Some((file, false));
        }
        // A folder without __init__.py is a package too, with nothing in it of its own.
        path.is_dir().then_some((path, true))
    }

    pub(crate) fn loaded(&self, module: &str) -> Option<Arc<ModuleObject>> {
        lock(&self.modules).get(module).cloned()
    }

    pub(crate) fn remember(&self, name: &Name, module: &Arc<ModuleObject>) {
        lock(&self.modules).insert(Arc::clone(name), Arc::clone(module));
    }

    /// Reads and parses a module.
    pub(crate) fn source(&self, module: &Name, file: &Path, is_package: bool) -> Outcome<Arc<Source>> {
        let text = if file.is_dir() {
            String::new()
        } else {
            std::fs::read_to_string(file)
                .map_err(|error| Diagnostic::raised("OSError", format!("{} cannot be read: {error}", file.display())))?
        };
        let body = crate::parse::parse(&text, file)?;
        let package = if is_package { &**module } else { module.rsplit_once('.').map_or("", |(package, _)| package) };
        Ok(Arc::new(Source {
            file: file.to_path_buf(),
            text,
            module: Arc::clone(module),
            package: Arc::from(package),
            body,
        }))
    }

    /// A path that the package names; only its own folder and those beside it are read.
    pub(crate) fn path(&self, text: &str) -> Outcome<PathBuf> {
        let path = Path::new(text);
        let above = self.root.parent().unwrap_or(&self.root);
        // A path that begins with the package's name is meant from the folder above, where Python is usually started.
        let path = if path.is_absolute() {
            path.to_path_buf()
        } else if path.starts_with(&*self.package) {
            above.join(path)
        } else {
            self.root.join(path)
        };
        if path.starts_with(above) && !path.components().any(|part| part == std::path::Component::ParentDir) {
            return Ok(path);
        }
        Err(Diagnostic::unsupported(
            format!("{text} lies outside the package"),
            "keep what the package reads in its own folder",
        ))
    }
}

/// The rules in force: entities, variables and parameters, perhaps after reforms.
#[derive(Clone, Debug)]
pub struct System {
    /// The kinds of entities.
    pub entities: Vec<Arc<Entity>>,
    /// The person's place among them.
    pub person: EntityIndex,
    /// The variables by name.
    pub variables: IndexMap<Arc<str>, Arc<Variable>>,
    /// The root of the parameters.
    pub parameters: Arc<ParameterNode>,
    /// The rules that these reform.
    pub baseline: Option<Arc<System>>,
    /// The examples that the package names for the Web API's document: its `open_api_config`.
    pub open_api: serde_json::Value,
    /// Where the functions of reforms were made that came with a question; the package keeps its own.
    pub(crate) given: Vec<Arc<Scopes>>,
}

impl Default for System {
    fn default() -> Self {
        Self {
            entities: Vec::new(),
            person: 0,
            variables: IndexMap::new(),
            parameters: Arc::new(ParameterNode::default()),
            baseline: None,
            open_api: serde_json::Value::Null,
            given: Vec::new(),
        }
    }
}

impl System {
    /// The variable of a name.
    pub fn variable(&self, name: &str) -> Result<&Arc<Variable>, Diagnostic> {
        self.variables.get(name).ok_or_else(|| {
            Diagnostic::raised("VariableNotFoundError", format!("You tried to calculate or to set a value for variable '{name}', but it was not found in the loaded tax and benefit system."))
        })
    }

    /// The kind of entity of a key.
    pub fn entity(&self, key: &str) -> Result<EntityIndex, Diagnostic> {
        self.entities
            .iter()
            .position(|entity| &*entity.key == key)
            .ok_or_else(|| Diagnostic::raised("ValueError", format!("there is no entity '{key}'")))
    }

    /// The kind of entity of a plural.
    pub fn entity_of_plural(&self, plural: &str) -> Option<EntityIndex> {
        self.entities.iter().position(|entity| &*entity.plural == plural)
    }

    /// The rules with parameters added, as an extension brings them.
    #[must_use]
    pub fn with_parameters(&self, overlay: &ParameterNode) -> Self {
        Self { parameters: Arc::new(merge(&self.parameters, overlay)), ..self.clone() }
    }
}

fn merge(base: &ParameterNode, overlay: &ParameterNode) -> ParameterNode {
    let mut merged = base.clone();
    for (name, child) in &overlay.children {
        let new = match (merged.children.get(name), child) {
            (Some(Item::Node(known)), Item::Node(more)) => Item::Node(Arc::new(merge(known, more))),
            _ => child.clone(),
        };
        merged.children.insert(name.clone(), new);
    }
    merged
}

/// Why a package could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The folder is not there, or holds no Python.
    #[error(
        "{0} is not the folder of an OpenFisca package: give the folder that holds __init__.py, entities.py, variables/ and parameters/"
    )]
    NotAPackage(PathBuf),
    /// There are no entities.
    #[error("the package defines no entities that could be read:\n{0}")]
    NoEntities(Box<Diagnostic>),
}

/// A package, read and ready.
#[derive(Debug)]
pub struct Package {
    /// The name of the module.
    pub name: String,
    /// The name under which it is published; the module's with hyphens where it does not say so.
    pub published: String,
    /// Its version, where it says so.
    pub version: String,
    /// The folder.
    pub root: PathBuf,
    /// Where its source can be read, if it says so.
    pub repository: String,
    /// The rules.
    pub system: Arc<System>,
    /// What was wrong while reading, and was worked around.
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) library: Arc<Library>,
    reforms: Mutex<HashMap<Vec<String>, Arc<System>>>,
}

impl Package {
    /// Reads the package in a folder. What is wrong in it is collected; the rest works.
    pub fn load(folder: &Path) -> Result<Self, PackageError> {
        let root = folder.canonicalize().map_err(|_| PackageError::NotAPackage(folder.to_path_buf()))?;
        let library =
            Library::new(&root).filter(|_| root.join("entities.py").is_file() || root.join("__init__.py").is_file());
        let library = Arc::new(library.ok_or_else(|| PackageError::NotAPackage(folder.to_path_buf()))?);
        let loaded = on_deep_stack(|| {
            let mut evaluator = Evaluator::of_package(Arc::clone(&library));
            let system = evaluator.load_package();
            (system, std::mem::take(&mut evaluator.diagnostics))
        });
        let (system, mut diagnostics) = match loaded {
            Ok((Ok(system), diagnostics)) => (system, diagnostics),
            Ok((Err(fault), _)) | Err(fault) => return Err(PackageError::NoEntities(Box::new(fault))),
        };
        diagnostics.dedup();
        Ok(Self {
            name: library.package.to_string(),
            published: published(&root).unwrap_or_else(|| library.package.to_lowercase().replace('_', "-")),
            version: version(&root).unwrap_or_else(|| "0.0.0".to_owned()),
            repository: repository(&root).unwrap_or_default(),
            system: Arc::new(system),
            diagnostics,
            root,
            library,
            reforms: Mutex::new(HashMap::new()),
        })
    }

    /// The rules after reforms (`package.reforms.module.name`) and extensions, made once.
    pub fn reformed(&self, reforms: &[String], extensions: &[String]) -> Result<Arc<System>, Diagnostic> {
        if reforms.is_empty() && extensions.is_empty() {
            return Ok(Arc::clone(&self.system));
        }
        let key: Vec<String> =
            reforms.iter().cloned().chain(std::iter::once(String::new())).chain(extensions.iter().cloned()).collect();
        if let Some(known) = lock(&self.reforms).get(&key) {
            return Ok(Arc::clone(known));
        }
        let base = Arc::clone(&self.system);
        let system = on_deep_stack(|| {
            let mut evaluator = Evaluator::of_package(Arc::clone(&self.library));
            let mut system = base;
            for reform in reforms {
                system = Arc::new(evaluator.apply_reform(&system, reform)?);
            }
            for extension in extensions {
                system = Arc::new(evaluator.load_extension(&system, extension)?);
            }
            Ok::<_, Diagnostic>(system)
        })??;
        lock(&self.reforms).insert(key, Arc::clone(&system));
        Ok(system)
    }

    /// The rules after the reforms that a text defines: it comes with the question, is compiled as the package is, and reads
    /// no file.
    pub fn reformed_by(&self, base: &Arc<System>, text: &str) -> Result<Arc<System>, Diagnostic> {
        on_deep_stack(|| {
            let mut evaluator = Evaluator::new(Arc::clone(&self.library));
            evaluator.apply_given(base, text).map(Arc::new)
        })?
    }
}

/// The metadata that the package was installed with, beside its folder.
fn metadata(root: &Path) -> Option<String> {
    let above = root.parent()?;
    let name = root.file_name()?.to_str()?.to_lowercase().replace(['-', '.'], "_");
    for entry in std::fs::read_dir(above).ok()?.flatten() {
        let folder = entry.file_name().into_string().unwrap_or_default();
        if folder.ends_with(".dist-info")
            && folder.to_lowercase().replace(['-', '.'], "_").starts_with(&format!("{name}_"))
        {
            return std::fs::read_to_string(entry.path().join("METADATA")).ok();
        }
    }
    None
}

/// The name that the package was published under.
fn published(root: &Path) -> Option<String> {
    metadata(root)?.lines().find_map(|line| line.strip_prefix("Name: ")).map(str::to_lowercase)
}

/// The address of the package's source.
fn repository(root: &Path) -> Option<String> {
    let metadata = metadata(root)?;
    let line = metadata
        .lines()
        .find_map(|line| line.strip_prefix("Project-URL: Repository, ").or_else(|| line.strip_prefix("Home-page: ")))?;
    Some(line.trim().to_owned())
}

/// The version that the package was published under: from its metadata, or from its project file above it.
fn version(root: &Path) -> Option<String> {
    if let Some(metadata) = metadata(root) {
        return metadata.lines().find_map(|line| line.strip_prefix("Version: ")).map(str::to_owned);
    }
    let project = std::fs::read_to_string(root.parent()?.join("pyproject.toml")).ok()?;
    let line = project.lines().find(|line| line.trim_start().starts_with("version"))?;
    Some(line.split_once('=')?.1.trim().trim_matches('"').to_owned())
}
