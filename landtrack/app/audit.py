"""The audit of a shared desk: who came in or did not, changed roles, took what; and its proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from landtrack.model import disk, whole_file
from landtrack.model.address import Shared
from landtrack.model.translations import Words
from landtrack.output.reports import ledger
from landtrack.store.postgis import people
from landtrack.store.postgis.people import Entry
from landtrack.tracking import START

KINDS = (
    "sign_in", "sign_in_failed", "sign_out", "proved", "session_ended", "password",
    "second_factor", "recovery_code", "link", "added", "roles", "disabled", "enabled", "download",
    "catalog", "job", "program",
)
"""Kinds of lines."""
END = 2**62
"""A number that no line reaches."""
AT_ONCE = 5000
"""Lines that are read at a time."""


class Wanted(NamedTuple):
    """Which lines of an audit are wanted: all where nothing is said.

    ``words`` stand in a line somewhere, ``person`` did it or it was about them; ``since`` and
    ``until`` are days.
    """

    words: str = ""
    kind: str = ""
    person: str = ""
    since: str = ""
    until: str = ""


class Checked(NamedTuple):
    """What a proof found: words' key under ``audit`` with values for each fault."""

    lines: int
    head: str
    faults: tuple[tuple[str, dict[str, str]], ...]


ALL = Wanted()


def read(shared: Shared, wanted: Wanted = ALL, *, most: int | None = None) -> Iterator[Entry]:
    """Give the lines that are wanted, the last first.

    Raises LandtrackError: If the store has no desk, or we may not read its audit.
    """
    before, left = END, most
    while left is None or left > 0:
        at_once = AT_ONCE if left is None else min(AT_ONCE, left)
        rows = people.audit(shared, **wanted._asdict(), before=before, most=at_once)
        yield from rows
        if len(rows) < at_once:
            return
        before = rows[-1].number
        left = None if left is None else left - len(rows)


def line(own: Entry, words: Words) -> str:
    """Say a line of the audit."""
    kind = words(f"audit.kind.{own.kind}")
    about = "" if own.about == own.person else own.about
    more = " ".join(filter(None, (about, own.said and f"({own.said})", own.address)))
    _, moment, *_ = own
    return words(
        "audit.line", number=own.number, at=f"{moment[:19].replace('T', ' ')} UTC", kind=kind,
        person=own.person or "–", more=more,
    ).rstrip()


def export(shared: Shared, path: Path, wanted: Wanted = ALL) -> int:
    """Write the lines that are wanted into a file, the first first: JSON lines, or CSV by its name.

    Returns: How many there are.
    Raises OutputError: If it cannot be written.
    """
    rows = sorted(read(shared, wanted))
    with disk.writing(path):
        if path.suffix.lower() == ".csv":
            ledger.write_csv(pd.DataFrame(rows, columns=[*Entry._fields]), path)
        else:
            whole_file.write(path, "".join(
                json.dumps(each._asdict(), ensure_ascii=False) + "\n" for each in rows
            ).encode())
    return len(rows)


def check(shared: Shared, head: str = "") -> Checked:
    """Hold the audit against its own hashes, the head noted beside it, and one kept elsewhere.

    ``head``: ``NUMBER:HASH``, as an earlier proof told it.
    """
    noted = people.audit_head(shared)
    rows = sorted(read(shared))
    faults = [*breaks(rows)]
    last = (rows[-1].number, rows[-1].sha256) if rows else (0, START)
    if noted not in {(0, START), *((each.number, each.sha256) for each in rows)}:
        faults.append(("cut", {"count": str(last[0]), "noted": str(noted[0])}))
    number, _, sha256 = head.strip().lower().partition(":")
    if head and not any(
        str(each.number) == number and sha256 and each.sha256.startswith(sha256) for each in rows
    ):
        faults.append(("head_other", {"head": head}))
    return Checked(len(rows), f"{last[0]}:{last[1]}", tuple(faults))


def breaks(rows: Iterable[Entry]) -> Iterator[tuple[str, dict[str, str]]]:
    """Find where the chain does not hold: a line that was altered, taken out or put elsewhere."""
    before, number = START, 0
    for each in rows:
        number += 1
        if each.number != number or each.previous != before:
            yield "gap", {"number": str(each.number)}
            number = each.number
        if each.sha256 != _hash(each):
            yield "altered", {"number": str(each.number)}
        before = each.sha256


def _hash(own: Entry) -> str:
    said = json.dumps(list(own[:-1]), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
