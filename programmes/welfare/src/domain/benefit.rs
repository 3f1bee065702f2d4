//! The benefits: which variable of the law says how much, who decides, on which article.

use std::fmt;

/// Whose a benefit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The household's.
    Household,
    /// Each person's own.
    Person,
}

/// How often it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// An amount every month.
    Monthly,
    /// An amount once a year.
    Yearly,
    /// An amount once.
    Once,
}

/// In what form it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Money, by transfer.
    Money,
    /// A voucher or a card: no transfer to an account.
    Voucher,
    /// A status, such as medical aid: the law's variable says yes or no.
    Status,
}

/// What decides on it, to see who is near the line: what is measured, and the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The variable that is measured.
    pub measure: &'static str,
    /// The variable that is the line.
    pub limit: &'static str,
    /// The kind of entity that both belong to.
    pub entity: &'static str,
    /// The yes/no variable of the benefit's holder without which being near means nothing, where there is one.
    pub only: Option<&'static str>,
}

/// A benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Benefit {
    /// The name in data: that of the law's variable.
    pub id: &'static str,
    /// In Korean.
    pub ko: &'static str,
    /// In English.
    pub en: &'static str,
    /// In a few plain Korean words, for who does not know its name.
    pub plain_ko: &'static str,
    /// The same in English.
    pub plain_en: &'static str,
    /// Whose it is.
    pub whose: Whose,
    /// How often.
    pub rhythm: Rhythm,
    /// In what form.
    pub form: Form,
    /// Where it is decided.
    pub agency: &'static str,
    /// The article, with the act's full name.
    pub article: &'static str,
    /// The same in English.
    pub article_en: &'static str,
    /// The line that it depends on, where there is one.
    pub line: Option<Line>,
}

const INCOME: &str = "recognised_income";
const MUNICIPALITY: &str = "municipality";
const TAX: &str = "national-tax-service";

const fn line(measure: &'static str, limit: &'static str, entity: &'static str) -> Line {
    Line { measure, limit, entity, only: None }
}

const fn line_of(measure: &'static str, limit: &'static str, entity: &'static str, only: &'static str) -> Line {
    Line { measure, limit, entity, only: Some(only) }
}

