//! Consultation: comments come in, are grouped by what they say, and each is answered.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use maru_identity::Resource;

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    domain::{
        Comment, Consultation,
        consultation::{Answered, CommentOrder, ConsultationOrder, Draft, Filed, Outcome, Voice},
        moderation::Showing,
    },
    grouping::Grouping,
    store::Named,
};

/// A comment that somebody wants to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// The paragraph, from 0; nothing for the whole.
    pub paragraph: Option<usize>,
    /// What it says, as it was written.
    pub text: String,
    /// Who comments.
    pub voice: Voice,
    /// The organisation.
    pub organisation: String,
}

/// How many comments a paragraph has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, utoipa::ToSchema)]
pub struct ParagraphCounts {
    /// All.
    pub all: usize,
    /// Answered.
    pub answered: usize,
}

/// Comments that say the same, or speak of the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    /// Its number, from 1: in the address of the page that answers all of it.
    pub number: usize,
    /// Whether they are copies of one text: a coordinated campaign, counted as such.
    pub campaign: bool,
    /// Whether they came after the last grouping and wait for the next.
    pub pending: bool,
    /// The words that tell it from the others.
    pub words: Vec<String>,
    /// The comments, the most typical first.
    pub comments: Vec<String>,
    /// How many of them were answered.
    pub answered: usize,
    /// What the most typical ones say.
    pub quotations: Vec<String>,
}

/// Everything that is known of a consultation. All comments are in exactly one outcome, one voice, one paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsultationReport {
    /// Its identifier.
    pub id: String,
    /// What was consulted on.
    pub draft: Draft,
    /// How many comments came.
    pub all: usize,
    /// How many have which outcome.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// How many have no answer yet.
    pub unanswered: usize,
    /// How many a person hid because they break the rules; they are counted and answered like the others.
    pub hidden: usize,
    /// How many wait for a person to look at them, because a rule holds them back.
    pub held: usize,
    /// From persons, organisations, on paper.
    pub voices: [usize; 3],
    /// How many comments each paragraph has; the last is the draft as a whole.
    pub paragraphs: Vec<ParagraphCounts>,
    /// Groups, the largest first.
    pub groups: Vec<Grouped>,
    /// The comments themselves.
    pub comments: Vec<Named<Comment>>,
}

impl ConsultationReport {
    /// Whether the figures add up: every comment counted once in each list.
    pub fn adds_up(&self) -> bool {
        let outcomes: usize = self.outcomes.values().sum();
        let paragraphs: usize = self.paragraphs.iter().map(|counts| counts.all).sum();
        let answered: usize = self.paragraphs.iter().map(|counts| counts.answered).sum();
        let groups: usize = self.groups.iter().map(|group| group.comments.len()).sum();
        outcomes + self.unanswered == self.all
            && answered + self.unanswered == self.all
            && self.voices.iter().sum::<usize>() == self.all
            && paragraphs == self.all
            && groups == self.all
    }
}

/// Most quotations of a group.
const QUOTATIONS: usize = 3;
/// How much of a comment is quoted, in characters.
const QUOTED: usize = 200;

