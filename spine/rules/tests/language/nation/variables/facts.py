from openfisca_core.model_api import *

from nation.entities import Household, Person, 동네


class Tenure(Enum):
    __order__ = "owner tenant free"
    owner = "Owns the home"
    tenant = "Rents it"
    free = "Lives there free"


class Age(Enum):
    child = "Child"
    adult = "Adult"


class age(Variable):
    value_type = int
    default_value = 30
    entity = Person
    definition_period = MONTH
    set_input = set_input_dispatch_by_period


class salary(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    set_input = set_input_divide_by_period
    calculate_output = calculate_output_add
    unit = "currency"


def set_input_early(holder, period, array):
    """Half of a year's amount in January; the rest in equal parts."""
    array = holder._to_array(array)
    if period.unit == "year" and holder.variable.definition_period == "month":
        if holder.get_array(period.first_month) is None:
            holder._set(period.first_month, array / 2)
        set_input_divide_by_period(holder, period, array)
    else:
        set_input_dispatch_by_period(holder, period, array * 10)


class bonus(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    set_input = set_input_early


class birth(Variable):
    value_type = date
    default_value = date(1990, 1, 1)
    entity = Person
    definition_period = ETERNITY


class nickname(Variable):
    value_type = str
    default_value = "none"
    entity = Person
    definition_period = ETERNITY


class initials(Variable):
    value_type = str
    max_length = 4
    entity = Person
    definition_period = ETERNITY


class is_disabled(Variable):
    value_type = bool
    entity = Person
    definition_period = YEAR


class tenure(Variable):
    value_type = Enum
    possible_values = Tenure
    default_value = Tenure.tenant
    entity = Household
    definition_period = MONTH


class age_group(Variable):
    value_type = Enum
    possible_values = Age
    default_value = Age.adult
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        return where(person("age", period) < 18, Age.child, Age.adult)


class meals(Variable):
    value_type = int
    entity = Person
    definition_period = DAY


class floor_area(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    is_period_size_independent = True


class fee(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR


class 나무(Variable):
    value_type = int
    entity = 동네
    definition_period = MONTH
