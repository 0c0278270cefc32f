"""The parts of the handbook that are written from the types: keys, tables, commands.

What each key, column and option means stands in ``data/docs/LANG/words.toml``; which there are,
and of which type, the types themselves say when the page is asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import msgspec.inspect as types

from landtrack.assessment import layer_changes, reconcile
from landtrack.model import (
    COUNT_COLUMNS,
    FINDING_COLUMNS,
    ISSUE_COLUMNS,
    MARK_COLUMNS,
    MEASURE_COLUMNS,
    WRITTEN_COLUMNS,
    Basemap,
    Basis,
    Column,
    Figure,
    Lack,
    LayerSource,
    LedgerSource,
    Override,
    Place,
    Range,
    Section,
    Sign,
    Stated,
    TableSource,
    Target,
    Transformation,
    Waiver,
    catalog,
    site,
    translations,
)
from landtrack.model.translations import Words
from landtrack.output.reports import ledger
from landtrack.store import judged, session

KEYS: Mapping[str, type[msgspec.Struct]] = {
    "place": Place, "basis": Basis, "sign": Sign, "layer": LayerSource, "ledger": LedgerSource,
    "column": Column, "table": TableSource, "override": Override, "waiver": Waiver,
    "transformation": Transformation, "basemap": Basemap, "figure": Figure, "range": Range,
    "lack": Lack, "stated": Stated, "target": Target, "section": Section,
}
"""The tables that a planner writes, by the name under which their keys are explained."""
APART = frozenset({
    "folder", "layers", "basis", "sign", "overrides", "waivers", "transformations", "basemaps",
})
"""Fields of a place that are tables of their own, or no key."""
RUN_COLUMNS = (
    "at", "place", "place_head", "as_of", "working_crs", "rules", "rules_on", "workflow",
    "land_area", "floor_area", "covered_area", "inputs", "versions",
)
TABLES: Mapping[str, tuple[str, ...]] = {
    "findings": (*FINDING_COLUMNS, "as_written"), "project_findings": (), "issues": ISSUE_COLUMNS,
    "issue_shapes": MARK_COLUMNS, "land": site.LAND_COLUMNS, "measures": MEASURE_COLUMNS,
    "written_figures": WRITTEN_COLUMNS, "counts": COUNT_COLUMNS, "runs": RUN_COLUMNS,
    "rules": judged.COLUMNS,
    **{
        each.name: tuple(each.columns) for each in (
            session.LOG, session.STATES, session.SHEETS, session.META, session.SEALS,
            session.EVIDENCE,
        )
    },
    "acquisition": site.ACQUISITION_COLUMNS, "blocking": site.BLOCKING_COLUMNS,
    "readiness": site.READINESS_COLUMNS, "clearance": site.CLEARANCE_COLUMNS,
    "setbacks": site.SETBACK_COLUMNS, "returns": site.RETURN_COLUMNS,
    "diff": layer_changes.DIFF_COLUMNS, "reconciled": reconcile.RECONCILED_COLUMNS,
}
"""The columns of every table that is written, by the name under which they are explained."""

SHEETS = ("cover", "projects", "wholes", "findings", "measures", "issues", "written", "charts")
"""The sheets of the ledger, in their order."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A command as its help has it, in the language of the page."""

    usage: str
    text: str
    options: tuple[tuple[str, str], ...]


@functools.cache
def words_of(lang: str) -> Words:
    """Load what keys, columns and types mean.

    Returns: By ``catalog.TABLE.KEY``, ``table.TABLE.COLUMN``, ``column.COLUMN``, ``type.TYPE``.
    Raises CatalogError: If there is no such language.
    """
    translations.load(lang)
    return translations.read(catalog.data_file(f"docs/{lang}", "words"), lang)


def keys(lang: str) -> str:
    """Write the keys of the catalog and of the files beside it.

    Returns: Markdown: a heading for each table, a line for each key.
    Raises CatalogError: If a key is not explained.
    """
    words = words_of(lang)
    return "\n\n".join(
        _listed(words, f"catalog.{name}", _keys(name, kind, words)) for name, kind in KEYS.items()
    )


def _keys(name: str, kind: type[msgspec.Struct], words: Words) -> Iterator[str]:
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)  # noqa: S101  that is what they all are
    for field in info.fields:
        if name == "place" and field.name in APART:
            continue
        said = [_type(field.type, words)]
        if field.required:
            said.append(words("help.required"))
        elif isinstance(field.default, str | int | float) and field.default:
            said.append(words("help.default", value=f"`{field.default}`"))
        key = field.encode_name
        yield _line(words, key, words(f"catalog.{name}.{key}"), said)
    if name == "place":
        yield _line(words, "root", words("catalog.place.root"), [words("type.text")])


