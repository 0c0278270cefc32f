"""What was seen of files, as text and as JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from landtrack.ingest.profile_types import FieldSeen, FileSeen, LayerSeen, ReadingSeen
from landtrack.model.translations import Words, with_mends
from landtrack.output.reports import answers

MOST = 5
"""How many features of one issue are told one by one; the rest is counted."""
MOST_READINGS = 8
SIGNS = {"error": "✗", "warning": "!", "info": "·"}


def to_json(seen: list[FileSeen], words: Words) -> str:
    """Write what was seen as JSON.

    Returns: A list of files with their layers, as ``data/json/inspect.json`` describes it; the
    shapes are left out.
    """
    return answers.to_json([_plain(each, words) for each in seen])


def _plain(seen: FileSeen, words: Words) -> dict[str, Any]:
    told = {field.name: getattr(seen, field.name) for field in dataclasses.fields(seen)}
    told["layers"] = [
        {
            **{field.name: getattr(layer, field.name) for field in dataclasses.fields(layer)
               if field.name not in ("issues", "marks", "shapes")},
            "issues": with_mends(layer.issues, words).to_dict("records"),
        }
        for layer in seen.layers
    ]
    return told


def to_text(seen: FileSeen, words: Words) -> str:
    """Write what was seen of one file for a terminal."""
    lines = [f"{seen.path}  {seen.format}, {size(seen.bytes)}"]
    if seen.cause:
        return "\n".join([*lines, f"  {SIGNS['error']} {seen.cause}", f"    {seen.mend}"])
    for layer in seen.layers:
        lines += _layer(layer, words)
    return "\n".join(lines)


def size(number: int) -> str:
    """Write a number of bytes.

    Returns: In the largest unit of which there is one.
    """
    amount, unit = float(number), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:  # noqa: PLR2004
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def _layer(layer: LayerSeen, words: Words) -> list[str]:
    lines = [f"  {words('inspect.layer')} {layer.name}"]
    for label, value in facts(layer, words):
        first, *rest = value.split("\n")
        lines += [f"    {label}: {first}", *(f"      {each}" for each in rest)]
    lines.append(f"    {words('inspect.fields')}")
    lines += [f"      {' | '.join(row)}" for row in fields(layer, words)]
    found = problems(layer, words)
    if not found:
        return [*lines, f"    {words('inspect.no_problem')}"]
    lines.append(f"    {words('inspect.problems')}")
    for severity, title, where, mend in found:
        lines.append(f"      {SIGNS[severity]} {title}{': ' if where else ''}{where}")
        lines.append(f"        {mend}")
    return lines


def facts(layer: LayerSeen, words: Words) -> list[tuple[str, str]]:
    """List what is to be said of a layer, label and value.

    Returns: Features, encoding, CRS, extent.
    """
    told = [(words("inspect.features"), _features(layer, words))]
    if layer.encoding:
        told.append((words("inspect.encoding"), _encoding(layer, words)))
    if layer.span is not None:
        told.append((words("inspect.crs"), _crs(layer, words)))
        west, south, east, north = layer.span
        told.append((
            words("inspect.span"), f"{west:,.3f} – {east:,.3f}, {south:,.3f} – {north:,.3f}"
        ))
    if layer.ground is not None:
        west, south, east, north = layer.ground
        told.append((
            words("inspect.ground"),
            f"{west:.5f}° – {east:.5f}° E, {south:.5f}° – {north:.5f}° N",
        ))
    return told


def _features(layer: LayerSeen, words: Words) -> str:
    kinds = [
        f"{words(f'inspect.kind.{kind}') if words.has(f'inspect.kind.{kind}') else kind} {number:,}"
        for kind, number in layer.kinds.items()
    ]
    if layer.unreadable:
        kinds.append(f"{words('inspect.unreadable')} {layer.unreadable:,}")
    return f"{layer.read:,}" + (f" ({', '.join(kinds)})" if kinds else "")


def _encoding(layer: LayerSeen, words: Words) -> str:
    proof = "inspect.proven" if layer.encoding_proven else "inspect.guessed"
    stated = layer.encoding_stated or words("inspect.nothing")
    return words(proof, found=layer.encoding, stated=stated)


def _crs(layer: LayerSeen, words: Words) -> str:
    stated = layer.crs_stated or words("inspect.nothing")
    if not layer.readings:
        return words("inspect.crs_none", stated=stated)
    if len(layer.readings) == 1:
        only = layer.readings[0]
        if layer.crs_stated.startswith(only.crs) and not only.northing_first:
            return layer.crs_stated
        return words("inspect.crs_one", stated=stated, reading=_reading(only))
    told = [_reading(each) for each in layer.readings[:MOST_READINGS]]
    more = len(layer.readings) - MOST_READINGS
    head = words("inspect.crs_several", stated=stated, number=len(layer.readings))
    return "\n".join([head, *told, *([f"… +{more}"] if more > 0 else [])])


def _reading(reading: ReadingSeen) -> str:
    axes = ", N, E" if reading.northing_first else ""
    return (
        f"{reading.crs} ({reading.name}{axes}) {reading.latitude:.3f}°N {reading.longitude:.3f}°E"
    )


def fields(layer: LayerSeen, words: Words) -> list[tuple[str, str, str, str]]:
    """List the columns of a layer: name, type, filled cells, an example.

    Returns: One per column.
    """
    return [
        (_called(each), words(f"inspect.type.{each.type}"),
         words("inspect.filled", filled=each.filled, number=layer.read), each.example)
        for each in layer.fields
    ]


def _called(seen: FieldSeen) -> str:
    """Name a column, with its alias and the words of its codes."""
    coded = ", ".join(f"{code} {said}" for code, said in seen.coded.items())
    said = "; ".join(each for each in (seen.alias, coded) if each)
    return f"{seen.name} ({said})" if said else seen.name


def problems(layer: LayerSeen, words: Words) -> list[tuple[str, str, str, str]]:
    """List the problems of a layer, the worst first, alike ones together.

    Returns: Severity, title, the features with what was found there, and the mend.
    """
    told = []
    issues = with_mends(layer.issues, words)
    order = {"error": 0, "warning": 1, "info": 2}
    for (severity, issue), rows in sorted(
        issues.groupby(["severity", "issue"], sort=False), key=lambda each: order[str(each[0][0])]
    ):
        told.append((
            str(severity), words(f"issue.{issue}.title"), _where(rows), str(rows["mend"].iloc[0])
        ))
    return told


def _where(rows: pd.DataFrame) -> str:
    """Name the first features at fault, and count the rest."""
    named = [
        f"#{row['feature_id']}" + (f" {row['value']}" if row["value"] else "")
        for row in rows.head(MOST).to_dict("records") if row["feature_id"]
    ]
    more = len(rows) - MOST
    return ", ".join(named) + (f", … +{more}" if named and more > 0 else "")
