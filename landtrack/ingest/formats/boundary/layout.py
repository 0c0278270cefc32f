"""The layouts of the boundary-coordinate TXT, as ``data/boundary/*.toml`` states them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from landtrack.model import Titled, Value, catalog
from landtrack.model.errors import SourceError


class Layout(Value, frozen=True, kw_only=True):
    """How the lines of a file are made up.

    ``parcel`` are the fields of a parcel line before its ``@``, ``point`` those of a point
    line; ``""`` is always empty. Every parcel line of a file in this layout matches
    ``patterns``. ``header`` is what a file of it is written with, by key.
    """

    id: str
    title: Titled
    order: int
    source: str
    parcel: tuple[str, ...]
    point: tuple[str, ...]
    patterns: Mapping[str, str] = msgspec.field(default_factory=dict)
    header: Mapping[str, str] = msgspec.field(default_factory=dict)


class Fields(Value, frozen=True, kw_only=True):
    """What layouts call the fields of parcels and points that have a meaning of their own."""

    count: str
    area: str
    name: str
    kind: str
    point: str
    ring: str
    north: str
    east: str


class Kinds(Value, frozen=True, kw_only=True):
    """What kinds of geometry are called."""

    point: str
    line: str
    polygon: str


class Words(Value, frozen=True, kw_only=True):
    """What does not depend on the layout.

    ``section`` holds the parcels, ``header`` what the CRS says; ``unnamed`` is the column of
    a field that no layout names; bare areas are in one of ``units``, which
    ``data/units.toml`` has, the format's own first. ``synonyms`` are other columns that
    fields are written from.
    """

    section: str
    header: str
    unnamed: str
    units: tuple[str, ...]
    fields: Fields
    kinds: Kinds
    keys: Mapping[str, tuple[str, ...]]
    projections: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, tuple[str, ...]]


@cache
def layouts() -> Mapping[str, Layout]:
    """Load the layouts.

    Raises CatalogError: If a file of ``data/boundary`` is wrong.
    """
    loaded = []
    for path in catalog.data_files("boundary").values():
        layout = catalog.convert(catalog.read_toml(path), Layout, path)
        catalog.own_id(path, layout.id)
        loaded.append(layout)
    return {each.id: each for each in sorted(loaded, key=lambda each: (each.order, each.id))}


@cache
def words() -> Words:
    """Load the words of the header.

    Returns: As ``data/boundary.toml`` has them.
    Raises CatalogError: If the file is wrong.
    """
    path = catalog.data_file("", "boundary")
    return catalog.convert(catalog.read_toml(path), Words, path)


def named(name: str) -> Layout:
    """Find a layout by its id.

    Raises SourceError: If there is none; the mend names those there are.
    """
    if name not in layouts():
        raise SourceError(
            f"There is no layout of the boundary TXT named {name!r}.",
            mend=f"Name one of: {', '.join(layouts())}.",
        )
    return layouts()[name]


def choose(
    parcels: Sequence[Sequence[str]], rows: Sequence[int], n_point: int, *, what: str
) -> Layout:
    """Recognise the layout of a file.

    ``parcels``: The fields of each parcel line; none where the file has points only.
    ``rows``: How many points follow each parcel line.
    ``n_point``: How many fields a point line has.
    Returns: One of :func:`layouts`, or one that is like it but for fields that no layout names.
    Raises SourceError: If no layout has such point lines, or several could be meant.
    """
    known = [
        each for each in layouts().values()
        if len(each.point) == n_point and bool(each.parcel) == bool(parcels)
    ]
    if not known:
        raise SourceError(
            f"{what}: no known layout of the boundary TXT has {n_point} fields in a point line.",
            mend="Describe the layout in the folder boundary of the folder that LANDTRACK_DATA "
            "names, as landtrack/data/boundary/national.toml does.",
        )
    if not parcels:
        return known[0]
    counts = [len(fields) for fields in parcels]
    usual = max(set(counts), key=counts.count)
    of_count = [fields for fields in parcels if len(fields) == usual]
    same = [each for each in known if len(each.parcel) == usual]
    if not same:
        return _extended(known, of_count, usual)
    fitting = [each for each in same if _fits(each, of_count)]
    if len(same) > 1 and not fitting:
        raise SourceError(
            f"{what}: its parcel lines could be of the layouts "
            f"{', '.join(each.id for each in same)}, and fit none of them.",
            mend="Name the layout that the file is in.",
        )
    counted = [each for each in fitting if _counts(each, parcels, rows)]
    return (counted or fitting or same)[0]


def _fits(layout: Layout, parcels: Sequence[Sequence[str]]) -> bool:
    """Tell whether every parcel line has what a layout demands."""
    checks = [
        (at, re.compile(layout.patterns.get(name, ".*" if name else "")))
        for at, name in enumerate(layout.parcel)
    ]
    return all(check.fullmatch(fields[at]) for fields in parcels for at, check in checks)


def _counts(layout: Layout, parcels: Sequence[Sequence[str]], rows: Sequence[int]) -> bool:
    """Tell whether what a layout takes for the count of points is near it, mostly."""
    count = words().fields.count
    if count not in layout.parcel:
        return True
    at = layout.parcel.index(count)
    near = sum(
        len(fields) > at and fields[at].isdecimal() and abs(int(fields[at][:9]) - n) <= 1
        for fields, n in zip(parcels, rows, strict=True)
    )
    return 2 * near >= len(parcels)


def _extended(known: list[Layout], parcels: Sequence[Sequence[str]], usual: int) -> Layout:
    """Make the layout of a file whose parcel lines are longer or shorter than any known."""
    base = next(
        (each for each in known if len(each.parcel) < usual
         and _fits(each, [fields[: len(each.parcel)] for fields in parcels])),
        None,
    )
    start = base.parcel if base else ()
    more = (words().unnamed.format(number=at + 1) for at in range(len(start), usual))
    return Layout(
        id="", title={}, order=0, source="", parcel=(*start, *more), point=known[0].point
    )
