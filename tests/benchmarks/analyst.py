"""What a good analyst would write with geopandas and folium for the result of ``landtrack run``.

    python tests/benchmarks/analyst.py FOLDER OUT

FOLDER is a place that ``place.py`` wrote. The same measures by layer and class, the same three
indices, overlaps of plots and of parcels, and the same five files; plain code, vectorised
where geopandas is. Prints the seconds of each stage.
"""
# ruff: noqa: T201 - a script that prints; it reads as an analyst would

import html
import sys
import time
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd

ACQUIRED = ["compensated"]
LIMITS = {
    "investment_intensity_cny_m2": (">=", 2500), "plot_ratio": (">=", 0.6),
    "building_coverage_share": (">", 0.45),
}
COLOURS = {"pass": "#1a9850", "fail": "#d73027", "unknown": "#999999"}
REACH = 5.0


class Clock:
    """Prints how long each stage took."""

    def __init__(self):
        self.at = time.perf_counter()

    def __call__(self, stage):
        now = time.perf_counter()
        print(f"{stage:<10} {now - self.at:8.1f} s", flush=True)
        self.at = now


def long(plots, layer, category, measure, values, features=None):
    """Make rows of the measures table from values by plot."""
    return pd.DataFrame({
        "plot_id": plots.index, "layer": layer, "category": category, "measure": measure,
        "value": values.reindex(plots.index).to_numpy(),
        "feature_id": "" if features is None else features.reindex(plots.index).fillna("")
        .to_numpy(),
    })


def overlaps(frame):
    """List the pairs of polygons of one layer that overlap."""
    pairs = gpd.sjoin(frame[["geometry"]], frame[["geometry"]], predicate="intersects")
    right = next(name for name in pairs.columns if name.endswith("_right"))
    pairs = pairs[pairs.index < pairs[right]]
    other = frame.geometry.loc[pairs[right]]
    area = pairs.geometry.reset_index(drop=True).intersection(other.reset_index(drop=True)).area
    table = pd.DataFrame({
        "one": pairs.index, "other": pairs[right].to_numpy(), "area_m2": area.to_numpy()
    })
    return table[table["area_m2"] > 1]


def pieces(plots, features, key):
    """Cut features at the plots, with the area or length of each piece."""
    cut = gpd.overlay(
        features.reset_index(), plots[["geometry"]].reset_index(), how="intersection",
        keep_geom_type=True,
    )
    polygons = cut.geom_type.str.contains("Polygon")
    cut["amount"] = np.where(polygons, cut.area, cut.length)
    return cut.sort_values("amount").rename(columns={key: "feature"})


def summed(cut):
    """Give the sum by plot, and the feature with the largest share."""
    by_plot = cut.groupby("plot_id")
    return by_plot["amount"].sum(), by_plot["feature"].last()


def covered(cut):
    """Give the area by plot, ground in two pieces counted once."""
    return cut.dissolve("plot_id").area


def nearest(plots, features):
    """Give the distance to the nearest feature of each plot, and which it is."""
    found = gpd.sjoin_nearest(plots[["geometry"]], features[["geometry"]], distance_col="metres")
    right = next(name for name in found.columns if name not in ("geometry", "metres"))
    found = found[~found.index.duplicated()]
    return found["metres"], found[right]


def by_class(frame, field):
    """Give the whole layer, then each of its classes."""
    return [("", frame), *((str(name), own) for name, own in frame.groupby(field))]


def parcels_measures(plots, parcels):
    """Measure the acquisition."""
    cut, area = pieces(plots, parcels, "parcel_id"), plots.area
    parts = []
    for state, own in by_class(cut, "state"):
        total, feature = summed(own)
        total = total.reindex(plots.index, fill_value=0)
        parts.append(long(plots, "parcels", state, "overlap_m2", total, feature))
        parts.append(long(plots, "parcels", state, "overlap_share", total / area, feature))
    total = summed(cut)[0].reindex(plots.index, fill_value=0)
    whole = covered(cut).reindex(plots.index, fill_value=0)
    acquired = covered(cut[cut["state"].isin(ACQUIRED)]).reindex(plots.index, fill_value=0)
    for name, value in (
        ("acquired_m2", acquired), ("not_acquired_m2", area - acquired),
        ("no_parcel_m2", area - whole), ("double_claim_m2", total - whole),
    ):
        parts.append(long(plots, "parcels", "", name, value))
    return parts


