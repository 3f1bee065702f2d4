//! What a Python expression can be while compiling: an ordinary value, or a column known only when calculating.

mod parameters;
mod scopes;

use crate::diagnostic::{Diagnostic, Location};
use crate::entity::{Entity, EntityIndex, EnumType, RoleReference};
use crate::graph::{Constant, Kind, NodeId};
use crate::number::Number;
use crate::parameter::{ParameterNode, Scale};
use crate::period::{Instant, Period, Unit};
use crate::syntax::{FunctionDefinition, Name, Statement};
use crate::system::System;
use indexmap::IndexMap;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use parameters::{Described, Mutable, freeze, from_parameter, thaw, thaw_node, to_parameter};
pub(crate) use scopes::Scopes;

/// The result of an evaluation.
pub(crate) type Outcome<T> = Result<T, Diagnostic>;

/// A mutable Python object.
pub(crate) type Shared<T> = Arc<Mutex<T>>;

pub(crate) fn shared<T>(value: T) -> Shared<T> {
    Arc::new(Mutex::new(value))
}

/// Locks; a thread that panicked with the lock held leaves the data as it was.
pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A Python file.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: PathBuf,
    pub(crate) text: String,
    /// The module's name with points.
    pub(crate) module: Name,
    /// The package that relative imports start from.
    pub(crate) package: Name,
    pub(crate) body: Vec<Statement>,
}

impl Source {
    pub(crate) fn location(&self, offset: u32) -> Location {
        Location::of(&self.file, &self.text, offset as usize)
    }

    pub(crate) fn slice(&self, span: (u32, u32)) -> &str {
        self.text.get(span.0 as usize..span.1 as usize).unwrap_or_default()
    }
}

/// Names bound in a function, a class body or a module.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) names: Mutex<IndexMap<Name, Value>>,
    pub(crate) parent: Option<Arc<Scope>>,
    /// Names that `global` or `nonlocal` sends elsewhere.
    pub(crate) outer: Mutex<HashSet<Name>>,
    /// Class bodies are not seen from the functions in them.
    pub(crate) is_class: bool,
    adopted: scopes::Adopted,
}

impl Scope {
    pub(crate) fn new(parent: Option<Arc<Self>>, is_class: bool) -> Arc<Self> {
        Arc::new(Self {
            names: Mutex::new(IndexMap::new()),
            parent,
            outer: Mutex::new(HashSet::new()),
            is_class,
            adopted: scopes::Adopted::default(),
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        let mut scope = Some(self);
        let mut first = true;
        while let Some(current) = scope {
            if (first || !current.is_class)
                && let Some(value) = lock(&current.names).get(name)
            {
                return Some(value.clone());
            }
            first = false;
            scope = current.parent.as_deref();
        }
        None
    }

    pub(crate) fn set(&self, name: &Name, value: Value) {
        if lock(&self.outer).contains(name)
            && let Some(parent) = &self.parent
        {
            parent.set_outer(name, value);
            return;
        }
        lock(&self.names).insert(Arc::clone(name), value);
    }

    /// Binds where the name is known, or in the outermost scope.
    fn set_outer(&self, name: &Name, value: Value) {
        match &self.parent {
            Some(parent) if !lock(&self.names).contains_key(name) => parent.set_outer(name, value),
            _ => {
                lock(&self.names).insert(Arc::clone(name), value);
            }
        }
    }
}

/// A function with the scope it was made in.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) definition: Arc<FunctionDefinition>,
    pub(crate) source: Arc<Source>,
    pub(crate) scope: Arc<Scope>,
    /// Defaults of positional parameters, then of named ones, as they were when the function was made.
    pub(crate) defaults: Vec<Option<Value>>,
}

/// What a class is for OpenFisca.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClassKind {
    Plain,
    Variable,
    System,
    Reform,
    Exception,
}

/// A class.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: Name,
    pub(crate) kind: ClassKind,
    pub(crate) bases: Vec<Value>,
    pub(crate) attributes: Mutex<IndexMap<Name, Value>>,
    pub(crate) source: Arc<Source>,
    pub(crate) span: (u32, u32),
}

impl Class {
    /// The attribute, of the class or the nearest base that has it.
    pub(crate) fn attribute(&self, name: &str) -> Option<Value> {
        if let Some(value) = lock(&self.attributes).get(name) {
            return Some(value.clone());
        }
        self.bases.iter().find_map(|base| match base {
            Value::Class(class) => class.attribute(name),
            _ => None,
        })
    }
}

/// An instance of a class of the package.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) class: Arc<Class>,
    pub(crate) attributes: Mutex<IndexMap<Name, Value>>,
}

