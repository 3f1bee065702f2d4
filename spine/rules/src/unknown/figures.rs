//! Figures that the law leaves open: each made a «not a number» of its own, so that a result can say which one it needs.

use crate::number::{Number, Rational};
use crate::parameter::{DatedValue, Item, Parameter, ParameterNode, ParameterScale, ParameterValue};
use crate::system::System;
use serde_json::Value as Json;
use std::sync::Arc;

/// A parameter without a figure from a date on.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenFigure {
    /// The parameter's path.
    pub name: String,
    /// The day from which it is open.
    pub from: String,
    /// What it is.
    pub description: Option<String>,
    /// What is missing, in the package's words.
    pub note: Option<String>,
    /// The references beside it.
    pub reference: Option<Json>,
}

/// The first bits of what is not a number; the last tell figures apart.
const NOT_A_NUMBER: u64 = 0x7ff8_0000_0000_0000;

/// The bits that stand for a figure.
pub(crate) fn bits(figure: usize) -> u64 {
    NOT_A_NUMBER | (figure as u64 + 1)
}

struct Marker {
    figures: Vec<OpenFigure>,
}

impl Marker {
    fn node(&mut self, node: &ParameterNode) -> ParameterNode {
        ParameterNode {
            about: node.about.clone(),
            children: node.children.iter().map(|(name, item)| (name.clone(), self.item(item))).collect(),
        }
    }

    fn item(&mut self, item: &Item) -> Item {
        match item {
            Item::Node(node) => Item::Node(Arc::new(self.node(node))),
            Item::Parameter(parameter) => Item::Parameter(Arc::new(self.parameter(parameter))),
            Item::Scale(scale) => Item::Scale(Arc::new(ParameterScale {
                about: scale.about.clone(),
                brackets: scale.brackets.iter().map(|bracket| self.node(bracket)).collect(),
            })),
        }
    }

    fn parameter(&mut self, parameter: &Parameter) -> Parameter {
        let values = parameter.values.iter().map(|dated| self.dated(parameter, dated)).collect();
        Parameter { about: parameter.about.clone(), values }
    }

    fn dated(&mut self, parameter: &Parameter, dated: &DatedValue) -> DatedValue {
        let ParameterValue::Float(number) = &dated.value else { return dated.clone() };
        if !number.float.is_nan() {
            return dated.clone();
        }
        let text = |key: &str| dated.metadata.get(key).and_then(Json::as_str).map(str::to_owned);
        self.figures.push(OpenFigure {
            name: parameter.about.name.clone(),
            from: dated.instant.clone(),
            description: parameter.about.description.clone(),
            note: text("note"),
            reference: dated.metadata.get("reference").or_else(|| parameter.about.metadata.get("reference")).cloned(),
        });
        let float = f64::from_bits(bits(self.figures.len() - 1));
        let value = ParameterValue::Float(Number { float, exact: Some(Rational::NOT_A_NUMBER) });
        DatedValue { value, ..dated.clone() }
    }
}

/// The rules with every open figure told apart, and the figures.
pub(crate) fn marked(system: &System) -> (System, Vec<OpenFigure>) {
    let mut marker = Marker { figures: Vec::new() };
    let parameters = Arc::new(marker.node(&system.parameters));
    (System { parameters, ..system.clone() }, marker.figures)
}

/// The figures that a package leaves open on a day, for a list of gaps.
pub fn open_figures(system: &System, instant: &str) -> Vec<OpenFigure> {
    let (_, mut figures) = marked(system);
    figures.retain(|figure| {
        figure.from.as_str() <= instant
            && match system.parameters.find(&figure.name) {
                Some(Item::Parameter(parameter)) => {
                    parameter.at(instant).is_none_or(|dated| dated.instant == figure.from)
                }
                _ => true,
            }
    });
    figures
}
