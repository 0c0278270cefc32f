"""Of an OpenStreetMap extract every sound object comes in; a broken one is named by its id."""

import bz2
import gzip
import json
import random
import tomllib

import msgspec
import osmium
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from osmium.osm import mutable

from landtrack.app import import_osm, vet
from landtrack.cli.main import main
from landtrack.ingest.formats import files, limits, osm as extracts
from landtrack.model import catalog
from landtrack.model.errors import LimitError, SourceError

pytestmark = pytest.mark.usefixtures("read_here")
CORNERS = {1: (1.5, 42.5), 2: (1.502, 42.5), 3: (1.502, 42.502), 4: (1.5, 42.502)}
AREA_M2 = 36_507
"""Of the plot that every extract below holds: way 10 of the nodes 1 to 4."""


def node(number, east=None, north=None, tags=(), **more):
    placed = "" if east is None else f' lat="{north}" lon="{east}"'
    return "node", number, placed, [], tags, more


def way(number, nodes, tags=(), **more):
    return "way", number, "", [f'<nd ref="{each}"/>' for each in nodes], tags, more


def relation(number, members, tags=(("type", "multipolygon"), ("natural", "water")), **more):
    held = [f'<member type="{kind}" ref="{ref}" role="outer"/>' for kind, ref in members]
    return "relation", number, "", held, tags, more


PLOT = [
    *(node(number, *place) for number, place in CORNERS.items()),
    way(10, [1, 2, 3, 4, 1], [("landuse", "industrial")]),
]
ROAD = [("highway", "service")]


def xml(objects):
    """Write objects as they come."""
    lines = []
    for kind, number, placed, held, tags, more in objects:
        said = "".join(f' {name}="{value}"' for name, value in ({"version": 1} | more).items())
        tagged = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags)
        lines.append(f'<{kind} id="{number}"{placed}{said}>{"".join(held)}{tagged}</{kind}>')
    return '<?xml version="1.0"?><osm version="0.6" generator="tests">' + "".join(lines) + "</osm>"


@pytest.fixture
def extract(tmp_path):
    """Write an extract of the plot and more."""

    def write(*more, objects=None, name="extract.osm"):
        path = tmp_path / name
        path.write_text(xml([*PLOT, *more] if objects is None else objects), "utf-8")
        return path

    return write


def made(path):
    """Make a place, and give the plots and what was set aside by id."""
    folder = path.parent / "place"
    found = import_osm.init(path, folder)
    plots = pyogrio.read_dataframe(folder / import_osm.FILE, layer="plots_polygon")
    listed = folder / import_osm.SET_ASIDE
    assert listed.exists() == bool(found.unusable)
    return plots, {each.osm_id: each.fault for each in found.unusable}


OPEN = [node(5, 1.51, 42.51), node(6, 1.512, 42.51), node(7, 1.512, 42.512)]
BROKEN = [
    pytest.param([*OPEN, way(11, [5, 6, 7]), relation(20, [("way", 11)])], {"r20": "no_area"},
                 id="open multipolygon"),
    pytest.param([relation(21, [("way", 999)])], {"r21": "member_missing"}, id="member missing"),
    pytest.param([relation(22, [("relation", 22)])], {"r22": "no_members"},
                 id="a relation of itself"),
    pytest.param([relation(22, [("node", 1)])], {"r22": "no_members"}, id="a relation of a node"),
    pytest.param([relation(22, [])], {"r22": "no_members"}, id="a relation of nothing"),
    pytest.param([way(12, [1, 2, 99], ROAD)], {"w12": "no_location"}, id="last node missing"),
    pytest.param([way(12, [99, 98], ROAD)], {"w12": "no_location"}, id="all nodes missing"),
    pytest.param([way(13, [1], ROAD)], {"w13": "few_points"}, id="way of one node"),
    pytest.param([way(13, [], ROAD)], {"w13": "few_points"}, id="way of no node"),
    pytest.param([way(13, [1, 1], ROAD)], {"w13": "few_points"}, id="way of one node twice"),
    pytest.param([node(8, *CORNERS[1]), way(13, [1, 8], ROAD)], {"w13": "few_points"},
                 id="way of two nodes at one place"),
    pytest.param([node(9, tags=[("power", "substation")])], {"n9": "no_location"},
                 id="a node without a place"),
    pytest.param([way(14, [1, 2, 3], [("building", "yes")])], {"w14": "open"},
                 id="a building that does not close"),
    pytest.param([node(9, 1.5, 95, [("power", "substation")])], {"n9": "unreadable"},
                 id="a place that is none on Earth"),
    pytest.param([node(9, "abc", 42, [("power", "substation")])], {"n9": "unreadable"},
                 id="a place that is no number"),
    pytest.param([way("x9", [1, 2], ROAD)], {"wx9": "unreadable"}, id="a number that is none"),
    pytest.param([way(15, [1, 2], ROAD), way(15, [1, 3], ROAD, version=2)], {"w15": "duplicate"},
                 id="a way that stands there twice"),
    pytest.param([way(15, [1, 2], ROAD, visible="false")], {"w15": "deleted"},
                 id="a way marked as deleted"),
    pytest.param([way(15, [1, 2], ROAD, action="delete")], {"w15": "deleted"},
                 id="a way that an editor deleted"),
    pytest.param([way(16, [1, 99])], {}, id="without tags it is nobody's"),
    pytest.param([way(16, [1, 2, 3], [("highway", "service")])], {}, id="nothing is broken"),
]


