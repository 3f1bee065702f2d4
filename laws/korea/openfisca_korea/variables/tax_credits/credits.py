"""Earned income tax credit and child tax credit. (근로장려금, 자녀장려금)"""

from numpy import floor, logical_not, maximum, minimum, select, where
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import YEAR
from openfisca_core.variables import Variable

from openfisca_korea.classes import DisabilityDegree, TaxHouseholdType
from openfisca_korea.entities import Household, Person


class is_qualifying_child(Variable):
    value_type = bool
    entity = Person
    definition_period = YEAR
    label = "부양자녀 (qualifying child)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(person, period, parameters):
        """그 해에 18세 미만인 날이 있고 연간 소득금액이 100만원 이하인 자녀입니다. 중증장애인은 나이를 보지 않습니다.
        (조세특례제한법 제100조의4)

        A child below 18 on some day of the year with income up to one million won; no age limit for the severely
        disabled. (Act, art. 100-4)
        """
        p = parameters(period).tax_credits.child
        december = period.first_month.offset(11)
        is_young = person("age", period.first_month) < p.child_age
        is_severe = person("disability_degree", december) == DisabilityDegree.severe
        is_born = person("months_since_birth", december) >= 0
        has_little_income = person("tax_year_total_income", period) <= p.dependant_income_limit
        return person.has_role(Household.CHILD) & is_born & (is_young | is_severe) & has_little_income


class is_qualifying_parent(Variable):
    value_type = bool
    entity = Person
    definition_period = YEAR
    label = "홑벌이 가구가 되는 직계존속 (qualifying parent)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(person, period, parameters):
        """함께 사는 70세 이상의 직계존속으로서 연간 소득금액이 100만원 이하입니다. 중증장애인은 나이를 보지 않습니다.
        (조세특례제한법 제100조의3제5항제2호나목)

        A parent living along, from 70, with income up to one million won; no age limit for the severely disabled.
        (Act, art. 100-3(5) no. 2 나)
        """
        p = parameters(period).tax_credits.child
        december = period.first_month.offset(11)
        is_old = person("months_since_birth", december) >= p.parent_age * 12
        is_severe = person("disability_degree", december) == DisabilityDegree.severe
        has_little_income = person("tax_year_total_income", period) <= p.dependant_income_limit
        return person.has_role(Household.PARENT) & (is_old | is_severe) & has_little_income


