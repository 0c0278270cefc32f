"""Filters in CQL2 text choose the same features in both stores; what is none is refused."""

import contextlib
import json

import ogc_park
import pytest
import stores
from hypothesis import given, strategies as st
from ogc_park import PARCELS

from landtrack.app.ogc import answers, filters
from landtrack.app.ogc_types import Asked
from landtrack.model.errors import RequestError

ALL = [f"Z{at}" for at in range(PARCELS)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ogc_park.judged(tmp_path_factory.mktemp("made") / "park") / "build" / "project.gpkg"


@pytest.fixture(scope="module", params=stores.KINDS)
def kept(request, made, tmp_path_factory):
    yield from stores.kept(request.param, made, tmp_path_factory.mktemp("kept"))


def ask(address, text, of="parcels", lang="en", **more):
    given = answers.answer(address, Asked(
        resource="items", base="http://desk/ogc", collection=of, lang=lang,
        query=(("filter", text), *((name.replace("__", "-"), own) for name, own in more.items())),
    ))
    return given.status, json.loads(given.body)


def ids(address, text, of="parcels", **more):
    status, told = ask(address, text, of, **more)
    assert status == 200, told
    return [each["id"] for each in told["features"]]


@pytest.mark.parametrize(("text", "found"), [
    ("parcel_id = 'Z3'", ["Z3"]), ("'Z3' = parcel_id", ["Z3"]), ("parcel_id <> 'Z0'", ALL[1:]),
    ("area_m2 > 9993", ALL[4:]), ("9993 < area_m2", ALL[4:]), ("area_m2 >= 9.993e3", ALL[3:]),
    ("area_m2 < 9991 OR area_m2 > 9995.5", ["Z0", "Z6"]), ("row <= 2", ["Z0", "Z1"]),
    ("area_m2 BETWEEN 9992 AND 9993", ["Z2", "Z3"]),
    ("area_m2 NOT BETWEEN 9991 AND 9996", ["Z0"]),
    ("parcel_id IN ('Z1', 'Z5', 'none')", ["Z1", "Z5"]), ("row NOT IN (1, 2, 3, 4, 5)", ALL[5:]),
    ("owner LIKE 'D%'", ["Z0"]), ("owner LIKE 'd%'", []), ("owner LIKE '_a'", ["Z0"]),
    (r"owner LIKE '\%\_*?['", ALL[1:]), (r"owner NOT LIKE '\%%'", ["Z0"]),
    ("owner LIKE '[D]a'", []), ("owner = '甲\u3000乙'", []),
    ("state_on = DATE('2006-03-01')", ALL), ("state_on > DATE('2006-03-01')", []),
    ("state_on < TIMESTAMP('2006-03-02T00:00:00Z')", ALL), ("state_on = '2006-03-01'", ALL),
    ("state_on BETWEEN DATE('2006-01-01') AND DATE('2006-12-31')", ALL),
    ("note IS NULL", ALL), ("note IS NOT NULL", []), ("note = 'x'", []), ("NOT note = 'x'", []),
    ("NOT (parcel_id = 'Z1' OR parcel_id = 'Z2') and area_m2 < 9994", ["Z0", "Z3"]),
    ("parcel_id = 'Z0' OR parcel_id = 'Z1' AND row = 1", ["Z0"]), ("true", ALL), ("false", []),
    ("true AND row = 1", ["Z0"]), ("NOT false", ALL), ("((row = 1))", ["Z0"]),
    ("parcel_id = 'it''s'", []), ("owner = '(((((((((('", []), ("row = -1", []),
    ('"parcel_id" = \'Z1\'', ["Z1"]), (" OR ".join(["row = 1"] * 90), ["Z0"]),
])
def test_a_filter_chooses_features(kept, text, found):
    assert ids(kept, text) == found


def test_a_filter_goes_with_all_other_choices(kept):
    assert ids(kept, "area_m2 > 9991", limit="2", state="surveyed") == ["Z2", "Z3"]
    assert ids(kept, "row = 1", owner="%_*?[") == []
    assert ids(kept, "state = 'surveyed'", "states_parcels", feature_id="Z1") != []
    assert ids(kept, "since > DATE('2006-05-01')", "states_parcels") == ids(
        kept, "state = 'dossier_assembled'", "states_parcels"
    ) != []
    failed = ids(kept, "outcome = 'fail'", "findings")
    assert failed == ids(kept, "true", "findings", outcome="fail") != []
    assert ids(kept, "verified", "findings") != ids(kept, "NOT verified", "findings")
    assert ids(kept, "true", filter__lang="cql2-text", filter__crs=ogc_park.CRS84) == ALL


@pytest.mark.parametrize("text", [
    "x", "nosuch = 1", "parcel_id", "parcel_id = 1", "area_m2 = 'x'", "area_m2 = true",
    "area_m2 LIKE '1%'", "owner LIKE 1", "parcel_id = owner", "1 = 1", "'a' = 'a'",
    "area_m2 = 1e999",
    "state_on = 'soon'", "state_on = DATE('2006-02-30')", "state_on = 1", "parcel_id = NULL",
    "area_m2 + 1 > 2", "CASEI(owner) = CASEI('da')", "S_INTERSECTS(geometry, POINT(1 1))",
    "T_AFTER(state_on, DATE('2006-01-01'))", "sqlite_version() = '3'", "rowid = 1", "fid = 1",
    'parcel_id = "x', "parcel_id = 'x'; DROP TABLE parcels", "parcel_id = 'x' --", '"a"" b" = 1',
    "geom IS NULL", "(" * 9 + "row = 1" + ")" * 9, "(" * 1000, "NOT " * 200 + "row = 1",
    "row IN ()",
    "1", "NULL", "row IN (parcel_id)", "parcel_id = 'x' AND", "x" * 1999,
], ids=lambda each: each[:30])
def test_what_is_no_filter_of_these_features_is_refused(made, text):
    status, told = ask(made, text)

    assert (status, told["code"]) == (400, "InvalidParameterValue")
    assert "filter cannot be" in told["description"]


@pytest.mark.parametrize("text", ["row = 1\n", "row = '\0'", "row = 1 " + " " * 2000, "\x7f"])
def test_what_is_no_text_of_a_parameter_is_refused(made, text):
    assert ask(made, text)[0] == 400


def test_another_language_is_refused(made):
    assert ask(made, "row = 1", filter__lang="cql2-json")[0] == 400
    assert ask(made, "row = 1", filter__crs="EPSG:1")[0] == 400


def test_it_is_refused_in_the_language_of_who_asks(made):
    told = ask(made, "nosuch = 1", lang="zh")[1]["description"]

    assert told.startswith("筛选条件不能采用：属性 'nosuch'。 请用 CQL2 文本书写")


PARTS = st.sampled_from([
    "(", ")", "a", "=", "1", "'x'", "and", "or", "not", "in", "between", "like", "is", "null", ",",
    "<", "+", "-", "f(", "DATE(", "'2006-01-01'", "casei(", '"a"', "true", "\\", "'", "a=1 or (",
])


@given(parts=st.lists(PARTS, max_size=60))
def test_whatever_is_written_is_a_filter_or_refused(parts):
    """And ends: what the parser would try in ever so many ways is not handed to it."""
    with contextlib.suppress(RequestError):
        filters.read(" ".join(parts), {"a": "number"}, None)
