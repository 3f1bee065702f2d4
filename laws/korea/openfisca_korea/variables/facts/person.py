"""Who a person is: age, disability, school, status. (사람에 관한 사실)"""

from datetime import date

from numpy import logical_not, where
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import ETERNITY, MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import DisabilityDegree, SchoolLevel
from openfisca_korea.entities import Person


class birth(Variable):
    value_type = date
    default_value = date(1990, 1, 1)
    entity = Person
    definition_period = ETERNITY
    label = "생년월일 (date of birth)"
    documentation = """
    증빙: 주민등록표 등본 또는 가족관계증명서
    기관: 시·군·구 (주민등록정보시스템)

    Proof: resident registration or family relations certificate
    Held by: city, county or district (resident register)
    """


class age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "그 달 첫날의 만 나이 (age in full years on the first day of the month)"
    reference = "https://www.law.go.kr/법령/민법"
    unit = "year"

    def formula(person, period, parameters):
        """만 나이는 출생일을 산입하여 계산합니다. (민법 제158조)

        Age in full years, counted from the day of birth. (Civil Act, art. 158)
        """
        birth = person("birth", period)
        birth_year = birth.astype("datetime64[Y]").astype(int) + 1970
        birth_month = birth.astype("datetime64[M]").astype(int) % 12 + 1
        birth_day = (birth - birth.astype("datetime64[M]") + 1).astype(int)
        has_had_birthday = (birth_month < period.start.month) | (
            (birth_month == period.start.month) & (birth_day <= period.start.day)
        )
        return period.start.year - birth_year - where(has_had_birthday, 0, 1)


