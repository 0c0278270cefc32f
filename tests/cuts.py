"""A part of the demo place: all that it has, of few plots."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import shapely

from landtrack.model import catalog

MANY = ("plots", "buildings", "parcels", "site_plan_coverage", "land_classes")
"""Its layers of many features; the others are left whole."""


def of_demo_place(folder, keep, within_m=250):
    """Copy the demo place with what lies no farther than so many metres from some plots.

    Its ledger, events and reports stay whole: what they say of other plots is told as an issue.
    """
    made = Path(shutil.copytree(catalog.demo_place(), folder))
    plots = gpd.read_file(made / "plots.geojson")
    demo = catalog.place(made)
    named = {each.plot for each in (*demo.overrides, *demo.waivers)}  # in the catalog itself
    near = shapely.union_all([
        *plots[plots["plot_id"].isin(keep)].geometry.buffer(within_m),
        *plots[plots["plot_id"].isin(named)].representative_point(),
    ])
    for name in MANY:
        path = made / f"{name}.geojson"
        collection = json.loads(path.read_text(encoding="utf-8"))
        shapes = gpd.read_file(path).geometry
        collection["features"] = [
            each for each, shape in zip(collection["features"], shapes, strict=True)
            if shape.intersects(near)
        ]
        path.write_text(json.dumps(collection), encoding="utf-8")
    return made
