"""Property of a person, in whole won on the day of the inquiry. (사람별 재산, 조사일 현재 원)"""

from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import CarUse
from openfisca_korea.entities import Couple, Person


class home_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "살고 있는 자기 주택의 가액 (value of the home that one owns and lives in)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 부동산 공시가격 확인서, 지방세 시가표준액 확인서
    기관: 국토교통부 (공시가격), 시·군·구 (지방세정보시스템)
    근거: 국민기초생활 보장법 시행령 제5조의3제3항제1호

    Proof: official price, statement of the official value
    Held by: Ministry of Land, Infrastructure and Transport (official prices), city, county or district (local tax register)
    Basis: Basic Living Security decree, art. 5-3(3) no. 1
    """


class lease_deposit(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "살고 있는 집의 임차보증금 (deposit for the home that one rents)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 임대차계약서 (확정일자)
    기관: 본인, 국토교통부 (부동산거래관리시스템)
    근거: 국민기초생활 보장법 시행령 제5조의3제3항제3호

    Proof: lease with its fixed date
    Held by: the person, Ministry of Land, Infrastructure and Transport (register of leases)
    Basis: Basic Living Security decree, art. 5-3(3) no. 3
    """


class other_general_property(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "그 밖의 일반재산: 토지, 건물, 선박, 권리 등 (other general property: land, buildings, ships, rights)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 지방세 세목별 과세증명서, 등기사항증명서
    기관: 시·군·구 (지방세정보시스템), 법원 (등기)
    근거: 국민기초생활 보장법 시행령 제5조의3제1항제1호

    Proof: local tax statement, land register
    Held by: city, county or district (local tax register), courts (land register)
    Basis: Basic Living Security decree, art. 5-3(1) no. 1
    """


class membership_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "골프·콘도 등 회원권 가액 (golf, resort and other memberships)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 회원증, 지방세 시가표준액 확인서
    기관: 시·군·구 (지방세정보시스템)
    근거: 기초연금법 시행규칙 제4조제1항제4호가목

    Proof: membership, statement of the official value
    Held by: city, county or district (local tax register)
    Basis: Basic Pension rule, art. 4(1) no. 4 (a)
    """


class financial_property(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "금융재산 (financial property)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 금융정보·보험정보 조회 결과
    기관: 금융회사, 보험회사 (사회보장정보시스템으로 조회)
    근거: 국민기초생활 보장법 시행령 제5조의3제1항제2호

    Proof: result of the inquiry about financial and insurance information
    Held by: banks and insurers (through the social security information system)
    Basis: Basic Living Security decree, art. 5-3(1) no. 2
    """


class designated_savings(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자활 등 정해진 용도로만 쓸 수 있는 저축 (savings tied to a listed purpose)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    금융재산에 이미 든 금액 중 빼는 금액입니다.
    증빙: 저축 가입 확인서
    기관: 금융회사, 자활복지개발원
    근거: 국민기초생활 보장법 시행령 제5조의4제1항제2호

    Part of the financial property that is left out.
    Proof: certificate of the savings plan
    Held by: banks, Korea Development Institute for Self-Sufficiency and Welfare
    Basis: Basic Living Security decree, art. 5-4(1) no. 2
    """


class debt(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "부채: 금융회사 대출금과 고시한 부채 (debts)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 금융회사의 대출잔액 증명서, 판결문
    기관: 금융회사, 신용정보원
    근거: 국민기초생활 보장법 시행령 제5조의4제1항제1호나목

    Proof: statement of loans, judgments
    Held by: banks, Korea Credit Information Services
    Basis: Basic Living Security decree, art. 5-4(1) no. 1 (b)
    """


class deposit_owed(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "돌려줄 임대보증금 (deposits owed to tenants)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 임대차계약서
    기관: 본인, 국토교통부 (부동산거래관리시스템)

    Proof: leases
    Held by: the person, Ministry of Land, Infrastructure and Transport (register of leases)
    """


class leased_out_property_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "임대한 주택의 공시가격 (official price of the property let)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    기초연금에서 임대보증금 한도를 정합니다.
    증빙: 부동산 공시가격 확인서
    기관: 국토교통부 (공시가격)
    근거: 기초연금법 시행규칙 제4조제1항제3호나목

    Sets the ceiling of deposits owed in the basic pension.
    Proof: official price
    Held by: Ministry of Land, Infrastructure and Transport (official prices)
    Basis: Basic Pension rule, art. 4(1) no. 3 (b)
    """


class car_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자동차 가액 (value of the car)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 자동차등록원부, 차량가액 산정자료
    기관: 국토교통부 (자동차관리정보시스템), 보험개발원
    근거: 국민기초생활 보장법 시행령 제5조의3제3항제10호

    Proof: vehicle register, table of car values
    Held by: Ministry of Land, Infrastructure and Transport (vehicle register), Korea Insurance Development Institute
    Basis: Basic Living Security decree, art. 5-3(3) no. 10
    """


class car_displacement(Variable):
    value_type = int
    default_value = 2000
    entity = Person
    definition_period = MONTH
    label = "자동차 배기량 (engine size of the car)"
    unit = "cubic-centimetre"
    documentation = """
    증빙: 자동차등록원부
    기관: 국토교통부 (자동차관리정보시스템)

    Proof: vehicle register
    Held by: Ministry of Land, Infrastructure and Transport (vehicle register)
    """


class car_age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자동차의 연식, 차령 (age of the car)"
    unit = "year"
    documentation = """
    증빙: 자동차등록원부
    기관: 국토교통부 (자동차관리정보시스템)

    Proof: vehicle register
    Held by: Ministry of Land, Infrastructure and Transport (vehicle register)
    """


class car_use(Variable):
    value_type = Enum
    possible_values = CarUse
    default_value = CarUse.ordinary
    entity = Person
    definition_period = MONTH
    label = "자동차의 용도 (use of the car)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = """
    증빙: 자동차등록원부, 사업자등록증
    기관: 국토교통부 (자동차관리정보시스템), 국세청

    Proof: vehicle register, business registration
    Held by: Ministry of Land, Infrastructure and Transport (vehicle register), National Tax Service
    """


class has_injury_grade_1_to_3(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "상이등급 1–3급 (war injury grade 1 to 3)"
    documentation = """
    증빙: 국가유공자증, 상이등급 확인원
    기관: 국가보훈부

    Proof: certificate of merit with the grade of injury
    Held by: Ministry of Patriots and Veterans Affairs
    """


class child_home_value(Variable):
    value_type = int
    entity = Couple
    definition_period = MONTH
    label = "살고 있는 자녀 소유 주택의 시가표준액 (official value of a child’s home in which the couple lives)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    증빙: 지방세 시가표준액 확인서
    기관: 시·군·구 (지방세정보시스템)
    근거: 기초연금법 시행령 제2조제2항

    Proof: statement of the official value
    Held by: city, county or district (local tax register)
    Basis: Basic Pension decree, art. 2(2)
    """
