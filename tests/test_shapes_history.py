"""Shapes have a history: splits, merges, changes and corrections, walked both ways, balanced."""

import datetime as dt

import geopandas as gpd
import msgspec
import pytest
import shapely
import stores
from builders import CRS, Site, box
from click.testing import CliRunner

import landtrack
from landtrack import store, tracking
from landtrack.app import track
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.model.errors import CRSError, SourceError, TableError

TODAY = dt.date(2007, 12, 31)
WEST, EAST, WHOLE = box(0, 0, 60, 100), box(60, 0, 100, 100), box(0, 0, 100, 100)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("shapes") / "site")
    site.head["as_of"] = dt.date(2007, 12, 31)
    site.layer("plots", [site.plot("A", WHOLE, project_id="XM")])
    site.layer("parcels", [
        (WHOLE, {"parcel_id": "Z", "state": "approved", "state_on": "2006-11-20",
                 "document_no": "批1", "area_m2": 10_000, "owner": "X村"}),
        (box(100, 0, 150, 100), {"parcel_id": "Y", "state": "surveyed", "state_on": "2006-11-20",
                                 "area_m2": 5_000}),
        (box(150, 0, 200, 100), {"parcel_id": "W", "state": "surveyed", "state_on": "2006-10-20",
                                 "area_m2": 5_000}),
    ])
    landtrack.run(site.folder, out=site.folder.parent / "build")
    return site


@pytest.fixture(params=stores.KINDS)
def path(request, made, tmp_path):
    """Give a store of each kind."""
    built = made.folder.parent / "build" / "project.gpkg"
    yield from stores.kept(request.param, built, tmp_path)


def change(path, tmp_path, action, keys, after, *, at="2007-03-01", document="界1", note="why",
           crs=CRS):
    file = tmp_path / "after.gpkg"
    file.unlink(missing_ok=True)
    gpd.GeoDataFrame(
        {"parcel_id": list(after)}, geometry=list(after.values()), crs=crs
    ).to_file(file)
    told = tracking.Event(event=0, layer="parcels", feature_id="", track="", at=at, action=action,
                        document_no=document, note=note)
    return track.reshape(path, told, keys, file, today=TODAY, lang="en")


def split(path, tmp_path, **more):
    return change(path, tmp_path, "split", ["Z"], {"Z-1": WEST, "Z-2": EAST}, **more)


def states(path):
    return {(row[1], row[2]): row[3] for row in store.log.read_states(path)}


def test_parts_begin_with_the_state_of_the_whole_and_go_their_own_ways(path, tmp_path):
    split(path, tmp_path)
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2007-03-10", action="",
                        document_no="告1")
    track.apply(path, "announce", ["Z-1"], told, today=TODAY)

    assert states(path)["Z-1", "approval"] == "announced"
    assert states(path)["Z-2", "approval"] == "approved"
    assert track.faults(path) == []
    assert track.problems(path, today=TODAY) == []
    with pytest.raises(TableError, match="no longer there since 2007-03-01"):
        track.apply(path, "announce", ["Z"], told, today=TODAY)


def test_statutory_days_go_on_for_the_parts_and_end_for_the_whole(path, tmp_path):
    def step(action, *keys, at):
        track.apply(path, action, list(keys), tracking.Event(
            event=0, layer="", feature_id="", track="", at=at, action="", document_no="文1",
        ), today=TODAY)

    def days(**how):
        found = track.clocks(path, TODAY, **how)
        return {(each.feature_id, each.clock, each.since) for each in found.itertuples()}

    step("assemble_dossier", "Y", "W", at="2006-12-01")
    step("report_city", "Y", "W", at="2006-12-05")
    step("report_province", "W", at="2006-12-20")
    step("report_province", "Y", at="2006-12-10")
    whole = days()
    own = {each[1:] for each in whole if each[0] == "Y"}

    change(path, tmp_path, "split", ["Y"], {
        "Y-1": box(100, 0, 125, 100), "Y-2": box(125, 0, 150, 100),
    })

    assert own
    others = {each for each in whole if each[0] != "Y"}
    assert days() == others | {(key, *each) for key in ("Y-1", "Y-2") for each in own}
    change(path, tmp_path, "merge", ["W", "Y-2"], {"M": box(125, 0, 200, 100)}, at="2007-04-01")
    assert days() == {(key, *each) for key in ("Y-1", "M") for each in own}  # the one due first
    step("agree_at_province", "Y-1", at="2007-05-01")
    assert {each for each in days() if each[0] == "Y-1"} == {
        ("Y-1", "report_to_state", "2006-12-10")
    }
    workflow = catalog.workflow("cn-2006")
    log = store.log.read(path).events
    assert {*tracking.soonest(workflow, log)["feature_id"]} == {"Y-1", "M"}
    early = tracking.running(workflow, log, dt.date(2006, 12, 31))
    assert {*early["feature_id"]} == {"Y", "W"}  # as it was then