class tax_household_earnings(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "신청자와 배우자의 총급여액 등 (earnings of the applicant and the spouse)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """배우자의 총급여액 등을 합산합니다. (조세특례제한법 제100조의5제3항)

        The spouse's earnings are added. (Act, art. 100-5(3))
        """
        earnings = household.members("tax_year_earnings", period)
        return household.sum(earnings, role=Household.HEAD) + household.sum(earnings, role=Household.SPOUSE)


class tax_household_total_income(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "신청자와 배우자의 연간 총소득 합계액 (total income of the applicant and the spouse)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """거주자와 배우자의 연간 총소득을 더합니다. (조세특례제한법 제100조의3제1항제2호)

        Total income of both. (Act, art. 100-3(1) no. 2)
        """
        income = household.members("tax_year_total_income", period)
        return household.sum(income, role=Household.HEAD) + household.sum(income, role=Household.SPOUSE)


class tax_household_assets(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "가구원 재산의 합계액 (assets of all members)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW"

    def formula(household, period, parameters):
        """배우자, 직계존비속 등 1세대 전원의 재산입니다. 형제자매는 세대에 들지 않습니다.
        (조세특례제한법 제100조의3제1항제4호, 시행령 제100조의4)

        Assets of the applicant, the spouse, parents and children; siblings do not belong. (Act, art. 100-3(1) no. 4; decree, art. 100-4)
        """
        assets = household.members("tax_year_assets", period)
        return household.sum(assets) - household.sum(assets, role=Household.OTHER)


class tax_household_type(Variable):
    value_type = Enum
    possible_values = TaxHouseholdType
    default_value = TaxHouseholdType.single
    entity = Household
    definition_period = YEAR
    label = "가구 유형: 단독, 홑벌이, 맞벌이 (type of household)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(household, period, parameters):
        """부부의 총급여액 등이 각각 300만원 이상이면 맞벌이, 배우자·부양자녀·70세 이상 직계존속이 있으면 홑벌이, 그 밖에는 단독입니다.
        (조세특례제한법 제100조의3제5항)

        Two earners where both have three million won or more; one earner with a spouse, a qualifying child or parent;
        otherwise single. (Act, art. 100-3(5))
        """
        minimum_earnings = parameters(period).tax_credits.earned_income.second_earner_minimum
        earnings = household.members("tax_year_earnings", period)
        own = household.sum(earnings, role=Household.HEAD)
        of_spouse = household.sum(earnings, role=Household.SPOUSE)
        has_spouse = household.nb_persons(role=Household.SPOUSE) > 0
        has_child = household.any(household.members("is_qualifying_child", period))
        has_parent = household.any(household.members("is_qualifying_parent", period))
        return select(
            [
                has_spouse & (own >= minimum_earnings) & (of_spouse >= minimum_earnings),
                has_spouse | has_child | has_parent,
            ],
            [TaxHouseholdType.two_earners, TaxHouseholdType.one_earner],
            default=TaxHouseholdType.single,
        )


class is_excluded_from_tax_credits(Variable):
    value_type = bool
    entity = Household
    definition_period = YEAR
    label = "두 장려금에서 제외되는 사람 (excluded from both credits)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(household, period, parameters):
        """전문직 사업자와 그 배우자, 국적 요건이 없는 사람, 다른 거주자의 부양자녀입니다.
        (조세특례제한법 제100조의3제2항, 제100조의28제2항, 시행령 제100조의2제4항제1호, 제100조의28)

        Professionals and their spouses, people without the nationality, another's dependant child.
        (Act, art. 100-3(2), 100-28(2); decree, art. 100-2(4) no. 1, 100-28)
        """
        professional = household.members("runs_professional_practice", period)
        head_is_excluded = household.members("lacks_required_nationality", period) | household.members(
            "is_dependant_child_of_another", period
        )
        return (
            household.any(professional, role=Household.HEAD)
            | household.any(professional, role=Household.SPOUSE)
            | household.any(head_is_excluded, role=Household.HEAD)
        )


class is_barred_from_tax_credits(Variable):
    value_type = bool
    entity = Household
    definition_period = YEAR
    label = "두 장려금을 신청할 수 없음 (barred from both credits)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(household, period, parameters):
        """제외되는 사람, 재산 2억4천만원 이상, 근로·사업·종교인소득이 없는 사람입니다. (조세특례제한법 제100조의3제1항·제2항, 제100조의28)

        People excluded, assets at the limit, and nobody without earnings. (Act, art. 100-3(1), (2), 100-28)
        """
        limit = parameters(period).tax_credits.common.asset_limit
        return (
            household("is_excluded_from_tax_credits", period)
            | (household("tax_household_assets", period) >= limit)
            | (household("tax_household_earnings", period) <= 0)
        )


class tax_credit_income_limit(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "총소득기준금액 (limit of total income)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """가구 유형별 금액입니다. (조세특례제한법 제100조의3제1항제2호)

        The figure of the type of household. (Act, art. 100-3(1) no. 2)
        """
        p = parameters(period).tax_credits.earned_income
        kind = household("tax_household_type", period)
        return select(
            [kind == TaxHouseholdType.single, kind == TaxHouseholdType.one_earner],
            [p.single.income_limit, p.one_earner.income_limit],
            default=p.two_earners.income_limit,
        )


class tax_credit_rising_end(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "점증 구간의 끝 (end of the rising part)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """가구 유형별 금액입니다. (조세특례제한법 제100조의5제1항)

        The figure of the type of household. (Act, art. 100-5(1))
        """
        p = parameters(period).tax_credits.earned_income
        kind = household("tax_household_type", period)
        return select(
            [kind == TaxHouseholdType.single, kind == TaxHouseholdType.one_earner],
            [p.single.rising_end, p.one_earner.rising_end],
            default=p.two_earners.rising_end,
        )


class tax_credit_falling_start(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "점감 구간의 시작 (start of the falling part)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """가구 유형별 금액입니다. (조세특례제한법 제100조의5제1항)

        The figure of the type of household. (Act, art. 100-5(1))
        """
        p = parameters(period).tax_credits.earned_income
        kind = household("tax_household_type", period)
        return select(
            [kind == TaxHouseholdType.single, kind == TaxHouseholdType.one_earner],
            [p.single.falling_start, p.one_earner.falling_start],
            default=p.two_earners.falling_start,
        )


class tax_credit_maximum(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "근로장려금 최대 금액 (largest earned income tax credit)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """가구 유형별 금액입니다. (조세특례제한법 제100조의5제1항)

        The figure of the type of household. (Act, art. 100-5(1))
        """
        p = parameters(period).tax_credits.earned_income
        kind = household("tax_household_type", period)
        return select(
            [kind == TaxHouseholdType.single, kind == TaxHouseholdType.one_earner],
            [p.single.maximum, p.one_earner.maximum],
            default=p.two_earners.maximum,
        )


class earned_income_tax_credit_by_formula(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "근로장려금, 법 산식의 금액 (earned income tax credit by the formula of the act)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """점증, 평탄, 점감의 세 구간입니다. 시행령 별표 11의 산정표가 우선하지만 자료에 없습니다. (조세특례제한법 제100조의5제1항·제5항)

        A rising, a flat and a falling part. The bracket table of annex 11 prevails but is not in the sources.
        (Act, art. 100-5(1), (5))
        """
        earnings = household("tax_household_earnings", period).astype(float)
        maximum_credit = household("tax_credit_maximum", period)
        rising_end = household("tax_credit_rising_end", period)
        falling_start = household("tax_credit_falling_start", period)
        limit = household("tax_credit_income_limit", period)
        rising = earnings * maximum_credit / rising_end
        falling = maximum_credit - (earnings - falling_start) * maximum_credit / (limit - falling_start)
        return select(
            [earnings < rising_end, earnings < falling_start, earnings < limit],
            [rising, maximum_credit, falling],
            default=0,
        )


class annualised_first_half_earnings(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "상반기 소득을 한 해로 늘린 총급여액 등 (first-half earnings stretched to the year)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """상반기 근로소득에 (근무월수+6)을 곱하고 근무월수로 나눕니다. 부부를 합합니다. (조세특례제한법 제100조의5제2항제1호·제3항)

        First-half wages times months worked plus six, over months worked, of both partners. (Act, art. 100-5(2) no. 1, (3))
        """
        wages = household.members("first_half_wages", period).astype(float)
        months = household.members("months_worked_in_first_half", period)
        stretched = wages * (months + 6) / maximum(months, 1)
        return household.sum(stretched, role=Household.HEAD) + household.sum(stretched, role=Household.SPOUSE)


class earned_income_tax_credit_first_half(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "근로장려금 반기 신청, 상반기분 (earned income tax credit for the first half-year)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """한 해로 늘린 소득으로 계산한 금액의 35%입니다. 15만원 미만이면 환급하지 않고 정산 때 더합니다.
        가구와 재산은 직전 과세기간의 상황을 적습니다. (조세특례제한법 제100조의3제6항, 제100조의5제2항제1호·제4항, 제100조의8제5항)

        Thirty-five per cent of the credit on the stretched earnings; below 150,000 won nothing is paid before the
        settlement. Household and assets are those of the year before. (Act, art. 100-3(6), 100-5(2) no. 1, (4), 100-8(5))
        """
        p = parameters(period).tax_credits.common
        earnings = household("annualised_first_half_earnings", period).astype(float)
        maximum_credit = household("tax_credit_maximum", period)
        rising_end = household("tax_credit_rising_end", period)
        falling_start = household("tax_credit_falling_start", period)
        limit = household("tax_credit_income_limit", period)
        rising = earnings * maximum_credit / rising_end
        falling = maximum_credit - (earnings - falling_start) * maximum_credit / (limit - falling_start)
        for_the_year = select(
            [earnings < rising_end, earnings < falling_start, earnings < limit],
            [rising, maximum_credit, falling],
            default=0,
        )
        is_halved = household("tax_household_assets", period) >= p.asset_halving_from
        due = for_the_year * where(is_halved, p.asset_halving_share, 1) * p.first_half_share
        paid = floor(due / p.rounding_unit) * p.rounding_unit
        is_paid_now = (due >= p.first_half_minimum) & household("may_apply_for_half_year_credit", period)
        return where(is_paid_now, paid, 0)


class may_apply_for_half_year_credit(Variable):
    value_type = bool
    entity = Household
    definition_period = YEAR
    label = "반기 신청을 할 수 있음 (may apply for half-year payment)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(household, period, parameters):
        """상반기에 근로소득이 있고 재산이 기준 미만이며, 전문직·국적·부양자녀 제외에 들지 않습니다.
        (조세특례제한법 제100조의3, 제100조의6제7항)

        Wages in the first half-year, assets below the limit, and none of the exclusions. (Act, art. 100-3, 100-6(7))
        """
        limit = parameters(period).tax_credits.common.asset_limit
        return (
            (household("annualised_first_half_earnings", period) > 0)
            & (household("annualised_first_half_earnings", period) < household("tax_credit_income_limit", period))
            & (household("tax_household_assets", period) < limit)
            & logical_not(household("is_excluded_from_tax_credits", period))
        )


class is_entitled_to_earned_income_tax_credit(Variable):
    value_type = bool
    entity = Household
    definition_period = YEAR
    label = "근로장려금 신청자격 (may apply for the earned income tax credit)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"

    def formula(household, period, parameters):
        """총소득이 가구 유형별 기준금액 미만이고, 월 평균 500만원 이상의 상용근로자가 아닙니다.
        (조세특례제한법 제100조의3제1항, 시행령 제100조의2제4항)

        Total income below the limit of the type, and no regular worker with five million won a month or more.
        (Act, art. 100-3(1); decree, art. 100-2(4))
        """
        p = parameters(period).tax_credits.earned_income
        limit = household("tax_credit_income_limit", period)
        is_highly_paid = household.members("average_monthly_pay_of_regular_worker", period) >= p.monthly_pay_limit
        return (
            (household("tax_household_total_income", period) < limit)
            & logical_not(household.any(is_highly_paid, role=Household.HEAD))
            & logical_not(household.any(is_highly_paid, role=Household.SPOUSE))
            & logical_not(household("is_barred_from_tax_credits", period))
        )


class tax_credit_percentage_paid(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "재산과 기한 후 신청에 따른 지급 백분율 (per cent paid, by assets and lateness)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "/100"

    def formula(household, period, parameters):
        """재산이 1억7천만원 이상이면 절반, 기한 후 신청이면 95%입니다. (조세특례제한법 제100조의5제4항, 제100조의7제2항, 제100조의31제1항)

        Half from 170 million won of assets, 95 % on a late application. (Act, art. 100-5(4), 100-7(2), 100-31(1))
        """
        p = parameters(period).tax_credits.common
        is_halved = household("tax_household_assets", period) >= p.asset_halving_from
        by_assets = where(is_halved, p.asset_halving_share, 1)
        return by_assets * where(household("files_tax_credit_late", period), p.late_share, 1) * 100


class earned_income_tax_credit(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "근로장려금 (earned income tax credit)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """감액 뒤 1만5천원 미만이면 없고, 점증 구간은 10만원, 점감 구간은 3만원을 최소로 합니다. 10원 미만은 버립니다.
        (조세특례제한법 제100조의7제3항, 국고금 관리법 제47조제1항)

        After reductions nothing below 15,000 won; at least 100,000 in the rising and 30,000 in the falling part.
        Amounts below ten won are dropped. (Act, art. 100-7(3); Management of the National Funds Act, art. 47(1))
        """
        p = parameters(period).tax_credits
        band = p.earned_income
        earnings = household("tax_household_earnings", period)
        rising_end = household("tax_credit_rising_end", period)
        falling_start = household("tax_credit_falling_start", period)
        by_formula = household("earned_income_tax_credit_by_formula", period).astype(float)
        amount = by_formula * household("tax_credit_percentage_paid", period) / 100
        due = select(
            [
                amount < band.nothing_below,
                (earnings < rising_end) & (amount < band.rising_minimum),
                (earnings >= falling_start) & (amount < band.falling_minimum),
            ],
            [0, band.rising_minimum, band.falling_minimum],
            default=amount,
        )
        paid = floor(due / p.common.rounding_unit) * p.common.rounding_unit
        return where(household("is_entitled_to_earned_income_tax_credit", period), paid, 0)


class qualifying_children(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "부양자녀 수 (number of qualifying children)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "person"

    def formula(household, period, parameters):
        """부양자녀를 셉니다. (조세특례제한법 제100조의4)

        Counts the qualifying children. (Act, art. 100-4)
        """
        return household.sum(household.members("is_qualifying_child", period))


class child_tax_credit(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "자녀장려금 (child tax credit)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """부양자녀마다 100만원이며, 총급여액 등이 점감 구간에 들면 줄어듭니다. 재산과 기한 후 신청으로 감액하고 자녀세액공제액을 뺍니다.
        뺀 뒤 3만원 미만이면 3만원입니다. 홑벌이 가구의 근로장려금 점증 구간 산식이 1만5천원 미만이면 없습니다.
        (조세특례제한법 제100조의28–제100조의31, 시행령 제100조의31제2항)

        One million won for each child, less in the falling part; reduced for assets and lateness; the child tax deduction
        is taken off; what is left below 30,000 becomes 30,000. Nothing for a one-earner household whose rising formula
        of the earned income credit stays below 15,000. (Act, art. 100-28 to 100-31; decree, art. 100-31(2))
        """
        credits = parameters(period).tax_credits
        p = credits.child
        earnings = household("tax_household_earnings", period).astype(float)
        kind = household("tax_household_type", period)
        start = where(kind == TaxHouseholdType.two_earners, p.falling_start_two_earners, p.falling_start_one_earner)
        fall = maximum(earnings - start, 0) * p.falling_amount / (p.income_limit - start)
        for_each = maximum(p.per_child - fall, 0)
        by_formula = household("qualifying_children", period) * for_each
        reduced = by_formula * household("tax_credit_percentage_paid", period) / 100
        left = reduced - household("child_tax_deduction_taken", period)
        due = where(left > 0, maximum(left, p.minimum), 0)
        paid = floor(due / credits.common.rounding_unit) * credits.common.rounding_unit
        band = credits.earned_income.one_earner
        rising = earnings * band.maximum / band.rising_end
        has_too_little = (
            (kind == TaxHouseholdType.one_earner)
            & (earnings < band.rising_end)
            & (rising < credits.earned_income.nothing_below)
        )
        is_entitled = (household("tax_household_total_income", period) < p.income_limit) & logical_not(
            household("is_barred_from_tax_credits", period) | has_too_little
        )
        return where(is_entitled, paid, 0)


class tax_credit_offset_against_arrears(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "체납액에 충당하는 장려금 (credits set off against tax arrears)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"

    def formula(household, period, parameters):
        """환급할 장려금의 30%를 한도로 국세 체납액에 충당합니다. (조세특례제한법 제100조의8제4항, 제100조의31제1항)

        Up to thirty per cent of the credits goes to national tax arrears. (Act, art. 100-8(4), 100-31(1))
        """
        share = parameters(period).tax_credits.common.arrears_offset_share
        credits = household("earned_income_tax_credit", period).astype(float) + household("child_tax_credit", period)
        return minimum(credits * share, household("national_tax_arrears", period))
