"""Child allowance and parental benefit. (아동수당, 부모급여)"""

from numpy import logical_not, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import PopulationDecline
from openfisca_korea.entities import Household, Person


class is_abroad_for_90_days(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "국외 체류 90일 이상으로 지급이 정지된 달 (month suspended for a stay abroad of 90 days or more)"
    reference = "https://www.law.go.kr/법령/아동수당법"
    documentation = """
    증빙: 출입국사실증명
    기관: 법무부 (출입국 자료)
    근거: 아동수당법 제13조제1항제1호

    Proof: certificate of entry and exit
    Held by: Ministry of Justice (immigration records)
    Basis: Child Allowance Act, art. 13(1) no. 1
    """


class is_paid_in_local_currency(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "아동수당을 지역사랑상품권으로 받음 (child allowance paid in local currency)"
    reference = "https://www.law.go.kr/법령/아동수당법"
    documentation = """
    증빙: 지방자치단체의 조례, 지급 방법 신청서
    기관: 시·군·구
    근거: 아동수당법 제4조제7항, 제10조제3항

    Proof: ordinance of the local government, form of payment applied for
    Held by: city, county or district
    Basis: Child Allowance Act, art. 4(7), 10(3)
    """


class is_entitled_to_child_allowance(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "아동수당 수급권자 (entitled to the child allowance)"
    reference = "https://www.law.go.kr/법령/아동수당법"

    def formula(person, period, parameters):
        """나이 상한이 되는 생일이 속하는 달의 전달까지 줍니다. 2017년생은 2026년부터 2029년까지 모든 달에 줍니다.
        (아동수당법 제4조제1항, 제10조제1항, 제13조, 부칙(법률 제21489호))

        Up to the month before the birthday at the age limit; children born in 2017 in every month of 2026 to 2029.
        (Act, art. 4(1), 10(1), 13; addenda of act no. 21489)
        """
        p = parameters(period).child_allowance.eligibility
        months = person("months_since_birth", period)
        birth_year = person("birth", period).astype("datetime64[Y]").astype(int) + 1970
        is_young = (months < p.age_limit * 12) | (birth_year == p.always_covered_birth_year)
        return (months >= 0) & is_young & logical_not(person("is_abroad_for_90_days", period))


class child_allowance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "아동수당액, 부모급여 제외 (child allowance, without parental benefit)"
    reference = "https://www.law.go.kr/법령/아동수당법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """기본 금액에 비수도권이나 인구감소지역의 추가 금액을 더합니다. 인구감소지역에서 지역사랑상품권으로 받으면 더 줍니다.
        (아동수당법 제4조제1항·제6항·제7항, 시행령 제2조제2항)

        The base, an extra outside the capital area or in areas of population decline, and more when paid in local
        currency there. (Act, art. 4(1), (6), (7); decree, art. 2(2))
        """
        p = parameters(period).child_allowance.amount
        decline = person.household("population_decline", period)
        is_outside_capital = logical_not(person.household("is_in_capital_area", period))
        extra = select(
            [
                decline == PopulationDecline.notified,
                decline == PopulationDecline.decline,
                decline == PopulationDecline.unchecked,
                is_outside_capital,
            ],
            [p.notified_area, p.population_decline_area, p.unchecked_area, p.non_capital_area],
            default=0,
        )
        in_decline_area = decline != PopulationDecline.none
        in_currency = where(
            in_decline_area & person.household("is_paid_in_local_currency", period), p.local_currency, 0
        )
        return where(person("is_entitled_to_child_allowance", period), p.base + extra + in_currency, 0)


class parental_benefit(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "부모급여액, 2세 미만 추가 지급 (parental benefit, extra below two years)"
    reference = "https://www.law.go.kr/법령/아동수당법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """0세와 1세 아동에게 아동수당에 더하여 줍니다. 어린이집을 이용하면 보육서비스 이용권으로도 줄 수 있습니다.
        (아동수당법 제4조제5항, 제10조제4항, 시행령 제2조제1항)

        For children below one and below two, on top of the child allowance; it may be paid as a childcare voucher.
        (Act, art. 4(5), 10(4); decree, art. 2(1))
        """
        p = parameters(period).child_allowance.parental_benefit
        months = person("months_since_birth", period)
        amount = select([months < 12, months < 24], [p.age_0, p.age_1], default=0)
        return where(person("is_entitled_to_child_allowance", period), amount, 0)
