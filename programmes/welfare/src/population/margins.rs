//! What the nation must look like. Marks as in `laws/korea`: P press or a public body's page, L official text, S secondary
//! source, U not verified. Sources stand in `benches/population/margins.py`, of which these are the figures.

/// Persons, end of 2024 (P).
pub const PERSONS: u64 = 51_217_221;
/// Households, end of 2024 (P).
pub const HOUSEHOLDS: u64 = 24_118_928;
/// How far a margin may be missed.
pub const TOLERANCE: f64 = 0.02;

/// Households of one (P).
pub const HOUSEHOLDS_OF_1: i64 = 10_122_587;
/// Households of two (P).
pub const HOUSEHOLDS_OF_2: i64 = 6_005_284;
/// Households of three (P, the rest).
pub const HOUSEHOLDS_OF_3: i64 = 4_052_362;
/// Households of four and more (P).
pub const HOUSEHOLDS_OF_4_OR_MORE: i64 = 3_938_695;

/// Persons from 65: 20.7 % (P).
pub const ELDERLY: i64 = 10_601_965;
/// Persons up to 14: 10.6 % (U).
pub const CHILDREN_TO_14: i64 = 5_429_000;

/// Recipients of basic livelihood, end of 2024 (P).
pub const RECIPIENTS: f64 = 2_673_485.0;
/// Of these in care facilities (P).
pub const RECIPIENTS_IN_FACILITIES: f64 = 99_707.0;
/// Of these from 65 (P).
pub const RECIPIENTS_ELDERLY_SHARE: f64 = 0.428;

/// Of those from 65, how many meet the income condition of the basic pension: the aim of the act, art. 3(2) (L).
pub const BASIC_PENSION_SHARE: f64 = 0.70;
/// Receivers of the basic pension, about (U).
pub const BASIC_PENSION_CLAIMS: f64 = 7_000_000.0;
/// Receivers of the disability pension, November 2025 (P).
pub const DISABILITY_PENSION: f64 = 348_494.0;
/// Registered disabled persons (U).
pub const REGISTERED_DISABLED: f64 = 2_630_000.0;
/// Standard median income of four, 2026 (L): half of the households of four lie below it.
pub const MEDIAN_INCOME_OF_FOUR: f64 = 6_494_738.0;

/// A province: its name in the law, its persons (U), what a home costs beside the average (U), and the shares of its people
/// who live in a district, a city, a special city, a county (U).
#[derive(Debug, Clone, Copy)]
pub struct Province {
    /// The name.
    pub name: &'static str,
    /// Persons, end of 2024.
    pub persons: f64,
    /// What a home costs beside the average of the country.
    pub dearness: f64,
    /// District, city, special city, county.
    pub places: [f64; 4],
}

const fn province(name: &'static str, persons: f64, dearness: f64, places: [f64; 4]) -> Province {
    Province { name, persons, dearness, places }
}

/// The provinces, in the order of the law.
pub const PROVINCES: [Province; 17] = [
    province("seoul", 9_331_828.0, 2.1, [1.0, 0.0, 0.0, 0.0]),
    province("busan", 3_266_598.0, 0.9, [0.95, 0.0, 0.0, 0.05]),
    province("daegu", 2_363_629.0, 0.85, [0.88, 0.0, 0.0, 0.12]),
    province("incheon", 3_021_010.0, 1.0, [0.97, 0.0, 0.0, 0.03]),
    province("gwangju", 1_408_422.0, 0.8, [1.0, 0.0, 0.0, 0.0]),
    province("daejeon", 1_439_157.0, 0.85, [1.0, 0.0, 0.0, 0.0]),
    province("ulsan", 1_097_821.0, 0.8, [0.8, 0.0, 0.0, 0.2]),
    province("sejong", 390_685.0, 1.1, [0.0, 1.0, 0.0, 0.0]),
    province("gyeonggi", 13_694_685.0, 1.2, [0.0, 0.62, 0.36, 0.02]),
    province("gangwon", 1_517_766.0, 0.55, [0.0, 0.7, 0.0, 0.3]),
    province("chungbuk", 1_591_177.0, 0.6, [0.0, 0.75, 0.0, 0.25]),
    province("chungnam", 2_136_574.0, 0.6, [0.0, 0.8, 0.0, 0.2]),
    province("jeonbuk", 1_738_690.0, 0.55, [0.0, 0.78, 0.0, 0.22]),
    province("jeonnam", 1_788_819.0, 0.45, [0.0, 0.5, 0.0, 0.5]),
    province("gyeongbuk", 2_531_384.0, 0.5, [0.0, 0.78, 0.0, 0.22]),
    province("gyeongnam", 3_228_380.0, 0.65, [0.0, 0.55, 0.31, 0.14]),
    province("jeju", 670_368.0, 0.9, [0.0, 1.0, 0.0, 0.0]),
];
