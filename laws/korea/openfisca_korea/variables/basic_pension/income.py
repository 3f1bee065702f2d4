"""Recognised income of the couple for the basic pension. (기초연금 소득인정액)"""

from numpy import floor, logical_not, maximum, minimum, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import CarUse, PensionArea
from openfisca_korea.entities import Couple, Person


class basic_pension_income_of_person(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "기초연금 소득평가액, 한 사람 (assessed income of one person for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """근로소득은 기본공제 뒤의 70%만 봅니다. 실업급여, 기초생활 급여, 장애인연금, 참전명예수당 등은 빼고,
        보훈 보상금은 한도까지 뺍니다. (기초연금법 시행령 제2조, 시행규칙 제2조제1항)

        Of earnings 70 % after a deduction. Unemployment benefit, basic livelihood benefits, the disability pension
        and war veteran allowances do not count; veteran compensation counts above a limit. (Decree, art. 2; rule, art. 2(1))
        """
        p = parameters(period).basic_pension.income
        earned = person("earned_income", period) + person("vocational_rehabilitation_income", period)
        wages = where(earned > 0, maximum(earned - p.work_deduction, 0) * p.work_share, 0)
        interest = person("interest_income", period)
        counted_interest = where(interest > 0, maximum(interest - p.interest_exemption, 0), 0)
        compensation = person("veteran_compensation", period)
        counted_compensation = where(compensation > 0, maximum(compensation - p.veteran_exemption, 0), 0)
        others = (
            person("business_income", period)
            + person("rental_income", period)
            + person("private_pension_income", period)
            + person("national_pension_old_age", period)
            + person("national_pension_other", period)
            + person("linked_retirement_pension", period)
            + person("other_public_transfers", period)
        )
        return wages + counted_interest + counted_compensation + others


class free_housing_income(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "무료임차소득 (income from free housing)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """시가표준액 6억원 이상인 자녀의 집에 살면 연 0.78%를 열두 달로 나누어 소득으로 봅니다.
        (기초연금법 시행령 제2조제2항, 시행규칙 제2조제2항)

        Living in a child's home of 600 million won or more: 0.78 % of its value over twelve months.
        (Decree, art. 2(2); rule, art. 2(2))
        """
        p = parameters(period).basic_pension.income
        value = couple("child_home_value", period)
        monthly = value * p.free_housing_yearly_rate / 12
        return where(value > 0, where(value >= p.free_housing_value, monthly, 0), 0)


class is_car_left_out_of_pension(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "기초연금 재산에서 제외되는 자동차 (car left out of the property for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    상이 국가유공자, 등록장애인의 자동차와 비과세 자동차 중 고시 기준에 맞는 것입니다.
    증빙: 자동차등록원부, 장애인증명서, 국가유공자증
    기관: 국토교통부 (자동차관리정보시스템), 시·군·구, 국가보훈부
    근거: 기초연금법 시행령 제3조제1항제1호자목 단서

    Cars of injured veterans and disabled people, and tax-free cars, as notified.
    Proof: vehicle register, certificate of disability, certificate of merit
    Held by: Ministry of Land, Infrastructure and Transport (vehicle register), city, county or district, Ministry of Patriots and Veterans Affairs
    Basis: Basic Pension decree, art. 3(1) no. 1 (i)
    """


class pension_general_property(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "기초연금 일반재산: 집, 임차보증금, 토지, 4천만원 미만 자동차 등 (general property for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW"

    def formula(person, period, parameters):
        """회원권과 고급자동차를 뺀 일반재산입니다. (기초연금법 시행령 제3조제1항제1호, 시행규칙 제4조제1항제1호)

        General property without memberships and expensive cars. (Decree, art. 3(1) no. 1; rule, art. 4(1) no. 1)
        """
        ordinary_car = person("car_value", period) - person("expensive_car_value", period)
        counted_car = where(person("is_car_left_out_of_pension", period), 0, ordinary_car)
        return (
            person("home_value", period)
            + person("lease_deposit", period)
            + person("other_general_property", period)
            + counted_car
        )


class expensive_car_value(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "가액 전부를 소득으로 보는 자동차 (car whose whole value counts as income)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW"

    def formula(person, period, parameters):
        """가액 4천만원 이상이고 10년이 안 된 승용차입니다. 화물차와 생계유지용 자동차는 아닙니다.
        (기초연금법 시행규칙 제4조제1항제4호나목)

        A car of 40 million won or more, younger than ten years; no lorry and no livelihood car.
        (Rule, art. 4(1) no. 4 나)
        """
        p = parameters(period).basic_pension.property
        value = person("car_value", period)
        is_expensive = (
            (value >= p.expensive_car_value)
            & (person("car_age", period) < p.expensive_car_age)
            & (person("car_use", period) == CarUse.ordinary)
            & logical_not(person("is_car_left_out_of_pension", period))
        )
        return where(is_expensive, value, 0)


class disposed_property_value(Variable):
    value_type = int
    entity = Couple
    definition_period = MONTH
    label = "2011년 7월 1일 뒤에 증여하거나 처분한 재산 (property given away or disposed of since 1 July 2011)"
    unit = "currency-KRW"
    reference = "https://www.law.go.kr/법령/기초연금법시행령"
    documentation = """
    본인을 위하여 쓴 것이 입증된 금액은 뺍니다.
    증빙: 등기사항증명서, 매매·증여 계약서
    기관: 법원 (등기), 본인
    근거: 기초연금법 시행령 제3조제1항제3호

    Less what was provably spent on oneself.
    Proof: land register, contract of sale or gift
    Held by: courts (land register), the person
    Basis: Basic Pension decree, art. 3(1) no. 3
    """


class months_since_disposal(Variable):
    value_type = int
    entity = Couple
    definition_period = MONTH
    label = "증여하거나 처분한 뒤 지난 개월 수 (months since the disposal)"
    unit = "month"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    documentation = """
    증빙: 등기사항증명서, 매매·증여 계약서
    기관: 법원 (등기), 본인
    근거: 기초연금법 시행규칙 제3조제2항

    Proof: land register, contract of sale or gift
    Held by: courts (land register), the person
    Basis: Basic Pension rule, art. 3(2)
    """


class disposed_property_counted(Variable):
    value_type = int
    entity = Couple
    definition_period = MONTH
    label = "자연적 소비금액을 뺀 증여·처분 재산 (disposed property less natural consumption)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW"

    def formula(couple, period, parameters):
        """처분한 뒤 달마다 고시한 생활비를 뺍니다. (기초연금법 시행령 제3조제1항제3호, 시행규칙 제3조제2항)

        The notified cost of living is taken off for every month since the disposal. (Decree, art. 3(1) no. 3; rule, art. 3(2))
        """
        p = parameters(period).basic_pension.property.natural_consumption
        each_month = where(couple.nb_persons() > 1, p.couple, p.single)
        value = couple("disposed_property_value", period)
        left = value - couple("months_since_disposal", period).astype(float) * each_month
        return where(value > 0, maximum(left, 0), 0)


class pension_debts(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "기초연금 부채 (debts for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW"

    def formula(person, period, parameters):
        """대출금과, 공시가격의 절반까지의 임대보증금입니다. (기초연금법 시행규칙 제4조제1항제3호)

        Loans, and deposits owed up to half of the official price of the property let. (Rule, art. 4(1) no. 3)
        """
        share = parameters(period).basic_pension.property.deposit_owed_share
        ceiling = floor(person("leased_out_property_value", period) * share)
        return person("debt", period) + minimum(person("deposit_owed", period), ceiling)


class basic_pension_property_as_income(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "기초연금 재산의 소득환산액 (property converted into income for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """일반재산과 금융재산에서 공제액과 부채를 뺀 금액의 연 4%를 열두 달로 나누고, 회원권과 고급자동차의 가액을 더합니다.
        (기초연금법 시행규칙 제4조)

        Four per cent a year of general and financial property after deductions and debts, over twelve months,
        plus the value of memberships and expensive cars. (Rule, art. 4)
        """
        p = parameters(period).basic_pension.property
        area = couple.members.household("pension_area", period)
        of_member = select(
            [area == PensionArea.large_city, area == PensionArea.small_city, area == PensionArea.rural],
            [p.basic_property.large_city, p.basic_property.small_city, p.basic_property.rural],
            default=p.basic_property.undetermined,
        )
        basic = couple.max(of_member)
        own_general = couple.sum(couple.members("pension_general_property", period))
        general = own_general + couple("disposed_property_counted", period)
        financial = couple.sum(couple.members("financial_property", period))
        general_left = where(general > 0, maximum(general - basic, 0), 0)
        financial_left = where(financial > 0, maximum(financial - p.financial_exemption, 0), 0)
        debts = couple.sum(couple.members("pension_debts", period))
        taken_whole = couple.sum(couple.members("membership_value", period)) + couple.sum(
            couple.members("expensive_car_value", period)
        )
        return maximum(general_left + financial_left - debts, 0) * p.yearly_rate / 12 + taken_whole


class basic_pension_recognised_income(Variable):
    value_type = float
    entity = Couple
    definition_period = MONTH
    label = "기초연금 소득인정액 (recognised income for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법"
    unit = "currency-KRW/month"

    def formula(couple, period, parameters):
        """본인과 배우자의 소득평가액과 재산의 소득환산액을 더합니다. (기초연금법 제2조제4호)

        Assessed income of both partners plus property converted into income. (Act, art. 2 no. 4)
        """
        income = couple.sum(couple.members("basic_pension_income_of_person", period))
        from_property = couple("basic_pension_property_as_income", period)
        return income + couple("free_housing_income", period) + from_property
