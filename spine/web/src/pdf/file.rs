//! The objects of the file, and the table that says where each of them stands.

use std::fmt::Write as _;

use super::{
    layout::{PAGE_HEIGHT, PAGE_WIDTH},
    text::utf16,
};
use crate::language::Language;

/// Objects before those of the pages: catalogue, pages, three of the Korean font, the Latin font, what is said of the document.
const BEFORE_PAGES: usize = 7;

/// Writes a document of these pages.
pub(super) fn write(title: &str, language: Language, pages: &[String]) -> Vec<u8> {
    let page_number = |place: usize| BEFORE_PAGES + 1 + place * 2;
    let kids: Vec<String> = (0..pages.len()).map(|place| format!("{} 0 R", page_number(place))).collect();
    let mut objects = vec![
        format!(
            "<< /Type /Catalog /Pages 2 0 R /Lang ({}) /ViewerPreferences << /DisplayDocTitle true >> >>",
            language.code()
        ),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /HYGoThic-Medium-UniKS-UTF16-H /Encoding /UniKS-UTF16-H \
         /DescendantFonts [4 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYGoThic-Medium /CIDSystemInfo << /Registry (Adobe) \
         /Ordering (Korea1) /Supplement 1 >> /DW 1000 /FontDescriptor 5 0 R >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /HYGoThic-Medium /Flags 4 /FontBBox [-6 -145 1003 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -145 /CapHeight 737 /StemV 93 >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Title <FEFF{}> /Producer (Maru) >>", utf16(title)),
    ];
    for (place, page) in pages.iter().enumerate() {
        let content = page_number(place) + 1;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] \
             /Resources << /Font << /F1 3 0 R /F2 6 0 R >> >> /Contents {content} 0 R >>"
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()));
    }
    assemble(&objects)
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1_usize..).zip(objects) {
        places.push(file.len());
        let _ = writeln!(file, "{number} 0 obj\n{object}\nendobj");
    }
    let table = file.len();
    let count = objects.len() + 1;
    let _ = writeln!(file, "xref\n0 {count}\n0000000000 65535 f ");
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = writeln!(file, "trailer\n<< /Size {count} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{table}\n%%EOF");
    file.into_bytes()
}
