//! The graph evaluated on what values may be: each node, each row, from all known down to nothing known.

use super::possible::{Possible, decided, least};
use crate::diagnostic::Diagnostic;
use crate::graph::{
    Aggregation, Binary, Constant, Graph, Kind, NodeId, Operation, Shape, Table, TextTest, Unary, convert_moment,
};
use crate::number::{Number, Rational};
use crate::parameter::{Scale, ScaleKind};
use crate::run::Population;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// The values of a node by row; one stands for all.
pub type Values = Arc<Vec<Possible>>;

/// The population as the evaluation needs it.
pub(crate) struct Ground<'run> {
    pub(crate) graph: &'run Graph,
    pub(crate) person: usize,
    pub(crate) population: &'run Population,
    /// Each person's place among the members of a group, by kind of entity.
    position: Vec<Vec<u32>>,
    /// Members of each group, by kind of entity.
    pub(crate) members: Vec<Vec<Vec<u32>>>,
    /// How many members an enumeration has, by its number.
    pub(crate) enumerations: HashMap<u32, usize>,
    /// Figures that the law leaves open, by the bits of their «not a number».
    pub(crate) open: HashMap<u64, usize>,
}

/// The row of values that may stand for all.
pub(crate) fn at(values: &[Possible], row: usize) -> &Possible {
    const NOTHING: &Possible = &Possible::Nothing;
    if values.len() == 1 { &values[0] } else { values.get(row).unwrap_or(NOTHING) }
}

impl<'run> Ground<'run> {
    pub(crate) fn new(graph: &'run Graph, person: usize, population: &'run Population) -> Self {
        let entities = population.counts.len();
        let mut position = vec![Vec::new(); entities];
        let mut members = vec![Vec::new(); entities];
        for group in (0..entities).filter(|group| *group != person) {
            let mut of_group: Vec<Vec<u32>> = vec![Vec::new(); population.counts[group]];
            position[group] = population.memberships[group]
                .group
                .iter()
                .enumerate()
                .map(|(row, place)| {
                    let list = &mut of_group[*place as usize];
                    list.push(row as u32);
                    list.len() as u32 - 1
                })
                .collect();
            members[group] = of_group;
        }
        Self { graph, person, population, position, members, enumerations: HashMap::new(), open: HashMap::new() }
    }

    /// How many rows a shape has.
    pub(crate) fn rows(&self, shape: Shape) -> usize {
        match shape {
            Shape::Scalar => 1,
            Shape::Entity(entity) => self.population.counts[entity],
        }
    }

    fn group(&self, id: NodeId) -> usize {
        match self.graph.shape(id) {
            Shape::Entity(entity) => entity,
            Shape::Scalar => self.person,
        }
    }

    /// Whether a constant is a figure that the law leaves open, and which.
    pub(crate) fn open_figure(&self, constant: &Constant) -> Option<usize> {
        match constant {
            Constant::Float(Number { float, .. }) if float.is_nan() => self.open.get(&float.to_bits()).copied(),
            _ => None,
        }
    }

    fn constant(&self, constant: &Constant, kind: Kind) -> Possible {
        if self.open_figure(constant).is_some() {
            return Possible::anything();
        }
        match (constant, kind) {
            (Constant::Int(index), Kind::Enum(id)) if self.as_set(id) => member(*index),
            (constant, _) => Possible::constant(constant),
        }
    }

    /// Whether members of an enumeration are kept as a set.
    fn as_set(&self, id: u32) -> bool {
        self.enumerations.get(&id).is_some_and(|count| *count <= 128)
    }

    /// Anything that a type may hold.
    pub(crate) fn anything(&self, kind: Kind) -> Possible {
        match kind {
            Kind::Bool => Possible::either(),
            Kind::Text => Possible::Text(None),
            Kind::Enum(id) => match self.enumerations.get(&id) {
                Some(count) if *count < 128 => Possible::Members((1_u128 << count) - 1),
                Some(128) => Possible::Members(u128::MAX),
                _ => Possible::between(Rational::ZERO, Rational::INFINITY),
            },
            _ => Possible::anything(),
        }
    }

    /// All nodes needed, `given` for inputs; nodes that have values already keep them.
    pub(crate) fn evaluate(
        &self,
        needed: &[NodeId],
        values: &mut [Option<Values>],
        given: impl Fn(u32) -> Option<Values>,
    ) -> Result<(), Diagnostic> {
        for id in needed {
            if values[*id as usize].is_none() {
                values[*id as usize] = Some(self.node(*id, values, &given)?);
            }
        }
        Ok(())
    }

