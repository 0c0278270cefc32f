"""Makes places of many projects by chance: ledgers, plots and buildings, as handed in."""

import csv
import json
import random
from decimal import Decimal

import oracle
from builders import pack, rule

from landtrack.app import vet
from landtrack.assessment import rules
from landtrack.ingest import normalise
from landtrack.model import catalog

EAST, NORTH = 41_470_000, 4_530_000
PITCH = 700
"""From one project to the next, in metres."""
UNITS = (("元", "m2"), ("万元", "亩"), ("千元", "公顷"), ("百万元", "亩"), ("亿元", "m2"))
"""Of investment and of land, one pair a ledger."""
HEIGHTS = ("", "", "", "4", "8", "8.01;4", "9.5", "12;3", "4500", "4.5;0", "16", "1.5", "2;15")
ODD = ("", "无", "约5000", "-5", "0", "1.2.3", "—")


def project(chance, number, *, by_plot):
    """Make one project: its plots, its buildings, and what its ledger says."""
    east, north = EAST + number % 40 * PITCH, NORTH + number // 40 * PITCH
    plots, west = [], east
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        wide, high = 20 * chance.randint(2, 8), 20 * chance.randint(2, 8)
        plots.append((west, north, west + wide, north + high))
        west += wide + 20
    buildings = [
        each for plot in plots for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))
        for each in building(chance, plot)
    ]
    aside = chance.random() < 0.05 and len(plots) > 1
    shown = [None if aside and plot is plots[-1] else plot for plot in plots]
    money_unit, land_unit = UNITS[number % len(UNITS)]
    rows = [figures(chance, [plot], money_unit, land_unit) for plot in plots] if by_plot else [
        figures(chance, plots, money_unit, land_unit)
    ]
    return {
        "id": f"K{number}", "plots": shown, "buildings": buildings, "rows": rows,
        "by_plot": by_plot, "units": (money_unit, land_unit),
    }


def building(chance, plot):
    """Make a building on a plot, on a part that is telling, or any; sometimes drawn twice."""
    west, south, east, north = plot
    wide, high = east - west, north - south
    if chance.random() < 0.5:
        share = chance.choice((30, 45, 46, 50, 60))
        box = (west, south, west + wide * share / 100, north)
    else:
        x, y = chance.randrange(wide), chance.randrange(high)
        box = (west + x, south + y, west + x + chance.randint(2, wide),
               south + y + chance.randint(2, high))
        box = (*box[:2], min(box[2], east + 10), min(box[3], north + 10))
    made = {
        "box": tuple(oracle.Fraction(str(each)) for each in box),
        "class": chance.choice(("building",) * 6 + ("structure", "yard")),
        "storeys": chance.choice((1, 1, 1, 2, 3, 6, None)), "heights": chance.choice(HEIGHTS),
        "state": chance.choice(("in_service",) * 8 + ("removed",)),
    }
    yield made
    if chance.random() < 0.15:
        by = chance.choice((0, 1, 5))
        yield {**made, "box": tuple(each + by for each in made["box"])}


def figures(chance, plots, money_unit, land_unit):
    """Write investment and land of some plots, at the limit or off it, or oddly."""
    area = sum((east - west) * (north - south) for west, south, east, north in plots)
    rate = chance.choice((
        Decimal(2500), Decimal("2499.999"), Decimal("2500.001"), Decimal(chance.randint(0, 6000)),
    ))
    money = written(chance, rate * area, money_unit)
    land = written(chance, Decimal(area) * chance.choice((1, 1, 1, Decimal("0.5"), 2)), land_unit)
    return money, land


def written(chance, value, unit):
    """Write a figure in a unit, plainly, in groups of three, or not as a figure at all."""
    if chance.random() < 0.04:
        return chance.choice(ODD)
    by = oracle.UNITS[unit]
    exact = value * 3 / 2000 if unit == "亩" else value / by
    text = f"{exact:f}"
    return f"{exact:,f}" if chance.random() < 0.3 else text


# --- the place on disk ----------------------------------------------------------------------


