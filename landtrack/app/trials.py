"""Trial plots that are kept by name: drawn on the map, beside the data and no part of them.

They lie in one file of the place, ``.landtrack/trials.json`` (those of the demo place among its
outputs), which nothing reads but the map: no run judges them, and no store holds them. It is
``{"format": 1, "trials": [...]}``, each with its ``name``, the ``day`` on which it was kept, the
``crs`` in which its ``ring`` of corners is (east and north, the last is not the first), the
``figures`` and choices (``chosen``) as they were typed, and its ``mark``, another one after each
change.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from landtrack.app import places
from landtrack.model import disk, whole_file
from landtrack.model.errors import OutputError, SourceError

NAME = "trials.json"
MOST = 200
"""Trial plots of a place."""
MOST_CORNERS = 2000
_NO_NAME = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_writing = threading.Lock()

Number = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
Text = Annotated[str, msgspec.Meta(max_length=60)]
Texts = Annotated[dict[Text, Text], msgspec.Meta(max_length=20)]


class Drawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trial plot as it is sent to be kept."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    day: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
    crs: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    ring: Annotated[
        list[tuple[Number, Number]], msgspec.Meta(min_length=3, max_length=MOST_CORNERS)
    ]
    figures: Texts
    chosen: Texts

    def __post_init__(self) -> None:
        """Insist on a name that is seen as it is."""
        if not is_name(self.name):
            raise ValueError("name")


class Trial(Drawn, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trial plot that is kept."""

    mark: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds."""

    format: Literal[1]
    trials: list[Trial]


class ChangedError(Exception):
    """Another one is there than the one that was seen: ``theirs``, None where it is gone."""

    def __init__(self, name: str, theirs: Trial | None) -> None:
        super().__init__(name)
        self.name, self.theirs = name, theirs


def is_name(text: str) -> bool:
    """Tell whether a text names a trial plot: as it is seen, and nothing that is not seen."""
    seen = unicodedata.normalize("NFC", text).strip()
    return text == seen != "" and not any(unicodedata.category(each) in _NO_NAME for each in text)


def where(folder: Path) -> Path:
    """Say where the trial plots of a place lie.

    Raises SourceError: If a link leads out of the place there.
    """
    return places.kept(folder, NAME)


def listed(folder: Path) -> list[Trial]:
    """List the trial plots of a place by their names.

    Raises SourceError: If their file is none that landtrack wrote.
    """
    path = where(folder)
    kept = whole_file.decoded(path, _Kept, lambda _: _foreign(path))
    return sorted(kept.trials, key=lambda each: each.name) if kept else []


def keep(folder: Path, drawn: Drawn, seen: str) -> Trial:
    """Keep a trial plot under its name.

    ``seen``: The mark of the one of that name that was seen; empty where there was none.
    Raises ChangedError: If another one is there now.
    Raises OutputError: If there are as many as a place keeps, or it cannot be written.
    """
    with _writing:
        others = _without(folder, drawn.name, seen)
        if len(others) >= MOST:
            raise OutputError(
                f"There are {MOST} trial plots already, as many as a place keeps.",
                mend="Remove one that nobody needs any more; save it as a file before.",
            )
        kept = Trial(**msgspec.structs.asdict(drawn), mark=secrets.token_hex(8))
        _write(folder, [*others, kept])
    return kept


def rename(folder: Path, name: str, to: str, seen: str) -> Trial:
    """Give a trial plot another name.

    Raises ChangedError: If it is another one than that which was seen, or gone.
    Raises OutputError: If there is one of that name, it is no name, or it cannot be written.
    """
    with _writing:
        others = _without(folder, name, seen)
        own = next((each for each in listed(folder) if each.name == name), None)
        if own is None:
            raise ChangedError(name, None)
        if not is_name(to) or any(each.name == to for each in others):
            raise OutputError(
                f"There is a trial plot {to} already, or no trial plot can be called so.",
                mend="Give it another name.",
            )
        kept = msgspec.structs.replace(own, name=to, mark=secrets.token_hex(8))
        _write(folder, [*others, kept])
    return kept


def remove(folder: Path, name: str, seen: str) -> None:
    """Remove a trial plot.

    Raises ChangedError: If it is another one than that which was seen, or gone.
    Raises OutputError: If the file cannot be written.
    """
    with _writing:
        _write(folder, _without(folder, name, seen))


def decoded(body: bytes, kind: Any) -> Any:  # noqa: ANN401  what is asked for
    """Read what a page sent.

    Raises SourceError: If it is none of what is asked for.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            "What was sent is no trial plot that can be kept.",
            mend="Load the map again and draw it anew; its name has 80 letters at the most.",
        ) from error


def _without(folder: Path, name: str, seen: str) -> list[Trial]:
    """Give all but one, which is as it was seen."""
    every = listed(folder)
    theirs = next((each for each in every if each.name == name), None)
    if (theirs.mark if theirs else "") != seen:
        raise ChangedError(name, theirs)
    return [each for each in every if each is not theirs]


def _write(folder: Path, trials: list[Trial]) -> None:
    """Write the file: it is there whole or not at all, a line a trial plot."""
    path = where(folder)
    lines = b",\n".join(map(msgspec.json.encode, sorted(trials, key=lambda each: each.name)))
    with disk.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        whole_file.write(path, b'{"format": 1, "trials": [\n%s\n]}\n' % lines)


def _foreign(path: Path) -> SourceError:
    return SourceError(
        f"{path} holds no trial plots as landtrack keeps them.",
        mend="Put back the file as it was, or move it away: a new one is begun then.",
    )
