"""저출산ㆍ고령사회기본법의 첫만남이용권 (Framework Act on Low Birth Rate, art. 10)."""
