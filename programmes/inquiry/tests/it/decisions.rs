//! What happens on each order, and what is refused with which article.

use jiff::SignedDuration;
use maru_calendar::ExclusionReason;
use maru_inquiry::domain::{
    Approve, Correction, Destination, Event, GivenGround, Kind, NamedOfficial, Order, Outcome, Receipt, Refusal, Said,
    State,
};

use crate::support::{Play, at, filing, named, number, said, understood};

fn approve(outcome: Outcome) -> Order {
    let text = said("안녕하십니까. 가로등을 고쳤습니다.");
    Order::Approve(Box::new(Approve { outcome, text, sources: Vec::new(), by: named(), grace: SignedDuration::ZERO }))
}

fn refusal() -> Outcome {
    Outcome::Refusal {
        reason: said("조례의 기준에 미치지 못합니다."),
        article: "옥외광고물법 제3조".into(),
        remedy: "60일 안에 이의신청을 할 수 있습니다.".into(),
    }
}

fn extend(ground: GivenGround, consent: bool) -> Order {
    Order::Extend { ground, reason: said("현장을 확인해야 합니다."), consent, by: named() }
}

fn complete(days: u16) -> Order {
    Order::RequestCompletion { what: said("도면을 보내 주세요."), days, by: named() }
}

fn code(result: &Result<Vec<Event>, Refusal>) -> &'static str {
    result.as_ref().unwrap_err().explain().code
}

fn serve_refusal(kind: Kind) -> Play {
    let mut play = Play::new(kind, "2026-11-02T10:00");
    play.give(approve(refusal()), "2026-11-03T10:00").unwrap();
    play.give(Order::Serve, "2026-11-03T10:00").unwrap();
    assert_eq!(play.inquiry.state, State::Refused);
    play
}

#[test]
fn what_is_the_same_matter_is_for_officials_to_say() {
    let pair = |other: Receipt, same: bool, before: Option<bool>| Order::JudgePair {
        other,
        same,
        before,
        official: "oh".into(),
    };
    let (near, far) = (Receipt::draw(2026, [1; 7]), Receipt::draw(2026, [2; 7]));
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    assert_eq!(code(&play.give(pair(near.clone(), false, None), "2026-11-02T10:01")), "wrong-state");
    play.give(Order::Understand(Box::new(understood(&[&near]))), "2026-11-02T10:02").unwrap();
    assert_eq!(code(&play.give(pair(number(), true, None), "2026-11-02T10:03")), "own-number");
    let mut said = |other: &Receipt, same: bool| {
        let events = play.give(pair(other.clone(), same, None), "2026-11-02T10:04").unwrap();
        let [Event::PairJudged { duplicates, .. }] = events.as_slice() else { panic!("{events:?}") };
        *duplicates
    };
    // What the program found counts until somebody takes it away; what people add counts too.
    assert_eq!([said(&far, true), said(&near, true), said(&near, false), said(&far, false)], [2, 2, 1, 0]);
    assert!(play.give(pair(far.clone(), false, Some(false)), "2026-11-02T10:05").unwrap().is_empty());
    // The matter of a case does not end with it.
    play.give(Order::Withdraw { reason: None }, "2026-11-02T10:06").unwrap();
    assert_eq!(play.give(pair(far, true, Some(false)), "2026-11-02T10:07").unwrap().len(), 1);
}

/// 2026-11-02 is a Monday, and November has no holiday.
#[test]
fn each_kind_has_its_period() {
    for (kind, received, due) in [
        (Kind::Immediate, "2026-11-02T10:00", "2026-11-02T14:00:00"),
        (Kind::Question, "2026-11-02T10:00", "2026-11-10T18:00:00"),
        (Kind::Grievance, "2026-11-02T10:00", "2026-11-10T18:00:00"),
        (Kind::LegalQuestion, "2026-11-02T10:00", "2026-11-19T18:00:00"),
        (Kind::Suggestion, "2026-11-02T10:00", "2026-11-19T18:00:00"),
        (Kind::Application, "2026-11-02T10:00", "2026-11-10T18:00:00"),
        (Kind::Immediate, "2026-11-06T16:30", "2026-11-09T10:30:00"),
    ] {
        assert_eq!(Play::new(kind, received).due(), due, "{kind:?} {received}");
    }
}

