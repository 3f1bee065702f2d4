//! What packages import from Python, NumPy and OpenFisca, by name; and the package's own modules.

use super::{Evaluator, Frame};
use crate::diagnostic::Diagnostic;
use crate::number::Number;
use crate::period::Unit;
use crate::syntax::{ExpressionKind, ImportedName, Name, Statement, StatementKind};
use crate::value::{ModuleObject, Outcome, Scope, Value};
use std::sync::Arc;

/// Names that every Python file knows.
const PYTHON: &[&str] = &[
    "len",
    "sum",
    "min",
    "max",
    "abs",
    "round",
    "int",
    "float",
    "bool",
    "str",
    "repr",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "range",
    "enumerate",
    "zip",
    "map",
    "filter",
    "sorted",
    "reversed",
    "any",
    "all",
    "isinstance",
    "issubclass",
    "hasattr",
    "getattr",
    "setattr",
    "type",
    "print",
    "callable",
    "divmod",
    "pow",
    "open",
    "next",
    "iter",
    "format",
    "ord",
    "chr",
    "object",
    "property",
    "staticmethod",
    "classmethod",
    "slice",
    "id",
    "vars",
    "dir",
    "bytes",
    "complex",
    "input",
    "__import__",
    "Exception",
    "BaseException",
    "ValueError",
    "KeyError",
    "TypeError",
    "AttributeError",
    "IndexError",
    "NameError",
    "ImportError",
    "NotImplementedError",
    "RuntimeError",
    "ZeroDivisionError",
    "OverflowError",
    "AssertionError",
    "StopIteration",
    "FileNotFoundError",
    "OSError",
    "LookupError",
    "ArithmeticError",
    "ModuleNotFoundError",
    "Warning",
    "DeprecationWarning",
    "UserWarning",
    "FutureWarning",
    "RuntimeWarning",
];

/// What `from openfisca_core.model_api import *` brings.
const MODEL_API: &[&str] = &[
    "ADD",
    "DAY",
    "DIVIDE",
    "ETERNITY",
    "MONTH",
    "WEEK",
    "WEEKDAY",
    "YEAR",
    "Bracket",
    "Enum",
    "Parameter",
    "ParameterNode",
    "Reform",
    "Scale",
    "ValuesHistory",
    "Variable",
    "apply_thresholds",
    "calculate_output_add",
    "calculate_output_divide",
    "concat",
    "date",
    "load_parameter_file",
    "max_",
    "min_",
    "not_",
    "period",
    "round_",
    "select",
    "set_input_dispatch_by_period",
    "set_input_divide_by_period",
    "switch",
    "where",
];

/// Modules of OpenFisca that are imported as modules.
const OPENFISCA_MODULES: &[&str] = &[
    "periods",
    "variables",
    "entities",
    "populations",
    "parameters",
    "reforms",
    "holders",
    "taxscales",
    "taxbenefitsystems",
    "simulations",
    "indexed_enums",
    "model_api",
    "errors",
    "commons",
    "tools",
    "rates",
    "simulation_builder",
    "formula_helpers",
    "scripts",
    "types",
    "base_functions",
    "tracers",
];

/// A name that every Python file knows.
pub(crate) fn python(name: &str) -> Option<Value> {
    match name {
        "NotImplemented" | "Ellipsis" => Some(Value::Ellipsis),
        "__debug__" => Some(Value::Bool(false)),
        _ => PYTHON.contains(&name).then(|| Value::builtin(name)),
    }
}

/// A name of OpenFisca, wherever in it one looks.
fn openfisca(name: &str) -> Value {
    match name {
        "DAY" | "WEEK" | "WEEKDAY" | "MONTH" | "YEAR" | "ETERNITY" => {
            Unit::parse(name).map_or(Value::None, Value::Unit)
        }
        "ADD" => Value::text("add"),
        "DIVIDE" => Value::text("divide"),
        "max_" => Value::builtin("numpy.maximum"),
        "min_" => Value::builtin("numpy.minimum"),
        "not_" => Value::builtin("numpy.logical_not"),
        "round_" => Value::builtin("numpy.round"),
        "select" => Value::builtin("numpy.select"),
        "where" => Value::builtin("numpy.where"),
        "date" => Value::builtin("datetime.date"),
        "datetime" => Value::Library(Arc::from("datetime")),
        "numpy" | "np" => Value::Library(Arc::from("numpy")),
        "Scale" => Value::builtin("openfisca.ParameterScale"),
        "Bracket" => Value::builtin("openfisca.ParameterScaleBracket"),
        "ValuesHistory" => Value::builtin("openfisca.Parameter"),
        "COUNTRY_DIR" => Value::text(""),
        _ => Value::Builtin(Arc::from(format!("openfisca.{name}"))),
    }
}

