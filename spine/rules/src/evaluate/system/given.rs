//! A reform whose text is given with the question, and does not lie in the package: the same language, the same limits.

use crate::diagnostic::Diagnostic;
use crate::evaluate::{Evaluator, Frame};
use crate::syntax::Name;
use crate::system::System;
use crate::value::{Class, ClassKind, Outcome, Scope, Source, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of the text where it is told where something is wrong.
pub(crate) const FILE: &str = "formulas";
/// Longest text, in bytes.
const LONGEST: usize = 64 * 1024;

impl Evaluator {
    /// Applies every reform class that a text defines, in their order.
    pub(crate) fn apply_given(&mut self, base: &Arc<System>, text: &str) -> Outcome<System> {
        let file = Path::new(FILE);
        if text.len() > LONGEST {
            return Err(Diagnostic::limit("the formulas are longer than 64 KiB", "write a package of its own"));
        }
        let package = &self.library.package;
        let module: Name = Arc::from(format!("{package}.{FILE}"));
        let source = Arc::new(Source {
            file: file.to_path_buf(),
            text: text.to_owned(),
            module,
            package: Arc::clone(package),
            body: crate::parse::parse(text, file)?,
        });
        let frame = Frame { source: Arc::clone(&source), scope: Scope::new(None, false) };
        self.guarded(true, |evaluator| evaluator.descend(|evaluator| evaluator.block(&source.body, &frame)))?;
        let defined: Vec<Arc<Class>> = crate::value::lock(&frame.scope.names)
            .values()
            .filter_map(|value| match value {
                Value::Class(class) if class.kind == ClassKind::Reform => Some(Arc::clone(class)),
                _ => None,
            })
            .collect();
        if defined.is_empty() {
            return Err(Diagnostic::unsupported(
                "the formulas define no reform",
                "write «class my_reform(Reform):» with «def apply(self):», and in it «self.update_variable(…)»",
            ));
        }
        let mut system = Arc::clone(base);
        for class in &defined {
            system = Arc::new(self.make_reform(&system, class)?);
        }
        let mut system = Arc::unwrap_or_clone(system);
        system.given.push(Arc::clone(&self.scopes));
        Ok(system)
    }

    /// Runs something that may read files or, where it was given with a question, none.
    pub(crate) fn guarded<T>(&mut self, given: bool, work: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let before = std::mem::replace(&mut self.given, given);
        let outcome = work(self);
        self.given = before;
        outcome
    }

    /// The path of a file that is to be read: everything that reads files asks here.
    pub(crate) fn readable(&self, text: &str) -> Outcome<PathBuf> {
        if self.given {
            return Err(Diagnostic::unsupported(
                format!("this reads files ({text}), and formulas that come with a question read none"),
                "write figures as «parameters», and variables in the text itself",
            ));
        }
        self.library.path(text)
    }
}

impl Source {
    /// Whether it came with a question, and lies in no file.
    pub(crate) fn is_given(&self) -> bool {
        self.file == Path::new(FILE)
    }
}
