"""Every figure has a description, a unit, a mark of certainty and a source; every gap says so."""

import math
import pathlib
import re

import pytest
import yaml
from openfisca_core.parameters import Parameter
from population import SYSTEM

PACKAGE = pathlib.Path(__file__).parent.parent / "openfisca_korea"
PARAMETERS = [node for node in SYSTEM.parameters.get_descendants() if isinstance(node, Parameter)]
ACTS = {path.name for path in (PACKAGE / "variables").iterdir()}
# Gaps that no formula reads: the act's formula or the smallest unit stands in for them (README, «Gaps»).
READ_BY_NO_FORMULA = {
    "basic_livelihood.livelihood_payment.payment_unit",
    "tax_credits.earned_income.bracket_table",
    "tax_credits.child.bracket_table",
}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_parameter_is_complete(parameter):
    assert re.search("[가-힣]", parameter.description)
    assert re.search(r"\([^)]*[a-z]", parameter.description), "no English description"
    assert parameter.metadata["unit"]
    assert parameter.metadata["mark"] in ("L", "P", "S", "U")
    assert parameter.metadata["reference"]
    for value in parameter.values_list:
        unknown = isinstance(value.value, float) and math.isnan(value.value)
        marked = value.metadata.get("status") == "unknown"
        assert unknown == marked, f"{value.instant_str}: `.nan` and `status: unknown` go together"
        if unknown:
            assert value.metadata["mark"] == "U" and value.metadata["note"]


def is_read(parameter):
    """Whether a formula of a file that names the act reads an attribute of the parameter's name."""
    act, *_, name = parameter.name.split(".")
    code = "\n".join(path.read_text() for path in (PACKAGE / "variables").rglob("*.py") if act in path.read_text())
    return re.search(rf"\.{name}\b", code) and parameter.name not in READ_BY_NO_FORMULA


def test_every_parameter_is_read_by_a_formula():
    unread = {p.name for p in PARAMETERS if not is_read(p)}
    assert unread == READ_BY_NO_FORMULA


def test_values_stand_in_order_of_date_and_no_key_twice():
    for path in (PACKAGE / "parameters").rglob("*.yaml"):
        for block in re.findall(r"values:\n((?:\s+.*\n)+)", path.read_text()):
            dates = re.findall(r"^\s+(\d{4}-\d\d-\d\d):", block, flags=re.M)
            assert dates, path
        yaml.safe_load(path.read_text())


def test_readme_lists_every_gap():
    readme = (PACKAGE.parent / "README.md").read_text()
    listed = set(re.findall(r"^\| `([a-z0-9_.]+)` \|", readme, flags=re.M)) - ACTS
    open_now = {p.name for p in PARAMETERS if any(v.metadata.get("status") == "unknown" for v in p.values_list)}
    assert listed == open_now
