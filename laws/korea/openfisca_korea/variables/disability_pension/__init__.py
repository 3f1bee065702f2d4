"""장애인연금법 (Disability Pension Act)."""
