//! Numbers: of persons, papers, firms, cards, accounts, telephones and cars; and addresses of mail. For each a pattern, and a check that weighs the
//! words around it: of the words that speak for a number and those that speak against it («계좌 …», «등기번호 …») the nearest before it counts.

mod accounts;
mod cards;
mod firms;
mod mail;
mod papers;
mod persons;
mod phones;
mod plates;

use crate::{Kind, context::View, rules::Accept};

type Accepted = Option<(Kind, usize, usize)>;

/// What may stand between groups of figures: nothing, or a few separators that people use.
const GAP: &str = r"[ \-.~_/·ㆍ•∙‐‑‒–—−ー]{0,3}";
/// As [`GAP`], but at least one.
const BREAK: &str = r"[ \-.~_/·ㆍ•∙‐‑‒–—−ー]{1,3}";
/// What hides a figure: 900101-1******.
const STAR: &str = "[*xX●○■◯#]";
const REGIONS: &str = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주";
/// Syllables of number plates (자동차등록번호판 등의 기준에 관한 고시).
const PLATE: &str = "[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자배하허호]";

/// A pattern, its check, and what a text must hold, if anything, so that it is worth a search.
type Numbers = (String, Accept, &'static [&'static str]);

/// The rules for numbers, the strictest first.
pub(crate) fn rules() -> Vec<Numbers> {
    vec![
        (r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}".into(), mail::email, MAIL),
        (
            concat!(
                r" ?(?:@|\(at\)|\[at\]|골뱅이) ?",
                r"(?:[가-힣A-Za-z0-9\-]{1,63}(?: ?(?:\.|\(dot\)|\[dot\]|점) ?",
                r"(?:(?i:co|go|or|ac|re|ne|pe|com|net|org|kr|io|me|edu|gov|example)(?-u:\b)|한국|컴)){1,3}",
                r"|(?:네이버|지메일|구글|다음|한메일|네이트|카카오|핫메일)(?: ?(?:\.|점|닷) ?(?:컴|넷|com|net))?)"
            )
            .into(),
            mail::email_in_words,
            MAIL,
        ),
        // A group in each line, as people send them in messages.
        (r"01[016789]\n[0-9]{3,4}\n[0-9]{4}".into(), phones::phone, ANY),
        (r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?".into(), accounts::iban, ANY),
        (format!(r"[0-9]{{6}}{GAP}[1-8](?:[0-9]{{6}}|{STAR}{{4,6}})"), persons::resident_number, ANY),
        (
            format!(r"[0-9]{{6}}[ ,.:/()\[\]\-]{{0,3}}(?:뒷 ?자리|뒤 ?자리|뒷번호|뒤에|뒤)?[는은이가]?[ ,:()\[\]]{{0,3}}[1-8][ \-]?(?:[0-9]{{6}}|{STAR}{{6}})"),
            persons::resident_number_in_parts,
            ANY,
        ),
        (
            format!(
                r"[0-9]{{2}}[.\-/년 ]{{1,2}}[0-9]{{2}}[.\-/월 ]{{1,2}}[0-9]{{2}}[일.)]?{BREAK}[1-8](?:[0-9]{{6}}|{STAR}{{6}})"
            ),
            persons::resident_number_of_parts,
            ANY,
        ),
        (format!(r"(?:19|20)[0-9]{{6}}{BREAK}[1-8](?:[0-9]{{6}}|{STAR}{{6}})"), persons::resident_number_with_year, ANY),
        (format!(r"[*●○]{{6}}{GAP}[1-8][0-9]{{6}}"), persons::half_hidden_resident_number, STARS),
        (format!(r"[0-9]{{4}}{GAP}[0-9]{{4,6}}{GAP}[0-9]{{4,5}}(?:{GAP}[0-9]{{1,4}}){{0,2}}"), cards::card, ANY),
        (r"[0-9]{4}(?:, ?[0-9]{4}){3}".into(), cards::card_with_commas, COMMAS),
        (format!(r"[0-9*xX●○■◯#]{{4}}(?:{GAP}[0-9*xX●○■◯#]{{4}}){{2}}{GAP}[0-9*xX●○■◯#]{{3,4}}"), cards::half_hidden_card, STARS),
        (
            format!(
                r"(?:[0-9]{{2}}|{REGIONS}|경기남부|경기북부){GAP}[0-9]{{2}}{GAP}[0-9*]{{6}}{GAP}[0-9*]{{2}}"
            ),
            papers::driving_licence,
            ANY,
        ),
        (r"[MSRODGTmsrodgt](?:[0-9]{8}|[0-9]{3}[A-Za-z][0-9]{4})".into(), papers::passport, ANY),
        (
            r"[A-Z]{1,3}[ \-]?[0-9]{3}[ \-]?[0-9]{3,5}[A-Z]?|[A-Z][0-9]{3}[A-Z] ?[0-9]{4}|[A-Z]{1,2}[0-9]{2,5}[*●○]{3,6}|[0-9]{9}".into(),
            papers::cued_passport,
            ANY,
        ),
        (
            format!(
                r"(?:(?:\+ ?|00)?82{GAP}|\(?0)(?:\(0\) ?)?(?:1[016789]|2|[3-6][1-5]|70|50[0-9]?|80)\)?{GAP}[0-9]{{3,4}}{GAP}[0-9]{{4}}"
            ),
            phones::phone,
            ANY,
        ),
        (
            format!(
                r"01[016789](?:[,=:|+(*][ (]?[0-9]{{3,4}}[,=:|+)*] ?[0-9]{{4}}|{GAP}(?:[0-9]{{3,4}}{GAP}{STAR}{{4}}|{STAR}{{3,4}}{GAP}[0-9]{{4}}))"
            ),
            phones::odd_mobile,
            ANY,
        ),
        (format!(r"(?:\+ ?|00[1-9]?[ \-])[1-9][0-9]{{0,2}}(?:{GAP}\(?[0-9]{{1,4}}\)?){{2,5}}"), phones::foreign_phone, ABROAD),
        (format!(r"[0-9]{{3}}{GAP}[0-9]{{2}}{GAP}[0-9]{{5}}"), firms::business_number, ANY),
        (format!(r"[0-9]{{3}}{BREAK}[0-9]{{2}}{BREAK}[0-9]{{0,3}}{STAR}{{2,5}}"), firms::half_hidden_business_number, STARS),
        (
            format!(
                r"[0-9*●○■◯#]{{2,6}}(?:{BREAK}[0-9*xX●○■◯#]{{1,8}}){{1,4}}|[0-9]{{3,8}}{STAR}{{3,8}}[0-9]{{0,6}}|{STAR}{{4,10}}[0-9]{{3,6}}"
            ),
            accounts::half_hidden_account,
            STARS,
        ),
        (format!(r"[0-9]{{2,6}}(?:{BREAK}[0-9]{{2,8}}){{1,4}}(?:[\-–—−][0-9])?|[0-9]{{10,14}}"), accounts::bank_account, ANY),
        (format!(r"(?:(?:{REGIONS}) ?)?[0-9]{{1,3}} ?{PLATE}[ \-]?(?:[0-9]{{4}}|[0-9]{{1,2}}[*●○xX]{{2,3}})"), plates::number_plate, ANY),
        (format!(r"(?:{REGIONS}) ?[가-힣]{{2,3}} ?[가나다라마바사아자차카타파하] ?[0-9]{{4}}"), plates::motorcycle_plate, ANY),
        (r"(?:외교|영사|준외|준영|국기|협정) ?[0-9]{3}[ \-]?[0-9]{3}".into(), plates::diplomatic_plate, DIPLOMATS),
    ]
}

/// Nothing, or one of these, must stand in a text.
const ANY: &[&str] = &[];
const MAIL: &[&str] = &["@", "골뱅이", "at)", "at]"];
const STARS: &[&str] = &["*", "●", "○", "■", "◯", "#", "xx", "XX"];
const ABROAD: &[&str] = &["+", "00"];
const COMMAS: &[&str] = &[","];
const DIPLOMATS: &[&str] = &["외교", "영사", "준외", "준영", "국기", "협정"];

/// The figures of a text.
fn figures(text: &str) -> Vec<u32> {
    text.chars().filter_map(|character| character.to_digit(10)).collect()
}

fn is_bare(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_digit())
}

/// The lengths of the groups of figures.
fn groups(text: &str) -> Vec<usize> {
    text.split(|one: char| !one.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect()
}

fn is_star(one: char) -> bool {
    matches!(one, '*' | 'x' | 'X' | '●' | '○' | '■' | '◯' | '#')
}

/// Whether what follows counts: «… 원», «…명».
fn is_counted(view: &View, end: usize) -> bool {
    let rest = view.following(end, 2);
    rest.trim_start().starts_with(['원', '만', '억', '명', '건', '개', '%', '년', '회', '평', '㎡'])
}
