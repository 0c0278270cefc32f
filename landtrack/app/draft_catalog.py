"""Drafts the catalog of a place from the files in a folder; every guess is marked.

A guess is made from names alone: what files, layers and columns are usually called stands in
``data/synonyms.toml``. The planner looks at each and corrects it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field as of
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jinja2
from pyproj import CRS

from landtrack.app.layouts import Layout, layout_of
from landtrack.ingest import apart, profile, read
from landtrack.ingest.formats import domains, files
from landtrack.ingest.formats.base import Described
from landtrack.ingest.formats.tables import separated
from landtrack.ingest.normalise import units, values
from landtrack.ingest.profile_types import FieldSeen, FileSeen, LayerSeen
from landtrack.model import NO_WORKFLOW, Field, Issue, Schema, Value, catalog, disk, translations
from landtrack.model.errors import OutputError, SourceError
from landtrack.model.memory import remembered
from landtrack.spatial import crs
from landtrack.spatial.crs import offsets

HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORD = re.compile(r"[^\W\d_]+|\d+")
SPACES = re.compile(r"[\s_\-]+")
DIMENSIONS = {"polygon": {"Polygon", "MultiPolygon"}, "line": {"LineString", "MultiLineString"},
              "point": {"Point", "MultiPoint"}}
ENOUGH = 2
"""A kind is guessed from this many columns of its own where no name says it."""
BY_LAYOUT = 1000
"""What a layout says for a kind: more than any name."""
GENERIC = frozenset({"name", "note", "class", "state", "due_on"})
"""Fields that most kinds have: they tell none from another."""
JOINS = frozenset({"plot_id", "project_id", "name"})
"""Fields of plots by which a ledger may be joined."""
MOST_READINGS = 4
"""How many ways to read coordinates are listed; the others are counted."""
MOST_VALUES = 30
RULES, WORKFLOW = "x-park-2006", "cn-2006"
"""What a place in China is drafted with, to be corrected; one elsewhere has neither."""


class Note(NamedTuple):
    """What is said beside a guess: a key of the texts under ``draft``, and its values."""

    key: str
    values: Mapping[str, object]


def _note(key: str, /, **values: object) -> Note:
    return Note(key, values)


class Filled(NamedTuple):
    """A field, the column that fills it, the unit of its figures, and what is to be asked."""

    field: str
    column: str
    unit: str | None
    asked: Note | None


Mapped = list[Filled]


class Synonyms(Value, frozen=True, kw_only=True):
    """What files, layers and columns are called, by kind and by field."""

    kind: Mapping[str, tuple[str, ...]]
    key: Mapping[str, tuple[str, ...]]
    any_key: Mapping[str, tuple[str, ...]]
    field: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Guess:
    """One layer of a file, and what it is probably."""

    path: str
    layer: str | None
    seen: LayerSeen
    kind: str = ""
    why: tuple[Note, ...] = ()
    fields: Mapped = of(default_factory=list)


@cache
def synonyms() -> Synonyms:
    """Load what files, layers and columns are called.

    Returns: The user's file where there is one, else the shipped one.
    Raises CatalogError: If ``data/synonyms.toml`` is wrong.
    """
    path = catalog.data_file("", "synonyms")
    return catalog.convert(catalog.read_toml(path), Synonyms, path)


def draft(
    folder: Path, *, title: str | None = None, language: str = "zh", reader: str = "en",
    told: Callable[[str], str] = str,
) -> str:
    """Draft the catalog of a folder of files.

    ``title``: Title of the place; the folder's name where not given.
    Returns: The text of ``catalog.toml``.
    Raises SourceError: If there is no such folder, or no file in it that can be read.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder.", mend="Name the folder that holds the files.")
    paths = profile.paths(folder)
    outputs = profile.outputs(paths)
    paths = [each for each in paths if outputs.isdisjoint(each.parents)]
    with apart.session(paths):
        _insist_on_layers(folder, paths)
        seen = [profile.look(path, fit=_known_columns) for path in paths]
        working, crs_why = _working_crs(seen)
        if working is not None:  # which rules out readings of what does not say its own
            seen = [
                profile.look(Path(each.path), near=working, fit=_known_columns)
                if any(layer.kinds for layer in each.layers) else each for each in seen
            ]
        guesses, unknown = _guesses(seen, folder, told)
        if not guesses and not unknown:
            raise SourceError(
                f"{folder} holds no file that can be read.", mend="Put the layers' files there."
            )
        layers = [each for each in guesses if each.kind and each.seen.kinds]
        ledgers = [each for each in guesses if not each.seen.kinds]
        entries = [_entry(each, folder, ledgers) for each in layers]
    used = {each["ledger"]["path"] for each in entries if each["ledger"]}  # type: ignore[index]
    unknown += [
        (each.relative_to(folder).as_posix(), _note("outputs")) for each in sorted(outputs)
    ]
    unknown += [
        (f"{each.path}: {each.layer}" if each.layer else each.path, each.why[0])
        for each in guesses if not each.kind and each.seen.kinds
    ]
    unknown += [
        (each.path, _not_used(each, entries)) for each in ledgers if each.path not in used
    ]
    return _template(reader).render(
        id=SPACES.sub("-", folder.resolve().name.lower()) or "place",
        title=title or folder.resolve().name, language=language,
        crs=None if working is None else crs.name(working), crs_why=crs_why,
        chinese=_in_china(seen), rules=RULES, workflow=WORKFLOW, no_workflow=NO_WORKFLOW,
        basis=_basis(entries), layers=entries,
        unknown=unknown,
    )


