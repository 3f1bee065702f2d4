"""The household, its median income and its thresholds. (가구원 수, 기준 중위소득, 선정기준)"""

from numpy import floor, maximum, select, where
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.entities import Household


class household_size(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "가구원 수 (members of the household)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "person"

    def formula(household, period, parameters):
        """개별가구의 가구원을 셉니다. 적어도 한 사람입니다. (국민기초생활 보장법 시행령 제2조)

        Counts the members that the decree does not leave out; at least one. (Decree, art. 2)
        """
        return maximum(household.sum(household.members("counts_in_household", period)), 1)


class has_counted_members(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "가구원으로 세는 사람이 있음 (somebody counts as a member)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(household, period, parameters):
        """모두 보장시설에 있거나 제외되면 개별가구가 없습니다. (국민기초생활 보장법 시행령 제2조제2항)

        Where everybody is in a care facility or left out, there is no household. (Decree, art. 2(2))
        """
        return household.any(household.members("counts_in_household", period))


class members_beyond_seven(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "일곱 명을 넘는 가구원 수 (members beyond seven)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "person"

    def formula(household, period, parameters):
        """8인부터는 한 사람마다 7인과 6인의 차이를 더합니다. (보건복지부고시 제2025-135호)

        From eight persons on, each adds the difference between seven and six. (Notice 2025-135)
        """
        return maximum(household("household_size", period) - 7, 0)


class median_income_up_to_seven(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "기준 중위소득, 일곱 명까지 (standard median income, up to seven members)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """가구 규모별 기준 중위소득입니다. (국민기초생활 보장법 제2조제11호, 제6조의2)

        The standard median income by size of household. (Act, art. 2 no. 11, art. 6-2)
        """
        median = parameters(period).basic_livelihood.median_income
        size = household("household_size", period)
        return select(
            [size == 1, size == 2, size == 3, size == 4, size == 5, size == 6],
            [
                median.persons_1,
                median.persons_2,
                median.persons_3,
                median.persons_4,
                median.persons_5,
                median.persons_6,
            ],
            default=median.persons_7,
        )


class median_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "기준 중위소득 (standard median income)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """가구 규모별 기준 중위소득입니다. (국민기초생활 보장법 제2조제11호, 제6조의2)

        The standard median income by size of household, beyond seven members too. (Act, art. 2 no. 11, art. 6-2)
        """
        median = parameters(period).basic_livelihood.median_income
        beyond = household("members_beyond_seven", period)
        step = median.persons_7 - median.persons_6
        return household("median_income_up_to_seven", period) + where(beyond > 0, beyond * step, 0)


class livelihood_threshold(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "생계급여 선정기준 (livelihood threshold)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준 중위소득에 비율을 곱해 1원 미만을 반올림합니다. (국민기초생활 보장법 제8조제2항)

        The share of the median, rounded half up to one won. (Act, art. 8(2))
        """
        p = parameters(period).basic_livelihood
        rate = p.benefit_rates.livelihood
        seven = floor(p.median_income.persons_7 * rate + 0.5)
        six = floor(p.median_income.persons_6 * rate + 0.5)
        beyond = household("members_beyond_seven", period)
        median = household("median_income_up_to_seven", period).astype(float)
        own = floor(median * rate + 0.5)
        return own + where(beyond > 0, beyond * (seven - six), 0)


class medical_threshold(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "의료급여 선정기준 (medical threshold)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준 중위소득에 비율을 곱해 1원 미만을 반올림합니다. (국민기초생활 보장법 제12조의3제2항)

        The share of the median, rounded half up to one won. (Act, art. 12-3(2))
        """
        p = parameters(period).basic_livelihood
        rate = p.benefit_rates.medical
        seven = floor(p.median_income.persons_7 * rate + 0.5)
        six = floor(p.median_income.persons_6 * rate + 0.5)
        beyond = household("members_beyond_seven", period)
        median = household("median_income_up_to_seven", period).astype(float)
        own = floor(median * rate + 0.5)
        return own + where(beyond > 0, beyond * (seven - six), 0)


class housing_threshold(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "주거급여 선정기준 (housing threshold)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준 중위소득에 비율을 곱해 1원 미만을 반올림합니다. (주거급여법 제5조제1항)

        The share of the median, rounded half up to one won. (Housing Benefit Act, art. 5(1))
        """
        p = parameters(period).basic_livelihood
        rate = p.benefit_rates.housing
        seven = floor(p.median_income.persons_7 * rate + 0.5)
        six = floor(p.median_income.persons_6 * rate + 0.5)
        beyond = household("members_beyond_seven", period)
        median = household("median_income_up_to_seven", period).astype(float)
        own = floor(median * rate + 0.5)
        return own + where(beyond > 0, beyond * (seven - six), 0)


class education_threshold(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "교육급여 선정기준 (education threshold)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준 중위소득에 비율을 곱해 1원 미만을 반올림합니다. (국민기초생활 보장법 제12조제3항)

        The share of the median, rounded half up to one won. (Act, art. 12(3))
        """
        p = parameters(period).basic_livelihood
        rate = p.benefit_rates.education
        seven = floor(p.median_income.persons_7 * rate + 0.5)
        six = floor(p.median_income.persons_6 * rate + 0.5)
        beyond = household("members_beyond_seven", period)
        median = household("median_income_up_to_seven", period).astype(float)
        own = floor(median * rate + 0.5)
        return own + where(beyond > 0, beyond * (seven - six), 0)


class near_poverty_line(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "차상위계층의 소득인정액 기준 (near-poverty line)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준 중위소득의 100분의 50입니다. (국민기초생활 보장법 시행령 제3조)

        Half of the standard median income; the decree names the share and no rounding. (Decree, art. 3)
        """
        return household("median_income", period) * parameters(period).basic_livelihood.benefit_rates.near_poverty
