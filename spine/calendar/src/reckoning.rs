//! When a petition must be answered, and why: periods, times not counted, extensions.

use jiff::{
    ToSpan,
    civil::{Date, DateTime, time},
};
use serde::{Deserialize, Serialize};

use crate::{
    CalendarError, Period, WorkingCalendar,
    explain::{day_en, day_ko, time_en, time_ko},
    period::Counting,
    working_time::{Interval, next},
};

/// Why a stretch of time is not counted: decree 제20조.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExclusionReason {
    /// 보완: the petitioner completes the documents; the day of sending and the day of arrival belong to it.
    Completion,
    /// 정보시스템 장애.
    Outage,
    /// 현장조사 of a grievance, up to 14 days and once 7 more (decree 제17조④⑤).
    FieldSurvey,
    /// 청문, 공고, 의견수렴.
    Hearing,
    /// 검사·감정·시험 needed for the decision.
    Examination,
    /// 대표자 선정 or another matter that must come first.
    Preliminary,
    /// 경유·이송 between offices far from one another.
    Transport,
}

impl ExclusionReason {
    /// The reasons that somebody notes; completion begins and ends by itself.
    pub const NOTED: [Self; 6] =
        [Self::Outage, Self::FieldSurvey, Self::Hearing, Self::Examination, Self::Preliminary, Self::Transport];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::Outage => "outage",
            Self::FieldSurvey => "field-survey",
            Self::Hearing => "hearing",
            Self::Examination => "examination",
            Self::Preliminary => "preliminary",
            Self::Transport => "transport",
        }
    }

    /// The article.
    pub fn article(self) -> &'static str {
        match self {
            Self::Completion => "민원 처리에 관한 법률 시행령 제20조제1호, 행정절차법 시행령 제11조제1호",
            Self::Outage => "민원 처리에 관한 법률 시행령 제20조제2호",
            Self::FieldSurvey => "민원 처리에 관한 법률 시행령 제17조제4항·제5항",
            Self::Hearing | Self::Examination | Self::Preliminary | Self::Transport => {
                "민원 처리에 관한 법률 시행령 제20조제1호, 행정절차법 시행령 제11조"
            }
        }
    }

    /// The reason in Korean.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Completion => "서류 보완",
            Self::Outage => "정보시스템 장애",
            Self::FieldSurvey => "현장조사",
            Self::Hearing => "청문·의견수렴",
            Self::Examination => "검사·감정·시험",
            Self::Preliminary => "대표자 선정 등 먼저 이루어져야 하는 일",
            Self::Transport => "관서 사이의 문서 송달",
        }
    }

    /// The reason in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Completion => "completion of the documents",
            Self::Outage => "outage of the information system",
            Self::FieldSurvey => "field survey",
            Self::Hearing => "hearing",
            Self::Examination => "test or appraisal",
            Self::Preliminary => "a matter that must come first",
            Self::Transport => "transport between offices",
        }
    }
}

/// A stretch of time that is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Why.
    pub reason: ExclusionReason,
    /// Its beginning.
    pub from: DateTime,
    /// Its end; none while it lasts.
    pub until: Option<DateTime>,
}

impl Exclusion {
    /// The stretch that is cut out. Completion takes whole days, the first and the last included (행정절차법 시행령
    /// 제11조제1호); every other reason the time that it really took.
    fn interval(&self, until: DateTime) -> Result<Interval, CalendarError> {
        if until < self.from {
            return Err(CalendarError::Backwards { from: self.from, until });
        }
        if self.reason == ExclusionReason::Completion {
            return Ok((
                self.from.date().to_datetime(time(0, 0, 0, 0)),
                next(until.date()).to_datetime(time(0, 0, 0, 0)),
            ));
        }
        Ok((self.from, until))
    }
}

/// A lawful ground to extend the period: decree 제21조①.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionGround {
    /// 관계 기관·부서의 협조 (제1호).
    Cooperation,
    /// 사실관계 또는 현장 확인 (제2호).
    FactCheck,
    /// 천재지변 등 불가항력 (제3호).
    ForceMajeure,
    /// 그에 준하는 사유 (제4호).
    Comparable,
}

impl ExtensionGround {
    /// All lawful grounds.
    pub const ALL: [Self; 4] = [Self::Cooperation, Self::FactCheck, Self::ForceMajeure, Self::Comparable];

