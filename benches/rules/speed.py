"""Speed of one month over random persons of the country template: OpenFisca Core and Maru, one thread each, then Maru on two.

Needs `pip install openfisca-core openfisca-country-template numpy` and the example built in release:

    cargo build -p maru-rules --release --example rules
    python benches/rules/speed.py [--persons 1000000] [--repeat 20] [--maru target/release/examples/rules]

Both calculate the same eight variables of the same population and keep every column. Time on the processor is compared, the
best of the repetitions, calculation alone. Beside it: how many bytes the inputs and outputs are, and how fast this machine
copies memory, which no program that stores every column can beat.
"""

import argparse
import pathlib
import re
import subprocess
import tempfile
import time

import numpy
import openfisca_country_template as template

import referee

OUTPUTS = [
    (name, referee.MONTH)
    for name in (
        "age",
        "pension",
        "basic_income",
        "income_tax",
        "social_security_contribution",
        "household_income",
        "parenting_allowance",
        "total_benefits",
    )
]


def copy_speed():
    """Bytes moved a second, read and written, by copying more than the caches hold."""
    source = numpy.ones(32_000_000)
    target = numpy.zeros_like(source)
    best = 1e9
    for _ in range(7):
        begin = time.process_time()
        numpy.copyto(target, source)
        best = min(best, time.process_time() - begin)
    return 2 * source.nbytes / best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--maru", default="target/release/examples/rules")
    arguments = parser.parse_args()
    system = template.CountryTaxBenefitSystem()
    population = referee.random_population(arguments.persons, 1)
    core = 1e9
    for _ in range(max(3, arguments.repeat // 4)):
        simulation = referee.core_simulation(system, population)
        begin = time.process_time()
        for name, period in OUTPUTS:
            simulation.calculate(name, period)
        core = min(core, time.process_time() - begin)
    print(f"OpenFisca Core: {core:.4f} CPU s")
    package = pathlib.Path(template.__file__).parent
    persons = sum(system.variables[name].entity.key == "person" for name, _ in OUTPUTS)
    moved = 8 * (3 * population["persons"] + persons * population["persons"])
    moved += 8 * (len(OUTPUTS) - persons) * population["households"] + 5 * population["persons"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        referee.write_for_maru(folder, population, OUTPUTS)
        for threads in (1, 2):
            command = [arguments.maru, "run", str(package), str(folder), "--quiet"]
            command += ["--repeat", str(arguments.repeat), "--threads", str(threads)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            busy, wall = (float(number) for number in re.search(r"in ([\d.]+) CPU s, ([\d.]+) s", said).groups())
            if threads == 1:
                print(f"Maru, one thread: {busy:.4f} CPU s, {wall:.4f} s: {core / busy:.1f} times Core")
                bandwidth = copy_speed()
                least = moved / bandwidth
                print(f"{moved / 1e6:.0f} MB in and out at {bandwidth / 1e9:.1f} GB/s would take {least:.4f} s: {busy / least:.1f} times that")
            else:
                print(f"Maru, two threads: {wall:.4f} s")


if __name__ == "__main__":
    main()
