//! One question to the rules: which variables rest on which, for which periods, compiled into one graph.
//!
//! Variables are compiled in the order in which OpenFisca would calculate them, so that circles and spirals end where
//! OpenFisca ends them.

mod cast;
mod combine;

use crate::diagnostic::{Diagnostic, Trouble};
use crate::entity::EnumType;
use crate::evaluate::{Arguments, Evaluator};
use crate::graph::{Graph, Kind, NodeId, Shape};
use crate::parameter::ParameterValue;
use crate::period::{Period, Unit};
use crate::system::{Library, System};
use crate::value::{Outcome, Projector, Value};
use crate::variable::{Annualised, Formula, Variable};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What to do with a period that is not the variable's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Combine {
    /// Nothing.
    None,
    /// The sum over sub-periods.
    Add,
    /// An equal part of the longer period.
    Divide,
}

/// A parameter that a formula read.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterRead {
    /// Its path.
    pub name: String,
    /// The day it was read for.
    pub instant: String,
    /// The value; none for a scale.
    pub value: Option<ParameterValue>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was given.
    Input,
    /// A formula, by its first day.
    Formula(String),
    /// The default: no input, no formula in force.
    Default,
    /// A reform switched the variable off.
    Neutralized,
    /// The default, because the formula came back to itself at another period.
    Spiral,
}

/// A variable at a period, once compiled.
#[derive(Clone, Debug)]
pub struct Calculation {
    /// The variable.
    pub variable: Arc<str>,
    /// The period.
    pub period: Period,
    /// Its column.
    pub node: NodeId,
    /// Where it comes from.
    pub origin: Origin,
    /// What it asked for, in order, by place in the plan's calculations.
    pub children: Vec<usize>,
    /// The parameters it read.
    pub parameters: Vec<ParameterRead>,
}

/// What is being compiled.
struct Active {
    variable: Arc<str>,
    period: Period,
    children: Vec<usize>,
    parameters: Vec<ParameterRead>,
}

/// The state of one question.
pub(crate) struct Session {
    pub(crate) system: Arc<System>,
    pub(crate) graph: Graph,
    /// Variables and periods that are given.
    inputs: HashSet<(Arc<str>, Period)>,
    known: HashMap<(Arc<str>, Period), usize>,
    pub(crate) calculations: Vec<Calculation>,
    stack: Vec<Active>,
    invalid: HashSet<(Arc<str>, Period)>,
    max_spiral_loops: usize,
    /// Every variable but the one asked for counts as given: one formula is looked at for itself.
    alone: bool,
    enumerations: HashMap<u32, Arc<EnumType>>,
    /// What a package's own `set_input` has set; none where there is no such function at work.
    pub(crate) setting: Option<Vec<(Arc<str>, Period, NodeId)>>,
}

impl Session {
    pub(crate) fn new(system: Arc<System>, inputs: HashSet<(Arc<str>, Period)>, max_spiral_loops: usize) -> Self {
        let mut session = Self {
            system,
            graph: Graph::default(),
            inputs,
            known: HashMap::new(),
            calculations: Vec::new(),
            stack: Vec::new(),
            invalid: HashSet::new(),
            max_spiral_loops,
            alone: false,
            enumerations: HashMap::new(),
            setting: None,
        };
        let system = Arc::clone(&session.system);
        for variable in system.variables.values() {
            if let crate::variable::ValueType::Enum(enumeration) = &variable.value_type {
                session.learn(enumeration);
            }
        }
        session
    }

    /// A session that looks at one formula for itself, whatever the variables that it asks for.
    pub(crate) fn alone(system: Arc<System>) -> Self {
        Self { alone: true, ..Self::new(system, HashSet::new(), 1) }
    }

    /// Remembers an enumeration by its number.
    pub(crate) fn learn(&mut self, enumeration: &Arc<EnumType>) {
        self.enumerations.entry(enumeration.id).or_insert_with(|| Arc::clone(enumeration));
    }

    pub(crate) fn enumeration(&self, id: u32) -> Outcome<Arc<EnumType>> {
        self.enumerations
            .get(&id)
            .cloned()
            .ok_or_else(|| Diagnostic::raised("TypeError", "an enumeration of another package"))
    }

    pub(crate) fn read_parameter(&mut self, name: &str, instant: &str, value: &ParameterValue) {
        self.remember(ParameterRead { name: name.to_owned(), instant: instant.to_owned(), value: Some(value.clone()) });
    }

    pub(crate) fn read_scale(&mut self, name: &str, instant: &str) {
        self.remember(ParameterRead { name: name.to_owned(), instant: instant.to_owned(), value: None });
    }

