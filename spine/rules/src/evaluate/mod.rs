//! Partial evaluation: Python is evaluated while compiling, and what depends on the population becomes nodes of the graph.
//!
//! Nearly every `if`, loop, comprehension, helper, f-string and computed name in a package depends on period and parameters
//! only, so it is gone once the formula is compiled; what remains are operations on columns. No Python runs.

mod arithmetic;
mod attribute;
mod builtin;
mod call;
mod everybody;
mod holder;
mod library;
mod numpy;
mod population;
mod rows;
mod statement;
mod system;
mod table;
mod tree;

use crate::diagnostic::{Diagnostic, Trouble};
use crate::session::Session;
use crate::syntax::{Argument, Collects, Comparison, Expression, ExpressionKind, Generator, Name, Prefix, TextPart};
use crate::system::{Library, System};
use crate::value::{Dictionary, Function, Outcome, Scope, Scopes, Source, Value, lock, shared};
use std::sync::Arc;

/// How many expressions one question may take.
const MOST_STEPS: u64 = 20_000_000;
/// How long a text or a list may grow.
pub(crate) const LONGEST: usize = 1_000_000;
/// How deep calls may nest: functions and variables together.
const DEEPEST: usize = 900;

/// Evaluates the Python of a package.
pub(crate) struct Evaluator {
    pub(crate) library: Arc<Library>,
    /// The system that formulas are evaluated in; none while a package loads.
    pub(crate) session: Option<Session>,
    /// What went wrong while loading, and was worked around.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) steps: u64,
    pub(crate) depth: usize,
    /// What the generators that are running have given, the innermost last.
    pub(crate) yielded: Vec<Vec<Value>>,
    /// The generator along a column that is running, the innermost.
    rows: Option<rows::Rows>,
    /// Whether a text that came with a question is running, itself or in what it calls: it reads no files.
    pub(crate) given: bool,
    /// Who keeps the scopes of the functions that are made.
    pub(crate) scopes: Arc<Scopes>,
}

/// Arguments of a call.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) positional: Vec<Value>,
    pub(crate) named: Vec<(Name, Value)>,
}

impl Arguments {
    pub(crate) fn positional(values: Vec<Value>) -> Self {
        Self { positional: values, named: Vec::new() }
    }

    /// The argument by place or name.
    pub(crate) fn take(&self, place: usize, name: &str) -> Option<Value> {
        self.positional.get(place).cloned().or_else(|| self.named(name))
    }

    pub(crate) fn named(&self, name: &str) -> Option<Value> {
        self.named.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn require(&self, place: usize, name: &str, function: &str) -> Outcome<Value> {
        self.take(place, name).ok_or_else(|| {
            Diagnostic::raised("TypeError", format!("{function}() missing a required argument: '{name}'"))
        })
    }
}

/// Where the evaluation stands.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) source: Arc<Source>,
    pub(crate) scope: Arc<Scope>,
}

pub(crate) use builtin::period_error;
pub(crate) use system::dedent;
pub(crate) use tree::{json_value, yaml_of};

pub(crate) fn branch_on_column() -> Diagnostic {
    Diagnostic::unsupported(
        "this decides on values that are only known when calculating",
        "write where(condition, value_if_true, value_if_false), or combine conditions with * (and), + (or) and not_(…)",
    )
}

impl Evaluator {
    /// An evaluator that makes what stays with the package.
    pub(crate) fn of_package(library: Arc<Library>) -> Self {
        let scopes = Arc::clone(&library.scopes);
        Self { scopes, ..Self::new(library) }
    }

    /// An evaluator whose functions go with it, or with the rules that it makes.
    pub(crate) fn new(library: Arc<Library>) -> Self {
        Self {
            library,
            session: None,
            diagnostics: Vec::new(),
            steps: 0,
            depth: 0,
            yielded: Vec::new(),
            rows: None,
            given: false,
            scopes: Arc::default(),
        }
    }

    pub(crate) fn session(&mut self) -> Outcome<&mut Session> {
        self.session.as_mut().ok_or_else(|| {
            Diagnostic::unsupported("columns are not known while the package loads", "do this inside a formula")
        })
    }

