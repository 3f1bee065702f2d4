"""A figure that the sources leave open makes exactly those results unknown that need it: not a number, never a guess."""

import math

import pytest
from by_hand import Home, Somebody
from population import SYSTEM, simulate, with_parameters_changed


def value(name, people, period="2026-03", place="seoul", couples=(), system=SYSTEM, **facts):
    """The first value of a variable for one household; the first person is the head."""
    built = []
    for number, (role, birth, own) in enumerate(people):
        built.append(Somebody(f"p{number}", role, birth, own))
    found = simulate([Home(built, place, 2026, 3, facts, list(couples))], period, system).calculate(name, period)
    return found.decode_to_str()[0] if hasattr(found, "decode_to_str") else float(found[0])


def adult(**facts):
    return ("head", (1985, 6, 15), facts)


def youth(**facts):
    return ("head", (1995, 6, 15), facts)


def old(**facts):
    return ("head", (1955, 6, 15), facts)


UNKNOWN = [
    ("earnings of a person up to 34", "recognised_income", [youth(earned_income=1)], {}),
    ("earnings of a person from 65", "livelihood_benefit", [old(earned_income=1)], {}),
    ("earnings of a disabled person", "livelihood_benefit", [adult(earned_income=1, disability_degree="mild")], {}),
    ("earnings of a student", "livelihood_benefit", [adult(earned_income=1, school_level="university")], {}),
    ("interest in basic livelihood", "livelihood_benefit", [adult(interest_income=1)], {}),
    ("rent support where income is unknown", "rent_support", [youth(earned_income=1)], {"monthly_rent": 100_000}),
    (
        "rent support of ten people",
        "rent_support",
        [adult()] + [("other", (1985, 1, 1), {})] * 9,
        {"monthly_rent": 100_000},
    ),
    (
        "median of seven people in 2027",
        "median_income",
        [adult()] + [("other", (1985, 1, 1), {})] * 6,
        {"period": "2027-01"},
    ),
    (
        "livelihood threshold of eight people in 2027",
        "livelihood_threshold",
        [adult()] + [("other", (1985, 1, 1), {})] * 7,
        {"period": "2027-01"},
    ),
    ("medical threshold in 2027", "medical_threshold", [adult()], {"period": "2027-01"}),
    (
        "rent support above the livelihood threshold in 2027",
        "rent_support",
        [adult(counted_private_transfers=900_000)],
        {"period": "2027-01", "monthly_rent": 100_000},
    ),
    ("livelihood benefit in a care facility", "livelihood_benefit", [adult(is_in_care_facility=True)], {}),
    (
        "property of a supporter",
        "supporter_property_as_income",
        [adult()],
        {"has_supporter": True, "supporter_dwelling_value": 1},
    ),
    ("basic pension in 2027", "basic_pension", [old()], {"period": "2027-01"}),
    ("livelihood benefit of an old person in 2027", "livelihood_benefit", [old()], {"period": "2027-01"}),
    (
        "disability pension with earnings",
        "disability_pension",
        [adult(earned_income=1, is_severely_disabled_for_pension=True)],
        {},
    ),
    (
        "disability pension with property",
        "disability_pension",
        [adult(home_value=1, is_severely_disabled_for_pension=True)],
        {},
    ),
    (
        "additional part in a care facility",
        "disability_pension_additional_part",
        [adult(is_severely_disabled_for_pension=True, is_in_care_facility=True)],
        {},
    ),
    (
        "disability allowance in a care facility",
        "disability_allowance",
        [adult(disability_degree="mild", is_in_care_facility=True)],
        {},
    ),
    (
        "disability allowance where the class is undetermined",
        "disability_allowance",
        [youth(disability_degree="mild", earned_income=1)],
        {},
    ),
    (
        "severely disabled child of a housing recipient",
        "disabled_child_allowance",
        [
            (
                "head",
                (2012, 1, 1),
                {
                    "disability_degree": "severe",
                    "is_severely_disabled_for_pension": True,
                    "counted_private_transfers": 1_100_000,
                },
            )
        ],
        {},
    ),
    (
        "child allowance where the list was not checked",
        "child_allowance",
        [("head", (2020, 1, 1), {})],
        {"population_decline": "unchecked"},
    ),
    ("energy voucher of a single person", "energy_voucher", [adult(disability_degree="mild")], {}),
    (
        "energy voucher of three people",
        "energy_voucher",
        [adult(disability_degree="mild")] + [("other", (1985, 1, 1), {})] * 2,
        {},
    ),
    (
        "energy voucher of four people in June 2026",
        "energy_voucher",
        [adult(disability_degree="mild")] + [("other", (1985, 1, 1), {})] * 3,
        {"period": "2026-06"},
    ),
]


@pytest.mark.parametrize("_,name,people,options", UNKNOWN, ids=[case[0] for case in UNKNOWN])
def test_result_is_unknown(_, name, people, options):
    assert math.isnan(value(name, people, **options))


