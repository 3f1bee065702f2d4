"""기초연금법 (Basic Pension Act)."""
