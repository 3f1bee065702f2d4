//! Who may do what: Cedar policies that a lawyer can read, checked when they are loaded, behind a small interface.
//!
//! What no policy permits is refused, and a prohibition stands above every permission.

mod schema;
mod table;
mod uses;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use cedar_policy::{
    Authorizer, Context, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    Request, RestrictedExpression, ValidationMode, Validator,
};
use thiserror::Error;

use crate::{
    resource::{BUILT_IN_KINDS, Resource, ResourceKind},
    role::{Principal, Role},
};

pub use table::policy_table;
pub use uses::{ModelUse, USE_POLICIES, UsePolicies};

/// A text of policies, such as a file that a crate includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicySource {
    /// What errors call it: the file's name.
    pub name: &'static str,
    /// The policies, in the language of Cedar.
    pub text: &'static str,
}

/// The policies for inquiries, knowledge and the system.
pub const BUILT_IN_POLICIES: &[PolicySource] = &[
    PolicySource { name: "inquiry.cedar", text: include_str!("../../policies/inquiry.cedar") },
    PolicySource { name: "knowledge.cedar", text: include_str!("../../policies/knowledge.cedar") },
    PolicySource { name: "models.cedar", text: include_str!("../../policies/models.cedar") },
    PolicySource { name: "plan.cedar", text: include_str!("../../policies/plan.cedar") },
    PolicySource { name: "laws.cedar", text: include_str!("../../policies/laws.cedar") },
    PolicySource { name: "system.cedar", text: include_str!("../../policies/system.cedar") },
    PolicySource { name: "welfare.cedar", text: include_str!("../../policies/welfare.cedar") },
];

/// Policies that cannot be used. Nothing is decided by half of them: the program must not start.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum PolicyError {
    /// The text is not Cedar.
    #[error("{source_name} is not written in the language of Cedar: {reason}")]
    Syntax {
        /// The name of the text.
        source_name: String,
        /// What the parser said.
        reason: String,
    },
    /// A policy lacks an annotation, or its identifier is taken.
    #[error("a policy in {source_name} ({policy}) cannot be used: {reason}")]
    Annotation {
        /// The name of the text.
        source_name: String,
        /// The policy's identifier, or its place.
        policy: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A policy names an action, a kind or a fact that does not exist, or can never apply.
    #[error("the policies do not fit what can be done: {reason}")]
    Unknown {
        /// Every finding.
        reason: String,
    },
    /// The kinds of resources contradict each other or bear impossible names.
    #[error("the kinds of resources cannot be used: {reason}")]
    Kinds {
        /// What is wrong.
        reason: String,
    },
}

/// Why something is allowed or refused: one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The policy's identifier.
    pub policy: String,
    /// In Korean, with the articles of law.
    pub korean: String,
    /// In English, with the articles of law.
    pub english: String,
}

/// Whether something may be done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The policies that allow it, or that forbid it; none where nothing allows it.
    pub reasons: Vec<Arc<Reason>>,
    /// Why, in Korean: what the policy says; where nothing allows it, who may.
    pub reason_ko: Arc<str>,
    /// Why, in English.
    pub reason_en: Arc<str>,
}

/// What can be asked about one role, one kind and one action: the policies that are not out of the question.
struct Question {
    action: EntityUid,
    policies: PolicySet,
    refusal: Arc<Refusal>,
}

/// What is said where nothing allows an action.
struct Refusal {
    korean: Arc<str>,
    english: Arc<str>,
}

/// The names of entity types, read once.
struct Types {
    stranger: EntityTypeName,
    department: EntityTypeName,
    roles: HashMap<Role, EntityTypeName>,
    kinds: HashMap<&'static str, EntityTypeName>,
}

/// Everything that is permitted. Make it once; asking it takes some microseconds.
pub struct Policies {
    authorizer: Authorizer,
    types: Types,
    stranger: Entity,
    questions: HashMap<(Option<Role>, &'static str), HashMap<&'static str, Question>>,
    reasons: HashMap<PolicyId, Arc<Reason>>,
    unknown: Refusal,
}

impl fmt::Debug for Policies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Policies").field("policies", &self.reasons.len()).finish_non_exhaustive()
    }
}

