//! Files of a nation: written here, calculated, read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "the numbers are small, and whole numbers and quarters are exact in doubles"
)]

use maru_columns::{ColumnsError, Question, Reforming, parts, run_parquet, table_bytes};
use maru_rules::period::Period;
use maru_rules::reform::{Homes, Reform, tables};
use maru_rules::simulation::Options;
use maru_rules::system::Package;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::RowAccessor;
use parquet::schema::types::Type;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

const PACKAGE: [(&str, &str); 3] = [
    (
        "__init__.py",
        "import os\nfrom openfisca_core.taxbenefitsystems import TaxBenefitSystem\nfrom nation import entities\n\nclass CountryTaxBenefitSystem(TaxBenefitSystem):\n    def __init__(self):\n        super().__init__(entities.entities)\n        self.add_variables_from_directory(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'variables'))\n",
    ),
    (
        "entities.py",
        "from openfisca_core.entities import build_entity\nHousehold = build_entity(key='household', plural='households', label='Household', roles=[{'key': 'adult', 'plural': 'adults'}, {'key': 'child', 'plural': 'children'}])\nPerson = build_entity(key='person', plural='persons', label='Person', is_person=True)\nentities = [Person, Household]\n",
    ),
    (
        "variables/all.py",
        r"
from openfisca_core.model_api import *
from nation.entities import Household, Person

class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class rent(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

class total_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    def formula(household, period):
        return household.sum(household.members('income', period)) - household('rent', period)

class adults(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    def formula(household, period):
        return household.nb_persons(Household.ADULT)

class share(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person.household('total_income', period) / 4
",
    ),
];

const HOMES: i64 = 40_000;

struct Person {
    home: i64,
    role: &'static str,
    income: i64,
}

/// Households of one to four, with incomes beyond what single precision holds.
fn people() -> Vec<Person> {
    (0..HOMES)
        .flat_map(|home| {
            (0..=home % 4).map(move |place| Person {
                home,
                role: if place < 2 { "adult" } else { "child" },
                income: 16_777_217 + home * 1_000 + place,
            })
        })
        .collect()
}

fn column<D: DataType>(group: &mut SerializedRowGroupWriter<std::fs::File>, values: &[D::T]) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<D>().write_batch(values, None, None).unwrap();
    column.close().unwrap();
}

fn writer(path: &Path, names: &[(&str, bool)]) -> SerializedFileWriter<std::fs::File> {
    let fields = names
        .iter()
        .map(|(name, text)| {
            let (physical, logical) =
                if *text { (Physical::BYTE_ARRAY, Some(LogicalType::String)) } else { (Physical::INT64, None) };
            Arc::new(
                Type::primitive_type_builder(name, physical)
                    .with_repetition(Repetition::REQUIRED)
                    .with_logical_type(logical)
                    .build()
                    .unwrap(),
            )
        })
        .collect();
    let schema = Type::group_type_builder("schema").with_fields(fields).build().unwrap();
    SerializedFileWriter::new(std::fs::File::create(path).unwrap(), Arc::new(schema), Arc::default()).unwrap()
}

/// Writes both files; `homes` households go into each row group.
fn write(folder: &Path, people: &[Person], homes: i64) {
    let mut persons = writer(
        &folder.join("person.parquet"),
        &[("person_id", false), ("household_id", false), ("role", true), ("income", false)],
    );
    let mut households = writer(&folder.join("household.parquet"), &[("household_id", false), ("rent", false)]);
    for first in (0..HOMES).step_by(homes as usize) {
        let here: Vec<(usize, &Person)> =
            people.iter().enumerate().filter(|(_, person)| (first..first + homes).contains(&person.home)).collect();
        let mut group = persons.next_row_group().unwrap();
        column::<Int64Type>(&mut group, &here.iter().map(|(id, _)| *id as i64).collect::<Vec<_>>());
        column::<Int64Type>(&mut group, &here.iter().map(|(_, person)| person.home).collect::<Vec<_>>());
        let roles: Vec<ByteArray> = here.iter().map(|(_, person)| ByteArray::from(person.role)).collect();
        column::<ByteArrayType>(&mut group, &roles);
        column::<Int64Type>(&mut group, &here.iter().map(|(_, person)| person.income).collect::<Vec<_>>());
        group.close().unwrap();
        let homes: Vec<i64> = (first..(first + homes).min(HOMES)).collect();
        let mut group = households.next_row_group().unwrap();
        column::<Int64Type>(&mut group, &homes);
        column::<Int64Type>(&mut group, &homes.iter().map(|home| home % 7).collect::<Vec<_>>());
        group.close().unwrap();
    }
    persons.close().unwrap();
    households.close().unwrap();
}

fn package(folder: &Path) -> Package {
    let root = folder.join("nation");
    std::fs::create_dir_all(root.join("variables")).unwrap();
    for (path, text) in PACKAGE {
        std::fs::write(root.join(path), text).unwrap();
    }
    Package::load(&root).unwrap()
}

fn run(folder: &Path, package: &Package, variables: &[&str]) -> Result<maru_columns::Report, ColumnsError> {
    let variables: Vec<String> = variables.iter().map(|name| (*name).to_owned()).collect();
    let done = AtomicU64::new(0);
    let report = run_parquet(
        package,
        &Question {
            input: &folder.join("in"),
            output: &folder.join("out"),
            period: Period::parse("2026-01").unwrap(),
            variables: &variables,
            options: Options { threads: 2, ..Options::default() },
            done: Some(&done),
        },
    )?;
    assert_eq!(done.into_inner(), report.persons, "whoever watches sees everybody done");
    Ok(report)
}

fn check(homes_in_a_row_group: i64) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("in")).unwrap();
    let people = people();
    write(&folder.path().join("in"), &people, homes_in_a_row_group);
    let package = package(folder.path());
    let report = run(folder.path(), &package, &["total_income", "adults", "share"]).unwrap();
    assert_eq!(report.persons, people.len() as u64);
    assert_eq!(report.facts, 2);
    // In: two keys, a role of about ten bytes and an income for each person, a key and an answer for each household; twice of eight bytes out.
    let least = people.len() as u64 * 32 + HOMES as u64 * 16;
    assert!((least..least * 2).contains(&report.phases.bytes_read), "{:?}", report.phases);
    assert!(report.phases.bytes_written > least && report.phases.calculate > Duration::ZERO, "{:?}", report.phases);
    assert!(report.phases.most_bytes_of_a_chunk <= report.phases.bytes_read, "{:?}", report.phases);
    assert_eq!(report.written.iter().map(|written| written.rows).sum::<u64>(), people.len() as u64 + HOMES as u64);

    let mut totals = vec![0_i64; HOMES as usize];
    for person in &people {
        totals[person.home as usize] += person.income;
    }
    let file = std::fs::File::open(folder.path().join("out/household.parquet")).unwrap();
    for (place, row) in SerializedFileReader::new(file).unwrap().get_row_iter(None).unwrap().enumerate() {
        let row = row.unwrap();
        let home = place as i64;
        assert_eq!(row.get_long(0).unwrap(), home);
        assert_eq!(row.get_double(1).unwrap(), (totals[place] - home % 7) as f64);
        assert_eq!(row.get_long(2).unwrap(), (home % 4 + 1).min(2));
    }
    let file = std::fs::File::open(folder.path().join("out/person.parquet")).unwrap();
    for (place, row) in SerializedFileReader::new(file).unwrap().get_row_iter(None).unwrap().enumerate() {
        let row = row.unwrap();
        assert_eq!(row.get_long(0).unwrap(), place as i64);
        assert_eq!(row.get_long(1).unwrap(), people[place].home);
        assert_eq!(row.get_string(2).unwrap(), people[place].role);
        let home = people[place].home;
        assert_eq!(row.get_double(3).unwrap(), (totals[home as usize] - home % 7) as f64 / 4.0);
    }
}

