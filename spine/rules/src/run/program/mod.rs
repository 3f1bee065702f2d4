//! The fast way of exact calculation: the graph made into steps for one range of inputs.
//!
//! Before rows are calculated, the ranges of the inputs tell the range of every column. So each column is kept as narrow as its
//! numbers are (a byte, 32 bits, 64 bits), nothing is checked for overflow while it runs, and a step is one loop without
//! branches over a block that stays in the first-level cache. Registers are used again: nothing is allocated.
//!
//! What does not fit (128 bits, texts, logarithms, a rank) is left to the general way, node by node. Where a block is not as it
//! was assumed (a divisor of zero whose quotient is not chosen away), the whole block goes the general way: the results are the
//! same either way, only the time is not.
#![allow(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch for each row")]
#![allow(
    clippy::inline_always,
    reason = "what a vector loop calls must be compiled into it, for the instructions that the loop is compiled for"
)]

mod allocate;
mod assumed;
mod build;
mod convert;
mod divide;
mod execute;
mod fractions;
mod gather;
mod group;
mod one_input;
mod operations;
mod range;
mod registers;
mod scales;
mod simplify;
mod step;
mod tables;
mod vector;

use super::exact::{self, Form};
use super::{Bits, Context, Data, Narrow, Slot};
use crate::graph::NodeId;
use crate::number::Rational;
use build::Value;
use fractions::Fraction;
use registers::{Registers, Word};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use step::{Action, Held, Lane, Source, Step};

pub(super) use assumed::Assumed;
pub(super) use build::build;
pub(super) use vector::{extremes, vectorised};

/// Steps for inputs within some ranges.
#[derive(Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    /// How many registers there are of each lane.
    counts: [usize; 3],
    /// Where the outputs are when the steps have run.
    outputs: Vec<Value>,
    /// The kinds of groups whose stretches of members are needed.
    starts: Vec<usize>,
    assumed: Assumed,
}

/// A question to a graph: its outputs, and the forms that its inputs give its nodes.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    outputs: Vec<NodeId>,
    forms: Vec<Form>,
}

/// Programs made for a graph before: the next chunk of a nation finds its program made.
#[derive(Debug, Default)]
pub(crate) struct Programs(Mutex<Vec<(Asked, Arc<Program>)>>);

impl Clone for Programs {
    /// None: a copy of a graph is made to become another one.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Programs {
    /// How many are kept before all are forgotten.
    const MOST: usize = 16;

    /// The program for what was found of the inputs, made by `build` where there is none.
    pub(super) fn find(
        &self,
        outputs: &[NodeId],
        forms: &[Form],
        found: Assumed,
        build: impl FnOnce(Assumed) -> Program,
    ) -> Arc<Program> {
        let mut known = crate::value::lock(&self.0);
        let place = known.iter().position(|(asked, _)| asked.outputs == outputs && asked.forms == forms);
        if let Some((_, program)) = place.and_then(|place| known.get(place))
            && program.assumed.covers(&found)
        {
            return Arc::clone(program);
        }
        let assumed = found.widened(place.and_then(|place| known.get(place)).map(|(_, program)| &program.assumed));
        let program = Arc::new(build(assumed));
        if let Some((_, known)) = place.and_then(|place| known.get_mut(place)) {
            *known = Arc::clone(&program);
        } else {
            if known.len() >= Self::MOST {
                known.clear();
            }
            known.push((Asked { outputs: outputs.to_vec(), forms: forms.to_vec() }, Arc::clone(&program)));
        }
        program
    }
}

impl Program {
    /// How few bits hold an output of whole numbers, whatever the row.
    pub(super) fn bits(&self, place: usize) -> Option<Bits> {
        match self.outputs.get(place)? {
            Value::Truth(_) => Some(Bits::Eight),
            Value::Number(part) => Bits::holding(part.range.low, part.range.high),
            _ => None,
        }
    }

    /// Where an output of whole numbers is.
    fn whole(&self, place: usize) -> Option<Source> {
        match self.outputs.get(place)? {
            Value::Number(part) => Some(part.source),
            Value::Truth(source) => Some(*source),
            _ => None,
        }
    }
}