@cache
def _template(reader: str) -> jinja2.Template:
    """Make the template of a catalog ready, whose comments are in the language of a reader."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(catalog.SHIPPED / "templates"), autoescape=False,  # noqa: S701  TOML
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    environment.filters["line"] = _line
    words = translations.load(reader)
    environment.globals["words"] = lambda key: words(f"draft.{key}")
    environment.filters["said"] = lambda notes: _line(words("draft.and").join(
        words(f"draft.{each.key}", **{
            name: words.pick(value) if isinstance(value, Mapping) else value
            for name, value in each.values.items()
        })
        for each in (notes if isinstance(notes, tuple) and not isinstance(notes, Note)
                     else (notes,))
    ))
    return environment.get_template("drafted-catalog.toml.j2")


def _insist_on_layers(folder: Path, paths: Sequence[Path]) -> None:
    """Refuse a folder of nothing but OpenStreetMap, whose objects are no layers yet."""
    if paths and all(_is_osm(path) for path in paths):
        raise SourceError(
            f"{folder} holds an OpenStreetMap extract and nothing else: {paths[0].name}.",
            mend="Make a place of it in a new folder: landtrack init FOLDER --osm "
            f"{paths[0]}.",
        )


def _is_osm(path: Path) -> bool:
    try:
        return read.format_of(path) == files.OSM.name
    except SourceError:
        return False


def _line(text: object) -> str:
    """Write a text on one line, so that a comment ends where it ends."""
    return " ".join(str(text).split())


def init(
    folder: Path, *, title: str | None = None, language: str = "zh", reader: str = "en",
    told: Callable[[str], str] = str,
) -> Path:
    """Draft the catalog of a folder and write it there.

    ``title``: Title of the place; the folder's name where not given.
    Returns: The ``catalog.toml`` made.
    Raises SourceError: If there is nothing to make it from.
    Raises OutputError: If there is a catalog already, or it cannot be written.
    """
    path = folder / catalog.CATALOG_NAME
    if path.exists():
        raise OutputError(
            f"{path} is there already.", mend="Rename or delete it to draft a new one."
        )
    text = draft(folder, title=title, language=language, reader=reader, told=told)
    with disk.writing(path), path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


# --- the working CRS --------------------------------------------------------------------------


def _working_crs(seen: Iterable[FileSeen]) -> tuple[CRS | None, Note]:
    """Take the metric CRS that most layers are in, else the one that fits where they lie."""
    layers = [layer for file in seen for layer in file.layers if layer.kinds]
    known = [layer for layer in layers if len(layer.readings) == 1]
    metric: Counter[str] = Counter()
    for layer in known:
        code = layer.readings[0].crs
        if crs.is_metric(CRS.from_user_input(code)):
            metric[code] += 1
    if metric:
        code, number = metric.most_common(1)[0]
        return CRS.from_user_input(code), _note("crs_most", number=number, layers=len(layers))
    for layer in known:
        fit = crs.suggest(layer.readings[0].longitude, layer.readings[0].latitude)
        if fit:
            return CRS.from_user_input(fit[0]), _note("crs_fits", layer=layer.name)
    return None, _note("crs_unknown")


def _in_china(seen: Iterable[FileSeen]) -> bool:
    """Tell whether a layer lies in China, however its coordinates are read."""
    west, south, east, north = offsets.CHINA
    return any(
        layer.readings and all(
            west <= each.longitude <= east and south <= each.latitude <= north
            for each in layer.readings
        )
        for file in seen for layer in file.layers
    )


# --- kinds and fields -------------------------------------------------------------------------


def _guesses(
    seen: Iterable[FileSeen], folder: Path, told: Callable[[str], str]
) -> tuple[list[Guess], list[tuple[str, Note]]]:
    """Guess the kind of every layer; what cannot be read says why."""
    guesses: list[Guess] = []
    unknown: list[tuple[str, Note]] = []
    for file in seen:
        path = Path(file.path)
        if path.name == catalog.CATALOG_NAME:
            continue
        inside = path.relative_to(folder).as_posix()
        if file.cause:
            unknown.append((
                inside, _note("unreadable", cause=told(file.cause), mend=told(file.mend))
            ))
        guesses += [
            _guess(inside, layer, several=len(file.layers) > 1) for layer in file.layers
        ]
    return guesses, unknown


def _guess(path: str, seen: LayerSeen, *, several: bool) -> Guess:
    scored = []
    # What a layer is called says more than what the file is that it is in with others.
    says = seen.name if any(_named(kind, seen.name) for kind in catalog.schemas()) else (
        f"{path} {seen.name}"
    )
    for kind, schema in catalog.schemas().items():
        if seen.kinds and not _of_geometry(seen, schema):
            continue
        name = _named(kind, says)
        fields = _fields(seen, schema)
        own = [each for each, *_ in fields if each not in GENERIC and each != schema.key]
        if seen.kinds and not name and len(own) < ENOUGH:
            continue
        said = [_note("called", name=repr(name))] if name else []
        layout = _layout(seen)
        if layout is not None and layout.kind == kind:
            said.insert(0, _note("layout", title=layout.title))
        if fields:
            said.append(_note("columns", known=len(fields), all=len(seen.fields)))
        # A longer name says more: 征地地块 is a parcel, though 地块 is a plot.
        told = BY_LAYOUT if layout is not None and layout.kind == kind else 0
        scored.append((told + 10 * len(name) + len(own) + 1, kind, fields, tuple(said)))
    layer = seen.name if several else None
    if not scored:
        return Guess(path=path, layer=layer, seen=seen, why=(_note("no_kind"),))
    _, kind, fields, why = max(scored, key=lambda each: each[0])
    return Guess(path=path, layer=layer, seen=seen, kind=kind, why=why, fields=fields)


def _of_geometry(seen: LayerSeen, schema: Schema) -> bool:
    if schema.geometry == "any":
        return True
    return bool(DIMENSIONS[schema.geometry] & set(seen.kinds))


def _named(kind: str, text: str) -> str:
    """Find the longest usual name of a kind in a text: of a file, its folder, or a layer."""
    return max(
        (name for name in synonyms().kind.get(kind, ()) if _says(text, name)), key=len, default="",
    )


def _says(text: str, name: str) -> bool:
    """Tell whether a name stands in a text: Chinese anywhere, else as a word, or as several."""
    if ord(max(name)) > translations.LAST_NARROW:
        return _plain(name) in _plain(text)
    wanted, there = _words(name), _words(text)
    whole = "".join(wanted)
    return bool(wanted) and any(
        _alike("".join(there[begin:begin + count]), whole)
        for count in range(1, len(wanted) + 2) for begin in range(len(there) - count + 1)
    )


@remembered(8192)
def _words(text: str) -> tuple[str, ...]:
    """Part a text into its words: at blanks and signs, at figures, and at the humps of camels."""
    parted = HUMP.sub(" ", unicodedata.normalize("NFKC", text))
    return tuple(WORD.findall(parted.casefold()))


def _alike(one: str, other: str) -> bool:
    """Tell whether two words are the same but for their number."""
    return one.removesuffix("s") == other.removesuffix("s") or {one, other} in (
        {each, f"{each[:-1]}ies"} for each in (one, other)
    )


@remembered(8192)
def _plain(name: str) -> str:
    return catalog.simplified(SPACES.sub("", unicodedata.normalize("NFKC", name)).casefold())


def _fields(seen: LayerSeen, schema: Schema) -> Mapped:
    """Give each field of a kind the column that is called so."""
    columns = {
        column.name: {
            _plain(called) for name in (column.name, column.alias) if name
            for called in (name, catalog.units.split(name)[0])
        }
        for column in seen.fields
    }
    above = {
        each.name: [each.unit_row, each.name, each.alias, each.over] for each in seen.fields
    }
    found: Mapped = _by_layout(_layout(seen), schema, above, seen.said)
    filled = {each.field for each in found}
    taken = {each.column for each in found} | _left(seen)
    known = synonyms()
    keys = (*known.key.get(schema.id, ()), *known.any_key["names"])
    for name, field in schema.fields.items():
        if name in filled:
            continue
        names = (*keys, name) if name == schema.key else (name, *known.field.get(name, ()))
        for wanted in names:
            column = next((
                column for column, called in columns.items()
                if _plain(wanted) in called and column not in taken
            ), None)
            if column is not None:
                taken.add(column)
                found.append(Filled(
                    name, column, *_unit(field, column, above[column], seen.said)
                ))
                break
    return found


def _layout(seen: LayerSeen) -> Layout | None:
    """Find the layout of a layer or table."""
    return layout_of(each.name for each in seen.fields)


def _by_layout(
    layout: Layout | None, schema: Schema, above: Mapping[str, Sequence[str]], said: Sequence[str]
) -> Mapped:
    """Fill the fields whose columns a layout states."""
    if layout is None or layout.kind != schema.id:
        return []
    columns = {name.strip().upper(): name for name in above}
    found: Mapped = []
    for name, stated in layout.fields.items():
        column = columns.get(stated.column.upper())
        if column is not None and stated.unit is not None:
            found.append(
                Filled(name, column, stated.unit, _note("unit_layout", unit=stated.unit))
            )
        elif column is not None:
            found.append(Filled(
                name, column, *_unit(schema.fields[name], column, above[column], said)
            ))
    return found


def _left(seen: LayerSeen) -> set[str]:
    """Give the columns that hold something else than they are called."""
    layout = _layout(seen)
    left = set() if layout is None else {each.upper() for each in layout.leave}
    return {each.name for each in seen.fields if each.name.strip().upper() in left}


def _known_columns(headings: Sequence[str]) -> int:
    """Count the headings that are known as columns of some kind of layer."""
    names = _names_of_columns()
    found = sum(
        _plain(each) in names or _plain(catalog.units.split(each)[0]) in names
        for each in headings
    )
    return found if found >= ENOUGH else 0


@cache
def _names_of_columns() -> frozenset[str]:
    """List what columns of all kinds of layers are called."""
    known = synonyms()
    return frozenset(
        _plain(name)
        for group in (known.key, known.any_key, known.field)
        for field, listed in group.items() for name in (field, *listed)
    )


def _unit(
    field: Field, column: str, headings: Sequence[str], notes: Sequence[str]
) -> tuple[str | None, Note | None]:
    """Read the unit of a column from its heading; what cannot be told is asked."""
    if field.unit is None or column == field.name:
        return None, None
    known = catalog.units
    unit = catalog.notes.of_column(headings, notes, field.unit, yearly=field.yearly)
    if isinstance(unit, known.Unit):
        return unit.name, None
    if unit is None:
        told = field.unit in units.TOLD
        return None, _note("unit_none", unit=field.unit) if told else None
    return known.UNSURE, _note(
        f"unit_{unit.why}", name=unit.name, unit=field.unit, currency=unit.currency
    )


# --- entries of the catalog -------------------------------------------------------------------


def _entry(guess: Guess, folder: Path, ledgers: list[Guess]) -> dict[str, object]:
    schema = catalog.schemas()[guess.kind]
    known, unmapped = _values(guess, schema, folder)
    ledger = _ledger(guess, ledgers) if guess.kind == "plots" else None
    of_ledger = None if ledger is None else ledger["layout"]
    layouts = [each for each in (_layout(guess.seen), of_ledger) if isinstance(each, Layout)]
    return {
        "kind": guess.kind, "path": guess.path, "layer": guess.layer, "why": guess.why,
        "fields": guess.fields, "crs_lines": _crs_lines(guess.seen),
        "unused": _unused(guess.seen, {each.column for each in guess.fields}),
        "heading_row": guess.seen.heading_row,
        "unmapped": unmapped, "known": known,
        "ledger": ledger, "noted": [_note("said", said=each.note) for each in layouts],
        "constants": {name: value for each in layouts for name, value in each.constants.items()},
    }


def _unused(seen: LayerSeen, used: set[str]) -> str:
    """List the columns that no field was found for."""
    return ", ".join(_described(each) for each in seen.fields if each.name not in used)


def _described(seen: FieldSeen) -> str:
    """Name a column, with its alias and the words of its codes."""
    coded = ", ".join(f"{code} {said}" for code, said in seen.coded.items())
    said = "; ".join(each for each in (seen.alias, coded) if each)
    return f"{seen.name} ({said})" if said else seen.name


def _crs_lines(seen: LayerSeen) -> list[tuple[str, Note | None]]:
    """Say in what CRS a layer is, where the file does not: a line, and what is said beside it."""
    stated = seen.crs_stated.split(" ")[0]
    if len(seen.readings) == 1:
        only = seen.readings[0]
        if only.crs == stated and not only.northing_first:
            return []
        lines: list[tuple[str, Note | None]] = [
            (f'crs = "{only.crs}"', _note("crs_by_numbers", name=only.name))
        ]
        return [*lines, ('axes = "north_east"', None)] if only.northing_first else lines
    if seen.span is None:
        return []
    listed = ", ".join(f"{each.crs} ({each.name})" for each in seen.readings[:MOST_READINGS])
    key = "crs_outside" if stated else "crs_silent"
    if not seen.readings:
        key += "_none"
    elif len(seen.readings) > MOST_READINGS:
        key += "_more"
    return [('# crs = "EPSG:…"', _note(
        key, stated=seen.crs_stated, listed=listed, more=len(seen.readings) - MOST_READINGS
    ))]


def _values(
    guess: Guess, schema: Schema, folder: Path
) -> tuple[list[tuple[str, str, str]], list[tuple[str, list[str]]]]:
    """List what is written in columns of choices.

    Returns known: The field, what is written and the code that it is a word for.
    Returns unmapped: By field what is neither a code nor a word for one.
    """
    choices = {
        name: column for name, column, *_ in guess.fields if schema.fields[name].type == "choice"
    }
    if not choices:
        return [], []
    codes = values.choice_codes(schema, catalog.workflow(WORKFLOW).tracks)
    contents = read.contents_of(folder / guess.path, layer=guess.layer)
    frame = domains.worded(contents.frame, contents.columns, {})
    known: list[tuple[str, str, str]] = []
    unmapped: list[tuple[str, list[str]]] = []
    for name, column in choices.items():
        possible = contents.columns.get(column, Described("", {})).values.values()
        cells = {str(each) for each in frame[column].dropna()} | set(possible)
        known += [
            (name, each, codes[name][each]) for each in sorted(cells & set(codes[name]))
            if each != codes[name][each]
        ][:MOST_VALUES]
        written = sorted(cells - set(codes[name]))
        if written:
            unmapped.append((name, written[:MOST_VALUES]))
    return known, unmapped


def _ledger(plots: Guess, ledgers: list[Guess]) -> dict[str, object] | None:
    """Find the table that says the rest of each project: it shares a key with the plots."""
    schema = catalog.schemas()["plots"]
    best: tuple[int, Guess, str, str, Mapped] | None = None
    alike: list[Guess] = []
    for each in ledgers:
        fields = _fields(each.seen, schema)
        joined = _joined_on(plots.fields, fields)
        if joined is None:
            continue
        rest = [one for one in fields if one.field not in ("plot_id", "project_id", joined.field)]
        if rest and best is not None and len(rest) == best[0]:
            alike.append(each)
        elif rest and (best is None or len(rest) > best[0]):
            of = [one for one in fields if one.field == "project_id" != joined.field]
            best, alike = (len(rest), each, joined.field, joined.column, [*of, *rest]), []
    if best is None:
        return None
    number, each, name, key, rest = best
    others = [other.layer or other.path for other in alike if other.path == each.path]
    if len(others) < len(alike):
        return None  # two files that fit alike: the planner says which counts
    return {
        "path": each.path, "layer": None if others else each.layer, "key": key, "on": name,
        "fields": rest, "sheets": [each.layer, *others] if others else [],
        "heading_row": 0 if others else each.seen.heading_row,
        "unused": _unused(each.seen, {key, *(one.column for one in rest)}),
        "layout": _layout(each.seen),
        "why": _note("ledger", column=repr(key), number=number),
    }


def _joined_on(plots: Mapped, table: Mapped) -> Filled | None:
    """Find the column by which a table is joined: one that both call alike, no running number."""
    theirs = {each.field: each.column for each in plots if each.field in JOINS}
    plain = {_plain(name) for name in synonyms().any_key["names"]}
    return max(
        (each for each in table if each.field in theirs),
        key=lambda each: (
            _plain(each.column) == _plain(theirs[each.field]), _plain(each.column) not in plain,
        ),
        default=None,
    )


def _not_used(table: Guess, entries: Iterable[Mapping[str, object]]) -> Note:
    """Say why a table is not taken for the ledger."""
    if lost := separated.lost_letters([each.name for each in table.seen.fields]):
        return _note("letters_lost", lost=", ".join(lost))
    schema = catalog.schemas()["plots"]
    mapped = {name for name, *_ in _fields(table.seen, schema)}
    hidden = table.seen.issues["issue"] == Issue.TABLE_SHEET_HIDDEN.value
    if hidden.any() and len(mapped) < ENOUGH:  # what it holds may be on a sheet that is not read
        names = table.seen.issues.loc[hidden, "value"]
        return _note("sheet_hidden", sheets=", ".join(dict.fromkeys(names)))
    plots = any(each["kind"] == "plots" and not each["ledger"] for each in entries)
    if plots and mapped & {"project_id", "plot_id", "name"} and len(mapped) > 1:
        return _note("fits_as_well")
    return _note("no_column")


def _basis(entries: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Use what the ledger or the plots declare; measure what they do not."""
    declared: set[str] = set()
    for each in entries:
        if each["kind"] == "plots":
            declared |= {name for name, *_ in each["fields"]}  # type: ignore[attr-defined]
            if each["ledger"]:
                declared |= {name for name, *_ in each["ledger"]["fields"]}  # type: ignore[index]
    return {
        name: "declared" if f"{name}_m2" in declared else "measured"
        for name in ("land_area", "floor_area", "covered_area")
    }
