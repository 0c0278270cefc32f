"""A map from a phone comes in whole, and nothing hidden in it does harm."""

import contextlib
import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely
from builders import EAST, NORTH
from hypothesis import Phase, given, settings, strategies as st

from landtrack.ingest.formats import kml
from landtrack.ingest.formats.base import Loss, Note
from landtrack.model import Issue
from landtrack.model.errors import OutputError, SourceError

PLOT = "114.1,22.7 114.2,22.7 114.2,22.8 114.1,22.8 114.1,22.7"
"""In Huizhou: a tenth of a degree each way."""
HOLE = "114.14,22.74 114.16,22.74 114.16,22.76 114.14,22.76 114.14,22.74"
SHIFT = Note(Issue.DATUM_MAY_BE_SHIFTED, "114.10000, 22.70000")


def ring(coordinates):
    return f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"


def polygon(outer=PLOT, *holes):
    inner = "".join(f"<innerBoundaryIs>{ring(each)}</innerBoundaryIs>" for each in holes)
    return f"<Polygon><outerBoundaryIs>{ring(outer)}</outerBoundaryIs>{inner}</Polygon>"


def line(coordinates=PLOT):
    return f"<LineString><coordinates>{coordinates}</coordinates></LineString>"


def mark(*inside, name="地块1"):
    return f"<Placemark><name>{name}</name>{''.join(inside)}</Placemark>"


def folder(name, *inside):
    return f"<Folder><name>{name}</name>{''.join(inside)}</Folder>"


