//! Every way in which people write a number, crossed with every sentence they put it in.

use maru_privacy::{Found, Kind, find};

const SEPARATORS: [&str; 12] = ["-", " ", ".", "~", "–", "—", " - ", "·", "ㆍ", "_", "/", "－"];
const CARRIERS: [(&str, &str); 6] = [
    ("", ""),
    ("연락 바랍니다: ", " 입니다."),
    ("(", ")"),
    ("제3조에 따라 ", "로 알려 주세요"),
    ("Please note ", ", thanks."),
    ("「도로법」 제46조 관련, ", "이고 과태료는 100만 원입니다."),
];

fn full_width(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c }).collect()
}

/// Groups joined by every separator, in both widths, in every carrier, must be found exactly.
fn found_in_every_form(kind: Kind, groups: &[&str], cue: &str) {
    for separator in SEPARATORS {
        let plain = groups.join(separator);
        for written in [plain.clone(), full_width(&plain)] {
            for (before, after) in CARRIERS {
                let text = format!("{cue}{before}{written}{after}");
                let start = cue.chars().count() + before.chars().count();
                let expected = Found { kind, start, end: start + written.chars().count() };
                assert_eq!(find(&text), [expected], "{text}");
            }
        }
    }
}

#[test]
fn resident_numbers() {
    found_in_every_form(Kind::ResidentNumber, &["900101", "1234568"], "");
    found_in_every_form(Kind::ResidentNumber, &["231105", "4987654"], "");
}

#[test]
fn foreigner_numbers() {
    found_in_every_form(Kind::ForeignerNumber, &["900101", "5234564"], "");
}

#[test]
fn mobile_telephones() {
    found_in_every_form(Kind::Phone, &["010", "1234", "5678"], "");
    found_in_every_form(Kind::Phone, &["02", "345", "6789"], "");
}

#[test]
fn cards() {
    found_in_every_form(Kind::Card, &["4111", "1111", "1111", "1111"], "");
}

#[test]
fn driving_licences() {
    found_in_every_form(Kind::DrivingLicence, &["11", "19", "123456", "01"], "");
}

#[test]
fn business_numbers() {
    found_in_every_form(Kind::BusinessNumber, &["220", "81", "62517"], "사업자등록번호 ");
}

#[test]
fn bank_accounts() {
    found_in_every_form(Kind::BankAccount, &["110", "123", "456789"], "신한은행 계좌 ");
}

#[test]
fn a_run_of_thirteen_figures_without_cue_needs_its_checksum() {
    assert_eq!(find("일련번호 9001011234568").len(), 1);
    assert_eq!(find("일련번호 9001011234567").len(), 0);
    assert_eq!(find("일련번호 9013011234560").len(), 0, "there is no thirteenth month");
}

#[test]
fn cards_need_luhn() {
    assert_eq!(find("4111-1111-1111-1112"), []);
}
