"""A store as the tracker sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from landtrack import catalog, publish, status, store, text
from landtrack.errors import SourceError, TableError
from landtrack.model import Workflow
from landtrack.text import Words
from landtrack.wording import events as wording


class Tracked(NamedTuple):
    """A store as the tracker sees it: its log, its workflow, its features and its language."""

    path: Path
    log: list[status.Event]
    workflow: Workflow
    features: set[tuple[str, str]]
    words: Words

    def named(self, name: str) -> list[tuple[str, str]]:
        """Find features by key.

        Parameters
        ----------
        name
            A key, or ``kind:key`` where several kinds have it.

        Returns
        -------
        list of tuple of str
            Layer kind and key.

        Raises
        ------
        TableError
            If no feature and no event has it.
        """
        kind, sign, key = name.partition(":")
        known = self.features | {event.feature for event in self.log}
        found = [each for each in known if each[1] == name or (sign and each == (kind, key))]
        if not found:
            raise TableError(
                f"The store has no feature {name!r}.",
                mend="Look its key up in the layer; if it is new, run `landtrack run` first.",
            )
        return sorted(found)


def tracked(path: Path) -> Tracked:
    """Read a store.

    Parameters
    ----------
    path
        The GeoPackage.

    Returns
    -------
    Tracked
        As it stands now.

    Raises
    ------
    SourceError
        If it is no store, or one of another version.
    """
    grown = store.log.read(path)
    meta = store.log.read_meta(path)
    key_of = {kind: schema.key for kind, schema in catalog.schemas().items()}
    features = store.log.keys(path, key_of) | status.reshaped_keys(grown.events)
    return Tracked(
        path, grown.events, catalog.workflow(meta["workflow"]), features,
        text.load(meta["language"]),
    )


@contextmanager
def entering(path: Path) -> Iterator[Tracked]:
    """Be the only one who enters events into a store.

    Parameters
    ----------
    path
        The GeoPackage.

    Yields
    ------
    Tracked
        The store as it stands, and will until the block ends.

    Raises
    ------
    SourceError
        If there is no such store.
    OutputError
        If another program is writing.
    """
    if not path.is_file():
        raise SourceError(f"There is no store at {path}.", mend="Make it with `landtrack run`.")
    with publish.exclusive(path.parent):
        yield tracked(path)


def insist(place: Tracked, refused: Sequence[status.Refusal]) -> None:
    """Refuse to enter anything where something may not be.

    Parameters
    ----------
    place
        The store.
    refused
        What may not be, and why.

    Raises
    ------
    TableError
        With a sentence for each; nothing where there is none.
    """
    if refused:
        told = [wording.refusal(place.words, place.workflow, each) for each in refused]
        raise TableError(
            "\n  ".join(["Nothing was entered:", *told]),
            mend="Correct what is named; `landtrack status show` tells the history of a feature.",
        )


def today() -> date:
    """Say which day it is here, not in Greenwich.

    Returns
    -------
    date
        The day.
    """
    return date.today()  # noqa: DTZ011


def now() -> str:
    """Say when an event is entered.

    Returns
    -------
    str
        The time in UTC, to the second.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")
