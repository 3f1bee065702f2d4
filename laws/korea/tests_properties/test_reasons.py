"""Every result has a reason that an official could sign, in both languages, that fits what was calculated."""

import random
import re

import numpy
import pytest
from openfisca_core.indexed_enums import Enum
from population import SYSTEM, random_homes, set_facts, simulate

from openfisca_korea.reasons import NAME, REASONS, UNKNOWN, Look, choose_outcomes, reason

MONTH, YEAR = "2026-03", "2026"
# Results of the package: benefits, entitlements and classes. Everything else is a step towards one of them.
RESULTS = {
    name
    for name, variable in SYSTEM.variables.items()
    if variable.formulas and (name.startswith("is_entitled_to_") or name in {"medical_aid_type", "protection_class"})
} | {
    "recognised_income",
    "livelihood_benefit",
    "education_benefit",
    "rent_support",
    "repair_support",
    "basic_pension",
    "disability_pension",
    "disability_allowance",
    "disabled_child_allowance",
    "child_allowance",
    "parental_benefit",
    "first_encounter_voucher",
    "single_parent_child_support",
    "single_parent_school_supplies",
    "energy_voucher",
    "earned_income_tax_credit",
    "earned_income_tax_credit_first_half",
    "child_tax_credit",
    "tax_credit_offset_against_arrears",
    "monthly_benefits",
}
# Said by the case above it.
SAID_BY_ANOTHER = {"is_entitled_to_earned_income_tax_credit"}


def names_of(text):
    return [part for found in re.findall(r"\{([^}]+)\}", text) for part in found.split(" - ")]


def test_every_result_has_reasons():
    assert RESULTS - SAID_BY_ANOTHER == set(REASONS)


@pytest.mark.parametrize("name", sorted(REASONS))
def test_reasons_are_complete(name):
    outcomes = REASONS[name]
    assert [o["when"] for o in outcomes].count("otherwise") == 1 and outcomes[-1]["when"] == "otherwise"
    for outcome in outcomes:
        assert set(outcome) == {"when", "ko", "en", "basis", "basis_en"}
        assert re.search("[가-힣].*니다", outcome["ko"]) and outcome["ko"].endswith(".")
        assert not re.search("[가-힣]", outcome["en"]) and outcome["en"].endswith(".")
        assert re.search(r"제\d+조|고시", outcome["basis"]) and re.search(r"art\. \d", outcome["basis_en"])
        assert sorted(names_of(outcome["ko"])) == sorted(names_of(outcome["en"])), (
            "both languages name the same figures"
        )


@pytest.mark.parametrize("name", sorted(REASONS))
def test_every_name_in_a_reason_exists(name):
    variable = SYSTEM.get_variable(name)
    homes = random_homes(3, 61)
    look = Look(simulate(homes, MONTH), name, YEAR if variable.definition_period == "year" else MONTH)
    for outcome in REASONS[name]:
        names = names_of(outcome["ko"])
        if outcome["when"] != "otherwise":
            names += [n for n in re.findall(NAME, outcome["when"]) if n not in ("not", "and", "is") and not is_item(n)]
        for found in names:
            look.parameter(found) if "." in found else look.variable(found)


def is_item(name):
    kinds = [v.possible_values for v in SYSTEM.variables.values() if v.value_type is Enum]
    return any(name in kind.__members__ for kind in kinds) and name not in SYSTEM.variables


# Facts that the law rarely meets, so that every reason is heard: name, chance, values.
RARE_OF_PERSON = [
    ("receives_occupational_pension", 0.1, [True]),
    ("claims_basic_pension", 0.1, [False]),
    ("is_in_care_facility", 0.1, [True]),
    ("is_left_out_of_household", 0.05, [True]),
    ("is_abroad_for_90_days", 0.1, [True]),
    ("has_serious_registered_illness", 0.1, [True]),
    ("disability_degree", 0.3, ["mild", "severe"]),
    ("is_severely_disabled_for_pension", 0.15, [True]),
    ("birth_order", 0.3, [2]),
    ("school_level", 0.3, ["elementary", "high"]),
    ("rental_income", 0.2, [1_250_000, 1_450_000]),
]
RARE_OF_HOME = [
    ("has_supporter", 0.4, [True]),
    ("supporter_annual_income", 0.3, [140_000_000]),
    ("supporter_deducted_income", 0.3, [9_000_000]),
    ("gets_other_heating_support", 0.1, [True]),
    ("repair_kind", 0.3, ["minor", "medium", "major"]),
    ("tenure", 0.3, ["owner", "other"]),
]
YEARLY_OF_PERSON = [
    ("tax_year_earnings", 0.7, [20_000, 900_000, 6_000_000, 12_000_000, 21_950_000, 30_000_000]),
    ("tax_year_total_income", 0.7, [900_000, 6_000_000, 12_000_000, 33_000_000, 80_000_000]),
    ("tax_year_assets", 0.5, [100_000_000, 200_000_000, 250_000_000]),
    ("first_half_wages", 0.5, [60_000, 600_000, 3_000_000]),
    ("average_monthly_pay_of_regular_worker", 0.1, [5_500_000]),
    ("runs_professional_practice", 0.05, [True]),
]
YEARLY_OF_HOME = [("national_tax_arrears", 0.2, [300_000]), ("child_tax_deduction_taken", 0.3, [5_000_000])]
# Outcomes that need a coincidence to the won.
NOT_HEARD = {("livelihood_benefit", "otherwise")}


