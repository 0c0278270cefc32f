"""Limits of one input, looked at before it is read (``data/limits.toml``).

A file of some kilobytes can unfold to terabytes, nest a million deep or ask a question without
end. What is counted here is cheap to count: heads, tables of contents, brackets, the starts of
cells; the reading itself begins only below the limits.
"""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import msgspec
import numpy as np

from landtrack.ingest.formats import packed
from landtrack.model import catalog
from landtrack.model.errors import LimitError

CHUNK = 1 << 22
ESCAPED = re.compile(rb"\\.", re.DOTALL)
TEXT = re.compile(rb'"[^"]*"')
"""A text of JSON in quotes, without what is escaped in it."""
NAME = re.compile(rb'"([^"\\]{1,200})"\s*:')
"""The name of a member of a JSON object."""
LOOKED, OF = 1 << 16, 1 << 20
"""In how many of how many bytes of a JSON names are looked for: many names are many everywhere."""
BESIDE = bytes(set(range(256)) - set(b'[]{}"\\'))
"""All signs of JSON that open and close nothing."""
CELLS = (b"<c ", b"<c>", b"<c/>", b":c ", b":c>", b":c/>")
"""How a cell of a workbook starts, or its element ends where the names have a prefix."""
SHEETS = (b"<sheet ", b":sheet ")
"""How a workbook names a sheet."""
WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".ods", ".et"}
TABLES = {".csv", ".tsv", ".txt", ".prn", ".dat"}
SEPARATORS = (b",", b";", b"\t", b"|")
THIN = 100
"""A Parquet with fewer bytes a row may hold far more than it shows."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file ``data/limits.toml``."""

    archive_depth: int
    archive_members: int
    archive_data_files: int
    archive_bytes: int
    archive_ratio: int
    archive_free_bytes: int
    json_depth: int
    shape_depth: int
    json_text_bytes: int
    markup_bytes: int
    placemarks: int
    dxf_bytes: int
    line_bytes: int
    columns: int
    parquet_rows: int
    parquet_bytes: int
    workbook_bytes: int
    workbook_cells: int
    workbook_sheets: int
    overlaps: int
    overlaps_a_feature: int
    reader_bytes: int
    reader_bytes_a_byte: int
    reader_seconds: int
    reader_seconds_a_mb: int
    reader_times: dict[str, int]


@cache
def limits() -> Limits:
    """Load the limits.

    Raises CatalogError: If ``data/limits.toml`` is wrong.
    """
    path = catalog.data_file("", "limits")
    return catalog.convert(catalog.read_toml(path), Limits, path)


def insist(path: Path, name: str, found: float) -> None:
    """Insist that a figure of an input stays within a limit.

    ``name``: Name of the limit in ``data/limits.toml``.
    Raises LimitError: If it is larger; names the limit and its figure.
    """
    most = int(getattr(limits(), name))
    if found > most:
        raise beyond(path, name, most, "" if found == most + 1 else f"{found:,.0f}")


def beyond(path: Path, name: str, most: int, found: str = "") -> LimitError:
    """Say that an input is beyond a limit.

    ``name``: Name of the limit in ``data/limits.toml``.
    ``found``: What it has, where that was counted.
    """
    return LimitError(
        f"{path} is beyond a limit of what is read: {name} = {most:,} (it has {found or 'more'}). "
        "It may be made to harm.",
        mend="Ask for the data in another form or in parts; if it is honest, raise the limit "
        "in data/limits.toml.", limit=f"{name} = {most:,}",
    )