def _type(of: types.Type, words: Words) -> str:
    """Name the type of a key: its choices, else what kind of value it takes."""
    if isinstance(of, types.UnionType):
        several = [each for each in of.types if not isinstance(each, types.NoneType)]
        return words("help.or").join(dict.fromkeys(_type(each, words) for each in several))
    if isinstance(of, types.LiteralType):
        return words("help.list").join(f"`{each}`" for each in of.values)
    simple: dict[type[types.Type], str] = {
        types.StrType: "text", types.IntType: "integer", types.FloatType: "number",
        types.BoolType: "boolean", types.DateType: "date", types.VarTupleType: "texts",
        types.StructType: "table",
    }
    if isinstance(of, types.DictType):
        titles = isinstance(of.value_type, types.StrType)
        return words("type.titles" if titles else "type.table")
    return words(f"type.{simple[type(of)]}")


def tables(lang: str) -> str:
    """Write the columns of every table that landtrack writes, and the fields of every layer.

    Returns: Markdown: a heading for each table, a line for each column.
    Raises CatalogError: If a column is not explained.
    """
    words, general = words_of(lang), translations.load(lang)
    parts = [
        _listed(words, f"table.{name}", (
            _line(words, column, words(meaning(words, name, column))) for column in columns
        )) for name, columns in TABLES.items()
    ]
    layers = [f"## {words('heading.table.layer_kinds')}", words("table.layer_kinds.text")]
    for schema in catalog.schemas().values():
        layers.append(f"### `{schema.id}` {general(f'kind.{schema.id}')}")
        layers.append("\n".join(_fields(schema, words, general)))
    return "\n\n".join([*parts, *_for_people(words, general), *layers])


def _for_people(words: Words, general: Words) -> Iterator[str]:
    """Write the sheets of the ledger with their headings, and what the map saves."""
    yield f"## {words('heading.table.ledger')}"
    lines = []
    for name in SHEETS:
        headings = words("help.comma").join(
            general(each) for each in ledger.HEADINGS.get(name, ())
        )
        told = words(f"table.ledger.{name}")
        lines.append(f"- **{general(f'ledger.{name}')}**{words('help.dash')}{told}" + (
            words("help.columns", listed=headings) if headings else ""
        ))
    yield "\n".join(lines)
    yield f"## {words('heading.table.map_csv')}"
    yield words("table.map_csv.text")


def meaning(words: Words, table: str, column: str) -> str:
    """Find under which key a column is explained.

    ``words``: Those of :func:`words_of`.
    ``column``: A column of it.
    Returns: That of the table itself where there is one, else that of all tables.
    """
    own = f"table.{table}.{column}"
    return own if words.has(own) else f"column.{column}"


def _fields(schema: Any, words: Words, general: Words) -> Iterator[str]:  # noqa: ANN401
    for field in schema.field:
        said = [words(f"type.{'number' if field.type == 'numbers' else field.type}")]
        if field.type == "choice":
            said = [words("help.list").join(
                f"`{code}` {general(f'choice.{field.name}.{code}')}" for code in field.choices
            ) or words("type.state")]
        if field.unit and general(f"unit.{field.unit}"):
            said.append(general(f"unit.{field.unit}"))
        if field.name == schema.key:
            said.append(words("table.layer_kinds.key"))
        if field.adds_up:
            said.append(words("table.layer_kinds.of_project"))
        yield _line(words, field.name, general(f"field.{field.name}"), said)


def steps(lang: str) -> str:
    """Write the steps of every workflow: what may be taken when, and what it leads to.

    Returns: Markdown: a heading for each workflow and track, a line for each step.
    Raises CatalogError: If a workflow is wrong.
    """
    words = words_of(lang)
    parts = []
    for name in catalog.data_files("workflows"):
        flow = catalog.workflow(name)
        parts.append(f"### `{name}` {_escaped(words.pick(flow.title))}")
        for code, track in flow.tracks.items():
            titles = {each.code: words.pick(each.title) for each in track.state}
            parts.append(f"**`{code}` {_escaped(words.pick(track.title))}**")
            parts.append("\n".join(
                _line(words, each.code, words(
                    "help.step", title=words.pick(each.title), sets=titles[each.sets],
                    leaves=words("help.list").join(
                        titles.get(state, words("help.no_state")) for state in each.leaves
                    ),
                )) for each in track.action
            ))
    return "\n\n".join(parts)


def commands(described: Iterable[Described], lang: str) -> str:
    """Write the commands with their options.

    Returns: Markdown: a heading for each command, its help, a line for each option.
    """
    words = words_of(lang)
    return "\n\n".join(
        f"## `{each.usage}`\n\n{_escaped(each.text)}\n\n"
        + "\n".join(_line(words, name, text) for name, text in each.options)
        for each in described
    )


def _listed(words: Words, name: str, lines: Iterable[str]) -> str:
    heading = words(f"heading.{name}")
    return "\n\n".join(filter(None, [f"## {_escaped(heading)}", "\n".join(lines)]))


def _line(words: Words, name: str, text: str, said: Iterable[str] = ()) -> str:
    told = words("help.comma").join(said)
    brackets = words("help.brackets", said=told) if told else ""
    return f"- `{name}`{brackets}{words('help.dash')}{_escaped(text)}"


def _escaped(text: str) -> str:
    """Keep signs of Markdown in a sentence as they are."""
    for sign in "\\*_[]<>":
        text = text.replace(sign, f"\\{sign}")
    return text
