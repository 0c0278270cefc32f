"""From a store and a selection to proved PDFs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from landtrack.sheet import contents, document, georeference, index, proof
from landtrack.sheet.document import Plan, Sheet
from landtrack.sheet.mapframe import Prepared
from landtrack.sheet.pen import Pen
from landtrack.sheet.source import Source, Subject
from landtrack.sheet.template import Paper, Template, on_paper

Tell = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    """How sheets are asked for.

    ``scale`` is the N of 1:N, the largest legal one that fits where not given; ``split`` is
    the template's own where not given; ``stated`` are values for the sheet.
    """

    scale: int | None = None
    paper: Paper | None = None
    split: bool | None = None
    stated: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False


@dataclass(frozen=True, kw_only=True)
class Made:
    """A finished PDF: its bytes, the sheets in it, what its pages claim and measure."""

    pdf: bytes
    plans: tuple[Plan, ...]
    claims: tuple[dict[str, Any], ...]
    measured: tuple[proof.Measured, ...]


def plans(
    source: Source, template: Template, subjects: Iterable[Subject], order: Order,
    tell: Tell,
) -> tuple[list[Plan], Prepared]:
    """Work every sheet out: words, paper, scale, windows and hash.

    Parameters
    ----------
    source
        The store.
    template
        The template.
    subjects
        What sheets are of.
    order
        How they are asked for.
    tell
        Called with the step and what it is at.

    Returns
    -------
    plans : list of Plan
        One per subject, not numbered yet.
    prepared : Prepared
        The store and the template.

    Raises
    ------
    SourceError
        If a subject fits on no paper and is not to be split.
    """
    template = on_paper(template, order.paper)
    split = template.split if order.split is None else order.split
    prepared = Prepared(source, template)
    made = []
    for subject in subjects:
        tell("plan", subject.name)
        content = contents.of(source, subject, order.stated, template.tables)
        page, windows = document.plan_windows(template, subject, order.scale, split=split)
        made.append(Plan(
            subject=subject, content=content, page=page, windows=windows, number="", revision=0,
            sha256=document.content_hash(prepared, subject, content, windows),
            stated=order.stated,
        ))
    return made, prepared


def pdf(prepared: Prepared, planned: Sequence[Plan], tell: Tell) -> Made:
    """Draw sheets into one PDF, and prove it.

    Parameters
    ----------
    prepared
        The store and the template.
    planned
        The sheets, numbered.
    tell
        Called with the step and what it is at.

    Returns
    -------
    Made
        The PDF and what was measured in it.

    Raises
    ------
    OutputError
        If a character has no glyph, or the PDF does not prove itself.
    """
    source, template = prepared.source, prepared.template
    pen = Pen(tell=tell)
    title = source.words.pick(template.title)
    sheets = [Sheet(pen, prepared, plan) for plan in planned]
    claims: list[dict[str, Any]] = []
    if len(sheets) > 1:
        first = 1 + index.count(pen, prepared, planned)
        begins = accumulate((each.pages for each in sheets), initial=first)
        claims += index.draw(pen, prepared, [
            index.Entry(plan=each.plan, key=f"sheet-{at}", page=page)
            for at, (each, page) in enumerate(zip(sheets, begins, strict=False))
        ], f"{title}  {source.title}")
    for at, each in enumerate(sheets):
        tell("draw", each.plan.subject.name)
        if len(sheets) > 1:
            pen.bookmark(f"{title} {each.plan.subject.name}", f"sheet-{at}", 0)
        claims += each.draw()
    name = planned[0].number if len(planned) == 1 else source.title
    drawn = pen.save(f"{title} {name}", source.title)
    tell("finish", "")
    finished = georeference.finish(drawn, claims, source.crs, f"{title} {name}")
    tell("prove", "")
    measured = proof.require(finished, claims)
    return Made(
        pdf=finished, plans=tuple(planned), claims=tuple(claims), measured=tuple(measured)
    )
