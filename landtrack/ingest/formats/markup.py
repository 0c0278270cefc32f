"""GML and GPX, and what holds for all XML: it is whole, and declares no document type.

A document type can define entities that unfold to gigabytes or fetch other files, and no
format of maps needs one. GDAL gives the features before the place where a file is cut off,
or none at all, without a word; so a file is gone through once before it is read.
"""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from landtrack.ingest.formats import gdal_counted
from landtrack.ingest.formats.base import Contents
from landtrack.model.errors import SourceError

CHUNK = 1 << 20


def layer_names(path: Path) -> list[str]:
    """List the layers of a file.

    ``path``: The ``.gml`` or ``.gpx``.
    Returns: Names in the order of the file.
    Raises SourceError: If it cannot be read, is cut off or declares a document type.
    """
    require_whole(path)
    return gdal_counted.layer_names(path)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read one layer.

    ``path``: The ``.gml`` or ``.gpx``.
    ``layer``: Name of the layer; the first where not given.
    ``encoding``: Of its text; that which the file states where not given.
    Returns: Easting before northing, longitude before latitude, whatever the file's order is.
    Raises SourceError: If it cannot be read, is cut off or declares a document type.
    """
    require_whole(path)
    return gdal_counted.read(path, layer=layer, encoding=encoding)


def require_whole(path: Path) -> None:
    """Insist on XML that is whole and declares no document type.

    Raises SourceError: If it is not; the message says where it breaks off.
    """
    guard = _guard(path)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                guard.Parse(chunk, False)  # noqa: FBT003
            guard.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise SourceError(
            f"{path} is no whole XML: {error}.",
            mend="It may be cut off; export it again, in UTF-8.",
        ) from error
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(
            f"{path} cannot be opened: {error}.", mend="Check that the file is there."
        ) from error


def refuse_doctype(data: bytes, path: Path) -> None:
    """Refuse XML that declares a document type, before its entities are looked at.

    ``data``: The XML; where it breaks off is not looked at.
    Raises SourceError: If it declares one.
    """
    guard = _guard(path)
    guard.StartElementHandler = _enough
    try:
        guard.Parse(data, True)  # noqa: FBT003
    except (_BegunError, expat.ExpatError):
        return


class _BegunError(Exception):
    """The first element has begun: no document type can follow."""


def _enough(*_: object) -> None:
    raise _BegunError


def _guard(path: Path) -> expat.XMLParserType:
    """Make a parser that refuses a document type."""
    def refuse(*_: object) -> None:
        raise SourceError(
            f"{path} declares a document type (DOCTYPE), which no map needs: it looks made to "
            "harm.",
            mend="Do not use this file; ask for it anew from the program that made it.",
        )

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    guard.EntityDeclHandler = refuse
    return guard