#[test]
fn a_correction_of_the_kind_moves_the_due_time_from_the_day_of_receipt() {
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    let correction = Correction { kind: Some(Kind::Suggestion), ..Correction::default() };
    play.give(Order::Correct { by: Said::Official, correction }, "2026-11-04T10:00").unwrap();
    assert_eq!(play.due(), "2026-11-19T18:00:00");
    let correction = Correction {
        kind: Some(Kind::Application),
        period: Some(maru_calendar::Period::Days(30)),
        ..Correction::default()
    };
    play.give(Order::Correct { by: Said::Official, correction }, "2026-11-04T10:00").unwrap();
    assert_eq!(play.due(), "2026-12-11T18:00:00");
    assert_eq!(
        code(&play.give(Order::Correct { by: Said::Citizen, correction: Correction::default() }, "2026-11-04T10:00")),
        "empty"
    );
}

#[test]
fn completion_stops_the_clock_for_whole_days_and_can_be_asked_for_twice() {
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    play.give(complete(14), "2026-11-04T15:00").unwrap();
    assert_eq!((play.due().as_str(), play.inquiry.state), ("stands still", State::CompletionRequested));
    assert_eq!(code(&play.give(extend(GivenGround::FactCheck, false), "2026-11-05T10:00")), "clock-stopped");
    for days in [5, 5] {
        play.give(Order::ProlongCompletion { days }, "2026-11-05T10:00").unwrap();
    }
    assert_eq!(code(&play.give(Order::ProlongCompletion { days: 5 }, "2026-11-05T10:00")), "prolongations-exhausted");
    play.give(Order::SupplyCompletion { text: said("도면입니다") }, "2026-11-09T11:00").unwrap();
    // 4, 5, 6 and 9 November do not count: four working days later than the 10th.
    assert_eq!((play.due().as_str(), play.inquiry.state), ("2026-11-16T18:00:00", State::Received));
    assert_eq!(code(&play.give(complete(11), "2026-11-10T10:00")), "days-out-of-bounds");
    play.give(complete(10), "2026-11-10T10:00").unwrap();
    assert!(
        play.give(Order::LapseCompletion, "2026-11-20T23:00").unwrap().is_empty(),
        "the last day is the petitioner's"
    );
    play.give(Order::LapseCompletion, "2026-11-23T09:00").unwrap();
    assert_eq!(play.inquiry.state, State::Received);
    assert_eq!(code(&play.give(complete(5), "2026-11-23T10:00")), "completions-exhausted");
    play.give(Order::Return { reason: said("보완되지 않았습니다"), by: named() }, "2026-11-23T10:00").unwrap();
    assert_eq!(play.inquiry.state, State::Returned);
}

#[test]
fn nothing_is_returned_before_completion_was_asked_for_and_lapsed() {
    let mut play = Play::new(Kind::Application, "2026-11-02T10:00");
    let send_back = || Order::Return { reason: said("서류 부족"), by: named() };
    assert_eq!(code(&play.give(send_back(), "2026-11-03T10:00")), "return-too-early");
    play.give(complete(3), "2026-11-03T10:00").unwrap();
    assert_eq!(code(&play.give(send_back(), "2026-11-04T10:00")), "wrong-state");
}

#[test]
fn a_period_is_extended_once_and_with_consent_twice_on_lawful_grounds_only() {
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    for ground in [GivenGround::Workload, GivenGround::LateAssignment, GivenGround::Absence] {
        let refused = play.give(extend(ground, true), "2026-11-05T10:00").unwrap_err().explain();
        assert_eq!((refused.code, refused.article), ("unlawful-ground", "민원 처리에 관한 법률 시행령 제21조제2항"));
    }
    play.give(extend(GivenGround::FactCheck, false), "2026-11-05T10:00").unwrap();
    assert_eq!(play.due(), "2026-11-19T18:00:00");
    assert_eq!(code(&play.give(extend(GivenGround::Cooperation, false), "2026-11-12T10:00")), "consent-missing");
    play.give(extend(GivenGround::Cooperation, true), "2026-11-12T10:00").unwrap();
    assert_eq!(play.due(), "2026-11-30T18:00:00");
    assert_eq!(code(&play.give(extend(GivenGround::ForceMajeure, true), "2026-11-13T10:00")), "extensions-exhausted");
    let mut late = Play::new(Kind::Question, "2026-11-02T10:00");
    assert_eq!(code(&late.give(extend(GivenGround::FactCheck, false), "2026-11-11T10:00")), "period-passed");
}

#[test]
fn only_a_named_official_decides_and_a_refusal_names_its_remedy() {
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    let nobody = NamedOfficial { name: " ".into(), ..named() };
    let text = said("답변");
    let unsigned =
        Approve { outcome: Outcome::Answer, text, sources: Vec::new(), by: nobody, grace: SignedDuration::ZERO };
    assert_eq!(code(&play.give(Order::Approve(Box::new(unsigned)), "2026-11-03T10:00")), "no-official");
    let bare = Outcome::Refusal { reason: said("안 됩니다"), article: "법 제1조".into(), remedy: String::new() };
    let refused = play.give(approve(bare), "2026-11-03T10:00").unwrap_err().explain();
    assert_eq!((refused.code, refused.article), ("no-remedy", "민원 처리에 관한 법률 제27조제3항"));
    assert_eq!(play.inquiry.state, State::Received, "refusals leave nothing behind");
}

