"""What a document says, in words, for tests to read."""

from typing import NamedTuple

from landtrack.output.reports import document


class Told(NamedTuple):
    """A section in words: rows and headings of its tables, the lines of small print."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def sections(made, words):
    """Give the sections of a document in words."""
    return [told(each, words) for each in made.sections]


def told(section, words):
    tables = [each for each in section.parts if isinstance(each, document.Table)]
    return Told(
        document.said(words, section.title),
        tuple(document.said(words, head) for table in tables for head in table.headings),
        tuple(tuple(row) for table in tables for row in table.texts(words)),
        tuple(each.told(words) for each in section.parts
              if isinstance(each, document.Text) and each.small),
    )