def draw_facts(draw, choices):
    return {name: draw.choice(values) for name, chance, values in choices if draw.random() < chance}


@pytest.fixture(scope="module")
def everybody():
    """Random households with rare facts: a third of the persons has them, in half of the households."""
    draw = random.Random(63)
    homes = random_homes(6000, 62, may_be_unknown=True) + random_homes(6000, 64)
    persons, yearly_homes = [], []
    for home in homes:
        if draw.random() < 0.5:
            home.facts.update(draw_facts(draw, RARE_OF_HOME))
        yearly_homes.append(draw_facts(draw, YEARLY_OF_HOME))
        for person in home.people:
            if draw.random() < 0.33:
                person.facts.update(draw_facts(draw, RARE_OF_PERSON))
            if person.role == "child" and draw.random() < 0.1:
                person.birth = draw.choice([(2026, 3, 9), (2026, 5, 1), (2026, 3, 20)])
            persons.append(draw_facts(draw, YEARLY_OF_PERSON))
    simulation = simulate(homes, MONTH)
    set_facts(simulation, persons, "person", YEAR, SYSTEM)
    set_facts(simulation, yearly_homes, "household", YEAR, SYSTEM)
    return simulation


def test_every_reason_is_heard(everybody):
    unheard = set()
    for name, outcomes in REASONS.items():
        period = YEAR if SYSTEM.get_variable(name).definition_period == "year" else MONTH
        chosen = choose_outcomes(everybody, name, period)
        unheard |= {(name, outcome["when"]) for n, outcome in enumerate(outcomes) if not (chosen == n).any()}
    assert unheard == NOT_HEARD


@pytest.mark.parametrize("name", sorted(REASONS))
def test_each_row_has_one_reason_that_fits_the_amount(name, everybody):
    period = YEAR if SYSTEM.get_variable(name).definition_period == "year" else MONTH
    chosen = choose_outcomes(everybody, name, period)
    result = numpy.asarray(everybody.calculate(name, period)).astype(float)
    assert (chosen < len(REASONS[name])).all()
    assert (numpy.isnan(result) <= (chosen == UNKNOWN)).all(), "an unknown result never gets another reason"
    for number, outcome in enumerate(REASONS[name]):
        rows = numpy.flatnonzero(chosen == number)
        if not len(rows):
            continue
        said = reason(everybody, name, period, int(rows[0]))
        assert not re.search(r"[{}]|\bnan\b", said["ko"] + " " + said["en"]), said
        refuses = re.search(
            "지급하지 않습니다|주지 않습니다|지급할 차액이 없|정지합니다|지급하지 않|수급권이 없|대상이 아닙",
            outcome["ko"],
        )
        if name not in (
            "protection_class",
            "medical_aid_type",
            "recognised_income",
            "tax_credit_offset_against_arrears",
        ):
            partly = "만 지급" in outcome["ko"] or "때 함께 지급" in outcome["ko"] or "신청하면" in outcome["ko"]
            if refuses and not partly:
                assert (result[rows] == 0).all(), (outcome["when"], said)
            elif not partly and name != "monthly_benefits":
                assert (result[rows] > 0).all(), (outcome["when"], said)


def test_the_words_of_one_case():
    """Recognised income 749,700; threshold 820,556; the difference is paid."""
    from by_hand import Home, Somebody

    home = Home([Somebody("a", "head", (1942, 8, 25), {"national_pension_old_age": 400_000})], "seoul", 2026, 3)
    said = reason(simulate([home]), "livelihood_benefit", MONTH)
    assert said["ko"] == (
        "가구의 소득인정액 749,700원이 가구원 1명의 생계급여 선정기준 820,556원보다 적으므로, "
        "그 차액을 1원 미만을 올려 70,856원을 생계급여로 지급합니다."
    )
    assert said["basis"] == "국민기초생활 보장법 제8조제2항·제3항"


def test_an_unknown_yes_or_no_never_says_no():
    from by_hand import Home, Somebody

    young = Home([Somebody("a", "head", (2000, 8, 25), {"earned_income": 900_000})], "seoul", 2026, 3)
    said = reason(simulate([young]), "is_entitled_to_livelihood_benefit", MONTH, gaps=["정액공제"])
    assert "아직 확인되지 않은" in said["ko"] and said["ko"].endswith("필요한 값: 정액공제")