/// `module.name` outside the package.
pub(crate) fn attribute(module: &str, name: &str) -> Value {
    let top = module.split('.').next().unwrap_or(module);
    match top {
        "openfisca_core" => {
            if OPENFISCA_MODULES.contains(&name) {
                Value::Library(Arc::from(format!("{module}.{name}")))
            } else {
                openfisca(name)
            }
        }
        "numpy" | "np" => match name {
            "inf" | "Inf" | "infty" | "PINF" => Value::Float(Number::from_float(f64::INFINITY)),
            "nan" | "NaN" | "NAN" => Value::Float(Number::from_float(f64::NAN)),
            "pi" => Value::Float(Number::inexact(std::f64::consts::PI)),
            "e" => Value::Float(Number::inexact(std::f64::consts::E)),
            "newaxis" => Value::None,
            "core" | "ma" | "char" | "random" | "linalg" | "defchararray" | "lib" | "recfunctions" => {
                Value::Library(Arc::from(format!("{module}.{name}")))
            }
            _ => Value::Builtin(Arc::from(format!("numpy.{name}"))),
        },
        "math" => match name {
            "inf" => Value::Float(Number::from_float(f64::INFINITY)),
            "nan" => Value::Float(Number::from_float(f64::NAN)),
            "pi" => Value::Float(Number::inexact(std::f64::consts::PI)),
            "e" => Value::Float(Number::inexact(std::f64::consts::E)),
            _ => Value::Builtin(Arc::from(format!("math.{name}"))),
        },
        // Branches on Python's version take the newest.
        "sys" if name == "version_info" => Value::tuple(vec![Value::Int(3), Value::Int(13), Value::Int(0)]),
        "os" if name == "path" => Value::Library(Arc::from("os.path")),
        "os" if name == "sep" || name == "linesep" => Value::text(if name == "sep" { "/" } else { "\n" }),
        "os" if name == "environ" => Value::Dict(crate::value::shared(crate::value::Dictionary::new())),
        "collections" if name == "abc" => Value::Library(Arc::from("collections.abc")),
        "datetime" if name == "datetime" => Value::builtin("datetime.datetime"),
        "__future__" | "typing" | "typing_extensions" => Value::Builtin(Arc::from(format!("typing.{name}"))),
        _ => Value::Builtin(Arc::from(format!("{module}.{name}"))),
    }
}

/// `builtin.name`
pub(crate) fn builtin_attribute(builtin: &str, name: &str) -> Value {
    match (builtin, name) {
        ("numpy.info.int32", "max") => Value::Int(i64::from(i32::MAX)),
        ("numpy.info.int32", "min") => Value::Int(i64::from(i32::MIN)),
        ("numpy.info.int64", "max") => Value::Int(i64::MAX),
        ("numpy.info.int64", "min") => Value::Int(i64::MIN),
        ("numpy.info.float32", "max") => Value::Float(Number::from_float(f64::from(f32::MAX))),
        ("numpy.info.float32", "min") => Value::Float(Number::from_float(f64::from(f32::MIN))),
        ("numpy.info.float64", "max") => Value::Float(Number::from_float(f64::MAX)),
        ("numpy.info.float64", "min") => Value::Float(Number::from_float(f64::MIN)),
        ("openfisca.DateUnit", unit) if Unit::parse(unit).is_some() => {
            Unit::parse(unit).map_or(Value::None, Value::Unit)
        }
        ("datetime.date" | "datetime.datetime", "min") => Value::Date(crate::period::days_from_civil(1, 1, 1)),
        ("datetime.date" | "datetime.datetime", "max") => Value::Date(crate::period::days_from_civil(9999, 12, 31)),
        (builtin, "__name__") => Value::text(builtin.rsplit('.').next().unwrap_or(builtin)),
        _ => Value::Builtin(Arc::from(format!("{builtin}.{name}"))),
    }
}

impl Evaluator {
    /// A module by its full name: the package's own are read, others are known by name.
    pub(crate) fn import(&mut self, path: &Name) -> Outcome<Value> {
        let library = Arc::clone(&self.library);
        if library.locate(path.split('.').next().unwrap_or(path)).is_none() {
            return Ok(Value::Library(Arc::clone(path)));
        }
        let mut so_far = String::new();
        let mut module = None;
        for part in path.split('.') {
            so_far = crate::parameter::compose(&so_far, part);
            module = Some(self.module(&Arc::from(so_far.as_str()))?);
        }
        module.map(Value::Module).ok_or_else(|| Diagnostic::raised("ImportError", "no module name"))
    }

    /// The package's module of that name, read once.
    pub(crate) fn module(&mut self, name: &Name) -> Outcome<Arc<ModuleObject>> {
        let library = Arc::clone(&self.library);
        if let Some(module) = library.loaded(name) {
            return Ok(module);
        }
        let Some((file, is_package)) = library.locate(name) else {
            return Err(Diagnostic::raised("ModuleNotFoundError", format!("No module named '{name}'")));
        };
        let source = library.source(name, &file, is_package)?;
        let scope = Scope::new(None, false);
        scope.set(&Arc::from("__file__"), Value::text(file.to_string_lossy()));
        scope.set(&Arc::from("__name__"), Value::Text(Arc::clone(name)));
        let module = Arc::new(ModuleObject { source: Arc::clone(&source), scope: Arc::clone(&scope) });
        library.remember(name, &module);
        let frame = Frame { source: Arc::clone(&source), scope };
        // Whoever imports it first: a module of the package may read what the package may, and stays with it.
        let before = std::mem::replace(&mut self.scopes, Arc::clone(&library.scopes));
        self.scopes.adopt(&frame.scope);
        let outcome = self.guarded(false, |evaluator| {
            evaluator.descend(|evaluator| {
                source.body.iter().for_each(|statement| evaluator.module_statement(statement, &frame));
                Ok(())
            })
        });
        self.scopes = before;
        outcome.map(|()| module)
    }