/// A program with the columns of the block that it works on.
pub(super) struct Worker {
    program: Arc<Program>,
    registers: Registers,
    slots: Vec<Option<Rc<Slot>>>,
}

impl Worker {
    pub(super) fn new(program: Arc<Program>, nodes: usize, entities: usize) -> Self {
        let registers = Registers::with(program.counts, entities);
        Self { program, registers, slots: vec![None; nodes] }
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }

    /// Whether its program was made for these inputs.
    pub(super) fn covers(&self, found: &Assumed) -> bool {
        self.program.assumed.covers(found)
    }

    /// Calculates a block; false where it must go the general way.
    pub(super) fn run(&mut self, context: &Context, forms: &[Form]) -> bool {
        let program = Arc::clone(&self.program);
        for group in &program.starts {
            group::starts(&mut self.registers, context, *group);
        }
        let done = program.steps.iter().all(|step| self.step(step, context, forms));
        if !done {
            self.slots.fill(None);
        }
        done
    }

    fn step(&mut self, step: &Step, context: &Context, forms: &[Form]) -> bool {
        let rows = context.block.ranges[step.entity].len();
        let done = match &step.action {
            Action::Export(id, held) => {
                self.slots[*id as usize] = Some(Rc::new(self.slot(*held, rows)));
                true
            }
            Action::General(id) => match exact::evaluate(context, *id, &self.slots, forms) {
                Ok(slot) => {
                    self.slots[*id as usize] = Some(Rc::new(slot));
                    true
                }
                // Ranges are wider than the numbers at hand: the general way knows whether it is an error.
                Err(_) => false,
            },
            Action::Same(id, same) => {
                self.slots[*id as usize] = self.slots[*same as usize].clone();
                true
            }
            Action::Import(id, bound) => self.import(*id, *bound, step, rows),
            _ => execute::execute(&mut self.registers, step, context),
        };
        for id in &step.drop {
            self.slots[*id as usize] = None;
        }
        done
    }

    /// A column for the general way.
    fn slot(&self, held: Held, rows: usize) -> Slot {
        match held {
            Held::Truth(source) => Slot { data: Data::Bool(self.truths(source, rows)), bounds: (0, 1) },
            Held::Number(source, bounds) => Slot { data: Data::Int(self.registers.numbers(source, rows)), bounds },
            Held::Fraction(above, below, unknown) => {
                let (above, below) = (self.registers.numbers(above, rows), self.registers.numbers(below, rows));
                let unknown = self.truths(unknown, rows);
                let rows = above.len().max(below.len()).max(unknown.len());
                let fraction = |row: usize| {
                    if *one(&unknown, row)? != 0 {
                        return Some(Rational::NOT_A_NUMBER);
                    }
                    Rational::new((*one(&above, row)?).into(), (*one(&below, row)?).into())
                };
                let data = (0..rows).map(|row| fraction(row).unwrap_or(Rational::NOT_A_NUMBER)).collect();
                Slot { data: Data::Ratio(data), bounds: (0, 0) }
            }
        }
    }

    fn truths(&self, source: Source, rows: usize) -> Vec<u8> {
        match source {
            Source::Constant(value) => vec![value as u8],
            Source::Register(register) => self.registers.read::<u8>(register, rows).to_vec(),
        }
    }

    fn import(&mut self, id: NodeId, bound: i64, step: &Step, rows: usize) -> bool {
        let (Some(slot), Some(into)) = (self.slots[id as usize].clone(), step.into) else { return false };
        let mut fits = true;
        if into.lane == Lane::Truth {
            let Data::Bool(values) = &slot.data else { return false };
            self.registers.write::<u8>(into, rows, |_, into| fits = spread(values, into, Some));
            return fits;
        }
        self.registers.write::<i64>(into, rows, |_, into| {
            fits = match &slot.data {
                Data::Bool(values) => spread(values, into, |value| Some(i64::from(value))),
                Data::Int(values) => {
                    spread(values, into, |value| (value.unsigned_abs() <= bound.unsigned_abs()).then_some(value))
                }
                Data::Wide(values) => spread(values, into, |value| {
                    i64::try_from(value).ok().filter(|value| value.unsigned_abs() <= bound.unsigned_abs())
                }),
                _ => false,
            };
        });
        fits
    }

