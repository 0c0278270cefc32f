"""The attributes of a layer as columns, each a block, in all languages of the page at once.

A text, a date or a number is written once and put into words by the page; a choice stands
as the number of its words. What is none of these stands in words, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from landtrack.model.memory import give_back
from landtrack.output import wording
from landtrack.output.map import encode

if TYPE_CHECKING:
    from landtrack.model import Field, Schema
    from landtrack.model.assessment import Assessment
    from landtrack.model.translations import Words
    from landtrack.output.map.encode import Integers

MANY = 1_000_000
"""Rows from which on the memory that one column took is given back before the next."""

Speakers = Sequence["Words"]
"""The words of each language of the page, its own first."""

SEARCHED = {
    "name", "company", "company_short", "company_former", "project_id", "owner", "batch",
}
"""Texts by which a feature is searched beside its numbers."""

MOST_DECIMALS = 6
EXACT = 2**53


@dataclass(frozen=True)
class Column:
    """A column: what the page has to know of it, and its block."""

    head: Mapping[str, Any]
    data: bytes


def by_language(speakers: Speakers, say: Callable[[Words], object]) -> dict[str, Any]:
    """Say something in every language."""
    return {words.lang: say(words) for words in speakers}


def attributes(
    result: Assessment, kind: str, frame: pd.DataFrame, speakers: Speakers
) -> dict[str, Column]:
    """Write the attributes of a layer.

    ``frame``: Its features in the order of the page.
    Returns: By field: those of the schema that the layer has, its key among them; a field that is
    the unit of another stands with that one.
    """
    schema = result.schemas[kind]
    known = {*map(str, frame.columns), str(frame.index.name)}
    units = {f"{field.name}_unit" for field in schema.field}
    made = {}
    for field in schema.field:
        if field.name in known and field.name not in units:
            values = frame.index.to_series() if field.name == schema.key else frame[field.name]
            unit = frame.get(f"{field.name}_unit")
            made[field.name] = _column(result, field, values, unit, speakers)
            if len(frame) > MANY:
                give_back()
    return made


def codes(values: pd.Categorical, listed: Sequence[str]) -> Integers:
    """Give the class of each feature as a number.

    Returns ndarray of int64, (n,): The number of the class in each row.
    """
    places = pd.Index(listed).get_indexer(values.categories)
    return np.asarray(places[values.codes], dtype=np.int64)


def rows_of(listed: pd.Index, wanted: pd.Series) -> Integers:
    """Find where each of some keys is listed.

    ``wanted``: n keys.
    Returns ndarray of int64, (n,): The place of each; -1 where it is not listed.
    """
    if isinstance(wanted.dtype, pd.CategoricalDtype):
        found = listed.get_indexer(wanted.cat.categories.astype(object))
        return np.asarray(np.append(found, -1)[wanted.cat.codes.to_numpy()], dtype=np.int64)
    return np.asarray(listed.get_indexer(wanted))


def exact(values: object) -> bytes:
    """Write numbers with all their digits.

    ``values``: n numbers; NaN where there is none.
    Returns: First the lowest byte of each, then the second and so on: 8 runs of n bytes, which are
    compressed better than numbers one after another.
    """
    return np.asarray(values, dtype="<f8").view(np.uint8).reshape(-1, 8).T.tobytes()


def _column(
    result: Assessment, field: Field, values: pd.Series, unit: pd.Series | None, speakers: Speakers
) -> Column:
    """Write one field in the shortest way that says it whole."""
    head = {
        "label": by_language(speakers, lambda words: words(f"field.{field.name}")),
        "show": field.show or "",
    }
    if field.type == "date":
        track, _, state = field.closes.partition(".")
        closes = {"track": track, "state": state} if track else None
        return Column(head | {"type": "date", "closes": closes}, encode.unsigned(days(values)))
    if field.type == "number" and unit is None:
        number = _number(field, values, speakers)
        if number is not None:
            return Column({**head, **number.head}, number.data)
    if field.type == "text":
        return Column(head | {"type": "text"}, encode.texts(_plain(values)))
    return _said(result, field, values, unit, speakers, head)


def days(values: pd.Series) -> Integers:
    """Count days from 1970 on.

    ``values``: n dates.
    Returns ndarray of int64, (n,): One more than the folded number of days; 0 where there is no
    date.
    """
    dates = pd.to_datetime(values, errors="coerce")
    if getattr(dates.dt, "tz", None) is not None:
        dates = dates.dt.tz_localize(None)
    there = dates.notna().to_numpy()
    day = np.zeros(len(dates), dtype=np.int64)
    day[there] = dates[there].to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(there, encode.folded(day) + 1, 0)


def _number(field: Field, values: pd.Series, speakers: Speakers) -> Column | None:
    """Write numbers as whole ones, where six decimals at most say them all."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64")
    there = np.isfinite(numbers)
    for decimals in range(MOST_DECIMALS + 1):
        scaled = numbers[there] * 10**decimals
        whole = np.rint(scaled)
        if len(whole) and np.abs(whole).max() >= EXACT:
            return None
        if decimals == MOST_DECIMALS or np.array_equal(whole / 10**decimals, numbers[there]):
            break
    if decimals == MOST_DECIMALS and (np.abs(scaled - np.floor(scaled) - 0.5) < 1e-3).any():  # noqa: PLR2004  a tie would be rounded by eye
        return None
    written = np.zeros(len(numbers), dtype=np.int64)
    written[there] = encode.folded(whole.astype(np.int64)) + 1
    head = {
        "type": "number", "decimals": decimals, "grouped": field.unit is not None,
        "unit": by_language(
            speakers, lambda words: words(f"unit.{field.unit}") if field.unit else ""
        ),
    }
    return Column(head, encode.unsigned(written))


