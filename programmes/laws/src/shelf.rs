//! The packages that a deployment serves: read once at its start, the same for everybody.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use maru_rules::{
    explain::{Words, certificate},
    period::Period,
    system::Package,
    variable::Variable,
};
use serde::Deserialize;
use serde_json::Value as Json;

/// A package in the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawSettings {
    /// The name in addresses: `korea` is at `/laws/korea`.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The same in English; the Korean title where there is none.
    #[serde(default)]
    pub title_en: String,
    /// The folder of the Python module: the one with `entities.py`, `variables/` and `parameters/`.
    pub package: PathBuf,
}

/// Why a package cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The name cannot stand in an address.
    #[error("«{0}» cannot be the name of a law: use small letters, digits and hyphens")]
    Name(String),
    /// Two packages have one name.
    #[error("two laws are called «{0}»; give each a name of its own")]
    Twice(String),
    /// The package cannot be read.
    #[error("the law «{name}» cannot be served from {}: {reason}", package.display())]
    Package {
        /// The law.
        name: String,
        /// Its folder.
        package: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// A situation that comes with a package, to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The name in addresses.
    pub name: String,
    /// What people read.
    pub label: Words,
    /// Who and what; people are called by what their names in the package's index say, in Korean and in English.
    pub situations: [Json; 2],
    names: Json,
    question: Option<(String, Period, Option<String>)>,
}

impl Example {
    /// Who and what, in a language.
    pub fn situation(&self, korean: bool) -> &Json {
        &self.situations[usize::from(!korean)]
    }

    /// The result to show first: variable, period, whose.
    pub fn question(&self, korean: bool) -> Option<(String, Period, Option<String>)> {
        let (variable, period, of) = self.question.clone()?;
        Some((variable, period, of.map(|name| called(&self.names, &name, korean))))
    }
}

/// The variables of one folder of a package: an act.
#[derive(Clone, Debug)]
pub struct Act {
    /// The folder.
    pub folder: String,
    /// The act's name, as the folder says it.
    pub title: Words,
    /// What it calculates, by label.
    pub results: Vec<Arc<Variable>>,
    /// Facts that it asks for.
    pub facts: Vec<Arc<Variable>>,
}

/// A package that is served.
#[derive(Debug)]
pub struct Law {
    /// The name in addresses.
    pub name: String,
    /// What people read.
    pub title: Words,
    /// The rules.
    pub package: Arc<Package>,
    /// The hash of the package's files.
    pub sha256: String,
    /// The variables by folder, in the order of their titles.
    pub acts: Vec<Act>,
    /// Situations to look at.
    pub examples: Vec<Example>,
}

/// All packages that are served. Clone it freely.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<BTreeMap<String, Arc<Law>>>);

impl Shelf {
    /// Reads the packages.
    ///
    /// # Errors
    /// Where a name or a package cannot be used; the message says which and why.
    pub fn read(settings: &[LawSettings]) -> Result<Self, ShelfError> {
        let mut laws = BTreeMap::new();
        for one in settings {
            let law = Law::read(one)?;
            if laws.insert(one.name.clone(), Arc::new(law)).is_some() {
                return Err(ShelfError::Twice(one.name.clone()));
            }
        }
        Ok(Self(Arc::new(laws)))
    }

    /// The law of this name.
    pub fn law(&self, name: &str) -> Option<&Arc<Law>> {
        self.0.get(name)
    }