/// All benefits that are screened, in the order in which people see them.
pub const BENEFITS: [Benefit; 16] = [
    Benefit {
        id: "livelihood_benefit",
        ko: "생계급여",
        en: "Livelihood benefit",
        plain_ko: "생활비가 모자란 가구에 매달 드리는 돈",
        plain_en: "Money every month for households that cannot cover their living",
        whose: Whose::Household,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "국민기초생활 보장법 제8조",
        article_en: "National Basic Living Security Act, article 8",
        line: Some(line(INCOME, "livelihood_threshold", "household")),
    },
    Benefit {
        id: "is_entitled_to_medical_benefit",
        ko: "의료급여",
        en: "Medical aid",
        plain_ko: "병원비 대부분을 나라가 내는 자격",
        plain_en: "The state pays most of what treatment costs",
        whose: Whose::Household,
        rhythm: Rhythm::Monthly,
        form: Form::Status,
        agency: MUNICIPALITY,
        article: "의료급여법 제3조제1항제1호, 국민기초생활 보장법 제12조의3",
        article_en: "Medical Care Assistance Act, article 3(1)1; National Basic Living Security Act, article 12-3",
        line: Some(line(INCOME, "medical_threshold", "household")),
    },
    Benefit {
        id: "rent_support",
        ko: "주거급여(임차급여)",
        en: "Housing benefit (rent)",
        plain_ko: "월세를 도와드리는 돈",
        plain_en: "Help with the rent",
        whose: Whose::Household,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "주거급여법 제5조, 제7조",
        article_en: "Housing Benefit Act, articles 5 and 7",
        line: Some(line(INCOME, "housing_threshold", "household")),
    },
    Benefit {
        id: "education_benefit",
        ko: "교육급여(교육활동지원비)",
        en: "Education benefit",
        plain_ko: "초·중·고 학생의 학습에 쓰는 돈",
        plain_en: "Money for pupils' learning",
        whose: Whose::Person,
        rhythm: Rhythm::Yearly,
        form: Form::Voucher,
        agency: MUNICIPALITY,
        article: "국민기초생활 보장법 제12조",
        article_en: "National Basic Living Security Act, article 12",
        line: None,
    },
    Benefit {
        id: "basic_pension",
        ko: "기초연금",
        en: "Basic pension",
        plain_ko: "65세부터 매달 받는 연금",
        plain_en: "A pension every month from 65",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "기초연금법 제3조, 제5조",
        article_en: "Basic Pension Act, articles 3 and 5",
        line: Some(line_of(
            "basic_pension_recognised_income",
            "basic_pension_threshold",
            "couple",
            "is_of_basic_pension_age_and_not_excluded",
        )),
    },
    Benefit {
        id: "disability_pension",
        ko: "장애인연금",
        en: "Disability pension",
        plain_ko: "중증장애인이 매달 받는 연금",
        plain_en: "A pension every month for people with a severe disability",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "장애인연금법 제4조, 제5조",
        article_en: "Disability Pension Act, articles 4 and 5",
        line: None,
    },
    Benefit {
        id: "disability_allowance",
        ko: "장애수당",
        en: "Disability allowance",
        plain_ko: "소득이 적은 장애인이 매달 받는 수당",
        plain_en: "An allowance every month for disabled people on a low income",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "장애인복지법 제49조",
        article_en: "Act on Welfare of Persons with Disabilities, article 49",
        line: None,
    },
    Benefit {
        id: "disabled_child_allowance",
        ko: "장애아동수당",
        en: "Disabled child allowance",
        plain_ko: "장애가 있는 아동에게 매달 드리는 수당",
        plain_en: "An allowance every month for disabled children",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "장애인복지법 제50조",
        article_en: "Act on Welfare of Persons with Disabilities, article 50",
        line: None,
    },
    Benefit {
        id: "child_allowance",
        ko: "아동수당",
        en: "Child allowance",
        plain_ko: "어린 자녀마다 매달 받는 수당",
        plain_en: "An allowance every month for each young child",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "아동수당법 제4조",
        article_en: "Child Allowance Act, article 4",
        line: None,
    },
    Benefit {
        id: "parental_benefit",
        ko: "부모급여",
        en: "Parental benefit",
        plain_ko: "두 살이 되기 전의 아이가 있으면 매달 받는 돈",
        plain_en: "Money every month until a child is two",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "아동수당법 제4조제5항",
        article_en: "Child Allowance Act, article 4(5)",
        line: None,
    },
    Benefit {
        id: "first_encounter_voucher",
        ko: "첫만남이용권",
        en: "First-encounter voucher",
        plain_ko: "아이가 태어나면 한 번 받는 이용권",
        plain_en: "A voucher once for each newborn",
        whose: Whose::Person,
        rhythm: Rhythm::Once,
        form: Form::Voucher,
        agency: MUNICIPALITY,
        article: "저출산ㆍ고령사회기본법 제10조제3항",
        article_en: "Framework Act on Low Birth Rate in an Aging Society, article 10(3)",
        line: None,
    },
    Benefit {
        id: "single_parent_child_support",
        ko: "한부모가족 아동양육비",
        en: "Single-parent child support",
        plain_ko: "혼자 아이를 키우는 가족에 아이마다 매달 드리는 돈",
        plain_en: "Money every month for each child of a single parent",
        whose: Whose::Person,
        rhythm: Rhythm::Monthly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "한부모가족지원법 제12조",
        article_en: "Single-Parent Family Support Act, article 12",
        line: Some(line_of(INCOME, "single_parent_income_limit", "household", "is_child_of_single_parent_family")),
    },
    Benefit {
        id: "single_parent_school_supplies",
        ko: "한부모가족 학용품비",
        en: "Single-parent school supplies",
        plain_ko: "한부모가족의 초·중·고 학생에게 한 해 한 번 드리는 돈",
        plain_en: "Money once a year for the pupils of a single parent",
        whose: Whose::Person,
        rhythm: Rhythm::Yearly,
        form: Form::Money,
        agency: MUNICIPALITY,
        article: "한부모가족지원법 제12조",
        article_en: "Single-Parent Family Support Act, article 12",
        line: None,
    },
    Benefit {
        id: "energy_voucher",
        ko: "에너지이용권",
        en: "Energy voucher",
        plain_ko: "전기·가스·난방비에 쓰는 이용권",
        plain_en: "A voucher for electricity, gas and heating",
        whose: Whose::Household,
        rhythm: Rhythm::Once,
        form: Form::Voucher,
        agency: MUNICIPALITY,
        article: "에너지법 제16조의3",
        article_en: "Energy Act, article 16-3",
        line: None,
    },
    Benefit {
        id: "earned_income_tax_credit",
        ko: "근로장려금",
        en: "Earned income tax credit",
        plain_ko: "일하지만 소득이 적은 가구에 한 해 한 번 드리는 돈",
        plain_en: "Money once a year for households that work and earn little",
        whose: Whose::Household,
        rhythm: Rhythm::Yearly,
        form: Form::Money,
        agency: TAX,
        article: "조세특례제한법 제100조의3",
        article_en: "Restriction of Special Taxation Act, article 100-3",
        line: None,
    },
    Benefit {
        id: "child_tax_credit",
        ko: "자녀장려금",
        en: "Child tax credit",
        plain_ko: "자녀를 키우는 가구에 한 해 한 번 드리는 돈",
        plain_en: "Money once a year for households that bring up children",
        whose: Whose::Household,
        rhythm: Rhythm::Yearly,
        form: Form::Money,
        agency: TAX,
        article: "조세특례제한법 제100조의28",
        article_en: "Restriction of Special Taxation Act, article 100-28",
        line: None,
    },
];

/// The benefit called so.
pub fn benefit(id: &str) -> Option<&'static Benefit> {
    BENEFITS.iter().find(|benefit| benefit.id == id)
}

impl Benefit {
    /// Whether money leaves for it.
    pub fn is_paid(&self) -> bool {
        self.form == Form::Money
    }
}

impl fmt::Display for Benefit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}
