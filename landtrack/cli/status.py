"""``landtrack status`` and ``landtrack log``: events, states, statutory days, the chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli import language
from landtrack.cli.options import DAY, LANG, PLACE_LANG, issue_lines, store_named
from landtrack.cli.printed import echo
from landtrack.cli.verify import TRUST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from landtrack.app.track import Change, Sorted, Tracked
    from landtrack.ingest.formats.tables import Table
    from landtrack.model import issues
    from landtrack.store import Address
    from landtrack.tracking import Event

STORE = click.option(
    "--store", default="build/project.gpkg", show_default=True,
    type=store_named, metavar="PATH|ADDRESS",
    help="The store that `landtrack run` made, or postgresql://… of a shared one.",
)
ON = click.option("--as-of", type=DAY, help="What was so at the end of this day; today by default.")
FILE = click.Path(path_type=Path, dir_okay=False)
LOOK = click.option("--look", is_flag=True, help="Only say what would be entered, and what may "
                    "not be; nothing is entered.")
SHOWN = click.option("--shown", metavar="MARK", help="Enter what --look showed, by the mark that "
                     "it printed: where it would be anything else now, nothing is entered.")
SAVE = click.option("--save", type=FILE, help="Write what is shown into a file, as JSON: what "
                    "would be entered, or would be now where it is no longer what was shown.")


@click.group()
def status() -> None:
    """Enter what happened to parcels and plots, and ask in which state they are."""


@status.command()
@click.argument("name", metavar="PARCEL|PLOT|PROJECT")
@STORE
@click.option("--as-of", type=DAY, help="What was so at the end of this day; all that is known "
              "by default.")
@PLACE_LANG
def show(name: str, store: Address, as_of: datetime | None, lang: str | None) -> None:
    """Show states and events; of a project those of its plots and the parcels under them."""
    from landtrack.app import track

    for line in track.told(store, name, as_of and as_of.date(), lang):
        echo(line)


@status.command()
@click.argument("action")
@click.argument("names", nargs=-1, required=True, metavar="PARCEL...")
@click.option("--at", required=True, help="When: 2006-05-04, 2006-05 or 2006.")
@click.option("--document", default="", help="Number of the document that it rests on.")
@click.option("--evidence", type=FILE, help="A scan to be kept with it.")
@click.option("--note", default="", help="A remark.")
@click.option("--by", default="", help="Who enters it; in a database its user by default.")
@click.option("--seen", type=int, metavar="EVENT", help="The last event that you know, by its "
              "number: what others changed after it is shown, and nothing entered.")
@STORE
@PLACE_LANG
def apply(
    action: str, names: tuple[str, ...], store: Address, evidence: Path | None,
    lang: str | None, **told: Any,  # noqa: ANN401
) -> None:
    """Take the step ACTION with one or several features: all of them, or none."""
    from landtrack.app import track
    from landtrack.tracking import Event

    event = Event(
        event=0, layer="", feature_id="", track="", action=action, at=told["at"],
        document_no=told["document"], note=told["note"], by=told["by"],
    )
    _say(store, track.apply(
        store, action, names, event, evidence=evidence, seen=told["seen"], lang=lang,
    ), lang)


@status.command()
@click.argument("events", type=int, nargs=-1, required=True, metavar="EVENT...")
@click.option("--why", required=True, help="The reason.")
@click.option("--at", help="The day of the correction; today by default.")
@click.option("--by", default="", help="Who corrects it.")
@STORE
@PLACE_LANG
def undo(
    events: tuple[int, ...], store: Address, lang: str | None, at: str | None, **told: str
) -> None:
    """Take EVENTs back by new events that say why, all or none; nothing is deleted."""
    from datetime import date

    from landtrack.app import track

    day = at or date.today().isoformat()  # noqa: DTZ011  the day here
    _say(store, track.undo(
        store, events, why=told["why"], at=day, by=told["by"], lang=lang
    ), lang)


@status.command()
@click.argument("action", type=click.Choice(["split", "merge", "change_boundary", "correct_shape"]))
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--to", "file", required=True, type=FILE, help="The shapes after: a vector file "
              "with a column of keys.")
@click.option("--key", "column", default="", metavar="COLUMN", help="The column of the keys in "
              "that file; that of the layer, such as parcel_id, by default.")
@click.option("--layer", default="parcels", show_default=True, help="The layer of the features.")
@click.option("--at", required=True, help="When: 2006-05-04, 2006-05 or 2006.")
@click.option("--document", required=True, help="Number of the document that it rests on.")
@click.option("--why", required=True, help="The cause.")
@click.option("--by", default="", help="Who enters it.")
@STORE
@LOOK
@SHOWN
@SAVE
@PLACE_LANG
@click.pass_context
def reshape(
    ctx: click.Context, /, action: str, keys: tuple[str, ...], store: Address, lang: str | None,
    **how: Any,  # noqa: ANN401
) -> None:
    """Split, merge or redraw the features KEY...; areas before and after must balance.

    New features begin with the states of those they come from. With --look the exit status is 1 if
    the change may not be.
    """
    from landtrack.app import track
    from landtrack.model.errors import LandtrackError
    from landtrack.tracking import Event

    event = Event(
        event=0, layer=how["layer"], feature_id="", track="", action=action, at=how["at"],
        document_no=how["document"], note=how["why"], by=how["by"],
    )
    file, column, shown, save = (how[name] for name in ("file", "column", "shown", "save"))

    def looked() -> Change:
        place, change = track.look_at(store, event, keys, file, column=column, lang=lang)
        if save is not None:
            track.showing.keep(track.showing.of_change(place, change), save)
        if how["look"]:
            for each in track.showing.change_lines(place, change):
                echo(each)
        return change

    if how["look"]:
        ctx.exit(int(bool(looked().refused)))
    try:
        fresh = track.reshape(store, event, keys, file, column=column, lang=lang, shown=shown)
    except LandtrackError:
        if shown is not None:
            looked()
        raise
    _say(store, fresh, lang)


@status.command()
@click.argument("name", metavar="PARCEL|PLOT")
@STORE
@PLACE_LANG
def lineage(name: str, store: Address, lang: str | None) -> None:
    """Tell what a feature comes from and what came of it."""
    from landtrack.app import track

    for each in track.lineage(track.tracked(store, lang), name):
        echo(each)


@status.command("import")
@click.argument("file", type=FILE)
@STORE
@LOOK
@SHOWN
@click.option("--leave-refused", "others", is_flag=True, help="Where rows are refused, enter the "
              "others; nothing is entered then without this.")
@click.option("--refused", "listed", type=FILE, help="Write the rows that are refused into a CSV, "
              "with why.")
@SAVE
@PLACE_LANG
@click.pass_context
def take_in(
    ctx: click.Context, /, file: Path, store: Address, lang: str | None, **how: Any,  # noqa: ANN401
) -> None:
    """Enter the events of FILE (XLSX or CSV, one row an event): all of them, or none.

    With --look the exit status is 1 if a row is refused.
    """
    from landtrack.app import track
    from landtrack.ingest import read
    from landtrack.model.errors import LandtrackError

    table = track.told_of(file)
    place = track.tracked(store, lang)
    notes = read.table_rows(table.notes, source=file.name)
    kept = how.pop("save"), how.pop("listed")
    if how.pop("look"):
        found = _looked(place, table, notes, *kept)
        for line in track.showing.lines(place, found):
            echo(line)
        for line in issue_lines(notes, place.words):
            echo(line)
        ctx.exit(int(bool(found.refused)))
    refused = len(track.look(store, table, lang=lang).refused) if how["others"] else 0
    try:
        fresh = track.take_in(store, table, lang=lang, **how)
    except LandtrackError:
        if how["shown"] is not None:
            _looked(track.tracked(store, lang), table, notes, *kept)
        raise
    _say(store, fresh, lang)
    if refused:
        echo(place.words("event.not_entered", count=refused))
    if known := len(table.frame) - len(fresh) - refused:
        echo(place.words("event.known", count=known))
    for line in issue_lines(notes, place.words):
        echo(line)


def _looked(
    place: Tracked, table: Table, notes: list[issues.Row], save: Path | None, listed: Path | None
) -> Sorted:
    """Say what a table would do, and keep it where files are named for it."""
    from landtrack.app import track
    from landtrack.model import translations
    from landtrack.output.reports import ledger
    from landtrack.store import staging

    found = track.look(place.path, table, lang=place.words.lang)
    if save is not None:
        track.showing.keep(track.showing.of_table(place, found, {
            each: issue_lines(notes, translations.load(each)) for each in translations.languages()
        }), save)
    if listed is not None:
        with staging.whole(listed) as fresh:
            ledger.write_csv(track.showing.refused_rows(place, found), fresh)
    return found


@status.command()
@STORE
@ON
@PLACE_LANG
def overdue(store: Address, as_of: datetime | None, lang: str | None) -> None:
    """List the statutory days that run; exit status 1 if any is overdue."""
    from datetime import date

    from landtrack.app import track
    from landtrack.output.wording import events as wording

    place = track.tracked(store, lang)
    table = track.clocks(store, as_of.date() if as_of else date.today())  # noqa: DTZ011
    for row in table.to_dict("records"):
        echo(wording.clock(place.words, place.workflow, row))
    click.get_current_context().exit(int(table["overdue"].any()))


@status.command()
@STORE
@PLACE_LANG
def check(store: Address, lang: str | None) -> None:
    """List the events that the workflow, the layers or the calendar do not allow; status 1."""
    from landtrack.app import track

    found = track.problems(store, lang=lang)
    for line in found:
        echo(line)
    click.get_current_context().exit(int(bool(found)))


@click.group()
def log() -> None:
    """Look after the log of events and its chain."""


@log.command()
@STORE
@click.option("--head", help="The hash of the last event or of a seal, as it was kept "
              "elsewhere; or what a sheet prints of its log: EVENT:HASH.")
@click.option("--witness", type=FILE, help="A file of witnesses that was kept elsewhere.")
@TRUST
@PLACE_LANG
def verify(
    store: Address, head: str | None, witness: Path | None, trust: tuple[Path, ...],
    lang: str | None,
) -> None:
    """Find what was altered behind landtrack's back; status 1.

    An event altered, removed or reordered, evidence that vanished, results of the last run
    (layers, findings, measures) that were edited, a register of sheets that was; with --witness
    also a chain that was made anew.
    """
    from landtrack.app import track

    words = track.tracked(store, lang, proved=False).words
    found = track.checked(store, head=head, witness=witness, trusted=trust)
    for fault, values in found.faults:
        echo(words(f"log.{fault}", **values))
    if not found.faults:
        echo(words("log.holds", count=found.events, head=found.head))
        echo(words("log.sealed", count=found.seals, head=found.last_seal))
    click.get_current_context().exit(int(bool(found.faults)))


@log.command()
@click.argument("file", type=FILE)
@STORE
@click.option("--timestamp", default="", metavar="ADDRESS",
              help="Let the authority at this address certify the time (RFC 3161).")
@LANG
def witness(file: Path, store: Address, timestamp: str, lang: str | None) -> None:
    """Enter the heads of the chains into FILE, best on another machine.

    Whoever makes the whole store anew does not reach them: `log verify --witness FILE` tells.
    """
    from landtrack.app import track
    from landtrack.model import translations

    made = track.witness.enter(store, file, timestamp)
    echo(translations.load(lang or language.now())(
        "log.witnessed", path=file, events=made.events, seals=made.seals
    ))


def _say(store: Address, fresh: Sequence[Event], lang: str | None) -> None:
    from landtrack.app import track

    for each in track.entered(store, fresh, lang):
        echo(each)
