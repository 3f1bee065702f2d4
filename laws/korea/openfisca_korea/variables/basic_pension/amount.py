"""Entitlement to the basic pension, and its amount. (기초연금 수급권과 금액)"""

from numpy import floor, logical_not, maximum, minimum, nan, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.entities import Couple, Household, Person


class claims_basic_pension(Variable):
    value_type = bool
    default_value = True
    entity = Person
    definition_period = MONTH
    label = "기초연금을 신청함 (has applied for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    documentation = """
    신청한 달부터 지급합니다.
    증빙: 기초연금 지급 신청서
    기관: 읍·면·동, 국민연금공단
    근거: 기초연금법 제10조, 제14조

    Paid from the month of application.
    Proof: application for the basic pension
    Held by: town, township or neighbourhood office, National Pension Service
    Basis: Basic Pension Act, art. 10, 14
    """


class receives_occupational_pension(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "직역연금 수급권자 등 (has a claim to an occupational pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    documentation = """
    공무원·사학·군인·별정우체국연금, 직역재직 10년 이상의 연계연금입니다.
    증빙: 연금 수급 확인서
    기관: 공무원연금공단, 사립학교교직원연금공단, 국방부, 별정우체국연금관리단
    근거: 기초연금법 제3조제3항, 시행령 제5조

    Civil service, private school, military, post office and linked pensions.
    Proof: certificate of the pension
    Held by: Government Employees Pension Service, Korea Teachers Pension, Ministry of National Defense, post office pension fund
    Basis: Basic Pension Act, art. 3(3); decree, art. 5
    """


class is_registered_basic_livelihood_recipient(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "이미 결정된 기초생활보장 수급자 (already decided to be a basic livelihood recipient)"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    전달까지의 결정입니다. 기초연금이 생계급여의 소득이 되므로 같은 달의 계산 결과를 쓰지 않습니다.
    증빙: 수급자 증명서
    기관: 시·군·구 (사회보장정보시스템)

    The decision up to the month before, since the pension is income for livelihood benefit.
    Proof: certificate of receipt
    Held by: city, county or district (social security information system)
    """


