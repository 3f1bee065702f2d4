"""One won more never costs more than the law's taper, except at the cliffs that the law itself has.

Each cliff is named here with its article; README.md lists them for readers. Every benefit is walked along an income
or a property, at every place where the law changes something and at random places between.
"""

import random

import numpy
import pytest
from by_hand import Home, Somebody
from population import simulate

HALF_MEDIAN_1 = 1_282_119
MEDICAL_1, HOUSING_1, LIVELIHOOD_1 = 1_025_695, 1_230_834, 820_556


def alone(birth=(1985, 6, 15), **facts):
    return [Somebody("a", "head", birth, facts)]


def with_child(birth=(1985, 6, 15), child=(2016, 5, 5), **facts):
    return [Somebody("a", "head", birth, facts), Somebody("c", "child", child, {"school_level": "elementary"})]


def old_couple(**facts):
    return [Somebody("a", "head", (1955, 6, 15), facts), Somebody("b", "spouse", (1957, 6, 15))]


def falls(benefit, make, variable, amounts, period, **home_facts):
    """For each amount: how much the benefit falls when the variable rises by one won."""
    amounts = numpy.unique(numpy.array(amounts, dtype=numpy.int64))
    totals = []
    for step in (0, 1):
        homes = []
        for amount in amounts:
            people = make()
            people[0].facts[variable] = int(amount) + step
            if variable == "tax_year_earnings":
                people[0].facts["tax_year_total_income"] = int(amount) + step
            couples = [("a", "b")] if any(p.name == "b" for p in people) else []
            homes.append(Home(people, "seoul", 2026, 3, home_facts, couples))
        simulation = simulate(homes, period)
        entity = simulation.tax_benefit_system.get_variable(benefit).entity.key
        values = simulation.calculate(benefit, period).astype(float)
        if entity == "person":
            members = simulation.populations["household"].members_entity_id
            values = numpy.bincount(members, weights=values)
        totals.append(values)
    return dict(zip(amounts.tolist(), (totals[0] - totals[1]).tolist()))


def places(top, *edges, seed=31):
    draw = random.Random(seed)
    near = [edge + d for edge in edges for d in range(-3, 4)]
    return [p for p in near + [draw.randrange(0, top) for _ in range(1500)] if p >= 0]


# benefit, people, what rises, where to look, taper with rounding, cliffs (last amount before the fall)
MONTHLY = [
    ("livelihood_benefit", alone, "counted_private_transfers", places(1_200_000, LIVELIHOOD_1), 1, {}, {}),
    ("livelihood_benefit", alone, "earned_income", places(1_600_000, 1_172_223), 1, {}, {}),
    ("livelihood_benefit", alone, "home_value", places(250_000_000, 99_000_000, 172_000_000), 1, {}, {}),
    ("livelihood_benefit", alone, "car_value", places(1_200_000, LIVELIHOOD_1), 1, {}, {}),
    # 주거급여법 제5조제1항: 선정기준을 넘으면 임차급여 전부를 잃음
    (
        "rent_support",
        alone,
        "counted_private_transfers",
        places(1_500_000, LIVELIHOOD_1, HOUSING_1),
        10,
        {HOUSING_1},
        {"monthly_rent": 369_000},
    ),
    (
        "rent_support",
        alone,
        "counted_private_transfers",
        places(1_500_000, LIVELIHOOD_1, HOUSING_1),
        10,
        {HOUSING_1},
        {"monthly_rent": 120_000},
    ),
    # 기초연금법 제3조제1항: 선정기준액을 넘으면 최저 지급액(10%)을 잃음
    (
        "basic_pension",
        lambda: alone((1955, 6, 15)),
        "business_income",
        places(2_600_000, 2_120_300, 2_435_030, 2_470_000),
        10,
        {2_470_000},
        {},
    ),
    (
        "basic_pension",
        old_couple,
        "business_income",
        places(4_200_000, 3_392_480, 3_882_060, 3_952_000),
        20,
        {3_952_000},
        {},
    ),
    # 기초연금법 제6조: 국민연금이 150%를 넘는 곳은 완만하고, 200%에서는 산식 금액과 이어짐
    (
        "basic_pension",
        lambda: alone((1955, 6, 15), national_pension_redistribution_amount=600_000),
        "national_pension_old_age",
        places(1_500_000, 524_550, 699_400),
        10,
        {},
        {},
    ),
    # 장애인복지법 시행령 제30조제1항: 차상위 기준을 넘으면 장애수당을 잃음
    (
        "disability_allowance",
        lambda: alone(disability_degree="mild"),
        "counted_private_transfers",
        places(1_600_000, MEDICAL_1, HOUSING_1, HALF_MEDIAN_1),
        0,
        {HALF_MEDIAN_1},
        {},
    ),
    # 한부모가족지원법 제5조, 시행규칙 제3조: 기준을 넘으면 아동양육비를 잃음
    (
        "single_parent_child_support",
        with_child,
        "counted_private_transfers",
        places(3_200_000, 2_729_540),
        0,
        {2_729_540},
        {"single_parent_kind": "single"},
    ),
    # 장애인연금법 시행령 별표 1: 부가급여는 계층마다 다름 (의료, 차상위), 제4조: 선정기준액
    (
        "disability_pension_additional_part",
        lambda: alone(is_severely_disabled_for_pension=True),
        "rental_income",
        places(1_500_000, MEDICAL_1, HOUSING_1, HALF_MEDIAN_1, 1_400_000),
        0,
        {MEDICAL_1, HALF_MEDIAN_1, 1_400_000},
        {},
    ),
    # 아동수당과 부모급여는 소득을 보지 않음
    ("child_allowance", with_child, "counted_private_transfers", places(10_000_000), 0, {}, {}),
    (
        "parental_benefit",
        lambda: with_child(child=(2025, 9, 1)),
        "counted_private_transfers",
        places(10_000_000),
        0,
        {},
        {},
    ),
]


