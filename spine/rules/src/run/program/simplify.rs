//! Steps made fewer, before registers are given out: what is calculated twice is calculated once, twelve sums over members become one
//! sum of twelve, and many questions after any member's age become one after the eldest's.

use super::build::Value;
use super::one_input;
use super::step::{Action, Arithmetic, Comparison, Lane, Register, Source, Step};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Steps each of which writes a register of its own.
pub(super) struct Draft {
    pub(super) steps: Vec<Step>,
    /// Where the outputs are.
    pub(super) values: Vec<Value>,
    /// Whose rows each register has, by lane.
    pub(super) owners: [Vec<usize>; 3],
}

/// A column compared with a constant: whether any member's holds is told by the greatest or the smallest.
#[derive(Clone, Copy)]
struct Compared {
    comparison: Comparison,
    of: Register,
    with: i64,
    /// Whether the constant stands first, so that the greatest decides.
    largest: bool,
}

impl Draft {
    pub(super) fn simplified(mut self, ground: &one_input::Ground) -> Self {
        self.merge();
        self.add_first();
        self.merge();
        one_input::shorten(&mut self, ground);
        self.share_extremes();
        self.merge();
        self
    }

    /// A register of its own.
    pub(super) fn fresh(&mut self, lane: Lane, entity: usize) -> Register {
        let owners = &mut self.owners[lane as usize];
        owners.push(entity);
        Register { lane, place: owners.len() as u32 - 1 }
    }

    fn owner(&self, register: Register) -> Option<usize> {
        self.owners[register.lane as usize].get(register.place as usize).copied()
    }

    /// Calculates once what several steps calculate.
    fn merge(&mut self) {
        let mut known: HashMap<(usize, Lane, Action), Register> = HashMap::new();
        let mut same: HashMap<Register, Register> = HashMap::new();
        for mut step in std::mem::take(&mut self.steps) {
            step.action.registers(&mut |register| *register = *same.get(register).unwrap_or(register));
            if let Some(into) = step.into {
                match known.entry((step.entity, into.lane, step.action.clone())) {
                    Entry::Occupied(found) => {
                        same.insert(into, *found.get());
                        continue;
                    }
                    Entry::Vacant(place) => {
                        place.insert(into);
                    }
                }
            }
            self.steps.push(step);
        }
        for value in &mut self.values {
            value.registers(&mut |register| *register = *same.get(register).unwrap_or(register));
        }
    }

    /// How often each register is read.
    fn uses(&self) -> HashMap<Register, usize> {
        let mut uses: HashMap<Register, usize> = HashMap::new();
        for register in self.steps.iter().flat_map(|step| step.action.reads()) {
            *uses.entry(register).or_default() += 1;
        }
        let mut values = self.values.clone();
        for value in &mut values {
            value.registers(&mut |register| *uses.entry(*register).or_default() += 1);
        }
        uses
    }

    /// Adds before it sums or multiplies: sums over members of the same kind of group, products with the same constant. The numbers
    /// added are no further from zero than what they come to, so that they fit where that does.
    fn add_first(&mut self) {
        let uses = self.uses();
        let mut made: HashMap<Register, Action> = HashMap::new();
        for mut step in std::mem::take(&mut self.steps) {
            if let Some(into) = step.into {
                if let Some((a, b)) = addends(&step.action)
                    && uses.get(&a) == Some(&1)
                    && uses.get(&b) == Some(&1)
                    && let (Some(first), Some(second)) = (made.get(&a), made.get(&b))
                    && let Some((x, y)) = alike(first, second)
                    && x.lane == into.lane
                    && y.lane == into.lane
                    && let Some(entity) = self.owner(x)
                {
                    let action = first.clone();
                    let sum = self.fresh(into.lane, entity);
                    let both = Action::Arithmetic(Arithmetic::Add, Source::Register(x), Source::Register(y));
                    self.steps.push(Step { action: both, entity, into: Some(sum), drop: Vec::new() });
                    step.action = action;
                    step.action.registers(&mut |register| *register = sum);
                }
                if matches!(step.action, Action::Sum(..) | Action::Arithmetic(Arithmetic::Multiply, ..)) {
                    made.insert(into, step.action.clone());
                }
            }
            self.steps.push(step);
        }
    }

    /// Asks the greatest or smallest member where it is asked several times whether any member's number is beyond a constant.
    fn share_extremes(&mut self) {
        let compared: HashMap<Register, Compared> =
            self.steps.iter().filter_map(|step| Some((step.into?, with_constant(&step.action)?))).collect();
        let mut asked: HashMap<(usize, Register, bool), usize> = HashMap::new();
        for step in &self.steps {
            if let Action::Any(group, truth) = step.action
                && let Some(test) = compared.get(&truth)
            {
                *asked.entry((group, test.of, test.largest)).or_default() += 1;
            }
        }
        for mut step in std::mem::take(&mut self.steps) {
            if let Action::Any(group, truth) = step.action
                && let Some(Compared { comparison, of, with, largest }) = compared.get(&truth).copied()
                && asked.get(&(group, of, largest)).is_some_and(|times| *times > 1)
            {
                // Nobody's number passes no test.
                let default = match (of.lane, largest) {
                    (Lane::Whole, true) => i64::MIN,
                    (Lane::Whole, false) => i64::MAX,
                    (_, true) => i32::MIN.into(),
                    (_, false) => i32::MAX.into(),
                };
                let extreme = self.fresh(of.lane, group);
                let action = Action::Extreme { group, of, largest, default };
                self.steps.push(Step { action, entity: group, into: Some(extreme), drop: Vec::new() });
                let (extreme, with) = (Source::Register(extreme), Source::Constant(with));
                let (a, b) = if largest { (with, extreme) } else { (extreme, with) };
                step.action = Action::Compare(comparison, a, b);
            }
            self.steps.push(step);
        }
    }
}

/// The columns that a step adds.
fn addends(action: &Action) -> Option<(Register, Register)> {
    match action {
        Action::Arithmetic(Arithmetic::Add, Source::Register(a), Source::Register(b)) => Some((*a, *b)),
        _ => None,
    }
}

/// What two steps of the same kind are made of.
fn alike(a: &Action, b: &Action) -> Option<(Register, Register)> {
    match (a, b) {
        (Action::Sum(group, a), Action::Sum(other, b)) if group == other => Some((*a, *b)),
        (
            Action::Arithmetic(Arithmetic::Multiply, Source::Register(a), Source::Constant(factor)),
            Action::Arithmetic(Arithmetic::Multiply, Source::Register(b), Source::Constant(other)),
        ) if factor == other && *factor != 0 => Some((*a, *b)),
        _ => None,
    }
}

fn with_constant(action: &Action) -> Option<Compared> {
    let Action::Compare(comparison @ (Comparison::Less | Comparison::LessOrEqual), a, b) = action else { return None };
    let (of, with, largest) = match (a, b) {
        (Source::Constant(with), Source::Register(of)) => (*of, *with, true),
        (Source::Register(of), Source::Constant(with)) => (*of, *with, false),
        _ => return None,
    };
    // With the lowest and the highest number of all, nobody's number would pass.
    let usual = i64::from(i32::MIN) < with && with < i64::from(i32::MAX);
    (of.lane != Lane::Truth && usual).then_some(Compared { comparison: *comparison, of, with, largest })
}
