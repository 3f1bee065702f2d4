//! A photo of a visit. People may be seen on it: it is sealed under the visit's own key and shown to those who work on the
//! visit alone. Its stream is named by what it shows, so that the same photo that arrives twice is taken once.

use jiff::Timestamp;
use maru_ledger::{Aggregate, Personal};
use serde::{Deserialize, Serialize};

use super::VisitRefusal;
use crate::domain::{recommendation::Actor, refusals::Refusal};

/// The largest photo, in bytes. Phones make them smaller before they send them.
pub const LARGEST_PHOTO: usize = 600 * 1024;

/// A photo as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The visit.
    pub visit: String,
    /// SHA-256 of the file that was sent, in hexadecimal digits.
    pub digest: String,
    /// What it shows, with personal data masked.
    pub caption: String,
    /// The picture (JPEG in Base64), sealed under the visit's key.
    pub picture: Personal,
}

/// The state of a photo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// The photo; nothing before.
    pub taken: Option<Taken>,
}

/// What may be asked of a photo.
#[derive(Debug, Clone)]
pub enum PhotoOrder {
    /// Take it in.
    Take(Taken, Actor),
}

/// What can happen to a photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum PhotoEvent {
    /// It was taken in.
    PhotoTaken {
        /// The photo.
        taken: Taken,
        /// By whom.
        by: Actor,
    },
}

impl Aggregate for Photo {
    const KIND: &'static str = "visitphoto";
    type Command = PhotoOrder;
    type Event = PhotoEvent;
    type Refusal = Refusal;

    fn decide(&self, order: PhotoOrder, _now: Timestamp) -> Result<Vec<PhotoEvent>, Refusal> {
        let PhotoOrder::Take(taken, by) = order;
        if self.taken.is_some() {
            return Ok(Vec::new());
        }
        if taken.caption.chars().count() > 200 {
            return Err(Refusal::TooLong { limit: 200 });
        }
        if taken.picture.is_erased() {
            return Err(VisitRefusal::NotAPhoto.into());
        }
        Ok(vec![PhotoEvent::PhotoTaken { taken, by }])
    }

    fn evolve(&mut self, event: &PhotoEvent) {
        let PhotoEvent::PhotoTaken { taken, .. } = event;
        self.taken = Some(taken.clone());
    }
}
