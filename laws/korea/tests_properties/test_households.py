"""The cases of tests/households agree with the second reading of the law, so that three ways say the same.

Core and Maru run the YAML itself; here its expected results are reckoned again in exact fractions by `by_hand.py`.
"""

import pathlib
from datetime import date

import pytest
import yaml
from by_hand import PLACES, Home, Somebody, calculate

FOLDER = pathlib.Path(__file__).parent.parent / "openfisca_korea/tests/households"
FILES = ["disabled", "elderly", "families", "single_parents", "working_age"]
CASES = [case for name in FILES for case in yaml.safe_load((FOLDER / f"{name}.yaml").read_text())]
ROLES = {"head": "head", "spouse": "spouse", "children": "child", "parents": "parent", "others": "other"}
PLACE = {(province, kind): name for name, (province, kind, *_) in PLACES.items()}
OF_PERSON = {
    "basic_pension",
    "disability_pension",
    "disability_allowance",
    "child_allowance",
    "parental_benefit",
    "single_parent_child_support",
}


def read(case):
    facts = dict(next(iter(case["input"]["households"].values())))
    role_of = {}
    for key, role in ROLES.items():
        members = facts.pop(key, [])
        role_of.update({name: role for name in ([members] if isinstance(members, str) else members)})
    place = PLACE[facts.pop("province", "seoul"), facts.pop("municipality_kind", "district")]
    people = []
    for name, given in case["input"]["persons"].items():
        given = dict(given)
        birth = given.pop("birth")
        assert isinstance(birth, date)
        people.append(Somebody(name, role_of[name], (birth.year, birth.month, birth.day), given))
    pairs = [tuple(pair["partners"]) for pair in case["input"].get("couples", {}).values()]
    year, month = map(int, str(case["period"])[:7].split("-"))
    return Home(people, place, year, month, facts, [pair for pair in pairs if len(pair) == 2])


def expected_of_persons(case, people):
    """(person, variable, amount), however the case writes it."""
    output = dict(case["output"])
    for name, results in output.get("persons", {}).items():
        yield from ((name, variable, amount) for variable, amount in results.items())
    for variable in OF_PERSON & set(output):
        amounts = output[variable] if isinstance(output[variable], list) else [output[variable]] * len(people)
        yield from ((person.name, variable, amount) for person, amount in zip(people, amounts))


def test_there_are_two_hundred():
    assert len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_second_reading_agrees(case):
    home = read(case)
    result, persons, steps = calculate(home)
    compared = 0
    for name, amount in case["output"].items():
        if name in result:
            found = result[name]
            same = abs(found - amount) < 0.01 if name == "recognised_income" else found == amount
            assert same, (name, float(found) if name == "recognised_income" else found, amount, steps)
            compared += 1
    for person, variable, amount in expected_of_persons(case, home.people):
        if variable in OF_PERSON:
            assert persons[person][variable] == amount, (person, variable, steps)
            compared += 1
    assert compared >= 5
