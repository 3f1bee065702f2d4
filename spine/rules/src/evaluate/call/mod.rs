//! Calls: functions of the package, methods of every kind of value, `super()`.

mod container;
mod text;
mod time;

use super::{Arguments, Evaluator, Frame, attribute, builtin};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Kind, TextTest, Unary};
use crate::parameter::Scale;
use crate::syntax::Name;
use crate::value::{Class, ClassKind, Key, Object, Outcome, Scope, Value, lock, shared};
use indexmap::IndexMap;
use std::sync::{Arc, Mutex};
use time::{date_method, instant_method, period_method};

impl Evaluator {
    /// Calls a value.
    pub(crate) fn call(&mut self, function: &Value, mut arguments: Arguments) -> Outcome<Value> {
        match function {
            Value::Function(function) => self.call_function(function, arguments),
            Value::Builtin(name) => {
                let name = Arc::clone(name);
                self.call_builtin(&name, &arguments)
            }
            Value::Method(method) => self.call_method(&method.0, &method.1, arguments),
            Value::Bound(bound) => {
                let mut positional = bound.1.clone();
                if matches!(positional.first(), Some(Value::Builtin(mark)) if matches!(&**mark, "staticmethod" | "classmethod" | "property"))
                {
                    positional.clear();
                }
                positional.append(&mut arguments.positional);
                arguments.positional = positional;
                self.call(&bound.0, arguments)
            }
            Value::Partial(partial) => {
                let positional = partial.1.iter().cloned().chain(arguments.positional).collect();
                let mut named = arguments.named;
                for (name, value) in &partial.2 {
                    if !named.iter().any(|(given, _)| given == name) {
                        named.push((Arc::clone(name), value.clone()));
                    }
                }
                self.call(&partial.0, Arguments { positional, named })
            }
            Value::Class(class) => self.instantiate(class, arguments),
            Value::Population(projector) => self.call_population(projector, &arguments),
            Value::Parameters => {
                let moment = arguments.require(0, "instant", "parameters")?;
                self.parameters_at(&moment)
            }
            Value::Tree(_) => {
                let instant = builtin::instant(&arguments.require(0, "instant", "parameter")?)?;
                self.tree_at(function, instant)
            }
            Value::EnumType(enumeration) => {
                let wanted = arguments.require(0, "value", &enumeration.name)?;
                let text = wanted.display();
                let index = enumeration.members.iter().position(|(_, value)| *value == text);
                index.map(|index| Value::EnumMember(Arc::clone(enumeration), index)).ok_or_else(|| {
                    Diagnostic::raised(
                        "ValueError",
                        format!("{} is not a valid {}", wanted.represent(), enumeration.name),
                    )
                })
            }
            Value::Kind(kind) => {
                let value = arguments.require(0, "value", "dtype")?;
                self.convert_value(&value, *kind)
            }
            Value::Poison(diagnostic) => Err((**diagnostic).clone()),
            other => Err(Diagnostic::raised("TypeError", format!("'{}' object is not callable", other.type_name()))),
        }
    }

    fn instantiate(&mut self, class: &Arc<Class>, arguments: Arguments) -> Outcome<Value> {
        match class.kind {
            ClassKind::Exception => {
                let message = arguments.positional.first().map_or_else(String::new, Value::display);
                return Ok(Value::Exception(Arc::clone(&class.name), Arc::from(message)));
            }
            ClassKind::System | ClassKind::Reform => return self.build_system(class, arguments),
            ClassKind::Variable => return Ok(Value::Class(Arc::clone(class))),
            ClassKind::Plain => {}
        }
        let object =
            Value::Object(Arc::new(Object { class: Arc::clone(class), attributes: Mutex::new(IndexMap::new()) }));
        if let Some(constructor) = class.attribute("__init__") {
            let constructor = attribute::bind(constructor, &object);
            self.call(&constructor, arguments)?;
        }
        Ok(object)
    }

