//! Names in tables: in a column whose head says so, and alone in a cell.

use super::{
    latin,
    word::{has_title, is_no_name, looks_like_name},
};
use crate::context::View;

/// Names in columns whose head says that they are names: «성명 | 연락처».
pub(super) fn columns(view: &View, report: &mut impl FnMut(usize, usize)) {
    if !view.text.contains('\n') {
        return;
    }
    let mut head: Option<Head> = None;
    for (start, line) in lines(&view.text) {
        if let Some(found) = Head::of(line) {
            head = Some(found);
            continue;
        }
        let Some(Head { mark, column, cells }) = head else { continue };
        if line.split(mark).count() + 1 < cells {
            head = None;
        } else if let Some((cell_start, cell)) = cells_of(start, line, mark).nth(column) {
            name_in(cell_start, cell, report);
        }
    }
}

/// The first line of a table.
#[derive(Clone, Copy)]
struct Head {
    mark: char,
    column: usize,
    cells: usize,
}

impl Head {
    fn of(line: &str) -> Option<Self> {
        let mark = ['|', '\t', ','].into_iter().find(|mark| line.contains(*mark))?;
        let names = |cell: &str| {
            matches!(cell.trim(), "성명" | "이름" | "신청인" | "성명(한글)" | "성 명")
                || cell.trim().eq_ignore_ascii_case("name")
        };
        let column = line.split(mark).position(names)?;
        Some(Self { mark, column, cells: line.split(mark).count() })
    }
}

fn name_in(cell_start: usize, cell: &str, report: &mut impl FnMut(usize, usize)) {
    let name = cell.trim();
    let start = cell_start + cell.len() - cell.trim_start().len();
    let is_korean = name.chars().all(maru_korean::is_syllable) && (2..=6).contains(&name.chars().count());
    if is_korean && !is_no_name(name) {
        report(start, start + name.len());
    } else if name.chars().next().is_some_and(char::is_uppercase) {
        latin(start, name, report);
    }
}

/// «| 홍길동 |»: a cell of a line of cells that holds nothing but what looks like a name.
pub(super) fn cells(view: &View, report: &mut impl FnMut(usize, usize)) {
    if !view.text.contains('|') {
        return;
    }
    for (start, line) in lines(&view.text).filter(|(_, line)| line.contains('|')) {
        for (cell_start, cell) in cells_of(start, line, '|') {
            let name = cell.trim();
            if looks_like_name(name) && !has_title(name) {
                let start = cell_start + cell.len() - cell.trim_start().len();
                report(start, start + name.len());
            }
        }
    }
}

/// «25-017 홍길동»: a line that ends with what looks like a name, a number before it.
pub(super) fn line_ends(view: &View, report: &mut impl FnMut(usize, usize)) {
    for (start, line) in lines(&view.text) {
        let line = line.trim_end();
        let name = super::korean_run(line, 4);
        let before = &line[..line.len() - name.len()];
        let is_numbered =
            before.strip_suffix(' ').is_some_and(|before| before.ends_with(|one: char| one.is_ascii_digit()));
        if is_numbered && line.len() < view.text.len() && looks_like_name(name) && !has_title(name) {
            report(start + before.len(), start + line.len());
        }
    }
}

/// The lines of a text, each with where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    cells_of(0, text, '\n')
}

/// The parts of a text between marks, each with where it begins; `start` is where the text begins.
fn cells_of(mut start: usize, text: &str, mark: char) -> impl Iterator<Item = (usize, &str)> {
    text.split(mark).map(move |cell| {
        let begins = start;
        start += cell.len() + mark.len_utf8();
        (begins, cell)
    })
}
