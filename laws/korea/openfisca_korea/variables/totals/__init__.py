"""한 달에 받는 급여의 합계 (what a household gets in a month)."""