    /// `super().name(…)`: the base's method on the same object.
    pub(crate) fn call_super(&mut self, name: &Name, arguments: Arguments, frame: &Frame) -> Outcome<Value> {
        let refused = || Diagnostic::unsupported("super() here", "call the base class by its name");
        let (scope, defining) = method_scope(frame).ok_or_else(refused)?;
        let object = lock(&scope.names).values().next().cloned().unwrap_or(Value::None);
        let class = match &object {
            Value::System(system) => Arc::clone(&system.class),
            Value::Object(instance) => Arc::clone(&instance.class),
            Value::Class(class) => Arc::clone(class),
            _ => return Err(refused()),
        };
        // The search goes on after the class whose method is running, in the order of the object's own class.
        let order = resolution_order(&class);
        let after = order.iter().position(|known| Arc::ptr_eq(known, &defining)).map_or(1, |place| place + 1);
        let inherited = order.iter().skip(after).find_map(|class| lock(&class.attributes).get(name).cloned());
        if let Some(method) = inherited {
            let method = attribute::bind(method, &object);
            return self.call(&method, arguments);
        }
        if let Value::System(system) = &object {
            return self.system_method(system, &object, name, arguments);
        }
        Ok(Value::None)
    }

    /// `object.name(arguments)`
    pub(crate) fn call_method(&mut self, object: &Value, name: &Name, arguments: Arguments) -> Outcome<Value> {
        match object {
            Value::Population(projector) => self.population_method(projector, name, &arguments),
            Value::Column(id) => self.column_method(*id, name, &arguments),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Date(_) | Value::Days(_)
                if &**name == "astype" =>
            {
                let kind = super::numpy::kind_of(&arguments.require(0, "dtype", name)?)?;
                self.scalar_as(object, kind)
            }
            Value::Scale(scale) => self.scale_method(scale, name, &arguments),
            Value::Period(period) => period_method(*period, name, &arguments),
            Value::Instant(instant) => instant_method(*instant, name, &arguments),
            Value::Date(days) => date_method(*days, name, &arguments),
            Value::Text(text) => self.text_method(text, name, &arguments),
            Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Tuple(_) => {
                self.container_method(object, name, &arguments)
            }
            Value::Tree(_) => self.tree_method(object, name, &arguments),
            Value::Children(node) => self.children_method(node, name, &arguments),
            Value::Holder(variable) => self.holder_method(variable, name, &arguments),
            Value::Entity(_) if &**name == "get_variable" => {
                let variable = arguments.require(0, "variable_name", name)?.display();
                let system = self.system()?;
                let known = system.variables.get(variable.as_str());
                Ok(known.map_or(Value::None, |known| Value::Holder(Arc::clone(&known.name))))
            }
            Value::System(system) => self.system_method(system, object, name, arguments),
            Value::EnumType(enumeration) if &**name == "encode" => {
                let array = arguments.require(0, "array", "encode")?;
                if let Value::Column(id) = &array
                    && matches!(self.session()?.graph.kind(*id), Kind::Enum(_))
                {
                    return Ok(array);
                }
                let enumeration = Arc::clone(enumeration);
                self.encode_text(&array, &enumeration)
            }
            Value::Float(number) => match &**name {
                "is_integer" => Ok(Value::Bool(number.float.fract() == 0.0)),
                "item" | "copy" => Ok(object.clone()),
                _ => Err(Diagnostic::raised("AttributeError", format!("'float' object has no attribute '{name}'"))),
            },
            Value::Bound(file) if matches!(&file.0, Value::Builtin(known) if &**known == "file") => match &**name {
                "read" | "read_text" => self.file_text(object).map(Value::text),
                "readlines" => {
                    let text = self.file_text(object)?;
                    Ok(Value::list(text.split_inclusive('\n').map(Value::text).collect()))
                }
                "open" => Ok(object.clone()),
                "joinpath" => {
                    let base = file.1.first().map_or_else(String::new, Value::display);
                    let path =
                        arguments.positional.iter().fold(base, |base, part| format!("{base}/{}", part.display()));
                    Ok(Value::Bound(Arc::new((file.0.clone(), vec![Value::text(path)]))))
                }
                "close" => Ok(Value::None),
                _ => Err(Diagnostic::unsupported(
                    format!("{name}() of a file"),
                    "read YAML or JSON with yaml.safe_load and json.load",
                )),
            },
            Value::Int(_) | Value::Bool(_) if matches!(&**name, "item" | "copy") => Ok(object.clone()),
            Value::Indexed(indexed) => {
                let child = self.indexed_child(indexed, name)?;
                self.call(&child, arguments)
            }
            Value::Builtin(builtin) if matches!(&**name, "__init__") => {
                // `TaxBenefitSystem.__init__(self, entities)`, the older way of saying super().
                let mut positional = arguments.positional.into_iter();
                match positional.next() {
                    Some(Value::System(system)) => {
                        let object = Value::System(Arc::clone(&system));
                        self.system_method(
                            &system,
                            &object,
                            name,
                            Arguments { positional: positional.collect(), named: arguments.named },
                        )
                    }
                    _ => Err(Diagnostic::unsupported(format!("{builtin}.__init__"), "use super().__init__(…)")),
                }
            }
            _ => {
                let function = self.attribute(object, name)?;
                if let Value::Method(method) = &function {
                    return Err(Diagnostic::raised(
                        "AttributeError",
                        format!("'{}' object has no attribute '{}'", method.0.type_name(), method.1),
                    ));
                }
                self.call(&function, arguments)
            }
        }
    }

