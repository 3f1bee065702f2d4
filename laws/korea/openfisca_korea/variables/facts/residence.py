"""Where a household lives, and the classes that the acts make of it. (거주지)"""

from numpy import select
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_korea.classes import (
    LivelihoodRegion,
    MunicipalityKind,
    PensionArea,
    PopulationDecline,
    Province,
    RentGrade,
)
from openfisca_korea.entities import Household


class province(Variable):
    value_type = Enum
    possible_values = Province
    default_value = Province.seoul
    entity = Household
    definition_period = MONTH
    label = "시·도 (province)"
    documentation = """
    증빙: 주민등록표 등본
    기관: 시·군·구 (주민등록정보시스템)

    Proof: resident registration
    Held by: city, county or district (resident register)
    """


class municipality_kind(Variable):
    value_type = Enum
    possible_values = MunicipalityKind
    default_value = MunicipalityKind.district
    entity = Household
    definition_period = MONTH
    label = "시·군·구의 종류 (kind of municipality)"
    documentation = """
    증빙: 주민등록표 등본
    기관: 시·군·구 (주민등록정보시스템)

    Proof: resident registration
    Held by: city, county or district (resident register)
    """


class is_on_island(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "도서지역 거주 (lives on an island without a bridge)"
    reference = "https://www.law.go.kr/법령/주거급여법"
    documentation = """
    증빙: 주민등록표 등본
    기관: 시·군·구 (주민등록정보시스템)
    근거: 국토교통부고시 제2025-506호

    Proof: resident registration
    Held by: city, county or district (resident register)
    Basis: notice 2025-506 of the Ministry of Land, Infrastructure and Transport
    """


class population_decline(Variable):
    value_type = Enum
    possible_values = PopulationDecline
    default_value = PopulationDecline.none
    entity = Household
    definition_period = MONTH
    label = "인구감소지역 구분 (area of population decline)"
    reference = "https://www.law.go.kr/법령/아동수당법시행령"
    documentation = """
    증빙: 주민등록표 등본과 인구감소지역 지정 고시
    기관: 행정안전부, 보건복지부 (고시)
    근거: 지방자치분권 및 지역균형발전에 관한 특별법 제2조제12호, 아동수당법 시행령 제2조제2항제1호

    Proof: resident registration and the notified list of areas
    Held by: Ministry of the Interior and Safety, Ministry of Health and Welfare (notices)
    Basis: Special Act on Local Autonomy and Balanced Development, art. 2 no. 12; Child Allowance decree, art. 2(2) no. 1
    """


class livelihood_region(Variable):
    value_type = Enum
    possible_values = LivelihoodRegion
    default_value = LivelihoodRegion.seoul
    entity = Household
    definition_period = MONTH
    label = "기초생활보장 재산 기준의 지역 (region for property in basic livelihood)"
    reference = "https://www.law.go.kr/법령/국민기초생활보장법시행령"

    def formula(household, period, parameters):
        """기본재산액의 네 지역입니다. 창원특례시는 광역시와 같습니다. (시행령 제5조의4제1항제1호가목, 고시 제2025-204호 별표 3)

        The four regions of the basic property deduction; Changwon counts as a metropolitan city.
        """
        province = household("province", period)
        kind = household("municipality_kind", period)
        is_metropolitan = (
            (province == Province.busan)
            | (province == Province.daegu)
            | (province == Province.incheon)
            | (province == Province.gwangju)
            | (province == Province.daejeon)
            | (province == Province.ulsan)
            | (province == Province.sejong)
            | ((province == Province.gyeongnam) & (kind == MunicipalityKind.special_city))
        )
        return select(
            [
                province == Province.seoul,
                province == Province.gyeonggi,
                is_metropolitan,
                province == Province.jeonnam_gwangju,
            ],
            [
                LivelihoodRegion.seoul,
                LivelihoodRegion.gyeonggi,
                LivelihoodRegion.metropolitan,
                LivelihoodRegion.undetermined,
            ],
            default=LivelihoodRegion.other,
        )


class rent_grade(Variable):
    value_type = Enum
    possible_values = RentGrade
    default_value = RentGrade.grade_1
    entity = Household
    definition_period = MONTH
    label = "기준임대료의 급지 (rent grade)"
    reference = "https://www.law.go.kr/법령/주거급여법"

    def formula(household, period, parameters):
        """기준임대료의 네 급지입니다. (주거급여법 제7조제3항, 국토교통부고시 제2025-506호)

        The four grades of the standard rent. (Housing Benefit Act, art. 7(3))
        """
        region = household("livelihood_region", period)
        province = household("province", period)
        is_grade_2 = (region == LivelihoodRegion.gyeonggi) | (province == Province.incheon)
        return select(
            [
                region == LivelihoodRegion.seoul,
                is_grade_2,
                region == LivelihoodRegion.metropolitan,
                region == LivelihoodRegion.undetermined,
            ],
            [RentGrade.grade_1, RentGrade.grade_2, RentGrade.grade_3, RentGrade.undetermined],
            default=RentGrade.grade_4,
        )


class pension_area(Variable):
    value_type = Enum
    possible_values = PensionArea
    default_value = PensionArea.large_city
    entity = Household
    definition_period = MONTH
    label = "기초연금 기본재산액의 지역 (area for the basic pension)"
    reference = "https://www.law.go.kr/법령/기초연금법시행규칙"

    def formula(household, period, parameters):
        """기초연금 기본재산액의 세 지역입니다. 광역시의 군은 농어촌입니다. (기초연금법 시행규칙 제4조제1항제1호, 고시 제2026-156호)

        The three areas of the basic pension; a county of a metropolitan city is rural.
        """
        province = household("province", period)
        kind = household("municipality_kind", period)
        return select(
            [
                province == Province.jeonnam_gwangju,
                kind == MunicipalityKind.county,
                (kind == MunicipalityKind.special_city),
                (kind == MunicipalityKind.district) & (province != Province.sejong),
            ],
            [PensionArea.undetermined, PensionArea.rural, PensionArea.large_city, PensionArea.large_city],
            default=PensionArea.small_city,
        )


class is_in_capital_area(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "수도권 거주 (lives in the capital area)"
    reference = "https://www.law.go.kr/법령/수도권정비계획법"

    def formula(household, period, parameters):
        """수도권은 서울, 인천, 경기입니다. (수도권정비계획법 제2조제1호)

        The capital area is Seoul, Incheon and Gyeonggi. (Seoul Metropolitan Area Readjustment Act, art. 2 no. 1)
        """
        province = household("province", period)
        return (province == Province.seoul) | (province == Province.incheon) | (province == Province.gyeonggi)
