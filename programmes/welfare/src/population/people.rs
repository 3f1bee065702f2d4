//! Who lives with whom: kinds of households, roles, couples and ages.

use jiff::{ToSpan, civil::Date};

use super::{
    margins,
    random::{Random, stepped},
};

/// The day on which ages are told.
const DAY: Date = Date::constant(2026, 4, 1);
const DAYS_OF_YEAR: f64 = 365.2425;

/// What the members beside the head and the children are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Alone,
    AloneOld,
    CoupleOld,
    Couple,
    SingleParent,
    WithParent,
    Grandparent,
    Family,
    WithParents,
    FamilyParent,
    FamilyParents,
    CoupleParent,
}

impl Kind {
    pub(super) fn has_spouse(self) -> bool {
        matches!(
            self,
            Self::CoupleOld
                | Self::Couple
                | Self::Family
                | Self::FamilyParent
                | Self::FamilyParents
                | Self::CoupleParent
        )
    }

    pub(super) fn parents(self) -> i32 {
        match self {
            Self::WithParent | Self::FamilyParent | Self::CoupleParent => 1,
            Self::WithParents | Self::FamilyParents => 2,
            _ => 0,
        }
    }

    pub(super) fn head_is_old(self) -> bool {
        matches!(self, Self::AloneOld | Self::CoupleOld | Self::Grandparent)
    }
}

/// A household before anybody is drawn: its kind and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) kind: Kind,
    size: u8,
}

impl Code {
    pub(super) fn size(self) -> i64 {
        i64::from(self.size)
    }

    /// How many couples, where who has no spouse is one alone.
    pub(super) fn couples(self) -> i64 {
        let joined = i64::from(self.kind.has_spouse()) + i64::from(self.kind.parents() == 2);
        self.size() - joined
    }
}

/// The exact number of households of each kind, so that sizes and the elderly come out.
pub(super) fn quotas() -> Vec<(Code, i64)> {
    let four = margins::HOUSEHOLDS_OF_4_OR_MORE;
    let small = margins::HOUSEHOLDS_OF_1 + 2 * margins::HOUSEHOLDS_OF_2 + 3 * margins::HOUSEHOLDS_OF_3;
    let beyond = i64::try_from(margins::PERSONS).unwrap_or(0) - small;
    let share = |share: f64| i64::from(stepped((four as f64 * share).round(), 1.0));
    let (eight, seven, six) = (share(0.001), share(0.007), share(0.04));
    let five = beyond - 4 * four - 2 * six - 3 * seven - 4 * eight;
    let of_four = four - five - six - seven - eight;
    let mut rows = Vec::new();
    let large =
        [(Kind::Family, 0.86), (Kind::FamilyParent, 0.08), (Kind::FamilyParents, 0.04), (Kind::SingleParent, 0.02)];
    for (size, number) in [(8, eight), (7, seven), (6, six), (5, five), (4, of_four)] {
        rows.extend(split(number, size, &large));
    }
    let three =
        [(Kind::Family, 0.68), (Kind::SingleParent, 0.14), (Kind::WithParents, 0.12), (Kind::CoupleParent, 0.06)];
    rows.extend(split(margins::HOUSEHOLDS_OF_3, 3, &three));
    let two = [
        (Kind::CoupleOld, 0.39),
        (Kind::Couple, 0.26),
        (Kind::SingleParent, 0.21),
        (Kind::WithParent, 0.13),
        (Kind::Grandparent, 0.01),
    ];
    rows.extend(split(margins::HOUSEHOLDS_OF_2, 2, &two));
    let old_of = |kind: Kind| match kind {
        Kind::CoupleOld => 2,
        Kind::Grandparent => 1,
        other => i64::from(other.parents()),
    };
    let old: i64 = rows.iter().map(|(code, number)| number * old_of(code.kind)).sum();
    let old_alone = margins::ELDERLY - old;
    rows.push((Code { kind: Kind::AloneOld, size: 1 }, old_alone));
    rows.push((Code { kind: Kind::Alone, size: 1 }, margins::HOUSEHOLDS_OF_1 - old_alone));
    rows
}

fn split(number: i64, size: u8, shares: &[(Kind, f64)]) -> Vec<(Code, i64)> {
    let part = |share: f64| i64::from(stepped((number as f64 * share).round(), 1.0));
    let mut rows: Vec<(Code, i64)> =
        shares.iter().map(|(kind, share)| (Code { kind: *kind, size }, part(*share))).collect();
    let rest = number - rows.iter().map(|(_, number)| number).sum::<i64>();
    if let Some((_, first)) = rows.first_mut() {
        *first += rest;
    }
    rows
}

/// The first households of the nation in an order that the seed decides (Fisher and Yates, from the front: a sample is the
/// beginning of the whole).
pub(super) fn codes(seed: u64, wanted: usize) -> Vec<Code> {
    let mut codes: Vec<Code> = Vec::new();
    for (code, number) in quotas() {
        codes.resize(codes.len() + usize::try_from(number).unwrap_or(0), code);
    }
    let mut random = Random::of(seed, usize::MAX);
    let wanted = wanted.min(codes.len());
    for place in 0..wanted {
        let width = u64::try_from(codes.len() - place).unwrap_or(1);
        let ahead = usize::try_from((u128::from(random.word()) * u128::from(width)) >> 64).unwrap_or(0);
        codes.swap(place, place + ahead);
    }
    codes.truncate(wanted);
    codes
}

