//! Numbers: of persons, papers, firms, cards, accounts, telephones and cars; and addresses of mail. For each a pattern, and a check that weighs the
//! words around it: of the words that speak for a number and those that speak against it («계좌 …», «등기번호 …») the nearest before it counts.

use regex::Captures;

use crate::{
    Kind,
    accept::{figure_follows, standing_alone},
    context::View,
    cues::{
        ACCOUNTS, BANKS, BUSINESS, CARD, CARS, CORPORATE, LICENCE, MOTORCYCLES, NONE, NOT_BANKS, NOT_BUSINESS,
        NOT_PASSPORT, NOT_PHONE, NOT_RESIDENT, ONLY_RESIDENT, PARTS, PASSPORT, PHONE, RESIDENT, SURELY_BUSINESS,
        SURELY_CARD, THINGS, TOLL_FREE, Word, heads_list, word, word_or_noun,
    },
    rules::Accept,
};

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
        (r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}".into(), email, MAIL),
        (
            concat!(
                r" ?(?:@|\(at\)|\[at\]|골뱅이) ?",
                r"(?:[가-힣A-Za-z0-9\-]{1,63}(?: ?(?:\.|\(dot\)|\[dot\]|점) ?",
                r"(?:(?i:co|go|or|ac|re|ne|pe|com|net|org|kr|io|me|edu|gov|example)(?-u:\b)|한국|컴)){1,3}",
                r"|(?:네이버|지메일|구글|다음|한메일|네이트|카카오|핫메일)(?: ?(?:\.|점|닷) ?(?:컴|넷|com|net))?)"
            )
            .into(),
            email_in_words,
            MAIL,
        ),
        // A group in each line, as people send them in messages.
        (r"01[016789]\n[0-9]{3,4}\n[0-9]{4}".into(), phone, ANY),
        (r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?".into(), iban, ANY),
        (format!(r"[0-9]{{6}}{GAP}[1-8](?:[0-9]{{6}}|{STAR}{{4,6}})"), resident_number, ANY),
        (
            format!(r"[0-9]{{6}}[ ,.:/()\[\]\-]{{0,3}}(?:뒷 ?자리|뒤 ?자리|뒷번호|뒤에|뒤)?[는은이가]?[ ,:()\[\]]{{0,3}}[1-8][ \-]?(?:[0-9]{{6}}|{STAR}{{6}})"),
            resident_number_in_parts,
            ANY,
        ),
        (
            format!(
                r"[0-9]{{2}}[.\-/년 ]{{1,2}}[0-9]{{2}}[.\-/월 ]{{1,2}}[0-9]{{2}}[일.)]?{BREAK}[1-8](?:[0-9]{{6}}|{STAR}{{6}})"
            ),
            resident_number_of_parts,
            ANY,
        ),
        (format!(r"(?:19|20)[0-9]{{6}}{BREAK}[1-8](?:[0-9]{{6}}|{STAR}{{6}})"), resident_number_with_year, ANY),
        (format!(r"[*●○]{{6}}{GAP}[1-8][0-9]{{6}}"), half_hidden_resident_number, STARS),
        (format!(r"[0-9]{{4}}{GAP}[0-9]{{4,6}}{GAP}[0-9]{{4,5}}(?:{GAP}[0-9]{{1,4}}){{0,2}}"), card, ANY),
        (r"[0-9]{4}(?:, ?[0-9]{4}){3}".into(), card_with_commas, COMMAS),
        (format!(r"[0-9*xX●○■◯#]{{4}}(?:{GAP}[0-9*xX●○■◯#]{{4}}){{2}}{GAP}[0-9*xX●○■◯#]{{3,4}}"), half_hidden_card, STARS),
        (
            format!(
                r"(?:[0-9]{{2}}|{REGIONS}|경기남부|경기북부){GAP}[0-9]{{2}}{GAP}[0-9*]{{6}}{GAP}[0-9*]{{2}}"
            ),
            driving_licence,
            ANY,
        ),
        (r"[MSRODGTmsrodgt](?:[0-9]{8}|[0-9]{3}[A-Za-z][0-9]{4})".into(), passport, ANY),
        (
            r"[A-Z]{1,3}[ \-]?[0-9]{3}[ \-]?[0-9]{3,5}[A-Z]?|[A-Z][0-9]{3}[A-Z] ?[0-9]{4}|[A-Z]{1,2}[0-9]{2,5}[*●○]{3,6}|[0-9]{9}".into(),
            cued_passport,
            ANY,
        ),
        (
            format!(
                r"(?:(?:\+ ?|00)?82{GAP}|\(?0)(?:\(0\) ?)?(?:1[016789]|2|[3-6][1-5]|70|50[0-9]?|80)\)?{GAP}[0-9]{{3,4}}{GAP}[0-9]{{4}}"
            ),
            phone,
            ANY,
        ),
        (
            format!(
                r"01[016789](?:[,=:|+(*][ (]?[0-9]{{3,4}}[,=:|+)*] ?[0-9]{{4}}|{GAP}(?:[0-9]{{3,4}}{GAP}{STAR}{{4}}|{STAR}{{3,4}}{GAP}[0-9]{{4}}))"
            ),
            odd_mobile,
            ANY,
        ),
        (format!(r"(?:\+ ?|00[1-9]?[ \-])[1-9][0-9]{{0,2}}(?:{GAP}\(?[0-9]{{1,4}}\)?){{2,5}}"), foreign_phone, ABROAD),
        (format!(r"[0-9]{{3}}{GAP}[0-9]{{2}}{GAP}[0-9]{{5}}"), business_number, ANY),
        (format!(r"[0-9]{{3}}{BREAK}[0-9]{{2}}{BREAK}[0-9]{{0,3}}{STAR}{{2,5}}"), half_hidden_business_number, STARS),
        (
            format!(
                r"[0-9*●○■◯#]{{2,6}}(?:{BREAK}[0-9*xX●○■◯#]{{1,8}}){{1,4}}|[0-9]{{3,8}}{STAR}{{3,8}}[0-9]{{0,6}}|{STAR}{{4,10}}[0-9]{{3,6}}"
            ),
            half_hidden_account,
            STARS,
        ),
        (format!(r"[0-9]{{2,6}}(?:{BREAK}[0-9]{{2,8}}){{1,4}}(?:[\-–—−][0-9])?|[0-9]{{10,14}}"), bank_account, ANY),
        (format!(r"(?:(?:{REGIONS}) ?)?[0-9]{{1,3}} ?{PLATE}[ \-]?(?:[0-9]{{4}}|[0-9]{{1,2}}[*●○xX]{{2,3}})"), number_plate, ANY),
        (format!(r"(?:{REGIONS}) ?[가-힣]{{2,3}} ?[가나다라마바사아자차카타파하] ?[0-9]{{4}}"), motorcycle_plate, ANY),
        (r"(?:외교|영사|준외|준영|국기|협정) ?[0-9]{3}[ \-]?[0-9]{3}".into(), diplomatic_plate, DIPLOMATS),
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

/// The whole match, without a full stop or dash that ends the sentence.
fn email(_: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    let mut text = whole.as_str().trim_end_matches(['.', '-']);
    let (user, host) = text.split_once('@')?;
    let is_domain = |top: &str| top.starts_with(|one: char| one.is_ascii_alphabetic()) && top.len() >= 2;
    let mut host = host;
    // «a@example.org.-b» ends before the last full stop; «react@18.2.0» is a version, «admin@10.0.0.1» a machine.
    while !is_domain(host.rsplit('.').next()?) {
        (host, _) = host.rsplit_once('.')?;
        text = &text[..user.len() + 1 + host.len()];
    }
    // «git@github.com:…» is a service, «logo@2x.png» a file.
    let top = host.rsplit('.').next()?;
    let is_file = ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts"].contains(&top);
    if user == "git" || is_file || !host.contains('.') {
        return None;
    }
    Some((Kind::Email, whole.start(), whole.start() + text.len()))
}

/// «hong (at) example.com», «hong 골뱅이 네이버 점 컴», «홍길동@네이버.com»: what stands before the sign is the user.
fn email_in_words(view: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    let is_joined = whole.as_str().starts_with('@');
    let is_part = |one: &char| {
        one.is_ascii_alphanumeric()
            || matches!(one, '.' | '_' | '%' | '+' | '-')
            || (is_joined && maru_korean::is_syllable(*one))
    };
    let before = view.text[..whole.start()].chars().rev().take(LONGEST_USER).take_while(is_part);
    let length: usize = before.map(char::len_utf8).sum();
    let start = whole.start() - length;
    let user = &view.text[start..whole.start()];
    let user = user.trim_start_matches(['.', '_', '%', '+', '-']);
    (!user.is_empty() && user != "git").then_some((Kind::Email, whole.start() - user.len(), whole.end()))
}

/// So long may a user's name be.
const LONGEST_USER: usize = 64;

/// Six figures of a date of birth, and seven of which the first is the century and sex (1–4) or, for foreigners, 5–8.
fn resident_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let [y1, y2, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let (year, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Numbers of corporations look alike: 110111-4829013.
    if word_or_noun(view, place, 60, (&ONLY_RESIDENT, &[&CORPORATE]), &NONE) == Word::Against {
        return None;
    }
    let against = [&THINGS, &NOT_RESIDENT];
    let said = word(view, place, 30, &RESIDENT, &against);
    // «접수번호 250314-1000231» counts the papers of a day.
    let counts_papers = said == Word::Against && matches!(century, 1 | 2) && (20..=40).contains(&year);
    let is_accepted = if has_checksum(&digits) || said == Word::For {
        true
    } else if !is_bare(text) || view.was_apart(start) {
        !counts_papers
    } else {
        // A bare run of 13 figures may be anything; one that begins with a birth is hardly by chance.
        said != Word::Against
            && (is_birth(year, century) || born_without_checksum(&digits) || follows_name(view, start))
            && !is_bar_code(&digits)
    };
    let kind = if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    is_accepted.then_some((kind, start, end))
}

/// A birth that no other number is likely to begin with: milliseconds since 1970 begin with 13 to 18, days of this century with 20.
fn is_birth(year: u32, century: u32) -> bool {
    match century {
        1 | 2 | 5 | 6 => year >= 24,
        _ => year <= 12 || matches!(year, 19 | 20),
    }
}

/// «홍길동 0411223071855», «Kim Do-yun, 0411223071855».
fn follows_name(view: &View, start: usize) -> bool {
    let before = view.preceding(start, 24).trim_end_matches([' ', ',', '(', ':', '/', '|', '-', '\t']);
    let mut words = before.rsplit([' ', ',', '\n', '/', '|', '(', '\t', ':']);
    let (last, next) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_korean = last.chars().count() == 3
        && last.chars().all(maru_korean::is_syllable)
        && last.starts_with(|first| FAMILY_NAMES.contains(first));
    let is_capital = |word: &str| word.len() > 1 && word.starts_with(|one: char| one.is_ascii_uppercase());
    is_korean || (is_capital(last) && is_capital(next))
}

/// The commonest family names.
const FAMILY_NAMES: &str = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길";

/// «앞자리 900101 뒷자리 1234567», «900101, 1234567».
fn resident_number_in_parts(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let [_, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let is_date = (1..=12).contains(&(m1 * 10 + m2)) && (1..=31).contains(&(d1 * 10 + d2));
    if !is_date || is_bare(text) {
        return None;
    }
    let against = [&THINGS, &NOT_RESIDENT, &CORPORATE];
    let said = word(view, place, 30, &PARTS, &against);
    let is_accepted = text.contains('뒤') || text.contains('뒷') || has_checksum(&digits) || said == Word::For;
    let kind = if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    (is_accepted && said != Word::Against).then_some((kind, start, end))
}

/// 90.01.01-1234567.
fn resident_number_of_parts(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let [_, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let is_date = (1..=12).contains(&(m1 * 10 + m2)) && (1..=31).contains(&(d1 * 10 + d2));
    let kind = if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    is_date.then_some((kind, start, end))
}

/// 19900101-1234567.
fn resident_number_with_year(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let [c1, _, _, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let is_date = (1..=12).contains(&(m1 * 10 + m2)) && (1..=31).contains(&(d1 * 10 + d2));
    let is_of_century = matches!(century, 1 | 2 | 5 | 6) == (c1 == 1);
    let kind = if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    (is_date && is_of_century).then_some((kind, start, end))
}

/// ******-1234567.
fn half_hidden_resident_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let century = figures(&view.text[start..end]).first().copied()?;
    let kind = if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    Some((kind, start, end))
}

/// The checksum of numbers given before October 2020 (주민등록법 시행규칙 제2조, as then in force).
fn has_checksum(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let [head @ .., check] = digits else { return false };
    if head.len() != WEIGHTS.len() {
        return false;
    }
    let sum: u32 = head.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let expected = (11 - sum % 11) % 10;
    // Foreigner numbers add two.
    *check == if head[6] >= 5 { (expected + 2) % 10 } else { expected }
}

/// Born since October 2020: the last six figures are random, without a checksum.
fn born_without_checksum(digits: &[u32]) -> bool {
    let [y1, y2, m1, m2, .., century] = digits[..7.min(digits.len())] else { return false };
    let year = y1 * 10 + y2;
    matches!(century, 3 | 4 | 7 | 8) && (year > 20 || (year == 20 && m1 * 10 + m2 >= 10)) && year <= 40
}

/// An EAN-13 of Korea: 880…, with its checksum.
fn is_bar_code(digits: &[u32]) -> bool {
    let sum: u32 = digits.iter().zip([1, 3].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    digits.starts_with(&[8, 8, 0]) && sum.is_multiple_of(10)
}

fn card(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let in_address_of_page = matches!(view.before(start), Some('/' | '=')) && view.preceding(start, 60).contains("//");
    if !is_issued(&digits) || (in_address_of_page && is_bare(text)) {
        return None;
    }
    let said = word(view, place, 40, &CARD, &[&THINGS]);
    // Whoever mistypes a number of a card has still written one: what stands in four groups behind «카드» is one.
    let in_fours = groups(text) == [4, 4, 4, 4] || groups(text) == [4, 6, 5] || view.was_apart(start);
    let named = || word(view, place, 16, &SURELY_CARD, &[&THINGS]) == Word::For;
    let is_card = if luhn(&digits) {
        said != Word::Against || !is_bare(text)
    } else {
        said == Word::For && (in_fours || named())
    };
    is_card.then_some((Kind::Card, start, end))
}

/// «4111, 1111, 1111, 1111»: without the word it is a row of values.
fn card_with_commas(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let is_card = is_issued(&digits) && luhn(&digits) && word(view, place, 24, &CARD, &[&THINGS]) == Word::For;
    is_card.then_some((Kind::Card, start, end))
}

/// ISO/IEC 7812: 2 to 6 are banks and travel, 9 is for national use, as domestic Korean cards have it; of fifteen figures has American Express,
/// of fourteen Diners Club, of more than sixteen UnionPay.
fn is_issued(digits: &[u32]) -> bool {
    match digits.len() {
        17..=19 => digits.starts_with(&[6, 2]),
        16 => matches!(digits[0], 2..=6 | 9),
        15 => matches!(digits[..2], [3, 4 | 7]),
        14 => matches!(digits[..2], [3, 0 | 6 | 8 | 9]),
        _ => false,
    }
}

/// 4111-11**-****-1111.
fn half_hidden_card(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let hidden = text.chars().filter(|one| is_star(*one)).count();
    let begins =
        text.starts_with(|one: char| one.is_ascii_digit()) || word(view, (start, end), 24, &CARD, &[]) == Word::For;
    (begins && hidden >= HIDDEN && figures(text).len() >= HIDDEN).then_some((Kind::Card, start, end))
}

/// So many stars hide a part of a number, and so many figures say which it is.
const HIDDEN: usize = 4;

fn is_star(one: char) -> bool {
    matches!(one, '*' | 'x' | 'X' | '●' | '○' | '■' | '◯' | '#')
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn driving_licence(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let names_region = !text.starts_with(|c: char| c.is_ascii_digit());
    // Figures of the region: 11 (Seoul) to 28.
    if !names_region && !(11..=28).contains(&(digits[0] * 10 + digits[1])) {
        return None;
    }
    let breaks = text.chars().filter(|character| !character.is_alphanumeric()).count();
    // Twelve figures in a row may be anything: something must say that they are a licence.
    let against = [&THINGS, &BANKS];
    let said = word(view, place, 70, &LICENCE, &against);
    let is_written = breaks + usize::from(names_region) >= 3 || (view.was_apart(end - 1) && said == Word::Nothing);
    (is_written || said == Word::For).then_some((Kind::DrivingLicence, start, end))
}

fn passport(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    // «주문번호 S30274918», but «여권 분실 접수: S30274918».
    let is_named = word(view, place, 40, &PASSPORT, &[]) == Word::For;
    (is_named || word(view, place, 20, &NONE, &[&THINGS]) != Word::Against).then_some((Kind::Passport, start, end))
}

/// Passports of other countries have a letter or two, or none, and six to nine figures: the word must stand beside them, or over the column.
fn cued_passport(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let against = [&THINGS, &NOT_PASSPORT];
    let said = word(view, place, 40, &PASSPORT, &against);
    let has_letters = view.text[start..end].starts_with(|one: char| one.is_ascii_uppercase());
    let is_usual = has_letters && end - start >= 8 && !view.text[start..end].contains([' ', '-']);
    let in_list = || is_usual && said == Word::Nothing && heads_list(view, start, &PASSPORT);
    // «여권 발급 수수료 100000000» is a sum.
    let is_sum = !has_letters && is_counted(view, end);
    (!is_sum && (said == Word::For || in_list())).then_some((Kind::Passport, start, end))
}

/// Whether what follows counts: «… 원», «…명».
fn is_counted(view: &View, end: usize) -> bool {
    let rest = view.following(end, 2);
    rest.trim_start().starts_with(['원', '만', '억', '명', '건', '개', '%', '년', '회', '평', '㎡'])
}

fn phone(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let digits = digits.strip_prefix(&[0, 0]).unwrap_or(&digits);
    let has_country = digits.starts_with(&[8, 2]);
    let national = if has_country { digits.len() - 1 } else { digits.len() };
    // 02-345-6789 is the shortest, 0505-1234-5678 the longest.
    if !(9..=13).contains(&national) || is_hot_line(digits) || is_toll_free(view, place, digits) {
        return None;
    }
    // 82-10-3340-7795 without its plus.
    if has_country && !text.starts_with(['+', '0']) && view.before(start) != Some('+') {
        let said = word(view, place, 20, &PHONE, &[&THINGS]);
        let is_mobile = digits.starts_with(&[8, 2, 1, 0]) && digits.len() == 12;
        if said == Word::Against || (said == Word::Nothing && !is_mobile) {
            return None;
        }
    }
    let is_mobile = digits.starts_with(&[0, 1]) && !is_bare(text);
    if continues_figures(view, place) || (!is_mobile && says_thing(view, place)) {
        return None;
    }
    // «(02) 345-6789» has its bracket; that of «(010-1234-5678)» belongs to the sentence.
    let opened = text.starts_with('(') && !text.contains(')');
    Some((Kind::Phone, start + usize::from(opened), end))
}

/// «일련번호 02-…», «송장 031…»; but «예약 02-…», «주문 접수 031-…» are telephones.
fn says_thing(view: &View, place: (usize, usize)) -> bool {
    word_or_noun(view, place, 14, (&PHONE, &[&THINGS]), &NOT_PHONE) == Word::Against
}

/// The call centre of the foreign office answers everybody (02-3210-0404); 010-0000-0000 stands in forms.
fn is_hot_line(digits: &[u32]) -> bool {
    digits.ends_with(&[3, 2, 1, 0, 0, 4, 0, 4]) || digits.ends_with(&[0; 8])
}

/// «무료수신거부 080-…» belongs to nobody.
fn is_toll_free(view: &View, place: (usize, usize), digits: &[u32]) -> bool {
    digits.starts_with(&[0, 8, 0]) && word(view, place, 16, &TOLL_FREE, &[]) == Word::For
}

/// A decimal fraction or a sum with thousands separators is no telephone number; in a row of values a mobile number may follow a comma.
fn continues_figures(view: &View, (start, end): (usize, usize)) -> bool {
    let text = &view.text[start..end];
    let thousands = view.after(end) == Some(',') && is_group_of_three(&view.text[end + 1..]);
    let mut before = view.text[..start].chars().rev();
    let is_behind = |sign: char, one: Option<char>, next: Option<char>| {
        one == Some(sign) && next.is_some_and(|next| next.is_ascii_digit())
    };
    let (last, next) = (before.next(), before.next());
    let is_mobile = text.starts_with("01") && matches!(figures(text).len(), 10 | 11);
    let fraction = is_behind('.', last, next) && (!is_mobile || is_bare(text));
    let after_comma = is_behind(',', last, next) && !is_mobile;
    fraction || after_comma || (thousands && !is_mobile) || matches!(view.after(end), Some('%' | '원'))
}

fn is_group_of_three(rest: &str) -> bool {
    rest.chars().take_while(char::is_ascii_digit).count() == 3
}

/// «010,1234,5678», «010-****-5678».
fn odd_mobile(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    Some((Kind::Phone, start, end))
}

/// «+84 90 123 4567».
fn foreign_phone(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let is_phone = (9..=17).contains(&digits.len()) && !is_counted(view, end) && !is_hot_line(&digits);
    let is_said = view.text[start..].starts_with('+') || word(view, (start, end), 20, &PHONE, &[&THINGS]) == Word::For;
    (is_phone && is_said).then_some((Kind::Phone, start, end))
}

fn business_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let against = [&THINGS, &NOT_BUSINESS];
    let said = word(view, place, 30, &BUSINESS, &against);
    let surely = || word(view, place, 16, &SURELY_BUSINESS, &against) == Word::For;
    let in_groups = groups(text) == [3, 2, 5];
    let dashes = text.chars().filter(|one| matches!(one, '-' | '–' | '—' | '−' | '‐' | '‑')).count() == 2;
    let is_right = business_checksum(&figures(text));
    let beside = || word(view, place, 12, &BUSINESS, &against);
    // Seconds since 1970 have ten figures, too.
    let is_time = is_bare(text) && matches!(figures(text)[..2], [1, 5..=8]);
    let is_accepted = match said {
        Word::For => is_right || in_groups || surely(),
        Word::Against if beside() != Word::Against => is_right || (in_groups && dashes),
        // Nothing else is written in groups of three, two and five.
        Word::Nothing => in_groups && (is_right || dashes) || (is_right && !is_time),
        Word::Against => is_right && in_groups,
    };
    (is_accepted && !is_counted(view, end)).then_some((Kind::BusinessNumber, start, end))
}

/// 220-81-*****.
fn half_hidden_business_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    (word(view, place, 30, &BUSINESS, &[&THINGS]) == Word::For).then_some((Kind::BusinessNumber, start, end))
}

/// The checksum of a business registration number.
fn business_checksum(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];
    if digits.len() != 10 || digits[0] == 0 {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum::<u32>() + digits[8] * 5 / 10;
    digits[9] == (10 - sum % 10) % 10
}

fn bank_account(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = one_account(view, standing_alone(view, captures)?);
    let end = end + last_figure(view, start, end);
    let text = &view.text[start..end];
    let digits = figures(text);
    let against = [&THINGS, &NOT_BANKS];
    if !(10..=16).contains(&digits.len()) {
        return None;
    }
    let said = word(view, (start, end), 28, &BANKS, &against);
    let unsaid = || said == Word::Nothing && (heads_list(view, start, &ACCOUNTS) || !says_number(view, start));
    let looks_like_it = || has_groups_of_bank(text) && unsaid();
    // «1000-4827-6135 만이천원»: sums have no dashes.
    let is_sum = !text.contains('-') && is_counted(view, end);
    // «1005-937-204816(우리) 통장»
    let is_followed = || has_groups_of_bank(text) && view.following(end, 12).contains("통장");
    if !(said == Word::For || looks_like_it() || is_followed()) || is_sum {
        return None;
    }
    if belongs_to_longer(view, start, end) {
        return None;
    }
    // 2026-02-13 14:30 and periods such as 2026.1.1~2026.12.31 are dates.
    let begins_as_year = digits[0] * 10 + digits[1] == 20 || digits[0] * 10 + digits[1] == 19;
    if begins_as_year && looks_like_date(text) {
        return None;
    }
    Some((Kind::BankAccount, start, end))
}

/// 110-***-567890, where something says that it is one.
fn half_hidden_account(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let stars = text.chars().filter(|one| is_star(*one)).count();
    let is_long = (9..=16).contains(&(stars + figures(text).len()));
    let against = [&THINGS, &NOT_BANKS];
    let is_account =
        stars >= 2 && figures(text).len() >= 3 && is_long && word(view, place, 28, &BANKS, &against) == Word::For;
    is_account.then_some((Kind::BankAccount, start, end))
}

/// Groups that banks use, with dashes: of 신한 and 케이뱅크, 우리, 국민, 농협 and 부산, 카카오뱅크, 기업, 하나, 새마을금고 …
fn has_groups_of_bank(text: &str) -> bool {
    const GROUPS: [&[usize]; 13] = [
        &[3, 3, 6],
        &[4, 3, 6],
        &[6, 2, 6],
        &[3, 4, 4, 2],
        &[3, 4, 4, 1],
        &[4, 2, 7],
        &[4, 2, 6],
        &[4, 2, 6, 1],
        &[3, 6, 2, 3],
        &[3, 6, 5],
        &[3, 2, 6],
        &[3, 2, 6, 1],
        &[4, 4, 4, 1],
    ];
    let is_year = text.starts_with("20") && groups(text).first() == Some(&4);
    let dashes = text.chars().all(|one| one.is_ascii_digit() || matches!(one, '-' | '–' | '—' | '−' | '‐' | '‑'));
    dashes && !is_year && GROUPS.contains(&groups(text).as_slice())
}

/// Whether «…번호», «No.», «코드» stand right before: then it is the number of something else.
fn says_number(view: &View, start: usize) -> bool {
    let before = view.preceding(start, 8).to_ascii_lowercase();
    ["번호", "no.", "no ", "코드", "code", "호기", "id"].iter().any(|cue| before.contains(cue))
}

/// The length of « 5» behind «9003 2847 1926»: accounts of 새마을금고 end with one figure.
fn last_figure(view: &View, start: usize, end: usize) -> usize {
    const COUNTS: &str = "원만명개건월일시층호번년회차위천백";
    let is_account = matches!(groups(&view.text[start..end])[..], [4, 4, 4] | [4, 2, 6]);
    let mut rest = view.text[end..].chars();
    let is_figure = rest.next() == Some(' ') && rest.next().is_some_and(|one| one.is_ascii_digit());
    let counts = rest.next().is_some_and(|one| one.is_ascii_alphanumeric() || COUNTS.contains(one));
    if is_account && is_figure && !counts { " 5".len() } else { 0 }
}

/// ISO 13616: the country and the check behind the rest, letters as 10 to 35, leave 1 when divided by 97.
fn iban(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let signs: Vec<char> = view.text[start..end].chars().filter(|one| *one != ' ').collect();
    let values = signs.iter().cycle().skip(4).take(signs.len()).filter_map(|one| one.to_digit(36));
    let rest = values.fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
    (rest == 1).then_some((Kind::BankAccount, start, end))
}

/// «302-1234-5678-91 010-…»: what stands behind a space is another number if the first part has dashes and is long enough.
fn one_account(view: &View, (start, end): (usize, usize)) -> (usize, usize) {
    let text = &view.text[start..end];
    match text.split_once(' ') {
        Some((first, rest)) if !rest.starts_with('-') && groups(first).len() >= 2 && figures(first).len() >= 10 => {
            (start, start + first.len())
        }
        _ => (start, end),
    }
}

/// «1AA-1707-231958» is the number of a petition: letters before the dash belong to it. «26350-1-10-25-6-0381742-4» goes on.
fn belongs_to_longer(view: &View, start: usize, end: usize) -> bool {
    const DASHES: [char; 4] = ['-', '–', '—', '−'];
    let before = view.preceding(start, 6).trim_end();
    let dashed = before.strip_suffix(DASHES).map(str::trim_end);
    let goes_on = view.after(end).is_some_and(|one| DASHES.contains(&one)) && figure_follows(&view.text[end..]);
    let mut last = view.text[..start].chars().rev();
    let goes_before =
        matches!(last.next(), Some('.' | '/' | '~')) && last.next().is_some_and(|one| one.is_ascii_digit());
    goes_on
        || goes_before
        || dashed.is_some_and(|text| text.ends_with(|character: char| character.is_ascii_alphanumeric()))
}

fn looks_like_date(text: &str) -> bool {
    let groups = groups(text);
    groups.len() >= 3 && groups[0] == 4 && groups[1] <= 2 && groups[2] <= 2
}

const CASES: &[&str] = &["선고", "판결", "대법원", "헌재", "법원", "사건", "결정"];
/// What counts behind a figure.
const COUNTERS: [char; 17] =
    ['년', '억', '원', '조', '%', '명', '항', '개', '건', '회', '평', '세', '톤', '㎡', '권', '매', 'm'];
/// What may count, and may be a particle or a word of its own.
const MAYBE_COUNTERS: [char; 9] = ['만', '천', '여', '가', '호', '번', '동', '점', '장'];

fn number_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let names_region = !text.starts_with(|one: char| one.is_ascii_digit());
    let own = text.trim_start_matches(|one: char| !one.is_ascii_digit());
    let front = own.chars().take_while(char::is_ascii_digit).count();
    let syllable = own.chars().find(|one| maru_korean::is_syllable(*one))?;
    let apart = own.matches([' ', '-']).count();
    // «14조 2000억», «12호 2020년», «10부 3000», «85조 1234억»; «10 가 1000».
    let counts = matches!(syllable, '조' | '호' | '주' | '도' | '부' | '가' | '로');
    let lists = apart == 2 && "가나다라마바사아자하".contains(syllable);
    let cued = !names_region && word(view, place, 45, &CARS, &[]) == Word::For;
    let is_sure = names_region || cued || (!lists && (apart == 0 || !counts));
    // One figure have only the old plates that name the region: 경북 3나 8842.
    let is_short = front == 1 && !names_region;
    let is_half_hidden = !own.ends_with(|one: char| one.is_ascii_digit()) || own.contains('-');
    if is_short || !is_sure || (is_half_hidden && !cued && !names_region) || !begins_plate(view, start, names_region) {
        return None;
    }
    let follows = view.after(end);
    let is_counted = follows
        .is_some_and(|one| COUNTERS.contains(&one) || (MAYBE_COUNTERS.contains(&one) && (counts || lists) && !cued));
    let dated = follows.is_some_and(|one| matches!(one, '-' | '.')) && figure_follows(&view.text[end..]);
    // «선고 96도2753» is the number of a court's case.
    let case = CASES.iter().any(|cue| view.preceding(start, 12).contains(cue));
    let is_plate = names_region || !(is_counted || dated || case);
    is_plate.then_some((Kind::NumberPlate, start, end))
}

/// «제30조 5000원», «1.25가 5678», «세종로12가 1234»: what stands before says that the figure counts.
fn begins_plate(view: &View, start: usize, names_region: bool) -> bool {
    let before = view.before(start);
    if names_region {
        return before.is_none_or(|one| !maru_korean::is_syllable(one));
    }
    let mut last = view.text[..start].chars().rev();
    let behind_figure = last.next() == Some('.') && last.next().is_some_and(|one| one.is_ascii_digit());
    !matches!(before, Some('제' | '로' | '길' | '약' | '총')) && !behind_figure
}

/// «경기 성남 가 1234»; written otherwise, something must say that it is one.
fn motorcycle_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let is_usual = view.text[start..end].matches(' ').count() >= 2;
    let is_followed = view.after(end).is_some_and(|one| COUNTERS.contains(&one) || MAYBE_COUNTERS.contains(&one));
    let is_accepted = (is_usual && !is_followed) || word(view, place, 30, &MOTORCYCLES, &[]) == Word::For;
    is_accepted.then_some((Kind::NumberPlate, start, end))
}

/// «외교 012-345».
fn diplomatic_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let begins_word = view.before(start).is_none_or(|one| !maru_korean::is_syllable(one));
    (begins_word && !is_counted(view, end)).then_some((Kind::NumberPlate, start, end))
}
