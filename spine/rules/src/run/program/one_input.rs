//! What depends on one input alone, and that within a range of some thousand numbers, is found out for every number beforehand.
//!
//! Whether somebody is of age in a month is a question after one day: the birthday's calendar, the comparisons and the choices of the
//! formula become one comparison with that day. What changes at many places, as the age itself does, becomes a table that
//! stays in the cache. Nothing is guessed: the same steps that it replaces were run over all numbers of the range.

use super::Assumed;
use super::execute::execute;
use super::range::Range;
use super::registers::{Registers, Word};
use super::simplify::Draft;
use super::step::{Action, Brackets, Cells, Comparison, Divider, Lane, Logic, Narrow, Register, Source, Step};
use super::vector::all;
use crate::graph::Graph;
use crate::run::layout::{Block, Layout};
use crate::run::{Column, Context};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Inputs of more different numbers are left alone.
const MOST_NUMBERS: usize = 1 << 17;

/// What changes at more places is no table: it would not stay in the cache.
const MOST_CHANGES: usize = 4_096;

/// Programs of more steps are left as they are.
const MOST_STEPS: usize = 50_000;

/// How many numbers are tried at a time.
const BLOCK: usize = 1_024;

/// What reading a table costs, beside a comparison.
const TABLE: u32 = 10;

/// What the steps are about.
#[derive(Clone, Copy)]
pub(super) struct Ground<'run> {
    pub(super) graph: &'run Graph,
    pub(super) assumed: &'run Assumed,
    pub(super) person: usize,
    /// How many persons there are: trying more numbers than that would cost more than it saves.
    pub(super) persons: usize,
}

/// An input whose numbers can all be tried.
struct Root {
    register: Register,
    place: usize,
    entity: usize,
    first: i64,
    count: usize,
}

/// The values of a column over all numbers of its input: where each stretch of equal ones begins.
#[derive(Default)]
struct Stretches {
    values: Vec<(i64, i64)>,
    many: bool,
}

/// Another way to the same values.
enum Shorter {
    /// Truths up to a place, or from there on.
    Edge {
        first: bool,
        at: i64,
    },
    /// Truths between two places, or outside.
    Between {
        first: bool,
        at: i64,
        end: i64,
    },
    /// One number below a place, another from there on.
    Choice {
        at: i64,
        below: i64,
        from: i64,
    },
    Brackets(Brackets),
    Table(Cells),
}

/// Replaces what depends on one input alone by something shorter.
pub(super) fn shorten(draft: &mut Draft, ground: &Ground) {
    if draft.steps.len() > MOST_STEPS {
        return;
    }
    let (roots, rests) = rests(draft, ground);
    let asked = asked(draft, &roots, &rests);
    let mut shorter: HashMap<Register, (Register, Shorter)> = HashMap::new();
    for (place, root) in roots.iter().enumerate() {
        let mut wanted: Vec<Register> =
            asked.iter().copied().filter(|register| rests.get(register) == Some(&place)).collect();
        wanted.sort_unstable_by_key(|register| (register.lane, register.place));
        let cone = cone(draft, &wanted, root.register);
        if cone.iter().map(|step| cost(&draft.steps[*step].action)).sum::<u32>() < 2 {
            continue;
        }
        let Some(found) = tried(draft, ground, root, &cone, &wanted) else { continue };
        for (register, way) in chosen(draft, root, found) {
            shorter.insert(register, (root.register, way));
        }
    }
    if !shorter.is_empty() {
        replace(draft, &mut shorter);
    }
}

/// Whether each row of the result depends on that row of what is read, and on nothing else.
const fn is_row_by_row(action: &Action) -> bool {
    matches!(
        action,
        Action::Widen(_)
            | Action::Arithmetic(..)
            | Action::Absolute(_)
            | Action::Sign(_)
            | Action::Divide(..)
            | Action::Quotient { .. }
            | Action::Compare(..)
            | Action::Logic(..)
            | Action::Not(_)
            | Action::Choose(..)
            | Action::Keep(..)
            | Action::Moment(..)
            | Action::Marginal(..)
            | Action::Reached { .. }
    )
}