impl PlanService {
    /// Opens a consultation; gives its identifier.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for too short a period.
    pub async fn open_consultation(&self, caller: &Caller, draft: Draft) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        let id = self.draw();
        drop(self.order::<Consultation>(caller, &id, ConsultationOrder::Open(draft, by)).await?);
        Ok(id)
    }

    /// Takes comments for longer, until the day.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for a day that is not later, and once closed.
    pub async fn prolong_consultation(
        &self,
        caller: &Caller,
        id: &str,
        until: Date,
    ) -> Result<Consultation, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.draft(id).await?;
        self.order(caller, id, ConsultationOrder::Prolong(until, by)).await
    }

    /// What is consulted on.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such consultation.
    pub async fn draft(&self, id: &str) -> Result<Draft, ServiceError> {
        let found = self.inner.store.consultation(id).await?;
        found.and_then(|named| named.state.draft).ok_or(ServiceError::NotFound)
    }

    /// Takes a comment in; gives its identifier.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] outside the period; [`ServiceError::Forbidden`] for who may not.
    pub async fn comment(&self, caller: &Caller, consultation: &str, new: NewComment) -> Result<String, ServiceError> {
        let action = if new.voice == Voice::OnPaper { "comment-on-behalf" } else { "comment" };
        self.permit(caller, action, &Resource::new("plan-comment", ""))?;
        let draft = self.draft(consultation).await?;
        let filed = Filed {
            consultation: consultation.to_owned(),
            paragraph: new.paragraph,
            text: mask(&new.text),
            voice: new.voice,
            organisation: if new.voice == Voice::Organisation {
                new.organisation.trim().to_owned()
            } else {
                String::new()
            },
            account: caller.principal.as_ref().map(|principal| principal.account.clone()),
        };
        let id = self.draw();
        drop(self.order::<Comment>(caller, &id, CommentOrder::File(filed, Box::new(draft))).await?);
        Ok(id)
    }

    /// Gives one answer to all of these comments; says to how many.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where reason or change is missing.
    pub async fn answer_comments(
        &self,
        caller: &Caller,
        ids: &[String],
        answer: &Answered,
    ) -> Result<usize, ServiceError> {
        let by = self.deciding(caller, "answer-comments")?;
        let mut drafts: HashMap<String, Draft> = HashMap::new();
        for id in ids {
            let known = self.inner.store.comment(id).await?.and_then(|named| named.state.filed);
            let of = known.ok_or(ServiceError::NotFound)?.consultation;
            if !drafts.contains_key(&of) {
                drafts.insert(of.clone(), self.draft(&of).await?);
            }
            let draft = drafts.get(&of).cloned().ok_or(ServiceError::NotFound)?;
            let order = CommentOrder::Answer(answer.clone(), Box::new(draft), by.clone());
            drop(self.order::<Comment>(caller, id, order).await?);
        }
        Ok(ids.len())
    }
}

pub(super) fn report_of(
    id: &str,
    draft: Draft,
    comments: Vec<Named<Comment>>,
    grouping: &Grouping,
) -> ConsultationReport {
    let mut outcomes: BTreeMap<Outcome, usize> = Outcome::ALL.into_iter().map(|outcome| (outcome, 0)).collect();
    let mut voices = [0; 3];
    let whole = draft.paragraphs.len();
    let mut paragraphs = vec![ParagraphCounts::default(); whole + 1];
    let mut unanswered = 0;
    let showing = |showing| comments.iter().filter(|named| named.state.showing() == showing).count();
    let (hidden, held) = (showing(Showing::Hidden), showing(Showing::Held));
    for comment in comments.iter().map(|named| &named.state) {
        match &comment.answer {
            Some(answer) => *outcomes.entry(answer.outcome).or_default() += 1,
            None => unanswered += 1,
        }
        let Some(filed) = &comment.filed else { continue };
        let [persons, organisations, paper] = &mut voices;
        *match filed.voice {
            Voice::Person => persons,
            Voice::Organisation => organisations,
            Voice::OnPaper => paper,
        } += 1;
        if let Some(counts) = paragraphs.get_mut(filed.paragraph.unwrap_or(whole)) {
            counts.all += 1;
            counts.answered += usize::from(comment.answer.is_some());
        }
    }
    let groups = grouping.groups.iter().enumerate().map(|(at, group)| {
        let members: Vec<&Named<Comment>> = group.members.iter().filter_map(|member| comments.get(*member)).collect();
        Grouped {
            number: at + 1,
            campaign: group.campaign,
            pending: group.pending,
            words: group.words.clone(),
            answered: members.iter().filter(|named| named.state.answer.is_some()).count(),
            quotations: quotations(&members, group.campaign),
            comments: members.iter().map(|named| named.id.clone()).collect(),
        }
    });
    let groups = groups.collect();
    ConsultationReport {
        id: id.to_owned(),
        all: comments.len(),
        draft,
        outcomes,
        unanswered,
        hidden,
        held,
        voices,
        paragraphs,
        groups,
        comments,
    }
}

/// The most typical comments, in short; of a campaign one is enough.
fn quotations(members: &[&Named<Comment>], campaign: bool) -> Vec<String> {
    let most = if campaign { 1 } else { QUOTATIONS };
    let shorten = |text: &str| {
        let short: String = text.chars().take(QUOTED).collect();
        if short.len() < text.len() { short + "…" } else { short }
    };
    let shown = members.iter().map(|named| named.state.shown_text()).filter(|text| !text.is_empty());
    shown.take(most).map(shorten).collect()
}
