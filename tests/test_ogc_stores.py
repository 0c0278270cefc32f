"""What OGC API Features answers is the same over both stores, and is what the store holds."""

import itertools
import json
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import ogc_park
import pytest
import shapely
import stores
from hypothesis import given, strategies as st
from ogc_park import CRS84, EPSG, PARCELS

from landtrack import store, tracking
from landtrack.app.ogc import answers, asked, reading, systems
from landtrack.app.ogc_types import Asked
from landtrack.model.errors import SourceError
from landtrack.store import conditions, log
from landtrack.store.conditions import All, Compare, Either, Like, Missing, Not
from landtrack.tracking import Event

STORAGE = f"{EPSG}4529"
WHOLE = [{}, {"limit": "3"}, {"crs": STORAGE}, {"crs": f"{EPSG}3857", "limit": "1"}]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ogc_park.judged(tmp_path_factory.mktemp("made") / "park") / "build" / "project.gpkg"


@pytest.fixture(scope="module", params=stores.KINDS)
def kept(request, made, tmp_path_factory):
    yield from stores.kept(request.param, made, tmp_path_factory.mktemp("kept"))


def ask(address, resource="items", of="parcels", feature="", **query):
    given = answers.answer(address, Asked(
        resource=resource, base="http://desk/ogc", collection=of, feature=feature,
        query=tuple((name.replace("__", "-"), str(each)) for name, each in query.items()),
    ))
    document = json.loads(given.body)
    document.pop("timeStamp", None)
    return given.status, document


@pytest.mark.parametrize("query", [
    *WHOLE, {"bbox": "-180,-90,180,90"}, {"bbox": "122,40,122.8,42"}, {"state": "surveyed"},
    {"area_m2": "9993", "state_on": "2006-03-01T00:00:00Z"}, {"owner": "%_*?["}, {"row": "2"},
], ids=str)
def test_both_stores_answer_alike(made, kept, query):
    for of in ("parcels", "plots", "states_parcels", "findings", "issues"):
        own = {name: each for name, each in query.items() if name in {
            "limit", "crs", "bbox"} or of == "parcels"}
        one, other = (ask(each, of=of, **own) for each in (made, kept))
        marks = [each for each in one[1]["links"] + other[1]["links"] if each["rel"] == "next"]
        for each in marks:  # each store has its own seal
            each["href"] = each["href"].replace(next(iter(_mark(each))), "")
        assert one == other, of


def _mark(link):
    return [link["href"].partition("after=")[2].partition("-")[0]]


def test_what_both_stores_say_there_is_is_alike(made, kept):
    for resource, of in (("landing", ""), ("api", ""), ("queryables", "plots"),
                         ("queryables", "states_parcels")):
        assert ask(made, resource, of) == ask(kept, resource, of)
    one, other = (ask(each, "collections", "")[1]["collections"] for each in (made, kept))
    for mine, theirs in zip(one, other, strict=True):
        (box,), (same,) = (each.pop("extent")["spatial"]["bbox"] for each in (mine, theirs))
        assert mine == theirs
        assert box == pytest.approx(same, abs=1e-4)  # the index of a GeoPackage is a little wider


def test_shapes_are_those_of_the_store_to_the_last_bit(kept):
    for kind in ("plots", "parcels", "buildings"):
        frame = store.read(kept, kind)
        found = ask(kept, of=kind, crs=STORAGE)[1]["features"]
        shapes = shapely.from_geojson([json.dumps(each["geometry"]) for each in found])
        turned = shapely.transform(shapes, lambda points: points[:, ::-1])
        assert isinstance(frame, gpd.GeoDataFrame)
        assert [each.wkb for each in turned] == [each.wkb for each in frame.geometry]


def test_pages_hold_each_feature_once_and_go_on_where_they_were(kept):
    for of, most in itertools.product(("parcels", "findings", "states_parcels"), (1, 2, 5)):
        whole = [each["id"] for each in ask(kept, of=of, limit=1000)[1]["features"]]
        seen, query = [], {"limit": most}
        while query:
            page = ask(kept, of=of, **query)[1]
            seen += [each["id"] for each in page["features"]]
            query = next(({"limit": most, "after": each["href"].partition("after=")[2].partition(
                "&")[0]} for each in page["links"] if each["rel"] == "next"), None)
        assert seen == whole
        assert len({*seen}) == len(seen) > 0


def test_a_page_of_the_run_before_is_not_gone_on_with(kept):
    status, told = ask(kept, after=f"{'0' * 12}-3")

    assert (status, told["code"]) == (410, "Gone")


def test_a_layer_that_was_edited_is_not_given(made, tmp_path):
    for address in stores.kept("geopackage", made, tmp_path):
        stores.meddled(address, "UPDATE parcels SET area_m2 = 1 WHERE parcel_id = 'Z1'")
        with pytest.raises(SourceError, match="parcels was edited"):
            ask(address)


def test_an_event_that_is_entered_is_there_at_once(made, tmp_path):
    (address,) = [each for each in [Path(tmp_path / "project.gpkg")] if not each.exists()]
    address.write_bytes(made.read_bytes())
    before = ask(address, of="states_parcels", feature_id="Z2")[1]["features"]
    known = log.read(address).length
    log.append(address, [
        Event(event=known + 1, layer="parcels", feature_id="Z2", track="approval",
              at="2006-06-01", action="assemble_dossier", from_state="surveyed",
              to_state="dossier_assembled", document_no="2", by="Li"),
    ], after=known)

    after = ask(address, of="states_parcels", feature_id="Z2")[1]["features"]

    assert [each["properties"]["until"] for each in before] == [None]
    assert [each["properties"]["until"] for each in after] == ["2006-05-31", None]


