"""Workbooks written by hand, part by part: .ods and .xlsb, and what is to be read in each.

The .xls of the folder ``workbooks`` were written once by xlwt 1.3: the rows of ``ROWS``; in
``odd.xls`` row 3 has its investment struck out, row 4 and the column of areas are hidden, the keys
are numbers shown as 000, and days count from 1904, as they do in ``plain-1904.xls``; in
``formula.xls`` the investment of row 3 is a formula, which xlwt does not compute.
"""

import struct
import zipfile
from xml.sax.saxutils import escape, quoteattr

ROWS = [
    ["项目编号", "企业名称", "用地面积", "投资", "日期"],
    ["001", "甲厂", 12, 3000.5, 37407], ["002", "乙厂", 8, 1500, 37408],
    ["010", "丙厂", 20, 2600, 37409],
]
NAMES = ("office", "table", "text", "style", "number", "fo")
SPACES = " ".join(
    f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:'
    f'{"xsl-fo-compatible" if each == "fo" else "datastyle" if each == "number" else each}:1.0"'
    for each in NAMES
) + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:office:xmlns:calcext:1.0"'


def ods(path, rows, *, look=None, hidden_rows=(), hidden_columns=(), epoch=1900, raw=""):
    """Write an .ods; ``look`` gives, by (row, column) from 0, attributes of a cell, or its XML."""
    look = look or {}
    width = max(map(len, rows), default=0)
    columns = "".join(
        f'<table:table-column{HIDE if at in hidden_columns else ""}/>' for at in range(width)
    )
    lines = []
    for at, row in enumerate(rows):
        hide = ' table:visibility="filter"' if at in hidden_rows else ""
        cells = "".join(
            _ods_cell(cell, look.get((at, place), "")) for place, cell in enumerate(row)
        )
        lines.append(f"<table:table-row{hide}>{cells}</table:table-row>")
    null = "" if epoch == 1900 else (
        '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/>'
        "</table:calculation-settings>"
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {SPACES}><office:automatic-styles>'
        '<number:number-style style:name="N3"><number:number number:decimal-places="0" '
        'number:min-integer-digits="3"/></number:number-style>'
        '<style:style style:name="struck" style:family="table-cell"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="child" style:family="table-cell" '
        'style:parent-style-name="struck"/>'
        '<style:style style:name="zeros" style:family="table-cell" style:data-style-name="N3"/>'
        '<style:style style:name="T1" style:family="text"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style>'
        f"</office:automatic-styles><office:body><office:spreadsheet>{null}"
        f'<table:table table:name="台账">{columns}{"".join(lines)}{raw}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


HIDE = ' table:visibility="collapse"'


def _ods_cell(cell, look):
    if look.startswith("<"):
        return look
    if cell is None:
        return f"<table:table-cell {look}/>"
    if isinstance(cell, str):
        return (f'<table:table-cell office:value-type="string" {look}><text:p>{escape(cell)}'
                "</text:p></table:table-cell>")
    value = quoteattr(str(cell))
    return (f'<table:table-cell office:value-type="float" office:value={value} {look}>'
            f"<text:p>{cell}</text:p></table:table-cell>")


# --- .xlsb -----------------------------------------------------------------------------------


def record(kind, data=b""):
    """Write a record: its number, its length, its content."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, left = b"", len(data)
    while True:
        byte, left = left & 0x7F, left >> 7
        length += bytes([byte | (0x80 if left else 0)])
        if not left:
            return head + length + data


def text(written):
    return struct.pack("<I", len(written)) + written.encode("utf-16-le")


PLAIN, STRUCK, ZEROS = 0, 1, 2
"""The styles of cells in what :func:`xlsb` writes."""


def formula_xls(path, plain, *, result=None, flags=0, program=False):
    """Write formula.xls with another result and flags of its formula, as a program computed it."""
    data = bytearray(plain.read_bytes())
    at = data.index(struct.pack("<HHHH", 0x0006, 29, 2, 3))
    if result is not None:
        data[at + 10 : at + 18] = struct.pack("<d", result)
    data[at + 18 : at + 20] = struct.pack("<H", flags)
    if program:  # the record of a window stands for that of the program
        window = data.index(struct.pack("<HH", 0x003D, 18))
        data[window : window + 2] = struct.pack("<H", 0x01C1)
    path.write_bytes(data)
    return path


class Formula:
    """A formula of an .xlsb with what is stored as its result."""

    def __init__(self, result, flags=0):
        """Take them."""
        self.result, self.flags = result, flags

    def record(self, own):
        """Write the cell."""
        kind, stored = (8, text(self.result)) if isinstance(self.result, str) else (
            9, struct.pack("<d", self.result)
        )
        return record(kind, own + stored + struct.pack("<HI", self.flags, 0))


def xlsb(path, rows, *, look=None, hidden_rows=(), hidden_columns=(), epoch=1900, merged=(),
         computing=None):
    """Write an .xlsb; ``look`` gives, by (row, column) from 0, the style of a cell.

    ``computing`` is the program that computed it and the flags of that.
    """
    look = look or {}
    font = bytes(2) + b"%c\0" + bytes(17)
    styles = b"".join([
        record(278), record(615, struct.pack("<I", 1)),
        record(44, struct.pack("<H", 164) + text("000")), record(616),
        record(611, struct.pack("<I", 2)), record(43, font % 0), record(43, font % 8), record(612),
        record(617, struct.pack("<I", 3)),
        *(record(47, struct.pack("<HHH", 0, form, own) + bytes(10))
          for form, own in ((0, 0), (0, 1), (164, 0))),
        record(618), record(279),
    ])
    last = max(rows) if isinstance(rows, dict) else len(rows) - 1
    body = [record(129), record(148, struct.pack("<IIII", 0, last, 0, 16_383))]
    if hidden_columns:
        body += [record(390), *(
            record(60, struct.pack("<IIIIH", at, at, 2048, 0, 1)) for at in hidden_columns
        ), record(391)]
    body.append(record(145))
    for at, row in rows.items() if isinstance(rows, dict) else enumerate(rows):
        flags = 0x10 if at in hidden_rows else 0
        body.append(record(0, struct.pack("<IIHBBBI", at, 0, 320, 0, flags, 0, 0)))
        for place, cell in row.items() if isinstance(row, dict) else enumerate(row):
            if cell is None:
                continue
            own = struct.pack("<II", place, look.get((at, place), PLAIN))
            if isinstance(cell, Formula):
                body.append(cell.record(own))
            elif isinstance(cell, str) and cell.startswith("#"):
                body.append(record(3, own + bytes([0x07])))
            elif isinstance(cell, str):
                body.append(record(6, own + text(cell)))
            else:
                body.append(record(5, own + struct.pack("<d", cell)))
    body.append(record(146))
    if merged:
        body += [record(177, struct.pack("<I", len(merged))), *(
            record(176, struct.pack("<IIII", *each)) for each in merged
        ), record(178)]
    body.append(record(130))
    book = b"".join([
        record(131), record(153, struct.pack("<II", int(epoch == 1904), 0) + text("")),
        record(143), record(156, struct.pack("<II", 0, 1) + text("rId1") + text("台账")),
        record(144),
        b"" if computing is None else record(
            157, struct.pack("<IIIdIH", computing[0], 1, 100, 0.001, 1, computing[1])
        ),
        record(132),
    ])
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                 'relationships">{}</Relationships>')
    one = '<Relationship Id="{}" Type="' + kinds + '/{}" Target="{}"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("_rels/.rels", relations.format(
            one.format("r", "officeDocument", "xl/workbook.bin")))
        file.writestr("xl/workbook.bin", book)
        file.writestr("xl/_rels/workbook.bin.rels", relations.format(
            one.format("rId1", "worksheet", "worksheets/sheet1.bin")
            + one.format("rId2", "styles", "styles.bin")))
        file.writestr("xl/styles.bin", styles)
        file.writestr("xl/worksheets/sheet1.bin", b"".join(body))
    return path
