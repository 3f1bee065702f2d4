//! What happened, in plain words, for the petitioner and for officials.

use jiff::Timestamp;
use maru_calendar::{date_en, date_ko, seoul};
use maru_ledger::RecordedEvent;
use serde::Serialize;
use utoipa::ToSchema;

use super::event_of;
use crate::{
    agency::Agency,
    domain::{Deadline, Destination, Event, NamedOfficial, Outcome, Said, Statement},
};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The petitioner: own words as they were written; nothing internal.
    Citizen,
    /// An official: everything, words masked.
    Official,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What, as the event is called: `received`, `extended`, …
    pub kind: String,
    /// What, in Korean.
    pub ko: String,
    /// What, in English.
    pub en: String,
    /// Words that belong to it: a reason, a request, a comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Who: an official's name and department, or an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The article that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

/// What happened, oldest first. What cannot be understood (an event of a newer version) is left out.
pub fn timeline(events: &[RecordedEvent], audience: Audience, agency: &Agency) -> Vec<TimelineEntry> {
    let writer = Writer { audience, agency };
    events
        .iter()
        .filter_map(|recorded| {
            let event = event_of(recorded).ok()?;
            let said = writer.say(&event)?;
            Some(TimelineEntry {
                at: recorded.at,
                kind: recorded.kind.clone(),
                ko: said.ko,
                en: said.en,
                words: said.words,
                by: said.by,
                article: said.article.map(str::to_owned),
            })
        })
        .collect()
}

struct Writer<'a> {
    audience: Audience,
    agency: &'a Agency,
}

/// An entry in the making.
struct Sentence {
    ko: String,
    en: String,
    words: Option<String>,
    by: Option<String>,
    article: Option<&'static str>,
}

fn sentence(ko: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { ko: ko.into(), en: en.into(), words: None, by: None, article: None }
}

impl Sentence {
    fn words(mut self, words: String) -> Self {
        self.words = Some(words);
        self
    }

    fn by(mut self, official: &NamedOfficial) -> Self {
        self.by = Some(format!("{} {}", official.department_name, official.name).trim().to_owned());
        self
    }

    fn account(mut self, account: &str) -> Self {
        self.by = Some(account.to_owned());
        self
    }

    fn article(mut self, article: &'static str) -> Self {
        self.article = Some(article);
        self
    }
}

