//! Populations in formulas: asking for variables, projecting between persons and groups, aggregating.

use super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::entity::{Entity, EntityIndex, RoleReference};
use crate::graph::{Aggregation, Constant, Kind, NodeId, Operand, Operation, Shape};
use crate::number::{Number, Rational};
use crate::session::Combine;
use crate::syntax::Name;
use crate::value::{Outcome, Projector, Transform, Value};
use std::sync::Arc;

impl Evaluator {
    fn entity(&mut self, index: EntityIndex) -> Outcome<Arc<Entity>> {
        Ok(Arc::clone(&self.system()?.entities[index]))
    }

    /// `population("variable", period, options)`
    pub(crate) fn call_population(&mut self, projector: &Projector, arguments: &Arguments) -> Outcome<Value> {
        let name = arguments.require(0, "variable_name", "population")?;
        let Value::Text(name) = name else {
            return Err(Diagnostic::raised(
                "TypeError",
                format!("a variable's name is a text, not '{}'", name.type_name()),
            ));
        };
        let entity = self.entity(projector.entity)?;
        let system = self.system()?;
        let variable = system.variable(&name)?;
        if variable.entity != projector.entity {
            let defined = &system.entities[variable.entity].plural;
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "You tried to compute the variable '{name}' for the entity '{}'; however the variable '{name}' is defined for '{defined}'.",
                    entity.plural
                ),
            ));
        }
        let Some(period) = arguments.take(1, "period").filter(|period| !period.is_none()) else {
            return Err(Diagnostic::raised(
                "PeriodValidityError",
                format!("You requested computation of variable \"{name}\", but you did not specify on which period."),
            ));
        };
        let period = super::builtin::period(&period)?;
        let mut option = Combine::None;
        if let Some(options) = arguments.take(2, "options").filter(|options| !options.is_none()) {
            let options: Vec<String> = match &options {
                Value::Text(text) => vec![text.to_string()],
                other => self.iterate(other)?.iter().map(Value::display).collect(),
            };
            let has = |wanted: &str| options.iter().any(|option| option == wanted);
            option = match (has("add"), has("divide")) {
                (true, true) => {
                    return Err(Diagnostic::raised(
                        "IncompatibleOptionsError",
                        format!("Options ADD and DIVIDE are incompatible (trying to compute variable {name})."),
                    ));
                }
                (true, false) => Combine::Add,
                (false, true) => Combine::Divide,
                _ if options.is_empty() => Combine::None,
                _ => {
                    return Err(Diagnostic::raised(
                        "InvalidOptionError",
                        format!("Option {} is not a valid option (trying to compute variable {name}).", options[0]),
                    ));
                }
            };
        }
        let id = match option {
            Combine::None => self.calculate(&name, period)?,
            Combine::Add => self.calculate_add(&name, period)?,
            Combine::Divide => self.calculate_divide(&name, period)?,
        };
        self.transform(id, &projector.transforms).map(Value::Column)
    }

    /// Takes a column from the entity it was asked of to the one that asks.
    fn transform(&mut self, mut id: NodeId, transforms: &[Transform]) -> Outcome<NodeId> {
        for transform in transforms {
            id = match transform {
                Transform::ToPersons(group) => self.project(id, *group)?,
                Transform::FirstPerson(group) => self.nth(id, *group, 0, &Constant::Int(0))?,
                Transform::UniqueRole(group, role) => self.of_role(id, *group, role, &Constant::Int(0))?,
            };
        }
        Ok(id)
    }

    fn person(&mut self) -> Outcome<EntityIndex> {
        Ok(self.system()?.person)
    }

    /// A column of persons, as aggregations want it.
    fn of_persons(&mut self, id: NodeId) -> Outcome<NodeId> {
        let person = self.person()?;
        let graph = &mut self.session()?.graph;
        match graph.shape(id) {
            Shape::Entity(entity) if entity == person => Ok(id),
            Shape::Scalar => {
                let (constant, kind) = (graph.constant(id).cloned(), graph.kind(id));
                match constant {
                    Some(constant) => graph.fill(constant, kind, Shape::Entity(person)),
                    None => Err(Diagnostic::raised("ValueError", "a single value where a column of persons is wanted")),
                }
            }
            Shape::Entity(_) => Err(Diagnostic::raised(
                "InvalidArraySizeError",
                "a column of groups where a column of persons is wanted; call group.project(…) first",
            )),
        }
    }

    fn project(&mut self, id: NodeId, group: EntityIndex) -> Outcome<NodeId> {
        let person = self.person()?;
        let graph = &mut self.session()?.graph;
        let kind = graph.kind(id);
        if let Some(constant) = graph.constant(id).cloned() {
            return graph.fill(constant, kind, Shape::Entity(person));
        }
        if graph.shape(id) != Shape::Entity(group) {
            return Err(Diagnostic::raised("InvalidArraySizeError", "a column of another entity is projected"));
        }
        graph.add(Operation::Project(id), kind, Shape::Entity(person))
    }

    fn nth(&mut self, id: NodeId, group: EntityIndex, n: u32, default: &Constant) -> Outcome<NodeId> {
        let id = self.of_persons(id)?;
        let graph = &mut self.session()?.graph;
        let kind = graph.kind(id);
        let default = default_of(default, kind)?;
        graph.add(Operation::Nth(n, id, default), kind, Shape::Entity(group))
    }

    fn of_role(&mut self, id: NodeId, group: EntityIndex, role: &RoleReference, default: &Constant) -> Outcome<NodeId> {
        if role.max != Some(1) {
            return Err(Diagnostic::raised(
                "Exception",
                format!(
                    "You can only use value_from_person with a role that is unique in {}. Role {} is not unique.",
                    role.entity, role.key
                ),
            ));
        }
        let id = self.of_persons(id)?;
        let graph = &mut self.session()?.graph;
        let kind = graph.kind(id);
        let default = default_of(default, kind)?;
        graph.add(Operation::OfRole(role.mask, id, default), kind, Shape::Entity(group))
    }

    fn has_role(&mut self, role: &RoleReference) -> Outcome<NodeId> {
        let group = self.system()?.entity(&role.entity)?;
        let person = self.person()?;
        self.session()?.graph.add(Operation::HasRole(group, role.mask), Kind::Bool, Shape::Entity(person))
    }

    fn aggregate(
        &mut self,
        aggregation: Aggregation,
        id: NodeId,
        group: EntityIndex,
        role: Option<&RoleReference>,
    ) -> Outcome<NodeId> {
        let id = self.of_persons(id)?;
        let graph = &mut self.session()?.graph;
        let kind = graph.kind(id);
        if !kind.is_numeric() {
            return Err(Diagnostic::raised("TypeError", format!("{} are not added up", kind.describe())));
        }
        let (id, result) = match aggregation {
            Aggregation::Sum | Aggregation::Largest | Aggregation::Smallest => (id, Kind::Float64),
            Aggregation::Any => (id, Kind::Bool),
            Aggregation::All => (graph.truth(id)?, Kind::Bool),
        };
        graph.add(Operation::Aggregate(aggregation, id, role.map(|role| role.mask)), result, Shape::Entity(group))
    }

    fn role_argument(value: Option<Value>) -> Outcome<Option<Arc<RoleReference>>> {
        match value {
            None | Some(Value::None) => Ok(None),
            Some(Value::Role(role)) => Ok(Some(role)),
            Some(other) => Err(Diagnostic::raised("ValueError", format!("{} is not a valid role", other.display()))),
        }
    }

    /// An attribute of a population: a projector, or something about it.
    pub(crate) fn population_attribute(&mut self, projector: &Arc<Projector>, name: &Name) -> Outcome<Value> {
        let entity = self.entity(projector.entity)?;
        let system = self.system()?;
        let further = |entity: EntityIndex, transform: Transform| {
            let mut transforms = vec![transform];
            transforms.extend(projector.transforms.iter().cloned());
            Value::Population(Arc::new(Projector { entity, transforms }))
        };
        match &**name {
            "count" => return Ok(Value::Count(projector.entity)),
            "entity" => return Ok(Value::Entity(entity)),
            "simulation" => return Ok(Value::builtin("openfisca.simulation")),
            "members" if !entity.is_person => {
                return Ok(Value::Population(Arc::new(Projector { entity: system.person, transforms: Vec::new() })));
            }
            "members_position" if !entity.is_person => {
                let person = system.person;
                return self
                    .session()?
                    .graph
                    .add(Operation::Position(projector.entity), Kind::Int32, Shape::Entity(person))
                    .map(Value::Column);
            }
            _ => {}
        }
        if entity.is_person {
            if let Some(group) = system.entities.iter().position(|other| !other.is_person && other.key == *name) {
                return Ok(further(group, Transform::ToPersons(group)));
            }
        } else {
            if &**name == "first_person" {
                return Ok(further(system.person, Transform::FirstPerson(projector.entity)));
            }
            if let Some(role) = entity.role(name).filter(|role| role.max == Some(1)) {
                return Ok(further(system.person, Transform::UniqueRole(projector.entity, role)));
            }
            if entity.containing.iter().any(|other| other == name) {
                let group = system.entity(name)?;
                let mut transforms = vec![Transform::ToPersons(group), Transform::FirstPerson(projector.entity)];
                transforms.extend(projector.transforms.iter().cloned());
                return Ok(Value::Population(Arc::new(Projector { entity: group, transforms })));
            }
        }
        Ok(Value::Method(Arc::new((Value::Population(Arc::clone(projector)), Arc::clone(name)))))
    }

    /// A method of a population.
    pub(crate) fn population_method(
        &mut self,
        projector: &Arc<Projector>,
        name: &Name,
        arguments: &Arguments,
    ) -> Outcome<Value> {
        let entity = self.entity(projector.entity)?;
        let group = projector.entity;
        let own = match &**name {
            "has_role" => {
                let Some(role) = Self::role_argument(arguments.take(0, "role"))? else {
                    return Err(Diagnostic::raised("TypeError", "has_role() needs a role"));
                };
                let has_role = self.has_role(&role)?;
                // Asked of a group, it is still an answer for each person.
                if !entity.is_person {
                    return Ok(Value::Column(has_role));
                }
                has_role
            }
            "get_rank" if entity.is_person => self.rank(arguments)?,
            "get_rank" => return self.rank(arguments).map(Value::Column),
            "value_from_partner" if entity.is_person => self.partner(arguments)?,
            "empty_array" => {
                return self
                    .session()?
                    .graph
                    .fill(Constant::Float(Number::from_integer(0)), Kind::Float32, Shape::Entity(group))
                    .map(Value::Column);
            }
            "filled_array" => return self.filled(group, arguments).map(Value::Column),
            "check_array_compatible_with_entity" | "check_period_validity" => return Ok(Value::None),
            "get_holder" => {
                let variable = arguments.require(0, "variable_name", name)?.display();
                let system = self.system()?;
                return Ok(Value::Holder(Arc::clone(&system.variable(&variable)?.name)));
            }
            "get_memory_usage" | "get_index" | "clone" => {
                return Err(Diagnostic::unsupported(
                    format!("{name}() looks behind the calculation"),
                    "ask for the variable: population(\"variable\", period)",
                ));
            }
            _ if entity.is_person => {
                let attribute = self.population_attribute(projector, name)?;
                return match attribute {
                    Value::Population(inner) => self.call_population(&inner, arguments),
                    _ => Err(Diagnostic::raised(
                        "AttributeError",
                        format!("You tried to use the '{name}' of '{}' but that is not a known attribute.", entity.key),
                    )),
                };
            }
            "sum" | "any" | "all" | "max" | "min" => {
                let array = arguments.require(0, "array", name)?;
                let id = self.node(&array)?;
                let role = Self::role_argument(arguments.take(1, "role"))?;
                let aggregation = match &**name {
                    "sum" => Aggregation::Sum,
                    "any" => Aggregation::Any,
                    "all" => Aggregation::All,
                    "max" => Aggregation::Largest,
                    _ => Aggregation::Smallest,
                };
                self.aggregate(aggregation, id, group, role.as_deref())?
            }
            "reduce" => self.reduce(group, arguments)?,
            "nb_persons" => match Self::role_argument(arguments.take(0, "role"))? {
                None => self.session()?.graph.add(Operation::Members, Kind::Int64, Shape::Entity(group))?,
                Some(role) => {
                    let with_role = self.has_role(&role)?;
                    self.aggregate(Aggregation::Sum, with_role, group, None)?
                }
            },
            "value_from_person" => {
                let array = arguments.require(0, "array", name)?;
                let id = self.node(&array)?;
                let Some(role) = Self::role_argument(arguments.take(1, "role"))? else {
                    return Err(Diagnostic::raised("TypeError", "value_from_person() needs a role"));
                };
                let default = self.default_argument(arguments.take(2, "default"))?;
                self.of_role(id, group, &role, &default)?
            }
            "value_nth_person" => {
                let n = arguments.require(0, "n", name)?;
                let Some(n) = n.as_int().and_then(|n| u32::try_from(n).ok()) else {
                    return Err(Diagnostic::unsupported(
                        "value_nth_person with a place that is not known while compiling",
                        "use a whole number",
                    ));
                };
                let array = arguments.require(1, "array", name)?;
                let id = self.node(&array)?;
                let default = self.default_argument(arguments.take(2, "default"))?;
                self.nth(id, group, n, &default)?
            }
            "value_from_first_person" => {
                let array = arguments.require(0, "array", name)?;
                let id = self.node(&array)?;
                self.nth(id, group, 0, &Constant::Int(0))?
            }
            "project" => {
                let array = arguments.require(0, "array", name)?;
                let id = self.node(&array)?;
                let projected = self.project(id, group)?;
                return match Self::role_argument(arguments.take(1, "role"))? {
                    None => Ok(Value::Column(projected)),
                    Some(role) => {
                        let condition = self.has_role(&role)?;
                        self.choose(&Value::Column(condition), &Value::Column(projected), &Value::Int(0))
                    }
                };
            }
            "get_role" => {
                let key = arguments.require(0, "role_name", name)?.display();
                return Ok(entity.role(&key).map_or(Value::None, |role| Value::Role(Arc::new(role))));
            }
            _ => {
                let attribute = self.population_attribute(projector, name)?;
                return match attribute {
                    Value::Population(inner) => self.call_population(&inner, arguments),
                    _ => {
                        Err(Diagnostic::raised("AttributeError", format!("'{}' has no attribute '{name}'", entity.key)))
                    }
                };
            }
        };
        self.transform(own, &projector.transforms).map(Value::Column)
    }

    fn default_argument(&mut self, value: Option<Value>) -> Outcome<Constant> {
        match value {
            None | Some(Value::None) => Ok(Constant::Int(0)),
            Some(Value::EnumMember(_, index)) => Ok(Constant::Int(index as i64)),
            Some(Value::Date(days)) => Ok(Constant::Int(i64::from(days))),
            Some(value) => match self.operand(&value)? {
                Operand::Weak(constant) => Ok(constant),
                Operand::Node(id) => self.session()?.graph.constant(id).cloned().ok_or_else(|| {
                    Diagnostic::unsupported(
                        "a default that is a column",
                        "use one value as default, and where(…) afterwards",
                    )
                }),
            },
        }
    }

    fn filled(&mut self, entity: EntityIndex, arguments: &Arguments) -> Outcome<NodeId> {
        let value = arguments.require(0, "value", "filled_array")?;
        let kind = arguments
            .take(1, "dtype")
            .filter(|dtype| !dtype.is_none())
            .map(|dtype| super::numpy::kind_of(&dtype))
            .transpose()?;
        let id = self.node(&value)?;
        let graph = &mut self.session()?.graph;
        let kind = kind.unwrap_or_else(|| graph.kind(id));
        let constant = graph
            .constant(id)
            .cloned()
            .ok_or_else(|| Diagnostic::raised("ValueError", "filled_array() takes one value"))?;
        graph.fill(constant, kind, Shape::Entity(entity))
    }

    /// `group.reduce(array, reducer, neutral_element, role)`
    fn reduce(&mut self, group: EntityIndex, arguments: &Arguments) -> Outcome<NodeId> {
        let array = arguments.require(0, "array", "reduce")?;
        let id = self.node(&array)?;
        let reducer = arguments.require(1, "reducer", "reduce")?;
        let role = Self::role_argument(arguments.take(3, "role"))?;
        let aggregation = match &reducer {
            Value::Builtin(name) => match name.rsplit('.').next() {
                Some("maximum" | "fmax") => Aggregation::Largest,
                Some("minimum" | "fmin") => Aggregation::Smallest,
                Some("logical_and") => Aggregation::All,
                Some("logical_or") => Aggregation::Any,
                Some("add") => Aggregation::Sum,
                _ => {
                    return Err(Diagnostic::unsupported(
                        "reduce with this function",
                        "use numpy.add, maximum, minimum, logical_and or logical_or",
                    ));
                }
            },
            _ => {
                return Err(Diagnostic::unsupported(
                    "reduce with a function of one's own",
                    "use numpy.add, maximum, minimum, logical_and or logical_or",
                ));
            }
        };
        // Dates are compared as days, and are dates again afterwards.
        let kind = self.session()?.graph.kind(id);
        let id = if kind == Kind::Date { self.session()?.graph.convert(id, Kind::Int64)? } else { id };
        let reduced = self.aggregate(aggregation, id, group, role.as_deref())?;
        // The neutral element takes part: where nobody has the role, it is the result.
        let neutral = arguments.require(2, "neutral_element", "reduce")?;
        let operation = match aggregation {
            Aggregation::Largest => crate::graph::Binary::Maximum,
            Aggregation::Smallest => crate::graph::Binary::Minimum,
            _ => return Ok(reduced),
        };
        let neutral =
            if kind == Kind::Date { Value::Int(i64::from(super::builtin::instant(&neutral)?.days())) } else { neutral };
        let result = self.columns(operation, &Value::Column(reduced), &neutral)?;
        let result = self.node(&result)?;
        if kind == Kind::Date {
            let graph = &mut self.session()?.graph;
            let whole = graph.convert(result, Kind::Int64)?;
            return graph.convert(whole, Kind::Date);
        }
        Ok(result)
    }

    /// `person.get_rank(group, criteria, condition)`
    fn rank(&mut self, arguments: &Arguments) -> Outcome<NodeId> {
        let group = match arguments.require(0, "entity", "get_rank")? {
            Value::Population(projector) => projector.entity,
            other => {
                return Err(Diagnostic::raised(
                    "TypeError",
                    format!("get_rank() needs a group, not '{}'", other.type_name()),
                ));
            }
        };
        let criteria = arguments.require(1, "criteria", "get_rank")?;
        let criteria = self.node(&criteria)?;
        let criteria = self.of_persons(criteria)?;
        let condition = arguments.take(2, "condition").unwrap_or(Value::Bool(true));
        let condition = self.node(&condition)?;
        let condition = self.of_persons(condition)?;
        let graph = &mut self.session()?.graph;
        let condition = graph.truth(condition)?;
        let shape = graph.shape(criteria);
        graph.add(Operation::Rank(group, criteria, condition), Kind::Int64, shape)
    }

    /// `person.value_from_partner(array, entity, role)`
    fn partner(&mut self, arguments: &Arguments) -> Outcome<NodeId> {
        let array = arguments.require(0, "array", "value_from_partner")?;
        let id = self.node(&array)?;
        let (Value::Population(projector), Some(role)) =
            (arguments.require(1, "entity", "value_from_partner")?, Self::role_argument(arguments.take(2, "role"))?)
        else {
            return Err(Diagnostic::raised("TypeError", "value_from_partner() needs a group and a role"));
        };
        let system = self.system()?;
        let entity = &system.entities[projector.entity];
        let subroles: Vec<RoleReference> = entity
            .roles
            .iter()
            .find(|known| known.key == role.key)
            .map(|known| known.subroles.iter().filter_map(|subrole| entity.role(subrole)).collect())
            .unwrap_or_default();
        let [first, second] = subroles.as_slice() else {
            return Err(Diagnostic::raised(
                "Exception",
                "Projection to partner is only implemented for roles having exactly two subroles.",
            ));
        };
        let mut of = |role: &RoleReference| -> Outcome<Value> {
            let value = self.of_role(id, projector.entity, role, &Constant::Int(0))?;
            self.project(value, projector.entity).map(Value::Column)
        };
        let (first_value, second_value) = (of(first)?, of(second)?);
        let is_first = Value::Column(self.has_role(first)?);
        let is_second = Value::Column(self.has_role(second)?);
        let rest = self.choose(&is_second, &first_value, &Value::Int(0))?;
        let result = self.choose(&is_first, &second_value, &rest)?;
        self.node(&result)
    }
}

/// The default as a column of a kind would hold it: zero is the first member of an enumeration, the day of 1970.
fn default_of(default: &Constant, kind: Kind) -> Outcome<Constant> {
    match (default, kind) {
        (Constant::Int(0), Kind::Text) => Ok(Constant::Text(Arc::from(""))),
        (Constant::Float(number), kind) if number.exact == Some(Rational::INFINITY) && kind.is_integer() => {
            Ok(Constant::Int(i64::from(i32::MAX)))
        }
        _ => crate::graph::convert_constant(default, kind),
    }
}
