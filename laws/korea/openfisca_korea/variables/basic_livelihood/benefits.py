"""Livelihood, medical and education benefit, and the class of the household. (생계·의료·교육급여, 차상위계층)"""

from numpy import ceil, logical_not, maximum, nan, select, where
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH, YEAR
from openfisca_core.variables import Variable

from openfisca_korea.classes import DisabilityDegree, MedicalAidType, ProtectionClass, SchoolLevel
from openfisca_korea.entities import Household, Person


class is_entitled_to_livelihood_benefit(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "생계급여 수급권자 (entitled to livelihood benefit)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """소득인정액이 생계급여 선정기준 이하이고 부양의무자 기준에 걸리지 않습니다. (국민기초생활 보장법 제8조제2항)

        Recognised income up to the threshold, and no supporter in the way. (Act, art. 8(2))
        """
        income = household("recognised_income", period)
        is_supported = household("is_supported_for_livelihood_benefit", period)
        is_below = income <= household("livelihood_threshold", period)
        return is_below & logical_not(is_supported) & household("has_counted_members", period)


class livelihood_benefit(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "생계급여액 (livelihood benefit)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """선정기준에서 소득인정액을 뺀 금액입니다. 합이 선정기준 이상이 되도록 1원 미만을 올립니다. 보장시설에 맡긴 사람의
        금액은 따로 고시합니다. (국민기초생활 보장법 제8조제3항·제4항)

        Threshold less recognised income, rounded up to one won so that both together reach the threshold. For people in
        a care facility another notice sets the amount, which is unknown. (Act, art. 8(3), (4))
        """
        in_facility = household.any(household.members("is_in_care_facility", period))
        facility_amount = parameters(period).basic_livelihood.livelihood_payment.in_care_facility
        gap = household("livelihood_threshold", period) - household("recognised_income", period)
        at_home = where(household("is_supported_for_livelihood_benefit", period), 0, ceil(maximum(gap, 0)))
        without_home = where(in_facility, facility_amount, 0)
        return where(household("has_counted_members", period), at_home, without_home)


class is_entitled_to_medical_benefit(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "의료급여 수급권자 (entitled to medical benefit)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """소득인정액이 의료급여 선정기준 이하이고 부양능력이 있는 부양의무자가 없습니다. (국민기초생활 보장법 제12조의3제2항)

        Recognised income up to the threshold, and no supporter with capacity. (Act, art. 12-3(2))
        """
        income = household("recognised_income", period)
        is_supported = household("is_supported_for_medical_benefit", period)
        is_below = income <= household("medical_threshold", period)
        return is_below & logical_not(is_supported) & household("has_counted_members", period)


class counts_as_unable_to_work(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "의료급여 1종 세대의 구성원 요건 (member of a kind that makes type 1)"
    reference = "https://www.law.go.kr/법령/의료급여법시행령"

    def formula(person, period, parameters):
        """18세 미만, 65세 이상, 중증장애인, 근로능력 없음, 임산부입니다. (의료급여법 시행령 제3조제2항제1호가목)

        Below 18, from 65, severely disabled, unable to work, pregnant. (Medical Care Assistance decree, art. 3(2) no. 1 가)
        """
        age = person("age", period)
        is_severe = person("disability_degree", period) == DisabilityDegree.severe
        return (age < 18) | (age >= 65) | is_severe | person("cannot_work", period) | person("is_pregnant", period)


class medical_aid_type(Variable):
    value_type = Enum
    possible_values = MedicalAidType
    default_value = MedicalAidType.none
    entity = Person
    definition_period = MONTH
    label = "의료급여 종별 (type of medical benefit)"
    reference = "https://www.law.go.kr/법령/의료급여법시행령"

    def formula(person, period, parameters):
        """일할 수 없는 사람만으로 된 세대, 보장시설 수급자, 등록 중증질환자는 1종, 그 밖에는 2종입니다. (의료급여법 시행령 제3조)

        Type 1 where nobody in the household can work, for people who receive benefit in a care facility, and with a
        registered illness; else type 2.
        (Medical Care Assistance decree, art. 3)
        """
        can_work = person("counts_in_household", period) & logical_not(person("counts_as_unable_to_work", period))
        somebody_can_work = person.household.any(can_work)
        is_type_1 = logical_not(somebody_can_work) | person("has_serious_registered_illness", period)
        is_entitled = person("counts_in_household", period) & person.household("is_entitled_to_medical_benefit", period)
        return select(
            [person("is_in_care_facility", period), logical_not(is_entitled), is_type_1],
            [MedicalAidType.type_1, MedicalAidType.none, MedicalAidType.type_1],
            default=MedicalAidType.type_2,
        )


class is_entitled_to_education_benefit(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "교육급여 수급권자인 학생 (pupil entitled to education benefit)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(person, period, parameters):
        """소득인정액이 교육급여 선정기준 이하인 가구의 초·중·고등학생입니다. 부양의무자는 보지 않습니다. (국민기초생활 보장법 제12조의2)

        A pupil of a household up to the threshold; supporters do not matter. (Act, art. 12-2)
        """
        income = person.household("recognised_income", period)
        is_below = income <= person.household("education_threshold", period)
        return is_below & person("is_pupil", period) & person("counts_in_household", period)


class education_benefit(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "교육급여 교육활동지원비, 연간 (education benefit, activity grant for the year)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/year"

    def formula(person, period, parameters):
        """3월에 재학하는 학교에 따라 한 해의 금액을 줍니다. (국민기초생활 보장법 제12조, 시행령 제16조)

        The yearly amount by the school attended in March, when the school year begins. (Act, art. 12; decree, art. 16)
        """
        p = parameters(period).basic_livelihood.education
        march = period.first_month.offset(2)
        level = person("school_level", march)
        amount = select(
            [level == SchoolLevel.elementary, level == SchoolLevel.middle, level == SchoolLevel.high],
            [p.elementary, p.middle, p.high],
            default=0,
        )
        income = person.household("recognised_income", march)
        threshold = person.household("education_threshold", march)
        entitled = select([income <= threshold, income > threshold], [amount, 0], default=nan)
        receives = person("is_pupil", march) & person("counts_in_household", march)
        return where(receives, entitled, 0)


class protection_class(Variable):
    value_type = Enum
    possible_values = ProtectionClass
    default_value = ProtectionClass.none
    entity = Household
    definition_period = MONTH
    label = "기초생활보장 구분: 수급권자와 차상위 (class of the household)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """생계·의료, 주거·교육, 차상위의 차례로 봅니다. 차상위계층은 수급권자가 아니면서 기준 중위소득 50% 이하입니다.
        (국민기초생활 보장법 제2조제10호, 시행령 제3조)

        Livelihood or medical, then housing or education, then near poverty: up to half the median without entitlement.
        Where a threshold is unknown, the class is undetermined. People who receive benefit in a care facility are
        livelihood recipients. (Act, art. 2 no. 10, art. 32; decree, art. 3)
        """
        income = household("recognised_income", period)
        medical = household("medical_threshold", period)
        housing = household("housing_threshold", period)
        education = household("education_threshold", period)
        line = household("near_poverty_line", period)
        medical_is_unknown = logical_not((income <= medical) | (income > medical))
        others_are_unknown = logical_not(
            ((income <= housing) | (income > housing)) & ((income <= education) | (income > education))
        )
        support = household("supporter_property_as_income", period)
        support_is_unknown = (
            household("supporter_can_be_asked", period)
            & household("supporter_has_little_income", period)
            & logical_not((support >= 0) | (support < 0))
            & (income <= medical)
        )
        is_in_facility = logical_not(household("has_counted_members", period)) & household.any(
            household.members("is_in_care_facility", period)
        )
        has_pupil = household.any(household.members("is_entitled_to_education_benefit", period))
        return select(
            [
                is_in_facility
                | household("is_entitled_to_livelihood_benefit", period)
                | household("is_entitled_to_medical_benefit", period),
                medical_is_unknown | support_is_unknown,
                others_are_unknown,
                (income <= housing) | has_pupil,
                income <= line,
            ],
            [
                ProtectionClass.livelihood_or_medical,
                ProtectionClass.undetermined,
                ProtectionClass.undetermined,
                ProtectionClass.housing_or_education,
                ProtectionClass.near_poverty,
            ],
            default=ProtectionClass.none,
        )


class is_near_poverty(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "차상위계층 (near poverty)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """수급권자가 아니면서 소득인정액이 기준 중위소득의 50% 이하인 가구입니다. (국민기초생활 보장법 제2조제10호, 시행령 제3조)

        Recognised income up to half the median, without entitlement. (Act, art. 2 no. 10; decree, art. 3)
        """
        return household("protection_class", period) == ProtectionClass.near_poverty


class is_recipient_or_near_poverty(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "수급권자 또는 차상위계층 (entitled to a basic livelihood benefit, or near poverty)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"

    def formula(household, period, parameters):
        """다른 법령이 대상으로 삼는 두 계층을 합칩니다. (국민기초생활 보장법 제2조제2호·제10호)

        The two groups to which other acts refer. (Act, art. 2 nos. 2 and 10)
        """
        group = household("protection_class", period)
        return (
            (group == ProtectionClass.livelihood_or_medical)
            | (group == ProtectionClass.housing_or_education)
            | (group == ProtectionClass.near_poverty)
        )
