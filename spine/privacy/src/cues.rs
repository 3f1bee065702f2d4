//! Words that speak for and against a number. Of those before it the nearest counts: «계좌 …», «등기번호 …».

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::context::View;

/// Words that are looked for together, in large letters or small.
pub(crate) struct Cues {
    words: &'static [&'static str],
    finder: OnceLock<Option<AhoCorasick>>,
}

impl Cues {
    const fn new(words: &'static [&'static str]) -> Self {
        Self { words, finder: OnceLock::new() }
    }

    /// Where each of them stands in a text.
    fn places(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let build = || AhoCorasickBuilder::new().ascii_case_insensitive(true).build(self.words).ok();
        let finder = self.finder.get_or_init(build).as_ref();
        finder
            .into_iter()
            .flat_map(move |finder| finder.find_overlapping_iter(text))
            .map(|found| (found.start(), found.end()))
    }

    /// Where the last of them ends.
    fn last(&self, text: &str) -> Option<usize> {
        self.places(text).map(|(_, end)| end).max()
    }

    /// Where the first of them begins.
    fn first(&self, text: &str) -> Option<usize> {
        self.places(text).map(|(start, _)| start).min()
    }
}

/// What the words around a number say of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    For,
    Against,
    Nothing,
}

/// The nearest word in so many characters before a place decides; if none stands there, what follows right behind.
pub(crate) fn word(view: &View, place: (usize, usize), reach: usize, cues: &Cues, denials: &[&Cues]) -> Word {
    word_or_noun(view, place, reach, (cues, denials), if denials.is_empty() { &NONE } else { &NEAR_THINGS })
}

/// As [`word`], with nouns that speak against a number they stand right before.
pub(crate) fn word_or_noun(
    view: &View,
    (start, end): (usize, usize),
    reach: usize,
    (cues, denials): (&Cues, &[&Cues]),
    nouns: &Cues,
) -> Word {
    let before = view.preceding(start, reach);
    let between = |at: &usize| before[*at..].chars().count() <= NEAR && !before[*at..].contains('\n');
    let noun = nouns.last(before).filter(between);
    let denied = denials.iter().filter_map(|words| words.last(before)).max();
    match (cues.last(before), denied.max(noun)) {
        (Some(so), no) if no.is_none_or(|no| no < so) => return Word::For,
        (_, Some(_)) => return Word::Against,
        _ => {}
    }
    let after = view.following(end, BEHIND);
    match (cues.first(after), denials.iter().filter_map(|words| words.first(after)).min()) {
        (Some(so), no) if no.is_none_or(|no| so < no) => Word::For,
        (_, Some(_)) => Word::Against,
        _ => Word::Nothing,
    }
}

/// Whether one of the words stands on an earlier line, as over a column.
pub(crate) fn heads_list(view: &View, start: usize, cues: &Cues) -> bool {
    view.preceding(start, OVER).rsplit_once('\n').is_some_and(|(earlier, _)| cues.first(earlier).is_some())
}

/// How far behind a number a word may belong to it.
const BEHIND: usize = 9;
/// So many characters may stand between a noun and a number.
const NEAR: usize = 4;
/// So far above a number the head of its column may stand.
const OVER: usize = 400;

/// Numbers of things and papers, not of persons.
pub(crate) static THINGS: Cues = Cues::new(&[
    "등기번호",
    "송장번호",
    "운송장",
    "주문번호",
    "접수번호",
    "문서번호",
    "법인등록번호",
    "법인 등록번호",
    "법인번호",
    "관리번호",
    "고객번호",
    "납부번호",
    "승인번호",
    "거래번호",
    "고유식별",
    "거래고유번호",
    "신청번호",
    "예약번호",
    "증권번호",
    "청구번호",
    "일련번호",
    "계약번호",
    "공고번호",
    "상품번호",
    "상품코드",
    "제품번호",
    "품번",
    "칩번호",
    "배출번호",
    "사건번호",
    "계량기",
    "군번",
    "수신번호",
    "추적번호",
    "발급번호",
    "확인번호",
    "민원번호",
    "모델명",
    "타임스탬프",
    "회원번호",
    "수험번호",
    "단말번호",
    "제조번호",
    "생산번호",
    "품목번호",
    "자재번호",
    "학번",
    "사번",
    "우편번호",
    "로트",
    "인증번호",
    "corporate reg",
    "isbn",
    "tracking",
    "order number",
    "reference",
    "serial",
    "timestamp",
    "application no",
    "transaction",
    "case no",
]);

