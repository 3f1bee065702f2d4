from openfisca_core.model_api import *

from nation.entities import Household, Person, 동네


class size_of_household(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return household.nb_persons() * 100 + household.nb_persons(Household.CHILD) * 10 + household.nb_persons(role=Household.PARENT)


class incomes(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        salaries = household.members("salary", period)
        return (
            household.sum(salaries)
            + household.max(salaries, role=Household.PARENT) * 10
            + household.min(salaries, role=Household.PARENT) * 100
        )


class someone(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        ages = household.members("age", period)
        return household.any(ages < 3) * household.all(ages < 90) + household.any(ages > 70, role=Household.GUEST)


class parents_apart(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return household.first_parent("salary", period) - household.second_parent("salary", period)


class first_age(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return household.value_from_first_person(household.members("age", period)) + household.first_person("age", period)


class product_of_ages(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        ages = household.members("age", period)
        return household.reduce(ages, reducer=max_, neutral_element=0)


class rank_among_children(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person.get_rank(person.household, -person("age", period), condition=person.has_role(Household.CHILD))


class second_parents_age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person.household.second_parent("age", period) + 1000 * person.has_role(Household.SECOND_PARENT)


class partner_salary(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person.value_from_partner(person("salary", period), person.household, Household.PARENT)


class trees_for_me(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person.동네("나무", period) / person.동네.nb_persons()


class trees_of_household(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return household.동네("나무", period)


class rent_for_me(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        tenure = person.household("tenure", period)
        zones = parameters(period).rates.zones
        rent = select([tenure == tenure.possible_values.owner, tenure == tenure.possible_values.tenant], [zones.owner, zones.tenant], default=0)
        return rent + zones.free[person("age_group", period)]


class household_of_members(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        projected = household.project(household.sum(household.members("salary", period)))
        return household.sum(projected)