#[test]
fn an_approval_can_be_taken_back_until_it_is_served() {
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    let order = |grace| {
        let text = said("답변입니다");
        let grace = SignedDuration::from_secs(grace);
        Order::Approve(Box::new(Approve { outcome: Outcome::Answer, text, sources: Vec::new(), by: named(), grace }))
    };
    play.give_at(order(10), at("2026-11-03T10:00")).unwrap();
    assert!(play.give_at(Order::Serve, at("2026-11-03T10:00")).unwrap().is_empty(), "the grace still runs");
    let stranger = Order::UndoApproval { official: "somebody".into() };
    assert_eq!(code(&play.give(stranger, "2026-11-03T10:00")), "not-the-approver");
    play.give(Order::UndoApproval { official: "oh".into() }, "2026-11-03T10:00").unwrap();
    assert_eq!(play.inquiry.state, State::Received);
    assert!(play.give(Order::Serve, "2026-11-03T11:00").unwrap().is_empty(), "there is nothing to serve");
    play.give(order(10), "2026-11-03T12:00").unwrap();
    let served = play.give(Order::Serve, "2026-11-03T12:01").unwrap();
    assert_eq!(served, [Event::Answered { in_time: true }]);
    assert_eq!(code(&play.give(Order::UndoApproval { official: "oh".into() }, "2026-11-03T12:02")), "served-already");
    assert!(play.give(Order::Serve, "2026-11-03T12:02").unwrap().is_empty());
}

#[test]
fn an_answer_after_the_due_time_is_late() {
    let mut play = Play::new(Kind::Immediate, "2026-11-02T10:00");
    play.give(approve(Outcome::Answer), "2026-11-02T14:01").unwrap();
    assert_eq!(play.give(Order::Serve, "2026-11-02T14:01").unwrap(), [Event::Answered { in_time: false }]);
}

#[test]
fn a_refused_application_can_be_contested_for_sixty_days_and_is_decided_in_ten_and_ten() {
    let mut play = serve_refusal(Kind::Application);
    assert_eq!(play.inquiry.object_until.unwrap().to_string(), "2027-01-04", "the 2nd is a Saturday");
    let late = play.clone().give(Order::Object { text: said("다시 봐 주세요") }, "2027-01-05T09:00").unwrap_err();
    assert_eq!(late.explain().article, "민원 처리에 관한 법률 제35조제1항");
    play.give(Order::Object { text: said("다시 봐 주세요") }, "2026-11-09T10:00").unwrap();
    assert_eq!(play.due(), "2026-11-20T18:00:00");
    let put_off = || Order::ExtendObjection { reason: said("현장을 다시 봅니다"), by: named() };
    play.give(put_off(), "2026-11-10T10:00").unwrap();
    assert_eq!(play.due(), "2026-12-04T18:00:00");
    assert_eq!(code(&play.give(put_off(), "2026-11-11T10:00")), "objection-extended");
    let decided = Order::DecideObjection { upheld: false, text: said("기각합니다"), by: named() };
    play.give(decided, "2026-11-20T10:00").unwrap();
    assert_eq!(play.inquiry.state, State::Refused);
    assert_eq!(code(&play.give(Order::Object { text: said("또") }, "2026-11-21T10:00")), "wrong-state");
}

#[test]
fn other_refusals_know_no_objection_under_the_act() {
    let mut play = serve_refusal(Kind::Grievance);
    let refused = play.give(Order::Object { text: said("다시") }, "2026-11-09T10:00").unwrap_err().explain();
    assert_eq!((refused.code, refused.article), ("wrong-kind", "민원 처리에 관한 법률 제35조제1항"));
    assert!(refused.remedy.korean.contains("국민권익위원회"));
}

