"""Every result has a reason that an official could sign, in both languages, that fits what was calculated."""

import re

import numpy
import pytest
from openfisca_core.indexed_enums import Enum
from population import SYSTEM, random_homes, simulate

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


@pytest.fixture(scope="module")
def everybody():
    homes = random_homes(3000, 62, may_be_unknown=True)
    months = simulate(homes, MONTH)
    return months


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
