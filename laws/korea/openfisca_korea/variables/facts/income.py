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
    documentation = """
    비과세 근로소득은 빼고 적습니다.
    증빙: 급여명세서, 지급명세서, 보수월액 확인서
    기관: 국세청, 국민건강보험공단
    근거: 국민기초생활 보장법 시행령 제5조제1항제1호

    Without tax-free pay.
    Proof: pay slip, payment statement, insured monthly pay
    Held by: National Tax Service, National Health Insurance Service
    Basis: Basic Living Security decree, art. 5(1) no. 1
    """


class business_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "사업소득, 임대소득 제외 (business income, without rent)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 소득금액증명, 농지대장
    기관: 국세청, 시·군·구
    근거: 국민기초생활 보장법 시행령 제5조제1항제2호

    Proof: certificate of income, farmland register
    Held by: National Tax Service, city, county or district
    Basis: Basic Living Security decree, art. 5(1) no. 2
    """


class vocational_rehabilitation_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "장애인 직업재활사업 소득 (income from vocational rehabilitation)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    earned_income에 다시 적지 않습니다.
    증빙: 시설의 급여명세서
    기관: 장애인 직업재활시설
    근거: 국민기초생활 보장법 시행령 제5조의2제8호

    Not entered again in earned_income.
    Proof: pay slip of the facility
    Held by: vocational rehabilitation facility
    Basis: Basic Living Security decree, art. 5-2 no. 8
    """


class self_support_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자활근로·자활기업 소득 (income from self-support work)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    earned_income에 다시 적지 않습니다.
    증빙: 자활급여 명세서
    기관: 지역자활센터
    근거: 국민기초생활 보장법 시행령 제5조의2제9호

    Not entered again in earned_income.
    Proof: pay slip of the self-support work
    Held by: local self-support centre
    Basis: Basic Living Security decree, art. 5-2 no. 9
    """


class rental_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "임대소득 (rent received)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 임대차계약서, 소득금액증명
    기관: 본인, 국세청
    근거: 국민기초생활 보장법 시행령 제5조제1항제3호가목

    Proof: lease, certificate of income
    Held by: the person, National Tax Service
    Basis: Basic Living Security decree, art. 5(1) no. 3 (a)
    """


class interest_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "이자·배당소득, 월평균 (interest and dividends, monthly average)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 금융정보 조회 결과
    기관: 금융회사, 국세청
    근거: 국민기초생활 보장법 시행령 제5조제1항제3호나목

    Proof: result of the inquiry about financial information
    Held by: banks, National Tax Service
    Basis: Basic Living Security decree, art. 5(1) no. 3 (b)
    """


class private_pension_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "개인연금·퇴직연금 등 연금소득 (private pensions)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 연금 지급내역서
    기관: 금융회사, 보험회사
    근거: 국민기초생활 보장법 시행령 제5조제1항제3호다목

    Proof: statement of the pension paid
    Held by: banks and insurers
    Basis: Basic Living Security decree, art. 5(1) no. 3 (c)
    """


class counted_private_transfers(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "사적이전소득 중 보장기관이 소득으로 보는 금액 (private support that the authority counts)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    친족·후원자가 정기적으로 주는 금품 중 장관이 정하는 금액 이상입니다.
    증빙: 계좌 이체 내역, 본인 신고
    기관: 본인, 금융회사
    근거: 국민기초생활 보장법 시행령 제5조제1항제4호가목

    Regular gifts of relatives and sponsors above the amount set by the minister.
    Proof: bank transfers, the person's own statement
    Held by: the person, banks
    Basis: Basic Living Security decree, art. 5(1) no. 4 (a)
    """


class national_pension_old_age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "국민연금 노령연금·분할연금, 부양가족연금액 제외 (national pension, old age or divided, without dependants’ part)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민연금법"
    documentation = """
    증빙: 국민연금 수급증명서
    기관: 국민연금공단
    근거: 기초연금법 제5조제4항, 제6조제1항

    Proof: certificate of the national pension
    Held by: National Pension Service
    Basis: Basic Pension Act, art. 5(4), 6(1)
    """


class national_pension_other(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "국민연금 장애연금·유족연금 (national pension, disability or survivors)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민연금법"
    documentation = """
    증빙: 국민연금 수급증명서
    기관: 국민연금공단

    Proof: certificate of the national pension
    Held by: National Pension Service
    """


class national_pension_redistribution_amount(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "소득재분배급여금액, A급여 (redistribution part of the national pension)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    증빙: 소득재분배급여금액(A급여액) 통지
    기관: 국민연금공단
    근거: 기초연금법 시행령 제7조

    Proof: notice of the redistribution amount
    Held by: National Pension Service
    Basis: Basic Pension decree, art. 7
    """


class linked_retirement_pension(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "연계퇴직연금액 (linked occupational pension)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/기초연금법"
    documentation = """
    증빙: 연계급여 결정통지서
    기관: 국민연금공단, 직역연금기관
    근거: 기초연금법 제5조제6항

    Proof: decision on the linked pension
    Held by: National Pension Service, occupational pension funds
    Basis: Basic Pension Act, art. 5(6)
    """


class veteran_compensation(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "보훈 보상금 (compensation of veterans and independence fighters)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    증빙: 보훈급여금 지급 확인원
    기관: 국가보훈부
    근거: 기초연금법 시행령 제2조제1항제4호가목

    Proof: certificate of compensation paid
    Held by: Ministry of Patriots and Veterans Affairs
    Basis: Basic Pension decree, art. 2(1) no. 4 (a)
    """


class war_veteran_honour_allowance(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "참전명예수당 (allowance of war veterans)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 참전명예수당 지급 확인원
    기관: 국가보훈부
    근거: 국민기초생활 보장법 시행령 제5조의2제6호

    Proof: certificate of the allowance paid
    Held by: Ministry of Patriots and Veterans Affairs
    Basis: Basic Living Security decree, art. 5-2 no. 6
    """


class unemployment_benefit(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "고용보험 실업급여 (unemployment benefit)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/고용보험법"
    documentation = """
    기초생활보장에서는 소득이고 연금에서는 소득이 아닙니다.
    증빙: 고용보험 수급자격증, 실업급여 지급내역
    기관: 고용센터 (고용보험시스템)

    Income for basic livelihood, not for the pensions.
    Proof: certificate of entitlement, statement of payments
    Held by: employment centre (employment insurance system)
    """


class other_public_transfers(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "그 밖의 공적이전소득 (other public transfers)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    산재보험, 공무원연금 등 정기적으로 받는 금액입니다.
    증빙: 급여 지급 결정통지서
    기관: 근로복지공단, 공무원연금공단 등
    근거: 국민기초생활 보장법 시행령 제5조제1항제4호다목

    Industrial accident insurance, civil service pensions and others, paid regularly.
    Proof: decision on the payment
    Held by: Korea Workers' Compensation and Welfare Service, Government Employees Pension Service and others
    Basis: Basic Living Security decree, art. 5(1) no. 4 (c)
    """


class chronic_medical_cost(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "만성질환 등으로 지속적으로 지출하는 의료비 (lasting medical cost)"
    unit = "currency-KRW/month"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 진료비 납입 확인서, 약제비 영수증
    기관: 의료기관, 국민건강보험공단
    근거: 국민기초생활 보장법 시행령 제5조의2제7호

    Proof: receipts for treatment and medicine
    Held by: hospitals and clinics, National Health Insurance Service
    Basis: Basic Living Security decree, art. 5-2 no. 7
    """
