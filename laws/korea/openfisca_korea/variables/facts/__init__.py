"""사람, 집, 소득, 재산에 관한 사실 (facts about people, homes, incomes and property)."""
