"""Shapefiles: the text in the encoding that its bytes are in, a missing index made anew."""

from __future__ import annotations

import glob
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
from pyogrio.errors import DataSourceError

from landtrack.errors import SourceError
from landtrack.formats import dbf, vector
from landtrack.formats.contents import Contents, Note
from landtrack.model import Issue

MULTIPATCH = 31
"""The shape type of surfaces in space, in bytes 32 to 35 of the file."""
RECODED = "One or several characters"
"""How GDAL's remark begins that text was not wholly of the encoding it was read in."""


def layer_names(path: Path) -> list[str]:
    """Name the one layer of a Shapefile.

    Parameters
    ----------
    path
        The ``.shp``.

    Returns
    -------
    list of str
        Its name; also where its index is missing and GDAL would refuse.
    """
    return [path.stem]


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read a Shapefile.

    Parameters
    ----------
    path
        The ``.shp``; what stands beside it is read with it.
    layer
        Of no use: there is one.
    encoding
        Of the attributes; found from their bytes where not given.

    Returns
    -------
    Contents
        The features; a note where the encoding is not as stated, the index or the
        attributes are missing.

    Raises
    ------
    SourceError
        If it cannot be read, or holds surfaces in space (multipatches).
    """
    del layer
    with path.open("rb") as file:
        kind = file.read(36)[32:36]
    if kind and int.from_bytes(kind, "little") == MULTIPATCH:
        raise SourceError(
            f"{path} holds multipatches, surfaces in space, which are no areas on the ground.",
            mend="Export the footprints as polygons (in ArcGIS: Multipatch Footprint).",
        )
    table = next((each for each in _beside(path, ".dbf")), None)
    notes = []
    with _with_index(path) as whole:
        if table is None:
            contents = vector.read(whole)
            notes.append(Note(Issue.ATTRIBUTES_MISSING, path.name))
        else:
            found = dbf.encoding(table)
            if encoding is None:
                encoding = found.name
                if found.stated != found.name and (found.stated or not found.proven):
                    said = f"{found.name} / {found.stated or '–'}"
                    notes.append(Note(Issue.ENCODING_DIFFERS, said))
            contents = _with_text(whole, encoding)._replace(encoding=found)
        if whole != path:
            notes.append(Note(Issue.INDEX_REBUILT, path.name))
    return contents._replace(notes=[*contents.notes, *notes])


def _with_text(path: Path, encoding: str) -> Contents:
    """Read at once in the encoding; text that is cut within a character, byte by byte."""
    try:
        contents = vector.read(path, encoding=encoding)
    except (SourceError, UnicodeDecodeError):  # a field's name is cut within a character
        pass
    else:
        if not contents.bad and not any(
            note.value.startswith(RECODED) for note in contents.notes
        ):
            return contents
    contents = vector.read(path, encoding="ISO-8859-1")
    frame = contents.frame
    frame = frame.rename(columns={name: dbf.decode(name, encoding) for name in frame.columns})
    texts = {
        name: frame[name].map(lambda text: dbf.decode(text, encoding), na_action="ignore")
        for name, dtype in frame.dtypes.items()
        if dtype == "str"
    }
    return contents._replace(frame=frame.assign(**texts))


def _beside(path: Path, suffix: str) -> list[Path]:
    """Find the file of a Shapefile with a suffix, in small or capital letters."""
    return [each for each in (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
            if each.exists()]


@contextmanager
def _with_index(path: Path) -> Iterator[Path]:
    """Give a Shapefile that has its index; where it is missing, a copy with one made anew."""
    if _beside(path, ".shx"):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        for each in path.parent.glob(f"{glob.escape(path.stem)}.*"):
            shutil.copy(each, folder)
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
        try:
            try:
                pyogrio.read_info(Path(folder) / path.name)
            except DataSourceError as error:
                raise SourceError(
                    f"{path} has no index (.shx), and none can be made: {error}.",
                    mend="Ask for the whole set of files: .shp, .shx, .dbf, .prj.",
                ) from error
            yield Path(folder) / path.name
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})