def test_days_that_must_run_out_are_not_cut_short_by_a_split(tmp_path):
    """The plan is announced for 30 days: nobody signs before, nor for a part."""
    site = Site(tmp_path / "site")
    site.head |= {"as_of": TODAY, "workflow": "cn-now"}
    site.layer("plots", [site.plot("A", WHOLE, project_id="XM")])
    site.layer("parcels", [(WHOLE, {"parcel_id": "Z", "area_m2": 10_000})])
    landtrack.run(site.folder, out=tmp_path / "build")
    path = tmp_path / "build" / "project.gpkg"

    def step(action, key, at):
        track.apply(path, action, [key], tracking.Event(
            event=0, layer="", feature_id="", track="", at=at, action="", document_no="文1",
        ), today=TODAY)

    for action, at in (("pre_announce", "2007-01-03"), ("survey", "2007-01-25"),
                       ("assess_risk", "2007-02-20"), ("announce_compensation", "2007-03-03")):
        step(action, "Z", at)
    split(path, tmp_path, at="2007-03-04")

    with pytest.raises(TableError, match="until 2007-04-02"):
        step("sign_agreements", "Z-1", "2007-03-05")
    step("sign_agreements", "Z-1", "2007-04-03")
    assert track.problems(path, today=TODAY) == []


@pytest.mark.parametrize(("at", "enters"), [
    ("2007-02-28", True), ("2007-03-01", False), ("2007-03", False), ("2007-03-02", False),
])
def test_a_feature_takes_no_step_from_the_day_on_which_it_ended(path, tmp_path, at, enters):
    split(path, tmp_path)
    told = tracking.Event(event=0, layer="", feature_id="", track="", at=at, action="",
                        document_no="界2")
    if enters:
        track.apply(path, "demarcate", ["Z"], told, today=TODAY)
    else:
        with pytest.raises(TableError, match="no longer there"):
            track.apply(path, "demarcate", ["Z"], told, today=TODAY)


def test_a_run_has_the_shapes_of_its_day(made, path, tmp_path):
    split(path, tmp_path)
    out, shared = tmp_path, path if isinstance(path, store.Shared) else None
    after = landtrack.run(made.folder, out=out, shared=shared).layers["parcels"]
    before = landtrack.run(
        made.folder, out=out, as_of=dt.date(2007, 2, 28), shared=shared).layers["parcels"]

    assert sorted(after.index) == ["W", "Y", "Z-1", "Z-2"]
    assert after.geometry["Z-1"].equals(WEST)
    assert after.loc["Z-1", ["state", "owner"]].tolist() == ["approved", "X村"]
    assert after["area_m2"].loc[["Z-1", "Z-2"]].isna().all()  # nobody declared the parts' areas
    assert sorted(before.index) == ["W", "Y", "Z"]
    assert before.geometry["Z"].equals(WHOLE)
    assert before.loc["Z", "state"] == "approved"


def test_a_file_that_has_the_parts_already_gives_the_whole_back_for_an_earlier_day(path, tmp_path):
    split(path, tmp_path)
    log = store.log.read(path).events
    frame = store.read(path, "parcels").set_index("parcel_id")
    schemas = catalog.schemas()
    later = tracking.shapes_of_day({"parcels": frame}, schemas, log, None)

    again = tracking.shapes_of_day(later, schemas, log, None)["parcels"]
    earlier = tracking.shapes_of_day(later, schemas, log, dt.date(2007, 1, 1))["parcels"]

    assert sorted(again.index) == sorted(later["parcels"].index) == ["W", "Y", "Z-1", "Z-2"]
    assert sorted(earlier.index) == ["W", "Y", "Z"]
    assert earlier.geometry["Z"].equals(WHOLE)


