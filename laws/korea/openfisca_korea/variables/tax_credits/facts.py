"""What the tax office knows of a year. (과세기간의 사실)"""

from openfisca_core.periods import YEAR
from openfisca_core.variables import Variable

from openfisca_korea.entities import Household, Person


class tax_year_earnings(Variable):
    value_type = int
    entity = Person
    definition_period = YEAR
    label = "총급여액 등 (earnings that count for the credits)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW/year"
    documentation = """
    근로소득, 업종별 조정률을 곱한 사업소득, 종교인소득입니다.
    증빙: 지급명세서, 종합소득세 신고서
    기관: 국세청
    근거: 조세특례제한법 제100조의3제5항제3호, 시행령 제100조의6

    Wages, business income times the rate of its trade, clergy income.
    Proof: payment statements, income tax return
    Held by: National Tax Service
    Basis: Restriction of Special Taxation Act, art. 100-3(5) no. 3; decree, art. 100-6
    """


class tax_year_total_income(Variable):
    value_type = int
    entity = Person
    definition_period = YEAR
    label = "연간 총소득 (total income of the year)"
    reference = "https://www.law.go.kr/법령/조세특례제한법시행령"
    unit = "currency-KRW/year"
    documentation = """
    이자, 배당, 사업(조정률), 근로, 연금, 기타, 종교인소득의 합입니다.
    증빙: 소득금액증명, 지급명세서
    기관: 국세청
    근거: 조세특례제한법 시행령 제100조의3

    Interest, dividends, business (at its rate), wages, pensions, other and clergy income together.
    Proof: certificate of income, payment statements
    Held by: National Tax Service
    Basis: Special Taxation decree, art. 100-3
    """


class tax_year_assets(Variable):
    value_type = int
    entity = Person
    definition_period = YEAR
    label = "재산의 합계액, 6월 1일 현재 (assets on 1 June)"
    reference = "https://www.law.go.kr/법령/조세특례제한법시행령"
    unit = "currency-KRW"
    documentation = """
    토지, 건물, 주택, 승용자동차, 전세금, 금융재산, 회원권, 유가증권, 부동산 취득 권리입니다. 부채는 빼지 않습니다.
    증빙: 지방세 과세자료, 금융재산 조회 결과, 임대차계약서
    기관: 국세청, 시·군·구, 금융회사
    근거: 조세특례제한법 시행령 제100조의4

    Land, homes, cars, deposits, financial property, memberships, securities and rights; debts are not taken off.
    Proof: local tax records, inquiry about financial property, lease
    Held by: National Tax Service, city, county or district, banks
    Basis: Special Taxation decree, art. 100-4
    """


class average_monthly_pay_of_regular_worker(Variable):
    value_type = int
    entity = Person
    definition_period = YEAR
    label = "연말에 계속 근무하는 상용근로자의 월 평균 근로소득 (average monthly pay of a regular worker at the end of the year)"
    reference = "https://www.law.go.kr/법령/조세특례제한법시행령"
    unit = "currency-KRW/month"
    documentation = """
    증빙: 근로소득 지급명세서
    기관: 국세청
    근거: 조세특례제한법 시행령 제100조의2제4항제2호

    Proof: payment statement of wages
    Held by: National Tax Service
    Basis: Special Taxation decree, art. 100-2(4) no. 2
    """


class runs_professional_practice(Variable):
    value_type = bool
    entity = Person
    definition_period = YEAR
    label = "전문직 사업을 영위함 (runs a professional practice)"
    reference = "https://www.law.go.kr/법령/조세특례제한법시행령"
    documentation = """
    증빙: 사업자등록증
    기관: 국세청
    근거: 부가가치세법 시행령 제109조제2항제7호

    Proof: business registration
    Held by: National Tax Service
    Basis: Value-Added Tax decree, art. 109(2) no. 7
    """


