//! Makes the demonstration city: its knowledge, what its classifier learned, and its inquiries, each lived through as it
//! happened, at the time at which it happened.

use std::{collections::HashMap, io::Cursor};

use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use maru_identity::{DemonstrationAccount, Principal, Role};
use maru_inquiry::{
    Agency, Caller, InquiryService,
    domain::{AccessCode, Correction, Destination, GivenGround, Kind, Receipt},
    service::{AnswerRequest, Decision, Submission},
    understanding::Example,
};
use maru_knowledge::{ImportContent, ImportSource};
use maru_ledger::{JobRequest, Ledger};

use super::{ANSWERS, Happening, SERVICES, STATUTES, Story, World, moment, stories, training};
use crate::server::House;

/// An inquiry of the city as far as it has come.
struct Living {
    receipt: Receipt,
    code: AccessCode,
    citizen: Option<Principal>,
}

impl World {
    /// The city as the programme of inquiries knows it.
    pub(crate) fn inquiry_agency(&self) -> Agency {
        let departments = self.departments.iter().map(|department| maru_inquiry::agency::Department {
            id: department.id.clone(),
            name: department.name.clone(),
            name_en: department.name_en.clone(),
            telephone: department.telephone.clone(),
            duties: department.duties.clone(),
            laws: department.laws.clone(),
            ministries: Vec::new(),
        });
        let categories = self.categories.iter().map(|category| maru_inquiry::agency::Category {
            id: category.id.clone(),
            name: category.name.clone(),
            name_en: category.name_en.clone(),
            department: Some(category.department.clone()),
        });
        Agency {
            name: self.agency.name.clone(),
            name_en: self.agency.name_en.clone(),
            telephone: self.agency.telephone.clone(),
            reception_department: self.agency.reception_department.clone(),
            audit_department: Some(self.agency.audit_department.clone()),
            departments: departments.collect(),
            categories: categories.collect(),
        }
    }

    /// Everybody who can sign in.
    ///
    /// # Errors
    /// Where the world names a role that there is not; a test reads it.
    pub(crate) fn accounts(&self) -> anyhow::Result<Vec<DemonstrationAccount>> {
        let citizens = self.citizens.iter().map(|citizen| {
            Ok(DemonstrationAccount {
                account: citizen.id.clone(),
                name: citizen.name.clone(),
                name_en: citizen.name_en.clone(),
                role: Role::Citizen,
                department: None,
            })
        });
        let officials = self.officials.iter().map(|official| {
            let role = Role::parse(&official.role).with_context(|| format!("{}: {}", official.id, official.role))?;
            Ok(DemonstrationAccount {
                account: official.id.clone(),
                name: official.name.clone(),
                name_en: official.name_en.clone(),
                role,
                department: role.needs_department().then(|| official.department.clone()),
            })
        });
        citizens.chain(officials).collect()
    }

    fn principal(&self, account: &str) -> anyhow::Result<Principal> {
        let person = self.accounts()?.into_iter().find(|person| person.account == account);
        let person = person.with_context(|| format!("nobody in the city is called {account}"))?;
        Ok(Principal { account: person.account, name: person.name, role: person.role, department: person.department })
    }

    /// Somebody who works in a department and may decide there.
    fn official_of(&self, department: &str) -> anyhow::Result<Principal> {
        let mut people = self.accounts()?.into_iter();
        let decides = |role: Role| matches!(role, Role::Official | Role::Supervisor);
        let person = people.find(|person| decides(person.role) && person.department.as_deref() == Some(department));
        let person = person.with_context(|| format!("nobody works in {department}"))?;
        self.principal(&person.account)
    }
}

