"""What must hold for everybody: floors, ceilings and the nesting of entitlements."""

import numpy
import pytest
from population import SYSTEM, random_homes, simulate

PARTS_OF_A_SUM = ("actual_income", "other_income_deductions")
AMOUNTS = [
    v.name
    for v in SYSTEM.variables.values()
    if v.formulas
    and v.value_type is float
    and v.unit == "currency-KRW/month"
    and not v.name.endswith("margin")
    and v.name not in PARTS_OF_A_SUM
]
HOMES = random_homes(2500, 41, may_be_unknown=True)


@pytest.fixture(scope="module")
def simulation():
    return simulate(HOMES)


def result(simulation, name):
    return simulation.calculate(name, "2026-03").astype(float)


@pytest.mark.parametrize("name", AMOUNTS)
def test_no_amount_is_negative(simulation, name):
    values = result(simulation, name)
    assert (values[~numpy.isnan(values)] >= 0).all()


def test_livelihood_benefit_lifts_exactly_to_the_threshold(simulation):
    """Act art. 8(3): benefit and recognised income together reach the threshold, and by less than one won more."""
    benefit, income = result(simulation, "livelihood_benefit"), result(simulation, "recognised_income")
    threshold = result(simulation, "livelihood_threshold")
    paid = benefit > 0
    together = benefit[paid] + income[paid]
    assert paid.sum() > 100
    assert (together >= threshold[paid] - 0.1).all() and (together < threshold[paid] + 1.1).all()


def test_entitlements_are_nested(simulation):
    """Who is entitled to livelihood benefit is entitled to medical and housing benefit (nobody here has supporters)."""
    livelihood = simulation.calculate("is_entitled_to_livelihood_benefit", "2026-03")
    medical = simulation.calculate("is_entitled_to_medical_benefit", "2026-03")
    housing = simulation.calculate("is_entitled_to_housing_benefit", "2026-03")
    assert (medical[livelihood]).all() and (housing[medical]).all()
    assert livelihood.sum() < medical.sum() < housing.sum()


def test_rent_support_stays_between_the_smallest_payment_and_the_standard_rent(simulation):
    support, standard = result(simulation, "rent_support"), result(simulation, "standard_rent")
    paid = support > 0
    assert paid.sum() > 100
    assert (support[paid] >= 10_000).all() and (support[paid] <= standard[paid]).all()


def test_basic_pension_stays_between_a_tenth_and_the_whole_of_the_standard_amount(simulation):
    pension = result(simulation, "basic_pension")
    paid = pension > 0
    assert paid.sum() > 100
    assert (pension[paid] >= 34_970).all() and (pension[paid] <= 349_700).all()


def test_pensions_are_whole_tens_of_won(simulation):
    """기초연금법 제24조, 장애인연금법 제20조의2."""
    for name in ("basic_pension", "disability_pension_basic_part"):
        values = result(simulation, name)
        assert (values[~numpy.isnan(values)] % 10 == 0).all()


def test_nobody_has_both_basic_parts(simulation):
    """장애인연금법 제6조제5항."""
    both = (result(simulation, "basic_pension") > 0) & (result(simulation, "disability_pension_basic_part") > 0)
    assert not both.any()


def test_nobody_has_two_disability_allowances(simulation):
    """장애인복지법 제49조제2항, 시행령 제30조제1항 단서."""
    adult, child = result(simulation, "disability_allowance"), result(simulation, "disabled_child_allowance")
    pension = result(simulation, "disability_pension")
    assert not ((adult > 0) & (child > 0)).any()
    assert not ((adult > 0) & (pension > 0)).any()