/// What a step costs, beside a comparison.
fn cost(action: &Action) -> u32 {
    match action {
        Action::Load(_) => 0,
        Action::Moment(..) => 16,
        Action::Divide(_, _, _, Divider::Multiply { .. }) => 4,
        Action::Divide(_, _, _, Divider::Float) => 6,
        Action::Quotient { float: true, .. } => 8,
        Action::Divide(..) | Action::Quotient { .. } => 40,
        Action::Marginal(_, brackets) => 4 * brackets.cuts.len() as u32,
        Action::Reached { brackets, .. } => 2 * brackets.cuts.len() as u32,
        _ => 1,
    }
}

/// The inputs that can be tried, and which register rests on which of them alone.
fn rests(draft: &Draft, ground: &Ground) -> (Vec<Root>, HashMap<Register, usize>) {
    let mut roots: Vec<Root> = Vec::new();
    let mut rests: HashMap<Register, usize> = HashMap::new();
    for step in &draft.steps {
        let Some(into) = step.into else { continue };
        if let Action::Load(place) = step.action {
            let range = ground.assumed.inputs.get(place).copied().flatten();
            if let Some((first, count)) =
                range.and_then(|range| numbers(range, ground)).filter(|_| into.lane != Lane::Truth)
            {
                rests.insert(into, roots.len());
                roots.push(Root { register: into, place, entity: step.entity, first, count });
            }
        } else if is_row_by_row(&step.action) {
            let mut read = step.action.reads().into_iter().map(|register| rests.get(&register).copied());
            if let Some(Some(root)) = read.next()
                && read.all(|other| other == Some(root))
            {
                rests.insert(into, root);
            }
        }
    }
    (roots, rests)
}

/// The first number of a range and how many there are, where they can all be tried.
fn numbers(range: Range, ground: &Ground) -> Option<(i64, usize)> {
    let count = usize::try_from(range.high.checked_sub(range.low)?.checked_add(1)?).ok()?;
    (count <= MOST_NUMBERS.min(ground.persons)).then_some((i64::try_from(range.low).ok()?, count))
}

/// Registers that rest on one input and are read by what does not rest on it alone.
fn asked(draft: &Draft, roots: &[Root], rests: &HashMap<Register, usize>) -> HashSet<Register> {
    let mut asked: HashSet<Register> = HashSet::new();
    for step in &draft.steps {
        let own = step.into.and_then(|into| rests.get(&into));
        asked.extend(step.action.reads().into_iter().filter(|read| rests.contains_key(read) && rests.get(read) != own));
    }
    for mut value in draft.values.iter().copied() {
        value.registers(&mut |register| {
            if rests.contains_key(register) {
                asked.insert(*register);
            }
        });
    }
    for root in roots {
        asked.remove(&root.register);
    }
    asked
}

/// The steps, in order, that some registers come from, back to the one that they rest on.
fn cone(draft: &Draft, wanted: &[Register], root: Register) -> Vec<usize> {
    let mut needed: HashSet<Register> = wanted.iter().copied().collect();
    let mut cone = Vec::new();
    for (place, step) in draft.steps.iter().enumerate().rev() {
        if step.into.is_some_and(|into| into != root && needed.contains(&into)) {
            needed.extend(step.action.reads());
            cone.push(place);
        }
    }
    cone.reverse();
    cone
}

