"""The boundary-coordinate TXT is written as strictly as approval systems read it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given, settings, strategies as st

from landtrack.ingest.formats import boundary
from landtrack.ingest.formats.base import Loss
from landtrack.model import translations
from landtrack.model.errors import OutputError, SourceError
from landtrack.spatial.crs import china
from landtrack.spatial.crs.china import Zone

EAST, NORTH = 39_500_000, 3_700_000
SQUARE = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
HOLE = shapely.box(EAST + 20, NORTH + 20, EAST + 40, NORTH + 40)


def moved(shape, x, y):
    return shapely.transform(shape, lambda xy: xy + np.array([x, y]))


def parcels(*shapes, crs="EPSG:4527", **columns):
    n = len(shapes)
    data = {"地块编号": [str(at + 1) for at in range(n)], **columns}
    return gpd.GeoDataFrame(data, geometry=list(shapes), crs=crs, index=range(1, n + 1))


@pytest.fixture
def written(tmp_path):
    """Write parcels and give the bytes."""
    def writer(frame, **options):
        boundary.write(frame, tmp_path / "a.txt", **options)
        return (tmp_path / "a.txt").read_bytes()

    return writer


def test_a_parcel_is_written_as_the_rule_has_it(written):
    frame = parcels(
        SQUARE - HOLE, 地块面积=[0.96], 地块名称=["地块1"], 图幅号=["H50G002051"],
        地块用途=["工业用地"], 地类编码=["0601"],
    )

    assert written(frame, header={"数据产生单位": "某院"}).decode("gb18030").split("\r\n") == [
        "[属性描述]", "格式版本号=1.01版本", "数据产生单位=某院", "数据产生日期=",
        "坐标系=2000国家大地坐标系", "几度分带=3", "投影类型=高斯克吕格", "计量单位=米", "带号=39",
        "精度=0.001", "转换参数=,,,,,,", "[地块坐标]",
        "10,0.9600,1,地块1,面,H50G002051,工业用地,0601,@",
        "J1,1,3700100.000,39500000.000",  # north before east, from the north-west, clockwise
        "J2,1,3700100.000,39500100.000",
        "J3,1,3700000.000,39500100.000",
        "J4,1,3700000.000,39500000.000",
        "J1,1,3700100.000,39500000.000",  # closed under the first name
        "J5,2,3700040.000,39500020.000",  # the hole goes round the other way
        "J6,2,3700020.000,39500020.000",
        "J7,2,3700020.000,39500040.000",
        "J8,2,3700040.000,39500040.000",
        "J5,2,3700040.000,39500020.000",
        "",
    ]


def test_eastings_get_the_number_of_their_zone(written):
    bare = moved(SQUARE, -39_000_000, 0)

    assert b"J1,1,3700100.000,39500000.000" in written(parcels(bare, crs="EPSG:4548"))


def test_it_does_not_matter_where_a_ring_began(written):
    corners = list(SQUARE.exterior.coords)[:-1]
    turned = [shapely.Polygon(corners[at:] + corners[:at]) for at in range(4)]
    back = [shapely.Polygon(each.exterior.coords[::-1]) for each in turned]

    assert len({written(parcels(shape)) for shape in [*turned, *back]}) == 1


def test_of_two_corners_equally_near_the_north_west_the_northern_one_is_first(written):
    triangle = shapely.Polygon([(EAST, NORTH + 50), (EAST + 50, NORTH + 100), (EAST + 100, NORTH)])

    assert b"J1,1,3700100.000,39500050.000" in written(parcels(triangle))


@pytest.mark.parametrize(("encoding", "start"), [("gb18030", "[属"), ("utf-8", "[属")])
def test_the_encoding_is_chosen(written, encoding, start):
    assert written(parcels(SQUARE), encoding=encoding).startswith(start.encode(encoding))
    with pytest.raises(OutputError, match="not written in 'big5'"):
        written(parcels(SQUARE), encoding="big5")


@pytest.mark.parametrize(
    ("off", "digits", "said", "point"),
    [
        (0.0, None, "0.001", "39500000.000"),
        (0.00004, None, "0.001", "39500000.000"),
        (0.0001, None, "0.0001", "39500000.0001"),
        (0.0004, None, "0.0001", "39500000.0004"),
        (0.0004, 2, "0.01", "39500000.00"),
    ],
)
def test_decimals_are_as_many_as_a_tenth_of_a_millimetre_needs(written, off, digits, said, point):
    content = written(parcels(moved(SQUARE, off, 0)), digits=digits).decode("gb18030")

    assert f"精度={said}\r\n" in content
    assert f",{point}\r\n" in content


def test_an_area_that_is_not_stated_is_measured(written):
    assert b"5,1.0000,1,," in written(parcels(SQUARE))
    assert b"5,1.2500,1,," in written(parcels(SQUARE, 地块面积=[1.25]))
    with pytest.raises(OutputError, match="地块面积 of 1 is no area in hectares: 'x'"):
        written(parcels(SQUARE, 地块面积=["x"]))
    with pytest.raises(OutputError, match="no area"):
        written(parcels(SQUARE, 地块面积=[-1.0]))


def test_columns_of_other_names_fill_the_fields(written):
    frame = parcels(SQUARE, 地块编号=[None], DKMC=["东区"]).rename(columns={"地块编号": "DKBH"})

    assert "5,1.0000,,东区,面,,,,@" in written(frame).decode("gb18030")


@pytest.mark.parametrize("name", ["一厂,北区", "一厂\n北区", "a\rb", "a\x85b"])
def test_a_comma_or_break_in_a_name_is_refused_with_the_parcel(written, name):
    with pytest.raises(OutputError, match=r"of 2 has a comma or a line break.*\n.*quoting"):
        written(parcels(SQUARE, HOLE, 地块名称=["a", name]))


def test_what_is_in_no_zone_of_china_is_refused(written):
    for crs in ("EPSG:4490", "EPSG:32650", "EPSG:3857"):
        with pytest.raises(OutputError, match=rf"Gauss-Kruger.*{crs}.*\n.*--to-crs"):
            written(parcels(SQUARE, crs=crs))
    with pytest.raises(OutputError, match="no CRS"):
        written(parcels(SQUARE, crs=None))


def test_a_layer_without_any_geometry_is_refused(written):
    for frame in (parcels(), parcels(None)):
        with pytest.raises(OutputError, match=r"no parcel with a geometry"):
            written(frame)


def test_parcels_of_two_zones_do_not_go_into_one_file(written):
    over = moved(SQUARE, 200_000, 0)
    across = shapely.box(39_639_000, NORTH, 39_640_500, NORTH + 10)  # 118.5 degrees lie within

    with pytest.raises(OutputError, match=r"2 lie outside of zone 39.*115.5° to 118.5°.*\n.*each"):
        written(parcels(SQUARE, over))
    assert written(parcels(across))


def test_shapes_that_are_not_valid_are_refused_with_the_reason(written):
    corners = [(0, 0), (9, 9), (9, 0), (0, 9)]
    bowtie = moved(shapely.Polygon(corners), EAST, NORTH)
    with pytest.raises(OutputError, match=r"shapes of 2 are not valid \(Self-intersection"):
        written(parcels(SQUARE, bowtie))
    with pytest.raises(OutputError, match="of mixed kinds"):
        written(parcels(shapely.GeometryCollection([SQUARE, shapely.Point(EAST, NORTH)])))


def test_points_and_lines_say_what_they_are(written, tmp_path):
    line = shapely.LineString([(EAST, NORTH), (EAST + 5, NORTH)])
    content = written(parcels(shapely.Point(EAST, NORTH), line)).decode("gb18030")

    assert "1,0.0000,1,,点,,,,@\r\nJ1,1,3700000.000,39500000.000\r\n2,0.0000,2,,线" in content
    frame = boundary.read(tmp_path / "a.txt").frame
    assert frame.geometry.geom_type.tolist() == ["Point", "LineString"]


@pytest.mark.parametrize("layout", ["national", "farmland", "one-map", "enforcement", "swap"])
def test_every_layout_with_parcel_lines_reads_back_what_it_was_given(tmp_path, layout):
    frame = parcels(SQUARE, SQUARE - HOLE, 地块名称=["甲", "乙"])

    boundary.write(frame, tmp_path / "a.txt", layout=layout)
    contents = boundary.read(tmp_path / "a.txt")

    assert contents.bad == []
    assert contents.frame["地块名称"].tolist() == ["甲", "乙"]
    assert contents.frame.geometry.geom_equals(frame.geometry).all()


def test_a_layout_without_parcel_lines_is_not_written(written):
    with pytest.raises(OutputError, match=r"no parcel lines.*\n.*national, farmland"):
        written(parcels(SQUARE), layout="points")
    with pytest.raises(SourceError, match="'x'"):
        written(parcels(SQUARE), layout="x")


def test_the_header_that_was_read_is_written_but_for_what_the_crs_says(written):
    frame = parcels(SQUARE)
    frame.attrs["boundary"] = {
        "项目信息": {"项目名称": "开发区"},
        "属性描述": {"数据产生单位": "某院", "坐标系": "2000坐标系", "分带": "6度带", "带号": "40",
                  "转换参数": "1,2,3,4,5,6,7", "审核人": "某人"},
    }

    lines = written(frame).decode("gb18030").split("\r\n")

    assert lines[:2] == ["[项目信息]", "项目名称=开发区"]
    assert {"数据产生单位=某院", "转换参数=1,2,3,4,5,6,7", "审核人=某人"} <= set(lines)
    assert {"坐标系=2000国家大地坐标系", "几度分带=3", "带号=39"} <= set(lines)
    assert not {"分带=6度带", "带号=40"} & set(lines)


def test_parameters_of_another_datum_are_not_passed_on(written):
    frame = parcels(SQUARE)
    frame.attrs["boundary"] = {
        "属性描述": {"坐标系": "1980西安坐标系", "转换参数": "1,2,3,4,5,6,7"}
    }

    assert "转换参数=,,,,,,\r\n" in written(frame).decode("gb18030")


def test_what_the_format_cannot_hold_is_told_before(written):
    frame = parcels(
        SQUARE, shapely.force_3d(SQUARE), None, 地块面积=[1.00004, 1.0, None],
        备注=["好", None, None], 空=[None] * 3, 地类编码=[601, 602, 603],
    )

    told = boundary.losses(frame)

    assert told == [
        Loss("column", 1, field="备注"), Loss("area_rounded", 1, field="地块面积"),
        Loss("value_as_text", 3, field="地类编码"), Loss("shape_missing", 1),
        Loss("heights_dropped", 1),
    ]
    assert boundary.losses(parcels(SQUARE), digits=0) == []
    assert boundary.losses(parcels(moved(SQUARE, 0.04, 0)), digits=1) == [
        Loss("rounded", 1, detail="0.0400 m")
    ]
    for lang in translations.languages():
        assert all(
            translations.load(lang)(
                f"loss.{each.what}", number=each.number, field=each.field, detail=each.detail
            ) for each in told
        )
    assert written(frame).count(b"@") == 2


def test_a_folder_that_is_not_there_is_an_error_with_a_mend(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        boundary.write(parcels(SQUARE), tmp_path / "none" / "a.txt")


def test_writing_leaves_the_frame_as_it_is(written):
    frame = parcels(SQUARE, 地块面积=[1.0])
    before = frame.copy(deep=True)

    written(frame)

    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


# --- round trips --------------------------------------------------------------------------

METRES = st.floats(1, 400, allow_nan=False)
WORDS = st.text(
    st.characters(exclude_characters=",", exclude_categories=("C", "Z")), max_size=8
)
ZONES = st.sampled_from(list(china.codes().values()))


@st.composite
def shapes(draw):
    """Draw a parcel: one or two parts, the first with up to two holes or an island."""
    x, y = draw(st.floats(-20_000, 20_000)), draw(st.floats(-50_000, 50_000))
    width, height = draw(METRES), draw(METRES)
    outer = shapely.box(0, 0, width, height)
    kind = draw(st.sampled_from(["plain", "hole", "touching", "holes", "island", "parts"]))
    cut = {
        "plain": [],
        "hole": [(0.25, 0.25, 0.75, 0.75)],
        "touching": [],
        "holes": [(0.1, 0.1, 0.4, 0.9), (0.6, 0.1, 0.9, 0.9)],
        "island": [(0.2, 0.2, 0.8, 0.8)],
        "parts": [],
    }[kind]
    for left, low, right, high in cut:
        outer -= shapely.box(left * width, low * height, right * width, high * height)
    if kind == "touching":  # a hole whose corner lies on the shell, and rounds to beside it
        outer = shapely.Polygon([(0, 0), (width, height), (width, 0)], [
            [(width / 3, height / 3), (width / 2, height / 3), (width / 2, height / 4)]
        ])
    if kind == "island":
        island = shapely.box(0.4 * width, 0.4 * height, 0.6 * width, 0.6 * height)
        outer = shapely.MultiPolygon([outer, island])
    if kind == "parts":
        second = shapely.box(width + 1, 0, width + 1 + draw(METRES), height)
        outer = shapely.MultiPolygon([outer, second])
    return moved(outer, x, y)


@settings(max_examples=100)
@given(
    drawn=st.lists(st.tuples(shapes(), WORDS, WORDS, st.booleans()), min_size=1, max_size=5),
    zone=ZONES, encoding=st.sampled_from(["gb18030", "utf-8"]),
    said=st.dictionaries(st.sampled_from(["数据产生单位", "审核人", "备注"]), WORDS),
)
def test_what_is_written_reads_back_to_a_tenth_of_a_millimetre(
    tmp_path_factory, drawn, zone, encoding, said
):
    path = tmp_path_factory.mktemp("round") / "a.txt"
    origin = (500_000 + zone.prefixed * zone.number * 1_000_000, 3_700_000)
    made = [moved(shape, *origin) for shape, *_ in drawn]
    assume(all(shape.is_valid for shape in made))
    areas = [round(shape.area / 1e4, 4) for shape in made]
    frame = parcels(
        *made, crs=china.crs_of(zone), 地块名称=[name or None for _, name, *_ in drawn],
        地块用途=[purpose or None for _, _, purpose, _ in drawn],
        地块面积=[
            area if stated else None for area, (*_, stated) in zip(areas, drawn, strict=True)
        ],
    )
    frame.attrs["boundary"] = {"属性描述": said}

    boundary.write(frame, path, encoding=encoding)
    contents = boundary.read(path)

    assert contents.bad == []
    assert contents.notes == []
    back = contents.frame
    assert back.crs == china.crs_of(Zone(zone.datum, zone.width, zone.number, prefixed=True))
    offset = zone.number * 1_000_000 * (not zone.prefixed)
    for before, after in zip(made, back.geometry, strict=True):
        expected = moved(before, offset, 0)
        assert after.geom_type == expected.geom_type
        here, there = _corners(after), _corners(expected)
        apart = np.abs(here[:, None] - there[None, :]).max(axis=2)
        assert len(here) == len(there)
        assert apart.min(axis=0).max() <= 0.0001
        assert apart.min(axis=1).max() <= 0.0001
        assert after.area == pytest.approx(expected.area, abs=0.0002 * expected.length)
    assert back["地块面积"].tolist() == areas
    for name in ("地块编号", "地块名称", "地块用途"):
        assert back[name].astype(object).where(back[name].notna(), None).tolist() == (
            frame[name].astype(object).where(frame[name].notna(), None).tolist()
        )
    assert back.attrs["boundary"]["属性描述"].items() >= said.items()

    if shapely.minimum_clearance(np.array(made)).min() > 0.001:
        # Where a corner lies on an edge, its last binary digit says on which side.
        boundary.write(back, path.with_name("b.txt"), encoding=encoding)
        assert path.with_name("b.txt").read_bytes() == path.read_bytes()


def _corners(shape):
    """Give the corners of all rings, without those that close one."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return np.concatenate([shapely.get_coordinates(ring)[:-1] for ring in rings])