def whole(*inside, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return (
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
        f"{''.join(inside)}</Document></kml>"
    )


@pytest.fixture
def saved(tmp_path):
    def save(text, name="奥维.kml", codec="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(codec))
        return path

    return save


def notes(contents):
    return [note for note in contents.notes if note.issue != Issue.DATUM_MAY_BE_SHIFTED]


def test_each_folder_that_holds_placemarks_is_a_layer(saved):
    path = saved(whole(
        folder("征地", folder("一期", mark(polygon())), folder("二期", mark(polygon()))),
        folder("道路", folder("一期", mark(line("114,22 115,22")), mark(line("114,23 115,22")))),
        folder("空的"),
    ))

    assert kml.layer_names(path) == ["征地/一期", "二期", "道路/一期"]
    contents = kml.read(path, layer="道路/一期")
    assert contents.frame.index.tolist() == [1, 2]
    assert contents.frame.crs.to_epsg() == 4326
    with pytest.raises(SourceError, match=r"(?s)'三期'.*Mend:.*征地/一期, 二期"):
        kml.read(path, layer="三期")


def test_placemarks_without_a_folder_are_in_the_documents_layer(saved):
    assert kml.layer_names(saved(whole(mark(polygon())))) == ["奥维"]
    assert kml.layer_names(saved(whole("<name>红线</name>", mark(polygon())))) == ["红线"]


@pytest.mark.parametrize(
    ("inside", "kind", "area", "told"),
    [
        pytest.param(polygon(), "Polygon", 0.01, [], id="area"),
        pytest.param(polygon(PLOT, HOLE), "Polygon", 0.0096, [], id="with a hole"),
        pytest.param(line(), "Polygon", 0.01, [Issue.LINE_TAKEN_AS_AREA], id="closed line"),
        pytest.param(line(PLOT[:-4] + "22.7000003"), "Polygon", 0.01, [Issue.LINE_TAKEN_AS_AREA],
                     id="line closed but for 3 cm"),
        pytest.param(line(PLOT[:-4] + "22.701"), "LineString", 0, [], id="open by 100 m"),
        pytest.param(ring(PLOT), "Polygon", 0.01, [Issue.LINE_TAKEN_AS_AREA], id="ring"),
        pytest.param(line("114.1,22.7 114.2,22.7 114.2,22.8"), "LineString", 0, [], id="line"),
        pytest.param(line("114.1,22.7 114.2,22.7 114.1,22.7 114.1,22.7"), "LineString", 0, [],
                     id="there and back: no area"),
        pytest.param(polygon(PLOT.rpartition(" ")[0]), "Polygon", 0.01, [Issue.RING_CLOSED],
                     id="area whose ring is open"),
        pytest.param(f"<MultiGeometry>{polygon()}{polygon(HOLE)}</MultiGeometry>",
                     "MultiPolygon", 0.0104, [], id="areas"),
        pytest.param(f"<MultiGeometry>{polygon()}<Point><coordinates>114,22</coordinates></Point>"
                     "</MultiGeometry>", "GeometryCollection", 0.01, [], id="mixed"),
        pytest.param(polygon(PLOT.replace(",", ", ")), "Polygon", 0.01, [],
                     id="blanks behind commas"),
        pytest.param("<gx:Track><gx:coord>114 22 5</gx:coord><gx:coord>115 22 5</gx:coord>"
                     "</gx:Track>", "LineString", 0, [Issue.ALTITUDE_DROPPED], id="track"),
        pytest.param(line("114,22,7 115,22,7"), "LineString", 0, [Issue.ALTITUDE_DROPPED],
                     id="heights"),
        pytest.param(line("114,22,0 115,22,0"), "LineString", 0, [], id="heights of nothing"),
        pytest.param(polygon() + "<Model/>", "Polygon", 0.01, [Issue.ENTITIES_UNUSED], id="model"),
    ],
)
def test_every_shape_comes_in_or_is_named(saved, inside, kind, area, told):
    contents = kml.read(saved(whole(mark(inside))))

    [shape] = contents.frame.geometry
    assert shape.geom_type == kind
    assert shape.area == pytest.approx(area)
    assert not shape.has_z
    assert [note.issue for note in notes(contents)] == told


def test_a_placemark_without_a_shape_is_a_row_without_one(saved):
    contents = kml.read(saved(whole(mark(), mark(polygon()))))

    assert contents.frame.geometry.isna().tolist() == [True, False]


TABLE = """<![CDATA[<html><script>alert("x")</script><table><tr><td>征地面积</td><td>12.5</td></tr>
<tr><td>备注</td><td>A &amp; B<td></tr></table>见附件]]>"""


@pytest.mark.parametrize(
    ("inside", "values"),
    [
        pytest.param("<description>一段话</description>", {"description": "一段话"}, id="text"),
        pytest.param('<ExtendedData><Data name="编号"><displayName>x</displayName><value>07</value>'
                     "</Data></ExtendedData>", {"编号": "07"}, id="data"),
        pytest.param('<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="面积">12.5'
                     '</SimpleData><SimpleData name="层数">3</SimpleData><SimpleData name="坏">x'
                     "</SimpleData></SchemaData></ExtendedData>",
                     {"面积": 12.5, "层数": 3, "坏": "x"}, id="schema"),
        pytest.param('<ExtendedData><Data name="name"><value>别名</value></Data></ExtendedData>',
                     {"name": "地块1", "name_2": "别名"}, id="a name twice"),
        pytest.param("<TimeStamp><when>2024-05-31</when></TimeStamp>", {"when": "2024-05-31"},
                     id="time"),
    ],
)
def test_attributes_come_in_wherever_they_stand(saved, inside, values):
    schema = ('<Schema id="s"><SimpleField name="面积" type="double"/><SimpleField name="层数" '
              'type="int"/><SimpleField name="坏" type="int"/></Schema>')
    row = kml.read(saved(whole(schema, mark(inside, polygon())))).frame.iloc[0]

    assert {name: row[name] for name in values} == values


def test_the_table_in_a_description_is_columns_and_its_script_is_gone(saved):
    told = f"<description>{TABLE}</description>"
    row = kml.read(saved(whole(mark(told, polygon())))).frame.iloc[0]

    assert (row["征地面积"], row["备注"]) == ("12.5", "A & B")
    assert row["description"] == "见附件"


@pytest.mark.parametrize(
    ("codec", "says", "told"),
    [
        pytest.param("utf-8", "UTF-8", None, id="as it says"),
        pytest.param("utf-8-sig", "UTF-8", None, id="with a mark"),
        pytest.param("utf-16", "UTF-16", None, id="UTF-16"),
        pytest.param("gb18030", "UTF-8", "gb18030 / utf-8", id="GBK that says UTF-8"),
        pytest.param("gb18030", "GB2312", None, id="GBK that says so"),
        pytest.param("utf-8", "gbk", "utf-8 / gb18030", id="UTF-8 that says GBK"),
        pytest.param("utf-8", "unheard-of", None, id="an encoding that nobody knows"),
    ],
)
def test_the_bytes_say_what_encoding_a_map_is_in(saved, codec, says, told):
    head = f'<?xml version="1.0" encoding="{says}"?>'
    path = saved(whole(folder("征地红线", mark(polygon())), head=head), codec=codec)

    contents = kml.read(path)

    assert kml.layer_names(path) == ["征地红线"]
    assert contents.frame["name"].tolist() == ["地块1"]
    assert [note.value for note in notes(contents)] == ([told] if told else [])
    assert contents.encoding.name == codec.removesuffix("-sig")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(whole(mark(polygon(), name="A&B")), id="a bare ampersand"),
        pytest.param(whole(mark(polygon(), name="A&nbsp;B")), id="an entity of HTML"),
        pytest.param(whole(mark(polygon(), name="A\x01B")), id="a control character"),
        pytest.param(whole(mark("<foo:x/>".replace("foo", "atom"), polygon())), id="a prefix"),
    ],
)
def test_small_slips_of_a_program_are_mended_and_told(saved, text):
    contents = kml.read(saved(text))

    assert shapely.area(contents.frame.geometry).tolist() == pytest.approx([0.01])
    assert [note.issue for note in notes(contents)] == [Issue.FILE_DAMAGED]


