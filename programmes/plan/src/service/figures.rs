//! Live figures of the other programmes, and indicators that follow them.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{Caller, PlanService, ServiceError};
use crate::{
    domain::{
        Number, Particulars, Quarter, Refusal,
        particulars::{Item, Measure, ParticularRefusal},
    },
    figures::{Figure, FigureSource},
};

/// How long figures are shown before they are asked for again: they are of months, and asking counts many rows.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// Figures that were asked for, and when.
pub(super) type Asked = Mutex<Option<(Timestamp, Arc<Vec<Figure>>)>>;

impl PlanService {
    /// The same with a source of live figures; every clone of it asks that source from now on.
    #[must_use]
    pub fn with_figures(self, source: Arc<dyn FigureSource>) -> Self {
        *self.inner.source.write().unwrap_or_else(PoisonError::into_inner) = Some(source);
        *self.inner.figures.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self
    }

    /// The live figures of this server; none where nobody gives any.
    ///
    /// # Errors
    /// Where the other programmes cannot be asked.
    pub async fn figures(&self, now: Timestamp) -> Result<Arc<Vec<Figure>>, ServiceError> {
        let source = self.inner.source.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(source) = source else { return Ok(Arc::default()) };
        let known = self.inner.figures.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, figures)) = known
            && now.duration_since(at).abs() < FRESH
        {
            return Ok(figures);
        }
        let figures = Arc::new(source.figures(now).await.map_err(ServiceError::Internal)?);
        *self.inner.figures.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&figures)));
        Ok(figures)
    }

    /// Takes the live figure that an indicator follows as its value of this quarter.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for bodies that take no part; [`ServiceError::Refused`] where it follows none, or none is there.
    pub async fn measure_live(&self, caller: &Caller, number: Number, id: String) -> Result<Particulars, ServiceError> {
        let known = self.particulars(number).await?;
        let Some(Item::Indicator(indicator)) = known.of(&id).map(|kept| &kept.item) else {
            return Err(ServiceError::NotFound);
        };
        let figures = self.figures(caller.now).await?;
        let value = figures.iter().find(|figure| figure.id == indicator.figure).and_then(|figure| figure.value);
        let Some(value) = value else { return Err(Refusal::from(ParticularRefusal::NoFigure).into()) };
        // To a hundredth: more than that is no knowledge.
        let value = (value * 100.0).round() / 100.0;
        let measure = Measure { quarter: Quarter::of(caller.today()), value };
        self.measure_item(caller, number, id, measure).await
    }
}
