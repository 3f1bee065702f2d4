//! Systems, reforms, entities and variables, as the package's Python makes them.

use super::{Arguments, Evaluator, attribute};
use crate::diagnostic::Diagnostic;
use crate::entity::{Entity, MOST_ROLES, Role};
use crate::graph::{Constant, convert_constant};
use crate::parameter::{Item, ParameterNode, ParameterReader};
use crate::period::{Instant, Unit};
use crate::syntax::Name;
use crate::system::System;
use crate::value::{Class, ClassKind, Function, Outcome, SystemObject, Value, freeze, lock, thaw_node};
use crate::variable::{Annualised, CalculateOutput, Formula, SetInput, ValueType, Variable};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Attributes that a variable may have beside its formulas.
const VARIABLE_ATTRIBUTES: &[&str] = &[
    "value_type",
    "entity",
    "definition_period",
    "default_value",
    "label",
    "reference",
    "documentation",
    "unit",
    "end",
    "max_length",
    "set_input",
    "calculate_output",
    "is_period_size_independent",
    "possible_values",
    "cerfa_field",
    "introspection_data",
    "name",
    "baseline_variable",
    "column",
];

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

    fn make_reform(&mut self, base: &Arc<System>, class: &Arc<Class>) -> Outcome<System> {
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
                let folder = self.library.path(&first()?.display())?;
                let mut system = lock(&object.system).clone();
                let result = self.variables_of_folder(&mut system, &folder);
                *lock(&object.system) = system;
                result?;
            }
            "add_variables_from_file" => {
                let file = self.library.path(&first()?.display())?;
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
                let folder = self.library.path(&first()?.display())?;
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

    /// A variable from its class; attributes that are missing are the baseline's.
    fn variable(&mut self, system: &System, class: &Arc<Class>, baseline: Option<&Variable>) -> Outcome<Variable> {
        let attributes = lock(&class.attributes).clone();
        let get = |name: &str| attributes.get(name).filter(|value| !value.is_none()).cloned();
        let poisoned = attributes.values().find_map(|value| match value {
            Value::Poison(diagnostic) => Some((**diagnostic).clone()),
            _ => None,
        });
        if let Some(fault) = poisoned {
            return Err(fault);
        }
        let name = &class.name;
        let missing = |attribute: &str| {
            Diagnostic::raised(
                "ValueError",
                format!("Missing attribute '{attribute}' in definition of variable '{name}'."),
            )
        };
        let value_type = match get("value_type") {
            Some(value) => value_type(&value, get("possible_values"), name)?,
            None => baseline.map(|base| base.value_type.clone()).ok_or_else(|| missing("value_type"))?,
        };
        let entity = match get("entity") {
            Some(Value::Entity(entity)) => system.entity(&entity.key)?,
            Some(other) => {
                return Err(Diagnostic::raised(
                    "ValueError",
                    format!("Invalid value '{}' for attribute 'entity' in variable '{name}'.", other.display()),
                ));
            }
            None => baseline.map(|base| base.entity).ok_or_else(|| missing("entity"))?,
        };
        let definition_period = match get("definition_period") {
            Some(Value::Unit(unit)) => unit,
            Some(other) => Unit::parse(&other.display()).ok_or_else(|| {
                Diagnostic::raised(
                    "ValueError",
                    format!(
                        "Invalid value '{}' for attribute 'definition_period' in variable '{name}'.",
                        other.display()
                    ),
                )
            })?,
            None => baseline.map(|base| base.definition_period).ok_or_else(|| missing("definition_period"))?,
        };
        let default = match get("default_value") {
            Some(value) => default_value(&value, &value_type, name)?,
            None => match (baseline, &value_type) {
                (Some(base), _) => base.default.clone(),
                (None, ValueType::Enum(_)) => return Err(missing("default_value")),
                (None, ValueType::Bool) => Constant::Bool(false),
                (None, ValueType::Text) => Constant::Text(Arc::from("")),
                (None, ValueType::Float) => convert_constant(&Constant::Int(0), crate::graph::Kind::Float32)?,
                (None, _) => Constant::Int(0),
            },
        };
        let text = |attribute: &str| get(attribute).map(|value| value.display());
        let end = match get("end") {
            Some(value) => Some(Instant::parse(&value.display()).map(|(instant, _)| instant).ok_or_else(|| {
                Diagnostic::raised(
                    "ValueError",
                    format!(
                        "Incorrect 'end' attribute format in '{name}'. 'YYYY-MM-DD' expected. Found: {}",
                        value.display()
                    ),
                )
            })?),
            None => baseline.and_then(|base| base.end),
        };
        let references = match get("reference") {
            Some(Value::Text(text)) => vec![text.to_string()],
            Some(other) => self.iterate(&other)?.iter().map(Value::display).collect(),
            None => baseline.map(|base| base.references.clone()).unwrap_or_default(),
        };
        let independent = match get("is_period_size_independent") {
            Some(value) => self.truth(&value)?,
            None => baseline.map_or(!matches!(value_type, ValueType::Int | ValueType::Float), |base| {
                base.is_period_size_independent
            }),
        };
        let formulas = formulas(&attributes, name, end, baseline)?;
        if let Some(unexpected) = attributes.keys().find(|key| {
            !key.starts_with("__") && !key.starts_with("formula") && !VARIABLE_ATTRIBUTES.contains(&&***key)
        }) {
            self.diagnostics.push(
                Diagnostic::raised(
                    "ValueError",
                    format!("Unexpected attributes in definition of variable \"{name}\": '{unexpected}'"),
                )
                .at(|| class.source.location(class.span.0)),
            );
        }
        let location = class.source.location(class.span.0);
        Ok(Variable {
            name: Arc::clone(name),
            value_type,
            entity,
            definition_period,
            default,
            label: text("label")
                .filter(|label| !label.is_empty())
                .or_else(|| baseline.and_then(|base| base.label.clone())),
            references,
            documentation: text("documentation")
                .map(|text| dedent(&text))
                .or_else(|| baseline.and_then(|base| base.documentation.clone())),
            unit: text("unit").or_else(|| baseline.and_then(|base| base.unit.clone())),
            end,
            max_length: get("max_length")
                .and_then(|value| value.as_int())
                .and_then(|length| usize::try_from(length).ok())
                .or_else(|| baseline.and_then(|base| base.max_length)),
            set_input: self.set_input(get("set_input"), baseline, class)?,
            calculate_output: match get("calculate_output") {
                Some(Value::Builtin(function)) if function.ends_with("calculate_output_add") => {
                    Some(CalculateOutput::Add)
                }
                Some(Value::Builtin(function)) if function.ends_with("calculate_output_divide") => {
                    Some(CalculateOutput::Divide)
                }
                _ => baseline.and_then(|base| base.calculate_output),
            },
            is_period_size_independent: independent,
            formulas,
            is_neutralized: false,
            source: Some((location.file, location.line, class.source.slice(class.span).to_owned())),
        })
    }

    fn set_input(
        &mut self,
        value: Option<Value>,
        baseline: Option<&Variable>,
        class: &Class,
    ) -> Outcome<Option<SetInput>> {
        Ok(match value {
            None | Some(Value::Bool(false)) => baseline.and_then(|base| base.set_input),
            Some(Value::Builtin(function)) if function.ends_with("set_input_dispatch_by_period") => {
                Some(SetInput::Dispatch)
            }
            Some(Value::Builtin(function)) if function.ends_with("set_input_divide_by_period") => {
                Some(SetInput::Divide)
            }
            Some(_) => {
                self.diagnostics.push(
                    Diagnostic::unsupported(
                        format!("the variable '{}' takes inputs by a function of its own", class.name),
                        "use set_input_dispatch_by_period or set_input_divide_by_period; inputs for other periods are refused",
                    )
                    .at(|| class.source.location(class.span.0)),
                );
                None
            }
        })
    }

    /// `build_entity(key, plural, label, doc, roles, is_person, containing_entities)`
    pub(crate) fn build_entity(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let text = |place: usize, name: &str| {
            arguments
                .take(place, name)
                .filter(|value| !value.is_none())
                .map_or_else(String::new, |value| value.display())
        };
        let key = text(0, "key");
        let is_person = match arguments.take(5, "is_person") {
            Some(Value::Bool(value)) => value,
            _ => false,
        };
        let mut roles = Vec::new();
        let mut bit = 0;
        if let (Some(described), false) = (arguments.take(4, "roles").filter(|roles| !roles.is_none()), is_person) {
            for role in self.iterate(&described)? {
                let role = self.role(&role, bit)?;
                bit += role.subroles.len().max(1);
                roles.push(role);
            }
        }
        if bit > MOST_ROLES {
            return Err(Diagnostic::limit(
                format!("the entity '{key}' has more than {MOST_ROLES} roles"),
                "fold rare roles into one",
            ));
        }
        let containing = match arguments.named("containing_entities") {
            Some(value) => self.iterate(&value)?.iter().map(|value| Arc::from(value.display())).collect(),
            None => Vec::new(),
        };
        Ok(Value::Entity(Arc::new(Entity {
            key: Arc::from(key),
            plural: Arc::from(text(1, "plural")),
            label: text(2, "label"),
            documentation: dedent(&text(3, "doc")),
            is_person,
            roles,
            containing,
        })))
    }

    fn role(&mut self, described: &Value, bit: usize) -> Outcome<Role> {
        let Value::Dict(entries) = described else {
            return Err(Diagnostic::raised("TypeError", "a role is described by a dictionary"));
        };
        let entries = lock(entries).clone();
        let get = |name: &str| {
            entries
                .get(&crate::value::Key::Text(Arc::from(name)))
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_none())
        };
        let key: Arc<str> = Arc::from(get("key").ok_or_else(|| Diagnostic::raised("KeyError", "'key'"))?.display());
        let subroles: Vec<Arc<str>> = match get("subroles") {
            Some(subroles) => self.iterate(&subroles)?.iter().map(|subrole| Arc::from(subrole.display())).collect(),
            None => Vec::new(),
        };
        let count = subroles.len().max(1);
        let mask = if bit + count > MOST_ROLES { 0 } else { (u64::MAX >> (64 - count)) << bit };
        let max = if subroles.is_empty() {
            get("max").and_then(|max| max.as_int()).and_then(|max| usize::try_from(max).ok())
        } else {
            Some(subroles.len())
        };
        Ok(Role {
            key,
            plural: get("plural").map(|plural| Arc::from(plural.display())),
            label: get("label").map(|label| label.display()),
            documentation: get("doc").map(|doc| dedent(&doc.display())),
            max,
            subroles,
            mask,
            first_flat: bit,
        })
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

fn set_entities(system: &mut System, entities: &[Value]) -> Outcome<()> {
    system.entities = entities
        .iter()
        .map(|entity| match entity {
            Value::Entity(entity) => Ok(Arc::clone(entity)),
            other => Err(Diagnostic::raised("TypeError", format!("'{}' is no entity", other.type_name()))),
        })
        .collect::<Outcome<_>>()?;
    system.person = system
        .entities
        .iter()
        .position(|entity| entity.is_person)
        .ok_or_else(|| Diagnostic::raised("Exception", "none of the entities is the person"))?;
    Ok(())
}

fn value_type(value: &Value, possible: Option<Value>, name: &str) -> Outcome<ValueType> {
    let invalid = || {
        Diagnostic::raised(
            "ValueError",
            format!("Invalid value '{}' for attribute 'value_type' in variable '{name}'.", value.display()),
        )
    };
    let Value::Builtin(builtin) = value else { return Err(invalid()) };
    Ok(match &**builtin {
        "bool" => ValueType::Bool,
        "int" => ValueType::Int,
        "float" => ValueType::Float,
        "str" => ValueType::Text,
        "datetime.date" => ValueType::Date,
        "openfisca.Enum" => match possible {
            Some(Value::EnumType(enumeration)) => ValueType::Enum(enumeration),
            _ => {
                return Err(Diagnostic::raised(
                    "ValueError",
                    format!("Missing attribute 'possible_values' in definition of variable '{name}'."),
                ));
            }
        },
        _ => return Err(invalid()),
    })
}

fn default_value(value: &Value, value_type: &ValueType, name: &str) -> Outcome<Constant> {
    let invalid = || {
        Diagnostic::raised(
            "ValueError",
            format!("Invalid value '{}' for attribute 'default_value' in variable '{name}'.", value.display()),
        )
    };
    match (value, value_type) {
        (Value::Bool(value), ValueType::Bool) => Ok(Constant::Bool(*value)),
        (Value::Int(value), ValueType::Int) => Ok(Constant::Int(*value)),
        (Value::Bool(value), ValueType::Int) => Ok(Constant::Int(i64::from(*value))),
        (Value::Int(_) | Value::Float(_), ValueType::Float) => {
            value.as_number().map(Constant::Float).ok_or_else(invalid)
        }
        (Value::Text(text), ValueType::Text) => Ok(Constant::Text(Arc::clone(text))),
        (Value::Date(days), ValueType::Date) => Ok(Constant::Int(i64::from(*days))),
        (Value::EnumMember(_, index), ValueType::Enum(_)) => Ok(Constant::Int(*index as i64)),
        _ => Err(invalid()),
    }
}

/// The formulas by first day; the baseline's before the first of a reform stay.
fn formulas(
    attributes: &IndexMap<Name, Value>,
    name: &str,
    end: Option<Instant>,
    baseline: Option<&Variable>,
) -> Outcome<BTreeMap<String, Formula>> {
    let mut formulas = BTreeMap::new();
    for (attribute, value) in attributes.iter().filter(|(attribute, _)| attribute.starts_with("formula")) {
        let wrong = || {
            Diagnostic::raised(
                "ValueError",
                format!(
                    "Unrecognized formula name in variable \"{name}\". Expecting \"formula_YYYY\" or \"formula_YYYY_MM\" or \"formula_YYYY_MM_DD where YYYY, MM and DD are year, month and day. Found: \"{attribute}\"."
                ),
            )
        };
        let date = match attribute.strip_prefix("formula").unwrap_or_default() {
            "" => "0001-01-01".to_owned(),
            rest => {
                let text = rest.strip_prefix('_').ok_or_else(wrong)?.replace('_', "-");
                Instant::parse(&text).ok_or_else(wrong)?.0.to_string()
            }
        };
        if end.is_some_and(|end| date > end.to_string()) {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "You declared that \"{name}\" ends on \"{}\", but you wrote a formula to calculate it from \"{date}\" ({attribute}). The \"end\" attribute of a variable must be posterior to the start dates of all its formulas.",
                    end.map(|end| end.to_string()).unwrap_or_default()
                ),
            ));
        }
        let function: Arc<Function> = match value {
            Value::Function(function) => Arc::clone(function),
            Value::Bound(bound) => match &bound.0 {
                Value::Function(function) => Arc::clone(function),
                _ => return Err(wrong()),
            },
            other => {
                return Err(Diagnostic::unsupported(
                    format!("the formula {attribute} is a '{}'", other.type_name()),
                    "write it as a function: def formula(population, period, parameters)",
                ));
            }
        };
        formulas.insert(date, Formula { function, annualised: None });
    }
    if let Some(base) = baseline {
        let first = formulas.keys().next().cloned();
        for (date, formula) in &base.formulas {
            if first.as_ref().is_none_or(|first| date < first) {
                formulas.insert(date.clone(), formula.clone());
            }
        }
    }
    Ok(formulas)
}

/// Takes off the indentation that all lines share.
pub(crate) fn dedent(text: &str) -> String {
    let indent = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| if line.trim().is_empty() { "" } else { line.get(indent..).unwrap_or(line) })
        .collect();
    lines.join("\n")
}