def test_links_and_pictures_are_named_and_not_followed(saved):
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>"

    contents = kml.read(saved(whole(link, "<GroundOverlay/>", mark(polygon()))))

    assert notes(contents) == [Note(Issue.ENTITIES_UNUSED, "GroundOverlay 1, NetworkLink 1")]


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "doctype",
    [
        pytest.param(f'<!DOCTYPE k [<!ENTITY a0 "ha">{BOMB}]>', id="billion laughs"),
        pytest.param(f'<!DOCTYPE k [<!ENTITY a11 "{"a" * 100_000}">]>', id="quadratic"),
        pytest.param('<!DOCTYPE k [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>', id="external"),
        pytest.param('<!DOCTYPE k [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>',
                     id="parameter"),
        pytest.param('<!DOCTYPE k SYSTEM "http://127.0.0.1:1/k.dtd">', id="external subset"),
    ],
)
def test_an_entity_bomb_is_refused_before_it_goes_off(saved, doctype, codec):
    text = whole(mark(polygon(), name="&a11;" * 50)).replace("?>", f"?>{doctype}", 1)

    with pytest.raises(SourceError, match=r"(?s)DOCTYPE.*made to harm.*Mend: Do not use"):
        kml.read(saved(text, codec=codec))


def packed(path, *members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_a_kmz_is_read_whatever_its_name(tmp_path):
    other = whole(folder("别的", mark(line("1,1 2,2"))))
    path = packed(tmp_path / "红线.kml", ("files/b.kml", other),
                  ("doc.kml", whole(folder("征地", mark(polygon())))), ("../../x.png", b"x"))

    assert kml.layer_names(path) == ["征地"]
    assert notes(kml.read(path)) == [Note(Issue.ENTITIES_UNUSED, "files/b.kml")]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["红线.kml"]  # nothing unpacked


@pytest.mark.parametrize(
    ("members", "says"),
    [
        pytest.param([("doc.kml", b"\0" * (40 << 20))], "far more than its size", id="bomb"),
        pytest.param([("a.png", b"")], "holds no KML", id="no KML in it"),
        pytest.param([("doc.kml", "<kml")], "no whole KML", id="cut off"),
    ],
)
def test_a_kmz_of_no_use_is_refused(tmp_path, members, says):
    path = packed(tmp_path / "a.kmz", *members)

    with pytest.raises(SourceError, match=f"(?s){says}.*Mend: "):
        kml.read(path)

    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match=r"(?s)cannot be unpacked.*Mend: "):
        kml.read(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "no whole KML", id="empty"),
        pytest.param(whole(mark(polygon()))[:-20], "no whole KML.*line", id="cut off"),
        pytest.param("<gml/>", "no KML: it begins with 'gml'", id="other XML"),
        pytest.param(whole(mark(line("39547228,3797916 39547229,3797917"))),
                     "no longitudes and latitudes in degrees", id="metres"),
        pytest.param(whole(mark(line("22.7,114.1 22.8,114.2"))),
                     "no longitudes and latitudes.*longitude before latitude", id="swapped"),
    ],
)
def test_what_is_no_map_in_degrees_is_refused_with_a_mend(saved, text, says):
    with pytest.raises(SourceError, match=f"(?s){says}.*"):
        kml.read(saved(text))


