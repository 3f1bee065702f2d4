//! How refusals read: reason, article, remedy, in both languages.

use maru_web::Explained;

use super::refusals::{LONGEST_WORDS, Refusal};

impl Refusal {
    pub(super) fn explain_form(&self) -> Explained {
        match self {
            Self::Exists => Explained::exists(),
            Self::Empty { ko, en } => Explained::empty(ko, en),
            Self::TooLong => Explained::too_long(LONGEST_WORDS),
            Self::UnknownBenefit { id } => Explained::new(
                "unknown-benefit",
                (format!("‘{id}’(이)라는 급여가 없습니다."), format!("No benefit is called “{id}”.")),
                "",
                ("급여 이름을 확인해 주십시오.", "Check the name of the benefit."),
            ),
            Self::MemberCount { most } => Explained::new(
                "member-count",
                (
                    format!("가구원은 1명에서 {most}명까지 적을 수 있습니다."),
                    format!("A household has 1 to {most} people."),
                ),
                "",
                ("가구원 수를 확인해 주십시오.", "Check the people of the household."),
            ),
            Self::MemberName => Explained::new(
                "member-name",
                (
                    "가구원의 번호가 비었거나 겹치거나, 부부에 없는 사람이 있습니다.",
                    "A member's number is empty or stands twice, or a couple names somebody who is not there.",
                ),
                "",
                ("가구원 번호를 확인해 주십시오.", "Check the numbers of the members."),
            ),
            Self::Future { day } => Explained::new(
                "wrong-side-of-today",
                (format!("{day}은(는) 쓸 수 없는 날짜입니다."), format!("{day} cannot be used here.")),
                "",
                ("날짜를 확인해 주십시오.", "Check the date."),
            ),
            Self::Backwards => Explained::new(
                "backwards",
                ("끝나는 날이 시작하는 날보다 빠릅니다.", "The end lies before the beginning."),
                "",
                ("두 날짜를 확인해 주십시오.", "Check both dates."),
            ),
            Self::OfferWithoutNeed => Explained::new(
                "offer-without-need",
                (
                    "신청을 도운 결과는 ‘신청함’ 또는 ‘원하지 않음’입니다.",
                    "An offer to apply is taken up or turned down.",
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제9조의2제2항",
                (
                    "도움이 필요하지 않았다면 방문이나 전화의 결과로 적어 주십시오.",
                    "If the household was not in need, record that as the outcome of the visit or the call.",
                ),
            ),
            Self::Amount => Explained::new(
                "amount",
                ("금액이나 기간이 맞지 않습니다.", "The amount or its months cannot be so."),
                "",
                ("금액을 확인해 주십시오.", "Check the amount."),
            ),
            _ => Explained::new(
                "unknown",
                ("찾는 것이 없습니다.", "There is no such thing."),
                "",
                ("번호를 확인해 주십시오.", "Check the number."),
            ),
        }
    }

    pub(super) fn explain_standing(&self) -> Explained {
        match self {
            Self::Duplicate { agency } => Explained::new(
                "duplicate",
                (
                    format!("같은 급여를 이미 {agency}에서 받고 있습니다."),
                    format!("The same benefit is received from {agency} already."),
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제9조제1항",
                (
                    "그 기관의 급여가 끝났으면 가구 정보를 새로 불러온 뒤 다시 확인해 주십시오.",
                    "If that award has ended, bring the household's record up to date and confirm again.",
                ),
            ),
            _ => Explained::new(
                "not-now",
                (
                    "지금 단계에서는 할 수 없습니다. 그 사이에 다른 처리가 있었을 수 있습니다.",
                    "This cannot be done where the proposal stands now. Somebody may have acted meanwhile.",
                ),
                "",
                ("화면을 새로 열어 지금 상태를 확인해 주십시오.", "Open the page again and look where it stands."),
            ),
        }
    }

    pub(super) fn explain_review(&self) -> Explained {
        match self {
            Self::DisputedAlready => Explained::new(
                "disputed-already",
                ("이 항목은 이미 바로잡아 달라고 요청하셨습니다.", "You asked to correct this item already."),
                "개인정보 보호법 제36조",
                ("답을 기다려 주십시오.", "Wait for the answer."),
            ),
            Self::AnsweredAlready => Explained::new(
                "answered-already",
                ("이미 답했습니다.", "It was answered already."),
                "",
                ("답을 확인해 주십시오.", "Read the answer."),
            ),
            Self::PeriodPassed { due } => Explained::new(
                "period-passed",
                (format!("이의신청 기간이 {due}에 끝났습니다."), format!("The period to object ended on {due}.")),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제1항",
                (
                    "정당한 사유로 늦었다면 사유가 끝난 날부터 60일 안에 창구에 알려 주십시오. 행정심판과 행정소송도 할 수 있습니다.",
                    "If you were late for a good reason, tell the counter within 60 days of its end. Administrative appeal and litigation stay open.",
                ),
            ),
            Self::ObjectionOpen => Explained::new(
                "objection-open",
                ("이의신청을 이미 심사하고 있습니다.", "An objection is being decided already."),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제2항",
                ("결정을 기다려 주십시오.", "Wait for the decision."),
            ),
            Self::ReviewOpen => Explained::new(
                "review-open",
                ("담당자가 이미 다시 살펴보고 있습니다.", "A person is looking at it already."),
                "개인정보 보호법 시행령 제44조의3제5항",
                ("답을 기다려 주십시오.", "Wait for the answer."),
            ),
            Self::EvidenceKept { until } => Explained::new(
                "evidence-kept",
                (format!("증거로 {until}까지 보관합니다."), format!("It is kept as evidence until {until}.")),
                "인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 제34조제1항",
                ("그 뒤에는 저절로 지워집니다.", "It is forgotten by itself afterwards."),
            ),
            Self::ObjectionExtended => Explained::new(
                "objection-extended",
                (
                    "이의신청의 결정을 한 번 미뤘으므로 더 미룰 수 없습니다.",
                    "The decision on the objection was put off once and cannot be put off again.",
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제2항",
                ("미룬 기한까지 결정해 주십시오.", "Decide it by the day to which it was put off."),
            ),
            Self::NoMoreTime => Explained::new(
                "no-more-time",
                (
                    "답을 두 번 미뤘으므로 더 미룰 수 없습니다.",
                    "The answer was put off twice and cannot be put off again.",
                ),
                "개인정보 보호법 시행령 제44조의3제5항",
                ("지금 답해 주십시오.", "Answer now."),
            ),
            Self::SamePerson => Explained::new(
                "same-person",
                (
                    "처음 결정한 담당자는 다시 살펴볼 수 없습니다.",
                    "Who decided first cannot be the one who looks again.",
                ),
                "",
                ("다른 담당자가 처리해 주십시오.", "Let another official do it."),
            ),
            Self::Calendar { reason } => Explained::new(
                "calendar",
                (
                    "그 날짜까지의 공휴일이 정해지지 않았습니다.",
                    format!("The table of holidays does not reach so far: {reason}"),
                ),
                "",
                ("공휴일 표를 새로 받아 주십시오.", "Bring the table of holidays up to date."),
            ),
            _ => Explained::new(
                "nothing-open",
                ("답을 기다리는 요청이 없습니다.", "Nothing waits for an answer."),
                "",
                ("화면을 새로 열어 확인해 주십시오.", "Open the page again."),
            ),
        }
    }

    pub(super) fn explain_application(&self) -> Explained {
        match self {
            Self::AppliedAlready => Explained::new(
                "applied-already",
                ("이미 신청하셨습니다.", "It was applied for already."),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 시행령 제6조제1항",
                ("결정을 기다려 주십시오.", "Wait for the decision."),
            ),
            Self::ApplicationExtended => Explained::new(
                "application-extended",
                (
                    "결정을 한 번 미뤘으므로 더 미룰 수 없습니다.",
                    "The decision was put off once and cannot be put off again.",
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 시행령 제6조제2항",
                ("신청일부터 60일 안에 결정해 주십시오.", "Decide within 60 days of the application."),
            ),
            Self::NotRepresenting => Explained::new(
                "not-representing",
                (
                    "그 사람은 지금 이 가구원을 대신하지 않거나 대신 동의할 권한이 없습니다.",
                    "That person does not act for this member now, or has no power to consent.",
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제1항·제2항",
                (
                    "누가 어떤 근거로 대신하는지 먼저 적어 주십시오. 친족과 보호자는 신청할 수 있지만 대신 동의할 수는 없습니다.",
                    "Write down first who acts, and on what ground. Relatives and carers may apply, not consent.",
                ),
            ),
            Self::NoReport => Explained::new(
                "no-report",
                ("확인할 직권 신청 보고가 없습니다.", "No report of an application ex officio waits."),
                "",
                ("화면을 새로 열어 확인해 주십시오.", "Open the page again."),
            ),
            _ => Explained::new(
                "no-application",
                ("결정을 기다리는 신청이 없습니다.", "No application waits for a decision."),
                "",
                ("화면을 새로 열어 확인해 주십시오.", "Open the page again."),
            ),
        }
    }

    pub(super) fn explain_payment(&self) -> Explained {
        match self {
            Self::EmptyRun => Explained::new(
                "empty-run",
                ("이 지급에는 지급할 건이 없습니다.", "The run holds no payments."),
                "",
                (
                    "지급할 달과, 받을 사람의 계좌가 있는지 확인해 주십시오.",
                    "Check the month, and whether accounts are known to which money can go.",
                ),
            ),
            Self::Account { fault } => Explained::new(
                "account",
                (format!("{}.", fault.words().0), format!("This cannot be used: {}.", fault.words().1)),
                "국민기초생활 보장법 제27조의2제1항",
                (
                    "통장이나 은행 앱에서 은행, 계좌번호, 예금주를 확인해 주십시오.",
                    "Check bank, number and holder in your passbook or your bank's app.",
                ),
            ),
            Self::FourEyes => Explained::new(
                "four-eyes",
                ("지급을 만든 사람은 승인할 수 없습니다.", "Who prepared a payment run cannot release it."),
                "지방회계법 제32조, 국고금 관리법 제27조",
                ("다른 담당자가 승인해 주십시오.", "Let somebody else release it."),
            ),
            Self::OtherFile => Explained::new(
                "other-file",
                ("살펴본 파일과 지금 파일이 다릅니다.", "The file is not the one that was looked at."),
                "",
                ("합계와 파일을 다시 확인해 주십시오.", "Look at the totals and the file again."),
            ),
            Self::CutOff { execution } => Explained::new(
                "cut-off",
                (
                    format!("{execution} 지급분의 은행 마감 시각이 지났습니다."),
                    format!("The bank takes nothing more for {execution}."),
                ),
                "",
                ("다음 은행 영업일로 지급일을 정해 주십시오.", "Choose the next banking day."),
            ),
            Self::PaidAlready { month, run } => Explained::new(
                "paid-already",
                (
                    format!("{month} 지급분은 이미 지급 {run}에 들어 있습니다."),
                    format!("The payment for {month} stands in the run {run} already."),
                ),
                "",
                ("그 지급을 확인해 주십시오.", "Look at that run."),
            ),
            Self::NothingDue { month } => Explained::new(
                "nothing-due",
                (format!("{month}에 지급할 금액이 없습니다."), format!("Nothing is due for {month}.")),
                "",
                ("지급할 달을 확인해 주십시오.", "Check the month."),
            ),
            _ => Explained::new(
                "run-not-now",
                ("지금 단계에서는 할 수 없는 지급 처리입니다.", "The run has come further, or not so far."),
                "",
                ("화면을 새로 열어 확인해 주십시오.", "Open the page again."),
            ),
        }
    }

    pub(super) fn explain_recovery(&self) -> Explained {
        match self {
            Self::RecoveryTooSoon { days } => Explained::new(
                "too-soon",
                (
                    format!("납부기한은 알린 날부터 {days}일 이상이어야 합니다."),
                    format!("There must be at least {days} days to pay."),
                ),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 시행령 제11조제2항·제3항",
                ("더 늦은 날을 적어 주십시오.", "Choose a later day."),
            ),
            Self::Instalments { most } => Explained::new(
                "instalments",
                (format!("1회에서 {most}회까지 나눌 수 있습니다."), format!("Choose 1 to {most} instalments.")),
                "",
                ("횟수를 확인해 주십시오.", "Check the number."),
            ),
            Self::NoWaiver => Explained::new(
                "no-waiver",
                ("부정한 방법으로 받은 급여는 면제할 수 없습니다.", "What was got by fraud cannot be waived."),
                "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제22조제1항·제2항",
                ("나누어 내는 방법을 정해 주십시오.", "Agree on instalments."),
            ),
            _ => Explained::new(
                "recovery-done",
                ("더 돌려받을 금액이 없습니다.", "Nothing is left to be paid back."),
                "",
                ("기록을 확인해 주십시오.", "Look at the record."),
            ),
        }
    }
}
