//! The reform laboratory: what is asked of it, and the job that does a study.

use jiff::civil::Date;
use maru_rules::reform::Reform;

use super::{
    Caller, NationSettings, ServiceError, WelfareService,
    jobs::{Broken, NO_POPULATION, Steps, Task, threads},
};
use crate::{
    domain::{
        Design, Month, ReformStudy, Refusal, StudyRefusal,
        reform::{LONGEST_FORMULAS, Outcome, Studied, StudyOrder},
    },
    evaluation::LawBook,
    laboratory::{self, Kept, LaboratoryError, design, figures, figures::Figure, households},
    population::sample::{self, About},
    screening::ScreeningError,
    store::{Named, Progress},
};

/// A study, and how far it has come while it is done.
#[derive(Debug, Clone)]
pub struct Studying {
    /// The study.
    pub study: Named<ReformStudy>,
    /// How far it has come.
    pub progress: Option<Progress>,
}

impl WelfareService {
    /// Figures of the law whose names hold every word of `text`, with their values on a day.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is not of the staff.
    pub fn figures(&self, caller: &Caller, text: &str, day: Date) -> Result<Vec<Figure>, ServiceError> {
        self.permit(caller, "read-reforms", &self.everything())?;
        Ok(figures::search(self.inner.law.package(), text, &day.to_string()))
    }

    /// Asks for a study; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where it is no reform of this law, or there is no population.
    pub async fn request_study(&self, caller: &Caller, asked: Design) -> Result<String, ServiceError> {
        self.permit(caller, "study-reforms", &self.everything())?;
        let by = caller.official()?;
        if self.inner.settings.nation.is_none() {
            return Err(refused(StudyRefusal::NoPopulation));
        }
        self.check_design(&asked)?;
        let (id, rules) = (self.draw(), self.inner.law.rules());
        let order = StudyOrder::Request { id: id.clone(), design: Box::new(asked), rules, by };
        self.order::<ReformStudy>(caller, &id, order).await?;
        Ok(id)
    }

    /// What only the law can tell: whether every figure is one of it.
    fn check_design(&self, asked: &Design) -> Result<(), ServiceError> {
        let package = self.inner.law.package();
        for change in &asked.changes {
            let known = figures::at(package, &change.path, &change.from.to_string());
            if known.is_none() {
                return Err(refused(StudyRefusal::UnknownFigure { path: change.path.clone() }));
            }
            // What is no figure is told by the decision, with its own words.
            if !crate::domain::reform::is_value(&change.value) {
                return Err(refused(StudyRefusal::NoFigure { path: change.path.clone() }));
            }
        }
        if households::example(&asked.household).is_none() {
            return Err(refused(StudyRefusal::UnknownHousehold { id: asked.household.clone() }));
        }
        if asked.formulas.trim().is_empty() || asked.formulas.len() > LONGEST_FORMULAS {
            return Ok(());
        }
        // The example household asks every benefit: what cannot be compiled says so before a nation is begun.
        let tried = design::reform(asked).map_err(LaboratoryError::from);
        let tried = tried.and_then(|reform| laboratory::curve(package, &reform, asked));
        tried.map(drop).map_err(|error| refused(StudyRefusal::Formulas { diagnostic: error.to_string() }))
    }

    /// The studies that are listed, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is not of the staff.
    pub async fn studies(&self, caller: &Caller) -> Result<Vec<Named<ReformStudy>>, ServiceError> {
        self.permit(caller, "read-reforms", &self.everything())?;
        let all = self.inner.store.reform_studies().await?;
        Ok(all.into_iter().filter(|study| !study.state.put_away).collect())
    }

