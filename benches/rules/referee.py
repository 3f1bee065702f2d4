"""Referee: OpenFisca Core and Maru calculate the same random population of the country template, and must agree.

Needs `pip install openfisca-core openfisca-country-template numpy` and the example built in release:

    cargo build -p maru-rules --release --example rules
    python benches/rules/referee.py [--persons 1000000] [--maru target/release/examples/rules] [--months 1]

Every variable with a formula is calculated for one month (those of a year for the year). Whole numbers, truth values and
members must be equal; numbers within single precision's own error. Prints what differs, then the time of both.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy
import openfisca_country_template as template
from openfisca_core.simulations import SimulationBuilder

MONTH = "2017-01"


def random_population(persons, seed):
    """Households of one to five members; the first is an adult, the others by age."""
    random = numpy.random.default_rng(seed)
    sizes = random.choice([1, 2, 3, 4, 5], p=[0.38, 0.30, 0.14, 0.12, 0.06], size=persons)
    ends = numpy.cumsum(sizes)
    households = int(numpy.searchsorted(ends, persons, side="left")) + 1
    group = numpy.searchsorted(ends[:households], numpy.arange(persons), side="right").astype(numpy.uint32)
    first = numpy.concatenate([[True], group[1:] != group[:-1]])
    role = numpy.where(first | (random.random(persons) < 0.4), 0, 1).astype(numpy.uint8)
    birth = random.integers(-18_000, 17_000, persons)  # days since 1970
    salary = numpy.where(random.random(persons) < 0.6, random.integers(0, 60_000, persons), 0)
    capital = numpy.where(random.random(persons) < 0.2, random.integers(0, 9_000, persons), 0)
    return {
        "persons": persons,
        "households": households,
        "group": group,
        "role": role,
        "birth": birth,
        "salary": salary,
        "capital_returns": capital,
        "rent": random.integers(0, 3_000, households),
        "accommodation_size": random.integers(0, 250, households),
        "housing_occupancy_status": random.integers(0, 4, households),
    }


def core_simulation(system, population):
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", [str(index) for index in range(population["persons"])])
    household = builder.declare_entity("household", range(population["households"]))
    household.members_entity_id = population["group"].astype(numpy.int64)
    roles = numpy.array(household.entity.flattened_roles)
    household.members_role = roles[population["role"]]
    simulation = builder.build(system)
    simulation.set_input("birth", "ETERNITY", population["birth"].astype("datetime64[D]"))
    for name in ("salary", "capital_returns"):
        simulation.set_input(name, MONTH, population[name].astype(numpy.float32))
    for name in ("rent", "accommodation_size"):
        simulation.set_input(name, MONTH, population[name].astype(numpy.float32))
    simulation.set_input("housing_occupancy_status", MONTH, population["housing_occupancy_status"].astype(numpy.uint8))
    return simulation


def write_for_maru(folder, population, outputs, months=(MONTH,)):
    population["group"].tofile(folder / "household.group")
    population["role"].tofile(folder / "household.role")
    inputs = []
    for name in ("birth", "salary", "capital_returns", "rent", "accommodation_size", "housing_occupancy_status"):
        population[name].astype(numpy.int64).tofile(folder / name)
        periods = ["ETERNITY"] if name == "birth" else months
        inputs += [{"variable": name, "period": period, "file": name, "type": "int"} for period in periods]
    manifest = {
        "counts": {"person": population["persons"], "household": population["households"]},
        "inputs": inputs,
        "outputs": [{"variable": name, "period": period} for name, period in outputs],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--maru", default="target/release/examples/rules")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()

    system = template.CountryTaxBenefitSystem()
    population = random_population(arguments.persons, arguments.seed)
    outputs = [
        (name, "2017" if variable.definition_period == "year" else MONTH)
        for name, variable in system.variables.items()
        if variable.formulas
    ]
    best = None
    results = {}
    for _ in range(arguments.repeat):
        simulation = core_simulation(system, population)
        begin = time.process_time()
        results = {name: simulation.calculate(name, period) for name, period in outputs}
        best = min(best or 1e9, time.process_time() - begin)
    print(f"OpenFisca Core: {best:.4f} CPU s for {len(outputs)} variables of {arguments.persons} persons")

    package = pathlib.Path(template.__file__).parent
    differences = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_for_maru(folder, population, outputs)
        for options in ([], ["--threads", "2"], ["--parity"]):
            command = [arguments.maru, "run", str(package), str(folder), "--repeat", str(arguments.repeat), *options]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            print(f"Maru {' '.join(options) or 'exact, one thread'}: {said}")
            for variable, period in outputs:
                expected = numpy.asarray(results[variable]).astype(numpy.float64)
                actual = numpy.fromfile(folder / f"{variable}@{period}.result")
                exact_kind = results[variable].dtype.kind in "biuM"
                # Sums of single-precision terms carry the error of each: eight units in the last place of the greatest.
                allowed = 0 if exact_kind else 8 * numpy.finfo(numpy.float32).eps * numpy.maximum(numpy.abs(expected), 65_536)
                wrong = numpy.abs(expected - actual) > allowed
                if wrong.any():
                    differences += 1
                    place = int(numpy.argmax(wrong))
                    print(f"  {variable}@{period}: {int(wrong.sum())} differ, first at {place}: {expected[place]} in Core, {actual[place]} here")
    print("no differences" if differences == 0 else f"{differences} variables differ")
    raise SystemExit(1 if differences else 0)


if __name__ == "__main__":
    main()
