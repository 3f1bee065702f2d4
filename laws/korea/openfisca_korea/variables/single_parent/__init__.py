"""한부모가족지원법 (Single-Parent Family Support Act)."""