impl Policies {
    /// The policies of this crate alone.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::load(&[], &[])
    }

    /// The policies of this crate with those of programmes, for the kinds of this crate with those of programmes.
    /// Every policy is checked against the actions of the kinds: one that names what does not exist is an error.
    pub fn load(sources: &[PolicySource], kinds: &[ResourceKind]) -> Result<Self, PolicyError> {
        let all_sources: Vec<PolicySource> = BUILT_IN_POLICIES.iter().chain(sources).copied().collect();
        let all_kinds: Vec<ResourceKind> = BUILT_IN_KINDS.iter().chain(kinds).copied().collect();
        Self::of(&all_sources, &all_kinds)
    }

    /// Exactly these policies for exactly these kinds, without those of this crate.
    pub fn of(sources: &[PolicySource], kinds: &[ResourceKind]) -> Result<Self, PolicyError> {
        let schema = schema::of(kinds)?;
        let mut reasons = HashMap::new();
        let mut policies = Vec::new();
        for source in sources {
            for policy in read(source)? {
                let reason = reason_of(source, &policy)?;
                if reasons.insert(policy.id().clone(), Arc::new(reason)).is_some() {
                    let taken = "another policy has the same @id; give it another one";
                    return Err(annotation_error(source, policy.id().to_string(), taken));
                }
                policies.push(policy);
            }
        }
        validate(&policies, &schema)?;
        let types = Types {
            stranger: type_name("Stranger")?,
            department: type_name("Department")?,
            roles: Role::ALL
                .into_iter()
                .map(|role| Ok((role, type_name(role.entity_type())?)))
                .collect::<Result<_, PolicyError>>()?,
            kinds: kinds
                .iter()
                .map(|kind| Ok((kind.kind, type_name(&kind.entity_type())?)))
                .collect::<Result<_, PolicyError>>()?,
        };
        let stranger = EntityUid::from_type_name_and_id(types.stranger.clone(), EntityId::new("stranger"));
        let mut loaded = Self {
            authorizer: Authorizer::new(),
            types,
            stranger: Entity::new_no_attrs(stranger, HashSet::new()),
            questions: HashMap::new(),
            reasons,
            unknown: Refusal {
                korean: "정해지지 않은 일이어서 거부했습니다. 시스템 관리자에게 알려 주십시오.".into(),
                english: "Refused: no such action is defined. Tell the administrator of the system.".into(),
            },
        };
        loaded.prepare(&policies, &schema, kinds)?;
        Ok(loaded)
    }

    /// Sorts the policies by what they can apply to, so that a decision looks at few of them.
    fn prepare(
        &mut self,
        policies: &[Policy],
        schema: &cedar_policy::Schema,
        kinds: &[ResourceKind],
    ) -> Result<(), PolicyError> {
        let mut applying: HashMap<(EntityTypeName, EntityUid, EntityTypeName), Vec<&Policy>> = HashMap::new();
        for policy in policies {
            for environment in policy.get_valid_request_envs(schema) {
                let place =
                    (environment.principal().clone(), environment.action().clone(), environment.resource().clone());
                applying.entry(place).or_default().push(policy);
            }
        }
        let everybody: Vec<Option<Role>> = std::iter::once(None).chain(Role::ALL.map(Some)).collect();
        for kind in kinds {
            for action in kind.actions {
                let uid = EntityUid::from_type_name_and_id(type_name("Action")?, EntityId::new(action.action));
                let resource = self.types.kinds.get(kind.kind).cloned().ok_or_else(|| unknown_kind(kind.kind))?;
                let places: Vec<(Option<Role>, Vec<&Policy>)> = everybody
                    .iter()
                    .map(|role| {
                        let place = (self.principal_type(*role).clone(), uid.clone(), resource.clone());
                        (*role, applying.get(&place).cloned().unwrap_or_default())
                    })
                    .collect();
                let refusal = Arc::new(self.refusal(places.iter().flat_map(|(_, policies)| policies).copied()));
                for (role, policies) in places {
                    let policies = PolicySet::from_policies(policies.into_iter().cloned())
                        .map_err(|error| PolicyError::Unknown { reason: error.to_string() })?;
                    let question = Question { action: uid.clone(), policies, refusal: Arc::clone(&refusal) };
                    self.questions.entry((role, kind.kind)).or_default().insert(action.action, question);
                }
            }
        }
        Ok(())
    }

    fn principal_type(&self, role: Option<Role>) -> &EntityTypeName {
        role.and_then(|role| self.types.roles.get(&role)).unwrap_or(&self.types.stranger)
    }

    /// What to say where none of `policies` allows an action: who may do it.
    fn refusal<'a>(&self, policies: impl Iterator<Item = &'a Policy>) -> Refusal {
        let mut permits: Vec<&Arc<Reason>> = policies
            .filter(|policy| policy.effect() == Effect::Permit)
            .filter_map(|it| self.reasons.get(it.id()))
            .collect();
        permits.sort_by(|one, other| one.policy.cmp(&other.policy));
        permits.dedup();
        let list = |text: fn(&Reason) -> &str| permits.iter().map(|it| text(it)).collect::<Vec<_>>().join(" ");
        if permits.is_empty() {
            return Refusal {
                korean: "이 일은 누구에게도 허용되어 있지 않습니다.".into(),
                english: "Nobody is allowed to do this.".into(),
            };
        }
        Refusal {
            korean: format!("이 일을 할 권한이 없습니다. {}", list(|it| &it.korean)).into(),
            english: format!("You are not allowed to do this. {}", list(|it| &it.english)).into(),
        }
    }

    /// Whether `principal` (nobody: a stranger) may do `action` with `resource`. What is not permitted is refused; so
    /// are actions and kinds that do not exist.
    pub fn decide(&self, principal: Option<&Principal>, action: &str, resource: &Resource) -> Decision {
        let place = (principal.map(|principal| principal.role), resource.kind);
        let Some(question) = self.questions.get(&place).and_then(|actions| actions.get(action)) else {
            tracing::error!(kind = resource.kind, action, "permission was asked for an action that does not exist");
            return refused(Vec::new(), &self.unknown);
        };
        if question.policies.is_empty() {
            return refused(Vec::new(), &question.refusal);
        }
        match self.ask(question, principal, resource) {
            Ok(response) => self.explain(question, &response),
            Err(error) => {
                tracing::error!(kind = resource.kind, action, %error, "permission could not be decided and was refused");
                refused(Vec::new(), &self.unknown)
            }
        }
    }

    fn ask(
        &self,
        question: &Question,
        principal: Option<&Principal>,
        resource: &Resource,
    ) -> Result<cedar_policy::Response, Box<dyn std::error::Error>> {
        let principal = match principal {
            Some(principal) => self.principal_entity(principal)?,
            None => self.stranger.clone(),
        };
        let resource = self.resource_entity(resource)?;
        let request = Request::new(principal.uid(), question.action.clone(), resource.uid(), Context::empty(), None)?;
        let entities = Entities::from_entities([principal, resource], None)?;
        Ok(self.authorizer.is_authorized(&request, &question.policies, &entities))
    }

    fn explain(&self, question: &Question, response: &cedar_policy::Response) -> Decision {
        for error in response.diagnostics().errors() {
            tracing::error!(%error, "a policy could not be evaluated");
        }
        let mut reasons: Vec<Arc<Reason>> =
            response.diagnostics().reason().filter_map(|policy| self.reasons.get(policy)).cloned().collect();
        reasons.sort_by(|one, other| one.policy.cmp(&other.policy));
        let Some(first) = reasons.first() else { return refused(reasons, &question.refusal) };
        let (reason_ko, reason_en) = (first.korean.as_str().into(), first.english.as_str().into());
        let allowed = response.decision() == cedar_policy::Decision::Allow;
        Decision { allowed, reasons, reason_ko, reason_en }
    }

    fn principal_entity(&self, principal: &Principal) -> Result<Entity, Box<dyn std::error::Error>> {
        let uid = self.entity(self.principal_type(Some(principal.role)), &principal.account);
        if !principal.role.needs_department() {
            return Ok(Entity::new_no_attrs(uid, HashSet::new()));
        }
        // An official without a department has the empty one, which no resource has.
        let department = self.entity(&self.types.department, principal.department.as_deref().unwrap_or_default());
        let attributes = HashMap::from([("department".to_owned(), RestrictedExpression::new_entity_uid(department))]);
        Ok(Entity::new(uid, attributes, HashSet::new())?)
    }

    fn resource_entity(&self, resource: &Resource) -> Result<Entity, Box<dyn std::error::Error>> {
        let kind = self.types.kinds.get(resource.kind).ok_or_else(|| unknown_kind(resource.kind))?;
        let department = |name: &String| {
            let uid = self.entity(&self.types.department, name);
            RestrictedExpression::new_entity_uid(uid)
        };
        let involved = resource.involved.iter().filter(|name| !name.is_empty()).map(department);
        let mut attributes = HashMap::from([
            ("involved".to_owned(), RestrictedExpression::new_set(involved)),
            ("code_presented".to_owned(), RestrictedExpression::new_bool(resource.code_presented)),
            ("reason_stated".to_owned(), RestrictedExpression::new_bool(resource.reason_stated)),
        ]);
        if let Some(owner) = resource.owner.as_ref().filter(|owner| !owner.is_empty()) {
            let uid = self.entity(self.principal_type(Some(Role::Citizen)), owner);
            attributes.insert("owner".to_owned(), RestrictedExpression::new_entity_uid(uid));
        }
        if let Some(name) = resource.department.as_ref().filter(|name| !name.is_empty()) {
            attributes.insert("department".to_owned(), department(name));
        }
        Ok(Entity::new(self.entity(kind, &resource.id), attributes, HashSet::new())?)
    }

    #[expect(clippy::unused_self, reason = "reads as the other constructors of entities do")]
    fn entity(&self, kind: &EntityTypeName, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
    }
}

