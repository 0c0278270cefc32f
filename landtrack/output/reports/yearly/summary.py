"""A yearly summary: text whose numbers come from the layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import NamedTuple

from landtrack.assessment.reconcile import Derived, Ground, derive
from landtrack.model import Figure, Range, Section, Wanted, catalog
from landtrack.model.translations import Words
from landtrack.output.reports.reconciliation import number


class Piece(NamedTuple):
    """A stretch of text; one with a ``figure`` is that figure's number, or open."""

    text: str
    figure: str = ""
    open: bool = False


class Paragraph(NamedTuple):
    """A filled section."""

    title: str
    pieces: tuple[Piece, ...]


class Source(NamedTuple):
    """Where a number comes from: its figure, the number, and the query behind it in words."""

    figure: str
    title: str
    number: str
    query: str
    features: int


def fill(
    sections: Iterable[Section], figures: Mapping[str, Figure], ground: Ground, words: Words
) -> tuple[list[Paragraph], list[Source]]:
    """Fill the numbers of a summary.

    ``figures``: The figures by id.
    Returns paragraphs : list of Paragraph: A number that cannot be derived is open, and says what
    is missing.
    Returns sources : list of Source: One for each figure that the text names, in the order of the
    text.
    """
    found: dict[str, Derived] = {}
    paragraphs, sources = [], []
    for section in sections:
        pieces = []
        for before, name, unit, _ in Formatter().parse(words.pick(section.text)):
            if before:
                pieces.append(Piece(before))
            if name is None:
                continue
            if name not in found:
                found[name] = derive(figures[name], ground)
                sources.append(_source(figures[name], found[name], words))
            pieces.append(_piece(name, found[name], unit or "", words))
        paragraphs.append(Paragraph(words.pick(section.title), tuple(pieces)))
    return paragraphs, sources


def _piece(name: str, found: Derived, unit: str, words: Words) -> Piece:
    """Write a number in the unit that the text wants."""
    if found.value is None:
        return Piece(words("yearly.open", what=found.lacks), name, open=True)
    own = found.unit
    if not unit:
        return Piece(_figure(found.value, own, words), name)
    factor = catalog.unit_factor(own, unit)
    if factor is None:
        return Piece(words("yearly.open", what=f"{own or name} → {unit}"), name, open=True)
    return Piece(f"{float(f'{found.value / factor:.12g}'):,.10g}{unit}", name)


def _figure(value: float, unit: str, words: Words) -> str:
    """Write a number with its own unit; a share as per cent."""
    if unit == "%":
        return f"{float(f'{value * 100:.12g}'):g}%"
    if not unit:
        return f"{float(f'{value:.12g}'):,.10g}"
    return number(float(f"{value:.12g}"), unit, words)


def _source(figure: Figure, found: Derived, words: Words) -> Source:
    told = words("yearly.open", what=found.lacks) if found.value is None else _figure(
        found.value, found.unit, words)
    return Source(figure.id, words.pick(figure.title), told, query(figure), len(found.features))


def query(figure: Figure) -> str:
    """Write down how a figure is taken.

    Returns: Such as ``"area(parcels) where state = approved"``.
    """
    if figure.lacks is not None:
        return f"{figure.lacks.layer}.{figure.lacks.field}".rstrip(".")
    if figure.rule or figure.target:
        return f"rule {figure.rule}" if figure.rule else f"target {figure.target}"
    of = f"{figure.layer}.{figure.field}" if figure.field else figure.layer
    where = " and ".join(f"{name} {_condition(wanted)}" for name, wanted in figure.where.items())
    return f"{figure.measure}({of})" + (f" where {where}" if where else "")


def _condition(wanted: Wanted) -> str:
    if isinstance(wanted, Range):
        bounds = ((">=", wanted.at_least), ("<", wanted.below))
        told = [f"{sign} {value:,.15g}" for sign, value in bounds if value is not None]
        told += [f"begins with {wanted.starts}"] if wanted.starts else []
        told += [f"not {', '.join(wanted.other_than)}"] if wanted.other_than else []
        return " and ".join(told)
    if isinstance(wanted, tuple):
        return f"in ({', '.join(wanted)})"
    return f"= {wanted:g}" if isinstance(wanted, float) else f"= {wanted}"