def test_lineage_is_walked_both_ways_over_several_changes(path, tmp_path):
    split(path, tmp_path)
    change(path, tmp_path, "split", ["Z-2"],
           {"Z-21": box(60, 0, 100, 50), "Z-22": box(60, 50, 100, 100)}, at="2007-04-01")
    change(path, tmp_path, "merge", ["Z-1", "Z-21"], {"M": WEST.union(box(60, 0, 100, 50))},
           at="2007-05-01")
    log = store.log.read(path).events

    def walked(key):
        return [[each.at for each in side] for side in tracking.lineage(log, ("parcels", key))]

    assert walked("M") == [["2007-05-01", "2007-04-01", "2007-03-01"], []]
    assert walked("Z") == [[], ["2007-03-01", "2007-04-01", "2007-05-01"]]
    assert walked("Z-22") == [["2007-04-01", "2007-03-01"], []]
    assert walked("Y") == [[], []]
    told = CliRunner().invoke(
        main, ["status", "lineage", "Z-22", "--store", stores.written(path)]).output
    assert "Z (10,000 m²) → Z-1 (6,000 m²) + Z-2 (4,000 m²)" in told


def test_neighbours_may_shift_their_boundary_when_their_areas_balance(path, tmp_path):
    moved = {"Y": box(100, 0, 140, 100), "W": box(140, 0, 200, 100)}
    change(path, tmp_path, "change_boundary", ["Y", "W"], moved)

    now = track.shapes_now(track.tracked(path), "parcels")
    assert now.geometry["Y"].area == 4_000
    assert now.geometry["W"].area == 6_000


def test_a_single_feature_may_grow_and_a_drawing_error_be_corrected(path, tmp_path):
    change(path, tmp_path, "change_boundary", ["Z"], {"Z": box(-50, 0, 100, 100)})
    change(path, tmp_path, "correct_shape", ["Z"], {"Z": box(-49, 0, 100, 100)}, at="2007-04-01")

    assert track.shapes_now(track.tracked(path), "parcels").geometry["Z"].area == 14_900


def test_what_lies_near_a_plot_is_read_alone_and_is_what_the_whole_layer_says(
    path, tmp_path, monkeypatch
):
    """Also what came near by a change, was changed and lies elsewhere, or came of a change."""
    split(path, tmp_path)
    moved = {"Y": box(100, 0, 140, 100), "W": box(140, 0, 200, 100)}
    change(path, tmp_path, "change_boundary", ["Y", "W"], moved)
    place = track.tracked(path)

    for each in (WEST, EAST, box(141, 10, 145, 20), box(500, 0, 510, 9)):
        bounds = each.bounds
        whole = track.shapes_now(place, "parcels")
        wanted = whole[whole.intersects(shapely.box(*bounds))].geometry
        near = track.shapes_near(place, "parcels", bounds)
        found = near[near.intersects(shapely.box(*bounds))].geometry
        assert dict(found) == dict(wanted)
    assert track.shapes_near(place, "plots", None, ["A"]).index.tolist() == ["A"]

    told = track.told(path, "A", lang="en")
    monkeypatch.setattr(store, "read", lambda *_: pytest.fail("a layer was read whole"))
    assert track.told(path, "A", lang="en") == told
    assert any("Z-1" in line for line in told)


