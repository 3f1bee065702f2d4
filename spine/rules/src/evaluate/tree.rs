//! Parameters: at an instant in formulas, as a tree to change in reforms.

use super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, Kind, NodeId, Operation, Table};
use crate::parameter::{Item, ParameterNode, ParameterReader};
use crate::period::Instant;
use crate::syntax::Name;
use crate::value::{
    Described, Dictionary, Indexed, Key, Mutable, Outcome, Value, from_parameter, lock, shared, thaw, thaw_node,
    to_parameter,
};
use crate::yaml::{Node as YamlNode, Yaml};
use indexmap::IndexMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

fn not_found(path: &str, instant: &str) -> Diagnostic {
    Diagnostic::raised(
        "ParameterNotFoundError",
        format!("The parameter '{path}' was not found in the {instant} tax and benefit system."),
    )
}

impl Evaluator {
    /// `parameters(period)`
    pub(crate) fn parameters_at(&mut self, moment: &Value) -> Outcome<Value> {
        let instant = super::builtin::instant(moment)?;
        let system = self.system()?;
        Ok(Value::ParameterAt(Arc::clone(&system.parameters), Arc::from(instant.to_string())))
    }

    /// A child of a parameter node at an instant; reading a value is remembered for explanations.
    pub(crate) fn parameter_child(
        &mut self,
        node: &ParameterNode,
        instant: &Name,
        name: &str,
        required: bool,
    ) -> Outcome<Option<Value>> {
        let found = match node.children.get(name) {
            Some(Item::Node(inner)) => Some(Value::ParameterAt(Arc::clone(inner), Arc::clone(instant))),
            Some(Item::Parameter(parameter)) => parameter.at(instant).map(|dated| {
                if required && let Some(session) = &mut self.session {
                    session.read_parameter(&parameter.about.name, instant, &dated.value);
                }
                from_parameter(&dated.value)
            }),
            Some(Item::Scale(scale)) => {
                if required && let Some(session) = &mut self.session {
                    session.read_scale(&scale.about.name, instant);
                }
                Some(Value::Scale(shared(scale.at(instant))))
            }
            None => None,
        };
        if found.is_none() && required {
            return Err(not_found(&crate::parameter::compose(&node.about.name, name), instant));
        }
        Ok(found)
    }

    /// An attribute of a parameter node.
    pub(crate) fn parameter_attribute(
        &mut self,
        node: &Arc<ParameterNode>,
        instant: &Name,
        name: &str,
    ) -> Outcome<Value> {
        match name {
            "_children" => {
                let mut children = Dictionary::new();
                for child in node.children.keys() {
                    if let Some(value) = self.parameter_child(node, instant, child, false)? {
                        children.insert(Key::Text(Arc::from(child.as_str())), (Value::text(child), value));
                    }
                }
                Ok(Value::Dict(shared(children)))
            }
            "_name" => Ok(Value::text(&node.about.name)),
            "_instant_str" => Ok(Value::Text(Arc::clone(instant))),
            _ => self.parameter_child(node, instant, name, true)?.ok_or_else(|| not_found(name, instant)),
        }
    }

    /// A parameter node indexed by a column of names, members of an enumeration, whole numbers or dates.
    pub(crate) fn index_parameters(
        &mut self,
        node: &Arc<ParameterNode>,
        instant: &Name,
        key: NodeId,
    ) -> Outcome<Value> {
        let session = self.session()?;
        let entries: Vec<(Constant, String)> = match session.graph.kind(key) {
            Kind::Enum(id) => {
                let enumeration = session.enumeration(id)?;
                enumeration
                    .members
                    .iter()
                    .enumerate()
                    .map(|(index, (name, _))| (Constant::Int(index as i64), name.to_string()))
                    .collect()
            }
            Kind::Text => {
                node.children.keys().map(|name| (Constant::Text(Arc::from(name.as_str())), name.clone())).collect()
            }
            Kind::Bool | Kind::Int32 | Kind::Int64 | Kind::Float32 | Kind::Float64 => node
                .children
                .keys()
                .filter_map(|name| name.parse().ok().map(|number| (Constant::Int(number), name.clone())))
                .collect(),
            Kind::Date => return self.index_by_date(node, instant, key),
            kind => {
                return Err(Diagnostic::raised(
                    "TypeError",
                    format!("parameters are not indexed by {}", kind.describe()),
                ));
            }
        };
        let mut children = Vec::new();
        for (constant, name) in entries {
            let child = self.parameter_child(node, instant, &name, false)?;
            if child.is_some() {
                self.parameter_child(node, instant, &name, true)?;
            }
            children.push((constant, child));
        }
        self.finish_index(node.about.name.clone(), key, children)
    }

