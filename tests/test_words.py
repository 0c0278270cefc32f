"""A test that finds any word that does not come from the text catalog.

A made-up language marks every entry; what is shown on the map, its card or the ledger
without the mark is either data or a word that somebody wrote into the code.
"""

import re
import tomllib

import openpyxl
import pytest
from browser import browser, open_map
from builders import box, line, point

import landtrack
from landtrack.model import catalog, translations as text

MARK = "⟦"
DATA = "data"
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!["SCRIPT", "STYLE"].includes(parent.tagName)) found.push(walker.currentNode.data.trim());
  }
  for (const each of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    for (const name of ["aria-label", "title", "placeholder"]) {
      if (each.hasAttribute(name)) found.push(each.getAttribute(name).trim());
    }
  }
  return found.filter((text) => text);
}"""


def marked(table):
    return {
        key: marked(value) if isinstance(value, dict) else f"{MARK}{value}⟧"
        for key, value in table.items()
    }


def toml(table, path=()):
    lines = ["[" + ".".join(f'"{key}"' for key in path) + "]"] if path else []
    lines += [f'"{key}" = """{value}"""' for key, value in table.items() if isinstance(value, str)]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += [toml(value, (*path, key))]
    return "\n".join(lines)


@pytest.fixture
def outputs(site, tmp_path, monkeypatch):
    """Run a place whose every name begins with "data", in the marked language."""
    words = tomllib.loads(catalog.data_file("text", "en").read_text(encoding="utf-8"))
    (tmp_path / "own" / "text").mkdir(parents=True)
    (tmp_path / "own" / "text" / "xx.toml").write_text(toml(marked(words)), encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "own"))
    titled = {"xx": "data title"}
    site.head |= {"title": titled, "notice": titled}
    site.layer("plots", [
        site.plot("data A", box(0, 0, 100, 100), name="data", company="data", stage="entered",
                  eia_document_no="data", eia_approved_on="2006-05-31", land_area_m2=20_000),
        site.plot("data B", box(200, 0, 300, 100), fixed_investment_cny=None),
    ], attribution="data")
    site.layer("parcels", [
        (box(0, 0, 50, 100), {"parcel_id": "data", "state": "approved", "owner": "data"}),
        (box(50, 0, 70, 100), {"parcel_id": "data 2"}),
    ])
    site.layer("roads", [(line((-9, -9), (90, -9)), {"road_id": "data", "width_m": 20})])
    site.layer("pipelines", [(line((-9, 9), (90, 9)), {"pipeline_id": "data", "medium": "gas"})])
    site.layer("power_lines", [(line((0, 200), (9, 200)), {"line_id": "data", "voltage_kv": 66})])
    site.layer("substations", [(point(0, 300), {"substation_id": "data"})])
    return landtrack.run(site.folder, out=tmp_path / "build", lang="xx").outputs


def unmarked(texts):
    """Leave out what is marked, what is data, and figures with their units."""
    figure = re.compile(r"[-+−±≥>≤<×·•●○⤢–\d.,%/:\s()]*(kV|m|km)?")
    bare = {text.lstrip("✓✗? ") for text in texts}
    return {
        text for text in bare
        if MARK not in text and not text.startswith(DATA) and not figure.fullmatch(text)
    }


def of_data_files():
    """List the words that rule packs, workflows and other languages bring of their own."""
    pack = catalog.rule_pack("x-park-2006")
    states = catalog.workflow("cn-2006").tracks["approval"].state
    languages = {text.load(lang)("language.name") for lang in ("zh", "en")}
    laws = catalog.corridors().setback
    return {each.title["en"] for each in (pack, *pack.rule, *states, *laws)} | languages


def test_every_word_of_the_map_and_the_card_comes_from_the_catalog(outputs):
    with browser() as running:
        for fragment in ("", "#plot=data%20A", "#plot=data%20B", "#plot=nowhere"):
            with open_map(outputs["map.html"], fragment=fragment, running=running) as page:
                page.wait_for_timeout(300)
                texts = page.evaluate(TEXTS)
                assert len([text for text in texts if MARK in text]) > 20
                assert unmarked(texts) - of_data_files() == set()


def test_every_word_of_the_ledger_comes_from_the_catalog(outputs):
    book = openpyxl.load_workbook(outputs["ledger.xlsx"])

    for sheet in book:
        assert sheet.title.startswith(MARK)
        for cell in filter(lambda each: each.value is not None, sheet[1]):  # a cover has blanks
            of_rule = any(cell.value.startswith(f"{words} (") for words in of_data_files())
            assert MARK in cell.value or of_rule, (sheet.title, cell.value)
    for row in book.worksheets[4].iter_rows(min_row=2, values_only=True):
        severity, title, layer, _, _, _, mend, who, _ = row
        assert all(MARK in each for each in (severity, title, layer, mend, who))