    fn node(
        &self,
        id: NodeId,
        values: &[Option<Values>],
        given: &impl Fn(u32) -> Option<Values>,
    ) -> Result<Values, Diagnostic> {
        let node = self.graph.node(id);
        let missing = || Diagnostic::limit("an argument was not calculated", "report this with the package");
        let of = |id: NodeId| values[id as usize].as_deref().ok_or_else(missing);
        let rows = self.rows(node.shape);
        let each = |rows: usize, value: &dyn Fn(usize) -> Possible| Arc::new((0..rows).map(value).collect::<Vec<_>>());
        let one = |a: &[Possible]| if a.len() == 1 { 1 } else { rows };
        Ok(match &node.operation {
            Operation::Constant(constant) | Operation::Fill(constant) => {
                Arc::new(vec![self.constant(constant, node.kind)])
            }
            Operation::Input(place) => given(*place).ok_or_else(missing)?,
            Operation::Unary(operation, a) => {
                let a = of(*a)?;
                each(one(a), &|row| at(a, row).unary(*operation))
            }
            Operation::Binary(operation, a, b) => {
                let (a, b) = (of(*a)?, of(*b)?);
                each(one(a).max(one(b)), &|row| at(a, row).binary(*operation, at(b, row)))
            }
            Operation::Choose(..) => {
                let chain = self.chain(id);
                each(rows, &|row| self.chosen(&chain, values, row))
            }
            Operation::Convert(a) => {
                let (from, a) = (self.graph.kind(*a), of(*a)?);
                each(one(a), &|row| self.convert(at(a, row), from, node.kind))
            }
            Operation::Test(test, a, pattern) => {
                let a = of(*a)?;
                each(one(a), &|row| match at(a, row) {
                    Possible::Text(Some(text)) => Possible::truth(match test {
                        TextTest::StartsWith => text.starts_with(&**pattern),
                        TextTest::EndsWith => text.ends_with(&**pattern),
                        TextTest::Contains => text.contains(&**pattern),
                    }),
                    _ => Possible::either(),
                })
            }
            Operation::Project(a) => {
                let inner = of(*a)?;
                match self.graph.shape(*a) {
                    Shape::Scalar => Arc::new(inner.clone()),
                    Shape::Entity(group) => {
                        let places = &self.population.memberships[group].group;
                        each(rows, &|row| at(inner, places.get(row).map_or(0, |place| *place as usize)).clone())
                    }
                }
            }
            Operation::Aggregate(aggregation, a, mask) => {
                let (a, group) = (of(*a)?, self.group(id));
                each(rows, &|row| aggregate(*aggregation, self.of_role(group, row, *mask).map(|person| at(a, person))))
            }
            Operation::Everybody(whole, a) => {
                let (rows, a) = (self.rows(self.graph.shape(*a)), of(*a)?);
                Arc::new(vec![aggregate(whole.of_members(), (0..rows).map(|row| at(a, row)))])
            }
            Operation::Members => {
                let group = self.group(id);
                each(rows, &|row| whole(self.members[group].get(row).map_or(0, Vec::len)))
            }
            Operation::HasRole(group, mask) => {
                let roles = &self.population.memberships[*group].role;
                each(rows, &|row| Possible::truth(roles.get(row).is_some_and(|role| mask >> role & 1 == 1)))
            }
            Operation::Position(group) => {
                each(rows, &|row| whole(self.position[*group].get(row).map_or(0, |place| *place as usize)))
            }
            Operation::Nth(n, a, default) => {
                let (a, group) = (of(*a)?, self.group(id));
                each(rows, &|row| match self.members[group].get(row).and_then(|list| list.get(*n as usize)) {
                    Some(person) => at(a, *person as usize).clone(),
                    None => self.constant(default, node.kind),
                })
            }
            Operation::OfRole(mask, a, default) => {
                let (a, group) = (of(*a)?, self.group(id));
                each(rows, &|row| match self.of_role(group, row, Some(*mask)).last() {
                    Some(person) => at(a, person).clone(),
                    None => self.constant(default, node.kind),
                })
            }
            Operation::Rank(group, criteria, condition) => {
                Arc::new(self.ranks(*group, of(*criteria)?, of(*condition)?, rows))
            }
            Operation::Scale { scale, base, right } => {
                let base = of(*base)?;
                let open = self.is_open_scale(scale);
                each(one(base), &|row| if open { Possible::anything() } else { scaled(scale, at(base, row), *right) })
            }
            Operation::Lookup(table, key) => {
                let key = of(*key)?;
                each(one(key), &|row| self.looked_up(table, at(key, row), node.kind))
            }
            Operation::MemberName(names, a) => {
                let a = of(*a)?;
                each(one(a), &|row| {
                    Possible::Text(
                        at(a, row).known_number().and_then(|index| names.get(index.truncate() as usize).cloned()),
                    )
                })
            }
        })
    }

