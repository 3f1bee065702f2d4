//! The plan seen as a whole with everything that is known beside the reports: what waits for what, how likely deadlines are
//! missed, what contradicts a report, where to look first.

use std::{collections::BTreeMap, sync::Arc};

use super::{Caller, Overview, PlanService, Seen, ServiceError, Surveyed};
use crate::{
    domain::{
        Contradiction, FeltCounts, Graph, Links, Number, Quarter, Recommendation, Visit,
        contradiction::{contradictions, shown_by},
        forecast::{Outlook, outlook},
        links::{Clash, LINKS, LinkOrder, Proposed, propose},
        visit::{Known, RiskPoint, risk, total},
    },
    store::Named,
};

/// Everything that is known of the plan on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The reports and where everything stands.
    pub overview: Overview,
    /// What waits for what.
    pub links: Links,
    /// The same, as far as a person accepted it.
    pub graph: Graph,
    /// How likely deadlines are missed.
    pub outlook: Outlook,
    /// What contradicts reports that say done.
    pub contradictions: BTreeMap<Number, Vec<Contradiction>>,
    /// What citizens say.
    pub felt: BTreeMap<Number, FeltCounts>,
    /// The last survey that asked of each whether it reached people.
    pub surveyed: Arc<BTreeMap<Number, Surveyed>>,
    /// The visits, the oldest first.
    pub visits: Vec<Named<Visit>>,
    chances: BTreeMap<Number, f64>,
}

impl Whole {
    /// One recommendation.
    pub fn seen(&self, number: Number) -> Option<&Seen> {
        self.overview.seen.iter().find(|seen| seen.number() == number)
    }

    /// How likely its next deadline is missed.
    pub fn chance(&self, number: Number) -> Option<f64> {
        self.chances.get(&number).copied()
    }

    /// The visits of a recommendation.
    pub fn visits_of(&self, number: Number) -> impl Iterator<Item = &Named<Visit>> {
        let is_of = move |named: &&Named<Visit>| {
            named.state.planned.as_ref().is_some_and(|planned| planned.recommendation == number)
        };
        self.visits.iter().filter(is_of)
    }

    /// Why a visit to it would be worth while, in points.
    pub fn risk_of(&self, seen: &Seen) -> Vec<RiskPoint> {
        let number = seen.number();
        let visited = self.visits_of(number).filter(|named| !named.state.records.is_empty());
        let known = Known {
            chance_of_delay: self.chance(number),
            dependents: self.graph.affected(number).len(),
            contradictions: self.contradictions.get(&number).map_or(0, Vec::len),
            last_visit: visited.filter_map(|named| named.state.planned.as_ref().map(|planned| planned.on)).max(),
            open_findings: self.visits_of(number).map(|named| named.state.open_findings().count()).sum(),
        };
        risk(&seen.recommendation, &seen.standing, &known, self.overview.day)
    }

    /// All recommendations with their points, the most first; without points none, and none that a visit is planned for.
    pub fn by_risk(&self) -> Vec<(&Seen, Vec<RiskPoint>)> {
        let ahead = |seen: &Seen| self.visits_of(seen.number()).any(|named| named.state.is_ahead());
        let open = self.overview.seen.iter().filter(|seen| !ahead(seen));
        let mut ordered: Vec<(&Seen, Vec<RiskPoint>)> =
            open.map(|seen| (seen, self.risk_of(seen))).filter(|(_, points)| total(points) > 0).collect();
        ordered.sort_by_key(|(seen, points)| (std::cmp::Reverse(total(points)), seen.number()));
        ordered
    }

    /// Where the deadlines of two that wait for each other do not fit.
    pub fn clashes(&self) -> Vec<Clash> {
        let open = |number: Number| self.seen(number).map(|seen| seen.recommendation.open_deadlines());
        let first = |number| open(number)?.into_iter().map(|due| due.quarter).min();
        let last = |number| open(number)?.into_iter().map(|due| due.quarter).max();
        self.graph.clashes(first, last)
    }
}

