"""Help laid out by the columns of a terminal, in which a Chinese character takes two."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import click

CLOSING = "，。；：、）》」』”’！？…·％%"
"""Signs that begin no line."""
OPENING = "（《「『“‘"
"""Signs that end none."""


def width(written: str) -> int:
    """Count the columns that a text takes.

    Returns: Two for a Chinese character, else one.
    """
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in written)


def pad(written: str, columns: int) -> str:
    """Fill a text up with blanks."""
    return written + " " * (columns - width(written))


def wrap(written: str, columns: int) -> list[str]:
    """Cut a text into lines: between words, and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(written):
        if line and width(line) + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(written: str) -> list[str]:
    """Cut a text where a line may end."""
    pieces: list[str] = []
    for each in written:
        before = pieces[-1][-1] if pieces else " "
        wide = width(each) == 2 or width(before) == 2  # noqa: PLR2004
        ends = (wide and each not in CLOSING and before not in OPENING) or before == " "
        if pieces and not (ends and each != " "):
            pieces[-1] += each
        else:
            pieces.append(each)
    return pieces


class Columns(click.HelpFormatter):
    """Lays help out by the columns that it takes, in which a Chinese character counts two."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        head = prefix or ""
        head += "" if head.endswith("：") else " "
        indent = width(head) + width(prog) + 1
        if indent > self.width // 2:
            indent = 4
        lines = wrap(f"{head}{prog} {args}", self.width)
        if len(lines) > 1:
            rest = " ".join(lines[1:])
            lines = [lines[0], *(" " * indent + each for each in wrap(rest, self.width - indent))]
        self.write("\n".join(lines) + "\n")

    def write_heading(self, heading: str) -> None:
        """Write what stands above a list."""
        colon = ":" if heading.isascii() else "："
        self.write(f"{' ' * self.current_indent}{heading}{colon}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs.

        ``text``: Paragraphs, with an empty line between two.
        """
        shift = " " * self.current_indent
        cut = [
            "\n".join(shift + line for line in wrap(each, self.width - len(shift)))
            for each in text.split("\n\n")
        ]
        self.write("\n\n".join(cut) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms, and what they mean beside them.

        ``col_max``: How many columns terms may take before what they mean goes below.
        """
        shift = " " * self.current_indent
        rows = list(rows)
        first = min(max((width(term) for term, _ in rows), default=0), col_max) + col_spacing
        for term, meaning in rows:
            line = shift + term
            if meaning:
                fits = width(term) <= first - col_spacing
                line = f"{line}{' ' * (first - width(term))}" if fits else f"{line}\n"
                rest = " " * (len(shift) + first)
                lines = wrap(meaning, max(self.width - len(rest), 10))
                line += f"\n{rest}".join(lines) if fits else "\n".join(rest + one for one in lines)
            self.write(line.rstrip() + "\n")
