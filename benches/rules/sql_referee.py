"""Referee: the SQL that Maru writes gives the same numbers as Maru, on DuckDB and on Spark.

Needs `pip install openfisca-core openfisca-country-template numpy pyarrow duckdb pyspark`, a Java for Spark, and the examples:

    cargo build -p maru-rules --release --examples
    python benches/rules/sql_referee.py [--persons 1000000] [--engines duckdb,spark]

Every variable of the country template that has a formula and is defined by the month is calculated for one month over random
households, the other columns being the variables' usual values. Whole numbers, truth values and members must be equal;
numbers to one part in 10^12.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy
import openfisca_country_template as template
import pyarrow
import pyarrow.parquet
from referee import MONTH, random_population, write_for_maru
from sql_engines import ENGINES, default_of


def tables(system, population, reads):
    """The tables that the statements read, as Arrow."""
    persons, households = population["persons"], population["households"]
    roles = numpy.array(["adult", "child"])
    columns = {
        "persons": {
            "person_id": numpy.arange(persons),
            "household_id": population["group"].astype(numpy.int64),
            "household_role": roles[population["role"]],
        },
        "households": {"household_id": numpy.arange(households)},
    }
    for read in sorted(reads):
        table, name = read.split(".")
        rows = persons if table == "persons" else households
        # Of another period than the month asked for nothing was given.
        variable, values = system.variables.get(name), population.get(name)
        if variable is None or values is None:
            values = [default_of(system, name)] * rows
        elif variable.value_type.__name__ == "date":
            values = values.astype("datetime64[D]")
        elif variable.value_type.__name__ == "Enum":
            values = numpy.array([member.name for member in variable.possible_values])[values]
        columns[table][name] = values
    return {name: pyarrow.table({key: pyarrow.array(values) for key, values in parts.items()}) for name, parts in columns.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", default="target/release/examples")
    parser.add_argument("--engines", default="duckdb,spark")
    arguments = parser.parse_args()
    package = str(pathlib.Path(template.__file__).parent)
    system = template.CountryTaxBenefitSystem()
    population = random_population(arguments.persons, arguments.seed)
    names = [
        name
        for name, variable in system.variables.items()
        if variable.formulas and variable.definition_period == "month"
    ]
    differences = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_for_maru(folder, population, [(name, MONTH) for name in names])
        subprocess.run([f"{arguments.examples}/rules", "run", package, place], check=True, capture_output=True)
        for engine in arguments.engines.split(","):
            command = [f"{arguments.examples}/meaning", "sql", package, MONTH, engine, *names]
            statements = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            reads = {read for statement in statements for read in statement["reads"]}
            for table, columns in tables(system, population, reads).items():
                pyarrow.parquet.write_table(columns, folder / f"{table}.parquet")
            answers = ENGINES[engine]([statement["text"] for statement in statements], folder)
            for statement, (answer, seconds) in zip(statements, answers):
                key = statement["table"][:-1] + "_id"
                order = numpy.argsort(answer[key].to_numpy(), kind="stable")
                shown = [name for name in answer.column_names if name != key]
                print(f"{engine}: {len(shown)} variables of {answer.num_rows} {statement['table']} in {seconds:.2f} s")
                for name in shown:
                    expected = numpy.fromfile(folder / f"{name}@{MONTH}.result")
                    found = answer[name].to_numpy(zero_copy_only=False)[order]
                    variable = system.variables[name]
                    if variable.value_type.__name__ == "Enum":
                        places = {member.name: index for index, member in enumerate(variable.possible_values)}
                        found = numpy.array([places[member] for member in found])
                    elif variable.value_type.__name__ == "date":
                        found = found.astype("datetime64[D]")
                    found = found.astype(numpy.float64)
                    allowed = 1e-12 * numpy.maximum(numpy.abs(expected), 1) if variable.value_type is float else 0
                    wrong = numpy.abs(found - expected) > allowed
                    wrong |= numpy.isnan(found) != numpy.isnan(expected)
                    if wrong.any():
                        differences += 1
                        first = int(numpy.argmax(wrong))
                        print(f"  {name}: {int(wrong.sum())} differ, first at {first}: {expected[first]} in Maru, {found[first]} in SQL")
    print("no differences" if differences == 0 else f"{differences} variables differ")
    raise SystemExit(1 if differences else 0)


if __name__ == "__main__":
    main()