    /// `before_1950_01_01`, `after_1950_01_01` …: the last child whose date has come.
    fn index_by_date(&mut self, node: &Arc<ParameterNode>, instant: &Name, key: NodeId) -> Outcome<Value> {
        let names: Vec<String> = node.children.keys().cloned().collect();
        let mut dated: Vec<(i32, String)> = Vec::new();
        let mut before = None;
        for name in names {
            match name.strip_prefix("after_").and_then(|date| Instant::parse(&date.replace('_', "-"))) {
                Some((instant, _)) => dated.push((instant.days(), name)),
                None => before = Some(name),
            }
        }
        dated.sort();
        let Some(before) = before else {
            return Err(Diagnostic::raised(
                "ValueError",
                format!("'{}' has no child for the time before", node.about.name),
            ));
        };
        let mut result = self.parameter_child(node, instant, &before, true)?.unwrap_or(Value::None);
        for (days, name) in dated {
            let value = self.parameter_child(node, instant, &name, true)?.unwrap_or(Value::None);
            let condition = self.columns(Binary::LessOrEqual, &Value::Date(days), &Value::Column(key))?;
            result = self.choose(&condition, &value, &result)?;
        }
        Ok(result)
    }

    /// Leaves become a table; inner nodes stay to be asked further.
    fn finish_index(&mut self, name: String, key: NodeId, children: Vec<(Constant, Option<Value>)>) -> Outcome<Value> {
        let leaf = |value: &Value| matches!(value, Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_));
        let present: Vec<&Value> = children.iter().filter_map(|(_, value)| value.as_ref()).collect();
        if present.is_empty() {
            return Err(Diagnostic::raised("ParameterNotFoundError", format!("'{name}' has no value for any key")));
        }
        if present.iter().any(|value| matches!(value, Value::Scale(_))) {
            return Err(Diagnostic::unsupported(
                "scales indexed by a column",
                "calculate each scale and choose among the results with where(…) or select(…)",
            ));
        }
        if !present.iter().all(|value| leaf(value)) {
            return Ok(Value::Indexed(Arc::new(Indexed { name, key, entries: children })));
        }
        let kind = if present.iter().all(|value| matches!(value, Value::Bool(_))) {
            Kind::Bool
        } else if present.iter().all(|value| matches!(value, Value::Int(_) | Value::Bool(_))) {
            Kind::Int64
        } else if present.iter().all(|value| matches!(value, Value::Text(_))) {
            Kind::Text
        } else {
            Kind::Float64
        };
        let mut entries = Vec::new();
        for (constant, value) in &children {
            let value = match value {
                Some(Value::Bool(value)) => Some(Constant::Bool(*value)),
                Some(Value::Int(value)) => Some(Constant::Int(*value)),
                Some(Value::Float(number)) => Some(Constant::Float(*number)),
                Some(Value::Text(text)) => Some(Constant::Text(Arc::clone(text))),
                _ => None,
            };
            entries
                .push((constant.clone(), value.map(|value| crate::graph::convert_constant(&value, kind)).transpose()?));
        }
        let graph = &mut self.session()?.graph;
        let shape = graph.shape(key);
        graph
            .add(Operation::Lookup(Arc::new(Table { name: Arc::from(name), entries }), key), kind, shape)
            .map(Value::Column)
    }

    /// `parameters.zones[zone].rate`
    pub(crate) fn indexed_child(&mut self, indexed: &Indexed, name: &str) -> Outcome<Value> {
        let mut children = Vec::new();
        for (constant, value) in &indexed.entries {
            let child = match value {
                Some(Value::ParameterAt(node, instant)) => {
                    let child = self.parameter_child(node, instant, name, false)?;
                    if child.is_some() {
                        self.parameter_child(node, instant, name, true)?;
                    }
                    child
                }
                _ => None,
            };
            children.push((constant.clone(), child));
        }
        self.finish_index(crate::parameter::compose(&indexed.name, name), indexed.key, children)
    }

    /// `parameters.zones[zone][size]`
    pub(crate) fn index_again(&mut self, indexed: &Indexed, key: NodeId) -> Outcome<Value> {
        let mut result: Option<Value> = None;
        for (constant, value) in indexed.entries.iter().rev() {
            let Some(Value::ParameterAt(node, instant)) = value else { continue };
            let column = self.index_parameters(node, instant, key)?;
            result = Some(match result {
                None => column,
                Some(rest) => {
                    let constant = match constant {
                        Constant::Text(text) => Value::Text(Arc::clone(text)),
                        Constant::Int(value) => Value::Int(*value),
                        other => return Err(Diagnostic::raised("TypeError", format!("unexpected key {other:?}"))),
                    };
                    let condition = self.columns(Binary::Equal, &Value::Column(indexed.key), &constant)?;
                    self.choose(&condition, &column, &rest)?
                }
            });
        }
        result.ok_or_else(|| {
            Diagnostic::raised("ParameterNotFoundError", format!("'{}' has no value for any key", indexed.name))
        })
    }

    /// An element of a tree that a reform changes.
    pub(crate) fn tree_item(&mut self, tree: &Value, index: &Value) -> Outcome<Value> {
        let Value::Tree(inner) = tree else { return Ok(Value::None) };
        match (&*lock(inner), index) {
            (Mutable::Node { children, about }, Value::Text(name)) => children
                .get(&**name)
                .cloned()
                .ok_or_else(|| Diagnostic::raised("KeyError", format!("'{name}' in {}", about.about.name))),
            (Mutable::Scale { brackets, .. }, index) => {
                let brackets = lock(brackets);
                Ok(brackets[super::arithmetic::place(index, brackets.len())?].clone())
            }
            _ => Err(Diagnostic::raised("TypeError", "this parameter is not subscriptable")),
        }
    }

    /// The children of a node as an ordinary dictionary, which no longer changes the node.
    pub(crate) fn children_of(node: &Mutex<Mutable>) -> Dictionary {
        match &*lock(node) {
            Mutable::Node { children, .. } => children
                .iter()
                .map(|(key, value)| (Key::Text(Arc::from(key.as_str())), (Value::text(key), value.clone())))
                .collect(),
            _ => Dictionary::new(),
        }
    }

    /// A method of a node's children: what it does to the dictionary, it does to the node.
    pub(crate) fn children_method(
        &mut self,
        node: &Mutex<Mutable>,
        name: &Name,
        arguments: &Arguments,
    ) -> Outcome<Value> {
        let plain = |value: &Value| match value {
            Value::Children(other) => Value::Dict(shared(Self::children_of(other))),
            other => other.clone(),
        };
        let arguments =
            Arguments { positional: arguments.positional.iter().map(plain).collect(), named: arguments.named.clone() };
        let entries = shared(Self::children_of(node));
        let result = self.container_method(&Value::Dict(Arc::clone(&entries)), name, &arguments)?;
        if let Mutable::Node { children, .. } = &mut *lock(node) {
            *children = lock(&entries).values().map(|(key, value)| (key.display(), value.clone())).collect();
        }
        Ok(result)
    }

    /// An attribute of a tree that a reform changes.
    pub(crate) fn tree_attribute(tree: &Value, name: &Name) -> Outcome<Value> {
        let Value::Tree(inner) = tree else { return Ok(Value::None) };
        let about_value = |described: &mut Described, name: &str| match name {
            "name" => Some(Value::text(&described.about.name)),
            "description" => Some(described.about.description.as_ref().map_or(Value::None, Value::text)),
            "documentation" => Some(described.about.documentation.as_ref().map_or(Value::None, Value::text)),
            "metadata" => Some(Value::Dict(described.metadata())),
            "file_path" => {
                Some(described.about.file.as_ref().map_or(Value::None, |file| Value::text(file.to_string_lossy())))
            }
            _ => None,
        };
        let found = match &mut *lock(inner) {
            Mutable::Node { about, children } => children.get(&**name).cloned().or_else(|| match &**name {
                "children" => Some(Value::Children(Arc::clone(inner))),
                other => about_value(about, other),
            }),
            Mutable::Parameter { about, values } => match &**name {
                "values_list" => Some(Value::List(Arc::clone(values))),
                "values_history" => Some(tree.clone()),
                other => about_value(about, other),
            },
            Mutable::Scale { about, brackets } => match &**name {
                "brackets" => Some(Value::List(Arc::clone(brackets))),
                other => about_value(about, other),
            },
            Mutable::Dated(dated) => match &**name {
                "value" => Some(from_parameter(&dated.value)),
                "instant_str" => Some(Value::text(&dated.instant)),
                _ => None,
            },
        };
        Ok(found.unwrap_or_else(|| Value::Method(Arc::new((tree.clone(), Arc::clone(name))))))
    }

    /// Sets an attribute of a tree.
    pub(crate) fn set_tree_attribute(tree: &Value, name: &Name, value: Value) -> Outcome<()> {
        let Value::Tree(inner) = tree else { return Ok(()) };
        match &mut *lock(inner) {
            Mutable::Dated(dated) if &**name == "value" => {
                dated.value = to_parameter(&value).ok_or_else(|| {
                    Diagnostic::raised("TypeError", format!("'{}' cannot be a parameter's value", value.type_name()))
                })?;
                Ok(())
            }
            Mutable::Node { children, .. } => {
                children.insert(name.to_string(), value);
                Ok(())
            }
            Mutable::Scale { brackets, .. } if &**name == "brackets" => {
                if let Value::List(new) = &value {
                    *brackets = Arc::clone(new);
                }
                Ok(())
            }
            Mutable::Parameter { values, .. } if &**name == "values_list" => {
                if let Value::List(new) = &value {
                    *values = Arc::clone(new);
                }
                Ok(())
            }
            // Descriptions and the like do not bear on results.
            _ => Ok(()),
        }
    }

    /// A method of a tree.
    pub(crate) fn tree_method(&mut self, tree: &Value, name: &Name, arguments: &Arguments) -> Outcome<Value> {
        let Value::Tree(inner) = tree else { return Ok(Value::None) };
        match &**name {
            "update" => self.update_parameter(tree, arguments),
            "add_child" => {
                let child_name = arguments.require(0, "name", "add_child")?.display();
                let child = arguments.require(1, "child", "add_child")?;
                if let Mutable::Node { children, .. } = &mut *lock(inner) {
                    children.insert(child_name, child);
                }
                Ok(Value::None)
            }
            "merge" => {
                let other = arguments.require(0, "other", "merge")?;
                if let Value::Tree(other) = &other {
                    let more = match &*lock(other) {
                        Mutable::Node { children, .. } => children.clone(),
                        _ => IndexMap::new(),
                    };
                    if let Mutable::Node { children, .. } = &mut *lock(inner) {
                        children.extend(more);
                    }
                }
                Ok(Value::None)
            }
            "clone" => crate::value::freeze(tree)
                .map(|item| thaw(&item))
                .ok_or_else(|| Diagnostic::raised("TypeError", "this tree holds what is no parameter")),
            "get_at_instant" | "__call__" => {
                let instant = super::builtin::instant(&arguments.require(0, "instant", name)?)?;
                self.tree_at(tree, instant)
            }
            "get_descendants" => {
                let mut all = Vec::new();
                descendants(tree, &mut all);
                Ok(Value::list(all))
            }
            _ => {
                let attribute = Self::tree_attribute(tree, name)?;
                match attribute {
                    Value::Method(_) => {
                        Err(Diagnostic::raised("AttributeError", format!("the parameter has no method '{name}'")))
                    }
                    Value::Tree(_) => {
                        let instant = super::builtin::instant(&arguments.require(0, "instant", name)?)?;
                        self.tree_at(&attribute, instant)
                    }
                    other => self.call(
                        &other,
                        Arguments { positional: arguments.positional.clone(), named: arguments.named.clone() },
                    ),
                }
            }
        }
    }

    /// The tree on a day.
    pub(crate) fn tree_at(&mut self, tree: &Value, instant: Instant) -> Outcome<Value> {
        let instant: Name = Arc::from(instant.to_string());
        match crate::value::freeze(tree) {
            Some(Item::Node(node)) => Ok(Value::ParameterAt(node, instant)),
            Some(Item::Parameter(parameter)) => {
                Ok(parameter.at(&instant).map_or(Value::None, |dated| from_parameter(&dated.value)))
            }
            Some(Item::Scale(scale)) => Ok(Value::Scale(shared(scale.at(&instant)))),
            None => Err(Diagnostic::raised("TypeError", "this tree holds what is no parameter")),
        }
    }

    fn update_parameter(&mut self, tree: &Value, arguments: &Arguments) -> Outcome<Value> {
        let Some(Item::Parameter(parameter)) = crate::value::freeze(tree) else {
            return Err(Diagnostic::raised("AttributeError", "only parameters with values by date are updated"));
        };
        let present = |place: usize, name: &str| arguments.take(place, name).filter(|value| !value.is_none());
        let (start, stop) = if let Some(period) = present(0, "period") {
            let period = super::builtin::period(&period)?;
            (period.start, period.stop())
        } else {
            let start = present(1, "start")
                .ok_or_else(|| Diagnostic::raised("ValueError", "You must provide either a start or a period"))?;
            let stop = present(2, "stop").map(|stop| super::builtin::instant(&stop)).transpose()?;
            (super::builtin::instant(&start)?, stop)
        };
        let value = arguments.take(3, "value").unwrap_or(Value::None);
        let value = to_parameter(&value).ok_or_else(|| {
            Diagnostic::raised("TypeError", format!("'{}' cannot be a parameter's value", value.type_name()))
        })?;
        let after_stop = stop.and_then(|stop| stop.offset(1, crate::period::Unit::Day)).map(|stop| stop.to_string());
        let mut updated = (*parameter).clone();
        updated.update(&start.to_string(), after_stop.as_deref(), value);
        if let Value::Tree(inner) = tree
            && let Mutable::Parameter { values, .. } = &*lock(inner)
        {
            *lock(values) =
                updated.values.into_iter().map(|dated| Value::Tree(shared(Mutable::Dated(dated)))).collect();
        }
        Ok(Value::None)
    }

    /// `ParameterNode(…)`, `Parameter(…)`, `ParameterScale(…)`, `ParameterScaleBracket(…)`
    pub(crate) fn new_tree(&mut self, class: &str, arguments: &Arguments) -> Outcome<Value> {
        let name = arguments.take(0, "name").map_or_else(String::new, |name| name.display());
        if let Some(directory) = arguments.named("directory_path").filter(|value| !value.is_none()) {
            let path = self.readable(&directory.display())?;
            let mut reader = ParameterReader::default();
            let node = reader.folder(&path, &name);
            self.diagnostics.append(&mut reader.diagnostics);
            return Ok(thaw_node(&node));
        }
        let place = if class == "ParameterNode" { 2 } else { 1 };
        let data = arguments
            .take(place, "data")
            .filter(|data| !data.is_none())
            .unwrap_or_else(|| Value::Dict(shared(Dictionary::new())));
        let data = yaml_of(&data)?;
        let file = Path::new("a reform");
        match class {
            "ParameterNode" => crate::parameter::node(&name, &data, file).map(|node| thaw_node(&node)),
            "ParameterScaleBracket" => crate::parameter::bracket(&name, &data, file).map(|node| thaw_node(&node)),
            _ => crate::parameter::item(&name, &data, file).map(|item| thaw(&item)),
        }
    }

    /// `load_parameter_file(path, name)`
    pub(crate) fn load_parameter_file(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let path = self.readable(&arguments.require(0, "file_path", "load_parameter_file")?.display())?;
        let name = arguments.take(1, "name").map_or_else(String::new, |name| name.display());
        let mut reader = ParameterReader::default();
        let item = if path.is_dir() {
            Some(Item::Node(Arc::new(reader.folder(&path, &name))))
        } else {
            reader.file(&path, &name)
        };
        self.diagnostics.append(&mut reader.diagnostics);
        item.map(|item| thaw(&item))
            .ok_or_else(|| Diagnostic::raised("ParameterParsingError", format!("{} cannot be read", path.display())))
    }
}

