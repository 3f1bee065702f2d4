//! What lies in a ZIP archive, by the names in its central directory (APPNOTE 4.3.12, 4.3.16). Nothing is unpacked, so that
//! nothing can unfold.

/// The end of the central directory.
const END: &[u8; 4] = b"PK\x05\x06";
/// An entry of the central directory.
const ENTRY: &[u8; 4] = b"PK\x01\x02";
/// The head of a file in the archive.
const HEAD: &[u8; 4] = b"PK\x03\x04";
/// How far from the end of a file its directory's end may begin: 22 bytes and a comment.
const FARTHEST: usize = 22 + 0xffff;

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().rev().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
}

/// The names of the entries, in the order of the directory; nothing where it is no archive that can be read.
pub(super) fn names(file: &[u8]) -> Option<Vec<String>> {
    if !file.starts_with(HEAD) {
        return None;
    }
    let tail = file.len().saturating_sub(FARTHEST);
    let from_the_end = file.get(tail..)?.windows(END.len()).rposition(|window| window == END)?;
    let end = tail + from_the_end;
    // A directory whose end is cut off is none.
    let _ = file.get(end..end.checked_add(22)?)?;
    let (count, mut at) = (number(file, end + 10, 2)?, number(file, end + 16, 4)?);
    let mut names = Vec::with_capacity(count.min(1_000));
    for _ in 0..count {
        if file.get(at..at.checked_add(ENTRY.len())?)? != ENTRY {
            return None;
        }
        let (name, extra, comment) = (number(file, at + 28, 2)?, number(file, at + 30, 2)?, number(file, at + 32, 2)?);
        let start = at.checked_add(46)?;
        let end = start.checked_add(name)?;
        names.push(String::from_utf8_lossy(file.get(start..end)?).into_owned());
        at = end.checked_add(extra)?.checked_add(comment)?;
    }
    Some(names)
}

/// The content of the first entry, where it is called `name` and lies there as it is: OPF-like packages say so what they are.
pub(super) fn first_stored<'f>(file: &'f [u8], name: &str) -> Option<&'f [u8]> {
    let (method, size) = (number(file, 8, 2)?, number(file, 18, 4)?);
    let (called, extra) = (number(file, 26, 2)?, number(file, 28, 2)?);
    let own = file.get(30..30_usize.checked_add(called)?)?;
    if method != 0 || own != name.as_bytes() {
        return None;
    }
    let start = 30_usize.checked_add(called)?.checked_add(extra)?;
    file.get(start..start.checked_add(size)?)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An archive of stored entries.
    pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        let two = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        for (name, content) in entries {
            let at = file.len();
            let sizes = [four(0), four(content.len()), four(content.len())].concat();
            let common = [&two(20)[..], &two(0), &two(0), &two(0), &two(0), &sizes, &two(name.len()), &two(0)].concat();
            file.extend([HEAD.as_slice(), &common, name.as_bytes(), content].concat());
            let rest = [&two(0)[..], &two(0), &two(0), &four(0), &four(at)].concat();
            directory.extend([ENTRY.as_slice(), &two(20), &common, &rest, name.as_bytes()].concat());
        }
        let at = file.len();
        let count = two(entries.len());
        file.extend(&directory);
        file.extend(
            [END.as_slice(), &two(0), &two(0), &count, &count, &four(directory.len()), &four(at), &two(0)].concat(),
        );
        file
    }

    #[test]
    fn names_are_read_without_unpacking() {
        let file = archive(&[("mimetype", b"application/hwp+zip"), ("Contents/header.xml", b"<x/>")]);
        assert_eq!(names(&file).unwrap(), ["mimetype", "Contents/header.xml"]);
        assert_eq!(first_stored(&file, "mimetype").unwrap(), b"application/hwp+zip");
        assert_eq!(first_stored(&file, "other"), None);
    }

    #[test]
    fn what_is_cut_off_or_changed_is_no_archive() {
        let file = archive(&[("a", b"content"), ("b", b"")]);
        for length in 0..file.len() {
            assert_eq!(names(&file[..length]), None, "{length}");
        }
        let end = file.len() - 22;
        for far in [0xff, 0x10] {
            let mut changed = file.clone();
            changed[end + 16..end + 20].copy_from_slice(&[far; 4]);
            assert_eq!(names(&changed), None, "a directory that is elsewhere");
        }
        let mut changed = file;
        changed[end + 10] = 9;
        assert_eq!(names(&changed), None, "more entries than there are");
    }
}
