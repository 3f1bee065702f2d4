//! Meetings: read by anyone once the invitation went out, run by the secretariat.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use jiff::civil::{Date, DateTime};
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Caller, PlanService,
    domain::{
        Evidence, Meeting,
        council::Seat,
        meeting::{Agenda, AssignmentReport, Ballot, Item, Recusal, Tally},
    },
    store::Named,
};

/// An item of the agenda and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ItemView {
    /// Its number, from 1.
    number: usize,
    /// What stands on the agenda.
    agenda: Agenda,
    /// Who takes no part.
    recusals: Vec<Recusal>,
    /// How the votes fell; nothing before.
    tally: Option<Tally>,
    /// Whether members vote by themselves now.
    voting: bool,
    /// Who voted how, by seats; empty before.
    ballots: BTreeMap<String, Ballot>,
    /// Who of them voted by themselves.
    own: BTreeSet<String>,
    /// Why it was put off; empty where it was not.
    deferred: String,
    /// The recommendation to an agency, or the number of the changed recommendation, that it became.
    became: Option<String>,
    /// What the body that was told to do something reported.
    report: Option<AssignmentReport>,
    /// What was said, once the minutes are approved.
    remarks: String,
}

impl ItemView {
    fn of((item, number): (&Item, usize), approved: bool) -> Self {
        let vote = item.vote.as_ref();
        Self {
            number,
            agenda: item.agenda.clone(),
            recusals: item.recusals.values().cloned().collect(),
            tally: vote.map(|vote| vote.tally),
            voting: item.voting,
            ballots: vote.map(|vote| vote.ballots.clone()).unwrap_or_default(),
            own: vote.map(|vote| vote.own.clone()).unwrap_or_default(),
            deferred: item.deferred.clone(),
            became: item.became.clone(),
            report: item.assignment.report.clone(),
            remarks: if approved { item.remarks.clone() } else { String::new() },
        }
    }
}

/// A meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct MeetingView {
    /// Its identifier.
    id: String,
    /// The council.
    council: String,
    /// Its name.
    council_name: String,
    /// The title of the meeting.
    title: String,
    /// When, in Korea, without an offset.
    #[schema(value_type = String, example = "2026-12-10T14:00:00")]
    at: DateTime,
    /// Where.
    place: String,
    /// The members when it was convened.
    members: Vec<Seat>,
    /// Who was present, by seats.
    present: BTreeSet<String>,
    /// The agenda.
    items: Vec<ItemView>,
    /// The day on which the invitation went out.
    #[schema(value_type = Option<String>, format = Date)]
    invited: Option<Date>,
    /// The day on which the minutes were approved.
    #[schema(value_type = Option<String>, format = Date)]
    approved: Option<Date>,
}

impl MeetingView {
    fn of(named: Named<Meeting>) -> Option<Self> {
        let meeting = named.state;
        let convened = meeting.convened.as_ref()?;
        let approved = meeting.approved.is_some();
        Some(Self {
            id: named.id,
            council: convened.council.clone(),
            council_name: convened.council_name.clone(),
            title: convened.title.clone(),
            at: convened.at,
            place: convened.place.clone(),
            members: convened.members.clone(),
            items: meeting.items.iter().zip(1..).map(|item| ItemView::of(item, approved)).collect(),
            present: meeting.present,
            invited: meeting.invited,
            approved: meeting.approved,
        })
    }
}

fn view(named: Named<Meeting>) -> Result<Json<MeetingView>, Problem> {
    MeetingView::of(named).map(Json).ok_or_else(Problem::not_found)
}

/// Lists meetings.
#[utoipa::path(
    get,
    path = "/api/v1/plan/meetings",
    tag = "plan",
    operation_id = "plan_meetings",
    summary = "List meetings",
    description = "The meetings of the committee and its subcommittees whose invitation went out, the newest first.",
    responses((status = 200, description = "The meetings.", body = Vec<MeetingView>), ReadProblems)
)]
pub(super) async fn list(
    State(service): State<PlanService>,
    caller: Caller,
) -> Result<Json<Vec<MeetingView>>, Problem> {
    let meetings = service.meetings(&caller).await?;
    Ok(Json(meetings.into_iter().filter_map(MeetingView::of).collect()))
}

/// Reads a meeting.
#[utoipa::path(
    get,
    path = "/api/v1/plan/meetings/{id}",
    tag = "plan",
    operation_id = "plan_meeting",
    summary = "Read a meeting",
    description = "Agenda and papers, who was present, who took no part, how the votes fell, what it became.",
    params(("id" = String, Path, description = "The meeting.")),
    responses((status = 200, description = "The meeting.", body = MeetingView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<MeetingView>, Problem> {
    view(service.meeting(&caller, &id).await?)
}

/// Who is present.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttendanceRequest {
    /// Everybody who is present now, by seats.
    present: BTreeSet<String>,
}

/// Opens a meeting, or says who is present now.
#[utoipa::path(
    post,
    path = "/api/v1/plan/meetings/{id}/attendance",
    tag = "plan",
    operation_id = "plan_attendance",
    summary = "Say who is present",
    description = "For the committee. The first time it opens the meeting, which needs more than half of the members (AI Basic Act, article 7(11)).",
    params(("id" = String, Path, description = "The meeting.")),
    request_body = AttendanceRequest,
    responses((status = 200, description = "It is recorded.", body = MeetingView), WriteProblems)
)]
pub(super) async fn attend(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<AttendanceRequest>,
) -> Result<Json<MeetingView>, Problem> {
    service.attend(&caller, &id, request.present).await?;
    view(service.meeting(&caller, &id).await?)
}

