"""The classes that the acts sort people, homes and households into. (법령의 구분)"""

from openfisca_core.indexed_enums import Enum


class DisabilityDegree(Enum):
    __order__ = "none mild severe"
    none = "등록장애인이 아님 (not registered as disabled)"
    mild = "장애의 정도가 심하지 않은 장애인 (registered, not severe)"
    severe = "장애의 정도가 심한 장애인 (registered, severe)"


class SchoolLevel(Enum):
    __order__ = "none elementary middle high university"
    none = "재학하지 않음 (not at school)"
    elementary = "초등학교 (elementary school)"
    middle = "중학교 (middle school)"
    high = "고등학교 (high school)"
    university = "대학교 (university)"


class Province(Enum):
    __order__ = (
        "seoul busan daegu incheon gwangju daejeon ulsan sejong gyeonggi gangwon chungbuk chungnam "
        "jeonbuk jeonnam gyeongbuk gyeongnam jeju jeonnam_gwangju"
    )
    seoul = "서울특별시 (Seoul)"
    busan = "부산광역시 (Busan)"
    daegu = "대구광역시 (Daegu)"
    incheon = "인천광역시 (Incheon)"
    gwangju = "광주광역시 (Gwangju)"
    daejeon = "대전광역시 (Daejeon)"
    ulsan = "울산광역시 (Ulsan)"
    sejong = "세종특별자치시 (Sejong)"
    gyeonggi = "경기도 (Gyeonggi)"
    gangwon = "강원특별자치도 (Gangwon)"
    chungbuk = "충청북도 (North Chungcheong)"
    chungnam = "충청남도 (South Chungcheong)"
    jeonbuk = "전북특별자치도 (Jeonbuk)"
    jeonnam = "전라남도 (South Jeolla)"
    gyeongbuk = "경상북도 (North Gyeongsang)"
    gyeongnam = "경상남도 (South Gyeongsang)"
    jeju = "제주특별자치도 (Jeju)"
    jeonnam_gwangju = (
        "전남광주통합특별시, 2026-07부터, 지역 구분 미확인 (Jeonnam-Gwangju, from 2026-07, kind of region not checked)"
    )


class MunicipalityKind(Enum):
    __order__ = "district city special_city county"
    district = "자치구 (autonomous district of a special or metropolitan city)"
    city = "시, 행정시 (city)"
    special_city = "특례시: 수원·고양·용인·화성·창원 (special city: Suwon, Goyang, Yongin, Hwaseong, Changwon)"
    county = "군 (county)"


class PopulationDecline(Enum):
    __order__ = "none decline notified unchecked"
    none = "인구감소지역이 아님 (not an area of population decline)"
    decline = "인구감소지역, 고시 지역 아님 (area of population decline, not notified)"
    notified = "인구감소지역 중 보건복지부장관이 고시한 지역 (notified area of population decline)"
    unchecked = "인구감소지역, 고시 여부 미확인 (area of population decline, list not checked)"


class LivelihoodRegion(Enum):
    __order__ = "seoul gyeonggi metropolitan other undetermined"
    seoul = "서울 (Seoul)"
    gyeonggi = "경기 (Gyeonggi)"
    metropolitan = "광역시·세종·창원 (metropolitan cities, Sejong, Changwon)"
    other = "그 외 지역 (other areas)"
    undetermined = "정해지지 않음 (not determined)"


class RentGrade(Enum):
    __order__ = "grade_1 grade_2 grade_3 grade_4 undetermined"
    grade_1 = "1급지 서울 (grade 1: Seoul)"
    grade_2 = "2급지 경기·인천 (grade 2: Gyeonggi, Incheon)"
    grade_3 = "3급지 광역시·세종·수도권 외 특례시 (grade 3: metropolitan cities, Sejong, special cities outside the capital area)"
    grade_4 = "4급지 그 외 지역 (grade 4: other areas)"
    undetermined = "정해지지 않음 (not determined)"


class PensionArea(Enum):
    __order__ = "large_city small_city rural undetermined"
    large_city = "대도시: 특별시·광역시의 구, 특례시 (large city: district of a metropolitan city, special city)"
    small_city = "중소도시: 도의 시, 세종 (small city: city of a province, Sejong)"
    rural = "농어촌: 군 (rural: county)"
    undetermined = "정해지지 않음 (not determined)"


class CarUse(Enum):
    __order__ = "ordinary livelihood general_property"
    ordinary = "일반 승용차 (ordinary car)"
    livelihood = "생계유지용 자동차 (car needed for a livelihood)"
    general_property = "일반재산으로 보는 화물차 등 (lorry or other car treated as general property)"


class Tenure(Enum):
    __order__ = "tenant owner other"
    tenant = "타인의 주택에 임차료를 내고 거주 (tenant)"
    owner = "자기 주택에 거주 (owner)"
    other = "그 밖의 거주 (other)"


class RepairKind(Enum):
    __order__ = "none minor medium major"
    none = "보수하지 않음 (no repair decided)"
    minor = "경보수 (minor)"
    medium = "중보수 (medium)"
    major = "대보수 (major)"


class MedicalAidType(Enum):
    __order__ = "none type_1 type_2"
    none = "의료급여 수급권자가 아님 (not entitled)"
    type_1 = "1종 수급권자 (type 1)"
    type_2 = "2종 수급권자 (type 2)"


class ProtectionClass(Enum):
    __order__ = "none livelihood_or_medical housing_or_education near_poverty undetermined"
    none = "해당 없음 (above all lines)"
    livelihood_or_medical = "생계·의료급여 수급권자 (entitled to livelihood or medical benefit)"
    housing_or_education = "주거·교육급여 수급권자 (entitled to housing or education benefit)"
    near_poverty = "차상위계층 (near poverty)"
    undetermined = "알 수 없음: 확인되지 않은 금액이 있음 (cannot be told: a figure is unknown)"


class SingleParentKind(Enum):
    __order__ = "none single unmarried grandparent"
    none = "한부모가족이 아님 (not a single-parent family)"
    single = "한부모: 사별, 이혼, 유기 등 (single parent: widowed, divorced, deserted)"
    unmarried = "미혼 한부모 (unmarried parent)"
    grandparent = "조손가족 (grandparent bringing up a grandchild)"


class TaxHouseholdType(Enum):
    __order__ = "single one_earner two_earners"
    single = "단독가구 (single)"
    one_earner = "홑벌이 가구 (one earner)"
    two_earners = "맞벌이 가구 (two earners)"