def _said(
    result: Assessment, field: Field, values: pd.Series, unit: pd.Series | None, speakers: Speakers,
    head: Mapping[str, Any],
) -> Column:
    """Write the words of each value once, and which stands in each row."""
    rows, places = _distinct(values, unit)
    of_unit = next(
        (each for schema in result.schemas.values() for each in schema.field
         if each.name == f"{field.name}_unit"), None,
    )

    def say(words: Words) -> list[str]:
        told = []
        for value, measured_in in places:
            said = wording.attribute(words, field, result.workflow, value)
            if said and of_unit is not None:
                in_unit = wording.attribute(words, of_unit, result.workflow, measured_in)
                said = f"{said} {in_unit}".rstrip()
            told.append(said)
        return told

    codes_of = [value if isinstance(value, str) else "" for value, _ in places]
    return Column(
        {**head, "type": "said", "words": by_language(speakers, say), "codes": codes_of},
        encode.unsigned(rows),
    )


def _distinct(
    values: pd.Series, unit: pd.Series | None
) -> tuple[npt.ArrayLike, Sequence[tuple[Any, Any]]]:
    """List the values, each with its unit, and say which stands in each row."""
    if unit is None and pd.api.types.is_string_dtype(values.dtype) and values.dtype != object:
        rows, found = pd.factorize(values, use_na_sentinel=False)
        return rows, [(_hashable(each), "") for each in found.tolist()]
    cells = list(map(_hashable, values.tolist()))
    units = [""] * len(cells) if unit is None else list(map(_hashable, unit.tolist()))
    places: dict[tuple[Any, Any], int] = {}
    pairs = zip(cells, units, strict=True)
    return [places.setdefault(pair, len(places)) for pair in pairs], list(places)


def _hashable(value: Any) -> Any:  # noqa: ANN401  a cell of a table
    """Give a cell so that equal ones are the same; a missing one is None."""
    if isinstance(value, str):
        return value
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return None if value is None or pd.isna(value) else value


def _plain(values: pd.Series) -> list[str] | pa.Array:
    """Give texts; what is missing is empty, and a number or a date is written as it is."""
    if isinstance(values.dtype, pd.StringDtype) and values.dtype.storage == "pyarrow":
        given = pa.array(values, from_pandas=True)
        return given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given
    cells = values.to_numpy(dtype=object, copy=True)
    cells[values.isna().to_numpy()] = ""
    return [value if isinstance(value, str) else str(value) for value in cells.tolist()]


def shown_first(schema: Schema) -> tuple[str, ...]:
    """List the fields by which a feature is searched."""
    texts = [
        field.name for field in schema.field
        if field.type == "text" and (field.name in SEARCHED or field.name.endswith("_no"))
    ]
    return tuple(dict.fromkeys([schema.key, *texts]))
