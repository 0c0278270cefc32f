"""A small map shows what a file holds beside its place, and stays small however large the file."""

import json
import re
import xml.etree.ElementTree as ET

import desk_forms
import desks
import geopandas as gpd
import numpy as np
import pytest
import shapely
from builders import CRS, Site, box
from click.testing import CliRunner
from test_answers import described

from landtrack.app import deliver
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.output.reports import small_maps
from landtrack.output.reports.small_maps import Lies
from landtrack.spatial import crs


def in_degrees(*shapes):
    """Bring shapes of the builders' CRS into degrees."""
    change = crs.transformer(crs.parse(CRS, what="tests"), crs.WGS84).transform
    return Lies(shapely.transform(np.array(shapes), change, interleaved=False))


def looks(drawn):
    return [look for look, _ in drawn.paths]


LAND = in_degrees(box(0, 0, 1000, 800))


@pytest.mark.parametrize(
    ("own", "lies", "metres", "way"),
    [
        pytest.param(box(100, 100, 300, 300), "meets", 0, "", id="within"),
        pytest.param(box(900, 700, 1300, 900), "meets", 0, "", id="across the edge"),
        pytest.param(box(2000, 0, 2500, 800), "apart", 1000, "e", id="beside"),
        pytest.param(box(0, 30_000, 1000, 30_800), "far", 29_200, "n", id="far"),
        pytest.param(box(-40_000, -40_000, -39_000, -39_000), "far", 55_150, "sw", id="off"),
    ],
)
def test_a_map_says_where_a_layer_lies_to_the_rest_of_its_place(own, lies, metres, way):
    drawn = small_maps.of_layer(in_degrees(own), LAND)

    assert (drawn.lies, drawn.way) == (lies, way)
    assert drawn.away_m == pytest.approx(metres, rel=0.02)
    assert ("sign-place" in looks(drawn)) == (lies == "far")


def test_what_lies_beside_nothing_or_nowhere_is_drawn_alone():
    alone = small_maps.of_layer(in_degrees(box(0, 0, 50, 30)))
    nowhere = small_maps.of_layer(Lies(np.array([shapely.box(5, 5, 9, 9)]), placed=False), LAND)

    assert (alone.lies, looks(alone), alone.bar_m) == ("alone", ["area"], 10.0)
    assert (nowhere.lies, looks(nowhere), nowhere.bar_m) == ("unplaced", ["area"], 0)


def test_what_cannot_be_drawn_has_no_map():
    nothing = [None, shapely.Polygon(), shapely.Point(np.inf, 1), shapely.Point(1e300, 1)]

    assert small_maps.of_layer(Lies(np.array(nothing), placed=False)) is None


def test_problems_are_marked_by_a_sign_and_not_by_colour_alone():
    drawn = small_maps.of_layer(
        in_degrees(box(0, 0, 9, 9), box(20, 0, 29, 9)), bad=in_degrees(box(0, 0, 9, 9)).shapes,
        problems=1,
    )

    assert looks(drawn) == ["area", "bad", "sign-cross"]
    assert drawn.counts == {"problems": 1}


@pytest.mark.parametrize("shapes", [
    pytest.param(lambda many: [shapely.Polygon(np.column_stack([
        np.cos(np.linspace(0, 6, many)), np.sin(np.linspace(0, 6, many))
    ]) * np.random.default_rng(7).uniform(0.5, 1, (many, 1)))], id="one outline"),
    pytest.param(lambda many: shapely.points(
        np.random.default_rng(7).uniform(0, 1, (many, 2))
    ), id="points"),
    pytest.param(lambda many: shapely.buffer(shapely.points(
        np.random.default_rng(7).uniform(0, 1, (many // 5, 2))
    ), 0.03, cap_style="square"), id="areas over each other"),
])
def test_a_million_vertices_make_a_map_of_bounded_size(shapes):
    own = Lies(np.asarray(shapes(1_000_000), dtype=object))

    drawn = small_maps.of_layer(own, own, bad=own.shapes, problems=1)

    assert all(len(path) <= small_maps.MOST_BYTES for look, path in drawn.paths
               if not look.startswith("sign"))
    assert sum(len(path) for _, path in drawn.paths) < 5 * small_maps.MOST_BYTES


def test_small_shapes_are_shown_where_they_lie_though_none_has_room_for_its_outline():
    west, east = ([shapely.Point(x + n / 1e4, n / 1e4).buffer(1e-6) for n in range(3000)]
                  for x in (0, 1))

    drawn = small_maps.of_layer(Lies(np.array([*west, *east])), most=2000)

    (path,) = (path for look, path in drawn.paths if look == "area")
    across = [float(x) for x in re.findall(r"M([\d.]+) ", path)]
    assert drawn.cells
    assert min(across) < 0.3 * small_maps.WIDTH
    assert max(across) > 0.7 * small_maps.WIDTH
    assert not [x for x in across if 0.45 < x / small_maps.WIDTH < 0.55]


@pytest.fixture
def park(tmp_path):
    """A place of two plots, with its folder."""
    site = Site(tmp_path / "park")
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B", box(200, 0, 300, 100)),
    ])
    return site


def drawn_of(folder):
    """Draw the files of a place by the command; the JSON is that which is described."""
    out = folder.parent / "maps.json"
    done = CliRunner().invoke(main, ["inspect", str(folder), "--maps", str(out)])
    assert done.exit_code in (0, 1), done.output
    told = json.loads(out.read_text("utf-8"))
    described("small-maps").validate(told)
    return {path.rpartition("/")[2]: layers for path, layers in told.items()}


