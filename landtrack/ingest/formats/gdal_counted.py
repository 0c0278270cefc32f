"""Formats that state how many features they hold: what is missing is told.

GDAL reads a FlatGeobuf or a file geodatabase that is cut off up to the cut and says nothing, and
a MapInfo interchange file up to the end of the shorter of its two parts.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.ingest.formats import domains, mapinfo, opening, vector
from landtrack.ingest.formats.base import Contents, Note
from landtrack.model import Issue
from landtrack.model.errors import SourceError


def layer_names(path: Path) -> list[str]:
    """List the layers of a file, or of a folder that is a file geodatabase.

    Returns: Names in the order of the file.
    Raises SourceError: If it cannot be opened, or is a geodatabase whose folder is not named as
    one.
    """
    if path.is_dir() and path.suffix.lower() != ".gdb" and any(path.glob("*.gdbtable")):
        raise SourceError(
            f"{path} is a file geodatabase, but its folder's name does not end in .gdb.",
            mend=f"Rename the folder to {path.name}.gdb.",
        )
    return vector.layer_names(path)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read one layer, and compare the features with the number that the file states.

    ``layer``: Name of the layer; the first where not given.
    ``encoding``: Of its text, where the file does not say.
    Returns: With a note where features are missing.
    Raises SourceError: If it cannot be read.
    """
    names = layer_names(path)
    if not names:
        raise SourceError(
            f"{path} holds no layer.", mend="It may be cut off; export or fetch it again."
        )
    layer = layer or names[0]
    try:
        contents = vector.read(path, layer=layer, encoding=encoding)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said already when it was read
            stated = int(opening.read_info(path, layer=layer)["features"])
        if path.suffix.lower() == ".mif":
            stated = max(stated, mapinfo.stated(path))
    except SourceError:
        raise
    except (OSError, DataSourceError, DataLayerError) as error:
        raise SourceError(
            f"{path} cannot be read: {error}.",
            mend="It may be cut off or damaged; export or fetch it again.",
        ) from error
    contents = contents._replace(columns=domains.of(path, layer))
    found = len(contents.frame) + len(contents.bad)
    if found >= stated:
        return contents
    note = Note(Issue.FEATURES_LACKING, f"{found} / {stated}")
    return contents._replace(notes=[*contents.notes, note])
