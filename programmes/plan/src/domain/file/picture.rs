//! Pictures without what cameras and programs write into them: place, device, author, thumbnails.

use super::{super::visit, FileKind, FileRefusal};

/// The same picture without metadata; what is no picture stays as it is.
///
/// # Errors
/// Where the picture is damaged.
pub fn without_metadata(name: &str, kind: FileKind, file: Vec<u8>) -> Result<Vec<u8>, FileRefusal> {
    let clean = match kind {
        FileKind::Jpeg => visit::without_metadata(&file).ok().and_then(without_tail),
        FileKind::Png => png(&file),
        FileKind::Webp => webp(&file),
        _ => return Ok(file),
    };
    clean.ok_or_else(|| FileRefusal::Damaged { name: name.to_owned() })
}

/// Begins the content of a scan.
const SCAN: u8 = 0xda;
const END_OF_JPEG: u8 = 0xd9;

/// The same without what hangs on behind the picture: phones put a film there, with the place in it.
fn without_tail(mut file: Vec<u8>) -> Option<Vec<u8>> {
    let mut at: usize = 2;
    loop {
        let marker = *file.get(at.checked_add(1)?)?;
        if *file.get(at)? != 0xff {
            return None;
        }
        if marker == END_OF_JPEG {
            file.truncate(at.checked_add(2)?);
            return Some(file);
        }
        let length = file.get(at.checked_add(2)?..)?.first_chunk::<2>()?;
        at = at.checked_add(2)?.checked_add(usize::from(u16::from_be_bytes(*length)))?;
        if marker == SCAN {
            let Some(next) = end_of_scan(file.get(at..)?) else { return Some(file) };
            at = at.checked_add(next)?;
        }
    }
}

/// Where the next marker stands; in a scan a byte of ones that is none is followed by zero (ITU-T T.81, B.1.1.5). Nothing where the
/// file ends before, as some cameras leave it.
fn end_of_scan(scan: &[u8]) -> Option<usize> {
    let is_marker = |pair: &[u8]| matches!(pair, [0xff, second] if !matches!(second, 0 | 0xd0..=0xd7 | 0xff));
    scan.windows(2).position(is_marker)
}

