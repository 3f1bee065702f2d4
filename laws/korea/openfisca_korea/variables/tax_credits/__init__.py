"""조세특례제한법의 근로장려금과 자녀장려금 (Restriction of Special Taxation Act, art. 100-2 to 100-31)."""
