"""Open numbers of a summary are a work list; what no layer gives is stated with its document."""

import re
import shutil
import tomllib

import desk_forms
import desks
import pytest

from landtrack.app import vet, yearly_report
from landtrack.model import catalog

STATED = {"value": "120", "unit": "万m³", "on": "2006-12-20", "source": "Letter 7 of the office"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo place, judged."""
    folder = tmp_path_factory.mktemp("served") / "demo"
    shutil.copytree(catalog.demo_place(), folder)
    vet.run(folder, out=folder / "build")
    return folder


@pytest.fixture(scope="module")
def visitor(demo, tmp_path_factory):
    with desks.desk(demo.parent, tmp_path_factory.mktemp("state")) as made:
        yield made.visitor()


@pytest.fixture
def page(visitor, demo):
    """Ask for the page anew, and send a form of it."""
    address = desks.of_place(demo, "/numbers")

    class Page:
        def __init__(self):
            self.answer = visitor.ask(address)
            self.seen = re.search(r'name="seen" value="(\w*)"', self.answer.text)[1]

        def part(self, figure):
            return re.search(
                rf'<section class="box" id="{figure}">(.*?)</section>', self.answer.text, re.DOTALL
            )[1]

        def send(self, **form):
            return desk_forms.send(visitor, address, {"seen": self.seen, **form})

    return Page


@pytest.fixture
def as_it_was(demo):
    kept = (demo / "figures.toml").read_bytes()
    yield
    (demo / "figures.toml").write_bytes(kept)


def test_each_open_number_says_what_is_missing_and_leads_to_where_it_is_mended(page, demo):
    whole = page()
    texts = (demo / "summary.toml").read_text(encoding="utf-8")
    figures = tomllib.loads((demo / "figures.toml").read_text(encoding="utf-8"))["figure"]
    lacking = {each["id"] for each in figures if "lacks" in each}
    used = {each for each in lacking if f"{{{each}}}" in texts or f"{{{each}:" in texts}

    assert set(re.findall(r'<section class="box" id="(\w+)">', whole.answer.text)) == used
    assert f"{len(used)} numbers are open" in whole.answer.seen
    assert "[open, missing: Excavation]" in whole.part("excavation")
    assert "Summary of 2006: Roads and networks" in whole.part("excavation")
    assert '/files">' in whole.part("excavation")     # no layer has it
    assert "missing: Output a year (Project plots)" in whole.part("sales")
    assert '/catalog">' in whole.part("sales")        # plots are there, the column is not read


@pytest.mark.usefixtures("as_it_was")
def test_a_stated_number_is_printed_as_stated_and_can_be_taken_back(page, demo, tmp_path):
    before = (demo / "figures.toml").read_text(encoding="utf-8")

    assert page().send(figure="excavation", **STATED).status == 303

    written = (demo / "figures.toml").read_text(encoding="utf-8")
    (line,) = set(written.splitlines()) - set(before.splitlines())
    assert line.startswith("stated = {")
    assert "2006-12-20" in line
    assert "120 万m³ [as stated]" in page().part("excavation")
    result = vet.vet(catalog.place(demo))
    yearly_report.write(result, tmp_path, year=2006)
    told = (tmp_path / "summary-2006.html").read_text(encoding="utf-8")
    assert "120 万m³〔据填报〕" in re.sub(r"<[^>]*>", "", told)
    assert STATED["source"] in told

    assert page().send(figure="excavation", back="1").status == 303
    assert (demo / "figures.toml").read_text(encoding="utf-8") == before


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize(("typed", "said"), [
    ({"value": "many"}, "is no number"),
    ({"value": "1,2"}, "is no number"),
    ({"on": "2006-13-01"}, "is no day"),
    ({"on": "2999-01-01"}, "still to come"),
    ({"source": " "}, "No document is named"),
    ({"unit": "x" * 21}, "is no unit"),
])  # fmt: skip
def test_what_cannot_stand_is_refused_beside_what_was_typed(page, demo, typed, said):
    before = (demo / "figures.toml").read_bytes()

    answer = page().send(figure="excavation", **STATED | typed)

    assert answer.status == 409
    assert said in answer.seen
    assert f'value="{(STATED | typed)["source"]}"' in answer.text
    assert (demo / "figures.toml").read_bytes() == before


@pytest.mark.usefixtures("as_it_was")
def test_money_is_stated_in_money(page):
    answer = page().send(figure="sales", **STATED | {"unit": "km"})

    assert (answer.status, "is no unit of this figure" in answer.seen) == (409, True)
    assert page().send(figure="sales", **STATED | {"unit": "亿元"}).status == 303


@pytest.mark.usefixtures("as_it_was")
def test_who_looked_at_other_figures_is_told_and_loses_nothing(page):
    first, second = page(), page()
    assert first.send(figure="fill", **STATED).status == 303

    answer = second.send(figure="excavation", **STATED)

    assert (answer.status, "changed meanwhile" in answer.seen) == (409, True)
    assert STATED["source"] in answer.text


def test_the_report_is_printed_with_its_open_numbers_in_sight(visitor, demo, page):
    page()  # the overview is there
    seen = visitor.ask(desks.of_place(demo, "/documents")).seen

    assert re.search(r"\d numbers are open", seen)


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("what", ["/numbers", "/overview"])
def test_what_is_wrong_with_the_files_of_the_figures_is_said(visitor, demo, what):
    (demo / "figures.toml").write_text("[[figure]]\nid = 1\n", encoding="utf-8")

    answer = visitor.ask(desks.of_place(demo, what))

    assert (answer.status, "figures.toml" in answer.seen) == (409, True)
