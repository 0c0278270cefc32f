"""The three indices computed a second time, in plain Python; it shares no code with landtrack.

A place is a list of projects, as tests/ledgers.py makes them: plots and buildings are rectangles
(west, south, east, north), figures are texts in a unit. Every limit is a lower one: an index passes
if the lowest that it can be does, fails if the highest does not, and is unknown else. Floors lie
between, where footprints overlap, and where storeys and heights differ in number.
"""

import re
from fractions import Fraction
from itertools import pairwise, product

UNITS = {"元": 1, "千元": 1000, "万元": 10**4, "百万元": 10**6, "亿元": 10**8, "m2": 1,
         "亩": Fraction(2000, 3), "公顷": 10**4}


def amount(text, unit):
    plain = text.strip().replace(",", "")
    return Fraction(plain) * UNITS[unit] if re.fullmatch(r"\d+(\.\d+)?", plain) else None


def added(values):
    return None if None in values else sum(values)


def floors_of(building):
    heights = [Fraction(each) for each in building["heights"].split(";") if each]
    tall, n, said = sum(each > 8 for each in heights), len(heights), building["storeys"]
    if not all(2 <= each <= 15 for each in heights or [0]):
        return said, said
    other = set() if said in (None, n) else {said, said + (said if tall == n else tall)}
    return min({n + tall} | other), max({n + tall} | other)


def built(plot, buildings):
    """Give covered ground, lowest and highest floor area of a plot, cell by cell."""
    cut = [sorted({min(max(each["box"][n], plot[axis]), plot[axis + 2]) for n in (axis, axis + 2)
                   for each in buildings} | {plot[axis], plot[axis + 2]}) for axis in (0, 1)]
    covered, low, high = 0, [], []
    for (west, east), (south, north) in product(*map(pairwise, cut)):
        size = (east - west) * (north - south)
        over = [each for each in buildings if each["box"][0] <= west and east <= each["box"][2]
                and each["box"][1] <= south and north <= each["box"][3]]
        floors = [floors_of(each) for each in over if each["class"] == "building"]
        covered += size if over else 0
        for n, (bound, taken) in enumerate(((low, min), (high, sum))):
            own = [each[n] for each in floors] or [0]
            bound.append(None if None in own else size * taken(own))
    return covered, added(low), added(high)


def judge(low, high, by, limit, *, strict=False):
    if None in (low, high, by) or by <= 0:
        return "unknown"
    met = [each > limit * by if strict else each >= limit * by for each in (low, high)]
    return "pass" if met[0] else "unknown" if met[1] else "fail"


def indices(money, land, plots, buildings, lost):
    """Judge one plot, or a project of several; of a plot without a shape nothing is measured."""
    whole = None not in plots
    found = [built(plot, buildings) for plot in plots] if whole else []
    covered, low, high = (added([each[n] for each in found]) if whole else None for n in range(3))
    most = sum((e - w) * (n - s) for w, s, e, n in plots) if whole and lost else covered
    high = 10**18 if lost and high is not None else high
    return {"investment-intensity": judge(money, money, land, 2500),
            "plot-ratio": judge(low, high, land, Fraction(3, 5)),
            "building-coverage": judge(covered, most, land, Fraction(9, 20), strict=True)}
