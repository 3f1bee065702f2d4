//! Live figures of the other programmes that run on this server, for indicators to follow. The plan does not know those programmes: whoever puts
//! the server together hands a source over.

use std::{future::Future, pin::Pin};

use jiff::Timestamp;
use maru_web::Bilingual;

/// A figure as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name, programme first: `inquiry/answered-in-time`.
    pub id: String,
    /// What it counts.
    pub title: Bilingual,
    /// In what: «%», «일» and «days».
    pub unit: Bilingual,
    /// Over what time and on what ground.
    pub note: Bilingual,
    /// The value; nothing where there is too little to say anything, or what there is would point at single persons.
    pub value: Option<f64>,
}

/// What a source gives.
pub type Figures<'a> = Pin<Box<dyn Future<Output = Result<Vec<Figure>, String>> + Send + 'a>>;

/// Where figures come from.
pub trait FigureSource: Send + Sync {
    /// All figures as they stand at `now`.
    fn figures(&self, now: Timestamp) -> Figures<'_>;
}
