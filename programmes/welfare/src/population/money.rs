//! What people have and earn: incomes, property, disability, school, and who receives basic livelihood already.
//!
//! Shares and medians without a source in [`super::margins`] are plausible, not verified (U): see `benches/population`.

#![allow(clippy::struct_excessive_bools, reason = "facts of the law: each yes or no is one of its own")]

use super::{
    margins::{self, PROVINCES},
    people::{self, Code, Kind, Person, Role, codes_share},
    random::{Random, stepped},
};

/// Factors found on a pilot: earnings of working age, property of the elderly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) earnings: f64,
    pub(super) property_of_elderly: f64,
}

/// The factors of the nation, found by `benches/population/generate.py` on 200,000 households; `examples/screening.rs factors`
/// finds them with [`find_scale`] anew.
pub(super) const SCALE: Scale = Scale { earnings: 1.1189, property_of_elderly: 2.8331 };

/// A person with what they have. Amounts are won a month or won; years are of the tax year.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Means {
    pub(super) school: i32,
    pub(super) in_facility: bool,
    pub(super) pregnant: bool,
    pub(super) cannot_work: bool,
    pub(super) illness: bool,
    pub(super) earned: i32,
    pub(super) business: i32,
    pub(super) rent: i32,
    pub(super) private_pension: i32,
    pub(super) interest: i32,
    pub(super) transfers: i32,
    pub(super) unemployment: i32,
    pub(super) pension: i32,
    pub(super) other_pension: i32,
    pub(super) public: i32,
    pub(super) veteran: i32,
    pub(super) medical_cost: i32,
    pub(super) occupational: bool,
    pub(super) claims: bool,
    pub(super) home_value: i32,
    pub(super) deposit: i32,
    pub(super) land: i32,
    pub(super) financial: i32,
    pub(super) debt: i32,
    pub(super) car: i32,
    pub(super) car_displacement: i32,
    pub(super) car_age: i32,
    /// 0 not registered, 1 mild, 2 severe.
    pub(super) disability: i32,
    pub(super) severe_for_pension: bool,
    pub(super) abroad: bool,
    pub(super) regular_pay: i32,
}

impl Means {
    /// What counts as income in a month.
    pub(super) fn income(&self) -> i64 {
        [
            self.earned,
            self.business,
            self.rent,
            self.private_pension,
            self.interest,
            self.unemployment,
            self.pension,
            self.other_pension,
            self.public,
            self.veteran,
        ]
        .iter()
        .map(|won| i64::from(*won))
        .sum()
    }

    pub(super) fn assets(&self) -> i64 {
        [self.home_value, self.deposit, self.land, self.financial, self.car].iter().map(|won| i64::from(*won)).sum()
    }
}

/// A household with everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Home {
    pub(super) people: Vec<Person>,
    pub(super) means: Vec<Means>,
    pub(super) province: usize,
    /// 0 district, 1 city, 2 special city, 3 county.
    pub(super) place: i32,
    /// 0 none, 1 decline, 2 notified.
    pub(super) decline: i32,
    pub(super) local_currency: bool,
    pub(super) island: bool,
    /// 0 tenant, 1 owner, 2 other.
    pub(super) tenure: i32,
    pub(super) rent: i32,
    pub(super) repair: i32,
    /// 0 none, 1 single, 2 unmarried, 3 grandparent.
    pub(super) single_parent: i32,
    pub(super) receives: bool,
    pub(super) kerosene: bool,
    pub(super) other_heating: bool,
    pub(super) supporter: Option<Supporter>,
    pub(super) late: bool,
    /// The value of a child's home in which a couple lives, by couple.
    pub(super) child_homes: Vec<i32>,
}

/// Who could support the household.
#[derive(Debug, Clone, Copy)]
pub(super) struct Supporter {
    pub(super) yearly: i32,
    pub(super) deducted: i32,
    pub(super) size: i32,
    pub(super) house: i32,
    pub(super) cannot_be_had: bool,
}

/// Recipients of basic livelihood in ordinary households of a kind and size (U but for their sum).
fn recipients(kind: Kind, size: i64) -> f64 {
    match (kind, size) {
        (Kind::AloneOld, 1) => 762_000.0,
        (Kind::Alone, 1) => 858_000.0,
        (Kind::CoupleOld, 2) => 150_000.0,
        (Kind::SingleParent, 2) => 120_000.0,
        (Kind::Couple, 2) => 30_000.0,
        (Kind::WithParent, 2) => 40_000.0,
        (Kind::SingleParent, 3) => 50_000.0,
        (Kind::Family, 3) => 20_000.0,
        (Kind::Family, 4) => 15_400.0,
        _ => 0.0,
    }
}

