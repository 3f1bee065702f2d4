"""Who lives with whom: kinds of households, roles, couples and ages."""

import numpy

import margins

DAY = numpy.datetime64("2026-04-01")
DAYS_OF_YEAR = 365.2425
HEAD, SPOUSE, CHILD, PARENT = 0, 1, 2, 3
ROLES = ["head", "spouse", "child", "parent", "other"]

# Kinds of households: what the members beside the head and the children are.
ALONE, ALONE_OLD, COUPLE_OLD, COUPLE, SINGLE_PARENT, WITH_PARENT, GRANDPARENT, FAMILY, WITH_PARENTS = range(9)
FAMILY_PARENT, FAMILY_PARENTS, COUPLE_PARENT = 9, 10, 11
HAS_SPOUSE = numpy.array([0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1], dtype=numpy.int8)
PARENTS = numpy.array([0, 0, 0, 0, 0, 1, 0, 0, 2, 1, 2, 1], dtype=numpy.int8)
HEAD_IS_OLD = numpy.isin(numpy.arange(12), [ALONE_OLD, COUPLE_OLD, GRANDPARENT])


def quotas():
    """(kind, size, households): the exact number of households of each kind, so that sizes and the elderly come out."""
    four = margins.HOUSEHOLDS_OF_4_OR_MORE
    beyond = margins.PERSONS - sum(
        size * number
        for size, number in ((1, margins.HOUSEHOLDS_OF_1), (2, margins.HOUSEHOLDS_OF_2), (3, margins.HOUSEHOLDS_OF_3))
    )
    sizes = {8: round(four * 0.001), 7: round(four * 0.007), 6: round(four * 0.04)}
    sizes[5] = beyond - 4 * four - 2 * sizes[6] - 3 * sizes[7] - 4 * sizes[8]
    sizes[4] = four - sum(sizes.values())
    if min(sizes.values()) < 0:
        raise ValueError("the margins of households of four and more cannot be met")
    rows = []
    for size, number in sizes.items():
        rows += split(
            number, size, [(FAMILY, 0.86), (FAMILY_PARENT, 0.08), (FAMILY_PARENTS, 0.04), (SINGLE_PARENT, 0.02)]
        )
    rows += split(
        margins.HOUSEHOLDS_OF_3, 3, [(FAMILY, 0.68), (SINGLE_PARENT, 0.14), (WITH_PARENTS, 0.12), (COUPLE_PARENT, 0.06)]
    )
    rows += split(
        margins.HOUSEHOLDS_OF_2,
        2,
        [(COUPLE_OLD, 0.39), (COUPLE, 0.26), (SINGLE_PARENT, 0.21), (WITH_PARENT, 0.13), (GRANDPARENT, 0.01)],
    )
    old = sum(
        number * (2 if kind == COUPLE_OLD else 1 if kind == GRANDPARENT else int(PARENTS[kind]))
        for kind, _, number in rows
    )
    old_alone = int(margins.ELDERLY - old)
    rows += [(ALONE_OLD, 1, old_alone), (ALONE, 1, margins.HOUSEHOLDS_OF_1 - old_alone)]
    return rows


def split(number, size, shares):
    rows = [(kind, size, round(number * share)) for kind, share in shares]
    kind, _, first = rows[0]
    rows[0] = (kind, size, first + number - sum(row[2] for row in rows))
    return rows


def households_in_random_order(seed):
    """For every household of the nation one number: sixteen times its size, plus its kind."""
    parts = [numpy.full(number, 16 * size + kind, dtype=numpy.uint8) for kind, size, number in quotas()]
    codes = numpy.concatenate(parts)
    numpy.random.default_rng(seed).shuffle(codes)
    return codes


