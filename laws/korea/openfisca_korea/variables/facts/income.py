"""Incomes and lasting costs of a person, in won a month. Figures are whole won. (사람별 소득, 월 원)"""

from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.entities import Person


class earned_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "근로소득 (earned income)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 급여명세서, 국세청 지급명세서. 비과세 근로소득은 빼고 적습니다. "
        "(proof: pay slip, payment statement; without tax-free pay; decree art. 5(1) no. 1)"
    )


class business_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "사업소득, 임대소득 제외 (business income, without rent)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 소득금액증명, 농지대장. (proof: certificate of income, farmland register; decree art. 5(1) no. 2)"
    )


class vocational_rehabilitation_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "장애인 직업재활사업 소득 (income from vocational rehabilitation)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 시설의 급여명세서. earned_income에 다시 적지 않습니다. "
        "(proof: pay slip; not entered again in earned_income; decree art. 5-2 no. 8)"
    )


class self_support_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자활근로·자활기업 소득 (income from self-support work)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 지역자활센터의 급여명세서. earned_income에 다시 적지 않습니다. "
        "(proof: pay slip of the self-support centre; not entered again; decree art. 5-2 no. 9)"
    )


class rental_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "임대소득 (rent received)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 임대차계약서, 소득금액증명. (proof: lease, certificate of income; decree art. 5(1) no. 3 가)"


class interest_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "이자·배당소득, 월평균 (interest and dividends, monthly average)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 금융정보 조회. (proof: financial information; decree art. 5(1) no. 3 나)"


class private_pension_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "개인연금·퇴직연금 등 연금소득 (private pensions)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 금융회사의 지급내역. (proof: statement of the provider; decree art. 5(1) no. 3 다)"


class counted_private_transfers(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "사적이전소득 중 보장기관이 소득으로 보는 금액 (private support that the authority counts)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "친족·후원자가 정기적으로 주는 금품 중 장관이 정하는 금액 이상입니다. "
        "(regular gifts above the amount set by the minister; decree art. 5(1) no. 4 가)"
    )


class national_pension_old_age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "국민연금 노령연금·분할연금, 부양가족연금액 제외 (national pension, old age or divided, without dependants’ part)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민연금법"
    documentation = (
        "증빙: 국민연금 수급증명. "
        "(proof: certificate of the National Pension Service; Basic Pension Act art. 5(4), 6(1))"
    )


class national_pension_other(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "국민연금 장애연금·유족연금 (national pension, disability or survivors)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민연금법"
    documentation = "증빙: 국민연금 수급증명. (proof: certificate of the National Pension Service)"


class national_pension_redistribution_amount(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "소득재분배급여금액, A급여 (redistribution part of the national pension)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = (
        "증빙: 국민연금공단의 A급여액 통지. "
        "(proof: figure of the National Pension Service; Basic Pension decree art. 7)"
    )


class linked_retirement_pension(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "연계퇴직연금액 (linked occupational pension)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/기초연금법"
    documentation = "증빙: 연계급여 결정통지. (proof: decision on the linked pension; Basic Pension Act art. 5(6))"


class veteran_compensation(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "보훈 보상금 (compensation of veterans and independence fighters)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = (
        "증빙: 국가보훈부 확인원. "
        "(proof: certificate of the ministry of veterans; Basic Pension decree art. 2(1) no. 4 가)"
    )


class war_veteran_honour_allowance(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "참전명예수당 (allowance of war veterans)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 국가보훈부 확인원. "
        "(proof: certificate of the ministry of veterans; Basic Living Security decree art. 5-2 no. 6)"
    )


class unemployment_benefit(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "고용보험 실업급여 (unemployment benefit)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/고용보험법"
    documentation = (
        "증빙: 고용보험 수급자격증. 기초생활보장에서는 소득이고 연금에서는 소득이 아닙니다. "
        "(proof: certificate; income for basic livelihood, not for pensions)"
    )


class other_public_transfers(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "그 밖의 공적이전소득 (other public transfers)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "산재보험, 공무원연금 등 정기적으로 받는 금액입니다. "
        "(industrial accident insurance, civil service pensions and others; decree art. 5(1) no. 4 다)"
    )


class chronic_medical_cost(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "만성질환 등으로 지속적으로 지출하는 의료비 (lasting medical cost)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 진료비 영수증. (proof: receipts; Basic Living Security decree art. 5-2 no. 7)"
