//! Which key may use which model for which purpose: asked by machines, so that the answer names no role. The policies stand in
//! `policies/gateway-uses.cedar`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId, PolicySet, Request,
    RestrictedExpression, Schema,
};

use super::{Decision, PolicyError, PolicySource, Reason, annotation_error, read, reason_of, type_name, validate};

/// The policies for keys and models.
pub const USE_POLICIES: PolicySource =
    PolicySource { name: "gateway-uses.cedar", text: include_str!("../../policies/gateway-uses.cedar") };

const SCHEMA: &str = r#"entity Key;
entity Model { high_impact: Bool };
action "use-model" appliesTo { principal: [Key], resource: [Model], context: { must_be_registered: Bool, is_registered: Bool,
    is_over: Bool, names_model: Bool, fits_class: Bool, is_high_impact: Bool } };
"#;

/// A key that wants to use a model, as far as policies ask about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a policy asks about by its name")]
pub struct ModelUse<'a> {
    /// The key's name.
    pub key: &'a str,
    /// The model.
    pub model: &'a str,
    /// The model is registered as high-impact AI.
    pub model_is_high_impact: bool,
    /// Purposes must be registered.
    pub must_be_registered: bool,
    /// The key's purpose is.
    pub is_registered: bool,
    /// The time for which it was approved is over.
    pub is_over: bool,
    /// It was approved for this model.
    pub names_model: bool,
    /// It was approved for content of this class.
    pub fits_class: bool,
    /// It was assessed and approved as high-impact use.
    pub is_high_impact: bool,
}

/// Which key may use which model. Make it once.
pub struct UsePolicies {
    authorizer: Authorizer,
    policies: PolicySet,
    reasons: HashMap<PolicyId, Arc<Reason>>,
    key: EntityTypeName,
    model: EntityTypeName,
    action: EntityUid,
}

impl std::fmt::Debug for UsePolicies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UsePolicies").field("policies", &self.reasons.len()).finish_non_exhaustive()
    }
}

impl UsePolicies {
    /// The policies of this crate.
    ///
    /// # Errors
    /// [`PolicyError`] where they are damaged; a test reads them.
    pub fn built_in() -> Result<Self, PolicyError> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
            .map_err(|error| PolicyError::Kinds { reason: format!("{error:?}") })?;
        let policies = read(&USE_POLICIES)?;
        let mut reasons = HashMap::new();
        for policy in &policies {
            let reason = Arc::new(reason_of(&USE_POLICIES, policy)?);
            if reasons.insert(policy.id().clone(), reason).is_some() {
                let taken = "another policy has the same @id; give it another one";
                return Err(annotation_error(&USE_POLICIES, policy.id().to_string(), taken));
            }
        }
        validate(&policies, &schema)?;
        let policies =
            PolicySet::from_policies(policies).map_err(|error| PolicyError::Unknown { reason: error.to_string() })?;
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            reasons,
            key: type_name("Key")?,
            model: type_name("Model")?,
            action: EntityUid::from_type_name_and_id(type_name("Action")?, EntityId::new("use-model")),
        })
    }

    /// Whether a key may use a model so, and why.
    pub fn decide(&self, asked: &ModelUse<'_>) -> Decision {
        match self.ask(asked) {
            Ok(response) => self.explain(&response),
            Err(error) => {
                tracing::error!(%error, "the use of a model could not be decided and was refused");
                unknown()
            }
        }
    }

    fn ask(&self, asked: &ModelUse<'_>) -> Result<cedar_policy::Response, Box<dyn std::error::Error>> {
        let uid = |kind: &EntityTypeName, id: &str| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id));
        let key = Entity::new_no_attrs(uid(&self.key, asked.key), HashSet::new());
        let high_impact = RestrictedExpression::new_bool(asked.model_is_high_impact);
        let attributes = HashMap::from([("high_impact".to_owned(), high_impact)]);
        let model = Entity::new(uid(&self.model, asked.model), attributes, HashSet::new())?;
        let facts = [
            ("must_be_registered", asked.must_be_registered),
            ("is_registered", asked.is_registered),
            ("is_over", asked.is_over),
            ("names_model", asked.names_model),
            ("fits_class", asked.fits_class),
            ("is_high_impact", asked.is_high_impact),
        ];
        let facts = facts.map(|(name, is_so)| (name.to_owned(), RestrictedExpression::new_bool(is_so)));
        let context = Context::from_pairs(facts)?;
        let request = Request::new(key.uid(), self.action.clone(), model.uid(), context, None)?;
        let entities = Entities::from_entities([key, model], None)?;
        Ok(self.authorizer.is_authorized(&request, &self.policies, &entities))
    }

    fn explain(&self, response: &cedar_policy::Response) -> Decision {
        for error in response.diagnostics().errors() {
            tracing::error!(%error, "a policy could not be evaluated");
        }
        let found = response.diagnostics().reason().filter_map(|policy| self.reasons.get(policy)).cloned();
        let mut reasons: Vec<Arc<Reason>> = found.collect();
        reasons.sort_by(|one, other| one.policy.cmp(&other.policy));
        let Some(first) = reasons.first() else { return unknown() };
        let (reason_ko, reason_en) = (first.korean.as_str().into(), first.english.as_str().into());
        let allowed = response.decision() == cedar_policy::Decision::Allow;
        Decision { allowed, reasons, reason_ko, reason_en }
    }
}

/// Nothing decides: then it is refused.
fn unknown() -> Decision {
    Decision {
        allowed: false,
        reasons: Vec::new(),
        reason_ko: "쓸 수 있는지 정할 수 없어 거부했습니다. 시스템 관리자에게 알려 주십시오.".into(),
        reason_en: "Refused: it could not be decided whether this may be used. Tell the administrator.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitting() -> ModelUse<'static> {
        ModelUse {
            key: "portal",
            model: "m",
            is_registered: true,
            names_model: true,
            fits_class: true,
            ..ModelUse::default()
        }
    }

    #[test]
    fn a_purpose_decides_over_model_class_time_and_impact() {
        let policies = UsePolicies::built_in().unwrap();
        let of = |asked: ModelUse<'_>| {
            let decision = policies.decide(&asked);
            (decision.allowed, decision.reasons.first().map(|reason| reason.policy.clone()).unwrap_or_default())
        };
        let allowed = "keys-use-models-for-their-purpose".to_owned();
        assert_eq!(of(fitting()), (true, allowed.clone()));
        assert_eq!(
            of(ModelUse { key: "k", model: "m", ..ModelUse::default() }),
            (true, allowed.clone()),
            "unregistered"
        );
        for (asked, policy) in [
            (ModelUse { must_be_registered: true, is_registered: false, ..fitting() }, "purposes-must-be-registered"),
            (ModelUse { is_over: true, ..fitting() }, "purposes-end"),
            (ModelUse { names_model: false, ..fitting() }, "purposes-name-their-models"),
            (ModelUse { fits_class: false, ..fitting() }, "purposes-name-their-class"),
            (ModelUse { model_is_high_impact: true, ..fitting() }, "high-impact-is-assessed-first"),
        ] {
            assert_eq!(of(asked), (false, policy.to_owned()), "{asked:?}");
        }
        let assessed =
            ModelUse { model_is_high_impact: true, is_high_impact: true, must_be_registered: true, ..fitting() };
        assert_eq!(of(assessed), (true, allowed));
        let refused = policies.decide(&ModelUse { is_over: true, ..fitting() });
        assert!(refused.reason_ko.contains("제18조") && refused.reason_en.contains("article 18"), "{refused:?}");
    }
}
