"""Property converted into income. (재산의 소득환산액)"""

from numpy import floor, logical_not, maximum, minimum, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import CarUse, DisabilityDegree, LivelihoodRegion
from openfisca_korea.entities import Household, Person


class is_car_left_out(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "재산에서 제외되는 자동차 (car that is left out)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(person, period, parameters):
        """심한 장애인이나 상이 1–3급의 2,000cc 미만 자동차, 생계유지용 자동차는 제외합니다. (시행령 제5조의3제1항제3호)

        A car below 2,000 cc of a severely disabled or badly injured person, and a car needed for a livelihood.
        (Decree, art. 5-3(1) no. 3)
        """
        limit = parameters(period).basic_livelihood.property.exempt_car_displacement
        is_severe = person("disability_degree", period) == DisabilityDegree.severe
        owner_is_protected = is_severe | person("has_injury_grade_1_to_3", period)
        is_small = person("car_displacement", period) < limit
        return (owner_is_protected & is_small) | (person("car_use", period) == CarUse.livelihood)


class car_as_income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "가액 전부를 환산하는 자동차 (car converted at its own rate)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW"

    def formula(person, period, parameters):
        """제외되지 않고 일반재산으로도 보지 않는 자동차의 가액입니다. (국민기초생활 보장법 시행령 제5조의4제1항제3호)

        Value of a car that is neither left out nor treated as general property. (Decree, art. 5-4(1) no. 3)
        """
        is_ordinary = person("car_use", period) == CarUse.ordinary
        counts = is_ordinary & logical_not(person("is_car_left_out", period))
        return where(counts, person("car_value", period), 0)


class car_as_general_property(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "일반재산으로 보는 자동차 (car treated as general property)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW"

    def formula(person, period, parameters):
        """화물자동차 등 고시하는 자동차의 가액은 일반재산에 더합니다. (국민기초생활 보장법 시행령 제5조의4제1항제1호)

        The value of a lorry or other notified car is general property. (Decree, art. 5-4(1) no. 1)
        """
        is_general = person("car_use", period) == CarUse.general_property
        counts = is_general & logical_not(person("is_car_left_out", period))
        return where(counts, person("car_value", period), 0)


class dwelling_property(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "주거용재산 가액: 자기 주택과 임차보증금의 95% (dwelling: own home and 95 % of the deposit)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW"

    def formula(household, period, parameters):
        """사는 집의 가액과 임차보증금에 비율을 곱한 금액을 더합니다. 재산가액의 1원 미만은 버립니다. (시행령 제5조의3)

        The home, and the share of the lease deposit that counts, in whole won. (Decree, art. 5-3)
        """
        counts = household.members("counts_in_household", period)
        homes = household.sum(where(counts, household.members("home_value", period), 0))
        deposits = household.sum(where(counts, household.members("lease_deposit", period), 0))
        return floor(homes + deposits * parameters(period).basic_livelihood.property.lease_deposit_share)


class general_property(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "주거용재산 밖의 일반재산 (general property other than the dwelling)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW"

    def formula(household, period, parameters):
        """토지, 건물, 권리, 회원권, 화물차 등을 더합니다. (국민기초생활 보장법 시행령 제5조의3제1항제1호, 제5조의4제1항제1호)

        Land, buildings, rights, memberships, lorries. (Decree, art. 5-3(1) no. 1, 5-4(1) no. 1)
        """
        counts = household.members("counts_in_household", period)
        land_and_rights = household.sum(where(counts, household.members("other_general_property", period), 0))
        memberships = household.sum(where(counts, household.members("membership_value", period), 0))
        lorries = household.sum(where(counts, household.members("car_as_general_property", period), 0))
        return land_and_rights + memberships + lorries


class financial_property_after_reserve(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "생활준비금과 지정 저축을 뺀 금융재산 (financial property less reserve and designated savings)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW"

    def formula(household, period, parameters):
        """금융재산에서 정해진 용도의 저축과 생활준비금을 뺍니다. (국민기초생활 보장법 시행령 제5조의4제1항제2호)

        Financial property less designated savings and the living reserve. (Decree, art. 5-4(1) no. 2)
        """
        own = household.members("financial_property", period) - household.members("designated_savings", period)
        counts = household.members("counts_in_household", period)
        reserve = parameters(period).basic_livelihood.property.living_reserve
        return maximum(household.sum(where(counts, own, 0)) - reserve, 0)


class household_debts(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "부채: 대출금과 돌려줄 임대보증금 (debts: loans and deposits owed)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW"

    def formula(household, period, parameters):
        """임대보증금, 금융회사 대출금, 고시하는 부채를 더합니다. (국민기초생활 보장법 시행령 제5조의4제1항제1호나목)

        Deposits owed to tenants, loans and notified debts. (Decree, art. 5-4(1) no. 1 나)
        """
        counts = household.members("counts_in_household", period)
        loans = household.sum(where(counts, household.members("debt", period), 0))
        return loans + household.sum(where(counts, household.members("deposit_owed", period), 0))


class property_as_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "재산의 소득환산액 (property converted into income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기본재산액과 부채를 주거용재산, 일반재산, 금융재산의 차례로 빼고 남은 금액에 각 환산율을 곱합니다.
        지역별 한도를 넘는 주거용재산은 일반재산으로 봅니다. 자동차는 따로 곱합니다.
        (국민기초생활 보장법 제6조의3제2항, 시행령 제5조의4제1항)

        Basic deduction and debts are used up on the dwelling, then general, then financial property; each rest
        has its rate. The dwelling above the regional ceiling is general property. Cars stand apart.
        (Act, art. 6-3(2); decree, art. 5-4(1))
        """
        p = parameters(period).basic_livelihood.property
        region = household("livelihood_region", period)
        regions = [
            region == LivelihoodRegion.seoul,
            region == LivelihoodRegion.gyeonggi,
            region == LivelihoodRegion.metropolitan,
            region == LivelihoodRegion.other,
        ]
        basic = p.basic_property
        basic_property = select(
            regions, [basic.seoul, basic.gyeonggi, basic.metropolitan, basic.other], default=basic.undetermined
        )
        limit = p.residential_limit
        ceiling = select(
            regions, [limit.seoul, limit.gyeonggi, limit.metropolitan, limit.other], default=limit.undetermined
        )
        dwelling = household("dwelling_property", period)
        residential = minimum(dwelling, ceiling)
        general = household("general_property", period) + (dwelling - residential)
        financial = household("financial_property_after_reserve", period)
        deduction = household("household_debts", period) + basic_property
        rest_after_residential = maximum(deduction - residential, 0)
        rest_after_general = maximum(rest_after_residential - general, 0)
        converted = (
            maximum(residential - deduction, 0) * p.conversion_rate.residential
            + maximum(general - rest_after_residential, 0) * p.conversion_rate.general
            + maximum(financial - rest_after_general, 0) * p.conversion_rate.financial
        )
        has_property = (dwelling > 0) | (household("general_property", period) > 0) | (financial > 0)
        counts = household.members("counts_in_household", period)
        cars = household.sum(where(counts, household.members("car_as_income", period), 0))
        return where(has_property, converted, 0) + cars * p.conversion_rate.car


class recognised_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "소득인정액 (recognised income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """소득평가액과 재산의 소득환산액을 더합니다. (국민기초생활 보장법 제2조제9호, 제6조의3)

        Assessed income plus property converted into income. (Act, art. 2 no. 9, art. 6-3)
        """
        return household("assessed_income", period) + household("property_as_income", period)
