//! Words that tell an address from what looks like one. Lists are joined by bars.

/// What follows a number of a house without a space: «552입니다», «552에서».
pub(super) const PARTICLES_OF_PLACES: &str = "\
    이|입|예|에|의|은|는|을|를|로|으로|와|과|가|요|라|랑|하고|부터|까지|도 |번지|인데|일대|앞|옆|뒤|인근|근처|쪽";

/// Words before an address.
pub(super) const CUES: &str = "\
    주소|위치|장소|소재|거주|사는|집은|집이|자택|현장|배송|배달|거소|체류지|전입|이사|발견|업소|사업장|대상물|\
    물건지|본점|수령|받는 곳|받을 곳|보낼 곳|본적|등록기준지|영업소|가게는|매장은|지번|도로명|살던|살고|ddress";

/// What figures count: the figure before such a word is no number of a house.
pub(super) const COUNTED: &str = "\
    개월|개소|가구|세대|조|항|호|시|분|초|월|일|년|명|개|만|억|원|천|백|차|층|동|회|건|대|번|인|도|주|달|배|권|장|매|\
    통|병|쪽|점|급|등|위|곳|칸|톤|평|박|줄|편|부|반|팀|세|살|여|단|구역|블록|공구|코스|구간|킬로|미터|센티|\
    퍼센트|프로|달러|유로|엔|길|종|학년|기|가지|필지|자리|페이지|순위|석|심|해리|과목|화면|학기";
/// Words that begin as if they were counted and are none.
pub(super) const NOT_COUNTED: &str = "번지|대로|도로|기도|부동산|장로|시의|분식|주변|인데|인근|일대|부터|부근|여기";

/// What may follow a counted word.
pub(super) const PARTICLES: &str = "\
    이|가|은|는|을|를|의|와|과|도|에|로|으로|만|입니다|이고|까지|부터|간|째|씩|정도|당|이상|이하|쯤|여|에서|\
    짜리|이나|밖에|동안|이며|이라|에는|에도|에만|마다|이면|이라도|부터는|까지는|정도로|이에요|예요|간의";

/// Words that say that a place was named before them.
pub(super) const PLACES: &str = "\
    앞|옆|뒤|뒷|근처|맞은편|건너|담벼락|담장|부근|인근|일대|주변|골목|입구|지하|옥상|마당|건물|주택|빌라|아파트|\
    빌딩|대문|현관|축대|주차장|공터|보도|인도|횡단보도|가로등|전봇대|상가|창고|공사|신축|현장|토지|임야|거주|\
    사는|살고|삽니다|살아요|에 있|에 사|에 살|에 거주|에 위치|로 이사|에서";

/// Provinces and cities that people name without «시» or «도».
pub(super) const CITIES: &str = "\
    서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|수원|성남|용인|고양|\
    부천|안산|안양|화성|평택|의정부|파주|김포|남양주|시흥|하남|춘천|원주|강릉|청주|충주|천안|아산|전주|익산|\
    군산|목포|여수|순천|포항|경주|구미|창원|김해|진주|서귀포|속초|양산|거제|통영|밀양|안동|영주|상주|문경|김천|\
    영천|경산|사천|광양|나주|보령|서산|논산|당진|제천|동해|태백|삼척|정읍|남원|김제|오산|안성|구리|광명|군포|\
    의왕|과천|여주|양주|포천|동탄|분당|일산|해운대|서초";
/// Words that end as cities, districts and townships do.
pub(super) const NO_CITIES: &str = "\
    역시|즉시|다시|반드시|혹시|잠시|당시|일시|표시|실시|게시|무시|제시|지시|예시|명시|공시|고시|동시|감시|접시|\
    수시|상시|임시|또다시|평시|도시|택시|요구|친구|연구|청구|지구|도구|입구|출구|기구|누구|가구|복구|촉구|영구|\
    국군|화면|서면|정도";

/// Words in «면» that name no township.
pub(super) const NO_TOWNSHIPS: &str = "\
    화면|장면|단면|측면|표면|지면|서면|라면|도면|수면|안면|가면|냉면|국면|이면|전면|후면|양면|정면|반면|방면|노면|외면|내면";

/// Words in «로» and «길» that name no road.
pub(super) const NO_ROADS: &str = "\
    도로|경로|통로|선로|차로|진로|항로|활로|수로|회로|가로|세로|서로|별로|바로|새로|주로|따로|스스로|실제로|\
    때로|홀로|절로|위로|뒤로|아래로|제대로|절대로|대로|소로|중로|광로|뜻대로|말대로|법대로|멋대로|맘대로|죄로|\
    외로|글로|말로|비로|수시로|임의로|추가로|제외로|사유로|신고로|문제로|국도로|산길|갓길|안길|옆길|앞길|뒷길|\
    손길|발길|밤길|눈길|빗길|샛길|시골길|이길";
/// Endings of words in «로» and «길» that name no road, of which people make longer words: «신용카드로», «예정대로».
pub(super) const NO_ROAD_ENDINGS: &str = "\
    고속도로|일반도로|이면도로|정도로|제도로|온도로|속도로|각도로|년도로|한도로|별도로|으로|그대로|이대로|\
    저대로|마음대로|나름대로|규정대로|예정대로|계획대로|절차대로|순서대로|약속대로|사실대로|원칙대로|기준대로|\
    신청대로|안내대로|요청대로|설명대로|전화로|카드로|문자로|번호로|계좌로|코드로|이유로|결과로|단위로|용도로|\
    거리로|미터로|골목길|지름길|등굣길|하굣길|출근길|퇴근길|귀갓길|둘레길|오솔길";

/// Words in «동» and «리» that name no district: «방이동» is one, «이동» is none.
pub(super) const NO_DISTRICTS: &str = "\
    이동|진동|부동|구동|소동|변동|작동|감동|공동|자동|발동|시동|합동|협동|전동|수동|아동|충동|파동|가동|율동|\
    연동|기동|선동|수리|정리|다리|소리|허리|요리|유리|승리|비리|무리|논리|물리|의리|도리|영리|편리|불리|오리|\
    고리|우리|자리|머리|빨리|미리|분리|권리|심리|원리|멀리|금리|격리|총리|경리|대리";
/// Endings of words in «동» and «리» that name no district: «봉사활동», «쓰레기 처리».
pub(super) const NO_DISTRICT_ENDINGS: &str = "활동|운동|행동|노동|출동|거리|처리|관리|마무리|울타리|따리|목소리";

/// Words that say that a flat is meant.
pub(super) const HOMES: &str = "\
    세대|호수|입주|아파트|우리 집|저희 집|우리집|저희집|집은|동호|관리비|단지|택배|배달|배송|주소|거주|사는|\
    살고|윗집|아랫집|옆집";

/// Whether a word is in a list.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split('|').any(|other| other == word)
}
