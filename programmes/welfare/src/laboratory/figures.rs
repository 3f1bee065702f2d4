//! The figures of the law that can be changed on paper: each with its name, its value in force and where that stands.

use maru_rules::{
    explain::Words,
    parameter::{About, Item, Parameter, ParameterNode, ParameterValue},
    system::Package,
};
use serde_json::Value as Json;

/// A figure of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The parameter's path; a bracket of a scale is `path[place].rate`.
    pub path: String,
    /// Where it belongs, then what it is: «기초연금 › 기준연금액».
    pub words: Words,
    /// Its unit, as the package writes it.
    pub unit: String,
    /// The value in force as text; nothing where the law has none, or it is not known.
    pub value: Option<String>,
    /// Since when it is in force.
    pub since: Option<String>,
    /// Where it stands: title and address.
    pub references: Vec<(String, String)>,
}

/// A value as it is written; nothing for what is no figure.
fn written(value: &ParameterValue) -> Option<String> {
    match value {
        ParameterValue::Int(value) => Some(value.to_string()),
        ParameterValue::Float(number) if number.float.is_finite() => Some(number.float.to_string()),
        ParameterValue::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether a parameter is a figure at all, whatever is known of it now.
fn is_figure(parameter: &Parameter) -> bool {
    let figure = |value: &ParameterValue| {
        matches!(value, ParameterValue::Int(_) | ParameterValue::Float(_) | ParameterValue::Bool(_))
    };
    parameter.values.iter().any(|dated| figure(&dated.value))
}

fn words(about: &About) -> Words {
    let name = about.name.rsplit('.').next().unwrap_or_default();
    let plain = || Words::of_label(&name.replace('_', " "));
    about.description.as_deref().map_or_else(plain, Words::of_label)
}

/// What a reference says: a title with an address, an address alone, or several of them.
fn references(value: &Json) -> Vec<(String, String)> {
    match value {
        Json::String(text) => vec![(text.clone(), text.clone())],
        Json::Array(items) => items.iter().flat_map(references).collect(),
        Json::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
            vec![(text("title"), text("href"))]
        }
        _ => Vec::new(),
    }
}

struct Catalogue<'day> {
    day: &'day str,
    found: Vec<Figure>,
}

impl Catalogue<'_> {
    fn node(&mut self, node: &ParameterNode, above: &Words) {
        for child in node.children.values() {
            match child {
                Item::Node(inner) => self.node(inner, &below(above, &words(&inner.about))),
                Item::Parameter(parameter) => self.parameter(parameter, above, &parameter.about.name),
                Item::Scale(scale) => {
                    let name = below(above, &words(&scale.about));
                    for (place, bracket) in scale.brackets.iter().enumerate() {
                        let number = place + 1;
                        let bracket_words =
                            Words { ko: format!("{number}번째 구간"), en: format!("bracket {number}") };
                        let inside = below(&name, &bracket_words);
                        for (key, item) in &bracket.children {
                            if let Item::Parameter(parameter) = item {
                                let path = format!("{}[{place}].{key}", scale.about.name);
                                self.parameter(parameter, &inside, &path);
                            }
                        }
                    }
                }
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter, above: &Words, path: &str) {
        if !is_figure(parameter) {
            return;
        }
        let about = &parameter.about;
        let dated = parameter.at(self.day);
        let of_value = dated.and_then(|dated| dated.metadata.get("reference"));
        let reference = of_value.or_else(|| about.metadata.get("reference")).map(references).unwrap_or_default();
        let unit = about.metadata.get("unit").and_then(Json::as_str).unwrap_or_default();
        self.found.push(Figure {
            path: path.to_owned(),
            words: below(above, &words(about)),
            unit: unit.to_owned(),
            value: dated.and_then(|dated| written(&dated.value)),
            since: dated.map(|dated| dated.instant.clone()),
            references: reference,
        });
    }
}

fn below(above: &Words, name: &Words) -> Words {
    let join = |above: &str, name: &str| if above.is_empty() { name.to_owned() } else { format!("{above} › {name}") };
    Words { ko: join(&above.ko, &name.ko), en: join(&above.en, &name.en) }
}

/// All figures, with the values in force on a day.
pub fn all(package: &Package, day: &str) -> Vec<Figure> {
    let mut catalogue = Catalogue { day, found: Vec::new() };
    catalogue.node(&package.system.parameters, &Words::default());
    catalogue.found
}

/// The figure at a path.
pub fn at(package: &Package, path: &str, day: &str) -> Option<Figure> {
    all(package, day).into_iter().find(|figure| figure.path == path)
}

/// Figures in whose names, path or articles every word occurs.
pub fn search(package: &Package, text: &str, day: &str) -> Vec<Figure> {
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |figure: &Figure| {
        let articles = figure.references.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>().join(" ");
        let known = format!("{} {} {} {articles}", figure.words.ko, figure.words.en, figure.path).to_lowercase();
        wanted.iter().all(|word| known.contains(word))
    };
    all(package, day).into_iter().filter(fits).collect()
}
