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
    documentation = "증빙: 공시가격, 지방세 시가표준액. (proof: official price; decree art. 5-3(3) no. 1)"


class lease_deposit(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "살고 있는 집의 임차보증금 (deposit for the home that one rents)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 임대차계약서. (proof: lease; decree art. 5-3(3) no. 3)"


class other_general_property(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "그 밖의 일반재산: 토지, 건물, 선박, 권리 등 (other general property: land, buildings, ships, rights)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 지방세 세목별 과세증명, 등기. (proof: tax statement, land register; decree art. 5-3(1) no. 1)"
    )


class membership_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "골프·콘도 등 회원권 가액 (golf, resort and other memberships)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 회원증, 시가표준액. (proof: membership; Basic Pension rule art. 4(1) no. 4 가)"


class financial_property(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "금융재산 (financial property)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "증빙: 금융정보·보험정보 조회. (proof: financial and insurance information; decree art. 5-3(1) no. 2)"
    )


class designated_savings(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자활 등 정해진 용도로만 쓸 수 있는 저축 (savings tied to a listed purpose)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = (
        "금융재산에 이미 든 금액 중 빼는 금액입니다. "
        "(part of the financial property that is left out; decree art. 5-4(1) no. 2)"
    )


class debt(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "부채: 금융회사 대출금과 고시한 부채 (debts)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 대출잔액 증명, 판결문. (proof: statement of loans, judgments; decree art. 5-4(1) no. 1 나)"


class deposit_owed(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "돌려줄 임대보증금 (deposits owed to tenants)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 임대차계약서. (proof: leases)"


class leased_out_property_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "임대한 주택의 공시가격 (official price of the property let)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = "증빙: 공시가격. 기초연금에서 임대보증금 한도를 정합니다. (proof: official price; Basic Pension rule art. 4(1) no. 3 나)"


class car_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자동차 가액 (value of the car)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 자동차등록원부, 차량가액. (proof: vehicle register; decree art. 5-3(3) no. 10)"


class car_displacement(Variable):
    value_type = int
    default_value = 2000
    entity = Person
    definition_period = MONTH
    label = "자동차 배기량 (engine size of the car)"
    unit = "cubic-centimetre"
    documentation = "증빙: 자동차등록원부 (proof: vehicle register)"


class car_age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "자동차의 연식, 차령 (age of the car)"
    unit = "year"
    documentation = "증빙: 자동차등록원부 (proof: vehicle register)"


class car_use(Variable):
    value_type = Enum
    possible_values = CarUse
    default_value = CarUse.ordinary
    entity = Person
    definition_period = MONTH
    label = "자동차의 용도 (use of the car)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    documentation = "증빙: 자동차등록원부, 사업자등록증 (proof: vehicle register, business registration)"


class has_injury_grade_1_to_3(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "상이등급 1–3급 (war injury grade 1 to 3)"
    documentation = "증빙: 국가유공자증 (proof: certificate of merit)"


class child_home_value(Variable):
    value_type = int
    entity = Couple
    definition_period = MONTH
    label = "살고 있는 자녀 소유 주택의 시가표준액 (official value of a child’s home in which the couple lives)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = "증빙: 지방세 시가표준액 (proof: official value; Basic Pension decree art. 2(2))"
