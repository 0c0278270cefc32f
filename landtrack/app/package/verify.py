"""Verifies a pack: every hash, every sheet, and what has changed since."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from typing import TYPE_CHECKING

import msgspec

from landtrack.app.package.build import MANIFEST, SIGNATURE
from landtrack.app.package.writers import SHEET, Manifest
from landtrack.model.errors import SourceError
from landtrack.output import signing
from landtrack.output.sheets import verify as verifying
from landtrack.output.sheets.verify import Verified
from landtrack.output.wording import signed
from landtrack.store import heads, sheet_register

if TYPE_CHECKING:
    from landtrack.model.assessment import Assessment
    from landtrack.model.translations import Words

LARGEST = 2_000_000_000
"""Bytes that a pack may unpack to; more is not opened."""


def verify(
    data: bytes, words: Words, source: Assessment | None = None,
    trusted: signing.Trusted = signing.NOBODY,
) -> Verified:
    """Verify a pack: every hash, every sheet, every signature, and what has changed since.

    Raises SourceError: If it is no zip, or would unpack to more than 2 GB.
    """
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise SourceError(
            f"The pack cannot be opened: {error}.", mend="Get the file again: it is damaged."
        ) from error
    with packed:
        if sum(each.file_size for each in packed.infolist()) > LARGEST:
            raise SourceError(
                "The pack would unpack to more than 2 GB.", mend="It is none of landtrack's."
            )
        return _verified(packed, data, words, (source, trusted))


def _verified(
    packed: zipfile.ZipFile, data: bytes, words: Words,
    by: tuple[Assessment | None, signing.Trusted],
) -> Verified:
    source, trusted = by
    told = _member(packed, MANIFEST)
    if told is None:
        return Verified(faults=[words("pack.no_manifest")])
    names = packed.namelist()
    signatures, faults = _signed(packed, told, words, trusted)
    changes: list[str] = []
    proved: list[str] = []
    digest = hashlib.sha256(told).hexdigest()
    if packed.comment.decode("ascii", "replace") != digest:
        faults.append(words("pack.manifest_changed"))
    try:
        manifest = msgspec.json.decode(told, type=Manifest)
    except msgspec.DecodeError:
        return Verified(faults=[words("pack.no_manifest")])
    stated = {each.name: each for each in manifest.files}
    twice = sorted({name for name in names if names.count(name) > 1})
    faults += [words("pack.twice", name=name) for name in twice]
    faults += [words("pack.extra", name=n) for n in names
               if n not in {*stated, MANIFEST} and not SIGNATURE.fullmatch(n)]
    for name, entry in stated.items():
        member = _member(packed, name)
        if member is None:
            faults.append(words("pack.missing", name=name))
            continue
        if (len(member), hashlib.sha256(member).hexdigest()) != (entry.bytes, entry.sha256):
            faults.append(words("pack.changed", name=name))
        if entry.writer == SHEET:
            found = _sheet_verified(member, words, source)
            faults += [f"{name}: {each}" for each in found.faults]
            changes += [f"{name}: {each}" for each in found.changes]
    if source is not None:
        file = "" if signatures else hashlib.sha256(data).hexdigest()
        faults += _unregistered(file, digest, source, words)
        changes += _other_inputs(manifest, source, words)
        changes += _new_events(manifest, source, words)
        spoken = [heads.Head(*manifest.log)] if manifest.log else []
        wrong, proved = verifying.in_log(source, spoken, words)
        faults += wrong
    return Verified(faults=faults, changes=changes, signatures=signatures, proved=proved)


def _signed(
    packed: zipfile.ZipFile, manifest: bytes, words: Words, trusted: signing.Trusted
) -> tuple[list[signing.Signature], list[str]]:
    """Look at the signatures of the manifest, and tell what is wrong with them."""
    signatures, faults = [], []
    for name in filter(SIGNATURE.fullmatch, packed.namelist()):
        try:
            made = signing.detached(manifest, _member(packed, name) or b"", trusted)
        except SourceError as error:
            faults.append(f"{name}: {error.cause}")
            continue
        signatures.append(made)
        faults += signed.faults(len(signatures), made, words)
    return signatures, faults


def _member(packed: zipfile.ZipFile, name: str) -> bytes | None:
    """Read a member; none where it is not there or is damaged."""
    try:
        return packed.read(name)
    except (
        KeyError, zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError,
        NotImplementedError,
    ):
        return None


def _sheet_verified(member: bytes, words: Words, source: Assessment | None) -> Verified:
    try:
        return verifying.pdf(member, words, source)
    except SourceError as error:
        return Verified(faults=[error.cause])


def _unregistered(file: str, digest: str, source: Assessment, words: Words) -> list[str]:
    """Compare a pack with the register; a signed one is another ``file``, of the same manifest."""
    row = next(
        (each for each in sheet_register.rows(source.stored) if each["sha256"] == digest), None
    )
    if row is None:
        return [words("pack.unregistered")]
    if file and row["file_sha256"] != file:
        return [words("pack.other_file", file=row["file"])]
    if row["superseded_by"]:
        return [words("sheet.verify.superseded", number=row["number"],
                      revision=row["superseded_by"])]
    return []


def _other_inputs(
    manifest: Manifest, source: Assessment, words: Words
) -> list[str]:
    """Tell which inputs of the place are others today."""
    then = {str(each.get("path")): each.get("sha256") for each in manifest.inputs}
    now = {each["path"]: each["sha256"] for each in json.loads(str(source.run["inputs"]))}
    said = [
        words("pack.input", path=path)
        for path in sorted({*then, *now}) if then.get(path) != now.get(path)
    ]
    if manifest.rules != source.run["rules"]:
        said.append(words("pack.rules", was=manifest.rules, now=source.run["rules"]))
    return said


def _new_events(manifest: Manifest, source: Assessment, words: Words) -> list[str]:
    """Tell what happened to the plots and their parcels since."""
    features, known = set(manifest.features), set(manifest.events)
    bare = not all(each.startswith(("plots:", "parcels:")) for each in features)  # earlier packs
    return [
        words("pack.event", event=each.event, feature=each.feature_id, at=each.at)
        for each in source.events
        if (each.feature_id if bare else f"{each.layer}:{each.feature_id}") in features
        and each.event not in known
    ]
