"""First-encounter voucher at birth. (첫만남이용권)"""

from numpy import where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.entities import Person


class birth_order(Variable):
    value_type = int
    default_value = 1
    entity = Person
    definition_period = MONTH
    label = "출생 순위 (order of birth)"
    documentation = """
    증빙: 가족관계증명서
    기관: 시·읍·면 (가족관계등록부)

    Proof: family relations certificate
    Held by: city, town or township (register of family relations)
    """


class first_encounter_voucher(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "첫만남이용권, 태어난 달에 한 번 (first-encounter voucher, once in the month of birth)"
    reference = "https://www.law.go.kr/법령/저출산ㆍ고령사회기본법시행령"
    unit = "currency-KRW"

    def formula(person, period, parameters):
        """첫째와 둘째 이후의 금액이 다르며 한 번 줍니다. (저출산ㆍ고령사회기본법 제10조제3항, 시행령 제1조의2제1항)

        Once, with one amount for the first child and another for later children. (Act, art. 10(3); decree, art. 1-2(1))
        """
        p = parameters(period).first_encounter_voucher.amount
        amount = where(person("birth_order", period) > 1, p.later_child, p.first_child)
        return where(person("months_since_birth", period) == 0, amount, 0)


class can_use_first_encounter_voucher(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "첫만남이용권을 쓸 수 있는 달 (month in which the voucher can be used)"
    reference = "https://www.law.go.kr/법령/저출산ㆍ고령사회기본법시행령"

    def formula(person, period, parameters):
        """태어난 날부터 2년이 되는 날까지 쓸 수 있습니다. (저출산ㆍ고령사회기본법 시행령 제1조의2제6항)

        To be used until the day two years after birth. (Decree, art. 1-2(6))
        """
        years = parameters(period).first_encounter_voucher.amount.use_within_years
        months = person("months_since_birth", period)
        return (months >= 0) & (months <= years * 12)
