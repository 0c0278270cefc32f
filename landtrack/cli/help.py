"""``landtrack help``: the handbook, in the terminal and in the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import columns, language
from landtrack.cli.options import LANG
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from landtrack.output.reports.handbook import Described

BREAK = "\x1f"
"""Stands where a line of Chinese may end: for rich a blank, of no width; taken out again."""
WIDEST = 100
"""Columns that a page takes at most, however wide the terminal is."""


@click.command("help")
@click.argument("topic", required=False)
@click.option("--browser", is_flag=True, help="Open the whole handbook in the browser.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the whole handbook as one HTML page.")
@LANG
def handbook(topic: str | None, browser: bool, out: Path | None, lang: str | None) -> None:
    """Show the page of the handbook on TOPIC; without one, list the topics.

    The page of commands lists all options, that of the catalog all keys, that of tables all
    columns.
    """
    from landtrack.app import handbook as pages
    from landtrack.output.reports.handbook import words_of

    lang = lang or language.now()
    words = words_of(lang)
    described = list(describe(click.get_current_context().find_root().command))
    shown = None if topic is None else pages.page(topic, lang, described)
    if browser or out is not None:
        path = out if out is not None else _own_file(lang)
        path.write_text(pages.to_html(lang, described), encoding="utf-8", newline="\n")
        echo(str(path))
        if browser:
            import webbrowser

            webbrowser.open(path.resolve().as_uri() + (f"#{topic}" if topic else ""))
    elif shown is not None:
        _show(shown.text)
    else:
        echo(words("help.title") + "\n")
        for each in pages.pages(lang, described):
            told = columns.wrap(each.line.replace("`", ""), 66)
            echo(f"  {each.topic:<10}  " + f"\n{' ' * 14}".join(told))
        echo("\n" + words("help.how").replace("`", ""))


def describe(command: click.Command, path: str = "landtrack") -> Iterator[Described]:
    """Describe a command and all below it, in the language that it is in.

    Yields: Each command that does something by itself.
    """
    from landtrack.output.reports.handbook import Described

    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            yield from describe(below, f"{path} {name}")
        return
    ctx = language.InColumns(command, info_name=path)
    pieces = [each for each in command.collect_usage_pieces(ctx) if each != command.options_metavar]
    records = [
        each.get_help_record(ctx) for each in command.params if isinstance(each, click.Option)
    ]
    yield Described(
        usage=" ".join([path, *pieces]), text=command.help or "",
        options=tuple(each for each in records if each is not None),
    )


def _own_file(lang: str) -> Path:
    """Give the file that the browser is shown: one a language, in the user's cache."""
    import platformdirs

    folder = platformdirs.user_cache_path("landtrack", appauthor=False, ensure_exists=True)
    return folder / f"handbook-{lang}.html"


def _show(text: str) -> None:
    """Show Markdown in the terminal, page by page where it is longer than that."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    terminal = sys.stdout.isatty()
    plain = Theme({"markdown.code": "cyan"})  # on whatever ground the terminal has
    console = Console(width=min(Console().width, WIDEST) if terminal else 80, theme=plain)
    page = Markdown(text, hyperlinks=False, code_theme="ansi_light")
    for token in page.parsed:
        _let_break(token.children or ())
    with console.capture() as captured:
        console.print(page)
    told = "\n".join(
        line.rstrip() for line in captured.get().replace(BREAK, "").splitlines()
    ).strip("\n") + "\n"
    if terminal and told.count("\n") >= console.height:
        click.echo_via_pager(told)
    else:
        echo(told, nl=False)


def _let_break(tokens: Iterable[Token]) -> None:
    """Mark in text where a line may end: beside a Chinese character, but before no comma."""
    before = " "
    for token in tokens:
        marked = ""
        for each in token.content:
            wide = columns.width(before) == 2 or columns.width(each) == 2  # noqa: PLR2004
            if (wide and not each.isspace() and each not in columns.CLOSING
                    and before not in columns.OPENING):
                marked += BREAK
            marked += each
            before = each
        token.content = marked
