//! JPEG files without what cameras write into them: place, device, thumbnails.

/// A file that is no JPEG, or a damaged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is no JPEG picture, or it is damaged")]
pub struct NotJpeg;

const START: [u8; 2] = [0xff, 0xd8];
/// Begins the picture itself: what follows is not segments any more.
const SCAN: u8 = 0xda;
/// JFIF's own segment: how pixels are to be read.
const JFIF: u8 = 0xe0;
/// Adobe's segment: which colours the numbers mean.
const ADOBE: u8 = 0xee;

/// The same picture without comments and segments of applications (ITU-T T.81, annex B), where the place is kept (Exif).
///
/// # Errors
/// [`NotJpeg`] where the file is something else.
pub fn without_metadata(file: &[u8]) -> Result<Vec<u8>, NotJpeg> {
    let mut rest = file.strip_prefix(&START).ok_or(NotJpeg)?;
    let mut clean = START.to_vec();
    loop {
        let [0xff, marker, high, low, ..] = rest else { return Err(NotJpeg) };
        if *marker == SCAN {
            clean.extend_from_slice(rest);
            return Ok(clean);
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (segment, after) = rest.split_at_checked(length.saturating_add(2)).ok_or(NotJpeg)?;
        if length < 2 {
            return Err(NotJpeg);
        }
        if !tells_of_the_camera(*marker) {
            clean.extend_from_slice(segment);
        }
        rest = after;
    }
}

fn tells_of_the_camera(marker: u8) -> bool {
    let application = (0xe0..=0xef).contains(&marker) && marker != JFIF && marker != ADOBE;
    application || marker == 0xfe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    }

    #[test]
    fn the_place_goes_and_the_picture_stays() {
        let picture = [segment(SCAN, b"scan"), b"pixels\xff\xe1not a segment\xff\xd9".to_vec()].concat();
        let jfif = segment(JFIF, b"JFIF\0");
        let tables = segment(0xdb, &[7; 65]);
        let file = [
            START.to_vec(),
            jfif.clone(),
            segment(0xe1, b"Exif\0\0GPS 37.5"),
            segment(0xfe, b"note"),
            tables.clone(),
            picture.clone(),
        ]
        .concat();
        let clean = without_metadata(&file).unwrap();
        assert_eq!(clean, [START.to_vec(), jfif, tables, picture].concat());
    }

    #[test]
    fn what_is_no_jpeg_is_refused() {
        for file in
            [&b""[..], b"\xff\xd8", b"\x89PNG....", b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8\xff\xe1\x00\x00\xff\xda"]
        {
            assert_eq!(without_metadata(file), Err(NotJpeg), "{file:?}");
        }
    }
}