    fn remember(&mut self, read: ParameterRead) {
        if let Some(active) = self.stack.last_mut()
            && !active.parameters.contains(&read)
        {
            active.parameters.push(read);
        }
    }

    /// Ends a question and gives what it compiled.
    pub(crate) fn finish(self) -> (Graph, Vec<Calculation>) {
        (self.graph, self.calculations)
    }

    /// The periods for which a variable is given or compiled already, the earliest first.
    pub(crate) fn known_periods(&self, name: &str) -> Vec<Period> {
        if self.alone {
            return Vec::new();
        }
        let keys = self.inputs.iter().chain(self.known.keys());
        let mut periods: Vec<Period> = keys.filter(|(known, _)| &**known == name).map(|(_, period)| *period).collect();
        periods.sort_by_key(|period| (period.start, period.size));
        periods.dedup();
        periods
    }

    fn note(&mut self, calculation: Calculation) -> usize {
        self.calculations.push(calculation);
        self.calculations.len() - 1
    }
}

/// The period under which a value is kept: eternal variables have one for ever.
pub(crate) fn kept_period(variable: &Variable, period: Period) -> Period {
    if variable.definition_period == Unit::Eternity { Period::ETERNITY } else { period }
}

fn period_mismatch(variable: &Variable, period: Period, hint: &str) -> Diagnostic {
    let unit = variable.definition_period.name();
    Diagnostic::raised(
        "ValueError",
        format!(
            "Unable to compute variable '{0}' for period {period}: '{0}' must be computed for a whole {unit}. {hint}",
            variable.name
        ),
    )
}

/// Refuses a period that is not the variable's, in OpenFisca's words.
fn check_period(variable: &Variable, period: Period) -> Outcome<()> {
    let name = &variable.name;
    let hint = match variable.definition_period {
        Unit::Eternity => return Ok(()),
        Unit::Year if period.unit != Unit::Year => format!(
            "You can use the DIVIDE option to get an estimate of {name} by dividing the yearly value by 12, or change the requested period to 'period.this_year'."
        ),
        Unit::Month if period.unit != Unit::Month => {
            format!(
                "You can use the ADD option to sum '{name}' over the requested period, or change the requested period to 'period.first_month'."
            )
        }
        Unit::Week if period.unit != Unit::Week => {
            format!(
                "You can use the ADD option to sum '{name}' over the requested period, or change the requested period to 'period.first_week'."
            )
        }
        _ if period.size != 1 || period.unit == Unit::Eternity => {
            format!("You can use the ADD option to sum '{name}' over the requested period.")
        }
        _ => return Ok(()),
    };
    Err(period_mismatch(variable, period, &hint))
}

impl Evaluator {
    /// An evaluator with a question to answer.
    pub(crate) fn with_session(library: Arc<Library>, session: Session) -> Self {
        let mut evaluator = Self::new(library);
        evaluator.session = Some(session);
        evaluator
    }

    /// The column of a variable at a period.
    pub(crate) fn calculate(&mut self, name: &str, period: Period) -> Outcome<NodeId> {
        let system = self.system()?;
        let variable = Arc::clone(system.variable(name)?);
        check_period(&variable, period)?;
        let key = (Arc::clone(&variable.name), kept_period(&variable, period));
        let place = match self.known_calculation(&variable, &key)? {
            Some(place) => place,
            None => self.compile(&variable, period, key)?,
        };
        let session = self.session()?;
        if let Some(parent) = session.stack.last_mut() {
            if !parent.children.contains(&place) {
                parent.children.push(place);
            }
        } else {
            for entry in std::mem::take(&mut session.invalid) {
                session.known.remove(&entry);
            }
        }
        Ok(session.calculations[place].node)
    }

    /// What is given, switched off, or compiled already.
    fn known_calculation(&mut self, variable: &Variable, key: &(Arc<str>, Period)) -> Outcome<Option<usize>> {
        let session = self.session()?;
        if let Some(place) = session.known.get(key) {
            return Ok(Some(*place));
        }
        let (kind, shape) = (variable.kind(), Shape::Entity(variable.entity));
        let (node, origin) = if variable.is_neutralized {
            (session.graph.fill(variable.default.clone(), kind, shape)?, Origin::Neutralized)
        } else if session.inputs.contains(key) || (session.alone && !session.stack.is_empty()) {
            (session.graph.input(&key.0, key.1, kind, shape)?, Origin::Input)
        } else {
            return Ok(None);
        };
        let calculation = Calculation {
            variable: Arc::clone(&key.0),
            period: key.1,
            node,
            origin,
            children: Vec::new(),
            parameters: Vec::new(),
        };
        let place = session.note(calculation);
        session.known.insert(key.clone(), place);
        Ok(Some(place))
    }