    /// All, by name.
    pub fn laws(&self) -> impl Iterator<Item = &Arc<Law>> {
        self.0.values()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Law {
    fn read(settings: &LawSettings) -> Result<Self, ShelfError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if settings.name.is_empty() || !settings.name.bytes().all(fits) || settings.name == "certificates" {
            return Err(ShelfError::Name(settings.name.clone()));
        }
        let wrong = |reason: String| ShelfError::Package {
            name: settings.name.clone(),
            package: settings.package.clone(),
            reason,
        };
        let package = Package::load(&settings.package).map_err(|error| wrong(error.to_string()))?;
        let sha256 = certificate::package_hash(&package).map_err(|error| wrong(error.to_string()))?;
        let english = if settings.title_en.is_empty() { &settings.title } else { &settings.title_en };
        Ok(Self {
            name: settings.name.clone(),
            title: Words { ko: settings.title.clone(), en: english.clone() },
            acts: acts(&package),
            examples: examples(&package),
            sha256,
            package: Arc::new(package),
        })
    }

    /// The situation of this name.
    pub fn example(&self, name: &str) -> Option<&Example> {
        self.examples.iter().find(|example| example.name == name)
    }

    /// How many variables have a formula.
    pub fn results(&self) -> usize {
        self.acts.iter().map(|act| act.results.len()).sum()
    }

    /// How many variables are facts.
    pub fn facts(&self) -> usize {
        self.acts.iter().map(|act| act.facts.len()).sum()
    }
}

/// The label of a variable, or its name where it has none.
pub fn label(variable: &Variable) -> Words {
    Words::of_label(variable.label.as_deref().unwrap_or(&variable.name))
}

/// The variables by the folder that they stand in below `variables/`.
fn acts(package: &Package) -> Vec<Act> {
    let base = package.root.join("variables");
    let mut acts: BTreeMap<String, Act> = BTreeMap::new();
    for variable in package.system.variables.values() {
        let file = variable.source.as_ref().map_or(base.as_path(), |(file, ..)| file.as_path());
        let below = file.strip_prefix(&base).unwrap_or(file);
        let mut parts = below.iter();
        let first = parts.next().and_then(|part| part.to_str()).unwrap_or_default();
        // A file right below variables/ is a part of its own.
        let folder = first.strip_suffix(".py").unwrap_or(first).to_owned();
        let act = acts.entry(folder.clone()).or_insert_with(|| Act {
            title: title_of(&base, &folder),
            folder,
            results: Vec::new(),
            facts: Vec::new(),
        });
        let list = if variable.formulas.is_empty() { &mut act.facts } else { &mut act.results };
        list.push(Arc::clone(variable));
    }
    let mut acts: Vec<Act> = acts.into_values().collect();
    for act in &mut acts {
        act.results.sort_by_key(|variable| label(variable).ko);
        act.facts.sort_by_key(|variable| label(variable).ko);
    }
    acts.sort_by(|left, right| left.title.ko.cmp(&right.title.ko));
    acts
}

/// The first line of the text at the top of a folder's `__init__.py`, or of the file; else the folder's name.
fn title_of(base: &Path, folder: &str) -> Words {
    let read = |path: PathBuf| std::fs::read_to_string(path).ok();
    let text = read(base.join(folder).join("__init__.py")).or_else(|| read(base.join(format!("{folder}.py"))));
    let first = text.as_deref().map(str::trim_start).and_then(|text| text.strip_prefix("\"\"\"")).and_then(|text| {
        let line = text.lines().next()?.trim_end_matches('"').trim().trim_end_matches('.');
        (!line.is_empty()).then(|| line.to_owned())
    });
    Words::of_label(&first.unwrap_or_else(|| folder.replace('_', " ")))
}

/// The situations in `situation_examples/`, with their labels from `index.json` there.
fn examples(package: &Package) -> Vec<Example> {
    let folder = package.root.join("situation_examples");
    let read = |name: &str| -> Option<Json> {
        serde_json::from_str(&std::fs::read_to_string(folder.join(format!("{name}.json"))).ok()?).ok()
    };
    let index = read("index").unwrap_or(Json::Null);
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .filter(|name| name != "index")
        .collect();
    let place = |name: &str| index.as_object().and_then(|known| known.keys().position(|key| key == name));
    names.sort_by_key(|name| (place(name).unwrap_or(usize::MAX), name.clone()));
    names
        .into_iter()
        .filter_map(|name| {
            let situation = read(&name)?;
            let about = &index[&name];
            let label =
                about["label"].as_str().map_or_else(|| Words::of_label(&name.replace('_', " ")), Words::of_label);
            let question = about["variable"].as_str().zip(about["period"].as_str()).and_then(|(variable, period)| {
                Some((variable.to_owned(), Period::parse(period)?, about["of"].as_str().map(str::to_owned)))
            });
            let question = question.or_else(|| first_question(&situation));
            let situations = [true, false].map(|korean| renamed(&situation, &about["names"], korean));
            Some(Example { name, label, situations, names: about["names"].clone(), question })
        })
        .collect()
}

/// What somebody of an example is called in a language.
fn called(names: &Json, name: &str, korean: bool) -> String {
    names[name].as_str().map_or_else(|| name.to_owned(), |label| Words::of_label(label).in_language(korean).to_owned())
}

/// The situation with everybody called by their name in a language.
fn renamed(situation: &Json, names: &Json, korean: bool) -> Json {
    match situation {
        Json::String(name) => Json::String(called(names, name, korean)),
        Json::Array(items) => items.iter().map(|item| renamed(item, names, korean)).collect(),
        Json::Object(entries) => {
            entries.iter().map(|(key, value)| (called(names, key, korean), renamed(value, names, korean))).collect()
        }
        other => other.clone(),
    }
}

/// What a situation asks for first with null.
pub(crate) fn first_question(situation: &Json) -> Option<(String, Period, Option<String>)> {
    for instances in situation.as_object()?.values().filter_map(Json::as_object) {
        for (name, values) in instances {
            for (variable, dated) in values.as_object().into_iter().flatten() {
                let asked = dated.as_object().into_iter().flatten().find(|(_, value)| value.is_null());
                if let Some(period) = asked.and_then(|(period, _)| Period::parse(period)) {
                    return Some((variable.clone(), period, Some(name.clone())));
                }
            }
        }
    }
    None
}
