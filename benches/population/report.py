"""Compares a nation with its margins: `report.py FOLDER [--markdown]`. Fails where one is more than 2 % away.

Reads the files a row group at a time, so that it needs little memory, and knows nothing of how they were made but the names of
columns. Margins of a part of the nation (`generate.py --share`) are scaled down to its share of households.
"""

import argparse
import pathlib

import numpy
import pyarrow.parquet

import margins
import money

REFERENCE_DAY = numpy.datetime64("2026-04-01")


class Counts:
    """What is counted over all row groups."""

    def __init__(self):
        self.sizes = numpy.zeros(10, dtype=numpy.int64)
        self.numbers = {}
        self.provinces = numpy.zeros(len(money.PROVINCES), dtype=numpy.int64)
        self.incomes_of_four = []

    def add(self, name, value):
        self.numbers[name] = self.numbers.get(name, 0) + int(value)


def columns(file, group, names):
    rows = file.read_row_group(group, columns=names)
    found = {}
    for name in names:
        column = rows[name].combine_chunks()
        if isinstance(column, pyarrow.ChunkedArray):
            column = column.chunk(0)
        if pyarrow.types.is_dictionary(column.type):
            found[name] = column.indices.to_numpy(), column.dictionary.to_pylist()
        else:
            found[name] = column.to_numpy(zero_copy_only=False)
    return found


def count(folder):
    counts = Counts()
    persons = pyarrow.parquet.ParquetFile(folder / "person.parquet")
    homes = pyarrow.parquet.ParquetFile(folder / "household.parquet")
    wanted = [
        "household_id",
        "couple_id",
        "birth",
        "disability_degree",
        "is_severely_disabled_for_pension",
        "is_in_care_facility",
    ]
    for group in range(homes.num_row_groups):
        person = columns(
            persons, group, wanted + ["claims_basic_pension", "receives_occupational_pension", *money.INCOMES]
        )
        home = columns(homes, group, ["household_id", "province", "is_registered_basic_livelihood_recipient"])
        count_group(counts, person, home)
    counts.add("households", counts.sizes.sum())
    return counts


def count_group(counts, person, home):
    place = person["household_id"] - home["household_id"][0]
    assert (numpy.diff(place) >= 0).all(), "members of a household must stand together"
    size = numpy.bincount(place, minlength=len(home["household_id"]))
    counts.sizes += numpy.bincount(numpy.minimum(size, 9), minlength=10)
    province, names = home["province"]
    assert names == money.PROVINCES
    counts.provinces += numpy.bincount(province, weights=size, minlength=len(names)).astype(numpy.int64)
    # A birthday in the year before the reference day still counts, so whole years can be told from the day.
    day = person["birth"].astype("datetime64[D]")
    old = day <= REFERENCE_DAY - numpy.timedelta64(int(65 * 365.2425), "D")
    young = day > REFERENCE_DAY - numpy.timedelta64(int(15 * 365.2425), "D")
    receives = home["is_registered_basic_livelihood_recipient"][place]
    registered = person["disability_degree"][0] > 0
    income = sum(person[name].astype(numpy.int64) for name in money.INCOMES)
    of_home = numpy.bincount(place, weights=income, minlength=len(size))
    counts.incomes_of_four.append(of_home[size == 4])
    counts.add("persons", len(place))
    counts.add("elderly", old.sum())
    counts.add("children", young.sum())
    counts.add("recipients", receives.sum())
    counts.add("recipients_elderly", (receives & old).sum())
    counts.add("in_facilities", person["is_in_care_facility"].sum())
    counts.add("disabled", registered.sum())


def rows(counts):
    """(name, target, found, mark) for each margin."""
    numbers = counts.numbers
    part = numbers["households"] / margins.HOUSEHOLDS
    median = float(numpy.median(numpy.concatenate(counts.incomes_of_four)))
    sizes = counts.sizes
    whole = [
        ("persons", margins.PERSONS, numbers["persons"], "P"),
        ("households", margins.HOUSEHOLDS, numbers["households"], "P"),
        ("households of 1", margins.HOUSEHOLDS_OF_1, sizes[1], "P"),
        ("households of 2", margins.HOUSEHOLDS_OF_2, sizes[2], "P"),
        ("households of 3", margins.HOUSEHOLDS_OF_3, sizes[3], "P"),
        ("households of 4 and more", margins.HOUSEHOLDS_OF_4_OR_MORE, sizes[4:].sum(), "P"),
        ("persons from 65", margins.ELDERLY, numbers["elderly"], "P"),
        ("persons up to 14", margins.CHILDREN_TO_14, numbers["children"], "U"),
        ("recipients of basic livelihood", margins.RECIPIENTS, numbers["recipients"], "P"),
        ("… from 65", margins.RECIPIENTS * margins.RECIPIENTS_ELDERLY_SHARE, numbers["recipients_elderly"], "P"),
        ("… in care facilities", margins.RECIPIENTS_IN_FACILITIES, numbers["in_facilities"], "P"),
        ("registered disabled", margins.REGISTERED_DISABLED, numbers["disabled"], "U"),
    ]
    whole += [
        (f"persons in {name}", target, found, "U")
        for (name, target), found in zip(margins.PROVINCES.items(), counts.provinces)
    ]
    scaled = [(name, target * part, found, mark) for name, target, found, mark in whole]
    return scaled + [("median income of households of 4, won a month", margins.MEDIAN_INCOME_OF_FOUR, median, "L")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    far = 0
    print("| margin | mark | wanted | found | apart |\n|---|---|---|---|---|")
    for name, target, found, mark in rows(count(arguments.folder)):
        apart = found / target - 1
        far += abs(apart) > margins.TOLERANCE
        print(f"| {name} | {mark} | {target:,.0f} | {found:,.0f} | {apart:+.2%} |")
    print(
        f"\n{'every margin is met within' if not far else f'{far} margins are farther away than'} {margins.TOLERANCE:.0%}"
    )
    raise SystemExit(1 if far else 0)


if __name__ == "__main__":
    main()
