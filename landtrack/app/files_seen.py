"""What was seen of the files of a place when they were last inspected, for a page to show.

An inspection reads files with heavy libraries, in a process of its own, and leaves what it saw as
JSON (``data/json/inspect.json``); here it is only looked at.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from landtrack.app import deliver
from landtrack.model import messages, translations
from landtrack.model.translations import Words

MOST = 5
"""How many features of one issue are named; the others are counted."""
MOST_READINGS = 4
NORTH_EAST = "north_east"
"""In a catalog: the axes of coordinates that have the northing first."""
UNREAD = frozenset({"table_sheet_hidden", "table_sheet_left"})
"""Issues that name sheets of a workbook that were not read."""
ORDER = ("error", "warning", "info")
"""Severities, the worst first."""

Plain = Mapping[str, Any]


class Problem(NamedTuple):
    """What is wrong with a file or a layer, alike ones together, and who mends it."""

    severity: str
    issue: str
    who: str
    number: int
    where: str
    mend: str


class Drawn(NamedTuple):
    """A small map: the paths of its SVG, each with its look, and what is said under it.

    ``bar``: The bar of its scale: pixels and what they are on the ground; none without length.
    ``says``: How it lies to the rest of the place, and what signs there are, in words.
    """

    size: tuple[float, float]
    paths: tuple[tuple[str, str], ...]
    bar: tuple[float, str]
    says: tuple[str, ...]
    far: bool


class Candidate(NamedTuple):
    """A way in which the coordinates of a layer can be read.

    ``value``: Its CRS, with ``north_east`` behind it where the northing is first. ``metric``:
    Whether areas can be measured in it. ``says``: What it is, and where on Earth it puts the layer.
    """

    value: str
    crs: str
    axes: str
    name: str
    metric: bool
    says: str
    drawn: Drawn


class Readings(NamedTuple):
    """The ways in which the coordinates of a layer can be read, and how many more there are."""

    candidates: tuple[Candidate, ...] = ()
    more: int = 0


class Seen(NamedTuple):
    """A layer or a table of a file.

    ``kinds``: Features by type of geometry; none of a table. ``crs``: What is known of its
    coordinates, in words. ``columns``: Its columns, by name, with a cell of each. ``drawn``: Its
    small map; None of a table.
    """

    name: str
    features: int
    kinds: Mapping[str, int]
    crs: tuple[str, ...]
    encoding: str
    columns: Mapping[str, str]
    problems: tuple[Problem, ...]
    drawn: Drawn | None = None


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a place: ``name`` in it. ``cause`` and ``mend`` where it cannot be read.

    ``fresh`` where it is as it was when it was inspected; without ``format`` it was not yet.
    """

    name: str
    format: str = ""
    bytes: int = 0
    fresh: bool = False
    layers: tuple[Seen, ...] = ()
    cause: str = ""
    mend: str = ""

    @property
    def worst(self) -> str:
        """Name the worst severity of what is wrong with it; empty where nothing is."""
        if self.cause:
            return ORDER[0]
        own = {each.severity for layer in self.layers for each in layer.problems}
        return next((each for each in ORDER if each in own), "")

    @property
    def drawn(self) -> Drawn | None:
        """Give the small map of the first of its layers that has one."""
        return next((each.drawn for each in self.layers if each.drawn is not None), None)

    @property
    def far(self) -> str:
        """Say how far away a layer of it lies; empty where none lies far from the place."""
        drawn = (each.drawn for each in self.layers if each.drawn is not None)
        return next((each.says[0] for each in drawn if each.far), "")


def files(folder: Path, saved: Path, words: Words, maps: Path | None = None) -> list[File]:
    """List the files of a place with what was seen of them.

    ``folder``: The place.
    ``saved``: What its last inspection left; it need not be there.
    ``maps``: The small maps that it left.
    ``words``: Of the language of the reader.
    Returns: By name; files that belong to others are not listed, those that were not inspected yet
    are listed bare.
    """
    at, entries = _entries(folder, saved)
    drawn = {} if maps is None else _maps(maps)
    found = {
        name: _file(
            name, each, words, drawn.get(each["path"], {}), fresh=_is_fresh(folder / name, at)
        )
        for name, each in entries.items() if (folder / name).exists()
    }
    heads = {_family(name) for name in found}
    for name in deliver.files_of(folder):
        if name not in found and _family(name) not in heads and not _is_own(name):
            found[name] = File(name=name, bytes=(folder / name).stat().st_size)
    return [found[name] for name in sorted(found)]