def look(path: Path, head: bytes) -> None:
    """Look at a file before anything reads it.

    ``head``: Its first bytes.
    Raises LimitError: If it nests, unfolds or repeats beyond the limits.
    """
    state = path.stat()
    _look(path, head, (state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=64)
def _look(path: Path, head: bytes, _: tuple[int, int]) -> None:
    """Look at a file as it is now, once."""
    begin = head.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").lstrip()
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        begin = begin.removeprefix(mark).lstrip()
    if begin[:1] in {b"{", b"["}:
        _look_at_json(path, head)
    elif head.startswith(b"PAR1"):
        _look_at_parquet(path)
    elif head.startswith(b"PK\x03\x04"):
        _look_at_packed(path)
    elif packed.packing(head) is not None:
        for total in packed.unfolding(path):
            _insist_unfolded(path, total)
    elif b"<kml" in head:
        insist(path, "markup_bytes", path.stat().st_size)
    elif path.suffix.lower() == ".dxf":
        insist(path, "dxf_bytes", path.stat().st_size)
    elif path.suffix.lower() in TABLES:
        _look_at_lines(path)


# --- JSON -----------------------------------------------------------------------------------


def _look_at_json(path: Path, head: bytes) -> None:
    """Count the brackets that are open at a time, those in texts left out."""
    depth = text = 0
    rest = cut_off = b""
    names: set[bytes] = set()
    for chunk in _bytes_of(path, head):
        for at in range(0, len(chunk), OF):
            names.update(NAME.findall(chunk, at, at + LOOKED))
        insist(path, "columns", len(names))
        whole = cut_off + chunk
        plain = ESCAPED.sub(b"", whole) if b"\\" in whole else whole
        cut_off = plain[-1:] if plain.endswith(b"\\") else b""  # what it escapes comes next
        plain = rest + plain.translate(None, BESIDE + b"\\")
        plain = TEXT.sub(b"", plain.replace(b'""', b""))
        at = plain.find(b'"')
        plain, rest = (plain, b"") if at < 0 else (plain[:at], plain[at:])
        text = text + len(chunk) if rest and not plain else 0
        insist(path, "json_text_bytes", text)
        signs = np.frombuffer(plain, dtype=np.uint8)
        steps = np.isin(signs, list(b"[{")).astype(np.int8)
        steps -= np.isin(signs, list(b"]}")).astype(np.int8)
        steps = steps[steps != 0]
        if len(steps):
            open_now = depth + np.cumsum(steps, dtype=np.int64)
            insist(path, "json_depth", int(open_now.max()))
            depth = int(open_now[-1])


def _bytes_of(path: Path, head: bytes) -> Iterator[bytes]:
    """Give the bytes of a text piece by piece, those of UTF-16 as UTF-8."""
    marked = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    name = marked.get(head[:2]) or ("utf-16-le" if head[1:2] == b"\0" else "")
    decoder = codecs.getincrementaldecoder(name)("replace") if name else None
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk


# --- tables of text --------------------------------------------------------------------------


def _look_at_lines(path: Path) -> None:
    """Measure the lines of a table, and count the columns of the first where none is in quotes."""
    long, first = 0, True
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            start = chunk.find(b"\n")
            long = long + len(chunk) if start < 0 else max(long + start, 0)
            insist(path, "line_bytes", long)
            if first:
                head = chunk if start < 0 else chunk[:start]
                if b'"' not in head:
                    insist(path, "columns", max(head.count(each) for each in SEPARATORS))
            first = first and start < 0
            if start >= 0:
                long = len(chunk) - chunk.rfind(b"\n") - 1


# --- Parquet --------------------------------------------------------------------------------


def _look_at_parquet(path: Path) -> None:
    """Count rows by the head; decode once where the bytes a row are suspiciously few."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as raw, pq.ParquetFile(raw) as file:
            rows = file.metadata.num_rows
            insist(path, "parquet_rows", rows)
            insist(path, "columns", file.metadata.num_columns)
            groups = range(file.metadata.num_row_groups)
            stated = sum(file.metadata.row_group(each).total_byte_size for each in groups)
            insist(path, "parquet_bytes", stated)
            if path.stat().st_size > THIN * rows:
                return
            decoded = 0
            for batch in file.iter_batches(batch_size=1 << 14):
                decoded += batch.nbytes
                insist(path, "parquet_bytes", decoded)
    except LimitError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        return  # damaged: its reader says so


# --- what is packed -------------------------------------------------------------------------


def _look_at_packed(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            named = path.suffix.lower() in WORKBOOKS
            if named or "[Content_Types].xml" in names or "mimetype" in names:
                _look_at_workbook(path, archive)
            else:
                look_at_archive(path, archive)
    except LimitError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError):
        return  # damaged or locked: its reader says so


def _look_at_workbook(path: Path, archive: zipfile.ZipFile) -> None:
    """Count the cells of the sheets; what the parts state of themselves may be a lie."""
    left = limits().workbook_bytes
    cells = 0
    for member in archive.infolist():
        insist(path, "workbook_bytes", limits().workbook_bytes - left + member.file_size)
        if member.filename.endswith("workbook.xml"):
            _count_sheets(path, archive, member)
        if "/worksheets/" not in member.filename or not member.filename.endswith(".xml"):
            left -= member.file_size
            continue
        with archive.open(member) as part:
            tail = b""
            while chunk := part.read(CHUNK):
                left -= len(chunk)
                insist(path, "workbook_bytes", limits().workbook_bytes - left)
                found = sum((tail + chunk).count(each) for each in CELLS)
                tail = chunk[-2:]  # a start that is cut through; no whole one is so short
                cells += found
                insist(path, "workbook_cells", cells)
                rows = (chunk.count(b"<row") + chunk.count(b":row")) + 1
                insist(path, "columns", found // rows)


def _count_sheets(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Count the sheets that a workbook names, each of which may be one part of it once more."""
    sheets, tail = 0, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            whole = tail + chunk
            at = whole.rfind(b"<")  # no element is cut through
            whole, tail = (whole[:at], whole[at:]) if at > 0 else (whole, b"")
            sheets += sum(whole.count(each) for each in SHEETS)
            insist(path, "workbook_sheets", sheets)
    insist(path, "workbook_sheets", sheets + sum(tail.count(each) for each in SHEETS))


def look_at_archive(path: Path, archive: zipfile.ZipFile) -> None:
    """Look at the table of contents of an archive.

    ``archive``: The same, open.
    Raises LimitError: If it holds too many files, or would unfold to too much.
    """
    members = [each for each in archive.infolist() if not each.is_dir()]
    insist(path, "archive_members", len(members))
    _insist_unfolded(path, sum(each.file_size for each in members))


def _insist_unfolded(path: Path, total: int) -> None:
    """Insist that what a file unfolds to is no more than it may be."""
    insist(path, "archive_bytes", total)
    size = max(path.stat().st_size, 1)
    if total > limits().archive_free_bytes:
        insist(path, "archive_ratio", total / size)