/// A tax and benefit system while its constructor or a reform works on it.
#[derive(Debug)]
pub(crate) struct SystemObject {
    pub(crate) class: Arc<Class>,
    pub(crate) attributes: Mutex<IndexMap<Name, Value>>,
    pub(crate) system: Mutex<System>,
}

/// How a value goes from the entity it was asked of to the one that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Transform {
    /// From a group to its persons.
    ToPersons(EntityIndex),
    /// From persons to the first of each group.
    FirstPerson(EntityIndex),
    /// From persons to the one with a role.
    UniqueRole(EntityIndex, RoleReference),
}

/// `person`, `household`, `person.household`, `household.first_person` …
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Projector {
    pub(crate) entity: EntityIndex,
    /// Innermost first.
    pub(crate) transforms: Vec<Transform>,
}

/// A parameter node indexed by a column: one value for each key.
#[derive(Debug)]
pub(crate) struct Indexed {
    pub(crate) name: String,
    pub(crate) key: NodeId,
    pub(crate) entries: Vec<(Constant, Option<Value>)>,
}

/// A key of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    None,
    Int(i64),
    Float(u64),
    Text(Name),
    Date(i32),
    Instant(Instant),
    Period(Period),
    Unit(Unit),
    Member(u32, usize),
    Role(Name, Name),
    Tuple(Vec<Key>),
    Column(NodeId),
    Other(usize),
}

/// Arguments given by name.
pub(crate) type NamedValues = Vec<(Name, Value)>;

/// A dictionary, in the order of insertion.
pub(crate) type Dictionary = IndexMap<Key, (Value, Value)>;

/// A Python value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(Number),
    Text(Name),
    List(Shared<Vec<Value>>),
    Tuple(Arc<Vec<Value>>),
    Set(Shared<Dictionary>),
    Dict(Shared<Dictionary>),
    Slice(Arc<[Value; 3]>),
    /// Days since 1970.
    Date(i32),
    /// So many days.
    Days(i64),
    Instant(Instant),
    Period(Period),
    Unit(Unit),
    Function(Arc<Function>),
    /// Something of Python, NumPy or OpenFisca by its name.
    Builtin(Name),
    /// A module outside the package.
    Library(Name),
    Method(Arc<(Value, Name)>),
    /// A function with its first arguments given.
    Bound(Arc<(Value, Vec<Value>)>),
    /// A function with arguments given by name, after its first ones.
    Partial(Arc<(Value, Vec<Value>, NamedValues)>),
    Module(Arc<ModuleObject>),
    Class(Arc<Class>),
    Object(Arc<Object>),
    System(Arc<SystemObject>),
    EnumType(Arc<EnumType>),
    EnumMember(Arc<EnumType>, usize),
    Entity(Arc<Entity>),
    Role(Arc<RoleReference>),
    Population(Arc<Projector>),
    /// The third argument of a formula.
    Parameters,
    ParameterAt(Arc<ParameterNode>, Name),
    Scale(Shared<Scale>),
    Indexed(Arc<Indexed>),
    Tree(Shared<Mutable>),
    /// The children of a parameter node: a dictionary that changes the node.
    Children(Shared<Mutable>),
    /// What is known of a variable, by its name.
    Holder(Name),
    Column(NodeId),
    /// How many entities of a kind there are.
    Count(EntityIndex),
    Kind(Kind),
    Exception(Name, Name),
    Poison(Arc<Diagnostic>),
}

/// A module of the package.
#[derive(Debug)]
pub(crate) struct ModuleObject {
    pub(crate) source: Arc<Source>,
    pub(crate) scope: Arc<Scope>,
}

