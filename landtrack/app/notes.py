"""Notes that are pinned to a point or a feature of a place: what is kept of them, and read again.

They lie in ``.landtrack/notes`` of the place (those of the demo place, which is not changed, among
its outputs): ``notes.json``, written whole or not at all, and a picture each under the hash of its
bytes. Nothing that is judged, printed or issued reads them. What a site visit brought is a
*draft* until somebody accepts or rejects it; nothing is deleted, each change says who and when.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from landtrack.app import places
from landtrack.model import whole_file
from landtrack.model.errors import LimitError, SourceError
from landtrack.model.value import Value
from landtrack.model.visible import RISKY, without_unseen

FOLDER, NAME = "notes", "notes.json"

# --- how much of each: one table ------------------------------------------------------------------

MOST = 5000
"""Notes of a place, rejected ones too."""
MOST_TEXT = 2000
"""Signs of a note."""
MOST_BY = 60
"""Signs of who wrote it."""
MOST_KEY = 200
"""Signs of the layer and the key of a feature."""
MOST_PICTURES = 6
"""Pictures of a note."""
MOST_PICTURE = 30 << 20
"""Bytes of a picture as it is brought."""
MOST_PIXELS = 100_000_000
"""Pixels of a picture as it is brought."""
LONG_SIDE = 2048
"""Pixels of the long side of a picture as it is kept."""
MOST_VISIT = 64 << 20
"""Bytes of the file of a visit."""
MOST_VISIT_NOTES = 200
MOST_VISIT_PICTURES = 300

State = Literal["draft", "open", "resolved", "rejected"]
STATES: tuple[State, ...] = ("draft", "open", "resolved", "rejected")
CHANGES: dict[str, tuple[frozenset[State], State]] = {
    "accept": (frozenset({"draft", "rejected"}), "open"),
    "reject": (frozenset({"draft"}), "rejected"),
    "resolve": (frozenset({"open"}), "resolved"),
    "reopen": (frozenset({"resolved"}), "open"),
}
"""What may be done with a note: from which states, to which."""

Degrees = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
_MOMENT = (
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z"
)
Moment = Annotated[str, msgspec.Meta(pattern=rf"^{_MOMENT}\Z")]
Mark = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
PICTURE = re.compile(r"[0-9a-f]{64}\.jpg")
"""How a picture is called that is kept."""


class Picture(Value, frozen=True, kw_only=True):
    """A picture that is kept: the name of its file, and where it says that it was taken."""

    file: str
    lat: Latitude | None = None
    lng: Degrees | None = None


class Change(Value, frozen=True, kw_only=True):
    """What somebody did with a note. ``at`` is UTC."""

    to: State
    by: str
    at: Moment


class Note(Value, frozen=True, kw_only=True):
    """A note: where it is pinned, what it says, and what became of it.

    ``lat``, ``lng``: WGS 84; None where it is pinned to a feature as a whole. ``layer``, ``key``:
    of the feature; empty where it is pinned to a point alone. ``accuracy_m``: of a position that a
    device gave. ``at``: When it was written, UTC, by the clock of who wrote it; ``came``: when a
    visit that it is of was taken in, empty for others.
    """

    id: Mark
    text: str
    by: str
    at: Moment
    lat: Latitude | None = None
    lng: Degrees | None = None
    accuracy_m: float | None = None
    layer: str = ""
    key: str = ""
    pictures: tuple[Picture, ...] = ()
    state: State = "open"
    came: Annotated[str, msgspec.Meta(pattern=rf"^({_MOMENT})?\Z")] = ""
    changes: tuple[Change, ...] = ()

    @property
    def mark(self) -> str:
        """Tell the note as it is now from what it was: who changes it says which one was seen."""
        return f"{self.id}.{len(self.changes)}"

    @property
    def feature(self) -> str:
        """Name the feature by its layer and key; empty for a point."""
        return f"{self.layer}:{self.key}" if self.layer else ""


class _File(Value, frozen=True, kw_only=True):
    """The file of a place."""

    version: Literal[1]
    notes: tuple[Note, ...]


# --- what is kept -----------------------------------------------------------------------------


def home(folder: Path) -> Path:
    """Say in which folder the notes of a place and their pictures are kept.

    Raises SourceError: If a link leads out of the place there.
    """
    return places.kept(folder, FOLDER)


def path_of(folder: Path) -> Path:
    """Give the file of the notes of a place.

    Raises SourceError: If a link leads out of the place there.
    """
    return places.kept(folder, f"{FOLDER}/{NAME}")


def read(folder: Path) -> tuple[Note, ...]:
    """Read the notes of a place, in the order in which they came.

    Raises SourceError: If the file is none that landtrack wrote.
    """
    path = path_of(folder)
    kept = whole_file.decoded(path, _File, lambda _: SourceError(
        f"{path} holds no notes as landtrack keeps them.",
        mend="Put back the file as it was, or move it away: a new one is begun then.",
    ))
    return kept.notes if kept else ()


def written(notes: Sequence[Note]) -> bytes:
    """Write the notes of a place as its file has them: a line a note."""
    lines = b",\n".join(map(msgspec.json.encode, notes))
    return b'{"version": 1, "notes": [\n%s\n]}\n' % lines


def picture(folder: Path, name: str) -> Path | None:
    """Find a picture that is kept; None where there is none of that name.

    Raises SourceError: If a link leads out of the place there.
    """
    if not PICTURE.fullmatch(name):
        return None
    path = home(folder) / name
    return path if path.is_file() and not path.is_symlink() else None


def of_feature(folder: Path, layer: str, key: str) -> tuple[Note, ...]:
    """Read the notes of a feature that somebody wrote or accepted.

    Raises SourceError: If the file is none that landtrack wrote.
    """
    return tuple(
        each for each in read(folder)
        if (each.layer, each.key) == (layer, key) and each.state in {"open", "resolved"}
    )


# --- what is typed and brought ------------------------------------------------------------------


class Typed(NamedTuple):
    """A note as somebody wrote it: ``feature`` is a layer and a key, empty for a point."""

    text: str
    by: str
    lat: float | None = None
    lng: float | None = None
    feature: tuple[str, str] = ("", "")
    accuracy_m: float | None = None


class Sighting(Value, frozen=True, kw_only=True):
    """A note of a visit, as the page of the map wrote it; pictures as base64."""

    id: Mark
    at: Moment
    text: str
    by: str = ""
    lat: Latitude | None = None
    lng: Degrees | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None = None
    layer: str = ""
    key: str = ""
    pictures: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MOST_PICTURES)] = ()

    def __post_init__(self) -> None:
        """Insist on a moment that there is."""
        datetime.fromisoformat(self.at)

    def typed(self) -> Typed:
        """Give it as what somebody wrote at the desk is given."""
        feature = (self.layer, self.key)
        return Typed(self.text, self.by, self.lat, self.lng, feature, self.accuracy_m)


class Visit(Value, frozen=True, kw_only=True):
    """The file of a visit: of which place, and its notes."""

    format: Literal["landtrack-visit"]
    version: Literal[1]
    place: str
    notes: Annotated[
        tuple[Sighting, ...], msgspec.Meta(min_length=1, max_length=MOST_VISIT_NOTES)
    ]


def visit(data: bytes, named: str) -> Visit:
    """Read the file of a visit.

    ``named``: As it is called.
    Raises SourceError: If it is none.
    Raises LimitError: If it holds more than it may.
    """
    if len(data) > MOST_VISIT:
        raise LimitError(
            f"{named} has more than {MOST_VISIT >> 20} MB.",
            mend="Save the visit in several parts, with fewer notes each.",
        )
    try:
        told = msgspec.json.decode(data, type=Visit)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SourceError(
            f"{named} is no file of a site visit as the map saves it: nothing was taken in.",
            mend="Choose a file visit-….json, whole and as the map saved it, or save it again.",
        ) from error
    if sum(len(each.pictures) for each in told.notes) > MOST_VISIT_PICTURES:
        raise LimitError(
            f"{named} has more than {MOST_VISIT_PICTURES} pictures.",
            mend="Save the visit in several parts, with fewer notes each.",
        )
    return told


def clean(typed: Typed, *, pictures: int) -> Typed:
    """Take what somebody wrote as it is seen: no signs that are not.

    ``pictures``: How many come with it.
    Raises SourceError: If it says nothing, is pinned nowhere, or is too long.
    """
    layer, key = (_visible(each).strip() for each in typed.feature)
    lines = re.split(r"\r\n|\r|\n", typed.text)
    text = "\n".join(_visible(each).rstrip() for each in lines).strip()
    by = who(typed.by)
    lat, lng = typed.lat, typed.lng
    if not text and not pictures:
        raise SourceError("The note says nothing.", mend="Write a text, or add a picture.")
    if len(text) > MOST_TEXT or len(by) > MOST_BY:
        raise SourceError(
            f"A note has {MOST_TEXT} signs at the most, a name {MOST_BY}.",
            mend="Shorten it, or write two notes.",
        )
    if (lat is None) != (lng is None) or bool(layer) != bool(key) or (
        lat is None and not layer
    ) or len(layer) + len(key) > MOST_KEY:
        raise SourceError(
            "The note is pinned neither to a point nor to a feature.",
            mend="Click on the map, or name a layer and the number of a feature of it.",
        )
    return Typed(text, by, lat, lng, (layer, key), typed.accuracy_m)


def who(text: str) -> str:
    """Give a name as it is seen."""
    return " ".join(_visible(text).split())


def _visible(text: str) -> str:
    """Leave out what cannot be seen; tabulators become spaces."""
    return without_unseen(unicodedata.normalize("NFC", text.replace("\t", " ")))


def now() -> str:
    """Give the moment, UTC, as a note has it."""
    return f"{datetime.now(UTC).isoformat(timespec='seconds').removesuffix('+00:00')}Z"


# --- handed on ----------------------------------------------------------------------------------


def as_csv(notes: Iterable[Note]) -> bytes:
    """Write notes as a table that a spreadsheet opens, a row a note."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow([
        "id", "state", "layer", "feature_id", "latitude", "longitude", "accuracy_m", "text", "by",
        "at", "changed_by", "changed_at", "pictures",
    ])
    for each in notes:
        last = each.changes[-1] if each.changes else None
        texts = [each.layer, each.key, each.text, each.by, last.by if last else ""]
        layer, key, text, by, changed = (
            f"'{own}" if own.startswith(RISKY) else own for own in texts
        )
        rows.writerow([
            each.id, each.state, layer, key, each.lat, each.lng, each.accuracy_m, text, by, each.at,
            changed, last.at if last else "", " ".join(own.file for own in each.pictures),
        ])
    return out.getvalue().encode("utf-8-sig")


def as_geojson(notes: Iterable[Note]) -> bytes:
    """Write notes as GeoJSON: points in degrees; those of a feature as a whole have no shape."""
    features = [{
        "type": "Feature", "id": each.id,
        "geometry": None if each.lat is None or each.lng is None else {
            "type": "Point", "coordinates": [each.lng, each.lat],
        },
        "properties": {
            "state": each.state, "layer": each.layer, "feature_id": each.key, "text": each.text,
            "by": each.by, "at": each.at, "accuracy_m": each.accuracy_m,
            "changes": [msgspec.to_builtins(own) for own in each.changes],
            "pictures": [own.file for own in each.pictures],
        },
    } for each in notes]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1
    ).encode()
