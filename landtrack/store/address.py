"""Reads where a store is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from landtrack.model.address import Address, Outputs, Shared
from landtrack.model.errors import SourceError
from landtrack.model.outputs import STORE

SCHEMES = ("postgresql", "postgres")
SCHEMA = "landtrack"
"""The schema of a store whose address names none."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def parse(written: str | Path) -> Address:
    """Read what names a store.

    ``written``: A path, or ``postgresql://user@host/database?schema=name``.
    Raises SourceError: If the address names no database, or a schema that is none.
    """
    if isinstance(written, Path) or "://" not in written:
        return Path(written)
    parts = urlsplit(written)
    if parts.scheme not in SCHEMES or not parts.path.strip("/"):
        raise SourceError(
            f"{_shown(written)} names no store.",
            mend="Write a path, or postgresql://user@host/database?schema=name.",
        )
    query = dict(parse_qsl(parts.query))
    schema = query.pop("schema", SCHEMA)
    if not _NAME.fullmatch(schema) or schema.startswith("pg_"):
        raise SourceError(
            f"{schema!r} cannot be the schema of a store.",
            mend="Name it with small letters, digits and underscores.",
        )
    url = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(query), ""))
    if parts.netloc == "":  # urlunsplit leaves out the slashes of an empty host
        url = f"postgresql://{parts.path}" + (f"?{urlencode(query)}" if query else "")
    query.pop("password", None)
    user = f"{parts.username}@" if parts.username else ""
    host = user + (parts.hostname or query.get("host", "")) + (f":{parts.port}" if parts.port
                                                               else "")
    return Shared(url=url, schema=schema, name=f"postgresql://{host}{parts.path}?schema={schema}")


def to_keep(address: Address) -> str:
    """Write an address so that it can be read again from anywhere, without its password."""
    if isinstance(address, Path):
        return str(address.resolve())
    parts = urlsplit(address.url)
    query = {**dict(parse_qsl(parts.query)), "schema": address.schema}
    query.pop("password", None)
    who = re.sub(r":[^@]*@", "@", parts.netloc)
    return f"postgresql://{who}{parts.path}?{urlencode(query)}"


def within(out: Outputs) -> Address:
    """Give the store among the outputs of a place; a shared one is given itself."""
    return out / STORE if isinstance(out, Path) else out


def named(out: str, token: str) -> Outputs:
    """Read where the outputs of a place are, as :func:`written` or a path says it.

    ``token``: Of the session by which somebody is at work in a shared store.
    Returns: The folder; of a shared store the address, which tells people its schema alone.
    """
    found = parse(out)
    return found if isinstance(found, Path) else replace(found, token=token, name=found.schema)


def written(shared: Shared) -> str:
    """Write an address with its password, for a process of one's own: as :func:`parse` reads it."""
    sign = "&" if "?" in shared.url else "?"
    return f"{shared.url}{sign}{urlencode({'schema': shared.schema})}"


def _shown(written: str) -> str:
    """Leave a password out."""
    return re.sub(r"://([^/:@]*):[^/@]*@", r"://\1@", written)
