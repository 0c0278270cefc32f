"""Reads a page as its scripts do, with code of its own: blocks, columns, cards and shapes."""

import base64
import datetime as dt
import itertools
import json
import re
import struct
import zlib

import shapely

EDGE = 20037508.342789244


def json_of(page, name):
    """The JSON of a data block."""
    found = re.search(
        rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(found[1])


def block(page, name):
    """A block of bytes."""
    start = page.index(f'id="block:{name}">') + len(f'id="block:{name}">')
    return zlib.decompress(base64.b64decode(page[start : page.index("</script>", start)]))


def unsigned(data):
    values, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            value, shift = 0, 0
    return values


def unfold(value):
    return -(value + 1) // 2 if value % 2 else value // 2


def steps(data, count):
    values, at = [], 0
    for low, high in zip(data[:count], unsigned(data[count:]), strict=True):
        at += unfold(low | high << 8)
        values.append(at)
    return values


def parts(data):
    runs, at = [], 0
    while at < len(data):
        length, shift = 0, 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        runs.append(data[at:at + length])
        at += length
    return runs


def texts(data, count):
    lengths, letters, rows = parts(data)
    whole, words, at = letters.decode("utf-8").encode("utf-16-le"), [], 0
    for length in unsigned(lengths):
        words.append(whole[2 * at:2 * (at + length)].decode("utf-16-le"))
        at += length
    return [words[code] for code in steps(rows, count)]


def column(page, kind, name, lang):
    """A column of a layer in words."""
    whole = json_of(page, f"layer-{kind}")
    head = whole["columns"][name]
    data = block(page, head["at"])
    if head["type"] == "text":
        return texts(data, whole["count"])
    codes = unsigned(data)
    if head["type"] == "said":
        return [head["words"][lang][code] for code in codes]
    return [_cell(head, code, lang) if code else "" for code in codes]


def _cell(head, code, lang):
    number = unfold(code - 1)
    if head["type"] == "date":
        return (dt.date(1970, 1, 1) + dt.timedelta(days=number)).isoformat()
    text = f"{number / 10 ** head['decimals']:,.{head['decimals']}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text if head['grouped'] else text.replace(',', '')} {head['unit'][lang]}".rstrip()


def floats(page, name):
    data = block(page, name)
    count = len(data) // 8
    return [struct.unpack("<d", data[at::count])[0] for at in range(count)]


def classes(page, kind):
    head = json_of(page, f"layer-{kind}")
    codes = unsigned(block(page, f"{kind}/first/class"))
    return [head["classes"][code]["code"] for code in codes]


def cards(page, lang, rows=None):
    """The sections of all cards or of some rows: per plot what, name and words."""
    head = json_of(page, "layer-plots")
    known = json.loads(block(page, "plots/columns/patterns"))
    wanted = range(head["count"]) if rows is None else rows
    told = {row: [] for row in wanted}
    for (what, name), patterns, codes in _codes(page, head, known["patterns"]):
        for row in wanted:
            code, own = codes[row]
            told[row].append((what, name, _said(patterns[code]["said"], own, known, lang)))
    return list(told.values())


def _codes(page, head, known):
    """The sections, each with its patterns, and per row the pattern and its numbers."""
    size = head["cards"]["size"]
    blocks = [
        parts(block(page, f"plots/cards/{number}")) for number in range(-(-head["count"] // size))
    ]
    for number, section in enumerate(head["cards"]["sections"]):
        rows = []
        for runs in blocks:
            numbers, at = [unfold(each) for each in unsigned(runs[2 * number + 1])], 0
            for code in unsigned(runs[2 * number]):
                count = known[number][code]["n"]
                rows.append((code, numbers[at:at + count]))
                at += count
            assert at == len(numbers)
        assert len(rows) == head["count"]
        yield section, known[number], rows


def first_of_each_pattern(page):
    """The rows in which a pattern of a finding or a layer stands first."""
    head = json_of(page, "layer-plots")
    known = json.loads(block(page, "plots/columns/patterns"))
    found = set()
    for (what, _), patterns, codes in _codes(page, head, known["patterns"]):
        if what in ("finding", "layer"):
            first = {}
            for row, (code, _) in enumerate(codes):
                first.setdefault(code, row)
            assert len(first) == len(patterns)
            found |= set(first.values())
    return found


def _said(message, numbers, known, lang):
    """Put messages into words, as the page does."""
    def put(each):
        return _said(each, numbers, known, lang)

    if isinstance(message, list):
        return [put(each) for each in message]
    if not isinstance(message, dict):
        return message
    kind = next(iter(message), "")
    if not kind.startswith("$"):
        return {key: put(each) for key, each in message.items()}
    words, own = known["words"][lang], message[kind]
    tellers = {
        "$say": lambda: words[own].format(**put(message.get("$with", {}))),
        "$pick": lambda: own[lang],
        "$figure": lambda: _figure(message, numbers) + _unit(message.get("$in", ""), words, " "),
        "$unit": lambda: _unit(own, words),
        "$day": lambda: _day(numbers[own]),
        "$name": lambda: known["names"][numbers[own]],
        "$join": lambda: words[own].join(put(message["$parts"])),
        "$line": lambda: "".join(put(own)).rstrip(),
    }
    return tellers[kind]()


def _day(number):
    return (dt.date(1970, 1, 1) + dt.timedelta(days=number)).isoformat()


def _figure(message, numbers):
    shown = message["$figure"]
    if isinstance(shown, str):
        return shown
    decimals = message["$decimals"]
    return f"{numbers[shown] / 10 ** decimals:,.{decimals}f}"


def _unit(unit, words, blank=""):
    return unit if unit in {"", "%"} else f"{blank}{words[f'unit.{unit}']}".rstrip()


def card(page, row, lang="zh"):
    """One card: findings, figures, layers by kind and issues."""
    (sections,) = cards(page, lang, [row])
    return {
        "findings": [told for what, _, told in sections if what == "finding" and told],
        "figures": dict(next(told for what, _, told in sections if what == "figures")),
        "layers": {name: told for what, name, told in sections if what == "layer"},
        "issues": next(told for what, _, told in sections if what == "issues"),
    }


def shapes_of(page, kind):
    """The shapes of a layer of blocks in metres of EPSG:3857, per row a list of parts."""
    head = json_of(page, f"layer-{kind}")
    rows = []
    for number, (_, count, *_box) in enumerate(head["blocks"]):
        pieces, types, rings, points, xs, ys = parts(block(page, f"{kind}/shapes/{number}"))
        points = unsigned(points)
        total = sum(points)
        places = zip(steps(xs, total), steps(ys, total), strict=True)
        types, rings, lengths = iter(unsigned(types)), iter(unsigned(rings)), iter(points)
        per_row = unsigned(pieces)
        assert len(per_row) == count
        for amount in per_row:
            own = []
            for _ in range(amount):
                of_type, found = next(types), []
                for _ in range(next(rings)):
                    ring = itertools.islice(places, next(lengths))
                    found.append([(x / 100, y / 100) for x, y in ring])
                own.append(_piece(of_type, found))
            rows.append(own)
    return rows


def _piece(of_type, rings):
    if of_type == 0:
        return shapely.Point(rings[0][0])
    return shapely.LineString(rings[0]) if of_type == 1 else shapely.Polygon(rings[0], rings[1:])