@pytest.mark.parametrize(("objects", "told"), BROKEN)
def test_a_broken_object_is_set_aside_by_its_id_and_the_rest_comes_in(extract, objects, told):
    plots, aside = made(extract(*objects))

    assert plots["osm_id"].tolist() == ["w10"]
    assert plots.to_crs(32631).area.iloc[0] == pytest.approx(AREA_M2, abs=1)
    assert aside == told


def test_every_broken_object_of_one_extract_is_named(extract):
    several = [each.values for each in BROKEN[:4]]
    objects = [each for broken, _ in several for each in broken]
    wanted = {name: fault for _, told in several for name, fault in told.items()}

    plots, aside = made(extract(*objects))

    assert plots["osm_id"].tolist() == ["w10"]
    assert aside == wanted | {"r22": "no_members"}


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_an_extract_does_not_matter(extract, seed):
    objects = [*PLOT, way(12, [1, 3], ROAD)]
    random.Random(seed).shuffle(objects)  # noqa: S311

    plots, aside = made(extract(objects=objects))

    assert plots.to_crs(32631).area.iloc[0] == pytest.approx(AREA_M2, abs=1)
    assert aside == {}


def test_numbers_below_nought_keep_their_names(extract):
    objects = [
        *(node(-number, *place) for number, place in CORNERS.items()),
        way(-10, [-1, -2, -3, -4, -1], [("landuse", "industrial")]),
        way(-12, [-1, -99], ROAD),
    ]

    plots, aside = made(extract(objects=objects))

    assert plots["osm_id"].tolist() == ["w-10"]
    assert aside == {"w-12": "no_location"}


