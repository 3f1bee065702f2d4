//! Households as columns of the law's variables.

use std::path::Path;

use super::{
    margins::PROVINCES,
    money::{Home, Means},
    people::{Person, Role},
};
use crate::tables::{Column, TableError, TableWriter, Values};

const SCHOOLS: &[&str] = &["none", "elementary", "middle", "high", "university"];
const DEGREES: &[&str] = &["none", "mild", "severe"];
const PLACES: &[&str] = &["district", "city", "special_city", "county"];
const DECLINE: &[&str] = &["none", "decline", "notified"];
const TENURES: &[&str] = &["tenant", "owner", "other"];
const REPAIRS: &[&str] = &["none", "minor", "medium", "major"];
const SINGLE_PARENTS: &[&str] = &["none", "single", "unmarried", "grandparent"];

/// How a fact is written.
enum Form {
    Whole,
    Truth,
    Name(&'static [&'static str]),
}

/// A fact: its variable, its form, and where it comes from.
struct Fact<T: ?Sized> {
    name: &'static str,
    form: Form,
    of: fn(&T) -> i64,
}

const fn fact<T: ?Sized>(name: &'static str, form: Form, of: fn(&T) -> i64) -> Fact<T> {
    Fact { name, form, of }
}

/// Cut to whole won, as a year of months.
#[expect(clippy::cast_possible_truncation, reason = "amounts of a year are below 2^53 won")]
fn yearly(monthly: f64) -> i64 {
    (monthly * 12.0) as i64
}

const OF_PERSONS: &[Fact<Means>] = &[
    fact("school_level", Form::Name(SCHOOLS), |of| of.school.into()),
    fact("is_in_care_facility", Form::Truth, |of| of.in_facility.into()),
    fact("is_pregnant", Form::Truth, |of| of.pregnant.into()),
    fact("cannot_work", Form::Truth, |of| of.cannot_work.into()),
    fact("has_serious_registered_illness", Form::Truth, |of| of.illness.into()),
    fact("earned_income", Form::Whole, |of| of.earned.into()),
    fact("business_income", Form::Whole, |of| of.business.into()),
    fact("rental_income", Form::Whole, |of| of.rent.into()),
    fact("private_pension_income", Form::Whole, |of| of.private_pension.into()),
    fact("interest_income", Form::Whole, |of| of.interest.into()),
    fact("counted_private_transfers", Form::Whole, |of| of.transfers.into()),
    fact("unemployment_benefit", Form::Whole, |of| of.unemployment.into()),
    fact("national_pension_old_age", Form::Whole, |of| of.pension.into()),
    fact("national_pension_redistribution_amount", Form::Whole, |of| i64::from(of.pension) * 55 / 100),
    fact("national_pension_other", Form::Whole, |of| of.other_pension.into()),
    fact("other_public_transfers", Form::Whole, |of| of.public.into()),
    fact("veteran_compensation", Form::Whole, |of| of.veteran.into()),
    fact("chronic_medical_cost", Form::Whole, |of| of.medical_cost.into()),
    fact("receives_occupational_pension", Form::Truth, |of| of.occupational.into()),
    fact("claims_basic_pension", Form::Truth, |of| of.claims.into()),
    fact("home_value", Form::Whole, |of| of.home_value.into()),
    fact("lease_deposit", Form::Whole, |of| of.deposit.into()),
    fact("other_general_property", Form::Whole, |of| of.land.into()),
    fact("financial_property", Form::Whole, |of| of.financial.into()),
    fact("debt", Form::Whole, |of| of.debt.into()),
    fact("car_value", Form::Whole, |of| of.car.into()),
    fact("car_displacement", Form::Whole, |of| of.car_displacement.into()),
    fact("car_age", Form::Whole, |of| of.car_age.into()),
    fact("disability_degree", Form::Name(DEGREES), |of| of.disability.into()),
    fact("is_severely_disabled_for_pension", Form::Truth, |of| of.severe_for_pension.into()),
    fact("is_abroad_for_90_days", Form::Truth, |of| of.abroad.into()),
    fact("tax_year_earnings", Form::Whole, |of| yearly(f64::from(of.earned) + f64::from(of.business) * 0.6)),
    fact("tax_year_total_income", Form::Whole, |of| yearly(of.income() as f64 - f64::from(of.business) * 0.4)),
    fact("average_monthly_pay_of_regular_worker", Form::Whole, |of| of.regular_pay.into()),
    fact("tax_year_assets", Form::Whole, |of| of.assets().min(2_000_000_000)),
];

const OF_HOUSEHOLDS: &[Fact<Home>] = &[
    fact("municipality_kind", Form::Name(PLACES), |of| of.place.into()),
    fact("population_decline", Form::Name(DECLINE), |of| of.decline.into()),
    fact("is_paid_in_local_currency", Form::Truth, |of| of.local_currency.into()),
    fact("is_on_island", Form::Truth, |of| of.island.into()),
    fact("tenure", Form::Name(TENURES), |of| of.tenure.into()),
    fact("monthly_rent", Form::Whole, |of| of.rent.into()),
    fact("repair_kind", Form::Name(REPAIRS), |of| of.repair.into()),
    fact("single_parent_kind", Form::Name(SINGLE_PARENTS), |of| of.single_parent.into()),
    fact("is_registered_basic_livelihood_recipient", Form::Truth, |of| of.receives.into()),
    fact("heats_with_kerosene_or_gas", Form::Truth, |of| of.kerosene.into()),
    fact("gets_other_heating_support", Form::Truth, |of| of.other_heating.into()),
    fact("has_supporter", Form::Truth, |of| of.supporter.is_some().into()),
    fact("supporter_annual_income", Form::Whole, |of| of.supporter.map_or(0, |one| one.yearly.into())),
    fact("supporter_deducted_income", Form::Whole, |of| of.supporter.map_or(0, |one| one.deducted.into())),
    fact("supporter_household_size", Form::Whole, |of| of.supporter.map_or(1, |one| one.size.into())),
    fact("supporter_dwelling_value", Form::Whole, |of| of.supporter.map_or(0, |one| one.house.into())),
    fact("supporter_general_property", Form::Whole, |of| of.supporter.map_or(0, |one| one.house.into())),
    fact("support_cannot_be_had", Form::Truth, |of| of.supporter.is_some_and(|one| one.cannot_be_had).into()),
    fact("files_tax_credit_late", Form::Truth, |of| of.late.into()),
];