KNOWN = [
    ("earnings of a person of 40", "livelihood_benefit", [adult(earned_income=100_000)], {}, 750_556),
    ("young person without earnings", "livelihood_benefit", [youth()], {}, 820_556),
    ("old person without earnings", "livelihood_benefit", [old()], {}, 470_856),
    ("person below 65 in 2027", "basic_pension", [adult()], {"period": "2027-01"}, 0),
    ("livelihood benefit of a younger person in 2027", "livelihood_benefit", [adult()], {"period": "2027-01"}, 875_533),
    (
        "six people in 2027",
        "median_income",
        [adult()] + [("other", (1985, 1, 1), {})] * 5,
        {"period": "2027-01"},
        9_129_201,
    ),
    (
        "owner in a household of ten",
        "rent_support",
        [adult()] + [("other", (1985, 1, 1), {})] * 9,
        {"tenure": "owner"},
        0,
    ),
    ("no reason for an energy voucher", "energy_voucher", [adult()], {}, 0),
    ("earnings where no disability is", "disability_pension", [adult(earned_income=1)], {}, 0),
    (
        "disability pension, debts above the property",
        "disability_pension_basic_part",
        [adult(home_value=10, debt=10, is_severely_disabled_for_pension=True)],
        {},
        349_700,
    ),
    (
        "child allowance where the area is known",
        "child_allowance",
        [("head", (2020, 1, 1), {})],
        {"population_decline": "notified", "place": "cheongsong"},
        120_000,
    ),
]


@pytest.mark.parametrize("_,name,people,options,expected", KNOWN, ids=[case[0] for case in KNOWN])
def test_result_is_known_because_the_open_figure_does_not_matter(_, name, people, options, expected):
    assert value(name, people, **options) == expected


def test_child_support_of_a_young_parent_is_unknown():
    home = Home(
        [Somebody("a", "head", (2003, 1, 1)), Somebody("c", "child", (2024, 1, 1))],
        "seoul",
        2026,
        3,
        {"single_parent_kind": "unmarried"},
    )
    support = simulate([home]).calculate("single_parent_child_support", "2026-03")
    assert support[0] == 0 and math.isnan(support[1])


@pytest.mark.parametrize("name", ["livelihood_benefit", "rent_support"])
def test_property_where_the_region_has_no_class(name):
    home = Home(
        [Somebody("a", "head", (1985, 6, 15), {"home_value": 90_000_000, "lease_deposit": 10_000_000})],
        "seoul",
        2026,
        7,
    )
    simulation = simulate([home], "2026-07")
    simulation.set_input("province", "2026-07", ["jeonnam_gwangju"])
    assert math.isnan(simulation.calculate(name, "2026-07")[0])


def test_a_supporter_with_property_makes_the_class_undetermined_only_where_it_matters():
    supporter = {"has_supporter": True, "supporter_dwelling_value": 1}
    middle = [adult(counted_private_transfers=1_000_000)]
    assert value("protection_class", middle, **supporter) == "undetermined"
    assert value("protection_class", middle, **supporter, supporter_deducted_income=9_000_000) == "housing_or_education"
    assert value("protection_class", middle, **supporter, support_cannot_be_had=True) == "livelihood_or_medical"
    assert value("protection_class", [adult()], **supporter) == "livelihood_or_medical"


def test_basic_pension_is_unknown_where_a_disability_pension_would_make_it_full():
    facts = {"national_pension_old_age": 800_000, "is_severely_disabled_for_pension": True, "home_value": 1}
    assert math.isnan(value("basic_pension", [old(**facts)]))
    assert value("basic_pension", [old(**{**facts, "national_pension_old_age": 500_000})]) == 349_700
    assert value("basic_pension", [old(**{**facts, "is_severely_disabled_for_pension": False})]) == 349_700


def test_the_class_says_that_it_is_undetermined():
    assert value("protection_class", [youth(earned_income=1)]) == "undetermined"


def test_a_gap_that_is_filled_gives_a_result():
    """With the secondary figures 600,000 and 200,000 the fixed deductions work as they are described."""

    def fill(parameters):
        fixed = parameters.basic_livelihood.income.fixed_deduction
        fixed.young.update(start="2026-01-01", value=600_000)
        fixed.elderly_or_disabled.update(start="2026-01-01", value=200_000)

    system = with_parameters_changed(fill)
    # 1,000,000 − 600,000 − 30 % of 400,000
    assert value("assessed_income", [youth(earned_income=1_000_000)], system=system) == 280_000
    # 1,000,000 − 200,000 − 30 % of 800,000
    assert (
        value("assessed_income", [adult(earned_income=1_000_000, disability_degree="mild")], system=system) == 560_000
    )
    # less than the fixed deduction: nothing counts
    assert value("assessed_income", [youth(earned_income=500_000)], system=system) == 0
    assert math.isnan(value("assessed_income", [youth(earned_income=500_000)]))
