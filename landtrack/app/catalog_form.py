"""The catalog of a place as forms: made from the types of the catalog, so that nothing is left out.

A part of a catalog is one of its tables: ``place``, ``basis``, ``layer-1`` and so on. Its form has
an input for whatever the type of the table may hold; what is typed becomes the table again. What
was not touched stays as it was written, to the letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import msgspec
import msgspec.inspect as types

from landtrack.model import (
    NO_WORKFLOW,
    Basemap,
    Basis,
    Column,
    LayerSource,
    LedgerSource,
    Override,
    Place,
    Schema,
    Sign,
    TableSource,
    Transformation,
    Waiver,
    catalog,
    translations,
)
from landtrack.model.errors import CatalogError

TABLES: Mapping[str, type[msgspec.Struct]] = {
    "place": Place, "basis": Basis, "sign": Sign, "layer": LayerSource, "override": Override,
    "waiver": Waiver, "transformation": Transformation, "basemap": Basemap,
}
"""The tables of a catalog, in the order of its parts."""
SEVERAL = ("layer", "override", "waiver", "transformation", "basemap")
"""Those of which there may be several."""
APART = frozenset({
    "folder", "layers", "basis", "sign", "overrides", "waivers", "transformations", "basemaps",
})
"""Fields of a place that are tables of their own, or no key."""
EXPLAINED: Mapping[type, str] = {
    LedgerSource: "ledger", Column: "column", TableSource: "table",
    **{kind: name for name, kind in TABLES.items()},
}
"""Under which name the keys of a type are explained."""
BLANK = 3
"""Rows that are free for more."""
NEW = "new"

Plain = Mapping[str, Any]
_GONE: Any = object()


class Input(NamedTuple):
    """One input of a form.

    ``name``: The path of its value in the table. ``kind``: ``text``, ``lines``, ``choice``,
    ``number``, ``day``. ``shown``: What stands in it. ``block``: The table within the table that it
    is of. ``row``: What it is in a row with: a field, or a number. ``table``, ``key``: Under which
    it is explained. ``choices``: With their words. ``known``: What may well be typed, and what is
    said of each.
    """

    name: str
    kind: str
    shown: str
    block: str
    row: str
    table: str
    key: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    known: tuple[tuple[str, str], ...] = ()


class Refused(NamedTuple):
    """What was typed and cannot stand: the name of its input, why, and what may be written."""

    name: str
    cause: str
    mend: str


Look = Callable[[str, str], tuple[str, str] | None]
"""Says of a coordinate reference system that is stated in a table of a catalog why it cannot be."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What is known around a form: the words of the reader, files, columns, values to be asked.

    ``columns``: By file and layer, each with one of its cells. ``asked``: By field or block, what
    is written and has no code yet. ``layers``: By file, what its layers and sheets are called, and
    what is said of those that were not read. ``systems``: As ``systems.fault``, which is asked
    where it is not given. ``headings``: By file and layer, what columns may be called. ``rows``:
    As ``table_rows.last``, by file, sheet and encoding; nothing is asked where it is not given.
    """

    words: translations.Words
    files: tuple[str, ...] = ()
    columns: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    workflow: str = NO_WORKFLOW
    layers: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    systems: Look | None = None
    headings: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    rows: Callable[[str, str, str], int] | None = None


def form(table: str, old: Plain, about: About) -> list[Input]:
    """List the inputs of a table of a catalog.

    ``table``: A key of :data:`TABLES`.
    ``old``: What it holds, as TOML has it.
    """
    walk = _Walk(table, old, about, None)
    walk.whole()
    return walk.inputs


def typed(
    table: str, old: Plain, about: About, posted: Mapping[str, str]
) -> tuple[dict[str, Any], dict[Input, str], list[Refused]]:
    """Make a table of a catalog of what was typed into its form.

    ``posted``: By the names of the inputs; what is not among them stays as it is.
    Returns made : dict: The table.
    Returns touched : dict: The inputs that say something else than before, and what.
    Returns refused : list of Refused: What is no number or no day where it must be one.
    """
    walk = _Walk(table, old, about, posted)
    made = walk.whole()
    touched = {
        each: said for each in walk.inputs
        if (said := plain(posted.get(each.name, each.shown)).strip()) != each.shown.strip()
    }
    return made, touched, walk.refused


class _Walk:
    """Goes through the type of a table, and lists the inputs and what becomes of them."""

    def __init__(
        self, table: str, old: Plain, about: About, posted: Mapping[str, str] | None
    ) -> None:
        self.table, self.old, self.about, self.posted = table, old, about, posted
        self.inputs: list[Input] = []
        self.refused: list[Refused] = []
        self.schema: Schema | None = catalog.schemas().get(str(old.get("kind", "")))

    def whole(self) -> dict[str, Any]:
        """Go through the table."""
        made = self._struct(TABLES[self.table], self.old, "", "")
        kind = catalog.schemas().get(str(made.get("kind", "")))
        if self.table == "layer" and kind is not None and kind is not self.schema:
            _fit(made, kind)  # what the kind before had and this has not goes with it
        return made

    def _struct(self, kind: type, old: Plain, at: str, block: str) -> dict[str, Any]:
        named = EXPLAINED[kind]
        fields = _fields(kind)
        known = {each.encode_name for each in fields}
        made = {key: value for key, value in old.items() if key not in known}
        for each in fields:
            key = each.encode_name
            if kind is Place and each.name in APART:
                continue
            value = self._value(
                each.type, old.get(key, _GONE), f"{at}{key}",
                _Where(block, "", named, key, each.required),
            )
            if value is not _GONE:
                made[key] = value
        if kind is Place:
            root = self._leaf(
                "text", old.get("root", _GONE), "root", _Where("", "", named, "root")
            )
            made.pop("root", None)
            if root is not _GONE:
                made["root"] = root
        return made

    def _value(self, of: types.Type, old: Any, at: str, where: _Where) -> Any:  # noqa: ANN401
        """Go through one value: a leaf, or a table within the table."""
        kinds = [
            each for each in (of.types if isinstance(of, types.UnionType) else (of,))
            if not isinstance(each, types.NoneType)
        ]
        table = next((each for each in kinds if isinstance(each, types.DictType)), None)
        if table is not None:
            return self._table(table, old, at, where)
        inner = next((each for each in kinds if isinstance(each, types.StructType)), None)
        if inner is not None:
            return self._inner(inner.cls, old, at, short=len(kinds) > 1)
        if any(isinstance(each, types.VarTupleType) for each in kinds):
            return self._leaf("lines" if len(kinds) == 1 else "one_or_lines", old, at, where)
        return self._leaf(_kind(kinds[0]), old, at, where, kinds[0])

    def _inner(self, kind: type, old: Any, at: str, *, short: bool) -> Any:  # noqa: ANN401
        """Go through a table of a table; a bare text is its path where it may be that."""
        held = {"path": old} if isinstance(old, str) else {} if old is _GONE else old
        made = self._struct(kind, held, f"{at}.", at)
        made = {
            key: value for key, value in made.items() if value not in ({}, "") or key in held
        }
        if short and set(made) == {"path"} and not isinstance(old, dict):
            return made["path"]
        return made if made or isinstance(old, dict) else _GONE

    def _table(self, of: types.DictType, old: Any, at: str, where: _Where) -> Any:  # noqa: ANN401
        held: Plain = {} if old is _GONE else old
        value = of.value_type
        if isinstance(value, types.StrType):
            made = self._languages(held, at, where)
        elif isinstance(value, types.DictType):
            made = self._values(held, at)
        elif isinstance(value, types.UnionType) and any(
            isinstance(each, types.StructType) for each in value.types
        ):
            made = self._columns(held, at)
        else:
            lines = isinstance(value, types.VarTupleType)
            made = self._pairs(held, at, where._replace(block=at), "lines" if lines else "scalar")
        return made if made or old is not _GONE else _GONE

    def _languages(self, held: Plain, at: str, where: _Where) -> dict[str, Any]:
        made = {}
        for lang in dict.fromkeys([*translations.languages(), *held]):
            own = where._replace(row=lang)
            value = self._leaf("text", held.get(lang, _GONE), f"{at}.{lang}", own)
            if value is not _GONE:
                made[lang] = value
        return made

    def _columns(self, held: Plain, at: str) -> dict[str, Any]:
        """Go through the columns of the fields of a layer."""
        own = self.schema.fields if self.schema is not None else {}
        made = {}
        for name in [*own, *(each for each in held if each not in own)]:
            stated = held.get(name, _GONE)
            parts = {"column": stated} if isinstance(stated, str) else (
                {} if stated is _GONE else stated
            )
            walked: dict[str, Any] = {}
            for each in _fields(Column):
                where = _Where(at, name, "column", each.encode_name)
                value = self._value(
                    each.type, parts.get(each.encode_name, _GONE),
                    f"{at}.{name}.{each.encode_name}", where,
                )
                if value is not _GONE:
                    walked[each.encode_name] = value
            if set(walked) == {"column"} and not isinstance(stated, dict):
                made[name] = walked["column"]
            elif walked:
                made[name] = walked
        return made

    def _values(self, held: Plain, at: str) -> dict[str, Any]:
        """Go through the codes of what is written in the fields of a layer."""
        own = self.schema.fields if self.schema is not None else {}
        fields = [name for name, each in own.items() if each.type == "choice" or name in held]
        made = {}
        for name in [*fields, *(each for each in held if each not in fields)]:
            block = f"{at}.{name}"
            drafted = () if at.startswith("ledger") else self.about.asked.get(name, ())
            more = dict.fromkeys((*drafted, *self.about.asked.get(block, ())))
            pairs = self._pairs(
                held.get(name, {}), block, _Where(block, "", "layer", "values"), "code",
                tuple(each for each in more if each not in held.get(name, {})),
                codes=self._codes(name),
            )
            if pairs or name in held:
                made[name] = pairs
        return made

    def _pairs(
        self, held: Plain, at: str, where: _Where, kind: str, more: Iterable[str] = (), *,
        codes: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Any]:
        """Go through what is named by who writes the catalog: a name and a value a row."""
        made: dict[str, Any] = {}
        likely = ((each, _likely(each, codes)) for each in more)
        rows = [*held.items(), *likely, *[(_GONE, _GONE)] * BLANK]
        for number, (name, value) in enumerate(rows):
            row = where._replace(row=str(number))
            key = self._leaf("text", name, f"{at}.{number}.key", row)
            kind_ = "choice" if kind == "code" and codes else "text" if kind == "code" else kind
            got = self._leaf(
                kind_, value, f"{at}.{number}.value", row._replace(choices=codes),
            )
            if key is not _GONE and got is not _GONE:
                made[key] = self._number(key, got, at, number) if kind == "scalar" else got
        return made

    def _number(self, name: str, value: Any, at: str, row: int) -> Any:  # noqa: ANN401
        """Take a figure for one where the field is one."""
        own = None if self.schema is None else self.schema.fields.get(name)
        if isinstance(value, str) and own is not None and own.type in ("number", "integer"):
            return self._taken("number", value, value, f"{at}.{row}.value")
        return value

    def _taken(self, kind: str, said: str, old: Any, at: str) -> Any:  # noqa: ANN401
        """Make a value of what was typed; what cannot stand is told, and stays as it was."""
        try:
            return _read(kind, said, old, at)
        except CatalogError as error:
            self.refused.append(Refused(at, error.cause, error.mend))
            return old

    def _codes(self, name: str) -> tuple[tuple[str, str], ...]:
        """List the codes of a choice with their words."""
        own = None if self.schema is None else self.schema.fields.get(name)
        words = self.about.words
        if own is None:
            return ()
        if own.choices_from is not None:
            try:
                track = catalog.workflow(self.about.workflow).tracks.get(own.choices_from)
            except CatalogError:
                return ()
            return tuple(
                (each.code, words.pick(each.title)) for each in (track.state if track else ())
            )
        return tuple(
            (code, words(key) if words.has(key := f"choice.{name}.{code}") else code)
            for code in own.choices
        )

    def _leaf(
        self, kind: str, old: Any, at: str, where: _Where, of: types.Type | None = None  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Go through one input: what is in it, and what it becomes."""
        shown = _shown(old)
        choices = self._choices(where, of)
        known = () if choices else self._known(at, where)
        if choices and shown and shown not in {value for value, _ in choices}:
            choices = (*choices, (shown, shown))
        lines = kind in ("lines", "one_or_lines") or "\n" in shown
        self.inputs.append(Input(
            at, "choice" if choices else "lines" if lines else _INPUT.get(kind, kind), shown,
            where.block, where.row, where.table, where.key, where.required, choices, known,
        ))
        said = shown if self.posted is None else plain(self.posted.get(at, shown))
        if said == shown:
            return old
        return self._taken(kind, said, old, at)

    def _choices(self, where: _Where, of: types.Type | None) -> tuple[tuple[str, str], ...]:
        """Give what may be chosen for an input; nothing where it is typed."""
        words, at = self.about.words, (where.table, where.key)
        if where.choices:
            return where.choices
        if isinstance(of, types.LiteralType):
            return tuple((str(each), self._option(str(each))) for each in of.values)
        if isinstance(of, types.BoolType):
            return (("true", words("desk.yes")), ("false", words("desk.no")))
        if at == ("layer", "kind"):
            return tuple((each, words(f"kind.{each}")) for each in catalog.schemas())
        named = {
            ("place", "language"): translations.languages,
            ("place", "workflow"): _workflows,
        }.get(at)
        return tuple((each, self._option(each)) for each in named()) if named else ()

    def _option(self, value: str) -> str:
        """Say what may be chosen in words; as it is written where there are none for it."""
        words = self.about.words
        return words(key) if words.has(key := f"form.option.{value}") else value

    def _known(self, at: str, where: _Where) -> tuple[tuple[str, str], ...]:
        """Give what may well be typed into an input, and what is said of each."""
        key, fields = where.key, {} if self.schema is None else self.schema.fields
        if key in ("path", "coverage"):
            return tuple((each, "") for each in self.about.files)
        if key == "rules":
            return tuple((each, "") for each in catalog.data_files("rules"))
        named = at.endswith(".key")
        if key == "on" or (key == "constants" and named):
            return tuple((each, self._field(each)) for each in fields)
        if where.table == "column" and key == "unit":
            stored = fields[where.row].unit or "" if where.row in fields else ""
            return tuple((each, "") for each in (*catalog.units.units().get(stored, ()), "?"))
        column = (where.table == "column" and key == "column") or (key == "where" and named)
        if column or at == "ledger.key":
            return tuple(self.columns_of("ledger" if at.startswith("ledger") else "").items())
        return ()

    def _field(self, name: str) -> str:
        return translations.field_label(self.about.words, name)

    def columns_of(self, block: str) -> Mapping[str, str]:
        """Give the columns of the file that the layer, or its ledger, is read from."""
        own = self.old.get("ledger", {}) if block else self.old
        layers = self.about.columns.get(str(own.get("path", "")), {})
        named = own.get("layer") or own.get("sheet")
        if isinstance(named, str) and named in layers:
            return layers[named]
        return {name: cell for each in layers.values() for name, cell in each.items()}


