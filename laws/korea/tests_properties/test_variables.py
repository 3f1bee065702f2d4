"""Every variable can be read by a lawyer: a Korean and an English label, and the article in the docstring."""

import inspect
import re

import pytest
from population import SYSTEM

VARIABLES = sorted(SYSTEM.variables.values(), key=lambda v: v.name)


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda v: v.name)
def test_label_is_bilingual(variable):
    assert re.search("[가-힣]", variable.label)
    assert re.search(r"[a-z]", variable.label)


@pytest.mark.parametrize("variable", [v for v in VARIABLES if v.formulas], ids=lambda v: v.name)
def test_formula_cites_its_article_in_both_languages(variable):
    for formula in variable.formulas.values():
        text = inspect.getdoc(formula)
        assert re.search(r"제\d+조|고시|주거급여 실시", text), "no article"
        korean, english = text.split("\n\n", 1)
        assert re.search("[가-힣]", korean) and re.search("[a-z]{4}", english)
    assert variable.reference, "no reference"


@pytest.mark.parametrize(
    "variable", [v for v in VARIABLES if not v.formulas and v.value_type is int], ids=lambda v: v.name
)
def test_amounts_that_are_entered_have_a_unit(variable):
    assert variable.unit or variable.name == "birth_order"


@pytest.mark.parametrize("variable", [v for v in VARIABLES if not v.formulas], ids=lambda v: v.name)
def test_every_fact_says_what_proves_it_and_who_holds_it(variable):
    """Form: docs/decisions/laws-reasons-and-proofs.md."""
    assert variable.documentation, "no documentation"
    korean, english = inspect.cleandoc(variable.documentation).split("\n\n")
    assert not re.search("[가-힣]", english), "Korean in the English paragraph"
    for paragraph, proof, holder, basis in (
        (korean, "증빙: ", "기관: ", "근거: "),
        (english, "Proof: ", "Held by: ", "Basis: "),
    ):
        words = [line.split(": ", 1)[0] + ": " for line in paragraph.splitlines() if ": " in line]
        assert words.count(proof) == 1 and words.count(holder) == 1 and words.count(basis) <= 1
    assert ("근거: " in korean) == ("Basis: " in english)
