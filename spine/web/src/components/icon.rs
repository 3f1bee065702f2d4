//! Icons: our own drawings on a grid of 24, in the colour of the text beside them. None stands without a text.

use std::fmt;

use super::safe_in_pages;

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// The boards of a wooden floor: Maru's own mark.
    Maru,
    /// Done, right.
    Check,
    /// Something to know.
    Information,
    /// Something to take care of.
    Warning,
    /// Something is wrong, or too late.
    Danger,
    /// Time.
    Clock,
    /// Time that stands still.
    Pause,
    /// Searching.
    Search,
    /// A person.
    Person,
    /// The languages.
    Globe,
    /// Light and dark.
    Contrast,
    /// Onwards.
    Forward,
    /// Back.
    Back,
    /// Undoing.
    Undo,
    /// Copying.
    Copy,
    /// Downloading.
    Download,
    /// Another site.
    External,
    /// Made by artificial intelligence.
    Machine,
    /// A document.
    Document,
    /// A letter that was sent.
    Sent,
    /// Waiting, not begun.
    Waiting,
    /// Closed, struck off.
    Closed,
}

impl Icon {
    fn drawing(self) -> &'static str {
        match self {
            Self::Maru => r#"<path d="M3 5h18v14H3zM3 9.7h18M3 14.3h18M9 5v4.7M15 9.7v4.6M9 14.3V19"/>"#,
            Self::Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
            Self::Information => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.5"/>"#,
            Self::Warning => r#"<path d="M12 3.5 22 20.5H2zM12 10v5M12 17.3v.5"/>"#,
            Self::Danger => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v6.5M12 16.2v.5"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.5 2"/>"#,
            Self::Pause => r#"<circle cx="12" cy="12" r="9"/><path d="M9.5 8.5v7M14.5 8.5v7"/>"#,
            Self::Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
            Self::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4 20.5c.8-4 4-6 8-6s7.2 2 8 6"/>"#,
            Self::Globe => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"/>"#
            }
            Self::Contrast => r#"<circle cx="12" cy="12" r="9"/><path fill="currentColor" d="M12 3a9 9 0 0 1 0 18z"/>"#,
            Self::Forward => r#"<path d="m9 5 7 7-7 7"/>"#,
            Self::Back => r#"<path d="m15 5-7 7 7 7"/>"#,
            Self::Undo => r#"<path d="M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-4"/>"#,
            Self::Copy => r#"<path d="M9 9h11v12H9zM5 15H4V3h11v2"/>"#,
            Self::Download => r#"<path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M4 20h16"/>"#,
            Self::External => r#"<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>"#,
            Self::Machine => {
                r#"<path d="M5 8h14v11H5zM12 8V4M9.5 12.5v1.5M14.5 12.5v1.5M2.5 12v4M21.5 12v4"/><circle cx="12" cy="3.5" r="1"/>"#
            }
            Self::Document => r#"<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>"#,
            Self::Sent => r#"<path d="M21 4 3 11l6.5 2.5L12 20zM9.5 13.5 21 4"/>"#,
            Self::Waiting => r#"<circle cx="12" cy="12" r="9" stroke-dasharray="3.5 3"/>"#,
            Self::Closed => r#"<circle cx="12" cy="12" r="9"/><path d="m8.5 8.5 7 7M15.5 8.5l-7 7"/>"#,
        }
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            r#"<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">"#,
        )?;
        formatter.write_str(self.drawing())?;
        formatter.write_str("</svg>")
    }
}

safe_in_pages!(Icon);
