"""Witnesses of a store: entered into a file that is kept elsewhere, and held against it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from landtrack.output import signing
from landtrack.store import Address, witnesses
from landtrack.store.seals import Fault
from landtrack.store.witnesses import Witness


def enter(path: Address, file: Path, authority: str = "") -> Witness:
    """Enter what a store holds now into a file of witnesses.

    ``authority``: The address of who certifies the time (RFC 3161); nobody where empty.
    Raises LandtrackError: If the store cannot be read, the file cannot be written, or the
    authority does not answer; then nothing is entered.
    """
    made = witnesses.of(path)
    if authority:
        made = msgspec.structs.replace(made, stamp=signing.stamped(made.said, authority).hex())
    witnesses.add(file, made)
    return made


def faults(path: Address, file: Path, trusted: Sequence[Path] = ()) -> list[Fault]:
    """Find what of a store is not as a file of witnesses has it.

    ``trusted``: Certificates of the authorities whose time stamps are believed; where none is
    named, they are not looked at.
    Returns: Words' key under ``log``, and their values.
    Raises SourceError: If a file cannot be read.
    """
    told = witnesses.read(file)
    found = witnesses.faults(path, told)
    if trusted:
        known = signing.trusting(trusted)
        found += [
            ("witness_stamp", {"at": each.at}) for each in told
            if each.stamp and not signing.stamp_holds(each.said, each.stamp, known)
        ]
    return found
