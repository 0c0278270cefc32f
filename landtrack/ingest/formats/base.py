"""What every reader gives and every writer tells."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import geopandas as gpd

from landtrack.model import Issue


class Note(NamedTuple):
    """What is remarkable about a file, or about one of its features or fields.

    ``feature`` is the feature's number in the file from 1.
    """

    issue: Issue
    value: str = ""
    feature: int | None = None
    field: str = ""


class Encoding(NamedTuple):
    """The encoding found, the one stated (if any), and whether the bytes bear it out."""

    name: str
    stated: str | None
    proven: bool


class Described(NamedTuple):
    """What a column says of itself: another name, the words of its codes, and its unit.

    ``unit_row`` is what a row of units below the heading of a table says.
    """

    alias: str
    values: Mapping[str, str]
    unit_row: str = ""


class Contents(NamedTuple):
    """One layer of a file as read.

    ``frame`` has one row per readable feature, indexed by the feature's number from 1,
    with the file's columns and CRS (none where it states none); ``bad`` are the numbers of
    the features that could not be read; ``notes`` is what is remarkable about the file.
    ``encoding`` is told by the readers of formats that may be in several, ``columns`` by
    those of formats in which columns describe themselves. ``said`` is what stands in a table
    above its heading and beside its records, such as titles; ``epoch`` is the year that bare
    numbers of days count from in a workbook.
    """

    frame: gpd.GeoDataFrame
    bad: list[int]
    notes: list[Note]
    encoding: Encoding | None = None
    columns: Mapping[str, Described] = MappingProxyType({})
    said: tuple[str, ...] = ()
    epoch: int = 1900


class Loss(NamedTuple):
    """What a format cannot hold of a frame, told before it is written.

    ``what`` is a key of the table ``loss`` of the text catalog, ``field`` the column it
    falls on (if any), ``number`` how many features or fields it touches, ``detail`` the
    value or the new name.
    """

    what: str
    number: int
    field: str = ""
    detail: str = ""
