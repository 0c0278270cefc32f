"""Nothing is written over the subject of a sheet, nor over other texts, symbols or the grid."""

import dataclasses
from pathlib import Path

import overlaps
import pytest
from conftest import REAL_PLACES

from landtrack.app import vet
from landtrack.model import catalog
from landtrack.output.sheets import make, subjects as selecting, template
from landtrack.output.sheets.layout import Box
from landtrack.output.sheets.make import Order
from landtrack.output.sheets.pdf_canvas import Pen
from landtrack.output.sheets.template import Fonts

DEMO = Path(__file__).parents[1] / "layers"
OF = {
    "x-park-2006": "plots:XP-001,XP-026", "krems": "plots:25150525,25160177",
    "cambridge": "plots:184-24,177-177",
}
"""A plot or two of each place: that of Krems is split over several maps."""


def drawn(pen):
    """Draw what lies over what, each once."""
    pen.begin(100, 100)
    with pen.marked("frame"):
        pen.rectangle(Box(left=5, right=95, bottom=5, top=95))
    with pen.marked("boundary"):
        pen.path([(10, 10), (10, 90)])
    with pen.marked("grid"):
        pen.segments([(50, 20, 54, 20), (52, 18, 52, 22)])
    with pen.marked("points"):
        pen.circle(10, 80, 1)
    with pen.marked("substations"):
        pen.rectangle(Box(left=69, right=72, bottom=69, top=72))
    with pen.marked("labels"):
        for x, y in ((20, 50), (21, 50.5), (9, 30), (50, 19.5), (68, 70), (30, 80)):
            pen.text(x, y, "字字", size=2)
    with pen.marked("numbers"):
        pen.text(9.5, 79.5, "J1", size=2)
        pen.text(30.5, 80.5, "J2", size=2)
    pen.text(9, 60, "字", size=2)
    pen.end()
    return pen.save()


def test_what_lies_over_what_is_counted():
    found = overlaps.of(drawn(Pen(Fonts())))

    assert {name: count for name, count in found.items() if count} == {
        "texts": 8, "labels_labels": 1, "labels_grid": 1, "labels_symbols": 1,
        "subject_texts": 1, "subject_line": 2, "subject_points": 1,
    }


@pytest.fixture(scope="module", params=list(OF))
def place(request):
    """Give a place, vetted."""
    folder = DEMO / request.param
    if not folder.is_dir():
        request.getfixturevalue("real_data")
        folder = REAL_PLACES / request.param
    return request.param, vet.vet(catalog.place(folder))


def test_nothing_lies_over_the_subject_on_any_sheet(place, record_property):
    name, found = place
    over = {}
    for named in template.names():
        look = template.load(named)
        subjects = selecting.select(found, look, OF[name])
        planned, prepared = make.plans(found, look, subjects, Order(), lambda *_: None)
        made = make.pdf(prepared, [
            dataclasses.replace(each, number=f"LT-{at}", revision=1)
            for at, each in enumerate(planned)
        ], lambda *_: None)
        counted = overlaps.of(made.pdf)
        assert counted["texts"], named
        record_property(f"{name}-{named}", dict(counted))
        over[named] = {
            what: count for what, count in counted.items()
            if count and what not in {"texts", "over_lines", "labels_labels"}
        }

    assert over == {named: {} for named in over}