    fn encode_text(&mut self, array: &Value, enumeration: &Arc<crate::entity::EnumType>) -> Outcome<Value> {
        if let Value::List(items) = array {
            let items = lock(items).clone();
            return items
                .iter()
                .map(|item| match item {
                    Value::Text(name) => enumeration
                        .index(name)
                        .map(|index| Value::EnumMember(Arc::clone(enumeration), index))
                        .ok_or_else(|| {
                            Diagnostic::raised(
                                "EnumMemberNotFoundError",
                                format!("'{name}' is no member of {}", enumeration.name),
                            )
                        }),
                    other => Ok(other.clone()),
                })
                .collect::<Outcome<Vec<_>>>()
                .map(Value::list);
        }
        let id = self.node(array)?;
        let graph = &mut self.session()?.graph;
        let shape = graph.shape(id);
        match graph.kind(id) {
            Kind::Text => {
                let entries = enumeration
                    .members
                    .iter()
                    .enumerate()
                    .map(|(index, (name, _))| {
                        (
                            crate::graph::Constant::Text(Arc::clone(name)),
                            Some(crate::graph::Constant::Int(index as i64)),
                        )
                    })
                    .collect();
                let table = crate::graph::Table { name: Arc::clone(&enumeration.name), entries };
                let id = graph.add(
                    crate::graph::Operation::Lookup(Arc::new(table), id),
                    Kind::Enum(enumeration.id),
                    shape,
                )?;
                Ok(Value::Column(id))
            }
            _ => graph.convert(id, Kind::Enum(enumeration.id)).map(Value::Column),
        }
    }

    fn column_method(&mut self, id: u32, name: &Name, arguments: &Arguments) -> Outcome<Value> {
        let column = Value::Column(id);
        let unary =
            |evaluator: &mut Self, operation: Unary| evaluator.session()?.graph.unary(operation, id).map(Value::Column);
        match &**name {
            "astype" | "view" => {
                let target = arguments.require(0, "dtype", name)?;
                let kind = super::numpy::kind_of(&target)?;
                self.convert_value(&column, kind)
            }
            "copy" | "ravel" | "flatten" | "squeeze" | "reshape" | "transpose" | "view_array" => Ok(column),
            "round" => {
                let digits = arguments.take(0, "decimals").and_then(|digits| digits.as_int()).unwrap_or(0);
                unary(self, Unary::Round(i32::try_from(digits).unwrap_or(0)))
            }
            "clip" => {
                let low = arguments.take(0, "min").unwrap_or(Value::None);
                let high = arguments.take(1, "max").unwrap_or(Value::None);
                self.clip(&column, &low, &high)
            }
            "startswith" => self.text_test(TextTest::StartsWith, &column, &arguments.require(0, "prefix", name)?),
            "endswith" => self.text_test(TextTest::EndsWith, &column, &arguments.require(0, "suffix", name)?),
            "decode_to_str" => self.member_names(id),
            // Members stay as they are: they compare with members and with names alike.
            "decode" => Ok(column),
            "fill" | "put" | "resize" | "sort" => Err(Diagnostic::unsupported(
                format!("{name}() changes a column in place"),
                "make a new column with where(…)",
            )),
            "any" | "all" | "sum" | "max" | "min" | "mean" | "argmax" | "argmin" | "std" | "cumsum" | "argsort"
            | "nonzero" | "tolist" | "item" | "dot" => self.numpy_of_everybody(name, &column, arguments),
            _ => Err(Diagnostic::raised("AttributeError", format!("'numpy.ndarray' object has no attribute '{name}'"))),
        }
    }