#[test]
fn row_groups_that_go_together_are_calculated_on_every_core() {
    check(9_000);
}

#[test]
fn one_row_group_is_cut_between_households() {
    check(HOMES);
}

#[test]
fn a_person_without_a_household_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("in")).unwrap();
    let mut people = people();
    if let Some(last) = people.last_mut() {
        last.home = HOMES + 5;
    }
    write(&folder.path().join("in"), &people, HOMES * 2);
    let package = package(folder.path());
    let fault = run(folder.path(), &package, &["total_income"]).unwrap_err().to_string();
    assert!(fault.contains("household_id 40005 is missing here"), "{fault}");
}

#[test]
fn a_variable_that_does_not_exist_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("in")).unwrap();
    write(&folder.path().join("in"), &people(), HOMES);
    let package = package(folder.path());
    let fault = run(folder.path(), &package, &["no_such_thing"]).unwrap_err().to_string();
    assert!(fault.contains("no_such_thing"), "{fault}");
}

const ALLOWANCE: &str = "
class allowance(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    def formula(household, period, parameters):
        return parameters(period).amount * (household.nb_persons(Household.CHILD) > 0)
";

/// The package with an allowance for households with children, as a figure of the law.
fn with_allowance(folder: &Path) -> Package {
    let root = folder.join("nation");
    package(folder);
    std::fs::create_dir_all(root.join("parameters")).unwrap();
    std::fs::write(root.join("parameters/amount.yaml"), "2026-01-01: 100\n").unwrap();
    let file = root.join("variables/all.py");
    let text = std::fs::read_to_string(&file).unwrap() + ALLOWANCE;
    std::fs::write(&file, text).unwrap();
    let init = root.join("__init__.py");
    let text = std::fs::read_to_string(&init).unwrap()
        + "        self.load_parameters(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'parameters'))\n";
    std::fs::write(&init, text).unwrap();
    Package::load(&root).unwrap()
}

fn studied(package: &Package, folder: &Path, reform: &Reform, threads: usize) -> Homes {
    let options = Options { threads, ..Options::default() };
    let reforming = Reforming::new(package, reform, Period::parse("2026-01").unwrap(), options).unwrap();
    let mut homes = Homes::default();
    for part in parts(folder) {
        homes.extend(reforming.part(&part).unwrap());
    }
    homes
}

#[test]
fn a_reform_is_studied_over_files_part_by_part() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("nation-data/part-00000"), folder.path().join("nation-data/part-00001"));
    for part in [&one, &two] {
        std::fs::create_dir_all(part).unwrap();
    }
    let people = people();
    write(&one, &people, 9_000);
    write(&two, &people, HOMES);
    let package = with_allowance(folder.path());
    let text =
        "name: more\nparameters:\n  amount: {2026-01-01: 150}\ncost: [allowance]\nincome: [total_income, allowance]\n";
    let reform = Reform::parse(text, Path::new("r.yaml")).unwrap();
    let period = Period::parse("2026-01").unwrap();
    let study = studied(&package, &folder.path().join("nation-data"), &reform, 2).study("more", period, 1.0);
    // By hand: of every four households two (those of three and of four) have children; each gets 50 more, in both parts.
    let with_children = HOMES as f64 / 2.0 * 2.0;
    assert_eq!(study.total.cost, with_children * 50.0);
    assert_eq!(study.benefits[0].takers, [HOMES as usize; 2]);
    assert_eq!(study.population, (people.len() * 2, HOMES as usize * 2));
    assert_eq!(study.total.winners, people.len() * 2 * 7 / 10);
    let composition = study.groups.iter().find(|(name, _)| name == "household composition").unwrap();
    let names: Vec<&str> = composition.1.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["adult", "adult + child"]);
    // One row group or many, one thread or two: the same figures.
    let again = studied(&package, &one, &reform, 1).study("more", period, 1.0);
    let other = studied(&package, &two, &reform, 2).study("more", period, 1.0);
    assert_eq!(again.to_json()["deciles"], other.to_json()["deciles"]);
    let table = tables(&study, None).remove(0);
    assert!(table_bytes(&table).unwrap().starts_with(b"PAR1"));
}

#[test]
fn who_takes_up_what_is_drawn_by_the_identifier() {
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("data");
    std::fs::create_dir_all(&part).unwrap();
    write(&part, &people(), 9_000);
    let package = with_allowance(folder.path());
    let text = "name: half\nparameters:\n  amount: {2026-01-01: 150}\ncost: [allowance]\nincome: [total_income, allowance]\ntake_up: {allowance: [0.5, 1]}\n";
    let reform = Reform::parse(text, Path::new("r.yaml")).unwrap();
    let period = Period::parse("2026-01").unwrap();
    let study = studied(&package, &part, &reform, 2).study("half", period, 1.0);
    let all = HOMES as usize / 2;
    let [before, after] = study.benefits[0].takers;
    assert_eq!(after, all);
    assert!(before.abs_diff(all / 2) < all / 40, "{before} of {all}");
    assert_eq!(studied(&package, &part, &reform, 1).study("half", period, 1.0), study);
}