@pytest.mark.parametrize("bad", ["", "114", "114,x", "nan,nan", "190,0 1,1", "114,22,"])
def test_a_placemark_with_coordinates_that_are_none_is_bad_and_numbered(saved, bad):
    contents = kml.read(saved(whole(mark(line(bad)), mark(polygon()))))

    if bad == "114,22,":
        assert contents.frame.geometry[1] == shapely.Point(114, 22)
    else:
        assert (contents.bad, contents.frame.index.tolist()) == ([1], [2])


def test_that_a_phone_may_have_shifted_it_is_told_in_china_alone(saved):
    assert SHIFT in kml.read(saved(whole(mark(polygon())))).notes
    far = PLOT.replace("114", "9").replace("22.", "47.")
    assert kml.read(saved(whole(mark(polygon(far))))).notes == []


def test_folders_without_end_are_read(saved):
    deep = "<Folder>" * 5000 + mark(polygon()) + "</Folder>" * 5000

    assert kml.layer_names(saved(whole(deep))) == ["奥维"]


# -- writing ------------------------------------------------------------------------------


def plots(*shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4529")


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def test_what_is_written_is_read_again(tmp_path):
    frame = plots(
        box(0, 0, 100, 100) - box(20, 20, 40, 40),
        shapely.MultiPolygon([box(200, 0, 210, 10), box(220, 0, 230, 10)]),
        地块编号=["XP-1", "<b>&\"'"], 面积=[8_200.25, None], 层数=[3, 4], 已批=[True, False],
        备注=["第一行\r\n第二行\t", ']]><script>alert("x")</script>'],
    )

    kml.write(frame, tmp_path / "写.kml", layer="<地块>", label="地块编号")
    contents = kml.read(tmp_path / "写.kml", layer="<地块>")

    back = contents.frame.to_crs(frame.crs)
    for mine, other in zip(frame.geometry, back.geometry, strict=True):
        assert shapely.equals_exact(mine, other, 2e-4)
    assert contents.notes == []  # not even that it may be shifted
    assert contents.frame["name"].tolist() == ["XP-1", "<b>&\"'"]
    for name in frame.columns.drop("geometry"):
        assert back[name].tolist() == pytest.approx(frame[name].tolist(), nan_ok=True)


def test_layers_are_written_one_after_the_other(tmp_path):
    path = tmp_path / "o.kml"
    kml.write(plots(box(0, 0, 1, 1), 层数=[3]), path, layer="地块")
    kml.write(plots(box(2, 0, 3, 1), 层数=["三"]), path, layer="房屋")

    assert kml.layer_names(path) == ["地块", "房屋"]
    assert kml.read(path, layer="地块").frame["层数"].tolist() == [3]
    assert kml.read(path, layer="房屋").frame["层数"].tolist() == ["三"]
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["地块", "房屋"]


@pytest.mark.parametrize("data", ["", whole(mark(polygon()))])
def test_another_programs_map_is_left_alone(saved, data):
    path = saved(data)

    with pytest.raises(OutputError, match=r"(?s)already.*Mend: Choose"):
        kml.write(plots(box(0, 0, 1, 1)), path)

    assert path.read_text(encoding="utf-8") == data


def test_gdal_reads_what_is_written(tmp_path):
    kml.write(plots(box(0, 0, 9, 9), 编号=["甲"], 面积=[81.5]), tmp_path / "o.kml", label="编号")

    frame = pyogrio.read_dataframe(tmp_path / "o.kml")

    assert (frame["Name"][0], frame["编号"][0], frame["面积"][0]) == ("甲", "甲", 81.5)


def test_every_loss_is_told_before_writing():
    frame = plots(
        None, shapely.force_3d(box(4, 0, 5, 1), 3.0), big=[2**40, 1], text=["a\x01", "b"]
    )

    assert kml.losses(frame) == [
        Loss("shape_missing", 1), Loss("heights_dropped", 1), Loss("value_as_text", 2, "big"),
        Loss("characters_dropped", 1, "text"),
        Loss("crs_becomes_wgs84", 2, detail="EPSG:4529"),
    ]
    assert kml.losses(plots(box(0, 0, 1, 1)).to_crs(4326)) == []


@pytest.mark.parametrize(
    ("crs", "says"),
    [(None, "no coordinate reference system"), ("EPSG:2401", "not written.*")],
)
def test_what_has_no_way_to_wgs84_is_not_written(tmp_path, crs, says):
    frame = plots(box(0, 0, 1, 1)).set_crs(crs, allow_override=True)

    with pytest.raises(OutputError, match=f"(?s){says}.*Mend: "):
        kml.write(frame, tmp_path / "o.kml")

    assert not list(tmp_path.iterdir())


BOUNDED = settings(max_examples=60, deadline=None, phases=[Phase.reuse, Phase.generate])
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40
).filter(lambda name: name != "geometry")


