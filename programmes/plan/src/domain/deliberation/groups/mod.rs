//! Groups of opinion in votes, as Polis publishes them (Small, Bjorkegren, Erkkilä, Shaw, Megill: «Polis: Scaling deliberation by mapping
//! high dimensional opinion spaces», RECERCA 26(2), 2021): principal components of the matrix of votes, k-means in their plane,
//! the number of groups by silhouette, statements that stand for a group by two tests of proportions, consensus across groups.
//!
//! What is done otherwise, and why: groups are made anew when somebody looks, so that the same votes give the same groups, and keep
//! but their letters from one time to the next; no number of groups is taken that leaves one with fewer than [`LEAST_GROUP`] people.

mod letters;
mod plane;
mod split;

use std::collections::BTreeMap;

use serde::Serialize;

pub use letters::Letters;

use super::Stance;

/// Smaller groups are not shown: who is in them could be guessed.
pub const LEAST_GROUP: usize = 5;
/// Who voted on fewer statements is not placed, as long as there are so many.
const LEAST_VOTES: usize = 7;
/// One-sided, nine of ten.
const SURE: f64 = 1.2816;
/// Statements that stand for a group at most.
const MOST_REPRESENTATIVE: usize = 5;

/// How many think what of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
#[schema(as = StanceCounts)]
pub struct Counts {
    /// Agree.
    pub agree: usize,
    /// Disagree.
    pub disagree: usize,
    /// Do not say.
    pub pass: usize,
}

impl Counts {
    /// All who voted on it.
    pub fn all(self) -> usize {
        self.agree + self.disagree + self.pass
    }

    /// How likely the next one agrees: with one vote for and one against added, so that few votes say little (Laplace).
    pub fn chance_of(self, agree: bool) -> f64 {
        let said = if agree { self.agree } else { self.disagree };
        (said as f64 + 1.0) / (self.all() as f64 + 2.0)
    }

    fn add(&mut self, stance: Stance) {
        match stance {
            Stance::Agree => self.agree += 1,
            Stance::Disagree => self.disagree += 1,
            Stance::Pass => self.pass += 1,
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            agree: self.agree.saturating_sub(other.agree),
            disagree: self.disagree.saturating_sub(other.disagree),
            pass: self.pass.saturating_sub(other.pass),
        }
    }
}

/// A statement that tells a group from the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Representative {
    /// Its number.
    pub statement: usize,
    /// Whether the group agrees with it, rather than disagrees.
    pub agree: bool,
    /// How many times as likely it is to do so as all others.
    pub times: f64,
}

/// A group of people who vote alike.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = OpinionGroup)]
pub struct Group {
    /// Its letter, which it keeps while most of its people stay together.
    #[schema(value_type = String, example = "A")]
    pub letter: char,
    /// How many.
    pub size: usize,
    /// Where its middle lies in the plane of the two principal components.
    #[schema(value_type = Vec<f64>)]
    pub middle: (f64, f64),
    /// What stands for it, the clearest first.
    pub representative: Vec<Representative>,
}

/// What is thought of a statement.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StatementOpinion {
    /// Its number.
    pub statement: usize,
    /// By all.
    pub all: Counts,
    /// By each group, in their order.
    pub groups: Vec<Counts>,
    /// The product over groups of how likely each agrees: high only where every group agrees, small ones as much as large ones.
    pub consensus: f64,
    /// How far apart the groups are: the largest chance of agreeing less the smallest.
    pub apart: f64,
}

/// What a deliberation came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, utoipa::ToSchema)]
pub struct Opinions {
    /// How many took part.
    pub participants: usize,
    /// How many of them voted on enough to be placed in a group.
    pub placed: usize,
    /// How well the groups are parted, from −1 to 1; nothing where there are none.
    pub silhouette: Option<f64>,
    /// The groups in the order of their letters; none where votes part into none that may be shown.
    pub groups: Vec<Group>,
    /// What is thought of each statement, in the order of numbers.
    pub statements: Vec<StatementOpinion>,
}

/// What somebody thinks of the statements, by their columns.
type Row = Vec<(usize, Stance)>;

/// What somebody thinks, under the name by which it is kept.
pub type Voter = (String, BTreeMap<usize, Stance>);

