"""Disability pension: recognised income, basic and additional part. (장애인연금)"""

from numpy import ceil, floor, logical_not, maximum, minimum, nan, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import ProtectionClass
from openfisca_korea.entities import Couple, Person


class disability_pension_income_of_person(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "장애인연금 소득평가액, 한 사람 (assessed income of one person for the disability pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법시행규칙"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """근로소득에서 장관이 정하는 금액을 빼고 다른 소득을 더합니다. 기초연금, 실업급여, 기초생활 급여, 참전명예수당은 뺍니다.
        근로소득 공제액을 확인하지 못해, 근로소득이 있으면 결과를 알 수 없습니다. (장애인연금법 시행령 제3조, 시행규칙 제2조)

        Earnings less the minister's deduction, plus other income. Basic pension, unemployment benefit, basic livelihood
        benefits and war veteran allowances do not count. The deduction is unknown, so earnings make the result unknown.
        (Decree, art. 3; rule, art. 2)
        """
        p = parameters(period).disability_pension.income_and_property
        earned = person("earned_income", period) + person("vocational_rehabilitation_income", period)
        wages = where(earned > 0, maximum(earned - p.work_deduction, 0), 0)
        interest = person("interest_income", period)
        counted_interest = where(interest > 0, maximum(interest - p.interest_exemption, 0), 0)
        others = (
            person("business_income", period)
            + person("rental_income", period)
            + person("private_pension_income", period)
            + person("counted_private_transfers", period)
            + person("national_pension_old_age", period)
            + person("national_pension_other", period)
            + person("linked_retirement_pension", period)
            + person("veteran_compensation", period)
            + person("other_public_transfers", period)
        )
        return wages + counted_interest + others


class disability_pension_property_as_income(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "장애인연금 재산의 소득환산액 (property converted into income for the disability pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법시행규칙"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """일반재산과 금융재산에서 공제액과 부채를 뺀 금액의 연 4%를 열두 달로 나누고 회원권을 더합니다.
        공제액을 확인하지 못해, 부채를 넘는 재산이 있으면 결과를 알 수 없습니다. (장애인연금법 시행규칙 제4조)

        Four per cent a year of property after deductions and debts, over twelve months, plus memberships. The
        deductions are unknown, so property above the debts makes the result unknown. (Rule, art. 4)
        """
        p = parameters(period).disability_pension.income_and_property
        general = couple.sum(
            couple.members("home_value", period)
            + couple.members("lease_deposit", period)
            + couple.members("other_general_property", period)
            + couple.members("car_value", period)
        )
        financial = couple.sum(couple.members("financial_property", period))
        debts = couple.sum(couple.members("pension_debts", period))
        general_left = where(general > 0, maximum(general - p.basic_property, 0), 0)
        financial_left = where(financial > 0, maximum(financial - p.financial_exemption, 0), 0)
        net = maximum(general_left + financial_left - debts, 0)
        converted = where(general + financial <= debts, 0, net) * p.yearly_rate / 12
        return converted + couple.sum(couple.members("membership_value", period))


class disability_pension_recognised_income(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "장애인연금 소득인정액 (recognised income for the disability pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """수급권자와 배우자의 소득평가액과 재산의 소득환산액을 더합니다. (장애인연금법 제2조제5호)

        Assessed income of both partners plus property converted into income. (Act, art. 2 no. 5)
        """
        income = couple.sum(couple.members("disability_pension_income_of_person", period))
        return income + couple("disability_pension_property_as_income", period)


class disability_pension_margin(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "장애인연금 선정기준액에서 소득인정액을 뺀 금액 (threshold less recognised income)"
    reference = "https://www.law.go.kr/법령/장애인연금법"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """배우자가 있으면 선정기준액은 100분의 160입니다. (장애인연금법 제4조제1항, 시행령 제4조제2항)

        With a spouse the threshold is 160 %. (Act, art. 4(1); decree, art. 4(2))
        """
        p = parameters(period).disability_pension.eligibility
        threshold = p.threshold_single * where(couple.nb_persons() > 1, p.couple_factor, 1)
        return threshold - couple("disability_pension_recognised_income", period)


class is_disability_pension_candidate(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "18세 이상 중증장애인이고 직역연금과 관계없음 (18, severely disabled, no occupational pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법"

    def formula(person, period, parameters):
        """18세가 되는 달부터 봅니다. 본인이나 배우자가 직역연금 수급권자이면 제외합니다. (장애인연금법 제4조제1항·제3항)

        From the month of the 18th birthday; excluded if the person or the spouse has an occupational pension. (Act, art. 4(1), (3))
        """
        age_limit = parameters(period).disability_pension.eligibility.age
        is_adult = person("months_since_birth", period) >= age_limit * 12
        excluded = person.couple.any(person("receives_occupational_pension", period))
        return is_adult & person("is_severely_disabled_for_pension", period) & logical_not(excluded)


class is_entitled_to_disability_pension(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "장애인연금 수급권자 (entitled to the disability pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법"

    def formula(person, period, parameters):
        """나이와 장애 요건을 갖추고 소득인정액이 선정기준액 이하입니다. (장애인연금법 제4조)

        Age and disability, and recognised income up to the threshold. (Act, art. 4)
        """
        is_candidate = person("is_disability_pension_candidate", period)
        return is_candidate & (person.couple("disability_pension_margin", period) >= 0)


class disability_pension_basic_part(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "장애인연금 기초급여액 (basic part of the disability pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """기초연금 수급권자에게는 주지 않습니다. 부부가 모두 받으면 각각 20%를 감액합니다. 소득인정액과 합하여 선정기준액 이상이면
        차액을 2만원(부부 합하여 4만원) 단위로 올린 금액을 줍니다. (장애인연금법 제6조, 제20조의2, 시행령 제5조)

        Nothing for people entitled to the basic pension. A fifth less each where both partners receive it. Where income
        and pension pass the threshold, the difference is paid, rounded up to steps of 20,000 won, 40,000 for a couple
        together, and at least one step. (Act, art. 6, 20-2; decree, art. 5)
        """
        p = parameters(period).disability_pension.amount
        margin = person.couple("disability_pension_margin", period)
        has_basic_pension = person("is_entitled_to_basic_pension", period)
        receives = person("is_entitled_to_disability_pension", period) & logical_not(has_basic_pension)
        both = person.couple.all(receives) & (person.couple.nb_persons() > 1)
        single_steps = ceil(margin / p.step_single) * p.step_single
        alone = minimum(p.basic, maximum(single_steps, p.step_single))
        together_full = 2 * p.basic * (1 - p.couple_reduction)
        couple_steps = ceil(margin / p.step_couple) * p.step_couple
        together = minimum(together_full, maximum(couple_steps, p.step_couple))
        due = where(both, together / 2, alone)
        paid = floor(due / p.rounding_unit) * p.rounding_unit
        is_candidate = person("is_disability_pension_candidate", period) & logical_not(has_basic_pension)
        return where(is_candidate, select([margin >= 0, margin < 0], [paid, 0], default=nan), 0)


class disability_pension_additional_part(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "장애인연금 부가급여액 (additional part of the disability pension)"
    reference = "https://www.law.go.kr/법령/장애인연금법시행령"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """나이와 기초생활보장 구분에 따른 월정액입니다. (장애인연금법 제7조, 시행령 제6조, 별표 1)

        A monthly amount by age and class of the household. (Act, art. 7; decree, art. 6, annex 1)
        """
        p = parameters(period).disability_pension.amount.additional
        is_65 = person("months_since_birth", period) >= 65 * 12
        group = person.household("protection_class", period)
        amount = select(
            [
                person("is_in_care_facility", period),
                group == ProtectionClass.livelihood_or_medical,
                (group == ProtectionClass.housing_or_education) | (group == ProtectionClass.near_poverty),
                group == ProtectionClass.none,
            ],
            [
                p.in_care_facility,
                where(is_65, p.from_65.livelihood_or_medical, p.under_65.livelihood_or_medical),
                where(is_65, p.from_65.housing_education_near_poverty, p.under_65.housing_education_near_poverty),
                where(is_65, p.from_65.others, p.under_65.others),
            ],
            default=nan,
        )
        margin = person.couple("disability_pension_margin", period)
        due = select([margin >= 0, margin < 0], [amount, 0], default=nan)
        return where(person("is_disability_pension_candidate", period), due, 0)


class disability_pension(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "장애인연금액: 기초급여와 부가급여 (disability pension: both parts)"
    reference = "https://www.law.go.kr/법령/장애인연금법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """기초급여와 부가급여를 더합니다. (장애인연금법 제5조)

        Basic part and additional part. (Act, art. 5)
        """
        return person("disability_pension_basic_part", period) + person("disability_pension_additional_part", period)