    /// The name in commands and data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Cooperation => "cooperation",
            Self::FactCheck => "fact-check",
            Self::ForceMajeure => "force-majeure",
            Self::Comparable => "comparable",
        }
    }

    /// The ground in the words of the decree.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Cooperation => "관계 기관·부서의 협조가 필요한 경우",
            Self::FactCheck => "사실관계 또는 현장 확인이 필요한 경우",
            Self::ForceMajeure => "천재지변이나 그 밖의 불가항력적인 사유가 발생한 경우",
            Self::Comparable => "그 밖에 이에 준하는 사유가 있는 경우",
        }
    }

    /// The ground in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Cooperation => "another agency or department must co-operate",
            Self::FactCheck => "facts or the site must be checked",
            Self::ForceMajeure => "a natural disaster or other force majeure",
            Self::Comparable => "a reason comparable to these",
        }
    }
}

/// Why a period cannot be extended (again).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionRefusal {
    /// A second extension without the petitioner's consent.
    #[error(
        "a second extension needs the petitioner's consent (decree of the Civil Petitions Treatment Act, article 21 (1)); ask for it first"
    )]
    ConsentMissing,
    /// A third extension.
    #[error(
        "the period was extended twice already; the decree (article 21 (1)) knows no third extension: answer, or explain the delay"
    )]
    Exhausted,
}

/// Whether a period that was extended `already` times may be extended once more: decree 제21조①.
///
/// # Errors
/// [`ExtensionRefusal`].
pub fn extend(already: u8, consent: bool) -> Result<u8, ExtensionRefusal> {
    match already {
        0 => Ok(1),
        1 if consent => Ok(2),
        1 => Err(ExtensionRefusal::ConsentMissing),
        _ => Err(ExtensionRefusal::Exhausted),
    }
}

/// The clock of one petition: all that its due time depends on besides the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The period.
    pub period: Period,
    /// The article that sets it.
    pub article: String,
    /// When the petition was received (접수).
    pub received: DateTime,
    /// Times not counted.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// How often the period was extended: each time by the period itself.
    #[serde(default)]
    pub extensions: u8,
}

/// One step of the reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
    /// The article that it rests on.
    pub article: String,
    /// The time that it leads to, where it does.
    pub at: Option<DateTime>,
}

/// A due time with its reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoning {
    /// When the answer is due, in Korean time; none while the clock stands still.
    pub due: Option<DateTime>,
    /// Since when the clock stands still, and why.
    pub paused: Option<(ExclusionReason, DateTime)>,
    /// How the due time arises, in order.
    pub steps: Vec<Step>,
}

/// What remains of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Remaining {
    /// The clock stands still.
    Paused,
    /// Working minutes until the due time; 480 are a day.
    Left {
        /// Working minutes.
        minutes: u32,
    },
    /// Working minutes since the due time.
    Overdue {
        /// Working minutes.
        minutes: u32,
    },
}

impl Clock {
    /// A clock that began to run at `received`.
    pub fn new(period: Period, article: impl Into<String>, received: DateTime) -> Self {
        Self { period, article: article.into(), received, exclusions: Vec::new(), extensions: 0 }
    }

    /// When the answer is due, step by step.
    ///
    /// # Errors
    /// [`CalendarError`]: an interval the wrong way round, or a year outside the table of holidays.
    pub fn reckon(&self, calendar: &WorkingCalendar) -> Result<Reckoning, CalendarError> {
        let mut steps = vec![self.receipt_step(), self.period_step()];
        let mut excluded = Vec::with_capacity(self.exclusions.len());
        for exclusion in &self.exclusions {
            let Some(until) = exclusion.until else {
                steps.push(paused_step(exclusion));
                return Ok(Reckoning { due: None, paused: Some((exclusion.reason, exclusion.from)), steps });
            };
            excluded.push(exclusion.interval(until)?);
            steps.push(exclusion_step(exclusion, until));
        }
        if self.extensions > 0 {
            steps.push(self.extension_step());
        }
        let due = self.due(calendar, &excluded, &mut steps)?;
        steps.push(due_step(due));
        Ok(Reckoning { due: Some(due), paused: None, steps })
    }

    /// What remains at `now`.
    ///
    /// # Errors
    /// As [`Clock::reckon`].
    pub fn remaining(&self, calendar: &WorkingCalendar, now: DateTime) -> Result<Remaining, CalendarError> {
        let Some(due) = self.reckon(calendar)?.due else { return Ok(Remaining::Paused) };
        if now > due {
            return Ok(Remaining::Overdue { minutes: calendar.minutes_between(due, now, &[])? });
        }
        Ok(Remaining::Left { minutes: calendar.minutes_between(now.max(self.received), due, &[])? })
    }

