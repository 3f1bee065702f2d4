"""Disability allowance and allowance for disabled children. (장애수당, 장애아동수당)"""

from numpy import logical_not, nan, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import ProtectionClass
from openfisca_korea.entities import Person


class is_disabled_child(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "장애아동수당의 나이 요건을 갖춘 등록장애인 (registered disabled, of the age of a child)"
    reference = "https://www.law.go.kr/법령/장애인복지법시행령"

    def formula(person, period, parameters):
        """18세 미만이거나, 초·중·고에 재학하고 장애인연금을 받지 않는 20세 이하입니다. (장애인복지법 시행령 제30조제2항)

        Below 18, or up to 20 at school without the disability pension. (Decree, art. 30(2))
        """
        p = parameters(period).disability_allowance.age
        is_minor = person("months_since_birth", period) < p.adult * 12
        is_older_pupil = (
            (person("age", period) <= p.student_limit)
            & person("is_pupil", period)
            & logical_not(person("is_entitled_to_disability_pension", period))
        )
        return person("is_registered_disabled", period) & (is_minor | is_older_pupil)


class disability_allowance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "장애수당액 (disability allowance)"
    reference = "https://www.law.go.kr/법령/장애인복지법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """18세 이상 등록장애인으로서 수급자나 차상위계층인 사람에게 줍니다. 장애인연금법의 중증장애인과 장애아동수당을 받는 사람은 제외합니다.
        (장애인복지법 제49조, 시행령 제30조제1항)

        Registered disabled adults who are recipients or near poverty, except those severely disabled in the sense of
        the Disability Pension Act and those with the children's allowance. (Act, art. 49; decree, art. 30(1))
        """
        p = parameters(period).disability_allowance
        is_adult = person("months_since_birth", period) >= p.age.adult * 12
        may_receive = (
            is_adult
            & person("is_registered_disabled", period)
            & logical_not(person("is_severely_disabled_for_pension", period))
            & logical_not(person("is_disabled_child", period))
        )
        amount = where(person("is_in_care_facility", period), p.amount.adult_in_facility, p.amount.adult)
        group = person.household("protection_class", period)
        due = select([group == ProtectionClass.undetermined, group == ProtectionClass.none], [nan, 0], default=amount)
        return where(may_receive, due, 0)


class disabled_child_allowance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "장애아동수당액 (allowance for disabled children)"
    reference = "https://www.law.go.kr/법령/장애인복지법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """수급자나 차상위계층인 장애아동에게 장애 정도와 구분에 따라 줍니다. (장애인복지법 제50조제1항, 시행령 제30조제2항)

        Disabled children who are recipients or near poverty, by severity and class. (Act, art. 50(1); decree, art. 30(2))
        """
        p = parameters(period).disability_allowance.amount
        is_severe = person("is_severely_disabled_for_pension", period)
        group = person.household("protection_class", period)
        severe_amount = where(
            group == ProtectionClass.livelihood_or_medical,
            p.child_severe_livelihood_or_medical,
            p.child_severe_others,
        )
        at_home = where(is_severe, severe_amount, p.child_mild)
        amount = where(person("is_in_care_facility", period), p.child_in_facility, at_home)
        due = select([group == ProtectionClass.undetermined, group == ProtectionClass.none], [nan, 0], default=amount)
        return where(person("is_disabled_child", period), due, 0)