@pytest.mark.parametrize(("action", "keys", "after", "more", "match"), [
    ("split", ["Z"], {"a": WEST, "b": box(60, 0, 98, 100)}, {}, "10000.0 → 9800.0 m²"),
    ("split", ["Z"], {"a": WEST, "b": box(50, 0, 90, 100)}, {}, "lie over each other, 1,000 m²"),
    ("split", ["Z"], {"a": WEST, "b": box(160, 0, 200, 100)}, {},
     "uncovered of them: 4,000 m², 4,000 m²"),
    ("split", ["Z"], {"a": WHOLE}, {}, "do not fit"),
    ("split", ["Z"], {"Y": WEST, "b": EAST}, {}, "numbers already, choose others: Y"),
    ("merge", ["Z"], {"a": WHOLE}, {}, "do not fit"),
    ("merge", ["Z", "Y"], {"a": box(0, 0, 150, 100)}, {}, "different states"),
    ("change_boundary", ["Y", "W"], {"Y": box(100, 0, 140, 100), "W": box(150, 0, 200, 100)}, {},
     "do not balance"),
    # the sum of the areas balances, but ten metres belong to both
    ("change_boundary", ["Y", "W"], {"Y": box(100, 0, 150, 100), "W": box(140, 0, 190, 100)}, {},
     "lie over each other"),
    ("change_boundary", ["Z"], {"Q": WHOLE}, {}, "do not fit"),
    ("split", ["Z"], {"a": WEST, "b": EAST}, {"note": " "}, "missing a note"),
    ("split", ["Z"], {"a": WEST, "b": EAST}, {"document": ""}, "missing a document"),
    ("split", ["Z"], {"a": WEST, "b": EAST}, {"at": "2009"}, "after today"),
    ("split", ["none"], {"a": WEST, "b": EAST}, {}, "has no none"),
])
def test_a_change_that_may_not_be_is_refused_and_leaves_all_as_it_was(  # noqa: PLR0917
    path, tmp_path, action, keys, after, more, match
):
    before = store.log.read(path)

    with pytest.raises(TableError, match=match):
        change(path, tmp_path, action, keys, after, **more)
    assert store.log.read(path) == before


def test_rounding_of_coordinates_does_not_unbalance_a_split(path, tmp_path):
    change(path, tmp_path, "split", ["Z"], {"a": box(0, 0, 60.004, 100), "b": box(60, 0, 100, 100)})

    assert len(store.log.read(path).rows) == 3 + 1 + 2


def test_a_split_is_undone_with_what_it_brought_unless_later_events_rest_on_it(path, tmp_path):
    events = split(path, tmp_path)
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2007-03-10", action="",
                        document_no="告1")
    (announced,) = track.apply(path, "announce", ["Z-1"], told, today=TODAY)
    with pytest.raises(TableError, match="Later events rest on"):
        track.undo(path, events[0].event, why="wrong", at="2007-04-01", today=TODAY)

    track.undo(path, announced.event, why="wrong", at="2007-04-01", today=TODAY)
    track.undo(path, events[0].event, why="wrong", at="2007-04-01", today=TODAY)

    assert sorted(track.shapes_now(track.tracked(path), "parcels").index) == ["W", "Y", "Z"]
    assert states(path)["Z", "approval"] == "approved"
    assert track.faults(path) == []
    split(path, tmp_path)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_shapes_in_another_crs_are_brought_over_and_without_one_refused(path, tmp_path):
    moved = gpd.GeoSeries([WEST, EAST], crs=CRS).to_crs("EPSG:4490")
    change(path, tmp_path, "split", ["Z"], dict(zip(["a", "b"], moved, strict=True)),
           crs="EPSG:4490")
    now = track.shapes_now(track.tracked(path), "parcels")
    assert now.geometry["a"].area == pytest.approx(6_000, rel=1e-6)

    with pytest.raises(CRSError, match="says no CRS"):
        change(path, tmp_path, "split", ["Y"], {"c": WEST, "d": EAST}, crs=None)
    bare = gpd.GeoDataFrame({"id": ["c"]}, geometry=[WEST], crs=CRS)
    bare.to_file(tmp_path / "bare.gpkg")
    told = tracking.Event(event=0, layer="parcels", feature_id="", track="", at="2007-03-01",
                        action="split", document_no="界1", note="why")
    with pytest.raises(SourceError, match="no column 'parcel_id'"):
        track.reshape(path, told, ["Y"], tmp_path / "bare.gpkg", today=TODAY)


KNOT = shapely.Polygon([(0, 0), (60, 100), (60, 0), (0, 100)])