/// The values of one column while they are collected.
struct Collected {
    name: &'static str,
    values: Values,
}

impl Collected {
    fn of<T: ?Sized>(fact: &Fact<T>) -> Self {
        let values = match fact.form {
            Form::Whole => Values::Int(Vec::new()),
            Form::Truth => Values::Bool(Vec::new()),
            Form::Name(_) => Values::Text(Vec::new()),
        };
        Self { name: fact.name, values }
    }

    fn push<T: ?Sized>(&mut self, fact: &Fact<T>, value: i64) {
        match (&mut self.values, &fact.form) {
            (Values::Int(values), _) => values.push(Some(value)),
            (Values::Bool(values), _) => values.push(Some(value != 0)),
            (Values::Text(values), Form::Name(names)) => {
                let name = usize::try_from(value).ok().and_then(|place| names.get(place));
                values.push(name.map(|name| (*name).to_owned()));
            }
            _ => {}
        }
    }
}

/// A part of the nation while it is collected.
pub(super) struct Part {
    next_person: i64,
    next_couple: i64,
    next_household: i64,
    person_ids: Vec<i64>,
    homes: Vec<i64>,
    couples: Vec<i64>,
    roles: Vec<String>,
    births: Vec<Option<i32>>,
    birth_orders: Vec<i64>,
    persons: Vec<Collected>,
    household_ids: Vec<i64>,
    provinces: Vec<String>,
    households: Vec<Collected>,
    couple_ids: Vec<i64>,
    child_homes: Vec<i64>,
}

impl Part {
    pub(super) fn new(first_person: i64, first_couple: i64, first_household: usize) -> Self {
        Self {
            next_person: first_person,
            next_couple: first_couple,
            next_household: i64::try_from(first_household).unwrap_or(0),
            person_ids: Vec::new(),
            homes: Vec::new(),
            couples: Vec::new(),
            roles: Vec::new(),
            births: Vec::new(),
            birth_orders: Vec::new(),
            persons: OF_PERSONS.iter().map(Collected::of).collect(),
            household_ids: Vec::new(),
            provinces: Vec::new(),
            households: OF_HOUSEHOLDS.iter().map(Collected::of).collect(),
            couple_ids: Vec::new(),
            child_homes: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, home: &Home) {
        let household = self.next_household;
        self.next_household += 1;
        self.household_ids.push(household);
        self.provinces.push(PROVINCES.get(home.province).map_or("seoul", |province| province.name).to_owned());
        for (column, fact) in self.households.iter_mut().zip(OF_HOUSEHOLDS) {
            column.push(fact, (fact.of)(home));
        }
        for (person, means) in home.people.iter().zip(&home.means) {
            self.person(household, person, means);
        }
        for value in &home.child_homes {
            self.couple_ids.push(self.next_couple);
            self.next_couple += 1;
            self.child_homes.push(i64::from(*value));
        }
    }

    fn person(&mut self, household: i64, person: &Person, means: &Means) {
        self.person_ids.push(self.next_person);
        self.next_person += 1;
        self.homes.push(household);
        self.couples.push(self.next_couple + i64::try_from(person.couple).unwrap_or(0));
        let role = match person.role {
            Role::Head => 0,
            Role::Spouse => 1,
            Role::Child => 2,
            Role::Parent => 3,
        };
        self.roles.push(Role::NAMES.get(role).map_or("other", |name| name).to_owned());
        self.births.push(Some(person.birth));
        self.birth_orders.push(i64::from(person.birth_order));
        for (column, fact) in self.persons.iter_mut().zip(OF_PERSONS) {
            column.push(fact, (fact.of)(means));
        }
    }

    /// Writes the part into a folder.
    pub(super) fn write(self, folder: &Path) -> Result<(), TableError> {
        std::fs::create_dir_all(folder).map_err(|source| TableError::File { path: folder.to_owned(), source })?;
        let named = |columns: Vec<Collected>| {
            columns.into_iter().map(|column| Column { name: column.name.to_owned(), values: column.values })
        };
        let mut person = vec![
            Column::whole("person_id", self.person_ids),
            Column::whole("household_id", self.homes),
            Column::whole("couple_id", self.couples),
            Column::texts("role", self.roles),
            Column { name: "birth".to_owned(), values: Values::Date(self.births) },
            Column::whole("birth_order", self.birth_orders),
        ];
        person.extend(named(self.persons));
        let mut household =
            vec![Column::whole("household_id", self.household_ids), Column::texts("province", self.provinces)];
        household.extend(named(self.households));
        let couple =
            vec![Column::whole("couple_id", self.couple_ids), Column::whole("child_home_value", self.child_homes)];
        for (name, columns) in [("person", person), ("household", household), ("couple", couple)] {
            let mut writer = TableWriter::new(&folder.join(format!("{name}.parquet")));
            writer.write(&columns)?;
            writer.close()?;
        }
        Ok(())
    }
}
