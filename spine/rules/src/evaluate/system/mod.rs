//! Systems, reforms, entities and variables, as the package's Python makes them.

mod entity;
mod given;
mod variable;

pub(crate) use variable::dedent;

use super::{Arguments, Evaluator, attribute};
use crate::diagnostic::Diagnostic;
use crate::parameter::{Item, ParameterNode, ParameterReader};
use crate::syntax::Name;
use crate::system::System;
use crate::value::{Class, ClassKind, Outcome, SystemObject, Value, freeze, lock, thaw_node};
use crate::variable::Annualised;
use entity::set_entities;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

impl Evaluator {
    /// The package's `CountryTaxBenefitSystem`, made; where that fails, its folders in OpenFisca's customary order.
    pub(crate) fn load_package(&mut self) -> Outcome<System> {
        let name = Arc::clone(&self.library.package);
        let made = self.module(&name).and_then(|module| {
            let class = self.module_attribute(&module, &Arc::from("CountryTaxBenefitSystem"))?;
            self.call(&class, Arguments::default())
        });
        let mut system = match made {
            Ok(Value::System(object)) => finish(&object),
            Ok(other) => {
                self.diagnostics.push(Diagnostic::raised(
                    "TypeError",
                    format!("CountryTaxBenefitSystem is a '{}'", other.type_name()),
                ));
                System::default()
            }
            Err(fault) => {
                self.diagnostics.push(fault);
                System::default()
            }
        };
        if system.entities.is_empty() {
            let module = self.module(&Arc::from(format!("{name}.entities")))?;
            let entities = self.module_attribute(&module, &Arc::from("entities"))?;
            set_entities(&mut system, &self.iterate(&entities)?)?;
        }
        let root = self.library.root.clone();
        if system.variables.is_empty() && root.join("variables").is_dir() {
            self.variables_of_folder(&mut system, &root.join("variables"))?;
        }
        if system.parameters.children.is_empty() && root.join("parameters").is_dir() {
            system.parameters = Arc::new(self.read_parameters(&root.join("parameters")));
        }
        Ok(system)
    }

    fn read_parameters(&mut self, folder: &Path) -> ParameterNode {
        let mut reader = ParameterReader::default();
        let node = reader.folder(folder, "");
        self.diagnostics.append(&mut reader.diagnostics);
        node
    }

