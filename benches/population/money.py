"""What people have and earn: incomes, property, disability, school, and who already receives basic livelihood."""

import numpy

import margins
import people as p

ADULT = 19
PENSION_STANDARD = {"large_city": 135_000_000, "small_city": 85_000_000, "rural": 72_500_000}
SCHOOLS = ["none", "elementary", "middle", "high", "university"]
DEGREES = ["none", "mild", "severe"]
PROVINCES = list(margins.PROVINCES)
KINDS_OF_PLACE = ["district", "city", "special_city", "county"]
# Share of the people of a province who live in: a district, a city, a special city, a county. U.
PLACES = {
    "seoul": (1, 0, 0, 0),
    "busan": (0.95, 0, 0, 0.05),
    "daegu": (0.88, 0, 0, 0.12),
    "incheon": (0.97, 0, 0, 0.03),
    "gwangju": (1, 0, 0, 0),
    "daejeon": (1, 0, 0, 0),
    "ulsan": (0.8, 0, 0, 0.2),
    "sejong": (0, 1, 0, 0),
    "gyeonggi": (0, 0.62, 0.36, 0.02),
    "gangwon": (0, 0.7, 0, 0.3),
    "chungbuk": (0, 0.75, 0, 0.25),
    "chungnam": (0, 0.8, 0, 0.2),
    "jeonbuk": (0, 0.78, 0, 0.22),
    "jeonnam": (0, 0.5, 0, 0.5),
    "gyeongbuk": (0, 0.78, 0, 0.22),
    "gyeongnam": (0, 0.55, 0.31, 0.14),
    "jeju": (0, 1, 0, 0),
}
DECLINE = ["none", "decline", "notified"]
# What a home costs beside the average of the country. U.
DEARNESS = numpy.array([2.1, 0.9, 0.85, 1.0, 0.8, 0.85, 0.8, 1.1, 1.2, 0.55, 0.6, 0.6, 0.55, 0.45, 0.5, 0.65, 0.9])
# Recipients of basic livelihood in ordinary households: households by kind and size of the three smallest. U but for their sum.
RECIPIENT_HOMES = {
    (p.ALONE_OLD, 1): 762_000,
    (p.ALONE, 1): 858_000,
    (p.COUPLE_OLD, 2): 150_000,
    (p.SINGLE_PARENT, 2): 120_000,
    (p.COUPLE, 2): 30_000,
    (p.WITH_PARENT, 2): 40_000,
    (p.SINGLE_PARENT, 3): 50_000,
    (p.FAMILY, 3): 20_000,
    (p.FAMILY, 4): 15_400,
}


def chance_of_receiving():
    """For each code of a household (sixteen times its size, plus its kind) the chance that it receives basic livelihood."""
    chance = numpy.zeros(256)
    for kind, size, number in p.quotas():
        chance[16 * size + kind] = RECIPIENT_HOMES.get((kind, size), 0) / number
    return chance


def chance_of_a_facility():
    """The same for people who live alone in a care facility."""
    chance = numpy.zeros(256)
    numbers = {(kind, size): number for kind, size, number in p.quotas()}
    old = margins.RECIPIENTS_IN_FACILITIES * margins.RECIPIENTS_ELDERLY_SHARE
    chance[16 + p.ALONE_OLD] = old / numbers[p.ALONE_OLD, 1]
    chance[16 + p.ALONE] = (margins.RECIPIENTS_IN_FACILITIES - old) / numbers[p.ALONE, 1]
    return chance


class Scale:
    """Factors found on a pilot: earnings of working age, property of the elderly."""

    def __init__(self):
        self.earnings = 1.0
        self.property_of_elderly = 1.0


