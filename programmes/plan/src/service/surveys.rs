//! Surveys: announced, their frame fixed, drawn, invited by letters with a number each, answered once, counted.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Caller, PlanService, ServiceError};
use crate::{
    digest::sha256,
    domain::{
        Actor, Number, Refusal, Survey, SurveyReply,
        survey::{Notice, Reply, ReplyOrder, Share, SurveyOrder, SurveyRefusal},
    },
    store::{Named, SurveysMarker},
};

/// A letter to somebody who was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The code of who is invited: whoever holds the names knows whose it is.
    pub code: String,
    /// The number by which they answer once.
    pub number: String,
}

/// What a survey with a sample says of a recommendation.
#[derive(Debug, Clone, PartialEq)]
pub struct Surveyed {
    /// The survey.
    pub id: String,
    /// How many were invited.
    pub invited: usize,
    /// How many answered.
    pub answered: u64,
    /// It reached them: yes, in part, no.
    pub shares: [Share; 3],
}

/// What surveys say, and what the surveys looked like then.
pub(super) type Said = Mutex<Option<(SurveysMarker, Arc<BTreeMap<Number, Surveyed>>)>>;

/// What surveys that are over say, the last of each recommendation.
fn surveyed(surveys: &[Named<Survey>]) -> BTreeMap<Number, Surveyed> {
    let of = |named: &Named<Survey>| {
        let (number, shares) = named.state.felt()?;
        let answered = named.state.tally.as_ref()?.all();
        Some((number, Surveyed { id: named.id.clone(), invited: named.state.drawn(), answered, shares }))
    };
    surveys.iter().filter_map(of).collect()
}

/// Digits and letters that nobody mistakes for each other (Crockford's Base32).
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of chance in a number: eighty bits, so that none is found by trying.
pub(super) const NUMBER_BYTES: usize = 10;

/// A number as it is printed, in groups of four.
pub(super) fn printed(bytes: [u8; NUMBER_BYTES]) -> String {
    let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut text = String::new();
    for at in 0..16_u32 {
        if at > 0 && at.is_multiple_of(4) {
            text.push('-');
        }
        let place = usize::try_from(bits >> (75 - 5 * at) & 31).unwrap_or_default();
        text.push(char::from(DIGITS[place]));
    }
    text
}

