//! A package in a temporary folder, from the few lines that a test cares about.

use maru_rules::run::Mode;
use maru_rules::simulation::Options;
use maru_rules::system::Package;
use serde_json::{Value as Json, json};
use std::path::Path;

const HEAD: &str =
    "from openfisca_core.model_api import *\nfrom nation.entities import Person, Family\nimport numpy as np\n\n";

const ENTITIES: &str = r#"
from openfisca_core.entities import build_entity

Family = build_entity(key="family", plural="families", label="Family", roles=[
    {"key": "parent", "plural": "parents", "subroles": ["first_parent", "second_parent"]},
    {"key": "child", "plural": "children"},
])
Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
entities = [Person, Family]
"#;

const SYSTEM: &str = r#"
import os
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from nation import entities

class CountryTaxBenefitSystem(TaxBenefitSystem):
    def __init__(self):
        super().__init__(entities.entities)
        here = os.path.dirname(os.path.abspath(__file__))
        self.add_variables_from_directory(os.path.join(here, "variables"))
        self.load_parameters(os.path.join(here, "parameters"))
"#;

/// A package with these variables and these parameter files (path, YAML).
pub(crate) fn package(variables: &str, parameters: &[(&str, &str)]) -> (tempfile::TempDir, Package) {
    let files: Vec<(String, &str)> =
        parameters.iter().map(|(path, text)| (format!("parameters/{path}.yaml"), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    package_with(variables, &files)
}

/// A package with these variables and these files beside them.
pub(crate) fn package_with(variables: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, Package) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("nation");
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("__init__.py", SYSTEM);
    write("entities.py", ENTITIES);
    write("variables/all.py", &format!("{HEAD}{variables}"));
    write("parameters/index.yaml", "description: all\n");
    for (path, text) in files {
        write(path, text);
    }
    let package = Package::load(&root).unwrap();
    (folder, package)
}

/// The value of a variable for one person `a`, or of the family, whose inputs are given.
pub(crate) fn value(package: &Package, mode: Mode, inputs: &Json, family: &Json, variable: &str, period: &str) -> Json {
    let mut situation = json!({ "persons": { "a": inputs }, "families": { "f": { "parents": ["a"] } } });
    for (name, given) in family.as_object().unwrap() {
        situation["families"]["f"][name] = given.clone();
    }
    let of_family = package.system.variable(variable).unwrap().entity == 1;
    let (plural, name) = if of_family { ("families", "f") } else { ("persons", "a") };
    situation[plural][name][variable] = json!({ period: null });
    let options = Options { mode, ..Options::default() };
    let answer = maru_rules::command::calculate(package, &situation, options).unwrap();
    answer[plural][name][variable][period].clone()
}

/// The data that tests may read beside the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Found by cargo-fuzz: a package whose person was misspelt was read with a group in the person's place.
#[test]
fn a_package_without_exactly_one_person_is_refused() {
    let (folder, _) = package("", &[]);
    let root = folder.path().join("nation");
    for (entities, said) in [
        (ENTITIES.replace("is_person=True", "is_perskn=True"), "none of the entities is the person"),
        (ENTITIES.replace("roles=[", "is_person=True, roles=["), "more than one of the entities is the person"),
    ] {
        std::fs::write(root.join("entities.py"), entities).unwrap();
        let refused = Package::load(&root).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
}