fn descendants(tree: &Value, all: &mut Vec<Value>) {
    let Value::Tree(inner) = tree else { return };
    let children: Vec<Value> = match &*lock(inner) {
        Mutable::Node { children, .. } => children.values().cloned().collect(),
        _ => Vec::new(),
    };
    for child in children {
        all.push(child.clone());
        descendants(&child, all);
    }
}

/// A Python structure as YAML would have it.
pub(crate) fn yaml_of(value: &Value) -> Outcome<YamlNode> {
    let node = |value: Yaml, text: String| YamlNode { value, text, line: 1 };
    Ok(match value {
        Value::None => node(Yaml::Null, String::new()),
        Value::Bool(value) => node(Yaml::Bool(*value), value.to_string()),
        Value::Int(value) => node(Yaml::Int(*value), value.to_string()),
        Value::Float(number) => node(Yaml::Float(*number), number.to_string()),
        Value::List(_) | Value::Tuple(_) => {
            let items = match value {
                Value::List(items) => lock(items).clone(),
                Value::Tuple(items) => items.to_vec(),
                _ => Vec::new(),
            };
            node(Yaml::List(items.iter().map(yaml_of).collect::<Outcome<_>>()?), String::new())
        }
        Value::Dict(entries) => {
            let entries = lock(entries).clone();
            let mut pairs = Vec::new();
            for (key, value) in entries.values() {
                let text = key.display();
                pairs.push((node(Yaml::Text(text.clone()), text), yaml_of(value)?));
            }
            node(Yaml::Map(pairs), String::new())
        }
        other => node(Yaml::Text(other.display()), other.display()),
    })
}

/// JSON as a Python structure.
pub(crate) fn json_value(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::float(number.as_f64().unwrap_or(0.0)), Value::Int)
        }
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => Value::list(items.iter().map(json_value).collect()),
        serde_json::Value::Object(entries) => Value::Dict(shared(
            entries
                .iter()
                .map(|(key, value)| (Key::Text(Arc::from(key.as_str())), (Value::text(key), json_value(value))))
                .collect(),
        )),
    }
}