class months_since_birth(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "태어난 달부터 그 달까지의 개월 수 (months from the month of birth to this month)"
    reference = "https://www.law.go.kr/법령/아동수당법"
    unit = "month"

    def formula(person, period, parameters):
        """달 단위 급여는 생일이 속하는 달에 그 나이가 된 것으로 봅니다. (기초연금법 제14조, 아동수당법 제10조제1항)

        Monthly benefits look at the month: an age is reached in the month of the birthday.
        A negative number means that the person is not yet born.
        """
        birth = person("birth", period)
        birth_year = birth.astype("datetime64[Y]").astype(int) + 1970
        birth_month = birth.astype("datetime64[M]").astype(int) % 12 + 1
        return (period.start.year - birth_year) * 12 + (period.start.month - birth_month)


class disability_degree(Variable):
    value_type = Enum
    possible_values = DisabilityDegree
    default_value = DisabilityDegree.none
    entity = Person
    definition_period = MONTH
    label = "등록장애인의 장애 정도 (degree of registered disability)"
    reference = "https://www.law.go.kr/법령/장애인복지법"
    documentation = """
    증빙: 장애인증명서
    기관: 시·군·구 (사회보장정보시스템)
    근거: 장애인복지법 제32조

    Proof: certificate of disability
    Held by: city, county or district (social security information system)
    Basis: Act on Welfare of Persons with Disabilities, art. 32
    """


class is_severely_disabled_for_pension(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "장애인연금법의 중증장애인 (severely disabled in the sense of the Disability Pension Act)"
    reference = "https://www.law.go.kr/법령/장애인연금법"
    documentation = """
    증빙: 장애 정도 심사 결과 통지서
    기관: 국민연금공단 (장애 정도 심사)
    근거: 장애인연금법 제2조제1호, 시행령 제2조

    Proof: result of the assessment of disability
    Held by: National Pension Service (assessment of disability)
    Basis: Disability Pension Act, art. 2 no. 1; decree, art. 2
    """


class is_registered_disabled(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "등록장애인 (registered as disabled)"
    reference = "https://www.law.go.kr/법령/장애인복지법"

    def formula(person, period, parameters):
        """장애인으로 등록한 사람입니다. (장애인복지법 제32조)

        A person registered as disabled. (Act on Welfare of Persons with Disabilities, art. 32)
        """
        return person("disability_degree", period) != DisabilityDegree.none


class school_level(Variable):
    value_type = Enum
    possible_values = SchoolLevel
    default_value = SchoolLevel.none
    entity = Person
    definition_period = MONTH
    label = "재학 중인 학교 (school attended)"
    documentation = """
    증빙: 재학증명서
    기관: 교육부 (교육행정정보시스템), 대학

    Proof: certificate of enrolment
    Held by: Ministry of Education (school information system), universities
    """


class is_pupil(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "초·중·고등학생 (pupil of an elementary, middle or high school)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(person, period, parameters):
        """초등학교, 중학교, 고등학교에 재학하는 사람입니다. (국민기초생활 보장법 시행령 제16조제1항)

        A person at an elementary, middle or high school. (Basic Living Security decree, art. 16(1))
        """
        level = person("school_level", period)
        return (level == SchoolLevel.elementary) | (level == SchoolLevel.middle) | (level == SchoolLevel.high)


class is_pregnant(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "임신 중이거나 분만 후 6개월 미만 (pregnant, or within six months of giving birth)"
    documentation = """
    증빙: 임신확인서, 출생증명서
    기관: 의료기관, 국민건강보험공단

    Proof: certificate of pregnancy or birth
    Held by: hospitals and clinics, National Health Insurance Service
    """


class is_in_care_facility(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "보장시설에서 급여를 받음 (receives benefit in a care facility)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    documentation = """
    증빙: 시설 입소 확인서
    기관: 보장시설, 시·군·구
    근거: 국민기초생활 보장법 제32조

    Proof: certificate of residence in the facility
    Held by: the facility, city, county or district
    Basis: National Basic Living Security Act, art. 32
    """


class is_left_out_of_household(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "개별가구에서 제외되는 사람 (left out of the household by law)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    현역 군인, 장기 해외체류, 수용, 실종, 행방불명, 생계와 주거를 달리하는 사람입니다.
    증빙: 병적증명서, 출입국사실증명, 수용증명서
    기관: 병무청, 법무부, 경찰청
    근거: 국민기초생활 보장법 시행령 제2조제2항

    Soldiers, people long abroad, in prison or missing, and those who live and keep house apart.
    Proof: record of military service, certificate of entry and exit, certificate of detention
    Held by: Military Manpower Administration, Ministry of Justice, police
    Basis: Basic Living Security decree, art. 2(2)
    """


class counts_in_household(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "개별가구의 가구원으로 셈 (counts as a member of the household)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(person, period, parameters):
        """태어난 사람으로서 개별가구에서 제외되지 않는 사람입니다. 보장시설 수급자도 제외됩니다. (국민기초생활 보장법 시행령 제2조)

        A person who is born and whom the decree does not leave out; people in a care facility are left out.
        (Basic Living Security decree, art. 2)
        """
        is_born = person("months_since_birth", period) >= 0
        is_left_out = person("is_left_out_of_household", period) | person("is_in_care_facility", period)
        return is_born & logical_not(is_left_out)


class cannot_work(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "근로능력이 없거나 근로가 곤란한 사람 (found unable to work)"
    reference = "https://www.law.go.kr/법령/의료급여법시행령"
    documentation = """
    증빙: 근로능력평가 결과, 양육·간병 확인서, 병적증명서
    기관: 국민연금공단 (근로능력평가), 병무청
    근거: 의료급여법 시행령 제3조제2항제1호가목4)·5)·7)

    Proof: assessment of the capacity to work, statement of care for a member, record of military service
    Held by: National Pension Service (assessment), Military Manpower Administration
    Basis: Medical Care Assistance decree, art. 3(2) no. 1 (a) 4), 5), 7)
    """


class has_serious_registered_illness(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "고시된 결핵, 희귀난치성, 중증질환 (notified tuberculosis, rare or serious illness)"
    reference = "https://www.law.go.kr/법령/의료급여법시행령"
    documentation = """
    증빙: 산정특례 등록 결과 통보서
    기관: 국민건강보험공단
    근거: 의료급여법 시행령 제3조제2항제1호다목

    Proof: registration of the illness for special cost sharing
    Held by: National Health Insurance Service
    Basis: Medical Care Assistance decree, art. 3(2) no. 1 (c)
    """
