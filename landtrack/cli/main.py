"""The command line: parses, calls, prints; a failure is two lines and status 2.

An expected one says its cause and its mend; any other is a fault of landtrack, and says so.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from landtrack import cli
from landtrack.cli import columns, fault, language, options, stopped
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console
    from rich.table import Table

    from landtrack.assessment.rules import Standing
    from landtrack.model.assessment import Assessment
    from landtrack.model.errors import LandtrackError
    from landtrack.model.translations import Words
    from landtrack.store import Address

NOT_DONE = 2
"""Exit status of what could not be done; the rules' standing has the others."""
STOPPED = (
    "Stopped before it was done: what was there is as it was, or is put right by the next run."
)
MOST_NAMED = 6
"""How many keys are named before the others are counted."""


class Shell(click.Group):
    """Turns every failure into its cause and what to do, and exit status 2."""

    def main(  # type: ignore[override]  # of its many signatures this is the one that is called
        self, args: Sequence[str] | None = None, **rest: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Answer what was typed, in the language of who typed it; where nothing was, open the desk.

        ``args``: What was typed; the arguments of the process by default.
        """
        typed = sys.argv[1:] if args is None else list(args)
        if not typed and sys.stdout.isatty():  # a double click: who can type has --help
            typed = ["serve"]
        with language.speaking(language.asked(typed)), stopped.listening():
            return click.Group.main(language.in_language(self), typed, **rest)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt as interrupt:
            echo(f"\n{language.said(STOPPED)}", err=True)
            return ctx.exit(stopped.status(interrupt))
        except Exception as error:  # noqa: BLE001  the one place for what nobody expected
            from landtrack.model import disk  # not before: help needs no library
            from landtrack.model.errors import LandtrackError

            known = error if isinstance(error, LandtrackError) else disk.refusal(error)
            echo(_failed(known) if known else fault.tell(error, language.now()), err=True)
        return ctx.exit(NOT_DONE)


@click.group("landtrack", cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="landtrack", help="Show the version and exit.")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False, exists=True),
              metavar="FOLDER", help="Where the files are that a catalog names, where it is not "
              "its own folder.")
@click.pass_context
def main(ctx: click.Context, root: Path | None) -> None:
    """Vet the land use of industrial parks."""
    _choose_temporary_folder()
    if root is not None:
        from landtrack.model import catalog

        ctx.with_resource(catalog.paths.rooted(root))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal's code page lacks
            stream.reconfigure(errors="replace")
    log = logging.getLogger("landtrack")
    if not any(isinstance(each, Echo) for each in log.handlers):
        log.addHandler(Echo(logging.INFO))
        log.setLevel(logging.INFO)


def _choose_temporary_folder() -> None:
    """Take the folder for temporary files that is named, as it is.

    Python would try it with a file, which stays where it is killed just then, and nobody sweeps it.
    """
    named = [os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
    for each in (*filter(None, named), "/tmp"):  # noqa: S108  where Python looks, too
        if Path(each).is_dir() and os.access(each, os.R_OK | os.W_OK | os.X_OK):
            tempfile.tempdir = tempfile.tempdir or str(Path(each).absolute())
            return


class Echo(logging.Handler):
    """Tells on the terminal what the package logs: that something takes long, and why."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        echo(language.said(self.format(record)), err=True)


for each in cli.ALL:
    main.add_command(each)


@main.command()
@options.PLACE
@click.option(
    "--out", default="build", show_default=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder for map, store, ledger, findings and issues.",
)
@options.PLACE_LANG
@options.AS_OF
@options.RULES_NOW
@click.option("--store", "known", type=options.store_named, metavar="ADDRESS",
              help="Go on from this shared store (postgresql://…), and bring it up to the run; "
              "from the one in --out by default.")
@click.pass_context
def run(  # noqa: PLR0913, PLR0917  each option is an argument
    ctx: click.Context, place: Path | None, out: Path, lang: str | None, as_of: datetime | None,
    rules_now: bool, known: Address | None,
) -> None:
    """Vet PLACE, a folder with a catalog.toml; the demo place by default.

    Exit status: 0 every plot and every project was judged and passes, 1 something fails,
    3 nothing fails but something is unknown or was not judged, 2 the run could not be done;
    130 it was stopped with Ctrl-C, 143 by the system.
    """
    with Progress() as tell:
        from landtrack.app import vet

        if isinstance(known, Path):
            from landtrack.model.errors import SourceError

            raise SourceError(
                f"{known} is a file; a run writes its store into --out.",
                mend="Name a shared store: postgresql://user@host/database?schema=name.",
            )
        result = vet.run(
            place, out=out, lang=lang, as_of=as_of and as_of.date(), rules_now=rules_now,
            shared=known, tell=tell,
        )
        from landtrack.assessment import rules

        found = rules.standing(result)
    _summary(result)
    _stands(found)
    ctx.exit(found.status)


# --- what is shown ------------------------------------------------------------------------


class Progress:
    """Show the step at work on one line of the terminal, or a line a step in a file."""

    def __enter__(self) -> Self:
        from rich.console import Console

        self.console = Console(stderr=True, highlight=False)
        self.status = self.console.status("") if self.console.is_terminal else None
        if self.status is not None:
            self.status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is not None:
            self.status.stop()

    def __call__(self, step: str, what: str) -> None:  # noqa: D102  the class says it
        from landtrack.model import translations

        words = translations.load(language.now())
        step = columns.pad(language.said(step), 10)
        what = words(f"kind.{what}") if words.has(f"kind.{what}") else what
        if self.status is not None:
            self.status.update(f"[bold]{step}[/bold] {what}")
        else:
            echo(f"{step} {what}".rstrip(), err=True)


def _summary(result: Assessment) -> None:
    """Print what was vetted, how it came out, and where the outputs are."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from landtrack.model import Outcome, translations

    words = translations.load(language.now())
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, width=None if known else 100)
    place = result.place
    named = words("map.no_rules")
    if place.packs:
        named = words("cli.rules", packs=", ".join(place.packs))
    title = place.title.get(words.lang) or place.id
    console.print(f"[bold]{escape(title)}[/bold]  {place.crs}, {named}")
    if notice := place.notice.get(words.lang):
        console.print(notice, style="italic", markup=False)
    plots = f"{len(result.layers['plots']):,}"
    table = Table(
        title=words("cli.plots_by_rule", count=plots), title_justify="left", title_style="bold"
    )
    table.add_column(words("cli.rule"))
    table.add_column(words("cli.limit"))
    for outcome in Outcome:
        table.add_column(words(f"cli.outcome.{outcome}"), justify="right")
    if not place.packs:
        console.print(words("cli.plots", count=plots) + words("map.no_rules"))
    for rule in result.rules.values():
        own = result.findings[result.findings["rule"] == rule.id]
        found = own["outcome"].value_counts()
        limit = _plain(words.limit(rule))
        if not own["verified"].all():
            limit += f" [{words('wording.not_verified')}]"
        table.add_row(
            words.pick(rule.title) or rule.id, escape(limit),
            *(f"{found.get(outcome, 0):,}" for outcome in Outcome),
        )
    if place.packs:
        _verdict_row(table, result, words)
        console.print(table)
    _issue_lines(console, result, words)
    for name, path in result.outputs.items():
        console.print(f"{name:<13} {path}", soft_wrap=True)


def _failed(error: LandtrackError) -> str:
    """Say a failure that was expected: cause and mend."""
    cause, mend = language.of_error(error.cause), language.of_mend(error.mend)
    return language.said("Error: {message}").format(message=cause) + (
        "\n  " + language.said("Mend: {mend}").format(mend=mend)
    )


def _plain(limit: str) -> str:
    """Write a limit with the signs that every terminal has."""
    return limit.replace("≥", ">=").replace("≤", "<=").replace("²", "2")


def _verdict_row(table: Table, result: Assessment, words: Words) -> None:
    from landtrack.assessment.rules import verdicts
    from landtrack.model import NOT_JUDGED

    verdict = verdicts.by_subject(result.layers["plots"].index, result.findings).value_counts()
    table.add_section()
    table.add_row(
        words("cli.plot_as_a_whole"), "",
        *(f"{verdict.get(outcome, 0):,}" for outcome in ("pass", "fail", "unknown")),
        words("cli.not_judged", count=f"{verdict[NOT_JUDGED]:,}") if NOT_JUDGED in verdict else "",
    )


def _stands(found: Standing) -> None:
    """Say what keeps the place from passing, and by how many."""
    from landtrack.model import translations

    words = translations.load(language.now())
    for name, keys in vars(found).items():
        if keys:
            more = f" … +{len(keys) - MOST_NAMED:,}" if len(keys) > MOST_NAMED else ""
            echo(words(
                f"stands.{name}", count=f"{len(keys):,}",
                names=", ".join(keys[:MOST_NAMED]) + more,
            ))


def _issue_lines(console: Console, result: Assessment, words: Words) -> None:
    found = result.issues["severity"].value_counts()
    told = words("cli.and").join(
        words(f"cli.issues_{severity}", count=f"{found[severity]:,}")
        for severity in ("error", "warning", "info") if severity in found
    )
    console.print(words("cli.issues", told=told or words("cli.none")))
    counts = result.counts[["read", "not_selected", "set_aside", "kept"]].sum()
    console.print(words(
        "cli.features", **{str(name): f"{count:,}" for name, count in counts.items()}
    ))