def buildings_measures(plots, buildings):
    """Measure footprints, covered ground and floor area."""
    cut = pieces(plots, buildings, "building_id")
    total, feature = summed(cut)
    floors = cut["amount"] * cut["storeys"].where(cut["class"] == "building", 0)
    values = {
        "count": cut.groupby("plot_id").size(), "footprint_m2": total,
        "covered_m2": covered(cut), "floor_area_m2": floors.groupby(cut["plot_id"]).sum(),
        "floor_area_known_m2": floors.groupby(cut["plot_id"]).sum(),
    }
    return [
        long(plots, "buildings", "", name, value.reindex(plots.index, fill_value=0), feature)
        for name, value in values.items()
    ]


def roads_measures(plots, roads):
    """Measure the nearest road, its width, and the frontage."""
    metres, feature = nearest(plots, roads)
    width = feature.map(roads["width_m"])
    zones = gpd.GeoDataFrame(
        geometry=roads.buffer(roads["width_m"] / 2 + REACH), crs=roads.crs
    )
    edges = gpd.GeoDataFrame(geometry=plots.boundary, crs=plots.crs)
    met = gpd.sjoin(edges, zones, predicate="intersects")
    right = next(name for name in met.columns if name != "geometry")
    met = met.set_geometry(zones.geometry.loc[met[right]].to_numpy())
    fronts = met.dissolve(met.index).geometry
    frontage = edges.geometry.loc[fronts.index].intersection(fronts).length
    return [
        long(plots, "roads", "", "nearest_road_m", metres, feature),
        long(plots, "roads", "", "nearest_width_m", width, feature),
        long(plots, "roads", "", "frontage_m", frontage.reindex(plots.index, fill_value=0)),
    ]


def lines_measures(plots, lines, kind, field, *, inside=True):
    """Measure the nearest line and the length inside, by class."""
    parts = []
    cut = pieces(plots, lines, lines.index.name) if inside else None
    for name, own in by_class(lines, field):
        parts.append(long(plots, kind, name, "nearest_m", *nearest(plots, own)))
        if cut is not None:
            some = cut if not name else cut[cut[field].astype(str) == name]
            total, feature = summed(some)
            parts.append(long(
                plots, kind, name, "length_m", total.reindex(plots.index, fill_value=0), feature
            ))
    return parts


def judged(plots, measures):
    """Judge the three indices: one row for each plot and index."""
    own = measures[measures["layer"] == "buildings"].pivot(
        index="plot_id", columns="measure", values="value"
    )
    area = plots.area
    indices = {
        "investment_intensity_cny_m2": plots["fixed_investment_cny"] / area,
        "plot_ratio": own["floor_area_m2"] / area,
        "building_coverage_share": own["covered_m2"] / area,
    }
    parts = []
    for name, value in indices.items():
        relation, limit = LIMITS[name]
        met = value >= limit if relation == ">=" else value > limit
        outcome = np.where(value.isna(), "unknown", np.where(met, "pass", "fail"))
        parts.append(pd.DataFrame({
            "plot_id": plots.index, "rule": name, "value": value.to_numpy(),
            "relation": relation, "threshold": limit, "outcome": outcome,
            "margin": (value - limit).to_numpy(),
        }))
    return pd.concat(parts, ignore_index=True)


def cards(plots, measures, findings):
    """Write the card of each plot as HTML."""
    lines = "<tr><td>" + measures["layer"] + " " + measures["category"] + "</td><td>"
    lines += measures["measure"] + "</td><td>" + measures["value"].round(2).astype(str)
    lines += "</td><td>" + measures["feature_id"].astype(str) + "</td></tr>"
    layers = lines.groupby(measures["plot_id"]).agg("".join)
    lines = "<tr><td>" + findings["rule"] + "</td><td>" + findings["value"].round(2).astype(str)
    lines += "</td><td>" + findings["outcome"] + "</td></tr>"
    rules = lines.groupby(findings["plot_id"]).agg("".join)
    title = "<h3>" + plots.index.to_series() + " " + plots["company"].map(html.escape) + "</h3>"
    return title + "<table>" + rules + "</table><table>" + layers + "</table>"


