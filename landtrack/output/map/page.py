"""Puts the page together: the map, its layers, and what stands around it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import msgspec
import numpy as np

from landtrack.ingest.formats.boundary import layout, writing
from landtrack.model import catalog, translations
from landtrack.output.map import (
    basemaps,
    card,
    derived,
    features,
    layers,
    parcel_shares,
    projection,
    shapes,
    trial_limits,
)
from landtrack.output.map.blocks import RADIUS
from landtrack.output.map.columns import Speakers, by_language
from landtrack.output.map.elements import (
    DataBlocks,
    FeatureLayer,
    Runtime,
    Surround,
    figure_of,
    json_text,
)
from landtrack.output.map.folder import Folder
from landtrack.output.map.offline import OfflineFigure
from landtrack.output.style import symbology
from landtrack.spatial import crs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landtrack.model.assessment import Assessment, Features
    from landtrack.output.map.folder import Sink

CHINA = (35.0, 105.0)
"""Where a map without any shape opens."""

OPENS_ON = ("plots", "parcels", "enforcement", "boundaries")
"""The layers that a map opens on: the land of the place; others may reach far beyond it."""

NEEDED = {"leaflet", "leaflet_css"}
MAX_ZOOM, MIN_ZOOM = 22, 3

ONE_FILE = 150_000
"""Features up to which a map is one file."""

TABLES = ("map.", "card.", "legend.", "outcome.", "coverage.", "unit.", "find.", "tool.",
          "trial.", "pin.", "visit.", "measure.", "land.", "language.", "kind.")
"""The parts of the text catalog that the scripts of the page speak from."""


def build(result: Assessment, *, large: int = layers.LARGE) -> folium.Map:
    """Make the interactive map of a result.

    Parameters
    ----------
    result
        The result of a run.
    large
        The number of features from which on a layer is drawn from blocks; smaller ones are
        GeoJSON, on which every plugin of Folium works.

    Returns
    -------
    folium.Map
        A map without tiles, to which elements of folium may be added that need no
        further script; :func:`to_html` writes it, :func:`save` too where it is large.

    Raises
    ------
    CatalogError
        If a word or a look is missing.
    CRSError
        If a layer has no CRS, or there is no way from it to WGS 84.
    """
    return _assembled(result, features.of(result), large=large)


def write(result: Assessment, path: Path, *, one_file: int | None = None) -> None:
    """Write the map of a vetted place, each layer before the next is read.

    ``path``: The HTML file; where there are many features a folder is named after it.
    ``one_file``: The number of features up to which all is in the page; :data:`ONE_FILE` where not
    given.
    Raises CatalogError: If a word or a look is missing.
    Raises CRSError: If a layer has no CRS, or there is no way from it to WGS 84.
    """
    found = features.of(result)
    if sum(each.count for each in found.values()) <= (ONE_FILE if one_file is None else one_file):
        page = _assembled(result, found, large=layers.LARGE)
    else:
        with Folder(_folder(path)) as into:
            page = _assembled(result, found, large=layers.LARGE, into=into)
        _beside(page, path)
    path.write_text(to_html(page), encoding="utf-8", newline="\n")


def _assembled(
    result: Assessment, found: Mapping[str, Features], *, large: int, into: Sink | None = None,
) -> folium.Map:
    """Put the page together from its layers."""
    speakers = speaking(result.lang)
    words = speakers[0]
    figure = OfflineFigure(words.pick(result.place.title), result.lang)
    page = folium.Map(
        location=CHINA, zoom_start=4, tiles=None, prefer_canvas=True, zoom_control=False,
        zoom_snap=0.25, wheel_px_per_zoom_level=90,
    )
    page.default_js = [each for each in folium.Map.default_js if each[0] in NEEDED]
    page.default_css = [each for each in folium.Map.default_css if each[0] in NEEDED]
    page.options |= {"max_zoom": MAX_ZOOM, "min_zoom": MIN_ZOOM}
    figure.image_hosts = basemaps.hosts(
        [basemaps.for_page(each, speakers) for each in result.place.basemaps]
    )
    figure.add_child(page)
    page.add_child(Runtime())  # type: ignore[no-untyped-call]
    made = []
    for kind in sorted(found, key=symbology.load().order):
        data = layers.layer_data(result, kind, found, speakers, large=large, into=into)
        if kind == "parcels":
            _add_pairs(data, result, found, words, large=large)
        made.append(data)
    page.add_child(DataBlocks(made))
    for each in made:
        page.add_child(FeatureLayer(words(f"kind.{each.head['kind']}"), each))
    page.add_child(Surround(page_json(result, found, speakers)))
    return page


def _add_pairs(
    made: layers.LayerData, result: Assessment, found: Mapping[str, Features],
    words: translations.Words, *, large: int,
) -> None:
    """Add to the parcels what each plot has of them, where both layers are small."""
    plots, parcels = found.get("plots"), found["parcels"]
    if plots is None or max(plots.count, parcels.count) >= large:
        return
    pairs = parcel_shares.of_parcels(parcels, plots, result.schemas["parcels"], words)
    if pairs is not None:
        made.blocks[parcel_shares.BLOCK] = pairs
        made.head["pairs"] = True
        made.head["filters"].append(derived.BLOCKING)


def speaking(lang: str) -> Speakers:
    """Load the words of all languages of a page."""
    others = [each for each in translations.languages() if each != lang]
    return [translations.load(each) for each in (lang, *others)]


def to_html(page: folium.Map) -> str:
    """Write a map as one page that needs no network.

    ``page``: What :func:`build` gave, with or without further elements.
    Returns: The page; the same result gives the same text.
    Raises OutputError: If an element was added that loads a script or style sheet from the network.
    """
    return str(page.get_root().render())


def save(page: folium.Map, path: str | os.PathLike[str], *, one_file: int = ONE_FILE) -> None:
    """Write a map: as one page, or where it is large as a page beside a folder of blocks.

    ``page``: What :func:`build` gave, with or without further elements.
    Raises OutputError: If an element was added that loads a script or style sheet from the network.
    """
    target = Path(path)
    blocks = _blocks(page)
    if blocks is not None and blocks.count > one_file:
        with Folder(_folder(target)) as into:
            blocks.write(into)
        _beside(page, target)
    target.write_text(to_html(page), encoding="utf-8", newline="\n")


def _blocks(page: folium.Map) -> DataBlocks | None:
    """Find the blocks of a map; none in one that is not of ours."""
    children = page._children.values()  # noqa: SLF001  branca has no other way
    return next((each for each in children if isinstance(each, DataBlocks)), None)


def _folder(path: Path) -> Path:
    """Make the folder beside a page, without the blocks of an earlier one."""
    folder = path.parent / f"{path.stem}-blocks"
    folder.mkdir(exist_ok=True)
    for earlier in folder.glob("*.js"):
        earlier.unlink()
    return folder


def _beside(page: folium.Map, path: Path) -> None:
    """Say in a page that its blocks lie in the folder beside it."""
    blocks = _blocks(page)
    if blocks is not None:
        blocks.folder = f"{path.stem}-blocks"
        figure_of(page).script_files = True


def page_json(result: Assessment, found: Mapping[str, Features], speakers: Speakers) -> str:
    """Write all that stands around the map as the page reads it.

    ``found``: The layers by kind.
    """
    place = result.place
    whole = shapes.bounds(found)
    return json_text(
        {
            "lang": speakers[0].lang,
            "langs": [words.lang for words in speakers],
            "id": place.id,
            "title": by_language(speakers, lambda words: words.pick(place.title)),
            "subtitle": by_language(speakers, lambda words: _subtitle(result, words)),
            "notice": by_language(speakers, lambda words: words.pick(place.notice)),
            "attributions": sorted(
                {each.attribution for each in place.layers if each.attribution}
            ),
            "bounds": shapes.bounds(found, OPENS_ON),
            "whole": whole,
            "asOf": place.as_of.isoformat() if place.as_of else "",
            "plane": _plane(result, whole),
            "boundary": _boundary(result),
            "basemaps": [basemaps.for_page(each, speakers) for each in place.basemaps],
            "groups": _groups(result, found, speakers),
            "palette": msgspec.to_builtins(symbology.load().palette),
            "rules": trial_limits.limits(result, speakers),
            "units": catalog.units.of_entries(trial_limits.STORED),
            "measured": list(card.in_legend_order(result.schemas, symbology.load().place)),
            "partial": sorted(
                kind for kind, each in result.sets.items()
                if each.coverage is not None or not each.complete
            ),
            "wholes": _wholes(result, found, speakers),
            "basis": {
                "land_area_m2": place.basis.land_area, "floor_area_m2": place.basis.floor_area,
                "covered_area_m2": place.basis.covered_area,
            },
            "words": by_language(
                speakers,
                lambda words: {
                    key: each for key, each in words.entries.items() if key.startswith(TABLES)
                },
            ),
        }
    )


def _plane(result: Assessment, corners: list[list[float]] | None) -> dict[str, Any]:
    """Fit the working CRS round everything that there is."""
    working = crs.parse(result.place.crs, what="[place] crs")
    if corners is None:
        return {"name": crs.name(working)}
    lat, lon = np.radians(np.array(corners)).T
    x, y = lon * RADIUS, np.arcsinh(np.tan(np.clip(lat, -1.55, 1.55))) * RADIUS
    return projection.fitted(working, float(x[0]), float(y[0]), float(x[1]), float(y[1]))


def _boundary(result: Assessment) -> dict[str, Any] | None:
    """Say how an outline in the working CRS is written into a boundary-coordinate TXT."""
    found = writing.framed(crs.parse(result.place.crs, what="[place] crs"))
    if found is None:
        return None
    head, east = found
    return {"head": head, "kind": layout.words().kinds.polygon, "east": east}


def _subtitle(result: Assessment, words: translations.Words) -> str:
    """Say as of when the map holds, and by which rules."""
    pack = words("map.no_rules") if result.pack is None else words.pick(result.pack.title)
    if result.place.as_of is None:
        return words("map.subtitle_undated", pack=pack)
    return words("map.subtitle", date=words.value(result.place.as_of), pack=pack)


def _groups(
    result: Assessment, found: Mapping[str, Features], speakers: Speakers
) -> list[dict[str, Any]]:
    """List the layers that there are, group by group."""
    order = symbology.load().groups
    kinds = list(found)
    named = {result.schemas[kind].group for kind in kinds}
    groups = [*(each for each in order if each in named), *sorted(named - set(order))]
    return [
        {
            "title": by_language(speakers, lambda words, group=group: words(f"group.{group}")),  # type: ignore[misc]
            "kinds": [
                kind for kind in sorted(kinds, key=symbology.load().place)
                if result.schemas[kind].group == group
            ],
        }
        for group in groups
    ]


def _wholes(
    result: Assessment, found: Mapping[str, Features], speakers: Speakers
) -> dict[str, Any]:
    """Tell the findings on whole projects, where they have several plots."""
    if result.projects is None:
        return {}
    sizes = found["plots"].table()["project_id"].value_counts()
    of_several = result.projects[result.projects["plot_id"].isin(sizes.index[sizes > 1])]
    rows_of: dict[str, list[dict[str, Any]]] = {}
    for row in of_several.astype(object).to_dict("records"):
        rows_of.setdefault(str(row["plot_id"]), []).append(row)
    return {
        project: by_language(
            speakers,
            lambda words, rows=rows: [card.finding(result, words, row) for row in rows],  # type: ignore[misc]
        )
        for project, rows in rows_of.items()
    }