/// Makes the city.
///
/// # Errors
/// Where the database cannot be used, or the world tells of something that the law does not allow.
pub(crate) async fn seed(house: &House, world: &World, now: Timestamp) -> anyhow::Result<()> {
    let sources = vec![
        ImportSource::new("statutes", ImportContent::StatuteLines(Box::new(Cursor::new(STATUTES)))),
        ImportSource::new("answers", ImportContent::AnswerLines(Box::new(Cursor::new(ANSWERS)))),
        ImportSource::new("services", ImportContent::ServiceLines(Box::new(Cursor::new(SERVICES)))),
    ];
    let report = house.knowledge.import(sources, None).await?;
    if let Some(bad) = report.bad.first() {
        bail!("{bad}");
    }
    let examples = training()?.into_iter().map(|labelled| Example {
        title: labelled.title,
        text: labelled.text,
        category: Some(labelled.category),
        department: Some(labelled.department).filter(|department| !department.is_empty()),
        kind: None,
        answer: String::new(),
    });
    house.inquiries.train(examples.collect(), now).await?;
    live(house, world, now).await
}

/// Lives through all that happened, in the order of time.
async fn live(house: &House, world: &World, now: Timestamp) -> anyhow::Result<()> {
    let stories = stories()?;
    let mut happenings = Vec::new();
    for story in &stories {
        for (place, happening) in story.history.iter().enumerate() {
            happenings.push((moment(&happening.at, now)?, place, story, happening));
        }
    }
    happenings.sort_by_key(|(at, place, _, _)| (*at, *place));
    let mut living: HashMap<&str, Living> = HashMap::new();
    for (at, _, story, happening) in happenings {
        do_jobs(&house.ledger, &house.inquiries, at).await?;
        let what = || format!("{} {} {}", story.id, happening.at, happening.event);
        if happening.event == "received" {
            living.insert(&story.id, receive(&house.inquiries, world, story, at).await.with_context(what)?);
            continue;
        }
        let case = living.get(story.id.as_str()).with_context(|| format!("{} was never received", story.id))?;
        if happening.event == "same-matter" {
            let other = living.get(happening.same_as.as_str()).with_context(what)?;
            let official = Caller::new(Some(world.principal(&happening.by)?), at);
            let said = house.inquiries.judge_pair(&official, &case.receipt, &other.receipt, true);
            drop(said.await.with_context(what)?);
            continue;
        }
        happen(&house.inquiries, world, story, case, happening, at).await.with_context(what)?;
    }
    do_jobs(&house.ledger, &house.inquiries, now).await
}

/// Does all jobs that are due at `at`, as a server would have done by then.
async fn do_jobs(ledger: &Ledger, inquiries: &InquiryService, at: Timestamp) -> anyhow::Result<()> {
    loop {
        let request = JobRequest {
            kinds: InquiryService::job_kinds(),
            worker: "seed".to_owned(),
            now: at,
            hold: SignedDuration::from_mins(10),
            limit: 50,
        };
        let jobs = ledger.lease_jobs(request).await?;
        if jobs.is_empty() {
            return Ok(());
        }
        for job in jobs {
            inquiries.handle(&job, at).await.with_context(|| job.kind.clone())?;
        }
    }
}

async fn receive(inquiries: &InquiryService, world: &World, story: &Story, at: Timestamp) -> anyhow::Result<Living> {
    let citizen = story.citizen.as_deref().map(|account| world.principal(account)).transpose()?;
    let kind = Kind::from_identifier(&story.kind).with_context(|| format!("there is no kind {}", story.kind))?;
    let submission = Submission {
        title: story.title.clone(),
        text: story.body.clone(),
        // What an application's period is, only the citizen's choice of the service says.
        kind: (kind == Kind::Application).then_some(kind),
        ..Submission::default()
    };
    let submitted = inquiries.submit(&Caller::new(citizen.clone(), at), submission).await?;
    Ok(Living { receipt: submitted.receipt, code: submitted.code, citizen })
}