impl Value {
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(text.as_ref()))
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(shared(items))
    }

    pub(crate) fn tuple(items: Vec<Self>) -> Self {
        Self::Tuple(Arc::new(items))
    }

    pub(crate) fn builtin(name: &str) -> Self {
        Self::Builtin(Arc::from(name))
    }

    pub(crate) fn float(value: f64) -> Self {
        Self::Float(Number::from_float(value))
    }

    pub(crate) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// What Python calls the type.
    pub(crate) fn type_name(&self) -> &str {
        match self {
            Self::None => "NoneType",
            Self::Ellipsis => "ellipsis",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "str",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Set(_) => "set",
            Self::Dict(_) | Self::Children(_) => "dict",
            Self::Holder(_) => "Holder",
            Self::Slice(_) => "slice",
            Self::Date(_) => "date",
            Self::Days(_) => "timedelta",
            Self::Instant(_) => "Instant",
            Self::Period(_) => "Period",
            Self::Unit(_) => "DateUnit",
            Self::Function(_) | Self::Bound(_) | Self::Partial(_) => "function",
            Self::Builtin(_) | Self::Method(_) => "builtin",
            Self::Library(_) | Self::Module(_) => "module",
            Self::Class(_) | Self::EnumType(_) | Self::Kind(_) => "type",
            Self::Object(object) => &object.class.name,
            Self::System(object) => &object.class.name,
            Self::EnumMember(enumeration, _) => &enumeration.name,
            Self::Entity(_) => "Entity",
            Self::Role(_) => "Role",
            Self::Population(_) => "Population",
            Self::Parameters => "parameters",
            Self::ParameterAt(..) => "ParameterNodeAtInstant",
            Self::Scale(_) => "TaxScale",
            Self::Indexed(_) => "VectorialParameterNodeAtInstant",
            Self::Tree(_) => "ParameterNode",
            Self::Column(_) => "ndarray",
            Self::Count(_) => "count",
            Self::Exception(name, _) => name,
            Self::Poison(_) => "unsupported",
        }
    }

    /// The number of a whole value.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// A number, whole or not.
    pub(crate) fn as_number(&self) -> Option<Number> {
        match self {
            Self::Float(number) => Some(*number),
            _ => self.as_int().map(Number::from_integer),
        }
    }

    /// As a key of a dictionary; columns and mutable containers are not.
    pub(crate) fn key(&self) -> Outcome<Key> {
        Ok(match self {
            Self::None => Key::None,
            Self::Bool(value) => Key::Int(i64::from(*value)),
            Self::Int(value) => Key::Int(*value),
            Self::Float(number) if number.float.fract() == 0.0 && number.float.abs() < 9e15 => {
                Key::Int(number.float as i64)
            }
            Self::Float(number) => Key::Float(number.float.to_bits()),
            Self::Text(text) => Key::Text(Arc::clone(text)),
            Self::Date(days) => Key::Date(*days),
            Self::Instant(instant) => Key::Instant(*instant),
            Self::Period(period) => Key::Period(*period),
            Self::Unit(unit) => Key::Unit(*unit),
            Self::EnumMember(enumeration, index) => Key::Member(enumeration.id, *index),
            Self::Role(role) => Key::Role(Arc::clone(&role.entity), Arc::clone(&role.key)),
            Self::Tuple(items) => Key::Tuple(items.iter().map(Self::key).collect::<Outcome<_>>()?),
            Self::Column(id) => Key::Column(*id),
            Self::Builtin(name) => Key::Text(Arc::from(format!("<builtin {name}>"))),
            Self::Function(function) => Key::Other(Arc::as_ptr(function) as usize),
            Self::Class(class) => Key::Other(Arc::as_ptr(class) as usize),
            Self::Object(object) => Key::Other(Arc::as_ptr(object) as usize),
            Self::EnumType(enumeration) => Key::Other(Arc::as_ptr(enumeration) as usize),
            Self::Entity(entity) => Key::Text(Arc::from(format!("<entity {}>", entity.key))),
            other => return Err(Diagnostic::raised("TypeError", format!("unhashable type: '{}'", other.type_name()))),
        })
    }

    /// What `str(…)` gives.
    pub(crate) fn display(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(value) => value.to_string(),
            Self::Float(number) => python_float(number.float),
            Self::Text(text) => text.to_string(),
            Self::Date(days) => Instant::from_days(*days).to_string(),
            Self::Instant(instant) => instant.to_string(),
            Self::Period(period) => period.to_string(),
            Self::Unit(unit) => unit.name().to_owned(),
            Self::EnumMember(enumeration, index) => format!("{}.{}", enumeration.name, enumeration.members[*index].0),
            Self::List(items) => format!("[{}]", represent_all(&lock(items).clone())),
            Self::Tuple(items) => format!("({})", represent_all(items)),
            other => format!("<{}>", other.type_name()),
        }
    }

    /// What `repr(…)` gives.
    pub(crate) fn represent(&self) -> String {
        match self {
            Self::Text(text) => format!("'{text}'"),
            other => other.display(),
        }
    }
}

fn represent_all(items: &[Value]) -> String {
    items.iter().map(Value::represent).collect::<Vec<_>>().join(", ")
}

/// A float as Python prints it.
pub(crate) fn python_float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value != 0.0 && (value.abs() >= 1e16 || value.abs() < 1e-4) {
        let text = format!("{value:e}");
        return match text.split_once('e') {
            Some((mantissa, exponent)) => {
                let (sign, digits) = exponent.strip_prefix('-').map_or(("+", exponent), |digits| ("-", digits));
                format!("{mantissa}e{sign}{digits:0>2}")
            }
            None => text,
        };
    }
    format!("{value:?}")
}
