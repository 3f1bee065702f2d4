//! Which key may use which model for which purpose: the gateway asks, the policies of `identity` decide.

use maru_gateway::{AskedUse, UseDecision, UsePolicy};
use maru_identity::{ModelUse, PolicyError, UsePolicies};

/// The policies, as the gateway asks them.
pub(crate) struct ModelUses(UsePolicies);

impl ModelUses {
    /// # Errors
    /// Where the policy file of this program is damaged; a test reads it.
    pub(crate) fn new() -> Result<Self, PolicyError> {
        Ok(Self(UsePolicies::built_in()?))
    }
}

impl UsePolicy for ModelUses {
    fn decide(&self, asked: &AskedUse<'_>) -> UseDecision {
        let AskedUse { key, model, class, purpose, is_over, must_be_registered } = *asked;
        let decision = self.0.decide(&ModelUse {
            key: &key.id,
            model: &model.id,
            model_is_high_impact: model.high_impact,
            must_be_registered,
            is_registered: purpose.is_some(),
            is_over,
            names_model: purpose.is_some_and(|purpose| purpose.names(&model.id)),
            fits_class: purpose.is_some_and(|purpose| class <= purpose.highest_class),
            is_high_impact: purpose.is_some_and(|purpose| purpose.high_impact),
        });
        let policy = decision.reasons.first().map(|reason| reason.policy.clone()).unwrap_or_default();
        UseDecision {
            allowed: decision.allowed,
            policy,
            reason_ko: decision.reason_ko.to_string(),
            reason_en: decision.reason_en.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use maru_gateway::{DataClass, KeyScope, ModelEntry, Purpose};

    use super::*;

    #[test]
    fn what_was_approved_of_a_purpose_holds_for_its_keys() {
        let uses = ModelUses::new().unwrap();
        let key = KeyScope::new("portal", "hash", "city");
        let model = ModelEntry::new("exaone-4.0-32b", "LG AI Research");
        let purpose = Purpose {
            id: "drafts".into(),
            agency: "city".into(),
            description: "Drafts of answers.".into(),
            models: vec!["exaone-*".into()],
            highest_class: DataClass::Open,
            high_impact: false,
            until: None,
        };
        let decide = |class, purpose: Option<&Purpose>, must_be_registered| {
            let asked = AskedUse { key: &key, model: &model, class, purpose, is_over: false, must_be_registered };
            let decision = uses.decide(&asked);
            (decision.allowed, decision.policy)
        };
        assert!(decide(DataClass::Open, Some(&purpose), true).0);
        assert_eq!(decide(DataClass::Sensitive, Some(&purpose), true), (false, "purposes-name-their-class".into()));
        let other = Purpose { models: vec!["solar-*".into()], ..purpose.clone() };
        assert_eq!(decide(DataClass::Open, Some(&other), false), (false, "purposes-name-their-models".into()));
        assert_eq!(decide(DataClass::Open, None, true), (false, "purposes-must-be-registered".into()));
        assert!(decide(DataClass::Sensitive, None, false).0, "keys alone say it");
    }
}