/// What contradicts the reports, by recommendation.
fn find_contradictions(
    overview: &Overview,
    visits: &[Named<Visit>],
    (felt, surveyed): (&BTreeMap<Number, FeltCounts>, &BTreeMap<Number, Surveyed>),
) -> BTreeMap<Number, Vec<Contradiction>> {
    let mut shown: BTreeMap<String, Vec<Number>> = BTreeMap::new();
    for seen in &overview.seen {
        for one in shown_by(&seen.recommendation) {
            shown.entry(one).or_default().push(seen.number());
        }
    }
    let mut found = BTreeMap::new();
    for seen in &overview.seen {
        let number = seen.number();
        let of_it = visits
            .iter()
            .filter(|named| named.state.planned.as_ref().is_some_and(|planned| planned.recommendation == number));
        let shared = |address: &str| shown.get(address)?.iter().copied().find(|other| *other != number);
        let counts = felt.get(&number).copied().unwrap_or_default();
        let visits_of_it = of_it.map(|named| (named.id.as_str(), &named.state));
        let asked = surveyed.get(&number).map(|one| (one.id.as_str(), &one.shares));
        let list = contradictions(&seen.recommendation, visits_of_it, (counts, asked), shared);
        if !list.is_empty() {
            found.insert(number, list);
        }
    }
    found
}

impl PlanService {
    /// Everything that is known of the plan on the caller's day.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn whole(&self, caller: &Caller) -> Result<Whole, ServiceError> {
        let overview = self.overview(caller).await?;
        let mut links = self.inner.store.links().await?;
        links.keep_between(&overview.seen.iter().map(Seen::number).collect());
        let graph = Graph::of(links.accepted());
        let felt = self.inner.store.felt().await?;
        let visits = self.inner.store.visits().await?;
        let known: Vec<Recommendation> = overview.seen.iter().map(|seen| seen.recommendation.clone()).collect();
        let outlook = outlook(&known, &graph, Quarter::of(overview.day));
        let surveyed = self.surveyed().await?;
        let contradictions = find_contradictions(&overview, &visits, (&felt, &surveyed));
        let chances = outlook.next();
        Ok(Whole { overview, links, graph, outlook, contradictions, felt, surveyed, visits, chances })
    }

    /// Looks for dependencies in the texts of the plan; says how many are new. A person decides on each.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee.
    pub async fn propose_links(&self, caller: &Caller) -> Result<usize, ServiceError> {
        self.permit(caller, "edit-dependencies", &Self::committee())?;
        let known = self.inner.store.recommendations().await?;
        let entries: Vec<_> = known.into_iter().filter_map(|one| one.entry).collect();
        let found = tokio::task::spawn_blocking(move || propose(&entries));
        let found = found.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        self.take_in_links(caller, found).await
    }

    /// Takes in dependencies that were found elsewhere; says how many are new.
    ///
    /// # Errors
    /// As [`Self::propose_links`].
    pub async fn take_in_links(&self, caller: &Caller, found: Vec<Proposed>) -> Result<usize, ServiceError> {
        self.permit(caller, "edit-dependencies", &Self::committee())?;
        let before = self.inner.store.links().await?.known.len();
        let after = self.order::<Links>(caller, LINKS, LinkOrder::Propose(found)).await?;
        Ok(after.known.len().saturating_sub(before))
    }

    /// Accepts or rejects a dependency.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where something would wait for itself.
    pub async fn decide_link(
        &self,
        caller: &Caller,
        (dependent, prerequisite): (Number, Number),
        accepted: bool,
    ) -> Result<Links, ServiceError> {
        let by = self.deciding(caller, "edit-dependencies")?;
        let order = if accepted {
            LinkOrder::Accept(dependent, prerequisite, by)
        } else {
            LinkOrder::Reject(dependent, prerequisite, by)
        };
        self.order(caller, LINKS, order).await
    }

    /// Adds a dependency that the texts do not say.
    ///
    /// # Errors
    /// As [`Self::decide_link`]; [`ServiceError::NotFound`] where there is no such recommendation.
    pub async fn add_link(
        &self,
        caller: &Caller,
        (dependent, prerequisite): (Number, Number),
        reason: String,
    ) -> Result<Links, ServiceError> {
        let by = self.deciding(caller, "edit-dependencies")?;
        for number in [dependent, prerequisite] {
            self.in_plan(number).await?;
        }
        self.order(caller, LINKS, LinkOrder::Add(dependent, prerequisite, reason, by)).await
    }
}
