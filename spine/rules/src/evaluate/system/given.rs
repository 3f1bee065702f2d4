//! A reform whose text is given with the question, and does not lie in the package: the same language, the same limits.

use crate::diagnostic::{Diagnostic, Location};
use crate::evaluate::{Evaluator, Frame};
use crate::syntax::Name;
use crate::system::System;
use crate::value::{Class, ClassKind, Outcome, Scope, Source, Value};
use std::path::Path;
use std::sync::Arc;

/// The name of the text where it is told where something is wrong.
pub(crate) const FILE: &str = "formulas";
/// Longest text, in bytes.
const LONGEST: usize = 64 * 1024;
/// What reads files: a text that comes with a question reads none, not even those of the package.
const READERS: &[&str] = &["open", "load_parameter_file", "add_variables_from_file", "add_variables_from_directory"];

impl Evaluator {
    /// Applies every reform class that a text defines, in their order.
    pub(crate) fn apply_given(&mut self, base: &Arc<System>, text: &str) -> Outcome<System> {
        let file = Path::new(FILE);
        if text.len() > LONGEST {
            return Err(Diagnostic::limit("the formulas are longer than 64 KiB", "write a package of its own"));
        }
        reads_no_files(text, file)?;
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
        self.descend(|evaluator| {
            for statement in &source.body {
                evaluator.block(std::slice::from_ref(statement), &frame)?;
            }
            Ok(())
        })?;
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
        Ok(Arc::unwrap_or_clone(system))
    }
}

fn reads_no_files(text: &str, file: &Path) -> Outcome<()> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    for name in READERS {
        for (place, _) in text.match_indices(name) {
            let before = text.get(..place).and_then(|before| before.chars().next_back());
            let after = text.get(place + name.len()..).and_then(|after| after.chars().next());
            if !before.is_some_and(is_part) && !after.is_some_and(is_part) {
                let fault = Diagnostic::unsupported(
                    format!("{name} reads files, and formulas that come with a question read none"),
                    "write figures as «parameters», and variables in the text itself",
                );
                return Err(fault.at(|| Location::of(file, text, place)));
            }
        }
    }
    Ok(())
}
