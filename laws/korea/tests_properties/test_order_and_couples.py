"""The order of members changes nothing, and a couple gets what the couple rule says."""

import random

import numpy
from by_hand import Home
from population import random_homes, simulate

OF_HOUSEHOLD = ["recognised_income", "livelihood_benefit", "rent_support", "energy_voucher", "median_income"]
OF_PERSON = [
    "basic_pension",
    "disability_pension",
    "disability_allowance",
    "disabled_child_allowance",
    "child_allowance",
    "parental_benefit",
    "single_parent_child_support",
]


def test_order_of_members_does_not_matter():
    homes = random_homes(800, 11, may_be_unknown=True)
    draw = random.Random(12)
    shuffled, places, offset = [], [], 0
    for home in homes:
        order = list(range(len(home.people)))
        draw.shuffle(order)
        shuffled.append(
            Home([home.people[i] for i in order], home.place, home.year, home.month, home.facts, home.couples)
        )
        places += [offset + i for i in order]
        offset += len(home.people)
    one, other = simulate(homes), simulate(shuffled)
    for name in OF_HOUSEHOLD:
        numpy.testing.assert_array_equal(one.calculate(name, "2026-03"), other.calculate(name, "2026-03"), err_msg=name)
    for name in OF_PERSON:
        first = one.calculate(name, "2026-03")[places]
        numpy.testing.assert_array_equal(first, other.calculate(name, "2026-03"), err_msg=name)


def test_order_of_households_does_not_matter():
    homes = random_homes(400, 13)
    one, other = simulate(homes), simulate(homes[::-1])
    for name in OF_HOUSEHOLD:
        numpy.testing.assert_array_equal(one.calculate(name, "2026-03"), other.calculate(name, "2026-03")[::-1])


def test_couple_rule_of_the_basic_pension():
    """Both entitled: four fifths of both amounts, or what is left to the threshold, at least 69,940 won together."""
    homes = [home for home in random_homes(3000, 14) if len(home.couples) == 1 and len(home.people) == 2]
    simulation = simulate(homes)
    entitled = simulation.calculate("is_entitled_to_basic_pension", "2026-03")
    before = simulation.calculate("basic_pension_before_reduction", "2026-03").astype(float)
    paid = simulation.calculate("basic_pension", "2026-03").astype(float)
    margin = simulation.calculate("basic_pension_margin", "2026-03").astype(float)
    both = 0
    for number in range(len(homes)):
        pair = slice(2 * number, 2 * number + 2)
        if not entitled[pair].all():
            assert (paid[pair][~entitled[pair]] == 0).all()
            continue
        both += 1
        full = before[pair].sum() * 0.8
        due = min(full, max(margin[number], 69_940))
        raised = (due * before[pair] / before[pair].sum() < 34_970).any()
        assert paid[pair].sum() <= due + 0.1 or raised
        assert paid[pair].sum() > due - 20
        assert (paid[pair] <= before[pair]).all()
    assert both > 100


def test_couple_rule_does_not_apply_to_people_who_merely_live_together():
    homes = [h for h in random_homes(2000, 15) if len(h.couples) == 1 and len(h.people) == 2]
    apart = [Home(h.people, h.place, h.year, h.month, h.facts, []) for h in homes]
    together_income = simulate(homes).calculate("basic_pension", "2026-03").sum()
    apart_income = simulate(apart).calculate("basic_pension", "2026-03").sum()
    assert apart_income != together_income
