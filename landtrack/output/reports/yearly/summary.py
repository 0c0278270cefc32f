"""A yearly summary: text whose numbers come from the layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter

from landtrack.assessment.reconcile import Derived, Ground, derive
from landtrack.model import Figure, Lack, Range, Section as Stated, Unlike, Wanted, catalog
from landtrack.model.translations import DASH, Words
from landtrack.output.reports.document import Link, Row, Section, Table, Text, row
from landtrack.output.reports.reconciliation import number
from landtrack.output.wording import bare
from landtrack.output.wording.lacking import lacking
from landtrack.output.wording.messages import Line, Message, Title, say


def summary(
    stated: Iterable[Stated], figures: Mapping[str, Figure], ground: Ground, words: Words
) -> tuple[Section, ...]:
    """Fill the numbers of a summary.

    ``figures``: The figures by id.
    ``words``: Those of the language whose text is filled.
    Returns: The sections, in which a number that cannot be derived is open and says what is
    missing, then the queries behind the numbers in the order of the text, to which they lead.
    """
    found: dict[str, Derived] = {}
    sections = []
    for section in stated:
        pieces: list[Message | Link] = []
        for before, name, unit, _ in Formatter().parse(words.pick(section.text)):
            pieces += [before] if before else []
            if name is None:
                continue
            if name not in found:
                found[name] = derive(figures[name], ground)
            pieces.append(_filled(figures[name], found[name], unit or ""))
        sections.append(Section(Title(section.title), (Text(tuple(pieces)),)))
    heads = ("reconcile.figure", "yearly.number", "yearly.query", "reconcile.behind")
    rows = tuple(_source(figures[name], each) for name, each in found.items())
    return (*sections, Section(say("yearly.sources"), (Table(tuple(map(say, heads)), rows),)))


def _filled(figure: Figure, found: Derived, unit: str) -> Link:
    """Write a number in the unit that the text wants; one that is only stated says so."""
    key, stated = _key(figure.id), None
    value, own = found.value, found.unit
    if value is None and (stated := figure.stated) is not None:
        value, own = stated.value, stated.unit
    if value is None:
        return Link(_open(figure, found.lacks), key, open=True)
    factor = catalog.exchange(own, unit) if unit else 1.0
    if factor is None:
        return Link(_open(figure, Unlike(own=own, wanted=unit)), key, open=True)
    shown = Line((bare(value / factor), unit)) if unit else _number(value, own)
    return Link(say("yearly.as_stated", number=shown) if stated else shown, key)


def _open(figure: Figure, lacks: Lack | Unlike | None) -> Message:
    return say("yearly.open", what=lacking(lacks, figure.title))


def _number(value: float, unit: str) -> Message:
    """Write a number with its own unit; a share as per cent."""
    if unit == "%":
        return Line((bare(value * 100), "%"))
    return number(value, unit) if unit else bare(value)


def _source(figure: Figure, found: Derived) -> Row:
    number, by = _behind(figure, found)
    return row(
        Title(figure.title), number, by, bare(len(found.features), 0), key=_key(figure.id),
    )


def _behind(figure: Figure, found: Derived) -> tuple[Message, Message]:
    """Give a figure, and where it comes from: a query, or who states it."""
    stated = figure.stated
    if found.value is not None:
        return _number(found.value, found.unit), query(figure)
    if stated is None:
        return _open(figure, found.lacks), DASH  # what nobody has, no query finds
    number = say("yearly.as_stated", number=_number(stated.value, stated.unit))
    return number, say("yearly.stated_by", source=stated.source, day=stated.on)


def _key(name: str) -> str:
    """Name the row that the numbers of a figure lead to."""
    return f"q-{name}"


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
