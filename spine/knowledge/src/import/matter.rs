//! The YAML at the head of a Markdown file, as far as such files use it: keys with a text or a list of texts.

/// Keys and values in their order.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    fields: Vec<(String, Vec<String>)>,
}

impl FrontMatter {
    /// Parts a file into front matter and body; nothing if it has none.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        let text = text.trim_start_matches('\u{feff}');
        let mut offset = 0;
        let mut matter = Self::default();
        for (place, line) in text.split_inclusive('\n').enumerate() {
            offset += line.len();
            let line = line.trim_end();
            match (place, line) {
                (0, "---") => {}
                (0, _) => return None,
                (_, "---") => return Some((matter, text.get(offset..).unwrap_or_default())),
                (_, line) => matter.take(line),
            }
        }
        None
    }

    fn take(&mut self, line: &str) {
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            if let Some((_, values)) = self.fields.last_mut() {
                values.push(unquote(item));
            }
            return;
        }
        let Some((key, value)) = line.split_once(':') else { return };
        if key.starts_with(char::is_whitespace) || key.starts_with('#') {
            return;
        }
        let value = value.trim();
        let inner = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
        let values = match inner {
            Some(list) => list.split(',').map(unquote).collect(),
            None => vec![unquote(value)],
        };
        self.fields.push((key.trim().to_owned(), values));
    }

    /// The values of the first of these keys that is there.
    pub(super) fn list(&self, keys: &[&str]) -> Vec<String> {
        let field = keys.iter().find_map(|key| self.fields.iter().find(|(name, _)| name == key));
        field.map(|(_, values)| values.iter().filter(|value| !value.is_empty()).cloned().collect()).unwrap_or_default()
    }

    /// The first value of the first of these keys that is there.
    pub(super) fn text(&self, keys: &[&str]) -> Option<String> {
        self.list(keys).into_iter().next()
    }
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote)) {
            return inner.to_owned();
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_lists() {
        let (matter, body) =
            FrontMatter::split("---\na: 'x: y'\nb:\n  - 1\n  - \"2\"\nc: [p, q]\n---\nrest\n").unwrap();
        assert_eq!(matter.text(&["z", "a"]).as_deref(), Some("x: y"));
        assert_eq!(
            (matter.list(&["b"]), matter.list(&["c"])),
            (vec!["1".into(), "2".into()], vec!["p".into(), "q".into()])
        );
        assert_eq!(body, "rest\n");
        assert!(FrontMatter::split("# no matter").is_none());
        assert!(FrontMatter::split("---\nnever: closed").is_none());
    }
}
