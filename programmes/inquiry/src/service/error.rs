//! What the refusals of the field mean to who asked.

use maru_web::ServiceError;

use crate::domain::{HolidayRefusal, Refusal};

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unknown { Self::NotFound } else { Self::Refused(Box::new(refusal.explain())) }
    }
}

impl From<HolidayRefusal> for ServiceError {
    fn from(refusal: HolidayRefusal) -> Self {
        let ko = match &refusal {
            HolidayRefusal::Known { date } => format!("{date}은(는) 이미 넣은 공휴일입니다."),
            HolidayRefusal::Incomplete => {
                "공휴일의 한국어·영어 이름과 근거가 있어야 하고, 각각 200자까지입니다.".to_owned()
            }
            HolidayRefusal::Past { date } => format!("{date}은(는) 지난 날입니다."),
        };
        Self::field("date", ko, refusal.to_string())
    }
}