def write(folder, projects, *, land, lost):
    """Write projects as a place: a file of plots and a ledger for each pair of units."""
    folder.mkdir(parents=True)
    entries = []
    kinds = sorted({(each["units"], each["by_plot"]) for each in projects})
    for at, (units, by_plot) in enumerate(kinds):
        own = [each for each in projects if (each["units"], each["by_plot"]) == (units, by_plot)]
        rows = [("key", "money", "land")]
        for each in own:
            names = keys(each) if by_plot else [each["id"]]
            rows += [(key, *told) for key, told in zip(names, each["rows"], strict=True)]
        with (folder / f"ledger{at}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        features(folder / f"plots{at}.geojson", [
            (shape, {"plot_id": key, "project_id": each["id"]})
            for each in own for key, shape in zip(keys(each), each["plots"], strict=True)
        ])
        entries.append(
            f'[[layer]]\nkind = "plots"\npath = "plots{at}.geojson"\n[layer.ledger]\n'
            f'path = "ledger{at}.csv"\nkey = "key"\n'
            f'on = "{"plot_id" if by_plot else "project_id"}"\n[layer.ledger.fields]\n'
            f'fixed_investment_cny = {{ column = "money", unit = "{units[0]}" }}\n'
            f'land_area_m2 = {{ column = "land", unit = "{units[1]}" }}\n'
        )
    buildings = [each for one in projects for each in one["buildings"]]
    features(folder / "buildings.geojson", [
        (each["box"], {
            "building_id": f"b{n}", "class": each["class"], "storeys": each["storeys"],
            "storey_heights_m": each["heights"] or None, "state": each["state"],
        })
        for n, each in enumerate(buildings)
    ] + ([(None, {"building_id": "lost", "class": "building", "storeys": 9})] if lost else []))
    (folder / "catalog.toml").write_text(
        '[place]\nid = "chance"\ntitle = { zh = "c", en = "c" }\nlanguage = "en"\n'
        f'crs = "EPSG:4529"\nrules = "x-park-2006"\n[basis]\nland_area = "{land}"\n'
        'floor_area = "measured"\ncovered_area = "measured"\n' + "".join(entries)
        + '[[layer]]\nkind = "buildings"\npath = "buildings.geojson"\n', encoding="utf-8",
    )
    return folder


def keys(each):
    return [f"{each['id']}-{n}" for n in range(len(each["plots"]))]


def features(path, told):
    """Write rectangles as GeoJSON."""
    def ring(box):
        west, south, east, north = map(float, box)
        return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]

    path.write_text(json.dumps({
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4529"}},
        "features": [{
            "type": "Feature", "properties": facts,
            "geometry": None if box is None else {"type": "Polygon", "coordinates": ring(box)},
        } for box, facts in told],
    }), encoding="utf-8")


# --- what both say --------------------------------------------------------------------------


def expected(projects, *, land, lost):
    """Ask the oracle: the outcome by plot or project, and rule."""
    said = {}
    for each in projects:
        standing = [one for one in each["buildings"] if one["state"] != "removed"]
        stated = [tuple(map(oracle.amount, row, each["units"])) for row in each["rows"]]
        sizes = [None if box is None else (box[2] - box[0]) * (box[3] - box[1])
                 for box in each["plots"]]
        total = [oracle.added([row[n] for row in stated]) for n in (0, 1)]
        if each["by_plot"] and None in each["plots"]:  # what it states itself is not measured
            total = [None, None]
        by = oracle.added(sizes) if land == "measured" else total[1]
        whole = oracle.indices(total[0], by, each["plots"], standing, lost)
        if len(each["plots"]) > 1:
            said[each["id"]] = whole
        for at, (key, box) in enumerate(zip(keys(each), each["plots"], strict=True)):
            if box is None:
                continue
            row = stated[at] if each["by_plot"] else total
            own = oracle.indices(
                row[0], sizes[at] if land == "measured" else row[1], [box], standing, lost
            )
            of_project = not each["by_plot"] and len(each["plots"]) > 1
            taken = set(own) if land == "declared" else {"investment-intensity"}
            said[key] = {
                rule: whole[rule] if of_project and rule in taken else own[rule] for rule in own
            }
    return {(key, rule): outcome for key, own in said.items() for rule, outcome in own.items()}


def found(folder):
    """Ask landtrack: the same."""
    result = vet.vet(catalog.place(folder))
    upper = rules.judge_all(
        rules.plot_inputs(result.measures), normalise.written.of(result), result.amounts,
        rules.Terms(packs=[CEILING], basis=result.place.basis),
    )
    every = (result.findings, upper.plots, result.projects, upper.projects)
    tables = [each for each in every if each is not None]
    return {
        (row.plot_id, row.rule): row.outcome
        for table in reversed(tables) for row in table.itertuples() if row.rule in RULES
    }


RULES = ("investment-intensity", "plot-ratio", "ceiling", "building-coverage")
CEILING = pack(rule(id="ceiling", relation="<=", threshold=1.2))
"""An upper limit of the plot ratio, beside the lower one of the rules of the place."""


def compare(folder, *, seed, count, land, lost):
    """Make a place and ask both; give the outcomes of landtrack, and where the two differ."""
    chance = random.Random(seed)  # noqa: S311  no secrets
    projects = [
        project(chance, number, by_plot=chance.random() < 0.3) for number in range(count)
    ]
    right = expected(projects, land=land, lost=lost)
    came = found(write(folder, projects, land=land, lost=lost))
    return came, {
        key: (came.get(key), outcome) for key, outcome in right.items()
        if came.get(key) != outcome
    }