    fn due(
        &self,
        calendar: &WorkingCalendar,
        excluded: &[Interval],
        steps: &mut Vec<Step>,
    ) -> Result<DateTime, CalendarError> {
        let times = u32::from(self.extensions) + 1;
        match self.period.counting() {
            Counting::WorkingMinutes(minutes) => {
                calendar.add_minutes(self.received, minutes.saturating_mul(times), excluded)
            }
            Counting::WorkingDays(days) => self.due_by_days(calendar, days.saturating_mul(times), excluded, steps),
            Counting::Calendar { months, days } => self.due_by_calendar(
                calendar,
                months.saturating_mul(times),
                days.saturating_mul(times),
                excluded,
                steps,
            ),
        }
    }

    /// 제19조②: days, the first counted, Saturdays and holidays left out.
    fn due_by_days(
        &self,
        calendar: &WorkingCalendar,
        days: u32,
        excluded: &[Interval],
        steps: &mut Vec<Step>,
    ) -> Result<DateTime, CalendarError> {
        let first = counted_day_from(calendar, self.received.date(), excluded)?;
        steps.push(first_day_step(first, self.received.date()));
        let mut day = first;
        for _ in 1..days {
            day = counted_day_from(calendar, next(day), excluded)?;
        }
        Ok(WorkingCalendar::closing(day))
    }

    /// 제19조③ with 민법 제160조, 제161조: by the calendar, the first day counted; a last day on a Saturday or holiday
    /// moves to the next working day. Days not counted are added at the end.
    fn due_by_calendar(
        &self,
        calendar: &WorkingCalendar,
        months: u32,
        days: u32,
        excluded: &[Interval],
        steps: &mut Vec<Step>,
    ) -> Result<DateTime, CalendarError> {
        let first = self.received.date();
        steps.push(first_day_step(first, first));
        // The last day is the eve of the corresponding date; where the month has no such date, its last day (민법 제160조③).
        let corresponding = first.saturating_add(i64::from(months).months());
        let mut last = if corresponding.day() == first.day() {
            corresponding.saturating_add(i64::from(days).days()).saturating_sub(1.day())
        } else {
            corresponding.saturating_add(i64::from(days).days())
        };
        let mut owed = days_inside(excluded, first, last);
        while owed > 0 {
            let begin = next(last);
            last = last.saturating_add(owed.days());
            owed = days_inside(excluded, begin, last);
        }
        let working = calendar.working_day_from(last)?;
        if working != last {
            steps.push(moved_step(last, working));
        }
        Ok(WorkingCalendar::closing(working))
    }

    fn receipt_step(&self) -> Step {
        Step {
            ko: format!("{} {}에 접수했습니다.", day_ko(self.received.date()), time_ko(self.received.time())),
            en: format!("Received on {} at {}.", day_en(self.received.date()), time_en(self.received.time())),
            article: "민원 처리에 관한 법률 제9조".into(),
            at: Some(self.received),
        }
    }

    fn period_step(&self) -> Step {
        let (ko, en) = match self.period.counting() {
            Counting::WorkingMinutes(minutes) => (
                format!("접수한 때부터 근무시간 {}시간으로 셉니다(8시간이 하루, 토요일·공휴일 제외).", minutes / 60),
                format!(
                    "Counted as {} working hours from the time of receipt (8 hours a day, without Saturdays and holidays).",
                    minutes / 60
                ),
            ),
            Counting::WorkingDays(days) => (
                format!("{days}일을 첫날을 넣어 세고, 토요일과 공휴일은 뺍니다."),
                format!("Counted as {days} days, the first included, without Saturdays and holidays."),
            ),
            Counting::Calendar { .. } => (
                format!("{}을(를) 첫날을 넣어 달력에 따라 셉니다.", self.period.korean()),
                format!("Counted by the calendar: {}, the first day included.", self.period.english()),
            ),
        };
        Step {
            ko: format!("처리기간은 {}입니다. {ko}", self.period.korean()),
            en: format!("The period is {}. {en}", self.period.english()),
            article: format!("{}; {}", self.article, self.period.article()),
            at: None,
        }
    }

