"""A file in another format: every loss is told before anything is written."""

import csv
import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from builders import CRS, EAST, NORTH, box, line, point
from click.testing import CliRunner
from hypothesis import example, given, strategies as st

from landtrack.app import convert as conversion
from landtrack.cli.main import main
from landtrack.ingest.formats import files, geojson_out, shapefile_out
from landtrack.ingest.formats.base import Loss
from landtrack.model.errors import CRSError, OutputError, SourceError

pytestmark = pytest.mark.usefixtures("read_here")
LONG = "建设用地总面积合计"
"""27 bytes in UTF-8, 18 in GBK; a Shapefile has 10."""


def frame(shapes=None, crs=CRS, **columns):
    shapes = [box(0, 0, 10, 10), box(20, 0, 30, 10)] if shapes is None else shapes
    columns = columns or {"编号": ["A", "B"], "层数": [1, 2]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


@pytest.fixture
def convert(tmp_path):
    """Write a frame as GeoPackage, plan its conversion and carry it out."""

    def run(frame, name, **options):
        source = tmp_path / "source.parquet"
        frame.to_parquet(source)
        made = conversion.plan(source, tmp_path / "out" / name, **options)
        return made, conversion.carry_out(made)

    return run


def told(made):
    return [(loss.what, loss.field, loss.number) for _, loss in made.losses]


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "fgb", "parquet", "geojson"])
def test_what_is_written_reads_back_the_same(convert, suffix):
    plots = frame()

    made, written = convert(plots, f"x.{suffix}")

    back = files.read(next(path for path in written if path.suffix == f".{suffix}")).frame
    assert back["编号"].tolist() == ["A", "B"]
    assert back["层数"].tolist() == [1, 2]
    shapes = back.to_crs(CRS).geometry
    assert shapely.hausdorff_distance(shapes.to_numpy(), plots.geometry.to_numpy()).max() < 1e-4
    assert told(made) == ([("rounded", "", 2)] if suffix == "geojson" else [])


@example(x=63277.5, y=63277.70703125, size=9285.8125)  # 41.691000005 degrees
@given(x=st.floats(-1e5, 1e5), y=st.floats(-1e5, 1e5), size=st.floats(0.01, 1e4))
def test_geojson_holds_a_tenth_of_a_millimetre(tmp_path_factory, x, y, size):
    folder = tmp_path_factory.mktemp("x")
    plots = frame([box(x, y, x + size, y + size)], 编号=["A"])
    plots.to_file(folder / "a.gpkg")

    conversion.carry_out(conversion.plan(folder / "a.gpkg", folder / "b.geojson"))

    back = files.read(folder / "b.geojson").frame.to_crs(CRS).geometry.to_numpy()
    assert shapely.hausdorff_distance(back, plots.geometry.to_numpy()).max() < 2e-4


@pytest.mark.parametrize("suffix", ["geojson", "kml"])
def test_heights_that_go_with_a_change_of_crs_are_told(tmp_path, suffix):
    plots = frame([shapely.Point(EAST, NORTH, 3.25), None, point(5, 6)], 编号=["A", "B", "C"])
    plots.to_file(tmp_path / "a.gpkg")

    made = conversion.plan(tmp_path / "a.gpkg", tmp_path / f"b.{suffix}")

    assert ("heights_dropped", "", 1) in told(made)


