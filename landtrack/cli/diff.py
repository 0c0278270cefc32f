"""``landtrack diff``: what differs between two days, or between two data drops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from landtrack.cli import language
from landtrack.cli.options import KNOWN, PLACE, PLACE_LANG
from landtrack.cli.printed import echo

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
@click.option("--map", "drawn", type=FILE, help="Of two files: write a small map of what is new, "
              "gone and moved into a file, as JSON.")
@click.option("--save", type=FILE, help="Write the list as JSON, for the desk to show.")
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
    from landtrack.app import changes_kept, differences, small_maps
    from landtrack.assessment import layer_changes
    from landtrack.model import issues, translations
    from landtrack.output.reports import document, layer_changes as reports
    from landtrack.store import staging

    if Path(first).is_file() and Path(second).is_file():
        words = translations.load(options["lang"] or language.now())
        found = differences.of_files(
            Path(first), Path(second), key=options["key"], working=options["crs"],
            noise_m=options["noise"],
        )
        table = found.table
        after = None
        rows = translations.with_mends(issues.frame(found.rows), words)
        for row in rows.to_dict("records"):
            echo(words("diff.issue", source=row["source"], mend=row["mend"],
                             title=words(f"issue.{row['issue']}.title")))
        if options["drawn"]:
            staging.write_whole(options["drawn"], small_maps.of_change(found))
    else:
        table, after = differences.of_places(
            first, second, place, known=options["known"], lang=options["lang"],
            noise_m=options["noise"],
        )
        words = translations.load(after.lang)
    for row in table.to_dict("records"):
        echo(reports.line(words, row, after))
    echo(words("diff.total", count=len(table)))
    if options["save"]:
        changes_kept.keep(
            table, options["save"], after, of=(Path(first).name, Path(second).name)
        )
    if options["xlsx"]:
        document.write(reports.changed(table, after), options["xlsx"], words, kind="xlsx")
    if options["layer"]:
        layer_changes.write_layer(table, options["layer"])
    ctx.exit(int(len(table) > 0))