@pytest.mark.parametrize(("keys", "shapes", "match"), [
    (["a", "b", "b"], [WEST, EAST, EAST], "no shape can be taken from b"),
    (["a", None], [WEST, EAST], "no shape can be taken from 2"),
    (["a", "b"], [WEST, KNOT], "no shape can be taken from b"),
    (["a", "b"], [WEST, None], "no shape can be taken from b"),
    (["a", "b"], [WEST, EAST.exterior], "no shape can be taken from b"),
], ids=["two of one key", "no key", "a knot", "no shape", "a line"])
def test_shapes_that_are_none_are_refused_by_name(path, tmp_path, keys, shapes, match):
    before = store.log.read(path)
    file = tmp_path / "after.geojson"
    gpd.GeoDataFrame({"parcel_id": keys}, geometry=shapes, crs=CRS).to_file(file)
    told = tracking.Event(event=0, layer="parcels", feature_id="", track="", at="2007-03-01",
                          action="split", document_no="界1", note="why")

    with pytest.raises(SourceError, match=match):
        track.reshape(path, told, ["Z"], file, today=TODAY)
    assert store.log.read(path) == before


def test_keys_that_are_numbers_in_another_column_and_layers_that_are_several(path, tmp_path):
    file = tmp_path / "after.gpkg"
    frame = gpd.GeoDataFrame({"编号": [1.0, 2.0]}, geometry=[WEST, EAST], crs=CRS)
    frame.to_file(file, layer="one")
    told = tracking.Event(event=0, layer="parcels", feature_id="", track="", at="2007-03-01",
                          action="split", document_no="界1", note="why")

    track.reshape(path, told, ["Z"], file, column="编号", today=TODAY)
    assert sorted(track.shapes_now(track.tracked(path), "parcels").index) == ["1", "2", "W", "Y"]

    frame.to_file(file, layer="two")
    with pytest.raises(SourceError, match="several layers: one, two"):
        track.reshape(path, told, ["Y"], file, column="编号", today=TODAY)


def test_the_command_shows_the_balance_and_enters_just_that(path, tmp_path):
    file = tmp_path / "after.gpkg"
    gpd.GeoDataFrame(
        {"parcel_id": ["Z-1", "Z-2"]}, geometry=[WEST, EAST], crs=CRS
    ).to_file(file)
    typed = ["status", "reshape", "split", "Z", "--to", str(file), "--at", "2007-03-01",
             "--document", "界1", "--why", "sold", "--store", stores.written(path), "--lang", "en"]
    before = store.log.read(path)

    seen = CliRunner().invoke(main, [*typed, "--look"])

    assert seen.exit_code == 0, seen.output
    assert "Z (10,000 m²) → Z-1 (6,000 m²) + Z-2 (4,000 m²)" in seen.stdout
    assert "difference 0 m²" in seen.stdout
    assert store.log.read(path) == before
    mark = seen.stdout.split()[-1]
    other = CliRunner().invoke(main, [*typed, "--by", "Li", "--shown", mark])
    assert other.exit_code == 2
    assert "not be what was shown any more" in other.stderr
    assert store.log.read(path) == before
    assert CliRunner().invoke(main, [*typed, "--shown", mark]).exit_code == 0
    assert states(path)["Z-1", "approval"] == "approved"


def test_new_ground_that_lies_over_others_is_told_before_it_counts(path, tmp_path):
    file = tmp_path / "after.gpkg"
    gpd.GeoDataFrame({"parcel_id": ["Z"]}, geometry=[box(0, 0, 120, 100)], crs=CRS).to_file(file)
    told = tracking.Event(event=0, layer="parcels", feature_id="", track="", at="2007-03-01",
                          action="change_boundary", document_no="界1", note="why")

    _, change = track.look_at(path, told, ["Z"], file, today=TODAY)

    assert change.refused == []
    assert change.meets == {"Y": 2_000}


def test_the_shapes_in_the_log_are_chained_like_the_rest(path, tmp_path):
    split(path, tmp_path)
    rows = store.log.read(path).rows
    (at,) = [i for i, (each, _) in enumerate(rows) if each.action == "split"]
    event, link = rows[at]
    forged = event.shapes.replace("0", "1", 1)
    rows[at] = (msgspec.structs.replace(event, shapes=forged), link)

    assert [each.fault for each in tracking.breaks(rows)] == ["altered"]