#[test]
fn passing_on_has_its_short_clocks() {
    let to = |department: &str| Destination::Department { department: department.into() };
    let pass = |to| Order::Pass { to, reason: said("교통행정과의 일입니다"), by: named() };
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    assert_eq!(code(&play.give(pass(to("civil")), "2026-11-02T10:10")), "same-department");
    let until = |events: &[Event]| match &events[0] {
        Event::Passed { pass_by, article, .. } => (maru_calendar::seoul(*pass_by).to_string(), article.clone()),
        other => panic!("{other:?}"),
    };
    let events = play.give(pass(to("roads")), "2026-11-02T11:30").unwrap();
    assert_eq!(until(&events).0, "2026-11-02T11:00:00", "one hour from the reception");
    let events = play.give(pass(to("water")), "2026-11-02T15:00").unwrap();
    assert_eq!(until(&events).0, "2026-11-02T15:30:00", "three hours within the agency, lunch left out");
    let events = play.give(pass(Destination::Agency { agency: "마루경찰서".into() }), "2026-11-02T16:00").unwrap();
    let (until, article) = until(&events);
    assert_eq!((until.as_str(), article.as_str()), ("2026-11-03T15:00:00", "민원 처리에 관한 법률 시행령 제13조제3항"));
    assert_eq!(play.inquiry.state, State::Transferred);
    assert_eq!(code(&play.give(approve(Outcome::Answer), "2026-11-03T10:00")), "wrong-state");
}

#[test]
fn outages_do_not_count_and_surveys_only_for_grievances() {
    let mut play = Play::new(Kind::Immediate, "2026-11-02T09:00");
    let exclude = |reason, from: &str, until: &str| Order::ExcludeTime { reason, from: at(from), until: at(until) };
    play.give(exclude(ExclusionReason::Outage, "2026-11-02T09:30", "2026-11-02T10:30"), "2026-11-02T11:00").unwrap();
    assert_eq!(play.due(), "2026-11-02T14:00:00");
    let survey = |from: &str, until: &str| exclude(ExclusionReason::FieldSurvey, from, until);
    assert_eq!(code(&play.give(survey("2026-11-02T09:30", "2026-11-02T10:30"), "2026-11-02T11:00")), "wrong-kind");
    for (from, until) in [
        ("2026-11-01T09:00", "2026-11-02T09:30"),
        ("2026-11-02T10:00", "2026-11-02T12:00"),
        ("2026-11-02T10:00", "2026-11-02T09:00"),
    ] {
        let order = exclude(ExclusionReason::Outage, from, until);
        assert_eq!(code(&play.give(order, "2026-11-02T11:00")), "wrong-interval");
    }
    let mut grievance = Play::new(Kind::Grievance, "2026-11-02T09:00");
    assert_eq!(
        code(&grievance.give(survey("2026-11-03T09:00", "2026-11-18T09:00"), "2026-11-18T10:00")),
        "survey-too-long"
    );
    grievance.give(survey("2026-11-03T09:00", "2026-11-17T09:00"), "2026-11-18T10:00").unwrap();
    assert_eq!(
        code(&grievance.give(survey("2026-11-17T09:00", "2026-11-24T10:00"), "2026-11-25T10:00")),
        "survey-too-long"
    );
}

#[test]
fn a_notice_of_progress_goes_out_every_thirty_days_once() {
    let mut play = Play::new(Kind::Application, "2026-11-02T10:00");
    let notice = |number| Order::NoticeProgress { number };
    assert!(play.give(notice(1), "2026-12-01T09:00").unwrap().is_empty(), "a day early");
    assert_eq!(play.give(notice(1), "2026-12-02T09:00").unwrap().len(), 1);
    assert!(play.give(notice(1), "2026-12-02T09:01").unwrap().is_empty(), "the job came twice");
    assert!(play.give(notice(3), "2027-02-01T09:00").unwrap().is_empty());
    assert_eq!(play.give(notice(2), "2027-01-04T09:00").unwrap().len(), 1);
}

#[test]
fn repeated_petitions_are_closed_after_two_answers_and_never_applications() {
    let close =
        |earlier: Vec<Receipt>| Order::CloseAsRepeated { earlier, reason: said("같은 내용입니다"), by: named() };
    let earlier = |seed: u8| Receipt::draw(2026, [seed; 7]);
    let mut play = Play::new(Kind::Grievance, "2026-11-02T10:00");
    for few in [vec![], vec![earlier(1)], vec![earlier(1), earlier(1)], vec![earlier(1), number()]] {
        assert_eq!(code(&play.give(close(few), "2026-11-03T10:00")), "not-repeated");
    }
    play.give(close(vec![earlier(1), earlier(2)]), "2026-11-03T10:00").unwrap();
    assert_eq!(play.inquiry.state, State::Closed);
    let mut application = Play::new(Kind::Application, "2026-11-02T10:00");
    assert_eq!(code(&application.give(close(vec![earlier(1), earlier(2)]), "2026-11-03T10:00")), "wrong-kind");
}