async fn happen(
    inquiries: &InquiryService,
    world: &World,
    story: &Story,
    case: &Living,
    happening: &Happening,
    at: Timestamp,
) -> anyhow::Result<()> {
    let receipt = &case.receipt;
    let petitioner = Caller::new(case.citizen.clone(), at).with_code(Some(case.code.clone()));
    let official = || anyhow::Ok(Caller::new(Some(world.principal(&happening.by)?), at));
    match happening.event.as_str() {
        "understood" => put_right(inquiries, world, story, case, happening, at).await?,
        // The machine drafts by itself, where it finds something.
        "drafted" => {}
        "corrected" => {
            let correction = Correction {
                category: Some(happening.category.clone()).filter(|category| !category.is_empty()),
                department: Some(happening.department.clone()).filter(|department| !department.is_empty()),
                ..Correction::default()
            };
            drop(inquiries.correct(&official()?, receipt, correction).await?);
        }
        "transferred" => drop(pass_on(inquiries, case, happening, &official()?).await?),
        "extended" => {
            let ground = match happening.ground.as_str() {
                "cooperation" => GivenGround::Cooperation,
                "site-check" => GivenGround::FactCheck,
                "force-majeure" => GivenGround::ForceMajeure,
                _ => GivenGround::Comparable,
            };
            drop(inquiries.extend(&official()?, receipt, ground, &happening.reason, false).await?);
        }
        "completion-requested" => {
            drop(inquiries.request_completion(&official()?, receipt, &happening.text, happening.days).await?);
        }
        "completed" => drop(inquiries.supply_completion(&petitioner, receipt, &happening.text).await?),
        "answered" | "refused" => drop(inquiries.approve(&official()?, receipt, answer(happening)).await?),
        "rated" => {
            drop(inquiries.rate(&petitioner, receipt, happening.stars, Some(happening.comment.as_str())).await?);
        }
        "objected" => drop(inquiries.object(&petitioner, receipt, &happening.text).await?),
        "withdrawn" => drop(inquiries.withdraw(&petitioner, receipt, Some(happening.reason.as_str())).await?),
        "noted" => drop(inquiries.note(&official()?, receipt, &happening.text).await?),
        other => bail!("nobody knows what {other} is"),
    }
    Ok(())
}

/// What the machine understood otherwise than the story tells, an official puts right: an example to learn from.
async fn put_right(
    inquiries: &InquiryService,
    world: &World,
    story: &Story,
    case: &Living,
    happening: &Happening,
    at: Timestamp,
) -> anyhow::Result<()> {
    let Some(known) = inquiries.store().case(&case.receipt).await? else { bail!("the case is not there") };
    let inquiry = known.inquiry;
    let kind = Kind::from_identifier(&story.kind).filter(|kind| inquiry.kind != Some(*kind));
    let category = Some(happening.category.clone()).filter(|category| inquiry.category.as_ref() != Some(category));
    let department = Some(happening.department.clone()).filter(|department| inquiry.department != *department);
    let correction = Correction { kind, category, department, ..Correction::default() };
    if correction.is_empty() {
        return Ok(());
    }
    let caller = Caller::new(Some(world.official_of(&inquiry.department)?), at);
    drop(inquiries.correct(&caller, &case.receipt, correction).await?);
    Ok(())
}

async fn pass_on(
    inquiries: &InquiryService,
    case: &Living,
    happening: &Happening,
    official: &Caller,
) -> anyhow::Result<maru_inquiry::service::Done> {
    let to = if happening.to_agency.is_empty() {
        Destination::Department { department: happening.to.clone() }
    } else {
        Destination::Agency { agency: happening.to_agency.clone() }
    };
    Ok(inquiries.pass_on(official, &case.receipt, to, &happening.reason).await?)
}

fn answer(happening: &Happening) -> AnswerRequest {
    let decision = if happening.event == "refused" {
        Decision::Refusal {
            reason: happening.reason.clone(),
            article: happening.cites.first().cloned().unwrap_or_default(),
            remedy: happening.remedy.clone(),
        }
    } else {
        Decision::Answer
    };
    AnswerRequest { text: happening.text.clone(), decision, confirm_citations: true, at_once: true }
}