class is_dependant_child_of_another(Variable):
    value_type = bool
    entity = Person
    definition_period = YEAR
    label = "다른 거주자의 부양자녀 (dependant child of another resident)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    documentation = """
    증빙: 다른 거주자의 장려금 신청서
    기관: 국세청
    근거: 조세특례제한법 제100조의3제2항제3호

    Proof: application of the other resident
    Held by: National Tax Service
    Basis: Restriction of Special Taxation Act, art. 100-3(2) no. 3
    """


class lacks_required_nationality(Variable):
    value_type = bool
    entity = Person
    definition_period = YEAR
    label = "대한민국 국적이 없고 예외에도 들지 않음 (no Korean nationality and no exception)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    documentation = """
    한국인과 혼인하거나 한국 국적 부양자녀가 있으면 예외입니다.
    증빙: 기본증명서, 외국인등록 사실증명
    기관: 시·읍·면 (가족관계등록부), 법무부
    근거: 조세특례제한법 제100조의3제2항제2호

    Marriage to a Korean or a Korean qualifying child is an exception.
    Proof: basic certificate, alien registration
    Held by: city, town or township (register of family relations), Ministry of Justice
    Basis: Restriction of Special Taxation Act, art. 100-3(2) no. 2
    """


class files_tax_credit_late(Variable):
    value_type = bool
    entity = Household
    definition_period = YEAR
    label = "장려금을 기한 후에 신청함 (applies for the credits late)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    documentation = """
    신청기간 뒤 6개월 안의 신청입니다.
    증빙: 장려금 신청서 접수일
    기관: 국세청
    근거: 조세특례제한법 제100조의6제8항, 제100조의7제2항

    An application within six months after the period.
    Proof: date on which the application was received
    Held by: National Tax Service
    Basis: Restriction of Special Taxation Act, art. 100-6(8), 100-7(2)
    """


class child_tax_deduction_taken(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "소득세에서 받은 자녀세액공제액 (child tax deduction taken from income tax)"
    reference = "https://www.law.go.kr/법령/조세특례제한법시행령"
    unit = "currency-KRW/year"
    documentation = """
    증빙: 소득세 신고서, 연말정산 결과
    기관: 국세청
    근거: 소득세법 제59조의2, 제61조, 조세특례제한법 시행령 제100조의31제2항

    Proof: income tax return, year-end settlement
    Held by: National Tax Service
    Basis: Income Tax Act, art. 59-2, 61; Special Taxation decree, art. 100-31(2)
    """


class national_tax_arrears(Variable):
    value_type = int
    entity = Household
    definition_period = YEAR
    label = "국세 체납액 (national tax arrears)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW"
    documentation = """
    증빙: 국세 납세증명서
    기관: 국세청
    근거: 조세특례제한법 제100조의8제4항

    Proof: certificate of national taxes
    Held by: National Tax Service
    Basis: Restriction of Special Taxation Act, art. 100-8(4)
    """


class first_half_wages(Variable):
    value_type = int
    entity = Person
    definition_period = YEAR
    label = "상반기 근로소득 (wages from January to June)"
    reference = "https://www.law.go.kr/법령/조세특례제한법"
    unit = "currency-KRW"
    documentation = """
    증빙: 지급명세서, 간이지급명세서
    기관: 국세청
    근거: 조세특례제한법 제100조의5제2항제1호

    Proof: payment statements
    Held by: National Tax Service
    Basis: Restriction of Special Taxation Act, art. 100-5(2) no. 1
    """


class months_worked_in_first_half(Variable):
    value_type = int
    default_value = 6
    entity = Person
    definition_period = YEAR
    label = "상반기 근무월수 (months worked from January to June)"
    reference = "https://www.law.go.kr/법령/조세특례제한법시행령"
    unit = "month"
    documentation = """
    15일 이상 근무한 달을 셉니다. 일용근로와 중도퇴직은 6개월로 봅니다.
    증빙: 간이지급명세서
    기관: 국세청
    근거: 조세특례제한법 시행령 제100조의6제3항

    Months with 15 days of work; day labour and people who left count as six.
    Proof: simplified payment statement
    Held by: National Tax Service
    Basis: Special Taxation decree, art. 100-6(3)
    """
