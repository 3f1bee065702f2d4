"""Speed over random persons of the country template: OpenFisca Core and Maru, a month with every column stored and a year in totals.

Needs `pip install openfisca-core openfisca-country-template numpy` and the example built in release:

    cargo build -p maru-rules --release --example rules
    python benches/rules/speed.py [month|year] [--persons 1000000] [--repeat 20] [--maru target/release/examples/rules]

Both calculate the same eight variables of the same population. A month keeps every column; a year adds up the twelve months of each
variable (Core's `calculate_add`) and keeps the totals. Time on the processor is compared, the best of the repetitions, calculation
alone, one thread each; then Maru on two, and two processes beside each other. Beside it: how many bytes the inputs and outputs are, and how fast this machine copies
memory, which no program that stores every column can beat.

NumPy asks the system for pages of two megabytes for its arrays; so does Maru for large columns of 32 bits. For those of 64 bits
the C library decides: with `glibc.malloc.hugetlb=1` it asks for such pages too, and both are measured; each time in new memory, all of
it from the system, as Core's is (how many pages it faulted is printed), and in that of the calculation before, as a server would.

Then whole processes, from the start over reading the package and the population's files to the last column: the time on the processor
that the system says a process of each took.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

import numpy
import openfisca_country_template as template

import referee

VARIABLES = (
    "age",
    "pension",
    "basic_income",
    "income_tax",
    "social_security_contribution",
    "household_income",
    "parenting_allowance",
    "total_benefits",
)
YEAR = "2017"
MONTHS = [f"{YEAR}-{month:02}" for month in range(1, 13)]


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


def set_months(simulation, population):
    for month in MONTHS[1:]:
        for name in ("salary", "capital_returns"):
            simulation.set_input(name, month, population[name].astype(numpy.float32))


def core_seconds(system, population, year, repeat):
    best, faults = 1e9, 0
    for _ in range(repeat):
        simulation = referee.core_simulation(system, population)
        if year:
            set_months(simulation, population)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        begin = time.process_time()
        core_calculate(simulation, year)
        best = min(best, time.process_time() - begin)
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    print(f"OpenFisca Core faulted {faults} pages of new memory in its last calculation")
    return best


def bytes_moved(system, population, year):
    """What is read and written once where inputs and outputs have four bytes, as Core keeps them, memberships five; Maru keeps some in less."""
    persons, households = population["persons"], population["households"]
    of_persons = sum(system.variables[name].entity.key == "person" for name in VARIABLES)
    inputs = 1 + 2 * (12 if year else 1)
    return 4 * (inputs + of_persons) * persons + 4 * (len(VARIABLES) - of_persons) * households + 5 * persons


def maru_process(maru, folder, year, repeat, threads, pages):
    command = [maru, "run", str(pathlib.Path(template.__file__).parent), str(folder), "--quiet"]
    command += ["--repeat", str(repeat), "--threads", str(threads)] + (["--totals"] if year else [])
    environment = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"} if pages else dict(os.environ)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)


def seconds_said(process):
    said, _ = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"Maru ended with {process.returncode}")
    found = re.findall(r"calculated(.*?) in (-?[\d.]+) CPU s, ([\d.]+) s", said)
    return {bool(again): (float(busy), float(wall)) for again, busy, wall in found}


def maru_seconds(maru, folder, year, repeat, threads, pages):
    return seconds_said(maru_process(maru, folder, year, repeat, threads, pages))


def two_processes(maru, folder, year, repeat, pages):
    """How long each of two processes of one thread takes beside the other: two processors that share a core are no two cores."""
    processes = [maru_process(maru, folder, year, repeat, 1, pages) for _ in range(2)]
    said = [seconds_said(process) for process in processes]
    return {again: sum(one[again][1] for one in said) / 2 for again in (False, True)}


def core_calculate(simulation, year):
    for name in VARIABLES:
        if year:
            simulation.calculate_add(name, YEAR)
        else:
            simulation.calculate(name, referee.MONTH)


def core_whole(folder, year):
    """What a process of Core does: reads the population's files, then calculates."""
    manifest = json.loads((folder / "manifest.json").read_text())
    population = {"persons": manifest["counts"]["person"], "households": manifest["counts"]["household"]}
    population["group"] = numpy.fromfile(folder / "household.group", dtype=numpy.uint32)
    population["role"] = numpy.fromfile(folder / "household.role", dtype=numpy.uint8)
    for given in {given["variable"]: given for given in manifest["inputs"]}.values():
        population[given["variable"]] = numpy.fromfile(folder / given["file"], dtype=numpy.int64)
    simulation = referee.core_simulation(template.CountryTaxBenefitSystem(), population)
    if year:
        set_months(simulation, population)
    core_calculate(simulation, year)


def process_seconds(command, repeat):
    """Time on the processor of a whole process, the best of some."""
    best = 1e9
    for _ in range(repeat):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def whole_processes(maru, folder, year, what):
    core = process_seconds([sys.executable, __file__, what, "--core-process", str(folder)], 2)
    command = [maru, "run", str(pathlib.Path(template.__file__).parent), str(folder), "--quiet", "--once"]
    own = process_seconds(command + (["--totals"] if year else []), 5)
    print(f"whole processes: OpenFisca Core {core:.3f} CPU s, Maru {own:.3f} CPU s: {core / own:.1f} times Core")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="?", choices=("month", "year"), default="month")
    parser.add_argument("--core-process", type=pathlib.Path, help="calculate a folder with Core and stop: for the whole process")
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--core", type=float, help="Core's CPU seconds, measured before")
    parser.add_argument("--maru", default="target/release/examples/rules")
    arguments = parser.parse_args()
    year = arguments.what == "year"
    if arguments.core_process:
        core_whole(arguments.core_process, year)
        return
    system = template.CountryTaxBenefitSystem()
    population = referee.random_population(arguments.persons, 1)
    core = arguments.core or core_seconds(system, population, year, 2 if year else max(3, arguments.repeat // 4))
    print(f"OpenFisca Core: {core:.4f} CPU s")
    moved = bytes_moved(system, population, year)
    bandwidth = copy_speed()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        outputs = [(variable, YEAR if year else referee.MONTH) for variable in VARIABLES]
        referee.write_for_maru(folder, population, outputs, MONTHS if year else [referee.MONTH])
        least = moved / bandwidth
        print(f"{moved / 1e6:.0f} MB in and out at {bandwidth / 1e9:.1f} GB/s would take {least:.4f} s")
        for pages in (True, False):
            one = maru_seconds(arguments.maru, folder, year, arguments.repeat, 1, pages)
            for again, memory in ((False, "new memory"), (True, "the same memory again")):
                busy, wall = one[again]
                times = f"{core / busy:.1f} times Core, {busy / least:.1f} times what copying takes"
                print(f"Maru, one thread, {memory}, pages of {'2 MB' if pages else '4 kB'}: {busy:.4f} CPU s: {times}")
            two = maru_seconds(arguments.maru, folder, year, arguments.repeat, 2, pages)
            ratio = ", ".join(f"{two[again][1]:.4f} s ({one[again][1] / two[again][1]:.2f} times one)" for again in (False, True))
            print(f"Maru, two threads, new memory and the same again: {ratio}")
            apart = two_processes(arguments.maru, folder, year, arguments.repeat, pages)
            ratio = ", ".join(f"{2 * one[again][1] / apart[again]:.2f}" for again in (False, True))
            print(f"two processes of one thread beside each other, which is what this machine's processors give: {ratio} times one")
        whole_processes(arguments.maru, folder, year, arguments.what)



if __name__ == "__main__":
    main()