/// A number as somebody typed it, without what people mistake.
pub(super) fn typed(number: &str) -> String {
    let kept = number.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_uppercase());
    kept.map(|one| match one {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
    .collect()
}

/// Under what an answer is kept.
fn digest_of(survey: &str, number: &str) -> String {
    sha256(format!("{survey}\n{}", typed(number)).as_bytes())
}

impl PlanService {
    /// One survey.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn survey(&self, id: &str) -> Result<Named<Survey>, ServiceError> {
        self.inner.store.survey(id).await?.ok_or(ServiceError::NotFound)
    }

    /// What surveys that are over say of recommendations: whether they reached people.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn surveyed(&self) -> Result<Arc<BTreeMap<Number, Surveyed>>, ServiceError> {
        let marker = self.inner.store.surveys_marker().await?;
        let known = self.inner.surveyed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, said)) = known
            && at == marker
        {
            return Ok(said);
        }
        // Frames are long: they are read when a survey changed, not whenever somebody looks at the plan.
        let said = Arc::new(surveyed(&self.inner.store.surveys().await?));
        *self.inner.surveyed.lock().unwrap_or_else(PoisonError::into_inner) = Some((marker, Arc::clone(&said)));
        Ok(said)
    }

    /// Announces a survey; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where the seed could be known already.
    pub async fn announce_survey(&self, caller: &Caller, notice: Notice) -> Result<String, ServiceError> {
        if let Some(number) = notice.recommendation {
            self.in_plan(number).await?;
        }
        let id = self.draw();
        self.survey_order(caller, &id, |by| SurveyOrder::Announce(notice, by)).await?;
        Ok(id)
    }

    /// Fixes the frame, given as a table with tabs.
    ///
    /// # Errors
    /// As [`Self::announce_survey`]; [`ServiceError::Refused`] from the day of the seed on, and for strata in which people could be recognised.
    pub async fn fix_frame(&self, caller: &Caller, id: &str, table: String) -> Result<Survey, ServiceError> {
        self.survey_order(caller, id, |by| SurveyOrder::FixFrame(table, by)).await
    }

    /// Draws the sample with the seed that became public.
    ///
    /// # Errors
    /// As [`Self::announce_survey`]; [`ServiceError::Refused`] before the day of the seed, and a second time.
    pub async fn draw_sample(&self, caller: &Caller, id: &str, seed: String) -> Result<Survey, ServiceError> {
        self.survey_order(caller, id, |by| SurveyOrder::Draw(seed, by)).await
    }

    /// Makes the letters. Their numbers are given here and never again: only digests are kept. Until answers are taken they can be made
    /// anew, and those before no longer hold.
    ///
    /// # Errors
    /// As [`Self::announce_survey`]; [`ServiceError::Refused`] once answers are taken.
    pub async fn invite_sample(&self, caller: &Caller, id: &str) -> Result<Vec<Letter>, ServiceError> {
        let known = self.survey(id).await?.state;
        let (mut letters, mut invited) = (Vec::new(), BTreeMap::new());
        for (place, stratum) in known.strata.iter().enumerate() {
            for code in &stratum.drawn {
                let mut bytes = [0_u8; NUMBER_BYTES];
                self.inner.entropy.fill(&mut bytes);
                let number = printed(bytes);
                invited.insert(digest_of(id, &number), place);
                letters.push(Letter { code: code.clone(), number });
            }
        }
        self.survey_order(caller, id, |by| SurveyOrder::Invite(invited, by)).await?;
        Ok(letters)
    }

    /// Whether somebody may answer with this number now.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for a number that no letter has, or by which was answered already.
    pub async fn may_answer(&self, id: &str, number: &str) -> Result<Named<Survey>, ServiceError> {
        let known = self.survey(id).await?;
        let digest = digest_of(id, number);
        if !known.state.invited.contains_key(&digest) {
            return Err(Refusal::from(SurveyRefusal::UnknownToken).into());
        }
        if self.inner.store.survey_reply(&digest).await?.is_some() {
            return Err(Refusal::from(SurveyRefusal::AnsweredAlready).into());
        }
        Ok(known)
    }

    /// Takes an answer in. The number is the right to give it: anybody who was drawn has one, with an account or without.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for a number that no letter has, for a second answer, and outside the period.
    pub async fn answer_survey(
        &self,
        caller: &Caller,
        id: &str,
        number: &str,
        answers: Vec<Option<usize>>,
    ) -> Result<(), ServiceError> {
        let known = self.survey(id).await?.state;
        let digest = digest_of(id, number);
        let stratum = *known.invited.get(&digest).ok_or_else(|| Refusal::from(SurveyRefusal::UnknownToken))?;
        let notice = known.notice.ok_or(ServiceError::NotFound)?;
        let reply = Reply { survey: id.to_owned(), stratum, answers };
        // Nobody's account stands beside an answer.
        let unnamed = Caller::new(None, caller.now);
        drop(self.order::<SurveyReply>(&unnamed, &digest, ReplyOrder::Give(reply, Box::new(notice))).await?);
        Ok(())
    }

    /// Closes a survey and counts its answers.
    ///
    /// # Errors
    /// As [`Self::announce_survey`]; [`ServiceError::Refused`] while answers are taken.
    pub async fn close_survey(&self, caller: &Caller, id: &str) -> Result<Survey, ServiceError> {
        let known = self.survey(id).await?.state;
        let replies = self.inner.store.survey_replies(id).await?;
        let given = replies.iter().filter_map(|named| Some((named.id.as_str(), named.state.reply.as_ref()?)));
        let tally = known.count(given);
        self.survey_order(caller, id, |by| SurveyOrder::Close(tally, by)).await
    }

    async fn survey_order(
        &self,
        caller: &Caller,
        id: &str,
        order: impl FnOnce(Actor) -> SurveyOrder,
    ) -> Result<Survey, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, id, order(by)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_it_is_typed() {
        let number = printed([0, 68, 50, 20, 199, 66, 84, 182, 53, 207]);
        assert_eq!(number, "0123-4567-89AB-CDEF");
        assert_eq!(printed([255; NUMBER_BYTES]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        let digest = digest_of("s", &number);
        for same in ["0123456789ABCDEF", " o123 4567 89ab cdef ", "OI23-4567-89AB-CDEF", "0l23-4567-89ab-cdef"] {
            assert_eq!(digest_of("s", same), digest, "{same}");
        }
        assert_ne!(digest_of("t", &number), digest, "a number is of one survey");
    }
}
