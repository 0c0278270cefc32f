"""The fonts that sheets and forms are printed in: Noto Sans SC, and the user's own.

Noto Sans SC (SIL Open Font License 1.1) comes as one file for all weights; PDF takes a file
of one weight. It is cut out once, at first use, and kept in the cache folder of the user's
system, or in the folder that the environment variable ``LANDTRACK_CACHE`` names. The radicals
at U+2E80 to U+2FDF are left out: they share their glyphs with ordinary characters, and some
programs then write 用 as ⽤, which no search finds.

Fonts in the folder ``fonts`` of the user's data folder: ``regular.ttf`` and ``bold.ttf`` come
before Noto Sans SC, any other .ttf after it, for characters that it lacks. A character that
no font has is named; it is never printed as a box.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import io
import os
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from landtrack.model.errors import OutputError, SourceError

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

Weight = Literal["regular", "bold"]
WEIGHTS: dict[Weight, float] = {"regular": 400, "bold": 700}

RADICALS = range(0x2E80, 0x2FE0)
LAYOUT_TABLES = ("BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "prep", "vhea", "vmtx")
"""Tables that a PDF does not use."""

NO_EMBEDDING = 0x0002
"""Bit of OS/2 ``fsType`` by which a font's licence forbids to embed it."""

POSTSCRIPT_NAME = 6
"""Number of the record that holds the name by which a PDF lists a font."""

WHOLE_UNICODE = {(3, 10), (0, 4), (0, 6)}
GROUPS = 12
"""Platforms and encodings, and the format, of a table of characters by groups."""

BLANKS = frozenset("\n\r\t")
"""Characters that need no glyph."""

RARE_CODE = re.compile("<([0-9A-F]{5,6})>")
"""A code point of more than 16 bits in a font's table of characters."""

ONLY_TRUETYPE = (
    "Use a TrueType font (.ttf); collections (.ttc) and PostScript outlines (.otf) cannot be "
    "put into a PDF here."
)


@dataclass(frozen=True, kw_only=True)
class Font:
    """A TrueType file of one weight, and the code points that it has glyphs for."""

    path: Path
    characters: frozenset[int]

    @property
    def name(self) -> str:
        """The name that the font goes by in a PDF."""
        return self.path.stem


_KNOWN: dict[object, Font] = {}
"""The fonts prepared so far, so that a second document does not read them again."""


def _silent(_step: str, _what: str) -> None:
    """Tell nobody."""


def chain(
    weight: Weight = "regular", named: str = "", *, tell: Callable[[str, str], None] = _silent
) -> tuple[Font, ...]:
    """Give the fonts of a weight; a character is drawn in the first that has it.

    ``named``: A file of the user's that comes before all others; none where empty.
    ``tell``: Called with ``"font"`` and a file's name before a font is prepared, which takes ten
    seconds or so, once.
    Raises SourceError: If a font of the user's is no TrueType font, is damaged, or may not be
    embedded, or there is none of the name.
    Raises OutputError: If the prepared font cannot be kept.
    """
    own = _own_files()
    first = [path for path in own if path.name == named]
    if named and not first:
        raise SourceError(
            f"There is no font {named}.",
            mend="Put it into the folder `fonts` of the folder that LANDTRACK_DATA names, or "
            "correct [fonts] of the template of the sheet.",
        )
    first += [path for path in own if path.stem.lower() == weight and path not in first]
    further = [
        path for path in own if path.stem.lower() not in WEIGHTS and path not in first
    ]
    paths = [*first, shipped(), *further]
    return tuple(static(path, weight, tell=tell) for path in paths)


def shipped() -> Path:
    """Find the file of Noto Sans SC with all its weights.

    Returns: A variable TrueType font in the package that it comes in.
    Raises SourceError: If the package lacks it.
    """
    folder = importlib.resources.files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"
    path = Path(str(folder)) / "NotoSansSC[wght].ttf"
    if not path.is_file():
        raise SourceError(
            f"The font {path} is not there.",
            mend="Install it again: pip install --force-reinstall justmytype-intl-cjk",
        )
    return path


