"""Writes a synthetic nation to Parquet: `generate.py FOLDER [--share 0.01] [--seed 1]`. See README.md."""

import argparse
import concurrent.futures
import pathlib
import time

import numpy
import pyarrow
import pyarrow.parquet

import margins
import money
import people

HOMES_IN_A_GROUP = 250_000
PILOT = 200_000
YEARLY = {
    "tax_year_earnings",
    "tax_year_total_income",
    "tax_year_assets",
    "average_monthly_pay_of_regular_worker",
    "files_tax_credit_late",
}


def find_scale(codes, seed):
    """Factors with which a pilot meets the medians of income and the share of the basic pension."""
    scale = money.Scale()
    pilot = codes[:PILOT]
    for _ in range(6):
        nation = money.Nation(pilot, numpy.random.default_rng([seed, 1_000_000]), scale)
        of_four = nation.household_income()[nation.people.size == 4]
        scale.earnings *= margins.MEDIAN_INCOME_OF_FOUR / float(numpy.median(of_four))
    low, high = 0.05, 10.0
    for _ in range(12):
        scale.property_of_elderly = (low * high) ** 0.5
        nation = money.Nation(pilot, numpy.random.default_rng([seed, 1_000_000]), scale)
        if nation.meets_income_condition_of_basic_pension().mean() > margins.BASIC_PENSION_SHARE:
            low = scale.property_of_elderly
        else:
            high = scale.property_of_elderly
    return scale


def array(values):
    if isinstance(values, tuple):
        codes, names = values
        return pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes, pyarrow.int8()), pyarrow.array(names))
    return pyarrow.array(values)


def table(ids, facts):
    """Identifiers first, then the facts; each column says of which period it is."""
    names, arrays, fields = [], [], []
    for name, values in {**ids, **facts}.items():
        column = values if isinstance(values, pyarrow.Array) else array(values)
        period = "2026" if name in YEARLY else "ETERNITY" if name == "birth" else "2026-03"
        notes = None if name in ids else {"period": period}
        names.append(name)
        arrays.append(column)
        fields.append(pyarrow.field(name, column.type, nullable=False, metadata=notes))
    return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))


def group(codes, seed, number, scale, first_home):
    """One row group of the three files; ids still count from zero."""
    nation = money.Nation(codes, numpy.random.default_rng([seed, number]), scale)
    who = nation.people
    home = who.home + numpy.int32(first_home)
    couples = int(who.couple[-1]) + 1
    starts = numpy.flatnonzero(numpy.diff(who.couple, prepend=-1))
    person_ids = {
        "person_id": numpy.arange(nation.persons, dtype=numpy.int32),
        "household_id": home,
        "couple_id": who.couple,
        "role": (who.role, people.ROLES),
    }
    person = {"birth": pyarrow.array(who.birth).cast(pyarrow.date32()), **nation.person}
    household_ids = {"household_id": numpy.arange(first_home, first_home + nation.homes, dtype=numpy.int32)}
    couple_ids = {"couple_id": numpy.arange(couples, dtype=numpy.int32), "household_id": home[starts]}
    return person_ids, person, household_ids, nation.household, couple_ids, nation.couple


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--share", type=float, default=1.0, help="part of the nation's households, 1 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if not 0 < arguments.share <= 1:
        parser.error("--share must be above 0 and at most 1")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    codes = people.households_in_random_order(arguments.seed)
    scale = find_scale(codes, arguments.seed)
    found = f"earnings {scale.earnings:.2f}, property of the elderly {scale.property_of_elderly:.2f}"
    print(f"{time.monotonic() - begin:.0f} s: households drawn, scale found ({found})", flush=True)
    codes = codes[: max(1, round(len(codes) * arguments.share))]
    firsts = range(0, len(codes), HOMES_IN_A_GROUP)
    write(arguments, codes, firsts, scale)
    print(f"{time.monotonic() - begin:.0f} s: {len(codes)} households written to {arguments.folder}", flush=True)


def write(arguments, codes, firsts, scale):
    writers = {}
    offset = {"person_id": 0, "couple_id": 0}

    def start(number):
        first = firsts[number]
        return group(codes[first : first + HOMES_IN_A_GROUP], arguments.seed, number, scale, first)

    with concurrent.futures.ThreadPoolExecutor(arguments.threads) as pool:
        waiting = [pool.submit(start, number) for number in range(min(arguments.threads, len(firsts)))]
        for number in range(len(firsts)):
            person_ids, person, household_ids, household, couple_ids, couple = waiting.pop(0).result()
            following = number + arguments.threads
            if following < len(firsts):
                waiting.append(pool.submit(start, following))
            person_ids["person_id"] = person_ids["person_id"] + numpy.int32(offset["person_id"])
            person_ids["couple_id"] = person_ids["couple_id"] + numpy.int32(offset["couple_id"])
            couple_ids["couple_id"] = couple_ids["couple_id"] + numpy.int32(offset["couple_id"])
            offset["person_id"] += len(person_ids["person_id"])
            offset["couple_id"] += len(couple_ids["couple_id"])
            for name, ids, facts in (
                ("person", person_ids, person),
                ("household", household_ids, household),
                ("couple", couple_ids, couple),
            ):
                rows = table(ids, facts)
                if name not in writers:
                    writers[name] = pyarrow.parquet.ParquetWriter(
                        arguments.folder / f"{name}.parquet", rows.schema, compression="snappy"
                    )
                writers[name].write_table(rows, row_group_size=rows.num_rows)
    for writer in writers.values():
        writer.close()


if __name__ == "__main__":
    main()
