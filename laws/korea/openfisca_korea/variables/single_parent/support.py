"""Child support for single-parent families. (한부모가족 아동양육비)"""

from numpy import floor, logical_not, nan, select, where
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH, YEAR
from openfisca_core.variables import Variable

from openfisca_korea.classes import SchoolLevel, SingleParentKind
from openfisca_korea.entities import Household, Person


class single_parent_kind(Variable):
    value_type = Enum
    possible_values = SingleParentKind
    default_value = SingleParentKind.none
    entity = Household
    definition_period = MONTH
    label = "한부모가족의 종류 (kind of single-parent family)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법"
    documentation = """
    증빙: 가족관계증명서, 혼인관계증명서
    기관: 시·읍·면 (가족관계등록부)
    근거: 한부모가족지원법 제4조, 제5조의2

    Proof: family relations and marriage certificates
    Held by: city, town or township (register of family relations)
    Basis: Single-Parent Family Support Act, art. 4, 5-2
    """


class single_parent_income_limit(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "한부모가족 지원의 소득인정액 기준 (income limit of single-parent support)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법시행규칙"
    unit = "currency-KRW/month"

    def formula(household, period, parameters):
        """기준 중위소득에 고시한 비율을 곱해 1원 미만을 반올림합니다. 청소년 한부모의 비율은 확인되지 않았습니다.
        (한부모가족지원법 제5조, 시행규칙 제3조)

        The notified share of the median, rounded half up; the share for young parents is unknown. (Act, art. 5; rule, art. 3)
        """
        p = parameters(period).single_parent.eligibility
        share = where(household("is_young_single_parent", period), p.young_parent_income_share, p.income_share)
        return floor(household("median_income", period).astype(float) * share + 0.5)


class is_young_single_parent(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "청소년 한부모 (young single parent)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법"

    def formula(household, period, parameters):
        """24세 이하의 모 또는 부입니다. (한부모가족지원법 제4조제1호의2)

        A mother or father up to 24. (Act, art. 4 no. 1-2)
        """
        limit = parameters(period).single_parent.eligibility.young_parent_age
        kind = household("single_parent_kind", period)
        is_parent = (kind == SingleParentKind.single) | (kind == SingleParentKind.unmarried)
        return is_parent & (household("age_of_head", period) <= limit)


class is_child_of_single_parent_family(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "한부모가족의 아동 (child of a single-parent family)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법"

    def formula(person, period, parameters):
        """18세 미만, 취학 중이면 22세 미만의 자녀입니다. (한부모가족지원법 제4조제5호)

        A child below 18, below 22 at school. (Act, art. 4 no. 5)
        """
        p = parameters(period).single_parent.eligibility
        age = person("age", period)
        limit = where(person("school_level", period) != SchoolLevel.none, p.pupil_age, p.child_age)
        in_family = person.household("single_parent_kind", period) != SingleParentKind.none
        is_born = person("months_since_birth", period) >= 0
        return in_family & person.has_role(Household.CHILD) & is_born & (age < limit)


class single_parent_child_support(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "한부모가족 아동양육비, 자녀마다 (single-parent child support, each child)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법"
    unit = "currency-KRW/month"

    def formula(person, period, parameters):
        """소득인정액이 기준 이하이면 자녀마다 주고, 조손가족과 35세 이상 미혼 한부모의 5세 이하 아동, 25–34세 한부모의 아동에게
        더 줍니다. 생계급여를 받아도 줄 수 있습니다. (한부모가족지원법 제12조제1항제4호·제2항 단서·제3항)

        For each child where income is up to the limit; more for children up to five of grandparents and of unmarried
        parents from 35, and for children of parents aged 25 to 34. Livelihood benefit does not stand in the way.
        (Act, art. 12(1) no. 4, (2), (3))
        """
        p = parameters(period).single_parent
        kind = person.household("single_parent_kind", period)
        is_young_parent = person.household("is_young_single_parent", period)
        parent_age = person.household("age_of_head", period)
        is_parent = (kind == SingleParentKind.single) | (kind == SingleParentKind.unmarried)
        is_small = person("age", period) <= p.eligibility.additional_child_age
        is_older_unmarried = (kind == SingleParentKind.unmarried) & (parent_age > p.eligibility.additional_parent_age)
        addition = select(
            [
                ((kind == SingleParentKind.grandparent) | is_older_unmarried) & is_small,
                is_parent & (parent_age <= p.eligibility.additional_parent_age),
            ],
            [p.amount.addition_grandparent_or_unmarried, p.amount.addition_parent_25_to_34],
            default=0,
        )
        amount = where(is_young_parent, p.amount.young_parent_child_support, p.amount.child_support + addition)
        income = person.household("recognised_income", period)
        limit = person.household("single_parent_income_limit", period)
        due = select([income <= limit, income > limit], [amount, 0], default=nan)
        return where(person("is_child_of_single_parent_family", period), due, 0)


class age_of_head(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "가구주의 나이 (age of the head)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법"
    unit = "year"

    def formula(household, period, parameters):
        """한부모가족에서는 아동을 기르는 모 또는 부의 나이입니다. (한부모가족지원법 제4조)

        In a single-parent family the age of the parent. (Act, art. 4)
        """
        return household.value_from_person(household.members("age", period), Household.HEAD)


class single_parent_school_supplies(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "한부모가족 학용품비, 연간 (school supplies for the year)"
    reference = "https://www.law.go.kr/법령/한부모가족지원법"
    unit = "currency-KRW/year"

    def formula(person, period, parameters):
        """3월에 초·중·고에 다니는 아동에게 줍니다. 교육급여를 받으면 주지 않습니다. (한부모가족지원법 제12조제1항제2호·제2항)

        For children at school in March, unless they get education benefit. (Act, art. 12(1) no. 2, (2))
        """
        march = period.first_month.offset(2)
        amount = parameters(period).single_parent.amount.school_supplies
        income = person.household("recognised_income", march)
        limit = person.household("single_parent_income_limit", march)
        due = select([income <= limit, income > limit], [amount, 0], default=nan)
        may_receive = (
            person("is_child_of_single_parent_family", march)
            & person("is_pupil", march)
            & logical_not(person("is_entitled_to_education_benefit", march))
        )
        return where(may_receive, due, 0)