    /// The column of a variable where it is given or compiled already.
    pub(crate) fn known_column(&mut self, variable: &Variable, period: Period) -> Outcome<Option<NodeId>> {
        let key = (Arc::clone(&variable.name), kept_period(variable, period));
        let place = self.known_calculation(variable, &key)?;
        let session = self.session()?;
        if let (Some(place), Some(parent)) = (place, session.stack.last_mut())
            && !parent.children.contains(&place)
        {
            parent.children.push(place);
        }
        Ok(place.map(|place| session.calculations[place].node))
    }

    fn compile(&mut self, variable: &Arc<Variable>, period: Period, key: (Arc<str>, Period)) -> Outcome<usize> {
        let (kind, shape) = (variable.kind(), Shape::Entity(variable.entity));
        let session = self.session()?;
        let previous: Vec<Period> = session
            .stack
            .iter()
            .filter(|active| active.variable == variable.name)
            .map(|active| active.period)
            .collect();
        session.stack.push(Active {
            variable: Arc::clone(&variable.name),
            period,
            children: Vec::new(),
            parameters: Vec::new(),
        });
        let outcome = if previous.contains(&period) {
            Err(Diagnostic::raised(
                "CycleError",
                format!("Circular definition detected on formula {}@{period}", variable.name),
            ))
        } else if previous.len() >= session.max_spiral_loops {
            Self::invalidate(session, &variable.name);
            let node = session.graph.fill(variable.default.clone(), kind, shape);
            node.map(|node| (node, Origin::Spiral))
        } else {
            self.descend(|evaluator| evaluator.run(variable, period, kind, shape))
        };
        let session = self.session()?;
        let active = session.stack.pop();
        let (node, origin) = outcome.map_err(|mut fault| {
            if fault.within.len() < 12 {
                fault.within.push(format!("{}@{period}", variable.name));
            }
            fault
        })?;
        let (children, parameters) =
            active.map_or_else(Default::default, |active| (active.children, active.parameters));
        let spiral = origin == Origin::Spiral;
        let place = session.note(Calculation {
            variable: Arc::clone(&key.0),
            period: key.1,
            node,
            origin,
            children,
            parameters,
        });
        if !spiral {
            session.known.insert(key, place);
        }
        Ok(place)
    }

    /// Core forgets, at the end, everything between a spiral and where it began.
    fn invalidate(session: &mut Session, name: &str) {
        let mut count = 0;
        for active in session.stack.iter().rev() {
            session.invalid.insert((Arc::clone(&active.variable), active.period));
            if &*active.variable == name {
                count += 1;
                if count > session.max_spiral_loops {
                    break;
                }
            }
        }
    }

    fn run(&mut self, variable: &Arc<Variable>, period: Period, kind: Kind, shape: Shape) -> Outcome<(NodeId, Origin)> {
        let Some((date, formula)) = variable.formula(period) else {
            return Ok((self.session()?.graph.fill(variable.default.clone(), kind, shape)?, Origin::Default));
        };
        let value = self.call_formula(variable, formula, period)?;
        let origin = Origin::Formula(date.to_owned());
        if value.is_none() {
            return Ok((self.session()?.graph.fill(variable.default.clone(), kind, shape)?, Origin::Default));
        }
        Ok((
            self.cast(&value, variable, kind, shape)
                .map_err(|fault| fault.at(|| formula.function.source.location(formula.function.definition.span.0)))?,
            origin,
        ))
    }

    fn call_formula(&mut self, variable: &Variable, formula: &Formula, period: Period) -> Outcome<Value> {
        let population = Value::Population(Arc::new(Projector { entity: variable.entity, transforms: Vec::new() }));
        if let Some(Annualised { within }) = formula.annualised
            && period.start.month != 1
            && within.is_none_or(|within| within.contains(period))
        {
            let january = period.first(Unit::Year).first(Unit::Month);
            return self.calculate(&variable.name, january).map(Value::Column);
        }
        let mut arguments = vec![population, Value::Period(period)];
        let definition = &formula.function.definition;
        if definition.positional.len() > 2 || definition.rest.is_some() {
            arguments.push(Value::Parameters);
        }
        // Whoever asks for it: a formula of the package may read what the package may.
        self.guarded(false, |evaluator| evaluator.call_function(&formula.function, Arguments::positional(arguments)))
    }

    /// Whether a fault may be Python's own, as a caller may wish to know.
    pub(crate) fn is_raised(fault: &Diagnostic, name: &str) -> bool {
        matches!(&fault.trouble, Trouble::Raised(raised) if raised == name)
    }
}