    pub(crate) fn system(&mut self) -> Outcome<Arc<System>> {
        Ok(Arc::clone(&self.session()?.system))
    }

    /// Evaluates, and puts the place to what goes wrong.
    pub(crate) fn expression(&mut self, expression: &Expression, frame: &Frame) -> Outcome<Value> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(Diagnostic::limit(
                "this takes more steps than a formula should",
                "look for a loop that does not end",
            ));
        }
        self.expression_kind(expression, frame).map_err(|fault| fault.at(|| frame.source.location(expression.offset)))
    }

    fn expression_kind(&mut self, expression: &Expression, frame: &Frame) -> Outcome<Value> {
        match &expression.kind {
            ExpressionKind::None => Ok(Value::None),
            ExpressionKind::Ellipsis => Ok(Value::Ellipsis),
            ExpressionKind::Bool(value) => Ok(Value::Bool(*value)),
            ExpressionKind::Int(value) => Ok(Value::Int(*value)),
            ExpressionKind::Float(value) => Ok(Value::float(*value)),
            ExpressionKind::Text(text) => Ok(Value::Text(Arc::clone(text))),
            ExpressionKind::Formatted(parts) => self.formatted(parts, frame).map(Value::text),
            ExpressionKind::Name(name) => self.name(name, frame),
            ExpressionKind::Attribute(object, name) => {
                let object = self.expression(object, frame)?;
                self.attribute(&object, name)
            }
            ExpressionKind::Subscript(object, index) => {
                let object = self.expression(object, frame)?;
                let index = self.expression(index, frame)?;
                self.subscript(&object, &index)
            }
            ExpressionKind::Slice(lower, upper, step) => {
                let mut part = |bound: &Option<Box<Expression>>| match bound {
                    Some(bound) => self.expression(bound, frame),
                    None => Ok(Value::None),
                };
                Ok(Value::Slice(Arc::new([part(lower)?, part(upper)?, part(step)?])))
            }
            ExpressionKind::Call(function, arguments) => self.call_expression(function, arguments, frame),
            ExpressionKind::Arithmetic(left, operator, right) => {
                let left = self.expression(left, frame)?;
                let right = self.expression(right, frame)?;
                self.arithmetic(*operator, &left, &right)
            }
            ExpressionKind::Prefix(prefix, operand) => {
                let operand = self.expression(operand, frame)?;
                self.prefix(*prefix, &operand)
            }
            ExpressionKind::Logic(and, operands) => {
                let mut last = Value::None;
                for operand in operands {
                    last = self.expression(operand, frame)?;
                    if self.truth(&last)? != *and {
                        return Ok(last);
                    }
                }
                Ok(last)
            }
            ExpressionKind::Compare(first, rest) => self.comparison_chain(first, rest, frame),
            ExpressionKind::Conditional { test, then, otherwise } => {
                let test = self.expression(test, frame)?;
                if self.truth(&test)? { self.expression(then, frame) } else { self.expression(otherwise, frame) }
            }
            ExpressionKind::List(items) => self.items(items, frame).map(Value::list),
            ExpressionKind::Tuple(items) => self.items(items, frame).map(Value::tuple),
            ExpressionKind::Set(items) => {
                let items = self.items(items, frame)?;
                set_of(&items)
            }
            ExpressionKind::Dict(entries) => self.dictionary(entries, frame),
            ExpressionKind::Comprehension { collects, element, value, generators } => {
                self.comprehension(*collects, element, value.as_deref(), generators, frame)
            }
            ExpressionKind::Lambda(definition) => {
                self.function(definition, frame).map(|function| Value::Function(Arc::new(function)))
            }
            ExpressionKind::Starred(_) => {
                Err(Diagnostic::unsupported("a star here", "spread lists only in calls, lists and tuples"))
            }
            ExpressionKind::Named(name, value) => {
                let value = self.expression(value, frame)?;
                frame.scope.set(name, value.clone());
                Ok(value)
            }
            ExpressionKind::Yield(value, all) => {
                let value = match value {
                    Some(value) => self.expression(value, frame)?,
                    None => Value::None,
                };
                let values = if *all { self.iterate(&value)? } else { vec![value] };
                match self.yielded.last_mut() {
                    Some(yielded) => yielded.extend(values),
                    None => return Err(Diagnostic::raised("SyntaxError", "'yield' outside function")),
                }
                Ok(Value::None)
            }
            ExpressionKind::Unsupported(what) => Err(Diagnostic::unsupported(
                format!("{what} is not compiled"),
                "write the formula with columns and ordinary expressions",
            )),
        }
    }

    fn name(&mut self, name: &Name, frame: &Frame) -> Outcome<Value> {
        let value = match frame.scope.get(name) {
            Some(value) => value,
            None => library::python(name)
                .ok_or_else(|| Diagnostic::raised("NameError", format!("name '{name}' is not defined")))?,
        };
        match value {
            Value::Poison(diagnostic) => Err((*diagnostic).clone()),
            value => Ok(value),
        }
    }

    fn items(&mut self, items: &[Expression], frame: &Frame) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            if let ExpressionKind::Starred(inner) = &item.kind {
                let inner = self.expression(inner, frame)?;
                values.extend(self.iterate(&inner)?);
            } else {
                values.push(self.expression(item, frame)?);
            }
        }
        Ok(values)
    }

    fn dictionary(&mut self, entries: &[(Option<Expression>, Expression)], frame: &Frame) -> Outcome<Value> {
        let mut dictionary = Dictionary::new();
        for (key, value) in entries {
            let value = self.expression(value, frame)?;
            match key {
                Some(key) => {
                    let key = self.expression(key, frame)?;
                    dictionary.insert(key.key()?, (key, value));
                }
                None => match &value {
                    Value::Dict(other) => dictionary.extend(lock(other).clone()),
                    other => {
                        return Err(Diagnostic::raised(
                            "TypeError",
                            format!("'{}' object is not a mapping", other.type_name()),
                        ));
                    }
                },
            }
        }
        Ok(Value::Dict(shared(dictionary)))
    }

    fn formatted(&mut self, parts: &[TextPart], frame: &Frame) -> Outcome<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                TextPart::Literal(literal) => text.push_str(literal),
                TextPart::Value { expression, representation, format } => {
                    let value = self.expression(expression, frame)?;
                    if matches!(value, Value::Column(_)) {
                        return Err(Diagnostic::unsupported(
                            "a column in a text",
                            "use values that are known from period and parameters",
                        ));
                    }
                    let format = self.formatted(format, frame)?;
                    bounded(text.len())?;
                    let shown = if *representation { value.represent() } else { builtin::format(&value, &format)? };
                    text.push_str(&shown);
                }
            }
        }
        Ok(text)
    }

    fn comprehension(
        &mut self,
        collects: Collects,
        element: &Expression,
        value: Option<&Expression>,
        generators: &[Generator],
        frame: &Frame,
    ) -> Outcome<Value> {
        let inner =
            Frame { source: Arc::clone(&frame.source), scope: Scope::new(Some(Arc::clone(&frame.scope)), false) };
        let Some((generator, _)) = generators.split_first() else { return Ok(Value::list(Vec::new())) };
        let first = self.expression(&generator.iterable, &inner)?;
        if let (Value::Column(id), [_], true) = (&first, generators, generator.conditions.is_empty())
            && matches!(collects, Collects::List | Collects::Generator)
        {
            return self.row_by_row(*id, generator, element, &inner);
        }
        let mut collected: Vec<(Value, Value)> = Vec::new();
        self.generate(Some(first), generators, &inner, &mut |evaluator, frame| {
            let first = evaluator.expression(element, frame)?;
            let second = match value {
                Some(value) => evaluator.expression(value, frame)?,
                None => Value::None,
            };
            collected.push((first, second));
            Ok(())
        })?;
        match collects {
            Collects::List | Collects::Generator => {
                Ok(Value::list(collected.into_iter().map(|(first, _)| first).collect()))
            }
            Collects::Set => set_of(&collected.into_iter().map(|(first, _)| first).collect::<Vec<_>>()),
            Collects::Dict => {
                let mut dictionary = Dictionary::new();
                for (key, value) in collected {
                    dictionary.insert(key.key()?, (key, value));
                }
                Ok(Value::Dict(shared(dictionary)))
            }
        }
    }

    fn generate(
        &mut self,
        known: Option<Value>,
        generators: &[Generator],
        frame: &Frame,
        each: &mut dyn FnMut(&mut Self, &Frame) -> Outcome<()>,
    ) -> Outcome<()> {
        let Some((generator, rest)) = generators.split_first() else { return each(self, frame) };
        let iterable = match known {
            Some(iterable) => iterable,
            None => self.expression(&generator.iterable, frame)?,
        };
        for item in self.iterate(&iterable)? {
            // Each turn has names of its own, so that a function made in it keeps them.
            let turn =
                Frame { source: Arc::clone(&frame.source), scope: Scope::new(Some(Arc::clone(&frame.scope)), false) };
            self.assign(&generator.target, item, &turn)?;
            let mut wanted = true;
            for condition in &generator.conditions {
                let condition = self.expression(condition, &turn)?;
                if !self.truth(&condition)? {
                    wanted = false;
                    break;
                }
            }
            if wanted {
                self.generate(None, rest, &turn, each)?;
            }
        }
        Ok(())
    }

    fn comparison_chain(
        &mut self,
        first: &Expression,
        rest: &[(Comparison, Expression)],
        frame: &Frame,
    ) -> Outcome<Value> {
        let mut left = self.expression(first, frame)?;
        let mut result = Value::Bool(true);
        for (index, (comparison, right)) in rest.iter().enumerate() {
            let right = self.expression(right, frame)?;
            result = self.compare(*comparison, &left, &right)?;
            if index + 1 < rest.len() && !self.truth(&result)? {
                return Ok(result);
            }
            left = right;
        }
        Ok(result)
    }

    fn prefix(&mut self, prefix: Prefix, operand: &Value) -> Outcome<Value> {
        match prefix {
            Prefix::Not => self.truth(operand).map(|truth| Value::Bool(!truth)),
            Prefix::Plus => Ok(operand.clone()),
            Prefix::Minus => self.negate(operand),
            Prefix::Invert => self.invert(operand),
        }
    }

    fn call_expression(&mut self, function: &Expression, arguments: &[Argument], frame: &Frame) -> Outcome<Value> {
        if let ExpressionKind::Name(name) = &function.kind {
            match &**name {
                "super" if frame.scope.get(name).is_none() => return Ok(Value::builtin("super")),
                "globals" if frame.scope.get(name).is_none() => return Ok(module_names(frame)),
                "locals" | "eval" | "exec" if frame.scope.get(name).is_none() => {
                    return Err(Diagnostic::unsupported(
                        format!("{name}() is not compiled"),
                        "name the values directly",
                    ));
                }
                _ => {}
            }
        }
        // A method is called on its object without making a value of it first.
        let (receiver, function) = match &function.kind {
            ExpressionKind::Attribute(object, name) => (Some((self.expression(object, frame)?, name)), None),
            _ => (None, Some(self.expression(function, frame)?)),
        };
        let arguments = self.arguments(arguments, frame)?;
        match (receiver, function) {
            (Some((object, name)), _) => {
                if matches!(&object, Value::Builtin(builtin) if &**builtin == "super") {
                    return self.call_super(name, arguments, frame);
                }
                self.call_method(&object, name, arguments)
            }
            (None, Some(function)) => self.call(&function, arguments),
            (None, None) => Ok(Value::None),
        }
    }

    fn arguments(&mut self, arguments: &[Argument], frame: &Frame) -> Outcome<Arguments> {
        let mut result = Arguments::default();
        for argument in arguments {
            match argument {
                Argument::Positional(value) => result.positional.push(self.expression(value, frame)?),
                Argument::Spread(value) => {
                    let value = self.expression(value, frame)?;
                    result.positional.extend(self.iterate(&value)?);
                }
                Argument::Named(name, value) => result.named.push((Arc::clone(name), self.expression(value, frame)?)),
                Argument::SpreadNamed(value) => match self.expression(value, frame)? {
                    Value::Dict(dictionary) => {
                        for (key, value) in lock(&dictionary).values() {
                            if let Value::Text(name) = key {
                                result.named.push((Arc::clone(name), value.clone()));
                            }
                        }
                    }
                    other => {
                        return Err(Diagnostic::raised(
                            "TypeError",
                            format!("argument after ** must be a mapping, not {}", other.type_name()),
                        ));
                    }
                },
            }
        }
        Ok(result)
    }

    /// A function made here and now: its defaults are evaluated once.
    pub(crate) fn function(
        &mut self,
        definition: &Arc<crate::syntax::FunctionDefinition>,
        frame: &Frame,
    ) -> Outcome<Function> {
        let mut defaults = Vec::new();
        for parameter in definition.positional.iter().chain(&definition.named) {
            defaults.push(match &parameter.default {
                Some(default) => Some(self.expression(default, frame)?),
                None => None,
            });
        }
        self.scopes.adopt(&frame.scope);
        Ok(Function {
            definition: Arc::clone(definition),
            source: Arc::clone(&frame.source),
            scope: Arc::clone(&frame.scope),
            defaults,
        })
    }

    /// Whether Python takes a value for true.
    pub(crate) fn truth(&mut self, value: &Value) -> Outcome<bool> {
        Ok(match value {
            Value::None => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(number) => number.float != 0.0,
            Value::Days(days) => *days != 0,
            Value::Text(text) => !text.is_empty(),
            Value::List(items) => !lock(items).is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::Dict(entries) | Value::Set(entries) => !entries_empty(entries),
            Value::Column(id) => {
                let session = self.session()?;
                match session.graph.constant(*id).and_then(crate::graph::Constant::number) {
                    Some(number) if session.graph.shape(*id) == crate::graph::Shape::Scalar => number.float != 0.0,
                    _ => return Err(branch_on_column()),
                }
            }
            Value::Children(node) => !Self::children_of(node).is_empty(),
            Value::Count(_) => true,
            Value::Poison(diagnostic) => return Err((**diagnostic).clone()),
            _ => true,
        })
    }

    /// Whether a handler of these exceptions takes the fault.
    pub(crate) fn catches(fault: &Diagnostic, exceptions: &Value) -> bool {
        let Trouble::Raised(raised) = &fault.trouble else { return false };
        let one = |name: &str| {
            let short = name.rsplit('.').next().unwrap_or(name);
            short == raised
                || matches!(short, "Exception" | "BaseException")
                || (short == "LookupError" && matches!(raised.as_str(), "KeyError" | "IndexError"))
                || (short == "AttributeError" && raised == "ParameterNotFoundError")
                || (short == "ParameterNotFound" && raised == "ParameterNotFoundError")
                || (short == "ArithmeticError" && matches!(raised.as_str(), "ZeroDivisionError" | "OverflowError"))
                || (short == "ValueError" && raised == "PeriodError")
        };
        match exceptions {
            Value::Builtin(name) => one(name),
            Value::Class(class) => one(&class.name),
            Value::Tuple(items) => items.iter().any(|item| Self::catches(fault, item)),
            _ => false,
        }
    }

    /// Goes one call deeper.
    pub(crate) fn descend<T>(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= DEEPEST {
            return Err(Diagnostic::limit(
                "calls nest too deep",
                "look for variables or functions that call each other in a circle",
            ));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }
}

/// `globals()`: the names of the module, as they are now.
fn module_names(frame: &Frame) -> Value {
    let mut scope = &frame.scope;
    while let Some(parent) = &scope.parent {
        scope = parent;
    }
    let names = lock(&scope.names);
    let entries = names.iter().map(|(name, value)| {
        (crate::value::Key::Text(Arc::clone(name)), (Value::Text(Arc::clone(name)), value.clone()))
    });
    Value::Dict(shared(entries.collect()))
}

/// Refuses what grows without end, such as a text doubled in a loop.
pub(crate) fn bounded(length: usize) -> Outcome<()> {
    if length > LONGEST {
        return Err(Diagnostic::limit(
            "a text or a list grows beyond a million",
            "look for a loop that doubles it, and use columns for what is many",
        ));
    }
    Ok(())
}

fn entries_empty(entries: &std::sync::Mutex<Dictionary>) -> bool {
    lock(entries).is_empty()
}

/// A set of values.
pub(crate) fn set_of(items: &[Value]) -> Outcome<Value> {
    let mut set = Dictionary::new();
    for item in items {
        set.insert(item.key()?, (item.clone(), Value::None));
    }
    Ok(Value::Set(shared(set)))
}