fn refused(reasons: Vec<Arc<Reason>>, refusal: &Refusal) -> Decision {
    let (reason_ko, reason_en) = (Arc::clone(&refusal.korean), Arc::clone(&refusal.english));
    Decision { allowed: false, reasons, reason_ko, reason_en }
}

fn type_name(name: &str) -> Result<EntityTypeName, PolicyError> {
    name.parse().map_err(|error| PolicyError::Kinds { reason: format!("{name} is not the name of a type: {error}") })
}

fn unknown_kind(kind: &str) -> PolicyError {
    PolicyError::Kinds { reason: format!("{kind} is no kind of resource") }
}

fn annotation_error(source: &PolicySource, policy: String, reason: &str) -> PolicyError {
    PolicyError::Annotation { source_name: source.name.to_owned(), policy, reason: reason.to_owned() }
}

/// The policies of a text, each under the identifier of its annotation.
fn read(source: &PolicySource) -> Result<Vec<Policy>, PolicyError> {
    let set: PolicySet = source.text.parse().map_err(|error: cedar_policy::ParseErrors| PolicyError::Syntax {
        source_name: source.name.to_owned(),
        reason: error.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    if let Some(template) = set.templates().next() {
        let reason = "it is a template (?principal or ?resource), which Maru does not use; write a whole policy";
        return Err(annotation_error(source, template.id().to_string(), reason));
    }
    set.policies()
        .map(|policy| {
            let missing = "it has no @id; every policy needs one, so that decisions can name it";
            let id = policy.annotation("id").filter(|id| !id.is_empty());
            let id = id.ok_or_else(|| annotation_error(source, policy.id().to_string(), missing))?;
            Ok(policy.new_id(PolicyId::new(id)))
        })
        .collect()
}

fn reason_of(source: &PolicySource, policy: &Policy) -> Result<Reason, PolicyError> {
    let text = |key: &str| {
        let missing = format!("it has no @{key}; people who are refused are told why in Korean and in English");
        let text = policy.annotation(key).map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| annotation_error(source, policy.id().to_string(), &missing))
    };
    Ok(Reason { policy: policy.id().to_string(), korean: text("reason_ko")?, english: text("reason_en")? })
}

fn validate(policies: &[Policy], schema: &cedar_policy::Schema) -> Result<(), PolicyError> {
    let set = PolicySet::from_policies(policies.iter().cloned())
        .map_err(|error| PolicyError::Unknown { reason: error.to_string() })?;
    let validation = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    // A warning is a policy that never applies, or letters that look like others: neither is meant.
    let errors = validation.validation_errors().map(ToString::to_string);
    let findings: Vec<String> = errors.chain(validation.validation_warnings().map(ToString::to_string)).collect();
    if findings.is_empty() { Ok(()) } else { Err(PolicyError::Unknown { reason: findings.join("; ") }) }
}
