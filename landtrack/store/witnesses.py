"""Witnesses: what a store held at a moment, kept in a file where whoever forges it does not reach.

A line each: how many events and seals there were, and the hash of the last of each. A chain
that was made anew from its start holds in itself; against a witness of before it does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from landtrack.model import disk, whole_file
from landtrack.model.address import Address
from landtrack.model.errors import SourceError
from landtrack.model.value import Value
from landtrack.store import backends, log, seals
from landtrack.store.session import LOG
from landtrack.tracking import START

LONGEST = 100_000_000
"""Bytes of a file of witnesses; a larger one is none."""


class Witness(Value, frozen=True, kw_only=True):
    """What a store held; ``stamp`` is the time as an authority certifies it (hexadecimal DER)."""

    place: str
    at: str
    events: int
    head: str
    seals: int
    seal: str
    stamp: str = ""

    @property
    def said(self) -> bytes:
        """Give what an authority certifies: all but the stamp itself."""
        held = {key: value for key, value in msgspec.structs.asdict(self).items() if key != "stamp"}
        return json.dumps(held, ensure_ascii=False, sort_keys=True).encode()


def of(address: Address) -> Witness:
    """Say what a store holds now.

    Raises SourceError: If it is no store, or one of another version.
    """
    with backends.of(address).reading(address) as db:
        log.require_format(db)
        hashes = [sha256 for (sha256,) in db.select(LOG.name, ("sha256",))]
        kept = seals.rows(db)
        return Witness(
            place=log.meta(db)["place"], at=datetime.now(UTC).isoformat(timespec="seconds"),
            events=len(hashes), head=hashes[-1] if hashes else START,
            seals=len(kept), seal=kept[-1].sha256 if kept else START,
        )


def add(path: Path, witness: Witness) -> None:
    """Add a witness to a file, which is made where there is none.

    Raises OutputError: If it cannot be written.
    """
    line = msgspec.json.encode(witness) + b"\n"
    with disk.writing(path), path.open("ab") as file:
        file.write(line)


def read(path: Path) -> list[Witness]:
    """Read a file of witnesses.

    Raises SourceError: If it cannot be read, or a line is no witness.
    """
    none = SourceError(f"{path.name} is no file of witnesses.", mend=_MEND)
    lines = whole_file.read(path, most=LONGEST, beyond=lambda _: none).splitlines()
    try:
        found = [msgspec.json.decode(each, type=Witness) for each in lines if each.strip()]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise none from error
    if not found:
        raise none
    return found


_MEND = "Name the file that `landtrack log witness` wrote."


def faults(address: Address, witnesses: Sequence[Witness]) -> list[seals.Fault]:
    """Hold a store against what it held before.

    Returns: Words' key under ``log``, and their values; none where it has only grown since.
    """
    with backends.of(address).reading(address) as db:
        log.require_format(db)
        place = log.meta(db)["place"]
        hashes = [START, *(sha256 for (sha256,) in db.select(LOG.name, ("sha256",)))]
        sealed = [START, *(each.sha256 for each in seals.rows(db))]
    found: list[seals.Fault] = []
    for each in witnesses:
        if each.place != place:
            found.append(("witness_place", {"at": each.at, "place": each.place}))
            continue
        for what, number, head, kept in (
            ("witness_log", each.events, each.head, hashes),
            ("witness_seals", each.seals, each.seal, sealed),
        ):
            if not 0 <= number < len(kept) or kept[number] != head:
                found.append((what, {"at": each.at, "count": str(number)}))
    return found
