"""Takes notes: adds them with their pictures, changes what became of them, takes in visits.

All of what one call brings is kept, or nothing of it. Who writes holds a lock that other programs
respect: of two windows, or two desks, none writes over what the other added.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from landtrack.app import notes, pictures
from landtrack.app.notes import Change, Note, Picture, Typed
from landtrack.ingest import apart
from landtrack.model import catalog, disk, whole_file
from landtrack.model.errors import OutputError, SourceError
from landtrack.model.outputs import STORE
from landtrack.store import backends, locks, reads

WAIT_S = 10
"""How long to wait for who changes the same file."""
HALF = ".half"


def add(folder: Path, out: Path, typed: Typed, brought: Sequence[Path]) -> Note:
    """Add a note.

    ``folder``: Of the place; ``out``: its outputs, whose store says which features there are.
    ``brought``: Pictures, as files that may hold anything.
    Raises SourceError: If it says nothing, hangs at nothing that there is, or a picture is none.
    Raises OutputError: If there are as many as a place keeps, or it cannot be written.
    """
    if len(brought) > notes.MOST_PICTURES:
        raise SourceError(
            f"A note has {notes.MOST_PICTURES} pictures at the most.",
            mend="Choose fewer, or write a second note.",
        )
    own = notes.clean(typed, pictures=len(brought))
    if own.feature[0] and not _is_there(out, *own.feature):
        raise SourceError(
            f"There is no {own.feature[0]}:{own.feature[1]} in the last judging.",
            mend="Write layer and number as the map shows them.",
        )
    took = pictures.brought(brought)
    with _held(folder) as every:
        made = _note(folder, own, took, secrets.token_hex(16), notes.now(), "open")
        every.append(made)
    return made


def change(folder: Path, what: str, marks: Sequence[str], by: str) -> int:
    """Resolve, reopen, accept or reject notes: all of them, or none.

    ``marks``: Of each note as it was seen.
    Returns: How many.
    Raises OutputError: If one of them is otherwise now, or it cannot be written.
    """
    sources, to = notes.CHANGES[what]
    done = Change(to=to, by=notes.who(by)[:notes.MOST_BY], at=notes.now())
    wanted = set(marks)
    with _held(folder) as every:
        found = [at for at, each in enumerate(every) if each.mark in wanted]
        if len(found) != len(wanted) or any(every[at].state not in sources for at in found):
            raise OutputError(
                "A note was changed meanwhile: nothing was done.",
                mend="Look at the notes as they are now, and do it again.",
            )
        for at in found:
            own = every[at]
            every[at] = msgspec.structs.replace(own, state=to, changes=(*own.changes, done))
    return len(wanted)


def take_visit(folder: Path, file: Path, named: str, place: str) -> tuple[str, ...]:
    """Take in what was seen at a visit, as drafts; what is there already stays as it is.

    ``file``: May hold anything. ``named``: As it is called. ``place``: The id of the place.
    Returns: The ids of its notes, all of which are kept now.
    Raises SourceError: If it is no visit of this place, or a picture in it is none.
    Raises OutputError: If there are as many notes as a place keeps, or it cannot be written.
    """
    told, took = _seen(file, named, place, {each.id for each in notes.read(folder)})
    ids = tuple(each.id for each in told.notes)
    fresh = [
        (each, notes.clean(each.typed(), pictures=len(own)), own)
        for each, own in zip(told.notes, took, strict=True) if own is not None
    ]
    with _held(folder) as every:
        there = {each.id for each in every}
        came = notes.now()
        every += [
            msgspec.structs.replace(_note(folder, own, took, each.id, each.at, "draft"), came=came)
            for each, own, took in fresh if each.id not in there
        ]
    return ids


def _seen(
    file: Path, named: str, place: str, known: set[str]
) -> tuple[notes.Visit, list[list[pictures.Taken] | None]]:
    """Read the file of a visit apart from this process, and the pictures of each of its notes.

    ``known``: Notes that are kept already; None stands for their pictures.
    """
    told, took = apart.call(_of_visit, file, named, place, tuple(known), inputs=(file,))
    return msgspec.msgpack.decode(told, type=notes.Visit), took


def _of_visit(
    file: Path, named: str, place: str, known: Sequence[str]
) -> tuple[bytes, list[list[pictures.Taken] | None]]:
    """Read the file of a visit; without its pictures it crosses as MessagePack."""
    told = notes.visit(whole_file.read(file, most=notes.MOST_VISIT, beyond=lambda _: SourceError(
        f"{named} has more than {notes.MOST_VISIT >> 20} MB.",
        mend="Save the visit in several parts, with fewer notes each.",
    )), named)
    if told.place != place:
        raise SourceError(
            f"{named} is of a visit to another place, {told.place[:60]!r}.",
            mend="Bring it to the notes of that place.",
        )
    if len({each.id for each in told.notes}) != len(told.notes):
        raise SourceError(
            f"{named} is no file of a site visit as the map saves it: nothing was taken in.",
            mend="Choose a file visit-….json, whole and as the map saved it, or save it again.",
        )
    took = [
        None if each.id in known else [
            pictures.taken(one, f"a picture in {named}") for one in each.pictures
        ] for each in told.notes
    ]
    bare = tuple(msgspec.structs.replace(each, pictures=()) for each in told.notes)
    return msgspec.msgpack.encode(msgspec.structs.replace(told, notes=bare)), took


def _note(
    folder: Path, own: Typed, took: Sequence[pictures.Taken], number: str, at: str,
    state: notes.State,
) -> Note:
    """Make a note whose pictures are kept already; the lock is held."""
    return Note(
        id=number, text=own.text, by=own.by, at=at, lat=own.lat, lng=own.lng,
        accuracy_m=own.accuracy_m, layer=own.feature[0], key=own.feature[1], state=state,
        pictures=tuple(_kept(folder, each) for each in took),
    )


def _kept(folder: Path, took: pictures.Taken) -> Picture:
    """Keep a picture under the hash of its bytes."""
    name = f"{hashlib.sha256(took.data).hexdigest()}.jpg"
    path = notes.home(folder) / name
    if path.is_symlink() or not path.is_file():
        whole_file.write(path, took.data)
    return Picture(file=name, lat=took.lat, lng=took.lng)


@contextmanager
def _held(folder: Path) -> Iterator[list[Note]]:
    """Change the notes of a place, alone; written only where they are otherwise afterwards.

    Yields: Those that there are.
    Raises OutputError: If another is at it for too long, there would be too many, or they cannot
    be written.
    """
    path = notes.path_of(folder)
    with disk.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with locks.held(path.with_suffix(".lock"), WAIT_S):
                before = notes.read(folder)
                every = list(before)
                try:
                    yield every
                    if len(every) > notes.MOST:
                        raise OutputError(
                            f"A place keeps {notes.MOST} notes, and there would be more.",
                            mend="Export the notes, and move the file of those that are done away.",
                        )
                    if tuple(every) != before:
                        whole_file.write(path, notes.written(every))
                finally:
                    _sweep(folder)
        except TimeoutError as error:
            raise OutputError(
                "The notes of the place are being changed.", mend="Try again in a moment."
            ) from error


def _sweep(folder: Path) -> None:
    """Take pictures away that no note names: of what was broken off; the lock is held."""
    with suppress(OSError, SourceError):
        named = {own.file for each in notes.read(folder) for own in each.pictures}
        for path in notes.home(folder).iterdir():
            kept = notes.PICTURE.fullmatch(path.name) and path.name not in named
            if kept or (path.name.endswith(HALF) and path.name.startswith(".")):
                path.unlink()


def _is_there(out: Path, layer: str, key: str) -> bool:
    """Tell whether there is a feature of that key in the last judging."""
    schema, path = catalog.schemas().get(layer), out / STORE
    if schema is None or not backends.of(path).exists(path) or layer not in reads.names(path):
        return False
    return len(reads.near(path, layer, schema.key, None, (key,))) > 0