def test_a_page_has_its_most_whatever_is_asked_for():
    offered = systems.offered("EPSG:4529")

    assert asked.wanted({"limit": "100000"}, offered, {}, None, None).limit == asked.MOST
    assert asked.wanted({}, offered, {}, None, None).limit == asked.USUAL


@pytest.mark.parametrize("few", [300, 1])
def test_findings_in_a_box_are_those_of_its_plots_be_they_few_or_many(kept, monkeypatch, few):
    monkeypatch.setattr(reading, "FEW", few)
    world = "-180,-90,180,90"
    every = [each["id"] for each in ask(kept, of="findings", limit=1000)[1]["features"]]
    shape = ask(kept, "item", "plots", "B")[1]["geometry"]
    box = ",".join(map(str, shapely.from_geojson(json.dumps(shape)).bounds))

    def found(**query):
        told = ask(kept, of="findings", limit=1000, **query)[1]
        return [each["id"] for each in told["features"]]

    assert found(bbox=world) == every
    assert found(bbox=box) == [each for each in every if each.startswith("B:")] != []
    assert found(bbox=box, outcome="pass") == [
        each for each in found(outcome="pass") if each.startswith("B:")
    ]
    assert found(bbox="0,0,1,1") == []


# --- states of a day ------------------------------------------------------------------------

DATES = st.sampled_from([
    "2006-05-04", "2006-05-05", "2006-05", "2006", "../2006-05-04", "2006-06-01", "2007-01-01",
])


@given(dates=st.lists(DATES, max_size=6), day=st.dates(date(2005, 12, 1), date(2007, 2, 1)))
def test_the_states_of_a_day_are_those_that_the_events_lead_to(dates, day):
    events = [
        Event(event=at + 1, layer="parcels", feature_id="Z", track="approval", at=each,
              action="a", to_state=str(at))
        for at, each in enumerate(dates)
    ]

    held = [each for each in reading._held("Z", events) if reading._within(each, (day, day))]

    folded = tracking.states(tracking.ordered(events), day).get("approval")
    known = [] if folded is None or folded.event is None else [folded.state]
    assert [each.row["state"] for each in held] == known
    assert all(each.until is None or each.since <= each.until for each in held)


def test_states_follow_each_other_without_a_gap():
    events = [
        Event(event=at + 1, layer="parcels", feature_id="Z", track="approval", at=each, action="a",
              to_state=str(at)) for at, each in enumerate(["2006-01-01", "2006-03-01", "2006-03-01",
                                                           "2006-07-01"])
    ]

    held = [*reading._held("Z", events)]

    assert [each.row["state"] for each in held] == ["0", "2", "3"]
    for one, other in itertools.pairwise(held):
        assert one.until + timedelta(days=1) == other.since


# --- conditions -----------------------------------------------------------------------------

OWNERS = "Da", "%_*?["
CONDITIONS = st.recursive(
    st.one_of(
        st.builds(Compare, st.just("owner"), st.sampled_from(["=", "<>"]), st.sampled_from(OWNERS),
                  st.just(False)),  # noqa: FBT003
        st.builds(Compare, st.just("area_m2"), st.sampled_from([*conditions.COMPARED]),
                  st.sampled_from([9990.0, 9993.5, 9996.0]), st.just(False)),  # noqa: FBT003
        st.builds(Compare, st.just("state_on"), st.sampled_from([*conditions.COMPARED]),
                  st.sampled_from(["2006-03-01", "2006-03-02"]), st.just(True)),  # noqa: FBT003
        st.builds(Like, st.just("owner"), st.sampled_from([
            "%", "D_", "d%", "\\%\\_*?[", "%[", "_____", "\\", "%a", "[D]a", "*", "\\Da", "D.",
        ])),
        st.builds(Missing, st.sampled_from(["owner", "note"])),
        st.builds(Compare, st.just("note"), st.just("="), st.just("x"), st.just(False)),  # noqa: FBT003
    ),
    lambda each: st.one_of(
        st.builds(Not, each), st.builds(All, st.tuples(each, each)),
        st.builds(Either, st.tuples(each, each)),
    ), max_leaves=6,
)


def test_a_condition_lets_the_same_rows_through_in_a_store_and_at_hand(kept):
    columns = ["owner", "area_m2", "state_on", "note"]
    with store.backends.of(kept).reading(kept) as db:
        rows = db.after("parcels", columns, 0, 100)
        assert len(rows.values) == PARCELS
        told = [
            dict(zip(columns, [*each[:2], str(each[2])[:10], each[3]], strict=True))
            for each in rows.values
        ]

        @given(wanted=CONDITIONS)
        def same(wanted):
            found = db.after("parcels", columns, 0, 100, where=wanted)
            assert found.numbers == [
                number for number, each in zip(rows.numbers, told, strict=True)
                if conditions.holds(wanted, each)
            ]

        same()


@pytest.mark.parametrize("name", ['x" OR "1', "a b", "", "1x", "x;", ":w0", "ä"])
def test_a_column_that_has_no_plain_name_is_part_of_no_statement(name):
    with pytest.raises(ValueError, match="no plain name"):
        conditions.statement(Missing(name), day=str, like=lambda each: ("LIKE", each))


def test_crs84_is_what_is_given_where_nothing_is_asked_for(kept):
    assert ask(kept)[1]["features"] == ask(kept, crs=CRS84)[1]["features"]
