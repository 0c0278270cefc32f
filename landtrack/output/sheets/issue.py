"""Issues sheets: looks at what may be issued, draws, proves, registers, and puts in place."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landtrack.model.assessment import Assessment
from landtrack.model.errors import SourceError
from landtrack.output.sheets import batches, make, preflight, workers
from landtrack.output.sheets.document import Plan
from landtrack.output.sheets.make import Made, Order, Tell
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.template import Template, on_paper
from landtrack.store import heads, sheet_register
from landtrack.store.session import Session

INDEX = "index.pdf"
"""The file that lists those beside it."""

NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


def sheets(
    source: Assessment, template: Template, subjects: Sequence[Subject], order: Order,
    out: Path, tell: Tell,
) -> Made:
    """Issue sheets into one PDF.

    Raises LandtrackError: If a sheet may not be issued, does not fit, has a character without a
    glyph or does not prove itself, or cannot be written; then nothing is written or registered.
    """
    with sheet_register.issuing(source.stored, out.parent) as (connection, folder):
        made = draw(connection, source, template, subjects, order, tell)
        (folder / out.name).write_bytes(made.pdf)
        enter(connection, template, made, out.name)
    return made


def draw(
    connection: Session, source: Assessment, template: Template,
    subjects: Sequence[Subject], order: Order, tell: Tell,
) -> Made:
    """Draw sheets into one PDF, numbered by the register; nothing is written.

    Raises LandtrackError: As :func:`sheets`.
    """
    template = on_paper(template, order.paper)
    with workers.team(-(-len(subjects) // batches.SHEETS)) as team:  # ready once all is planned
        planned, prepared = make.plans(source, template, subjects, order, tell)
        numbered = _Numbering(source, template, order, connection)
        ready = [numbered(each) for each in planned]
        return make.pdf(prepared, ready, tell, team)


def each(
    source: Assessment, template: Template, subjects: Sequence[Subject], order: Order,
    folder: Path, tell: Tell,
) -> dict[str, Made]:
    """Issue sheets into a PDF each.

    Returns: By file name; beside several there is an index of them.
    Raises LandtrackError: As :func:`sheets`; all are written, or none.
    """
    template = on_paper(template, order.paper)
    planned, prepared = make.plans(source, template, subjects, order, tell)
    done: dict[str, Made] = {}
    with sheet_register.issuing(source.stored, folder) as (connection, staged):
        numbered = _Numbering(source, template, order, connection)
        for plan in planned:
            ready = numbered(plan)
            made = make.pdf(prepared, [ready], tell)
            name = _unlike(file_name(ready.number), done)
            (staged / name).write_bytes(made.pdf)
            enter(connection, template, made, name)
            done[name] = made
        if len(done) > 1:
            (staged / _unlike(INDEX, done)).write_bytes(
                make.index_alone(prepared, list(done.items()))
            )
    return done


def file_name(number: str) -> str:
    """Make a file name of a sheet's number."""
    return f"{NOT_IN_NAMES.sub('_', number).strip('. ')}.pdf"


def _unlike(name: str, taken: Mapping[str, object]) -> str:
    """Tell names apart that differ only in what no file name may hold, or in case."""
    lower = {each.lower() for each in taken}
    made, count = name, 2
    while made.lower() in lower:
        made, count = f"{name.removesuffix('.pdf')} ({count}).pdf", count + 1
    return made


class _Numbering:
    """Gives sheets their number, revision and head, of the register as it is when it begins."""

    def __init__(
        self, source: Assessment, template: Template, order: Order, connection: Session
    ) -> None:
        self.source, self.template = source, template
        self.order, self.connection = order, connection
        self.issued = heads.issued(connection)
        self.run = heads.of_run(connection)

    def __call__(self, plan: Plan) -> Plan:
        """Give a sheet what stands on it of the register and the log."""
        named = _numbered(self.source, self.template, plan, self.order, self.connection)
        # what says the same is the same sheet, whatever others have entered since
        head = self.issued.get((named.number, named.sha256)) or heads.at(
            self.connection, max(plan.spoken, self.run)
        )
        return dataclasses.replace(named, head=head)


def _numbered(
    source: Assessment, template: Template, plan: Plan, order: Order, connection: Session
) -> Plan:
    """Refuse a sheet that may not be issued, or number it."""
    found = preflight.reasons(source, template, plan.subject, plan.content)
    if found and not order.draft:
        raise SourceError(
            f"The sheet {template.id} of {plan.subject.name} may not be issued: "
            f"{'; '.join(found)}.",
            mend="Mend that (values can be stated with --by, --checked and --set), or print it as "
            "a draft with --draft.",
        )
    number = sheet_register.number(
        str(source.run["place"]), template.id, plan.subject.name
    )
    if source.as_of is not None:  # one of an earlier day does not supersede that of now
        number += f"@{source.as_of}"
    if found:  # a draft does not supersede the sheet that was issued
        number += "-draft"
    says = hashlib.sha256(f"{plan.sha256}{found}".encode()).hexdigest() if found else plan.sha256
    revision = sheet_register.revision(connection, number, says)
    return dataclasses.replace(
        plan, sha256=says, number=number, revision=revision, draft=found
    )


def enter(
    connection: Session, template: Template, made: Made, name: str
) -> None:
    """Enter the sheets of a PDF into the register."""
    file = (name, hashlib.sha256(made.pdf).hexdigest())
    by_number: dict[str, list[dict[str, Any]]] = {}
    for claim in made.claims:
        by_number.setdefault(claim["number"], []).append(claim)
    for plan in made.plans:
        row = _row_of(template.id, plan, by_number[plan.number], file)
        sheet_register.enter(connection, row)


def _row_of(
    template: str, plan: Plan, claims: Sequence[Mapping[str, Any]], file: tuple[str, str]
) -> dict[str, Any]:
    """Make the row of a sheet in the register: numbered, with what its pages claim and its file."""
    return {
        "number": plan.number, "revision": plan.revision, "template": template,
        "kind": plan.subject.kind, "features": ",".join(plan.subject.ids),
        "scale": plan.windows[0].scale, "paper": plan.page.paper, "pages": len(claims),
        "drawn_by": plan.stated.get("drawn_by", ""),
        "checked_by": plan.stated.get("checked_by", ""),
        "drawn_on": plan.stated.get("drawn_on", ""),
        "sha256": plan.sha256, "file": file[0], "file_sha256": file[1],
        "labels": sum(each.get("labels", 0) for each in claims),
        "labels_dropped": sum(len(each.get("dropped", ())) for each in claims),
        "draft": "; ".join(plan.draft), **heads.held(plan.head),
    }