/// What somebody is in the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Head,
    Spouse,
    Child,
    Parent,
}

impl Role {
    pub(super) const NAMES: [&str; 4] = ["head", "spouse", "child", "parent"];
}

/// A person before money.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) role: Role,
    /// Which couple of the household, from 0.
    pub(super) couple: usize,
    /// In full years.
    pub(super) age: i32,
    /// Days since 1970.
    pub(super) birth: i32,
    /// The year of birth.
    pub(super) birth_year: i32,
    /// A child's place among the children, from 1 for the eldest.
    pub(super) birth_order: i32,
}

/// Births of fifteen years, youngest first, in thousands: what makes the young pyramid narrow at its foot.
const BIRTHS: [f64; 15] =
    [238.0, 230.0, 249.0, 260.0, 272.0, 303.0, 327.0, 358.0, 406.0, 438.0, 435.0, 437.0, 485.0, 471.0, 470.0];
/// Of the eldest children, how many are up to 14, in thousandths.
const UP_TO_14: f64 = 318.0;

fn years(drawn: f64) -> i32 {
    stepped(drawn, 1.0)
}

fn eldest_child(random: &mut Random) -> i32 {
    if random.chance(UP_TO_14 / 1_000.0) {
        i32::try_from(random.pick(BIRTHS.into_iter())).unwrap_or(0)
    } else {
        15 + years(random.exponential(8.5)).min(20)
    }
}

fn age_alone(random: &mut Random) -> i32 {
    const BANDS: [(i32, f64, f64); 5] =
        [(19, 11.0, 0.24), (30, 10.0, 0.24), (40, 10.0, 0.18), (50, 10.0, 0.22), (60, 5.0, 0.12)];
    let band = BANDS.get(random.pick(BANDS.iter().map(|(_, _, share)| *share))).copied().unwrap_or((30, 10.0, 1.0));
    band.0 + years(random.unit() * band.1)
}

/// The ages that a household is drawn around.
struct Ages {
    head: i32,
    eldest: i32,
    parent: i32,
}

fn ages(kind: Kind, random: &mut Random) -> Ages {
    let eldest = if kind == Kind::Grandparent { 3 + random.between(0, 15) } else { eldest_child(random) };
    let mut parent = 65 + years(random.exponential(9.0)).min(34);
    let head = match kind {
        Kind::Alone => age_alone(random),
        Kind::Couple => random.between(27, 65),
        Kind::WithParent | Kind::WithParents => (parent - 25 - random.between(0, 12)).clamp(22, 64),
        _ if kind.head_is_old() => 65 + years(random.exponential(9.5)).min(38),
        _ => (eldest + 25 + random.between(0, 14)).clamp(20, 64),
    };
    if matches!(kind, Kind::FamilyParent | Kind::FamilyParents | Kind::CoupleParent) {
        parent = parent.max(head + 25 + random.between(0, 10));
    }
    Ages { head, eldest, parent }
}

/// The people of a household.
pub(super) fn draw(code: Code, random: &mut Random) -> Vec<Person> {
    let (kind, size) = (code.kind, i32::from(code.size));
    let around = ages(kind, random);
    let spouses = i32::from(kind.has_spouse());
    let mut people = Vec::with_capacity(usize::from(code.size));
    let mut couples = 0;
    for place in 0..size {
        let role = match place {
            0 => Role::Head,
            1 if kind.has_spouse() => Role::Spouse,
            _ if size - 1 - place < kind.parents() => Role::Parent,
            _ => Role::Child,
        };
        let order = place - spouses;
        let age = match role {
            Role::Head => around.head,
            Role::Spouse if kind.head_is_old() => 65 + (around.head - random.between(-1, 7) - 65).abs(),
            Role::Spouse => (around.head - random.between(-2, 6)).clamp(20, 64),
            Role::Parent => 65 + (around.parent - 65 - random.between(0, 4)).abs(),
            Role::Child => {
                let younger = around.eldest - (order - 1) * random.between(1, 5);
                if younger < 0 { random.between(0, 35) % (around.eldest + 1) } else { younger }
            }
        };
        let age = age.min(108);
        let joins = role == Role::Spouse || (role == Role::Parent && kind.parents() == 2 && place == size - 1);
        if !joins {
            couples += 1;
        }
        let days = years(f64::from(age) * DAYS_OF_YEAR) + random.between(0, 365);
        let birth = DAY.saturating_sub(i64::from(days).days());
        let since = birth.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days());
        people.push(Person {
            role,
            couple: couples - 1,
            age,
            birth: since,
            birth_year: i32::from(birth.year()),
            birth_order: if role == Role::Child { order.max(1) } else { 1 },
        });
    }
    people
}

/// How many households of this kind and size the nation has.
pub(super) fn codes_share(code: Code) -> f64 {
    static QUOTAS: std::sync::LazyLock<Vec<(Code, i64)>> = std::sync::LazyLock::new(quotas);
    QUOTAS.iter().find(|(known, _)| *known == code).map_or(1.0, |(_, number)| (*number).max(1) as f64)
}
