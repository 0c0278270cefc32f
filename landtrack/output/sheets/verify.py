"""Looks at a sheet again, days or years later: whether it is as issued, and what has changed."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from landtrack.model.assessment import Assessment
from landtrack.model.errors import LandtrackError
from landtrack.model.translations import Words
from landtrack.output import signing
from landtrack.output.sheets import (
    contents,
    georeference,
    readback,
    recount,
    template as templates,
    untouched,
)
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.mapframe import Prepared
from landtrack.output.sheets.subjects import Subject, select, subject_of
from landtrack.output.sheets.template import Template
from landtrack.output.wording import signed
from landtrack.store import heads, sheet_register

MOVED_M = 0.0005
"""A point that is printed to the millimetre has moved if it is elsewhere by half of one."""


class Verified(NamedTuple):
    """What was found in a file: how far it proves itself, who signed it, and what is otherwise."""

    measured: Sequence[readback.Measured] = ()
    faults: Sequence[str] = ()
    changes: Sequence[str] = ()
    """What is otherwise in the store today; none without a store."""
    signatures: Sequence[signing.Signature] = ()
    proved: Sequence[str] = ()
    """What the store bears out, beyond that nothing is wrong."""


def pdf(
    data: bytes, words: Words, source: Assessment | None = None,
    trusted: signing.Trusted = signing.NOBODY,
) -> Verified:
    """Verify a PDF: the sheets in it as they were issued, and the signatures behind them.

    Raises SourceError: If it is no PDF of landtrack, and nobody signed it.
    """
    looked = signing.pdf(data, trusted)
    issued, signatures = looked
    faults = [said for number, each in enumerate(signatures, start=1)
              for said in signed.faults(number, each, words)]
    if signatures:
        faults += untouched.since_issued(issued, data, words)
        if not georeference.has_claims(issued):  # a form or report: it says nothing of itself
            return Verified(faults=faults, signatures=signatures)
    found = _sheets(issued, words, source)
    return found._replace(faults=[*faults, *found.faults], signatures=signatures)


def _sheets(data: bytes, words: Words, source: Assessment | None) -> Verified:
    """Verify sheets as they were issued."""
    claims = georeference.claims_of(data)
    measured, found = readback.prove(data, claims)
    faults = [words("sheet.verify.page", page=each.page, said=each.said) for each in found]
    faults += untouched.faults(data, claims, words, known=_known(data, source))
    changes: list[str] = []
    proved: list[str] = []
    if source is not None:
        faults += _registered(data, claims, source, words)
        kept = {heads.Head(*claim["log"]) for claim in claims if "log" in claim}
        wrong, proved = in_log(source, kept, words)
        faults += wrong
        sheets = [both for both in zip(claims, measured, strict=False) if "index" not in both[0]]
        for number in dict.fromkeys(claim["number"] for claim, _ in sheets):
            own = [both for both in sheets if both[0]["number"] == number]
            spoken = dataclasses.replace(source, lang=own[0][0]["lang"])
            changed = _changes([claim for claim, _ in own], spoken, words)
            changes += [f"{number}: {said}" for said in changed]
            if not changed:  # else what it was made from is no longer there to count
                faults += _recounted(spoken, own, words)
    return Verified(measured, faults, changes, proved=proved)


def in_log(
    source: Assessment, spoken: Collection[heads.Head], words: Words
) -> tuple[list[str], list[str]]:
    """Hold the log of a store against what was printed of it.

    ``spoken``: The heads that a file carries; none of one that was issued before there was a log.
    Returns: What is wrong; and what holds.
    """
    if not spoken:
        return [], []
    wrong = [
        words(f"log.{code}", **values) for code, values in heads.faults(source.stored, spoken)
    ]
    return wrong, [] if wrong else [words("sheet.verify.log_holds", head=max(spoken))]


def _recounted(
    source: Assessment, own: list[tuple[dict[str, Any], readback.Measured]], words: Words
) -> list[str]:
    """Work out anew what stands on a sheet, and tell what is otherwise."""
    return [
        words("sheet.verify.page", page=each.page, said=each.said)
        for each in recount.faults(
            source, [claim for claim, _ in own], [([each for _, each in own], [])]
        )
    ]


def _known(data: bytes, source: Assessment | None) -> bool:
    """Say whether the very file is in the register of a store."""
    digest = hashlib.sha256(data).hexdigest()
    return source is not None and any(
        row["file_sha256"] == digest for row in sheet_register.rows(source.stored)
    )


def _registered(
    data: bytes, claims: Iterable[Mapping[str, Any]], source: Assessment, words: Words
) -> list[str]:
    """Compare a file with the register of the store."""
    rows = {(row["number"], row["revision"]): row for row in sheet_register.rows(source.stored)}
    digest = hashlib.sha256(data).hexdigest()
    said = [words(f"log.{code}", **values) for code, values in sheet_register.faults(source.stored)]
    sheets = [claim for claim in claims if "index" not in claim]
    for number, revision in dict.fromkeys((c["number"], c["revision"]) for c in sheets):
        row = rows.get((number, revision))
        if row is None:
            said.append(words("sheet.verify.unregistered", number=number, revision=revision))
            continue
        if row["file_sha256"] != digest:
            said.append(words("sheet.verify.other_file", number=number, file=row["file"]))
        if row["superseded_by"]:
            said.append(words(
                "sheet.verify.superseded", number=number, revision=row["superseded_by"]
            ))
    return said


def _changes(claims: list[dict[str, Any]], source: Assessment, words: Words) -> list[str]:
    """Work a sheet out anew from the present store, and tell the differences."""
    first = claims[0]
    try:
        loaded = templates.load(first["template"])
        subject = _subject(first, source, loaded)
    except LandtrackError as error:
        return [words("sheet.verify.gone", cause=error.cause)]
    said: list[str] = []
    content = contents.of(source, subject, first["stated"], loaded.tables)
    said += _moved(claims, content, words)
    said += _other_texts(claims, content, words)
    prepared = Prepared(source, loaded)
    for claim in claims:
        if "ground" in claim:
            said += _other_layers(claim, prepared, subject, words)
    return list(dict.fromkeys(said))


def _subject(claim: Mapping[str, Any], source: Assessment, template: Template) -> Subject:
    stated = claim["subject"]
    if not stated["ids"]:
        return select(source, template, "*")[0]
    return subject_of(source, stated["kind"], tuple(stated["ids"]))


def _moved(
    claims: list[dict[str, Any]], content: contents.Content, words: Words
) -> list[str]:
    """Tell which boundary points lie elsewhere today."""
    now = {
        f"J{number}": point
        for ring in content.rings
        for number, point in zip(ring.numbers, ring.points, strict=True)
    }
    then = {
        point["name"]: (point["east"], point["north"])
        for claim in claims for point in claim.get("known", ()) if "name" in point
    }
    if not then:
        return []
    said = []
    for name, was in then.items():
        if name not in now:
            said.append(words("sheet.verify.point_gone", point=name))
        elif (by := float(np.hypot(*(now[name] - was)))) > MOVED_M:
            said.append(words("sheet.verify.point_moved", point=name, by=f"{by:.3f}"))
    if len(now) > len(then) and len(claims) == 1:
        said.append(words("sheet.verify.points_more", count=len(now) - len(then)))
    return said


def _other_texts(
    claims: list[dict[str, Any]], content: contents.Content, words: Words
) -> list[str]:
    """Tell which words of boxes and tables would be others today."""
    printed = {readback.bare(text) for claim in claims for *_, text in claim["texts"]}
    joined = "\n".join(printed)
    said = []
    for name, was in (claims[0].get("values") or {}).items():
        now = content.values.get(name, "")
        if now != was:
            label = f"sheet.label.{name}" if words.has(f"sheet.label.{name}") else f"field.{name}"
            said.append(words(
                "sheet.verify.value", what=words(label) if words.has(label) else name,
                was=was or "–", now=now or "–",
            ))
    for name, table in content.tables.items():
        rows = ["".join(row) for row in table.rows]
        if name == contents.ADJOINING:  # printed only where the boxes do not hold it
            continue
        lacking = [row for row in rows if readback.bare(row) and readback.bare(row) not in joined]
        if lacking:
            said.append(words(
                "sheet.verify.table", table=table.title, count=len(lacking), row=lacking[0]
            ))
    return said


def _other_layers(
    claim: Mapping[str, Any], prepared: Prepared, subject: Subject, words: Words
) -> list[str]:
    """Tell which layers are otherwise within the map."""
    left, bottom, right, top = claim["frame"]
    window = Window(
        scale=claim["scale"], east=claim["ground"][0], north=claim["ground"][1],
        box=Box(left=left, bottom=bottom, right=right, top=top),
    )
    said = []
    seen = {
        each.kind: each
        for each in prepared.seen(window, subject.shape if subject.kind else None)
    }
    for kind, was in claim["layers"].items():
        count = len(seen[kind].rows) if kind in seen else 0
        if kind not in seen or prepared.digest(seen[kind]) != was["sha256"]:
            said.append(words(
                "sheet.verify.layer", layer=words(f"kind.{kind}"), was=was["count"], now=count
            ))
    said += [
        words("sheet.verify.layer", layer=words(f"kind.{kind}"), was=0, now=len(each.rows))
        for kind, each in seen.items() if kind not in claim["layers"] and len(each.rows)
    ]
    return said