#[test]
fn ratings_come_once_after_the_answer() {
    let rate = |stars| Order::Rate { stars, comment: None };
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    assert_eq!(code(&play.give(rate(5), "2026-11-03T10:00")), "wrong-state");
    play.give(approve(Outcome::Answer), "2026-11-03T10:00").unwrap();
    play.give(Order::Serve, "2026-11-03T10:00").unwrap();
    for stars in [0, 6] {
        assert_eq!(code(&play.give(rate(stars), "2026-11-03T11:00")), "stars-out-of-bounds");
    }
    play.give(rate(4), "2026-11-03T11:00").unwrap();
    assert_eq!(code(&play.give(rate(5), "2026-11-03T12:00")), "rated-already");
}

#[test]
fn what_is_open_is_not_erased_and_what_is_erased_stays_so() {
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    assert_eq!(code(&play.give(Order::Erase, "2026-11-03T10:00")), "still-open");
    play.give(Order::Withdraw { reason: None }, "2026-11-03T10:00").unwrap();
    play.give(Order::Erase, "2026-11-03T11:00").unwrap();
    assert!(play.give(Order::Erase, "2026-11-03T12:00").unwrap().is_empty());
    assert_eq!(
        code(&play.give(Order::Note { text: said("메모").original, official: "oh".into() }, "2026-11-03T12:00")),
        "erased"
    );
}

#[test]
fn two_editors_do_not_overwrite_each_other() {
    let edit = |seen| Order::EditDraft { text: said("글").original, seen, official: "oh".into() };
    let mut play = Play::new(Kind::Question, "2026-11-02T10:00");
    play.give(edit(Some(0)), "2026-11-03T10:00").unwrap();
    assert_eq!(code(&play.give(edit(Some(0)), "2026-11-03T10:01")), "edited-meanwhile");
    play.give(edit(Some(1)), "2026-11-03T10:02").unwrap();
    play.give(edit(None), "2026-11-03T10:03").unwrap();
}

#[test]
fn every_refusal_says_why_and_what_to_do_in_both_languages() {
    let all = [
        Refusal::Unknown,
        Refusal::ReceiptTaken,
        Refusal::WrongState { state: State::Closed },
        Refusal::Empty { ko: "제목", en: "title" },
        Refusal::TooLong { limit: 5 },
        Refusal::WrongKind { article: "x" },
        Refusal::EditedMeanwhile,
        Refusal::NoOfficial,
        Refusal::NoRemedy,
        Refusal::UnlawfulGround,
        Refusal::ConsentMissing,
        Refusal::ExtensionsExhausted,
        Refusal::PeriodPassed,
        Refusal::ClockStopped,
        Refusal::Days { least: 1, most: 2, article: "x" },
        Refusal::ProlongationsExhausted,
        Refusal::CompletionsExhausted,
        Refusal::NoCompletion,
        Refusal::ReturnTooEarly,
        Refusal::SameDepartment,
        Refusal::WrongInterval,
        Refusal::SurveyTooLong,
        Refusal::ServedAlready,
        Refusal::NotTheApprover,
        Refusal::NotRepeated,
        Refusal::ObjectionTooLate { until: "2026-11-02".parse().unwrap() },
        Refusal::ObjectionExtended,
        Refusal::Stars,
        Refusal::RatedAlready,
        Refusal::Erased,
        Refusal::StillOpen,
        Refusal::Calendar { reason: "x".into() },
    ];
    let mut codes = std::collections::BTreeSet::new();
    for refusal in all {
        let explained = refusal.explain();
        assert!(codes.insert(explained.code), "{}", explained.code);
        for text in [&explained.reason.korean, &explained.reason.english] {
            assert!(text.chars().count() > 8, "{text}");
        }
        assert!(!explained.remedy.korean.is_empty() && !explained.remedy.english.is_empty());
        assert!(
            explained.reason.korean.chars().any(|letter| ('가'..='힣').contains(&letter)),
            "{}",
            explained.reason.korean
        );
    }
}

#[test]
fn empty_and_overlong_texts_are_not_taken_in() {
    let mut empty = filing(Kind::Question);
    empty.text = said("  ");
    let mut play = Play { inquiry: maru_inquiry::domain::Inquiry::default(), calendar: crate::support::calendar() };
    assert_eq!(code(&play.give(Order::Receive(Box::new(empty)), "2026-11-02T10:00")), "empty");
    let mut long = filing(Kind::Question);
    long.text = said(&"가".repeat(20_001));
    assert_eq!(code(&play.give(Order::Receive(Box::new(long)), "2026-11-02T10:00")), "too-long");
    assert_eq!(code(&play.give(Order::Serve, "2026-11-02T10:00")), "unknown-inquiry");
}