    fn extension_step(&self) -> Step {
        Step {
            ko: format!("처리기간을 {}번 연장했습니다(한 번에 처리기간만큼).", self.extensions),
            en: format!("The period was extended {} time(s), each by the period itself.", self.extensions),
            article: "민원 처리에 관한 법률 시행령 제21조제1항".into(),
            at: None,
        }
    }
}

/// The first working day on or after `date` that is not taken up wholly by times not counted.
fn counted_day_from(calendar: &WorkingCalendar, date: Date, excluded: &[Interval]) -> Result<Date, CalendarError> {
    let mut day = calendar.working_day_from(date)?;
    // A day of which any working time is left counts as a day: the strict reading, in favour of the petitioner.
    while calendar.open_stretches(day, excluded)?.is_empty() {
        day = calendar.working_day_from(next(day))?;
    }
    Ok(day)
}

/// How many days from `first` to `last` are wholly inside the excluded stretches.
fn days_inside(excluded: &[Interval], first: Date, last: Date) -> i64 {
    let mut count = 0;
    let mut day = first;
    while day <= last {
        let (begin, end) = (day.to_datetime(time(0, 0, 0, 0)), next(day).to_datetime(time(0, 0, 0, 0)));
        if excluded.iter().any(|(from, until)| *from <= begin && *until >= end) {
            count += 1;
        }
        day = next(day);
    }
    count
}

fn paused_step(exclusion: &Exclusion) -> Step {
    Step {
        ko: format!("{}부터 {} 때문에 시계가 멈춰 있습니다.", day_ko(exclusion.from.date()), exclusion.reason.korean()),
        en: format!(
            "The clock has stood still since {}: {}.",
            day_en(exclusion.from.date()),
            exclusion.reason.english()
        ),
        article: exclusion.reason.article().into(),
        at: Some(exclusion.from),
    }
}

fn exclusion_step(exclusion: &Exclusion, until: DateTime) -> Step {
    let (reason, article) = (exclusion.reason, exclusion.reason.article().into());
    let (from, to) = (exclusion.from, until);
    let (ko, en) = if reason == ExclusionReason::Completion {
        (
            format!(
                "{}부터 {}까지는 세지 않습니다(보낸 날과 도착한 날 포함): {}.",
                day_ko(from.date()),
                day_ko(to.date()),
                reason.korean()
            ),
            format!(
                "{} to {} is not counted (both days included): {}.",
                day_en(from.date()),
                day_en(to.date()),
                reason.english()
            ),
        )
    } else {
        (
            format!(
                "{} {}부터 {} {}까지는 세지 않습니다: {}.",
                day_ko(from.date()),
                time_ko(from.time()),
                day_ko(to.date()),
                time_ko(to.time()),
                reason.korean()
            ),
            format!(
                "{} {} to {} {} is not counted: {}.",
                day_en(from.date()),
                time_en(from.time()),
                day_en(to.date()),
                time_en(to.time()),
                reason.english()
            ),
        )
    };
    Step { ko, en, article, at: None }
}

fn first_day_step(first: Date, received: Date) -> Step {
    let (ko, en) = if first == received {
        (
            format!("첫날은 접수한 {}입니다.", day_ko(first)),
            format!("The first day is the day of receipt, {}.", day_en(first)),
        )
    } else {
        (
            format!("접수한 날은 근무일이 아니므로(또는 세지 않는 날이므로) 첫날은 {}입니다.", day_ko(first)),
            format!("The day of receipt is not counted, so the first day is {}.", day_en(first)),
        )
    };
    Step { ko, en, article: "민원 처리에 관한 법률 제19조".into(), at: None }
}

fn moved_step(last: Date, working: Date) -> Step {
    Step {
        ko: format!("마지막 날 {}이(가) 토요일 또는 공휴일이므로 {}에 끝납니다.", day_ko(last), day_ko(working)),
        en: format!(
            "The last day, {}, is a Saturday or holiday; the period ends on {}.",
            day_en(last),
            day_en(working)
        ),
        article: "민법 제161조".into(),
        at: None,
    }
}

fn due_step(due: DateTime) -> Step {
    Step {
        ko: format!("{} {}까지 처리해야 합니다.", day_ko(due.date()), time_ko(due.time())),
        en: format!("Due on {} at {}.", day_en(due.date()), time_en(due.time())),
        article: "민원 처리에 관한 법률 제19조".into(),
        at: Some(due),
    }
}
