import numpy as np

from openfisca_core.model_api import *

from nation.entities import Household, Person


class tax(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        return parameters(period).scales.tax.calc(person("salary", period))


class tax_with_options(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        scale = parameters(period).scales.tax
        salary = person("salary", period)
        return scale.calc(salary, factor=2) + scale.calc(salary, round_base_decimals=0) * 1000


class tax_rates(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        scale = parameters(period).scales.tax
        salary = person("salary", period)
        return scale.marginal_rates(salary) + scale.bracket_indices(salary)


class grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        scales = parameters(period).scales
        age = person("age", period)
        return scales.grant.calc(age) + scales.grant.calc(age, right=True) * 100 + scales.steps.calc(age) * 10000


class doubled_tax(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        scale = parameters(period).scales.tax
        return scale.multiply_rates(2, inplace=False).calc(person("salary", period)) + scale.multiply_thresholds(2, inplace=False).calc(person("salary", period))


class flat(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        rates = parameters(period).rates
        before = parameters(period.last_year).rates.flat
        by_name = parameters(period).rates["zones"]["owner"]
        return rates.flat + rates.older * 10 + before * 100 + by_name * 1000 + len(rates.names) * 100000


class home(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period, parameters):
        return parameters(period).rates.flat * (household("tenure", period) == household("tenure", period).possible_values["owner"])


class shapes(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        age = person("age", period)
        return (
            np.clip(age, 10, 50)
            + np.floor(age / 7) * 100
            + np.ceil(age / 7) * 10000
            + np.round(age / 7) * 1000000
            + np.isin(age, [30, 31]) * 0.5
            + np.logical_xor(age > 20, age > 40) * 0.25
            + np.absolute(-age) * 0
            + (age % 7) * 0
            + np.minimum(age, 40).astype(np.int32) * 0
        )


class switched(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return switch(person("age", period), {30: 1, 31: 2}) + apply_thresholds(person("age", period), [18, 65], [1, 2, 3]) * 10


class named(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        nickname = person("nickname", period)
        return (nickname == "none") * 1 + (nickname != "kim") * 2


class limits(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        own = person.entity.get_variable("salary").entity.key == person.entity.key
        return np.minimum(person("age", period), np.iinfo(np.int32).max) + own
