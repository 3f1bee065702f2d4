"""Settles a difference between Core and Maru: the true value of a result, in whole numbers and fractions.

The second reading of the law (`laws/korea/tests_properties/by_hand.py`) calculates one household in exact fractions with figures of
its own. It serves the results on which single precision and 32-bit integers are known to go wrong.
"""

import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "laws/korea/tests_properties"))
import by_hand  # noqa: E402

CAPITAL = ("seoul", "gyeonggi", "incheon")
METROPOLITAN = ("busan", "daegu", "gwangju", "daejeon", "ulsan", "sejong")


class Settler:
    """Reads single households out of the columns of `outcomes.read`."""

    def __init__(self, units, values):
        self.person = {name: values(units["person"], name) for name in units["person"].schema.names}
        self.household = {name: values(units["household"], name) for name in units["household"].schema.names}
        self.child_home_value = values(units["couple"], "child_home_value")[0]
        self.homes = self.person["household_id"][0] - self.person["household_id"][0][0]
        self.couples = self.person["couple_id"][0]

    def fact(self, columns, name, row):
        column, names = columns[name]
        value = column[row]
        return names[int(value)] if names else value

    def home(self, number):
        rows = numpy.flatnonzero(self.homes == number)
        people, pairs = [], {}
        for row in rows:
            day = self.fact(self.person, "birth", row).astype("datetime64[D]").item()
            facts = {
                name: self.fact(self.person, name, row)
                for name in self.person
                if name not in ("birth", "role", "person_id", "household_id", "couple_id")
            }
            facts = {name: value if isinstance(value, str) else int(value) for name, value in facts.items()}
            role = self.fact(self.person, "role", row)
            people.append(by_hand.Somebody(str(row), role, (day.year, day.month, day.day), facts))
            pairs.setdefault(int(self.couples[row]), []).append(str(row))
        facts = {name: self.fact(self.household, name, number) for name in self.household}
        couples = [tuple(names) for names in pairs.values() if len(names) == 2]
        return by_hand.Home(people, self.place(facts), 2026, 3, facts, couples)

    def place(self, facts):
        """The name of a place of the second reading with the same classes."""
        province, kind = facts["province"], facts["municipality_kind"]
        region = province if province in CAPITAL else "other"
        if province in METROPOLITAN or (province, kind) == ("gyeongnam", "special_city"):
            region = "metropolitan"
        small = kind == "city" or province == "sejong"
        area = "rural" if kind == "county" else "small_city" if small else "large_city"
        name = f"{province}, {kind}"
        by_hand.PLACES[name] = (province, kind, region, area, province in CAPITAL)
        return name

    def value(self, name, row):
        """The exact value, or None where the second reading does not know it."""
        if name == "tax_household_assets":
            rows = numpy.flatnonzero(self.homes == row)
            return sum(int(self.person["tax_year_assets"][0][member]) for member in rows)
        if name == "basic_pension":
            # The second reading knows neither a child's home nor a partner who has not applied.
            partners = self.couples == self.couples[row]
            all_claim = self.person["claims_basic_pension"][0][partners].all()
            if not all_claim or self.child_home_value[self.couples[row] - self.couples[0]] >= 600_000_000:
                return None
            home = self.home(int(self.homes[row]))
            return by_hand.basic_pension(next(p for p in home.people if p.name == str(row)), home, [])
        if name == "livelihood_benefit":
            return by_hand.calculate(self.home(row))[0].get(name)
        return None