/// Groups and consensus in the votes of all who took part, on these statements. Groups keep the letters that their people had in `known`;
/// what is to be remembered is given too.
pub fn opinions(statements: &[usize], voters: &[Voter], known: &Letters) -> (Opinions, Letters) {
    let columns: BTreeMap<usize, usize> = statements.iter().copied().zip(0..).collect();
    let row = |votes: &BTreeMap<usize, Stance>| -> Row {
        votes.iter().filter_map(|(number, stance)| Some((*columns.get(number)?, *stance))).collect()
    };
    let all = voters.iter().map(|(name, votes)| (name.as_str(), row(votes)));
    let (names, rows): (Vec<&str>, Vec<Row>) = all.filter(|(_, row)| !row.is_empty()).unzip();
    let least = LEAST_VOTES.min(statements.len());
    let placed: Vec<usize> = (0..rows.len()).filter(|at| rows.get(*at).is_some_and(|row| row.len() >= least)).collect();
    let chosen: Vec<&[(usize, Stance)]> = placed.iter().filter_map(|at| rows.get(*at)).map(Vec::as_slice).collect();
    let points = plane::place(&chosen, statements.len());
    let parted = split::part(&points, LEAST_GROUP);
    let (silhouette, mut members) =
        parted.map_or((None, Vec::new()), |parted| (Some(parted.silhouette), parted.members));
    members.sort_by_key(|group| (std::cmp::Reverse(group.len()), group.first().copied()));
    let called = |at: &usize| placed.get(*at).and_then(|row| names.get(*row)).copied();
    let people: Vec<Vec<&str>> = members.iter().map(|group| group.iter().filter_map(called).collect()).collect();
    let (letters, remembered) = known.call(&people);
    let mut lettered: Vec<(usize, Vec<usize>)> = letters.into_iter().zip(members).collect();
    lettered.sort_unstable();
    let (letters, members): (Vec<usize>, Vec<Vec<usize>>) = lettered.into_iter().unzip();
    let all = counts(rows.iter().map(Vec::as_slice), statements.len());
    let by_group: Vec<Vec<Counts>> = members
        .iter()
        .map(|group| counts(group.iter().filter_map(|at| chosen.get(*at)).copied(), statements.len()))
        .collect();
    let statements = statements.iter().enumerate().map(|(column, number)| {
        let of = |counts: &Vec<Counts>| counts.get(column).copied().unwrap_or_default();
        opinion(*number, of(&all), by_group.iter().map(of).collect())
    });
    let statements: Vec<StatementOpinion> = statements.collect();
    let groups = members.iter().zip(letters).enumerate().map(|(at, (group, letter))| Group {
        letter: char::from(b'A' + u8::try_from(letter % 26).unwrap_or(0)),
        size: group.len(),
        middle: middle(group, &points),
        representative: representative(at, &statements),
    });
    let groups = groups.collect();
    let opinions = Opinions { participants: rows.len(), placed: placed.len(), silhouette, groups, statements };
    (opinions, remembered)
}

fn counts<'a>(rows: impl Iterator<Item = &'a [(usize, Stance)]>, columns: usize) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); columns];
    for (column, stance) in rows.flatten() {
        if let Some(count) = counts.get_mut(*column) {
            count.add(*stance);
        }
    }
    counts
}

fn opinion(statement: usize, all: Counts, groups: Vec<Counts>) -> StatementOpinion {
    let chances: Vec<f64> = groups.iter().map(|counts| counts.chance_of(true)).collect();
    let consensus = if chances.is_empty() { all.chance_of(true) } else { chances.iter().product() };
    let (least, most) = chances.iter().fold((1.0_f64, 0.0_f64), |(least, most), one| (least.min(*one), most.max(*one)));
    StatementOpinion { statement, all, groups, consensus, apart: (most - least).max(0.0) }
}

fn middle(group: &[usize], points: &[(f64, f64)]) -> (f64, f64) {
    let (x, y) =
        group.iter().filter_map(|at| points.get(*at)).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let count = (group.len() as f64).max(1.0);
    (x / count, y / count)
}

/// Whether more than half say so: z of a proportion against one half.
fn sure_of_half(said: usize, all: usize) -> f64 {
    let all = all as f64 + 1.0;
    2.0 * all.sqrt() * ((said as f64 + 1.0) / all - 0.5)
}

/// Whether one proportion is above another: z with the pooled variance.
fn sure_of_more((said, all): (usize, usize), (other_said, other_all): (usize, usize)) -> f64 {
    let (said, all) = (said as f64 + 1.0, all as f64 + 1.0);
    let (other_said, other_all) = (other_said as f64 + 1.0, other_all as f64 + 1.0);
    let pooled = (said + other_said) / (all + other_all);
    let variance = pooled * (1.0 - pooled) * (1.0 / all + 1.0 / other_all);
    if variance > 0.0 { (said / all - other_said / other_all) / variance.sqrt() } else { 0.0 }
}

/// The statements that stand for a group: it says so by more than half, and more than the others do. Where none passes both tests,
/// the one that comes closest.
fn representative(group: usize, statements: &[StatementOpinion]) -> Vec<Representative> {
    let mut found: Vec<(bool, f64, Representative)> = Vec::new();
    for one in statements {
        let Some(own) = one.groups.get(group).copied().filter(|own| own.all() > 0) else { continue };
        let placed = one.groups.iter().fold(Counts::default(), |mut sum, counts| {
            sum.agree += counts.agree;
            sum.disagree += counts.disagree;
            sum.pass += counts.pass;
            sum
        });
        let others = placed.without(own);
        for agree in [true, false] {
            let said = |counts: Counts| if agree { counts.agree } else { counts.disagree };
            let half = sure_of_half(said(own), own.all());
            let more = sure_of_more((said(own), own.all()), (said(others), others.all()));
            let times = own.chance_of(agree) / others.chance_of(agree);
            let weight = own.chance_of(agree) * times * half * more;
            let passes = half > SURE && more > SURE;
            found.push((passes, weight, Representative { statement: one.statement, agree, times }));
        }
    }
    let any = found.iter().any(|(passes, ..)| *passes);
    found.retain(|(passes, ..)| *passes || !any);
    found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.2.statement.cmp(&other.2.statement)));
    let most = if any { MOST_REPRESENTATIVE } else { 1 };
    found.into_iter().take(most).map(|(.., one)| one).collect()
}

#[cfg(test)]
mod tests;