    /// The names of a column's members, as texts.
    fn member_names(&mut self, id: u32) -> Outcome<Value> {
        let session = self.session()?;
        let Kind::Enum(number) = session.graph.kind(id) else {
            return Err(Diagnostic::raised("AttributeError", "only columns of an enumeration have names"));
        };
        let enumeration = session.enumeration(number)?;
        let names: Arc<[Name]> = enumeration.members.iter().map(|(name, _)| Arc::clone(name)).collect();
        let shape = session.graph.shape(id);
        session.graph.add(crate::graph::Operation::MemberName(names, id), Kind::Text, shape).map(Value::Column)
    }

    pub(crate) fn clip(&mut self, value: &Value, low: &Value, high: &Value) -> Outcome<Value> {
        let mut result = value.clone();
        if !low.is_none() {
            result = self.extreme(Binary::Maximum, &result, low)?;
        }
        if !high.is_none() {
            result = self.extreme(Binary::Minimum, &result, high)?;
        }
        Ok(result)
    }

    /// The greater or smaller of two values.
    pub(crate) fn extreme(&mut self, operation: Binary, left: &Value, right: &Value) -> Outcome<Value> {
        if Self::is_columnar(left) || Self::is_columnar(right) {
            return self.columns(operation, left, right);
        }
        let greater = self.order(left, right)?.is_some_and(std::cmp::Ordering::is_ge);
        Ok(if greater == (operation == Binary::Maximum) { left.clone() } else { right.clone() })
    }

    /// `scale.calc(base, …)` and what else scales do.
    fn scale_method(&mut self, shared_scale: &Arc<Mutex<Scale>>, name: &Name, arguments: &Arguments) -> Outcome<Value> {
        let scale = lock(shared_scale).clone();
        match &**name {
            "calc" => self.scale_calc(&scale, arguments),
            "multiply_thresholds" | "scale_tax_scales" => {
                let factor = arguments.require(0, "factor", name)?;
                let Some(factor) = factor.as_number() else {
                    return Err(Diagnostic::unsupported(
                        "thresholds multiplied by a column",
                        "give the column to calc: scale.calc(base, factor = column)",
                    ));
                };
                let digits = arguments.take(1, "decimals").and_then(|digits| digits.as_int());
                let mut scaled = scale;
                for threshold in &mut scaled.thresholds {
                    *threshold = threshold.combine(factor, |a, b| a * b, crate::number::Rational::multiply);
                    if let (Some(digits), Some(exact)) = (digits, threshold.exact)
                        && let Some(rounded) = exact.round_half_even(i32::try_from(digits).unwrap_or(0))
                    {
                        *threshold = crate::number::Number::from_exact(rounded);
                    }
                }
                Ok(Value::Scale(shared(scaled)))
            }
            "multiply_rates" => {
                let factor = arguments.require(0, "factor", name)?;
                let Some(factor) = factor.as_number() else {
                    return Err(Diagnostic::unsupported(
                        "rates multiplied by a column",
                        "multiply the result of calc(…)",
                    ));
                };
                let mut scaled = scale;
                for value in &mut scaled.values {
                    *value = value.combine(factor, |a, b| a * b, crate::number::Rational::multiply);
                }
                Ok(Value::Scale(shared(scaled)))
            }
            "copy" => Ok(Value::Scale(shared(scale))),
            "add_bracket" => {
                let threshold = arguments.require(0, "threshold", name)?.as_number();
                let value =
                    arguments.require(1, "rate", name).or_else(|_| arguments.require(1, "amount", name))?.as_number();
                if let (Some(threshold), Some(value)) = (threshold, value) {
                    lock(shared_scale).add_bracket(threshold, value);
                }
                Ok(Value::None)
            }
            "add_tax_scale" => {
                if let Value::Scale(other) = arguments.require(0, "tax_scale", name)? {
                    let other = lock(&other).clone();
                    super::numpy::add_scale(&mut lock(shared_scale), &other);
                }
                Ok(Value::None)
            }
            "inverse" => Ok(Value::Scale(shared(super::numpy::inverse_scale(&scale)?))),
            "to_average" => Ok(Value::Scale(shared(super::numpy::average_scale(&scale)?))),
            "marginal_rates" | "rate_from_tax_base" => self.bracket_values(&scale, &scale.values, arguments),
            "threshold_from_tax_base" => self.bracket_values(&scale, &scale.thresholds, arguments),
            "bracket_indices" => {
                let indexes: Vec<crate::number::Number> = (0..scale.thresholds.len())
                    .map(|index| crate::number::Number::from_integer(index as i64))
                    .collect();
                let value = self.bracket_values(&scale, &indexes, arguments)?;
                self.convert_value(&value, Kind::Int64)
            }
            "rate_from_bracket_indice" => {
                let index = arguments.require(0, "bracket_indice", name)?;
                let rates = Value::list(scale.values.iter().map(|rate| Value::Float(*rate)).collect());
                self.subscript(&rates, &index)
            }
            "to_dict" => {
                let entries = scale.thresholds.iter().zip(&scale.values).map(|(threshold, value)| {
                    let key: Name = Arc::from(crate::value::python_float(threshold.float));
                    (Key::Text(Arc::clone(&key)), (Value::Text(key), Value::Float(*value)))
                });
                Ok(Value::Dict(shared(entries.collect())))
            }
            _ => Err(Diagnostic::raised("AttributeError", format!("a scale has no method '{name}'"))),
        }
    }