    /// A study.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn study(&self, caller: &Caller, id: &str) -> Result<Studying, ServiceError> {
        self.permit(caller, "read-reforms", &self.everything())?;
        let study = self.inner.store.reform_study(id).await?.ok_or(ServiceError::NotFound)?;
        let progress = if study.state.is_open() { self.inner.store.progress(id).await? } else { None };
        Ok(Studying { study, progress })
    }

    /// Gives a study another name.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where the name is empty or too long.
    pub async fn rename_study(&self, caller: &Caller, id: &str, name: String) -> Result<(), ServiceError> {
        self.permit(caller, "study-reforms", &self.everything())?;
        let by = caller.official()?;
        self.order::<ReformStudy>(caller, id, StudyOrder::Rename { name, by }).await?;
        Ok(())
    }

    /// Takes a study off the list; whoever has its address still finds it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn put_study_away(&self, caller: &Caller, id: &str) -> Result<(), ServiceError> {
        self.permit(caller, "study-reforms", &self.everything())?;
        let by = caller.official()?;
        self.order::<ReformStudy>(caller, id, StudyOrder::PutAway { by }).await?;
        Ok(())
    }

    /// What the population says of itself; nothing where there is none yet, or it says nothing.
    pub fn population(&self) -> Option<About> {
        self.inner.settings.nation.as_ref().and_then(|nation| About::read(&nation.folder))
    }

    pub(super) async fn do_study(&self, task: Task<'_>) -> Result<(), ServiceError> {
        let known = self.inner.store.reform_study(task.id).await?;
        let Some(named) = known.filter(|named| named.state.is_open()) else { return self.drop_job(task.job).await };
        let (Some(asked), Some(nation)) = (named.state.design, self.inner.settings.nation.clone()) else {
            let order = StudyOrder::Fail { reason: NO_POPULATION.to_owned() };
            return self.complete::<ReformStudy>(task, order).await;
        };
        let (law, folder) = (self.inner.law.clone(), self.inner.settings.work.join("studies").join(task.id));
        let kept = Kept::new(folder, format!("{}\n{}\n{}", law.rules(), asked.month, design::yaml(&asked)));
        let of_work = kept.clone();
        let work = move |steps: &Steps| studied(&law, &asked, (&nation, &of_work), &|done, all| steps.are(done, all));
        let order = match self.ended(task, work).await? {
            None => return Ok(()),
            Some(Err(reason)) => StudyOrder::Fail { reason },
            Some(Ok(outcome)) => StudyOrder::Finish { outcome: Box::new(outcome) },
        };
        self.complete::<ReformStudy>(task, order).await?;
        kept.forget();
        Ok(())
    }
}

impl Broken for StudyFailure {
    fn was_stopped(&self) -> bool {
        matches!(self, Self::Laboratory(LaboratoryError::Stopped))
    }
}

fn refused(refusal: StudyRefusal) -> ServiceError {
    Refusal::from(refusal).into()
}

/// Why a study failed.
#[derive(Debug, thiserror::Error)]
enum StudyFailure {
    #[error(transparent)]
    Laboratory(#[from] LaboratoryError),
    #[error("the synthetic sample could not be made: {0}")]
    Sample(#[from] ScreeningError),
}

/// The population, made where it is a sample that is not there yet.
pub(super) fn populated(law: &LawBook, nation: &NationSettings, month: Month) -> Result<Studied, ScreeningError> {
    if let Some(persons) = nation.make {
        sample::make_where_missing(law, &nation.folder, persons, month, threads())?;
    }
    let about = About::read(&nation.folder);
    Ok(Studied {
        folder: nation.folder.display().to_string(),
        represents: about.as_ref().map(|about| about.represents).or(nation.represents),
        synthetic: about.is_some_and(|about| about.synthetic),
    })
}

fn studied(
    law: &LawBook,
    asked: &Design,
    (nation, kept): (&NationSettings, &Kept),
    go_on: &dyn Fn(usize, usize) -> bool,
) -> Result<Outcome, StudyFailure> {
    let reform: Reform = design::reform(asked).map_err(LaboratoryError::from)?;
    let studied = populated(law, nation, asked.month)?;
    let package = law.package();
    let curve = laboratory::curve(package, &reform, asked)?;
    let study =
        laboratory::study(package, &reform, asked.month, (&nation.folder, studied.represents, kept), threads(), go_on)?;
    Ok(Outcome { study, curve, studied })
}
