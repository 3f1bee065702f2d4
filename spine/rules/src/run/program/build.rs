//! From the graph to steps: each node's values with their range, in registers where 64 bits hold them.

use super::fractions::Fraction;
use super::range::{Part, Range};
use super::simplify::Draft;
use super::step::{Action, Arithmetic, Comparison, Held, Lane, Register, Source, Step};
use super::{Assumed, Program, allocate, one_input};
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Kind, NodeId, Operation, Shape};
use crate::run::exact::{self, Form};
use crate::run::layout::{Block, Layout};
use crate::run::{Context, Slot};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Amounts that the general way calculated are taken to be no further from zero; a block where one is goes that way as a whole.
const IMPORTED: i64 = 1 << 46;

/// Where a node's values are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Truth(Source),
    /// Numerators over the denominator of the node's form.
    Number(Part),
    Fraction(Fraction),
    /// With the general way.
    Slot,
}

/// A program while it is made.
pub(super) struct Builder<'run> {
    pub(super) graph: &'run Graph,
    pub(super) forms: &'run [Form],
    pub(super) assumed: &'run Assumed,
    pub(super) person: usize,
    same: HashMap<NodeId, NodeId>,
    values: Vec<Option<Value>>,
    exported: Vec<bool>,
    steps: Vec<Step>,
    /// Whose rows each register has, by lane.
    owners: [Vec<usize>; 3],
    widened: HashMap<(Register, Lane), Register>,
    raised: HashMap<(Register, i128), Part>,
    roles: HashMap<(usize, u64), Register>,
    /// A day's month, where a step asks for it.
    pub(super) months: HashMap<Register, Part>,
    /// Registers that are checked to be above zero.
    above: HashSet<Register>,
    /// What is the same in every row, calculated beforehand: a register would have the rows of one kind of entity only.
    scalars: Vec<Option<Rc<Slot>>>,
}

/// The program of the nodes needed, arguments first, for so many persons.
pub(in crate::run) fn build(
    (graph, forms, person, persons): (&Graph, &[Form], usize, usize),
    needed: &[NodeId],
    same: &[Option<NodeId>],
    outputs: &[NodeId],
    assumed: Assumed,
) -> Program {
    let mut builder = Builder {
        graph,
        forms,
        assumed: &assumed,
        person,
        same: needed.iter().zip(same).filter_map(|(id, same)| Some((*id, (*same)?))).collect(),
        values: vec![None; graph.nodes.len()],
        exported: vec![false; graph.nodes.len()],
        steps: Vec::new(),
        owners: [Vec::new(), Vec::new(), Vec::new()],
        widened: HashMap::new(),
        raised: HashMap::new(),
        roles: HashMap::new(),
        months: HashMap::new(),
        above: HashSet::new(),
        scalars: vec![None; graph.nodes.len()],
    };
    for id in needed {
        let value = match builder.same.get(id).copied() {
            Some(same) => {
                let scalar = builder.scalars[same as usize].clone();
                builder.scalars[*id as usize] = scalar;
                builder.values[same as usize].unwrap_or(Value::Slot)
            }
            None if graph.shape(*id) == Shape::Scalar => builder.scalar(*id),
            None => builder.node(*id).unwrap_or_else(|| builder.general(*id)),
        };
        if let (Value::Slot, Some(same)) = (value, builder.same.get(id).copied()) {
            builder.keep(Action::Same(*id, same));
            builder.exported[*id as usize] = true;
        }
        builder.values[*id as usize] = Some(value);
    }
    let values: Vec<Value> = outputs.iter().map(|id| builder.values[*id as usize].unwrap_or(Value::Slot)).collect();
    let Builder { steps, owners, .. } = builder;
    let ground = one_input::Ground { graph, assumed: &assumed, person, persons };
    let draft = Draft { steps, values, owners }.simplified(&ground);
    allocate::allocate(graph, draft.steps, outputs, draft.values, assumed)
}