/// The chances that a household receives basic livelihood at home, and in a care facility.
fn chances(code: Code) -> (f64, f64) {
    let number = codes_share(code);
    let facility = match code.kind {
        Kind::AloneOld => margins::RECIPIENTS_IN_FACILITIES * margins::RECIPIENTS_ELDERLY_SHARE,
        Kind::Alone => margins::RECIPIENTS_IN_FACILITIES * (1.0 - margins::RECIPIENTS_ELDERLY_SHARE),
        _ => 0.0,
    };
    (recipients(code.kind, code.size()) / number, facility / number)
}

/// What decides a household's draws.
#[derive(Debug, Clone, Copy)]
struct Standing {
    receives: bool,
    in_facility: bool,
    poor: bool,
    dearness: f64,
    old_home: bool,
    scale: Scale,
}

/// Draws everything about a household whose people are known.
pub(super) fn draw(code: Code, people: &[Person], scale: Scale, random: &mut Random) -> Home {
    let (receiving, facility) = chances(code);
    let drawn = random.unit();
    let (receives, in_facility) = (drawn < receiving + facility, drawn < facility);
    let poor = receives || random.chance(0.03);
    let province = random.pick(PROVINCES.iter().map(|one| one.persons));
    let known = PROVINCES.get(province).copied().unwrap_or(PROVINCES[0]);
    let mut home = Home { people: people.to_vec(), province, receives, ..Home::default() };
    place(&mut home, &known.places, random);
    let old_home = code.kind.head_is_old();
    let standing = Standing { receives, in_facility, poor, dearness: known.dearness, old_home, scale };
    home.means = people.iter().map(|person| means(person, standing, random)).collect();
    dwelling(&mut home, code, standing, random);
    disability(&mut home, poor, random);
    rest(&mut home, code, poor, random);
    home
}

fn place(home: &mut Home, places: &[f64; 4], random: &mut Random) {
    home.place = i32::try_from(random.pick(places.iter().copied())).unwrap_or(0);
    let county = home.place == 3;
    home.decline = if county && random.chance(0.85) {
        if random.chance(0.25 / 0.85) { 2 } else { 1 }
    } else {
        i32::from(home.place == 1 && random.chance(0.05))
    };
    home.local_currency = home.decline > 0 && random.chance(0.2);
    home.island = county && random.chance(0.02);
}

fn means(person: &Person, standing: Standing, random: &mut Random) -> Means {
    let mut means = Means::default();
    let old = person.age >= 65;
    let grown = person.age >= 19 && !old;
    let poor = standing.poor;
    status(&mut means, person, standing, random);
    let works = works(person, &means, standing, random);
    means.cannot_work = grown && poor && !works && random.chance(0.4);
    if works {
        let median = match (poor, old, person.age < 30) {
            (true, ..) => 450_000.0,
            (_, true, _) => 1_000_000.0,
            (_, _, true) => 2_300_000.0,
            _ => 3_100_000.0,
        };
        let factor = if poor || old { 1.0 } else { standing.scale.earnings };
        let earned = stepped((random.lognormal(median, 0.55) * factor).min(60_000_000.0), 1_000.0);
        if random.chance(0.2) { means.business = earned } else { means.earned = earned }
    }
    other_incomes(&mut means, person, (grown, old, works), poor, random);
    property(&mut means, (grown, old), standing, random);
    means.abroad = person.age < 13 && random.chance(0.004);
    means.regular_pay = if random.chance(0.7) { means.earned } else { 0 };
    means
}

fn status(means: &mut Means, person: &Person, standing: Standing, random: &mut Random) {
    means.school = match person.birth_year {
        2014..=2019 => 1,
        2011..=2013 => 2,
        2008..=2010 => 3,
        2002..=2007 => 4 * i32::from(random.chance(0.5)),
        _ => 0,
    };
    means.in_facility = standing.in_facility;
    means.pregnant = person.role == Role::Spouse && person.age < 45 && random.chance(0.05);
    means.illness = random.chance(if person.age >= 65 { 0.08 } else { 0.01 });
}

fn works(person: &Person, means: &Means, standing: Standing, random: &mut Random) -> bool {
    let old = person.age >= 65;
    let grown = person.age >= 19 && !old;
    let wanted = match (standing.poor, old) {
        (true, _) if grown && person.age >= 35 => 0.25,
        (true, _) => 0.03,
        (_, true) if person.age < 75 => 0.33,
        (_, true) => 0.12,
        _ if means.school == 4 => 0.2,
        _ => match person.role {
            Role::Head => 0.86,
            Role::Spouse => 0.58,
            _ => 0.62,
        },
    };
    (grown || old) && !means.in_facility && random.chance(wanted)
}