def test_a_ring_closed_by_its_place_is_an_area(extract):
    objects = [
        *PLOT[:4], node(5, *CORNERS[1]), way(10, [1, 2, 3, 4, 5], [("landuse", "industrial")]),
    ]

    assert made(extract(objects=objects))[0]["osm_id"].tolist() == ["w10"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_extracts_are_read_and_their_broken_objects_named(extract, pack):
    path = extract(way(12, [1, 99], ROAD), way("x", [1], ROAD))
    packed = path.with_suffix(".osm.gz" if pack is gzip.compress else ".osm.bz2")
    packed.write_bytes(pack(path.read_bytes()))

    assert made(packed)[1] == {"w12": "no_location", "wx": "unreadable"}


PACKS = [
    pytest.param(gzip.compress, "extract.osm.gz", id="gzip"),
    pytest.param(bz2.compress, "extract.osm.bz2", id="bzip2"),
    pytest.param(gzip.compress, "EXTRACT.OSM.GZ", id="capitals"),
    pytest.param(bz2.compress, "extract.osm", id="another name"),
    pytest.param(gzip.compress, "extract.gz", id="no name of its own"),
]


@pytest.mark.parametrize(("pack", "name"), PACKS)
def test_packed_extracts_go_through_every_door(extract, tmp_path, pack, name):
    plain = extract(way(12, [1, 99], ROAD))
    path = tmp_path / "packed" / name
    path.parent.mkdir()
    path.write_bytes(pack(plain.read_bytes()))

    assert made(path)[0]["osm_id"].tolist() == ["w10"]
    seen = json.loads(CliRunner().invoke(main, ["inspect", str(path), "--json"]).output)
    assert "OpenStreetMap" in json.dumps(seen)
    assert "w12: no_location" in json.dumps(seen)
    done = CliRunner().invoke(main, ["convert", str(path), str(tmp_path / "out.gpkg")])
    assert done.exit_code == 0, done.output
    assert pyogrio.read_dataframe(tmp_path / "out.gpkg")["osm_id"].tolist() == ["w10"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_what_else_is_packed_alone_is_an_archive_to_be_unpacked(tmp_path, pack):
    path = tmp_path / "plots.osm.gz"
    path.write_bytes(pack(b'{"type": "FeatureCollection", "features": []}'))

    with pytest.raises(SourceError, match=r"is a (gzip|bzip2) archive.*(.|\n)*Unpack it first"):
        files.read(path)


def test_a_packed_extract_that_breaks_off_is_told(extract, tmp_path):
    path = tmp_path / "cut.osm.gz"
    path.write_bytes(gzip.compress(extract().read_bytes())[:-40])

    with pytest.raises(SourceError, match="cannot be read as an OpenStreetMap extract"):
        files.layer_names(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
@pytest.mark.parametrize(
    "door",
    [
        pytest.param(files.layer_names, id="read"),
        pytest.param(
            lambda path: import_osm.init(path, path.parent / "place"), id="made a place of"
        ),
    ],
)
def test_a_packed_extract_that_unfolds_to_too_much_is_refused(
    extract, tmp_path, monkeypatch, pack, door
):
    lower = msgspec.structs.replace(limits.limits(), archive_free_bytes=1_000_000)
    monkeypatch.setattr(limits, "limits", lambda: lower)
    plain = extract().read_bytes()
    path = tmp_path / "bomb.osm.gz"
    path.write_bytes(pack(plain.replace(b"</osm>", b" " * 8_000_000 + b"</osm>")))

    with pytest.raises(LimitError, match="archive_ratio = 200"):
        door(path)


@pytest.mark.parametrize("order", [1, -1])
def test_pbf_is_read_in_any_order(tmp_path, order):
    path = tmp_path / "extract.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        steps = [
            *((writer.add_node, mutable.Node(id=number, version=1, location=place))
              for number, place in CORNERS.items()),
            (writer.add_way, mutable.Way(id=10, version=1, nodes=[1, 2, 3, 4, 1],
                                         tags={"landuse": "industrial"})),
            (writer.add_way, mutable.Way(id=12, version=1, nodes=[1, 99], tags=dict(ROAD))),
        ]
        for add, each in steps[::order]:
            add(each)

    plots, aside = made(path)

    assert plots["osm_id"].tolist() == ["w10"]
    assert aside == {"w12": "no_location"}


@pytest.mark.parametrize("content", [b"no extract", b"<osm><node", b"\x1f\x8bno gzip", b""])
def test_what_is_no_extract_is_refused_with_words(tmp_path, content):
    path = tmp_path / "x.osm"
    path.write_bytes(content)

    with pytest.raises(SourceError, match="Download it again"):
        import_osm.init(path, tmp_path / "place")


@pytest.mark.fault("46-osm-one-broken-object")
@pytest.mark.parametrize("order", [1, -1])
def test_a_plot_that_an_editor_deleted_or_a_change_takes_away_is_no_plot(extract, order):
    """JOSM marks what is deleted and not uploaded yet; nothing else is wrong with the file."""
    gone = way(30, [1, 2, 3, 4, 1], [("landuse", "industrial")], action="delete")
    path = extract(objects=[*PLOT, gone][::order])
    _, aside = made(path)
    assert aside == {"w30": "deleted"}

    text = path.read_text("utf-8").replace(' action="delete"', "").replace("osm ", "osmChange ")
    element = '<way id="30"' + text.partition('<way id="30"')[2].partition("</way>")[0] + "</way>"
    change = path.with_suffix(".osc")
    change.write_text(
        text.replace(element, f"<delete>{element}</delete>").replace("</osm>", "</osmChange>"),
        "utf-8",
    )

    assert [each.fault for each in extracts.features(change, ["landuse"]).unusable] == ["deleted"]


def test_a_page_of_a_server_that_refuses_is_no_extract(tmp_path):
    path = tmp_path / "x.osm"
    path.write_text("<html><body>429 Too Many Requests</body></html>", "utf-8")

    with pytest.raises(SourceError, match="it begins with <html>"):
        import_osm.init(path, tmp_path / "place")


# --- what is taken ------------------------------------------------------------------------------

AROUND = [1, 2, 3, 4, 1]


@pytest.mark.parametrize(
    "tags",
    [
        *({"building": value} for value in
          ("no", "none", "demolished", "removed", "razed", "proposed", "construction", "No",
           " NO ", "no;yes", "", "ruins", "Collapsed")),
        {"building": "yes", "demolished": "2019"}, {"building": "yes", "razed": "Yes"},
        {"building": "yes", "ruins": "yes"}, {"building": "yes", "proposed": "yes"},
        {"building": "yes", "demolished": "yes"}, {"building": "yes", "razed:building": "yes"},
        {"removed:building": "yes"}, {"demolished:building": "industrial"},
    ],
    ids=str,
)
def test_a_building_that_is_not_there_is_none(extract, tags):
    path = extract(way(11, AROUND, [("building", "yes")]), way(12, AROUND, tags.items()))

    import_osm.init(path, path.parent / "place")

    found = pyogrio.read_dataframe(
        path.parent / "place" / import_osm.FILE, layer="buildings_polygon"
    )
    assert found["osm_id"].tolist() == ["w11"]


@pytest.mark.parametrize("tags", [{"building": "yes"}, {"building": "industrial"},
                                  {"building": "yes", "demolished": "no"},
                                  {"building": "yes", "demolished": "proposed"},
                                  {"building": "yes", "end_date": "2018-10-28"},
                                  {"building": "yes", "demolished:building": "no"},
                                  {"building": "yes", "proposed:building": "retail"}], ids=str)
def test_a_building_that_is_there_is_one(extract, tags):
    path = extract(way(11, AROUND, tags.items()))

    assert import_osm.init(path, path.parent / "place").layers["buildings"] == 1


def test_what_has_the_tags_of_an_area_and_no_shape_of_one_is_named(extract):
    built = ("building", "yes")
    path = extract(
        way(11, AROUND), node(9, 1.501, 42.501, [built]),
        relation(21, [("way", 11)], [("type", "building"), built]),
        relation(22, [("way", 11)], [built]),
        relation(23, [("way", 11)], [("type", "Multipolygon"), built]),
        relation(24, [("way", 11)], [("type", "route"), ("highway", "primary")]),
    )

    made = import_osm.init(path, path.parent / "place")

    assert {each.osm_id: each.fault.value for each in made.unusable} == {
        "n9": "point", "r21": "no_area_type", "r22": "no_area_type", "r23": "no_area_type",
    }


MOTOR = ["motorway", "trunk_link", "primary", "tertiary", "unclassified", "residential",
         "living_street", "service"]
ON_FOOT = ["footway", "path", "steps", "track", "cycleway", "pedestrian", "bridleway"]
NO_ROAD = ["via_ferrata", "bus_stop", "platform", "raceway", "proposed", "construction",
           "corridor", "elevator", "rest_area", "services", "street_lamp", "no", "anything new"]


def test_roads_are_those_of_a_list_and_motor_roads_those_that_it_says(extract):
    classes = [*MOTOR, *ON_FOOT, *NO_ROAD]
    path = extract(*(
        way(100 + number, [1, 2], [("highway", value)]) for number, value in enumerate(classes)
    ))

    found = import_osm.init(path, path.parent / "place")

    roads = pyogrio.read_dataframe(path.parent / "place" / import_osm.FILE, layer="roads_line")
    assert sorted(roads["highway"]) == sorted(MOTOR + ON_FOOT)
    assert found.left_out == {f"highway={value}": 1 for value in NO_ROAD}
    source = next(
        each for each in catalog.place(path.parent / "place").layers if each.kind == "roads"
    )
    said = source.values["motor"]
    assert {value for value in classes if said.get(value) == "yes"} == set(MOTOR)
    assert "*" not in said


@pytest.mark.parametrize(("location", "covered"), [
    ("underground", 0), ("Underground ", 0), ("overground", AREA_M2), (None, AREA_M2),
])
def test_what_is_built_beneath_the_ground_covers_none_and_is_named(extract, location, covered):
    said = [("building", "garage"), ("building:levels", "2")]
    path = extract(way(11, AROUND, [*said, *([("location", location)] if location else [])]))

    found = import_osm.init(path, path.parent / "place")
    result = vet.run(path.parent / "place")

    figures = result.measures.set_index(["layer", "measure"])["value"]
    assert figures["plots", "covered_area_m2"] == pytest.approx(covered, abs=1)
    if covered:
        assert not found.unusable
        assert not found.left_out
    else:
        assert {each.osm_id: each.fault for each in found.unusable} == {"w11": "underground"}
        assert found.left_out == {f"building=garage + location={location}": 1}


def test_an_underground_building_beside_others_is_named_in_words(extract):
    path = extract(
        way(11, AROUND, [("building", "garage"), ("location", "underground")]),
        way(12, AROUND, [("building", "yes")]),
    )

    said = CliRunner().invoke(
        main, ["init", str(path.parent / "place"), "--osm", str(path), "--lang", "zh"]
    )

    assert said.exit_code == 0
    assert "building=garage + location=underground 1" in said.output
    assert "w11" in said.output
    assert "在地下：不占地面" in said.output


# --- without rules ----------------------------------------------------------------------------


def test_a_place_of_an_extract_has_figures_and_no_verdicts_and_no_states(extract):
    path = extract(way(11, AROUND, [("building", "yes"), ("building:levels", "1")]))
    import_osm.init(path, path.parent / "place")

    result = vet.run(path.parent / "place", out=path.parent / "build")

    assert result.place.packs == ()
    assert result.workflow.tracks == {}
    assert result.findings.empty
    assert not result.events
    figures = result.measures.set_index(["layer", "measure"])["value"]
    assert figures["plots", "covered_area_m2"] == pytest.approx(AREA_M2, abs=1)


# --- the published multipolygons ----------------------------------------------------------------

PUBLISHED = [
    700, 702, 704, 706, 708, 710, 714, 720, 722, 724, 726, 728, 730, 732, 734, 741, 743, 745, 747,
    749, 751, 753, 755, 757, 759, 761, 763, 765, 767, 770, 772, 774, 776, 778, 780, 782, 784, 790,
    792, 794,
]


@pytest.mark.parametrize("number", PUBLISHED)
def test_a_published_multipolygon_has_an_area_that_it_states_or_is_named(real_data, number):
    folder = real_data / "odd" / "osm_multipolygons"
    stated = json.loads((folder / f"{number}.expected.json").read_text("utf-8"))["areas"]

    read = extracts.features(
        folder / f"{number}.osm", ["test:id", "landuse", "area", "natural", "building"]
    )

    aside = {each.osm_id for each in read.unusable}
    shapes = {
        each.osm_id: import_osm.areas([each])[0]
        for each in read.found if each.geometry == "polygon"
    }
    for area in stated["default"]:
        name = f"{area['from_type'][0]}{area['from_id']}"
        may_be = [
            shapely.from_wkt(each["wkt"]) for way_ in stated.values() for each in way_
            if each["wkt"] != "INVALID"
        ]
        if name in shapes:
            found = shapely.make_valid(shapes[name], method="structure", keep_collapsed=False)
            assert any(shapely.equals(found, each) for each in may_be), found
        else:
            assert name in aside


# --- the reported faults ------------------------------------------------------------------------


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.mark.fault("46-osm-one-broken-object")
@pytest.mark.parametrize(
    ("name", "aside"),
    [("a_open_multipolygon", "r20"), ("b_road_leaves_extract", "w12"),
     ("c_member_missing", "r21"), ("e_way_of_one_place", "w13"), ("d_good", None)],
)
def test_one_broken_object_refuses_no_extract(fault, name, aside):
    result = typed("init", "--osm", fault / f"{name}.osm", fault / "place", "--lang", "en")

    assert result.exit_code == 0
    plots = pyogrio.read_dataframe(fault / "place" / import_osm.FILE, layer="plots_polygon")
    assert plots["osm_id"].tolist() == ["w10"]
    assert ("1 broken object was set aside" in result.output) == (aside is not None)
    if aside:
        assert f"  {aside} " in result.output


@pytest.mark.fault("47-osm-no-road-no-building")
@pytest.mark.parametrize(
    ("lang", "remark"), [("zh", "# 工作坐标系"), ("en", "# working CRS: areas and lengths")]
)
def test_the_place_is_in_the_language_that_is_asked_for(fault, lang, remark):
    typed("init", "--osm", fault / "place.osm", fault / "place", "--lang", lang)

    said = (fault / "place" / "catalog.toml").read_text("utf-8")
    assert tomllib.loads(said)["place"]["language"] == lang
    assert remark in said


@pytest.mark.fault("47-osm-no-road-no-building")
def test_a_via_ferrata_is_no_road_and_building_no_is_no_building(fault):
    typed("init", "--osm", fault / "place.osm", fault / "place")

    result = vet.run(fault / "place", out=fault / "build")

    value = result.measures.set_index(["layer", "measure"])["value"]
    assert value["roads", "nearest_road_m"] == pytest.approx(222.1, abs=0.1)
    assert value["buildings", "count"] == 0
    assert value["plots", "covered_area_m2"] == 0


@pytest.mark.fault("48-osm-park-rules")
def test_a_place_elsewhere_is_not_judged_by_the_rules_of_the_park(fault):
    typed("init", "--osm", fault / "d_good.osm", fault / "place")
    said = (fault / "place" / "catalog.toml").read_text("utf-8")

    result = typed("run", fault / "place", "--out", fault / "build")

    assert "x-park" not in said
    assert "cn-2006" not in said
    assert "not judged" in result.output or "未评判" in result.output
    assert pyogrio.read_dataframe(fault / "build" / "project.gpkg", layer="findings").empty


# --- an extract as a file like any other ----------------------------------------------------------


DOOR = """<osm version="0.6"><node id="1" lat="40.0" lon="116.3" version="1"/>
<node id="2" lat="40.0" lon="116.31" version="1"/>
<node id="3" lat="40.01" lon="116.31" version="1"/>
<node id="4" lat="40.0" lon="116.32" version="1"><tag k="barrier" v="gate"/></node>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building"
 v="yes"/></way>
<way id="11" version="1"><nd ref="1"/><nd ref="99"/><tag k="highway" v="service"/></way>
<way id="12" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="highway"
 v="residential"/><tag k="junction" v="roundabout"/></way>
<relation id="20" version="1"><member type="way" ref="77" role="outer"/><tag k="type"
 v="multipolygon"/><tag k="landuse" v="industrial"/></relation></osm>"""


@pytest.mark.parametrize("suffix", [".osm", ".xml", ".osm.pbf"])
def test_inspect_and_convert_read_an_extract_by_the_door_of_init(tmp_path, suffix):
    file = tmp_path / "a.osm"
    file.write_text(DOOR, encoding="utf-8")
    if suffix == ".osm.pbf":
        with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
            for each in osmium.FileProcessor(str(file)):
                writer.add(each)
    file = file.rename(tmp_path / f"a{suffix}") if suffix == ".xml" else tmp_path / f"a{suffix}"

    names = files.layer_names(file)
    read = {name: files.read(file, layer=name) for name in names}
    shown = typed("convert", file, tmp_path / "b.gpkg")

    assert names == ["points", "lines", "multipolygons"]
    assert {name: each.frame["osm_id"].tolist() for name, each in read.items()} == {
        "points": ["n4"], "lines": ["w12"], "multipolygons": ["w10"],
    }
    told = [note.value for each in read.values() for note in each.notes]
    assert sorted(told) == ["r20: member_missing", "w11: no_location"]
    assert "w11" in shown.output
    assert "r20" in shown.output