# --- Shapefiles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("utf-8", ["建设用", "建设_2"]), ("gbk", ["建设用地总", "建设用地_2"])],
)
def test_names_are_cut_between_characters_and_the_full_ones_stand_beside(
    convert, encoding, names
):
    plots = frame(**{LONG: [1, 2], LONG + "二": [3, 4]})

    made, written = convert(plots, "x.shp", encoding=encoding)

    assert told(made) == [("renamed", LONG, 1), ("renamed", LONG + "二", 1)]
    path = next(path for path in written if path.suffix == ".shp")
    assert files.read(path).frame.columns.tolist() == [*names, "geometry"]
    with path.with_name("x_fields.csv").open(encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [
            ["name", "field"], [names[0], LONG], [names[1], LONG + "二"]
        ]


@given(st.lists(st.text("总地aA_1", min_size=1, max_size=12), min_size=1, max_size=30, unique=True),
       st.sampled_from(["utf-8", "gbk"]))
def test_each_short_name_is_its_own_and_fits(names, codec):
    names = [name for name in names if name != "geometry"]
    plots = frame(**{name: [1, 2] for name in names or ["a"]})

    short = shapefile_out.names(plots, codec)

    assert all(0 < len(name.encode(codec)) <= 10 for name in short.values())
    assert len({name.casefold() for name in short.values()}) == len(short)


def test_what_a_dbf_cannot_hold_is_told(convert):
    plots = frame(
        text=["甲" * 100, "b"], at=pd.to_datetime(["2026-01-02 03:04", "2026-01-02 00:00"]),
        yes=[True, False], rare=["㐀𠀀", "b"],
    )

    made, written = convert(plots, "x.shp", encoding="gbk")

    assert told(made) == [
        ("time_cut", "at", 1), ("as_number", "yes", 2), ("characters", "rare", 1)
    ]
    assert files.read(written[-2]).frame["text"].tolist() == ["甲" * 100, "b"]
    assert ("text_cut", "text", 1) in told(convert(plots, "x.shp")[0])


def test_several_kinds_of_shapes_go_into_a_file_each(convert):
    shapes = [box(0, 0, 1, 1), line((0, 0), (1, 1)), point(0, 0), None,
              shapely.GeometryCollection([point(0, 0), box(0, 0, 1, 1)])]

    made, written = convert(frame(shapes, 编号=list("abcde")), "x.shp")

    assert told(made) == [
        ("kinds_split", "", 5), ("shape_dropped", "", 1), ("shape_missing", "", 1)
    ]
    read = {path.stem: files.read(path).frame["编号"].tolist()
            for path in written if path.suffix == ".shp"}
    assert read == {"x_polygon": ["a"], "x_line": ["b"], "x_point": ["c"]}


# --- other formats ----------------------------------------------------------------------------


def test_columns_that_a_geopackage_has_of_its_own_get_another_name(tmp_path):
    frame(FID=[1, 2], Name=["a", "b"], name=["c", "d"]).to_parquet(tmp_path / "a.parquet")

    made = conversion.plan(tmp_path / "a.parquet", tmp_path / "b.gpkg")
    conversion.carry_out(made)

    assert told(made) == [("renamed", "FID", 1), ("renamed", "name", 1)]
    assert files.read(tmp_path / "b.gpkg").frame.columns.tolist() == [
        "FID_", "Name", "name_", "geometry"
    ]


def test_all_layers_go_where_there_is_room_for_several(tmp_path):
    for name in ("地块", "buildings"):
        frame().to_file(tmp_path / "a.gpkg", layer=name)

    conversion.carry_out(conversion.plan(tmp_path / "a.gpkg", tmp_path / "b.gpkg"))
    assert files.layer_names(tmp_path / "b.gpkg") == ["地块", "buildings"]

    with pytest.raises(SourceError, match=r"地块, buildings; GeoJSON holds one(.|\n)*--layer"):
        conversion.plan(tmp_path / "a.gpkg", tmp_path / "b.geojson")
    assert list(conversion.plan(tmp_path / "a.gpkg", tmp_path / "b.shp", layer="地块").layers) == [
        "地块"
    ]


@pytest.mark.parametrize(
    ("name", "options", "error", "match"),
    [
        ("x.pdf", {}, OutputError, r"writes .pdf(.|\n)*\.gpkg"),
        ("x", {}, OutputError, "without suffix"),
        ("x.gpkg", {"encoding": "gbk"}, OutputError, r"no --encoding(.|\n)*Shapefile"),
        ("x.shp", {"encoding": "big5"}, OutputError, "not written in 'big5'"),
        ("x.geojson", {"to_crs": "EPSG:4529"}, OutputError, "WGS 84 by its definition"),
        ("x.gpkg", {"to_crs": "EPSG:2365"}, CRSError, "no published transformation"),
        ("x.shp", {"from_crs": "GCJ-02"}, CRSError, "files are submitted"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_mend(convert, name, options, error, match):
    with pytest.raises(error, match=match):
        convert(frame(), name, **options)


def test_the_catalogs_words_for_the_crs_hold_here_too(convert):
    made, _ = convert(frame(crs=None), "x.gpkg", from_crs=CRS, to_crs="EPSG:4490")
    assert made.layers["source"].crs.to_epsg() == 4490
    assert made.layers["source"].total_bounds[0] == pytest.approx(122.84, abs=0.01)

    made, _ = convert(frame(crs=None), "x.gpkg")
    assert told(made) == [("no_crs", "", 2)]
    assert made.layers["source"].total_bounds[0] == EAST
    with pytest.raises(CRSError, match="4 ways"):
        convert(frame(crs=None), "x.geojson")


def test_a_failure_leaves_what_was_there(tmp_path):
    frame().to_file(tmp_path / "a.gpkg", layer="a")
    out = tmp_path / "out" / "x.parquet"
    out.parent.mkdir()
    out.write_bytes(b"earlier")
    made = conversion.plan(tmp_path / "a.gpkg", out)
    broken = made.layers["a"].assign(mixed=pd.Series([1, "b"], index=[1, 2], dtype="object"))

    with pytest.raises(OutputError, match="cannot be written"):
        conversion.carry_out(made._replace(layers={"a": broken}))

    assert out.read_bytes() == b"earlier"
    assert [path.name for path in out.parent.iterdir() if not path.name.startswith(".")] == [
        "x.parquet"
    ]


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "the field 建设用地总面积合计 becomes"), ("zh", "改名为")]
)
def test_the_command_tells_losses_first_and_with_strict_writes_nothing(tmp_path, lang, said):
    frame(**{LONG: [1, 2]}).to_file(tmp_path / "a.gpkg")
    words = [str(tmp_path / "a.gpkg"), str(tmp_path / "b.shp"), "--lang", lang]

    strict = CliRunner().invoke(main, ["convert", *words, "--strict"])
    assert strict.exit_code == 1
    assert said in strict.output
    assert not (tmp_path / "b.shp").exists()

    done = CliRunner().invoke(main, ["convert", *words])
    assert done.exit_code == 1
    assert done.output.index(said) < done.output.index("b.shp")
    assert (tmp_path / "b.shp").exists()


def test_the_command_says_what_the_reader_noted(real_data, tmp_path):
    odd = real_data / "odd" / "derived" / "gbk_no_cpg.shp"

    done = CliRunner().invoke(main, ["convert", str(odd), str(tmp_path / "b.gpkg")])

    assert done.exit_code == 0
    assert "40 features" in done.output
    assert files.read(tmp_path / "b.gpkg").frame["名称"].notna().all()


def test_every_kind_of_loss_has_its_words():
    from landtrack.model import translations

    for lang in ("en", "zh"):
        words = translations.load(lang)
        for what in ("renamed", "as_text", "as_number", "text_cut", "time_cut", "characters",
                     "empty_text", "kinds_split", "shape_dropped", "shape_missing", "no_crs",
                     "rounded"):
            loss = Loss(what, 1, "f", "d")
            assert words(f"loss.{what}", number=loss.number, field=loss.field, detail=loss.detail)


@pytest.mark.parametrize("height", [(), (12.5,)], ids=["flat", "with heights"])
def test_geojson_says_the_resolution_that_its_coordinates_have(tmp_path, height):
    corners = [(123.1, 41.5, *height), (123.2, 41.5, *height), (123.2, 41.6, *height)]
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(corners)], crs=4326)

    geojson_out.write(frame, tmp_path / "a.geojson")

    told = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert told["xy_coordinate_resolution"] == 1e-9
    assert told.get("z_coordinate_resolution", 1e-9) == 1e-9
    assert len(told["features"]) == 1
