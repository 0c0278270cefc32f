"""The project for QGIS: every collection once, in the looks of the map, and no secret in it."""

import os
import subprocess
from xml.etree import ElementTree as ET

import desks
import ogc_park
import pytest
from builders import Site, box
from click.testing import CliRunner

from landtrack import store
from landtrack.app import vet
from landtrack.app.ogc import project, reading
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.output.style import qgis, symbology
from landtrack.server import home
from landtrack.server.passwords import Passwords

BASE = "http://127.0.0.1:8000/places/park/ogc"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ogc_park.judged(tmp_path_factory.mktemp("made") / "park")


def opened(path, lang="en"):
    return ET.fromstring(project.write(path, BASE, lang))  # noqa: S314  our own


@pytest.fixture(scope="module")
def root(folder):
    return opened(folder / "build" / "project.gpkg")


def layers(root):
    return {each.findtext("id").removesuffix("_landtrack"): each for each in root.iter("maplayer")}


def test_every_collection_with_shapes_is_a_layer_and_stands_once_in_the_tree(folder, root):
    with reading.opened(folder / "build" / "project.gpkg") as (_, place):
        wanted = {each.id for each in place.collections.values() if each.geometry}
    listed = [each.get("id") for each in root.iter("layer-tree-layer")]

    assert layers(root).keys() == wanted
    assert sorted(listed) == sorted(f"{each}_landtrack" for each in wanted)
    for name, each in layers(root).items():
        assert f"typename='{name}'" in each.findtext("datasource")
        assert f"url='{BASE}'" in each.findtext("datasource")
    assert root.findtext("projectCrs/spatialrefsys/authid") == "EPSG:4529"


def test_what_the_map_draws_last_comes_first(root):
    listed = [each.get("id") for each in root.iter("layer-tree-layer")]

    assert listed.index("plots_landtrack") < listed.index("buildings_landtrack") < (
        listed.index("parcels_landtrack"))


def test_classes_are_those_that_there_are_with_their_words_and_colours(folder, root):
    def drawn(root, name):
        made = layers(root)[name].find("renderer-v2")
        return made.get("attr"), [
            (each.get("value"), each.get("label")) for each in made.iter("category")
        ]

    zh = opened(folder / "build" / "project.gpkg", "zh")
    field, classes = drawn(root, "plots")
    assert (field, [each for each, _ in classes]) == ("verdict", ["pass", "fail", ""])
    assert [each for each, _ in drawn(root, "parcels")[1]] == ["surveyed", ""]
    assert drawn(root, "states_parcels")[0] == "state"
    assert drawn(zh, "parcels")[1][0] == ("surveyed", "已勘测定界")
    colour = symbology.load().style("parcels", "surveyed").fill
    told = ET.tostring(layers(root)["parcels"]).decode()
    assert ",".join(str(int(colour[at:at + 2], 16)) for at in (1, 3, 5)) in told


@pytest.mark.parametrize("kind", ["plots", "parcels", "roads", "relocations", "farmland"])
@pytest.mark.parametrize("shape", ["fill", "line", "marker"])
def test_every_look_of_the_map_has_one_in_qgis(kind, shape):
    codes = symbology.load().kind[kind].classes
    looks = [qgis.Look(code, code, symbology.load().style(kind, code)) for code in codes]
    other = qgis.Look("", "", symbology.load().style(kind, "unknown"))

    made = qgis.renderer(shape, "state", looks, other)

    assert len([*made.iter("category")]) == len([*made.find("symbols")]) == len(codes) + 1
    for symbol in made.find("symbols"):
        assert symbol.get("type") == shape
        assert len(symbol.findall("layer")) > 0


def test_names_of_others_are_text_in_it(tmp_path):
    site = Site(tmp_path / "park")
    site.head["title"] = {"en": "A <b> & \"B\" ']]>"}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.layer("land_classes", [
        (box(0, 0, 50, 50), {"land_class_id": "1", "class_code": '<x>&"'}),
    ])
    path = tmp_path / "project.gpkg"
    store.write(vet.vet(catalog.place(site.catalog().folder)), path)

    root = opened(path)

    assert root.findtext("title") == "A <b> & \"B\" ']]>"


def test_it_is_given_to_who_is_in_and_holds_no_password(folder, tmp_path):
    with desks.desk(folder, tmp_path / "state") as made:
        own = Passwords(made.home.passwords)
        password = own.make("park")
        answer = made.visitor().ask("/places/park/gis/project")
        assert desks.Visitor(made.port).ask("/places/park/gis/project").status == 401

        assert answer.status == 200
        assert "park.qgs" in answer.headers["content-disposition"]
        assert f"url='http://127.0.0.1:{made.port}/places/park/ogc'" in answer.text
        assert password not in answer.text
        assert own.of("park").user not in answer.text


def test_the_command_writes_it_of_where_the_desk_listened_last(folder, tmp_path, monkeypatch):
    state = tmp_path / "state"
    monkeypatch.setattr(home.platformdirs, "user_state_path", lambda *_, **__: state)
    file = tmp_path / "park.qgs"

    def typed(*more, lang="en"):
        return CliRunner().invoke(main, [
            "qgis", str(folder), "--out", str(file), "--lang", lang, *more,
        ])

    none = typed()
    assert none.exit_code == 2
    assert "landtrack serve" in none.stderr
    assert not state.exists()
    assert typed("--at", "' url='x").exit_code == 2
    home.of(folder.parent).port.write_text("8123")
    done = typed(lang="zh")
    assert done.exit_code == 0, done.output
    assert "http://127.0.0.1:8123/places/park/ogc" in done.output
    assert "url='http://127.0.0.1:8123/places/park/ogc'" in file.read_text(encoding="utf-8")
    assert typed("--at", BASE).exit_code == 0
    assert f"url='{BASE}'" in file.read_text(encoding="utf-8")


OPEN = """
import sys
from qgis.core import QgsApplication, QgsProject
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])
for layer in project.mapLayers().values():
    print(layer.id(), layer.isValid(), layer.featureCount(), layer.renderer().type())
print(project.crs().authid())
"""


@pytest.mark.skipif(
    "LANDTRACK_QGIS" not in os.environ, reason="LANDTRACK_QGIS names no Python that has QGIS"
)
def test_qgis_opens_it_and_finds_the_features_of_the_store(folder, tmp_path):
    with desks.desk(folder, tmp_path / "state") as made:
        own = Passwords(made.home.passwords)
        password = own.make("park")
        file = tmp_path / "park.qgs"
        file.write_text(made.visitor().ask("/places/park/gis/project").text.replace(
            "> pagingEnabled",
            f"> username='{own.of('park').user}' password='{password}' pagingEnabled",
        ), encoding="utf-8")
        free = {name: each for name, each in os.environ.items()
                if not name.startswith(("GDAL_", "CPL_", "OGR_", "PYTHON"))}
        done = subprocess.run(  # noqa: S603  QGIS, of a desk of this test
            [os.environ["LANDTRACK_QGIS"], "-c", OPEN, str(file)], capture_output=True, text=True,
            check=False, timeout=300, env=free,
        )
        wanted = {each: len(ogc_park.Api(made.visitor(), "/places/park/ogc").ids(each, limit=1000))
                  for each in ("plots", "parcels", "buildings", "states_parcels", "findings")}

    assert done.returncode == 0, done.stderr
    *told, crs = done.stdout.splitlines()
    assert crs == "EPSG:4529"
    assert {tuple(each.split()[:3]) for each in told} == {
        (f"{each}_landtrack", "True", str(count)) for each, count in wanted.items()
    }
