//! Parameters as Python has them: read by formulas, changed by reforms.

use super::{Dictionary, Key, Shared, Value, lock, shared};
use crate::parameter::{About, DatedValue, Item, Parameter, ParameterNode, ParameterScale, ParameterValue};
use indexmap::IndexMap;
use std::sync::Arc;

/// How deep a tree of parameters may be.
const DEEPEST_TREE: usize = 60;

/// What stands beside a parameter that is being changed; its metadata as a dictionary once somebody asked for them.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) about: About,
    metadata: Option<Shared<Dictionary>>,
}

impl From<&About> for Described {
    fn from(about: &About) -> Self {
        Self { about: about.clone(), metadata: None }
    }
}

impl Described {
    /// The metadata as a dictionary that changes them.
    pub(crate) fn metadata(&mut self) -> Shared<Dictionary> {
        let about = &self.about;
        let read = || {
            let entries = about.metadata.iter().map(|(key, value)| {
                let value = crate::evaluate::json_value(value);
                (Key::Text(Arc::from(key.as_str())), (Value::text(key), value))
            });
            shared(entries.collect())
        };
        Arc::clone(self.metadata.get_or_insert_with(read))
    }

    /// As it stands now.
    fn freeze(&self) -> About {
        let mut about = self.about.clone();
        if let Some(metadata) = &self.metadata
            && let Ok(now) = crate::evaluate::yaml_of(&Value::Dict(Arc::clone(metadata)))
            && let serde_json::Value::Object(now) = now.to_json()
        {
            about.metadata = now;
        }
        about
    }
}

/// A parameter tree that a reform changes.
#[derive(Clone, Debug)]
pub(crate) enum Mutable {
    Node { about: Described, children: IndexMap<String, Value> },
    Parameter { about: Described, values: Shared<Vec<Value>> },
    Scale { about: Described, brackets: Shared<Vec<Value>> },
    Dated(DatedValue),
}

/// A value of a parameter file as Python has it.
pub(crate) fn from_parameter(value: &ParameterValue) -> Value {
    match value {
        ParameterValue::Null => Value::None,
        ParameterValue::Bool(value) => Value::Bool(*value),
        ParameterValue::Int(value) => Value::Int(*value),
        ParameterValue::Float(number) => Value::Float(*number),
        ParameterValue::Text(text) => Value::Text(Arc::clone(text)),
        ParameterValue::List(items) => Value::list(items.iter().map(from_parameter).collect()),
    }
}

/// The other way; `None` for what no parameter can be.
pub(crate) fn to_parameter(value: &Value) -> Option<ParameterValue> {
    Some(match value {
        Value::None => ParameterValue::Null,
        Value::Bool(value) => ParameterValue::Bool(*value),
        Value::Int(value) => ParameterValue::Int(*value),
        Value::Float(number) => ParameterValue::Float(*number),
        Value::Text(text) => ParameterValue::Text(Arc::clone(text)),
        Value::List(items) => ParameterValue::List(lock(items).iter().map(to_parameter).collect::<Option<_>>()?),
        _ => return None,
    })
}

/// A parameter tree that can be changed.
pub(crate) fn thaw(item: &Item) -> Value {
    let mutable = match item {
        Item::Node(node) => return thaw_node(node),
        Item::Parameter(parameter) => Mutable::Parameter {
            about: Described::from(&parameter.about),
            values: shared(
                parameter.values.iter().map(|dated| Value::Tree(shared(Mutable::Dated(dated.clone())))).collect(),
            ),
        },
        Item::Scale(scale) => Mutable::Scale {
            about: Described::from(&scale.about),
            brackets: shared(scale.brackets.iter().map(thaw_node).collect()),
        },
    };
    Value::Tree(shared(mutable))
}

pub(crate) fn thaw_node(node: &ParameterNode) -> Value {
    let children = node.children.iter().map(|(name, child)| (name.clone(), thaw(child))).collect();
    Value::Tree(shared(Mutable::Node { about: Described::from(&node.about), children }))
}

/// The tree as it stands; `None` where something that is no parameter was put in it.
pub(crate) fn freeze(value: &Value) -> Option<Item> {
    freeze_within(value, 0)
}

/// A tree that was put into itself has no end: it is refused, as is one that is deeper than any law.
fn freeze_within(value: &Value, depth: usize) -> Option<Item> {
    let Value::Tree(tree) = value else { return None };
    if depth > DEEPEST_TREE {
        return None;
    }
    // Cloning shares the children, and leaves the node free for one that is its own child.
    let mutable = lock(tree).clone();
    let freeze = |value: &Value| freeze_within(value, depth + 1);
    Some(match &mutable {
        Mutable::Node { about, children } => {
            let children =
                children.iter().map(|(name, child)| Some((name.clone(), freeze(child)?))).collect::<Option<_>>()?;
            Item::Node(Arc::new(ParameterNode { about: about.freeze(), children }))
        }
        Mutable::Parameter { about, values } => {
            let values = lock(values)
                .iter()
                .map(|value| match value {
                    Value::Tree(dated) => match &*lock(dated) {
                        Mutable::Dated(dated) => Some(dated.clone()),
                        _ => None,
                    },
                    _ => None,
                })
                .collect::<Option<_>>()?;
            Item::Parameter(Arc::new(Parameter { about: about.freeze(), values }))
        }
        Mutable::Scale { about, brackets } => {
            let brackets = lock(brackets)
                .iter()
                .map(|bracket| match freeze(bracket)? {
                    Item::Node(node) => Some((*node).clone()),
                    _ => None,
                })
                .collect::<Option<_>>()?;
            Item::Scale(Arc::new(ParameterScale { about: about.freeze(), brackets }))
        }
        Mutable::Dated(_) => return None,
    })
}