class People:
    """The persons of some households, their roles, couples and ages in full years."""

    def __init__(self, codes, random):
        self.kind = codes & 15
        self.size = (codes >> 4).astype(numpy.int32)
        self.home = numpy.repeat(numpy.arange(len(codes), dtype=numpy.int32), self.size)
        self.first = numpy.cumsum(self.size) - self.size
        self.place = numpy.arange(len(self.home), dtype=numpy.int32) - self.first[self.home].astype(numpy.int32)
        kind = self.kind[self.home]
        has_spouse = HAS_SPOUSE[kind] == 1
        parents = PARENTS[kind].astype(numpy.int32)
        from_end = self.size[self.home] - 1 - self.place
        self.role = numpy.full(len(self.home), CHILD, dtype=numpy.int8)
        self.role[from_end < parents] = PARENT
        self.role[(self.place == 1) & has_spouse] = SPOUSE
        self.role[self.place == 0] = HEAD
        joins = (self.role == SPOUSE) | ((self.role == PARENT) & (parents == 2) & (from_end == 0))
        self.couple = numpy.cumsum(~joins).astype(numpy.int32) - 1
        self.draw_ages(random)

    def draw_ages(self, random):
        homes = len(self.kind)
        eldest = eldest_child(homes, random)
        grandchild = self.kind == GRANDPARENT
        eldest = numpy.where(grandchild, 3 + random.integers(0, 15, homes), eldest)
        parent = 65 + numpy.minimum(random.exponential(9, homes), 34).astype(numpy.int32)
        head = numpy.clip(eldest + 25 + random.integers(0, 14, homes), 20, 64)
        head = numpy.where(self.kind == ALONE, age_alone(homes, random), head)
        head = numpy.where(self.kind == COUPLE, random.integers(27, 65, homes), head)
        old = 65 + numpy.minimum(random.exponential(9.5, homes), 38).astype(numpy.int32)
        head = numpy.where(HEAD_IS_OLD[self.kind], old, head)
        with_parent = (self.kind == WITH_PARENT) | (self.kind == WITH_PARENTS)
        head = numpy.where(with_parent, numpy.clip(parent - 25 - random.integers(0, 12, homes), 22, 64), head)
        three = (self.kind == FAMILY_PARENT) | (self.kind == FAMILY_PARENTS) | (self.kind == COUPLE_PARENT)
        parent = numpy.where(three, numpy.maximum(head + 25 + random.integers(0, 10, homes), parent), parent)
        persons = len(self.home)
        age = head[self.home].astype(numpy.int32)
        spouse = self.role == SPOUSE
        younger = numpy.clip(age - random.integers(-2, 6, persons), 20, 64)
        of_old = 65 + numpy.abs(age - random.integers(-1, 7, persons) - 65)
        age = numpy.where(spouse, numpy.where(HEAD_IS_OLD[self.kind][self.home], of_old, younger), age)
        is_parent = self.role == PARENT
        age = numpy.where(is_parent, 65 + numpy.abs(parent[self.home] - 65 - random.integers(0, 4, persons)), age)
        is_child = self.role == CHILD
        order = self.place - 1 - HAS_SPOUSE[self.kind][self.home]
        sibling = eldest[self.home] - order * random.integers(1, 5, persons)
        sibling = numpy.where(sibling < 0, random.integers(0, 35, persons) % (eldest[self.home] + 1), sibling)
        self.age = numpy.minimum(numpy.where(is_child, sibling, age), 108).astype(numpy.int32)
        days = (self.age * DAYS_OF_YEAR).astype(numpy.int32) + random.integers(0, 365, persons, dtype=numpy.int32)
        self.birth = (DAY.astype(numpy.int32) - days).astype(numpy.int32)
        self.birth_year = self.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(numpy.int32) + 1970

    def of_home(self, values):
        """Sum of a person's values over each household."""
        return numpy.add.reduceat(values.astype(numpy.int64), self.first)

    def of_couple(self, values):
        """Sum of a person's values over each couple."""
        starts = numpy.flatnonzero(numpy.diff(self.couple, prepend=-1))
        return numpy.add.reduceat(values.astype(numpy.int64), starts)


# Births of fifteen years, youngest first, in thousands: what makes the young pyramid narrow at its foot.
BIRTHS = numpy.array([238, 230, 249, 260, 272, 303, 327, 358, 406, 438, 435, 437, 485, 471, 470], dtype=float)
SHARE_TO_14 = 0.318


def eldest_child(number, random):
    young = random.choice(15, number, p=BIRTHS / BIRTHS.sum())
    grown = 15 + numpy.minimum(random.exponential(8.5, number), 20).astype(numpy.int64)
    return numpy.where(random.random(number) < SHARE_TO_14, young, grown)


def age_alone(number, random):
    starts = numpy.array([19, 30, 40, 50, 60])
    widths = numpy.array([11, 10, 10, 10, 5])
    band = random.choice(5, number, p=[0.24, 0.24, 0.18, 0.22, 0.12])
    return starts[band] + (random.random(number) * widths[band]).astype(numpy.int64)
