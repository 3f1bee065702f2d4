"""Which open figure would settle the most: `gaps.py FOLDER`.

Calculates one row group with OpenFisca Core as the law stands, then fills the open figures of the month one after the other, each
time the one with which most households become fully known. The filled value is zero: it only has to be known, not right.
"""

import argparse
import math
import pathlib
import warnings

import numpy
from openfisca_core.parameters import Parameter
from openfisca_korea import CountryTaxBenefitSystem

import margins
import outcomes

DAY = "2026-03-01"


def open_figures(system):
    for node in system.parameters.get_descendants():
        if isinstance(node, Parameter):
            value = node(DAY)
            if isinstance(value, float) and math.isnan(value):
                yield node.name


def with_filled(system, names):
    changed = system.clone()
    for name in names:
        node = changed.parameters
        for part in name.split("."):
            node = node.children[part]
        node.update(start=DAY, value=0.0)
    changed._parameters_at_instant_cache = {}
    return changed


def unknown_households(system, units):
    """Households in which any benefit of anybody is unknown."""
    simulation = outcomes.simulate(system, units)
    homes, _ = outcomes.values(units["person"], "household_id")
    homes = homes - homes[0]
    unknown = numpy.zeros(units["household"].num_rows, dtype=bool)
    for name, period in outcomes.BENEFITS:
        missing = numpy.isnan(simulation.calculate(name, period).astype(float))
        if system.get_variable(name).entity.key == "person":
            missing = numpy.bincount(homes, weights=missing, minlength=len(unknown)) > 0
        unknown |= missing
    return int(unknown.sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)
    system = CountryTaxBenefitSystem()
    units, share = outcomes.read(arguments.folder, 1)
    candidates, filled = list(open_figures(system)), []
    left = unknown_households(system, units)
    print(f"households with a benefit that cannot be told: {left / share:,.0f} of {margins.HOUSEHOLDS:,}")
    print("\n| figure that becomes known | households still unknown |\n|---|---|")
    while candidates and left:
        counts = {name: unknown_households(with_filled(system, [*filled, name]), units) for name in candidates}
        best = min(counts, key=counts.get)
        if counts[best] == left:
            break
        left = counts[best]
        filled.append(best)
        # A figure that settles nobody alone may still settle somebody once another is known: it stays a candidate.
        candidates.remove(best)
        print(f"| `{best}` | {left / share:,.0f} |", flush=True)
    print(f"\n{left / share:,.0f} households remain; open figures not named concern nobody here or only together")


if __name__ == "__main__":
    main()
