//! Whether a key may use a model for its purpose. Who decides that is given from outside: the crate that knows the policy engine.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use crate::{
    error::Refusal,
    keys::KeyScope,
    policy::DataClass,
    record::end_of_day,
    registry::{ModelEntry, Purpose},
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct AskedUse<'a> {
    /// The key with its purpose.
    pub key: &'a KeyScope,
    /// The model.
    pub model: &'a ModelEntry,
    /// The class of the content.
    pub class: DataClass,
    /// The key's purpose as it was approved; nothing where it is not registered.
    pub purpose: Option<&'a Purpose>,
    /// The time for which it was approved is over.
    pub is_over: bool,
    /// The agency's rules want purposes registered.
    pub must_be_registered: bool,
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseDecision {
    /// Whether it may be used.
    pub allowed: bool,
    /// The policy that decided.
    pub policy: String,
    /// Why, in Korean.
    pub reason_ko: String,
    /// Why, in English.
    pub reason_en: String,
}

/// Who decides.
pub trait UsePolicy: Send + Sync {
    /// Whether a key may use a model for its purpose. What it says is remembered until the registry changes.
    fn decide(&self, asked: &AskedUse<'_>) -> UseDecision;
}

/// What was decided of a key, as long as the registry stays as it is.
#[derive(Default)]
pub(crate) struct Decided(RwLock<Vec<Remembered>>);

struct Remembered {
    model: String,
    class: DataClass,
    is_over: bool,
    /// Nothing where it may be used.
    refusal: Option<Arc<UseDecision>>,
}

impl Decided {
    /// Whether a key may use a model now, as `policy` says or has said.
    pub(crate) fn permit(
        &self,
        policy: &dyn UsePolicy,
        (key, model): (&KeyScope, &ModelEntry),
        class: DataClass,
        (purpose, must_be_registered): (Option<&Purpose>, bool),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let end = purpose.and_then(|purpose| purpose.until).and_then(end_of_day);
        let is_over = end.is_some_and(|end| end <= now);
        if let Some(known) = self.known(&model.id, class, is_over) {
            return known.map_or(Ok(()), |refusal| Err(refused(&refusal)));
        }
        // Callers inside this program (the sandbox, evaluations) have no key that somebody gave out.
        let must_be_registered = must_be_registered && !key.hash.is_empty();
        let decision = policy.decide(&AskedUse { key, model, class, purpose, is_over, must_be_registered });
        let refusal = (!decision.allowed).then(|| Arc::new(decision));
        let remembered = Remembered { model: model.id.clone(), class, is_over, refusal: refusal.clone() };
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(remembered);
        refusal.map_or(Ok(()), |refusal| Err(refused(&refusal)))
    }

    #[expect(clippy::option_option, reason = "whether it was decided, and whether it was refused")]
    fn known(&self, model: &str, class: DataClass, is_over: bool) -> Option<Option<Arc<UseDecision>>> {
        let decided = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = decided.iter().find(|one| one.class == class && one.is_over == is_over && one.model == model);
        known.map(|known| known.refusal.clone())
    }
}

fn refused(decision: &UseDecision) -> Refusal {
    let UseDecision { policy, reason_ko, reason_en, .. } = decision;
    Refusal::forbidden("purpose_not_allowed", reason_ko.clone(), format!("{reason_en} [{policy}]"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicU32);

    impl UsePolicy for Counting {
        fn decide(&self, asked: &AskedUse<'_>) -> UseDecision {
            self.0.fetch_add(1, Ordering::Relaxed);
            let allowed = !asked.is_over && !asked.must_be_registered;
            UseDecision { allowed, policy: "p".into(), reason_ko: "까닭".into(), reason_en: "why".into() }
        }
    }

    #[test]
    fn a_decision_is_asked_for_once_and_again_when_the_time_is_over() {
        let (policy, decided) = (Counting::default(), Decided::default());
        let mut key = KeyScope::new("k", "hash", "city");
        let model = ModelEntry::new("m", "maker");
        let purpose = Purpose {
            id: "p".into(),
            agency: String::new(),
            description: String::new(),
            models: Vec::new(),
            highest_class: DataClass::Open,
            high_impact: false,
            until: Some("2026-11-26".parse().unwrap()),
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let ask = |key: &KeyScope, decided: &Decided, must: bool, now: &str| {
            decided.permit(&policy, (key, &model), DataClass::Open, (Some(&purpose), must), at(now))
        };
        for _ in 0..3 {
            assert!(ask(&key, &decided, false, "2026-11-26T14:59:59Z").is_ok(), "until midnight in Korea");
        }
        assert_eq!(policy.0.load(Ordering::Relaxed), 1);
        let refusal = ask(&key, &decided, false, "2026-11-26T15:00:00Z").unwrap_err();
        assert_eq!((refusal.code, &*refusal.korean, &*refusal.english), ("purpose_not_allowed", "까닭", "why [p]"));
        let strict = Decided::default();
        assert!(ask(&key, &strict, true, "2026-11-26T00:00:00Z").is_err());
        key.hash.clear();
        assert!(ask(&key, &Decided::default(), true, "2026-11-26T00:00:00Z").is_ok(), "a caller inside this program");
    }
}
