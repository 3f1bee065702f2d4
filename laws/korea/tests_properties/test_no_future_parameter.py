"""A result at a date never uses a figure from after it."""

import numpy
import pytest
from openfisca_core.parameters import Parameter
from population import SYSTEM, random_homes, simulate, with_parameters_changed

MONTHS = ["2026-01", "2026-05", "2026-06", "2026-07", "2026-08", "2026-12", "2027-01", "2028-02", "2029-12", "2030-01"]
MONTHLY = [v.name for v in SYSTEM.variables.values() if v.formulas and v.definition_period == "month"]
YEARLY = [v.name for v in SYSTEM.variables.values() if v.formulas and v.definition_period == "year"]


def forget_what_comes_after(date):
    def change(parameters):
        for node in parameters.get_descendants():
            if isinstance(node, Parameter):
                node.values_list = [v for v in node.values_list if v.instant_str <= date]

    return with_parameters_changed(change)


@pytest.mark.parametrize("month", MONTHS)
def test_monthly_results_are_the_same_without_later_figures(month):
    homes = random_homes(150, 21, may_be_unknown=True)
    now = simulate(homes, month)
    then = simulate(homes, month, forget_what_comes_after(f"{month}-01"))
    for name in MONTHLY:
        numpy.testing.assert_array_equal(now.calculate(name, month), then.calculate(name, month), err_msg=name)


def test_yearly_results_are_the_same_without_later_figures():
    homes = random_homes(150, 22)
    now, then = simulate(homes, "2026-03"), simulate(homes, "2026-03", forget_what_comes_after("2026-03-01"))
    for name in YEARLY:
        numpy.testing.assert_array_equal(now.calculate(name, "2026"), then.calculate(name, "2026"), err_msg=name)


def test_the_test_can_fail():
    """Forgetting the figures in force, too, does change results."""
    homes = random_homes(50, 23)
    homes_of_2027 = simulate(homes, "2027-01").calculate("median_income", "2027-01")
    of_last_year = simulate(homes, "2027-01", forget_what_comes_after("2026-12-31")).calculate(
        "median_income", "2027-01"
    )
    assert (homes_of_2027 != of_last_year).any()
