//! What other rules would have done with calls that were made: a report before they are proposed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    Action, DataClass, PolicySettings,
    policy::Inspection,
    record::RecordedCall,
    service::{Kind, inspect_request},
};

/// What would have been.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DryRun {
    /// Calls that could be looked at.
    pub looked_at: u64,
    /// Calls whose texts were not kept.
    pub without_texts: u64,
    /// How often each rule would have fired, and what it would have done.
    pub fired: BTreeMap<(String, &'static str), u64>,
    /// Calls that went through and would have been stopped.
    pub newly_stopped: Vec<String>,
    /// Calls of a higher class than then.
    pub newly_raised: u64,
}

/// Holds recorded calls against other rules. Texts stand on the record masked: what was masked then is not found again, so that figures for
/// personal data count what was missed.
pub fn dry_run(calls: &[RecordedCall], rules: &PolicySettings) -> DryRun {
    let mut report = DryRun::default();
    for call in calls {
        let body = call.texts.as_ref().and_then(|(request, _)| serde_json::from_str::<Value>(request).ok());
        let (Some(mut body), Some(kind)) = (body, Kind::of_name(&call.record.route)) else {
            report.without_texts += 1;
            continue;
        };
        report.looked_at += 1;
        let was = DataClass::from_letter(&call.record.class).unwrap_or_default();
        let mut inspection = Inspection::new(rules, was);
        let readable = inspect_request(kind, &mut body, &mut inspection).is_ok();
        let named: BTreeSet<_> = inspection.fired.iter().map(|fired| (&fired.rule, fired.action)).collect();
        for (rule, action) in named {
            *report.fired.entry((rule.clone(), action.as_str())).or_default() += 1;
        }
        report.newly_raised += u64::from(inspection.class > was);
        let stops = inspection.fired.iter().any(|fired| matches!(fired.action, Action::Block | Action::Ask));
        if readable && stops && call.record.status < 400 {
            report.newly_stopped.push(call.record.id.clone());
        }
    }
    report
}
