"""국민기초생활 보장법 (National Basic Living Security Act), 의료급여법의 종별."""