    /// Members of a group who have a role.
    pub(crate) fn of_role(&self, group: usize, row: usize, mask: Option<u64>) -> impl Iterator<Item = usize> + '_ {
        let roles = &self.population.memberships[group].role;
        self.members[group]
            .get(row)
            .into_iter()
            .flatten()
            .map(|person| *person as usize)
            .filter(move |person| mask.is_none_or(|mask| roles.get(*person).is_some_and(|role| mask >> role & 1 == 1)))
    }

    /// The conditions of `where`s within each other, with what each gives, and what is left.
    pub(crate) fn chain(&self, id: NodeId) -> (Vec<(NodeId, NodeId)>, NodeId) {
        let mut links = Vec::new();
        let mut last = id;
        while let Operation::Choose(condition, then, otherwise) = self.graph.node(last).operation {
            links.push((condition, then));
            last = otherwise;
        }
        (links, last)
    }

    /// What nested `where`s may give: a condition that an earlier one excludes or forces is no longer open.
    fn chosen(
        &self,
        (links, last): &(Vec<(NodeId, NodeId)>, NodeId),
        values: &[Option<Values>],
        row: usize,
    ) -> Possible {
        let value = |id: NodeId| values[id as usize].as_deref().map_or(&Possible::Nothing, |values| at(values, row));
        let mut assumed: Vec<NodeId> = Vec::new();
        let mut result: Option<Possible> = None;
        let join = |result: Option<Possible>, value: &Possible| {
            Some(result.map_or_else(|| value.clone(), |known| known.or(value)))
        };
        for (condition, then) in links {
            match self.under(*condition, &assumed, values, row) {
                (false, true) => return join(result, value(*then)).unwrap_or(Possible::Nothing),
                (true, false) => {}
                _ => {
                    result = join(result, value(*then));
                    assumed.push(*condition);
                }
            }
        }
        join(result, value(*last)).unwrap_or(Possible::Nothing)
    }

    /// Whether a condition may be false or true where these others are false.
    pub(crate) fn under(&self, id: NodeId, refused: &[NodeId], values: &[Option<Values>], row: usize) -> (bool, bool) {
        let truths = values[id as usize].as_deref().map_or((true, true), |values| at(values, row).truths());
        if truths != (true, true) || refused.is_empty() {
            return truths;
        }
        if refused.contains(&id) {
            return (true, false);
        }
        match &self.graph.node(id).operation {
            Operation::Unary(Unary::Not, inner) => {
                let (no, yes) = self.under(*inner, refused, values, row);
                (yes, no)
            }
            Operation::Binary(Binary::And, a, b) if self.graph.kind(id) == Kind::Bool => {
                let (a, b) = (self.under(*a, refused, values, row), self.under(*b, refused, values, row));
                (a.0 || b.0, a.1 && b.1)
            }
            Operation::Binary(Binary::Or, a, b) if self.graph.kind(id) == Kind::Bool => {
                let (a, b) = (self.under(*a, refused, values, row), self.under(*b, refused, values, row));
                (a.0 && b.0, a.1 || b.1)
            }
            Operation::Binary(Binary::Less, a, b) => {
                let opposite = |other: &NodeId| matches!(self.graph.node(*other).operation, Operation::Binary(Binary::LessOrEqual, x, y) if x == *b && y == *a);
                if refused.iter().any(opposite) { (false, true) } else { truths }
            }
            Operation::Binary(Binary::LessOrEqual, a, b) => {
                let opposite = |other: &NodeId| matches!(self.graph.node(*other).operation, Operation::Binary(Binary::Less, x, y) if x == *b && y == *a);
                if refused.iter().any(opposite) { (false, true) } else { truths }
            }
            _ => truths,
        }
    }

    fn convert(&self, value: &Possible, from: Kind, to: Kind) -> Possible {
        if let Possible::Text(text) = value {
            return match (text, to) {
                (_, Kind::Text) => value.clone(),
                (Some(text), _) => Rational::parse(text.trim()).map_or_else(Possible::anything, Possible::number),
                (None, kind) => self.anything(kind),
            };
        }
        let moment = |kind: Kind| !kind.is_numeric() && !matches!(kind, Kind::Enum(_) | Kind::Text);
        match to {
            Kind::Bool => {
                let (no, yes) = value.truths();
                decided(no, yes)
            }
            Kind::Text => Possible::Text(value.known_number().map(|number| Arc::from(number.to_string()))),
            Kind::Enum(id) if self.as_set(id) => match (value, value.range()) {
                (Possible::Members(set), _) => Possible::Members(*set),
                (_, Some((low, high, _))) => {
                    let all = self.enumerations.get(&id).copied().unwrap_or(0) as i128;
                    let (first, last) = (
                        if low.is_finite() { low.ceiling().max(0) } else { 0 },
                        if high.is_finite() { high.floor().min(all - 1) } else { all - 1 },
                    );
                    Possible::Members((first..=last).fold(0, |set, index| set | 1_u128 << index.clamp(0, 127)))
                }
                _ => self.anything(to),
            },
            to if moment(from) && moment(to) => value.rising(|number| {
                i64::try_from(number.truncate())
                    .ok()
                    .map(|number| Rational::integer(i128::from(convert_moment(number, from, to))))
            }),
            to if to.is_float() => value.rising(Some),
            _ => value.rising(|number| Some(Rational::integer(number.truncate()))),
        }
    }

    fn ranks(&self, group: usize, criteria: &[Possible], condition: &[Possible], rows: usize) -> Vec<Possible> {
        let mut ranks = vec![Possible::number(Rational::integer(-1)); rows];
        for members in &self.members[group] {
            let known = members.iter().all(|person| {
                let truths = at(condition, *person as usize).truths();
                truths == (true, false)
                    || (truths == (false, true) && at(criteria, *person as usize).known_number().is_some())
            });
            let most = Rational::integer(members.len() as i128 - 1);
            if !known {
                for person in members {
                    if at(condition, *person as usize).truths() != (true, false) {
                        ranks[*person as usize] = Possible::between(Rational::integer(-1), most);
                    }
                }
                continue;
            }
            let mut counted: Vec<(u32, Rational)> = members
                .iter()
                .filter(|person| at(condition, **person as usize).truths().1)
                .filter_map(|person| at(criteria, *person as usize).known_number().map(|value| (*person, value)))
                .collect();
            counted.sort_by(|a, b| a.1.compare(b.1).unwrap_or(Ordering::Equal));
            for (rank, (person, _)) in counted.into_iter().enumerate() {
                ranks[person as usize] = whole(rank);
            }
        }
        ranks
    }

    fn is_open_scale(&self, scale: &Scale) -> bool {
        scale.thresholds.iter().chain(&scale.values).any(|number| number.float.is_nan())
    }

    /// The entries of a table that a key may mean.
    pub(crate) fn entries<'table>(
        table: &'table Table,
        key: &'table Possible,
    ) -> impl Iterator<Item = Option<&'table Constant>> + 'table {
        table
            .entries
            .iter()
            .filter(move |(entry, _)| match (entry, key) {
                (Constant::Text(text), Possible::Text(Some(known))) => text == known,
                (Constant::Int(index), Possible::Members(set)) => {
                    u32::try_from(*index).is_ok_and(|index| index < 128 && set >> index & 1 == 1)
                }
                (Constant::Int(index), Possible::Range { low, high, .. }) => {
                    let index = Rational::integer(i128::from(*index));
                    low.compare(index).is_some_and(Ordering::is_le) && index.compare(*high).is_some_and(Ordering::is_le)
                }
                (_, Possible::Text(None) | Possible::Nothing) => true,
                _ => false,
            })
            .map(|(_, value)| value.as_ref())
    }

    fn looked_up(&self, table: &Table, key: &Possible, kind: Kind) -> Possible {
        Self::entries(table, key)
            .map(|value| value.map_or(Possible::Nothing, |value| self.constant(value, kind)))
            .reduce(|known, value| known.or(&value))
            .unwrap_or(Possible::Nothing)
    }
}