def write_map(path, frames, plots, measures, findings):
    """Draw every layer, plots by verdict with their cards."""
    worst = findings.assign(
        rank=findings["outcome"].map({"fail": 0, "unknown": 1, "pass": 2})
    ).sort_values("rank").groupby("plot_id")["outcome"].first()
    shown = plots[["geometry"]].assign(
        plot=plots.index, outcome=worst, card=cards(plots, measures, findings)
    ).to_crs(4326)
    centre = shown.total_bounds.reshape(2, 2).mean(axis=0)
    page = folium.Map(location=centre[::-1], zoom_start=14, tiles=None, prefer_canvas=True)
    for name, frame in frames.items():
        if name != "plots":
            folium.GeoJson(
                frame.reset_index().to_crs(4326), name=name,
                style_function=lambda _: {"color": "#555555", "weight": 1},
            ).add_to(page)
    folium.GeoJson(
        shown, name="plots",
        style_function=lambda feature: {
            "color": COLOURS[feature["properties"]["outcome"]], "weight": 1, "fillOpacity": 0.4,
        },
        popup=folium.GeoJsonPopup(["card"], labels=False),
    ).add_to(page)
    folium.LayerControl().add_to(page)
    page.save(path)


def main():
    """Do it."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    keys = {
        "plots": "plot_id", "parcels": "parcel_id", "buildings": "building_id",
        "roads": "road_id", "pipelines": "pipeline_id", "power_lines": "line_id",
        "substations": "substation_id",
    }
    frames = {
        name: gpd.read_file(folder / f"{name}.gpkg").set_index(key) for name, key in keys.items()
    }
    for name, read in frames.items():
        frame = read[read.geometry.notna() & ~read.is_empty]
        bad = ~frame.is_valid
        frame.loc[bad, "geometry"] = frame.geometry[bad].make_valid()
        frames[name] = frame
    plots = frames["plots"]
    clock("read")
    issues = pd.concat([
        overlaps(frames[name]).assign(layer=name) for name in ("plots", "parcels")
    ], ignore_index=True)
    clock("validate")
    measures = pd.concat([
        long(plots, "plots", "", "area_m2", plots.area),
        *parcels_measures(plots, frames["parcels"]),
        *buildings_measures(plots, frames["buildings"]),
        *roads_measures(plots, frames["roads"]),
        *lines_measures(plots, frames["pipelines"], "pipelines", "medium"),
        *lines_measures(plots, frames["power_lines"], "power_lines", "voltage_kv"),
        *lines_measures(
            plots, frames["substations"], "substations", "voltage_kv", inside=False
        ),
    ], ignore_index=True)
    clock("join")
    findings = judged(plots, measures)
    clock("check")
    for name, frame in frames.items():
        frame.to_file(out / "project.gpkg", layer=name)
    for name, table in (("measures", measures), ("findings", findings), ("issues", issues)):
        gpd.GeoDataFrame(table, geometry=[None] * len(table)).to_file(
            out / "project.gpkg", layer=name
        )
    findings.to_csv(out / "findings.csv", index=False)
    issues.to_csv(out / "issues.csv", index=False)
    clock("store")
    with pd.ExcelWriter(out / "ledger.xlsx", engine="xlsxwriter") as book:
        wide = findings.pivot(index="plot_id", columns="rule", values=["value", "outcome"])
        wide.columns = [" ".join(each) for each in wide.columns]
        plots.drop(columns="geometry").join(wide).to_excel(book, sheet_name="projects")
        for name, table in (("findings", findings), ("measures", measures), ("issues", issues)):
            for number, start in enumerate(range(0, len(table), 1_000_000)):
                table[start:start + 1_000_000].to_excel(
                    book, sheet_name=f"{name} {number + 1}", index=False
                )
    clock("ledger")
    write_map(out / "map.html", frames, plots, measures, findings)
    clock("map")


if __name__ == "__main__":
    main()
