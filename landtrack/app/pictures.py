"""Pictures that somebody brings: made small and written anew, with nothing left but what is seen.

Whatever else lay in the file (positions, names, texts, what a program may run) is gone afterwards.
They are decoded where all that comes from outside is read: in a process of its own, see
:mod:`landtrack.ingest.apart`.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import ExifTags, Image, ImageOps

from landtrack.app.notes import LONG_SIDE, MOST_PICTURE, MOST_PIXELS
from landtrack.ingest import apart
from landtrack.model import whole_file
from landtrack.model.errors import LimitError, SourceError

KINDS = ("JPEG", "PNG", "WEBP")
QUALITY = 82
_APPLE = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_UNREADABLE = (
    OSError, ValueError, SyntaxError, ArithmeticError, EOFError, IndexError, KeyError, TypeError,
    MemoryError, Image.DecompressionBombError,
)
"""What the readers of broken pictures raise, beside what they mean to."""
_DEGREES = 3
"""Degrees, minutes and seconds."""


@apart.may_cross
class Taken(NamedTuple):
    """A picture as it is kept: a JPEG without anything beside, and where it said it was taken."""

    data: bytes
    lat: float | None
    lng: float | None


def brought(files: Sequence[Path]) -> list[Taken]:
    """Take in pictures, apart from this process.

    ``files``: May hold anything.
    Returns: One for each, see :func:`taken`.
    Raises SourceError: If one is no JPEG, PNG or WebP, or is broken.
    Raises LimitError: If one is too large, or takes more than an input may.
    """
    return apart.call(_all, tuple(files), inputs=tuple(files)) if files else []


def _all(files: Sequence[Path]) -> list[Taken]:
    return [_one(each, f"picture {at}") for at, each in enumerate(files, start=1)]


def _one(file: Path, named: str) -> Taken:
    data = whole_file.read(file, most=MOST_PICTURE, beyond=lambda _: _too_long(named))
    return taken(data, named)


def taken(data: bytes, named: str) -> Taken:
    """Take in a picture.

    ``data``: Bytes that anybody may have written. ``named``: As it is called.
    Returns: The same picture, upright, its long side at most :data:`LONG_SIDE`.
    Raises SourceError: If it is no JPEG, PNG or WebP, or is broken.
    Raises LimitError: If it is too large.
    """
    if len(data) > MOST_PICTURE:
        raise _too_long(named)
    if not _looks_right(data):
        raise _no_picture(named, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is asked before a pixel is read
            with Image.open(io.BytesIO(data), formats=KINDS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _too_large(named)
                lat, lng = _position(image)
                return Taken(_small(image), lat, lng)
    except Image.DecompressionBombError as error:
        raise _too_large(named) from error
    except LimitError:
        raise
    except _UNREADABLE as error:
        raise SourceError(
            f"{named} is a broken picture.", mend="Send it again, or take another one."
        ) from error


def _looks_right(data: bytes) -> bool:
    """Tell by its first bytes whether it may be a picture that is taken."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _no_picture(named: str, data: bytes) -> SourceError:
    if data[4:8] == b"ftyp" and data[8:12] in _APPLE:
        return SourceError(
            f"{named} is a HEIC or AVIF picture, which is not read.",
            mend="Have it as JPEG: on an iPhone Settings, Camera, Formats, Most Compatible; or "
            "send it by a program that converts it.",
        )
    return SourceError(
        f"{named} is no picture that is read.", mend="Choose a JPEG, PNG or WebP picture."
    )


def _too_long(named: str) -> LimitError:
    return LimitError(
        f"{named} has more than {MOST_PICTURE >> 20} MB.", mend="Make the picture smaller."
    )


def _too_large(named: str) -> LimitError:
    return LimitError(
        f"{named} has more than {MOST_PIXELS // 1_000_000} million pixels.",
        mend="Make the picture smaller.",
    )


def _small(image: Image.Image) -> bytes:
    """Write the first frame of a picture anew, upright, on white where one sees through it."""
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG is read no larger than it is needed
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
    else:
        ground = upright.convert("RGB")
    ground.info.clear()
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _position(image: Image.Image) -> tuple[float | None, float | None]:
    """Read where a picture says that it was taken; nothing where it says none that can be."""
    try:
        told = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _angle(told[2], told[1], "S")
        lng = _angle(told[4], told[3], "W")
    except _UNREADABLE:
        return None, None
    fits = abs(lat) <= 90 and abs(lng) <= 180 and (lat, lng) != (0, 0)  # noqa: PLR2004  degrees
    return (round(lat, 7), round(lng, 7)) if fits else (None, None)


def _angle(parts: tuple[float, ...], side: str, negative: str) -> float:
    """Sum up degrees, minutes and seconds."""
    if len(parts) != _DEGREES:
        raise ValueError(parts)
    value = sum(float(each) / 60**at for at, each in enumerate(parts))
    if not math.isfinite(value):
        raise ValueError(parts)
    value = float(value)
    return -value if str(side).strip("\0 ").upper() == negative else value
