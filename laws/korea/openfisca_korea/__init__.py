"""Korean social security benefits as law in code (대한민국 사회보장급여).

How to read this package, how to change a figure and what is still unknown: see README.md.
"""

import os

from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from openfisca_korea import entities
from openfisca_korea.situation_examples import elderly_couple

COUNTRY_DIR = os.path.dirname(os.path.abspath(__file__))


class CountryTaxBenefitSystem(TaxBenefitSystem):
    """The benefits of the Republic of Korea, as in force from 1 January 2026."""

    def __init__(self):
        """Load the entities, the variables and the parameters of this package."""
        super().__init__(entities.entities)
        self.add_variables_from_directory(os.path.join(COUNTRY_DIR, "variables"))
        self.load_parameters(os.path.join(COUNTRY_DIR, "parameters"))
        self.open_api_config = {
            "variable_example": "livelihood_benefit",
            "parameter_example": "basic_livelihood.benefit_rates.livelihood",
            "simulation_example": elderly_couple,
        }
