"""Heads: up to which event of the log a document speaks, and the hash of the chain there.

Sheets and packs carry theirs to where nobody reaches who forges the store: a chain that was made
anew, or put back to an earlier day, is found by any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from landtrack.model.address import Address
from landtrack.store import log, seals
from landtrack.store.session import LOG, Session
from landtrack.tracking import breaks

SHOWN = 32
"""How many characters of a hash are printed."""
EVENT, HASH = "log_event", "log_head"
"""Under which keys the seal of a sheet or pack keeps its head."""
_PRINTED = re.compile(r"([1-9][0-9]*):([0-9a-f]{32,64})")


class Head(NamedTuple):
    """An event of the log, and its hash: the whole of it, or as much as is printed."""

    event: int
    sha256: str

    def __str__(self) -> str:
        """Write it as it is printed."""
        return f"{self.event}:{self.sha256[:SHOWN]}"


Issued = dict[tuple[str, str], Head]
"""The heads of what was issued: by number, and hash of what it says."""


def printed(text: str) -> Head | None:
    """Read a head as it is printed.

    Returns: None where the text is none.
    """
    found = _PRINTED.fullmatch(text.strip().lower())
    return Head(int(found[1]), found[2]) if found else None


def at(db: Session, event: int) -> Head | None:
    """Give the head at an event of an open store.

    Returns: None where there is no such event, as of a log without any.
    """
    found = db.select(LOG.name, ("sha256",), {"event": event}) if event else []
    return Head(event, found[0][0]) if found else None


def of_run(db: Session) -> int:
    """Say up to which event the log went when the last run of an open store was written."""
    run = seals.last_run(seals.rows(db))
    return int(run.holds["events"]) if run else 0


def issued(db: Session) -> Issued:
    """Give the heads of all that was issued and that the log still holds."""
    found: Issued = {}
    for each in seals.rows(db):
        if each.kind == seals.SHEET and HASH in each.said:
            row = each.holds
            found[row["number"], row["sha256"]] = Head(row[EVENT], row[HASH])
    return {key: head for key, head in found.items() if at(db, head.event) == head}


def held(head: Head | None) -> dict[str, str | int]:
    """Write a head into the row of what is issued."""
    return {} if head is None else {EVENT: head.event, HASH: head.sha256}


def faults(address: Address, asked: Iterable[Head]) -> list[seals.Fault]:
    """Hold the log of a store against heads that were kept elsewhere.

    Returns: Words' key under ``log``, and their values; none where it holds them all, and nothing
    before them was altered.
    """
    heads = sorted(set(asked))
    if not heads:
        return []
    rows = log.read(address).rows
    found: list[seals.Fault] = []
    for head in heads:
        told = {"event": str(head.event), "head": str(head)}
        if not 0 < head.event <= len(rows):
            found.append(("head_gone", told))
        elif not rows[head.event - 1][1].sha256.startswith(head.sha256):
            found.append(("head_other", told))
    broken = breaks(rows[:max(head.event for head in heads)])
    return [*found, *((each.fault, {"event": str(each.event)}) for each in broken)]
