"""People obliged to support the household. (부양의무자)"""

from numpy import logical_not, maximum, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.entities import Household


class has_supporter(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양의무자가 있음 (somebody is obliged to support the household)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    documentation = """
    1촌의 직계혈족과 그 배우자입니다.
    증빙: 가족관계증명서
    기관: 시·읍·면 (가족관계등록부)
    근거: 국민기초생활 보장법 제2조제5호

    Parents, children and their spouses.
    Proof: family relations certificate
    Held by: city, town or township (register of family relations)
    Basis: National Basic Living Security Act, art. 2 no. 5
    """


class supporter_household_size(Variable):
    value_type = int
    default_value = 1
    entity = Household
    definition_period = MONTH
    label = "부양의무자 가구의 가구원 수 (members of the supporter’s household)"
    unit = "person"
    documentation = """
    증빙: 주민등록표 등본
    기관: 시·군·구 (주민등록정보시스템)

    Proof: resident registration
    Held by: city, county or district (resident register)
    """


class supporter_is_recipient(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양의무자가 수급자임 (the supporter is a recipient)"
    documentation = """
    증빙: 수급자 증명서
    기관: 시·군·구 (사회보장정보시스템)
    근거: 국민기초생활 보장법 시행령 제5조의6제1항제1호

    Proof: certificate of receipt
    Held by: city, county or district (social security information system)
    Basis: Basic Living Security decree, art. 5-6(1) no. 1
    """


class supporter_deducted_income(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "부양의무자의 차감된 소득 (income of the supporter after deductions)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"
    documentation = """
    실제소득에서 질병, 교육 등 고시한 금액을 뺀 금액입니다.
    증빙: 소득금액증명, 의료비·교육비 영수증
    기관: 국세청, 본인
    근거: 국민기초생활 보장법 시행령 제5조의6제1항제3호가목

    Actual income less notified amounts for illness, education and others.
    Proof: certificate of income, receipts for treatment and education
    Held by: National Tax Service, the person
    Basis: Basic Living Security decree, art. 5-6(1) no. 3 (a)
    """


class supporter_is_day_labourer(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양의무자가 일용근로 등에 종사함 (the supporter is a day labourer)"
    documentation = """
    증빙: 일용근로내역서
    기관: 고용센터 (고용보험시스템)
    근거: 국민기초생활 보장법 시행령 제5조의6제1항제3호나목

    Proof: record of day labour
    Held by: employment centre (employment insurance system)
    Basis: Basic Living Security decree, art. 5-6(1) no. 3 (b)
    """


class supporter_dwelling_value(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "부양의무자의 주거용재산 (dwelling of the supporter)"
    unit = "currency-KRW"
    documentation = """
    증빙: 지방세 세목별 과세증명서, 등기사항증명서
    기관: 시·군·구 (지방세정보시스템), 법원 (등기)

    Proof: local tax statement, land register
    Held by: city, county or district (local tax register), courts (land register)
    """


class supporter_property_as_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "부양의무자 재산의 소득환산액 (property of the supporter converted into income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"
    documentation = "증빙: 보장기관의 재산 조사. 조사 결과가 있으면 이 값을 직접 적습니다. (enter the result of an inquiry where there is one)"

    def formula(household, period, parameters):
        """공제액을 뺀 주거용재산과 일반재산에 부양의무자의 환산율을 곱합니다. 공제액을 확인하지 못해, 재산이 있으면 알 수 없습니다.
        (국민기초생활 보장법 시행령 제5조의6제1항제3호)

        Dwelling and general property after a deduction, at the supporters' rates. The deduction is unknown, so any
        property makes the result unknown. (Decree, art. 5-6(1) no. 3)
        """
        p = parameters(period).basic_livelihood.supporters.medical
        dwelling = household("supporter_dwelling_value", period)
        general = household("supporter_general_property", period)
        rest_of_deduction = maximum(p.property_deduction - dwelling, 0)
        converted = (
            maximum(dwelling - p.property_deduction, 0) * p.residential_rate
            + maximum(general - rest_of_deduction, 0) * p.general_rate
        )
        return where((dwelling > 0) | (general > 0), converted, 0)


class supporter_annual_income(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "부양의무자의 연 소득 (annual income of the supporter)"
    unit = "currency-KRW/year"
    documentation = """
    증빙: 소득금액증명
    기관: 국세청
    근거: 국민기초생활 보장법 제8조의2

    Proof: certificate of income
    Held by: National Tax Service
    Basis: National Basic Living Security Act, art. 8-2
    """


class supporter_general_property(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "부양의무자의 일반재산 (general property of the supporter)"
    unit = "currency-KRW"
    documentation = """
    증빙: 지방세 세목별 과세증명서, 등기사항증명서
    기관: 시·군·구 (지방세정보시스템), 법원 (등기)

    Proof: local tax statement, land register
    Held by: city, county or district (local tax register), courts (land register)
    """


class supporter_is_excused(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양능력이 없는 것으로 보는 부양의무자 (supporter taken to have no capacity)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    documentation = """
    직계존속이나 중증장애인을 부양하거나 질병 등이 있는 부양의무자입니다.
    증빙: 가족관계증명서, 장애인증명서, 진단서
    기관: 시·군·구, 의료기관
    근거: 국민기초생활 보장법 제8조의2제1항제2호·제3호

    A supporter who keeps a parent or a severely disabled person, is ill, or the like.
    Proof: family relations certificate, certificate of disability, medical certificate
    Held by: city, county or district, hospitals and clinics
    Basis: National Basic Living Security Act, art. 8-2(1) nos. 2 and 3
    """


class support_cannot_be_had(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양을 받을 수 없음 (support cannot be had)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    documentation = """
    징집, 이주, 수용, 실종, 부양의 기피·거부 등입니다.
    증빙: 사실확인서, 병적증명서, 수용증명서
    기관: 시·군·구 (지방생활보장위원회), 병무청, 법무부
    근거: 국민기초생활 보장법 제8조의2제2항·제3항

    Conscription, emigration, prison, missing, or the supporter refuses.
    Proof: statement of facts, record of military service, certificate of detention
    Held by: city, county or district (livelihood security committee), Military Manpower Administration, Ministry of Justice
    Basis: National Basic Living Security Act, art. 8-2(2), (3)
    """


class supporter_median_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "부양의무자 가구의 기준 중위소득 (standard median income of the supporter’s household)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """부양의무자 가구 규모의 기준 중위소득입니다. (국민기초생활 보장법 시행령 제5조의6제1항)

        The standard median income of a household of the supporter's size. (Decree, art. 5-6(1))
        """
        median = parameters(period).basic_livelihood.median_income
        size = household("supporter_household_size", period)
        beyond = maximum(size - 7, 0)
        up_to_seven = select(
            [size <= 1, size == 2, size == 3, size == 4, size == 5, size == 6],
            [
                median.persons_1,
                median.persons_2,
                median.persons_3,
                median.persons_4,
                median.persons_5,
                median.persons_6,
            ],
            default=median.persons_7,
        )
        return up_to_seven + where(beyond > 0, beyond * (median.persons_7 - median.persons_6), 0)


class supporter_has_weak_capacity(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양능력 미약 (weak capacity of the supporter)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(household, period, parameters):
        """차감된 소득이 부양의무자 기준 중위소득 이상이고, 수급권자 기준 중위소득의 40%를 더한 금액 미만입니다.
        (국민기초생활 보장법 시행령 제5조의6제1항제4호)

        Income at or above the supporter's median and below that plus 40 % of the applicant's. (Decree, art. 5-6(1) no. 4)
        """
        share = parameters(period).basic_livelihood.supporters.medical.weak_capacity_share
        income = household("supporter_deducted_income", period)
        median = household("supporter_median_income", period)
        upper = median + household("median_income", period).astype(float) * share
        return household("has_supporter", period) & (income >= median) & (income < upper)


class deemed_support(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "간주 부양비 (deemed support)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """부양능력이 미약한 부양의무자가 준다고 보는 금액입니다. 2026년부터 없습니다. (시행령 제5조제1항제4호나목, 제5조의6제1항제4호다목)

        What a supporter of weak capacity is taken to give; nothing since 2026. (Decree, art. 5(1) no. 4 나, 5-6(1) no. 4 다)
        """
        rate = parameters(period).basic_livelihood.supporters.medical.deemed_support_rate
        above = household("supporter_deducted_income", period) - household("supporter_median_income", period).astype(
            float
        )
        return where(household("supporter_has_weak_capacity", period), above * rate, 0)


class supporter_can_be_asked(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양을 구할 수 있는 부양의무자가 있음 (there is a supporter who can be asked)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """부양의무자가 있고, 수급자이거나 부양능력이 없는 것으로 보거나 부양을 받을 수 없는 경우가 아닙니다.
        (국민기초생활 보장법 제8조의2, 시행령 제5조의6제1항제1호)

        There is a supporter who is no recipient, is not taken to lack capacity and is within reach.
        (Act, art. 8-2; decree, art. 5-6(1) no. 1)
        """
        is_left_alone = (
            household("supporter_is_recipient", period)
            | household("supporter_is_excused", period)
            | household("support_cannot_be_had", period)
        )
        return household("has_supporter", period) & logical_not(is_left_alone)


class supporter_has_little_income(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "부양의무자의 소득이 부양능력이 없거나 미약한 정도 (income of the supporter too small for capacity)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(household, period, parameters):
        """차감된 소득이 기준 중위소득 미만이거나 일용근로자이거나 부양능력이 미약합니다. (국민기초생활 보장법 시행령 제5조의6제1항제3호·제4호)

        Income below the median, day labour, or weak capacity. (Decree, art. 5-6(1) nos. 3 and 4)
        """
        income = household("supporter_deducted_income", period)
        return (
            (income < household("supporter_median_income", period))
            | household("supporter_is_day_labourer", period)
            | household("supporter_has_weak_capacity", period)
        )


class is_supported_for_medical_benefit(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "의료급여: 부양능력이 있는 부양의무자가 있음 (medical benefit: a supporter with capacity)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(household, period, parameters):
        """소득이 적고 재산도 적으면 부양능력이 없습니다. 그 밖에 부양을 구할 수 있는 부양의무자는 부양능력이 있습니다.
        (국민기초생활 보장법 제8조의2, 제12조의3제2항, 시행령 제5조의6)

        A supporter with little income and little property has no capacity; any other who can be asked has.
        (Act, art. 8-2, 12-3(2); decree, art. 5-6)
        """
        share = parameters(period).basic_livelihood.supporters.medical.property_share
        both_medians = household("median_income", period).astype(float) + household("supporter_median_income", period)
        has_little_property = household("supporter_property_as_income", period) < both_medians * share
        has_no_capacity = has_little_property & household("supporter_has_little_income", period)
        return household("supporter_can_be_asked", period) & logical_not(has_no_capacity)


class is_supported_for_livelihood_benefit(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "생계급여: 고소득·고재산 부양의무자가 있음 (livelihood benefit: a supporter with high income or property)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """부양의무자의 연 소득이나 일반재산이 정한 금액을 넘으면 생계급여에서 제외합니다. (국민기초생활 보장법 제8조제2항, 제8조의2)

        Annual income or general property of the supporter above the limit. (Act, art. 8(2), 8-2)
        """
        p = parameters(period).basic_livelihood.supporters.livelihood
        is_well_off = (household("supporter_annual_income", period) > p.annual_income_limit) | (
            household("supporter_general_property", period) > p.general_property_limit
        )
        is_out_of_reach = household("support_cannot_be_had", period)
        return household("has_supporter", period) & is_well_off & logical_not(is_out_of_reach)
