from openfisca_core.model_api import *
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import instant

from nation.entities import Person


class flat(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        return parameters(period).rates.flat * 2


class extra(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return 1


def change(parameters):
    parameters.rates.flat.update(start=instant("2026-01-01"), value=0.5)
    parameters.add_child("more", ParameterNode("more", data={"one": {"values": {"2020-01-01": {"value": 1}}}}))
    return parameters


class changed(Reform):
    name = "Changed"

    def apply(self):
        self.update_variable(flat)
        self.add_variable(extra)
        self.neutralize_variable("grant")
        self.modify_parameters(change)
