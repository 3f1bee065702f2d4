import numpy as np

from openfisca_core.model_api import *
from openfisca_core.periods import WEEK, WEEKDAY

from nation.entities import Household, Person


class year_of_salary(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR

    def formula(person, period):
        return person("salary", period, options=[ADD]) + person("salary", period.first_month) + person("salary", period.first_month.last_month)


class fee_by_month(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return household("fee", period, options=[DIVIDE]) + household("floor_area", period.this_year)


class quarter_before(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person("salary", period.last_3_months, options=[ADD])


class meals_of_month(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person("meals", period, options=[ADD]) * 100 + period.size_in_days + person("meals", period.first_day)


class meals_of_week(Variable):
    value_type = int
    entity = Person
    definition_period = WEEK

    def formula(person, period):
        return person("meals", period, options=[ADD]) * 10 + period.size_in_days


class meals_of_weekday(Variable):
    value_type = int
    entity = Person
    definition_period = WEEKDAY

    def formula(person, period):
        return person("meals", period.first_day)


class dated(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    end = "2028-12-31"

    def formula_2020(person, period):
        return 2020

    def formula_2024_07(person, period):
        return 202407

    def formula_2026_02_15(person, period):
        return 20260215


class spiral(Variable):
    value_type = int
    default_value = 5
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person("spiral", period.last_month) + 1


class age_by_birth(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        birth = person("birth", period)
        years = period.start.year - birth.astype("datetime64[Y]").astype(int) - 1970
        month = birth.astype("datetime64[M]").astype(int) % 12 + 1
        return years - (month > period.start.month)


class days_lived(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return (np.datetime64(period.start) - person("birth", period)).astype("timedelta64[D]").astype(int)


class months_lived(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        this_month = np.datetime64(period.start).astype("datetime64[M]").astype(int)
        return this_month - person("birth", period).astype("datetime64[M]").astype(int)


class months_of_year(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR

    def formula(person, period):
        total = 0
        for month in period.get_subperiods(MONTH):
            total = total + person("salary", month) * month.start.month
        return total + period.offset(-1).start.year + period.last_year.size + period.n_2.start.year


class disabled_this_year(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return person("is_disabled", period.this_year)