def static(
    path: Path, weight: Weight, *, tell: Callable[[str, str], None] = _silent
) -> Font:
    """Give a font in one weight; one of several weights is cut, once, and kept.

    Returns: The file itself where it has one weight only. The same font is cut into the same bytes.
    Raises SourceError: If it is no TrueType font, is damaged, or may not be embedded.
    Raises OutputError: If the cut font cannot be kept.
    """
    stat = path.stat() if path.is_file() else None
    key = (path, weight, cache_folder(), stat and (stat.st_mtime_ns, stat.st_size))
    known = _KNOWN.get(key)
    if known is None or not known.path.is_file():
        known = _KNOWN[key] = _static(path, weight, tell)
    return known


def _static(path: Path, weight: Weight, tell: Callable[[str, str], None]) -> Font:
    with _opened(path) as font:
        _check(font, path)
        if "fvar" not in font:
            return Font(path=path, characters=_characters(font))
    from filelock import FileLock

    stem = path.stem.split("[")[0]
    key = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    folder = cache_folder()
    kept = folder / f"{stem}-{weight}-{key}.ttf"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{kept}.lock"):  # two at once: the second waits for the first
            if not kept.exists():
                tell("font", path.name)
                _cut(path, weight, kept)
    except OSError as error:
        raise OutputError(
            f"The font prepared from {path.name} cannot be kept in {folder}: "
            f"{error.strerror or error}.",
            mend="Make room or allow writing there, or name another folder in the environment "
            "variable LANDTRACK_CACHE.",
        ) from error
    with _opened(kept) as font:
        return Font(path=kept, characters=_characters(font))


def _characters(font: TTFont) -> frozenset[int]:
    """List the code points that a font has glyphs for.

    fontTools names every glyph on the way, which takes most of a second; the table of
    groups of code points that any large font has is read at once instead.
    """
    data = font.reader["cmap"]
    for at in range(4, 4 + 8 * int.from_bytes(data[2:4], "big"), 8):
        platform, encoding, offset = struct.unpack(">HHL", data[at:at + 8])
        form, *_, groups = struct.unpack(">HHLLL", data[offset:offset + 16])
        if (platform, encoding) in WHOLE_UNICODE and form == GROUPS:
            found = struct.iter_unpack(">LLL", data[offset + 16:offset + 16 + 12 * groups])
            return frozenset(
                code for start, end, glyph in found for code in range(start, end + 1)
                if glyph + code - start
            )
    return frozenset(font.getBestCmap() or ())


def cache_folder() -> Path:
    """Give the folder in which prepared fonts are kept.

    Returns: What ``LANDTRACK_CACHE`` names, else the place that the user's system has for it.
    """
    if named := os.environ.get("LANDTRACK_CACHE"):
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("landtrack", appauthor=False)


def runs(text: str, fonts: Sequence[Font]) -> list[tuple[Font, str]]:
    """Cut a text where the font changes.

    ``fonts``: The fonts, in their order.
    Returns: Together the text; each part in the first font that has all its characters.
    Raises OutputError: If no font has a character.
    """
    require([text], fonts)
    chosen = [_of(each, fonts) or fonts[0] for each in text]
    return [
        (font, "".join(letter for _, letter in group))
        for font, group in groupby(zip(chosen, text, strict=True), key=lambda pair: pair[0])
    ]


def missing(texts: Iterable[str], fonts: Sequence[Font]) -> list[str]:
    """Name the characters that no font has.

    Returns: Each once, in the order of code points, such as ``"𠮷 (U+20BB7)"``; a character that
    cannot be seen goes by its name.
    """
    letters = sorted({each for text in texts for each in text} - BLANKS)
    return [
        f"{each if each.isprintable() else unicodedata.name(each, '?')} (U+{ord(each):04X})"
        for each in letters if _of(each, fonts) is None
    ]


