"""The reason of a result in words that an official would sign, in Korean and English, with its article.

Form of the YAML files beside this one: docs/decisions/laws-reasons-and-proofs.md.

    from openfisca_korea.reasons import reason
    reason(simulation, "livelihood_benefit", "2026-03", row=0)
    # {"ko": "가구의 소득인정액 …", "en": "The recognised income …", "basis": "…", "basis_en": "…"}
"""

import operator
import pathlib
import re

import numpy
import yaml

FOLDER = pathlib.Path(__file__).parent
COMPARISONS = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
UNKNOWN = -1
NAME = r"[a-z_][a-z0-9_.]*(?:@\d+)?"


def load_reasons():
    """Outcomes by result, and the shared texts for the unknown."""
    outcomes = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem != "unknown":
            outcomes.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return outcomes, yaml.safe_load((FOLDER / "unknown.yaml").read_text(encoding="utf-8"))


REASONS, SHARED = load_reasons()


def reason(simulation, name, period, row=0, gaps=None):
    """The reason of one row; `gaps` names the open figures where they are known."""
    chosen = choose_outcomes(simulation, name, period)[row]
    if chosen == UNKNOWN:
        return say_unknown(gaps)
    outcome = REASONS[name][chosen]
    look = Look(simulation, name, period)
    texts = {language: fill(outcome[language], look, row, language) for language in ("ko", "en")}
    return {**texts, "basis": outcome["basis"], "basis_en": outcome["basis_en"]}


def say_unknown(gaps):
    texts = {language: SHARED[language] for language in ("ko", "en")}
    if gaps:
        listed = ", ".join(gaps)
        texts = {k: f"{text} {SHARED[k + '_gaps'].format(gaps=listed)}" for k, text in texts.items()}
    return {**texts, "basis": "", "basis_en": ""}


def choose_outcomes(simulation, name, period):
    """For every row the number of the outcome that is its reason, or UNKNOWN."""
    look = Look(simulation, name, period)
    result = look.column(name)
    chosen = numpy.full(len(result), len(REASONS[name]))
    chosen[is_unknown(result)] = UNKNOWN
    for number, outcome in enumerate(REASONS[name]):
        undecided = chosen == len(REASONS[name])
        holds, unknown = test(outcome["when"], look, len(result))
        chosen[undecided & unknown] = UNKNOWN
        chosen[undecided & ~unknown & holds] = number
    return chosen


def test(condition, look, rows):
    """Whether a condition holds, and whether that is unknown, for every row."""
    holds, unknown = numpy.ones(rows, dtype=bool), numpy.zeros(rows, dtype=bool)
    if condition == "otherwise":
        return holds, unknown
    for clause in condition.split(" and "):
        clause_holds, clause_unknown = test_clause(clause.strip(), look)
        # What an earlier clause has ruled out cannot become unknown by a later one.
        unknown |= holds & clause_unknown
        holds &= clause_holds
    return holds, unknown


def test_clause(clause, look):
    item = re.fullmatch(rf"({NAME}) is (not )?(\w+)", clause)
    if item:
        values = look.column(item[1])
        same = values == look.variable(item[1]).possible_values[item[3]].index
        return (~same if item[2] else same), numpy.zeros(len(values), dtype=bool)
    compared = re.fullmatch(rf"({NAME}|\d+) (<=|>=|==|!=|<|>) ({NAME}|\d+)", clause)
    if compared:
        left, right = look.operand(compared[1]), look.operand(compared[3])
        rows = look.rows
        unknown = numpy.broadcast_to(is_unknown(left) | is_unknown(right), rows)
        return numpy.broadcast_to(COMPARISONS[compared[2]](left, right), rows) & ~unknown, unknown
    negated = clause.startswith("not ")
    values = look.column(clause.removeprefix("not ")).astype(bool)
    return (~values if negated else values), numpy.zeros(len(values), dtype=bool)


def is_unknown(values):
    return numpy.isnan(numpy.asarray(values, dtype=float))


class Look:
    """Looks up the names of a reason for the unit of a result."""

    def __init__(self, simulation, name, period):
        self.simulation = simulation
        self.system = simulation.tax_benefit_system
        self.period = period
        self.unit = self.variable(name).entity.key
        self.rows = simulation.populations[self.unit].count

    def variable(self, name):
        return self.system.get_variable(name.split("@")[0], check_existence=True)

    def operand(self, text):
        if text.isdigit():
            return numpy.array(float(text))
        if "." in text:
            return numpy.array(float(self.parameter(text)[0]))
        return self.column(text)

    def parameter(self, path):
        """The value in force, and the unit, of a parameter."""
        node = self.system.parameters
        for part in path.split("."):
            node = node.children[part]
        first_day = self.period if "-" in self.period else f"{self.period}-01"
        return node.get_at_instant(f"{first_day}-01"), node.metadata["unit"]

    def column(self, name):
        """A variable's values, one for each row of the result."""
        variable = self.variable(name)
        period = "eternity" if variable.definition_period == "eternity" else self.period_of(name)
        values = numpy.asarray(self.simulation.calculate(variable.name, period))
        own = variable.entity.key
        if own == self.unit:
            return values
        if self.unit != "person":
            raise ValueError(f"{name} belongs to another unit than {self.unit}")
        return values[self.simulation.populations[own].members_entity_id]

    def period_of(self, name):
        month = name.partition("@")[2]
        return f"{self.period}-{int(month):02}" if month else self.period


def fill(text, look, row, language):
    return re.sub(r"\{([^}]+)\}", lambda found: write(found[1], look, row, language), text)


def write(name, look, row, language):
    """One placeholder, by its unit."""
    if " - " in name:
        left, right = name.split(" - ")
        amount = float(look.column(left)[row]) - float(look.column(right)[row])
        return write_number(amount, look.variable(left).unit, language)
    if "." in name:
        return write_number(*look.parameter(name), language)
    variable = look.variable(name)
    value = look.column(name)[row]
    if getattr(variable, "possible_values", None) is not None:
        korean, _, english = list(variable.possible_values)[int(value)].value.partition(" (")
        return korean if language == "ko" or not english else english.removesuffix(")")
    return write_number(float(value), variable.unit, language)


def write_number(value, unit, language):
    if unit == "/1":
        value, unit = value * 100, "/100"
    rounded = round(float(value), 2)
    number = f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.2f}".rstrip("0")
    korean = language == "ko"
    if unit.startswith("currency-KRW"):
        return f"{number}원" if korean else f"{number} won"
    if unit == "/100":
        return f"{number}%"
    words = {"year": ("세", ""), "month": ("개월", " months"), "person": ("명", "")}
    return number + words[unit][0 if korean else 1]