/// Chunks of PNG that say nothing of how the picture looks (PNG, third edition, section 11.3).
const UNSEEN_IN_PNG: [&[u8; 4]; 5] = [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"];
const PNG: usize = 8;

fn png(file: &[u8]) -> Option<Vec<u8>> {
    let (start, mut rest) = file.split_at_checked(PNG)?;
    let mut clean = start.to_vec();
    loop {
        let (length, kind) = (rest.first_chunk::<4>()?, rest.get(4..8)?);
        // Beside its content a chunk has its length, its kind and a checksum of four bytes each.
        let whole = usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_add(12)?;
        let (chunk, after) = rest.split_at_checked(whole)?;
        if !UNSEEN_IN_PNG.iter().any(|unseen| *unseen == kind) {
            clean.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            // What hangs on behind the picture is no part of it.
            return Some(clean);
        }
        rest = after;
    }
}

const UNSEEN_IN_WEBP: [&[u8; 4]; 2] = [b"EXIF", b"XMP "];
/// The bits of the extended head that say that there are such chunks.
const SAYS_METADATA: u8 = 0b0000_1100;

fn webp(file: &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(u32::from_le_bytes(*file.get(4..)?.first_chunk::<4>()?)).ok()?;
    let mut rest = file.get(12..length.checked_add(8)?)?;
    let mut clean = b"WEBP".to_vec();
    while !rest.is_empty() {
        let (kind, length) = (rest.get(..4)?, rest.get(4..)?.first_chunk::<4>()?);
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        // Chunks begin at even places.
        let whole = length.checked_add(8)?.checked_add(length % 2)?;
        let (chunk, after) = rest.split_at_checked(whole)?;
        if !UNSEEN_IN_WEBP.iter().any(|unseen| *unseen == kind) {
            let at = clean.len();
            clean.extend_from_slice(chunk);
            if kind == b"VP8X"
                && let Some(says) = clean.get_mut(at.checked_add(8)?)
            {
                *says &= !SAYS_METADATA;
            }
        }
        rest = after;
    }
    let size = u32::try_from(clean.len()).ok()?.to_le_bytes();
    (clean.len() > 4).then(|| [b"RIFF".as_slice(), &size, &clean].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], kind, content, &[7; 4]].concat()
    }

    fn of_webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut content = b"WEBP".to_vec();
        for (kind, inside) in chunks {
            let padding: &[u8] = if inside.len() % 2 == 1 { &[0] } else { &[] };
            content.extend([*kind, &u32::try_from(inside.len()).unwrap().to_le_bytes()[..], inside, padding].concat());
        }
        [b"RIFF".as_slice(), &u32::try_from(content.len()).unwrap().to_le_bytes(), &content].concat()
    }

    #[test]
    fn the_place_goes_and_the_picture_stays() {
        let (head, pixels) = (chunk(b"IHDR", &[1; 13]), chunk(b"IDAT", b"pixels"));
        let end = chunk(b"IEND", b"");
        let start = b"\x89PNG\r\n\x1a\n".to_vec();
        let told = [chunk(b"eXIf", b"GPS 37.5"), chunk(b"tEXt", b"Author\0somebody")].concat();
        let file = [&start[..], &head, &told, &pixels, &end, b"more"].concat();
        let clean = without_metadata("a.png", FileKind::Png, file).unwrap();
        assert_eq!(clean, [start, head, pixels, end].concat());

        let file =
            of_webp(&[(b"VP8X", &[0b0001_1100, 0, 0, 0, 1, 0, 0, 1, 0, 0]), (b"VP8 ", b"pixel"), (b"EXIF", b"GPS")]);
        let clean = without_metadata("a.webp", FileKind::Webp, file).unwrap();
        assert_eq!(clean, of_webp(&[(b"VP8X", &[0b0001_0000, 0, 0, 0, 1, 0, 0, 1, 0, 0]), (b"VP8 ", b"pixel")]));
        assert_eq!(without_metadata("a.webp", FileKind::Webp, clean.clone()).unwrap(), clean, "once is enough");

        let pdf = b"%PDF-1.7 (author)".to_vec();
        assert_eq!(without_metadata("a.pdf", FileKind::Pdf, pdf.clone()).unwrap(), pdf);
    }

    #[test]
    fn nothing_hangs_on_behind_a_jpeg_picture() {
        let segment = |marker: u8, content: &[u8]| {
            let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
            [&[0xff, marker], length.as_slice(), content].concat()
        };
        let scan = [segment(SCAN, b"\0"), b"pixels\xff\0\xff\xd3more".to_vec()].concat();
        // A table between two scans may hold what looks like the end.
        let picture =
            [b"\xff\xd8".to_vec(), scan.clone(), segment(0xc4, b"\xff\xd9"), scan, b"\xff\xd9".to_vec()].concat();
        let file = [&picture[..], b"ftypmp42 GPS"].concat();
        assert_eq!(without_metadata("a.jpg", FileKind::Jpeg, file).unwrap(), picture);
        let open = picture[..picture.len() - 2].to_vec();
        assert_eq!(without_metadata("a.jpg", FileKind::Jpeg, open.clone()).unwrap(), open, "its end is missing");
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &[1; 13]), &chunk(b"IEND", b"")].concat();
        for length in 0..whole.len() {
            assert!(without_metadata("a", FileKind::Png, whole[..length].to_vec()).is_err(), "{length}");
        }
        let whole = of_webp(&[(b"VP8 ", b"pixels")]);
        for length in 0..whole.len() {
            assert!(without_metadata("a", FileKind::Webp, whole[..length].to_vec()).is_err(), "{length}");
        }
        assert!(without_metadata("a", FileKind::Jpeg, b"\xff\xd8\xff".to_vec()).is_err());
    }
}
