//! Statements, functions and classes.

use super::{Arguments, Evaluator, Frame, branch_on_column};
use crate::diagnostic::{Diagnostic, Trouble};
use crate::entity::EnumType;
use crate::syntax::{
    ClassDefinition, Expression, ExpressionKind, FunctionDefinition, Handler, Name, Statement, StatementKind,
};
use crate::value::{Class, ClassKind, Function, Mutable, Outcome, Scope, Value, lock};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// Where a block of statements leaves to.
pub(crate) enum Flow {
    Next,
    Return(Value),
    Break,
    Continue,
}

/// Enumerations are told apart by number, across all packages of the process.
static NEXT_ENUMERATION: AtomicU32 = AtomicU32::new(1);

impl Evaluator {
    pub(crate) fn block(&mut self, statements: &[Statement], frame: &Frame) -> Outcome<Flow> {
        for statement in statements {
            match self
                .statement(statement, frame)
                .map_err(|fault| fault.at(|| frame.source.location(statement.offset)))?
            {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &Statement, frame: &Frame) -> Outcome<Flow> {
        match &statement.kind {
            StatementKind::Expression(expression) => {
                if !matches!(expression.kind, ExpressionKind::Text(_)) {
                    self.expression(expression, frame)?;
                }
            }
            StatementKind::Assign(targets, value) => {
                let value = self.expression(value, frame)?;
                for target in targets {
                    self.assign(target, value.clone(), frame)?;
                }
            }
            StatementKind::Update(target, operator, value) => {
                let old = self.expression(target, frame)?;
                let value = self.expression(value, frame)?;
                let new = self.update(*operator, &old, &value)?;
                self.assign(target, new, frame)?;
            }
            StatementKind::Return(value) => {
                return Ok(Flow::Return(match value {
                    Some(value) => self.expression(value, frame)?,
                    None => Value::None,
                }));
            }
            StatementKind::If(branches) => return self.branches(branches, frame),
            StatementKind::For { target, iterable, body, otherwise } => {
                let iterable = self.expression(iterable, frame)?;
                for item in self.iterate(&iterable)? {
                    self.assign(target, item, frame)?;
                    match self.block(body, frame)? {
                        Flow::Break => return Ok(Flow::Next),
                        Flow::Return(value) => return Ok(Flow::Return(value)),
                        Flow::Next | Flow::Continue => {}
                    }
                }
                return self.block(otherwise, frame);
            }
            StatementKind::While { test, body, otherwise } => {
                loop {
                    let test = self.expression(test, frame)?;
                    if !self.truth(&test)? {
                        break;
                    }
                    match self.block(body, frame)? {
                        Flow::Break => return Ok(Flow::Next),
                        Flow::Return(value) => return Ok(Flow::Return(value)),
                        Flow::Next | Flow::Continue => {}
                    }
                }
                return self.block(otherwise, frame);
            }
            StatementKind::Function(definition) => {
                let function = Value::Function(Arc::new(self.function(definition, frame)?));
                let mut decorated = function;
                for decorator in definition.decorators.iter().rev() {
                    let decorator = self.expression(decorator, frame)?;
                    decorated = match &decorator {
                        // Static and class methods are told apart when called; caches change nothing here.
                        Value::Builtin(name)
                            if matches!(
                                name.rsplit('.').next(),
                                Some("staticmethod" | "classmethod" | "property" | "lru_cache" | "cache" | "wraps")
                            ) =>
                        {
                            mark(&decorator, decorated)
                        }
                        _ => self.call(&decorator, Arguments::positional(vec![decorated]))?,
                    };
                }
                frame.scope.set(&definition.name, decorated);
            }
            StatementKind::Class(definition) => {
                let class = self.class(definition, frame)?;
                frame.scope.set(&definition.name, class);
            }
            StatementKind::Import(modules) => {
                for (path, bound) in modules {
                    let top: Name = Arc::from(path.split('.').next().unwrap_or(path));
                    let module = self.import(path)?;
                    if let Some(bound) = bound {
                        frame.scope.set(bound, module);
                    } else {
                        let module = self.import(&top)?;
                        frame.scope.set(&top, module);
                    }
                }
            }
            StatementKind::ImportFrom { module, level, names } => self.import_from(module, *level, names, frame)?,
            StatementKind::Raise(exception) => return Err(self.raise(exception.as_ref(), frame)?),
            StatementKind::Try { body, handlers, otherwise, finally } => {
                let flow = self.attempt(body, handlers, otherwise, frame);
                match self.block(finally, frame)? {
                    Flow::Next => return flow,
                    left => return Ok(left),
                }
            }
            StatementKind::Assert(test, message) => {
                let test = self.expression(test, frame)?;
                // What can only be asserted of the population's values is left to Core's own runs.
                let holds = match self.truth(&test) {
                    Ok(holds) => holds,
                    Err(fault) if fault.message == branch_on_column().message => true,
                    Err(fault) => return Err(fault),
                };
                if !holds {
                    let message = match message {
                        Some(message) => self.expression(message, frame)?.display(),
                        None => String::new(),
                    };
                    return Err(Diagnostic::raised("AssertionError", message));
                }
            }
            StatementKind::Delete(targets) => {
                for target in targets {
                    self.delete(target, frame)?;
                }
            }
            StatementKind::With(items, body) => {
                for (context, target) in items {
                    let context = self.expression(context, frame)?;
                    if let Some(target) = target {
                        self.assign(target, context, frame)?;
                    }
                }
                return self.block(body, frame);
            }
            StatementKind::Global(names) | StatementKind::Nonlocal(names) => {
                lock(&frame.scope.outer).extend(names.iter().cloned());
            }
            StatementKind::Pass => {}
            StatementKind::Break => return Ok(Flow::Break),
            StatementKind::Continue => return Ok(Flow::Continue),
            StatementKind::Unsupported(what) => {
                return Err(Diagnostic::unsupported(
                    format!("«{what}» is not compiled"),
                    "write it with if, for and where(…)",
                ));
            }
        }
        Ok(Flow::Next)
    }

    fn branches(&mut self, branches: &[(Option<Expression>, Vec<Statement>)], frame: &Frame) -> Outcome<Flow> {
        for (test, body) in branches {
            let holds = match test {
                Some(test) => {
                    let holds = self.expression(test, frame).and_then(|value| self.truth(&value));
                    match holds.map_err(|fault| fault.at(|| frame.source.location(test.offset))) {
                        Ok(holds) => holds,
                        // A check of the whole population that only writes to a log bears on no result.
                        Err(fault) if fault.trouble == Trouble::Unsupported && only_logs(body) => false,
                        // One that only writes to the rows it looks for may as well run where there are none.
                        Err(fault)
                            if fault.trouble == Trouble::Unsupported
                                && branches.len() == 1
                                && only_writes_where(test, body) =>
                        {
                            true
                        }
                        Err(fault) => return Err(fault),
                    }
                }
                None => true,
            };
            if holds {
                return self.block(body, frame);
            }
        }
        Ok(Flow::Next)
    }

    fn attempt(
        &mut self,
        body: &[Statement],
        handlers: &[Handler],
        otherwise: &[Statement],
        frame: &Frame,
    ) -> Outcome<Flow> {
        let depth = self.depth;
        let fault = match self.block(body, frame) {
            Ok(Flow::Next) => return self.block(otherwise, frame),
            Ok(flow) => return Ok(flow),
            Err(fault) => fault,
        };
        self.depth = depth;
        let Trouble::Raised(name) = &fault.trouble else { return Err(fault) };
        for handler in handlers {
            let takes = match &handler.exceptions {
                None => true,
                Some(exceptions) => {
                    let exceptions = self.expression(exceptions, frame)?;
                    Self::catches(&fault, &exceptions)
                }
            };
            if takes {
                if let Some(bound) = &handler.name {
                    frame
                        .scope
                        .set(bound, Value::Exception(Arc::from(name.as_str()), Arc::from(fault.message.as_str())));
                }
                return self.block(&handler.body, frame);
            }
        }
        Err(fault)
    }

    fn raise(&mut self, exception: Option<&Expression>, frame: &Frame) -> Outcome<Diagnostic> {
        let Some(exception) = exception else {
            return Ok(Diagnostic::raised("RuntimeError", "No active exception to reraise"));
        };
        let value = self.expression(exception, frame)?;
        Ok(match &value {
            Value::Exception(name, message) => Diagnostic::raised(name, &**message),
            Value::Builtin(name) => Diagnostic::raised(name.rsplit('.').next().unwrap_or(name), ""),
            Value::Class(class) => Diagnostic::raised(&class.name, ""),
            Value::Object(object) => Diagnostic::raised(&object.class.name, ""),
            other => Diagnostic::raised(
                "TypeError",
                format!("exceptions must derive from BaseException, not {}", other.type_name()),
            ),
        })
    }

    /// Binds a value to a name, an attribute, an element, or several at once.
    pub(crate) fn assign(&mut self, target: &Expression, value: Value, frame: &Frame) -> Outcome<()> {
        match &target.kind {
            ExpressionKind::Name(name) => {
                frame.scope.set(name, value);
                Ok(())
            }
            ExpressionKind::Tuple(targets) | ExpressionKind::List(targets) => self.unpack(targets, &value, frame),
            ExpressionKind::Attribute(object, name) => {
                let object = self.expression(object, frame)?;
                self.set_attribute(&object, name, value)
            }
            ExpressionKind::Subscript(object, index) => {
                let container = self.expression(object, frame)?;
                let index = self.expression(index, frame)?;
                if let Value::Column(_) = container {
                    // Columns do not change: the name is bound to a new one.
                    let new = self.masked(&container, &index, &value)?;
                    return self.assign(object, new, frame);
                }
                self.set_item(&container, &index, value)
            }
            _ => Err(Diagnostic::unsupported("an assignment to this", "assign to a name")),
        }
    }

    fn unpack(&mut self, targets: &[Expression], value: &Value, frame: &Frame) -> Outcome<()> {
        let values = self.iterate(value)?;
        let star = targets.iter().position(|target| matches!(target.kind, ExpressionKind::Starred(_)));
        let wrong = || {
            Diagnostic::raised(
                "ValueError",
                format!("cannot unpack {} values into {} names", values.len(), targets.len()),
            )
        };
        match star {
            None => {
                if values.len() != targets.len() {
                    return Err(wrong());
                }
                for (target, value) in targets.iter().zip(&values) {
                    self.assign(target, value.clone(), frame)?;
                }
            }
            Some(place) => {
                let after = targets.len() - place - 1;
                if values.len() < place + after {
                    return Err(wrong());
                }
                let (head, rest) = values.split_at(place);
                let (middle, tail) = rest.split_at(rest.len() - after);
                for (target, value) in targets.iter().zip(head) {
                    self.assign(target, value.clone(), frame)?;
                }
                if let ExpressionKind::Starred(target) = &targets[place].kind {
                    self.assign(target, Value::list(middle.to_vec()), frame)?;
                }
                for (target, value) in targets[place + 1..].iter().zip(tail) {
                    self.assign(target, value.clone(), frame)?;
                }
            }
        }
        Ok(())
    }

    fn delete(&mut self, target: &Expression, frame: &Frame) -> Outcome<()> {
        match &target.kind {
            ExpressionKind::Name(name) => {
                lock(&frame.scope.names).shift_remove(name);
                Ok(())
            }
            ExpressionKind::Subscript(object, index) => {
                let container = self.expression(object, frame)?;
                let index = self.expression(index, frame)?;
                match &container {
                    Value::List(items) => {
                        let mut items = lock(items);
                        let place = super::arithmetic::place(&index, items.len())?;
                        items.remove(place);
                        Ok(())
                    }
                    Value::Dict(entries) => {
                        lock(entries).shift_remove(&index.key()?);
                        Ok(())
                    }
                    Value::Tree(tree) | Value::Children(tree) => {
                        if let (Mutable::Node { children, .. }, Value::Text(name)) = (&mut *lock(tree), &index) {
                            children.shift_remove(&**name);
                        }
                        Ok(())
                    }
                    other => Err(Diagnostic::raised(
                        "TypeError",
                        format!("'{}' object doesn't support item deletion", other.type_name()),
                    )),
                }
            }
            ExpressionKind::Attribute(object, name) => {
                let object = self.expression(object, frame)?;
                match &object {
                    Value::Tree(tree) => {
                        if let Mutable::Node { children, .. } = &mut *lock(tree) {
                            children.shift_remove(&**name);
                        }
                        Ok(())
                    }
                    Value::Object(object) => {
                        lock(&object.attributes).shift_remove(name);
                        Ok(())
                    }
                    other => Err(Diagnostic::raised(
                        "AttributeError",
                        format!("cannot delete an attribute of '{}'", other.type_name()),
                    )),
                }
            }
            _ => Err(Diagnostic::unsupported("a deletion of this", "delete names and elements only")),
        }
    }

    /// A class: an enumeration, a variable, a system, a reform, or one of the package's own.
    fn class(&mut self, definition: &Arc<ClassDefinition>, frame: &Frame) -> Outcome<Value> {
        let mut bases = Vec::new();
        for base in &definition.bases {
            bases.push(self.expression(base, frame)?);
        }
        let inner =
            Frame { source: Arc::clone(&frame.source), scope: Scope::new(Some(Arc::clone(&frame.scope)), true) };
        self.class_body(definition, &inner)?;
        let attributes = lock(&inner.scope.names).clone();
        if bases.iter().any(|base| matches!(base, Value::Builtin(name) if &**name == "openfisca.Enum")) {
            let is_member = |(name, value): &(&Arc<str>, &Value)| {
                !name.starts_with('_') && !matches!(value, Value::Function(_) | Value::Bound(_))
            };
            let named = || attributes.iter().filter(is_member);
            let members = named().map(|(name, value)| (Arc::clone(name), value.display())).collect();
            let whole = |value: &Value| if let Value::Int(number) = value { Some(*number) } else { None };
            let numbers = named().map(|(_, value)| whole(value)).collect();
            let id = NEXT_ENUMERATION.fetch_add(1, Ordering::Relaxed);
            return Ok(Value::EnumType(Arc::new(EnumType {
                id,
                name: Arc::clone(&definition.name),
                members,
                numbers,
            })));
        }
        let class = Value::Class(Arc::new(Class {
            name: Arc::clone(&definition.name),
            kind: class_kind(&bases),
            bases,
            attributes: Mutex::new(attributes),
            source: Arc::clone(&frame.source),
            span: definition.span,
        }));
        self.scopes.adopt(&inner.scope);
        // As in Python, methods know the class that defines them: super() begins its search there.
        lock(&inner.scope.names).insert(Arc::from("__class__"), class.clone());
        Ok(class)
    }

    /// The statements of a class; of a variable's, what one formula does wrong does not harm the others.
    fn class_body(&mut self, definition: &ClassDefinition, inner: &Frame) -> Outcome<()> {
        for statement in &definition.body {
            self.block(std::slice::from_ref(statement), inner)?;
        }
        Ok(())
    }

    /// Calls a function of the package.
    pub(crate) fn call_function(&mut self, function: &Arc<Function>, arguments: Arguments) -> Outcome<Value> {
        let definition = &function.definition;
        let scope = Scope::new(Some(Arc::clone(&function.scope)), false);
        self.bind(function, &scope, arguments)?;
        let frame = Frame { source: Arc::clone(&function.source), scope };
        self.guarded(self.given || function.source.is_given(), |evaluator| evaluator.body(definition, &frame))
    }

    fn body(&mut self, definition: &FunctionDefinition, frame: &Frame) -> Outcome<Value> {
        if definition.generator {
            // What a generator gives is gathered at once: nothing in it can tell the difference.
            self.yielded.push(Vec::new());
            let result = self.descend(|evaluator| evaluator.block(&definition.body, frame));
            let yielded = self.yielded.pop().unwrap_or_default();
            return result.map(|_| Value::list(yielded));
        }
        let flow = self.descend(|evaluator| evaluator.block(&definition.body, frame))?;
        Ok(match flow {
            Flow::Return(value) => value,
            _ => Value::None,
        })
    }

    fn bind(&mut self, function: &Function, scope: &Scope, arguments: Arguments) -> Outcome<()> {
        let definition = &function.definition;
        let wrong = |message: String| Diagnostic::raised("TypeError", format!("{}() {message}", definition.name));
        let mut named = arguments.named;
        let mut positional = arguments.positional.into_iter();
        let mut names = scope.names.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let parameters = definition
            .positional
            .iter()
            .map(|parameter| (parameter, true))
            .chain(definition.named.iter().map(|parameter| (parameter, false)));
        for (index, (parameter, by_place)) in parameters.enumerate() {
            let given = if by_place { positional.next() } else { None };
            let value = match given {
                Some(value) => value,
                None => match named.iter().position(|(name, _)| *name == parameter.name) {
                    Some(place) => named.remove(place).1,
                    None => function
                        .defaults
                        .get(index)
                        .cloned()
                        .flatten()
                        .ok_or_else(|| wrong(format!("missing a required argument: '{}'", parameter.name)))?,
                },
            };
            names.insert(Arc::clone(&parameter.name), value);
        }
        let rest: Vec<Value> = positional.collect();
        match &definition.rest {
            Some(name) => {
                names.insert(Arc::clone(name), Value::tuple(rest));
            }
            None if !rest.is_empty() => {
                return Err(wrong(format!(
                    "takes {} positional arguments but more were given",
                    definition.positional.len()
                )));
            }
            None => {}
        }
        match &definition.rest_named {
            Some(name) => {
                let entries = named
                    .into_iter()
                    .map(|(name, value)| (crate::value::Key::Text(Arc::clone(&name)), (Value::Text(name), value)))
                    .collect();
                names.insert(Arc::clone(name), Value::Dict(crate::value::shared(entries)));
            }
            None => {
                if let Some((name, _)) = named.first() {
                    return Err(wrong(format!("got an unexpected keyword argument '{name}'")));
                }
            }
        }
        Ok(())
    }
}

/// Remembers that a function takes no `self`, or the class.
fn mark(decorator: &Value, function: Value) -> Value {
    match decorator {
        Value::Builtin(name) if matches!(&**name, "staticmethod" | "classmethod" | "property") => {
            Value::Bound(Arc::new((function, vec![decorator.clone()])))
        }
        _ => function,
    }
}

/// Whether statements do nothing but write to a log.
fn only_logs(body: &[Statement]) -> bool {
    let is_log = |name: &Name| matches!(&**name, "log" | "logger" | "logging" | "warnings" | "print");
    body.iter().all(|statement| match &statement.kind {
        StatementKind::Pass => true,
        StatementKind::Expression(Expression { kind: ExpressionKind::Call(function, _), .. }) => match &function.kind {
            ExpressionKind::Name(name) => is_log(name),
            ExpressionKind::Attribute(object, _) => matches!(&object.kind, ExpressionKind::Name(name) if is_log(name)),
            _ => false,
        },
        _ => false,
    })
}

/// Whether a branch on `mask.any()` writes to nothing but the rows of the mask.
fn only_writes_where(test: &Expression, body: &[Statement]) -> bool {
    let name = |expression: &Expression| match &expression.kind {
        ExpressionKind::Name(name) => Some(Arc::clone(name)),
        _ => None,
    };
    let ExpressionKind::Call(function, arguments) = &test.kind else { return false };
    let ExpressionKind::Attribute(object, method) = &function.kind else { return false };
    let Some(mask) = name(object).filter(|_| &**method == "any" && arguments.is_empty()) else { return false };
    let writes = |target: &Expression| match &target.kind {
        ExpressionKind::Subscript(_, rows) => name(rows).is_some_and(|rows| rows == mask),
        _ => false,
    };
    body.iter().all(|statement| match &statement.kind {
        StatementKind::Assign(targets, _) => targets.iter().all(writes),
        StatementKind::Update(target, ..) => writes(target),
        _ => false,
    })
}

fn class_kind(bases: &[Value]) -> ClassKind {
    for base in bases {
        let kind = match base {
            Value::Builtin(name) => match &**name {
                "openfisca.Variable" => ClassKind::Variable,
                "openfisca.TaxBenefitSystem" => ClassKind::System,
                "openfisca.Reform" => ClassKind::Reform,
                other if other.ends_with("Error") || other.ends_with("Exception") => ClassKind::Exception,
                _ => ClassKind::Plain,
            },
            Value::Class(class) => class.kind,
            _ => ClassKind::Plain,
        };
        if kind != ClassKind::Plain {
            return kind;
        }
    }
    ClassKind::Plain
}