class Nation:
    """Facts of some households; `person`, `household` and `couple` hold the columns."""

    def __init__(self, codes, random, scale):
        self.people = p.People(codes, random)
        self.random = random
        self.scale = scale
        self.persons = len(self.people.home)
        self.homes = len(codes)
        self.person, self.household, self.couple = {}, {}, {}
        drawn = random.random(self.homes)
        receiving, facility = chance_of_receiving()[codes], chance_of_a_facility()[codes]
        self.receives = drawn < receiving + facility
        self.in_facility = drawn < facility
        self.is_poor = self.receives | (random.random(self.homes) < 0.03)
        self.draw_places()
        self.draw_status()
        self.draw_incomes()
        self.draw_property()
        self.draw_disability()
        self.draw_rest()

    # ------------------------------------------------------------ helpers

    def sure(self, chance):
        """Who is hit by a chance, for each person."""
        return self.random.random(self.persons, dtype=numpy.float32) < chance

    def lognormal(self, number, median, sigma):
        drawn = numpy.exp(self.random.standard_normal(number, dtype=numpy.float32) * numpy.float32(sigma))
        return drawn.astype(numpy.float64) * median

    def amounts(self, who, median, sigma, step, top):
        """A lognormal amount in steps for those who are hit, nothing for the others."""
        values = numpy.zeros(self.persons, dtype=numpy.int32)
        number = int(who.sum())
        drawn = numpy.minimum(self.lognormal(number, median, sigma), top)
        values[who] = (drawn // step * step).astype(numpy.int32)
        return values

    # ------------------------------------------------------------ facts

    def draw_places(self):
        weights = numpy.array(list(margins.PROVINCES.values()), dtype=float)
        province = self.random.choice(len(weights), self.homes, p=weights / weights.sum()).astype(numpy.int8)
        ladder = numpy.cumsum([PLACES[name] for name in PROVINCES], axis=1)
        drawn = self.random.random(self.homes)
        place = (drawn[:, None] > ladder[province]).sum(axis=1).astype(numpy.int8)
        county = place == 3
        drawn = self.random.random(self.homes)
        decline = numpy.where(
            county & (drawn < 0.85), numpy.where(drawn < 0.25, 2, 1), numpy.where((place == 1) & (drawn < 0.05), 1, 0)
        )
        self.province = province
        self.area = numpy.where(county, "rural", numpy.where((place == 1), "small_city", "large_city"))
        self.household["province"] = (province, PROVINCES)
        self.household["municipality_kind"] = (place, KINDS_OF_PLACE)
        self.household["population_decline"] = (decline.astype(numpy.int8), DECLINE)
        self.household["is_paid_in_local_currency"] = (decline > 0) & (self.random.random(self.homes) < 0.2)
        self.household["is_on_island"] = county & (self.random.random(self.homes) < 0.02)

    def draw_status(self):
        who = self.people
        year = who.birth_year
        school = numpy.zeros(self.persons, dtype=numpy.int8)
        school[(year >= 2014) & (year <= 2019)] = 1
        school[(year >= 2011) & (year <= 2013)] = 2
        school[(year >= 2008) & (year <= 2010)] = 3
        school[(year >= 2002) & (year <= 2007) & self.sure(0.5)] = 4
        self.school = school
        self.old = who.age >= 65
        grown = (who.age >= ADULT) & ~self.old
        poor = self.is_poor[who.home]
        wanted = numpy.where(who.role == p.HEAD, 0.86, numpy.where(who.role == p.SPOUSE, 0.58, 0.62))
        wanted = numpy.where(school == 4, 0.2, wanted)
        wanted = numpy.where(self.old, numpy.where(who.age < 75, 0.33, 0.12), wanted)
        wanted = numpy.where(poor, numpy.where(grown & (who.age >= 35), 0.25, 0.03), wanted)
        self.works = ((grown | self.old) & self.sure(wanted)).astype(bool)
        self.grown = grown
        self.poor = poor
        facility = self.in_facility[who.home]
        self.works &= ~facility
        self.person["school_level"] = (school, SCHOOLS)
        self.person["is_in_care_facility"] = facility
        self.person["is_pregnant"] = (who.role == p.SPOUSE) & (who.age < 45) & self.sure(0.05)
        self.person["cannot_work"] = self.grown & poor & ~self.works & self.sure(0.4)
        self.person["has_serious_registered_illness"] = self.sure(numpy.where(self.old, 0.08, 0.01))

    def draw_incomes(self):
        who = self.people
        own_business = self.works & self.sure(0.2)
        median = numpy.where(self.old, 1_000_000, numpy.where(who.age < 30, 2_300_000, 3_100_000))
        median = numpy.where(self.poor, 450_000, median)
        shape = numpy.exp(self.random.standard_normal(self.persons, dtype=numpy.float32) * numpy.float32(0.55))
        earned = numpy.where(self.works, shape * median, 0)
        earned *= numpy.where(self.poor | self.old, 1.0, self.scale.earnings)
        earned = (numpy.minimum(earned, 60_000_000) // 1000 * 1000).astype(numpy.int32)
        self.earned = numpy.where(own_business, 0, earned)
        self.business = numpy.where(own_business, earned, 0)
        rich = ~self.poor
        occupational = self.old & rich & self.sure(0.05)
        pension = self.old & ~occupational & self.sure(numpy.where(self.poor, 0.3, 0.6))
        early = (who.age >= 63) & ~self.old & rich & self.sure(0.5)
        amount = self.amounts(pension | early, 560_000, 0.6, 10, 3_000_000)
        amount = numpy.where(self.poor, numpy.minimum(amount, 300_000), amount)
        self.pension = amount
        others = self.amounts(self.sure(numpy.where(self.old, 0.06, 0.002)), 330_000, 0.3, 10, 900_000)
        self.other_pension = others
        self.public = self.amounts(occupational, 2_700_000, 0.25, 1000, 5_000_000)
        columns = self.person
        columns["earned_income"] = self.earned
        columns["business_income"] = self.business
        columns["rental_income"] = self.amounts(
            (self.grown | self.old) & rich & self.sure(0.04), 600_000, 0.8, 1000, 20_000_000
        )
        columns["private_pension_income"] = self.amounts(
            (who.age >= 60) & rich & self.sure(0.05), 350_000, 0.6, 1000, 5_000_000
        )
        columns["interest_income"] = self.amounts(
            (self.grown | self.old) & rich & self.sure(0.15), 30_000, 1.2, 100, 20_000_000
        )
        columns["counted_private_transfers"] = self.amounts(self.old & self.sure(0.05), 200_000, 0.4, 10_000, 1_000_000)
        columns["unemployment_benefit"] = self.amounts(
            self.grown & ~self.works & rich & self.sure(0.06), 1_900_000, 0.05, 10, 2_048_000
        )
        columns["national_pension_old_age"] = self.pension
        columns["national_pension_redistribution_amount"] = (self.pension * 0.55).astype(numpy.int32)
        columns["national_pension_other"] = others
        columns["other_public_transfers"] = self.public
        columns["veteran_compensation"] = self.amounts(self.old & self.sure(0.02), 700_000, 0.6, 1000, 4_000_000)
        columns["chronic_medical_cost"] = self.amounts(self.poor & self.sure(0.1), 80_000, 0.7, 100, 1_000_000)
        columns["receives_occupational_pension"] = occupational
        self.claims = ~self.old | self.sure(
            margins.BASIC_PENSION_CLAIMS / (margins.ELDERLY * margins.BASIC_PENSION_SHARE)
        )
        columns["claims_basic_pension"] = self.claims
        self.income = sum(columns[name].astype(numpy.int64) for name in INCOMES)

    def draw_property(self):
        who = self.people
        heads = who.role == p.HEAD
        old_home = p.HEAD_IS_OLD[who.kind]
        owns = self.random.random(self.homes) < numpy.where(
            self.is_poor, 0.15, numpy.where(old_home, 0.72, numpy.where(who.size > 1, 0.62, 0.32))
        )
        owns &= ~self.in_facility
        tenant = ~owns & (self.random.random(self.homes) < 0.92) & ~self.in_facility
        full_deposit = tenant & (self.random.random(self.homes) < numpy.where(self.is_poor, 0.05, 0.4))
        home_scale = DEARNESS[self.province] * numpy.where(old_home, self.scale.property_of_elderly, 1.0)
        value = self.lognormal(self.homes, 230_000_000, 0.75) * home_scale
        value = numpy.where(self.is_poor, numpy.minimum(value * 0.15, 70_000_000), value)
        deposit = numpy.where(full_deposit, value * 0.7, self.lognormal(self.homes, 12_000_000, 0.8))
        deposit = numpy.where(self.is_poor, numpy.minimum(deposit, 20_000_000), deposit)
        rent = self.lognormal(self.homes, 380_000, 0.4) * numpy.minimum(DEARNESS[self.province] ** 0.5, 1.3)
        rent = numpy.where(self.is_poor, rent * 0.6, rent)
        rent = numpy.where(tenant & ~full_deposit, numpy.minimum(rent, 2_500_000), 0)

        def of_head(values, unit, top):
            whole = (numpy.minimum(values, top) // unit * unit).astype(numpy.int32)
            return numpy.where(heads, whole[who.home], 0).astype(numpy.int32)

        columns = self.person
        columns["home_value"] = of_head(numpy.where(owns, value, 0), 100_000, 1_200_000_000)
        columns["lease_deposit"] = of_head(numpy.where(tenant, deposit, 0), 100_000, 800_000_000)
        grown = self.grown | self.old
        rich = ~self.poor
        factor = numpy.where(self.old, self.scale.property_of_elderly, 1.0)
        land = self.amounts(grown & rich & self.sure(0.12), 60_000_000, 1.0, 100_000, 400_000_000)
        columns["other_general_property"] = (land * numpy.minimum(factor, 1.5)).astype(numpy.int32)
        savings = self.amounts(grown & rich & self.sure(0.85), 18_000_000, 1.2, 10_000, 400_000_000)
        little = self.amounts(grown & self.poor & self.sure(0.5), 1_200_000, 0.7, 10_000, 4_500_000)
        columns["financial_property"] = ((savings + little) * numpy.minimum(factor, 2.0)).astype(numpy.int32)
        columns["debt"] = self.amounts(self.grown & rich & self.sure(0.3), 45_000_000, 1.0, 10_000, 600_000_000)
        drives = grown & rich & self.sure(numpy.where(heads, 0.6, 0.25))
        columns["car_value"] = self.amounts(drives, 12_000_000, 0.8, 10_000, 120_000_000)
        columns["car_displacement"] = numpy.where(
            drives,
            self.random.choice([1000, 1600, 2000, 2500, 3000], self.persons, p=[0.15, 0.35, 0.3, 0.12, 0.08]),
            2000,
        ).astype(numpy.int32)
        columns["car_age"] = numpy.where(drives, self.random.integers(0, 16, self.persons), 0).astype(numpy.int32)
        tenure = numpy.where(owns, 1, numpy.where(tenant, 0, 2)).astype(numpy.int8)
        self.household["tenure"] = (tenure, ["tenant", "owner", "other"])
        self.household["monthly_rent"] = (rent // 1000 * 1000).astype(numpy.int32)
        repair = owns & self.receives & (self.random.random(self.homes) < 0.01)
        self.household["repair_kind"] = (
            numpy.where(repair, self.random.integers(1, 4, self.homes), 0).astype(numpy.int8),
            ["none", "minor", "medium", "major"],
        )

    def draw_disability(self):
        who = self.people
        wanted = numpy.where(who.age < 18, 0.013, numpy.where(self.old, 0.128, 0.036))
        wanted = numpy.where(self.poor, wanted * 1.61, wanted * 0.796)
        registered = self.sure(wanted)
        severe = registered & self.sure(numpy.where(who.age < 18, 0.8, 0.37))
        # Those who receive the disability pension: severe, of age, and poor as a couple, so that no open figure is needed.
        grown = who.age >= 19
        couple_works = who.of_couple(self.works)[who.couple] > 0
        adults = margins.PERSONS * 0.84
        chosen = (
            grown
            & ~couple_works
            & ~self.person["receives_occupational_pension"]
            & self.sure(margins.DISABILITY_PENSION / adults * 3.41)
        )
        pair = who.of_couple(chosen)[who.couple] > 0
        chosen_pairs_income = who.of_couple(self.income)[who.couple]
        chosen &= chosen_pairs_income <= 1_400_000
        pair &= who.of_couple(chosen)[who.couple] > 0
        pair &= who.of_couple(self.person["receives_occupational_pension"])[who.couple] == 0
        chosen &= pair
        for name in ("home_value", "lease_deposit", "other_general_property", "financial_property", "car_value"):
            self.person[name] = numpy.where(pair, 0, self.person[name]).astype(numpy.int32)
        severe |= chosen
        registered |= chosen
        self.person["disability_degree"] = ((registered.astype(numpy.int8) + severe), DEGREES)
        of_pension = chosen | (severe & (who.age >= 18) & self.sure(0.4)) | (severe & (who.age < 18))
        self.person["is_severely_disabled_for_pension"] = of_pension

    def draw_rest(self):
        who = self.people
        self.person["birth_order"] = numpy.where(
            who.role == p.CHILD, numpy.maximum(1, who.size[who.home] - who.place - p.PARENTS[who.kind][who.home]), 1
        ).astype(numpy.int32)
        self.person["is_abroad_for_90_days"] = (who.age < 13) & self.sure(0.004)
        columns = self.person
        work = columns["earned_income"].astype(numpy.int64) + columns["business_income"] * 0.6
        columns["tax_year_earnings"] = (work * 12).astype(numpy.int32)
        total = self.income - columns["business_income"] * 0.4
        columns["tax_year_total_income"] = (total * 12).astype(numpy.int32)
        columns["average_monthly_pay_of_regular_worker"] = numpy.where(
            self.sure(0.7), columns["earned_income"], 0
        ).astype(numpy.int32)
        assets = sum(
            columns[name].astype(numpy.int64)
            for name in ("home_value", "lease_deposit", "other_general_property", "financial_property", "car_value")
        )
        columns["tax_year_assets"] = numpy.minimum(assets, 2_000_000_000).astype(numpy.int32)
        minor = who.of_home((who.role == p.CHILD) & (who.age < 18)) > 0
        single = ((who.kind == p.SINGLE_PARENT) | (who.kind == p.GRANDPARENT)) & minor
        unmarried = single & (self.random.random(self.homes) < 0.08)
        kind = numpy.where(single, numpy.where(who.kind == p.GRANDPARENT, 3, numpy.where(unmarried, 2, 1)), 0).astype(
            numpy.int8
        )
        household = self.household
        household["single_parent_kind"] = (kind, ["none", "single", "unmarried", "grandparent"])
        household["is_registered_basic_livelihood_recipient"] = self.receives
        household["heats_with_kerosene_or_gas"] = self.random.random(self.homes) < numpy.where(
            self.household["municipality_kind"][0] == 3, 0.25, 0.03
        )
        household["gets_other_heating_support"] = self.is_poor & (self.random.random(self.homes) < 0.02)
        supported = self.is_poor & (self.random.random(self.homes) < numpy.where(self.receives, 0.5, 0.7))
        yearly = numpy.minimum(
            self.lognormal(self.homes, 42_000_000, 0.6), numpy.where(self.receives, 110_000_000, 600_000_000)
        )
        household["has_supporter"] = supported
        household["supporter_annual_income"] = numpy.where(supported, yearly // 10_000 * 10_000, 0).astype(numpy.int32)
        household["supporter_deducted_income"] = numpy.where(supported, yearly / 12 * 0.8 // 10_000 * 10_000, 0).astype(
            numpy.int32
        )
        household["supporter_household_size"] = numpy.where(
            supported, self.random.integers(1, 5, self.homes), 1
        ).astype(numpy.int32)
        house = numpy.minimum(self.lognormal(self.homes, 150_000_000, 0.8), 1_500_000_000)
        has_house = supported & (self.random.random(self.homes) < 0.3)
        household["supporter_dwelling_value"] = numpy.where(has_house, house // 100_000 * 100_000, 0).astype(
            numpy.int32
        )
        household["supporter_general_property"] = household["supporter_dwelling_value"]
        household["support_cannot_be_had"] = supported & (self.random.random(self.homes) < 0.25)
        household["files_tax_credit_late"] = self.random.random(self.homes) < 0.03
        couples = int(who.couple[-1]) + 1
        of_child = (self.random.random(couples) < 0.03) & (who.of_couple(self.old) > 0)
        self.couple["child_home_value"] = numpy.where(
            of_child, numpy.minimum(self.lognormal(couples, 450_000_000, 0.5), 2_000_000_000) // 100_000 * 100_000, 0
        ).astype(numpy.int32)

    # ------------------------------------------------------------ what the pilot looks at

    def household_income(self):
        return self.people.of_home(self.income)

    def meets_income_condition_of_basic_pension(self):
        """Each elderly person: whether the couple's recognised income is up to the threshold; a reckoning of its own."""
        who, of_couple = self.people, self.people.of_couple
        columns = self.person
        work = numpy.maximum(columns["earned_income"] - 1_160_000, 0) * 0.7
        interest = numpy.maximum(columns["interest_income"] - 40_000, 0)
        veteran = numpy.maximum(columns["veteran_compensation"] - 430_000, 0)
        rest = sum(columns[name].astype(numpy.int64) for name in COUNTED_FOR_PENSION)
        income = of_couple(work) + of_couple(interest) + of_couple(veteran) + of_couple(rest)
        dear = (columns["car_value"] >= 40_000_000) & (columns["car_age"] < 10)
        car = numpy.where(dear, 0, columns["car_value"])
        general = of_couple(
            columns["home_value"].astype(numpy.int64)
            + columns["lease_deposit"]
            + columns["other_general_property"]
            + car
        )
        starts = numpy.flatnonzero(numpy.diff(who.couple, prepend=-1))
        basic = numpy.vectorize(PENSION_STANDARD.get, otypes=[numpy.int64])(self.area)[who.home][starts]
        financial = numpy.maximum(of_couple(columns["financial_property"]) - 20_000_000, 0)
        net = numpy.maximum(numpy.maximum(general - basic, 0) + financial - of_couple(columns["debt"]), 0)
        child = self.couple["child_home_value"]
        free_housing = numpy.where(child >= 600_000_000, child * 0.0078 / 12, 0)
        recognised = income + net * 0.04 / 12 + of_couple(numpy.where(dear, columns["car_value"], 0)) + free_housing
        pairs = numpy.diff(numpy.append(starts, self.persons))
        meets = recognised <= numpy.where(pairs == 2, 3_952_000, 2_470_000)
        excluded = of_couple(columns["receives_occupational_pension"]) > 0
        return (meets & ~excluded)[who.couple][self.old]


INCOMES = (
    "earned_income",
    "business_income",
    "rental_income",
    "private_pension_income",
    "interest_income",
    "unemployment_benefit",
    "national_pension_old_age",
    "national_pension_other",
    "other_public_transfers",
    "veteran_compensation",
)
COUNTED_FOR_PENSION = (
    "business_income",
    "rental_income",
    "private_pension_income",
    "national_pension_old_age",
    "national_pension_other",
    "other_public_transfers",
)
