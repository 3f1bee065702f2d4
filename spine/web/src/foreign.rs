//! Korean on English pages: names, titles of laws, what people wrote. It is marked as Korean where a page leaves, whoever
//! made the markup, so that screen readers say it in Korean and browsers choose Korean letters (WCAG 2.2, 3.1.2).

/// Elements that hold nothing but text: they carry the language themselves.
const TEXT_ALONE: [&str; 6] = ["title", "option", "textarea", "text", "tspan", "desc"];
/// Elements whose content is no text for people.
const NOT_TEXT: [&str; 2] = ["script", "style"];

/// The markup of an English page with its Korean marked by `lang="ko"`. What is marked already stays as it is.
pub(crate) fn mark_korean(markup: &str) -> String {
    let mut marked = String::with_capacity(markup.len() + markup.len() / 16);
    let mut korean: Option<Region> = None;
    let mut rest = markup;
    while let Some(begin) = rest.find('<') {
        let (text, from_tag) = rest.split_at(begin);
        put_text(&mut marked, text, korean.is_some());
        let (tag, after) = from_tag.split_at(end_of_tag(from_tag));
        rest = after;
        let name = name_of(tag);
        if let Some(region) = &mut korean {
            marked.push_str(tag);
            if region.ends_with(name, tag) {
                korean = None;
            }
            continue;
        }
        if NOT_TEXT.contains(&name) && !tag.starts_with("</") {
            let end = rest.find("</").unwrap_or(rest.len());
            let (content, after) = rest.split_at(end);
            marked.push_str(tag);
            marked.push_str(content);
            rest = after;
            continue;
        }
        let own_language = tag.contains(" lang=\"");
        let is_text_alone = TEXT_ALONE.contains(&name) && !tag.starts_with("</");
        if is_text_alone && !own_language && rest.split('<').next().is_some_and(holds_hangul) {
            marked.push_str(tag.trim_end_matches('>'));
            marked.push_str(" lang=\"ko\">");
            korean = Some(Region::of(name));
            continue;
        }
        marked.push_str(tag);
        if tag.contains(" lang=\"ko\"") {
            korean = Some(Region::of(name));
        }
    }
    put_text(&mut marked, rest, korean.is_some());
    marked
}

/// An element that says of itself that it is Korean, until it ends.
struct Region {
    name: String,
    depth: usize,
}

impl Region {
    fn of(name: &str) -> Self {
        Self { name: name.to_owned(), depth: 1 }
    }

    /// Whether the region ends with this tag.
    fn ends_with(&mut self, name: &str, tag: &str) -> bool {
        if name == self.name && tag.starts_with("</") {
            self.depth -= 1;
        } else if name == self.name && !tag.ends_with("/>") {
            self.depth += 1;
        }
        self.depth == 0
    }
}

/// Where a tag ends; `>` within an attribute does not end it.
fn end_of_tag(from_tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in from_tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    from_tag.len()
}

/// The name of the element that a tag begins or ends.
fn name_of(tag: &str) -> &str {
    let from_name = tag.trim_start_matches(['<', '/']);
    let end = from_name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(from_name.len());
    &from_name[..end]
}

fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}')
}

fn holds_hangul(text: &str) -> bool {
    text.contains(is_hangul)
}

/// A text, marked from its first Korean letter, with the figures that stand right before it («15만»), to its last.
fn put_text(marked: &mut String, text: &str, in_korean: bool) {
    let last = text.char_indices().rev().find(|(_, letter)| is_hangul(*letter));
    let (Some(first), Some((last, letter)), false) = (text.find(is_hangul), last, in_korean) else {
        marked.push_str(text);
        return;
    };
    let first = text[..first].trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let end = last + letter.len_utf8();
    for part in [&text[..first], "<span lang=\"ko\">", &text[first..end], "</span>", &text[end..]] {
        marked.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_within_english_is_marked() {
        let markup = "<p>6 December · 시연용 대회의실 (hall)</p>";
        assert_eq!(mark_korean(markup), "<p>6 December · <span lang=\"ko\">시연용 대회의실</span> (hall)</p>");
    }

    #[test]
    fn figures_are_read_with_the_word_that_they_belong_to() {
        assert_eq!(mark_korean("<b>Reform 15만</b>"), "<b>Reform <span lang=\"ko\">15만</span></b>");
    }

    #[test]
    fn english_stays_as_it_is() {
        let markup = "<!DOCTYPE html><p title=\"a > b\">Nothing &lt; to mark</p>";
        assert_eq!(mark_korean(markup), markup);
    }

    #[test]
    fn what_is_marked_already_is_not_marked_again() {
        let markup = "<div lang=\"ko\"><div>가</div><br/>나</div><a hreflang=\"ko\" href=\"/\">Korean</a>";
        assert_eq!(mark_korean(markup), markup);
        assert!(mark_korean(&format!("{markup}<b>다</b>")).ends_with("<b><span lang=\"ko\">다</span></b>"));
    }

    #[test]
    fn elements_that_hold_only_text_carry_the_language() {
        assert_eq!(
            mark_korean("<option value=\"1\">경기도</option>"),
            "<option value=\"1\" lang=\"ko\">경기도</option>"
        );
        assert_eq!(mark_korean("<title>권고 (Late)</title>"), "<title lang=\"ko\">권고 (Late)</title>");
        assert_eq!(mark_korean("<text x=\"1\">Late</text>"), "<text x=\"1\">Late</text>");
    }

    #[test]
    fn scripts_are_not_touched() {
        let markup = "<script>const word = \"가\";</script>";
        assert_eq!(mark_korean(markup), markup);
    }

    #[test]
    fn damaged_markup_loses_nothing() {
        for markup in ["가 < 나", "<p", "</", "<p>가</p><b", "<option>가"] {
            let marked = mark_korean(markup).replace("<span lang=\"ko\">", "").replace("</span>", "");
            assert_eq!(marked.replace(" lang=\"ko\"", ""), markup);
        }
    }
}
