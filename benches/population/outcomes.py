"""Calculates part of a nation with OpenFisca Core, the referee: `outcomes.py FOLDER [--groups 1] [--for-maru FOLDER]`.

Needs the package (`pip install -e laws/korea`). Prints what each benefit costs and how many have it, scaled to the nation, and compares the
two pensions with their margins. With `--for-maru` it also writes the same persons as flat files for `rules run` and compares the results.
"""

import argparse
import json
import pathlib
import subprocess
import time

import numpy
import pyarrow.parquet
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_korea import CountryTaxBenefitSystem

import exact
import margins

MONTH, YEAR = "2026-03", "2026"
UNITS = ("household", "couple", "person")
IDS = {"person_id", "household_id", "couple_id", "role"}


def read(folder, groups):
    """The columns of the first row groups of the three files, with the period of each."""
    units = {}
    for unit in UNITS:
        file = pyarrow.parquet.ParquetFile(folder / f"{unit}.parquet")
        rows = file.read_row_groups(list(range(min(groups, file.num_row_groups))))
        units[unit] = rows
    return units, units["household"].num_rows / margins.HOUSEHOLDS


def values(rows, name):
    column = rows[name].combine_chunks()
    if isinstance(column, pyarrow.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else column
    if pyarrow.types.is_dictionary(column.type):
        return column.indices.to_numpy(), column.dictionary.to_pylist()
    return column.to_numpy(zero_copy_only=False), None


def simulate(system, units):
    builder = SimulationBuilder()
    builder.create_entities(system)
    persons = units["person"]
    builder.declare_person_entity("person", numpy.arange(persons.num_rows))
    household = builder.declare_entity("household", numpy.arange(units["household"].num_rows))
    homes, _ = values(persons, "household_id")
    codes, names = values(persons, "role")
    household.members_entity_id = (homes - homes[0]).astype(numpy.int64)
    roles = {role.key: role for role in household.entity.flattened_roles}
    household.members_role = numpy.array([roles[name] for name in names])[codes]
    couple = builder.declare_entity("couple", numpy.arange(units["couple"].num_rows))
    pairs, _ = values(persons, "couple_id")
    couple.members_entity_id = (pairs - pairs[0]).astype(numpy.int64)
    partner = couple.entity.flattened_roles[0]
    couple.members_role = numpy.full(persons.num_rows, partner)
    simulation = builder.build(system)
    for rows in units.values():
        for field in rows.schema:
            if field.name not in IDS:
                simulation.set_input(
                    field.name, field.metadata[b"period"].decode().lower(), for_core(system, rows, field.name)
                )
    return simulation


def for_core(system, rows, name):
    column, names = values(rows, name)
    if names is None:
        return column
    items = system.get_variable(name).possible_values
    return numpy.array([items[item].index for item in names], dtype=numpy.uint8)[column]


def outputs_of(system):
    """Every variable with a formula, at the month or the year."""
    return [
        (name, YEAR if variable.definition_period == "year" else MONTH)
        for name, variable in sorted(system.variables.items())
        if variable.formulas
    ]


def write_for_maru(folder, system, units, outputs):
    folder.mkdir(parents=True, exist_ok=True)
    persons = units["person"]
    inputs = []
    for unit in ("household", "couple"):
        ids, _ = values(persons, f"{unit}_id")
        (ids - ids[0]).astype(numpy.uint32).tofile(folder / f"{unit}.group")
    values(persons, "role")[0].astype(numpy.uint8).tofile(folder / "household.role")
    numpy.zeros(persons.num_rows, dtype=numpy.uint8).tofile(folder / "couple.role")
    for rows in units.values():
        for field in rows.schema:
            if field.name in IDS:
                continue
            column = for_core(system, rows, field.name)
            if column.dtype.kind == "M":
                column = column.astype("datetime64[D]").astype(numpy.int64)
            column.astype(numpy.int64).tofile(folder / field.name)
            period = field.metadata[b"period"].decode()
            inputs.append({"variable": field.name, "period": period, "file": field.name, "type": "int"})
    manifest = {
        "counts": {unit: rows.num_rows for unit, rows in units.items()},
        "inputs": inputs,
        "outputs": [{"variable": name, "period": period} for name, period in outputs],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def compare(folder, results, options, command, package, settler):
    """How many variables differ from Core's beyond what single precision must lose, though Maru is not shown to be right."""
    said = subprocess.run([command, "run", package, str(folder), *options], capture_output=True, text=True)
    if said.returncode:
        raise SystemExit(f"Maru failed:\n{said.stderr}")
    print(f"Maru {' '.join(options) or 'exact'}: {said.stdout.strip()}")
    differing = 0
    for (name, period), expected in results.items():
        actual = numpy.fromfile(folder / f"{name}@{period}.result")
        wrong, allowed = differences(expected, actual)
        if wrong.any():
            differing += 1
            place = int(numpy.argmax(wrong))
            settle(settler, name, numpy.flatnonzero(wrong), expected, actual)
            both = f"Core {expected[place]}, Maru {actual[place]} (allowed {allowed[place]:.6g})"
            print(f"  {name}: {int(wrong.sum())} of {len(wrong)} differ, first at {place}: {both}")
    print(
        f"{differing} of {len(results)} variables differ"
        if differing
        else f"no differences in {len(results)} variables"
    )
    return differing


def settle(settler, name, rows, expected, actual):
    """Says for the differing rows whose value is the exact one."""
    settled = [(row, settler.value(name, int(row))) for row in rows[:200]]
    settled = [(row, value) for row, value in settled if value is not None]
    if settled:
        maru = sum(actual[row] == value for row, value in settled)
        core = sum(float(expected[row]) == value for row, value in settled)
        for row, value in settled[:5]:
            if actual[row] != value:
                print(f"    row {row}: exact {value}, Maru {actual[row]}, Core {expected[row]}")
        print(f"  {name}: of {len(settled)} rows settled in exact numbers, Maru is right in {maru}, Core in {core}")


def differences(expected, actual):
    whole = numpy.asarray(expected).dtype.kind in "biu"
    known = numpy.asarray(expected).astype(numpy.float64)
    # What stands behind a small amount are incomes of some millions, each with the error of a 32-bit float.
    scale = numpy.maximum(numpy.abs(numpy.nan_to_num(known)), 1_000_000)
    allowed = numpy.zeros(len(known)) if whole else 4 * numpy.finfo(numpy.float32).eps * scale
    both_unknown = numpy.isnan(known) & numpy.isnan(actual)
    with numpy.errstate(invalid="ignore"):
        return ~both_unknown & ~(numpy.abs(known - actual) <= allowed), allowed


BENEFITS = (
    ("livelihood_benefit", MONTH),
    ("rent_support", MONTH),
    ("basic_pension", MONTH),
    ("disability_pension", MONTH),
    ("disability_allowance", MONTH),
    ("disabled_child_allowance", MONTH),
    ("child_allowance", MONTH),
    ("parental_benefit", MONTH),
    ("single_parent_child_support", MONTH),
    ("energy_voucher", MONTH),
    ("first_encounter_voucher", MONTH),
    ("repair_support", MONTH),
    ("education_benefit", YEAR),
    ("single_parent_school_supplies", YEAR),
    ("earned_income_tax_credit", YEAR),
    ("child_tax_credit", YEAR),
)


def print_benefits(results, share):
    print("\n| benefit | get it | unknown | billion won |\n|---|---|---|---|")
    for key in BENEFITS:
        amounts = results[key].astype(numpy.float64)
        unknown = numpy.isnan(amounts)
        paid = amounts > 0
        print(
            f"| {key[0]} | {paid.sum() / share:,.0f} | {unknown.sum() / share:,.0f} | {amounts[paid].sum() / share / 1e9:,.1f} |"
        )


def print_pensions(results, units, share):
    old = results["months_since_birth", MONTH] >= 780
    claims, _ = values(units["person"], "claims_basic_pension")
    entitled = results["is_entitled_to_basic_pension", MONTH]
    margin = numpy.repeat(results["basic_pension_margin", MONTH], numpy.bincount(couples(units)))
    excluded, _ = values(units["person"], "receives_occupational_pension")
    pair_excluded = numpy.bincount(couples(units), weights=excluded)[couples(units)] > 0
    found = (
        (
            "from 65 and up to the threshold of the basic pension",
            margins.ELDERLY * margins.BASIC_PENSION_SHARE,
            (old & (margin >= 0) & ~pair_excluded).sum(),
        ),
        ("… and claimed: receivers of the basic pension", margins.BASIC_PENSION_CLAIMS, (entitled & claims).sum()),
        (
            "entitled to the disability pension",
            margins.DISABILITY_PENSION,
            results["is_entitled_to_disability_pension", MONTH].sum(),
        ),
    )
    print("\n| margin | wanted | found | apart |\n|---|---|---|---|")
    for name, target, number in found:
        print(f"| {name} | {target:,.0f} | {number / share:,.0f} | {number / share / target - 1:+.2%} |")


def couples(units):
    pairs, _ = values(units["person"], "couple_id")
    return pairs - pairs[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--groups", type=int, default=1)
    parser.add_argument("--for-maru", type=pathlib.Path)
    parser.add_argument("--maru", default="target/release/examples/rules")
    parser.add_argument("--package", default="laws/korea/openfisca_korea")
    arguments = parser.parse_args()
    system = CountryTaxBenefitSystem()
    units, share = read(arguments.folder, arguments.groups)
    simulation = simulate(system, units)
    outputs = outputs_of(system)
    begin = time.process_time()
    results = {}
    for name, period in outputs:
        result = simulation.calculate(name, period)
        results[name, period] = result.view(numpy.ndarray) if hasattr(result, "possible_values") else result
    print(
        f"OpenFisca Core: {time.process_time() - begin:.2f} CPU s for {len(outputs)} variables of {units['person'].num_rows} persons"
    )
    print_benefits(results, share)
    print_pensions(results, units, share)
    if arguments.for_maru:
        write_for_maru(arguments.for_maru, system, units, outputs)
        wrong = 0
        settler = exact.Settler(units, values)
        for options in ([], ["--parity"]):
            wrong += compare(arguments.for_maru, results, options, arguments.maru, arguments.package, settler)
        raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