def columns(folder: Path, saved: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Give the columns of the files of a place as they were seen.

    Returns: By file and layer, each column with one of its cells.
    """
    _, entries = _entries(folder, saved)
    return {
        name: {layer["name"]: _columns(layer) for layer in each["layers"]}
        for name, each in entries.items()
    }


def headings(folder: Path, saved: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Give what the columns of the files of a place may be called, as they were seen.

    Returns: By file that is as it was then, and layer: their names and other names.
    """
    at, entries = _entries(folder, saved)
    return {
        name: {
            str(layer["name"]): tuple(
                str(own) for each in layer["fields"]
                for own in (each["name"], each["heading"], each["alias"]) if own
            )
            for layer in each["layers"]
        }
        for name, each in entries.items()
        if (folder / name).exists() and _is_fresh(folder / name, at)
    }


def counts(folder: Path, saved: Path) -> dict[str, dict[str, int]]:
    """Count the features of the files of a place as they were seen, by file and layer."""
    _, entries = _entries(folder, saved)
    return {
        name: {str(layer["name"]): int(layer["read"]) for layer in each["layers"]}
        for name, each in entries.items()
    }


def layers(folder: Path, saved: Path) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give what the layers and sheets of the files of a place are called, as they were seen.

    Returns: By file that is as it was then: those that were read, and what was said of others.
    """
    at, entries = _entries(folder, saved)
    return {
        name: (
            tuple(layer["name"] for layer in each["layers"]),
            tuple(
                str(issue["value"]) for layer in each["layers"] for issue in layer["issues"]
                if issue["issue"] in UNREAD
            ),
        )
        for name, each in entries.items()
        if (folder / name).exists() and _is_fresh(folder / name, at)
    }


def changes(maps: Path, words: Words) -> dict[str, Drawn]:
    """Give the small maps of what differs between two files, by layer.

    ``maps``: What the comparison left; it need not be there.
    """
    return {layer: _drawn(each["map"], words) for layer, each in _maps(maps).items()}


def candidates(
    folder: Path, maps: Path, file: str, words: Words, *, layer: str | None = None
) -> Readings:
    """List the ways in which the coordinates of a layer of a place can be read.

    ``maps``: What its last inspection left; it need not be there.
    ``file``: Its name in the place.
    ``layer``: Which of its layers; its first where not given.
    Returns: The nearest to the rest of the place first; none where only one can be meant.
    """
    told = _maps(maps)
    named = next((
        path for path in told
        if Path(path).is_relative_to(folder)
        and Path(path).relative_to(folder).as_posix().casefold() == file.casefold()
    ), "")
    layers = told.get(named, {})
    own = layers.get(layer) if layer else next(iter(layers.values()), None)
    return Readings() if own is None else Readings(tuple(
        Candidate(
            " ".join([each["crs"], *([NORTH_EAST] if each["northing_first"] else [])]),
            each["crs"], NORTH_EAST if each["northing_first"] else "", each["name"],
            each["metric"], _reading(each), _drawn(each["map"], words),
        )
        for each in own["readings"]
    ), own["more"])


def _columns(layer: Plain) -> dict[str, str]:
    return {each["name"]: each["example"] for each in layer["fields"]}


def _entries(folder: Path, saved: Path) -> tuple[float, dict[str, Plain]]:
    """Read what an inspection left: when it was, and each file by its name in the place."""
    try:
        there = saved.stat()
        listed = _read(saved, there.st_mtime_ns, there.st_size)
    except (OSError, ValueError):
        return 0.0, {}
    found = {}
    for each in listed:
        path = Path(each["path"])
        if path.is_relative_to(folder):
            found[path.relative_to(folder).as_posix()] = each
    return there.st_mtime, found


def _maps(path: Path) -> dict[str, Any]:
    """Read small maps; there are none where none were left."""
    try:
        there = path.stat()
        return dict(_read(path, there.st_mtime_ns, there.st_size))
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=16)
def _read(path: Path, _written: int, _size: int) -> Any:  # noqa: ANN401  what JSON holds
    """Read a file once as long as it is the same."""
    return json.loads(path.read_text(encoding="utf-8"))


def _is_fresh(path: Path, at: float) -> bool:
    own = path.parent.glob("*") if path.is_dir() else [path]
    return all(each.stat().st_mtime <= at for each in own)


def _is_own(name: str) -> bool:
    """Tell what is no data: the catalog and the tables beside it, notes and programs."""
    return PurePosixPath(name).suffix.lower() in {".toml", ".md", ".py", ".html", ".pdf"}


def _family(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / path.name.partition(".")[0]).casefold()


def _file(name: str, told: Plain, words: Words, maps: Plain, *, fresh: bool) -> File:
    key = f"file_format.{told['format']}"
    return File(
        name=name, format=words(key) if words.has(key) else told["format"],
        bytes=told["bytes"], fresh=fresh,
        cause=messages.of_error(told["cause"], words.lang),
        mend=messages.of_error(told["mend"], words.lang),
        layers=tuple(
            Seen(
                name=each["name"], features=each["read"], kinds=each["kinds"],
                crs=tuple(_crs(each, words)), encoding=each["encoding"],
                columns=_columns(each), problems=tuple(_problems(each, words)),
                drawn=_drawn(maps[each["name"]]["map"], words) if each["name"] in maps else None,
            )
            for each in told["layers"]
        ),
    )


def _drawn(drawn: Plain, words: Words) -> Drawn:
    """Say what a small map shows."""
    looks = [look for look, _ in drawn["paths"]]
    says = [words(
        f"desk.small.{drawn['lies']}", distance=_length(drawn["away_m"]),
        way=words(f"desk.small.way.{drawn['way']}") if drawn["way"] else "",
    )] if drawn["lies"] and "sign-other" not in looks else []
    says += [
        words(f"desk.small.{key}", count=f"{number:,}") for key, number in drawn["counts"].items()
    ]
    signs = {
        "land": "kept" if "new" in drawn["counts"] or not drawn["lies"] else "land",
        "sign-place": "place", "sign-here": "here", "sign-other": "other",
    }
    says += [words(f"desk.small.sign.{key}") for look, key in signs.items() if look in looks]
    says += [words(f"desk.small.{key}") for key in ("cells", "loose") if drawn[key]]
    return Drawn(
        tuple(drawn["size"]), tuple((look, path) for look, path in drawn["paths"]),
        (drawn["bar_px"], _length(drawn["bar_m"])), tuple(says), drawn["lies"] == "far",
    )


def _length(metres: float) -> str:
    """Write a length as people say it: in kilometres from a thousand metres."""
    if metres < 1000:  # noqa: PLR2004
        return f"{metres:,.0f} m" if metres >= 1 else f"{metres:g} m"
    return f"{metres / 1000:,.0f} km" if metres >= 10_000 else f"{metres / 1000:,.3g} km"  # noqa: PLR2004


def _crs(layer: Plain, words: Words) -> Iterator[str]:
    """Say what is known of the coordinates: what is stated, and what they may be."""
    readings = layer["readings"]
    if layer["span"] is None:
        return
    stated = layer["crs_stated"] or words("inspect.nothing")
    if not readings:
        yield words("inspect.crs_none", stated=stated)
    elif len(readings) == 1:
        only = readings[0]
        plain = layer["crs_stated"].startswith(only["crs"]) and not only["northing_first"]
        yield layer["crs_stated"] if plain else words(
            "inspect.crs_one", stated=stated, reading=_reading(only)
        )
    else:
        yield words("inspect.crs_several", stated=stated, number=str(len(readings)))
        yield from map(_reading, readings[:MOST_READINGS])
        if len(readings) > MOST_READINGS:
            yield f"… +{len(readings) - MOST_READINGS}"


def _reading(reading: Plain) -> str:
    axes = ", N, E" if reading["northing_first"] else ""
    return (
        f"{reading['crs']} ({reading['name']}{axes}) "
        f"{reading['latitude']:.3f}°N {reading['longitude']:.3f}°E"
    )


def _problems(layer: Plain, words: Words) -> Iterator[Problem]:
    """Sort what is wrong in a layer: the worst first, alike ones together."""
    alike: dict[tuple[str, str], list[Plain]] = defaultdict(list)
    for each in layer["issues"]:
        alike[each["severity"], each["issue"]].append(each)
    for (severity, issue), rows in sorted(
        alike.items(), key=lambda each: (ORDER.index(each[0][0]), -len(each[1]))
    ):
        named = [
            f"#{each['feature_id']}" + (f" {each['value']}" if each["value"] else "")
            for each in rows[:MOST] if each["feature_id"]
        ]
        more = len(rows) - len(named)
        where = ", ".join([*named, f"… +{more}"] if named and more > 0 else named)
        yield Problem(
            severity, words(f"issue.{issue}.title"), rows[0]["who_mends"], len(rows), where,
            translations.mend(words, rows[0]),
        )
