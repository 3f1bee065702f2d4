//! Where a report says done, and evidence, a visit or citizens say no. By rules that can be read; what to make of it is for the
//! committee.

use serde::Serialize;

use super::{
    entry::Number,
    felt::FeltCounts,
    recommendation::{Recommendation, Report},
    survey::Share,
    visit::Visit,
};

/// Something that contradicts a report that says done.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Contradiction {
    /// The report's own words say that it is still to come.
    Words {
        /// The words.
        words: String,
    },
    /// The report says that everything is done, and what stands in the way.
    Obstacle {
        /// What.
        obstacle: String,
    },
    /// The same evidence is shown for another recommendation.
    SameEvidence {
        /// The address; of a file `sha256:` and its hash.
        address: String,
        /// The other recommendation.
        #[schema(value_type = String)]
        other: Number,
    },
    /// All that showed it was withdrawn.
    EvidenceWithdrawn,
    /// Who was there says no.
    Visit {
        /// The visit.
        visit: String,
        /// The question.
        question: String,
    },
    /// A finding of a visit is open.
    Finding {
        /// The visit.
        visit: String,
        /// The finding, from 1.
        finding: usize,
    },
    /// A survey with a sample says that it did not reach most people: even the upper end of what is sure is below half.
    Survey {
        /// The survey.
        survey: String,
        /// The upper end of the share whom it reached, in part at least.
        most: f64,
    },
    /// Citizens say no.
    Citizens {
        /// How many say what.
        counts: FeltCounts,
    },
}

/// Words of a report that tell of the future: «계획 수립을 완료했습니다» is done, «완료할 예정입니다» is not.
const STILL_TO_COME: [&str; 12] = [
    "예정입니다",
    "예정이며",
    "할 예정",
    "될 예정",
    "계획입니다",
    "추진 중",
    "진행 중",
    "검토 중",
    "협의 중",
    "준비 중",
    "마련 중",
    "하고 있습니다",
];

/// Whether a report says that something is done.
fn says_done(report: &Report) -> bool {
    report.complete || !report.done.is_empty()
}

/// What contradicts the last report of `recommendation`. `visits` are those of it, with their identifiers; `shared` names for a
/// piece of evidence, as [`shown_by`] gives it, the other recommendations whose last reports show it.
pub fn contradictions<'a>(
    recommendation: &Recommendation,
    visits: impl Iterator<Item = (&'a str, &'a Visit)>,
    (felt, surveyed): (FeltCounts, Option<(&str, &[Share; 3])>),
    shared: impl Fn(&str) -> Option<Number>,
) -> Vec<Contradiction> {
    let Some(report) = recommendation.last_report.as_ref().filter(|report| says_done(report)) else {
        return Vec::new();
    };
    let mut found = in_the_report(report);
    if recommendation.shows_nothing() {
        found.push(Contradiction::EvidenceWithdrawn);
    }
    for address in shown_by(recommendation) {
        if let Some(other) = shared(&address) {
            found.push(Contradiction::SameEvidence { address, other });
        }
    }
    for (id, visit) in visits {
        let denied = visit.denials().into_iter();
        found.extend(
            denied.map(|question| Contradiction::Visit { visit: id.to_owned(), question: question.to_owned() }),
        );
        let open = visit.open_findings();
        found.extend(open.map(|(finding, _)| Contradiction::Finding { visit: id.to_owned(), finding }));
    }
    if let Some((survey, [_, _, no])) = surveyed
        && no.low > 0.5
    {
        found.push(Contradiction::Survey { survey: survey.to_owned(), most: 1.0 - no.low });
    }
    if felt.deny() {
        found.push(Contradiction::Citizens { counts: felt });
    }
    found
}

/// What the last report shows: addresses of the web, and of files `sha256:` and the hash.
pub fn shown_by(recommendation: &Recommendation) -> impl Iterator<Item = String> {
    let evidence = recommendation.last_report.iter().flat_map(|report| &report.evidence);
    let files = recommendation.files_shown().map(|file| format!("sha256:{}", file.sha256));
    evidence.map(|one| one.address.clone()).chain(files)
}

/// What a report says against itself.
fn in_the_report(report: &Report) -> Vec<Contradiction> {
    let mut found = Vec::new();
    if report.complete {
        let words = STILL_TO_COME.into_iter().find(|words| report.summary.contains(words));
        found.extend(words.map(|words| Contradiction::Words { words: words.to_owned() }));
        if !report.obstacle.trim().is_empty() {
            found.push(Contradiction::Obstacle { obstacle: report.obstacle.clone() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::felt::FeltSignedIn;

    fn reported(summary: &str, complete: bool, obstacle: &str) -> Recommendation {
        let report = Report {
            quarter: "26Q3".parse().unwrap(),
            summary: summary.to_owned(),
            done: [0].into(),
            complete,
            obstacle: obstacle.to_owned(),
            evidence: vec![super::super::Evidence { title: "가".to_owned(), address: "https://a.kr/1".to_owned() }],
            files: Vec::new(),
        };
        Recommendation { complete, last_report: Some(report), ..Recommendation::default() }
    }

    fn signed_in(yes: u64, partly: u64, no: u64) -> FeltCounts {
        FeltCounts { yes, partly, no, signed_in: FeltSignedIn { yes, partly, no } }
    }

    fn found(recommendation: &Recommendation, felt: FeltCounts) -> Vec<Contradiction> {
        contradictions(recommendation, std::iter::empty(), (felt, None), |_| None)
    }

    #[test]
    fn a_report_is_held_to_its_own_words() {
        let quiet = FeltCounts::default();
        assert_eq!(found(&reported("계획을 수립해 공개했습니다.", true, ""), quiet), []);
        assert_eq!(
            found(&reported("연말까지 마칠 예정입니다.", false, ""), quiet),
            [],
            "part of it is done, the rest is to come"
        );
        let words = found(&reported("연말까지 마칠 예정입니다.", true, "예산이 없음"), quiet);
        assert!(
            matches!(words.as_slice(), [Contradiction::Words { words }, Contradiction::Obstacle { .. }] if words == "예정입니다")
        );
        let nothing = Recommendation::default();
        assert_eq!(found(&nothing, signed_in(0, 0, 90)), [], "nothing was said to be done");
    }

    #[test]
    fn a_few_citizens_are_no_contradiction() {
        let done = reported("공개했습니다.", true, "");
        assert_eq!(found(&done, signed_in(0, 0, 4)), []);
        assert_eq!(found(&done, signed_in(4, 3, 7)), []);
        assert_eq!(found(&done, signed_in(4, 0, 7)).len(), 1);
        let strangers = FeltCounts { no: 90, ..FeltCounts::default() };
        assert_eq!(found(&done, strangers), [], "who can say it again and again contradicts nobody");
        let quiet = (FeltCounts::default(), None);
        let shared = contradictions(&done, std::iter::empty(), quiet, |_| "2-1".parse().ok());
        assert!(matches!(shared.as_slice(), [Contradiction::SameEvidence { .. }]));
    }

    #[test]
    fn a_survey_contradicts_only_where_it_is_sure() {
        let done = reported("공개했습니다.", true, "");
        let no = |low: f64| {
            let share = Share { share: low + 0.05, low, high: low + 0.1, least: 0.0, most: 1.0 };
            let shares = [share, share, share];
            contradictions(&done, std::iter::empty(), (FeltCounts::default(), Some(("s", &shares))), |_| None)
        };
        assert_eq!(no(0.49), []);
        assert!(matches!(no(0.52).as_slice(), [Contradiction::Survey { survey, .. }] if survey == "s"));
    }
}