    /// Applies the reform of a path such as `package.reforms.module.name`.
    pub(crate) fn apply_reform(&mut self, base: &Arc<System>, path: &str) -> Outcome<System> {
        let Some((module, name)) = path.rsplit_once('.') else {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "`{path}` does not seem to be a path pointing to a reform. A path looks like `some_country_package.reforms.some_reform.`"
                ),
            ));
        };
        let Value::Module(module) = self.import(&Arc::from(module))? else {
            return Err(Diagnostic::raised(
                "ValueError",
                format!("Could not import `{module}`. Are you sure of this reform module name?"),
            ));
        };
        let class = self.module_attribute(&module, &Arc::from(name))?;
        match &class {
            Value::Class(class) if class.kind == ClassKind::Reform => self.make_reform(base, class),
            _ => {
                Err(Diagnostic::raised("ValueError", format!("`{path}` does not seem to be a valid Openfisca reform.")))
            }
        }
    }

    pub(crate) fn make_reform(&mut self, base: &Arc<System>, class: &Arc<Class>) -> Outcome<System> {
        let system = System { baseline: Some(Arc::clone(base)), ..(**base).clone() };
        let object = Arc::new(SystemObject {
            class: Arc::clone(class),
            attributes: Mutex::new(IndexMap::new()),
            system: Mutex::new(system),
        });
        let value = Value::System(Arc::clone(&object));
        let Some(apply) = class.attribute("apply") else {
            return Err(Diagnostic::raised(
                "Exception",
                format!("Reform {} must define an `apply` function", class.name),
            ));
        };
        let apply = attribute::bind(apply, &value);
        self.call(&apply, Arguments::default())?;
        Ok(finish(&object))
    }

    /// Adds the variables and parameters of a package beside this one.
    pub(crate) fn load_extension(&mut self, base: &Arc<System>, name: &str) -> Outcome<System> {
        let located = self.library.locate(name);
        let folder = match located {
            Some((file, true)) if file.is_file() => file.parent().map(Path::to_path_buf),
            Some((folder, true)) => Some(folder),
            _ => None,
        };
        let Some(folder) = folder else {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "Error loading extension: `{name}` is neither a directory, nor a package. Put its folder beside the country package."
                ),
            ));
        };
        let mut system = (**base).clone();
        self.variables_of_folder(&mut system, &folder)?;
        let parameters = folder.join("parameters");
        if parameters.is_dir() {
            let more = self.read_parameters(&parameters);
            system = system.with_parameters(&more);
        }
        Ok(system)
    }

    /// `CountryTaxBenefitSystem()` and `Reform(baseline)`.
    pub(crate) fn build_system(&mut self, class: &Arc<Class>, arguments: Arguments) -> Outcome<Value> {
        if class.kind == ClassKind::Reform {
            let Some(Value::System(base)) = arguments.positional.first() else {
                return Err(Diagnostic::raised("TypeError", "a reform needs the system that it reforms"));
            };
            let base = Arc::new(finish(base));
            let system = self.make_reform(&base, class)?;
            let object = SystemObject {
                class: Arc::clone(class),
                attributes: Mutex::new(IndexMap::new()),
                system: Mutex::new(system),
            };
            return Ok(Value::System(Arc::new(object)));
        }
        let object = Arc::new(SystemObject {
            class: Arc::clone(class),
            attributes: Mutex::new(IndexMap::new()),
            system: Mutex::new(System::default()),
        });
        let value = Value::System(Arc::clone(&object));
        if let Some(constructor) = class.attribute("__init__") {
            let constructor = attribute::bind(constructor, &value);
            // What goes wrong late in a constructor leaves what was done before it.
            if let Err(fault) = self.call(&constructor, arguments) {
                self.diagnostics.push(fault);
            }
        }
        Ok(value)
    }

    /// An attribute of a system.
    pub(crate) fn system_attribute(
        &mut self,
        object: &Arc<SystemObject>,
        value: &Value,
        name: &Name,
    ) -> Outcome<Value> {
        if let Some(known) = lock(&object.attributes).get(name).cloned() {
            return Ok(known);
        }
        if let Some(known) = object.class.attribute(name) {
            return Ok(attribute::bind(known, value));
        }
        let system = lock(&object.system).clone();
        Ok(match &**name {
            "parameters" => {
                let tree = thaw_node(&system.parameters);
                lock(&object.attributes).insert(Arc::clone(name), tree.clone());
                tree
            }
            "entities" => Value::list(system.entities.iter().map(|entity| Value::Entity(Arc::clone(entity))).collect()),
            "person_entity" => {
                system.entities.get(system.person).map_or(Value::None, |entity| Value::Entity(Arc::clone(entity)))
            }
            "group_entities" => Value::list(
                system
                    .entities
                    .iter()
                    .filter(|entity| !entity.is_person)
                    .map(|entity| Value::Entity(Arc::clone(entity)))
                    .collect(),
            ),
            "variables" => {
                let mut names = crate::value::Dictionary::new();
                for variable in system.variables.keys() {
                    let key = Value::Text(Arc::clone(variable));
                    names.insert(key.key()?, (key.clone(), key));
                }
                Value::Dict(crate::value::shared(names))
            }
            "preprocess_parameters" | "cache_blacklist" | "decomposition_file_path" | "name" => Value::None,
            "baseline" => system.baseline.map_or(Value::None, |base| {
                let object = SystemObject {
                    class: Arc::clone(&object.class),
                    attributes: Mutex::new(IndexMap::new()),
                    system: Mutex::new((*base).clone()),
                };
                Value::System(Arc::new(object))
            }),
            _ => Value::Method(Arc::new((value.clone(), Arc::clone(name)))),
        })
    }

    /// Sets an attribute of a system.
    pub(crate) fn set_system_attribute(
        &mut self,
        object: &Arc<SystemObject>,
        name: &Name,
        value: Value,
    ) -> Outcome<()> {
        lock(&object.attributes).insert(Arc::clone(name), value);
        Ok(())
    }

    /// A method of a system.
    pub(crate) fn system_method(
        &mut self,
        object: &Arc<SystemObject>,
        value: &Value,
        name: &Name,
        arguments: Arguments,
    ) -> Outcome<Value> {
        let first = || arguments.require(0, "argument", name);
        match &**name {
            "__init__" => {
                if let Some(Value::System(base)) = arguments.positional.first() {
                    *lock(&object.system) = finish(base);
                    return Ok(Value::None);
                }
                let entities = self.iterate(&arguments.require(0, "entities", name)?)?;
                set_entities(&mut lock(&object.system), &entities)?;
            }
            "add_variables_from_directory" => {
                let folder = self.readable(&first()?.display())?;
                let mut system = lock(&object.system).clone();
                let result = self.variables_of_folder(&mut system, &folder);
                *lock(&object.system) = system;
                result?;
            }
            "add_variables_from_file" => {
                let file = self.readable(&first()?.display())?;
                let mut system = lock(&object.system).clone();
                let result = self.variables_of_file(&mut system, &file);
                *lock(&object.system) = system;
                result?;
            }
            "add_variable" | "replace_variable" | "update_variable" | "load_variable" => {
                let class = first()?;
                let update = &**name == "update_variable" || arguments.named("update").is_some();
                self.register(object, &class, update, &**name == "replace_variable")?;
            }
            "add_variables" => {
                for class in &arguments.positional {
                    self.register(object, class, false, false)?;
                }
            }
            "neutralize_variable" => {
                let variable = first()?.display();
                let mut system = lock(&object.system);
                let mut changed = (**system.variable(&variable)?).clone();
                changed.is_neutralized = true;
                changed.label = Some(
                    changed.label.map_or_else(|| "[Neutralized]".to_owned(), |label| format!("[Neutralized] {label}")),
                );
                system.variables.insert(Arc::clone(&changed.name), Arc::new(changed));
            }
            "annualize_variable" => {
                let variable = first()?.display();
                let within = arguments
                    .take(1, "period")
                    .filter(|period| !period.is_none())
                    .map(|period| super::builtin::period(&period))
                    .transpose()?;
                let mut system = lock(&object.system);
                let mut changed = (**system.variable(&variable)?).clone();
                for formula in changed.formulas.values_mut() {
                    formula.annualised = Some(Annualised { within });
                }
                system.variables.insert(Arc::clone(&changed.name), Arc::new(changed));
            }
            "load_parameters" => {
                let folder = self.readable(&first()?.display())?;
                let node = self.read_parameters(&folder);
                let tree = match self.system_attribute(object, value, &Arc::from("preprocess_parameters"))? {
                    Value::None => thaw_node(&node),
                    preprocess => {
                        // Set on the class, it is a plain function of the tree, not a method.
                        let preprocess = match preprocess {
                            Value::Bound(bound) if matches!(bound.1.first(), Some(Value::System(_))) => bound.0.clone(),
                            other => other,
                        };
                        self.call(&preprocess, Arguments::positional(vec![thaw_node(&node)]))?
                    }
                };
                lock(&object.attributes).insert(Arc::from("parameters"), tree);
            }
            "modify_parameters" => {
                let modifier = arguments.require(0, "modifier_function", name)?;
                let system = lock(&object.system).clone();
                let current = lock(&object.attributes)
                    .get("parameters")
                    .and_then(freeze)
                    .unwrap_or(Item::Node(system.parameters));
                let changed = self.call(&modifier, Arguments::positional(vec![crate::value::thaw(&current)]))?;
                if !matches!(changed, Value::Tree(_)) {
                    return Err(Diagnostic::raised("ValueError", "modifier_function must return a ParameterNode"));
                }
                lock(&object.attributes).insert(Arc::from("parameters"), changed);
            }
            "apply_reform" => {
                let base = Arc::new(finish(object));
                let reformed = self.apply_reform(&base, &first()?.display())?;
                let object = SystemObject {
                    class: Arc::clone(&object.class),
                    attributes: Mutex::new(IndexMap::new()),
                    system: Mutex::new(reformed),
                };
                return Ok(Value::System(Arc::new(object)));
            }
            "load_extension" => {
                let base = Arc::new(finish(object));
                *lock(&object.system) = self.load_extension(&base, &first()?.display())?;
            }
            "get_variable" => {
                let variable = first()?.display();
                let known = lock(&object.system).variables.contains_key(variable.as_str());
                return Ok(if known { Value::builtin("openfisca.variable") } else { Value::None });
            }
            "get_parameters_at_instant" => {
                let tree = self.system_attribute(object, value, &Arc::from("parameters"))?;
                let instant = super::builtin::instant(&first()?)?;
                return self.tree_at(&tree, instant);
            }
            "prefill_cache" => {}
            _ => {
                let known = self.system_attribute(object, value, name)?;
                if let Value::Method(_) = known {
                    return Err(Diagnostic::unsupported(
                        format!("the system's {name}() is not known"),
                        "use add_variable, update_variable, neutralize_variable and modify_parameters",
                    ));
                }
                return self.call(&known, arguments);
            }
        }
        Ok(Value::None)
    }

    fn register(&mut self, object: &Arc<SystemObject>, class: &Value, update: bool, replace: bool) -> Outcome<()> {
        let Value::Class(class) = class else {
            return Err(Diagnostic::raised(
                "TypeError",
                format!("a variable is a class, not a '{}'", class.type_name()),
            ));
        };
        let mut system = lock(&object.system).clone();
        let result = self.add_variable(&mut system, class, update, replace);
        *lock(&object.system) = system;
        result
    }

    fn add_variable(&mut self, system: &mut System, class: &Arc<Class>, update: bool, replace: bool) -> Outcome<()> {
        let known = system.variables.get(&class.name).cloned().filter(|_| !replace);
        if known.is_some() && !update {
            return Err(Diagnostic::raised(
                "VariableNameConflictError",
                format!("Variable \"{}\" is already defined. Use `update_variable` to replace it.", class.name),
            )
            .at(|| class.source.location(class.span.0)));
        }
        let variable = self
            .variable(system, class, known.as_deref())
            .map_err(|fault| fault.at(|| class.source.location(class.span.0)))?;
        system.variables.insert(Arc::clone(&variable.name), Arc::new(variable));
        Ok(())
    }

    fn variables_of_folder(&mut self, system: &mut System, folder: &Path) -> Outcome<()> {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(|error| Diagnostic::raised("OSError", format!("{} cannot be read: {error}", folder.display())))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        entries.sort();
        for entry in entries.iter().filter(|entry| entry.extension().is_some_and(|extension| extension == "py")) {
            self.variables_of_file(system, entry)?;
        }
        for entry in
            entries.iter().filter(|entry| entry.is_dir() && entry.file_name().is_none_or(|name| name != "__pycache__"))
        {
            self.variables_of_folder(system, entry)?;
        }
        Ok(())
    }

    fn variables_of_file(&mut self, system: &mut System, file: &Path) -> Outcome<()> {
        let above = self.library.root.parent().map(Path::to_path_buf).unwrap_or_default();
        let relative = file.strip_prefix(&above).unwrap_or(file).with_extension("");
        let parts: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
        let name: Name = Arc::from(parts.join(".").trim_end_matches(".__init__"));
        let module = match self.module(&name) {
            Ok(module) => module,
            Err(fault) => {
                self.diagnostics.push(fault);
                return Ok(());
            }
        };
        let names = lock(&module.scope.names).clone();
        for value in names.values() {
            let Value::Class(class) = value else { continue };
            if class.kind == ClassKind::Variable
                && Arc::ptr_eq(&class.source, &module.source)
                && let Err(fault) = self.add_variable(system, class, false, false)
            {
                self.diagnostics.push(fault);
            }
        }
        Ok(())
    }

    /// `type(name, bases, attributes)`
    pub(crate) fn make_class(&mut self, name: &Value, bases: &Value, attributes: &Value) -> Outcome<Value> {
        let bases = self.iterate(bases)?;
        let Value::Dict(entries) = attributes else {
            return Err(Diagnostic::raised("TypeError", "type() needs a dictionary of attributes"));
        };
        let mut own = IndexMap::new();
        for (key, value) in lock(entries).values() {
            own.insert(Arc::from(key.display()), value.clone());
        }
        let is_variable = bases.iter().any(|base| match base {
            Value::Builtin(name) => &**name == "openfisca.Variable",
            Value::Class(class) => class.kind == ClassKind::Variable,
            _ => false,
        });
        let source = crate::value::Source {
            file: self.library.root.clone(),
            text: String::new(),
            module: Arc::from("a class made by type()"),
            package: Arc::from(""),
            body: Vec::new(),
        };
        Ok(Value::Class(Arc::new(Class {
            name: Arc::from(name.display()),
            kind: if is_variable { ClassKind::Variable } else { ClassKind::Plain },
            bases,
            attributes: Mutex::new(own),
            source: Arc::new(source),
            span: (0, 0),
        })))
    }
}

/// The system as it stands, with the parameters that were changed in place.
fn finish(object: &SystemObject) -> System {
    let mut system = lock(&object.system).clone();
    let parameters = lock(&object.attributes).get("parameters").cloned();
    match parameters {
        Some(Value::ParameterAt(node, _)) => system.parameters = node,
        Some(tree) => {
            if let Some(Item::Node(node)) = freeze(&tree) {
                system.parameters = node;
            }
        }
        None => {}
    }
    let examples = lock(&object.attributes).get("open_api_config").cloned();
    if let Some(Ok(examples)) = examples.map(|examples| super::tree::yaml_of(&examples)) {
        system.open_api = examples.to_json();
    }
    system
}
