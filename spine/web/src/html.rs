//! Markup that is safe to put into a page.

use std::fmt;

use askama::{Template, filters::HtmlSafe};

use crate::problem::Problem;

/// Markup in which every text from outside is already escaped. Templates put it in as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Nothing.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A text, escaped.
    pub fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
        }
        Self(html)
    }

    /// A text of several lines: blank lines part paragraphs, other line ends are kept.
    pub fn paragraphs(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
        let marked =
            paragraphs.map(|paragraph| ["<p>", &Self::text(paragraph).0.replace('\n', "<br>"), "</p>"].concat());
        Self(marked.collect())
    }

    /// Markup that the caller made and answers for. Nothing that came from outside may stand in it unescaped.
    pub fn trusted(markup: impl Into<String>) -> Self {
        Self(markup.into())
    }

    /// The markup of a template.
    pub fn render(template: &impl Template) -> Result<Self, Problem> {
        template.render().map(Self).map_err(|error| {
            tracing::error!(%error, "a template could not be rendered");
            Problem::internal()
        })
    }

    /// Puts more behind it.
    #[must_use]
    pub fn and(mut self, more: impl HtmlSafe) -> Self {
        // Writing into a String does not fail; a component whose template fails adds nothing.
        let _ = fmt::Write::write_fmt(&mut self.0, format_args!("{more}"));
        self
    }

    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl<T: HtmlSafe> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(parts: I) -> Self {
        parts.into_iter().fold(Self::empty(), Self::and)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(Html::text(r#"<a href="x">'&'"#).as_str(), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(Html::paragraphs("a\r\nb\r\n\r\n\n<c>").as_str(), "<p>a<br>b</p><p>&lt;c&gt;</p>");
    }
}
