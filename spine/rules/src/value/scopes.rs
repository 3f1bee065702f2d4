//! Whom scopes belong to. A function knows the scope that it was made in, and that scope knows the function: counting alone never lets
//! either go.

use super::{Scope, lock};
use crate::system::on_deep_stack;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// The scopes that functions were made in for one owner: a package, a reform whose text came with a question, or the compiling of one
/// question. When the owner goes, they are emptied. Nobody can ask for their names then: whoever evaluates holds the owner.
#[derive(Debug, Default)]
pub(crate) struct Scopes(Mutex<Vec<Weak<Scope>>>);

/// Whether a scope has an owner.
#[derive(Debug, Default)]
pub(super) struct Adopted(AtomicBool);

impl Scopes {
    /// Takes over a scope that something outlives, and those around it that have no owner yet.
    pub(crate) fn adopt(&self, scope: &Arc<Scope>) {
        let mut next = Some(scope);
        while let Some(scope) = next {
            if scope.adopted.0.swap(true, Ordering::Relaxed) {
                return;
            }
            lock(&self.0).push(Arc::downgrade(scope));
            next = scope.parent.as_ref();
        }
    }
}

impl Drop for Scopes {
    fn drop(&mut self) {
        let scopes = std::mem::take(&mut *lock(&self.0));
        let held: Vec<_> = scopes
            .iter()
            .filter_map(Weak::upgrade)
            .map(|scope| std::mem::take(&mut *lock(&scope.names)))
            .filter(|names| !names.is_empty())
            .collect();
        if !held.is_empty() {
            // Syntax goes as deep as what was written. Where there is no thread to be had, it stays.
            let _ = on_deep_stack(move || drop(held));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command;
    use crate::system::Package;
    use std::path::Path;

    fn nation() -> Package {
        Package::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/nation")).unwrap()
    }

    fn all(scopes: &Scopes) -> Vec<Weak<Scope>> {
        lock(&scopes.0).clone()
    }

    fn alive(scopes: &[Weak<Scope>]) -> usize {
        scopes.iter().filter(|scope| scope.upgrade().is_some()).count()
    }

    #[test]
    fn a_package_that_goes_takes_its_modules_and_functions_along() {
        let package = nation();
        command::check(&package, crate::period::Instant::new(2026, 1, 1).unwrap()).unwrap();
        let scopes = all(&package.library.scopes);
        assert!(alive(&scopes) > 10, "{}", alive(&scopes));
        let system = Arc::downgrade(&package.system);
        drop(package);
        assert_eq!(alive(&scopes), 0);
        assert!(system.upgrade().is_none());
    }

    #[test]
    fn a_reform_that_came_with_a_question_goes_with_its_rules() {
        let package = nation();
        let text = "
from openfisca_core.model_api import *
from nation.entities import Person

def times(by):
    return lambda value: value * by

class more(Reform):
    def apply(self):
        twice = times(2)
        class salary_twice(Variable):
            value_type = float
            entity = Person
            definition_period = MONTH
            def formula(person, period):
                return twice(person('salary', period))
        self.add_variable(salary_twice)
";
        let system = package.reformed_by(&package.system, text).unwrap();
        assert!(system.variables.contains_key("salary_twice"));
        let scopes: Vec<_> = system.given.iter().flat_map(|owner| all(owner)).collect();
        assert!(alive(&scopes) >= 4, "the text, a call of times, apply, the class: {}", alive(&scopes));
        drop(system);
        assert_eq!(alive(&scopes), 0);
        assert!(alive(&all(&package.library.scopes)) > 10, "the package's own stay");
    }
}
