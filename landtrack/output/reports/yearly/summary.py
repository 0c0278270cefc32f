"""A yearly summary: text whose numbers come from the layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter

from landtrack.assessment.reconcile import Derived, Ground, derive
from landtrack.model import Figure, Range, Section as Stated, Wanted, catalog
from landtrack.model.translations import Words
from landtrack.output.reports.document import Link, Row, Section, Table, Text, row
from landtrack.output.reports.reconciliation import number
from landtrack.output.wording import bare
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
            pieces.append(_filled(name, found[name], unit or ""))
        sections.append(Section(Title(section.title), (Text(tuple(pieces)),)))
    heads = ("reconcile.figure", "yearly.number", "yearly.query", "reconcile.behind")
    rows = tuple(_source(figures[name], each) for name, each in found.items())
    return (*sections, Section(say("yearly.sources"), (Table(tuple(map(say, heads)), rows),)))


def _filled(name: str, found: Derived, unit: str) -> Link:
    """Write a number in the unit that the text wants."""
    if found.value is None:
        return Link(say("yearly.open", what=found.lacks), _key(name), open=True)
    own = found.unit
    if not unit:
        return Link(_number(found.value, own), _key(name))
    factor = catalog.unit_factor(own, unit)
    if factor is None:
        return Link(say("yearly.open", what=f"{own or name} → {unit}"), _key(name), open=True)
    return Link(Line((bare(found.value / factor), unit)), _key(name))


def _number(value: float, unit: str) -> Message:
    """Write a number with its own unit; a share as per cent."""
    if unit == "%":
        return Line((bare(value * 100), "%"))
    return number(value, unit) if unit else bare(value)


def _source(figure: Figure, found: Derived) -> Row:
    told = say("yearly.open", what=found.lacks) if found.value is None else _number(
        found.value, found.unit)
    return row(
        Title(figure.title), told, query(figure), bare(len(found.features), 0),
        key=_key(figure.id),
    )


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
