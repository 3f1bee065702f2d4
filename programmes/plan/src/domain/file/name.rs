//! What a file is called, from what was sent.

use maru_korean::normalise;

use super::FileKind;

/// Longest name without its ending, in characters.
const LONGEST: usize = 100;
/// Longest ending, in characters.
const LONGEST_ENDING: usize = 10;

/// The name as it is kept: without folders, without characters that systems or readers stumble over, with the ending of what the
/// file is, not too long. Names from macOS, whose syllables come in pieces, are put together.
pub fn clean_name(sent: &str, kind: FileKind) -> String {
    let words = words_of(sent);
    let (stem, ending) = match words.rsplit_once('.') {
        Some((stem, ending)) if kind.extensions().contains(&ending.to_ascii_lowercase().as_str()) => {
            (stem, ending.to_ascii_lowercase())
        }
        _ => (words.as_str(), kind.extensions().first().copied().unwrap_or_default().to_owned()),
    };
    format!("{}.{ending}", shortened(stem))
}

/// The same before it is known what the file is: with the ending that it has.
pub fn readable_name(sent: &str) -> String {
    let words = words_of(sent);
    match words.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= LONGEST_ENDING => format!("{}.{ending}", shortened(stem)),
        _ => shortened(&words),
    }
}

/// The words of a name without its folders.
fn words_of(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = normalise(last).text().chars().filter_map(tame).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(stem: &str) -> String {
    let short: String = stem.trim_matches(['.', ' ']).chars().take(LONGEST).collect();
    let short = short.trim_end_matches(['.', ' ']);
    if short.is_empty() { "증빙".to_owned() } else { short.to_owned() }
}

/// A character as it may stand in a name on every system; nothing for what turns the reading round or is not seen.
fn tame(character: char) -> Option<char> {
    match character {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        one if one.is_control() => None,
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | ';' | '/' | '\\' => Some('_'),
        one => Some(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_says_what_the_file_is() {
        let cases = [
            ("../../etc/passwd", FileKind::Text, "passwd.txt"),
            (r"..\..\x", FileKind::Pdf, "x.pdf"),
            (r"C:\문서\2분기 실적.HWP", FileKind::Hwp, "2분기 실적.hwp"),
            ("사진.jpg", FileKind::Png, "사진.jpg.png"),
            ("결과.pdf.exe", FileKind::Pdf, "결과.pdf.exe.pdf"),
            ("gpj.\u{202e}fdp.pdf", FileKind::Pdf, "gpj.fdp.pdf"),
            ("a\r\nSet-Cookie: x;.csv", FileKind::Csv, "aSet-Cookie_ x_.csv"),
            ("...", FileKind::Pdf, "증빙.pdf"),
            ("", FileKind::Webp, "증빙.webp"),
            (".pdf", FileKind::Pdf, "증빙.pdf"),
            ("  \u{1112}\u{1161}\u{11ab}글 .PDF", FileKind::Pdf, "한글.pdf"),
        ];
        for (sent, kind, kept) in cases {
            assert_eq!(clean_name(sent, kind), kept, "{sent}");
        }
        let long = clean_name(&("긴".repeat(5_000) + ".pdf"), FileKind::Pdf);
        assert_eq!(long, "긴".repeat(100) + ".pdf");
        assert_eq!(readable_name("../a/b.html"), "b.html");
        assert_eq!(readable_name("b"), "b");
        assert_eq!(readable_name(&("긴".repeat(5_000) + ".csv")), "긴".repeat(100) + ".csv");
    }
}
