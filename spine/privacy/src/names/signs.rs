//! What says that a name stands before or behind it.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

/// Labels behind which a name stands.
#[rustfmt::skip]
pub(super) const LABELS: &[&str] = &[
    "성명", "성 명", "성함", "성 함", "이름", "이 름", "영문명", "신청인", "신청자", "민원인", "신고인", "신고자", "청구인", "청구자", "고소인", "고발인", "예금주", "계좌주", "명의자", "명의인", "대표자",
    "대표", "보호자", "세대주", "세대원", "진정인", "제보자", "작성자", "제출자", "미제출자", "제안자", "건의자", "담당자", "담당", "대상자", "대상", "환자", "수급자", "아동", "증인", "대리인", "위임인",
    "위임자", "수임인", "수임자", "인계자", "인수자", "건축주", "소유자", "소유주", "차주", "운전자", "경작자", "체납자", "납세자", "납세의무자", "양도인", "양수인", "매도인", "매수인", "임대인", "임차인",
    "사건본인", "본인", "훈련생", "수강생", "수령자", "수령인", "수신인", "수신자", "수 신 자", "발신인", "받는 사람", "받는사람", "받는 이", "받는 분", "받는분", "받는이", "보내는분", "보내는이", "보내는 사람", "보내는사람", "보내는 이", "보내는 분",
    "받을 사람", "받을 분", "이용자", "의뢰인", "선주", "사망자", "망인", "고인", "기부자", "영업자", "승계자", "관계인", "경영주", "농가주", "책임자", "입금자", "송금인", "현장대리인", "위원", "피해자",
    "가해자", "집주인", "건물주", "동대표", "위촉위원", "심사위원", "평가위원", "급", "고용주", "사업주", "초청인", "초청자", "피초청인", "통역", "참고인", "피의자", "원고", "피고", "채무자", "채권자", "상속인",
    "당사자", "상대방", "상대", "수진자", "수취인", "점포주", "회원", "고객", "요청자", "접수자", "발명자", "탑승자", "총무", "신부", "신랑", "학부모", "부모", "보호의무자", "위탁아동", "학생", "원아",
    "장애인", "지원사", "어르신", "번", "어머니", "아버지", "할머니", "할아버지", "엄마", "아빠", "딸아이", "딸", "아들", "아이", "언니", "오빠", "누나", "동생", "조카", "손자", "손녀", "남편", "아내",
    "장남", "장녀", "모친", "부친", "학생명", "원아명", "아동명", "환자명", "고객명", "회원명", "피상속인", "유족", "후견인", "구매자", "주문자", "예약자", "응시자", "합격자", "당첨자", "가입자", "계약자",
    "피보험자", "근로자", "배우자", "자녀", "점주", "주무관", "담임",
];
/// Labels behind which nothing but a name stands.
#[rustfmt::skip]
pub(super) const SURE: &[&str] = &[
    "성명", "성 명", "성함", "성 함", "이름", "이 름", "예금주", "명의자", "영문명", "받는 사람", "받는사람", "받는 이", "받는 분", "받는분", "학생명", "원아명", "아동명", "환자명",
];
/// Labels of those who speak in a transcript.
#[rustfmt::skip]
pub(super) const SPEAKERS: &[&str] = &[
    "고객", "상대", "상대방", "학생", "엄마", "아빠", "어머니", "아버지", "딸", "아들", "남편", "아내", "민원인",
];
/// Labels in English.
#[rustfmt::skip]
const ENGLISH: &[&str] = &[
    "name", "applicant", "landlord", "landlady", "tenant", "recipient", "sponsor", "spouse", "husband", "wife", "inviter", "invitee", "student",
    "holder", "contact", "owner", "guarantor", "employer", "employee", "worker", "driver", "patient", "guardian", "interpreter", "witness", "signed",
    "nm", "mr", "mrs", "ms", "miss", "dr", "insured person", "i am called",
];
/// Words behind a name that end it.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "씨", "님", "군", "양", "귀하", "드림", "올림", "배상", "주무관", "여사", "어르신", "명의", "앞으로", "이름으로", "팀장", "과장", "대리", "반장", "선생", "교수", "원장", "기사", "간호사", "학생",
    "할머니", "할아버지", "고객님", "환자", "본인",
];
/// Ends of sentences by which somebody says who he is.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "입니다", "이라고 ", "라고 ", "이라 합니다", "이고요", "이고 ", "이에요", "예요", "이요", "인데요", "이며", "올시다", "가 맞", "이 맞", "이라 자필", "이라고 자필",
];

/// What a sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Label,
    English,
    Title,
    Ending,
}

/// A sign in a text, by its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) sign: Sign,
    pub(super) start: usize,
    pub(super) end: usize,
}

const KINDS: [(Sign, &[&str]); 4] =
    [(Sign::Label, LABELS), (Sign::English, ENGLISH), (Sign::Title, TITLES), (Sign::Ending, ENDINGS)];

/// Words of which one stands in every text that holds a sign of a name; those that need a figure or a space before them are left out.
pub(crate) fn words_of_signs() -> impl Iterator<Item = &'static str> {
    let words = LABELS.iter().chain(ENGLISH).chain(TITLES).copied();
    words.filter(|word| !matches!(*word, "급" | "번" | "군" | "양"))
}

/// Whether a text ends with a label.
pub(super) fn ends_with_label(text: &str) -> bool {
    LABELS.iter().any(|label| text.ends_with(label))
}

/// All signs of a text, those within others too.
pub(super) fn signs(text: &str) -> impl Iterator<Item = Hit> {
    static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let patterns = KINDS.iter().flat_map(|(_, patterns)| patterns.iter());
        AhoCorasickBuilder::new().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(patterns).ok()
    });
    let found = FINDER.iter().flat_map(move |finder| finder.find_overlapping_iter(text));
    found.map(|found| Hit { sign: kind_of(found.pattern().as_usize()), start: found.start(), end: found.end() })
}

fn kind_of(mut pattern: usize) -> Sign {
    for (sign, patterns) in KINDS {
        if pattern < patterns.len() {
            return sign;
        }
        pattern -= patterns.len();
    }
    Sign::Ending
}