class is_paid_full_basic_pension_by_decree(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "국민연금이 있어도 기준연금액을 받는 사람 (full amount by decree in spite of a national pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    국민연금 지급 정지, 임의계속가입, 분할연금 미청구, 유족연금 선택입니다.
    증빙: 국민연금 지급 정지·가입 확인서
    기관: 국민연금공단
    근거: 기초연금법 제5조제7항제2호가목, 시행령 제9조제2항

    National pension suspended, still contributing, divided pension not claimed, survivors' pension chosen.
    Proof: certificate of suspension or membership
    Held by: National Pension Service
    Basis: Basic Pension Act, art. 5(7) no. 2 (a); decree, art. 9(2)
    """


class basic_pension_threshold(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "기초연금 선정기준액 (threshold of the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """배우자가 있으면 배우자가 없는 노인가구 금액의 100분의 160입니다. (기초연금법 제3조제1항, 시행령 제4조제2항)

        With a spouse 160 % of the single threshold. (Act, art. 3(1); decree, art. 4(2))
        """
        p = parameters(period).basic_pension.eligibility
        return p.threshold_single * where(couple.nb_persons() > 1, p.couple_factor, 1)


class basic_pension_margin(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "선정기준액에서 소득인정액을 뺀 금액 (threshold less recognised income)"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """0 이상이면 소득 요건을 갖춘 것이고, 감액의 기준이 됩니다. (기초연금법 제3조제1항, 시행령 제11조)

        Zero or more means that the income condition is met; the reduction is measured by it. (Act, art. 3(1); decree, art. 11)
        """
        return couple("basic_pension_threshold", period) - couple("basic_pension_recognised_income", period)


class is_of_basic_pension_age_and_not_excluded(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "65세 이상이고 신청하였으며 직역연금과 관계없음 (65, applied, and no occupational pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"

    def formula(person, period, parameters):
        """65세가 되는 달부터 봅니다. 본인이나 배우자가 직역연금 수급권자이면 제외합니다. (기초연금법 제3조제1항·제3항)

        From the month of the 65th birthday; excluded if the person or the spouse has an occupational pension. (Act, art. 3(1), (3))
        """
        age_limit = parameters(period).basic_pension.eligibility.age
        is_old = person("months_since_birth", period) >= age_limit * 12
        excluded = person.couple.any(person("receives_occupational_pension", period))
        return is_old & person("claims_basic_pension", period) & logical_not(excluded)


class is_entitled_to_basic_pension(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "기초연금 수급권자 (entitled to the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"

    def formula(person, period, parameters):
        """나이와 제외 요건을 갖추고 소득인정액이 선정기준액 이하입니다. (기초연금법 제3조)

        Age and exclusions, and recognised income up to the threshold. (Act, art. 3)
        """
        is_candidate = person("is_of_basic_pension_age_and_not_excluded", period)
        return is_candidate & (person.couple("basic_pension_margin", period) >= 0)


class basic_pension_before_reduction(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "감액 전 기초연금액 (basic pension before reductions)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """국민연금이 없거나 기준연금액의 150% 이하이면 기준연금액입니다. 150% 초과 200% 이하이면 250%에서 국민연금을 뺀 금액과
        산식 금액 중 큰 금액, 200%를 넘으면 (기준연금액 − ⅔ A급여) + ½ 기준연금액이며, 기준연금액을 넘지 않습니다.
        (기초연금법 제5조–제7조, 시행령 제10조)

        The standard amount without a national pension or with one up to 150 % of it; between 150 and 200 % the larger
        of 250 % less the pension and the formula; above, the formula: standard less two thirds of the redistribution
        part (not below zero), plus half the standard. Never above the standard amount. (Act, art. 5 to 7; decree, art. 10)
        """
        p = parameters(period).basic_pension.amount
        linked = person("linked_retirement_pension", period)
        pension = person("national_pension_old_age", period) + linked
        redistribution = person("national_pension_redistribution_amount", period) + linked * p.linked_pension_share
        taken_off = redistribution * p.redistribution_share / 3
        by_formula = minimum(maximum(p.standard - taken_off, 0) + p.standard * p.supplement_share, p.standard)
        in_special_band = minimum(maximum(p.standard * p.special_total - pension, by_formula), p.standard)
        is_paid_in_full = (
            person.household("is_registered_basic_livelihood_recipient", period)
            | person("is_entitled_to_disability_pension", period)
            | person("is_paid_full_basic_pension_by_decree", period)
            | (pension <= p.standard * p.full_up_to)
        )
        disability_margin = person.couple("disability_pension_margin", period)
        disability_is_unknown = person("is_disability_pension_candidate", period) & logical_not(
            (disability_margin >= 0) | (disability_margin < 0)
        )
        amount = select(
            [is_paid_in_full, disability_is_unknown, pension <= p.standard * p.special_up_to],
            [p.standard, nan, in_special_band],
            default=by_formula,
        )
        return where(person("is_entitled_to_basic_pension", period), amount, 0)


class basic_pension_after_couple_reduction(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "부부 감액 뒤의 기초연금액 (basic pension after the couple reduction)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """본인과 배우자가 모두 수급권자이면 각각 100분의 20을 감액합니다. (기초연금법 제8조제1항)

        Where both partners are entitled, each amount falls by a fifth. (Act, art. 8(1))
        """
        reduction = parameters(period).basic_pension.amount.couple_reduction
        amount = person("basic_pension_before_reduction", period).astype(float)
        both = person.couple.all(person("is_entitled_to_basic_pension", period)) & (person.couple.nb_persons() > 1)
        return where(both, amount * (1 - reduction), amount)


class basic_pension(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "기초연금액 (basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """소득인정액과 기초연금액의 합이 선정기준액을 넘으면 선정기준액에서 소득인정액을 뺀 금액만 줍니다.
        한 사람은 기준연금액의 10%, 부부는 합하여 20%를 최저로 하고 부부는 연금액에 비례하여 나눕니다. 10원 미만은 버립니다.
        (기초연금법 제8조제2항, 제24조, 시행령 제11조)

        Where income and pension together pass the threshold, only the difference is paid: at least 10 % of the standard
        amount to one recipient, 20 % to a couple together, split in proportion, each at least 10 %. Amounts below ten
        won are dropped. (Act, art. 8(2), 24; decree, art. 11)
        """
        p = parameters(period).basic_pension.amount
        own = person("basic_pension_after_couple_reduction", period).astype(float)
        together = person.couple.sum(own)
        margin = person.couple("basic_pension_margin", period)
        both = person.couple.all(person("is_entitled_to_basic_pension", period)) & (person.couple.nb_persons() > 1)
        alone_paid = minimum(own, maximum(margin, p.standard * p.reversal_floor_single))
        couple_paid = minimum(together, maximum(margin, p.standard * p.reversal_floor_couple))
        share = couple_paid * own / where(together > 0, together, 1)
        share_paid = select(
            [couple_paid < together, couple_paid >= together],
            [maximum(share, p.standard * p.reversal_floor_single), own],
            default=nan,
        )
        due = where(both, share_paid, alone_paid)
        paid = floor(due / p.rounding_unit) * p.rounding_unit
        is_candidate = person("is_of_basic_pension_age_and_not_excluded", period)
        return where(is_candidate, select([margin >= 0, margin < 0], [paid, 0], default=nan), 0)
