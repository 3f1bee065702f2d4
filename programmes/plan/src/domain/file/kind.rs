//! What a file is, by its content: what it is called only parts tables from texts.

use serde::{Deserialize, Serialize};

use super::{FileRefusal, archive};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A PDF document.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A WebP picture.
    Webp,
    /// A document of Hangul, version 5.
    Hwp,
    /// A document of Hangul in OWPML (KS X 6101).
    Hwpx,
    /// A document of Word.
    Docx,
    /// A workbook of Excel.
    Xlsx,
    /// A table of values parted by commas.
    Csv,
    /// A plain text.
    Text,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Hwp,
        Self::Hwpx,
        Self::Docx,
        Self::Xlsx,
        Self::Csv,
        Self::Text,
    ];

    /// The media type, without a character set.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Hwp => "application/x-hwp",
            Self::Hwpx => "application/hwp+zip",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
        }
    }

    /// How names of such files end; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Hwp => &["hwp"],
            Self::Hwpx => &["hwpx"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Csv => &["csv"],
            Self::Text => &["txt"],
        }
    }

    /// Whether browsers may show it on a page of its own: neither runs anything here. All else is only saved.
    pub fn is_shown(self) -> bool {
        self.is_picture() || self == Self::Pdf
    }

    /// Whether it is a picture.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Text)
    }
}

/// How the text of a file is written: UTF-8, or what older Korean spreadsheets save.
pub fn charset(content: &[u8]) -> &'static str {
    if str::from_utf8(content).is_ok() { "utf-8" } else { "euc-kr" }
}

/// What a file is.
///
/// # Errors
/// Where it is empty or none of the kinds that are taken.
pub fn recognise(name: &str, content: &[u8]) -> Result<FileKind, FileRefusal> {
    if content.is_empty() {
        return Err(FileRefusal::Empty { name: name.to_owned() });
    }
    let other = || FileRefusal::Kind { name: name.to_owned() };
    let beginnings: [(&[u8], FileKind); 3] =
        [(b"%PDF-", FileKind::Pdf), (b"\xff\xd8\xff", FileKind::Jpeg), (b"\x89PNG\r\n\x1a\n", FileKind::Png)];
    if let Some((_, kind)) = beginnings.into_iter().find(|(beginning, _)| content.starts_with(beginning)) {
        return Ok(kind);
    }
    if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
        return Ok(FileKind::Webp);
    }
    if content.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // Old documents of Word and Excel begin so too; those of Hangul say what they are in a part of their own.
        let is_hangul = content.windows(HANGUL.len()).any(|window| window == HANGUL);
        return if is_hangul { Ok(FileKind::Hwp) } else { Err(other()) };
    }
    if content.starts_with(b"PK") {
        return in_archive(name, content);
    }
    text(name, content).ok_or_else(other)
}

const HANGUL: &[u8] = b"HWP Document File";

fn in_archive(name: &str, content: &[u8]) -> Result<FileKind, FileRefusal> {
    let names = archive::names(content).ok_or_else(|| FileRefusal::Damaged { name: name.to_owned() })?;
    let holds = |wanted: &str| names.iter().any(|known| known == wanted);
    if names.iter().any(|known| known.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return Err(FileRefusal::Macros { name: name.to_owned() });
    }
    let says_hangul = archive::first_stored(content, "mimetype").is_some_and(|says| says == b"application/hwp+zip");
    if says_hangul && holds("Contents/content.hpf") {
        return Ok(FileKind::Hwpx);
    }
    match (holds("[Content_Types].xml"), holds("word/document.xml"), holds("xl/workbook.xml")) {
        (true, true, false) => Ok(FileKind::Docx),
        (true, false, true) => Ok(FileKind::Xlsx),
        _ => Err(FileRefusal::Kind { name: name.to_owned() }),
    }
}

/// A text has no beginning of its own: its name must say so, all of it must read as text, and it must be no markup that a
/// browser might run.
fn text(name: &str, content: &[u8]) -> Option<FileKind> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
    let kinds = FileKind::ALL.into_iter().filter(|kind| kind.is_text());
    let kind = kinds.into_iter().find(|kind| kind.extensions().contains(&ending.as_str()))?;
    let begins = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    let is_markup = begins.starts_with(b"<");
    (!is_markup && reads_as_text(content)).then_some(kind)
}

