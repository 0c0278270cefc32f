"""What was seen of a file, as values that go into JSON as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from landtrack.ingest import apart

Box = tuple[float, float, float, float]
"""West, south, east, north."""


@apart.may_cross
@dataclass(frozen=True, kw_only=True)
class FieldSeen:
    """One column: its type, how many cells are filled, and one of them.

    Of a table without geometry also the heading, what stands over it, and the row of units.
    ``alias`` is another name that the file has for it, ``coded`` the words of its codes.
    """

    name: str
    type: str
    filled: int
    example: str
    heading: str = ""
    over: str = ""
    unit_row: str = ""
    alias: str = ""
    coded: Mapping[str, str] = field(default_factory=dict)


@apart.may_cross
@dataclass(frozen=True, kw_only=True)
class ReadingSeen:
    """One way to read the coordinates, and where on Earth it puts their middle."""

    crs: str
    name: str
    northing_first: bool
    longitude: float
    latitude: float


@apart.may_cross
@dataclass(frozen=True, kw_only=True)
class LayerSeen:
    """One layer.

    ``kinds`` counts features by geometry type. ``encoding`` is the one found,
    ``encoding_stated`` what the file says, where it is of one of the formats that may say it
    wrong. ``readings`` are the ways to read the coordinates: one where they are known.
    ``span`` is as written, ``ground`` in degrees of WGS 84, where the reading is known.
    ``issues`` has the columns of the issues table, ``marks`` those of the table of marks in
    the CRS of ``shapes``, the geometry by feature number. ``heading_row`` is the row of a
    table's heading, ``said`` what stands above and below the table.
    """

    name: str
    read: int
    unreadable: int
    kinds: dict[str, int]
    fields: tuple[FieldSeen, ...]
    encoding: str
    encoding_stated: str
    encoding_proven: bool
    crs_stated: str
    readings: tuple[ReadingSeen, ...]
    span: Box | None
    ground: Box | None
    issues: pd.DataFrame
    marks: gpd.GeoDataFrame
    shapes: gpd.GeoSeries
    heading_row: int = 0
    said: tuple[str, ...] = ()


@apart.may_cross
@dataclass(frozen=True, kw_only=True)
class FileSeen:
    """One file: its layers, or the cause and the mend where it cannot be read.

    ``over_limit`` where it was not read because of a limit: nothing is known of it then.
    """

    path: str
    format: str
    bytes: int
    layers: tuple[LayerSeen, ...] = ()
    cause: str = ""
    mend: str = ""
    over_limit: bool = False
