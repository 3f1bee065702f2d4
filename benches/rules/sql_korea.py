"""Referee: the Korean package as SQL gives the same numbers as Maru, on DuckDB and on Spark, over a synthetic population.

Needs `pip install openfisca-core numpy pyarrow duckdb pyspark`, a Java for Spark, and `maru`:

    python benches/rules/sql_korea.py target/release/maru [--persons 1000000] [--engines duckdb,spark]

Every variable of `laws/korea` that has a formula and is defined by the month is calculated for one month, once by `maru rules run` and once by
what `maru rules sql` prints. Columns that the population lacks hold the variables' defaults. Whole numbers, truth values and members must be
equal; numbers to one part in 10^11: a column divided by a column is of double precision.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import numpy
import pyarrow
import pyarrow.parquet
from sql_engines import ENGINES, default_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "laws/korea/openfisca_korea"
MONTH = "2026-01"
TABLES = {"person": "persons", "couple": "couples", "household": "households"}
sys.path.insert(0, str(ROOT / "laws/korea"))
from openfisca_korea import CountryTaxBenefitSystem  # noqa: E402


def maru(program, *arguments, codes=(0,)):
    answer = subprocess.run([program, *arguments], capture_output=True, text=True)
    if answer.returncode not in codes:
        sys.exit(f"maru {' '.join(arguments)[:200]}: {answer.stderr[-2000:]}")
    return answer.stdout


def whole(population, name):
    parts = sorted(population.glob("part-*"))
    return pyarrow.concat_tables([pyarrow.parquet.read_table(part / f"{name}.parquet") for part in parts])


def with_defaults(system, table, plural, reads):
    """The table with every column that the statements read, and roles under the name that SQL knows them by."""
    if "role" in table.column_names:
        table = table.append_column("household_role", table["role"])
    for read in sorted(reads):
        kind, name = read.split(".")
        if kind != plural or name in table.column_names:
            continue
        table = table.append_column(name, pyarrow.array([default_of(system, name)] * table.num_rows))
    return table


def numbers(variable, column):
    values = column.to_pylist()
    if variable.value_type.__name__ in ("Enum", "date", "str"):
        return numpy.array([str(value) for value in values])
    return numpy.array([float("nan") if value is None else float(value) for value in values])


def differing(variable, expected, found):
    if expected.dtype.kind == "U":
        return expected != found
    allowed = 1e-11 * numpy.maximum(numpy.abs(expected), 1) if variable.value_type is float else 0
    return ~((numpy.abs(found - expected) <= allowed) | (found == expected) | (numpy.isnan(found) & numpy.isnan(expected)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("maru")
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--engines", default="duckdb,spark")
    parser.add_argument("--variables", default="", help="names with commas; all that have a formula by the month where none")
    arguments = parser.parse_args()
    system = CountryTaxBenefitSystem()
    monthly = [name for name, one in system.variables.items() if one.formulas and str(one.definition_period) in ("month", "DateUnit.MONTH")]
    names = [name for name in arguments.variables.split(",") if name] or monthly
    differences = 0
    with tempfile.TemporaryDirectory() as place:
        population, answers, folder = (pathlib.Path(place) / name for name in ("population", "answers", "tables"))
        folder.mkdir()
        # Of few persons the margins are off, which the command says with its code; here any population will do.
        maru(arguments.maru, "welfare", "population", "generate", "--persons", str(arguments.persons), "--seed", "1", "--output", str(population), codes=(0, 2))
        begin = time.perf_counter()
        for part in sorted(population.glob("part-*")):
            maru(arguments.maru, "rules", "run", str(PACKAGE), "--input", str(part), "--period", MONTH, "--variables", ",".join(names), "--output", str(answers / part.name))
        print(f"maru: {len(names)} variables in {time.perf_counter() - begin:.1f} s, files read and written", flush=True)
        for engine in arguments.engines.split(","):
            text = maru(arguments.maru, "rules", "sql", str(PACKAGE), "--variables", ",".join(names), "--period", MONTH, "--dialect", engine)
            statements = [one for one in re.split(r";\s*\n", text) if re.search(r"\bSELECT\b", one)]
            reads = {read.strip() for line in re.findall(r"^-- \w+: (.*)$", text, re.M) for read in line.split(",")}
            for singular, plural in TABLES.items():
                pyarrow.parquet.write_table(with_defaults(system, whole(population, singular), plural, reads), folder / f"{plural}.parquet")
            for answer, seconds in ENGINES[engine](statements, folder):
                singular = answer.column_names[0].removesuffix("_id")
                answer = answer.sort_by(f"{singular}_id")
                expected = whole(answers, singular).sort_by(f"{singular}_id")
                print(f"{engine}: {answer.num_columns - 1} variables of {answer.num_rows} {TABLES[singular]} in {seconds:.2f} s", flush=True)
                for name in answer.column_names[1:]:
                    variable = system.variables[name]
                    ours, theirs = numbers(variable, expected[name]), numbers(variable, answer[name])
                    wrong = differing(variable, ours, theirs)
                    if wrong.any():
                        differences += 1
                        first = int(numpy.argmax(wrong))
                        print(f"  {name}: {int(wrong.sum())} differ, first at {first}: {ours[first]} in Maru, {theirs[first]} in SQL")
    print("no differences" if differences == 0 else f"{differences} variables differ")
    raise SystemExit(1 if differences else 0)


if __name__ == "__main__":
    main()
