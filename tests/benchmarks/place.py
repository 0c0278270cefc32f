"""Write a generated place of any size to disk, as the files that a park's planners hand over."""

from pathlib import Path

import geopandas as gpd
import numpy as np

import layers

CRS = "EPSG:32650"
STATES = ("notified", "surveyed", "reported_province", "approved", "announced", "compensated")
MEDIA = ("water", "drainage", "sewage", "heating", "gas")
CATALOG = """\
[place]
id = "generated"
title = {{ zh = "生成", en = "Generated" }}
language = "en"
crs = "{crs}"
{more}
[basis]
land_area = "measured"
floor_area = "measured"
covered_area = "measured"
"""


def write(folder, n, *, seed=0, **head):
    """Write n plots, with parcels, buildings, roads, pipes and power, and their catalog.

    ``head``: More of ``[place]``, such as its rules.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng([seed, 6])
    plots, parcels, buildings = layers.plots(n), layers.parcels(n), layers.buildings(n)
    roads = layers.roads(n, vertices=200)
    pipes = layers.roads(n, seed=seed + 1, vertices=200)
    power = layers.roads(max(n // 4, 100), seed=seed + 2, vertices=50)
    scale = layers.extent(n) / layers.extent(max(n // 4, 100))
    power = layers.spread(power, scale)
    stations = layers.points(n)
    tables = {
        "plots": (plots, {
            "plot_id": [f"P{at:07d}" for at in range(n)],
            "project_id": [f"J{at // 3:07d}" for at in range(n)],
            "company": [f"Company {at // 3}" for at in range(n)],
            "fixed_investment_cny": np.round(random.uniform(1e7, 6e7, n)),
        }),
        "parcels": (parcels, {
            "parcel_id": [f"L{at:07d}" for at in range(len(parcels))],
            "state": random.choice(STATES, len(parcels)),
        }),
        "buildings": (buildings, {
            "building_id": [f"B{at:07d}" for at in range(len(buildings))],
            "class": random.choice(["building", "structure", "yard"], len(buildings)),
            "storeys": random.integers(1, 6, len(buildings)).astype("float64"),
        }),
        "roads": (roads, {
            "road_id": [f"R{at:07d}" for at in range(len(roads))],
            "width_m": random.choice([12.0, 24.0, 40.0], len(roads)),
        }),
        "pipelines": (pipes, {
            "pipeline_id": [f"G{at:07d}" for at in range(len(pipes))],
            "medium": random.choice(MEDIA, len(pipes)),
        }),
        "power_lines": (power, {
            "line_id": [f"E{at:07d}" for at in range(len(power))],
            "voltage_kv": random.choice([10.0, 66.0, 220.0], len(power)),
        }),
        "substations": (stations, {
            "substation_id": [f"S{at:07d}" for at in range(len(stations))],
            "voltage_kv": random.choice([66.0, 220.0], len(stations)),
        }),
    }
    more = "".join(f'{key} = "{own}"\n' for key, own in head.items())
    catalog = CATALOG.format(crs=CRS, more=more)
    for kind, (shapes, columns) in tables.items():
        gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(folder / f"{kind}.gpkg")
        catalog += f'\n[[layer]]\nkind = "{kind}"\npath = "{kind}.gpkg"\n'
    (folder / "catalog.toml").write_text(catalog, encoding="utf-8")
    return folder