fn other_incomes(
    means: &mut Means,
    person: &Person,
    (grown, old, works): (bool, bool, bool),
    poor: bool,
    random: &mut Random,
) {
    let rich = !poor;
    let if_so = |so: bool, share: f64| if so { share } else { 0.0 };
    means.occupational = old && rich && random.chance(0.05);
    let early = person.age >= 63 && !old && rich;
    let share = match (old && !means.occupational, early) {
        (true, _) => {
            if poor {
                0.3
            } else {
                0.6
            }
        }
        (_, true) => 0.5,
        _ => 0.0,
    };
    let pension = random.amount(share, 560_000.0, 0.6, 10.0, 3_000_000.0);
    means.pension = if poor { pension.min(300_000) } else { pension };
    means.other_pension = random.amount(if old { 0.06 } else { 0.002 }, 330_000.0, 0.3, 10.0, 900_000.0);
    means.public = random.amount(if_so(means.occupational, 1.0), 2_700_000.0, 0.25, 1_000.0, 5_000_000.0);
    means.rent = random.amount(if_so((grown || old) && rich, 0.04), 600_000.0, 0.8, 1_000.0, 20_000_000.0);
    means.private_pension = random.amount(if_so(person.age >= 60 && rich, 0.05), 350_000.0, 0.6, 1_000.0, 5_000_000.0);
    means.interest = random.amount(if_so((grown || old) && rich, 0.15), 30_000.0, 1.2, 100.0, 20_000_000.0);
    means.transfers = random.amount(if_so(old, 0.05), 200_000.0, 0.4, 10_000.0, 1_000_000.0);
    means.unemployment = random.amount(if_so(grown && !works && rich, 0.06), 1_900_000.0, 0.05, 10.0, 2_048_000.0);
    means.veteran = random.amount(if_so(old, 0.02), 700_000.0, 0.6, 1_000.0, 4_000_000.0);
    means.medical_cost = random.amount(if_so(poor, 0.1), 80_000.0, 0.7, 100.0, 1_000_000.0);
    let claim = margins::BASIC_PENSION_CLAIMS / (margins::ELDERLY as f64 * margins::BASIC_PENSION_SHARE);
    means.claims = !old || random.chance(claim);
}

fn property(means: &mut Means, (grown, old): (bool, bool), standing: Standing, random: &mut Random) {
    let (adult, rich) = (grown || old, !standing.poor);
    let factor = if old { standing.scale.property_of_elderly } else { 1.0 };
    let if_so = |so: bool, share: f64| if so { share } else { 0.0 };
    let land = random.amount(if_so(adult && rich, 0.12), 60_000_000.0, 1.0, 100_000.0, 400_000_000.0);
    means.land = stepped(f64::from(land) * factor.min(1.5), 1.0);
    let savings = random.amount(if_so(adult && rich, 0.85), 18_000_000.0, 1.2, 10_000.0, 400_000_000.0);
    let little = random.amount(if_so(adult && !rich, 0.5), 1_200_000.0, 0.7, 10_000.0, 4_500_000.0);
    means.financial = stepped(f64::from(savings + little) * factor.min(2.0), 1.0);
    means.debt = random.amount(if_so(grown && rich, 0.3), 45_000_000.0, 1.0, 10_000.0, 600_000_000.0);
    means.car_displacement = 2_000;
}