class _Where(NamedTuple):
    """Where an input stands, and under what it is explained."""

    block: str
    row: str
    table: str
    key: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


_INPUT = {"scalar": "text", "integer": "number"}


def _likely(written: str, codes: Iterable[tuple[str, str]]) -> Any:  # noqa: ANN401
    """Find the code that a value is likely to mean: the only one with words like it."""
    plain = written.strip().casefold()
    found = [
        code for code, said in codes
        if plain and (plain in said.casefold() or said.casefold() in plain or plain == code)
    ]
    return found[0] if len(found) == 1 else _GONE


def _kind(of: types.Type) -> str:
    if isinstance(of, types.FloatType):
        return "number"
    if isinstance(of, types.IntType):
        return "integer"
    if isinstance(of, types.DateType):
        return "day"
    return "bool" if isinstance(of, types.BoolType) else "text"


def _shown(value: Any) -> str:  # noqa: ANN401
    """Write a value of a catalog as it stands in an input."""
    if value is _GONE:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    return plain(str(value))


def plain(text: str) -> str:
    """Bring the ends of lines to one form, as a browser changes them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(kind: str, said: str, old: Any, at: str) -> Any:  # noqa: ANN401
    """Make a value of a catalog of what was typed; nothing of what was emptied."""
    text = said.strip()
    if not text:
        return _GONE
    if kind in ("lines", "one_or_lines"):
        lines = [each.strip() for each in text.split("\n") if each.strip()]
        single = kind == "one_or_lines" and len(lines) == 1 and not isinstance(old, list)
        return lines[0] if single else lines
    if kind in ("number", "integer"):
        figure = _float(text, at)
        return int(figure) if kind == "integer" and figure == int(figure) else figure
    if kind == "day":
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise CatalogError(
                f"{at}: {text!r} is no day.", mend="Write it as 2006-12-31."
            ) from error
    if kind == "bool":
        return text == "true"
    return text


def _float(text: str, at: str) -> float:
    try:
        figure = float(text)
    except ValueError as error:
        raise CatalogError(
            f"{at}: {text!r} is no number.", mend="Write it in digits, such as 0.6."
        ) from error
    if figure - figure != 0:
        raise CatalogError(f"{at}: {text!r} is no number.", mend="Write it in digits, such as 0.6.")
    return figure


def _fit(made: dict[str, Any], kind: Schema) -> None:
    """Take away what is of fields that a kind does not have."""
    for key in ("fields", "values", "constants"):
        if isinstance(made.get(key), dict):
            made[key] = {name: each for name, each in made[key].items() if name in kind.fields}


@cache
def _fields(kind: type) -> tuple[types.Field, ...]:
    """List the keys of a table."""
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)  # noqa: S101  that is what they all are
    return info.fields


def _workflows() -> list[str]:
    return [*(each for each in catalog.data_files("workflows") if each != NO_WORKFLOW), NO_WORKFLOW]
