"""Makes a pack: its files by template, the manifest, and the zip that holds them."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landtrack import store as stores
from landtrack.app.package.writers import (
    EVIDENCE,
    WRITERS,
    PackTemplate,
    Request,
    evidence,
    features_of,
)
from landtrack.model import catalog, translations
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError, SourceError
from landtrack.model.value import ALWAYS
from landtrack.output import signing
from landtrack.output.reports import vetting
from landtrack.output.sheets import issue
from landtrack.output.sheets.make import Order
from landtrack.store import heads, seals, sheet_register
from landtrack.store.heads import Head

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

    from landtrack.store import Address
    from landtrack.store.session import Session

MANIFEST = "manifest.json"
SIGNATURE = re.compile(r"manifest\.json\.[1-9][0-9]?\.p7s")
"""A signature of the manifest, which has the hash of every other file (CMS, RFC 5652)."""


def load(named: str) -> PackTemplate:
    """Load the template of a pack.

    ``named``: The stem of a file in ``data/packs``, or the path of a TOML file.
    Raises CatalogError: If it is wrong, names a writer that there is not, or the same file twice.
    """
    path = Path(named) if named.endswith(".toml") else catalog.data_file("packs", named)
    made = catalog.convert(catalog.read_toml(path), PackTemplate, path)
    for each in made.file:
        if each.writer not in (*WRITERS, EVIDENCE):
            raise CatalogError(
                f"{path}: {each.name!r} has the writer {each.writer!r}.",
                mend=f"Use one of: {', '.join((*WRITERS, EVIDENCE))}.",
            )
        if (each.writer == EVIDENCE) != ("{document}" in each.name):
            raise CatalogError(
                f"{path}: {each.name!r} has the writer {each.writer!r}.",
                mend=f"Names of the writer {EVIDENCE!r}, and no others, hold {{document}}: "
                "there is a file for each document.",
            )
        if each.name.startswith(("/", "\\")) or ".." in Path(each.name).parts:
            raise CatalogError(
                f"{path}: the name {each.name!r} leads out of the pack.",
                mend="Write a path within it.",
            )
    names = [each.name for each in made.file]
    if len(set(names)) < len(names) or MANIFEST in names:
        raise CatalogError(
            f"{path} names a file twice, or {MANIFEST}.", mend="Give every file its own name."
        )
    return made


def write(
    result: Assessment, store: Address, project: str, template: PackTemplate, order: Order,
    out: Path,
) -> dict[str, Any]:
    """Write the pack of a project.

    ``store``: The store that was written of the same inputs.
    Raises LandtrackError: If the store is of other inputs, a sheet may not be issued, or the zip
    cannot be written; then nothing is written or registered.
    """
    seals.insist(store)
    run, events = stores.last_run(store), stores.log.proven(store)
    _require_same(result.run, run, store)
    result = dataclasses.replace(
        result, store=store, events=events, run=run, sign_offs=stores.sign_off.in_force(store)
    )
    case = vetting.case(result, project)
    features = set(features_of(result, case.plots))
    with sheet_register.issuing(store, out.parent) as (connection, folder):
        request = Request(
            result=result, case=case, order=order, words=translations.load(result.lang),
            connection=connection,
            events=tuple(each for each in events if each.feature in features),
        )
        made = list(_files(request, template))
        files = {name: data for name, _, data in made}
        manifest, told, head = _stated(request, template, made)
        data = zipped(files | {MANIFEST: told})
        _register(connection, request, template, (out.name, data, told), head)
        (folder / out.name).write_bytes(data)
    return manifest


def _require_same(
    now: Mapping[str, object], then: Mapping[str, object], store: Address
) -> None:
    """Insist that the store was made of what the place holds now."""
    for name in ("place", "inputs", "rules"):
        if now[name] != then[name]:
            raise SourceError(
                f"{store.name} was made from other {name} than the place has now.",
                mend="Make the store again with `landtrack run`, then the pack.",
            )


def _files(request: Request, template: PackTemplate) -> Iterator[tuple[str, str, bytes]]:
    """Make every file, with its writer; for each plot or document where its name says so."""
    for each in template.file:
        if each.writer == EVIDENCE:
            for document, data in evidence(request):
                name = each.name.replace("{project}", _safe(request.case.name))
                yield name.replace("{document}", document), each.writer, data
            continue
        plots = request.case.plots
        for own in ([(plot,) for plot in plots] if "{plot}" in each.name else [plots]):
            name = each.name.replace("{project}", _safe(request.case.name))
            name = name.replace("{plot}", _safe(own[0]))
            yield name, each.writer, WRITERS[each.writer](request, each, own)


def _safe(name: str) -> str:
    return issue.NOT_IN_NAMES.sub("_", name)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Put files into a zip: of the same files the same bytes.

    ``files``: Contents by name, the manifest last.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, ALWAYS.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16
            packed.writestr(info, data)
        packed.comment = hashlib.sha256(files[MANIFEST]).hexdigest().encode()
    return made.getvalue()


def sign(data: bytes, signer: Signer, stamp: signing.Stamp | None = None) -> bytes:
    """Sign a pack: a signature of its manifest, beside those of others.

    ``data``: A pack that is as it was issued.
    Returns: The pack with one file more.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    number = sum(bool(SIGNATURE.fullmatch(name)) for name in files) + 1
    made = signing.sign_detached(files[MANIFEST], signer, stamp)
    return zipped(files | {f"{MANIFEST}.{number}.p7s": made})