impl Builder<'_> {
    pub(super) fn form(&self, id: NodeId) -> Form {
        self.forms[id as usize]
    }

    pub(super) fn denominator(&self, id: NodeId) -> i128 {
        match self.form(id) {
            Form::Scaled(denominator) => denominator,
            _ => 1,
        }
    }

    /// Whose rows a node has.
    pub(super) fn entity(&self, id: NodeId) -> usize {
        match self.graph.shape(id) {
            Shape::Entity(entity) => entity,
            Shape::Scalar => self.person,
        }
    }

    /// Whose rows a source has; a constant has anybody's.
    fn owner(&self, source: Source) -> Option<usize> {
        match source {
            Source::Register(register) => self.owners[register.lane as usize].get(register.place as usize).copied(),
            Source::Constant(_) => None,
        }
    }

    /// Whose rows the result of a step on these has.
    pub(super) fn owner_of(&self, sources: &[Source]) -> usize {
        sources.iter().find_map(|source| self.owner(*source)).unwrap_or(self.person)
    }

    pub(super) fn emit(&mut self, entity: usize, lane: Lane, action: Action) -> Register {
        let owners = &mut self.owners[lane as usize];
        let into = Register { lane, place: owners.len() as u32 };
        owners.push(entity);
        self.steps.push(Step { action, entity, into: Some(into), drop: Vec::new() });
        into
    }

    /// A step without a register for its result.
    fn keep(&mut self, action: Action) {
        let entity = action.reads().first().map_or(self.person, |read| self.owner_of(&[Source::Register(*read)]));
        self.steps.push(Step { action, entity, into: None, drop: Vec::new() });
    }

    /// Lets blocks in which a column is not above zero go the general way.
    pub(super) fn guard(&mut self, part: Part) -> Option<Part> {
        if part.range.low > 0 {
            return Some(part);
        }
        let Source::Register(register) = part.source else { return None };
        if self.above.insert(register) {
            self.keep(Action::Above(register));
        }
        Some(Part { source: part.source, range: Range::new(1, part.range.high.max(1)) })
    }

    /// Numbers in a width that holds them.
    pub(super) fn at(&mut self, part: Part, lane: Lane) -> Source {
        match part.source {
            Source::Register(register) if register.lane != lane => Source::Register(self.widen(register, lane)),
            source => source,
        }
    }

    fn widen(&mut self, register: Register, lane: Lane) -> Register {
        if let Some(known) = self.widened.get(&(register, lane)) {
            return *known;
        }
        let entity = self.owner_of(&[Source::Register(register)]);
        let wide = self.emit(entity, lane, Action::Widen(register));
        self.widened.insert((register, lane), wide);
        wide
    }

    /// A truth as the number one or zero.
    pub(super) fn counted(&mut self, truth: Source) -> Part {
        match truth {
            Source::Constant(value) => Part::constant(value),
            Source::Register(register) => {
                let small = self.widen(register, Lane::Small);
                Part { source: Source::Register(small), range: Range::TRUTH }
            }
        }
    }

    /// Numbers times a constant.
    pub(super) fn raise(&mut self, part: Part, factor: i128) -> Option<Part> {
        let constant = Part::constant(i64::try_from(factor).ok()?);
        let Source::Register(register) = part.source else {
            return self.arithmetic(Arithmetic::Multiply, part, constant);
        };
        if let Some(known) = self.raised.get(&(register, factor)) {
            return Some(*known);
        }
        let raised = self.arithmetic(Arithmetic::Multiply, part, constant)?;
        self.raised.insert((register, factor), raised);
        Some(raised)
    }

    /// Whether each person has one of some roles.
    pub(super) fn role(&mut self, group: usize, mask: u64) -> Register {
        if let Some(known) = self.roles.get(&(group, mask)) {
            return *known;
        }
        let register = self.emit(self.person, Lane::Truth, Action::HasRole(group, mask));
        self.roles.insert((group, mask), register);
        register
    }

    pub(super) fn value(&self, id: NodeId) -> Value {
        self.values[id as usize].unwrap_or(Value::Slot)
    }

    /// A node's truth.
    pub(super) fn truth(&mut self, id: NodeId) -> Option<Source> {
        match self.value(id) {
            Value::Truth(source) => Some(source),
            Value::Slot if self.graph.shape(id) == Shape::Scalar => None,
            Value::Slot if self.form(id) == Form::Bool => {
                let into = self.emit(self.entity(id), Lane::Truth, Action::Import(id, 1));
                self.values[id as usize] = Some(Value::Truth(Source::Register(into)));
                Some(Source::Register(into))
            }
            _ => None,
        }
    }

    /// A node's numerators.
    pub(super) fn number(&mut self, id: NodeId) -> Option<Part> {
        match self.value(id) {
            Value::Number(part) => Some(part),
            Value::Truth(source) => Some(self.counted(source)),
            Value::Fraction(..) => None,
            Value::Slot if self.graph.shape(id) == Shape::Scalar => None,
            Value::Slot => match self.form(id) {
                Form::Bool => {
                    let truth = self.truth(id)?;
                    Some(self.counted(truth))
                }
                Form::Scaled(_) => {
                    let into = self.emit(self.entity(id), Lane::Whole, Action::Import(id, IMPORTED));
                    let bound = i128::from(IMPORTED);
                    let part = Part { source: Source::Register(into), range: Range::new(-bound, bound) };
                    self.values[id as usize] = Some(Value::Number(part));
                    Some(part)
                }
                _ => None,
            },
        }
    }

    /// A node's numerators over another denominator.
    pub(super) fn number_over(&mut self, id: NodeId, denominator: i128) -> Option<Part> {
        let part = self.number(id)?;
        self.raise(part, denominator / self.denominator(id))
    }

    /// Hands a node's values to the general way.
    fn export(&mut self, id: NodeId) {
        if std::mem::replace(&mut self.exported[id as usize], true) {
            return;
        }
        let held = match self.value(id) {
            Value::Slot => return,
            Value::Truth(source) => Held::Truth(source),
            Value::Number(part) => Held::Number(part.source, (part.range.low, part.range.high)),
            Value::Fraction(Fraction { above, below, unknown }) => Held::Fraction(above.source, below.source, unknown),
        };
        self.keep(Action::Export(id, held));
    }

    /// A node as the general way calculates it.
    fn general(&mut self, id: NodeId) -> Value {
        for argument in self.graph.node(id).operation.arguments() {
            self.export(argument);
        }
        self.keep(Action::General(id));
        self.exported[id as usize] = true;
        Value::Slot
    }

    /// A node that is the same in every row; with the general way where it is no number of 64 bits.
    fn scalar(&mut self, id: NodeId) -> Value {
        let entities = self.assumed.largest.len();
        let layout = Layout::bare(entities, self.person);
        let block = Block { ranges: vec![0..0; entities] };
        let context = Context { graph: self.graph, layout: &layout, block: &block, person: self.person, inputs: &[] };
        let slot = exact::evaluate(&context, id, &self.scalars, self.forms).ok();
        let value = slot.as_ref().and_then(held);
        self.scalars[id as usize] = slot.map(Rc::new);
        value.unwrap_or_else(|| self.general(id))
    }

    /// A node in registers; none where they do not hold it.
    fn node(&mut self, id: NodeId) -> Option<Value> {
        let node = self.graph.node(id);
        let form = self.form(id);
        match &node.operation {
            Operation::Constant(constant) | Operation::Fill(constant) => held(&exact::constant(constant, form).ok()?),
            Operation::Input(place) => self.input(id, *place as usize),
            Operation::Unary(operation, a) => self.unary(*operation, *a, form),
            Operation::Binary(operation, a, b) => self.binary(*operation, *a, *b, form),
            Operation::Choose(condition, a, b) => self.choose(*condition, *a, *b, form),
            Operation::Convert(a) => self.convert(*a, node.kind, form),
            Operation::Project(a) => self.project(*a),
            Operation::Aggregate(aggregation, a, mask) => self.aggregate(id, *aggregation, *a, *mask),
            Operation::Members => self.members(self.entity(id)),
            Operation::HasRole(group, mask) => Some(Value::Truth(Source::Register(self.role(*group, *mask)))),
            Operation::Position(group) => self.position(*group),
            Operation::Nth(place, a, default) => self.nth(id, *place as usize, *a, default),
            Operation::OfRole(mask, a, default) => self.of_role(id, *mask, *a, default),
            Operation::Scale { scale, base, right } => self.scale(scale, *base, *right, form),
            Operation::Lookup(table, key) => self.lookup(table, *key, form),
            Operation::Rank(..) | Operation::Test(..) | Operation::MemberName(..) | Operation::Everybody(..) => None,
        }
    }

    fn input(&mut self, id: NodeId, place: usize) -> Option<Value> {
        let entity = self.entity(id);
        match self.form(id) {
            Form::Bool => Some(Value::Truth(Source::Register(self.emit(entity, Lane::Truth, Action::Load(place))))),
            Form::Scaled(_) => {
                let range = (*self.assumed.inputs.get(place)?)?;
                let source = Source::Register(self.emit(entity, range.lane()?, Action::Load(place)));
                Some(Value::Number(Part { source, range }))
            }
            _ => None,
        }
    }

    /// A comparison of numbers over the same denominator.
    pub(super) fn compared(&mut self, comparison: Comparison, a: Part, b: Part) -> Source {
        let known = match comparison {
            Comparison::Equal if a.value().is_some() && a.value() == b.value() => Some(1),
            Comparison::NotEqual if a.value().is_some() && a.value() == b.value() => Some(0),
            Comparison::Less if a.range.high < b.range.low => Some(1),
            Comparison::Less if a.range.low >= b.range.high => Some(0),
            Comparison::LessOrEqual if a.range.high <= b.range.low => Some(1),
            Comparison::LessOrEqual if a.range.low > b.range.high => Some(0),
            Comparison::Equal if a.range.high < b.range.low || b.range.high < a.range.low => Some(0),
            Comparison::NotEqual if a.range.high < b.range.low || b.range.high < a.range.low => Some(1),
            _ => None,
        };
        if let Some(known) = known {
            return Source::Constant(known);
        }
        let lane = a.lane().max(b.lane()).max(Lane::Small);
        let (a, b) = (self.at(a, lane), self.at(b, lane));
        let entity = self.owner_of(&[a, b]);
        Source::Register(self.emit(entity, Lane::Truth, Action::Compare(comparison, a, b)))
    }

    pub(super) fn kind(&self, id: NodeId) -> Kind {
        self.graph.kind(id)
    }
}

/// A constant of the general way, as a value.
fn held(slot: &Slot) -> Option<Value> {
    use crate::run::Data;
    match &slot.data {
        Data::Bool(values) => Some(Value::Truth(Source::Constant((*values.first()?).into()))),
        Data::Int(values) => Some(Value::Number(Part::constant(*values.first()?))),
        Data::Ratio(values) => {
            let value = values.first()?;
            Fraction::constant(value.numerator(), value.denominator()).map(Value::Fraction)
        }
        _ => None,
    }
}

/// A constant's numerator.
pub(super) fn numerator(constant: &crate::graph::Constant, form: Form) -> Option<i64> {
    let slot: Result<Slot, Diagnostic> = exact::constant(constant, form);
    match held(&slot.ok()?)? {
        Value::Truth(Source::Constant(value)) => Some(value),
        Value::Number(part) => part.value(),
        _ => None,
    }
}
