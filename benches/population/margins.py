"""What the nation must look like: each margin with its source and its mark of certainty.

Marks as in laws/korea: P press or a public body's page, L official text, S secondary source, U not verified.
"""

PERSONS = 51_217_221
HOUSEHOLDS = 24_118_928
TOLERANCE = 0.02

YEARBOOK = "resident registration, end of 2024, as reported on 2025-08-27"

# Households by size; those of four and more are spread so that the number of persons comes out exactly.
HOUSEHOLDS_OF_1 = 10_122_587
HOUSEHOLDS_OF_2 = 6_005_284
HOUSEHOLDS_OF_3 = 4_052_362
HOUSEHOLDS_OF_4_OR_MORE = 3_938_695

ELDERLY = 10_601_965  # 20.7 % of the population, P: yearbook of the end of 2024
CHILDREN_TO_14 = 5_429_000  # 10.6 % of the population, U

RECIPIENTS = 2_673_485  # basic livelihood, end of 2024, P
RECIPIENTS_IN_FACILITIES = 99_707  # of these in care facilities, P
RECIPIENTS_ELDERLY_SHARE = 0.428  # P

BASIC_PENSION_SHARE = 0.70  # of those from 65 meet the income condition: the aim of the act, L (art. 3(2))
BASIC_PENSION_CLAIMS = 7_000_000  # receivers, about; U
DISABILITY_PENSION = 348_494  # receivers in November 2025, P
REGISTERED_DISABLED = 2_630_000  # U

# Standard median income of 2026 for four persons (notice 2025-135), from which the act derives all other sizes.
MEDIAN_INCOME_OF_FOUR = 6_494_738

# Persons by province, end of 2024, U: not in the collected sources.
PROVINCES = {
    "seoul": 9_331_828,
    "busan": 3_266_598,
    "daegu": 2_363_629,
    "incheon": 3_021_010,
    "gwangju": 1_408_422,
    "daejeon": 1_439_157,
    "ulsan": 1_097_821,
    "sejong": 390_685,
    "gyeonggi": 13_694_685,
    "gangwon": 1_517_766,
    "chungbuk": 1_591_177,
    "chungnam": 2_136_574,
    "jeonbuk": 1_738_690,
    "jeonnam": 1_788_819,
    "gyeongbuk": 2_531_384,
    "gyeongnam": 3_228_380,
    "jeju": 670_368,
}
