"""``landtrack diff``: what differs between two days, or between two data drops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli import language
from landtrack.cli.options import KNOWN, PLACE, PLACE_LANG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landtrack.app.differences import OfFiles
    from landtrack.model import Result
    from landtrack.model.translations import Words

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("first", metavar="DATE|FOLDER|FILE")
@click.argument("second", metavar="DATE|FOLDER|FILE")
@PLACE
@click.option("--key", help="Of two files: the column that tells features apart.")
@click.option("--crs", help="Of two files: the metric CRS to compare in; that of the first by "
              "default.")
@click.option("--noise", default=0.01, show_default=True, help="Outlines that are nowhere farther "
              "apart than so many metres are the same.")
@click.option("--xlsx", type=FILE, help="Write the list as a sheet.")
@click.option("--layer", type=FILE, help="Write what has a shape as a layer of a GeoPackage.")
@KNOWN
@PLACE_LANG
@click.pass_context
def diff(
    ctx: click.Context, /, first: str, second: str, place: Path | None, **options: Any  # noqa: ANN401
) -> None:
    """List what differs on PLACE between two days: states, shapes, facts, verdicts.

    Instead of days two folders of places may be named, or with --key two files in any format
    that is read, such as two data drops of a survey firm. Exit status: 0 nothing differs, 1
    something does, 2 could not be done.
    """
    from landtrack.app import differences
    from landtrack.assessment import layer_changes
    from landtrack.model import translations

    if Path(first).is_file() and Path(second).is_file():
        words = translations.load(options["lang"] or language.now())
        found = differences.of_files(
            Path(first), Path(second), key=options["key"], working=options["crs"],
            noise_m=options["noise"],
        )
        table = found.table
        for line in _of_files(found, words):
            click.echo(line)
    else:
        table, after = differences.of_places(
            first, second, place, known=options["known"], lang=options["lang"],
            noise_m=options["noise"],
        )
        words = translations.load(after.lang)
        for row in table.to_dict("records"):
            click.echo(_line(row, words, after))
    click.echo(words("diff.total", count=len(table)))
    if options["xlsx"]:
        layer_changes.write_workbook(table, options["xlsx"], words)
    if options["layer"]:
        layer_changes.write_layer(table, options["layer"])
    ctx.exit(int(len(table) > 0))


def _of_files(found: OfFiles, words: Words) -> Iterator[str]:
    """Tell what is amiss in two files and what differs."""
    from landtrack.model import issues, translations

    rows = translations.with_mends(issues.frame(found.rows), words)
    for row in rows.to_dict("records"):
        yield words("diff.issue", source=row["source"], mend=row["mend"],
                    title=words(f"issue.{row['issue']}.title"))
    for row in found.table.to_dict("records"):
        told = " → ".join(each or "–" for each in (row["before"], row["after"]))
        what = f"{words('diff.' + row['what'])} {row['field']}".rstrip()
        yield f"{_kind(words, row['layer'])} {row['feature_id']}: {what}: {told}"


def _kind(words: Words, layer: str) -> str:
    """Name a layer: by its kind, or as it is called in a file."""
    return words(f"kind.{layer}") if words.has(f"kind.{layer}") else layer


def _line(row: dict[Any, Any], words: Words, result: Result) -> str:
    """Tell a difference in one line, its field and values by their words."""
    from landtrack.output import wording

    sides = [row["before"], row["after"]]
    field = ""
    if row["what"] == "verdict":
        field = words.pick(result.rules[row["field"]].title)
        sides = [words(f"outcome.{each}") for each in sides]
    elif row["field"]:
        field = words(f"field.{row['field']}")
        known = result.schemas[row["layer"]].fields.get(row["field"])
        if known is not None and known.type == "choice":
            sides = [each and wording.choice(words, known, result.workflow, each)
                     for each in sides]
    told = " → ".join(each or "–" for each in sides)
    what = words(f"diff.{row['what']}")
    if row["what"] != "state":
        what = f"{what} {field}".rstrip()
    return f"{words('kind.' + row['layer'])} {row['feature_id']}: {what}: {told}"