@BOUNDED
@given(
    name=TEXTS, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
    number=st.integers(-2**31 + 1, 2**31 - 1),
    real=st.floats(allow_nan=False, allow_infinity=False),
    at=st.tuples(st.floats(-179, 178), st.floats(-89, 88)),
)
def test_any_text_and_number_survives_a_map(tmp_path_factory, name, text, number, real, at):
    path = tmp_path_factory.mktemp("any") / "o.kml"
    square = shapely.box(*at, at[0] + 0.5, at[1] + 0.5)
    frame = gpd.GeoDataFrame(
        {"n": [number], "r": [real], name: [text]}, geometry=[square], crs="EPSG:4326"
    )

    kml.write(frame, path)
    back = kml.read(path).frame

    assert shapely.equals_exact(back.geometry[1], frame.geometry[0], 1e-9)
    kept = "".join(each for each in text if each >= " " or each in "\t\n\r")
    kept = kept.replace("\ufffe", "").replace("\uffff", "")
    plain = name.replace("\ufffe", "").replace("\uffff", "")
    if kept and plain not in {"n", "r", "geometry", ""}:
        assert back[plain].tolist() == [kept]
        assert (back["n"].tolist(), back["r"].tolist()) == ([number], [real])


# -- hostile files ------------------------------------------------------------------------


@BOUNDED
@given(data=st.data())
def test_a_mutated_map_is_read_or_refused(tmp_path_factory, data):
    good = whole(
        folder("甲", mark(polygon(PLOT, HOLE), f"<description>{TABLE}</description>")),
        mark(f"<MultiGeometry>{line()}{polygon()}</MultiGeometry>"),
    ).encode()
    path = tmp_path_factory.mktemp("mutated") / "o.kml"
    at = data.draw(st.integers(0, len(good)))
    until = data.draw(st.integers(at, min(at + 40, len(good))))
    new = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(
        [b"<Folder>", b"</Folder>", b"<coordinates>", b"1e999,1", b"]]>", b"&#0;", b"<!--", b""]
    )))
    path.write_bytes(good[:at] + new + good[until:])

    with contextlib.suppress(SourceError):  # which cannot be made without a mend
        for name in kml.layer_names(path):
            kml.read(path, layer=name)


@BOUNDED
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "o.kmz"
    for start in (b"", b"<kml>", b"PK\x03\x04", b"\xff\xfe", b'<?xml version="1.0"?>'):
        path.write_bytes(start + data)
        with contextlib.suppress(SourceError):
            kml.read(path)


def test_real_files(real_data):
    derived = kml.read(real_data / "odd" / "derived" / "plots.kml")

    assert (len(derived.frame), derived.bad) == (40, [])
    by_gdal = pyogrio.read_dataframe(real_data / "odd" / "derived" / "plots.kml")
    assert shapely.area(derived.frame.geometry).sum() == pytest.approx(
        shapely.area(by_gdal.geometry).sum()
    )
    with pytest.raises(SourceError, match=r"no whole KML.*line 18"):
        kml.read(real_data / "odd" / "planning_data_uk" / "kml-bad.resource")
