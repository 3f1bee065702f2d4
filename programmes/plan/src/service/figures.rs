//! Live figures of the other programmes, and indicators that follow them.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use maru_web::Bilingual;

use super::{Caller, PlanService, ServiceError, Surveyed};
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

/// The share of those whom a recommendation reached, for its indicators to follow.
fn figure(number: Number, surveyed: &Surveyed) -> Figure {
    let [yes, ..] = surveyed.shares;
    Figure {
        id: format!("survey/{number}"),
        title: Bilingual::new(
            format!("표본조사에서 권고 {number}의 변화가 닿았다고 답한 비율"),
            format!("Share whom recommendation {number} reached, by a survey with a sample"),
        ),
        unit: Bilingual::new("%", "%"),
        note: Bilingual::new(
            format!("{}명을 초대해 {}명이 답함", surveyed.invited, surveyed.answered),
            format!("{} invited, {} answered", surveyed.invited, surveyed.answered),
        ),
        value: Some(yes.share * 100.0),
    }
}

impl PlanService {
    /// The same with a source of live figures; every clone of it asks that source from now on.
    #[must_use]
    pub fn with_figures(self, source: Arc<dyn FigureSource>) -> Self {
        *self.inner.source.write().unwrap_or_else(PoisonError::into_inner) = Some(source);
        *self.inner.figures.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self
    }

    /// The live figures of this server: those of other programmes, and what the last survey of a recommendation says.
    ///
    /// # Errors
    /// Where the other programmes cannot be asked.
    pub async fn figures(&self, now: Timestamp) -> Result<Arc<Vec<Figure>>, ServiceError> {
        let asked = self.asked(now).await?;
        let surveyed = self.surveyed().await?;
        if surveyed.is_empty() {
            return Ok(asked);
        }
        let of_surveys = surveyed.iter().map(|(number, surveyed)| figure(*number, surveyed));
        Ok(Arc::new(asked.iter().cloned().chain(of_surveys).collect()))
    }

    async fn asked(&self, now: Timestamp) -> Result<Arc<Vec<Figure>>, ServiceError> {
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
