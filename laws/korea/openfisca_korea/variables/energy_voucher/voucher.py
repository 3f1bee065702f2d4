"""Energy voucher. (에너지이용권)"""

from numpy import logical_not, nan, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import ProtectionClass, SchoolLevel
from openfisca_korea.entities import Household, Person


class gets_other_heating_support(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "난방유, 연료비, 연탄을 따로 지원받는 세대 (household with other heating support)"
    reference = "https://www.law.go.kr/법령/에너지법시행령"
    documentation = """
    증빙: 난방유·연탄·연료비 지원 확인서
    기관: 시·군·구, 한국광해광업공단
    근거: 에너지법 시행령 제13조의2제2호가목·다목·마목

    Proof: statement of support with heating oil, briquettes or fuel
    Held by: city, county or district, Korea Mine Rehabilitation and Mineral Resources Corporation
    Basis: Energy Act decree, art. 13-2 no. 2 (a), (c), (e)
    """


class heats_with_kerosene_or_gas(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "등유·액화석유가스로 난방하는 세대 (household heating with kerosene or LPG)"
    documentation = """
    증빙: 난방 방식 확인서, 공급계약서
    기관: 본인, 에너지 공급자

    Proof: statement of the kind of heating, supply contract
    Held by: the person, energy suppliers
    """


class makes_household_vulnerable_to_energy_need(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "에너지이용권의 세대원 요건: 노인, 영유아, 장애인, 임산부 (elderly, infant, disabled, pregnant)"
    reference = "https://www.law.go.kr/법령/에너지법시행령"

    def formula(person, period, parameters):
        """65세 이상, 영유아, 등록장애인, 임산부입니다. (에너지법 시행령 제13조의2제1호가목)

        From 65, pre-school child, registered disabled, pregnant. (Decree, art. 13-2 no. 1 가)
        """
        p = parameters(period).energy_voucher.eligibility
        age = person("age", period)
        is_infant = (age <= p.infant_age) & (person("school_level", period) == SchoolLevel.none)
        return (
            (age >= p.elderly_age)
            | (is_infant & (person("months_since_birth", period) >= 0))
            | person("is_registered_disabled", period)
            | person("is_pregnant", period)
        )


class energy_voucher(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "그 달에 진행 중인 사업연도의 에너지이용권 금액 (energy voucher of the programme running in the month)"
    reference = "https://www.law.go.kr/법령/에너지법시행령"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """수급자 세대 중 노인, 영유아, 장애인, 임산부가 있거나 19세 미만 자녀가 둘 이상인 세대에 줍니다. 한 해에 한 번입니다.
        (에너지법 제16조의3, 시행령 제13조의2)

        Recipient households with an elderly, infant, disabled or pregnant member or two children below 19; once a year.
        (Act, art. 16-3; decree, art. 13-2)
        """
        p = parameters(period).energy_voucher
        size = household("household_size", period)
        by_size = select(
            [size == 1, size == 2, size == 3],
            [p.amount.persons_1, p.amount.persons_2, p.amount.persons_3],
            default=p.amount.persons_4_or_more,
        )
        extra = where(household("heats_with_kerosene_or_gas", period), p.amount.kerosene_or_gas_extra, 0)
        counts = household.members("counts_in_household", period)
        vulnerable = household.members("makes_household_vulnerable_to_energy_need", period)
        is_minor = household.members("age", period) < p.eligibility.many_children_age
        children = household.sum(counts & is_minor, role=Household.CHILD)
        has_reason = household.any(counts & vulnerable) | (children >= p.eligibility.many_children_number)
        in_facility = household.any(household.members("is_in_care_facility", period))
        may_receive = (
            has_reason & logical_not(household("gets_other_heating_support", period)) & logical_not(in_facility)
        )
        group = household("protection_class", period)
        others_included = p.eligibility.housing_and_education_included > 0
        is_recipient = (group == ProtectionClass.livelihood_or_medical) | (
            (group == ProtectionClass.housing_or_education) & others_included
        )
        due = select([group == ProtectionClass.undetermined, is_recipient], [nan, by_size + extra], default=0)
        return where(may_receive, due, 0)