/// These, too, but only right before a number: «접수 2025-0317-0029», and «접수할 계좌는 …» is an account.
pub(crate) static NEAR_THINGS: Cues = Cues::new(&[
    "등기",
    "송장",
    "주문",
    "접수",
    "예약",
    "바코드",
    "시리얼",
    "택배",
    "소포",
    "공고",
    "승인",
    "쿠폰",
    "order",
    "receipt",
    "ref",
    "invoice",
    "parcel",
    "barcode",
    "epoch",
    "ticket",
    "booking",
    "imei",
    "shipment",
    "confirmation",
    "case",
    "version",
]);

/// Words that speak for, or against, such a number.
pub(crate) static RESIDENT: Cues = Cues::new(&[
    "주민",
    "등록번호",
    "등록증",
    "신분증",
    "외국인",
    "거소",
    "생년",
    "출생",
    "본인",
    "성명",
    "이름",
    "신청인",
    "대리인",
    "증인",
    "아들",
    "딸",
    "자녀",
    "아이",
    "손자",
    "손녀",
    "가족",
    "환자",
    "학생",
    "rrn",
    "jumin",
    "arc ",
    "arc:",
    "resident",
    "foreigner",
    "foreign reg",
    "alien reg",
    "residence",
    "person",
    "my son",
    "my daughter",
    "her number",
    "his number",
    "id number",
    "born",
    "id는",
    "id:",
    "id is",
    "신분",
    "뒷자리",
    "명의",
    "세대주",
    "제 번호",
    "내 번호",
    "배우자",
    "남편",
    "아내",
    "며느리",
    "사위",
    "손주",
    "동생",
    "언니",
    "오빠",
    "누나",
    "아버지",
    "어머니",
    "아빠",
    "엄마",
    "할머니",
    "할아버지",
    "피보험자",
    "수급자",
    "사망자",
    "상속인",
    "임차인",
    "임대인",
    "가입자",
    "피부양자",
    "구성원",
    "어르신",
    "조카",
    "막내",
    "첫째",
    "둘째",
    "셋째",
    "큰애",
    "작은애",
    "husband",
    "wife",
    "mother",
    "father",
    "daughter",
    "parent",
    "child",
]);

/// Numbers of firms and cars have words of theirs.
pub(crate) static NOT_RESIDENT: Cues = Cues::new(&[
    "사업자등록번호",
    "사업자 등록번호",
    "차량등록번호",
    "자동차등록번호",
    "법인등록번호",
    "계좌",
    "입금",
    "통장",
    "account",
]);

/// Words that speak for, or against, such a number.
pub(crate) static CORPORATE: Cues = Cues::new(&[
    "법인등록번호",
    "법인 등록번호",
    "법인번호",
    "법인등기",
    "등기번호",
    "corporate reg",
    "corporation reg",
    "corporate no",
]);

/// Words that speak for, or against, such a number.
pub(crate) static CARD: Cues =
    Cues::new(&["카드", "결제", "유효기간", "할부", "신용", "체크", "card", "visa", "master", "amex", "expir"]);

/// Words that speak for, or against, such a number.
pub(crate) static LICENCE: Cues = Cues::new(&["면허", "운전", "licence", "license"]);

/// Words that speak for, or against, such a number.
pub(crate) static PASSPORT: Cues = Cues::new(&["여권", "passport", "旅券", "护照", "hộ chiếu", "travel document"]);

/// Words that speak for, or against, such a number.
pub(crate) static NOT_PASSPORT: Cues = Cues::new(&[
    "사증",
    "비자",
    "visa",
    "편명",
    "항공",
    "flight",
    "전화",
    "휴대",
    "계좌",
    "등록번호",
    "인정번호",
    "면허",
    "vin",
]);

/// Words that speak for, or against, such a number.
pub(crate) static PHONE: Cues = Cues::new(&[
    "전화",
    "연락",
    "휴대",
    "핸드폰",
    "번호",
    "팩스",
    "문자",
    "call",
    "phone",
    "tel",
    "fax",
    "mobile",
    "cell",
    "contact",
    "reach",
    "whatsapp",
    "hp",
    "카톡",
]);

/// Words that speak for, or against, such a number.
pub(crate) static BUSINESS: Cues = Cues::new(&[
    "사업자",
    "등록번호",
    "고유번호",
    "상호",
    "업체",
    "가게",
    "매장",
    "점포",
    "점주",
    "거래처",
    "가맹점",
    "사업장",
    "회사",
    "기업",
    "법인",
    "영수증",
    "세금계산서",
    "공급자",
    "공급받는",
    "시공",
    "기관",
    "납세",
    "견적",
    "대표",
    "(주)",
    "㈜",
    "주식회사",
    "business",
    "bizno",
    "biz_no",
    "brn",
    "company",
    "employer",
    "shop",
    "store",
    "vat",
    "vendor",
]);