impl Writer<'_> {
    fn shown(&self, statement: &Statement) -> String {
        match self.audience {
            Audience::Citizen => statement.words().to_owned(),
            Audience::Official => statement.masked.clone(),
        }
    }

    fn internal(&self, entry: Sentence) -> Option<Sentence> {
        (self.audience == Audience::Official).then_some(entry)
    }

    #[expect(clippy::too_many_lines, reason = "one table: each event with its words side by side")]
    fn say(&self, event: &Event) -> Option<Sentence> {
        Some(match event {
            Event::Received { deadline, .. } => {
                let (ko, en) = due(*deadline);
                sentence(format!("문의가 접수되었습니다.{ko}"), format!("Your inquiry was received.{en}"))
                    .article("민원 처리에 관한 법률 제9조")
            }
            Event::Understood { department, .. } => {
                let (ko, en) = self.agency.department_names(department);
                sentence(
                    format!("자동 분류로 담당 부서를 정했습니다: {ko}"),
                    format!("Sorted automatically; the department in charge is: {en}"),
                )
            }
            Event::Corrected { by, deadline, .. } => {
                let (ko, en) = match by {
                    Said::Citizen => {
                        ("민원인이 분류를 바로잡았습니다.", "The petitioner corrected the classification.")
                    }
                    _ => ("담당자가 분류를 바로잡았습니다.", "An official corrected the classification."),
                };
                let (due_ko, due_en) = due(*deadline);
                sentence(format!("{ko}{due_ko}"), format!("{en}{due_en}"))
            }
            Event::PairJudged { other, same, official, .. } => {
                let entry = if *same {
                    sentence(
                        format!("{other} 문의와 같은 사안이라고 적었습니다."),
                        format!("Noted: the same matter as {other}."),
                    )
                } else {
                    sentence(
                        format!("{other} 문의와 같은 사안이 아니라고 적었습니다."),
                        format!("Noted: not the same matter as {other}."),
                    )
                };
                return self.internal(entry.account(official));
            }
            Event::Assigned { official } => {
                return self.internal(sentence("담당자를 정했습니다.", "An official was assigned.").account(official));
            }
            Event::Passed { to, reason, by, .. } => {
                let (ko, en) = match to {
                    Destination::Department { department } => self.agency.department_names(department),
                    Destination::Agency { agency } => (agency.clone(), agency.clone()),
                };
                sentence(
                    format!("업무를 맡은 곳으로 옮겨 보냈습니다(이송): {ko}"),
                    format!("Passed to where it belongs: {en}"),
                )
                .words(self.shown(reason))
                .by(by)
                .article("민원 처리에 관한 법률 제16조")
            }
            Event::Drafted { draft } => {
                return self.internal(sentence(
                    format!("인공지능이 답변 초안을 썼습니다({}).", draft.composer),
                    format!("Artificial intelligence drafted an answer ({}).", draft.composer),
                ));
            }
            Event::DraftAbsent { ko, en } => return self.internal(sentence(ko.clone(), en.clone())),
            Event::DraftEdited { official, .. } => {
                return self.internal(
                    sentence("담당자가 답변을 고쳤습니다.", "An official edited the answer.").account(official),
                );
            }
            Event::CompletionRequested { what, until, by, .. } => sentence(
                format!("{}까지 보완을 요청했습니다. 그동안 처리기간은 멈춥니다.", date_ko(*until)),
                format!("You are asked for what is missing, until {}. The clock stands still.", date_en(*until)),
            )
            .words(self.shown(what))
            .by(by)
            .article("민원 처리에 관한 법률 제22조제1항"),
            Event::CompletionProlonged { until } => sentence(
                format!("보완 기한을 {}까지 늘렸습니다.", date_ko(*until)),
                format!("The time to send what is missing was prolonged until {}.", date_en(*until)),
            )
            .article("민원 처리에 관한 법률 시행령 제24조제2항"),
            Event::CompletionSupplied { text, deadline, .. } => {
                let (ko, en) = due(*deadline);
                sentence(
                    format!("보완 자료가 도착해 처리기간이 다시 시작되었습니다.{ko}"),
                    format!("What was missing arrived; the clock runs again.{en}"),
                )
                .words(self.shown(text))
            }
            Event::CompletionLapsed { deadline, .. } => {
                let (ko, en) = due(*deadline);
                sentence(
                    format!("보완 기한이 지나 처리기간이 다시 시작되었습니다.{ko}"),
                    format!("The time to send what is missing has passed; the clock runs again.{en}"),
                )
                .article("민원 처리에 관한 법률 시행령 제24조제3항")
            }
            Event::Returned { reason, by } => {
                sentence("보완되지 않아 서류를 돌려보냈습니다(반려).", "Returned, since it was not completed.")
                    .words(self.shown(reason))
                    .by(by)
                    .article("민원 처리에 관한 법률 시행령 제25조제1항")
            }
            Event::Extended { reason, by, deadline, .. } => {
                let (ko, en) = due(*deadline);
                sentence(format!("처리기간을 연장했습니다.{ko}"), format!("The period was extended.{en}"))
                    .words(self.shown(reason))
                    .by(by)
                    .article("민원 처리에 관한 법률 시행령 제21조")
            }
            Event::TimeExcluded { reason, deadline, .. } => {
                let (ko, en) = due(*deadline);
                sentence(
                    format!("처리기간에 넣지 않는 시간이 있었습니다: {}.{ko}", reason.korean()),
                    format!("Some time does not count: {}.{en}", reason.english()),
                )
                .article(reason.article())
            }
            Event::DeadlineMoved { before, deadline } => {
                if *before == deadline.due {
                    return None;
                }
                let (ko, en) = due(*deadline);
                sentence(
                    format!("공휴일이 새로 정해져 기한이 바뀌었습니다.{ko}"),
                    format!("A public holiday was announced, which moves the due time.{en}"),
                )
                .article("민원 처리에 관한 법률 제19조")
            }
            Event::ProgressNoticed { number } => sentence(
                format!(
                    "접수한 지 {}일이 되어 처리 상황을 알려 드립니다. 아직 처리하고 있습니다.",
                    number.saturating_mul(30)
                ),
                format!(
                    "{} days have passed since the receipt. We are still working on it.",
                    number.saturating_mul(30)
                ),
            )
            .article("민원 처리에 관한 법률 시행령 제23조"),
            Event::DueSoonWarned => {
                return self.internal(sentence("처리기한이 다가왔습니다.", "The due time is near."));
            }
            Event::Approved { approval } => {
                let entry = match approval.outcome {
                    Outcome::Answer => sentence("담당자가 답변을 승인했습니다.", "An official approved the answer."),
                    Outcome::Refusal { .. } => {
                        sentence("담당자가 거부 통지를 승인했습니다.", "An official approved the refusal.")
                    }
                };
                return self.internal(entry.by(&approval.by));
            }
            Event::ApprovalUndone { official, .. } => {
                return self
                    .internal(sentence("승인을 되돌렸습니다.", "The approval was taken back.").account(official));
            }
            Event::Answered { .. } => {
                sentence("답변을 보냈습니다.", "The answer was sent.").article("민원 처리에 관한 법률 제27조제1항")
            }
            Event::Refused { object_until, .. } => {
                let (ko, en) = object_until.map_or_else(Default::default, |until| {
                    (
                        format!(" {}까지 이의신청을 할 수 있습니다.", date_ko(until)),
                        format!(" You can object until {}.", date_en(until)),
                    )
                });
                sentence(
                    format!("받아들이지 못하는 이유와 다툴 방법을 보냈습니다.{ko}"),
                    format!("A refusal was sent, with its reason and remedy.{en}"),
                )
                .article("민원 처리에 관한 법률 제27조제3항")
            }
            Event::Withdrawn { reason } => {
                let entry = sentence("문의를 취하했습니다.", "The inquiry was withdrawn.")
                    .article("민원 처리에 관한 법률 제22조제2항");
                match reason {
                    Some(reason) => entry.words(self.shown(reason)),
                    None => entry,
                }
            }
            Event::Closed { reason, by, .. } => {
                sentence("반복된 문의여서 종결했습니다.", "Closed as a repeated petition.")
                    .words(self.shown(reason))
                    .by(by)
                    .article("민원 처리에 관한 법률 제23조제1항")
            }
            Event::Objected { text, deadline, .. } => {
                let (ko, en) = due(*deadline);
                sentence(format!("이의신청을 받았습니다.{ko}"), format!("An objection was received.{en}"))
                    .words(self.shown(text))
                    .article("민원 처리에 관한 법률 제35조제1항")
            }
            Event::ObjectionExtended { reason, deadline, by } => {
                let (ko, en) = due(*deadline);
                sentence(
                    format!("이의신청의 결정을 한 번 미뤘습니다.{ko}"),
                    format!("The decision on the objection was put off once.{en}"),
                )
                .words(self.shown(reason))
                .by(by)
                .article("민원 처리에 관한 법률 제35조제2항")
            }
            Event::ObjectionDecided { upheld, text, by, .. } => {
                let entry = if *upheld {
                    sentence("이의신청을 받아들였습니다.", "The objection was upheld.")
                } else {
                    sentence("이의신청을 받아들이지 않았습니다.", "The objection was not upheld.")
                };
                entry.words(self.shown(text)).by(by).article("민원 처리에 관한 법률 제35조제2항")
            }
            Event::Rated { stars, comment } => {
                let entry = sentence(format!("만족도를 평가했습니다: 5점에 {stars}점"), format!("Rated: {stars} of 5"));
                match comment {
                    Some(comment) => entry.words(self.shown(comment)),
                    None => entry,
                }
            }
            Event::Noted { official, .. } => {
                return self.internal(sentence("메모를 남겼습니다.", "A note was made.").account(official));
            }
            Event::PersonalDataRead { reason, official } => {
                sentence("담당자가 개인정보 원문을 보았습니다.", "An official saw the personal data in the original.")
                    .words(reason.clone())
                    .account(official)
                    .article("개인정보 보호법 제29조")
            }
            Event::PersonErased => sentence(
                "개인정보를 파기했습니다. 글의 원문은 누구도 다시 볼 수 없습니다.",
                "The personal data were erased. Nobody can read the original words again.",
            )
            .article("개인정보 보호법 제21조"),
        })
    }
}

fn due(deadline: Deadline) -> (String, String) {
    let Some(due) = deadline.due else { return (String::new(), String::new()) };
    let civil = seoul(due);
    let time = civil.time().strftime("%H:%M").to_string();
    (
        format!(" 기한은 {} {time}입니다.", date_ko(civil.date())),
        format!(" It is due on {} at {time}.", date_en(civil.date())),
    )
}