def brought(folder, name, *shapes, of=CRS):
    gpd.GeoDataFrame(
        {"n": list(range(len(shapes)))}, geometry=list(shapes), crs=of
    ).to_parquet(folder / name)


@pytest.mark.usefixtures("read_here")
def test_each_layer_of_a_file_has_a_map_and_a_table_has_none(park):
    brought(park.folder, "roads.parquet", box(0, 0, 50, 50))
    (park.folder / "owners.csv").write_text("plot,owner\nA,Li\n", "utf-8")

    told = drawn_of(park.folder)

    assert told["roads.parquet"]["roads"]["map"]["lies"] == "meets"
    assert told["plots.geojson"]["plots"]["readings"] == []
    assert "owners.csv" not in told


@pytest.mark.usefixtures("read_here")
def test_the_land_of_a_place_is_what_its_catalog_calls_plots_and_boundaries(park):
    for name in ("a", "b", "c", "d"):
        brought(park.folder, f"{name}.parquet", box(0, 50_000, 100, 50_100))

    told = drawn_of(park.folder)
    (park.folder / "catalog.toml").unlink()
    without = drawn_of(park.folder)  # what lies astray of most others is not the place

    assert (told["a.parquet"]["a"]["map"]["lies"], told["a.parquet"]["a"]["map"]["way"]) == (
        "far", "n",
    )
    assert without["a.parquet"]["a"]["map"]["lies"] == "meets"
    assert without["plots.geojson"]["plots"]["map"]["lies"] == "far"


@pytest.mark.usefixtures("read_here")
def test_where_the_numbers_fit_several_systems_each_has_a_map_the_nearest_first(park):
    brought(park.folder, "old.parquet", box(0, 0, 50, 50), of=None)

    told = drawn_of(park.folder)["old.parquet"]["old"]

    assert told["map"]["lies"] == "unplaced"
    assert {each["crs"] for each in told["readings"]} == {
        "EPSG:4529", "EPSG:2365", "EPSG:2417", "EPSG:4777",
    }
    away = [each["map"]["away_m"] for each in told["readings"]]
    assert away == sorted(away)
    assert told["readings"][0]["map"]["lies"] == "meets"


def test_the_page_of_files_shows_the_maps_and_names_in_them_do_nothing(park, tmp_path):
    evil = park.folder / "\"><script>alert(1)<b x='.geojson"
    brought(park.folder, "far.parquet", box(0, 9e4, 9, 9e4 + 9))
    evil.write_bytes((park.folder / "plots.geojson").read_bytes())
    with desks.desk(park.folder, tmp_path / "state") as made:
        visitor = made.visitor()
        here = desks.of_place(park.folder, "/files")
        before = visitor.ask(here)
        visitor.follow(desks.of_place(park.folder, "/inspect"), "POST")
        desks.until(lambda: 'data-news="' not in visitor.ask(here).text)
        after, zh = visitor.ask(here), made.visitor("zh").ask(here)

    assert 'class="small"' not in before.text
    assert "Far away: 90 km to the north of the rest of the place." in after.seen
    assert "离得很远：在园区其他资料的北方向 90 km 处。" in zh.seen
    assert "<script>alert" not in after.text
    pictures = re.findall(r"<svg.*?</svg>", after.text, re.DOTALL)
    assert any("&lt;script&gt;" in each for each in pictures)
    for each in pictures:
        inside = {node.tag for node in ET.fromstring(each).iter()}  # noqa: S314  our own page
        assert inside <= {"svg", "g", "use", "path", "text"}


def test_two_deliveries_show_what_is_new_gone_and_moved_by_sign(park, tmp_path):
    other = Site(tmp_path / "other")
    other.layer("plots", [
        other.plot("A", box(0, 0, 90, 100)), other.plot("C", box(400, 0, 500, 100)),
    ])
    with desks.desk(park.folder, tmp_path / "state") as made:
        visitor, here = made.visitor(), desks.of_place(park.folder, "/files")
        desk_forms.send_files(
            visitor, here, [("plots.geojson", (other.folder / "plots.geojson").read_bytes())]
        )
        waits = deliver.deliveries(park.folder)[0]
        asked = desk_forms.send(visitor, f"{here}/{waits.id}/differs", {"key": "plot_id"})
        visitor.until_done(asked.headers["location"])
        page = visitor.ask(here)
        kept = [*made.home.state.glob("differs-*.json")]
        visitor.follow(f"{here}/{waits.id}/drop", "POST")
        left = [*made.home.state.glob("differs-*.json")]

    assert "+ new: 1" in page.seen
    assert "✕ and dashed, gone: 1" in page.seen
    assert "◇ moved, dashed where it was: 1" in page.seen
    assert all(f'class="m-sign-{each}"' in page.text for each in ("plus", "cross", "diamond"))
    assert (len(kept), left) == (1, [])


def test_the_looks_of_a_map_are_those_that_the_desk_has():
    style = (catalog.SHIPPED / "templates" / "desk" / "desk.css").read_text("utf-8")
    schema = described("small-maps").schema["$defs"]["map"]["properties"]["paths"]
    known = set(schema["items"]["prefixItems"][0]["enum"])

    assert {each for each in known if f".m-{each}" not in style} <= {"sign-other"}