    /// An output as the general way has it.
    pub(super) fn output(&self, place: usize, id: NodeId, rows: usize) -> Option<Slot> {
        match *self.program.outputs.get(place)? {
            Value::Slot => self.slots[id as usize].as_deref().cloned(),
            Value::Truth(source) => Some(self.slot(Held::Truth(source), rows)),
            Value::Number(part) => Some(self.slot(Held::Number(part.source, (part.range.low, part.range.high)), rows)),
            Value::Fraction(Fraction { above, below, unknown }) => {
                Some(self.slot(Held::Fraction(above.source, below.source, unknown), rows))
            }
        }
    }

    /// Writes an output that is a truth; false where it is not.
    pub(super) fn write_truths(&self, place: usize, into: &mut [bool]) -> bool {
        match self.program.outputs.get(place) {
            Some(Value::Truth(Source::Constant(value))) => into.fill(*value != 0),
            Some(Value::Truth(Source::Register(register))) => {
                vector::map(self.registers.read::<u8>(*register, into.len()), into, |value| value != 0);
            }
            _ => return false,
        }
        true
    }

    /// Writes an output that is whole numbers into few bits; false where it is none, or one is beyond them.
    pub(super) fn write_narrow<T: Narrow>(&self, place: usize, into: &mut [T]) -> bool {
        let Some(source) = self.program.whole(place) else { return false };
        let proven = self.program.bits(place).is_some_and(|bits| bits <= T::BITS);
        let rows = into.len();
        match source {
            Source::Constant(value) => {
                into.fill(T::cut(value));
                T::cut(value).into() == value
            }
            Source::Register(register) => match register.lane {
                Lane::Truth => cut(self.registers.read::<u8>(register, rows), into, proven),
                Lane::Small => cut(self.registers.read::<i32>(register, rows), into, proven),
                Lane::Whole => cut(self.registers.read::<i64>(register, rows), into, proven),
            },
        }
    }

    /// Writes an output that is whole numbers; false where it is not.
    pub(super) fn write_numbers(&self, place: usize, into: &mut [i64]) -> bool {
        let Some(source) = self.program.whole(place) else { return false };
        let rows = into.len();
        match source {
            Source::Constant(value) => into.fill(value),
            Source::Register(register) => match register.lane {
                Lane::Truth => vector::map(self.registers.read::<u8>(register, rows), into, i64::from),
                Lane::Small => vector::map(self.registers.read::<i32>(register, rows), into, i64::from),
                Lane::Whole => vector::map(self.registers.read::<i64>(register, rows), into, |value| value),
            },
        }
        true
    }
}

/// Writes numbers into fewer bits; false where one of them does not fit, unless it was proven that all do.
fn cut<A: Word, T: Narrow>(values: &[A], into: &mut [T], proven: bool) -> bool {
    vector::map(values, into, |value| T::cut(value.wide()));
    proven || vector::all(values, |value| T::cut(value.wide()).into() == value.wide())
}

/// A row, or the one that stands for all.
fn one<T>(values: &[T], row: usize) -> Option<&T> {
    values.get(row).or(values.first())
}

/// Copies values, of which a single one stands for all; false where one is refused.
fn spread<A: Copy, R: Copy>(values: &[A], into: &mut [R], convert: impl Fn(A) -> Option<R>) -> bool {
    if values.len() != into.len() {
        let Some(only) = values.first().and_then(|value| convert(*value)) else { return into.is_empty() };
        into.fill(only);
        return true;
    }
    for (into, value) in into.iter_mut().zip(values) {
        let Some(value) = convert(*value) else { return false };
        *into = value;
    }
    true
}