/// The home and the cars: what belongs to the head, or depends on who is the head.
fn dwelling(home: &mut Home, code: Code, standing: Standing, random: &mut Random) {
    let (poor, in_facility) = (standing.poor, standing.in_facility);
    let owning = match (poor, standing.old_home, code.size() > 1) {
        (true, ..) => 0.15,
        (_, true, _) => 0.72,
        (_, _, true) => 0.62,
        _ => 0.32,
    };
    let owns = random.chance(owning) && !in_facility;
    let tenant = !owns && random.chance(0.92) && !in_facility;
    let full_deposit = tenant && random.chance(if poor { 0.05 } else { 0.4 });
    let factor = if standing.old_home { standing.scale.property_of_elderly } else { 1.0 };
    let mut value = random.lognormal(230_000_000.0, 0.75) * standing.dearness * factor;
    if poor {
        value = (value * 0.15).min(70_000_000.0);
    }
    let mut deposit = if full_deposit { value * 0.7 } else { random.lognormal(12_000_000.0, 0.8) };
    if poor {
        deposit = deposit.min(20_000_000.0);
    }
    let mut rent = random.lognormal(380_000.0, 0.4) * standing.dearness.sqrt().min(1.3);
    if poor {
        rent *= 0.6;
    }
    home.tenure = if owns { 1 } else { 2 * i32::from(!tenant) };
    home.rent = if tenant && !full_deposit { stepped(rent.min(2_500_000.0), 1_000.0) } else { 0 };
    home.repair = if owns && standing.receives && random.chance(0.01) { random.between(1, 4) } else { 0 };
    for (person, means) in home.people.iter().zip(&mut home.means) {
        let head = person.role == Role::Head;
        if head && owns {
            means.home_value = stepped(value.min(1_200_000_000.0), 100_000.0);
        }
        if head && tenant {
            means.deposit = stepped(deposit.min(800_000_000.0), 100_000.0);
        }
        let drives = person.age >= 19 && !poor && random.chance(if head { 0.6 } else { 0.25 });
        if drives {
            means.car = stepped(random.lognormal(12_000_000.0, 0.8).min(120_000_000.0), 10_000.0);
            let sizes = [(1_000, 0.15), (1_600, 0.35), (2_000, 0.3), (2_500, 0.12), (3_000, 0.08)];
            let drawn = random.pick(sizes.iter().map(|(_, share)| *share));
            means.car_displacement = sizes.get(drawn).map_or(2_000, |(size, _)| *size);
            means.car_age = random.between(0, 16);
        }
    }
}

fn couple_of(home: &Home, couple: usize) -> impl Iterator<Item = &Means> {
    home.people.iter().zip(&home.means).filter(move |(person, _)| person.couple == couple).map(|(_, means)| means)
}

fn disability(home: &mut Home, poor: bool, random: &mut Random) {
    for (person, means) in home.people.iter().zip(&mut home.means) {
        let old = person.age >= 65;
        let share = if person.age < 18 {
            0.013
        } else if old {
            0.128
        } else {
            0.036
        };
        let registered = random.chance(share * if poor { 1.61 } else { 0.796 });
        let severe = registered && random.chance(if person.age < 18 { 0.8 } else { 0.37 });
        means.disability = i32::from(registered) + i32::from(severe);
        let child = person.age < 18;
        means.severe_for_pension = severe && (child || random.chance(0.4));
    }
    pensioners(home, random);
}

/// Those who receive the disability pension: severe, of age, and poor as a couple, so that no open figure is needed.
fn pensioners(home: &mut Home, random: &mut Random) {
    let adults = margins::PERSONS as f64 * 0.84;
    for row in 0..home.people.len() {
        let Some(person) = home.people.get(row).copied() else { continue };
        let couple: Vec<&Means> = couple_of(home, person.couple).collect();
        let works = couple.iter().any(|means| means.earned > 0 || means.business > 0);
        let occupational = couple.iter().any(|means| means.occupational);
        let income: i64 = couple.iter().map(|means| means.income()).sum();
        let drawn = random.chance(margins::DISABILITY_PENSION / adults * 3.41);
        if !drawn || person.age < 19 || works || occupational || income > 1_400_000 {
            continue;
        }
        for (other, means) in home.people.iter().zip(&mut home.means) {
            if other.couple == person.couple {
                (means.home_value, means.deposit, means.land, means.financial, means.car) = (0, 0, 0, 0, 0);
            }
        }
        if let Some(means) = home.means.get_mut(row) {
            means.disability = 2;
            means.severe_for_pension = true;
        }
    }
}

fn rest(home: &mut Home, code: Code, poor: bool, random: &mut Random) {
    let minor = home.people.iter().any(|person| person.role == Role::Child && person.age < 18);
    let single = minor && matches!(code.kind, Kind::SingleParent | Kind::Grandparent);
    let unmarried = random.chance(0.08);
    home.single_parent = match (single, code.kind == Kind::Grandparent, unmarried) {
        (false, ..) => 0,
        (_, true, _) => 3,
        (_, _, true) => 2,
        _ => 1,
    };
    home.kerosene = random.chance(if home.place == 3 { 0.25 } else { 0.03 });
    home.other_heating = poor && random.chance(0.02);
    home.late = random.chance(0.03);
    if poor && random.chance(if home.receives { 0.5 } else { 0.7 }) {
        let top = if home.receives { 110_000_000.0 } else { 600_000_000.0 };
        let yearly = random.lognormal(42_000_000.0, 0.6).min(top);
        let house = random.lognormal(150_000_000.0, 0.8).min(1_500_000_000.0);
        home.supporter = Some(Supporter {
            yearly: stepped(yearly, 10_000.0),
            deducted: stepped(yearly / 12.0 * 0.8, 10_000.0),
            size: random.between(1, 5),
            house: if random.chance(0.3) { stepped(house, 100_000.0) } else { 0 },
            cannot_be_had: random.chance(0.25),
        });
    }
    let couples = home.people.iter().map(|person| person.couple + 1).max().unwrap_or(0);
    home.child_homes = (0..couples)
        .map(|couple| {
            let old = home.people.iter().any(|person| person.couple == couple && person.age >= 65);
            let value = random.lognormal(450_000_000.0, 0.5).min(2_000_000_000.0);
            if old && random.chance(0.03) { stepped(value, 100_000.0) } else { 0 }
        })
        .collect();
}