def require(texts: Iterable[str], fonts: Sequence[Font]) -> None:
    """Insist that every character can be printed.

    Raises OutputError: If a character is in none of the fonts; all of them are named.
    """
    if lacking := missing(texts, fonts):
        raise OutputError(
            f"No font has the characters {', '.join(lacking)}.",
            mend="Put a TrueType font (.ttf) that has them into the folder `fonts` of the folder "
            "that LANDTRACK_DATA names.",
        )


def register(font: Font) -> str:
    """Make a font known to reportlab.

    Returns: The name to give to ``setFont``; the same however often it is asked for.
    """
    from reportlab.pdfbase import pdfmetrics, ttfonts

    class Searchable(ttfonts.TTFont):  # type: ignore[misc]
        """Says of rare characters, too, which they are: reportlab cuts codes to 16 bits."""

        def addObjects(self, doc: Any) -> None:  # noqa: ANN401, N802  reportlab's
            before = set(doc.idToObject)
            super().addObjects(doc)
            for name in set(doc.idToObject) - before:
                if name.startswith("toUnicodeCMap:"):
                    stream = doc.idToObject[name]
                    stream.content = RARE_CODE.sub(_as_utf16, stream.content)

    if font.name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(Searchable(font.name, str(font.path)))
    return font.name


def _as_utf16(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


def _of(letter: str, fonts: Sequence[Font]) -> Font | None:
    return next(
        (each for each in fonts if letter in BLANKS or ord(letter) in each.characters), None
    )


def _own_files() -> list[Path]:
    """List the user's fonts by name."""
    user = os.environ.get("LANDTRACK_DATA")
    if not user:
        return []
    files = sorted(path for path in (Path(user) / "fonts").glob("*") if path.is_file())
    fonts = [path for path in files if path.suffix.lower() in {".ttf", ".otf", ".ttc"}]
    for path in fonts:
        if path.suffix.lower() != ".ttf":
            raise SourceError(f"{path} is no .ttf file.", mend=ONLY_TRUETYPE)
    return fonts


def _opened(path: Path) -> TTFont:
    """Open a font and read what every use of it needs."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        font = TTFont(io.BytesIO(path.read_bytes()), lazy=True, recalcTimestamp=False)
        _characters(font)
        _ = [font[name] for name in ("OS/2", "fvar", "loca", "hmtx") if name in font]
    except (TTLibError, OSError, struct.error, AssertionError, LookupError, ValueError) as error:
        raise SourceError(
            f"{path} is no font that can be read: {error or type(error).__name__}.",
            mend=f"{ONLY_TRUETYPE} A file in {cache_folder()} may be deleted: it is made anew.",
        ) from error
    return font


def _check(font: TTFont, path: Path) -> None:
    if "glyf" not in font or not _characters(font):
        raise SourceError(f"{path} has no TrueType outlines.", mend=ONLY_TRUETYPE)
    if "OS/2" in font and font["OS/2"].fsType & 0x000F == NO_EMBEDDING:
        raise SourceError(
            f"The licence of the font {path} forbids to embed it.",
            mend="Use a font that may be embedded, such as one under the Open Font License.",
        )


def _cut(path: Path, weight: Weight, target: Path) -> None:
    """Cut one weight out of a font of several, without the radicals; whole or not at all."""
    from fontTools.varLib import instancer

    with _opened(path) as font:
        for name in LAYOUT_TABLES:
            if name in font:
                del font[name]
        for table in font["cmap"].tables:
            if table.isUnicode():
                for code in [each for each in table.cmap if each in RADICALS]:
                    del table.cmap[code]
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        if "wght" in axes:
            axes["wght"] = WEIGHTS[weight]
        instancer.instantiateVariableFont(font, axes, inplace=True)
        for record in font["name"].names:
            if record.nameID == POSTSCRIPT_NAME:
                record.string = f"{path.stem.split('[')[0]}-{weight.title()}"
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            font.save(file)
    part.replace(target)