fn member(index: i64) -> Possible {
    u32::try_from(index)
        .ok()
        .filter(|index| *index < 128)
        .map_or(Possible::Nothing, |index| Possible::Members(1 << index))
}

fn whole(value: usize) -> Possible {
    Possible::number(Rational::integer(value as i128))
}

fn aggregate<'values>(aggregation: Aggregation, members: impl Iterator<Item = &'values Possible>) -> Possible {
    match aggregation {
        Aggregation::Sum => members.fold(Possible::number(Rational::ZERO), |sum, value| sum.binary(Binary::Add, value)),
        Aggregation::Any => {
            let sum = members.fold(Possible::number(Rational::ZERO), |sum, value| sum.binary(Binary::Add, value));
            Possible::number(Rational::ZERO).binary(Binary::Less, &sum)
        }
        Aggregation::All => {
            let (mut no, mut yes) = (false, true);
            for value in members {
                let truths = value.truths();
                (no, yes) = (no || truths.0, yes && truths.1);
            }
            decided(no, yes)
        }
        Aggregation::Largest => {
            members.fold(Possible::number(least()), |most, value| most.binary(Binary::Maximum, value))
        }
        Aggregation::Smallest => {
            members.fold(Possible::number(Rational::INFINITY), |least, value| least.binary(Binary::Minimum, value))
        }
    }
}