/// The scale on which a pilot meets the median income of four and the share of the basic pension.
pub(super) fn find_scale(pilot: &[Code], seed: u64) -> Scale {
    let mut scale = Scale { earnings: 1.0, property_of_elderly: 1.0 };
    let drawn = |scale: Scale| {
        pilot.iter().enumerate().map(move |(place, code)| {
            // Numbers that no household of the nation has.
            let mut random = Random::of(seed, usize::MAX / 2 + place);
            let people = people::draw(*code, &mut random);
            draw(*code, &people, scale, &mut random)
        })
    };
    for _ in 0..6 {
        let of_four = drawn(scale).filter(|home| home.people.len() == 4);
        let mut incomes: Vec<i64> = of_four.map(|home| home.means.iter().map(Means::income).sum()).collect();
        if let Some(median) = super::report::median(&mut incomes).filter(|median| *median > 0.0) {
            scale.earnings *= margins::MEDIAN_INCOME_OF_FOUR / median;
        }
    }
    let (mut low, mut high) = (0.05_f64, 10.0_f64);
    for _ in 0..12 {
        scale.property_of_elderly = (low * high).sqrt();
        let (mut meets, mut all) = (0_u32, 0_u32);
        for home in drawn(scale) {
            let (of_home, elderly) = meeting(&home);
            meets += of_home;
            all += elderly;
        }
        let share = f64::from(meets) / f64::from(all.max(1));
        if share > margins::BASIC_PENSION_SHARE {
            low = scale.property_of_elderly;
        } else {
            high = scale.property_of_elderly;
        }
    }
    scale
}

/// How many of a household's elderly meet the income condition of the basic pension, and how many there are: a reckoning of
/// its own, so that the nation does not depend on the rules that it measures.
pub(super) fn meeting(home: &Home) -> (u32, u32) {
    let (mut meets, mut all) = (0, 0);
    for person in home.people.iter().filter(|person| person.age >= 65) {
        all += 1;
        let couple: Vec<&Means> = couple_of(home, person.couple).collect();
        if couple.iter().any(|means| means.occupational) {
            continue;
        }
        let over = |amount: i32, free: f64| (f64::from(amount) - free).max(0.0);
        let income: f64 = couple
            .iter()
            .map(|means| {
                let rest = [
                    means.business,
                    means.rent,
                    means.private_pension,
                    means.pension,
                    means.other_pension,
                    means.public,
                ];
                let rest: f64 = rest.iter().map(|won| f64::from(*won)).sum();
                over(means.earned, 1_160_000.0) * 0.7
                    + over(means.interest, 40_000.0)
                    + over(means.veteran, 430_000.0)
                    + rest
            })
            .sum();
        let dear = |means: &Means| means.car >= 40_000_000 && means.car_age < 10;
        let sum = |value: &dyn Fn(&Means) -> f64| couple.iter().map(|means| value(means)).sum::<f64>();
        let general = sum(&|means| {
            let car = if dear(means) { 0 } else { means.car };
            f64::from(means.home_value) + f64::from(means.deposit) + f64::from(means.land) + f64::from(car)
        });
        let basic = match home.place {
            3 => 72_500_000.0,
            1 => 85_000_000.0,
            _ => 135_000_000.0,
        };
        let financial = (sum(&|means| f64::from(means.financial)) - 20_000_000.0).max(0.0);
        let debts = sum(&|means| f64::from(means.debt));
        let net = ((general - basic).max(0.0) + financial - debts).max(0.0);
        let dear_cars = sum(&|means| if dear(means) { f64::from(means.car) } else { 0.0 });
        let child = home.child_homes.get(person.couple).copied().unwrap_or(0);
        let free_housing = if child >= 600_000_000 { f64::from(child) * 0.0078 / 12.0 } else { 0.0 };
        let recognised = income + net * 0.04 / 12.0 + dear_cars + free_housing;
        let threshold = if couple.len() == 2 { 3_952_000.0 } else { 2_470_000.0 };
        meets += u32::from(recognised <= threshold);
    }
    (meets, all)
}
