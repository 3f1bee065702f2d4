//! The agency that handles inquiries: its departments, their duties, the categories. Read from the deployment's
//! configuration; the field names are those of `agency.toml`.

use serde::{Deserialize, Serialize};

/// A department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Its identifier, which never changes.
    pub id: String,
    /// Its name in Korean.
    pub name: String,
    /// Its name in English.
    #[serde(default)]
    pub name_en: String,
    /// Its telephone number.
    #[serde(default)]
    pub telephone: String,
    /// What it does, as citizens call it.
    #[serde(default)]
    pub duties: Vec<String>,
    /// The laws that it works with.
    #[serde(default)]
    pub laws: Vec<String>,
    /// Ministries whose laws it works with.
    #[serde(default)]
    pub ministries: Vec<String>,
}

/// A category of inquiries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its identifier: the label of the classifier.
    pub id: String,
    /// Its name in Korean.
    pub name: String,
    /// Its name in English.
    #[serde(default)]
    pub name_en: String,
    /// The department that usually handles it.
    #[serde(default)]
    pub department: Option<String>,
}

/// The agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Its name in Korean.
    pub name: String,
    /// Its name in English.
    #[serde(default)]
    pub name_en: String,
    /// Its telephone number.
    #[serde(default)]
    pub telephone: String,
    /// The department that receives what nobody else does.
    pub reception_department: String,
    /// The department that examines grievances sent again (decree 제17조②).
    #[serde(default)]
    pub audit_department: Option<String>,
    /// Its departments.
    #[serde(default)]
    pub departments: Vec<Department>,
    /// The categories of its inquiries.
    #[serde(default)]
    pub categories: Vec<Category>,
}

impl Default for Agency {
    /// An agency of one department, so that a deployment works before it is configured.
    fn default() -> Self {
        let reception = Department {
            id: "reception".into(),
            name: "민원실".into(),
            name_en: "Petition office".into(),
            ..Department::default()
        };
        Self {
            name: "이름을 정하지 않은 기관".into(),
            name_en: "Agency without a name".into(),
            telephone: String::new(),
            reception_department: reception.id.clone(),
            audit_department: None,
            departments: vec![reception],
            categories: Vec::new(),
        }
    }
}

impl Agency {
    /// The department of that identifier.
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.departments.iter().find(|department| department.id == id)
    }

    /// The category of that identifier.
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// The department's Korean and English name; the identifier where it is not known (any more).
    pub fn department_names(&self, id: &str) -> (String, String) {
        let known = self.department(id);
        known.map_or_else(|| (id.into(), id.into()), |known| names(&known.name, &known.name_en))
    }

    /// The category's Korean and English name; the identifier where it is not known (any more).
    pub fn category_names(&self, id: &str) -> (String, String) {
        let known = self.category(id);
        known.map_or_else(|| (id.into(), id.into()), |known| names(&known.name, &known.name_en))
    }

    /// The telephone number of a department, or that of the agency.
    pub fn telephone_of(&self, department: &str) -> String {
        let own = self.department(department).map(|department| department.telephone.clone());
        own.filter(|telephone| !telephone.is_empty()).unwrap_or_else(|| self.telephone.clone())
    }
}

fn names(ko: &str, en: &str) -> (String, String) {
    (ko.into(), if en.is_empty() { ko.into() } else { en.into() })
}
