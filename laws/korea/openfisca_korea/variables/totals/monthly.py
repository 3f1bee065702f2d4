"""Sum of the monthly benefits in money. (현금 급여의 합계)"""

from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.entities import Household, Person


class monthly_benefits_of_person(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "사람에게 달마다 주는 급여의 합계 (monthly benefits of a person)"
    reference = "https://www.law.go.kr/법령/사회보장급여의이용ㆍ제공및수급권자발굴에관한법률"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """기초연금, 장애인연금, 장애수당, 아동수당, 부모급여, 한부모 아동양육비를 더합니다. (사회보장급여법 제2조제1호)

        Basic and disability pension, disability allowances, child allowance, parental benefit, single-parent support.
        (Social Security Benefits Act, art. 2 no. 1)
        """
        return (
            person("basic_pension", period)
            + person("disability_pension", period)
            + person("disability_allowance", period)
            + person("disabled_child_allowance", period)
            + person("child_allowance", period)
            + person("parental_benefit", period)
            + person("single_parent_child_support", period)
        )


class monthly_benefits(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "가구가 달마다 받는 급여의 합계 (monthly benefits of the household)"
    reference = "https://www.law.go.kr/법령/사회보장급여의이용ㆍ제공및수급권자발굴에관한법률"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """생계급여, 임차급여와 가구원의 급여를 더합니다. 하나라도 알 수 없으면 알 수 없습니다. (사회보장급여법 제2조제1호)

        Livelihood benefit, rent support and the members' benefits; unknown where one of them is. (Social Security Benefits Act, art. 2 no. 1)
        """
        of_members = household.sum(household.members("monthly_benefits_of_person", period))
        return household("livelihood_benefit", period) + household("rent_support", period) + of_members