def _stated(
    request: Request, template: PackTemplate, made: Iterable[tuple[str, str, bytes]]
) -> tuple[dict[str, Any], bytes, Head | None]:
    """Write the manifest, with the event of the log up to which the pack speaks.

    It is that of an earlier pack which says the same: others may have entered events since.
    """
    db = request.connection
    issued = {key: head for key, head in heads.issued(db).items()
              if key[0] == _number(request, template)}
    now = max([heads.of_run(db), *(each.event for each in request.events)])
    own = _manifest(request, template, made)
    for says, head in [*((key[1], head) for key, head in issued.items()), ("", heads.at(db, now))]:
        manifest = {**own, "log": list(head)} if head else own
        told = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        if says == hashlib.sha256(told).hexdigest():
            break
    return manifest, told, head


def _number(request: Request, template: PackTemplate) -> str:
    """Make the number that a pack is filed under."""
    return f"{request.result.run['place']}-pack-{template.id}-{request.case.name}"


def _manifest(
    request: Request, template: PackTemplate, files: Iterable[tuple[str, str, bytes]]
) -> dict[str, Any]:
    run = request.result.run
    return {
        "pack": template.id, "place": run["place"], "project": request.case.name,
        "plots": list(request.case.plots),
        "features": [
            f"{kind}:{key}" for kind, key in features_of(request.result, request.case.plots)
        ],
        "events": [each.event for each in request.events],
        "rules": run["rules"], "as_of": run["as_of"], "working_crs": run["working_crs"],
        "lang": request.words.lang,
        "files": [
            {"name": name, "writer": writer, "bytes": len(data),
             "sha256": hashlib.sha256(data).hexdigest()}
            for name, writer, data in files
        ],
        "inputs": json.loads(str(run["inputs"])),
        "versions": json.loads(str(run["versions"])),
    }


def _register(
    connection: Session, request: Request, template: PackTemplate,
    made: tuple[str, bytes, bytes], head: Head | None,
) -> None:
    """Enter the pack beside its sheets, so that it can be told from another with the same name."""
    name, data, manifest = made
    number = _number(request, template)
    digest = hashlib.sha256(manifest).hexdigest()
    sheet_register.enter(connection, {
        "number": number, "revision": sheet_register.revision(connection, number, digest),
        "template": f"pack:{template.id}", "kind": "plots",
        "features": ",".join(request.case.plots), "sha256": digest, "file": name,
        "file_sha256": hashlib.sha256(data).hexdigest(), "draft": "",
        "drawn_by": request.order.stated.get("drawn_by", ""),
        "checked_by": request.order.stated.get("checked_by", ""),
        "drawn_on": request.order.stated.get("drawn_on", ""), **heads.held(head),
    })