/// These say it outright.
pub(crate) static SURELY_BUSINESS: Cues = Cues::new(&["사업자", "business", "bizno", "biz_no", "brn", "고유번호"]);

/// Words that speak for, or against, such a number.
pub(crate) static NOT_BUSINESS: Cues = Cues::new(&[
    "법인등록번호",
    "법인번호",
    "전화",
    "연락",
    "휴대",
    "팩스",
    "fax",
    "phone",
    "tel",
    "계좌",
    "주민",
    "은행",
]);

/// Words that speak for, or against, such a number.
pub(crate) static BANKS: Cues = Cues::new(&[
    "계좌",
    "은행",
    "농협",
    "축협",
    "신협",
    "수협",
    "뱅크",
    "카뱅",
    "케뱅",
    "금고",
    "우체국",
    "입금",
    "출금",
    "송금",
    "이체",
    "환급",
    "환불",
    "보내",
    "부쳐",
    "부치",
    "보낼",
    "쏴",
    "넣어",
    "통장",
    "국민",
    "신한",
    "우리",
    "하나",
    "기업",
    "카카오",
    "토스",
    "예금",
    "적금",
    "급여",
    "월급",
    "월세",
    "잔금",
    "계약금",
    "보증금",
    "회비",
    "후원",
    "씨티",
    "제일",
    "산업",
    "저축",
    "증권",
    "예치",
    "외환",
    "새마을",
    "수취",
    "받는",
    "정산",
    "대출",
    "상환",
    "account",
    "acct",
    "a/c",
    "bank",
    "shinhan",
    "woori",
    "kookmin",
    "hana",
    "kb",
    "nh",
    "ibk",
    "dgb",
    "bnk",
    "keb",
    "im뱅",
    "toss",
    "deposit",
    "refund",
    "transfer",
    "remit",
    "iban",
    "payee",
    " pay",
    " rent",
    "salary",
    "beneficiary",
    "wire",
]);

/// Words that speak for, or against, such a number.
pub(crate) static NOT_BANKS: Cues =
    Cues::new(&["사업자", "주민", "면허", "카드번호", "고지번호", "물건번호", "전자납부", "registration"]);

/// Over a column.
pub(crate) static ACCOUNTS: Cues = Cues::new(&["계좌", "통장", "account"]);

/// Words that speak for, or against, such a number.
pub(crate) static CARS: Cues = Cues::new(&[
    "등록번호",
    "차량",
    "차번호",
    "차 번호",
    "번호판",
    "승용차",
    "트럭",
    "차가",
    "차는",
    "차를",
    "차:",
    "차 :",
    "차주",
    "주차",
    "차종",
    "렌터",
    "렌트",
    "버스",
    "택시",
    "화물",
    "견인",
    "덤프",
    "오토바이",
    "이륜",
    "상대",
    "운전",
    "자동차",
    "plate",
    "car ",
    "taxi",
    "vehicle",
    "truck",
    "제 차",
    "내 차",
]);

/// Said outright.
pub(crate) static ONLY_RESIDENT: Cues = Cues::new(&["주민"]);

/// Said outright.
pub(crate) static PARTS: Cues = Cues::new(&["주민", "외국인등록", "앞자리", "앞 자리", "resident", "rrn"]);

/// Said outright.
pub(crate) static SURELY_CARD: Cues = Cues::new(&["카드번호", "카드 번호", "card number", "card no"]);

/// No word at all.
pub(crate) static NONE: Cues = Cues::new(&[]);

/// Right before a number they say that it is no telephone; «예약 02-…» is one.
pub(crate) static NOT_PHONE: Cues =
    Cues::new(&["등기", "송장", "바코드", "시리얼", "쿠폰", "invoice", "barcode", "imei", "epoch"]);

/// Beside 080-…, which everybody may call.
pub(crate) static TOLL_FREE: Cues =
    Cues::new(&["수신거부", "수신 거부", "무료거부", "무료", "수신자", "고객센터", "콜센터", "toll", "대표번호"]);

/// Beside the plate of a motorcycle.
pub(crate) static MOTORCYCLES: Cues =
    Cues::new(&["오토바이", "이륜", "스쿠터", "번호판", "차량번호", "배달", "motorcycle", "scooter", "plate"]);
