"""국민기초생활 보장법 (National Basic Living Security Act)."""
