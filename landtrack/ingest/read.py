"""Reads the files that a catalog names, as they are.

A file that is missing or unreadable becomes an issue row, and its layer says
``no_coverage`` everywhere; only without the plots themselves there is nothing to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import msgspec

from landtrack.ingest import apart
from landtrack.ingest.formats import companions, domains, files, tables
from landtrack.ingest.formats.base import Contents, Note
from landtrack.model import (
    Issue,
    LayerSource,
    LedgerSource,
    Place,
    TableSource,
    catalog,
    issues,
)
from landtrack.model.errors import LimitError, SourceError

if TYPE_CHECKING:
    from landtrack.ingest.formats import osm


class Input(NamedTuple):
    """A file that was read: its size in bytes and its hash, as they were then."""

    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Raw:
    """What one ``[[layer]]`` of a catalog holds, as read.

    ``frame`` is indexed by the feature's number in the file from 1, and None where the
    file is of no use; ``n_read`` counts the features of the file, readable or not.
    ``inputs`` are the files that it was read from. ``above`` gives, by column, what stands
    above its values beside its name, the nearest first; ``said`` what stands above and below
    the whole table. ``epoch`` is the year that bare numbers of days count from.
    """

    source: LayerSource
    label: str
    path: Path
    frame: gpd.GeoDataFrame | None
    n_read: int
    ledger: tables.Table | None
    coverage: gpd.GeoDataFrame | None
    rows: tuple[issues.Row, ...]
    inputs: tuple[Input, ...]
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    epoch: int = 1900


def layers(place: Place, tell: Callable[[str], None] = lambda _: None) -> Iterator[Raw]:
    """Read every layer of a place.

    Yields: One for each ``[[layer]]``, in the order of the catalog.
    Raises SourceError: If the plots or their ledger are missing or unreadable.
    """
    named = {name for source in place.layers for name in _named(source)}
    reader = apart.Shared(place.folder / name for name in sorted(named))
    try:
        for source in place.layers:
            tell(source.path)
            with reader.at_work():
                raw = layer(source, place)
            yield raw
    finally:
        reader.close()


def layer(source: LayerSource, place: Place) -> Raw:
    """Read one layer with its ledger and its coverage.

    ``source``: The ``[[layer]]`` of the catalog.
    Returns: The features as they are in the file, and the faults met.
    Raises SourceError: If the layer is the plots and it or its ledger is missing or unreadable, or
    a file changes while it is read.
    """
    path = place.folder / source.path
    before = _inputs(source, place)
    label = source.path if source.layer is None else f"{source.path}:{source.layer}"
    frame: gpd.GeoDataFrame | None = None
    ledger = coverage = None
    above: dict[str, tuple[str, ...]] = {}
    said: tuple[str, ...] = ()
    epoch = 1900
    rows: list[issues.Row] = []
    bad: list[int] = []
    try:
        contents = _features(_existing(place.folder, source.path), source)
        frame, bad = _as_described(contents, source), contents.bad
        above, said, epoch = _above(contents), contents.said, contents.epoch
        rows += noted(contents, source=label, layer=source.kind)
        if source.ledger is not None:
            ledger = table(source.ledger, place.folder, fit=_ledger_columns(source.ledger))
            rows += table_rows(ledger.notes, source=source.ledger.path, layer=source.kind)
        if source.coverage is not None:
            coverage = contents_of(_existing(place.folder, source.coverage)).frame
    except SourceError as error:
        if source.kind == "plots":
            raise
        frame = None
        rows.append(_unusable(error, source, label))
    _insist_unchanged(before)
    if frame is not None and frame.empty and not bad and coverage is None:
        rows.append(issues.row(Issue.LAYER_EMPTY, source=label, layer=source.kind))
    return Raw(
        source=source,
        label=label,
        path=path,
        frame=frame,
        n_read=(0 if frame is None else len(frame)) + len(bad),
        ledger=ledger,
        coverage=coverage,
        rows=tuple(rows),
        inputs=tuple(each for each, _ in before),
        above=above,
        said=said,
        epoch=epoch,
    )


def _above(contents: Contents) -> dict[str, tuple[str, ...]]:
    """Give what is said of the columns, by their name and by their alias."""
    told = {}
    for name, each in contents.columns.items():
        if each.alias and each.alias not in contents.frame:
            told[each.alias] = (each.unit_row, each.alias, name)
        told[name] = (each.unit_row, name, each.alias)
    return {name: tuple(filter(None, each)) for name, each in told.items()}


def _as_described(contents: Contents, source: LayerSource) -> gpd.GeoDataFrame:
    """Read columns by what they say of themselves, where the catalog does not say otherwise.

    A column may be named by its alias; codes that ``values`` of the catalog does not have are
    their words. A column of ``where`` is left as it is.
    """
    named = {
        field: each if isinstance(each, str) else each.column
        for field, each in (source.fields or {}).items()
    }
    keep = {name: set(each.values) for name, each in contents.columns.items()
            if name in source.where}
    renamed = {}
    for column, each in contents.columns.items():
        fields = [field for field, name in named.items() if name in (column, each.alias)]
        keep.setdefault(column, set()).update(
            code for field in fields for code in source.values.get(field, {})
        )
        if each.alias in named.values() and each.alias not in contents.frame:
            renamed[column] = each.alias
    return domains.worded(contents.frame, contents.columns, keep).rename(columns=renamed)


def _named(source: LayerSource) -> list[str]:
    """List the files that a layer names."""
    named = (source.path, source.coverage, source.ledger and source.ledger.path)
    return [each for each in named if each]


def _inputs(source: LayerSource, place: Place) -> list[tuple[Input, int]]:
    """Hash the files that a layer is read from; beside each, when it was last changed."""
    paths = {each for name in _named(source) for each in siblings(place.folder / name)}
    found = []
    for path in sorted(paths):
        catalog.paths.confined(place.folder, path)
        state = path.stat()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.append((Input(path, state.st_size, digest), state.st_mtime_ns))
    return found


def _insist_unchanged(before: list[tuple[Input, int]]) -> None:
    """Insist that what was hashed is what was read."""
    for (path, size, _), changed in before:
        now = path.stat() if path.exists() else None
        if now is None or (now.st_size, now.st_mtime_ns) != (size, changed):
            raise SourceError(
                f"{path} was changed while it was read.",
                mend="Wait until nobody is writing it, and run again.",
            )


def table(
    stated: str | TableSource, folder: Path, *, fit: tables.Fit | None = None
) -> tables.Table:
    """Read a table that a catalog names.

    ``stated``: Its path, or the path with sheet, row of the heading and encoding.
    Returns: As :func:`landtrack.ingest.formats.tables.read` gives it.
    Raises SourceError: If it is not there, cannot be read, or which of its sheets is meant is not
    known.
    """
    source = TableSource(path=stated) if isinstance(stated, str) else stated
    return table_of(
        _existing(folder, source.path), sheet=source.sheet or source.layer,
        header_row=source.header_row, encoding=source.encoding, fit=fit,
    )


def names(path: Path) -> list[str]:
    """List the layers of a file.

    Returns: Names in the order of the file.
    Raises SourceError: If it cannot be opened.
    """
    return apart.call(_names, path, inputs=(path,))


def format_of(path: Path) -> str:
    """Name the format of a file.

    Raises SourceError: If it is one that no free reader reads rightly.
    """
    return apart.call(_format, path, inputs=(path,))


def osm_features(path: Path, keys: Iterable[str] | None) -> osm.Extract:
    """Read what an OpenStreetMap extract holds of some tags.

    ``keys``: Keys of tags; any tag where None.
    Returns: As :func:`landtrack.ingest.formats.osm.features` gives it.
    Raises SourceError: If the file is not there, or no extract.
    """
    from landtrack.ingest.formats import osm

    known = None if keys is None else sorted(set(keys))
    return msgspec.msgpack.decode(
        apart.call(_osm, path, known, inputs=(path,)), type=osm.Extract
    )


def contents_of(path: Path, *, layer: str | None = None) -> Contents:
    """Read a layer of a file that no catalog names.

    ``layer``: Its name; the first where not given.
    Raises SourceError: If the file cannot be read or has no such layer.
    """
    return apart.call(_contents, path, layer, inputs=(path,))


def table_of(path: Path, **options: Any) -> tables.Table:  # noqa: ANN401
    """Read a table of a file that no catalog names.

    ``**options``: As for :func:`landtrack.ingest.formats.tables.read`.
    Raises SourceError: If it cannot be read, or which of its sheets is meant is not known.
    """
    return apart.call(_table, path, options, inputs=(path,))


def last_row(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> int:
    """Give the number of the last row of a table with anything in it.

    ``sheet``: Of a workbook; that with the most rows where not given.
    ``encoding``: Of text; found from the bytes where not given.
    Returns: 0 of what is no workbook and no text with separators.
    Raises SourceError: If it cannot be read, or has no such sheet.
    """
    return apart.call(_last_row, path, sheet, encoding, inputs=(path,))


def table_rows(notes: Iterable[Note], *, source: str, layer: str = "") -> list[issues.Row]:
    """Put what was noted of a table into issue rows.

    ``notes``: As its reader gave them; their values begin with the number of the row.
    ``layer``: The layer kind, where it is known.
    """
    return [
        issues.row(note.issue, source=source, layer=layer, value=note.value, field=note.field)
        for note in notes
    ]


def _ledger_columns(stated: LedgerSource) -> tables.Fit:
    """Want the columns that a catalog names."""
    named = [each if isinstance(each, str) else each.column for each in stated.fields.values()]
    return tables.wanting(named, needed=[stated.key])


def siblings(path: Path) -> list[Path]:
    """List the files that make up one input: a Shapefile is several, a file GDB a folder.

    Returns: Sorted; none where the file is not there.
    """
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return sorted([path, *companions.of(path)]) if path.is_file() else []


def noted(contents: Contents, *, source: str, layer: str = "") -> list[issues.Row]:
    """Put what a reader noted into issue rows.

    ``source``: Name of the file, with its layer where it has several.
    ``layer``: The layer kind, where it is known.
    Returns: One for each note, and one for each feature that could not be read.
    """
    return [
        *(
            issues.row(
                note.issue, source=source, layer=layer, value=note.value, field=note.field,
                feature_id="" if note.feature is None else str(note.feature),
            )
            for note in contents.notes
        ),
        *(
            issues.row(
                Issue.FEATURE_UNREADABLE, source=source, layer=layer, feature_id=str(number)
            )
            for number in contents.bad
        ),
    ]


@apart.may_cross
class _NoSuchLayerError(SourceError):
    """The file is there, but not which of its layers is meant."""

    def __init__(self, cause: str, names: list[str]) -> None:
        self.names = ", ".join(names)
        super().__init__(cause, mend=f"Name one that it has in catalog.toml: {self.names}.")


class _NoSuchFileError(SourceError):
    """The file named in the catalog is not there."""


def _existing(folder: Path, named: str) -> Path:
    """Find a file that the catalog of a place names."""
    path = catalog.paths.confined(folder, folder / named)
    if not path.exists():
        raise _NoSuchFileError(
            f"{path} is not there.",
            mend="Put the file there, or correct its path in catalog.toml.",
        )
    return path


def _features(path: Path, source: LayerSource) -> Contents:
    return apart.call(_of_source, path, source, inputs=(path,))


def _of_source(path: Path, source: LayerSource) -> Contents:
    """Read what a catalog names; in the process that reads."""
    names = files.layer_names(path)
    layer = source.sheet or source.layer
    if layer is None and len(names) > 1:
        raise _NoSuchLayerError(f"{path} has several layers.", names)
    if layer is not None and layer not in names:
        raise _NoSuchLayerError(f"{path} has no layer {layer!r}.", names)
    return files.read(path, layer=layer, encoding=source.encoding, header_row=source.header_row)


def _names(path: Path) -> list[str]:
    return files.layer_names(path)


def _osm(path: Path, keys: list[str] | None) -> bytes:
    from landtrack.ingest.formats import osm

    return msgspec.msgpack.encode(osm.features(path, keys))


def _format(path: Path) -> str:
    return files.of(path).name


def _contents(path: Path, layer: str | None) -> Contents:
    return files.read(path, layer=layer)


def _table(path: Path, options: Mapping[str, Any]) -> tables.Table:
    if files.of(path) is files.ARCHIVE:
        from landtrack.ingest.formats import zip_input

        return zip_input.read_table(path, **options)
    return tables.read(path, **options)


def _last_row(path: Path, sheet: str | None, encoding: str | None) -> int:
    if files.of(path) is not files.TABLE:
        return 0
    found = tables.grids(path, sheet=sheet, encoding=encoding).shown
    return max((number for each in found for number in each.numbers), default=0)


def _unusable(error: SourceError, source: LayerSource, label: str) -> issues.Row:
    if isinstance(error, _NoSuchLayerError):
        kind, value = Issue.LAYER_MISSING, error.names
    elif isinstance(error, _NoSuchFileError):
        kind, value = Issue.FILE_MISSING, source.path
    elif isinstance(error, LimitError) and error.limit:
        kind, value = Issue.FILE_OVER_LIMIT, error.limit
    else:
        kind, value = Issue.FILE_UNREADABLE, source.path
    return issues.row(kind, source=label, layer=source.kind, value=value)
