//! The tables of a study: columns with names, for CSV and for Parquet.

use super::measure::{Line, Study};
use super::rates::Curve;

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Names.
    Texts(Vec<String>),
    /// Counts.
    Counts(Vec<i64>),
    /// Amounts and shares; not a number where there is none.
    Numbers(Vec<f64>),
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name, without an ending.
    pub name: String,
    /// Names and cells, all of one length.
    pub columns: Vec<(String, Cells)>,
}

impl Cells {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(cells) => cells.len(),
            Self::Counts(cells) => cells.len(),
            Self::Numbers(cells) => cells.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn written(&self, row: usize) -> String {
        match self {
            Self::Texts(cells) => cells.get(row).map_or_else(String::new, |text| quoted(text)),
            Self::Counts(cells) => cells.get(row).map_or_else(String::new, ToString::to_string),
            Self::Numbers(cells) => {
                cells.get(row).filter(|number| !number.is_nan()).map_or_else(String::new, ToString::to_string)
            }
        }
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

impl Table {
    fn new(name: impl Into<String>, columns: Vec<(&str, Cells)>) -> Self {
        let columns = columns.into_iter().map(|(name, cells)| (name.to_owned(), cells)).collect();
        Self { name: name.into(), columns }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, cells)| cells.len())
    }

    /// As CSV, with a first line of names; an empty cell where there is no number.
    pub fn to_csv(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut csv = names.join(",") + "\n";
        for row in 0..self.rows() {
            let cells: Vec<String> = self.columns.iter().map(|(_, cells)| cells.written(row)).collect();
            csv.push_str(&cells.join(","));
            csv.push('\n');
        }
        csv
    }
}

/// The tables of a study: what is paid out, deciles, other groups, measures, and the curve of effective marginal rates where one was drawn.
pub fn tables(study: &Study, rates: Option<&Curve>) -> Vec<Table> {
    let mut tables = vec![benefits(study), groups("deciles".to_owned(), &study.deciles)];
    let by = |name: &str| format!("by-{}", name.replace([' ', '/'], "-"));
    tables.extend(study.groups.iter().map(|(name, lines)| groups(by(name), lines)));
    tables.push(measures(study));
    tables.extend(rates.map(marginal_rates));
    tables
}

fn groups(name: String, lines: &[Line]) -> Table {
    let counts = |count: fn(&Line) -> usize| Cells::Counts(lines.iter().map(|line| count(line) as i64).collect());
    let numbers = |number: fn(&Line) -> f64| Cells::Numbers(lines.iter().map(number).collect());
    Table::new(
        name,
        vec![
            ("group", Cells::Texts(lines.iter().map(|line| line.name.clone()).collect())),
            ("persons", counts(|line| line.persons)),
            ("households", counts(|line| line.households)),
            ("mean_change", numbers(|line| line.mean_change)),
            ("winners", counts(|line| line.winners)),
            ("losers", counts(|line| line.losers)),
            ("cost", numbers(|line| line.cost)),
        ],
    )
}

fn benefits(study: &Study) -> Table {
    let of = &study.benefits;
    let paid = |side: usize| Cells::Numbers(of.iter().map(|one| one.paid[side]).collect());
    let takers = |side: usize| Cells::Counts(of.iter().map(|one| one.takers[side] as i64).collect());
    Table::new(
        "benefits",
        vec![
            ("benefit", Cells::Texts(of.iter().map(|one| one.name.clone()).collect())),
            ("paid_in_force", paid(0)),
            ("paid_reform", paid(1)),
            ("takers_in_force", takers(0)),
            ("takers_reform", takers(1)),
            ("unknown", Cells::Counts(of.iter().map(|one| one.unknown as i64).collect())),
        ],
    )
}

fn measures(study: &Study) -> Table {
    let (before, after) = (&study.before, &study.after);
    let names = ["paid", "poverty_rate", "poverty_gap", "gini"];
    Table::new(
        "measures",
        vec![
            ("measure", Cells::Texts(names.map(str::to_owned).to_vec())),
            ("in_force", Cells::Numbers(vec![before.paid, before.poverty_rate, before.poverty_gap, before.gini])),
            ("reform", Cells::Numbers(vec![after.paid, after.poverty_rate, after.poverty_gap, after.gini])),
        ],
    )
}

/// The rate of a step stands beside the amount that it begins at; beside the last there is none.
fn marginal_rates(curve: &Curve) -> Table {
    let rates = |after: bool| {
        let mut rates = curve.marginal(after);
        rates.resize(curve.amounts.len(), f64::NAN);
        Cells::Numbers(rates)
    };
    Table::new(
        "marginal-rates",
        vec![
            ("income", Cells::Numbers(curve.amounts.clone())),
            ("in_force", Cells::Numbers(curve.before.clone())),
            ("reform", Cells::Numbers(curve.after.clone())),
            ("rate_in_force", rates(false)),
            ("rate_reform", rates(true)),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_written_with_its_names_and_empty_cells() {
        let columns = vec![
            ("group", Cells::Texts(vec!["서울, 강남".to_owned(), "부산".to_owned()])),
            ("persons", Cells::Counts(vec![3, 4])),
            ("rate", Cells::Numbers(vec![0.5, f64::NAN])),
        ];
        assert_eq!(Table::new("t", columns).to_csv(), "group,persons,rate\n\"서울, 강남\",3,0.5\n부산,4,\n");
    }
}
