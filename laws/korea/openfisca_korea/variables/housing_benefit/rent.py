"""Rent support of tenants. (임차급여)"""

from numpy import ceil, maximum, minimum, nan, select, where
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import RentGrade, Tenure
from openfisca_korea.entities import Household


class tenure(Variable):
    value_type = Enum
    possible_values = Tenure
    default_value = Tenure.tenant
    entity = Household
    definition_period = MONTH
    label = "주거 형태 (tenure)"
    documentation = """
    증빙: 임대차계약서 또는 등기사항증명서
    기관: 본인, 법원 (등기)

    Proof: lease or land register
    Held by: the person, courts (land register)
    """


class monthly_rent(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "월차임 (monthly rent)"
    unit = "currency-KRW/month"
    documentation = """
    증빙: 임대차계약서, 계좌 이체 내역
    기관: 본인, 국토교통부 (부동산거래관리시스템)

    Proof: lease, bank transfers
    Held by: the person, Ministry of Land, Infrastructure and Transport (register of leases)
    """


class is_entitled_to_housing_benefit(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "주거급여 수급권자 (entitled to housing benefit)"
    reference = "https://www.law.go.kr/법령/주거급여법"

    def formula(household, period, parameters):
        """소득인정액이 주거급여 선정기준 이하입니다. 부양의무자는 보지 않습니다. (주거급여법 제5조제1항)

        Recognised income up to the threshold; supporters do not matter. (Act, art. 5(1))
        """
        return household("recognised_income", period) <= household("housing_threshold", period)


class standard_rent(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "기준임대료 (standard rent)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """급지와 가구원 수에 따른 금액입니다. 7인은 6인과 같고 8–9인은 10%를 더합니다. (주거급여법 제7조제3항)

        By grade and size of household; seven as six, eight and nine ten per cent more. (Act, art. 7(3))
        """
        rent = parameters(period).housing_benefit.standard_rent
        grade = household("rent_grade", period)
        size = household("household_size", period)
        sizes = [size == 1, size == 2, size == 3, size == 4, size == 5]
        seoul = rent.grade_1
        capital = rent.grade_2
        metropolitan = rent.grade_3
        elsewhere = rent.grade_4
        grade_1 = select(
            sizes,
            [seoul.persons_1, seoul.persons_2, seoul.persons_3, seoul.persons_4, seoul.persons_5],
            default=seoul.persons_6,
        )
        grade_2 = select(
            sizes,
            [capital.persons_1, capital.persons_2, capital.persons_3, capital.persons_4, capital.persons_5],
            default=capital.persons_6,
        )
        grade_3 = select(
            sizes,
            [
                metropolitan.persons_1,
                metropolitan.persons_2,
                metropolitan.persons_3,
                metropolitan.persons_4,
                metropolitan.persons_5,
            ],
            default=metropolitan.persons_6,
        )
        grade_4 = select(
            sizes,
            [elsewhere.persons_1, elsewhere.persons_2, elsewhere.persons_3, elsewhere.persons_4, elsewhere.persons_5],
            default=elsewhere.persons_6,
        )
        base = select(
            [
                grade == RentGrade.grade_1,
                grade == RentGrade.grade_2,
                grade == RentGrade.grade_3,
                grade == RentGrade.grade_4,
            ],
            [grade_1, grade_2, grade_3, grade_4],
            default=rent.undetermined,
        )
        extra = select([size <= 7, size <= 9], [0, rent.extra_for_eight_and_nine], default=rent.extra_for_ten_or_more)
        return base * (1 + extra)


class actual_rent(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "실제임차료: 월차임과 보증금의 월 환산액 (actual rent: rent and the deposit turned into rent)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """월차임에 보증금의 연 이율을 열두 달로 나눈 금액을 더합니다. (주거급여법 제7조제2항, 주거급여 실시에 관한 고시)

        Rent plus the deposit at a yearly rate over twelve months. (Act, art. 7(2) and its notice)
        """
        yearly_rate = parameters(period).housing_benefit.rent_support.deposit_yearly_rate
        deposits = household.sum(household.members("lease_deposit", period))
        return household("monthly_rent", period) + deposits * yearly_rate / 12


class own_share_of_rent(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "자기부담분 (own share of the rent)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """소득인정액이 생계급여 선정기준을 넘으면 넘는 금액의 30%를 스스로 부담합니다. (주거급여법 제7조제2항)

        Thirty per cent of the recognised income above the livelihood threshold. (Act, art. 7(2))
        """
        share = parameters(period).housing_benefit.rent_support.own_share
        income = household("recognised_income", period).astype(float)
        above = income - household("livelihood_threshold", period)
        return maximum(above, 0) * share


class rent_support(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "임차급여액 (rent support)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준임대료와 실제임차료 중 작은 금액에서 자기부담분을 뺍니다. 최저지급액보다 적으면 최저지급액을 주고,
        10원 단위로 올립니다. (주거급여법 제7조, 주거급여 실시에 관한 고시)

        The smaller of standard and actual rent, less the own share, at least the smallest payment, rounded up to
        ten won. Above five times the standard rent only the smallest payment is made. (Act, art. 7 and its notice)
        """
        p = parameters(period).housing_benefit.rent_support
        standard = household("standard_rent", period)
        actual = household("actual_rent", period)
        after_own_share = minimum(standard, actual) - household("own_share_of_rent", period)
        is_too_dear = actual > standard * p.rent_multiple_limit
        due = where(is_too_dear, p.minimum, maximum(after_own_share, p.minimum))
        paid = ceil(due / p.payment_unit) * p.payment_unit
        income = household("recognised_income", period)
        threshold = household("housing_threshold", period)
        pays_rent = (
            (household("tenure", period) == Tenure.tenant) & (actual > 0) & household("has_counted_members", period)
        )
        return where(pays_rent, select([income <= threshold, income > threshold], [paid, 0], default=nan), 0)
