//! Members who vote by themselves: an account is linked to a seat by a code, and votes in the meetings of that council.

use maru_identity::Resource;

use super::{
    Caller, PlanService, ServiceError,
    surveys::{NUMBER_BYTES, printed, typed},
};
use crate::{
    digest::sha256,
    domain::{
        Actor, Council, Meeting,
        council::{CouncilOrder, Seat},
        meeting::{Ballot, MeetingOrder, Recusal, RecusalGround},
    },
};

fn digest_of_code(council: &str, code: &str) -> String {
    sha256(format!("seat-code\n{council}\n{}", typed(code)).as_bytes())
}

fn digest_of_account(council: &str, account: &str) -> String {
    sha256(format!("seat\n{council}\n{account}").as_bytes())
}

impl PlanService {
    /// Makes the code by which a member links an account to a seat. It is given here and never again: its digest is kept.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where an account is linked.
    pub async fn seat_code(&self, caller: &Caller, council: &str, seat: String) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        let mut bytes = [0_u8; NUMBER_BYTES];
        self.inner.entropy.fill(&mut bytes);
        let code = printed(bytes);
        let order = CouncilOrder::MakeCode { seat, code: digest_of_code(council, &code), by };
        drop(self.order::<Council>(caller, council, order).await?);
        Ok(code)
    }

    /// Links the caller's account to the seat of a code.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for strangers; [`ServiceError::Refused`] for a code that does not hold.
    pub async fn link_seat(&self, caller: &Caller, council: &str, code: &str) -> Result<Council, ServiceError> {
        let account = &caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?.account;
        // The code is the right to link: what it opens is decided with the seats.
        self.permit(caller, "link-seat", &Resource::new("plan-seat", council).with_code())?;
        let order =
            CouncilOrder::Link { code: digest_of_code(council, code), account: digest_of_account(council, account) };
        self.order(caller, council, order).await
    }

    /// The caller's own seat in a council; nothing where there is none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn own_seat(&self, caller: &Caller, council: &str) -> Result<Option<Seat>, ServiceError> {
        let Some(principal) = &caller.principal else { return Ok(None) };
        let known = self.inner.store.council(council).await?;
        let seat =
            known.and_then(|named| named.state.seat_of(&digest_of_account(council, &principal.account)).cloned());
        Ok(seat)
    }

    /// The caller's seat in a meeting, where the caller may vote from it.
    async fn voting_seat(&self, caller: &Caller, id: &str) -> Result<Seat, ServiceError> {
        let meeting = self.meeting(caller, id).await?.state;
        let council = meeting.convened.map(|convened| convened.council).unwrap_or_default();
        let seat = self.own_seat(caller, &council).await?;
        let mut resource = Resource::new("plan-seat", council);
        if let (Some(principal), Some(_)) = (&caller.principal, &seat) {
            resource = resource.owned_by(&principal.account);
            resource.department.clone_from(&principal.department);
        }
        self.permit(caller, "cast-ballot", &resource)?;
        seat.ok_or(ServiceError::NotFound)
    }

    /// From now on members vote on an item by themselves.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] without quorum, after the vote.
    pub async fn open_vote(&self, caller: &Caller, id: &str, item: usize) -> Result<Meeting, ServiceError> {
        let by = self.deciding(caller, "run-meetings")?;
        self.order(caller, id, MeetingOrder::OpenVote(item, by)).await
    }

    /// The caller votes as a member; until the vote is recorded, anew.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who has no seat; [`ServiceError::Refused`] for who is not present, takes no part, or is late.
    pub async fn cast_ballot(
        &self,
        caller: &Caller,
        id: &str,
        item: usize,
        ballot: Ballot,
    ) -> Result<Meeting, ServiceError> {
        let seat = self.voting_seat(caller, id).await?;
        self.order(caller, id, MeetingOrder::Cast(item, seat.id, ballot)).await
    }

    /// The caller, a member, withdraws from an item (법 제9조③).
    ///
    /// # Errors
    /// As [`Self::cast_ballot`]; [`ServiceError::Refused`] without a reason.
    pub async fn withdraw_from_item(
        &self,
        caller: &Caller,
        id: &str,
        item: usize,
        reason: String,
    ) -> Result<Meeting, ServiceError> {
        let seat = self.voting_seat(caller, id).await?;
        // The seat stands for who sits there: the account is nobody's to see.
        let by = Actor { account: format!("seat-{}", seat.id), body: String::new() };
        let recusal = Recusal { seat: seat.id, ground: RecusalGround::Withdrawal, reason, in_favour: 0 };
        self.order(caller, id, MeetingOrder::Recuse(item, recusal, by)).await
    }
}
