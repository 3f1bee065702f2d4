"""주거급여법 (Housing Benefit Act)."""