    /// One statement of a module. What cannot be done is noted, and the names it would have bound say so when they are used.
    fn module_statement(&mut self, statement: &Statement, frame: &Frame) {
        let Err(fault) = self.block(std::slice::from_ref(statement), frame) else { return };
        let poison = Value::Poison(Arc::new(fault.clone()));
        for name in bound_names(statement) {
            if frame.scope.get(&name).is_none() {
                frame.scope.set(&name, poison.clone());
            }
        }
        if !self.diagnostics.contains(&fault) {
            self.diagnostics.push(fault);
        }
    }

    /// An attribute of a module: a name in it, or a module below it.
    pub(crate) fn module_attribute(&mut self, module: &ModuleObject, name: &Name) -> Outcome<Value> {
        if let Some(value) = module.scope.get(name) {
            return match value {
                Value::Poison(diagnostic) => Err((*diagnostic).clone()),
                value => Ok(value),
            };
        }
        let below: Name = Arc::from(crate::parameter::compose(&module.source.module, name));
        if self.library.locate(&below).is_some() {
            return self.module(&below).map(Value::Module);
        }
        Err(Diagnostic::raised(
            "AttributeError",
            format!("module '{}' has no attribute '{name}'", module.source.module),
        ))
    }

    /// `from module import names`
    pub(crate) fn import_from(
        &mut self,
        module: &Name,
        level: u32,
        names: &[ImportedName],
        frame: &Frame,
    ) -> Outcome<()> {
        let path: Name = if level == 0 {
            Arc::clone(module)
        } else {
            let mut base: Vec<&str> = frame.source.package.split('.').filter(|part| !part.is_empty()).collect();
            for _ in 1..level {
                base.pop();
            }
            base.extend(module.split('.').filter(|part| !part.is_empty()));
            Arc::from(base.join("."))
        };
        if &*path == "__future__" {
            return Ok(());
        }
        let origin = self.import(&path)?;
        for imported in names {
            if &*imported.name == "*" {
                self.import_all(&origin, frame);
                continue;
            }
            let value = match &origin {
                Value::Module(module) => match self.module_attribute(module, &imported.name) {
                    Ok(value) => value,
                    Err(fault) if Self::is_raised(&fault, "AttributeError") => {
                        return Err(Diagnostic::raised(
                            "ImportError",
                            format!("cannot import name '{}' from '{path}'", imported.name),
                        ));
                    }
                    // What is not compiled there is not compiled here either: it says so when it is used.
                    Err(fault) => Value::Poison(Arc::new(fault)),
                },
                other => self.attribute(other, &imported.name)?,
            };
            frame.scope.set(&imported.bound, value);
        }
        Ok(())
    }

    fn import_all(&mut self, origin: &Value, frame: &Frame) {
        match origin {
            Value::Module(module) => {
                let names = crate::value::lock(&module.scope.names).clone();
                for (name, value) in names {
                    if !name.starts_with('_') {
                        frame.scope.set(&name, value);
                    }
                }
            }
            Value::Library(path) if path.starts_with("openfisca_core") => {
                for name in MODEL_API {
                    frame.scope.set(&Arc::from(*name), openfisca(name));
                }
            }
            Value::Library(path) => {
                for name in super::numpy::COMMON {
                    frame.scope.set(&Arc::from(*name), attribute(path, name));
                }
            }
            _ => {}
        }
    }
}

/// The names that a statement binds.
fn bound_names(statement: &Statement) -> Vec<Name> {
    match &statement.kind {
        StatementKind::Assign(targets, _) => targets
            .iter()
            .filter_map(|target| match &target.kind {
                ExpressionKind::Name(name) => Some(Arc::clone(name)),
                _ => None,
            })
            .collect(),
        StatementKind::Function(definition) => vec![Arc::clone(&definition.name)],
        StatementKind::Class(definition) => vec![Arc::clone(&definition.name)],
        StatementKind::Import(modules) => modules
            .iter()
            .map(|(path, bound)| bound.clone().unwrap_or_else(|| Arc::from(path.split('.').next().unwrap_or(path))))
            .collect(),
        StatementKind::ImportFrom { names, .. } => names.iter().map(|imported| Arc::clone(&imported.bound)).collect(),
        StatementKind::If(branches) => {
            branches.iter().flat_map(|(_, body)| body.iter().flat_map(bound_names)).collect()
        }
        StatementKind::Try { body, handlers, .. } => {
            body.iter().chain(handlers.iter().flat_map(|handler| &handler.body)).flat_map(bound_names).collect()
        }
        StatementKind::For { body, .. } | StatementKind::With(_, body) => body.iter().flat_map(bound_names).collect(),
        _ => Vec::new(),
    }
}
