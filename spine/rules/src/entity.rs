//! Who the rules speak of: persons, and the groups that persons belong to with a role.

use std::sync::Arc;

/// A kind of entity by its place in [`crate::system::System::entities`].
pub type EntityIndex = usize;

/// The most roles a group may have, sub-roles counted for themselves: they travel as one machine word.
pub(crate) const MOST_ROLES: usize = 64;

/// A kind of entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The name in formulas, such as `household`.
    pub key: Arc<str>,
    /// The name in situations, such as `households`.
    pub plural: Arc<str>,
    /// A few words.
    pub label: String,
    /// More words.
    pub documentation: String,
    /// Whether it is the person.
    pub is_person: bool,
    /// Its roles, in order.
    pub roles: Vec<Role>,
    /// Groups that contain this one whole, by key.
    pub containing: Vec<Arc<str>>,
}

/// A role that a person has in a group.
#[derive(Clone, Debug)]
pub struct Role {
    /// The name in formulas, in capitals there.
    pub key: Arc<str>,
    /// The name in situations; the key where there is none.
    pub plural: Option<Arc<str>>,
    /// A few words.
    pub label: Option<String>,
    /// More words.
    pub documentation: Option<String>,
    /// How many may have it.
    pub max: Option<usize>,
    /// Names for the first, the second … who has it.
    pub subroles: Vec<Arc<str>>,
    /// The bits that stand for it and its sub-roles.
    pub mask: u64,
    /// The place of its first bit.
    pub first_flat: usize,
}

impl Role {
    /// The name in situations.
    pub fn situation_key(&self) -> &str {
        self.plural.as_deref().unwrap_or(&self.key)
    }
}

/// A role or a sub-role that a formula names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleReference {
    /// The group's key.
    pub entity: Arc<str>,
    /// The role's key.
    pub key: Arc<str>,
    /// Its bits.
    pub mask: u64,
    /// How many may have it.
    pub max: Option<usize>,
}

impl Entity {
    /// Roles with sub-roles replaced by these.
    pub fn flattened_roles(&self) -> Vec<Arc<str>> {
        self.roles
            .iter()
            .flat_map(|role| if role.subroles.is_empty() { vec![Arc::clone(&role.key)] } else { role.subroles.clone() })
            .collect()
    }

    /// The role or sub-role whose key in capitals this is, as formulas write it: `Household.ADULT`.
    pub fn role_in_capitals(&self, name: &str) -> Option<RoleReference> {
        let keys = self.roles.iter().flat_map(|role| std::iter::once(&role.key).chain(&role.subroles));
        keys.into_iter().find(|key| key.to_uppercase() == name).and_then(|key| self.role(key))
    }

    /// The role or sub-role of a key.
    pub fn role(&self, key: &str) -> Option<RoleReference> {
        for role in &self.roles {
            if &*role.key == key {
                return Some(RoleReference {
                    entity: Arc::clone(&self.key),
                    key: Arc::clone(&role.key),
                    mask: role.mask,
                    max: role.max,
                });
            }
            if let Some(position) = role.subroles.iter().position(|subrole| &**subrole == key) {
                return Some(RoleReference {
                    entity: Arc::clone(&self.key),
                    key: Arc::clone(&role.subroles[position]),
                    mask: 1 << (role.first_flat + position),
                    max: Some(1),
                });
            }
        }
        None
    }
}

/// The possible values of a variable, by name, in order.
#[derive(Debug)]
pub struct EnumType {
    /// Tells types of the same name apart.
    pub id: u32,
    /// The class's name.
    pub name: Arc<str>,
    /// Names and what they stand for.
    pub members: Vec<(Arc<str>, String)>,
    /// What they stand for where that is a whole number, as in `first_year = 10`; by place.
    pub numbers: Vec<Option<i64>>,
}

impl EnumType {
    /// The place of a member.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(member, _)| &**member == name)
    }
}
