//! Where one is, and where one can go from here.

/// A page above this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breadcrumb {
    /// What it is called.
    pub label: String,
    /// Its address.
    pub path: String,
}

impl Breadcrumb {
    /// The page called `label` at `path`.
    pub fn new(label: impl Into<String>, path: impl Into<String>) -> Self {
        Self { label: label.into(), path: path.into() }
    }
}
