//! Figures of inquiries and benefits, for the plan's indicators to follow: the programmes do not know each other, this program knows all.

use jiff::{Timestamp, ToSpan};
use maru_inquiry::InquiryService;
use maru_plan::figures::{Figure, FigureSource, Figures};
use maru_web::Bilingual;
use maru_welfare::WelfareService;

/// From so many on a share says something of the service and nothing of a person.
const ENOUGH: u64 = 10;
/// Over how many days, today included.
const DAYS: i64 = 365;

/// The programmes of this server.
pub(crate) struct HouseFigures {
    pub(crate) inquiries: InquiryService,
    pub(crate) welfare: WelfareService,
}

impl FigureSource for HouseFigures {
    fn figures(&self, now: Timestamp) -> Figures<'_> {
        Box::pin(async move {
            let mut figures = self.of_inquiries(now).await?;
            figures.extend(self.of_welfare().await?);
            Ok(figures)
        })
    }
}

fn figure(id: &str, title: (&str, &str), unit: (&str, &str), note: (&str, &str), value: Option<f64>) -> Figure {
    let both = |(korean, english): (&str, &str)| Bilingual::new(korean, english);
    Figure { id: id.to_owned(), title: both(title), unit: both(unit), note: both(note), value }
}

/// A quotient where there is enough to divide by.
fn share(part: u64, all: u64, times: f64) -> Option<f64> {
    (all >= ENOUGH).then(|| part as f64 / all as f64 * times)
}

impl HouseFigures {
    async fn of_inquiries(&self, now: Timestamp) -> Result<Vec<Figure>, String> {
        let last = maru_calendar::seoul(now).date();
        let first = last.saturating_sub((DAYS - 1).days());
        let rows = self.inquiries.store().statistics(first, last, now).await.map_err(|error| error.to_string())?;
        let sum = |of: fn(&maru_inquiry::store::Figures) -> u64| rows.iter().map(|row| of(&row.figures)).sum::<u64>();
        let (served, in_time) = (sum(|one| one.served), sum(|one| one.in_time));
        let year = ("지난 365일에 접수한 민원", "Inquiries received in the last 365 days");
        Ok(vec![
            figure(
                "inquiry/answered-in-time",
                ("법정 기한 안에 답한 민원의 비율", "Share of inquiries answered within the statutory time"),
                ("%", "%"),
                year,
                share(in_time, served, 100.0),
            ),
            figure(
                "inquiry/days-to-answer",
                ("답할 때까지 걸린 평균 날수", "Mean days until an inquiry is answered"),
                ("일", "days"),
                year,
                share(sum(|one| one.hours), served, 1.0 / 24.0),
            ),
            figure(
                "inquiry/satisfaction",
                ("답변 만족도 (별 다섯 만점)", "Satisfaction with answers (of five stars)"),
                ("점", "stars"),
                year,
                share(sum(|one| one.stars), sum(|one| one.rated), 1.0),
            ),
        ])
    }

    async fn of_welfare(&self) -> Result<Vec<Figure>, String> {
        let counts = self.welfare.store().counts().await.map_err(|error| error.to_string())?;
        let of = |wanted: &[&str]| -> u64 {
            counts.iter().filter(|((_, status), _)| wanted.contains(&status.identifier())).map(|(_, count)| count).sum()
        };
        let all: u64 = counts.values().sum();
        let note = ("지금까지 찾은 모든 급여 제안", "All benefits that were ever found");
        Ok(vec![
            figure(
                "welfare/found-and-given",
                (
                    "찾아낸 급여 가운데 신청 없이 지급하게 된 비율",
                    "Share of the benefits found that are given without an application",
                ),
                ("%", "%"),
                note,
                share(of(&["awarded", "ended"]), all, 100.0),
            ),
            figure(
                "welfare/waiting",
                ("찾아낸 급여 가운데 공무원을 기다리는 비율", "Share of the benefits found that wait for an official"),
                ("%", "%"),
                note,
                share(of(&["found", "asked"]), all, 100.0),
            ),
        ])
    }
}