fn reads_as_text(content: &[u8]) -> bool {
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c);
    !content.iter().any(control) && (str::from_utf8(content).is_ok() || is_korean_of_old(content))
}

/// Whether every byte beyond ASCII is one of a pair of the Korean code page 949.
fn is_korean_of_old(mut content: &[u8]) -> bool {
    loop {
        match content {
            [] => return true,
            [byte, rest @ ..] if byte.is_ascii() => content = rest,
            [0x81..=0xfe, 0x41..=0x5a | 0x61..=0x7a | 0x81..=0xfe, rest @ ..] => content = rest,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::archive::tests::archive, *};

    #[test]
    fn every_kind_is_known_by_its_content() {
        let package = |names: &[&str]| archive(&names.iter().map(|name| (*name, &b"x"[..])).collect::<Vec<_>>());
        let hwpx = archive(&[("mimetype", b"application/hwp+zip"), ("Contents/content.hpf", b"x")]);
        let hwp = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 504], b"HWP Document File\0"].concat();
        let webp = b"RIFF\x04\0\0\0WEBP".to_vec();
        let cases: [(&str, Vec<u8>, FileKind); 12] = [
            ("a.pdf", b"%PDF-1.7\n".to_vec(), FileKind::Pdf),
            ("a.png", b"%PDF-1.7\n".to_vec(), FileKind::Pdf),
            ("a", b"\xff\xd8\xff\xe0".to_vec(), FileKind::Jpeg),
            ("a.png", b"\x89PNG\r\n\x1a\n".to_vec(), FileKind::Png),
            ("a.webp", webp, FileKind::Webp),
            ("a.hwp", hwp, FileKind::Hwp),
            ("a.hwpx", hwpx, FileKind::Hwpx),
            ("a.docx", package(&["[Content_Types].xml", "word/document.xml"]), FileKind::Docx),
            ("a.xlsx", package(&["[Content_Types].xml", "xl/workbook.xml"]), FileKind::Xlsx),
            ("실적.CSV", "기관,값\r\n과기정통부,3\r\n".as_bytes().to_vec(), FileKind::Csv),
            ("실적.csv", b"\xb1\xe2\xb0\xfc,3\r\n".to_vec(), FileKind::Csv),
            ("a.txt", "\u{feff}글".as_bytes().to_vec(), FileKind::Text),
        ];
        for (name, content, kind) in cases {
            assert_eq!(recognise(name, &content), Ok(kind), "{name}");
        }
        assert_eq!((charset("글".as_bytes()), charset(b"\xb1\xdb")), ("utf-8", "euc-kr"));
    }

    #[test]
    fn what_is_none_of_them_is_refused_whatever_it_is_called() {
        let others: [(&str, &[u8]); 11] = [
            ("a.pdf", b"MZ\x90\0"),
            ("a.txt", b"MZ\x90\0"),
            ("a.html", b"<!doctype html><script>1</script>"),
            ("a.txt", b"  <script>1</script>"),
            ("a.txt", b"\xef\xbb\xbf\n<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("a.svg", b"<svg/>"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Word"),
            ("a.md", b"# text"),
            ("a", b"text"),
            ("a.csv", b"\xff\xfe\x00"),
            ("a.gif", b"GIF89a"),
        ];
        for (name, content) in others {
            assert_eq!(recognise(name, content), Err(FileRefusal::Kind { name: name.to_owned() }), "{name}");
        }
        assert_eq!(recognise("a.txt", b""), Err(FileRefusal::Empty { name: "a.txt".to_owned() }));
        assert_eq!(recognise("a.docx", b"PK\x03\x04"), Err(FileRefusal::Damaged { name: "a.docx".to_owned() }));
        let plain = archive(&[("a.txt", b"x")]);
        assert_eq!(recognise("a.docx", &plain), Err(FileRefusal::Kind { name: "a.docx".to_owned() }));
        let with_macros =
            archive(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")]);
        assert_eq!(recognise("a.docx", &with_macros), Err(FileRefusal::Macros { name: "a.docx".to_owned() }));
    }
}
