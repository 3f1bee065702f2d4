"""A second calculation of the monthly benefits, in exact fractions and with figures of its own.

It follows the text of the law one household at a time and writes down each step. It shares neither code nor
figures with the package: where both agree, two readings of the law agree. `None` stands for «unknown».
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

MEDIAN = {
    2026: [2564238, 4199292, 5359036, 6494738, 7556719, 8555952, 9515150],
    2027: [2736042, 4480645, 5718091, 6929885, 8063019, 9129201, None],
}
RENTS = {
    1: [369000, 414000, 492000, 571000, 591000, 699000],
    2: [300000, 335000, 401000, 463000, 479000, 568000],
    3: [247000, 275000, 327000, 381000, 394000, 463000],
    4: [212000, 238000, 283000, 329000, 340000, 402000],
}
# region: basic property, ceiling of the dwelling, grade of the rent
REGIONS = {
    "seoul": (99000000, 172000000, 1),
    "gyeonggi": (80000000, 151000000, 2),
    "incheon": (77000000, 146000000, 2),
    "metropolitan": (77000000, 146000000, 3),
    "other": (53000000, 112000000, 4),
}
PENSION_PROPERTY = {"large_city": 135000000, "small_city": 85000000, "rural": 72500000}
# place: province, kind of municipality, region, area of the pension, capital area
PLACES = {
    "seoul": ("seoul", "district", "seoul", "large_city", True),
    "suwon": ("gyeonggi", "special_city", "gyeonggi", "large_city", True),
    "gimpo": ("gyeonggi", "city", "gyeonggi", "small_city", True),
    "incheon": ("incheon", "district", "incheon", "large_city", True),
    "ganghwa": ("incheon", "county", "incheon", "rural", True),
    "busan": ("busan", "district", "metropolitan", "large_city", False),
    "changwon": ("gyeongnam", "special_city", "metropolitan", "large_city", False),
    "sejong": ("sejong", "city", "metropolitan", "small_city", False),
    "jeonju": ("jeonbuk", "city", "other", "small_city", False),
    "cheongsong": ("gyeongbuk", "county", "other", "rural", False),
}


@dataclass
class Somebody:
    """One person; every amount is zero unless given."""

    name: str
    role: str
    birth: tuple
    facts: dict = field(default_factory=dict)

    def __getitem__(self, key):
        return self.facts.get(key, 0)


@dataclass
class Home:
    """One household in one month."""

    people: list
    place: str = "seoul"
    year: int = 2026
    month: int = 1
    facts: dict = field(default_factory=dict)
    couples: list = field(default_factory=list)

    def __getitem__(self, key):
        return self.facts.get(key, 0)


def won(value):
    """A number as people write it: thousands apart, at most four decimals."""
    value = Fraction(value)
    if value.denominator == 1:
        return f"{int(value):,}"
    return f"{float(value):,.4f}".rstrip("0").rstrip(".")


def age(person, home):
    year, month, day = person.birth
    had = (month, day) <= (home.month, 1)
    return home.year - year - (0 if had else 1)


def months(person, home):
    return (home.year - person.birth[0]) * 12 + home.month - person.birth[1]


def couple_of(person, home):
    for pair in home.couples:
        if person.name in pair:
            return [p for p in home.people if p.name in pair]
    return [person]


def size(home):
    return sum(1 for p in home.people if months(p, home) >= 0 and not p["is_left_out_of_household"])


def median(number):
    table = MEDIAN[2026]
    if number <= 7:
        return table[number - 1]
    return table[6] + (number - 7) * (table[6] - table[5])


def threshold(number, percent):
    def rounded(amount):
        return floor(Fraction(amount * percent, 100) + Fraction(1, 2))

    table = MEDIAN[2026]
    if number <= 7:
        return rounded(table[number - 1])
    return rounded(table[6]) + (number - 7) * (rounded(table[6]) - rounded(table[5]))


# ------------------------------------------------------------------ basic pension


def pension_income(pair, home, steps):
    total = Fraction(0)
    for p in pair:
        wages = max(p["earned_income"] - 1160000, 0) * Fraction(7, 10)
        interest = max(p["interest_income"] - 40000, 0)
        veteran = max(p["veteran_compensation"] - 430000, 0)
        rest = sum(
            p[k]
            for k in (
                "business_income",
                "rental_income",
                "private_pension_income",
                "national_pension_old_age",
                "national_pension_other",
                "other_public_transfers",
            )
        )
        total += wages + interest + veteran + rest
    general = sum(p["home_value"] + p["lease_deposit"] + p["other_general_property"] for p in pair)
    cars = 0
    for p in pair:
        if p["car_value"] >= 40000000 and p["car_age"] < 10:
            cars += p["car_value"]
        else:
            general += p["car_value"]
    financial = sum(p["financial_property"] for p in pair)
    debts = sum(p["debt"] for p in pair)
    basic = PENSION_PROPERTY[PLACES[home.place][3]]
    net = max(max(general - basic, 0) + max(financial - 20000000, 0) - debts, 0)
    converted = Fraction(net * 4, 1200)
    steps.append(f"pension income {won(total)} + property {won(net)} × 4 % ÷ 12 = {won(converted)}")
    return total + converted + cars


def basic_pension(person, home, steps):
    pair = couple_of(person, home)
    if any(p["receives_occupational_pension"] for p in pair):
        return 0
    if months(person, home) < 780:
        return 0
    notes = []
    income = pension_income(pair, home, notes)
    limit = 2470000 if len(pair) == 1 else 3952000
    if income > limit:
        steps.append(f"{person.name}: {notes[-1]}; {won(income)} is above {won(limit)}: no basic pension")
        return 0
    old = [p for p in pair if months(p, home) >= 780]
    amounts = {p.name: full_pension(p, pair, home) for p in old}
    if None in amounts.values():
        steps.append(f"{person.name}: entitlement to a disability pension unknown, so the basic pension is too")
        return None
    if len(old) == 2:
        amounts = {k: v * Fraction(4, 5) for k, v in amounts.items()}
        together = sum(amounts.values())
        paid = min(together, max(limit - income, Fraction(69940)))
        own = amounts[person.name]
        if paid < together:
            own = max(paid * own / together, Fraction(34970))
    else:
        own = min(amounts[person.name], max(limit - income, Fraction(34970)))
    result = own // 10 * 10
    steps.append(f"{person.name}: {notes[-1]}; threshold {won(limit)} − {won(income)}; basic pension {won(result)}")
    return int(result)


def full_pension(person, pair, home):
    standard = Fraction(349700)
    pension = person["national_pension_old_age"]
    if home["is_registered_basic_livelihood_recipient"] or pension <= standard * Fraction(3, 2):
        return standard
    entitled = disability_entitled(person, home)
    if entitled is not False:
        return standard if entitled else None
    formula = max(standard - Fraction(2, 3) * person["national_pension_redistribution_amount"], 0) + standard / 2
    formula = min(formula, standard)
    if pension <= standard * 2:
        return min(max(standard * Fraction(5, 2) - pension, formula), standard)
    return formula


# ------------------------------------------------------------------ basic livelihood


def recognised_income(home, steps):
    """Recognised income, or None where a figure that it needs is unknown."""
    counted = [p for p in home.people if months(p, home) >= 0 and not p["is_left_out_of_household"]]
    total = Fraction(0)
    for p in counted:
        work = p["earned_income"] + p["business_income"]
        at_school = p["school_level"] not in (0, "none")
        protected = age(p, home) >= 65 or p["disability_degree"] not in (0, "none")
        if work and (at_school or protected or age(p, home) <= 34):
            steps.append(f"{p.name}: fixed deduction from earnings unknown")
            return None
        if p["interest_income"]:
            steps.append(f"{p.name}: interest not counted is unknown")
            return None
        pension = basic_pension(p, home, steps)
        if pension is None:
            return None
        other = sum(
            p[k]
            for k in (
                "rental_income",
                "private_pension_income",
                "counted_private_transfers",
                "national_pension_old_age",
                "national_pension_other",
                "veteran_compensation",
                "unemployment_benefit",
                "other_public_transfers",
            )
        )
        part = work * Fraction(7, 10) + other + pension - p["chronic_medical_cost"]
        if part:
            steps.append(
                f"{p.name}: {won(work)} × 0.7 + {won(other)} + basic pension {won(pension)}"
                f" − medical cost {won(p['chronic_medical_cost'])} = {won(part)}"
            )
        total += part
    total = max(total, 0)
    basic, ceiling, _ = REGIONS[PLACES[home.place][2]]
    dwelling = floor(
        sum(p["home_value"] for p in counted) + Fraction(95, 100) * sum(p["lease_deposit"] for p in counted)
    )
    low = min(dwelling, ceiling)
    general = dwelling - low + sum(p["other_general_property"] for p in counted)
    financial = max(sum(p["financial_property"] for p in counted) - 5000000, 0)
    deduction = basic + sum(p["debt"] for p in counted)
    rest = deduction
    low_left = max(low - rest, 0)
    rest = max(rest - low, 0)
    general_left = max(general - rest, 0)
    rest = max(rest - general, 0)
    financial_left = max(financial - rest, 0)
    cars = sum(p["car_value"] for p in counted)
    converted = (
        low_left * Fraction(104, 10000)
        + general_left * Fraction(417, 10000)
        + financial_left * Fraction(626, 10000)
        + cars
    )
    if dwelling or general or financial or cars:
        steps.append(
            f"property: {won(low_left)} × 1.04 % + {won(general_left)} × 4.17 % + {won(financial_left)} × 6.26 %"
            f" + cars {won(cars)} = {won(converted)} (deduction {won(deduction)})"
        )
    steps.append(f"recognised income {won(total)} + {won(converted)} = {won(total + converted)}")
    return total + converted


def livelihood(home, income, steps):
    limit = threshold(size(home), 32)
    result = ceil(max(limit - income, 0))
    steps.append(f"livelihood: {won(limit)} − {won(income)} → {won(result)}")
    return result


def rent(home, income, steps):
    number = size(home)
    limit = threshold(number, 48)
    grade = REGIONS[PLACES[home.place][2]][2]
    if home.facts.get("tenure", "tenant") != "tenant":
        return 0
    actual = home["monthly_rent"] + Fraction(sum(p["lease_deposit"] for p in home.people) * 4, 1200)
    if actual == 0:
        return 0
    if income > limit:
        steps.append(f"rent: {won(income)} is above {won(limit)}")
        return 0
    if number > 9:
        return None
    standard = Fraction(RENTS[grade][min(number, 6) - 1])
    if number > 7:
        standard *= Fraction(11, 10)
    own = max(income - threshold(number, 32), 0) * Fraction(3, 10)
    due = 10000 if actual > 5 * standard else max(min(actual, standard) - own, 10000)
    result = ceil(Fraction(due) / 10) * 10
    steps.append(f"rent: min({won(standard)}, {won(actual)}) − {won(own)} → {won(result)}")
    return result


def household_class(home, income):
    number = size(home)
    if income <= threshold(number, 40):
        return "livelihood_or_medical"
    pupil = any(p["school_level"] in ("elementary", "middle", "high") for p in home.people)
    if income <= threshold(number, 48) or (pupil and income <= threshold(number, 50)):
        return "housing_or_education"
    if income <= Fraction(median(number), 2):
        return "near_poverty"
    return "none"


# ------------------------------------------------------------------ disability


def disability_income(pair):
    """None where earnings or property meet an unknown deduction."""
    total = 0
    for p in pair:
        if p["earned_income"]:
            return None
        total += max(p["interest_income"] - 40000, 0)
        total += sum(
            p[k]
            for k in (
                "business_income",
                "rental_income",
                "private_pension_income",
                "counted_private_transfers",
                "national_pension_old_age",
                "national_pension_other",
                "veteran_compensation",
                "other_public_transfers",
            )
        )
    gross = sum(
        p["home_value"] + p["lease_deposit"] + p["other_general_property"] + p["car_value"] + p["financial_property"]
        for p in pair
    )
    return None if gross > sum(p["debt"] for p in pair) else total


def disability_entitled(person, home):
    """True, False or None."""
    pair = couple_of(person, home)
    if not person["is_severely_disabled_for_pension"] or months(person, home) < 216:
        return False
    if any(p["receives_occupational_pension"] for p in pair):
        return False
    income = disability_income(pair)
    if income is None:
        return None
    return income <= (1400000 if len(pair) == 1 else 2240000)


def has_basic_pension(person, home):
    return basic_pension(person, home, []) > 0


def disability_pension(person, home, group, steps):
    entitled = disability_entitled(person, home)
    if not entitled:
        return 0 if entitled is False else None
    pair = couple_of(person, home)
    margin = (1400000 if len(pair) == 1 else 2240000) - disability_income(pair)
    old = has_basic_pension(person, home)
    receivers = [p for p in pair if disability_entitled(p, home) and not has_basic_pension(p, home)]
    if old:
        basic = 0
    elif len(receivers) == 2:
        basic = min(Fraction(559520), max(ceil(Fraction(margin, 40000)) * 40000, 40000)) / 2
    else:
        basic = min(349700, max(ceil(Fraction(margin, 20000)) * 20000, 20000))
    late = months(person, home) >= 780
    table = {
        "livelihood_or_medical": (90000, 439700),
        "housing_or_education": (80000, 80000),
        "near_poverty": (80000, 80000),
        "none": (30000, 50000),
    }
    result = int(basic // 10 * 10) + table[group][late]
    steps.append(
        f"{person.name}: disability pension {won(int(basic // 10 * 10))} + {won(table[group][late])} = {won(result)}"
    )
    return result


def disability_allowance(person, home, group):
    if person["disability_degree"] in (0, "none") or person["is_severely_disabled_for_pension"]:
        return 0
    if months(person, home) < 216:
        return 0
    if age(person, home) <= 20 and person["school_level"] in ("elementary", "middle", "high"):
        return 0
    return 0 if group == "none" else 60000


# ------------------------------------------------------------------ children


def child_allowance(person, home):
    limits = {2026: 9, 2027: 10, 2028: 11, 2029: 12}
    old = months(person, home)
    if old < 0 or not (old < limits[home.year] * 12 or person.birth[0] == 2017):
        return 0
    capital = PLACES[home.place][4]
    decline = home.facts.get("population_decline", "none")
    extra = {"notified": 20000, "decline": 10000}.get(decline, 0 if capital else 5000)
    if decline != "none" and home["is_paid_in_local_currency"]:
        extra += 10000
    return 100000 + extra


def parental_benefit(person, home):
    old = months(person, home)
    return 1000000 if 0 <= old < 12 else 500000 if 12 <= old < 24 else 0


def single_parent_support(person, home, income):
    kind = home.facts.get("single_parent_kind", "none")
    if kind == "none" or person.role != "child" or months(person, home) < 0:
        return 0
    at_school = person["school_level"] not in (0, "none")
    if age(person, home) >= (22 if at_school else 18):
        return 0
    parent = next(p for p in home.people if p.role == "head")
    parent_age = age(parent, home)
    if kind != "grandparent" and parent_age <= 24:
        return None
    if income > floor(Fraction(median(size(home)) * 65, 100) + Fraction(1, 2)):
        return 0
    small = age(person, home) <= 5
    if kind == "grandparent" and small or kind == "unmarried" and parent_age >= 35 and small:
        return 330000
    if kind != "grandparent" and parent_age <= 34:
        return 330000
    return 230000


def calculate(home):
    """All results of a household, and the steps. A result that is unknown is None."""
    steps = []
    income = recognised_income(home, steps)
    persons = {}
    result = {"recognised_income": income}
    if income is None:
        return result, persons, steps
    group = household_class(home, income)
    result["livelihood_benefit"] = livelihood(home, income, steps)
    result["is_entitled_to_medical_benefit"] = income <= threshold(size(home), 40)
    result["rent_support"] = rent(home, income, steps)
    result["protection_class"] = group
    for p in home.people:
        persons[p.name] = {
            "basic_pension": basic_pension(p, home, []),
            "disability_pension": disability_pension(p, home, group, steps),
            "disability_allowance": disability_allowance(p, home, group),
            "child_allowance": child_allowance(p, home),
            "parental_benefit": parental_benefit(p, home),
            "single_parent_child_support": single_parent_support(p, home, income),
        }
    return result, persons, steps
