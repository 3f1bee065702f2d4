//! Between persons and groups.

use super::build::{Builder, Value, numerator};
use super::fractions::Fraction;
use super::range::{Part, Range};
use super::step::{Action, Arithmetic, Lane, Logic, Register, Source};
use crate::graph::{Aggregation, Constant, NodeId, Shape};
use crate::run::exact::Form;

impl Builder<'_> {
    /// The most members that a group has, where members stand together.
    fn largest(&self, group: usize) -> Option<i128> {
        self.assumed.largest.get(group).copied().flatten().map(|most| most as i128)
    }

    pub(super) fn members(&mut self, group: usize) -> Option<Value> {
        let range = Range::new(0, self.largest(group)?);
        let source = Source::Register(self.emit(group, Lane::Small, Action::Members(group)));
        Some(Value::Number(Part { source, range }))
    }

    pub(super) fn position(&mut self, group: usize) -> Option<Value> {
        let range = Range::new(0, self.largest(group)?);
        let person = self.person;
        let source = Source::Register(self.emit(person, Lane::Small, Action::Position(group)));
        Some(Value::Number(Part { source, range }))
    }

    /// A group's values for each of its members.
    pub(super) fn project(&mut self, a: NodeId) -> Option<Value> {
        let Shape::Entity(group) = self.graph.shape(a) else { return None };
        Some(match self.value(a) {
            Value::Truth(source) => Value::Truth(self.projected(group, source)),
            Value::Number(part) => Value::Number(self.projected_part(group, part)),
            Value::Fraction(Fraction { above, below, unknown }) => Value::Fraction(Fraction {
                above: self.projected_part(group, above),
                below: self.projected_part(group, below),
                unknown: self.projected(group, unknown),
            }),
            Value::Slot => match self.form(a) {
                Form::Bool => {
                    let truth = self.truth(a)?;
                    Value::Truth(self.projected(group, truth))
                }
                Form::Scaled(_) => {
                    let part = self.number(a)?;
                    Value::Number(self.projected_part(group, part))
                }
                _ => return None,
            },
        })
    }

    fn projected_part(&mut self, group: usize, part: Part) -> Part {
        Part { source: self.projected(group, part.source), range: part.range }
    }

    fn projected(&mut self, group: usize, source: Source) -> Source {
        match source {
            Source::Constant(_) => source,
            Source::Register(register) => {
                let person = self.person;
                Source::Register(self.emit(person, register.lane, Action::Project(group, register)))
            }
        }
    }

    pub(super) fn aggregate(
        &mut self,
        id: NodeId,
        aggregation: Aggregation,
        a: NodeId,
        mask: Option<u64>,
    ) -> Option<Value> {
        let group = self.entity(id);
        let most = self.largest(group)?;
        match aggregation {
            Aggregation::Sum => match self.value(a) {
                Value::Fraction(fraction) if fraction.below.value().is_some_and(|below| below > 0) => {
                    let unknown = self.masked(group, fraction.unknown, mask);
                    let unknown = self.any(group, unknown)?;
                    let above = self.sum(group, most, fraction.above, mask)?;
                    Some(Value::Fraction(Fraction { above, unknown, ..fraction }))
                }
                Value::Truth(truth) => {
                    let truth = self.masked(group, truth, mask);
                    let part = Part { source: truth, range: Range::TRUTH };
                    self.sum(group, most, part, None).map(Value::Number)
                }
                _ => {
                    let part = self.number(a)?;
                    self.sum(group, most, part, mask).map(Value::Number)
                }
            },
            Aggregation::Any => {
                if let Some(truth) = self.truth(a) {
                    let truth = self.masked(group, truth, mask);
                    return self.any(group, truth).map(Value::Truth);
                }
                let part = self.number(a)?;
                let sum = self.sum(group, most, part, mask)?;
                Some(Value::Truth(self.compared(super::step::Comparison::Less, Part::constant(0), sum)))
            }
            Aggregation::All => {
                let truth = self.truth(a)?;
                let fails = match mask {
                    Some(mask) => {
                        let role = self.role(group, mask);
                        self.logic(Logic::AndNot, Source::Register(role), truth)
                    }
                    None => self.not(truth),
                };
                let any = self.any(group, fails)?;
                Some(Value::Truth(self.not(any)))
            }
            Aggregation::Largest | Aggregation::Smallest if mask.is_none() => {
                let largest = aggregation == Aggregation::Largest;
                if let Form::Scaled(_) = self.form(id) {
                    let part = self.number(a)?;
                    return Some(Value::Number(self.extreme(group, part, largest)));
                }
                let fraction = self.fraction(a)?;
                fraction.below.value().filter(|below| *below > 0)?;
                // A group without members has an infinite extreme.
                let Some(Value::Number(members)) = self.members(group) else { return None };
                self.guard(members)?;
                let above = self.extreme(group, fraction.above, largest);
                let unknown = self.any(group, fraction.unknown)?;
                Some(Value::Fraction(Fraction { above, unknown, ..fraction }))
            }
            Aggregation::Largest | Aggregation::Smallest => None,
        }
    }

    fn extreme(&mut self, group: usize, part: Part, largest: bool) -> Part {
        let Source::Register(of) = part.source else { return part };
        let source = Source::Register(self.emit(group, of.lane, Action::Extreme { group, of, largest, default: 0 }));
        Part { source, range: part.range.around(Range::exactly(0)) }
    }

    /// A truth of those members who have one of some roles.
    fn masked(&mut self, group: usize, truth: Source, mask: Option<u64>) -> Source {
        let Some(mask) = mask else { return truth };
        let role = self.role(group, mask);
        self.logic(Logic::And, truth, Source::Register(role))
    }

    fn sum(&mut self, group: usize, most: i128, part: Part, mask: Option<u64>) -> Option<Part> {
        let part = match mask {
            Some(mask) => {
                let role = self.role(group, mask);
                self.kept(Source::Register(role), part)?
            }
            None => part,
        };
        let Source::Register(register) = part.source else {
            let Some(Value::Number(members)) = self.members(group) else { return None };
            return self.arithmetic(Arithmetic::Multiply, members, part);
        };
        let range = part.range.around(Range::exactly(0)).times(Range::new(0, most))?;
        let lane = range.lane()?.max(register.lane);
        Some(Part { source: Source::Register(self.emit(group, lane, Action::Sum(group, register))), range })
    }

    fn any(&mut self, group: usize, truth: Source) -> Option<Source> {
        match truth {
            Source::Constant(0) => Some(truth),
            Source::Constant(_) => {
                let Some(Value::Number(members)) = self.members(group) else { return None };
                Some(self.compared(super::step::Comparison::Less, Part::constant(0), members))
            }
            Source::Register(register) => {
                Some(Source::Register(self.emit(group, Lane::Truth, Action::Any(group, register))))
            }
        }
    }

    /// A member's value, found by `action`.
    fn picked(
        &mut self,
        id: NodeId,
        a: NodeId,
        default: &Constant,
        action: impl Fn(Register, i64) -> Action,
    ) -> Option<Value> {
        let group = self.entity(id);
        self.largest(group)?;
        let form = self.form(id);
        let default = numerator(default, form)?;
        match form {
            Form::Bool => {
                let Source::Register(of) = self.truth(a)? else { return None };
                Some(Value::Truth(Source::Register(self.emit(group, Lane::Truth, action(of, default)))))
            }
            Form::Scaled(denominator) => {
                let part = self.number_over(a, denominator)?;
                let range = part.range.around(Range::exactly(default.into()));
                let Source::Register(of) = self.at(part, range.lane()?.max(part.lane())) else { return None };
                let source = Source::Register(self.emit(group, of.lane, action(of, default)));
                Some(Value::Number(Part { source, range }))
            }
            _ => None,
        }
    }

    pub(super) fn nth(&mut self, id: NodeId, place: usize, a: NodeId, default: &Constant) -> Option<Value> {
        let group = self.entity(id);
        self.picked(id, a, default, |of, default| Action::Nth { group, of, place, default })
    }

    pub(super) fn of_role(&mut self, id: NodeId, mask: u64, a: NodeId, default: &Constant) -> Option<Value> {
        let group = self.entity(id);
        let role = self.role(group, mask);
        self.picked(id, a, default, |of, default| Action::OfRole { group, of, role, default })
    }
}
