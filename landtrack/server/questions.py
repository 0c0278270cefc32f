"""What the pages of a desk ask of its worker: a closed table, in plain values both ways.

A question names its answer by its type, so that who asks knows what comes. ``writes`` marks those
after which it must be looked whether they were carried out, where no answer came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from landtrack.app import notes, steps
from landtrack.app.case_types import Case, Compared, Leaf, Listed, Wanted, WhatIf
from landtrack.app.notes import Note
from landtrack.app.ogc_types import Asked, Given
from landtrack.app.papers import Previewed, Register
from landtrack.app.sign_off_types import Seen as Signed, Told as Signing
from landtrack.app.steps import Entered, Seen, Told

T = TypeVar("T")


class Question(
    msgspec.Struct, Generic[T], frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True
):
    """Something that is asked of the outputs of a place, ``out``.

    In a shared desk that is the address of its store, and ``token`` that of the session by which
    somebody is at work in it.
    """

    writes: ClassVar[bool] = False
    seconds: ClassVar[float] = 120.0
    """How long an answer may take: a large store is read whole before the first one."""

    out: str
    token: str = ""


class Stands(Question[dict[str, Any]], frozen=True, kw_only=True):
    """How the store stands, as :func:`landtrack.app.standing.of` says it."""


class Overview(Question[dict[str, Any]], frozen=True, kw_only=True):
    """A store summed up for its place, as :func:`landtrack.app.overview.of` says it."""

    seconds: ClassVar[float] = 900.0

    folder: str


class Plots(Question[Listed], frozen=True, kw_only=True):
    """A part of the plots that are wanted."""

    wanted: Wanted = Wanted()
    first: int = 0
    most: int = 0


class HasPlot(Question[bool], frozen=True, kw_only=True):
    """Whether there is a plot of that key."""

    plot: str


class OneCase(Question[Case | None], frozen=True, kw_only=True):
    """The case of a plot, in words; its neighbours among those that are wanted."""

    plot: str
    lang: str
    wanted: Wanted = Wanted()


class AskWhatIf(Question[WhatIf | None], frozen=True, kw_only=True):
    """How a plot would be judged with other figures, as they were typed."""

    folder: str
    plot: str
    changes: Mapping[str, str]
    lang: str


class CompareWhatIfs(Question[Compared | None], frozen=True, kw_only=True):
    """All what-ifs that are kept of a plot, beside how it stands."""

    folder: str
    plot: str
    lang: str


class KeepWhatIf(Question[bool], frozen=True, kw_only=True):
    """A what-if kept under a name; ``seen`` marks those that were kept as whoever asks saw them."""

    writes: ClassVar[bool] = True

    folder: str
    plot: str
    name: str
    changes: Mapping[str, str]
    by: str
    seen: str


class RemoveWhatIf(Question[bool], frozen=True, kw_only=True):
    """A what-if removed, as :class:`KeepWhatIf` names it."""

    writes: ClassVar[bool] = True

    folder: str
    plot: str
    name: str
    seen: str


class Draft(Question[str | None], frozen=True, kw_only=True):
    """A decision on a plot as a draft, for the what-if of a name where one is given."""

    folder: str
    plot: str
    name: str
    lang: str


class Steps(Question[Seen | None], frozen=True, kw_only=True):
    """The features of a track that are in a state; the first of each where not given.

    Where features are named, their track and the state of most of them are meant.
    """

    track: str | None = None
    state: str | None = None
    most: int
    kind: str = ""
    keys: tuple[str, ...] = ()


class Enter(Question[Entered | None], frozen=True, kw_only=True):
    """A step with some features: all of them, or none."""

    writes: ClassVar[bool] = True

    action: str
    keys: tuple[str, ...]
    told: Told
    evidence: str | None = None
    seen: int | None = None
    lang: str


class Chosen(Question[steps.Chosen | None], frozen=True, kw_only=True):
    """Features of a track, by key, whose shapes are to be changed; one may be cut along a line."""

    track: str | None
    keys: tuple[str, ...]
    line: str = ""
    lang: str


class Draw(Question[str | None], frozen=True, kw_only=True):
    """The shapes after that :class:`Chosen` gives as drawn, each with a number, into a file."""

    track: str
    keys: tuple[str, ...]
    line: str
    names: tuple[str, ...]
    path: str
    lang: str


class Undo(Question[Entered], frozen=True, kw_only=True):
    """Events taken back: all of them, or none."""

    writes: ClassVar[bool] = True

    events: tuple[int, ...]
    why: str
    by: str
    lang: str


class MapNews(Question[dict[str, Any]], frozen=True, kw_only=True):
    """What happened since the map was drawn, as :func:`landtrack.app.map_news.since` says it."""


class DrawMap(Question[None], frozen=True, kw_only=True):
    """The map of a store, drawn into a folder that is there, with the catalog of its place."""

    seconds: ClassVar[float] = 900.0

    folder: str
    into: str


class History(Question[steps.History], frozen=True, kw_only=True):
    """What happened to a feature or a project; to all of the place where no key is given."""

    key: str = ""
    text: str = ""
    stated: bool = False
    first: int = 0
    most: int = 0
    lang: str


class Undoing(Question[steps.Undoing], frozen=True, kw_only=True):
    """What it would change to take events back."""

    events: tuple[int, ...]
    lang: str


class AddNote(Question[Note], frozen=True, kw_only=True):
    """A note that is added; ``pictures`` are files that may hold anything."""

    writes: ClassVar[bool] = True

    folder: str
    typed: notes.Typed
    pictures: tuple[str, ...] = ()


class ChangeNotes(Question[int], frozen=True, kw_only=True):
    """Notes that are resolved, reopened, accepted or rejected, each as it was seen."""

    writes: ClassVar[bool] = True

    folder: str
    what: str
    marks: tuple[str, ...]
    by: str


class TakeVisit(Question[tuple[str, ...]], frozen=True, kw_only=True):
    """The file of a site visit, taken in as drafts."""

    writes: ClassVar[bool] = True

    folder: str
    file: str
    named: str
    place: str


class Issued(Question[Register], frozen=True, kw_only=True):
    """A part of what was issued: what ``text`` and ``state`` say, as the register is searched."""

    text: str
    state: str
    first: int
    most: int


class PreviewSheet(Question[Previewed | None], frozen=True, kw_only=True):
    """One of the sheets that would be issued as it was typed, the one numbered ``at`` from 0."""

    seconds: ClassVar[float] = 60.0

    template: str
    selection: str
    typed: Mapping[str, str] = {}
    at: int = 0
    lang: str


class SignOffs(Question[Signed | None], frozen=True, kw_only=True):
    """The cases that two persons sign: of a plot and its project, or all."""

    plot: str = ""
    lang: str


class SignOff(Question[bool], frozen=True, kw_only=True):
    """A plot submitted, or a case accepted, refused or withdrawn."""

    writes: ClassVar[bool] = True

    what: str
    on: str
    typed: Signing
    reasons: Mapping[str, str] = {}


class Ogc(Question[Given], frozen=True, kw_only=True):
    """A request of OGC API Features."""

    asked: Asked


class OgcFile(Question[Given], frozen=True, kw_only=True):
    """Features as one file, in an empty folder."""

    seconds: ClassVar[float] = 600.0

    asked: Asked
    folder: str


class Project(Question[bytes], frozen=True, kw_only=True):
    """A project of QGIS that opens what is given at an address."""

    base: str
    lang: str


class Help(Question[Leaf], frozen=True, kw_only=True):
    """A page of the handbook; ``addresses`` are those of the topics that the desk shows."""

    out: str = ""
    topic: str
    lang: str
    addresses: Mapping[str, str]


class System(Question[tuple[str, str] | None], frozen=True, kw_only=True):
    """Why a text is no reference system for a table of a catalog: the cause and the mend."""

    out: str = ""
    text: str
    table: str


class Rows(Question[int], frozen=True, kw_only=True):
    """How many rows a sheet of a file of a place has; 0 of what is no table."""

    out: str = ""
    folder: str
    path: str
    sheet: str
    encoding: str


ANSWERS: Mapping[type[Question[Any]], Any] = {
    Stands: dict[str, Any], Overview: dict[str, Any],
    Plots: Listed, HasPlot: bool, OneCase: Case | None,
    AskWhatIf: WhatIf | None, Steps: Seen | None, Enter: Entered | None,
    Undo: Entered, History: steps.History, Undoing: steps.Undoing, Help: Leaf,
    MapNews: dict[str, Any], DrawMap: None,
    Chosen: steps.Chosen | None, Draw: str | None, Issued: Register, KeepWhatIf: bool,
    CompareWhatIfs: Compared | None, RemoveWhatIf: bool, Draft: str | None,
    AddNote: Note, ChangeNotes: int, TakeVisit: tuple[str, ...], Ogc: Given,
    OgcFile: Given, Project: bytes, PreviewSheet: Previewed | None,
    SignOffs: Signed | None, SignOff: bool, Rows: int, System: tuple[str, str] | None,
}
"""Every question, and what its answer is."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """An expected failure: which, its cause and its mend."""

    kind: str
    cause: str
    mend: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a question: its answer, an expected failure, or what broke."""

    value: msgspec.Raw = msgspec.Raw(msgspec.msgpack.encode(None))
    fault: Fault | None = None
    broken: str = ""
