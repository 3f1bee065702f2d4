"""에너지법의 에너지이용권 (Energy Act, art. 16-3)."""