fn exact(number: &Number) -> Rational {
    number.exact.or_else(|| Rational::from_float(number.float)).unwrap_or(Rational::NOT_A_NUMBER)
}

/// What a scale may give: its greatest and least lie at the ends of the base or at a threshold between them.
fn scaled(scale: &Scale, base: &Possible, right: bool) -> Possible {
    let Some((low, high, hole)) = base.range() else { return Possible::Nothing };
    let inner = scale.thresholds.iter().map(exact).filter(|threshold| {
        low.compare(*threshold) == Some(Ordering::Less) && threshold.compare(high) == Some(Ordering::Less)
    });
    let mut result: Option<Possible> = None;
    let mut add = |value: Option<Rational>| {
        let value = value.map_or_else(Possible::anything, Possible::number);
        result = Some(result.as_ref().map_or_else(|| value.clone(), |known| known.or(&value)));
    };
    if scale.kind == ScaleKind::MarginalRate {
        for point in [low, high].into_iter().chain(inner) {
            add(marginal(scale, point));
        }
    } else {
        let strict = right || scale.kind == ScaleKind::MarginalAmount;
        let reached = |base: Rational| {
            let holds = |order: Ordering| if strict { order.is_gt() } else { order.is_ge() };
            scale.thresholds.iter().filter(|threshold| base.compare(exact(threshold)).is_some_and(holds)).count()
        };
        for count in reached(low)..=reached(high) {
            add(if scale.kind == ScaleKind::MarginalAmount {
                scale.values.iter().take(count).try_fold(Rational::ZERO, |sum, value| sum.plus(exact(value)))
            } else {
                Some(count.checked_sub(1).and_then(|place| scale.values.get(place)).map_or(Rational::ZERO, exact))
            });
        }
    }
    match (result, hole) {
        (Some(Possible::Range { low, high, .. }), hole) => Possible::Range { low, high, hole },
        (Some(other), _) => other,
        (None, _) => Possible::anything(),
    }
}

/// Each slice at its rate; beyond all thresholds the last rate's sign.
fn marginal(scale: &Scale, base: Rational) -> Option<Rational> {
    if !base.is_finite() {
        if base.numerator() < 0 {
            return Some(Rational::ZERO);
        }
        let steepest = scale.values.last().map_or(Rational::ZERO, exact);
        if steepest.numerator() != 0 {
            return Some(if steepest.numerator() > 0 { Rational::INFINITY } else { least() });
        }
        return scale.thresholds.last().map(exact).and_then(|threshold| marginal(scale, threshold));
    }
    let mut total = Rational::ZERO;
    for (place, (threshold, rate)) in scale.thresholds.iter().zip(&scale.values).enumerate() {
        let threshold = exact(threshold);
        let upper = match scale.thresholds.get(place + 1).map(exact) {
            Some(next) if base.compare(next) == Some(Ordering::Greater) => next,
            _ => base,
        };
        if upper.compare(threshold) == Some(Ordering::Greater) {
            total = total.plus(upper.subtract(threshold)?.multiply(exact(rate))?)?;
        }
    }
    Some(total)
}