@pytest.mark.parametrize(
    "benefit,make,variable,amounts,taper,cliffs,facts",
    MONTHLY,
    ids=[f"{c[0]}-{c[2]}-{i}" for i, c in enumerate(MONTHLY)],
)
def test_monthly_benefit_has_only_the_listed_cliffs(benefit, make, variable, amounts, taper, cliffs, facts):
    found = falls(benefit, make, variable, amounts, "2026-03", **facts)
    too_steep = {amount for amount, fall in found.items() if fall > taper + 0.1}
    assert too_steep == set(cliffs)


def test_basic_part_of_the_disability_pension_falls_in_steps_of_20000_won():
    """Decree art. 5(2): the difference is rounded up to 20,000 won, so each step is a cliff; the last 20,000 end at the threshold."""
    steps = [1_400_000 - 20_000 * n for n in range(1, 18)]
    found = falls(
        "disability_pension_basic_part",
        lambda: alone(is_severely_disabled_for_pension=True),
        "rental_income",
        places(1_500_000, 1_400_000, *steps),
        "2026-03",
    )
    steep = {amount for amount, fall in found.items() if fall > 0}
    assert steep == {step - 1 for step in steps} | {1_400_000}
    assert max(found.values()) == 20_000


TAX = [
    # 조특법 제100조의7제3항: 1만5천원 미만은 없음(최소 3만원을 잃음)
    (
        "earned_income_tax_credit",
        alone,
        places(25_000_000, 4_000_000, 9_000_000, 21_763_636, 21_881_818, 22_000_000),
        10,
        {21_881_818},
    ),
    (
        "earned_income_tax_credit",
        lambda: alone() + [Somebody("b", "spouse", (1985, 1, 1))],
        places(35_000_000, 7_000_000, 14_000_000, 31_905_263, 32_000_000),
        10,
        {31_905_263},
    ),
    # 조특법 제100조의28제1항제2호: 7천만원이 되면 남은 50만원을 잃음
    (
        "child_tax_credit",
        lambda: alone() + [Somebody("c", "child", (2016, 5, 5))],
        places(75_000_000, 21_000_000, 69_999_999),
        10,
        {69_999_999},
    ),
]


@pytest.mark.parametrize("benefit,make,amounts,taper,cliffs", TAX, ids=["single", "one earner", "child"])
def test_tax_credit_has_only_the_listed_cliffs(benefit, make, amounts, taper, cliffs):
    found = falls(benefit, make, "tax_year_earnings", amounts, "2025")
    too_steep = {amount for amount, fall in found.items() if fall > taper + 0.2}
    assert too_steep == cliffs


