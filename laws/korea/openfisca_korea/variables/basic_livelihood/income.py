"""Assessed income: actual income less what the decree takes off. (소득평가액)"""

from numpy import maximum, minimum, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import SchoolLevel
from openfisca_korea.entities import Household, Person


class counted_interest(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "소득으로 보는 이자소득 (interest that counts as income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """장관이 정하는 금액 이상의 이자소득만 소득입니다. (국민기초생활 보장법 시행령 제5조제1항제3호나목)

        Only interest above the minister's figure is income. The figure is unknown, so any interest makes
        the result unknown. (Decree, art. 5(1) no. 3 나)
        """
        interest = person("interest_income", period)
        exemption = parameters(period).basic_livelihood.income.interest_exemption
        return where(interest > 0, maximum(interest - exemption, 0), 0)


class actual_income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "실제소득 (actual income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """근로·사업·재산·이전소득을 더합니다. 기초연금도 이전소득입니다. (국민기초생활 보장법 시행령 제5조제1항)

        Earnings, business, property and transfer income; the basic pension is a transfer. Disability pension,
        disability allowances and single-parent child support would be added here and taken off again by
        art. 5-2 nos. 1 to 3, so they are left out of both. (Decree, art. 5(1))
        """
        work = (
            person("earned_income", period)
            + person("business_income", period)
            + person("vocational_rehabilitation_income", period)
            + person("self_support_income", period)
        )
        property_income = (
            person("rental_income", period)
            + person("counted_interest", period)
            + person("private_pension_income", period)
        )
        public_transfers = (
            person("basic_pension", period)
            + person("national_pension_old_age", period)
            + person("national_pension_other", period)
            + person("linked_retirement_pension", period)
            + person("veteran_compensation", period)
            + person("war_veteran_honour_allowance", period)
            + person("unemployment_benefit", period)
            + person("other_public_transfers", period)
        )
        return work + property_income + public_transfers + person("counted_private_transfers", period)


class work_income_deduction(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "근로·사업소득 공제 (deduction from earnings and business income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """직업재활 50%, 자활 30%, 학생·장애인·노인·18–24세 30%, 그 밖의 사람은 장관이 정하는 비율을 뺍니다.
        특성별 정액공제가 있으면 먼저 뺍니다. (국민기초생활 보장법 시행령 제5조의2제8호–제12호)

        Shares of income from work, after a fixed deduction for some groups. The fixed deductions are unknown,
        so income from work of a young, elderly or disabled person makes the result unknown.
        (Decree, art. 5-2 nos. 8 to 12)
        """
        p = parameters(period).basic_livelihood.income
        work = person("earned_income", period) + person("business_income", period)
        age = person("age", period)
        is_student = person("school_level", period) != SchoolLevel.none
        is_elderly_or_disabled = (age >= p.elderly_age) | person("is_registered_disabled", period)
        is_protected = is_student | is_elderly_or_disabled | ((age >= 18) & (age <= 24))
        is_young = is_student | (age <= p.fixed_deduction.youth_age_limit)
        rate = where(is_protected, p.protected_group_rate, p.general_rate)
        fixed = select(
            [is_young, is_elderly_or_disabled],
            [p.fixed_deduction.young, p.fixed_deduction.elderly_or_disabled],
            default=0,
        )
        ordinary = where(work > 0, minimum(work, fixed) + maximum(work - fixed, 0) * rate, 0)
        rehabilitation = person("vocational_rehabilitation_income", period) * p.vocational_rehabilitation_rate
        return ordinary + rehabilitation + person("self_support_income", period) * p.self_support_rate


class other_income_deductions(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "그 밖의 소득 공제: 참전명예수당, 의료비 (other deductions: war veteran allowance, medical cost)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """참전명예수당은 1인 가구 기준 중위소득의 20%까지, 지속적인 의료비는 전액 뺍니다. (시행령 제5조의2제6호·제7호)

        War veteran allowance up to a fifth of the median of one person, and lasting medical cost.
        (Decree, art. 5-2 nos. 6 and 7)
        """
        p = parameters(period).basic_livelihood
        ceiling = p.median_income.persons_1 * p.income.war_veteran_allowance_share
        allowance = person("war_veteran_honour_allowance", period)
        return minimum(allowance, ceiling) + person("chronic_medical_cost", period)


class assessed_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "소득평가액 (assessed income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """실제소득에서 공제를 뺀 금액을 가구원마다 더합니다. 0보다 작으면 0입니다. (국민기초생활 보장법 제6조의3제1항)

        Actual income less deductions, over all members; never below zero. (Act, art. 6-3(1))
        """
        income = household.members("actual_income", period)
        deductions = household.members("work_income_deduction", period) + household.members(
            "other_income_deductions", period
        )
        counts = household.members("counts_in_household", period)
        own = household.sum(where(counts, income - deductions, 0))
        return maximum(own + household("deemed_support", period), 0)