/// A vote.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoteRequest {
    /// The ballot of everybody who is present, takes part and did not vote alone, by seats.
    ballots: BTreeMap<String, Ballot>,
}

/// Records a vote.
#[utoipa::path(
    post,
    path = "/api/v1/plan/meetings/{id}/items/{item}/vote",
    tag = "plan",
    operation_id = "plan_vote",
    summary = "Record a vote",
    description = "For the committee. It passes with more than half of those present who are not recused; what follows from it is done at once.",
    params(
        ("id" = String, Path, description = "The meeting."),
        ("item" = usize, Path, description = "The number of the item, from 1.")
    ),
    request_body = VoteRequest,
    responses((status = 200, description = "It is recorded.", body = MeetingView), WriteProblems)
)]
pub(super) async fn vote(
    State(service): State<PlanService>,
    caller: Caller,
    Path((id, item)): Path<(String, usize)>,
    Json(request): Json<VoteRequest>,
) -> Result<Json<MeetingView>, Problem> {
    service.vote(&caller, &id, item, request.ballots).await?;
    view(service.meeting(&caller, &id).await?)
}

/// Lets members vote by themselves.
#[utoipa::path(
    post,
    path = "/api/v1/plan/meetings/{id}/items/{item}/opening",
    tag = "plan",
    operation_id = "plan_open_vote",
    summary = "Let members vote by themselves",
    description = "For the committee, with a quorum. Members vote until the result is recorded.",
    params(
        ("id" = String, Path, description = "The meeting."),
        ("item" = usize, Path, description = "The number of the item, from 1.")
    ),
    responses((status = 200, description = "The vote is open.", body = MeetingView), WriteProblems)
)]
pub(super) async fn open(
    State(service): State<PlanService>,
    caller: Caller,
    Path((id, item)): Path<(String, usize)>,
) -> Result<Json<MeetingView>, Problem> {
    service.open_vote(&caller, &id, item).await?;
    view(service.meeting(&caller, &id).await?)
}

/// A member's vote.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BallotRequest {
    /// How the member votes.
    ballot: Ballot,
}

/// Votes as a member.
#[utoipa::path(
    post,
    path = "/api/v1/plan/meetings/{id}/items/{item}/ballot",
    tag = "plan",
    operation_id = "plan_cast_ballot",
    summary = "Vote as a member",
    description = "For members whose account is linked to a seat, who are present and take part in the item, while the vote is open. The last one counts.",
    params(
        ("id" = String, Path, description = "The meeting."),
        ("item" = usize, Path, description = "The number of the item, from 1.")
    ),
    request_body = BallotRequest,
    responses((status = 200, description = "It is taken.", body = MeetingView), WriteProblems)
)]
pub(super) async fn cast(
    State(service): State<PlanService>,
    caller: Caller,
    Path((id, item)): Path<(String, usize)>,
    Json(request): Json<BallotRequest>,
) -> Result<Json<MeetingView>, Problem> {
    service.cast_ballot(&caller, &id, item, request.ballot).await?;
    view(service.meeting(&caller, &id).await?)
}

/// What was done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DoneRequest {
    /// What was done.
    #[schema(min_length = 1, max_length = 4000)]
    pub(super) text: String,
    /// What shows it.
    #[serde(default)]
    pub(super) evidence: Vec<Evidence>,
}

/// Reports what a council told a body to do.
#[utoipa::path(
    post,
    path = "/api/v1/plan/meetings/{id}/items/{item}/report",
    tag = "plan",
    operation_id = "plan_report_assignment",
    summary = "Report what was told to be done",
    description = "For the body that a resolution told to do something.",
    params(
        ("id" = String, Path, description = "The meeting."),
        ("item" = usize, Path, description = "The number of the item, from 1.")
    ),
    request_body = DoneRequest,
    responses((status = 200, description = "It is reported.", body = MeetingView), WriteProblems)
)]
pub(super) async fn report_assignment(
    State(service): State<PlanService>,
    caller: Caller,
    Path((id, item)): Path<(String, usize)>,
    Json(request): Json<DoneRequest>,
) -> Result<Json<MeetingView>, Problem> {
    service.report_assignment(&caller, &id, item, request.text, request.evidence).await?;
    view(service.meeting(&caller, &id).await?)
}