/// The values of registers over all numbers of their input.
fn tried(
    draft: &Draft,
    ground: &Ground,
    root: &Root,
    cone: &[usize],
    wanted: &[Register],
) -> Option<Vec<(Register, Stretches)>> {
    let entities = ground.assumed.largest.len();
    let layout = Layout::bare(entities, ground.person);
    let numbers = Column::Int((0..root.count as i64).map(|place| root.first + place).collect());
    let mut inputs: Vec<Option<&Column>> = vec![None; ground.graph.inputs.len()];
    *inputs.get_mut(root.place)? = Some(&numbers);
    let counts = [0, 1, 2].map(|lane| draft.owners[lane].len());
    let mut registers = Registers::with(counts, entities);
    let load =
        Step { action: Action::Load(root.place), entity: root.entity, into: Some(root.register), drop: Vec::new() };
    let mut found: Vec<(Register, Stretches)> =
        wanted.iter().map(|register| (*register, Stretches::default())).collect();
    for begin in (0..root.count).step_by(BLOCK) {
        let mut block = Block { ranges: vec![0..0; entities] };
        *block.ranges.get_mut(root.entity)? = begin..(begin + BLOCK).min(root.count);
        let rows = block.ranges[root.entity].len();
        let context =
            Context { graph: ground.graph, layout: &layout, block: &block, person: ground.person, inputs: &inputs };
        let mut steps = std::iter::once(&load).chain(cone.iter().map(|place| &draft.steps[*place]));
        if !steps.all(|step| execute(&mut registers, step, &context)) {
            return None;
        }
        let first = root.first + begin as i64;
        for (register, stretches) in &mut found {
            match register.lane {
                Lane::Truth => stretches.note(first, registers.read::<u8>(*register, rows)),
                Lane::Small => stretches.note(first, registers.read::<i32>(*register, rows)),
                Lane::Whole => stretches.note(first, registers.read::<i64>(*register, rows)),
            }
        }
    }
    Some(found)
}

impl Stretches {
    /// Takes the values of some numbers in a row.
    fn note<T: Word>(&mut self, first: i64, values: &[T]) {
        for (place, part) in values.chunks(64).enumerate() {
            let known = self.values.last().map(|(_, value)| T::of(*value));
            if self.many || known.is_some_and(|known| all(part, move |value| value == known)) {
                continue;
            }
            for (row, value) in part.iter().enumerate() {
                if self.values.last().is_none_or(|(_, known)| *known != value.wide()) {
                    self.values.push((first + (place * 64 + row) as i64, value.wide()));
                }
            }
            self.many = self.values.len() > MOST_CHANGES;
        }
    }

    /// The shortest way to these values, and what it costs.
    fn shortest(&self, lane: Lane, root: &Root) -> Option<(u32, Shorter)> {
        if self.many {
            return None;
        }
        match (lane, self.values.as_slice()) {
            (_, [] | [_]) => None,
            (Lane::Truth, [(_, first), (at, _)]) => Some((1, Shorter::Edge { first: *first != 0, at: *at })),
            (Lane::Truth, [(_, first), (at, _), (end, _)]) => {
                Some((3, Shorter::Between { first: *first != 0, at: *at, end: *end }))
            }
            (Lane::Small | Lane::Whole, [(_, below), (at, from)]) => {
                Some((2, Shorter::Choice { at: *at, below: *below, from: *from }))
            }
            (Lane::Small | Lane::Whole, [_, cuts @ ..]) if 2 * cuts.len() < TABLE as usize => {
                let values = self.values.iter().map(|(_, value)| *value).collect();
                let brackets = Brackets { up: 1, cuts: cuts.iter().map(|(at, _)| *at).collect(), values };
                Some((2 * cuts.len() as u32, Shorter::Brackets(brackets)))
            }
            _ => Some((TABLE, Shorter::Table(self.table(root)?))),
        }
    }

    fn table(&self, root: &Root) -> Option<Cells> {
        let values = || self.values.iter().map(|(_, value)| *value);
        let (base, most) = (values().min()?, values().max()?);
        let span = u32::try_from(i128::from(most) - i128::from(base)).ok()?;
        let mut cells: Vec<u32> = Vec::with_capacity(root.count);
        let ends = self.values.iter().skip(1).map(|(at, _)| *at).chain([root.first + root.count as i64]);
        for ((_, value), end) in self.values.iter().zip(ends) {
            let cell = u32::try_from(i128::from(*value) - i128::from(base)).ok()?;
            cells.resize(usize::try_from(end - root.first).ok()?, cell);
        }
        let results = match span {
            0..=0xff => Narrow::Bytes(cells.into_iter().map(|cell| cell as u8).collect()),
            0x100..=0xffff => Narrow::Halves(cells.into_iter().map(|cell| cell as u16).collect()),
            _ => Narrow::Words(cells),
        };
        Some(Cells { first: root.first, base, results })
    }
}