    /// `astype`
    pub(crate) fn convert_value(&mut self, value: &Value, kind: Kind) -> Outcome<Value> {
        if let Value::List(items) = value {
            let items = lock(items).clone();
            return items
                .iter()
                .map(|item| self.convert_value(item, kind))
                .collect::<Outcome<Vec<_>>>()
                .map(Value::list);
        }
        if !Self::is_columnar(value) {
            return match kind {
                Kind::Bool => self.truth(value).map(Value::Bool),
                Kind::Int32 | Kind::Int64 => self.call_builtin("int", &Arguments::positional(vec![value.clone()])),
                Kind::Float32 | Kind::Float64 => {
                    self.call_builtin("float", &Arguments::positional(vec![value.clone()]))
                }
                _ => Ok(value.clone()),
            };
        }
        let id = self.node(value)?;
        if kind == Kind::Text && matches!(self.session()?.graph.kind(id), Kind::Enum(_)) {
            return self.member_names(id);
        }
        self.session()?.graph.convert(id, kind).map(Value::Column)
    }

    /// `astype` of a single value that is known while compiling; a date by month or year is a column of one value.
    fn scalar_as(&mut self, value: &Value, kind: Kind) -> Outcome<Value> {
        match (value, kind) {
            (Value::Date(_), Kind::Date) | (Value::Days(_), Kind::Days) => Ok(value.clone()),
            (Value::Date(days), Kind::Int32 | Kind::Int64) => Ok(Value::Int(i64::from(*days))),
            (Value::Days(days), Kind::Int32 | Kind::Int64) => Ok(Value::Int(*days)),
            (Value::Date(_) | Value::Days(_), _) => {
                let id = self.node(value)?;
                self.session()?.graph.convert(id, kind).map(Value::Column)
            }
            _ => self.convert_value(value, kind),
        }
    }
}

/// The scope of the method that is running, and the class that defines it.
fn method_scope(frame: &Frame) -> Option<(Arc<Scope>, Arc<Class>)> {
    let mut scope = Arc::clone(&frame.scope);
    loop {
        let parent = Arc::clone(scope.parent.as_ref()?);
        if parent.is_class {
            let class = lock(&parent.names).get("__class__").cloned();
            return match class {
                Some(Value::Class(class)) => Some((scope, class)),
                _ => None,
            };
        }
        scope = parent;
    }
}

/// A class and its bases in the order in which Python looks for attributes.
fn resolution_order(class: &Arc<Class>) -> Vec<Arc<Class>> {
    let mut order = vec![Arc::clone(class)];
    for base in &class.bases {
        if let Value::Class(base) = base {
            for one in resolution_order(base) {
                // A base that several classes share comes after all of them.
                order.retain(|known| !Arc::ptr_eq(known, &one));
                order.push(one);
            }
        }
    }
    order
}
