"""Random households, and OpenFisca simulations made of them."""

import random

import numpy
from by_hand import PLACES, Home, Somebody
from openfisca_core.simulation_builder import SimulationBuilder

from openfisca_korea import CountryTaxBenefitSystem

SYSTEM = CountryTaxBenefitSystem()
PERIOD = "2026-03"


def simulate(homes, period=PERIOD, system=SYSTEM):
    """One simulation of all the homes, their facts set for one month or, for tax credits, one year."""
    people = [(number, person) for number, home in enumerate(homes) for person in home.people]
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", numpy.arange(len(people)))
    household = builder.declare_entity("household", numpy.arange(len(homes)))
    builder.join_with_persons(household, numpy.array([number for number, _ in people]), [p.role for _, p in people])
    couple_numbers = number_couples(homes)
    couple = builder.declare_entity("couple", numpy.arange(max(couple_numbers) + 1))
    builder.join_with_persons(couple, numpy.array(couple_numbers), ["partner"] * len(people))
    simulation = builder.build(system)
    births = ["%04d-%02d-%02d" % p.birth for _, p in people]
    simulation.set_input("birth", "eternity", numpy.array(births, dtype="datetime64[D]"))
    set_facts(simulation, [p.facts for _, p in people], "person", period, system)
    home_facts = [h.facts for h in homes]
    if "-" in period:
        home_facts = [
            {**h.facts, "province": PLACES[h.place][0], "municipality_kind": PLACES[h.place][1]} for h in homes
        ]
    set_facts(simulation, home_facts, "household", period, system)
    return simulation


def number_couples(homes):
    numbers, following = [], 0
    for home in homes:
        of_name = {}
        for pair in home.couples:
            for name in pair:
                of_name[name] = following
            following += 1
        for person in home.people:
            if person.name not in of_name:
                of_name[person.name] = following
                following += 1
        numbers += [of_name[p.name] for p in home.people]
    return numbers


def set_facts(simulation, facts, entity, period, system):
    for name in sorted({key for of_one in facts for key in of_one}):
        variable = system.get_variable(name)
        if variable.entity.key != entity:
            raise ValueError(f"{name} does not belong to {entity}")
        default = variable.default_value
        default = default.name if hasattr(default, "name") else default
        values = numpy.array([of_one.get(name, default) for of_one in facts])
        simulation.set_input(name, period, values)


def with_parameters_changed(change):
    """A copy of the system in which `change` has worked on the copied parameters."""
    system = SYSTEM.clone()
    change(system.parameters)
    system._parameters_at_instant_cache = {}
    return system


def random_homes(count, seed=1, month=3, may_be_unknown=False):
    """Households of all kinds. Without `may_be_unknown` no open figure is touched."""
    draw = random.Random(seed)
    return [random_home(draw, month, may_be_unknown) for _ in range(count)]


def random_home(draw, month, may_be_unknown):
    kind = draw.choice(["alone", "couple", "family", "single parent", "old", "old couple", "three generations"])
    people, couples, facts = [], [], {}
    head_years = (1935, 1960) if kind.startswith("old") else (1964, 1990)
    people.append(random_person(draw, "head", "head", head_years, may_be_unknown))
    if kind in ("couple", "family", "old couple"):
        people.append(random_person(draw, "spouse", "spouse", head_years, may_be_unknown))
        couples.append(("head", "spouse"))
    if kind in ("family", "single parent", "three generations"):
        for number in range(draw.randint(1, 4)):
            people.append(random_child(draw, f"child{number}"))
    if kind == "single parent":
        facts["single_parent_kind"] = draw.choice(["single", "unmarried"])
    if kind == "three generations":
        people.append(random_person(draw, "father", "parent", (1935, 1962), may_be_unknown))
        people.append(random_person(draw, "mother", "parent", (1935, 1962), may_be_unknown))
        couples.append(("father", "mother"))
    if draw.random() < 0.7:
        facts["monthly_rent"] = draw.randrange(0, 900_000, 1_000)
    else:
        facts["tenure"] = "owner"
    if draw.random() < 0.2:
        facts["population_decline"] = draw.choice(["decline", "notified"])
        facts["is_paid_in_local_currency"] = draw.random() < 0.5
    return Home(people, draw.choice(list(PLACES)), 2026, month, facts, couples)


def random_person(draw, name, role, years, may_be_unknown):
    birth = (draw.randint(*years), draw.randint(1, 12), draw.randint(1, 28))
    facts = {}

    def maybe(key, chance, top):
        if draw.random() < chance:
            facts[key] = draw.randrange(0, top)

    may_earn = may_be_unknown or 1963 <= birth[0] <= 1990
    if may_earn:
        maybe("earned_income", 0.6, 5_000_000)
        maybe("business_income", 0.2, 2_000_000)
    maybe("rental_income", 0.1, 1_500_000)
    maybe("private_pension_income", 0.1, 600_000)
    maybe("national_pension_other", 0.05, 600_000)
    if birth[0] < 1963:
        maybe("national_pension_old_age", 0.5, 1_200_000)
        facts["national_pension_redistribution_amount"] = facts.get("national_pension_old_age", 0) * 6 // 10
    maybe("unemployment_benefit", 0.05, 1_800_000)
    maybe("counted_private_transfers", 0.1, 700_000)
    maybe("chronic_medical_cost", 0.1, 300_000)
    maybe("home_value", 0.2, 300_000_000)
    maybe("lease_deposit", 0.3, 150_000_000)
    maybe("other_general_property", 0.1, 100_000_000)
    maybe("financial_property", 0.5, 60_000_000)
    maybe("debt", 0.2, 80_000_000)
    maybe("car_value", 0.1, 3_000_000)
    if may_be_unknown:
        maybe("interest_income", 0.2, 100_000)
        if draw.random() < 0.2:
            facts["disability_degree"] = draw.choice(["mild", "severe"])
            facts["is_severely_disabled_for_pension"] = facts["disability_degree"] == "severe"
    return Somebody(name, role, birth, facts)


def random_child(draw, name):
    birth = (draw.randint(2006, 2025), draw.randint(1, 12), draw.randint(1, 28))
    years = 2026 - birth[0]
    level = "none" if years < 7 else "elementary" if years < 13 else "middle" if years < 16 else "high"
    return Somebody(name, "child", birth, {"school_level": level if years < 19 else "none"})
