"""Repair support of owners. (수선유지급여)"""

from numpy import nan, select, where
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import RepairKind, Tenure
from openfisca_korea.entities import Household


class repair_kind(Variable):
    value_type = Enum
    possible_values = RepairKind
    default_value = RepairKind.none
    entity = Household
    definition_period = MONTH
    label = "그 달에 결정된 보수범위 (repair decided in the month)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    documentation = """
    증빙: 주택조사 결과서
    기관: 한국토지주택공사
    근거: 주거급여법 제8조

    Proof: survey of the home
    Held by: Korea Land and Housing Corporation
    Basis: Housing Benefit Act, art. 8
    """


class repair_support(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "수선유지급여액 (repair support)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    unit = "currency-KRW"

    def formula(household, period, parameters):
        """보수범위별 수선비용에 소득인정액에 따른 비율을 곱합니다. 도서지역은 10%를 더합니다. (주거급여법 제8조)

        The cost of the kind of repair times a share by income; ten per cent more on islands. (Act, art. 8)
        """
        p = parameters(period).housing_benefit.repair
        kind = household("repair_kind", period)
        cost = select(
            [kind == RepairKind.minor, kind == RepairKind.medium, kind == RepairKind.major],
            [p.minor, p.medium, p.major],
            default=0,
        )
        income = household("recognised_income", period)
        threshold = household("housing_threshold", period)
        share = select(
            [
                income <= household("livelihood_threshold", period),
                income <= household("median_income", period).astype(float) * p.middle_line,
                income <= threshold,
                income > threshold,
            ],
            [p.share_livelihood, p.share_medical, p.share_housing, 0],
            default=nan,
        )
        factor = where(household("is_on_island", period), 1 + p.island_extra, 1)
        is_due = (household("tenure", period) == Tenure.owner) & (kind != RepairKind.none)
        return where(is_due, cost * share * factor, 0)
