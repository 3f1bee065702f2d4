"""The examples calculate, through the builder that the web API uses."""

import math

import pytest
from openfisca_core.simulation_builder import SimulationBuilder
from population import SYSTEM

from openfisca_korea import situation_examples

# Elderly couple in a county of Jeonbuk: two basic pensions of 279,760; recognised income 400,000 + 559,520 = 959,520;
# livelihood 1,343,773 − 959,520 = 384,253; rent 238,000 (grade 4, two persons).
# Single parent in Busan: 900,000 × 0.7 = 630,000; livelihood 1,343,773 − 630,000 = 713,773; rent 275,000 (grade 3);
# child allowance 105,000; single-parent support 230,000.
EXPECTED = {
    "elderly_couple": 559_520 + 384_253 + 238_000,
    "single_parent": 713_773 + 275_000 + 105_000 + 230_000,
    "young_worker": None,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_example(name):
    simulation = SimulationBuilder().build_from_entities(SYSTEM, getattr(situation_examples, name))
    found = simulation.calculate("monthly_benefits", "2026-03")[0]
    if EXPECTED[name] is None:
        assert math.isnan(found)
    else:
        assert found == EXPECTED[name]