def test_assets_halve_and_end_the_credits():
    """조특법 제100조의3제1항제4호, 제100조의5제4항: 1억7천만원에서 절반, 2억4천만원에서 전부를 잃음."""
    found = falls(
        "earned_income_tax_credit",
        lambda: alone(tax_year_earnings=6_000_000),
        "tax_year_assets",
        places(300_000_000, 169_999_999, 239_999_999),
        "2025",
    )
    assert {amount: fall for amount, fall in found.items() if fall > 0} == {169_999_999: 825_000, 239_999_999: 825_000}


def test_supporters_are_a_cliff_for_livelihood_benefit():
    """법 제8조제2항: 부양의무자의 일반재산이 12억원을 넘으면 생계급여 전부를 잃음."""
    homes = [
        Home(alone(), "seoul", 2026, 3, {"has_supporter": True, "supporter_general_property": 1_200_000_000 + d})
        for d in (0, 1)
    ]
    assert simulate(homes).calculate("livelihood_benefit", "2026-03").tolist() == [820_556, 0]


def test_repair_support_falls_at_three_lines():
    """주거급여법 제8조, 고시 제2025-506호: 100, 90, 80 %, then nothing above the housing threshold."""
    found = falls(
        "repair_support",
        alone,
        "counted_private_transfers",
        places(1_500_000, LIVELIHOOD_1, MEDICAL_1, HOUSING_1),
        "2026-03",
        tenure="owner",
        repair_kind="minor",
    )
    steep = {amount: fall for amount, fall in found.items() if fall > 0}
    assert steep == {LIVELIHOOD_1: 590_000, MEDICAL_1: 590_000, HOUSING_1: 4_720_000}


def around(line, benefit, period, people, **home_facts):
    """A benefit of the household's last member, or of the household, with income at a line and one won above it."""
    homes = []
    for more in (0, 1):
        members = people()
        members[0].facts["counted_private_transfers"] = line + more
        homes.append(Home(members, "seoul", 2026, 3, dict(home_facts), []))
    simulation = simulate(homes)
    values = simulation.calculate(benefit, period)
    if simulation.tax_benefit_system.get_variable(benefit).entity.key == "household":
        return values.tolist()
    number = len(homes[0].people)
    return [values[number - 1], values[2 * number - 1]]


def test_grants_of_pupils_end_at_their_lines():
    """법 제12조의2: education benefit; 한부모가족지원법 제12조제1항제2호: school supplies, which begin where it ends."""
    assert around(2_099_646, "education_benefit", "2026", with_child) == [502_000, 0]
    kind = {"single_parent_kind": "single"}
    assert around(2_099_646, "single_parent_school_supplies", "2026", with_child, **kind) == [0, 100_000]
    assert around(2_729_540, "single_parent_school_supplies", "2026", with_child, **kind) == [100_000, 0]


def test_energy_voucher_ends_with_education_benefit():
    """에너지법 시행령 제13조의2: recipients only; a pupil's household is one up to half the median."""

    def four():
        children = [Somebody(f"c{n}", "child", (2015 + n, 5, 5), {"school_level": "elementary"}) for n in (0, 1)]
        return alone() + [Somebody("b", "spouse", (1985, 1, 1)), *children]

    assert around(3_247_369, "energy_voucher", "2026-03", four) == [701_300, 0]


def test_allowance_of_a_disabled_child_ends_at_half_the_median():
    """장애인복지법 시행령 제30조제2항."""

    def with_disabled_child():
        members = with_child()
        members[1].facts["disability_degree"] = "mild"
        return members

    assert around(2_099_646, "disabled_child_allowance", "2026-03", with_disabled_child) == [110_000, 0]


def test_the_sum_of_a_household_falls_only_where_a_benefit_does():
    """All monthly benefits of somebody alone who rents: a won more costs a won of livelihood benefit, 0.3 of rent support, or a cliff."""
    found = falls(
        "monthly_benefits",
        lambda: alone(disability_degree="mild"),
        "counted_private_transfers",
        places(1_500_000, LIVELIHOOD_1, MEDICAL_1, HOUSING_1, HALF_MEDIAN_1),
        "2026-03",
        monthly_rent=369_000,
    )
    steep = {amount: fall for amount, fall in found.items() if fall > 11}
    # Rent support that is left at the housing threshold: 369,000 − 0.3 × 410,278, rounded up to ten won.
    assert steep == {HOUSING_1: 245_920, HALF_MEDIAN_1: 60_000}