/// Which registers are worth going another way for. What an earlier one leaves to be calculated anyway costs a later one nothing.
fn chosen(draft: &Draft, root: &Root, mut found: Vec<(Register, Stretches)>) -> Vec<(Register, Shorter)> {
    let made: HashMap<Register, usize> =
        draft.steps.iter().enumerate().filter_map(|(place, step)| Some((step.into?, place))).collect();
    found.sort_by_key(|(register, _)| made.get(register).copied());
    let mut there: HashSet<Register> = HashSet::from([root.register]);
    let mut chosen = Vec::new();
    for (register, stretches) in found {
        let way = stretches.shortest(register.lane, root);
        let (cost, cone) = missing(draft, &made, &there, register);
        match way {
            Some((shorter, way)) if shorter < cost => {
                there.insert(register);
                chosen.push((register, way));
            }
            _ => there.extend(cone),
        }
    }
    chosen
}

/// What a register costs beside what is there, and what is calculated on the way.
fn missing(
    draft: &Draft,
    made: &HashMap<Register, usize>,
    there: &HashSet<Register>,
    register: Register,
) -> (u32, HashSet<Register>) {
    let (mut total, mut seen, mut open) = (0_u32, HashSet::new(), vec![register]);
    while let Some(register) = open.pop() {
        if there.contains(&register) || !seen.insert(register) {
            continue;
        }
        if let Some(step) = made.get(&register).and_then(|place| draft.steps.get(*place)) {
            total = total.saturating_add(cost(&step.action));
            open.extend(step.action.reads());
        }
    }
    (total, seen)
}

fn replace(draft: &mut Draft, shorter: &mut HashMap<Register, (Register, Shorter)>) {
    for mut step in std::mem::take(&mut draft.steps) {
        if let Some(into) = step.into
            && let Some((root, way)) = shorter.remove(&into)
        {
            step.action = action(draft, step.entity, root, way);
        }
        draft.steps.push(step);
    }
}

/// The last step of a shorter way; those before it are put into the draft.
fn action(draft: &mut Draft, entity: usize, root: Register, way: Shorter) -> Action {
    let from = |at: i64| Action::Compare(Comparison::LessOrEqual, Source::Constant(at), Source::Register(root));
    let below = |at: i64| Action::Compare(Comparison::Less, Source::Register(root), Source::Constant(at));
    let mut truth = |action: Action| {
        let into = draft.fresh(Lane::Truth, entity);
        draft.steps.push(Step { action, entity, into: Some(into), drop: Vec::new() });
        into
    };
    match way {
        Shorter::Edge { first: false, at } => from(at),
        Shorter::Edge { first: true, at } => below(at),
        Shorter::Between { first: false, at, end } => Action::Logic(Logic::And, truth(from(at)), truth(below(end))),
        Shorter::Between { first: true, at, end } => Action::Logic(Logic::Or, truth(below(at)), truth(from(end))),
        Shorter::Choice { at, below: 0, from: value } => Action::Keep(truth(from(at)), Source::Constant(value)),
        Shorter::Choice { at, below: value, from: 0 } => Action::Keep(truth(below(at)), Source::Constant(value)),
        Shorter::Choice { at, below: low, from: high } => {
            Action::Choose(truth(from(at)), Source::Constant(high), Source::Constant(low))
        }
        Shorter::Brackets(brackets) => Action::Reached { base: root, brackets: Arc::new(brackets), strict: false },
        Shorter::Table(cells) => Action::Tabulated(root, Arc::new(cells)),
    }
}
