from openfisca_core.model_api import *
import numpy

from nation.entities import Household, Person


class share_of_salaries(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        salary = person("salary", period)
        return salary / max_(sum(salary), 1) + sum(salary, 5) / 1000


class greatest_share(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        shares = household.members("share_of_salaries", period)
        return max(shares) - shares.min() + numpy.amax(shares) * 10


class counted(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        age = person("age", period)
        grown = age > 30
        return sum(grown) * 10 + grown.sum() * 100 + numpy.any(age > 70) + (age > 1).all() * 2 + any(age > 90) * 4


class means(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        ages = household.members("age", period)
        salaries = household.members("salary", period)
        return ages.mean() + numpy.mean(salaries) * 10


class everybody_alike(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        ages = household.members("age", period)
        return numpy.sum(ages) / len(ages) + max(ages) * 100


class eldest(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        birth = person("birth", period)
        return (birth == birth.min()) * (birth < numpy.max(birth))
