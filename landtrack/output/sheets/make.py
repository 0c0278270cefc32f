"""From a store and a selection to proved PDFs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

from landtrack.model.assessment import Assessment
from landtrack.output.sheets import (
    batches,
    contents,
    document,
    georeference,
    index,
    readback,
    recount,
)
from landtrack.output.sheets.document import Plan
from landtrack.output.sheets.mapframe import Prepared
from landtrack.output.sheets.pdf_canvas import Pen
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.template import Paper, Template, on_paper
from landtrack.output.sheets.workers import Job, Team

Tell = Callable[[str, str], None]

PROVED_HERE = 20
"""Pages that are proved sooner than they are sent to a helper."""


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
    measured: tuple[readback.Measured, ...]


def plans(
    source: Assessment, template: Template, subjects: Iterable[Subject], order: Order,
    tell: Tell,
) -> tuple[list[Plan], Prepared]:
    """Work every sheet out: words, paper, scale, windows and hash.

    Raises SourceError: If a subject fits on no paper and is not to be split.
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
            stated=order.stated, spoken=prepared.last_event(subject, (
                each for window in windows
                for each in prepared.seen(window, subject.shape if subject.kind else None)
            )),
        ))
    return made, prepared


def pdf(
    prepared: Prepared, planned: Sequence[Plan], tell: Tell, team: Team | None = None
) -> Made:
    """Draw sheets into one PDF, and prove it.

    ``team``: Who helps; the PDF is the same without.
    Raises OutputError: If a character has no glyph, or the PDF does not prove itself.
    """
    source, team = prepared.source, team or Team()
    title = source.words.pick(prepared.template.title)
    done = team.share("draw", [_drawing(prepared, each, tell) for each in batches.cut(planned)])
    outline = georeference.Outline()
    if len(planned) > 1:
        tell("index", "")
        drawn, outline = _index(prepared, planned, done, f"{title}  {source.title}")
        done = [drawn, *done]
    claims = [claim for part in done for claim in part.claims]
    name = planned[0].number if len(planned) == 1 else source.title
    tell("finish", "")
    finished = georeference.finish(
        [part.pdf for part in done], claims, source.crs, f"{title} {name}", outline
    )
    tell("prove", "")
    proofs = team.share("prove", _proofs(finished, claims, len(team.helpers)))
    measured = readback.insist([*proofs, ([], recount.faults(source, claims, proofs))])
    return Made(
        pdf=finished, plans=tuple(planned), claims=tuple(claims), measured=tuple(measured)
    )


def index_alone(prepared: Prepared, made: Sequence[tuple[str, Made]]) -> bytes:
    """Draw the index of sheets that are in a file each, and prove it.

    Returns: The PDF: in place of its page, each sheet has the name of its file.
    Raises OutputError: If a character has no glyph, or the PDF does not prove itself.
    """
    source = prepared.source
    title = f"{source.words.pick(prepared.template.title)}  {source.title}"
    pen = Pen(prepared.template.fonts)
    claims, _ = index.draw(
        pen, prepared, [(each.plans[0], name) for name, each in made], title
    )
    finished = georeference.finish([pen.save()], claims, source.crs, title, georeference.Outline())
    readback.insist([readback.prove(finished, claims)])
    return finished


def _drawing(prepared: Prepared, planned: tuple[Plan, ...], tell: Tell) -> Job:
    return Job(
        here=lambda: batches.draw(prepared, planned, tell),
        away=lambda: (prepared.part([
            window for plan in planned for window in document.shown(plan, prepared.template)
        ]), planned),
    )


def _proofs(pdf: bytes, claims: Sequence[dict[str, Any]], helpers: int) -> list[Job]:
    """Part the proof of a long PDF by its pages."""
    count = 1 + helpers if len(claims) > PROVED_HERE else 1
    ends = [len(claims) * at // count for at in range(count + 1)]

    def job(begin: int, end: int) -> Job:
        return Job(
            here=lambda: readback.prove(pdf, claims, range(begin, end)),
            away=lambda: (pdf, claims, range(begin, end)),
        )

    return [job(begin, end) for begin, end in pairwise(ends)]


def _index(
    prepared: Prepared, planned: Sequence[Plan], drawn: Sequence[batches.Part], title: str
) -> tuple[batches.Part, georeference.Outline]:
    """Draw the index of an atlas, and outline it."""
    source = prepared.source
    pages = [claim["pages"] for part in drawn for claim in part.claims if claim["page"] == 1]
    pen = Pen(prepared.template.fonts)
    first = 1 + index.count(pen, prepared, planned)
    begins = list(accumulate(pages, initial=first))[:-1]
    claims, links = index.draw(pen, prepared, list(zip(planned, begins, strict=True)), title)
    kind = source.words.pick(prepared.template.title)
    return batches.Part(pdf=pen.save(), claims=tuple(claims)), georeference.Outline(
        entries=(
            (source.words("sheet.index_of_sheets"), 1),
            *((f"{kind} {plan.subject.name}", page)
              for plan, page in zip(planned, begins, strict=True)),
        ),
        links=tuple(links),
    )
