"""A document as a page that needs no network, for reading and printing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import date
from html import escape

from landtrack.model import catalog
from landtrack.model.translations import Words
from landtrack.output.reports.document import parts
from landtrack.output.reports.document.parts import Document, said
from landtrack.output.wording.messages import Message


def to_html(document: Document, words: Words) -> str:
    """Write a document as a page; a click on a row shows its shapes in the drawing beside it."""
    page = _Page(words)
    title = page.told(document.title)
    beside = [page.part(document.drawing)] if document.drawing else []
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    if beside:
        script = _template("document.script")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
        beside.append(f"<script>{script}</script>")
    head = [
        f'<!DOCTYPE html><html lang="{words.lang}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>{title}</title><style>{_template('document.css')}</style></head>",
        '<body class="beside"><main>' if beside else "<body><main>", f"<h1>{title}</h1>",
    ]
    if subtitle := page.told(document.subtitle):
        head.append(_tag("p", subtitle, look="note"))
    if document.drawing:
        head.append(_tag("p", page.told(document.drawing.title), look="note"))
    if document.verdict is not None:
        head.append(page.part(document.verdict))
    body = [line for section in document.sections for line in page.section(section)]
    return "\n".join([*head, *body, "</main>", *beside, "</body></html>\n"])


def _template(name: str) -> str:
    return (catalog.SHIPPED / "templates" / name).read_text(encoding="utf-8")


def _tag(name: str, inside: str, look: str = "", key: str = "", more: str = "") -> str:
    """Write an element; what is inside it and its attributes are markup already."""
    own = "".join(f' {word}="{each}"' for word, each in (("id", key), ("class", look)) if each)
    return f"<{name}{own}{more}>{inside}</{name}>"


class _Page:
    """Writes the parts of a page in one language."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def told(self, message: Message) -> str:
        """Put a message into words that are no markup."""
        return escape(said(self.words, message))

    def section(self, section: parts.Section) -> list[str]:
        """Write a heading and what stands under it."""
        title = self.told(section.title)
        look = "page" if section.page else ""
        heading = [_tag(f"h{section.level + 1}", title, look)] if title else []
        return heading + [self.part(each) for each in section.parts]

    def part(self, part: parts.Part) -> str:
        """Write a part by its kind."""
        match part:
            case parts.Table():
                return self._table(part)
            case parts.Text(pieces, small):
                return _tag("p", "".join(map(self._piece, pieces)), "note" if small else "")
            case parts.Drawing():
                return self._drawing(part)
            case parts.Verdict(outcome, reason):
                told = [_tag("p", escape(part.told(self.words)), f"verdict {outcome}")]
                return _lines([*told, *([_tag("p", self.told(reason), "why")] if reason else [])])
            case parts.Chart(draw, caption):
                from landtrack.output.reports.document import pictures

                drawn = pictures.svg(draw, self.words)
                under = _tag("figcaption", self.told(caption)) if caption else ""
                return _tag("figure", drawn + under)

    def _piece(self, piece: Message | parts.Link) -> str:
        if not isinstance(piece, parts.Link):
            return self.told(piece)
        look = "figure open" if piece.open else "figure"
        return _tag("a", self.told(piece.text), look, more=f' href="#{escape(piece.key)}"')

    def _table(self, table: parts.Table) -> str:
        if not table.rows:
            return ""
        sides = ["n" if table.numeric(at) else "" for at in range(len(table.rows[0].cells))]
        first = "td" if table.headings else "th"
        rows = []
        for line, row in enumerate(table.rows):
            cells = (
                _tag(first if at == 0 or (at % 2 == 0 and not table.headings) else "td",
                     self.told(cell.value), " ".join(filter(None, (side, _look(cell)))))
                for at, (cell, side) in enumerate(zip(row.cells, sides, strict=True))
            )
            high = f' style="height:{table.heights[line]:g}mm"' if table.heights else ""
            shows = "" if row.shows is None else f' tabindex="0" data-on="{" ".join(row.shows)}"'
            look = "marked" if row.marked else ""
            rows.append(_tag("tr", "".join(cells), look, row.key, shows or high))
        if not table.headings:
            pairs = " pairs" if len(table.rows[0].cells) > 2 else ""  # noqa: PLR2004  a label and what it labels
            return _tag("table", "\n".join(rows), f"labelled{pairs}")
        head = "".join(
            _tag("th", self.told(each), side)
            for each, side in zip(table.headings, sides, strict=True)
        )
        return _tag("table", f"<thead>{_tag('tr', head)}</thead>{_tag('tbody', _lines(rows))}")

    def _drawing(self, drawing: parts.Drawing) -> str:
        width, height = drawing.size
        paths = (
            _tag("path", _tag("title", escape(each.title)) if each.title else "", each.look,
                 each.key, f' d="{each.path}"')
            for each in drawing.shapes
        )
        title = f' viewBox="0 0 {width:.1f} {height:.1f}" role="img" aria-label="'
        return _tag("svg", _lines(paths), more=f'{title}{self.told(drawing.title)}"')


def _look(cell: parts.Cell) -> str:
    """Name how a cell looks that is no figure."""
    return f"status {cell.status}" if cell.status else "d" if isinstance(cell.value, date) else ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)
