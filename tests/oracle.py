"""The three indices computed a second time, in plain Python; it shares no code with landtrack.

A place is a list of projects, as tests/ledgers.py makes them: plots and buildings are rectangles
(west, south, east, north), figures are texts in a unit. An index passes a lower limit if the lowest
that it can be does, fails if the highest does not, and is unknown else; an upper one the other way
round. Floors lie between, where footprints overlap, and where storeys and heights differ in number;
for an upper limit each storey of unknown height may count twice besides.
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
    heights = list(filter(None, map(Fraction, filter(None, building["heights"].split(";")))))
    tall, n, said = sum(each > 8 for each in heights), len(heights), building["storeys"]
    if not all(2 <= each <= 15 for each in heights or [0]):
        return said, said, said and 2 * said
    said = n if said is None else said
    some = {n + tall} if said == n else {n + tall, said, said + (said if tall == n else tall)}
    return min(some), max(some), max(*some, said + min(said, tall + max(said - n, 0)))


def built(plot, buildings):
    """Give covered ground of a plot, floor area at its lowest, highest and utmost, by cells."""
    cut = [sorted({min(max(each["box"][n], plot[axis]), plot[axis + 2]) for n in (axis, axis + 2)
                   for each in buildings} | {plot[axis], plot[axis + 2]}) for axis in (0, 1)]
    covered, bounds = 0, ([], [], [])
    for (west, east), (south, north) in product(*map(pairwise, cut)):
        size = (east - west) * (north - south)
        over = [each for each in buildings if each["box"][0] <= west and east <= each["box"][2]
                and each["box"][1] <= south and north <= each["box"][3]]
        floors = [floors_of(each) for each in over if each["class"] == "building"]
        covered += size if over else 0
        for n, taken in enumerate((min, sum, sum)):
            own = [each[n] for each in floors] or [0]
            bounds[n].append(None if None in own else size * taken(own))
    return covered, *map(added, bounds)


def judge(worst, best, by, limit, meets=Fraction.__le__):
    if None in (worst, best, by) or by <= 0:
        return "unknown"
    return "pass" if meets(limit * by, worst) else "unknown" if meets(limit * by, best) else "fail"


def indices(money, land, plots, buildings, lost):
    """Judge one plot, or a project of several; of a plot without a shape nothing is measured."""
    found = [] if None in plots else [built(plot, buildings) for plot in plots]
    covered, *floors = (added([each[n] for each in found] or [None]) for n in range(4))
    most = sum((e - w) * (n - s) for w, s, e, n in plots) if found and lost else covered
    low, high, utmost = (floors[0], 10**18, 10**18) if lost else floors
    return {"investment-intensity": judge(money, money, land, Fraction(2500)),
            "plot-ratio": judge(low, high, land, Fraction(3, 5)),
            "ceiling": judge(utmost, low, land, Fraction(6, 5), Fraction.__ge__),
            "building-coverage": judge(covered, most, land, Fraction(9, 20), Fraction.__lt__)}
